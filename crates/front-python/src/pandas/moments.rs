//! Single moments and durations in functions on cells: made of their parts, read from a text, or constants of the script.
//!
//! Of columns of moments `time` tells.

#![expect(clippy::wildcard_enum_match_arm, reason = "what a construct does not take is refused, whatever it is")]

use super::time::{unit_named, unit_of};
use crate::calendar;
use crate::ops::{self, Trouble};
use crate::record;
use crate::replay::{Call, On, Replay, Row};
use crate::value::{Cell, Eval, Kind, Unknown, Value};
use ir::{Elem, Val};
use source::Span;

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Function, "datetime.datetime.strptime", strptime),
    Row::new(On::Function, "datetime.datetime.fromisoformat", moment_of_iso),
    Row::new(On::Function, "datetime.date.fromisoformat", date_of_iso),
    Row::new(On::Function, "datetime.datetime", moment),
    Row::new(On::Function, "datetime.date", date),
    Row::new(On::Function, "datetime.timedelta", constant_duration),
    Row::new(On::Function, "pandas.Timestamp", constant_timestamp),
    Row::new(On::Function, "pandas.Timedelta", constant_number_of_units),
    Row::new(On::Function, "numpy.timedelta64", constant_number_of_units),
];

/// `datetime.strptime(text, format)`, in a function on cells.
fn strptime<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let text = ["date_string", "0"].iter().find_map(|name| call.take(name));
    let format = ["format", "1"].iter().find_map(|name| call.take(name)).and_then(|format| replay.concrete(&format));
    let (Some(text), Some(format)) = (text, format.as_ref().and_then(|format| format.as_str())) else {
        return Err(replay.unsupported(at, "`strptime` without a known format"));
    };
    let cell = ops::to_cell(replay, &text, None, at)?;
    let cell = ops::lift(replay, &[&cell], at, |replay, operands| match &operands[0] {
        (Kind::Str, text) => match calendar::parse(replay.b, *text, format) {
            Some((micros, valid)) => {
                replay.raise_here(!valid, "ValueError", at);
                Ok((Kind::DateTime, micros))
            }
            None => Err(Trouble::Unsupported(format!("`strptime` with the format {format:?}"))),
        },
        _ => Err(Trouble::Raises("TypeError")),
    })?;
    Ok(Value::Cell(cell))
}

/// Texts that pandas takes for a missing moment, whatever the format (`nat_strings` in its `_libs/tslibs`).
const NO_MOMENT: [&str; 7] = ["", "NaT", "nat", "NAT", "nan", "NaN", "NAN"];

/// `datetime.fromisoformat(text)`
fn moment_of_iso<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    of_iso(replay, call, Kind::DateTime, &["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"])
}

/// `date.fromisoformat(text)`
fn date_of_iso<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    of_iso(replay, call, Kind::Date, &["%Y-%m-%d"])
}

/// A text in one of these forms, its numbers with all their digits. Of the other forms of ISO 8601, which the versions of Python read
/// differently (weeks, no dashes, zones, other separators), rows have no value; what is in none of them raises.
fn of_iso<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>, kind: Kind, formats: &[&str]) -> Eval<'b> {
    let at = call.span;
    let text = ["date_string", "0"].iter().find_map(|name| call.take(name));
    let Some(text) = text else { return Err(replay.unsupported(at, "`fromisoformat` of nothing")) };
    let cell = ops::to_cell(replay, &text, None, at)?;
    let cell = ops::lift(replay, &[&cell], at, |replay, operands| match &operands[0] {
        (Kind::Str, text) => {
            let (mut moment, mut read) = (replay.b.i64(0), replay.b.bool(false));
            for format in formats {
                let Some((micros, valid)) = calendar::parse(replay.b, *text, format) else {
                    return Err(Trouble::Unsupported("`fromisoformat`".to_owned()));
                };
                // A year has four digits here and every other number two.
                let whole = valid & text.len().eq(format.len() as i64 + 2);
                moment = whole.select(micros, moment);
                read = read | whole;
            }
            let of_a_day = text.len().eq(10_i64) & !text.contains("W");
            let broken = text.len().lt(7_i64) | of_a_day;
            replay.raise_here(!read & broken, "ValueError", at);
            replay.no_value_here(!read & !broken, "a moment in another form of ISO 8601", at);
            Ok((kind.clone(), moment))
        }
        _ => Err(Trouble::Raises("TypeError")),
    })?;
    Ok(Value::Cell(cell))
}

