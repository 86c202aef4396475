//! Tensors as loops over row-major arrays.
//!
//! [`Body::element`] says what one element is worth, as an expression of its place; [`Body::array`] writes all elements down. Element-wise
//! chains fuse, because the element of a sum is the sum of two elements. What is asked for at constant places only (a [`Op::Pack`] whose
//! parts are picked one by one) is never written down at all.

use ir::{Elem, Handle, Literal, Op, Reduce, Table, Type, Value, Window};
use source::bug;

use super::body::{Body, Done, counted};
use super::index::{Place, constant, plus, ravel, rem, times};
use crate::{ArrayRef, Binary, Expr, ExprKind, LocalId, Stmt, Unary};

/// A vector up to this length is written as a list of its elements if it was built from parts.
const LIST: usize = 64;

impl Body<'_> {
    /// The element at a place.
    pub(super) fn element(&mut self, value: Value, place: &Place) -> Expr {
        match self.done.get(&value) {
            Some(Done::Array(array)) => return self.element_of(*array, value, place),
            Some(Done::Scalar { .. }) => return self.scalar(value),
            None => {}
        }
        let ty = self.ty(value).clone();
        let op = self.op(value).clone();
        let at = |kind: ExprKind| Expr { kind, elem: ty.elem };
        match op {
            Op::Param(index) if !ty.is_scalar() => self.element_of(ArrayRef::Input(index), value, place),
            Op::Table(table) => at(ExprKind::TensorElement(self.tables.number[&table], Box::new(place.number()))),
            Op::Unary(op, x) => match Unary::of(op) {
                Some(unary) => at(ExprKind::Unary(unary, Box::new(self.spread(x, place, &ty.shape)))),
                None => bug!("{} is a call by now", op.name()),
            },
            Op::Binary(op, a, b) => match Binary::of(op) {
                Some(op) => {
                    let (a, b) = (self.spread(a, place, &ty.shape), self.spread(b, place, &ty.shape));
                    at(ExprKind::Binary(op, Box::new(a), Box::new(b)))
                }
                None => bug!("{} is a call by now", op.name()),
            },
            Op::Cast { x, .. } => self.spread(x, place, &ty.shape).cast(ty.elem),
            Op::Select { cond, yes, no } => {
                let [cond, yes, no] = [cond, yes, no].map(|part| self.spread(part, place, &ty.shape));
                Expr::select(cond, yes, no)
            }
            Op::Reshape { x, .. } => self.part(x, place),
            Op::Transpose { x, order } => {
                let mut axes = vec![Place::origin(); order.len()];
                order.iter().zip(place.axes(&ty.shape)).for_each(|(axis, at)| axes[usize::from(*axis)] = at);
                self.part(x, &Place::join(axes))
            }
            Op::Slice { x, axis, start, step, .. } => {
                let (axis, mut axes) = (usize::from(axis), place.axes(&ty.shape));
                let length = self.ty(x).shape[axis];
                if (start, step) != (0, 1) || length != ty.shape[axis] {
                    axes[axis] = Place::digit(stepped(axes[axis].number(), start, step), length);
                }
                self.part(x, &Place::join(axes))
            }
            Op::Window { x, axis, window } => self.windowed(&ty, x, usize::from(axis), &window, place),
            Op::Gather { x, at, axis } => self.gathered(value, x, at, axis, place),
            Op::Pack(parts) => match place.as_const() {
                Some(known) => self.scalar(parts[known as usize]),
                None => self.written(value, place),
            },
            Op::Concat { parts, axis } => match place.as_const() {
                Some(known) => self.part_of_concat(value, &parts, usize::from(axis), known),
                None => self.written(value, place),
            },
            Op::Reduce { .. } | Op::Contract { .. } if ty.is_scalar() => {
                self.folded(value);
                self.scalar(value)
            }
            Op::Walk { row, forest } => {
                let row = self.array(row);
                self.tree(forest, row, place.number(), Elem::I32)
            }
            Op::Reduce { .. } | Op::Contract { .. } => self.written(value, place),
            Op::Call { function, args, result } if !ty.is_scalar() => {
                let args = args.iter().map(|arg| self.spread(*arg, place, &ty.shape)).collect();
                at(ExprKind::Call { routine: function.index(), args, result })
            }
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
    fn part(&mut self, value: Value, place: &Place) -> Expr {
        if self.ty(value).is_scalar() { self.scalar(value) } else { self.element(value, place) }
    }

    /// The element of an operand that stretches to `shape`.
    fn spread(&mut self, value: Value, place: &Place, shape: &[u32]) -> Expr {
        let own = self.ty(value).shape.clone();
        self.part(value, &place.spread(shape, &own))
    }

    fn element_of(&self, array: ArrayRef, value: Value, place: &Place) -> Expr {
        Expr { kind: ExprKind::Element(array, Box::new(place.number())), elem: self.ty(value).elem }
    }

    fn written(&mut self, value: Value, place: &Place) -> Expr {
        let array = self.array(value);
        self.element_of(array, value, place)
    }

    /// Whether the elements are made each from those with the same number, so that one loop runs over all of them.
    fn is_flat(&self, value: Value) -> bool {
        let ty = self.ty(value);
        if self.done.contains_key(&value) || ty.count() <= 1 {
            return true;
        }
        let alike = |x: Value| self.ty(x).count() <= 1 || self.ty(x).count() == ty.count() && self.is_flat(x);
        let is_vector = |x: Value| self.ty(x).shape.len() <= 1;
        match self.op(value) {
            Op::Unary(_, x) | Op::Cast { x, .. } | Op::Reshape { x, .. } => alike(*x),
            Op::Binary(_, a, b) => alike(*a) && alike(*b),
            Op::Select { cond, yes, no } => alike(*cond) && alike(*yes) && alike(*no),
            Op::Call { args, .. } => args.iter().all(|arg| alike(*arg)),
            Op::Slice { x, .. } => is_vector(*x) && self.is_flat(*x),
            Op::Gather { x, at, .. } => is_vector(*x) && alike(*at),
            Op::Transpose { .. } | Op::Window { .. } => false,
            Op::Param(_)
            | Op::Const(_)
            | Op::Table(_)
            | Op::Text(..)
            | Op::IsNull(_)
            | Op::OrElse { .. }
            | Op::Lookup { .. }
            | Op::Walk { .. }
            | Op::Pack(_)
            | Op::Concat { .. }
            | Op::Reduce { .. }
            | Op::Contract { .. }
            | Op::Iterate { .. } => true,
        }
    }

    fn tree(&mut self, forest: Handle<Table>, row: ArrayRef, tree: Expr, elem: Elem) -> Expr {
        let forest = self.tables.number[&forest];
        Expr { kind: ExprKind::Tree { forest, tree: Box::new(tree), row }, elem }
    }

    fn gathered(&mut self, value: Value, x: Value, at: Value, axis: u8, place: &Place) -> Expr {
        let elem = self.ty(value).elem;
        if self.tables.fused.contains_key(&(self.handle.index(), value))
            && let Op::Walk { row, forest } = *self.op(at)
        {
            let row = self.array(row);
            return self.tree(forest, row, place.number(), elem);
        }
        let (axis, length) = (usize::from(axis), self.ty(x).shape[usize::from(axis)]);
        let mut axes = place.axes(&self.ty(value).shape.clone());
        let asked: Vec<Place> = axes.splice(axis..axis + self.ty(at).shape.len(), [Place::origin()]).collect();
        let asked = self.part(at, &Place::join(asked));
        let along = match asked.as_const().and_then(Literal::as_i64) {
            Some(known) => constant(known.clamp(0, i64::from(length) - 1) as u32),
            None => Expr { kind: ExprKind::Clamp(Box::new(asked), length - 1), elem: Elem::I32 },
        };
        axes[axis] = Place::digit(along, length);
        self.part(x, &Place::join(axes))
    }

    /// What a place of a sliding window shows.
    fn windowed(&mut self, ty: &Type, x: Value, axis: usize, window: &Window, place: &Place) -> Expr {
        let length = self.ty(x).shape[axis];
        let mut axes = place.axes(&ty.shape);
        let along = axes.remove(axis + 1).number();
        let shifted = plus(times(axes[axis].number(), window.stride), times(along, window.dilation));
        let at = match shifted.as_const().and_then(Literal::as_i64) {
            Some(known) => Expr::constant(known as i32 - window.before as i32),
            None if window.before == 0 => shifted,
            None => Expr { kind: ExprKind::Binary(Binary::Sub, Box::new(shifted), Box::new(constant(window.before))), elem: Elem::I32 },
        };
        if window.is_inside(length) {
            axes[axis] = Place::digit(at, length);
            return self.part(x, &Place::join(axes));
        }
        let compare = |op, than: u32| Expr { kind: ExprKind::Binary(op, Box::new(at.clone()), Box::new(constant(than))), elem: Elem::Bool };
        let below = compare(Binary::Lt, length);
        let inside = if window.before == 0 { below } else { compare(Binary::Ge, 0).and(below) };
        let is_known = at.as_const().is_some();
        let at = match at.as_const().and_then(Literal::as_i64) {
            Some(known) if !(0..i64::from(length)).contains(&known) => return Expr::constant(window.fill.clone()),
            Some(_) => at,
            None => Expr { kind: ExprKind::Clamp(Box::new(at), length - 1), elem: Elem::I32 },
        };
        axes[axis] = Place::digit(at, length);
        let shown = self.part(x, &Place::join(axes));
        if is_known { shown } else { Expr::select(inside, shown, Expr::constant(window.fill.clone())) }
    }

    fn part_of_concat(&mut self, value: Value, parts: &[Value], axis: usize, number: u32) -> Expr {
        let shape = self.ty(value).shape.clone();
        let mut axes = Place::digit(constant(number), shape.iter().product()).axes(&shape);
        let mut along = axes[axis].as_const().unwrap_or(0);
        for part in parts {
            let length = self.ty(*part).shape[axis];
            if along < length {
                axes[axis] = Place::digit(constant(along), length);
                return self.part(*part, &Place::join(axes));
            }
            along -= length;
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
            // Nothing may be asked of what is not there.
            _ if ty.count() == 0 => ArrayRef::Local(self.zeros(value)),
            Op::Reshape { x, .. } if !self.ty(x).is_scalar() => self.array(x),
            Op::Pack(_) => self.list(value),
            Op::Concat { .. } if ty.count() <= LIST => self.list(value),
            Op::Concat { parts, axis } => self.joined(value, &parts, usize::from(axis)),
            Op::Reduce { .. } | Op::Contract { .. } => self.folded(value),
            _ => {
                let (loops, place) = self.over("i", value);
                let element = self.element(value, &place);
                self.say(origin);
                let local = self.zeros(value);
                let set = Stmt::SetElement { local, index: place.number(), value: element };
                self.stmts.extend(counted(&loops, vec![set]));
                ArrayRef::Local(local)
            }
        }
    }

    /// Loops over the elements of a tensor: one, or one an axis where the elements ask for their axes.
    fn over(&mut self, name: &str, value: Value) -> (Vec<(LocalId, u32)>, Place) {
        let ty = self.ty(value);
        let counts = if self.is_flat(value) { vec![ty.count() as u32] } else { ty.shape.clone() };
        let (loops, at) = self.counters(name, &counts);
        (loops, Place::join(std::iter::zip(at, counts).map(|(at, count)| Place::digit(at, count))))
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
        let elements =
            (0..ty.count() as u32).map(|number| self.element(value, &Place::digit(constant(number), ty.count() as u32))).collect();
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
            if own.contains(&0) {
                continue;
            }
            let (loops, place) = self.over("i", *part);
            let element = self.part(*part, &place);
            let mut at: Vec<Expr> = place.axes(&own).iter().map(Place::number).collect();
            at[axis] = plus(at[axis].clone(), constant(offset));
            let set = Stmt::SetElement { local, index: ravel(&at, &shape), value: element };
            self.stmts.extend(counted(&loops, vec![set]));
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
            let local = self.accumulate(&fold, &[], &name, &mut stmts);
            self.stmts.append(&mut stmts);
            self.done.insert(value, Done::Scalar { value: local, missing: None });
            return ArrayRef::Local(local);
        }
        let local = self.zeros(value);
        let (loops, at) = self.counters("i", &fold.outer);
        let mut body = Vec::new();
        let sum = self.accumulate(&fold, &at, "sum", &mut body);
        body.push(Stmt::SetElement { local, index: ravel(&at, &fold.outer), value: self.read(sum) });
        self.stmts.extend(counted(&loops, body));
        ArrayRef::Local(local)
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "only these two fold")]
    fn fold(&mut self, value: Value) -> Fold {
        match self.op(value).clone() {
            Op::Reduce { how, x, axes } => {
                let shape = self.ty(x).shape.clone();
                let is_folded = |axis: usize| axes.contains(&(axis as u8));
                let (mut outer, mut inner, mut digits): (Vec<u32>, Vec<u32>, Vec<Digit>) = (vec![], vec![], vec![]);
                let is_flat = self.is_flat(x);
                for (axis, length) in shape.iter().enumerate() {
                    let counts = if is_folded(axis) { &mut inner } else { &mut outer };
                    // Neighbours are one, where nobody asks for them one by one.
                    match counts.last_mut() {
                        Some(last) if is_flat && is_folded(axis) == is_folded(axis - 1) => *last *= length,
                        _ => {
                            counts.push(*length);
                            digits.push(if is_folded(axis) { Digit::Inner(inner.len() - 1) } else { Digit::Outer(outer.len() - 1) });
                        }
                    }
                }
                let elem = self.ty(x).elem;
                Fold { how, elem, outer, inner, terms: Terms::Of { x, digits } }
            }
            Op::Contract { a, b, over } => {
                let inner = over.iter().map(|(axis, _)| self.ty(a).shape[usize::from(*axis)]).collect();
                let mut outer = Vec::new();
                let mut digits = |shape: &[u32], pick: fn(&(u8, u8)) -> u8| -> Vec<Digit> {
                    let own = |(axis, length): (usize, &u32)| match over.iter().position(|pair| usize::from(pick(pair)) == axis) {
                        Some(pair) => Digit::Inner(pair),
                        None => {
                            outer.push(*length);
                            Digit::Outer(outer.len() - 1)
                        }
                    };
                    shape.iter().enumerate().map(own).collect()
                };
                let (left, right) = (digits(&self.ty(a).shape, |pair| pair.0), digits(&self.ty(b).shape, |pair| pair.1));
                let elem = self.ty(a).elem;
                Fold { how: Reduce::Sum, elem, outer, inner, terms: Terms::Products { a, b, left, right } }
            }
            _ => bug!("only reductions and contractions fold"),
        }
    }

    /// The statements that fold the terms of one result; gives the local that holds it.
    fn accumulate(&mut self, fold: &Fold, outer: &[Expr], name: &str, stmts: &mut Vec<Stmt>) -> LocalId {
        let count = fold.inner.iter().product::<u32>();
        let (loops, at) = self.counters("k", &fold.inner);
        let number = ravel(&at, &fold.inner);
        let zero = Expr::constant(Literal::zero(fold.elem));
        let term = if count == 0 { zero.clone() } else { self.term(fold, outer, &at) };
        let first = vec![constant(0); at.len()];
        let binary = |op: Binary, a: Expr, b: Expr, elem: Elem| Expr { kind: ExprKind::Binary(op, Box::new(a), Box::new(b)), elem };
        match fold.how {
            Reduce::Sum if count > 1 => {
                let lanes = self.mutable("lanes", fold.elem, Some(8));
                let lane = |at: Expr| Expr { kind: ExprKind::Element(ArrayRef::Local(lanes), Box::new(at)), elem: fold.elem };
                let at = rem(number, 8);
                let added = binary(Binary::Add, lane(at.clone()), term, fold.elem);
                stmts.push(Stmt::Zeros { local: lanes });
                stmts.extend(counted(&loops, vec![Stmt::SetElement { local: lanes, index: at, value: added }]));
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
                stmts.extend(counted(&loops, vec![Stmt::Set { local, value: next }]));
                local
            }
            Reduce::Max | Reduce::Min => {
                let op = if fold.how == Reduce::Max { Binary::Gt } else { Binary::Lt };
                let first = self.term(fold, outer, &first);
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
                stmts.extend(counted(&loops, vec![Stmt::Let { local: candidate, value: term }, set]));
                local
            }
            Reduce::ArgMax => {
                let first = self.term(fold, outer, &first);
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
                stmts.extend(counted(&loops, body));
                local
            }
        }
    }

    /// The term at a place among those of the result at a place.
    fn term(&mut self, fold: &Fold, outer: &[Expr], inner: &[Expr]) -> Expr {
        let digit = |digit: &Digit| match digit {
            Digit::Outer(at) => Place::digit(outer[*at].clone(), fold.outer[*at]),
            Digit::Inner(at) => Place::digit(inner[*at].clone(), fold.inner[*at]),
        };
        let place = |digits: &[Digit]| Place::join(digits.iter().map(digit));
        match &fold.terms {
            Terms::Of { x, digits } => self.part(*x, &place(digits)),
            Terms::Products { a, b, left, right } => {
                let (x, y) = (self.part(*a, &place(left)), self.part(*b, &place(right)));
                Expr { kind: ExprKind::Binary(Binary::Mul, Box::new(x), Box::new(y)), elem: fold.elem }
            }
        }
    }
}

/// What is folded: for each element of the result the terms of it. Both are counted by digits.
struct Fold {
    how: Reduce,
    elem: Elem,
    /// How many there are of each digit of a result's number.
    outer: Vec<u32>,
    /// The same of a term's.
    inner: Vec<u32>,
    terms: Terms,
}

/// The digits of an operand's number, in its own order.
enum Terms {
    Of { x: Value, digits: Vec<Digit> },
    Products { a: Value, b: Value, left: Vec<Digit>, right: Vec<Digit> },
}

/// A digit of the place of a result, or of that of a term.
enum Digit {
    Outer(usize),
    Inner(usize),
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
