//! Text is UTF-8 in linear memory. A value is its address in the low half of an `i64` and its length in bytes in the high half, so that a
//! part of a text is made without copying. The host writes well-formed UTF-8 only.

use plan::unicode::{CaseMap, OVERLAP};
use wasm_encoder::{Instruction, ValType};

use super::{HEAP, Helper, Runtime};
use crate::asm::{Cell, Code, Expr, Local};

const TEXT: ValType = ValType::I64;
const INT: ValType = ValType::I32;

/// The address of a text.
fn start(text: Local) -> Expr {
    text.get().wrap()
}

/// The length of a text in bytes.
fn size(text: Local) -> Expr {
    text.get().shift_right_unsigned(32_i64).wrap()
}

/// The text of a length at an address.
fn text(start: impl Into<Expr>, size: impl Into<Expr>) -> Expr {
    start.into().extend() | (size.into().extend() << 32_i64)
}

fn byte(address: impl Into<Expr>) -> Expr {
    address.into().load(Cell::U8, 0)
}

/// Whether a byte continues a code point instead of starting one.
fn continues(byte: Expr) -> Expr {
    (byte & 0xc0).eq(0x80)
}

pub(super) fn same_bytes() -> Code {
    let mut code = Code::new(&[INT, INT, INT], &[INT]);
    let (a, b, length) = (code.param(0), code.param(1), code.param(2));
    let end = code.define(a + length);
    code.while_(a.lt(end), |code| {
        code.if_(byte(a).ne(byte(b)), |code| code.return_(0));
        code.set(a, a + 1);
        code.set(b, b + 1);
    });
    code.push(1.into());
    code
}

pub(super) fn equal(runtime: &mut Runtime) -> Code {
    let same = runtime.helper(Helper::SameBytes);
    let mut code = Code::new(&[TEXT, TEXT], &[INT]);
    let (a, b) = (code.param(0), code.param(1));
    code.if_(a.eq(b), |code| code.return_(1));
    code.if_(size(a).ne(size(b)), |code| code.return_(0));
    code.push(same.call(INT, [start(a), start(b), size(a)]));
    code
}

pub(super) fn compare() -> Code {
    let mut code = Code::new(&[TEXT, TEXT], &[INT]);
    let (a, b) = (code.param(0), code.param(1));
    let (p, q) = (code.define(start(a)), code.define(start(b)));
    let shorter = code.define(size(a).lt(size(b)).select(size(a), size(b)));
    let end = code.define(p + shorter);
    let difference = code.local(INT);
    code.while_(p.lt(end), |code| {
        code.set(difference, byte(p) - byte(q));
        code.if_(difference, |code| code.return_(difference));
        code.set(p, p + 1);
        code.set(q, q + 1);
    });
    code.push(size(a) - size(b));
    code
}

pub(super) fn concat(runtime: &mut Runtime) -> Code {
    let alloc = runtime.helper(Helper::Alloc);
    let mut code = Code::new(&[TEXT, TEXT], &[TEXT]);
    let (a, b) = (code.param(0), code.param(1));
    let out = code.define(alloc.call(INT, [size(a) + size(b)]));
    code.copy(out, start(a), size(a));
    code.copy(out + size(a), start(b), size(b));
    code.push(text(out, size(a) + size(b)));
    code
}

pub(super) fn len() -> Code {
    let mut code = Code::new(&[TEXT], &[TEXT]);
    let at = code.define(start(code.param(0)));
    let end = code.define(at + size(code.param(0)));
    let count = code.local(INT);
    code.while_(at.lt(end), |code| {
        code.set(count, count + continues(byte(at)).eqz());
        code.set(at, at + 1);
    });
    code.push(count.get().extend());
    code
}

pub(super) fn offset() -> Code {
    let mut code = Code::new(&[TEXT, ValType::I64], &[INT]);
    let (x, left) = (code.param(0), code.param(1));
    let first = code.define(start(x));
    let at = code.define(first);
    let end = code.define(first + size(x));
    code.while_(left.gt(0_i64) & at.lt(end), |code| {
        code.set(left, left - 1_i64);
        code.set(at, at + 1);
        code.while_(at.lt(end).if_else(continues(byte(at)), 0), |code| code.set(at, at + 1));
    });
    code.push(at - first);
    code
}

