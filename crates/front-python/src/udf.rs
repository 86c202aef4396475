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
use crate::value::{Alternative, Body, Cell, Column, Eval, Frame, FrameId, Function, Guards, Kind, Known, Objects, Unknown, Value};
use ir::{Elem, Literal, Val};
use source::Span;
use std::collections::HashMap;
use std::rc::Rc;

/// Values by name.
pub(crate) type Names<'b> = HashMap<String, Value<'b>>;

/// What rows had bound that left a loop, or went to its next turn, and when they did.
#[derive(Default)]
pub(crate) struct Loop<'b> {
    pub breaks: Vec<(Val<'b>, Names<'b>)>,
    pub continues: Vec<(Val<'b>, Names<'b>)>,
}

/// The body of a `try`: the exceptions so far, with what was bound when each was raised.
pub(crate) struct Try<'b> {
    scope: usize,
    raised: Vec<(usize, Names<'b>)>,
}

/// What can be changed in place.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Container {
    List(usize),
    Dict(usize),
    Object(usize),
}

/// A container that was changed: as a whole, or so that what it got knows on which rows it did.
#[derive(Clone, Copy)]
pub(crate) struct Written {
    pub of: Container,
    pub by_row: bool,
}

/// How many containers there are, and how many writes, at some moment.
#[derive(Clone, Copy)]
pub(crate) struct Before {
    lists: usize,
    dicts: usize,
    objects: usize,
    writes: usize,
}

impl Before {
    fn had(&self, written: &Written) -> bool {
        match written.of {
            Container::List(id) => id < self.lists,
            Container::Dict(id) => id < self.dicts,
            Container::Object(id) => id < self.objects,
        }
    }

    /// What was changed since, of the containers that there were.
    fn changed<'w>(&'w self, writes: &'w [Written]) -> impl Iterator<Item = &'w Written> {
        writes.iter().skip(self.writes).filter(|written| self.had(written))
    }
}

/// Applies a function to each cell of a column.
pub(crate) fn over_cells<'b>(
    replay: &mut Replay<'_, 'b>,
    column: &Column<'b>,
    function: &Value<'b>,
    (more, named): (Vec<Value<'b>>, Vec<(String, Value<'b>)>),
    at: Span,
) -> Eval<'b> {
    if replay.before_pandas_3() && matches!(column.cell.single(), Some((Kind::Category(_), _))) {
        return Err(replay.refuse(
            "python-function-of-categories",
            at,
            "before pandas 3 a function on a column of categories does not see missing cells, and gives categories again",
            "the recorded run is one of an earlier pandas",
            "make the column one of texts or numbers first, with .astype(\"object\") or .astype(float)",
        ));
    }
    if column.cell.alternatives.iter().any(|one| matches!(one.kind, Kind::Zoned(_))) {
        return Err(replay.refuse(
            "python-time-zone",
            at,
            "a function on moments with a time zone cannot be converted",
            "only the fields of whole columns of them are",
            "take the zone off first, .dt.tz_localize(None), or use .dt of the column",
        ));
    }
    let cell = python_cell(replay, &column.cell);
    let guards = column.cell.guards.clone();
    let (result, own) = on_cells(replay, |replay| {
        let mut args = vec![Value::Cell(cell)];
        args.extend(more);
        let result = replay.apply(function.clone(), None, args, named, at)?;
        made(replay, result, at)
    })?;
    let like = Column { array: false, ..column.clone() };
    Ok(gathered(replay, result, &like, &guards.union(&own).copied().collect()))
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
        made(replay, result, at)
    })?;
    let like = Column { array: false, ..column.clone() };
    Ok(gathered(replay, result, &like, &guards.union(&own).copied().collect()))
}

/// The same, where on some rows there is the float NaN in the place of the value.
pub(crate) fn over_value_or_missing<'b>(
    replay: &mut Replay<'_, 'b>,
    column: &Column<'b>,
    function: &Value<'b>,
    (missing, value): (Option<Val<'b>>, Value<'b>),
    at: Span,
) -> Eval<'b> {
    let Some(missing) = missing else { return over_value(replay, column, function, value, at) };
    let of_nothing = |replay: &mut Replay<'_, 'b>, nothing| replay.apply(function.clone(), None, vec![nothing], Vec::new(), at);
    beside_missing(replay, column, function, (missing, value), of_nothing, at)
}

/// Applies a function to a value that is made of each cell of a column; where it is missing, something else is made of NaN.
pub(crate) fn beside_missing<'b>(
    replay: &mut Replay<'_, 'b>,
    column: &Column<'b>,
    function: &Value<'b>,
    (missing, value): (Val<'b>, Value<'b>),
    of_nothing: impl FnOnce(&mut Replay<'_, 'b>, Value<'b>) -> Eval<'b>,
    at: Span,
) -> Eval<'b> {
    let guards = column.cell.guards.clone();
    let (result, own) = on_cells(replay, |replay| {
        let nothing = Value::Cell(Cell::new(Kind::Float, replay.b.f64(f64::NAN)));
        let of_nothing = replay.when_reached(missing, |replay| of_nothing(replay, nothing))?;
        let of_value = replay.when_reached(!missing, |replay| replay.apply(function.clone(), None, vec![value], Vec::new(), at))?;
        let result = replay.choose_values(missing, &of_nothing, &of_value, at)?;
        made(replay, result, at)
    })?;
    let like = Column { array: false, ..column.clone() };
    Ok(gathered(replay, result, &like, &guards.union(&own).copied().collect()))
}

/// Applies a function to each row of a frame.
pub(crate) fn over_rows<'b>(
    replay: &mut Replay<'_, 'b>,
    frame: crate::value::FrameId,
    function: &Value<'b>,
    (more, named): (Vec<Value<'b>>, Vec<(String, Value<'b>)>),
    at: Span,
) -> Eval<'b> {
    let space = replay.frames[frame.0].space;
    let (result, own) = on_cells(replay, |replay| {
        let mut args = vec![Value::Row(frame)];
        args.extend(more);
        let result = replay.apply(function.clone(), None, args, named, at)?;
        made(replay, result, at)
    })?;
    let like = Column { cell: Cell::new(Kind::Missing, replay.b.bool(false)), name: None, space, array: false };
    Ok(gathered(replay, result, &like, &own))
}

