//! `==` and `!=` of lists in a function on cells: of the same length, and item by item the same.

#![expect(clippy::wildcard_enum_match_arm, reason = "what is not a list is compared elsewhere")]

use crate::ast::CompareOp;
use crate::replay::Replay;
use crate::sequence::{self, Item, Items};
use crate::value::{Cell, Eval, Kind, Unknown, Value};
use ir::Val;
use source::Span;

/// Items that are compared at most where the lengths of both lists depend on the row.
const MOST_COMPARED: usize = 24;

/// `left == right` where one of them is a list of the row. None where neither is, or it is another comparison.
pub(crate) fn compare<'b>(replay: &mut Replay<'_, 'b>, op: CompareOp, left: &Value<'b>, right: &Value<'b>, at: Span) -> Option<Eval<'b>> {
    let of_row = |value: &Value<'b>| match value {
        Value::Sequence(_) => true,
        Value::Pieces(pieces) => pieces.rows().is_none(),
        Value::List(id) => replay.lists[id.0].iter().any(|item| replay.touches_rows(item)),
        _ => false,
    };
    if !matches!(op, CompareOp::Eq | CompareOp::NotEq) || !replay.cells_active() || !of_row(left) && !of_row(right) {
        return None;
    }
    Some(same(replay, left, right, at).map(|same| {
        let holds = if op == CompareOp::Eq { same } else { crate::ops::not(same) };
        Value::Cell(Cell::new(Kind::Bool, holds))
    }))
}

/// What a list holds; none for what is no list and so never equal to one.
fn items<'b>(replay: &mut Replay<'_, 'b>, value: &Value<'b>, at: Span) -> Result<Option<Items<'b>>, Unknown> {
    let is_list = match value {
        Value::Sequence(_) | Value::Pieces(_) | Value::List(_) => true,
        Value::Known(known) => matches!(known.tagged(), Some(crate::record::Tagged::List(_))),
        _ => false,
    };
    if !is_list {
        return match value {
            Value::Cell(_) | Value::Tuple(_) | Value::Known(_) => Ok(None),
            _ => Err(replay.unsupported(at, "a list compared with this")),
        };
    }
    match sequence::each(replay, value, at)? {
        Some(items) => Ok(Some(items)),
        None => Err(replay.not_recorded(at)),
    }
}

fn same<'b>(replay: &mut Replay<'_, 'b>, left: &Value<'b>, right: &Value<'b>, at: Span) -> Result<Val<'b>, Unknown> {
    let never = replay.b.bool(false);
    let (Some(left), Some(right)) = (items(replay, left, at)?, items(replay, right, at)?) else { return Ok(never) };
    let (left_count, right_count) = (sequence::count(replay, &left), sequence::count(replay, &right));
    let mut out = left_count.eq(right_count);
    let shorter = left.len().min(right.len());
    if shorter > MOST_COMPARED {
        return Err(replay.unsupported(at, "a comparison of lists that may be this long"));
    }
    for place in 0..shorter {
        let pair = [at_place(replay, &left, place, at)?, at_place(replay, &right, place, at)?];
        let ([Some(a), Some(b)], both) = (pair, left_count.gt(place as i64) & right_count.gt(place as i64)) else { continue };
        let equal = replay.when_reached(out & both, |replay| replay.compare(CompareOp::Eq, &a, &b, at))?;
        let equal = replay.truth_of(&equal, at)?;
        out = out & (!both | equal);
    }
    Ok(out)
}

/// The item at a place, where there is one; of another list any.
fn at_place<'b>(replay: &mut Replay<'_, 'b>, items: &[Item<'b>], place: usize, at: Span) -> Result<Option<Value<'b>>, Unknown> {
    let mut before = replay.b.i64(0);
    let mut found: Option<Value<'b>> = None;
    for item in items {
        let here = item.there & before.eq(place as i64);
        found = Some(match found {
            None => item.value.clone(),
            Some(other) => replay.choose_values(here, &item.value, &other, at)?,
        });
        before = before + item.there.select(replay.b.i64(1), 0_i64);
    }
    Ok(found)
}
