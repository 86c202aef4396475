//! Methods that look at each letter of a text: `isdigit` and its kin, `title`, `capitalize`, `swapcase`.
//!
//! Known are the letters of Latin, Greek and Cyrillic, what has no case (scripts of Asia, signs, pictures), and of these those about which
//! Python 3.11 to 3.14 and pyarrow, which pandas asks if it is there, agree: measured for each code point. A row with another letter is
//! refused by a guard.

use crate::automata::{Automaton, Classes};
use crate::ops::{self, Trouble};
use crate::record;
use crate::regex::{Node, PYTHON_LETTERS, Pattern, Set, negated, union, word};
use crate::replay::{Call, On, Replay, Row};
use crate::scan;
use crate::value::{Eval, Guards, Kind, Unknown, Value};
use ir::{Elem, Val};
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
    Row::new(On::Text, "casefold", folded),
    Row::new(On::Text, "isascii", is_ascii),
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
    Row::new(On::Cell, "casefold", folded),
    Row::new(On::Cell, "isascii", is_ascii),
];

/// Code points below this are of scripts that have been complete for long: Latin, Greek, Cyrillic.
const WELL_KNOWN: u32 = 0x530;
/// More Latin letters with marks.
const LATIN_ADDITIONAL: (u32, u32) = (0x1e00, 0x1eff);
/// Letters of scripts without case.
const CASELESS_LETTERS: &[(u32, u32)] = &[
    (0x5d0, 0x5ea),
    (0x620, 0x64a),
    (0x671, 0x6d3),
    (0x3041, 0x3096),
    (0x30a1, 0x30fa),
    (0x3400, 0x4dbf),
    (0x4e00, 0x9fff),
    (0xac00, 0xd7a3),
];
/// Blocks without a letter or number: punctuation, currencies, arrows, signs, pictures.
const SIGNS: &[(u32, u32)] = &[
    (0x2000, 0x206f),
    (0x20a0, 0x20c0),
    (0x2190, 0x245f),
    (0x2500, 0x2775),
    (0x2794, 0x2bff),
    (0x3000, 0x3004),
    (0x3008, 0x3020),
    (0xfe00, 0xfe0f),
    (0x1f000, 0x1f0ff),
    (0x1f1e6, 0x1f1ff),
    (0x1f300, 0x1faff),
];
/// Blocks without a letter that has a case.
const CASELESS: &[(u32, u32)] = &[
    (0x591, 0x109f),
    (0x1100, 0x139f),
    (0x1400, 0x1c7f),
    (0x1cd0, 0x1cff),
    (0x1dc0, 0x1dff),
    (0x2000, 0x2070),
    (0x2072, 0x207e),
    (0x20a0, 0x20f0),
    (0x2190, 0x24b5),
    (0x2500, 0x2bff),
    (0x2e00, 0xa63f),
    (0xa800, 0xab2f),
    (0xabc0, 0xfaff),
    (0xfb1d, 0xff20),
    (0xff3b, 0xff40),
    (0xff5b, 0xffff),
    (0x1f000, 0x1f12f),
    (0x1f18a, 0x1faff),
    (0x20000, 0x323af),
];
/// Letters about whose case Python and pyarrow, or two of Pythons, differ, wherever they stand.
const UNCLEAR_CASE: &[(u32, u32)] = &[
    (0xaa, 0xaa),
    (0xba, 0xba),
    (0x149, 0x149),
    (0x19b, 0x19b),
    (0x1c4, 0x1cc),
    (0x1f0, 0x1f3),
    (0x264, 0x264),
    (0x277, 0x277),
    (0x27c, 0x27c),
    (0x295, 0x295),
    (0x2b0, 0x2b8),
    (0x2c0, 0x2c1),
    (0x2e0, 0x2e4),
    (0x345, 0x345),
    (0x37a, 0x37a),
    (0x390, 0x390),
    (0x3b0, 0x3b0),
    (0x3d2, 0x3d4),
    (0x1e96, 0x1e9a),
    (0x1e9e, 0x1e9e),
];

/// The letters for which a method of a class holds, and those about which it is not certain.
struct Class {
    members: Set,
    unclear: Set,
}

fn class(name: &str) -> Class {
    let well_known = (0, WELL_KNOWN - 1);
    // Marks, which Rust counts among the letters and Python does not.
    let is_mark = |letter: char| matches!(u32::from(letter), 0x345 | 0x363..=0x36f);
    let members = set(WELL_KNOWN, |letter| holds(name, letter) && !is_mark(letter));
    match name {
        "isspace" => Class { members: crate::regex::WHITE.to_vec(), unclear: Set::new() },
        "isalpha" | "isalnum" => Class {
            members: union([members, vec![LATIN_ADDITIONAL], CASELESS_LETTERS.to_vec()].concat()),
            unclear: negated(&union([&[well_known, LATIN_ADDITIONAL], CASELESS_LETTERS, SIGNS].concat())),
        },
        // Of the letters of China some are numbers.
        "isnumeric" => Class { members, unclear: negated(&union([&[well_known, LATIN_ADDITIONAL], SIGNS].concat())) },
        _ => {
            let fractions = if name == "isdigit" { vec![(0xbc, 0xbe)] } else { Set::new() };
            let unclear = negated(&union([&[well_known, LATIN_ADDITIONAL], CASELESS_LETTERS, SIGNS].concat()));
            Class { members, unclear: union([unclear, fractions].concat()) }
        }
    }
}

