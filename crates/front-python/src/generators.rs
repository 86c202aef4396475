//! `next` of a generator in a function on cells: the first item that its tests let through. What comes behind that is never computed, and
//! so raises nothing.

#![expect(clippy::wildcard_enum_match_arm, reason = "what has no next item is refused, whatever it is")]

use crate::ast::{Clause, ComprehensionKind, Expr, ExprKind};
use crate::replay::{Call, On, Replay, Row, Scope};
use crate::sequence;
use crate::value::{Eval, Value};
use ir::{Literal, Val};
use source::Span;

pub(crate) const ROWS: &[Row] = &[Row::new(On::Function, "builtins.next", next), Row::new(On::Function, "builtins.iter", iter)];

/// `iter(items)`, which is only ever asked for its first item.
fn iter<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let of = ["object", "iterable", "0"].iter().find_map(|name| call.take(name));
    match of {
        Some(of @ (Value::List(_) | Value::Tuple(_) | Value::Sequence(_) | Value::Pieces(_))) => Ok(of),
        _ => Err(replay.unsupported(call.span, "`iter` of this")),
    }
}

/// `next(iter(items), default)`
fn next<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let of = ["iterator", "0"].iter().find_map(|name| call.take(name));
    let default = ["default", "1"].iter().find_map(|name| call.take(name));
    let Some(of) = of else { return Err(replay.unsupported(at, "`next` of nothing")) };
    let Some(items) = sequence::each(replay, &of, at)? else { return Err(replay.unsupported(at, "`next` of this")) };
    let found: Vec<(Val<'b>, Value<'b>)> = items.iter().map(|item| (item.there, item.value.clone())).collect();
    first(replay, found, default, at)
}

/// The first of the items that is there, else the default; without one it raises.
fn first<'b>(replay: &mut Replay<'_, 'b>, items: Vec<(Val<'b>, Value<'b>)>, default: Option<Value<'b>>, at: Span) -> Eval<'b> {
    let mut out = default;
    if out.is_none() {
        let any = items.iter().fold(replay.b.bool(false), |any, (there, _)| any | *there);
        replay.raise_here(!any, "StopIteration", at);
    }
    for (there, value) in items.into_iter().rev() {
        out = Some(match out {
            None => value,
            Some(rest) => replay.choose_values(there, &value, &rest, at)?,
        });
    }
    Ok(out.unwrap_or_else(|| replay.none()))
}

/// `next(element for target in items if test)`, and with a default. None for any other call.
pub(crate) fn of_call<'b>(replay: &mut Replay<'_, 'b>, callee: &Expr, args: &[Expr], at: Span) -> Option<Eval<'b>> {
    if callee.as_name() != Some("next") || replay.find_name("next", Some(replay.scope)).is_some() {
        return None;
    }
    let (generator, default) = match args {
        [generator] => (generator, None),
        [generator, default] => (generator, Some(default)),
        _ => return None,
    };
    match &generator.kind {
        ExprKind::Comprehension { kind: ComprehensionKind::Generator, element, value: None, clauses } => match clauses.as_slice() {
            [clause] => Some(of_clause(replay, clause, element, default, at)),
            _ => Some(Err(replay.unsupported(generator.span, "`next` of a generator of several loops"))),
        },
        _ => None,
    }
}

fn of_clause<'b>(replay: &mut Replay<'_, 'b>, clause: &Clause, element: &Expr, default: Option<&Expr>, at: Span) -> Eval<'b> {
    let iterable = replay.eval(&clause.iter)?;
    let Some(items) = sequence::each(replay, &iterable, clause.iter.span)? else {
        return Err(replay.unsupported(clause.iter.span, "`next` over this"));
    };
    let scope = Scope { parent: Some(replay.scope), ..Scope::default() };
    let (found, last) = replay.in_scope(scope, at, |replay| {
        let mut found: Vec<(Val<'b>, Value<'b>)> = Vec::new();
        // The rows that have found nothing so far.
        let mut open = replay.b.bool(true);
        for item in items.iter() {
            replay.assign(&clause.target, item.value.clone(), clause.target.span);
            let mut there = open & item.there;
            let mut tests = vec![item.there];
            for test in &clause.tests {
                let condition = replay.when_reached(there, |replay| replay.eval(test))?;
                let holds = replay.truth_of(&condition, test.span)?;
                there = there & holds;
                tests.push(holds);
            }
            let is = |truth: bool| move |test: &Val<'b>| test.literal() == Some(Literal::Bool(truth));
            if tests.iter().any(is(false)) {
                continue;
            }
            let value = replay.when_reached(there, |replay| replay.eval(element))?;
            if tests.iter().all(is(true)) {
                // Every row that came here has found its item.
                return Ok((found, Some(value)));
            }
            open = open & !there;
            found.push((there, value));
        }
        Ok((found, None))
    })?;
    let none_found = found.iter().fold(replay.b.bool(true), |open, (there, _)| open & !*there);
    let default = match default.filter(|_| last.is_none()) {
        Some(default) => Some(replay.when_reached(none_found, |replay| replay.eval(default))?),
        None => last,
    };
    first(replay, found, default, at)
}

/// `chain(a, b)` and `chain.from_iterable(lists)`, of lists whose items are known one by one.
pub(crate) fn chained<'b>(replay: &mut Replay<'_, 'b>, path: &str, positional: &[Value<'b>], at: Span) -> Option<Value<'b>> {
    let lists = if path.ends_with("from_iterable") { replay.items(positional.first()?, at)? } else { positional.to_vec() };
    let mut items = Vec::new();
    for list in lists {
        match list {
            Value::Known(_) | Value::List(_) | Value::Tuple(_) | Value::Dict(_) => items.extend(replay.items(&list, at)?),
            _ => return None,
        }
    }
    Some(replay.list(items))
}
