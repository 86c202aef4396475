//! Dates in columns: `to_datetime` by a frozen format, fields of `.dt`, durations.

#![expect(clippy::wildcard_enum_match_arm, reason = "what a construct does not take is refused, whatever it is")]

use super::zones::{self, Zone};
use crate::ast::BinaryOp;
use crate::calendar;
use crate::ops::{self, Trouble};
use crate::record;
use crate::replay::{Call, On, Replay, Row};
use crate::value::{Alternative, Cell, Column, Eval, Frame, Guards, Kind, Unknown, Value, Width};
use ir::{Elem, Literal, Map, Reason, Table, Val};
use source::Span;
use std::rc::Rc;

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Function, "pandas.to_datetime", to_datetime),
    Row::new(On::Function, "pandas.to_timedelta", to_timedelta),
    Row::new(On::Function, "numpy.is_busday", is_busday),
    Row::new(On::Time, "total_seconds", total_seconds),
    Row::new(On::Time, "normalize", normalize),
    Row::new(On::Time, "day_name", day_name),
    Row::new(On::Time, "month_name", month_name),
    Row::new(On::Time, "floor", to_unit),
    Row::new(On::Time, "ceil", to_unit),
    Row::new(On::Time, "round", to_unit),
    Row::new(On::Time, "strftime", strftime),
    Row::new(On::Time, "to_period", to_period),
    Row::new(On::Period, "astype", period_text),
    Row::new(On::Cell, "strftime", cell_strftime),
    Row::new(On::Time, "isocalendar", isocalendar),
    Row::new(On::Function, "pandas.DatetimeIndex", datetime_index),
    Row::new(On::Cell, "weekday", cell_weekday),
    Row::new(On::Cell, "isoweekday", cell_weekday),
    Row::new(On::Cell, "date", cell_date),
    Row::new(On::Function, "pandas.DateOffset", date_offset),
];

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/// Texts to moments, by the given format or the one that the recorded run inferred.
fn to_datetime<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let arg = call.need(replay, "arg")?;
    let format = call.text(replay, "format")?;
    let errors = call.text(replay, "errors")?.unwrap_or_else(|| "raise".to_owned());
    let day_first = call.flag(replay, "dayfirst", false)?;
    let utc = call.flag(replay, "utc", false)?;
    let unit = call.text(replay, "unit")?;
    call.take("cache");
    if matches!(arg, Value::Frame(_) | Value::Dict(_)) {
        return of_parts(replay, &arg, errors == "coerce", at);
    }
    if let (Value::Cell(cell), Some(format), false, None) = (&arg, &format, utc, &unit) {
        return super::moments::moment_of_cell(replay, cell, format, errors == "coerce", at);
    }
    let Value::Column(column) = arg else { return Err(replay.unsupported(at, "`to_datetime` of this")) };
    let zone = if utc { Some(Zone::utc()) } else { recorded_zone(replay, at) };
    let moment = |zone: &Option<Rc<Zone>>| zone.clone().map_or(Kind::DateTime, Kind::Zoned);
    let given = format.is_some();
    let format = match format {
        Some(format) => Some(format),
        None => inferred(replay, &column, day_first, at),
    };
    let name = column.name.clone().unwrap_or_else(|| "the column".to_owned());
    let mut own = Guards::new();
    let coerce = errors == "coerce";
    let cell = ops::lift(replay, &[&column.cell], at, |replay, operands| match operands[0].clone() {
        (Kind::DateTime | Kind::Date, val) => Ok((moment(&zone), val)),
        (Kind::Zoned(own), val) => Ok((Kind::Zoned(if utc { Zone::utc() } else { own }), val)),
        (Kind::Str, val) => {
            let Some(format) = &format else {
                return Err(Trouble::Unsupported("`to_datetime` without a format that is known; give one with format=...; it".to_owned()));
            };
            let text = val.or_else("");
            let Some(calendar::Parsed { micros, valid, offset }) = calendar::parse_zoned(replay.b, text, format) else {
                return Err(Trouble::Unsupported(format!("`to_datetime` with the format {format:?}")));
            };
            if let (Some(zone), Some(offset)) = (&zone, offset) {
                // Moments of several zones are not one column, unless they all become those of UTC.
                let other = zone.constant().filter(|_| !utc).map(|own| valid & offset.ne(own));
                let reason = Reason::Invalid(format!("{name} is a moment of another time zone"));
                own.extend(other.map(|other| replay.guard(other, reason, at)));
                if coerce {
                    // pandas reads more ways to write a zone than are read here.
                    let dated = text.len().ge(10_i64) & !valid;
                    let reason = Reason::Invalid(format!("{name} is not a moment of the format {format}"));
                    own.insert(replay.guard(dated, reason, at));
                }
            }
            if !coerce {
                own.insert(replay.guard(
                    !(valid | val.is_null()),
                    Reason::Invalid(format!("{name} is not a date of the format {format}")),
                    at,
                ));
            }
            Ok((moment(&zone), (valid & !val.is_null()).select(micros, replay.b.null(Elem::I64))))
        }
        (Kind::Int(_), val) if !given && unit.is_some() => {
            let Some(micros) = unit.as_deref().and_then(unit_named) else {
                return Err(Trouble::Unsupported("`to_datetime` of numbers of this unit".to_owned()));
            };
            let val = val.cast(Elem::I64);
            let reason = Reason::Invalid(format!("{name} is a moment outside of the years 1 to 9999"));
            own.insert(replay.guard(val.lt(calendar::FIRST / micros) | val.gt(calendar::LAST / micros), reason, at));
            Ok((moment(&zone), val * micros))
        }
        (kind @ (Kind::Int(_) | Kind::Float), val) if given && zone.is_none() => {
            // A number is read by its digits, without what stands behind the point.
            let (whole, missing) = match kind {
                Kind::Float => (val.trunc().cast(Elem::I64), val.is_nan() | val.abs().ge(2_f64.powi(63))),
                _ => (val.cast(Elem::I64), replay.b.bool(false)),
            };
            let Some((micros, valid)) = format.as_deref().and_then(|format| calendar::parse(replay.b, whole.decimal(), format)) else {
                return Err(Trouble::Unsupported("`to_datetime` with this format".to_owned()));
            };
            if !coerce {
                let reason = Reason::Invalid(format!("{name} is not a date of the format {}", format.as_deref().unwrap_or_default()));
                own.insert(replay.guard(!(valid | missing), reason, at));
            }
            Ok((Kind::DateTime, (valid & !missing).select(micros, replay.b.null(Elem::I64))))
        }
        _ => Err(Trouble::Unsupported("`to_datetime` of this type".to_owned())),
    })?;
    Ok(Value::Column(column.with(cell.guarded(&own))))
}