/// Applies a function to the cells of several columns row by row; what is no column is given to it as it is. The result is an array, and
/// whether what it made of the rows is of one type.
pub(crate) fn over_columns<'b>(
    replay: &mut Replay<'_, 'b>,
    values: &[Value<'b>],
    function: &Value<'b>,
    at: Span,
) -> Result<(Value<'b>, bool), Unknown> {
    let columns: Vec<&Column<'b>> =
        values.iter().filter_map(|value| if let Value::Column(column) = value { Some(column) } else { None }).collect();
    let Some(first) = columns.first() else { return Err(replay.unsupported(at, "a function on cells of no columns")) };
    if columns.iter().any(|other| other.space != first.space) {
        return Err(replay.unsupported(at, "columns over different rows, cell by cell"));
    }
    let guards: Guards = columns.iter().flat_map(|column| column.cell.guards.iter().copied()).collect();
    let like = Column { name: None, array: true, ..(*first).clone() };
    let arguments: Vec<Value<'b>> = values
        .iter()
        .map(|value| if let Value::Column(column) = value { Value::Cell(python_cell(replay, &column.cell)) } else { value.clone() })
        .collect();
    let (result, own) = on_cells(replay, |replay| {
        let result = replay.apply(function.clone(), None, arguments, Vec::new(), at)?;
        made(replay, result, at)
    })?;
    let one_type = matches!(&result, Made::Cell(cell) if cell.single().is_some());
    Ok((gathered(replay, result, &like, &guards.union(&own).copied().collect()), one_type))
}

/// `[element for target in column]`, and `[element for a, b in zip(one, other)]`.
pub(crate) fn comprehension<'b>(
    replay: &mut Replay<'_, 'b>,
    rows: crate::row_turns::Rows<'b>,
    clause: &Clause,
    element: &Expr,
) -> Eval<'b> {
    let (result, own) = on_cells(replay, |replay| {
        replay.assign(&clause.target, rows.item, clause.target.span);
        let result = replay.eval(element)?;
        made(replay, result, element.span)
    })?;
    let like = Column { name: None, array: true, ..rows.like };
    Ok(gathered(replay, result, &like, &rows.guards.union(&own).copied().collect()))
}

/// `for target in rows: ...; list.append(value)`, once a row: the list becomes a column. None if it is not such a loop.
pub(crate) fn appending_loop<'b>(
    replay: &mut Replay<'_, 'b>,
    target: &Expr,
    iterable: &Value<'b>,
    body: &[Stmt],
    at: Span,
) -> Option<Result<(), Unknown>> {
    let lists = crate::appends::as_functions(body)?;
    let crate::row_turns::Rows { item: row, guards, like } = crate::row_turns::rows_of(replay, iterable, at)?;
    appended(replay, target, Turns { row, bound: Vec::new(), guards, space: like.space }, &lists, body, at)
}

/// What a loop over rows sees in each turn: what its target is, and what else it knows by name.
pub(crate) struct Turns<'b> {
    pub row: Value<'b>,
    pub bound: Vec<(String, Value<'b>)>,
    pub guards: Guards,
    pub space: usize,
}

/// Runs a loop over rows that appends to lists, which are empty before it: each is a function on rows. None if they are not.
pub(crate) fn appended<'b>(
    replay: &mut Replay<'_, 'b>,
    target: &Expr,
    turns: Turns<'b>,
    lists: &[(String, Vec<Stmt>)],
    body: &[Stmt],
    at: Span,
) -> Option<Result<(), Unknown>> {
    for (list, _) in lists {
        match crate::appends::value_at(replay, list) {
            Some(Value::List(id)) if replay.lists[id.0].is_empty() => {}
            _ => return None,
        }
    }
    let mut own_names = std::collections::BTreeSet::new();
    body.iter().for_each(|statement| crate::names::assigned(statement, &mut own_names));
    // A name that a turn of the loop hands on to the next one is of several rows.
    let handed_on = replay.unsupported(at, "a value that one turn of a loop over rows hands on to the next");
    let mut names: Names<'b> = own_names.iter().map(|name| (name.clone(), Value::Unknown(handed_on.clone()))).collect();
    names.extend(lists.iter().map(|(list, _)| (crate::appends::name_of(list).to_owned(), Value::Unknown(handed_on.clone()))));
    names.extend(turns.bound.iter().cloned());
    crate::names::target(target, &mut own_names);
    own_names.retain(|name| !lists.iter().any(|(list, _)| crate::appends::name_of(list) == name));
    let mut columns = Vec::new();
    for (list, body) in lists {
        let scope = Scope { names: names.clone(), parent: Some(replay.scope), globals: Vec::new() };
        let ran = on_cells(replay, |replay| {
            replay.in_scope(scope, at, |replay| {
                replay.assign(target, turns.row.clone(), target.span);
                match replay.block_of(body)? {
                    Flow::Return(value) => {
                        let returns = replay.cells.last_mut().map(|frame| std::mem::take(&mut frame.returns)).unwrap_or_default();
                        let value = returns
                            .into_iter()
                            .rev()
                            .try_fold(value, |rest, (condition, early)| replay.choose_values(condition, &early, &rest, at))?;
                        made(replay, value, at)
                    }
                    Flow::Next | Flow::Break | Flow::Continue => Err(replay.unsupported(at, "a loop that gives nothing for some rows")),
                }
            })
        });
        let column = ran.map(|(result, own)| {
            let space = turns.space;
            let like = Column { cell: Cell::new(Kind::Missing, replay.b.bool(false)), name: None, space, array: true };
            gathered(replay, result, &like, &turns.guards.union(&own).copied().collect())
        });
        columns.push((list, column));
    }
    own_names.iter().for_each(|name| replay.bind(name, Value::Unknown(handed_on.clone())));
    for (list, column) in columns {
        crate::appends::bind(replay, list, column.unwrap_or_else(Value::Unknown));
    }
    Some(Ok(()))
}

