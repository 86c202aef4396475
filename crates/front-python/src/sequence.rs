//! Lists of a function on cells whose length depends on the row: pieces of a text in a loop, what a pattern finds, filtered comprehensions.
//!
//! Each item has a condition under which it is there; those that are keep their order. How many there can be is limited where the list
//! begins, by a guard.

#![expect(clippy::wildcard_enum_match_arm, reason = "what a construct does not take is refused, whatever it is")]

use crate::ast::{BinaryOp, CompareOp};
use crate::ops;
use crate::record;
use crate::replay::Replay;
use crate::udf::{Container, Written};
use crate::value::{Cell, Column, Eval, Kind, ListId, Objects, Unknown, Value};
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
        Value::Entry(_) => {
            let cell = ops::to_cell(replay, value, None, at)?;
            letters(replay, &cell, at).map(Some)
        }
        Value::List(id) if replay.is_of_row(*id) => {
            let always = replay.b.bool(true);
            let item = |value: &Value<'b>| match value {
                Value::Sometimes(item) => (**item).clone(),
                value => Item { there: always, value: value.clone() },
            };
            Ok(Some(Rc::new(replay.lists[id.0].iter().map(item).collect())))
        }
        Value::Dict(id) if crate::row_dicts::is_of_row(replay, *id) => match crate::row_dicts::view(replay, *id, "keys", at) {
            Some(Ok(Value::Sequence(keys))) => Ok(Some(keys)),
            Some(Err(why)) => Err(why),
            _ => Ok(None),
        },
        Value::Pieces(pieces) => crate::pandas::pieces::items(replay, pieces, at).map(|items| Some(Rc::new(items))),
        Value::Cell(cell) if crate::literals::is_document(value) => {
            crate::literals::items(replay, cell, at).map(|items| Some(Rc::new(items)))
        }
        Value::Cell(cell) if cell.alternatives.iter().any(|one| one.kind == Kind::Str) => letters(replay, cell, at).map(Some),
        // A number has no items.
        Value::Cell(cell)
            if replay.cells_active() && cell.alternatives.iter().all(|one| one.kind.is_number() || one.kind == Kind::Missing) =>
        {
            let always = replay.b.bool(true);
            replay.raise_here(always, "TypeError", at);
            Ok(Some(Rc::new(Vec::new())))
        }
        _ => Ok(None),
    }
}

/// [`of`], and the items of a list that is known item by item. None for what is not known to have items.
pub(crate) fn each<'b>(replay: &mut Replay<'_, 'b>, value: &Value<'b>, at: Span) -> Result<Option<Items<'b>>, Unknown> {
    if let Some(items) = of(replay, value, at)? {
        return Ok(Some(items));
    }
    let there = replay.b.bool(true);
    let known = replay.items(value, at);
    Ok(known.map(|items| Rc::new(items.into_iter().map(|value| Item { there, value }).collect())))
}

/// `list.extend(more)`, where not all rows come that the list was made for, or where what comes depends on the row. None elsewhere.
pub(crate) fn extend<'b>(replay: &mut Replay<'_, 'b>, id: ListId, more: &Value<'b>, at: Span) -> Option<Result<(), Unknown>> {
    let here = replay.reached();
    let of_row = match of(replay, more, at) {
        Ok(items) => items,
        Err(why) => return Some(Err(why)),
    };
    if !replay.cells_active() || of_row.is_none() && here.map(Val::value) == replay.made_for.get(&id.0).copied() {
        return None;
    }
    let items = match of_row {
        Some(items) => items,
        None => match each(replay, more, at) {
            Ok(items) => items?,
            Err(why) => return Some(Err(why)),
        },
    };
    let here = |item: &Item<'b>| Item { there: replay.and_reached(item.there), value: item.value.clone() };
    let items = items.iter().map(here).collect();
    let end = replay.lists[id.0].len();
    put(replay, id, end, items);
    Some(Ok(()))
}

/// Puts items into a list, from a place on.
pub(crate) fn put<'b>(replay: &mut Replay<'_, 'b>, id: ListId, place: usize, items: Vec<Item<'b>>) {
    replay.writes.push(Written { of: Container::List(id.0), by_row: true });
    replay.lists[id.0].splice(place..place, items.into_iter().map(|item| Value::Sometimes(Box::new(item))));
}

