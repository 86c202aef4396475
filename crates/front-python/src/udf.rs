//! Functions on cells: a lambda or `def` that pandas calls for each cell or row, compiled from its source.
//!
//! Both branches of a condition of the row are walked, and what they bind or return is chosen by the condition. What would raise in
//! Python becomes a guard under the condition of its path. Nothing in here is recorded, so constants are folded by `fold`.

#![expect(clippy::wildcard_enum_match_arm, reason = "what a construct does not take is refused, whatever it is")]

use crate::ast::{self, Clause, Expr, ExprKind, Stmt};
use crate::fold;
use crate::ops::{self, Trouble};
use crate::record;
use crate::replay::{CellFrame, Flow, Replay, Scope};
use crate::value::{Alternative, Body, Cell, Column, Eval, Function, Guards, Kind, Known, Unknown, Value};
use ir::{Elem, Literal, Val};
use source::Span;
use std::collections::HashMap;
use std::rc::Rc;

/// Applies a function to each cell of a column.
pub(crate) fn over_cells<'b>(
    replay: &mut Replay<'_, 'b>,
    column: &Column<'b>,
    function: &Value<'b>,
    more: Vec<Value<'b>>,
    at: Span,
) -> Eval<'b> {
    let cell = python_cell(replay, &column.cell);
    let guards = column.cell.guards.clone();
    let (result, own) = on_cells(replay, |replay| {
        let mut args = vec![Value::Cell(cell)];
        args.extend(more);
        let result = replay.apply(function.clone(), None, args, Vec::new(), at)?;
        ops::to_cell(replay, &result, None, at)
    })?;
    let cell = pandas_cell(replay, &result).guarded(&guards).guarded(&own);
    Ok(Value::Column(Column { array: false, ..column.with(cell) }))
}

/// Applies a function to a value that is made of each cell of a column.
pub(crate) fn over_value<'b>(
    replay: &mut Replay<'_, 'b>,
    column: &Column<'b>,
    function: &Value<'b>,
    value: Value<'b>,
    at: Span,
) -> Eval<'b> {
    let guards = column.cell.guards.clone();
    let (result, own) = on_cells(replay, |replay| {
        let result = replay.apply(function.clone(), None, vec![value], Vec::new(), at)?;
        ops::to_cell(replay, &result, None, at)
    })?;
    let cell = pandas_cell(replay, &result).guarded(&guards).guarded(&own);
    Ok(Value::Column(Column { array: false, ..column.with(cell) }))
}

/// Applies a function to each row of a frame.
pub(crate) fn over_rows<'b>(
    replay: &mut Replay<'_, 'b>,
    frame: crate::value::FrameId,
    function: &Value<'b>,
    more: Vec<Value<'b>>,
    at: Span,
) -> Eval<'b> {
    let space = replay.frames[frame.0].space;
    let (result, own) = on_cells(replay, |replay| {
        let mut args = vec![Value::Row(frame)];
        args.extend(more);
        let result = replay.apply(function.clone(), None, args, Vec::new(), at)?;
        ops::to_cell(replay, &result, None, at)
    })?;
    let cell = pandas_cell(replay, &result).guarded(&own);
    Ok(Value::Column(Column { cell, name: None, space, array: false }))
}

/// `[element for target in column]`
pub(crate) fn comprehension<'b>(replay: &mut Replay<'_, 'b>, column: &Column<'b>, clause: &Clause, element: &Expr) -> Eval<'b> {
    let cell = python_cell(replay, &column.cell);
    let guards = column.cell.guards.clone();
    let (result, own) = on_cells(replay, |replay| {
        replay.assign(&clause.target, Value::Cell(cell), clause.target.span);
        let result = replay.eval(element)?;
        ops::to_cell(replay, &result, None, element.span)
    })?;
    let cell = pandas_cell(replay, &result).guarded(&guards).guarded(&own);
    Ok(Value::Column(Column { name: None, array: true, ..column.with(cell) }))
}

