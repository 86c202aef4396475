//! Notebooks to one script: the code cells one under the other, with what is not Python made a comment.
//!
//! Cells are joined by exactly one newline and every line stays a line, so that a line of the text is a line of a cell. What a notebook
//! keeps beside its code (outputs, prose) is left out, so that saving it does not change the text. Start reading at [`read`].

use crate::parse;
use serde::Deserialize;
use source::{Diagnostic, FileId, Place, Sources, Span};

/// A notebook as a script.
#[derive(Debug)]
pub struct Notebook {
    pub file: FileId,
    /// What the user should know of the notebook itself.
    pub notes: Vec<Diagnostic>,
}

/// The most code that a notebook may hold, in bytes. Larger ones are data that lost its way.
const MOST_CODE: usize = 16 << 20;

/// Takes a notebook in as a script, in the formats 3 and 4.
///
/// A cell that is not Python becomes a comment with a note. Errors: not JSON, no notebook, a format or language that is not known.
pub fn read(bytes: &[u8], name: &str, sources: &mut Sources) -> Result<Notebook, Vec<Diagnostic>> {
    let saved = cells(bytes).map_err(|why| {
        let file = sources.add_binary(name);
        vec![Diagnostic::error("notebook-file", format!("`{name}` cannot be read as a notebook")).at(Place::File(file), "").help(why)]
    })?;
    let mut text = String::new();
    let (mut starts, mut broken) = (Vec::new(), Vec::new());
    for (number, cell) in saved.iter().enumerate() {
        if number > 0 {
            text.push('\n');
        }
        let start = text.len();
        starts.push(start as u32);
        let code = python(&cell.code);
        match parse::syntax_error(&code) {
            None => text.push_str(&code),
            Some((at, why)) => {
                let line = code.get(..at).unwrap_or(&code).matches('\n').count();
                text.push_str(&commented(&code));
                broken.push((start, line, why));
            }
        }
    }
    let file = sources.add_cells(name, text, starts.clone());
    let text = sources.get(file).map_or("", |file| &file.text);
    let line = |start: usize, number: usize| line_span(file, text, start, number);
    let mut notes: Vec<Diagnostic> = broken
        .into_iter()
        .map(|(start, number, why)| {
            Diagnostic::warning("notebook-cell-syntax", "this cell is not Python and is left out").at(line(start, number), why)
        })
        .collect();
    notes.extend(out_of_order(&saved).map(|(cell, before, count)| {
        Diagnostic::warning("notebook-order", "the cells of this notebook were last run in another order")
            .at(line(starts[cell] as usize, 0), format!("run as number {count}, after a cell above it that was run as number {before}"))
            .help("cells are converted from top to bottom; if that is not what you mean, restart, run all cells and save")
    }));
    notes.extend(saved.iter().zip(&starts).filter_map(|(cell, start)| {
        let error = cell.error.as_ref()?;
        let found = Diagnostic::warning("notebook-stored-error", "this cell raised an exception when the notebook was saved");
        Some(found.at(line(*start as usize, 0), error.clone()))
    }));
    Ok(Notebook { file, notes })
}

/// A line of a cell, counted from 0, without its indentation.
fn line_span(file: FileId, text: &str, start: usize, number: usize) -> Span {
    let rest = text.get(start..).unwrap_or("");
    let from = start + rest.split_inclusive('\n').take(number).map(str::len).sum::<usize>();
    let line = text.get(from..).and_then(|rest| rest.lines().next()).unwrap_or("");
    let indent = line.len() - line.trim_start().len();
    Span { file, start: (from + indent) as u32, end: (from + line.trim_end().len().max(indent)) as u32 }
}

/// The first cell that was run before one above it: its index, the count of the one above, its own count.
fn out_of_order(cells: &[Code]) -> Option<(usize, i64, i64)> {
    let mut highest = i64::MIN;
    cells.iter().enumerate().find_map(|(index, cell)| {
        let count = cell.count?;
        let before = highest;
        highest = before.max(count);
        (count < before).then_some((index, before, count))
    })
}

// The file ------------------------------------------------------------------------------------------------------------------

/// A code cell as it was saved.
struct Code {
    code: String,
    count: Option<i64>,
    /// The exception that its stored output ends with.
    error: Option<String>,
}

