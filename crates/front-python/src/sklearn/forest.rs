//! Decision trees, forests of them, and gradient boosting.
//!
//! scikit-learn compares `float32(x) <= threshold` with a float64 threshold. Both sides are exact in float32 when the threshold is the
//! greatest float32 that is not above it, so that is what the table holds. Histogram boosting compares in float64.

#![expect(clippy::wildcard_enum_match_arm, reason = "what a construct does not take is refused, whatever it is")]

use super::fitted::{Whole, class_at, estimator, not_fitted, numbers, param_text, refuse_rows};
use crate::pandas;
use crate::record::{self, Estimator, Tagged};
use crate::replay::{Call, On, Replay, Row};
use crate::value::{Eval, Kind, Unknown, Value};
use ir::{Elem, Forest, Next, Reduce, Split, Table, Tensor, Test, Val};
use source::Span;

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Estimator, "DecisionTreeClassifier.predict", class),
    Row::new(On::Estimator, "DecisionTreeClassifier.predict_proba", probabilities),
    Row::new(On::Estimator, "DecisionTreeRegressor.predict", regression),
    Row::new(On::Estimator, "ExtraTreeClassifier.predict", class),
    Row::new(On::Estimator, "ExtraTreeClassifier.predict_proba", probabilities),
    Row::new(On::Estimator, "ExtraTreeRegressor.predict", regression),
    Row::new(On::Estimator, "ExtraTreesClassifier.predict", class),
    Row::new(On::Estimator, "ExtraTreesClassifier.predict_proba", probabilities),
    Row::new(On::Estimator, "ExtraTreesRegressor.predict", regression),
    Row::new(On::Estimator, "GradientBoostingClassifier.decision_function", boosted_scores),
    Row::new(On::Estimator, "GradientBoostingClassifier.predict", boosted_class),
    Row::new(On::Estimator, "GradientBoostingClassifier.predict_proba", boosted_probabilities),
    Row::new(On::Estimator, "GradientBoostingRegressor.predict", boosted_regression),
    Row::new(On::Estimator, "HistGradientBoostingClassifier.decision_function", boosted_scores),
    Row::new(On::Estimator, "HistGradientBoostingClassifier.predict", boosted_class),
    Row::new(On::Estimator, "HistGradientBoostingClassifier.predict_proba", boosted_probabilities),
    Row::new(On::Estimator, "HistGradientBoostingRegressor.predict", boosted_regression),
    Row::new(On::Estimator, "IsolationForest.decision_function", isolation_margin),
    Row::new(On::Estimator, "IsolationForest.predict", inlier),
    Row::new(On::Estimator, "IsolationForest.score_samples", isolation),
    Row::new(On::Estimator, "RandomForestClassifier.predict", class),
    Row::new(On::Estimator, "RandomForestClassifier.predict_proba", probabilities),
    Row::new(On::Estimator, "imblearn.BalancedRandomForestClassifier.predict", class),
    Row::new(On::Estimator, "imblearn.BalancedRandomForestClassifier.predict_proba", probabilities),
    Row::new(On::Estimator, "RandomForestRegressor.predict", regression),
    Row::new(On::Estimator, "RandomTreesEmbedding.transform", embedding),
];

/// A tree as the record has it: parallel lists over its nodes.
struct Recorded {
    left: Vec<i64>,
    right: Vec<i64>,
    feature: Vec<i64>,
    threshold: Vec<f64>,
    missing_left: Vec<i64>,
    value: Vec<f64>,
    /// The categories that go left at each node; none of a split by a threshold.
    left_categories: Vec<Option<Vec<i64>>>,
}

