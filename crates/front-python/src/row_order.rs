//! The items of one row in order: `row[row > 0].sort_values(ascending=False).index[:2]`, `row.nlargest(3).index`, as the reasons of a score
//! are found.
//!
//! What is left of a row by a mask, or put in order, is a sequence of labels and values, each with the condition under which it is there.
//! Only `kind="stable"` says which of equal items comes first; otherwise numpy's order hangs on the processor, and rows with equal items have
//! no score.

#![expect(clippy::wildcard_enum_match_arm, reason = "what has no items of a row is left alone")]

use crate::ast::CompareOp;
use crate::record;
use crate::replay::{Call, On, Replay, Row};
use crate::sequence::{self, Item};
use crate::value::{Cell, Eval, Kind, Unknown, Value};
use ir::Reason;
use source::Span;
use std::rc::Rc;

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Row, "sort_values", sort_values),
    Row::new(On::Row, "nlargest", nlargest),
    Row::new(On::Row, "nsmallest", nsmallest),
    Row::new(On::Row, "head", head),
    Row::new(On::Row, "keys", keys),
];

/// What a sequence of labels with values is a part of.
const OF_ROW: &str = "items of a row";

pub(crate) fn is_of_row(value: &Value<'_>) -> bool {
    matches!(value, Value::Part(_, part) if part == OF_ROW)
}

fn part<'b>(items: Vec<Item<'b>>) -> Value<'b> {
    Value::Part(Box::new(Value::Sequence(Rc::new(items))), OF_ROW.to_owned())
}

/// The items of a row, as tuples of label and value.
fn items_of<'b>(replay: &mut Replay<'_, 'b>, value: &Value<'b>, at: Span) -> Result<Option<Vec<Item<'b>>>, Unknown> {
    match value {
        Value::Row(id) => {
            let names: Vec<String> = replay.frames[id.0].columns.keys().cloned().collect();
            let mut items = Vec::new();
            for name in names {
                let label = replay.known(record::Value::Str(name));
                let item = replay.subscript(value, &label, at)?;
                let value = Value::Cell(crate::ops::to_cell(replay, &item, None, at)?);
                items.push(Item { there: replay.b.bool(true), value: Value::Tuple(vec![label, value]) });
            }
            Ok(Some(items))
        }
        Value::Part(items, _) if is_of_row(value) => match &**items {
            Value::Sequence(items) => Ok(Some(items.to_vec())),
            _ => Ok(None),
        },
        _ => Ok(None),
    }
}

fn halves<'v, 'b>(item: &'v Item<'b>) -> Option<(&'v Value<'b>, &'v Value<'b>)> {
    match &item.value {
        Value::Tuple(parts) => parts.first().zip(parts.get(1)),
        _ => None,
    }
}

/// `row > 0`: whether it holds, for each item. None for other values.
pub(crate) fn compared<'b>(replay: &mut Replay<'_, 'b>, op: CompareOp, left: &Value<'b>, right: &Value<'b>, at: Span) -> Option<Eval<'b>> {
    let by_item = matches!(op, CompareOp::Eq | CompareOp::NotEq | CompareOp::Lt | CompareOp::LtE | CompareOp::Gt | CompareOp::GtE);
    let is_scalar = match right {
        Value::Cell(_) => true,
        right => replay.concrete(right).is_some_and(|right| crate::ops::constant(replay, &right, None).is_some()),
    };
    if !replay.cells_active() || !by_item || !is_scalar || !(matches!(left, Value::Row(_)) || is_of_row(left)) {
        return None;
    }
    let items = match items_of(replay, left, at) {
        Ok(items) => items?,
        Err(why) => return Some(Err(why)),
    };
    let mut out = Vec::new();
    for item in &items {
        let (label, value) = halves(item)?;
        match replay.compare(op, value, right, at) {
            Ok(holds) => out.push(Item { there: item.there, value: Value::Tuple(vec![label.clone(), holds]) }),
            Err(why) => return Some(Err(why)),
        }
    }
    Some(Ok(part(out)))
}

/// `row[mask]`. None for another index.
pub(crate) fn chosen<'b>(replay: &mut Replay<'_, 'b>, of: &Value<'b>, mask: &Value<'b>, at: Span) -> Result<Option<Value<'b>>, Unknown> {
    if !is_of_row(mask) {
        return Ok(None);
    }
    let (Some(items), Some(mask)) = (items_of(replay, of, at)?, items_of(replay, mask, at)?) else { return Ok(None) };
    if items.len() != mask.len() {
        return Err(replay.unsupported(at, "a mask of other items than the row's"));
    }
    let mut out = Vec::new();
    for (item, holds) in items.iter().zip(&mask) {
        let (Some((label, _)), Some((other, holds))) = (halves(item), halves(holds)) else { return Ok(None) };
        match (replay.concrete(label), replay.concrete(other)) {
            (Some(label), Some(other)) if label == other => {}
            _ => return Err(replay.unsupported(at, "a mask of other items than the row's")),
        }
        let holds = replay.truth_of(holds, at)?;
        out.push(Item { there: item.there & holds, value: item.value.clone() });
    }
    Ok(Some(part(out)))
}

