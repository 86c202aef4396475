//! From the end of a replay to results and rejections: which value is the output, its columns, and the rows that have none.

#![expect(clippy::wildcard_enum_match_arm, reason = "what a construct does not take is refused, whatever it is")]

use crate::ast::{Expr, ExprKind, Literal, Stmt, StmtKind};
use crate::record::Record;
use crate::replay::{Replay, Start, Walked};
use crate::value::{Alternative, Cell, Column, Guards, Kind, Unknown, Value, Width};
use crate::{Blocked, Columns, Fates, Frozen, pandas};
use ir::{Elem, Field, Module, Origin, Type, Val};
use source::{Diagnostic, Place, Span};
use std::collections::BTreeSet;

/// What is left of a replay beside the module.
pub(crate) struct Made {
    pub expression: String,
    /// A statement that takes the output and is not needed for it.
    pub taken_by: Option<Start>,
    pub score: usize,
    pub columns: Columns,
    pub frozen: Vec<Frozen>,
    pub notes: Vec<Diagnostic>,
    pub record: Record,
}

/// Writes the results and rejections of the output.
pub(crate) fn make<'b>(replay: &mut Replay<'_, 'b>, given: Option<(&str, &Stmt)>) -> Result<Made, Vec<Diagnostic>> {
    // What is made from here on is of no statement: not of the one that happened to be the last.
    replay.b.at(&Place::File(replay.file), replay.sources);
    let (expression, value, taken_by) = find(replay, given)?;
    replay.output_space = replay.space_of(&value);
    let columns = output_columns(replay, &value)?;
    let of_script = replay.guards.len();
    let mut blocked: Vec<(String, Unknown)> = Vec::new();
    let mut guards = Guards::new();
    let mut space = None;
    let mut results = Vec::new();
    for (name, value) in columns {
        match value {
            Value::Column(column) => {
                space = Some(column.space);
                let mut own = column.cell.guards.clone();
                match result(replay, &column, &mut own) {
                    Ok(val) => {
                        guards.extend(own);
                        results.push((name, val));
                    }
                    Err(why) => blocked.push((name, why)),
                }
            }
            Value::Unknown(why) => blocked.push((name, why)),
            _ => blocked.push((name.clone(), object_column(replay, &name))),
        }
    }
    if !blocked.is_empty() && (!replay.options.partial || results.is_empty()) {
        tell_columns(replay, &blocked, results.len());
        let all: BTreeSet<usize> = blocked.iter().flat_map(|(_, why)| why.0.iter().copied()).collect();
        return Err(blockers(replay, all));
    }
    let blocked: Vec<Blocked> =
        blocked.into_iter().map(|(name, why)| Blocked { name, why: blockers(replay, why.0.iter().copied().collect()) }).collect();
    for column in &blocked {
        left_out(replay, column);
    }
    let columns = Columns { converted: results.iter().map(|(name, _)| name.clone()).collect(), blocked };
    // The filters that the output's rows went through, whatever they were computed from.
    let mut at = space;
    while let Some(space) = at {
        guards.extend(replay.spaces[space].filter);
        at = replay.spaces[space].parent;
    }
    if let Some(space) = space {
        guards.extend(replay.asserted.iter().filter(|(of, _)| replay.with_outer(space).any(|outer| outer == *of)).map(|(_, guard)| *guard));
    }
    let mut missing = guards.clone();
    // A filter's own condition may stand under guards of its columns.
    while !missing.is_empty() {
        missing = missing
            .iter()
            .filter_map(|guard| replay.filter_guards.get(guard))
            .flatten()
            .copied()
            .filter(|guard| guards.insert(*guard))
            .collect();
    }
    for guard in guards {
        let place = if guard < of_script { Place::Text(replay.guards[guard].at) } else { Place::File(replay.file) };
        let guard = &replay.guards[guard];
        replay.b.at(&place, replay.sources);
        replay.b.reject_if(guard.when, guard.reason.clone());
    }
    for (name, val) in results {
        let ty = val.ty();
        replay.b.result_field(Field::new(name, Type { shape: vec![], ..ty }), val);
    }
    let mut frozen = std::mem::take(&mut replay.frozen);
    frozen.sort_by_key(|one| (one.span.start, one.span.end));
    let notes = std::mem::take(&mut replay.notes);
    Ok(Made { expression, taken_by, score: replay.roles.score, columns, frozen, notes, record: replay.log.prune() })
}

