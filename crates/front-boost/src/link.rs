//! What becomes of the margins of a model: one table of objectives for all libraries.

use ir::{Builder, Elem, Reduce, Val};

/// From margins to what `predict` gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Link {
    /// The margin is the prediction.
    Identity,
    /// XGBoost's `1 / (exp(min(-x, 88.7)) + 1)`, step by step in float32.
    Logistic,
    Exp,
    /// `exp(x - max)` in float32, divided by their sum, which is in double and rounded.
    Softmax,
    /// The number of the first greatest margin.
    ArgMax,
    /// 1 where the margin is above 0, else 0.
    Step,
}

impl Link {
    /// What the result is called.
    fn name(self) -> &'static str {
        match self {
            Link::Identity | Link::Exp => "prediction",
            Link::Logistic => "probability",
            Link::Softmax => "probabilities",
            Link::ArgMax | Link::Step => "label",
        }
    }
}

/// Writes the results: the prediction, and the margin where it is something else.
pub(crate) fn results<'b>(b: &'b Builder, margins: &[Val<'b>], link: Link) {
    let all = |vals: &[Val<'b>]| if let [only] = vals { *only } else { b.pack(vals) };
    let margin = all(margins);
    match link {
        Link::Identity => {}
        Link::Logistic | Link::Exp | Link::Step => b.result(link.name(), all(&margins.iter().map(|x| each(link, *x)).collect::<Vec<_>>())),
        Link::Softmax => b.result(link.name(), softmax(b.pack(margins))),
        Link::ArgMax => b.result(link.name(), b.pack(margins).reduce(Reduce::ArgMax, [0]).cast(margin.elem())),
    }
    b.result(if link == Link::Identity { link.name() } else { "margin" }, margin);
}

fn each(link: Link, x: Val<'_>) -> Val<'_> {
    let b = x.builder();
    let one = if x.elem() == Elem::F32 { b.f32(1.0) } else { b.f64(1.0) };
    match link {
        Link::Identity | Link::Softmax | Link::ArgMax => x,
        // `std::min` keeps a NaN on its left.
        Link::Logistic => one / ((-x).gt(88.7).select(b.f32(88.7), -x).exp() + one),
        Link::Exp => x.exp(),
        Link::Step => x.gt(0.0).select(one, 0.0),
    }
}

fn softmax(margins: Val<'_>) -> Val<'_> {
    let weights = (margins - margins.reduce(Reduce::Max, [0])).exp();
    weights / weights.cast(Elem::F64).reduce(Reduce::SumInOrder, [0]).cast(Elem::F32)
}
