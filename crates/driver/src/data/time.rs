//! Dates and times as ISO 8601 text, and back.
//!
//! A date is days since 1970-01-01, a datetime microseconds since then, both without a time zone, in the proleptic Gregorian calendar. Text
//! covers the years 0000 to 9999; what lies outside is written as the bare number, which every reader here takes too.

/// Microseconds of a day.
pub(super) const DAY: i64 = 86_400_000_000;

/// Days since 1970-01-01 of `2024-01-31`. A time of day is taken if it is midnight.
pub(super) fn date(text: &str) -> Result<i64, &'static str> {
    let micros = datetime(text)?;
    if micros.rem_euclid(DAY) == 0 { Ok(micros.div_euclid(DAY)) } else { Err("it has a time of day") }
}

/// Microseconds since 1970-01-01 of `2024-01-31`, `2024-01-31 10:00` or `2024-01-31T10:00:00.25`.
///
/// Digits beyond microseconds have to be zero. Errors: no such day or time, a time zone, another form.
pub(super) fn datetime(text: &str) -> Result<i64, &'static str> {
    const FORM: &str = "a date reads 2024-01-31, a time 2024-01-31 10:00:00";
    let (day, time) = match text.split_once(['T', ' ']) {
        Some((day, time)) => (day, Some(time)),
        None => (text, None),
    };
    let [year, month, day] = fields(day, '-', [4, 2, 2]).ok_or(FORM)?;
    if !(1..=12).contains(&month) || day < 1 || day > month_length(year, month) {
        return Err("the calendar has no such day");
    }
    let of_day = match time {
        Some(time) if time.ends_with(['Z', 'z']) || time.contains(['+', '-']) => {
            return Err("it has a time zone, which the column has not");
        }
        Some(time) => time_of_day(time).ok_or(FORM)??,
        None => 0,
    };
    Ok(days(year, month, day) * DAY + of_day)
}

/// Microseconds since midnight; nothing if the text has another form.
fn time_of_day(text: &str) -> Option<Result<i64, &'static str>> {
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, fraction)| (whole, Some(fraction)));
    let [hour, minute, second] = match (fields(whole, ':', [2, 2, 2]), fields(whole, ':', [2, 2])) {
        (Some(fields), _) => fields,
        (None, Some([hour, minute])) if fraction.is_none() => [hour, minute, 0],
        (None, _) => return None,
    };
    let fraction = match fraction {
        Some(digits) => {
            let known = digits.get(..digits.len().min(6))?;
            if known.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            if digits[known.len()..].bytes().any(|byte| byte != b'0') {
                return Some(Err("it is finer than a microsecond"));
            }
            format!("{known:0<6}").parse().ok()?
        }
        None => 0,
    };
    if hour > 23 || minute > 59 || second > 59 {
        return Some(Err("the day has no such time"));
    }
    Some(Ok(((hour * 60 + minute) * 60 + second) * 1_000_000 + fraction))
}

/// Numbers of exactly so many digits, parted by a character.
fn fields<const COUNT: usize>(text: &str, part: char, widths: [usize; COUNT]) -> Option<[i64; COUNT]> {
    let mut parts = text.split(part);
    let mut fields = [0; COUNT];
    for (field, width) in fields.iter_mut().zip(widths) {
        let digits = parts.next().filter(|part| part.len() == width && part.bytes().all(|byte| byte.is_ascii_digit()))?;
        *field = digits.parse().ok()?;
    }
    parts.next().is_none().then_some(fields)
}

/// `2024-01-31`
pub(super) fn date_text(days: i64) -> String {
    civil(days).map_or_else(|| days.to_string(), |(year, month, day)| format!("{year:04}-{month:02}-{day:02}"))
}

/// `2024-01-31 10:00:00`, with the fraction in three or six digits if there is one, as pandas writes it.
pub(super) fn datetime_text(micros: i64) -> String {
    let Some((year, month, day)) = civil(micros.div_euclid(DAY)) else { return micros.to_string() };
    let of_day = micros.rem_euclid(DAY);
    let (seconds, fraction) = (of_day / 1_000_000, of_day % 1_000_000);
    let fraction = match fraction {
        0 => String::new(),
        _ if fraction % 1000 == 0 => format!(".{:03}", fraction / 1000),
        _ => format!(".{fraction:06}"),
    };
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02}{fraction}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

fn month_length(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01. Years are counted from March, so that the day that leap years add is the last of a year; an era of 400 years
/// has 146097 days, and 719468 of them lie between 0000-03-01 and 1970-01-01.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Year, month and day; nothing outside the years 0000 to 9999. The reverse of [`days`].
fn civil(days: i64) -> Option<(i64, i64, i64)> {
    let shifted = days.checked_add(719_468)?;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    (0..=9999).contains(&year).then_some((year, month, day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_ten_thousand_years_read_back() {
        let (first, last) = (days(0, 1, 1), days(9999, 12, 31));
        for day in (first..=last).step_by(37) {
            assert_eq!(date(&date_text(day)), Ok(day));
        }
        assert_eq!(date_text(first), "0000-01-01");
        assert_eq!(date_text(first - 1), (first - 1).to_string());
        assert_eq!(date_text(last + 1), (last + 1).to_string());
        assert_eq!(date_text(i64::MAX), i64::MAX.to_string());
    }

    #[test]
    fn times_have_the_fewest_digits() {
        for (text, micros) in [
            ("1970-01-01 00:00:00", 0),
            ("1969-12-31 23:59:59.999999", -1),
            ("2024-02-29 10:00:00.250", 19_782 * DAY + 36_000_250_000),
            ("2024-02-29 10:00:00.000001", 19_782 * DAY + 36_000_000_001),
        ] {
            assert_eq!(datetime(text), Ok(micros));
            assert_eq!(datetime_text(micros), text);
        }
        assert_eq!(datetime("2024-02-29T10:00:00.25"), datetime("2024-02-29 10:00:00.250000000"));
        assert_eq!(datetime("2024-02-29 10:00"), datetime("2024-02-29T10:00:00"));
        assert_eq!(date("2024-02-29 00:00:00"), Ok(19_782));
    }

    #[test]
    fn what_is_no_date_says_why() {
        for (text, why) in [
            ("2023-02-29", "the calendar has no such day"),
            ("1900-02-29", "the calendar has no such day"),
            ("2024-13-01", "the calendar has no such day"),
            ("2024-01-31 24:00:00", "the day has no such time"),
            ("2024-01-31 10:00:00.1234567", "it is finer than a microsecond"),
            ("2024-01-31T10:00:00Z", "it has a time zone, which the column has not"),
            ("2024-01-31 10:00:00+01:00", "it has a time zone, which the column has not"),
        ] {
            assert_eq!(datetime(text), Err(why), "{text}");
        }
        for text in [
            "",
            "31.01.2024",
            "2024-1-31",
            "+024-01-31",
            "2024-01-31 ",
            "2024-01-31 10",
            "2024-01-31 10:00.5",
            "2024-01-31 10:00:00.",
            "2024-01-31 10:00:00.é",
        ] {
            assert!(datetime(text).is_err_and(|why| why.starts_with("a date reads")), "{text}");
        }
        assert_eq!(date("2024-01-31 00:00:01"), Err("it has a time of day"));
    }
}
