/// The code points `start..end`, the bounds clamped into the text.
pub(super) fn slice(text: &str, start: i64, end: i64) -> &str {
    let byte = |at: i64| text.char_indices().nth(at.max(0) as usize).map_or(text.len(), |(byte, _)| byte);
    let (start, end) = (byte(start), byte(end));
    if start < end { &text[start..end] } else { "" }
}

