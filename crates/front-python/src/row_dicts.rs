//! Dicts of a function on cells whose keys the row decides: `found[key] = value` with a key of the row, `dict(part.split("=") for part in ...)`.
//!
//! Such a dict is the list of what was set, each with the condition under which it was. What is set later stands for what was set before under
//! an equal key. What runs over its keys or values sees each key where it was set first, with what was set last.

#![expect(clippy::wildcard_enum_match_arm, reason = "what is no dict of the row is left alone")]

use crate::ast::CompareOp;
use crate::ops;
use crate::replay::Replay;
use crate::sequence::Item;
use crate::udf::{Container, Written};
use crate::value::{Cell, DictId, Eval, Kind, Unknown, Value};
use ir::{Literal, Val};
use source::Span;
use std::rc::Rc;

/// Whether some of its keys, or what stands under them, are there on some rows only.
pub(crate) fn is_of_row(replay: &Replay<'_, '_>, id: DictId) -> bool {
    replay.dicts[id.0].iter().any(|(key, value)| matches!(value, Value::Sometimes(_)) || is_key_of_row(key))
}

fn is_key_of_row(key: &Value<'_>) -> bool {
    match key {
        Value::Cell(_) => true,
        Value::Tuple(parts) => parts.iter().any(is_key_of_row),
        _ => false,
    }
}

/// `dict[key] = value`
pub(crate) fn put<'b>(replay: &mut Replay<'_, 'b>, id: DictId, key: &Value<'b>, value: Value<'b>, at: Span) {
    if put_for_some(replay, id, key, &value, at) {
        return;
    }
    replay.writes.push(Written { of: Container::Dict(id.0), by_row: false });
    match place_of(replay, id, key) {
        Some(found) => replay.dicts[id.0][found].1 = value,
        None => replay.dicts[id.0].push((key.clone(), value)),
    }
}

/// The same with a key of the row, in a dict that has such keys, or where not all rows come that the dict was made for. Whether it was that.
fn put_for_some<'b>(replay: &mut Replay<'_, 'b>, id: DictId, key: &Value<'b>, value: &Value<'b>, at: Span) -> bool {
    let there = replay.reached().unwrap_or_else(|| replay.b.bool(true));
    let of_all = replay.reached().map(Val::value) == replay.dicts_made_for.get(&id.0).copied();
    let by_key = is_key_of_row(key) || is_of_row(replay, id);
    if !replay.cells_active() || of_all && !by_key {
        return false;
    }
    // Under a key that all rows have, the others keep what they have.
    if !by_key && let Some(found) = place_of(replay, id, key) {
        let before = replay.dicts[id.0][found].1.clone();
        let Ok(value) = replay.choose_values(there, value, &before, at) else { return false };
        replay.writes.push(Written { of: Container::Dict(id.0), by_row: true });
        replay.dicts[id.0][found].1 = value;
        return true;
    }
    replay.writes.push(Written { of: Container::Dict(id.0), by_row: true });
    let item = Value::Sometimes(Box::new(Item { there, value: value.clone() }));
    replay.dicts[id.0].push((key.clone(), item));
    true
}

/// The place of a key that is known.
pub(crate) fn place_of<'b>(replay: &Replay<'_, 'b>, id: DictId, key: &Value<'b>) -> Option<usize> {
    let key = replay.concrete(key)?;
    replay.dicts[id.0].iter().position(|(one, _)| replay.concrete(one).is_some_and(|one| crate::fold::same_key(&one, &key)))
}

/// What stands under a key that is known.
pub(crate) fn under<'b>(replay: &Replay<'_, 'b>, id: DictId, key: &Value<'b>) -> Option<Value<'b>> {
    place_of(replay, id, key).map(|place| replay.dicts[id.0][place].1.clone())
}

