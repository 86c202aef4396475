//! Calls: arguments bound by the library's own signatures, user functions walked, everything else looked up in the families' rows.

#![expect(clippy::wildcard_enum_match_arm, reason = "what a construct does not take is refused, whatever it is")]

use super::{Candidate, Flow, Replay, Scope};
use crate::ast::{Expr, ExprKind};
use crate::record::{self, Tagged};
use crate::value::{Body, Eval, Function, Known, ScopeId, Unknown, Value};
use source::Span;
use std::collections::HashMap;
use std::rc::Rc;

/// What a row of a family is called on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum On {
    Column,
    Frame,
    Matrix,
    Group,
    /// `.str` of a column.
    Text,
    /// What `split` made of a text or column.
    Pieces,
    /// What a pattern found in a text.
    Match,
    /// A series of tuples or lists.
    Objects,
    /// `.dt` of a column.
    Time,
    /// `.dt.to_period()` of a column.
    Period,
    /// `.cat` of a column.
    Cat,
    /// A function by its full path.
    Function,
    /// `Class.method` of a recorded scikit-learn object.
    Estimator,
    /// A method of one cell, inside a function on cells.
    Cell,
    /// One row of a frame, inside a function on rows.
    Row,
}

pub(crate) type Handler = for<'r, 'a, 'b, 'c> fn(&'r mut Replay<'a, 'b>, &'c mut Call<'b>) -> Eval<'b>;

impl On {
    /// What the table of calls that convert says above them.
    pub(crate) fn heading(self) -> &'static str {
        match self {
            On::Column => "Series",
            On::Frame => "DataFrame",
            On::Matrix => "ndarray",
            On::Group => "groupby",
            On::Text => "Series.str",
            On::Pieces => "lists of a split",
            On::Match => "re.Match",
            On::Objects => "Series of lists",
            On::Time => "Series.dt",
            On::Period => "Series.dt.to_period",
            On::Cat => "Series.cat",
            On::Function => "functions",
            On::Estimator => "scikit-learn",
            On::Cell => "methods of a cell",
            On::Row => "methods of a row",
        }
    }
}

/// One supported call: a family's file has its rows on top and the functions below.
pub(crate) struct Row {
    pub on: On,
    pub name: &'static str,
    pub run: Handler,
}

impl Row {
    pub(crate) const fn new(on: On, name: &'static str, run: Handler) -> Row {
        Row { on, name, run }
    }
}

/// A call with its arguments by name. Each handler takes what it understands; what is left is refused.
pub(crate) struct Call<'b> {
    pub receiver: Value<'b>,
    pub name: String,
    pub span: Span,
    /// Where the object of a method stands.
    pub receiver_at: Option<Span>,
    arguments: Vec<(String, Value<'b>)>,
}

/// Arguments that change nothing that a scorer could see.
const HARMLESS: &[&str] =
    &["copy", "deep", "engine", "engine_kwargs", "verify_integrity", "ignore_index", "dropna_index", "flags_", "low_memory"];

impl<'b> Call<'b> {
    pub(crate) fn take(&mut self, name: &str) -> Option<Value<'b>> {
        let at = self.arguments.iter().position(|(key, _)| key == name)?;
        Some(self.arguments.remove(at).1)
    }

    /// Whether an argument of this name is given.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.arguments.iter().any(|(key, _)| key == name)
    }

    /// An argument under another name, or one that was looked at.
    pub(crate) fn give(&mut self, name: &str, value: Value<'b>) {
        self.arguments.push((name.to_owned(), value));
    }

    /// All arguments of that name: those of `*args`.
    pub(crate) fn take_all(&mut self, name: &str) -> Vec<Value<'b>> {
        let mut out = Vec::new();
        while let Some(value) = self.take(name) {
            out.push(value);
        }
        out
    }

    /// What is left, as keyword arguments.
    pub(crate) fn rest(&mut self) -> Vec<(String, Value<'b>)> {
        std::mem::take(&mut self.arguments)
    }

    pub(crate) fn need(&mut self, replay: &mut Replay<'_, 'b>, name: &str) -> Result<Value<'b>, Unknown> {
        match self.take(name) {
            Some(value) => Ok(value),
            None => Err(replay.unsupported(self.span, format!("`{}` without `{name}`", self.name))),
        }
    }

    /// A concrete argument; `None` is like no argument.
    pub(crate) fn concrete(&mut self, replay: &mut Replay<'_, 'b>, name: &str) -> Result<Option<record::Value>, Unknown> {
        match self.take(name) {
            None => Ok(None),
            Some(value) => match replay.concrete(&value) {
                Some(record::Value::None(())) => Ok(None),
                Some(value) => Ok(Some(value)),
                None => Err(replay.unsupported(self.span, format!("`{}` with a computed `{name}`", self.name))),
            },
        }
    }

    pub(crate) fn flag(&mut self, replay: &mut Replay<'_, 'b>, name: &str, default: bool) -> Result<bool, Unknown> {
        Ok(self.concrete(replay, name)?.and_then(|value| value.truth()).unwrap_or(default))
    }

    pub(crate) fn text(&mut self, replay: &mut Replay<'_, 'b>, name: &str) -> Result<Option<String>, Unknown> {
        match self.concrete(replay, name)? {
            None => Ok(None),
            Some(record::Value::Str(text)) => Ok(Some(text)),
            Some(_) => Err(replay.unsupported(self.span, format!("`{}` with this `{name}`", self.name))),
        }
    }

    pub(crate) fn int(&mut self, replay: &mut Replay<'_, 'b>, name: &str) -> Result<Option<i64>, Unknown> {
        match self.concrete(replay, name)? {
            None => Ok(None),
            Some(record::Value::Int(value)) => Ok(Some(value)),
            Some(_) => Err(replay.unsupported(self.span, format!("`{}` with this `{name}`", self.name))),
        }
    }

    /// A list of texts, or one text.
    pub(crate) fn texts(&mut self, replay: &mut Replay<'_, 'b>, name: &str) -> Result<Option<Vec<String>>, Unknown> {
        let Some(value) = self.concrete(replay, name)? else { return Ok(None) };
        if let Some(text) = value.as_str() {
            return Ok(Some(vec![text.to_owned()]));
        }
        match value.items().and_then(|items| items.iter().map(|item| item.as_str().map(str::to_owned)).collect()) {
            Some(texts) => Ok(Some(texts)),
            None => Err(replay.unsupported(self.span, format!("`{}` with this `{name}`", self.name))),
        }
    }

    /// Accepts an argument only if it says what is done anyway.
    pub(crate) fn only(&mut self, replay: &mut Replay<'_, 'b>, name: &str, accepted: &[record::Value]) -> Result<(), Unknown> {
        match self.concrete(replay, name)? {
            None => Ok(()),
            Some(value) if accepted.contains(&value) => Ok(()),
            Some(value) => Err(replay.refuse(
                "python-argument",
                self.span,
                format!("`{name}={value}` of `{}` cannot be converted", self.name),
                "the output needs this value",
                "leave the argument out if its default serves",
            )),
        }
    }
}

