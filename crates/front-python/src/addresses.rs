//! Addresses in a function on cells: the parts of a URL (`urlsplit`, `urlparse`), its escapes (`unquote`), IPv4 addresses, and how often each
//! letter stands in a text (`Counter`), which measures how odd a host is.
//!
//! What the versions of Python take apart differently (brackets in a host, spaces around a URL), and IPv6, is refused row by row.

#![expect(clippy::wildcard_enum_match_arm, reason = "what is no address has no parts")]

use crate::ops;
use crate::pandas::{letters, pattern};
use crate::regex::{self, Set};
use crate::replay::{Call, On, Replay, Row};
use crate::scan;
use crate::sequence::{self, Item};
use crate::value::{Alternative, Cell, Eval, Kind, Unknown, Value};
use ir::Val;
use source::Span;
use std::rc::Rc;

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Function, "urllib.parse.urlsplit", split),
    Row::new(On::Function, "urllib.parse.urlparse", split),
    Row::new(On::Function, "urllib.parse.parse_qsl", parse_qsl),
    Row::new(On::Function, "urllib.parse.unquote", unquote),
    Row::new(On::Function, "urllib.parse.unquote_plus", unquote),
    Row::new(On::Function, "ipaddress.ip_address", ip_address),
    Row::new(On::Function, "ipaddress.IPv4Address", ip_address),
    Row::new(On::Function, "collections.Counter", counter),
];

/// Letters of a host from here on may be signs that stand for others.
const WELL_KNOWN: u32 = 0x530;

/// What these values are called among the parts of others.
const URL: &str = "split url";
const PARSED: &str = "parsed url";
const IP: &str = "ip address";
const COUNTS: &str = "letter counts";

/// Whether a part of a value is one of these.
pub(crate) fn is_address(part: &str) -> bool {
    matches!(part, URL | PARSED | IP | COUNTS)
}

fn named<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>, part: &str) -> Eval<'b> {
    let of = only(replay, call)?;
    part_of(replay, &of, part, call.span)
}

/// The one argument.
fn only<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let mut given = call.rest();
    match given.pop() {
        Some((_, value)) if given.is_empty() => Ok(value),
        _ => Err(replay.unsupported(call.span, format!("`{}` with these arguments", call.name))),
    }
}

fn part_of<'b>(replay: &mut Replay<'_, 'b>, of: &Value<'b>, part: &str, at: Span) -> Eval<'b> {
    let cell = ops::to_cell(replay, of, None, at)?;
    Ok(Value::Part(Box::new(Value::Cell(cell)), part.to_owned()))
}

fn split<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let whole = named(replay, call, if call.name == "urlparse" { PARSED } else { URL })?;
    let Value::Part(of, part) = whole else { return Ok(whole) };
    let cell = ops::to_cell(replay, &of, None, at)?;
    let text = pattern::the_text(replay, &cell, at)?;
    // Python takes these away, where its version does.
    let odd =
        letters::has(replay, "odd in a url".to_owned(), vec![(9, 10), (13, 13)], text, at)? | text.code_at(0_i64).le(32_i64) & text.ne("");
    sequence::refuse(replay, odd | text.len().gt(scan::LONGEST), "a URL with spaces before it or in it, or too long", at);
    Ok(Value::Part(Box::new(Value::Cell(Cell::new(Kind::Str, text))), part))
}

/// The parts of a URL.
struct Parts<'b> {
    scheme: Val<'b>,
    netloc: Val<'b>,
    path: Val<'b>,
    query: Val<'b>,
    fragment: Val<'b>,
}

/// What stands before a separator and behind it; without it all is before.
fn cut<'b>(text: Val<'b>, separator: &str) -> (Val<'b>, Val<'b>, Val<'b>) {
    let place = text.find(separator);
    let found = place.ge(0_i64);
    let end = found.select(place, text.len());
    (text.slice_text(0_i64, end), found.select(text.slice_text(end + 1_i64, text.len()), ""), found)
}

