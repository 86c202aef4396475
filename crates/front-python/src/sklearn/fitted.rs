//! What all families share: the recorded object, its numbers, the columns it is applied to, and the rows that scikit-learn refuses.

use crate::pandas;
use crate::record::{self, Estimator, Tagged};
use crate::replay::{Call, Replay};
use crate::value::{Cell, Column, Guards, Kind, Known, Unknown, Value};
use ir::{Elem, Reason, Val};
use source::Span;

/// The recorded object. After a `fit` the record has its fitted form.
pub(super) fn estimator<'b>(replay: &mut Replay<'_, 'b>, call: &Call<'b>) -> Result<(Known, Estimator), Unknown> {
    if let Value::Known(known) = &call.receiver
        && let Some(Tagged::Estimator(estimator)) = known.tagged()
    {
        return Ok((known.clone().with(true, false), estimator.clone()));
    }
    Err(replay.not_recorded(call.span))
}

/// The columns of the argument, as floats. One of texts raises in scikit-learn, unless they are numbers.
pub(super) fn columns<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<Columns<'b>, Unknown> {
    let x = call.need(replay, "X")?;
    let columns = pandas::matrix(replay, &x, call.span)?;
    if numeric_kind(&columns) == Some(Kind::Float32) {
        return Err(replay.refuse(
            "python-float32",
            call.span,
            format!("`{}` of float32 columns computes in 32 bits", call.name),
            "its sums are rounded otherwise than those of float64",
            "make the columns float64 with .astype(\"float64\") before this",
        ));
    }
    numbers(replay, columns, call.span)
}

/// The columns of one array as floats. What is no number in one of them raises for the whole row.
pub(super) fn numbers<'b>(replay: &mut Replay<'_, 'b>, columns: Vec<Column<'b>>, at: Span) -> Result<Vec<(Column<'b>, Val<'b>)>, Unknown> {
    let mut out = Vec::new();
    for column in columns {
        let cell = pandas::frame::float_cell(replay, &column.cell, at)?;
        let val = pandas::table::number(replay, &column.with(cell.clone()), at)?;
        out.push((column.with(column.cell.clone().guarded(&cell.guards)), val));
    }
    let guards: Guards = out.iter().flat_map(|(column, _)| column.cell.guards.iter().copied()).collect();
    out.iter_mut().for_each(|(column, _)| column.cell.guards.extend(&guards));
    Ok(out)
}

/// The kind of the array that the columns make (`check_array(dtype="numeric")`); none if they are not all numbers.
pub(crate) fn numeric_kind(columns: &[Column<'_>]) -> Option<Kind> {
    let kind_of = |column: &Column<'_>| match column.cell.single() {
        Some((kind, _)) => Some(kind.clone()),
        None => with_holes(&column.cell).map(|_| Kind::Float),
    };
    let kinds = columns.iter().map(kind_of).collect::<Option<Vec<Kind>>>()?;
    // Truth values beside numbers make an array of objects, which becomes one of float64.
    if kinds.contains(&Kind::Bool) && kinds.iter().any(|kind| *kind != Kind::Bool) {
        return kinds.iter().all(Kind::is_number).then_some(Kind::Float);
    }
    kinds.into_iter().map(|kind| kind.is_number().then_some(kind)).reduce(|a, b| pandas::missing::common(&a?, &b?))?
}

/// A whole number, or NaN where there is none, as the float that it is in an array. None for a cell that may be anything else.
pub(crate) fn with_holes<'b>(cell: &Cell<'b>) -> Option<Val<'b>> {
    if !cell.alternatives.iter().all(|one| matches!(one.kind, Kind::Int(_) | Kind::Float | Kind::Float32)) {
        return None;
    }
    cell.alternatives.iter().rev().fold(None, |rest, one| {
        let val = one.val.cast(Elem::F64);
        Some(match (one.when, rest) {
            (Some(when), Some(rest)) => when.select(val, rest),
            _ => val,
        })
    })
}

/// The columns of a fitted matrix of so many rows.
pub(super) fn columns_of<'b>(
    replay: &mut Replay<'_, 'b>,
    estimator: &Estimator,
    name: &str,
    rows: usize,
    call: &Call<'b>,
) -> Result<Vec<Vec<f64>>, Unknown> {
    let flat = estimator.fitted(name).and_then(record::Value::floats).filter(|flat| !flat.is_empty() && flat.len().is_multiple_of(rows));
    let Some(flat) = flat else { return Err(not_fitted(replay, estimator, name, call.span)) };
    let width = flat.len() / rows;
    Ok((0..width).map(|at| flat.iter().skip(at).step_by(width).copied().collect()).collect())
}

