//! Automata as functions on texts: a step that looks at one place, and an iteration of it over all places.

use crate::automata::{Automaton, Classes, Passed, Side};
use crate::hash;
use crate::regex::Set;
use ir::{Builder, Elem, Literal, Map, Module, Table, Tensor, Type, Val};

/// The longest text that is read; a longer one is for the caller to refuse. What a step makes it copies, so time grows with the square.
pub const LONGEST: i64 = 4095;
/// Places in a text, and one more that says that there is none.
const POSITIONS: i64 = 2 * (LONGEST + 1);
pub const NOWHERE: i64 = POSITIONS - 1;

/// Code points of which a table says what they are; the others are looked for among the classes.
const TABLED: u32 = 256;

/// What is said of the class of a code point.
fn by_class<'b>(classes: &Classes, code: Val<'b>, name: &str, of: impl Fn(usize) -> Literal) -> Val<'b> {
    let b = code.builder();
    let of = |code: u32| of(classes.0.iter().filter(|start| **start <= code).count());
    let values: Vec<Literal> = (0..TABLED).map(&of).collect();
    let tabled = b.tensor(Tensor::literals(name, of(0).elem(), [TABLED], values)).gather(code, 0);
    let far = classes.0.iter().filter(|start| **start >= TABLED);
    far.fold(tabled, |near, start| code.ge(i64::from(*start)).select(b.constant(of(*start)), near))
}

fn table(b: &Builder, name: &str, keys: usize, rows: Vec<(Vec<i64>, i64)>) -> ir::Handle<Table> {
    let rows = rows.into_iter().map(|(key, value)| (key.into_iter().map(Literal::I64).collect(), Literal::I64(value))).collect();
    b.table(Table::Map(Map { name: name.to_owned(), keys: vec![Elem::I64; keys], value: Elem::I64, rows }))
}

/// A function of a text that has its step done at each place and its end, from the left; `start` is what is known before the first.
pub fn over_text(step: &Module, start: impl Into<Literal>) -> Option<Module> {
    let b = Builder::new(step.name.strip_suffix("_step")?);
    let text = b.param("text", Type::scalar(Elem::Str));
    b.result("known", b.iterate(b.import(step)?, &[b.constant(start.into()), text], text.len() + 1_i64));
    b.finish().ok()
}

pub fn step<'b>(b: &'b Builder, elem: Elem) -> (Val<'b>, Val<'b>, Val<'b>) {
    let (known, text) = (b.param("known", Type::scalar(elem)), b.param("text", Type::scalar(Elem::Str)));
    (known, text, b.param("at", Type::scalar(Elem::I64)))
}

/// `(text)` to whether a code point of it is of some classes.
pub fn has(classes: &Classes, within: &[usize]) -> Option<Module> {
    let b = Builder::new("has_step");
    b.doc("Whether a code point of a text is of some classes, or one before it was.");
    let (known, text, at) = step(&b, Elem::Bool);
    b.result("known", known | is_within(text.code_at(at), classes, within));
    over_text(&b.finish().ok()?, false)
}

/// `(text)` to how many code points of it are of some classes.
pub fn count_of(classes: &Classes, within: &[usize]) -> Option<Module> {
    let b = Builder::new("count_step");
    b.doc("How many code points of a text are of some classes, up to one place.");
    let (known, text, at) = step(&b, Elem::I64);
    b.result("known", known + is_within(text.code_at(at), classes, within).select(b.i64(1), 0_i64));
    over_text(&b.finish().ok()?, 0_i64)
}

/// `(text)` to its code points that are of some classes.
pub fn kept(classes: &Classes, within: &[usize]) -> Option<Module> {
    let b = Builder::new("kept_step");
    b.doc("The code points of a text that are of some classes, up to one place.");
    let (known, text, at) = step(&b, Elem::Str);
    let here = text.slice_text(at, at + 1_i64);
    b.result("known", is_within(text.code_at(at), classes, within).select(known.append(here), known));
    over_text(&b.finish().ok()?, "")
}

