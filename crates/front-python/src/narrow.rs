//! What a test of a value's type says of it behind the test: `if isinstance(x, str)`, `if type(x) == float`, `if pd.isna(x)`, `if x is
//! None`. A way that the value can be, for which the test is constant, is not looked at in the other branch.

#![expect(clippy::wildcard_enum_match_arm, reason = "any other test says nothing of a type")]

use crate::ast::{BoolOp, CompareOp, Expr, ExprKind, UnaryOp};
use crate::replay::Replay;
use crate::value::{Alternative, Cell, Value};
use ir::{Literal, Val};

/// Names that were narrowed: what they were, and what they are now.
pub(crate) type Narrowed<'b> = Vec<(String, Value<'b>, Cell<'b>)>;

impl<'b> Replay<'_, 'b> {
    /// Narrows the names of a test that came out so.
    pub(crate) fn narrow(&mut self, test: &Expr, holds: bool) -> Narrowed<'b> {
        let mut out = Vec::new();
        self.narrow_by(test, holds, &mut out);
        out
    }

    /// The names are again what they were, unless they were bound anew.
    pub(crate) fn widen(&mut self, narrowed: Narrowed<'b>) {
        for (name, before, within) in narrowed.into_iter().rev() {
            let names = &mut self.scopes[self.scope.0].names;
            if matches!(names.get(&name), Some(Value::Cell(cell)) if is_same(cell, &within)) {
                names.insert(name, before);
            }
        }
    }

    fn narrow_by(&mut self, test: &Expr, holds: bool, out: &mut Narrowed<'b>) {
        match &test.kind {
            ExprKind::Unary { op: UnaryOp::Not, operand } => self.narrow_by(operand, !holds, out),
            // Of a conjunction that holds every part does, of a disjunction that does not none.
            ExprKind::Bool { op, operands } if (*op == BoolOp::And) == holds => {
                operands.iter().for_each(|operand| self.narrow_by(operand, holds, out));
            }
            _ => {
                let Some(name) = tested(test) else { return };
                let Some(Value::Cell(cell)) = self.scopes[self.scope.0].names.get(name).cloned() else { return };
                if let Some(within) = self.ways_with(test, name, &cell, holds) {
                    self.scopes[self.scope.0].names.insert(name.to_owned(), Value::Cell(within.clone()));
                    out.push((name.to_owned(), Value::Cell(cell), within));
                }
            }
        }
    }

    /// The cell without the ways for which the test says otherwise. None if there are none such.
    fn ways_with(&mut self, test: &Expr, name: &str, cell: &Cell<'b>, holds: bool) -> Option<Cell<'b>> {
        if cell.alternatives.len() < 2 {
            return None;
        }
        let (guards, blockers) = (self.cells.last()?.guards.clone(), self.blockers.len());
        let mut kept: Vec<Alternative<'b>> = Vec::new();
        for one in &cell.alternatives {
            let alone = Cell { alternatives: vec![Alternative { when: None, ..one.clone() }], guards: cell.guards.clone() };
            self.scopes[self.scope.0].names.insert(name.to_owned(), Value::Cell(alone));
            let truth = match self.eval(test) {
                Ok(value) => self
                    .row_condition(&value)
                    .and_then(Val::literal)
                    .or_else(|| self.concrete(&value).and_then(|value| value.truth()).map(Literal::Bool)),
                Err(_) => None,
            };
            if truth != Some(Literal::Bool(!holds)) {
                kept.push(one.clone());
            }
        }
        self.scopes[self.scope.0].names.insert(name.to_owned(), Value::Cell(cell.clone()));
        if let Some(frame) = self.cells.last_mut() {
            frame.guards = guards;
        }
        self.blockers.truncate(blockers);
        if kept.is_empty() || kept.len() == cell.alternatives.len() {
            return None;
        }
        if let Some(last) = kept.last_mut() {
            last.when = None;
        }
        Some(Cell { alternatives: kept, guards: cell.guards.clone() })
    }
}

fn is_same(a: &Cell<'_>, b: &Cell<'_>) -> bool {
    a.alternatives.len() == b.alternatives.len()
        && a.alternatives.iter().zip(&b.alternatives).all(|(a, b)| a.kind == b.kind && a.val.value() == b.val.value())
}

/// The name whose type or absence a test asks for; such a test never raises.
fn tested(test: &Expr) -> Option<&str> {
    match &test.kind {
        ExprKind::Call { callee, args, keywords } if keywords.is_empty() => {
            let function = match &callee.kind {
                ExprKind::Name(name) => name.as_str(),
                ExprKind::Attribute { name, .. } => name.as_str(),
                _ => return None,
            };
            match (function, args.as_slice()) {
                ("isinstance", [value, _]) | ("isna" | "isnull" | "notna" | "notnull", [value]) => value.as_name(),
                _ => None,
            }
        }
        ExprKind::Compare { left, rest } => match (&left.kind, rest.as_slice()) {
            (ExprKind::Name(name), [(CompareOp::Is | CompareOp::IsNot, _)]) => Some(name),
            (ExprKind::Name(name), [(CompareOp::Eq | CompareOp::NotEq, right)]) if right.as_name() == Some(name) => Some(name),
            (ExprKind::Call { callee, args, .. }, [(CompareOp::Eq | CompareOp::NotEq | CompareOp::Is | CompareOp::IsNot, _)]) => {
                match args.as_slice() {
                    [only] if callee.as_name() == Some("type") => only.as_name(),
                    _ => None,
                }
            }
            _ => None,
        },
        _ => None,
    }
}
