//! A row inside every leaf: the conditions of its path, as intervals of features, are taken back to intervals of inputs.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use interp::Datum;
use ir::{Elem, Forest, Literal, Next, Op, Split, Table, Test, Value};

use super::chain::{Chains, Input, Link, Slope, at_ordinal, number, ordinal};
use super::{special_values, with};
use crate::bound::Analyser;
use crate::coverage::Reached;

/// What became of the leaves.
#[derive(Default)]
pub(super) struct Leaves {
    pub(super) rows: Vec<Vec<Datum>>,
    pub(super) infeasible: usize,
    pub(super) unsolved: usize,
    pub(super) not_tried: usize,
}

/// How many data rows are walked to see what they reach.
const WALKED: usize = 5000;
/// How many data rows are changed in turn, so that a row made for one leaf reaches others by the way.
const VARIED: usize = 97;

/// One row for every leaf that no data row and no earlier row reaches.
pub(super) fn rows(
    analyser: &Analyser<'_>,
    chains: &Chains<'_>,
    base: &[Datum],
    data: &[Vec<Datum>],
    words: &BTreeMap<Input, BTreeSet<String>>,
    limit: usize,
) -> Leaves {
    let mut reached = Reached::new(analyser);
    data.iter().take(WALKED).for_each(|row| reached.insert(row));
    let mut found = Leaves::default();
    let mut solver = Solver { analyser, chains, words, edges: HashMap::new() };
    for (walk, node) in analyser.checked().entry_function().nodes.iter() {
        if let Op::Walk { row, forest: handle } = &node.op
            && let Table::Forest(forest) = &analyser.checked().module().tables[*handle]
        {
            let mut open: Vec<(Next, BTreeMap<u32, Limits>)> = forest.roots.iter().rev().map(|root| (*root, BTreeMap::new())).collect();
            while let Some((next, limits)) = open.pop() {
                match next {
                    Next::Split(split) => open.extend(branches(forest, &forest.splits[split as usize], &limits)),
                    Next::Leaf(leaf) if reached.has(walk, leaf) => {}
                    Next::Leaf(_) if limits.values().any(|limits| !limits.is_feasible()) => found.infeasible += 1,
                    Next::Leaf(_) if found.rows.len() >= limit => found.not_tried += 1,
                    Next::Leaf(leaf) => {
                        let turn = found.rows.len();
                        let varied = data.get(turn * VARIED % data.len().max(1)).map_or(base, Vec::as_slice);
                        let mut failed = None;
                        // Features of several inputs are known on the first data row only.
                        for from in [varied, base] {
                            match solver.row(*row, &limits, from, leaf as usize) {
                                Ok(solved) if reached.insert_if(&solved, walk, leaf) => {
                                    found.rows.push(solved);
                                    failed = None;
                                    break;
                                }
                                Ok(_) => failed = Some(Failed::Unsolved),
                                Err(why) => failed = Some(why),
                            }
                        }
                        found.infeasible += usize::from(matches!(failed, Some(Failed::Infeasible)));
                        found.unsolved += usize::from(matches!(failed, Some(Failed::Unsolved)));
                    }
                }
            }
        }
    }
    found
}

/// The values of a feature that a path admits.
#[derive(Debug, Clone)]
struct Limits {
    low: f64,
    high: f64,
    /// Values between that it does not.
    but: Vec<f64>,
    nan: bool,
    numbers: bool,
}

impl Limits {
    const ALL: Limits = Limits { low: f64::NEG_INFINITY, high: f64::INFINITY, but: Vec::new(), nan: true, numbers: true };

    fn is_feasible(&self) -> bool {
        self.nan || self.numbers && self.low <= self.high && !(self.low == self.high && self.but.contains(&self.low))
    }

    fn admits(&self, x: f64) -> bool {
        if x.is_nan() { self.nan } else { self.numbers && (self.low..=self.high).contains(&x) && !self.but.contains(&x) }
    }
}

/// The ways on from a split, with what they ask of its feature.
fn branches(forest: &Forest, split: &Split, limits: &BTreeMap<u32, Limits>) -> Vec<(Next, BTreeMap<u32, Limits>)> {
    let here = limits.get(&split.feature).cloned().unwrap_or(Limits::ALL);
    let (mut yes, mut no) = (here.clone(), here.clone());
    let above = |t: f64| if forest.elem == Elem::F32 { f64::from((t as f32).next_up()) } else { t.next_up() };
    let below = |t: f64| if forest.elem == Elem::F32 { f64::from((t as f32).next_down()) } else { t.next_down() };
    match split.test {
        Test::Less(t) => (yes.high, no.low) = (yes.high.min(below(t)), no.low.max(t)),
        Test::LessEq(t) => (yes.high, no.low) = (yes.high.min(t), no.low.max(above(t))),
        Test::Equal(t) => {
            (yes.low, yes.high) = (yes.low.max(t), yes.high.min(t));
            no.but.push(t);
        }
    }
    yes.nan &= split.missing == split.yes;
    no.nan &= split.missing == split.no;
    let mut ways = vec![(split.yes, yes), (split.no, no)];
    if split.missing != split.yes && split.missing != split.no {
        ways.push((split.missing, Limits { numbers: false, ..here }));
    }
    let with = |limit: Limits| {
        let mut limits = limits.clone();
        limits.insert(split.feature, limit);
        limits
    };
    ways.into_iter().rev().map(|(next, limit)| (next, with(limit))).collect()
}

