//! XGBoost: JSON and UBJSON of versions 1 to 3.
//!
//! Features are cast to float32, a split asks `x < threshold`, and a margin is the base score plus the leaves in the order of the trees, in
//! float32. The base score of the file is a prediction, not a margin: the objective says how it becomes one. Version 3.1 and later write one
//! for each target, and the categories by name.
//!
//! A file that scikit-learn's interface wrote (it has the attribute `scikit_learn`) scores with the trees up to `best_iteration`, as that
//! interface does; any other with all trees, as `Booster.predict` does. The two also multiply the weight of a `dart` tree with different
//! numbers: `inplace_predict`, which the interface calls, with what is left of `base + leaf` after `base` is taken away again.
//! Infinite features are taken, as by `inplace_predict`; `DMatrix` refuses them.

use std::ops::Range;

use ir::{Builder, Elem, Literal, Reduce, Table, Tensor, Test, Val};

use crate::document::{At, Value, index};
use crate::grow::{Found, Growth, Question, Sets};
use crate::inputs::{self, Feature, Takes, Unseen};
use crate::link::{Link, Scores};
use crate::logf::logf;
use crate::{Fault, How};

/// How a base score becomes a margin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Start {
    Same,
    /// `-log(1 / p - 1)`
    Logit,
    Log,
}

/// Objective, link, base score. Source: `PredTransform` and `ProbToMargin` under `src/objective` of XGBoost 3.2.
const OBJECTIVES: &[(&str, Link, Start)] = &[
    ("binary:hinge", Link::Step, Start::Same),
    ("binary:logistic", Link::Logistic, Start::Logit),
    ("binary:logitraw", Link::Identity, Start::Same),
    ("count:poisson", Link::Exp, Start::Log),
    ("multi:softmax", Link::ArgMax, Start::Same),
    ("multi:softprob", Link::Softmax, Start::Same),
    ("rank:map", Link::Identity, Start::Same),
    ("rank:ndcg", Link::Identity, Start::Same),
    ("rank:pairwise", Link::Identity, Start::Same),
    ("reg:absoluteerror", Link::Identity, Start::Same),
    ("reg:expectileerror", Link::Identity, Start::Same),
    ("reg:gamma", Link::Exp, Start::Log),
    ("reg:linear", Link::Identity, Start::Same),
    ("reg:logistic", Link::Logistic, Start::Logit),
    ("reg:pseudohubererror", Link::Identity, Start::Same),
    ("reg:quantileerror", Link::Identity, Start::Same),
    ("reg:squarederror", Link::Identity, Start::Same),
    ("reg:squaredlogerror", Link::Identity, Start::Same),
    ("reg:tweedie", Link::Exp, Start::Log),
    ("survival:aft", Link::Exp, Start::Log),
    ("survival:cox", Link::Exp, Start::Log),
];

/// More targets than that are no model.
const MOST_GROUPS: usize = 1 << 16;

/// The newest version whose meaning is known here. Later ones change what `predict` makes of several quantiles and expectiles.
const NEWEST: [f64; 2] = [3.0, 2.0];

fn known_version(root: &At<'_>) -> Result<(), Fault> {
    let Some(version) = root.get("version") else { return Ok(()) };
    let numbers = version.numbers()?;
    if numbers.iter().take(NEWEST.len()).partial_cmp(NEWEST.iter()).is_none_or(std::cmp::Ordering::is_gt) {
        let words: Vec<String> = numbers.iter().map(f64::to_string).collect();
        let message = format!("it is of XGBoost {}, and known are versions up to {}.{}", words.join("."), NEWEST[0], NEWEST[1]);
        return Err(Fault::unsupported(version.path, message).help("save the model with an earlier version"));
    }
    Ok(())
}

