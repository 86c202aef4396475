//! Operators on cells and columns: arithmetic, comparison, logic, by numpy's rules on columns and by Python's in functions on cells.
//!
//! Where the two differ is said at the operation. Integer columns wrap at their width; in functions on cells integers are taken as
//! 64-bit. A combination that raises in Python becomes a guard: a row on which it would happen has the status `Invalid`.

#![expect(clippy::wildcard_enum_match_arm, reason = "what a construct does not take is refused, whatever it is")]

use crate::ast::{BinaryOp, BoolOp, CompareOp, Expr, UnaryOp};
use crate::record::{self, Tagged};
use crate::replay::Replay;
use crate::value::{Alternative, Cell, Column, Eval, Guards, Kind, Unknown, Value, Width};
use ir::{Binary, Elem, Literal, Map, Reason, Table, Val};
use source::Span;

/// Whose rules hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rules {
    /// Columns: numpy's.
    Numpy,
    /// Cells in a function: Python's own.
    Python,
}

/// Why an operation on two kinds has no value.
pub(crate) enum Trouble {
    /// Python raises this exception, always for these kinds.
    Raises(&'static str),
    /// It has a value that is not modelled.
    Unsupported(String),
    /// It is unknown for a reason that was said elsewhere.
    Unknown(Unknown),
}

impl From<Unknown> for Trouble {
    fn from(why: Unknown) -> Self {
        Trouble::Unknown(why)
    }
}

pub(crate) type Typed<'b> = Result<(Kind, Val<'b>), Trouble>;

fn unsupported<'b>(what: impl Into<String>) -> Typed<'b> {
    Err(Trouble::Unsupported(what.into()))
}

// Alternatives ---------------------------------------------------------------------------------------------------------------

/// One way that operands can be, and when.
type Combination<'b> = (Option<Val<'b>>, Vec<(Kind, Val<'b>)>);

/// Applies a function to each way that the operands can be.
pub(crate) fn lift<'b>(
    replay: &mut Replay<'_, 'b>,
    cells: &[&Cell<'b>],
    at: Span,
    mut apply: impl FnMut(&mut Replay<'_, 'b>, &[(Kind, Val<'b>)]) -> Typed<'b>,
) -> Result<Cell<'b>, Unknown> {
    let mut combinations: Vec<Combination<'b>> = vec![(None, Vec::new())];
    for cell in cells {
        let mut next = Vec::new();
        for (when, operands) in &combinations {
            for alternative in &cell.alternatives {
                let when = both(*when, alternative.when);
                let mut operands = operands.clone();
                operands.push((alternative.kind.clone(), alternative.val));
                next.push((when, operands));
            }
        }
        if next.len() > 64 {
            return Err(replay.unsupported(at, "a value that can be of this many types"));
        }
        combinations = next;
    }
    let mut guards: Guards = cells.iter().flat_map(|cell| cell.guards.iter().copied()).collect();
    let mut out: Vec<Alternative<'b>> = Vec::new();
    let mut before: Option<Val<'b>> = None;
    for (when, operands) in combinations {
        if when.and_then(Val::literal) == Some(Literal::Bool(false)) {
            continue;
        }
        let exact = both(when, before.map(|before: Val<'b>| !before));
        let outer = std::mem::replace(&mut replay.lifted, exact);
        let result = apply(replay, &operands);
        replay.lifted = outer;
        match result {
            Ok((kind, val)) => out.push(Alternative { when, kind, val }),
            Err(Trouble::Raises(exception)) => {
                let condition = exact.unwrap_or_else(|| replay.b.bool(true));
                guards.extend(replay.raise_if(condition, exception, at));
            }
            Err(Trouble::Unsupported(what)) => return Err(replay.unsupported(at, what)),
            Err(Trouble::Unknown(why)) => return Err(why),
        }
        match when {
            None => break,
            Some(when) => before = Some(before.map_or(when, |before| before | when)),
        }
    }
    if out.is_empty() {
        out.push(Alternative { when: None, kind: Kind::Missing, val: replay.b.bool(false) });
    }
    Ok(Cell { alternatives: by_kind(merge(out)), guards })
}

fn both<'b>(a: Option<Val<'b>>, b: Option<Val<'b>>) -> Option<Val<'b>> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a & b),
        (a, b) => a.or(b),
    }
}

/// Neighbours of one kind become one alternative; the last has no condition.
pub(crate) fn merge(mut alternatives: Vec<Alternative<'_>>) -> Vec<Alternative<'_>> {
    if let Some(last) = alternatives.last_mut() {
        last.when = None;
    }
    let mut out: Vec<Alternative<'_>> = Vec::new();
    for alternative in alternatives.into_iter().rev() {
        match (out.last_mut(), alternative.when) {
            (Some(next), Some(when)) if next.kind == alternative.kind => {
                next.val = when.select(alternative.val, next.val);
                next.when = next.when.map(|other| other | when);
            }
            _ => out.push(alternative),
        }
    }
    out.reverse();
    out
}

/// Whether two values are one node or one constant; a NaN stays one that can be seen.
fn is_same<'b>(a: Val<'b>, b: Val<'b>) -> bool {
    let is_nan = |val: Val<'b>| matches!(val.literal(), Some(Literal::F64(value)) if value.is_nan());
    a.value() == b.value() || is_nan(a) && is_nan(b)
}

/// Alternatives of one kind that stand apart become one, so that there are never more than kinds.
fn by_kind(alternatives: Vec<Alternative<'_>>) -> Vec<Alternative<'_>> {
    let mut kinds: Vec<&crate::value::Kind> = Vec::new();
    for one in &alternatives {
        if !kinds.contains(&&one.kind) {
            kinds.push(&one.kind);
        }
    }
    if kinds.len() == alternatives.len() {
        return alternatives;
    }
    // The rows that come to an alternative are those that no earlier one took.
    let mut before: Option<Val<'_>> = None;
    let mut exact = Vec::new();
    for one in &alternatives {
        exact.push(both(one.when, before.map(|before| !before)));
        before = match (before, one.when) {
            (Some(before), Some(when)) => Some(before | when),
            (before, when) => before.or(when),
        };
    }
    let mut out = Vec::new();
    for kind in kinds {
        let mut of_kind = alternatives.iter().zip(&exact).filter(|(one, _)| one.kind == *kind).rev();
        let Some((last, last_when)) = of_kind.next() else { continue };
        let mut one = Alternative { when: *last_when, ..last.clone() };
        for (earlier, when) in of_kind {
            if let Some(when) = when {
                if !is_same(earlier.val, one.val) {
                    one.val = when.select(earlier.val, one.val);
                }
                one.when = one.when.map(|other| other | *when);
            }
        }
        out.push(one);
    }
    merge(out)
}

/// `yes` where the condition holds, else `no`, whatever their kinds. Integers beside floats stay apart, as in Python.
pub(crate) fn choose<'b>(cond: Val<'b>, yes: &Cell<'b>, no: &Cell<'b>) -> Cell<'b> {
    let mut alternatives: Vec<Alternative<'b>> = Vec::new();
    for alternative in &yes.alternatives {
        alternatives.push(Alternative { when: Some(alternative.when.map_or(cond, |when| cond & when)), ..alternative.clone() });
    }
    alternatives.extend(no.alternatives.iter().cloned());
    // The same kind on both sides, apart only by other kinds between them, is one alternative.
    if let ([a], [b]) = (yes.alternatives.as_slice(), no.alternatives.as_slice())
        && a.kind == b.kind
    {
        alternatives = vec![Alternative { when: None, kind: a.kind.clone(), val: cond.select(a.val, b.val) }];
    }
    let guards = yes.guards.union(&no.guards).copied().collect();
    Cell { alternatives: by_kind(merge(alternatives)), guards }
}

// Constants ------------------------------------------------------------------------------------------------------------------

/// A concrete scalar as a cell. Beside a column of narrow integers or `float32` a Python number takes its width (NEP 50).
pub(crate) fn constant<'b>(replay: &Replay<'_, 'b>, value: &record::Value, beside: Option<&Kind>) -> Option<Cell<'b>> {
    let b = replay.b;
    let (kind, val) = match value {
        record::Value::Bool(value) => (Kind::Bool, b.bool(*value)),
        record::Value::Int(value) => match beside {
            Some(Kind::Int(width)) => (Kind::Int(*width), b.i64(*value)),
            Some(Kind::Float32) => (Kind::Float32, b.f32(*value as f32)),
            _ => (Kind::INT, b.i64(*value)),
        },
        record::Value::Str(text) => (Kind::Str, b.str(text)),
        record::Value::None(()) => (Kind::Missing, b.bool(false)),
        record::Value::Tagged(tagged) => match &**tagged {
            Tagged::Float(value) => match beside {
                Some(Kind::Float32) => (Kind::Float32, b.f32(value.0 as f32)),
                _ => (Kind::Float, b.f64(value.0)),
            },
            Tagged::Float32(value) => (Kind::Float32, b.f32(value.0 as f32)),
            Tagged::Missing(name) if name == "NaT" => (Kind::DateTime, b.null(Elem::I64)),
            Tagged::Timestamp(value) => (Kind::DateTime, b.i64(*value)),
            Tagged::Zoned(value) => (Kind::Zoned(crate::pandas::zones::Zone::utc()), b.i64(*value)),
            Tagged::Timedelta(value) => (Kind::Timedelta, b.i64(*value)),
            Tagged::Date(days) => (Kind::Date, b.i64(days.checked_mul(crate::calendar::DAY)?)),
            _ => return None,
        },
    };
    Some(Cell::new(kind, val))
}

/// A value as a cell: of the row, or a frozen constant.
pub(crate) fn to_cell<'b>(replay: &mut Replay<'_, 'b>, value: &Value<'b>, beside: Option<&Kind>, at: Span) -> Result<Cell<'b>, Unknown> {
    match value {
        Value::Cell(cell) => Ok(cell.clone()),
        Value::Column(column) => Ok(column.cell.clone()),
        Value::Match(found) => Ok(found.found.clone()),
        Value::Entry(entry) => Ok(crate::literals::text(replay, entry, at)),
        Value::Unknown(unknown) => Err(unknown.clone()),
        Value::Known(known) => {
            let Some(scalar) = known.look().cloned() else { return Err(replay.not_recorded(known.at.unwrap_or(at))) };
            match constant(replay, &scalar, beside) {
                Some(cell) => {
                    replay.freeze(known);
                    Ok(cell)
                }
                None if matches!(scalar.as_tagged(), Some(Tagged::Series(_) | Tagged::Array(_) | Tagged::Frame(_))) => Err(replay.refuse(
                    "python-training-rows",
                    at,
                    "training rows are combined with scoring rows one by one",
                    "the scoring row has no training row of its own",
                    "reduce the training rows to a statistic or a look-up table first",
                )),
                None => Err(replay.unsupported(at, format!("{scalar} in an expression on a row"))),
            }
        }
        _ => Err(replay.unsupported(at, "this value in an expression on a row")),
    }
}

