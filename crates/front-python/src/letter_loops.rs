//! Comprehensions over all letters of a text that choose by the letter alone: `sum(c.isupper() for c in s)`, `len([c for c in s if c in
//! marks])`, `"".join(c for c in s if c.isdigit())`. They are one iteration over the text, however long it is.
//!
//! Any other loop over letters is unrolled by `sequence`, for texts that are short.

#![expect(clippy::wildcard_enum_match_arm, reason = "what a loop does not take is left to the loop itself")]

use crate::ast::{BoolOp, CompareOp, ComprehensionKind, Expr, ExprKind, Literal, UnaryOp};
use crate::automata::Classes;
use crate::ops::{self, Trouble};
use crate::pandas::{self, letters, pattern};
use crate::record;
use crate::regex::{self, Set, negated, union};
use crate::replay::Replay;
use crate::scan;
use crate::value::{Cell, Eval, Kind, Unknown, Value};
use ir::{Elem, Val};
use source::Span;

/// The letters for which something holds, and whether that is known for the first letters of Unicode only.
struct Choice {
    letters: Set,
    of_python: bool,
}

impl Choice {
    fn all() -> Self {
        Choice { letters: vec![(0, regex::LAST)], of_python: false }
    }

    fn not(self) -> Self {
        Choice { letters: negated(&self.letters), ..self }
    }

    fn or(self, other: Choice) -> Self {
        Choice { letters: union([self.letters, other.letters].concat()), of_python: self.of_python | other.of_python }
    }

    fn and(self, other: Choice) -> Self {
        self.not().or(other.not()).not()
    }
}

/// A call of `sum`, `len`, `any`, `all` or `"".join` of such a comprehension. None for any other.
pub(crate) fn of_call<'b>(replay: &mut Replay<'_, 'b>, callee: &Expr, args: &[Expr], at: Span) -> Option<Eval<'b>> {
    let [Expr { kind: ExprKind::Comprehension { kind, element, value: None, clauses }, .. }] = args else { return None };
    let ([clause], false) = (clauses.as_slice(), *kind == ComprehensionKind::Set) else { return None };
    let name = clause.target.as_name()?;
    let function = match &callee.kind {
        ExprKind::Name(function) if replay.find_name(function, Some(replay.scope)).is_none() => function.as_str(),
        ExprKind::Attribute { value, name } if name == "join" => match &value.kind {
            ExprKind::Literal(Literal::Str(separator)) if separator.is_empty() => "join",
            _ => return None,
        },
        ExprKind::Attribute { value, name } if name == "mean" || name == "sum" => {
            match replay.find_name(value.as_name()?, Some(replay.scope)) {
                Some(Value::Path(path)) if path == "numpy" => name.as_str(),
                _ => return None,
            }
        }
        _ => return None,
    };
    let mut chosen = Choice::all();
    for test in &clause.tests {
        chosen = chosen.and(choice(replay, test, name)?);
    }
    if let ("sum" | "mean", true, true) = (function, is_length_of(replay, element, name), clause.tests.is_empty()) {
        return of_words(replay, function, &clause.iter, at);
    }
    let is_letter = element.as_name() == Some(name);
    let is_one = matches!(element.kind, ExprKind::Literal(Literal::Int(1) | Literal::Bool(true)));
    let wanted = match function {
        "join" if is_letter => chosen,
        "len" if is_letter || is_one => chosen,
        "sum" if is_one => chosen,
        "mean" => return None,
        "sum" | "any" => chosen.and(choice(replay, element, name)?),
        "all" => chosen.and(choice(replay, element, name)?.not()),
        _ => return None,
    };
    let text = match replay.eval(&clause.iter) {
        Ok(Value::Cell(cell)) if cell.alternatives.iter().any(|one| one.kind == Kind::Str) => cell,
        Ok(_) => return None,
        Err(why) => return Some(Err(why)),
    };
    Some(looked_at(replay, function, &wanted, &text, at))
}

/// Whether that is `len(name)`.
fn is_length_of(replay: &Replay<'_, '_>, element: &Expr, name: &str) -> bool {
    match &element.kind {
        ExprKind::Call { callee, args, keywords } if keywords.is_empty() => {
            let is_len = callee.as_name() == Some("len") && replay.find_name("len", Some(replay.scope)).is_none();
            is_len && matches!(args.as_slice(), [only] if only.as_name() == Some(name))
        }
        _ => false,
    }
}

/// `sum(len(word) for word in text.split())`, and their mean.
fn of_words<'b>(replay: &mut Replay<'_, 'b>, function: &str, words: &Expr, at: Span) -> Option<Eval<'b>> {
    let pieces = match replay.eval(words) {
        Ok(Value::Pieces(pieces)) => pieces,
        Ok(_) => return None,
        Err(why) => return Some(Err(why)),
    };
    let letters = pandas::pieces::letters(replay, &pieces, at)?;
    if function == "sum" {
        return Some(letters);
    }
    let count = pandas::pieces::len(replay, &pieces, at);
    Some(letters.and_then(|letters| {
        let (letters, count) = (ops::to_cell(replay, &letters, None, at)?, ops::to_cell(replay, &count?, None, at)?);
        let mean = ops::lift(replay, &[&letters, &count], at, |_, operands| match operands {
            [(Kind::Int(_), letters), (Kind::Int(_), count)] => Ok((Kind::Float, letters.cast(Elem::F64) / count.cast(Elem::F64))),
            _ => Err(Trouble::Raises("TypeError")),
        })?;
        Ok(Value::Cell(mean))
    }))
}

