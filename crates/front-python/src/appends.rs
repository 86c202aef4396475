//! A loop over rows that appends one value a row to a list is a function on rows: `append` at the end of each way through the body
//! becomes `return`. `udf` runs what comes of it.
//!
//! A list is named by where it is: by its name, or by the name of a dict and the key in it.

#![expect(clippy::wildcard_enum_match_arm, reason = "any other statement is left as it is")]

use crate::ast::{Expr, ExprKind, Handler, Literal, Stmt, StmtKind};
use crate::record;
use crate::replay::Replay;
use crate::value::Value;

/// What stands between the name of a dict and a key.
const KEY: char = '\u{0}';

/// A name for what is appended before the turn is at its end.
const APPENDED: &str = "what is appended";

/// The name that a list is found by: its own, or that of the dict that holds it.
pub(crate) fn name_of(list: &str) -> &str {
    list.split(KEY).next().unwrap_or(list)
}

/// The list that is there now.
pub(crate) fn value_at<'b>(replay: &Replay<'_, 'b>, list: &str) -> Option<Value<'b>> {
    let value = replay.find_name(name_of(list), Some(replay.scope))?;
    match (list.split_once(KEY), value) {
        (None, value) => Some(value.clone()),
        (Some((_, key)), Value::Dict(id)) => {
            let is_key = |one: &Value<'b>| replay.concrete(one).is_some_and(|one| one.as_str() == Some(key));
            replay.dicts[id.0].iter().find(|(one, _)| is_key(one)).map(|(_, value)| value.clone())
        }
        _ => None,
    }
}

/// Puts a value in the place of a list.
pub(crate) fn bind<'b>(replay: &mut Replay<'_, 'b>, list: &str, value: Value<'b>) {
    match (list.split_once(KEY), replay.find_name(name_of(list), Some(replay.scope)).cloned()) {
        (Some((_, key)), Some(Value::Dict(id))) => {
            let is_key = |one: &Value<'b>| replay.concrete(one).is_some_and(|one| one == record::Value::Str(key.to_owned()));
            if let Some(at) = replay.dicts[id.0].iter().position(|(one, _)| is_key(one)) {
                replay.dicts[id.0][at].1 = value;
            }
        }
        _ => replay.bind(list, value),
    }
}

/// The lists that the body appends to, and for each the body with `return value` for `list.append(value)`. None if some way through the
/// body does not end with it, or another statement touches a list like that.
pub(crate) fn as_functions(body: &[Stmt]) -> Option<Vec<(String, Vec<Stmt>)>> {
    let mut lists: Vec<String> = Vec::new();
    let mut rest = body.to_vec();
    while let Some(list) = rest.iter().find_map(appended_within) {
        rest = rest.iter().map(|statement| without(statement, &|one| one == list)).collect();
        lists.push(list);
    }
    let of_list = |list: String| {
        let only: Vec<Stmt> = body.iter().map(|statement| without(statement, &|one| one != list)).collect();
        Some((list.clone(), ending(&trimmed(&only), &list)?))
    };
    let made = lists.into_iter().map(of_list).collect::<Option<Vec<_>>>()?;
    (!made.is_empty()).then_some(made)
}

/// A statement that appends nothing to some lists.
fn without(statement: &Stmt, gone: &dyn Fn(&str) -> bool) -> Stmt {
    let block = |body: &[Stmt]| body.iter().map(|inner| without(inner, gone)).collect::<Vec<_>>();
    let kind = match &statement.kind {
        _ if append(statement).is_some_and(|(list, _)| gone(&list)) => StmtKind::Pass,
        StmtKind::If { test, body, otherwise } => {
            StmtKind::If { test: test.clone(), body: trimmed(&block(body)), otherwise: trimmed(&block(otherwise)) }
        }
        StmtKind::Try { body, handlers, otherwise, finally } => StmtKind::Try {
            body: trimmed(&block(body)),
            handlers: handlers.iter().map(|one| Handler { body: trimmed(&block(&one.body)), ..one.clone() }).collect(),
            otherwise: otherwise.clone(),
            finally: finally.clone(),
        },
        other => other.clone(),
    };
    Stmt { kind, ..statement.clone() }
}

/// Statements without what does nothing at their end.
fn trimmed(body: &[Stmt]) -> Vec<Stmt> {
    let idle = body.iter().rev().take_while(|statement| matches!(statement.kind, StmtKind::Pass)).count();
    let kept = if idle == body.len() { idle.min(1) } else { body.len() - idle };
    body[..kept].to_vec()
}

/// `list.append(value)`
fn append(statement: &Stmt) -> Option<(String, &Expr)> {
    let StmtKind::Expr(Expr { kind: ExprKind::Call { callee, args, keywords }, .. }) = &statement.kind else { return None };
    let ExprKind::Attribute { value, name } = &callee.kind else { return None };
    match (list_at(value), args.as_slice()) {
        (Some(list), [arg]) if name == "append" && keywords.is_empty() && !matches!(arg.kind, ExprKind::Starred(_)) => Some((list, arg)),
        _ => None,
    }
}

/// `list` and `dict["key"]`
fn list_at(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Name(name) => Some(name.clone()),
        ExprKind::Subscript { value, index } => match (value.as_name(), &index.kind) {
            (Some(name), ExprKind::Literal(Literal::Str(key))) => Some(format!("{name}{KEY}{key}")),
            _ => None,
        },
        _ => None,
    }
}

fn appended_within(statement: &Stmt) -> Option<String> {
    if let Some((list, _)) = append(statement) {
        return Some(list);
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
    if is_plain(last)
        && let Some(at) = body.iter().position(|one| append(one).is_some_and(|(name, _)| name == list))
        && let Some((_, value)) = append(&body[at])
    {
        let name = Expr { span: value.span, kind: ExprKind::Name(APPENDED.to_owned()) };
        let kind = StmtKind::Assign { targets: vec![name.clone()], value: value.clone() };
        let mut out: Vec<Stmt> = body.iter().filter(|one| append(one).is_none()).cloned().collect();
        if out.len() + 1 != body.len() || !out.iter().all(is_plain) {
            return None;
        }
        out.insert(at, Stmt { kind, ..body[at].clone() });
        out.push(Stmt { kind: StmtKind::Return(Some(name)), ..last.clone() });
        return Some(out);
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
