//! Files by number, byte ranges in them, and the way from a byte to a line and column.

use std::fmt;

/// A file of this conversion. Handed out by [`Sources::add`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(u32);

impl FileId {
    /// The number of the file in the order in which files were added.
    pub fn index(self) -> usize {
        self.0 as usize
    }

    /// The file with that number; the text form of the IR writes files by number.
    pub fn from_index(index: u32) -> Self {
        FileId(index)
    }
}

/// A range of bytes of a text file, `start..end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span {
    pub file: FileId,
    pub start: u32,
    pub end: u32,
}

/// Where something is: bytes of a text, or the way to it in a file that has no lines.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Place {
    Text(Span),
    /// For example `node post/nms_1, needed by output boxes` in an ONNX file.
    Path {
        file: FileId,
        path: String,
    },
    /// The file as a whole.
    File(FileId),
}

impl Place {
    pub fn file(&self) -> FileId {
        match self {
            Place::Text(span) => span.file,
            Place::Path { file, .. } | Place::File(file) => *file,
        }
    }
}

impl From<Span> for Place {
    fn from(span: Span) -> Self {
        Place::Text(span)
    }
}

/// A file's name as the user gave it, and its text. The text of a binary file is empty; that of a notebook is its code cells.
#[derive(Debug, Clone)]
pub struct SourceFile {
    pub name: String,
    pub text: String,
    line_starts: Vec<u32>,
    /// Where the cells of a notebook start; empty for any other file.
    cell_starts: Vec<u32>,
}

/// A line as a person finds it: of a file, or of a cell where the file is a notebook. Both count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Line {
    pub cell: Option<u32>,
    pub number: u32,
}

impl Line {
    pub fn of_file(number: u32) -> Self {
        Line { cell: None, number }
    }

    /// `prepare.py:12`, or `notebook.ipynb cell 12 line 3`.
    pub fn of(self, file: &str) -> String {
        match self.cell {
            None => format!("{file}:{}", self.number),
            Some(_) => format!("{file} {self}"),
        }
    }
}

impl fmt::Display for Line {
    /// `line 12`, or `cell 12 line 3`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(cell) = self.cell {
            write!(f, "cell {cell} ")?;
        }
        write!(f, "line {}", self.number)
    }
}

/// A line, counted from 1, and a column in characters, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineColumn {
    pub line: u32,
    pub column: u32,
}

impl fmt::Display for LineColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

impl SourceFile {
    fn new(name: String, text: String, cell_starts: Vec<u32>) -> Self {
        let after_newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at as u32 + 1);
        let line_starts = std::iter::once(0).chain(after_newlines).collect();
        SourceFile { name, text, line_starts, cell_starts }
    }

    /// The line and column of a byte. A byte past the end counts as the end.
    pub fn line_column(&self, byte: u32) -> LineColumn {
        let line = self.line_starts.partition_point(|start| *start <= byte).max(1);
        let start = self.line_starts[line - 1] as usize;
        let end = (byte as usize).clamp(start, self.text.len().max(start));
        let column = self.text.get(start..end).map_or(end - start, |before| before.chars().count());
        LineColumn { line: line as u32, column: column as u32 + 1 }
    }

    /// Where the cells of a notebook start; empty for any other file.
    pub fn cell_starts(&self) -> &[u32] {
        &self.cell_starts
    }

    /// The line of a byte as a person finds it.
    pub fn line(&self, byte: u32) -> Line {
        let cell = self.cell_starts.partition_point(|start| *start <= byte);
        Line { cell: (cell > 0).then_some(cell as u32), number: self.line_column(byte).line - self.lines_before(byte) }
    }

    /// How many lines of the text stand before the cell of a byte; none in a file without cells.
    pub(crate) fn lines_before(&self, byte: u32) -> u32 {
        let cell = self.cell_starts.partition_point(|start| *start <= byte);
        match cell.checked_sub(1).and_then(|cell| self.cell_starts.get(cell)) {
            Some(start) => self.line_column(*start).line - 1,
            None => 0,
        }
    }

    /// Where a line starts, counted from 1; the end of the text for one that is not there.
    pub fn line_start(&self, line: u32) -> u32 {
        let start = (line as usize).checked_sub(1).and_then(|index| self.line_starts.get(index));
        start.copied().unwrap_or(self.text.len() as u32)
    }

    /// The text of a line, counted from 1, without its newline. Empty for a line that is not there.
    pub fn line_text(&self, line: u32) -> &str {
        let Some(start) = (line as usize).checked_sub(1).and_then(|index| self.line_starts.get(index)) else { return "" };
        let rest = self.text.get(*start as usize..).unwrap_or("");
        rest.lines().next().unwrap_or("")
    }
}

/// All files of one conversion.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<SourceFile>,
}

impl Sources {
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a text file in. `name` is what diagnostics call it.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> FileId {
        self.add_cells(name, text, Vec::new())
    }

    /// Takes in the code of a notebook; `cell_starts` are the bytes at which its cells start, in order.
    pub fn add_cells(&mut self, name: impl Into<String>, text: impl Into<String>, cell_starts: Vec<u32>) -> FileId {
        self.files.push(SourceFile::new(name.into(), text.into(), cell_starts));
        FileId(self.files.len() as u32 - 1)
    }

    /// Takes in a file that has no lines to show.
    pub fn add_binary(&mut self, name: impl Into<String>) -> FileId {
        self.add(name, "")
    }

    pub fn get(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(id.index())
    }

    pub fn name(&self, id: FileId) -> &str {
        self.get(id).map_or("<unknown file>", |file| &file.name)
    }

    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files.iter().enumerate().map(|(index, file)| (FileId(index as u32), file))
    }

    /// The bytes of a span, or nothing if the span is not inside its file.
    pub fn text(&self, span: Span) -> &str {
        self.get(span.file).and_then(|file| file.text.get(span.start as usize..span.end as usize)).unwrap_or("")
    }

    /// `prepare.py:12` for a text, `notebook.ipynb cell 3 line 2` for a notebook, `model.onnx, node scale` for a graph.
    pub fn describe(&self, place: &Place) -> String {
        match place {
            Place::Text(span) => match self.get(span.file) {
                Some(file) => file.line(span.start).of(&file.name),
                None => "<unknown file>".into(),
            },
            Place::Path { file, path } => format!("{}, {path}", self.name(*file)),
            Place::File(file) => self.name(*file).into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_counts_characters() {
        let mut sources = Sources::new();
        let id = sources.add("a.py", "x = 1\nstraße = 2\n");
        let file = sources.get(id).unwrap();
        assert_eq!(file.line_column(6).to_string(), "2:1");
        assert_eq!(file.line_column(14).to_string(), "2:8");
        assert_eq!(file.line_text(2), "straße = 2");
        assert_eq!(file.line_text(9), "");
    }

    #[test]
    fn a_line_of_a_notebook_is_counted_in_its_cell() {
        let mut sources = Sources::new();
        let id = sources.add_cells("a.ipynb", "x = 1\ny = 2\n\nz = 3\n", vec![0, 12, 13]);
        let file = sources.get(id).unwrap();
        assert_eq!(file.line(6).to_string(), "cell 1 line 2");
        assert_eq!(file.line(12).to_string(), "cell 2 line 1");
        assert_eq!(file.line(15).of("a.ipynb"), "a.ipynb cell 3 line 1");
        assert_eq!(sources.describe(&Place::Text(Span { file: id, start: 0, end: 1 })), "a.ipynb cell 1 line 1");
    }
}
