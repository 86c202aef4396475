//! `assert` at the script's own level: what it says of each row becomes a status, what it says of several rows together is left out.

#![expect(clippy::wildcard_enum_match_arm, reason = "an assertion of any other form is not of single rows")]

use super::Replay;
use crate::ast::{BoolOp, CompareOp, Expr, ExprKind, Literal, UnaryOp};
use crate::value::{Column, Kind, Value};
use ir::Reason;
use source::Span;

/// What an assertion says of a mask.
#[derive(Clone, Copy, PartialEq)]
enum Says {
    HoldsEverywhere,
    HoldsNowhere,
}

impl<'b> Replay<'_, 'b> {
    /// `assert (df["x"] > 0).all()`, `assert not df.isna().any().any()`, `assert df["x"].isna().sum() == 0`: a row that breaks it has no score.
    pub(super) fn assert_rows(&mut self, test: &Expr, at: Span) {
        if let ExprKind::Bool { op: BoolOp::And, operands } = &test.kind {
            operands.iter().for_each(|operand| self.assert_rows(operand, at));
            return;
        }
        let Some((mask, says)) = mask_of(test) else { return self.note_assertion(test, at) };
        let columns: Vec<Column<'b>> = match self.value(mask) {
            Value::Column(column) => vec![column],
            Value::Frame(id) => crate::pandas::matrix(self, &Value::Frame(id), at).unwrap_or_default(),
            _ => Vec::new(),
        };
        for column in &columns {
            let Some((Kind::Bool, holds)) = column.cell.single() else { return self.note_assertion(test, at) };
            let broken = if says == Says::HoldsEverywhere { !holds } else { holds };
            let guard = self.guard(broken, Reason::Invalid(format!("AssertionError at {}", self.place_name(at))), at);
            self.asserted.push((column.space, guard));
            self.asserted.extend(column.cell.guards.iter().map(|guard| (column.space, *guard)));
        }
    }

    /// Says that an assertion is not made, unless it asks for names of columns, which are the same for all rows.
    fn note_assertion(&mut self, test: &Expr, at: Span) {
        if crate::names::uses(self.code(test.span), "columns") {
            return;
        }
        let mut names = std::collections::BTreeSet::new();
        crate::names::of_expr(test, &mut names);
        if names.iter().any(|name| self.find_name(name, Some(self.scope)).is_some_and(|value| self.touches_rows(value))) {
            self.note(
                "python-assertion",
                at,
                "this assertion is about the rows together; the scorer, which sees one at a time, does not make it",
                "what is asserted of each row becomes a status: assert (df[\"c\"] > 0).all()",
            );
        }
    }
}

/// The mask that an assertion is about.
fn mask_of(test: &Expr) -> Option<(&Expr, Says)> {
    match &test.kind {
        ExprKind::Unary { op: UnaryOp::Not, operand } => {
            let (mask, name) = reduced(operand)?;
            (name == "any").then_some((mask, Says::HoldsNowhere))
        }
        ExprKind::Compare { left, rest } => {
            let [(CompareOp::Eq, right)] = rest.as_slice() else { return None };
            let (mask, name) = reduced(left)?;
            (name == "sum" && matches!(right.kind, ExprKind::Literal(Literal::Int(0)))).then_some((mask, Says::HoldsNowhere))
        }
        _ => {
            let (mask, name) = reduced(test)?;
            (name == "all").then_some((mask, Says::HoldsEverywhere))
        }
    }
}

/// What `mask.all()`, or `mask.all().all()` of a frame, reduces, and how.
fn reduced(expr: &Expr) -> Option<(&Expr, &str)> {
    let ExprKind::Call { callee, args, keywords } = &expr.kind else { return None };
    let ExprKind::Attribute { value, name } = &callee.kind else { return None };
    if !args.is_empty() || !keywords.is_empty() || !matches!(name.as_str(), "all" | "any" | "sum") {
        return None;
    }
    match reduced(value) {
        Some((mask, inner)) if inner == name => Some((mask, name)),
        Some(_) => None,
        None => Some((value, name)),
    }
}
