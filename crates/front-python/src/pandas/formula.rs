//! `frame.eval(text)` and `frame.query(text)`: a formula over the columns of a frame, in pandas' own small language.
//!
//! `and`, `or` and `not` work row by row, `&` and `|` bind as weakly as they do, `@name` is a variable of the script, and `in` asks for
//! one of a list. Source: pandas, `DataFrame.eval` and `pandas.core.computation.expr`.

#![expect(clippy::wildcard_enum_match_arm, reason = "what a formula does not take is refused, whatever it is")]

use crate::ast::{BinaryOp, BoolOp, CompareOp, Expr, ExprKind, StmtKind, UnaryOp};
use crate::record;
use crate::replay::{Call, On, Replay, Row, Scope};
use crate::value::{Eval, FrameId, Unknown, Value};
use source::Span;

pub(crate) const ROWS: &[Row] = &[Row::new(On::Frame, "eval", eval), Row::new(On::Frame, "query", query)];

/// What stands before a variable of the script in the text that is parsed.
const OUTSIDE: &str = "__outside_";

/// `frame.eval("c = a / (b + 1)")` is the frame with that column; without a name it is the column.
fn eval<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let (id, text) = frame_and_text(replay, call)?;
    let Ok(statements) = crate::parse::parse_at(&prepared(&text), at) else { return Err(refused(replay, call)) };
    if let [only] = statements.as_slice()
        && let StmtKind::Expr(expr) = &only.kind
    {
        return within(replay, id, at, |replay| value(replay, expr));
    }
    let copy = replay.frames[id.0].clone();
    let Value::Frame(made) = replay.frame(copy) else { return Ok(replay.none()) };
    for statement in &statements {
        let StmtKind::Assign { targets, value: formula } = &statement.kind else { return Err(refused(replay, call)) };
        let [Expr { kind: ExprKind::Name(name), .. }] = targets.as_slice() else { return Err(refused(replay, call)) };
        let column = within(replay, made, at, |replay| value(replay, formula)).unwrap_or_else(Value::Unknown);
        replay.set_column(made, name, column, at);
    }
    Ok(Value::Frame(made))
}

/// `frame.query("a > 1 and b < 2")`: the rows for which it holds.
fn query<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let (id, text) = frame_and_text(replay, call)?;
    let statements = crate::parse::parse_at(&prepared(&text), at).unwrap_or_default();
    let [only] = statements.as_slice() else { return Err(refused(replay, call)) };
    let StmtKind::Expr(expr) = &only.kind else { return Err(refused(replay, call)) };
    match within(replay, id, at, |replay| value(replay, expr))? {
        Value::Column(mask) => super::filter_frame(replay, id, &mask, at),
        _ => Err(refused(replay, call)),
    }
}

fn frame_and_text<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<(FrameId, String), Unknown> {
    let text = call.text(replay, "expr")?;
    match (&call.receiver, text) {
        (Value::Frame(id), Some(text)) if !text.contains('`') => Ok((*id, text)),
        _ => Err(refused(replay, call)),
    }
}

fn refused<'b>(replay: &mut Replay<'_, 'b>, call: &Call<'b>) -> Unknown {
    replay.refuse(
        "python-eval",
        call.span,
        format!("`{}` computes from a text that is not followed", call.name),
        "the output needs this value",
        "write it with columns: df[\"a\"] / (df[\"b\"] + 1), df[(df[\"a\"] > 1) & (df[\"b\"] < 2)]",
    )
}

/// The formula as Python: `&` and `|` bind like `and` and `or`, and a variable of the script is a name. Texts stay as they are.
fn prepared(text: &str) -> String {
    let mut out = String::new();
    let mut quote: Option<char> = None;
    for c in text.trim().chars() {
        match (quote, c) {
            (Some(open), _) => {
                out.push(c);
                quote = (c != open).then_some(open);
            }
            (None, '"' | '\'') => {
                out.push(c);
                quote = Some(c);
            }
            (None, '&') => out.push_str(" and "),
            (None, '|') => out.push_str(" or "),
            (None, '~') => out.push_str(" not "),
            (None, '@') => out.push_str(OUTSIDE),
            (None, _) => out.push(c),
        }
    }
    out.lines().map(str::trim).collect::<Vec<_>>().join("\n")
}

