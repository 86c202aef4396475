//! The records that go in and come out, and why a row may have no score.

use plan::{Cell, Column, Elem, Expr, ExprKind, Literal, Plan, Reason, ResultValue};

use crate::expr::{boxed_type, java_type, literal_text};
use crate::{Printer, camel, javadoc, prediction, quoted, wide};

/// The type of a record component.
pub(crate) fn field_type(column: &Column) -> String {
    if !column.ty.is_scalar() {
        format!("{}[]", java_type(column.ty.elem))
    } else if column.ty.nullable {
        boxed_type(column.ty.elem).into()
    } else {
        java_type(column.ty.elem).into()
    }
}

/// What a reader should know of a column: its own name, its shape or unit, and what the front end had to say.
pub(crate) fn about(column: &Column) -> String {
    let what = match column.ty.elem {
        Elem::Date => ", days since 1970-01-01",
        Elem::DateTime => ", microseconds since 1970-01-01T00:00",
        Elem::Duration => ", microseconds",
        Elem::Bool | Elem::I32 | Elem::I64 | Elem::F32 | Elem::F64 | Elem::Str => "",
    };
    let shape = if column.ty.is_scalar() { String::new() } else { format!(", shape {:?} in row-major order", column.ty.shape) };
    let missing = if column.ty.nullable { ", null where missing" } else { "" };
    let doc = if column.doc.is_empty() { String::new() } else { format!(". {}", column.doc) };
    javadoc(&format!("\"{}\"{what}{shape}{missing}{doc}", column.name))
}

fn record(name: &str, what: &str, columns: &[Column], ty: impl Fn(&Column) -> String, more: &str, out: &mut String) {
    out.push_str(&format!("    /**\n     * {what}\n     *\n"));
    for column in columns {
        out.push_str(&format!("     * @param {} {}\n", camel(&column.ident), about(column)));
    }
    let fields: Vec<String> = columns.iter().map(|column| format!("\n            {} {}", ty(column), camel(&column.ident))).collect();
    let more = if more.is_empty() { String::new() } else { format!("\n{more}    ") };
    out.push_str(&format!("     */\n    public record {name}({}) {{{more}}}\n\n", fields.join(",")));
}

/// The type of a component that holds many rows.
pub(crate) fn column_type(column: &Column) -> String {
    format!("{}[]", field_type(column))
}

/// `Input`, `Output`, `Columns`, `Scores`, `Rejection` and the exception.
pub(crate) fn types(plan: &Plan, out: &mut String) {
    let mut held = |name: &str, what: &str, columns: &[Column], ty: fn(&Column) -> String, more: &str| {
        if wide::is_wide(columns, ty) {
            wide::class(name, what, columns, ty, more, out)
        } else {
            record(name, what, columns, ty, more, out)
        }
    };
    held("Input", "One row to score.", &plan.inputs, field_type, "");
    held("Output", "What the scorer gives for a row.", &plan.outputs, field_type, &prediction::accessors(plan));
    held("Columns", "Rows as columns: the same position of each array is one row.", &plan.inputs, column_type, "");
    plan.predictions.iter().for_each(|one| prediction::types(plan, one, out));
    out.push_str(
        "    /**\n     * What became of rows: at each position either an output or a rejection, and null in the other.\n     *\n     * @param outputs the outputs of the rows that were scored\n     * @param rejections why the others were not\n     */\n    public record Scores(Output[] outputs, Rejection[] rejections) {}\n\n",
    );
    rejection(plan, out);
}

fn rejection(plan: &Plan, out: &mut String) {
    out.push_str("    /** Why a row has no score. */\n    public enum Rejection {\n");
    for rejection in &plan.rejections {
        let what = match &rejection.reason {
            Reason::Invalid(why) => format!("The original raises on such a row: {why}"),
            Reason::Filtered(place) => format!("The original drops such a row, at {place}"),
            Reason::Undetermined(why) => format!("The original's answer for such a row is not determined: {why}"),
        };
        let name = rejection.ident.shouting();
        out.push_str(&format!("        /** {}. */\n        {name}({}),\n", javadoc(&what), quoted(&rejection.reason.to_string())));
    }
    out.push_str(
        "        ;

        private final String reason;

        Rejection(String reason) {
            this.reason = reason;
        }

        /** The reason in words, the same in every language that this scorer was written in. */
        public String reason() {
            return reason;
        }
    }

    /** A row that cannot be scored. Thrown by the form for one row only. */
    public static final class RejectedRowException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final Rejection rejection;

        RejectedRowException(Rejection rejection) {
            // Rejections are data, so they carry no stack trace.
            super(rejection.reason(), null, false, false);
            this.rejection = rejection;
        }

        /** Why the row has no score. */
        public Rejection rejection() {
            return rejection;
        }
    }

",
    );
}

impl Printer<'_> {
    /// What the output has in its columns.
    pub(crate) fn output(&self) -> Vec<String> {
        self.routine
            .results
            .iter()
            .map(|result| match result {
                ResultValue::Array(array) => self.array(*array),
                ResultValue::Scalar { value, missing: None } => self.expr(value),
                ResultValue::Scalar { value, missing: Some(missing) } => self.optional(value, missing),
            })
            .collect()
    }

    /// A result that may be null. The cast keeps Java from unboxing the null of a conditional expression.
    fn optional(&self, value: &Expr, missing: &Expr) -> String {
        if let (ExprKind::Input(input), ExprKind::InputIsNull(null)) = (&value.kind, &missing.kind)
            && input == null
        {
            return self.input(*input);
        }
        let boxed = boxed_type(value.elem);
        let there = if value.elem == Elem::Str { self.expr(value) } else { format!("{boxed}.valueOf({})", self.expr(value)) };
        format!("({}) ? null : {there}", self.expr(missing))
    }
}

/// A cell as an argument of a record's constructor.
pub(crate) fn cell(column: &Column, cell: &Cell) -> String {
    match cell {
        Cell::Array(values) => {
            let values: Vec<String> = values.iter().map(literal_text).collect();
            format!("new {}[] {{{}}}", java_type(column.ty.elem), values.join(", "))
        }
        Cell::Scalar(Literal::Null(_)) => "null".into(),
        Cell::Scalar(literal) => literal_text(literal),
    }
}
