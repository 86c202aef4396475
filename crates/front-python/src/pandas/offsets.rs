//! Offsets to the ends and beginnings of months, quarters and years, and to business days among these; offsets of fixed length; and the
//! moment at which a period begins.
//!
//! Source: pandas `MonthEnd` and its kin. The time of the day stays, and a missing moment stays missing.

#![expect(clippy::wildcard_enum_match_arm, reason = "what is not a moment has no month")]

use super::time::{OFFSET, unit_of};
use crate::calendar;
use crate::ops::{self, Trouble};
use crate::record;
use crate::replay::{Call, On, Replay, Row};
use crate::value::{Cell, Column, Eval, Kind, Unknown, Value};
use ir::Val;
use source::Span;

macro_rules! offsets {
    ($($name:literal)*) => {
        pub(crate) const ROWS: &[Row] = &[
            $(Row::new(On::Function, concat!("pandas.offsets.", $name), offset),
            Row::new(On::Function, concat!("pandas.tseries.offsets.", $name), offset),)*
            Row::new(On::Period, "to_timestamp", period_start),
        ];
    };
}
offsets! {
    "MonthEnd" "MonthBegin" "BMonthEnd" "BMonthBegin" "BusinessMonthEnd" "BusinessMonthBegin" "QuarterEnd" "QuarterBegin" "BQuarterEnd"
    "BQuarterBegin" "YearEnd" "YearBegin" "BYearEnd" "BYearBegin" "Week" "Day" "Hour" "Minute" "Second"
}

/// Whether a function makes an offset, of which the record does not say how much it is.
pub(crate) fn is_offset(path: &str) -> bool {
    path == "pandas.DateOffset" || ROWS.iter().any(|row| row.on == On::Function && row.name == path)
}

/// The day of a month at which an offset stops.
#[derive(Clone, Copy)]
enum Anchor {
    Start,
    End,
    BusinessStart,
    BusinessEnd,
}

/// Where an offset stops: on a day of each month, of each third one, or of one month of the year.
struct Stops {
    every: i64,
    month: i64,
    day: Anchor,
}

fn stops(name: &str) -> Option<Stops> {
    let plain = name.strip_prefix("Business").or_else(|| name.strip_prefix('B'));
    let is_business = plain.is_some();
    let (every, part) = ["Month", "Quarter", "Year"].iter().zip([1, 3, 12]).find_map(|(unit, every)| {
        let part = plain.unwrap_or(name).strip_prefix(unit)?;
        Some((every, part))
    })?;
    let day = match (part, is_business) {
        ("End", false) => Anchor::End,
        ("End", true) => Anchor::BusinessEnd,
        ("Begin", false) => Anchor::Start,
        ("Begin", true) => Anchor::BusinessStart,
        _ => return None,
    };
    let month = match (every, part) {
        (12, "End") => 12,
        (12, _) => 1,
        _ => 3,
    };
    Some(Stops { every, month, day })
}

/// `pd.offsets.MonthEnd(n)`: it has a meaning where it is added.
fn offset<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let count = call.int(replay, "n")?.or(call.int(replay, "0")?).unwrap_or(1);
    call.only(replay, "normalize", &[record::Value::Bool(false)])?;
    let name = call.name.clone();
    let parts = match (unit_of(&format!("{}s", name.to_lowercase())), stops(&name)) {
        (Some(length), _) if call.take("weekday").is_none() => vec![record::Value::Int(0), record::Value::Int(length * count)],
        (_, Some(stops)) => {
            let month = call.int(replay, "startingMonth")?.or(call.int(replay, "month")?).unwrap_or(stops.month);
            [record::Value::Str(name), record::Value::Int(count), record::Value::Int(month)].to_vec()
        }
        _ => return Err(replay.unsupported(at, format!("`{name}` with these arguments"))),
    };
    let parts = parts.into_iter().map(|part| replay.known(part)).collect();
    Ok(Value::Part(Box::new(Value::Tuple(parts)), OFFSET.to_owned()))
}

/// The moment that an anchored offset leads to. None if the offset is another.
pub(super) fn anchored<'b>(
    replay: &mut Replay<'_, 'b>,
    moment: &Value<'b>,
    parts: &[Value<'b>],
    sign: i64,
    at: Span,
) -> Option<Result<Cell<'b>, Unknown>> {
    let [name, count, month] = parts else { return None };
    let (Some(record::Value::Str(name)), Some(count), Some(month)) =
        (replay.concrete(name), replay.concrete(count)?.as_int(), replay.concrete(month)?.as_int())
    else {
        return None;
    };
    let stops = Stops { month, ..stops(&name)? };
    let cell = match ops::to_cell(replay, moment, None, at) {
        Ok(cell) => cell,
        Err(why) => return Some(Err(why)),
    };
    Some(ops::lift(replay, &[&cell], at, |_, operands| match &operands[0] {
        (Kind::DateTime, val) => Ok((Kind::DateTime, moved(*val, &stops, sign * count))),
        (kind, _) => Err(Trouble::Unsupported(format!("`{name}` beside a {}", kind.dtype()))),
    }))
}

