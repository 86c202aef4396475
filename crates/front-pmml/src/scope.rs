//! The fields of a document as values: data fields after the mining schema's treatment, derived fields when something asks for them.
//!
//! Missing is null. A float field that is NaN counts as missing too: PMML has no other word for it.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use ir::{Builder, Elem, Field, Literal, Reason, Type, Val};
use source::{Diagnostic, Sources};

use crate::expression;
use crate::xml::{Element, parse_number};

pub type Refusal = Box<Diagnostic>;

/// The kinds of value that convert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataType {
    String,
    Integer,
    Float,
    Double,
    Boolean,
}

impl DataType {
    /// From a `dataType` attribute of an element.
    pub fn of(element: &Element, word: &str) -> Result<DataType, Refusal> {
        match word {
            "string" => Ok(DataType::String),
            "integer" => Ok(DataType::Integer),
            "float" => Ok(DataType::Float),
            "double" => Ok(DataType::Double),
            "boolean" => Ok(DataType::Boolean),
            other => {
                let mut refusal = element.error("pmml-unsupported-type", format!("the data type `{other}` is not supported"));
                *refusal = refusal.help("string, integer, float, double and boolean are; pass dates in as numbers");
                Err(refusal)
            }
        }
    }

    pub fn elem(self) -> Elem {
        match self {
            DataType::String => Elem::Str,
            DataType::Integer => Elem::I64,
            DataType::Float => Elem::F32,
            DataType::Double => Elem::F64,
            DataType::Boolean => Elem::Bool,
        }
    }
}

/// Text of the document as a constant of an element kind. `None` where it is none.
pub fn literal(elem: Elem, text: &str) -> Option<Literal> {
    match elem {
        Elem::Str => Some(Literal::Str(text.to_owned())),
        Elem::F64 => parse_number(text).map(Literal::F64),
        Elem::F32 => {
            let number = parse_number(text)?;
            // Through the text, so that it is rounded once.
            Some(Literal::F32(text.trim().parse().unwrap_or(number as f32)))
        }
        Elem::I64 => match text.trim().parse::<i64>() {
            Ok(number) => Some(Literal::I64(number)),
            Err(_) => {
                parse_number(text).filter(|number| number.fract() == 0.0 && number.abs() < 9.0e15).map(|number| Literal::I64(number as i64))
            }
        },
        Elem::Bool => match text.trim() {
            "true" | "1" => Some(Literal::Bool(true)),
            "false" | "0" => Some(Literal::Bool(false)),
            _ => None,
        },
        Elem::I32 | Elem::Date | Elem::DateTime | Elem::Duration => None,
    }
}

/// Text of an element as a constant, or why not.
pub fn constant<'b>(b: &'b Builder, element: &Element, elem: Elem, text: &str) -> Result<Val<'b>, Refusal> {
    match literal(elem, text) {
        Some(literal) => Ok(b.constant(literal)),
        None => Err(element.error("pmml-malformed-value", format!("`{text}` is no {elem}, which is what the field asks for"))),
    }
}

pub struct Scope<'d, 'b> {
    pub b: &'b Builder,
    pub sources: &'d Sources,
    dictionary: BTreeMap<&'d str, &'d Element>,
    derived: BTreeMap<&'d str, &'d Element>,
    values: RefCell<BTreeMap<String, Val<'b>>>,
    open: RefCell<BTreeSet<String>>,
}

impl<'d, 'b> Scope<'d, 'b> {
    /// Fields by name; nothing is computed yet.
    pub fn new(b: &'b Builder, sources: &'d Sources, root: &'d Element, model: &'d Element) -> Result<Self, Vec<Diagnostic>> {
        let mut found = Vec::new();
        let mut dictionary = BTreeMap::new();
        match root.child("DataDictionary") {
            None => found.push(*root.error("pmml-missing-element", "the document has no `DataDictionary`")),
            Some(fields) => {
                for field in fields.children_named("DataField") {
                    match field.required("name") {
                        Ok(name) => {
                            if dictionary.insert(name, field).is_some() {
                                found.push(*field.error("pmml-duplicate-name", format!("two data fields are called `{name}`")));
                            }
                        }
                        Err(refusal) => found.push(*refusal),
                    }
                }
            }
        }
        let mut derived = BTreeMap::new();
        for list in [root.child("TransformationDictionary"), model.child("LocalTransformations")].into_iter().flatten() {
            for field in list.children_named("DerivedField") {
                if let Some(name) = field.attribute("name")
                    && (derived.insert(name, field).is_some() || dictionary.contains_key(name))
                {
                    found.push(*field.error("pmml-duplicate-name", format!("two fields are called `{name}`")));
                }
            }
        }
        let scope = Scope { b, sources, dictionary, derived, values: RefCell::default(), open: RefCell::default() };
        if found.is_empty() { Ok(scope) } else { Err(found) }
    }

