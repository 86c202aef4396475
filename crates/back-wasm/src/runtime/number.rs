//! Arithmetic that WebAssembly traps on or does not have.

use wasm_encoder::{Instruction, ValType};

use crate::asm::{Code, Expr};

/// A constant of an integer type.
fn int(ty: ValType, x: i32) -> Expr {
    if ty == ValType::I64 { Expr::from(i64::from(x)) } else { Expr::from(x) }
}

/// `a / b` toward zero; 0 where `b` is 0; `-a`, wrapped, where `b` is -1.
pub(super) fn div(ty: ValType) -> Code {
    let mut code = Code::new(&[ty, ty], &[ty]);
    let (a, b) = (code.param(0), code.param(1));
    code.if_(b.get().eqz(), |code| code.return_(int(ty, 0)));
    code.if_(b.eq(int(ty, -1)), |code| code.return_(int(ty, 0) - a));
    code.push(a / b);
    code
}

/// The remainder with the sign of `a`; 0 where `b` is 0. WebAssembly's does not trap on the least number and -1.
pub(super) fn rem(ty: ValType) -> Code {
    let mut code = Code::new(&[ty, ty], &[ty]);
    let (a, b) = (code.param(0), code.param(1));
    code.if_(b.get().eqz(), |code| code.return_(int(ty, 0)));
    code.push(a % b);
    code
}

/// The exact remainder of `x / y` with the sign of `x`, by long division of the significands, eleven bits at a time.
///
/// NaN if `x` is infinite, `y` is 0, or either is NaN.
pub(super) fn fmod() -> Code {
    const MANTISSA: i64 = (1 << 52) - 1;
    /// As many bits as a 53-bit number can be shifted and still be an unsigned `i64`.
    const STEP: i64 = 11;
    let mut code = Code::new(&[ValType::F64, ValType::F64], &[ValType::F64]);
    let (x, y) = (code.param(0), code.param(1));
    let bits = |x: Expr| x.then(Instruction::I64ReinterpretF64, ValType::I64);
    let float = |x: Expr| x.then(Instruction::F64ReinterpretI64, ValType::F64);
    let abs = |x: Expr| x.then(Instruction::F64Abs, ValType::F64);
    let (size, by) = (code.define(abs(x.get())), code.define(abs(y.get())));
    // False as well if one of them is NaN.
    let defined = size.lt(f64::INFINITY) & by.gt(0.0);
    code.if_(defined.eqz(), |code| code.return_(f64::NAN));
    code.if_(size.lt(by), |code| code.return_(x));
    // A number is its significand times 2^(exponent - 1075), where subnormal ones have exponent 1.
    let mut parts = |x: Expr| {
        let pattern = code.define(bits(x));
        let exponent = code.define(pattern >> 52_i64);
        let fraction = pattern & MANTISSA;
        let hidden = exponent.ne(0_i64).select(Expr::from(1_i64 << 52), 0_i64);
        let significand = code.define(fraction | hidden);
        code.set(exponent, exponent.ne(0_i64).select(exponent, 1_i64));
        (significand, exponent)
    };
    let (rest, exponent) = parts(size.get());
    let (divisor, divisor_exponent) = parts(by.get());
    // An infinite divisor is greater than every size, so it never gets here.
    let left = code.define(exponent - divisor_exponent);
    let remainder = |a: Expr, b: Expr| a.with(b, Instruction::I64RemU, ValType::I64);
    code.set(rest, remainder(rest.get(), divisor.get()));
    let shift = code.local(ValType::I64);
    code.while_(left.gt(0_i64), |code| {
        code.set(shift, left.lt(STEP).select(left, STEP));
        code.set(rest, remainder(rest << shift, divisor.get()));
        code.set(left, left - shift);
    });
    // The remainder is below the divisor, so the product with the unit is exact, subnormal or not.
    let small = divisor_exponent.le(52_i64);
    let unit = small.if_else(Expr::from(1_i64) << (divisor_exponent - 1_i64), (divisor_exponent - 52_i64) << 52_i64);
    let size = rest.get().then(Instruction::F64ConvertI64S, ValType::F64) * float(unit);
    code.push(size.with(x, Instruction::F64Copysign, ValType::F64));
    code
}