/// Edges by link, the bits of the threshold and whether the threshold belongs to what is before.
type Edges = HashMap<(Link, u64, bool), Vec<Literal>>;

/// Why there is no row.
enum Failed {
    /// Every feature in question rises or falls with one input, or the input is one of few: nothing meets all conditions.
    Infeasible,
    Unsolved,
}

struct Solver<'s> {
    analyser: &'s Analyser<'s>,
    chains: &'s Chains<'s>,
    words: &'s BTreeMap<Input, BTreeSet<String>>,
    edges: Edges,
}

impl Solver<'_> {
    /// A row with the inputs changed that must be. `turn` says which of several values is taken.
    fn row(&mut self, features: Value, limits: &BTreeMap<u32, Limits>, from: &[Datum], turn: usize) -> Result<Vec<Datum>, Failed> {
        let mut by_input: BTreeMap<Input, Vec<(Link, &Limits)>> = BTreeMap::new();
        for (feature, limits) in limits {
            match self.chains.of(features, *feature as usize) {
                [] => {
                    let fixed = self.chains.base(features)[*feature as usize].as_f64().unwrap_or(f64::NAN);
                    if !limits.admits(fixed) {
                        return Err(Failed::Unsolved);
                    }
                }
                [first, ..] => by_input.entry(first.input).or_default().push((*first, limits)),
            }
        }
        let mut row = from.to_vec();
        for (input, asked) in by_input {
            let ours = from[input.param].elements()[input.element].clone();
            let value = self.input(input, ours, &asked, turn)?;
            row = with(&row, input, value);
        }
        Ok(row)
    }

    fn admits(&self, x: &Literal, asked: &[(Link, &Limits)]) -> bool {
        asked.iter().all(|(link, limits)| limits.admits(number(&self.chains.eval(*link, x)).unwrap_or(f64::NAN)))
    }

    /// A value of one input with which all features that come of it are within their limits: the one that is there, an end of what is admitted or
    /// one between, or one that is known.
    fn input(&mut self, input: Input, ours: Literal, asked: &[(Link, &Limits)], turn: usize) -> Result<Literal, Failed> {
        if self.admits(&ours, asked) {
            return Ok(ours);
        }
        let ty = &self.analyser.checked().entry_function().params[input.param].ty;
        let mut admitted = self.pool(ty.elem, asked);
        admitted.retain(|value| self.admits(value, asked));
        if !admitted.is_empty() {
            // The least, one between and the greatest in turn, so that ends are met as well as what lies inside.
            let last = admitted.len() - 1;
            return Ok(admitted.swap_remove([last / 2, 0, last][turn % 3]));
        }
        let known = self.words.get(&input).into_iter().flatten().map(|word| Literal::from(word.as_str()));
        let null = ty.nullable.then_some(Literal::Null(ty.elem));
        let mut values = null.into_iter().chain(special_values(ty.elem)).chain(known);
        let is_sure =
            matches!(ty.elem, Elem::Str | Elem::Bool) || asked.iter().all(|(link, _)| self.chains.slope(*link) != Slope::Unordered);
        let failed = if is_sure { Failed::Infeasible } else { Failed::Unsolved };
        values.find(|value| self.admits(value, asked)).ok_or(failed)
    }

    /// The ends of all intervals that are asked for, and a value between each two of them, in order.
    fn pool(&mut self, elem: Elem, asked: &[(Link, &Limits)]) -> Vec<Literal> {
        let mut pool: BTreeMap<i64, Literal> = BTreeMap::new();
        for (link, limits) in asked {
            let ends = [(limits.low, false), (limits.high, true)];
            for (end, reaches) in ends.into_iter().filter(|(end, _)| end.is_finite()) {
                let edges = self.edges.entry((*link, end.to_bits(), reaches));
                let chains = self.chains;
                let edges = edges.or_insert_with(|| {
                    chains.edges(*link, elem, end, reaches).into_iter().flat_map(|(before, after)| [before, after]).collect()
                });
                pool.extend(edges.iter().map(|value| (ordinal(value), value.clone())));
            }
        }
        let ends: Vec<Literal> = pool.values().cloned().collect();
        let between = ends.windows(2).map(|pair| middle(elem, &pair[0], &pair[1]));
        pool.extend(between.map(|value| (ordinal(&value), value)));
        pool.into_values().collect()
    }
}

/// A number between two, in value where that is finite, else in order.
fn middle(elem: Elem, low: &Literal, high: &Literal) -> Literal {
    let (Some(x), Some(y)) = (low.as_f64(), high.as_f64()) else {
        return at_ordinal(elem, ordinal(low).midpoint(ordinal(high)));
    };
    let middle = x / 2.0 + y / 2.0;
    let literal = interp::scalar::cast(&Literal::F64(middle), elem);
    let inside = (ordinal(low)..=ordinal(high)).contains(&ordinal(&literal));
    if middle.is_finite() && inside { literal } else { at_ordinal(elem, ordinal(low).midpoint(ordinal(high))) }
}
