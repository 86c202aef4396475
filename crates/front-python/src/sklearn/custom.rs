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
    let function = found.as_ref().and_then(|class| replay.method_of(class, method));
    let (Some(class), Some(function)) = (found, function) else {
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
    let object = replay.new_object(class);
    let part = |value: &record::Value| Value::Known(known.part(value.clone()).of(None));
    let attributes: Vec<(String, Value<'b>)> =
        estimator.fitted.iter().chain(&estimator.params).map(|(name, value)| (name.clone(), part(value))).collect();
    replay.objects[object.0].attributes = attributes;
    let mut arguments = vec![Value::Object(object)];
    arguments.extend(positional);
    let outer = replay.activation.take();
    let result = replay.call_user(&function, arguments, Vec::new(), at);
    replay.activation = outer;
    super::compose::in_container(replay, estimator, method, result?, at)
}
