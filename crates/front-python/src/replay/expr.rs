//! Expressions: what does not depend on a scoring row is what the record saw, the rest goes to the families.

#![expect(clippy::wildcard_enum_match_arm, reason = "what a construct does not take is refused, whatever it is")]

use super::{Activation, Replay, Scope};
use crate::ast::{self, BinaryOp, BoolOp, Clause, CompareOp, ComprehensionKind, Conversion, Expr, ExprKind, FStringPart, Literal, UnaryOp};
use crate::record;
use crate::value::{Body, Cell, DictId, Eval, Function, Kind, Known, ListId, Unknown, Value};
use crate::{fold, ops};
use source::Span;
use std::rc::Rc;

/// Elements of a comprehension, with their values if it makes a dict.
type Pairs<'b> = Vec<Element<'b>>;
/// One of them: its key or value, the value of a dict, and whether the row has it.
type Element<'b> = (Value<'b>, Option<Value<'b>>, Option<ir::Val<'b>>);
/// A column, if the comprehension runs over scoring rows.
type Eval1<'b> = Result<Option<Value<'b>>, Unknown>;

/// The width of a format that writes whole numbers with zeros before them: `02d`.
fn padded(format: &str) -> Option<i64> {
    let width = format.strip_prefix('0')?;
    width.strip_suffix('d').unwrap_or(width).parse().ok().filter(|width| (1..=20).contains(width))
}

/// How many decimals, and whether thousands are set apart: `.2f`, `,.0f`.
fn fixed(format: &str) -> Option<(u32, bool)> {
    const MOST_DECIMALS: u32 = 6;
    let (format, grouped) = format.strip_prefix(',').map_or((format, false), |rest| (rest, true));
    let decimals = format.strip_prefix('.')?.strip_suffix('f')?.parse().ok()?;
    (decimals <= MOST_DECIMALS).then_some((decimals, grouped))
}

/// A condition, narrowed. What is always there has none.
fn both<'b>(there: Option<ir::Val<'b>>, holds: ir::Val<'b>) -> Option<ir::Val<'b>> {
    Some(there.map_or(holds, |there| there & holds))
}

