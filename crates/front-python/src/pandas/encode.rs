//! Categories and codes: `map`, `replace`, `isin`, `get_dummies`, `astype`, `.cat`.

#![expect(clippy::wildcard_enum_match_arm, reason = "what a construct does not take is refused, whatever it is")]

use super::missing::{common, promote};
use crate::ops::{self, Trouble};
use crate::record::{self, Tagged};
use crate::replay::{Call, On, Replay, Row};
use crate::udf;
use crate::value::{Alternative, Categories, Cell, Column, Eval, Family, Frame, Kind, Known, Unknown, Value};
use ir::{Elem, Literal, Map, Reason, Table, Val};
use source::Span;
use std::rc::Rc;

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Column, "map", map),
    Row::new(On::Column, "apply", apply),
    Row::new(On::Column, "transform", apply),
    Row::new(On::Column, "replace", replace),
    Row::new(On::Frame, "replace", frame_replace),
    Row::new(On::Column, "isin", isin),
    Row::new(On::Frame, "isin", frame_isin),
    Row::new(On::Function, "pandas.Categorical", explicit_categories),
    Row::new(On::Function, "pandas.Categorical.from_codes", from_codes),
    Row::new(On::Column, "astype", astype),
    Row::new(On::Frame, "astype", frame_astype),
    Row::new(On::Matrix, "astype", frame_astype),
    Row::new(On::Function, "pandas.get_dummies", get_dummies),
    Row::new(On::Text, "get_dummies", text_dummies),
    Row::new(On::Function, "pandas.factorize", factorize_function),
    Row::new(On::Column, "factorize", factorize),
];

fn column<'b>(replay: &mut Replay<'_, 'b>, call: &Call<'b>) -> Result<Column<'b>, Unknown> {
    match &call.receiver {
        Value::Column(column) => Ok(column.clone()),
        _ => Err(replay.unsupported(call.span, format!("`{}` of this", call.name))),
    }
}

// Look-ups -------------------------------------------------------------------------------------------------------------------

/// The literal of a constant as a key or value of that kind.
pub(crate) fn literal(value: &record::Value, elem: Elem) -> Option<Literal> {
    Some(match elem {
        Elem::Str => Literal::Str(value.as_str()?.to_owned()),
        Elem::Bool => Literal::Bool(value.as_bool()?),
        Elem::I64 => match value {
            record::Value::Int(int) => Literal::I64(*int),
            record::Value::Bool(truth) => Literal::I64(i64::from(*truth)),
            other => {
                let float = other.as_f64().filter(|float| float.fract() == 0.0 && float.abs() < 9e15)?;
                Literal::I64(float as i64)
            }
        },
        Elem::F64 => Literal::F64(value.as_f64()?),
        Elem::I32 | Elem::F32 | Elem::Date | Elem::DateTime | Elem::Duration => return None,
    })
}

/// The kind that holds all values of a look-up, missing ones aside.
fn values_elem(values: &[&record::Value]) -> Option<Elem> {
    let present: Vec<&&record::Value> = values.iter().filter(|value| !value.is_missing()).collect();
    if present.is_empty() {
        return Some(Elem::F64);
    }
    if present.iter().all(|value| value.as_str().is_some()) {
        return Some(Elem::Str);
    }
    if present.iter().all(|value| value.as_bool().is_some()) {
        return Some(Elem::Bool);
    }
    if present.iter().all(|value| value.as_int().is_some()) {
        return Some(Elem::I64);
    }
    present.iter().all(|value| value.as_f64().is_some() && value.as_bool().is_none()).then_some(Elem::F64)
}

/// The value beside a key, null where there is none. Missing keys and missing values are null.
fn look_up<'b>(
    replay: &mut Replay<'_, 'b>,
    key: &(Kind, Val<'b>),
    pairs: &[(record::Value, record::Value)],
    elem: Elem,
    name: &str,
) -> Option<Val<'b>> {
    let b = replay.b;
    let (key_elem, key_val) = match &key.0 {
        Kind::Str => (Elem::Str, key.1),
        Kind::Bool | Kind::Int(_) => (Elem::I64, key.1.cast(Elem::I64)),
        Kind::Float | Kind::Float32 => (Elem::F64, key.1.cast(Elem::F64)),
        Kind::Category(categories) => {
            // The codes themselves are the keys.
            let rows = categories
                .values
                .iter()
                .zip(0..)
                .filter_map(|(category, code)| {
                    let (_, value) = pairs.iter().rev().find(|(key, _)| crate::fold::same_key(key, category))?;
                    Some((vec![Literal::I64(code)], literal(value, elem)?))
                })
                .collect();
            let table = b.table(Table::Map(Map { name: name.to_owned(), keys: vec![Elem::I64], value: elem, rows }));
            return Some(b.lookup(table, &[key.1]));
        }
        Kind::DateTime => {
            let mut moments = std::collections::BTreeMap::new();
            for (key, value) in pairs {
                if let (Some(Tagged::Timestamp(moment)), Some(value)) = (key.as_tagged(), literal(value, elem)) {
                    moments.insert(*moment, value);
                }
            }
            let rows = moments.into_iter().map(|(moment, value)| (vec![Literal::I64(moment)], value)).collect();
            let table = b.table(Table::Map(Map { name: name.to_owned(), keys: vec![Elem::I64], value: elem, rows }));
            return Some(b.lookup(table, &[key.1]));
        }
        Kind::Zoned(_) | Kind::Timedelta | Kind::Date | Kind::Missing | Kind::Document => return None,
    };
    let mut rows: Vec<(Vec<Literal>, Literal)> = Vec::new();
    for (key, value) in pairs {
        // A key of another kind never equals a cell of this column.
        let (Some(key), Some(value)) = (literal(key, key_elem), literal(value, elem)) else { continue };
        if matches!(key, Literal::F64(float) if float.is_nan()) {
            continue;
        }
        let row = (vec![key], value);
        match rows.iter_mut().find(|(known, _)| same_literal(&known[0], &row.0[0])) {
            Some(known) => *known = row,
            None => rows.push(row),
        }
    }
    let table = b.table(Table::Map(Map { name: name.to_owned(), keys: vec![key_elem], value: elem, rows }));
    Some(b.lookup(table, &[key_val]))
}

/// `0.0` and `-0.0` are one key.
fn same_literal(a: &Literal, b: &Literal) -> bool {
    match (a, b) {
        (Literal::F64(a), Literal::F64(b)) => a == b,
        (a, b) => a == b,
    }
}

/// A looked-up value as a cell: missing where it is null.
pub(crate) fn found<'b>(replay: &Replay<'_, 'b>, elem: Elem, val: Val<'b>) -> Cell<'b> {
    match elem {
        Elem::Str => Cell::new(Kind::Str, val),
        // One row by itself: an integer where there is one, else the float NaN.
        Elem::I64 => {
            let missing = Alternative { when: Some(val.is_null()), kind: Kind::Float, val: replay.b.f64(f64::NAN) };
            Cell {
                alternatives: vec![missing, Alternative { when: None, kind: Kind::INT, val: val.or_else(0_i64) }],
                guards: Default::default(),
            }
        }
        Elem::Bool => {
            let missing = Alternative { when: Some(val.is_null()), kind: Kind::Float, val: replay.b.f64(f64::NAN) };
            Cell {
                alternatives: vec![missing, Alternative { when: None, kind: Kind::Bool, val: val.or_else(false) }],
                guards: Default::default(),
            }
        }
        _ => Cell::new(Kind::Float, val.or_else(f64::NAN)),
    }
}

/// The pairs of a dict or of a series, concrete.
pub(crate) fn concrete_pairs<'b>(replay: &Replay<'_, 'b>, value: &Value<'b>) -> Option<Vec<(record::Value, record::Value)>> {
    if let Some(pairs) = replay.pairs(value) {
        return pairs.iter().map(|(key, value)| Some((replay.concrete(key)?, replay.concrete(value)?))).collect();
    }
    let Value::Known(known) = value else { return None };
    let Some(Tagged::Series(series)) = known.tagged() else { return None };
    Some(series.labels.as_ref()?.values().into_iter().zip(series.values.as_ref()?.values()).collect())
}

