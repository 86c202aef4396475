//! numpy arrays of several columns: along a row, side by side, and from one shape to another.

#![expect(clippy::wildcard_enum_match_arm, reason = "what a construct does not take is refused, whatever it is")]

use crate::ops;
use crate::pandas;
use crate::record;
use crate::replay::{Call, On, Replay, Row};
use crate::sequence::{self, Item};
use crate::sklearn::compose::in_one_type;
use crate::sklearn::fitted::{Whole, numeric_kind};
use crate::value::{Cell, Column, Eval, Guards, Kind, Objects, Unknown, Value};
use ir::{Elem, Reduce, Val};
use source::Span;

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Matrix, "argmax", position_of_greatest),
    Row::new(On::Matrix, "argmin", position_of_least),
    Row::new(On::Matrix, "flatten", flat),
    Row::new(On::Matrix, "max", greatest),
    Row::new(On::Matrix, "mean", mean),
    Row::new(On::Matrix, "min", least),
    Row::new(On::Matrix, "ravel", flat),
    Row::new(On::Matrix, "reshape", flat),
    Row::new(On::Matrix, "squeeze", flat),
    Row::new(On::Matrix, "sum", sum),
    Row::new(On::Function, "numpy.amax", greatest),
    Row::new(On::Function, "numpy.amin", least),
    Row::new(On::Function, "numpy.argmax", position_of_greatest),
    Row::new(On::Function, "numpy.argmin", position_of_least),
    Row::new(On::Function, "numpy.column_stack", beside),
    Row::new(On::Function, "numpy.concatenate", beside),
    Row::new(On::Function, "numpy.hstack", beside),
    Row::new(On::Function, "scipy.sparse.csc_matrix", sparse),
    Row::new(On::Function, "scipy.sparse.csr_array", sparse),
    Row::new(On::Function, "scipy.sparse.csr_matrix", sparse),
    Row::new(On::Function, "scipy.sparse.hstack", sparse_beside),
    Row::new(On::Function, "numpy.max", greatest),
    Row::new(On::Function, "numpy.mean", mean),
    Row::new(On::Function, "numpy.min", least),
    Row::new(On::Function, "numpy.median", statistic),
    Row::new(On::Function, "numpy.nanmax", statistic),
    Row::new(On::Function, "numpy.nanmean", statistic),
    Row::new(On::Function, "numpy.nanmedian", statistic),
    Row::new(On::Function, "numpy.nanmin", statistic),
    Row::new(On::Function, "numpy.nanpercentile", statistic),
    Row::new(On::Function, "numpy.nanstd", statistic),
    Row::new(On::Function, "numpy.percentile", statistic),
    Row::new(On::Function, "numpy.quantile", statistic),
    Row::new(On::Function, "numpy.ptp", spread),
    Row::new(On::Function, "numpy.sort", sort),
    Row::new(On::Function, "numpy.ravel", flat),
    Row::new(On::Function, "numpy.squeeze", flat),
    Row::new(On::Function, "numpy.stack", stack),
    Row::new(On::Function, "numpy.std", spread),
    Row::new(On::Function, "numpy.sum", sum),
    Row::new(On::Function, "numpy.var", spread),
];

/// The array that a method or function is of.
fn array<'b>(call: &mut Call<'b>) -> Value<'b> {
    call.take("a").unwrap_or_else(|| call.receiver.clone())
}