fn on_cells<'b>(
    replay: &mut Replay<'_, 'b>,
    run: impl FnOnce(&mut Replay<'_, 'b>) -> Result<Cell<'b>, Unknown>,
) -> Result<(Cell<'b>, Guards), Unknown> {
    let outer = replay.activation.take();
    replay.cells.push(CellFrame { reached: None, guards: Guards::new(), returns: Vec::new() });
    let result = run(replay);
    let frame = replay.cells.pop();
    replay.activation = outer;
    Ok((result?, frame.map(|frame| frame.guards).unwrap_or_default()))
}

/// A call of a function of the script from within a function on cells.
pub(crate) fn call_inside<'b>(replay: &mut Replay<'_, 'b>, function: &Rc<Function<'b>>, scope: Scope<'b>, at: Span) -> Eval<'b> {
    let reached = replay.cells.last().and_then(|frame| frame.reached);
    replay.cells.push(CellFrame { reached, guards: Guards::new(), returns: Vec::new() });
    let body = function.body.clone();
    let result = replay.in_scope(scope, at, |replay| match &body {
        Body::Expr(expr) => replay.eval(expr),
        Body::Block(block) => match replay.block_of(block)? {
            Flow::Return(value) => Ok(value),
            Flow::Next | Flow::Break | Flow::Continue => Ok(replay.none()),
        },
    });
    let frame = replay.cells.pop();
    let mut value = result?;
    if let Some(frame) = frame {
        if let Some(outer) = replay.cells.last_mut() {
            outer.guards.extend(&frame.guards);
        }
        for (condition, earlier) in frame.returns.into_iter().rev() {
            value = replay.choose_values(condition, &earlier, &value, at)?;
        }
    }
    match value {
        Value::Unknown(why) => Err(why),
        value => Ok(value),
    }
}

/// A cell as a function sees it: a missing text is the float NaN, a category is its value.
pub(crate) fn python_cell<'b>(replay: &Replay<'_, 'b>, cell: &Cell<'b>) -> Cell<'b> {
    let b = replay.b;
    let mut out: Vec<Alternative<'b>> = Vec::new();
    for alternative in &cell.alternatives {
        let with = |condition: Val<'b>| Some(alternative.when.map_or(condition, |when| when & condition));
        match &alternative.kind {
            Kind::Str if alternative.val.is_nullable() => {
                out.push(Alternative { when: with(alternative.val.is_null()), kind: Kind::Float, val: b.f64(f64::NAN) });
                out.push(Alternative { when: alternative.when, kind: Kind::Str, val: alternative.val.or_else("") });
            }
            Kind::Category(categories) => {
                let values = crate::pandas::category_values(replay, categories, alternative.val);
                out.push(Alternative { when: with(alternative.val.lt(0_i64)), kind: Kind::Float, val: b.f64(f64::NAN) });
                if let Some((kind, val)) = values {
                    out.push(Alternative { when: alternative.when, kind, val });
                }
            }
            Kind::Bool | Kind::Int(_) | Kind::Float | Kind::Float32 | Kind::Str | Kind::DateTime | Kind::Timedelta | Kind::Missing => {
                out.push(alternative.clone())
            }
        }
    }
    Cell { alternatives: ops::merge(out), guards: cell.guards.clone() }
}