pub(super) fn decode() -> Code {
    let mut code = Code::new(&[INT], &[INT]);
    let at = code.param(0);
    let lead = code.define(byte(at));
    let more = |index: i32| byte(at + index) & 0x3f;
    code.if_(lead.lt(0x80), |code| code.return_(lead));
    code.if_(lead.lt(0xe0), |code| code.return_(((lead & 0x1f) << 6) | more(1)));
    code.if_(lead.lt(0xf0), |code| code.return_(((lead & 0x0f) << 12) | (more(1) << 6) | more(2)));
    code.push(((lead & 0x07) << 18) | (more(1) << 12) | (more(2) << 6) | more(3));
    code
}

pub(super) fn width() -> Code {
    let mut code = Code::new(&[INT], &[INT]);
    let point = code.param(0);
    code.push(Expr::from(1) + point.ge(0x80) + point.ge(0x800) + point.ge(0x1_0000));
    code
}

pub(super) fn encode() -> Code {
    let mut code = Code::new(&[INT, INT], &[INT]);
    let (at, point) = (code.param(0), code.param(1));
    let more = |shift: i32| ((point >> shift) & 0x3f) | 0x80;
    code.if_(point.lt(0x80), |code| {
        code.store(Cell::U8, at, 0, point);
        code.return_(at + 1);
    });
    code.if_(point.lt(0x800), |code| {
        code.store(Cell::U8, at, 0, (point >> 6) | 0xc0);
        code.store(Cell::U8, at, 1, more(0));
        code.return_(at + 2);
    });
    code.if_(point.lt(0x1_0000), |code| {
        code.store(Cell::U8, at, 0, (point >> 12) | 0xe0);
        code.store(Cell::U8, at, 1, more(6));
        code.store(Cell::U8, at, 2, more(0));
        code.return_(at + 3);
    });
    code.store(Cell::U8, at, 0, (point >> 18) | 0xf0);
    code.store(Cell::U8, at, 1, more(12));
    code.store(Cell::U8, at, 2, more(6));
    code.store(Cell::U8, at, 3, more(0));
    code.push(at + 4);
    code
}

pub(super) fn code_at(runtime: &mut Runtime) -> Code {
    let (offset, decode) = (runtime.helper(Helper::Offset), runtime.helper(Helper::Decode));
    let mut code = Code::new(&[TEXT, ValType::I64], &[INT]);
    let (x, at) = (code.param(0), code.param(1));
    code.if_(at.lt(0_i64), |code| code.return_(-1));
    let place = code.define(offset.call(INT, [x.get(), at.get()]));
    code.if_(place.ge(size(x)), |code| code.return_(-1));
    code.push(decode.call(INT, [start(x) + place]));
    code
}

pub(super) fn slice(runtime: &mut Runtime) -> Code {
    let offset = runtime.helper(Helper::Offset);
    let mut code = Code::new(&[TEXT, ValType::I64, ValType::I64], &[TEXT]);
    let (x, from, to) = (code.param(0), code.param(1), code.param(2));
    let first = code.define(offset.call(INT, [x.get(), from.get()]));
    let last = code.define(offset.call(INT, [x.get(), to.get()]));
    let length = last.gt(first).select(last - first, 0);
    code.push(text(start(x) + first, length));
    code
}

/// The 29 characters for which Python's `str.isspace` holds.
pub(super) fn is_space() -> Code {
    let mut code = Code::new(&[INT], &[INT]);
    let point = code.param(0);
    let between = |low: i32, high: i32| point.ge(low) & point.le(high);
    code.if_(point.lt(0x80), |code| code.return_(between(0x09, 0x0d) | between(0x1c, 0x20)));
    let latin = point.eq(0x85) | point.eq(0xa0);
    let rest =
        point.eq(0x1680) | between(0x2000, 0x200a) | between(0x2028, 0x2029) | point.eq(0x202f) | point.eq(0x205f) | point.eq(0x3000);
    code.push(latin | rest);
    code
}

pub(super) fn lstrip(runtime: &mut Runtime) -> Code {
    let helpers = [Helper::Decode, Helper::IsSpace, Helper::Width].map(|helper| runtime.helper(helper));
    let [decode, is_space, width] = helpers;
    let mut code = Code::new(&[TEXT], &[TEXT]);
    let at = code.define(start(code.param(0)));
    let end = code.define(at + size(code.param(0)));
    let point = code.local(INT);
    let space = is_space.call(INT, [point.tee(decode.call(INT, [at.get()]))]);
    code.while_(at.lt(end).if_else(space, 0), |code| code.set(at, at + width.call(INT, [point.get()])));
    code.push(text(at, end - at));
    code
}

