//! The operators, by family: rows on top of each file, one function an operator below.

mod activation;
mod aggregate;
mod cast;
mod constants;
mod control;
mod conv;
mod elementwise;
mod encode;
mod forest;
mod index;
mod linear;
mod pool;
mod recurrent;
mod resize;
mod sample;
mod scale;
mod scores;
mod shape;
mod sliding;
mod tree;

use crate::node::{OnnxNode, Translated};

/// One operator that converts.
pub struct Row {
    /// Empty for `ai.onnx`.
    pub domain: &'static str,
    pub operator: &'static str,
    /// Whether it is asked about constants too, which otherwise the interpreter computes.
    pub(crate) takes_constants: bool,
    pub(crate) translate: for<'n, 'b> fn(&OnnxNode<'n, 'b>) -> Translated<'b>,
}

impl Row {
    const fn new(operator: &'static str, translate: for<'n, 'b> fn(&OnnxNode<'n, 'b>) -> Translated<'b>) -> Row {
        Row { domain: "", operator, takes_constants: false, translate }
    }

    const fn ml(operator: &'static str, translate: for<'n, 'b> fn(&OnnxNode<'n, 'b>) -> Translated<'b>) -> Row {
        Row { domain: "ai.onnx.ml", operator, takes_constants: false, translate }
    }

    /// It moves constants cheaply, or has a body to walk.
    const fn with_constants(self) -> Row {
        Row { takes_constants: true, ..self }
    }
}

const FAMILIES: &[&[Row]] = &[
    activation::OPS,
    aggregate::OPS,
    cast::OPS,
    constants::OPS,
    control::OPS,
    conv::OPS,
    elementwise::OPS,
    encode::OPS,
    index::OPS,
    linear::OPS,
    pool::OPS,
    recurrent::OPS,
    resize::OPS,
    sample::OPS,
    scale::OPS,
    shape::OPS,
    tree::OPS,
];

/// Every operator that converts, for support tables.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    FAMILIES.iter().copied().flatten()
}

pub fn find(domain: &str, operator: &str) -> Option<&'static Row> {
    rows().find(|row| row.domain == domain && row.operator == operator)
}
