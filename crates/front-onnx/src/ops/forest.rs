//! Tree attributes of the file to one [`ir::Forest`] with what each leaf votes for. Both layouts of the standard are read: the lists of
//! (tree, node) ids of versions 1 and 3, and the index-linked ones of version 5.
//!
//! Nothing here recurses: a hostile file may hold a chain of a million nodes.

use std::collections::HashMap;

use ir::{Elem, Forest, Next, Split, Test};

use crate::node::OnnxNode;

/// Nodes that sets and shared branches may be written out to.
const SPLIT_LIMIT: usize = 1 << 22;

type Refusal = Box<source::Diagnostic>;

/// A forest, and the votes of its leaves by leaf number.
pub(super) struct Grown {
    pub(super) forest: Forest,
    pub(super) leaves: Vec<Leaf>,
}

pub(super) struct Leaf {
    pub(super) tree: usize,
    /// Target or class, and weight, in the order of the file.
    pub(super) votes: Vec<(usize, f64)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    LessEq,
    Less,
    GreaterEq,
    Greater,
    Equal,
    NotEqual,
}

impl Mode {
    fn of(name: &str) -> Option<Mode> {
        match name {
            "BRANCH_LEQ" => Some(Mode::LessEq),
            "BRANCH_LT" => Some(Mode::Less),
            "BRANCH_GTE" => Some(Mode::GreaterEq),
            "BRANCH_GT" => Some(Mode::Greater),
            "BRANCH_EQ" => Some(Mode::Equal),
            "BRANCH_NEQ" => Some(Mode::NotEqual),
            _ => None,
        }
    }

    /// The test of the IR, and whether its answer is the opposite of this mode's. Both agree for whatever is not NaN.
    fn test(self, threshold: f64) -> (Test, bool) {
        match self {
            Mode::LessEq => (Test::LessEq(threshold), false),
            Mode::Less => (Test::Less(threshold), false),
            Mode::GreaterEq => (Test::Less(threshold), true),
            Mode::Greater => (Test::LessEq(threshold), true),
            Mode::Equal => (Test::Equal(threshold), false),
            Mode::NotEqual => (Test::Equal(threshold), true),
        }
    }

    /// A NaN fails every comparison but `!=`.
    fn holds_for_nan(self) -> bool {
        self == Mode::NotEqual
    }
}

/// A question with the way on for both answers, whatever the layout of the file.
struct Question {
    feature: u32,
    test: Test,
    yes: Target,
    no: Target,
    missing_is_yes: bool,
}

impl Question {
    /// `missing_true`: NaN takes the true branch whatever the comparison says.
    fn new(feature: u32, mode: Mode, threshold: f64, if_true: Target, if_false: Target, missing_true: bool) -> Question {
        let (test, is_opposite) = mode.test(threshold);
        let missing_goes_true = missing_true || mode.holds_for_nan();
        let (yes, no) = if is_opposite { (if_false, if_true) } else { (if_true, if_false) };
        Question { feature, test, yes, no, missing_is_yes: missing_goes_true != is_opposite }
    }
}

/// Where a branch leads: an element of the file's lists, or with sets the next member of one.
#[derive(Clone, Copy)]
enum Target {
    Node(usize),
    Leaf(usize),
    /// The rest of a set from its `n`-th member on, at a node.
    Member(usize, usize),
}

enum Found {
    Question(Question),
    Votes(Vec<(usize, f64)>),
}

/// Writes trees out from their roots, children after parents.
struct Growth<'w> {
    forest: Forest,
    leaves: Vec<Leaf>,
    look: &'w dyn Fn(Target) -> Result<Found, String>,
    depth_limit: usize,
}

#[derive(Clone, Copy)]
enum Slot {
    Root(usize),
    Yes(usize),
    No(usize),
}

