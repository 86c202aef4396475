//! Cells of numpy arrays and pandas tables that are set, by a mask of the same shape or a column at a time.

#![expect(clippy::wildcard_enum_match_arm, reason = "what a construct does not take is refused, whatever it is")]

use crate::ops;
use crate::pandas::{self, where_cell};
use crate::record;
use crate::replay::Replay;
use crate::value::{Column, FrameId, Kind, Unknown, Value};
use source::Span;

/// An array has one type, to which numpy casts what is set in it: what is of another is refused. A series gets a type that holds both.
pub(crate) fn kept_type<'b>(replay: &mut Replay<'_, 'b>, column: &Column<'b>, value: &Value<'b>, at: Span) -> Result<(), Unknown> {
    let Some((own @ (Kind::Bool | Kind::Int(_)), _)) = column.cell.single().filter(|_| column.array) else { return Ok(()) };
    let own = own.clone();
    let new = ops::to_cell(replay, value, Some(&own), at)?;
    let fits = |kind: &Kind| *kind == Kind::Bool || matches!((kind, &own), (Kind::Int(_), Kind::Int(_)));
    if new.alternatives.iter().all(|one| fits(&one.kind)) {
        return Ok(());
    }
    Err(replay.refuse(
        "python-array-set",
        at,
        format!("a value of another type is set in an array of {}", own.dtype()),
        "numpy casts it to the type of the array",
        "make the array one of floats first: x = x.astype(float)",
    ))
}

/// An array or frame with a value where a mask of the same shape holds.
fn masked<'b>(
    replay: &mut Replay<'_, 'b>,
    columns: &[Column<'b>],
    mask: &[Column<'b>],
    values: &[Value<'b>],
    at: Span,
) -> Result<Vec<Column<'b>>, Unknown> {
    let mut out = Vec::new();
    for (place, (column, mask)) in columns.iter().zip(mask).enumerate() {
        let Some((Kind::Bool, keep)) = mask.cell.single() else {
            return Err(replay.unsupported(at, "a mask that is not of truth values"));
        };
        let Some(value) = values.get(place).or(values.first()) else { return Err(replay.unsupported(at, "setting to nothing")) };
        kept_type(replay, column, value, at)?;
        let new = ops::to_cell(replay, value, column.cell.single().map(|(kind, _)| kind), at)?;
        let cell = where_cell(replay, keep, &new, &column.cell, at)?.guarded(&mask.cell.guards);
        out.push(column.with(cell));
    }
    Ok(out)
}

/// What `np.where(mask)` gives of an array: the places where it holds, by row or by column.
pub(crate) const WHERE: &str = "where a mask holds";
const ROWS_WHERE: &str = "rows where a mask holds";
const COLUMNS_WHERE: &str = "columns where a mask holds";
/// A constant for each column, taken at the places of a mask.
const TAKEN: &str = "constants by column";

/// `inds[0]` and `inds[1]` of `np.where(mask)`.
pub(crate) fn where_item<'b>(of: &Value<'b>, index: Option<i64>) -> Option<Value<'b>> {
    match (of, index?) {
        (Value::Part(mask, part), 0) if part == WHERE => Some(Value::Part(mask.clone(), ROWS_WHERE.to_owned())),
        (Value::Part(mask, part), 1) if part == WHERE => Some(Value::Part(mask.clone(), COLUMNS_WHERE.to_owned())),
        _ => None,
    }
}

/// `means[columns]` and `np.take(means, columns)`: for each place of the mask the constant of its column.
pub(crate) fn taken<'b>(of: &Value<'b>, index: &Value<'b>) -> Option<Value<'b>> {
    match (of, index) {
        (Value::Known(_), Value::Part(_, part)) if part == COLUMNS_WHERE => Some(Value::Part(Box::new(of.clone()), TAKEN.to_owned())),
        _ => None,
    }
}

