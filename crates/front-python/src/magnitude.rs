//! How large a whole number can be, by the operations that make it. Python's integers have no end; where one could pass 64 bits, its row is
//! refused.

#![expect(clippy::wildcard_enum_match_arm, reason = "of any other operation nothing is known")]

use crate::ast::BinaryOp;
use crate::replay::Replay;
use crate::sequence;
use ir::{Binary, Elem, Literal, Op, Unary, Val, Value};
use source::Span;
use std::collections::HashMap;

/// Of operations farther away nothing is said.
const FARTHEST: u32 = 24;
/// Bits of a number of which nothing is known.
const ALL: u32 = 64;
/// A count of letters, or a code point.
const OF_TEXT: u32 = 31;
/// Products from here on are refused: near the end of 64 bits a product of floats does not say on which side of it one is.
const LARGE: f64 = 9.2e18;

/// Bits that are enough for the size of a number.
fn bits(val: Val<'_>) -> u32 {
    bits_among(val, 0, &mut HashMap::new())
}

fn bits_among(val: Val<'_>, distance: u32, known: &mut HashMap<Value, u32>) -> u32 {
    if distance == FARTHEST {
        return ALL;
    }
    if let Some(bits) = known.get(&val.value()) {
        return *bits;
    }
    let b = val.builder();
    let mut of = |value: Value| bits_among(b.value(value), distance + 1, known);
    let bits = match val.made_by() {
        Op::Const(Literal::I64(value)) => ALL - value.unsigned_abs().leading_zeros(),
        Op::Const(Literal::Bool(_)) => 1,
        Op::Text(..) => OF_TEXT,
        Op::Cast { x, .. } => match b.value(x).ty().elem {
            Elem::Bool => 1,
            Elem::I32 => 31,
            Elem::I64 => of(x),
            _ => ALL,
        },
        Op::Select { yes, no, .. } => of(yes).max(of(no)),
        Op::OrElse { x, default } => of(x).max(of(default)),
        Op::Unary(Unary::Neg | Unary::Abs, x) => of(x),
        Op::Binary(Binary::Add | Binary::Sub, x, y) => ALL.min(of(x).max(of(y)) + 1),
        Op::Binary(Binary::Mul, x, y) => ALL.min(of(x) + of(y)),
        Op::Binary(Binary::Rem, _, y) => of(y),
        Op::Binary(Binary::Div, x, _) => of(x),
        _ => ALL,
    };
    known.insert(val.value(), bits);
    bits
}

/// Whether a number may be the least integer, whose size has no integer.
fn may_be_least(val: Val<'_>) -> bool {
    bits(val) >= ALL
}

/// Refuses rows on which an operation of Python's integers passes 64 bits.
pub(crate) fn within_64_bits<'b>(replay: &mut Replay<'_, 'b>, op: BinaryOp, a: Val<'b>, b: Val<'b>, at: Span) {
    if a.literal().is_some() && b.literal().is_some() {
        return;
    }
    let beyond = match op {
        BinaryOp::Add | BinaryOp::Sub if bits(a).max(bits(b)) + 1 >= ALL => {
            let result = if op == BinaryOp::Add { a + b } else { a - b };
            // The sign went where it cannot go.
            let turned = if op == BinaryOp::Add { ((a ^ result) & (b ^ result)).lt(0_i64) } else { ((a ^ b) & (a ^ result)).lt(0_i64) };
            Some(turned)
        }
        BinaryOp::Mul if bits(a) + bits(b) >= ALL => Some((a.cast(Elem::F64) * b.cast(Elem::F64)).abs().ge(LARGE)),
        BinaryOp::Pow => match b.literal() {
            Some(Literal::I64(power)) if bits(a).saturating_mul(power.clamp(0, 64) as u32) >= ALL => {
                let product = (0..power.clamp(0, 64)).fold(replay.b.f64(1.0), |product, _| product * a.cast(Elem::F64));
                Some(product.abs().ge(LARGE))
            }
            _ => None,
        },
        _ => None,
    };
    if let Some(beyond) = beyond {
        sequence::refuse(replay, beyond, "a whole number beyond 64 bits", at);
    }
}

/// The same for the other sign of a number.
pub(crate) fn has_other_sign<'b>(replay: &mut Replay<'_, 'b>, val: Val<'b>, at: Span) {
    if val.literal().is_none() && may_be_least(val) {
        sequence::refuse(replay, val.eq(i64::MIN), "a whole number beyond 64 bits", at);
    }
}
