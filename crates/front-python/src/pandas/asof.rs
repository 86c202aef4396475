//! `pd.merge_asof` with a table that is known: beside each row the entry whose key is the nearest before it (or after, or on either side).
//!
//! How many of the table's keys lie before a row is found by halving; a table by that number, and by the keys that must be equal, says which
//! entry it is. Source: pandas `merge_asof`.

#![expect(clippy::wildcard_enum_match_arm, reason = "what has no order is refused, whatever it is")]

use super::table::{LookUp, attach, key_column, key_literal, look_up_table, moment, no_table};
use crate::ops;
use crate::record;
use crate::replay::{Call, On, Replay, Row};
use crate::value::{Cell, Column, Eval, FrameId, Kind, Unknown, Value};
use indexmap::IndexMap;
use ir::{Elem, Literal, Map, Reason, Table, Val};
use source::Span;

pub(crate) const ROWS: &[Row] = &[Row::new(On::Function, "pandas.merge_asof", merge_asof)];

/// Entries of the table by number of earlier keys and equal keys.
const MOST_ENTRIES: usize = 200_000;
/// What the number of the entry is called among the columns while they are put together.
const ENTRY: &str = "\u{0}entry";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Backward,
    Forward,
    Nearest,
}

/// The order of the table: its different keys, and for each entry which of them it has.
struct Order<'b> {
    /// The key of the row, of the type that the literals have.
    key: Val<'b>,
    keys: Vec<Literal>,
    of_entry: Vec<usize>,
}

fn merge_asof<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let (left, right) = (call.need(replay, "left")?, call.need(replay, "right")?);
    let on = call.text(replay, "on")?;
    let (left_on, right_on) = (call.text(replay, "left_on")?.or_else(|| on.clone()), call.text(replay, "right_on")?.or(on));
    let by = call.texts(replay, "by")?;
    let left_by = call.texts(replay, "left_by")?.or_else(|| by.clone()).unwrap_or_default();
    let right_by = call.texts(replay, "right_by")?.or(by).unwrap_or_default();
    let suffixes = call.texts(replay, "suffixes")?.unwrap_or_else(|| vec!["_x".to_owned(), "_y".to_owned()]);
    let exact = call.flag(replay, "allow_exact_matches", true)?;
    let tolerance = call.concrete(replay, "tolerance")?;
    let direction = match call.text(replay, "direction")?.as_deref() {
        None | Some("backward") => Direction::Backward,
        Some("forward") => Direction::Forward,
        Some("nearest") => Direction::Nearest,
        Some(_) => return Err(replay.unsupported(at, "`merge_asof` in this direction")),
    };
    let (Value::Frame(id), Value::Known(known)) = (&left, &right) else {
        return Err(no_table(replay, at));
    };
    let (Some(left_on), Some(right_on), true) = (left_on, right_on, left_by.len() == right_by.len()) else {
        return Err(replay.unsupported(at, "`merge_asof` by the index"));
    };
    if replay.frames[id.0].ordered_by.as_ref() != Some(&left_on) {
        return Err(replay.refuse(
            "python-row-order",
            at,
            format!("`merge_asof` raises unless the rows are in the order of `{left_on}`"),
            "rows that are scored come in any order",
            &format!("put them in order where they are merged: pd.merge_asof(df.sort_values(\"{left_on}\"), table, ...)"),
        ));
    }
    let Some(table) = look_up_table(known) else { return Err(replay.not_recorded(known.at.unwrap_or(at))) };
    replay.freeze(known);
    replay.hold(at, None);
    let key = column(replay, *id, &left_on, at)?;
    let order = order(replay, &key, &table, &right_on, at)?;
    let missing = ops::lift(replay, &[&key.cell], at, |_, operands| Ok((Kind::Bool, super::is_missing(&operands[0].0, operands[0].1))))?;
    let mut guards = key.cell.guards.clone();
    if let Some((_, missing)) = missing.single() {
        guards.insert(replay.guard(missing, Reason::Invalid(format!("{left_on} is missing, which merge_asof refuses")), at));
    }
    let mut keys = Vec::new();
    for (left, right) in left_by.iter().zip(&right_by) {
        let own = column(replay, *id, left, at)?;
        guards.extend(&own.cell.guards);
        keys.push(equal_key(replay, &own, &table, right, at)?);
    }
    let entry = entry(replay, &order, &keys, (direction, exact), tolerance.as_ref(), at)?;
    let mut frame = replay.frames[id.0].clone();
    let cell = Cell::new(Kind::INT, entry.or_else(-1_i64)).guarded(&guards);
    frame.columns.insert(ENTRY.to_owned(), Value::Column(Column { cell, name: None, space: frame.space, array: false }));
    let Value::Frame(wide) = replay.frame(frame) else { return Ok(replay.none()) };
    let same = |name: &String| *name == right_on && left_on == right_on || left_by.contains(name) && right_by.contains(name);
    let wanted: Vec<String> =
        table.columns.iter().map(|(name, _)| name.clone()).filter(|name| !name.starts_with('\u{0}') && !same(name)).collect();
    let numbers = (0..table.rows as i64).map(record::Value::Int).collect();
    let mut numbered = LookUp { columns: table.columns, rows: table.rows };
    numbered.columns.push((ENTRY.to_owned(), numbers));
    let entry = [ENTRY.to_owned()];
    let made = attach(replay, wide, &entry, &entry, &numbered, &wanted, &suffixes, false, None, at)?;
    if let Value::Frame(made) = made {
        replay.frames[made.0].columns.shift_remove(ENTRY);
        // A row that pandas refuses has no value at all.
        replay.guard_frame(made, &guards);
    }
    Ok(made)
}