fn parts<'b>(replay: &mut Replay<'_, 'b>, url: Val<'b>, at: Span) -> Result<Parts<'b>, Unknown> {
    let of_schemes: Set = vec![(43, 43), (45, 46), (48, 57), (65, 90), (97, 122)];
    let (before, behind, found) = cut(url, ":");
    let first = before.code_at(0_i64);
    let begins = first.ge(65_i64) & first.le(90_i64) | first.ge(97_i64) & first.le(122_i64);
    let other = letters::has(replay, "not of a scheme".to_owned(), regex::negated(&of_schemes), before, at)?;
    let is_scheme = found & before.ne("") & begins & !other;
    let scheme = is_scheme.select(before.lower_each(), "");
    let rest = is_scheme.select(behind, url);
    let has_netloc = rest.starts_with("//");
    let tail = rest.slice_text(2_i64, rest.len());
    let end = ["/", "?", "#"].iter().fold(tail.len(), |end, mark| {
        let place = tail.find(*mark);
        (place.ge(0_i64) & place.lt(end)).select(place, end)
    });
    let netloc = has_netloc.select(tail.slice_text(0_i64, end), "");
    let rest = has_netloc.select(tail.slice_text(end, tail.len()), rest);
    // Signs that stand for a slash or a colon are among the later ones.
    let far = letters::has(replay, "beyond Cyrillic".to_owned(), vec![(WELL_KNOWN, regex::LAST)], netloc, at)?;
    let bracket = netloc.contains("[") | netloc.contains("]");
    sequence::refuse(replay, far | bracket, "a host with brackets, or with letters beyond Latin, Greek and Cyrillic", at);
    let (rest, fragment, _) = cut(rest, "#");
    let (path, query, _) = cut(rest, "?");
    Ok(Parts { scheme, netloc, path, query, fragment })
}

/// A text that is None on the other rows.
fn or_none<'b>(replay: &Replay<'_, 'b>, there: Val<'b>, kind: Kind, val: Val<'b>) -> Value<'b> {
    let none = Alternative { when: Some(!there), kind: Kind::Missing, val: replay.b.bool(false) };
    Value::Cell(Cell { alternatives: vec![none, Alternative { when: None, kind, val }], guards: Default::default() })
}

/// An attribute of a split URL or of an address; a method before its call.
pub(crate) fn attribute<'b>(replay: &mut Replay<'_, 'b>, of: &Value<'b>, part: &str, name: &str, at: Span) -> Eval<'b> {
    let Value::Part(inner, _) = of else { return Err(replay.unsupported(at, format!("`.{name}` of this"))) };
    let cell = ops::to_cell(replay, inner, None, at)?;
    match (part, cell.single()) {
        (PARSED, Some((Kind::Str, url))) if matches!(name, "path" | "params") => {
            // What stands behind a `;` of the last part of a path are its parameters, with some schemes.
            let path = parts(replay, url, at)?.path;
            sequence::refuse(replay, path.contains(";"), "a path with parameters", at);
            Ok(Value::Cell(Cell::new(Kind::Str, if name == "path" { path } else { replay.b.str("") })))
        }
        (URL | PARSED, Some((Kind::Str, url))) => url_attribute(replay, url, name, at),
        (IP, Some((Kind::Int(_), address))) => ip_attribute(replay, address, name, at),
        _ => Ok(Value::Method(Box::new(of.clone()), name.to_owned())),
    }
}

fn url_attribute<'b>(replay: &mut Replay<'_, 'b>, url: Val<'b>, name: &str, at: Span) -> Eval<'b> {
    let parts = parts(replay, url, at)?;
    let text = |val: Val<'b>| Ok(Value::Cell(Cell::new(Kind::Str, val)));
    match name {
        "scheme" => return text(parts.scheme),
        "netloc" => return text(parts.netloc),
        "path" => return text(parts.path),
        "query" => return text(parts.query),
        "fragment" => return text(parts.fragment),
        _ => {}
    }
    // What stands before the last `@` says who asks.
    let marks = parts.netloc.len() - parts.netloc.replace("@", "").len();
    sequence::refuse(replay, marks.gt(1_i64), "a host behind several @", at);
    let (user, behind, has_user) = cut(parts.netloc, "@");
    let host = has_user.select(behind, parts.netloc);
    match name {
        "username" => Ok(or_none(replay, has_user, Kind::Str, cut(user, ":").0)),
        "password" => {
            let (_, password, given) = cut(user, ":");
            Ok(or_none(replay, has_user & given, Kind::Str, password))
        }
        "hostname" => {
            let odd = host.contains("%") | host.contains("\u{3a3}");
            sequence::refuse(replay, odd, "a host with a zone, or a capital sigma", at);
            let host = cut(host, ":").0;
            Ok(or_none(replay, host.ne(""), Kind::Str, host.lower()))
        }
        "port" => {
            let port = cut(host, ":").1;
            let given = port.ne("");
            let other = letters::has(replay, "no digit".to_owned(), regex::negated(&vec![(48, 57)]), port, at)?;
            let read = crate::numbers::parse_int(replay.b, port, 10);
            let value = read.value;
            let wrong = given & (other | read.overlong | !read.valid | value.gt(65_535_i64));
            replay.raise_here(wrong, "ValueError", at);
            Ok(or_none(replay, given, Kind::INT, value))
        }
        _ => Err(replay.unsupported(at, format!("`.{name}` of a split URL"))),
    }
}

