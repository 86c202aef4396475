//! Python's own functions on values of the row, and methods of lists and dicts.

#![expect(clippy::wildcard_enum_match_arm, reason = "what a construct does not take is refused, whatever it is")]

use crate::ast::{BinaryOp, CompareOp};
use crate::fold;
use crate::ops::{self, Rules, Trouble};
use crate::record;
use crate::replay::{Call, On, Replay, Row};
use crate::sequence;
use crate::udf;
use crate::value::{Cell, Eval, Function, Kind, ListId, Unknown, Value};
use ir::{Elem, Val};
use source::Span;

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Function, "builtins.len", len),
    Row::new(On::Function, "builtins.int", int),
    Row::new(On::Function, "builtins.float", float),
    Row::new(On::Function, "builtins.str", text),
    Row::new(On::Function, "builtins.bool", truth),
    Row::new(On::Function, "builtins.abs", abs),
    Row::new(On::Function, "builtins.round", round),
    Row::new(On::Function, "builtins.min", min),
    Row::new(On::Function, "builtins.max", max),
    Row::new(On::Function, "builtins.sum", sum),
    Row::new(On::Function, "builtins.isinstance", isinstance),
    Row::new(On::Function, "builtins.type", type_of),
    Row::new(On::Function, "builtins.range", range),
    Row::new(On::Function, "builtins.enumerate", enumerate),
    Row::new(On::Function, "builtins.zip", zip),
    Row::new(On::Function, "builtins.list", list),
    Row::new(On::Function, "builtins.tuple", list),
    Row::new(On::Function, "builtins.set", set),
    Row::new(On::Function, "builtins.frozenset", set),
    Row::new(On::Function, "builtins.sorted", sorted),
    Row::new(On::Function, "builtins.dict", dict),
    Row::new(On::Function, "builtins.any", any),
    Row::new(On::Function, "builtins.all", all),
    Row::new(On::Function, "builtins.ord", ord),
    Row::new(On::Function, "builtins.map", map),
    Row::new(On::Function, "builtins.filter", filter),
    Row::new(On::Function, "builtins.str.maketrans", letter_table),
    Row::new(On::Function, "functools.reduce", reduce),
    Row::new(On::Function, "builtins.reversed", reversed),
    Row::new(On::Function, "builtins.getattr", getattr),
];

/// Whether a method of that name changes a list, set or dict.
pub(crate) fn changes_in_place(name: &str) -> bool {
    matches!(
        name,
        "append" | "add" | "extend" | "update" | "remove" | "discard" | "insert" | "pop" | "clear" | "setdefault" | "sort" | "reverse"
    )
}

/// `append`, `insert(0, ...)` and `extend` of a list, where what the list gets depends on the row. None elsewhere.
fn put_by_row<'b>(replay: &mut Replay<'_, 'b>, id: ListId, name: &str, positional: &[Value<'b>], at: Span) -> Option<Result<(), Unknown>> {
    let here = replay.reached();
    let (place, value) = match (name, positional) {
        ("extend", [more]) => return sequence::extend(replay, id, more, at),
        ("append", [value]) if here.map(Val::value) != replay.made_for.get(&id.0).copied() => (replay.lists[id.0].len(), value),
        ("insert", [place, value]) if replay.concrete(place) == Some(record::Value::Int(0)) => (0, value),
        _ => return None,
    };
    sequence::put(replay, id, place, vec![sequence::Item { there: here?, value: value.clone() }]);
    Some(Ok(()))
}