/// `array[mask] = value`, `array[:, 2] = value` and `array[np.where(mask)] = np.take(constants, columns)`. None for another index.
pub(crate) fn set<'b>(
    replay: &mut Replay<'_, 'b>,
    columns: &[Column<'b>],
    index: &Value<'b>,
    value: &Value<'b>,
    at: Span,
) -> Option<Result<Vec<Column<'b>>, Unknown>> {
    let mask_of = |mask: &Value<'b>| match mask {
        Value::Matrix(mask) if mask.len() == columns.len() => Some(mask.clone()),
        _ => None,
    };
    match index {
        Value::Matrix(mask) if mask.len() == columns.len() && !matches!(value, Value::Matrix(_)) => {
            Some(masked(replay, columns, mask, std::slice::from_ref(value), at))
        }
        Value::Part(mask, part) if part == WHERE => set_places(replay, columns, &mask_of(mask)?, value, at),
        Value::Tuple(parts) => match parts.as_slice() {
            [Value::Part(mask, rows), Value::Part(_, there)] if rows == ROWS_WHERE && there == COLUMNS_WHERE => {
                set_places(replay, columns, &mask_of(mask)?, value, at)
            }
            // Several columns, by a list of their numbers.
            [Value::Slice(None, None, None), places] if matches!(value, Value::Matrix(_)) => {
                let Value::Matrix(new) = value else { return None };
                let places = places_of(replay, places, columns.len()).filter(|places| places.len() == new.len())?;
                let mut out = columns.to_vec();
                for (place, new) in places.into_iter().zip(new) {
                    let new = Value::Column(new.clone());
                    let only = Value::Tuple(vec![Value::Slice(None, None, None), replay.known(record::Value::Int(place as i64))]);
                    match set(replay, &out, &only, &new, at)? {
                        Ok(changed) => out = changed,
                        Err(why) => return Some(Err(why)),
                    }
                }
                Some(Ok(out))
            }
            [Value::Slice(None, None, None), column] => {
                let place = replay.concrete(column)?.as_int()?;
                let place = usize::try_from(if place < 0 { place + columns.len() as i64 } else { place }).ok()?;
                let old = columns.get(place)?.clone();
                if let Err(why) = kept_type(replay, &old, value, at) {
                    return Some(Err(why));
                }
                let new = match value {
                    Value::Column(column) if column.space == old.space => Ok(column.cell.clone()),
                    Value::Column(_) | Value::Matrix(_) | Value::Frame(_) => return None,
                    value => ops::to_cell(replay, value, old.cell.single().map(|(kind, _)| kind), at),
                };
                Some(new.and_then(|cell| {
                    // An array has one type: what is set is made one of its numbers.
                    let always = replay.b.bool(true);
                    let cell = where_cell(replay, always, &cell, &old.cell, at)?;
                    let mut out = columns.to_vec();
                    out[place] = old.with(cell);
                    Ok(out)
                }))
            }
            _ => None,
        },
        _ => None,
    }
}

/// The numbers of columns that a list of them, or one of truth values, takes.
fn places_of<'b>(replay: &mut Replay<'_, 'b>, places: &Value<'b>, count: usize) -> Option<Vec<usize>> {
    if let Value::Known(known) = places {
        replay.freeze(known);
    }
    let items = replay.concrete(places)?.items()?;
    if items.len() == count && items.iter().all(|item| item.as_bool().is_some()) {
        return Some((0..count).filter(|place| items[*place].as_bool() == Some(true)).collect());
    }
    let place = |item: &record::Value| {
        let place = item.as_int()?;
        usize::try_from(if place < 0 { place + count as i64 } else { place }).ok().filter(|place| *place < count)
    };
    items.iter().map(place).collect()
}

fn set_places<'b>(
    replay: &mut Replay<'_, 'b>,
    columns: &[Column<'b>],
    mask: &[Column<'b>],
    value: &Value<'b>,
    at: Span,
) -> Option<Result<Vec<Column<'b>>, Unknown>> {
    let values = match value {
        Value::Part(constants, part) if part == TAKEN => {
            let Value::Known(known) = &**constants else { return None };
            replay.freeze(known);
            known.look()?.items()?.into_iter().map(|item| Value::Known(known.part(item))).collect()
        }
        Value::Known(_) => vec![value.clone()],
        _ => return None,
    };
    Some(masked(replay, columns, mask, &values, at))
}

/// `frame[mask] = value`, where the mask is a frame of truth values with the same columns. None if it is no such mask.
pub(crate) fn set_in_frame<'b>(
    replay: &mut Replay<'_, 'b>,
    id: FrameId,
    mask: &Value<'b>,
    value: &Value<'b>,
    at: Span,
) -> Option<Result<(), Unknown>> {
    let Value::Frame(mask_id) = mask else { return None };
    let (frame, mask_frame) = (&replay.frames[id.0], &replay.frames[mask_id.0]);
    if frame.space != mask_frame.space || !frame.columns.keys().eq(mask_frame.columns.keys()) || !frame.families.is_empty() {
        return None;
    }
    let columns = pandas::matrix(replay, &Value::Frame(id), at).and_then(|columns| Ok((columns, pandas::matrix(replay, mask, at)?)));
    Some(columns.and_then(|(columns, mask)| {
        let made = masked(replay, &columns, &mask, std::slice::from_ref(value), at)?;
        for (slot, column) in replay.frames[id.0].columns.values_mut().zip(made) {
            *slot = Value::Column(column);
        }
        Ok(())
    }))
}
