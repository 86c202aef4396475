//! Outputs that say together of which class a row is, as one value: an enumeration of the classes, and the scores in its order.

use plan::{Ident, Literal, Plan, Prediction};

use crate::expr::rust_type;
use crate::{plain, quoted, snake};

/// The name of a variant; only one word may be none.
fn variant(class: &Ident) -> String {
    let name = class.pascal();
    if name == "Self" { name + "_" } else { name }
}

fn written(class: &Literal) -> String {
    class.as_str().map_or_else(|| class.as_i64().unwrap_or_default().to_string(), quoted)
}

/// The scores as an array, of an output that is called `of`.
pub(crate) fn scores(plan: &Plan, prediction: &Prediction, of: &str) -> String {
    let field = |score: &usize| format!("{of}.{}", snake(&plan.outputs[*score].ident));
    match prediction.scores.as_slice() {
        [vector] => field(vector),
        several => format!("[{}]", several.iter().map(field).collect::<Vec<_>>().join(", ")),
    }
}

/// The enumeration, the prediction and the method of the output that makes it.
pub(crate) fn types(plan: &Plan, prediction: &Prediction, out: &mut String) {
    let (name, class, count) = (prediction.ident.pascal(), prediction.class.pascal(), prediction.classes.len());
    let each = |text: &dyn Fn(&Ident, &Literal) -> String| -> String {
        prediction.classes.iter().map(|(ident, class)| text(ident, class)).collect()
    };
    let variants = each(&|ident, value| format!("#[doc = {}]\n{},\n", quoted(&plain(&format!(" `{}`", written(value)))), variant(ident)));
    let all = each(&|ident, _| format!("{class}::{}, ", variant(ident)));
    let labels = each(&|ident, value| format!("{class}::{} => {},\n", variant(ident), written(value)));
    let classes = each(&|ident, value| format!("{} => {class}::{},\n", written(value), variant(ident)));
    let (label_type, matched) = if prediction.is_text() { ("&'static str", ".as_str()") } else { ("i64", "") };
    let score = rust_type(plan.outputs[prediction.scores[0]].ty.elem);
    let label = snake(&plan.outputs[prediction.label].ident);
    out.push_str(&format!(
        "/// The classes of [`{name}`], in the order of its scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum {class} {{
{variants}}}

impl {class} {{
pub const ALL: [{class}; {count}] = [{all}];

/// What the model calls it.
pub fn label(self) -> {label_type} {{
match self {{
{labels}}}
}}
}}

/// Of which class a row is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct {name} {{
pub class: {class},
/// One for each class, in the order of [`{class}::ALL`].
pub scores: [{score}; {count}],
}}

impl {name} {{
/// The score of one class.
pub fn score(&self, class: {class}) -> {score} {{
self.scores[class as usize]
}}
}}

impl Output {{
/// The label and the scores as one.
pub fn {}(&self) -> {name} {{
let class = match self.{label}{matched} {{
{classes}_ => unreachable!(\"a label is one of its classes\"),
}};
{name} {{ class, scores: {} }}
}}
}}

",
        snake(&prediction.ident),
        scores(plan, prediction, "self"),
    ));
}