/// Freezes what a constant stands on: each part that was learnt.
pub(crate) fn freeze_all<'b>(replay: &mut Replay<'_, 'b>, value: &Value<'b>) {
    match value {
        Value::Known(known) => replay.freeze(known),
        value => {
            for (_, value) in replay.pairs(value).unwrap_or_default() {
                if let Value::Known(known) = value {
                    replay.freeze(&known);
                }
            }
        }
    }
}

fn map<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let column = column(replay, call)?;
    let mapper = match call.take("func").or_else(|| call.take("arg")) {
        Some(mapper) => mapper,
        None => return Err(replay.unsupported(call.span, "`map` of nothing")),
    };
    let passes_over = call.text(replay, "na_action")?.as_deref() == Some("ignore");
    if is_function(&mapper) && passes_over {
        let Some((kind, val)) = column.cell.single().map(|(kind, val)| (kind.clone(), val)) else {
            return Err(replay.unsupported(call.span, "`map` that passes over what is missing, of a column of several types"));
        };
        let missing = super::is_missing(&kind, val);
        let there = if kind == Kind::Str {
            Cell { guards: column.cell.guards.clone(), ..Cell::new(Kind::Str, val.or_else("")) }
        } else {
            column.cell.clone()
        };
        return udf::beside_missing(replay, &column, &mapper, (missing, Value::Cell(there)), |_, nothing| Ok(nothing), call.span);
    }
    if is_function(&mapper) {
        return udf::over_cells(replay, &column, &mapper, (Vec::new(), Vec::new()), call.span);
    }
    let Some(pairs) = concrete_pairs(replay, &mapper) else {
        return Err(match &mapper {
            Value::Known(known) if !known.is_recorded() => replay.not_recorded(call.span),
            _ => replay.unsupported(call.span, "`map` with this"),
        });
    };
    freeze_all(replay, &mapper);
    if let Some(default) = default_of(replay, &mapper, call.span)? {
        // Such a dict is asked for each cell, also for a missing one.
        let cell = dict_item(replay, &pairs, &udf::python_cell(replay, &column.cell), &Absent::Gives(&default), call.span)?;
        let cell = udf::pandas_cell(replay, &cell).guarded(&column.cell.guards);
        return Ok(Value::Column(column.with(as_recorded(replay, cell, call.span))));
    }
    let cell = mapped(replay, &column.cell, &pairs, &label(&column), call.span)?;
    Ok(Value::Column(column.with(as_recorded(replay, cell, call.span))))
}

/// The dtype of the recorded run stays: where something was missing there, integers are floats for every row.
pub(crate) fn as_recorded<'b>(replay: &Replay<'_, 'b>, cell: Cell<'b>, at: Span) -> Cell<'b> {
    let recorded = replay.recorded_column(at);
    let as_float = matches!(recorded.clone_unused().and_then(record::Value::as_tagged), Some(Tagged::Series(series)) if series.dtype.name == "float64");
    if !as_float || cell.alternatives.len() == 1 {
        return cell;
    }
    recorded.look();
    crate::udf::pandas_cell(replay, &cell)
}

fn label(column: &Column<'_>) -> String {
    column.name.clone().unwrap_or_else(|| "values".to_owned())
}

fn is_function(value: &Value<'_>) -> bool {
    matches!(value, Value::Function(_) | Value::Path(_) | Value::Method(..))
}

/// Each cell's value in a dict; missing where it has none.
pub(crate) fn mapped<'b>(
    replay: &mut Replay<'_, 'b>,
    cell: &Cell<'b>,
    pairs: &[(record::Value, record::Value)],
    name: &str,
    at: Span,
) -> Result<Cell<'b>, Unknown> {
    let values: Vec<&record::Value> = pairs.iter().map(|(_, value)| value).collect();
    let Some(elem) = values_elem(&values) else { return Err(replay.unsupported(at, "a dict with values of several types")) };
    let nan_value = pairs.iter().find(|(key, _)| key.is_missing()).map(|(_, value)| value.clone());
    if let Some((kind, val)) = cell.single() {
        let kind = kind.clone();
        if kind == Kind::Bool
            && elem != Elem::Bool
            && pairs.iter().filter(|(key, value)| key.as_f64().is_some() && !value.is_missing()).count() >= 2
        {
            // Both truth values are mapped: nothing is ever missing.
            let pick = |truth: f64| pairs.iter().rev().find(|(key, _)| key.as_f64() == Some(truth)).map(|(_, value)| value.clone());
            if let (Some(yes), Some(no)) = (pick(1.0), pick(0.0))
                && let (Some(yes), Some(no)) = (ops::constant(replay, &yes, None), ops::constant(replay, &no, None))
            {
                return Ok(super::where_cell(replay, val, &yes, &no, at)?.guarded(&cell.guards));
            }
        }
        let missing =
            matches!(val.literal(), Some(Literal::Null(_))) || matches!(val.literal(), Some(Literal::F64(value)) if value.is_nan());
        if missing && nan_value.is_none() {
            let nothing = match elem {
                Elem::Str => Cell::new(Kind::Str, replay.b.null(Elem::Str)),
                _ => Cell::new(Kind::Float, replay.b.f64(f64::NAN)),
            };
            return Ok(nothing.guarded(&cell.guards));
        }
        let Some(hit) = look_up(replay, &(kind.clone(), val), pairs, elem, name) else {
            return Err(replay.unsupported(at, "a look-up by a key of this type"));
        };
        let mut out = found(replay, elem, hit).guarded(&cell.guards);
        if let Some(nan_value) = nan_value.filter(|value| !value.is_missing())
            && let Some(constant) = ops::constant(replay, &nan_value, None)
        {
            let missing = super::is_missing(&kind, val);
            out = super::where_cell(replay, missing, &constant, &out, at)?;
        }
        return Ok(out);
    }
    // An object column: each way it can be is looked up on its own.
    let mut out: Option<Cell<'b>> = None;
    for alternative in cell.alternatives.iter().rev() {
        let hit = look_up(replay, &(alternative.kind.clone(), alternative.val), pairs, elem, name);
        let one = match hit {
            Some(hit) => found(replay, elem, hit),
            None => Cell::new(Kind::Float, replay.b.f64(f64::NAN)),
        };
        out = Some(match (alternative.when, out) {
            (Some(when), Some(other)) => super::where_cell(replay, when, &one, &other, at)?,
            _ => one,
        });
    }
    out.map(|out| out.guarded(&cell.guards)).ok_or_else(|| replay.unsupported(at, "a look-up by nothing"))
}

/// What a dict gives for a key that is not there, where it is a `Counter` or a `defaultdict`.
fn default_of<'b>(replay: &mut Replay<'_, 'b>, dict: &Value<'b>, at: Span) -> Result<Option<Cell<'b>>, Unknown> {
    let Value::Known(known) = dict else { return Ok(None) };
    let Some(default) = known.clone_unused().and_then(crate::fold::default).cloned() else { return Ok(None) };
    match ops::constant(replay, &default, None) {
        Some(default) => Ok(Some(default)),
        None => Err(replay.unsupported(at, format!("a dict that has {default} for other keys"))),
    }
}

/// `dict[cell]`: a key that is not there raises, unless the dict has something for it.
pub(crate) fn cell_of_dict<'b>(replay: &mut Replay<'_, 'b>, of: &Value<'b>, index: &Value<'b>, at: Span) -> Eval<'b> {
    let pairs = match (concrete_pairs(replay, of), of) {
        (Some(pairs), _) => pairs,
        (None, Value::Dict(id)) => return crate::row_dicts::item(replay, *id, index, at),
        _ => return Err(replay.unsupported(at, "an item by a key of the row")),
    };
    freeze_all(replay, of);
    if let Some(default) = default_of(replay, of, at)? {
        return item_of_pairs(replay, &pairs, index, &Absent::Gives(&default), at);
    }
    super::nested::item(replay, &pairs, index, None, at)
}

/// The item beside a key of the row.
pub(crate) fn item_of_pairs<'b>(
    replay: &mut Replay<'_, 'b>,
    pairs: &[(record::Value, record::Value)],
    key: &Value<'b>,
    absent: &Absent<'_, 'b>,
    at: Span,
) -> Eval<'b> {
    if let Value::Tuple(parts) = key {
        return item_of_parts(replay, pairs, parts, absent, at).map(Value::Cell);
    }
    let cell = ops::to_cell(replay, key, None, at)?;
    dict_item(replay, pairs, &cell, absent, at).map(Value::Cell)
}

