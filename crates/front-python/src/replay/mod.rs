//! Walks the script with the record beside it, in execution order.
//!
//! Control flow is concrete, because the record says which way it went. A value that does not depend on a scoring row is what the
//! record saw; a value that does is built as IR by the families in `pandas`, `numpy`, `sklearn`, `udf`. What cannot be converted is an
//! [`Unknown`] and is reported only if an output needs it. Statements are here, expressions in `expr`, calls in
//! `call`, which rows a value is of in `spaces`, changes that are not followed in `changes`.

#![expect(clippy::wildcard_enum_match_arm, reason = "what a construct does not take is refused, whatever it is")]

mod asserts;
mod assign;
mod call;
mod changes;
mod classes;
mod expr;
mod roles;
mod shared;
mod spaces;

pub(crate) use call::{Call, On, Row};
pub use roles::Role;
pub(crate) use roles::Roles;
pub(crate) use spaces::{Glue, Space};

use crate::Calls;
use crate::ast::{self, Expr, ExprKind, Stmt, StmtKind};
use crate::log::{Activation, Log, SCRIPT};
use crate::pandas::group::InGroup;
use crate::record::{self, Record};
use crate::value::{Body, Cell, Class, Column, Eval, Frame, FrameId, Function, Guards, Known, ScopeId, Unknown, Value};
use crate::{BatchStatistics, Frozen, Held, Options};
use ir::{Builder, Reason, Val};
use source::{Diagnostic, FileId, Line, Place, Sources, Span};
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

pub(crate) struct Replay<'a, 'b> {
    pub b: &'b Builder,
    pub sources: &'a Sources,
    pub file: FileId,
    /// The script, and the output expression after it if there is one.
    pub text: &'a str,
    pub log: Log<'a>,
    pub record: &'a Record,
    pub options: &'a Options,
    pub roles: Roles,
    pub frames: Vec<Frame<'b>>,
    pub lists: Vec<Vec<Value<'b>>>,
    pub dicts: Vec<Vec<(Value<'b>, Value<'b>)>>,
    pub objects: Vec<Object<'b>>,
    pub scopes: Vec<Scope<'b>>,
    pub scope: ScopeId,
    pub activation: Activation,
    /// Inside a function that a library calls back on cells: conditions may be of the row.
    pub cells: Vec<CellFrame<'b>>,
    pub blockers: Vec<Diagnostic>,
    pub guards: Vec<Guard<'b>>,
    pub spaces: Vec<Space>,
    pub frozen: Vec<Frozen>,
    /// Where something that is computed over scoring rows is part of the scorer.
    pub held: Vec<Held>,
    pub notes: Vec<Diagnostic>,
    /// Reasons why the branch that is being walked cannot be trusted for another row.
    pub control: Vec<Unknown>,
    pub candidates: Vec<Candidate<'b>>,
    pub statement: Span,
    pub walked: Walked,
    /// The calls that converted, by heading and name.
    pub calls: Calls,
    /// The user's modules that were imported, by name.
    modules: HashMap<String, ScopeId>,
    /// The package that relative imports start in.
    package: String,
    /// Input columns that were made.
    pub parameters: HashMap<String, Cell<'b>>,
    /// The mask of each filter, so that one mask on two frames leaves the same rows.
    pub masks: HashMap<usize, Option<ir::Value>>,
    /// Where rows were filtered, and the rows that were left.
    pub filters: Vec<(SitePlace, usize)>,
    /// The filters of a script's only frame that take training rows: they are what the recorded run saw.
    pub training_filters: Places,
    /// What is asserted of each row of a space, by its guards.
    pub asserted: Vec<(usize, usize)>,
    /// The scopes of the calls that are running.
    live: Vec<ScopeId>,
    /// Dummy columns that are not known until what is missing becomes zero, by their blockers and names, and what they are then.
    pub filled_with_zero: HashMap<(usize, String), Column<'b>>,
    /// Names of series and arrays that no other name is of.
    pub fresh: std::collections::HashSet<(ScopeId, String)>,
    /// Where rows are taken by their places for a test.
    pub tests: Vec<Span>,
    /// Where a filter took training rows.
    pub trainings: Vec<Span>,
    /// The rows of the output, once it is found.
    pub output_space: Option<usize>,
    /// The guards under which the condition of a filter stands.
    pub filter_guards: HashMap<usize, Guards>,
    /// The condition of the alternative that an operation is being applied to.
    pub lifted: Option<Val<'b>>,
    /// Texts that are one letter each, on the rows that come to them.
    pub single_letters: std::collections::HashSet<ir::Value>,
    /// The `try` statements of functions on cells that are running, the innermost last.
    pub tries: Vec<crate::udf::Try<'b>>,
    /// Lists and dicts that were changed, in order.
    pub writes: Vec<crate::udf::Written>,
    /// The rows for which a list was made, where those are not all that the function sees.
    pub made_for: HashMap<usize, ir::Value>,
    /// The same of dicts.
    pub dicts_made_for: HashMap<usize, ir::Value>,
    /// Dicts that are counters of the row, by the number of items that they were made with.
    pub counters: HashMap<usize, usize>,
    /// What the statement that runs gives a name to: an iterator with a name may be asked twice, and is empty then.
    pub named_value: Option<Span>,
    /// Functions of the script as the record names them, with their places.
    pub functions: Vec<(String, Span, Rc<Function<'b>>)>,
    /// The function that reads a float from a text, once one does.
    float_reader: Option<ir::Handle<ir::Function>>,
    /// The functions that patterns became.
    pub scanners: HashMap<String, ir::Handle<ir::Function>>,
    /// Inside a function that is applied to each group of rows.
    pub in_group: Option<InGroup<'b>>,
    /// The call of a library that is being walked, and where the script is.
    calling: Option<(Span, Activation)>,
    /// The rows that the call or attribute at hand is of.
    subject: Option<usize>,
    depth: usize,
}

/// Where a statement starts.
pub(crate) type Start = (FileId, u32);

/// A place in one of the turns or calls that come by it.
pub(crate) type SitePlace = (FileId, u32, u32, Activation);
pub(crate) type Places = BTreeSet<SitePlace>;

/// What is known of the walk when it is done.
#[derive(Default)]
pub(crate) struct Walked {
    /// For each place that was come by, the statements that were being run when it last was: the script's own, then those of functions.
    pub running_at: HashMap<Start, Vec<Start>>,
    running: Vec<Start>,
    /// The statements of the user's modules that were imported.
    pub modules: Vec<Stmt>,
}

/// A row on which the script would have raised, or which it drops.
pub(crate) struct Guard<'b> {
    pub when: Val<'b>,
    pub reason: Reason,
    pub at: Span,
    /// The exception of Python that it is, which a handler may take; none where the scorer gives up by itself.
    pub exception: Option<&'static str>,
}

