//! Dates as arithmetic on microseconds: civil fields from days, days from civil fields, and texts of one format read code by code.
//!
//! The proleptic Gregorian calendar, as in Python and pandas. Everything is written with operations that the IR has.

use ir::{Builder, Elem, Literal, Map, Table, Val};

pub(crate) const DAY: i64 = 86_400_000_000;
/// The first and the last microsecond of the years 1 to 9999.
pub(crate) const FIRST: i64 = -62_135_596_800_000_000;
pub(crate) const LAST: i64 = 253_402_300_799_999_999;

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

const FULL_DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const FULL_MONTHS: [&str; 12] =
    ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];

/// Whole days since 1970, and the microseconds of the day.
pub(crate) fn split(micros: Val<'_>) -> (Val<'_>, Val<'_>) {
    (micros.floor_div(DAY), micros.floor_mod(DAY))
}

/// Year, month and day of a day number, by eras of 400 years that begin in March.
pub(crate) fn civil(days: Val<'_>) -> (Val<'_>, Val<'_>, Val<'_>) {
    // 719468 days lie between 0000-03-01 and 1970-01-01; an era has 146097 days.
    let shifted = days + 719_468_i64;
    let era = shifted.floor_div(146_097_i64);
    let of_era = shifted - era * 146_097_i64;
    let year_of_era = (of_era - of_era / 1460_i64 + of_era / 36_524_i64 - of_era / 146_096_i64) / 365_i64;
    let of_year = of_era - (year_of_era * 365_i64 + year_of_era / 4_i64 - year_of_era / 100_i64);
    let march_month = (of_year * 5_i64 + 2_i64) / 153_i64;
    let day = of_year - (march_month * 153_i64 + 2_i64) / 5_i64 + 1_i64;
    let before_year_end = march_month.lt(10_i64);
    let month = before_year_end.select(march_month + 3_i64, march_month - 9_i64);
    let year = year_of_era + era * 400_i64 + before_year_end.select(days.builder().i64(0), 1_i64);
    (year, month, day)
}

/// The day number of a civil date.
pub(crate) fn days<'b>(year: Val<'b>, month: Val<'b>, day: Val<'b>) -> Val<'b> {
    let early = month.le(2_i64);
    let year = early.select(year - 1_i64, year);
    let era = year.floor_div(400_i64);
    let of_era = year - era * 400_i64;
    let march_month = early.select(month + 9_i64, month - 3_i64);
    let of_year = (march_month * 153_i64 + 2_i64) / 5_i64 + day - 1_i64;
    let day_of_era = of_era * 365_i64 + of_era / 4_i64 - of_era / 100_i64 + of_year;
    era * 146_097_i64 + day_of_era - 719_468_i64
}

pub(crate) fn is_leap(year: Val<'_>) -> Val<'_> {
    year.floor_mod(4_i64).eq(0_i64) & (year.floor_mod(100_i64).ne(0_i64) | year.floor_mod(400_i64).eq(0_i64))
}

pub(crate) fn days_in_month<'b>(year: Val<'b>, month: Val<'b>) -> Val<'b> {
    let b = year.builder();
    let short = month.eq(4_i64) | month.eq(6_i64) | month.eq(9_i64) | month.eq(11_i64);
    let february = is_leap(year).select(b.i64(29), 28_i64);
    month.eq(2_i64).select(february, short.select(b.i64(30), 31_i64))
}

/// A text read by a `strptime` format, as microseconds, and whether it has that format and is a date that exists.
///
/// Fields take as many digits as `strptime` lets them (one or two, a year four); nothing may follow. None for a format with a directive
/// that is not read here.
pub(crate) fn parse<'b>(b: &'b Builder, text: Val<'b>, format: &str) -> Option<(Val<'b>, Val<'b>)> {
    let Parsed { micros, valid, offset } = parse_zoned(b, text, format)?;
    offset.is_none().then_some((micros, valid))
}