impl Growth<'_> {
    fn tree(&mut self, tree: usize, root: Target) -> Result<(), String> {
        self.forest.roots.push(Next::Leaf(0));
        let mut open = vec![(root, Slot::Root(tree), 0usize)];
        while let Some((target, slot, depth)) = open.pop() {
            if depth > self.depth_limit {
                return Err(format!("tree {tree} leads back to itself"));
            }
            match (self.look)(target)? {
                Found::Votes(votes) => {
                    let leaf = self.leaves.len();
                    self.leaves.push(Leaf { tree, votes });
                    self.fill(slot, Next::Leaf(leaf as u32));
                }
                Found::Question(question) => {
                    let index = self.forest.splits.len();
                    if index >= SPLIT_LIMIT {
                        return Err(format!("more than {SPLIT_LIMIT} splits"));
                    }
                    // Children are filled in when they are met; `missing` follows the one it is equal to.
                    let unset = Next::Leaf(0);
                    let missing = if question.missing_is_yes { Next::Split(1) } else { unset };
                    self.forest.splits.push(Split { feature: question.feature, test: question.test, yes: unset, no: unset, missing });
                    self.fill(slot, Next::Split(index as u32));
                    open.push((question.no, Slot::No(index), depth + 1));
                    open.push((question.yes, Slot::Yes(index), depth + 1));
                }
            }
        }
        Ok(())
    }

    /// `missing` of a fresh split holds a mark for its side until both children are there; the yes side is always filled first.
    fn fill(&mut self, slot: Slot, next: Next) {
        match slot {
            Slot::Root(tree) => {
                if let Some(root) = self.forest.roots.get_mut(tree) {
                    *root = next;
                }
            }
            Slot::Yes(index) => {
                if let Some(split) = self.forest.splits.get_mut(index) {
                    split.yes = next;
                }
            }
            Slot::No(index) => {
                if let Some(split) = self.forest.splits.get_mut(index) {
                    split.no = next;
                    split.missing = if split.missing == Next::Split(1) { split.yes } else { next };
                }
            }
        }
    }

    fn finish(mut self) -> Grown {
        self.forest.leaves = self.leaves.len() as u32;
        Grown { forest: self.forest, leaves: self.leaves }
    }
}

fn empty(name: &str, elem: Elem, features: usize) -> Forest {
    Forest { name: name.to_owned(), elem, features: features as u32, roots: Vec::new(), splits: Vec::new(), leaves: 0 }
}

/// How the attributes of a classic ensemble are called: `target_*` or `class_*`.
pub(super) struct VoteNames {
    pub(super) trees: &'static str,
    pub(super) nodes: &'static str,
    pub(super) ids: &'static str,
    pub(super) weights: &'static str,
}