/// The zone of the moments that a call made in the recorded run, if they have one.
fn recorded_zone(replay: &Replay<'_, '_>, at: Span) -> Option<Rc<Zone>> {
    let seen = replay.recorded(at);
    match seen.clone_unused()?.as_tagged()? {
        record::Tagged::Series(series) => {
            let zone = Zone::of_dtype(&series.dtype.name)?;
            seen.look();
            Some(zone)
        }
        _ => None,
    }
}

/// What pandas calls the parts of a moment, and how many microseconds one of the smaller ones is.
const PARTS: [(&[&str], i64); 6] = [
    (&["year", "years"], 0),
    (&["month", "months"], 0),
    (&["day", "days"], 0),
    (&["hour", "hours", "h"], 3_600_000_000),
    (&["minute", "minutes", "m"], 60_000_000),
    (&["second", "seconds", "s"], 1_000_000),
];

/// `pd.to_datetime(frame)` and `pd.to_datetime(dict(year=..., month=..., day=...))`: moments of columns of whole numbers.
///
/// A missing year, month or day makes a missing moment. A day that does not exist, or a broken number, raises or is missing. pandas goes
/// beyond the years 1 to 9999; such a row is `Invalid`.
fn of_parts<'b>(replay: &mut Replay<'_, 'b>, arg: &Value<'b>, coerce: bool, at: Span) -> Eval<'b> {
    if replay.before_pandas_3() {
        return Err(replay.unsupported(at, "before pandas 3 `to_datetime` of columns of years, months and days"));
    }
    let given: Vec<(String, Value<'b>)> = match arg {
        Value::Frame(id) => replay.frames[id.0].columns.iter().map(|(name, column)| (name.clone(), column.clone())).collect(),
        other => {
            let pairs = replay.pairs(other).unwrap_or_default();
            pairs.into_iter().filter_map(|(key, value)| Some((replay.concrete(&key)?.as_str()?.to_owned(), value))).collect()
        }
    };
    if let Some(unknown) = replay.unknown_among(&given.iter().map(|(_, value)| value).collect::<Vec<_>>()) {
        return Err(unknown);
    }
    let mut like: Option<Column<'b>> = None;
    let mut parts: Vec<Option<Cell<'b>>> = vec![None; PARTS.len()];
    for (name, value) in &given {
        let Some(place) = PARTS.iter().position(|(names, _)| names.contains(&name.to_lowercase().as_str())) else {
            return Err(replay.unsupported(at, format!("`to_datetime` with `{name}`")));
        };
        if let Value::Column(column) = value {
            if like.as_ref().is_some_and(|like| like.space != column.space) {
                return Err(replay.unsupported(at, "`to_datetime` of columns over different rows"));
            }
            like = Some(Column { name: None, array: false, ..column.clone() });
        }
        parts[place] = Some(ops::to_cell(replay, value, None, at)?);
    }
    let mut parts = parts.into_iter();
    let (Some(Some(year)), Some(Some(month)), Some(Some(day)), Some(like)) = (parts.next(), parts.next(), parts.next(), like) else {
        return Err(replay.unsupported(at, "`to_datetime` without a year, month or day"));
    };
    let mut own = Guards::new();
    let mut cell = ops::lift(replay, &[&year, &month, &day], at, |replay, operands| {
        let b = replay.b;
        let (mut numbers, mut missing, mut broken) = (Vec::new(), b.bool(false), b.bool(false));
        for (kind, val) in operands {
            match kind {
                Kind::Int(_) => numbers.push(val.cast(Elem::I64)),
                Kind::Float => {
                    let whole = val.trunc();
                    missing = missing | val.is_nan();
                    broken = broken | (!val.is_nan() & (whole.ne(*val) | val.abs().ge(2_f64.powi(53))));
                    numbers.push(whole.cast(Elem::I64));
                }
                _ => return Err(Trouble::Unsupported("`to_datetime` of columns that are not of numbers".to_owned())),
            }
        }
        let (year, month, day) = (numbers[0], numbers[1], numbers[2]);
        let far = !missing & (year.lt(1_i64) | year.gt(9999_i64));
        own.insert(replay.guard(far, Reason::Invalid("a year outside of 1 to 9999".to_owned()), at));
        let in_month = day.ge(1_i64) & day.le(calendar::days_in_month(year, month));
        let valid = !broken & month.ge(1_i64) & month.le(12_i64) & in_month;
        if !coerce {
            let reason = ops::reason("ValueError", &replay.place_name(at));
            own.insert(replay.guard(!missing & !valid, reason, at));
        }
        let moment = calendar::days(year, month, day) * calendar::DAY;
        Ok((Kind::DateTime, (valid & !missing).select(moment, b.null(Elem::I64))))
    })?;
    for (part, (_, micros)) in parts.zip(&PARTS[3..]) {
        let Some(part) = part else { continue };
        cell = ops::lift(replay, &[&cell, &part], at, |replay, operands| match operands {
            [(_, moment), (Kind::Int(_), number)] => {
                let number = number.cast(Elem::I64);
                // The least number is how a duration says that it is missing.
                let missing = number.eq(i64::MIN);
                let most = i64::from(i32::MAX) / 1000;
                let far = !missing & (number.gt(most) | number.lt(-most));
                own.insert(replay.guard(far, Reason::Invalid("a moment too far from its day".to_owned()), at));
                let later = *moment + number * *micros;
                Ok((Kind::DateTime, missing.select(replay.b.null(Elem::I64), later)))
            }
            _ => Err(Trouble::Unsupported("`to_datetime` with broken hours, minutes or seconds".to_owned())),
        })?;
    }
    Ok(Value::Column(like.with(cell.guarded(&own))))
}

