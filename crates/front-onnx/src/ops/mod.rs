//! The operators, by family: rows on top of each file, one function an operator below.

mod aggregate;
mod constants;
mod elementwise;
mod encode;
mod forest;
mod linear;
mod scale;
mod scores;
mod shape;
mod tree;

use crate::node::{OnnxNode, Translated};

/// One operator that converts.
pub struct Row {
    /// Empty for `ai.onnx`.
    pub domain: &'static str,
    pub operator: &'static str,
    pub(crate) translate: for<'n, 'b> fn(&OnnxNode<'n, 'b>) -> Translated<'b>,
}

impl Row {
    const fn new(operator: &'static str, translate: for<'n, 'b> fn(&OnnxNode<'n, 'b>) -> Translated<'b>) -> Row {
        Row { domain: "", operator, translate }
    }

    const fn ml(operator: &'static str, translate: for<'n, 'b> fn(&OnnxNode<'n, 'b>) -> Translated<'b>) -> Row {
        Row { domain: "ai.onnx.ml", operator, translate }
    }
}

const FAMILIES: &[&[Row]] =
    &[aggregate::OPS, constants::OPS, elementwise::OPS, encode::OPS, linear::OPS, scale::OPS, shape::OPS, tree::OPS];

/// Every operator that converts, for support tables.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    FAMILIES.iter().copied().flatten()
}

pub fn find(domain: &str, operator: &str) -> Option<&'static Row> {
    rows().find(|row| row.domain == domain && row.operator == operator)
}