/// `a + b` of lists, of which one at least depends on the row. None for others.
pub(crate) fn concatenated<'b>(
    replay: &mut Replay<'_, 'b>,
    left: &Value<'b>,
    right: &Value<'b>,
    at: Span,
) -> Result<Option<Value<'b>>, Unknown> {
    let is_of_row = |value: &Value<'b>| matches!(value, Value::Sequence(_) | Value::Pieces(_)) || replay.differs_by_row(value);
    let is_list = |value: &Value<'b>| matches!(value, Value::Sequence(_) | Value::Pieces(_) | Value::List(_) | Value::Known(_));
    if !replay.cells_active() || !is_list(left) || !is_list(right) || !is_of_row(left) && !is_of_row(right) {
        return Ok(None);
    }
    let (Some(left), Some(right)) = (each(replay, left, at)?, each(replay, right, at)?) else { return Ok(None) };
    Ok(Some(Value::Sequence(Rc::new(left.iter().chain(right.iter()).cloned().collect()))))
}

/// `zip` of lists of which some have a length that the row decides, where each item that is there stands at its own place. None for others.
pub(crate) fn zipped<'b>(replay: &mut Replay<'_, 'b>, iterables: &[Value<'b>], at: Span) -> Result<Option<Value<'b>>, Unknown> {
    let mut lists = Vec::new();
    let mut of_row = false;
    for iterable in iterables {
        match of(replay, iterable, at)? {
            Some(items) if !is_filled_from_left(&items) => return Err(replay.unsupported(at, "`zip` of a list with gaps")),
            Some(items) => {
                of_row = true;
                lists.push(items);
            }
            None => match each(replay, iterable, at)? {
                Some(items) => lists.push(items),
                None => return Ok(None),
            },
        }
    }
    let shortest = lists.iter().map(|items| items.len()).min().unwrap_or(0);
    let pair = |place: usize| {
        let there = lists.iter().map(|items| items[place].there).reduce(|all, one| all & one);
        let value = Value::Tuple(lists.iter().map(|items| items[place].value.clone()).collect());
        Item { there: there.unwrap_or_else(|| replay.b.bool(true)), value }
    };
    Ok(of_row.then(|| Value::Sequence(Rc::new((0..shortest).map(pair).collect()))))
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
    let length = text.len();
    let one = |number: i64| {
        let letter = text.slice_text(number, number + 1);
        replay.single_letters.insert(letter.value());
        Item { there: length.gt(number), value: Value::Cell(Cell::new(Kind::Str, letter)) }
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
    let one = |item: &Item<'b>| item.there.select(replay.b.i64(1), 0_i64);
    items.iter().map(one).reduce(|count, one| count + one).unwrap_or_else(|| replay.b.i64(0))
}

pub(crate) fn any_there<'b>(replay: &Replay<'_, 'b>, items: &[Item<'b>]) -> Val<'b> {
    items.iter().fold(replay.b.bool(false), |any, item| any | item.there)
}

/// `items[number]`: raises where there are not so many.
pub(crate) fn item<'b>(replay: &mut Replay<'_, 'b>, items: &[Item<'b>], index: &Value<'b>, at: Span) -> Eval<'b> {
    if let Value::Slice(lower, upper, step) = index {
        return slice(replay, items, (lower.as_deref(), upper.as_deref(), step.as_deref()), at);
    }
    let Some(number) = replay.concrete(index).and_then(|index| index.as_int()) else {
        return Err(replay.unsupported(at, "an item of a list of the row at a computed place"));
    };
    if let Some(item) = usize::try_from(number).ok().filter(|_| is_filled_from_left(items)).map(|number| items.get(number)) {
        let there = item.map_or_else(|| replay.b.bool(false), |item| item.there);
        replay.raise_here(!there, "IndexError", at);
        return Ok(match item {
            Some(item) => item.value.clone(),
            None => Value::Cell(Cell::new(Kind::Missing, replay.b.bool(false))),
        });
    }
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

/// Whether an item is only there where the one before it is, as those of a `split` are: then each that is there stands at its own place.
fn is_filled_from_left(items: &[Item<'_>]) -> bool {
    let mut before: Vec<Val<'_>> = Vec::new();
    items.iter().all(|item| {
        let mut holding = Vec::new();
        conditions(item.there, &mut holding);
        let filled = before.iter().all(|one| holding.iter().any(|other| follows(*one, *other)));
        before = holding;
        filled
    })
}

/// Whether one condition holds wherever another does: they are one, or both say that the same number is above constants.
fn follows(one: Val<'_>, from: Val<'_>) -> bool {
    let above = |condition: Val<'_>| match condition.made_by() {
        ir::Op::Binary(ir::Binary::Gt, number, least) => match condition.builder().value(least).literal() {
            Some(ir::Literal::I64(least)) => Some((number, least)),
            _ => None,
        },
        _ => None,
    };
    one.value() == from.value()
        || above(one).zip(above(from)).is_some_and(|((number, least), (other, greater))| number == other && least <= greater)
}

/// The conditions that all hold where one does.
fn conditions<'b>(all: Val<'b>, out: &mut Vec<Val<'b>>) {
    match all.made_by() {
        ir::Op::Const(ir::Literal::Bool(true)) => {}
        ir::Op::Binary(ir::Binary::And, a, b) => {
            conditions(all.builder().value(a), out);
            conditions(all.builder().value(b), out);
        }
        _ => out.push(all),
    }
}