/// What a letter of a class does in a mode: the mode behind it, what is written, and whether the letter is too.
pub struct Turn {
    pub mode: usize,
    pub class: usize,
    pub to: usize,
    pub marks: String,
    pub copied: bool,
}

/// The mode of what cannot be read any more.
const LOST: char = '!';

/// How a mode is kept.
pub fn mode_letter(mode: usize) -> String {
    char::from_u32(FIRST_MARK + mode as u32).unwrap_or(LOST).to_string()
}

/// `(text)` to the letter of the mode behind its last letter and what was written, from mode 0 on.
pub fn by_modes(name: &str, classes: &Classes, turns: Vec<Turn>) -> Option<Module> {
    let b = Builder::new(name);
    b.doc("One letter of a text: the mode behind it, and what was written so far.");
    let (known, text, at) = step(&b, Elem::Str);
    let mut nexts = Vec::new();
    let mut copies = Vec::new();
    for turn in turns {
        let key = vec![Literal::I64(turn.mode as i64), Literal::I64(turn.class as i64)];
        if turn.copied {
            copies.push((key.clone(), Literal::Bool(true)));
        }
        nexts.push((key, Literal::Str(mode_letter(turn.to) + &turn.marks)));
    }
    let keys = vec![Elem::I64; 2];
    let nexts = b.table(Table::Map(Map { name: "turns".to_owned(), keys: keys.clone(), value: Elem::Str, rows: nexts }));
    let copies = b.table(Table::Map(Map { name: "copied".to_owned(), keys, value: Elem::Bool, rows: copies }));
    let known = known.eq("").select(b.str(&mode_letter(0)), known);
    let mode = known.code_at(0_i64).cast(Elem::I64) - i64::from(FIRST_MARK);
    let code = text.code_at(at).cast(Elem::I64);
    let class = by_class(classes, code, "classes", |class| Literal::I64(class as i64));
    let next = b.lookup(nexts, &[mode, class]).or_else(String::from(LOST).as_str());
    let letter = b.lookup(copies, &[mode, class]).or_else(false).select(text.slice_text(at, at + 1_i64), "");
    let written = known.slice_text(1_i64, known.len()).append(next.slice_text(1_i64, next.len())).append(letter);
    let read = next.slice_text(0_i64, 1_i64).append(written);
    // Behind the last letter everything is done.
    b.result("known", code.ge(0_i64).select(read, known));
    over_text(&b.finish().ok()?, "")
}

/// `(text)` to its different pieces between separators of one letter, each behind one.
pub fn distinct(separator: &str) -> Option<Module> {
    let b = Builder::new("distinct_step");
    b.doc("The different pieces of a text that begin up to one place, each behind a separator.");
    let (known, text, at) = step(&b, Elem::Str);
    let before = text.slice_text(at - 1_i64, at);
    let begins = at.eq(0_i64) | (at.gt(0_i64) & before.eq(separator));
    let rest = text.slice_text(at, text.len());
    let end = rest.find(separator);
    let piece = b.str(separator).append(end.ge(0_i64).select(rest.slice_text(0_i64, end), rest));
    let again = known.append(separator).contains(piece.append(separator));
    b.result("known", (begins & !again).select(known.append(piece), known));
    over_text(&b.finish().ok()?, "")
}

/// The place where a match begins.
const BEGINS: char = '!';
const NO_BEGIN: char = '-';
/// The code point of mark 0.
const FIRST_MARK: u32 = 48;

