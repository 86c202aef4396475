//! Ways back from a value to an input: which elements of the entry are functions of one element of the input, as long as the others stay.
//!
//! A value that comes of several inputs is taken as a function of each of them in turn, the others being as in the base row. Where such
//! a function rises or falls, the inputs on both sides of any threshold are found by bisection over the numbers of the input's kind, which
//! needs no inverse and ends at neighbours.

use std::collections::HashMap;

use interp::{Datum, Interp, scalar, text};
use ir::{Binary, Elem, Function, Handle, Literal, Op, Table, TextOp, Unary, Value};

use crate::bound::{Analyser, Route};

/// An element of a parameter of the entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Input {
    pub(crate) param: usize,
    pub(crate) element: usize,
}

/// An element as a function of one input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Link {
    pub(crate) input: Input,
    term: usize,
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Input,
    Unary(Unary),
    Binary(Binary),
    Cast(Elem),
    Text(TextOp),
    Select,
    IsNull,
    OrElse,
    Lookup(Handle<Table>),
    Call(Handle<Function>, u32),
}

#[derive(Debug, Clone)]
enum Arg {
    Constant(Literal),
    Of(usize),
}

/// A step and where its operands come from.
#[derive(Debug)]
struct Term {
    step: Step,
    args: Vec<Arg>,
    slope: Slope,
    /// Whether a kernel runs on the way.
    slow: bool,
    /// Whether slope and value hold on any row: nothing on the way is as on the base row only, and no slope is a guess.
    sure: bool,
}

/// How a function of the input goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slope {
    Rises,
    Falls,
    /// Neither, or not known.
    Unordered,
}

impl Slope {
    fn turned(self) -> Slope {
        match self {
            Slope::Rises => Slope::Falls,
            Slope::Falls => Slope::Rises,
            Slope::Unordered => Slope::Unordered,
        }
    }
}

/// What a mathematical function is computed with while a threshold is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Precision {
    /// A library, a few units in the last place off.
    Rough,
    /// The kernels.
    True,
}

/// How many inputs an element is followed to.
const WAYS: usize = 3;

/// The elements of all nodes of the entry as functions of inputs.
pub(crate) struct Chains<'a> {
    analyser: &'a Analyser<'a>,
    interp: Interp,
    terms: Vec<Term>,
    /// By node and element.
    links: Vec<Vec<Vec<Link>>>,
    /// What every node is worth on the base row.
    base: Vec<Datum>,
    /// By node: whether it is worth that on every row.
    constant: Vec<bool>,
}