/// `pd.to_timedelta`: numbers of a unit, or texts as `hours:minutes:seconds`.
///
/// Any other text that pandas reads is `Invalid`. Of broken numbers pandas keeps nanoseconds, which are not modelled: those that have some are
/// `Invalid`.
fn to_timedelta<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let arg = call.need(replay, "arg")?;
    let unit = call.text(replay, "unit")?;
    call.only(replay, "errors", &[record::Value::Str("raise".to_owned())])?;
    let Value::Column(column) = arg else { return Err(replay.unsupported(at, "`to_timedelta` of this")) };
    let name = column.name.clone().unwrap_or_else(|| "the column".to_owned());
    let micros = unit.as_deref().and_then(unit_named);
    let mut own = Guards::new();
    let cell = ops::lift(replay, &[&column.cell], at, |replay, operands| match (operands[0].clone(), micros) {
        ((Kind::Timedelta, val), _) => Ok((Kind::Timedelta, val)),
        ((Kind::Int(_), val), Some(micros)) => {
            let val = val.cast(Elem::I64);
            let most = i64::MAX / micros;
            let reason = Reason::Invalid(format!("{name} is too long a duration"));
            own.insert(replay.guard(val.gt(most) | val.lt(-most), reason, at));
            Ok((Kind::Timedelta, val * micros))
        }
        ((Kind::Float, val), Some(micros)) => {
            let missing = val.is_nan();
            let most = (1_i64 << 52) as f64 / micros as f64;
            let far = val.abs().gt(most);
            own.insert(replay.guard(far, Reason::Invalid(format!("{name} is too long a duration")), at));
            // Halves and quarters down to a 64th are exact; of other fractions, and below a microsecond, pandas keeps nanoseconds.
            let parts = (missing | far).select(replay.b.f64(0.0), val) * 64.0;
            let whole = parts.cast(Elem::I64);
            let fine = parts.ne(parts.trunc()) | (whole * (micros % 64)).floor_mod(64_i64).ne(0_i64);
            own.insert(replay.guard(fine, Reason::Invalid(format!("{name} has a fraction that is kept in nanoseconds")), at));
            let micros = whole * (micros / 64) + whole * (micros % 64) / 64_i64;
            Ok((Kind::Timedelta, missing.select(replay.b.null(Elem::I64), micros)))
        }
        ((Kind::Str, val), None) if unit.is_none() => {
            let text = val.or_else("").strip();
            let words = ["", "nan", "NaN", "NAN", "NaT", "nat", "NAT"];
            let missing = words.iter().fold(val.is_null(), |missing, word| missing | val.or_else("").eq(*word));
            let (micros, valid) = calendar::parse_clock(replay.b, text);
            let reason = Reason::Invalid(format!("{name} is not a duration as hours:minutes:seconds"));
            own.insert(replay.guard(!(valid | missing), reason, at));
            Ok((Kind::Timedelta, missing.select(replay.b.null(Elem::I64), micros)))
        }
        ((kind, _), _) => Err(Trouble::Unsupported(format!("`to_timedelta` of a {} with this unit", kind.dtype()))),
    })?;
    Ok(Value::Column(column.with(cell.guarded(&own))))
}

/// `pd.DatetimeIndex(column)`: its fields are those of `.dt`.
fn datetime_index<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let data = match call.take("data").or_else(|| call.take("0")) {
        Some(data) => data,
        None => return Err(replay.unsupported(call.span, "a `DatetimeIndex` of nothing")),
    };
    let Value::Column(column) = &data else { return Err(replay.unsupported(call.span, "a `DatetimeIndex` of this")) };
    if matches!(column.cell.single(), Some((Kind::DateTime, _))) {
        return Ok(Value::Part(Box::new(data), "dt".to_owned()));
    }
    let parsed = replay.apply(Value::Path("pandas.to_datetime".to_owned()), None, vec![data], Vec::new(), call.span)?;
    Ok(Value::Part(Box::new(parsed), "dt".to_owned()))
}

/// A field of one moment, as `x.year`. None if the cell is something else.
pub(crate) fn cell_field<'b>(replay: &mut Replay<'_, 'b>, cell: &Cell<'b>, name: &str, at: Span) -> Option<Eval<'b>> {
    let all = |wanted: &[Kind]| cell.alternatives.iter().all(|one| wanted.contains(&one.kind));
    let of_day = matches!(name, "year" | "month" | "day");
    let named =
        of_day || matches!(name, "hour" | "minute" | "second" | "quarter" | "dayofweek" | "day_of_week" | "dayofyear" | "day_of_year");
    let there = (all(&[Kind::DateTime]) && named)
        || (all(&[Kind::DateTime, Kind::Date]) && of_day)
        || (all(&[Kind::Timedelta]) && matches!(name, "days" | "seconds"));
    there.then(|| {
        let cell = ops::lift(replay, &[cell], at, |_, operands| {
            let (kind, val) = &operands[0];
            let field = if *kind == Kind::Timedelta { duration_field(*val, name) } else { moment_field(*val, name) };
            match field {
                Some((Kind::Int(_), val)) => Ok((Kind::INT, val)),
                Some(field) => Ok(field),
                None => Err(Trouble::Unsupported("this field of this".to_owned())),
            }
        })?;
        Ok(Value::Cell(with_holes(replay, cell)))
    })
}

