//! Predicates as three-valued truths: null is unknown.

use ir::{Literal, Val};

use crate::scope::{Refusal, Scope, constant, literal};
use crate::xml::Element;

/// The names of predicate elements.
pub const ELEMENTS: &[&str] = &["SimplePredicate", "CompoundPredicate", "SimpleSetPredicate", "True", "False"];

/// The predicate of a node.
pub fn of_node(node: &Element) -> Result<&Element, Refusal> {
    let mut predicates = node.children.iter().filter(|child| ELEMENTS.contains(&child.name.as_str()));
    match (predicates.next(), predicates.next()) {
        (Some(predicate), None) => {
            predicate.mark_seen();
            Ok(predicate)
        }
        (None, _) => Err(node.error("pmml-missing-element", "the node has no predicate")),
        (Some(_), Some(second)) => Err(second.error("pmml-malformed-node", "the node has two predicates")),
    }
}

pub fn predicate<'d, 'b>(scope: &Scope<'d, 'b>, element: &'d Element) -> Result<Val<'b>, Refusal> {
    element.mark_seen();
    match element.name.as_str() {
        "True" => Ok(scope.b.bool(true)),
        "False" => Ok(scope.b.bool(false)),
        "SimplePredicate" => simple(scope, element),
        "SimpleSetPredicate" => set(scope, element),
        "CompoundPredicate" => compound(scope, element),
        other => Err(element.error("pmml-unsupported-element", format!("the predicate `{other}` is not supported"))),
    }
}

/// A field against a constant, in the field's own type.
fn simple<'d, 'b>(scope: &Scope<'d, 'b>, element: &'d Element) -> Result<Val<'b>, Refusal> {
    let x = scope.field(element, element.required("field")?)?;
    let operator = element.required("operator")?;
    match operator {
        "isMissing" => return Ok(x.is_null()),
        "isNotMissing" => return Ok(!x.is_null()),
        _ => {}
    }
    let value = constant(scope.b, element, x.elem(), element.required("value")?)?;
    match operator {
        "equal" => Ok(x.eq(value)),
        "notEqual" => Ok(x.ne(value)),
        "lessThan" => Ok(x.lt(value)),
        "lessOrEqual" => Ok(x.le(value)),
        "greaterThan" => Ok(x.gt(value)),
        "greaterOrEqual" => Ok(x.ge(value)),
        other => Err(element.error("pmml-malformed-attribute", format!("the operator `{other}` is unknown"))),
    }
}

/// Whether a field is among some values, or among none of them.
fn set<'d, 'b>(scope: &Scope<'d, 'b>, element: &'d Element) -> Result<Val<'b>, Refusal> {
    let x = scope.field(element, element.required("field")?)?;
    let Some(array) = element.child("Array") else {
        return Err(element.error("pmml-missing-element", "the set has no `Array`"));
    };
    array.attribute("type");
    let mut members: Vec<Literal> = Vec::new();
    for text in array_items(&array.text) {
        match literal(x.elem(), &text) {
            Some(member) if !members.contains(&member) => members.push(member),
            Some(_) => {}
            None => return Err(array.error("pmml-malformed-value", format!("`{text}` is no {}, which the field is", x.elem()))),
        }
    }
    let Some(is_in) = members.into_iter().map(|member| x.eq(scope.b.constant(member))).reduce(|a, b| a | b) else {
        return Err(array.error("pmml-malformed-value", "the set is empty"));
    };
    match element.required("booleanOperator")? {
        "isIn" => Ok(is_in),
        _ => Ok(!is_in),
    }
}

/// Items are parted by white space; an item in quotes may hold it, and `\"` is a quote inside.
pub fn array_items(text: &str) -> Vec<String> {
    let mut items = Vec::new();
    let mut characters = text.chars().peekable();
    while let Some(first) = characters.next() {
        if first.is_whitespace() {
            continue;
        }
        let mut item = String::new();
        if first == '"' {
            while let Some(character) = characters.next() {
                match (character, characters.peek()) {
                    ('\\', Some('"')) => item.extend(characters.next()),
                    ('"', _) => break,
                    (other, _) => item.push(other),
                }
            }
        } else {
            item.push(first);
            while let Some(character) = characters.next_if(|character| !character.is_whitespace()) {
                item.push(character);
            }
        }
        items.push(item);
    }
    items
}

/// `and` and `or` are three-valued; `xor` is unknown if any part is; `surrogate` is its first part that is known.
fn compound<'d, 'b>(scope: &Scope<'d, 'b>, element: &'d Element) -> Result<Val<'b>, Refusal> {
    let mut parts = Vec::new();
    for child in element.all_children() {
        parts.push(predicate(scope, child)?);
    }
    let operator = element.required("booleanOperator")?;
    let combined = parts.into_iter().reduce(|a, b| match operator {
        "and" => a & b,
        "or" => a | b,
        "xor" => a.ne(b),
        _ => a.or_else(b),
    });
    combined.ok_or_else(|| element.error("pmml-missing-element", "the predicate has no parts"))
}

#[cfg(test)]
mod tests {
    use super::array_items;

    #[test]
    fn quoted_items_keep_spaces_and_quotes() {
        assert_eq!(array_items(r#" a "b c"  "d\"e" 1.5 """#), ["a", "b c", "d\"e", "1.5", ""]);
    }
}