impl Recorded {
    fn of(value: &record::Value) -> Option<Recorded> {
        let Tagged::Dict(lists) = value.as_tagged()? else { return None };
        let list = |name: &str| lists.iter().find(|(key, _)| key.as_str() == Some(name)).and_then(|(_, list)| list.floats());
        let ints = |name: &str| list(name).map(|floats| floats.into_iter().map(|float| float as i64).collect::<Vec<i64>>());
        let mut left = ints("children_left")?;
        // Histogram trees mark leaves apart; in the others a leaf has no child.
        if let Some(leaves) = ints("is_leaf") {
            left.iter_mut().zip(leaves).filter(|(_, leaf)| *leaf != 0).for_each(|(child, _)| *child = -1);
        }
        let ints_of = |value: &record::Value| value.items().map(|items| items.iter().filter_map(record::Value::as_int).collect());
        let sets = lists.iter().find(|(key, _)| key.as_str() == Some("left_categories")).and_then(|(_, list)| list.items());
        let tree = Recorded {
            left_categories: sets.unwrap_or_default().iter().map(ints_of).collect(),
            left,
            right: ints("children_right")?,
            feature: ints("feature")?,
            threshold: list("threshold")?,
            missing_left: ints("missing_go_to_left")?,
            value: list("value")?,
        };
        let count = tree.left.len();
        let sound = tree.right.len() == count && tree.feature.len() == count && tree.threshold.len() == count;
        (sound && tree.missing_left.len() == count && count > 0 && tree.value.len().is_multiple_of(count)).then_some(tree)
    }

    /// How many numbers a leaf has.
    fn width(&self) -> usize {
        self.value.len() / self.left.len()
    }
}

/// Trees as one table, and their leaves.
struct Grown {
    forest: Forest,
    leaves: Vec<Leaf>,
    /// A column and the categories of it that go left: 0 for those and 1 for others stands behind the columns.
    sides: Vec<(u32, Vec<i64>)>,
}

struct Leaf {
    tree: usize,
    node: usize,
    numbers: Vec<f64>,
}

/// Where a child is to be written.
#[derive(Clone, Copy)]
enum Slot {
    Root(usize),
    Yes(usize),
    No(usize),
}

impl Grown {
    /// Nodes in the order in which children come after parents. None for a tree that is not one.
    fn new(trees: &[Recorded], features: usize, elem: Elem) -> Option<Grown> {
        let forest = Forest { name: "trees".to_owned(), elem, features: features as u32, roots: Vec::new(), splits: Vec::new(), leaves: 0 };
        let mut grown = Grown { forest, leaves: Vec::new(), sides: Vec::new() };
        for (number, tree) in trees.iter().enumerate() {
            grown.forest.roots.push(Next::Leaf(0));
            let mut open = vec![(0_usize, Slot::Root(number))];
            let mut visited = 0;
            while let Some((node, slot)) = open.pop() {
                visited += 1;
                if visited > tree.left.len() {
                    return None;
                }
                let left = *tree.left.get(node)?;
                let Ok(left) = usize::try_from(left) else {
                    let width = tree.width();
                    grown.fill(slot, Next::Leaf(grown.leaves.len() as u32));
                    let numbers = tree.value.get(node * width..(node + 1) * width)?.to_vec();
                    grown.leaves.push(Leaf { tree: number, node, numbers });
                    continue;
                };
                let right = usize::try_from(*tree.right.get(node)?).ok()?;
                let feature = u32::try_from(tree.feature[node]).ok().filter(|feature| (*feature as usize) < features)?;
                let (feature, by_threshold) = match tree.left_categories.get(node) {
                    Some(Some(categories)) => (features as u32 + grown.side(feature, categories), false),
                    _ => (feature, true),
                };
                let threshold = if !by_threshold {
                    0.5
                } else if elem == Elem::F32 {
                    f64::from(at_most(tree.threshold[node]))
                } else {
                    tree.threshold[node]
                };
                let unset = Next::Leaf(0);
                let split = grown.forest.splits.len();
                grown.forest.splits.push(Split { feature, test: Test::LessEq(threshold), yes: unset, no: unset, missing: unset });
                grown.fill(slot, Next::Split(split as u32));
                open.push((right, Slot::No(split)));
                open.push((left, Slot::Yes(split)));
                // The side of NaN is filled with the child of that side.
                grown.forest.splits[split].missing = if tree.missing_left[node] != 0 { Next::Split(YES) } else { Next::Split(NO) };
            }
        }
        for split in &mut grown.forest.splits {
            split.missing = if split.missing == Next::Split(YES) { split.yes } else { split.no };
        }
        grown.forest.leaves = grown.leaves.len() as u32;
        grown.forest.features += grown.sides.len() as u32;
        Some(grown)
    }