/// What a text says of a moment.
pub(crate) struct Parsed<'b> {
    /// Microseconds since 1970; of UTC, where the text says how far its clock is ahead.
    pub micros: Val<'b>,
    pub valid: Val<'b>,
    pub offset: Option<Val<'b>>,
}

/// [`parse`], of a format that may end with a time zone: `%z` as `Z`, `+02:00` or `+0200`, ` %Z` as `UTC`.
pub(crate) fn parse_zoned<'b>(b: &'b Builder, text: Val<'b>, format: &str) -> Option<Parsed<'b>> {
    let mut offset = None;
    let mut reader = Reader { text, at: b.i64(0), valid: b.bool(true) };
    let mut fields =
        Fields { year: b.i64(1900), month: b.i64(1), day: b.i64(1), hour: b.i64(0), minute: b.i64(0), second: b.i64(0), micro: b.i64(0) };
    let (mut twelve, mut afternoon) = (None, None);
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            reader.literal(letter);
            continue;
        }
        match letters.next()? {
            'Y' => fields.year = reader.number(4, 4),
            'm' if letters.as_str() == "%d" => {
                (fields.month, fields.day) = reader.month_and_day();
                break;
            }
            'm' => fields.month = reader.number(1, 2),
            'd' => fields.day = reader.number(1, 2),
            'H' => fields.hour = reader.number(1, 2),
            'M' => fields.minute = reader.number(1, 2),
            'S' => fields.second = reader.number(1, 2),
            'f' => fields.micro = reader.fraction(),
            'y' => {
                let short = reader.number(2, 2);
                fields.year = short.lt(69_i64).select(short + 2000_i64, short + 1900_i64);
            }
            // What day of the week it says it is, is not compared with the date.
            'a' => {
                reader.name(b, &FULL_DAYS, Some(3));
            }
            'A' => {
                reader.name(b, &FULL_DAYS, None);
            }
            'b' => fields.month = reader.month_name(b),
            'B' => fields.month = reader.name(b, &FULL_MONTHS, None),
            'I' => {
                let hour = reader.number(1, 2);
                reader.valid = reader.valid & hour.ge(1_i64) & hour.le(12_i64);
                twelve = Some(hour);
            }
            'p' => afternoon = Some(reader.half_of_day()),
            '%' => reader.literal('%'),
            'z' if letters.as_str().is_empty() => offset = Some(reader.ahead()),
            'Z' if letters.as_str().is_empty() => {
                "UTC".chars().for_each(|letter| reader.literal(letter));
                offset = Some(b.i64(0));
            }
            _ => return None,
        }
    }
    // An hour of twelve counts from midnight or from noon; without a word about it from midnight.
    if let Some(twelve) = twelve {
        let later: Val<'b> = afternoon.unwrap_or_else(|| b.bool(false));
        fields.hour = twelve.floor_mod(12_i64) + later.select(b.i64(12), 0_i64);
    }
    let ended = reader.at.eq(text.len());
    let Fields { year, month, day, hour, minute, second, micro } = fields;
    let exists = month.ge(1_i64)
        & month.le(12_i64)
        & day.ge(1_i64)
        & day.le(days_in_month(year, month))
        & hour.lt(24_i64)
        & minute.lt(60_i64)
        & second.lt(60_i64)
        & year.ge(1_i64);
    let of_day = ((hour * 60_i64 + minute) * 60_i64 + second) * 1_000_000_i64 + micro;
    let wall = days(year, month, day) * DAY + of_day;
    Some(Parsed { micros: offset.map_or(wall, |offset| wall - offset), valid: reader.valid & ended & exists, offset })
}

