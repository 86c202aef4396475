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

    /// A kernel: a static method of scalars.
    pub(crate) fn kernel(&self, out: &mut String) {
        let routine = self.routine;
        if !routine.doc.is_empty() {
            out.push_str(&format!("    /** {} */\n", javadoc(&routine.doc.replace('\n', " "))));
        }
        let params: Vec<String> =
            routine.locals[..routine.params].iter().map(|local| format!("{} {}", java_type(local.elem), camel(&local.ident))).collect();
        // A called routine gives scalars.
        let scalar = |result: &'a ResultValue| if let ResultValue::Scalar { value, .. } = result { Some(value) } else { None };
        let results: Vec<&Expr> = routine.results.iter().filter_map(scalar).collect();
        let (ty, answer) = match results.as_slice() {
            [only] => (java_type(only.elem).to_string(), self.expr(only)),
            several => {
                let values: Vec<String> = several.iter().map(|value| self.expr(value)).collect();
                let name = format!("{}Results", routine.ident.pascal());
                (name.clone(), format!("new {name}({})", values.join(", ")))
            }
        };
        out.push_str(&format!("    static {ty} {}({}) {{\n", camel(&routine.ident), params.join(", ")));
        self.stmts(&routine.body, 2, out);
        out.push_str(&format!("        return {answer};\n    }}\n\n"));
        if results.len() > 1 {
            let fields = results.iter().enumerate().map(|(number, value)| format!("{} result{number}", java_type(value.elem)));
            let fields: Vec<String> = fields.collect();
            out.push_str(&format!("    /** What {{@link #{}}} gives. */\n", camel(&routine.ident)));
            out.push_str(&format!("    record {ty}({}) {{}}\n\n", fields.join(", ")));
        }
    }
}

/// Whether an expression is a choice between choices, which reads better as statements.
fn is_long(value: &Expr) -> bool {
    let choice = |expr: &Expr| matches!(expr.kind, ExprKind::Select(..));
    if let ExprKind::Select(_, yes, no) = &value.kind { choice(yes) || choice(no) } else { false }
}
