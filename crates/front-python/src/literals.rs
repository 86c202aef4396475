//! `ast.literal_eval` and `json.loads` of texts: lists of texts, and lists of dicts, as tables keep them in one cell.
//!
//! A text is read by one walk over its letters into a text of its own form, in which marks that no valid text holds stand between the
//! parts. What is not read exactly is refused as a row: escapes, nested lists, numbers with exponents, keys that are no texts.

#![expect(clippy::wildcard_enum_match_arm, reason = "what a construct does not take is refused, whatever it is")]

use crate::automata::Classes;
use crate::ops::{self, Trouble};
use crate::record;
use crate::regex::Set;
use crate::replay::{Call, On, Replay, Row};
use crate::scan;
use crate::sequence::{self, Item};
use crate::value::{Cell, Column, Eval, Kind, Unknown, Value};
use ir::Val;
use source::Span;
use std::collections::BTreeMap;
use std::rc::Rc;

pub(crate) const ROWS: &[Row] = &[Row::new(On::Function, "ast.literal_eval", literal_eval), Row::new(On::Function, "json.loads", loads)];

/// Before an item of a list.
const ITEM: char = '\u{1}';
/// Before a key of a dict, and at the dict's end.
const KEY: char = '\u{2}';
/// Between a key and its value.
const VALUE: char = '\u{3}';
/// What the first letter of a part says that it is. Of other values only that they are there is kept.
const LIST: char = 'L';
const DICT: char = 'd';
const TEXT: char = 's';
const OTHER: char = 'o';

/// Items that a loop sees at most.
const MOST_ITEMS: usize = 20;

