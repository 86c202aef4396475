//! Regular expressions: `contains`, `match`, `fullmatch`, `extract` and `replace` of `.str`, and Python's own `re`.
//!
//! A pattern is compiled to automata (`automata`), which become functions (`scan`). A text longer than they read is refused row by row, and so
//! is a letter beyond ASCII where the pattern has a class about which libraries differ.

use crate::automata::{self, Automaton};
use crate::ops::{self, Trouble};
use crate::record::{self, Tagged};
use crate::regex::{self, Pattern};
use crate::replay::{Call, On, Replay, Row};
use crate::scan;
use crate::sequence::{self, Item};
use crate::value::{Alternative, Cell, Column, Eval, Frame, Guards, Kind, Objects, Unknown, Value};
use ir::{Elem, Function, Handle, Module, Reason, Val};
use source::Span;
use std::rc::Rc;

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Text, "extract", extract),
    Row::new(On::Text, "findall", find_all_of_column),
    Row::new(On::Text, "match", matches),
    Row::new(On::Text, "fullmatch", matches),
    Row::new(On::Function, "re.compile", compile),
    Row::new(On::Function, "re.search", search),
    Row::new(On::Function, "re.match", search),
    Row::new(On::Function, "re.fullmatch", search),
    Row::new(On::Function, "re.findall", find_all),
    Row::new(On::Function, "re.finditer", find_all),
    Row::new(On::Function, "re.split", split),
    Row::new(On::Function, "re.sub", sub),
    Row::new(On::Function, "re.escape", escape),
    Row::new(On::Cell, "search", search),
    Row::new(On::Cell, "match", search),
    Row::new(On::Cell, "fullmatch", search),
    Row::new(On::Cell, "findall", find_all),
    Row::new(On::Cell, "finditer", find_all),
    Row::new(On::Cell, "sub", sub),
    Row::new(On::Match, "group", group),
    Row::new(On::Match, "groups", groups),
    Row::new(On::Match, "start", bound),
    Row::new(On::Match, "end", bound),
    Row::new(On::Match, "span", span),
    Row::new(On::Match, "groupdict", named_groups),
];

/// Matches that are looked at in one text; a text with more is refused by a guard.
const MOST_MATCHES: usize = 12;

/// A pattern made ready.
struct Matcher {
    source: String,
    /// What tells its functions from those of others.
    key: String,
    pattern: Pattern,
    automaton: Automaton,
}

/// A text that a pattern has been read over.
#[derive(Clone)]
struct Reading<'b> {
    matcher: Rc<Matcher>,
    text: Val<'b>,
    marks: Val<'b>,
}

/// Whose regular expressions they are: Python's in a function on cells, and on a column since pandas 3.1, which asks pyarrow only where it
/// gives the same; before, those of Python or of pyarrow.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Library {
    Either,
    Python,
}

/// What `re.search` gives: a match, or None.
#[derive(Clone)]
pub(crate) struct Match<'b> {
    pub found: Cell<'b>,
    start: Val<'b>,
    reading: Reading<'b>,
}

impl Library {
    fn of_columns(replay: &Replay<'_, '_>) -> Library {
        let version = replay.record.versions.pandas.as_deref().unwrap_or_default();
        let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
        let version = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
        if version >= (3, 1) { Library::Python } else { Library::Either }
    }
}

fn refused<'b>(replay: &mut Replay<'_, 'b>, at: Span, pattern: &str) -> Unknown {
    replay.refuse(
        "python-regex",
        at,
        format!("the pattern {pattern:?} cannot be converted"),
        "look-around, references back, other flags than re.I, re.M and re.S, and repeats of what may be empty are not emitted",
        "use plain text: .str.replace(old, new), .str.contains(text, regex=False), .str.split(sep).str[i], slices",
    )
}

pub(crate) fn function<'b>(replay: &mut Replay<'_, 'b>, key: String, made: impl FnOnce() -> Option<Module>) -> Option<Handle<Function>> {
    if let Some(function) = replay.scanners.get(&key) {
        return Some(*function);
    }
    let function = replay.b.import(&made()?)?;
    replay.scanners.insert(key, function);
    Some(function)
}