/// Methods of lists, tuples and dicts that replay keeps. None for a method that it does not model.
pub(crate) fn container_method<'b>(
    replay: &mut Replay<'_, 'b>,
    receiver: &Value<'b>,
    name: &str,
    positional: &[Value<'b>],
    named: &[(String, Value<'b>)],
    span: Span,
) -> Option<Eval<'b>> {
    if !named.is_empty() {
        return None;
    }
    if let Value::List(id) = receiver
        && let Some(put) = put_by_row(replay, *id, name, positional, span)
    {
        return Some(put.map(|()| replay.none()));
    }
    if changes_in_place(name) {
        if matches!(receiver, Value::Known(_)) && replay.cells_active() && !matches!(name, "pop" | "update" | "insert") {
            return Some(Err(replay.carried(span)));
        }
        replay.writes.extend(match receiver {
            Value::List(id) => Some(udf::Written { of: udf::Container::List(id.0), by_row: false }),
            Value::Dict(id) => Some(udf::Written { of: udf::Container::Dict(id.0), by_row: false }),
            _ => None,
        });
    }
    if let Some(of_row) = sequence::method(replay, receiver, name, positional, span) {
        return Some(of_row);
    }
    let key = |replay: &Replay<'_, 'b>| positional.first().and_then(|key| replay.concrete(key));
    match (receiver, name) {
        (Value::List(id), _) if replay.is_of_row(*id) && name != "append" => None,
        (Value::List(id), "append" | "add") => {
            let value = positional.first()?.clone();
            let value = replay.under_control(value);
            replay.lists[id.0].push(value);
            Some(Ok(replay.none()))
        }
        (Value::List(id), "extend" | "update") => {
            let more = replay.items(positional.first()?, span)?;
            replay.lists[id.0].extend(more);
            Some(Ok(replay.none()))
        }
        (Value::List(id), "remove" | "discard") => {
            let wanted = key(replay)?;
            let at = replay.lists[id.0].iter().position(|item| replay.concrete(item).is_some_and(|item| fold::same_key(&item, &wanted)))?;
            replay.lists[id.0].remove(at);
            Some(Ok(replay.none()))
        }
        (Value::Dict(id), "get") if crate::row_dicts::is_of_row(replay, *id) => {
            let default = positional.get(1).cloned().unwrap_or_else(|| replay.none());
            Some(crate::row_dicts::get(replay, *id, positional.first()?, &default, span))
        }
        (Value::Dict(id), "most_common") if replay.counters.contains_key(&id.0) => {
            Some(crate::row_dicts::most_common(replay, *id, positional.first(), span))
        }
        (Value::Dict(id), _) if crate::row_dicts::is_of_row(replay, *id) => {
            if let Some(view) = crate::row_dicts::view(replay, *id, name, span) {
                return Some(view);
            }
            Some(Err(replay.unsupported(span, format!("`{name}` of a dict whose keys depend on the row"))))
        }
        (Value::Dict(id), "get") => {
            key(replay)?;
            let found = crate::row_dicts::under(replay, *id, positional.first()?);
            Some(Ok(found.or_else(|| positional.get(1).cloned()).unwrap_or_else(|| replay.none())))
        }
        (Value::Dict(id), "items") => {
            let pairs = replay.dicts[id.0].iter().map(|(key, value)| Value::Tuple(vec![key.clone(), value.clone()])).collect();
            Some(Ok(replay.list(pairs)))
        }
        (Value::Dict(id), "keys") => {
            let keys = replay.dicts[id.0].iter().map(|(key, _)| key.clone()).collect();
            Some(Ok(replay.list(keys)))
        }
        (Value::Dict(id), "values") => {
            let values = replay.dicts[id.0].iter().map(|(_, value)| value.clone()).collect();
            Some(Ok(replay.list(values)))
        }
        (Value::Dict(id), "update") => {
            let more = replay.pairs(positional.first()?)?;
            // Each of them says how it was put.
            replay.writes.pop();
            more.into_iter().for_each(|(key, value)| crate::row_dicts::put(replay, *id, &key, value, span));
            Some(Ok(replay.none()))
        }
        _ => None,
    }
}

/// `getattr(of, "name")`
fn getattr<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let of = call.need(replay, "object")?;
    match call.text(replay, "name")? {
        Some(name) => replay.attribute(&of, &name, call.span),
        None => Err(replay.unsupported(call.span, "`getattr` of a computed name")),
    }
}

fn len<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let value = match call.need(replay, "obj")? {
        value @ Value::Entry(_) => Value::Cell(ops::to_cell(replay, &value, None, call.span)?),
        value => value,
    };
    match &value {
        Value::Frame(_) | Value::Column(_) | Value::Matrix(_) => replay.batch(call.span, "number of rows"),
        Value::Cell(cell) => {
            let cell = ops::lift(replay, &[cell], call.span, |_, operands| match &operands[0] {
                (Kind::Str, val) => Ok((Kind::INT, val.len())),
                (Kind::Document, val) => Ok((Kind::INT, crate::literals::len(*val))),
                _ => Err(Trouble::Raises("TypeError")),
            })?;
            Ok(Value::Cell(cell))
        }
        Value::Pieces(pieces) => crate::pandas::pieces::len(replay, pieces, call.span),
        Value::SetOfPieces(pieces) => crate::pandas::pieces::distinct(replay, pieces, call.span),
        Value::Sequence(items) | Value::Set(items) => Ok(Value::Cell(Cell::new(Kind::INT, sequence::count(replay, items)))),
        Value::List(_) | Value::Dict(_) if replay.differs_by_row(&value) => match sequence::of(replay, &value, call.span)? {
            Some(items) => Ok(Value::Cell(Cell::new(Kind::INT, sequence::count(replay, &items)))),
            None => Err(replay.unsupported(call.span, "`len` of this")),
        },
        value => match replay.items(value, call.span) {
            Some(items) => Ok(replay.known(record::Value::Int(items.len() as i64))),
            None => Err(replay.unsupported(call.span, "`len` of this")),
        },
    }
}

