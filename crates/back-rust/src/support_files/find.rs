/// The position of the first `part` in code points, -1 if there is none.
pub(super) fn find(text: &str, part: &str) -> i64 {
    text.find(part).map_or(-1, |byte| text[..byte].chars().count() as i64)
}