/// The function of a model. `at` says which part of the file what follows comes from.
pub(crate) fn scores<'b>(b: &'b Builder, root: &At<'_>, columns: &[Val<'b>], how: &How, at: &dyn Fn(&str)) -> Result<Scores<'b>, Fault> {
    let learner = root.need("learner")?;
    let parameters = learner.need("learner_model_param")?;
    let objective = learner.need("objective")?.need("name")?;
    let Some((_, link, start)) = OBJECTIVES.iter().find(|(name, ..)| Ok(*name) == objective.text().map_err(|_| ())) else {
        let known: Vec<&str> = OBJECTIVES.iter().map(|(name, ..)| *name).collect();
        let message = format!("the objective `{}` is not supported", objective.text()?);
        return Err(Fault::unsupported(objective.path, message).help(format!("these are: {}", known.join(", "))));
    };
    let of = |name: &str, least: usize| parameters.get(name).map_or(Ok(least), |count| count.count().map(|count| count.max(least)));
    let groups = of("num_class", 1)?.max(of("num_target", 1)?);
    if groups > MOST_GROUPS {
        return Err(parameters.malformed(format!("{groups} classes or targets are more than {MOST_GROUPS}")));
    }
    if objective.text()? == "reg:expectileerror" && groups > 1 {
        // Each further expectile is a distance above the one before, in versions after 3.2.
        return Err(Fault::unsupported(objective.path, "several expectiles in one model are not supported").help("train a model for each"));
    }
    if matches!(link, Link::Softmax | Link::ArgMax) && groups < 2 {
        return Err(parameters.malformed("an objective of several classes with one class"));
    }
    let base = base_margins(&parameters, groups, *start)?;
    let booster = learner.need("gradient_booster")?;
    let types = texts(&learner, "feature_types")?;
    let features = Columns {
        columns: columns.iter().map(|column| column.cast(Elem::F32)).collect(),
        categorical: (0..columns.len()).map(|number| types.get(number) == Some(&"c")).collect(),
    };
    at("learner/gradient_booster");
    let margins = match booster.need("name")?.text()? {
        "gblinear" => linear(b, &booster.need("model")?, &features, &base)?,
        "dart" => {
            let weights = booster.need("weight_drop")?;
            trees(b, &booster.need("gbtree")?.need("model")?, &features, &base, Some(&weights), how)?
        }
        "gbtree" => trees(b, &booster.need("model")?, &features, &base, None, how)?,
        other => return Err(Fault::unsupported(booster.path, format!("the booster `{other}` is not supported"))),
    };
    at("learner/objective");
    Ok(Scores::new(*link, margins))
}

/// Trees up to the best iteration where scikit-learn's interface wrote the file, else all of them.
pub(crate) fn usual(root: &At<'_>) -> Result<How, Fault> {
    let attributes = root.get("learner").and_then(|learner| learner.get("attributes"));
    let attribute = |name: &str| attributes.as_ref().and_then(|attributes| attributes.get(name));
    let in_place = attribute("scikit_learn").is_some();
    let best = attribute("best_iteration").filter(|_| in_place).map(|best| best.count()).transpose()?;
    Ok(How { rounds: best.map(|best| 0..best.saturating_add(1)), in_place })
}

/// The base score of each target as a margin. It is one number, or since 3.1 a list of them, as a text.
fn base_margins(parameters: &At<'_>, groups: usize, start: Start) -> Result<Vec<f32>, Fault> {
    let score = parameters.need("base_score")?;
    let text = score.text()?.trim();
    let inner = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let scores: Vec<f32> = inner
        .split(',')
        .map(|text| text.trim().parse().map_err(|_| score.malformed(format!("`{text}` is no number"))))
        .collect::<Result<_, _>>()?;
    let margin = |score: f32| match start {
        Start::Same => score,
        Start::Logit => -logf(1.0 / score - 1.0),
        Start::Log => logf(score),
    };
    let margins: Vec<f32> = scores.into_iter().map(margin).collect();
    match margins.as_slice() {
        [only] => Ok(vec![*only; groups]),
        _ if margins.len() == groups => Ok(margins),
        _ => Err(score.malformed(format!("there are {} base scores for {groups} classes or targets", margins.len()))),
    }
}

