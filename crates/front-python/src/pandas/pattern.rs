//! Regular expressions: `contains`, `match`, `fullmatch`, `extract` and `replace` of `.str`, and Python's own `re`.
//!
//! A pattern is compiled to automata (`automata`), which become functions (`scan`). A text longer than they read is refused row by row, and so
//! is a letter beyond ASCII where the pattern has a class about which libraries differ.

use crate::automata::{self, Searcher, Walker};
use crate::ops::{self, Trouble};
use crate::record::{self, Tagged};
use crate::regex::{self, Pattern};
use crate::replay::{Call, On, Replay, Row};
use crate::scan;
use crate::value::{Alternative, Cell, Column, Eval, Frame, Guards, Kind, Unknown, Value};
use ir::{Elem, Function, Handle, Module, Reason, Val};
use source::Span;
use std::rc::Rc;

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Text, "extract", extract),
    Row::new(On::Text, "match", matches),
    Row::new(On::Text, "fullmatch", matches),
    Row::new(On::Function, "re.search", search),
    Row::new(On::Function, "re.match", search),
    Row::new(On::Function, "re.fullmatch", search),
    Row::new(On::Function, "re.sub", sub),
    Row::new(On::Cell, "search", search),
    Row::new(On::Cell, "match", search),
    Row::new(On::Cell, "fullmatch", search),
    Row::new(On::Cell, "sub", sub),
    Row::new(On::Match, "group", group),
];

/// What `re.search` gives: a match, or None.
#[derive(Clone)]
pub(crate) struct Match<'b> {
    pub found: Cell<'b>,
    text: Val<'b>,
    start: Val<'b>,
    source: String,
    pattern: Rc<Pattern>,
}

fn refused<'b>(replay: &mut Replay<'_, 'b>, at: Span, pattern: &str) -> Unknown {
    replay.refuse(
        "python-regex",
        at,
        format!("the pattern {pattern:?} cannot be converted"),
        "look-around, word boundaries, references, flags and patterns that are found only by trying are not emitted",
        "use plain text: .str.replace(old, new), .str.contains(text, regex=False), .str.split(sep).str[i], slices",
    )
}

pub(super) fn function<'b>(replay: &mut Replay<'_, 'b>, key: String, made: impl FnOnce() -> Option<Module>) -> Option<Handle<Function>> {
    if let Some(function) = replay.scanners.get(&key) {
        return Some(*function);
    }
    let function = replay.b.import(&made()?)?;
    replay.scanners.insert(key, function);
    Some(function)
}

/// Rows whose text is not read: too long, or with a letter that the pattern is not certain about.
fn guards<'b>(replay: &mut Replay<'_, 'b>, pattern: &Pattern, text: Val<'b>, at: Span) -> Result<Guards, Unknown> {
    let place = replay.place_name(at);
    let long = text.len().gt(scan::LONGEST);
    let mut own = Guards::from([replay.guard(long, Reason::Invalid(format!("a text is too long for the pattern at {place}")), at)]);
    if pattern.of_letters {
        // Vertical tab and the separators 28 to 31 are white space to Python only.
        let unclear = regex::parse("[^\u{0}-\u{a}\u{c}-\u{1b} -\u{7f}]");
        let searcher = unclear.as_ref().and_then(Searcher::new);
        let found = searcher.and_then(|searcher| function(replay, "unclear".to_owned(), || scan::search(&searcher)));
        let Some(found) = found else { return Err(replay.unsupported(at, "this pattern")) };
        let unclear = replay.b.call(found, &[text, replay.b.i64(0), replay.b.i64(0)], 0).binary(ir::Binary::Rem, 512_i64).gt(0_i64);
        let reason = Reason::Invalid(format!("a letter whose class depends on the library at {place}"));
        own.insert(replay.guard(unclear, reason, at));
    }
    if pattern.to_end {
        let reason = Reason::Invalid(format!("a text ends with a line end, for the pattern at {place}"));
        own.insert(replay.guard(text.ends_with("\n"), reason, at));
    }
    if let Some(frame) = replay.cells.last_mut() {
        frame.guards.extend(&own);
    }
    Ok(own)
}

