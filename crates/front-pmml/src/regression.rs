//! `RegressionModel`: linear sums, and what the normalisation method makes of them.

use ir::{Elem, Val};

use source::Diagnostic;

use crate::output::{Prediction, Probability};
use crate::scope::{DataType, Refusal, Scope, constant, literal};
use crate::xml::Element;

/// Errors: every predictor that does not convert, and what is wrong with the model as a whole.
pub fn model<'d, 'b>(scope: &Scope<'d, 'b>, element: &'d Element, target: Option<DataType>) -> Result<Prediction<'b>, Vec<Diagnostic>> {
    let mut tables = Vec::new();
    let mut found = Vec::new();
    for table in element.children_named("RegressionTable") {
        scope.at(table);
        match linear(scope, table) {
            Ok(sum) => tables.push((table, sum)),
            Err(mut more) => found.append(&mut more),
        }
    }
    if !found.is_empty() {
        return Err(found);
    }
    scope.at(element);
    prediction(scope, element, &tables, target).map_err(|refusal| vec![*refusal])
}

fn prediction<'d, 'b>(
    scope: &Scope<'d, 'b>,
    element: &'d Element,
    tables: &[(&'d Element, Val<'b>)],
    target: Option<DataType>,
) -> Result<Prediction<'b>, Refusal> {
    let method = element.attribute("normalizationMethod").unwrap_or("none");
    match element.required("functionName")? {
        "regression" => match tables {
            [(table, sum)] => {
                table.attribute("targetCategory");
                let value = if matches!(method, "softmax" | "simplemax") { *sum } else { link(element, method, *sum)? };
                Ok(Prediction { label: value, probabilities: Vec::new(), without_probabilities: None })
            }
            tables => Err(element.error("pmml-malformed-node", format!("a regression has one table, and this has {}", tables.len()))),
        },
        "classification" => classification(scope, element, method, tables, target),
        other => Err(element.error("pmml-unsupported-attribute", format!("a regression model for `{other}` is not supported"))),
    }
}

