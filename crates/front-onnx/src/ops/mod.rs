//! The operators, by family: rows on top of each file, one function an operator below.

mod activation;
mod aggregate;
mod attention;
mod cast;
mod constants;
mod control;
mod conv;
mod elementwise;
pub(crate) mod encode;
mod forest;
mod generate;
mod index;
mod linear;
mod normalise;
mod number_text;
mod pool;
mod quantise;
mod recurrent;
mod resize;
mod sample;
mod scale;
mod scatter;
mod scores;
mod sequence;
pub(crate) mod shape;
mod sliding;
mod sort;
mod svm;
mod text;
mod tree;

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::node::{OnnxNode, Translated};

/// One operator that converts.
pub struct Row {
    /// Empty for `ai.onnx`.
    pub domain: &'static str,
    pub operator: &'static str,
    /// Whether it is asked about constants too, which otherwise the interpreter computes.
    pub(crate) takes_constants: bool,
    /// Whether it works element by element, wherever the batch stands among the axes.
    pub(crate) by_element: bool,
    /// Whether it works on one row of features: where the batch has a known length, on each of its rows in turn.
    pub(crate) by_row: bool,
    pub(crate) translate: for<'n, 'b> fn(&OnnxNode<'n, 'b>) -> Translated<'b>,
}

impl Row {
    const fn new(operator: &'static str, translate: for<'n, 'b> fn(&OnnxNode<'n, 'b>) -> Translated<'b>) -> Row {
        Row { domain: "", operator, takes_constants: false, by_element: false, by_row: false, translate }
    }

    const fn ml(operator: &'static str, translate: for<'n, 'b> fn(&OnnxNode<'n, 'b>) -> Translated<'b>) -> Row {
        Row { domain: "ai.onnx.ml", operator, takes_constants: false, by_element: false, by_row: false, translate }
    }

    /// An operator of onnxruntime's own that exporters write.
    const fn microsoft(operator: &'static str, translate: for<'n, 'b> fn(&OnnxNode<'n, 'b>) -> Translated<'b>) -> Row {
        Row { domain: "com.microsoft", ..Row::new(operator, translate) }
    }

    /// An operator of `ai.onnx` that works element by element.
    const fn each(operator: &'static str, translate: for<'n, 'b> fn(&OnnxNode<'n, 'b>) -> Translated<'b>) -> Row {
        Row { by_element: true, ..Row::new(operator, translate) }
    }

    const fn by_row(self) -> Row {
        Row { by_row: true, ..self }
    }

    /// It moves constants cheaply, or has a body to walk.
    const fn with_constants(self) -> Row {
        Row { takes_constants: true, ..self }
    }
}

const FAMILIES: &[&[Row]] = &[
    activation::OPS,
    aggregate::OPS,
    attention::OPS,
    cast::OPS,
    constants::OPS,
    control::OPS,
    conv::OPS,
    elementwise::OPS,
    encode::OPS,
    generate::OPS,
    index::OPS,
    linear::OPS,
    normalise::OPS,
    pool::OPS,
    quantise::OPS,
    recurrent::OPS,
    resize::OPS,
    sample::OPS,
    scale::OPS,
    scatter::OPS,
    sequence::OPS,
    shape::OPS,
    sort::OPS,
    svm::OPS,
    text::OPS,
    tree::OPS,
];

/// Every operator that converts, for support tables.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    FAMILIES.iter().copied().flatten()
}

pub fn find(domain: &str, operator: &str) -> Option<&'static Row> {
    // A graph may have a hundred thousand nodes, and each asks.
    static BY_NAME: LazyLock<HashMap<(&str, &str), &Row>> = LazyLock::new(|| rows().map(|row| ((row.domain, row.operator), row)).collect());
    BY_NAME.get(&(domain, operator)).copied()
}