fn rows() -> &'static HashMap<(On, &'static str), &'static Row> {
    static ROWS: std::sync::LazyLock<HashMap<(On, &'static str), &'static Row>> =
        std::sync::LazyLock::new(|| crate::FAMILIES.iter().flat_map(|family| family.iter()).map(|row| ((row.on, row.name), row)).collect());
    &ROWS
}

/// The library's own name of a call, for its signature.
fn signature(on: On, name: &str) -> String {
    match on {
        On::Column | On::Objects => format!("Series.{name}"),
        On::Frame => format!("DataFrame.{name}"),
        On::Group => format!("SeriesGroupBy.{name}"),
        On::Text | On::Pieces => format!("str.{name}"),
        On::Match => format!("match.{name}"),
        On::Time => format!("dt.{name}"),
        On::Period => format!("Series.{name}"),
        On::Cat => format!("cat.{name}"),
        On::Matrix => format!("ndarray.{name}"),
        On::Function => name.to_owned(),
        On::Estimator => format!("estimator.{}", name.rsplit('.').next().unwrap_or(name)),
        On::Cell | On::Row => format!("text.{name}"),
    }
}

impl<'b> Replay<'_, 'b> {
    pub(crate) fn call(&mut self, expr: &Expr, callee: &Expr, args: &[Expr], keywords: &[(Option<String>, Expr)]) -> Eval<'b> {
        let span = expr.span;
        if self.cells_active()
            && let Some(done) = crate::letter_loops::of_call(self, callee, args, span).filter(|_| keywords.is_empty())
        {
            return done;
        }
        if self.cells_active()
            && let Some(done) = crate::generators::of_call(self, callee, args, span).filter(|_| keywords.is_empty())
        {
            return done;
        }
        let (target, receiver_expr) = match &callee.kind {
            ExprKind::Attribute { value, name } => {
                let of = self.eval(value)?;
                match of {
                    Value::Path(path) => {
                        let path = format!("{path}.{name}");
                        (self.member(&path).unwrap_or(Value::Path(path)), None)
                    }
                    Value::Object(_) | Value::Group(_) | Value::Row(_) => {
                        (self.attribute(&of, name, callee.span).unwrap_or_else(Value::Unknown), Some(&**value))
                    }
                    of => (Value::Method(Box::new(of), name.clone()), Some(&**value)),
                }
            }
            _ => (self.eval(callee)?, None),
        };
        // Before the rows are counted, which would be a statistic.
        if let Value::Path(path) = &target
            && keywords.is_empty()
            && let Some(constants) = crate::filled_arrays::constants(self, path, args)
        {
            return Ok(constants);
        }
        let mut positional = Vec::new();
        for arg in args {
            if let ExprKind::Starred(inner) = &arg.kind {
                let value = self.eval(inner)?;
                if let (Value::Objects(objects), Value::Path(path), 1) = (&value, &target, args.len())
                    && path == "builtins.zip"
                {
                    // A tuple a row becomes a tuple of columns.
                    let columns = crate::udf::unzipped(self, objects, span)?;
                    return Ok(Value::Tuple(columns.into_iter().map(Value::Column).collect()));
                }
                match self.items(&value, inner.span) {
                    Some(items) => positional.extend(items),
                    // What a library makes of what does not depend on a scoring row is recorded as a whole.
                    None if matches!(target, Value::Path(_)) && matches!(value, Value::Known(_)) => positional.push(value),
                    None => return Err(self.not_recorded(inner.span)),
                }
            } else {
                positional.push(self.value(arg));
            }
        }
        let mut named = Vec::new();
        for (name, value) in keywords {
            let value_of = self.value(value);
            match name {
                Some(name) => named.push((name.clone(), value_of)),
                None => {
                    let pairs = match &value_of {
                        // A frame is a mapping of its columns.
                        Value::Frame(id) if self.frames[id.0].families.is_empty() => {
                            named.extend(self.frames[id.0].columns.iter().map(|(name, column)| (name.clone(), column.clone())));
                            continue;
                        }
                        other => self.pairs(other),
                    };
                    let Some(pairs) = pairs else { return Err(self.not_recorded(value.span)) };
                    for (key, item) in pairs {
                        match self.concrete(&key).and_then(|key| key.as_str().map(str::to_owned)) {
                            Some(key) => named.push((key, item)),
                            None => return Err(self.unsupported(value.span, "an argument whose name is computed")),
                        }
                    }
                }
            }
        }
        self.note_candidate(callee, args, &target, &positional);
        self.apply(target, receiver_expr, positional, named, span)
    }

    /// Calls a value.
    pub(crate) fn apply(
        &mut self,
        target: Value<'b>,
        receiver_expr: Option<&Expr>,
        positional: Vec<Value<'b>>,
        named: Vec<(String, Value<'b>)>,
        span: Span,
    ) -> Eval<'b> {
        match target {
            Value::Function(function) => self.call_user(&function, positional, named, span),
            Value::Known(known) if self.own_function(&known).is_some() => {
                let function = self.own_function(&known).unwrap_or(Value::Known(known));
                self.apply(function, receiver_expr, positional, named, span)
            }
            Value::Class(class) => self.instantiate(&class, positional, named, span),
            Value::Unknown(unknown) => Err(unknown),
            Value::Path(path) => {
                let subjects = positional.clone();
                self.about(&subjects.iter().collect::<Vec<_>>(), |replay| replay.call_path(&path, positional, named, span))
            }
            Value::Method(receiver, name) => {
                let subjects: Vec<Value<'b>> = std::iter::once((*receiver).clone()).chain(positional.iter().cloned()).collect();
                self.about(&subjects.iter().collect::<Vec<_>>(), |replay| {
                    replay.call_method(*receiver, &name, receiver_expr, positional, named, span)
                })
            }
            Value::Part(of, part) if part == crate::builtins::PARTIAL => {
                let Value::Tuple(parts) = *of else { return Err(self.unsupported(span, "a call of this")) };
                let [function, Value::Tuple(first), Value::Dict(options)] = parts.as_slice() else {
                    return Err(self.unsupported(span, "a call of this"));
                };
                let text = |key: &Value<'b>| self.concrete(key).and_then(|key| key.as_str().map(str::to_owned)).unwrap_or_default();
                let given = self.dicts[options.0].iter().map(|(key, value)| (text(key), value.clone()));
                let given: Vec<(String, Value<'b>)> = given.filter(|(name, _)| named.iter().all(|(one, _)| one != name)).collect();
                let positional = first.iter().cloned().chain(positional).collect();
                self.apply(function.clone(), None, positional, given.into_iter().chain(named).collect(), span)
            }
            Value::Part(of, part) if part == crate::builtins::ITEM_GETTER => {
                let ([from], Value::Tuple(keys)) = (positional.as_slice(), *of) else {
                    return Err(self.unsupported(span, "a call of this"));
                };
                let items = keys.iter().map(|key| self.subscript(from, key, span)).collect::<Result<Vec<_>, _>>()?;
                Ok(if let [item] = items.as_slice() { item.clone() } else { Value::Tuple(items) })
            }
            object @ Value::Object(_) => self.call_method(object, "__call__", receiver_expr, positional, named, span),
            other => {
                let all: Vec<&Value<'b>> = std::iter::once(&other).chain(&positional).chain(named.iter().map(|(_, value)| value)).collect();
                if let Some(unknown) = self.unknown_among(&all) {
                    return Err(unknown);
                }
                if all.iter().any(|value| self.touches_rows(value)) {
                    return Err(self.unsupported(span, "a call of this on scoring rows"));
                }
                Ok(Value::Known(self.untouched(span, &all)))
            }
        }
    }

    fn call_path(&mut self, path: &str, positional: Vec<Value<'b>>, named: Vec<(String, Value<'b>)>, span: Span) -> Eval<'b> {
        if crate::pandas::READERS.contains(&path) {
            return crate::pandas::read(self, span);
        }
        if path == "builtins.get_ipython" {
            return Err(self.unsupported(span, "what a notebook's magic or command gives"));
        }
        if let Some(member @ Value::Function(_)) = self.member(path) {
            return self.apply(member, None, positional, named, span);
        }
        if let (Some(function), "functools.partial" | "numpy.vectorize") = (self.first_function(&positional), path) {
            let made = match (path, positional.len(), named.is_empty()) {
                ("functools.partial", ..) => crate::builtins::partial(&function, &positional[1..], &named),
                (_, 1, true) => Some(Value::Method(Box::new(Value::Function(function)), crate::builtins::VECTORIZED.to_owned())),
                _ => None,
            };
            if let Some(made) = made {
                return Ok(made);
            }
        }
        if let ("functools.partial", Some((function @ Value::Path(_), first))) = (path, positional.split_first()) {
            let key = |name: String| self.known(record::Value::Str(name));
            let options = named.into_iter().map(|(name, value)| (key(name), value)).collect();
            let parts = vec![function.clone(), Value::Tuple(first.to_vec()), self.dict(options)];
            return Ok(Value::Part(Box::new(Value::Tuple(parts)), crate::builtins::PARTIAL.to_owned()));
        }
        if let "itertools.chain" | "itertools.chain.from_iterable" = path
            && self.named_value != Some(span)
            && let Some(chained) = crate::generators::chained(self, path, &positional, span)
        {
            return Ok(chained);
        }
        if path == "builtins.super"
            && positional.is_empty()
            && let Some((object, place)) = self.of_super(span)
        {
            return Ok(super::classes::super_of(object, place));
        }
        if path == "operator.itemgetter" && self.cells_active() && named.is_empty() {
            return Ok(Value::Part(Box::new(Value::Tuple(positional)), crate::builtins::ITEM_GETTER.to_owned()));
        }
        let all: Vec<&Value<'b>> = positional.iter().chain(named.iter().map(|(_, value)| value)).collect();
        // `dict()` and `list()` are what `{}` and `[]` are: they will change.
        match path {
            "builtins.dict" if all.is_empty() => {
                return Ok(self.dict(Vec::new()));
            }
            "builtins.list" if all.is_empty() => return Ok(self.list(Vec::new())),
            _ => {}
        }
        let touched = all.iter().any(|value| self.touches_rows(value));
        // The record does not say of how much an offset is.
        if !touched && !crate::pandas::offsets::is_offset(path) {
            let seen = self.untouched(span, &all);
            // A function of Python's own, or a moment, can be computed where the run noted nothing, as in a method that a library calls.
            let is_plain = is_of_numbers(path)
                || path.starts_with("builtins.") && !path.ends_with("set")
                || crate::pandas::moments::MOMENTS.contains(&path);
            let folds = is_plain && !seen.is_recorded() && !seen.batch_columns && !all.is_empty();
            if folds
                && !self.cells_active()
                && all.iter().all(|value| self.concrete(value).is_some())
                && let Some(row) = rows().get(&(On::Function, path))
            {
                let (blockers, none) = (self.blockers.len(), self.none());
                match self.run_row(row, none, None, positional.clone(), named.clone(), span) {
                    Ok(value) if !self.touches_rows(&value) || is_of_numbers(path) => return Ok(value),
                    Ok(_) | Err(_) => {}
                }
                self.blockers.truncate(blockers);
            }
            if seen.is_recorded() || !self.cells_active() {
                return Ok(Value::Known(seen));
            }
        }
        if let Some(row) = rows().get(&(On::Function, path)) {
            return self.run_row(row, self.none(), None, positional, named, span);
        }
        // `str.upper(text)` is `text.upper()`.
        if let (Some(name), Some((Value::Cell(_), more))) = (path.strip_prefix("builtins.str."), positional.split_first()) {
            return self.call_method(positional[0].clone(), name, None, more.to_vec(), named, span);
        }
        if let Some(unknown) = self.unknown_among(&all) {
            return Err(unknown);
        }
        if !touched {
            return Err(self.unsupported(span, format!("`{}` in a function on cells", short(path))));
        }
        if let Some(class) = path.strip_prefix("sklearn.") {
            // A pipeline or transformer built around values of the scoring rows.
            return Err(self.unsupported(span, format!("`{}` on scoring rows", short(class))));
        }
        Err(self.unsupported(span, format!("`{}`", short(path))))
    }

    fn first_function(&self, positional: &[Value<'b>]) -> Option<Rc<Function<'b>>> {
        match positional.first()? {
            Value::Function(function) => Some(function.clone()),
            Value::Known(known) => match self.own_function(known)? {
                Value::Function(function) => Some(function),
                _ => None,
            },
            _ => None,
        }
    }

    fn call_method(
        &mut self,
        receiver: Value<'b>,
        name: &str,
        receiver_expr: Option<&Expr>,
        positional: Vec<Value<'b>>,
        named: Vec<(String, Value<'b>)>,
        span: Span,
    ) -> Eval<'b> {
        let receiver = match receiver {
            Value::Entry(_) if name != "get" => Value::Cell(crate::ops::to_cell(self, &receiver, None, span)?),
            receiver => receiver,
        };
        match &receiver {
            Value::Unknown(unknown) => return Err(unknown.clone()),
            Value::Part(object, part) if let Some(place) = super::classes::place_of_super(part) => {
                return self.call_of_super(object, place, name, positional, named, span);
            }
            of if name == "get" && (matches!(of, Value::Entry(_)) || crate::literals::is_document(of)) => {
                return crate::literals::get(self, of, &positional, span);
            }
            Value::Function(_) if name == crate::builtins::VECTORIZED && positional.iter().any(|one| matches!(one, Value::Column(_))) => {
                return crate::builtins::vectorized(self, &receiver, &positional, span);
            }
            Value::Object(id) => {
                let class = self.objects[id.0].class.clone();
                return match self.bound(&class, name, &receiver, span) {
                    Some((function, first)) => {
                        let all: Vec<Value<'b>> = first.into_iter().chain(positional).collect();
                        match function {
                            Value::Function(function) => self.call_user(&function, all, named, span),
                            other => self.apply(other, receiver_expr, all, named, span),
                        }
                    }
                    None => self.inherited(&receiver, &class, name, positional, named, span),
                };
            }
            Value::Class(class) => {
                let class = class.clone();
                if let Some((function, first)) = self.bound(&class, name, &receiver, span) {
                    let first = first.filter(|_| class.takes_itself(name));
                    return self.apply(function, receiver_expr, first.into_iter().chain(positional).collect(), named, span);
                }
            }
            Value::List(_)
            | Value::Dict(_)
            | Value::Tuple(_)
            | Value::Sequence(_)
            | Value::Set(_)
            | Value::SetOfPieces(_)
            | Value::Pieces(_) => {
                let result = crate::builtins::container_method(self, &receiver, name, &positional, &named, span);
                if self.cells_active()
                    && crate::builtins::changes_in_place(name)
                    && !matches!(receiver, Value::Known(_) | Value::Tuple(_))
                    && !matches!(result, Some(Ok(_)))
                {
                    let why = match result {
                        Some(Err(why)) => why,
                        _ => self.list_made(span, name),
                    };
                    return Err(self.changed_unseen(receiver_expr, why, span));
                }
                if let Some(result) = result {
                    return result;
                }
            }
            _ => {}
        }
        let all: Vec<&Value<'b>> = std::iter::once(&receiver).chain(&positional).chain(named.iter().map(|(_, value)| value)).collect();
        let touched = all.iter().any(|value| self.touches_rows(value));
        if !touched {
            let seen = self.untouched(span, &all);
            if let Some(closed) = self.recorded_closed(span).filter(|_| !seen.is_recorded()) {
                return Ok(Value::Known(closed));
            }
            if !seen.is_recorded()
                && named.is_empty()
                && let Some(record::Value::Str(text)) = self.concrete(&receiver)
                && let Some(arguments) = positional.iter().map(|one| self.concrete(one)).collect::<Option<Vec<_>>>()
                && let Some(made) = crate::fold::text_method(&text, name, &arguments)
            {
                return Ok(Value::Known(Known::constant(made).with(seen.fit, seen.batch_columns)));
            }
            if !seen.is_recorded()
                && positional.is_empty()
                && let Some(parts) = self.parts_of_dict(&receiver, name)
            {
                return Ok(parts);
            }
            if seen.is_recorded() || !self.cells_active() {
                return Ok(Value::Known(seen));
            }
        }
        let (on, key) = match &receiver {
            Value::Column(_) => (On::Column, name.to_owned()),
            Value::Frame(_) => (On::Frame, name.to_owned()),
            Value::Matrix(_) => (On::Matrix, name.to_owned()),
            Value::Group(_) => (On::Group, name.to_owned()),
            Value::Cell(_) => (On::Cell, name.to_owned()),
            Value::Row(_) => (On::Row, name.to_owned()),
            Value::Texts(..) => (On::Text, name.to_owned()),
            Value::Pieces(_) => (On::Pieces, name.to_owned()),
            Value::Match(_) => (On::Match, name.to_owned()),
            Value::Objects(_) => (On::Objects, name.to_owned()),
            Value::Part(of, part) if part == "str" && matches!(**of, Value::Objects(_)) => (On::Objects, format!("str.{name}")),
            Value::Part(_, part) if crate::addresses::is_address(part) => return crate::addresses::method(self, &receiver, name, span),
            Value::Part(..) if crate::row_order::is_of_row(&receiver) => (On::Row, name.to_owned()),
            Value::Part(_, part) if part == "dt" => (On::Time, name.to_owned()),
            Value::Part(_, part) if part.starts_with("period ") => (On::Period, name.to_owned()),
            Value::Part(_, part) if part == "cat" => (On::Cat, name.to_owned()),
            // `index.isin(...)` asks for places; what is computed over them is a statistic.
            Value::Part(_, part) if part == "index" && name == "isin" => {
                return Ok(crate::sklearn::split::of_places(&[&receiver]).unwrap_or(receiver));
            }
            Value::Part(of, part) if part == crate::sklearn::split::PLACES => {
                let of = (**of).clone();
                return self.about(&[&of], |replay| replay.batch(span, name));
            }
            Value::Known(_) if name == "searchsorted" => {
                let all = std::iter::once(receiver.clone()).chain(positional).collect();
                let named = named.into_iter().map(|(name, value)| (if name == "value" { "v".to_owned() } else { name }, value)).collect();
                return self.call_path("numpy.searchsorted", all, named, span);
            }
            // What a table has under the key of each row: a column, once it is taken from its labels.
            Value::Known(_) if name == "reindex" && named.is_empty() && matches!(positional.as_slice(), [Value::Column(_)]) => {
                let keys = positional[0].clone();
                let mapped = self.call_method(keys, "map", None, vec![receiver], Vec::new(), span)?;
                return Ok(Value::Part(Box::new(mapped), crate::pandas::BY_LABEL.to_owned()));
            }
            Value::Part(of, part) if part == crate::pandas::BY_LABEL => {
                // Under the index of its own rows it is a column of them.
                let own_index = |value: &Value<'b>, space: usize| match value {
                    Value::Part(of, part) => part == "index" && self.space_of(of) == Some(space),
                    _ => false,
                };
                return match (&**of, name, positional.as_slice()) {
                    (Value::Column(column), "to_numpy", []) => Ok(column.as_array()),
                    (Value::Column(column), "set_axis", [index]) if own_index(index, column.space) => Ok((**of).clone()),
                    _ => Err(self.unsupported(span, format!("`.{name}()` of a table by the labels of rows"))),
                };
            }
            // Where the labels of an index are that each row has; -1 where it has none.
            Value::Known(labels) if name == "get_indexer" => {
                let Some(Value::Column(column)) = positional.first() else {
                    return Err(self.unsupported(span, "`get_indexer` of this"));
                };
                return crate::pandas::encode::places_in(self, labels, column, span);
            }
            Value::Known(_) if name == "align" => {
                if let Some(unknown) = self.unknown_among(&all) {
                    return Err(unknown);
                }
                let arguments = self.bind_arguments(On::Frame, name, positional, named, span)?;
                let mut call = Call { receiver, name: name.to_owned(), span, receiver_at: None, arguments };
                return crate::pandas::table::align_known(self, &mut call);
            }
            Value::Known(known) if matches!(known.tagged(), Some(Tagged::Estimator(_))) => {
                if name.starts_with("fit") {
                    if !self.subject_freezes(span) {
                        let why = match self.unknown_among(&all) {
                            Some(unknown) => unknown,
                            None => self.fitted_on_rows(span),
                        };
                        if let Some(ExprKind::Name(bound)) = receiver_expr.map(|expr| &expr.kind) {
                            self.bind(bound, Value::Unknown(why.clone()));
                        }
                        return Err(why);
                    }
                    if name == "fit" {
                        return Ok(Value::Known(self.recorded(span).with(true, false)));
                    }
                }
                return self.call_estimator(known, name, positional, named, span);
            }
            Value::Known(_) | Value::Dict(_) | Value::List(_) | Value::Tuple(_) => (On::Cell, name.to_owned()),
            _ => return Err(self.unsupported(span, format!("`.{name}()`"))),
        };
        let Some(row) = rows().get(&(on, key.as_str())) else {
            if let Some(unknown) = self.unknown_among(&all) {
                return Err(unknown);
            }
            return Err(crate::pandas::refuse_method(self, on, &receiver, name, span));
        };
        self.run_row(row, receiver.clone(), receiver_expr, positional, named, span)
    }

    /// `items`, `keys` and `values` of a dict that is known, where the run noted nothing, as in a method that a library calls.
    fn parts_of_dict(&mut self, of: &Value<'b>, name: &str) -> Option<Value<'b>> {
        let Value::Known(known) = of else { return None };
        let is_dict = known.clone_unused()?.as_tagged()?.pairs().is_some();
        if !is_dict || !matches!(name, "items" | "keys" | "values") {
            return None;
        }
        let parts = self.pairs(of)?.into_iter().map(|(key, value)| match name {
            "items" => Value::Tuple(vec![key, value]),
            "keys" => key,
            _ => value,
        });
        let parts = parts.collect();
        Some(self.list(parts))
    }

    /// A method of a recorded estimator, called by the script or by an estimator that it is a part of.
    pub(crate) fn call_estimator(
        &mut self,
        known: &Known,
        name: &str,
        positional: Vec<Value<'b>>,
        named: Vec<(String, Value<'b>)>,
        span: Span,
    ) -> Eval<'b> {
        let Some(Tagged::Estimator(estimator)) = known.tagged() else { return Err(self.not_recorded(span)) };
        // A class of the user may be called as one of scikit-learn.
        let class = estimator.known_name().unwrap_or_default();
        let own = format!("{class}.{name}");
        // Only an encoder of the target fits otherwise than it transforms.
        let wanted = match name {
            "fit_transform" if !rows().contains_key(&(On::Estimator, own.as_str())) => format!("{class}.transform"),
            "fit_predict" => format!("{class}.predict"),
            _ => own,
        };
        let value = match rows().get(&(On::Estimator, wanted.as_str())) {
            Some(row) => {
                let receiver = Value::Known(known.clone());
                self.run_row(row, receiver, None, positional, named, span)?
            }
            None if crate::sklearn::custom::is_users(estimator) => {
                return crate::sklearn::custom::call(self, known, estimator, name, positional, span);
            }
            None => {
                let all: Vec<&Value<'b>> = positional.iter().chain(named.iter().map(|(_, value)| value)).collect();
                return Err(match self.unknown_among(&all) {
                    Some(unknown) => unknown,
                    None => crate::sklearn::refuse(self, estimator, name, span),
                });
            }
        };
        crate::sklearn::compose::in_container(self, estimator, name, value, span)
    }

    pub(crate) fn fitted_on_rows(&mut self, span: Span) -> Unknown {
        self.refuse(
            "python-fitted-on-scoring-rows",
            span,
            "this is fitted on the rows being scored",
            "a single row has nothing to fit on",
            "fit it on the training rows, and call transform here",
        )
    }

    fn run_row(
        &mut self,
        row: &'static Row,
        receiver: Value<'b>,
        receiver_expr: Option<&Expr>,
        positional: Vec<Value<'b>>,
        named: Vec<(String, Value<'b>)>,
        span: Span,
    ) -> Eval<'b> {
        let Row { on, name, run } = *row;
        let arguments = self.bind_arguments(on, name, positional, named, span)?;
        let receiver_at = receiver_expr.map(|expr| expr.span);
        let mut call = Call { receiver, name: short(name).to_owned(), span, receiver_at, arguments };
        let in_place = call.flag(self, "inplace", false)?;
        let unknown = {
            let mut all: Vec<&Value<'b>> = call.arguments.iter().map(|(_, value)| value).collect();
            all.push(&call.receiver);
            self.unknown_among(&all)
        };
        // A frame of columns is known but for those that are not.
        let of_columns = name == "pandas.DataFrame" && call.arguments.iter().any(|(_, value)| matches!(value, Value::Dict(_)));
        let result = match unknown.filter(|_| !of_columns) {
            // Filling or dropping columns of a frame with an unknown column is still known for the others.
            Some(unknown) => Err(unknown),
            None => {
                let calling = if self.cells_active() { self.calling } else { Some((span, self.activation)) };
                let outer = std::mem::replace(&mut self.calling, calling);
                let result = run(self, &mut call);
                self.calling = outer;
                result
            }
        };
        if result.is_ok() {
            self.calls.insert((on.heading(), name));
        }
        let result = match result {
            Ok(value) => self.check_leftover(&mut call).map(|()| value),
            Err(unknown) => Err(unknown),
        };
        if !in_place {
            return result;
        }
        let value = result.unwrap_or_else(Value::Unknown);
        match (&call.receiver, value) {
            (Value::Frame(id), Value::Frame(new)) => self.frames[id.0] = self.frames[new.0].clone(),
            (Value::Frame(id), Value::Unknown(why)) => self.forget_frame(*id, &why),
            (_, value) => match receiver_expr.map(|expr| &expr.kind) {
                Some(ExprKind::Name(bound)) => {
                    let changed = self.change_of_its_own(Some(bound), &call.receiver, span);
                    self.bind_changed(bound, changed.map_or_else(Value::Unknown, |()| value));
                }
                Some(ExprKind::Subscript { .. } | ExprKind::Attribute { .. }) if self.before_pandas_3() => {
                    if let Some(column) = receiver_expr {
                        self.assign(column, value, span);
                    }
                }
                _ => self.note(
                    "python-chained-in-place",
                    span,
                    format!("`{name}(inplace=True)` changes nothing under pandas 3, and did under earlier versions"),
                    "the column on the left is a copy",
                ),
            },
        }
        Ok(self.none())
    }

    fn check_leftover(&mut self, call: &mut Call<'b>) -> Result<(), Unknown> {
        for (name, value) in call.rest() {
            if HARMLESS.contains(&name.as_str()) {
                continue;
            }
            // `None` and `False` say that something is not done.
            let off = self.concrete(&value).is_some_and(|value| matches!(value, record::Value::None(()) | record::Value::Bool(false)));
            if !off {
                return Err(self.refuse(
                    "python-argument",
                    call.span,
                    format!("the argument `{name}` of `{}` cannot be converted", call.name),
                    "the output needs this value",
                    "leave the argument out if its default serves",
                ));
            }
        }
        Ok(())
    }

    fn bind_arguments(
        &mut self,
        on: On,
        name: &str,
        positional: Vec<Value<'b>>,
        named: Vec<(String, Value<'b>)>,
        span: Span,
    ) -> Result<Vec<(String, Value<'b>)>, Unknown> {
        let key = signature(on, name);
        let parameters = grammars::python::parameters(&key);
        let mut out = Vec::new();
        let mut names = parameters.unwrap_or_default().iter();
        let mut rest: Option<String> = None;
        for (at, value) in positional.into_iter().enumerate() {
            let name = match (&rest, names.next()) {
                (Some(rest), _) => rest.clone(),
                (None, Some(name)) if name == "*" => return Err(self.unsupported(span, format!("`{name}` with this many arguments"))),
                (None, Some(name)) => {
                    if name.starts_with('*') {
                        rest = Some(name.clone());
                    }
                    name.clone()
                }
                (None, None) => at.to_string(),
            };
            out.push((name, value));
        }
        out.extend(named);
        Ok(out)
    }

    // Functions and classes of the script ----------------------------------------------------------------------------------

    pub(crate) fn call_user(
        &mut self,
        function: &Rc<Function<'b>>,
        positional: Vec<Value<'b>>,
        named: Vec<(String, Value<'b>)>,
        span: Span,
    ) -> Eval<'b> {
        let mut names: HashMap<String, Value<'b>> = HashMap::new();
        let mut positional = positional.into_iter();
        let mut named = named;
        for (at, parameter) in function.parameters.named.iter().enumerate() {
            let given = named.iter().position(|(name, _)| *name == parameter.name).map(|found| named.remove(found).1);
            let value = match given {
                Some(value) => Some(value),
                None if parameter.keyword_only => None,
                None => positional.next(),
            };
            let value = match value.or_else(|| function.defaults.get(at).cloned().flatten()) {
                Some(value) => value,
                None => return Err(self.unsupported(span, format!("a call of `{}` without `{}`", function.name, parameter.name))),
            };
            names.insert(parameter.name.clone(), value);
        }
        if let Some(rest) = &function.parameters.rest {
            names.insert(rest.clone(), Value::Tuple(positional.collect()));
        }
        if let Some(keywords) = &function.parameters.keywords {
            let pairs = named.into_iter().map(|(name, value)| (Value::Known(Known::constant(record::Value::Str(name))), value)).collect();
            names.insert(keywords.clone(), self.dict(pairs));
        }
        let scope = Scope { names, parent: function.scope.or(Some(ScopeId(0))), globals: Vec::new() };
        let inner = self.log.enter(span, self.activation, 0);
        self.run_body(function, scope, inner, span)
    }

    /// Walks the body of a function, in that activation of the recorded run.
    pub(super) fn run_body(
        &mut self,
        function: &Rc<Function<'b>>,
        scope: Scope<'b>,
        inner: crate::log::Activation,
        span: Span,
    ) -> Eval<'b> {
        let outer = self.activation;
        if self.cells_active() {
            return crate::udf::call_inside(self, function, scope, span);
        }
        self.activation = inner;
        let body = function.body.clone();
        let result = self.in_scope(scope, span, |replay| match &body {
            Body::Expr(expr) => Ok(replay.value(expr)),
            Body::Block(block) => match replay.block_of(block)? {
                Flow::Return(value) => Ok(value),
                Flow::Next | Flow::Break | Flow::Continue => Ok(replay.none()),
            },
        });
        self.activation = outer;
        let value = result?;
        if let Value::Known(known) = &value {
            let seen = self.recorded(span);
            if seen.is_recorded() {
                return Ok(Value::Known({
                    let at = known.at.or(seen.at);
                    seen.with(known.fit, known.batch_columns).of(at)
                }));
            }
        }
        match value {
            Value::Unknown(unknown) => Err(unknown),
            value => Ok(value),
        }
    }

    /// A function of the script that the record names.
    fn own_function(&self, known: &Known) -> Option<Value<'b>> {
        // Only what names a function is looked at, and so kept in the record.
        let named = matches!(known.clone_unused()?.as_tagged()?, Tagged::Function(_));
        match known.tagged().filter(|_| named)? {
            Tagged::Function(path) if path.starts_with("__main__.") => self.remembered_function(path),
            Tagged::Function(path) => self.member(path).filter(|member| matches!(member, Value::Function(_))),
            _ => None,
        }
    }

    /// Remembers what may be the script's output: the argument of a `predict`, a frame that is written.
    fn note_candidate(&mut self, callee: &Expr, args: &[Expr], target: &Value<'b>, positional: &[Value<'b>]) {
        let ExprKind::Attribute { value: receiver, name } = &callee.kind else { return };
        let table = |value: &Value<'b>| matches!(value, Value::Frame(_) | Value::Matrix(_) | Value::Column(_));
        if matches!(name.as_str(), "predict" | "predict_proba" | "predict_log_proba" | "decision_function" | "score_samples") {
            if let (Some(arg), Some(value)) = (args.first(), positional.first())
                && table(value)
                && self.scope == ScopeId(0)
            {
                let expression = self.code(arg.span).to_owned();
                let taken_by = Some((self.statement.file, self.statement.start));
                self.candidates.push(Candidate { rank: 2, expression, value: value.clone(), taken_by });
            }
        } else if name == "to_csv"
            && let (Value::Method(of, _), Some(file)) = (target, positional.first())
            && table(of)
        {
            let file = self.concrete(file).and_then(|file| file.as_str().map(str::to_owned));
            let expression = match file {
                Some(file) => file.rsplit('/').next().unwrap_or(&file).to_owned(),
                None => self.code(receiver.span).to_owned(),
            };
            let value = match &**of {
                Value::Frame(id) => {
                    let copy = self.frames[id.0].clone();
                    self.frame(copy)
                }
                other => other.clone(),
            };
            self.candidates.push(Candidate { rank: 1, expression, value, taken_by: None });
        }
    }
}

