//! LightGBM: the text of `save_model` and the JSON of `dump_model`. Both are read into one [`Model`].
//!
//! Everything is in double. A prediction hands a row over without what is in the zero band `±1e-35` (as a float32), so that is 0; a split asks
//! `x <= threshold`, and says what is missing: nothing (NaN counts as 0), zeros and NaN, or NaN. Leaves are added in the order of the trees,
//! starting at 0. The margin is what `raw_score=True` gives: of a random forest the sum, whose mean is the score.

use ir::{Builder, Elem, Literal, Reduce, Table, Tensor, Test, Val};

use crate::document::{self, At, Precision, Value, index};
use crate::grow::{Found, Growth, Question, Sets};
use crate::inputs::{self, Feature, Takes, Unseen};
use crate::link::{Link, Scores};
use crate::{Fault, How};

/// `kZeroThreshold`: the float32 next to 1e-35.
const ZERO: f64 = 1e-35_f32 as f64;

pub(crate) struct Model {
    /// Trees an iteration: one a class.
    classes: usize,
    features: Vec<String>,
    /// The features whose values are categories, as far as the file says.
    categorical: Vec<usize>,
    /// The names of the categories of a pandas frame, for the categorical features in order.
    categories: Vec<Vec<Literal>>,
    /// `binary sigmoid:1`; empty for an objective of the user's own.
    objective: String,
    is_mean: bool,
    trees: Vec<Tree>,
}

#[derive(Default)]
struct Tree {
    splits: Vec<Split>,
    leaves: Vec<Leaf>,
}

struct Split {
    feature: usize,
    ask: Ask,
    left: Child,
    right: Child,
}

enum Ask {
    /// `x <= threshold`
    Number { threshold: f64, default_left: bool, missing: Missing },
    /// These go left.
    Categories(Vec<u32>),
}

#[derive(Clone, Copy, PartialEq)]
enum Missing {
    /// NaN counts as 0.
    None,
    /// Zeros and NaN.
    Zero,
    Nan,
}

#[derive(Clone, Copy)]
enum Child {
    Split(usize),
    Leaf(usize),
}

#[derive(Clone, Default)]
struct Leaf {
    value: f64,
    /// Of a linear tree, `constant + sum of coefficient * feature`, for a row without NaN among them.
    linear: Option<(f64, Vec<(usize, f64)>)>,
}

/// The versions of the form that are known; before 2 what is missing was not said.
const VERSIONS: &[&str] = &["v2", "v3", "v4"];

fn known_version(version: Option<&str>) -> Result<(), Fault> {
    if version.is_some_and(|version| VERSIONS.contains(&version)) {
        return Ok(());
    }
    let message = format!("its form is of version {}, and known are {}", version.unwrap_or("none"), VERSIONS.join(", "));
    Err(Fault::unsupported("version", message).help("load it with LightGBM 4 and save it again"))
}

/// Objective and link. Source: `ConvertOutput` under `src/objective` of LightGBM 4.
fn link(objective: &str) -> Result<Link, Fault> {
    let mut words = objective.split_whitespace();
    let name = words.next().unwrap_or_default();
    let options: Vec<&str> = words.collect();
    let scale = options.iter().find_map(|option| option.strip_prefix("sigmoid:")).map_or(Ok(1.0), str::parse);
    let scale: f64 = scale.map_err(|_| Fault::malformed("objective", format!("the scale in `{objective}` is no number")))?;
    match name {
        "binary" | "multiclassova" => Ok(Link::Sigmoid { scale }),
        "cross_entropy" | "xentropy" => Ok(Link::Sigmoid { scale: 1.0 }),
        "cross_entropy_lambda" | "xentlambda" => Ok(Link::Softplus),
        "multiclass" => Ok(Link::Softmax),
        "poisson" | "gamma" | "tweedie" => Ok(Link::Exp),
        "regression" | "regression_l1" | "quantile" | "mape" | "fair" | "huber" if options.contains(&"sqrt") => Ok(Link::SignedSquare),
        "regression" | "regression_l1" | "quantile" | "mape" | "fair" | "huber" | "lambdarank" | "rank_xendcg" | "" => Ok(Link::Identity),
        _ => Err(Fault::unsupported("objective", format!("the objective `{name}` is not supported"))
            .help("those of LightGBM 4 are; an objective of your own is left out of the file")),
    }
}

