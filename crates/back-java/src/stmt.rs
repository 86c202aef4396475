//! Statements and methods.

use plan::{ArrayRef, Expr, ExprKind, ResultValue, Routine, Stmt};

use crate::expr::java_type;
use crate::{Plan, Printer, camel, javadoc, plain};

impl<'a> Printer<'a> {
    pub(crate) fn new(plan: &'a Plan, routine: &'a Routine) -> Printer<'a> {
        Printer { plan, routine }
    }

    pub(crate) fn stmts(&self, body: &[Stmt], indent: usize, out: &mut String) {
        for stmt in body {
            self.stmt(stmt, indent, out);
        }
    }

    fn stmt(&self, stmt: &Stmt, indent: usize, out: &mut String) {
        let pad = "    ".repeat(indent);
        let mut line = |text: String| out.push_str(&format!("{pad}{text}\n"));
        match stmt {
            Stmt::Origin(text) => line(format!("// {}", plain(text))),
            Stmt::Let { local, value } => {
                let declared = &self.routine.locals[local.0 as usize];
                let (ty, name) = (java_type(declared.elem), self.local(*local));
                if is_long(value) {
                    line(format!("{ty} {name};"));
                    self.branch(&name, value, indent, out);
                } else {
                    line(format!("{ty} {name} = {};", self.expr(value)));
                }
            }
            Stmt::Array { local, elements } => {
                let ty = java_type(self.routine.locals[local.0 as usize].elem);
                let elements: Vec<String> = elements.iter().map(|element| format!("{pad}    {},", self.expr(element))).collect();
                line(format!("{ty}[] {} = {{\n{}\n{pad}}};", self.local(*local), elements.join("\n")));
            }
            Stmt::Zeros { local } => {
                let declared = &self.routine.locals[local.0 as usize];
                let ty = java_type(declared.elem);
                line(format!("{ty}[] {} = new {ty}[{}];", self.local(*local), declared.length.unwrap_or(0)));
            }
            Stmt::Set { local, value } => line(format!("{} = {};", self.local(*local), self.expr(value))),
            Stmt::SetElement { local, index, value } => {
                line(format!("{}[{}] = {};", self.array(ArrayRef::Local(*local)), self.expr(index), self.expr(value)));
            }
            Stmt::Loop { index, count, body } => {
                let name = self.local(*index);
                line(format!("for (int {name} = 0; {name} < {count}; {name}++) {{"));
                self.stmts(body, indent + 1, out);
                out.push_str(&format!("{pad}}}\n"));
            }
            Stmt::Reject { when, reason } => {
                let name = self.plan.rejections[*reason as usize].ident.shouting();
                line(format!("if ({}) {{\n{pad}    throw new RejectedRowException(Rejection.{name});\n{pad}}}", self.expr(when)));
            }
        }
    }

    /// A choice between choices as statements: `if ... else if ... else ...`.
    fn branch(&self, name: &str, value: &Expr, indent: usize, out: &mut String) {
        let pad = "    ".repeat(indent);
        out.push_str(&pad);
        let mut rest = value;
        while let ExprKind::Select(cond, yes, no) = &rest.kind {
            out.push_str(&format!("if ({}) {{\n", self.expr(cond)));
            self.assign(name, yes, indent + 1, out);
            out.push_str(&format!("{pad}}} else "));
            rest = no;
        }
        out.push_str("{\n");
        self.assign(name, rest, indent + 1, out);
        out.push_str(&format!("{pad}}}\n"));
    }

    fn assign(&self, name: &str, value: &Expr, indent: usize, out: &mut String) {
        if is_long(value) {
            self.branch(name, value, indent, out);
        } else {
            out.push_str(&format!("{}{name} = {};\n", "    ".repeat(indent), self.expr(value)));
        }
    }

    /// A kernel: a static method of scalars, or one for each result, since a method gives one value.
    pub(crate) fn kernel(&self, out: &mut String) {
        let routine = self.routine;
        let params: Vec<String> =
            routine.locals[..routine.params].iter().map(|local| format!("{} {}", java_type(local.elem), camel(&local.ident))).collect();
        for (number, result) in routine.results.iter().enumerate() {
            let ResultValue::Scalar { value, .. } = result else { continue };
            if !routine.doc.is_empty() {
                out.push_str(&format!("    /** {} */\n", javadoc(&routine.doc.replace('\n', " "))));
            }
            let name = kernel_name(routine, number as u32);
            out.push_str(&format!("    static {} {name}({}) {{\n", java_type(value.elem), params.join(", ")));
            self.stmts(&routine.body, 2, out);
            out.push_str(&format!("        return {};\n    }}\n\n", self.expr(value)));
        }
    }
}

/// The method of a kernel's result. No other name has a `_` before a digit.
pub(crate) fn kernel_name(routine: &Routine, result: u32) -> String {
    let name = camel(&routine.ident);
    if routine.results.len() > 1 { format!("{name}_{result}") } else { name }
}

/// Whether an expression is a choice between choices, which reads better as statements.
fn is_long(value: &Expr) -> bool {
    let choice = |expr: &Expr| matches!(expr.kind, ExprKind::Select(..));
    if let ExprKind::Select(_, yes, no) = &value.kind { choice(yes) || choice(no) } else { false }
}