/// Operands of an operator: cells, and the column that the result is like.
fn operands<'b>(
    replay: &mut Replay<'_, 'b>,
    left: &Value<'b>,
    right: &Value<'b>,
    at: Span,
) -> Result<(Cell<'b>, Cell<'b>, Option<Column<'b>>), Unknown> {
    let kind = |value: &Value<'b>| match value {
        Value::Column(column) => column.cell.single().map(|(kind, _)| kind.clone()),
        _ => None,
    };
    let (left_kind, right_kind) = (kind(left), kind(right));
    let like = match (left, right) {
        (Value::Column(a), Value::Column(b)) => {
            if a.space != b.space && (!a.array && !b.array || replay.in_other_order(a.space, b.space)) {
                return Err(replay.refuse(
                    "python-row-alignment",
                    at,
                    "columns over different rows are combined",
                    "one of them is filtered; pandas aligns them by index",
                    "filter both, or use np.where on all rows",
                ));
            }
            // An array beside a series changes nothing about its name.
            let name = match (a.array, b.array) {
                (false, true) => a.name.clone(),
                (true, false) => b.name.clone(),
                _ => a.name.clone().filter(|_| a.name == b.name),
            };
            Some(Column { name, ..if a.array { b.clone() } else { a.clone() } })
        }
        (Value::Column(a), _) => Some(a.clone()),
        (_, Value::Column(b)) => Some(b.clone()),
        _ => None,
    };
    let a = to_cell(replay, left, right_kind.as_ref(), at)?;
    let b = to_cell(replay, right, left_kind.as_ref(), at)?;
    Ok((a, b, like))
}

fn wrap_up<'b>(cell: Cell<'b>, like: Option<Column<'b>>) -> Value<'b> {
    match like {
        Some(column) => Value::Column(column.with(cell)),
        None => Value::Cell(cell),
    }
}

/// The columns of two tables that meet by place: of arrays, of frames with the same columns, and of a table and an array with a number a
/// column or with one column. None if they do not.
pub(crate) fn by_place<'b>(replay: &Replay<'_, 'b>, left: &Value<'b>, right: &Value<'b>) -> Option<Vec<(Value<'b>, Value<'b>)>> {
    let columns = |value: &Value<'b>| match value {
        Value::Frame(id) if replay.frames[id.0].families.is_empty() => Some(replay.frames[id.0].columns.values().cloned().collect()),
        Value::Matrix(columns) => Some(columns.iter().cloned().map(Value::Column).collect()),
        Value::Known(known) => match known.clone_unused()?.as_tagged()? {
            Tagged::Array(array) if matches!(array.shape.as_slice(), [_] | [1, _]) => {
                let items = known.look()?.items()?;
                Some(items.into_iter().map(|item| Value::Known(known.part(item))).collect())
            }
            _ => None,
        },
        _ => None,
    };
    if let (Value::Frame(a), Value::Frame(b)) = (left, right) {
        let (a, b) = (&replay.frames[a.0], &replay.frames[b.0]);
        if a.space != b.space || !a.columns.keys().eq(b.columns.keys()) {
            return None;
        }
    }
    let (left, right): (Vec<Value<'b>>, Vec<Value<'b>>) = (columns(left)?, columns(right)?);
    Some(match (left.as_slice(), right.as_slice()) {
        ([one], many) => many.iter().map(|other| (one.clone(), other.clone())).collect(),
        (many, [one]) => many.iter().map(|other| (other.clone(), one.clone())).collect(),
        (a, b) if a.len() == b.len() => left.into_iter().zip(right).collect(),
        _ => return None,
    })
}

/// What an operator on two tables made, as the table that it is: a frame if one of them is.
fn of_columns<'b>(replay: &mut Replay<'_, 'b>, left: &Value<'b>, right: &Value<'b>, done: Vec<Value<'b>>) -> Value<'b> {
    let Some(id) = [left, right].iter().find_map(|value| if let Value::Frame(id) = value { Some(*id) } else { None }) else {
        return Value::Matrix(done.into_iter().filter_map(|one| if let Value::Column(one) = one { Some(one) } else { None }).collect());
    };
    let mut frame = replay.frames[id.0].clone();
    for ((name, slot), one) in frame.columns.iter_mut().zip(done) {
        *slot = match one {
            Value::Column(column) => Value::Column(Column { name: Some(name.clone()), array: false, ..column }),
            other => other,
        };
    }
    replay.frame(frame)
}