/// A duration as `hours:minutes:seconds`, with a sign and a fraction if they are there, as microseconds; and whether it is one.
///
/// Up to four digits of hours, two of the others, which may pass 59. Source: pandas `to_timedelta`.
pub(crate) fn parse_clock<'b>(b: &'b Builder, text: Val<'b>) -> (Val<'b>, Val<'b>) {
    let negative = text.starts_with("-");
    let signed = negative | text.starts_with("+");
    let mut reader = Reader { text, at: signed.select(b.i64(1), 0_i64), valid: b.bool(true) };
    let hours = reader.number(1, 4);
    reader.literal(':');
    let minutes = reader.number(1, 2);
    reader.literal(':');
    let seconds = reader.number(1, 2);
    let whole = Reader { text, at: reader.at, valid: reader.valid };
    reader.literal('.');
    let fraction = reader.fraction();
    let is_whole = whole.at.eq(text.len()) & whole.valid;
    let is_broken = reader.at.eq(text.len()) & reader.valid;
    let micros = ((hours * 60_i64 + minutes) * 60_i64 + seconds) * 1_000_000_i64 + is_whole.select(b.i64(0), fraction);
    (negative.select(-micros, micros), is_whole | is_broken)
}

struct Fields<'b> {
    year: Val<'b>,
    month: Val<'b>,
    day: Val<'b>,
    hour: Val<'b>,
    minute: Val<'b>,
    second: Val<'b>,
    micro: Val<'b>,
}

/// Reads a text from the left; `valid` says whether all was found so far.
struct Reader<'b> {
    text: Val<'b>,
    at: Val<'b>,
    valid: Val<'b>,
}

impl<'b> Reader<'b> {
    fn literal(&mut self, letter: char) {
        self.valid = self.valid & self.text.code_at(self.at).eq(i64::from(u32::from(letter)));
        self.at = self.at + 1_i64;
    }

