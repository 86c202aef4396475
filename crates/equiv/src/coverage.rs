//! What rows reach: leaves, arms of selections, rows of maps, missing values.
//!
//! [`coverage`] is the whole; `Reached` is the part that knows leaves, for those who look for rows.

use interp::Datum;
use ir::{Elem, Forest, Function, Handle, Literal, Map, Next, Op, Table, Test, Value};
use rayon::prelude::*;

use crate::bound::{Analyser, describe_node};

/// What was reached of one kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    pub reached: usize,
    pub total: usize,
    /// The first that were not, with their places.
    pub missed: Vec<String>,
}

impl Coverage {
    /// From 0 to 1; 1 if there is nothing to reach.
    pub fn share(&self) -> f64 {
        if self.total == 0 { 1.0 } else { self.reached as f64 / self.total as f64 }
    }

    fn count(&mut self, reached: bool, name: impl FnOnce() -> String) {
        self.total += 1;
        self.reached += usize::from(reached);
        if !reached && self.missed.len() < NAMED {
            self.missed.push(name());
        }
    }
}

/// Rows that are evaluated on all processors before they are looked at.
const AT_ONCE: usize = 256;

/// How many of what was missed are named.
const NAMED: usize = 50;

/// What rows reach of the entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Covered {
    /// Leaves of forests.
    pub leaves: Coverage,
    /// The two arms of selections by a scalar.
    pub arms: Coverage,
    /// Rows of maps, and for each look-up a key that is not there.
    pub keys: Coverage,
    /// For each default, and each question whether something is null: null and not null.
    pub missing: Coverage,
    /// Rejections that reject a row.
    pub rejections: Coverage,
}

/// What these rows reach.
pub fn coverage(analyser: &Analyser<'_>, rows: &[Vec<Datum>]) -> Covered {
    let mut seen = Seen::new(analyser);
    // What the values of so many rows take is held at a time.
    for some in rows.chunks(AT_ONCE) {
        let values: Vec<Vec<Vec<Literal>>> = some.par_iter().map(|row| analyser.values(row, &seen.needed)).collect();
        values.iter().for_each(|values| seen.insert(values));
    }
    seen.covered()
}

/// What is noted of a walk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Noted {
    Leaves,
    /// What splits are asked, besides.
    Splits,
}

/// The leaves that rows reach.
pub(crate) struct Reached<'a> {
    analyser: &'a Analyser<'a>,
    /// What the walks' rows are computed from.
    needed: Vec<bool>,
    walks: Vec<Walk<'a>>,
}

struct Walk<'a> {
    node: Value,
    row: Value,
    forest: &'a Forest,
    /// By leaf.
    reached: Vec<bool>,
    /// By split: whether it was asked with the greatest value that is answered yes, the least that is answered no, and NaN. Empty if nobody
    /// wants to know.
    asked: Vec<[bool; 3]>,
}

/// What a split can be asked that tells it from its neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Probe {
    /// The greatest value that is answered yes.
    LastYes,
    /// The least that is answered no.
    FirstNo,
    Nan,
}

/// The ends of a test's answers in a float kind: the greatest value that is answered yes, and a neighbour that is answered no. NaN where no
/// value is: everything is `<= inf`.
pub(crate) fn ends(test: Test, elem: Elem) -> (f64, f64) {
    let above = |t: f64| if elem == Elem::F32 { f64::from((t as f32).next_up()) } else { t.next_up() };
    let below = |t: f64| if elem == Elem::F32 { f64::from((t as f32).next_down()) } else { t.next_down() };
    let unless = |edge: f64, t: f64, x: f64| if t == edge { f64::NAN } else { x };
    match test {
        Test::Less(t) => (unless(f64::NEG_INFINITY, t, below(t)), t),
        Test::LessEq(t) | Test::Equal(t) => (t, unless(f64::INFINITY, t, above(t))),
    }
}

impl Walk<'_> {
    fn features(&self, values: &[Vec<Literal>]) -> Vec<f64> {
        values[self.row.index()].iter().map(|x| x.as_f64().unwrap_or(f64::NAN)).collect()
    }

    fn insert(&mut self, values: &[Vec<Literal>]) {
        let features = self.features(values);
        for root in &self.forest.roots {
            let leaf = self.forest.leaf(*root, |feature| features[feature as usize]);
            self.reached[leaf as usize] = true;
            if !self.asked.is_empty() {
                ask(self.forest, *root, &features, &mut self.asked);
            }
        }
    }
}

