//! Tree ensembles. Leaf weights are added in the order of the trees and the base value last, as onnxruntime does on one thread.

use ir::{Elem, Handle, Reduce, Table, Val};

use super::Row;
use super::forest::{Grown, VoteNames, classic, linked};
use super::scores::{Complement, PostTransform, label, label_of_two};
use crate::node::{OnnxNode, Translated};
use crate::tensor::{Data, ElementType};
use crate::value::{PerRow, Value};

pub(super) const OPS: &[Row] = &[
    Row::ml("TreeEnsemble", ensemble).by_row(),
    Row::ml("TreeEnsembleClassifier", classifier).by_row(),
    Row::ml("TreeEnsembleRegressor", regressor).by_row(),
];

const TARGETS: VoteNames = VoteNames { trees: "target_treeids", nodes: "target_nodeids", ids: "target_ids", weights: "target_weights" };
const CLASSES: VoteNames = VoteNames { trees: "class_treeids", nodes: "class_nodeids", ids: "class_ids", weights: "class_weights" };

type Refusal = Box<source::Diagnostic>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Aggregate {
    Sum,
    Average,
    Min,
    Max,
}

/// What the leaves of a forest know of one target. onnxruntime tells a score of zero from no score at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coverage {
    Never,
    /// Some rows reach no leaf that votes for it.
    Sometimes,
    Always,
}

/// A forest on a row, ready to be summed up by target.
struct Votes<'b> {
    /// Leaf reached, by tree.
    reached: Val<'b>,
    grown: Grown,
    targets: usize,
    elem: Elem,
}

impl<'b> Votes<'b> {
    fn new(node: &OnnxNode<'_, 'b>, x: &PerRow<'b>, grown: Grown, targets: usize, elem: Elem) -> Votes<'b> {
        let forest: Handle<Table> = node.b.table(Table::Forest(grown.forest.clone()));
        Votes { reached: node.b.walk(x.vector(node.b), forest), grown, targets, elem }
    }

    fn coverage(&self, target: usize) -> Coverage {
        let trees = self.grown.forest.roots.len();
        let (mut leaves, mut voting) = (vec![0usize; trees], vec![0usize; trees]);
        for leaf in &self.grown.leaves {
            if let (Some(all), Some(some)) = (leaves.get_mut(leaf.tree), voting.get_mut(leaf.tree)) {
                *all += 1;
                *some += usize::from(leaf.votes.iter().any(|(voted, _)| *voted == target));
            }
        }
        if voting.iter().all(|count| *count == 0) {
            Coverage::Never
        } else if std::iter::zip(&leaves, &voting).any(|(all, some)| all == some) {
            Coverage::Always
        } else {
            Coverage::Sometimes
        }
    }

    /// The only target that a tree votes for, by tree. `None` where some tree votes for several or for none.
    fn single_targets(&self) -> Option<Vec<usize>> {
        let mut targets: Vec<Option<usize>> = vec![None; self.grown.forest.roots.len()];
        for leaf in &self.grown.leaves {
            let place = targets.get_mut(leaf.tree)?;
            for (target, _) in &leaf.votes {
                if *place.get_or_insert(*target) != *target {
                    return None;
                }
            }
        }
        targets.into_iter().collect()
    }

    fn literal(&self, value: f64) -> ir::Literal {
        if self.elem == Elem::F32 { ir::Literal::F32(value as f32) } else { ir::Literal::F64(value) }
    }

    fn table(&self, name: &str, shape: Vec<u32>, values: impl Iterator<Item = f64>) -> ir::Tensor {
        ir::Tensor::literals(name, self.elem, shape, values.map(|value| self.literal(value)))
    }

    /// The weight of the reached leaf for one target, over the trees that vote for it.
    fn of_target(&self, node: &OnnxNode<'_, 'b>, target: usize) -> Val<'b> {
        let weight = |votes: &[(usize, f64)]| votes.iter().filter(|(voted, _)| *voted == target).fold(0.0, |sum, (_, weight)| sum + weight);
        let leaves = self.grown.leaves.len() as u32;
        let weights = self.table("leaf values", vec![leaves], self.grown.leaves.iter().map(|leaf| weight(&leaf.votes)));
        let reached = node.b.tensor(weights).gather(self.reached, 0);
        let mut trees: Vec<usize> =
            self.grown.leaves.iter().filter(|leaf| leaf.votes.iter().any(|(voted, _)| *voted == target)).map(|leaf| leaf.tree).collect();
        trees.dedup();
        chosen(node, reached, &trees, self.grown.forest.roots.len())
    }

