//! Lists of a function on cells whose length depends on the row: pieces of a text in a loop, what a pattern finds, filtered comprehensions.
//!
//! Each item has a condition under which it is there; those that are keep their order. How many there can be is limited where the list
//! begins, by a guard.

#![expect(clippy::wildcard_enum_match_arm, reason = "what a construct does not take is refused, whatever it is")]

use crate::ast::{BinaryOp, CompareOp};
use crate::ops;
use crate::record;
use crate::replay::Replay;
use crate::value::{Cell, Eval, Kind, Unknown, Value};
use ir::Val;
use source::Span;
use std::rc::Rc;

/// An item, and when it is there.
#[derive(Clone)]
pub(crate) struct Item<'b> {
    pub there: Val<'b>,
    pub value: Value<'b>,
}

pub(crate) type Items<'b> = Rc<Vec<Item<'b>>>;

/// The items of what a function on cells loops over, if their number may depend on the row.
pub(crate) fn of<'b>(replay: &mut Replay<'_, 'b>, value: &Value<'b>, at: Span) -> Result<Option<Items<'b>>, Unknown> {
    match value {
        Value::Sequence(items) => Ok(Some(items.clone())),
        Value::Pieces(pieces) => crate::pandas::pieces::items(replay, pieces, at).map(|items| Some(Rc::new(items))),
        Value::Cell(cell) if cell.alternatives.iter().any(|one| one.kind == Kind::Str) => letters(replay, cell, at).map(Some),
        _ => Ok(None),
    }
}

/// One list where the condition holds, another where it does not. None if they are not both lists.
pub(crate) fn either<'b>(
    replay: &mut Replay<'_, 'b>,
    condition: Val<'b>,
    yes: &Value<'b>,
    no: &Value<'b>,
    at: Span,
) -> Result<Option<Items<'b>>, Unknown> {
    let is_list = |value: &Value<'b>| matches!(value, Value::List(_) | Value::Sequence(_) | Value::Pieces(_));
    if !is_list(yes) || !is_list(no) {
        return Ok(None);
    }
    let mut both = Vec::new();
    for (list, when) in [(yes, condition), (no, !condition)] {
        let items = replay.when_reached(when, |replay| match of(replay, list, at)? {
            Some(items) => Ok(items),
            None => {
                let always = replay.b.bool(true);
                let items = replay.items(list, at).unwrap_or_default();
                Ok(Rc::new(items.into_iter().map(|value| Item { there: always, value }).collect()))
            }
        })?;
        both.extend(items.iter().map(|item| Item { there: when & item.there, value: item.value.clone() }));
    }
    Ok(Some(Rc::new(both)))
}

/// Letters of a text that are looked at one by one.
const MOST_LETTERS: i64 = 40;

fn letters<'b>(replay: &mut Replay<'_, 'b>, cell: &Cell<'b>, at: Span) -> Result<Items<'b>, Unknown> {
    let text = crate::pandas::pattern::the_text(replay, cell, at)?;
    let long = text.len().gt(MOST_LETTERS);
    refuse(replay, long, "a text has too many letters for the loop", at);
    let one = |number: i64| {
        let letter = text.slice_text(number, number + 1);
        replay.single_letters.insert(letter.value());
        Item { there: text.len().gt(number), value: Value::Cell(Cell::new(Kind::Str, letter)) }
    };
    Ok(Rc::new((0..MOST_LETTERS).map(one).collect()))
}

/// A row on which the scorer gives up, on the path that is walked. No handler of the script takes it.
pub(crate) fn refuse<'b>(replay: &mut Replay<'_, 'b>, when: Val<'b>, what: &str, at: Span) {
    let when = replay.and_reached(when);
    let reason = ir::Reason::Invalid(format!("{what} at {}", replay.place_name(at)));
    let guard = replay.guard(when, reason, at);
    if let Some(frame) = replay.cells.last_mut() {
        frame.guards.insert(guard);
    }
}

/// How many items are there.
pub(crate) fn count<'b>(replay: &Replay<'_, 'b>, items: &[Item<'b>]) -> Val<'b> {
    items.iter().fold(replay.b.i64(0), |count, item| count + item.there.select(replay.b.i64(1), 0_i64))
}

pub(crate) fn any_there<'b>(replay: &Replay<'_, 'b>, items: &[Item<'b>]) -> Val<'b> {
    items.iter().fold(replay.b.bool(false), |any, item| any | item.there)
}