/// Rows whose text is not read: too long, or with a letter that the pattern is not certain about.
fn guards<'b>(replay: &mut Replay<'_, 'b>, pattern: &Pattern, library: Library, text: Val<'b>, at: Span) -> Result<Guards, Unknown> {
    let place = replay.place_name(at);
    let long = text.len().gt(scan::LONGEST);
    let mut own = Guards::from([replay.guard(long, Reason::Invalid(format!("a text is too long for the pattern at {place}")), at)]);
    if pattern.of_letters {
        let (key, set) = match library {
            Library::Python => ("unclear to Python", regex::unclear()),
            // Vertical tab and the separators 28 to 31 are white space to Python only.
            Library::Either => ("unclear", vec![(0xb, 0xb), (0x1c, 0x1f), (0x80, regex::LAST)]),
        };
        let unclear = super::letters::has(replay, key.to_owned(), set, text, at)?;
        let reason = Reason::Invalid(format!("a letter whose class depends on the library at {place}"));
        own.insert(replay.guard(unclear, reason, at));
    }
    if pattern.ignores_case {
        let unclear = ["\u{130}", "\u{131}", "\u{17f}", "\u{212a}"].iter().map(|letter| text.contains(*letter));
        let unclear = unclear.fold(replay.b.bool(false), |any, one| any | one);
        let reason = Reason::Invalid(format!("a letter that some take for an ASCII letter in another case at {place}"));
        own.insert(replay.guard(unclear, reason, at));
    }
    if pattern.of_end && library == Library::Either {
        let reason = Reason::Invalid(format!("a text ends with a line end, for the pattern at {place}"));
        own.insert(replay.guard(text.ends_with("\n"), reason, at));
    }
    if let Some(frame) = replay.cells.last_mut() {
        frame.guards.extend(&own);
    }
    Ok(own)
}

fn read<'b>(
    replay: &mut Replay<'_, 'b>,
    matcher: &Rc<Matcher>,
    library: Library,
    text: Val<'b>,
    at: Span,
) -> Result<(Reading<'b>, Guards), Unknown> {
    let own = guards(replay, &matcher.pattern, library, text, at)?;
    let made = function(replay, format!("marks {}", matcher.key), || scan::marks(&matcher.automaton));
    let Some(made) = made else { return Err(refused(replay, at, &matcher.source)) };
    let b = replay.b;
    let marks = b.call(made, &[text], 0);
    Ok((Reading { matcher: matcher.clone(), text, marks }, own))
}

impl<'b> Reading<'b> {
    /// Where the leftmost match begins, -1 if there is none.
    fn first(&self) -> Val<'b> {
        scan::begin(self.marks, self.text.builder().i64(0))
    }

    /// The match that begins there, as far as one group goes.
    fn walk(&self, replay: &mut Replay<'_, 'b>, start: Val<'b>, group: usize, at: Span) -> Result<scan::Walk<'b>, Unknown> {
        let matcher = &self.matcher;
        let made = function(replay, format!("walk {group} {}", matcher.key), || scan::walk(&matcher.automaton, group));
        let Some(made) = made else { return Err(refused(replay, at, &matcher.source)) };
        Ok(scan::Walk::unpack(replay.b.call(made, &[self.marks, start], 0)))
    }

    fn end(&self, replay: &mut Replay<'_, 'b>, start: Val<'b>, at: Span) -> Result<Val<'b>, Unknown> {
        Ok(self.walk(replay, start, self.matcher.pattern.groups.min(1), at)?.end())
    }

    /// The bounds of a group of the match that begins there, and whether it took part. Group 0 is the match.
    fn bounds(&self, replay: &mut Replay<'_, 'b>, start: Val<'b>, group: usize, at: Span) -> Result<(Val<'b>, Val<'b>, Val<'b>), Unknown> {
        if group == 0 {
            return Ok((start, self.end(replay, start, at)?, start.ge(0_i64)));
        }
        let (begin, end) = self.walk(replay, start, group, at)?.group();
        let there = start.ge(0_i64) & begin.ne(scan::NOWHERE) & end.ne(scan::NOWHERE);
        Ok((begin, end, there))
    }

    fn group(&self, replay: &mut Replay<'_, 'b>, start: Val<'b>, group: usize, at: Span) -> Result<(Val<'b>, Val<'b>), Unknown> {
        let (begin, end, there) = self.bounds(replay, start, group, at)?;
        Ok((self.text.slice_text(begin, end), there))
    }

    /// Where the first matches begin and end, each with whether it is there, and whether there are more.
    fn all(&self, replay: &mut Replay<'_, 'b>, most: usize, at: Span) -> Result<(Vec<[Val<'b>; 3]>, Val<'b>), Unknown> {
        if self.matcher.pattern.can_be_empty() {
            return Err(replay.unsupported(at, "all matches of a pattern that the empty text matches"));
        }
        let mut start = self.first();
        let mut out = Vec::new();
        for _ in 0..most {
            let end = self.end(replay, start, at)?;
            let there = start.ge(0_i64);
            out.push([there, start, end]);
            start = there.select(scan::begin(self.marks, end), -1_i64);
        }
        Ok((out, start.ge(0_i64)))
    }
}

pub(super) fn flags_of<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<i64, Unknown> {
    match call.take("flags") {
        None => Ok(0),
        Some(flags) => match replay.concrete(&flags).and_then(|flags| flags.as_int()) {
            Some(flags) => Ok(flags),
            None => Err(replay.unsupported(call.span, "computed flags of a pattern")),
        },
    }
}

/// A pattern given as a text or compiled.
fn matcher<'b>(replay: &mut Replay<'_, 'b>, value: Option<Value<'b>>, flags: i64, whole: bool, at: Span) -> Result<Rc<Matcher>, Unknown> {
    let (source, flags) = match value.and_then(|value| replay.concrete(&value)) {
        Some(record::Value::Str(text)) => (text, flags),
        Some(value) => match value.as_tagged() {
            Some(Tagged::Pattern(pattern)) => (pattern.pattern.clone(), pattern.flags | flags),
            _ => return Err(replay.unsupported(at, "this pattern")),
        },
        None => return Err(replay.unsupported(at, "a computed pattern")),
    };
    let made = regex::parse(&source, flags).and_then(|pattern| {
        let pattern = if whole { pattern.whole() } else { pattern };
        Some((Automaton::new(&pattern)?, pattern))
    });
    match made {
        Some((automaton, pattern)) => Ok(Rc::new(Matcher { key: format!("{flags} {whole} {source}"), source, pattern, automaton })),
        None => Err(refused(replay, at, &source)),
    }
}

/// Applies a function to each text of a column that a pattern has been read over; it is given whether the text is missing.
fn on_column<'b>(
    replay: &mut Replay<'_, 'b>,
    column: &Column<'b>,
    (matcher, library): (&Rc<Matcher>, Library),
    at: Span,
    mut apply: impl FnMut(&mut Replay<'_, 'b>, &Reading<'b>, Val<'b>, &mut Guards) -> Result<(Kind, Val<'b>), Unknown>,
) -> Eval<'b> {
    let mut own = Guards::new();
    let cell = ops::lift(replay, &[&column.cell], at, |replay, operands| match &operands[0] {
        (Kind::Str, val) => {
            let (reading, guards) = read(replay, matcher, library, val.or_else(""), at).map_err(Trouble::Unknown)?;
            own.extend(guards);
            apply(replay, &reading, *val, &mut own).map_err(Trouble::Unknown)
        }
        _ => Err(Trouble::Unsupported("`.str` on a column that is not of texts".to_owned())),
    })?
    .guarded(&own);
    Ok(Value::Column(column.with(cell)))
}