/// Letters about whose case it is not certain here what a library says.
fn unclear_case() -> Set {
    let known = union([&[(0, WELL_KNOWN - 1), LATIN_ADDITIONAL], CASELESS].concat());
    union([negated(&known), UNCLEAR_CASE.to_vec()].concat())
}

/// Letters that have a case.
pub(crate) fn of_some_case() -> Set {
    let below = set(WELL_KNOWN, |letter| letter.is_uppercase() || letter.is_lowercase());
    union([below, vec![LATIN_ADDITIONAL]].concat())
}

/// Small letters without a great one, which is one letter.
fn only_small() -> Set {
    let great = |letter: char| {
        let mut upper = letter.to_uppercase();
        upper.next().filter(|_| upper.next().is_none())
    };
    let limit = LATIN_ADDITIONAL.1 + 1;
    let known = |letter: char| u32::from(letter) < WELL_KNOWN || u32::from(letter) >= LATIN_ADDITIONAL.0;
    set(limit, |letter| known(letter) && letter.is_lowercase() && great(letter).is_none_or(|great| great == letter))
}

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
pub(crate) fn has_run<'b>(replay: &mut Replay<'_, 'b>, key: String, sets: Vec<Set>, text: Val<'b>, at: Span) -> Result<Val<'b>, Unknown> {
    let node = Node::Concat(sets.into_iter().map(Node::Chars).collect());
    let pattern = Pattern { node, groups: 0, group_names: Vec::new(), of_letters: false, of_end: false, ignores_case: false, word: word() };
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

/// Rows whose text has a letter about which a method is not certain, or is too long to be looked at.
fn unknown<'b>(
    replay: &mut Replay<'_, 'b>,
    (key, unclear): (String, Set),
    text: Val<'b>,
    more: Option<Val<'b>>,
    at: Span,
) -> Result<Guards, Unknown> {
    let place = replay.place_name(at);
    let far = if unclear.is_empty() { replay.b.bool(false) } else { has(replay, key, unclear, text, at)? };
    let far = more.map_or(far, |more| far | more);
    let far = replay.guard(far, ir::Reason::Invalid(format!("a letter that is not looked at at {place}")), at);
    let mut own = Guards::from([far]);
    if !replay.single_letters.contains(&text.value()) {
        own.insert(replay.guard(text.len().gt(scan::LONGEST), ir::Reason::Invalid(format!("a text is too long at {place}")), at));
    }
    if let Some(frame) = replay.cells.last_mut() {
        frame.guards.extend(&own);
    }
    Ok(own)
}

/// Applies a function to the texts of a call that have no letter of a set.
fn on_letters<'b>(
    replay: &mut Replay<'_, 'b>,
    call: &Call<'b>,
    (key, unclear): (String, Set),
    mut apply: impl FnMut(&mut Replay<'_, 'b>, Val<'b>) -> Result<(Kind, Val<'b>), Unknown>,
) -> Eval<'b> {
    let at = call.span;
    let (cell, like) = super::text::subject(replay, call)?;
    let on_column = like.is_some();
    let mut own = Guards::new();
    let cell = ops::lift(replay, &[&cell], at, |replay, operands| match &operands[0] {
        (Kind::Str, val) => {
            let text = if on_column && val.is_nullable() { val.or_else("") } else { *val };
            own.extend(unknown(replay, (key.clone(), unclear.clone()), text, None, at).map_err(Trouble::Unknown)?);
            apply(replay, *val).map_err(Trouble::Unknown)
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
    let Class { members, unclear } = class(&name);
    on_letters(replay, call, (format!("unclear {name}"), unclear), |replay, text| {
        let other = has(replay, format!("not {name}"), negated(&members), text.or_else(""), at)?;
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
    on_letters(replay, call, unclear(), |replay, text| {
        let text = text.or_else("");
        let great = text.lower_each().ne(text) | text.contains("\u{130}");
        let small = text.upper_each().ne(text) | has(replay, "only small".to_owned(), only_small(), text, at)?;
        Ok((Kind::Bool, if name == "isupper" { great & !small } else { small & !great }))
    })
}

fn unclear() -> (String, Set) {
    ("unclear case".to_owned(), unclear_case())
}

/// `istitle`: great letters stand only behind what has no case, small ones only behind what has, and there is a letter.
fn is_title<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    if let Some(text) = of_known(replay, call) {
        let has_case = |letter: char| letter.is_uppercase() || letter.is_lowercase();
        let pairs = || std::iter::once(' ').chain(text.chars()).zip(text.chars());
        let misplaced = |before: char, letter: char| match has_case(before) {
            true => letter.is_uppercase(),
            false => letter.is_lowercase(),
        };
        let held = text.chars().any(has_case) && !pairs().any(|(before, letter)| misplaced(before, letter));
        return Ok(replay.known(record::Value::Bool(held)));
    }
    on_letters(replay, call, unclear(), |replay, text| {
        let text = text.or_else("");
        let any = has(replay, "of some case".to_owned(), of_some_case(), text, at)?;
        let small = begins_small(replay, ("small begins", only_small()), text, at)?;
        let titled = recased(replay, "title", text, at)?;
        Ok((Kind::Bool, any & titled.eq(text) & !small))
    })
}

/// Whether a letter of a set stands behind none that has a case.
fn begins_small<'b>(replay: &mut Replay<'_, 'b>, (key, letters): (&str, Set), text: Val<'b>, at: Span) -> Result<Val<'b>, Unknown> {
    let spaced = replay.b.str(" ").append(text);
    has_run(replay, key.to_owned(), vec![negated(&of_some_case()), letters], spaced, at)
}

fn recased<'b>(replay: &mut Replay<'_, 'b>, how: &str, text: Val<'b>, at: Span) -> Result<Val<'b>, Unknown> {
    let made = super::pattern::function(replay, how.to_owned(), || scan::cased(how, &of_some_case()));
    let Some(made) = made else { return Err(replay.unsupported(at, format!("`{how}`"))) };
    Ok(replay.b.call(made, &[text], 0))
}

