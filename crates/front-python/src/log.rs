//! The record as replay asks it: values by place and activation, and what was looked at.
//!
//! Pruning keeps what was looked at, so the stored record is what the conversion stands on, and replaying it gives the same answers.

use crate::modules::Module;
use crate::record::{Context, Record, Site, Value};
use source::{Diagnostic, FileId, Sources, Span};
use std::cell::Cell;
use std::collections::HashMap;
use std::rc::Rc;

/// An activation of the recorded run: the script itself, a call, or a turn of a loop. None where nothing was recorded, as inside a
/// function that pandas calls back.
pub(crate) type Activation = Option<u32>;

pub(crate) const SCRIPT: Activation = Some(0);

/// A recorded value; looking at it marks it as needed.
#[derive(Clone)]
pub(crate) struct Seen {
    pub value: Option<Rc<Value>>,
    pub used: Rc<Cell<bool>>,
}

pub(crate) struct Log<'a> {
    record: &'a Record,
    /// How places in the script and in each of its modules are written.
    files: HashMap<FileId, Places>,
    values: HashMap<(&'a str, u32), Seen>,
    branches: HashMap<(&'a str, u32), (bool, Cell<bool>)>,
    loops: HashMap<(&'a str, u32), Seen>,
    turns: HashMap<(&'a str, u32), u32>,
    handlers: HashMap<(&'a str, u32), (u32, Cell<bool>)>,
    contexts: HashMap<(u32, &'a str, u32), u32>,
    used_contexts: Vec<Cell<bool>>,
}

/// How places in a file are written: with its name before them if it is a module, as `line:column`.
struct Places {
    prefix: String,
    line_starts: Vec<u32>,
}

impl Places {
    fn new(prefix: String, text: &str) -> Self {
        let after_newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at as u32 + 1);
        Places { prefix, line_starts: std::iter::once(0).chain(after_newlines).collect() }
    }

    fn of(&self, span: Span) -> String {
        let one = |byte: u32| {
            let line = self.line_starts.partition_point(|start| *start <= byte);
            format!("{line}:{}", byte - self.line_starts.get(line.saturating_sub(1)).copied().unwrap_or(0))
        };
        format!("{}{}-{}", self.prefix, one(span.start), one(span.end))
    }
}

impl<'a> Log<'a> {
    /// `text` is that of the script, and `modules` are files of the sources.
    pub(crate) fn new(record: &'a Record, file: FileId, text: &str, modules: &[Module], sources: &Sources) -> Self {
        let seen = |value: &Value| Seen { value: Some(Rc::new(value.clone())), used: Rc::default() };
        let mut turns: HashMap<(&str, u32), u32> = HashMap::new();
        for context in &record.contexts {
            let count = turns.entry((&context.at, context.parent)).or_default();
            *count = (*count).max(context.turn + 1);
        }
        Log {
            record,
            files: modules
                .iter()
                .filter_map(|module| Some((module.file, sources.get(module.file)?)))
                .map(|(file, source)| (file, Places::new(format!("{}@", source.name), &source.text)))
                .chain([(file, Places::new(String::new(), text))])
                .collect(),
            values: record.values.iter().map(|one| ((one.at.as_str(), one.context), seen(&one.value))).collect(),
            branches: record.branches.iter().map(|one| ((one.at.as_str(), one.context), (one.taken, Cell::new(false)))).collect(),
            loops: record
                .loops
                .iter()
                .map(|one| ((one.at.as_str(), one.context), seen(&Value::tagged(crate::record::Tagged::List(one.items.clone())))))
                .collect(),
            turns,
            handlers: record.handlers.iter().map(|one| ((one.at.as_str(), one.context), (one.which, Cell::new(false)))).collect(),
            contexts: record.contexts.iter().zip(1..).map(|(one, number)| ((one.parent, one.at.as_str(), one.turn), number)).collect(),
            used_contexts: vec![Cell::new(false); record.contexts.len() + 1],
        }
    }

    /// A place as the record writes it.
    pub(crate) fn place(&self, span: Span) -> String {
        self.files.get(&span.file).map(|places| places.of(span)).unwrap_or_default()
    }

    /// The value of an expression; `value` is none where the run did not come by.
    pub(crate) fn value(&self, span: Span, activation: Activation) -> Seen {
        activation
            .and_then(|context| self.values.get(&(self.place(span).as_str(), context)).cloned())
            .unwrap_or_else(|| Seen { value: None, used: Rc::default() })
    }

    /// What the call or expression there learnt from its rows, beside its value.
    pub(crate) fn learnt(&self, span: Span, activation: Activation) -> Seen {
        let place = format!("{}#learnt", self.place(span));
        activation
            .and_then(|context| self.values.get(&(place.as_str(), context)).cloned())
            .unwrap_or_else(|| Seen { value: None, used: Rc::default() })
    }

    /// A name of the script that a loop or call has changed, as it was behind the loop over the items there, or behind the call.
    pub(crate) fn behind(&self, span: Span, name: &str, activation: Activation) -> Seen {
        let place = format!("{}#{name}", self.place(span));
        activation
            .and_then(|context| self.values.get(&(place.as_str(), context)).cloned())
            .unwrap_or_else(|| Seen { value: None, used: Rc::default() })
    }

    /// Which way a test went.
    pub(crate) fn branch(&self, span: Span, activation: Activation) -> Option<bool> {
        let place = self.place(span);
        let (taken, used) = self.branches.get(&(place.as_str(), activation?))?;
        used.set(true);
        Some(*taken)
    }

    /// The handler that ran for a `try` statement.
    pub(crate) fn handler(&self, span: Span, activation: Activation) -> Option<u32> {
        let place = self.place(span);
        let (which, used) = self.handlers.get(&(place.as_str(), activation?))?;
        used.set(true);
        Some(*which)
    }

    /// The items that a loop saw, as a list.
    pub(crate) fn items(&self, span: Span, activation: Activation) -> Seen {
        activation
            .and_then(|context| self.loops.get(&(self.place(span).as_str(), context)).cloned())
            .unwrap_or_else(|| Seen { value: None, used: Rc::default() })
    }

    /// How many turns a loop made.
    pub(crate) fn turns(&self, span: Span, activation: Activation) -> u32 {
        activation.and_then(|context| self.turns.get(&(self.place(span).as_str(), context)).copied()).unwrap_or(0)
    }

    /// The activation of a call or of one turn of a loop.
    pub(crate) fn enter(&self, span: Span, activation: Activation, turn: u32) -> Activation {
        self.contexts.get(&(activation?, self.place(span).as_str(), turn)).copied()
    }

    /// A place and what it is inside of. None where nothing was recorded, as inside a function that pandas calls back.
    pub(crate) fn site(&self, span: Span, activation: Activation) -> Option<Site> {
        let mut within = Vec::new();
        let mut at = activation?;
        while let Some(context) = at.checked_sub(1).and_then(|index| self.record.contexts.get(index as usize)) {
            within.push((context.at.clone(), context.turn));
            at = context.parent;
        }
        within.reverse();
        Some(Site { at: self.place(span), within })
    }

    fn keep(&self, context: u32) {
        let mut at = context;
        while let Some(used) = self.used_contexts.get(at as usize) {
            if used.replace(true) || at == 0 {
                break;
            }
            at = self.record.contexts[at as usize - 1].parent;
        }
    }

    /// The record without what nobody looked at. Contexts are numbered anew, in their order.
    pub(crate) fn prune(&self) -> Record {
        let seen = |at: &str, context: u32| self.values.get(&(at, context)).is_some_and(|seen| seen.used.get());
        let looped = |at: &str, context: u32| self.loops.get(&(at, context)).is_some_and(|seen| seen.used.get());
        let branched = |at: &str, context: u32| self.branches.get(&(at, context)).is_some_and(|(_, used)| used.get());
        let handled = |at: &str, context: u32| self.handlers.get(&(at, context)).is_some_and(|(_, used)| used.get());
        let mut out = self.record.clone();
        out.values.retain(|one| seen(&one.at, one.context));
        out.loops.retain(|one| looped(&one.at, one.context));
        out.branches.retain(|one| branched(&one.at, one.context));
        out.handlers.retain(|one| handled(&one.at, one.context));
        for context in out.values.iter().map(|one| one.context).chain(out.loops.iter().map(|one| one.context)) {
            self.keep(context);
        }
        for context in out.branches.iter().map(|one| one.context).chain(out.handlers.iter().map(|one| one.context)) {
            self.keep(context);
        }
        for read in &out.reads {
            self.keep(read.context);
        }
        // Turns of a loop count even where nothing inside was looked at.
        let mut number = vec![0; self.used_contexts.len()];
        let mut kept: Vec<Context> = Vec::new();
        for (index, context) in self.record.contexts.iter().enumerate() {
            if self.used_contexts[index + 1].get() {
                kept.push(Context { parent: number[context.parent as usize], ..context.clone() });
                number[index + 1] = kept.len() as u32;
            }
        }
        out.contexts = kept;
        out.values.iter_mut().for_each(|one| one.context = number[one.context as usize]);
        out.loops.iter_mut().for_each(|one| one.context = number[one.context as usize]);
        out.branches.iter_mut().for_each(|one| one.context = number[one.context as usize]);
        out.handlers.iter_mut().for_each(|one| one.context = number[one.context as usize]);
        out.reads.iter_mut().for_each(|one| one.context = number[one.context as usize]);
        out
    }
}

/// Whether the record is of these texts and of a form that is understood.
pub(crate) fn fits(record: &Record, text: &str, modules: &[Module], sources: &Sources) -> Result<(), Box<Diagnostic>> {
    if record.format != crate::record::FORMAT {
        let error = Diagnostic::error(
            "python-record-format",
            format!("the record has format {}, this version reads {}", record.format, crate::record::FORMAT),
        );
        return Err(Box::new(error.help("record the script again")));
    }
    let text_of = |name: &str| modules.iter().filter_map(|module| sources.get(module.file)).find(|source| source.name == name);
    let stale = record.modules.iter().find(|module| text_of(&module.name).is_none_or(|source| hash(&source.text) != module.sha256));
    let stale = if hash(text) == record.script.sha256 { stale.map(|module| &module.name) } else { Some(&record.script.name) };
    let Some(name) = stale else { return Ok(()) };
    let error = Diagnostic::error("python-record-stale", format!("the record is of another text of `{name}`"));
    Err(Box::new(error.help("the script has changed since it was recorded; record it again")))
}

/// The SHA-256 of a text, as the record writes it.
pub fn hash(text: &str) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