/// The bounds and the step of a slice, where they are given.
type Bounds<'v, 'b> = (Option<&'v Value<'b>>, Option<&'v Value<'b>>, Option<&'v Value<'b>>);

/// `items[lower:upper]`, counted from either side, and `items[::-1]`.
fn slice<'b>(replay: &mut Replay<'_, 'b>, items: &[Item<'b>], (lower, upper, step): Bounds<'_, 'b>, at: Span) -> Eval<'b> {
    let number = |replay: &Replay<'_, 'b>, part: Option<&Value<'b>>| match part.map(|part| replay.concrete(part)) {
        None | Some(Some(record::Value::None(()))) => Ok(None),
        Some(Some(record::Value::Int(number))) => Ok(Some(number)),
        Some(_) => Err(()),
    };
    let parts = (number(replay, lower), number(replay, upper), number(replay, step));
    let (lower, upper) = match parts {
        (Ok(None), Ok(None), Ok(Some(-1))) => return Ok(reversed(items)),
        (Ok(lower), Ok(upper), Ok(None | Some(1))) => (lower, upper),
        _ => return Err(replay.unsupported(at, "this slice of a list of the row")),
    };
    let all = count(replay, items);
    let place = |bound: i64| if bound < 0 { all + bound } else { replay.b.i64(bound) };
    let (from, to) = (lower.map(place), upper.map(place));
    let mut before = replay.b.i64(0);
    let mut out = Vec::new();
    for item in items {
        let mut there = item.there;
        there = from.map_or(there, |from| there & before.ge(from));
        there = to.map_or(there, |to| there & before.lt(to));
        out.push(Item { there, value: item.value.clone() });
        before = before + item.there.select(replay.b.i64(1), 0_i64);
    }
    Ok(Value::Sequence(Rc::new(out)))
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