/// `index.get_indexer(column)`: the places of the labels that the rows have, -1 where there is no such label.
pub(crate) fn places_in<'b>(replay: &mut Replay<'_, 'b>, known: &Known, column: &Column<'b>, at: Span) -> Eval<'b> {
    let Some(Tagged::Index(index)) = known.tagged() else { return Err(replay.unsupported(at, "`get_indexer` of this")) };
    let labels = index.labels.values();
    if labels.iter().any(record::Value::is_missing) {
        return Err(replay.unsupported(at, "`get_indexer` of an index with a missing label"));
    }
    replay.freeze(known);
    let pairs: Vec<_> = labels.into_iter().zip((0..).map(record::Value::Int)).collect();
    let nowhere = Cell::new(Kind::INT, replay.b.i64(-1));
    let cell = dict_item(replay, &pairs, &udf::python_cell(replay, &column.cell), &Absent::Gives(&nowhere), at)?;
    Ok(Value::Column(Column { name: None, array: true, ..column.with(cell.guarded(&column.cell.guards)) }))
}

/// [`dict_item`] by a key of several parts, none of which may be missing in the dict.
fn item_of_parts<'b>(
    replay: &mut Replay<'_, 'b>,
    pairs: &[(record::Value, record::Value)],
    parts: &[Value<'b>],
    absent: &Absent<'_, 'b>,
    at: Span,
) -> Result<Cell<'b>, Unknown> {
    let elem = elem_of_items(replay, pairs, at)?;
    let keys: Vec<Vec<record::Value>> = pairs.iter().filter_map(|(key, _)| key.items()).filter(|key| key.len() == parts.len()).collect();
    if keys.len() != pairs.len() || keys.iter().flatten().any(record::Value::is_missing) {
        return Err(replay.unsupported(at, "a dict with keys of several shapes, or missing ones"));
    }
    let (mut elems, mut vals, mut guards) = (Vec::new(), Vec::new(), crate::value::Guards::new());
    for (place, part) in parts.iter().enumerate() {
        let cell = ops::to_cell(replay, part, None, at)?;
        let of_part: Vec<&record::Value> = keys.iter().map(|key| &key[place]).collect();
        let text = of_part.iter().all(|value| value.as_str().is_some());
        if !text && !of_part.iter().all(|value| value.as_f64().is_some()) {
            return Err(replay.unsupported(at, "a dict with keys of several types"));
        }
        let elem = if text { Elem::Str } else { Elem::F64 };
        // A part of another type than the keys' is never equal to one.
        let mut val = if text { replay.b.null(Elem::Str) } else { replay.b.f64(f64::NAN) };
        for alternative in cell.alternatives.iter().rev() {
            let one = match (&alternative.kind, text) {
                (Kind::Str, true) => alternative.val,
                (Kind::Bool | Kind::Int(_), false) => alternative.val.cast(Elem::I64).cast(Elem::F64),
                (Kind::Float | Kind::Float32, false) => alternative.val.cast(Elem::F64),
                (Kind::Missing | Kind::Float, _) | (Kind::Str, false) | (Kind::Bool | Kind::Int(_), true) => {
                    if text {
                        replay.b.null(Elem::Str)
                    } else {
                        replay.b.f64(f64::NAN)
                    }
                }
                _ => return Err(replay.unsupported(at, "an item by a key of this type")),
            };
            val = alternative.when.map_or(one, |when| when.select(one, val));
        }
        guards.extend(&cell.guards);
        elems.push(elem);
        vals.push(val);
    }
    let mut rows: Vec<(Vec<Literal>, Literal)> = Vec::new();
    for (key, (_, value)) in keys.iter().zip(pairs) {
        let key: Option<Vec<Literal>> = key.iter().zip(&elems).map(|(part, elem)| literal(part, *elem)).collect();
        let (Some(key), Some(value)) = (key, literal(value, elem)) else { return Err(replay.unsupported(at, "a dict with these items")) };
        rows.push((key, value));
    }
    let table = replay.b.table(Table::Map(Map { name: "items".to_owned(), keys: elems, value: elem, rows }));
    let hit = replay.b.lookup(table, &vals);
    let zero = replay.b.constant(Literal::zero(elem));
    let value = found(replay, elem, hit.or_else(zero)).guarded(&guards);
    Ok(match absent {
        Absent::Gives(default) => ops::choose(hit.is_null(), default, &value),
        Absent::Raises(exception) => {
            replay.raise_here(hit.is_null(), exception, at);
            value
        }
    })
}

/// `list.index(cell)`: the place of the first item that is equal; where there is none, it raises.
pub(super) fn list_index<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let (Some(wanted), Some(items)) = (["sub", "value", "0"].iter().find_map(|name| call.take(name)), replay.items(&call.receiver, at))
    else {
        return Err(replay.unsupported(at, "`index` of this"));
    };
    let constants: Option<Vec<record::Value>> = items.iter().map(|item| replay.concrete(item)).collect();
    // Python finds a NaN by its identity, which a cell does not have.
    let Some(constants) = constants.filter(|constants| !constants.iter().any(record::Value::is_missing)) else {
        return Err(replay.unsupported(at, "`index` of a list with missing or computed items"));
    };
    freeze_all(replay, &call.receiver);
    // Of equal keys the last one counts.
    let mut pairs: Vec<(record::Value, record::Value)> = constants.into_iter().zip((0..).map(record::Value::Int)).collect();
    pairs.reverse();
    let key = ops::to_cell(replay, &wanted, None, at)?;
    dict_item(replay, &pairs, &key, &Absent::Raises("ValueError"), at).map(Value::Cell)
}

/// What comes of a key that is not there.
pub(crate) enum Absent<'c, 'b> {
    Gives(&'c Cell<'b>),
    Raises(&'static str),
}

/// The kind of a dict's values. NaN is one among floats.
fn elem_of_items(replay: &mut Replay<'_, '_>, pairs: &[(record::Value, record::Value)], at: Span) -> Result<Elem, Unknown> {
    let values: Vec<&record::Value> = pairs.iter().map(|(_, value)| value).collect();
    values_elem(&values)
        .filter(|elem| values.iter().all(|value| !value.is_missing() || *elem == Elem::F64 && value.as_f64().is_some()))
        .ok_or_else(|| replay.unsupported(at, "a dict with values of several types"))
}

/// `dict[cell]` or `dict.get(cell, default)`, with Python's own result types.
pub(crate) fn dict_item<'b>(
    replay: &mut Replay<'_, 'b>,
    pairs: &[(record::Value, record::Value)],
    key: &Cell<'b>,
    absent: &Absent<'_, 'b>,
    at: Span,
) -> Result<Cell<'b>, Unknown> {
    let elem = elem_of_items(replay, pairs, at)?;
    let kind = match elem {
        Elem::Str => Kind::Str,
        Elem::Bool => Kind::Bool,
        Elem::I64 => Kind::INT,
        _ => Kind::Float,
    };
    let zero = Literal::zero(elem);
    let has_missing = pairs.iter().any(|(key, _)| key.is_missing());
    let mut out: Option<Cell<'b>> = None;
    let mut never = None;
    for (position, alternative) in key.alternatives.iter().enumerate().rev() {
        let exact = |holds: Val<'b>| {
            // The first alternative that holds is the cell: the later ones are not looked at.
            let holds = alternative.when.map_or(holds, |when| when & holds);
            let earlier = key.alternatives[..position].iter().filter_map(|one| one.when).reduce(|a, b| a | b);
            earlier.map_or(holds, |earlier| !earlier & holds)
        };
        // None and NaN are no keys of a dict that has neither. Whether one NaN is another hangs on which object it is.
        let missing = alternative.kind == Kind::Missing || matches!(alternative.val.literal(), Some(Literal::F64(key)) if key.is_nan());
        let hit = if missing { None } else { look_up(replay, &(alternative.kind.clone(), alternative.val), pairs, elem, "items") };
        let one = match hit {
            None => match absent {
                Absent::Gives(default) if !missing || !has_missing => Some((*default).clone()),
                Absent::Raises(exception) if missing && !has_missing => {
                    let always = replay.b.bool(true);
                    replay.raise_here(exact(always), exception, at);
                    never = Some(Cell::new(kind.clone(), replay.b.constant(zero.clone())));
                    continue;
                }
                _ => None,
            },
            Some(hit) => {
                let zero = replay.b.constant(zero.clone());
                let value = Cell::new(kind.clone(), hit.or_else(zero));
                match absent {
                    Absent::Gives(default) => Some(ops::choose(hit.is_null(), default, &value)),
                    Absent::Raises(exception) => {
                        replay.raise_here(exact(hit.is_null()), exception, at);
                        Some(value)
                    }
                }
            }
        };
        let Some(one) = one else { return Err(replay.unsupported(at, "an item by a key of this type")) };
        out = Some(match (alternative.when, out) {
            (Some(when), Some(other)) => ops::choose(when, &one, &other),
            _ => one,
        });
    }
    out.or(never).map(|out| out.guarded(&key.guards)).ok_or_else(|| replay.unsupported(at, "an item by nothing"))
}

