//! PMML documents to modules. Start at [`read`].
//!
//! `bytes -> Element -> Module`: [`xml`] reads within limits, [`scope`] makes fields of the dictionaries and the mining schema,
//! [`expression`] and [`functions`] transform them, [`tree`] and [`regression`] score, [`output`] gives the results. An element or attribute
//! that may change a score and that nobody read is refused at the end: nothing is passed over in silence.
//!
//! Missing is null. Values are compared in the type of their field; sums run in double, in the order of the document.

pub mod expression;
pub mod functions;
mod output;
mod predicate;
mod regression;
mod scope;
mod tree;
mod xml;

use grammars::pmml::{self as elements, Grammar};
use ir::{Builder, Module};
use source::{Diagnostic, FileId, Place, Sources};

use scope::Scope;
use xml::Element;

/// The model elements that convert, for support tables.
pub const MODELS: &[&str] = &["RegressionModel", "TreeModel"];

/// The scorer of a PMML document.
///
/// Shape: every active field is a nullable scalar parameter; results are the target (`prediction` where it has no name), then the final
/// output fields. Null: a missing input; a result where the model gives none. Errors: everything that stands in the way, each with its
/// place; never empty. Rows with values that the schema calls invalid are rejections.
pub fn read(bytes: &[u8], file: FileId, sources: &Sources) -> Result<Module, Vec<Diagnostic>> {
    let grammar = elements::grammar().map_err(|error| {
        vec![Diagnostic::error("pmml-element-table", format!("the element table is damaged: {error}")).at(Place::File(file), "")]
    })?;
    let (root, mut found) = xml::parse(bytes, file, grammar)?;
    let name = sources.name(file);
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let b = Builder::new(name.strip_suffix(".pmml").or(name.strip_suffix(".xml")).unwrap_or(name));
    if let Err(mut more) = write(&b, &root, sources, grammar) {
        // What is said of an element already is not said again in other words.
        more.retain(|diagnostic| found.iter().all(|before| before.place != diagnostic.place));
        found.append(&mut more);
    }
    if found.is_empty() { b.finish() } else { Err(found) }
}

/// Writes the function of the document's one model.
fn write(b: &Builder, root: &Element, sources: &Sources, grammar: &Grammar) -> Result<(), Vec<Diagnostic>> {
    root.mark_seen();
    root.attribute("version");
    if root.name != "PMML" {
        return Err(vec![
            *root.error("pmml-unknown-element", format!("the root element is `{}`, and that of a PMML document is `PMML`", root.name)),
        ]);
    }
    let models: Vec<&Element> = root.children.iter().filter(|child| grammar.models.contains(&child.name)).collect();
    let model = match models.as_slice() {
        [model] => *model,
        [] => return Err(vec![*root.error("pmml-missing-element", "the document holds no model")]),
        [_, second, ..] => return Err(vec![*second.error("pmml-several-models", "the document holds more than one model")]),
    };
    model.mark_seen();
    if !MODELS.contains(&model.name.as_str()) {
        let mut refusal = model.error("pmml-unsupported-model", format!("models of the kind `{}` are not supported", model.name));
        *refusal = refusal.help(format!("these are: {}; export the estimator as ONNX instead", MODELS.join(", ")));
        return Err(vec![*refusal]);
    }
    for (name, needed) in [("isScorable", "true"), ("x-mathContext", "double")] {
        if let Some(value) = model.attribute(name).filter(|value| *value != needed && !(*value == "1" && needed == "true")) {
            return Err(vec![*model.error("pmml-unsupported-attribute", format!("`{name}=\"{value}\"` is not supported"))]);
        }
    }
    let scope = Scope::new(b, sources, root, model)?;
    let target = scope.mining_schema(model)?;
    let target_type = match target.map(|name| scope.data_type(name)).transpose() {
        Ok(target_type) => target_type.flatten(),
        Err(refusal) => return Err(vec![*refusal]),
    };
    if let Some(data) = target.and_then(|name| scope.data_field(name)) {
        data.mark_all();
    }
    let prediction =
        if model.name == "TreeModel" { tree::model(&scope, model, target_type)? } else { regression::model(&scope, model, target_type)? };
    output::results(&scope, model, target, target_type, prediction)?;
    scope.pass_over_unused();
    let mut found = Vec::new();
    for field in root.child("DataDictionary").map(|dictionary| dictionary.children.as_slice()).unwrap_or_default() {
        // A field that the model does not use, and what is said of values that are valid anyway.
        if b.params().iter().all(|param| Some(param.name.as_str()) != field.attribute("name")) {
            field.mark_all();
        }
        field.attribute("optype");
    }
    root.unread(grammar, &mut found);
    if found.is_empty() { Ok(()) } else { Err(found) }
}