/// `pd.to_datetime(text, format=...)` of one text, in a function: what is no such date raises, or is missing. What is missing stays so.
pub(super) fn moment_of_cell<'b>(replay: &mut Replay<'_, 'b>, cell: &Cell<'b>, format: &str, coerce: bool, at: Span) -> Eval<'b> {
    let cell = ops::lift(replay, &[cell], at, |replay, operands| match &operands[0] {
        (Kind::Missing, _) => Ok((Kind::DateTime, replay.b.null(Elem::I64))),
        (Kind::Float, val) => {
            replay.raise_here(!val.is_nan(), "ValueError", at);
            Ok((Kind::DateTime, replay.b.null(Elem::I64)))
        }
        (Kind::DateTime, val) => Ok((Kind::DateTime, *val)),
        (Kind::Str, val) => match calendar::parse(replay.b, val.or_else(""), format) {
            Some((micros, valid)) => {
                let nothing = NO_MOMENT.iter().fold(val.is_null(), |any, text| any | val.or_else("").eq(*text));
                if !coerce {
                    replay.raise_here(!(valid | nothing), "ValueError", at);
                }
                Ok((Kind::DateTime, (valid & !nothing).select(micros, replay.b.null(Elem::I64))))
            }
            None => Err(Trouble::Unsupported(format!("`to_datetime` with the format {format:?}"))),
        },
        _ => Err(Trouble::Unsupported("`to_datetime` of this".to_owned())),
    })?;
    Ok(Value::Cell(cell))
}

/// `datetime(2015, 3, 1)` in a function on cells.
fn moment<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    match moment_of_parts(replay, call)? {
        Moment::Constant(moment) => Ok(replay.known(record::Value::tagged(record::Tagged::Timestamp(moment)))),
        Moment::OfRow(cell) => Ok(Value::Cell(cell)),
    }
}

/// `date(2015, 3, 1)` in a function on cells.
fn date<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    match moment_of_parts(replay, call)? {
        Moment::Constant(moment) => Ok(replay.known(record::Value::tagged(record::Tagged::Date(moment.div_euclid(calendar::DAY))))),
        Moment::OfRow(cell) => {
            let cell = ops::lift(replay, &[&cell], call.span, |_, operands| Ok((Kind::Date, operands[0].1)))?;
            Ok(Value::Cell(cell))
        }
    }
}

enum Moment<'b> {
    Constant(i64),
    OfRow(Cell<'b>),
}

/// The parts of a moment, by their names or in this order, and what they are if they are not given.
const MOMENT_PARTS: [(&str, i64); 7] =
    [("year", 1), ("month", 1), ("day", 1), ("hour", 0), ("minute", 0), ("second", 0), ("microsecond", 0)];