impl<'a> Chains<'a> {
    pub(crate) fn new(analyser: &'a Analyser<'a>, base: &[Datum]) -> Chains<'a> {
        let checked = analyser.checked();
        let base = analyser.trace(base).into_iter().map(|worth| worth.datum).collect();
        let mut chains =
            Chains { analyser, interp: Interp::new(checked), terms: Vec::new(), links: Vec::new(), base, constant: Vec::new() };
        for (value, node) in checked.entry_function().nodes.iter() {
            let links = chains.node(value, &node.op);
            chains.links.push(links);
            let operands = node.op.operands();
            chains.constant.push(!matches!(node.op, Op::Param(_)) && operands.iter().all(|operand| chains.constant[operand.index()]));
        }
        chains
    }

    pub(crate) fn of(&self, value: Value, element: usize) -> &[Link] {
        self.links[value.index()].get(element).map_or(&[], Vec::as_slice)
    }

    /// The elements of a node on the base row.
    pub(crate) fn base(&self, value: Value) -> &[Literal] {
        self.base[value.index()].elements()
    }

    pub(crate) fn slope(&self, link: Link) -> Slope {
        self.terms[link.term].slope
    }

    /// Whether slope and value hold on any row. Of text: whether it matters only as what it is compared with or looked up by.
    pub(crate) fn is_sure(&self, link: Link) -> bool {
        self.terms[link.term].sure
    }

    fn node(&mut self, value: Value, op: &Op) -> Vec<Vec<Link>> {
        let count = self.base[value.index()].elements().len();
        let of = |chains: &Self, value: &Value, element: usize| chains.of(*value, element).to_vec();
        let analyser = self.analyser;
        let route = analyser.route(value);
        match op {
            Op::Param(param) => {
                let input = |element| Input { param: *param as usize, element };
                let link = |element| vec![Link { input: input(element), term: element }];
                let start = self.terms.len();
                (0..count)
                    .for_each(|_| self.terms.push(Term { step: Step::Input, args: vec![], slope: Slope::Rises, slow: false, sure: true }));
                (0..count).map(|element| link(element).into_iter().map(|link| Link { term: start + link.term, ..link }).collect()).collect()
            }
            Op::Const(_) | Op::Table(_) | Op::Walk { .. } | Op::Reduce { .. } | Op::Contract { .. } | Op::Iterate { .. } => {
                vec![Vec::new(); count]
            }
            Op::Unary(unary, x) => (0..count).map(|at| self.apply(Step::Unary(*unary), &[(*x, at)])).collect(),
            Op::Cast { x, to } => (0..count).map(|at| self.apply(Step::Cast(*to), &[(*x, at)])).collect(),
            Op::Binary(binary, a, b) => {
                let step = Step::Binary(*binary);
                let Route::Two(pairs) = route else { return vec![self.apply(step, &[(*a, 0), (*b, 0)])] };
                pairs.iter().map(|(x, y)| self.apply(step, &[(*a, *x), (*b, *y)])).collect()
            }
            Op::Select { cond, yes, no } => {
                let Route::Three(places) = route else { return vec![self.apply(Step::Select, &[(*cond, 0), (*yes, 0), (*no, 0)])] };
                places.iter().map(|[c, y, n]| self.apply(Step::Select, &[(*cond, *c), (*yes, *y), (*no, *n)])).collect()
            }
            Op::Text(text, args) => vec![self.apply(Step::Text(*text), &scalars(args))],
            Op::IsNull(x) => vec![self.apply(Step::IsNull, &[(*x, 0)])],
            Op::OrElse { x, default } => vec![self.apply(Step::OrElse, &[(*x, 0), (*default, 0)])],
            Op::Lookup { keys, map } => vec![self.apply(Step::Lookup(*map), &scalars(keys))],
            Op::Call { function, args, result } => {
                let expanded = self.expanded(*function);
                vec![self.apply(Step::Call(expanded, *result), &scalars(args))]
            }
            Op::Pack(parts) => parts.iter().map(|part| of(self, part, 0)).collect(),
            Op::Reshape { x, .. } => self.links[x.index()].clone(),
            Op::Transpose { x, .. } | Op::Slice { x, .. } => {
                let Route::One(places) = route else { return vec![Vec::new(); count] };
                places.iter().map(|at| of(self, x, *at)).collect()
            }
            Op::Concat { parts, .. } => {
                let Route::Parts(places) = route else { return vec![Vec::new(); count] };
                places.iter().map(|(part, at)| of(self, &parts[*part], *at)).collect()
            }
            Op::Window { x, .. } => {
                let Route::Maybe(places) = route else { return vec![Vec::new(); count] };
                places.iter().map(|at| at.map_or_else(Vec::new, |at| of(self, x, at))).collect()
            }
            Op::Gather { x, at, axis } => self.gather(*x, *at, usize::from(*axis)),
        }
    }

    /// The elements at the positions of the base row.
    fn gather(&mut self, x: Value, at: Value, axis: usize) -> Vec<Vec<Link>> {
        let checked = self.analyser.checked();
        let shape = &checked.type_of(checked.entry(), x).shape;
        let (dim, inner) = (shape[axis] as usize, shape[axis + 1..].iter().map(|dim| *dim as usize).product::<usize>());
        let outer: usize = shape[..axis].iter().map(|dim| *dim as usize).product();
        let positions = self.base(at).iter().map(|at| scalar::int(at).clamp(0, dim as i64 - 1) as usize);
        let positions: Vec<usize> = positions.collect();
        let place = |block: usize, position: usize, within: usize| (block * dim + position) * inner + within;
        let blocks = (0..outer).flat_map(|block| positions.iter().map(move |position| (block, *position)));
        let places = blocks.flat_map(|(block, position)| (0..inner).map(move |within| place(block, position, within)));
        let taken: Vec<Vec<Link>> = places.map(|place| self.of(x, place).to_vec()).collect();
        if self.constant[at.index()] {
            return taken;
        }
        let elem = checked.type_of(checked.entry(), x).elem;
        taken.into_iter().map(|links| links.into_iter().map(|link| self.doubted(link, elem)).collect()).collect()
    }

    /// The same value, of which it is not known whether it is the same on other rows.
    fn doubted(&mut self, link: Link, elem: Elem) -> Link {
        let Term { slope, slow, .. } = self.terms[link.term];
        self.terms.push(Term { step: Step::Cast(elem), args: vec![Arg::Of(link.term)], slope, slow, sure: false });
        Link { term: self.terms.len() - 1, ..link }
    }

    /// A function of the module as the interpreter numbers it, whose module has kernels before it.
    fn expanded(&self, function: Handle<Function>) -> Handle<Function> {
        let own = self.analyser.checked().module().functions.len();
        let more = self.interp.checked().module().functions.len() - own;
        Handle::new((function.index() + more) as u32)
    }

    /// A step on elements of nodes, as a function of each input that any of them comes of.
    fn apply(&mut self, step: Step, operands: &[(Value, usize)]) -> Vec<Link> {
        let mut inputs: Vec<Input> = Vec::new();
        for link in operands.iter().flat_map(|(value, element)| self.of(*value, *element)) {
            if !inputs.contains(&link.input) && inputs.len() < WAYS {
                inputs.push(link.input);
            }
        }
        let mut links = Vec::with_capacity(inputs.len());
        for input in inputs {
            let arg = |(value, element): &(Value, usize)| match self.of(*value, *element).iter().find(|link| link.input == input) {
                Some(link) => Arg::Of(link.term),
                None => Arg::Constant(self.base(*value)[*element].clone()),
            };
            let args: Vec<Arg> = operands.iter().map(arg).collect();
            let fixed = |(value, element): &(Value, usize)| {
                self.constant[value.index()] || self.of(*value, *element).iter().any(|link| link.input == input)
            };
            let sure = operands.iter().all(fixed) && self.holds_anywhere(step, &args);
            let (slope, slow) = (self.slope_of(step, &args), self.is_slow(step, &args));
            links.push(Link { input, term: self.terms.len() });
            self.terms.push(Term { step, args, slope, slow, sure });
        }
        links
    }

    /// Whether what is said of a step holds on any row, as far as it follows from the operands.
    fn holds_anywhere(&self, step: Step, args: &[Arg]) -> bool {
        let is_text = |arg: &Arg| matches!(arg, Arg::Constant(Literal::Str(_)));
        let own = match step {
            Step::Select => self.is_clip(args),
            Step::Text(_) | Step::Call(..) => false,
            // The order of texts has more cases than the texts that are known.
            Step::Binary(op) => matches!(op, Binary::Eq | Binary::Ne) || !args.iter().any(is_text),
            Step::Input | Step::Unary(_) | Step::Cast(_) | Step::IsNull | Step::OrElse | Step::Lookup(_) => true,
        };
        own && args.iter().all(|arg| if let Arg::Of(term) = arg { self.terms[*term].sure } else { true })
    }

    /// Whether a selection rises or falls with its one arm: the other is missing, or the two are a value and the constant that it is compared
    /// with.
    fn is_clip(&self, args: &[Arg]) -> bool {
        let ([Arg::Of(cond), Arg::Of(value), Arg::Constant(bound)] | [Arg::Of(cond), Arg::Constant(bound), Arg::Of(value)]) = args else {
            return false;
        };
        let is_bound = |arg: &Arg| matches!(arg, Arg::Constant(there) if there == bound);
        let is_value = |arg: &Arg| matches!(arg, Arg::Of(there) if there == value);
        let compares = |term: &Term| {
            let orders = matches!(term.step, Step::Binary(Binary::Lt | Binary::Le | Binary::Gt | Binary::Ge));
            orders && term.args.iter().any(is_bound) && term.args.iter().any(is_value)
        };
        let cond = &self.terms[*cond];
        let either = matches!(cond.step, Step::Binary(Binary::Or));
        let parts = cond.args.iter().filter_map(|arg| if let Arg::Of(term) = arg { Some(&self.terms[*term]) } else { None });
        let missing = bound.is_null() || bound.as_f64().is_some_and(f64::is_nan);
        missing || compares(cond) || either && parts.into_iter().any(compares)
    }

    fn is_slow(&self, step: Step, args: &[Arg]) -> bool {
        let kernel = match step {
            Step::Unary(op) => op.accuracy() == ir::Accuracy::Kernel,
            Step::Binary(op) => op.accuracy() == ir::Accuracy::Kernel,
            Step::Call(..) => true,
            Step::Input | Step::Cast(_) | Step::Text(_) | Step::Select | Step::IsNull | Step::OrElse | Step::Lookup(_) => false,
        };
        kernel || args.iter().any(|arg| matches!(arg, Arg::Of(term) if self.terms[*term].slow))
    }

    fn slope_of(&self, step: Step, args: &[Arg]) -> Slope {
        let own = |arg: &Arg| if let Arg::Of(term) = arg { Some(self.terms[*term].slope) } else { None };
        let slopes: Vec<Slope> = args.iter().filter_map(own).collect();
        let together = if slopes.windows(2).all(|pair| pair[0] == pair[1]) { slopes.first().copied() } else { None };
        let together = together.unwrap_or(Slope::Unordered);
        match step {
            Step::Input => Slope::Rises,
            Step::Unary(op) => through_unary(op, together),
            Step::Binary(op) => through_binary(op, args, together),
            Step::Cast(Elem::Bool | Elem::Str) => Slope::Unordered,
            Step::Cast(_) | Step::OrElse => together,
            // Arms that go the same way, as those of a clip; what is asked does not count.
            Step::Select => {
                let arms: Vec<Slope> = args.iter().skip(1).filter_map(own).collect();
                match arms.as_slice() {
                    [only] => *only,
                    [a, b] if a == b => *a,
                    _ => Slope::Unordered,
                }
            }
            Step::Text(_) | Step::IsNull | Step::Lookup(_) | Step::Call(..) => Slope::Unordered,
        }
    }

    /// The value that an input gives.
    pub(crate) fn eval(&self, link: Link, x: &Literal) -> Literal {
        self.run(link.term, x, Precision::True, &mut HashMap::new())
    }

    fn run(&self, term: usize, x: &Literal, precision: Precision, known: &mut HashMap<usize, Literal>) -> Literal {
        if let Some(value) = known.get(&term) {
            return value.clone();
        }
        let args: Vec<Literal> = self.terms[term]
            .args
            .iter()
            .map(|arg| match arg {
                Arg::Constant(literal) => literal.clone(),
                Arg::Of(term) => self.run(*term, x, precision, known),
            })
            .collect();
        let value = self.step(self.terms[term].step, &args, x, precision);
        known.insert(term, value.clone());
        value
    }

    fn step(&self, step: Step, args: &[Literal], x: &Literal, precision: Precision) -> Literal {
        let references: Vec<&Literal> = args.iter().collect();
        match (step, args) {
            (Step::Input, _) => x.clone(),
            (Step::Unary(op), [a]) => match (op.accuracy(), a.as_f64()) {
                (ir::Accuracy::Kernel, Some(number)) if precision == Precision::Rough => {
                    scalar::cast(&Literal::F64(rough(op, number)), a.elem())
                }
                (ir::Accuracy::Kernel, Some(number)) => self.analyser.unary_kernel(op, a.elem(), number),
                (ir::Accuracy::Kernel | ir::Accuracy::Exact, _) => scalar::unary(op, a),
            },
            (Step::Binary(op), [a, b]) => match (op.accuracy(), a.as_f64(), b.as_f64()) {
                (ir::Accuracy::Kernel, Some(x), Some(y)) if precision == Precision::Rough => {
                    scalar::cast(&Literal::F64(libm::pow(x, y)), a.elem())
                }
                (ir::Accuracy::Kernel, Some(x), Some(y)) => self.analyser.binary_kernel(op, a.elem(), x, y),
                (ir::Accuracy::Kernel | ir::Accuracy::Exact, _, _) => scalar::binary(op, a, b),
            },
            (Step::Cast(to), [a]) => scalar::cast(a, to),
            (Step::Text(op), _) => text::eval(op, &references),
            (Step::Select, [cond, yes, no]) => match cond.as_bool() {
                Some(holds) => if holds { yes } else { no }.clone(),
                None => Literal::Null(yes.elem()),
            },
            (Step::IsNull, [a]) => Literal::Bool(a.is_null()),
            (Step::OrElse, [a, default]) => if a.is_null() { default } else { a }.clone(),
            (Step::Lookup(handle), _) => match &self.analyser.checked().module().tables[handle] {
                Table::Map(map) => scalar::lookup(map, &references),
                Table::Tensor(_) | Table::Forest(_) => x.clone(),
            },
            (Step::Call(function, result), _) if args.iter().all(|arg| !arg.is_null()) => {
                let args: Vec<Datum> = args.iter().map(|arg| Datum::Scalar(arg.clone())).collect();
                let results = self.interp.call(function, &args);
                results.get(result as usize).and_then(|datum| datum.elements().first()).cloned().unwrap_or(x.clone())
            }
            (Step::Call(function, result), _) => {
                let function = &self.interp.checked().module().functions[function];
                Literal::Null(function.results[result as usize].field.ty.elem)
            }
            // The number of operands is that of the operation.
            (Step::Unary(_) | Step::Binary(_) | Step::Cast(_) | Step::Select | Step::IsNull | Step::OrElse, _) => x.clone(),
        }
    }

    /// The neighbours between which a value crosses a threshold: two inputs that follow each other, of which one is before (`<`, or `<=`
    /// where `reaches`) the threshold and the other is not. There is at most one pair where the value rises or falls; of other functions the
    /// pairs between samples are given.
    pub(crate) fn edges(&self, link: Link, elem: Elem, threshold: f64, reaches: bool) -> Vec<(Literal, Literal)> {
        let Some((first, last)) = ordinals(elem) else { return Vec::new() };
        let falls = self.slope(link) == Slope::Falls;
        let before = |at: i64, precision: Precision| {
            let value = self.run(link.term, &at_ordinal(elem, at), precision, &mut HashMap::new());
            match number(&value) {
                // Logarithms and roots are NaN below their domain.
                Some(x) if x.is_nan() => true,
                Some(x) if falls => x > threshold || !reaches && x == threshold,
                Some(x) => x < threshold || reaches && x == threshold,
                None => false,
            }
        };
        let samples = if self.slope(link) == Slope::Unordered { samples(elem, first, last) } else { vec![first, last] };
        let looking = if self.terms[link.term].slow { Precision::Rough } else { Precision::True };
        let sides: Vec<bool> = samples.iter().map(|at| before(*at, looking)).collect();
        let crossed = (1..samples.len()).filter(|at| sides[at - 1] != sides[*at]);
        let found = crossed.filter_map(|at| {
            let side = sides[at - 1];
            let edge = bisect(samples[at - 1], samples[at], |at| before(at, looking) == side)?;
            if looking == Precision::True {
                return Some(edge);
            }
            // Kernels and library differ in the last places; where a function is flat that may be many inputs.
            let (mut low, mut high) = (edge, edge + 1);
            for reach in (0..40).map(|power| 1_i64 << power) {
                if (before(low, Precision::True) == side) && (before(high, Precision::True) != side) {
                    break;
                }
                low = edge.saturating_sub(reach).max(first);
                high = edge.saturating_add(reach).min(last);
            }
            bisect(low, high, |at| before(at, Precision::True) == side)
        });
        found.map(|edge| (at_ordinal(elem, edge), at_ordinal(elem, edge + 1))).collect()
    }
}