/// Runs an operator over each column of a frame or matrix.
fn over_columns<'b>(
    replay: &mut Replay<'_, 'b>,
    left: &Value<'b>,
    right: &Value<'b>,
    at: Span,
    apply: &mut dyn FnMut(&mut Replay<'_, 'b>, &Value<'b>, &Value<'b>) -> Eval<'b>,
) -> Option<Eval<'b>> {
    let is_table = |value: &Value<'b>| matches!(value, Value::Frame(_) | Value::Matrix(_));
    if !is_table(left) && !is_table(right) {
        return None;
    }
    // A statistic for each column, by its name.
    if let (Value::Frame(id), Value::Known(known)) | (Value::Known(known), Value::Frame(id)) = (left, right)
        && matches!(known.tagged(), Some(Tagged::Series(_)))
    {
        let names: Vec<String> = replay.frames[id.0].columns.keys().cloned().collect();
        let values = crate::pandas::missing::column_values(replay, &Value::Known(known.clone())).unwrap_or_default();
        if !names.iter().eq(values.iter().map(|(name, _)| name)) || !replay.frames[id.0].families.is_empty() {
            return Some(Err(replay.refuse(
                "python-column-alignment",
                at,
                "a frame meets a series with other labels than its columns",
                "pandas makes a column of each label and of each column",
                "choose the same columns, in the same order, on both sides",
            )));
        }
        let mut frame = replay.frames[id.0].clone();
        for (column, (_, value)) in frame.columns.values_mut().zip(&values) {
            let flipped = matches!(right, Value::Frame(_));
            let result = if flipped { apply(replay, value, column) } else { apply(replay, column, value) };
            *column = result.unwrap_or_else(Value::Unknown);
        }
        replay.freeze(known);
        return Some(Ok(replay.frame(frame)));
    }
    if let Some(pairs) = by_place(replay, left, right) {
        let done: Result<Vec<Value<'b>>, Unknown> = pairs.iter().map(|(a, b)| apply(replay, a, b)).collect();
        return Some(done.map(|done| of_columns(replay, left, right, done)));
    }
    match (left, right) {
        (Value::Frame(id), other) | (other, Value::Frame(id)) if !is_table(other) && !matches!(other, Value::Column(_)) => {
            let flipped = is_table(right);
            let mut frame = replay.frames[id.0].clone();
            for (_, column) in &mut frame.columns {
                let result = if flipped { apply(replay, other, column) } else { apply(replay, column, other) };
                *column = result.unwrap_or_else(Value::Unknown);
            }
            Some(Ok(replay.frame(frame)))
        }
        (Value::Matrix(columns), other) | (other, Value::Matrix(columns)) if !is_table(other) && !matches!(other, Value::Column(_)) => {
            let flipped = is_table(right);
            let mut out = Vec::new();
            for column in columns {
                let column = Value::Column(column.clone());
                match if flipped { apply(replay, other, &column) } else { apply(replay, &column, other) } {
                    Ok(Value::Column(column)) => out.push(column),
                    Ok(_) => {}
                    Err(why) => return Some(Err(why)),
                }
            }
            Some(Ok(Value::Matrix(out)))
        }
        _ => Some(Err(replay.unsupported(at, "an operator between tables"))),
    }
}

// Operators ------------------------------------------------------------------------------------------------------------------

pub(crate) fn binary<'b>(replay: &mut Replay<'_, 'b>, op: BinaryOp, left: &Value<'b>, right: &Value<'b>, at: Span) -> Eval<'b> {
    if op == BinaryOp::MatMul {
        return crate::products::product(replay, left, right, at);
    }
    if let Some(result) = over_columns(replay, left, right, at, &mut |replay, a, b| binary(replay, op, a, b, at)) {
        return result;
    }
    match (left, right) {
        (moment, Value::Part(offset, part)) if part == crate::pandas::time::OFFSET && matches!(op, BinaryOp::Add | BinaryOp::Sub) => {
            let sign = if op == BinaryOp::Add { 1 } else { -1 };
            return crate::pandas::time::shifted(replay, moment, offset, sign, at);
        }
        (Value::Part(offset, part), moment) if part == crate::pandas::time::OFFSET && op == BinaryOp::Add => {
            return crate::pandas::time::shifted(replay, moment, offset, 1, at);
        }
        _ => {}
    }
    if op == BinaryOp::Add
        && let Some(both) = crate::sequence::concatenated(replay, left, right, at)?
    {
        return Ok(both);
    }
    let is_series = |value: &Value<'b>| matches!(value, Value::Column(column) if !column.array);
    if matches!(op, BinaryOp::ShiftLeft | BinaryOp::ShiftRight) && (is_series(left) || is_series(right)) {
        return Err(replay.refuse(
            "python-shifted-series",
            at,
            format!("pandas has no `{}` of a series", op.sign()),
            "this raises a TypeError",
            "shift the array, with .to_numpy(), or multiply or divide by a power of two",
        ));
    }
    if let Some(set) = crate::sequence::of_sets(replay, op, left, right, at) {
        return set;
    }
    if op == BinaryOp::Add
        && let Some(glued) = crate::pandas::glue::lists(replay, left, right, at)
    {
        return glued;
    }
    // Lists of columns, put one behind the other.
    if op == BinaryOp::Add
        && !replay.cells_active()
        && matches!((left, right), (Value::List(_), Value::List(_) | Value::Known(_)) | (Value::Known(_), Value::List(_)))
        && let (Some(mut items), Some(more)) = (replay.items(left, at), replay.items(right, at))
    {
        items.extend(more);
        return Ok(replay.list(items));
    }
    // `"..." % x` and list arithmetic are not of numbers.
    let (a, b, like) = operands(replay, left, right, at)?;
    let rules = if like.is_some() { Rules::Numpy } else { Rules::Python };
    let mut own = Guards::new();
    let cell = lift(replay, &[&a, &b], at, |replay, operands| {
        if let Some(beyond) = beyond_moments(op, &operands[0], &operands[1]) {
            match rules {
                Rules::Numpy => {
                    own.insert(replay.guard(beyond, Reason::Invalid("a moment beyond what pandas holds".to_owned()), at));
                }
                Rules::Python => replay.raise_here(beyond, "OverflowError", at),
            }
        }
        arithmetic(replay, rules, op, &operands[0], &operands[1], at)
    })?;
    Ok(wrap_up(cell.guarded(&own), like))
}

/// Whether a moment and a duration together pass 64 bits, which raises. None where they cannot.
fn beyond_moments<'b>(op: BinaryOp, left: &(Kind, Val<'b>), right: &(Kind, Val<'b>)) -> Option<Val<'b>> {
    let (moment, duration) = match (left, right) {
        ((Kind::DateTime, moment), (Kind::Timedelta, duration)) if op == BinaryOp::Sub => (*moment, -*duration),
        ((Kind::DateTime, moment), (Kind::Timedelta, duration)) | ((Kind::Timedelta, duration), (Kind::DateTime, moment))
            if op == BinaryOp::Add =>
        {
            (*moment, *duration)
        }
        _ => return None,
    };
    if duration.literal().is_some() {
        return None;
    }
    let sum = moment + duration;
    Some((duration.gt(0_i64) & sum.lt(moment) | duration.lt(0_i64) & sum.gt(moment) | sum.eq(i64::MIN)).or_else(false))
}

/// A function of the operands of an operator.
type OfTwo<'f, 'b> = &'f mut dyn FnMut(&mut Replay<'_, 'b>, &[(Kind, Val<'b>)]) -> Typed<'b>;