    fn side(&mut self, feature: u32, categories: &[i64]) -> u32 {
        let known = self.sides.iter().position(|(one, set)| *one == feature && set == categories);
        known.unwrap_or_else(|| {
            self.sides.push((feature, categories.to_vec()));
            self.sides.len() - 1
        }) as u32
    }

    fn fill(&mut self, slot: Slot, next: Next) {
        match slot {
            Slot::Root(tree) => self.forest.roots[tree] = next,
            Slot::Yes(split) => self.forest.splits[split].yes = next,
            Slot::No(split) => self.forest.splits[split].no = next,
        }
    }
}

/// Marks of the side that NaN takes, until both children are known. No forest has as many splits.
const YES: u32 = u32::MAX;
const NO: u32 = u32::MAX - 1;

/// The greatest float32 that is not above `x`.
fn at_most(x: f64) -> f32 {
    let near = x as f32;
    if f64::from(near) > x { near.next_down() } else { near }
}

/// A model's trees on one row.
struct Reached<'b> {
    estimator: Estimator,
    leaves: Vec<Leaf>,
    /// The leaf in each tree.
    reached: Val<'b>,
    trees: usize,
    whole: Whole,
}

impl<'b> Reached<'b> {
    /// The sum, in the order of the trees, of what the reached leaves give. The slice is of the trees `start, start + step, ...`.
    fn sum(&self, replay: &Replay<'_, 'b>, start: usize, step: usize, of: impl Fn(&Leaf) -> f64) -> Val<'b> {
        let values = replay.b.tensor(Tensor::f64("leaf values", [self.leaves.len() as u32], self.leaves.iter().map(of)));
        let reached = values.gather(self.reached, 0);
        let chosen = if step == 1 { reached } else { reached.slice(0, start as u32, step as i32, (self.trees / step) as u32) };
        chosen.reduce(Reduce::SumInOrder, [0])
    }

    fn width(&self) -> usize {
        self.leaves.first().map_or(0, |leaf| leaf.numbers.len())
    }
}

/// The trees of the model, and how the row is compared.
fn recorded_trees(estimator: &Estimator) -> Option<(Vec<Recorded>, Elem)> {
    if let Some(stages) = estimator.fitted("predictors").and_then(record::Value::items) {
        let trees = stages.iter().map(record::Value::items).collect::<Option<Vec<_>>>()?.into_iter().flatten();
        return Some((trees.map(|tree| Recorded::of(&tree)).collect::<Option<_>>()?, Elem::F64));
    }
    if let Some(tree) = estimator.fitted("tree_") {
        return Some((vec![Recorded::of(tree)?], Elem::F32));
    }
    let members = match estimator.fitted("estimators_")?.as_tagged()? {
        Tagged::Array(array) => array.values.as_ref()?.values(),
        Tagged::List(members) => members.clone(),
        _ => return None,
    };
    let tree = |member: &record::Value| match member.as_tagged() {
        Some(Tagged::Estimator(member)) => Recorded::of(member.fitted("tree_")?),
        _ => None,
    };
    Some((members.iter().map(tree).collect::<Option<_>>()?, Elem::F32))
}

/// Whether the model takes NaN as a value: every histogram does, and trees whose splitter knows of it.
fn takes_missing(estimator: &Estimator) -> bool {
    // Gradient boosting checks the row before its trees see it.
    if estimator.class_name().starts_with("GradientBoosting") {
        return false;
    }
    let own = |estimator: &Estimator| estimator.fitted("allow_nan").and_then(record::Value::as_bool);
    let first = || match estimator.fitted("estimators_").and_then(record::Value::items)?.first()?.as_tagged()? {
        Tagged::Estimator(member) => own(member),
        _ => None,
    };
    own(estimator).or_else(first).unwrap_or(false)
}