/// `moment.date()`; of NaT it is NaT.
fn cell_date<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let cell = ops::to_cell(replay, &call.receiver.clone(), None, call.span)?;
    let at = call.span;
    let cell = ops::lift(replay, &[&cell], at, |replay, operands| match &operands[0] {
        (Kind::DateTime, val) => {
            crate::sequence::refuse(replay, has_no_date(*val), "a moment outside the years 1 to 9999", at);
            Ok((Kind::Date, calendar::split(*val).0 * calendar::DAY))
        }
        _ => Err(Trouble::Raises("AttributeError")),
    })?;
    Ok(Value::Cell(cell))
}

/// Whether Python has no date of a moment: it knows the years 1 to 9999.
fn has_no_date(moment: Val<'_>) -> Val<'_> {
    (moment.lt(-62_135_596_800_000_000_i64) | moment.ge(253_402_300_800_000_000_i64)).or_else(false)
}

/// `.dt.date`
fn column_date<'b>(replay: &mut Replay<'_, 'b>, column: &Column<'b>, at: Span) -> Eval<'b> {
    let mut own = Guards::new();
    let cell = ops::lift(replay, &[&column.cell], at, |replay, operands| match &operands[0] {
        (kind @ (Kind::DateTime | Kind::Zoned(_)), val) => {
            let val = zones::wall(kind, *val).unwrap_or(*val);
            let reason = Reason::Invalid(format!("a moment outside the years 1 to 9999 at {}", replay.place_name(at)));
            own.insert(replay.guard(has_no_date(val), reason, at));
            Ok((Kind::Date, calendar::split(val).0 * calendar::DAY))
        }
        _ => Err(Trouble::Unsupported("`.dt.date` of this".to_owned())),
    })?;
    Ok(Value::Column(column.with(cell.guarded(&own))))
}

/// Moments or durations in the unit that a dtype names, `datetime64[D]`: what is less than a whole one is cut off, downwards. None for
/// months and years, which are of no length.
pub(crate) fn in_unit<'b>(micros: Val<'b>, dtype: &str) -> Option<Val<'b>> {
    let (_, unit) = dtype.strip_suffix(']')?.split_once('[')?;
    match unit {
        "us" | "ns" => Some(micros),
        "D" | "h" | "m" | "s" | "ms" => {
            let unit = unit_named(unit)?;
            Some(micros.floor_div(unit) * unit)
        }
        _ => None,
    }
}

/// `np.is_busday(days, weekmask, holidays)`: of NaT false.
fn is_busday<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let dates = call.need(replay, "dates").or_else(|why| call.take("0").ok_or(why))?;
    let weekmask = ["weekmask", "1"].iter().find_map(|name| call.take(name));
    let holidays = ["holidays", "2"].iter().find_map(|name| call.take(name));
    let Value::Column(column) = dates else { return Err(replay.unsupported(at, "`is_busday` of this")) };
    let works: Option<Vec<bool>> = match weekmask.and_then(|mask| replay.concrete(&mask)) {
        None => Some((0..7).map(|day| day < 5).collect()),
        Some(record::Value::Str(text)) if text.len() == 7 => Some(text.chars().map(|day| day == '1').collect()),
        Some(mask) => mask.items().map(|days| days.iter().map(|day| day.truth() == Some(true)).collect()),
    };
    let day_number = |day: &record::Value| match (day, day.as_tagged()) {
        (record::Value::Str(text), _) => calendar::parse_iso(text).map(|micros| micros.div_euclid(calendar::DAY)),
        (_, Some(record::Tagged::Timestamp(micros))) => Some(micros.div_euclid(calendar::DAY)),
        (_, Some(record::Tagged::Date(days))) => Some(*days),
        _ => None,
    };
    let free: Option<Vec<i64>> = match &holidays {
        None => Some(Vec::new()),
        Some(holidays) => replay.concrete(holidays).and_then(|days| days.items()?.iter().map(day_number).collect()),
    };
    let (Some(works), Some(mut free)) = (works.filter(|works| works.len() == 7), free) else {
        return Err(replay.unsupported(at, "`is_busday` with this week or these holidays"));
    };
    if let Some(Value::Known(known)) = &holidays {
        replay.freeze(known);
    }
    free.sort_unstable();
    free.dedup();
    let b = replay.b;
    let rows = free.iter().map(|day| (vec![Literal::I64(*day)], Literal::Bool(true))).collect();
    let table = b.table(Table::Map(Map { name: "holidays".to_owned(), keys: vec![Elem::I64], value: Elem::Bool, rows }));
    let cell = ops::lift(replay, &[&column.cell], at, |replay, operands| match &operands[0] {
        (Kind::DateTime | Kind::Date, micros) => {
            let days = calendar::split(micros.or_else(0_i64)).0;
            // 1970-01-01 was a Thursday; Monday is 0.
            let weekday = (days + 3_i64).floor_mod(7_i64);
            let open = works.iter().zip(0_i64..).filter(|(works, _)| **works);
            let open = open.fold(replay.b.bool(false), |open, (_, day)| open | weekday.eq(day));
            let open = if free.is_empty() { open } else { open & !replay.b.lookup(table, &[days]).or_else(false) };
            Ok((Kind::Bool, open & !micros.is_null()))
        }
        _ => Err(Trouble::Raises("TypeError")),
    })?;
    Ok(Value::Column(column.with(cell)))
}

