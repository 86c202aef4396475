//! Expressions of derived fields and outputs, one function an element. Missing is null, and spreads.

use ir::{Elem, Handle, Literal, Map, Table, Val};

use crate::functions;
use crate::scope::{DataType, Refusal, Scope, constant, in_interval, literal};
use crate::xml::Element;

struct Row {
    element: &'static str,
    translate: for<'d, 'b> fn(&Scope<'d, 'b>, &'d Element, Wanted) -> Result<Val<'b>, Refusal>,
}

const ELEMENTS: &[Row] = &[
    Row { element: "Apply", translate: apply },
    Row { element: "Constant", translate: constant_element },
    Row { element: "Discretize", translate: discretize },
    Row { element: "FieldRef", translate: field_ref },
    Row { element: "MapValues", translate: map_values },
    Row { element: "NormContinuous", translate: norm_continuous },
    Row { element: "NormDiscrete", translate: norm_discrete },
];

/// The kind of value that an expression is asked for, where it has a choice.
pub type Wanted = Option<DataType>;

/// The elements that convert, for support tables.
pub fn elements() -> impl Iterator<Item = &'static str> {
    ELEMENTS.iter().map(|row| row.element)
}

/// The value of a `DerivedField`, in its data type.
pub fn derived_field<'d, 'b>(scope: &Scope<'d, 'b>, field: &'d Element) -> Result<Val<'b>, Refusal> {
    let wanted = DataType::of(field, field.required("dataType")?)?;
    let value = inside(scope, field, Some(wanted))?;
    converted(field, value, wanted.elem())
}

/// The value of the one expression inside an element.
pub fn inside<'d, 'b>(scope: &Scope<'d, 'b>, element: &'d Element, wanted: Wanted) -> Result<Val<'b>, Refusal> {
    match element.children.iter().find(|child| ELEMENTS.iter().any(|row| row.element == child.name)) {
        Some(child) => expression(scope, child, wanted),
        None => match element.children.first() {
            Some(other) => Err(unsupported(other)),
            None => Err(element.error("pmml-missing-element", format!("`{}` has no expression", element.name))),
        },
    }
}

fn unsupported(element: &Element) -> Refusal {
    let mut refusal = element.error("pmml-unsupported-element", format!("the expression `{}` is not supported", element.name));
    let known: Vec<&str> = elements().collect();
    *refusal = refusal.help(format!("these are: {}", known.join(", ")));
    refusal
}

/// The value of an expression element.
pub fn expression<'d, 'b>(scope: &Scope<'d, 'b>, element: &'d Element, wanted: Wanted) -> Result<Val<'b>, Refusal> {
    element.mark_seen();
    match ELEMENTS.iter().find(|row| row.element == element.name) {
        Some(row) => (row.translate)(scope, element, wanted),
        None => Err(unsupported(element)),
    }
}

/// A value in another kind: numbers and truth values among themselves.
pub fn converted<'b>(element: &Element, value: Val<'b>, to: Elem) -> Result<Val<'b>, Refusal> {
    let from = value.elem();
    let number = |elem: Elem| elem.is_number() || elem == Elem::Bool;
    if from == to {
        Ok(value)
    } else if number(from) && number(to) && to != Elem::Bool {
        Ok(value.cast(to))
    } else {
        Err(element.error("pmml-unsupported-type", format!("a value of {from} where {to} is asked for")))
    }
}

/// A constant of the kind that is asked for, else of its own: a number if it reads as one.
fn constant_element<'d, 'b>(scope: &Scope<'d, 'b>, element: &'d Element, wanted: Wanted) -> Result<Val<'b>, Refusal> {
    let data_type = match element.attribute("dataType") {
        Some(word) => DataType::of(element, word)?,
        None => match (literal(Elem::I64, &element.text), literal(Elem::F64, &element.text)) {
            (Some(_), _) if wanted == Some(DataType::Integer) => DataType::Integer,
            (_, Some(_)) => DataType::Double,
            (_, None) => DataType::String,
        },
    };
    if element.attribute("missing").is_some_and(|missing| missing == "true" || missing == "1") {
        return Ok(scope.b.null(wanted.unwrap_or(data_type).elem()));
    }
    constant(scope.b, element, data_type.elem(), &element.text)
}

/// A field, or a replacement where it is missing.
fn field_ref<'d, 'b>(scope: &Scope<'d, 'b>, element: &'d Element, _: Wanted) -> Result<Val<'b>, Refusal> {
    let x = scope.field(element, element.required("field")?)?;
    match element.attribute("mapMissingTo") {
        Some(text) => Ok(x.or_else(constant(scope.b, element, x.elem(), text)?)),
        None => Ok(x),
    }
}

/// `n1 + (x - o1) / (o2 - o1) * (n2 - n1)` on the piece that `x` lies on; beyond the ends as `outliers` says.
fn norm_continuous<'d, 'b>(scope: &Scope<'d, 'b>, element: &'d Element, _: Wanted) -> Result<Val<'b>, Refusal> {
    let x = converted(element, scope.field(element, element.required("field")?)?, Elem::F64)?;
    let mut points = Vec::new();
    for point in element.children_named("LinearNorm") {
        points.push((point.required_number("orig")?, point.required_number("norm")?));
    }
    if points.len() < 2 || !points.windows(2).all(|pair| pair[0].0 < pair[1].0) {
        return Err(element.error("pmml-malformed-value", "`NormContinuous` needs two or more points with rising `orig`"));
    }
    let piece = |pair: &[(f64, f64)]| {
        let ((o1, n1), (o2, n2)) = (pair[0], pair[1]);
        (x - o1) / (o2 - o1) * (n2 - n1) + n1
    };
    // From the last piece back: each earlier one lies over it up to its own end.
    let mut value = None;
    for pair in points.windows(2).rev() {
        let here = piece(pair);
        value = Some(match value {
            None => here,
            Some(later) => x.le(pair[1].0).select(here, later),
        });
    }
    let (Some(mut value), Some(first), Some(last)) = (value, points.first(), points.last()) else {
        return Err(element.error("pmml-malformed-value", "`NormContinuous` has no points"));
    };
    let ends = match element.attribute("outliers").unwrap_or("asIs") {
        "asExtremeValues" => Some((scope.b.f64(first.1), scope.b.f64(last.1))),
        "asMissingValues" => Some((scope.b.null(Elem::F64), scope.b.null(Elem::F64))),
        _ => None,
    };
    if let Some((low, high)) = ends {
        value = x.lt(first.0).select(low, x.gt(last.0).select(high, value));
    }
    missing_as(scope, element, x, value)
}

/// 1 where the field has the value, else 0.
fn norm_discrete<'d, 'b>(scope: &Scope<'d, 'b>, element: &'d Element, _: Wanted) -> Result<Val<'b>, Refusal> {
    let x = scope.field(element, element.required("field")?)?;
    let is_value = x.eq(constant(scope.b, element, x.elem(), element.required("value")?)?);
    missing_as(scope, element, x, is_value.select(scope.b.f64(1.0), 0.0))
}

/// `mapMissingTo` where the operand is missing, else the value as it is.
fn missing_as<'b>(scope: &Scope<'_, 'b>, element: &Element, x: Val<'b>, value: Val<'b>) -> Result<Val<'b>, Refusal> {
    match element.attribute("mapMissingTo") {
        Some(text) => Ok(x.is_null().select(constant(scope.b, element, value.elem(), text)?, value)),
        None => Ok(value),
    }
}

/// The kind of result of an element that looks values up.
fn result_type(element: &Element, wanted: Wanted) -> Result<Elem, Refusal> {
    match (element.attribute("dataType"), wanted) {
        (Some(word), _) => Ok(DataType::of(element, word)?.elem()),
        (None, Some(wanted)) => Ok(wanted.elem()),
        (None, None) => Ok(Elem::Str),
    }
}

/// The value of the first bin that holds the field, else the default.
fn discretize<'d, 'b>(scope: &Scope<'d, 'b>, element: &'d Element, wanted: Wanted) -> Result<Val<'b>, Refusal> {
    let x = scope.field(element, element.required("field")?)?;
    let elem = result_type(element, wanted)?;
    let mut value = match element.attribute("defaultValue") {
        Some(text) => constant(scope.b, element, elem, text)?,
        None => scope.b.null(elem),
    };
    let bins: Vec<&Element> = element.children_named("DiscretizeBin").collect();
    for bin in bins.into_iter().rev() {
        let Some(interval) = bin.child("Interval") else {
            return Err(bin.error("pmml-missing-element", "the bin has no interval"));
        };
        let here = constant(scope.b, bin, elem, bin.required("binValue")?)?;
        value = in_interval(scope.b, interval, x)?.select(here, value);
    }
    // A missing field makes every condition unknown, and so the value null, where there is any bin.
    let value = x.is_null().select(scope.b.null(elem), value);
    missing_as(scope, element, x, value)
}

/// The output column of the row of the table that has the values of the fields; else the default.
fn map_values<'d, 'b>(scope: &Scope<'d, 'b>, element: &'d Element, wanted: Wanted) -> Result<Val<'b>, Refusal> {
    let output = element.required("outputColumn")?;
    let elem = result_type(element, wanted)?;
    let mut fields = Vec::new();
    let mut columns = Vec::new();
    for pair in element.children_named("FieldColumnPair") {
        let x = scope.field(pair, pair.required("field")?)?;
        fields.push(if x.elem() == Elem::F32 { x.cast(Elem::F64) } else { x });
        columns.push(pair.required("column")?);
    }
    let Some(table) = element.child("InlineTable") else {
        return Err(element.error("pmml-unsupported-element", "the table of `MapValues` must stand in the document"));
    };
    let mut rows: Vec<(Vec<Literal>, Literal)> = Vec::new();
    for row in table.children_named("row") {
        row.mark_all();
        let cell = |column: &str| row.child(column).map(|cell| cell.text.as_str());
        let Some(value) = cell(output).and_then(|text| literal(elem, text)) else {
            return Err(row.error("pmml-malformed-value", format!("the row has no value of {elem} in the column `{output}`")));
        };
        let keys: Option<Vec<Literal>> =
            std::iter::zip(&columns, &fields).map(|(column, field)| cell(column).and_then(|text| literal(field.elem(), text))).collect();
        match keys {
            // Of equal rows the first counts.
            Some(keys) if rows.iter().all(|(before, _)| *before != keys) => rows.push((keys, value)),
            Some(_) => {}
            None => {
                return Err(
                    row.error("pmml-malformed-value", "the row lacks a cell of its input columns, or it has another type than the field")
                );
            }
        }
    }
    let Some(any_missing) = fields.iter().map(|field| field.is_null()).reduce(|a, b| a | b) else {
        return Err(element.error("pmml-missing-element", "`MapValues` has no `FieldColumnPair`"));
    };
    let keys = fields.iter().map(|field| field.elem()).collect();
    let map: Handle<Table> = scope.b.table(Table::Map(Map { name: format!("table of {}", columns.join(", ")), keys, value: elem, rows }));
    let mut value = scope.b.lookup(map, &fields);
    if let Some(text) = element.attribute("defaultValue") {
        value = value.or_else(constant(scope.b, element, elem, text)?);
    }
    let missing = match element.attribute("mapMissingTo") {
        Some(text) => constant(scope.b, element, elem, text)?,
        None => scope.b.null(elem),
    };
    Ok(any_missing.select(missing, value))
}

/// A function of its arguments. `mapMissingTo` stands in where an argument is missing, `defaultValue` where the result is.
fn apply<'d, 'b>(scope: &Scope<'d, 'b>, element: &'d Element, wanted: Wanted) -> Result<Val<'b>, Refusal> {
    let name = element.required("function")?;
    let mut arguments = Vec::new();
    for child in element.all_children() {
        arguments.push(expression(scope, child, None)?);
    }
    let value = functions::apply(scope.b, element, name, &arguments, wanted)?;
    let value = match (element.attribute("mapMissingTo"), arguments.iter().map(|argument| argument.is_null()).reduce(|a, b| a | b)) {
        (Some(text), Some(any_missing)) => any_missing.select(constant(scope.b, element, value.elem(), text)?, value),
        (Some(_), None) | (None, _) => value,
    };
    match element.attribute("defaultValue") {
        Some(text) => Ok(value.or_else(constant(scope.b, element, value.elem(), text)?)),
        None => Ok(value),
    }
}