fn int<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let value = call.need(replay, "x")?;
    if let Some(number) = crate::addresses::number(&value) {
        return Ok(number);
    }
    let at = call.span;
    let base = call.int(replay, "base")?.unwrap_or(10);
    if let (Some(record::Value::Str(text)), 10) = (replay.concrete(&value), base)
        && let Ok(number) = text.parse::<i64>()
        && text.bytes().all(|byte| byte.is_ascii_digit())
    {
        return Ok(replay.known(record::Value::Int(number)));
    }
    let cell = ops::to_cell(replay, &value, None, at)?;
    if !matches!(base, 2..=36) {
        return Err(replay.unsupported(at, "`int` to this base"));
    }
    let cell = ops::lift(replay, &[&cell], at, |replay, operands| {
        let (kind, val) = operands[0].clone();
        if base != 10 && kind != Kind::Str {
            return Err(Trouble::Raises("TypeError"));
        }
        match kind {
            Kind::Bool | Kind::Int(_) => Ok((Kind::INT, val.cast(Elem::I64))),
            Kind::Float | Kind::Float32 => {
                let val = val.cast(Elem::F64);
                replay.raise_here(val.is_nan(), "ValueError", at);
                // Beyond 64 bits Python has integers and the scorer does not.
                replay.raise_here(val.abs().ge(9_223_372_036_854_775_808.0), "OverflowError", at);
                Ok((Kind::INT, val.cast(Elem::I64)))
            }
            Kind::Str => {
                let read = crate::numbers::parse_int(replay.b, val, base);
                sequence::refuse(replay, read.overlong, "a number that is not read exactly", at);
                replay.raise_here(!read.valid, "ValueError", at);
                Ok((Kind::INT, read.value))
            }
            Kind::Missing => Err(Trouble::Raises("TypeError")),
            Kind::DateTime | Kind::Zoned(_) | Kind::Timedelta | Kind::Date | Kind::Category(_) | Kind::Document => {
                Err(Trouble::Unsupported("`int` of this".to_owned()))
            }
        }
    })?;
    Ok(Value::Cell(cell))
}

fn float<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let value = call.need(replay, "x")?;
    if let Some(text) = replay.concrete(&value).and_then(|value| value.as_str().map(str::to_owned)) {
        return match text.trim().to_lowercase().as_str() {
            "nan" => Ok(replay.known(record::Value::float(f64::NAN))),
            "inf" | "infinity" | "+inf" => Ok(replay.known(record::Value::float(f64::INFINITY))),
            "-inf" | "-infinity" => Ok(replay.known(record::Value::float(f64::NEG_INFINITY))),
            _ => float_of_cell(replay, &value, call.span),
        };
    }
    float_of_cell(replay, &value, call.span)
}

fn float_of_cell<'b>(replay: &mut Replay<'_, 'b>, value: &Value<'b>, at: Span) -> Eval<'b> {
    let cell = ops::to_cell(replay, value, None, at)?;
    let cell = ops::lift(replay, &[&cell], at, |replay, operands| {
        let (kind, val) = operands[0].clone();
        match kind {
            Kind::Bool | Kind::Int(_) | Kind::Float | Kind::Float32 => Ok((Kind::Float, val.cast(Elem::F64))),
            Kind::Str => {
                let read = replay.parse_float(val, crate::numbers::Spelling::Python, at)?;
                sequence::refuse(replay, read.overlong, "a number that is not read exactly", at);
                replay.raise_here(!read.valid, "ValueError", at);
                Ok((Kind::Float, read.value))
            }
            Kind::Missing => Err(Trouble::Raises("TypeError")),
            Kind::DateTime | Kind::Zoned(_) | Kind::Timedelta | Kind::Date | Kind::Category(_) | Kind::Document => {
                Err(Trouble::Unsupported("`float` of this".to_owned()))
            }
        }
    })?;
    Ok(Value::Cell(cell))
}

fn text<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let value = call.need(replay, "object")?;
    udf::to_text(replay, &value, call.span).map(Value::Cell)
}

fn truth<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let value = call.need(replay, "x")?;
    match replay.row_condition(&value) {
        Some(truth) => Ok(Value::Cell(Cell::new(Kind::Bool, truth))),
        None => Err(replay.unsupported(call.span, "`bool` of this")),
    }
}

fn abs<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let value = call.need(replay, "x")?;
    let cell = ops::to_cell(replay, &value, None, call.span)?;
    let at = call.span;
    let cell = ops::lift(replay, &[&cell], at, |replay, operands| match operands[0].clone() {
        (kind @ (Kind::Float | Kind::Float32), val) => Ok((kind, val.abs())),
        (Kind::Int(width), val) => {
            if replay.cells_active() {
                crate::magnitude::has_other_sign(replay, val, at);
            }
            Ok((Kind::Int(width), ops::wrap(width, val.abs())))
        }
        (Kind::Bool, val) => Ok((Kind::INT, val.cast(Elem::I64))),
        _ => Err(Trouble::Raises("TypeError")),
    })?;
    Ok(match value {
        Value::Column(column) => Value::Column(column.with(cell)),
        _ => Value::Cell(cell),
    })
}

/// The code point of a text of one letter.
fn ord<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let Some(value) = ["c", "0"].iter().find_map(|name| call.take(name)) else { return Err(replay.unsupported(at, "`ord` of nothing")) };
    if let Some(record::Value::Str(text)) = replay.concrete(&value)
        && text.chars().count() == 1
    {
        let code = text.chars().next().map_or(0, |letter| i64::from(u32::from(letter)));
        return Ok(replay.known(record::Value::Int(code)));
    }
    let cell = ops::to_cell(replay, &value, None, at)?;
    let cell = ops::lift(replay, &[&cell], at, |replay, operands| match &operands[0] {
        (Kind::Str, val) => {
            replay.raise_here(val.len().ne(1_i64), "TypeError", at);
            Ok((Kind::INT, val.code_at(0_i64).cast(Elem::I64)))
        }
        _ => Err(Trouble::Raises("TypeError")),
    })?;
    Ok(Value::Cell(cell))
}