/// Where the leftmost match begins, -1 if there is none.
fn start_of<'b>(replay: &mut Replay<'_, 'b>, source: &str, pattern: &Pattern, text: Val<'b>, at: Span) -> Result<Val<'b>, Unknown> {
    let searcher = Searcher::new(pattern);
    let key = format!("search {} {source}", pattern.to_end);
    let found = searcher.and_then(|searcher| function(replay, key, || scan::search(&searcher)));
    let Some(found) = found else { return Err(refused(replay, at, source)) };
    let b = replay.b;
    let start = b.call(found, &[text, b.i64(0), b.i64(0)], 0).binary(ir::Binary::Rem, 512_i64) - 1_i64;
    Ok(if pattern.from_start { start.eq(0_i64).select(start, -1_i64) } else { start })
}

/// The text of a group of the match that begins there, and whether it took part. Group 0 is the match.
fn group_of<'b>(
    replay: &mut Replay<'_, 'b>,
    source: &str,
    pattern: &Pattern,
    (text, start): (Val<'b>, Val<'b>),
    group: usize,
    at: Span,
) -> Result<(Val<'b>, Val<'b>), Unknown> {
    let walker = Walker::new(pattern, group);
    let Some(walker) = walker else { return Err(refused(replay, at, source)) };
    let key = format!("walk {group} {} {source}", pattern.to_end);
    let Some(walk) = function(replay, key, || scan::walk(&walker, pattern.to_end)) else { return Err(refused(replay, at, source)) };
    let b = replay.b;
    let walked = scan::Walk::unpack(b.call(walk, &[text, scan::Walk::start(b, walker.start), start.lt(0_i64).select(b.i64(0), start)], 0));
    let (begin, end) = if group == 0 { (start, walked.end()) } else { walked.group() };
    let there = start.ge(0_i64) & begin.ne(scan::NOWHERE) & end.ne(scan::NOWHERE);
    Ok((text.slice_text(begin, end), there))
}

/// A pattern given as a text or compiled, without flags.
fn pattern_of<'b>(replay: &mut Replay<'_, 'b>, value: Option<Value<'b>>, at: Span) -> Result<(String, Pattern), Unknown> {
    let source = match value.and_then(|value| replay.concrete(&value)) {
        Some(record::Value::Str(text)) => text,
        Some(value) => match value.as_tagged() {
            // 32 is `re.UNICODE`, which every pattern of text has.
            Some(Tagged::Pattern(pattern)) if pattern.flags == 32 => pattern.pattern.clone(),
            Some(Tagged::Pattern(pattern)) => return Err(refused(replay, at, &pattern.pattern.clone())),
            _ => return Err(replay.unsupported(at, "this pattern")),
        },
        None => return Err(replay.unsupported(at, "a computed pattern")),
    };
    match regex::parse(&source) {
        Some(pattern) => Ok((source, pattern)),
        None => Err(refused(replay, at, &source)),
    }
}

/// Whether texts have a match. A missing one has none.
pub(super) fn contains<'b>(replay: &mut Replay<'_, 'b>, column: &Column<'b>, source: &str, missing: bool, at: Span) -> Eval<'b> {
    let Some(pattern) = regex::parse(source) else { return Err(refused(replay, at, source)) };
    let mut own = Guards::new();
    let cell = ops::lift(replay, &[&column.cell], at, |replay, operands| match &operands[0] {
        (Kind::Str, val) => {
            let text = val.or_else("");
            own.extend(guards(replay, &pattern, text, at).map_err(Trouble::Unknown)?);
            let found = start_of(replay, source, &pattern, text, at).map_err(Trouble::Unknown)?.ge(0_i64);
            Ok((Kind::Bool, if val.is_nullable() { val.is_null().select(replay.b.bool(missing), found) } else { found }))
        }
        _ => Err(Trouble::Unsupported("`.str` on a column that is not of texts".to_owned())),
    })?
    .guarded(&own);
    Ok(Value::Column(column.with(cell)))
}

/// `match` holds at the start of a text, `fullmatch` of all of it.
fn matches<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let pattern = call.take("pat").or_else(|| call.take("0"));
    let (source, mut pattern) = pattern_of(replay, pattern, at)?;
    call.only(replay, "flags", &[record::Value::Int(0)])?;
    call.only(replay, "case", &[record::Value::Bool(true)])?;
    let missing = call.flag(replay, "na", false)?;
    let Value::Texts(column, seen) = call.receiver.clone() else { return Err(replay.unsupported(at, "a pattern on this")) };
    if matches!(seen.tagged(), Some(Tagged::Texts(record::Texts::Object))) {
        return Err(replay.unsupported(at, "a pattern on a column of objects"));
    }
    pattern.from_start = true;
    pattern.to_end |= call.name == "fullmatch";
    let mut own = Guards::new();
    let cell = ops::lift(replay, &[&column.cell], at, |replay, operands| match &operands[0] {
        (Kind::Str, val) => {
            let text = val.or_else("");
            own.extend(guards(replay, &pattern, text, at).map_err(Trouble::Unknown)?);
            let found = start_of(replay, &source, &pattern, text, at).map_err(Trouble::Unknown)?.eq(0_i64);
            Ok((Kind::Bool, if val.is_nullable() { val.is_null().select(replay.b.bool(missing), found) } else { found }))
        }
        _ => Err(Trouble::Unsupported("`.str` on a column that is not of texts".to_owned())),
    })?
    .guarded(&own);
    Ok(Value::Column(column.with(cell)))
}