/// `items[number]`: raises where there are not so many.
pub(crate) fn item<'b>(replay: &mut Replay<'_, 'b>, items: &[Item<'b>], index: &Value<'b>, at: Span) -> Eval<'b> {
    let Some(number) = replay.concrete(index).and_then(|index| index.as_int()) else {
        return Err(replay.unsupported(at, "an item of a list of the row at a computed place"));
    };
    // The place of an item, from the side that is counted from.
    let (wanted, order): (i64, Vec<&Item<'b>>) =
        if number >= 0 { (number, items.iter().collect()) } else { (-number - 1, items.iter().rev().collect()) };
    let mut before = replay.b.i64(0);
    let mut found: Option<Value<'b>> = None;
    let mut any = replay.b.bool(false);
    for item in order {
        let here = item.there & before.eq(wanted);
        found = Some(match found {
            None => item.value.clone(),
            Some(other) => replay.choose_values(here, &item.value, &other, at)?,
        });
        any = any | here;
        before = before + item.there.select(replay.b.i64(1), 0_i64);
    }
    replay.raise_here(!any, "IndexError", at);
    match found {
        Some(value) => Ok(value),
        None => Ok(Value::Cell(Cell::new(Kind::Missing, replay.b.bool(false)))),
    }
}

/// The text at a place, counted from the right if it is negative, and whether there are so many.
pub(crate) fn text_at<'b>(replay: &mut Replay<'_, 'b>, items: &[Item<'b>], number: i64, at: Span) -> Result<(Val<'b>, Val<'b>), Unknown> {
    let (wanted, order): (i64, Vec<&Item<'b>>) =
        if number >= 0 { (number, items.iter().collect()) } else { (-number - 1, items.iter().rev().collect()) };
    let (mut before, mut text, mut any) = (replay.b.i64(0), replay.b.str(""), replay.b.bool(false));
    for item in order {
        let cell = ops::to_cell(replay, &item.value, None, at)?;
        let one = crate::pandas::pattern::the_text(replay, &cell, at)?;
        let here = item.there & before.eq(wanted);
        text = here.select(one, text);
        any = any | here;
        before = before + item.there.select(replay.b.i64(1), 0_i64);
    }
    Ok((text, any))
}

/// `a, b = items`: another number of items raises.
pub(crate) fn unpacked<'b>(replay: &mut Replay<'_, 'b>, items: &[Item<'b>], names: usize, at: Span) -> Result<Vec<Value<'b>>, Unknown> {
    let wrong = count(replay, items).ne(names as i64);
    replay.raise_here(wrong, "ValueError", at);
    (0..names as i64)
        .map(|number| {
            let number = replay.known(record::Value::Int(number));
            item(replay, items, &number, at)
        })
        .collect()
}

/// `a, b, *rest = items`: fewer items than names raise.
pub(crate) fn head_and_rest<'b>(
    replay: &mut Replay<'_, 'b>,
    items: &[Item<'b>],
    names: usize,
    at: Span,
) -> Result<Vec<Value<'b>>, Unknown> {
    let few = count(replay, items).lt(names as i64);
    replay.raise_here(few, "ValueError", at);
    let mut out = Vec::new();
    for number in 0..names as i64 {
        let number = replay.known(record::Value::Int(number));
        out.push(item(replay, items, &number, at)?);
    }
    let mut before = replay.b.i64(0);
    let mut rest = Vec::new();
    for item in items {
        rest.push(Item { there: item.there & before.ge(names as i64), value: item.value.clone() });
        before = before + item.there.select(replay.b.i64(1), 0_i64);
    }
    // The first ones are never among the rest.
    out.push(Value::Sequence(Rc::new(rest.split_off(names.min(items.len())))));
    Ok(out)
}

/// `sum(items)`, from the first to the last.
pub(crate) fn sum<'b>(replay: &mut Replay<'_, 'b>, items: &[Item<'b>], start: Value<'b>, at: Span) -> Eval<'b> {
    let mut total = start;
    for item in items {
        let more = replay.when_reached(item.there, |replay| replay.binary(BinaryOp::Add, &total, &item.value, at))?;
        total = replay.choose_values(item.there, &more, &total, at)?;
    }
    Ok(total)
}