/// The columns as float32, and which are categories.
struct Columns<'b> {
    columns: Vec<Val<'b>>,
    categorical: Vec<bool>,
}

fn texts<'d>(learner: &At<'d>, name: &str) -> Result<Vec<&'d str>, Fault> {
    learner.get(name).map_or(Ok(vec![]), |list| list.texts())
}

/// What the model takes.
pub(crate) fn features(root: &At<'_>) -> Result<Vec<Feature>, Fault> {
    known_version(root)?;
    let learner = root.need("learner")?;
    let (parameters, booster) = (learner.need("learner_model_param")?, learner.need("gradient_booster")?);
    let count = parameters.need("num_feature")?.count()?;
    let names = inputs::names("learner/feature_names", &texts(&learner, "feature_names")?, count, &|number| format!("f{number}"))?;
    let types = texts(&learner, "feature_types")?;
    if !types.is_empty() && types.len() != count {
        return Err(learner.malformed(format!("there are {} types for {count} features", types.len())));
    }
    let model = booster.get("model").or_else(|| booster.get("gbtree").and_then(|trees| trees.get("model")));
    let mut categories = model.and_then(|model| model.get("cats")).map_or(Ok(vec![]), |cats| categories(&cats))?;
    categories.resize(count, vec![]);
    let feature = |((place, name), categories): ((usize, String), Vec<Literal>)| {
        let is_named = types.get(place) == Some(&"c") && !categories.is_empty();
        let takes = if is_named { Takes::Category { categories, unseen: Unseen::Raises("XGBoost") } } else { Takes::Number };
        Feature { name, place, takes }
    };
    Ok(names.into_iter().enumerate().zip(categories).map(feature).collect())
}

/// The names of the categories of each feature; none for a feature that is a number.
fn categories(cats: &At<'_>) -> Result<Vec<Vec<Literal>>, Fault> {
    let of = |feature: &At<'_>| {
        let values = feature.need("values")?.numbers()?;
        let Some(offsets) = feature.get("offsets") else { return Ok(values.iter().map(|value| Literal::I64(*value as i64)).collect()) };
        // The bytes of all names one after another, and where each starts.
        let bytes: Vec<u8> = values.iter().map(|value| *value as i64 as u8).collect();
        if !bytes.is_ascii() {
            // Its Python package counts characters where bytes are meant, so that names are cut at wrong places and the last one ends early.
            let message = "the names of the categories are not ASCII, and XGBoost 3.1 and 3.2 cut such names when they write them";
            return Err(Fault::unsupported(offsets.path, message).help("train with categories in ASCII, or with their numbers"));
        }
        let text = |ends: &[f64]| {
            let range = index(ends[0]).zip(index(ends[1])).and_then(|(start, end)| bytes.get(start..end));
            let text = range.and_then(|bytes| std::str::from_utf8(bytes).ok());
            text.map(Literal::from).ok_or_else(|| offsets.malformed("a name of a category is not there, or not UTF-8"))
        };
        offsets.numbers()?.windows(2).map(text).collect::<Result<Vec<_>, _>>()
    };
    let all: Vec<Vec<Literal>> = cats.get("enc").map_or(Ok(vec![]), |list| list.items())?.iter().map(of).collect::<Result<_, _>>()?;
    for categories in &all {
        let mut seen = std::collections::HashSet::new();
        if categories.iter().any(|category| !seen.insert(category)) {
            return Err(cats.malformed("a category is there twice"));
        }
    }
    Ok(all)
}

