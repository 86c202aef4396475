//! CatBoost: what a model is, and its function. [`json`] and [`cbm`] read its two forms.
//!
//! Numbers are cast to float32, a split asks `x > border`, and leaves are added in double in the order of the trees, starting at 0; then comes
//! `scale x + bias`. NaN is below or above all borders, as the file says of each feature; below, where training saw none.
//!
//! A category is a text. CatBoost hashes it; here it is looked up among the texts that the file names, and any other is one that training
//! has not seen. (CatBoost takes an unseen text for a seen one where 32 bits of their hashes agree.) A statistic of categories is a
//! number for each combination that training saw, made here in float32 as CatBoost makes it for each row.

pub(crate) mod cbm;
pub(crate) mod json;

use std::collections::HashMap;

use ir::{Builder, Elem, Literal, Map, Reduce, Table, Tensor, Test, Val};

use crate::Fault;
use crate::grow::{Found, Growth, Question, Sets};
use crate::inputs::{self, Feature, Takes};
use crate::link::{Link, Scores};

#[derive(Default)]
pub(crate) struct Model {
    floats: Vec<Float>,
    categorical: Vec<Categorical>,
    statistics: Vec<Statistic>,
    tables: HashMap<String, HashTable>,
    /// The texts that the file names, with their hashes.
    texts: Vec<(i32, String)>,
    trees: Vec<Tree>,
    /// Several numbers a leaf for several classes or targets.
    leaf_values: Vec<f64>,
    targets: usize,
    scale: f64,
    bias: Vec<f64>,
    loss: String,
    /// What the classes are called, in the order of the targets.
    classes: Vec<Literal>,
    /// The margin above which a row is of the second of two classes.
    class_border: f64,
}

struct Float {
    /// Among the numbers, and among all features.
    index: usize,
    flat: usize,
    name: String,
    borders: Vec<f32>,
    nan_is_above: bool,
}

struct Categorical {
    index: usize,
    flat: usize,
    name: String,
    /// The hashes that splits compare with.
    values: Vec<i32>,
}

/// A number that stands for a category or a combination of some.
struct Statistic {
    /// What its table is called.
    table: String,
    kind: Kind,
    of: Combination,
    target_border: usize,
    prior: (f32, f32),
    shift: f32,
    scale: f32,
    borders: Vec<f32>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Borders,
    Buckets,
    Mean,
    Counter,
}

impl Kind {
    fn of(name: &str) -> Option<Kind> {
        match name {
            "Borders" => Some(Kind::Borders),
            "Buckets" => Some(Kind::Buckets),
            "BinarizedTargetMeanValue" | "FloatTargetMeanValue" => Some(Kind::Mean),
            "Counter" | "FeatureFreq" => Some(Kind::Counter),
            _ => None,
        }
    }
}

/// Categories, and answers of splits, that are hashed one after another.
#[derive(Default, Clone, PartialEq)]
struct Combination {
    categorical: Vec<usize>,
    numbers: Vec<(usize, f32)>,
    values: Vec<(usize, i32)>,
}

/// What training counted for each combination.
struct HashTable {
    rows: Vec<(u64, Vec<f64>)>,
    denominator: f64,
}

/// Where branches lead: to a node, or to a leaf that starts at a number in the list of leaf values.
#[derive(Clone, Copy)]
enum Next {
    Node(usize),
    Leaf(usize),
}

enum Tree {
    /// Every level asks one question; bit `i` of a leaf's number is the answer to the `i`-th.
    Symmetric { splits: Vec<usize>, leaves: usize },
    /// The split of each node, and where no and yes lead.
    Steps { root: Next, nodes: Vec<(usize, Next, Next)> },
}

/// A split, by its number in the list of all: the borders of numbers, then the values of categories, then the borders of statistics.
#[derive(Clone, Copy, PartialEq)]
enum Ask {
    Number(usize, f32),
    Value(usize, i32),
    Statistic(usize, f32),
}

