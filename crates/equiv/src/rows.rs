//! The rows to compare on besides the data: special values in each column, both sides of every threshold, every known category, and a row
//! inside every leaf.
//!
//! Each row is a data row in which as little as possible is changed, so that what fails is small already. Thresholds inside a formula are
//! followed back to the input (`chain`); leaves are reached by solving the conditions on their paths (`leaves`). The same module and
//! data give the same rows in the same order.

mod chain;
mod leaves;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use check::Checked;
use interp::{Datum, scalar};
use ir::{Binary, Elem, Field, Literal, Op, Table, TextOp, Type, Unary, Value};

use crate::bound::Analyser;
use crate::reference::Reference;
use chain::{Chains, Input, Link, number};

/// Rows, and what they do not hold.
#[derive(Debug, Clone, Default)]
pub struct Boundary {
    pub rows: Vec<Vec<Datum>>,
    /// How many rows were found for each purpose, before the limit.
    pub made: Vec<(Purpose, usize)>,
    pub left_out: Vec<LeftOut>,
}

/// Why a row was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Purpose {
    /// NaN, null, infinities, the greatest and least numbers, empty text, and so on.
    SpecialValue,
    Category,
    Threshold,
    Leaf,
    /// A value right at the threshold of a split, or NaN, on a row that reaches the split.
    Split,
}

/// Something that has no row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    pub why: Why,
    pub count: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Why {
    /// Rows, thresholds or leaves beyond the limit.
    Limit(Purpose),
    /// Thresholds that no value of one input crosses, the others being as in the data row that misses least.
    ThresholdWithoutInput,
    /// Leaves whose conditions contradict each other, or that no known category and no number meets: no row reaches them.
    InfeasibleLeaf,
    /// Leaves for which no input was found.
    UnsolvedLeaf,
}

impl std::fmt::Display for Why {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Why::Limit(Purpose::SpecialValue) => "special values are beyond the limit of rows",
            Why::Limit(Purpose::Category) => "categories are beyond the limit of rows",
            Why::Limit(Purpose::Threshold) => "thresholds are beyond the limit of rows",
            Why::Limit(Purpose::Leaf) => "leaves are beyond the limit of rows",
            Why::Limit(Purpose::Split) => "splits are beyond the limit of rows",
            Why::ThresholdWithoutInput => "thresholds are crossed by no value of one input alone",
            Why::InfeasibleLeaf => "leaves are reached by no row, because the conditions on their paths contradict each other",
            Why::UnsolvedLeaf => "leaves are those for which no row was found",
        })
    }
}

/// How many data rows special values are put into.
const BASES: usize = 3;

/// At most `limit` rows, made from data rows (or zeros, if there are none) by changing as little as possible.
///
/// Leaves and splits that data rows reach get no row of their own. A quarter of the limit each is for special values, leaves and splits, an
/// eighth for categories; what is left, for thresholds.
pub fn boundary(checked: &Checked, data: &[Vec<Datum>], limit: usize) -> Boundary {
    let params = &checked.entry_function().params;
    let bases = bases(params, data);
    let analyser = Analyser::new(checked, Reference::default());
    let chains = Chains::new(&analyser, &bases[0]);
    let words = words(checked, &chains);
    let leaves = leaves::rows(&analyser, &chains, &bases[0], data, &words, limit / 4);
    let mut boundary = Boundary::default();
    boundary.take(Purpose::SpecialValue, distinct(specials(params, &bases)), limit / 4);
    boundary.take(Purpose::Leaf, leaves.rows, limit / 4);
    boundary.take(Purpose::Split, leaves.probes, limit / 4);
    boundary.take(Purpose::Category, distinct(categories(&bases[0], &words)), limit / 8);
    let left = limit - boundary.rows.len();
    let (thresholds, without) = thresholds(checked, &chains, left);
    let rows = |(input, value): &(Input, Literal)| with(&bases[0], *input, value.clone());
    boundary.take(Purpose::Threshold, thresholds.iter().map(rows).collect(), left);
    boundary.leave_out(Why::Limit(Purpose::Leaf), leaves.not_tried);
    boundary.leave_out(Why::Limit(Purpose::Split), leaves.probes_not_tried);
    boundary.leave_out(Why::ThresholdWithoutInput, without.without_input);
    boundary.leave_out(Why::Limit(Purpose::Threshold), without.not_tried);
    boundary.leave_out(Why::InfeasibleLeaf, leaves.infeasible);
    boundary.leave_out(Why::UnsolvedLeaf, leaves.unsolved);
    boundary
}