/// `bias + base + w1 x1 + w2 x2 + ...` in float32; a missing feature adds nothing. All targets start at the base score of the first.
fn linear<'b>(b: &'b Builder, model: &At<'_>, features: &Columns<'b>, base: &[f32]) -> Result<Vec<Val<'b>>, Fault> {
    let weights = model.need("weights")?.numbers()?;
    let (groups, count) = (base.len(), features.columns.len());
    if weights.len() != (count + 1) * groups {
        return Err(model.malformed(format!("there are {} weights for {count} features and {groups} targets", weights.len())));
    }
    let weight = |feature: usize, group: usize| weights[feature * groups + group] as f32;
    let margin = |group: usize| {
        let product = |(feature, x): (usize, &Val<'b>)| x.is_nan().select(b.f32(0.0), *x * b.f32(weight(feature, group)));
        let start = b.f32(weight(count, group) + base[0]);
        let terms: Vec<Val<'b>> = [start].into_iter().chain(features.columns.iter().enumerate().map(product)).collect();
        b.pack(&terms).reduce(Reduce::SumInOrder, [0])
    };
    Ok((0..groups).map(margin).collect())
}

/// The margins of trees, each starting at its base score.
fn trees<'b>(
    b: &'b Builder,
    model: &At<'_>,
    features: &Columns<'b>,
    base: &[f32],
    weights: Option<&At<'_>>,
    how: &How,
) -> Result<Vec<Val<'b>>, Fault> {
    let trees = model.need("trees")?.items()?;
    let group_of = model.need("tree_info")?.numbers()?;
    if group_of.len() != trees.len() {
        return Err(model.malformed(format!("there are {} trees and the groups of {}", trees.len(), group_of.len())));
    }
    let used = used(model, trees.len(), base.len(), how)?;
    let weights = weights.map(At::numbers).transpose()?;
    if weights.is_some_and(|weights| weights.len() != trees.len()) {
        return Err(model.malformed("there is not one weight a tree"));
    }
    let targets = trees.first().map_or(Ok(1), leaf_length)?;
    if targets > 1 && (targets != base.len() || weights.is_some()) {
        return Err(model.malformed(format!("its leaves hold {targets} numbers, and there are {} targets", base.len())));
    }
    // A leaf of several targets belongs to all of them; otherwise the trees of one group stand together.
    let mut growth: Growth<Vec<f32>> = Growth::new(Elem::F32);
    let mut sets = Sets::default();
    let mut starts = Vec::new();
    let groups = if targets > 1 { 1 } else { base.len() };
    for group in 0..groups {
        starts.push(growth.forest.roots.len() as u32);
        // The sum starts at the base score: it is a tree of one leaf.
        growth.constant(if targets > 1 { base.to_vec() } else { vec![base[group]] });
        for (number, tree) in trees.iter().enumerate().take(used.end).skip(used.start) {
            match index(group_of[number]).filter(|group| *group < base.len()) {
                Some(own) if own != group && targets == 1 => continue,
                Some(_) => {}
                None => return Err(tree.malformed(format!("it belongs to the target {}, of {}", group_of[number], base.len()))),
            }
            let weighted = |leaf: f32| match weights {
                None => leaf,
                Some(weights) if how.in_place => ((leaf + base[group]) - base[group]) * weights[number] as f32,
                Some(weights) => leaf * weights[number] as f32,
            };
            Tree::new(tree, features, targets)?.grow(&mut growth, &mut sets, &weighted).map_err(|why| tree.malformed(why))?;
        }
    }
    starts.push(growth.forest.roots.len() as u32);
    let count = features.columns.len();
    let (mut forest, leaves) = growth.finish(count + sets.len());
    let sides = sets.columns(&mut forest, count, &|feature| code(features.columns[feature])).map_err(|why| model.malformed(why))?;
    let row = if count == 0 { return Err(model.malformed("it has no features")) } else { b.pack(&features.columns) };
    let row = if sides.is_empty() { row } else { b.concat(&[&[row][..], &sides].concat(), 0) };
    let reached = b.walk(row, b.table(Table::Forest(forest)));
    let values = |target: usize| {
        let values = leaves.iter().map(|leaf| leaf[target]);
        b.tensor(Tensor::f32("leaf values", [leaves.len() as u32], values)).gather(reached, 0)
    };
    if targets > 1 {
        return Ok((0..targets).map(|target| values(target).reduce(Reduce::SumInOrder, [0])).collect());
    }
    let values = values(0);
    let sum = |ends: &[u32]| {
        let own = if groups == 1 { values } else { values.slice(0, ends[0], 1, ends[1] - ends[0]) };
        own.reduce(Reduce::SumInOrder, [0])
    };
    Ok(starts.windows(2).map(sum).collect())
}

