//! scikit-learn objects that the recorded run fitted, applied to one row.
//!
//! A family is a file: rows on top, and a function a method that reads like scikit-learn's own formula. What they share is in `fitted`;
//! `compose` has the estimators that hold others and calls their parts as the script would. What no family has is refused in [`refuse`].

pub(crate) mod approximate;
pub(crate) mod back;
pub(crate) mod bayes;
pub(crate) mod boost;
pub(crate) mod compose;
pub(crate) mod custom;
pub(crate) mod dummy;
pub(crate) mod encode;
pub(crate) mod ensemble;
pub(crate) mod fitted;
pub(crate) mod forest;
pub(crate) mod impute;
pub(crate) mod kernel;
pub(crate) mod linear;
pub(crate) mod logs;
pub(crate) mod mixture;
pub(crate) mod neighbours;
pub(crate) mod neural;
pub(crate) mod process;
pub(crate) mod project;
pub(crate) mod scale;
pub(crate) mod select;
pub(crate) mod spline;
pub(crate) mod split;
pub(crate) mod words;

use crate::record::Estimator;
use crate::replay::Replay;
use crate::value::Unknown;
use source::Span;

/// The refusal of a method that no family has, with the way that works for its class.
pub(crate) fn refuse(replay: &mut Replay<'_, '_>, estimator: &Estimator, method: &str, at: Span) -> Unknown {
    let class = estimator.class_name();
    let what = format!("`{class}.{method}` cannot be converted");
    let help = match (class, method) {
        ("MultiLabelBinarizer", _) => "write the columns out with arithmetic on texts, as (df[\"c\"] == \"a\").astype(int)",
        (
            "DictionaryLearning" | "LatentDirichletAllocation" | "MiniBatchDictionaryLearning" | "MiniBatchNMF" | "NMF" | "SparseCoder",
            _,
        ) => "it iterates for each row until that converges; use PCA or TruncatedSVD, or compute this column before scoring and pass it in",
        ("KernelDensity", _) => {
            "its tree stops where the rest is below rtol, so the last digits are those of its walk; use GaussianMixture"
        }
        (_, "transform" | "fit_transform") => "use a transformer that converts, or compute this column before scoring and pass it in",
        (_, "predict_log_proba") => "take the logarithm: np.log(model.predict_proba(X))",
        (_, "inverse_transform") => "write the inverse as arithmetic on columns",
        _ => "export the fitted model to ONNX with skl2onnx and convert that file; the script converts up to the model's input",
    };
    replay.refuse("python-estimator", at, what, format!("a fitted {class} has no conversion for this"), help)
}