/// What a value is called of which nothing but the truth is known.
pub(crate) const TRUTH: &str = "truth";

/// What a function on cells made of one row.
enum Made<'b> {
    Cell(Cell<'b>),
    /// A tuple or list.
    Object(Value<'b>),
    /// A series, by its labels.
    Labelled(Vec<(String, Cell<'b>)>),
}

fn made<'b>(replay: &mut Replay<'_, 'b>, result: Value<'b>, at: Span) -> Result<Made<'b>, Unknown> {
    Ok(match result {
        Value::List(id) if replay.is_of_row(id) => match crate::sequence::of(replay, &result, at)? {
            Some(items) => Made::Object(Value::Sequence(items)),
            None => Made::Object(result),
        },
        // Where no key is that of every row, the dict stays what it is on each row.
        Value::Dict(id)
            if crate::row_dicts::is_of_row(replay, id) && !replay.dicts[id.0].iter().all(|(_, one)| matches!(one, Value::Sometimes(_))) =>
        {
            Made::Object(Value::Dict(crate::row_dicts::settled(replay, id, at)?))
        }
        Value::Tuple(_) | Value::List(_) | Value::Sequence(_) | Value::Set(_) | Value::Pieces(_) | Value::Dict(_) => Made::Object(result),
        Value::Row(id) => {
            let names: Vec<String> = replay.frames[id.0].columns.keys().cloned().collect();
            let mut items = Vec::new();
            for name in names {
                let key = replay.known(record::Value::Str(name.clone()));
                let item = replay.subscript(&Value::Row(id), &key, at)?;
                items.push((name, ops::to_cell(replay, &item, None, at)?));
            }
            Made::Labelled(items)
        }
        Value::Labelled(items) => Made::Labelled(
            items.into_iter().map(|(name, item)| Ok((name, ops::to_cell(replay, &item, None, at)?))).collect::<Result<_, _>>()?,
        ),
        result => Made::Cell(ops::to_cell(replay, &result, None, at)?),
    })
}

/// The results over all rows: a column, a series of tuples, or a frame with the labels of the series.
fn gathered<'b>(replay: &mut Replay<'_, 'b>, made: Made<'b>, like: &Column<'b>, guards: &Guards) -> Value<'b> {
    match made {
        Made::Cell(cell) => Value::Column(like.with(pandas_cell(replay, &cell).guarded(guards))),
        Made::Object(value) => {
            let nothing = Cell::new(Kind::Missing, replay.b.bool(false)).guarded(guards);
            Value::Objects(Box::new(Objects { value, missing: None, like: like.with(nothing) }))
        }
        Made::Labelled(cells) => {
            let (names, columns): (Vec<String>, Vec<Column<'b>>) =
                cells.into_iter().map(|(name, cell)| (name, like.with(cell.guarded(guards)))).unzip();
            labelled_frame(replay, &names, &columns, like.space)
        }
    }
}

/// The columns of a series of tuples: their first items, their second ones, and so on.
pub(crate) fn unzipped<'b>(replay: &mut Replay<'_, 'b>, objects: &Objects<'b>, at: Span) -> Result<Vec<Column<'b>>, Unknown> {
    let items = match &objects.value {
        Value::Tuple(_) | Value::List(_) if objects.missing.is_none() => replay.items(&objects.value, at).unwrap_or_default(),
        _ => return Err(replay.unsupported(at, "a series of lists whose length depends on the row, as columns")),
    };
    items
        .iter()
        .map(|item| {
            let cell = ops::to_cell(replay, item, None, at)?;
            let cell = pandas_cell(replay, &cell).guarded(&objects.like.cell.guards);
            Ok(Column { name: None, array: true, ..objects.like.with(cell) })
        })
        .collect()
}

/// The frame that pandas makes of one series a row. A series of numbers has one dtype, so that floats make floats of the others.
pub(crate) fn labelled_frame<'b>(replay: &mut Replay<'_, 'b>, names: &[String], columns: &[Column<'b>], space: usize) -> Value<'b> {
    let all = || columns.iter().flat_map(|column| &column.cell.alternatives);
    let as_floats = all().all(|one| matches!(one.kind, Kind::Int(_) | Kind::Float | Kind::Float32 | Kind::Missing))
        && all().any(|one| !matches!(one.kind, Kind::Int(_)));
    let mut frame = Frame { space, ..Frame::default() };
    for (name, column) in names.iter().zip(columns) {
        let cell = if as_floats { float_cell(replay, &column.cell) } else { pandas_cell(replay, &column.cell) };
        frame.columns.insert(name.clone(), Value::Column(Column { name: Some(name.clone()), array: false, ..column.with(cell) }));
    }
    replay.frame(frame)
}

/// Numbers and missing as one float.
fn float_cell<'b>(replay: &Replay<'_, 'b>, cell: &Cell<'b>) -> Cell<'b> {
    let float = |one: &Alternative<'b>| {
        let val = if one.kind == Kind::Missing { replay.b.f64(f64::NAN) } else { one.val.cast(Elem::F64) };
        Alternative { when: one.when, kind: Kind::Float, val }
    };
    Cell { alternatives: ops::merge(cell.alternatives.iter().map(float).collect()), guards: cell.guards.clone() }
}

pub(crate) fn on_cells<'b, T>(
    replay: &mut Replay<'_, 'b>,
    run: impl FnOnce(&mut Replay<'_, 'b>) -> Result<T, Unknown>,
) -> Result<(T, Guards), Unknown> {
    let outer = replay.activation.take();
    let before = replay.containers();
    replay.cells.push(CellFrame { reached: None, guards: Guards::new(), returns: Vec::new(), loops: Vec::new() });
    let result = run(replay);
    let frame = replay.cells.pop();
    replay.activation = outer;
    if !replay.cells_active() && before.changed(&replay.writes).next().is_some() {
        return Err(replay.carried(replay.statement));
    }
    Ok((result?, frame.map(|frame| frame.guards).unwrap_or_default()))
}