/// A category's number, or a negative one for what XGBoost takes for no category.
fn code(x: Val<'_>) -> Val<'_> {
    const OUT_OF_RANGE: f64 = 16_777_216.0;
    x.ge(OUT_OF_RANGE).select(x.builder().f32(-1.0), x)
}

/// The trees that score.
fn used(model: &At<'_>, trees: usize, groups: usize, how: &How) -> Result<Range<usize>, Fault> {
    let Some(rounds) = &how.rounds else { return Ok(0..trees) };
    let parallel = model.get("gbtree_model_param").and_then(|parameters| parameters.get("num_parallel_tree"));
    let parallel = parallel.map_or(Ok(1), |parallel| parallel.count())?.max(1);
    let ends = model.get("iteration_indptr").map(|ends| ends.numbers()).transpose()?;
    let tree = |round: usize| match ends {
        Some(ends) => ends.get(round).copied().and_then(index),
        None => round.checked_mul(parallel).and_then(|trees| trees.checked_mul(groups)),
    };
    let found = tree(rounds.start).zip(tree(rounds.end)).map(|(start, end)| start..end);
    let found = found.filter(|found| found.start <= found.end && found.end <= trees);
    found.ok_or_else(|| model.malformed(format!("the rounds {} to {} are not among the trees", rounds.start, rounds.end)))
}

fn leaf_length(tree: &At<'_>) -> Result<usize, Fault> {
    tree.get("tree_param")
        .and_then(|parameters| parameters.get("size_leaf_vector"))
        .map_or(Ok(1), |size| size.count().map(|size| size.max(1)))
}

/// The lists of one tree.
struct Tree<'d> {
    left: &'d [f64],
    right: &'d [f64],
    features: &'d [f64],
    conditions: &'d [f64],
    default_left: Vec<f64>,
    /// 1 for a split by categories.
    kinds: Option<&'d [f64]>,
    /// By node, the categories that go right.
    categories: std::collections::HashMap<usize, Vec<u32>>,
    /// The values of all leaves of several targets, and whether a leaf says where its own start.
    vectors: Option<(&'d [f64], bool)>,
    targets: usize,
    count: usize,
    categorical: Vec<bool>,
}

impl<'d> Tree<'d> {
    fn new(tree: &At<'d>, features: &Columns<'_>, targets: usize) -> Result<Tree<'d>, Fault> {
        let list = |name: &str| tree.need(name)?.numbers();
        let left = list("left_children")?;
        let default = tree.need("default_left")?;
        // Old files have truth values here.
        let default_left = if let Value::Numbers(numbers) = default.value {
            numbers.clone()
        } else {
            default.items()?.iter().map(At::number).collect::<Result<_, _>>()?
        };
        let kinds = tree.get("split_type").map(|kinds| kinds.numbers()).transpose()?;
        let vectors = match (targets > 1, tree.get("leaf_weights")) {
            (false, _) => None,
            (true, Some(weights)) => Some((weights.numbers()?, true)),
            (true, None) => Some((list("base_weights")?, false)),
        };
        let read = Tree {
            left,
            right: list("right_children")?,
            features: list("split_indices")?,
            conditions: list("split_conditions")?,
            default_left,
            kinds,
            categories: right_categories(tree)?,
            vectors,
            targets,
            count: features.columns.len(),
            categorical: features.categorical.clone(),
        };
        if leaf_length(tree)? != targets {
            return Err(tree.malformed("its leaves are of another length than those of the first tree"));
        }
        let lengths = [read.right.len(), read.features.len(), read.conditions.len(), read.default_left.len()];
        if left.is_empty() || lengths.iter().chain(read.kinds.map(<[f64]>::len).iter()).any(|length| *length != left.len()) {
            return Err(tree.malformed("its lists of nodes are empty or differ in length"));
        }
        Ok(read)
    }

    fn grow(&self, growth: &mut Growth<Vec<f32>>, sets: &mut Sets, weighted: &dyn Fn(f32) -> f32) -> Result<(), String> {
        growth.tree(0, self.left.len(), &mut |node| self.look(node, sets, weighted))
    }

    fn look(&self, node: usize, sets: &mut Sets, weighted: &dyn Fn(f32) -> f32) -> Result<Found<Vec<f32>>, String> {
        let left = *self.left.get(node).ok_or_else(|| format!("node {node} is not there"))?;
        if left == -1.0 {
            return self.leaf(node, weighted).map(Found::Leaf);
        }
        let child = |number: f64| index(number).ok_or_else(|| format!("node {node} leads to {number}"));
        let (left, right) = (child(left)?, child(self.right[node])?);
        let feature = index(self.features[node]).filter(|feature| *feature < self.count);
        let feature = feature.ok_or_else(|| format!("node {node} asks for feature {}, of {}", self.features[node], self.count))?;
        let missing_is_yes = self.default_left[node] != 0.0;
        if self.kinds.is_some_and(|kinds| kinds[node] == 1.0) {
            if !self.categorical.get(feature).copied().unwrap_or_default() && self.categorical.contains(&true) {
                return Err(format!("node {node} asks for a category of feature {feature}, which is a number"));
            }
            let categories = self.categories.get(&node).cloned().unwrap_or_default();
            let column = (self.count as u32) + sets.number(feature, categories)?;
            // A column of sides is 0 for a category of the set; those go right.
            return Ok(Found::Question(Question {
                feature: column,
                test: Test::LessEq(0.5),
                yes: right,
                no: left,
                missing_is_yes: !missing_is_yes,
            }));
        }
        let threshold = self.conditions[node];
        if threshold.is_nan() {
            return Err(format!("node {node} splits at NaN"));
        }
        // What a float32 cannot hold was rounded by the reader of the file, as XGBoost rounds it.
        let test = Test::Less(f64::from(threshold as f32));
        Ok(Found::Question(Question { feature: feature as u32, test, yes: left, no: right, missing_is_yes }))
    }

    fn leaf(&self, node: usize, weighted: &dyn Fn(f32) -> f32) -> Result<Vec<f32>, String> {
        let Some((values, numbered)) = self.vectors else { return Ok(vec![weighted(self.conditions[node] as f32)]) };
        let number = if numbered { index(self.right[node]) } else { Some(node) };
        let start = number.and_then(|number| number.checked_mul(self.targets));
        let own = start.and_then(|start| values.get(start..start + self.targets));
        own.map(|own| own.iter().map(|value| *value as f32).collect()).ok_or_else(|| format!("the values of leaf {node} are not there"))
    }
}

/// The categories of each split by categories.
fn right_categories(tree: &At<'_>) -> Result<std::collections::HashMap<usize, Vec<u32>>, Fault> {
    let list = |name: &str| tree.get(name).map_or(Ok(&[][..]), |list| list.numbers());
    let (all, nodes) = (list("categories")?, list("categories_nodes")?);
    let (segments, sizes) = (list("categories_segments")?, list("categories_sizes")?);
    if segments.len() != nodes.len() || sizes.len() != nodes.len() {
        return Err(tree.malformed("its lists of categories differ in length"));
    }
    let mut found = std::collections::HashMap::new();
    for (number, node) in nodes.iter().enumerate() {
        let range = index(segments[number]).zip(index(sizes[number])).and_then(|(start, size)| all.get(start..start.checked_add(size)?));
        let own =
            range.and_then(|own| own.iter().map(|category| index(*category).map(|category| category as u32)).collect::<Option<Vec<u32>>>());
        let (Some(node), Some(own)) = (index(*node), own) else {
            return Err(tree.malformed(format!("the categories of split {number} are not there")));
        };
        found.insert(node, own);
    }
    Ok(found)
}
