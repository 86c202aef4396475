//! What can be told of a project as one HTML page: the user's own code line by line, coloured by what becomes of it.
//!
//! The page stands alone: no network, no program in it. A script that is refused has one too, with what stands in the way beside its lines.

use std::collections::BTreeMap;

use front_python::{Conversion, Fates};
use minijinja::context;
use source::{Diagnostic, FileId, Place, SourceFile, Sources, Span};

use crate::load::Inspection;

/// What becomes of a line, the strongest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    Ignored,
    Frozen,
    Emitted,
    Blocked,
}

impl Fate {
    fn word(self) -> &'static str {
        match self {
            Fate::Ignored => "ignored",
            Fate::Frozen => "frozen",
            Fate::Emitted => "emitted",
            Fate::Blocked => "blocked",
        }
    }
}

/// What is said beside a line.
#[derive(Default)]
struct Beside {
    fate: Option<Fate>,
    remarks: Vec<minijinja::Value>,
}

/// Lines of files, counted in the whole text.
type Lines = BTreeMap<(FileId, u32), Beside>;

/// The page of an inspection. `name` is what it is about.
pub fn html(inspection: &Inspection, name: &str, sources: &Sources) -> String {
    let found = inspection.scorer.as_ref().err().map(|problem| problem.diagnostics()).unwrap_or_default();
    let scorer = inspection.scorer.as_ref().ok();
    let conversion = scorer.and_then(|scorer| scorer.conversion.as_ref()).or(inspection.part.as_ref());
    let notes: &[Diagnostic] = scorer.and(conversion).map_or(&[], |conversion| &conversion.notes);
    let mut lines = Lines::new();
    if let Some(conversion) = conversion {
        of_conversion(conversion, sources, &mut lines);
    }
    let apart: Vec<minijinja::Value> = found.iter().chain(notes).filter_map(|one| beside(one, sources, &mut lines)).collect();
    let files = files(inspection.script, sources, &lines);
    let columns = conversion.map(|conversion| &conversion.columns);
    let column = |name: &str, ty: String| context! { name, ty };
    let (inputs, outputs): (Vec<_>, Vec<_>) = match (scorer, conversion.and_then(|conversion| conversion.module.entry_function())) {
        (Some(scorer), _) => {
            let all = |columns: &[plan::Column]| columns.iter().map(|one| column(&one.name, one.ty.to_string())).collect();
            (all(&scorer.plan.inputs), all(&scorer.plan.outputs))
        }
        (None, Some(entry)) => (
            entry.params.iter().map(|field| column(&field.name, field.ty.to_string())).collect(),
            entry.results.iter().map(|result| column(&result.field.name, result.field.ty.to_string())).collect(),
        ),
        (None, None) => (vec![], vec![]),
    };
    let page = context! {
        name,
        refused => scorer.is_none(),
        share => columns.map(share),
        inputs,
        outputs,
        blocked => columns.map(|columns| columns.blocked.iter().map(|one| {
            context! { name => one.name.clone(), why => one.why.iter().map(|why| why.message.clone()).collect::<Vec<_>>() }
        }).collect::<Vec<_>>()),
        apart,
        files,
        version => env!("CARGO_PKG_VERSION"),
    };
    rendered("page.html", include_str!("page.html"), page)
}

/// A template of ours with its values. What is not marked as safe is escaped, by the ending of the name.
pub(crate) fn rendered(name: &'static str, template: &'static str, values: minijinja::Value) -> String {
    let mut environment = minijinja::Environment::new();
    let made = environment.add_template(name, template).and_then(|()| environment.get_template(name)?.render(values));
    made.unwrap_or_else(|error| source::bug!("the template {name}: {error}"))
}

/// `7 of 8 output columns convert`.
pub fn share(columns: &front_python::Columns) -> String {
    let converted = columns.converted.len();
    format!("{converted} of {} output columns convert", converted + columns.blocked.len())
}

fn of_conversion(conversion: &Conversion, sources: &Sources, lines: &mut Lines) {
    let Fates { emitted, fitted, ignored } = &conversion.fates;
    for (spans, fate) in [(ignored, Fate::Ignored), (fitted, Fate::Frozen), (emitted, Fate::Emitted)] {
        spans.iter().for_each(|span| mark(*span, fate, sources, lines));
    }
    for one in &conversion.frozen {
        let Some(line) = line_of(one.span, sources) else { continue };
        let remark = context! { kind => "frozen", text => format!("{} = {}", one.expression, one.value) };
        lines.entry((one.span.file, line)).or_default().remarks.push(remark);
    }
}

fn line_of(span: Span, sources: &Sources) -> Option<u32> {
    Some(sources.get(span.file)?.line_column(span.start).line)
}

fn mark(span: Span, fate: Fate, sources: &Sources, lines: &mut Lines) {
    let Some(file) = sources.get(span.file) else { return };
    for line in file.line_column(span.start).line..=file.line_column(span.end).line {
        let beside = lines.entry((span.file, line)).or_default();
        beside.fate = beside.fate.max(Some(fate));
    }
}

/// Puts a diagnostic beside its line. One that has no line is given back.
fn beside(found: &Diagnostic, sources: &Sources, lines: &mut Lines) -> Option<minijinja::Value> {
    let kind = found.severity.word();
    let remark =
        context! { kind, name => found.name, text => found.message.clone(), label => found.label.clone(), help => found.help.clone() };
    match &found.place {
        Some(Place::Text(span)) => {
            let line = line_of(*span, sources)?;
            if found.is_error() {
                mark(*span, Fate::Blocked, sources, lines);
            }
            lines.entry((span.file, line)).or_default().remarks.push(remark);
            None
        }
        Some(Place::Path { .. } | Place::File(_)) | None => Some(remark),
    }
}

/// The script, and every other file that something is said about; of a notebook each cell.
fn files(script: Option<FileId>, sources: &Sources, lines: &Lines) -> Vec<minijinja::Value> {
    let mentioned = |file: FileId| script == Some(file) || lines.keys().any(|(one, _)| *one == file);
    sources.iter().filter(|(file, _)| mentioned(*file)).flat_map(|(file, source)| parts(file, source, lines)).collect()
}

fn parts(file: FileId, source: &SourceFile, lines: &Lines) -> Vec<minijinja::Value> {
    let mut parts: Vec<(Option<u32>, Vec<minijinja::Value>)> = Vec::new();
    for (number, text) in (1..).zip(source.text.lines()) {
        let line = source.line(source.line_start(number));
        let beside = lines.get(&(file, number));
        let shown = context! {
            number => line.number,
            text,
            fate => beside.and_then(|beside| beside.fate).map_or("", Fate::word),
            remarks => beside.map_or(&[][..], |beside| &beside.remarks),
        };
        match parts.last_mut() {
            Some((cell, shown_lines)) if *cell == line.cell => shown_lines.push(shown),
            Some(_) | None => parts.push((line.cell, vec![shown])),
        }
    }
    let title = |cell: Option<u32>| cell.map_or(source.name.clone(), |cell| format!("{} cell {cell}", source.name));
    parts.into_iter().map(|(cell, lines)| context! { title => title(cell), lines }).collect()
}