/// Microseconds of a unit as `unit=` names it.
pub(super) fn unit_named(unit: &str) -> Option<i64> {
    match unit {
        "W" => unit_of("weeks"),
        "D" | "d" | "day" | "days" => unit_of("days"),
        "h" | "hr" | "hour" | "hours" => unit_of("hours"),
        "m" | "min" | "minute" | "minutes" => unit_of("minutes"),
        "s" | "sec" | "second" | "seconds" => unit_of("seconds"),
        "ms" => unit_of("milliseconds"),
        _ => None,
    }
}

/// Microseconds of a unit of a duration.
pub(super) fn unit_of(name: &str) -> Option<i64> {
    Some(match name {
        "weeks" => 7 * calendar::DAY,
        "days" => calendar::DAY,
        "hours" => 3_600_000_000,
        "minutes" => 60_000_000,
        "seconds" => 1_000_000,
        "milliseconds" => 1_000,
        "microseconds" => 1,
        _ => return None,
    })
}

/// `pd.DateOffset(years=1)`: it has a meaning where it is added.
fn date_offset<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let mut months = replay.known(record::Value::Int(0));
    let mut duration = replay.known(record::Value::Int(0));
    for (name, value) in call.rest() {
        let (part, unit) = match (name.as_str(), unit_of(&name)) {
            ("years", _) => (&mut months, 12),
            ("months", _) => (&mut months, 1),
            (_, Some(unit)) => (&mut duration, unit),
            _ => return Err(replay.unsupported(call.span, "this `DateOffset`")),
        };
        let given = count(replay, &value, call.span)?;
        let unit = replay.known(record::Value::Int(unit));
        let more = together(replay, BinaryOp::Mul, &given, &unit, call.span)?;
        *part = together(replay, BinaryOp::Add, part, &more, call.span)?;
    }
    Ok(Value::Part(Box::new(Value::Tuple(vec![months, duration])), OFFSET.to_owned()))
}

/// Two counts as one. The record has the whole offset where they stand, so that constants are computed here.
fn together<'b>(replay: &mut Replay<'_, 'b>, op: BinaryOp, left: &Value<'b>, right: &Value<'b>, at: Span) -> Eval<'b> {
    if let (Some(a), Some(b)) = (replay.concrete(left), replay.concrete(right))
        && let Some(value) = crate::fold::binary(op, &a, &b)
    {
        return Ok(replay.known(value));
    }
    replay.binary(op, left, right, at)
}

/// The largest count of a part of an offset. More would leave the years that a moment can have.
const MOST_OF_A_PART: i64 = 100_000;

/// How many years, months or days: a constant, or a whole number of the row.
fn count<'b>(replay: &mut Replay<'_, 'b>, value: &Value<'b>, at: Span) -> Eval<'b> {
    match (replay.concrete(value), value) {
        (Some(record::Value::Int(given)), _) if given.abs() < MOST_OF_A_PART => Ok(value.clone()),
        (None, Value::Cell(cell)) if replay.cells_active() => match cell.single() {
            Some((Kind::Int(_), given)) => {
                crate::sequence::refuse(replay, given.abs().ge(MOST_OF_A_PART), "a moment is moved too far", at);
                Ok(value.clone())
            }
            _ => Err(replay.refuse(
                "python-date-offset",
                at,
                "the count in a `DateOffset` is not a whole number on every row",
                "pandas raises for one that is missing or has a fraction",
                "fill it and make it whole first: .fillna(0).astype(int)",
            )),
        },
        _ => Err(replay.unsupported(at, "this `DateOffset`")),
    }
}

/// What a date offset is called among the parts of values: its months, and the microseconds after them.
pub(crate) const OFFSET: &str = "date offset";

/// A moment and a date offset: months first, to the last day of the month at most, then the rest.
pub(crate) fn shifted<'b>(replay: &mut Replay<'_, 'b>, moment: &Value<'b>, offset: &Value<'b>, sign: i64, at: Span) -> Eval<'b> {
    let parts = replay.items(offset, at).unwrap_or_default();
    if let Some(cell) = super::offsets::anchored(replay, moment, &parts, sign, at) {
        let cell = cell?;
        return Ok(match moment {
            Value::Column(column) => Value::Column(column.with(cell)),
            _ => Value::Cell(cell),
        });
    }
    let [months, duration] = parts.as_slice() else { return Err(replay.unsupported(at, "this `DateOffset`")) };
    let is_computed = replay.concrete(months).is_none();
    let (months, duration) = (ops::to_cell(replay, months, None, at)?, ops::to_cell(replay, duration, None, at)?);
    let cell = ops::to_cell(replay, moment, None, at)?;
    let cell = ops::lift(replay, &[&cell, &months, &duration], at, |replay, operands| match operands {
        [(Kind::DateTime, val), (Kind::Int(_), months), (Kind::Int(_), duration)] => {
            let signed = |part: Val<'b>| match part.literal() {
                Some(ir::Literal::I64(part)) => replay.b.i64(sign * part),
                _ => part * sign,
            };
            let (months, duration) = (signed(*months), signed(*duration));
            let (days, of_day) = calendar::split(*val);
            let (year, month, day) = calendar::civil(days);
            let month = year * 12_i64 + month - 1_i64 + months;
            let (year, month) = (month.floor_div(12_i64), month.floor_mod(12_i64) + 1_i64);
            if is_computed {
                let beyond = (year.lt(1_i64) | year.gt(9999_i64)).or_else(false);
                crate::sequence::refuse(replay, beyond, "a moment is moved beyond the years that there are", at);
            }
            let last = calendar::days_in_month(year, month);
            let day = day.gt(last).select(last, day);
            Ok((Kind::DateTime, calendar::days(year, month, day) * calendar::DAY + of_day + duration))
        }
        _ => Err(Trouble::Unsupported("a `DateOffset` beside something else than a moment".to_owned())),
    })?;
    Ok(match moment {
        Value::Column(column) => Value::Column(column.with(cell)),
        _ => Value::Cell(cell),
    })
}