/// Columns that a blocker names at most.
const MOST_NAMED: usize = 3;

/// Says of each blocker which columns of the output need it, where others convert.
fn tell_columns(replay: &mut Replay<'_, '_>, blocked: &[(String, Unknown)], converted: usize) {
    if converted == 0 {
        return;
    }
    let all: BTreeSet<usize> = blocked.iter().flat_map(|(_, why)| why.0.iter().copied()).collect();
    for number in all {
        let waiting: Vec<String> = blocked.iter().filter(|(_, why)| why.0.contains(&number)).map(|(name, _)| format!("`{name}`")).collect();
        let more = waiting.len().saturating_sub(MOST_NAMED);
        let others = if more > 0 { format!(" and {more} more") } else { String::new() };
        let named = waiting[..waiting.len() - more].join(", ");
        let of = converted + blocked.len();
        replay.blockers[number]
            .help
            .push(format!("it is needed for {named}{others}; {converted} of {of} output columns convert: --partial"));
    }
}

/// Blockers by their numbers, in the order of the script.
fn blockers(replay: &Replay<'_, '_>, numbers: BTreeSet<usize>) -> Vec<Diagnostic> {
    let mut blockers: Vec<Diagnostic> = numbers.into_iter().map(|at| replay.blockers[at].clone()).collect();
    blockers.sort_by_key(|blocker| match &blocker.place {
        Some(Place::Text(span)) => (span.file, span.start),
        _ => (replay.file, 0),
    });
    blockers
}

/// Says of a column that it is not among the results, and the first reason why.
fn left_out(replay: &mut Replay<'_, '_>, column: &Blocked) {
    let Some(why) = column.why.first() else { return };
    let mut note = why.clone();
    note.severity = source::Severity::Warning;
    note.message = format!("the output column `{}` is left out: {}", column.name, why.message);
    replay.notes.push(note);
}

/// The output as the script says it, its value, and the statement that only takes it.
type Found<'b> = (String, Value<'b>, Option<Start>);

/// The output: what was asked for, else the last argument of a `predict`, the last frame that is written, the last frame.
fn find<'b>(replay: &mut Replay<'_, 'b>, given: Option<(&str, &Stmt)>) -> Result<Found<'b>, Vec<Diagnostic>> {
    if let Some((expression, statement)) = given {
        let StmtKind::Expr(expr) = &statement.kind else {
            return Err(vec![Diagnostic::error("python-output", format!("the output `{expression}` is not an expression"))]);
        };
        return Ok((expression.to_owned(), replay.value(expr), None));
    }
    let wanted = replay.options.output.clone().or_else(|| replay.record.script.output.clone()).filter(|wanted| !wanted.is_empty());
    let mut candidates = std::mem::take(&mut replay.candidates);
    if let Some(wanted) = wanted {
        if let Some(found) = candidates.iter().rposition(|one| one.expression == wanted) {
            let candidate = candidates.swap_remove(found);
            return Ok((wanted, candidate.value, candidate.taken_by));
        }
        if let Some(value) = replay.find_name(&wanted, None).cloned() {
            return Ok((wanted, value, None));
        }
        return Err(vec![
            Diagnostic::error("python-output", format!("the output `{wanted}` is not a value of the scoring rows"))
                .at(Place::File(replay.file), "")
                .help("name a variable, an expression that the script was recorded with, or a CSV file that it writes"),
        ]);
    }
    let best = candidates.iter().map(|one| one.rank).max();
    match best.and_then(|best| candidates.iter().rposition(|one| one.rank == best)) {
        Some(found) => {
            let candidate = candidates.swap_remove(found);
            Ok((candidate.expression, candidate.value, candidate.taken_by))
        }
        None => Err(vec![
            Diagnostic::error("python-output", "no frame of scoring rows was found at the end of the script")
                .at(Place::File(replay.file), "nothing is predicted from scoring rows, nothing of them is written or kept")
                .help("name the output with --output, and the scoring file with --score"),
        ]),
    }
}

