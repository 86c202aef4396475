//! Tensors as loops over row-major arrays.
//!
//! [`Body::element`] says what one element is worth, as an expression of its number; [`Body::array`] writes all elements down. Element-wise
//! chains fuse, because the element of a sum is the sum of two elements. What is asked for at constant places only (a [`Op::Pack`] whose
//! parts are picked one by one) is never written down at all.

use ir::{Elem, Handle, Literal, Op, Reduce, Table, Type, Value, Window};
use source::bug;

use super::body::{Body, Done, counted};
use super::index::{constant, div, plus, ravel, rem, spread, times, unravel};
use crate::{ArrayRef, Binary, Expr, ExprKind, LocalId, Stmt, Unary};

/// A vector up to this length is written as a list of its elements if it was built from parts.
const LIST: usize = 64;

impl Body<'_> {
    /// The element with a row-major number.
    pub(super) fn element(&mut self, value: Value, number: Expr) -> Expr {
        match self.done.get(&value) {
            Some(Done::Array(array)) => return self.element_of(*array, value, number),
            Some(Done::Scalar { .. }) => return self.scalar(value),
            None => {}
        }
        let ty = self.ty(value).clone();
        let op = self.op(value).clone();
        let at = |kind: ExprKind| Expr { kind, elem: ty.elem };
        match op {
            Op::Param(index) if !ty.is_scalar() => self.element_of(ArrayRef::Input(index), value, number),
            Op::Table(table) => at(ExprKind::TensorElement(self.tables.number[&table], Box::new(number))),
            Op::Unary(op, x) => match Unary::of(op) {
                Some(unary) => at(ExprKind::Unary(unary, Box::new(self.spread(x, &number, &ty.shape)))),
                None => bug!("{} is a call by now", op.name()),
            },
            Op::Binary(op, a, b) => match Binary::of(op) {
                Some(op) => {
                    let (a, b) = (self.spread(a, &number, &ty.shape), self.spread(b, &number, &ty.shape));
                    at(ExprKind::Binary(op, Box::new(a), Box::new(b)))
                }
                None => bug!("{} is a call by now", op.name()),
            },
            Op::Cast { x, .. } => self.spread(x, &number, &ty.shape).cast(ty.elem),
            Op::Select { cond, yes, no } => {
                let [cond, yes, no] = [cond, yes, no].map(|part| self.spread(part, &number, &ty.shape));
                Expr::select(cond, yes, no)
            }
            Op::Reshape { x, .. } => self.part(x, number),
            Op::Transpose { x, order } => {
                let shape = self.ty(x).shape.clone();
                let mut place = vec![constant(0); shape.len()];
                order.iter().zip(unravel(&number, &ty.shape)).for_each(|(axis, at)| place[usize::from(*axis)] = at);
                self.part(x, ravel(&place, &shape))
            }
            Op::Slice { x, axis, start, step, .. } => {
                let shape = self.ty(x).shape.clone();
                let mut place = unravel(&number, &ty.shape);
                let along = &mut place[usize::from(axis)];
                *along = stepped(along.clone(), start, step);
                self.part(x, ravel(&place, &shape))
            }
            Op::Window { x, axis, window } => self.windowed(&ty, x, usize::from(axis), &window, &number),
            Op::Gather { x, at, axis } => self.gathered(value, x, at, axis, &number),
            Op::Pack(parts) => match number.as_const().and_then(Literal::as_i64) {
                Some(known) => self.scalar(parts[known as usize]),
                None => self.written(value, number),
            },
            Op::Concat { parts, axis } => match number.as_const().and_then(Literal::as_i64) {
                Some(known) => self.part_of_concat(value, &parts, usize::from(axis), known as u32),
                None => self.written(value, number),
            },
            Op::Reduce { .. } | Op::Contract { .. } if ty.is_scalar() => {
                self.folded(value);
                self.scalar(value)
            }
            Op::Walk { row, forest } => {
                let row = self.array(row);
                self.tree(forest, row, number, Elem::I32)
            }
            Op::Reduce { .. } | Op::Contract { .. } => self.written(value, number),
            Op::Param(_)
            | Op::Const(_)
            | Op::Text(..)
            | Op::IsNull(_)
            | Op::OrElse { .. }
            | Op::Lookup { .. }
            | Op::Call { .. }
            | Op::Iterate { .. } => self.scalar(value),
        }
    }

    /// An element of an operand that may also be a scalar.
    fn part(&mut self, value: Value, number: Expr) -> Expr {
        if self.ty(value).is_scalar() { self.scalar(value) } else { self.element(value, number) }
    }

    /// The element of an operand that stretches to `shape`.
    fn spread(&mut self, value: Value, number: &Expr, shape: &[u32]) -> Expr {
        let own = self.ty(value).shape.clone();
        self.part(value, spread(number, shape, &own))
    }

    fn element_of(&self, array: ArrayRef, value: Value, number: Expr) -> Expr {
        Expr { kind: ExprKind::Element(array, Box::new(number)), elem: self.ty(value).elem }
    }

    fn written(&mut self, value: Value, number: Expr) -> Expr {
        let array = self.array(value);
        self.element_of(array, value, number)
    }

    fn tree(&mut self, forest: Handle<Table>, row: ArrayRef, tree: Expr, elem: Elem) -> Expr {
        let forest = self.tables.number[&forest];
        Expr { kind: ExprKind::Tree { forest, tree: Box::new(tree), row }, elem }
    }

    fn gathered(&mut self, value: Value, x: Value, at: Value, axis: u8, number: &Expr) -> Expr {
        let elem = self.ty(value).elem;
        if self.tables.fused.contains_key(&(self.handle.index(), value))
            && let Op::Walk { row, forest } = *self.op(at)
        {
            let row = self.array(row);
            return self.tree(forest, row, number.clone(), elem);
        }
        let shape = self.ty(x).shape.clone();
        let axis = usize::from(axis);
        let inner: u32 = shape[axis + 1..].iter().product();
        let positions = self.ty(at).count() as u32;
        let outer = div(number.clone(), positions * inner);
        let asked = self.part(at, rem(div(number.clone(), inner), positions));
        let along = match asked.as_const().and_then(Literal::as_i64) {
            Some(known) => constant(known.clamp(0, i64::from(shape[axis]) - 1) as u32),
            None => Expr { kind: ExprKind::Clamp(Box::new(asked), shape[axis] - 1), elem: Elem::I32 },
        };
        let place = plus(times(plus(times(outer, shape[axis]), along), inner), rem(number.clone(), inner));
        self.part(x, place)
    }

    /// What a place of a sliding window shows.
    fn windowed(&mut self, ty: &Type, x: Value, axis: usize, window: &Window, number: &Expr) -> Expr {
        let shape = self.ty(x).shape.clone();
        let mut place = unravel(number, &ty.shape);
        let along = place.remove(axis + 1);
        let shifted = plus(times(place[axis].clone(), window.stride), times(along, window.dilation));
        let at = match shifted.as_const().and_then(Literal::as_i64) {
            Some(known) => Expr::constant(known as i32 - window.before as i32),
            None if window.before == 0 => shifted,
            None => Expr { kind: ExprKind::Binary(Binary::Sub, Box::new(shifted), Box::new(constant(window.before))), elem: Elem::I32 },
        };
        if window.is_inside(shape[axis]) {
            place[axis] = at;
            return self.part(x, ravel(&place, &shape));
        }
        let compare = |op, than: u32| Expr { kind: ExprKind::Binary(op, Box::new(at.clone()), Box::new(constant(than))), elem: Elem::Bool };
        let inside = compare(Binary::Ge, 0).and(compare(Binary::Lt, shape[axis]));
        place[axis] = match at.as_const().and_then(Literal::as_i64) {
            Some(known) if !(0..i64::from(shape[axis])).contains(&known) => return Expr::constant(window.fill.clone()),
            Some(_) => at,
            None => Expr { kind: ExprKind::Clamp(Box::new(at), shape[axis] - 1), elem: Elem::I32 },
        };
        let shown = self.part(x, ravel(&place, &shape));
        if place[axis].as_const().is_some() { shown } else { Expr::select(inside, shown, Expr::constant(window.fill.clone())) }
    }

    fn part_of_concat(&mut self, value: Value, parts: &[Value], axis: usize, number: u32) -> Expr {
        let shape = self.ty(value).shape.clone();
        let mut place = unravel(&constant(number), &shape);
        let known = |at: &Expr| at.as_const().and_then(Literal::as_i64).unwrap_or(0) as u32;
        let mut along = known(&place[axis]);
        for part in parts {
            let own = self.ty(*part).shape.clone();
            if along < own[axis] {
                place[axis] = constant(along);
                return self.part(*part, ravel(&place, &own));
            }
            along -= own[axis];
        }
        bug!("an element outside its concat")
    }

    /// All elements, written down.
    pub(super) fn array(&mut self, value: Value) -> ArrayRef {
        if let Some(Done::Array(array)) = self.done.get(&value) {
            return *array;
        }
        if let Op::Param(index) = self.op(value) {
            return ArrayRef::Input(*index);
        }
        let array = self.fill(value);
        self.done.insert(value, Done::Array(array));
        array
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "all other tensors are filled element by element")]
    fn fill(&mut self, value: Value) -> ArrayRef {
        let ty = self.ty(value).clone();
        let origin = self.function.nodes[value].origin;
        let op = self.op(value).clone();
        match op {
            Op::Reshape { x, .. } if !self.ty(x).is_scalar() => self.array(x),
            Op::Pack(_) => self.list(value),
            Op::Concat { .. } if ty.count() <= LIST => self.list(value),
            Op::Concat { parts, axis } => self.joined(value, &parts, usize::from(axis)),
            Op::Reduce { .. } | Op::Contract { .. } => self.folded(value),
            _ => {
                let (counter, number) = self.counter("i", ty.count() as u32);
                let element = self.element(value, number.clone());
                self.say(origin);
                let local = self.zeros(value);
                let set = Stmt::SetElement { local, index: number, value: element };
                self.push_loop(counter, ty.count() as u32, vec![set]);
                ArrayRef::Local(local)
            }
        }
    }

    fn zeros(&mut self, value: Value) -> LocalId {
        let ty = self.ty(value).clone();
        let name = self.wish(value);
        let length = ty.count() as u32;
        let local = if length == 0 { self.local(&name, ty.elem, Some(0)) } else { self.mutable(&name, ty.elem, Some(length)) };
        self.stmts.push(Stmt::Zeros { local });
        local
    }

    /// A vector as the list of its elements.
    fn list(&mut self, value: Value) -> ArrayRef {
        let ty = self.ty(value).clone();
        let elements = (0..ty.count() as u32).map(|number| self.element(value, constant(number))).collect();
        self.say(self.function.nodes[value].origin);
        let name = self.wish(value);
        let local = self.local(&name, ty.elem, Some(ty.count() as u32));
        self.stmts.push(Stmt::Array { local, elements });
        ArrayRef::Local(local)
    }

    /// Parts copied one after the other.
    fn joined(&mut self, value: Value, parts: &[Value], axis: usize) -> ArrayRef {
        let shape = self.ty(value).shape.clone();
        let local = self.zeros(value);
        let mut offset = 0;
        for part in parts {
            let own = self.ty(*part).shape.clone();
            let count = own.iter().product();
            let (counter, number) = self.counter("i", count);
            let element = self.element(*part, number.clone());
            let mut place = unravel(&number, &own);
            place[axis] = plus(place[axis].clone(), constant(offset));
            let set = Stmt::SetElement { local, index: ravel(&place, &shape), value: element };
            self.push_loop(counter, count, vec![set]);
            offset += own[axis];
        }
        ArrayRef::Local(local)
    }

    /// A reduction or contraction: one accumulation for each element of the result. A scalar result becomes a local of its own.
    fn folded(&mut self, value: Value) -> ArrayRef {
        let ty = self.ty(value).clone();
        let fold = self.fold(value);
        self.say(self.function.nodes[value].origin);
        if ty.is_scalar() {
            let name = self.wish(value);
            let mut stmts = Vec::new();
            let local = self.accumulate(&fold, &Body::zero(), &name, &mut stmts);
            self.stmts.append(&mut stmts);
            self.done.insert(value, Done::Scalar { value: local, missing: None });
            return ArrayRef::Local(local);
        }
        let local = self.zeros(value);
        let (counter, number) = self.counter("i", ty.count() as u32);
        let mut body = Vec::new();
        let sum = self.accumulate(&fold, &number, "sum", &mut body);
        body.push(Stmt::SetElement { local, index: number, value: self.read(sum) });
        self.push_loop(counter, ty.count() as u32, body);
        ArrayRef::Local(local)
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "only these two fold")]
    fn fold(&mut self, value: Value) -> Fold {
        let out = self.ty(value).shape.clone();
        match self.op(value).clone() {
            Op::Reduce { how, x, axes } => {
                let shape = self.ty(x).shape.clone();
                let folded = |axis: usize| axes.contains(&(axis as u8));
                let inner: Vec<u32> = shape.iter().enumerate().filter(|(axis, _)| folded(*axis)).map(|(_, dim)| *dim).collect();
                let elem = self.ty(x).elem;
                Fold { how, elem, inner, out, terms: Terms::Of { x, shape, axes } }
            }
            Op::Contract { a, b, over } => {
                let (left, right) = (self.ty(a).shape.clone(), self.ty(b).shape.clone());
                let inner = over.iter().map(|(axis, _)| left[usize::from(*axis)]).collect();
                let elem = self.ty(a).elem;
                Fold { how: Reduce::Sum, elem, inner, out, terms: Terms::Products { a, b, left, right, over } }
            }
            _ => bug!("only reductions and contractions fold"),
        }
    }

    /// The statements that fold the terms of one result; gives the local that holds it.
    fn accumulate(&mut self, fold: &Fold, outer: &Expr, name: &str, stmts: &mut Vec<Stmt>) -> LocalId {
        let count = fold.inner.iter().product::<u32>();
        let (counter, number) = self.counter("k", count);
        let term = self.term(fold, outer, &number);
        let zero = Expr::constant(Literal::zero(fold.elem));
        let binary = |op: Binary, a: Expr, b: Expr, elem: Elem| Expr { kind: ExprKind::Binary(op, Box::new(a), Box::new(b)), elem };
        match fold.how {
            Reduce::Sum if count > 1 => {
                let lanes = self.mutable("lanes", fold.elem, Some(8));
                let lane = |at: Expr| Expr { kind: ExprKind::Element(ArrayRef::Local(lanes), Box::new(at)), elem: fold.elem };
                let at = rem(number, 8);
                let added = binary(Binary::Add, lane(at.clone()), term, fold.elem);
                stmts.push(Stmt::Zeros { local: lanes });
                stmts.extend(counted(counter, count, vec![Stmt::SetElement { local: lanes, index: at, value: added }]));
                let add = |a, b| binary(Binary::Add, a, b, fold.elem);
                let pair = |low: u32| add(lane(constant(low)), lane(constant(low + 1)));
                let total = add(add(pair(0), pair(2)), add(pair(4), pair(6)));
                let local = self.local(name, fold.elem, None);
                stmts.push(Stmt::Let { local, value: total });
                local
            }
            Reduce::Sum | Reduce::SumInOrder | Reduce::Prod => {
                let (op, start) = if fold.how == Reduce::Prod { (Binary::Mul, one(fold.elem)) } else { (Binary::Add, zero) };
                let local = self.mutable(name, fold.elem, None);
                let next = binary(op, self.read(local), term, fold.elem);
                stmts.push(Stmt::Let { local, value: start });
                stmts.extend(counted(counter, count, vec![Stmt::Set { local, value: next }]));
                local
            }
            Reduce::Max | Reduce::Min => {
                let op = if fold.how == Reduce::Max { Binary::Gt } else { Binary::Lt };
                let first = self.term(fold, outer, &constant(0));
                let local = self.mutable(name, fold.elem, None);
                let best = self.read(local);
                let candidate = self.local("candidate", fold.elem, None);
                let mut beats = binary(op, self.read(candidate), best.clone(), Elem::Bool);
                if fold.elem.is_float() {
                    // The first NaN wins and stays: nothing is greater than it.
                    let nan = |x: Expr| Expr { kind: ExprKind::Unary(Unary::IsNan, Box::new(x)), elem: Elem::Bool };
                    beats = beats.or(nan(self.read(candidate)).and(nan(best.clone()).negated()));
                }
                stmts.push(Stmt::Let { local, value: first });
                let set = Stmt::Set { local, value: Expr::select(beats, self.read(candidate), best) };
                stmts.extend(counted(counter, count, vec![Stmt::Let { local: candidate, value: term }, set]));
                local
            }
            Reduce::ArgMax => {
                let first = self.term(fold, outer, &constant(0));
                let best = self.mutable("greatest", fold.elem, None);
                let local = self.mutable(name, Elem::I64, None);
                let candidate = self.local("candidate", fold.elem, None);
                let wins = self.local("wins", Elem::Bool, None);
                let beats = binary(Binary::Gt, self.read(candidate), self.read(best), Elem::Bool);
                let here = Expr { kind: ExprKind::Cast(Box::new(number)), elem: Elem::I64 };
                stmts.push(Stmt::Let { local: best, value: first });
                stmts.push(Stmt::Let { local, value: Expr::constant(0_i64) });
                let body = vec![
                    Stmt::Let { local: candidate, value: term },
                    Stmt::Let { local: wins, value: beats },
                    Stmt::Set { local, value: Expr::select(self.read(wins), here, self.read(local)) },
                    Stmt::Set { local: best, value: Expr::select(self.read(wins), self.read(candidate), self.read(best)) },
                ];
                stmts.extend(counted(counter, count, body));
                local
            }
        }
    }

    /// The term number `inner` of the result number `outer`.
    fn term(&mut self, fold: &Fold, outer: &Expr, inner: &Expr) -> Expr {
        let out = unravel(outer, &fold.out);
        let within = unravel(inner, &fold.inner);
        match &fold.terms {
            Terms::Of { x, shape, axes } => {
                let (mut out, mut within) = (out.into_iter(), within.into_iter());
                let place: Vec<Expr> =
                    (0..shape.len()).filter_map(|axis| if axes.contains(&(axis as u8)) { within.next() } else { out.next() }).collect();
                self.part(*x, ravel(&place, shape))
            }
            Terms::Products { a, b, left, right, over } => {
                let mut out = out.into_iter();
                let mut place = |shape: &[u32], pick: &dyn Fn(&(u8, u8)) -> u8| -> Vec<Expr> {
                    let inner = |axis: usize| over.iter().position(|pair| usize::from(pick(pair)) == axis);
                    (0..shape.len())
                        .map(|axis| inner(axis).map(|at| within[at].clone()).or_else(|| out.next()).unwrap_or_else(|| constant(0)))
                        .collect()
                };
                let (p, q) = (place(left, &|pair| pair.0), place(right, &|pair| pair.1));
                let (x, y) = (self.part(*a, ravel(&p, left)), self.part(*b, ravel(&q, right)));
                Expr { kind: ExprKind::Binary(Binary::Mul, Box::new(x), Box::new(y)), elem: fold.elem }
            }
        }
    }
}

