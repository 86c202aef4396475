/// Every `old` replaced by `new`; an empty `old` changes nothing.
pub(super) fn replace(text: &str, old: &str, new: &str) -> String {
    if old.is_empty() { text.to_string() } else { text.replace(old, new) }
}

