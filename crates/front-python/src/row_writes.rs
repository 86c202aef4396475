//! `for i, row in frame.iterrows()` and `for i in frame.index` that set cells of their own row: `frame.at[i, "c"] = value`. It is a function
//! on rows that changes columns. Anything in the body that more than one row could see makes it no such loop.

#![expect(clippy::wildcard_enum_match_arm, reason = "what a construct does not take is refused, whatever it is")]

use crate::ast::{Expr, ExprKind, Stmt, StmtKind};
use crate::ops;
use crate::pandas;
use crate::replay::{Replay, Scope};
use crate::udf::Names;
use crate::value::{Column, Frame, FrameId, Guards, Kind, Unknown, Value};
use source::Span;
use std::collections::BTreeSet;

/// What the label of a row is, beside its frame.
pub(crate) const LABEL: &str = "label of a row";

/// What the position of a row is, beside a frame over the rows that are counted.
pub(crate) const POSITION: &str = "position of a row";

/// What an array is in a loop over its positions, before its name as a column of the frame that holds it.
pub(crate) const ARRAY: &str = "array ";

/// What says in a loop over the labels of some rows which they are.
const CHOSEN: &str = "rows of the loop";

/// `for i in frame.index`, `frame.index[mask]`, `frame[mask].index` and `frame.loc[mask].index`: the same loop without the row itself. None if
/// it is not one.
pub(crate) fn over_labels<'b>(replay: &mut Replay<'_, 'b>, target: &Expr, iter: &Expr, body: &[Stmt]) -> Option<Result<(), Unknown>> {
    let label = target.as_name()?;
    let (frame, mask) = labels_of(iter)?;
    let id = replay.frame_named(frame.as_name()?)?;
    if !body.iter().all(|statement| is_of_one_row(statement, label)) {
        return None;
    }
    let chosen = match mask {
        None => None,
        Some(mask) => match replay.value(mask) {
            Value::Column(mask) if mask.space == replay.frames[id.0].space && mask.cell.single().is_some() => Some(mask),
            _ => return None,
        },
    };
    let body = match mask {
        None => body.to_vec(),
        Some(mask) => {
            let test = Expr { span: mask.span, kind: ExprKind::Name(CHOSEN.to_owned()) };
            vec![Stmt { span: mask.span, kind: StmtKind::If { test, body: body.to_vec(), otherwise: Vec::new() } }]
        }
    };
    let label = Value::Part(Box::new(Value::Frame(id)), LABEL.to_owned());
    let chosen = chosen.map(|mask| (CHOSEN.to_owned(), Value::Cell(mask.cell)));
    let done = one_row(replay, target, label, chosen, &body, iter.span);
    finish(replay, target, id, &body, done, iter.span);
    Some(Ok(()))
}

/// The frame whose labels an expression is of, and the mask that chooses among its rows.
fn labels_of(iter: &Expr) -> Option<(&Expr, Option<&Expr>)> {
    let index_of = |expr: &Expr| matches!(&expr.kind, ExprKind::Attribute { name, .. } if name == "index");
    match &iter.kind {
        ExprKind::Subscript { value, index } if index_of(value) => match &value.kind {
            ExprKind::Attribute { value, .. } => Some((&**value, Some(&**index))),
            _ => None,
        },
        ExprKind::Attribute { value, name } if name == "index" => match &value.kind {
            ExprKind::Subscript { value: of, index } => match &of.kind {
                ExprKind::Attribute { value: of, name } if name == "loc" => Some((&**of, Some(&**index))),
                _ => Some((&**of, Some(&**index))),
            },
            _ => Some((&**value, None)),
        },
        _ => None,
    }
}

/// Runs a loop over `iterrows`. None if it is not one.
pub(crate) fn run<'b>(
    replay: &mut Replay<'_, 'b>,
    target: &Expr,
    iterable: &Value<'b>,
    body: &[Stmt],
    at: Span,
) -> Option<Result<(), Unknown>> {
    let id = match iterable {
        Value::Part(of, part) if part == crate::row_turns::ITERROWS => match **of {
            Value::Frame(id) => id,
            _ => return None,
        },
        _ => return None,
    };
    let ExprKind::Tuple(names) = &target.kind else { return None };
    let [label, _] = names.as_slice() else { return None };
    let label = label.as_name()?;
    if !body.iter().all(|statement| is_of_one_row(statement, label)) {
        return None;
    }
    // The rows are those that the frame had when the loop began.
    let copy = replay.frames[id.0].clone();
    let Value::Frame(copy) = replay.frame(copy) else { return None };
    let row = Value::Tuple(vec![Value::Part(Box::new(Value::Frame(id)), LABEL.to_owned()), Value::Row(copy)]);
    let done = one_row(replay, target, row, None, body, at);
    finish(replay, target, id, body, done, at);
    Some(Ok(()))
}

