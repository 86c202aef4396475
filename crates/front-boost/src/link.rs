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

/// What a model says of a row.
pub struct Scores<'b> {
    pub(crate) link: Link,
    /// What the link is applied to.
    pub(crate) scores: Vec<Val<'b>>,
    /// One a class or target, of two classes one for the second: what the trees add up to.
    pub margins: Vec<Val<'b>>,
    /// The margin above which a row is of the second of two classes.
    pub border: f64,
}

impl<'b> Scores<'b> {
    pub(crate) fn new(link: Link, margins: Vec<Val<'b>>) -> Scores<'b> {
        Scores { link, scores: margins.clone(), margins, border: 0.0 }
    }

    /// What the library's `predict` makes of the margins, as a scalar or a vector.
    pub fn prediction(&self, b: &'b Builder) -> Val<'b> {
        match self.link {
            Link::Identity | Link::Logistic | Link::Sigmoid { .. } | Link::Exp | Link::Softplus | Link::SignedSquare | Link::Step => {
                all(b, &self.scores.iter().map(|x| each(self.link, *x)).collect::<Vec<_>>())
            }
            Link::Softmax => softmax(b.pack(&self.scores)),
            Link::ArgMax => {
                let scores = b.pack(&self.scores);
                scores.reduce(Reduce::ArgMax, [0]).cast(scores.elem())
            }
        }
    }

    /// Writes the results: the prediction, and the margins where they are something else.
    pub(crate) fn results(&self, b: &'b Builder) {
        b.result(self.link.name(), self.prediction(b));
        let is_margin =
            self.link == Link::Identity && self.scores.iter().zip(&self.margins).all(|(score, margin)| score.value() == margin.value());
        if !is_margin {
            b.result("margin", all(b, &self.margins));
        }
    }
}

fn all<'b>(b: &'b Builder, vals: &[Val<'b>]) -> Val<'b> {
    if let [only] = vals { *only } else { b.pack(vals) }
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
