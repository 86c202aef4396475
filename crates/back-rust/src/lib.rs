//! `Plan -> a Rust crate`: no dependencies, no unsafe code, documented, with golden tests and an example.
//!
//! This back end spells what the plan decided. [`expr`] prints expressions with as few parentheses as they need, [`stmt`] statements,
//! [`record`] the input and output types, [`table`] what training left behind, [`package`] the files around them. The code is written as
//! text and formatted by `prettyplease`, so its layout is rustfmt's.

mod expr;
mod harness;
mod package;
mod prediction;
mod record;
mod stmt;
mod support;
mod table;

pub use harness::harness;
pub use package::print;

use plan::{Ident, Plan, Routine};

/// Rust's keywords, strict and reserved (The Rust Reference, "Keywords").
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn", "else", "enum", "extern",
    "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv",
    "pub", "ref", "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

/// A name as Rust spells variables, functions and fields. A keyword gets a `_` behind it.
pub(crate) fn snake(ident: &Ident) -> String {
    let name = ident.snake();
    if KEYWORDS.contains(&name.as_str()) { name + "_" } else { name }
}

/// A text as a Rust string literal, with everything escaped that is not plain.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            ' '..='~' => out.push(c),
            c if c.is_alphanumeric() => out.push(c),
            c => out.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
        }
    }
    out + "\""
}

/// A text that is safe in a comment or a doc comment: one line, no character that changes how code is shown.
pub(crate) fn plain(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() || ('\u{200b}'..='\u{202e}').contains(&c) || ('\u{2066}'..='\u{2069}').contains(&c) { ' ' } else { c })
        .collect()
}

/// What printing a routine needs to know.
pub(crate) struct Printer<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) routine: &'a Routine,
    /// Locals that hold a `String`; other text locals hold a `&str`.
    pub(crate) owned: Vec<bool>,
    /// Locals that count loops and are `usize`.
    pub(crate) counters: Vec<bool>,
}
