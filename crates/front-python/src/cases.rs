//! `match` as the `if` statements that it means: of values, constants, tuples that are written out, alternatives, names and plain classes.
//!
//! Knows only the two syntax trees. The subject is written again in each test, for it has no effect here.

#![expect(clippy::wildcard_enum_match_arm, reason = "any other pattern is none of these")]

use crate::ast::{BoolOp, CompareOp, Expr, ExprKind, Literal, Stmt, StmtKind};
use crate::parse::Adapter;
use ruff_python_ast as ruff;
use ruff_text_size::Ranged;
use source::Span;

/// What a pattern asks of a subject: all of the tests, and the names that it binds.
#[derive(Default)]
struct Asked {
    tests: Vec<Expr>,
    names: Vec<(Expr, Expr)>,
}

/// Classes whose pattern without arguments is `isinstance`.
const PLAIN_CLASSES: &[&str] = &["bool", "dict", "float", "int", "list", "str", "tuple"];

impl Adapter<'_> {
    /// The statements of a `match`. None for a pattern that is not one of these.
    pub(crate) fn cases(&self, one: &ruff::StmtMatch) -> Option<Vec<Stmt>> {
        let subject = self.expr(&one.subject);
        let mut behind: Vec<Stmt> = Vec::new();
        for case in one.cases.iter().rev() {
            let at = self.span(case.range);
            let asked = self.asked(&subject, &case.pattern)?;
            let statement = |kind: StmtKind| Stmt { span: at, kind };
            let binds = asked.names.into_iter().map(|(name, value)| statement(StmtKind::Assign { targets: vec![name], value }));
            let guard = case.guard.as_deref().map(|guard| self.expr(guard));
            let tests: Vec<Expr> = asked.tests.into_iter().chain(guard).collect();
            let mut here: Vec<Stmt> = binds.collect();
            match all_of(tests, at) {
                Some(test) => here.push(statement(StmtKind::If { test, body: self.block(&case.body), otherwise: behind })),
                None => here.extend(self.block(&case.body)),
            }
            behind = here;
        }
        Some(behind)
    }

    fn asked(&self, subject: &Expr, pattern: &ruff::Pattern) -> Option<Asked> {
        let at = self.span(pattern.range());
        let expr = |kind: ExprKind| Expr { span: at, kind };
        let compared = |op: CompareOp, with: Expr| Asked {
            tests: vec![expr(ExprKind::Compare { left: Box::new(subject.clone()), rest: vec![(op, with)] })],
            names: Vec::new(),
        };
        Some(match pattern {
            ruff::Pattern::MatchValue(one) => compared(CompareOp::Eq, self.expr(&one.value)),
            ruff::Pattern::MatchSingleton(one) => {
                let constant = match one.value {
                    ruff::Singleton::None => Literal::None,
                    ruff::Singleton::True => Literal::Bool(true),
                    ruff::Singleton::False => Literal::Bool(false),
                };
                compared(CompareOp::Is, expr(ExprKind::Literal(constant)))
            }
            ruff::Pattern::MatchSequence(one) => {
                let (ExprKind::Tuple(items) | ExprKind::List(items)) = &subject.kind else { return None };
                if items.len() != one.patterns.len() {
                    return None;
                }
                let mut all = Asked::default();
                for (item, pattern) in items.iter().zip(&one.patterns) {
                    let asked = self.asked(item, pattern)?;
                    all.tests.extend(asked.tests);
                    all.names.extend(asked.names);
                }
                all
            }
            ruff::Pattern::MatchClass(one) if one.arguments.patterns.is_empty() && one.arguments.keywords.is_empty() => {
                let class = self.expr(&one.cls);
                class.as_name().filter(|name| PLAIN_CLASSES.contains(name))?;
                let callee = Box::new(expr(ExprKind::Name("isinstance".to_owned())));
                let test = expr(ExprKind::Call { callee, args: vec![subject.clone(), class], keywords: Vec::new() });
                Asked { tests: vec![test], names: Vec::new() }
            }
            ruff::Pattern::MatchAs(one) => {
                let mut asked = one.pattern.as_deref().map_or(Some(Asked::default()), |inner| self.asked(subject, inner))?;
                if let Some(name) = &one.name {
                    asked.names.push((expr(ExprKind::Name(name.to_string())), subject.clone()));
                }
                asked
            }
            ruff::Pattern::MatchOr(one) => {
                let ways = one.patterns.iter().map(|way| self.asked(subject, way)).collect::<Option<Vec<Asked>>>()?;
                if ways.iter().any(|way| !way.names.is_empty()) {
                    return None;
                }
                let ways: Option<Vec<Expr>> = ways.into_iter().map(|way| all_of(way.tests, at)).collect();
                match ways {
                    Some(operands) => Asked { tests: vec![expr(ExprKind::Bool { op: BoolOp::Or, operands })], names: Vec::new() },
                    // One of the ways takes everything.
                    None => Asked::default(),
                }
            }
            _ => return None,
        })
    }
}

fn all_of(mut tests: Vec<Expr>, span: Span) -> Option<Expr> {
    match tests.len() {
        0 | 1 => tests.pop(),
        _ => Some(Expr { span, kind: ExprKind::Bool { op: BoolOp::And, operands: tests } }),
    }
}

#[cfg(test)]
mod tests {
    use crate::ast::StmtKind;

    fn parsed(text: &str) -> Vec<crate::ast::Stmt> {
        let file = source::Sources::default().add("s.py", text);
        crate::parse::parse(file, text).unwrap_or_default()
    }

    #[test]
    fn cases_are_tests_in_their_order() {
        let found = parsed(
            "match (a, b):\n    case (0, s) if s > 3:\n        x = 1\n    case (1 | 2, _):\n        x = 2\n    case _:\n        x = 3\n",
        );
        // The name is bound before its guard is asked.
        assert!(matches!(found[0].kind, StmtKind::Assign { .. }));
        let StmtKind::If { otherwise, .. } = &found[1].kind else { panic!("{found:?}") };
        let StmtKind::If { otherwise, .. } = &otherwise[0].kind else { panic!("{otherwise:?}") };
        assert!(matches!(otherwise.as_slice(), [only] if matches!(only.kind, StmtKind::Assign { .. })));
    }

    #[test]
    fn a_pattern_of_a_mapping_is_none() {
        let found = parsed("match a:\n    case {'x': 1}:\n        x = 1\n");
        assert!(matches!(found[0].kind, StmtKind::Unsupported(_)));
    }
}