pub(crate) struct Object<'b> {
    pub class: Rc<Class>,
    pub attributes: Vec<(String, Value<'b>)>,
}

#[derive(Default)]
pub(crate) struct Scope<'b> {
    pub names: HashMap<String, Value<'b>>,
    pub parent: Option<ScopeId>,
    pub globals: Vec<String>,
}

/// Where a function on cells is: the condition under which this point is reached, and what was returned so far.
pub(crate) struct CellFrame<'b> {
    pub reached: Option<Val<'b>>,
    pub guards: Guards,
    /// What was returned on the rows that did not come further.
    pub returns: Vec<(Val<'b>, Value<'b>)>,
    /// The loops that are running, the innermost last.
    pub loops: Vec<crate::udf::Loop<'b>>,
}

/// Something that may be the output of the script.
pub(crate) struct Candidate<'b> {
    pub rank: u8,
    pub expression: String,
    pub value: Value<'b>,
    /// The statement that only takes it, as a `predict` does: the output does not need what that makes of it.
    pub taken_by: Option<Start>,
}

pub(crate) enum Flow<'b> {
    Next,
    Break,
    Continue,
    Return(Value<'b>),
}

/// The name of what is said of a notebook's cell that raises.
pub(crate) const CELL_RAISES: &str = "notebook-cell-raises";

/// Functions and libraries that change nothing of what they show.
const LOOKING: &[&str] = &["print", "display", "matplotlib", "seaborn", "plotly"];

/// Methods of frames that change them without `inplace`, whose argument says so itself.
const CHANGING: &[&str] = &["insert", "pop", "update"];

/// Methods of tables that draw them.
const DRAWING: &[&str] = &["boxplot", "hist", "plot"];

/// Deeper calls than Python itself allows by default are not followed.
const DEEPEST: usize = 60;

impl<'a, 'b> Replay<'a, 'b> {
    pub(crate) fn new(
        b: &'b Builder,
        sources: &'a Sources,
        file: FileId,
        text: &'a str,
        record: &'a Record,
        options: &'a Options,
        roles: Roles,
    ) -> Self {
        Replay {
            b,
            sources,
            file,
            text,
            log: Log::new(record, file, text, &options.modules, sources),
            record,
            options,
            roles,
            frames: Vec::new(),
            lists: Vec::new(),
            dicts: Vec::new(),
            objects: Vec::new(),
            scopes: vec![Scope::default()],
            scope: ScopeId(0),
            activation: SCRIPT,
            cells: Vec::new(),
            blockers: Vec::new(),
            guards: Vec::new(),
            spaces: vec![Space::default()],
            frozen: Vec::new(),
            held: Vec::new(),
            notes: Vec::new(),
            control: Vec::new(),
            candidates: Vec::new(),
            statement: Span { file, start: 0, end: 0 },
            walked: Walked::default(),
            calls: Calls::new(),
            modules: HashMap::new(),
            package: String::new(),
            parameters: HashMap::new(),
            masks: HashMap::new(),
            filters: Vec::new(),
            training_filters: Places::new(),
            asserted: Vec::new(),
            live: Vec::new(),
            filled_with_zero: HashMap::new(),
            fresh: std::collections::HashSet::new(),
            tests: Vec::new(),
            trainings: Vec::new(),
            output_space: None,
            filter_guards: HashMap::new(),
            lifted: None,
            single_letters: std::collections::HashSet::new(),
            tries: Vec::new(),
            writes: Vec::new(),
            made_for: HashMap::new(),
            named_value: None,
            dicts_made_for: HashMap::new(),
            counters: HashMap::new(),
            functions: Vec::new(),
            float_reader: None,
            scanners: HashMap::new(),
            in_group: None,
            calling: None,
            subject: None,
            depth: 0,
        }
    }

    // What stands in the way -------------------------------------------------------------------------------------------

    /// A blocker, by its diagnostic. Two of one name at one place are one.
    pub(crate) fn block(&mut self, diagnostic: Diagnostic) -> Unknown {
        let same = |other: &Diagnostic| other.name == diagnostic.name && other.place == diagnostic.place;
        if let Some(known) = self.blockers.iter().position(same) {
            return Unknown::one(known);
        }
        self.blockers.push(diagnostic);
        Unknown::one(self.blockers.len() - 1)
    }

    /// A construct that is understood but not converted.
    pub(crate) fn refuse(
        &mut self,
        name: &'static str,
        at: Span,
        message: impl Into<String>,
        label: impl Into<String>,
        help: &str,
    ) -> Unknown {
        let mut diagnostic = Diagnostic::error(name, message).at(at, label);
        if !help.is_empty() {
            diagnostic = diagnostic.help(help);
        }
        self.block(diagnostic)
    }

    pub(crate) fn unsupported(&mut self, at: Span, what: impl std::fmt::Display) -> Unknown {
        self.refuse(
            "python-unsupported",
            at,
            format!("{what} cannot be converted"),
            "the output needs this value",
            "compute it before scoring and pass it in as an input column, or write it with calls that convert",
        )
    }

    /// A value that the record should hold and does not.
    pub(crate) fn not_recorded(&mut self, at: Span) -> Unknown {
        self.refuse(
            "python-not-recorded",
            at,
            "the recorded run has no value for this expression",
            "needed, and not reached in the recorded run or too large for the record",
            "record the script again with data that comes by here",
        )
    }

    pub(crate) fn note(&mut self, name: &'static str, at: Span, message: impl Into<String>, label: impl Into<String>) {
        let diagnostic = Diagnostic::warning(name, message).at(at, label);
        if !self.notes.contains(&diagnostic) {
            self.notes.push(diagnostic);
        }
    }