/// The groups of the first match, each a column; one group with `expand=False` is a series.
fn extract<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let pattern = call.take("pat").or_else(|| call.take("0"));
    let (source, pattern) = pattern_of(replay, pattern, at)?;
    call.only(replay, "flags", &[record::Value::Int(0)])?;
    let expand = call.flag(replay, "expand", true)?;
    let Value::Texts(column, _) = call.receiver.clone() else { return Err(replay.unsupported(at, "`extract` of this")) };
    let mut frame = Frame { space: column.space, ..Frame::default() };
    for group in 1..=pattern.groups {
        let mut own = Guards::new();
        let cell = ops::lift(replay, &[&column.cell], at, |replay, operands| match &operands[0] {
            (Kind::Str, val) => {
                let text = val.or_else("");
                own.extend(guards(replay, &pattern, text, at).map_err(Trouble::Unknown)?);
                let start = start_of(replay, &source, &pattern, text, at).map_err(Trouble::Unknown)?;
                let (part, there) = group_of(replay, &source, &pattern, (text, start), group, at).map_err(Trouble::Unknown)?;
                Ok((Kind::Str, (there & !val.is_null()).select(part, replay.b.null(Elem::Str))))
            }
            _ => Err(Trouble::Unsupported("`.str` on a column that is not of texts".to_owned())),
        })?
        .guarded(&own);
        let named = pattern.group_names.iter().find(|(_, number)| *number == group).map(|(name, _)| name.clone());
        if pattern.groups == 1 && !expand {
            return Ok(Value::Column(Column { name: named.or(column.name.clone()), ..column.with(cell) }));
        }
        let name = named.unwrap_or_else(|| (group - 1).to_string());
        frame.columns.insert(name.clone(), Value::Column(Column { name: Some(name), ..column.with(cell) }));
    }
    Ok(replay.frame(frame))
}

/// A text with another in the place of each match of a pattern that is one class, or a run of one.
fn replaced<'b>(replay: &mut Replay<'_, 'b>, source: &str, by: &str, text: Val<'b>, at: Span) -> Result<(Val<'b>, Guards), Unknown> {
    let pattern = regex::parse(source).filter(|_| !by.contains('\\'));
    let Some((pattern, (classes, within, run))) =
        pattern.and_then(|pattern| Some((automata::run_of(&pattern)?, pattern))).map(|(a, b)| (b, a))
    else {
        return Err(refused(replay, at, source));
    };
    let own = guards(replay, &pattern, text, at)?;
    let made = function(replay, format!("replace {by:?} {source}"), || scan::replace(&classes, &within, run, by));
    let Some(made) = made else { return Err(refused(replay, at, source)) };
    Ok((replay.b.call(made, &[text, replay.b.i64(0)], 0), own))
}

/// `.str.replace(pattern, text, regex=True)`
pub(super) fn replace<'b>(replay: &mut Replay<'_, 'b>, column: &Column<'b>, source: &str, by: &str, at: Span) -> Eval<'b> {
    let mut own = Guards::new();
    let cell = ops::lift(replay, &[&column.cell], at, |replay, operands| match &operands[0] {
        (Kind::Str, val) => {
            let (text, guards) = replaced(replay, source, by, val.or_else(""), at).map_err(Trouble::Unknown)?;
            own.extend(guards);
            let text = if val.is_nullable() { val.is_null().select(replay.b.null(Elem::Str), text) } else { text };
            Ok((Kind::Str, text))
        }
        _ => Err(Trouble::Unsupported("`.str` on a column that is not of texts".to_owned())),
    })?
    .guarded(&own);
    Ok(Value::Column(column.with(cell)))
}