/// `min(items)` and `max(items)`, also by keys: the first that no later one beats; of nothing it raises.
pub(crate) fn extreme<'b>(
    replay: &mut Replay<'_, 'b>,
    items: &[Item<'b>],
    (better, key): (CompareOp, Option<&Value<'b>>),
    default: Option<Value<'b>>,
    at: Span,
) -> Eval<'b> {
    let mut best: Option<(Val<'b>, Value<'b>, Value<'b>)> = None;
    for item in items {
        let own = key_of(replay, item, key, at)?;
        best = Some(match best {
            None => (item.there, item.value.clone(), own),
            Some((any, before, beaten)) => {
                let both = any & item.there;
                let wins = replay.when_reached(both, |replay| replay.compare(better, &own, &beaten, at))?;
                let wins = replay.truth_of(&wins, at)?;
                let taken = item.there & (!any | wins);
                let value = replay.choose_values(taken, &item.value, &before, at)?;
                let own = if key.is_some() { replay.choose_values(taken, &own, &beaten, at)? } else { value.clone() };
                (any | item.there, value, own)
            }
        });
    }
    let Some((any, value, _)) = best else {
        let always = replay.b.bool(true);
        return Ok(default.unwrap_or_else(|| {
            replay.raise_here(always, "ValueError", at);
            replay.none()
        }));
    };
    match default {
        Some(default) => replay.choose_values(any, &value, &default, at),
        None => {
            replay.raise_here(!any, "ValueError", at);
            Ok(value)
        }
    }
}

/// What an item is compared by.
pub(crate) fn key_of<'b>(replay: &mut Replay<'_, 'b>, item: &Item<'b>, key: Option<&Value<'b>>, at: Span) -> Eval<'b> {
    match key {
        Some(key) => replay.when_reached(item.there, |replay| replay.apply(key.clone(), None, vec![item.value.clone()], Vec::new(), at)),
        None => Ok(item.value.clone()),
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
        let same = replay.truth_of(&same, at)?;
        held = held | (item.there & same);
    }
    Ok(Value::Cell(Cell::new(Kind::Bool, if negated { !held } else { held })))
}

/// Whether each of some texts is in the list of each row. A row without a list raises, as whatever iterates over it does.
pub(crate) fn among<'b>(replay: &mut Replay<'_, 'b>, objects: &Objects<'b>, texts: &[&str], at: Span) -> Result<Vec<Column<'b>>, Unknown> {
    let (held, mut guards) = crate::udf::on_cells(replay, |replay| {
        let Some(items) = each(replay, &objects.value, at)? else { return Err(replay.unsupported(at, "labels of this")) };
        let mut held = Vec::new();
        for text in texts {
            let text = replay.known(record::Value::Str((*text).to_owned()));
            held.push(held_among(replay, &items, &text, at)?);
        }
        Ok(held)
    })?;
    guards.extend(&objects.like.cell.guards);
    if let Some(missing) = objects.missing {
        guards.insert(replay.guard(missing, ir::Reason::Invalid("a missing list of labels".to_owned()), at));
    }
    let column = |held: Val<'b>| objects.like.with(Cell::new(Kind::Bool, held).guarded(&guards));
    Ok(held.into_iter().map(column).collect())
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

/// The items of a list or set of the row, or of one that is known item by item, in an order that must not matter.
fn unordered<'b>(replay: &mut Replay<'_, 'b>, value: &Value<'b>, at: Span) -> Result<Option<Items<'b>>, Unknown> {
    match of_any(replay, value, at)? {
        Some(items) => Ok(Some(items)),
        None => each(replay, value, at),
    }
}

/// [`of`], and the items of a set.
pub(crate) fn of_any<'b>(replay: &mut Replay<'_, 'b>, value: &Value<'b>, at: Span) -> Result<Option<Items<'b>>, Unknown> {
    match value {
        Value::Set(items) => Ok(Some(items.clone())),
        Value::SetOfPieces(pieces) => {
            let items = crate::pandas::pieces::items(replay, pieces, at)?;
            match set(replay, &items, at)? {
                Value::Set(items) => Ok(Some(items)),
                _ => Ok(None),
            }
        }
        value => of(replay, value, at),
    }
}

/// Whether what is equal among these values is one element of a set: NaN is not equal to itself.
fn is_hashed_by_value(value: &Value<'_>) -> bool {
    match value {
        Value::Cell(cell) => cell.alternatives.iter().all(|one| matches!(one.kind, Kind::Str | Kind::Int(_) | Kind::Bool)),
        Value::Known(known) => known.clone_unused().is_some_and(|value| !value.is_missing()),
        Value::Entry(_) => true,
        _ => false,
    }
}

/// `set(items)`: an item is there if none before it is equal.
pub(crate) fn set<'b>(replay: &mut Replay<'_, 'b>, items: &[Item<'b>], at: Span) -> Eval<'b> {
    if !items.iter().all(|item| is_hashed_by_value(&item.value)) {
        return Err(replay.unsupported(at, "a set of other things than texts and whole numbers"));
    }
    let mut out: Vec<Item<'b>> = Vec::new();
    for item in items {
        let again = held_among(replay, &out, &item.value, at)?;
        out.push(Item { there: item.there & !again, value: item.value.clone() });
    }
    Ok(Value::Set(Rc::new(out)))
}

fn held_among<'b>(replay: &mut Replay<'_, 'b>, items: &[Item<'b>], value: &Value<'b>, at: Span) -> Result<Val<'b>, Unknown> {
    match has(replay, items, value, false, at)? {
        Value::Cell(cell) => match cell.single() {
            Some((Kind::Bool, held)) => Ok(held),
            _ => Err(replay.unsupported(at, "`in` with this")),
        },
        _ => Err(replay.unsupported(at, "`in` with this")),
    }
}

