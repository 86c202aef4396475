//! scikit-learn objects that the recorded run fitted, applied to one row.
//!
//! A family is a file: rows on top, and a function a method that reads like scikit-learn's own formula. What they share is in `fitted`;
//! `compose` has the estimators that hold others and calls their parts as the script would. What no family has is refused in [`refuse`].

pub(crate) mod bayes;
pub(crate) mod compose;
pub(crate) mod custom;
pub(crate) mod encode;
pub(crate) mod ensemble;
pub(crate) mod fitted;
pub(crate) mod forest;
pub(crate) mod impute;
pub(crate) mod kernel;
pub(crate) mod linear;
pub(crate) mod log;
pub(crate) mod neighbours;
pub(crate) mod neural;
pub(crate) mod project;
pub(crate) mod scale;
pub(crate) mod select;
pub(crate) mod spline;
pub(crate) mod split;

use crate::record::Estimator;
use crate::replay::Replay;
use crate::value::Unknown;
use source::Span;

/// The refusal of a method that no family has, with the way that works for its class.
pub(crate) fn refuse(replay: &mut Replay<'_, '_>, estimator: &Estimator, method: &str, at: Span) -> Unknown {
    let class = estimator.class_name();
    let what = format!("`{class}.{method}` cannot be converted");
    let help = match (class, method) {
        ("MultiLabelBinarizer" | "FeatureHasher", _) => {
            "write the columns out with arithmetic on texts, as (df[\"c\"] == \"a\").astype(int)"
        }
        ("CountVectorizer" | "TfidfVectorizer" | "TfidfTransformer" | "HashingVectorizer", _) => {
            "texts are not split into words here; export the fitted vectorizer with its model to ONNX"
        }
        (_, "transform" | "fit_transform") => "use a transformer that converts, or compute this column before scoring and pass it in",
        (_, "inverse_transform") => "write the inverse as arithmetic on columns",
        _ => "export the fitted model to ONNX with skl2onnx and convert that file; the script converts up to the model's input",
    };
    replay.refuse("python-estimator", at, what, format!("a fitted {class} has no conversion for this"), help)
}