/// The pattern and the text of `re.search(pattern, text)` or `compiled.search(text)`.
fn arguments<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<(String, Pattern, Cell<'b>), Unknown> {
    let at = call.span;
    let compiled = matches!(&call.receiver, Value::Known(known) if matches!(known.tagged(), Some(Tagged::Pattern(_))));
    let pattern = if compiled { Some(call.receiver.clone()) } else { call.take("pattern").or_else(|| call.take("0")) };
    let (source, pattern) = pattern_of(replay, pattern, at)?;
    call.only(replay, "flags", &[record::Value::Int(0)])?;
    let text = ["string", "0", "1", "2"].iter().find_map(|name| call.take(name));
    let Some(text) = text else { return Err(replay.unsupported(at, "a pattern on nothing")) };
    let text = ops::to_cell(replay, &text, None, at)?;
    Ok((source, pattern, text))
}

/// The one text that a cell is, on the rows that come this far; anything else raises.
pub(crate) fn the_text<'b>(replay: &mut Replay<'_, 'b>, cell: &Cell<'b>, at: Span) -> Result<Val<'b>, Unknown> {
    let text = ops::lift(replay, &[cell], at, |_, operands| match &operands[0] {
        (Kind::Str, val) => Ok((Kind::Str, val.or_else(""))),
        _ => Err(Trouble::Raises("TypeError")),
    })?;
    match text.single() {
        Some((Kind::Str, val)) => Ok(val),
        _ => Err(replay.unsupported(at, "a pattern on this")),
    }
}

/// `re.search`, `re.match`, `re.fullmatch`, in a function on cells.
fn search<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let (source, mut pattern, text) = arguments(replay, call)?;
    let text = the_text(replay, &text, at)?;
    pattern.from_start |= call.name != "search";
    pattern.to_end |= call.name == "fullmatch";
    guards(replay, &pattern, text, at)?;
    let start = start_of(replay, &source, &pattern, text, at)?;
    // A match is true and is not None; without one there is None.
    let found = Cell {
        alternatives: vec![
            Alternative { when: Some(start.lt(0_i64)), kind: Kind::Missing, val: replay.b.bool(false) },
            Alternative { when: None, kind: Kind::Bool, val: replay.b.bool(true) },
        ],
        guards: Guards::new(),
    };
    Ok(Value::Match(Box::new(Match { found, text, start, source, pattern: Rc::new(pattern) })))
}

fn sub<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let compiled = matches!(call.receiver, Value::Known(ref known) if known.tagged().is_some());
    let place = if compiled { "0" } else { "1" };
    let by = ["repl", place].iter().find_map(|name| call.take(name)).and_then(|by| replay.concrete(&by));
    let Some(record::Value::Str(by)) = by else { return Err(replay.unsupported(at, "`sub` by something computed")) };
    let (source, _, text) = arguments(replay, call)?;
    let text = the_text(replay, &text, at)?;
    let (text, _) = replaced(replay, &source, &by, text, at)?;
    Ok(Value::Cell(Cell::new(Kind::Str, text)))
}

/// `match.group(number)`; of no match it raises.
fn group<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let number = ["0", "group"].iter().find_map(|name| call.take(name));
    let number = number.unwrap_or_else(|| replay.known(record::Value::Int(0)));
    let Value::Match(found) = call.receiver.clone() else { return Err(replay.unsupported(call.span, "`group` of this")) };
    group_item(replay, &found, &number, call.span)
}

/// `match[number]`
pub(crate) fn group_item<'b>(replay: &mut Replay<'_, 'b>, found: &Match<'b>, number: &Value<'b>, at: Span) -> Eval<'b> {
    let names = &found.pattern.group_names;
    let number = match replay.concrete(number) {
        Some(record::Value::Str(name)) => names.iter().find(|(one, _)| *one == name).map(|(_, number)| *number),
        Some(value) => value.as_int().and_then(|number| usize::try_from(number).ok()),
        None => None,
    };
    let Some(number) = number.filter(|number| *number <= found.pattern.groups) else {
        return Err(replay.unsupported(at, "this group of a match"));
    };
    replay.raise_here(found.start.lt(0_i64), "AttributeError", at);
    let (text, there) = group_of(replay, &found.source, &found.pattern, (found.text, found.start), number, at)?;
    let missing = Alternative { when: Some(!there), kind: Kind::Missing, val: replay.b.bool(false) };
    Ok(Value::Cell(Cell { alternatives: vec![missing, Alternative { when: None, kind: Kind::Str, val: text }], guards: Guards::new() }))
}
