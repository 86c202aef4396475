//! Items of constant dicts by a key of the row, where they are containers themselves: `TARIFF[zone][0]`, `RISK.get(country, {})["level"]`.
//!
//! Tuples of one length become a tuple of look-ups, dicts a dict of look-ups. A key that only some of the dicts have is there for some rows.

use super::encode::{Absent, item_of_pairs};
use crate::ops;
use crate::record;
use crate::replay::Replay;
use crate::sequence::Item;
use crate::value::{Cell, Eval, Kind, Known, Unknown, Value};
use ir::Val;
use source::Span;

type Pairs = [(record::Value, record::Value)];

/// The item beside a key of the row; the default where there is none, or a `KeyError` if there is no default.
pub(crate) fn item<'b>(replay: &mut Replay<'_, 'b>, pairs: &Pairs, key: &Value<'b>, default: Option<&Value<'b>>, at: Span) -> Eval<'b> {
    if let Some(width) = width_of(pairs) {
        return tuple(replay, pairs, width, key, default, at);
    }
    if !pairs.is_empty() && pairs.iter().all(|(_, value)| pairs_of(value).is_some()) {
        return dict(replay, pairs, key, default, at);
    }
    let default = default.map(|default| ops::to_cell(replay, default, None, at)).transpose()?;
    let absent = default.as_ref().map_or(Absent::Raises("KeyError"), Absent::Gives);
    item_of_pairs(replay, pairs, key, &absent, at)
}

fn pairs_of(value: &record::Value) -> Option<&Vec<(record::Value, record::Value)>> {
    value.as_tagged()?.pairs()
}

/// The length of the items, if they are tuples or lists of one length.
fn width_of(pairs: &Pairs) -> Option<usize> {
    let width = |(_, value): &(record::Value, record::Value)| {
        let items = value.items().filter(|_| value.as_str().is_none() && pairs_of(value).is_none())?;
        Some(items.len())
    };
    let first = width(pairs.first()?)?;
    pairs.iter().all(|pair| width(pair) == Some(first)).then_some(first)
}

fn tuple<'b>(replay: &mut Replay<'_, 'b>, pairs: &Pairs, width: usize, key: &Value<'b>, default: Option<&Value<'b>>, at: Span) -> Eval<'b> {
    let defaults = match default {
        Some(default) => match replay.items(default, at) {
            Some(defaults) if defaults.len() == width => Some(defaults),
            _ => return Err(replay.unsupported(at, "a default of another length than a dict's items")),
        },
        None => None,
    };
    let mut parts = Vec::new();
    for place in 0..width {
        let of_part: Vec<_> = pairs.iter().filter_map(|(key, value)| Some((key.clone(), value.items()?.get(place)?.clone()))).collect();
        parts.push(item(replay, &of_part, key, defaults.as_ref().and_then(|defaults| defaults.get(place)), at)?);
    }
    Ok(Value::Tuple(parts))
}

fn dict<'b>(replay: &mut Replay<'_, 'b>, pairs: &Pairs, key: &Value<'b>, default: Option<&Value<'b>>, at: Span) -> Eval<'b> {
    let defaults = match default {
        Some(default) => match replay.pairs(default) {
            Some(defaults) => Some(defaults),
            None => return Err(replay.unsupported(at, "a default that is no dict, where a dict's items are dicts")),
        },
        None => None,
    };
    let mut names: Vec<record::Value> = Vec::new();
    let given: Vec<record::Value> = defaults.iter().flatten().filter_map(|(name, _)| replay.concrete(name)).collect();
    for name in pairs.iter().filter_map(|(_, value)| pairs_of(value)).flatten().map(|(name, _)| name).chain(&given) {
        if !names.iter().any(|known| crate::fold::same_key(known, name)) {
            names.push(name.clone());
        }
    }
    let mut out = Vec::new();
    for name in names {
        let here = |pairs: &[(record::Value, record::Value)]| {
            pairs.iter().rev().find(|(own, _)| crate::fold::same_key(own, &name)).map(|(_, value)| value.clone())
        };
        let of_name: Vec<_> = pairs.iter().filter_map(|(key, value)| Some((key.clone(), here(pairs_of(value)?)?))).collect();
        let own = defaults.as_ref().and_then(|defaults| {
            defaults.iter().rev().find(|(own, _)| replay.concrete(own).is_some_and(|own| crate::fold::same_key(&own, &name)))
        });
        let own = own.map(|(_, value)| value.clone());
        let label = Value::Known(Known::constant(name.clone()));
        if of_name.len() == pairs.len() && own.is_some() == defaults.is_some() {
            out.push((label, item(replay, &of_name, key, own.as_ref(), at)?));
            continue;
        }
        let there = is_there(replay, pairs, &of_name, key, defaults.as_ref().map(|_| own.is_some()), at)?;
        // What is under a key that is not there is never asked for.
        let nothing = own.unwrap_or_else(|| replay.none());
        let value = if of_name.is_empty() { nothing } else { item(replay, &of_name, key, Some(&nothing), at)? };
        out.push((label, Value::Sometimes(Box::new(Item { there, value }))));
    }
    Ok(replay.dict(out))
}

/// Whether the dict beside the key of the row has a key; of rows without a dict, whether the default has it. Without a default those raise.
fn is_there<'b>(
    replay: &mut Replay<'_, 'b>,
    pairs: &Pairs,
    of_name: &Pairs,
    key: &Value<'b>,
    otherwise: Option<bool>,
    at: Span,
) -> Result<Val<'b>, Unknown> {
    let has = |key: &record::Value| of_name.iter().any(|(own, _)| own == key);
    let flags: Vec<_> = pairs.iter().map(|(key, _)| (key.clone(), record::Value::Bool(has(key)))).collect();
    let otherwise = otherwise.map(|otherwise| Cell::new(Kind::Bool, replay.b.bool(otherwise)));
    let absent = otherwise.as_ref().map_or(Absent::Raises("KeyError"), Absent::Gives);
    let found = item_of_pairs(replay, &flags, key, &absent, at)?;
    let cell = ops::to_cell(replay, &found, None, at)?;
    replay.looked_at(&cell);
    match cell.single() {
        Some((Kind::Bool, there)) => Ok(there),
        _ => Err(replay.unsupported(at, "a dict of dicts by a key of several types")),
    }
}