/// What is folded: for each element of `out`, the terms over `inner`.
struct Fold {
    how: Reduce,
    elem: Elem,
    inner: Vec<u32>,
    out: Vec<u32>,
    terms: Terms,
}

enum Terms {
    Of { x: Value, shape: Vec<u32>, axes: Vec<u8> },
    Products { a: Value, b: Value, left: Vec<u32>, right: Vec<u32>, over: Vec<(u8, u8)> },
}

fn one(elem: Elem) -> Expr {
    Expr::constant(match elem {
        Elem::I32 => Literal::I32(1),
        Elem::I64 => Literal::I64(1),
        Elem::F32 => Literal::F32(1.0),
        Elem::F64 => Literal::F64(1.0),
        Elem::Bool | Elem::Str | Elem::Date | Elem::DateTime | Elem::Duration => bug!("only numbers are multiplied"),
    })
}

/// `start + step * at`
fn stepped(at: Expr, start: u32, step: i32) -> Expr {
    if step >= 0 {
        return plus(times(at, step as u32), constant(start));
    }
    let back = times(at, step.unsigned_abs());
    match back.as_const().and_then(Literal::as_i64) {
        Some(known) => constant(start - known as u32),
        None => Expr { kind: ExprKind::Binary(Binary::Sub, Box::new(constant(start)), Box::new(back)), elem: Elem::I32 },
    }
}
