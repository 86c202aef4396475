//! `.str` on columns, and methods of texts in functions on cells.

#![expect(clippy::wildcard_enum_match_arm, reason = "what a construct does not take is refused, whatever it is")]

use crate::ops::{self, Trouble};
use crate::record::{self, Tagged};
use crate::replay::{Call, On, Replay, Row};
use crate::value::{Alternative, Cell, Column, Eval, Kind, Unknown, Value};
use ir::{Elem, Reason, Val};
use source::Span;

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Text, "lower", lower),
    Row::new(On::Text, "upper", upper),
    Row::new(On::Text, "strip", strip),
    Row::new(On::Text, "lstrip", strip),
    Row::new(On::Text, "rstrip", strip),
    Row::new(On::Text, "len", len),
    Row::new(On::Text, "replace", replace),
    Row::new(On::Text, "contains", contains),
    Row::new(On::Text, "startswith", contains),
    Row::new(On::Text, "endswith", contains),
    Row::new(On::Text, "slice", slice_method),
    Row::new(On::Text, "get", get),
    Row::new(On::Text, "cat", cat),
    Row::new(On::Text, "zfill", zfill),
    Row::new(On::Text, "pad", pad),
    Row::new(On::Text, "ljust", pad),
    Row::new(On::Text, "rjust", pad),
    Row::new(On::Text, "count", count),
    Row::new(On::Text, "find", find),
    Row::new(On::Cell, "lower", lower),
    Row::new(On::Cell, "upper", upper),
    Row::new(On::Cell, "strip", strip),
    Row::new(On::Cell, "lstrip", strip),
    Row::new(On::Cell, "rstrip", strip),
    Row::new(On::Cell, "replace", replace),
    Row::new(On::Cell, "startswith", contains),
    Row::new(On::Cell, "endswith", contains),
    Row::new(On::Cell, "find", find),
    Row::new(On::Cell, "zfill", zfill),
    Row::new(On::Cell, "ljust", pad),
    Row::new(On::Cell, "rjust", pad),
    Row::new(On::Cell, "center", pad),
    Row::new(On::Cell, "count", count),
    Row::new(On::Cell, "get", dict_get),
    Row::new(On::Text, "removeprefix", remove_end),
    Row::new(On::Text, "removesuffix", remove_end),
    Row::new(On::Text, "partition", partition),
    Row::new(On::Cell, "removeprefix", remove_end),
    Row::new(On::Cell, "removesuffix", remove_end),
    Row::new(On::Cell, "partition", partition),
    Row::new(On::Cell, "index", index),
    Row::new(On::Cell, "rfind", find_last),
    Row::new(On::Cell, "rindex", index),
    Row::new(On::Text, "rfind", find_last),
    Row::new(On::Cell, "join", join),
];

/// The text that a method is called on: a cell, or the column behind `.str`.
pub(super) fn subject<'b>(replay: &mut Replay<'_, 'b>, call: &Call<'b>) -> Result<(Cell<'b>, Option<Column<'b>>), Unknown> {
    match &call.receiver {
        Value::Texts(column, _) => Ok((column.cell.clone(), Some(column.clone()))),
        Value::Cell(cell) => Ok((cell.clone(), None)),
        value => ops::to_cell(replay, value, None, call.span).map(|cell| (cell, None)),
    }
}

fn done<'b>(cell: Cell<'b>, like: Option<Column<'b>>) -> Value<'b> {
    match like {
        Some(column) => Value::Column(column.with(cell)),
        None => Value::Cell(cell),
    }
}

/// Applies a function to texts. On columns what is not a text becomes missing; in functions on cells its method does not exist.
pub(super) fn on_text<'b>(
    replay: &mut Replay<'_, 'b>,
    call: &Call<'b>,
    apply: impl Fn(&Replay<'_, 'b>, Val<'b>) -> (Kind, Val<'b>),
) -> Eval<'b> {
    let (cell, like) = subject(replay, call)?;
    let on_column = like.is_some();
    let cell = ops::lift(replay, &[&cell], call.span, |replay, operands| match &operands[0] {
        (Kind::Str, val) => Ok(apply(replay, *val)),
        (Kind::Category(categories), code) => match super::category_values(replay, categories, *code) {
            Some((Kind::Str, val)) => Ok(apply(replay, val)),
            _ => Err(Trouble::Raises("AttributeError")),
        },
        _ if on_column => Err(Trouble::Unsupported("`.str` on a column that is not of texts".to_owned())),
        _ => Err(Trouble::Raises("AttributeError")),
    })?;
    Ok(done(cell, like))
}

