//! `TreeModel`: written out as a walk through one tree, whose leaf decides score and distribution.
//!
//! Every question becomes a two-way split over one column of numbers: a numeric field itself, or a predicate as 1, 0 and NaN for unknown.
//! Where unknown leads somewhere else than yes or no do, a split on missingness stands before it. What strategies and fall-throughs decide
//! is decided here; no trace of them is left in the module.

use std::collections::HashMap;

use ir::{Elem, Forest, Literal, Next, Split, Table, Test, Val};

use source::Diagnostic;

use crate::output::{Prediction, Probability};
use crate::predicate;
use crate::scope::{DataType, Refusal, Scope, literal};
use crate::xml::{Element, parse_number};

/// Default children of uneven splits are written out once for each way to them.
const SPLIT_LIMIT: usize = 1 << 18;
/// Whole numbers below this are exact as doubles, so that an integer field compares as one.
const EXACT_INTEGER: f64 = 9_007_199_254_740_992.0;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Strategy {
    None,
    LastPrediction,
    NullPrediction,
    DefaultChild,
}

/// The leaf that a row ends at: a node whose prediction counts, or no prediction.
type Leaf<'d> = Option<&'d Element>;

/// Errors: the first of the tree as a whole, or every predicate that does not convert.
pub fn model<'d, 'b>(scope: &Scope<'d, 'b>, element: &'d Element, target: Option<DataType>) -> Result<Prediction<'b>, Vec<Diagnostic>> {
    grown(scope, element, target).map_err(|first| {
        let mut found: Vec<Diagnostic> = Vec::new();
        let mut open: Vec<&'d Element> = element.children_named("Node").collect();
        while let Some(node) = open.pop() {
            if let Err(refusal) = predicate::of_node(node).and_then(|gate| predicate::predicate(scope, gate)) {
                found.push(*refusal);
            }
            open.extend(node.children.iter().rev().filter(|child| child.name == "Node"));
        }
        if !found.contains(&first) {
            found.insert(0, *first);
        }
        found
    })
}

fn grown<'d, 'b>(scope: &Scope<'d, 'b>, element: &'d Element, target: Option<DataType>) -> Result<Prediction<'b>, Refusal> {
    let is_classification = match element.required("functionName")? {
        "classification" => true,
        "regression" => false,
        other => return Err(element.error("pmml-unsupported-attribute", format!("a tree for `{other}` is not supported"))),
    };
    let strategy = match element.attribute("missingValueStrategy").unwrap_or("none") {
        "none" => Strategy::None,
        "lastPrediction" => Strategy::LastPrediction,
        "nullPrediction" => Strategy::NullPrediction,
        "defaultChild" => Strategy::DefaultChild,
        other => {
            let mut refusal = element.error("pmml-unsupported-attribute", format!("the missing value strategy `{other}` is not supported"));
            *refusal = refusal.help("`none`, `lastPrediction`, `nullPrediction` and `defaultChild` are");
            return Err(refusal);
        }
    };
    let fall_back = element.attribute("noTrueChildStrategy") == Some("returnLastPrediction");
    let Some(root) = element.child("Node") else {
        return Err(element.error("pmml-missing-element", "the tree has no `Node`"));
    };
    let mut growth =
        Growth { scope, strategy, fall_back, columns: Vec::new(), by_key: HashMap::new(), splits: Vec::new(), leaves: Vec::new() };
    let start = growth.root(root)?;
    let forest = Forest {
        name: "tree".to_owned(),
        elem: Elem::F64,
        features: growth.columns.len() as u32,
        roots: vec![start],
        splits: growth.splits,
        leaves: growth.leaves.len() as u32,
    };
    scope.at(element);
    let (columns, leaves) = (growth.columns, growth.leaves);
    let reached = if columns.is_empty() {
        // No question at all: the one leaf.
        scope.b.i64(0).cast(Elem::I32)
    } else {
        let row = scope.b.pack(&columns);
        let table = scope.b.table(Table::Forest(forest));
        scope.b.walk(row, table).at(0)
    };
    prediction(scope, &leaves, reached.named("leaf"), is_classification, target)
}

struct Growth<'s, 'd, 'b> {
    scope: &'s Scope<'d, 'b>,
    strategy: Strategy,
    fall_back: bool,
    columns: Vec<Val<'b>>,
    /// Columns by what they hold: a field, or a predicate in words.
    by_key: HashMap<String, u32>,
    splits: Vec<Split>,
    leaves: Vec<Leaf<'d>>,
}

/// A question over one column.
struct Question {
    column: u32,
    test: Test,
    /// The answer of the predicate is the opposite of the test's.
    is_opposite: bool,
}

impl<'d, 'b> Growth<'_, 'd, 'b> {
    fn leaf(&mut self, leaf: Leaf<'d>) -> Next {
        self.leaves.push(leaf);
        Next::Leaf(self.leaves.len() as u32 - 1)
    }

    fn root(&mut self, root: &'d Element) -> Result<Next, Refusal> {
        let gate = predicate::of_node(root)?;
        if gate.name == "True" {
            return self.node(root);
        }
        // A root that does not hold, or is unknown, gives no prediction.
        let question = self.question(gate)?;
        let index = self.split(root, &question)?;
        let yes = self.node(root)?;
        let no = self.leaf(None);
        self.set(index, &question, yes, no, no);
        Ok(Next::Split(index))
    }

    /// The subtree of a node that a row has reached.
    fn node(&mut self, node: &'d Element) -> Result<Next, Refusal> {
        // What an inner node would predict matters only where a strategy stops at it; ids only where one leads to a default child.
        for name in ["id", "score", "defaultChild"] {
            node.attribute(name);
        }
        node.children_named("ScoreDistribution").for_each(Element::mark_all);
        let children: Vec<&'d Element> = node.children_named("Node").collect();
        for embedded in ["DecisionTree", "Regression"] {
            if let Some(other) = node.child(embedded) {
                return Err(other.error("pmml-unsupported-element", "a model inside a node is not supported"));
            }
        }
        if children.is_empty() {
            return Ok(self.leaf(Some(node)));
        }
        self.children(node, &children)
    }

    /// The first child whose predicate holds.
    fn children(&mut self, node: &'d Element, children: &[&'d Element]) -> Result<Next, Refusal> {
        let Some((child, rest)) = children.split_first() else {
            let leaf = if self.fall_back { Some(node) } else { None };
            return Ok(self.leaf(leaf));
        };
        let gate = predicate::of_node(child)?;
        match gate.name.as_str() {
            "True" => return self.node(child),
            "False" => return self.children(node, rest),
            _ => {}
        }
        let question = self.question(gate)?;
        // The usual pair: the second child's predicate is the first one's opposite, and needs no question of its own.
        let pair = match rest.split_first() {
            Some((second, after)) if is_opposite(self.scope, gate, predicate::of_node(second)?) => {
                predicate::of_node(second)?.mark_all();
                Some((*second, after))
            }
            Some(_) | None => None,
        };
        let index = self.split(child, &question)?;
        let can_be_unknown =
            self.columns.get(question.column as usize).is_some_and(|column| column.ty().elem == Elem::F64) && !is_known(gate);
        if !can_be_unknown {
            let yes = self.node(child)?;
            let no = match pair {
                Some((second, _)) => self.node(second)?,
                None => self.children(node, rest)?,
            };
            self.set(index, &question, yes, no, no);
            return Ok(Next::Split(index));
        }
        let default = if self.strategy == Strategy::DefaultChild { Some(self.default_child(node)?) } else { None };
        // Where unknown goes, if it goes neither with yes nor with no.
        let elsewhere = match (self.strategy, default, pair) {
            (Strategy::DefaultChild, Some(default), _) if std::ptr::eq(default, *child) => None,
            (Strategy::DefaultChild, Some(default), Some((second, _))) if std::ptr::eq(default, second) => None,
            (Strategy::None, _, None) => None,
            (_, _, _) => Some(index),
        };
        if elsewhere.is_none() {
            let yes = self.node(child)?;
            let no = match pair {
                Some((second, _)) => self.node(second)?,
                None => self.children(node, rest)?,
            };
            let missing_is_yes = default.is_some_and(|default| std::ptr::eq(default, *child));
            self.set(index, &question, yes, no, if missing_is_yes { yes } else { no });
            return Ok(Next::Split(index));
        }
        // The split made above asks for missingness: every number is at most infinity.
        let inner = self.split(child, &question)?;
        let yes = self.node(child)?;
        let no = match pair {
            Some((second, _)) => self.node(second)?,
            None => self.children(node, rest)?,
        };
        self.set(inner, &question, yes, no, no);
        let missing = match (self.strategy, default) {
            (Strategy::LastPrediction, _) => self.leaf(Some(node)),
            (Strategy::NullPrediction, _) => self.leaf(None),
            (Strategy::DefaultChild, Some(default)) => self.node(default)?,
            // With an opposite pair both are unknown, and whatever comes after them is asked.
            (Strategy::None | Strategy::DefaultChild, _) => self.children(node, pair.map_or(rest, |(_, after)| after))?,
        };
        let asks = Question { column: question.column, test: Test::LessEq(f64::INFINITY), is_opposite: false };
        self.set(index, &asks, Next::Split(inner), missing, missing);
        Ok(Next::Split(index))
    }

    fn default_child(&self, node: &'d Element) -> Result<&'d Element, Refusal> {
        let id = node
            .attribute("defaultChild")
            .ok_or_else(|| node.error("pmml-missing-attribute", "the strategy `defaultChild` needs a `defaultChild` on this node"))?;
        node.children_named("Node")
            .find(|child| child.attribute("id") == Some(id))
            .ok_or_else(|| node.error("pmml-malformed-node", format!("the node has no child `{id}`")))
    }

    fn split(&mut self, element: &Element, question: &Question) -> Result<u32, Refusal> {
        let index = self.splits.len();
        if index >= SPLIT_LIMIT {
            let mut refusal = element.error("pmml-too-large", format!("the tree is written out to more than {SPLIT_LIMIT} splits"));
            *refusal = refusal.help("default children of splits with more than two ways multiply; use another missing value strategy");
            return Err(refusal);
        }
        let unset = Next::Leaf(0);
        self.splits.push(Split { feature: question.column, test: question.test, yes: unset, no: unset, missing: unset });
        Ok(index as u32)
    }

    fn set(&mut self, index: u32, question: &Question, yes: Next, no: Next, missing: Next) {
        if let Some(split) = self.splits.get_mut(index as usize) {
            let (yes, no) = if question.is_opposite { (no, yes) } else { (yes, no) };
            *split = Split { feature: question.column, test: question.test, yes, no, missing };
        }
    }

    fn column(&mut self, key: String, make: impl FnOnce(&Scope<'d, 'b>) -> Result<Val<'b>, Refusal>) -> Result<u32, Refusal> {
        if let Some(column) = self.by_key.get(&key) {
            return Ok(*column);
        }
        let value = make(self.scope)?;
        let column = self.columns.len() as u32;
        self.columns.push(value);
        self.by_key.insert(key, column);
        Ok(column)
    }

    fn question(&mut self, gate: &'d Element) -> Result<Question, Refusal> {
        if let Some(comparison) = Comparison::of(self.scope, gate)? {
            let field = comparison.field.to_owned();
            let column = self.column(format!("field {field}"), |scope| {
                let x = scope.field(gate, &field)?;
                Ok(x.cast(Elem::F64).or_else(f64::NAN).named(field.clone()))
            })?;
            let (test, is_opposite) = comparison.test();
            return Ok(Question { column, test, is_opposite });
        }
        let column = self.column(format!("predicate {}", words(gate)), |scope| {
            scope.at(gate);
            let holds = predicate::predicate(scope, gate)?;
            Ok(holds.select(scope.b.f64(1.0), 0.0).or_else(f64::NAN))
        })?;
        gate.mark_all();
        Ok(Question { column, test: Test::Equal(1.0), is_opposite: false })
    }
}

