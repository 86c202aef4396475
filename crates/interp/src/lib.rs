//! The reference meaning of every operation: plain, slow, obviously right.
//!
//! When a target and the interpreter differ, look here first. Elements are [`Literal`]s; a value is one of them or a row-major list.
//! Mathematical functions are run as the kernels of the crate `math`, so that they give the bits that every target gives.
//!
//! [`Interp::run`] scores a row. [`scalar`] is the meaning of the scalar operations, [`tensor`] that of the others.

pub mod scalar;
pub mod tensor;
pub mod text;

use check::Checked;
use ir::{Function, Handle, Literal, Op, Reason, Table, Type, Value};
use source::bug;

/// What a node is worth on one row. Which it is follows from the node's type: a scalar, or the elements of a tensor in row-major order.
#[derive(Debug, Clone, PartialEq)]
pub enum Datum {
    Scalar(Literal),
    Tensor(Vec<Literal>),
}

impl Datum {
    /// All elements; one for a scalar.
    pub fn elements(&self) -> &[Literal] {
        match self {
            Datum::Scalar(literal) => std::slice::from_ref(literal),
            Datum::Tensor(literals) => literals,
        }
    }

    fn of(elements: Vec<Literal>, ty: &Type) -> Datum {
        match <[Literal; 1]>::try_from(elements) {
            Ok([scalar]) if ty.is_scalar() => Datum::Scalar(scalar),
            Ok(one) => Datum::Tensor(one.into()),
            Err(elements) => Datum::Tensor(elements),
        }
    }

    fn scalar(&self) -> &Literal {
        match self {
            Datum::Scalar(literal) => literal,
            Datum::Tensor(_) => bug!("a tensor where a scalar was checked"),
        }
    }
}

impl<L: Into<Literal>> From<L> for Datum {
    fn from(literal: L) -> Self {
        Datum::Scalar(literal.into())
    }
}

/// What became of a row. NaN results are all the same NaN: [`Literal`] compares them as equal.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    Scored(Vec<Datum>),
    /// By the rejection with that number.
    Rejected(usize),
}

/// A module that is ready to run.
pub struct Interp {
    checked: Checked,
}

impl Interp {
    pub fn new(checked: &Checked) -> Self {
        Interp { checked: math::expand(checked) }
    }

    /// To call functions that have no mathematical ones in them, by the handles that they have in `checked`.
    pub fn as_written(checked: &Checked) -> Self {
        Interp { checked: checked.clone() }
    }

    /// Scores one row; `row` holds a datum of the right type for each parameter of the entry.
    pub fn run(&self, row: &[Datum]) -> Outcome {
        let entry = self.checked.entry();
        let function = self.checked.entry_function();
        let data = self.trace(entry, row);
        let holds = |value: Value| *data[value.index()].scalar() == Literal::Bool(true);
        match function.rejections.iter().position(|rejection| holds(rejection.when)) {
            Some(index) => Outcome::Rejected(index),
            None => Outcome::Scored(function.results.iter().map(|output| data[output.value.index()].clone()).collect()),
        }
    }

    /// The reason of a rejection.
    pub fn reason(&self, rejection: usize) -> &Reason {
        &self.checked.entry_function().rejections[rejection].reason
    }

    /// Calls any function of the expanded module.
    pub fn call(&self, function: Handle<Function>, args: &[Datum]) -> Vec<Datum> {
        let data = self.trace(function, args);
        self.checked.module().functions[function].results.iter().map(|output| data[output.value.index()].clone()).collect()
    }

    /// The module that runs: mathematical functions are calls in it.
    pub fn checked(&self) -> &Checked {
        &self.checked
    }

    /// What every node of a function is worth, in order.
    pub fn trace(&self, function: Handle<Function>, args: &[Datum]) -> Vec<Datum> {
        let nodes = &self.checked.module().functions[function].nodes;
        let mut data: Vec<Datum> = Vec::with_capacity(nodes.len());
        for (value, node) in nodes.iter() {
            let datum = self.eval(&node.op, function, self.checked.type_of(function, value), &data, args);
            data.push(datum);
        }
        data
    }