impl Boundary {
    /// Takes rows in, at most `limit`, spread over all of them.
    fn take(&mut self, purpose: Purpose, rows: Vec<Vec<Datum>>, limit: usize) {
        let made = rows.len();
        let step = made.div_ceil(limit.max(1)).max(1);
        let before = self.rows.len();
        self.rows.extend(rows.into_iter().step_by(step).take(limit));
        self.made.push((purpose, made));
        self.leave_out(Why::Limit(purpose), made - (self.rows.len() - before));
    }

    fn leave_out(&mut self, why: Why, count: usize) {
        match self.left_out.iter_mut().find(|left| left.why == why) {
            Some(left) => left.count += count,
            None if count > 0 => self.left_out.push(LeftOut { why, count }),
            None => {}
        }
    }

    /// How many are left out for a reason.
    pub fn left_out(&self, why: Why) -> usize {
        self.left_out.iter().find(|left| left.why == why).map_or(0, |left| left.count)
    }
}

/// The data row that misses least, for what is followed through formulas, and rows from the start, the middle and the end; zeros if there
/// are none.
fn bases(params: &[Field], data: &[Vec<Datum>]) -> Vec<Vec<Datum>> {
    if data.is_empty() {
        return vec![params.iter().map(|field| zero(&field.ty)).collect()];
    }
    let step = (data.len() - 1).div_ceil(BASES - 1).max(1);
    let is_missing = |x: &&Literal| x.is_null() || x.as_f64().is_some_and(f64::is_nan);
    let missing = |at: &usize| data[*at].iter().flat_map(Datum::elements).filter(is_missing).count();
    let whole = (0..data.len()).min_by_key(missing);
    let places = whole.into_iter().chain((0..data.len()).step_by(step)).chain([data.len() - 1]);
    distinct(places.map(|place| data[place].clone()).collect())
}

fn zero(ty: &Type) -> Datum {
    let zero = Literal::zero(ty.elem);
    if ty.is_scalar() { Datum::Scalar(zero) } else { Datum::Tensor(vec![zero; ty.count()]) }
}

fn distinct(rows: Vec<Vec<Datum>>) -> Vec<Vec<Datum>> {
    let mut seen = HashSet::new();
    let key = |row: &Vec<Datum>| row.iter().flat_map(|datum| datum.elements().to_vec()).collect::<Vec<Literal>>();
    rows.into_iter().filter(|row| seen.insert(key(row))).collect()
}

/// The row with one element changed.
fn with(row: &[Datum], input: Input, literal: Literal) -> Vec<Datum> {
    let mut row = row.to_vec();
    match &mut row[input.param] {
        Datum::Scalar(there) => *there = literal,
        Datum::Tensor(elements) => elements[input.element] = literal,
    }
    row
}

fn specials(params: &[Field], bases: &[Vec<Datum>]) -> Vec<Vec<Datum>> {
    let mut rows: Vec<Vec<Datum>> = bases.to_vec();
    for base in bases {
        for (param, field) in params.iter().enumerate() {
            for element in 0..base[param].elements().len() {
                let nulls = field.ty.nullable.then_some(Literal::Null(field.ty.elem));
                let values = special_values(field.ty.elem).into_iter().chain(nulls);
                rows.extend(values.map(|value| with(base, Input { param, element }, value)));
            }
        }
    }
    let empty = |(datum, field): (&Datum, &Field)| {
        if field.ty.nullable { Datum::Scalar(Literal::Null(field.ty.elem)) } else { datum.clone() }
    };
    rows.push(bases[0].iter().zip(params).map(empty).collect());
    rows.push(params.iter().map(|field| zero(&field.ty)).collect());
    rows
}