// Reading --------------------------------------------------------------------------------------------------------------------

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Within {
    List,
    /// A dict that is an item.
    Dict,
    /// A dict that is all.
    Whole,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Number {
    Sign,
    Zero,
    Whole,
    Point,
    Fraction,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Mode {
    Start,
    /// Behind an opening bracket.
    First(Within),
    /// Behind a comma.
    Next(Within),
    Text {
        within: Within,
        quote: char,
        key: bool,
    },
    Colon(Within),
    Value(Within),
    Number(Within, Number),
    /// Behind so many letters of a word.
    Word(Within, &'static str, usize),
    After(Within),
    End,
}

/// How a dialect writes texts and constants.
struct Dialect {
    name: &'static str,
    quotes: &'static [char],
    words: &'static [&'static str],
    /// What is raised of a text that begins like no value.
    broken: &'static str,
}

const PYTHON: Dialect = Dialect { name: "literal_step", quotes: &['"', '\''], words: &["True", "False", "None"], broken: "SyntaxError" };
const JSON: Dialect = Dialect { name: "json_step", quotes: &['"'], words: &["true", "false", "null"], broken: "JSONDecodeError" };

/// What follows a letter: the next mode, what is written, and whether the letter is too. None for a letter that may not stand there.
fn next(dialect: &Dialect, mode: Mode, letter: char) -> Option<(Mode, String, bool)> {
    let to = |mode: Mode| Some((mode, String::new(), false));
    let written = |mode: Mode, marks: &[char]| Some((mode, marks.iter().collect(), false));
    let value = |within: Within, mark: char| {
        if dialect.quotes.contains(&letter) {
            return written(Mode::Text { within, quote: letter, key: false }, &[mark, TEXT]);
        }
        let number = match letter {
            '-' => Some(Number::Sign),
            '0' => Some(Number::Zero),
            '1'..='9' => Some(Number::Whole),
            _ => None,
        };
        if let Some(number) = number {
            return written(Mode::Number(within, number), &[mark, OTHER]);
        }
        let word = dialect.words.iter().find(|word| word.starts_with(letter))?;
        written(Mode::Word(within, word, 1), &[mark, OTHER])
    };
    let after = |within: Within| match (within, letter) {
        (_, ' ') => to(Mode::After(within)),
        (_, ',') => to(Mode::Next(within)),
        (Within::List, ']') => to(Mode::End),
        (Within::Dict, '}') => written(Mode::After(Within::List), &[KEY]),
        (Within::Whole, '}') => written(Mode::End, &[KEY]),
        _ => None,
    };
    let key = |within: Within| {
        let quote = dialect.quotes.contains(&letter);
        if quote { written(Mode::Text { within, quote: letter, key: true }, &[KEY]) } else { None }
    };
    match mode {
        Mode::Start => match letter {
            ' ' => to(mode),
            '[' => written(Mode::First(Within::List), &[LIST]),
            '{' => written(Mode::First(Within::Whole), &[DICT]),
            _ => None,
        },
        Mode::End => {
            if letter == ' ' {
                to(mode)
            } else {
                None
            }
        }
        Mode::First(_) | Mode::Next(_) | Mode::Colon(_) | Mode::Value(_) if letter == ' ' => to(mode),
        Mode::First(Within::List) if letter == ']' => to(Mode::End),
        Mode::First(Within::List) | Mode::Next(Within::List) if letter == '{' => written(Mode::First(Within::Dict), &[ITEM, DICT]),
        Mode::First(Within::List) | Mode::Next(Within::List) => value(Within::List, ITEM),
        Mode::First(within) if letter == '}' => after(within),
        Mode::First(within) | Mode::Next(within) => key(within),
        Mode::Text { within, quote, key } if letter == quote => to(if key { Mode::Colon(within) } else { Mode::After(within) }),
        Mode::Text { .. } => {
            if letter == '\\' || letter < ' ' {
                None
            } else {
                Some((mode, String::new(), true))
            }
        }
        Mode::Colon(within) => {
            if letter == ':' {
                to(Mode::Value(within))
            } else {
                None
            }
        }
        Mode::Value(within) => value(within, VALUE),
        Mode::Number(within, number) => match (number, letter) {
            (Number::Sign, '0') => to(Mode::Number(within, Number::Zero)),
            (Number::Sign, '1'..='9') | (Number::Whole, '0'..='9') => to(Mode::Number(within, Number::Whole)),
            (Number::Zero | Number::Whole, '.') => to(Mode::Number(within, Number::Point)),
            (Number::Point | Number::Fraction, '0'..='9') => to(Mode::Number(within, Number::Fraction)),
            (Number::Zero | Number::Whole | Number::Fraction, _) => after(within),
            _ => None,
        },
        Mode::Word(within, word, read) if read == word.len() => after(within),
        Mode::Word(within, word, read) => {
            if word[read..].starts_with(letter) {
                to(Mode::Word(within, word, read + 1))
            } else {
                None
            }
        }
        Mode::After(within) => after(within),
    }
}

/// `(text)` to the mode behind its last letter, and what was written.
fn reader(dialect: &Dialect) -> Option<ir::Module> {
    let words: String = dialect.words.concat();
    let single = "[]{},:'\"\\ -.0123456789".chars().chain(words.chars());
    let mut sets: Vec<Set> = single.map(|letter| vec![(u32::from(letter), u32::from(letter))]).collect();
    sets.push(vec![(0, 31)]);
    let classes = Classes::of_sets(&sets);
    // One letter of each class stands for all.
    let letters: Vec<char> = std::iter::once(0).chain(classes.0.iter().copied()).filter_map(char::from_u32).collect();
    let mut numbers: BTreeMap<Mode, usize> = BTreeMap::from([(Mode::Start, 0), (Mode::End, 1)]);
    let mut todo = vec![Mode::Start, Mode::End];
    let mut rows = Vec::new();
    while let Some(mode) = todo.pop() {
        for (class, letter) in letters.iter().enumerate() {
            let Some((to, marks, copied)) = next(dialect, mode, *letter) else { continue };
            let fresh = numbers.len();
            let number = *numbers.entry(to).or_insert_with(|| {
                todo.push(to);
                fresh
            });
            rows.push(scan::Turn { mode: numbers[&mode], class, to: number, marks, copied });
        }
    }
    scan::by_modes(dialect.name, &classes, rows)
}

fn literal_eval<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    read(replay, call, &PYTHON, "ValueError")
}

fn loads<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    read(replay, call, &JSON, "TypeError")
}

fn read<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>, dialect: &Dialect, otherwise: &'static str) -> Eval<'b> {
    let at = call.span;
    let Some(text) = ["node_or_string", "s", "0"].iter().find_map(|name| call.take(name)) else {
        return Err(replay.unsupported(at, format!("`{}` of nothing", call.name)));
    };
    let text = ops::to_cell(replay, &text, None, at)?;
    let made = crate::pandas::pattern::function(replay, dialect.name.to_owned(), || reader(dialect));
    let Some(made) = made else { return Err(replay.unsupported(at, format!("`{}`", call.name))) };
    let cell = ops::lift(replay, &[&text], at, |replay, operands| match &operands[0] {
        (Kind::Str, text) => {
            sequence::refuse(replay, text.len().gt(scan::LONGEST), "a text is too long", at);
            let broken = begins_no_expression(*text);
            replay.raise_here(broken, dialect.broken, at);
            let read = replay.b.call(made, &[*text], 0);
            let ended = read.slice_text(0_i64, 1_i64).eq(scan::mode_letter(1).as_str());
            sequence::refuse(replay, !ended & !broken, "a text that is not read exactly", at);
            // What raised is an empty list for what stands behind it on the way.
            let nothing = String::from(LIST);
            Ok((Kind::Document, broken.select(replay.b.str(&nothing), read.slice_text(1_i64, read.len()))))
        }
        _ => Err(Trouble::Raises(otherwise)),
    })?;
    Ok(Value::Cell(cell))
}