/// Notes what the splits of one tree are asked.
fn ask(forest: &Forest, root: Next, features: &[f64], asked: &mut [[bool; 3]]) {
    let mut at = root;
    while let Next::Split(number) = at {
        let split = &forest.splits[number as usize];
        let x = features[split.feature as usize];
        let (last_yes, first_no) = ends(split.test, forest.elem);
        let there = &mut asked[number as usize];
        *there = [there[0] || x == last_yes, there[1] || x == first_no, there[2] || x.is_nan()];
        at = if x.is_nan() {
            split.missing
        } else if split.test.holds(x) {
            split.yes
        } else {
            split.no
        };
    }
}

impl<'a> Reached<'a> {
    pub(crate) fn new(analyser: &'a Analyser<'a>, what: Noted) -> Reached<'a> {
        let entry = analyser.checked().entry_function();
        let walk = |(node, op): (Value, &'a Op)| {
            if let Op::Walk { row, forest } = op
                && let Table::Forest(forest) = &analyser.checked().module().tables[*forest]
            {
                let asked = if what == Noted::Splits { vec![[false; 3]; forest.splits.len()] } else { Vec::new() };
                Some(Walk { node, row: *row, forest, reached: vec![false; forest.leaves as usize], asked })
            } else {
                None
            }
        };
        let walks: Vec<Walk<'a>> = entry.nodes.iter().filter_map(|(value, node)| walk((value, &node.op))).collect();
        let needed = needed(entry, walks.iter().map(|walk| walk.row));
        Reached { analyser, needed, walks }
    }

    /// Takes a row in.
    pub(crate) fn insert(&mut self, row: &[Datum]) {
        let values = self.analyser.values(row, &self.needed);
        self.walk(&values);
    }

    /// Takes a row in if on it the tree at `root` ends in a leaf; says whether it does.
    pub(crate) fn insert_if(&mut self, row: &[Datum], node: Value, root: Next, leaf: u32) -> bool {
        let values = self.analyser.values(row, &self.needed);
        let reaches = self.walks.iter().filter(|walk| walk.node == node).any(|walk| {
            let features = walk.features(&values);
            walk.forest.leaf(root, |feature| features[feature as usize]) == leaf
        });
        if reaches {
            self.walk(&values);
        }
        reaches
    }

    fn walk(&mut self, values: &[Vec<Literal>]) {
        self.walks.iter_mut().for_each(|walk| walk.insert(values));
    }

    /// Whether a split of a walk was asked.
    pub(crate) fn has_asked(&self, node: Value, split: u32, probe: Probe) -> bool {
        self.walks.iter().filter(|walk| walk.node == node).any(|walk| walk.asked[split as usize][probe as usize])
    }

    /// Whether a walk has reached a leaf.
    pub(crate) fn has(&self, node: Value, leaf: u32) -> bool {
        self.walks.iter().filter(|walk| walk.node == node).any(|walk| walk.reached.get(leaf as usize).copied().unwrap_or(false))
    }
}

/// The nodes that some are computed from, and they themselves.
fn needed(entry: &Function, of: impl Iterator<Item = Value>) -> Vec<bool> {
    let mut needed = vec![false; entry.nodes.len()];
    of.for_each(|value| needed[value.index()] = true);
    let nodes: Vec<_> = entry.nodes.iter().collect();
    for (value, node) in nodes.into_iter().rev() {
        if needed[value.index()] {
            node.op.operands().into_iter().for_each(|operand| needed[operand.index()] = true);
        }
    }
    needed
}

/// Everything that rows reach.
struct Seen<'a> {
    analyser: &'a Analyser<'a>,
    leaves: Reached<'a>,
    needed: Vec<bool>,
    /// For each selection by a scalar: whether it took `yes`, and `no`.
    arms: Vec<(Value, Value, [bool; 2])>,
    lookups: Vec<Lookup<'a>>,
    /// For each question: whether there was something, and nothing.
    missing: Vec<(Value, Value, [bool; 2])>,
    rejections: Vec<bool>,
}

