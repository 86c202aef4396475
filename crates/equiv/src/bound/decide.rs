//! Decisions: what is asked, how near the answer was, and what else it could have been.

use std::cmp::Ordering;
use std::collections::HashMap;

use ir::{Function, Handle, Literal, Module, Value};

/// What is decided, so that every operation that asks the same gets the same answer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Site {
    /// The calls that lead to the function, from the entry.
    pub(crate) calls: Vec<Value>,
    pub(crate) function: Handle<Function>,
    pub(crate) about: About,
    pub(crate) element: u32,
}

/// The question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum About {
    /// How two values are ordered; the earlier node first.
    Order(Value, Value),
    /// How a feature of a row and a threshold (its bits) are ordered.
    Split { row: Value, feature: u32, threshold: u64 },
    /// What a node gives for a value near one of its steps: a rounding, a root near zero, the place of the greatest, a key.
    Step(Value),
}

impl About {
    /// The question of a comparison, whichever way round it is asked.
    pub(crate) fn order(a: Value, b: Value) -> About {
        if a <= b { About::Order(a, b) } else { About::Order(b, a) }
    }
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Choice {
    /// The first is less than, equal to or greater than the second.
    Order(Ordering),
    /// The node gives this.
    Gives(Literal),
}

/// A decision that another evaluation may take differently.
#[derive(Debug, Clone)]
pub struct Decision {
    pub site: Site,
    /// The node that asked first.
    pub node: Value,
    /// How far the answer was from changing.
    pub margin: f64,
    /// How far the other evaluation's operands may be from ours, together.
    pub bound: f64,
    /// What the answer may be elsewhere, the nearest first; may be empty, where nothing can be said of it.
    pub alternatives: Vec<Choice>,
    /// The constant that something was compared with, if it was one.
    pub threshold: Option<f64>,
}

impl Decision {
    /// `the comparison with 0.5 in ratio (prepare.py:12)`
    pub fn describe(&self, module: &Module) -> String {
        let what = match (self.site.about, self.threshold) {
            (About::Order(..), Some(threshold)) => format!("the comparison with {threshold:?}"),
            (About::Order(..), None) => "the comparison".into(),
            (About::Split { feature, .. }, threshold) => format!("the split of feature {feature} at {:?}", threshold.unwrap_or(f64::NAN)),
            (About::Step(_), _) => "the step".into(),
        };
        format!("{what} of {}", describe_node(module, self.site.function, self.node))
    }
}

/// A node by its label and its place: `"ratio" (prepare.py:12)`.
pub(crate) fn describe_node(module: &Module, function: Handle<Function>, value: Value) -> String {
    let Some(node) = module.functions.get(function).and_then(|function| function.nodes.get(value)) else { return String::new() };
    let place = module.describe(node.origin);
    match (&node.label, place.is_empty()) {
        (Some(label), false) => format!("{label:?} ({place})"),
        (Some(label), true) => format!("{label:?}"),
        (None, false) => place,
        (None, true) => format!("node {}", value.index()),
    }
}

/// The decisions of one evaluation.
pub(crate) struct Decisions<'f> {
    forced: HashMap<&'f Site, &'f Choice>,
    found: Vec<Decision>,
    numbers: HashMap<Site, u32>,
    /// By number: whether what was decided has an effect that the bounds do not hold.
    matters: Vec<bool>,
}

impl<'f> Decisions<'f> {
    pub(crate) fn new(forced: &'f [(Site, Choice)]) -> Decisions<'f> {
        let forced = forced.iter().map(|(site, choice)| (site, choice)).collect();
        Decisions { forced, found: Vec::new(), numbers: HashMap::new(), matters: Vec::new() }
    }

    pub(crate) fn forced(&self, site: &Site) -> Option<Choice> {
        self.forced.get(site).map(|choice| (*choice).clone())
    }

    /// Takes a decision in and gives its number; one that was asked before stays.
    pub(crate) fn insert(&mut self, decision: Decision) -> u32 {
        if let Some(number) = self.numbers.get(&decision.site) {
            return *number;
        }
        let number = self.found.len() as u32;
        self.numbers.insert(decision.site.clone(), number);
        self.found.push(decision);
        self.matters.push(false);
        number
    }

    /// These decide something.
    pub(crate) fn matter(&mut self, numbers: &[u32]) {
        numbers.iter().for_each(|number| self.matters[*number as usize] = true);
    }

    /// The errors of what was compared in these decisions, together.
    pub(crate) fn slack(&self, numbers: &[u32]) -> f64 {
        numbers.iter().map(|number| self.found[*number as usize].bound).sum()
    }

    /// Those that matter, the nearest to its margin first.
    pub(crate) fn unstable(self) -> Vec<Decision> {
        let mut unstable: Vec<Decision> =
            self.found.into_iter().zip(self.matters).filter(|(_, matters)| *matters).map(|(decision, _)| decision).collect();
        let nearness = |decision: &Decision| if decision.bound.is_finite() { decision.margin / decision.bound } else { 1.0 };
        unstable.sort_by(|a, b| nearness(a).total_cmp(&nearness(b)));
        unstable
    }
}