/// Whether texts have a match. A missing one has none.
pub(super) fn contains<'b>(
    replay: &mut Replay<'_, 'b>,
    column: &Column<'b>,
    (source, flags): (&str, i64),
    missing: bool,
    at: Span,
) -> Eval<'b> {
    let pattern = replay.known(record::Value::Str(source.to_owned()));
    let matcher = matcher(replay, Some(pattern), flags, false, at)?;
    let library = Library::of_columns(replay);
    on_column(replay, column, (&matcher, library), at, |replay, reading, val, _| {
        let found = reading.first().ge(0_i64);
        Ok((Kind::Bool, if val.is_nullable() { val.is_null().select(replay.b.bool(missing), found) } else { found }))
    })
}

/// `match` holds at the start of a text, `fullmatch` of all of it.
fn matches<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let pattern = call.take("pat").or_else(|| call.take("0"));
    let case = call.flag(replay, "case", true)?;
    let flags = flags_of(replay, call)? | if case { 0 } else { regex::IGNORE_CASE };
    let matcher = matcher(replay, pattern, flags, call.name == "fullmatch", at)?;
    let missing = call.flag(replay, "na", false)?;
    let Value::Texts(column, seen) = call.receiver.clone() else { return Err(replay.unsupported(at, "a pattern on this")) };
    if matches!(seen.tagged(), Some(Tagged::Texts(record::Texts::Object))) {
        return Err(replay.unsupported(at, "a pattern on a column of objects"));
    }
    let library = Library::of_columns(replay);
    on_column(replay, &column, (&matcher, library), at, |replay, reading, val, _| {
        let found = reading.first().eq(0_i64);
        Ok((Kind::Bool, if val.is_nullable() { val.is_null().select(replay.b.bool(missing), found) } else { found }))
    })
}

/// The groups of the first match, each a column; one group with `expand=False` is a series.
fn extract<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let pattern = call.take("pat").or_else(|| call.take("0"));
    let flags = flags_of(replay, call)?;
    let matcher = matcher(replay, pattern, flags, false, at)?;
    let expand = call.flag(replay, "expand", true)?;
    let Value::Texts(column, _) = call.receiver.clone() else { return Err(replay.unsupported(at, "`extract` of this")) };
    let mut frame = Frame { space: column.space, ..Frame::default() };
    let pattern = &matcher.pattern;
    for group in 1..=pattern.groups {
        let value = on_column(replay, &column, (&matcher, Library::Python), at, |replay, reading, val, _| {
            let (part, there) = reading.group(replay, reading.first(), group, at)?;
            Ok((Kind::Str, (there & !val.is_null()).select(part, replay.b.null(Elem::Str))))
        })?;
        let Value::Column(found) = value else { return Err(replay.unsupported(at, "`extract` of this")) };
        let named = pattern.group_names.iter().find(|(_, number)| *number == group).map(|(name, _)| name.clone());
        if pattern.groups == 1 && !expand {
            return Ok(Value::Column(Column { name: named.or(column.name.clone()), ..found }));
        }
        let name = named.unwrap_or_else(|| (group - 1).to_string());
        frame.columns.insert(name.clone(), Value::Column(Column { name: Some(name), ..found }));
    }
    Ok(replay.frame(frame))
}

