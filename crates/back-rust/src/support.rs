//! Functions that generated code calls where Rust has no operation that means the same. Only those that are called are written.

use plan::unicode::{CaseMap, LOWER, LOWER_EACH, UPPER, UPPER_EACH};

/// A support function: the call that asks for it, and its text. Functions that others need come after them.
const FUNCTIONS: &[(&str, &str)] = &[
    ("support::boxed(", include_str!("support_files/boxed.rs")),
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

/// The functions that change case, each with its table.
const CASES: [(&str, &str, &CaseMap); 4] =
    [("lower", "lower", &LOWER), ("upper", "upper", &UPPER), ("lower_each", "lower", &LOWER_EACH), ("upper_each", "upper", &UPPER_EACH)];

/// The module `support` for some generated code; nothing if it calls none.
pub(crate) fn print(code: &str) -> Option<String> {
    let mut out = String::from("//! Operations that Rust does not have under one name.\n\n");
    let empty = out.len();
    for (call, text) in FUNCTIONS {
        if code.contains(call) {
            out.push_str(text);
        }
    }
    let before = out.len();
    for (name, case, map) in CASES {
        if code.contains(&format!("support::{name}(")) {
            out.push_str(&case_function(name, case, map));
        }
    }
    if out.len() > before {
        out.push_str(include_str!("support_files/map_case.rs"));
    }
    (out.len() > empty).then_some(out)
}

fn case_function(name: &str, case: &str, map: &CaseMap) -> String {
    let runs: Vec<String> = map.runs.iter().map(|(first, count, step, delta)| format!("({first:#x}, {count}, {step}, {delta})")).collect();
    let special: Vec<String> = map
        .special
        .iter()
        .map(|(code, to)| format!("({code:#x}, \"{}\")", to.iter().map(|code| format!("\\u{{{code:x}}}")).collect::<String>()))
        .collect();
    let (table, several) = match special.len() {
        0 => (String::new(), "&[]"),
        count => (format!("static SPECIAL: [(u32, &str); {count}] = [{}];", special.join(", ")), "&SPECIAL"),
    };
    format!(
        "/// Text in {case} case: {}.
        pub(super) fn {name}(text: &str) -> String {{
            static RUNS: [(u32, u32, u32, i32); {}] = [{}];
            {table}
            map_case(text, &RUNS, {several})
        }}\n\n",
        map.rule,
        runs.len(),
        runs.join(", "),
    )
}
