//! Moments with a time zone: their instant, in microseconds of UTC, and how far the clocks of the zone are from it.
//!
//! The recorded run writes down when the clocks of a zone were set, from 1970 to 2099, as the user's own Python knows it. A row outside of
//! these years is refused where a zone changes its clocks. Source: pandas `Series.dt.tz_localize`, `tz_convert`.

#![expect(clippy::wildcard_enum_match_arm, reason = "what is no moment has no zone")]

use super::time::column_of;
use crate::ops::{self, Trouble};
use crate::record::{self, Tagged};
use crate::replay::{Call, On, Replay, Row};
use crate::value::{Eval, Guards, Kind, Unknown, Value};
use ir::{Reason, Tensor, Val};
use source::Span;
use std::rc::Rc;

pub(crate) const ROWS: &[Row] = &[Row::new(On::Time, "tz_convert", tz_convert), Row::new(On::Time, "tz_localize", tz_localize)];

/// The years whose clocks are known, in microseconds: 1970 to 2099.
const LAST: i64 = 4_102_444_800_000_000;

/// When the clocks of a zone were set, and how far they are ahead of UTC since then, in microseconds.
#[derive(Debug, PartialEq)]
pub(crate) struct Zone {
    pub name: String,
    starts: Vec<i64>,
    offsets: Vec<i64>,
    /// It has no history: UTC, or a number of hours from it.
    always: bool,
}

fn numbers<'b>(b: &'b ir::Builder, name: &str, values: Vec<i64>) -> Val<'b> {
    b.tensor(Tensor::i64(name, [values.len() as u32], values))
}

impl Zone {
    pub(crate) fn utc() -> Rc<Zone> {
        Zone::fixed("UTC", 0)
    }

    fn fixed(name: &str, offset: i64) -> Rc<Zone> {
        Rc::new(Zone { name: name.to_owned(), starts: vec![0], offsets: vec![offset], always: true })
    }

    /// The zone of a dtype, if it is one whose clocks are never set: `datetime64[us, UTC+02:00]`.
    pub(crate) fn of_dtype(dtype: &str) -> Option<Rc<Zone>> {
        let (_, name) = dtype.strip_prefix("datetime64[")?.strip_suffix(']')?.split_once(", ")?;
        let rest = name.strip_prefix("UTC")?;
        if rest.is_empty() {
            return Some(Zone::utc());
        }
        let sign = if rest.starts_with('-') { -1 } else { 1 };
        let (hours, minutes) = rest.get(1..)?.split_once(':')?;
        let minutes = hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?;
        Some(Zone::fixed(name, sign * minutes * 60_000_000))
    }

    /// How far the clocks are ahead, if they are never set in the years that are known.
    pub(crate) fn constant(&self) -> Option<i64> {
        if let [only] = self.offsets.as_slice() { Some(*only) } else { None }
    }

    /// The number of the last of some moments that is not behind a value, by halving; the first where there is none.
    fn last_before<'b>(starts: &[i64], value: Val<'b>, name: &str) -> Val<'b> {
        let b = value.builder();
        let count = starts.len();
        let starts = numbers(b, name, starts.to_vec());
        let mut at = b.i64(0);
        let mut step = count.next_power_of_two() as i64 / 2;
        while step > 0 {
            let next = at + step;
            let there = next.lt(count as i64);
            let start = starts.gather(there.select(next, 0_i64), 0);
            at = (there & value.ge(start)).select(next, at);
            step /= 2;
        }
        at
    }

    fn offset<'b>(&self, at: Val<'b>) -> Val<'b> {
        numbers(at.builder(), "offsets", self.offsets.clone()).gather(at, 0)
    }

    /// What the clocks show at an instant. Null stays.
    pub(crate) fn wall<'b>(&self, instant: Val<'b>) -> Val<'b> {
        match self.constant() {
            Some(offset) => instant + offset,
            None => {
                let at = Zone::last_before(&self.starts, instant.or_else(0_i64), "clocks set");
                instant + self.offset(at)
            }
        }
    }

    /// The instant at which the clocks show something, and whether they never do or do so twice.
    fn instant<'b>(&self, wall: Val<'b>) -> (Val<'b>, Val<'b>) {
        let b = wall.builder();
        if let Some(offset) = self.constant() {
            return (wall - offset, b.bool(false));
        }
        // Around each setting of the clocks what they show is skipped or comes twice: from the earlier of the two walls to the later.
        let pairs = || self.starts.iter().zip(&self.offsets).skip(1).zip(&self.offsets);
        let early: Vec<i64> = pairs().map(|((start, after), before)| start + before.min(after)).collect();
        let late: Vec<i64> = pairs().map(|((start, after), before)| start + before.max(after)).collect();
        let mut behind = vec![i64::MIN];
        behind.extend(&late);
        let known = wall.or_else(0_i64);
        let at = Zone::last_before(&behind, known, "clocks run evenly from");
        let mut next = early;
        next.push(i64::MAX);
        let until = numbers(b, "to", next).gather(at, 0);
        (wall - self.offset(at), known.ge(until))
    }
}

