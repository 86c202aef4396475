/// The quotient of two integers, toward zero; 0 for a zero divisor.
pub(super) fn div_i32(a: i32, b: i32) -> i32 {
    if b == 0 { 0 } else { a.wrapping_div(b) }
}