/// The forest of `TreeEnsembleClassifier` and `TreeEnsembleRegressor`. Thresholds are compared in `elem`.
pub(super) fn classic(node: &OnnxNode<'_, '_>, names: &VoteNames, elem: Elem, features: usize, targets: usize) -> Result<Grown, Refusal> {
    let (thresholds, _) = node.reals("nodes_values")?;
    let (weights, _) = node.reals(names.weights)?;
    let (tree_ids, node_ids, feature_ids) = (node.ints("nodes_treeids"), node.ints("nodes_nodeids"), node.ints("nodes_featureids"));
    let (modes, if_true, if_false) = (node.strings("nodes_modes"), node.ints("nodes_truenodeids"), node.ints("nodes_falsenodeids"));
    let missing = node.ints("nodes_missing_value_tracks_true");
    let count = tree_ids.len();
    if [node_ids.len(), feature_ids.len(), modes.len(), if_true.len(), if_false.len(), thresholds.len()].iter().any(|len| *len != count) {
        return node.malformed("its lists of nodes differ in length");
    }
    if thresholds.iter().zip(modes).any(|(threshold, mode)| threshold.is_nan() && mode != "LEAF") {
        return node.malformed("`nodes_values` holds NaN, with which nothing compares");
    }
    if !missing.is_empty() && missing.len() != count {
        return node.malformed("`nodes_missing_value_tracks_true` differs in length from the other lists of nodes");
    }
    let (vote_trees, vote_nodes, vote_ids) = (node.ints(names.trees), node.ints(names.nodes), node.ints(names.ids));
    if [vote_trees.len(), vote_nodes.len(), vote_ids.len()].iter().any(|len| *len != weights.len()) {
        return node.malformed("its lists of weights differ in length");
    }
    let mut places: HashMap<(i64, i64), usize> = HashMap::with_capacity(count);
    for (index, key) in std::iter::zip(tree_ids.iter().copied(), node_ids.iter().copied()).enumerate() {
        if places.insert(key, index).is_some() {
            return node.malformed(format!("node {} of tree {} stands there twice", key.1, key.0));
        }
    }
    let mut votes: HashMap<usize, Vec<(usize, f64)>> = HashMap::new();
    for (key, (id, weight)) in
        std::iter::zip(std::iter::zip(vote_trees.iter().copied(), vote_nodes.iter().copied()), std::iter::zip(vote_ids, &weights))
    {
        let Some(place) = places.get(&key) else {
            return node.malformed(format!("a weight for node {} of tree {}, which is not there", key.1, key.0));
        };
        let Some(target) = usize::try_from(*id).ok().filter(|id| *id < targets) else {
            return node.malformed(format!("a weight for target {id} of {targets}"));
        };
        votes.entry(*place).or_default().push((target, *weight));
    }
    let look = |target: Target| -> Result<Found, String> {
        let (Target::Node(at) | Target::Leaf(at) | Target::Member(at, _)) = target;
        let (Some(mode), Some(tree)) = (modes.get(at), tree_ids.get(at)) else { return Err("a node is not there".to_owned()) };
        if mode == "LEAF" {
            return Ok(Found::Votes(votes.get(&at).cloned().unwrap_or_default()));
        }
        let Some(mode) = Mode::of(mode) else { return Err(format!("the node mode `{mode}` is unknown")) };
        let child = |list: &[i64]| -> Result<Target, String> {
            let id = list.get(at).copied().unwrap_or(-1);
            places.get(&(*tree, id)).map(|place| Target::Node(*place)).ok_or_else(|| format!("node {id} of tree {tree} is not there"))
        };
        let feature = usable_feature(feature_ids.get(at).copied(), features)?;
        let threshold = usable_threshold(thresholds.get(at).copied())?;
        let tracks_true = missing.get(at).is_some_and(|flag| *flag == 1);
        Ok(Found::Question(Question::new(feature, mode, threshold, child(if_true)?, child(if_false)?, tracks_true)))
    };
    // A tree's first node in the file is its root.
    let mut roots = Vec::new();
    let mut previous = None;
    for (index, tree) in tree_ids.iter().enumerate() {
        if previous != Some(tree) {
            roots.push(Target::Node(index));
        }
        previous = Some(tree);
    }
    grow(node, empty(node.output_name(0), elem, features), roots, count, &look)
}

fn grow(
    node: &OnnxNode<'_, '_>,
    forest: Forest,
    roots: Vec<Target>,
    count: usize,
    look: &dyn Fn(Target) -> Result<Found, String>,
) -> Result<Grown, Refusal> {
    if roots.is_empty() {
        return node.malformed("it has no trees");
    }
    let mut growth = Growth { forest, leaves: Vec::new(), look, depth_limit: count };
    for (tree, root) in roots.into_iter().enumerate() {
        if let Err(why) = growth.tree(tree, root) {
            return node.malformed(why);
        }
    }
    Ok(growth.finish())
}

fn usable_feature(id: Option<i64>, features: usize) -> Result<u32, String> {
    let id = id.unwrap_or(-1);
    match usize::try_from(id) {
        Ok(feature) if feature < features => Ok(feature as u32),
        Ok(_) | Err(_) => Err(format!("a split over feature {id} of {features}")),
    }
}

fn usable_threshold(threshold: Option<f64>) -> Result<f64, String> {
    match threshold {
        Some(threshold) if !threshold.is_nan() => Ok(threshold),
        Some(_) => Err("a split at NaN".to_owned()),
        None => Err("a threshold is missing".to_owned()),
    }
}