/// `&`, `|` and `-` of sets. None if neither is one of the row.
pub(crate) fn of_sets<'b>(replay: &mut Replay<'_, 'b>, op: BinaryOp, left: &Value<'b>, right: &Value<'b>, at: Span) -> Option<Eval<'b>> {
    let is_set = |value: &Value<'b>| matches!(value, Value::Set(_) | Value::SetOfPieces(_));
    if !is_set(left) && !is_set(right) || !matches!(op, BinaryOp::BitAnd | BinaryOp::BitOr | BinaryOp::Sub) {
        return None;
    }
    Some(sets_together(replay, op, left, right, at))
}

fn sets_together<'b>(replay: &mut Replay<'_, 'b>, op: BinaryOp, left: &Value<'b>, right: &Value<'b>, at: Span) -> Eval<'b> {
    let (Some(left), Some(right)) = (unordered(replay, left, at)?, unordered(replay, right, at)?) else {
        return Err(replay.unsupported(at, "a set together with this"));
    };
    if !left.iter().chain(right.iter()).all(|item| is_hashed_by_value(&item.value)) {
        return Err(replay.unsupported(at, "a set of other things than texts and whole numbers"));
    }
    let mut out = Vec::new();
    for item in left.iter() {
        let there = match op {
            BinaryOp::BitAnd => item.there & held_among(replay, &right, &item.value, at)?,
            BinaryOp::Sub => item.there & !held_among(replay, &right, &item.value, at)?,
            _ => item.there,
        };
        out.push(Item { there, value: item.value.clone() });
    }
    if op == BinaryOp::BitOr {
        for item in right.iter() {
            let there = item.there & !held_among(replay, &out, &item.value, at)?;
            out.push(Item { there, value: item.value.clone() });
        }
    }
    Ok(Value::Set(Rc::new(out)))
}

/// Methods of lists and sets of the row. None for what they do not have here.
pub(crate) fn method<'b>(replay: &mut Replay<'_, 'b>, of: &Value<'b>, name: &str, args: &[Value<'b>], at: Span) -> Option<Eval<'b>> {
    match (of, name, args) {
        (Value::Set(_) | Value::SetOfPieces(_), "intersection", [other]) => Some(sets_together(replay, BinaryOp::BitAnd, of, other, at)),
        (Value::Set(_) | Value::SetOfPieces(_), "union", [other]) => Some(sets_together(replay, BinaryOp::BitOr, of, other, at)),
        (Value::Set(_) | Value::SetOfPieces(_), "difference", [other]) => Some(sets_together(replay, BinaryOp::Sub, of, other, at)),
        (Value::Set(_) | Value::SetOfPieces(_), "isdisjoint", [other]) => Some(is_empty(replay, BinaryOp::BitAnd, of, other, at)),
        (Value::Set(_) | Value::SetOfPieces(_), "issubset", [other]) => Some(is_empty(replay, BinaryOp::Sub, of, other, at)),
        (Value::Set(_) | Value::SetOfPieces(_), "issuperset", [other]) => Some(is_empty(replay, BinaryOp::Sub, other, of, at)),
        (Value::Pieces(pieces), "count", [wanted]) if crate::pandas::pieces::can_count(replay, pieces, wanted) => {
            Some(crate::pandas::pieces::how_often(replay, pieces, wanted, at))
        }
        (Value::Sequence(_) | Value::Pieces(_) | Value::List(_), "count", [wanted]) => match self::of(replay, of, at) {
            Ok(Some(items)) => Some(how_often(replay, &items, wanted, at)),
            Ok(None) => None,
            Err(why) => Some(Err(why)),
        },
        _ => None,
    }
}

fn is_empty<'b>(replay: &mut Replay<'_, 'b>, op: BinaryOp, left: &Value<'b>, right: &Value<'b>, at: Span) -> Eval<'b> {
    match sets_together(replay, op, left, right, at)? {
        Value::Set(items) => {
            let any = any_there(replay, &items);
            Ok(Value::Cell(Cell::new(Kind::Bool, !any)))
        }
        other => Ok(other),
    }
}

/// `items.count(wanted)`
pub(crate) fn how_often<'b>(replay: &mut Replay<'_, 'b>, items: &[Item<'b>], wanted: &Value<'b>, at: Span) -> Eval<'b> {
    let mut count = replay.b.i64(0);
    for item in items {
        let same = held_among(replay, std::slice::from_ref(item), wanted, at)?;
        count = count + same.select(replay.b.i64(1), 0_i64);
    }
    Ok(Value::Cell(Cell::new(Kind::INT, count)))
}

