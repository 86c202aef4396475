//! Arrays that are as long as there are scoring rows and have one value, and what numpy's functions write into such arrays: `out=` where
//! `where=` holds, as in `np.divide(a, b, out=np.zeros_like(a), where=b != 0)`.

#![expect(clippy::wildcard_enum_match_arm, reason = "what a construct does not take is refused, whatever it is")]

use crate::ast::{Expr, ExprKind, Literal};
use crate::ops;
use crate::pandas;
use crate::record;
use crate::replay::{Call, On, Replay, Row};
use crate::value::{Cell, Column, Eval, Guards, Kind, Unknown, Value};

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Function, "numpy.zeros_like", alike),
    Row::new(On::Function, "numpy.ones_like", alike),
    Row::new(On::Function, "numpy.full_like", alike),
];

/// `np.zeros_like(a)` and its like: an array of the type of `a`, or of the `dtype` that is given.
fn alike<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let like = call.need(replay, "a")?;
    let given = call.take("dtype").map(|dtype| pandas::encode::dtype_name(replay, &dtype));
    let fill = match call.name.as_str() {
        "zeros_like" => record::Value::Int(0),
        "ones_like" => record::Value::Int(1),
        _ => match call.concrete(replay, "fill_value")? {
            Some(fill) => fill,
            None => return Err(replay.unsupported(at, "`full_like` with this value")),
        },
    };
    let column = match like {
        Value::Column(column) => column,
        _ => return Err(replay.unsupported(at, format!("`{}` of this", call.name))),
    };
    let kind = match given {
        Some(dtype) => dtype.as_deref().and_then(Kind::of_dtype),
        None => column.cell.single().map(|(kind, _)| kind.clone()),
    };
    let constant = match (kind, fill.as_f64()) {
        (Some(Kind::Float), Some(fill)) => Cell::new(Kind::Float, replay.b.f64(fill)),
        (Some(Kind::INT), _) if fill.as_int().is_some() => Cell::new(Kind::INT, replay.b.i64(fill.as_int().unwrap_or(0))),
        _ => return Err(replay.unsupported(at, format!("`{}` of this type", call.name))),
    };
    Ok(Value::Column(Column { cell: constant, name: None, space: column.space, array: true }))
}

/// `np.ones(len(x))`, `np.zeros((x.shape[0], 2))`, `np.full(len(x), 3.0)`: as many rows of a constant as there are scoring rows. None if the
/// rows are not counted.
pub(crate) fn constants<'b>(replay: &mut Replay<'_, 'b>, path: &str, args: &[Expr]) -> Option<Value<'b>> {
    let (shape, fill) = match (path, args) {
        ("numpy.ones", [shape]) => (shape, None),
        ("numpy.zeros", [shape]) => (shape, None),
        ("numpy.full", [shape, fill]) => (shape, Some(fill)),
        _ => return None,
    };
    let (count, width) = match &shape.kind {
        ExprKind::Tuple(sizes) => match sizes.as_slice() {
            [count, Expr { kind: ExprKind::Literal(Literal::Int(width)), .. }] => (count, Some(usize::try_from(*width).ok()?)),
            _ => return None,
        },
        _ => (shape, None),
    };
    let of = crate::index_loops::rows_counted(replay, count)?;
    let value = replay.value(of);
    // A script of one frame has as many rows as it had.
    let space = match &value {
        Value::Frame(_) | Value::Column(_) | Value::Matrix(_) => replay.space_of(&value).filter(|space| !replay.is_only_frame(*space))?,
        _ => return None,
    };
    let cell = match fill.map(|fill| replay.value(fill)) {
        None => Cell::new(Kind::Float, replay.b.f64(if path == "numpy.ones" { 1.0 } else { 0.0 })),
        Some(fill) => match replay.concrete(&fill)? {
            record::Value::Int(fill) => Cell::new(Kind::INT, replay.b.i64(fill)),
            fill => Cell::new(Kind::Float, replay.b.f64(fill.as_f64()?)),
        },
    };
    let column = Column { cell, name: None, space, array: true };
    Some(match width {
        None => Value::Column(column),
        Some(width) => Value::Matrix(vec![column; width]),
    })
}

/// What a function of numpy's is told of where its results go.
pub(crate) struct Into<'b> {
    out: Column<'b>,
    mask: Option<Column<'b>>,
}

/// `out` and `where` of a call. A `where` without `out` leaves the rest to chance.
pub(crate) fn into<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<Option<Into<'b>>, Unknown> {
    match (call.take("out"), call.take("where")) {
        (None, None) => Ok(None),
        (Some(Value::Column(out)), None) if out.array => Ok(Some(Into { out, mask: None })),
        (Some(Value::Column(out)), Some(Value::Column(mask))) if out.array && out.space == mask.space => {
            Ok(Some(Into { out, mask: Some(mask) }))
        }
        _ => Err(replay.unsupported(call.span, format!("`{}` into this `out`", call.name))),
    }
}

/// The array `out` behind the call: it keeps its own type, and where the mask does not hold its own values.
pub(crate) fn written<'b>(replay: &mut Replay<'_, 'b>, call: &Call<'b>, into: Into<'b>, result: &Value<'b>) -> Eval<'b> {
    let at = call.span;
    let Into { out, mask } = into;
    let cell = ops::to_cell(replay, result, None, at)?;
    let result = ops::lift(replay, &[&cell], at, |replay, operands| match (&operands[0].0, out.cell.single().map(|(kind, _)| kind)) {
        (kind, Some(Kind::Float)) => match ops::float(kind, operands[0].1) {
            Some(val) => Ok((Kind::Float, val)),
            None => Err(ops::Trouble::Unsupported("`out` of another type".to_owned())),
        },
        (kind, Some(own)) if kind == own => Ok(operands[0].clone()),
        // numpy refuses to put floats into whole numbers.
        (Kind::Float, Some(Kind::Int(_))) => Err(ops::Trouble::Raises("TypeError")),
        _ => Err(ops::Trouble::Unsupported(format!("`out` of another type in {}", replay.place_name(at)))),
    })?;
    let made = match mask {
        None => result,
        Some(mask) => {
            let Some((Kind::Bool, holds)) = mask.cell.single() else {
                return Err(replay.unsupported(at, "a `where` that is not of truth values"));
            };
            let guards: Guards = mask.cell.guards.clone();
            pandas::where_cell(replay, holds, &result, &out.cell, at)?.guarded(&guards)
        }
    };
    Ok(Value::Column(Column { cell: made, name: None, ..out }))
}