/// The results of a function as pandas infers their dtype: integers beside floats or missing become floats, None beside texts missing.
pub(crate) fn pandas_cell<'b>(replay: &Replay<'_, 'b>, cell: &Cell<'b>) -> Cell<'b> {
    let b = replay.b;
    let is_nan = |one: &Alternative<'b>| matches!(one.val.literal(), Some(Literal::F64(value)) if value.is_nan());
    let missing = |one: &Alternative<'b>| one.kind == Kind::Missing || one.kind == Kind::Float && is_nan(one);
    let kinds: Vec<&Kind> = cell.alternatives.iter().filter(|one| !missing(one)).map(|one| &one.kind).collect();
    let any_missing = cell.alternatives.iter().any(missing);
    let to = |kind: Kind, convert: &dyn Fn(&Alternative<'b>) -> Val<'b>| {
        let alternatives =
            cell.alternatives.iter().map(|one| Alternative { when: one.when, kind: kind.clone(), val: convert(one) }).collect();
        Cell { alternatives: ops::merge(alternatives), guards: cell.guards.clone() }
    };
    let int = |kind: &&Kind| matches!(kind, Kind::Int(_));
    let number = |kind: &&Kind| matches!(kind, Kind::Int(_) | Kind::Float | Kind::Float32);
    if kinds.is_empty() && cell.alternatives.iter().any(is_nan) {
        return to(Kind::Float, &|_| b.f64(f64::NAN));
    }
    if kinds.is_empty() {
        return cell.clone();
    }
    if kinds.iter().all(int) && !any_missing {
        return to(Kind::INT, &|one| one.val);
    }
    if kinds.iter().all(number) {
        return to(Kind::Float, &|one| if missing(one) { b.f64(f64::NAN) } else { one.val.cast(Elem::F64) });
    }
    if kinds.iter().all(|kind| **kind == Kind::Str) {
        return to(Kind::Str, &|one| if missing(one) { b.null(Elem::Str) } else { one.val });
    }
    cell.clone()
}

/// `str(value)` as a cell.
pub(crate) fn to_text<'b>(replay: &mut Replay<'_, 'b>, value: &Value<'b>, at: Span) -> Result<Cell<'b>, Unknown> {
    if let Some(constant) = replay.concrete(value)
        && let Some(text) = fold::format(&constant, None)
    {
        if let Value::Known(known) = value {
            replay.freeze(known);
        }
        return Ok(Cell::new(Kind::Str, replay.b.str(&text)));
    }
    let cell = ops::to_cell(replay, value, None, at)?;
    ops::lift(replay, &[&cell], at, |replay, operands| text_of(replay, &operands[0]))
}

fn text_of<'b>(replay: &Replay<'_, 'b>, (kind, val): &(Kind, Val<'b>)) -> ops::Typed<'b> {
    let b = replay.b;
    match kind {
        Kind::Str => Ok((Kind::Str, *val)),
        Kind::Int(_) => Ok((Kind::Str, val.decimal())),
        Kind::Bool => Ok((Kind::Str, val.select(b.str("True"), "False"))),
        Kind::Missing => Ok((Kind::Str, b.str("None"))),
        Kind::Float if matches!(val.literal(), Some(Literal::F64(value)) if value.is_nan()) => Ok((Kind::Str, b.str("nan"))),
        Kind::Float | Kind::Float32 | Kind::DateTime | Kind::Timedelta | Kind::Category(_) => {
            Err(Trouble::Unsupported(format!("the text of a {}", kind.dtype())))
        }
    }
}