fn cell_weekday<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let Value::Cell(cell) = call.receiver.clone() else { return Err(replay.unsupported(call.span, "`weekday` of this")) };
    let Some(Value::Cell(cell)) = cell_field(replay, &cell, "dayofweek", call.span).transpose()? else {
        return Err(replay.unsupported(call.span, "`weekday` of this"));
    };
    if call.name == "weekday" {
        return Ok(Value::Cell(cell));
    }
    let one = replay.known(record::Value::Int(1));
    replay.binary(BinaryOp::Add, &Value::Cell(cell), &one, call.span)
}

/// `.dt.isocalendar()`: its columns are whole numbers with a missing value of their own, so a missing date has no score.
fn isocalendar<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let column = column_of(replay, call)?;
    let at = call.span;
    let name = column.name.clone().unwrap_or_else(|| "the date".to_owned());
    let mut frame = Frame { space: column.space, ..Frame::default() };
    for field in ["year", "week", "day"] {
        let mut own = Guards::new();
        let cell = ops::lift(replay, &[&column.cell], at, |replay, operands| match &operands[0] {
            (Kind::DateTime, val) => {
                if val.is_nullable() {
                    let reason = Reason::Invalid(format!("{name} is missing and has no week"));
                    own.insert(replay.guard(val.is_null(), reason, at));
                }
                let days = calendar::split(val.or_else(0_i64)).0;
                let (year, week, weekday) = calendar::iso_week(replay.b, days);
                let val = match field {
                    "year" => year,
                    "week" => week,
                    _ => weekday,
                };
                Ok((Kind::Int(Width::U32), val))
            }
            _ => Err(Trouble::Unsupported("`isocalendar` of this".to_owned())),
        })?
        .guarded(&own);
        frame.columns.insert(field.to_owned(), Value::Column(column.with(cell)));
    }
    Ok(replay.frame(frame))
}

/// The format that pandas infers from the first text: what it inferred in the recorded run, or else from the recorded cells of the column.
fn inferred<'b>(replay: &mut Replay<'_, 'b>, column: &Column<'b>, day_first: bool, at: Span) -> Option<String> {
    let seen = replay.log.learnt(at, replay.activation);
    if let Some(record::Value::Str(format)) = seen.value.as_deref() {
        seen.used.set(true);
        return Some(format.clone());
    }
    let name = column.name.as_deref()?;
    let found = replay.record.reads.iter().find_map(|read| {
        read.columns
            .iter()
            .find(|one| one.name.as_str() == Some(name))?
            .values
            .as_ref()?
            .values()
            .into_iter()
            .find(|value| !value.is_missing())
    });
    calendar::guess_format(found?.as_str()?, day_first)
}

/// Applies a function to a moment or duration; missing where that is.
fn on_time<'b>(
    replay: &mut Replay<'_, 'b>,
    column: &Column<'b>,
    at: Span,
    apply: impl Fn(&Replay<'_, 'b>, &Kind, Val<'b>) -> Option<(Kind, Val<'b>)>,
) -> Eval<'b> {
    let cell = ops::lift(replay, &[&column.cell], at, |replay, operands| {
        let (kind, val) = &operands[0];
        match apply(replay, kind, *val) {
            Some(result) => Ok(result),
            None => Err(Trouble::Unsupported("this field of this".to_owned())),
        }
    })?;
    Ok(Value::Column(column.with(cell)))
}

/// Whole numbers of moments that may be missing: NaN for NaT.
fn with_holes<'b>(replay: &Replay<'_, 'b>, cell: Cell<'b>) -> Cell<'b> {
    let mut alternatives = Vec::new();
    for one in cell.alternatives {
        if matches!(one.kind, Kind::Int(_)) && one.val.is_nullable() {
            let missing = one.val.is_null();
            let when = Some(one.when.map_or(missing, |when| when & missing));
            alternatives.push(Alternative { when, kind: Kind::Float, val: replay.b.f64(f64::NAN) });
            alternatives.push(Alternative { val: one.val.or_else(0_i64), ..one });
        } else {
            alternatives.push(one);
        }
    }
    Cell { alternatives, guards: cell.guards }
}

/// `.dt.year` and its like.
pub(crate) fn field<'b>(replay: &mut Replay<'_, 'b>, column: &Column<'b>, name: &str, part: &Value<'b>, at: Span) -> Eval<'b> {
    if !matches!(
        name,
        "year"
            | "month"
            | "day"
            | "hour"
            | "minute"
            | "second"
            | "microsecond"
            | "dayofweek"
            | "weekday"
            | "day_of_week"
            | "dayofyear"
            | "day_of_year"
            | "quarter"
            | "days"
            | "seconds"
            | "is_month_start"
            | "is_month_end"
            | "is_year_start"
            | "is_year_end"
            | "is_leap_year"
            | "days_in_month"
            | "daysinmonth"
            | "date"
    ) {
        return Ok(Value::Method(Box::new(part.clone()), name.to_owned()));
    }
    if name == "date" {
        return column_date(replay, column, at);
    }
    let fields = on_time(replay, column, at, |_, kind, val| match kind {
        Kind::Timedelta => duration_field(val, name),
        kind => moment_field(zones::wall(kind, val)?, name),
    })?;
    match fields {
        Value::Column(fields) => {
            let cell = super::encode::as_recorded(replay, with_holes(replay, fields.cell.clone()), at);
            Ok(Value::Column(fields.with(cell)))
        }
        other => Ok(other),
    }
}

