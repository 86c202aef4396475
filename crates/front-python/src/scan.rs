//! Automata as functions on texts. The IR has no loops: a step is a function, two steps are a function that calls it twice, and so on up to
//! 256 steps. A longer text is for the caller to refuse.

use crate::automata::{Automaton, Classes, Passed, Side};
use ir::{Builder, Elem, Literal, Map, Module, Table, Type, Val};

/// The longest text that is read.
pub(crate) const LONGEST: i64 = 255;
/// 2 to this power are the steps that are made.
const DOUBLINGS: u32 = 8;
/// Places in a text, and one more that says that there is none.
const POSITIONS: i64 = 512;
pub(crate) const NOWHERE: i64 = POSITIONS - 1;

fn class_of<'b>(classes: &Classes, code: Val<'b>) -> Val<'b> {
    let b = code.builder();
    classes.0.iter().fold(b.i64(0), |class, start| class + code.ge(i64::from(*start)).select(b.i64(1), 0_i64))
}

fn table(b: &Builder, name: &str, keys: usize, rows: Vec<(Vec<i64>, i64)>) -> ir::Handle<Table> {
    let rows = rows.into_iter().map(|(key, value)| (key.into_iter().map(Literal::I64).collect(), Literal::I64(value))).collect();
    b.table(Table::Map(Map { name: name.to_owned(), keys: vec![Elem::I64; keys], value: Elem::I64, rows }))
}

/// A function of a text, what is known so far and a place, made into one that does its work at 256 places one after the other.
fn doubled(step: Module, elem: Elem) -> Option<Module> {
    let mut module = step;
    for power in 0..DOUBLINGS {
        let b = Builder::new(format!("{}_{}", module.name.split('_').next()?, 2_u32 << power));
        let half = b.import(&module)?;
        let (text, known, at) = parameters(&b, elem);
        let first = b.call(half, &[text, known, at], 0);
        let second = b.call(half, &[text, first, at + i64::from(1_u32 << power)], 0);
        b.result("known", second);
        module = b.finish().ok()?;
    }
    Some(module)
}

fn parameters(b: &Builder, elem: Elem) -> (Val<'_>, Val<'_>, Val<'_>) {
    let known = b.param("text", Type::scalar(Elem::Str));
    (known, b.param("known", Type::scalar(elem)), b.param("at", Type::scalar(Elem::I64)))
}

/// `(text, 0, 0)` to 1 if a code point is of some classes.
pub(crate) fn has(classes: &Classes, within: &[usize]) -> Option<Module> {
    let b = Builder::new("has");
    b.doc("Whether a code point of a text is of some classes, or one before it was.");
    let (text, known, at) = parameters(&b, Elem::I64);
    b.result("known", is_within(text.code_at(at), classes, within).select(b.i64(1), known));
    doubled(b.finish().ok()?, Elem::I64)
}

/// The place where a match begins.
const BEGINS: char = '!';
const NO_BEGIN: char = '-';
/// The code point of mark 0.
const FIRST_MARK: u32 = 48;

/// `(text, "", 0)` to two code points for each place of the text and its end: whether a match begins there, and the mark.
pub(crate) fn marks(automaton: &Automaton) -> Option<Module> {
    let b = Builder::new("marks");
    b.doc("One place of a text, from the right: what can be matched from there.");
    let (text, known, step) = parameters(&b, Elem::Str);
    let at = text.len() - step;
    let mark = known.ne("").select(known.code_at(1_i64).cast(Elem::I64) - i64::from(FIRST_MARK), 0_i64);
    let last = automaton.classes.0.len() as i64 + 1;
    let code = text.code_at(at).cast(Elem::I64);
    let class = class_of(&automaton.classes, code);
    let class = (code.eq(10_i64) & step.eq(1_i64)).select(b.i64(last), class);
    let class = step.eq(0_i64).select(b.i64(last + 1), class);
    let before = match &automaton.sides {
        None => b.i64(0),
        Some(sides) => {
            let one = class_of(&automaton.classes, text.code_at(at - 1_i64).cast(Elem::I64));
            let side = |wanted: Side| sides.iter().enumerate().filter(move |(_, side)| **side == wanted).map(|(class, _)| class as i64);
            let is = |wanted: Side| side(wanted).fold(b.bool(false), |held, class| held | one.eq(class));
            let inside = is(Side::Word).select(b.i64(2), is(Side::LineEnd).select(b.i64(3), 1_i64));
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
    b.result("known", at.ge(0_i64).select(here.append(known), known));
    doubled(b.finish().ok()?, Elem::Str)
}

/// The first place from another on where a match begins, -1 if there is none.
pub(crate) fn begin<'b>(marks: Val<'b>, from: Val<'b>) -> Val<'b> {
    let mark = String::from(BEGINS);
    let found = marks.slice_text(from * 2_i64, marks.len()).find(mark.as_str());
    found.ge(0_i64).select(found / 2_i64 + from, -1_i64)
}

/// What a walk remembers: its step, the bounds of the group so far, and the end of the match.
pub(crate) struct Walk<'b>([Val<'b>; 4]);