fn reach<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<Reached<'b>, Unknown> {
    let (known, estimator) = estimator(replay, call)?;
    let x = call.need(replay, "X")?;
    let columns = categories_first(replay, &known, &estimator, &x, call)?;
    let mut columns = numbers(replay, columns, call.span)?;
    let Some((trees, elem)) = recorded_trees(&estimator) else { return Err(too_large(replay, &estimator, call.span, IN_ONNX)) };
    let Some(grown) = Grown::new(&trees, columns.len(), elem) else { return Err(not_fitted(replay, &estimator, "tree_", call.span)) };
    replay.freeze(&known);
    if elem == Elem::F32 {
        // What overflows float32 is an infinity there.
        columns.iter_mut().for_each(|(_, val)| *val = val.cast(Elem::F32));
    }
    // Isolation looks at no value before its trees do.
    if elem == Elem::F32 && estimator.class_name() != "IsolationForest" {
        let class = estimator.class_name().to_owned();
        refuse_rows(replay, call.span, &mut columns, &format!("an infinity as float32, which {class} refuses"), |_, val| {
            Some(val.abs().eq(f64::INFINITY))
        });
        if !takes_missing(&estimator) {
            refuse_rows(replay, call.span, &mut columns, &format!("a missing value, which {class} refuses"), |_, val| Some(val.is_nan()));
        }
    }
    let b = replay.b;
    let mut row: Vec<Val<'b>> = columns.iter().map(|(_, val)| *val).collect();
    for (feature, categories) in &grown.sides {
        let last = categories.iter().max().copied().unwrap_or(0);
        // What is greater than all of them is at the last place.
        let sides = (0..=last + 1).map(|category| if categories.contains(&category) { 0.0 } else { 1.0 });
        let sides = b.tensor(Tensor::f64("side", [last as u32 + 2], sides));
        let val = row[*feature as usize];
        let side = sides.gather(val.is_nan().select(b.f64(0.0), val).cast(Elem::I64), 0);
        row.push(val.is_nan().select(val, side));
    }
    let row = b.pack(&row);
    let table = b.table(Table::Forest(grown.forest));
    let reached = b.walk(row, table);
    Ok(Reached { estimator, leaves: grown.leaves, reached, trees: trees.len(), whole: Whole::of(&columns) })
}

/// The columns as the trees take them: those of categories as numbers before all others, where a histogram model has some.
fn categories_first<'b>(
    replay: &mut Replay<'_, 'b>,
    known: &crate::value::Known,
    estimator: &Estimator,
    x: &Value<'b>,
    call: &Call<'b>,
) -> Result<Vec<crate::value::Column<'b>>, Unknown> {
    let Some(encoder) = estimator.fitted("category_encoder") else { return pandas::matrix(replay, x, call.span) };
    let marks = estimator.fitted("is_categorical_").and_then(record::Value::items).unwrap_or_default();
    let names = estimator.fitted("feature_names_in_").and_then(record::Value::items);
    let places = |wanted: bool| marks.iter().enumerate().filter(|(_, mark)| mark.as_bool() == Some(wanted)).map(|(at, _)| at).collect();
    let (categories, numbers): (Vec<usize>, Vec<usize>) = (places(true), places(false));
    if categories.is_empty() {
        return Err(not_fitted(replay, estimator, "is_categorical_", call.span));
    }
    let chosen = super::compose::chosen(replay, x, &categories, names.as_deref(), call.span)?;
    let encoded = replay.call_estimator(&known.part(encoder.clone()).of(None), "transform", vec![chosen], Vec::new(), call.span)?;
    let mut columns = pandas::matrix(replay, &encoded, call.span)?;
    if !numbers.is_empty() {
        let rest = super::compose::chosen(replay, x, &numbers, names.as_deref(), call.span)?;
        columns.extend(pandas::matrix(replay, &rest, call.span)?);
    }
    Ok(columns)
}

/// What works for trees that are too large for a record.
const IN_ONNX: &str = "export the fitted model to ONNX with skl2onnx and convert that file; the script converts up to the model's input";

pub(super) fn too_large(replay: &mut Replay<'_, '_>, estimator: &Estimator, at: Span, help: &str) -> Unknown {
    replay.refuse(
        "python-estimator",
        at,
        format!("the trees of {} are not in the record", estimator.class_name()),
        "it is not fitted here, or has several hundred thousand nodes",
        help,
    )
}