/// A function of two numbers, element by element, of whatever an operator takes.
pub(crate) fn of_two<'b>(replay: &mut Replay<'_, 'b>, left: &Value<'b>, right: &Value<'b>, at: Span, apply: OfTwo<'_, 'b>) -> Eval<'b> {
    if let Some(result) = over_columns(replay, left, right, at, &mut |replay, a, b| of_two(replay, a, b, at, apply)) {
        return result;
    }
    let (a, b, like) = operands(replay, left, right, at)?;
    let cell = lift(replay, &[&a, &b], at, apply)?;
    Ok(wrap_up(cell, like))
}

pub(crate) fn compare<'b>(replay: &mut Replay<'_, 'b>, op: CompareOp, left: &Value<'b>, right: &Value<'b>, at: Span) -> Eval<'b> {
    if matches!(op, CompareOp::In | CompareOp::NotIn) {
        return membership(replay, op == CompareOp::NotIn, left, right, at);
    }
    if let (Value::Part(of, part), Value::Path(class)) = (left, right)
        && part == "type"
    {
        return crate::builtins::is_of_type(replay, op, of, class, at);
    }
    if let (Value::Tuple(a), Value::Tuple(b)) = (left, right)
        && a.len() == b.len()
        && replay.cells_active()
        && !matches!(op, CompareOp::Is | CompareOp::IsNot)
    {
        return tuples(replay, op, a, b, at);
    }
    if let Some(done) = crate::list_compare::compare(replay, op, left, right, at) {
        return done;
    }
    if let (CompareOp::Eq | CompareOp::NotEq, true) = (op, crate::literals::is_document(left))
        && let Some(constant) = crate::literals::of_display(replay, right)
    {
        let cell = to_cell(replay, left, None, at)?;
        let cell = lift(replay, &[&cell, &constant], at, |replay, operands| match operands {
            [(Kind::Document, a), (_, b)] => Ok((Kind::Bool, if op == CompareOp::Eq { a.eq(*b) } else { a.ne(*b) })),
            _ => Ok((Kind::Bool, replay.b.bool(op == CompareOp::NotEq))),
        })?;
        return Ok(Value::Cell(cell));
    }
    if let Some(result) = over_columns(replay, left, right, at, &mut |replay, a, b| compare(replay, op, a, b, at)) {
        return result;
    }
    let (a, b, like) = operands(replay, left, right, at)?;
    let rules = if like.is_some() { Rules::Numpy } else { Rules::Python };
    let cell = lift(replay, &[&a, &b], at, |replay, operands| comparison(replay, rules, op, &operands[0], &operands[1]))?;
    Ok(wrap_up(cell, like))
}

/// `(a, b) < (c, d)`, of one row: the first two that are not equal decide.
fn tuples<'b>(replay: &mut Replay<'_, 'b>, op: CompareOp, left: &[Value<'b>], right: &[Value<'b>], at: Span) -> Eval<'b> {
    let equal = matches!(op, CompareOp::Eq | CompareOp::LtE | CompareOp::GtE);
    let mut out = replay.known(record::Value::Bool(equal));
    for (a, b) in left.iter().zip(right).rev() {
        let same = replay.compare(CompareOp::Eq, a, b, at)?;
        let same = replay.truth_of(&same, at)?;
        let decided = replay.when_reached(!same, |replay| replay.compare(op, a, b, at))?;
        out = replay.choose_values(same, &out, &decided, at)?;
    }
    Ok(out)
}

pub(crate) fn unary<'b>(replay: &mut Replay<'_, 'b>, op: UnaryOp, operand: &Value<'b>, at: Span) -> Eval<'b> {
    match operand {
        Value::Frame(id) => {
            let mut frame = replay.frames[id.0].clone();
            for (_, column) in &mut frame.columns {
                *column = unary(replay, op, column, at).unwrap_or_else(Value::Unknown);
            }
            Ok(replay.frame(frame))
        }
        Value::Matrix(columns) if op != UnaryOp::Not => {
            let signed = columns.iter().map(|column| match unary(replay, op, &Value::Column(column.clone()), at)? {
                Value::Column(column) => Ok(column),
                _ => Err(replay.unsupported(at, "this sign before an array")),
            });
            Ok(Value::Matrix(signed.collect::<Result<_, Unknown>>()?))
        }
        Value::Column(_) | Value::Cell(_) => {
            if op == UnaryOp::Not {
                return match replay.row_condition(operand) {
                    Some(truth) => Ok(Value::Cell(Cell::new(Kind::Bool, !truth))),
                    None => Err(replay.refuse(
                        "python-truth-of-rows",
                        at,
                        "`not` takes one truth value, not a column",
                        "a column has one truth value for each row",
                        "use ~ on columns",
                    )),
                };
            }
            let like = if let Value::Column(column) = operand { Some(column.clone()) } else { None };
            let cell = to_cell(replay, operand, None, at)?;
            let cell = lift(replay, &[&cell], at, |replay, operands| {
                let (kind, val) = operands[0].clone();
                if op == UnaryOp::Minus && matches!(kind, Kind::Int(_)) && replay.cells_active() {
                    crate::magnitude::has_other_sign(replay, val, at);
                }
                match (op, &kind) {
                    (UnaryOp::Plus, Kind::Int(_) | Kind::Float | Kind::Float32) => Ok((kind, val)),
                    (UnaryOp::Minus, Kind::Int(width)) => Ok((kind.clone(), wrap(*width, -val))),
                    (UnaryOp::Minus, Kind::Float | Kind::Float32 | Kind::Timedelta) => Ok((kind, -val)),
                    (UnaryOp::Invert, Kind::Bool) if like.is_some() => Ok((kind, not(val))),
                    (UnaryOp::Invert, Kind::Float | Kind::Float32) => Err(Trouble::Raises("TypeError")),
                    (UnaryOp::Invert, Kind::Int(_)) => Ok((kind, val.binary(Binary::BitXor, val.builder().i64(-1)))),
                    (UnaryOp::Minus | UnaryOp::Plus | UnaryOp::Invert, Kind::Str | Kind::Missing) => Err(Trouble::Raises("TypeError")),
                    (UnaryOp::Minus | UnaryOp::Plus | UnaryOp::Invert | UnaryOp::Not, _) => unsupported("this sign before this value"),
                }
            })?;
            Ok(wrap_up(cell, like))
        }
        _ => match replay.row_condition(operand) {
            Some(truth) if op == UnaryOp::Not => Ok(Value::Cell(Cell::new(Kind::Bool, !truth))),
            _ => Err(replay.unsupported(at, "a sign before this")),
        },
    }
}

