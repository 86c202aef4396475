/// The bits of a number; every NaN gives the same.
pub(super) fn bits_f32(x: f32) -> i32 {
    if x.is_nan() { 0x7fc0_0000 } else { x.to_bits() as i32 }
}