fn output_columns<'b>(replay: &mut Replay<'_, 'b>, value: &Value<'b>) -> Result<Vec<(String, Value<'b>)>, Vec<Diagnostic>> {
    let whole = Span { file: replay.file, start: 0, end: 0 };
    match value {
        Value::Frame(id) => {
            if let Some(why) = pandas::open_columns(replay, *id, whole) {
                return Err(why.0.iter().map(|at| replay.blockers[*at].clone()).collect());
            }
            Ok(replay.frames[id.0].columns.iter().map(|(name, column)| (name.clone(), column.clone())).collect())
        }
        Value::Matrix(columns) => {
            Ok(columns.iter().enumerate().map(|(at, column)| (at.to_string(), Value::Column(column.clone()))).collect())
        }
        Value::Column(column) => {
            let name = if column.array { "0".to_owned() } else { column.name.clone().unwrap_or_else(|| "output".to_owned()) };
            Ok(vec![(name, value.clone())])
        }
        Value::Unknown(why) => Ok(vec![(String::new(), Value::Unknown(why.clone()))]),
        _ => Err(vec![
            Diagnostic::error("python-output", "the output does not depend on the scoring rows")
                .at(Place::File(replay.file), "")
                .help("name a frame or column of the scoring rows with --output, and the scoring file with --score"),
        ]),
    }
}

/// A column as a result: NaN stays NaN in a float column, a missing text or moment is null, a truth value with holes is nullable.
fn result<'b>(replay: &mut Replay<'_, 'b>, column: &Column<'b>, guards: &mut Guards) -> Result<Val<'b>, Unknown> {
    let name = column.name.clone().unwrap_or_else(|| "output".to_owned());
    // What is left to do belongs to the line that made the column, not to the script's last line.
    if let Some(one) = column.cell.alternatives.first() {
        replay.b.return_to(one.val.origin());
    }
    let cell = of_numbers(replay, column, &name, guards);
    let numbers = cell.alternatives.iter().all(|one| one.kind.is_number() && one.kind != Kind::Bool);
    let cell = if numbers { crate::udf::pandas_cell(replay, &cell) } else { cell };
    let val = match cell.single() {
        Some((kind, val)) => match kind {
            Kind::Bool | Kind::Float | Kind::Float32 | Kind::Str => val,
            Kind::Int(Width::I8 | Width::I16 | Width::I32) => val.cast(Elem::I32),
            Kind::Int(Width::I64 | Width::U8 | Width::U16 | Width::U32) => val,
            Kind::DateTime | Kind::Date => val.cast(Elem::DateTime),
            Kind::Zoned(_) => {
                return Err(replay.refuse(
                    "python-time-zone",
                    replay.statement,
                    format!("the output column `{name}` holds moments with a time zone"),
                    "a scorer gives moments without one",
                    "end with what the clocks show: .dt.tz_localize(None), or in UTC: .dt.tz_convert(None)",
                ));
            }
            Kind::Timedelta => val.cast(Elem::Duration),
            Kind::Category(categories) => match pandas::category_values(replay, categories, val) {
                Some((Kind::Int(_), number)) => val.lt(0_i64).select(replay.b.null(Elem::I64), number),
                Some((_, val)) => val,
                None => return Err(object_column(replay, &name)),
            },
            Kind::Missing | Kind::Document => return Err(object_column(replay, &name)),
        },
        None => match truth_with_holes(replay, &column.cell) {
            Some(val) => val,
            None => return Err(object_column(replay, &name)),
        },
    };
    Ok(val.named(name))
}