/// Whether a text is certainly not read, because nothing begins like that: with a sign that stands between or behind other things.
fn begins_no_expression(text: Val<'_>) -> Val<'_> {
    let b = text.builder();
    let text = text.strip();
    let first = text.slice_text(0_i64, 1_i64);
    "#/%*,;:)]}=<>&|^!?@$`".chars().fold(text.eq(""), |broken, sign| broken | first.eq(b.str(&sign.to_string())))
}

// What was read --------------------------------------------------------------------------------------------------------------

/// A part of what was read: a text, a dict, or another value, whichever the row has.
pub(crate) struct Entry<'b> {
    part: Val<'b>,
    there: Val<'b>,
}

fn is_a(part: Val<'_>, kind: char) -> Val<'_> {
    part.starts_with(String::from(kind).as_str())
}

fn count<'b>(part: Val<'b>, mark: char) -> Val<'b> {
    part.len() - part.replace(String::from(mark).as_str(), "").len()
}

/// `len` of a list or dict.
pub(crate) fn len(document: Val<'_>) -> Val<'_> {
    is_a(document, LIST).select(count(document, ITEM), count(document, VALUE))
}

/// Whether there is something in a list or dict.
pub(crate) fn truth(document: Val<'_>) -> Val<'_> {
    len(document).gt(0_i64)
}

/// Whether it is a list, or else a dict.
pub(crate) fn is_list(document: Val<'_>) -> Val<'_> {
    is_a(document, LIST)
}

/// A display of texts, or an empty one, as what was read.
pub(crate) fn of_display<'b>(replay: &Replay<'_, 'b>, value: &Value<'b>) -> Option<Cell<'b>> {
    let text = match value {
        Value::Dict(id) if replay.dicts[id.0].is_empty() => format!("{DICT}{KEY}"),
        Value::List(_) | Value::Known(_) => {
            let items = match replay.concrete(value)?.as_tagged()? {
                record::Tagged::List(items) => items.clone(),
                record::Tagged::Dict(pairs) if pairs.is_empty() => {
                    return Some(Cell::new(Kind::Document, replay.b.str(&format!("{DICT}{KEY}"))));
                }
                _ => return None,
            };
            let mut text = String::from(LIST);
            for item in &items {
                text.extend([ITEM, TEXT]);
                text.push_str(item.as_str().filter(|item| !item.contains(|letter| letter < ' '))?);
            }
            text
        }
        _ => return None,
    };
    Some(Cell::new(Kind::Document, replay.b.str(&text)))
}

/// Whether some way that a value can be is a list or dict that was read.
pub(crate) fn is_document(value: &Value<'_>) -> bool {
    matches!(value, Value::Cell(cell) if cell.alternatives.iter().any(|one| one.kind == Kind::Document))
}

fn document<'b>(replay: &mut Replay<'_, 'b>, cell: &Cell<'b>, at: Span) -> Result<Val<'b>, Unknown> {
    let cell = ops::lift(replay, &[cell], at, |_, operands| match &operands[0] {
        (Kind::Document, val) => Ok((Kind::Document, *val)),
        _ => Err(Trouble::Raises("TypeError")),
    })?;
    match cell.single() {
        Some((Kind::Document, val)) => Ok(val),
        _ => Err(replay.unsupported(at, "this as a list")),
    }
}

/// The items of a list. Of a dict they would be its keys; such a row is refused.
pub(crate) fn items<'b>(replay: &mut Replay<'_, 'b>, cell: &Cell<'b>, at: Span) -> Result<Vec<Item<'b>>, Unknown> {
    let whole = document(replay, cell, at)?;
    let list = is_a(whole, LIST);
    sequence::refuse(replay, !list, "a dict where the others are lists", at);
    let mark = String::from(ITEM);
    let mut rest = whole;
    let mut out = Vec::new();
    for _ in 0..MOST_ITEMS {
        let found = rest.find(mark.as_str());
        let there = list & found.ge(0_i64);
        rest = rest.slice_text(found + 1_i64, rest.len());
        let end = rest.find(mark.as_str());
        let part = end.ge(0_i64).select(rest.slice_text(0_i64, end), rest);
        out.push(Item { there, value: Value::Entry(Rc::new(Entry { part, there })) });
        rest = there.select(rest, "");
    }
    sequence::refuse(replay, rest.contains(mark.as_str()), "too many items of a list", at);
    Ok(out)
}