fn apply<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let column = column(replay, call)?;
    let function = call.need(replay, "func")?;
    let more = match call.take("args") {
        None => Vec::new(),
        Some(Value::Tuple(items)) => items,
        Some(value) => replay.items(&value, call.span).unwrap_or_default(),
    };
    if let Value::Path(path) = &function
        && path.starts_with("numpy.")
    {
        // A numpy function takes the whole column at once.
        return replay.apply(function.clone(), None, vec![call.receiver.clone()], Vec::new(), call.span);
    }
    if !is_function(&function) {
        return Err(replay.unsupported(call.span, "`apply` of this"));
    }
    let named = call.rest();
    udf::over_cells(replay, &column, &function, (more, named), call.span)
}

// Replace --------------------------------------------------------------------------------------------------------------------

fn replace<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let column = column(replay, call)?;
    let regex = patterns(replay, call)?;
    let pairs = replace_pairs(replay, call)?;
    if regex {
        let cell = super::pattern::replace_cells(replay, &column, &pairs, call.span)?;
        return Ok(Value::Column(column.with(cell)));
    }
    let cell = replaced(replay, &column.cell, &pairs, &label(&column), call.span)?;
    Ok(Value::Column(column.with(cell)))
}

/// Whether patterns are replaced: `regex=True`, or the patterns themselves in the place of `to_replace`.
fn patterns<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<bool, Unknown> {
    let Some(regex) = call.take("regex") else { return Ok(false) };
    if let Some(flag) = replay.concrete(&regex).and_then(|regex| regex.as_bool()) {
        return Ok(flag);
    }
    call.give("to_replace", regex);
    Ok(true)
}

fn frame_replace<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let Value::Frame(id) = call.receiver else { return Err(replay.unsupported(call.span, "`replace` of this")) };
    let regex = patterns(replay, call)?;
    // `{"column": {...}}` names the columns.
    let nested = match call.take("to_replace") {
        Some(value) => {
            let pairs = replay.pairs(&value).unwrap_or_default();
            let nested: Option<Vec<_>> = pairs
                .iter()
                .map(|(key, inner)| Some((super::column_name(&replay.concrete(key)?), concrete_pairs(replay, inner)?)))
                .collect();
            match nested {
                Some(nested) if !nested.is_empty() => Some(nested),
                _ => {
                    let by = call.take("value");
                    let pairs = pairs_of(replay, &value, by.as_ref(), call.span)?;
                    let names: Vec<String> = replay.frames[id.0].columns.keys().cloned().collect();
                    Some(names.into_iter().map(|name| (name, pairs.clone())).collect())
                }
            }
        }
        None => None,
    };
    let Some(nested) = nested else { return Err(replay.unsupported(call.span, "`replace` of nothing")) };
    let mut frame = replay.of_cells(id, call.span);
    for (name, pairs) in nested {
        if let Some(Value::Column(column)) = frame.columns.get(&name).cloned() {
            let new = if regex {
                super::pattern::replace_cells(replay, &column, &pairs, call.span)
            } else {
                replaced(replay, &column.cell, &pairs, &name, call.span)
            };
            frame.columns.insert(name, new.map_or_else(Value::Unknown, |cell| Value::Column(column.with(cell))));
        }
    }
    Ok(replay.frame(frame))
}

fn replace_pairs<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<Vec<(record::Value, record::Value)>, Unknown> {
    let old = call.need(replay, "to_replace")?;
    let new = call.take("value");
    pairs_of(replay, &old, new.as_ref(), call.span)
}

/// What is replaced by what: a dict, two scalars, a list and a scalar, two lists.
fn pairs_of<'b>(
    replay: &mut Replay<'_, 'b>,
    old: &Value<'b>,
    new: Option<&Value<'b>>,
    at: Span,
) -> Result<Vec<(record::Value, record::Value)>, Unknown> {
    freeze_all(replay, old);
    if new.is_none()
        && let Some(pairs) = concrete_pairs(replay, old)
    {
        return Ok(pairs);
    }
    let (old, new) = (replay.concrete(old), new.and_then(|new| replay.concrete(new)));
    match (old, new) {
        (Some(old), Some(new)) => Ok(match (old.items(), new.items()) {
            (Some(old), Some(new)) if old.len() == new.len() => old.into_iter().zip(new).collect(),
            (Some(old), None) => old.into_iter().map(|old| (old, new.clone())).collect(),
            (None, None) => vec![(old, new)],
            _ => return Err(replay.unsupported(at, "`replace` with these")),
        }),
        _ => Err(replay.unsupported(at, "`replace` with this")),
    }
}

/// Whether the keys are all values that a cell can have, as the classes of a model or both truth values.
fn is_all_replaced(kind: &Kind, val: Val<'_>, pairs: &[(record::Value, record::Value)]) -> bool {
    const MOST: usize = 256;
    let possible = match kind {
        Kind::Bool => Some(vec![Literal::Bool(false), Literal::Bool(true)]),
        Kind::Int(_) | Kind::Str if !val.is_nullable() => val.possible(MOST),
        _ => None,
    };
    let has_key = |value: &Literal| pairs.iter().any(|(key, _)| literal(key, value.elem()).is_some_and(|key| same_literal(&key, value)));
    possible.is_some_and(|values| values.iter().all(has_key))
}

