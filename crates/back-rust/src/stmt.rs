//! Statements and functions.

use plan::{ArrayRef, Binary, Elem, Expr, ExprKind, Local, LocalId, ResultValue, Routine, Stmt};

use crate::expr::{is_untyped, rust_type};
use crate::{Plan, Printer, plain, quoted, snake};

/// Arrays with more elements than this are not put on the stack.
const LARGEST_ON_STACK: u32 = 4096;

/// Whether an array is too large for the stack of a thread.
pub(crate) fn is_large(local: &Local) -> bool {
    local.elem != Elem::Str && local.length.is_some_and(|length| length > LARGEST_ON_STACK)
}

impl<'a> Printer<'a> {
    pub(crate) fn new(plan: &'a Plan, routine: &'a Routine) -> Printer<'a> {
        let count = routine.locals.len();
        let mut printer = Printer { plan, routine, owned: vec![false; count], counters: vec![false; count] };
        printer.learn(&routine.body);
        printer
    }

    /// Finds which locals count loops and which hold text of their own.
    fn learn(&mut self, body: &[Stmt]) {
        for stmt in body {
            match stmt {
                Stmt::Loop { index, body, .. } => {
                    self.counters[index.0 as usize] = true;
                    self.learn(body);
                }
                Stmt::Let { local, value } if value.elem == Elem::Str => {
                    // A copy of an owned text borrows from it.
                    self.owned[local.0 as usize] = self.is_owned(value);
                }
                Stmt::Turns { body, .. } => self.learn(body),
                Stmt::Set { local, value } if value.elem == Elem::Str => self.owned[local.0 as usize] |= self.is_owned(value),
                // One text that is made anew makes an array of owned texts.
                Stmt::SetElement { local, value, .. } if value.elem == Elem::Str => {
                    self.owned[local.0 as usize] |= self.is_owned(value);
                }
                Stmt::Origin(_)
                | Stmt::Let { .. }
                | Stmt::Array { .. }
                | Stmt::Zeros { .. }
                | Stmt::Set { .. }
                | Stmt::SetElement { .. }
                | Stmt::Reject { .. } => {}
            }
        }
    }

    fn declared(&self, id: LocalId) -> (&'a Local, String) {
        let local = &self.routine.locals[id.0 as usize];
        let name = snake(&local.ident);
        (local, if local.mutable { format!("mut {name}") } else { name })
    }

    pub(crate) fn stmts(&self, body: &[Stmt], out: &mut String) {
        for stmt in body {
            self.stmt(stmt, out);
        }
    }

    fn stmt(&self, stmt: &Stmt, out: &mut String) {
        let line = match stmt {
            // A macro call is one line that survives formatting; `package` makes a comment of it.
            Stmt::Origin(text) => format!("origin!({});", quoted(&plain(text))),
            Stmt::Let { local: id, value } if value.elem == Elem::Str && self.owned[id.0 as usize] && !self.is_owned(value) => {
                format!("let {} = {};", self.declared(*id).1, self.owned(value))
            }
            Stmt::Let { local, value } => {
                let (local, name) = self.declared(*local);
                let ty = if local.mutable || is_untyped(value) { format!(": {}", rust_type(local.elem)) } else { String::new() };
                let borrowed = value.elem == Elem::Str && !self.is_owned(value);
                let value = if borrowed { self.sliced(value).text } else { self.expr(value) };
                format!("let {name}{ty} = {value};")
            }
            Stmt::Array { local, elements } => {
                let (local, name) = self.declared(*local);
                let elements: Vec<String> = elements
                    .iter()
                    .map(|element| if local.elem == Elem::Str { self.borrowed(element) } else { self.expr(element) })
                    .collect();
                format!("let {name}: [{}; {}] = [{}];", rust_type(local.elem), elements.len(), elements.join(", "))
            }
            Stmt::Zeros { local } if self.owned[local.0 as usize] => {
                let (local, name) = self.declared(*local);
                format!("let {name}: [String; {}] = std::array::from_fn(|_| String::new());", local.length.unwrap_or(0))
            }
            Stmt::Zeros { local } => {
                let (local, name) = self.declared(*local);
                let zero = match local.elem {
                    Elem::Bool => "false",
                    Elem::F32 | Elem::F64 => "0.0",
                    Elem::Str => "\"\"",
                    Elem::I32 | Elem::I64 | Elem::Date | Elem::DateTime | Elem::Duration => "0",
                };
                let (ty, length) = (rust_type(local.elem), local.length.unwrap_or(0));
                if is_large(local) {
                    format!("let {name}: Box<[{ty}; {length}]> = support::boxed({zero});")
                } else {
                    format!("let {name}: [{ty}; {length}] = [{zero}; {length}];")
                }
            }
            Stmt::Set { local, value } => {
                let name = snake(&self.routine.locals[local.0 as usize].ident);
                match self.onto(*local, value) {
                    Some((sign, other)) => format!("{name} {sign}= {other};"),
                    None => format!("{name} = {};", self.expr(value)),
                }
            }
            Stmt::SetElement { local, index, value } => {
                let value = if value.elem != Elem::Str {
                    self.expr(value)
                } else if self.owned[local.0 as usize] {
                    self.owned(value)
                } else {
                    self.sliced(value).text
                };
                format!("{}[{}] = {value};", self.array(ArrayRef::Local(*local)), self.index(index))
            }
            Stmt::Loop { index, count, body } => {
                let name = snake(&self.routine.locals[index.0 as usize].ident);
                let mut inner = String::new();
                self.stmts(body, &mut inner);
                format!("for {name} in 0..{count} {{ {inner} }}")
            }
            Stmt::Turns { index, times, body } => {
                let name = snake(&self.routine.locals[index.0 as usize].ident);
                let mut inner = String::new();
                self.stmts(body, &mut inner);
                format!("for {name} in 0..{} {{ {inner} }}", self.expr(times))
            }
            Stmt::Reject { when, reason } => {
                format!("if {} {{ return Err(Rejection::{}); }}", self.expr(when), crate::record::rejection_name(self.plan, *reason))
            }
        };
        out.push_str(&line);
        out.push('\n');
    }

    /// The sign and the other operand of `local = local + other`, in float arithmetic.
    fn onto(&self, local: LocalId, value: &Expr) -> Option<(&'static str, String)> {
        let ExprKind::Binary(op, first, other) = &value.kind else { return None };
        let sign = if *op == Binary::Add {
            "+"
        } else if *op == Binary::Mul {
            "*"
        } else {
            return None;
        };
        (value.elem.is_float() && first.kind == ExprKind::Local(local)).then(|| (sign, self.expr(other)))
    }

    /// A kernel: a function of scalars.
    pub(crate) fn kernel(&self, out: &mut String) {
        let routine = self.routine;
        for line in routine.doc.lines() {
            out.push_str(&format!("#[doc = {}]\n", quoted(&format!(" {}", plain(line)))));
        }
        let params: Vec<String> =
            routine.locals[..routine.params].iter().map(|local| format!("{}: {}", snake(&local.ident), rust_type(local.elem))).collect();
        let (types, values): (Vec<&str>, Vec<String>) = routine
            .results
            .iter()
            .map(|result| match result {
                // A text may have been made here, so it cannot be borrowed.
                ResultValue::Scalar { value, .. } if value.elem == Elem::Str => ("String", self.owned(value)),
                ResultValue::Scalar { value, .. } => (rust_type(value.elem), self.expr(value)),
                ResultValue::Array(_) => ("()", "()".into()),
            })
            .unzip();
        let tuple = |parts: Vec<String>| if parts.len() == 1 { parts.join("") } else { format!("({})", parts.join(", ")) };
        let ty = tuple(types.into_iter().map(String::from).collect());
        out.push_str(&format!("pub(super) fn {}({}) -> {ty} {{\n", snake(&routine.ident), params.join(", ")));
        self.stmts(&routine.body, out);
        out.push_str(&format!("{}\n}}\n\n", tuple(values)));
    }
}