    /// The sum of the reached leaves by target: a vector.
    fn sums(&self, node: &OnnxNode<'_, 'b>) -> Val<'b> {
        let leaves = self.grown.leaves.len() as u32;
        if self.targets == 1 {
            let weights = self.table(
                "leaf values",
                vec![leaves],
                self.grown.leaves.iter().map(|leaf| leaf.votes.iter().map(|(_, weight)| weight).sum()),
            );
            return node.b.tensor(weights).gather(self.reached, 0).reduce(Reduce::SumInOrder, [0]).reshape([1]);
        }
        if let Some(single) = self.single_targets() {
            let weights = self.table(
                "leaf values",
                vec![leaves],
                self.grown.leaves.iter().map(|leaf| leaf.votes.iter().map(|(_, weight)| weight).sum()),
            );
            let reached = node.b.tensor(weights).gather(self.reached, 0);
            let sums: Vec<Val<'b>> = (0..self.targets)
                .map(|target| {
                    let trees: Vec<usize> =
                        single.iter().enumerate().filter(|(_, voted)| **voted == target).map(|(tree, _)| tree).collect();
                    match trees.as_slice() {
                        [] => node.b.constant(self.literal(0.0)),
                        trees => chosen(node, reached, trees, single.len()).reduce(Reduce::SumInOrder, [0]),
                    }
                })
                .collect();
            return node.b.pack(&sums);
        }
        let targets = self.targets;
        let rows = self.grown.leaves.iter().flat_map(|leaf| {
            let mut row = vec![0.0; targets];
            for (target, weight) in &leaf.votes {
                if let Some(cell) = row.get_mut(*target) {
                    *cell += weight;
                }
            }
            row
        });
        let weights = self.table("leaf values", vec![leaves, targets as u32], rows);
        node.b.tensor(weights).gather(self.reached, 0).reduce(Reduce::SumInOrder, [0])
    }
}

/// Some elements of a vector over trees: all, a regular stretch, or by position.
fn chosen<'b>(node: &OnnxNode<'_, 'b>, values: Val<'b>, trees: &[usize], count: usize) -> Val<'b> {
    if trees.len() == count {
        return values;
    }
    let step = match trees {
        [first, second, ..] => second - first,
        _ => 1,
    };
    match trees.first() {
        Some(start) if trees.windows(2).all(|pair| pair[1] - pair[0] == step) => {
            values.slice(0, *start as u32, step as i32, trees.len() as u32)
        }
        Some(_) | None => {
            let positions = ir::Tensor::i64("trees", [trees.len() as u32], trees.iter().map(|tree| *tree as i64));
            values.gather(node.b.tensor(positions), 0)
        }
    }
}

/// The row in the type in which the trees compare: double stays double, everything else becomes float32.
fn forest_row<'b>(node: &OnnxNode<'_, 'b>) -> Result<(PerRow<'b>, Elem), Refusal> {
    let x = node.features(0)?;
    if x.elements == ElementType::F64 {
        return Ok((x, Elem::F64));
    }
    if !x.elements.is_float() && !x.elements.is_integer() {
        return node.malformed(format!("its input is {}", x.elements.name()));
    }
    Ok((x.cast(node.b, ElementType::F32), Elem::F32))
}

/// Double thresholds or weights with an input that is compared in float32: onnxruntime refuses these too.
fn check_precision(node: &OnnxNode<'_, '_>, elem: Elem, names: &[&str]) -> Result<(), Refusal> {
    for name in names {
        let is_double = node.tensor(name).is_some_and(|tensor| tensor.data.element_type() == ElementType::F64);
        if elem == Elem::F32 && is_double {
            return node.refuse("onnx-unsupported-attribute", format!("`{name}` is double and the input is not"));
        }
    }
    Ok(())
}