/// Items that are put in order at most: each is compared with each.
const MOST_SORTED: usize = 24;

/// Keys that are texts or missing as texts: rows on which one is missing are refused, for Python raises on a text beside a number.
fn texts_beside_missing<'b>(replay: &mut Replay<'_, 'b>, items: &[Item<'b>], keys: &[Value<'b>], at: Span) -> Vec<Value<'b>> {
    let text = |(item, key): (&Item<'b>, &Value<'b>)| match key {
        Value::Cell(cell) if cell.alternatives.len() > 1 => {
            let text = cell.alternatives.iter().find(|one| one.kind == Kind::Str)?.val;
            let others = cell.alternatives.iter().filter(|one| one.kind != Kind::Str);
            let missing = others.filter_map(|one| one.when).reduce(|a, b| a | b)?;
            refuse(replay, item.there & missing, "a missing text among those that are put in order", at);
            Some(Value::Cell(Cell { guards: cell.guards.clone(), ..Cell::new(Kind::Str, text.or_else("")) }))
        }
        _ => None,
    };
    items.iter().zip(keys).map(text).zip(keys).map(|(text, key)| text.unwrap_or_else(|| key.clone())).collect()
}

/// `sorted(items)`: the place of an item is how many go before it, of equal ones the earlier first.
pub(crate) fn sorted<'b>(replay: &mut Replay<'_, 'b>, items: &[Item<'b>], keys: &[Value<'b>], backwards: bool, at: Span) -> Eval<'b> {
    if items.len() > MOST_SORTED {
        return Err(replay.unsupported(at, "`sorted` of this many items"));
    }
    let keys = &texts_beside_missing(replay, items, keys, at);
    let one_kind = |value: &Value<'b>| match value {
        Value::Cell(cell) => cell.single().map(|(kind, _)| kind.clone()),
        _ => None,
    };
    let Some(kinds) = keys.iter().map(one_kind).collect::<Option<Vec<Kind>>>() else {
        return Err(replay.unsupported(at, "`sorted` of values of several types"));
    };
    if !(kinds.iter().all(|kind| *kind == Kind::Str) || kinds.iter().all(|kind| matches!(kind, Kind::Int(_) | Kind::Float))) {
        return Err(replay.unsupported(at, "`sorted` of other things than texts or numbers"));
    }
    for (item, key) in items.iter().zip(keys) {
        if let Value::Cell(cell) = key
            && let Some((Kind::Float, val)) = cell.single()
        {
            refuse(replay, item.there & val.is_nan(), "a missing value among those that are put in order", at);
        }
    }
    let mut places = vec![replay.b.i64(0); items.len()];
    for later in 0..items.len() {
        for earlier in 0..later {
            let (first, second) = if backwards { (earlier, later) } else { (later, earlier) };
            let less = replay.compare(CompareOp::Lt, &keys[first], &keys[second], at)?;
            let Some(swapped) = replay.row_condition(&less) else { return Err(replay.unsupported(at, "the order of these")) };
            let (one, zero) = (replay.b.i64(1), replay.b.i64(0));
            places[earlier] = places[earlier] + (items[later].there & swapped).select(one, zero);
            places[later] = places[later] + (items[earlier].there & !swapped).select(one, zero);
        }
    }
    let count = count(replay, items);
    let mut out = Vec::new();
    for place in 0..items.len() as i64 {
        let mut value: Option<Value<'b>> = None;
        for (item, own) in items.iter().zip(&places) {
            let here = item.there & own.eq(place);
            value = Some(match value {
                None => item.value.clone(),
                Some(other) => replay.choose_values(here, &item.value, &other, at)?,
            });
        }
        out.extend(value.map(|value| Item { there: count.gt(place), value }));
    }
    Ok(Value::Sequence(Rc::new(out)))
}