/// `(text)` to two code points for each place of the text and its end: whether a match begins there, and the mark.
pub fn marks(automaton: &Automaton) -> Option<Module> {
    let b = Builder::new("marks_step");
    b.doc("One place of a text, from the right: what can be matched from there.");
    let (known, text, step) = step(&b, Elem::Str);
    let at = text.len() - step;
    let mark = known.ne("").select(known.code_at(1_i64).cast(Elem::I64) - i64::from(FIRST_MARK), 0_i64);
    let last = automaton.classes.0.len() as i64 + 1;
    let code = text.code_at(at).cast(Elem::I64);
    let class = by_class(&automaton.classes, code, "classes", |class| Literal::I64(class as i64));
    let class = (code.eq(10_i64) & step.eq(1_i64)).select(b.i64(last), class);
    let class = step.eq(0_i64).select(b.i64(last + 1), class);
    let before = match &automaton.sides {
        None => b.i64(0),
        Some(sides) => {
            let one = text.code_at(at - 1_i64).cast(Elem::I64);
            let inside = by_class(&automaton.classes, one, "sides", |class| {
                Literal::I64(match sides.get(class) {
                    Some(Side::Word) => 2,
                    Some(Side::LineEnd) => 3,
                    Some(Side::Other | Side::Nothing | Side::LastLineEnd) | None => 1,
                })
            });
            at.gt(0_i64).select(inside, 0_i64)
        }
    };
    let mut rows = Vec::new();
    for ((mark, class, before), to) in &automaton.marks {
        let key = [*mark, *class, *before].map(|part| Literal::I64(part as i64)).to_vec();
        let begins = if automaton.begins.contains(to) { BEGINS } else { NO_BEGIN };
        let text: String = [begins, char::from_u32(FIRST_MARK + *to as u32)?].iter().collect();
        rows.push((key, Literal::Str(text)));
    }
    let table = b.table(Table::Map(Map { name: "marks".to_owned(), keys: vec![Elem::I64; 3], value: Elem::Str, rows }));
    let here = b.lookup(table, &[mark, class, before]).or_else("");
    b.result("known", here.append(known));
    over_text(&b.finish().ok()?, "")
}

/// The first place from another on where a match begins, -1 if there is none.
pub fn begin<'b>(marks: Val<'b>, from: Val<'b>) -> Val<'b> {
    let mark = String::from(BEGINS);
    let found = marks.slice_text(from * 2_i64, marks.len()).find(mark.as_str());
    found.ge(0_i64).select(found / 2_i64 + from, -1_i64)
}

/// What a walk remembers: its step, the bounds of the group so far, and the end of the match.
pub struct Walk<'b>([Val<'b>; 4]);

impl<'b> Walk<'b> {
    pub fn unpack(number: Val<'b>) -> Self {
        let mut rest = number;
        let mut fields = [number; 4];
        for field in fields.iter_mut().skip(1).rev() {
            *field = rest.binary(ir::Binary::Rem, POSITIONS);
            rest = rest / POSITIONS;
        }
        fields[0] = rest;
        Walk(fields)
    }

    fn pack(&self) -> Val<'b> {
        self.0.iter().skip(1).fold(self.0[0], |number, field| number * POSITIONS + *field)
    }

    /// The walk before its first step.
    fn start(b: &'b Builder, step: usize) -> Val<'b> {
        b.i64((0..3).fold(step as i64, |number, _| number * POSITIONS + NOWHERE))
    }

    pub fn group(&self) -> (Val<'b>, Val<'b>) {
        (self.0[1], self.0[2])
    }

    pub fn end(&self) -> Val<'b> {
        self.0[3]
    }
}