/// `.str.count(pattern)`
pub(super) fn count<'b>(replay: &mut Replay<'_, 'b>, column: &Column<'b>, (source, flags): (&str, i64), at: Span) -> Eval<'b> {
    let pattern = replay.known(record::Value::Str(source.to_owned()));
    let matcher = matcher(replay, Some(pattern), flags, false, at)?;
    let library = Library::of_columns(replay);
    on_column(replay, column, (&matcher, library), at, |replay, reading, val, _| {
        if matcher.pattern.can_be_empty() {
            return Err(replay.unsupported(at, "all matches of a pattern that the empty text matches"));
        }
        let group = matcher.pattern.groups.min(1);
        let made = function(replay, format!("count {}", matcher.key), || scan::count(&matcher.automaton, group));
        let Some(made) = made else { return Err(refused(replay, at, &matcher.source)) };
        let count = replay.b.call(made, &[reading.marks], 0);
        let count = if val.is_nullable() { val.is_null().select(replay.b.null(Elem::I64), count) } else { count };
        Ok(super::text::count_of(val, count))
    })
}

fn too_many<'b>(replay: &mut Replay<'_, 'b>, when: Val<'b>, at: Span) -> usize {
    let reason = Reason::Invalid(format!("too many matches in a text at {}", replay.place_name(at)));
    replay.guard(when, reason, at)
}

/// A part of what takes the place of a match.
enum Part {
    Text(String),
    Group(usize),
}

/// The template of `sub`: `\\1`, `\\g<1>` and `\\g<name>` are groups. None for other escapes.
fn template(by: &str, pattern: &Pattern) -> Option<Vec<Part>> {
    let mut out = Vec::new();
    let mut text = String::new();
    let mut letters = by.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            text.push(letter);
            continue;
        }
        let group = match letters.next()? {
            '\\' => {
                text.push('\\');
                continue;
            }
            digit @ '1'..='9' if !letters.peek().is_some_and(char::is_ascii_digit) => digit.to_digit(10)? as usize,
            'g' => {
                letters.next_if_eq(&'<')?;
                let name: String = std::iter::from_fn(|| letters.next_if(|letter| *letter != '>')).collect();
                letters.next()?;
                match name.parse() {
                    Ok(number) => number,
                    Err(_) => pattern.group_names.iter().find(|(one, _)| *one == name)?.1,
                }
            }
            _ => return None,
        };
        if group > pattern.groups {
            return None;
        }
        out.push(Part::Text(std::mem::take(&mut text)));
        out.push(Part::Group(group));
    }
    out.push(Part::Text(text));
    Some(out)
}

/// A text with another in the place of each match, or of the first ones.
fn replaced<'b>(
    replay: &mut Replay<'_, 'b>,
    matcher: &Rc<Matcher>,
    library: Library,
    (by, most): (&str, Option<usize>),
    text: Val<'b>,
    at: Span,
) -> Result<(Val<'b>, Guards), Unknown> {
    let Some(parts) = template(by, &matcher.pattern) else { return Err(refused(replay, at, by)) };
    // One class, or a run of one, without a limit of matches.
    if let (Some((classes, within, run)), [Part::Text(by)], None) = (automata::run_of(&matcher.pattern), parts.as_slice(), most) {
        let own = guards(replay, &matcher.pattern, library, text, at)?;
        let made = function(replay, format!("replace {by:?} {}", matcher.key), || scan::replace(&classes, &within, run, by));
        let Some(made) = made else { return Err(refused(replay, at, &matcher.source)) };
        return Ok((replay.b.call(made, &[text], 0), own));
    }
    let (reading, mut own) = read(replay, matcher, library, text, at)?;
    let (all, more) = reading.all(replay, most.unwrap_or(MOST_MATCHES), at)?;
    if most.is_none() {
        let guard = too_many(replay, more, at);
        own.insert(guard);
        if let Some(frame) = replay.cells.last_mut() {
            frame.guards.insert(guard);
        }
    }
    let b = replay.b;
    let (mut out, mut from) = (b.str(""), b.i64(0));
    for [there, start, end] in all {
        let mut longer = out.append(text.slice_text(from, start));
        for part in &parts {
            longer = match part {
                Part::Text(text) => longer.append(text.as_str()),
                Part::Group(group) => {
                    let (part, took) = reading.group(replay, start, *group, at)?;
                    longer.append(took.select(part, ""))
                }
            };
        }
        out = there.select(longer, out);
        from = there.select(end, from);
    }
    Ok((out.append(text.slice_text(from, text.len())), own))
}