fn special_values(elem: Elem) -> Vec<Literal> {
    // The last is the first integer that a double does not hold.
    const INTEGERS: [i64; 8] = [0, 1, -1, 2, 7, i64::MAX, i64::MIN, (1 << 53) + 1];
    /// Microseconds.
    const DAY: i64 = 86_400_000_000;
    /// The epoch and its neighbours, leap days of 2000 and 2024, ends of years around an ISO week 53, 0001-01-01 and 9999-12-31. Beyond
    /// these years the least number of pandas means "no time".
    const DAYS: [i64; 10] = [0, 1, -1, 11_016, 19_782, 18_627, 18_628, 18_630, -719_162, 2_932_896];
    match elem {
        Elem::Bool => vec![Literal::Bool(false), Literal::Bool(true)],
        Elem::I32 | Elem::I64 => INTEGERS.iter().map(|x| scalar::cast(&Literal::I64(*x), elem)).collect(),
        Elem::Duration => DAYS.iter().map(|day| Literal::Duration(day * DAY)).chain([1, -1, DAY - 1].map(Literal::Duration)).collect(),
        Elem::Date => DAYS.iter().map(|day| Literal::Date(*day)).collect(),
        Elem::DateTime => {
            // The first and the last microsecond of each day.
            DAYS.iter().flat_map(|day| [day * DAY, day * DAY + (DAY - 1)]).map(Literal::DateTime).collect()
        }
        Elem::F64 => {
            // Beyond f32 on both sides, and what f32 rounds to a half.
            let narrow = [3.5e38, -3.5e38, 1e-46, f64::from(f32::MAX), 1.0 + f64::from(f32::EPSILON) / 2.0];
            let wide = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0, -0.0, 1.0, -1.0, 5e-324, f64::MIN_POSITIVE, f64::MAX, f64::MIN];
            wide.into_iter().chain(narrow).chain([9_007_199_254_740_993.0]).map(Literal::F64).collect()
        }
        Elem::F32 => {
            let special = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 0.0, -0.0, 1.0, -1.0, 1e-45, f32::MIN_POSITIVE, f32::MAX, f32::MIN];
            special.into_iter().map(Literal::F32).collect()
        }
        Elem::Str => {
            let odd = ["", " ", "\t", "an unseen category", "nan", "ÄÖ日本 \u{1F600}", "İß", "e\u{301}"];
            let numbers_and_dates = ["0", "-3.5", "1e3", "2024-02-29", "2023-02-29", "1999-12-31 23:59:59"];
            odd.into_iter().chain(numbers_and_dates).map(Literal::from).collect()
        }
    }
}

/// Each text that an input is compared with or looked up by, and variants of it.
fn categories(base: &[Datum], words: &BTreeMap<Input, BTreeSet<String>>) -> Vec<Vec<Datum>> {
    let variants = |word: &String| {
        let all = [word.clone(), word.to_uppercase(), word.to_lowercase(), format!(" {word}"), format!("{word} ")];
        all.into_iter().map(Literal::Str).collect::<Vec<_>>()
    };
    let of_input = |(input, words): (&Input, &BTreeSet<String>)| {
        let values: Vec<Literal> = words.iter().flat_map(variants).collect();
        values.into_iter().map(|value| with(base, *input, value)).collect::<Vec<_>>()
    };
    words.iter().flat_map(of_input).collect()
}

/// The texts that matter to each input.
fn words(checked: &Checked, chains: &Chains<'_>) -> BTreeMap<Input, BTreeSet<String>> {
    let mut words: BTreeMap<Input, BTreeSet<String>> = BTreeMap::new();
    let mut put = |value: Value, element: usize, word: &Literal| {
        if let Some(word) = word.as_str() {
            for link in chains.of(value, element) {
                words.entry(link.input).or_default().insert(word.into());
            }
        }
    };
    for (_, node) in checked.entry_function().nodes.iter() {
        if let Op::Binary(op, a, b) = &node.op
            && op.is_comparison()
        {
            put(*a, 0, &chains.base(*b)[0]);
            put(*b, 0, &chains.base(*a)[0]);
        } else if let Op::Lookup { keys, map } = &node.op
            && let Table::Map(map) = &checked.module().tables[*map]
        {
            for (row, _) in &map.rows {
                keys.iter().zip(row).for_each(|(key, word)| put(*key, 0, word));
            }
        } else if let Op::Text(TextOp::Contains | TextOp::StartsWith | TextOp::EndsWith | TextOp::Find, args) = &node.op
            && let [text, part] = args.as_slice()
        {
            put(*text, 0, &chains.base(*part)[0]);
        }
    }
    // An input that is text has only texts that are its own: not what other texts are compared with on the base row alone.
    let is_text = |input: &Input| checked.entry_function().params[input.param].ty.elem == Elem::Str;
    words.retain(|input, _| is_text(input));
    words
}

/// Thresholds that have no row.
struct Without {
    without_input: usize,
    not_tried: usize,
}

/// Inputs on both sides of every threshold; of some thresholds, spread over all, if there are more than `limit`.
fn thresholds(checked: &Checked, chains: &Chains<'_>, limit: usize) -> (Vec<(Input, Literal)>, Without) {
    let params = &checked.entry_function().params;
    let crossings = crossings(checked, chains);
    let step = crossings.len().div_ceil(limit.max(1)).max(1);
    let mut without = Without { without_input: 0, not_tried: crossings.len() - crossings.len().div_ceil(step) };
    let mut found: Vec<(Input, Literal)> = Vec::new();
    let mut seen: HashSet<(Input, Literal)> = HashSet::new();
    for crossing in crossings.iter().step_by(step) {
        let mut is_crossed = false;
        for link in &crossing.links {
            let elem = params[link.input.param].ty.elem;
            let edges = [false, true].into_iter().flat_map(|reaches| chains.edges(*link, elem, crossing.threshold, reaches));
            for value in edges.flat_map(|(before, after)| [before, after]) {
                is_crossed = true;
                if seen.insert((link.input, value.clone())) {
                    found.push((link.input, value));
                }
            }
        }
        without.without_input += usize::from(!is_crossed);
    }
    (found, without)
}