impl<'b> Walk<'b> {
    pub(crate) fn unpack(number: Val<'b>) -> Self {
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
    pub(crate) fn start(b: &'b Builder, step: usize) -> Val<'b> {
        b.i64((0..3).fold(step as i64, |number, _| number * POSITIONS + NOWHERE))
    }

    pub(crate) fn group(&self) -> (Val<'b>, Val<'b>) {
        (self.0[1], self.0[2])
    }

    pub(crate) fn end(&self) -> Val<'b> {
        self.0[3]
    }
}

fn bit(number: Val<'_>, place: i64) -> Val<'_> {
    (number / place).binary(ir::Binary::Rem, 2_i64).eq(1_i64)
}

/// `(marks, packed walk, place)` to the packed walk after 256 places from that one on.
pub(crate) fn walk(automaton: &Automaton, group: usize) -> Option<Module> {
    let b = Builder::new("walk");
    b.doc("One place of a match: step, bounds of the group, and end of the match, 9 bits each.");
    let (marks, number, at) = parameters(&b, Elem::I64);
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
    doubled(b.finish().ok()?, Elem::I64)
}

/// Whether a code point is of some classes. The code outside of a text is of none.
fn is_within<'b>(code: Val<'b>, classes: &Classes, within: &[usize]) -> Val<'b> {
    let b = code.builder();
    let code = code.cast(Elem::I64);
    let class = class_of(classes, code);
    code.ge(0_i64) & within.iter().fold(b.bool(false), |held, one| held | class.eq(*one as i64))
}

/// `(text, 0)` to the text with another text in the place of each code point of some classes, or of each run of them.
pub(crate) fn replace(classes: &Classes, within: &[usize], run: bool, by: &str) -> Option<Module> {
    let b = Builder::new("replace");
    b.doc("One code point of a text, or what takes its place.");
    let (text, at) = (b.param("text", Type::scalar(Elem::Str)), b.param("at", Type::scalar(Elem::I64)));
    let mut instead = b.str(by);
    if run {
        instead = is_within(text.code_at(at - 1_i64), classes, within).select(b.str(""), instead);
    }
    b.result("text", is_within(text.code_at(at), classes, within).select(instead, text.slice_text(at, at + 1_i64)));
    texts_doubled(b.finish().ok()?)
}

/// `(text, 0)` to the text in another case, of ASCII: `title`, `capitalize` or `swapcase`.
pub(crate) fn cased(how: &str) -> Option<Module> {
    let b = Builder::new("cased");
    b.doc("One code point of a text in another case.");
    let (text, at) = (b.param("text", Type::scalar(Elem::Str)), b.param("at", Type::scalar(Elem::I64)));
    let letter = text.slice_text(at, at + 1_i64);
    let (lower, upper) = (letter.lower_each(), letter.upper_each());
    let before = text.code_at(at - 1_i64);
    let after_letter = within(before, 65) | within(before, 97);
    b.result(
        "text",
        match how {
            "title" => after_letter.select(lower, upper),
            "capitalize" => at.eq(0_i64).select(upper, lower),
            _ => within(text.code_at(at), 65).select(lower, upper),
        },
    );
    texts_doubled(b.finish().ok()?)
}

/// `(text, 0)` to the text from its end.
pub(crate) fn reversed() -> Option<Module> {
    let b = Builder::new("reversed");
    b.doc("One code point of a text, counted from its end.");
    let (text, at) = (b.param("text", Type::scalar(Elem::Str)), b.param("at", Type::scalar(Elem::I64)));
    let end = text.len() - at;
    b.result("text", text.slice_text(end - 1_i64, end));
    texts_doubled(b.finish().ok()?)
}

/// Whether a code is one of the 26 letters from there on.
fn within(code: Val<'_>, from: i64) -> Val<'_> {
    let code = code.cast(Elem::I64);
    code.ge(from) & code.lt(from + 26)
}

/// A function of a text and a place that gives what stands there, made into one that gives it for 256 places.
fn texts_doubled(step: Module) -> Option<Module> {
    let mut module = step;
    for power in 0..DOUBLINGS {
        let b = Builder::new(format!("{}_{}", module.name.split('_').next()?, 2_u32 << power));
        let half = b.import(&module)?;
        let (text, at) = (b.param("text", Type::scalar(Elem::Str)), b.param("at", Type::scalar(Elem::I64)));
        let (first, second) = (b.call(half, &[text, at], 0), b.call(half, &[text, at + i64::from(1_u32 << power)], 0));
        b.result("text", first.append(second));
        module = b.finish().ok()?;
    }
    Some(module)
}