/// A field of durations, null where they are missing. It is 64 bits wide in pandas.
fn duration_field<'b>(val: Val<'b>, name: &str) -> Option<(Kind, Val<'b>)> {
    let (days, of_day) = calendar::split(val);
    match name {
        "days" => Some((Kind::INT, days)),
        "seconds" => Some((Kind::INT, of_day / 1_000_000_i64)),
        _ => None,
    }
}

/// A field of moments: whole numbers are null where they are missing, conditions do not hold.
fn moment_field<'b>(val: Val<'b>, name: &str) -> Option<(Kind, Val<'b>)> {
    let (days, of_day) = calendar::split(val);
    let (year, month, day) = calendar::civil(days);
    let truth = |held: Val<'b>| Some((Kind::Bool, held.or_else(false)));
    let field = match name {
        "year" => year,
        "month" => month,
        "day" => day,
        "hour" => of_day / 3_600_000_000_i64,
        "minute" => (of_day / 60_000_000_i64).floor_mod(60_i64),
        "second" => (of_day / 1_000_000_i64).floor_mod(60_i64),
        "microsecond" => of_day.floor_mod(1_000_000_i64),
        // 1970-01-01 was a Thursday; Monday is 0.
        "dayofweek" | "weekday" | "day_of_week" => (days + 3_i64).floor_mod(7_i64),
        "dayofyear" | "day_of_year" => {
            let b = val.builder();
            days - calendar::days(year, b.i64(1), b.i64(1)) + 1_i64
        }
        "quarter" => (month - 1_i64) / 3_i64 + 1_i64,
        "days_in_month" | "daysinmonth" => calendar::days_in_month(year, month),
        "is_month_start" => return truth(day.eq(1_i64)),
        "is_month_end" => return truth(day.eq(calendar::days_in_month(year, month))),
        "is_year_start" => return truth(day.eq(1_i64) & month.eq(1_i64)),
        "is_year_end" => return truth(day.eq(31_i64) & month.eq(12_i64)),
        "is_leap_year" => return truth(calendar::is_leap(year)),
        _ => return None,
    };
    Some((Kind::Int(Width::I32), field))
}

pub(super) fn column_of<'b>(replay: &mut Replay<'_, 'b>, call: &Call<'b>) -> Result<Column<'b>, Unknown> {
    match &call.receiver {
        Value::Part(inner, _) => match &**inner {
            Value::Column(column) => Ok(column.clone()),
            _ => Err(replay.unsupported(call.span, "`.dt` of this")),
        },
        _ => Err(replay.unsupported(call.span, "`.dt` of this")),
    }
}

fn total_seconds<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let column = column_of(replay, call)?;
    on_time(replay, &column, call.span, |_, kind, val| (*kind == Kind::Timedelta).then(|| (Kind::Float, seconds(val).or_else(f64::NAN))))
}

/// Microseconds as seconds: the whole ones, and what is left of one, added. Where the sum of a broken number of seconds rounds to a whole
/// one, pandas takes the float beside it.
fn seconds(val: Val<'_>) -> Val<'_> {
    let whole = val.floor_div(1_000_000_i64);
    let residual = val - whole * 1_000_000_i64;
    let quotient = whole.cast(Elem::F64) + residual.cast(Elem::F64) / 1e6;
    let broken = residual.ne(0_i64) & whole.abs().lt(1_i64 << 52);
    let on_floor = broken & quotient.eq(whole.cast(Elem::F64));
    let on_ceiling = broken & quotient.eq(whole.cast(Elem::F64) + 1.0);
    let bits = quotient.unary(ir::Unary::Bits);
    // One up for a positive number is one more in bits, for a negative one less.
    let up = quotient.gt(0.0).select(val.builder().i64(1), -1_i64);
    let beside = on_floor.select(up, -up);
    (on_floor | on_ceiling).select((bits + beside).unary(ir::Unary::FromBits), quotient)
}

/// How far the clocks beside a moment are ahead of what its value counts, if that is always the same.
fn ahead(kind: &Kind) -> Option<i64> {
    match kind {
        Kind::DateTime => Some(0),
        Kind::Zoned(zone) => zone.constant(),
        _ => None,
    }
}

fn normalize<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let column = column_of(replay, call)?;
    on_time(replay, &column, call.span, |_, kind, val| {
        let ahead = ahead(kind)?;
        Some((kind.clone(), calendar::split(val + ahead).0 * calendar::DAY - ahead))
    })
}

/// `floor`, `ceil` and `round` to whole units: a half goes to the even one.
fn to_unit<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let freq = call.text(replay, "freq")?.unwrap_or_default();
    let split = freq.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(freq.len());
    let count: Option<i64> = if split == 0 { Some(1) } else { freq[..split].parse().ok().filter(|count| (1..1000).contains(count)) };
    let unit = match (&freq[split..], count) {
        ("D" | "d", Some(count)) => calendar::DAY * count,
        ("h" | "H", Some(count)) => 3_600_000_000 * count,
        ("min" | "T", Some(count)) => 60_000_000 * count,
        ("s" | "S", Some(count)) => 1_000_000 * count,
        _ => return Err(replay.unsupported(call.span, format!("`{}` to this unit", call.name))),
    };
    let column = column_of(replay, call)?;
    let name = call.name.clone();
    on_time(replay, &column, call.span, |_, kind, val| {
        let down = val.floor_div(unit);
        let rest = val - down * unit;
        let whole = match name.as_str() {
            "floor" => down,
            "ceil" => rest.gt(0_i64).select(down + 1_i64, down),
            _ => {
                let up = (rest * 2_i64).gt(unit) | ((rest * 2_i64).eq(unit) & down.floor_mod(2_i64).eq(1_i64));
                up.select(down + 1_i64, down)
            }
        };
        matches!(kind, Kind::DateTime | Kind::Timedelta).then(|| (kind.clone(), whole * unit))
    })
}