/// What maps the letters of a text to another case. The two agree on ASCII and on most letters, not on all.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Letters {
    /// pyarrow: one code point to one, Unicode 17. Measured with pyarrow 26 over all code points; an earlier one has an earlier Unicode
    /// and leaves the youngest letters as they are.
    Each,
    /// Python's `str`: one code point to several, and a final sigma. Unicode 14, which is Python 3.11's; another Python differs on the
    /// letters that got a case between its Unicode and that one.
    Full,
    /// The record does not say: it is an older one, or a library called the function around it once with these and once with those.
    Unclear,
}

fn letters(call: &Call<'_>) -> Letters {
    match &call.receiver {
        Value::Texts(_, seen) => match seen.tagged() {
            Some(Tagged::Texts(record::Texts::Pyarrow)) => Letters::Each,
            Some(Tagged::Texts(record::Texts::Python | record::Texts::Object)) => Letters::Full,
            _ => Letters::Unclear,
        },
        _ => Letters::Full,
    }
}

/// Python's form of a lower-case sigma depends on the word around it, which is not looked at: such a row is refused.
fn lower<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let letters = letters(call);
    let value = on_text(replay, call, |_, val| (Kind::Str, if letters == Letters::Each { val.lower_each() } else { val.lower() }))?;
    match letters {
        Letters::Each => Ok(value),
        Letters::Full => {
            refusing(replay, call, value, ["a capital sigma", "whose lower case depends on the word"], |text| text.contains("Σ"))
        }
        Letters::Unclear => refusing(replay, call, value, UNCLEAR, |text| text.lower().len().ne(text.len())),
    }
}

fn upper<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let letters = letters(call);
    let value = on_text(replay, call, |_, val| (Kind::Str, if letters == Letters::Each { val.upper_each() } else { val.upper() }))?;
    match letters {
        Letters::Each | Letters::Full => Ok(value),
        Letters::Unclear => refusing(replay, call, value, UNCLEAR, |text| text.upper().len().ne(text.len())),
    }
}

const UNCLEAR: [&str; 2] = ["a letter", "whose case depends on the library"];

/// The value without the rows whose text has something that the method is not certain about.
fn refusing<'b>(
    replay: &mut Replay<'_, 'b>,
    call: &Call<'b>,
    value: Value<'b>,
    [what, why]: [&str; 2],
    has: impl Fn(Val<'b>) -> Val<'b>,
) -> Eval<'b> {
    let (cell, like) = subject(replay, call)?;
    let mut own = crate::value::Guards::new();
    for one in &cell.alternatives {
        let text = match &one.kind {
            Kind::Str => one.val,
            Kind::Category(categories) => match super::category_values(replay, categories, one.val) {
                Some((Kind::Str, text)) => text,
                _ => continue,
            },
            _ => continue,
        };
        let found = has(text);
        let when = one.when.map_or(found, |when| when & found);
        let within = like.as_ref().and_then(|column| column.name.as_ref()).map_or(String::new(), |name| format!(" in {name}"));
        own.insert(replay.guard(when, Reason::Invalid(format!("{what}{within} {why}")), call.span));
    }
    Ok(match value {
        Value::Column(column) => {
            let cell = column.cell.clone().guarded(&own);
            Value::Column(column.with(cell))
        }
        Value::Cell(cell) => Value::Cell(cell.guarded(&own)),
        value => value,
    })
}

fn strip<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let characters = call.text(replay, "to_strip")?.or(call.text(replay, "chars")?);
    let side = call.name.clone();
    if let Some(characters) = characters {
        return strip_characters(replay, call, &characters, &side);
    }
    on_text(replay, call, |_, val| {
        let val = match side.as_str() {
            "lstrip" => val.lstrip(),
            "rstrip" => val.rstrip(),
            _ => val.strip(),
        };
        (Kind::Str, val)
    })
}

/// At most this many given characters are stripped from each end; a text with more is refused by a guard.
const MOST_STRIPPED: usize = 16;

fn strip_characters<'b>(replay: &mut Replay<'_, 'b>, call: &Call<'b>, characters: &str, side: &str) -> Eval<'b> {
    let codes: Vec<i64> = characters.chars().map(|c| i64::from(u32::from(c))).collect();
    let is_one = |replay: &Replay<'_, 'b>, code: Val<'b>| codes.iter().fold(replay.b.bool(false), |held, one| held | code.eq(*one));
    let over = std::cell::RefCell::new(Vec::new());
    let result = on_text(replay, call, |replay, val| {
        let mut val = val;
        for _ in 0..MOST_STRIPPED {
            if side != "rstrip" {
                val = is_one(replay, val.code_at(0_i64)).select(val.slice_text(1_i64, val.len()), val);
            }
            if side != "lstrip" {
                let last = val.len() - 1_i64;
                val = is_one(replay, val.code_at(last)).select(val.slice_text(0_i64, last), val);
            }
        }
        let more = |at: Val<'b>| is_one(replay, val.code_at(at)).or_else(false);
        let more = match side {
            "lstrip" => more(replay.b.i64(0)),
            "rstrip" => more(val.len() - 1_i64),
            _ => more(replay.b.i64(0)) | more(val.len() - 1_i64),
        };
        over.borrow_mut().push(more);
        (Kind::Str, val)
    })?;
    let guards: Vec<usize> = over
        .into_inner()
        .into_iter()
        .map(|when| {
            replay.guard(when, ir::Reason::Invalid(format!("too many characters to strip at {}", replay.place_name(call.span))), call.span)
        })
        .collect();
    let guards = guards.into_iter().collect();
    Ok(match result {
        Value::Column(column) => {
            let cell = column.cell.clone().guarded(&guards);
            Value::Column(column.with(cell))
        }
        Value::Cell(cell) => {
            if let Some(frame) = replay.cells.last_mut() {
                frame.guards.extend(&guards);
            }
            Value::Cell(cell)
        }
        other => other,
    })
}

