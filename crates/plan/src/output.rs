//! What a back end gives, and the rows that its golden tests hold.

use ir::Literal;

/// A file of an emitted package; the path is relative and uses `/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    pub path: String,
    pub contents: Vec<u8>,
}

impl File {
    pub fn text(path: impl Into<String>, contents: impl Into<String>) -> File {
        File { path: path.into(), contents: contents.into().into_bytes() }
    }

    pub fn binary(path: impl Into<String>, contents: Vec<u8>) -> File {
        File { path: path.into(), contents }
    }
}

/// A row with its outcome, as the interpreter computed it.
#[derive(Debug, Clone, PartialEq)]
pub struct Golden {
    /// One for each input column.
    pub row: Vec<Cell>,
    pub outcome: GoldenOutcome,
}

#[derive(Debug, Clone, PartialEq)]
pub enum GoldenOutcome {
    /// One for each output column.
    Scored(Vec<Cell>),
    /// The number of the rejection.
    Rejected(u32),
}

/// What stands in one column of one row. A null is [`Literal::Null`].
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Scalar(Literal),
    Array(Vec<Literal>),
}