/// A part as a text.
pub(crate) fn text<'b>(replay: &mut Replay<'_, 'b>, entry: &Entry<'b>, at: Span) -> Cell<'b> {
    let other = entry.there & !is_a(entry.part, TEXT);
    sequence::refuse(replay, other, "a value that is not a text", at);
    Cell::new(Kind::Str, entry.part.slice_text(1_i64, entry.part.len()))
}

/// One part or another.
pub(crate) fn choose<'b>(condition: Val<'b>, yes: &Entry<'b>, no: &Entry<'b>) -> Value<'b> {
    Value::Entry(Rc::new(Entry { part: condition.select(yes.part, no.part), there: condition.select(yes.there, no.there) }))
}

/// The value under a key, and whether there is one. A dict that says a key twice is refused.
fn under<'b>(replay: &mut Replay<'_, 'b>, part: Val<'b>, key: &str, at: Span) -> (Val<'b>, Val<'b>) {
    let mark = format!("{KEY}{key}{VALUE}");
    let found = part.find(mark.as_str());
    let rest = part.slice_text(found + mark.chars().count() as i64, part.len());
    let there = is_a(part, DICT) & found.ge(0_i64);
    sequence::refuse(replay, there & rest.contains(mark.as_str()), "a key twice in a dict", at);
    let end = rest.find(String::from(KEY).as_str());
    (rest.slice_text(0_i64, end), there)
}

fn dict<'b>(replay: &mut Replay<'_, 'b>, of: &Value<'b>, at: Span) -> Result<Val<'b>, Unknown> {
    let part = match of {
        Value::Entry(entry) => entry.part,
        Value::Cell(cell) => document(replay, cell, at)?,
        _ => return Err(replay.unsupported(at, "an item of this")),
    };
    let there = if let Value::Entry(entry) = of { entry.there } else { replay.b.bool(true) };
    replay.raise_here(there & !is_a(part, DICT), "TypeError", at);
    Ok(part)
}

/// `dict["key"]` and `list[0]` of what was read.
pub(crate) fn item<'b>(replay: &mut Replay<'_, 'b>, of: &Value<'b>, index: &Value<'b>, at: Span) -> Eval<'b> {
    match replay.concrete(index) {
        Some(record::Value::Str(key)) => {
            let part = dict(replay, of, at)?;
            let (value, there) = under(replay, part, &key, at);
            replay.raise_here(!there, "KeyError", at);
            Ok(Value::Entry(Rc::new(Entry { part: value, there })))
        }
        _ => match of {
            Value::Cell(cell) => {
                let items = items(replay, cell, at)?;
                sequence::item(replay, &items, index, at)
            }
            _ => Err(replay.unsupported(at, "this item of what was read")),
        },
    }
}

/// `dict.get("key", default)`
pub(crate) fn get<'b>(replay: &mut Replay<'_, 'b>, of: &Value<'b>, arguments: &[Value<'b>], at: Span) -> Eval<'b> {
    let key = arguments.first().and_then(|key| replay.concrete(key)).and_then(|key| key.as_str().map(str::to_owned));
    let Some(key) = key else { return Err(replay.unsupported(at, "`get` of a computed key")) };
    let part = dict(replay, of, at)?;
    let (value, there) = under(replay, part, &key, at);
    let found = text(replay, &Entry { part: value, there }, at);
    let default = arguments.get(1).cloned().unwrap_or_else(|| replay.none());
    let default = ops::to_cell(replay, &default, None, at)?;
    Ok(Value::Cell(ops::choose(there, &found, &default)))
}

/// A column for each label: whether it is among the texts of a list, as `MultiLabelBinarizer` asks. Rows with anything else are refused.
pub(crate) fn among<'b>(replay: &mut Replay<'_, 'b>, column: &Column<'b>, labels: &[&str], at: Span) -> Result<Vec<Column<'b>>, Unknown> {
    let Some((Kind::Document, document)) = column.cell.single() else {
        return Err(replay.unsupported(at, "labels of other things than lists that were read"));
    };
    let mark = |kind: char| format!("{ITEM}{kind}");
    let others = !is_a(document, LIST) | document.contains(mark(OTHER).as_str()) | document.contains(mark(DICT).as_str());
    let guard = replay.guard(others, ir::Reason::Invalid("a list of other things than texts".to_owned()), at);
    let whole = document.append(String::from(ITEM).as_str());
    let held = |label: &&str| {
        let held = if label.contains(|letter| letter < ' ') {
            replay.b.bool(false)
        } else {
            whole.contains(format!("{ITEM}{TEXT}{label}{ITEM}").as_str())
        };
        let mut cell = Cell::new(Kind::Bool, held).guarded(&column.cell.guards);
        cell.guards.insert(guard);
        column.with(cell)
    };
    Ok(labels.iter().map(held).collect())
}