pub(super) fn rstrip(runtime: &mut Runtime) -> Code {
    let (decode, is_space) = (runtime.helper(Helper::Decode), runtime.helper(Helper::IsSpace));
    let mut code = Code::new(&[TEXT], &[TEXT]);
    let first = code.define(start(code.param(0)));
    let end = code.define(first + size(code.param(0)));
    let at = code.local(INT);
    code.while_(end.gt(first), |code| {
        code.set(at, end - 1);
        code.while_(continues(byte(at)), |code| code.set(at, at - 1));
        let space = is_space.call(INT, [decode.call(INT, [at.get()])]);
        code.if_(space.eqz(), |code| code.return_(text(first, end - first)));
        code.set(end, at);
    });
    code.push(text(first, 0));
    code
}

pub(super) fn find_byte(runtime: &mut Runtime) -> Code {
    let same = runtime.helper(Helper::SameBytes);
    let mut code = Code::new(&[TEXT, TEXT, INT], &[INT]);
    let (x, part, at) = (code.param(0), code.param(1), code.param(2));
    let last = code.define(size(x) - size(part));
    code.while_(at.le(last), |code| {
        let here = same.call(INT, [start(x) + at, start(part), size(part)]);
        code.if_(here, |code| code.return_(at));
        code.set(at, at + 1);
    });
    code.push((-1).into());
    code
}

pub(super) fn find(runtime: &mut Runtime) -> Code {
    let (find_byte, len) = (runtime.helper(Helper::FindByte), runtime.helper(Helper::Len));
    let mut code = Code::new(&[TEXT, TEXT], &[ValType::I64]);
    let (x, part) = (code.param(0), code.param(1));
    let place = code.define(find_byte.call(INT, [x.get(), part.get(), 0.into()]));
    code.if_(place.lt(0), |code| code.return_(-1_i64));
    code.push(len.call(ValType::I64, [text(start(x), place)]));
    code
}

pub(super) fn starts_with(runtime: &mut Runtime) -> Code {
    let same = runtime.helper(Helper::SameBytes);
    let mut code = Code::new(&[TEXT, TEXT], &[INT]);
    let (x, part) = (code.param(0), code.param(1));
    code.if_(size(part).gt(size(x)), |code| code.return_(0));
    code.push(same.call(INT, [start(x), start(part), size(part)]));
    code
}

pub(super) fn ends_with(runtime: &mut Runtime) -> Code {
    let same = runtime.helper(Helper::SameBytes);
    let mut code = Code::new(&[TEXT, TEXT], &[INT]);
    let (x, part) = (code.param(0), code.param(1));
    code.if_(size(part).gt(size(x)), |code| code.return_(0));
    code.push(same.call(INT, [start(x) + size(x) - size(part), start(part), size(part)]));
    code
}

/// Counts first, so that the result has exactly the room it needs.
pub(super) fn replace(runtime: &mut Runtime) -> Code {
    let (find_byte, alloc) = (runtime.helper(Helper::FindByte), runtime.helper(Helper::Alloc));
    let mut code = Code::new(&[TEXT, TEXT, TEXT], &[TEXT]);
    let (x, old, new) = (code.param(0), code.param(1), code.param(2));
    code.if_(size(old).eqz(), |code| code.return_(x));
    let (at, count) = (code.local(INT), code.local(INT));
    let find = |from: Local| find_byte.call(INT, [x.get(), old.get(), from.get()]);
    let found = code.define(find(at));
    code.while_(found.ge(0), |code| {
        code.set(count, count + 1);
        code.set(at, found + size(old));
        code.set(found, find(at));
    });
    code.if_(count.get().eqz(), |code| code.return_(x));
    let length = code.define(size(x) + (size(new) - size(old)) * count);
    let out = code.define(alloc.call(INT, [length.get()]));
    let to = code.define(out);
    code.set(at, 0);
    code.set(found, find(at));
    code.while_(found.ge(0), |code| {
        code.copy(to, start(x) + at, found - at);
        code.set(to, to + (found - at));
        code.copy(to, start(new), size(new));
        code.set(to, to + size(new));
        code.set(at, found + size(old));
        code.set(found, find(at));
    });
    code.copy(to, start(x) + at, size(x) - at);
    code.push(text(out, length));
    code
}

/// No mapping makes a text more than three times as long in bytes.
const LONGEST_GROWTH: i32 = 3;

