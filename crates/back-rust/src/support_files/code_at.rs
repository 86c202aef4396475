/// The code point at a position, -1 outside.
pub(super) fn code_at(text: &str, at: i64) -> i32 {
    usize::try_from(at).ok().and_then(|at| text.chars().nth(at)).map_or(-1, |c| c as i32)
}

