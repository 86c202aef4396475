//! The form of a module that people read, that can be kept in a file, and that parses back to the same module.
//!
//! [`print`] writes it, [`parse`] reads it; `grammars/ir.md` is its grammar, with a taken and a refused sample for each production.
//! `parse(&print(m)) == Ok(m)` for every module, sound or not. What is parsed may be unsound, so it goes through `check` like any other.
//! Floats are written as the shortest decimals that read back to the same bits.

mod parse;
mod print;
mod token;

use std::fmt;

use source::{Diagnostic, FileId, LineColumn, Span};

pub use parse::parse;
pub use print::print;

/// The version of the form that is written, and the only one that is read.
pub const VERSION: u32 = 1;

/// Where a text stopped being a module, and what could have stood there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextError {
    pub at: LineColumn,
    pub expected: String,
    /// What is there instead, in words.
    pub found: String,
    start: u32,
    end: u32,
}

impl TextError {
    /// As a diagnostic about the file that holds the text.
    pub fn diagnostic(&self, file: FileId) -> Diagnostic {
        Diagnostic::error("ir-syntax", format!("expected {}, found {}", self.expected, self.found))
            .at(Span { file, start: self.start, end: self.end }, format!("expected {}", self.expected))
            .help("the grammar of this form is in grammars/ir.md")
    }
}

/// `3:14: expected an operand such as %0, found "age"`
impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: expected {}, found {}", self.at, self.expected, self.found)
    }
}

impl std::error::Error for TextError {}