/// Maps each code point: by the list of those that become several, else by the last runs that start at or before it.
pub(super) fn map_case(runtime: &mut Runtime, map: &CaseMap) -> Code {
    let helpers = [Helper::Decode, Helper::Width, Helper::Encode, Helper::Alloc].map(|helper| runtime.helper(helper));
    let [decode, width, encode, alloc] = helpers;
    // Runs are (first, count, step, delta); specials are (code, and up to three codes, 0 where there are fewer).
    let runs: Vec<u8> = map.runs.iter().flat_map(|run| [run.0, run.1, run.2, run.3 as u32]).flat_map(u32::to_le_bytes).collect();
    let codes = |(code, to): &(u32, &[u32])| [*code, to[0], to.get(1).copied().unwrap_or(0), to.get(2).copied().unwrap_or(0)];
    let special: Vec<u8> = map.special.iter().flat_map(codes).flat_map(u32::to_le_bytes).collect();
    const ROW: i32 = 16;
    let (runs_at, special_at) = (runtime.memory.put(&runs), runtime.memory.put(&special));
    let mut code = Code::new(&[TEXT], &[TEXT]);
    let at = code.define(start(code.param(0)));
    let end = code.define(at + size(code.param(0)));
    let out = code.define(alloc.call(INT, [size(code.param(0)) * LONGEST_GROWTH]));
    let to = code.define(out);
    let point = code.local(INT);
    let row = code.local(INT);
    let (low, high, middle) = (code.local(INT), code.local(INT), code.local(INT));
    let unsigned_lt = |a: Expr, b: Expr| a.with(b, Instruction::I32LtU, INT);
    // The number of rows of a sorted table that start at or before the code point.
    let count_before = |code: &mut Code, table: u32, rows: usize| {
        code.set(low, 0);
        code.set(high, rows as i32);
        code.while_(low.lt(high), |code| {
            code.set(middle, (low + high) >> 1);
            let first = (middle * ROW).load(Cell::I32, table);
            code.if_else(first.gt(point), |code| code.set(high, middle), |code| code.set(low, middle + 1));
        });
    };
    code.while_(at.lt(end), |code| {
        code.set(point, decode.call(INT, [at.get()]));
        code.set(at, at + width.call(INT, [point.get()]));
        count_before(code, special_at, map.special.len());
        code.set(row, (low - 1) * ROW);
        let is_special = low.gt(0).if_else(row.get().load(Cell::I32, special_at).eq(point), 0);
        code.if_else(
            is_special,
            |code| {
                code.set(to, encode.call(INT, [to.get(), row.get().load(Cell::I32, special_at + 4)]));
                for offset in [8, 12] {
                    let next = || row.get().load(Cell::I32, special_at + offset);
                    code.if_(next(), |code| code.set(to, encode.call(INT, [to.get(), next()])));
                }
            },
            |code| {
                count_before(code, runs_at, map.runs.len());
                code.set(high, low - OVERLAP as i32);
                code.set(high, high.gt(0).select(high, 0));
                let distance = middle;
                code.while_(low.gt(high), |code| {
                    code.set(low, low - 1);
                    code.set(row, low * ROW);
                    let field = |offset: u32| row.get().load(Cell::I32, runs_at + offset);
                    code.set(distance, point - field(0));
                    let on_step = (distance % field(8)).eqz();
                    let inside = unsigned_lt(distance / field(8), field(4));
                    code.if_(on_step & inside, |code| {
                        code.set(point, point + field(12));
                        // One run holds a code point; this ends the search.
                        code.set(high, low);
                    });
                });
                code.set(to, encode.call(INT, [to.get(), point.get()]));
            },
        );
    });
    // What was not needed is free again.
    code.set_global(HEAP, to);
    code.push(text(out, to - out));
    code
}

pub(super) fn decimal(runtime: &mut Runtime) -> Code {
    /// The least `i64` has 19 digits and a sign.
    const ROOM: i32 = 20;
    let alloc = runtime.helper(Helper::Alloc);
    let mut code = Code::new(&[ValType::I64], &[TEXT]);
    let x = code.param(0);
    let negative = code.define(x.lt(0_i64));
    let left = code.define(negative.get().if_else(Expr::from(0_i64) - x, x));
    let end = code.define(alloc.call(INT, [ROOM.into()]) + ROOM);
    let at = code.define(end);
    let ten = |op: Instruction<'static>| left.get().with(10_i64, op, ValType::I64);
    code.repeat(|code| {
        code.set(at, at - 1);
        code.store(Cell::U8, at, 0, ten(Instruction::I64RemU).wrap() + i32::from(b'0'));
        code.set(left, ten(Instruction::I64DivU));
        left.ne(0_i64)
    });
    code.if_(negative, |code| {
        code.set(at, at - 1);
        code.store(Cell::U8, at, 0, i32::from(b'-'));
    });
    code.push(text(at, end - at));
    code
}
