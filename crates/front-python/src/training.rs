//! Rows that a one-frame script drops while it is training: a scorer does not ask for the target to say whether to score.

use ir::{Binary, Function, Module, Node, Op, Reason, Rejection, Unary, Value};
use std::collections::BTreeSet;

/// The module without the part of its rejections that reads columns no result needs, the places of filters that went with them, and the
/// columns that these read. A filter of several conditions keeps those that the scorer can ask.
pub(crate) fn without_filters(mut module: Module) -> (Module, BTreeSet<String>, BTreeSet<String>) {
    let (mut places, mut columns) = (BTreeSet::new(), BTreeSet::new());
    let Some(entry) = module.entry.and_then(|entry| module.functions.get_mut(entry)) else { return (module, places, columns) };
    let results: Vec<Value> = entry.results.iter().map(|output| output.value).collect();
    let needed = params(entry, &results);
    let mut kept = Vec::new();
    for rejection in std::mem::take(&mut entry.rejections) {
        let parts = parts(entry, rejection.when, true);
        let (own, foreign): (Vec<_>, Vec<_>) = parts.into_iter().partition(|(part, _)| params(entry, &[*part]).is_subset(&needed));
        if foreign.is_empty() {
            kept.push(rejection);
            continue;
        }
        if let Reason::Filtered(place) = &rejection.reason {
            places.insert(place.clone());
            let foreign: Vec<Value> = foreign.into_iter().map(|(part, _)| part).collect();
            columns.extend(params(entry, &foreign).difference(&needed).map(|param| entry.params[*param as usize].name.clone()));
        }
        let mut node = |op: Op| entry.nodes.push(Node { op, origin: rejection.origin, label: None });
        let own: Vec<Value> = own.into_iter().map(|(part, holds)| if holds { part } else { node(Op::Unary(Unary::Not, part)) }).collect();
        if let Some(when) = own.into_iter().reduce(|a, b| node(Op::Binary(Binary::Or, a, b))) {
            kept.push(Rejection { when, ..rejection });
        }
    }
    entry.rejections = kept;
    (module, places, columns)
}

/// The conditions of which one is enough, each with whether it is to hold or not to: those of `a or b`, and of `not (a and b)`.
#[expect(clippy::wildcard_enum_match_arm, reason = "what is no connective is a condition of its own")]
fn parts(function: &Function, when: Value, holds: bool) -> Vec<(Value, bool)> {
    match function.nodes[when].op {
        Op::Unary(Unary::Not, x) => parts(function, x, !holds),
        Op::Binary(Binary::Or, a, b) if holds => [parts(function, a, holds), parts(function, b, holds)].concat(),
        Op::Binary(Binary::And, a, b) if !holds => [parts(function, a, holds), parts(function, b, holds)].concat(),
        _ => vec![(when, holds)],
    }
}

/// The parameters that values are computed of.
fn params(function: &Function, values: &[Value]) -> BTreeSet<u32> {
    let (mut seen, mut todo, mut out) = (BTreeSet::new(), values.to_vec(), BTreeSet::new());
    while let Some(value) = todo.pop() {
        if seen.insert(value) {
            let op = &function.nodes[value].op;
            if let Op::Param(param) = op {
                out.insert(*param);
            }
            todo.extend(op.operands());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use ir::{Builder, Elem, Reason, Type};

    #[test]
    fn a_filter_keeps_what_the_scorer_can_ask() {
        let b = Builder::new("m");
        let [area, price] = ["area", "price"].map(|name| b.param(name, Type::scalar(Elem::F64)));
        b.reject_if(!(area.gt(0.0) & price.gt(0.0)), Reason::Filtered("s.py:2".into()));
        b.reject_if(price.gt(9.0), Reason::Filtered("s.py:3".into()));
        b.reject_if(area.gt(9.0), Reason::Filtered("s.py:4".into()));
        b.result("area", area);
        let (module, places, columns) = super::without_filters(b.finish().unwrap());
        assert_eq!(places.into_iter().collect::<Vec<_>>(), ["s.py:2", "s.py:3"]);
        assert_eq!(columns.into_iter().collect::<Vec<_>>(), ["price"]);
        let module = crate::prune::prune(module);
        let entry = module.entry_function().unwrap();
        assert_eq!(entry.params.iter().map(|param| param.name.as_str()).collect::<Vec<_>>(), ["area"]);
        let interp = interp::Interp::new(&check::check(module).unwrap());
        let rejected = |area: f64| matches!(interp.run(&[area.into()]), interp::Outcome::Rejected(_));
        assert_eq!([-1.0, 0.0, 1.0, 9.5].map(rejected), [true, true, false, true]);
    }
}