/// Cells that equal a key become its value, the others stay.
fn replaced<'b>(
    replay: &mut Replay<'_, 'b>,
    cell: &Cell<'b>,
    pairs: &[(record::Value, record::Value)],
    name: &str,
    at: Span,
) -> Result<Cell<'b>, Unknown> {
    let values: Vec<&record::Value> = pairs.iter().map(|(_, value)| value).collect();
    if values.iter().all(|value| value.is_missing()) {
        // `replace([inf, -inf], nan)`
        let keys: Vec<record::Value> = pairs.iter().map(|(key, _)| key.clone()).collect();
        let hit = ops::lift(replay, &[cell], at, |replay, operands| {
            Ok((Kind::Bool, ops::is_among(replay, &operands[0], &keys, keys.iter().any(record::Value::is_missing))))
        })?;
        let missing = Cell::new(Kind::Float, replay.b.f64(f64::NAN));
        return match hit.single() {
            Some((_, hit)) if hit.literal() == Some(Literal::Bool(false)) => Ok(cell.clone()),
            Some((_, hit)) => super::where_cell(replay, hit, &missing, cell, at),
            None => Err(replay.unsupported(at, "`replace` of this")),
        };
    }
    if values.iter().any(|value| value.is_missing()) {
        // What becomes missing is decided by what was there before.
        let (gone, others): (Vec<_>, Vec<_>) = pairs.iter().cloned().partition(|(_, value)| value.is_missing());
        let keys: Vec<record::Value> = gone.into_iter().map(|(key, _)| key).collect();
        let out = replaced(replay, cell, &others, name, at)?;
        let Some((kind, val)) = cell.single() else { return Err(replay.unsupported(at, "`replace` in a column of several types")) };
        let hit = ops::is_among(replay, &(kind.clone(), val), &keys, keys.iter().any(record::Value::is_missing));
        let missing = Cell::new(Kind::Float, replay.b.f64(f64::NAN));
        return super::where_cell(replay, hit, &missing, &out, at);
    }
    let Some(elem) = values_elem(&values) else { return Err(replay.unsupported(at, "`replace` with values of several types")) };
    let Some((kind, val)) = cell.single() else { return Err(replay.unsupported(at, "`replace` in a column of several types")) };
    let (kind, val) = (kind.clone(), val);
    let missing_to = pairs.iter().find(|(key, _)| key.is_missing()).map(|(_, value)| value.clone());
    let usable: Vec<(record::Value, record::Value)> = pairs.iter().filter(|(key, _)| !key.is_missing()).cloned().collect();
    // A truth value is not replaced by a number's key, nor a number by a truth value's.
    let usable: Vec<_> = usable.into_iter().filter(|(key, _)| (kind == Kind::Bool) == key.as_bool().is_some()).collect();
    // No number equals a text.
    let may_equal = |key: &record::Value| match &kind {
        Kind::Str => key.as_str().is_some(),
        kind if kind.is_number() => key.as_str().is_none(),
        _ => true,
    };
    let usable: Vec<_> = usable.into_iter().filter(|(key, _)| may_equal(key)).collect();
    let new_kind = match elem {
        Elem::Str => Kind::Str,
        Elem::Bool => Kind::Bool,
        Elem::I64 => Kind::INT,
        _ => Kind::Float,
    };
    let mut out = cell.clone();
    if !usable.is_empty() {
        let Some(hit) = look_up(replay, &(kind.clone(), val), &usable, elem, name) else {
            return Err(replay.unsupported(at, "`replace` in a column of this type"));
        };
        let zero = replay.b.constant(Literal::zero(elem));
        let both = if kind == Kind::Bool && new_kind != Kind::Bool { None } else { common(&kind, &new_kind) };
        out = match both {
            // One kind holds both; the integer width of the column stays.
            Some(to) => {
                let to = if matches!((&kind, &to), (Kind::Int(_), Kind::Int(_))) { kind.clone() } else { to };
                if to == Kind::Str {
                    Cell::new(Kind::Str, hit.or_else(val))
                } else {
                    let new = promote(hit.or_else(zero), &new_kind, &to);
                    Cell::new(to.clone(), hit.is_null().select(promote(val, &kind, &to), new))
                }
            }
            // All that it can be is replaced.
            None if is_all_replaced(&kind, val, &usable) => Cell::new(new_kind.clone(), hit.or_else(zero)),
            None => Cell {
                alternatives: vec![
                    Alternative { when: Some(!hit.is_null()), kind: new_kind.clone(), val: hit.or_else(zero) },
                    Alternative { when: None, kind: kind.clone(), val },
                ],
                guards: Default::default(),
            },
        }
        .guarded(&cell.guards);
    }
    if let Some(to) = missing_to
        && let Some(constant) = ops::constant(replay, &to, None)
    {
        let missing = super::is_missing(&kind, val);
        out = super::where_cell(replay, missing, &constant, &out, at)?;
    }
    Ok(out)
}

fn isin<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let column = column(replay, call)?;
    let values = call.need(replay, "values")?;
    let cell = among(replay, &column, &values, call.span)?;
    Ok(replay.column(cell, &column))
}

fn among<'b>(replay: &mut Replay<'_, 'b>, column: &Column<'b>, values: &Value<'b>, at: Span) -> Result<Cell<'b>, Unknown> {
    let Some(items) = replay.items(values, at) else { return Err(replay.unsupported(at, "`isin` with this")) };
    let Some(constants) = items.iter().map(|item| replay.concrete(item)).collect::<Option<Vec<_>>>() else {
        return Err(replay.unsupported(at, "`isin` with computed values"));
    };
    freeze_all(replay, values);
    let missing = constants.iter().any(record::Value::is_missing);
    ops::lift(replay, &[&column.cell], at, |replay, operands| {
        if ops::is_unclear_among(&operands[0].0, &constants) {
            return Err(Trouble::Unsupported("`isin` of moments with a missing one".to_owned()));
        }
        Ok((Kind::Bool, ops::is_among(replay, &operands[0], &constants, missing)))
    })
}

fn frame_isin<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let values = call.need(replay, "values")?;
    if replay.pairs(&values).is_some() {
        return Err(replay.unsupported(call.span, "`DataFrame.isin` with values by column"));
    }
    super::frame::each_column(replay, call, |replay, column| among(replay, column, &values, call.span))
}

// Types ----------------------------------------------------------------------------------------------------------------------

/// The name of a dtype, from a text, a Python type or a numpy type.
pub(crate) fn dtype_name<'b>(replay: &Replay<'_, 'b>, value: &Value<'b>) -> Option<String> {
    let name = match value {
        Value::Path(path) => path.rsplit('.').next()?.to_owned(),
        value => match replay.concrete(value)? {
            record::Value::Str(text) => text,
            record::Value::Tagged(tagged) => match *tagged {
                Tagged::Dtype(name) => name,
                Tagged::Function(path) => path.rsplit('.').next()?.to_owned(),
                _ => return None,
            },
            _ => return None,
        },
    };
    Some(
        match name.as_str() {
            "int" | "int_" => "int64",
            "float" | "float_" | "double" => "float64",
            "bool_" => "bool",
            other => return Some(other.replacen("M8[", "datetime64[", 1).replacen("m8[", "timedelta64[", 1)),
        }
        .to_owned(),
    )
}

fn astype<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let column = column(replay, call)?;
    let dtype = call.need(replay, "dtype").or_else(|why| call.take("0").ok_or(why))?;
    if let Value::Known(known) = &dtype
        && matches!(known.tagged(), Some(Tagged::Dtype(name)) if name == "category")
    {
        // A dtype that has its categories: the column of the recorded run has the same.
        let recorded = replay.recorded(call.span).with(known.fit, false);
        let cell = categorical_as(replay, &column, &recorded, call.span)?;
        return Ok(Value::Column(column.with(cell)));
    }
    let Some(name) = dtype_name(replay, &dtype) else { return Err(replay.unsupported(call.span, "`astype` with this type")) };
    let cell = cast(replay, &column, &name, call.span)?;
    Ok(Value::Column(column.with(cell)))
}

fn frame_astype<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let dtype = call.need(replay, "dtype").or_else(|why| call.take("0").ok_or(why))?;
    if let Value::Matrix(columns) = &call.receiver {
        let Some(name) = dtype_name(replay, &dtype) else { return Err(replay.unsupported(call.span, "`astype` with this type")) };
        let columns =
            columns.iter().map(|column| Ok(column.with(cast(replay, column, &name, call.span)?))).collect::<Result<_, Unknown>>()?;
        return Ok(Value::Matrix(columns));
    }
    let Value::Frame(id) = call.receiver else { return Err(replay.unsupported(call.span, "`astype` of this")) };
    let per_column = super::missing::column_values(replay, &dtype);
    let mut frame = if per_column.is_none() { replay.of_cells(id, call.span) } else { replay.frames[id.0].clone() };
    for (column_name, slot) in &mut frame.columns {
        let Value::Column(column) = slot else { continue };
        let wanted = match &per_column {
            None => Some(dtype.clone()),
            Some(pairs) => pairs.iter().find(|(name, _)| name == column_name).map(|(_, dtype)| dtype.clone()),
        };
        let Some(wanted) = wanted else { continue };
        let column = column.clone();
        *slot = match dtype_name(replay, &wanted) {
            Some(name) => cast(replay, &column, &name, call.span).map_or_else(Value::Unknown, |cell| Value::Column(column.with(cell))),
            None => Value::Unknown(replay.unsupported(call.span, "`astype` with this type")),
        };
    }
    // A cast to one type makes dummy columns of that type too.
    if per_column.is_none()
        && let Some(kind) = dtype_name(replay, &dtype).as_deref().and_then(Kind::of_dtype)
    {
        frame.families = frame
            .families
            .iter()
            .map(|family| {
                Rc::new(Family {
                    prefix: family.prefix.clone(),
                    source: family.source.clone(),
                    separator: family.separator.clone(),
                    recorded: family.recorded.clone(),
                    at: family.at,
                    kind: kind.clone(),
                })
            })
            .collect();
    }
    Ok(replay.frame(frame))
}