/// A call of a function of the script from within a function on cells.
pub(crate) fn call_inside<'b>(replay: &mut Replay<'_, 'b>, function: &Rc<Function<'b>>, scope: Scope<'b>, at: Span) -> Eval<'b> {
    let reached = replay.cells.last().and_then(|frame| frame.reached);
    replay.cells.push(CellFrame { reached, guards: Guards::new(), returns: Vec::new(), loops: Vec::new() });
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
            Kind::Bool
            | Kind::Int(_)
            | Kind::Float
            | Kind::Float32
            | Kind::Str
            | Kind::DateTime
            | Kind::Zoned(_)
            | Kind::Timedelta
            | Kind::Date
            | Kind::Missing
            | Kind::Document => out.push(alternative.clone()),
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
    ops::lift(replay, &[&cell], at, |replay, operands| text_of(replay, &operands[0], at))
}

/// A whole number with zeros before it, behind its sign, up to a width.
pub(crate) fn padded<'b>(replay: &mut Replay<'_, 'b>, value: &Value<'b>, width: i64, at: Span) -> Result<Cell<'b>, Unknown> {
    let cell = ops::to_cell(replay, value, None, at)?;
    ops::lift(replay, &[&cell], at, |replay, operands| match &operands[0] {
        (Kind::Int(_), number) => {
            let (b, number) = (replay.b, number.cast(Elem::I64));
            let digits = number.decimal();
            let sign = number.lt(0_i64).select(b.i64(1), 0_i64);
            let zeros = b.str(&"0".repeat(width as usize)).slice_text(0_i64, b.i64(width) - digits.len());
            let zeros = digits.len().ge(width).select(b.str(""), zeros);
            Ok((Kind::Str, digits.slice_text(0_i64, sign).append(zeros).append(digits.slice_text(sign, digits.len()))))
        }
        _ => Err(Trouble::Unsupported("a format for whole numbers of this".to_owned())),
    })
}

/// A number with so many decimals, and its thousands set apart or not.
pub(crate) fn fixed<'b>(
    replay: &mut Replay<'_, 'b>,
    value: &Value<'b>,
    (decimals, grouped): (u32, bool),
    at: Span,
) -> Result<Cell<'b>, Unknown> {
    let cell = ops::to_cell(replay, value, None, at)?;
    ops::lift(replay, &[&cell], at, |replay, operands| {
        let (kind, val) = &operands[0];
        if !kind.is_number() {
            return Err(Trouble::Unsupported("a format for numbers of this".to_owned()));
        }
        let (b, val) = (replay.b, val.cast(Elem::F64));
        let refuse = &mut |when| crate::sequence::refuse(replay, when, "a number with more digits than can be written", at);
        Ok((Kind::Str, crate::numbers::fixed_text(b, val, decimals, grouped, refuse)))
    })
}

fn text_of<'b>(replay: &mut Replay<'_, 'b>, (kind, val): &(Kind, Val<'b>), at: Span) -> ops::Typed<'b> {
    let b = replay.b;
    match kind {
        Kind::Str => Ok((Kind::Str, *val)),
        Kind::Int(_) => Ok((Kind::Str, val.decimal())),
        Kind::Bool => Ok((Kind::Str, val.select(b.str("True"), "False"))),
        Kind::Missing => Ok((Kind::Str, b.str("None"))),
        Kind::Float if matches!(val.literal(), Some(Literal::F64(value)) if value.is_nan()) => Ok((Kind::Str, b.str("nan"))),
        Kind::Date if !val.is_nullable() => match crate::calendar::write(b, *val, "%Y-%m-%d") {
            Some(text) => Ok((Kind::Str, text)),
            None => Err(Trouble::Unsupported("the text of a date".to_owned())),
        },
        Kind::Float => {
            let refuse = &mut |when| crate::sequence::refuse(replay, when, "a number with more digits than can be written", at);
            Ok((Kind::Str, crate::numbers::float_text(b, *val, refuse)))
        }
        Kind::Float32 | Kind::DateTime | Kind::Zoned(_) | Kind::Timedelta | Kind::Date | Kind::Category(_) | Kind::Document => {
            Err(Trouble::Unsupported(format!("the text of a {}", kind.dtype())))
        }
    }
}

/// The value without the guards of exceptions that were handled.
fn freed<'b>(value: &Value<'b>, handled: &Guards) -> Value<'b> {
    match value {
        Value::Cell(cell) => {
            let mut cell = cell.clone();
            cell.guards.retain(|guard| !handled.contains(guard));
            Value::Cell(cell)
        }
        Value::Tuple(items) => Value::Tuple(items.iter().map(|item| freed(item, handled)).collect()),
        Value::Labelled(items) => Value::Labelled(items.iter().map(|(name, item)| (name.clone(), freed(item, handled))).collect()),
        other => other.clone(),
    }
}

/// Whether a handler takes an exception. None if that is not known.
fn takes(handler: &ast::Handler, exception: &str) -> Option<bool> {
    let Some(kind) = &handler.kind else { return Some(true) };
    // `json.JSONDecodeError` by its last name.
    let name_of = |expr: &'_ Expr| match &expr.kind {
        ExprKind::Name(name) | ExprKind::Attribute { name, .. } => Some(name.clone()),
        _ => None,
    };
    let names: Vec<String> = match &kind.kind {
        ExprKind::Tuple(items) => items.iter().map(name_of).collect::<Option<_>>()?,
        _ => vec![name_of(kind)?],
    };
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let above: &[&str] = match exception {
        "ZeroDivisionError" | "OverflowError" => &["ArithmeticError"],
        "IndexError" | "KeyError" => &["LookupError"],
        "JSONDecodeError" => &["ValueError"],
        "ValueError" | "TypeError" | "AttributeError" | "SyntaxError" => &[],
        _ if names.contains(&"Exception") || names.contains(&"BaseException") => return Some(true),
        _ => return None,
    };
    Some(names.iter().any(|name| matches!(*name, "Exception" | "BaseException") || *name == exception || above.contains(name)))
}

