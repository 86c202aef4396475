//! What each operation takes and gives: the one place that knows. Exhaustive, so a new operation does not compile without a rule.

use std::fmt;

use crate::{Arena, Binary, Elem, Field, Function, Handle, Op, Reduce, Table, TextOp, Type, Unary, Value, Window};

/// An operation that was given the wrong operands, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeError(pub String);

impl fmt::Display for TypeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What an operation may look at: the tables and functions of its module, the parameters of its function and the types of earlier nodes.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    pub tables: &'a Arena<Table>,
    pub functions: &'a Arena<Function>,
    pub params: &'a [Field],
    pub types: &'a [Type],
}

type Typed<T> = Result<T, TypeError>;

fn error<T>(text: impl Into<String>) -> Typed<T> {
    Err(TypeError(text.into()))
}

/// The type of an operation's result.
///
/// Errors: an operand that is no earlier node, a kind outside the operation's domain, shapes that do not fit, a table of another kind.
pub fn type_of(op: &Op, scope: Scope<'_>) -> Typed<Type> {
    match op {
        Op::Param(index) => match scope.params.get(*index as usize) {
            Some(field) => Ok(field.ty.clone()),
            None => error(format!("there is no parameter {index}")),
        },
        Op::Const(literal) => Ok(Type { elem: literal.elem(), nullable: literal.is_null(), shape: vec![] }),
        Op::Table(handle) => match scope.tables.get(*handle) {
            Some(Table::Tensor(tensor)) => Ok(Type::tensor(tensor.elem(), tensor.shape.clone())),
            Some(Table::Map(_) | Table::Forest(_)) => error("only a tensor can be read whole"),
            None => error("there is no such table"),
        },
        Op::Unary(unary, x) => scope.unary(*unary, *x),
        Op::Binary(binary, a, b) => scope.binary(*binary, *a, *b),
        Op::Cast { x, to } => scope.cast(*x, *to),
        Op::Text(text, args) => scope.text(*text, args),
        Op::Select { cond, yes, no } => scope.select(*cond, *yes, *no),
        Op::IsNull(x) => {
            scope.scalar(*x, "is_null")?;
            Ok(Type::scalar(Elem::Bool))
        }
        Op::OrElse { x, default } => scope.or_else(*x, *default),
        Op::Lookup { keys, map } => scope.lookup(keys, *map),
        Op::Walk { row, forest } => scope.walk(*row, *forest),
        Op::Pack(parts) => scope.pack(parts),
        Op::Reshape { x, shape } => scope.reshape(*x, shape),
        Op::Transpose { x, order } => scope.transpose(*x, order),
        Op::Slice { x, axis, start, step, count } => scope.slice(*x, *axis, *start, *step, *count),
        Op::Concat { parts, axis } => scope.concat(parts, *axis),
        Op::Window { x, axis, window } => scope.window(*x, *axis, window),
        Op::Gather { x, at, axis } => scope.gather(*x, *at, *axis),
        Op::Reduce { how, x, axes } => scope.reduce(*how, *x, axes),
        Op::Contract { a, b, over } => scope.contract(*a, *b, over),
        Op::Call { function, args, result } => scope.call(*function, args, *result),
        Op::Iterate { function, args, times } => scope.iterate(*function, args, *times),
    }
}

/// The shape that two shapes broadcast to, as in numpy: aligned at the last axis, 1 stretches.
pub fn broadcast(a: &[u32], b: &[u32]) -> Option<Vec<u32>> {
    let rank = a.len().max(b.len());
    let dim = |shape: &[u32], axis: usize| (axis + shape.len()).checked_sub(rank).map_or(1, |at| shape[at]);
    (0..rank)
        .map(|axis| match (dim(a, axis), dim(b, axis)) {
            (x, y) if x == y => Some(x),
            (1, y) => Some(y),
            (x, 1) => Some(x),
            _ => None,
        })
        .collect()
}