struct Lookup<'a> {
    node: Value,
    keys: Vec<Value>,
    handle: Handle<Table>,
    map: &'a Map,
    hit: Vec<bool>,
    miss: bool,
}

impl<'a> Seen<'a> {
    fn new(analyser: &'a Analyser<'a>) -> Seen<'a> {
        let checked = analyser.checked();
        let entry = checked.entry_function();
        let leaves = Reached::new(analyser, Noted::Leaves);
        let (mut arms, mut lookups, mut missing) = (Vec::new(), Vec::new(), Vec::new());
        for (value, node) in entry.nodes.iter() {
            if let Op::Select { cond, .. } = &node.op
                && checked.type_of(checked.entry(), *cond).is_scalar()
            {
                arms.push((value, *cond, [false; 2]));
            } else if let Op::Lookup { keys, map: handle } = &node.op
                && let Table::Map(map) = &checked.module().tables[*handle]
            {
                lookups.push(Lookup {
                    node: value,
                    keys: keys.clone(),
                    handle: *handle,
                    map,
                    hit: vec![false; map.rows.len()],
                    miss: false,
                });
            } else if let Op::OrElse { x, .. } | Op::IsNull(x) = &node.op
                && checked.type_of(checked.entry(), *x).nullable
            {
                missing.push((value, *x, [false; 2]));
            }
        }
        let asked = leaves.walks.iter().map(|walk| walk.row).chain(arms.iter().map(|(_, cond, _)| *cond));
        let asked = asked.chain(missing.iter().map(|(_, x, _)| *x)).chain(lookups.iter().flat_map(|lookup| lookup.keys.clone()));
        let needed = needed(entry, asked.chain(entry.rejections.iter().map(|rejection| rejection.when)));
        Seen { analyser, needed, arms, lookups, missing, rejections: vec![false; entry.rejections.len()], leaves }
    }

    /// The values of one more row.
    fn insert(&mut self, values: &[Vec<Literal>]) {
        let one = |value: &Value| &values[value.index()][0];
        self.leaves.walk(values);
        for (_, cond, taken) in &mut self.arms {
            if let Some(holds) = one(cond).as_bool() {
                taken[usize::from(!holds)] = true;
            }
        }
        for (_, x, seen) in &mut self.missing {
            seen[usize::from(one(x).is_null())] = true;
        }
        for lookup in &mut self.lookups {
            let keys: Vec<Literal> = lookup.keys.iter().map(|key| one(key).clone()).collect();
            match self.analyser.map_row(lookup.handle, &keys) {
                Some(row) => lookup.hit[row] = true,
                None => lookup.miss = true,
            }
        }
        let rejections = &self.analyser.checked().entry_function().rejections;
        if let Some(first) = rejections.iter().position(|rejection| *one(&rejection.when) == Literal::Bool(true)) {
            self.rejections[first] = true;
        }
    }

    fn covered(&self) -> Covered {
        let checked = self.analyser.checked();
        let (module, entry) = (checked.module(), checked.entry());
        let name = |value: &Value| describe_node(module, entry, *value);
        let mut covered = Covered::default();
        for walk in &self.leaves.walks {
            for (leaf, reached) in walk.reached.iter().enumerate() {
                covered.leaves.count(*reached, || format!("leaf {leaf} of {:?}, {}", walk.forest.name, name(&walk.node)));
            }
        }
        for (node, _, taken) in &self.arms {
            for (arm, taken) in ["true", "false"].iter().zip(taken) {
                covered.arms.count(*taken, || format!("the arm for {arm} of {}", name(node)));
            }
        }
        for (node, _, seen) in &self.missing {
            for (what, seen) in ["a value", "null"].iter().zip(seen) {
                covered.missing.count(*seen, || format!("{what} in {}", name(node)));
            }
        }
        for lookup in &self.lookups {
            for ((keys, _), hit) in lookup.map.rows.iter().zip(&lookup.hit) {
                covered.keys.count(*hit, || format!("the key {keys:?} of {:?}, {}", lookup.map.name, name(&lookup.node)));
            }
            covered.keys.count(lookup.miss, || format!("a key that is not in {:?}, {}", lookup.map.name, name(&lookup.node)));
        }
        for (rejection, reached) in checked.entry_function().rejections.iter().zip(&self.rejections) {
            covered.rejections.count(*reached, || rejection.reason.to_string());
        }
        covered
    }
}