fn reversed<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let value = call.need(replay, "sequence")?;
    if let Some(items) = sequence::of(replay, &value, call.span)? {
        return Ok(sequence::reversed(&items));
    }
    match replay.items(&value, call.span) {
        Some(items) => Ok(replay.list(items.into_iter().rev().collect())),
        None => Err(replay.unsupported(call.span, "`reversed` of this")),
    }
}

/// Python's `round`: to the nearest integer, ties to even; with digits to the nearest decimal number of so many digits.
fn round<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (number, at) = (call.need(replay, "number")?, call.span);
    if matches!(number, Value::Column(_) | Value::Frame(_) | Value::Matrix(_)) {
        // They round themselves.
        let digits = call.take("ndigits").into_iter().collect();
        return replay.apply(Value::Method(Box::new(number), "round".to_owned()), None, digits, Vec::new(), at);
    }
    let cell = ops::to_cell(replay, &number, None, at)?;
    if let Some(digits) = call.int(replay, "ndigits")? {
        if !(0..=15).contains(&digits) {
            return Err(replay.unsupported(at, "`round` to so many digits"));
        }
        let cell = ops::lift(replay, &[&cell], at, |replay, operands| match operands[0].clone() {
            (Kind::Int(_) | Kind::Bool, val) => Ok((Kind::INT, val.cast(Elem::I64))),
            (Kind::Float, val) => {
                let (rounded, large) = crate::numbers::rounded(val, digits as i32);
                sequence::refuse(replay, large, "a number is too large to be rounded exactly", at);
                Ok((Kind::Float, rounded))
            }
            (Kind::Str | Kind::Missing, _) => Err(Trouble::Raises("TypeError")),
            _ => Err(Trouble::Unsupported("`round` of this".to_owned())),
        })?;
        return Ok(Value::Cell(cell));
    }
    let cell = ops::lift(replay, &[&cell], at, |replay, operands| match operands[0].clone() {
        (Kind::Int(_) | Kind::Bool, val) => Ok((Kind::INT, val.cast(Elem::I64))),
        (Kind::Float | Kind::Float32, val) => {
            let val = val.cast(Elem::F64);
            replay.raise_here(val.is_nan(), "ValueError", at);
            replay.raise_here(val.abs().ge(9_223_372_036_854_775_808.0), "OverflowError", at);
            Ok((Kind::INT, val.round_even().cast(Elem::I64)))
        }
        _ => Err(Trouble::Raises("TypeError")),
    })?;
    Ok(Value::Cell(cell))
}

fn min<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    extreme(replay, call, crate::ast::CompareOp::Lt)
}

fn max<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    extreme(replay, call, crate::ast::CompareOp::Gt)
}

/// The first argument that no later one beats: `max(nan, 1.0)` is NaN and `max(1.0, nan)` is 1.0, as in Python.
fn extreme<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>, better: crate::ast::CompareOp) -> Eval<'b> {
    let mut values = call.take_all("*args");
    let key = call.take("key").filter(|key| replay.concrete(key) != Some(record::Value::NONE));
    if values.len() == 1 {
        if let Some(items) = sequence::of_any(replay, &values[0], call.span)? {
            let default = call.take("default");
            return sequence::extreme(replay, &items, (better, key.as_ref()), default, call.span);
        }
        values = match replay.items(&values[0], call.span) {
            Some(items) => items,
            None if matches!(values[0], Value::Column(_)) => return replay.batch(call.span, "extreme"),
            None => return Err(replay.unsupported(call.span, "the extreme of this")),
        };
    }
    if key.is_some() {
        let there = replay.b.bool(true);
        let items: Vec<_> = values.into_iter().map(|value| sequence::Item { there, value }).collect();
        let default = call.take("default");
        return sequence::extreme(replay, &items, (better, key.as_ref()), default, call.span);
    }
    let mut best: Option<Cell<'b>> = None;
    for value in &values {
        let cell = ops::to_cell(replay, value, None, call.span)?;
        best = Some(match best {
            None => cell,
            Some(before) => {
                let wins = ops::lift(replay, &[&cell, &before], call.span, |replay, operands| {
                    ops::comparison(replay, Rules::Python, better, &operands[0], &operands[1])
                })?;
                match replay.row_condition(&Value::Cell(wins)) {
                    Some(wins) => ops::choose(wins, &cell, &before),
                    None => return Err(replay.unsupported(call.span, "the extreme of these")),
                }
            }
        });
    }
    match (best, call.take("default")) {
        (Some(cell), _) => Ok(Value::Cell(cell)),
        (None, Some(default)) => Ok(default),
        (None, None) if replay.cells_active() => {
            let always = replay.b.bool(true);
            replay.raise_here(always, "ValueError", call.span);
            Ok(replay.none())
        }
        (None, None) => Err(replay.unsupported(call.span, "the extreme of nothing")),
    }
}