/// The lines `name=value` of a part of a text, up to an empty line.
struct Lines<'t> {
    path: String,
    lines: Vec<(&'t str, &'t str)>,
}

impl<'t> Lines<'t> {
    fn get(&self, name: &str) -> Option<&'t str> {
        self.lines.iter().find(|(key, _)| *key == name).map(|(_, value)| *value)
    }

    fn need(&self, name: &str) -> Result<&'t str, Fault> {
        self.get(name).ok_or_else(|| Fault::malformed(self.path.clone(), format!("there is no `{name}`")))
    }

    fn list<T: std::str::FromStr>(&self, name: &str) -> Result<Vec<T>, Fault> {
        let wrong = |word: &str| Fault::malformed(self.path.clone(), format!("`{word}` in `{name}` is not what must stand there"));
        self.need(name)?.split_ascii_whitespace().map(|word| word.parse().map_err(|_| wrong(word))).collect()
    }

    fn one<T: std::str::FromStr + Copy>(&self, name: &str) -> Result<T, Fault> {
        self.list(name)?.first().copied().ok_or_else(|| Fault::malformed(self.path.clone(), format!("`{name}` is empty")))
    }
}

/// How far the text got with the parameters of training.
#[derive(PartialEq)]
enum Parameters {
    None,
    Begun,
    Ended,
}

/// A model in the text form.
pub(crate) fn of_text(text: &str) -> Result<Model, Fault> {
    let mut parts: Vec<Lines<'_>> = vec![Lines { path: String::new(), lines: vec![] }];
    let mut is_whole = false;
    // What follows the trees may be left out, but not in the middle: the names of the categories come last.
    let mut parameters = Parameters::None;
    let (mut categorical, mut categories) = (vec![], vec![]);
    for line in text.lines().map(str::trim_end) {
        if line == "end of trees" {
            is_whole = true;
        } else if is_whole && line == "parameters:" {
            parameters = Parameters::Begun;
        } else if is_whole && line == "end of parameters" {
            parameters = Parameters::Ended;
        } else if let Some(json) = line.strip_prefix("pandas_categorical:") {
            categories = pandas_categories(json)?;
        } else if let Some(list) = line.strip_prefix("[categorical_feature: ").and_then(|rest| rest.strip_suffix(']')) {
            // Names (`name:a,b`) are not resolved: pandas frames give numbers.
            categorical = list.split(',').filter_map(|number| number.parse().ok()).collect();
        } else if parameters == Parameters::Ended && !line.is_empty() {
            return Err(Fault::malformed("", format!("the line `{line}` behind the parameters is not known")));
        } else if !is_whole {
            if let Some(number) = line.strip_prefix("Tree=") {
                parts.push(Lines { path: format!("Tree={number}"), lines: vec![] });
            }
            let pair = line.split_once('=').unwrap_or((line, ""));
            if let Some(part) = parts.last_mut() {
                part.lines.push(pair);
            }
        }
    }
    if !is_whole {
        return Err(Fault::malformed("", "the text ends before its line `end of trees`"));
    }
    if parameters == Parameters::Begun {
        return Err(Fault::malformed("", "the text ends before its line `end of parameters`"));
    }
    let (head, trees) = parts.split_first().map_or((&parts[..0], &parts[..]), |(_, trees)| (&parts[..1], trees));
    let [head] = head else { return Err(Fault::malformed("", "the text is empty")) };
    known_version(head.get("version"))?;
    let features: Vec<String> = head.list("feature_names")?;
    if categorical.is_empty() {
        let infos = head.get("feature_infos").unwrap_or_default().split_ascii_whitespace().enumerate();
        categorical = infos.filter(|(_, info)| *info != "none" && !info.starts_with('[')).map(|(number, _)| number).collect();
    }
    // The oldest form may have none.
    if parameters == Parameters::None && (head.get("version") != Some("v2") || !categorical.is_empty()) {
        return Err(Fault::malformed("", "the text ends before its parameters, behind which stand the names of categories"));
    }
    if head.one::<usize>("max_feature_idx")? != features.len().wrapping_sub(1) {
        return Err(Fault::malformed("", format!("`max_feature_idx` does not fit {} names of features", features.len())));
    }
    Ok(Model {
        classes: head.one("num_tree_per_iteration")?,
        features,
        categorical,
        categories,
        objective: head.get("objective").unwrap_or_default().into(),
        is_mean: head.get("average_output").is_some(),
        trees: trees.iter().map(tree_of_text).collect::<Result<_, _>>()?,
    })
}