/// The other truth; of a constant a constant.
pub(crate) fn not(val: Val<'_>) -> Val<'_> {
    match val.literal() {
        Some(Literal::Bool(truth)) => val.builder().bool(!truth),
        _ => !val,
    }
}

/// `and`, `or` of truth values of one row that are both computed.
pub(crate) fn logical<'b>(replay: &mut Replay<'_, 'b>, op: BoolOp, left: &Value<'b>, right: &Value<'b>, at: Span) -> Eval<'b> {
    if matches!(left, Value::Column(_)) || matches!(right, Value::Column(_)) {
        return Err(replay.refuse(
            "python-truth-of-rows",
            at,
            "a chained comparison takes one truth value, not a column",
            "",
            "use & between two comparisons",
        ));
    }
    let (a, b) = (to_cell(replay, left, None, at)?, to_cell(replay, right, None, at)?);
    let (Some(x), Some(y)) = (replay.row_condition(&Value::Cell(a.clone())), replay.row_condition(&Value::Cell(b.clone()))) else {
        return Err(replay.unsupported(at, "the truth of this"));
    };
    let val = match op {
        BoolOp::And => x & y,
        BoolOp::Or => x | y,
    };
    Ok(Value::Cell(Cell::new(Kind::Bool, val).guarded(&a.guards).guarded(&b.guards)))
}

/// `before and operand`, where `operand` is evaluated only on rows that need it.
pub(crate) fn short_circuit<'b>(replay: &mut Replay<'_, 'b>, op: BoolOp, before: &Value<'b>, operand: &Expr) -> Eval<'b> {
    let Some(truth) = replay.row_condition(before) else { return Err(replay.unsupported(operand.span, "the truth of this")) };
    let needed = if op == BoolOp::And { truth } else { !truth };
    let next = replay.when_reached(needed, |replay| replay.eval(operand))?;
    // Of a list and something else only the truth is known.
    if is_only_true(before) || is_only_true(&next) {
        let Some(second) = replay.row_condition(&next) else { return Err(replay.unsupported(operand.span, "the truth of this")) };
        let truth = if op == BoolOp::And { truth & second } else { truth | second };
        return Ok(Value::Part(Box::new(Value::Cell(Cell::new(Kind::Bool, truth))), crate::udf::TRUTH.to_owned()));
    }
    let first = to_cell(replay, before, None, operand.span)?;
    let second = to_cell(replay, &next, None, operand.span)?;
    Ok(Value::Cell(choose(needed, &second, &first)))
}

fn is_only_true(value: &Value<'_>) -> bool {
    match value {
        Value::Sequence(_) | Value::List(_) | Value::Dict(_) | Value::Set(_) => true,
        Value::Part(_, part) => part == crate::udf::TRUTH,
        _ => false,
    }
}

/// `a + b` of texts.
pub(crate) fn concat<'b>(replay: &mut Replay<'_, 'b>, left: &Cell<'b>, right: &Cell<'b>, at: Span) -> Result<Cell<'b>, Unknown> {
    lift(replay, &[left, right], at, |replay, operands| arithmetic(replay, Rules::Python, BinaryOp::Add, &operands[0], &operands[1], at))
}

/// As a float: truth values are 0 and 1, integers round to nearest.
pub(crate) fn float<'b>(kind: &Kind, val: Val<'b>) -> Option<Val<'b>> {
    kind.is_number().then(|| val.cast(Elem::F64))
}

/// As a double; a constant stays one.
fn double(val: Val<'_>) -> Val<'_> {
    match val.literal() {
        Some(Literal::I64(value)) => val.builder().f64(value as f64),
        _ => val.cast(Elem::F64),
    }
}

/// As a 64-bit integer: truth values are 0 and 1.
fn integer<'b>(val: Val<'b>) -> Val<'b> {
    val.cast(Elem::I64)
}