/// One column as another dtype. What raises in pandas becomes a guard.
pub(crate) fn cast<'b>(replay: &mut Replay<'_, 'b>, column: &Column<'b>, dtype: &str, at: Span) -> Result<Cell<'b>, Unknown> {
    if dtype == "object" {
        return Ok(match column.cell.single() {
            Some((Kind::Category(categories), val)) => match super::category_values(replay, categories, val) {
                Some((Kind::Str, value)) => Cell::new(Kind::Str, value).guarded(&column.cell.guards),
                _ => crate::udf::python_cell(replay, &column.cell),
            },
            _ => column.cell.clone(),
        });
    }
    if dtype == "category" {
        return categorical(replay, column, at);
    }
    let (dtype, nullable) = if dtype == "Int64" { ("int64", true) } else { (dtype, false) };
    let Some(to) = Kind::of_dtype(dtype) else { return Err(replay.unsupported(at, format!("`astype(\"{dtype}\")`"))) };
    let name = column.name.clone().unwrap_or_else(|| "the column".to_owned());
    let mut own = crate::value::Guards::new();
    let keeps_missing = !replay.before_pandas_3();
    let cell = ops::lift(replay, &[&column.cell], at, |replay, operands| {
        let (kind, val) = operands[0].clone();
        let mut guard = |replay: &mut Replay<'_, 'b>, when: Val<'b>, text: String| {
            own.insert(replay.guard(when, Reason::Invalid(text), at));
        };
        match (&kind, &to) {
            (Kind::Str, Kind::Str) if !keeps_missing => Ok((Kind::Str, val.or_else("nan"))),
            (Kind::DateTime | Kind::Timedelta, _) if kind == to => match super::time::in_unit(val, dtype) {
                Some(val) => Ok((to.clone(), val)),
                None => Err(Trouble::Unsupported(format!("`astype(\"{dtype}\")`"))),
            },
            _ if kind == to => Ok((to.clone(), val)),
            (Kind::Bool, Kind::Int(_)) => Ok((to.clone(), val.cast(Elem::I64))),
            (Kind::Int(_), Kind::Int(width)) => Ok((to.clone(), ops::wrap(*width, val))),
            (Kind::Float | Kind::Float32, Kind::Int(width)) => {
                let val = val.cast(Elem::F64);
                let infinite = val.abs().eq(f64::INFINITY);
                if nullable {
                    let far = val.abs().ge(9_223_372_036_854_775_808.0);
                    guard(replay, val.ne(val.trunc()) | far, format!("{name} is no whole number of 64 bits"));
                }
                guard(replay, val.is_nan() | infinite, format!("{name} is not finite and cannot become an integer"));
                // Outside the integers' range the hardware gives the least one.
                let inside = val.ge(-9_223_372_036_854_775_808.0) & val.lt(9_223_372_036_854_775_808.0);
                Ok((to.clone(), ops::wrap(*width, inside.select(val.cast(Elem::I64), i64::MIN))))
            }
            (Kind::Str, Kind::Int(_)) => {
                let crate::numbers::Parsed { value, valid, .. } = crate::numbers::parse_int(replay.b, val.or_else(""), 10);
                guard(replay, !valid, format!("{name} is not the text of an integer"));
                Ok((to.clone(), value))
            }
            (Kind::Bool | Kind::Int(_) | Kind::Float32, Kind::Float) => Ok((to.clone(), val.cast(Elem::F64))),
            (Kind::Bool | Kind::Int(_) | Kind::Float, Kind::Float32) => Ok((to.clone(), val.cast(Elem::F32))),
            (Kind::Str, Kind::Float) => {
                let read = replay.parse_float(val.or_else(""), crate::numbers::Spelling::Python, at)?;
                guard(replay, !(read.valid | val.is_null()), format!("{name} is not the text of a number"));
                Ok((to.clone(), val.is_null().select(replay.b.f64(f64::NAN), read.value)))
            }
            (Kind::Missing, Kind::Float) => Ok((to.clone(), replay.b.f64(f64::NAN))),
            // A missing text is NaN, which is true.
            (Kind::Str, Kind::Bool) if keeps_missing => Ok((to.clone(), val.ne("").or_else(true))),
            (Kind::Int(_), Kind::Bool) => Ok((to.clone(), val.ne(0_i64))),
            (Kind::Document, Kind::Bool) => Ok((to.clone(), crate::literals::truth(val))),
            (Kind::Float | Kind::Float32, Kind::Bool) => Ok((to.clone(), val.ne(0.0))),
            (Kind::Int(_), Kind::Str) => Ok((to.clone(), val.decimal())),
            (Kind::Bool, Kind::Str) => Ok((to.clone(), val.select(replay.b.str("True"), "False"))),
            (Kind::Float, Kind::Str) => {
                let text = crate::numbers::float_text(replay.b, val, &mut |when| {
                    guard(replay, when, format!("{name} has more digits than can be written"))
                });
                // Missing stays missing since pandas 3; before, it becomes the text `nan`, in a column of texts too.
                Ok((to.clone(), if keeps_missing { val.is_nan().select(replay.b.null(Elem::Str), text) } else { text }))
            }
            (Kind::Category(categories), Kind::Str) if categories.values.iter().all(|value| value.as_str().is_none()) => {
                let texts: Option<Vec<String>> = categories.values.iter().map(category_text).collect();
                let Some(texts) = texts else { return Err(Trouble::Unsupported(format!("a category as {dtype}"))) };
                let rows = (0..).zip(texts).map(|(code, text)| (vec![Literal::I64(code)], Literal::Str(text))).collect();
                let map = Map { name: name.clone(), keys: vec![Elem::I64], value: Elem::Str, rows };
                let text = replay.b.lookup(replay.b.table(Table::Map(map)), &[val]);
                Ok((Kind::Str, if keeps_missing { text } else { text.or_else("nan") }))
            }
            (Kind::Category(categories), _) => match (super::category_values(replay, categories, val), &to) {
                (Some((Kind::INT, number)), Kind::Int(width)) => {
                    guard(replay, val.lt(0_i64), format!("{name} has no category and cannot become an integer"));
                    Ok((to.clone(), ops::wrap(*width, number)))
                }
                (Some((Kind::INT, number)), Kind::Float) => {
                    Ok((to.clone(), val.lt(0_i64).select(replay.b.f64(f64::NAN), number.cast(Elem::F64))))
                }
                (Some((Kind::Str, value)), Kind::Str) if !keeps_missing => Ok((Kind::Str, value.or_else("nan"))),
                (Some((kind, value)), _) if kind == to => Ok((to.clone(), value)),
                _ => Err(Trouble::Unsupported(format!("a category as {dtype}"))),
            },
            (Kind::Missing, Kind::Int(_)) => Err(Trouble::Raises("TypeError")),
            _ => Err(Trouble::Unsupported(format!("{} as {dtype}", kind.dtype()))),
        }
    })?;
    let inside = replay.cells_active();
    debug_assert!(!inside || own.is_empty(), "astype is a method of columns");
    Ok(cell.guarded(&own))
}

/// The text of a whole number or an interval among categories. Where a row of a batch has no interval, pandas writes the ends of all as
/// floats; a row by itself keeps them as they are.
fn category_text(category: &record::Value) -> Option<String> {
    let text = |value: &record::Value| crate::fold::format(value, None);
    match category.as_tagged() {
        None => category.as_int().map(|whole| whole.to_string()),
        Some(Tagged::Interval(interval)) => {
            let (opens, closes) = match interval.closed.as_str() {
                "right" => ('(', ']'),
                "left" => ('[', ')'),
                _ => return None,
            };
            Some(format!("{opens}{}, {}{closes}", text(&interval.left)?, text(&interval.right)?))
        }
        Some(_) => None,
    }
}

/// `astype("category")`: the categories are those of the scoring rows, unless the script has one frame. Texts are what they are whichever
/// categories there are; only a question about these is refused.
fn categorical<'b>(replay: &mut Replay<'_, 'b>, column: &Column<'b>, at: Span) -> Result<Cell<'b>, Unknown> {
    let refuses = replay.options.batch_statistics == crate::BatchStatistics::Refuse;
    if refuses && matches!(column.cell.single(), Some((Kind::Str, _))) && !replay.freezes(column.space, at) {
        return Ok(column.cell.clone());
    }
    let Value::Known(known) = replay.batch(at, "set of categories")? else { return Err(replay.not_recorded(at)) };
    categorical_as(replay, column, &known, at)
}

/// A column with the categories of a recorded one.
fn categorical_as<'b>(replay: &mut Replay<'_, 'b>, column: &Column<'b>, known: &Known, at: Span) -> Result<Cell<'b>, Unknown> {
    let Some(Tagged::Series(series)) = known.tagged() else { return Err(replay.not_recorded(at)) };
    let ordered = series.dtype.ordered == Some(true);
    let Some(values) = series.dtype.categories.as_ref().map(record::Cells::values) else { return Err(replay.not_recorded(at)) };
    replay.freeze(known);
    as_category(replay, &column.cell, Rc::new(Categories { values, ordered }), at)
}

