//! Functions that generated code calls where Rust has no operation that means the same. Only those that are called are written.

/// A support function: the call that asks for it, and its text. Functions that others need come after them.
const FUNCTIONS: &[(&str, &str)] = &[
    ("support::bits_f64(", include_str!("support_files/bits_f64.rs")),
    ("support::bits_f32(", include_str!("support_files/bits_f32.rs")),
    ("support::div_i32(", include_str!("support_files/div_i32.rs")),
    ("support::rem_i32(", include_str!("support_files/rem_i32.rs")),
    ("support::div_i64(", include_str!("support_files/div_i64.rs")),
    ("support::rem_i64(", include_str!("support_files/rem_i64.rs")),
    ("support::code_at(", include_str!("support_files/code_at.rs")),
    ("support::slice(", include_str!("support_files/slice.rs")),
    ("support::replace(", include_str!("support_files/replace.rs")),
    ("support::find(", include_str!("support_files/find.rs")),
    ("support::is_space", include_str!("support_files/is_space.rs")),
];

/// The module `support` for some generated code; nothing if it calls none.
pub(crate) fn print(code: &str) -> Option<String> {
    let mut out = String::from("//! Operations that Rust does not have under one name.\n\n");
    let empty = out.len();
    for (call, text) in FUNCTIONS {
        if code.contains(call) {
            out.push_str(text);
        }
    }
    for (call, name, map) in [("support::lower(", "lower", &plan::unicode::LOWER), ("support::upper(", "upper", &plan::unicode::UPPER)] {
        if code.contains(call) {
            out.push_str(&case(name, map));
        }
    }
    if code.contains("support::lower(") || code.contains("support::upper(") {
        out.push_str(include_str!("support_files/map_case.rs"));
    }
    (out.len() > empty).then_some(out)
}

fn case(name: &str, map: &plan::unicode::CaseMap) -> String {
    let runs: Vec<String> = map.runs.iter().map(|(first, count, step, delta)| format!("({first:#x}, {count}, {step}, {delta})")).collect();
    let special: Vec<String> = map
        .special
        .iter()
        .map(|(code, to)| format!("({code:#x}, \"{}\")", to.iter().map(|code| format!("\\u{{{code:x}}}")).collect::<String>()))
        .collect();
    format!(
        "/// Text in {name} case, by the mappings of Unicode 14.
        pub(super) fn {name}(text: &str) -> String {{
            static RUNS: [(u32, u32, u32, i32); {}] = [{}];
            static SPECIAL: [(u32, &str); {}] = [{}];
            map_case(text, &RUNS, &SPECIAL)
        }}\n\n",
        runs.len(),
        runs.join(", "),
        special.len(),
        special.join(", ")
    )
}