/// The bits of `decision_type`.
const IS_CATEGORICAL: u8 = 1;
const DEFAULT_LEFT: u8 = 2;

fn tree_of_text(part: &Lines<'_>) -> Result<Tree, Fault> {
    let wrong = |what: &str| Fault::malformed(part.path.clone(), what);
    let leaf_values: Vec<f64> = part.list("leaf_value")?;
    let mut leaves: Vec<Leaf> = leaf_values.into_iter().map(|value| Leaf { value, linear: None }).collect();
    if leaves.len() != part.one::<usize>("num_leaves")? {
        return Err(wrong("`num_leaves` and the values of leaves differ"));
    }
    if part.get("is_linear").is_some_and(|is| is.trim() == "1") {
        let (constants, counts): (Vec<f64>, Vec<usize>) = (part.list("leaf_const")?, part.list("num_features")?);
        let (features, coefficients): (Vec<usize>, Vec<f64>) = (part.list("leaf_features")?, part.list("leaf_coeff")?);
        let mut terms = features.into_iter().zip(coefficients);
        if constants.len() != leaves.len() || counts.len() != leaves.len() {
            return Err(wrong("its lists of linear leaves differ in length"));
        }
        for (leaf, (constant, count)) in leaves.iter_mut().zip(constants.into_iter().zip(counts)) {
            let own: Vec<(usize, f64)> = terms.by_ref().take(count).collect();
            if own.len() != count {
                return Err(wrong("a linear leaf has too few coefficients"));
            }
            leaf.linear = Some((constant, own));
        }
    }
    if leaves.len() == 1 {
        return Ok(Tree { splits: vec![], leaves });
    }
    let (features, thresholds, decisions): (Vec<usize>, Vec<f64>, Vec<u8>) =
        (part.list("split_feature")?, part.list("threshold")?, part.list("decision_type")?);
    let (left, right): (Vec<i64>, Vec<i64>) = (part.list("left_child")?, part.list("right_child")?);
    let count = features.len();
    if [thresholds.len(), decisions.len(), left.len(), right.len()].iter().any(|length| *length != count) {
        return Err(wrong("its lists of splits differ in length"));
    }
    let optional = |name: &str| if part.get(name).is_some() { part.list::<u32>(name) } else { Ok(vec![]) };
    let (boundaries, words) = (optional("cat_boundaries")?, optional("cat_threshold")?);
    let mut splits = Vec::with_capacity(count);
    for split in 0..count {
        let ask = if decisions[split] & IS_CATEGORICAL != 0 {
            let range = index(thresholds[split]).and_then(|set| Some(*boundaries.get(set)? as usize..*boundaries.get(set + 1)? as usize));
            let own = range.and_then(|range| words.get(range)).ok_or_else(|| wrong("the categories of a split are not there"))?;
            Ask::Categories(categories_of(own))
        } else {
            let missing = match (decisions[split] >> 2) & 3 {
                0 => Missing::None,
                1 => Missing::Zero,
                2 => Missing::Nan,
                _ => return Err(wrong("a decision type is unknown")),
            };
            Ask::Number { threshold: thresholds[split], default_left: decisions[split] & DEFAULT_LEFT != 0, missing }
        };
        let child = |number: i64| if number < 0 { Child::Leaf(!number as usize) } else { Child::Split(number as usize) };
        splits.push(Split { feature: features[split], ask, left: child(left[split]), right: child(right[split]) });
    }
    Ok(Tree { splits, leaves })
}