/// Whether a letter would change its case of which libraries make different ones: a sharp s made great is one letter or two, and the small
/// one of a dotted I and of a sigma are different letters.
fn changes_unclearly<'b>(replay: &mut Replay<'_, 'b>, how: &str, text: Val<'b>, at: Span) -> Result<Val<'b>, Unknown> {
    let greatened = vec![(0xdf, 0xdf)];
    let lowered = vec![(0x130, 0x130), (0x3a3, 0x3a3)];
    match how {
        "title" => {
            let small = begins_small(replay, ("sharp s begins", greatened), text, at)?;
            let late = has_run(replay, "dotted or sigma behind case".to_owned(), vec![of_some_case(), lowered], text, at)?;
            Ok(small | late)
        }
        "capitalize" => {
            let late = has(replay, "dotted or sigma".to_owned(), lowered, text.slice_text(1_i64, text.len()), at)?;
            Ok(text.starts_with("\u{df}") | late)
        }
        _ => has(replay, "sharp s, dotted or sigma".to_owned(), [greatened, lowered].concat(), text, at),
    }
}

/// `title`, `capitalize` and `swapcase`.
fn cased<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (name, at) = (call.name.clone(), call.span);
    let (cell, like) = super::text::subject(replay, call)?;
    let on_column = like.is_some();
    let mut own = Guards::new();
    let cell = ops::lift(replay, &[&cell], at, |replay, operands| match &operands[0] {
        (Kind::Str, val) => {
            let text = val.or_else("");
            let unclearly = changes_unclearly(replay, &name, text, at).map_err(Trouble::Unknown)?;
            own.extend(unknown(replay, unclear(), text, Some(unclearly), at).map_err(Trouble::Unknown)?);
            let text = recased(replay, &name, text, at).map_err(Trouble::Unknown)?;
            Ok((Kind::Str, if val.is_nullable() { val.is_null().select(replay.b.null(Elem::Str), text) } else { text }))
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

/// Letters that `casefold` makes others of than `lower` does, and these.
const FOLDED: &[(&str, &str)] = &[
    ("\u{b5}", "\u{3bc}"),
    ("\u{df}", "ss"),
    ("\u{17f}", "s"),
    ("\u{3c2}", "\u{3c3}"),
    ("\u{3d0}", "\u{3b2}"),
    ("\u{3d1}", "\u{3b8}"),
    ("\u{3d5}", "\u{3c6}"),
    ("\u{3d6}", "\u{3c0}"),
    ("\u{3f0}", "\u{3ba}"),
    ("\u{3f1}", "\u{3c1}"),
    ("\u{3f5}", "\u{3b5}"),
    ("\u{1e9b}", "\u{1e61}"),
];

/// `casefold`: small letters, whatever stands around them, and beyond them what no case tells apart.
///
/// The dotted capital I becomes two letters, and is refused with those about whose case libraries differ.
fn folded<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (key, letters) = unclear();
    let unclear = union([letters, vec![(0x130, 0x130)]].concat());
    on_letters(replay, call, (format!("{key} or dotted"), unclear), |_, text| {
        let plain = FOLDED.iter().fold(text, |text, (letter, folded)| text.replace(*letter, *folded));
        Ok((Kind::Str, plain.lower_each()))
    })
}

/// `isascii`: no letter beyond ASCII. The empty text is, and a missing one is not.
fn is_ascii<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    on_letters(replay, call, ("none".to_owned(), Set::new()), |replay, text| {
        let far = has(replay, "beyond ASCII".to_owned(), vec![(128, crate::regex::LAST)], text.or_else(""), at)?;
        Ok((Kind::Bool, !far & !text.is_null()))
    })
}