/// An integer brought back to its width, as machine arithmetic does.
pub(crate) fn wrap(width: Width, val: Val<'_>) -> Val<'_> {
    let b = val.builder();
    match width {
        Width::I64 => val,
        Width::I32 => val.cast(Elem::I32).cast(Elem::I64),
        Width::I8 | Width::I16 => {
            let shift = b.i64(64 - i64::from(width.bits()));
            val.binary(Binary::Shl, shift).binary(Binary::Shr, shift)
        }
        Width::U8 | Width::U16 | Width::U32 => val.binary(Binary::BitAnd, b.i64((1_i64 << width.bits()) - 1)),
    }
}

fn arithmetic<'b>(
    replay: &mut Replay<'_, 'b>,
    rules: Rules,
    op: BinaryOp,
    left: &(Kind, Val<'b>),
    right: &(Kind, Val<'b>),
    at: Span,
) -> Typed<'b> {
    use Kind::{Bool, Date, DateTime, Float, Float32, Int, Missing, Str, Timedelta, Zoned};
    // The clocks of such a zone are never set, so that any moment has a place on them.
    let is_even = |kind: &Kind| matches!(kind, Zoned(zone) if zone.constant().is_some());
    let ((a_kind, a), (b_kind, b)) = (left.clone(), right.clone());
    match (&a_kind, &b_kind) {
        (Str, Str) if op == BinaryOp::Add => Ok((Str, a.append(b))),
        (Str, Int(_)) if op == BinaryOp::Mul => match b.literal() {
            Some(Literal::I64(times)) if (0..=64).contains(&times) => {
                Ok((Str, (0..times).fold(replay.b.str(""), |text, _| text.append(a))))
            }
            _ => unsupported("a text repeated a computed number of times"),
        },
        (DateTime, DateTime) | (Zoned(_), Zoned(_)) if op == BinaryOp::Sub => Ok((Timedelta, a - b)),
        (Zoned(_), DateTime) | (DateTime, Zoned(_)) => Err(Trouble::Raises("TypeError")),
        (Zoned(_), Timedelta) if op == BinaryOp::Add && is_even(&a_kind) => Ok((a_kind.clone(), a + b)),
        (Zoned(_), Timedelta) if op == BinaryOp::Sub && is_even(&a_kind) => Ok((a_kind.clone(), a - b)),
        (Date, Date) if op == BinaryOp::Sub && rules == Rules::Python => Ok((Timedelta, a - b)),
        (DateTime, Timedelta) if op == BinaryOp::Add => Ok((DateTime, a + b)),
        (Timedelta, DateTime) if op == BinaryOp::Add => Ok((DateTime, a + b)),
        (DateTime, Timedelta) if op == BinaryOp::Sub => Ok((DateTime, a - b)),
        (Timedelta, Timedelta) => match op {
            BinaryOp::Add => Ok((Timedelta, a + b)),
            BinaryOp::Sub => Ok((Timedelta, a - b)),
            BinaryOp::Div => Ok((Float, (a.cast(Elem::F64) / b.cast(Elem::F64)).or_else(f64::NAN))),
            BinaryOp::FloorDiv if matches!(b.literal(), Some(Literal::I64(value)) if value != 0) => {
                let whole = a.floor_div(b);
                Ok(if a.is_nullable() { (Float, whole.cast(Elem::F64).or_else(f64::NAN)) } else { (Kind::INT, whole) })
            }
            _ => unsupported(format!("`{}` between durations", op.sign())),
        },
        (Bool, Bool) if rules == Rules::Numpy => match op {
            BinaryOp::Add | BinaryOp::BitOr => Ok((Bool, a | b)),
            BinaryOp::Mul | BinaryOp::BitAnd => Ok((Bool, a & b)),
            BinaryOp::BitXor => Ok((Bool, a ^ b)),
            BinaryOp::Sub => Err(Trouble::Raises("TypeError")),
            BinaryOp::Div => Ok((Float, a.cast(Elem::F64) / b.cast(Elem::F64))),
            _ => unsupported(format!("`{}` between truth values", op.sign())),
        },
        (Bool, Bool) if matches!(op, BinaryOp::BitAnd | BinaryOp::BitOr | BinaryOp::BitXor) => Ok((
            Bool,
            match op {
                BinaryOp::BitAnd => a & b,
                BinaryOp::BitOr => a | b,
                _ => a ^ b,
            },
        )),
        (Bool | Int(_), Bool | Int(_)) => integers(replay, rules, op, left, right, at),
        (Bool | Int(_) | Float | Float32, Bool | Int(_) | Float | Float32) => {
            let narrow = |kind: &Kind| matches!(kind, Float32 | Bool | Int(Width::I8 | Width::I16 | Width::U8 | Width::U16));
            if narrow(&a_kind) && narrow(&b_kind) {
                let (x, y) = (a.cast(Elem::F32), b.cast(Elem::F32));
                return floats(replay, rules, op, x, y, at).map(|val| (Float32, val));
            }
            let (x, y) = (double(a), double(b));
            floats(replay, rules, op, x, y, at).map(|val| (Float, val))
        }
        (Missing, _) | (_, Missing) if rules == Rules::Python => Err(Trouble::Raises("TypeError")),
        (Str, Bool | Int(_) | Float | Float32) | (Bool | Int(_) | Float | Float32, Str) if op != BinaryOp::Mul && op != BinaryOp::Mod => {
            Err(Trouble::Raises("TypeError"))
        }
        _ => unsupported(format!("`{}` between {} and {}", op.sign(), a_kind.dtype(), b_kind.dtype())),
    }
}

fn integers<'b>(
    replay: &mut Replay<'_, 'b>,
    rules: Rules,
    op: BinaryOp,
    left: &(Kind, Val<'b>),
    right: &(Kind, Val<'b>),
    at: Span,
) -> Typed<'b> {
    let width = |kind: &Kind| if let Kind::Int(width) = kind { Some(*width) } else { None };
    let width = match (width(&left.0), width(&right.0)) {
        (Some(a), Some(b)) => a.join(b),
        (a, b) => a.or(b).unwrap_or(Width::I64),
    };
    let (a, b) = (integer(left.1), integer(right.1));
    let zero = || b.eq(0_i64);
    let never_zero = matches!(b.literal(), Some(Literal::I64(value)) if value != 0);
    let int = |val: Val<'b>| Ok((Kind::Int(width), wrap(width, val)));
    if rules == Rules::Python && replay.cells_active() {
        crate::magnitude::within_64_bits(replay, op, a, b, at);
    }
    match op {
        BinaryOp::Add => int(a + b),
        BinaryOp::Sub => int(a - b),
        BinaryOp::Mul => int(a * b),
        BinaryOp::Div => {
            if rules == Rules::Python && !never_zero {
                replay.raise_here(zero(), "ZeroDivisionError", at);
            }
            Ok((Kind::Float, a.cast(Elem::F64) / b.cast(Elem::F64)))
        }
        BinaryOp::FloorDiv if never_zero => int(a.floor_div(b)),
        BinaryOp::Mod if never_zero => int(a.floor_mod(b)),
        BinaryOp::FloorDiv | BinaryOp::Mod if rules == Rules::Python => {
            replay.raise_here(zero(), "ZeroDivisionError", at);
            int(if op == BinaryOp::FloorDiv { a.floor_div(b) } else { a.floor_mod(b) })
        }
        // pandas makes the column a float one as soon as one divisor is zero: x // 0 is inf, -inf or NaN, x % 0 is NaN.
        BinaryOp::FloorDiv => {
            let by_zero = a.eq(0_i64).select(replay.b.f64(f64::NAN), a.gt(0_i64).select(replay.b.f64(f64::INFINITY), f64::NEG_INFINITY));
            Ok((Kind::Float, zero().select(by_zero, a.floor_div(b).cast(Elem::F64))))
        }
        BinaryOp::Mod => Ok((Kind::Float, zero().select(replay.b.f64(f64::NAN), a.floor_mod(b).cast(Elem::F64)))),
        BinaryOp::Pow => match b.literal() {
            Some(Literal::I64(power)) if (0..64).contains(&power) => int((0..power).fold(replay.b.i64(1), |product, _| product * a)),
            _ => unsupported("an integer to a computed or negative power"),
        },
        BinaryOp::BitAnd => int(a.binary(Binary::BitAnd, b)),
        BinaryOp::BitOr => int(a.binary(Binary::BitOr, b)),
        BinaryOp::BitXor => int(a.binary(Binary::BitXor, b)),
        // Half of a number so many times, rounded down.
        BinaryOp::ShiftRight => match b.literal() {
            Some(Literal::I64(count @ 0..=62)) => int(a.floor_div(1_i64 << count)),
            _ => unsupported("`>>` by a computed or far count"),
        },
        BinaryOp::ShiftLeft => match (rules, b.literal()) {
            (Rules::Python, Some(Literal::I64(count @ 0..=62))) => {
                let double = replay.b.i64(1_i64 << count);
                crate::magnitude::within_64_bits(replay, BinaryOp::Mul, a, double, at);
                int(a * double)
            }
            (Rules::Numpy, Some(Literal::I64(count @ 0..=62))) => int(a * (1_i64 << count)),
            _ => unsupported("`<<` by a computed or far count"),
        },
        BinaryOp::MatMul => unsupported(format!("`{}`", op.sign())),
    }
}

/// Float arithmetic in one width. Division by zero is IEEE's on columns and raises in Python.
fn floats<'b>(replay: &mut Replay<'_, 'b>, rules: Rules, op: BinaryOp, a: Val<'b>, b: Val<'b>, at: Span) -> Result<Val<'b>, Trouble> {
    let divides = matches!(op, BinaryOp::Div | BinaryOp::FloorDiv | BinaryOp::Mod);
    let constant = match b.literal() {
        Some(Literal::F64(value)) => Some(value),
        Some(Literal::F32(value)) => Some(f64::from(value)),
        _ => None,
    };
    if divides && rules == Rules::Python && constant.is_none_or(|value| value == 0.0) {
        replay.raise_here(b.eq(0.0), "ZeroDivisionError", at);
    }
    Ok(match op {
        BinaryOp::Add => a + b,
        BinaryOp::Sub => a - b,
        BinaryOp::Mul => a * b,
        BinaryOp::Div => a / b,
        BinaryOp::Mod => a.floor_mod(b),
        BinaryOp::FloorDiv => {
            // numpy and Python: from the exact remainder, then one correction; by zero it is a / b.
            let rem = a % b;
            let moved = rem.ne(0.0) & (rem.lt(0.0) ^ b.lt(0.0));
            let quotient = (a - rem) / b;
            let quotient = moved.select(quotient - 1.0, quotient);
            let floor = quotient.floor();
            let whole = (quotient - floor).gt(0.5).select(floor + 1.0, floor);
            b.eq(0.0).select(a / b, whole)
        }
        // numpy squares arrays for the exponent 2 and takes the root for 0.5; of single numbers it takes the power, as Python does. There
        // Python raises where numpy's own single numbers become infinite; such a row has no score.
        BinaryOp::Pow if constant == Some(2.0) && rules == Rules::Numpy => a * a,
        BinaryOp::Pow if constant == Some(1.0) => a,
        BinaryOp::Pow if constant == Some(0.5) && rules == Rules::Numpy => a.sqrt(),
        BinaryOp::Pow if rules == Rules::Numpy => a.pow(b),
        BinaryOp::Pow => {
            let power = a.pow(b);
            replay.raise_here(a.eq(0.0) & b.lt(0.0), "ZeroDivisionError", at);
            replay.raise_here(
                power.abs().eq(f64::INFINITY) & a.abs().lt(f64::INFINITY) & b.abs().lt(f64::INFINITY) & a.ne(0.0),
                "OverflowError",
                at,
            );
            // Python goes on with a complex number.
            if constant.is_none_or(|value| value.fract() != 0.0) {
                let complex = a.lt(0.0) & a.gt(f64::NEG_INFINITY) & b.floor().ne(b);
                replay.no_value_here(complex, "a negative number has no real power of this kind", at);
            }
            power
        }
        BinaryOp::BitAnd | BinaryOp::BitOr | BinaryOp::BitXor | BinaryOp::ShiftLeft | BinaryOp::ShiftRight | BinaryOp::MatMul => {
            return Err(Trouble::Unsupported(format!("`{}` between floats", op.sign())));
        }
    })
}

/// A comparison. Missing is equal to nothing and in no order; it is unequal to everything.
pub(crate) fn comparison<'b>(
    replay: &Replay<'_, 'b>,
    rules: Rules,
    op: CompareOp,
    left: &(Kind, Val<'b>),
    right: &(Kind, Val<'b>),
) -> Typed<'b> {
    use Kind::{Bool, Category, Date, DateTime, Float, Float32, Int, Missing, Str, Timedelta, Zoned};
    let ((a_kind, a), (b_kind, b)) = (left, right);
    let constant = |value: bool| Ok((Bool, replay.b.bool(value)));
    if let Some(constant) = crate::pandas::glue::constant_comparison(replay, op, *a, *b) {
        return constant;
    }
    let equality = matches!(op, CompareOp::Eq | CompareOp::NotEq | CompareOp::Is | CompareOp::IsNot);
    if matches!(op, CompareOp::Is | CompareOp::IsNot) {
        // Only `is None` (and `is True`) make sense on cells.
        let same = match (a_kind, b_kind) {
            (Missing, Missing) => replay.b.bool(true),
            (Bool, Bool) => a.eq(*b),
            (Missing, _) | (_, Missing) | (Bool, _) | (_, Bool) => replay.b.bool(false),
            _ => return unsupported("`is` between these"),
        };
        return Ok((Bool, if op == CompareOp::Is { same } else { !same }));
    }
    let ordered = |a: Val<'b>, b: Val<'b>| -> Val<'b> {
        match op {
            CompareOp::Eq => a.eq(b).or_else(false),
            CompareOp::NotEq => a.ne(b).or_else(true),
            CompareOp::Lt => a.lt(b).or_else(false),
            CompareOp::LtE => a.le(b).or_else(false),
            CompareOp::Gt => a.gt(b).or_else(false),
            _ => a.ge(b).or_else(false),
        }
    };
    match (a_kind, b_kind) {
        (Bool | Int(_), Bool | Int(_)) => Ok((Bool, ordered(integer(*a), integer(*b)))),
        (Float32, Float32) => Ok((Bool, ordered(*a, *b))),
        (Bool | Int(_) | Float | Float32, Bool | Int(_) | Float | Float32) => Ok((Bool, ordered(a.cast(Elem::F64), b.cast(Elem::F64)))),
        (Str, Str) | (DateTime, DateTime) | (Timedelta, Timedelta) | (Zoned(_), Zoned(_)) => Ok((Bool, ordered(*a, *b))),
        (DateTime, Zoned(_)) | (Zoned(_), DateTime) if !equality => Err(Trouble::Raises("TypeError")),
        // Of two cells a missing one raises, where columns leave it out.
        (Date, Date) if !equality && rules == Rules::Python && (a.is_nullable() || b.is_nullable()) => {
            unsupported("an order between dates of which one may be missing")
        }
        (Date, Date) => Ok((Bool, ordered(*a, *b))),
        (DateTime, Date) | (Date, DateTime) if equality => constant(op == CompareOp::NotEq),
        (DateTime, Date) | (Date, DateTime) => Err(Trouble::Raises("TypeError")),
        (DateTime, Str) | (Str, DateTime) => {
            let (time, text, flipped) = if *a_kind == DateTime { (*a, *b, false) } else { (*b, *a, true) };
            match text.literal() {
                Some(Literal::Str(text)) => match crate::calendar::parse_iso(&text) {
                    Some(micros) => {
                        let moment = replay.b.i64(micros);
                        Ok((Bool, if flipped { ordered(moment, time) } else { ordered(time, moment) }))
                    }
                    None => unsupported("a comparison with a date written like this"),
                },
                _ => unsupported("a comparison of a date with a text"),
            }
        }
        (Category(one), Category(other)) if one == other && (equality || one.ordered) => {
            let there = a.ge(0_i64) & b.ge(0_i64);
            Ok((Bool, if op == CompareOp::NotEq { !there | a.ne(*b) } else { there & ordered(*a, *b) }))
        }
        (Category(categories), _) if categories.ordered && !equality => match place_of(categories, b.literal()) {
            // A missing category is in no order.
            Some(place) => Ok((Bool, a.ge(0_i64) & ordered(*a, replay.b.i64(place)))),
            None => Err(Trouble::Raises("TypeError")),
        },
        (_, Category(categories)) if categories.ordered && !equality => match place_of(categories, a.literal()) {
            Some(place) => Ok((Bool, b.ge(0_i64) & ordered(replay.b.i64(place), *b))),
            None => Err(Trouble::Raises("TypeError")),
        },
        (Category(_), Category(_)) => unsupported("a comparison of different categories"),
        (_, Category(_)) if equality => comparison(replay, rules, op, right, left),
        (Category(categories), _) if equality && b.literal().is_none() => match crate::pandas::category_values(replay, categories, *a) {
            Some(values) => comparison(replay, rules, op, &values, right),
            None => unsupported("a comparison with these categories"),
        },
        (Category(categories), _) if equality => {
            let literal = b.literal();
            let found = categories.values.iter().position(|value| literal_is(literal.as_ref(), value));
            let code = found.map_or(-2, |at| at as i64);
            let same = a.eq(code);
            Ok((Bool, if op == CompareOp::Eq { same } else { !same }))
        }
        (Missing, _) | (_, Missing) if equality => constant(op == CompareOp::NotEq),
        (Missing, _) | (_, Missing) if rules == Rules::Numpy => constant(false),
        (Str, Float) | (Float, Str) if !equality && rules == Rules::Numpy => unsupported("an order between a text and a number"),
        (Str, _) | (_, Str) if equality => constant(op == CompareOp::NotEq),
        (Str, _) | (_, Str) | (Missing, _) | (_, Missing) => Err(Trouble::Raises("TypeError")),
        _ => unsupported(format!("a comparison between {} and {}", a_kind.dtype(), b_kind.dtype())),
    }
}

