//! What a scalar node is worth, and when it is missing.

use ir::{Elem, Function, Handle, Literal, MOST_TURNS, Op, Value};
use source::bug;

use super::body::{Body, Done};
use super::index::Place;
use crate::{Binary, Expr, ExprKind, Stmt, Unary};

impl Body<'_> {
    /// The node's value; of no meaning where [`Body::missing`] holds.
    pub(super) fn scalar(&mut self, value: Value) -> Expr {
        if let Some(Done::Scalar { value: id, .. }) = self.done.get(&value) {
            return self.read(*id);
        }
        let elem = self.ty(value).elem;
        let op = self.op(value).clone();
        let kind = match op {
            Op::Param(index) if self.is_entry() => ExprKind::Input(index),
            Op::Param(index) => ExprKind::Local(crate::LocalId(index)),
            Op::Const(Literal::Null(elem)) => ExprKind::Const(Literal::zero(elem)),
            Op::Const(literal) => ExprKind::Const(literal),
            Op::Unary(ir::Unary::Not, x) => return self.scalar(x).negated(),
            Op::Unary(unary, x) => match Unary::of(unary) {
                Some(unary) => ExprKind::Unary(unary, Box::new(self.scalar(x))),
                None => bug!("{} is a call by now", unary.name()),
            },
            Op::Binary(binary, a, b) => return self.binary(binary, a, b, elem),
            Op::Cast { x, .. } => return self.scalar(x).cast(elem),
            Op::Text(text, args) => ExprKind::Text(text, args.iter().map(|arg| self.scalar(*arg)).collect()),
            Op::Select { cond, yes, no } => return Expr::select(self.scalar(cond), self.scalar(yes), self.scalar(no)),
            Op::IsNull(x) => return self.missing(x).unwrap_or(Expr::constant(false)),
            Op::OrElse { x, default } => return self.or_else(x, default),
            Op::Lookup { keys, map } => ExprKind::MapGet {
                map: self.tables.number[&map],
                keys: keys.iter().map(|key| self.scalar(*key)).collect(),
                otherwise: Box::new(Expr::constant(Literal::zero(elem))),
            },
            Op::Call { function, args, result } => ExprKind::Call {
                // The entry is last and never called, so routines are numbered as functions.
                routine: function.index(),
                args: args.iter().map(|arg| self.scalar(*arg)).collect(),
                result,
            },
            Op::Iterate { function, args, times } => return self.iterated(value, function, &args, times),
            // Tensors of no axis.
            Op::Table(_)
            | Op::Reshape { .. }
            | Op::Transpose { .. }
            | Op::Slice { .. }
            | Op::Concat { .. }
            | Op::Window { .. }
            | Op::Gather { .. }
            | Op::Reduce { .. }
            | Op::Contract { .. } => return self.element(value, &Place::origin()),
            Op::Walk { .. } | Op::Pack(_) => bug!("a vector is no scalar"),
        };
        Expr { kind, elem }
    }

    /// A loop that writes the node's local, and the local.
    fn iterated(&mut self, value: Value, function: Handle<Function>, args: &[Value], times: Value) -> Expr {
        let elem = self.ty(value).elem;
        let args: Vec<Expr> = args.iter().map(|arg| self.scalar(*arg)).collect();
        let times = self.scalar(times);
        self.say(self.function.nodes[value].origin);
        let (asked, most) = (self.named("asked", times), Expr::constant(MOST_TURNS));
        let over = Expr { kind: ExprKind::Binary(Binary::Gt, Box::new(asked.clone()), Box::new(most.clone())), elem: Elem::Bool };
        let times = self.named("turns", Expr::select(over, most, asked));
        let name = self.wish(value);
        let (state, turn) = (self.mutable(&name, elem, None), self.local("turn", Elem::I64, None));
        let now = [self.read(state)].into_iter().chain(args[1..].iter().cloned()).chain([self.read(turn)]).collect();
        let next = Expr { kind: ExprKind::Call { routine: function.index(), args: now, result: 0 }, elem };
        self.stmts.push(Stmt::Let { local: state, value: args[0].clone() });
        self.stmts.push(Stmt::Turns { index: turn, times, body: vec![Stmt::Set { local: state, value: next }] });
        let missing = self.missing(value);
        self.done.insert(value, Done::Scalar { value: state, missing });
        self.read(state)
    }

    /// A local for a value.
    fn named(&mut self, name: &str, value: Expr) -> Expr {
        let local = self.local(name, value.elem, None);
        self.stmts.push(Stmt::Let { local, value });
        self.read(local)
    }

    /// Where the node is null; nothing if it never is.
    #[expect(clippy::wildcard_enum_match_arm, reason = "all operations but these are null where an operand is")]
    pub(super) fn missing(&mut self, value: Value) -> Option<Expr> {
        if !self.ty(value).nullable {
            return None;
        }
        if let Some(Done::Scalar { missing, .. }) = self.done.get(&value) {
            return missing.clone();
        }
        match self.op(value).clone() {
            Op::Param(index) => Some(Expr { kind: ExprKind::InputIsNull(index), elem: Elem::Bool }),
            Op::Const(_) => Some(Expr::constant(true)),
            Op::Binary(op @ (ir::Binary::And | ir::Binary::Or), a, b) => {
                // Null, unless the one that is there decides.
                let either = self.any_missing(&[a, b])?;
                let decided = self.binary(op, a, b, Elem::Bool);
                Some(either.and(if op == ir::Binary::And { decided } else { decided.negated() }))
            }
            Op::Select { cond, yes, no } => {
                let unknown = self.missing(cond).unwrap_or(Expr::constant(false));
                let arms = [yes, no].map(|arm| self.missing(arm).unwrap_or(Expr::constant(false)));
                let [yes, no] = arms;
                let taken = if yes == no { yes } else { Expr::select(self.scalar(cond), yes, no) };
                Some(unknown.or(taken))
            }
            Op::OrElse { x, default } => {
                let (x, default) = (self.missing(x)?, self.missing(default)?);
                Some(x.and(default))
            }
            Op::Lookup { keys, map } => {
                let unknown = self.any_missing(&keys).unwrap_or(Expr::constant(false));
                let keys = keys.iter().map(|key| self.scalar(*key)).collect();
                let has = Expr { kind: ExprKind::MapHas { map: self.tables.number[&map], keys }, elem: Elem::Bool };
                Some(unknown.or(has.negated()))
            }
            op => self.any_missing(&op.operands()),
        }
    }

    fn any_missing(&mut self, values: &[Value]) -> Option<Expr> {
        values.iter().filter_map(|value| self.missing(*value)).reduce(Expr::or)
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "all operations but these are strict")]
    fn binary(&mut self, op: ir::Binary, a: Value, b: Value, elem: Elem) -> Expr {
        let (x, y) = (self.scalar(a), self.scalar(b));
        match op {
            // Three-valued: a null counts as the neutral value here, and `missing` says when that matters.
            ir::Binary::And => {
                let neutral = |value: Expr, missing: Option<Expr>| missing.map_or(value.clone(), |missing| missing.or(value));
                let (p, q) = (self.missing(a), self.missing(b));
                neutral(x, p).and(neutral(y, q))
            }
            ir::Binary::Or => {
                let neutral = |value: Expr, missing: Option<Expr>| missing.map_or(value.clone(), |missing| missing.negated().and(value));
                let (p, q) = (self.missing(a), self.missing(b));
                neutral(x, p).or(neutral(y, q))
            }
            _ => match Binary::of(op) {
                Some(op) => Expr { kind: ExprKind::Binary(op, Box::new(x), Box::new(y)), elem },
                None => bug!("{} is a call by now", op.name()),
            },
        }
    }

    fn or_else(&mut self, x: Value, default: Value) -> Expr {
        let Some(missing) = self.missing(x) else { return self.scalar(x) };
        let default = self.scalar(default);
        if !self.done.contains_key(&x) {
            let op = self.op(x).clone();
            let elem = default.elem;
            if let Op::Param(index) = op
                && self.is_entry()
            {
                return Expr { kind: ExprKind::InputOr(index, Box::new(default)), elem };
            }
            if let Op::Lookup { keys, map } = op
                && keys.iter().all(|key| !self.ty(*key).nullable)
            {
                let keys = keys.iter().map(|key| self.scalar(*key)).collect();
                return Expr { kind: ExprKind::MapGet { map: self.tables.number[&map], keys, otherwise: Box::new(default) }, elem };
            }
        }
        Expr::select(missing, default, self.scalar(x))
    }
}
