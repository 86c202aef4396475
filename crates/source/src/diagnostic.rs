//! What is said about an input: one record for people, machines and editors.

use crate::file::Place;

/// How much it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Note,
    Warning,
    Error,
}

impl Severity {
    pub fn word(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// A second place that matters for a diagnostic, with what is to be seen there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    pub place: Place,
    pub text: String,
}

/// What was found, where, why it cannot go on, and what would work.
///
/// ```
/// use source::{Diagnostic, Sources, Span};
/// let mut sources = Sources::new();
/// let file = sources.add("prep.py", "x = df.rolling(7)\n");
/// let found = Diagnostic::error("python-rolling-window", "`rolling` looks at several rows at once")
///     .at(Span { file, start: 4, end: 17 }, "a converted function sees one row at a time")
///     .help("compute it before scoring, and pass it in as an input column");
/// assert_eq!(found.name, "python-rolling-window");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    pub severity: Severity,
    /// Readable, kebab-case, stable: users write it in CI filters.
    pub name: &'static str,
    pub message: String,
    pub place: Option<Place>,
    /// What is said right at the place.
    pub label: String,
    pub notes: Vec<Note>,
    pub help: Vec<String>,
}

impl Diagnostic {
    pub fn new(severity: Severity, name: &'static str, message: impl Into<String>) -> Self {
        Diagnostic { severity, name, message: message.into(), place: None, label: String::new(), notes: Vec::new(), help: Vec::new() }
    }

    pub fn error(name: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, name, message)
    }

    pub fn warning(name: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, name, message)
    }

    pub fn note(name: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Note, name, message)
    }

    /// The place, and what is to be seen there (may be empty).
    pub fn at(mut self, place: impl Into<Place>, label: impl Into<String>) -> Self {
        self.place = Some(place.into());
        self.label = label.into();
        self
    }

    /// Another place that explains this one.
    pub fn see(mut self, place: impl Into<Place>, text: impl Into<String>) -> Self {
        self.notes.push(Note { place: place.into(), text: text.into() });
        self
    }

    /// A way out that works.
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help.push(text.into());
        self
    }

    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