/// The zone that a call gave its moments in the recorded run.
fn recorded_zone(replay: &mut Replay<'_, '_>, at: Span) -> Result<Rc<Zone>, Unknown> {
    let seen = replay.log.learnt(at, replay.activation);
    seen.used.set(true);
    let found = seen.value.as_deref().and_then(|value| {
        let Tagged::Dict(pairs) = value.as_tagged()? else { return None };
        let of = |name: &str| pairs.iter().find(|(key, _)| key.as_str() == Some(name)).map(|(_, value)| value);
        let numbers = |name: &str| of(name)?.items()?.iter().map(record::Value::as_int).collect::<Option<Vec<i64>>>();
        let (starts, offsets) = (numbers("starts")?, numbers("offsets")?);
        let name = of("name")?.as_str()?.to_owned();
        let always = name.starts_with("UTC");
        (starts.len() == offsets.len() && !starts.is_empty()).then(|| Rc::new(Zone { name, starts, offsets, always }))
    });
    found.ok_or_else(|| replay.not_recorded(at))
}

/// What a moment is by the clocks beside it. None for what is no moment.
pub(crate) fn wall<'b>(kind: &Kind, val: Val<'b>) -> Option<Val<'b>> {
    match kind {
        Kind::DateTime => Some(val),
        Kind::Zoned(zone) => Some(zone.wall(val)),
        _ => None,
    }
}

/// Whether an instant is outside of the years whose clocks are known.
fn beyond<'b>(replay: &mut Replay<'_, 'b>, zone: &Zone, instant: Val<'b>, at: Span) -> Option<usize> {
    let far = (instant.lt(0_i64) | instant.ge(LAST)).or_else(false);
    let reason = Reason::Invalid(format!("a moment outside of the years 1970 to 2099, for which clocks in {} are not known", zone.name));
    (!zone.always).then(|| replay.guard(far, reason, at))
}

/// The zone that is asked for: none for `None`.
fn wanted<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<Option<Rc<Zone>>, Unknown> {
    let Some(zone) = ["tz", "0"].iter().find_map(|name| call.take(name)) else {
        return Err(replay.unsupported(call.span, format!("`{}` of no zone", call.name)));
    };
    if replay.concrete(&zone) == Some(record::Value::NONE) {
        return Ok(None);
    }
    recorded_zone(replay, call.span).map(Some)
}

/// The same instants by the clocks of another zone; without a zone, what those of UTC show.
fn tz_convert<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let (column, zone) = (column_of(replay, call)?, wanted(replay, call)?);
    let mut own = Guards::new();
    let cell = ops::lift(replay, &[&column.cell], at, |replay, operands| match (&operands[0], &zone) {
        ((Kind::Zoned(_), instant), None) => Ok((Kind::DateTime, *instant)),
        ((Kind::Zoned(_), instant), Some(zone)) => {
            own.extend(beyond(replay, zone, *instant, at));
            Ok((Kind::Zoned(zone.clone()), *instant))
        }
        ((Kind::DateTime, _), _) => Err(Trouble::Raises("TypeError")),
        _ => Err(Trouble::Unsupported("`tz_convert` of this".to_owned())),
    })?;
    Ok(Value::Column(column.with(cell.guarded(&own))))
}

/// Moments without a zone as what the clocks of one show; without a zone, what clocks show as moments without one.
///
/// What clocks never show, or show twice, raises.
fn tz_localize<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let raises = record::Value::Str("raise".to_owned());
    call.only(replay, "ambiguous", std::slice::from_ref(&raises))?;
    call.only(replay, "nonexistent", std::slice::from_ref(&raises))?;
    let (column, zone) = (column_of(replay, call)?, wanted(replay, call)?);
    let mut own = Guards::new();
    let cell = ops::lift(replay, &[&column.cell], at, |replay, operands| match (&operands[0], &zone) {
        ((Kind::DateTime, wall), Some(zone)) => {
            let (instant, unclear) = zone.instant(*wall);
            own.extend(beyond(replay, zone, instant, at));
            let reason = Reason::Invalid(format!("a moment that clocks in {} never show, or show twice", zone.name));
            own.insert(replay.guard(unclear & !wall.is_null(), reason, at));
            Ok((Kind::Zoned(zone.clone()), instant))
        }
        ((kind @ (Kind::DateTime | Kind::Zoned(_)), val), None) => match wall(kind, *val) {
            Some(wall) => Ok((Kind::DateTime, wall)),
            None => Err(Trouble::Raises("TypeError")),
        },
        ((Kind::Zoned(_), _), Some(_)) => Err(Trouble::Raises("TypeError")),
        _ => Err(Trouble::Unsupported("`tz_localize` of this".to_owned())),
    })?;
    Ok(Value::Column(column.with(cell.guarded(&own))))
}
