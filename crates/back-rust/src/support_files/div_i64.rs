/// The quotient of two integers, toward zero; 0 for a zero divisor.
pub(super) fn div_i64(a: i64, b: i64) -> i64 {
    if b == 0 { 0 } else { a.wrapping_div(b) }
}

