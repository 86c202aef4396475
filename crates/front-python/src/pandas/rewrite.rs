//! Texts rewritten: letter by letter, from the other end, cut at the last separator, with a part replaced by its place.

use super::text::on_text;
use crate::record::{self, Tagged};
use crate::replay::{Call, On, Replay, Row};
use crate::scan;
use crate::value::{Column, Eval, Frame, Guards, Kind, Unknown, Value};
use ir::{Reason, Val};
use source::Span;

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Text, "rpartition", last_partition),
    Row::new(On::Text, "slice_replace", slice_replace),
    Row::new(On::Text, "translate", translate),
    Row::new(On::Cell, "rpartition", last_partition),
    Row::new(On::Cell, "translate", translate),
];

/// A letter, and what takes its place.
type Letters = Vec<(String, String)>;

/// The table of `str.maketrans`: letters by their numbers, or by themselves. None if it is not one.
fn letters(table: &record::Value) -> Option<Letters> {
    let letter = |value: &record::Value| match value.as_int() {
        Some(code) => char::from_u32(u32::try_from(code).ok()?).map(String::from),
        None => value.as_str().map(str::to_owned),
    };
    let Tagged::Dict(pairs) = table.as_tagged()? else { return None };
    let one = |(old, new): &(record::Value, record::Value)| {
        let new = if new.is_missing() { Some(String::new()) } else { letter(new) };
        letter(old).filter(|old| old.chars().count() == 1).zip(new)
    };
    pairs.iter().map(one).collect()
}

/// In an order in which no letter is made before it is looked for; none if there is no such order.
fn in_order(mut letters: Letters) -> Option<Letters> {
    letters.retain(|(old, new)| old != new);
    let mut out: Letters = Vec::new();
    while !letters.is_empty() {
        // What makes a letter that is still to be replaced has to wait.
        let free = letters.iter().position(|(_, new)| !letters.iter().any(|(other, _)| new.contains(other.as_str())))?;
        out.push(letters.remove(free));
    }
    Some(out)
}

/// `translate(table)`: each letter of the table becomes what stands beside it.
fn translate<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let table = ["table", "0"].iter().find_map(|name| call.take(name));
    if let Some(Value::Known(known)) = &table {
        replay.freeze(known);
    }
    let table = table.and_then(|table| replay.concrete(&table));
    match table.as_ref().and_then(letters).and_then(in_order) {
        Some(letters) => on_text(replay, call, |_, val| {
            (Kind::Str, letters.iter().fold(val, |text, (old, new)| text.replace(old.as_str(), new.as_str())))
        }),
        None => Err(replay.unsupported(at, "`translate` by this table")),
    }
}

/// The text before and behind the last separator, and the separator if it is there; else all is behind it.
fn last_partition<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let separator = ["sep", "0"].iter().find_map(|name| call.take(name));
    let separator = separator.map_or(Some(record::Value::Str(" ".to_owned())), |separator| replay.concrete(&separator));
    let Some(record::Value::Str(separator)) = separator.filter(|text| text.as_str() != Some("")) else {
        return Err(replay.unsupported(at, "`rpartition` at this"));
    };
    let expand = call.flag(replay, "expand", true)?;
    let refused = std::cell::RefCell::new(Vec::new());
    let mut parts = Vec::new();
    for part in 0..3 {
        parts.push(on_text(replay, call, |replay, val| {
            let (head, tail, there) = super::pieces::last_cut(val, &separator, &mut refused.borrow_mut());
            let one = match part {
                0 => there.select(head, ""),
                1 => there.select(replay.b.str(&separator), ""),
                _ => tail,
            };
            (Kind::Str, one)
        })?);
    }
    let place = replay.place_name(at);
    let many = refused.into_inner().into_iter().map(|when: Val<'b>| {
        let reason = Reason::Invalid(format!("too many pieces of a text at {place}"));
        replay.guard(when.or_else(false), reason, at)
    });
    let own: Guards = many.collect();
    if matches!(call.receiver, Value::Cell(_)) {
        if let Some(frame) = replay.cells.last_mut() {
            frame.guards.extend(&own);
        }
        return Ok(Value::Tuple(parts));
    }
    if !expand {
        return Err(replay.unsupported(at, "`rpartition` as tuples"));
    }
    let mut frame = Frame::default();
    for (number, part) in parts.into_iter().enumerate() {
        if let Value::Column(column) = part {
            frame.space = column.space;
            let name = number.to_string();
            let cell = column.cell.clone().guarded(&own);
            frame.columns.insert(name.clone(), Value::Column(Column { cell, name: Some(name), ..column }));
        }
    }
    Ok(replay.frame(frame))
}

/// `slice_replace(start, stop, repl)`: the text before `start`, the other one, and the text from `stop` on.
fn slice_replace<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (start, stop) = (call.int(replay, "start")?.unwrap_or(0), call.int(replay, "stop")?);
    let by = call.text(replay, "repl")?.unwrap_or_default();
    if start < 0 || stop.is_some_and(|stop| stop < start) {
        return Err(replay.unsupported(call.span, "`slice_replace` between places counted from the right"));
    }
    on_text(replay, call, |_, val| {
        let rest = val.slice_text(stop.unwrap_or(i64::MAX), val.len());
        (Kind::Str, val.slice_text(0_i64, start).append(by.as_str()).append(rest))
    })
}

/// `text[::-1]`. The letters are read one by one, so a text that is too long is refused.
pub(crate) fn reversed<'b>(replay: &mut Replay<'_, 'b>, text: Val<'b>, at: Span) -> Result<(Val<'b>, Guards), Unknown> {
    let Some(made) = super::pattern::function(replay, "reversed".to_owned(), scan::reversed) else {
        return Err(replay.unsupported(at, "a text from its end"));
    };
    let reason = Reason::Invalid(format!("a text is too long to be reversed at {}", replay.place_name(at)));
    let guard = replay.guard(text.len().gt(scan::LONGEST).or_else(false), reason, at);
    if let Some(frame) = replay.cells.last_mut() {
        frame.guards.insert(guard);
    }
    Ok((replay.b.call(made, &[text], 0), Guards::from([guard])))
}