/// The pairs of a new dict: of equal keys the first keeps its place and gets the last value.
pub(crate) fn without_repeats<'b>(replay: &Replay<'_, 'b>, pairs: Vec<(Value<'b>, Value<'b>)>) -> Vec<(Value<'b>, Value<'b>)> {
    // Keys are looked at only if there are such: the record keeps what was looked at.
    let peeked = |(key, value): &(Value<'b>, Value<'b>)| match (key, value) {
        (_, Value::Sometimes(_)) => None,
        (Value::Known(key), _) => key.clone_unused().cloned(),
        _ => None,
    };
    let keys: Vec<Option<crate::record::Value>> = pairs.iter().map(peeked).collect();
    let mut out: Vec<(Value<'b>, Value<'b>)> = Vec::new();
    let mut places: Vec<usize> = Vec::new();
    for (at, (key, value)) in pairs.into_iter().enumerate() {
        let same = |other: &Option<crate::record::Value>| matches!((other, &keys[at]), (Some(a), Some(b)) if crate::fold::same_key(a, b));
        match keys[..at].iter().position(same) {
            Some(first) => {
                replay.concrete(&key);
                replay.concrete(&out[places[first]].0);
                places.push(places[first]);
                out[places[first]].1 = value;
            }
            None => {
                places.push(out.len());
                out.push((key, value));
            }
        }
    }
    out
}

/// `dict(pairs)` of pairs that are there on some rows only.
pub(crate) fn of_pairs<'b>(replay: &mut Replay<'_, 'b>, pairs: &[Item<'b>], at: Span) -> Eval<'b> {
    let mut entries = Vec::new();
    for pair in pairs {
        let parts = replay.when_reached(pair.there, |replay| match &pair.value {
            Value::Pieces(pieces) => crate::pandas::pieces::unpacked(replay, pieces, 2, at),
            value => replay.items(value, at).ok_or_else(|| replay.unsupported(at, "`dict` of these values of the row")),
        })?;
        match parts.as_slice() {
            [key, value] => {
                let item = Value::Sometimes(Box::new(Item { there: pair.there, value: value.clone() }));
                entries.push((key.clone(), item));
            }
            _ => return Err(replay.unsupported(at, "`dict` of other items than pairs")),
        }
    }
    Ok(replay.dict(entries))
}

/// One dict or another: of the same keys in the same order, or with the keys of each where it is the one.
pub(crate) fn either<'b>(replay: &mut Replay<'_, 'b>, condition: Val<'b>, a: DictId, b: DictId, at: Span) -> Option<Eval<'b>> {
    let (a, b) = (replay.dicts[a.0].clone(), replay.dicts[b.0].clone());
    let same = |((one, _), (other, _)): (&(Value<'b>, Value<'b>), &(Value<'b>, Value<'b>))| matches!((replay.concrete(one), replay.concrete(other)), (Some(one), Some(other)) if crate::fold::same_key(&one, &other));
    let sometimes = |(_, value): &(Value<'b>, Value<'b>)| matches!(value, Value::Sometimes(_));
    if a.len() != b.len() || !a.iter().zip(&b).all(same) || a.iter().chain(&b).any(sometimes) {
        let under = |(dict, when): (Vec<(Value<'b>, Value<'b>)>, Val<'b>)| {
            let replay = &*replay;
            dict.into_iter()
                .map(move |(key, value)| {
                    let Item { there, value } = when_set(replay, value);
                    (key, Value::Sometimes(Box::new(Item { there: when & there, value })))
                })
                .collect::<Vec<_>>()
        };
        let pairs = [(a, condition), (b, !condition)].into_iter().flat_map(under).collect();
        return Some(Ok(replay.dict(pairs)));
    }
    let one = |((key, yes), (_, no)): (&(Value<'b>, Value<'b>), &(Value<'b>, Value<'b>))| {
        Ok((key.clone(), replay.choose_values(condition, yes, no, at)?))
    };
    let pairs = a.iter().zip(&b).map(one).collect::<Result<Vec<_>, Unknown>>();
    Some(pairs.map(|pairs| replay.dict(pairs)))
}

/// The most things that are set in a dict that something runs over: each key is compared with each.
const MOST_KEYS: usize = 24;

/// The keys that are there and what stands under them, as tuples, in the order in which the keys were set first.
fn entries<'b>(replay: &mut Replay<'_, 'b>, id: DictId, at: Span) -> Result<Vec<Item<'b>>, Unknown> {
    let all: Vec<(Value<'b>, Item<'b>)> =
        replay.dicts[id.0].clone().into_iter().map(|(key, value)| (key, when_set(replay, value))).collect();
    let pair = |key: &Value<'b>, value: Value<'b>, there: Val<'b>| Item { there, value: Value::Tuple(vec![key.clone(), value]) };
    if replay.counters.get(&id.0) == Some(&all.len()) {
        return Ok(all.into_iter().map(|(key, item)| pair(&key, item.value, item.there)).collect());
    }
    if all.len() > MOST_KEYS {
        return Err(replay.unsupported(at, "a loop over a dict with this many keys of the row"));
    }
    let mut out = Vec::new();
    for (place, (key, item)) in all.iter().enumerate() {
        let mut first = item.there;
        for (earlier, before) in &all[..place] {
            first = first & !(before.there & keys_equal(replay, earlier, key, at)?);
        }
        let mut last = item.value.clone();
        for (later, after) in &all[place + 1..] {
            let again = after.there & keys_equal(replay, later, key, at)?;
            if again.literal() != Some(Literal::Bool(false)) {
                last = replay.choose_values(again, &after.value, &last, at)?;
            }
        }
        if first.literal() != Some(Literal::Bool(false)) {
            out.push(pair(key, last, first));
        }
    }
    Ok(out)
}