impl<'b> Replay<'_, 'b> {
    /// A truth value of the row, inside a function on cells; none if the value is not of the row.
    pub(crate) fn row_condition(&mut self, value: &Value<'b>) -> Option<Val<'b>> {
        let cell = match value {
            Value::Cell(cell) => cell,
            Value::Match(found) => &found.found,
            _ => return None,
        };
        let b = self.b;
        let mut out: Option<Val<'b>> = None;
        for alternative in cell.alternatives.iter().rev() {
            let val = alternative.val;
            let truth = match &alternative.kind {
                Kind::Bool => val,
                Kind::Int(_) => val.ne(0_i64),
                Kind::Float | Kind::Float32 => val.ne(0.0),
                // A missing text is the float NaN, which is true.
                Kind::Str => val.ne("").or_else(true),
                Kind::DateTime => b.bool(true),
                Kind::Timedelta => val.ne(0_i64).or_else(true),
                Kind::Category(_) => return None,
                Kind::Missing => b.bool(false),
            };
            out = Some(match (alternative.when, out) {
                (Some(when), Some(other)) => when.select(truth, other),
                _ => truth,
            });
        }
        out
    }

    fn reached(&self) -> Option<Val<'b>> {
        self.cells.last().and_then(|frame| frame.reached)
    }

    fn set_reached(&mut self, reached: Option<Val<'b>>) {
        if let Some(frame) = self.cells.last_mut() {
            frame.reached = reached;
        }
    }

    fn and_reached(&self, condition: Val<'b>) -> Val<'b> {
        self.reached().map_or(condition, |reached| reached & condition)
    }

    /// Runs with the condition of the path narrowed.
    pub(crate) fn when_reached<T>(&mut self, condition: Val<'b>, run: impl FnOnce(&mut Self) -> Result<T, Unknown>) -> Result<T, Unknown> {
        let outer = self.reached();
        let inner = self.and_reached(condition);
        self.set_reached(Some(inner));
        let out = run(self);
        self.set_reached(outer);
        out
    }

    /// An exception of Python on the rows where the condition holds. Gives the guard for the value that does not exist then.
    pub(crate) fn raise_if(&mut self, condition: Val<'b>, exception: &'static str, at: Span) -> Option<usize> {
        if condition.literal() == Some(Literal::Bool(false)) {
            return None;
        }
        let condition = self.and_reached(condition);
        let reason = ops::reason(exception, &self.place_name(at));
        let guard = self.guard(condition, reason, at);
        if let Some(frame) = self.cells.last_mut() {
            frame.guards.insert(guard);
        }
        Some(guard)
    }

    /// The same inside a function on cells, where the path carries the guard.
    pub(crate) fn raise_here(&mut self, condition: Val<'b>, exception: &'static str, at: Span) {
        let _ = self.raise_if(condition, exception, at);
    }

    pub(crate) fn choose_values(&mut self, condition: Val<'b>, yes: &Value<'b>, no: &Value<'b>, at: Span) -> Eval<'b> {
        match condition.literal() {
            Some(Literal::Bool(true)) => return Ok(yes.clone()),
            Some(Literal::Bool(false)) => return Ok(no.clone()),
            _ => {}
        }
        if self.same_value(yes, no) {
            return Ok(yes.clone());
        }
        if let (Value::Tuple(a), Value::Tuple(b)) = (yes, no)
            && a.len() == b.len()
        {
            let items = a.iter().zip(b).map(|(a, b)| self.choose_values(condition, a, b, at)).collect::<Result<_, _>>()?;
            return Ok(Value::Tuple(items));
        }
        let (a, b) = (ops::to_cell(self, yes, None, at)?, ops::to_cell(self, no, None, at)?);
        Ok(Value::Cell(ops::choose(condition, &a, &b)))
    }

    fn same_value(&self, a: &Value<'b>, b: &Value<'b>) -> bool {
        match (a, b) {
            (Value::Cell(a), Value::Cell(b)) => {
                a.alternatives.len() == b.alternatives.len()
                    && a.alternatives.iter().zip(&b.alternatives).all(|(a, b)| a.kind == b.kind && a.val.value() == b.val.value())
            }
            (Value::Known(_), Value::Known(_)) => match (self.concrete(a), self.concrete(b)) {
                (Some(a), Some(b)) => a == b,
                (None, None) => true,
                _ => false,
            },
            (Value::List(a), Value::List(b)) => a == b,
            (Value::Dict(a), Value::Dict(b)) => a == b,
            (Value::Frame(a), Value::Frame(b)) | (Value::Row(a), Value::Row(b)) => a == b,
            (Value::Function(a), Value::Function(b)) => Rc::ptr_eq(a, b),
            (Value::Path(a), Value::Path(b)) => a == b,
            _ => false,
        }
    }

    /// How much containers hold: a branch of the row may not change them.
    fn container_sizes(&self) -> (usize, usize) {
        (self.lists.iter().map(Vec::len).sum(), self.dicts.iter().map(Vec::len).sum())
    }

    /// `if` on a condition of the row: both branches are walked.
    pub(crate) fn run_row_if(&mut self, condition: Val<'b>, body: &[Stmt], otherwise: &[Stmt], at: Span) -> Result<Flow<'b>, Unknown> {
        match condition.literal() {
            Some(Literal::Bool(true)) => return self.block_of(body),
            Some(Literal::Bool(false)) => return self.block_of(otherwise),
            _ => {}
        }
        let scope = self.scope.0;
        let outer = self.reached();
        let before = self.scopes[scope].names.clone();
        let containers = self.lists.len() + self.dicts.len();
        let sizes = self.container_sizes();
        let (yes, no) = (self.and_reached(condition), self.and_reached(!condition));

        self.set_reached(Some(yes));
        let flow_yes = self.block_of(body)?;
        let reached_yes = self.reached();
        let names_yes = std::mem::replace(&mut self.scopes[scope].names, before);
        self.set_reached(Some(no));
        let flow_no = self.block_of(otherwise)?;
        let reached_no = self.reached();
        if self.lists.len() + self.dicts.len() == containers && self.container_sizes() != sizes {
            return Err(self.unsupported(at, "a list or dict that grows on some rows only"));
        }
        match (flow_yes, flow_no) {
            (Flow::Return(a), Flow::Return(b)) => {
                self.set_reached(outer);
                Ok(Flow::Return(self.choose_values(condition, &a, &b, at)?))
            }
            (Flow::Return(value), flow) => {
                if let Some(frame) = self.cells.last_mut() {
                    frame.returns.push((reached_yes.unwrap_or(yes), value));
                }
                self.set_reached(reached_no);
                Ok(flow)
            }
            (flow, Flow::Return(value)) => {
                if let Some(frame) = self.cells.last_mut() {
                    frame.returns.push((reached_no.unwrap_or(no), value));
                }
                self.scopes[scope].names = names_yes;
                self.set_reached(reached_yes);
                Ok(flow)
            }
            (Flow::Next, Flow::Next) => {
                let same = reached_yes.map(Val::value) == Some(yes.value()) && reached_no.map(Val::value) == Some(no.value());
                let together = match (reached_yes, reached_no) {
                    (Some(a), Some(b)) if !same => Some(a | b),
                    _ => outer,
                };
                self.set_reached(together);
                self.merge_names(condition, names_yes, at);
                Ok(Flow::Next)
            }
            (Flow::Break, Flow::Break) => Ok(Flow::Break),
            (Flow::Continue, Flow::Continue) => Ok(Flow::Continue),
            _ => Err(self.unsupported(at, "a loop that some rows leave early")),
        }
    }

    fn merge_names(&mut self, condition: Val<'b>, names_yes: HashMap<String, Value<'b>>, at: Span) {
        let scope = self.scope.0;
        let mut names: Vec<(String, Value<'b>)> = names_yes.into_iter().collect();
        // Nodes are made in this order: the same script gives the same module.
        names.sort_by(|a, b| a.0.cmp(&b.0));
        for (name, yes) in names {
            let merged = match self.scopes[scope].names.get(&name).cloned() {
                None => yes,
                Some(no) => self.choose_values(condition, &yes, &no, at).unwrap_or_else(Value::Unknown),
            };
            self.scopes[scope].names.insert(name, merged);
        }
    }

    /// `a if condition else b` on a condition of the row.
    pub(crate) fn row_if_else(&mut self, condition: Val<'b>, then: &Expr, otherwise: &Expr, at: Span) -> Eval<'b> {
        match condition.literal() {
            Some(Literal::Bool(true)) => return self.eval(then),
            Some(Literal::Bool(false)) => return self.eval(otherwise),
            _ => {}
        }
        let yes = self.when_reached(condition, |replay| replay.eval(then))?;
        let no = self.when_reached(!condition, |replay| replay.eval(otherwise))?;
        self.choose_values(condition, &yes, &no, at)
    }

    /// `try` in a function on cells: the rows on which the body would raise take the handler.
    pub(crate) fn run_row_try(
        &mut self,
        at: Span,
        body: &[Stmt],
        handlers: &[ast::Handler],
        otherwise: &[Stmt],
        finally: &[Stmt],
    ) -> Result<Flow<'b>, Unknown> {
        let [handler] = handlers else { return Err(self.unsupported(at, "a try with several handlers in a function on cells")) };
        if !finally.is_empty() {
            return Err(self.unsupported(at, "finally in a function on cells"));
        }
        let broad = match &handler.kind {
            None => true,
            Some(kind) => {
                let names: Vec<&str> = match &kind.kind {
                    ExprKind::Name(name) => vec![name],
                    ExprKind::Tuple(items) => items.iter().filter_map(Expr::as_name).collect(),
                    _ => vec![],
                };
                names.iter().any(|name| matches!(*name, "Exception" | "BaseException"))
                    || names.contains(&"ValueError") && names.contains(&"TypeError")
            }
        };
        let scope = self.scope.0;
        let before_names = self.scopes[scope].names.clone();
        let before: Guards = self.cells.last().map(|frame| frame.guards.clone()).unwrap_or_default();
        let outer = self.reached();
        let returns = self.cells.last().map_or(0, |frame| frame.returns.len());
        let mut flow = self.block_of(body)?;
        if matches!(flow, Flow::Next) {
            flow = self.block_of(otherwise)?;
        }
        let raised: Vec<usize> = self.cells.last().map(|frame| frame.guards.difference(&before).copied().collect()).unwrap_or_default();
        let condition = raised.iter().fold(None, |all: Option<Val<'b>>, guard| {
            let when = self.guards[*guard].when;
            Some(all.map_or(when, |all| all | when))
        });
        let Some(condition) = condition else { return Ok(flow) };
        if !broad
            && !raised
                .iter()
                .all(|guard| matches!(&self.guards[*guard].reason, ir::Reason::Invalid(text) if text.starts_with("ValueError")))
        {
            return Err(self.unsupported(at, "a handler for some exceptions only"));
        }
        if self.cells.last().is_some_and(|frame| frame.returns.len() != returns) {
            return Err(self.unsupported(at, "a return on some rows inside a try"));
        }
        if let Some(frame) = self.cells.last_mut() {
            frame.guards = before;
        }
        // The body's values stand in for the rows that did not raise; the guards no longer apply to them.
        let names_body = std::mem::replace(&mut self.scopes[scope].names, before_names);
        self.set_reached(Some(outer.map_or(condition, |outer| outer & condition)));
        let flow_handler = self.block_of(&handler.body)?;
        self.set_reached(outer);
        let free = |value: Value<'b>| match value {
            Value::Cell(mut cell) => {
                cell.guards.retain(|guard| !raised.contains(guard));
                Value::Cell(cell)
            }
            other => other,
        };
        let fine = !condition;
        match (flow, flow_handler) {
            (Flow::Return(a), Flow::Return(b)) => Ok(Flow::Return(self.choose_values(fine, &free(a), &b, at)?)),
            (Flow::Next, Flow::Next) => {
                let names_body = names_body.into_iter().map(|(name, value)| (name, free(value))).collect();
                self.merge_names(fine, names_body, at);
                Ok(Flow::Next)
            }
            (Flow::Return(value), Flow::Next) => {
                let reached = self.and_reached(fine);
                if let Some(frame) = self.cells.last_mut() {
                    frame.returns.push((reached, free(value)));
                }
                let rest = self.and_reached(condition);
                self.set_reached(Some(rest));
                Ok(Flow::Next)
            }
            (Flow::Next, Flow::Return(value)) => {
                let reached = self.and_reached(condition);
                if let Some(frame) = self.cells.last_mut() {
                    frame.returns.push((reached, value));
                }
                self.scopes[scope].names = names_body.into_iter().map(|(name, value)| (name, free(value))).collect();
                let rest = self.and_reached(fine);
                self.set_reached(Some(rest));
                Ok(Flow::Next)
            }
            _ => Err(self.unsupported(at, "this flow out of a try")),
        }
    }

    /// A constant of the script as a value.
    pub(crate) fn known(&self, value: record::Value) -> Value<'b> {
        Value::Known(Known::constant(value))
    }
}