/// The length in code points; of a missing text missing, so the column is one of floats.
fn len<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    if let Value::Texts(column, _) = &call.receiver
        && let Some((Kind::Document, val)) = column.cell.single()
    {
        let cell = Cell::new(Kind::INT, crate::literals::len(val)).guarded(&column.cell.guards);
        return Ok(Value::Column(column.with(cell)));
    }
    on_text(replay, call, |_, val| count_of(val, val.len()))
}

/// A count over texts: integers where every text is there, floats where one may be missing.
pub(super) fn count_of<'b>(text: Val<'b>, count: Val<'b>) -> (Kind, Val<'b>) {
    if text.is_nullable() { (Kind::Float, count.cast(ir::Elem::F64).or_else(f64::NAN)) } else { (Kind::INT, count) }
}

pub(super) const SPECIAL: &str = r"\.^$*+?{}[]|()";

fn replace<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let old = call.text(replay, "pat")?.or(call.text(replay, "old")?);
    let new = call.text(replay, "repl")?.or(call.text(replay, "new")?);
    let regex = call.flag(replay, "regex", false)?;
    let case = call.flag(replay, "case", true)?;
    call.only(replay, "n", &[record::Value::Int(-1)])?;
    let (Some(old), Some(new)) = (old, new) else { return Err(replay.unsupported(call.span, "`replace` with computed texts")) };
    let flags = super::pattern::flags_of(replay, call)? | if case { 0 } else { crate::regex::IGNORE_CASE };
    let special = flags != 0 || old.contains(|c| SPECIAL.contains(c)) || new.contains('\\');
    if let (Value::Texts(column, _), true) = (&call.receiver, regex && special) {
        return super::pattern::replace(replay, &column.clone(), (&old, flags), &new, call.span);
    }
    if regex && special || flags != 0 {
        return regex_refused(replay, call.span, &old);
    }
    if old.is_empty() {
        return Err(replay.unsupported(call.span, "`replace` of the empty text"));
    }
    if let Some(times) = call.int(replay, "count")?.filter(|times| *times >= 0) {
        if times > MOST_REPLACED {
            return Err(replay.unsupported(call.span, "`replace` of so many"));
        }
        return on_text(replay, call, |_, val| (Kind::Str, first_replaced(val, &old, &new, times)));
    }
    on_text(replay, call, |_, val| (Kind::Str, val.replace(old.as_str(), new.as_str())))
}

/// Places that `replace` with a count changes at most.
const MOST_REPLACED: i64 = 8;

/// The first `times` places of a part, from the left.
fn first_replaced<'b>(text: Val<'b>, old: &str, new: &str, times: i64) -> Val<'b> {
    let width = old.chars().count() as i64;
    let (mut done, mut rest) = (text.builder().str(""), text);
    for _ in 0..times {
        let at = rest.find(old);
        let there = at.ge(0_i64);
        done = there.select(done.append(rest.slice_text(0_i64, at)).append(new), done);
        rest = there.select(rest.slice_text(at + width, rest.len()), rest);
    }
    done.append(rest)
}

pub(super) fn regex_refused<'b>(replay: &mut Replay<'_, 'b>, at: Span, pattern: &str) -> Eval<'b> {
    Err(replay.refuse(
        "python-regex",
        at,
        format!("the pattern {pattern:?} cannot be converted"),
        "regular expressions are not emitted",
        "use plain text: .str.replace(old, new), .str.contains(text, regex=False), slices",
    ))
}

