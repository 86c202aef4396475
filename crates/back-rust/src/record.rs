//! The typed record that goes in, the one that comes out, and why a row may have none.

use plan::{ArrayRef, Cell, Column, Elem, Expr, ExprKind, Literal, Plan, Reason, ResultValue, Unary};

use crate::expr::{literal_text, rust_type};
use crate::stmt::is_large;
use crate::{Printer, plain, prediction, quoted, snake};

/// Whether the input holds text and so borrows it.
pub(crate) fn borrows(plan: &Plan) -> bool {
    plan.inputs.iter().any(|column| column.ty.elem == Elem::Str)
}

/// The type of a field; `text` is how it holds text.
fn field_type(column: &Column, text: &str) -> String {
    let elem = if column.ty.elem == Elem::Str { text } else { rust_type(column.ty.elem) };
    if !column.ty.is_scalar() {
        format!("[{elem}; {}]", column.ty.count())
    } else if column.ty.nullable {
        format!("Option<{elem}>")
    } else {
        elem.into()
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
    let missing = if column.ty.nullable { ", may be missing" } else { "" };
    let doc = if column.doc.is_empty() { String::new() } else { format!(". {}", column.doc) };
    plain(&format!(" `{}`{what}{shape}{missing}{doc}", column.name.replace('`', "'")))
}

fn fields(columns: &[Column], text: &str, out: &mut String) {
    for column in columns {
        out.push_str(&format!("#[doc = {}]\n", quoted(&about(column))));
        out.push_str(&format!("pub {}: {},\n", snake(&column.ident), field_type(column, text)));
    }
}

pub(crate) fn rejection_name(plan: &Plan, number: u32) -> String {
    plan.rejections[number as usize].ident.pascal()
}

/// `Input`, `Output`, `Columns` and `Rejection`.
pub(crate) fn types(plan: &Plan, out: &mut String) {
    let life = if borrows(plan) { "<'a>" } else { "" };
    out.push_str("/// One row to score.\n#[derive(Debug, Clone, Copy, PartialEq)]\n");
    out.push_str(&format!("pub struct Input{life} {{\n"));
    fields(&plan.inputs, "&'a str", out);
    out.push_str("}\n\n/// What the scorer gives for a row.\n#[derive(Debug, Clone, PartialEq)]\npub struct Output {\n");
    fields(&plan.outputs, "String", out);
    out.push_str(
        "}\n\n/// Rows as columns: the same position of each slice is one row.\n#[derive(Debug, Clone, Copy)]\npub struct Columns<'a> {\n",
    );
    for column in &plan.inputs {
        out.push_str(&format!("#[doc = {}]\n", quoted(&about(column))));
        out.push_str(&format!("pub {}: &'a [{}],\n", snake(&column.ident), field_type(column, "&'a str")));
    }
    if plan.inputs.is_empty() {
        out.push_str("/// The number of rows.\npub rows: &'a [()],\n");
    }
    out.push_str("}\n\n");
    rejection(plan, out);
    plan.predictions.iter().for_each(|one| prediction::types(plan, one, out));
}

fn rejection(plan: &Plan, out: &mut String) {
    out.push_str(
        "/// Why a row has no score.\n#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]\n#[non_exhaustive]\npub enum Rejection {\n",
    );
    for (number, rejection) in plan.rejections.iter().enumerate() {
        let what = match &rejection.reason {
            Reason::Invalid(why) => format!(" The original raises on such a row: {why}"),
            Reason::Filtered(place) => format!(" The original drops such a row, at {place}"),
            Reason::Undetermined(why) => format!(" The original's answer for such a row is not determined: {why}"),
        };
        out.push_str(&format!("#[doc = {}]\n{},\n", quoted(&plain(&what)), rejection_name(plan, number as u32)));
    }
    out.push_str("}\n\nimpl Rejection {\n/// The reason in words, the same in every language that this scorer was written in.\n");
    out.push_str("pub fn reason(self) -> &'static str {\nmatch self {\n");
    for (number, rejection) in plan.rejections.iter().enumerate() {
        out.push_str(&format!("Rejection::{} => {},\n", rejection_name(plan, number as u32), quoted(&rejection.reason.to_string())));
    }
    out.push_str("}\n}\n}\n\nimpl std::fmt::Display for Rejection {\nfn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {\nf.write_str(self.reason())\n}\n}\n\n");
    out.push_str("impl std::error::Error for Rejection {}\n\n");
}

impl Printer<'_> {
    /// The expression that makes the output record.
    pub(crate) fn output(&self) -> String {
        let mut fields = Vec::new();
        for (column, result) in self.plan.outputs.iter().zip(&self.routine.results) {
            let name = snake(&column.ident);
            let value = match result {
                ResultValue::Array(array) if column.ty.elem == Elem::Str && !self.has_owned_texts(*array) => {
                    format!("{}.map(str::to_string)", self.array(*array))
                }
                ResultValue::Array(ArrayRef::Local(id)) if is_large(&self.routine.locals[id.0 as usize]) => {
                    format!("*{}", self.array(ArrayRef::Local(*id)))
                }
                ResultValue::Array(array) => self.array(*array),
                ResultValue::Scalar { value, missing: Some(missing) } => self.optional(value, missing),
                ResultValue::Scalar { value, missing: None } => self.whole(value),
            };
            fields.push(if name == value { name } else { format!("{name}: {value}") });
        }
        format!("Output {{ {} }}", fields.join(", "))
    }
}

impl Printer<'_> {
    /// A result that is always there.
    fn whole(&self, value: &Expr) -> String {
        if value.elem == Elem::Str { self.owned(value) } else { self.expr(value) }
    }

    /// A result that may be missing. What already is an `Option` is given as it is.
    fn optional(&self, value: &Expr, missing: &Expr) -> String {
        let owned = if value.elem == Elem::Str { ".map(str::to_string)" } else { "" };
        match (&value.kind, &missing.kind) {
            (ExprKind::Input(input), ExprKind::InputIsNull(null)) if input == null => {
                format!("input.{}{owned}", snake(&self.plan.inputs[*input as usize].ident))
            }
            (ExprKind::MapGet { map, keys, .. }, ExprKind::Unary(Unary::Not, has))
                if has.kind == (ExprKind::MapHas { map: *map, keys: keys.clone() }) =>
            {
                format!("{}{owned}", self.lookup(*map, keys))
            }
            (_, _) => format!("if {} {{ None }} else {{ Some({}) }}", self.expr(missing), self.whole(value)),
        }
    }
}

/// A cell as a field's value.
pub(crate) fn cell(column: &Column, cell: &Cell, owned: bool) -> String {
    let text = |literal: &Literal| {
        let text = literal_text(literal);
        if owned && literal.elem() == Elem::Str { format!("{text}.to_string()") } else { text }
    };
    match cell {
        Cell::Array(values) => format!("[{}]", values.iter().map(text).collect::<Vec<_>>().join(", ")),
        Cell::Scalar(Literal::Null(_)) => "None".into(),
        Cell::Scalar(literal) if column.ty.nullable => format!("Some({})", text(literal)),
        Cell::Scalar(literal) => text(literal),
    }
}