    /// `Z`, `+02:00` or `+0200`: how far a clock is ahead of UTC, in microseconds.
    fn ahead(&mut self) -> Val<'b> {
        let b = self.text.builder();
        let rest = self.text.slice_text(self.at, self.text.len());
        let is_utc = rest.eq("Z");
        let (plus, minus) = (rest.starts_with("+"), rest.starts_with("-"));
        let mut inner = Reader { text: rest, at: b.i64(1), valid: plus | minus };
        let hours = inner.number(2, 2);
        inner.at = inner.text.code_at(inner.at).eq(i64::from(u32::from(':'))).select(inner.at + 1_i64, inner.at);
        let minutes = inner.number(2, 2);
        let exists = hours.lt(24_i64) & minutes.lt(60_i64) & inner.at.eq(rest.len());
        let ahead = (hours * 60_i64 + minutes) * 60_000_000_i64;
        self.valid = self.valid & (is_utc | (inner.valid & exists));
        self.at = self.text.len();
        is_utc.select(b.i64(0), minus.select(-ahead, ahead))
    }

    fn digit(&self, at: Val<'b>) -> (Val<'b>, Val<'b>) {
        let code = self.text.code_at(at).cast(Elem::I64);
        (code.ge(48_i64) & code.le(57_i64), code - 48_i64)
    }

    /// A number of `least..=most` digits.
    fn number(&mut self, least: u32, most: u32) -> Val<'b> {
        let b = self.text.builder();
        let mut value = b.i64(0);
        let mut more = b.bool(true);
        for at in 0..most {
            let (is_digit, digit) = self.digit(self.at);
            if at < least {
                self.valid = self.valid & is_digit;
                value = value * 10_i64 + digit;
                self.at = self.at + 1_i64;
            } else {
                more = more & is_digit;
                value = more.select(value * 10_i64 + digit, value);
                self.at = more.select(self.at + 1_i64, self.at);
            }
        }
        value
    }

    /// A month and, right behind it, a day to the end of the text: two to four digits, of which the month takes two where that leaves a day.
    fn month_and_day(&mut self) -> (Val<'b>, Val<'b>) {
        let b = self.text.builder();
        let left = self.text.len() - self.at;
        let digits: Vec<(Val<'b>, Val<'b>)> = (0..4).map(|place| self.digit(self.at + place)).collect();
        let all =
            digits.iter().zip(0..).fold(left.ge(2_i64) & left.le(4_i64), |all, ((is_digit, _), place)| all & (*is_digit | left.le(place)));
        let pair = |at: usize| digits[at].1 * 10_i64 + digits[at + 1].1;
        let wide = pair(0).ge(1_i64) & pair(0).le(12_i64) & digits[2].1.ne(0_i64);
        let month = (left.eq(4_i64) | left.eq(3_i64) & wide).select(pair(0), digits[0].1);
        let day = left.eq(4_i64).select(pair(2), left.eq(3_i64).select(wide.select(digits[2].1, pair(1)), digits[1].1));
        self.valid = self.valid & all;
        self.at = self.text.len();
        (all.select(month, b.i64(1)), all.select(day, b.i64(1)))
    }

    /// The short English name of a month, whatever its case.
    fn month_name(&mut self, b: &'b Builder) -> Val<'b> {
        let name = self.text.slice_text(self.at, self.at + 3_i64);
        let ascii = (0..3).fold(b.bool(true), |held, at| held & self.text.code_at(self.at + at).cast(Elem::I64).lt(128_i64));
        let rows = MONTHS.iter().zip(1..).map(|(name, number)| (vec![Literal::Str((*name).to_owned())], Literal::I64(number))).collect();
        let months = b.table(Table::Map(Map { name: "months".to_owned(), keys: vec![Elem::Str], value: Elem::I64, rows }));
        let month = b.lookup(months, &[name.lower()]);
        self.valid = self.valid & ascii & !month.is_null();
        self.at = self.at + 3_i64;
        month.or_else(1_i64)
    }

    /// The number of the English name, from 1, whatever its case, of which the first `short` letters stand there.
    fn name(&mut self, b: &'b Builder, names: &[&str], short: Option<usize>) -> Val<'b> {
        let mut month = b.i64(1);
        let mut length = b.i64(0);
        for (name, number) in names.iter().zip(1..) {
            let name = &&name[..short.unwrap_or(name.len())];
            let letters = name.len() as i64;
            let held = self.text.slice_text(self.at, self.at + letters).lower_each().eq(*name) & self.is_ascii(letters);
            month = held.select(b.i64(number), month);
            length = held.select(b.i64(letters), length);
        }
        self.valid = self.valid & length.gt(0_i64);
        self.at = self.at + length;
        month
    }

    /// Whether the next code points are ASCII: beyond it other letters have these as their lower case.
    fn is_ascii(&self, count: i64) -> Val<'b> {
        let b = self.text.builder();
        (0..count).fold(b.bool(true), |held, at| held & self.text.code_at(self.at + at).cast(Elem::I64).lt(128_i64))
    }

    /// `AM` or `PM`, whatever its case: whether it is the second.
    fn half_of_day(&mut self) -> Val<'b> {
        let word = self.text.slice_text(self.at, self.at + 2_i64).lower_each();
        let later = word.eq("pm");
        self.valid = self.valid & (later | word.eq("am")) & self.is_ascii(2);
        self.at = self.at + 2_i64;
        later
    }

    /// One to six digits after a point, as microseconds.
    fn fraction(&mut self) -> Val<'b> {
        let b = self.text.builder();
        let mut value = b.i64(0);
        let mut more = b.bool(true);
        for at in 0..6 {
            let (is_digit, digit) = self.digit(self.at);
            if at == 0 {
                self.valid = self.valid & is_digit;
            }
            more = more & is_digit;
            value = value * 10_i64 + more.select(digit, 0_i64);
            self.at = more.select(self.at + 1_i64, self.at);
        }
        value
    }
}