/// `contains`, `startswith`, `endswith`: a missing text gives False since pandas 3, or what `na` says.
fn contains<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let pattern = call.take("pat").or_else(|| call.take("prefix")).or_else(|| call.take("suffix"));
    if let (Some(part @ Value::Cell(_)), Value::Cell(text)) = (&pattern, &call.receiver) {
        return begins_or_ends(replay, call, &text.clone(), part);
    }
    let parts: Vec<String> = match pattern.and_then(|pattern| replay.concrete(&pattern)) {
        Some(record::Value::Str(text)) => vec![text],
        Some(value) => value.items().unwrap_or_default().iter().filter_map(|item| item.as_str().map(str::to_owned)).collect(),
        None => return Err(replay.unsupported(call.span, format!("`{}` of a computed text", call.name))),
    };
    let regex = call.flag(replay, "regex", call.name == "contains")?;
    let flags = super::pattern::flags_of(replay, call)?;
    let case = call.flag(replay, "case", true)? && flags & crate::regex::IGNORE_CASE == 0;
    let missing = call.concrete(replay, "na")?;
    let missing_stays = missing.is_none() && may_be_missing(replay, call)? && of_objects(call);
    let missing = match missing {
        None => false,
        Some(value) => match value.as_bool() {
            Some(value) => value,
            None => return Err(replay.unsupported(call.span, format!("`{}` with this `na`", call.name))),
        },
    };
    let name = call.name.clone();
    // A pattern without special characters is a plain text; alternatives of such are several.
    let parts: Vec<String> =
        if name == "contains" && regex { parts.iter().flat_map(|part| part.split('|')).map(str::to_owned).collect() } else { parts };
    let special = flags & !crate::regex::IGNORE_CASE != 0 || parts.iter().any(|part| part.contains(|c| SPECIAL.contains(c)));
    if name == "contains" && regex && special {
        let pattern = parts.join("|");
        if let Value::Texts(column, _) = &call.receiver {
            let flags = flags | if case { 0 } else { crate::regex::IGNORE_CASE };
            return super::pattern::contains(replay, &column.clone(), (&pattern, flags), missing, call.span);
        }
        return regex_refused(replay, call.span, &pattern);
    }
    if !case && !parts.iter().all(|part| part.is_ascii()) {
        return Err(replay.unsupported(call.span, "a comparison without case beyond ASCII"));
    }
    let search = if case { Search::AsItIs } else { Search::without_case(replay, call, regex)? };
    let parts: Vec<String> = parts.iter().map(|part| search.part(part)).collect();
    let value = on_text(replay, call, |replay, val| {
        let val = search.text(val, &parts);
        let held = parts.iter().fold(replay.b.bool(false), |held, part| {
            held | match name.as_str() {
                "startswith" => val.starts_with(part.as_str()),
                "endswith" => val.ends_with(part.as_str()),
                _ => val.contains(part.as_str()),
            }
            .or_else(missing)
        });
        (Kind::Bool, held)
    })?;
    let value = if missing_stays { missing_of_objects(replay, call, value)? } else { value };
    if search == Search::Folded(Letters::Unclear) && parts.iter().any(|part| part.contains('i')) {
        return refusing(replay, call, value, UNCLEAR, |text| text.contains("İ") | text.contains("ı"));
    }
    Ok(value)
}

/// `text.startswith(part)` and `text.endswith(part)` of two texts of the row.
fn begins_or_ends<'b>(replay: &mut Replay<'_, 'b>, call: &Call<'b>, text: &Cell<'b>, part: &Value<'b>) -> Eval<'b> {
    let part = ops::to_cell(replay, part, None, call.span)?;
    let at_start = call.name == "startswith";
    let cell = ops::lift(replay, &[text, &part], call.span, |_, operands| match operands {
        [(Kind::Str, text), (Kind::Str, part)] => {
            let held = if at_start { text.starts_with(*part) } else { text.ends_with(*part) };
            Ok((Kind::Bool, held.or_else(false)))
        }
        [(Kind::Str, _), _] => Err(Trouble::Raises("TypeError")),
        _ => Err(Trouble::Raises("AttributeError")),
    })?;
    Ok(Value::Cell(cell))
}

/// The truth values of a column of objects, where a missing text gives a missing one.
fn missing_of_objects<'b>(replay: &mut Replay<'_, 'b>, call: &Call<'b>, held: Value<'b>) -> Eval<'b> {
    let (texts, _) = subject(replay, call)?;
    let Value::Column(column) = held else { return Ok(held) };
    let cell = ops::lift(replay, &[&texts, &column.cell], call.span, |_, operands| {
        let missing = if operands[0].0 == Kind::Missing { operands[0].1.builder().bool(true) } else { operands[0].1.is_null() };
        Ok((Kind::Bool, missing.select(operands[1].1.builder().null(Elem::Bool), operands[1].1)))
    })?;
    let mut alternatives = Vec::new();
    for one in cell.alternatives {
        let missing = one.val.is_null();
        let nothing = replay.b.bool(false);
        alternatives.push(Alternative { when: Some(one.when.map_or(missing, |when| when & missing)), kind: Kind::Missing, val: nothing });
        alternatives.push(Alternative { val: one.val.or_else(false), ..one });
    }
    Ok(Value::Column(column.with(Cell { alternatives, guards: cell.guards })))
}

