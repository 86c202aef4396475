//! What becomes of the margins of a model: one table of objectives for all libraries.

use ir::{Builder, Elem, Reduce, Val};

/// From margins to what `predict` gives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Link {
    /// The margin is the prediction.
    Identity,
    /// XGBoost's `1 / (exp(min(-x, 88.7)) + 1)`, step by step in float32.
    Logistic,
    /// `1 / (1 + exp(-scale x))` in double.
    Sigmoid {
        scale: f64,
    },
    Exp,
    /// `log(1 + exp(x))`
    Softplus,
    /// `x |x|`, for a model of square roots.
    SignedSquare,
    /// `exp(x - max)`, divided by their sum, which is in double and then rounded to the kind of the margins.
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
            Link::Identity | Link::Exp | Link::Softplus | Link::SignedSquare => "prediction",
            Link::Logistic | Link::Sigmoid { .. } => "probability",
            Link::Softmax => "probabilities",
            Link::ArgMax | Link::Step => "label",
        }
    }
}

/// Writes the results: the prediction, which the link makes of the scores, and the margins where they are something else.
pub(crate) fn results<'b>(b: &'b Builder, link: Link, scores: &[Val<'b>], margins: &[Val<'b>]) {
    let all = |vals: &[Val<'b>]| if let [only] = vals { *only } else { b.pack(vals) };
    let prediction = match link {
        Link::Identity | Link::Logistic | Link::Sigmoid { .. } | Link::Exp | Link::Softplus | Link::SignedSquare | Link::Step => {
            all(&scores.iter().map(|x| each(link, *x)).collect::<Vec<_>>())
        }
        Link::Softmax => softmax(b.pack(scores)),
        Link::ArgMax => {
            let scores = b.pack(scores);
            scores.reduce(Reduce::ArgMax, [0]).cast(scores.elem())
        }
    };
    b.result(link.name(), prediction);
    let is_margin = link == Link::Identity && scores.iter().zip(margins).all(|(score, margin)| score.value() == margin.value());
    if !is_margin {
        b.result("margin", all(margins));
    }
}

fn each(link: Link, x: Val<'_>) -> Val<'_> {
    let b = x.builder();
    let one = if x.elem() == Elem::F32 { b.f32(1.0) } else { b.f64(1.0) };
    match link {
        Link::Identity | Link::Softmax | Link::ArgMax => x,
        // `std::min` keeps a NaN on its left.
        Link::Logistic => one / ((-x).gt(88.7).select(b.f32(88.7), -x).exp() + one),
        Link::Sigmoid { scale } => one / (one + (x * -scale).exp()),
        Link::Exp => x.exp(),
        Link::Softplus => x.exp().log1p(),
        Link::SignedSquare => x.abs() * x,
        Link::Step => x.gt(0.0).select(one, 0.0),
    }
}

fn softmax(margins: Val<'_>) -> Val<'_> {
    let weights = (margins - margins.reduce(Reduce::Max, [0])).exp();
    weights / weights.cast(Elem::F64).reduce(Reduce::SumInOrder, [0]).cast(margins.elem())
}
