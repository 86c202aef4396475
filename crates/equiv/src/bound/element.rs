//! What the operations on single elements make of value, error and open decisions.

use std::cmp::Ordering;

use interp::{scalar, tensor};
use ir::{Binary, Elem, Forest, Literal, Map, Next, Reduce, Test, Unary, Value};

use super::decide::{About, Choice, Decision, Site};
use super::number::{self, Float, Format, up};
use super::{Index, Place, Run, one_zero, run_kernel};

/// An element on one row.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) value: Literal,
    /// The bound of another evaluation's distance. Zero for what is no float.
    pub(crate) error: f64,
    /// Of a sum in any order: how many terms, and the sum of their magnitudes.
    sum: Option<(f64, f64)>,
    /// Of a truth value: the unstable decisions that it comes of. Everything else has its decisions noted.
    pub(crate) open: Vec<u32>,
}

impl Item {
    pub(crate) fn exact(value: Literal) -> Item {
        Item { value, error: 0.0, sum: None, open: Vec::new() }
    }

    /// Whether every evaluation has this value.
    pub(crate) fn is_exact(&self) -> bool {
        self.error == 0.0 && self.open.is_empty()
    }

    fn near(value: Literal, error: f64) -> Item {
        Item { error, ..Item::exact(value) }
    }

    fn of(value: Literal, float: Float) -> Item {
        let sum = (float.terms > 1.0).then_some((float.terms, float.mass));
        Item { value, error: float.error, sum, open: Vec::new() }
    }

    fn truth(value: bool, open: Vec<u32>) -> Item {
        Item { open, ..Item::exact(Literal::Bool(value)) }
    }

    fn float(&self) -> Option<Float> {
        let float = Float::new(self.value.as_f64()?, self.error);
        Some(self.sum.map_or(float, |(terms, mass)| Float { terms, mass, ..float }))
    }
}

/// How a function of two numbers is bounded, given its result.
type Bound = fn(Format, Float, Float, f64) -> Float;

/// A literal of a float kind.
fn literal(elem: Elem, x: f64) -> Literal {
    scalar::cast(&Literal::F64(x), elem)
}

fn union(a: &[u32], b: &[u32]) -> Vec<u32> {
    let mut all = [a, b].concat();
    all.sort_unstable();
    all.dedup();
    all
}

/// How near a selection's arms must meet for it to be no decision, in sums of the errors around it. The arms of `max`, `min`, `abs` and of
/// pieces that join are as near as the operands of their comparison; four leaves room for slopes.
const MEET: f64 = 4.0;