    /// Nodes from here on come from this element.
    pub fn at(&self, element: &Element) {
        self.b.at(&element.place(), self.sources);
    }

    pub fn data_field(&self, name: &str) -> Option<&'d Element> {
        self.dictionary.get(name).copied()
    }

    /// The data type of a data field, if there is one of that name.
    pub fn data_type(&self, name: &str) -> Result<Option<DataType>, Refusal> {
        match self.data_field(name) {
            Some(field) => DataType::of(field, field.required("dataType")?).map(Some),
            None => Ok(None),
        }
    }

    /// A result of the model, for expressions in its output.
    pub fn define(&self, name: &str, value: Val<'b>) {
        self.values.borrow_mut().insert(name.to_owned(), value);
    }

    /// The value of a field that an element refers to.
    pub fn field(&self, element: &Element, name: &str) -> Result<Val<'b>, Refusal> {
        if let Some(value) = self.values.borrow().get(name) {
            return Ok(*value);
        }
        let Some(field) = self.derived.get(name).copied() else {
            let mut refusal = element.error("pmml-unknown-field", format!("there is no active field `{name}`"));
            if let Some(data) = self.data_field(name) {
                *refusal = refusal.see(data.span, "this field is not in the mining schema of the model");
            }
            return Err(refusal);
        };
        if !self.open.borrow_mut().insert(name.to_owned()) {
            return Err(field.error("pmml-cycle", format!("the derived field `{name}` depends on itself")));
        }
        let back = self.b.origin();
        self.at(field);
        let value = expression::derived_field(self, field);
        self.b.return_to(back);
        self.open.borrow_mut().remove(name);
        let value = value?.named(name);
        self.define(name, value);
        Ok(value)
    }

    /// Derived fields that nothing asked for need not convert.
    pub fn pass_over_unused(&self) {
        for (name, field) in &self.derived {
            if !self.values.borrow().contains_key(*name) {
                field.mark_all();
            }
        }
    }

    /// The active fields of a mining schema as parameters, each treated as the schema says. Gives the name of the target, if there is one.
    pub fn mining_schema(&self, model: &'d Element) -> Result<Option<&'d str>, Vec<Diagnostic>> {
        let Some(schema) = model.child("MiningSchema") else {
            return Err(vec![*model.error("pmml-missing-element", format!("`{}` has no `MiningSchema`", model.name))]);
        };
        let mut found = Vec::new();
        let mut target = None;
        let mut names = BTreeSet::new();
        for field in schema.children_named("MiningField") {
            let name = match field.required("name") {
                Ok(name) => name,
                Err(refusal) => {
                    found.push(*refusal);
                    continue;
                }
            };
            if !names.insert(name) {
                found.push(*field.error("pmml-duplicate-name", format!("the mining schema lists `{name}` twice")));
                continue;
            }
            match field.attribute("usageType").unwrap_or("active") {
                "active" => {
                    self.at(field);
                    match self.active_field(field, name) {
                        Ok(value) => self.define(name, value),
                        Err(refusal) => found.push(*refusal),
                    }
                }
                "target" | "predicted" => {
                    if target.is_some() {
                        found.push(*field.error("pmml-unsupported-element", "the mining schema has two targets"));
                    }
                    target = Some(name);
                    field.mark_all();
                }
                // Weights, groups and what is only described: not used for scoring.
                _ => field.mark_all(),
            }
        }
        if found.is_empty() { Ok(target) } else { Err(found) }
    }

    fn active_field(&self, field: &'d Element, name: &'d str) -> Result<Val<'b>, Refusal> {
        let Some(data) = self.data_field(name) else {
            return Err(field.error("pmml-unknown-field", format!("the data dictionary has no field `{name}`")));
        };
        if data.attribute("isCyclic").is_some_and(|cyclic| cyclic != "0") || data.attribute("taxonomy").is_some() {
            return Err(data.error("pmml-unsupported-attribute", format!("the field `{name}` is cyclic or has a taxonomy")));
        }
        let data_type = DataType::of(data, data.required("dataType")?)?;
        let optype = field.attribute("optype").or(data.attribute("optype")).unwrap_or("continuous");
        let elem = data_type.elem();
        let valid: Vec<&str> = values(data, "valid")?;
        let mut parameter = Field::new(name, Type::nullable(elem));
        if !valid.is_empty() {
            parameter.doc = format!("one of {}", valid.join(", "));
        }
        let given = self.b.param_field(parameter);
        let mut x = given;
        if elem.is_float() {
            x = x.is_nan().select(self.b.null(elem), x);
        }
        for text in values(data, "missing")? {
            // A code that is no value of the type cannot occur.
            if let Some(code) = literal(elem, text) {
                x = x.eq(self.b.constant(code)).select(self.b.null(elem), x);
            }
        }
        x = self.invalid(field, data, x, name, optype, &valid)?;
        x = self.outliers(field, x, name, optype)?;
        match (field.attribute("missingValueReplacement"), field.attribute("missingValueTreatment")) {
            (Some(text), _) => x = x.or_else(constant(self.b, field, elem, text)?),
            (None, Some("returnInvalid")) => self.b.reject_if(x.is_null(), Reason::Invalid(format!("missing value in {name}"))),
            (None, _) => {}
        }
        Ok(x)
    }

    /// Values outside the intervals or the list of a data field.
    fn invalid(&self, field: &Element, data: &Element, x: Val<'b>, name: &str, optype: &str, valid: &[&str]) -> Result<Val<'b>, Refusal> {
        let elem = x.elem();
        let mut allowed: Option<Val<'b>> = None;
        let mut or = |condition: Val<'b>| allowed = Some(allowed.map_or(condition, |before| before | condition));
        for text in valid {
            or(x.eq(constant(self.b, data, elem, text)?));
        }
        for interval in data.children_named("Interval") {
            if optype == "continuous" {
                or(in_interval(self.b, interval, x)?);
            }
        }
        let mut wrong = allowed.map(|allowed| !allowed);
        for text in values(data, "invalid")? {
            let listed = x.eq(constant(self.b, data, elem, text)?);
            wrong = Some(wrong.map_or(listed, |before| before | listed));
        }
        let treatment = field.attribute("invalidValueTreatment").unwrap_or("returnInvalid");
        let Some(wrong) = wrong else {
            field.attribute("invalidValueReplacement");
            return Ok(x);
        };
        Ok(match (treatment, field.attribute("invalidValueReplacement")) {
            ("asIs", None) => x,
            ("asMissing", None) => wrong.select(self.b.null(elem), x),
            ("asValue" | "asIs", Some(text)) => wrong.select(constant(self.b, field, elem, text)?, x),
            ("returnInvalid", None) => {
                self.b.reject_if(wrong, Reason::Invalid(format!("invalid value in {name}")));
                x
            }
            (treatment, _) => {
                return Err(field
                    .error("pmml-malformed-attribute", format!("the treatment `{treatment}` and its replacement do not fit each other")));
            }
        })
    }

    fn outliers(&self, field: &Element, x: Val<'b>, name: &str, optype: &str) -> Result<Val<'b>, Refusal> {
        let treatment = field.attribute("outliers").unwrap_or("asIs");
        let (low, high) = (field.attribute("lowValue"), field.attribute("highValue"));
        if treatment == "asIs" || optype != "continuous" {
            return Ok(x);
        }
        let elem = x.elem();
        if !elem.is_number() {
            return Err(field.error("pmml-malformed-attribute", format!("outliers of `{name}`, which is no number")));
        }
        let mut result = x;
        if let Some(low) = low {
            let low = constant(self.b, field, elem, low)?;
            result = x.lt(low).select(if treatment == "asExtremeValues" { low } else { self.b.null(elem) }, result);
        }
        if let Some(high) = high {
            let high = constant(self.b, field, elem, high)?;
            result = x.gt(high).select(if treatment == "asExtremeValues" { high } else { self.b.null(elem) }, result);
        }
        Ok(result)
    }
}

/// The values of a data field with a property.
fn values<'d>(data: &'d Element, property: &str) -> Result<Vec<&'d str>, Refusal> {
    let mut values = Vec::new();
    for value in data.children_named("Value") {
        if value.attribute("property").unwrap_or("valid") == property {
            values.push(value.required("value")?);
        }
    }
    Ok(values)
}

/// Whether a number lies in an interval; null where it is missing.
pub fn in_interval<'b>(b: &'b Builder, interval: &Element, x: Val<'b>) -> Result<Val<'b>, Refusal> {
    let closure = interval.required("closure")?;
    if !x.elem().is_number() {
        return Err(interval.error("pmml-malformed-value", "an interval of a field that is no number"));
    }
    let bound = |name: &str| interval.attribute(name).map(|text| constant(b, interval, x.elem(), text)).transpose();
    let low = bound("leftMargin")?.map(|low| if closure.starts_with("closed") { x.ge(low) } else { x.gt(low) });
    let high = bound("rightMargin")?.map(|high| if closure.ends_with("Closed") { x.le(high) } else { x.lt(high) });
    Ok(match (low, high) {
        (Some(low), Some(high)) => low & high,
        (Some(one), None) | (None, Some(one)) => one,
        // Everything that is not missing.
        (None, None) => x.eq(x),
    })
}
