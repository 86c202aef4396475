//! One list of diagnostics in three forms: for people, for programs, for code-scanning services.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde_json::{Value, json};

use crate::{Diagnostic, Line, Place, Severity, SourceFile, Sources, Span};

/// Whether the human form uses terminal colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    Plain,
    Terminal,
}

/// The form for people: the sentence, the source excerpt, the way out. Ends with a newline unless empty.
pub fn human(diagnostics: &[Diagnostic], sources: &Sources, colour: Colour) -> String {
    let renderer = match colour {
        Colour::Plain => Renderer::plain(),
        Colour::Terminal => Renderer::styled(),
    };
    let mut out = String::new();
    for diagnostic in diagnostics {
        out.push_str(&in_cells(renderer.render(&groups(diagnostic, sources)), diagnostic, sources));
        out.push_str("\n\n");
    }
    if !out.is_empty() {
        out.pop();
    }
    out
}

/// `notebook.ipynb cell 3:2:15`, as the renderer spells every place, as `notebook.ipynb cell 3 line 2`.
fn in_cells(mut text: String, diagnostic: &Diagnostic, sources: &Sources) -> String {
    for place in diagnostic.place.iter().chain(diagnostic.notes.iter().map(|note| &note.place)) {
        let Place::Text(span) = place else { continue };
        let Some(file) = sources.get(span.file) else { continue };
        let (line, column) = (file.line(span.start), file.line_column(span.start).column);
        if let Some(cell) = line.cell {
            text = text.replace(&format!("{} cell {cell}:{}:{column}", file.name, line.number), &line.of(&file.name));
        }
    }
    text
}

fn groups<'a>(diagnostic: &'a Diagnostic, sources: &'a Sources) -> Vec<Group<'a>> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let mut group = Group::with_title(level.primary_title(&diagnostic.message).id(diagnostic.name));
    if let Some(place) = &diagnostic.place {
        group = with_place(group, place, &diagnostic.label, AnnotationKind::Primary, sources);
    }
    for note in &diagnostic.notes {
        group = match &note.place {
            Place::Text(span) if !sources.text(*span).is_empty() => {
                with_place(group, &note.place, &note.text, AnnotationKind::Context, sources)
            }
            Place::Text(_) | Place::Path { .. } | Place::File(_) => {
                group.element(Level::NOTE.message(format!("{}: {}", sources.describe(&note.place), note.text)))
            }
        };
    }
    for help in &diagnostic.help {
        group = group.element(Level::HELP.message(help));
    }
    vec![group]
}

fn with_place<'a>(group: Group<'a>, place: &'a Place, label: &'a str, kind: AnnotationKind, sources: &'a Sources) -> Group<'a> {
    match place {
        Place::Text(span) => match excerpt(*span, sources) {
            Some(excerpt) => {
                let mut annotation = kind.span(excerpt.range);
                if !label.is_empty() {
                    annotation = annotation.label(label);
                }
                let snippet = Snippet::source(excerpt.text).line_start(excerpt.line.number as usize).annotation(annotation);
                group.element(snippet.path(excerpt.part))
            }
            None => group.element(Level::NOTE.message(format!("in {}", sources.describe(place)))),
        },
        Place::Path { .. } | Place::File(_) => {
            group.element(Level::NOTE.message(format!("in {}{}{label}", sources.describe(place), if label.is_empty() { "" } else { ": " })))
        }
    }
}

/// The lines that a span touches.
struct Excerpt<'a> {
    /// `prepare.py`, or `notebook.ipynb cell 3`.
    part: String,
    text: &'a str,
    /// The span within the text.
    range: std::ops::Range<usize>,
    /// The first line.
    line: Line,
}

fn excerpt(span: Span, sources: &Sources) -> Option<Excerpt<'_>> {
    let file = sources.get(span.file)?;
    let (start, end) = (span.start as usize, (span.end as usize).min(file.text.len()));
    let before = file.text.get(..start)?;
    let first = before.rfind('\n').map_or(0, |at| at + 1);
    let last = file.text.get(end..)?.find('\n').map_or(file.text.len(), |at| end + at);
    let text = file.text.get(first..last)?;
    let line = file.line(span.start);
    let part = line.cell.map_or(file.name.clone(), |cell| format!("{} cell {cell}", file.name));
    Some(Excerpt { part, text, range: start - first..end.max(start) - first, line })
}

/// The form for programs: an array of objects, one a diagnostic. Lines and columns count from 1, columns in characters. In a notebook
/// lines are those of the cell, which has a number of its own.
pub fn json(diagnostics: &[Diagnostic], sources: &Sources) -> Value {
    let entry = |diagnostic: &Diagnostic| {
        json!({
            "severity": diagnostic.severity.word(),
            "name": diagnostic.name,
            "message": diagnostic.message,
            "place": diagnostic.place.as_ref().map(|place| place_json(place, sources)),
            "label": diagnostic.label,
            "notes": diagnostic.notes.iter().map(|note| json!({"place": place_json(&note.place, sources), "text": note.text})).collect::<Vec<_>>(),
            "help": diagnostic.help,
        })
    };
    Value::Array(diagnostics.iter().map(entry).collect())
}