/// A moment that is not on a stop goes to the next one, or the one before, for the first step; with no steps only forward.
fn moved<'b>(moment: Val<'b>, stops: &Stops, count: i64) -> Val<'b> {
    let b = moment.builder();
    let (days, of_day) = calendar::split(moment);
    let (year, month, day) = calendar::civil(days);
    let since = match stops.every {
        1 => b.i64(0),
        3 => month.floor_mod(3_i64) - stops.month.rem_euclid(3),
        _ => month - stops.month,
    };
    let own = stop_day(year, month, stops.day);
    let (one, zero) = (b.i64(1), b.i64(0));
    let steps = if count > 0 {
        let short = since.lt(0_i64) | since.eq(0_i64) & day.lt(own);
        b.i64(count) - short.select(one, zero)
    } else {
        let past = since.gt(0_i64) | since.eq(0_i64) & day.gt(own);
        b.i64(count) + past.select(one, zero)
    };
    let months = year * 12_i64 + month - 1_i64 + steps * stops.every - since;
    let (year, month) = (months.floor_div(12_i64), months.floor_mod(12_i64) + 1_i64);
    calendar::days(year, month, stop_day(year, month, stops.day)) * calendar::DAY + of_day
}

fn stop_day<'b>(year: Val<'b>, month: Val<'b>, anchor: Anchor) -> Val<'b> {
    let b = year.builder();
    // Monday is 0.
    let weekday = |day: Val<'b>| (calendar::days(year, month, day) + 3_i64).floor_mod(7_i64);
    match anchor {
        Anchor::Start => b.i64(1),
        Anchor::End => calendar::days_in_month(year, month),
        Anchor::BusinessStart => {
            let first = weekday(b.i64(1));
            first.eq(5_i64).select(b.i64(3), first.eq(6_i64).select(b.i64(2), 1_i64))
        }
        Anchor::BusinessEnd => {
            let last = calendar::days_in_month(year, month);
            let over = weekday(last) - 4_i64;
            last - over.gt(0_i64).select(over, 0_i64)
        }
    }
}

/// `.dt` of periods, and the moment at which one begins. Its end is a nanosecond before the next one, which no moment of the scorer is.
pub(super) fn period_attribute<'b>(replay: &mut Replay<'_, 'b>, of: &Value<'b>, unit: &str, name: &str, at: Span) -> Eval<'b> {
    let Value::Part(inner, _) = of else { return Err(replay.unsupported(at, "a period of this")) };
    match (name, &**inner) {
        ("dt", _) => Ok(of.clone()),
        ("start_time", Value::Column(column)) => begins(replay, column, unit, at),
        ("astype" | "to_timestamp", _) => Ok(Value::Method(Box::new(of.clone()), name.to_owned())),
        ("end_time", _) => Err(replay.refuse(
            "python-period-end",
            at,
            "the end of a period is counted in nanoseconds",
            "a scorer counts microseconds",
            "use the beginning of the next one: column + pd.offsets.MonthBegin(1), and compare with <",
        )),
        _ => Ok(Value::Method(Box::new(of.clone()), name.to_owned())),
    }
}

/// `.dt.to_timestamp()` of periods: their beginnings.
fn period_start<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    call.only(replay, "how", &[record::Value::Str("start".to_owned()), record::Value::Str("S".to_owned())])?;
    match call.receiver.clone() {
        Value::Part(of, part) => match *of {
            Value::Column(column) => begins(replay, &column, part.strip_prefix("period ").unwrap_or_default(), at),
            _ => Err(replay.unsupported(at, "a period of this")),
        },
        _ => Err(replay.unsupported(at, "a period of this")),
    }
}

fn begins<'b>(replay: &mut Replay<'_, 'b>, column: &Column<'b>, unit: &str, at: Span) -> Eval<'b> {
    let cell = ops::lift(replay, &[&column.cell], at, |_, operands| match &operands[0] {
        (Kind::DateTime, val) => {
            let one = val.builder().i64(1);
            let days = calendar::split(*val).0;
            let (year, month, _) = calendar::civil(days);
            let first = match unit {
                "D" => days,
                "M" => calendar::days(year, month, one),
                "Q" => calendar::days(year, (month - 1_i64) / 3_i64 * 3_i64 + 1_i64, one),
                "Y" => calendar::days(year, one, one),
                _ => return Err(Trouble::Unsupported("the beginning of a period of this unit".to_owned())),
            };
            Ok((Kind::DateTime, first * calendar::DAY))
        }
        _ => Err(Trouble::Unsupported("a period of this".to_owned())),
    })?;
    Ok(Value::Column(column.with(cell)))
}
