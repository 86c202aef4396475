//! A loop over rows that appends one value a row to a list is a function on rows: `append` at the end of each way through the body
//! becomes `return`. Knows only the syntax tree; `udf` runs what comes of it.

#![expect(clippy::wildcard_enum_match_arm, reason = "any other statement is left as it is")]

use crate::ast::{Expr, ExprKind, Handler, Stmt, StmtKind};

/// The list that the body appends to, and the body with `return value` for `list.append(value)`. None if some way through the body does
/// not end with it, or another statement touches a list like that.
pub(crate) fn as_function(body: &[Stmt]) -> Option<(String, Vec<Stmt>)> {
    let list = body.iter().find_map(appended_within)?;
    let body = ending(body, &list)?;
    Some((list, body))
}

/// `list.append(value)`
fn append(statement: &Stmt) -> Option<(&str, &Expr)> {
    let StmtKind::Expr(Expr { kind: ExprKind::Call { callee, args, keywords }, .. }) = &statement.kind else { return None };
    let ExprKind::Attribute { value, name } = &callee.kind else { return None };
    match (value.as_name(), args.as_slice()) {
        (Some(list), [arg]) if name == "append" && keywords.is_empty() && !matches!(arg.kind, ExprKind::Starred(_)) => Some((list, arg)),
        _ => None,
    }
}

fn appended_within(statement: &Stmt) -> Option<String> {
    if let Some((list, _)) = append(statement) {
        return Some(list.to_owned());
    }
    match &statement.kind {
        StmtKind::If { body, otherwise, .. } => body.iter().chain(otherwise).find_map(appended_within),
        StmtKind::Try { body, handlers, .. } => {
            body.iter().chain(handlers.iter().flat_map(|handler| &handler.body)).find_map(appended_within)
        }
        _ => None,
    }
}

/// Whether a statement is plain: it neither leaves the loop nor changes anything but names.
fn is_plain(statement: &Stmt) -> bool {
    match &statement.kind {
        StmtKind::Assign { targets, .. } => targets.iter().all(|target| matches!(target.kind, ExprKind::Name(_) | ExprKind::Tuple(_))),
        StmtKind::AugAssign { target, .. } => matches!(target.kind, ExprKind::Name(_)),
        StmtKind::If { body, otherwise, .. } => body.iter().chain(otherwise).all(is_plain),
        StmtKind::Pass => true,
        _ => false,
    }
}

/// The statements with a `return` at each end.
fn ending(body: &[Stmt], list: &str) -> Option<Vec<Stmt>> {
    let (last, before) = body.split_last()?;
    if let StmtKind::Continue = last.kind {
        return ending(before, list);
    }
    let mut out = Vec::new();
    for (at, statement) in before.iter().enumerate() {
        match &statement.kind {
            _ if is_plain(statement) => out.push(statement.clone()),
            // What is behind it is the other branch.
            StmtKind::If { test, body, otherwise } if otherwise.is_empty() && matches!(body.last()?.kind, StmtKind::Continue) => {
                let (body, otherwise) = (ending(body, list)?, ending(&body_after(before, at, last), list)?);
                out.push(Stmt { kind: StmtKind::If { test: test.clone(), body, otherwise }, ..statement.clone() });
                return Some(out);
            }
            _ => return None,
        }
    }
    let kind = match (append(last), &last.kind) {
        (Some((name, value)), _) if name == list => StmtKind::Return(Some(value.clone())),
        (None, StmtKind::If { test, body, otherwise }) => {
            StmtKind::If { test: test.clone(), body: ending(body, list)?, otherwise: ending(otherwise, list)? }
        }
        (None, StmtKind::Try { body, handlers, otherwise, finally }) if otherwise.is_empty() && finally.is_empty() => {
            let handlers = handlers.iter().map(|handler| Some(Handler { body: ending(&handler.body, list)?, ..handler.clone() }));
            let handlers = handlers.collect::<Option<_>>()?;
            StmtKind::Try { body: ending(body, list)?, handlers, otherwise: Vec::new(), finally: Vec::new() }
        }
        _ => return None,
    };
    out.push(Stmt { kind, ..last.clone() });
    Some(out)
}

fn body_after(before: &[Stmt], at: usize, last: &Stmt) -> Vec<Stmt> {
    before.iter().skip(at + 1).chain([last]).cloned().collect()
}