/// `.index`, `.values` and `.empty` of what is left of a row.
pub(crate) fn attribute<'b>(replay: &mut Replay<'_, 'b>, of: &Value<'b>, name: &str, at: Span) -> Option<Eval<'b>> {
    let items = match items_of(replay, of, at) {
        Ok(items) => items?,
        Err(why) => return Some(Err(why)),
    };
    let half = |second: bool| {
        let one = |item: &Item<'b>| {
            let (label, value) = halves(item)?;
            Some(Item { there: item.there, value: if second { value.clone() } else { label.clone() } })
        };
        items.iter().map(one).collect::<Option<Vec<_>>>().map(|items| Ok(Value::Sequence(Rc::new(items))))
    };
    match name {
        "index" => half(false),
        "values" => half(true),
        "empty" => {
            let none = !sequence::any_there(replay, &items);
            Some(Ok(Value::Cell(Cell::new(Kind::Bool, none))))
        }
        _ => None,
    }
}

/// The items in order. If the order of equal ones is not `stable`, rows that have two such have no score.
fn in_order<'b>(replay: &mut Replay<'_, 'b>, of: &Value<'b>, backwards: bool, stable: bool, at: Span) -> Result<Vec<Item<'b>>, Unknown> {
    let Some(items) = items_of(replay, of, at)? else { return Err(replay.unsupported(at, "the order of this")) };
    let keys: Option<Vec<Value<'b>>> = items.iter().map(|item| Some(halves(item)?.1.clone())).collect();
    let Some(keys) = keys else { return Err(replay.unsupported(at, "the order of this")) };
    if !stable {
        let mut equal = replay.b.bool(false);
        for later in 0..items.len() {
            for earlier in 0..later {
                let same = replay.compare(CompareOp::Eq, &keys[earlier], &keys[later], at)?;
                let Some(same) = replay.row_condition(&same) else { return Err(replay.unsupported(at, "the order of this")) };
                equal = equal | (items[earlier].there & items[later].there & same);
            }
        }
        let when = replay.and_reached(equal);
        let reason = format!("equal items, whose order is the processor's, at {}", replay.place_name(at));
        let guard = replay.guard(when, Reason::Undetermined(reason), at);
        if let Some(frame) = replay.cells.last_mut() {
            frame.guards.insert(guard);
        }
    }
    match sequence::sorted(replay, &items, &keys, backwards, at)? {
        Value::Sequence(items) => Ok(items.to_vec()),
        _ => Err(replay.unsupported(at, "the order of this")),
    }
}

/// `.sort_values(ascending=..., kind=...)`
fn sort_values<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let ascending = call.flag(replay, "ascending", true)?;
    let kind = call.text(replay, "kind")?;
    let stable = matches!(kind.as_deref(), Some("stable" | "mergesort"));
    let of = call.receiver.clone();
    in_order(replay, &of, !ascending, stable, call.span).map(part)
}

fn nlargest<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    first_of(replay, call, true)
}

fn nsmallest<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    first_of(replay, call, false)
}

/// How many are asked for: five, if nothing is said.
fn first_few<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<i64, Unknown> {
    Ok(call.int(replay, "n")?.or(call.int(replay, "0")?).unwrap_or(5).max(0))
}

/// `.nlargest(n)`: of equal items the earlier. If all are asked for, pandas sorts them, and does not say which of equal ones comes first.
fn first_of<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>, backwards: bool) -> Eval<'b> {
    let count = first_few(replay, call)?;
    call.only(replay, "keep", &[record::Value::Str("first".to_owned())])?;
    let of = call.receiver.clone();
    let Some(items) = items_of(replay, &of, call.span)? else { return Err(replay.unsupported(call.span, "the order of this")) };
    let certain = items.iter().all(|item| item.there.literal() == Some(ir::Literal::Bool(true))) && (items.len() as i64) > count;
    let items = in_order(replay, &of, backwards, certain, call.span)?;
    Ok(part(items.into_iter().take(usize::try_from(count).unwrap_or(0)).collect()))
}

/// `.head(n)` of items that stand one behind the other from the first on.
fn head<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let count = first_few(replay, call)?;
    let of = call.receiver.clone();
    let Some(items) = items_of(replay, &of, call.span)? else { return Err(replay.unsupported(call.span, "`head` of this")) };
    let to = replay.known(record::Value::Int(count));
    match sequence::item(replay, &items, &Value::Slice(None, Some(Box::new(to)), None), call.span)? {
        Value::Sequence(items) => Ok(part(items.to_vec())),
        _ => Err(replay.unsupported(call.span, "`head` of this")),
    }
}

/// `.keys()`, which is `.index`.
fn keys<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let of = call.receiver.clone();
    attribute(replay, &of, "index", call.span).unwrap_or_else(|| Err(replay.unsupported(call.span, "`keys` of this")))
}