/// The members of a set of bits.
fn categories_of(words: &[u32]) -> Vec<u32> {
    let bits = words.iter().enumerate().flat_map(|(word, bits)| (0..32).map(move |bit| (word as u32 * 32 + bit, bits >> bit & 1)));
    bits.filter(|(_, is_member)| *is_member == 1).map(|(category, _)| category).collect()
}

fn pandas_categories(json: &str) -> Result<Vec<Vec<Literal>>, Fault> {
    let value = document::json(json, Precision::Double).map_err(|why| Fault::malformed("pandas_categorical", why))?;
    categories_in(&At { value: &value, path: "pandas_categorical".into() })
}

fn categories_in(list: &At<'_>) -> Result<Vec<Vec<Literal>>, Fault> {
    let number = |number: f64| {
        if number.fract() == 0.0 && number.abs() < 9e15 { Literal::I64(number as i64) } else { Literal::F64(number) }
    };
    let of = |feature: &At<'_>| -> Result<Vec<Literal>, Fault> {
        let literals: Vec<Literal> = match feature.value {
            Value::Numbers(numbers) => numbers.iter().map(|one| number(*one)).collect(),
            Value::List(items) => items
                .iter()
                .map(|item| match item {
                    Value::Text(text) => Ok(Literal::from(text.as_str())),
                    Value::Bool(truth) => Ok(Literal::Bool(*truth)),
                    Value::Number(one) => Ok(number(*one)),
                    Value::Null | Value::Numbers(_) | Value::List(_) | Value::Map(_) => Err(feature.malformed("a category is of no kind")),
                })
                .collect::<Result<_, _>>()?,
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Map(_) => {
                return Err(feature.malformed("it must be a list of categories"));
            }
        };
        // Among fractions whole numbers are fractions too.
        let is_fraction = literals.iter().any(|literal| literal.elem() == Elem::F64);
        let literals: Vec<Literal> = literals
            .into_iter()
            .map(|literal| match (is_fraction, literal.as_i64()) {
                (true, Some(whole)) => Literal::F64(whole as f64),
                (_, _) => literal,
            })
            .collect();
        let mut seen = std::collections::HashSet::new();
        if literals.iter().any(|literal| literal.elem() != literals[0].elem() || !seen.insert(literal)) {
            return Err(feature.malformed("its categories are of several kinds, or one is there twice"));
        }
        Ok(literals)
    };
    if *list.value == Value::Null { Ok(vec![]) } else { list.items()?.iter().map(of).collect() }
}

/// What `dump_model` gave.
pub(crate) fn of_dump(root: &At<'_>) -> Result<Model, Fault> {
    known_version(root.get("version").map(|version| version.text()).transpose()?)?;
    let names = root.need("feature_names")?.texts()?;
    let features: Vec<String> = names.into_iter().map(String::from).collect();
    let infos = root.get("feature_infos");
    let has_values = |name: &String| {
        let values = infos.as_ref().and_then(|infos| infos.get(name)).and_then(|info| info.get("values"));
        values.is_some_and(|values| values.numbers().is_ok_and(|values| !values.is_empty()))
    };
    let categorical = features.iter().enumerate().filter(|(_, name)| has_values(name)).map(|(number, _)| number).collect();
    Ok(Model {
        classes: root.need("num_tree_per_iteration")?.count()?,
        categorical,
        categories: root.get("pandas_categorical").map_or(Ok(vec![]), |list| categories_in(&list))?,
        objective: root.get("objective").map_or(Ok(""), |objective| objective.text())?.into(),
        is_mean: root.get("average_output").map_or(Ok(0.0), |is| is.number())? != 0.0,
        trees: root.need("tree_info")?.items()?.iter().map(|tree| tree_of_dump(tree)).collect::<Result<_, _>>()?,
        features,
    })
}