/// Runs where the columns of the frame are names. Nothing inside the text is recorded on its own.
fn within<'b, T>(
    replay: &mut Replay<'_, 'b>,
    id: FrameId,
    at: Span,
    run: impl FnOnce(&mut Replay<'_, 'b>) -> Result<T, Unknown>,
) -> Result<T, Unknown> {
    let names = replay.frames[id.0].columns.iter().map(|(name, column)| (name.clone(), column.clone())).collect();
    let scope = Scope { names, parent: Some(replay.scope), globals: Vec::new() };
    let activation = replay.activation.take();
    let out = replay.in_scope(scope, at, run);
    replay.activation = activation;
    out
}

fn value<'b>(replay: &mut Replay<'_, 'b>, expr: &Expr) -> Eval<'b> {
    let at = expr.span;
    match &expr.kind {
        ExprKind::Bool { op, operands } => {
            let op = if *op == BoolOp::And { BinaryOp::BitAnd } else { BinaryOp::BitOr };
            let mut operands = operands.iter().map(|operand| value(replay, operand)).collect::<Vec<_>>().into_iter();
            let Some(first) = operands.next() else { return Err(replay.unsupported(at, "an empty formula")) };
            operands.try_fold(first?, |held, next| replay.binary(op, &held, &next?, at))
        }
        ExprKind::Unary { op, operand } => {
            let operand = value(replay, operand)?;
            replay.unary(if *op == UnaryOp::Not { UnaryOp::Invert } else { *op }, &operand, at)
        }
        ExprKind::Binary { left, op, right } => {
            let (left, right) = (value(replay, left)?, value(replay, right)?);
            replay.binary(*op, &left, &right, at)
        }
        ExprKind::Compare { left, rest } => {
            let mut last = value(replay, left)?;
            let mut held: Option<Value<'b>> = None;
            for (op, right) in rest {
                let right = value(replay, right)?;
                let one = comparison(replay, *op, &last, &right, at)?;
                held = Some(match held {
                    None => one,
                    Some(before) => replay.binary(BinaryOp::BitAnd, &before, &one, at)?,
                });
                last = right;
            }
            held.ok_or_else(|| replay.unsupported(at, "an empty comparison"))
        }
        ExprKind::Name(name) => match name.strip_prefix(OUTSIDE) {
            Some(outside) => match replay.find_name(outside, replay.scopes[replay.scope.0].parent).cloned() {
                Some(value) => Ok(value),
                None => Err(replay.unsupported(at, format!("`@{outside}` in a formula"))),
            },
            None => match replay.scopes[replay.scope.0].names.get(name).cloned() {
                Some(Value::Unknown(why)) => Err(why),
                Some(column) => Ok(column),
                None => Err(replay.unsupported(at, format!("`{name}` in a formula, which is no column"))),
            },
        },
        ExprKind::Literal(_) | ExprKind::List(_) | ExprKind::Tuple(_) => replay.eval(expr),
        _ => Err(replay.unsupported(at, "a formula with this in it")),
    }
}

/// A comparison; `in`, and `==` with a list, ask for one of the list's values.
fn comparison<'b>(replay: &mut Replay<'_, 'b>, op: CompareOp, left: &Value<'b>, right: &Value<'b>, at: Span) -> Eval<'b> {
    let list = matches!(right, Value::List(_) | Value::Tuple(_))
        || matches!(right, Value::Known(known) if known.look().and_then(record::Value::items).is_some());
    let negated = match op {
        CompareOp::In => false,
        CompareOp::NotIn => true,
        CompareOp::Eq if list => false,
        CompareOp::NotEq if list => true,
        _ => return replay.compare(op, left, right, at),
    };
    let isin = Value::Method(Box::new(left.clone()), "isin".to_owned());
    let held = replay.apply(isin, None, vec![right.clone()], Vec::new(), at)?;
    if negated { replay.unary(UnaryOp::Invert, &held, at) } else { Ok(held) }
}
