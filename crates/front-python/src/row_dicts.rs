//! Dicts of a function on cells whose keys the row decides: `found[key] = value` with a key of the row, `dict(part.split("=") for part in ...)`.
//!
//! Such a dict is the list of what was set, each with the condition under which it was. What is set later stands for what was set before under
//! an equal key. Which keys there are, and how many, is not known, so nothing runs over them.

#![expect(clippy::wildcard_enum_match_arm, reason = "what is no dict of the row is left alone")]

use crate::ast::CompareOp;
use crate::ops;
use crate::replay::Replay;
use crate::sequence::Item;
use crate::udf::Written;
use crate::value::{DictId, Eval, Kind, Unknown, Value};
use ir::Val;
use source::Span;

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

/// `dict[key] = value` with a key of the row, or in a dict that has such keys. Whether it was that.
pub(crate) fn set<'b>(replay: &mut Replay<'_, 'b>, id: DictId, key: &Value<'b>, value: &Value<'b>) -> bool {
    if !replay.cells_active() || !is_key_of_row(key) && !is_of_row(replay, id) {
        return false;
    }
    replay.writes.push(Written::Keyed(id.0));
    let there = replay.reached().unwrap_or_else(|| replay.b.bool(true));
    let item = Value::Sometimes(Box::new(Item { there, value: value.clone() }));
    replay.dicts[id.0].push((key.clone(), item));
    true
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
    replay.dicts.push(entries);
    Ok(Value::Dict(DictId(replay.dicts.len() - 1)))
}

/// Whether the key is there, and what stands under it where it is.
pub(crate) fn find<'b>(
    replay: &mut Replay<'_, 'b>,
    id: DictId,
    key: &Value<'b>,
    at: Span,
) -> Result<(Val<'b>, Option<Value<'b>>), Unknown> {
    let wanted = ops::to_cell(replay, key, None, at)?;
    let (mut found, mut under) = (replay.b.bool(false), None);
    for (key, value) in replay.dicts[id.0].clone() {
        let Item { there, value } = match value {
            Value::Sometimes(item) => *item,
            value => Item { there: replay.b.bool(true), value },
        };
        let own = ops::to_cell(replay, &key, None, at)?;
        let same = ops::lift(replay, &[&wanted, &own], at, |replay, operands| match (&operands[0].0, &operands[1].0) {
            (Kind::Str, Kind::Str) => ops::comparison(replay, ops::Rules::Python, CompareOp::Eq, &operands[0], &operands[1]),
            (one, other) if one.is_number() && other.is_number() => {
                ops::comparison(replay, ops::Rules::Python, CompareOp::Eq, &operands[0], &operands[1])
            }
            (Kind::Str, other) | (other, Kind::Str) if other.is_number() || *other == Kind::Missing => {
                Ok((Kind::Bool, replay.b.bool(false)))
            }
            _ => Err(ops::Trouble::Unsupported("a dict with keys of these types".to_owned())),
        })?;
        replay.looked_at(&same);
        let Some((Kind::Bool, same)) = same.single() else { return Err(replay.unsupported(at, "a dict with keys of several types")) };
        let here = there & same;
        under = Some(match under {
            None => value,
            Some(before) => replay.choose_values(here, &value, &before, at)?,
        });
        found = found | here;
    }
    Ok((found, under))
}

/// `dict.get(key, default)`
pub(crate) fn get<'b>(replay: &mut Replay<'_, 'b>, id: DictId, key: &Value<'b>, default: &Value<'b>, at: Span) -> Eval<'b> {
    match find(replay, id, key, at)? {
        (found, Some(value)) => replay.choose_values(found, &value, default, at),
        (_, None) => Ok(default.clone()),
    }
}

/// `dict[key]`: raises where the key is not there.
pub(crate) fn item<'b>(replay: &mut Replay<'_, 'b>, id: DictId, key: &Value<'b>, at: Span) -> Eval<'b> {
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
