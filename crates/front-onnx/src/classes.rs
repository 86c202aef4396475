//! Which outputs say together of which class a row is: a label, and a score for each class behind it.

use ir::{Elem, Elements, Literal, Prediction, Val};

use crate::model::{Attribute, Graph};

/// More classes than this are no enumeration that anybody reads.
const MOST_CLASSES: usize = 1024;

/// The fields that came of one output of the graph.
pub(crate) struct Said<'b> {
    /// The number of its first field among all.
    pub first: usize,
    pub fields: Vec<(String, Val<'b>)>,
    /// The classes that its fields are of, where they came of a map.
    pub keys: Option<Vec<String>>,
}

/// The predictions among the outputs of a graph.
///
/// A label is followed by its scores: by a map of its classes, by an output for each, named so, or by a vector as long as the list that the
/// label is taken from. The scores of a support vector machine need not be of classes, so there a vector stays one.
pub(crate) fn predictions(graph: &Graph, outputs: &[Said<'_>]) -> Vec<Prediction> {
    let has_votes = has_votes(graph);
    let of = |at: usize| {
        let [(_, label)] = outputs.get(at)?.fields.as_slice() else { return None };
        if !matches!(label.elem(), Elem::I64 | Elem::Str) || !label.ty().is_scalar() {
            return None;
        }
        let classes = label.possible(MOST_CLASSES)?;
        let rest = outputs.get(at + 1..)?;
        let (classes, scores) = by_key(&classes, rest).or_else(|| by_column(&classes, rest)).or_else(|| {
            let vector = rest.first().filter(|said| !has_votes && is_vector(said, classes.len()))?;
            Some((classes.clone(), vec![vector.first as u32]))
        })?;
        Some(Prediction { label: outputs.get(at)?.first as u32, classes: Elements::of(label.elem(), classes)?, scores })
    };
    (0..outputs.len()).filter_map(of).filter(|prediction| prediction.classes.len() > 1).collect()
}

/// Whether the scores of a support vector machine may be votes between two classes each.
fn has_votes(graph: &Graph) -> bool {
    graph.nodes.iter().any(|node| node.operator == "SVMClassifier" && !matches!(node.attributes.get("prob_a"), Some(Attribute::Floats(_))))
}

fn text(class: &Literal) -> String {
    class.as_str().map_or_else(|| class.as_i64().unwrap_or_default().to_string(), str::to_owned)
}

fn is_score(value: &Val<'_>) -> bool {
    value.elem().is_float() && value.ty().is_scalar()
}

fn is_vector(said: &Said<'_>, count: usize) -> bool {
    matches!(said.fields.as_slice(), [(_, value)] if value.elem().is_float() && value.ty().shape == [count as u32])
}

/// The classes in the order of a map that follows.
fn by_key(classes: &[Literal], rest: &[Said<'_>]) -> Option<(Vec<Literal>, Vec<u32>)> {
    let said = rest.first()?;
    let keys = said.keys.as_ref().filter(|keys| keys.len() == classes.len())?;
    let class = |key: &String| classes.iter().find(|class| text(class) == *key).cloned();
    let ordered = keys.iter().map(class).collect::<Option<Vec<_>>>()?;
    said.fields.iter().all(|(_, value)| is_score(value)).then(|| (ordered, (said.first as u32..).take(keys.len()).collect()))
}

/// Outputs that have the names of the classes; skl2onnx puts an `s` before a text and an `i` before a number.
fn by_column(classes: &[Literal], rest: &[Said<'_>]) -> Option<(Vec<Literal>, Vec<u32>)> {
    let rest = rest.get(..classes.len())?;
    let is_named = |name: &str, class: &Literal| {
        let mark = if class.as_str().is_some() { 's' } else { 'i' };
        name == text(class) || name.strip_prefix(mark) == Some(text(class).as_str())
    };
    let fits = |(class, said): (&Literal, &Said<'_>)| matches!(said.fields.as_slice(), [(name, value)] if is_named(name, class) && is_score(value));
    let all = std::iter::zip(classes, rest).all(fits);
    all.then(|| (classes.to_vec(), rest.iter().map(|said| said.first as u32).collect()))
}
