//! A row inside every leaf: the conditions of its path, as intervals of features, are taken back to intervals of inputs.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use interp::Datum;
use ir::{Elem, Forest, Literal, Next, Op, Split, Table, Test, Value};

use super::chain::{Chains, Input, Link, Slope, at_ordinal, number, ordinal};
use super::{special_values, with};
use crate::bound::Analyser;
use crate::coverage::{Noted, Probe, Reached, ends};

/// What became of the leaves.
#[derive(Default)]
pub(super) struct Leaves {
    pub(super) rows: Vec<Vec<Datum>>,
    pub(super) infeasible: usize,
    pub(super) unsolved: usize,
    pub(super) not_tried: usize,
    /// Rows that reach a split with a value right at its threshold, or with NaN.
    pub(super) probes: Vec<Vec<Datum>>,
    pub(super) probes_not_tried: usize,
}

/// How many data rows are walked to see what they reach.
const WALKED: usize = 2000;
/// How many data rows are passed over from one row to the next, so that a row made for one leaf reaches others by the way.
const VARIED: usize = 97;

/// One row for every leaf, and for every side of every split, that no data row and no earlier row reaches.
pub(super) fn rows(
    analyser: &Analyser<'_>,
    chains: &Chains<'_>,
    base: &[Datum],
    data: &[Vec<Datum>],
    words: &BTreeMap<Input, BTreeSet<String>>,
    limit: usize,
) -> Leaves {
    let mut reached = Reached::new(analyser, Noted::Splits);
    data.iter().take(WALKED).for_each(|row| reached.insert(row));
    let solver = Solver { analyser, chains, words, edges: HashMap::new() };
    let mut search = Search { solver, reached, base, data, limit, found: Leaves::default() };
    for what in [What::Leaves, What::Splits] {
        for (walk, node) in analyser.checked().entry_function().nodes.iter() {
            if let Op::Walk { row, forest: handle } = &node.op
                && let Table::Forest(forest) = &analyser.checked().module().tables[*handle]
            {
                search.forest(what, walk, *row, forest);
            }
        }
    }
    search.found
}

/// What is looked for on the way down.
#[derive(Clone, Copy, PartialEq)]
enum What {
    Leaves,
    Splits,
}

/// The conditions of a path, by feature.
type Path = BTreeMap<u32, Limits>;

struct Search<'s> {
    solver: Solver<'s>,
    reached: Reached<'s>,
    base: &'s [Datum],
    data: &'s [Vec<Datum>],
    /// For leaves and for splits each.
    limit: usize,
    found: Leaves,
}

impl<'s> Search<'s> {
    fn forest(&mut self, what: What, walk: Value, features: Value, forest: &Forest) {
        for root in &forest.roots {
            let mut open = vec![(*root, Path::new())];
            while let Some((next, path)) = open.pop() {
                match next {
                    Next::Split(number) => {
                        let split = &forest.splits[number as usize];
                        if what == What::Splits {
                            self.split(walk, features, number, split, &path, forest.elem);
                        }
                        open.extend(branches(forest, split, &path));
                    }
                    Next::Leaf(leaf) if what == What::Leaves && !self.reached.has(walk, leaf) => {
                        self.leaf((walk, features), *root, leaf, &path);
                    }
                    Next::Leaf(_) => {}
                }
            }
        }
    }

    fn leaf(&mut self, (walk, features): (Value, Value), root: Next, leaf: u32, path: &Path) {
        if !path.values().all(Limits::is_feasible) {
            self.found.infeasible += 1;
            return;
        }
        if self.found.rows.len() >= self.limit {
            self.found.not_tried += 1;
            return;
        }
        let mut failed = Failed::Unsolved;
        // Features of several inputs are known on the base row only.
        for from in [self.varied(self.found.rows.len()), self.base] {
            match self.solver.row(features, path, from, Pick::InTurn(leaf as usize)) {
                Ok(solved) if self.reached.insert_if(&solved, walk, root, leaf) => {
                    self.found.rows.push(solved);
                    return;
                }
                Ok(_) => failed = Failed::Unsolved,
                Err(why) => failed = why,
            }
        }
        match failed {
            Failed::Infeasible => self.found.infeasible += 1,
            Failed::Unsolved => self.found.unsolved += 1,
        }
    }

    /// Rows that reach a split and ask it what tells it from its neighbours. What no input can ask is passed over.
    fn split(&mut self, walk: Value, features: Value, number: u32, split: &Split, path: &Path, elem: Elem) {
        let here = path.get(&split.feature).cloned().unwrap_or(Limits::ALL);
        let (last_yes, first_no) = ends(split.test, elem);
        let probes = [
            (Probe::LastYes, Limits { nan: false, ..here.clone().up_to(last_yes) }),
            (Probe::FirstNo, Limits { nan: false, ..here.clone().from(first_no) }),
            (Probe::Nan, Limits { numbers: false, ..here }),
        ];
        for (probe, limits) in probes {
            if self.reached.has_asked(walk, number, probe) || !limits.is_feasible() {
                continue;
            }
            if self.found.probes.len() >= self.limit {
                self.found.probes_not_tried += 1;
                continue;
            }
            let mut path = path.clone();
            path.insert(split.feature, limits);
            if !path.values().all(Limits::is_feasible) {
                continue;
            }
            let from = self.varied(self.found.probes.len());
            if let Ok(solved) = self.solver.row(features, &path, from, Pick::For(split.feature, probe)) {
                self.reached.insert(&solved);
                self.found.probes.push(solved);
            }
        }
    }