impl Run<'_> {
    /// The answer at a site: ours, or the one that is forced. An answer that may differ elsewhere is noted, and its number is given.
    fn choose(&mut self, place: Place<'_>, about: About, ask: impl FnOnce(Site) -> Decision) -> Result<Choice, u32> {
        let site = place.site(about);
        match self.decisions.forced(&site) {
            Some(choice) => Ok(choice),
            None => Err(self.decisions.insert(ask(site))),
        }
    }

    /// What a step function gives for a number that may be elsewhere between `low` and `high`, of which it makes `ends`.
    ///
    /// The result is exact as long as the decision stays; where it could jump over several steps it is as wide as they are.
    fn step(&mut self, place: Place<'_>, x: Float, value: Literal, margin: f64, f: impl Fn(f64) -> Literal) -> Item {
        if x.error.is_infinite() && value.elem().is_float() {
            return Item::near(value, x.error);
        }
        let (low, high) = (f(x.low()), f(x.high()));
        if x.error.is_finite() && low == value && high == value {
            return Item::exact(value);
        }
        let number = |literal: &Literal| literal.as_f64().or(literal.as_i64().map(|x| x as f64)).unwrap_or(0.0);
        let width = number(&high) - number(&low);
        if width > 2.0 && value.elem().is_float() {
            return Item::near(value.clone(), up((number(&high) - number(&value)).max(number(&value) - number(&low))));
        }
        let mut alternatives: Vec<Choice> = Vec::new();
        for end in [low, high] {
            let choice = Choice::Gives(end.clone());
            if end != value && !alternatives.contains(&choice) {
                alternatives.push(choice);
            }
        }
        self.gives(place, value, margin, x.error, alternatives)
    }

    /// A value that is a decision of its node.
    fn gives(&mut self, place: Place<'_>, value: Literal, margin: f64, bound: f64, alternatives: Vec<Choice>) -> Item {
        let node = place.node;
        let about = About::Step(self.analyser.functions[place.function.index()].canonical[node.index()]);
        let ask = |site| Decision { site, node, margin, bound, alternatives, threshold: None };
        match self.choose(place, about, ask) {
            Ok(Choice::Gives(forced)) => Item::exact(forced),
            Ok(Choice::Order(_)) => Item::exact(value),
            Err(number) if value.elem() == Elem::Bool => Item { open: vec![number], ..Item::exact(value) },
            Err(number) => {
                self.decisions.matter(&[number]);
                Item::exact(value)
            }
        }
    }

    pub(super) fn unary(&mut self, place: Place<'_>, op: Unary, x: &Item) -> Item {
        let Some(float) = x.float() else {
            let value = scalar::unary(op, &x.value);
            return Item { open: x.open.clone(), ..Item::exact(value) };
        };
        let elem = x.value.elem();
        let format = Format::of(elem);
        match op {
            Unary::Neg => Item { value: scalar::unary(op, &x.value), ..x.clone() },
            Unary::Abs => Item::near(scalar::unary(op, &x.value), x.error),
            Unary::Sqrt => self.square_root(place, format, x, float),
            Unary::Floor | Unary::Ceil | Unary::Trunc | Unary::RoundEven => {
                let rounded = |x: f64| scalar::unary(op, &literal(elem, x));
                self.step(place, float, scalar::unary(op, &x.value), to_step(op, float.value), rounded)
            }
            Unary::IsNan | Unary::Bits => {
                let value = scalar::unary(op, &x.value);
                let is_open = if op == Unary::IsNan { x.error.is_infinite() } else { x.error > 0.0 };
                let other = if let Literal::Bool(truth) = value { vec![Choice::Gives(Literal::Bool(!truth))] } else { vec![] };
                if is_open { self.gives(place, value, 0.0, x.error, other) } else { Item::exact(value) }
            }
            Unary::Not | Unary::FromBits => Item::exact(scalar::unary(op, &x.value)),
            Unary::Asin | Unary::Acos | Unary::Acosh if number::straddles_end(op, float) => self.at_end(place, op, x, float),
            Unary::Exp
            | Unary::Expm1
            | Unary::Log
            | Unary::Log1p
            | Unary::Log2
            | Unary::Log10
            | Unary::Sin
            | Unary::Cos
            | Unary::Tan
            | Unary::Asin
            | Unary::Acos
            | Unary::Atan
            | Unary::Sinh
            | Unary::Cosh
            | Unary::Tanh
            | Unary::Asinh
            | Unary::Acosh
            | Unary::Atanh
            | Unary::Erf
            | Unary::Sigmoid => {
                let value = run_kernel(self.analyser.kernels.unary.get(&op), elem, &[float.value]);
                let result = value.as_f64().unwrap_or(f64::NAN);
                Item::of(value, number::function(op, format, float, result))
            }
        }
    }

    /// An inverse sine or cosine just beside 1 or -1, or the inverse of `cosh` beside 1, where a rounding error decides whether there is one at all.
    fn at_end(&mut self, place: Place<'_>, op: Unary, x: &Item, float: Float) -> Item {
        let elem = x.value.elem();
        let kernel = self.analyser.kernels.unary.get(&op);
        let value = run_kernel(kernel, elem, &[float.value]);
        let end = if op == Unary::Acosh { 1.0 } else { float.value.signum() };
        let margin = (float.value - end).abs();
        let outside = value.as_f64().is_some_and(f64::is_nan);
        let other = if outside { run_kernel(kernel, elem, &[end]) } else { literal(elem, f64::NAN) };
        let given = self.gives(place, value, margin, float.error, vec![Choice::Gives(other)]);
        match given.value.as_f64() {
            Some(angle) if !angle.is_nan() => {
                let inside = Float::new(number::inside(op, float.value), float.error + margin);
                Item::of(given.value, number::function(op, Format::of(elem), inside, angle))
            }
            _ => given,
        }
    }

    fn square_root(&mut self, place: Place<'_>, format: Format, x: &Item, float: Float) -> Item {
        let value = scalar::unary(Unary::Sqrt, &x.value);
        if float.low() < 0.0 && float.high() >= 0.0 && !float.is_exact() && float.error.is_finite() {
            // Just beside zero, where a rounding error decides whether there is a root at all.
            let other = if float.value < 0.0 { 0.0 } else { f64::NAN };
            let given = self.gives(place, value, float.value.abs(), float.error, vec![Choice::Gives(literal(x.value.elem(), other))]);
            let spread = float.high().sqrt();
            return if given.value.as_f64().is_some_and(f64::is_nan) { given } else { Item::near(given.value, up(spread)) };
        }
        let result = value.as_f64().unwrap_or(f64::NAN);
        Item::of(value, number::square_root(format, float, result))
    }

    pub(super) fn binary(&mut self, place: Place<'_>, op: Binary, about: About, a: &Item, b: &Item) -> Item {
        let truth = |value: &Literal| value.as_bool();
        if let (Some(x), Some(y)) = (a.float(), b.float()) {
            return if op.is_comparison() { self.compare(place, op, about, x, y) } else { self.numbers(place, op, a, b, x, y) };
        }
        let value = scalar::binary(op, &a.value, &b.value);
        // One operand that is sure can decide alone.
        let alone = |item: &Item, truth_value| item.open.is_empty() && truth(&item.value) == Some(truth_value);
        let sure = op == Binary::And && (alone(a, false) || alone(b, false)) || op == Binary::Or && (alone(a, true) || alone(b, true));
        Item { open: if sure { Vec::new() } else { union(&a.open, &b.open) }, ..Item::exact(value) }
    }

    fn compare(&mut self, place: Place<'_>, op: Binary, about: About, a: Float, b: Float) -> Item {
        let node = &self.analyser.checked.module().functions[place.function].nodes[place.node].op;
        let canonical = &self.analyser.functions[place.function.index()].canonical;
        let swapped = matches!((node, about), (ir::Op::Binary(_, x, _), About::Order(first, _)) if canonical[x.index()] != first);
        let threshold = [a, b].iter().find(|side| side.is_exact()).map(|side| side.value);
        let (order, open) = self.order(place, about, (a, b), threshold, |order| if swapped { order.reverse() } else { order });
        Item::truth(answers(op, order), open)
    }

    /// How two numbers are ordered, and the open decisions that this comes of. `turn` is between the question's order and this one.
    fn order(
        &mut self,
        place: Place<'_>,
        about: About,
        (a, b): (Float, Float),
        threshold: Option<f64>,
        turn: impl Fn(Ordering) -> Ordering,
    ) -> (Option<Ordering>, Vec<u32>) {
        let ours = a.value.partial_cmp(&b.value);
        let bound = up(a.error + b.error);
        let margin = if a.value == b.value { 0.0 } else { (a.value - b.value).abs() };
        if bound == 0.0 || margin > bound && ours.is_some() {
            return (ours, Vec::new());
        }
        let node = place.node;
        let ask = |site| {
            let all = [Ordering::Less, Ordering::Greater, Ordering::Equal];
            let alternatives = all.into_iter().filter(|other| Some(*other) != ours).map(|other| Choice::Order(turn(other))).collect();
            Decision { site, node, margin: if margin.is_nan() { 0.0 } else { margin }, bound, alternatives, threshold }
        };
        match self.choose(place, about, ask) {
            Ok(Choice::Order(forced)) => (Some(turn(forced)), Vec::new()),
            Ok(Choice::Gives(_)) => (ours, Vec::new()),
            Err(number) => (ours, vec![number]),
        }
    }

    fn numbers(&mut self, place: Place<'_>, op: Binary, a: &Item, b: &Item, x: Float, y: Float) -> Item {
        let elem = a.value.elem();
        let format = Format::of(elem);
        let bounded: Option<Bound> = match op {
            Binary::Pow => Some(number::power),
            Binary::Atan2 => Some(number::angle),
            Binary::Hypot => Some(number::distance),
            Binary::Add
            | Binary::Sub
            | Binary::Mul
            | Binary::Div
            | Binary::Rem
            | Binary::Eq
            | Binary::Ne
            | Binary::Lt
            | Binary::Le
            | Binary::Gt
            | Binary::Ge
            | Binary::And
            | Binary::Or
            | Binary::BitAnd
            | Binary::BitOr
            | Binary::BitXor
            | Binary::Shl
            | Binary::Shr
            | Binary::Ushr => None,
        };
        if let Some(bounded) = bounded {
            let value = run_kernel(self.analyser.kernels.binary.get(&op), elem, &[x.value, y.value]);
            let result = value.as_f64().unwrap_or(f64::NAN);
            return Item::of(value, bounded(format, x, y, result));
        }
        let value = scalar::binary(op, &a.value, &b.value);
        let result = value.as_f64().unwrap_or(f64::NAN);
        if op == Binary::Rem {
            return self.remainder(place, value, x, y);
        }
        Item::of(value, number::arithmetic(op, format, self.analyser.reference.arithmetic, x, y, result))
    }

    fn remainder(&mut self, place: Place<'_>, value: Literal, x: Float, y: Float) -> Item {
        if x.is_exact() && y.is_exact() {
            return Item::exact(value);
        }
        let result = value.as_f64().unwrap_or(f64::NAN);
        let error = up(x.error + (x.value / y.value).abs() * y.error);
        if !error.is_finite() || !result.is_finite() || error >= y.value.abs() {
            return Item::near(value, f64::INFINITY);
        }
        let (size, whole) = (result.abs(), y.value.abs());
        let margin = size.min(whole - size);
        if margin > error {
            return Item::near(value, error);
        }
        // The quotient is nearly whole: elsewhere the remainder may be at the other end.
        let other = if size < whole - size { whole - size } else { size - whole };
        let other = literal(value.elem(), if x.value < 0.0 { -other } else { other });
        Item { error, ..self.gives(place, value, margin, error, vec![Choice::Gives(other)]) }
    }

    pub(super) fn cast(&mut self, place: Place<'_>, x: &Item, to: Elem) -> Item {
        let value = scalar::cast(&x.value, to);
        let Some(float) = x.float() else {
            if to == Elem::Bool {
                return Item { open: x.open.clone(), ..Item::exact(value) };
            }
            self.decisions.matter(&x.open);
            return Item::exact(value);
        };
        if float.is_exact() {
            return Item { value, ..x.clone() };
        }
        match to {
            Elem::F64 => Item { value, ..x.clone() },
            Elem::F32 => narrowed(value, float),
            Elem::Bool => {
                let margin = float.value.abs();
                let other = Choice::Gives(Literal::Bool(float.value == 0.0));
                if margin > float.error { Item::exact(value) } else { self.gives(place, value, margin, float.error, vec![other]) }
            }
            Elem::I32 | Elem::I64 | Elem::Str | Elem::Date | Elem::DateTime | Elem::Duration => {
                self.step(place, float, value, to_step(Unary::Trunc, float.value), |x| scalar::cast(&Literal::F64(x), to))
            }
        }
    }

    pub(super) fn select(&mut self, cond: &Item, yes: &Item, no: &Item) -> Item {
        let Some(holds) = cond.value.as_bool() else {
            self.decisions.matter(&cond.open);
            return Item::exact(Literal::Null(yes.value.elem()));
        };
        let (taken, other) = if holds { (yes, no) } else { (no, yes) };
        if cond.open.is_empty() || taken.value == other.value && taken.error == other.error && taken.open == other.open {
            return taken.clone();
        }
        if let (Some(a), Some(b)) = (taken.float(), other.float()) {
            let (apart, near) = ((a.value - b.value).abs(), MEET * (self.decisions.slack(&cond.open) + a.error + b.error));
            if near.is_finite() && apart <= near {
                return Item::near(taken.value.clone(), up(a.error.max(apart + b.error)));
            }
        }
        if taken.value.as_bool().is_some() {
            return Item { open: union(&cond.open, &union(&taken.open, &other.open)), ..taken.clone() };
        }
        self.decisions.matter(&cond.open);
        taken.clone()
    }

    pub(super) fn lookup(&mut self, place: Place<'_>, map: &Map, index: &Index, keys: &[&Item]) -> Item {
        keys.iter().for_each(|key| self.decisions.matter(&key.open));
        let found = |keys: Vec<Literal>| index.get(&keys).map_or(Literal::Null(map.value), |row| map.rows[*row].1.clone());
        let is_nan = |key: &&Item| key.value.as_f64().is_some_and(f64::is_nan);
        let value = if keys.iter().any(|key| key.value.is_null() || is_nan(key)) {
            Literal::Null(map.value)
        } else {
            found(keys.iter().map(|key| one_zero(&key.value)).collect())
        };
        if keys.iter().all(|key| key.error == 0.0) {
            return Item::exact(value);
        }
        // Keys that are as near as the errors, and none at all.
        let distance = |row: &[Literal]| {
            let apart = |(key, there): (&&Item, &Literal)| match (key.value.as_f64(), there.as_f64()) {
                (Some(x), Some(y)) if x == y => Some(0.0),
                (Some(x), Some(y)) if (x - y).abs() <= key.error => Some((x - y).abs()),
                (Some(_), Some(_)) => None,
                (_, _) => (key.value == *there).then_some(0.0),
            };
            keys.iter().zip(row).map(apart).try_fold(0.0_f64, |most, apart| apart.map(|apart| most.max(apart)))
        };
        let mut near: Vec<(f64, Literal)> =
            map.rows.iter().filter_map(|(row, value)| distance(row).map(|apart| (apart, value.clone()))).collect();
        if near.is_empty() {
            return Item::exact(value);
        }
        near.sort_by(|a, b| a.0.total_cmp(&b.0));
        let margin = near.first().map_or(0.0, |(apart, _)| *apart);
        let bound = keys.iter().map(|key| key.error).fold(0.0, f64::max);
        let others = near.into_iter().map(|(_, value)| value).chain([Literal::Null(map.value)]).filter(|other| *other != value);
        self.gives(place, value.clone(), margin, bound, others.map(Choice::Gives).collect())
    }

    pub(super) fn walk(&mut self, place: Place<'_>, row: Value, forest: &Forest, features: &[Item]) -> Vec<Item> {
        let floats: Vec<Float> = features.iter().map(|item| item.float().unwrap_or(Float::new(f64::NAN, 0.0))).collect();
        let leaf = |leaf: u32| Item::exact(Literal::I32(leaf as i32));
        if floats.iter().all(|float| float.is_exact()) {
            return forest.roots.iter().map(|root| leaf(forest.leaf(*root, |feature| floats[feature as usize].value))).collect();
        }
        let roots = forest.roots.iter();
        roots
            .map(|root| {
                let mut at = *root;
                loop {
                    match at {
                        Next::Leaf(number) => return leaf(number),
                        Next::Split(number) => {
                            let split = &forest.splits[number as usize];
                            let (x, threshold) = (floats[split.feature as usize], split.test.threshold());
                            let about = About::Split { row, feature: split.feature, threshold: threshold.to_bits() };
                            let sides = (x, Float::new(threshold, 0.0));
                            let (order, open) = self.order(place, about, sides, Some(threshold), |order| order);
                            self.decisions.matter(&open);
                            at = match order {
                                None => split.missing,
                                Some(order) if test_holds(split.test, order) => split.yes,
                                Some(_) => split.no,
                            };
                        }
                    }
                }
            })
            .collect()
    }

    pub(super) fn reduce(&mut self, place: Place<'_>, how: Reduce, elem: Elem, group: &[&Item]) -> Item {
        let values: Vec<Literal> = group.iter().map(|item| item.value.clone()).collect();
        let value = tensor::fold(how, elem, &values);
        let floats: Option<Vec<Float>> = group.iter().map(|item| item.float()).collect();
        let Some(floats) = floats.filter(|_| elem.is_float()) else { return Item::exact(value) };
        let result = value.as_f64().unwrap_or(f64::NAN);
        let format = Format::of(elem);
        match how {
            Reduce::Sum => Item::of(value, number::sum(format, &floats, result, lane_depth(floats.len()))),
            Reduce::SumInOrder => Item::of(value, number::sum(format, &floats, result, floats.len() as f64)),
            Reduce::Prod => Item::of(value, number::product(format, &floats, result)),
            Reduce::Max => Item::near(value, extreme_error(&floats, result, f64::max)),
            Reduce::Min => Item::near(value, extreme_error(&floats, result, f64::min)),
            Reduce::ArgMax => self.greatest(place, value, &floats),
        }
    }

    fn greatest(&mut self, place: Place<'_>, value: Literal, group: &[Float]) -> Item {
        let best = group[scalar::int(&value) as usize];
        let rivals = group.iter().enumerate().filter(|(number, _)| *number as i64 != scalar::int(&value));
        let is_nan = |float: &Float| float.value.is_nan() && float.is_exact();
        let within = rivals.filter(|(_, rival)| !(best.is_exact() && rival.is_exact() || is_nan(&best) || is_nan(rival)));
        let mut near: Vec<(f64, f64, i64)> = within
            .map(|(number, rival)| ((best.value - rival.value).abs(), up(best.error + rival.error), number as i64))
            .filter(|(margin, bound, _)| margin.is_nan() || margin <= bound)
            .collect();
        near.sort_by(|a, b| a.0.total_cmp(&b.0));
        match near.first() {
            Some((margin, bound, _)) => {
                let alternatives = near.iter().map(|(_, _, number)| Choice::Gives(Literal::I64(*number))).collect();
                self.gives(place, value, *margin, *bound, alternatives)
            }
            None => Item::exact(value),
        }
    }

    pub(super) fn contract(&mut self, elem: Elem, pairs: &[(&Item, &Item)]) -> Item {
        let terms: Vec<Literal> = pairs.iter().map(|(a, b)| scalar::binary(Binary::Mul, &a.value, &b.value)).collect();
        let value = tensor::lane_sum(elem, &terms);
        if !elem.is_float() {
            return Item::exact(value);
        }
        let format = Format::of(elem);
        let how = self.analyser.reference.arithmetic;
        let product = |((a, b), term): (&(&Item, &Item), &Literal)| {
            let result = term.as_f64().unwrap_or(f64::NAN);
            let (a, b) = (a.float().unwrap_or(Float::new(f64::NAN, 0.0)), b.float().unwrap_or(Float::new(f64::NAN, 0.0)));
            (number::arithmetic(Binary::Mul, format, how, a, b, result), number::fused(format, a, b, result))
        };
        let products: Vec<(Float, Float)> = pairs.iter().zip(&terms).map(product).collect();
        let result = value.as_f64().unwrap_or(f64::NAN);
        let factors = || pairs.iter().filter_map(|(a, b)| Some((a.float()?, b.float()?)));
        if result.is_infinite() && number::overflows_everywhere(format, factors()) {
            return Item::of(value, Float::new(result, 0.0));
        }
        let single = products.iter().filter(|(product, _)| product.value != 0.0 || product.error != 0.0).count() <= 1;
        let products: Vec<Float> = products.into_iter().map(|(written, fused)| if single { written } else { fused }).collect();
        Item::of(value, number::sum(format, &products, result, lane_depth(products.len())))
    }
}