fn may_be_missing<'b>(replay: &mut Replay<'_, 'b>, call: &Call<'b>) -> Result<bool, Unknown> {
    let (cell, _) = subject(replay, call)?;
    Ok(cell.alternatives.iter().any(|one| one.kind == Kind::Missing || one.val.is_nullable()))
}

fn of_objects(call: &Call<'_>) -> bool {
    matches!(&call.receiver, Value::Texts(_, seen) if matches!(seen.tagged(), Some(Tagged::Texts(record::Texts::Object))))
}

/// How a text is compared with parts that are ASCII. Measured over all code points.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Search {
    AsItIs,
    /// Without case as regular expressions see it, and pyarrow always: `ſ` is an `s` and the Kelvin sign a `k`. `İ` and `ı` are an `i` in
    /// Python's, and not in pyarrow's.
    Folded(Letters),
    /// Without case as Python searches plain text: in upper case, where `ß` is `SS`.
    Upper,
}

impl Search {
    fn without_case<'b>(replay: &mut Replay<'_, 'b>, call: &Call<'b>, regex: bool) -> Result<Search, Unknown> {
        match letters(call) {
            Letters::Full if !regex => Ok(Search::Upper),
            Letters::Unclear if !regex => Err(replay.not_recorded(call.span)),
            letters => Ok(Search::Folded(letters)),
        }
    }

    fn part(self, part: &str) -> String {
        match self {
            Search::AsItIs => part.to_owned(),
            Search::Folded(_) => part.to_ascii_lowercase(),
            Search::Upper => part.to_ascii_uppercase(),
        }
    }

    fn text<'b>(self, text: Val<'b>, parts: &[String]) -> Val<'b> {
        let asked = |letter: char| parts.iter().any(|part| part.contains(letter));
        match self {
            Search::AsItIs => text,
            Search::Upper => text.upper(),
            Search::Folded(letters) => {
                let text = if asked('s') { text.replace("ſ", "s") } else { text };
                match (letters, asked('i')) {
                    // `ı` stays as it is in lower case, so it is found nowhere.
                    (Letters::Each | Letters::Unclear, true) => text.replace("İ", "ı").lower_each(),
                    (Letters::Each | Letters::Unclear, false) => text.lower_each(),
                    (Letters::Full, true) => text.replace("İ", "i").replace("ı", "i").lower(),
                    (Letters::Full, false) => text.lower(),
                }
            }
        }
    }
}

/// A bound of a slice as a position: negative ones count from the end.
fn position<'b>(text: Val<'b>, at: Val<'b>) -> Val<'b> {
    match at.literal() {
        Some(ir::Literal::I64(number)) if number >= 0 => at,
        Some(_) => text.len() + at,
        None => at.lt(0_i64).select(text.len() + at, at),
    }
}

fn sliced<'b>(val: Val<'b>, lower: Option<Val<'b>>, upper: Option<Val<'b>>) -> Val<'b> {
    let from = position(val, lower.unwrap_or_else(|| val.builder().i64(0)));
    let to = upper.map_or_else(|| val.len(), |at| position(val, at));
    val.slice_text(from, to)
}

/// `.str[a:b]` and `.str[i]`; a position outside gives a missing text.
pub(crate) fn slice<'b>(replay: &mut Replay<'_, 'b>, column: &Column<'b>, index: &Value<'b>, at: Span) -> Eval<'b> {
    let index = bounds(replay, index, at)?;
    let mut own = crate::value::Guards::new();
    let cell = ops::lift(replay, &[&column.cell], at, |replay, operands| match (&operands[0], &index) {
        ((Kind::Str, val), Bounds::Range(lower, upper)) => Ok((Kind::Str, sliced(*val, *lower, *upper))),
        ((Kind::Str, val), Bounds::Reversed) => {
            let (text, guards) = super::rewrite::reversed(replay, val.or_else(""), at).map_err(Trouble::Unknown)?;
            own.extend(guards);
            Ok((Kind::Str, if val.is_nullable() { val.is_null().select(replay.b.null(ir::Elem::Str), text) } else { text }))
        }
        ((Kind::Str, val), Bounds::One(at)) => {
            let from = position(*val, *at);
            let inside = val.code_at(from).ge(0_i64);
            Ok((Kind::Str, inside.select(val.slice_text(from, from + 1_i64), replay.b.null(ir::Elem::Str))))
        }
        _ => Err(Trouble::Unsupported("`.str` on a column that is not of texts".to_owned())),
    })?;
    Ok(Value::Column(column.with(cell.guarded(&own))))
}