/// The value of a literal, or of a display of literals.
pub(super) fn display_value(expr: &Expr) -> Option<record::Value> {
    let all = |items: &[Expr]| items.iter().map(display_value).collect::<Option<Vec<_>>>();
    match &expr.kind {
        ExprKind::Literal(literal) => literal_value(literal),
        ExprKind::Tuple(items) => Some(record::Value::tagged(Tagged::Tuple(all(items)?))),
        ExprKind::List(items) => Some(record::Value::tagged(Tagged::List(all(items)?))),
        ExprKind::Unary { op, operand } => crate::fold::unary(*op, &display_value(operand)?),
        _ => None,
    }
}

fn literal_value(literal: &crate::ast::Literal) -> Option<record::Value> {
    use crate::ast::Literal;
    Some(match literal {
        Literal::None => record::Value::NONE,
        Literal::Bool(value) => record::Value::Bool(*value),
        Literal::Int(value) => record::Value::Int(*value),
        Literal::Float(value) => record::Value::float(*value),
        Literal::Str(text) => record::Value::Str(text.clone()),
        Literal::BigInt(_) | Literal::Ellipsis => return None,
    })
}

/// The last part of a path: what the user calls it.
fn short(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

/// Functions of one number, which the kernels compute as the library does.
fn is_of_numbers(path: &str) -> bool {
    matches!(path.split_once('.'), Some(("numpy" | "math", "log" | "log2" | "log10" | "log1p" | "exp" | "expm1" | "sqrt")))
}
