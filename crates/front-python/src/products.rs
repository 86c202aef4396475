//! Products of tables with constant vectors and matrices.
//!
//! A BLAS adds up products of floats in an order of its own, so they are one operation whose rounding is bounded; whole numbers stay whole.

use crate::matrices::{floats, like};
use crate::record;
use crate::replay::{Call, On, Replay, Row};
use crate::sklearn::compose::in_one_type;
use crate::sklearn::fitted::{Whole, numeric_kind, products};
use crate::value::{Column, Eval, Kind, Value};
use ir::{Elem, Reduce, Val};
use source::Span;

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Function, "numpy.dot", dot),
    Row::new(On::Function, "numpy.matmul", dot),
    Row::new(On::Matrix, "dot", dot),
    Row::new(On::Frame, "dot", dot),
    Row::new(On::Function, "numpy.einsum", einsum),
];

/// `np.einsum("ij,ij->i", a, b)`: of each row of two tables the sum of its products.
fn einsum<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let mut operands = call.take_all("*operands").into_iter();
    let formula = operands.next().and_then(|one| replay.concrete(&one)).and_then(|one| one.as_str().map(str::to_owned));
    let letters: Vec<char> = formula.unwrap_or_default().chars().filter(|letter| !letter.is_whitespace()).collect();
    let of_rows = matches!(letters.as_slice(), [i, j, ',', k, l, '-', '>', m] if i == k && j == l && i == m && i != j);
    match (operands.next(), operands.next()) {
        (Some(a @ (Value::Matrix(_) | Value::Frame(_))), Some(b @ (Value::Matrix(_) | Value::Frame(_)))) if of_rows => {
            let (a, b) = (floats(replay, &a, at)?, floats(replay, &b, at)?);
            if a.len() != b.len() || a.is_empty() {
                return Err(replay.unsupported(at, "`einsum` of tables of different widths"));
            }
            let packed = |columns: &[(Column<'b>, Val<'b>)]| replay.b.pack(&columns.iter().map(|(_, val)| *val).collect::<Vec<_>>());
            let sum = packed(&a).contract(packed(&b), [(0, 0)]);
            let both: Vec<(Column<'b>, Val<'b>)> = a.into_iter().chain(b).collect();
            Ok(Value::Column(like(&both, Kind::Float, sum, true)))
        }
        _ => Err(replay.unsupported(at, "`einsum` of this formula")),
    }
}

/// `np.dot(a, b)`, of a table and a constant vector or matrix.
fn dot<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let is_method = matches!(call.receiver, Value::Matrix(_) | Value::Frame(_));
    let left = if is_method { Some(call.receiver.clone()) } else { ["a", "x1", "0"].iter().find_map(|name| call.take(name)) };
    let names: &[&str] = if is_method { &["b", "other", "0"] } else { &["b", "x2", "1"] };
    match (left, names.iter().find_map(|name| call.take(name))) {
        (Some(left), Some(right)) => product(replay, &left, &right, at),
        _ => Err(replay.unsupported(at, format!("`{}` of one array", call.name))),
    }
}

/// `table @ constants`: a column for a vector, a table for a matrix.
pub(crate) fn product<'b>(replay: &mut Replay<'_, 'b>, left: &Value<'b>, right: &Value<'b>, at: Span) -> Eval<'b> {
    if let Some(whole) = of_whole_numbers(replay, left, right) {
        return Ok(whole);
    }
    let (Value::Matrix(_) | Value::Frame(_), Value::Known(known)) = (left, right) else {
        return Err(replay.unsupported(at, "a product of matrices other than of a table with constants"));
    };
    let columns = floats(replay, left, at)?;
    let (shape, flat) = match known.tagged() {
        Some(record::Tagged::Array(array)) => {
            let shape: Vec<usize> = array.shape.iter().map(|size| *size as usize).collect();
            (shape, known.look().and_then(record::Value::floats))
        }
        Some(record::Tagged::Series(series)) => (
            vec![series.rows as usize],
            series.values.as_ref().and_then(|values| values.values().iter().map(record::Value::as_f64).collect()),
        ),
        _ => (Vec::new(), None),
    };
    let width = columns.len();
    let rows: Option<Vec<Vec<f64>>> = flat.and_then(|flat| match shape.as_slice() {
        [length] if *length == width && flat.len() == width => Some(vec![flat]),
        [length, count] if *length == width && flat.len() == width * count => {
            Some((0..*count).map(|column| (0..width).map(|row| flat[row * count + column]).collect()).collect())
        }
        _ => None,
    });
    let Some(rows) = rows else { return Err(replay.unsupported(at, "a product with an array of another shape")) };
    replay.freeze(known);
    let sums = products(replay, &columns, "weights", &rows);
    let made: Vec<Column<'b>> = sums.into_iter().map(|sum| like(&columns, Kind::Float, sum, true)).collect();
    Ok(match (shape.len(), made.as_slice()) {
        (1, [only]) => Value::Column(only.clone()),
        _ => Value::Matrix(made),
    })
}

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