/// `pd.Categorical(column, categories=..., ordered=...)`: what is not among the categories is missing.
fn explicit_categories<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let values = call.take("values").or_else(|| call.take("0"));
    let categories = call.take("categories").or_else(|| call.take("1"));
    let ordered = call.flag(replay, "ordered", false)?;
    let (Some(Value::Column(column)), Some(categories)) = (values, categories) else {
        return Err(replay.refuse(
            "python-batch-statistic",
            at,
            "`Categorical` without `categories` takes them from the rows that it is given",
            "a single row has no set of categories",
            "give it the training categories: pd.Categorical(df[c], categories=sorted(train[c].dropna().unique()))",
        ));
    };
    let constants: Option<Vec<record::Value>> =
        replay.items(&categories, at).and_then(|items| items.iter().map(|item| replay.concrete(item)).collect());
    let Some(values) = constants else { return Err(replay.unsupported(at, "`Categorical` with computed categories")) };
    freeze_all(replay, &categories);
    let cell = as_category(replay, &column.cell, Rc::new(Categories { values, ordered }), at)?;
    Ok(Value::Column(Column { array: true, ..column.with(cell) }))
}

/// `Categorical.from_codes`: what is no code, and is not -1 either, raises.
fn from_codes<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let codes = call.take("codes").or_else(|| call.take("0"));
    let categories = call.take("categories").or_else(|| call.take("1"));
    let ordered = call.flag(replay, "ordered", false)?;
    let (Some(Value::Column(column)), Some(categories)) = (codes, categories) else {
        return Err(replay.unsupported(at, "`from_codes` without codes of the rows and `categories`"));
    };
    let constants: Option<Vec<record::Value>> =
        replay.items(&categories, at).and_then(|items| items.iter().map(|item| replay.concrete(item)).collect());
    let Some(values) = constants else { return Err(replay.unsupported(at, "`from_codes` with computed categories")) };
    let Some((Kind::Int(_), code)) = column.cell.single() else {
        return Err(replay.unsupported(at, "`from_codes` of codes that are not whole numbers"));
    };
    freeze_all(replay, &categories);
    let outside = code.lt(-1_i64) | code.ge(values.len() as i64);
    let name = label(&column);
    let guard = replay.guard(outside, Reason::Invalid(format!("{name} is no code of a category")), at);
    let mut cell = Cell::new(Kind::Category(Rc::new(Categories { values, ordered })), code).guarded(&column.cell.guards);
    cell.guards.insert(guard);
    Ok(Value::Column(Column { array: true, ..column.with(cell) }))
}

/// A cell as the code of its category, -1 for one that is not among them.
pub(crate) fn as_category<'b>(
    replay: &mut Replay<'_, 'b>,
    cell: &Cell<'b>,
    categories: Rc<Categories>,
    at: Span,
) -> Result<Cell<'b>, Unknown> {
    let pairs: Vec<(record::Value, record::Value)> = categories.values.iter().cloned().zip((0..).map(record::Value::Int)).collect();
    ops::lift(replay, &[cell], at, |replay, operands| match look_up(replay, &operands[0], &pairs, Elem::I64, "categories") {
        Some(code) => Ok((Kind::Category(categories.clone()), code.or_else(-1_i64))),
        None => Err(Trouble::Unsupported("categories of this type".to_owned())),
    })
}

/// `.cat.codes`
pub(crate) fn category_attribute<'b>(replay: &mut Replay<'_, 'b>, column: &Column<'b>, name: &str, at: Span) -> Eval<'b> {
    match (column.cell.single(), name) {
        (Some((Kind::Category(categories), val)), "codes") => {
            let width = if categories.values.len() <= 127 { crate::value::Width::I8 } else { crate::value::Width::I16 };
            Ok(Value::Column(column.with(Cell::new(Kind::Int(width), val).guarded(&column.cell.guards))))
        }
        (Some((Kind::Category(categories), _)), "categories") => {
            let labels = record::Labels { dtype: "object".to_owned(), labels: record::Cells::Items(categories.values.clone()) };
            Ok(Value::Known(Known::constant(record::Value::tagged(Tagged::Index(labels)))))
        }
        // Texts whose categories the scoring rows would decide.
        (Some((Kind::Str, _)), "codes" | "categories" | "ordered") => Err(replay.refuse(
            "python-batch-statistic",
            at,
            format!("`.cat.{name}` asks for the categories that occur in the rows being scored"),
            "a single row has no set of categories",
            "set those of training first: .cat.set_categories(sorted(train[c].dropna().unique()))",
        )),
        (Some((Kind::Str, _) | (Kind::Category(_), _)), _) if super::categories::is_method(name) => {
            Ok(Value::Method(Box::new(Value::Part(Box::new(Value::Column(column.clone())), "cat".to_owned())), name.to_owned()))
        }
        (Some((Kind::Category(categories), _)), "ordered") => Ok(replay.known(record::Value::Bool(categories.ordered))),
        _ => Err(replay.unsupported(at, format!("`.cat.{name}`"))),
    }
}

// Dummies --------------------------------------------------------------------------------------------------------------------

/// The dummy column `name` of a family, from the category that its name says.
pub(crate) fn member<'b>(replay: &mut Replay<'_, 'b>, family: &Rc<Family<'b>>, name: &str) -> Option<Column<'b>> {
    let text = name.strip_prefix(family.prefix.as_str())?;
    let (kind, val) = family.source.cell.single()?;
    let held = match kind {
        Kind::Str if family.separator.is_some() => {
            let separator = family.separator.as_deref()?;
            let wanted = Some(text).filter(|text| !text.contains(separator))?;
            let whole = replay.b.str(separator).append(val).append(separator);
            whole.contains([separator, wanted, separator].concat().as_str()).or_else(false)
        }
        Kind::Str => val.eq(text).or_else(false),
        Kind::Int(_) => val.eq(text.parse::<i64>().ok().filter(|int| int.to_string() == text)?),
        Kind::Float => val.eq(text.parse::<f64>().ok().filter(|float| crate::fold::float_repr(*float) == text)?),
        Kind::Bool => match text {
            "True" => val,
            "False" => !val,
            _ => return None,
        },
        Kind::Category(categories) => {
            let code = categories.values.iter().position(|value| crate::fold::format(value, None).as_deref() == Some(text))?;
            val.eq(code as i64)
        }
        Kind::Float32 | Kind::DateTime | Kind::Zoned(_) | Kind::Timedelta | Kind::Date | Kind::Missing | Kind::Document => return None,
    };
    let val = promote(held, &Kind::Bool, &family.kind);
    let cell = Cell::new(family.kind.clone(), val).guarded(&family.source.cell.guards);
    Some(Column { cell, name: Some(name.to_owned()), space: family.source.space, array: false })
}

/// `pd.factorize(column)`
fn factorize_function<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let values = call.need(replay, "values")?;
    factorized(replay, call, &values)
}

fn factorize<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let values = call.receiver.clone();
    factorized(replay, call, &values)
}

/// Codes in the order of appearance, and the values in it. Where that order is frozen a value that did not appear has the code -1, as a
/// missing one.
fn factorized<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>, values: &Value<'b>) -> Eval<'b> {
    let at = call.span;
    call.take("sort");
    let Value::Column(column) = values else { return Err(replay.unsupported(at, "`factorize` of this")) };
    if !replay.freezes(column.space, at) {
        return Err(replay.refuse(
            "python-batch-statistic",
            at,
            "`factorize` numbers values in the order in which the scoring rows happen to have them",
            "a single row has no order of appearance",
            "number the values of training: codes = {value: code for code, value in enumerate(train[c].unique())}, then df[c].map(codes)",
        ));
    }
    let known = crate::value::Known::seen(replay.log.learnt(at, replay.activation), at).with(true, false);
    let Some(values) = known.look().and_then(record::Value::items) else { return Err(replay.not_recorded(at)) };
    replay.freeze(&known);
    let uniques = record::Value::tagged(Tagged::List(values.clone()));
    let cell = as_category(replay, &column.cell, Rc::new(Categories { values, ordered: false }), at)?;
    let code = match cell.single() {
        Some((Kind::Category(_), code)) => code,
        _ => return Err(replay.unsupported(at, "`factorize` of this")),
    };
    let codes = Column { array: true, ..column.with(Cell::new(Kind::INT, code).guarded(&cell.guards)) };
    Ok(Value::Tuple(vec![Value::Column(codes), Value::Known(known.part(uniques))]))
}