/// `.str.replace(pattern, text, regex=True)`
pub(super) fn replace<'b>(replay: &mut Replay<'_, 'b>, column: &Column<'b>, (source, flags): (&str, i64), by: &str, at: Span) -> Eval<'b> {
    let pattern = replay.known(record::Value::Str(source.to_owned()));
    let matcher = matcher(replay, Some(pattern), flags, false, at)?;
    let library = Library::of_columns(replay);
    let mut own = Guards::new();
    let cell = ops::lift(replay, &[&column.cell], at, |replay, operands| match &operands[0] {
        (Kind::Str, val) => {
            let (text, guards) = replaced(replay, &matcher, library, (by, None), val.or_else(""), at).map_err(Trouble::Unknown)?;
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
fn arguments<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>, whole: bool) -> Result<(Rc<Matcher>, Cell<'b>), Unknown> {
    let at = call.span;
    let compiled = matches!(&call.receiver, Value::Known(known) if matches!(known.tagged(), Some(Tagged::Pattern(_))));
    let pattern = if compiled { Some(call.receiver.clone()) } else { call.take("pattern").or_else(|| call.take("0")) };
    let flags = flags_of(replay, call)?;
    let matcher = matcher(replay, pattern, flags, whole, at)?;
    let text = ["string", "0", "1", "2"].iter().find_map(|name| call.take(name));
    let Some(text) = text else { return Err(replay.unsupported(at, "a pattern on nothing")) };
    let text = ops::to_cell(replay, &text, None, at)?;
    Ok((matcher, text))
}

/// The one text that a cell is, on the rows that come this far; anything else raises.
pub(crate) fn the_text<'b>(replay: &mut Replay<'_, 'b>, cell: &Cell<'b>, at: Span) -> Result<Val<'b>, Unknown> {
    let text = ops::lift(replay, &[cell], at, |_, operands| match &operands[0] {
        (Kind::Str, val) => Ok((Kind::Str, val.or_else(""))),
        _ => Err(Trouble::Raises("TypeError")),
    })?;
    replay.looked_at(&text);
    match text.single() {
        Some((Kind::Str, val)) => Ok(val),
        _ => Err(replay.unsupported(at, "a pattern on this")),
    }
}

/// `re.compile` in a function on cells.
fn compile<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let pattern = call.take("pattern").or_else(|| call.take("0"));
    let flags = match call.take("1") {
        Some(flags) => {
            call.give("flags", flags);
            flags_of(replay, call)?
        }
        None => flags_of(replay, call)?,
    };
    match pattern.and_then(|pattern| replay.concrete(&pattern)) {
        Some(record::Value::Str(pattern)) => {
            let pattern = record::Pattern { pattern, flags };
            Ok(replay.known(record::Value::Tagged(Box::new(Tagged::Pattern(pattern)))))
        }
        _ => Err(replay.unsupported(call.span, "a computed pattern")),
    }
}

/// A match that begins there, if it is not negative: it is true and is not None; without one there is None.
fn match_at<'b>(replay: &Replay<'_, 'b>, reading: &Reading<'b>, start: Val<'b>) -> Value<'b> {
    let found = Cell {
        alternatives: vec![
            Alternative { when: Some(start.lt(0_i64)), kind: Kind::Missing, val: replay.b.bool(false) },
            Alternative { when: None, kind: Kind::Bool, val: replay.b.bool(true) },
        ],
        guards: Guards::new(),
    };
    Value::Match(Rc::new(Match { found, start, reading: reading.clone() }))
}

/// A match on some rows and None on the others. None for anything else.
pub(crate) fn either<'b>(replay: &Replay<'_, 'b>, condition: Val<'b>, yes: &Value<'b>, no: &Value<'b>) -> Option<Value<'b>> {
    let is_none = |value: &Value<'b>| match value {
        Value::Cell(cell) => matches!(cell.single(), Some((Kind::Missing, _))),
        value => replay.concrete(value).is_some_and(|value| matches!(value, record::Value::None(()))),
    };
    let none = replay.b.i64(-1);
    match (yes, no) {
        (Value::Match(found), other) if is_none(other) => Some(match_at(replay, &found.reading, condition.select(found.start, none))),
        (other, Value::Match(found)) if is_none(other) => Some(match_at(replay, &found.reading, condition.select(none, found.start))),
        _ => None,
    }
}