/// `min(items)` and `max(items)`: the first that no later one beats; of nothing it raises.
pub(crate) fn extreme<'b>(
    replay: &mut Replay<'_, 'b>,
    items: &[Item<'b>],
    better: CompareOp,
    default: Option<Value<'b>>,
    at: Span,
) -> Eval<'b> {
    let mut best: Option<(Val<'b>, Value<'b>)> = None;
    for item in items {
        best = Some(match best {
            None => (item.there, item.value.clone()),
            Some((any, before)) => {
                let both = any & item.there;
                let wins = replay.when_reached(both, |replay| replay.compare(better, &item.value, &before, at))?;
                let wins = match replay.row_condition(&wins) {
                    Some(wins) => wins,
                    None => replay.b.bool(replay.concrete(&wins).and_then(|wins| wins.truth()).unwrap_or(false)),
                };
                let taken = item.there & (!any | wins);
                (any | item.there, replay.choose_values(taken, &item.value, &before, at)?)
            }
        });
    }
    let Some((any, value)) = best else { return Err(replay.unsupported(at, "the extreme of nothing")) };
    match default {
        Some(default) => replay.choose_values(any, &value, &default, at),
        None => {
            replay.raise_here(!any, "ValueError", at);
            Ok(value)
        }
    }
}

/// `any(items)` and `all(items)`.
pub(crate) fn quantified<'b>(replay: &mut Replay<'_, 'b>, items: &[Item<'b>], all: bool, at: Span) -> Eval<'b> {
    let mut out = replay.b.bool(all);
    for item in items {
        let cell = ops::to_cell(replay, &item.value, None, at)?;
        let Some(truth) = replay.row_condition(&Value::Cell(cell)) else { return Err(replay.unsupported(at, "the truth of this")) };
        out = if all { out & (!item.there | truth) } else { out | (item.there & truth) };
    }
    Ok(Value::Cell(Cell::new(Kind::Bool, out)))
}

/// `part in items`
pub(crate) fn has<'b>(replay: &mut Replay<'_, 'b>, items: &[Item<'b>], part: &Value<'b>, negated: bool, at: Span) -> Eval<'b> {
    let mut held = replay.b.bool(false);
    for item in items {
        let same = replay.compare(CompareOp::Eq, part, &item.value, at)?;
        let same = match replay.row_condition(&same) {
            Some(same) => same,
            None => replay.b.bool(replay.concrete(&same).and_then(|same| same.truth()).unwrap_or(false)),
        };
        held = held | (item.there & same);
    }
    Ok(Value::Cell(Cell::new(Kind::Bool, if negated { !held } else { held })))
}

/// `separator.join(parts)`
pub(crate) fn join<'b>(replay: &mut Replay<'_, 'b>, separator: &Cell<'b>, parts: &Value<'b>, at: Span) -> Eval<'b> {
    let items: Vec<Item<'b>> = match of(replay, parts, at)? {
        Some(items) => items.to_vec(),
        None => match replay.items(parts, at) {
            Some(items) => items.into_iter().map(|value| Item { there: replay.b.bool(true), value }).collect(),
            None => return Err(replay.unsupported(at, "`join` of this")),
        },
    };
    let separator = crate::pandas::pattern::the_text(replay, separator, at)?;
    let mut out = replay.b.str("");
    let mut any = replay.b.bool(false);
    for item in items {
        let cell = ops::to_cell(replay, &item.value, None, at)?;
        let part = replay.when_reached(item.there, |replay| crate::pandas::pattern::the_text(replay, &cell, at))?;
        let longer = any.select(out.append(separator), out).append(part);
        out = item.there.select(longer, out);
        any = any | item.there;
    }
    Ok(Value::Cell(Cell::new(Kind::Str, out)))
}

/// `enumerate(items)`: the number of an item is how many are there before it.
pub(crate) fn enumerated<'b>(replay: &mut Replay<'_, 'b>, items: &[Item<'b>], start: i64) -> Value<'b> {
    let mut number = replay.b.i64(start);
    let mut out = Vec::new();
    for item in items {
        let place = Value::Cell(Cell::new(Kind::INT, number));
        out.push(Item { there: item.there, value: Value::Tuple(vec![place, item.value.clone()]) });
        number = number + item.there.select(replay.b.i64(1), 0_i64);
    }
    Value::Sequence(Rc::new(out))
}

/// `reversed(items)` and `items[::-1]`.
pub(crate) fn reversed<'b>(items: &[Item<'b>]) -> Value<'b> {
    Value::Sequence(Rc::new(items.iter().rev().cloned().collect()))
}

/// The items with a function applied to each that is there.
pub(crate) fn mapped<'b>(
    replay: &mut Replay<'_, 'b>,
    items: &[Item<'b>],
    mut apply: impl FnMut(&mut Replay<'_, 'b>, Value<'b>) -> Eval<'b>,
) -> Eval<'b> {
    let mut out = Vec::new();
    for item in items {
        let value = replay.when_reached(item.there, |replay| apply(replay, item.value.clone()))?;
        out.push(Item { there: item.there, value });
    }
    Ok(Value::Sequence(Rc::new(out)))
}
