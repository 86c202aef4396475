//! The class `Support`: methods for what Java has no operation that means the same. Only those that are called are written.

use plan::unicode::{CaseMap, LOWER, LOWER_EACH, UPPER, UPPER_EACH};

use crate::quoted;

/// Methods, each behind a line `//? CALL` that names the call that asks for it.
const METHODS: &str = include_str!("support_files/support.java");

/// The methods that change case, each with the prefix of its constants and its table.
const CASES: [(&str, &str, &str, &CaseMap); 4] = [
    ("lower", "LOWER", "lower", &LOWER),
    ("upper", "UPPER", "upper", &UPPER),
    ("lowerEach", "LOWER_EACH", "lower", &LOWER_EACH),
    ("upperEach", "UPPER_EACH", "upper", &UPPER_EACH),
];

/// The body of the class for some generated code; nothing if it calls no method.
pub(crate) fn print(code: &str) -> Option<String> {
    let mut out = String::new();
    for (name, constant, case, map) in CASES {
        if code.contains(&format!("Support.{name}(")) {
            out.push_str(&case_method(name, constant, case, map));
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

fn case_method(name: &str, constant: &str, case: &str, map: &CaseMap) -> String {
    let runs: Vec<String> = map.runs.iter().map(|(first, count, step, delta)| format!("{first:#x}, {count}, {step}, {delta}")).collect();
    let codes: Vec<String> = map.special.iter().map(|(code, _)| format!("{code:#x}")).collect();
    let text = |to: &[u32]| quoted(&to.iter().filter_map(|code| char::from_u32(*code)).collect::<String>());
    let special: Vec<String> = map.special.iter().map(|(_, to)| text(to)).collect();
    let rows = |parts: &[String], width: usize| {
        parts.chunks(width).map(|row| format!("        {}", row.join(", "))).collect::<Vec<_>>().join(",\n")
    };
    let array = |ty: &str, name: &str, rows: String| format!("    private static final {ty}[] {constant}_{name} = {{\n{rows}\n    }};\n");
    let mut out = array("int", "RUNS", rows(&runs, 6));
    let several = if map.special.is_empty() {
        "new int[0], new String[0]".to_owned()
    } else {
        out.push_str(&array("int", "CODES", rows(&codes, 12)));
        out.push_str(&array("String", "SPECIAL", rows(&special, 8)));
        format!("{constant}_CODES, {constant}_SPECIAL")
    };
    out.push_str(&format!(
        "\n    /** Text in {case} case: {}. */\n    static String {name}(String text) {{\n        return mapCase(text, {constant}_RUNS, {several});\n    }}\n\n",
        map.rule
    ));
    out
}