/// Places between which a function that neither rises nor falls is looked at: both signs, all magnitudes that data has.
fn samples(elem: Elem, first: i64, last: i64) -> Vec<i64> {
    let sizes = (-4..10).flat_map(|power| [1.0, 3.0].map(|digit| digit * libm::exp10(f64::from(power))));
    let numbers = sizes.flat_map(|size| [size, -size]).chain([0.0]);
    let places = numbers.map(|x| ordinal(&scalar::cast(&Literal::F64(x), if elem.is_time() { Elem::I64 } else { elem })));
    let mut places: Vec<i64> = places.chain([first, last]).collect();
    places.sort_unstable();
    places.dedup();
    places
}

fn scalars(values: &[Value]) -> Vec<(Value, usize)> {
    values.iter().map(|value| (*value, 0)).collect()
}

/// A float, or an integer as one.
pub(crate) fn number(literal: &Literal) -> Option<f64> {
    literal.as_f64().or(literal.as_i64().map(|x| x as f64)).or(literal.as_bool().map(|x| f64::from(u8::from(x))))
}

/// The last place where something holds that holds at `low` and not at `high`.
fn bisect(mut low: i64, mut high: i64, holds: impl Fn(i64) -> bool) -> Option<i64> {
    if !holds(low) || holds(high) {
        return None;
    }
    while high.abs_diff(low) > 1 {
        let middle = low.midpoint(high);
        if holds(middle) { low = middle } else { high = middle }
    }
    Some(low)
}