/// A fitted vector with a number for each column; `None` in Python stands for "not used".
pub(super) fn vector<'b>(
    replay: &mut Replay<'_, 'b>,
    estimator: &Estimator,
    name: &str,
    count: usize,
    call: &Call<'b>,
) -> Result<Option<Vec<f64>>, Unknown> {
    match estimator.fitted(name) {
        Some(record::Value::None(())) => Ok(None),
        Some(value) => match value.floats().filter(|floats| floats.len() == count) {
            Some(floats) => Ok(Some(floats)),
            None => Err(replay.unsupported(call.span, format!("`{name}` of {} with another number of columns", estimator.class_name()))),
        },
        None => Err(not_fitted(replay, estimator, name, call.span)),
    }
}

/// A vector that is always there.
pub(super) fn needed<'b>(
    replay: &mut Replay<'_, 'b>,
    estimator: &Estimator,
    name: &str,
    count: usize,
    call: &Call<'b>,
) -> Result<Vec<f64>, Unknown> {
    match vector(replay, estimator, name, count, call)? {
        Some(vector) => Ok(vector),
        None => Err(not_fitted(replay, estimator, name, call.span)),
    }
}

/// A fitted matrix by rows, with a number in each row for each column.
pub(super) fn matrix<'b>(
    replay: &mut Replay<'_, 'b>,
    estimator: &Estimator,
    name: &str,
    count: usize,
    call: &Call<'b>,
) -> Result<Vec<Vec<f64>>, Unknown> {
    let value = estimator.fitted(name);
    let flat = value.and_then(record::Value::floats);
    match flat {
        Some(flat) if count > 0 && flat.len().is_multiple_of(count) => Ok(flat.chunks(count).map(<[f64]>::to_vec).collect()),
        Some(_) => Err(replay.unsupported(call.span, format!("`{name}` of {} with another number of columns", estimator.class_name()))),
        None => Err(not_fitted(replay, estimator, name, call.span)),
    }
}

pub(super) fn not_fitted(replay: &mut Replay<'_, '_>, estimator: &Estimator, name: &str, at: Span) -> Unknown {
    replay.refuse(
        "python-not-fitted",
        at,
        format!("{} has no `{name}` in the recorded run", estimator.class_name()),
        "it is not fitted here, it is too large for the record, or another version of scikit-learn made it",
        "record the script again with this version",
    )
}

pub(super) fn param_is(estimator: &Estimator, name: &str, wanted: &record::Value) -> bool {
    estimator.param(name).is_none_or(|value| value == wanted)
}

pub(super) fn param_text<'e>(estimator: &'e Estimator, name: &str) -> &'e str {
    estimator.param(name).and_then(record::Value::as_str).unwrap_or_default()
}

pub(super) fn param_flag(estimator: &Estimator, name: &str) -> bool {
    estimator.param(name).and_then(record::Value::as_bool).unwrap_or(false)
}

/// The kind that a `dtype` parameter asks for: a type of numpy or Python.
pub(super) fn dtype_kind<'b>(replay: &mut Replay<'_, 'b>, estimator: &Estimator, at: Span) -> Result<Kind, Unknown> {
    let name = match estimator.param("dtype").and_then(record::Value::as_tagged) {
        None => "float64",
        Some(Tagged::Function(path)) => path.rsplit('.').next().unwrap_or(path),
        Some(Tagged::Dtype(name)) => name,
        Some(_) => "",
    };
    let name = name.trim_end_matches('_');
    match Kind::of_dtype(name).filter(Kind::is_number) {
        Some(kind) => Ok(kind),
        None => Err(replay.unsupported(at, format!("{} with this `dtype`", estimator.class_name()))),
    }
}

/// A float as a number of that kind.
pub(super) fn as_kind<'b>(val: Val<'b>, kind: &Kind) -> Val<'b> {
    match kind {
        Kind::Bool => val.ne(0.0),
        Kind::Int(_) => val.cast(Elem::I64),
        Kind::Float32 => val.cast(Elem::F32),
        Kind::Float
        | Kind::Str
        | Kind::DateTime
        | Kind::Zoned(_)
        | Kind::Timedelta
        | Kind::Date
        | Kind::Category(_)
        | Kind::Missing
        | Kind::Document => val,
    }
}

/// Each column with its new value: an array.
pub(super) fn result<'b>(columns: Vec<(Column<'b>, Val<'b>)>) -> Value<'b> {
    Value::Matrix(
        columns
            .into_iter()
            .map(|(column, val)| {
                let guards = column.cell.guards.clone();
                let kind = if val.elem() == Elem::F32 { Kind::Float32 } else { Kind::Float };
                Column { array: true, ..column.with(Cell::new(kind, val).guarded(&guards)) }
            })
            .collect(),
    )
}

