//! What a statement changes that is not followed: it is unknown from there on, or what the record says.

use super::Replay;
use crate::ast::{self, Expr, ExprKind, Stmt};
use crate::record::{self, Tagged};
use crate::value::{Known, Unknown, Value};
use source::Span;
use std::collections::BTreeSet;

impl<'b> Replay<'_, 'b> {
    /// Everything that the statements assign becomes unknown.
    pub(crate) fn forget(&mut self, body: &[Stmt], why: &Unknown) {
        let mut names = BTreeSet::new();
        body.iter().for_each(|statement| crate::names::assigned(statement, &mut names));
        self.forget_names(names, why);
    }

    /// A function on cells that changes something for the cells after it.
    pub(crate) fn carried(&mut self, at: Span) -> Unknown {
        self.refuse(
            "python-state-between-rows",
            at,
            "a function on cells changes something outside of it",
            "what it gives for a row would depend on the rows before",
            "let it depend on its arguments alone",
        )
    }

    /// What a call changes in place without saying so becomes unknown: an array that is sorted or filled, the target of `out=`, and with
    /// `exec` and its like everything.
    pub(super) fn note_hidden_changes(&mut self, expr: &Expr) {
        const IN_PLACE: &[&str] = &["fill", "itemset", "partition", "put", "resize", "sort", "update"];
        const FIRST: &[&str] =
            &["numpy.copyto", "numpy.fill_diagonal", "numpy.place", "numpy.put", "numpy.putmask", "numpy.random.shuffle"];
        const ANYTHING: &[&str] = &["__delitem__(", "__setattr__(", "__setitem__(", "exec(", "setattr("];
        if self.cells_active() {
            return;
        }
        let code = self.code(expr.span);
        let stands_alone = |word: &&str| {
            let apart = |at: usize| code[..at].chars().next_back().is_none_or(|before| !(before.is_alphanumeric() || before == '_'));
            code.match_indices(word.trim_start_matches('_')).any(|(at, _)| word.starts_with('_') || apart(at)) && code.contains(*word)
        };
        if ANYTHING.iter().any(stands_alone) {
            let why = self.unsupported(expr.span, "a change that is hidden in a call");
            self.forget_all(&why);
            return;
        }
        let ExprKind::Call { callee, args, keywords } = &expr.kind else { return };
        let mut changed: Vec<String> = Vec::new();
        if let ExprKind::Attribute { value, name } = &callee.kind
            && IN_PLACE.contains(&name.as_str())
        {
            // `frame.update(other)` is a call that converts.
            let is_followed = |receiver: &&str| name == "update" && self.frame_named(receiver).is_some();
            changed.extend(value.as_name().filter(|receiver| !is_followed(receiver)).map(str::to_owned));
        }
        if let Some(path) = self.path_of(callee) {
            let first = FIRST.contains(&path.as_str()) || path.ends_with(".at");
            let copies = keywords
                .iter()
                .any(|(name, value)| name.as_deref() == Some("copy") && matches!(value.kind, ExprKind::Literal(ast::Literal::Bool(false))));
            if first || path == "numpy.nan_to_num" && copies {
                changed.extend(args.first().and_then(Expr::as_name).map(str::to_owned));
            }
        }
        changed.extend(
            keywords.iter().filter(|(name, _)| name.as_deref() == Some("out")).filter_map(|(_, value)| value.as_name()).map(str::to_owned),
        );
        for name in changed {
            let of_rows = |value: &&Value<'b>| matches!(value, Value::Column(_) | Value::Matrix(_) | Value::Frame(_));
            if let Some(before) = self.find_name(&name, Some(self.scope)).filter(of_rows).cloned() {
                // Its other names are unknown behind this as well.
                let _ = self.change_of_its_own(Some(&name), &before, expr.span);
                let why = self.unsupported(expr.span, format!("a call that changes `{name}` in place"));
                self.forget_names(BTreeSet::from([name]), &why);
            }
        }
    }

    /// The full path of a name in a module, without evaluating anything.
    fn path_of(&self, expr: &Expr) -> Option<String> {
        match &expr.kind {
            ExprKind::Name(name) => match self.find_name(name, Some(self.scope))? {
                Value::Path(path) => Some(path.clone()),
                _ => None,
            },
            ExprKind::Attribute { value, name } => self.path_of(value).map(|path| format!("{path}.{name}")),
            _ => None,
        }
    }

    /// What a loop or call may have changed in place: a list, set or dict is what the record says of it behind that.
    pub(super) fn refresh_changed(&mut self, at: Span, names: impl IntoIterator<Item = String>) {
        if self.cells_active() {
            return;
        }
        for name in names {
            let Some(value) = self.find_name(&name, Some(self.scope)).cloned() else { continue };
            let seen = Known::seen(self.log.behind(at, &name, self.activation), at);
            let Some(behind) = seen.clone_unused().filter(|behind| is_plain_container(behind)).cloned() else { continue };
            if self.touches_rows(&value) || self.concrete(&value).as_ref() == Some(&behind) {
                continue;
            }
            let (_, columns) = self.flags(&[&value]);
            let seen = seen.of(None).with(true, columns);
            let part = |part: &record::Value| Value::Known(seen.part(part.clone()));
            match (value, behind.as_tagged()) {
                (Value::Known(_), _) => self.bind(&name, Value::Known(seen)),
                (Value::Dict(id), Some(Tagged::Dict(pairs))) => {
                    seen.look();
                    self.dicts[id.0] = pairs.iter().map(|(key, value)| (part(key), part(value))).collect();
                }
                (Value::List(id), Some(Tagged::List(items))) => {
                    seen.look();
                    self.lists[id.0] = items.iter().map(part).collect();
                }
                _ => {}
            }
        }
    }

    /// The same for a call by itself, `names.update(more)`.
    pub(super) fn refresh_receiver(&mut self, expr: &Expr) {
        const CHANGES: &[&str] = &[
            "add",
            "append",
            "clear",
            "difference_update",
            "discard",
            "extend",
            "insert",
            "intersection_update",
            "pop",
            "popitem",
            "remove",
            "reverse",
            "setdefault",
            "sort",
            "subtract",
            "update",
        ];
        if let ExprKind::Call { callee, .. } = &expr.kind
            && let ExprKind::Attribute { name, .. } = &callee.kind
            && CHANGES.contains(&name.as_str())
            && let Some(root) = crate::names::root(callee)
        {
            self.refresh_changed(expr.span, [root.to_owned()]);
            // The order of a list that no record holds, such as one of objects, is not followed.
            let is_order = matches!(name.as_str(), "sort" | "reverse") && !self.cells_active();
            let of_objects = |list: &Value<'b>| matches!(list, Value::List(_)) && self.concrete(list).is_none();
            if is_order && self.find_name(root, Some(self.scope)).is_some_and(of_objects) {
                let why = self.unsupported(expr.span, "another order of a list of objects");
                self.bind(root, Value::Unknown(why));
            }
        }
    }

    /// Of what a statement changes nothing is known: anything may be another value behind it.
    pub(super) fn forget_all(&mut self, why: &Unknown) {
        let of_rows = |(name, value): (&String, &Value<'b>)| self.touches_rows(value).then(|| name.clone());
        let names: Vec<String> = self.scopes[self.scope.0].names.iter().filter_map(of_rows).collect();
        names.into_iter().for_each(|name| self.bind(&name, Value::Unknown(why.clone())));
        self.control.push(why.clone());
    }

    /// A loop over training rows that is not followed: what it changes is what the record says where it is used, unless it is of the
    /// scoring rows.
    pub(super) fn leave_to_record(&mut self, target: &Expr, iter: &Expr, body: &[Stmt], why: &Unknown) {
        let mut names = BTreeSet::new();
        body.iter().for_each(|statement| crate::names::assigned(statement, &mut names));
        crate::names::target(target, &mut names);
        let mut used = BTreeSet::new();
        body.iter().for_each(|statement| crate::names::of_statement(statement, &mut used));
        let of_rows = |name: &String| self.find_name(name, Some(self.scope)).is_some_and(|value| self.touches_rows(value));
        if used.iter().any(of_rows) {
            return self.forget_names(names, why);
        }
        for name in names {
            if matches!(self.find_name(&name, Some(self.scope)), Some(Value::Function(_) | Value::Class(_) | Value::Path(_))) {
                continue;
            }
            // What it was before may have changed in place.
            let (_, columns) = self.find_name(&name, Some(self.scope)).map_or((true, false), |value| self.flags(&[value]));
            let scope = self.scope;
            let behind = Known::seen(self.log.behind(iter.span, &name, self.activation), iter.span);
            let known = if behind.is_recorded() { behind.of(None) } else { Known::unseen() };
            self.scopes[scope.0].names.insert(name, Value::Known(known.with(true, columns)));
        }
    }

    pub(super) fn forget_names(&mut self, names: BTreeSet<String>, why: &Unknown) {
        for name in names {
            let value = match self.find_name(&name, Some(self.scope)).cloned() {
                Some(Value::Frame(id)) => {
                    let frame = &mut self.frames[id.0];
                    frame.columns.values_mut().for_each(|column| *column = Value::Unknown(why.clone()));
                    Value::Frame(id)
                }
                _ => Value::Unknown(why.clone()),
            };
            let scope = self.scope;
            self.scopes[scope.0].names.insert(name, value);
        }
    }
}

/// Whether it is a list, set or dict of what a record holds as it is.
fn is_plain_container(value: &record::Value) -> bool {
    let is_plain = |item: &record::Value| !matches!(item.as_tagged(), Some(Tagged::Function(_) | Tagged::Other(_) | Tagged::Estimator(_)));
    match value.as_tagged() {
        Some(Tagged::List(items) | Tagged::Set(items)) => items.iter().all(is_plain),
        Some(of) => of.pairs().is_some_and(|pairs| pairs.iter().all(|(_, value)| is_plain(value))),
        None => false,
    }
}