fn place_json(place: &Place, sources: &Sources) -> Value {
    let file = sources.name(place.file());
    match place {
        Place::Text(span) => match sources.get(span.file) {
            Some(text) => {
                let Region { cell, line, column, end_line, end_column } = Region::of(text, *span);
                let mut out = json!({"file": file, "line": line, "column": column, "endLine": end_line, "endColumn": end_column});
                if let Some(cell) = cell {
                    out["cell"] = json!(cell);
                }
                out
            }
            None => json!({"file": file}),
        },
        Place::Path { path, .. } => json!({"file": file, "path": path}),
        Place::File(_) => json!({"file": file}),
    }
}

/// A span as lines and columns of its file, or of its cell.
struct Region {
    cell: Option<u32>,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
}

impl Region {
    fn of(file: &SourceFile, span: Span) -> Region {
        let (start, end, before) = (file.line_column(span.start), file.line_column(span.end), file.lines_before(span.start));
        Region {
            cell: file.line(span.start).cell,
            line: start.line - before,
            column: start.column,
            end_line: end.line - before,
            end_column: end.column,
        }
    }
}

/// The form for code-scanning services: SARIF 2.1.0 (OASIS standard, section 3), one run.
pub fn sarif(diagnostics: &[Diagnostic], sources: &Sources) -> Value {
    let mut rules: Vec<&str> = diagnostics.iter().map(|diagnostic| diagnostic.name).collect();
    rules.sort_unstable();
    rules.dedup();
    let result = |diagnostic: &Diagnostic| {
        let text =
            std::iter::once(diagnostic.message.as_str()).chain(diagnostic.help.iter().map(String::as_str)).collect::<Vec<_>>().join("\n");
        json!({
            "ruleId": diagnostic.name,
            "level": diagnostic.severity.word(),
            "message": {"text": text},
            "locations": diagnostic.place.iter().map(|place| location(place, sources)).collect::<Vec<_>>(),
        })
    };
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "scorewright",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(|name| json!({"id": name})).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": diagnostics.iter().map(result).collect::<Vec<_>>(),
        }],
    })
}

fn location(place: &Place, sources: &Sources) -> Value {
    let artifact = json!({"uri": sources.name(place.file()).replace('\\', "/").replace(' ', "%20")});
    match place {
        Place::Text(span) => match sources.get(span.file) {
            Some(text) => {
                let Region { cell, line, column, end_line, end_column } = Region::of(text, *span);
                let region = json!({"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column});
                let physical = json!({"artifactLocation": artifact, "region": region});
                match cell {
                    None => json!({"physicalLocation": physical}),
                    Some(cell) => {
                        json!({"physicalLocation": physical, "logicalLocations": [{"fullyQualifiedName": format!("cell {cell}")}]})
                    }
                }
            }
            None => json!({"physicalLocation": {"artifactLocation": artifact}}),
        },
        Place::Path { path, .. } => {
            json!({"physicalLocation": {"artifactLocation": artifact}, "logicalLocations": [{"fullyQualifiedName": path}]})
        }
        Place::File(_) => json!({"physicalLocation": {"artifactLocation": artifact}}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rolling() -> (Sources, Diagnostic) {
        let mut sources = Sources::new();
        let file = sources.add("prep.py", "import pandas\ndf[\"trend\"] = df[\"load\"].rolling(7).mean()\n");
        let diagnostic = Diagnostic::error("python-rolling-window", "`rolling` looks at several rows at once")
            .at(Span { file, start: 28, end: 56 }, "a converted function sees one row at a time")
            .help("compute `trend` before scoring, and pass it in as an input column");
        (sources, diagnostic)
    }

    #[test]
    fn people_see_the_line_and_the_way_out() {
        let (sources, diagnostic) = rolling();
        let text = human(&[diagnostic], &sources, Colour::Plain);
        assert!(text.starts_with("error[python-rolling-window]: `rolling` looks at several rows at once"), "{text}");
        assert!(text.contains("prep.py:2:15"), "{text}");
        assert!(text.contains("a converted function sees one row at a time"), "{text}");
        assert!(text.contains("help: compute `trend`"), "{text}");
    }

    #[test]
    fn a_notebook_is_shown_by_its_cells() {
        let (mut sources, diagnostic) = rolling();
        let file = sources.add_cells("prep.ipynb", "import pandas\ndf[\"trend\"] = df[\"load\"].rolling(7).mean()\n", vec![0, 14]);
        let diagnostic = diagnostic.at(Span { file, start: 28, end: 56 }, "a converted function sees one row at a time");
        let text = human(std::slice::from_ref(&diagnostic), &sources, Colour::Plain);
        assert!(text.contains("--> prep.ipynb cell 2 line 1\n"), "{text}");
        assert!(text.contains("\n1 | df["), "{text}");
        let place = json(&[diagnostic], &sources)[0]["place"].clone();
        assert_eq!((place["cell"].as_u64(), place["line"].as_u64(), place["endLine"].as_u64()), (Some(2), Some(1), Some(1)));
    }

    #[test]
    fn sarif_names_the_rule_and_the_region() {
        let (sources, diagnostic) = rolling();
        let report = sarif(&[diagnostic], &sources);
        let result = &report["runs"][0]["results"][0];
        assert_eq!(result["ruleId"], "python-rolling-window");
        assert_eq!(result["locations"][0]["physicalLocation"]["region"]["startLine"], 2);
    }
}