/// The places of the least and the greatest number of a kind in its order.
fn ordinals(elem: Elem) -> Option<(i64, i64)> {
    let infinity = |bits: i64| Some((-bits, bits));
    match elem {
        Elem::F64 => infinity(f64::INFINITY.to_bits() as i64),
        Elem::F32 => infinity(i64::from(f32::INFINITY.to_bits())),
        Elem::I32 => Some((i64::from(i32::MIN), i64::from(i32::MAX))),
        Elem::I64 | Elem::Date | Elem::DateTime | Elem::Duration => Some((i64::MIN, i64::MAX)),
        Elem::Bool | Elem::Str => None,
    }
}

/// The number at a place.
pub(crate) fn at_ordinal(elem: Elem, at: i64) -> Literal {
    match elem {
        Elem::F64 if at < 0 => Literal::F64(-f64::from_bits(at.unsigned_abs())),
        Elem::F64 => Literal::F64(f64::from_bits(at as u64)),
        Elem::F32 if at < 0 => Literal::F32(-f32::from_bits(at.unsigned_abs() as u32)),
        Elem::F32 => Literal::F32(f32::from_bits(at as u32)),
        Elem::I32 | Elem::I64 | Elem::Date | Elem::DateTime | Elem::Duration | Elem::Bool | Elem::Str => {
            let literal = Literal::I64(at);
            if matches!(elem, Elem::Bool | Elem::Str) { literal } else { scalar::cast(&literal, elem) }
        }
    }
}