/// `re.escape` of a text that no row decides.
fn escape<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let text = call.take("0").or_else(|| call.take("pattern")).and_then(|text| replay.concrete(&text));
    let Some(text) = text.as_ref().and_then(record::Value::as_str) else {
        return Err(replay.unsupported(call.span, "`re.escape` of this"));
    };
    let is_special = |letter: char| "()[]{}?*+-|^$\\.&~# \t\n\r\u{b}\u{c}".contains(letter);
    let mut out = String::new();
    for letter in text.chars() {
        if is_special(letter) {
            out.push('\\');
        }
        out.push(letter);
    }
    Ok(replay.known(record::Value::Str(out)))
}

/// `re.search`, `re.match`, `re.fullmatch`, in a function on cells.
fn search<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let whole = matches!(call.name.as_str(), "fullmatch" | "re.fullmatch");
    let (matcher, text) = arguments(replay, call, whole)?;
    let text = the_text(replay, &text, at)?;
    let (reading, _) = read(replay, &matcher, Library::Python, text, at)?;
    let start = reading.first();
    let anywhere = matches!(call.name.as_str(), "search" | "re.search");
    let start = if anywhere { start } else { start.eq(0_i64).select(start, -1_i64) };
    Ok(match_at(replay, &reading, start))
}

/// `re.findall` and `re.finditer`: without groups the texts of the matches, with one its texts, with several tuples of theirs.
fn find_all<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let (matcher, text) = arguments(replay, call, false)?;
    let text = the_text(replay, &text, at)?;
    let (reading, _) = read(replay, &matcher, Library::Python, text, at)?;
    let (items, more) = found(replay, &reading, call.name.ends_with("finditer"), at)?;
    sequence::refuse(replay, more, "too many matches in a text", at);
    Ok(Value::Sequence(Rc::new(items)))
}

/// `.str.findall(pattern)`: a list a text, NaN where there is none. Python's own `re` makes it, whatever the column lies in.
fn find_all_of_column<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let pattern = call.take("pat").or_else(|| call.take("0"));
    let flags = flags_of(replay, call)?;
    let matcher = matcher(replay, pattern, flags, false, at)?;
    let Value::Texts(column, _) = call.receiver.clone() else { return Err(replay.unsupported(at, "`findall` of this")) };
    let Some((Kind::Str, text)) = column.cell.single() else {
        return Err(replay.unsupported(at, "`findall` on a column that is not of texts"));
    };
    let (reading, mut own) = read(replay, &matcher, Library::Python, text.or_else(""), at)?;
    let (items, more) = found(replay, &reading, false, at)?;
    own.insert(too_many(replay, more, at));
    let missing = text.is_nullable().then(|| text.is_null());
    let nothing = Cell::new(Kind::Missing, replay.b.bool(false)).guarded(&column.cell.guards).guarded(&own);
    let absent = replay.b.bool(false);
    let items = items.into_iter().map(|item| Item { there: item.there & !missing.unwrap_or(absent), ..item });
    let value = Value::Sequence(Rc::new(items.collect()));
    Ok(Value::Objects(Box::new(Objects { value, missing, like: column.with(nothing) })))
}

/// All matches in order, as `findall` or `finditer` give them, and whether there are more.
fn found<'b>(replay: &mut Replay<'_, 'b>, reading: &Reading<'b>, whole: bool, at: Span) -> Result<(Vec<Item<'b>>, Val<'b>), Unknown> {
    let (all, more) = reading.all(replay, MOST_MATCHES, at)?;
    let mut out = Vec::new();
    for [there, start, _] in all {
        let mut part = |group: usize| {
            let (text, took) = reading.group(replay, start, group, at)?;
            Ok(Value::Cell(Cell::new(Kind::Str, took.select(text, ""))))
        };
        let value = match reading.matcher.pattern.groups {
            _ if whole => match_at(replay, reading, start),
            0 => part(0)?,
            1 => part(1)?,
            count => Value::Tuple((1..=count).map(part).collect::<Result<_, Unknown>>()?),
        };
        out.push(Item { there, value });
    }
    Ok((out, more))
}

/// A text that is split at matches has this in their place; one that has it already is refused.
pub(super) const CUT: &str = "\u{e000}";

