//! Transformers that the script defines: the method's source is replayed on the attributes that the recorded `fit` left.

use crate::record::{self, Estimator};
use crate::replay::Replay;
use crate::value::{Eval, Known, Value};
use source::Span;

/// Whether the class is one of the script.
pub(crate) fn is_users(estimator: &Estimator) -> bool {
    estimator.class.starts_with("__main__.")
}

/// A method of the fitted object. The library calls it, so nothing inside was recorded, and what it needs is in the attributes.
pub(crate) fn call<'b>(
    replay: &mut Replay<'_, 'b>,
    known: &Known,
    estimator: &Estimator,
    method: &str,
    positional: Vec<Value<'b>>,
    at: Span,
) -> Eval<'b> {
    let name = estimator.class_name();
    let method = if method == "fit_transform" { "transform" } else { method };
    let found = match replay.find_name(name, None) {
        Some(Value::Class(class)) => Some(class.clone()),
        _ => None,
    };
    let exists = found.as_ref().is_some_and(|class| replay.method_of(class, method).is_some());
    let Some(class) = found.filter(|_| exists) else {
        return Err(replay.refuse(
            "python-estimator",
            at,
            format!("`{name}.{method}` is not found in the script"),
            format!("the class {name} has no method `{method}` of its own"),
            "write the method in the class itself",
        ));
    };
    let known = known.clone().with(true, false);
    replay.freeze(&known);
    let object = replay.new_object(class.clone());
    let part = |value: &record::Value| Value::Known(known.part(value.clone()).of(None));
    let attributes: Vec<(String, Value<'b>)> =
        estimator.fitted.iter().chain(&estimator.params).map(|(name, value)| (name.clone(), part(value))).collect();
    replay.objects[object.0].attributes = attributes;
    let outer = replay.activation.take();
    let result = match replay.bound(&class, method, &Value::Object(object), at) {
        Some((function, first)) => replay.apply(function, None, first.into_iter().chain(positional).collect(), Vec::new(), at),
        None => Err(replay.not_recorded(at)),
    };
    replay.activation = outer;
    super::compose::in_container(replay, estimator, method, result?, at)
}
