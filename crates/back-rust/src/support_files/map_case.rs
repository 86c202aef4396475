/// Maps each code point: by `special` to several, by a run `(first, count, step, delta)` to itself plus `delta`, else to itself.
fn map_case(text: &str, runs: &[(u32, u32, u32, i32)], special: &[(u32, &str)]) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let code = c as u32;
        if let Ok(at) = special.binary_search_by_key(&code, |(code, _)| *code) {
            out.push_str(special[at].1);
            continue;
        }
        // Runs interleave, but never more than four of them.
        let after = runs.partition_point(|run| run.0 <= code);
        let run = runs[after.saturating_sub(4)..after]
            .iter()
            .find(|(first, count, step, _)| (0..*count).contains(&((code - first) / step)) && (code - first) / step * step == code - first);
        out.push(run.and_then(|run| char::from_u32(code.wrapping_add_signed(run.3))).unwrap_or(c));
    }
    out
}