fn sum<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let values = call.need(replay, "iterable")?;
    let start = call.take("start");
    if matches!(values, Value::Column(_)) {
        return replay.batch(call.span, "sum");
    }
    if let Some(items) = sequence::of_any(replay, &values, call.span)? {
        let start = start.unwrap_or_else(|| replay.known(record::Value::Int(0)));
        return sequence::sum(replay, &items, start, call.span);
    }
    let Some(items) = replay.items(&values, call.span) else { return Err(replay.unsupported(call.span, "`sum` of this")) };
    let mut total = start.unwrap_or_else(|| replay.known(record::Value::Int(0)));
    for item in items {
        total = replay.binary(BinaryOp::Add, &total, &item, call.span)?;
    }
    Ok(total)
}

/// `type(x)`, which is only ever compared.
fn type_of<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    match ["object", "0", "x", "obj"].iter().find_map(|name| call.take(name)) {
        Some(value @ Value::Cell(_)) => Ok(Value::Part(Box::new(value), "type".to_owned())),
        _ => Err(replay.unsupported(call.span, "`type` of this")),
    }
}

/// `type(x) == float`, for a text and for the NaN that a missing text is. What else a cell holds may be of numpy's own types.
pub(crate) fn is_of_type<'b>(replay: &mut Replay<'_, 'b>, op: CompareOp, of: &Value<'b>, class: &str, at: Span) -> Eval<'b> {
    let negated = match op {
        CompareOp::Eq | CompareOp::Is => false,
        CompareOp::NotEq | CompareOp::IsNot => true,
        _ => return Err(replay.unsupported(at, "this comparison of types")),
    };
    let cell = ops::to_cell(replay, of, None, at)?;
    let cell = ops::lift(replay, &[&cell], at, |replay, operands| {
        let (kind, val) = &operands[0];
        let own = match (kind, val.literal()) {
            (Kind::Str, _) => "builtins.str",
            (Kind::Float, Some(ir::Literal::F64(_))) => "builtins.float",
            _ => return Err(Trouble::Unsupported("`type` of a number; `isinstance` does; this".to_owned())),
        };
        Ok((Kind::Bool, replay.b.bool((own == class) != negated)))
    })?;
    Ok(Value::Cell(cell))
}

fn isinstance<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let value = call.need(replay, "obj")?;
    let classes = call.need(replay, "class_or_tuple")?;
    let classes: Vec<Value<'b>> = if let Value::Tuple(items) = classes { items } else { vec![classes] };
    let mut names = Vec::new();
    for class in classes {
        match class {
            Value::Path(path) => names.push(path),
            _ => return Err(replay.unsupported(call.span, "`isinstance` with this class")),
        }
    }
    let is = |kind: &Kind| -> Option<bool> {
        let mut out = false;
        for name in &names {
            out |= match name.as_str() {
                "builtins.str" => *kind == Kind::Str,
                "builtins.float" | "numpy.floating" | "numpy.float64" => *kind == Kind::Float,
                "builtins.int" => matches!(kind, Kind::Int(_) | Kind::Bool),
                "builtins.bool" => *kind == Kind::Bool,
                "builtins.list" | "builtins.dict" | "builtins.tuple" | "numpy.ndarray" => false,
                _ => return None,
            };
        }
        Some(out)
    };
    // A tuple or list is of no other class that has a name here.
    let own = match &value {
        Value::Tuple(_) => Some("builtins.tuple"),
        Value::List(_) | Value::Pieces(_) | Value::Sequence(_) => Some("builtins.list"),
        _ => None,
    };
    if let Some(own) = own {
        if names.iter().any(|name| is_unnamed(name)) {
            return Err(replay.unsupported(call.span, "`isinstance` with this class"));
        }
        return Ok(replay.known(record::Value::Bool(names.iter().any(|name| name == own))));
    }
    let cell = ops::to_cell(replay, &value, None, call.span)?;
    let asks = |class: &str| names.iter().any(|name| name == class);
    let (asks_list, asks_dict) = (asks("builtins.list"), asks("builtins.dict"));
    let cell = ops::lift(replay, &[&cell], call.span, |replay, operands| match is(&operands[0].0) {
        Some(_) if operands[0].0 == Kind::Document => {
            let (b, list) = (replay.b, crate::literals::is_list(operands[0].1));
            Ok((Kind::Bool, list & b.bool(asks_list) | !list & b.bool(asks_dict)))
        }
        Some(held) => Ok((Kind::Bool, replay.b.bool(held))),
        None => Err(Trouble::Unsupported("`isinstance` with this class".to_owned())),
    })?;
    Ok(Value::Cell(cell))
}

/// Whether nothing is known here of what belongs to that class.
fn is_unnamed(class: &str) -> bool {
    !matches!(
        class,
        "builtins.str"
            | "builtins.float"
            | "builtins.int"
            | "builtins.bool"
            | "builtins.list"
            | "builtins.tuple"
            | "builtins.dict"
            | "numpy.ndarray"
            | "numpy.floating"
            | "numpy.float64"
    )
}