    fn varied(&self, turn: usize) -> &'s [Datum] {
        self.data.get(turn * VARIED % self.data.len().max(1)).map_or(self.base, Vec::as_slice)
    }
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

    /// Of these the ones up to `high`; none if it is NaN.
    fn up_to(self, high: f64) -> Limits {
        Limits { high: self.high.min(high), numbers: self.numbers && !high.is_nan(), ..self }
    }

    fn from(self, low: f64) -> Limits {
        Limits { low: self.low.max(low), numbers: self.numbers && !low.is_nan(), ..self }
    }

    fn admits(&self, x: f64) -> bool {
        if x.is_nan() { self.nan } else { self.numbers && (self.low..=self.high).contains(&x) && !self.but.contains(&x) }
    }
}

/// The ways on from a split, with what they ask of its feature.
fn branches(forest: &Forest, split: &Split, limits: &Path) -> Vec<(Next, Path)> {
    let here = limits.get(&split.feature).cloned().unwrap_or(Limits::ALL);
    let (mut yes, mut no) = (here.clone(), here.clone());
    let (last_yes, first_no) = ends(split.test, forest.elem);
    match split.test {
        Test::Less(_) | Test::LessEq(_) => (yes, no) = (yes.up_to(last_yes), no.from(first_no)),
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

/// Which of the values that a path admits is taken.
#[derive(Clone, Copy)]
enum Pick {
    /// By the number: an inner one, the least or the greatest, so that ends are met as well as what lies inside.
    InTurn(usize),
    /// The one that asks a feature's split for something.
    For(u32, Probe),
}

/// The value of one input: the one that is there, if it may stay, or another.
#[derive(Clone, Copy)]
enum End {
    Ours,
    OursOrLeast,
    OursOrGreatest,
    Least,
    Greatest,
}

struct Solver<'s> {
    analyser: &'s Analyser<'s>,
    chains: &'s Chains<'s>,
    words: &'s BTreeMap<Input, BTreeSet<String>>,
    edges: Edges,
}

impl Solver<'_> {
    /// A row with the inputs changed that must be.
    fn row(&mut self, features: Value, limits: &Path, from: &[Datum], pick: Pick) -> Result<Vec<Datum>, Failed> {
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
        let probed = if let Pick::For(feature, _) = pick { self.chains.of(features, feature as usize).first() } else { None };
        for (input, asked) in by_input {
            let ours = from[input.param].elements()[input.element].clone();
            let end = match pick {
                Pick::For(_, probe) if probed.is_some_and(|link| link.input == input) => self.end(probed, probe),
                Pick::For(..) => End::Ours,
                Pick::InTurn(turn) => [End::Ours, End::OursOrLeast, End::OursOrGreatest][turn % 3],
            };
            let value = self.input(input, ours, &asked, end)?;
            row = with(&row, input, value);
        }
        Ok(row)
    }

    /// The end of an input's values at which a feature that comes of it asks for something.
    fn end(&self, link: Option<&Link>, probe: Probe) -> End {
        let falls = link.is_some_and(|link| self.chains.slope(*link) == Slope::Falls);
        match probe {
            Probe::LastYes if falls => End::Least,
            Probe::FirstNo if falls => End::Greatest,
            Probe::LastYes => End::Greatest,
            Probe::FirstNo => End::Least,
            Probe::Nan => End::Ours,
        }
    }

    fn admits(&self, x: &Literal, asked: &[(Link, &Limits)]) -> bool {
        asked.iter().all(|(link, limits)| limits.admits(number(&self.chains.eval(*link, x)).unwrap_or(f64::NAN)))
    }

    /// A value of one input with which all features that come of it are within their limits: the one that is there, an end of what is admitted or
    /// one between, or one that is known.
    fn input(&mut self, input: Input, ours: Literal, asked: &[(Link, &Limits)], end: End) -> Result<Literal, Failed> {
        if !matches!(end, End::Least | End::Greatest) && self.admits(&ours, asked) {
            return Ok(ours);
        }
        let ty = &self.analyser.checked().entry_function().params[input.param].ty;
        let mut admitted = self.pool(ty.elem, asked);
        admitted.retain(|value| self.admits(value, asked));
        if !admitted.is_empty() {
            let last = admitted.len() - 1;
            return Ok(admitted.swap_remove(match end {
                End::Ours => last / 2,
                End::Least | End::OursOrLeast => 0,
                End::Greatest | End::OursOrGreatest => last,
            }));
        }
        let known = self.words.get(&input).into_iter().flatten().map(|word| Literal::from(word.as_str()));
        let null = ty.nullable.then_some(Literal::Null(ty.elem));
        let mut values = null.into_iter().chain(special_values(ty.elem)).chain(known);
        let is_few = matches!(ty.elem, Elem::Str | Elem::Bool);
        let is_known = |link: &Link| self.chains.is_sure(*link) && (is_few || self.chains.slope(*link) != Slope::Unordered);
        let is_sure = asked.iter().all(|(link, _)| is_known(link));
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