/// `unquote(text)`: each escape of an ASCII letter becomes it. Others are of several bytes, and refused.
fn unquote<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let plus = call.name == "unquote_plus";
    let Some(value) = ["string", "0"].iter().find_map(|name| call.take(name)) else {
        return Err(replay.unsupported(at, "`unquote` of nothing"));
    };
    let cell = ops::to_cell(replay, &value, None, at)?;
    let text = pattern::the_text(replay, &cell, at)?;
    let text = without_escapes(replay, if plus { text.replace("+", " ") } else { text }, at)?;
    Ok(Value::Cell(Cell::new(Kind::Str, text)))
}

fn without_escapes<'b>(replay: &mut Replay<'_, 'b>, text: Val<'b>, at: Span) -> Result<Val<'b>, Unknown> {
    let digits: Set = vec![(48, 57), (65, 70), (97, 102)];
    let of_bytes = vec![vec![(37, 37)], vec![(56, 57), (65, 70), (97, 102)], digits];
    let bytes = letters::has_run(replay, "escape of a byte".to_owned(), of_bytes, text, at)?;
    sequence::refuse(replay, bytes | text.len().gt(scan::LONGEST), "an escape of letters beyond ASCII, or too long a text", at);
    let made = pattern::function(replay, "unquoted".to_owned(), scan::unquoted);
    let Some(made) = made else { return Err(replay.unsupported(at, "`unquote`")) };
    Ok(replay.b.call(made, &[text], 0))
}

/// `parse_qsl(query)`: the names and values between `&`; what has no value is left out.
fn parse_qsl<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let query = only(replay, call)?;
    let cell = ops::to_cell(replay, &query, None, at)?;
    let text = pattern::the_text(replay, &cell, at)?;
    let mark = replay.known(crate::record::Value::Str("&".to_owned()));
    let whole = Value::Method(Box::new(Value::Cell(Cell::new(Kind::Str, text))), "split".to_owned());
    let pieces = replay.apply(whole, None, vec![mark], Vec::new(), at)?;
    let Some(pieces) = sequence::of(replay, &pieces, at)? else { return Err(replay.unsupported(at, "`parse_qsl` of this")) };
    let mut out = Vec::new();
    for piece in pieces.iter() {
        let cell = ops::to_cell(replay, &piece.value, None, at)?;
        let pair = pattern::the_text(replay, &cell, at)?;
        let (name, value, _) = cut(pair, "=");
        let there = piece.there & value.ne("");
        let parts = replay.when_reached(there, |replay| {
            [name, value].into_iter().map(|part| without_escapes(replay, part.replace("+", " "), at)).collect::<Result<Vec<_>, _>>()
        })?;
        let parts = parts.into_iter().map(|part| Value::Cell(Cell::new(Kind::Str, part))).collect();
        out.push(Item { there, value: Value::Tuple(parts) });
    }
    Ok(Value::Sequence(Rc::new(out)))
}

/// `ipaddress.ip_address(text)`: four numbers to 255 with points between them, without zeros before them. Anything else raises.
fn ip_address<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let whole = named(replay, call, IP)?;
    let Value::Part(of, part) = whole else { return Ok(whole) };
    let cell = ops::to_cell(replay, &of, None, at)?;
    let text = ops::lift(replay, &[&cell], at, |_, operands| match &operands[0] {
        (Kind::Str, val) => Ok((Kind::Str, val.or_else(""))),
        (Kind::Float | Kind::Missing, _) => Err(ops::Trouble::Raises("ValueError")),
        _ => Err(ops::Trouble::Unsupported("an address that is no text".to_owned())),
    })?;
    let Some((Kind::Str, text)) = text.single() else { return Err(replay.unsupported(at, "an address of this")) };
    if call.name == "ip_address" {
        sequence::refuse(replay, text.contains(":"), "an address of IPv6", at);
    }
    let b = replay.b;
    let (mut rest, mut valid, mut address) = (text, text.len().le(15_i64), b.i64(0));
    for number in 0..4 {
        let (octet, behind, more) = cut(rest, ".");
        valid = valid & if number < 3 { more } else { !more };
        let (mut value, mut digits) = (b.i64(0), b.bool(true));
        for place in 0..3_i64 {
            let code = octet.code_at(place).cast(ir::Elem::I64);
            let there = octet.len().gt(place);
            digits = digits & (!there | code.ge(48_i64) & code.le(57_i64));
            value = there.select(value * 10_i64 + code - 48_i64, value);
        }
        let zero = octet.len().gt(1_i64) & octet.starts_with("0");
        valid = valid & digits & octet.ne("") & octet.len().le(3_i64) & !zero & value.le(255_i64);
        address = address * 256_i64 + value;
        rest = behind;
    }
    replay.raise_here(!valid, "ValueError", at);
    let address = valid.select(address, 0_i64);
    Ok(Value::Part(Box::new(Value::Cell(Cell::new(Kind::INT, address))), part))
}