/// What is made of a whole row: it stands under the guards of every column.
pub(crate) struct Whole {
    space: usize,
    guards: Guards,
}

impl Whole {
    pub(crate) fn of(columns: &[(Column<'_>, Val<'_>)]) -> Whole {
        Whole {
            space: columns.first().map_or(0, |(column, _)| column.space),
            guards: columns.iter().flat_map(|(column, _)| column.cell.guards.iter().copied()).collect(),
        }
    }

    /// What is made of one column.
    pub(super) fn beside(column: &Column<'_>) -> Whole {
        Whole { space: column.space, guards: column.cell.guards.clone() }
    }

    /// A guard more.
    pub(super) fn guard(&mut self, guard: usize) {
        self.guards.insert(guard);
    }

    pub(super) fn cell<'b>(&self, cell: Cell<'b>) -> Column<'b> {
        Column { cell: cell.guarded(&self.guards), name: None, space: self.space, array: true }
    }

    pub(crate) fn column<'b>(&self, kind: Kind, val: Val<'b>) -> Column<'b> {
        self.cell(Cell::new(kind, val))
    }

    /// A float, of 32 bits or of 64.
    pub(super) fn float<'b>(&self, val: Val<'b>) -> Column<'b> {
        self.column(if val.elem() == Elem::F32 { Kind::Float32 } else { Kind::Float }, val)
    }

    pub(super) fn floats<'b>(&self, vals: impl IntoIterator<Item = Val<'b>>) -> Value<'b> {
        Value::Matrix(vals.into_iter().map(|val| self.float(val)).collect())
    }
}

/// What an estimator makes of NaN (`check_array` with `ensure_all_finite`).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Nan {
    /// It is a missing value.
    Missing,
    Refused,
}

/// scikit-learn raises on an infinity, in whichever column, and most models on a NaN too.
pub(super) fn finite<'b>(
    replay: &mut Replay<'_, 'b>,
    estimator: &Estimator,
    call: &Call<'b>,
    columns: &mut [(Column<'b>, Val<'b>)],
    nan: Nan,
) {
    let class = estimator.class_name().to_owned();
    // Whole numbers and truth values are never missing nor infinite.
    let float = |column: &Column<'b>| !matches!(column.cell.single(), Some((Kind::Int(_) | Kind::Bool, _)));
    refuse_rows(replay, call.span, columns, &format!("an infinity, which {class} refuses"), |column, val| {
        float(column).then(|| val.abs().eq(f64::INFINITY))
    });
    if nan == Nan::Refused {
        refuse_rows(replay, call.span, columns, &format!("a missing value, which {class} refuses"), |column, val| {
            float(column).then(|| val.is_nan())
        });
    }
}

/// The columns of the row, and their numbers.
pub(super) type Columns<'b> = Vec<(Column<'b>, Val<'b>)>;

/// The recorded object and the columns that it is applied to, which are finite.
pub(super) fn applied<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<(Estimator, Columns<'b>), Unknown> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Refused);
    Ok((estimator, columns))
}

/// A row has no result if the test holds in any column.
pub(super) fn refuse_rows<'b>(
    replay: &mut Replay<'_, 'b>,
    at: Span,
    columns: &mut [(Column<'b>, Val<'b>)],
    reason: &str,
    test: impl Fn(&Column<'b>, Val<'b>) -> Option<Val<'b>>,
) {
    let when = columns.iter().filter_map(|(column, val)| test(column, *val)).reduce(|any, one| any | one);
    let Some(when) = when else { return };
    let guard = replay.guard(when, Reason::Invalid(reason.to_owned()), at);
    for (column, _) in columns.iter_mut() {
        column.cell.guards.insert(guard);
    }
}

/// Numbers that are float32 in Python as float32 here, if they all are.
pub(super) fn in_single(columns: &mut [(Column<'_>, Val<'_>)]) -> bool {
    let all = columns.iter().all(|(column, _)| matches!(column.cell.single(), Some((Kind::Float32, _))));
    if all {
        columns.iter_mut().for_each(|(_, val)| *val = val.cast(Elem::F32));
    }
    all
}

