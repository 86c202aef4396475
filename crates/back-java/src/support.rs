//! The class `Support`: methods for what Java has no operation that means the same. Only those that are called are written.

use plan::unicode::{CaseMap, LOWER, UPPER};

use crate::quoted;

/// Methods, each behind a line `//? CALL` that names the call that asks for it.
const METHODS: &str = include_str!("support_files/support.java");

/// The body of the class for some generated code; nothing if it calls no method.
pub(crate) fn print(code: &str) -> Option<String> {
    let mut out = String::new();
    for (name, map) in [("lower", &LOWER), ("upper", &UPPER)] {
        if code.contains(&format!("Support.{name}(")) {
            out.push_str(&case(name, map));
        }
    }
    let mut asked = code.to_string();
    if !out.is_empty() {
        asked.push_str("Support.mapCase");
    }
    for part in METHODS.split("//? ").skip(1) {
        if let Some((call, text)) = part.split_once('\n')
            && asked.contains(call)
        {
            out.push_str(text);
        }
    }
    (!out.is_empty()).then_some(out)
}

fn case(name: &str, map: &CaseMap) -> String {
    let shout = name.to_uppercase();
    let runs: Vec<String> = map.runs.iter().map(|(first, count, step, delta)| format!("{first:#x}, {count}, {step}, {delta}")).collect();
    let codes: Vec<String> = map.special.iter().map(|(code, _)| format!("{code:#x}")).collect();
    let text = |to: &[u32]| quoted(&to.iter().filter_map(|code| char::from_u32(*code)).collect::<String>());
    let special: Vec<String> = map.special.iter().map(|(_, to)| text(to)).collect();
    let rows = |parts: &[String], width: usize| {
        parts.chunks(width).map(|row| format!("        {}", row.join(", "))).collect::<Vec<_>>().join(",\n")
    };
    format!(
        "    private static final int[] {shout}_RUNS = {{\n{}\n    }};\n    private static final int[] {shout}_CODES = {{\n{}\n    }};\n    private static final String[] {shout}_SPECIAL = {{\n{}\n    }};\n\n    /** Text in {name} case, by the mappings of Unicode 14. */\n    static String {name}(String text) {{\n        return mapCase(text, {shout}_RUNS, {shout}_CODES, {shout}_SPECIAL);\n    }}\n\n",
        rows(&runs, 6),
        rows(&codes, 12),
        rows(&special, 8)
    )
}