/// Networks that are private in every version of Python: the first address, and the number of the others.
const PRIVATE: &[([i64; 4], i64)] = &[
    ([0, 0, 0, 0], 0xff_ffff),
    ([10, 0, 0, 0], 0xff_ffff),
    ([127, 0, 0, 0], 0xff_ffff),
    ([169, 254, 0, 0], 0xffff),
    ([172, 16, 0, 0], 0xf_ffff),
    ([192, 0, 2, 0], 0xff),
    ([192, 168, 0, 0], 0xffff),
    ([198, 18, 0, 0], 0x1_ffff),
    ([198, 51, 100, 0], 0xff),
    ([203, 0, 113, 0], 0xff),
    ([240, 0, 0, 0], 0xfff_ffff),
];

fn within<'b>(address: Val<'b>, (first, others): &([i64; 4], i64)) -> Val<'b> {
    let first = first.iter().fold(0, |all, one| all * 256 + one);
    address.ge(first) & address.le(first + others)
}

fn ip_attribute<'b>(replay: &mut Replay<'_, 'b>, address: Val<'b>, name: &str, at: Span) -> Eval<'b> {
    let holds = match name {
        "is_private" => {
            // Of 192.0.0.0/24 the versions of Python count more or less.
            sequence::refuse(replay, within(address, &([192, 0, 0, 0], 0xff)), "an address of 192.0.0.0/24", at);
            PRIVATE.iter().fold(replay.b.bool(false), |any, network| any | within(address, network))
        }
        "is_loopback" => within(address, &([127, 0, 0, 0], 0xff_ffff)),
        "is_multicast" => within(address, &([224, 0, 0, 0], 0xfff_ffff)),
        "is_link_local" => within(address, &([169, 254, 0, 0], 0xffff)),
        "is_reserved" => within(address, &([240, 0, 0, 0], 0xfff_ffff)),
        "is_unspecified" => address.eq(0_i64),
        "version" => return Ok(replay.known(crate::record::Value::Int(4))),
        _ => return Err(replay.unsupported(at, format!("`.{name}` of an address"))),
    };
    Ok(Value::Cell(Cell::new(Kind::Bool, holds)))
}

/// `int(address)`. None for anything else.
pub(crate) fn number<'b>(value: &Value<'b>) -> Option<Value<'b>> {
    match value {
        Value::Part(of, part) if part == IP => Some((**of).clone()),
        _ => None,
    }
}

/// `Counter(text)`, and `Counter(items)` of a list of the row.
fn counter<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    match only(replay, call)? {
        of @ (Value::Sequence(_) | Value::Pieces(_) | Value::List(_)) => {
            let items = sequence::of(replay, &of, call.span)?.unwrap_or_default();
            crate::row_dicts::counter(replay, &items, call.span)
        }
        Value::Cell(cell) if cell.alternatives.iter().all(|one| one.kind.is_number() || one.kind == Kind::Missing) => {
            // A number has no items to count.
            let always = replay.b.bool(true);
            replay.raise_here(always, "TypeError", call.span);
            crate::row_dicts::counter(replay, &[], call.span)
        }
        of => part_of(replay, &of, COUNTS, call.span),
    }
}

/// `values()` and `items()` of such a counter: each letter where it first stands.
pub(crate) fn method<'b>(replay: &mut Replay<'_, 'b>, of: &Value<'b>, name: &str, at: Span) -> Eval<'b> {
    let Value::Part(inner, part) = of else { return Err(replay.unsupported(at, format!("`.{name}()` of this"))) };
    if part != COUNTS || !matches!(name, "values" | "items" | "keys") {
        return Err(replay.unsupported(at, format!("`.{name}()` of this")));
    }
    let cell = ops::to_cell(replay, inner, None, at)?;
    let text = pattern::the_text(replay, &cell, at)?;
    let whole = Value::Cell(Cell::new(Kind::Str, text));
    let Some(letters) = sequence::of(replay, &whole, at)? else { return Err(replay.unsupported(at, "the letters of this")) };
    let mut out = Vec::new();
    for (place, item) in (0_i64..).zip(letters.iter()) {
        let letter = ops::to_cell(replay, &item.value, None, at)?;
        let Some((Kind::Str, letter)) = letter.single() else { return Err(replay.unsupported(at, "the letters of this")) };
        let count = Value::Cell(Cell::new(Kind::INT, text.len() - text.replace(letter, "").len()));
        let value = match name {
            "values" => count,
            "keys" => item.value.clone(),
            _ => Value::Tuple(vec![item.value.clone(), count]),
        };
        out.push(Item { there: item.there & text.find(letter).eq(place), value });
    }
    Ok(Value::Sequence(Rc::new(out)))
}
