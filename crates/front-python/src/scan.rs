//! Automata as functions on texts. The IR has no loops: a step is a function, two steps are a function that calls it twice, and so on up to
//! 256 steps. A longer text is for the caller to refuse.

use crate::automata::{Bounds, Classes, Searcher, Walker};
use ir::{Builder, Elem, Literal, Map, Module, Table, Type, Val};

/// The longest text that is read.
pub(crate) const LONGEST: i64 = 255;
/// 2 to this power are the steps that are made.
const DOUBLINGS: u32 = 8;
/// Positions in a text, and one more that says that there is none.
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

/// A function of a text, a number and a place, made into one that does its work at 256 places one after the other.
fn doubled(step: Module) -> Option<Module> {
    let mut module = step;
    for power in 0..DOUBLINGS {
        let b = Builder::new(format!("{}_{}", module.name.split('_').next()?, 2_u32 << power));
        let half = b.import(&module)?;
        let (text, number, at) = parameters(&b);
        let first = b.call(half, &[text, number, at], 0);
        let second = b.call(half, &[text, first, at + i64::from(1_u32 << power)], 0);
        b.result("number", second);
        module = b.finish().ok()?;
    }
    Some(module)
}

fn parameters(b: &Builder) -> (Val<'_>, Val<'_>, Val<'_>) {
    let number = Type::scalar(Elem::I64);
    (b.param("text", Type::scalar(Elem::Str)), b.param("number", number.clone()), b.param("at", number))
}

/// `(text, 0, 0)` to a number: modulo 512 it is one more than the place where the leftmost match begins, 0 if there is none.
pub(crate) fn search(searcher: &Searcher) -> Option<Module> {
    let b = Builder::new("search");
    b.doc("One step of a search from the right: state times 512 and one more than the place where a match begins.");
    let (text, number, step) = parameters(&b);
    let at = text.len() - 1_i64 - step;
    let class = class_of(&searcher.classes, text.code_at(at).cast(Elem::I64));
    let rows = searcher.next.iter().map(|((state, class), to)| {
        let found = i64::from(searcher.found.contains(to));
        (vec![*state as i64, *class as i64], *to as i64 * 2 + found)
    });
    let next = table(&b, "next", 2, rows.collect());
    let entry = b.lookup(next, &[number / POSITIONS, class]).or_else(0_i64);
    let found = (entry.binary(ir::Binary::Rem, 2_i64)).eq(1_i64).select(at + 1_i64, number.binary(ir::Binary::Rem, POSITIONS));
    b.result("number", at.ge(0_i64).select(entry / 2_i64 * POSITIONS + found, number));
    doubled(b.finish().ok()?)
}

/// What a walk remembers: its state, the bounds of the group so far, and the bounds and end of the best match so far.
pub(crate) struct Walk<'b>([Val<'b>; 6]);

impl<'b> Walk<'b> {
    pub(crate) fn unpack(number: Val<'b>) -> Self {
        let mut rest = number;
        let mut fields = [number; 6];
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
    pub(crate) fn start(b: &'b Builder, state: usize) -> Val<'b> {
        b.i64((0..5).fold(state as i64, |number, _| number * POSITIONS + NOWHERE))
    }

    pub(crate) fn group(&self) -> (Val<'b>, Val<'b>) {
        (self.0[3], self.0[4])
    }

    pub(crate) fn end(&self) -> Val<'b> {
        self.0[5]
    }
}

fn bit(number: Val<'_>, place: i64) -> Val<'_> {
    (number / place).binary(ir::Binary::Rem, 2_i64).eq(1_i64)
}

fn bounds(bounds: &Bounds) -> i64 {
    i64::from(bounds.0) + 2 * i64::from(bounds.1)
}

/// `(text, packed walk, place)` to the packed walk after 256 steps from that place.
pub(crate) fn walk(walker: &Walker, to_end: bool) -> Option<Module> {
    let b = Builder::new("walk");
    b.doc("One step of a match from a place: state, bounds of the group, and bounds and end of the match so far, 9 bits each.");
    let (text, number, at) = parameters(&b);
    let Walk([state, begin, end, best_begin, best_end, best]) = Walk::unpack(number);
    // Ends: 1 and the bounds of the group there.
    let ends = table(&b, "ends", 1, walker.ends.iter().map(|(state, one)| (vec![*state as i64], 1 + bounds(one))).collect());
    let ending = b.lookup(ends, &[state]).or_else(0_i64);
    let fits = ending.gt(0_i64) & if to_end { at.eq(text.len()) } else { at.le(text.len()) };
    let marks = ending - 1_i64;
    let best_begin = fits.select(bit(marks, 1).select(at, begin), best_begin);
    let best_end = fits.select(bit(marks, 2).select(at, end), best_end);
    let best = fits.select(at, best);
    let rows = walker.next.iter().map(|((state, class), (to, one))| (vec![*state as i64, *class as i64], *to as i64 * 4 + bounds(one)));
    let next = table(&b, "next", 2, rows.collect());
    let class = class_of(&walker.classes, text.code_at(at).cast(Elem::I64));
    let entry = at.lt(text.len()).select(b.lookup(next, &[state, class]).or_else(0_i64), 0_i64);
    let begin = bit(entry, 1).select(at, begin);
    let end = bit(entry, 2).select(at, end);
    b.result("number", Walk([entry / 4_i64, begin, end, best_begin, best_end, best]).pack());
    doubled(b.finish().ok()?)
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
