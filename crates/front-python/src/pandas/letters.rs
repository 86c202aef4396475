//! Methods that look at each letter of a text: `isdigit` and its kin, `title`, `capitalize`, `swapcase`.
//!
//! Python's letters are known here below U+0250, those of other libraries in ASCII; a row with another letter is refused by a guard.

use crate::automata::{Automaton, Classes};
use crate::ops::{self, Trouble};
use crate::record;
use crate::regex::{self, Node, PYTHON_LETTERS, Pattern, Set};
use crate::replay::{Call, On, Replay, Row};
use crate::scan;
use crate::value::{Cell, Eval, Guards, Kind, Unknown, Value};
use ir::{Elem, Literal, Map, Table, Val};
use source::Span;

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Text, "isdigit", is_class),
    Row::new(On::Text, "isalpha", is_class),
    Row::new(On::Text, "isnumeric", is_class),
    Row::new(On::Text, "isdecimal", is_class),
    Row::new(On::Text, "isalnum", is_class),
    Row::new(On::Text, "isspace", is_class),
    Row::new(On::Text, "isupper", is_case),
    Row::new(On::Text, "islower", is_case),
    Row::new(On::Text, "istitle", is_title),
    Row::new(On::Text, "title", cased),
    Row::new(On::Text, "capitalize", cased),
    Row::new(On::Text, "swapcase", cased),
    Row::new(On::Cell, "isdigit", is_class),
    Row::new(On::Cell, "isalpha", is_class),
    Row::new(On::Cell, "isnumeric", is_class),
    Row::new(On::Cell, "isdecimal", is_class),
    Row::new(On::Cell, "isalnum", is_class),
    Row::new(On::Cell, "isspace", is_class),
    Row::new(On::Cell, "isupper", is_case),
    Row::new(On::Cell, "islower", is_case),
    Row::new(On::Cell, "istitle", is_title),
    Row::new(On::Cell, "title", cased),
    Row::new(On::Cell, "capitalize", cased),
    Row::new(On::Cell, "swapcase", cased),
];

const ASCII: u32 = 0x80;

fn holds(name: &str, letter: char) -> bool {
    match name {
        "isdecimal" => letter.is_ascii_digit(),
        "isdigit" => letter.is_ascii_digit() || matches!(letter, '²' | '³' | '¹'),
        "isnumeric" => holds("isdigit", letter) || matches!(letter, '¼' | '½' | '¾'),
        "isalpha" => letter.is_alphabetic(),
        "isalnum" => letter.is_alphabetic() || holds("isnumeric", letter),
        "isspace" => matches!(u32::from(letter), 9..=13 | 28..=32 | 0x85 | 0xa0),
        "isupper" => letter.is_uppercase(),
        _ => letter.is_lowercase(),
    }
}

/// The letters that are known here for which a method of a letter holds. None for another method.
pub(crate) fn of_method(name: &str) -> Option<Set> {
    let is_known = matches!(name, "isdigit" | "isalpha" | "isnumeric" | "isdecimal" | "isalnum" | "isspace" | "isupper" | "islower");
    is_known.then(|| set(PYTHON_LETTERS, |letter| holds(name, letter)))
}

/// The letters below a limit for which a method holds, or those for which it does not.
fn set(limit: u32, holds: impl Fn(char) -> bool) -> Set {
    let mut out = Set::new();
    for code in 0..limit {
        if !char::from_u32(code).is_some_and(&holds) {
            continue;
        }
        match out.last_mut() {
            Some(last) if last.1 + 1 == code => last.1 = code,
            _ => out.push((code, code)),
        }
    }
    out
}

/// Whether letters of these sets stand in a text, one after the other.
fn has_run<'b>(replay: &mut Replay<'_, 'b>, key: String, sets: Vec<Set>, text: Val<'b>, at: Span) -> Result<Val<'b>, Unknown> {
    let node = Node::Concat(sets.into_iter().map(Node::Chars).collect());
    let pattern = Pattern { node, groups: 0, group_names: Vec::new(), of_letters: false, of_end: false, ignores_case: false };
    let found = super::pattern::function(replay, key, || scan::marks(&Automaton::new(&pattern)?));
    let Some(found) = found else { return Err(replay.unsupported(at, "the letters of this")) };
    Ok(scan::begin(replay.b.call(found, &[text], 0), replay.b.i64(0)).ge(0_i64))
}