/// How many additions lie above a term in [`Reduce::Sum`].
fn lane_depth(count: usize) -> f64 {
    count.div_ceil(8) as f64 + 3.0
}

/// What a comparison says of an order; of none, as NaN has it, too.
fn answers(op: Binary, order: Option<Ordering>) -> bool {
    let sample = match order {
        Some(Ordering::Less) => (0.0, 1.0),
        Some(Ordering::Equal) => (0.0, 0.0),
        Some(Ordering::Greater) => (1.0, 0.0),
        None => (f64::NAN, 0.0),
    };
    scalar::binary(op, &Literal::F64(sample.0), &Literal::F64(sample.1)) == Literal::Bool(true)
}

fn test_holds(test: Test, order: Ordering) -> bool {
    match test {
        Test::Less(_) => order == Ordering::Less,
        Test::LessEq(_) => order != Ordering::Greater,
        Test::Equal(_) => order == Ordering::Equal,
    }
}

/// How far a number is from where a rounding jumps.
fn to_step(op: Unary, x: f64) -> f64 {
    let nearest = if op == Unary::RoundEven { x.floor() + 0.5 } else { x.round_ties_even() };
    (x - nearest).abs()
}

/// An `f64` cut to `f32`: as far off as the ends of its interval are once they are cut.
fn narrowed(value: Literal, x: Float) -> Item {
    let ours = value.as_f64().unwrap_or(f64::NAN);
    let off = |end: f64| {
        let end = f64::from(end as f32);
        if end == ours { 0.0 } else { (end - ours).abs() }
    };
    let error = off(x.low()).max(off(x.high()));
    Item::near(value, if error.is_nan() { f64::INFINITY } else { error })
}

/// The greatest of all is between the greatest lower end and the greatest upper end; the least likewise.
fn extreme_error(group: &[Float], result: f64, pick: impl Fn(f64, f64) -> f64 + Copy) -> f64 {
    if group.iter().all(|item| item.is_exact()) || group.iter().any(|item| item.value.is_nan() && item.is_exact()) {
        return 0.0;
    }
    if group.iter().any(|item| item.error.is_infinite()) {
        return f64::INFINITY;
    }
    let ends = |end: fn(Float) -> f64| group.iter().map(|item| end(*item)).reduce(pick).unwrap_or(result);
    let (low, high) = (ends(Float::low), ends(Float::high));
    let error = (high - result).max(result - low);
    if error.is_nan() { f64::INFINITY } else { up(error.max(0.0)) }
}
