//! One function's statements: which nodes get a local, in which order, under which name.

use std::collections::HashMap;

use check::Checked;
use ir::{Elem, Function, Handle, Module, Op, Origin, Type, Value};

use super::{RESERVED, Tables, index};
use crate::names::Scope;
use crate::{ArrayRef, Expr, ExprKind, Ident, Local, LocalId, ResultValue, Routine, Stmt};

/// An expression deeper than this is cut by a local: readers and compilers both lose their way in long ones.
const DEPTH: u32 = 10;

pub(super) struct Body<'a> {
    pub(super) checked: &'a Checked,
    pub(super) handle: Handle<Function>,
    pub(super) function: &'a Function,
    pub(super) tables: &'a Tables,
    /// What has a local by now.
    pub(super) done: HashMap<Value, Done>,
    pub(super) stmts: Vec<Stmt>,
    locals: Vec<Local>,
    scope: Scope,
    origin: Option<String>,
}

#[derive(Clone)]
pub(super) enum Done {
    Scalar { value: LocalId, missing: Option<Expr> },
    Array(ArrayRef),
}

pub(super) fn routine(checked: &Checked, handle: Handle<Function>, ident: Ident, tables: &Tables) -> Routine {
    let function = &checked.module().functions[handle];
    let mut body = Body {
        checked,
        handle,
        function,
        tables,
        done: HashMap::new(),
        stmts: Vec::new(),
        locals: Vec::new(),
        scope: Scope::without(RESERVED),
        origin: None,
    };
    let params = if body.is_entry() { 0 } else { body.params() };
    let results = body.lower();
    Routine { ident, doc: function.doc.clone(), params, locals: body.locals, body: body.stmts, results }
}

/// Which nodes a function's results and rejections need.
pub(super) fn live(function: &Function) -> Vec<bool> {
    let mut live = vec![false; function.nodes.len()];
    function.results.iter().for_each(|output| live[output.value.index()] = true);
    function.rejections.iter().for_each(|rejection| live[rejection.when.index()] = true);
    for (value, node) in function.nodes.iter().rev() {
        if live[value.index()] {
            node.op.operands().iter().for_each(|operand| live[operand.index()] = true);
        }
    }
    live
}