/// Year and week of ISO 8601, and the day of the week from 1 for Monday: a week belongs to the year of its Thursday.
pub(crate) fn iso_week<'b>(b: &'b Builder, day_number: Val<'b>) -> (Val<'b>, Val<'b>, Val<'b>) {
    let weekday = (day_number + 3_i64).floor_mod(7_i64);
    let thursday = day_number - weekday + 3_i64;
    let (year, _, _) = civil(thursday);
    let first = days(year, b.i64(1), b.i64(1));
    (year, (thursday - first) / 7_i64 + 1_i64, weekday + 1_i64)
}

/// A moment written by a `strftime` format, in English. None for a format with a directive that is not written here.
pub(crate) fn write<'b>(b: &'b Builder, micros: Val<'b>, format: &str) -> Option<Val<'b>> {
    let (day_number, of_day) = split(micros);
    let (year, month, day) = civil(day_number);
    let hour = of_day / 3_600_000_000_i64;
    let minute = (of_day / 60_000_000_i64).floor_mod(60_i64);
    let second = (of_day / 1_000_000_i64).floor_mod(60_i64);
    let weekday = (day_number + 3_i64).floor_mod(7_i64);
    let of_year = day_number - days(year, b.i64(1), b.i64(1));
    let padded = |number: Val<'b>, digits: i64| {
        let text = number.decimal();
        b.str("000000").slice_text(0_i64, b.i64(digits) - text.len()).append(text)
    };
    let twelve = (hour + 11_i64).floor_mod(12_i64) + 1_i64;
    let name = |names: &[&str], at: Val<'b>, letters: usize| {
        let capital = |name: &str| format!("{}{}", name[..1].to_uppercase(), &name[1..letters.min(name.len())]);
        let rows = names.iter().zip(0..).map(|(name, at)| (vec![Literal::I64(at)], Literal::Str(capital(name)))).collect();
        b.lookup(b.table(Table::Map(Map { name: "names".to_owned(), keys: vec![Elem::I64], value: Elem::Str, rows })), &[at]).or_else("")
    };
    let mut out = b.str("");
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            out = out.append(letter.to_string().as_str());
            continue;
        }
        out = out.append(match letters.next()? {
            'Y' => padded(year, 4),
            'm' => padded(month, 2),
            'd' => padded(day, 2),
            'H' => padded(hour, 2),
            'I' => padded(twelve, 2),
            'M' => padded(minute, 2),
            'S' => padded(second, 2),
            'f' => padded(of_day.floor_mod(1_000_000_i64), 6),
            'y' => padded(year.floor_mod(100_i64), 2),
            'j' => padded(of_year + 1_i64, 3),
            // Weeks begin on Monday or on Sunday; the days before the first one are in week 0.
            'W' => padded((of_year + 7_i64 - weekday) / 7_i64, 2),
            'U' => padded((of_year + 7_i64 - (weekday + 1_i64).floor_mod(7_i64)) / 7_i64, 2),
            'G' => padded(iso_week(b, day_number).0, 4),
            'V' => padded(iso_week(b, day_number).1, 2),
            'w' => (weekday + 1_i64).floor_mod(7_i64).decimal(),
            'u' => (weekday + 1_i64).decimal(),
            'a' => name(&FULL_DAYS, weekday, 3),
            'A' => name(&FULL_DAYS, weekday, 9),
            'b' => name(&FULL_MONTHS, month - 1_i64, 3),
            'B' => name(&FULL_MONTHS, month - 1_i64, 9),
            'p' => hour.lt(12_i64).select(b.str("AM"), "PM"),
            'F' => padded(year, 4).append("-").append(padded(month, 2)).append("-").append(padded(day, 2)),
            'T' => padded(hour, 2).append(":").append(padded(minute, 2)).append(":").append(padded(second, 2)),
            '%' => b.str("%"),
            _ => return None,
        });
    }
    Some(out)
}