/// A predicate that is never unknown.
fn is_known(gate: &Element) -> bool {
    matches!(gate.attribute("operator"), Some("isMissing" | "isNotMissing"))
}

/// A predicate in words, so that equal ones share a column.
fn words(gate: &Element) -> String {
    let mut text = gate.name.clone();
    for name in ["field", "operator", "booleanOperator", "value"] {
        if let Some(value) = gate.attribute(name) {
            text.push_str(&format!(" {name}={value:?}"));
        }
    }
    if gate.name == "Array" {
        text.push_str(&format!(" {:?}", gate.text));
    }
    for child in &gate.children {
        text.push_str(&format!(" ({})", words(child)));
    }
    text
}

/// A numeric field against a number, which a split can ask directly.
struct Comparison<'d> {
    field: &'d str,
    operator: &'d str,
    threshold: f64,
}

impl<'d> Comparison<'d> {
    fn of(scope: &Scope<'_, '_>, gate: &'d Element) -> Result<Option<Self>, Refusal> {
        if gate.name != "SimplePredicate" {
            return Ok(None);
        }
        let (field, operator) = (gate.required("field")?, gate.required("operator")?);
        if matches!(operator, "isMissing" | "isNotMissing") {
            return Ok(None);
        }
        let x = scope.field(gate, field)?;
        let text = gate.required("value")?;
        let threshold = match (x.elem(), parse_number(text)) {
            (Elem::F64, Some(number)) => number,
            // A float field compares in float32: the number is first rounded to one.
            (Elem::F32, Some(_)) => match literal(Elem::F32, text) {
                Some(Literal::F32(number)) => f64::from(number),
                Some(_) | None => return Ok(None),
            },
            (Elem::I64, Some(number)) if number.abs() < EXACT_INTEGER => number,
            (_, _) => return Ok(None),
        };
        Ok((!threshold.is_nan()).then_some(Comparison { field, operator, threshold }))
    }