/// The place of a constant among categories.
fn place_of(categories: &crate::value::Categories, constant: Option<Literal>) -> Option<i64> {
    categories.values.iter().position(|value| literal_is(constant.as_ref(), value)).map(|place| place as i64)
}

fn literal_is(literal: Option<&Literal>, value: &record::Value) -> bool {
    match (literal, value) {
        (Some(Literal::Str(text)), record::Value::Str(other)) => text == other,
        (Some(Literal::I64(int)), other) => other.as_f64() == Some(*int as f64),
        (Some(Literal::F64(float)), other) => other.as_f64() == Some(*float),
        _ => false,
    }
}

/// More constants than this are a table, not a chain of comparisons.
const LONGEST_CHAIN: usize = 6;

/// `x in container`, for a cell of the row or a text.
fn membership<'b>(replay: &mut Replay<'_, 'b>, negated: bool, left: &Value<'b>, right: &Value<'b>, at: Span) -> Eval<'b> {
    if let Value::Sequence(items) | Value::Set(items) = right {
        return crate::sequence::has(replay, items, left, negated, at);
    }
    if let Value::List(id) = right
        && replay.is_of_row(*id)
        && let Some(items) = crate::sequence::of(replay, right, at)?
    {
        return crate::sequence::has(replay, &items, left, negated, at);
    }
    if let (Value::Cell(cell), true) = (right, crate::literals::is_document(right)) {
        let items = crate::literals::items(replay, cell, at)?;
        return crate::sequence::has(replay, &items, left, negated, at);
    }
    if let Value::Pieces(pieces) | Value::SetOfPieces(pieces) = right {
        return crate::pandas::pieces::has(replay, pieces, left, negated, at);
    }
    if let Value::Part(of, part) = right
        && part == "index"
        && let Value::Known(known) = &**of
    {
        return among_labels(replay, negated, left, known, at);
    }
    if matches!(left, Value::Column(_)) || matches!(right, Value::Column(_) | Value::Frame(_)) {
        // `name in frame` asks for a column name, which is known.
        if let (Value::Frame(id), Some(name)) = (right, replay.concrete(left).and_then(|name| name.as_str().map(str::to_owned))) {
            return Ok(crate::pandas::has_column(replay, *id, &name, negated, at));
        }
        return Err(replay.unsupported(at, "`in` with a column"));
    }
    let text_on_right = matches!(right, Value::Cell(_)) || matches!(replay.concrete(right), Some(record::Value::Str(_)));
    let cell = if text_on_right {
        let (a, b) = (to_cell(replay, left, None, at)?, to_cell(replay, right, None, at)?);
        lift(replay, &[&a, &b], at, |_, operands| match (&operands[0], &operands[1]) {
            ((Kind::Str, part), (Kind::Str, whole)) => {
                let held = whole.contains(*part).or_else(false);
                Ok((Kind::Bool, if negated { !held } else { held }))
            }
            _ => Err(Trouble::Raises("TypeError")),
        })?
    } else {
        let Some(items) = replay.items(right, at) else { return Err(replay.unsupported(at, "`in` with this")) };
        let mut values = Vec::new();
        for item in &items {
            match replay.concrete(item) {
                Some(value) => values.push(value),
                None => return Err(replay.unsupported(at, "`in` with computed items")),
            }
            if let Value::Known(known) = item {
                replay.freeze(known);
            }
        }
        let cell = to_cell(replay, left, None, at)?;
        lift(replay, &[&cell], at, |replay, operands| {
            if is_unclear_among(&operands[0].0, &values) {
                return unsupported("`in` of a moment with a missing one");
            }
            // A missing text or category is one object in all of pandas, which is in a list that holds it, though it equals nothing.
            let (kind, val) = &operands[0];
            let is_nan = |float: f64| float.is_nan();
            let is_the_missing_one = *kind == Kind::Float && matches!(val.literal(), Some(Literal::F64(float)) if float.is_nan());
            let held = if is_the_missing_one && values.iter().filter_map(record::Value::as_f64).any(is_nan) {
                replay.b.bool(true)
            } else {
                is_among(replay, &operands[0], &values, false)
            };
            Ok((Kind::Bool, if negated { !held } else { held }))
        })?
    };
    Ok(Value::Cell(cell))
}