impl Model {
    fn asks(&self) -> Vec<Ask> {
        let numbers =
            self.floats.iter().enumerate().flat_map(|(at, float)| float.borders.iter().map(move |border| Ask::Number(at, *border)));
        let values =
            self.categorical.iter().enumerate().flat_map(|(at, feature)| feature.values.iter().map(move |value| Ask::Value(at, *value)));
        let statistics =
            self.statistics.iter().enumerate().flat_map(|(at, one)| one.borders.iter().map(move |border| Ask::Statistic(at, *border)));
        numbers.chain(values).chain(statistics).collect()
    }

    fn categorical_at(&self, index: usize) -> Result<usize, Fault> {
        let found = self.categorical.iter().position(|feature| feature.index == index);
        found.ok_or_else(|| Fault::malformed("features_info", format!("there is no category feature {index}")))
    }
}

/// The margin at a probability, as CatBoost computes it from the threshold that a user has set.
fn class_border(probability: f64) -> f64 {
    -(1.0 / probability - 1.0).ln()
}

/// Loss and link. Source: the default of `predict` of `CatBoostRegressor`, and `predict_proba` of `CatBoostClassifier`.
fn link(loss: &str) -> Result<Link, Fault> {
    Ok(match loss {
        "Logloss" | "CrossEntropy" | "MultiClassOneVsAll" | "MultiLogloss" | "MultiCrossEntropy" => Link::Sigmoid { scale: 1.0 },
        "MultiClass" => Link::Softmax,
        "Poisson" | "Tweedie" => Link::Exp,
        "RMSEWithUncertainty" => {
            return Err(Fault::unsupported("model_info/params/loss_function", "the loss `RMSEWithUncertainty` is not supported")
                .help("train with `RMSE` for the mean alone"));
        }
        _ => Link::Identity,
    })
}

/// The numbers and categories in the order of the columns: the column, whether it is a number, and which of them.
fn order(model: &Model) -> Vec<(usize, bool, usize)> {
    let mut order: Vec<(usize, bool, usize)> = model.floats.iter().enumerate().map(|(at, float)| (float.flat, true, at)).collect();
    order.extend(model.categorical.iter().enumerate().map(|(at, feature)| (feature.flat, false, at)));
    order.sort_unstable();
    order
}

/// What the model takes.
pub(crate) fn features(model: &Model) -> Result<Vec<Feature>, Fault> {
    let feature = |(place, is_number, at): (usize, bool, usize)| {
        let name = if is_number { &model.floats[at].name } else { &model.categorical[at].name };
        Feature { name: name.clone(), place, takes: if is_number { Takes::Number } else { Takes::Text } }
    };
    let features: Vec<Feature> = order(model).into_iter().map(feature).collect();
    let given: Vec<&str> = features.iter().map(|feature| feature.name.as_str()).collect();
    inputs::names("features_info", &given, given.len(), &|_| String::new())?;
    Ok(features)
}