fn looked_at<'b>(replay: &mut Replay<'_, 'b>, function: &str, wanted: &Choice, text: &Cell<'b>, at: Span) -> Eval<'b> {
    let cell = ops::lift(replay, &[text], at, |replay, operands| match &operands[0] {
        (Kind::Str, text) => of_text(replay, function, wanted, *text, at).map_err(Trouble::Unknown),
        _ => Err(Trouble::Raises("TypeError")),
    })?;
    Ok(Value::Cell(cell))
}

fn of_text<'b>(replay: &mut Replay<'_, 'b>, function: &str, wanted: &Choice, text: Val<'b>, at: Span) -> Result<(Kind, Val<'b>), Unknown> {
    crate::sequence::refuse(replay, text.len().gt(scan::LONGEST), "a text is too long", at);
    if wanted.of_python {
        let far = letters::has(replay, "beyond Python".to_owned(), regex::may_be_letters(), text, at)?;
        crate::sequence::refuse(replay, far, "a letter that is not looked at", at);
    }
    let (classes, within) = Classes::and_within(&wanted.letters);
    let key = format!("{function} {:?}", wanted.letters);
    let made = pattern::function(replay, key, || match function {
        "join" => scan::kept(&classes, &within),
        "any" | "all" => scan::has(&classes, &within),
        _ => scan::count_of(&classes, &within),
    });
    let Some(made) = made else { return Err(replay.unsupported(at, "the letters of this")) };
    let result = replay.b.call(made, &[text], 0);
    Ok(match function {
        "join" => (Kind::Str, result),
        "any" => (Kind::Bool, result),
        "all" => (Kind::Bool, !result),
        _ => (Kind::INT, result.cast(Elem::I64)),
    })
}

/// The letters for which a condition on `name` holds. None if it looks at anything else that the row decides.
fn choice(replay: &mut Replay<'_, '_>, test: &Expr, name: &str) -> Option<Choice> {
    match &test.kind {
        ExprKind::Call { callee, args, keywords } if args.is_empty() && keywords.is_empty() => match &callee.kind {
            ExprKind::Attribute { value, name: method } if value.as_name() == Some(name) => {
                let letters = letters::of_method(method)?;
                Some(Choice { letters, of_python: true })
            }
            _ => None,
        },
        ExprKind::Unary { op: UnaryOp::Not, operand } => choice(replay, operand, name).map(Choice::not),
        ExprKind::Bool { op, operands } => {
            let mut all = Vec::new();
            for operand in operands {
                all.push(choice(replay, operand, name)?);
            }
            all.into_iter().reduce(|a, b| match op {
                BoolOp::And => a.and(b),
                BoolOp::Or => a.or(b),
            })
        }
        ExprKind::Compare { left, rest } => {
            let mut out: Option<Choice> = None;
            let mut last = &**left;
            for (op, right) in rest {
                let one = comparison(replay, last, *op, right, name)?;
                out = Some(match out {
                    None => one,
                    Some(before) => before.and(one),
                });
                last = right;
            }
            out
        }
        _ => None,
    }
}

fn comparison(replay: &mut Replay<'_, '_>, left: &Expr, op: CompareOp, right: &Expr, name: &str) -> Option<Choice> {
    let (op, other) = match (left.as_name() == Some(name), right.as_name() == Some(name)) {
        (true, false) => (op, right),
        (false, true) => (mirrored(op)?, left),
        _ => return None,
    };
    let mut names = std::collections::BTreeSet::new();
    crate::names::of_expr(other, &mut names);
    if names.contains(name) {
        return None;
    }
    let other = replay.value(other);
    if replay.touches_rows(&other) {
        return None;
    }
    let other = replay.concrete(&other)?;
    let one = |text: &str| {
        let mut letters = text.chars();
        let letter = letters.next().filter(|_| letters.next().is_none())?;
        Some((u32::from(letter), u32::from(letter)))
    };
    let plain = |letters: Set| Some(Choice { letters: union(letters), of_python: false });
    match op {
        CompareOp::Eq => plain(one(other.as_str()?).into_iter().collect()),
        CompareOp::NotEq => plain(one(other.as_str()?).into_iter().collect()).map(Choice::not),
        CompareOp::In | CompareOp::NotIn => {
            let among = match &other {
                record::Value::Str(text) => plain(text.chars().map(|letter| (u32::from(letter), u32::from(letter))).collect()),
                other => plain(other.items()?.iter().filter_map(|item| one(item.as_str()?)).collect()),
            };
            if op == CompareOp::In { among } else { among.map(Choice::not) }
        }
        // In the order of texts a letter comes before all texts that begin with it.
        CompareOp::GtE => plain(vec![(one(other.as_str()?)?.0, regex::LAST)]),
        CompareOp::Lt => plain(vec![(one(other.as_str()?)?.0, regex::LAST)]).map(Choice::not),
        CompareOp::LtE => plain(vec![(0, one(other.as_str()?)?.0)]),
        CompareOp::Gt => plain(vec![(0, one(other.as_str()?)?.0)]).map(Choice::not),
        CompareOp::Is | CompareOp::IsNot => None,
    }
}

/// The same comparison from the other side.
fn mirrored(op: CompareOp) -> Option<CompareOp> {
    Some(match op {
        CompareOp::Eq | CompareOp::NotEq => op,
        CompareOp::Lt => CompareOp::Gt,
        CompareOp::LtE => CompareOp::GtE,
        CompareOp::Gt => CompareOp::Lt,
        CompareOp::GtE => CompareOp::LtE,
        CompareOp::In | CompareOp::NotIn | CompareOp::Is | CompareOp::IsNot => return None,
    })
}
