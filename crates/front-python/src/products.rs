//! Products with known weights, numbers beside each other in new arrays, and choices between tables: numpy on arrays of several columns.

#![expect(clippy::wildcard_enum_match_arm, reason = "what a construct does not take is refused, whatever it is")]

use crate::pandas;
use crate::record;
use crate::replay::{Call, On, Replay, Row};
use crate::sequence;
use crate::sklearn::compose::in_one_type;
use crate::sklearn::fitted::{Whole, numeric_kind};
use crate::value::{Column, Eval, Kind, Objects, Unknown, Value};
use ir::{Elem, Reduce, Val};
use source::Span;

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Matrix, "dot", method),
    Row::new(On::Function, "numpy.dot", function),
    Row::new(On::Function, "numpy.matmul", function),
    Row::new(On::Function, "numpy.stack", stack),
];

fn method<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let other = ["other", "b", "0"].iter().find_map(|name| call.take(name));
    let Some(other) = other else { return Err(replay.unsupported(call.span, "`dot` with nothing")) };
    product(replay, &call.receiver.clone(), &other, call.span)
}

fn function<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let mut side = |names: [&str; 3]| names.into_iter().find_map(|name| call.take(name));
    match (side(["a", "x1", "0"]), side(["b", "x2", "1"])) {
        (Some(left), Some(right)) => product(replay, &left, &right, call.span),
        _ => Err(replay.unsupported(call.span, format!("`{}` of one array", call.name))),
    }
}

/// `rows @ weights`: of one dimension a number a row, of two a row of numbers. Whole numbers by whole numbers stay whole.
pub(crate) fn product<'b>(replay: &mut Replay<'_, 'b>, left: &Value<'b>, right: &Value<'b>, at: Span) -> Eval<'b> {
    let (Value::Matrix(columns), Value::Known(known)) = (left, right) else {
        return Err(replay.refuse(
            "python-matrix-product",
            at,
            "only an array of scoring rows times known weights can be converted",
            "a product that adds up over scoring rows has no value for one of them",
            "put the rows on the left and the weights on the right: rows @ weights",
        ));
    };
    let Some(record::Tagged::Array(array)) = known.tagged() else { return Err(replay.unsupported(at, "a product with this")) };
    let flat = array.shape.len() == 1;
    let weights = crate::known_arrays::rows(array);
    let Some(weights) = weights.filter(|weights| weights.len() == columns.len() && !weights.is_empty()) else {
        return Err(replay.unsupported(at, "a product with an array of this shape"));
    };
    replay.freeze(known);
    let columns = in_one_type(columns.clone());
    let kind = numeric_kind(&columns);
    let whole = matches!(kind, Some(Kind::Int(_))) && weights.iter().flatten().all(|one| one.as_int().is_some());
    if !matches!(kind, Some(Kind::Int(_) | Kind::Float)) {
        return Err(replay.unsupported(at, "a product of other things than numbers"));
    }
    let elem = if whole { Elem::I64 } else { Elem::F64 };
    let vals: Option<Vec<(Column<'b>, Val<'b>)>> =
        columns.into_iter().map(|column| column.cell.single().map(|(_, val)| val.cast(elem)).map(|val| (column, val))).collect();
    let Some(vals) = vals else { return Err(replay.unsupported(at, "a product of columns of several types")) };
    let rows = Whole::of(&vals);
    let mut out = Vec::new();
    for place in 0..weights[0].len() {
        let of_place: Option<Vec<&record::Value>> = weights.iter().map(|row| row.get(place)).collect();
        let Some(of_place) = of_place else { return Err(replay.not_recorded(at)) };
        let b = replay.b;
        let val = if whole {
            let terms: Vec<Val<'b>> = vals.iter().zip(&of_place).map(|((_, val), weight)| *val * weight.as_int().unwrap_or(0)).collect();
            b.pack(&terms).reduce(Reduce::SumInOrder, [0])
        } else {
            let Some(numbers) = of_place.iter().map(|weight| weight.as_f64()).collect::<Option<Vec<f64>>>() else {
                return Err(replay.unsupported(at, "a product with other things than numbers"));
            };
            let row = b.pack(&vals.iter().map(|(_, val)| *val).collect::<Vec<_>>());
            // One operation, because a BLAS may fuse each product with the sum.
            row.contract(b.tensor(ir::Tensor::f64("weights", [numbers.len() as u32], numbers)), [(0, 0)])
        };
        out.push(rows.column(if whole { Kind::INT } else { Kind::Float }, val));
    }
    match out.first().filter(|_| flat) {
        Some(only) => Ok(Value::Column(only.clone())),
        None => Ok(Value::Matrix(out)),
    }
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

/// `np.where` between tables, place by place: each is an array of as many columns, a number a column, or one for all.
pub(crate) fn where_of_tables<'b>(
    replay: &mut Replay<'_, 'b>,
    (condition, yes, no): (&[Column<'b>], &Value<'b>, &Value<'b>),
    at: Span,
) -> Eval<'b> {
    let width = condition.len();
    let (yes, no) = (by_column(replay, yes, width, at)?, by_column(replay, no, width, at)?);
    let mut out = Vec::new();
    for ((mark, yes), no) in condition.iter().zip(&yes).zip(&no) {
        let Some((Kind::Bool, holds)) = mark.cell.single() else {
            return Err(replay.unsupported(at, "a condition that is not a truth value"));
        };
        let (yes, no) = (crate::ops::to_cell(replay, yes, None, at)?, crate::ops::to_cell(replay, no, None, at)?);
        let cell = pandas::where_cell(replay, holds, &yes, &no, at)?.guarded(&mark.cell.guards);
        out.push(Column { name: None, array: true, ..mark.with(cell) });
    }
    Ok(Value::Matrix(in_one_type(out)))
}

/// What a table has for each of so many columns.
fn by_column<'b>(replay: &mut Replay<'_, 'b>, value: &Value<'b>, width: usize, at: Span) -> Result<Vec<Value<'b>>, Unknown> {
    let items = match value {
        Value::Matrix(columns) => columns.iter().cloned().map(Value::Column).collect(),
        Value::Known(known) => match known.tagged() {
            Some(record::Tagged::Array(array)) if matches!(array.shape.as_slice(), [_] | [1, _]) => {
                replay.items(value, at).unwrap_or_default()
            }
            _ => vec![value.clone(); width],
        },
        Value::Cell(_) => vec![value.clone(); width],
        _ => return Err(replay.unsupported(at, "`where` between a table and this")),
    };
    if items.len() == width {
        return Ok(items);
    }
    Err(replay.unsupported(at, "`where` between tables of another width"))
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