/// A column of numbers in which a text may be left, as after `replace({"yes": 1, "no": 0})`: a row with one has no score.
fn of_numbers<'b>(replay: &mut Replay<'_, 'b>, column: &Column<'b>, name: &str, guards: &mut Guards) -> Cell<'b> {
    let alternatives = &column.cell.alternatives;
    let is_text = |one: &&Alternative<'b>| one.kind == Kind::Str;
    let numbers = alternatives.iter().any(|one| matches!(one.kind, Kind::Int(_)));
    let others = alternatives.iter().all(|one| matches!(one.kind, Kind::Str | Kind::Int(_) | Kind::Float | Kind::Missing));
    if !numbers || !others || !alternatives.iter().any(|one| is_text(&one)) {
        return column.cell.clone();
    }
    let mut before: Option<Val<'b>> = None;
    for one in alternatives {
        let here = match (one.when, before) {
            (Some(when), Some(before)) => Some(when & !before),
            (Some(when), None) => Some(when),
            (None, before) => before.map(|before| !before),
        };
        if one.kind == Kind::Str {
            let when = here.unwrap_or_else(|| replay.b.bool(true));
            let at = replay.statement;
            guards.insert(replay.guard(when, ir::Reason::Invalid(format!("{name} is a text where the others are numbers")), at));
        }
        before = one.when.map(|when| before.map_or(when, |before| before | when));
    }
    let left: Vec<Alternative<'b>> = alternatives.iter().filter(|one| !is_text(one)).cloned().collect();
    Cell { alternatives: crate::ops::merge(left), guards: column.cell.guards.clone() }
}

fn object_column(replay: &mut Replay<'_, '_>, name: &str) -> Unknown {
    let whole = Diagnostic::error("python-object-column", format!("the output column `{name}` holds values of several types"))
        .at(Place::File(replay.file), "a result has one type")
        .help("make it one type before the end, with .astype or .map");
    replay.block(whole)
}

/// An object column of True, False and missing, as a nullable truth value.
fn truth_with_holes<'b>(replay: &Replay<'_, 'b>, cell: &Cell<'b>) -> Option<Val<'b>> {
    let null = replay.b.null(Elem::Bool);
    let mut out: Option<Val<'b>> = None;
    for alternative in cell.alternatives.iter().rev() {
        let val = match &alternative.kind {
            Kind::Bool => alternative.val,
            Kind::Missing => null,
            Kind::Float if matches!(alternative.val.literal(), Some(ir::Literal::F64(value)) if value.is_nan()) => null,
            Kind::Float
            | Kind::Float32
            | Kind::Int(_)
            | Kind::Str
            | Kind::DateTime
            | Kind::Zoned(_)
            | Kind::Timedelta
            | Kind::Date
            | Kind::Category(_)
            | Kind::Document => {
                return None;
            }
        };
        out = Some(match (alternative.when, out) {
            (Some(when), Some(other)) => when.select(val, other),
            _ => val,
        });
    }
    out
}

/// Whether a statement sets a column of which the script never speaks again.
fn sets_what_nothing_asks_for(statement: &Stmt, code: &str) -> bool {
    let StmtKind::Assign { targets, .. } = &statement.kind else { return false };
    let [Expr { kind: ExprKind::Subscript { index, .. }, .. }] = targets.as_slice() else { return false };
    let ExprKind::Literal(Literal::Str(name)) = &index.kind else { return false };
    crate::names::words(name).eq([name.as_str()]) && crate::names::words(code).filter(|word| word == name).count() == 1
}