/// The function of a model.
pub(crate) fn scores<'b>(
    b: &'b Builder,
    model: &Model,
    columns: &[Val<'b>],
    how: &crate::How,
    at: &dyn Fn(&str),
) -> Result<Scores<'b>, Fault> {
    let link = link(&model.loss)?;
    if model.targets == 0 || model.trees.is_empty() || model.bias.len() != model.targets && model.bias.len() > 1 {
        return Err(Fault::malformed("", "it has no trees, or not one bias a target"));
    }
    let rounds = how.rounds.clone().unwrap_or(0..model.trees.len());
    let Some(trees) = model.trees.get(rounds.clone()).filter(|trees| !trees.is_empty()) else {
        return Err(Fault::malformed("", format!("the rounds {} to {} are not among the trees", rounds.start, rounds.end)));
    };
    let inputs = Inputs::new(model, columns)?;
    at("ctr_data");
    let statistics = statistics(b, model, &inputs)?;
    at("trees");
    let asks = model.asks();
    let width = model.floats.len() + statistics.len();
    let mut sets = Sets::default();
    let mut growth: Growth<usize> = Growth::new(Elem::F32);
    for (number, tree) in trees.iter().enumerate() {
        let wrong = |why: String| Fault::malformed(format!("trees/{number}"), why);
        let (root, count) = match tree {
            Tree::Symmetric { splits, .. } if splits.len() > DEEPEST => return Err(wrong(format!("it is deeper than {DEEPEST}"))),
            Tree::Symmetric { splits, .. } => (1, 2 << splits.len()),
            // Leaves are numbered behind the nodes.
            Tree::Steps { root: Next::Node(node), nodes } => (*node, 2 * nodes.len() + 1),
            Tree::Steps { root: Next::Leaf(leaf), nodes } => (nodes.len() + leaf, 1),
        };
        let mut look = |node: usize| look(model, tree, node, &asks, &inputs, width, &mut sets);
        growth.tree(root, count, &mut look).map_err(wrong)?;
    }
    let (mut forest, leaves) = growth.finish(width + sets.len());
    if width + sets.len() == 0 {
        return Err(Fault::malformed("features_info", "it has no features"));
    }
    let code = |feature: usize| inputs.code(b, model, feature);
    let sides = sets.columns(&mut forest, width, &code).map_err(|why| Fault::malformed("trees", why))?;
    let columns: Vec<Val<'_>> = inputs.numbers.iter().copied().chain(statistics).collect();
    let parts: Vec<Val<'_>> = if columns.is_empty() { sides } else { [vec![b.pack(&columns)], sides].concat() };
    let row = if let [only] = parts.as_slice() { *only } else { b.concat(&parts, 0) };
    let reached = b.walk(row, b.table(Table::Forest(forest)));
    let margin = |target: usize| {
        let values = leaves.iter().map(|leaf| model.leaf_values[leaf + target]);
        let sum = b.tensor(Tensor::f64("leaf values", [leaves.len() as u32], values)).gather(reached, 0).reduce(Reduce::SumInOrder, [0]);
        let bias = model.bias.get(target).or(model.bias.first()).copied().unwrap_or_default();
        let scaled = if model.scale == 1.0 { sum } else { sum * model.scale };
        if bias == 0.0 { scaled } else { scaled + bias }
    };
    let margins: Vec<Val<'_>> = (0..model.targets).map(margin).collect();
    at("model_info");
    if link == Link::Softmax && margins.len() < 2 {
        return Err(Fault::malformed("model_info", "a loss of several classes with one class"));
    }
    Ok(Scores { border: model.class_border, ..Scores::new(link, margins) })
}

/// The deepest symmetric tree of CatBoost.
const DEEPEST: usize = 16;

/// The class that `predict` of a classifier gives.
pub(crate) fn label(b: &Builder, model: &Model, margins: &[Val<'_>]) {
    let is_class = matches!(model.loss.as_str(), "Logloss" | "CrossEntropy" | "MultiClass" | "MultiClassOneVsAll");
    match (margins, model.classes.as_slice()) {
        _ if !is_class => {}
        ([margin], [no, yes]) => b.result("label", margin.gt(model.class_border).select(b.constant(yes.clone()), b.constant(no.clone()))),
        (margins, classes) if classes.len() == margins.len() && classes.iter().all(|class| class.elem() == classes[0].elem()) => {
            let names =
                Tensor { name: "classes".into(), elem: classes[0].elem(), shape: vec![classes.len() as u32], values: classes.to_vec() };
            b.result("label", b.tensor(names).gather(b.pack(margins).reduce(Reduce::ArgMax, [0]), 0));
        }
        (_, _) => {}
    }
}

/// The record's fields.
struct Inputs<'b> {
    /// As float32, in the order of the model's list.
    numbers: Vec<Val<'b>>,
    texts: Vec<Val<'b>>,
    /// For each category feature the number of each of its values among the splits' sets.
    codes: Vec<Vec<(String, i32)>>,
}