/// `key in table.index`, of a table that does not depend on a scoring row.
fn among_labels<'b>(replay: &mut Replay<'_, 'b>, negated: bool, left: &Value<'b>, known: &crate::value::Known, at: Span) -> Eval<'b> {
    let labels = match known.tagged() {
        Some(Tagged::Series(series)) => series.labels.clone(),
        Some(Tagged::Frame(frame)) => frame.labels.clone(),
        _ => None,
    };
    let Some(labels) = labels.map(|labels| labels.values()) else {
        return Err(replay.unsupported(at, "`in` with the index of a table whose labels are not recorded"));
    };
    if !matches!(left, Value::Tuple(_)) {
        let items = Value::Known(known.part(record::Value::tagged(Tagged::List(labels))));
        return membership(replay, negated, left, &items, at);
    }
    replay.freeze(known);
    let pairs: Vec<_> = labels.into_iter().map(|label| (label, record::Value::Bool(!negated))).collect();
    let absent = Cell::new(Kind::Bool, replay.b.bool(negated));
    crate::pandas::encode::item_of_pairs(replay, &pairs, left, &crate::pandas::encode::Absent::Gives(&absent), at)
}

/// Whether a cell equals one of some constants. Missing is among them only if `missing` says so.
pub(crate) fn is_among<'b>(replay: &Replay<'_, 'b>, cell: &(Kind, Val<'b>), values: &[record::Value], missing: bool) -> Val<'b> {
    let b = replay.b;
    let (kind, val) = cell;
    let is_missing = if missing { crate::pandas::is_missing(kind, *val) } else { b.bool(false) };
    let held = match kind {
        Kind::Str => {
            let texts: Vec<&str> = values.iter().filter_map(record::Value::as_str).collect();
            if texts.len() > LONGEST_CHAIN {
                in_table(replay, *val, texts.into_iter().map(Literal::from).collect(), Elem::Str)
            } else {
                texts.into_iter().fold(b.bool(false), |held, text| held | val.eq(text).or_else(false))
            }
        }
        Kind::Bool | Kind::Int(_) => {
            let ints: Vec<i64> = values
                .iter()
                .filter_map(|value| value.as_f64().filter(|float| float.fract() == 0.0).map(|float| value.as_int().unwrap_or(float as i64)))
                .collect();
            let val = val.cast(Elem::I64);
            if ints.len() > LONGEST_CHAIN {
                in_table(replay, val, ints.into_iter().map(Literal::I64).collect(), Elem::I64)
            } else {
                ints.into_iter().fold(b.bool(false), |held, int| held | val.eq(int))
            }
        }
        Kind::Float | Kind::Float32 => {
            let floats: Vec<f64> = values.iter().filter_map(record::Value::as_f64).filter(|float| !float.is_nan()).collect();
            let val = val.cast(Elem::F64);
            if floats.len() > LONGEST_CHAIN {
                in_table(replay, val, floats.into_iter().map(Literal::F64).collect(), Elem::F64)
            } else {
                floats.into_iter().fold(b.bool(false), |held, float| held | val.eq(float))
            }
        }
        Kind::Category(categories) => categories
            .values
            .iter()
            .enumerate()
            .filter(|(_, category)| values.iter().any(|value| crate::fold::same_key(value, category)))
            .fold(b.bool(false), |held, (code, _)| held | val.eq(code as i64)),
        Kind::DateTime | Kind::Zoned(_) | Kind::Timedelta | Kind::Date => {
            let same: Vec<i64> = values.iter().filter_map(|value| moment_of(value, kind)).collect();
            if same.len() > LONGEST_CHAIN {
                in_table(replay, *val, same.into_iter().map(Literal::I64).collect(), Elem::I64)
            } else {
                same.into_iter().fold(b.bool(false), |held, moment| held | val.eq(moment).or_else(false))
            }
        }
        Kind::Missing | Kind::Document => b.bool(false),
    };
    if missing { held | is_missing } else { held }
}

/// The microseconds of a constant of that kind. A date never equals a moment, nor either a text.
fn moment_of(value: &record::Value, kind: &Kind) -> Option<i64> {
    match (value.as_tagged()?, kind) {
        (Tagged::Timestamp(moment), Kind::DateTime)
        | (Tagged::Zoned(moment), Kind::Zoned(_))
        | (Tagged::Timedelta(moment), Kind::Timedelta) => Some(*moment),
        (Tagged::Date(days), Kind::Date) => days.checked_mul(crate::calendar::DAY),
        _ => None,
    }
}

/// Whether looking for missing among these constants is not a matter of what is equal: moments find only their own NaT, by identity.
pub(crate) fn is_unclear_among(kind: &Kind, values: &[record::Value]) -> bool {
    matches!(kind, Kind::DateTime | Kind::Zoned(_) | Kind::Timedelta | Kind::Date) && values.iter().any(record::Value::is_missing)
}

fn in_table<'b>(replay: &Replay<'_, 'b>, val: Val<'b>, keys: Vec<Literal>, elem: Elem) -> Val<'b> {
    let mut rows: Vec<(Vec<Literal>, Literal)> = Vec::new();
    for key in keys {
        if !rows.iter().any(|(known, _)| known[0] == key) {
            rows.push((vec![key], Literal::Bool(true)));
        }
    }
    let table = replay.b.table(Table::Map(Map { name: "members".to_owned(), keys: vec![elem], value: Elem::Bool, rows }));
    replay.b.lookup(table, &[val]).or_else(false)
}

/// The reason of a guard for an exception of Python.
pub(crate) fn reason(exception: &str, what: &str) -> Reason {
    Reason::Invalid(format!("{exception} at {what}"))
}