/// What was set under a key, and when.
fn when_set<'b>(replay: &Replay<'_, 'b>, value: Value<'b>) -> Item<'b> {
    match value {
        Value::Sometimes(item) => *item,
        value => Item { there: replay.b.bool(true), value },
    }
}

fn keys_equal<'b>(replay: &mut Replay<'_, 'b>, one: &Value<'b>, other: &Value<'b>, at: Span) -> Result<Val<'b>, Unknown> {
    match (replay.concrete(one), replay.concrete(other)) {
        (Some(one), Some(other)) => Ok(replay.b.bool(crate::fold::same_key(&one, &other))),
        _ => {
            let one = ops::to_cell(replay, one, None, at)?;
            same_key(replay, &one, other, at)
        }
    }
}

/// `keys()`, `values()` and `items()`. None for another method.
pub(crate) fn view<'b>(replay: &mut Replay<'_, 'b>, id: DictId, name: &str, at: Span) -> Option<Eval<'b>> {
    let part = match name {
        "keys" => Some(0),
        "values" => Some(1),
        "items" => None,
        _ => return None,
    };
    let view = |(item, part): (Item<'b>, Option<usize>)| match (item.value, part) {
        (Value::Tuple(mut parts), Some(part)) => Item { there: item.there, value: parts.swap_remove(part) },
        (value, _) => Item { there: item.there, value },
    };
    let entries = entries(replay, id, at);
    Some(entries.map(|entries| Value::Sequence(Rc::new(entries.into_iter().map(|item| view((item, part))).collect()))))
}

/// `Counter(items)`: how often each of them is there, where it is there first.
pub(crate) fn counter<'b>(replay: &mut Replay<'_, 'b>, items: &[Item<'b>], at: Span) -> Eval<'b> {
    let Value::Set(distinct) = crate::sequence::set(replay, items, at)? else {
        return Err(replay.unsupported(at, "`Counter` of this"));
    };
    let mut entries = Vec::new();
    for item in distinct.iter() {
        let value = crate::sequence::how_often(replay, items, &item.value, at)?;
        entries.push((item.value.clone(), Value::Sometimes(Box::new(Item { there: item.there, value }))));
    }
    let (made, count) = (replay.dict(Vec::new()), entries.len());
    if let Value::Dict(id) = &made {
        // Texts of the row and known ones may be equal: the items are distinct by their conditions.
        replay.dicts[id.0] = entries;
        replay.counters.insert(id.0, count);
    }
    Ok(made)
}

/// `most_common(n)` of a counter: the most frequent first, of equally frequent ones the first met.
pub(crate) fn most_common<'b>(replay: &mut Replay<'_, 'b>, id: DictId, most: Option<&Value<'b>>, at: Span) -> Eval<'b> {
    let entries = entries(replay, id, at)?;
    let count = |item: &Item<'b>| match &item.value {
        Value::Tuple(parts) => parts[1].clone(),
        value => value.clone(),
    };
    let counts: Vec<Value<'b>> = entries.iter().map(count).collect();
    let sorted = crate::sequence::sorted(replay, &entries, &counts, true, at)?;
    match (most, &sorted) {
        (Some(most), Value::Sequence(items)) => {
            let upper = Value::Slice(None, Some(Box::new(most.clone())), None);
            crate::sequence::item(replay, items, &upper, at)
        }
        _ => Ok(sorted),
    }
}

