//! Exports that are known to differ from the estimator that they were made from. The file converts, and the scorer is equal to it; what the user
//! wants may be the estimator. Said only where the file itself shows it.

use std::collections::{BTreeMap, BTreeSet};

use source::Diagnostic;

use crate::model::{Attribute, Model, Node, PortKind};
use crate::tensor::ElementType;

/// The number of float in `TensorProto.DataType`.
const FLOAT: i64 = 1;

/// What is to be said about the trees of a model, one of each kind.
pub fn notes(model: &Model) -> Vec<Diagnostic> {
    let producers: BTreeMap<&str, &Node> =
        model.graph.nodes.iter().flat_map(|node| node.outputs.iter().map(move |name| (name.as_str(), node))).collect();
    let mut notes: Vec<Diagnostic> = Vec::new();
    for tree in model.graph.nodes.iter().filter(|node| matches!(&*node.operator, "TreeEnsembleClassifier" | "TreeEnsembleRegressor")) {
        let found = [narrowed(model, tree, &producers), scaled(model, tree, &producers), native(model, tree)];
        for note in found.into_iter().flatten().take(1) {
            if notes.iter().all(|other| other.name != note.name) {
                notes.push(note);
            }
        }
    }
    notes
}

fn is_by(model: &Model, producer: &str) -> bool {
    model.producer.eq_ignore_ascii_case(producer)
}

fn modes(tree: &Node) -> &[String] {
    match tree.attributes.get("nodes_modes") {
        Some(Attribute::Strings(modes)) => modes,
        Some(_) | None => &[],
    }
}

/// Thresholds in float32 under inputs in double: estimators that take doubles compare in double.
fn narrowed(model: &Model, tree: &Node, producers: &BTreeMap<&str, &Node>) -> Option<Diagnostic> {
    if tree.attributes.contains_key("nodes_values_as_tensor") {
        return None;
    }
    let mut name = tree.inputs.first()?.as_str();
    if let Some(cast) = producers.get(name).filter(|node| node.operator == "Cast" && is_int(node, "to", FLOAT)) {
        name = cast.inputs.first()?;
    }
    let port = model.graph.inputs.iter().find(|port| port.name == name)?;
    let is_double = matches!(port.kind, PortKind::Tensor { elements: ElementType::F64, .. });
    is_double.then(|| {
        Diagnostic::warning("onnx-narrowed-thresholds", format!("the trees compare the doubles of `{name}` with thresholds in float32"))
            .at(tree.place(model.file), "a row on a threshold may go another way than in the estimator")
            .help(
                "convert the estimator itself: `scorewright capture` takes a fitted one, and the model file of LightGBM converts as it is",
            )
    })
}

fn is_int(node: &Node, name: &str, wanted: i64) -> bool {
    matches!(node.attributes.get(name), Some(Attribute::Int(value)) if *value == wanted)
}

/// A scaler in float32 in front of trees, where scikit-learn scales in double and rounds afterwards.
fn scaled(model: &Model, tree: &Node, producers: &BTreeMap<&str, &Node>) -> Option<Diagnostic> {
    if !is_by(model, "skl2onnx") {
        return None;
    }
    let mut open: Vec<&str> = tree.inputs.iter().map(String::as_str).collect();
    let mut seen = BTreeSet::new();
    while let Some(name) = open.pop() {
        let Some(node) = producers.get(name).filter(|_| seen.insert(name)) else { continue };
        if node.operator == "Scaler" {
            return Some(
                Diagnostic::warning("onnx-scaled-trees", "the columns are scaled in float32 before they meet the thresholds of trees")
                    .at(node.place(model.file), "scikit-learn scales in double: a row on a threshold may go another way")
                    .help(
                        "to be equal to the estimator, convert the estimator itself with `scorewright capture`, or fit the trees without a scaler",
                    ),
            );
        }
        open.extend(node.inputs.iter().map(String::as_str));
    }
    None
}

/// Models of boosting libraries whose own files say more than their ONNX exports.
fn native(model: &Model, tree: &Node) -> Option<Diagnostic> {
    let is_tools = is_by(model, "OnnxMLTools");
    let place = tree.place(model.file);
    if is_tools && tree.name.starts_with("Lgbm") {
        return Some(
            Diagnostic::warning(
                "onnx-lightgbm-export",
                "LightGBM compares with thresholds in double, and this export holds them in float32",
            )
            .at(place, "missing values as zeros, random forests and one-against-all models are lost as well")
            .help("convert LightGBM's own file: `booster.save_model(\"model.txt\")`"),
        );
    }
    if tree.operator != "TreeEnsembleRegressor" {
        return None;
    }
    let (library, save) = match () {
        () if is_by(model, "CatBoost") => ("CatBoost", "`model.save_model(\"model.cbm\")`"),
        () if is_tools && modes(tree).iter().any(|mode| mode == "BRANCH_LT") => ("XGBoost", "`model.save_model(\"model.json\")`"),
        () => return None,
    };
    Some(
        Diagnostic::note(
            "onnx-raw-margins",
            format!("an export of {library} leaves out the link of objectives such as Poisson or logistic"),
        )
        .at(place, "where the objective has one, these are scores before it")
        .help(format!("convert {library}'s own file, which names the objective: {save}")),
    )
}
