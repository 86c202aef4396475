//! `for i in range(len(rows))`, where `rows` is a frame, a column, or a list or array with one item a row: `frame["c"].iloc[i]` and `items[i]`
//! are cells of the row, read or set, and a list that is appended to becomes a column. In the loop each such array is a column of a frame that
//! nobody else sees.

#![expect(clippy::wildcard_enum_match_arm, reason = "what a loop does not take is left to the loop itself")]

use crate::ast::{Expr, ExprKind, Stmt};
use crate::replay::{Replay, Scope};
use crate::row_writes::{self, ARRAY, POSITION};
use crate::udf::{self, Names, Turns};
use crate::value::{Column, Frame, FrameId, Guards, Unknown, Value};
use std::collections::BTreeSet;

/// Runs such a loop. None if it is not one.
pub(crate) fn run<'b>(replay: &mut Replay<'_, 'b>, target: &Expr, iter: &Expr, body: &[Stmt]) -> Option<Result<(), Unknown>> {
    let (label, counted) = (target.as_name()?, counted(replay, iter)?);
    let space = match replay.value(counted) {
        Value::Column(column) => column.space,
        Value::Frame(id) => replay.frames[id.0].space,
        _ => return None,
    };
    let Arrays { id, arrays, guards } = arrays(replay, body, space)?;
    let row = Value::Part(Box::new(Value::Frame(id)), POSITION.to_owned());
    if let Some(lists) = crate::appends::as_functions(body) {
        let turns = Turns { row, bound: arrays, guards, space };
        return udf::appended(replay, target, turns, &lists, body, iter.span);
    }
    if !body.iter().all(|statement| row_writes::is_of_one_row(statement, label)) {
        return None;
    }
    let mut changed = BTreeSet::new();
    body.iter().for_each(|statement| crate::names::assigned(statement, &mut changed));
    let frames: Vec<FrameId> = changed.iter().filter_map(|name| replay.frame_named(name)).collect();
    changed.retain(|name| replay.frame_named(name).is_none());
    // What is set in an array of numpy's is set in the column that it is a view of, and in every name of the array.
    let set = arrays.iter().filter(|(name, _)| changed.contains(name));
    if replay.before_pandas_3() && set.clone().next().is_some() || set.clone().any(|(name, _)| has_another_name(replay, name)) {
        return None;
    }
    crate::names::target(target, &mut changed);
    let handed_on = replay.unsupported(iter.span, "a value that one turn of a loop over rows hands on to the next");
    let mut names: Names<'b> = changed.iter().map(|name| (name.clone(), Value::Unknown(handed_on.clone()))).collect();
    names.extend(arrays.clone());
    let scope = Scope { names, parent: Some(replay.scope), globals: Vec::new() };
    let ran = udf::on_cells(replay, |replay| {
        replay.in_scope(scope, iter.span, |replay| {
            replay.assign(target, row, target.span);
            match replay.one_turn(body, iter.span)? {
                true => Ok(()),
                false => Err(replay.unsupported(iter.span, "a loop over rows that ends early, or that fills a list beside them")),
            }
        })
    });
    for frame in frames {
        match &ran {
            // A row on which the body raises ends the script: no column of it has a value.
            Ok(((), own)) => replay.guard_frame(frame, own),
            Err(why) => replay.forget_frame(frame, why),
        }
    }
    for name in changed {
        let value = match (&ran, replay.frames[id.0].columns.get(&name).cloned()) {
            (Ok(((), own)), Some(Value::Column(mut column))) => {
                column.cell.guards.extend(own);
                Value::Column(column)
            }
            (Ok(_), Some(other)) => other,
            (Err(why), Some(_)) => Value::Unknown(why.clone()),
            (_, None) => Value::Unknown(handed_on.clone()),
        };
        replay.bind(&name, value);
    }
    Some(Ok(()))
}

/// Whether another name may be of the same array.
fn has_another_name(replay: &Replay<'_, '_>, name: &str) -> bool {
    let of = |name: &str| match replay.find_name(name, Some(replay.scope)) {
        Some(Value::Column(column)) if column.array => Some(column.cell.alternatives.iter().map(|one| one.val.value()).collect::<Vec<_>>()),
        _ => None,
    };
    let own = of(name);
    replay.scopes.iter().flat_map(|scope| scope.names.keys()).any(|other| other != name && own.is_some() && of(other) == own)
}

/// The arguments of a call of a builtin function.
fn called<'e>(replay: &Replay<'_, '_>, expr: &'e Expr, name: &str) -> Option<&'e [Expr]> {
    match &expr.kind {
        ExprKind::Call { callee, args, keywords } if keywords.is_empty() => {
            let is_it = callee.as_name() == Some(name) && replay.find_name(name, Some(replay.scope)).is_none();
            is_it.then_some(args.as_slice())
        }
        _ => None,
    }
}

fn is_zero(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Literal(crate::ast::Literal::Int(0)))
}

/// `x` of `range(len(x))`, `range(0, len(x))` and `range(x.shape[0])`.
fn counted<'e>(replay: &Replay<'_, '_>, iter: &'e Expr) -> Option<&'e Expr> {
    let count = match called(replay, iter, "range")? {
        [count] => count,
        [first, count] if is_zero(first) => count,
        _ => return None,
    };
    rows_counted(replay, count)
}

/// `x` of `len(x)` and `x.shape[0]`.
pub(crate) fn rows_counted<'e>(replay: &Replay<'_, '_>, count: &'e Expr) -> Option<&'e Expr> {
    if let Some([of]) = called(replay, count, "len") {
        return Some(of);
    }
    let ExprKind::Subscript { value, index } = &count.kind else { return None };
    match &value.kind {
        ExprKind::Attribute { value, name } if name == "shape" && is_zero(index) => Some(value),
        _ => None,
    }
}

/// The frame that holds arrays in a loop, and what their names stand for there.
struct Arrays<'b> {
    id: FrameId,
    arrays: Vec<(String, Value<'b>)>,
    guards: Guards,
}

/// The arrays over those rows that a loop's body names, as columns of a frame and as what their names stand for in the loop.
fn arrays<'b>(replay: &mut Replay<'_, 'b>, body: &[Stmt], space: usize) -> Option<Arrays<'b>> {
    let mut names = BTreeSet::new();
    body.iter().for_each(|statement| crate::names::of_statement(statement, &mut names));
    let mut frame = Frame { space, ..Frame::default() };
    let mut guards = Guards::new();
    for name in names {
        if let Some(Value::Column(column)) = replay.find_name(&name, Some(replay.scope))
            && column.array
            && column.space == space
        {
            guards.extend(&column.cell.guards);
            frame.columns.insert(name.clone(), Value::Column(Column { name: Some(name), ..column.clone() }));
        }
    }
    let names: Vec<String> = frame.columns.keys().cloned().collect();
    let Value::Frame(id) = replay.frame(frame) else { return None };
    let standing = |name: String| (name.clone(), Value::Part(Box::new(Value::Frame(id)), format!("{ARRAY}{name}")));
    Some(Arrays { id, arrays: names.into_iter().map(standing).collect(), guards })
}