/// The arguments as concrete values.
fn concretes<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>, name: &str) -> Result<Vec<record::Value>, crate::value::Unknown> {
    let values = call.take_all(name);
    match values.iter().map(|value| replay.concrete(value)).collect() {
        Some(values) => Ok(values),
        None => Err(replay.unsupported(call.span, format!("`{}` of computed values", call.name))),
    }
}

fn range<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let bounds: Option<Vec<i64>> = concretes(replay, call, "*args")?.iter().map(record::Value::as_int).collect();
    let (from, to, step) = match bounds.as_deref() {
        Some([to]) => (0, *to, 1),
        Some([from, to]) => (*from, *to, 1),
        Some([from, to, step]) if *step != 0 => (*from, *to, *step),
        _ => return Err(replay.unsupported(call.span, "this `range`")),
    };
    let mut items = Vec::new();
    let mut at = from;
    while (step > 0 && at < to || step < 0 && at > to) && items.len() < 10_000 {
        items.push(replay.known(record::Value::Int(at)));
        at += step;
    }
    Ok(replay.list(items))
}

fn enumerate<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let iterable = call.need(replay, "iterable")?;
    let start = call.int(replay, "start")?.unwrap_or(0);
    if let Some(items) = sequence::of(replay, &iterable, call.span)? {
        return Ok(sequence::enumerated(replay, &items, start));
    }
    if let Some(enumerated) = crate::row_turns::enumerated(&iterable).filter(|_| !replay.cells_active()) {
        return Ok(enumerated);
    }
    let Some(items) = replay.items(&iterable, call.span) else { return Err(replay.unsupported(call.span, "`enumerate` of this")) };
    let pairs = items.into_iter().zip(start..).map(|(item, at)| Value::Tuple(vec![replay.known(record::Value::Int(at)), item])).collect();
    Ok(replay.list(pairs))
}

fn zip<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let mut rows: Vec<Vec<Value<'b>>> = Vec::new();
    let iterables = call.take_all("*iterables");
    let columns: Option<Vec<crate::value::Column<'b>>> =
        iterables.iter().map(|one| if let Value::Column(column) = one { Some(column.clone()) } else { None }).collect();
    if let Some(columns) = columns.filter(|columns| !columns.is_empty()) {
        return Ok(Value::Zipped(columns));
    }
    if replay.cells_active()
        && let Some(zipped) = sequence::zipped(replay, &iterables, call.span)?
    {
        return Ok(zipped);
    }
    for (at, iterable) in iterables.into_iter().enumerate() {
        let Some(items) = replay.items(&iterable, call.span) else { return Err(replay.unsupported(call.span, "`zip` of this")) };
        if at == 0 {
            rows = items.into_iter().map(|item| vec![item]).collect();
        } else {
            rows.truncate(items.len());
            rows.iter_mut().zip(items).for_each(|(row, item)| row.push(item));
        }
    }
    let rows = rows.into_iter().map(Value::Tuple).collect();
    Ok(replay.list(rows))
}

/// `map(f, items)` over items that are known one by one.
fn map<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let function = call.need(replay, "func")?;
    let iterables = call.take_all("*iterables");
    if let [items] = iterables.as_slice()
        && let Some(items) = sequence::of(replay, items, at)?
    {
        return sequence::mapped(replay, &items, |replay, value| replay.apply(function.clone(), None, vec![value], Vec::new(), at));
    }
    if iterables.iter().any(|one| matches!(one, Value::Column(_))) {
        return udf::over_columns(replay, &iterables, &function, at).map(|(made, _)| made);
    }
    let mut rows = Vec::new();
    for iterable in iterables {
        match replay.items(&iterable, at) {
            Some(items) => rows.push(items),
            None => return Err(replay.unsupported(at, "`map` over this")),
        }
    }
    let count = rows.iter().map(Vec::len).min().unwrap_or(0);
    let outer = replay.activation.take();
    let made = (0..count).map(|at_item| {
        let arguments = rows.iter().map(|items| items[at_item].clone()).collect();
        replay.activation = match &function {
            Value::Function(_) => replay.log.enter(at, outer, at_item as u32),
            _ => None,
        };
        replay.apply(function.clone(), None, arguments, Vec::new(), at)
    });
    let made: Result<Vec<Value<'b>>, _> = made.collect();
    replay.activation = outer;
    Ok(replay.list(made?))
}

/// `filter(f, items)` of a list of the row: the items for which `f` holds.
fn filter<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let mut argument = |names: [&str; 2]| names.into_iter().find_map(|name| call.take(name));
    let (function, items) = (argument(["function", "0"]), argument(["iterable", "1"]));
    let items = match &items {
        Some(items) => sequence::of(replay, items, at)?,
        None => None,
    };
    let (Some(function @ (Value::Function(_) | Value::Path(_) | Value::Method(..))), Some(items)) = (function, items) else {
        return Err(replay.unsupported(at, "`filter` of this"));
    };
    let mut out = Vec::new();
    for item in items.iter() {
        let holds = replay.when_reached(item.there, |replay| {
            let holds = replay.apply(function.clone(), None, vec![item.value.clone()], Vec::new(), at)?;
            replay.truth_of(&holds, at)
        })?;
        out.push(sequence::Item { there: item.there & holds, value: item.value.clone() });
    }
    Ok(Value::Sequence(std::rc::Rc::new(out)))
}