    /// The test of a split, and whether its answer is the opposite.
    fn test(&self) -> (Test, bool) {
        match self.operator {
            "lessThan" => (Test::Less(self.threshold), false),
            "lessOrEqual" => (Test::LessEq(self.threshold), false),
            "greaterThan" => (Test::LessEq(self.threshold), true),
            "greaterOrEqual" => (Test::Less(self.threshold), true),
            "notEqual" => (Test::Equal(self.threshold), true),
            _ => (Test::Equal(self.threshold), false),
        }
    }
}

/// Whether two predicates ask the same field and exactly one of them holds whenever the field is there.
fn is_opposite(scope: &Scope<'_, '_>, a: &Element, b: &Element) -> bool {
    if a.attribute("field").is_none() || a.attribute("field") != b.attribute("field") {
        return false;
    }
    if let (Ok(Some(x)), Ok(Some(y))) = (Comparison::of(scope, a), Comparison::of(scope, b)) {
        return x.test().0 == y.test().0 && x.test().1 != y.test().1;
    }
    let same_value = a.attribute("value") == b.attribute("value");
    let pair = |one: &str, other: &str, name: &str| {
        let (x, y) = (a.attribute(name), b.attribute(name));
        x == Some(one) && y == Some(other) || x == Some(other) && y == Some(one)
    };
    let items = |element: &Element| element.child("Array").map(|array| predicate::array_items(&array.text));
    match (a.name.as_str(), b.name.as_str()) {
        ("SimplePredicate", "SimplePredicate") => same_value && pair("equal", "notEqual", "operator"),
        ("SimpleSetPredicate", "SimpleSetPredicate") => pair("isIn", "isNotIn", "booleanOperator") && items(a) == items(b),
        _ => false,
    }
}