/// The forest of `TreeEnsemble` (ai.onnx.ml 5). A set becomes a chain of equalities, a shared branch is written out where it is used.
pub(super) fn linked(node: &OnnxNode<'_, '_>, elem: Elem, features: usize, targets: usize) -> Result<Grown, Refusal> {
    let doubles = |name: &str| node.tensor(name).and_then(crate::tensor::Tensor::doubles);
    let Some(thresholds) = doubles("nodes_splits") else { return node.malformed("`nodes_splits` must hold floats") };
    let Some(weights) = doubles("leaf_weights") else { return node.malformed("`leaf_weights` must hold floats") };
    let Some(modes) = node.tensor("nodes_modes").and_then(crate::tensor::Tensor::integers) else {
        return node.malformed("`nodes_modes` must hold whole numbers");
    };
    let (feature_ids, if_true, if_false) = (node.ints("nodes_featureids"), node.ints("nodes_truenodeids"), node.ints("nodes_falsenodeids"));
    let (true_is_leaf, false_is_leaf) = (node.ints("nodes_trueleafs"), node.ints("nodes_falseleafs"));
    let missing = node.ints("nodes_missing_value_tracks_true");
    let leaf_targets = node.ints("leaf_targetids");
    let count = feature_ids.len();
    if [modes.len(), thresholds.len(), if_true.len(), if_false.len(), true_is_leaf.len(), false_is_leaf.len()]
        .iter()
        .any(|len| *len != count)
        || !missing.is_empty() && missing.len() != count
        || leaf_targets.len() != weights.len()
    {
        return node.malformed("its lists differ in length");
    }
    // The sets of all MEMBER nodes one after another, each ended by a NaN.
    let sets: Vec<Vec<f64>> = doubles("membership_values").unwrap_or_default().split(|value| value.is_nan()).map(<[f64]>::to_vec).collect();
    let mut set_of = vec![0usize; count];
    let mut next_set = 0;
    for (place, mode) in std::iter::zip(&mut set_of, &modes) {
        *place = next_set;
        next_set += usize::from(*mode == MEMBER);
    }
    let target = |list: &[i64], is_leaf: &[i64], at: usize| -> Result<Target, String> {
        let id = list.get(at).copied().unwrap_or(-1);
        let index = usize::try_from(id).map_err(|_| format!("a branch leads to {id}"))?;
        Ok(if is_leaf.get(at).is_some_and(|flag| *flag != 0) { Target::Leaf(index) } else { Target::Node(index) })
    };
    let look = |at: Target| -> Result<Found, String> {
        let (at, member) = match at {
            Target::Leaf(leaf) => {
                let (Some(id), Some(weight)) = (leaf_targets.get(leaf), weights.get(leaf)) else {
                    return Err(format!("leaf {leaf} is not there"));
                };
                let target =
                    usize::try_from(*id).ok().filter(|id| *id < targets).ok_or_else(|| format!("a weight for target {id} of {targets}"))?;
                return Ok(Found::Votes(vec![(target, *weight)]));
            }
            Target::Node(at) => (at, 0),
            Target::Member(at, member) => (at, member),
        };
        let Some(mode) = modes.get(at) else { return Err(format!("node {at} is not there")) };
        let feature = usable_feature(feature_ids.get(at).copied(), features)?;
        let (yes, no) = (target(if_true, true_is_leaf, at)?, target(if_false, false_is_leaf, at)?);
        let tracks_true = missing.get(at).is_some_and(|flag| *flag == 1);
        let question = if *mode == MEMBER {
            let set = set_of.get(at).and_then(|set| sets.get(*set)).map_or(&[][..], Vec::as_slice);
            let Some(value) = set.get(member) else { return Err(format!("node {at} has an empty set")) };
            let otherwise = if member + 1 < set.len() { Target::Member(at, member + 1) } else { no };
            Question::new(feature, Mode::Equal, *value, yes, otherwise, tracks_true)
        } else {
            let mode = match mode {
                0 => Mode::LessEq,
                1 => Mode::Less,
                2 => Mode::GreaterEq,
                3 => Mode::Greater,
                4 => Mode::Equal,
                5 => Mode::NotEqual,
                other => return Err(format!("the node mode {other} is unknown")),
            };
            Question::new(feature, mode, usable_threshold(thresholds.get(at).copied())?, yes, no, tracks_true)
        };
        Ok(Found::Question(question))
    };
    let mut roots = Vec::new();
    for root in node.ints("tree_roots") {
        match usize::try_from(*root) {
            Ok(root) => roots.push(Target::Node(root)),
            Err(_) => return node.malformed(format!("a root at {root}")),
        }
    }
    let members: usize = sets.iter().map(Vec::len).sum();
    grow(node, empty(node.output_name(0), elem, features), roots, count + members, &look)
}

/// The mode of a split that asks whether a value is in a set.
const MEMBER: i64 = 6;
