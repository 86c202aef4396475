//! Statements and methods.

use plan::{ArrayRef, Expr, ExprKind, LocalId, ResultValue, Routine, Stmt};

use crate::expr::java_type;
use crate::record::field_type;
use crate::wide::{self, Assigned};
use crate::{Locals, Plan, Printer, arguments, camel, javadoc, plain};

impl<'a> Printer<'a> {
    pub(crate) fn new(plan: &'a Plan, routine: &'a Routine) -> Printer<'a> {
        Printer { plan, routine, locals: Locals::Variables }
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
                let is_field = self.is_field(*local);
                if is_long(value) {
                    if !is_field {
                        line(format!("{ty} {name};"));
                    }
                    self.branch(&name, value, indent, out);
                } else {
                    line(format!("{}{name} = {};", self.declares(*local, ty), self.expr(value)));
                }
            }
            Stmt::Array { local, elements } => {
                let ty = java_type(self.routine.locals[local.0 as usize].elem);
                let elements: Vec<String> = elements.iter().map(|element| format!("{pad}    {},", self.expr(element))).collect();
                let new = if self.is_field(*local) { format!("new {ty}[] ") } else { String::new() };
                let declares = self.declares(*local, &format!("{ty}[]"));
                line(format!("{declares}{} = {new}{{\n{}\n{pad}}};", self.local(*local), elements.join("\n")));
            }
            Stmt::Zeros { local } => {
                let declared = &self.routine.locals[local.0 as usize];
                let ty = java_type(declared.elem);
                let declares = self.declares(*local, &format!("{ty}[]"));
                line(format!("{declares}{} = new {ty}[{}];", self.local(*local), declared.length.unwrap_or(0)));
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
            Stmt::Turns { index, times, body } => {
                let name = self.local(*index);
                line(format!("for (long {name} = 0; {name} < {}; {name}++) {{", self.expr(times)));
                self.stmts(body, indent + 1, out);
                out.push_str(&format!("{pad}}}\n"));
            }
            Stmt::Reject { when, reason } => {
                let name = self.plan.rejections[*reason as usize].ident.shouting();
                line(format!("if ({}) {{\n{pad}    throw new RejectedRowException(Rejection.{name});\n{pad}}}", self.expr(when)));
            }
        }
    }

    /// `double `, where a value is declared with its first assignment.
    fn declares(&self, local: LocalId, ty: &str) -> String {
        if self.is_field(local) { String::new() } else { format!("{ty} ") }
    }

    pub(crate) fn is_field(&self, local: LocalId) -> bool {
        matches!(self.locals, Locals::Fields(fields) if fields[local.0 as usize])
    }

    /// The method `score`, in one piece or, where that would be longer than a method may be, as steps that share their values.
    pub(crate) fn score(&self, out: &mut String) {
        let mut whole = String::new();
        self.stmts(&self.routine.body, 2, &mut whole);
        let outputs = &self.plan.outputs;
        let is_wide = wide::is_wide(outputs, field_type);
        let values = self.output();
        let answer = if is_wide {
            let each = outputs.iter().zip(&values).map(|(column, value)| format!("        output.{} = {value};\n", camel(&column.ident)));
            format!("        Output output = new Output();\n{}        return output;\n", each.collect::<String>())
        } else {
            format!("        return new Output({});\n", arguments(&values, 4))
        };
        if whole.len() + answer.len() <= LONGEST_METHOD {
            out.push_str(&format!("{HEAD}{whole}{answer}    }}\n\n"));
            return;
        }
        let mut fields = vec![false; self.routine.locals.len()];
        for stmt in &self.routine.body {
            if let Stmt::Let { local, .. } | Stmt::Array { local, .. } | Stmt::Zeros { local } = stmt {
                fields[local.0 as usize] = true;
            }
        }
        let split = Printer { locals: Locals::Fields(&fields), ..*self };
        let mut steps: Vec<String> = Vec::new();
        for stmt in &self.routine.body {
            let mut text = String::new();
            split.stmt(stmt, 2, &mut text);
            match steps.last_mut() {
                // What a comment is about stays with it.
                Some(last) if last.len() + text.len() <= LONGEST_STEP || last.trim_end().lines().last().is_some_and(is_comment) => {
                    last.push_str(&text);
                }
                _ => steps.push(text),
            }
        }
        let calls = (1..=steps.len()).map(|number| format!("        step{number}(input, steps);\n")).collect::<String>();
        out.push_str(&format!("{HEAD}        Steps steps = new Steps();\n{calls}"));
        let values = split.output();
        if is_wide {
            let both = ("Input input, Steps steps", "input, steps");
            let Assigned { calls, methods } = wide::assigned("Output", "output", outputs, &values, both);
            out.push_str(&format!("{calls}        return output;\n    }}\n\n{methods}"));
        } else {
            out.push_str(&format!("        return new Output({});\n    }}\n\n", arguments(&values, 4)));
        }
        for (number, step) in steps.iter().enumerate() {
            out.push_str(&format!("    private static void step{}(Input input, Steps steps) {{\n{step}    }}\n\n", number + 1));
        }
        out.push_str("    /** The values of a row on the way. */\n    private static final class Steps {\n");
        for (local, is_field) in self.routine.locals.iter().zip(&fields) {
            if *is_field {
                let array = if local.length.is_some() { "[]" } else { "" };
                out.push_str(&format!("        {}{array} {};\n", java_type(local.elem), camel(&local.ident)));
            }
        }
        out.push_str("    }\n\n");
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

const HEAD: &str = "    /**\n     * Scores one row.\n     *\n     * @throws RejectedRowException if the original would refuse or drop the row, or its answer is not determined\n     */\n    public static Output score(Input input) {\n";

/// The most characters of a method's body. A method has at most 65,535 bytes of bytecode (JVMS 4.7.3), and a character of ours becomes
/// about one at most.
const LONGEST_METHOD: usize = 60_000;
/// HotSpot compiles methods of up to 8,000 bytes of bytecode by default; so few characters usually stay below that.
const LONGEST_STEP: usize = 12_000;

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

/// Whether an expression is a choice between choices, which reads better as statements.
fn is_long(value: &Expr) -> bool {
    let choice = |expr: &Expr| matches!(expr.kind, ExprKind::Select(..));
    if let ExprKind::Select(_, yes, no) = &value.kind { choice(yes) || choice(no) } else { false }
}
