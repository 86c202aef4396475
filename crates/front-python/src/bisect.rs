//! `bisect` in a function on cells: the place of a value among items in order, by the very halving that Python does, so that a list which
//! is not in order gives Python's answer too.

use crate::ast::CompareOp;
use crate::record;
use crate::replay::{Call, On, Replay, Row};
use crate::value::{Eval, Value};
use source::Span;

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Function, "bisect.bisect", right),
    Row::new(On::Function, "bisect.bisect_right", right),
    Row::new(On::Function, "bisect.bisect_left", left),
];

/// Items that are looked at most.
const MOST_ITEMS: usize = 512;

fn right<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    place(replay, call, true)
}

fn left<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    place(replay, call, false)
}

fn place<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>, right: bool) -> Eval<'b> {
    let at = call.span;
    let mut argument = |names: [&str; 2]| names.into_iter().find_map(|name| call.take(name));
    let (Some(list), Some(wanted)) = (argument(["a", "0"]), argument(["x", "1"])) else {
        return Err(replay.unsupported(at, "`bisect` of nothing"));
    };
    if let Value::Column(_) = wanted {
        return Err(replay.refuse(
            "python-truth-of-rows",
            at,
            "`bisect` takes one value, not a column",
            "a column has one value for each row",
            "use np.searchsorted(list, column), with side=\"right\" for bisect_right",
        ));
    }
    let items = replay.items(&list, at).filter(|items| items.len() <= MOST_ITEMS);
    let Some(items) = items else { return Err(replay.unsupported(at, "`bisect` in a list of which the row decides the length")) };
    if let Value::Known(known) = &list {
        replay.freeze(known);
    }
    halved(replay, (&items, 0, items.len()), &wanted, right, at)
}

/// The place between two bounds.
fn halved<'b>(
    replay: &mut Replay<'_, 'b>,
    (items, low, high): (&[Value<'b>], usize, usize),
    wanted: &Value<'b>,
    right: bool,
    at: Span,
) -> Eval<'b> {
    if low >= high {
        return Ok(replay.known(record::Value::Int(low as i64)));
    }
    let middle = (low + high) / 2;
    // `bisect_right` goes left where the value is less, `bisect_left` right where the item is.
    let (first, second) = if right { (wanted, &items[middle]) } else { (&items[middle], wanted) };
    let less = replay.compare(CompareOp::Lt, first, second, at)?;
    let less = replay.truth_of(&less, at)?;
    let goes_left = if right { less } else { crate::ops::not(less) };
    let below = replay.when_reached(goes_left, |replay| halved(replay, (items, low, middle), wanted, right, at))?;
    let above = replay.when_reached(crate::ops::not(goes_left), |replay| halved(replay, (items, middle + 1, high), wanted, right, at))?;
    replay.choose_values(goes_left, &below, &above, at)
}