/// The numbers of a row, of one kind: `axis=1` of an array. Else what the call is instead, such as a statistic over rows.
fn along_row<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<(Kind, Vec<Val<'b>>, Whole), Eval<'b>> {
    let at = call.span;
    let of = array(call);
    let axis = match call.concrete(replay, "axis").map_err(Err)? {
        None if matches!(call.receiver, Value::Matrix(_)) => call.concrete(replay, "0").map_err(Err)?,
        axis => axis,
    };
    let axis = axis.and_then(|axis| axis.as_int());
    let (of, by_row) = match one_of_each(replay, &of, at).filter(|_| axis == Some(0)) {
        Some(columns) => (Value::Matrix(columns), true),
        None => (of, matches!(axis, Some(1 | -1))),
    };
    match of {
        Value::Matrix(_) if by_row => {}
        Value::Matrix(_) | Value::Column(_) | Value::Frame(_) if !by_row => {
            call.rest();
            return Err(replay.batch(at, &call.name));
        }
        of if replay.cells_active() => match list_of_row(replay, &of, call).map_err(Err)? {
            Some(value) => return Err(value),
            None => return Err(Err(replay.unsupported(at, format!("`{}` of this along its rows", call.name)))),
        },
        // pandas skips missing values, numpy hands them on.
        _ => return Err(Err(replay.unsupported(at, format!("`{}` of this along its rows", call.name)))),
    }
    numbers_of(replay, &of, call).map_err(Err)
}

/// `np.sort(x, axis=1)`: the numbers of each row in order.
fn sort<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    const MOST_COLUMNS: usize = 64;
    let at = call.span;
    let of = array(call);
    let axis = call.concrete(replay, "axis")?.map_or(Some(-1), |axis| axis.as_int());
    let by_row = matches!(of, Value::Matrix(_) | Value::Frame(_)) && matches!(axis, Some(1 | -1));
    call.take("kind");
    if !by_row {
        call.rest();
        return Err(replay.other_rows(at, "python-batch-statistic", "np.sort"));
    }
    let columns = pandas::array(replay, &of, at)?;
    let same = columns.iter().map(|column| column.cell.single().filter(|(kind, _)| kind.is_number()));
    let Some(cells) = same.collect::<Option<Vec<_>>>().filter(|cells| (1..=MOST_COLUMNS).contains(&cells.len())) else {
        return Err(replay.unsupported(at, "`sort` of these columns, or of so many"));
    };
    let kind = cells[0].0.clone();
    let guards: Guards = columns.iter().flat_map(|column| column.cell.guards.iter().copied()).collect();
    let sorted = pandas::number::ascending(cells.iter().map(|(_, val)| *val).collect());
    let made = columns.iter().zip(sorted).map(|(column, val)| column.with(Cell::new(kind.clone(), val).guarded(&guards)));
    Ok(Value::Matrix(made.collect()))
}

/// The columns of a list of series or arrays over the scoring rows: along `axis=0` of it each row has one number of each.
fn one_of_each<'b>(replay: &mut Replay<'_, 'b>, of: &Value<'b>, at: Span) -> Option<Vec<Column<'b>>> {
    let listed = matches!(of, Value::List(_) | Value::Tuple(_)) && !replay.cells_active();
    let items = if listed { replay.items(of, at)? } else { return None };
    let columns = items.into_iter().map(|item| if let Value::Column(column) = item { Some(column) } else { None });
    let columns: Vec<Column<'b>> = columns.collect::<Option<_>>()?;
    (!columns.is_empty()).then(|| crate::sklearn::compose::in_one_type(columns))
}

/// `np.mean` and its like of a list of one row's numbers. None if it is no such list.
fn list_of_row<'b>(replay: &mut Replay<'_, 'b>, of: &Value<'b>, call: &Call<'b>) -> Result<Option<Eval<'b>>, Unknown> {
    let at = call.span;
    let items: Vec<Item<'b>> = match sequence::of(replay, of, at)? {
        Some(items) => items.to_vec(),
        None => match replay.items(of, at) {
            Some(items) => items.into_iter().map(|value| Item { there: replay.b.bool(true), value }).collect(),
            None => return Ok(None),
        },
    };
    let mut numbers: Vec<(Val<'b>, Val<'b>)> = Vec::new();
    let mut whole = true;
    for item in &items {
        let cell = ops::to_cell(replay, &item.value, None, at)?;
        match cell.single() {
            Some((Kind::Int(_), val)) => numbers.push((item.there, val)),
            Some((Kind::Float, val)) => {
                whole = false;
                numbers.push((item.there, val));
            }
            _ => return Err(replay.unsupported(at, format!("`{}` of other things than numbers", call.name))),
        }
    }
    let b = replay.b;
    let count = sequence::count(replay, &items);
    // numpy's own sum may take another order, which changes no more than the rounding.
    let sum = |elem: Elem| {
        let zero = if elem == Elem::F64 { b.f64(0.0) } else { b.i64(0) };
        numbers.iter().fold(zero, |sum, (there, val)| there.select(sum + val.cast(elem), sum))
    };
    let kind = if whole { Kind::INT } else { Kind::Float };
    let elem = if whole { Elem::I64 } else { Elem::F64 };
    let mean = || sum(Elem::F64) / count.cast(Elem::F64);
    let (kind, val) = match call.name.as_str() {
        "sum" => (kind, sum(elem)),
        "mean" => (Kind::Float, mean()),
        "std" | "var" => {
            let mean = mean();
            let squares = numbers.iter().fold(b.f64(0.0), |sum, (there, val)| {
                let off = val.cast(Elem::F64) - mean;
                there.select(sum + off * off, sum)
            });
            let variance = squares / count.cast(Elem::F64);
            (Kind::Float, if call.name == "std" { variance.sqrt() } else { variance })
        }
        "max" | "amax" | "min" | "amin" => {
            replay.raise_here(count.eq(0_i64), "ValueError", at);
            let greatest = call.name.ends_with("max");
            let mut best: Option<(Val<'b>, Val<'b>)> = None;
            for (there, val) in &numbers {
                let val = val.cast(elem);
                best = Some(match best {
                    None => (*there, val),
                    Some((any, before)) => {
                        let wins = if greatest { val.gt(before) } else { val.lt(before) };
                        // NaN wins, as everywhere in numpy.
                        let wins = if whole { wins } else { (wins | val.is_nan()) & !before.is_nan() };
                        (any | *there, (*there & (!any | wins)).select(val, before))
                    }
                });
            }
            let Some((_, val)) = best else { return Err(replay.unsupported(at, "the extreme of nothing")) };
            (kind, val)
        }
        _ => return Ok(None),
    };
    Ok(Some(Ok(Value::Cell(Cell::new(kind, val)))))
}