/// `1 - p`
pub(super) fn complement(p: Val<'_>) -> Val<'_> {
    let b = p.builder();
    if p.elem() == Elem::F32 { b.f32(1.0) - p } else { b.f64(1.0) - p }
}

/// Numbers as a tensor of the kind of the values beside it.
pub(super) fn beside<'b>(replay: &Replay<'_, 'b>, name: &str, numbers: &[f64], elem: Elem) -> Val<'b> {
    let tensor = ir::Tensor::f64(name, [numbers.len() as u32], numbers.iter().copied());
    let single = || ir::Tensor::f32(name, [numbers.len() as u32], numbers.iter().map(|number| *number as f32));
    replay.b.tensor(if elem == Elem::F32 { single() } else { tensor })
}

/// The sums of products of the row with each row of a matrix.
pub(crate) fn products<'b>(replay: &Replay<'_, 'b>, columns: &[(Column<'b>, Val<'b>)], name: &str, rows: &[Vec<f64>]) -> Vec<Val<'b>> {
    let b = replay.b;
    let row = b.pack(&columns.iter().map(|(_, val)| *val).collect::<Vec<_>>());
    rows.iter()
        .map(|weights| {
            let weights = beside(replay, name, weights, row.elem());
            // One operation, because a BLAS may fuse each product with the sum.
            row.contract(weights, [(0, 0)])
        })
        .collect()
}

/// `numpy.interp(x, xs, ys)`: linear between rising `xs`, constant outside. NaN stays NaN.
pub(crate) fn interpolated<'b>(replay: &Replay<'_, 'b>, x: Val<'b>, xs: &[f64], ys: &[f64]) -> Val<'b> {
    let b = replay.b;
    let tensor = |name: &str, values: &[f64]| b.tensor(ir::Tensor::f64(name, [values.len() as u32], values.iter().copied()));
    let (Some(first), Some(last)) = (ys.first(), ys.last()) else { return x };
    let slopes: Vec<f64> = xs.windows(2).zip(ys.windows(2)).map(|(x, y)| (y[1] - y[0]) / (x[1] - x[0])).chain([0.0]).collect();
    let known = tensor("x", xs);
    // The last one that is not above x; outside of all a position is clamped.
    let position = x.ge(known).cast(Elem::I64).reduce(ir::Reduce::Sum, [0]) - b.i64(1);
    let (left, y) = (known.gather(position, 0), tensor("y", ys).gather(position, 0));
    let between = tensor("slope", &slopes).gather(position, 0) * (x - left) + y;
    let inside = x.eq(left).select(y, between);
    let above = x.ge(xs[xs.len() - 1]).select(b.f64(*last), inside);
    let placed = x.lt(xs[0]).select(b.f64(*first), above);
    x.is_nan().select(x, placed)
}

/// `scipy.interpolate.interp1d(xs, ys)(x)` in float32, of an `x` that is inside: where it is one of `xs`, on the line that ends there.
pub(super) fn interpolated_in_single<'b>(replay: &Replay<'_, 'b>, x: Val<'b>, xs: &[f64], ys: &[f64]) -> Val<'b> {
    let b = replay.b;
    let tensor = |name: &str, values: &[f64]| beside(replay, name, values, Elem::F32);
    if let [only] = ys {
        return x.is_nan().select(x, *only);
    }
    let slope = |(x, y): (&[f64], &[f64])| f64::from((y[1] as f32 - y[0] as f32) / (x[1] as f32 - x[0] as f32));
    let slopes: Vec<f64> = xs.windows(2).zip(ys.windows(2)).map(slope).collect();
    let below = x.gt(tensor("x", xs)).cast(Elem::I64).reduce(ir::Reduce::Sum, [0]);
    let position = below.gt(0_i64).select(below - 1_i64, b.i64(0));
    let (left, y) = (tensor("x", xs).gather(position, 0), tensor("y", ys).gather(position, 0));
    tensor("slope", &slopes).gather(position, 0) * (x - left) + y
}

/// `numpy.argmax`: the place of the first greatest number, or of the first NaN if there is one.
pub(super) fn arg_max(vals: Val<'_>) -> Val<'_> {
    let nans = vals.is_nan().cast(Elem::F64);
    let first_nan = nans.reduce(ir::Reduce::ArgMax, [0]);
    nans.reduce(ir::Reduce::Max, [0]).gt(0.0).select(first_nan, vals.reduce(ir::Reduce::ArgMax, [0]))
}

/// The class of that number, among `classes_`.
pub(super) fn class_at<'b>(replay: &mut Replay<'_, 'b>, classes: &[record::Value], number: Val<'b>, at: Span) -> Result<Cell<'b>, Unknown> {
    let categories = std::rc::Rc::new(crate::value::Categories { values: classes.to_vec(), ordered: false });
    let truths: Vec<Option<bool>> = classes.iter().map(record::Value::as_bool).collect();
    if truths == [Some(false), Some(true)] {
        return Ok(Cell::new(Kind::Bool, number.eq(1_i64)));
    }
    match pandas::category_values(replay, &categories, number).filter(|_| truths.iter().all(Option::is_none)) {
        Some((kind, val)) => Ok(Cell::new(kind, val)),
        None => Err(replay.unsupported(at, "classes of this type")),
    }
}