impl Scope<'_> {
    fn of(&self, value: Value) -> Typed<&Type> {
        match self.types.get(value.index()) {
            Some(ty) => Ok(ty),
            None => error(format!("operand {value:?} does not stand before its user")),
        }
    }

    fn scalar(&self, value: Value, what: &str) -> Typed<&Type> {
        let ty = self.of(value)?;
        if ty.is_scalar() { Ok(ty) } else { error(format!("{what} takes a scalar, not {ty}")) }
    }

    fn tensor(&self, value: Value, what: &str) -> Typed<&Type> {
        let ty = self.of(value)?;
        if ty.nullable { error(format!("{what} takes no null, so {ty} needs a default first")) } else { Ok(ty) }
    }

    fn unary(&self, op: Unary, x: Value) -> Typed<Type> {
        let ty = self.of(x)?;
        if !op.domain().holds(ty.elem) {
            return error(format!("{} does not take {ty}", op.name()));
        }
        let elem = match (op, ty.elem) {
            (Unary::IsNan, _) => Elem::Bool,
            (Unary::Bits, Elem::F32) => Elem::I32,
            (Unary::Bits, _) => Elem::I64,
            (Unary::FromBits, Elem::I32) => Elem::F32,
            (Unary::FromBits, _) => Elem::F64,
            (_, elem) => elem,
        };
        Ok(ty.with_elem(elem))
    }

    fn binary(&self, op: Binary, a: Value, b: Value) -> Typed<Type> {
        let (a, b) = (self.of(a)?, self.of(b)?);
        if a.elem != b.elem || !op.domain().holds(a.elem) {
            return error(format!("{} does not take {a} and {b}", op.name()));
        }
        let shape = self.broadcast(op.name(), a, b)?;
        let elem = if op.is_comparison() { Elem::Bool } else { a.elem };
        Ok(Type { elem, nullable: a.nullable || b.nullable, shape })
    }

    fn broadcast(&self, what: &str, a: &Type, b: &Type) -> Typed<Vec<u32>> {
        let Some(shape) = broadcast(&a.shape, &b.shape) else { return error(format!("{what}: {a} and {b} do not broadcast")) };
        if !shape.is_empty() && (a.nullable || b.nullable) {
            return error(format!("{what}: a null cannot be spread over {a} and {b}; give it a default first"));
        }
        Ok(shape)
    }

    fn cast(&self, x: Value, to: Elem) -> Typed<Type> {
        let ty = self.of(x)?;
        let from = ty.elem;
        let number = |elem: Elem| elem.is_number() || elem == Elem::Bool;
        let held = |elem: Elem| elem.is_time() || elem == Elem::I64;
        if from == to || number(from) && number(to) || held(from) && held(to) {
            Ok(ty.with_elem(to))
        } else {
            error(format!("there is no cast from {from} to {to}"))
        }
    }

    fn text(&self, op: TextOp, args: &[Value]) -> Typed<Type> {
        let (kinds, result) = op.signature();
        let types = args.iter().map(|arg| self.scalar(*arg, op.name())).collect::<Typed<Vec<_>>>()?;
        if !types.iter().map(|ty| ty.elem).eq(kinds.iter().copied()) {
            let given: Vec<String> = types.iter().map(|ty| ty.to_string()).collect();
            return error(format!("{} does not take ({})", op.name(), given.join(", ")));
        }
        Ok(Type { elem: result, nullable: types.iter().any(|ty| ty.nullable), shape: vec![] })
    }

    fn select(&self, cond: Value, yes: Value, no: Value) -> Typed<Type> {
        let (cond, yes, no) = (self.of(cond)?, self.of(yes)?, self.of(no)?);
        if cond.elem != Elem::Bool || yes.elem != no.elem {
            return error(format!("select does not take {cond}, {yes} and {no}"));
        }
        let arms = Type { shape: self.broadcast("select", yes, no)?, nullable: yes.nullable || no.nullable, elem: yes.elem };
        let shape = self.broadcast("select", cond, &arms)?;
        Ok(Type { nullable: cond.nullable || arms.nullable, shape, elem: yes.elem })
    }

    fn or_else(&self, x: Value, default: Value) -> Typed<Type> {
        let (x, default) = (self.scalar(x, "or_else")?, self.scalar(default, "or_else")?);
        if x.elem != default.elem {
            return error(format!("or_else does not take {x} and {default}"));
        }
        Ok(Type { nullable: x.nullable && default.nullable, ..x.clone() })
    }

    fn lookup(&self, keys: &[Value], map: Handle<Table>) -> Typed<Type> {
        let Some(Table::Map(map)) = self.tables.get(map) else { return error("lookup needs a map") };
        let types = keys.iter().map(|key| self.scalar(*key, "lookup")).collect::<Typed<Vec<_>>>()?;
        if !types.iter().map(|ty| ty.elem).eq(map.keys.iter().copied()) {
            return error(format!("the keys of {} are of other kinds", map.name));
        }
        Ok(Type::nullable(map.value))
    }

    fn walk(&self, row: Value, forest: Handle<Table>) -> Typed<Type> {
        let Some(Table::Forest(forest)) = self.tables.get(forest) else { return error("walk needs a forest") };
        let row = self.of(row)?;
        if *row != Type::tensor(forest.elem, [forest.features]) {
            return error(format!("the forest {} walks {}[{}], not {row}", forest.name, forest.elem, forest.features));
        }
        Ok(Type::tensor(Elem::I32, [forest.roots.len() as u32]))
    }

    fn pack(&self, parts: &[Value]) -> Typed<Type> {
        let mut elem = None;
        for part in parts {
            let ty = self.tensor(self.scalar(*part, "pack").map(|_| *part)?, "pack")?;
            if *elem.get_or_insert(ty.elem) != ty.elem {
                return error("pack takes scalars of one kind");
            }
        }
        match elem {
            Some(elem) => Ok(Type::tensor(elem, [parts.len() as u32])),
            None => error("pack needs a scalar"),
        }
    }

    fn reshape(&self, x: Value, shape: &[u32]) -> Typed<Type> {
        let ty = self.tensor(x, "reshape")?;
        let new = Type::tensor(ty.elem, shape);
        if new.count() == ty.count() { Ok(new) } else { error(format!("reshape cannot make {new} of {ty}")) }
    }

    fn transpose(&self, x: Value, order: &[u8]) -> Typed<Type> {
        let ty = self.tensor(x, "transpose")?;
        let mut sorted = order.to_vec();
        sorted.sort_unstable();
        if !sorted.iter().map(|axis| usize::from(*axis)).eq(0..ty.shape.len()) {
            return error(format!("transpose: {order:?} is no order of the axes of {ty}"));
        }
        Ok(Type::tensor(ty.elem, order.iter().map(|axis| ty.shape[usize::from(*axis)]).collect::<Vec<_>>()))
    }

    fn slice(&self, x: Value, axis: u8, start: u32, step: i32, count: u32) -> Typed<Type> {
        let ty = self.tensor(x, "slice")?;
        let Some(dim) = ty.shape.get(usize::from(axis)) else { return error(format!("slice: {ty} has no axis {axis}")) };
        let last = i64::from(start) + i64::from(step) * (i64::from(count) - 1);
        let inside = |at: i64| (0..i64::from(*dim)).contains(&at);
        if step == 0 || count > 0 && !(inside(i64::from(start)) && inside(last)) {
            return error(format!("slice: {start}, step {step}, {count} elements do not lie inside {ty}"));
        }
        let mut shape = ty.shape.clone();
        shape[usize::from(axis)] = count;
        Ok(Type::tensor(ty.elem, shape))
    }

    fn concat(&self, parts: &[Value], axis: u8) -> Typed<Type> {
        let types = parts.iter().map(|part| self.tensor(*part, "concat")).collect::<Typed<Vec<_>>>()?;
        let Some(first) = types.first() else { return error("concat needs a part") };
        let axis = usize::from(axis);
        let others = |ty: &Type| ty.shape.iter().enumerate().filter(|(at, _)| *at != axis).map(|(_, dim)| *dim).collect::<Vec<_>>();
        let fits = |ty: &&Type| ty.elem == first.elem && ty.shape.len() == first.shape.len() && others(ty) == others(first);
        if axis >= first.shape.len() || !types.iter().all(fits) {
            let given: Vec<String> = types.iter().map(|ty| ty.to_string()).collect();
            return error(format!("concat along axis {axis} does not take {}", given.join(", ")));
        }
        let mut shape = first.shape.clone();
        shape[axis] = types.iter().map(|ty| ty.shape[axis]).sum();
        Ok(Type::tensor(first.elem, shape))
    }

    fn window(&self, x: Value, axis: u8, window: &Window) -> Typed<Type> {
        let ty = self.tensor(x, "window")?;
        let axis = usize::from(axis);
        let Some(length) = ty.shape.get(axis) else { return error(format!("window: {ty} has no axis {axis}")) };
        if window.fill.elem() != ty.elem || window.fill.is_null() || *length == 0 {
            return error(format!("a window that shows {:?} outside does not slide along axis {axis} of {ty}", window.fill));
        }
        let last = |count: u32, step: u32| u64::from(count.saturating_sub(1)) * u64::from(step);
        if last(window.count, window.stride) + last(window.size, window.dilation) + u64::from(window.before) > u64::from(u32::MAX >> 1) {
            return error("window: positions are too large");
        }
        let shape = [&ty.shape[..axis], &[window.count, window.size], &ty.shape[axis + 1..]].concat();
        Ok(Type::tensor(ty.elem, shape))
    }

    fn gather(&self, x: Value, at: Value, axis: u8) -> Typed<Type> {
        let (x, at) = (self.tensor(x, "gather")?, self.tensor(at, "gather")?);
        let axis = usize::from(axis);
        if axis >= x.shape.len() || !at.elem.is_int() || x.shape[axis] == 0 {
            return error(format!("gather along axis {axis} does not take {x} at {at}"));
        }
        let shape = [&x.shape[..axis], &at.shape, &x.shape[axis + 1..]].concat();
        Ok(Type::tensor(x.elem, shape))
    }

    fn reduce(&self, how: Reduce, x: Value, axes: &[u8]) -> Typed<Type> {
        let ty = self.tensor(x, how.name())?;
        let rising = axes.windows(2).all(|pair| pair[0] < pair[1]);
        if !ty.elem.is_number() || !rising || axes.iter().any(|axis| usize::from(*axis) >= ty.shape.len()) {
            return error(format!("{} over axes {axes:?} does not take {ty}", how.name()));
        }
        let (folded, kept): (Vec<_>, Vec<_>) = ty.shape.iter().enumerate().partition(|(axis, _)| axes.contains(&(*axis as u8)));
        let shape: Vec<u32> = kept.into_iter().map(|(_, dim)| *dim).collect();
        let empty = folded.iter().any(|(_, dim)| **dim == 0);
        match how {
            Reduce::ArgMax if axes.len() != 1 => error("arg_max takes one axis"),
            Reduce::ArgMax | Reduce::Max | Reduce::Min if empty => error(format!("{} of nothing", how.name())),
            Reduce::ArgMax => Ok(Type::tensor(Elem::I64, shape)),
            Reduce::Sum | Reduce::SumInOrder | Reduce::Prod | Reduce::Max | Reduce::Min => Ok(Type::tensor(ty.elem, shape)),
        }
    }

    fn contract(&self, a: Value, b: Value, over: &[(u8, u8)]) -> Typed<Type> {
        let (a, b) = (self.tensor(a, "contract")?, self.tensor(b, "contract")?);
        let dim = |ty: &Type, axis: u8| ty.shape.get(usize::from(axis)).copied();
        let pairs = over.iter().all(|(x, y)| dim(a, *x).is_some() && dim(a, *x) == dim(b, *y));
        if a.elem != b.elem || !a.elem.is_number() || !pairs {
            return error(format!("contract over {over:?} does not take {a} and {b}"));
        }
        let kept = |ty: &Type, gone: &dyn Fn(u8) -> bool| {
            ty.shape.iter().enumerate().filter(|(axis, _)| !gone(*axis as u8)).map(|(_, dim)| *dim).collect::<Vec<_>>()
        };
        let left = kept(a, &|axis| over.iter().any(|(x, _)| *x == axis));
        let right = kept(b, &|axis| over.iter().any(|(_, y)| *y == axis));
        Ok(Type::tensor(a.elem, [left, right].concat()))
    }

    fn call(&self, function: Handle<Function>, args: &[Value], result: u32) -> Typed<Type> {
        let Some(callee) = self.functions.get(function) else { return error("there is no such function") };
        let Some(output) = callee.results.get(result as usize) else { return error(format!("{} has no result {result}", callee.name)) };
        let types = args.iter().map(|arg| self.of(*arg)).collect::<Typed<Vec<_>>>()?;
        let fits = types.len() == callee.params.len() && types.iter().zip(&callee.params).all(|(ty, param)| ty.elem == param.ty.elem);
        let shape = types.iter().try_fold(Vec::new(), |shape, ty| broadcast(&shape, &ty.shape));
        let Some(shape) = shape.filter(|shape| shape.is_empty() || output.field.ty.is_scalar()) else {
            return error(format!("call: the shapes of the arguments of {} do not broadcast", callee.name));
        };
        if !fits || callee.params.iter().any(|param| param.ty.nullable) || output.field.ty.nullable {
            return error(format!("{} does not take these arguments", callee.name));
        }
        // A call is strict like everything else: a null argument makes a null result.
        let nullable = types.iter().any(|ty| ty.nullable);
        Ok(if shape.is_empty() { Type { nullable, ..output.field.ty.clone() } } else { Type::tensor(output.field.ty.elem, shape) })
    }

    fn iterate(&self, function: Handle<Function>, args: &[Value], times: Value) -> Typed<Type> {
        let all: Vec<Value> = args.iter().chain([&times]).copied().collect();
        let ty = self.call(function, &all, 0)?;
        let turns = self.scalar(times, "iterate")?.elem;
        match self.of(all[0])? {
            state if args.is_empty() || turns != Elem::I64 || state.elem != ty.elem || !ty.is_scalar() => {
                error(format!("{} is no step from {state} to the next, numbered by an i64", self.functions[function].name))
            }
            _ => Ok(ty),
        }
    }
}