/// The texts of a column with [`CUT`] in the place of each match, or of the first ones: what stands between is what `split` gives.
pub(super) fn cut<'b>(
    replay: &mut Replay<'_, 'b>,
    column: &Column<'b>,
    pattern: Value<'b>,
    cuts: Option<i64>,
    at: Span,
) -> Result<Cell<'b>, Unknown> {
    let matcher = matcher(replay, Some(pattern), 0, false, at)?;
    let most = first_few(replay, cuts.unwrap_or(0), at)?;
    if matcher.pattern.groups > 0 {
        return Err(replay.unsupported(at, "`split` at a pattern with groups"));
    }
    let place = replay.place_name(at);
    let mut own = Guards::new();
    let cell = ops::lift(replay, &[&column.cell], at, |replay, operands| match &operands[0] {
        (Kind::Str, val) => {
            let text = val.or_else("");
            let (cut, guards) = replaced(replay, &matcher, Library::Python, (CUT, most), text, at).map_err(Trouble::Unknown)?;
            own.extend(guards);
            own.insert(replay.guard(text.contains(CUT), Reason::Invalid(format!("a letter of private use in a text at {place}")), at));
            Ok((Kind::Str, if val.is_nullable() { val.is_null().select(replay.b.null(Elem::Str), cut) } else { cut }))
        }
        _ => Err(Trouble::Unsupported("`.str` on a column that is not of texts".to_owned())),
    })?;
    Ok(cell.guarded(&own))
}

/// `replace(regex=True)` of columns: in a text with a match a text takes the place of all matches, and a missing value that of the text.
/// Of several pairs those count whose pattern the text had at first.
pub(super) fn replace_cells<'b>(
    replay: &mut Replay<'_, 'b>,
    column: &Column<'b>,
    pairs: &[(record::Value, record::Value)],
    at: Span,
) -> Result<Cell<'b>, Unknown> {
    let mut own = Guards::new();
    let cell = ops::lift(replay, &[&column.cell], at, |replay, operands| match &operands[0] {
        (Kind::Str, val) => {
            let missing = replay.b.null(Elem::Str);
            let mut out = *val;
            for (old, new) in pairs {
                let pattern = replay.known(old.clone());
                let matcher = matcher(replay, Some(pattern), 0, false, at).map_err(Trouble::Unknown)?;
                let plain = old.as_str().filter(|old| !old.is_empty() && !old.contains(|c| super::text::SPECIAL.contains(c)));
                let held = match plain {
                    Some(part) => val.contains(part).or_else(false),
                    None => {
                        let (reading, guards) = read(replay, &matcher, Library::Python, val.or_else(""), at).map_err(Trouble::Unknown)?;
                        own.extend(guards);
                        reading.first().ge(0_i64) & !val.is_null()
                    }
                };
                out = match (new, new.as_str()) {
                    (new, None) if new.is_missing() => held.select(missing, out),
                    (_, Some(new)) => {
                        let (text, guards) =
                            replaced(replay, &matcher, Library::Python, (new, None), out.or_else(""), at).map_err(Trouble::Unknown)?;
                        own.extend(guards);
                        (held & !out.is_null()).select(text, out)
                    }
                    _ => return Err(Trouble::Unsupported("`replace(regex=True)` by what is not a text".to_owned())),
                };
            }
            Ok((Kind::Str, out))
        }
        (Kind::Category(_), _) => Err(Trouble::Unsupported("`replace(regex=True)` of categories".to_owned())),
        other => Ok(other.clone()),
    })?;
    Ok(cell.guarded(&own))
}

/// `re.split`: what stands between the matches, for a pattern without groups.
pub(super) fn split<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let wanted = call.int(replay, "maxsplit")?.unwrap_or(0);
    let most = first_few(replay, wanted, at)?;
    let (matcher, text) = arguments(replay, call, false)?;
    if matcher.pattern.groups > 0 {
        return Err(replay.unsupported(at, "`re.split` with groups"));
    }
    let text = the_text(replay, &text, at)?;
    let (reading, _) = read(replay, &matcher, Library::Python, text, at)?;
    let (all, more) = reading.all(replay, most.unwrap_or(MOST_MATCHES), at)?;
    if most.is_none() {
        sequence::refuse(replay, more, "too many matches in a text", at);
    }
    let (mut from, mut out, mut reached) = (replay.b.i64(0), Vec::new(), replay.b.bool(true));
    for [there, start, end] in all {
        let one = text.slice_text(from, there.select(start, text.len()));
        out.push(Item { there: reached, value: Value::Cell(Cell::new(Kind::Str, one)) });
        (from, reached) = (end, there);
    }
    out.push(Item { there: reached, value: Value::Cell(Cell::new(Kind::Str, text.slice_text(from, text.len()))) });
    Ok(Value::Sequence(Rc::new(out)))
}

/// How many matches are wanted; none for all.
fn first_few(replay: &mut Replay<'_, '_>, wanted: i64, at: Span) -> Result<Option<usize>, Unknown> {
    match usize::try_from(wanted) {
        Ok(0) => Ok(None),
        Ok(wanted) if wanted <= MOST_MATCHES => Ok(Some(wanted)),
        _ => Err(replay.unsupported(at, "that many matches of a pattern")),
    }
}