impl Body<'_> {
    pub(super) fn is_entry(&self) -> bool {
        self.handle == self.checked.entry()
    }

    pub(super) fn ty(&self, value: Value) -> &Type {
        self.checked.type_of(self.handle, value)
    }

    pub(super) fn op(&self, value: Value) -> &Op {
        &self.function.nodes[value].op
    }

    fn params(&mut self) -> usize {
        for param in &self.function.params {
            self.local(&param.name, param.ty.elem, None);
        }
        self.function.params.len()
    }

    /// A new local. The name is a wish.
    pub(super) fn local(&mut self, name: &str, elem: Elem, length: Option<u32>) -> LocalId {
        let ident = self.scope.name(name, "value");
        self.locals.push(Local { ident, elem, length, mutable: false });
        LocalId(self.locals.len() as u32 - 1)
    }

    pub(super) fn mutable(&mut self, name: &str, elem: Elem, length: Option<u32>) -> LocalId {
        let id = self.local(name, elem, length);
        self.locals[id.0 as usize].mutable = true;
        id
    }

    /// Variables that count loops within each other, and what they are worth there: `i`, `i2` ... over the elements of a result, `k`,
    /// `k2` ... over the terms of one. Loops beside each other share the names. Where there is one to count, it is the first.
    pub(super) fn counters(&mut self, name: &str, counts: &[u32]) -> (Vec<(LocalId, u32)>, Vec<Expr>) {
        let mut depth = 0;
        let mut next = |count: &u32| {
            depth += usize::from(*count > 1);
            let own = if depth > 1 { format!("{name}{depth}") } else { name.to_owned() };
            let (id, at) = self.counter(&own, *count);
            ((id, *count), at)
        };
        counts.iter().map(&mut next).unzip()
    }

    fn counter(&mut self, name: &str, count: u32) -> (LocalId, Expr) {
        self.locals.push(Local { ident: Ident::new(name, "i"), elem: Elem::I32, length: None, mutable: false });
        let id = LocalId(self.locals.len() as u32 - 1);
        (id, if count == 1 { index::constant(0) } else { self.read(id) })
    }

    pub(super) fn read(&self, id: LocalId) -> Expr {
        Expr { kind: ExprKind::Local(id), elem: self.locals[id.0 as usize].elem }
    }

    fn lower(&mut self) -> Vec<ResultValue> {
        let live = live(self.function);
        let wanted = self.wanted(&live);
        let mut rejections = self.function.rejections.iter().enumerate().peekable();
        for (value, _) in self.function.nodes.iter() {
            // A rejection comes as soon as what it asks is known, and all before it are written.
            while let Some((reason, rejection)) = rejections.next_if(|(_, rejection)| rejection.when < value) {
                self.reject(reason as u32, rejection);
            }
            if wanted[value.index()] {
                self.place(value);
            }
        }
        for (reason, rejection) in rejections {
            self.reject(reason as u32, rejection);
        }
        self.function.results.iter().map(|output| self.result(output.value)).collect()
    }

    fn reject(&mut self, reason: u32, rejection: &ir::Rejection) {
        let when = match self.missing(rejection.when) {
            Some(missing) => missing.negated().and(self.scalar(rejection.when)),
            None => self.scalar(rejection.when),
        };
        self.say(rejection.origin);
        self.stmts.push(Stmt::Reject { when, reason });
    }

    fn result(&mut self, value: Value) -> ResultValue {
        if self.ty(value).is_scalar() {
            ResultValue::Scalar { value: self.scalar(value), missing: self.missing(value) }
        } else {
            ResultValue::Array(self.array(value))
        }
    }

    /// Which nodes get a local of their own.
    #[expect(clippy::wildcard_enum_match_arm, reason = "whether a node deserves a name is the same question for all other operations")]
    fn wanted(&self, live: &[bool]) -> Vec<bool> {
        let count = self.function.nodes.len();
        let mut uses = vec![0_u32; count];
        // Used in a loop, where it would be computed again and again.
        let mut repeated = vec![false; count];
        for (value, node) in self.function.nodes.iter().filter(|(value, _)| live[value.index()]) {
            let in_loop = !self.ty(value).is_scalar() && !matches!(node.op, Op::Pack(_));
            let many = matches!(node.op, Op::Contract { .. }) && self.ty(value).count() > 1;
            for operand in node.op.operands() {
                uses[operand.index()] += 1;
                // A window into a window is a window over two axes: nothing is computed again.
                let is_view = matches!((&node.op, self.op(operand)), (Op::Window { .. }, Op::Window { .. }));
                repeated[operand.index()] |= many || in_loop && !is_view && self.ty(operand).count() < self.ty(value).count();
            }
        }
        self.function.results.iter().for_each(|output| uses[output.value.index()] += 1);
        self.function.rejections.iter().for_each(|rejection| uses[rejection.when.index()] += 1);
        let mut wanted = vec![false; count];
        let mut depth = vec![0_u32; count];
        for (value, node) in self.function.nodes.iter().filter(|(value, _)| live[value.index()]) {
            let at = value.index();
            let below = node.op.operands().iter().map(|operand| depth[operand.index()]).max().unwrap_or(0);
            let shared = uses[at] > 1 || repeated[at];
            wanted[at] = match &node.op {
                Op::Param(_) | Op::Const(_) | Op::Table(_) => false,
                Op::IsNull(x) if matches!(self.op(*x), Op::Param(_)) => false,
                Op::Iterate { .. } => true,
                // A walk is written into the gather that asks for its leaves; a reshape is only another way to count.
                Op::Walk { .. } | Op::Reshape { .. } => uses[at] > 1 && !self.tables.fused_walk(self, value),
                // Whether it is missing asks each operand twice.
                Op::Binary(ir::Binary::And | ir::Binary::Or, ..) if self.ty(value).nullable => shared || node.label.is_some() || below > 1,
                _ => shared || node.label.is_some() || below + 1 >= DEPTH,
            };
            depth[at] = if wanted[at] { 0 } else { below + 1 };
        }
        wanted
    }

    /// Gives a node its local.
    fn place(&mut self, value: Value) {
        if self.ty(value).is_scalar() {
            let missing = self.missing(value);
            let expr = self.scalar(value);
            if self.done.contains_key(&value) {
                // A reduction makes its own local.
                return;
            }
            let name = self.wish(value);
            let missing = missing.map(|missing| {
                if matches!(missing.kind, ExprKind::Const(_) | ExprKind::Local(_) | ExprKind::InputIsNull(_)) {
                    return missing;
                }
                self.say(self.function.nodes[value].origin);
                let id = self.local(&format!("{name} missing"), Elem::Bool, None);
                self.stmts.push(Stmt::Let { local: id, value: missing });
                self.read(id)
            });
            // Another name for a variable is worth a line only if the user gave it.
            if let (ExprKind::Local(id), None) = (&expr.kind, &self.function.nodes[value].label) {
                self.done.insert(value, Done::Scalar { value: *id, missing });
                return;
            }
            self.say(self.function.nodes[value].origin);
            let id = self.local(&name, expr.elem, None);
            self.stmts.push(Stmt::Let { local: id, value: expr });
            self.done.insert(value, Done::Scalar { value: id, missing });
        } else {
            self.array(value);
        }
    }

    /// Says where the next statements come from, if that is another place than before.
    pub(super) fn say(&mut self, origin: Handle<Origin>) {
        let text = origin_text(self.checked.module(), origin);
        if !text.is_empty() && self.origin.as_ref() != Some(&text) {
            self.origin = Some(text.clone());
            self.stmts.push(Stmt::Origin(text));
        }
    }

    /// A name that says what a node is: the user's, or a noun for its operation.
    pub(super) fn wish(&self, value: Value) -> String {
        let node = &self.function.nodes[value];
        if let Some(label) = &node.label {
            return label.clone();
        }
        let table = |table: &Handle<ir::Table>| self.checked.module().tables[*table].name().to_string();
        let of = |what: &str, x: &Value| format!("{} {what}", self.short_wish(*x));
        match &node.op {
            Op::Param(index) => self.function.params[*index as usize].name.clone(),
            Op::Const(_) => "constant".into(),
            Op::Table(handle) | Op::Lookup { map: handle, .. } => table(handle),
            Op::Unary(ir::Unary::Not, _) | Op::IsNull(_) => "is".into(),
            Op::Unary(op, x) => of(op.name(), x),
            Op::Binary(op, ..) if op.is_comparison() => "is".into(),
            Op::Binary(ir::Binary::And | ir::Binary::Or, ..) => "is".into(),
            Op::Binary(..) => "value".into(),
            Op::Cast { x, .. } | Op::OrElse { x, .. } | Op::Reshape { x, .. } | Op::Transpose { x, .. } | Op::Slice { x, .. } => {
                self.short_wish(*x)
            }
            Op::Text(..) => "text".into(),
            Op::Select { .. } => "choice".into(),
            Op::Walk { .. } => "leaves".into(),
            Op::Pack(_) => "features".into(),
            Op::Concat { .. } => "features".into(),
            Op::Window { x, .. } | Op::Gather { x, .. } => self.short_wish(*x),
            Op::Reduce { how, .. } => how.name().into(),
            Op::Contract { .. } => "dot".into(),
            Op::Call { function, .. } => self.checked.module().functions[*function].name.clone(),
            Op::Iterate { function, .. } => {
                self.checked.module().functions[*function].params.first().map_or(String::new(), |state| state.name.clone())
            }
        }
    }

    /// The user's name for a node or nothing much.
    fn short_wish(&self, value: Value) -> String {
        let node = &self.function.nodes[value];
        match (&node.label, &node.op) {
            (Some(label), _) => label.clone(),
            (None, Op::Param(index)) => self.function.params[*index as usize].name.clone(),
            (None, Op::Table(handle)) => self.checked.module().tables[*handle].name().to_string(),
            (None, _) => "value".into(),
        }
    }
}