/// Whether a text has a letter of a set.
pub(crate) fn has<'b>(replay: &mut Replay<'_, 'b>, key: String, set: Set, text: Val<'b>, at: Span) -> Result<Val<'b>, Unknown> {
    let (classes, within) = Classes::and_within(&set);
    let found = super::pattern::function(replay, key, || scan::has(&classes, &within));
    let Some(found) = found else { return Err(replay.unsupported(at, "the letters of this")) };
    Ok(replay.b.call(found, &[text], 0))
}

/// Rows whose text has a letter that is not known here, or is too long to be looked at.
fn unknown<'b>(replay: &mut Replay<'_, 'b>, limit: u32, text: Val<'b>, at: Span) -> Result<Guards, Unknown> {
    let place = replay.place_name(at);
    let far = has(replay, format!("beyond {limit}"), vec![(limit, regex::LAST)], text, at)?;
    let far = replay.guard(far, ir::Reason::Invalid(format!("a letter that is not looked at at {place}")), at);
    let long = replay.guard(text.len().gt(scan::LONGEST), ir::Reason::Invalid(format!("a text is too long at {place}")), at);
    let own = Guards::from([far, long]);
    if let Some(frame) = replay.cells.last_mut() {
        frame.guards.extend(&own);
    }
    Ok(own)
}

/// Applies a function to the texts of a call.
fn on_letters<'b>(
    replay: &mut Replay<'_, 'b>,
    call: &Call<'b>,
    mut apply: impl FnMut(&mut Replay<'_, 'b>, Val<'b>, u32) -> Result<(Kind, Val<'b>), Unknown>,
) -> Eval<'b> {
    let at = call.span;
    let (cell, like) = super::text::subject(replay, call)?;
    let limit = if like.is_some() { ASCII } else { PYTHON_LETTERS };
    let on_column = like.is_some();
    let mut own = Guards::new();
    let cell = ops::lift(replay, &[&cell], at, |replay, operands| match &operands[0] {
        (Kind::Str, val) => {
            if on_column && val.is_nullable() {
                own.extend(unknown(replay, limit, val.or_else(""), at).map_err(Trouble::Unknown)?);
            } else if !replay.single_letters.contains(&val.value()) {
                own.extend(unknown(replay, limit, *val, at).map_err(Trouble::Unknown)?);
            }
            apply(replay, *val, limit).map_err(Trouble::Unknown)
        }
        _ if on_column => Err(Trouble::Unsupported("`.str` on a column that is not of texts".to_owned())),
        _ => Err(Trouble::Raises("AttributeError")),
    })?
    .guarded(&own);
    Ok(match like {
        Some(column) => Value::Column(column.with(cell)),
        None => Value::Cell(cell),
    })
}

/// The class of a single letter, by a table.
fn of_letter<'b>(replay: &mut Replay<'_, 'b>, name: &str, letter: Val<'b>, at: Span) -> Val<'b> {
    let code = letter.code_at(0_i64).cast(Elem::I64);
    let far = code.ge(i64::from(PYTHON_LETTERS));
    crate::sequence::refuse(replay, far, "a letter that is not looked at", at);
    let letters = set(PYTHON_LETTERS, |letter| holds(name, letter));
    let keys = letters.iter().flat_map(|(from, to)| *from..=*to);
    let rows = keys.map(|code| (vec![Literal::I64(i64::from(code))], Literal::Bool(true))).collect();
    let table = replay.b.table(Table::Map(Map { name: name.to_owned(), keys: vec![Elem::I64], value: Elem::Bool, rows }));
    replay.b.lookup(table, &[code]).or_else(false)
}

fn of_known<'b>(replay: &Replay<'_, 'b>, call: &Call<'b>) -> Option<String> {
    match replay.concrete(&call.receiver) {
        Some(record::Value::Str(text)) if text.chars().all(|letter| u32::from(letter) < PYTHON_LETTERS) => Some(text),
        _ => None,
    }
}