    // Places --------------------------------------------------------------------------------------------------------------

    pub(crate) fn code(&self, span: Span) -> &'a str {
        if span.file == self.file {
            self.text.get(span.start as usize..span.end as usize).unwrap_or_default()
        } else {
            self.sources.text(span)
        }
    }

    pub(crate) fn line(&self, span: Span) -> Line {
        self.sources.get(span.file).map_or(Line::of_file(0), |file| file.line(span.start))
    }

    /// `prepare.py:9`, as a row's status names it.
    pub(crate) fn place_name(&self, span: Span) -> String {
        let name = self.sources.name(span.file);
        // A module of the project is named by its way from the script.
        let short = if span.file == self.file { name.rsplit(['/', '\\']).next().unwrap_or(name) } else { name };
        self.line(span).of(short)
    }

    fn at(&mut self, span: Span) {
        self.statement = span;
        self.walked.running_at.insert((span.file, span.start), self.walked.running.clone());
        if (span.end as usize) <= self.sources.get(span.file).map_or(0, |file| file.text.len()) {
            self.b.at(&Place::Text(span), self.sources);
        }
    }

    // Knowledge -----------------------------------------------------------------------------------------------------------

    pub(crate) fn recorded(&self, at: Span) -> Known {
        Known::seen(self.log.value(at, self.activation), at)
    }

    /// The column that the run saw there, where a call may give something beside it.
    pub(crate) fn recorded_column(&self, at: Span) -> Known {
        let seen = self.recorded(at);
        match seen.clone_unused().and_then(record::Value::as_tagged) {
            Some(record::Tagged::Tuple(items)) => items.first().map_or_else(|| seen.clone(), |first| seen.part(first.clone())),
            _ => seen,
        }
    }

    /// Whether the run was one of pandas 1 or 2, whose columns of texts are objects and whose columns share memory with their frame.
    pub(crate) fn before_pandas_3(&self) -> bool {
        self.record.versions.pandas.as_ref().is_some_and(|version| version.starts_with("2.") || version.starts_with("1."))
    }

    /// What the run says about a `.str`: also in a function that a library called back, where it is noted as the script's own.
    pub(crate) fn recorded_texts(&self, at: Span) -> Known {
        Known::seen(self.log.value(at, self.activation.or(SCRIPT)), at)
    }

    /// A statistic of training rows in a function that a library called back, where the run saw only one value for it.
    pub(crate) fn recorded_closed(&self, at: Span) -> Option<Known> {
        let (call, activation) = self.calling.filter(|_| self.cells_active())?;
        let seen = Known::seen(self.log.value(at, self.log.enter(call, activation, 0)), at);
        let scalar = matches!(seen.clone_unused(), Some(value) if value.as_f64().is_some() || value.as_str().is_some());
        scalar.then(|| seen.with(true, false))
    }

    /// A recorded value that becomes part of the scorer, to be listed if it was learnt from data.
    pub(crate) fn freeze(&mut self, known: &Known) {
        let Some(at) = known.at.filter(|_| known.fit) else { return };
        let Some(value) = known.look() else { return };
        let module = (at.file != self.file).then(|| self.sources.name(at.file).to_owned());
        let frozen = Frozen { expression: self.code(at).to_owned(), value: value.to_string(), module, line: self.line(at), span: at };
        if !self.frozen.contains(&frozen) {
            self.frozen.push(frozen);
        }
    }

    /// A row on which `when` holds has no score, if a value under this guard is needed.
    pub(crate) fn guard(&mut self, when: Val<'b>, reason: Reason, at: Span) -> usize {
        let when = self.lifted.map_or(when, |lifted| lifted & when);
        self.guards.push(Guard { when, reason, at, exception: None });
        self.guards.len() - 1
    }

    pub(crate) fn frame(&mut self, frame: Frame<'b>) -> Value<'b> {
        self.frames.push(frame);
        Value::Frame(FrameId(self.frames.len() - 1))
    }

    /// A copy of a frame for what is done to every cell: what that makes of a column of lists is not known.
    pub(crate) fn of_cells(&mut self, id: FrameId, at: Span) -> Frame<'b> {
        let mut frame = self.frames[id.0].clone();
        for (name, slot) in &mut frame.columns {
            if matches!(slot, Value::Pieces(_) | Value::Objects(_)) {
                *slot = Value::Unknown(self.unsupported(at, format!("this of `{name}`, a column of lists,")));
            }
        }
        frame
    }

    /// Whether a value depends on a scoring row, or might.
    pub(crate) fn touches_rows(&self, value: &Value<'b>) -> bool {
        match value {
            Value::Known(_) | Value::Path(_) | Value::Class(_) => false,
            Value::Cell(_)
            | Value::Column(_)
            | Value::Texts(..)
            | Value::Frame(_)
            | Value::Matrix(_)
            | Value::Zipped(_)
            | Value::Objects(_)
            | Value::Labelled(_)
            | Value::Group(_)
            | Value::Row(_)
            | Value::Pieces(_)
            | Value::Sequence(_)
            | Value::Set(_)
            | Value::Entry(_)
            | Value::SetOfPieces(_)
            | Value::Sometimes(_)
            | Value::Match(_)
            | Value::Unknown(_) => true,
            Value::List(id) => self.lists[id.0].iter().any(|item| self.touches_rows(item)),
            Value::Tuple(items) => items.iter().any(|item| self.touches_rows(item)),
            Value::Dict(id) => self.dicts[id.0].iter().any(|(_, item)| self.touches_rows(item)),
            Value::Object(id) => self.objects[id.0].attributes.iter().any(|(_, item)| self.touches_rows(item)),
            Value::Method(of, _) | Value::Part(of, _) => self.touches_rows(of),
            Value::Slice(lower, upper, step) => [lower, upper, step].into_iter().flatten().any(|part| self.touches_rows(part)),
            Value::Function(function) => self.function_touches_rows(function),
        }
    }

    /// Whether a function uses, by name, something of the scoring rows that is not its argument.
    fn function_touches_rows(&self, function: &Function<'b>) -> bool {
        let mut names = BTreeSet::new();
        match &function.body {
            Body::Block(body) => body.iter().for_each(|statement| crate::names::of_statement(statement, &mut names)),
            Body::Expr(body) => crate::names::of_expr(body, &mut names),
        }
        let mut bound = BTreeSet::new();
        if let Body::Block(body) = &function.body {
            crate::names::local(body, &mut bound);
        }
        let own = |name: &str| bound.contains(name) || function.parameters.named.iter().any(|parameter| parameter.name == name);
        names.iter().filter(|name| !own(name)).any(|name| match self.find_name(name, function.scope) {
            Some(Value::Function(_)) | None => false,
            Some(value) => self.touches_rows(value),
        })
    }

    /// What was learnt and what the columns of the scoring rows decided, over several values.
    pub(crate) fn flags(&self, values: &[&Value<'b>]) -> (bool, bool) {
        let mut flags = (false, false);
        for value in values {
            let (fit, columns) = match value {
                Value::Known(known) => (known.fit, known.batch_columns),
                Value::List(id) => self.flags(&self.lists[id.0].iter().collect::<Vec<_>>()),
                Value::Tuple(items) => self.flags(&items.iter().collect::<Vec<_>>()),
                Value::Sometimes(item) => self.flags(&[&item.value]),
                Value::Dict(id) => self.flags(&self.dicts[id.0].iter().map(|(_, item)| item).collect::<Vec<_>>()),
                Value::Object(id) => self.flags(&self.objects[id.0].attributes.iter().map(|(_, item)| item).collect::<Vec<_>>()),
                Value::Method(of, _) | Value::Part(of, _) => self.flags(&[of]),
                Value::Slice(lower, upper, step) => {
                    let parts: Vec<&Value<'b>> = [lower, upper, step].into_iter().flatten().map(|part| &**part).collect();
                    self.flags(&parts)
                }
                Value::Cell(_)
                | Value::Column(_)
                | Value::Texts(..)
                | Value::Frame(_)
                | Value::Matrix(_)
                | Value::Zipped(_)
                | Value::Objects(_)
                | Value::Labelled(_)
                | Value::Function(_)
                | Value::Class(_)
                | Value::Path(_)
                | Value::Group(_)
                | Value::Row(_)
                | Value::Pieces(_)
                | Value::Sequence(_)
                | Value::Set(_)
                | Value::Entry(_)
                | Value::SetOfPieces(_)
                | Value::Match(_)
                | Value::Unknown(_) => (false, false),
            };
            flags = (flags.0 | fit, flags.1 | columns);
        }
        flags
    }

    /// The first reason why one of the values is unknown.
    pub(crate) fn unknown_among(&self, values: &[&Value<'b>]) -> Option<Unknown> {
        let mut out: Option<Unknown> = None;
        for value in values {
            let found = match value {
                Value::Unknown(unknown) => Some(unknown.clone()),
                Value::List(id) => self.unknown_among(&self.lists[id.0].iter().collect::<Vec<_>>()),
                Value::Tuple(items) => self.unknown_among(&items.iter().collect::<Vec<_>>()),
                Value::Sometimes(item) => self.unknown_among(&[&item.value]),
                Value::Dict(id) => self.unknown_among(&self.dicts[id.0].iter().map(|(_, item)| item).collect::<Vec<_>>()),
                Value::Method(of, _) | Value::Part(of, _) => self.unknown_among(&[of]),
                Value::Known(_)
                | Value::Cell(_)
                | Value::Column(_)
                | Value::Texts(..)
                | Value::Frame(_)
                | Value::Matrix(_)
                | Value::Zipped(_)
                | Value::Objects(_)
                | Value::Labelled(_)
                | Value::Function(_)
                | Value::Class(_)
                | Value::Object(_)
                | Value::Path(_)
                | Value::Group(_)
                | Value::Row(_)
                | Value::Pieces(_)
                | Value::Sequence(_)
                | Value::Set(_)
                | Value::Entry(_)
                | Value::SetOfPieces(_)
                | Value::Match(_)
                | Value::Slice(..) => None,
            };
            if let Some(found) = found {
                out = Some(match out {
                    Some(before) => before.and(&found),
                    None => found,
                });
            }
        }
        out
    }

    // Batch values ----------------------------------------------------------------------------------------------------------

    /// A statistic over scoring rows. In a script of one frame it is frozen; else the policy decides.
    pub(crate) fn batch(&mut self, at: Span, what: &str) -> Eval<'b> {
        let recorded = self.recorded(at);
        if self.subject_freezes(at) {
            return Ok(Value::Known(recorded.with(true, false)));
        }
        match self.options.batch_statistics {
            BatchStatistics::FreezeAsRun => {
                self.note(
                    "python-frozen-batch-statistic",
                    at,
                    format!("{what} over the scoring rows is kept as it was in the recorded run"),
                    "stale by design",
                );
                self.hold(at, None);
                Ok(Value::Known(recorded.with(true, false)))
            }
            BatchStatistics::FreezeTrain => match self.twin(at) {
                Some((twin_at, twin_activation)) => {
                    let twin = Known::seen(self.log.value(twin_at, twin_activation), twin_at);
                    self.note(
                        "python-frozen-batch-statistic",
                        at,
                        format!("{what} over the scoring rows is replaced by the same statistic of the training rows"),
                        "",
                    );
                    self.hold(at, Some((twin_at, twin_activation)));
                    Ok(Value::Known(twin.with(true, false)))
                }
                None => Err(self.batch_refusal(at, what)),
            },
            BatchStatistics::Refuse => Err(self.batch_refusal(at, what)),
        }
    }

    /// Notes that what stands here is held, or takes the value of a twin.
    pub(crate) fn hold(&mut self, at: Span, twin: Option<(Span, Activation)>) {
        let Some(site) = self.log.site(at, self.activation) else { return };
        let twin = twin.and_then(|(at, activation)| self.log.site(at, activation));
        let held = Held { site, twin };
        if !self.held.contains(&held) {
            self.held.push(held);
        }
    }

    /// Runs something that is about these values.
    pub(crate) fn about<T>(&mut self, values: &[&Value<'b>], run: impl FnOnce(&mut Self) -> T) -> T {
        let space = values.iter().find_map(|value| self.space_of(value));
        let outer = std::mem::replace(&mut self.subject, space);
        let out = run(self);
        self.subject = outer;
        out
    }

    fn batch_refusal(&mut self, at: Span, what: &str) -> Unknown {
        let code = self.code(at).to_owned();
        let shown = self.log.value(at, self.activation).value.filter(|value| value.as_f64().is_some() || value.as_str().is_some());
        let mut diagnostic = Diagnostic::error("python-batch-statistic", format!("`{code}` is computed over the rows being scored"))
            .at(at, format!("a single row has no {what}"))
            .help("use the training frame's own value here, or let the converter do so with --batch-stats=freeze-train");
        if let Some(value) = shown {
            diagnostic = diagnostic.help(format!("--batch-stats=freeze-as-run keeps the value of the recorded run, {value}"));
        }
        self.block(diagnostic)
    }

    /// Where the same expression on the training frame is: the text with the scoring frame's name replaced by the training frame's.
    fn twin(&mut self, at: Span) -> Option<(Span, Activation)> {
        let code = self.code(at);
        let frames: Vec<String> = self.names_where(|value| matches!(value, Value::Frame(_)));
        let training: Vec<String> = self.names_where(|value| matches!(value, Value::Known(known) if known.fit));
        for frame in frames.iter().filter(|name| crate::names::uses(code, name)) {
            for train in &training {
                let wanted = crate::names::replace(code, frame, train);
                let found = self.record.values.iter().find_map(|one| {
                    // The frames are names of the script, so their twins are too.
                    let span = if one.at.contains('@') { None } else { crate::names::span_of(&one.at, self.text, self.file) }?;
                    (self.code(span) == wanted).then_some((span, one.context))
                });
                if let Some((span, context)) = found {
                    return Some((span, Some(context)));
                }
            }
        }
        None
    }

    fn names_where(&self, holds: impl Fn(&Value<'b>) -> bool) -> Vec<String> {
        let mut names: Vec<String> = self.scopes[0].names.iter().filter(|(_, value)| holds(value)).map(|(name, _)| name.clone()).collect();
        names.sort();
        names
    }

    /// What looks at other rows in a way that no policy can freeze.
    pub(crate) fn other_rows(&mut self, at: Span, name: &'static str, what: &str) -> Unknown {
        self.refuse(
            name,
            at,
            format!("`{what}` looks at several rows at once"),
            "a converted function sees one row at a time",
            "compute this column before scoring, and pass it in as an input column",
        )
    }

    // Names ----------------------------------------------------------------------------------------------------------------

    pub(crate) fn find_name(&self, name: &str, scope: Option<ScopeId>) -> Option<&Value<'b>> {
        let mut at = scope.or(Some(ScopeId(0)));
        while let Some(id) = at {
            let scope = &self.scopes[id.0];
            if !scope.globals.iter().any(|global| global == name)
                && let Some(value) = scope.names.get(name)
            {
                return Some(value);
            }
            at = scope.parent;
        }
        None
    }

    /// The scope of the script or module that a scope is in.
    fn global(&self, scope: ScopeId) -> ScopeId {
        let mut at = scope;
        while let Some(parent) = self.scopes[at.0].parent {
            at = parent;
        }
        at
    }

    pub(crate) fn bind(&mut self, name: &str, value: Value<'b>) {
        let is_global = self.scopes[self.scope.0].globals.iter().any(|global| global == name);
        let scope = if is_global { self.global(self.scope) } else { self.scope };
        let value = self.under_control(value);
        if scope == ScopeId(0) && matches!(value, Value::Frame(_)) {
            self.candidates.push(Candidate { rank: 0, expression: name.to_owned(), value: value.clone(), taken_by: None });
        }
        self.fresh.remove(&(scope, name.to_owned()));
        self.scopes[scope.0].names.insert(name.to_owned(), value);
    }

    /// What is assigned in a branch that other scoring rows decided is unknown for a single row.
    pub(crate) fn under_control(&self, value: Value<'b>) -> Value<'b> {
        match self.control.last() {
            Some(unknown) if !matches!(value, Value::Function(_) | Value::Class(_) | Value::Path(_)) => Value::Unknown(unknown.clone()),
            _ => value,
        }
    }

    // Statements -----------------------------------------------------------------------------------------------------------

    /// The whole script. In a cell of a notebook that raised, the statement that did has an effect that is not known; those behind it were
    /// not run, and what they would have bound is unknown.
    pub(crate) fn script(&mut self, statements: &[Stmt]) {
        let mut skipped: Option<(Option<u32>, Unknown)> = None;
        for statement in statements {
            let cell = self.line(statement.span).cell;
            if skipped.as_ref().is_some_and(|(skipped, _)| *skipped != cell) {
                skipped = None;
            }
            let mut names = BTreeSet::new();
            if let Some((_, why)) = &skipped {
                let why = why.clone();
                crate::names::bound(statement, &mut names);
                self.forget_names(names, &why);
            } else if let Some(why) = self.raised(statement) {
                crate::names::bound(statement, &mut names);
                if !self.changes_nothing(statement) {
                    crate::names::assigned(statement, &mut names);
                }
                self.forget_names(names, &why);
                skipped = Some((cell, why));
            } else {
                // Control flow that is not known matters only where an output needs what it would have made.
                let _ = self.statement(statement);
            }
        }
    }

    /// Whether a call that raised left everything as it was: its function was not there, or it only looks at what it is given.
    fn changes_nothing(&self, statement: &Stmt) -> bool {
        let StmtKind::Expr(Expr { kind: ExprKind::Call { callee, .. }, .. }) = &statement.kind else { return false };
        let mut names = BTreeSet::new();
        crate::names::of_statement(statement, &mut names);
        if names.iter().any(|name| matches!(self.find_name(name, None), Some(Value::Function(_) | Value::Object(_)))) {
            return false;
        }
        let Some(root) = crate::names::root(callee) else { return false };
        match self.find_name(root, None) {
            None => LOOKING.contains(&root),
            Some(value @ Value::Unknown(_)) => self.raised_before(value).is_some(),
            Some(Value::Path(path)) => LOOKING.iter().any(|library| path.split('.').next() == Some(*library)),
            Some(Value::Frame(_) | Value::Column(_)) => {
                matches!(&callee.kind, ExprKind::Attribute { name, .. } if !CHANGING.contains(&name.as_str()))
            }
            // A table of training rows is drawn.
            Some(Value::Known(_)) => matches!(&callee.kind, ExprKind::Attribute { name, .. } if DRAWING.contains(&name.as_str())),
            Some(_) => false,
        }
    }

    /// The cells that raised and left a value, or a column of a frame, unknown.
    fn raised_before(&self, value: &Value<'b>) -> Option<Unknown> {
        match value {
            Value::Unknown(why) if why.0.iter().any(|at| self.blockers[*at].name == CELL_RAISES) => Some(why.clone()),
            Value::Frame(id) => self.frames[id.0].columns.values().find_map(|column| self.raised_before(column)),
            _ => None,
        }
    }

    /// Why a statement of a notebook has no effect that is known: it raised.
    fn raised(&mut self, statement: &Stmt) -> Option<Unknown> {
        let file = self.sources.get(self.file)?;
        let lines = file.line_column(statement.span.start).line..=file.line_column(statement.span.end).line;
        let message = self.record.raised.iter().find(|raised| lines.contains(&raised.line))?.message.clone();
        self.note(
            CELL_RAISES,
            statement.span,
            "this cell raises an exception in the recorded run; the rest of it is skipped",
            message.clone(),
        );
        let why = self.refuse(
            CELL_RAISES,
            statement.span,
            "the output needs this cell, which raises an exception in the recorded run",
            message,
            "a notebook is converted by running its cells once from top to bottom; correct the cell, or remove it",
        );
        // It may have raised because an earlier cell did.
        let mut names = BTreeSet::new();
        crate::names::of_statement(statement, &mut names);
        let earlier = names.iter().filter_map(|name| self.raised_before(self.find_name(name, None)?));
        Some(earlier.fold(why, |why, earlier| why.and(&earlier)))
    }

    pub(crate) fn block_of(&mut self, body: &[Stmt]) -> Result<Flow<'b>, Unknown> {
        for statement in body {
            match self.statement(statement)? {
                Flow::Next => {}
                other => return Ok(other),
            }
        }
        Ok(Flow::Next)
    }

    /// Runs one statement. Errors are not of the user: an unknown value is a value, and only control flow can fail to be known.
    fn statement(&mut self, statement: &Stmt) -> Result<Flow<'b>, Unknown> {
        self.walked.running.push((statement.span.file, statement.span.start));
        let flow = self.run_statement(statement);
        self.walked.running.pop();
        flow
    }

    fn run_statement(&mut self, statement: &Stmt) -> Result<Flow<'b>, Unknown> {
        self.at(statement.span);
        match &statement.kind {
            StmtKind::Expr(expr) => {
                let _ = self.eval(expr);
                self.note_hidden_changes(expr);
                self.refresh_receiver(expr);
            }
            StmtKind::Assign { targets, value } => {
                self.note_hidden_changes(value);
                self.assigned(targets, value, |replay| {
                    replay.named_value = Some(value.span);
                    let value = replay.value(value);
                    for target in targets {
                        replay.assign(target, value.clone(), statement.span);
                    }
                });
            }
            StmtKind::AugAssign { target, op, value } => self.aug_assign(statement.span, target, *op, value),
            StmtKind::For { target, iter, body, otherwise } => return self.run_for(target, iter, body, otherwise),
            StmtKind::While { test, body, otherwise } if self.cells_active() => {
                return crate::while_loops::run(self, test, body, otherwise, statement.span);
            }
            StmtKind::While { test, body, .. } => return self.run_while(statement.span, test, body),
            StmtKind::If { test, body, otherwise } => return self.run_if(test, body, otherwise),
            StmtKind::With { items, body } => {
                for (context, target) in items {
                    let value = self.value(context);
                    if let Some(target) = target {
                        self.assign(target, value, statement.span);
                    }
                }
                return self.block_of(body);
            }
            StmtKind::Try { body, handlers, otherwise, finally } => {
                return self.run_try(statement.span, body, handlers, otherwise, finally);
            }
            StmtKind::Function(function) => {
                let value = self.function(&function.name, &function.parameters, Body::Block(Rc::new(function.body.clone())));
                let value = self.decorated(value, &function.decorators, statement.span);
                self.remember_function(statement.span, &value);
                self.bind(&function.name, value);
            }
            StmtKind::Class { name, bases, body } => {
                let class = self.class(bases, body);
                self.bind(name, Value::Class(Rc::new(class)));
            }
            StmtKind::Return(value) => {
                let value = match value {
                    Some(value) => self.value(value),
                    None => Value::Known(Known::constant(record::Value::NONE)),
                };
                return Ok(Flow::Return(value));
            }
            StmtKind::Delete(targets) => targets.iter().for_each(|target| self.delete(target)),
            StmtKind::Import(names) => self.import(names, statement.span),
            StmtKind::ImportFrom { module, names, level } => {
                let module = crate::modules::absolute(&self.package, *level, module);
                self.import_from(&module, names, statement.span);
            }
            StmtKind::Raise if self.cells_active() => {
                let always = self.b.bool(true);
                self.raise_here(always, "an exception", statement.span);
                return Ok(Flow::Return(self.none()));
            }
            StmtKind::Assert(test) if self.cells_active() => {
                let holds = self.eval(test)?;
                let holds = self.truth_of(&holds, statement.span)?;
                self.raise_here(crate::ops::not(holds), "AssertionError", statement.span);
            }
            StmtKind::Assert(test) => self.assert_rows(test, statement.span),
            StmtKind::Pass | StmtKind::Raise => {}
            StmtKind::Global(_) if self.cells_active() => return Err(self.carried(statement.span)),
            StmtKind::Global(names) => {
                let scope = self.scope;
                self.scopes[scope.0].globals.extend(names.iter().cloned());
            }
            StmtKind::Break => return Ok(Flow::Break),
            StmtKind::Continue => return Ok(Flow::Continue),
            StmtKind::Unsupported(what) => {
                let unknown = self.unsupported(statement.span, what);
                if self.cells_active() {
                    return Err(unknown);
                }
                self.forget_all(&unknown);
            }
        }
        Ok(Flow::Next)
    }

    fn import(&mut self, names: &[(String, Option<String>)], at: Span) {
        for (module, alias) in names {
            self.import_module(module, at);
            match alias {
                Some(alias) => self.bind(alias, Value::Path(module.clone())),
                None => {
                    let first = module.split('.').next().unwrap_or(module);
                    self.bind(first, Value::Path(first.to_owned()));
                }
            }
        }
    }

    fn import_from(&mut self, module: &str, names: &[(String, Option<String>)], at: Span) {
        let scope = self.import_module(module, at);
        for (name, alias) in names {
            let full = crate::modules::absolute(module, 1, name);
            if let (Some(scope), "*") = (scope, name.as_str()) {
                let public = self.scopes[scope.0].names.iter().filter(|(name, _)| !name.starts_with('_'));
                let public: Vec<(String, Value<'b>)> = public.map(|(name, value)| (name.clone(), value.clone())).collect();
                public.into_iter().for_each(|(name, value)| self.bind(&name, value));
                continue;
            }
            let value = match self.member(&full) {
                Some(value) => value,
                None => {
                    self.import_module(&full, at);
                    Value::Path(full)
                }
            };
            self.bind(alias.as_deref().unwrap_or(name), value);
        }
    }

    /// Runs a module of the user's project when it is first imported, and the packages that it is in. None for a library's.
    fn import_module(&mut self, name: &str, at: Span) -> Option<ScopeId> {
        if let Some((outer, _)) = name.rsplit_once('.') {
            self.import_module(outer, at);
        }
        if let Some(scope) = self.modules.get(name) {
            return Some(*scope);
        }
        let module = self.options.modules.iter().find(|module| module.name == name)?.clone();
        // What does not parse has raised in the recorded run.
        let statements = crate::parse::parse(module.file, &self.sources.get(module.file)?.text).ok()?;
        let package = std::mem::replace(&mut self.package, module.package().to_owned());
        let scope = self.in_scope(Scope::default(), at, |replay| {
            replay.modules.insert(name.to_owned(), replay.scope);
            replay.block_of(&statements).map(|_| replay.scope)
        });
        self.package = package;
        self.walked.modules.extend(statements);
        scope.ok()
    }

    /// What `features.add_ratio` is, if `features` is a module of the user's project.
    pub(crate) fn member(&self, path: &str) -> Option<Value<'b>> {
        let (module, name) = path.rsplit_once('.')?;
        self.scopes[self.modules.get(module)?.0].names.get(name).cloned()
    }

    fn run_if(&mut self, test: &Expr, body: &[Stmt], otherwise: &[Stmt]) -> Result<Flow<'b>, Unknown> {
        let condition = self.value(test);
        if let (Value::Unknown(why), true) = (&condition, self.cells_active()) {
            return Err(why.clone());
        }
        if let Some(choice) = self.row_condition(&condition) {
            return self.run_row_if(choice, test, body, otherwise);
        }
        let taken = match &condition {
            Value::Known(known) => self.log.branch(test.span, self.activation).or_else(|| known.look().and_then(record::Value::truth)),
            _ => self.log.branch(test.span, self.activation),
        };
        let Some(taken) = taken else {
            // Not reached in the recorded run: what the branches assign is not known.
            let why = self.not_recorded(test.span);
            self.forget(body, &why);
            self.forget(otherwise, &why);
            return if self.cells.is_empty() { Ok(Flow::Next) } else { Err(why) };
        };
        let (_, columns) = self.flags(&[&condition]);
        let branch = if taken { body } else { otherwise };
        if columns {
            return self.run_column_branch(test, branch, if taken { otherwise } else { body });
        }
        // A test on values of the scoring rows (their number, their statistics) went one way in this run and may go another.
        let doubt = match &condition {
            Value::Unknown(unknown) => Some(unknown.clone()),
            value if self.touches_rows(value) && !self.decided_once(test.span) => Some(self.refuse(
                "python-batch-branch",
                test.span,
                "which way this goes depends on the rows being scored",
                "the recorded run went one way; another batch may go the other",
                "decide by the training data, or write the condition for each row with np.where",
            )),
            _ => None,
        };
        match doubt {
            None => self.block_of(branch),
            Some(doubt) => {
                self.control.push(doubt);
                let flow = self.block_of(branch);
                self.control.pop();
                flow
            }
        }
    }

    /// `if c not in test.columns: test[c] = 0`: which dummy columns the scoring rows make decides the branch. Filling an absent dummy
    /// column with zero is what the column means anyway; everything else under such a test is unknown.
    fn run_column_branch(&mut self, test: &Expr, taken: &[Stmt], other: &[Stmt]) -> Result<Flow<'b>, Unknown> {
        let doubt = self.refuse(
            "python-batch-columns",
            test.span,
            "which columns there are depends on the rows being scored",
            "get_dummies makes a column only for a category that occurs in these rows",
            "align the scoring frame with .reindex(columns=train.columns, fill_value=0)",
        );
        let fills = |body: &[Stmt]| {
            body.iter().all(|statement| match &statement.kind {
                StmtKind::Assign { targets, value } => {
                    let zero = matches!(&value.kind, ExprKind::Literal(ast::Literal::Int(0) | ast::Literal::Bool(false)))
                        || matches!(&value.kind, ExprKind::Literal(ast::Literal::Float(zero)) if *zero == 0.0);
                    zero && targets.iter().all(|target| matches!(target.kind, ExprKind::Subscript { .. }))
                }
                StmtKind::Expr(_) | StmtKind::Pass => true,
                _ => false,
            })
        };
        if fills(taken) && fills(other) {
            return self.block_of(taken);
        }
        self.control.push(doubt);
        let flow = self.block_of(taken);
        self.control.pop();
        flow
    }

    fn run_for(&mut self, target: &Expr, iter: &Expr, body: &[Stmt], otherwise: &[Stmt]) -> Result<Flow<'b>, Unknown> {
        // Before the count of the rows is asked for, which would be a statistic.
        if !self.cells_active()
            && otherwise.is_empty()
            && let Some(done) = crate::index_loops::run(self, target, iter, body)
        {
            return done.map(|()| Flow::Next);
        }
        if !self.cells_active()
            && otherwise.is_empty()
            && let Some(done) = crate::row_writes::over_labels(self, target, iter, body)
        {
            return done.map(|()| Flow::Next);
        }
        let iterable = self.value(iter);
        if self.cells_active()
            && let Some(flow) = self.run_row_for(target, &iterable, iter.span, body, otherwise)?
        {
            return Ok(flow);
        }
        if !self.cells_active()
            && otherwise.is_empty()
            && let Some(done) = crate::udf::appending_loop(self, target, &iterable, body, iter.span)
        {
            return done.map(|()| Flow::Next);
        }
        if !self.cells_active()
            && otherwise.is_empty()
            && let Some(done) = crate::row_writes::run(self, target, &iterable, body, iter.span)
        {
            return done.map(|()| Flow::Next);
        }
        let Some(items) = self.items(&iterable, iter.span) else {
            let why = match self.unknown_among(&[&iterable]) {
                Some(why) => why,
                None => self.refuse(
                    "python-row-loop",
                    iter.span,
                    "a loop over scoring rows or over something unknown cannot be converted",
                    "",
                    "write it for each row with apply, np.where or arithmetic on columns",
                ),
            };
            if self.cells_active() {
                return Err(why);
            }
            // Groups of rows whose statistics are frozen are those of the recorded run.
            let groups = match &iterable {
                Value::Group(group) => Some(self.frames[group.frame.0].space),
                _ => None,
            };
            if groups.is_some_and(|space| self.freezes(space, iter.span)) || !self.touches_rows(&iterable) {
                self.leave_to_record(target, iter, body, &why);
                return Ok(Flow::Next);
            }
            self.forget(body, &why);
            return Ok(Flow::Next);
        };
        let (_, columns) = self.flags(&[&iterable]);
        let outer = self.activation;
        let mut changed = BTreeSet::new();
        body.iter().for_each(|statement| crate::names::assigned(statement, &mut changed));
        for (turn, item) in items.into_iter().enumerate() {
            self.activation = self.log.enter(iter.span, outer, turn as u32);
            self.assign(target, item, target.span);
            let flow = if columns { self.run_column_branch(iter, body, &[]) } else { self.block_of(body) };
            self.activation = outer;
            match flow? {
                Flow::Next | Flow::Continue => {}
                Flow::Break => {
                    self.refresh_changed(iter.span, changed);
                    return Ok(Flow::Next);
                }
                Flow::Return(value) => return Ok(Flow::Return(value)),
            }
        }
        self.refresh_changed(iter.span, changed);
        self.block_of(otherwise)
    }

    /// As many turns as the recorded run made.
    fn run_while(&mut self, span: Span, test: &Expr, body: &[Stmt]) -> Result<Flow<'b>, Unknown> {
        let outer = self.activation;
        for turn in 0..self.log.turns(span, outer) {
            self.activation = self.log.enter(span, outer, turn);
            let condition = self.value(test);
            let flow = match self.log.branch(test.span, self.activation) {
                Some(true) => {
                    if self.touches_rows(&condition) && !self.decided_once(test.span) {
                        let why = self.unsupported(test.span, "a loop whose end depends on scoring rows");
                        self.forget(body, &why);
                    }
                    self.block_of(body)
                }
                _ => Ok(Flow::Break),
            };
            self.activation = outer;
            match flow? {
                Flow::Next | Flow::Continue => {}
                Flow::Break => break,
                Flow::Return(value) => return Ok(Flow::Return(value)),
            }
        }
        Ok(Flow::Next)
    }

    fn run_try(
        &mut self,
        span: Span,
        body: &[Stmt],
        handlers: &[ast::Handler],
        otherwise: &[Stmt],
        finally: &[Stmt],
    ) -> Result<Flow<'b>, Unknown> {
        let flow = if !self.cells.is_empty() {
            return self.run_row_try(span, body, handlers, otherwise, finally);
        } else if let Some(which) = self.log.handler(span, self.activation) {
            // Somewhere in the body an exception was raised: what it assigned is not certain.
            let why = self.refuse(
                "python-handled-exception",
                span,
                "an exception was handled here in the recorded run",
                "what the body assigned is not certain",
                "",
            );
            self.forget(body, &why);
            match handlers.get(which as usize) {
                Some(handler) => self.block_of(&handler.body)?,
                None => Flow::Next,
            }
        } else {
            match self.block_of(body)? {
                Flow::Next => self.block_of(otherwise)?,
                other => other,
            }
        };
        match self.block_of(finally)? {
            Flow::Next => Ok(flow),
            other => Ok(other),
        }
    }

    /// Runs in a scope of its own, with a limit on depth.
    pub(crate) fn in_scope<T>(
        &mut self,
        scope: Scope<'b>,
        at: Span,
        run: impl FnOnce(&mut Self) -> Result<T, Unknown>,
    ) -> Result<T, Unknown> {
        if self.depth >= DEEPEST {
            return Err(self.unsupported(at, "a call this deep"));
        }
        self.scopes.push(scope);
        self.live.push(self.scope);
        let (outer, statement) = (self.scope, self.statement);
        self.scope = ScopeId(self.scopes.len() - 1);
        self.depth += 1;
        let out = run(self);
        self.depth -= 1;
        self.live.pop();
        self.scope = outer;
        self.at(statement);
        out
    }

    /// A text as a float.
    pub(crate) fn parse_float(
        &mut self,
        text: Val<'b>,
        spelling: crate::numbers::Spelling,
        at: Span,
    ) -> Result<crate::numbers::Parsed<'b>, Unknown> {
        let reader = match self.float_reader {
            Some(reader) => reader,
            None => match crate::numbers::reader().ok().and_then(|module| self.b.import(&module)) {
                Some(reader) => *self.float_reader.insert(reader),
                None => return Err(self.unsupported(at, "a number in a text")),
            },
        };
        Ok(crate::numbers::parse_float(self.b, reader, text, spelling))
    }

    // Small makers ---------------------------------------------------------------------------------------------------------

    pub(crate) fn none(&self) -> Value<'b> {
        Value::Known(Known::constant(record::Value::NONE))
    }

    pub(crate) fn column(&self, cell: Cell<'b>, like: &Column<'b>) -> Value<'b> {
        Value::Column(like.with(cell))
    }
}