    fn eval(&self, op: &Op, function: Handle<Function>, ty: &Type, data: &[Datum], args: &[Datum]) -> Datum {
        let tables = &self.checked.module().tables;
        let of = |value: &Value| &data[value.index()];
        let one = |value: &Value| data[value.index()].scalar();
        let shape = |value: &Value| self.checked.type_of(function, *value).shape.as_slice();
        match op {
            Op::Param(index) => args[*index as usize].clone(),
            Op::Const(literal) => Datum::Scalar(literal.clone()),
            Op::Table(table) => match &tables[*table] {
                Table::Tensor(tensor) => Datum::of(tensor.values.iter().collect(), ty),
                Table::Map(_) | Table::Forest(_) => bug!("only tensors are read whole"),
            },
            Op::Unary(unary, x) => map(of(x), |x| scalar::unary(*unary, x)),
            Op::Binary(binary, a, b) if ty.is_scalar() => Datum::Scalar(scalar::binary(*binary, one(a), one(b))),
            Op::Binary(binary, a, b) => Datum::of(
                tensor::zip(&ty.shape, (of(a).elements(), shape(a)), (of(b).elements(), shape(b)), |a, b| scalar::binary(*binary, a, b)),
                ty,
            ),
            Op::Cast { x, to } => map(of(x), |x| scalar::cast(x, *to)),
            Op::Text(text, operands) => Datum::Scalar(text::eval(*text, &operands.iter().map(one).collect::<Vec<_>>())),
            Op::Select { cond, yes, no } => Datum::of(
                tensor::select(
                    &ty.shape,
                    [(of(cond).elements(), shape(cond)), (of(yes).elements(), shape(yes)), (of(no).elements(), shape(no))],
                ),
                ty,
            ),
            Op::IsNull(x) => Datum::Scalar(Literal::Bool(one(x).is_null())),
            Op::OrElse { x, default } => of(if one(x).is_null() { default } else { x }).clone(),
            Op::Lookup { keys, map } => match &tables[*map] {
                Table::Map(map) => Datum::Scalar(scalar::lookup(map, &keys.iter().map(one).collect::<Vec<_>>())),
                Table::Tensor(_) | Table::Forest(_) => bug!("lookup needs a map"),
            },
            Op::Walk { row, forest } => match &tables[*forest] {
                Table::Forest(forest) => Datum::Tensor(tensor::walk(forest, of(row).elements())),
                Table::Tensor(_) | Table::Map(_) => bug!("walk needs a forest"),
            },
            Op::Pack(parts) => Datum::Tensor(parts.iter().map(|part| one(part).clone()).collect()),
            Op::Reshape { x, .. } => Datum::of(of(x).elements().to_vec(), ty),
            Op::Transpose { x, order } => Datum::of(tensor::transpose(of(x).elements(), shape(x), order), ty),
            Op::Slice { x, axis, start, step, count } => {
                let positions: Vec<usize> = (0..i64::from(*count)).map(|at| (i64::from(*start) + at * i64::from(*step)) as usize).collect();
                Datum::of(tensor::take(of(x).elements(), shape(x), usize::from(*axis), &positions), ty)
            }
            Op::Concat { parts, axis } => {
                let parts: Vec<_> = parts.iter().map(|part| (of(part).elements(), shape(part))).collect();
                Datum::of(tensor::concat(&parts, usize::from(*axis)), ty)
            }
            Op::Window { x, axis, window } => Datum::of(tensor::window(of(x).elements(), shape(x), usize::from(*axis), window), ty),
            Op::Gather { x, at, axis } => {
                let last = i64::from(shape(x)[usize::from(*axis)]) - 1;
                let positions: Vec<usize> = of(at).elements().iter().map(|at| scalar::int(at).clamp(0, last) as usize).collect();
                Datum::of(tensor::take(of(x).elements(), shape(x), usize::from(*axis), &positions), ty)
            }
            Op::Reduce { how, x, axes } => {
                let elem = self.checked.type_of(function, *x).elem;
                Datum::of(tensor::reduce(*how, elem, of(x).elements(), shape(x), axes), ty)
            }
            Op::Contract { a, b, over } => {
                Datum::of(tensor::contract(ty.elem, (of(a).elements(), shape(a)), (of(b).elements(), shape(b)), over), ty)
            }
            Op::Call { function, args, result } if !ty.is_scalar() => {
                let operands: Vec<(&[Literal], &[u32])> = args.iter().map(|arg| (of(arg).elements(), shape(arg))).collect();
                let call = |args: Vec<Literal>| {
                    let args: Vec<Datum> = args.into_iter().map(Datum::Scalar).collect();
                    self.call(*function, &args).swap_remove(*result as usize).elements()[0].clone()
                };
                Datum::of(tensor::each(&ty.shape, &operands, call), ty)
            }
            Op::Call { function, args, result } => {
                if args.iter().any(|arg| one(arg).is_null()) {
                    return Datum::Scalar(Literal::Null(ty.elem));
                }
                let args: Vec<Datum> = args.iter().map(|arg| of(arg).clone()).collect();
                self.call(*function, &args).swap_remove(*result as usize)
            }
            Op::Iterate { function, args, times } => {
                if args.iter().chain([times]).any(|operand| one(operand).is_null()) {
                    return Datum::Scalar(Literal::Null(ty.elem));
                }
                let mut args: Vec<Datum> = args.iter().chain([times]).map(|operand| of(operand).clone()).collect();
                let last = args.len() - 1;
                for turn in 0..turns(one(times)) {
                    args[last] = Datum::from(turn);
                    args[0] = self.call(*function, &args).swap_remove(0);
                }
                args.swap_remove(0)
            }
        }
    }
}

/// How often an iteration goes round.
pub fn turns(times: &Literal) -> i64 {
    scalar::int(times).clamp(0, ir::MOST_TURNS)
}

fn map(x: &Datum, f: impl Fn(&Literal) -> Literal) -> Datum {
    match x {
        Datum::Scalar(literal) => Datum::Scalar(f(literal)),
        Datum::Tensor(literals) => Datum::Tensor(literals.iter().map(f).collect()),
    }
}
