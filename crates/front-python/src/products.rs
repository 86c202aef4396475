//! Products of whole numbers with known weights, arrays of lists and of flat arrays, and cube roots.

use crate::record;
use crate::replay::{Call, On, Replay, Row};
use crate::sequence;
use crate::sklearn::compose::in_one_type;
use crate::sklearn::fitted::{Whole, numeric_kind};
use crate::value::{Column, Eval, Kind, Objects, Value};
use ir::{Elem, Reduce, Val};
use source::Span;

pub(crate) const ROWS: &[Row] = &[Row::new(On::Function, "numpy.stack", stack)];

/// `rows @ weights` of whole numbers, which stay whole: of one dimension a number a row, of two a row of numbers. None for other numbers.
pub(crate) fn of_whole_numbers<'b>(replay: &mut Replay<'_, 'b>, left: &Value<'b>, right: &Value<'b>) -> Option<Value<'b>> {
    let (Value::Matrix(columns), Value::Known(known)) = (left, right) else { return None };
    let Some(record::Tagged::Array(array)) = known.tagged() else { return None };
    let flat = array.shape.len() == 1;
    let weights = crate::known_arrays::rows(array)?;
    let weights: Vec<Vec<i64>> = weights.iter().map(|row| row.iter().map(record::Value::as_int).collect()).collect::<Option<_>>()?;
    let columns = in_one_type(columns.clone());
    if weights.len() != columns.len() || !matches!(numeric_kind(&columns), Some(Kind::Int(_))) {
        return None;
    }
    let vals: Vec<(Column<'b>, Val<'b>)> = columns
        .into_iter()
        .map(|column| column.cell.single().map(|(_, val)| val.cast(Elem::I64)).map(|val| (column, val)))
        .collect::<Option<_>>()?;
    replay.freeze(known);
    let rows = Whole::of(&vals);
    let mut out = Vec::new();
    for place in 0..weights.first()?.len() {
        let terms: Option<Vec<Val<'b>>> = vals.iter().zip(&weights).map(|((_, val), row)| Some(*val * *row.get(place)?)).collect();
        out.push(rows.column(Kind::INT, replay.b.pack(&terms?).reduce(Reduce::SumInOrder, [0])));
    }
    Some(match out.first().filter(|_| flat) {
        Some(only) => Value::Column(only.clone()),
        None => Value::Matrix(out),
    })
}

/// `np.stack([a, b], axis=1)`: flat arrays side by side.
fn stack<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let arrays = call.need(replay, "arrays")?;
    let axis = call.concrete(replay, "axis")?.and_then(|axis| axis.as_int());
    let columns = replay.items(&arrays, at).unwrap_or_default();
    if !matches!(axis, Some(1 | -1)) || columns.is_empty() || !columns.iter().all(|one| matches!(one, Value::Column(_))) {
        return Err(replay.other_rows(at, "python-rows-change", "stack"));
    }
    crate::arrays::side_by_side(replay, &columns, at)
}

/// `np.array` of a list a row, all of one length: a column for each place. A list of another length raises.
pub(crate) fn of_lists<'b>(replay: &mut Replay<'_, 'b>, objects: &Objects<'b>, at: Span) -> Eval<'b> {
    let width = match replay.recorded(at).tagged() {
        Some(record::Tagged::Array(array)) if array.shape.len() == 2 => array.shape[1] as usize,
        _ => return Err(replay.unsupported(at, "an array of lists of several lengths")),
    };
    let (cells, mut guards) = crate::udf::on_cells(replay, |replay| {
        let Some(items) = sequence::each(replay, &objects.value, at)? else { return Err(replay.unsupported(at, "an array of this")) };
        let other = sequence::count(replay, &items).ne(width as i64);
        replay.raise_here(other, "ValueError", at);
        let mut cells = Vec::new();
        for place in 0..width as i64 {
            let place = replay.known(record::Value::Int(place));
            let item = sequence::item(replay, &items, &place, at)?;
            cells.push(crate::ops::to_cell(replay, &item, None, at)?);
        }
        Ok(cells)
    })?;
    guards.extend(&objects.like.cell.guards);
    if let Some(missing) = objects.missing {
        guards.insert(replay.guard(missing, ir::Reason::Invalid("a missing list in an array".to_owned()), at));
    }
    let columns: Vec<Column<'b>> =
        cells.into_iter().map(|cell| Column { name: None, array: true, ..objects.like.with(cell.guarded(&guards)) }).collect();
    match numeric_kind(&columns) {
        Some(_) => Ok(Value::Matrix(in_one_type(columns))),
        None => Err(replay.unsupported(at, "an array of lists of other things than numbers")),
    }
}

/// The cube root, of the sign of the number: a power, made exact by one step of Newton.
pub(crate) fn cube_root(val: Val<'_>) -> Val<'_> {
    let b = val.builder();
    let size = val.abs();
    let first = size.pow(b.f64(1.0 / 3.0));
    let root = first - (first * first * first - size) / (first * first * 3.0);
    let root = val.lt(0.0).select(-root, root);
    (size.gt(0.0) & size.lt(f64::INFINITY)).select(root, val)
}

/// A cell of numbers as floats.
pub(crate) fn cube_roots<'b>(kind: &Kind, val: Val<'b>) -> Option<(Kind, Val<'b>)> {
    matches!(kind, Kind::Float | Kind::Int(_)).then(|| (Kind::Float, cube_root(val.cast(Elem::F64))))
}
