//! The hash of a text by which scikit-learn gives it a place: `MurmurHash3_x86_32` of its bytes, with the seed 0.
//!
//! Source: <https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp>. Numbers of 32 bits are kept in 64.

use crate::scan::{over_text, step};
use ir::{Builder, Elem, Literal, Map, Module, Table, Type, Val};

/// All bits of 32.
const BITS: i64 = 0xffff_ffff;
const FIRST: i64 = 0xcc9e_2d51;
const SECOND: i64 = 0x1b87_3593;

/// `(text)` to its bytes in UTF-8, each as a code point.
fn bytes() -> Option<Module> {
    let b = Builder::new("bytes_step");
    b.doc("The bytes of one code point of a text, behind those before it.");
    let (known, text, at) = step(&b, Elem::Str);
    let row = |byte: u32| Some((vec![Literal::I64(i64::from(byte))], Literal::Str(char::from_u32(byte)?.to_string())));
    let rows = (0..256).map(row).collect::<Option<_>>()?;
    let table = b.table(Table::Map(Map { name: "bytes".to_owned(), keys: vec![Elem::I64], value: Elem::Str, rows }));
    let code = text.code_at(at).cast(Elem::I64);
    let first = |shift: i64, mark: i64| b.lookup(table, &[(code >> shift) | mark]).or_else("");
    let next = |shift: i64| b.lookup(table, &[((code >> shift) & 0x3f_i64) | 0x80_i64]).or_else("");
    let two = first(6, 0xc0).append(next(0));
    let three = first(12, 0xe0).append(next(6)).append(next(0));
    let four = first(18, 0xf0).append(next(12)).append(next(6)).append(next(0));
    let several = code.lt(0x800_i64).select(two, code.lt(0x1_0000_i64).select(three, four));
    let here = code.lt(0x80_i64).select(text.slice_text(at, at + 1_i64), several);
    b.result("known", known.append(here));
    over_text(&b.finish().ok()?, "")
}

fn turned(x: Val<'_>, by: i64) -> Val<'_> {
    ((x << by) | (x >> (32 - by))) & BITS
}

/// Up to four bytes from a place on as a number, and mixed; there is nothing behind the end.
fn block<'b>(bytes: Val<'b>, place: Val<'b>) -> Val<'b> {
    let byte = |ahead: i64| {
        let byte = bytes.code_at(place + ahead).cast(Elem::I64);
        byte.lt(0_i64).select(bytes.builder().i64(0), byte) << (8 * ahead)
    };
    let block = byte(0) | byte(1) | byte(2) | byte(3);
    (turned((block * FIRST) & BITS, 15) * SECOND) & BITS
}

fn hash() -> Option<Module> {
    let b = Builder::new("hash_step");
    b.doc("The hash with the next four bytes.");
    let (known, bytes, turn) = step(&b, Elem::I64);
    b.result("known", (turned(known ^ block(bytes, turn * 4_i64), 13) * 5_i64 + 0xe654_6b64_i64) & BITS);
    let step = b.finish().ok()?;
    let b = Builder::new("hash");
    let bytes = b.param("bytes", Type::scalar(Elem::Str));
    let blocks = bytes.len() / 4_i64;
    let hash = b.iterate(b.import(&step)?, &[b.i64(0), bytes], blocks);
    let hash = hash ^ block(bytes, blocks * 4_i64) ^ bytes.len();
    let hash = ((hash ^ (hash >> 16_i64)) * 0x85eb_ca6b_i64) & BITS;
    let hash = ((hash ^ (hash >> 13_i64)) * 0xc2b2_ae35_i64) & BITS;
    b.result("hash", hash ^ (hash >> 16_i64));
    b.finish().ok()
}

/// `(text)` to twice its place among so many, and one more where the hash is negative.
///
/// The size of the hash, of 32 bits with a sign, over the places; scikit-learn's rule for the least one gives the same.
pub fn place(places: i64) -> Option<Module> {
    let b = Builder::new("hashed_place");
    let text = b.param("text", Type::scalar(Elem::Str));
    let hash = b.call(b.import(&hash()?)?, &[b.call(b.import(&bytes()?)?, &[text], 0)], 0);
    let negative = hash.ge(1_i64 << 31);
    let size = negative.select(b.i64(1_i64 << 32) - hash, hash);
    b.result("place", (size % places) * 2_i64 + negative.cast(Elem::I64));
    b.finish().ok()
}