/// A column for each leaf that training reached: whether the row reaches it.
fn embedding<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let reached = reach(replay, call)?;
    let lists = match reached.estimator.fitted("one_hot_encoder_").and_then(record::Value::as_tagged) {
        Some(Tagged::Estimator(encoder)) => encoder.fitted("categories_").and_then(record::Value::items),
        _ => None,
    };
    let lists: Option<Vec<Vec<f64>>> = lists.and_then(|lists| lists.iter().map(record::Value::floats).collect());
    let mut places = Vec::new();
    for (tree, nodes) in lists.iter().flatten().enumerate() {
        for node in nodes {
            let leaf = reached.leaves.iter().position(|leaf| leaf.tree == tree && leaf.node == *node as usize);
            let Some(leaf) = leaf else { return Err(not_fitted(replay, &reached.estimator, "one_hot_encoder_", call.span)) };
            places.push((tree as u32, leaf as i64));
        }
    }
    if places.is_empty() {
        return Err(not_fitted(replay, &reached.estimator, "one_hot_encoder_", call.span));
    }
    let leaves = reached.reached.cast(Elem::I64);
    Ok(reached.whole.floats(places.into_iter().map(|(tree, leaf)| leaves.at(tree).eq(leaf).cast(Elem::F64))))
}

/// The mean over the trees of each number of their leaves.
fn means<'b>(replay: &Replay<'_, 'b>, reached: &Reached<'b>) -> Vec<Val<'b>> {
    let mean = |at: usize| {
        let sum = reached.sum(replay, 0, 1, |leaf| leaf.numbers.get(at).copied().unwrap_or_default());
        if reached.estimator.fitted("tree_").is_some() { sum } else { sum / reached.trees as f64 }
    };
    (0..reached.width()).map(mean).collect()
}

fn classes<'b>(replay: &mut Replay<'_, 'b>, estimator: &Estimator, at: Span) -> Result<Vec<record::Value>, Unknown> {
    let classes = estimator.fitted("classes_").and_then(record::Value::items).unwrap_or_default();
    if estimator.fitted("n_outputs_").and_then(record::Value::as_int).unwrap_or(1) != 1 || classes.is_empty() {
        return Err(replay.unsupported(at, format!("{} of several targets", estimator.class_name())));
    }
    Ok(classes)
}

fn regression<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let reached = reach(replay, call)?;
    let means = means(replay, &reached);
    Ok(match means.as_slice() {
        [only] => Value::Column(reached.whole.column(Kind::Float, *only)),
        _ => reached.whole.floats(means),
    })
}

fn probabilities<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let reached = reach(replay, call)?;
    classes(replay, &reached.estimator, call.span)?;
    let means = means(replay, &reached);
    Ok(reached.whole.floats(means))
}

/// The first class with the greatest mean.
fn class<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let reached = reach(replay, call)?;
    let classes = classes(replay, &reached.estimator, call.span)?;
    let means = means(replay, &reached);
    let number = replay.b.pack(&means).reduce(Reduce::ArgMax, [0]);
    let cell = class_at(replay, &classes, number, call.span)?;
    Ok(Value::Column(reached.whole.cell(cell)))
}

/// The start and the sum of the trees, for each class or for the one target.
fn boosted<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<(Reached<'b>, Vec<Val<'b>>), Unknown> {
    let reached = reach(replay, call)?;
    let histogram = reached.estimator.class_name().starts_with("Hist");
    let start = reached.estimator.fitted(if histogram { "_baseline_prediction" } else { "raw_start" });
    let Some(start) = start.and_then(record::Value::floats).filter(|start| !start.is_empty()) else {
        return Err(replay.refuse(
            "python-estimator",
            call.span,
            format!("{} starts from another model", reached.estimator.class_name()),
            "the `init` is no constant",
            "leave `init` out, or export the fitted model to ONNX",
        ));
    };
    // Histogram trees have the learning rate in their leaves.
    let rate = if histogram { 1.0 } else { reached.estimator.param("learning_rate").and_then(record::Value::as_f64).unwrap_or(0.1) };
    let step = start.len();
    let sum = |(class, start): (usize, &f64)| {
        // scikit-learn adds each tree to the start in turn, so the start goes with the first tree.
        reached.sum(replay, class, step, |leaf| {
            let own = leaf.numbers.first().copied().unwrap_or_default() * rate;
            if leaf.tree == class { start + own } else { own }
        })
    };
    let sums = start.iter().enumerate().map(sum).collect();
    Ok((reached, sums))
}

fn boosted_scores<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (reached, sums) = boosted(replay, call)?;
    Ok(match sums.as_slice() {
        [only] => Value::Column(reached.whole.column(Kind::Float, *only)),
        _ => reached.whole.floats(sums),
    })
}

