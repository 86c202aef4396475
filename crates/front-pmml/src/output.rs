//! What a model gives: `Targets` on the prediction, then the fields of `Output`.

use ir::{Builder, Elem, Val};
use source::{Diagnostic, Place};

use crate::expression;
use crate::functions::half_up;
use crate::scope::{DataType, Refusal, Scope, constant};
use crate::xml::Element;

/// The result of a model before its output fields.
pub struct Prediction<'b> {
    /// The number, or the class. Null where there is no prediction.
    pub label: Val<'b>,
    /// By class, in the order of the document; empty for a regression.
    pub probabilities: Vec<Probability<'b>>,
    /// A node that has none, where others do.
    pub without_probabilities: Option<Place>,
}

pub struct Probability<'b> {
    pub class: String,
    pub value: Val<'b>,
}

/// What a target without a name is called.
const UNNAMED: &str = "prediction";

/// Writes the results: the target, then every final output field.
pub fn results<'d, 'b>(
    scope: &Scope<'d, 'b>,
    model: &'d Element,
    target: Option<&str>,
    target_type: Option<DataType>,
    mut prediction: Prediction<'b>,
) -> Result<(), Vec<Diagnostic>> {
    let mut found = Vec::new();
    let is_regression = model.attribute("functionName") == Some("regression");
    if let Some(targets) = model.child("Targets") {
        match adjusted(scope, targets, target, prediction.label, is_regression) {
            Ok(label) => prediction.label = label,
            Err(refusal) => found.push(*refusal),
        }
    }
    if let (true, Some(DataType::Float)) = (is_regression, target_type) {
        prediction.label = prediction.label.cast(Elem::F32);
    }
    let name = target.unwrap_or(UNNAMED);
    let label = prediction.label.named(name);
    // Expressions in the output may name the target.
    scope.define(name, label);
    scope.b.result(name, label);
    let mut names = vec![name.to_owned()];
    if let Some(output) = model.child("Output") {
        for field in output.children_named("OutputField") {
            scope.at(field);
            match output_field(scope, field, target, &prediction) {
                Ok((name, value, is_final)) => {
                    scope.define(&name, value);
                    if is_final && names.contains(&name) {
                        found.push(*field.error("pmml-duplicate-name", format!("two results are called `{name}`")));
                    } else if is_final {
                        scope.b.result(name.clone(), value);
                        names.push(name);
                    }
                }
                Err(refusal) => found.push(*refusal),
            }
        }
    }
    if found.is_empty() { Ok(()) } else { Err(found) }
}

fn output_field<'d, 'b>(
    scope: &Scope<'d, 'b>,
    field: &'d Element,
    target: Option<&str>,
    prediction: &Prediction<'b>,
) -> Result<(String, Val<'b>, bool), Refusal> {
    let name = field.required("name")?.to_owned();
    let is_final = !field.attribute("isFinalResult").is_some_and(|text| text == "false" || text == "0");
    let data_type = field.attribute("dataType").map(|word| DataType::of(field, word)).transpose()?;
    if let Some(other) = field.attribute("targetField").filter(|other| Some(*other) != target) {
        return Err(field.error("pmml-unknown-field", format!("the model has no target `{other}`")));
    }
    let value = match field.attribute("feature").unwrap_or("predictedValue") {
        "predictedValue" => prediction.label,
        "probability" => probability(scope.b, field, prediction)?,
        "transformedValue" => expression::inside(scope, field, data_type)?,
        other => {
            let mut refusal = field.error("pmml-unsupported-attribute", format!("the output feature `{other}` is not supported"));
            *refusal = refusal.help("predictedValue, probability and transformedValue are; remove the output field if nobody needs it");
            return Err(refusal);
        }
    };
    let value = match data_type {
        Some(data_type) => expression::converted(field, value, data_type.elem())?,
        None => value,
    };
    Ok((name.clone(), value.named(name), is_final))
}

/// The probability of a class, or without `value` of the predicted one.
fn probability<'b>(b: &'b Builder, field: &Element, prediction: &Prediction<'b>) -> Result<Val<'b>, Refusal> {
    if prediction.probabilities.is_empty() {
        return Err(field.error(
            "pmml-no-probabilities",
            "the model has no probabilities: it is a regression, or its nodes have no `ScoreDistribution`",
        ));
    }
    if let Some(place) = &prediction.without_probabilities {
        let mut refusal = field.error("pmml-no-probabilities", "a node of the tree has no `ScoreDistribution`");
        *refusal =
            refusal.see(place.clone(), "this one").help("write the distribution of every node, or remove the probability from the output");
        return Err(refusal);
    }
    match field.attribute("value") {
        Some(class) => match prediction.probabilities.iter().find(|probability| probability.class == class) {
            Some(probability) => Ok(probability.value),
            // A class that no node has: never predicted.
            None => {
                let zero = b.f64(0.0);
                Ok(prediction.label.is_null().select(b.null(Elem::F64), zero))
            }
        },
        None => {
            let mut value = b.null(Elem::F64);
            for probability in prediction.probabilities.iter().rev() {
                let class = constant(b, field, prediction.label.elem(), &probability.class)?;
                value = prediction.label.eq(class).select(probability.value, value);
            }
            Ok(value)
        }
    }
}

/// A default where there is no prediction; then bounds, scale, shift, and rounding to a whole number, in this order.
fn adjusted<'b>(
    scope: &Scope<'_, 'b>,
    targets: &Element,
    target: Option<&str>,
    label: Val<'b>,
    is_regression: bool,
) -> Result<Val<'b>, Refusal> {
    let mut y = label;
    for element in targets.children_named("Target") {
        scope.at(element);
        if let Some(field) = element.attribute("field").filter(|field| Some(*field) != target) {
            return Err(element.error("pmml-unknown-field", format!("the model has no target `{field}`")));
        }
        if !is_regression {
            // Names and priors of classes; what may change a score is reported as unread.
            element.children_named("TargetValue").for_each(|value| {
                value.attribute("value");
            });
            continue;
        }
        for value in element.children_named("TargetValue") {
            if let Some(default) = value.number("defaultValue")? {
                y = y.or_else(default);
            }
        }
        if let Some(least) = element.number("min")? {
            y = y.lt(least).select(scope.b.f64(least), y);
        }
        if let Some(greatest) = element.number("max")? {
            y = y.gt(greatest).select(scope.b.f64(greatest), y);
        }
        match element.number("rescaleFactor")? {
            Some(factor) if factor != 1.0 => y = y * factor,
            Some(_) | None => {}
        }
        match element.number("rescaleConstant")? {
            Some(shift) if shift != 0.0 => y = y + shift,
            Some(_) | None => {}
        }
        y = match element.attribute("castInteger") {
            Some("round") => half_up(y),
            Some("ceiling") => y.ceil(),
            Some("floor") => y.floor(),
            Some(_) | None => y,
        };
    }
    Ok(y)
}
