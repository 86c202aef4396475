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
}

/// One row for every leaf that no earlier row reaches.
pub(super) fn rows(
    analyser: &Analyser<'_>,
    chains: &Chains<'_>,
    base: &[Datum],
    words: &BTreeMap<Input, BTreeSet<String>>,
    limit: usize,
) -> Leaves {
    let mut reached = Reached::new(analyser);
    reached.insert(base);
    let mut found = Leaves::default();
    let mut solver = Solver { analyser, chains, base, words, edges: HashMap::new() };
    for (walk, node) in analyser.checked().entry_function().nodes.iter() {
        if let Op::Walk { row, forest: handle } = &node.op
            && let Table::Forest(forest) = &analyser.checked().module().tables[*handle]
        {
            let mut open: Vec<(Next, BTreeMap<u32, Limits>)> = forest.roots.iter().rev().map(|root| (*root, BTreeMap::new())).collect();
            while let Some((next, limits)) = open.pop() {
                match next {
                    Next::Split(split) => open.extend(branches(forest, &forest.splits[split as usize], &limits)),
                    Next::Leaf(_) if found.rows.len() >= limit => {}
                    Next::Leaf(leaf) if reached.has(walk, leaf) => {}
                    Next::Leaf(_) if limits.values().any(|limits| !limits.is_feasible()) => found.infeasible += 1,
                    Next::Leaf(leaf) => match solver.row(*row, &limits) {
                        Some(solved) => {
                            reached.insert(&solved);
                            found.unsolved += usize::from(!reached.has(walk, leaf));
                            found.rows.push(solved);
                        }
                        None => found.unsolved += 1,
                    },
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

/// An edge by its link, the bits of its threshold and whether the threshold belongs to what is before.
type Edges = HashMap<(Link, u64, bool), Option<(Literal, Literal)>>;

struct Solver<'s> {
    analyser: &'s Analyser<'s>,
    chains: &'s Chains<'s>,
    base: &'s [Datum],
    words: &'s BTreeMap<Input, BTreeSet<String>>,
    edges: Edges,
}

impl Solver<'_> {
    /// The base row with the inputs changed that must be; none if a feature comes of no input and is not as it should be.
    fn row(&mut self, features: Value, limits: &BTreeMap<u32, Limits>) -> Option<Vec<Datum>> {
        let mut by_input: BTreeMap<Input, Vec<(Link, &Limits)>> = BTreeMap::new();
        for (feature, limits) in limits {
            let chains = self.chains;
            match chains.of(features, *feature as usize) {
                [] => {
                    let fixed = chains.base(features)[*feature as usize].as_f64().unwrap_or(f64::NAN);
                    limits.admits(fixed).then_some(())?;
                }
                [first, ..] => by_input.entry(first.input).or_default().push((*first, limits)),
            }
        }
        let mut row = self.base.to_vec();
        for (input, asked) in by_input {
            let value = self.input(input, &asked)?;
            row = with(&row, input, value);
        }
        Some(row)
    }

    fn admits(&self, x: &Literal, asked: &[(Link, &Limits)]) -> bool {
        asked.iter().all(|(link, limits)| limits.admits(number(&self.chains.eval(*link, x)).unwrap_or(f64::NAN)))
    }

    /// A value of one input with which all features that come of it are within their limits: the base row's, one from between the limits,
    /// or one that is known.
    fn input(&mut self, input: Input, asked: &[(Link, &Limits)]) -> Option<Literal> {
        let ours = self.base[input.param].elements()[input.element].clone();
        if self.admits(&ours, asked) {
            return Some(ours);
        }
        let between = self.between(&ours, input, asked);
        if let Some(value) = between.filter(|value| self.admits(value, asked)) {
            return Some(value);
        }
        let ty = &self.analyser.checked().entry_function().params[input.param].ty;
        let known = self.words.get(&input).into_iter().flatten().map(|word| Literal::from(word.as_str()));
        let null = ty.nullable.then_some(Literal::Null(ty.elem));
        let mut values = null.into_iter().chain(special_values(ty.elem)).chain(known);
        values.find(|value| self.admits(value, asked))
    }

    fn between(&mut self, ours: &Literal, input: Input, asked: &[(Link, &Limits)]) -> Option<Literal> {
        let elem = self.analyser.checked().entry_function().params[input.param].ty.elem;
        let (mut low, mut high): (Option<Literal>, Option<Literal>) = (None, None);
        let mut tighten = |from: Option<Literal>, to: Option<Literal>| {
            if from.as_ref().is_some_and(|from| low.as_ref().is_none_or(|low| ordinal(from) > ordinal(low))) {
                low = from;
            }
            if to.as_ref().is_some_and(|to| high.as_ref().is_none_or(|high| ordinal(to) < ordinal(high))) {
                high = to;
            }
        };
        for (link, limits) in asked {
            let under = self.edge(*link, elem, limits.low, false);
            let over = self.edge(*link, elem, limits.high, true);
            match self.chains.slope(*link) {
                Slope::Rises => tighten(under.map(|edge| edge.1), over.map(|edge| edge.0)),
                Slope::Falls => tighten(over.map(|edge| edge.1), under.map(|edge| edge.0)),
                Slope::Unordered => {}
            }
        }
        match (&low, &high) {
            (Some(low), Some(high)) if ordinal(low) > ordinal(high) => None,
            (Some(low), Some(high)) => Some(middle(elem, low, high)),
            (Some(only), None) | (None, Some(only)) => Some(only.clone()),
            (None, None) => Some(ours.clone()),
        }
    }

    fn edge(&mut self, link: Link, elem: Elem, threshold: f64, reaches: bool) -> Option<(Literal, Literal)> {
        if threshold.is_infinite() {
            return None;
        }
        let chains = self.chains;
        let edge = self.edges.entry((link, threshold.to_bits(), reaches));
        edge.or_insert_with(|| chains.edge(link, elem, threshold, reaches)).clone()
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