impl<'b> Inputs<'b> {
    fn new(model: &Model, columns: &[Val<'b>]) -> Result<Inputs<'b>, Fault> {
        let mut numbers = vec![None; model.floats.len()];
        let mut texts = vec![None; model.categorical.len()];
        for ((_, is_number, at), column) in order(model).into_iter().zip(columns) {
            if is_number {
                numbers[at] = Some(column.cast(Elem::F32));
            } else {
                texts[at] = Some(*column);
            }
        }
        let mut codes = Vec::new();
        for feature in &model.categorical {
            let own: Vec<(String, i32)> =
                model.texts.iter().filter(|(hash, _)| feature.values.contains(hash)).map(|(hash, text)| (text.clone(), *hash)).collect();
            if let Some(value) = feature.values.iter().find(|value| own.iter().all(|(_, hash)| hash != *value)) {
                return Err(unnamed(&feature.name, format!("a split asks for the category with the hash {value}")));
            }
            codes.push(own);
        }
        Ok(Inputs { numbers: numbers.into_iter().flatten().collect(), texts: texts.into_iter().flatten().collect(), codes })
    }

    /// The number of a feature's category among those that splits ask for; negative for any other.
    fn code(&self, b: &'b Builder, model: &Model, feature: usize) -> Val<'b> {
        let rows = self.codes[feature].iter().enumerate();
        let rows = rows.map(|(code, (text, _))| (vec![Literal::from(text.as_str())], Literal::F64(code as f64))).collect();
        let name = format!("categories of {}", model.categorical[feature].name);
        let map = b.table(Table::Map(Map { name, keys: vec![Elem::Str], value: Elem::F64, rows }));
        b.lookup(map, &[self.texts[feature]]).or_else(-1.0).cast(Elem::F32)
    }
}

/// The file has hashes without texts.
fn unnamed(feature: &str, what: String) -> Fault {
    Fault::unsupported("features_info/cat_features_hash", format!("{what}, and the file does not say which text of `{feature}` that is"))
        .help("save the model with its training data: `model.save_model(\"model.json\", format=\"json\", pool=train_pool)`")
}

fn look(
    model: &Model,
    tree: &Tree,
    node: usize,
    asks: &[Ask],
    inputs: &Inputs<'_>,
    width: usize,
    sets: &mut Sets,
) -> Result<Found<usize>, String> {
    let leaf = |start: usize| {
        let end = start.checked_add(model.targets).filter(|end| *end <= model.leaf_values.len());
        end.map(|_| Found::Leaf(start)).ok_or_else(|| "the values of a leaf are not there".to_owned())
    };
    let (split, no, yes) = match tree {
        // A node's number has its level as its length and the answers so far as its digits.
        Tree::Symmetric { splits, leaves } => {
            let level = node.ilog2() as usize;
            let Some(split) = splits.get(level) else {
                return leaf(leaves + (node - (1 << level)) * model.targets);
            };
            let answers = node - (1 << level);
            (*split, (2 << level) + answers, (2 << level) + (answers | 1 << level))
        }
        Tree::Steps { nodes, .. } => {
            let Some((split, no, yes)) = nodes.get(node) else { return leaf(node - nodes.len()) };
            let number = |next: &Next| match next {
                Next::Node(number) if *number < nodes.len() => Ok(*number),
                Next::Node(number) => Err(format!("node {number} is not there")),
                Next::Leaf(start) => start.checked_add(nodes.len()).ok_or_else(|| "a leaf is not there".to_owned()),
            };
            (*split, number(no)?, number(yes)?)
        }
    };
    // The forest asks the opposite, `x <= border`, of which NaN below all borders is a yes.
    Ok(Found::Question(match asks.get(split) {
        None => return Err(format!("split {split} is not there, of {}", asks.len())),
        Some(Ask::Number(_, border) | Ask::Statistic(_, border)) if border.is_nan() => return Err("a split at NaN".into()),
        Some(Ask::Number(at, border)) => Question {
            feature: *at as u32,
            test: Test::LessEq(f64::from(*border)),
            yes: no,
            no: yes,
            missing_is_yes: !model.floats[*at].nan_is_above,
        },
        Some(Ask::Statistic(at, border)) => Question {
            feature: (model.floats.len() + at) as u32,
            test: Test::LessEq(f64::from(*border)),
            yes: no,
            no: yes,
            missing_is_yes: true,
        },
        Some(Ask::Value(at, value)) => {
            let members = inputs.codes[*at].iter().enumerate().filter(|(_, (_, hash))| hash == value).map(|(code, _)| code as u32);
            let feature = width as u32 + sets.number(*at, members.collect())?;
            Question { feature, test: Test::LessEq(0.5), yes, no, missing_is_yes: false }
        }
    }))
}

/// `CalcHash` of CatBoost.
fn hashed(before: u64, next: u64) -> u64 {
    const MULTIPLIER: u64 = 0x4906_ba49_4954_cb65;
    MULTIPLIER.wrapping_mul(before.wrapping_add(MULTIPLIER.wrapping_mul(next)))
}

/// So many combinations of texts are tried to find out what the rows of a table stand for.
const TRIED: usize = 1 << 24;

/// The statistics as float32.
fn statistics<'b>(b: &'b Builder, model: &Model, inputs: &Inputs<'b>) -> Result<Vec<Val<'b>>, Fault> {
    let mut rows: HashMap<&str, Val<'b>> = HashMap::new();
    let mut columns = Vec::new();
    for (number, one) in model.statistics.iter().enumerate() {
        let wrong = |why: &str| Fault::malformed(format!("features_info/ctrs/{number}"), why);
        let table = model.tables.get(&one.table).ok_or_else(|| wrong("its table is not there"))?;
        let row = match rows.get(one.table.as_str()) {
            Some(row) => *row,
            None => {
                let row = row_of(b, model, inputs, one, table)?;
                rows.insert(&one.table, row);
                row
            }
        };
        let values: Option<Vec<f32>> = table.rows.iter().map(|(_, counts)| one.value(Some(counts), table.denominator)).collect();
        let mut values = values.ok_or_else(|| wrong("its table has too few counts"))?;
        values.extend(one.value(None, table.denominator));
        columns.push(b.tensor(Tensor::f32(format!("statistic {number}"), [values.len() as u32], values)).gather(row, 0));
    }
    Ok(columns)
}

impl Statistic {
    /// The number for what training counted; for what it has not seen without counts.
    fn value(&self, counts: Option<&Vec<f64>>, denominator: f64) -> Option<f32> {
        let (good, total) = match (self.kind, counts) {
            (Kind::Counter, counts) => (counts.map_or(Some(0.0), |counts| counts.first().copied())?, denominator),
            (_, None) => (0.0, 0.0),
            (Kind::Mean, Some(counts)) => (*counts.first()?, *counts.get(1)?),
            (Kind::Buckets, Some(counts)) => (*counts.get(self.target_border)?, counts.iter().sum()),
            (Kind::Borders, Some(counts)) if counts.len() == 2 => (counts[1], counts[0] + counts[1]),
            (Kind::Borders, Some(counts)) => (counts.get(self.target_border + 1..)?.iter().sum(), counts.iter().sum()),
        };
        let share = (good as f32 + self.prior.0) / (total as f32 + self.prior.1);
        Some((share + self.shift) * self.scale)
    }
}

/// The row of a table that a row's combination has; behind the last one for a combination that is not there.
fn row_of<'b>(b: &'b Builder, model: &Model, inputs: &Inputs<'b>, one: &Statistic, table: &HashTable) -> Result<Val<'b>, Fault> {
    let of = &one.of;
    let features = of.categorical.iter().map(|index| model.categorical_at(*index)).collect::<Result<Vec<_>, _>>()?;
    let names: Vec<&str> = features.iter().map(|at| model.categorical[*at].name.as_str()).collect();
    let mut keys: Vec<Val<'b>> = features.iter().map(|at| inputs.texts[*at]).collect();
    for (index, border) in &of.numbers {
        let at = model.floats.iter().position(|float| float.index == *index);
        let at = at.ok_or_else(|| Fault::malformed("features_info/ctrs", format!("there is no number feature {index}")))?;
        let x = inputs.numbers[at];
        let above = x.gt(f64::from(*border));
        keys.push(if model.floats[at].nan_is_above { above | x.is_nan() } else { above });
    }
    for (index, value) in &of.values {
        let at = model.categorical_at(*index)?;
        let own = model.texts.iter().filter(|(hash, _)| hash == value).map(|(_, text)| inputs.texts[at].eq(text.as_str()));
        let is_one = own.reduce(|one, other| one | other);
        keys.push(is_one.ok_or_else(|| unnamed(&model.categorical[at].name, format!("a statistic asks for the hash {value}")))?);
    }
    let by_hash: HashMap<u64, usize> = table.rows.iter().enumerate().map(|(row, (hash, _))| (*hash, row)).collect();
    let bits = of.numbers.len() + of.values.len();
    let candidates: Vec<Vec<&(i32, String)>> = of.categorical.iter().map(|index| candidates(model, *index)).collect();
    let count = candidates.iter().map(Vec::len).try_fold(1_usize, |count, own| count.checked_mul(own));
    let count = count.filter(|_| bits < 16).and_then(|count| count.checked_mul(1 << bits)).filter(|count| *count <= TRIED);
    let Some(count) = count else {
        return Err(Fault::unsupported("ctr_data", format!("the statistic of {} has too many combinations", names.join(", ")))
            .help("train with `max_ctr_complexity=1` or 2"));
    };
    let mut rows = Vec::new();
    let mut found = vec![false; table.rows.len()];
    for mut number in 0..count {
        let mut hash = 0;
        let mut key = Vec::with_capacity(keys.len());
        for own in &candidates {
            let (own_hash, text) = own[number % own.len()];
            number /= own.len();
            hash = hashed(hash, i64::from(*own_hash) as u64);
            key.push(text);
        }
        for bit in 0..bits {
            hash = hashed(hash, (number >> bit & 1) as u64);
        }
        if let Some(row) = by_hash.get(&hash) {
            found[*row] = true;
            let texts = key.into_iter().map(|text| Literal::from(text.as_str()));
            let answers = (0..bits).map(|bit| Literal::Bool(number >> bit & 1 == 1));
            rows.push((texts.chain(answers).collect(), Literal::I64(*row as i64)));
        }
    }
    if found.contains(&false) {
        return Err(unnamed(&names.join("`, `"), "a statistic counts a category by its hash".into()));
    }
    let kinds = std::iter::repeat_n(Elem::Str, features.len()).chain(std::iter::repeat_n(Elem::Bool, bits)).collect();
    let name = format!("combinations of {}", names.join(", "));
    let map = b.table(Table::Map(Map { name, keys: kinds, value: Elem::I64, rows }));
    Ok(b.lookup(map, &keys).or_else(table.rows.len() as i64))
}

/// The texts that a feature may have had in training: all that the file names, or those in a table of the feature alone.
fn candidates(model: &Model, index: usize) -> Vec<&(i32, String)> {
    let alone = Combination { categorical: vec![index], ..Combination::default() };
    let own = model.statistics.iter().find(|one| one.of == alone).and_then(|one| model.tables.get(&one.table));
    let hashes: Option<std::collections::HashSet<u64>> = own.map(|table| table.rows.iter().map(|(hash, _)| *hash).collect());
    let fits = |hash: i32| hashes.as_ref().is_none_or(|hashes| hashes.contains(&hashed(0, i64::from(hash) as u64)));
    model.texts.iter().filter(|(hash, _)| fits(*hash)).collect()
}