/// A number, and the functions of inputs that are compared with it.
struct Crossing {
    links: Vec<Link>,
    threshold: f64,
}

/// Where a decision changes: comparisons, splits, steps of roundings, ends of domains, numeric keys.
fn crossings(checked: &Checked, chains: &Chains<'_>) -> Vec<Crossing> {
    let mut found: Vec<Crossing> = Vec::new();
    let mut seen: HashSet<(Value, usize, u64)> = HashSet::new();
    let mut put = |value: Value, element: usize, threshold: f64| {
        let links = chains.of(value, element).to_vec();
        if threshold.is_finite() && !links.is_empty() && seen.insert((value, element, threshold.to_bits())) {
            found.push(Crossing { links, threshold });
        }
    };
    for (_, node) in checked.entry_function().nodes.iter() {
        match &node.op {
            Op::Binary(op, a, b) if op.is_comparison() => {
                let (left, right) = (chains.base(*a), chains.base(*b));
                // Broadcasting beyond scalars is left to the data.
                for element in 0..left.len().max(right.len()) {
                    let at = |side: &[Literal]| side.get(element).or(side.first()).and_then(number);
                    at(right).into_iter().for_each(|y| put(*a, element.min(left.len() - 1), y));
                    at(left).into_iter().for_each(|x| put(*b, element.min(right.len() - 1), x));
                }
            }
            Op::Walk { row, forest } => {
                if let Table::Forest(forest) = &checked.module().tables[*forest] {
                    forest.splits.iter().for_each(|split| put(*row, split.feature as usize, split.test.threshold()));
                }
            }
            Op::Unary(op, x) => {
                for (element, value) in chains.base(*x).iter().enumerate() {
                    steps(*op, near(value)).into_iter().for_each(|step| put(*x, element, step));
                }
            }
            Op::Binary(Binary::Rem, a, _) => put(*a, 0, 0.0),
            Op::Cast { x, to } if checked.type_of(checked.entry(), *x).elem.is_float() && !to.is_float() => {
                for (element, value) in chains.base(*x).iter().enumerate() {
                    steps(Unary::Trunc, near(value)).into_iter().for_each(|step| put(*x, element, step));
                }
            }
            Op::Lookup { keys, map } => {
                if let Table::Map(map) = &checked.module().tables[*map] {
                    for (row, _) in &map.rows {
                        for (key, there) in keys.iter().zip(row).filter(|(_, there)| there.as_str().is_none()) {
                            number(there).into_iter().for_each(|threshold| put(*key, 0, threshold));
                        }
                    }
                }
            }
            Op::Param(_)
            | Op::Const(_)
            | Op::Table(_)
            | Op::Binary(..)
            | Op::Cast { .. }
            | Op::Text(..)
            | Op::Select { .. }
            | Op::IsNull(_)
            | Op::OrElse { .. }
            | Op::Pack(_)
            | Op::Reshape { .. }
            | Op::Transpose { .. }
            | Op::Slice { .. }
            | Op::Concat { .. }
            | Op::Window { .. }
            | Op::Gather { .. }
            | Op::Reduce { .. }
            | Op::Contract { .. }
            | Op::Call { .. }
            | Op::Iterate { .. } => {}
        }
    }
    found
}

/// A float near which steps are looked for; zero where there is none.
fn near(literal: &Literal) -> f64 {
    literal.as_f64().filter(|x| x.is_finite()).unwrap_or(0.0)
}

/// Where a function of one number jumps or ends, near a value.
fn steps(op: Unary, x: f64) -> Vec<f64> {
    match op {
        Unary::Floor | Unary::Ceil | Unary::Trunc => vec![x.floor(), x.floor() + 1.0, 0.0],
        Unary::RoundEven => vec![x.floor() - 0.5, x.floor() + 0.5, x.floor() + 1.5],
        Unary::Sqrt | Unary::Log | Unary::Log2 | Unary::Log10 | Unary::Abs => vec![0.0],
        Unary::Log1p => vec![-1.0],
        Unary::Asin | Unary::Acos | Unary::Atanh => vec![-1.0, 1.0],
        Unary::Acosh => vec![1.0],
        Unary::Neg
        | Unary::Not
        | Unary::IsNan
        | Unary::Bits
        | Unary::FromBits
        | Unary::Exp
        | Unary::Expm1
        | Unary::Sin
        | Unary::Cos
        | Unary::Tan
        | Unary::Atan
        | Unary::Sinh
        | Unary::Cosh
        | Unary::Tanh
        | Unary::Asinh
        | Unary::Erf
        | Unary::Sigmoid => vec![],
    }
}