#[derive(Deserialize)]
struct File {
    nbformat: u32,
    #[serde(default)]
    metadata: Metadata,
    cells: Option<Vec<Cell>>,
    /// Format 3 has sheets of cells.
    worksheets: Option<Vec<Sheet>>,
}

#[derive(Deserialize)]
struct Sheet {
    cells: Vec<Cell>,
}

#[derive(Default, Deserialize)]
struct Metadata {
    language_info: Option<Language>,
}

#[derive(Deserialize)]
struct Language {
    name: Option<String>,
}

#[derive(Deserialize)]
struct Cell {
    cell_type: String,
    /// `input` and `prompt_number` in format 3.
    #[serde(alias = "input")]
    source: Option<Text>,
    #[serde(alias = "prompt_number", default)]
    execution_count: serde_json::Value,
    #[serde(default)]
    outputs: Vec<Output>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Text {
    Whole(String),
    Lines(Vec<String>),
}

#[derive(Deserialize)]
struct Output {
    /// `error`, or `pyerr` in format 3.
    #[serde(default)]
    output_type: String,
    ename: Option<String>,
    evalue: Option<String>,
}

/// The code cells of a notebook in their order. Errors: why it is none, as a sentence.
fn cells(bytes: &[u8]) -> Result<Vec<Code>, String> {
    let file: File = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    if !matches!(file.nbformat, 3 | 4) {
        return Err(format!("it has format {}; 3 and 4 are known. Save it again with a current Jupyter", file.nbformat));
    }
    if let Some(name) = file.metadata.language_info.and_then(|language| language.name).filter(|name| !name.eq_ignore_ascii_case("python")) {
        return Err(format!("its language is {name}, and Python is needed"));
    }
    let cells = match (file.cells, file.worksheets) {
        (Some(cells), _) => cells,
        (None, Some(sheets)) => sheets.into_iter().flat_map(|sheet| sheet.cells).collect(),
        (None, None) => return Err("it has no list `cells`".to_owned()),
    };
    let code: Vec<Code> = cells.into_iter().filter(|cell| cell.cell_type == "code").map(Cell::code).collect::<Result<_, _>>()?;
    if code.iter().map(|cell| cell.code.len()).sum::<usize>() > MOST_CODE {
        return Err(format!("it holds more than {MOST_CODE} bytes of code"));
    }
    Ok(code)
}

impl Cell {
    fn code(self) -> Result<Code, String> {
        let code = match self.source {
            Some(Text::Whole(text)) => text,
            Some(Text::Lines(lines)) => lines.concat(),
            None => return Err("one of its code cells has no `source`".to_owned()),
        };
        let error = self.outputs.into_iter().find(|output| matches!(output.output_type.as_str(), "error" | "pyerr"));
        let error = error.map(|error| {
            let words = [error.ename, error.evalue].into_iter().flatten().filter(|word| !word.is_empty());
            words.collect::<Vec<_>>().join(": ")
        });
        Ok(Code { code, count: self.execution_count.as_i64(), error })
    }
}

// Magics --------------------------------------------------------------------------------------------------------------------

/// Cell magics under which the cell is still Python.
const PYTHON_CELLS: &[&str] = &["time", "timeit", "capture", "prun"];
/// Line magics that run the rest of the line as a statement of the cell.
const PYTHON_LINES: &[&str] = &["time"];
/// Commands that IPython takes without a sign.
const COMMANDS: &[&str] = &["pip install ", "pip3 install ", "conda install "];

/// What stands for the result of a magic or a command. The run gives it nothing, and a scorer cannot have it.
const RESULT: &str = "get_ipython()";

/// A cell with what is not Python made comments, line for line.
fn python(cell: &str) -> String {
    let lines: Vec<&str> = cell.split('\n').collect();
    let first = lines.iter().position(|line| !line.trim().is_empty());
    let magic = first.and_then(|first| lines[first].trim().strip_prefix("%%"));
    if magic.is_some_and(|magic| !PYTHON_CELLS.contains(&word(magic))) {
        return commented(cell);
    }
    let mut scan = Scan::default();
    let mut out = Vec::with_capacity(lines.len());
    let mut continued = false;
    for line in lines {
        if continued {
            continued = line.trim_end().ends_with('\\');
            out.push(commented(line));
            continue;
        }
        let made = if scan.at_statement() { made(line, &scan) } else { None };
        match made {
            Some(made) => {
                continued = line.trim_end().ends_with('\\');
                if let Made::Python(code) = &made {
                    scan.line(code);
                }
                out.push(made.text());
            }
            None => {
                scan.line(line);
                out.push(line.to_owned());
            }
        }
    }
    out.join("\n")
}

/// What a line becomes that Python does not read.
enum Made {
    /// It does nothing.
    Comment(String),
    Python(String),
}

impl Made {
    fn text(self) -> String {
        match self {
            Made::Comment(text) | Made::Python(text) => text,
        }
    }
}

/// None for a line that is Python. No line of Python starts a statement with `%`, `!` or `?`, or ends it with `?`.
fn made(line: &str, scan: &Scan) -> Option<Made> {
    let code = line.trim_start();
    let indent = &line[..line.len() - code.len()];
    if let Some(magic) = code.strip_prefix('%') {
        return Some(match python_of(magic) {
            Some(statement) => Made::Python(format!("{indent}{statement}")),
            None => Made::Comment(nothing(indent, code)),
        });
    }
    if code.starts_with(['!', '?']) || COMMANDS.iter().any(|command| code.starts_with(command)) || scan.asks(line) {
        return Some(Made::Comment(nothing(indent, code)));
    }
    let (target, value) = assigned_magic(code)?;
    Some(match value.strip_prefix('%').and_then(python_of) {
        Some(statement) => Made::Python(format!("{indent}{target}= {statement}")),
        None => Made::Comment(format!("{indent}{target}= {RESULT}  # {value}")),
    })
}

/// The statement that a line magic runs in the cell.
fn python_of(magic: &str) -> Option<&str> {
    let name = word(magic);
    let rest = magic[name.len()..].trim();
    (PYTHON_LINES.contains(&name) && !rest.is_empty()).then_some(rest)
}

fn word(text: &str) -> &str {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_').next().unwrap_or("")
}

/// A comment at the margin; a statement that does nothing in a block, which may have no other.
fn nothing(indent: &str, code: &str) -> String {
    if indent.is_empty() { format!("# {code}") } else { format!("{indent}pass  # {code}") }
}

fn commented(code: &str) -> String {
    let line = |line: &str| if line.trim().is_empty() { line.to_owned() } else { format!("# {line}") };
    code.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

/// `files = !ls` as `files ` and `!ls`: an equals sign with a magic or a command behind it, which is never Python.
fn assigned_magic(code: &str) -> Option<(&str, &str)> {
    let mut scan = Scan::default();
    for (at, letter) in code.char_indices() {
        if letter == '=' && scan.in_code() {
            let value = code[at + 1..].trim_start();
            let is_magic = value.strip_prefix('%').is_some_and(|name| name.starts_with(char::is_alphabetic));
            let is_command = value.strip_prefix('!').is_some_and(|command| !command.starts_with('='));
            return (is_magic || is_command).then_some((&code[..at], value));
        }
        scan.letter(letter);
    }
    None
}

/// Where in Python's grammar of lines a text is: in brackets, in a string, in a comment.
#[derive(Clone, Default)]
struct Scan {
    depth: usize,
    /// The quotation mark that ends the string: one or three.
    quote: Option<(char, usize)>,
    /// How many of that mark, or of the mark that may open a string, stand directly before.
    marks: (char, usize),
    escaped: bool,
    comment: bool,
    /// The line ends in a backslash.
    joined: bool,
}

impl Scan {
    fn at_statement(&self) -> bool {
        self.depth == 0 && self.quote.is_none() && !self.joined
    }

    fn in_code(&self) -> bool {
        self.quote.is_none() && !self.comment
    }

    /// Whether a line ends in a question mark that is code.
    fn asks(&self, line: &str) -> bool {
        let Some(before) = line.trim_end().strip_suffix('?') else { return false };
        let mut scan = self.clone();
        before.chars().for_each(|letter| scan.letter(letter));
        scan.close_marks();
        scan.in_code()
    }

    /// Goes over a line and its end.
    fn line(&mut self, line: &str) {
        let line = line.trim_end_matches('\r');
        line.chars().for_each(|letter| self.letter(letter));
        self.close_marks();
        self.joined = !self.comment && line.ends_with('\\');
        // A string of one mark ends with its line.
        if self.quote.is_some_and(|(_, count)| count == 1) && !self.joined {
            self.quote = None;
        }
        self.comment = false;
        self.escaped = false;
    }

    fn letter(&mut self, letter: char) {
        if self.comment {
            return;
        }
        if self.escaped {
            self.escaped = false;
            return;
        }
        match self.quote {
            Some((mark, count)) => {
                self.marks = if letter == mark { (mark, self.marks.1 + 1) } else { (mark, 0) };
                if self.marks.1 == count {
                    (self.quote, self.marks) = (None, (mark, 0));
                }
                self.escaped = letter == '\\';
            }
            None if matches!(letter, '"' | '\'') && (self.marks.1 == 0 || self.marks.0 == letter) => {
                self.marks = (letter, self.marks.1 + 1);
                if self.marks.1 == 3 {
                    (self.quote, self.marks) = (Some((letter, 3)), (letter, 0));
                }
            }
            None => {
                self.close_marks();
                match self.quote {
                    Some(_) => self.letter(letter),
                    None => self.code(letter),
                }
            }
        }
    }

    /// One mark opened a string; two were an empty one.
    fn close_marks(&mut self) {
        if self.quote.is_none() && self.marks.1 == 1 {
            self.quote = Some((self.marks.0, 1));
        }
        self.marks.1 = 0;
    }

    fn code(&mut self, letter: char) {
        match letter {
            '(' | '[' | '{' => self.depth += 1,
            ')' | ']' | '}' => self.depth = self.depth.saturating_sub(1),
            '#' => self.comment = true,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn magics_commands_and_questions_become_comments() {
        for line in ["%matplotlib inline", "!pip install x", "?pd.cut", "df.head?", "df.head??", "pip install pandas", "%timeit f(1)"] {
            assert_eq!(python(line), format!("# {line}"));
        }
        assert_eq!(python("if x:\n    !ls\ny = 1"), "if x:\n    pass  # !ls\ny = 1");
        assert_eq!(python("!pip install a \\\n  b\nx = 1"), "# !pip install a \\\n#   b\nx = 1");
    }

    #[test]
    fn a_line_in_brackets_or_in_a_text_is_python() {
        for code in [
            "x = (a\n     % b)",
            "print('total %d'\n      % n)",
            "x = a \\\n  % b",
            "s = '''\n%time\n!ls\n'''",
            "s = \"\"\"it's\n!x\"\"\"",
            "t = 'really?'",
            "# really?",
            "a = b != c",
            "f('''a''', '', \"\"\"\n%b\"\"\")",
            "s = 'it\\'s (' \nx = 1 # (",
        ] {
            assert_eq!(python(code), code);
        }
        // The bracket in the text and the one in the comment are none: the magic after them is seen.
        assert_eq!(python("s = '('  # (\n%cd x"), "s = '('  # (\n# %cd x");
        assert_eq!(python("s = ''\n%cd x"), "s = ''\n# %cd x");
    }

    #[test]
    fn a_timed_statement_is_kept() {
        assert_eq!(python("%time df = f(1)"), "df = f(1)");
        assert_eq!(python("    %time df = f(1)"), "    df = f(1)");
        assert_eq!(python("a = %time f(1)"), "a = f(1)");
        assert_eq!(python("%%time\nx = 1\n!ls"), "# %%time\nx = 1\n# !ls");
        assert_eq!(python("\n%%capture out\nx = 1"), "\n# %%capture out\nx = 1");
    }

    #[test]
    fn a_cell_of_another_language_is_dropped() {
        assert_eq!(python("%%bash\nfor x in *; do\necho $x\ndone\n"), "# %%bash\n# for x in *; do\n# echo $x\n# done\n");
        assert_eq!(python("%%writefile a.py\nx = 1"), "# %%writefile a.py\n# x = 1");
    }

    #[test]
    fn the_result_of_a_command_is_a_value_of_its_own() {
        assert_eq!(python("files = !ls *.csv"), "files = get_ipython()  # !ls *.csv");
        assert_eq!(python("a, b = %timeit -o f()"), "a, b = get_ipython()  # %timeit -o f()");
        assert_eq!(python("d['!='] = 1"), "d['!='] = 1");
    }

    fn notebook(cells: &str) -> String {
        format!("{{\"nbformat\": 4, \"nbformat_minor\": 5, \"metadata\": {{}}, \"cells\": [{cells}]}}")
    }

    #[test]
    fn cells_are_joined_by_one_newline() {
        let mut sources = Sources::new();
        let prose = r#"{"cell_type": "markdown", "source": "text"}"#;
        let code = r#"{"cell_type": "code", "source": ["x = 1\n", "y = 2\n"]}, {"cell_type": "code", "source": ""}"#;
        let last = r#"{"cell_type": "code", "source": "z = ("}, {"cell_type": "code", "source": "w = 3"}"#;
        let read = read(notebook(&format!("{prose}, {code}, {prose}, {last}")).as_bytes(), "a.ipynb", &mut sources).unwrap();
        let file = sources.get(read.file).unwrap();
        assert_eq!(file.text, "x = 1\ny = 2\n\n\n# z = (\nw = 3");
        assert_eq!(file.cell_starts(), [0, 13, 14, 22]);
        assert_eq!(read.notes.iter().map(|note| note.name).collect::<Vec<_>>(), ["notebook-cell-syntax"]);
        assert_eq!(sources.describe(read.notes[0].place.as_ref().unwrap()), "a.ipynb cell 3 line 1");
    }

    #[test]
    fn cells_that_ran_in_another_order_or_raised_are_named() {
        let one = r#"{"cell_type": "code", "source": "x = 1", "execution_count": 7}"#;
        let two = r#"{"cell_type": "code", "source": "x", "execution_count": 3, "outputs": [{"output_type": "error", "ename": "NameError", "evalue": "x"}]}"#;
        let mut sources = Sources::new();
        let read = read(notebook(&format!("{one}, {two}")).as_bytes(), "a.ipynb", &mut sources).unwrap();
        assert_eq!(read.notes.iter().map(|note| note.name).collect::<Vec<_>>(), ["notebook-order", "notebook-stored-error"]);
        assert_eq!(read.notes[1].label, "NameError: x");
    }

    #[test]
    fn format_3_is_read() {
        let text = r#"{"nbformat": 3, "metadata": {}, "worksheets": [{"cells": [{"cell_type": "code", "input": ["x = 1"], "prompt_number": 1,
            "outputs": [{"output_type": "pyerr", "ename": "E", "evalue": ""}]}]}]}"#;
        let mut sources = Sources::new();
        let read = read(text.as_bytes(), "old.ipynb", &mut sources).unwrap();
        assert_eq!(sources.get(read.file).unwrap().text, "x = 1");
        assert_eq!(read.notes[0].label, "E");
    }

    #[test]
    fn what_is_no_notebook_gives_one_error() {
        let deep = format!("{{\"nbformat\": 4, \"cells\": [{{\"cell_type\": \"code\", \"source\": {}", "[".repeat(100_000));
        let lines = "{\"cell_type\": \"code\"}";
        for (text, why) in [
            ("x = 1", "expected value"),
            ("", "EOF"),
            ("{}", "missing field `nbformat`"),
            ("{\"nbformat\": 4}", "no list `cells`"),
            ("{\"nbformat\": 9, \"cells\": []}", "format 9"),
            (&notebook("{}"), "missing field `cell_type`"),
            (&notebook(lines), "no `source`"),
            ("{\"nbformat\": 4, \"metadata\": {\"language_info\": {\"name\": \"R\"}}, \"cells\": []}", "language is R"),
            (&deep, "recursion limit"),
        ] {
            let found = read(text.as_bytes(), "a.ipynb", &mut Sources::new()).unwrap_err();
            assert_eq!((found.len(), found[0].name), (1, "notebook-file"));
            assert!(found[0].help[0].contains(why), "{}", found[0].help[0]);
        }
    }
}