/// What becomes of each statement that holds no others. In those that start or hold one of `starts` the scorer's work is done.
pub(crate) fn fates(statements: &[Stmt], starts: &BTreeSet<Start>, frozen: &[Frozen], code: &str) -> Fates {
    let mut all = Vec::new();
    leaves(statements, &mut all);
    let emits = |statement: &&Stmt| {
        let span = statement.span;
        let (start, end) = ((span.file, span.start), (span.file, span.end.max(span.start + 1)));
        starts.range(start..end).next().is_some()
    };
    let (emitted, mut others): (Vec<&Stmt>, Vec<&Stmt>) = all.into_iter().partition(emits);
    // From what is frozen back to what it was computed from, by names.
    let mut names: BTreeSet<String> = frozen.iter().flat_map(|one| crate::names::words(&one.expression)).map(str::to_owned).collect();
    let mut fitted: Vec<&Stmt> = Vec::new();
    loop {
        let binds = |statement: &&Stmt| {
            let mut bound = BTreeSet::new();
            crate::names::bound(statement, &mut bound);
            !is_definition(statement) && !bound.is_disjoint(&names) && !sets_what_nothing_asks_for(statement, code)
        };
        let (found, left): (Vec<&Stmt>, Vec<&Stmt>) = others.into_iter().partition(binds);
        others = left;
        if found.is_empty() {
            break;
        }
        found.iter().for_each(|statement| crate::names::of_statement(statement, &mut names));
        fitted.extend(found);
    }
    let spans = |statements: Vec<&Stmt>| {
        let mut spans: Vec<Span> = statements.iter().map(|statement| statement.span).collect();
        spans.sort_by_key(|span| (span.file, span.start));
        spans
    };
    Fates { emitted: spans(emitted), fitted: spans(fitted), ignored: spans(others) }
}

fn is_definition(statement: &Stmt) -> bool {
    matches!(statement.kind, StmtKind::Import(_) | StmtKind::ImportFrom { .. } | StmtKind::Global(_))
}

/// Where the nodes and rejections of a module come from: file and first byte.
fn origins(module: &Module) -> impl Iterator<Item = Start> {
    let entry = module.entry_function().into_iter();
    let all = entry
        .flat_map(|entry| entry.nodes.iter().map(|(_, node)| node.origin).chain(entry.rejections.iter().map(|rejection| rejection.origin)));
    all.filter_map(|origin| match module.origins.get(origin)? {
        Origin::Text { file, start, .. } => Some((*file, *start)),
        Origin::Graph { .. } | Origin::Made { .. } => None,
    })
}

/// Where the statements start whose work a module does: those that its nodes come from, and those that called these.
pub(crate) fn emitted(module: &Module, walked: &Walked) -> BTreeSet<Start> {
    let running = |place: &Start| walked.running_at.get(place).into_iter().flatten().copied();
    origins(module).flat_map(|place| running(&place).chain([place]).collect::<Vec<_>>()).collect()
}

fn leaves<'s>(statements: &'s [Stmt], out: &mut Vec<&'s Stmt>) {
    for statement in statements {
        match &statement.kind {
            StmtKind::For { body, otherwise, .. } | StmtKind::While { body, otherwise, .. } | StmtKind::If { body, otherwise, .. } => {
                leaves(body, out);
                leaves(otherwise, out);
            }
            StmtKind::With { body, .. } | StmtKind::Class { body, .. } => leaves(body, out),
            StmtKind::Function(function) => leaves(&function.body, out),
            StmtKind::Try { body, handlers, otherwise, finally } => {
                leaves(body, out);
                handlers.iter().for_each(|handler| leaves(&handler.body, out));
                leaves(otherwise, out);
                leaves(finally, out);
            }
            StmtKind::Expr(_)
            | StmtKind::Assign { .. }
            | StmtKind::AugAssign { .. }
            | StmtKind::Return(_)
            | StmtKind::Delete(_)
            | StmtKind::Import(_)
            | StmtKind::ImportFrom { .. }
            | StmtKind::Raise
            | StmtKind::Assert(_)
            | StmtKind::Global(_)
            | StmtKind::Pass
            | StmtKind::Break
            | StmtKind::Continue
            | StmtKind::Unsupported(_) => out.push(statement),
        }
    }
}