/// `isdigit` and its kin: of the empty text false. A missing text gives False too.
fn is_class<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (name, at) = (call.name.clone(), call.span);
    if let Some(text) = of_known(replay, call) {
        let held = !text.is_empty() && text.chars().all(|letter| holds(&name, letter));
        return Ok(replay.known(record::Value::Bool(held)));
    }
    on_letters(replay, call, |replay, text, limit| {
        if replay.single_letters.contains(&text.value()) {
            return Ok((Kind::Bool, of_letter(replay, &name, text, at)));
        }
        let other = set(limit, |letter| !holds(&name, letter));
        let other = has(replay, format!("not {name} {limit}"), other, text.or_else(""), at)?;
        Ok((Kind::Bool, !other & text.ne("").or_else(false)))
    })
}

/// `isupper` and `islower`: a letter of that case, and none of the other.
fn is_case<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (name, at) = (call.name.clone(), call.span);
    let against = if name == "isupper" { "islower" } else { "isupper" };
    if let Some(text) = of_known(replay, call) {
        let held = text.chars().any(|letter| holds(&name, letter)) && !text.chars().any(|letter| holds(against, letter));
        return Ok(replay.known(record::Value::Bool(held)));
    }
    on_letters(replay, call, |replay, text, limit| {
        if replay.single_letters.contains(&text.value()) {
            return Ok((Kind::Bool, of_letter(replay, &name, text, at)));
        }
        let text = text.or_else("");
        let own = has(replay, format!("{name} {limit}"), set(limit, |letter| holds(&name, letter)), text, at)?;
        let other = has(replay, format!("{against} {limit}"), set(limit, |letter| holds(against, letter)), text, at)?;
        Ok((Kind::Bool, own & !other))
    })
}

/// The letters that Unicode calls of title case, below the limit. They count as great ones.
const TITLE_CASE: [char; 4] = ['\u{1c5}', '\u{1c8}', '\u{1cb}', '\u{1f2}'];

/// `istitle`: great letters stand only behind what has no case, small ones only behind what has, and there is a letter.
fn is_title<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let great = |letter: char| letter.is_uppercase() || TITLE_CASE.contains(&letter);
    let has_case = move |letter: char| great(letter) || letter.is_lowercase();
    if let Some(text) = of_known(replay, call) {
        let pairs = || std::iter::once(' ').chain(text.chars()).zip(text.chars());
        let held = text.chars().any(has_case)
            && pairs().all(|(before, letter)| !(has_case(before) && great(letter) || !has_case(before) && letter.is_lowercase()));
        return Ok(replay.known(record::Value::Bool(held)));
    }
    on_letters(replay, call, |replay, text, limit| {
        let text = text.or_else("");
        let spaced = replay.b.str(" ").append(text);
        let any = has(replay, format!("case {limit}"), set(limit, has_case), text, at)?;
        let late = vec![set(limit, has_case), set(limit, great)];
        let late = has_run(replay, format!("great behind case {limit}"), late, text, at)?;
        let early = vec![set(limit, |letter| !has_case(letter)), set(limit, char::is_lowercase)];
        let early = has_run(replay, format!("small behind none {limit}"), early, spaced, at)?;
        Ok((Kind::Bool, any & !late & !early))
    })
}

/// `title`, `capitalize` and `swapcase`, of ASCII.
fn cased<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (name, at) = (call.name.clone(), call.span);
    let (cell, like) = super::text::subject(replay, call)?;
    let on_column = like.is_some();
    let mut own = Guards::new();
    let cell = ops::lift(replay, &[&cell], at, |replay, operands| match &operands[0] {
        (Kind::Str, val) => {
            let text = val.or_else("");
            own.extend(unknown(replay, ASCII, text, at).map_err(Trouble::Unknown)?);
            let made = super::pattern::function(replay, name.clone(), || scan::cased(&name));
            let Some(made) = made else { return Err(Trouble::Unsupported(format!("`{name}`"))) };
            let text = replay.b.call(made, &[text], 0);
            Ok((Kind::Str, if val.is_nullable() { val.is_null().select(replay.b.null(Elem::Str), text) } else { text }))
        }
        _ if on_column => Err(Trouble::Unsupported("`.str` on a column that is not of texts".to_owned())),
        _ => Err(Trouble::Raises("AttributeError")),
    })?
    .guarded(&own);
    Ok(match like {
        Some(column) => Value::Column(column.with(cell)),
        None => Value::Cell(Cell { ..cell }),
    })
}