fn column<'b>(replay: &mut Replay<'_, 'b>, id: FrameId, name: &str, at: Span) -> Result<Column<'b>, Unknown> {
    match super::column_of(replay, id, name, at)? {
        Value::Column(column) => Ok(column),
        _ => Err(replay.unsupported(at, "`merge_asof` by this")),
    }
}

fn values<'b, 't>(replay: &mut Replay<'_, 'b>, table: &'t LookUp, name: &str, at: Span) -> Result<&'t [record::Value], Unknown> {
    match table.columns.iter().find(|(one, _)| one == name) {
        Some((_, values)) => Ok(values),
        None => Err(replay.unsupported(at, format!("`merge_asof` by `{name}`, which the table does not have"))),
    }
}

/// The keys of the table in order. pandas refuses missing ones, and those that are not in order.
fn order<'b>(replay: &mut Replay<'_, 'b>, key: &Column<'b>, table: &LookUp, name: &str, at: Span) -> Result<Order<'b>, Unknown> {
    let values = values(replay, table, name, at)?;
    let (key, literals): (Val<'b>, Option<Vec<Literal>>) = match key.cell.single() {
        Some((kind @ (Kind::DateTime | Kind::Timedelta), val)) => {
            let literal = |value: &record::Value| moment(value).filter(|(own, _)| own == kind).map(|(_, moment)| Literal::I64(moment));
            (val.or_else(0_i64), values.iter().map(literal).collect())
        }
        Some((Kind::Int(_), val)) => (val, values.iter().map(|value| value.as_int().map(Literal::I64)).collect()),
        Some((Kind::Float, val)) => (val, values.iter().map(|value| value.as_f64().map(Literal::F64)).collect()),
        _ => return Err(replay.unsupported(at, "`merge_asof` in the order of this")),
    };
    let Some(literals) = literals else { return Err(replay.unsupported(at, "`merge_asof` with keys of two types")) };
    let (mut keys, mut of_entry): (Vec<Literal>, Vec<usize>) = (Vec::new(), Vec::new());
    for literal in literals {
        let literal = unsigned_zero(&literal);
        if keys.last() != Some(&literal) {
            keys.push(literal);
        }
        of_entry.push(keys.len() - 1);
    }
    Ok(Order { key, keys, of_entry })
}

/// Keys are compared as numbers, of which -0.0 is 0.0.
fn unsigned_zero(key: &Literal) -> Literal {
    match key {
        Literal::F64(key) => Literal::F64(key + 0.0),
        key => key.clone(),
    }
}

/// A key that must be equal: the row's, and each entry's.
type EqualKey<'b> = (Val<'b>, Elem, Vec<Literal>);

fn equal_key<'b>(replay: &mut Replay<'_, 'b>, own: &Column<'b>, table: &LookUp, name: &str, at: Span) -> Result<EqualKey<'b>, Unknown> {
    let values = values(replay, table, name, at)?.to_vec();
    let own = key_column(replay, own);
    let (val, elem, literals) = key_literal(replay, &own, &values, at)?;
    match literals.into_iter().collect::<Option<Vec<Literal>>>() {
        Some(literals) => Ok((val, elem, literals)),
        None => Err(replay.refuse(
            "python-missing-key",
            at,
            "the look-up table has rows with a missing key, or one of another type than the rows have",
            "pandas finds them by rows of which the key is missing too",
            "drop them from the table: .dropna(subset=[key])",
        )),
    }
}

/// How many of the keys are not greater than the row's, by halving.
fn count_before<'b>(replay: &Replay<'_, 'b>, order: &Order<'b>) -> Val<'b> {
    let b = replay.b;
    let elem = order.keys.first().map_or(Elem::I64, Literal::elem);
    let rows = order.keys.iter().zip(1..).map(|(key, place)| (vec![Literal::I64(place)], key.clone())).collect();
    let table = b.table(Table::Map(Map { name: "keys".to_owned(), keys: vec![Elem::I64], value: elem, rows }));
    let mut count = b.i64(0);
    let mut step = order.keys.len().next_power_of_two() as i64;
    while step > 0 {
        let farther = count + step;
        let before = b.lookup(table, &[farther]).le(order.key).or_else(false);
        count = before.select(farther, count);
        step /= 2;
    }
    count
}

