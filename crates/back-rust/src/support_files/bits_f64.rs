/// The bits of a number; every NaN gives the same.
pub(super) fn bits_f64(x: f64) -> i64 {
    if x.is_nan() { 0x7ff8_0000_0000_0000 } else { x.to_bits() as i64 }
}