/// What is left behind such a loop.
fn finish<'b>(replay: &mut Replay<'_, 'b>, target: &Expr, id: FrameId, body: &[Stmt], done: Result<Guards, Unknown>, at: Span) {
    let mut bound = BTreeSet::new();
    body.iter().for_each(|statement| crate::names::assigned(statement, &mut bound));
    crate::names::target(target, &mut bound);
    let handed_on = replay.unsupported(at, "a value that a loop over rows leaves behind");
    for name in bound {
        if replay.frame_named(&name).is_none() {
            replay.bind(&name, Value::Unknown(handed_on.clone()));
        }
    }
    match done {
        // A row on which the body raises ends the script: no column of it has a value.
        Ok(guards) => replay.guard_frame(id, &guards),
        Err(why) => replay.forget_frame(id, &why),
    }
}

/// The body for one row, with what the target is in it and what else is known there by name.
fn one_row<'b>(
    replay: &mut Replay<'_, 'b>,
    target: &Expr,
    row: Value<'b>,
    known: Option<(String, Value<'b>)>,
    body: &[Stmt],
    at: Span,
) -> Result<Guards, Unknown> {
    let mut own_names = BTreeSet::new();
    body.iter().for_each(|statement| crate::names::assigned(statement, &mut own_names));
    let handed_on = replay.unsupported(at, "a value that one turn of a loop over rows hands on to the next");
    let names: Names<'b> = own_names
        .iter()
        .filter(|name| replay.frame_named(name).is_none())
        .map(|name| (name.clone(), Value::Unknown(handed_on.clone())))
        .chain(known)
        .collect();
    let scope = Scope { names, parent: Some(replay.scope), globals: Vec::new() };
    let ((), guards) = crate::udf::on_cells(replay, |replay| {
        replay.in_scope(scope, at, |replay| {
            replay.assign(target, row, target.span);
            match replay.one_turn(body, at)? {
                true => Ok(()),
                false => Err(replay.unsupported(at, "a loop over rows that ends early, or that fills a list beside them")),
            }
        })
    })?;
    Ok(guards)
}

/// Whether a statement only binds names and sets cells of the row with that label.
pub(crate) fn is_of_one_row(statement: &Stmt, label: &str) -> bool {
    let may_be_set = |target: &Expr| match &target.kind {
        ExprKind::Name(_) => true,
        ExprKind::Tuple(names) => names.iter().all(|name| matches!(name.kind, ExprKind::Name(_))),
        ExprKind::Subscript { value, index } => match (&value.kind, &index.kind) {
            (ExprKind::Attribute { value, name }, ExprKind::Tuple(parts)) => {
                matches!(value.kind, ExprKind::Name(_))
                    && matches!(name.as_str(), "at" | "loc" | "iat" | "iloc")
                    && matches!(parts.as_slice(), [row, _] if row.as_name() == Some(label))
            }
            (ExprKind::Name(_), ExprKind::Name(row)) => row == label,
            _ => false,
        },
        _ => false,
    };
    match &statement.kind {
        StmtKind::Assign { targets, .. } => targets.iter().all(may_be_set),
        StmtKind::AugAssign { target, .. } => may_be_set(target),
        StmtKind::If { body, otherwise, .. } => body.iter().chain(otherwise).all(|inner| is_of_one_row(inner, label)),
        StmtKind::For { body, otherwise, .. } => body.iter().chain(otherwise).all(|inner| is_of_one_row(inner, label)),
        StmtKind::Expr(expr) => match &expr.kind {
            ExprKind::Literal(_) => true,
            ExprKind::Call { callee, .. } => matches!(callee.as_name(), Some("print" | "display")),
            _ => false,
        },
        StmtKind::Pass | StmtKind::Continue => true,
        _ => false,
    }
}

/// The frame and the column of `frame.at[label, name]`, of `frame.iat[position, 2]`, and of `array[position]`.
pub(crate) fn place<'b>(replay: &Replay<'_, 'b>, of: &Value<'b>, part: &str, index: &Value<'b>) -> Option<(FrameId, String)> {
    let Value::Frame(id) = of else { return None };
    if let (Some(name), Value::Part(counted, row)) = (part.strip_prefix(ARRAY), index) {
        return matches!(**counted, Value::Frame(other) if other == *id && row == POSITION).then(|| (*id, name.to_owned()));
    }
    let Value::Tuple(parts) = index else { return None };
    let [row, column] = parts.as_slice() else { return None };
    if let (Value::Part(labelled, label), "at" | "loc") = (row, part)
        && label == LABEL
    {
        let own = matches!(**labelled, Value::Frame(other) if other == *id);
        return own.then(|| replay.concrete(column)).flatten().map(|name| (*id, pandas::column_name(&name)));
    }
    if !is_row_of(replay, row, part, *id) {
        return None;
    }
    let name = replay.concrete(column)?;
    match part {
        "at" | "loc" => Some((*id, pandas::column_name(&name))),
        _ => {
            let names = &replay.frames[id.0].columns;
            let at = name.as_int()?;
            let at = if at < 0 { at + names.len() as i64 } else { at };
            names.get_index(usize::try_from(at).ok()?).map(|(name, _)| (*id, name.clone()))
        }
    }
}