/// `intercept + sum of coefficient * x ^ exponent + sum of coefficient where the category is met + sum of coefficient * product`
///
/// In double, in the order of the document. Null where a number is missing; a missing category adds nothing.
fn linear<'d, 'b>(scope: &Scope<'d, 'b>, table: &'d Element) -> Result<Val<'b>, Vec<Diagnostic>> {
    let mut found = Vec::new();
    let mut sum = match table.required_number("intercept") {
        Ok(intercept) => scope.b.f64(intercept),
        Err(refusal) => return Err(vec![*refusal]),
    };
    for predictor in table.all_children() {
        match part(scope, predictor) {
            Ok(part) => sum = sum + part,
            Err(refusal) => found.push(*refusal),
        }
    }
    if found.is_empty() { Ok(sum) } else { Err(found) }
}

/// What one predictor adds.
fn part<'d, 'b>(scope: &Scope<'d, 'b>, predictor: &'d Element) -> Result<Val<'b>, Refusal> {
    match predictor.name.as_str() {
        "NumericPredictor" => {
            let x = number(scope, predictor, predictor.required("name")?)?;
            let exponent = predictor.number("exponent")?.unwrap_or(1.0);
            Ok(power(x, exponent) * predictor.required_number("coefficient")?)
        }
        "CategoricalPredictor" => {
            let x = scope.field(predictor, predictor.required("name")?)?;
            let value = constant(scope.b, predictor, x.elem(), predictor.required("value")?)?;
            let coefficient = scope.b.f64(predictor.required_number("coefficient")?);
            Ok(x.eq(value).or_else(false).select(coefficient, 0.0))
        }
        "PredictorTerm" => {
            let mut product = scope.b.f64(predictor.required_number("coefficient")?);
            for factor in predictor.children_named("FieldRef") {
                product = product * number(scope, factor, factor.required("field")?)?;
            }
            Ok(product)
        }
        other => Err(predictor.error("pmml-unsupported-element", format!("the predictor `{other}` is not supported"))),
    }
}

fn number<'d, 'b>(scope: &Scope<'d, 'b>, element: &'d Element, name: &str) -> Result<Val<'b>, Refusal> {
    let x = scope.field(element, name)?;
    if x.elem().is_number() {
        Ok(x.cast(Elem::F64))
    } else {
        Err(element.error("pmml-unsupported-type", format!("the field `{name}` is {} and not a number", x.elem())))
    }
}

/// Small whole exponents are products, so that no rounding but theirs comes in.
fn power(x: Val<'_>, exponent: f64) -> Val<'_> {
    match exponent {
        1.0 => x,
        2.0 => x * x,
        3.0 => x * x * x,
        exponent => x.pow(exponent),
    }
}

/// The inverse of a link function.
fn link<'b>(element: &Element, method: &str, y: Val<'b>) -> Result<Val<'b>, Refusal> {
    match method {
        "none" => Ok(y),
        "logit" => Ok(y.sigmoid()),
        "exp" => Ok(y.exp()),
        // 1 - exp(-exp(y)), without the loss where exp(y) is small.
        "cloglog" => Ok(-(-y.exp()).expm1()),
        "loglog" => Ok((-(-y).exp()).exp()),
        other => {
            let mut refusal =
                element.error("pmml-unsupported-attribute", format!("the normalization method `{other}` is not supported here"));
            *refusal = refusal.help("none, softmax, simplemax, logit, exp, cloglog and loglog are");
            Err(refusal)
        }
    }
}

/// A probability a table; the label is the class of the first greatest one.
fn classification<'d, 'b>(
    scope: &Scope<'d, 'b>,
    element: &'d Element,
    method: &str,
    tables: &[(&'d Element, Val<'b>)],
    target: Option<DataType>,
) -> Result<Prediction<'b>, Refusal> {
    let mut classes = Vec::new();
    for (table, _) in tables {
        classes.push(table.required("targetCategory")?);
    }
    let sums: Vec<Val<'b>> = tables.iter().map(|(_, sum)| *sum).collect();
    if sums.len() < 2 {
        return Err(element.error("pmml-malformed-node", "a classification has two tables or more"));
    }
    let values = match (method, sums.as_slice()) {
        ("softmax", sums) => softmax(sums),
        ("simplemax", sums) => Ok(shares(sums)),
        // Two classes: the first by its own table, bounded to what a probability may be, the second is what is left.
        (method, [first, _]) => {
            let p = link(element, method, *first)?;
            let p = p.lt(0.0).select(scope.b.f64(0.0), p.gt(1.0).select(scope.b.f64(1.0), p));
            Ok(vec![p, scope.b.f64(1.0) - p])
        }
        // All but the last by their tables, the last is what is left.
        ("none", sums) => {
            let mut values: Vec<Val<'b>> = sums.iter().take(sums.len() - 1).copied().collect();
            let rest = values.iter().copied().reduce(|a, b| a + b).map(|sum| scope.b.f64(1.0) - sum);
            values.extend(rest);
            Ok(values)
        }
        // Each by its link, then by share.
        (method, sums) => {
            let linked: Vec<Val<'b>> = sums.iter().map(|sum| link(element, method, *sum)).collect::<Result<_, _>>()?;
            Ok(shares(&linked))
        }
    }
    .map_err(|why: String| element.error("pmml-malformed-node", why))?;
    // A null sum has no greatest class.
    let elem = target.map_or(Elem::Str, DataType::elem);
    let mut label: Option<(Val<'b>, Val<'b>)> = None;
    for (class, value) in std::iter::zip(&classes, &values) {
        let Some(name) = literal(elem, class) else {
            return Err(element.error("pmml-malformed-value", format!("the class `{class}` is no {elem}, which the target is")));
        };
        let name = scope.b.constant(name);
        label = Some(match label {
            None => (name, *value),
            Some((best, greatest)) => {
                let better = value.gt(greatest);
                (better.select(name, best), better.select(*value, greatest))
            }
        });
    }
    let Some((label, _)) = label else { return Err(element.error("pmml-malformed-node", "there is no class")) };
    let probabilities = std::iter::zip(classes, values).map(|(class, value)| Probability { class: class.to_owned(), value }).collect();
    Ok(Prediction { label, probabilities, without_probabilities: None })
}

/// `exp(y - max) / sum`
fn softmax<'b>(sums: &[Val<'b>]) -> Result<Vec<Val<'b>>, String> {
    let Some(greatest) = sums.iter().copied().reduce(|a, b| a.ge(b).select(a, b)) else { return Err("there is no table".to_owned()) };
    let weights: Vec<Val<'b>> = sums.iter().map(|sum| (*sum - greatest).exp()).collect();
    Ok(shares(&weights))
}

fn shares<'b>(values: &[Val<'b>]) -> Vec<Val<'b>> {
    let total = values.iter().copied().reduce(|a, b| a + b);
    values.iter().map(|value| total.map_or(*value, |total| *value / total)).collect()
}