/// Classes of a node with their record counts or probabilities, as shares.
fn shares(node: &Element) -> Result<Vec<(&str, f64)>, Refusal> {
    let mut counts = Vec::new();
    let mut given = Vec::new();
    for entry in node.children_named("ScoreDistribution") {
        let class = entry.required("value")?;
        counts.push((class, entry.required_number("recordCount")?));
        if let Some(probability) = entry.number("probability")? {
            given.push((class, probability));
        }
    }
    if given.len() == counts.len() {
        return Ok(given);
    }
    let total: f64 = counts.iter().map(|(_, count)| count).sum();
    Ok(counts.into_iter().map(|(class, count)| (class, count / total)).collect())
}

/// The score of a node: its own, or the class with the most records.
fn score(node: &Element) -> Result<Option<&str>, Refusal> {
    if let Some(score) = node.attribute("score") {
        return Ok(Some(score));
    }
    let mut best: Option<(&str, f64)> = None;
    for (class, share) in shares(node)? {
        if best.is_none_or(|(_, most)| share > most) {
            best = Some((class, share));
        }
    }
    Ok(best.map(|(class, _)| class))
}

fn prediction<'d, 'b>(
    scope: &Scope<'d, 'b>,
    leaves: &[Leaf<'d>],
    reached: Val<'b>,
    is_classification: bool,
    target: Option<DataType>,
) -> Result<Prediction<'b>, Refusal> {
    let elem = match target {
        Some(target) if is_classification => target.elem(),
        None if is_classification => Elem::Str,
        Some(_) | None => Elem::F64,
    };
    let count = leaves.len() as u32;
    let mut scores = Vec::new();
    let mut has_score = Vec::new();
    for leaf in leaves {
        let text = match leaf {
            Some(node) => score(node)?,
            None => None,
        };
        let value = match (text, leaf) {
            (Some(text), Some(node)) => match literal(elem, text) {
                Some(value) => Some(value),
                None => return Err(node.error("pmml-malformed-value", format!("the score `{text}` is no {elem}"))),
            },
            (_, _) => None,
        };
        has_score.push(Literal::Bool(value.is_some()));
        scores.push(value.unwrap_or_else(|| Literal::zero(elem)));
    }
    let always = has_score.iter().all(|has| *has == Literal::Bool(true));
    let table =
        |name: &str, elem: Elem, values: Vec<Literal>| scope.b.tensor(ir::Tensor::literals(name, elem, [count], values)).gather(reached, 0);
    let is_scored = if always { None } else { Some(table("leaf has a score", Elem::Bool, has_score)) };
    let or_null = |value: Val<'b>| match is_scored {
        Some(is_scored) => is_scored.select(value, scope.b.null(value.elem())),
        None => value,
    };
    let label = or_null(table("leaf scores", elem, scores));
    let mut classes: Vec<&str> = Vec::new();
    let mut distributions = Vec::new();
    let mut lacking = None;
    for leaf in leaves {
        let distribution = match leaf {
            Some(node) => shares(node)?,
            None => Vec::new(),
        };
        for (class, _) in &distribution {
            if !classes.contains(class) {
                classes.push(class);
            }
        }
        if let (Some(node), true) = (leaf, distribution.is_empty()) {
            lacking = Some(node.place());
        }
        distributions.push(distribution);
    }
    let probabilities = classes
        .iter()
        .map(|class| {
            let share =
                |distribution: &Vec<(&str, f64)>| distribution.iter().find(|(name, _)| name == class).map_or(0.0, |(_, share)| *share);
            let values = distributions.iter().map(|distribution| Literal::F64(share(distribution))).collect();
            Probability { class: (*class).to_owned(), value: or_null(table(&format!("probabilities of {class}"), Elem::F64, values)) }
        })
        .collect();
    Ok(Prediction { label, probabilities, without_probabilities: if is_classification { lacking } else { None } })
}