/// `text[a:b]`, `text[::-1]` and `text[i]` of a cell; a position outside raises.
pub(crate) fn cell_subscript<'b>(replay: &mut Replay<'_, 'b>, of: &Value<'b>, index: &Value<'b>, at: Span) -> Eval<'b> {
    let index = bounds(replay, index, at)?;
    let cell = ops::to_cell(replay, of, None, at)?;
    let cell = ops::lift(replay, &[&cell], at, |replay, operands| match (&operands[0], &index) {
        ((Kind::Str, val), Bounds::Range(lower, upper)) => Ok((Kind::Str, sliced(*val, *lower, *upper))),
        ((Kind::Str, val), Bounds::Reversed) => {
            let (text, _) = super::rewrite::reversed(replay, val.or_else(""), at).map_err(Trouble::Unknown)?;
            Ok((Kind::Str, text))
        }
        ((Kind::Str, val), Bounds::One(position_at)) => {
            let from = position(*val, *position_at);
            replay.raise_here(val.code_at(from).lt(0_i64), "IndexError", at);
            Ok((Kind::Str, val.slice_text(from, from + 1_i64)))
        }
        _ => Err(Trouble::Raises("TypeError")),
    })?;
    Ok(Value::Cell(cell))
}

enum Bounds<'b> {
    One(Val<'b>),
    Range(Option<Val<'b>>, Option<Val<'b>>),
    /// `[::-1]`
    Reversed,
}

fn bounds<'b>(replay: &mut Replay<'_, 'b>, index: &Value<'b>, at: Span) -> Result<Bounds<'b>, Unknown> {
    match index {
        Value::Slice(None, None, Some(step)) if replay.concrete(step) == Some(record::Value::Int(-1)) => Ok(Bounds::Reversed),
        Value::Slice(lower, upper, None) => {
            let mut part = |part: &Option<Box<Value<'b>>>| match part {
                None => Ok(None),
                Some(part) if replay.concrete(part).is_some_and(|part| part.is_missing()) => Ok(None),
                Some(part) => whole_number(replay, part, at).map(Some),
            };
            Ok(Bounds::Range(part(lower)?, part(upper)?))
        }
        index => whole_number(replay, index, at).map(Bounds::One),
    }
}

/// A position, given or computed of the row.
fn whole_number<'b>(replay: &mut Replay<'_, 'b>, value: &Value<'b>, at: Span) -> Result<Val<'b>, Unknown> {
    if let Some(number) = replay.concrete(value).and_then(|value| value.as_int()) {
        return Ok(replay.b.i64(number));
    }
    match value {
        Value::Cell(cell) => match cell.single() {
            Some((Kind::Int(_), number)) => Ok(number.cast(ir::Elem::I64)),
            _ => Err(replay.unsupported(at, "a text sliced at positions that are no whole numbers")),
        },
        _ => Err(replay.unsupported(at, "a text sliced at computed positions")),
    }
}

fn slice_method<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (start, stop) = (call.int(replay, "start")?, call.int(replay, "stop")?);
    call.only(replay, "step", &[record::Value::Int(1)])?;
    on_text(replay, call, |replay, val| (Kind::Str, sliced(val, start.map(|at| replay.b.i64(at)), stop.map(|at| replay.b.i64(at)))))
}

fn get<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.need(replay, "i")?;
    match &call.receiver {
        Value::Texts(column, _) => slice(replay, column, &at, call.span),
        _ => Err(replay.unsupported(call.span, "`get` of this")),
    }
}

fn cat<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let other = call.need(replay, "others")?;
    let separator = call.text(replay, "sep")?.unwrap_or_default();
    let (cell, like) = subject(replay, call)?;
    let separator = Cell::new(Kind::Str, replay.b.str(&separator));
    let other = ops::to_cell(replay, &other, None, call.span)?;
    // A missing text on either side makes the result missing, or is this one.
    let (cell, other) = match call.text(replay, "na_rep")? {
        None => (cell, other),
        Some(instead) => {
            let mut filled = |cell: &Cell<'b>| {
                ops::lift(replay, &[cell], call.span, |_, operands| match &operands[0] {
                    (Kind::Str, val) => Ok((Kind::Str, val.or_else(instead.as_str()))),
                    _ => Err(Trouble::Unsupported("`cat` with `na_rep` of what is not a text".to_owned())),
                })
            };
            (filled(&cell)?, filled(&other)?)
        }
    };
    let cell = ops::concat(replay, &cell, &separator, call.span)?;
    let cell = ops::concat(replay, &cell, &other, call.span)?;
    Ok(done(cell, like))
}

/// The width that a text is filled up to.
fn width_of<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<i64, Unknown> {
    let width = ["width", "0"].iter().find_map(|name| call.take(name)).and_then(|width| replay.concrete(&width)?.as_int());
    match width.filter(|width| (0..=64).contains(width)) {
        Some(width) => Ok(width),
        None => Err(replay.unsupported(call.span, format!("`{}` to this width", call.name))),
    }
}