/// Loops within each other, the first the outermost. One to count is no loop. Loops over nothing are not written: there is no place in an
/// empty array that their body could speak of.
pub(super) fn counted(loops: &[(LocalId, u32)], body: Vec<Stmt>) -> Vec<Stmt> {
    if loops.iter().any(|(_, count)| *count == 0) {
        return vec![];
    }
    loops
        .iter()
        .rev()
        .filter(|(_, count)| *count > 1)
        .fold(body, |body, (index, count)| vec![Stmt::Loop { index: *index, count: *count, body }])
}

/// `prepare.py:12: df["ratio"] = ...`, or the way to a graph's node; empty for what we made ourselves.
fn origin_text(module: &Module, origin: Handle<Origin>) -> String {
    match &module.origins[origin] {
        Origin::Text { code, .. } if !code.is_empty() => format!("{}: {code}", module.describe(origin)),
        Origin::Text { .. } | Origin::Graph { .. } => module.describe(origin),
        Origin::Made { from, .. } => from.first().map_or(String::new(), |first| origin_text(module, *first)),
    }
}

impl Tables {
    /// Whether a walk's only users are gathers that became part of its forest.
    fn fused_walk(&self, body: &Body<'_>, walk: Value) -> bool {
        let Op::Walk { forest, .. } = body.op(walk) else { return false };
        self.number.get(forest).is_some_and(|number| self.forests[*number].values.is_some())
    }
}