/// `reduce(f, items, first)`: `f` of what came out so far and of the next item.
fn reduce<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let mut argument = |names: [&str; 2]| names.into_iter().find_map(|name| call.take(name));
    let (function, items, first) = (argument(["0", "function"]), argument(["1", "iterable"]), argument(["2", "initial"]));
    let items = items.and_then(|items| replay.items(&items, at));
    let (Some(function), Some(items)) = (function, items) else { return Err(replay.unsupported(at, "`reduce` over this")) };
    let mut items = first.into_iter().chain(items);
    let Some(mut out) = items.next() else { return Err(replay.unsupported(at, "`reduce` over nothing")) };
    let outer = replay.activation.take();
    for item in items {
        match replay.apply(function.clone(), None, vec![out, item], Vec::new(), at) {
            Ok(next) => out = next,
            Err(unknown) => {
                replay.activation = outer;
                return Err(unknown);
            }
        }
    }
    replay.activation = outer;
    Ok(out)
}

/// What `partial(f, ...)` of a function of a library is, beside that, what it is given first and what by name.
pub(crate) const PARTIAL: &str = "partial";

/// What `operator.itemgetter` makes: the keys, to be called with what has them.
pub(crate) const ITEM_GETTER: &str = "itemgetter";

/// `partial(f, ...)` of a function of the script: the same function, in which what is given is a default.
pub(crate) fn partial<'b>(function: &Function<'b>, positional: &[Value<'b>], named: &[(String, Value<'b>)]) -> Option<Value<'b>> {
    let mut out = function.clone();
    let mut given = positional.iter();
    for (at, parameter) in out.parameters.named.iter_mut().enumerate() {
        let value = match named.iter().find(|(name, _)| *name == parameter.name) {
            Some((_, value)) => Some(value),
            None if parameter.keyword_only => None,
            None => given.next(),
        };
        if let Some(value) = value {
            out.defaults[at] = Some(value.clone());
            parameter.keyword_only = true;
        }
    }
    let all = |name: &String| function.parameters.named.iter().any(|parameter| parameter.name == *name);
    (given.next().is_none() && named.iter().all(|(name, _)| all(name))).then(|| Value::Function(std::rc::Rc::new(out)))
}

/// What `np.vectorize(f)` is: the function under a name that no method has.
pub(crate) const VECTORIZED: &str = "vectorize(f)";

/// `np.vectorize(f)(...)`: an array of what the function makes of the cells, whose type the first row decides.
pub(crate) fn vectorized<'b>(replay: &mut Replay<'_, 'b>, function: &Value<'b>, arguments: &[Value<'b>], at: Span) -> Eval<'b> {
    let (made, one_type) = udf::over_columns(replay, arguments, function, at)?;
    if one_type && matches!(made, Value::Column(_)) {
        return Ok(made);
    }
    Err(replay.refuse(
        "python-vectorize",
        at,
        "`np.vectorize` of a function that gives values of several types cannot be converted",
        "what it makes of the first row decides the type for all",
        "let the function give one type, or use .apply of the column",
    ))
}

/// `str.maketrans(from, to, without)` of constants.
fn letter_table<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let mut texts = Vec::new();
    for place in ["0", "1", "2"] {
        if let Some(value) = call.take(place) {
            texts.push(replay.concrete(&value));
        }
    }
    let all: Option<Vec<String>> = texts.iter().map(|text| text.as_ref()?.as_str().map(str::to_owned)).collect();
    let pairs: Vec<(record::Value, record::Value)> = match (texts.as_slice(), all.as_deref()) {
        ([Some(table)], None) => match table.as_tagged() {
            Some(record::Tagged::Dict(pairs)) => pairs.clone(),
            _ => return Err(replay.unsupported(call.span, "`maketrans` of this")),
        },
        (_, Some([from, to, rest @ ..])) if from.chars().count() == to.chars().count() => {
            let letter = |letter: char| record::Value::Int(i64::from(u32::from(letter)));
            let gone = rest.iter().flat_map(|rest| rest.chars()).map(|gone| (letter(gone), record::Value::NONE));
            let changed = from.chars().zip(to.chars()).map(|(from, to)| (letter(from), letter(to)));
            // A letter that is given twice becomes what is said last.
            let mut pairs: Vec<(record::Value, record::Value)> = Vec::new();
            for (old, new) in changed.chain(gone) {
                pairs.retain(|(other, _)| *other != old);
                pairs.push((old, new));
            }
            pairs
        }
        _ => return Err(replay.unsupported(call.span, "`maketrans` of this")),
    };
    Ok(replay.known(record::Value::Tagged(Box::new(record::Tagged::Dict(pairs)))))
}