/// `pd.get_dummies`: the columns of the recorded run; which of them exist for other rows is open unless something fixes the categories.
fn get_dummies<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let data = call.need(replay, "data")?;
    let prefix = call.take("prefix");
    let separator = call.text(replay, "prefix_sep")?.unwrap_or_else(|| "_".to_owned());
    let columns = call.texts(replay, "columns")?;
    let drop_first = call.flag(replay, "drop_first", false)?;
    let kind = match call.take("dtype") {
        None => Kind::Bool,
        Some(dtype) => match dtype_name(replay, &dtype).as_deref().and_then(Kind::of_dtype) {
            Some(kind) => kind,
            None => return Err(replay.unsupported(at, "`get_dummies` with this dtype")),
        },
    };
    let (frame, series) = match &data {
        Value::Frame(id) => (replay.frames[id.0].clone(), false),
        Value::Column(column) => {
            let mut frame = Frame { space: column.space, ..Frame::default() };
            frame.columns.insert(column.name.clone().unwrap_or_default(), data.clone());
            (frame, true)
        }
        _ => return Err(replay.unsupported(at, "`get_dummies` of this")),
    };
    let recorded = replay.recorded(at);
    let names: Vec<String> = match recorded.tagged() {
        Some(Tagged::Frame(frame)) => frame.columns.iter().map(|column| super::column_name(&column.name)).collect(),
        _ => return Err(replay.not_recorded(at)),
    };
    let explicit = columns.is_some();
    let encoded: Vec<String> = match columns {
        Some(columns) => columns,
        None if series => frame.columns.keys().cloned().collect(),
        // The columns of texts, by the dtypes of the recorded run: they are the ones that it did not keep.
        None => frame.columns.keys().filter(|name| !names.contains(name)).cloned().collect(),
    };
    let is_number = |name: &String| matches!(&frame.columns[name], Value::Column(column) if column.cell.single().is_some_and(|(kind, _)| kind.is_number()));
    if !series && !explicit && encoded.iter().any(is_number) {
        return Err(replay.unsupported(at, "`get_dummies` of a number that the recorded run has as a text"));
    }
    let prefixes = dummy_prefixes(replay, prefix.as_ref(), &encoded, series, at)?;
    let mut out = Frame { space: frame.space, families: frame.families.clone(), ..Frame::default() };
    for (name, column) in &frame.columns {
        if !encoded.contains(name) {
            out.columns.insert(name.clone(), column.clone());
        }
    }
    let mut rest = names.iter().skip(out.columns.len()).cloned().peekable();
    for (name, prefix) in encoded.iter().zip(prefixes) {
        let prefix = if prefix.is_empty() && series { String::new() } else { format!("{prefix}{separator}") };
        let Some(Value::Column(column)) = frame.columns.get(name).cloned() else {
            let why = match frame.columns.get(name) {
                Some(Value::Unknown(why)) => why.clone(),
                _ => replay.unsupported(at, format!("`get_dummies` of `{name}`")),
            };
            while let Some(dummy) = rest.next_if(|dummy| dummy.starts_with(&prefix)) {
                out.columns.insert(dummy, Value::Unknown(why.clone()));
            }
            continue;
        };
        let frozen = replay.freezes(frame.space, at);
        let fixed = matches!(column.cell.single(), Some((Kind::Category(_), _))) || frozen;
        let mut family =
            Family { prefix: prefix.clone(), source: column.clone(), separator: None, recorded: Vec::new(), at, kind: kind.clone() };
        let shell =
            Rc::new(Family { prefix: prefix.clone(), source: column, separator: None, recorded: Vec::new(), at, kind: kind.clone() });
        // The next encoded column may have a prefix that begins alike: a dummy belongs here if its category can be read.
        while let Some(dummy) = rest.next_if(|dummy| dummy.starts_with(&prefix)) {
            let value = match member(replay, &shell, &dummy) {
                Some(column) => Value::Column(column),
                None => Value::Unknown(replay.unsupported(at, format!("the dummy column `{dummy}`"))),
            };
            family.recorded.push(dummy.clone());
            out.columns.insert(dummy, value);
        }
        if fixed {
            if frozen {
                replay.freeze(&recorded.clone().with(true, false));
            }
        } else if drop_first {
            let why = replay.refuse(
                "python-batch-columns",
                at,
                "`get_dummies(drop_first=True)` drops the first category that occurs in the scoring rows",
                "which one that is depends on the batch",
                "keep all columns, and drop one by name",
            );
            for dummy in &family.recorded {
                out.columns.insert(dummy.clone(), Value::Unknown(why.clone()));
            }
        } else {
            out.families.push(Rc::new(family));
        }
    }
    if !out.columns.keys().eq(&names) {
        return Err(replay.unsupported(at, "`get_dummies` that makes these columns"));
    }
    Ok(replay.frame(out))
}

/// Whether no two places of a separator in a text can share letters, so that it cuts the text one way only.
fn never_overlaps(separator: &str) -> bool {
    let mut ends = separator.char_indices().skip(1);
    !separator.is_empty() && ends.all(|(at, _)| !separator.starts_with(&separator[at..]))
}

/// `.str.get_dummies(sep)`: a column for each part of the texts. pyarrow makes one for empty parts too, Python does not.
fn text_dummies<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let separator = call.text(replay, "sep")?.unwrap_or_else(|| "|".to_owned());
    let Value::Texts(column, seen) = call.receiver.clone() else { return Err(replay.unsupported(at, "`get_dummies` of this")) };
    let in_pyarrow = matches!(seen.tagged(), Some(Tagged::Texts(record::Texts::Pyarrow)));
    if !never_overlaps(&separator) || !in_pyarrow || !matches!(column.cell.single(), Some((Kind::Str, _))) {
        return Err(replay.unsupported(at, "`.str.get_dummies` of what is not in pyarrow, or with a separator that can overlap itself"));
    }
    let recorded = replay.recorded(at);
    let names: Vec<String> = match recorded.tagged() {
        Some(Tagged::Frame(frame)) => frame.columns.iter().map(|column| super::column_name(&column.name)).collect(),
        _ => return Err(replay.not_recorded(at)),
    };
    let mut out = Frame { space: column.space, ..Frame::default() };
    let frozen = replay.freezes(column.space, at);
    let family =
        Rc::new(Family { prefix: String::new(), source: column, separator: Some(separator), recorded: names.clone(), at, kind: Kind::INT });
    for name in names {
        let value = match member(replay, &family, &name) {
            Some(column) => Value::Column(column),
            None => Value::Unknown(replay.unsupported(at, format!("the dummy column `{name}`"))),
        };
        out.columns.insert(name, value);
    }
    if frozen {
        replay.freeze(&recorded.with(true, false));
    } else {
        out.families.push(family);
    }
    Ok(replay.frame(out))
}

fn dummy_prefixes<'b>(
    replay: &mut Replay<'_, 'b>,
    prefix: Option<&Value<'b>>,
    encoded: &[String],
    series: bool,
    at: Span,
) -> Result<Vec<String>, Unknown> {
    let value = match prefix {
        None => record::Value::NONE,
        Some(prefix) => match replay.concrete(prefix) {
            Some(value) => value,
            None => return Err(replay.unsupported(at, "`get_dummies` with this prefix")),
        },
    };
    Ok(match (&value, value.as_tagged()) {
        (record::Value::None(()), _) if series => vec![String::new(); encoded.len()],
        (record::Value::None(()), _) => encoded.to_vec(),
        (record::Value::Str(text), _) => vec![text.clone(); encoded.len()],
        (_, Some(Tagged::Dict(pairs))) => encoded
            .iter()
            .map(|name| {
                pairs
                    .iter()
                    .find(|(key, _)| key.as_str() == Some(name))
                    .map_or_else(|| name.clone(), |(_, value)| super::column_name(value))
            })
            .collect(),
        _ => match value.items() {
            Some(items) if items.len() == encoded.len() => items.iter().map(super::column_name).collect(),
            _ => return Err(replay.unsupported(at, "`get_dummies` with this prefix")),
        },
    })
}