/// A tree whose nodes stand within each other.
fn tree_of_dump(tree: &At<'_>) -> Result<Tree, Fault> {
    let mut read = Tree::default();
    let mut open = vec![(tree.need("tree_structure")?, None)];
    while let Some((node, slot)) = open.pop() {
        // The way to a deep node is long; the tree says enough.
        let node = At { value: node.value, path: tree.path.clone() };
        let child = if node.get("split_feature").is_some() {
            let feature = node.need("split_feature")?.count()?;
            let threshold = node.need("threshold")?;
            let ask = match node.need("decision_type")?.text()? {
                "<=" => Ask::Number {
                    threshold: threshold.number()?,
                    default_left: node.need("default_left")?.number()? != 0.0,
                    missing: match node.need("missing_type")?.text()? {
                        "None" => Missing::None,
                        "Zero" => Missing::Zero,
                        "NaN" => Missing::Nan,
                        other => return Err(node.malformed(format!("the missing type `{other}` is unknown"))),
                    },
                },
                "==" => {
                    let members = threshold.text()?.split("||").filter(|word| !word.is_empty()).map(str::parse);
                    Ask::Categories(members.collect::<Result<_, _>>().map_err(|_| threshold.malformed("a category is no number"))?)
                }
                other => return Err(node.malformed(format!("the decision `{other}` is unknown"))),
            };
            read.splits.push(Split { feature, ask, left: Child::Leaf(0), right: Child::Leaf(0) });
            let split = read.splits.len() - 1;
            open.push((node.need("right_child")?, Some((split, false))));
            open.push((node.need("left_child")?, Some((split, true))));
            Child::Split(split)
        } else {
            let linear = match node.get("leaf_const") {
                Some(constant) => {
                    let features = node.need("leaf_features")?;
                    let places: Option<Vec<usize>> = features.numbers()?.iter().map(|feature| index(*feature)).collect();
                    let places = places.ok_or_else(|| features.malformed("it must hold numbers of features"))?;
                    let coefficients = node.need("leaf_coeff")?.numbers()?;
                    if coefficients.len() != places.len() {
                        return Err(node.malformed("a linear leaf has not one coefficient a feature"));
                    }
                    Some((constant.number()?, places.into_iter().zip(coefficients.iter().copied()).collect()))
                }
                None => None,
            };
            read.leaves.push(Leaf { value: node.need("leaf_value")?.number()?, linear });
            Child::Leaf(read.leaves.len() - 1)
        };
        match slot {
            Some((split, true)) => read.splits[split].left = child,
            Some((split, false)) => read.splits[split].right = child,
            None => {}
        }
    }
    Ok(read)
}

/// The columns that trees ask: each feature with zeros in the band, then those in which zero is missing.
struct Columns<'b> {
    features: Vec<Val<'b>>,
    /// The features that some split takes so, in order.
    zero_missing: Vec<usize>,
}

/// What the model takes. `categorical` says which columns of a frame hold categories: their names are in the order of those.
pub(crate) fn features(model: &Model, categorical: Option<&[bool]>) -> Result<Vec<Feature>, Fault> {
    let given: Vec<&str> = model.features.iter().map(String::as_str).collect();
    let names = inputs::names("feature_names", &given, given.len(), &|_| String::new())?;
    let named = match categorical {
        Some(flags) => {
            let places: Vec<usize> = (0..flags.len()).filter(|place| flags[*place]).collect();
            named_categories(model, &places, names.len())?
        }
        None => named_categories(model, &model.categorical, names.len())?,
    };
    let feature = |((place, name), named): ((usize, String), Option<&Vec<Literal>>)| {
        let category = |categories: &Vec<Literal>| Takes::Category { categories: categories.clone(), unseen: Unseen::IsMissing };
        Feature { name, place, takes: named.map_or(Takes::Number, category) }
    };
    Ok(names.into_iter().enumerate().zip(named).map(feature).collect())
}