/// Scores of targets: the aggregate over trees, plus base values, then the post transform where there are several targets.
fn scores<'b>(
    node: &OnnxNode<'_, 'b>,
    votes: &Votes<'b>,
    aggregate: Aggregate,
    base: &[f64],
    transform: PostTransform,
) -> Result<Val<'b>, Refusal> {
    let targets = votes.targets;
    // Several base values of another number than the targets are ignored by onnxruntime.
    let base: Vec<f64> = if base.len() == targets { base.to_vec() } else { vec![0.0; targets] };
    for (target, base) in base.iter().enumerate() {
        let coverage = votes.coverage(target);
        let is_extreme = matches!(aggregate, Aggregate::Min | Aggregate::Max);
        if targets > 1 && (coverage != Coverage::Always && *base != 0.0 || coverage == Coverage::Sometimes && is_extreme) {
            return node.unsupported(format!("target {target} has a base value or an extreme, and leaves that do not vote for it"));
        }
    }
    let trees = votes.grown.forest.roots.len();
    let total = match aggregate {
        Aggregate::Sum => votes.sums(node),
        Aggregate::Average => votes.sums(node) / (trees as i64),
        Aggregate::Min | Aggregate::Max => {
            let how = if aggregate == Aggregate::Min { Reduce::Min } else { Reduce::Max };
            let extremes: Vec<Val<'b>> = (0..targets)
                .map(|target| match votes.coverage(target) {
                    Coverage::Never => node.b.constant(votes.literal(0.0)),
                    Coverage::Sometimes | Coverage::Always => votes.of_target(node, target).reduce(how, [0]),
                })
                .collect();
            node.b.pack(&extremes)
        }
    };
    let shifted = if base.iter().all(|value| *value == 0.0) {
        total
    } else {
        total + node.b.tensor(votes.table("base values", vec![targets as u32], base.iter().copied()))
    };
    // With one target onnxruntime applies no transform but this.
    Ok(if targets == 1 && transform != PostTransform::Probit { shifted } else { transform.apply(node.b, shifted) })
}

/// Targets by leaf weights. Output float32, whatever the input.
fn regressor<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let (x, elem) = forest_row(node)?;
    check_precision(node, elem, &["nodes_values_as_tensor", "target_weights_as_tensor"])?;
    let transform = PostTransform::of(node)?;
    let aggregate = match node.string("aggregate_function") {
        "SUM" => Aggregate::Sum,
        "AVERAGE" => Aggregate::Average,
        "MIN" => Aggregate::Min,
        "MAX" => Aggregate::Max,
        other => return node.malformed(format!("the aggregate function `{other}` is unknown")),
    };
    let targets = target_count(node)?;
    let grown = classic(node, &TARGETS, elem, x.count(), targets)?;
    let votes = Votes::new(node, &x, grown, targets, elem);
    let (base, _) = node.reals("base_values")?;
    let result = scores(node, &votes, aggregate, &base, transform)?;
    Ok(vec![Value::PerRow(PerRow::tensor(0, result.cast(Elem::F32)))])
}

fn target_count(node: &OnnxNode<'_, '_>) -> Result<usize, Refusal> {
    /// More targets than this are a damaged file.
    const TARGET_LIMIT: usize = 1 << 16;
    match usize::try_from(node.int("n_targets")) {
        Ok(count) if (1..=TARGET_LIMIT).contains(&count) => Ok(count),
        Ok(_) | Err(_) => node.malformed(format!("{} targets", node.int("n_targets"))),
    }
}

/// The one operator of ai.onnx.ml 5. Output in the type of the input.
fn ensemble<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let (x, elem) = forest_row(node)?;
    check_precision(node, elem, &["nodes_splits", "leaf_weights", "membership_values"])?;
    let transform = match node.int("post_transform") {
        0 => PostTransform::None,
        1 => PostTransform::Softmax,
        2 => PostTransform::Logistic,
        3 => PostTransform::SoftmaxZero,
        4 => PostTransform::Probit,
        other => return node.malformed(format!("the post_transform {other} is unknown")),
    };
    let aggregate = match node.int("aggregate_function") {
        0 => Aggregate::Average,
        1 => Aggregate::Sum,
        2 => Aggregate::Min,
        3 => Aggregate::Max,
        other => return node.malformed(format!("the aggregate function {other} is unknown")),
    };
    let targets = target_count(node)?;
    let grown = linked(node, elem, x.count(), targets)?;
    let votes = Votes::new(node, &x, grown, targets, elem);
    Ok(vec![Value::PerRow(PerRow::tensor(0, scores(node, &votes, aggregate, &[], transform)?))])
}

/// Label and scores. With two classes and weights for one of them, the other score follows from the sign of the weights.
fn classifier<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let (x, elem) = forest_row(node)?;
    check_precision(node, elem, &["nodes_values_as_tensor", "class_weights_as_tensor"])?;
    let transform = PostTransform::of(node)?;
    let labels = node.labels("classlabels_strings", "classlabels_int64s");
    if labels.len() < 2 {
        return node.unsupported(format!("{} class labels", labels.len()));
    }
    let grown = classic(node, &CLASSES, elem, x.count(), labels.len())?;
    let votes = Votes::new(node, &x, grown, labels.len(), elem);
    let (base, _) = node.reals("base_values")?;
    let (label, scores) = match labels.len() {
        2 => two_classes(node, &votes, &base, &labels, transform)?,
        _ => many_classes(node, &votes, &base, &labels, transform)?,
    };
    Ok(vec![label, Value::PerRow(PerRow::tensor(0, scores.cast(Elem::F32)))])
}