fn bit(number: Val<'_>, place: i64) -> Val<'_> {
    (number / place).binary(ir::Binary::Rem, 2_i64).eq(1_i64)
}

/// `(marks, place)` to the packed walk of the match that begins there; -1 is no place, and the walk of its own.
pub fn walk(automaton: &Automaton, group: usize) -> Option<Module> {
    let b = Builder::new("walk_step");
    b.doc("One place of a match: step, bounds of the group, and end of the match.");
    let (number, marks) = (b.param("known", Type::scalar(Elem::I64)), b.param("marks", Type::scalar(Elem::Str)));
    let at = b.param("from", Type::scalar(Elem::I64)) + b.param("turn", Type::scalar(Elem::I64));
    let Walk([step, begin, end, done]) = Walk::unpack(number);
    let mark = marks.code_at(at * 2_i64 + 1_i64).cast(Elem::I64) - i64::from(FIRST_MARK);
    let row = |((step, mark), (to, passed)): (&(usize, usize), &(usize, Passed))| {
        let bits = i64::from(passed.begins) + 2 * i64::from(passed.ends) + 4 * i64::from(passed.done);
        (vec![*step as i64, *mark as i64], *to as i64 * 8 + bits)
    };
    let rows = automaton.walk(group)?;
    let next = table(&b, "steps", 2, rows.iter().map(row).collect());
    let entry = b.lookup(next, &[step, mark]).or_else(0_i64);
    let begin = bit(entry, 1).select(at, begin);
    let end = bit(entry, 2).select(at, end);
    let done_here = bit(entry, 4).select(at, done);
    let walked = Walk([entry / 8_i64, begin, end, done_here]).pack();
    b.result("known", done.eq(NOWHERE).select(walked, number));
    let step = b.finish().ok()?;
    let b = Builder::new("walk");
    let (marks, from) = (b.param("marks", Type::scalar(Elem::Str)), b.param("from", Type::scalar(Elem::I64)));
    let places = from.ge(0_i64).select(marks.len() / 2_i64 - from, 0_i64);
    b.result("known", b.iterate(b.import(&step)?, &[Walk::start(&b, automaton.start), marks, from], places));
    b.finish().ok()
}

/// `(marks)` to the number of matches, one behind the other, of a pattern that the empty text does not match.
pub fn count(automaton: &Automaton, group: usize) -> Option<Module> {
    let b = Builder::new("count_step");
    b.doc("One more match, if there is one: how many there are, and where the last ends.");
    let (known, marks) = (b.param("known", Type::scalar(Elem::I64)), b.param("marks", Type::scalar(Elem::Str)));
    b.param("turn", Type::scalar(Elem::I64));
    let (count, place) = (known / POSITIONS, known.binary(ir::Binary::Rem, POSITIONS));
    let start = begin(marks, place);
    let end = Walk::unpack(b.call(b.import(&walk(automaton, group)?)?, &[marks, start], 0)).end();
    b.result("known", start.ge(0_i64).select((count + 1_i64) * POSITIONS + end, count * POSITIONS + NOWHERE));
    let step = b.finish().ok()?;
    let b = Builder::new("count");
    let marks = b.param("marks", Type::scalar(Elem::Str));
    b.result("count", b.iterate(b.import(&step)?, &[b.i64(0), marks], marks.len() / 2_i64) / POSITIONS);
    b.finish().ok()
}

/// Whether a code point is of some classes. The code outside of a text is of none.
fn is_within<'b>(code: Val<'b>, classes: &Classes, within: &[usize]) -> Val<'b> {
    let code = code.cast(Elem::I64);
    code.ge(0_i64) & by_class(classes, code, "within", |class| Literal::Bool(within.contains(&class)))
}

/// `(text)` to the text with another text in the place of each code point of some classes, or of each run of them.
pub fn replace(classes: &Classes, within: &[usize], run: bool, by: &str) -> Option<Module> {
    let b = Builder::new("replace_step");
    b.doc("One code point of a text, or what takes its place, behind those before it.");
    let (known, text, at) = step(&b, Elem::Str);
    let mut instead = b.str(by);
    if run {
        instead = is_within(text.code_at(at - 1_i64), classes, within).select(b.str(""), instead);
    }
    let here = is_within(text.code_at(at), classes, within).select(instead, text.slice_text(at, at + 1_i64));
    b.result("known", known.append(here));
    over_text(&b.finish().ok()?, "")
}

/// `(text)` to the text in another case: `title`, `capitalize` or `swapcase`. `letters`: those that have a case.
pub fn cased(how: &str, letters: &Set) -> Option<Module> {
    let b = Builder::new("cased_step");
    b.doc("One code point of a text in another case, behind those before it.");
    let (known, text, at) = step(&b, Elem::Str);
    let letter = text.slice_text(at, at + 1_i64);
    let (lower, upper) = (letter.lower_each(), letter.upper_each());
    let (classes, cased) = Classes::and_within(letters);
    let here = match how {
        "title" => is_within(text.code_at(at - 1_i64), &classes, &cased).select(lower, upper),
        "capitalize" => at.eq(0_i64).select(upper, lower),
        _ => lower.ne(letter).select(lower, upper),
    };
    b.result("known", known.append(here));
    over_text(&b.finish().ok()?, "")
}