fn numbers_of<'b>(replay: &mut Replay<'_, 'b>, of: &Value<'b>, call: &Call<'b>) -> Result<(Kind, Vec<Val<'b>>, Whole), Unknown> {
    let at = call.span;
    let columns = in_one_type(pandas::matrix(replay, of, at)?);
    let kind = match numeric_kind(&columns) {
        Some(Kind::Int(_)) => Kind::INT,
        Some(Kind::Float) => Kind::Float,
        _ => return Err(replay.unsupported(at, format!("`{}` along rows of this type", call.name))),
    };
    let elem = if kind == Kind::Float { Elem::F64 } else { Elem::I64 };
    let vals: Option<Vec<(Column<'b>, Val<'b>)>> =
        columns.into_iter().map(|column| column.cell.single().map(|(_, val)| val.cast(elem)).map(|val| (column, val))).collect();
    match vals {
        Some(vals) if !vals.is_empty() => {
            let whole = Whole::of(&vals);
            Ok((kind, vals.into_iter().map(|(_, val)| val).collect(), whole))
        }
        _ => Err(replay.unsupported(at, format!("`{}` along rows of several types", call.name))),
    }
}

/// NaN wins, as everywhere in numpy.
fn extreme<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>, how: Reduce) -> Eval<'b> {
    let (kind, vals, whole) = match along_row(replay, call) {
        Ok(along) => along,
        Err(instead) => return instead,
    };
    Ok(Value::Column(whole.column(kind, replay.b.pack(&vals).reduce(how, [0]))))
}

fn greatest<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    extreme(replay, call, Reduce::Max)
}

fn least<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    extreme(replay, call, Reduce::Min)
}

fn sum<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (kind, vals, whole) = match along_row(replay, call) {
        Ok(along) => along,
        Err(instead) => return instead,
    };
    Ok(Value::Column(whole.column(kind, replay.b.pack(&vals).reduce(Reduce::SumInOrder, [0]))))
}

fn mean<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (_, vals, whole) = match along_row(replay, call) {
        Ok(along) => along,
        Err(instead) => return instead,
    };
    let vals: Vec<Val<'b>> = vals.into_iter().map(|val| val.cast(Elem::F64)).collect();
    let total = replay.b.pack(&vals).reduce(Reduce::SumInOrder, [0]);
    Ok(Value::Column(whole.column(Kind::Float, total / vals.len() as f64)))
}

/// A statistic of one column, or of the rows of an array.
fn statistic<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let of = call.take("a").or_else(|| call.take("0"));
    if let Some(Value::Matrix(_)) = &of
        && matches!(call.concrete(replay, "axis")?.and_then(|axis| axis.as_int()), Some(1 | -1))
    {
        return crate::matrices::without_missing(replay, call, of);
    }
    if !matches!(of, Some(Value::Column(_))) {
        return Err(replay.unsupported(call.span, format!("`{}` of this", call.name)));
    }
    call.rest();
    let what = call.name.clone();
    replay.batch(call.span, &what)
}

fn spread<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    match along_row(replay, call) {
        Ok(_) => Err(replay.unsupported(call.span, format!("`{}` along the rows of an array", call.name))),
        Err(instead) => instead,
    }
}

/// The position of the first greatest, or of the first NaN.
fn position_of_greatest<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    position(replay, call, |val| val)
}

fn position_of_least<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    position(replay, call, |val| -val)
}

/// Where in a row the first of the greatest measures stands, or the first NaN if there is one.
fn position<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>, measure: fn(Val<'b>) -> Val<'b>) -> Eval<'b> {
    let (_, vals, whole) = match along_row(replay, call) {
        Ok(along) => along,
        Err(instead) => return instead,
    };
    let b = replay.b;
    let vals: Vec<Val<'b>> = vals.into_iter().map(|val| measure(val.cast(Elem::F64))).collect();
    let holes: Vec<Val<'b>> = vals.iter().map(|val| val.is_nan().cast(Elem::F64)).collect();
    let (row, holes) = (b.pack(&vals), b.pack(&holes));
    let has_hole = holes.reduce(Reduce::Max, [0]).gt(0.0);
    let position = has_hole.select(holes.reduce(Reduce::ArgMax, [0]), row.reduce(Reduce::ArgMax, [0]));
    Ok(Value::Column(whole.column(Kind::INT, position)))
}