/// The label is that of the first greatest score among the classes that have one.
fn many_classes<'b>(
    node: &OnnxNode<'_, 'b>,
    votes: &Votes<'b>,
    base: &[f64],
    labels: &Data,
    transform: PostTransform,
) -> Result<(Value<'b>, Val<'b>), Refusal> {
    let sums = votes.sums(node);
    let total = match base.len() {
        0 => sums,
        count if count == labels.len() => sums + node.b.tensor(votes.table("base values", vec![count as u32], base.iter().copied())),
        count => return node.malformed(format!("{count} base values for {} classes", labels.len())),
    };
    let has_score = |class: usize| if base.is_empty() { votes.coverage(class) } else { Coverage::Always };
    let coverages: Vec<Coverage> = (0..labels.len()).map(has_score).collect();
    let label = if coverages.contains(&Coverage::Sometimes) {
        ambiguous_label(node, "some leaves have no weight for a class that other leaves have one for")
    } else {
        let scored: Vec<usize> = (0..labels.len()).filter(|class| coverages.get(*class) == Some(&Coverage::Always)).collect();
        let candidates = chosen(node, total, &scored, labels.len());
        Value::PerRow(PerRow::tensor(0, label(node.b, &labels.pick(scored.iter().copied()), candidates.reduce(Reduce::ArgMax, [0]))))
    };
    Ok((label, transform.apply(node.b, total)))
}

/// onnxruntime's rules for two classes, by which classes have weights at all and by the number of base values.
fn two_classes<'b>(
    node: &OnnxNode<'_, 'b>,
    votes: &Votes<'b>,
    base: &[f64],
    labels: &Data,
    transform: PostTransform,
) -> Result<(Value<'b>, Val<'b>), Refusal> {
    let coverages = (votes.coverage(0), votes.coverage(1));
    let (has_first, has_second) = (coverages.0 != Coverage::Never, coverages.1 != Coverage::Never);
    if coverages.0 == Coverage::Sometimes || coverages.1 == Coverage::Sometimes {
        return node.unsupported("some leaves have no weight for a class that other leaves have one for");
    }
    let all_positive = votes.grown.leaves.iter().flat_map(|leaf| &leaf.votes).all(|(_, weight)| *weight >= 0.0);
    let sums = votes.sums(node);
    let zero = node.b.constant(votes.literal(0.0));
    let (mut first, mut second) = (sums.at(0), sums.at(1));
    // Without a second score: one score, from which both follow.
    let mut is_single = !has_second;
    let shift = |index: usize| node.b.constant(votes.literal(base.get(index).copied().unwrap_or(0.0)));
    match (base.len(), has_second) {
        (0, _) => {}
        (1, _) => first = first + shift(0),
        (2, true) => {
            second = shift(1) + if has_first { first } else { zero };
            first = -second;
        }
        (2, false) => {
            (first, second) = (first + shift(0), second + shift(1));
            is_single = false;
        }
        (count, _) => return node.malformed(format!("{count} base values for 2 classes")),
    }
    let deciding = if has_second { second } else { first };
    let label = if has_first && has_second {
        ambiguous_label(node, "onnxruntime takes the sign of the second score, and the standard the greater score")
    } else {
        let is_second = deciding.gt(if all_positive { 0.5 } else { 0.0 });
        match label_of_two(node.b, labels, is_second) {
            Some(label) => Value::PerRow(PerRow::tensor(0, label)),
            None => return node.malformed("it does not have two labels"),
        }
    };
    let scores = if is_single {
        transform.of_two(node)?.second_class(node.b, first, if all_positive { Complement::OneMinus } else { Complement::Negative })
    } else {
        let pair = node.b.pack(&[if has_first { first } else { zero }, if has_second { second } else { zero }]);
        transform.apply(node.b, pair)
    };
    Ok((label, scores))
}

/// A label that runtimes do not agree on; refused only if something uses it.
fn ambiguous_label<'b>(node: &OnnxNode<'_, 'b>, why: &str) -> Value<'b> {
    let diagnostic = node
        .error("onnx-ambiguous-label", format!("the label of `{}` is not well defined: {why}", node.node.operator))
        .help("take the label output off the graph and choose the greatest of the probabilities");
    Value::Refused(Some(Box::new(diagnostic)))
}