/// `(text)` to it with each escape of an ASCII letter (`%41`) as that letter.
pub fn unquoted() -> Option<Module> {
    let b = Builder::new("unquoted_step");
    b.doc("One code point of a text, or the one that is escaped there; nothing within an escape.");
    let (known, text, at) = step(&b, Elem::Str);
    let mut rows = Vec::new();
    for code in 0..128_u8 {
        let (upper, lower) = (format!("{code:02X}"), format!("{code:02x}"));
        // The first digit is none of the letters.
        let spellings = if upper == lower { vec![upper] } else { vec![upper, lower] };
        rows.extend(spellings.into_iter().map(|digits| (format!("%{digits}"), char::from(code).to_string())));
    }
    let escapes = texts_by(&b, "escapes", &rows);
    let escaped = |place: Val<'_>| {
        let first = place.ge(0_i64).select(place, text.len());
        b.lookup(escapes, &[text.slice_text(first, first + 3_i64)]).value()
    };
    let (here, one, two) = (b.value(escaped(at)), b.value(escaped(at - 1_i64)), b.value(escaped(at - 2_i64)));
    let within = !one.is_null() | !two.is_null();
    let letter = here.or_else(text.slice_text(at, at + 1_i64));
    b.result("known", within.select(known, known.append(letter)));
    over_text(&b.finish().ok()?, "")
}

/// `(text)` to the text from its end.
pub fn reversed() -> Option<Module> {
    let b = Builder::new("reversed_step");
    b.doc("One code point of a text before those that stand before it.");
    let (known, text, at) = step(&b, Elem::Str);
    b.result("known", text.slice_text(at, at + 1_i64).append(known));
    over_text(&b.finish().ok()?, "")
}

/// What stands between the codes of the tokens before and the letters of the one that is being read; no code is this letter.
const MARK: &str = "|";
/// Stands in a run for a code point that may be in no token.
const OUTSIDE: &str = "-";

/// How a text is cut into tokens: runs of code points, all of them of a part of those, and not too short.
pub struct Runs {
    pub run: Set,
    pub inner: Set,
    pub least: i64,
}

/// `(text)` to one code point for each of its tokens: that of the table, or else another; an empty one leaves the token out.
pub fn tokens(runs: &Runs, codes: &[(String, String)], other: &str) -> Option<Module> {
    coded(runs, |b, token| Some(b.lookup(texts_by(b, "tokens", codes), &[token]).or_else(other)))
}

/// `(text)` to one code point for each of its tokens that is not left out: that of the place that its hash has.
pub fn hashed(runs: &Runs, left_out: &[String], codes: &[String]) -> Option<Module> {
    let hash = hash::place(codes.len() as i64 / 2)?;
    coded(runs, |b, token| {
        let rows = codes.iter().zip(0..).map(|(code, place)| (vec![Literal::I64(place)], Literal::Str(code.clone()))).collect();
        let codes = b.table(Table::Map(Map { name: "codes".to_owned(), keys: vec![Elem::I64], value: Elem::Str, rows }));
        let code = b.lookup(codes, &[b.call(b.import(&hash)?, &[token], 0)]).or_else("");
        let rows: Vec<(String, String)> = left_out.iter().map(|word| (word.clone(), String::new())).collect();
        Some(if rows.is_empty() { code } else { b.lookup(texts_by(b, "left out", &rows), &[token]).or_else(code) })
    })
}