impl<'b> Replay<'_, 'b> {
    /// A truth value of the row, inside a function on cells; none if the value is not of the row.
    pub(crate) fn row_condition(&mut self, value: &Value<'b>) -> Option<Val<'b>> {
        let cell = match value {
            Value::Cell(cell) => cell,
            Value::Match(found) => &found.found,
            Value::Part(of, part) if part == TRUTH => return self.row_condition(of),
            Value::Sequence(items) | Value::Set(items) => return Some(crate::sequence::any_there(self, items)),
            Value::List(_) | Value::Dict(_) if self.differs_by_row(value) => {
                let items = crate::sequence::of(self, value, self.statement).ok().flatten()?;
                return Some(crate::sequence::any_there(self, &items));
            }
            Value::Pieces(_) | Value::SetOfPieces(_) if self.cells_active() => {
                let count =
                    self.apply(Value::Path("builtins.len".to_owned()), None, vec![value.clone()], Vec::new(), self.statement).ok()?;
                return self.row_condition(&count);
            }
            _ => return None,
        };
        let cell = &cell.clone();
        self.looked_at(cell);
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
                Kind::DateTime | Kind::Zoned(_) | Kind::Date => b.bool(true),
                Kind::Timedelta => val.ne(0_i64).or_else(true),
                Kind::Category(_) => return None,
                Kind::Missing => b.bool(false),
                Kind::Document => crate::literals::truth(val),
            };
            out = Some(match (alternative.when, out) {
                (Some(when), Some(other)) => when.select(truth, other),
                _ => truth,
            });
        }
        out
    }

    /// Whether a value is true: on the row, or always.
    /// What a function on cells decides by, or takes apart, is part of what it gives: where it has no value the function has none.
    pub(crate) fn looked_at(&mut self, cell: &Cell<'b>) {
        if let Some(frame) = self.cells.last_mut() {
            frame.guards.extend(&cell.guards);
        }
    }

    pub(crate) fn truth_of(&mut self, value: &Value<'b>, at: Span) -> Result<Val<'b>, Unknown> {
        if let Some(truth) = self.row_condition(value) {
            return Ok(truth);
        }
        match self.concrete(value).and_then(|value| value.truth()) {
            Some(truth) => Ok(self.b.bool(truth)),
            None => Err(self.unsupported(at, "the truth of this")),
        }
    }

    pub(crate) fn reached(&self) -> Option<Val<'b>> {
        self.cells.last().and_then(|frame| frame.reached)
    }

    pub(crate) fn set_reached(&mut self, reached: Option<Val<'b>>) {
        if let Some(frame) = self.cells.last_mut() {
            frame.reached = reached;
        }
    }

    pub(crate) fn and_reached(&self, condition: Val<'b>) -> Val<'b> {
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
        self.guards[guard].exception = Some(exception);
        if let Some(frame) = self.cells.last_mut() {
            frame.guards.insert(guard);
        }
        if let Some(outer) = self.tries.last().map(|one| one.scope) {
            let names = self.scopes[outer].names.clone();
            if let Some(one) = self.tries.last_mut() {
                one.raised.push((guard, names));
            }
        }
        Some(guard)
    }

    /// The same inside a function on cells, where the path carries the guard.
    pub(crate) fn raise_here(&mut self, condition: Val<'b>, exception: &'static str, at: Span) {
        let _ = self.raise_if(condition, exception, at);
    }

    /// Inside a function on cells, rows that are not followed further: no handler of the script sees that.
    pub(crate) fn no_value_here(&mut self, condition: Val<'b>, reason: &str, at: Span) {
        let condition = self.and_reached(condition);
        let guard = self.guard(condition, ir::Reason::Invalid(reason.to_owned()), at);
        if let Some(frame) = self.cells.last_mut() {
            frame.guards.insert(guard);
        }
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
        if let Some(unknown) = self.unknown_among(&[yes, no]) {
            return Err(unknown);
        }
        if let (Value::Tuple(a), Value::Tuple(b)) = (yes, no)
            && a.len() == b.len()
        {
            let items = a.iter().zip(b).map(|(a, b)| self.choose_values(condition, a, b, at)).collect::<Result<_, _>>()?;
            return Ok(Value::Tuple(items));
        }
        if let (Value::List(a), Value::List(b)) = (yes, no)
            && self.lists[a.0].len() == self.lists[b.0].len()
            && !self.is_of_row(*a)
            && !self.is_of_row(*b)
        {
            let (a, b) = (self.lists[a.0].clone(), self.lists[b.0].clone());
            let items = a.iter().zip(&b).map(|(a, b)| self.choose_values(condition, a, b, at)).collect::<Result<_, _>>()?;
            return Ok(self.list(items));
        }
        if let (Value::Dict(a), Value::Dict(b)) = (yes, no)
            && let Some(merged) = crate::row_dicts::either(self, condition, *a, *b, at)
        {
            return merged;
        }
        if let (Value::Row(a), Value::Row(b)) = (yes, no) {
            return self.choose_rows(condition, *a, *b, at);
        }
        if let (Value::Entry(a), Value::Entry(b)) = (yes, no) {
            return Ok(crate::literals::choose(condition, a, b));
        }
        for (read, other, is_yes) in [(yes, no, true), (no, yes, false)] {
            if crate::literals::is_document(read)
                && let Some(constant) = crate::literals::of_display(self, other)
            {
                let read = ops::to_cell(self, read, None, at)?;
                let (a, b) = if is_yes { (&read, &constant) } else { (&constant, &read) };
                return Ok(Value::Cell(ops::choose(condition, a, b)));
            }
        }
        if let Some(items) = crate::sequence::either(self, condition, yes, no, at)? {
            return Ok(Value::Sequence(items));
        }
        if let Some(found) = crate::pandas::pattern::either(self, condition, yes, no) {
            return Ok(found);
        }
        if let (Value::Labelled(a), Value::Labelled(b)) = (yes, no)
            && a.iter().map(|(name, _)| name).eq(b.iter().map(|(name, _)| name))
        {
            let one = |((name, a), (_, b)): (&(String, Value<'b>), &(String, Value<'b>))| {
                Ok((name.clone(), self.choose_values(condition, a, b, at)?))
            };
            return Ok(Value::Labelled(a.iter().zip(b).map(one).collect::<Result<_, Unknown>>()?));
        }
        let (a, b) = (ops::to_cell(self, yes, None, at)?, ops::to_cell(self, no, None, at)?);
        Ok(Value::Cell(ops::choose(condition, &a, &b)))
    }

    /// One row or another of the same labels.
    fn choose_rows(&mut self, condition: Val<'b>, a: FrameId, b: FrameId, at: Span) -> Eval<'b> {
        let (yes, no) = (self.frames[a.0].clone(), self.frames[b.0].clone());
        if !yes.columns.keys().eq(no.columns.keys()) {
            return Err(self.unsupported(at, "rows with other labels on some rows"));
        }
        let mut frame = yes.clone();
        for (name, slot) in &mut frame.columns {
            let other = &no.columns[name];
            if let (Value::Column(yes), Value::Column(no)) = (&*slot, other) {
                let (a, b) = (Value::Cell(yes.cell.clone()), Value::Cell(no.cell.clone()));
                if !self.same_value(&a, &b) {
                    *slot = Value::Column(yes.with(ops::choose(condition, &python_cell(self, &yes.cell), &python_cell(self, &no.cell))));
                }
            }
        }
        Ok(match self.frame(frame) {
            Value::Frame(id) => Value::Row(id),
            other => other,
        })
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
            (Value::Object(a), Value::Object(b)) => a == b,
            (Value::Method(a, name), Value::Method(b, other)) | (Value::Part(a, name), Value::Part(b, other)) => {
                name == other && self.same_value(a, b)
            }
            (Value::Frame(a), Value::Frame(b)) | (Value::Row(a), Value::Row(b)) => a == b,
            (Value::Function(a), Value::Function(b)) => Rc::ptr_eq(a, b),
            (Value::Class(a), Value::Class(b)) => Rc::ptr_eq(a, b),
            (Value::Pieces(a), Value::Pieces(b)) => Rc::ptr_eq(a, b),
            (Value::Sequence(a), Value::Sequence(b)) | (Value::Set(a), Value::Set(b)) => Rc::ptr_eq(a, b),
            (Value::Match(a), Value::Match(b)) => Rc::ptr_eq(a, b),
            (Value::Tuple(a), Value::Tuple(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| self.same_value(a, b)),
            (Value::Path(a), Value::Path(b)) => a == b,
            _ => false,
        }
    }

    /// Refuses what changed a list or dict that was there before: on a condition of the row it would hold something for some rows only.
    fn unchanged_before(&mut self, before: Before, at: Span) -> Result<(), Unknown> {
        if before.changed(&self.writes).any(|written| !written.by_row) {
            return Err(self.unsupported(at, "a list or dict that is changed on some rows only"));
        }
        Ok(())
    }

    /// The same where an exception may have come before what was appended.
    fn nothing_before(&mut self, before: Before, at: Span) -> Result<(), Unknown> {
        if before.changed(&self.writes).any(|written| written.by_row) {
            return Err(self.unsupported(at, "a list, dict or object that is changed where an exception may be handled"));
        }
        self.unchanged_before(before, at)
    }

    pub(crate) fn containers(&self) -> Before {
        Before { lists: self.lists.len(), dicts: self.dicts.len(), objects: self.objects.len(), writes: self.writes.len() }
    }

    pub(crate) fn names(&self) -> Names<'b> {
        self.scopes[self.scope.0].names.clone()
    }

    /// What rows that leave a block take with them, until the blocks around it end.
    pub(crate) fn leave(&mut self, flow: Flow<'b>, reached: Val<'b>, names: Names<'b>) {
        let Some(frame) = self.cells.last_mut() else { return };
        match flow {
            Flow::Next => {}
            Flow::Return(value) => frame.returns.push((reached, value)),
            Flow::Break => frame.loops.last_mut().into_iter().for_each(|one| one.breaks.push((reached, names.clone()))),
            Flow::Continue => frame.loops.last_mut().into_iter().for_each(|one| one.continues.push((reached, names.clone()))),
        }
    }

    /// `if` on a condition of the row: both branches are walked.
    pub(crate) fn run_row_if(&mut self, condition: Val<'b>, test: &Expr, body: &[Stmt], otherwise: &[Stmt]) -> Result<Flow<'b>, Unknown> {
        let at = test.span;
        match condition.literal() {
            Some(Literal::Bool(true)) => return self.block_of(body),
            Some(Literal::Bool(false)) => return self.block_of(otherwise),
            _ => {}
        }
        let (outer, before, containers) = (self.reached(), self.names(), self.containers());
        let (yes, no) = (self.and_reached(condition), self.and_reached(!condition));
        self.set_reached(Some(yes));
        let narrowed = self.narrow(test, true);
        let flow_yes = self.block_of(body)?;
        self.widen(narrowed);
        let end_yes = (flow_yes, self.reached().unwrap_or(yes), std::mem::replace(&mut self.scopes[self.scope.0].names, before));
        self.set_reached(Some(no));
        let narrowed = self.narrow(test, false);
        let flow_no = self.block_of(otherwise)?;
        // Where the other branch left, it stays so.
        if matches!(end_yes.0, Flow::Next) {
            self.widen(narrowed);
        }
        self.unchanged_before(containers, at)?;
        let end_no = (flow_no, self.reached().unwrap_or(no), self.names());
        let all_of_both = matches!((&end_yes.0, &end_no.0), (Flow::Next, Flow::Next))
            && end_yes.1.value() == yes.value()
            && end_no.1.value() == no.value();
        self.join(condition, end_yes, end_no, at)?.map_or_else(Ok, |()| {
            // Where nobody left, the path is what it was.
            if all_of_both {
                self.set_reached(outer);
            }
            Ok(Flow::Next)
        })
    }

    /// Two ways through a block, by a condition, become one. An error stands for a flow that is not on to the next statement.
    fn join(
        &mut self,
        condition: Val<'b>,
        (flow_yes, yes, names_yes): (Flow<'b>, Val<'b>, Names<'b>),
        (flow_no, no, names_no): (Flow<'b>, Val<'b>, Names<'b>),
        at: Span,
    ) -> Result<Result<(), Flow<'b>>, Unknown> {
        let scope = self.scope.0;
        Ok(match (flow_yes, flow_no) {
            (Flow::Return(a), Flow::Return(b)) => {
                self.set_reached(Some(yes | no));
                Err(Flow::Return(self.choose_values(condition, &a, &b, at)?))
            }
            (Flow::Next, Flow::Next) => {
                self.set_reached(Some(yes | no));
                self.scopes[scope].names = names_no;
                self.merge_names(condition, names_yes, at);
                Ok(())
            }
            (flow @ Flow::Break, Flow::Break) | (flow @ Flow::Continue, Flow::Continue) => {
                self.set_reached(Some(yes | no));
                self.scopes[scope].names = names_no;
                self.merge_names(condition, names_yes, at);
                Err(flow)
            }
            (Flow::Next, leaving) => {
                self.leave(leaving, no, names_no);
                self.scopes[scope].names = names_yes;
                self.set_reached(Some(yes));
                Ok(())
            }
            (leaving, flow) => {
                self.leave(leaving, yes, names_yes);
                self.scopes[scope].names = names_no;
                self.set_reached(Some(no));
                if matches!(flow, Flow::Next) { Ok(()) } else { Err(flow) }
            }
        })
    }

    /// `for` in a function on cells: the items may be there on some rows only, and rows may leave the loop or a turn early. None if it is not
    /// known what the loop sees.
    pub(crate) fn run_row_for(
        &mut self,
        target: &Expr,
        iterable: &Value<'b>,
        at: Span,
        body: &[Stmt],
        otherwise: &[Stmt],
    ) -> Result<Option<Flow<'b>>, Unknown> {
        let items: Vec<(Option<Val<'b>>, Value<'b>)> = match crate::sequence::of(self, iterable, at)? {
            Some(items) => items.iter().map(|item| (Some(item.there), item.value.clone())).collect(),
            None => match self.items(iterable, at) {
                Some(items) => items.into_iter().map(|item| (None, item)).collect(),
                None => return Ok(None),
            },
        };
        let containers = self.containers();
        let outer = self.reached();
        if let Some(frame) = self.cells.last_mut() {
            frame.loops.push(Loop::default());
        }
        // Whether there are rows that go on with the next turn.
        let mut live = true;
        for (there, item) in items {
            let start = self.names();
            let begun = self.reached();
            if let Some(there) = there {
                let inner = self.and_reached(there);
                self.set_reached(Some(inner));
            }
            self.assign(target, item, at);
            let flow = self.block_of(body)?;
            live = match flow {
                Flow::Next | Flow::Continue => true,
                leaving => {
                    let (reached, names) = (self.reached().unwrap_or_else(|| self.b.bool(true)), self.names());
                    self.leave(leaving, reached, names);
                    false
                }
            };
            let continued = match self.cells.last_mut().and_then(|frame| frame.loops.last_mut()) {
                Some(one) => std::mem::take(&mut one.continues),
                None => Vec::new(),
            };
            live = self.rejoin(continued, live, at);
            if let Some(there) = there {
                let absent = begun.map_or(!there, |begun| begun & !there);
                live = self.rejoin(vec![(absent, start)], live, at);
            }
            if !live {
                break;
            }
        }
        let mut last = None;
        if live {
            match self.block_of(otherwise)? {
                Flow::Next => {}
                // It is of the loop around this one.
                leaving => {
                    live = false;
                    last = Some((leaving, self.reached().unwrap_or_else(|| self.b.bool(true)), self.names()));
                }
            }
        }
        let ended = self.cells.last_mut().and_then(|frame| frame.loops.pop()).unwrap_or_default();
        let broke = !ended.breaks.is_empty();
        live = self.rejoin(ended.breaks, live, at);
        self.unchanged_before_if(containers, outer, at)?;
        if let Some((leaving, reached, names)) = last {
            if !broke {
                return Ok(Some(leaving));
            }
            self.leave(leaving, reached, names);
        }
        if !live {
            let last = self.cells.last_mut().and_then(|frame| frame.returns.pop());
            return Ok(Some(last.map_or(Flow::Next, |(_, value)| Flow::Return(value))));
        }
        Ok(Some(Flow::Next))
    }

    /// Runs the body of a loop over rows once. Whether every row came to its end, and nothing but its own was changed.
    pub(crate) fn one_turn(&mut self, body: &[Stmt], at: Span) -> Result<bool, Unknown> {
        let before = self.containers();
        if let Some(frame) = self.cells.last_mut() {
            frame.loops.push(Loop::default());
        }
        let flow = self.block_of(body);
        let ended = self.cells.last_mut().and_then(|frame| frame.loops.pop()).unwrap_or_default();
        let flow = flow?;
        self.unchanged_before(before, at)?;
        let returned = self.cells.last().is_some_and(|frame| !frame.returns.is_empty());
        let whole = matches!(flow, Flow::Next | Flow::Continue) && ended.breaks.is_empty() && !returned;
        Ok(whole && before.changed(&self.writes).next().is_none())
    }

    /// A loop whose turns are of some rows only changes nothing outside; one that all rows go through may.
    pub(crate) fn unchanged_before_if(&mut self, containers: Before, outer: Option<Val<'b>>, at: Span) -> Result<(), Unknown> {
        if self.reached().map(Val::value) == outer.map(Val::value) {
            return Ok(());
        }
        self.unchanged_before(containers, at)
    }

    /// Rows that left come back to the others. Gives whether there are rows here.
    pub(crate) fn rejoin(&mut self, left: Vec<(Val<'b>, Names<'b>)>, live: bool, at: Span) -> bool {
        let mut live = live;
        for (condition, names) in left {
            if live {
                self.merge_names(condition, names, at);
                let together = self.reached().map_or_else(|| self.b.bool(true), |reached| reached | condition);
                self.set_reached(Some(together));
            } else {
                self.scopes[self.scope.0].names = names;
                self.set_reached(Some(condition));
            }
            live = true;
        }
        live
    }

    fn merge_names(&mut self, condition: Val<'b>, names_yes: Names<'b>, at: Span) {
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
    pub(crate) fn row_if_else(&mut self, condition: Val<'b>, test: &Expr, (then, otherwise): (&Expr, &Expr), at: Span) -> Eval<'b> {
        match condition.literal() {
            Some(Literal::Bool(true)) => return self.eval(then),
            Some(Literal::Bool(false)) => return self.eval(otherwise),
            _ => {}
        }
        let narrowed = self.narrow(test, true);
        let yes = self.when_reached(condition, |replay| replay.eval(then));
        self.widen(narrowed);
        let narrowed = self.narrow(test, false);
        let no = self.when_reached(!condition, |replay| replay.eval(otherwise));
        self.widen(narrowed);
        let (yes, no) = (yes?, no?);
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
        if !finally.is_empty() {
            return Err(self.unsupported(at, "finally in a function on cells"));
        }
        let (outer, containers) = (self.reached(), self.containers());
        let returns = self.cells.last().map_or(0, |frame| frame.returns.len());
        self.tries.push(Try { scope: self.scope.0, raised: Vec::new() });
        let flow = self.block_of(body);
        let raised = self.tries.pop().map(|one| one.raised).unwrap_or_default();
        let mut flow = flow?;
        if raised.is_empty() {
            return if matches!(flow, Flow::Next) { self.block_of(otherwise) } else { Ok(flow) };
        }
        self.nothing_before(containers, at)?;
        // The first exception on a row decides which handler takes it.
        let mut earlier = self.b.bool(false);
        let mut caught: Vec<Val<'b>> = vec![self.b.bool(false); handlers.len()];
        let mut names: Vec<Option<Names<'b>>> = vec![None; handlers.len()];
        let mut taken = Guards::new();
        let mut rest: Vec<(usize, Val<'b>)> = Vec::new();
        let mut entries: Vec<(usize, Val<'b>, Names<'b>)> = Vec::new();
        for (guard, then) in raised {
            let when = self.guards[guard].when;
            let first = when & !earlier;
            earlier = earlier | when;
            taken.insert(guard);
            let exception = self.guards[guard].exception.unwrap_or("");
            let mut handler = None;
            for (number, one) in handlers.iter().enumerate() {
                match takes(one, exception) {
                    Some(true) => handler = Some(number),
                    Some(false) => continue,
                    None => return Err(self.unsupported(at, "a handler for an exception that is not known")),
                }
                break;
            }
            match handler {
                Some(number) => {
                    caught[number] = caught[number] | first;
                    entries.push((number, first, then));
                }
                None => rest.push((guard, first)),
            }
        }
        for (number, condition, then) in entries.into_iter().rev() {
            let slot = &mut names[number];
            match slot.take() {
                None => *slot = Some(then),
                Some(later) => {
                    let mine = std::mem::replace(&mut self.scopes[self.scope.0].names, later);
                    self.merge_names(condition, then, at);
                    *slot = Some(std::mem::replace(&mut self.scopes[self.scope.0].names, mine));
                }
            }
        }
        // An exception that no handler takes is one of the statement around.
        let mut own = Guards::new();
        for (guard, first) in rest {
            let (exception, place) = (self.guards[guard].exception.unwrap_or("an exception"), self.guards[guard].at);
            let reason = self.guards[guard].reason.clone();
            let outside = self.guard(first, reason, place);
            self.guards[outside].exception = Some(exception);
            own.insert(outside);
            if let Some(scope) = self.tries.last().map(|one| one.scope) {
                let names = self.scopes[scope].names.clone();
                self.tries.last_mut().into_iter().for_each(|one| one.raised.push((outside, names.clone())));
            }
        }
        let raised = caught.iter().fold(self.b.bool(false), |all, one| all | *one);
        if let Some(frame) = self.cells.last_mut() {
            frame.guards.retain(|guard| !taken.contains(guard));
            frame.guards.extend(&own);
            // What a row returned after it raised, it did not return.
            for (condition, value) in frame.returns.iter_mut().skip(returns) {
                *condition = *condition & !raised;
                *value = freed(value, &taken);
            }
        }
        let fine = self.and_reached(!raised);
        self.set_reached(Some(fine));
        if matches!(flow, Flow::Next) {
            flow = self.block_of(otherwise)?;
        }
        if let Flow::Return(value) = &flow {
            flow = Flow::Return(freed(value, &taken));
        }
        let freed_names = self.names().into_iter().map(|(name, value)| (name, freed(&value, &taken))).collect();
        let mut end = (flow, self.reached().unwrap_or(fine), freed_names);
        for (number, handler) in handlers.iter().enumerate().rev() {
            let Some(names) = names[number].take() else { continue };
            let condition = caught[number];
            let names = names.into_iter().map(|(name, value)| (name, freed(&value, &taken))).collect();
            self.scopes[self.scope.0].names = names;
            let entered = outer.map_or(condition, |outer| outer & condition);
            self.set_reached(Some(entered));
            let flow = self.block_of(&handler.body)?;
            let yes = (flow, self.reached().unwrap_or(entered), self.names());
            end = match self.join(condition, yes, end, at)? {
                Ok(()) => (Flow::Next, self.reached().unwrap_or(entered), self.names()),
                Err(flow) => (flow, self.reached().unwrap_or(entered), self.names()),
            };
        }
        self.nothing_before(containers, at)?;
        let (flow, reached, names) = end;
        self.scopes[self.scope.0].names = names;
        self.set_reached(Some(reached));
        Ok(flow)
    }

    /// A constant of the script as a value.
    pub(crate) fn known(&self, value: record::Value) -> Value<'b> {
        Value::Known(Known::constant(value))
    }
}