/// The function of a model.
pub(crate) fn scores<'b>(b: &'b Builder, model: &Model, columns: &[Val<'b>], how: &How, at: &dyn Fn(&str)) -> Result<Scores<'b>, Fault> {
    let link = link(&model.objective)?;
    if model.classes == 0 || !model.trees.len().is_multiple_of(model.classes) || model.trees.is_empty() {
        return Err(Fault::malformed("", format!("{} trees are no iterations of {} trees each", model.trees.len(), model.classes)));
    }
    let count = model.trees.len() / model.classes;
    let rounds = how.rounds.as_ref().map_or(0..count, |rounds| rounds.start..rounds.end.min(count));
    let trees = model
        .trees
        .get(rounds.start.saturating_mul(model.classes)..rounds.end.saturating_mul(model.classes))
        .filter(|trees| !trees.is_empty());
    let Some(trees) = trees else {
        return Err(Fault::malformed("", format!("the rounds {} to {} are not among the trees", rounds.start, rounds.end)));
    };
    // NaN stays: it is in no band.
    let columns: Vec<Val<'b>> = columns.iter().map(|x| x.abs().le(ZERO).select(b.f64(0.0), *x)).collect();
    let count = columns.len();
    let asks_zero = |split: &Split| matches!(split.ask, Ask::Number { missing: Missing::Zero, .. });
    let zero_missing: std::collections::BTreeSet<usize> =
        trees.iter().flat_map(|tree| &tree.splits).filter(|split| asks_zero(split)).map(|split| split.feature).collect();
    let columns = Columns { features: columns, zero_missing: zero_missing.into_iter().filter(|feature| *feature < count).collect() };
    let width = count + columns.zero_missing.len();
    let mut growth: Growth<Leaf> = Growth::new(Elem::F64);
    let mut sets = Sets::default();
    for (number, tree) in trees.iter().enumerate() {
        let nodes = tree.splits.len() + tree.leaves.len();
        let root = if tree.splits.is_empty() { tree.splits.len() } else { 0 };
        growth
            .tree(root, nodes, &mut |node| look(tree, node, &columns, width, &mut sets))
            .map_err(|why| Fault::malformed(format!("Tree={number}"), why))?;
    }
    at("trees");
    let (mut forest, leaves) = growth.finish(width + sets.len());
    let code = |feature: usize| columns.features[feature].trunc();
    let sides = sets.columns(&mut forest, width, &code).map_err(|why| Fault::malformed("trees", why))?;
    let zeros = columns.zero_missing.iter().map(|feature| {
        let x = columns.features[*feature];
        x.eq(0.0).select(b.f64(f64::NAN), x)
    });
    let row: Vec<Val<'_>> = columns.features.iter().copied().chain(zeros).collect();
    let row = b.pack(&row);
    let row = if sides.is_empty() { row } else { b.concat(&[&[row][..], &sides].concat(), 0) };
    let reached = b.walk(row, b.table(Table::Forest(forest)));
    let values = leaf_values(b, &leaves, reached, &columns.features)?;
    let rounds = rounds.len();
    let margin = |class: usize| {
        let own = if model.classes == 1 { values } else { values.slice(0, class as u32, model.classes as i32, rounds as u32) };
        own.reduce(Reduce::SumInOrder, [0])
    };
    let margins: Vec<Val<'_>> = (0..model.classes).map(margin).collect();
    let scores: Vec<Val<'_>> = if model.is_mean { margins.iter().map(|margin| *margin / rounds as f64).collect() } else { margins.clone() };
    at("objective");
    if matches!(link, Link::Softmax) && margins.len() < 2 {
        return Err(Fault::malformed("objective", "an objective of several classes with one class"));
    }
    Ok(Scores { scores, ..Scores::new(link, margins) })
}

/// The names of the categories of these columns of a pandas frame, for each of `count` features.
fn named_categories<'m>(model: &'m Model, columns: &[usize], count: usize) -> Result<Vec<Option<&'m Vec<Literal>>>, Fault> {
    let mut named = vec![None; count];
    if model.categories.is_empty() {
        return Ok(named);
    }
    if model.categories.len() != columns.len() || columns.iter().any(|feature| *feature >= count) {
        let message = format!(
            "the file names the categories of {} columns and says of {} features that they are categories, so it is not known whose they are",
            model.categories.len(),
            columns.len()
        );
        return Err(Fault::unsupported("pandas_categorical", message)
            .help("train with `categorical_feature=\"auto\"`, with all columns of categories unordered, and save the text form"));
    }
    for (feature, categories) in columns.iter().zip(&model.categories) {
        named[*feature] = Some(categories);
    }
    Ok(named)
}