/// `ljust`, `rjust` and `center`, and `pad` on the side that it names. Of an odd number Python puts one more before the text if the width is
/// odd.
fn pad<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let width = width_of(replay, call)?;
    let side = if call.name == "pad" { call.text(replay, "side")? } else { None };
    let fill = match ["fillchar", "1"].iter().find_map(|name| call.take(name)) {
        Some(fill) => replay.concrete(&fill).and_then(|fill| fill.as_str().map(str::to_owned)),
        None => Some(" ".to_owned()),
    };
    let Some(fill) = fill.filter(|fill| fill.chars().count() == 1) else {
        return Err(replay.unsupported(call.span, format!("`{}` with this letter", call.name)));
    };
    let side = match (call.name.as_str(), side.as_deref()) {
        ("ljust", _) | ("pad", Some("right")) => "right",
        ("rjust", _) | ("pad", None | Some("left")) => "left",
        ("center", _) => "both",
        _ => return Err(replay.unsupported(call.span, "`pad` on both sides")),
    };
    on_text(replay, call, |replay, val| {
        let filling = replay.b.str(&fill.repeat(width as usize));
        let lacking = replay.b.i64(width) - val.len();
        let lacking = lacking.gt(0_i64).select(lacking, 0_i64);
        let before = match side {
            "left" => lacking,
            "right" => replay.b.i64(0),
            _ => lacking / 2_i64 + lacking.floor_mod(2_i64) * (width % 2),
        };
        let (left, right) = (filling.slice_text(0_i64, before), filling.slice_text(0_i64, lacking - before));
        (Kind::Str, left.append(val).append(right))
    })
}

/// Zeros on the left up to a width, after a sign.
fn zfill<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let width = width_of(replay, call)?;
    on_text(replay, call, |replay, val| {
        let first = val.code_at(0_i64);
        let signed = first.eq(i64::from(b'-')) | first.eq(i64::from(b'+'));
        let split = signed.select(replay.b.i64(1), 0_i64);
        let (sign, digits) = (val.slice_text(0_i64, split), val.slice_text(split, val.len()));
        let zeros = replay.b.str(&"0".repeat(width as usize));
        let lacking = replay.b.i64(width) - val.len();
        (Kind::Str, sign.append(zeros.slice_text(0_i64, lacking)).append(digits))
    })
}

/// How often a plain text occurs, without overlap, by what its removal takes away.
fn count<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let pattern = call.text(replay, "pat")?.or(call.text(replay, "sub")?);
    let flags = super::pattern::flags_of(replay, call)?;
    let Some(pattern) = pattern.filter(|pattern| !pattern.is_empty()) else { return Err(replay.unsupported(call.span, "`count` of this")) };
    if let (Value::Texts(column, _), true) = (&call.receiver, flags != 0 || pattern.contains(|c| SPECIAL.contains(c))) {
        return super::pattern::count(replay, &column.clone(), (&pattern, flags), call.span);
    }
    let length = pattern.chars().count() as i64;
    on_text(replay, call, |_, val| {
        let removed = val.len() - val.replace(pattern.as_str(), "").len();
        count_of(val, removed / length)
    })
}

fn find<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let part = call.need(replay, "sub")?;
    call.only(replay, "start", &[record::Value::Int(0)])?;
    if let Some(part) = replay.concrete(&part).and_then(|part| part.as_str().map(str::to_owned)) {
        return on_text(replay, call, |_, val| count_of(val, val.find(part.as_str())));
    }
    let (cell, like) = subject(replay, call)?;
    let part = ops::to_cell(replay, &part, None, call.span)?;
    if like.is_some() {
        return Err(replay.unsupported(call.span, "`.str.find` of a text of the row"));
    }
    let cell = ops::lift(replay, &[&cell, &part], call.span, |_, operands| match operands {
        [(Kind::Str, whole), (Kind::Str, part)] => Ok((Kind::INT, whole.find(*part))),
        [(Kind::Str, _), _] => Err(Trouble::Raises("TypeError")),
        _ => Err(Trouble::Raises("AttributeError")),
    })?;
    Ok(Value::Cell(cell))
}

