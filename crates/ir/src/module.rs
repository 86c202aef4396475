//! A conversion as a whole: module, functions, fields, nodes and where they came from.

use source::{FileId, Line, Place, Sources, Span};

use crate::{Arena, Elements, Handle, Op, Table, Type};

/// One conversion. Data only: no I/O, no cached facts, no names of any target language.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Module {
    /// What the scorer is called.
    pub name: String,
    /// The names of the files that origins speak of, by [`FileId`].
    pub files: Vec<String>,
    pub tables: Arena<Table>,
    /// Callees before callers, so there is no recursion.
    pub functions: Arena<Function>,
    /// The last function: one row in, one record out.
    pub entry: Option<Handle<Function>>,
    pub origins: Arena<Origin>,
}

/// A DAG of nodes, operands before their users.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Function {
    pub name: String,
    /// What it computes, for a reader of generated code; may be empty.
    pub doc: String,
    pub params: Vec<Field>,
    pub nodes: Arena<Node>,
    /// In order: the first that applies is the row's status, and then there are no results. Only the entry has any.
    pub rejections: Vec<Rejection>,
    pub results: Vec<Output>,
    /// What several results say together. Only the entry has any.
    pub predictions: Vec<Prediction>,
}

/// Results that say of which class a row is: a label, and a score for each class.
///
/// What makes the module vouches that the label is never anything but one of the classes.
#[derive(Debug, Clone, PartialEq)]
pub struct Prediction {
    /// The number of the result that is the label: an `i64` or a text, never null.
    pub label: u32,
    /// The kind of the label; two or more, all different.
    pub classes: Elements,
    /// The numbers of the results that are scores, floats and never null: one a class in their order, or a vector that holds all.
    pub scores: Vec<u32>,
}

/// A column of the input or the output record.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// As the user wrote it; any text. Distinct among the parameters and among the results of a function.
    pub name: String,
    pub ty: Type,
    /// What a reader of the record should know, such as the categories seen in training; may be empty.
    pub doc: String,
}

impl Field {
    pub fn new(name: impl Into<String>, ty: Type) -> Field {
        Field { name: name.into(), ty, doc: String::new() }
    }
}

/// A result of a function.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    pub field: Field,
    pub value: Value,
}

/// A row of which `when` holds is not scored. A null `when` does not hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Rejection {
    pub when: Value,
    pub reason: Reason,
    pub origin: Handle<Origin>,
}

/// Why a row has no score.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// The original raises on such a row: `unseen category in city`.
    Invalid(String),
    /// The original drops such a row: `load.py:9`.
    Filtered(String),
    /// The original scores such a row, and its answer is a matter of the machine: `training rows that are equally near`.
    Undetermined(String),
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Reason::Invalid(why) => write!(f, "invalid: {why}"),
            Reason::Filtered(at) => write!(f, "filtered: {at}"),
            Reason::Undetermined(why) => write!(f, "undetermined: {why}"),
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    pub op: Op,
    pub origin: Handle<Origin>,
    /// The user's name for the value, such as the column it was assigned to.
    pub label: Option<String>,
}

pub type Value = Handle<Node>;

/// Where a node came from, so that every diagnostic and every generated line can say so.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Origin {
    /// A script line or a PMML element: its bytes, its line and the code there, on one line.
    Text { file: FileId, start: u32, end: u32, line: Line, code: String },
    /// A node of a graph: `node scale`.
    Graph { file: FileId, path: String },
    /// By a pass or by us, from these.
    Made { by: String, from: Vec<Handle<Origin>> },
}

/// The longest code that an origin keeps; a reader of a comment wants a reminder, not the statement.
const CODE_LENGTH: usize = 100;

impl Origin {
    /// The origin of a place. Keeps the first line of a text's code, cut to a length that fits a comment.
    pub fn of(place: &Place, sources: &Sources) -> Origin {
        match place {
            Place::Text(span) => Origin::of_span(*span, sources),
            Place::Path { file, path } => Origin::Graph { file: *file, path: path.clone() },
            Place::File(file) => Origin::Graph { file: *file, path: String::new() },
        }
    }

    fn of_span(span: Span, sources: &Sources) -> Origin {
        let line = sources.get(span.file).map_or(Line::of_file(0), |file| file.line(span.start));
        let first = sources.text(span).lines().next().unwrap_or("").trim();
        let mut code: String = first.chars().take(CODE_LENGTH).collect();
        if code.len() < sources.text(span).trim_end().len() {
            code.push_str(" ...");
        }
        Origin::Text { file: span.file, start: span.start, end: span.end, line, code }
    }
}

impl Module {
    /// The entry, if the module has one.
    pub fn entry_function(&self) -> Option<&Function> {
        self.entry.and_then(|entry| self.functions.get(entry))
    }

    /// `prepare.py:12`, `notebook.ipynb cell 3 line 2` or `model.onnx, node scale`; the first real place behind a made origin; empty if
    /// there is none.
    pub fn describe(&self, origin: Handle<Origin>) -> String {
        let name = |file: &FileId| self.files.get(file.index()).map_or("<unknown file>", String::as_str);
        match self.origins.get(origin) {
            Some(Origin::Text { file, line, .. }) => line.of(name(file)),
            Some(Origin::Graph { file, path }) if path.is_empty() => name(file).into(),
            Some(Origin::Graph { file, path }) => format!("{}, {path}", name(file)),
            // An origin is made from earlier ones only, so this ends.
            Some(Origin::Made { from, .. }) => from
                .iter()
                .filter(|earlier| **earlier < origin)
                .map(|earlier| self.describe(*earlier))
                .find(|text| !text.is_empty())
                .unwrap_or_default(),
            None => String::new(),
        }
    }

    /// The place for a diagnostic, if the origin has one.
    pub fn place(&self, origin: Handle<Origin>) -> Option<Place> {
        match self.origins.get(origin)? {
            Origin::Text { file, start, end, .. } => Some(Place::Text(Span { file: *file, start: *start, end: *end })),
            Origin::Graph { file, path } => Some(Place::Path { file: *file, path: path.clone() }),
            Origin::Made { from, .. } => from.iter().filter(|earlier| **earlier < origin).find_map(|earlier| self.place(*earlier)),
        }
    }
}