/// `.dt.strftime(format)`; of a missing moment missing.
fn strftime<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let format = call.text(replay, "date_format")?.unwrap_or_default();
    let column = column_of(replay, call)?;
    written(replay, &column, &format, call.span)
}

fn written<'b>(replay: &mut Replay<'_, 'b>, column: &Column<'b>, format: &str, at: Span) -> Eval<'b> {
    let cell = ops::lift(replay, &[&column.cell], at, |replay, operands| {
        let (kind, val) = &operands[0];
        let text = zones::wall(kind, *val).and_then(|val| calendar::write(replay.b, val.or_else(0_i64), format));
        match text {
            Some(text) if val.is_nullable() => Ok((Kind::Str, val.is_null().select(replay.b.null(Elem::Str), text))),
            Some(text) => Ok((Kind::Str, text)),
            None => Err(Trouble::Unsupported(format!("the format {format:?} of a moment"))),
        }
    })?;
    Ok(Value::Column(column.with(cell)))
}

/// `moment.strftime(format)`, in a function on cells.
fn cell_strftime<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let format = ["format", "date_format", "0"].iter().find_map(|name| call.take(name)).and_then(|format| replay.concrete(&format));
    let Some(record::Value::Str(format)) = format else { return Err(replay.unsupported(at, "`strftime` with a computed format")) };
    let cell = ops::to_cell(replay, &call.receiver.clone(), None, at)?;
    let cell = ops::lift(replay, &[&cell], at, |replay, operands| match &operands[0] {
        (Kind::DateTime, val) => {
            replay.raise_here(val.is_null(), "ValueError", at);
            match calendar::write(replay.b, val.or_else(0_i64), &format) {
                Some(text) => Ok((Kind::Str, text)),
                None => Err(Trouble::Unsupported(format!("the format {format:?} of a moment"))),
            }
        }
        _ => Err(Trouble::Raises("AttributeError")),
    })?;
    Ok(Value::Cell(cell))
}

/// `.dt.to_period(freq)`: only its text is modelled, by `astype(str)`.
fn to_period<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let column = column_of(replay, call)?;
    match call.text(replay, "freq")?.as_deref() {
        Some(freq @ ("M" | "Y" | "D" | "Q")) => Ok(Value::Part(Box::new(Value::Column(column)), format!("period {freq}"))),
        _ => Err(replay.unsupported(call.span, "`to_period` to this unit")),
    }
}

fn period_text<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let dtype = call.take("dtype").or_else(|| call.take("0"));
    let is_text = match &dtype {
        Some(Value::Path(path)) => path == "builtins.str",
        Some(value) => replay.concrete(value).is_some_and(|value| value.as_str() == Some("str")),
        None => false,
    };
    let Value::Part(of, part) = call.receiver.clone() else { return Err(replay.unsupported(call.span, "a period of this")) };
    let Value::Column(column) = *of else { return Err(replay.unsupported(call.span, "a period of this")) };
    if !is_text {
        return Err(replay.unsupported(call.span, "a period as anything but its text"));
    }
    match part.as_str() {
        "period M" => written(replay, &column, "%Y-%m", call.span),
        "period Y" => written(replay, &column, "%Y", call.span),
        "period D" => written(replay, &column, "%Y-%m-%d", call.span),
        _ => {
            let cell = ops::lift(replay, &[&column.cell], call.span, |replay, operands| match &operands[0] {
                (Kind::DateTime, val) => {
                    let (year, month, _) = calendar::civil(calendar::split(val.or_else(0_i64)).0);
                    let Some(year) =
                        calendar::write(replay.b, calendar::days(year, replay.b.i64(1), replay.b.i64(1)) * calendar::DAY, "%Y")
                    else {
                        return Err(Trouble::Unsupported("a period of this".to_owned()));
                    };
                    let text = year.append("Q").append(((month - 1_i64) / 3_i64 + 1_i64).decimal());
                    Ok((Kind::Str, if val.is_nullable() { val.is_null().select(replay.b.null(Elem::Str), text) } else { text }))
                }
                _ => Err(Trouble::Unsupported("a period of this".to_owned())),
            })?;
            Ok(Value::Column(column.with(cell)))
        }
    }
}

fn named<'b>(replay: &Replay<'_, 'b>, val: Val<'b>, names: &[&str]) -> Val<'b> {
    let rows = names.iter().zip(0..).map(|(name, at)| (vec![Literal::I64(at)], Literal::from(*name))).collect();
    let table = replay.b.table(Table::Map(Map { name: "names".to_owned(), keys: vec![Elem::I64], value: Elem::Str, rows }));
    replay.b.lookup(table, &[val])
}

fn day_name<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let column = column_of(replay, call)?;
    on_time(replay, &column, call.span, |replay, kind, val| {
        let day = (calendar::split(zones::wall(kind, val)?).0 + 3_i64).floor_mod(7_i64);
        Some((Kind::Str, named(replay, day, &DAYS)))
    })
}

fn month_name<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let column = column_of(replay, call)?;
    on_time(replay, &column, call.span, |replay, kind, val| {
        let (_, month, _) = calendar::civil(calendar::split(zones::wall(kind, val)?).0);
        Some((Kind::Str, named(replay, month - 1_i64, &MONTHS)))
    })
}