/// The place of the last `part`, of one letter.
fn find_last<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let Some(part) = call.text(replay, "sub")?.filter(|part| part.chars().count() == 1) else {
        return Err(replay.unsupported(at, format!("`{}` of anything but one letter", call.name)));
    };
    let (cell, like) = subject(replay, call)?;
    let on_column = like.is_some();
    let mut own = crate::value::Guards::new();
    let cell = ops::lift(replay, &[&cell], at, |replay, operands| match &operands[0] {
        (Kind::Str, val) => {
            let (place, long) = super::pieces::last_place(val.or_else(""), &part);
            let reason = format!("a text with more {part:?} than are looked at");
            if on_column {
                own.insert(replay.guard(long, ir::Reason::Invalid(reason), at));
            } else {
                crate::sequence::refuse(replay, long, &reason, at);
            }
            Ok(count_of(*val, place))
        }
        (kind, _) if on_column => Err(Trouble::Unsupported(format!("`rfind` of a {}", kind.dtype()))),
        _ => Err(Trouble::Raises("AttributeError")),
    })?;
    Ok(done(cell.guarded(&own), like))
}

/// `text.index(part)` and `text.rindex(part)`: where there is none it raises.
fn index<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let is_text = replay.concrete(&call.receiver).is_some_and(|value| value.as_str().is_some());
    if !matches!(call.receiver, Value::Cell(_)) && !is_text {
        return super::encode::list_index(replay, call);
    }
    let found = if call.name == "rindex" { find_last(replay, call)? } else { find(replay, call)? };
    let absent = replay.known(record::Value::Int(-1));
    let none = replay.compare(crate::ast::CompareOp::Eq, &found, &absent, at)?;
    if let Some(none) = replay.row_condition(&none) {
        replay.raise_here(none, "ValueError", at);
    }
    Ok(found)
}

/// The text before and behind the first `separator`, and the separator if it is there.
fn partition<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let separator = ["sep", "0"].iter().find_map(|name| call.take(name));
    let separator = separator.map_or(Some(record::Value::Str(" ".to_owned())), |separator| replay.concrete(&separator));
    let Some(record::Value::Str(separator)) = separator.filter(|text| text.as_str() != Some("")) else {
        return Err(replay.unsupported(call.span, "`partition` at this"));
    };
    let expand = call.flag(replay, "expand", true)?;
    let width = separator.chars().count() as i64;
    let mut parts = Vec::new();
    for part in 0..3 {
        parts.push(on_text(replay, call, |replay, val| {
            let b = replay.b;
            let at = val.find(separator.as_str());
            let there = at.ge(0_i64);
            let one = match part {
                0 => there.select(val.slice_text(0_i64, at), val),
                1 => there.select(b.str(&separator), ""),
                _ => there.select(val.slice_text(at + width, val.len()), ""),
            };
            (Kind::Str, one)
        })?);
    }
    if matches!(call.receiver, Value::Cell(_)) {
        return Ok(Value::Tuple(parts));
    }
    if !expand {
        return Err(replay.unsupported(call.span, "`partition` as tuples"));
    }
    let mut frame = crate::value::Frame::default();
    for (number, part) in parts.into_iter().enumerate() {
        if let Value::Column(column) = part {
            frame.space = column.space;
            let name = number.to_string();
            frame.columns.insert(name.clone(), Value::Column(Column { name: Some(name), ..column }));
        }
    }
    Ok(replay.frame(frame))
}

fn remove_end<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let part = ["prefix", "suffix", "0"].iter().find_map(|name| call.take(name)).and_then(|part| replay.concrete(&part));
    let Some(record::Value::Str(part)) = part else { return Err(replay.unsupported(call.span, format!("`{}` of this", call.name))) };
    let (width, front) = (part.chars().count() as i64, call.name == "removeprefix");
    on_text(replay, call, |_, val| {
        let (held, rest) = if front {
            (val.starts_with(part.as_str()), val.slice_text(width, val.len()))
        } else {
            (val.ends_with(part.as_str()), val.slice_text(0_i64, val.len() - width))
        };
        (Kind::Str, held.select(rest, val))
    })
}

/// `join` of the parts of a row by a constant text.
fn join<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let parts = ["iterable", "0"].iter().find_map(|name| call.take(name));
    let Some(parts) = parts else { return Err(replay.unsupported(at, "`join` of nothing")) };
    let separator = ops::to_cell(replay, &call.receiver.clone(), None, at)?;
    crate::sequence::join(replay, &separator, &parts, at)
}

/// `dict.get(cell, default)`
fn dict_get<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (key, default) = (call.take("0"), call.take("1"));
    if let (Value::Dict(id), Some(key)) = (&call.receiver, &key)
        && super::encode::concrete_pairs(replay, &call.receiver).is_none()
    {
        let default = default.unwrap_or_else(|| replay.none());
        return crate::row_dicts::get(replay, *id, key, &default, call.span);
    }
    let (Some(pairs), Some(key)) = (super::encode::concrete_pairs(replay, &call.receiver), key) else {
        return Err(replay.unsupported(call.span, "`get` of this"));
    };
    if let Value::Known(known) = &call.receiver {
        replay.freeze(known);
    }
    let default = default.unwrap_or_else(|| replay.none());
    super::nested::item(replay, &pairs, &key, Some(&default), call.span)
}