fn moment_of_parts<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<Moment<'b>, Unknown> {
    let at = call.span;
    let mut given = Vec::new();
    for (number, (name, default)) in MOMENT_PARTS.iter().enumerate() {
        let value = call.take(name).or_else(|| call.take(&number.to_string()));
        given.push(value.unwrap_or_else(|| replay.known(record::Value::Int(*default))));
    }
    let constants: Option<Vec<i64>> = given.iter().map(|part| replay.concrete(part)?.as_int()).collect();
    if let Some([year, month, day, hour, minute, second, microsecond]) = constants.as_deref() {
        let written = format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}");
        let Some(moment) = calendar::parse_iso(&written) else { return Err(replay.unsupported(at, "this moment")) };
        return Ok(Moment::Constant(moment + microsecond));
    }
    let cells = given.iter().map(|part| ops::to_cell(replay, part, None, at)).collect::<Result<Vec<_>, _>>()?;
    let cells: Vec<&Cell<'b>> = cells.iter().collect();
    let cell = ops::lift(replay, &cells, at, |replay, operands| {
        let mut parts = Vec::new();
        for (kind, val) in operands {
            match kind {
                Kind::Int(_) => parts.push(val.cast(Elem::I64)),
                Kind::Float | Kind::Str | Kind::Missing => return Err(Trouble::Raises("TypeError")),
                _ => return Err(Trouble::Unsupported("a moment of parts that are no whole numbers".to_owned())),
            }
        }
        let within = |val: Val<'b>, low: i64, high: i64| val.ge(low) & val.le(high);
        let valid = within(parts[0], 1, 9999)
            & within(parts[1], 1, 12)
            & parts[2].ge(1_i64)
            & parts[2].le(calendar::days_in_month(parts[0], parts[1]))
            & within(parts[3], 0, 23)
            & within(parts[4], 0, 59)
            & within(parts[5], 0, 59)
            & within(parts[6], 0, 999_999);
        replay.raise_here(!valid, "ValueError", at);
        let clock = ((parts[3] * 60_i64 + parts[4]) * 60_i64 + parts[5]) * 1_000_000_i64 + parts[6];
        let moment = calendar::days(parts[0], parts[1], parts[2]) * calendar::DAY + clock;
        Ok((Kind::DateTime, valid.select(moment, 0_i64)))
    })?;
    Ok(Moment::OfRow(cell))
}

/// Functions that make a moment or duration of constants.
pub(crate) const MOMENTS: &[&str] = &["datetime.timedelta", "numpy.timedelta64", "pandas.Timedelta", "pandas.Timestamp"];

/// `pd.Timestamp("2015-03-01")` or `pd.Timestamp(2015, 3, 1)` in a function on cells.
fn constant_timestamp<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    if ["year", "month", "1"].iter().any(|name| call.has(name)) {
        if let Some(year) = call.take("ts_input") {
            call.give("year", year);
        }
        return moment(replay, call);
    }
    let written = ["ts_input", "0"].iter().find_map(|name| call.take(name));
    let constant = written.as_ref().and_then(|written| replay.concrete(written));
    let moment = match (&constant, constant.as_ref().and_then(record::Value::as_tagged)) {
        (Some(record::Value::Str(text)), _) => calendar::parse_iso(text),
        (_, Some(record::Tagged::Timestamp(moment))) => Some(*moment),
        (_, Some(record::Tagged::Date(days))) => days.checked_mul(calendar::DAY),
        _ => None,
    };
    match moment {
        Some(moment) => Ok(replay.known(record::Value::tagged(record::Tagged::Timestamp(moment)))),
        None => Err(replay.unsupported(call.span, "`Timestamp` of this in a function on cells")),
    }
}

/// `timedelta(days=3)` in a function on cells, of whole constants.
fn constant_duration<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let mut total: i64 = 0;
    for (at, name) in ["days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks"].iter().enumerate() {
        let given = call.int(replay, name)?.or(call.int(replay, &at.to_string())?).unwrap_or(0);
        let unit = unit_of(name).unwrap_or(1);
        let more = given.checked_mul(unit).and_then(|more| total.checked_add(more));
        let Some(more) = more else { return Err(replay.unsupported(call.span, "this duration")) };
        total = more;
    }
    Ok(replay.known(record::Value::tagged(record::Tagged::Timedelta(total))))
}

/// `np.timedelta64(1, "D")`, `pd.Timedelta(2, "h")` and `pd.Timedelta(days=1)` where nothing is recorded.
fn constant_number_of_units<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let number = ["value", "0"].iter().find_map(|name| call.take(name)).and_then(|number| replay.concrete(&number));
    let unit = ["unit", "1"].iter().find_map(|name| call.take(name)).and_then(|unit| replay.concrete(&unit));
    match (number, unit) {
        (None, None) => constant_duration(replay, call),
        (Some(record::Value::Int(number)), Some(record::Value::Str(unit))) => {
            match unit_named(&unit).and_then(|unit| number.checked_mul(unit)) {
                Some(micros) => Ok(replay.known(record::Value::tagged(record::Tagged::Timedelta(micros)))),
                None => Err(replay.unsupported(call.span, "this duration")),
            }
        }
        _ => Err(replay.unsupported(call.span, format!("`{}` of this where nothing is recorded", call.name))),
    }
}