/// The place of a number.
pub(crate) fn ordinal(x: &Literal) -> i64 {
    match x {
        Literal::F64(x) if x.is_sign_negative() => -(x.abs().to_bits() as i64),
        Literal::F64(x) => x.to_bits() as i64,
        Literal::F32(x) if x.is_sign_negative() => -i64::from(x.abs().to_bits()),
        Literal::F32(x) => i64::from(x.to_bits()),
        Literal::I32(_) | Literal::I64(_) | Literal::Date(_) | Literal::DateTime(_) | Literal::Duration(_) => x.as_i64().unwrap_or(0),
        Literal::Null(_) | Literal::Bool(_) | Literal::Str(_) => 0,
    }
}

fn through_unary(op: Unary, slope: Slope) -> Slope {
    match op {
        Unary::Neg | Unary::Acos => slope.turned(),
        Unary::Sqrt
        | Unary::Floor
        | Unary::Ceil
        | Unary::Trunc
        | Unary::RoundEven
        | Unary::Exp
        | Unary::Expm1
        | Unary::Log
        | Unary::Log1p
        | Unary::Log2
        | Unary::Log10
        | Unary::Asin
        | Unary::Atan
        | Unary::Sinh
        | Unary::Tanh
        | Unary::Asinh
        | Unary::Acosh
        | Unary::Atanh
        | Unary::Erf
        | Unary::Sigmoid => slope,
        Unary::Abs | Unary::Not | Unary::IsNan | Unary::Bits | Unary::FromBits | Unary::Sin | Unary::Cos | Unary::Tan | Unary::Cosh => {
            Slope::Unordered
        }
    }
}

