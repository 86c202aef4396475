//! Items of a numpy array that is known, at places that the rows say: `weights[np.clip(place, 0, len(weights) - 1)]`.

use crate::pandas::encode;
use crate::record::{self, Tagged};
use crate::replay::Replay;
use crate::value::{Cell, Column, Eval, Kind, Known, Unknown, Value};
use ir::{Elem, Literal, Map, Table, Val};
use source::Span;

/// `array[places]`: of one dimension an item a row, of two dimensions a row of the array each. Places count from either end; one beyond
/// both raises.
pub(crate) fn items<'b>(replay: &mut Replay<'_, 'b>, known: &Known, places: &Column<'b>, at: Span) -> Eval<'b> {
    let Some(Tagged::Array(array)) = known.tagged() else {
        return Err(replay.unsupported(at, "an item of this at a place that the row says"));
    };
    let flat = array.shape.len() == 1;
    let Some(rows) = rows(array) else { return Err(replay.not_recorded(known.at.unwrap_or(at))) };
    replay.freeze(known);
    let (place, guards) = place(replay, places, rows.len() as i64, at)?;
    let made = |replay: &mut Replay<'_, 'b>, values: &[record::Value]| {
        let cell = looked_up(replay, place, values, at)?;
        Ok(Column { name: None, array: true, ..places.with(cell.guarded(&places.cell.guards).guarded(&guards)) })
    };
    let width = rows.first().map_or(0, Vec::len);
    let of_column = |number: usize| rows.iter().filter_map(|row| row.get(number).cloned()).collect::<Vec<_>>();
    let columns = (0..width).map(|number| made(replay, &of_column(number))).collect::<Result<Vec<_>, Unknown>>()?;
    match columns.first().filter(|_| flat) {
        Some(only) => Ok(Value::Column(only.clone())),
        None => Ok(Value::Matrix(columns)),
    }
}

/// The rows of an array of two dimensions; of one dimension each item by itself. None if the record does not have them.
pub(crate) fn rows(array: &record::Array) -> Option<Vec<Vec<record::Value>>> {
    let width = match array.shape.as_slice() {
        [_] => 1,
        [_, width] => *width as usize,
        _ => return None,
    };
    Some(array.values.as_ref()?.values().chunks(width.max(1)).map(<[record::Value]>::to_vec).collect())
}

/// The place from the start, and the guards of rows that have none.
fn place<'b>(replay: &mut Replay<'_, 'b>, places: &Column<'b>, count: i64, at: Span) -> Result<(Val<'b>, crate::value::Guards), Unknown> {
    let Some((Kind::Int(_), place)) = places.cell.single() else {
        return Err(replay.refuse(
            "python-array-places",
            at,
            "a known array is asked for items by something other than whole numbers",
            "a mask over rows has another length than the array, and floats are no places",
            "make the places whole numbers first, with .astype(int)",
        ));
    };
    let guards = replay.raise_if(place.ge(count) | place.lt(-count), "IndexError", at).into_iter().collect();
    Ok((place.lt(0_i64).select(place + count, place), guards))
}

fn looked_up<'b>(replay: &mut Replay<'_, 'b>, place: Val<'b>, values: &[record::Value], at: Span) -> Result<Cell<'b>, Unknown> {
    let (elem, kind) = if values.iter().all(|value| value.as_bool().is_some()) {
        (Elem::Bool, Kind::Bool)
    } else if values.iter().all(|value| value.as_int().is_some()) {
        (Elem::I64, Kind::INT)
    } else if values.iter().all(|value| value.as_str().is_some()) {
        (Elem::Str, Kind::Str)
    } else if values.iter().all(|value| value.as_f64().is_some() && value.as_bool().is_none()) {
        (Elem::F64, Kind::Float)
    } else {
        return Err(replay.unsupported(at, "items of an array of several types"));
    };
    let rows = values.iter().zip(0..).filter_map(|(value, place)| Some((vec![Literal::I64(place)], encode::literal(value, elem)?)));
    let map = Map { name: "items".to_owned(), keys: vec![Elem::I64], value: elem, rows: rows.collect() };
    let table = replay.b.table(Table::Map(map));
    let zero = replay.b.constant(Literal::zero(elem));
    Ok(Cell::new(kind, replay.b.lookup(table, &[place]).or_else(zero)))
}