/// A constant date or moment in ISO form, as microseconds.
pub(crate) fn parse_iso(text: &str) -> Option<i64> {
    let (date, time) = match text.split_once(['T', ' ']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let parts: Vec<&str> = date.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return None };
    let number = |text: &str, digits: usize| {
        (text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse::<i64>().ok()).flatten()
    };
    let (year, month, day) = (number(year, 4)?, number(month, 2)?, number(day, 2)?);
    let of_day = match time {
        None => 0,
        Some(time) => {
            let parts: Vec<&str> = time.split(':').collect();
            let (hour, minute, second) = match parts.as_slice() {
                [hour, minute] => (number(hour, 2)?, number(minute, 2)?, 0),
                [hour, minute, second] => (number(hour, 2)?, number(minute, 2)?, number(second, 2)?),
                _ => return None,
            };
            ((hour * 60 + minute) * 60 + second) * 1_000_000
        }
    };
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    Some(days_from_civil(year, month, day) * DAY + of_day)
}

fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The `strptime` format of a text, for the forms that pandas infers and that are unambiguous.
///
/// Where day and month could be either way, the first is the month, or the day if it is said so (`dayfirst`); a first number above twelve is
/// none, for then other rows would be read the other way.
pub(crate) fn guess_format(text: &str, day_first: bool) -> Option<String> {
    let shapes: &[(&str, &str)] = &[
        ("dddd-dd-dd", "%Y-%m-%d"),
        ("dddd-dd-dd dd:dd:dd", "%Y-%m-%d %H:%M:%S"),
        ("dddd-dd-ddTdd:dd:dd", "%Y-%m-%dT%H:%M:%S"),
        ("dddd-dd-dd dd:dd", "%Y-%m-%d %H:%M"),
        ("dddd-dd-ddTdd:dd", "%Y-%m-%dT%H:%M"),
        ("dddd/dd/dd", "%Y/%m/%d"),
        ("dddd/dd/dd dd:dd:dd", "%Y/%m/%d %H:%M:%S"),
        ("dddddddd", "%Y%m%d"),
    ];
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { 'd' } else { c }).collect();
    if let Some((_, format)) = shapes.iter().find(|(known, _)| *known == shape) {
        return Some((*format).to_owned());
    }
    // A date with the year at its end, and a time that may follow.
    let times = [("", ""), (" dd:dd", " %H:%M"), (" dd:dd:dd", " %H:%M:%S")];
    for separator in ['/', '-', '.'] {
        for (time_shape, time_format) in times {
            if shape == format!("dd{separator}dd{separator}dddd{time_shape}") {
                let (first, second): (u32, u32) = (text[..2].parse().ok()?, text[3..5].parse().ok()?);
                // pandas turns the order where the number in the place of the month is none.
                if if day_first { second } else { first } > 12 {
                    return None;
                }
                let date = if day_first { format!("%d{separator}%m{separator}%Y") } else { format!("%m{separator}%d{separator}%Y") };
                return Some(date + time_format);
            }
        }
    }
    let month = |name: &str| FULL_MONTHS.iter().find(|month| name.eq_ignore_ascii_case(month) || name.eq_ignore_ascii_case(&month[..3]));
    // `May` is both the short and the long form.
    let directive = |name: &str| {
        month(name).filter(|month| **month != "may").map(|month| if name.len() == month.len() && name.len() > 3 { "%B" } else { "%b" })
    };
    let day = |text: &str| (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let year = |text: &str| text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    if let [first, second, last] = text.split(' ').collect::<Vec<_>>().as_slice()
        && year(last)
    {
        if let Some(name) = directive(first)
            && second.strip_suffix(',').is_some_and(day)
        {
            return Some(format!("{name} %d, %Y"));
        }
        if let Some(name) = directive(second)
            && day(first)
        {
            return Some(format!("%d {name} %Y"));
        }
    }
    if let [first, second, last] = text.split('-').collect::<Vec<_>>().as_slice()
        && year(last)
        && day(first)
    {
        return directive(second).map(|name| format!("%d-{name}-%Y"));
    }
    None
}
