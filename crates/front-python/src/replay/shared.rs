//! Series and arrays that more than one name is of. What changes one in place changes it under every name, which is not followed: such
//! a change is refused.

#![expect(clippy::wildcard_enum_match_arm, reason = "what is no series or array is not changed in place here")]

use super::Replay;
use crate::ast::{Expr, ExprKind};
use crate::value::{Column, ScopeId, Unknown, Value};
use source::Span;
use std::collections::BTreeSet;

/// How deep lists, dicts and objects are searched.
const DEEPEST: usize = 4;

/// Functions and methods that give what they are given, or a view of it.
const VIEWS: &[&str] = &[
    "asanyarray",
    "asarray",
    "atleast_1d",
    "atleast_2d",
    "diagonal",
    "flat",
    "pipe",
    "ravel",
    "reshape",
    "squeeze",
    "swapaxes",
    "to_numpy",
    "transpose",
    "values",
    "view",
    "T",
];

impl<'b> Replay<'_, 'b> {
    /// `targets = value`, which is evaluated by `run`: keeps account of which names are of objects of their own.
    pub(super) fn assigned(&mut self, targets: &[Expr], value: &Expr, run: impl FnOnce(&mut Self)) {
        let made = targets.len() == 1 && self.makes_an_object(value);
        if let Some(name) = value.as_name() {
            self.fresh.remove(&(self.scope, name.to_owned()));
        }
        run(self);
        if !made {
            self.end_of_freshness(targets, value);
        } else if let [target] = targets
            && let Some(name) = target.as_name()
        {
            self.fresh.insert((self.scope, name.to_owned()));
        }
    }

    /// What is assigned may be a view of an array that it was made of: then the array has another name from here on.
    fn end_of_freshness(&mut self, targets: &[Expr], value: &Expr) {
        let (mut sources, mut names) = (BTreeSet::new(), BTreeSet::new());
        crate::names::of_expr(value, &mut sources);
        targets.iter().for_each(|target| crate::names::target(target, &mut names));
        let scope = &self.scopes[self.scope.0].names;
        for source in sources.into_iter().filter(|source| self.is_of_its_own(source)).collect::<Vec<_>>() {
            let wanted = scope.get(&source).map(columns).unwrap_or_default();
            if names.iter().any(|name| *name != source && scope.get(name).is_some_and(|value| self.holds(value, wanted, DEEPEST))) {
                self.fresh.remove(&(self.scope, source));
            }
        }
    }

    /// The object of a name is another from here on, but still that name's.
    pub(crate) fn bind_changed(&mut self, name: &str, value: Value<'b>) {
        let is_own = self.is_of_its_own(name);
        self.bind(name, value);
        if is_own {
            self.fresh.insert((self.scope, name.to_owned()));
        }
    }

    /// Whether an expression makes a series or array that no other name is of.
    fn makes_an_object(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Binary { .. } | ExprKind::Unary { .. } | ExprKind::Compare { .. } => true,
            ExprKind::Call { callee, .. } => match &callee.kind {
                ExprKind::Attribute { value, name } if !VIEWS.contains(&name.as_str()) => match value.as_name() {
                    Some("np" | "numpy" | "pd" | "pandas") => true,
                    _ => {
                        matches!(name.as_str(), "copy" | "astype" | "clip" | "round" | "transform" | "fit_transform" | "predict_proba")
                            || self.is_of_pandas(value)
                    }
                },
                _ => false,
            },
            // A column taken out of a frame is a series of its own since pandas 3.
            ExprKind::Subscript { .. } | ExprKind::Attribute { .. } => self.is_of_pandas(expr),
            _ => false,
        }
    }

    /// Whether it is part of a frame or series, or what methods of them give.
    fn is_of_pandas(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Attribute { name, .. } if VIEWS.contains(&name.as_str()) => false,
            ExprKind::Attribute { value, .. } | ExprKind::Subscript { value, .. } => match value.as_name() {
                Some(name) => match self.find_name(name, Some(self.scope)) {
                    Some(Value::Frame(_)) => !self.before_pandas_3(),
                    Some(Value::Column(column)) => !column.array && !self.before_pandas_3(),
                    _ => false,
                },
                None => self.is_of_pandas(value),
            },
            ExprKind::Call { callee, .. } => match &callee.kind {
                ExprKind::Attribute { name, .. } if VIEWS.contains(&name.as_str()) => false,
                ExprKind::Attribute { value, .. } => value.as_name().map_or_else(
                    || self.is_of_pandas(value),
                    |name| matches!(self.find_name(name, Some(self.scope)), Some(Value::Frame(_) | Value::Column(_))),
                ),
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether a name is of an object that no other name is of.
    pub(super) fn is_of_its_own(&self, name: &str) -> bool {
        self.fresh.contains(&(self.scope, name.to_owned()))
    }

    /// What is about to change in place must have no other name. If it may have one, all of them are unknown from here on.
    pub(crate) fn change_of_its_own(&mut self, own: Option<&str>, before: &Value<'b>, at: Span) -> Result<(), Unknown> {
        let before = columns(before);
        if before.is_empty() || self.cells_active() {
            return Ok(());
        }
        let is_own = own.is_some_and(|name| self.is_of_its_own(name));
        let mut others: Vec<(ScopeId, String)> = Vec::new();
        for scope in self.live.iter().copied().chain([ScopeId(0), self.scope]) {
            for (name, value) in &self.scopes[scope.0].names {
                let itself = scope == self.scope && own == Some(name.as_str());
                // Another name beside one that is alone got the same values in another way.
                let apart = is_own && matches!(value, Value::Column(_) | Value::Matrix(_));
                if !itself && !apart && self.holds(value, before, DEEPEST) {
                    others.push((scope, name.clone()));
                }
            }
        }
        if others.is_empty() {
            return Ok(());
        }
        let (_, other) = &others[0];
        let why = self.refuse(
            "python-shared-change",
            at,
            format!("this changes a series or array in place that `{other}` may be another name of"),
            "what the other name has then depends on whether they are one object",
            "make a new one, `x = x + 1` for `x += 1`, or a copy first: `x = x.copy()`",
        );
        for (scope, name) in others {
            self.scopes[scope.0].names.insert(name, Value::Unknown(why.clone()));
        }
        Err(why)
    }

    /// Whether a value is made of one of those columns, or holds one.
    fn holds(&self, value: &Value<'b>, wanted: &[Column<'b>], depth: usize) -> bool {
        if depth == 0 {
            return false;
        }
        let parts: Vec<&Value<'b>> = match value {
            Value::Frame(id) if self.before_pandas_3() => self.frames[id.0].columns.values().collect(),
            Value::Tuple(items) => items.iter().collect(),
            Value::List(id) => self.lists[id.0].iter().collect(),
            Value::Dict(id) => self.dicts[id.0].iter().map(|(_, value)| value).collect(),
            Value::Object(id) => self.objects[id.0].attributes.iter().map(|(_, value)| value).collect(),
            _ => return columns(value).iter().any(|one| wanted.iter().any(|other| is_same(one, other))),
        };
        parts.into_iter().any(|part| self.holds(part, wanted, depth - 1))
    }
}

/// The columns of a series or array.
fn columns<'v, 'b>(value: &'v Value<'b>) -> &'v [Column<'b>] {
    match value {
        Value::Column(column) => std::slice::from_ref(column),
        Value::Matrix(columns) => columns,
        _ => &[],
    }
}

/// Whether two columns have the same values on the same rows because they are one, or came from one.
fn is_same(one: &Column<'_>, other: &Column<'_>) -> bool {
    let values = |column: &Column<'_>| -> Vec<ir::Value> { column.cell.alternatives.iter().map(|way| way.val.value()).collect() };
    one.space == other.space && values(one) == values(other)
}