fn sub<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let compiled = matches!(call.receiver, Value::Known(ref known) if known.tagged().is_some());
    let place = if compiled { "0" } else { "1" };
    let by = ["repl", place].iter().find_map(|name| call.take(name)).and_then(|by| replay.concrete(&by));
    let Some(record::Value::Str(by)) = by else { return Err(replay.unsupported(at, "`sub` by something computed")) };
    let wanted = call.int(replay, "count")?.unwrap_or(0);
    let most = first_few(replay, wanted, at)?;
    let (matcher, text) = arguments(replay, call, false)?;
    let text = the_text(replay, &text, at)?;
    let (text, _) = replaced(replay, &matcher, Library::Python, (&by, most), text, at)?;
    Ok(Value::Cell(Cell::new(Kind::Str, text)))
}

/// `match.group(number)`, and several at once; of no match it raises.
fn group<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let number = ["0", "group"].iter().find_map(|name| call.take(name));
    let number = number.unwrap_or_else(|| replay.known(record::Value::Int(0)));
    let Value::Match(found) = call.receiver.clone() else { return Err(replay.unsupported(call.span, "`group` of this")) };
    let mut values = vec![group_item(replay, &found, &number, call.span)?];
    for place in 1..10 {
        let Some(number) = call.take(&place.to_string()) else { break };
        values.push(group_item(replay, &found, &number, call.span)?);
    }
    Ok(if values.len() > 1 { Value::Tuple(values) } else { values.remove(0) })
}

/// `match.groups()`
fn groups<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let Value::Match(found) = call.receiver.clone() else { return Err(replay.unsupported(call.span, "`groups` of this")) };
    let values = (1..=found.reading.matcher.pattern.groups).map(|group| {
        let number = replay.known(record::Value::Int(group as i64));
        group_item(replay, &found, &number, call.span)
    });
    Ok(Value::Tuple(values.collect::<Result<_, _>>()?))
}

/// `match.start()` and `match.end()`.
fn bound<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let number = ["0", "group"].iter().find_map(|name| call.take(name));
    let number = number.unwrap_or_else(|| replay.known(record::Value::Int(0)));
    let Value::Match(found) = call.receiver.clone() else { return Err(replay.unsupported(at, "this of a match")) };
    let number = group_number(replay, &found, &number, at)?;
    replay.raise_here(found.start.lt(0_i64), "AttributeError", at);
    let (begin, end, there) = found.reading.bounds(replay, found.start, number, at)?;
    let bound = if call.name == "start" { begin } else { end };
    Ok(Value::Cell(Cell::new(Kind::INT, there.select(bound, -1_i64))))
}

/// `match.span()`
fn span<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let group = call.take("0").or_else(|| call.take("group"));
    let mut ends = Vec::new();
    for name in ["start", "end"] {
        if let Some(group) = &group {
            call.give("0", group.clone());
        }
        call.name = name.to_owned();
        ends.push(bound(replay, call)?);
    }
    Ok(Value::Tuple(ends))
}

/// `match.groupdict()`
fn named_groups<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let Value::Match(found) = call.receiver.clone() else { return Err(replay.unsupported(call.span, "`groupdict` of this")) };
    let mut pairs = Vec::new();
    for (name, number) in &found.reading.matcher.pattern.group_names {
        let number = replay.known(record::Value::Int(*number as i64));
        let text = group_item(replay, &found, &number, call.span)?;
        pairs.push((replay.known(record::Value::Str(name.clone())), text));
    }
    Ok(replay.dict(pairs))
}

fn group_number<'b>(replay: &mut Replay<'_, 'b>, found: &Match<'b>, number: &Value<'b>, at: Span) -> Result<usize, Unknown> {
    let pattern = &found.reading.matcher.pattern;
    let number = match replay.concrete(number) {
        Some(record::Value::Str(name)) => pattern.group_names.iter().find(|(one, _)| *one == name).map(|(_, number)| *number),
        Some(value) => value.as_int().and_then(|number| usize::try_from(number).ok()),
        None => None,
    };
    match number.filter(|number| *number <= pattern.groups) {
        Some(number) => Ok(number),
        None => Err(replay.unsupported(at, "this group of a match")),
    }
}

/// `match[number]`
pub(crate) fn group_item<'b>(replay: &mut Replay<'_, 'b>, found: &Match<'b>, number: &Value<'b>, at: Span) -> Eval<'b> {
    let number = group_number(replay, found, number, at)?;
    replay.raise_here(found.start.lt(0_i64), "AttributeError", at);
    let (text, there) = found.reading.group(replay, found.start, number, at)?;
    if number == 0 {
        return Ok(Value::Cell(Cell::new(Kind::Str, text)));
    }
    let missing = Alternative { when: Some(!there), kind: Kind::Missing, val: replay.b.bool(false) };
    Ok(Value::Cell(Cell { alternatives: vec![missing, Alternative { when: None, kind: Kind::Str, val: text }], guards: Guards::new() }))
}