impl<'b> Replay<'_, 'b> {
    /// The value of an expression; an unknown one is a value too.
    pub(crate) fn value(&mut self, expr: &Expr) -> Value<'b> {
        self.eval(expr).unwrap_or_else(Value::Unknown)
    }

    pub(crate) fn eval(&mut self, expr: &Expr) -> Eval<'b> {
        if let Some(value) = crate::pandas::group::value_in_group(self, expr) {
            return value;
        }
        match &expr.kind {
            ExprKind::Name(name) => Ok(self.name(name, expr.span)),
            ExprKind::Literal(literal) => self.literal(literal, expr.span),
            ExprKind::FString(parts) => self.f_string(parts, expr.span),
            ExprKind::List(items) => {
                let items = self.spread(items)?;
                Ok(self.list(items))
            }
            ExprKind::Tuple(items) => Ok(Value::Tuple(self.spread(items)?)),
            ExprKind::Set(items) => {
                let items = self.spread(items)?;
                let always = self.b.bool(true);
                if items.iter().any(|item| self.touches_rows(item)) {
                    let items: Vec<_> = items.into_iter().map(|value| crate::sequence::Item { there: always, value }).collect();
                    return crate::sequence::set(self, &items, expr.span);
                }
                Ok(self.list(items))
            }
            ExprKind::Dict(items) => self.dict_display(items, expr.span),
            ExprKind::Binary { left, op, right } => {
                let (left, right) = (self.eval(left)?, self.eval(right)?);
                self.binary(*op, &left, &right, expr.span)
            }
            ExprKind::Unary { op, operand } => {
                let operand = self.eval(operand)?;
                self.unary(*op, &operand, expr.span)
            }
            ExprKind::Bool { op, operands } => self.bool_op(*op, operands, expr.span),
            ExprKind::Compare { left, rest } => self.compare_chain(left, rest, expr.span),
            ExprKind::Call { callee, args, keywords } => self.call(expr, callee, args, keywords),
            ExprKind::Attribute { value, name } => {
                let of = self.eval(value)?;
                self.attribute(&of, name, expr.span)
            }
            ExprKind::Subscript { value, index } => {
                if let Some(closed) = self.recorded_closed(expr.span) {
                    return Ok(Value::Known(closed));
                }
                let (of, index) = (self.eval(value)?, self.eval(index)?);
                self.subscript(&of, &index, expr.span)
            }
            ExprKind::Slice { lower, upper, step } => {
                let mut part = |part: &Option<Box<Expr>>| -> Result<Option<Box<Value<'b>>>, Unknown> {
                    part.as_ref().map(|part| self.eval(part).map(Box::new)).transpose()
                };
                Ok(Value::Slice(part(lower)?, part(upper)?, part(step)?))
            }
            ExprKind::Lambda(lambda) => {
                let value = self.function("<lambda>", &lambda.parameters, Body::Expr(Rc::new(lambda.body.clone())));
                self.remember_function(expr.span, &value);
                Ok(value)
            }
            ExprKind::IfElse { test, then, otherwise } => self.if_else(test, then, otherwise, expr.span),
            ExprKind::Comprehension { kind, element, value, clauses } => {
                self.comprehension(*kind, element, value.as_deref(), clauses, expr.span)
            }
            ExprKind::Starred(inner) => self.eval(inner),
            ExprKind::Walrus { target, value } => {
                let value = self.eval(value)?;
                self.assign(target, value.clone(), expr.span);
                Ok(value)
            }
            ExprKind::Unsupported(what) => Err(self.unsupported(expr.span, what)),
        }
    }

    fn literal(&mut self, literal: &Literal, span: Span) -> Eval<'b> {
        let value = match literal {
            Literal::None => record::Value::NONE,
            Literal::Bool(value) => record::Value::Bool(*value),
            Literal::Int(value) => record::Value::Int(*value),
            Literal::BigInt(text) => record::Value::tagged(record::Tagged::Big(text.clone())),
            Literal::Float(value) => record::Value::float(*value),
            Literal::Str(text) => record::Value::Str(text.clone()),
            Literal::Ellipsis => return Err(self.unsupported(span, "`...`")),
        };
        Ok(Value::Known(Known::constant(value)))
    }

    /// A name. What the record saw at this place is fresher than what was bound, because objects change in place.
    pub(super) fn name(&mut self, name: &str, span: Span) -> Value<'b> {
        let Some(bound) = self.find_name(name, Some(self.scope)).cloned() else {
            let seen = self.recorded(span);
            let is_function = matches!(seen.clone_unused().and_then(record::Value::as_tagged), Some(record::Tagged::Function(_)));
            return if seen.is_recorded() && !is_function { Value::Known(seen) } else { Value::Path(format!("builtins.{name}")) };
        };
        if self.touches_rows(&bound) {
            return bound;
        }
        match bound {
            Value::Known(known) => {
                let seen = self.recorded(span);
                if !seen.is_recorded() {
                    let at = known.at.or(Some(span).filter(|_| known.fit));
                    return Value::Known(known.of(at));
                }
                let value = Value::Known(seen.with(known.fit, known.batch_columns));
                // A fitted object is what it was last seen as, also for functions on cells, where nothing is recorded.
                if matches!(&value, Value::Known(seen) if matches!(seen.clone_unused().and_then(record::Value::as_tagged), Some(record::Tagged::Estimator(_))))
                    && let Some(slot) = self.scopes[self.scope.0].names.get_mut(name)
                {
                    *slot = value.clone();
                }
                value
            }
            Value::List(id) => {
                self.refresh_list(id, span);
                Value::List(id)
            }
            Value::Dict(id) => {
                self.refresh_dict(id, span);
                Value::Dict(id)
            }
            Value::Path(path) => {
                let seen = self.recorded(span);
                if self.is_data(&seen) { Value::Known(seen) } else { Value::Path(path) }
            }
            other => other,
        }
    }

    /// Whether a recorded value is data, not a function, module or class. Only data is kept in a pruned record.
    fn is_data(&self, seen: &Known) -> bool {
        let data = !matches!(
            seen.clone_unused().map(record::Value::as_tagged),
            None | Some(Some(
                record::Tagged::Function(_) | record::Tagged::Module(_) | record::Tagged::Texts(_) | record::Tagged::Other(_)
            ))
        );
        if data {
            seen.look();
        }
        data
    }

    fn refresh_list(&mut self, id: ListId, span: Span) {
        let seen = self.recorded(span);
        if seen.is_recorded() && !self.cells_active() {
            let (fit, columns) = self.flags(&[&Value::List(id)]);
            if let Some(items) = seen.clone_unused().and_then(record::Value::items) {
                let same = items.len() == self.lists[id.0].len();
                let plain = items.iter().all(|item| {
                    !matches!(item.as_tagged(), Some(record::Tagged::Function(_) | record::Tagged::Other(_) | record::Tagged::Estimator(_)))
                });
                if !same && plain {
                    seen.look();
                    self.lists[id.0] = items.into_iter().map(|item| Value::Known(seen.part(item).with(fit, columns))).collect();
                }
            }
        }
    }

    fn refresh_dict(&mut self, id: DictId, span: Span) {
        let seen = self.recorded(span);
        if !seen.is_recorded() || self.cells_active() {
            return;
        }
        let (fit, columns) = self.flags(&[&Value::Dict(id)]);
        if let Some(pairs) = seen.clone_unused().and_then(record::Value::as_tagged).and_then(record::Tagged::pairs)
            && pairs.len() != self.dicts[id.0].len()
        {
            let pairs = pairs.clone();
            seen.look();
            let part = |value: record::Value| Value::Known(seen.part(value).with(fit, columns));
            self.dicts[id.0] = pairs.into_iter().map(|(key, value)| (part(key), part(value))).collect();
        }
    }

    pub(crate) fn cells_active(&self) -> bool {
        !self.cells.is_empty()
    }

    pub(crate) fn list(&mut self, items: Vec<Value<'b>>) -> Value<'b> {
        self.lists.push(items);
        let id = self.lists.len() - 1;
        if let Some(reached) = self.reached() {
            self.made_for.insert(id, reached.value());
        }
        Value::List(ListId(id))
    }

    pub(crate) fn dict(&mut self, pairs: Vec<(Value<'b>, Value<'b>)>) -> Value<'b> {
        let pairs = crate::row_dicts::without_repeats(self, pairs);
        self.dicts.push(pairs);
        let id = self.dicts.len() - 1;
        if let Some(reached) = self.reached() {
            self.dicts_made_for.insert(id, reached.value());
        }
        Value::Dict(DictId(id))
    }

    /// Whether some items of a list are there on some rows only.
    pub(crate) fn is_of_row(&self, id: ListId) -> bool {
        self.lists[id.0].iter().any(|item| matches!(item, Value::Sometimes(_)))
    }

    /// Whether what is in a list or dict depends on the row.
    pub(crate) fn differs_by_row(&self, value: &Value<'b>) -> bool {
        match value {
            Value::List(id) => self.is_of_row(*id),
            Value::Dict(id) => crate::row_dicts::is_of_row(self, *id),
            _ => false,
        }
    }

    /// Values of a display, with `*items` spread.
    fn spread(&mut self, items: &[Expr]) -> Result<Vec<Value<'b>>, Unknown> {
        let mut out = Vec::new();
        for item in items {
            if let ExprKind::Starred(inner) = &item.kind {
                let value = self.eval(inner)?;
                match self.items(&value, inner.span) {
                    Some(items) => out.extend(items),
                    None => return Err(self.not_recorded(inner.span)),
                }
            } else {
                out.push(self.value(item));
            }
        }
        Ok(out)
    }

    fn dict_display(&mut self, items: &[(Option<Expr>, Expr)], span: Span) -> Eval<'b> {
        let mut pairs = Vec::new();
        for (key, value) in items {
            match key {
                Some(key) => pairs.push((self.eval(key)?, self.value(value))),
                None => {
                    let inner = self.eval(value)?;
                    match self.pairs(&inner) {
                        Some(more) => pairs.extend(more),
                        None => return Err(self.not_recorded(span)),
                    }
                }
            }
        }
        Ok(self.dict(pairs))
    }

    /// What a loop over the value sees; none if it is not known.
    pub(crate) fn items(&mut self, value: &Value<'b>, at: Span) -> Option<Vec<Value<'b>>> {
        match value {
            value if self.differs_by_row(value) => None,
            Value::List(id) => Some(self.lists[id.0].clone()),
            Value::Tuple(items) => Some(items.clone()),
            Value::Dict(id) => Some(self.dicts[id.0].iter().map(|(key, _)| key.clone()).collect()),
            Value::Frame(id) => {
                let known = self.column_names(*id);
                known.look()?.items().map(|items| items.into_iter().map(|item| Value::Known(known.part(item))).collect())
            }
            Value::Known(known) => {
                if let Some(items) = known.look().and_then(record::Value::items) {
                    return Some(items.into_iter().map(|item| Value::Known(known.part(item))).collect());
                }
                if let Some(record::Value::Str(text)) = known.look() {
                    return Some(text.chars().map(|c| Value::Known(known.part(record::Value::Str(c.to_string())))).collect());
                }
                // An iterator, or too long for a summary: the items that the loop saw.
                let seen = Known::seen(self.log.items(at, self.activation), at).with(known.fit, known.batch_columns);
                let items = seen.look()?.items()?;
                Some(items.into_iter().map(|item| Value::Known(seen.part(item))).collect())
            }
            _ => crate::row_turns::items(value),
        }
    }

    /// The pairs of a dict.
    pub(crate) fn pairs(&self, value: &Value<'b>) -> Option<Vec<(Value<'b>, Value<'b>)>> {
        match value {
            Value::Dict(id) if crate::row_dicts::is_of_row(self, *id) => None,
            Value::Dict(id) => Some(self.dicts[id.0].clone()),
            Value::Known(known) => {
                let part = |value: &record::Value| Value::Known(known.part(value.clone()));
                Some(known.tagged()?.pairs()?.iter().map(|(key, value)| (part(key), part(value))).collect())
            }
            _ => None,
        }
    }

    /// The concrete value of something that does not depend on a scoring row, containers included.
    pub(crate) fn concrete(&self, value: &Value<'b>) -> Option<record::Value> {
        let list = |items: &[Value<'b>]| items.iter().map(|item| self.concrete(item)).collect::<Option<Vec<_>>>();
        Some(match value {
            Value::Known(known) => known.look()?.clone(),
            Value::List(id) => record::Value::tagged(record::Tagged::List(list(&self.lists[id.0])?)),
            Value::Tuple(items) => record::Value::tagged(record::Tagged::Tuple(list(items)?)),
            Value::Dict(id) => {
                let pairs = self.dicts[id.0].iter().map(|(key, item)| Some((self.concrete(key)?, self.concrete(item)?)));
                record::Value::tagged(record::Tagged::Dict(pairs.collect::<Option<_>>()?))
            }
            Value::Path(path) => record::Value::tagged(record::Tagged::Function(path.clone())),
            _ => return None,
        })
    }

    /// The result of an operation on values that do not depend on a scoring row.
    pub(crate) fn untouched(&mut self, at: Span, operands: &[&Value<'b>]) -> Known {
        let (fit, columns) = self.flags(operands);
        self.recorded(at).with(fit, columns)
    }

    pub(crate) fn binary(&mut self, op: BinaryOp, left: &Value<'b>, right: &Value<'b>, span: Span) -> Eval<'b> {
        if let Some(unknown) = self.unknown_among(&[left, right]) {
            return Err(unknown);
        }
        if !self.touches_rows(left) && !self.touches_rows(right) {
            let seen = self.untouched(span, &[left, right]);
            if !seen.is_recorded()
                && let (Some(left), Some(right)) = (self.concrete(left), self.concrete(right))
                && let Some(value) = fold::binary(op, &left, &right)
            {
                return Ok(Value::Known(Known::constant(value).with(seen.fit, seen.batch_columns)));
            }
            return Ok(Value::Known(seen));
        }
        if let Some(places) = crate::sklearn::split::of_places(&[left, right]) {
            return Ok(places);
        }
        ops::binary(self, op, left, right, span)
    }

    pub(crate) fn unary(&mut self, op: UnaryOp, operand: &Value<'b>, span: Span) -> Eval<'b> {
        if let Some(unknown) = self.unknown_among(&[operand]) {
            return Err(unknown);
        }
        if !self.touches_rows(operand) {
            let seen = self.untouched(span, &[operand]);
            if !seen.is_recorded()
                && let Some(value) = self.concrete(operand).and_then(|value| fold::unary(op, &value))
            {
                return Ok(Value::Known(Known::constant(value).with(seen.fit, seen.batch_columns)));
            }
            return Ok(Value::Known(seen));
        }
        if let Some(places) = crate::sklearn::split::of_places(&[operand]) {
            return Ok(places);
        }
        ops::unary(self, op, operand, span)
    }

    fn compare_chain(&mut self, left: &Expr, rest: &[(CompareOp, Expr)], span: Span) -> Eval<'b> {
        let mut last = self.eval(left)?;
        let mut out: Option<Value<'b>> = None;
        for (op, right) in rest {
            let right = self.eval(right)?;
            // A chain of two comparisons is recorded only as a whole.
            let at = if rest.len() == 1 { span } else { Span { start: span.start, end: span.start, ..span } };
            let one = self.compare(*op, &last, &right, at)?;
            out = Some(match out {
                None => one,
                Some(before) => self.logical(BoolOp::And, &before, &one, span)?,
            });
            last = right;
        }
        out.ok_or_else(|| self.not_recorded(span))
    }

    pub(crate) fn compare(&mut self, op: CompareOp, left: &Value<'b>, right: &Value<'b>, span: Span) -> Eval<'b> {
        if let (CompareOp::In | CompareOp::NotIn, Value::Dict(id)) = (op, right)
            && self.cells_active()
            && crate::row_dicts::is_of_row(self, *id)
        {
            let (found, _) = crate::row_dicts::find(self, *id, left, span)?;
            return Ok(Value::Cell(Cell::new(Kind::Bool, if op == CompareOp::In { found } else { !found })));
        }
        if let (CompareOp::In | CompareOp::NotIn, Value::Dict(id)) = (op, right)
            && let Some(key) = self.concrete(left)
            && let Some(keys) = self.dicts[id.0].iter().map(|(one, _)| self.concrete(one)).collect::<Option<Vec<_>>>()
        {
            // Which keys there are does not depend on what stands under them.
            let held = keys.iter().any(|one| fold::same_key(one, &key));
            return Ok(Value::Known(Known::constant(record::Value::Bool(held == (op == CompareOp::In)))));
        }
        if let Some(unknown) = self.unknown_among(&[left, right]) {
            return Err(unknown);
        }
        if let Some(places) = crate::sklearn::split::of_places(&[left, right]) {
            return Ok(places);
        }
        if let Some(mask) = crate::row_order::compared(self, op, left, right, span) {
            return mask;
        }
        if let (CompareOp::Is | CompareOp::IsNot, Value::Row(_), Some(record::Value::None(()))) = (op, left, self.concrete(right)) {
            return Ok(self.known(record::Value::Bool(op == CompareOp::IsNot)));
        }
        // Whether two names are of one frame says nothing of its rows.
        if let (CompareOp::Is | CompareOp::IsNot, Value::Frame(_), _) | (CompareOp::Is | CompareOp::IsNot, _, Value::Frame(_)) =
            (op, left, right)
        {
            let same = matches!((left, right), (Value::Frame(one), Value::Frame(other)) if one == other);
            return Ok(self.known(record::Value::Bool(same == (op == CompareOp::Is))));
        }
        if !self.touches_rows(left) && !self.touches_rows(right) {
            let seen = self.untouched(span, &[left, right]);
            if !seen.is_recorded()
                && let (Some(left), Some(right)) = (self.concrete(left), self.concrete(right))
                && let Some(value) = fold::compare(op, &left, &right)
            {
                return Ok(Value::Known(Known::constant(record::Value::Bool(value)).with(seen.fit, seen.batch_columns)));
            }
            return Ok(Value::Known(seen));
        }
        ops::compare(self, op, left, right, span)
    }

    /// `a and b` of two truth values of the row, or of known values.
    fn logical(&mut self, op: BoolOp, left: &Value<'b>, right: &Value<'b>, span: Span) -> Eval<'b> {
        if let (Some(a), Some(b)) = (self.concrete(left).and_then(|v| v.truth()), self.concrete(right).and_then(|v| v.truth())) {
            let value = match op {
                BoolOp::And => a && b,
                BoolOp::Or => a || b,
            };
            return Ok(Value::Known(Known::constant(record::Value::Bool(value))));
        }
        ops::logical(self, op, left, right, span)
    }

    fn bool_op(&mut self, op: BoolOp, operands: &[Expr], span: Span) -> Eval<'b> {
        let mut last: Option<Value<'b>> = None;
        for (place, operand) in operands.iter().enumerate() {
            // A known operand decides whether the next one is evaluated at all.
            if let Some(before) = &last
                && let Some(truth) = self.concrete(before).and_then(|value| value.truth())
            {
                if truth == (op == BoolOp::Or) {
                    return Ok(before.clone());
                }
                last = Some(self.eval(operand)?);
                continue;
            }
            last = Some(match last {
                None => self.eval(operand)?,
                Some(before) if self.cells_active() => {
                    let earlier = operands[..place].iter();
                    let narrowed: Vec<_> = earlier.map(|test| self.narrow(test, op == BoolOp::And)).collect();
                    let value = ops::short_circuit(self, op, &before, operand);
                    narrowed.into_iter().rev().for_each(|one| self.widen(one));
                    value?
                }
                Some(before) => {
                    let next = self.eval(operand)?;
                    if !self.touches_rows(&before) && !self.touches_rows(&next) {
                        return Ok(Value::Known(self.untouched(span, &[&before, &next])));
                    }
                    return Err(self.refuse(
                        "python-truth-of-rows",
                        span,
                        "`and`, `or` and `not` take one truth value, not a column",
                        "a column has one truth value for each row",
                        "use & | ~ between columns",
                    ));
                }
            });
        }
        last.ok_or_else(|| self.not_recorded(span))
    }

    fn if_else(&mut self, test: &Expr, then: &Expr, otherwise: &Expr, span: Span) -> Eval<'b> {
        let condition = self.eval(test)?;
        if let Some(unknown) = self.unknown_among(&[&condition]).filter(|_| self.cells_active()) {
            return Err(unknown);
        }
        if let Some(choice) = self.row_condition(&condition) {
            return self.row_if_else(choice, test, (then, otherwise), span);
        }
        let taken = self.log.branch(test.span, self.activation).or_else(|| self.concrete(&condition).and_then(|value| value.truth()));
        let Some(taken) = taken else { return Err(self.not_recorded(test.span)) };
        let (_, columns) = self.flags(&[&condition]);
        if self.touches_rows(&condition) && !self.decided_once(test.span) {
            return Err(self.refuse(
                "python-batch-branch",
                test.span,
                "which value this is depends on the rows being scored",
                "the recorded run took one; another batch may take the other",
                "decide by the training data, or write the condition for each row with np.where",
            ));
        }
        let value = self.eval(if taken { then } else { otherwise })?;
        Ok(match value {
            Value::Known(known) => Value::Known(known.with(false, columns)),
            other => other,
        })
    }

    fn comprehension(&mut self, kind: ComprehensionKind, element: &Expr, value: Option<&Expr>, clauses: &[Clause], span: Span) -> Eval<'b> {
        let outer = self.activation;
        if kind == ComprehensionKind::Generator {
            self.activation = None;
        }
        let mut out = Vec::new();
        let parent = self.scope;
        let scope = Scope { parent: Some(parent), ..Scope::default() };
        let mut columns = false;
        let blockers = self.blockers.len();
        let ran = self.in_scope(scope, span, |replay| replay.clause(clauses, (element, value), None, &mut out, &mut columns));
        self.activation = outer;
        if ran.is_err()
            && let Some(whole) = self.whole_comprehension(element, value, clauses, span)
        {
            self.blockers.truncate(blockers);
            return Ok(Value::Known(whole));
        }
        if let Some(column) = ran? {
            return Ok(column);
        }
        if kind == ComprehensionKind::Set && out.iter().any(|(item, _, there)| there.is_some() || self.touches_rows(item)) {
            let always = self.b.bool(true);
            let item = |(value, _, there): Element<'b>| crate::sequence::Item { there: there.unwrap_or(always), value };
            let items: Vec<_> = out.into_iter().map(item).collect();
            return crate::sequence::set(self, &items, span);
        }
        if kind != ComprehensionKind::Dict {
            if out.iter().any(|(_, _, there)| there.is_some()) {
                let always = self.b.bool(true);
                let item = |(value, _, there): Element<'b>| crate::sequence::Item { there: there.unwrap_or(always), value };
                return Ok(Value::Sequence(Rc::new(out.into_iter().map(item).collect())));
            }
            let items: Vec<Value<'b>> = out.into_iter().map(|(item, _, _)| item).collect();
            let items = items
                .into_iter()
                .map(|item| if let Value::Known(known) = item { Value::Known(known.with(false, columns)) } else { item })
                .collect();
            return Ok(self.list(items));
        }
        if out.iter().any(|(_, _, there)| there.is_some()) {
            let item = |(key, value, there): Element<'b>| match there {
                Some(there) => {
                    (key, Value::Sometimes(Box::new(crate::sequence::Item { there, value: value.unwrap_or_else(|| self.none()) })))
                }
                None => (key, value.unwrap_or_else(|| self.none())),
            };
            let entries = out.into_iter().map(item).collect();
            return Ok(self.dict(entries));
        }
        let pairs = out.into_iter().map(|(key, item, _)| (key, item.unwrap_or_else(|| self.none()))).collect();
        Ok(self.dict(pairs))
    }

    /// A comprehension over training data whose items the record does not have: what it makes may be recorded as a whole, or what is made
    /// of that. None if anything that it names is of scoring rows.
    fn whole_comprehension(&mut self, element: &Expr, value: Option<&Expr>, clauses: &[Clause], span: Span) -> Option<Known> {
        if self.cells_active() {
            return None;
        }
        let mut names = std::collections::BTreeSet::new();
        let parts = clauses.iter().flat_map(|clause| std::iter::once(&clause.iter).chain(&clause.tests));
        parts.chain([element]).chain(value).for_each(|part| crate::names::of_expr(part, &mut names));
        let named: Vec<Value<'b>> = names.iter().filter_map(|name| self.find_name(name, Some(self.scope)).cloned()).collect();
        let named: Vec<&Value<'b>> = named.iter().collect();
        let is_of_rows = named.iter().any(|one| matches!(one, Value::Object(_)) || self.touches_rows(one));
        (!is_of_rows).then(|| self.untouched(span, &named))
    }

    fn clause(
        &mut self,
        clauses: &[Clause],
        (element, value): (&Expr, Option<&Expr>),
        there: Option<ir::Val<'b>>,
        out: &mut Pairs<'b>,
        columns: &mut bool,
    ) -> Eval1<'b> {
        let Some((first, rest)) = clauses.split_first() else {
            let key = self.value(element);
            let item = value.map(|value| self.value(value));
            out.push((key, item, there));
            return Ok(None);
        };
        let iterable = self.eval(&first.iter)?;
        let is_one_list = rest.is_empty() && first.tests.is_empty() && value.is_none() && !self.cells_active();
        if is_one_list && let Some(rows) = crate::row_turns::rows_of(self, &iterable, first.iter.span) {
            // `[f(x) for x in frame["c"]]` is a function on cells.
            return crate::udf::comprehension(self, rows, first, element).map(Some);
        }
        let of_row = if self.cells_active() { crate::sequence::of(self, &iterable, first.iter.span)? } else { None };
        if let Some(items) = of_row {
            for item in items.iter() {
                let when = both(there, item.there).unwrap_or(item.there);
                self.when_reached(when, |replay| {
                    replay.assign(&first.target, item.value.clone(), first.target.span);
                    Ok(())
                })?;
                self.turn(clauses, (element, value), both(there, item.there), out, columns)?;
            }
            return Ok(None);
        }
        let Some(items) = self.items(&iterable, first.iter.span) else {
            return Err(match self.unknown_among(&[&iterable]) {
                Some(unknown) => unknown,
                None if self.touches_rows(&iterable) => self.unsupported(first.iter.span, "a comprehension over this"),
                None => self.not_recorded(first.iter.span),
            });
        };
        *columns |= self.flags(&[&iterable]).1;
        let outer: Activation = self.activation;
        for (turn, item) in items.into_iter().enumerate() {
            self.activation = self.log.enter(first.iter.span, outer, turn as u32);
            self.assign(&first.target, item, first.target.span);
            if self.cells_active() {
                let ran = self.turn(clauses, (element, value), there, out, columns);
                self.activation = outer;
                ran?;
                continue;
            }
            let mut keep = true;
            for test in &first.tests {
                let condition = self.eval(test)?;
                *columns |= self.flags(&[&condition]).1;
                if self.touches_rows(&condition) && !self.decided_once(test.span) {
                    return Err(self.unsupported(test.span, "a comprehension whose items depend on the rows being scored"));
                }
                let truth =
                    self.log.branch(test.span, self.activation).or_else(|| self.concrete(&condition).and_then(|value| value.truth()));
                match truth {
                    Some(truth) => keep &= truth,
                    None => return Err(self.not_recorded(test.span)),
                }
                if !keep {
                    break;
                }
            }
            let ran = if keep { self.clause(rest, (element, value), there, out, columns) } else { Ok(None) };
            self.activation = outer;
            ran?;
        }
        Ok(None)
    }

    /// One turn of a comprehension in a function on cells: its tests may depend on the row.
    fn turn(
        &mut self,
        clauses: &[Clause],
        made: (&Expr, Option<&Expr>),
        there: Option<ir::Val<'b>>,
        out: &mut Pairs<'b>,
        columns: &mut bool,
    ) -> Result<(), Unknown> {
        let Some((first, rest)) = clauses.split_first() else { return Ok(()) };
        let (mut there, outer) = (there, self.reached());
        for test in &first.tests {
            let inner = there.map(|there| self.and_reached(there)).or(outer);
            self.set_reached(inner);
            let condition = self.eval(test);
            self.set_reached(outer);
            let condition = condition?;
            match self.row_condition(&condition) {
                Some(holds) if holds.literal() == Some(ir::Literal::Bool(true)) => {}
                Some(holds) if holds.literal() == Some(ir::Literal::Bool(false)) => return Ok(()),
                Some(holds) => there = both(there, holds),
                None => match self.concrete(&condition).and_then(|value| value.truth()) {
                    Some(true) => {}
                    Some(false) => return Ok(()),
                    None => return Err(self.not_recorded(test.span)),
                },
            }
        }
        let inner = there.map(|there| self.and_reached(there)).or(outer);
        self.set_reached(inner);
        let ran = self.clause(rest, made, there, out, columns);
        self.set_reached(outer);
        ran.map(|_| ())
    }

    fn f_string(&mut self, parts: &[FStringPart], span: Span) -> Eval<'b> {
        // Nothing inside an f-string is recorded on its own.
        let outer = self.activation;
        self.activation = None;
        let pieces = self.f_string_pieces(parts, span);
        self.activation = outer;
        let pieces = pieces?;
        let values: Vec<&Value<'b>> = pieces.iter().map(|(value, _)| value).collect();
        if let Some(unknown) = self.unknown_among(&values) {
            return Err(unknown);
        }
        if !values.iter().any(|value| self.touches_rows(value)) {
            let seen = self.untouched(span, &values);
            if seen.is_recorded() {
                // A list of such texts may be recorded as a whole; its parts must be there again too.
                let _ = seen.look();
                return Ok(Value::Known(seen));
            }
            let texts = pieces
                .iter()
                .map(|(value, format)| fold::format(&self.concrete(value)?, format.as_deref()))
                .collect::<Option<Vec<String>>>();
            return match texts {
                Some(texts) => Ok(Value::Known(Known::constant(record::Value::Str(texts.concat())).with(seen.fit, seen.batch_columns))),
                None => Err(self.not_recorded(span)),
            };
        }
        let mut out: Option<Cell<'b>> = None;
        for (value, format) in &pieces {
            let text = match format.as_deref() {
                None => crate::udf::to_text(self, value, span)?,
                Some(format) => match padded(format) {
                    Some(width) if self.touches_rows(value) => crate::udf::padded(self, value, width, span)?,
                    None if self.touches_rows(value) && fixed(format).is_some() => {
                        let (decimals, grouped) = fixed(format).unwrap_or_default();
                        crate::udf::fixed(self, value, (decimals, grouped), span)?
                    }
                    _ => match self.concrete(value).and_then(|value| fold::format(&value, Some(format))) {
                        Some(text) => Cell::new(Kind::Str, self.b.str(&text)),
                        None => return Err(self.unsupported(span, "this format specification in an f-string")),
                    },
                },
            };
            out = Some(match out {
                None => text,
                Some(before) => ops::concat(self, &before, &text, span)?,
            });
        }
        Ok(Value::Cell(out.unwrap_or_else(|| Cell::new(Kind::Str, self.b.str("")))))
    }

    fn f_string_pieces(&mut self, parts: &[FStringPart], span: Span) -> Result<Vec<(Value<'b>, Option<String>)>, Unknown> {
        let mut out = Vec::new();
        for part in parts {
            out.push(match part {
                FStringPart::Text(text) => (Value::Known(Known::constant(record::Value::Str(text.clone()))), None),
                FStringPart::Value { value, conversion: Conversion::None | Conversion::Str, format } => (self.eval(value)?, format.clone()),
                FStringPart::Value { .. } => return Err(self.unsupported(span, "`!r` in an f-string")),
                FStringPart::Unsupported(what) => return Err(self.unsupported(span, what)),
            });
        }
        Ok(out)
    }

    pub(crate) fn function(&mut self, name: &str, parameters: &ast::Parameters, body: Body) -> Value<'b> {
        let defaults = parameters.named.iter().map(|parameter| parameter.default.as_ref().map(|default| self.value(default))).collect();
        let function = Function { name: name.to_owned(), parameters: parameters.clone(), defaults, body, scope: Some(self.scope) };
        Value::Function(Rc::new(function))
    }

    /// Keeps a function of the script for a library that the record says to hold it.
    pub(crate) fn remember_function(&mut self, at: Span, value: &Value<'b>) {
        if let Value::Function(function) = value {
            // As Python counts lines: those of the whole text, whichever cell of a notebook they stand in.
            let line = self.sources.get(at.file).map_or(0, |file| file.line_column(at.start).line);
            let name = format!("__main__.{}:{line}", function.name);
            self.functions.push((name, at, function.clone()));
        }
    }

    /// The function that the record names, if there is one and no other of that name in that line. Of lambdas it says the column too.
    pub(crate) fn remembered_function(&self, name: &str) -> Option<Value<'b>> {
        let (name, column) = match name.split_once('@') {
            Some((name, column)) => (name, column.parse::<usize>().ok()),
            None => (name, None),
        };
        let holds = |at: Span| {
            let before = self.sources.text(Span { start: 0, end: at.start, ..at });
            let start = before.len() - before.rfind('\n').map_or(0, |end| end + 1);
            column.is_none_or(|column| (start..start + (at.end - at.start) as usize).contains(&column))
        };
        let mut found = self.functions.iter().filter(|(one, at, _)| one == name && holds(*at));
        let (_, at, function) = found.next()?;
        let same = |other: &Function<'b>| other.scope == function.scope && other.defaults.iter().all(Option::is_none);
        found.all(|(_, place, other)| place == at && same(other)).then(|| Value::Function(function.clone()))
    }

    /// `of.name`
    pub(crate) fn attribute(&mut self, of: &Value<'b>, name: &str, span: Span) -> Eval<'b> {
        match of {
            // In a function on cells nothing is recorded; an item by a label of the row follows.
            Value::Known(known)
                if matches!(name, "loc" | "at")
                    && self.cells_active()
                    && matches!(known.clone_unused().and_then(record::Value::as_tagged), Some(record::Tagged::Series(_))) =>
            {
                Ok(of.clone())
            }
            Value::Known(known)
                if matches!(name, "loc" | "at" | "index")
                    && (self.cells_active() || name == "loc" && !self.recorded(span).is_recorded())
                    && matches!(
                        known.clone_unused().and_then(record::Value::as_tagged),
                        Some(record::Tagged::Frame(_) | record::Tagged::Series(_))
                    ) =>
            {
                Ok(Value::Part(Box::new(of.clone()), name.to_owned()))
            }
            Value::Known(known) if self.cells_active() && self.fitted_attribute(known, name, span).is_some() => {
                Ok(self.fitted_attribute(known, name, span).unwrap_or_else(|| of.clone()))
            }
            Value::Known(known) => {
                let seen = self.untouched(span, &[of]);
                // A field of a constant moment, where nothing is recorded.
                if !seen.is_recorded()
                    && let Some(record::Tagged::Timestamp(_) | record::Tagged::Timedelta(_) | record::Tagged::Date(_)) =
                        known.clone_unused().and_then(record::Value::as_tagged)
                {
                    let cell = ops::to_cell(self, of, None, span)?;
                    if let Some(field) = crate::pandas::time::cell_field(self, &cell, name, span) {
                        return field;
                    }
                }
                Ok(Value::Known(seen))
            }
            Value::Path(path) => {
                let full = format!("{path}.{name}");
                if let Some(value) = self.member(&full) {
                    return Ok(value);
                }
                if let Some(value) = fold::constant(&full) {
                    return Ok(Value::Known(Known::constant(value)));
                }
                let seen = self.recorded(span);
                Ok(if self.is_data(&seen) { Value::Known(seen) } else { Value::Path(full) })
            }
            Value::Unknown(unknown) => Err(unknown.clone()),
            Value::Object(id) => {
                let found = self.objects[id.0].attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
                match found {
                    Some(value) => Ok(self.as_seen(value, span)),
                    None if self.method_of(&self.objects[id.0].class, name).is_some() => {
                        let class = self.objects[id.0].class.clone();
                        self.property(of, &class, name, span).unwrap_or_else(|| Ok(Value::Method(Box::new(of.clone()), name.to_owned())))
                    }
                    // Set inside a `fit` that a library called, where nothing was walked.
                    None => {
                        let seen = self.recorded(span);
                        if self.is_data(&seen) {
                            return Ok(Value::Known(seen.with(true, false)));
                        }
                        let constants = &self.objects[id.0].class.constants;
                        Ok(match constants.iter().find(|(one, _)| one == name) {
                            Some((_, constant)) => Value::Known(Known::constant(constant.clone())),
                            None => Value::Method(Box::new(of.clone()), name.to_owned()),
                        })
                    }
                }
            }
            Value::Cell(cell) => match crate::pandas::time::cell_field(self, cell, name, span) {
                Some(field) => field,
                None => Ok(Value::Method(Box::new(of.clone()), name.to_owned())),
            },
            Value::List(_) | Value::Dict(_) | Value::Tuple(_) | Value::Slice(..) => {
                Ok(Value::Method(Box::new(of.clone()), name.to_owned()))
            }
            Value::Frame(id) => self.about(&[of], |replay| crate::pandas::frame_attribute(replay, *id, name, span)),
            Value::Column(column) => self.about(&[of], |replay| crate::pandas::column_attribute(replay, column, name, span)),
            Value::Part(inner, part) if part == crate::pandas::BY_LABEL && name == "values" => match &**inner {
                Value::Column(column) => Ok(column.as_array()),
                _ => Err(self.unsupported(span, "`.values` of this")),
            },
            Value::Texts(..) | Value::Part(..) | Value::Group(_) | Value::Row(_) | Value::Matrix(_) => {
                self.about(&[of], |replay| crate::pandas::part_attribute(replay, of, name, span))
            }
            Value::Pieces(_) if name == "str" => Ok(of.clone()),
            Value::Objects(_) if name == "str" => Ok(Value::Part(Box::new(of.clone()), name.to_owned())),
            Value::Objects(_) if name == "values" => Ok(of.clone()),
            Value::Pieces(_)
            | Value::Match(_)
            | Value::Sequence(_)
            | Value::Set(_)
            | Value::SetOfPieces(_)
            | Value::Entry(_)
            | Value::Sometimes(_)
            | Value::Zipped(_)
            | Value::Objects(_)
            | Value::Labelled(_) => Ok(Value::Method(Box::new(of.clone()), name.to_owned())),
            Value::Class(class) if self.method_of(class, name).is_some() => Ok(Value::Method(Box::new(of.clone()), name.to_owned())),
            Value::Class(class) => {
                let seen = self.untouched(span, &[of]);
                let constant = class.constants.iter().find(|(one, _)| one == name).map(|(_, value)| value.clone());
                Ok(Value::Known(match constant {
                    Some(constant) if !seen.is_recorded() => Known::constant(constant),
                    _ => seen,
                }))
            }
            Value::Function(function) if matches!(name, "__name__" | "__qualname__") => {
                Ok(self.known(record::Value::Str(function.name.clone())))
            }
            Value::Function(_) | Value::Method(..) => Err(self.unsupported(span, format!("`.{name}` of a function"))),
        }
    }

    /// What a fitted object learnt, where nothing is recorded.
    fn fitted_attribute(&self, known: &Known, name: &str, span: Span) -> Option<Value<'b>> {
        let Some(record::Tagged::Estimator(estimator)) = known.clone_unused()?.as_tagged() else { return None };
        let value = estimator.fitted(name).or_else(|| estimator.param(name))?.clone();
        if self.recorded(span).is_recorded() {
            return None;
        }
        known.look();
        Some(Value::Known(known.part(value)))
    }

    /// `of[index]`
    pub(crate) fn subscript(&mut self, of: &Value<'b>, index: &Value<'b>, span: Span) -> Eval<'b> {
        match of {
            Value::Unknown(unknown) => return Err(unknown.clone()),
            Value::List(_) | Value::Tuple(_) => {
                if let Some(item) = self.item_of_list(of, index) {
                    return Ok(self.as_seen(item, span));
                }
            }
            Value::Dict(id) if self.cells_active() && crate::row_dicts::is_of_row(self, *id) => {
                return crate::row_dicts::item(self, *id, index, span);
            }
            Value::Dict(id) => {
                if let Some(value) = crate::row_dicts::under(self, *id, index) {
                    return Ok(self.as_seen(value, span));
                }
            }
            _ => {}
        }
        if let Some(unknown) = self.unknown_among(&[index]) {
            return Err(unknown);
        }
        if !self.touches_rows(of) && !self.touches_rows(index) {
            let seen = self.untouched(span, &[of, index]);
            if !seen.is_recorded()
                && let (Some(whole), Some(index)) = (self.concrete(of), self.concrete_index(index))
                && let Some(value) = fold::subscript(&whole, &index)
            {
                let (fit, columns) = self.flags(&[of]);
                return Ok(Value::Known(Known::constant(value).with(fit, columns).of(seen.at)));
            }
            if let Some(closed) = self.recorded_closed(span).filter(|_| !seen.is_recorded()) {
                return Ok(Value::Known(closed));
            }
            if !seen.is_recorded()
                && let Value::Part(table, part) = of
                && let (Value::Known(table), "loc") = (&**table, part.as_str())
                && let Some(row) = crate::pandas::table::row_of_table(self, table, index)
            {
                return Ok(row);
            }
            return Ok(Value::Known(seen));
        }
        if let Some(places) = crate::array_cells::where_item(of, self.concrete(index).and_then(|index| index.as_int())) {
            return Ok(places);
        }
        if let Some(taken) = crate::array_cells::taken(of, index) {
            return Ok(taken);
        }
        if matches!(of, Value::Path(path) if path == "numpy.c_") {
            return crate::arrays::columns_of(self, index, span);
        }
        crate::pandas::subscript(self, of, index, span)
    }

    /// An object that was put somewhere may have changed since: it is what the record saw where it is taken out.
    fn as_seen(&self, value: Value<'b>, span: Span) -> Value<'b> {
        match value {
            Value::Known(known) => {
                let seen = self.recorded(span);
                Value::Known(if seen.is_recorded() { seen.with(known.fit, known.batch_columns) } else { known })
            }
            value => value,
        }
    }

    fn item_of_list(&self, of: &Value<'b>, index: &Value<'b>) -> Option<Value<'b>> {
        let items = match of {
            Value::List(id) if self.is_of_row(*id) => return None,
            Value::List(id) => &self.lists[id.0],
            Value::Tuple(items) => items,
            _ => return None,
        };
        let at = self.concrete(index)?.as_int()?;
        let at = if at < 0 { at + items.len() as i64 } else { at };
        items.get(usize::try_from(at).ok()?).cloned()
    }

    /// An index as folding takes it: an integer, a key, or a slice of integers.
    fn concrete_index(&self, index: &Value<'b>) -> Option<fold::Index> {
        if let Value::Slice(lower, upper, step) = index {
            let part = |part: &Option<Box<Value<'b>>>| match part {
                None => Some(None),
                Some(value) => match self.concrete(value)? {
                    record::Value::None(()) => Some(None),
                    value => value.as_int().map(Some),
                },
            };
            return Some(fold::Index::Slice(part(lower)?, part(upper)?, part(step)?));
        }
        self.concrete(index).map(fold::Index::Item)
    }
}