/// Nodes are numbered: the splits, then the leaves.
fn look(tree: &Tree, node: usize, columns: &Columns<'_>, width: usize, sets: &mut Sets) -> Result<Found<Leaf>, String> {
    let Some(split) = tree.splits.get(node) else {
        let leaf = tree.leaves.get(node - tree.splits.len()).ok_or("a leaf is not there")?;
        return Ok(Found::Leaf(leaf.clone()));
    };
    let count = columns.features.len();
    if split.feature >= count {
        return Err(format!("a split asks for feature {}, of {count}", split.feature));
    }
    let child = |child: Child| match child {
        Child::Split(number) if number < tree.splits.len() => Ok(number),
        Child::Leaf(number) if number < tree.leaves.len() => Ok(tree.splits.len() + number),
        Child::Split(_) | Child::Leaf(_) => Err("a branch leads to a node that is not there".to_owned()),
    };
    let (yes, no) = (child(split.left)?, child(split.right)?);
    Ok(Found::Question(match &split.ask {
        Ask::Categories(categories) => {
            let feature = width as u32 + sets.number(split.feature, categories.clone())?;
            Question { feature, test: Test::LessEq(0.5), yes, no, missing_is_yes: false }
        }
        Ask::Number { threshold, .. } if threshold.is_nan() => return Err("a split at NaN".into()),
        Ask::Number { threshold, default_left, missing } => {
            let feature = match missing {
                Missing::None | Missing::Nan => split.feature,
                Missing::Zero => count + columns.zero_missing.iter().position(|zero| *zero == split.feature).unwrap_or_default(),
            };
            let missing_is_yes = if *missing == Missing::None { 0.0 <= *threshold } else { *default_left };
            Question { feature: feature as u32, test: Test::LessEq(*threshold), yes, no, missing_is_yes }
        }
    }))
}

/// What each tree gives: the value of its leaf, or of a linear leaf what its formula gives.
fn leaf_values<'b>(b: &'b Builder, leaves: &[Leaf], reached: Val<'b>, features: &[Val<'b>]) -> Result<Val<'b>, Fault> {
    let count = leaves.len() as u32;
    let plain = b.tensor(Tensor::f64("leaf values", [count], leaves.iter().map(|leaf| leaf.value))).gather(reached, 0);
    if leaves.iter().all(|leaf| leaf.linear.is_none()) {
        return Ok(plain);
    }
    // All formulas get the length of the longest: what is added is 0 times a column of zeros.
    let terms = |leaf: &Leaf| leaf.linear.as_ref().map_or(0, |(_, terms)| terms.len());
    let longest = leaves.iter().map(terms).max().unwrap_or(0).max(1);
    if longest * leaves.len() > MOST_TERMS {
        return Err(Fault::malformed("trees", "its linear leaves have too many coefficients"));
    }
    let (mut constants, mut places, mut coefficients) = (vec![], vec![], vec![]);
    for leaf in leaves {
        let (constant, terms) = leaf.linear.as_ref().map_or((leaf.value, &[][..]), |(constant, terms)| (*constant, terms));
        constants.push(constant);
        for number in 0..longest {
            let (feature, coefficient) = terms.get(number).copied().unwrap_or((features.len(), 0.0));
            if feature > features.len() {
                return Err(Fault::malformed("trees", format!("a linear leaf takes feature {feature}, of {}", features.len())));
            }
            places.push(feature as i64);
            coefficients.push(coefficient);
        }
    }
    let trees = reached.ty().count() as u32;
    let shape = [count, longest as u32];
    let constants = b.tensor(Tensor::f64("leaf constants", [count], constants)).gather(reached, 0);
    let places = b.tensor(Tensor::i64("leaf features", shape, places)).gather(reached, 0);
    let coefficients = b.tensor(Tensor::f64("leaf coefficients", shape, coefficients)).gather(reached, 0);
    let row = b.pack(&features.iter().copied().chain([b.f64(0.0)]).collect::<Vec<_>>());
    let taken = row.gather(places, 0);
    let formula = b.concat(&[constants.reshape([trees, 1]), coefficients * taken], 1).reduce(Reduce::SumInOrder, [1]);
    let has_nan = taken.is_nan().cast(Elem::F64).reduce(Reduce::Max, [1]).gt(0.0);
    Ok(has_nan.select(plain, formula))
}

/// Coefficients with what fills them up.
const MOST_TERMS: usize = 1 << 26;