/// A function of a text that makes a code of each token, and puts the codes in a row.
fn coded(runs: &Runs, of: impl for<'b> Fn(&'b Builder, Val<'b>) -> Option<Val<'b>>) -> Option<Module> {
    let b = Builder::new("tokens_step");
    b.doc("One place of a text: the codes of its tokens, and the letters of the token that is open.");
    let (known, text, at) = step(&b, Elem::Str);
    let mark = known.find(MARK);
    let (done, token) = (known.slice_text(0_i64, mark), known.slice_text(mark + 1_i64, known.len()));
    let (classes, within) = Classes::and_within(&runs.run);
    let code = text.code_at(at);
    let mut letter = text.slice_text(at, at + 1_i64);
    let mut counts = token.len().ge(runs.least);
    if runs.inner != runs.run {
        let (inner, inside) = Classes::and_within(&runs.inner);
        letter = is_within(code, &inner, &inside).select(letter, OUTSIDE);
        counts = counts & !token.contains(OUTSIDE);
    }
    let closed = done.append(counts.select(of(&b, token)?, "")).append(MARK);
    b.result("known", is_within(code, &classes, &within).select(known.append(letter), closed));
    over_text(&b.finish().ok()?, MARK)
}

fn texts_by(b: &Builder, name: &str, rows: &[(String, String)]) -> ir::Handle<Table> {
    let rows = rows.iter().map(|(key, value)| (vec![Literal::Str(key.clone())], Literal::Str(value.clone()))).collect();
    b.table(Table::Map(Map { name: name.to_owned(), keys: vec![Elem::Str], value: Elem::Str, rows }))
}

/// `(text)` to one code point for each part of it that is in a table; the parts of a table are all of its length.
pub fn parts(tables: &[(i64, Vec<(String, String)>)]) -> Option<Module> {
    let b = Builder::new("parts_step");
    b.doc("One place of a text: the codes of the known parts that begin there, behind those before it.");
    let (known, text, at) = step(&b, Elem::Str);
    let part = |(length, rows): &(i64, Vec<(String, String)>)| {
        b.lookup(texts_by(&b, "parts", rows), &[text.slice_text(at, at + *length)]).or_else("")
    };
    b.result("known", tables.iter().map(part).fold(known, Val::append));
    over_text(&b.finish().ok()?, "")
}

/// `(text, part)` to how often a code point stands in a text.
pub fn occurrences() -> Option<Module> {
    let b = Builder::new("occurrences");
    let (text, part) = (b.param("text", Type::scalar(Elem::Str)), b.param("part", Type::scalar(Elem::Str)));
    b.result("count", text.len() - text.replace(part, "").len());
    b.finish().ok()
}

/// `(text)` to the text with one space for each run of several code points of white space.
pub fn spaced(white: &Set) -> Option<Module> {
    let b = Builder::new("spaced_step");
    b.doc("One code point of a text behind those before it: a space for the first of several white ones, nothing for the others.");
    let (known, text, at) = step(&b, Elem::Str);
    let (classes, within) = Classes::and_within(white);
    let white = |at| is_within(text.code_at(at), &classes, &within);
    let letter = text.slice_text(at, at + 1_i64);
    let first = white(at + 1_i64).select(b.str(" "), letter);
    let here = white(at).select(white(at - 1_i64).select(b.str(""), first), letter);
    b.result("known", known.append(here));
    over_text(&b.finish().ok()?, "")
}

/// `(text)` to its words between white space, each with a space of its own before and behind it.
pub fn framed(white: &Set) -> Option<Module> {
    let b = Builder::new("framed_step");
    b.doc("One code point of a text behind those before it, with a space where a word begins or ends.");
    let (known, text, at) = step(&b, Elem::Str);
    let (classes, within) = Classes::and_within(white);
    let letter = |at| {
        let code = text.code_at(at);
        code.cast(Elem::I64).ge(0_i64) & !is_within(code, &classes, &within)
    };
    let changes = letter(at).ne(letter(at - 1_i64)).select(b.str(" "), "");
    b.result("known", known.append(changes).append(letter(at).select(text.slice_text(at, at + 1_i64), "")));
    over_text(&b.finish().ok()?, "")
}