/// The sum, or its exponential where the loss has a logarithmic link.
fn boosted_regression<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (reached, sums) = boosted(replay, call)?;
    let log_link = matches!(param_text(&reached.estimator, "loss"), "poisson" | "gamma");
    match sums.as_slice() {
        [only] => Ok(Value::Column(reached.whole.column(Kind::Float, if log_link { only.exp() } else { *only }))),
        _ => Err(replay.unsupported(call.span, "a model of several targets")),
    }
}

/// `1 - p` and `p = sigmoid(sum)`, or the softmax of several sums. The exponential loss doubles the sum.
fn boosted_probabilities<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (reached, sums) = boosted(replay, call)?;
    let b = replay.b;
    Ok(match sums.as_slice() {
        [only] => {
            let doubled = param_text(&reached.estimator, "loss") == "exponential";
            let p = if doubled { *only * 2.0 } else { *only }.sigmoid();
            reached.whole.floats([b.f64(1.0) - p, p])
        }
        all => {
            let shares = b.pack(all).softmax();
            reached.whole.floats((0..all.len()).map(|at| shares.at(at as u32)).collect::<Vec<_>>())
        }
    })
}

/// The second class where the sum is not negative (histograms: positive); of several the first with the greatest sum.
fn boosted_class<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (reached, sums) = boosted(replay, call)?;
    let classes = classes(replay, &reached.estimator, call.span)?;
    let cell = match (sums.as_slice(), classes.as_slice()) {
        ([only], [no, yes]) => {
            let second = if reached.estimator.class_name().starts_with("Hist") { only.gt(0.0) } else { only.ge(0.0) };
            super::linear::of_two(replay, second, no, yes, call)?
        }
        (all, classes) => {
            let number = replay.b.pack(all).reduce(Reduce::ArgMax, [0]);
            class_at(replay, classes, number, call.span)?
        }
    };
    Ok(Value::Column(reached.whole.cell(cell)))
}

/// How many steps isolate the row in all trees, over what is usual: `-2 ^ -(steps / usual)`. The lower, the odder.
fn isolated<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<(Reached<'b>, Val<'b>), Unknown> {
    let mut reached = reach(replay, call)?;
    let usual = reached.estimator.fitted("usual_path_length").and_then(record::Value::as_f64).filter(|usual| *usual > 0.0);
    let lengths = reached.estimator.fitted("path_lengths").and_then(record::Value::items);
    let lengths: Option<Vec<Vec<f64>>> = lengths.and_then(|trees| trees.iter().map(record::Value::floats).collect());
    let whole_rows = reached.estimator.param("max_features").and_then(record::Value::as_f64) == Some(1.0);
    let (Some(usual), Some(lengths), true) = (usual, lengths, whole_rows) else {
        return Err(replay.unsupported(call.span, "IsolationForest of some of the columns"));
    };
    for leaf in &mut reached.leaves {
        leaf.numbers = vec![lengths.get(leaf.tree).and_then(|tree| tree.get(leaf.node)).copied().unwrap_or_default()];
    }
    let steps = reached.sum(replay, 0, 1, |leaf| leaf.numbers.first().copied().unwrap_or_default());
    let score = -replay.b.f64(2.0).pow(-(steps / usual));
    Ok((reached, score))
}

fn isolation<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (reached, score) = isolated(replay, call)?;
    Ok(Value::Column(reached.whole.column(Kind::Float, score)))
}

/// The score less the offset.
fn margin<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<(Reached<'b>, Val<'b>), Unknown> {
    let (reached, score) = isolated(replay, call)?;
    match reached.estimator.fitted("offset_").and_then(record::Value::as_f64) {
        Some(offset) => Ok((reached, score - offset)),
        None => Err(not_fitted(replay, &reached.estimator, "offset_", call.span)),
    }
}

fn isolation_margin<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (reached, margin) = margin(replay, call)?;
    Ok(Value::Column(reached.whole.column(Kind::Float, margin)))
}

/// -1 where the score lies below the offset, else 1.
fn inlier<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (reached, margin) = margin(replay, call)?;
    Ok(Value::Column(reached.whole.column(Kind::INT, margin.lt(0.0).select(replay.b.i64(-1), 1_i64))))
}
