//! Outputs that say together of which class a row is, as one value: an enumeration of the classes, and the scores in its order.

use plan::{Literal, Plan, Prediction};

use crate::expr::java_type;
use crate::{camel, javadoc, quoted};

fn written(class: &Literal) -> String {
    class.as_str().map_or_else(|| format!("{}L", class.as_i64().unwrap_or_default()), quoted)
}

/// The scores as an array; `read` says how a component is read.
pub(crate) fn scores(plan: &Plan, prediction: &Prediction, read: impl Fn(String) -> String) -> String {
    let field = |score: &usize| read(camel(&plan.outputs[*score].ident));
    match prediction.scores.as_slice() {
        [vector] => field(vector),
        several => format!("new {}[] {{{}}}", score_type(plan, prediction), several.iter().map(field).collect::<Vec<_>>().join(", ")),
    }
}

fn score_type(plan: &Plan, prediction: &Prediction) -> &'static str {
    java_type(plan.outputs[prediction.scores[0]].ty.elem)
}

/// The methods of the output that make them.
pub(crate) fn accessors(plan: &Plan) -> String {
    let one = |prediction: &Prediction| {
        let (name, class) = (prediction.ident.pascal(), prediction.class.pascal());
        format!(
            "        /** The label and the scores as one. */\n        public {name} {}() {{\n            return new {name}({class}.of({}), {});\n        }}\n",
            camel(&prediction.ident),
            camel(&plan.outputs[prediction.label].ident),
            scores(plan, prediction, |field| field)
        )
    };
    plan.predictions.iter().map(one).collect::<Vec<_>>().join("\n")
}

/// The enumeration and the prediction.
pub(crate) fn types(plan: &Plan, prediction: &Prediction, out: &mut String) {
    let (name, class, component) = (prediction.ident.pascal(), prediction.class.pascal(), camel(&prediction.class));
    let (label, is_it) = if prediction.is_text() { ("String", "one.label.equals(label)") } else { ("long", "one.label == label") };
    let score = score_type(plan, prediction);
    let variants = prediction
        .classes
        .iter()
        .map(|(ident, value)| format!("        /** {}. */\n        {}({}),\n", javadoc(&written(value)), ident.shouting(), written(value)));
    out.push_str(&format!(
        "    /** The classes of {{@link {name}}}, in the order of its scores. */
    public enum {class} {{
{}        ;

        private final {label} label;

        {class}({label} label) {{
            this.label = label;
        }}

        /** What the model calls it. */
        public {label} label() {{
            return label;
        }}

        static {class} of({label} label) {{
            for ({class} one : values()) {{
                if ({is_it}) {{
                    return one;
                }}
            }}
            throw new IllegalStateException(\"a label is one of its classes\");
        }}
    }}

    /**
     * Of which class a row is.
     *
     * @param {component} what the label says
     * @param scores one for each class, in the order of {{@link {class}}}
     */
    public record {name}({class} {component}, {score}[] scores) {{
        /** The score of one class. */
        public {score} score({class} of) {{
            return scores[of.ordinal()];
        }}
    }}

",
        variants.collect::<String>()
    ));
}