/// The number of the entry beside a row, null where it has none.
fn entry<'b>(
    replay: &mut Replay<'_, 'b>,
    order: &Order<'b>,
    keys: &[EqualKey<'b>],
    (direction, exact): (Direction, bool),
    tolerance: Option<&record::Value>,
    at: Span,
) -> Result<Val<'b>, Unknown> {
    let b = replay.b;
    let count = count_before(replay, order);
    let elem = order.keys.first().map_or(Elem::I64, Literal::elem);
    let by_place = |places: &mut dyn Iterator<Item = (usize, &Literal)>| {
        let rows = places.map(|(place, key)| (vec![Literal::I64(place as i64)], key.clone())).collect();
        b.table(Table::Map(Map { name: "keys".to_owned(), keys: vec![Elem::I64], value: elem, rows }))
    };
    let last = by_place(&mut order.keys.iter().enumerate().map(|(place, key)| (place + 1, key)));
    let meets = b.lookup(last, &[count]).eq(order.key).or_else(false);
    let earlier = count - meets.select(b.i64(1), 0_i64);
    // Keys below the first place lie before the row, those from the second on behind it.
    let (before, behind) = if exact { (count, earlier) } else { (earlier, count) };
    let backward = found(replay, order, keys, before, true, at)?;
    let forward = found(replay, order, keys, behind, false, at)?;
    let of_entry = by_place(&mut order.of_entry.iter().enumerate().map(|(entry, key)| (entry, &order.keys[*key])));
    let distance = |entry: Val<'b>, is_before: bool| {
        let key = b.lookup(of_entry, &[entry]);
        if is_before { order.key - key } else { key - order.key }
    };
    let (chosen, far) = match direction {
        Direction::Backward => (backward, distance(backward, true)),
        Direction::Forward => (forward, distance(forward, false)),
        Direction::Nearest => {
            let (before, behind) = (distance(backward, true), distance(forward, false));
            let first = !backward.is_null() & (forward.is_null() | before.le(behind).or_else(true));
            (first.select(backward, forward), first.select(before, behind))
        }
    };
    let beyond = match tolerance {
        None => return Ok(chosen),
        Some(tolerance) => match (moment(tolerance), elem) {
            (Some((Kind::Timedelta, most)), Elem::I64) => far.gt(most),
            (None, Elem::I64) if tolerance.as_int().is_some() => far.gt(tolerance.as_int().unwrap_or(0)),
            (None, Elem::F64) if tolerance.as_f64().is_some() => far.gt(tolerance.as_f64().unwrap_or(0.0)),
            _ => return Err(replay.unsupported(at, "`merge_asof` with this tolerance")),
        },
    };
    Ok(beyond.or_else(false).select(b.null(Elem::I64), chosen))
}

/// Among the entries with equal keys the last one before a place, or the first one from there on.
fn found<'b>(
    replay: &mut Replay<'_, 'b>,
    order: &Order<'b>,
    keys: &[EqualKey<'b>],
    place: Val<'b>,
    is_before: bool,
    at: Span,
) -> Result<Val<'b>, Unknown> {
    let mut groups: IndexMap<Vec<Literal>, Vec<usize>> = IndexMap::new();
    for entry in 0..order.of_entry.len() {
        groups.entry(keys.iter().map(|(_, _, literals)| unsigned_zero(&literals[entry])).collect()).or_default().push(entry);
    }
    let places = order.keys.len() + 1;
    if groups.len() * places > MOST_ENTRIES {
        return Err(replay.unsupported(at, "`merge_asof` with a table of this many keys"));
    }
    let mut rows = Vec::new();
    for (own, entries) in &groups {
        for place in 0..places {
            let entry = match is_before {
                true => entries.iter().rev().find(|entry| order.of_entry[**entry] < place),
                false => entries.iter().find(|entry| order.of_entry[**entry] >= place),
            };
            if let Some(entry) = entry {
                let key = own.iter().cloned().chain([Literal::I64(place as i64)]).collect();
                rows.push((key, Literal::I64(*entry as i64)));
            }
        }
    }
    let elems = keys.iter().map(|(_, elem, _)| *elem).chain([Elem::I64]).collect();
    let table = replay.b.table(Table::Map(Map { name: "entries".to_owned(), keys: elems, value: Elem::I64, rows }));
    let vals: Vec<Val<'b>> = keys.iter().map(|(val, _, _)| *val).chain([place]).collect();
    Ok(replay.b.lookup(table, &vals))
}