fn list<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let value = call.need(replay, "iterable")?;
    if let Value::Column(column) = &value {
        return Ok(Value::Column(crate::value::Column { array: true, ..column.clone() }));
    }
    if let Value::Zipped(_) = &value {
        return Ok(value);
    }
    // A row is its cells.
    if let Value::Row(id) = value {
        let names: Vec<String> = replay.frames[id.0].columns.keys().cloned().collect();
        let row = Value::Row(id);
        let cells: Result<Vec<Value<'b>>, _> = names
            .into_iter()
            .map(|name| replay.known(record::Value::Str(name)))
            .collect::<Vec<_>>()
            .iter()
            .map(|name| replay.subscript(&row, name, call.span))
            .collect();
        return Ok(if call.name == "tuple" { Value::Tuple(cells?) } else { replay.list(cells?) });
    }
    if let Some(items) = sequence::of(replay, &value, call.span)? {
        return Ok(Value::Sequence(items));
    }
    match replay.items(&value, call.span) {
        Some(items) => Ok(replay.list(items)),
        None => Err(replay.unsupported(call.span, "a list of this")),
    }
}

/// `set(items)` of what the row has.
fn set<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let Some(value) = ["iterable", "0"].iter().find_map(|name| call.take(name)) else { return Ok(replay.list(Vec::new())) };
    if let Value::Column(_) = &value {
        return replay.batch(at, "set of values");
    }
    if let Value::Pieces(pieces) = &value {
        return Ok(Value::SetOfPieces(pieces.clone()));
    }
    if let Some(items) = sequence::of_any(replay, &value, at)? {
        return sequence::set(replay, &items, at);
    }
    let always = replay.b.bool(true);
    match replay.items(&value, at) {
        // Of what is known each is kept once, like a display of a set.
        Some(items) if !items.iter().any(|item| replay.touches_rows(item)) => {
            let mut out: Vec<Value<'b>> = Vec::new();
            for item in items {
                let Some(own) = replay.concrete(&item) else { return Err(replay.unsupported(at, "a set of this")) };
                if !out.iter().any(|other| replay.concrete(other).is_some_and(|other| fold::same_key(&other, &own))) {
                    out.push(item);
                }
            }
            Ok(replay.list(out))
        }
        Some(items) => {
            let items: Vec<_> = items.into_iter().map(|value| sequence::Item { there: always, value }).collect();
            sequence::set(replay, &items, at)
        }
        None => Err(replay.unsupported(at, "a set of this")),
    }
}

/// `sorted(items, key=..., reverse=...)` of what the row has.
fn sorted<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let Some(value) = ["iterable", "0"].iter().find_map(|name| call.take(name)) else {
        return Err(replay.unsupported(at, "`sorted` of nothing"));
    };
    let backwards = call.flag(replay, "reverse", false)?;
    let key = call.take("key").filter(|key| replay.concrete(key) != Some(record::Value::NONE));
    let items = match sequence::of_any(replay, &value, at)? {
        Some(items) => items.to_vec(),
        None => {
            let always = replay.b.bool(true);
            match replay.items(&value, at) {
                Some(items) => items.into_iter().map(|value| sequence::Item { there: always, value }).collect(),
                None => return Err(replay.unsupported(at, "`sorted` of this")),
            }
        }
    };
    let mut keys = Vec::new();
    for item in &items {
        let of = sequence::key_of(replay, item, key.as_ref(), at)?;
        keys.push(Value::Cell(ops::to_cell(replay, &of, None, at)?));
    }
    sequence::sorted(replay, &items, &keys, backwards, at)
}

/// `dict(name=value, ...)`
fn dict<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    if let Some(pairs) = ["0", "iterable", "mapping"].iter().find_map(|name| call.take(name)) {
        if let Value::Dict(id) = &pairs {
            let copy = replay.dicts[id.0].clone();
            return Ok(replay.dict(copy));
        }
        return match sequence::of(replay, &pairs, call.span)? {
            Some(pairs) => crate::row_dicts::of_pairs(replay, &pairs, call.span),
            None => Err(replay.unsupported(call.span, "`dict` of values of the row")),
        };
    }
    let pairs = call.rest().into_iter().map(|(name, value)| (replay.known(record::Value::Str(name)), value)).collect();
    Ok(replay.dict(pairs))
}

fn any<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    quantified(replay, call, false)
}

fn all<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    quantified(replay, call, true)
}

fn quantified<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>, all: bool) -> Eval<'b> {
    let values = call.need(replay, "iterable")?;
    if let Some(items) = sequence::of_any(replay, &values, call.span)? {
        return sequence::quantified(replay, &items, all, call.span);
    }
    let Some(items) = replay.items(&values, call.span) else {
        return Err(replay.unsupported(call.span, format!("`{}` of this", call.name)));
    };
    let mut out: Val<'b> = replay.b.bool(all);
    for item in &items {
        let cell = ops::to_cell(replay, item, None, call.span)?;
        let Some(truth) = replay.row_condition(&Value::Cell(cell)) else { return Err(replay.unsupported(call.span, "the truth of this")) };
        out = if all { out & truth } else { out | truth };
    }
    Ok(Value::Cell(Cell::new(Kind::Bool, out)))
}