/// A row by itself is a series, which has one type: beside floats whole numbers are floats.
fn in_one_type<'b>(frame: &mut Frame<'b>) {
    let columns: Option<Vec<Column<'b>>> =
        frame.columns.values().map(|slot| if let Value::Column(column) = slot { Some(column.clone()) } else { None }).collect();
    let Some(columns) = columns else { return };
    let is_bool = |column: &Column<'b>| matches!(column.cell.single(), Some((Kind::Bool, _)));
    if columns.iter().any(is_bool) || crate::sklearn::fitted::numeric_kind(&columns) != Some(Kind::Float) {
        return;
    }
    for (slot, column) in frame.columns.values_mut().zip(crate::sklearn::compose::in_one_type(columns)) {
        *slot = Value::Column(Column { array: false, ..column });
    }
}

/// Whether an index is the position of the row at hand in that frame, or its label where rows are counted.
fn is_row_of<'b>(replay: &Replay<'_, 'b>, index: &Value<'b>, part: &str, id: FrameId) -> bool {
    let frame = &replay.frames[id.0];
    is_row(replay, index, part, frame.space) && (frame.index.is_none() || matches!(part, "iloc" | "iat"))
}

/// Whether an index is the position of the row at hand, among those rows. The label of a row is its position where no row was dropped
/// and none was chosen.
fn is_row<'b>(replay: &Replay<'_, 'b>, index: &Value<'b>, part: &str, space: usize) -> bool {
    let Value::Part(counted, row) = index else { return false };
    let Value::Frame(counted) = **counted else { return false };
    row == POSITION && replay.frames[counted.0].space == space && (matches!(part, "iloc" | "iat") || space == 0)
}

/// The row of a frame or the cell of a column at the position of the row at hand: `frame.iloc[i]`, `frame["c"].iloc[i]`, `frame["c"][i]`.
pub(crate) fn at_position<'b>(replay: &mut Replay<'_, 'b>, of: &Value<'b>, index: &Value<'b>) -> Option<Value<'b>> {
    match of {
        Value::Column(column) => {
            let part = if column.array { "iat" } else { "at" };
            let cell = || Value::Cell(crate::udf::python_cell(replay, &column.cell));
            is_row(replay, index, part, column.space).then(cell)
        }
        Value::Part(of, part) if matches!(part.as_str(), "iloc" | "iat" | "loc" | "at") => match &**of {
            Value::Column(column) => {
                is_row(replay, index, part, column.space).then(|| Value::Cell(crate::udf::python_cell(replay, &column.cell)))
            }
            // A row that was taken does not see what happens to the frame later.
            Value::Frame(id) if is_row_of(replay, index, part, *id) => {
                let mut frame = replay.frames[id.0].clone();
                in_one_type(&mut frame);
                replay.frames.push(frame);
                Some(Value::Row(FrameId(replay.frames.len() - 1)))
            }
            _ => None,
        },
        _ => None,
    }
}

/// `frame.at[label, name] = value`, on the rows that come here.
pub(crate) fn set<'b>(replay: &mut Replay<'_, 'b>, id: FrameId, name: &str, value: &Value<'b>, at: Span) -> Result<(), Unknown> {
    let old = match replay.frames[id.0].columns.get(name) {
        Some(Value::Column(column)) => column.clone(),
        Some(Value::Unknown(why)) => return Err(why.clone()),
        _ => return Err(replay.unsupported(at, "a loop over rows that makes a column; make it before the loop; this")),
    };
    let here = replay.reached().unwrap_or_else(|| replay.b.bool(true));
    let new = ops::to_cell(replay, value, old.cell.single().map(|(kind, _)| kind), at)?;
    // pandas refuses a value that the column's dtype does not hold.
    let kind = match old.cell.single() {
        Some((kind, _)) => kind.clone(),
        None => return Err(replay.unsupported(at, "setting cells of a column of several types")),
    };
    let fits = |own: &Kind| match (own, &kind) {
        (Kind::Int(_) | Kind::Float, Kind::Float) | (Kind::Int(_), Kind::Int(_)) => true,
        (Kind::Missing, Kind::Float | Kind::Str | Kind::DateTime | Kind::Timedelta) => true,
        (own, kind) => own == kind,
    };
    let is_nan = |one: &crate::value::Alternative<'b>| {
        matches!(one.val.literal(), Some(ir::Literal::F64(value)) if value.is_nan()) && matches!(kind, Kind::Str | Kind::DateTime)
    };
    if !new.alternatives.iter().all(|one| fits(&one.kind) || is_nan(one)) {
        return Err(replay.unsupported(at, format!("setting cells of a {} column to another type", kind.dtype())));
    }
    let cell = pandas::where_cell(replay, here, &new, &old.cell, at)?;
    replay.frames[id.0].columns.insert(name.to_owned(), Value::Column(Column { cell, ..old }));
    Ok(())
}