fn through_binary(op: Binary, args: &[Arg], slope: Slope) -> Slope {
    let (constant, first) = match args {
        [Arg::Of(_), Arg::Constant(constant)] => (number(constant).unwrap_or(0.0), true),
        [Arg::Constant(constant), Arg::Of(_)] => (number(constant).unwrap_or(0.0), false),
        // A sum of two that go the same way.
        [Arg::Of(_), Arg::Of(_)] if op == Binary::Add => return slope,
        _ => return Slope::Unordered,
    };
    let scaled = if constant > 0.0 {
        slope
    } else if constant < 0.0 {
        slope.turned()
    } else {
        Slope::Unordered
    };
    match op {
        Binary::Add => slope,
        Binary::Sub if first => slope,
        Binary::Sub => slope.turned(),
        Binary::Mul => scaled,
        Binary::Div if first => scaled,
        Binary::Pow if first && constant > 0.0 && constant % 2.0 != 0.0 => slope,
        Binary::Div
        | Binary::Pow
        | Binary::Atan2
        | Binary::Hypot
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
        | Binary::Ushr => Slope::Unordered,
    }
}

/// A mathematical function by a library.
fn rough(op: Unary, x: f64) -> f64 {
    match op {
        Unary::Exp => libm::exp(x),
        Unary::Expm1 => libm::expm1(x),
        Unary::Log => libm::log(x),
        Unary::Log1p => libm::log1p(x),
        Unary::Log2 => libm::log2(x),
        Unary::Log10 => libm::log10(x),
        Unary::Sin => libm::sin(x),
        Unary::Cos => libm::cos(x),
        Unary::Tan => libm::tan(x),
        Unary::Asin => libm::asin(x),
        Unary::Acos => libm::acos(x),
        Unary::Atan => libm::atan(x),
        Unary::Sinh => libm::sinh(x),
        Unary::Cosh => libm::cosh(x),
        Unary::Tanh => libm::tanh(x),
        Unary::Asinh => libm::asinh(x),
        Unary::Acosh => libm::acosh(x),
        Unary::Atanh => libm::atanh(x),
        Unary::Erf => libm::erf(x),
        Unary::Sigmoid => 1.0 / (1.0 + libm::exp(-x)),
        Unary::Neg
        | Unary::Abs
        | Unary::Not
        | Unary::Sqrt
        | Unary::Floor
        | Unary::Ceil
        | Unary::Trunc
        | Unary::RoundEven
        | Unary::IsNan
        | Unary::Bits
        | Unary::FromBits => x,
    }
}