/// Whether the key is there, and what stands under it where it is.
pub(crate) fn find<'b>(
    replay: &mut Replay<'_, 'b>,
    id: DictId,
    key: &Value<'b>,
    at: Span,
) -> Result<(Val<'b>, Option<Value<'b>>), Unknown> {
    let wanted = ops::to_cell(replay, key, None, at)?;
    let known = replay.concrete(key);
    let (mut found, mut under) = (replay.b.bool(false), None);
    for (key, value) in replay.dicts[id.0].clone() {
        let is_known = known.as_ref().zip(replay.concrete(&key)).map(|(wanted, own)| crate::fold::same_key(wanted, &own));
        if is_known == Some(false) {
            continue;
        }
        let Item { there, value } = when_set(replay, value);
        let here = if is_known == Some(true) { there } else { there & same_key(replay, &wanted, &key, at)? };
        under = Some(match under {
            None => value,
            Some(before) => replay.choose_values(here, &value, &before, at)?,
        });
        found = if is_true(here) || found.literal() == Some(Literal::Bool(false)) { here } else { found | here };
    }
    Ok((found, under))
}

fn is_true(val: Val<'_>) -> bool {
    val.literal() == Some(Literal::Bool(true))
}

/// Whether two keys are equal, of which the row decides one at least.
fn same_key<'b>(replay: &mut Replay<'_, 'b>, wanted: &Cell<'b>, key: &Value<'b>, at: Span) -> Result<Val<'b>, Unknown> {
    let own = ops::to_cell(replay, key, None, at)?;
    let same = ops::lift(replay, &[wanted, &own], at, |replay, operands| match (&operands[0].0, &operands[1].0) {
        (Kind::Str, Kind::Str) => ops::comparison(replay, ops::Rules::Python, CompareOp::Eq, &operands[0], &operands[1]),
        (one, other) if one.is_number() && other.is_number() => {
            ops::comparison(replay, ops::Rules::Python, CompareOp::Eq, &operands[0], &operands[1])
        }
        (Kind::Str, other) | (other, Kind::Str) if other.is_number() || *other == Kind::Missing => Ok((Kind::Bool, replay.b.bool(false))),
        _ => Err(ops::Trouble::Unsupported("a dict with keys of these types".to_owned())),
    })?;
    replay.looked_at(&same);
    match same.single() {
        Some((Kind::Bool, same)) => Ok(same),
        _ => Err(replay.unsupported(at, "a dict with keys of several types")),
    }
}

/// `dict.get(key, default)`
pub(crate) fn get<'b>(replay: &mut Replay<'_, 'b>, id: DictId, key: &Value<'b>, default: &Value<'b>, at: Span) -> Eval<'b> {
    match find(replay, id, key, at)? {
        (found, Some(value)) => replay.choose_values(found, &value, default, at),
        (_, None) => Ok(default.clone()),
    }
}

/// `dict[key]`: raises where the key is not there, but for a counter.
pub(crate) fn item<'b>(replay: &mut Replay<'_, 'b>, id: DictId, key: &Value<'b>, at: Span) -> Eval<'b> {
    if replay.counters.contains_key(&id.0) {
        let zero = replay.known(crate::record::Value::Int(0));
        return get(replay, id, key, &zero, at);
    }
    let (found, value) = find(replay, id, key, at)?;
    replay.raise_here(!found, "KeyError", at);
    Ok(value.unwrap_or_else(|| replay.none()))
}

/// The same dict with the keys that it always had, where no row may have set another one: rows that did have no value.
pub(crate) fn settled<'b>(replay: &mut Replay<'_, 'b>, id: DictId, at: Span) -> Result<DictId, Unknown> {
    let entries = replay.dicts[id.0].clone();
    let keys: Vec<Value<'b>> =
        entries.iter().filter(|(_, value)| !matches!(value, Value::Sometimes(_))).map(|(key, _)| key.clone()).collect();
    let mut pairs = Vec::new();
    for key in &keys {
        let (_, value) = find(replay, id, key, at)?;
        pairs.push((key.clone(), value.unwrap_or_else(|| replay.none())));
    }
    replay.dicts.push(keys.iter().map(|key| (key.clone(), replay.none())).collect());
    let fixed = DictId(replay.dicts.len() - 1);
    for (key, value) in &entries {
        if let Value::Sometimes(item) = value {
            let (known, _) = find(replay, fixed, key, at)?;
            crate::sequence::refuse(replay, item.there & !known, "a dict with a key that other rows do not have", at);
        }
    }
    replay.dicts.push(pairs);
    Ok(DictId(replay.dicts.len() - 1))
}