/// An array of one column as one dimension. `reshape(-1, 1)` and more columns stay as they are or are refused.
fn flat<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let of = array(call);
    let shape: Vec<Option<i64>> = call.rest().iter().map(|(_, value)| replay.concrete(value).and_then(|value| value.as_int())).collect();
    let columns = pandas::matrix(replay, &of, call.span)?;
    match (shape.as_slice(), columns.as_slice()) {
        ([Some(-1), Some(width)], columns) if *width == columns.len() as i64 => Ok(Value::Matrix(columns.to_vec())),
        ([] | [Some(-1)], [only]) => Ok(Value::Column(Column { array: true, name: None, ..only.clone() })),
        _ => Err(replay.unsupported(call.span, format!("`{}` of several columns into one", call.name))),
    }
}

/// Arrays side by side, in one type. A flat array is a column; `hstack` and `concatenate` of flat arrays would put rows below rows.
fn beside<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let tables = match call.take("tup").or_else(|| call.take("arrays")) {
        Some(tables) => replay.items(&tables, at).unwrap_or_default(),
        None => Vec::new(),
    };
    let axis = call.concrete(replay, "axis")?.and_then(|axis| axis.as_int());
    let flat = tables.iter().any(|table| matches!(table, Value::Column(_)));
    let rows = match call.name.as_str() {
        "column_stack" => false,
        "hstack" => flat,
        _ => flat || !matches!(axis, Some(1 | -1)),
    };
    if tables.is_empty() || rows {
        return Err(replay.other_rows(at, "python-rows-change", &call.name.clone()));
    }
    side_by_side(replay, &tables, at)
}

/// Tables and flat arrays as the columns of one array.
pub(crate) fn side_by_side<'b>(replay: &mut Replay<'_, 'b>, tables: &[Value<'b>], at: Span) -> Eval<'b> {
    let mut columns: Vec<Column<'b>> = Vec::new();
    for table in tables {
        if !matches!(table, Value::Column(_) | Value::Frame(_) | Value::Matrix(_)) {
            return Err(replay.unsupported(at, "an array of scoring rows beside something else"));
        }
        columns.extend(pandas::matrix(replay, table, at)?);
    }
    if columns.iter().any(|column| column.space != columns[0].space) {
        return Err(replay.unsupported(at, "arrays of different rows side by side"));
    }
    // numpy has no type for numbers beside texts but that of objects.
    let columns: Vec<Column<'b>> = match numeric_kind(&columns) {
        Some(_) => in_one_type(columns),
        None => columns,
    };
    let named = |column: Column<'b>| Column { array: true, name: None, ..column };
    Ok(Value::Matrix(columns.into_iter().map(named).collect()))
}

/// Sparse arrays side by side hold the same numbers. A flat array would be one row of them.
fn sparse_beside<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let tables = match call.take("blocks") {
        Some(tables) => replay.items(&tables, at).unwrap_or_default(),
        None => Vec::new(),
    };
    call.take("format");
    if call.take("dtype").is_some() || tables.is_empty() || tables.iter().any(|table| matches!(table, Value::Column(_))) {
        return Err(replay.unsupported(at, "these sparse arrays side by side"));
    }
    let table = side_by_side(replay, &tables, at)?;
    all_numbers(replay, table, at)
}

/// A table as a sparse array: the same numbers.
fn sparse<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let table = call.need(replay, "arg1")?;
    if !matches!(table, Value::Frame(_) | Value::Matrix(_)) || call.take("dtype").is_some() || call.take("shape").is_some() {
        return Err(replay.unsupported(at, "a sparse array of this"));
    }
    call.take("copy");
    let table = side_by_side(replay, &[table], at)?;
    all_numbers(replay, table, at)
}

/// Only numbers are in a sparse array.
fn all_numbers<'b>(replay: &mut Replay<'_, 'b>, table: Value<'b>, at: Span) -> Eval<'b> {
    match &table {
        Value::Matrix(columns) if numeric_kind(columns).is_some() => Ok(table),
        _ => Err(replay.unsupported(at, "a sparse array of texts")),
    }
}

/// `np.c_[a, b]`: like `column_stack`.
pub(crate) fn columns_of<'b>(replay: &mut Replay<'_, 'b>, index: &Value<'b>, at: Span) -> Eval<'b> {
    let tables = match index {
        Value::Tuple(items) => items.clone(),
        only => vec![only.clone()],
    };
    side_by_side(replay, &tables, at)
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
    side_by_side(replay, &columns, at)
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
            cells.push(ops::to_cell(replay, &item, None, at)?);
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
