//! `.cat` of a column of categories: others are added, taken away, renamed or put in order.
//!
//! A cell is the code of its category, so that only the list of categories changes, or each code becomes another. Categories that the rows
//! being scored decide are held as texts: their order and codes have no meaning for one row, and are refused.

#![expect(clippy::wildcard_enum_match_arm, reason = "what is not a column of categories has none")]

use super::encode::{as_category, freeze_all};
use crate::record;
use crate::replay::{Call, On, Replay, Row};
use crate::value::{Categories, Cell, Column, Eval, Kind, Unknown, Value};
use ir::{Elem, Literal, Map, Table, Val};
use std::rc::Rc;

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Cat, "set_categories", set_categories),
    Row::new(On::Cat, "add_categories", add_categories),
    Row::new(On::Cat, "remove_categories", remove_categories),
    Row::new(On::Cat, "rename_categories", rename_categories),
    Row::new(On::Cat, "reorder_categories", reorder_categories),
    Row::new(On::Cat, "remove_unused_categories", remove_unused_categories),
    Row::new(On::Cat, "as_ordered", as_ordered),
    Row::new(On::Cat, "as_unordered", as_unordered),
];

/// Whether `.cat` has a method of that name here.
pub(super) fn is_method(name: &str) -> bool {
    ROWS.iter().any(|row| row.name == name)
}

/// A column of categories, with their list and the code of a cell.
type Coded<'b> = (Column<'b>, Rc<Categories>, Val<'b>);

fn column<'b>(replay: &mut Replay<'_, 'b>, call: &Call<'b>) -> Result<Column<'b>, Unknown> {
    match &call.receiver {
        Value::Part(of, _) => match &**of {
            Value::Column(column) => Ok(column.clone()),
            _ => Err(replay.unsupported(call.span, format!("`.cat.{}` of this", call.name))),
        },
        _ => Err(replay.unsupported(call.span, format!("`.cat.{}` of this", call.name))),
    }
}

fn coded<'b>(replay: &mut Replay<'_, 'b>, call: &Call<'b>) -> Result<Coded<'b>, Unknown> {
    let column = column(replay, call)?;
    match column.cell.single() {
        Some((Kind::Category(categories), code)) => Ok((column.clone(), categories.clone(), code)),
        _ => Err(replay.refuse(
            "python-batch-statistic",
            call.span,
            format!("`.cat.{}` asks for the categories that occur in the rows being scored", call.name),
            "a single row has no set of categories",
            "set those of training first: .cat.set_categories(sorted(train[c].dropna().unique()))",
        )),
    }
}

/// The argument that a method of `.cat` takes.
fn argument<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>, name: &str) -> Eval<'b> {
    match [name, "0"].iter().find_map(|name| call.take(name)) {
        Some(value) => Ok(value),
        None => Err(replay.unsupported(call.span, format!("`{}` without `{name}`", call.name))),
    }
}

/// A scalar or list of constants.
fn constants<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>, name: &str) -> Result<Vec<record::Value>, Unknown> {
    let value = argument(replay, call, name)?;
    freeze_all(replay, &value);
    match replay.concrete(&value) {
        Some(value) if value.as_str().is_some() => Ok(vec![value]),
        Some(value) => Ok(value.items().unwrap_or_else(|| vec![value])),
        None => Err(replay.unsupported(call.span, format!("`{}` with computed categories", call.name))),
    }
}

/// The column with other categories behind the same codes.
fn relabelled<'b>(column: &Column<'b>, code: Val<'b>, values: Vec<record::Value>, ordered: bool) -> Value<'b> {
    let kind = Kind::Category(Rc::new(Categories { values, ordered }));
    Value::Column(column.with(Cell::new(kind, code).guarded(&column.cell.guards)))
}

/// The column with each category at its place among the new ones. One that is not among them is missing.
fn moved<'b>(replay: &Replay<'_, 'b>, (column, old, code): &Coded<'b>, values: Vec<record::Value>, ordered: bool) -> Value<'b> {
    let place = |wanted: &record::Value| values.iter().position(|one| crate::fold::same_key(one, wanted));
    let rows = old.values.iter().zip(0..).filter_map(|(category, from)| {
        let to = i64::try_from(place(category)?).ok()?;
        Some((vec![Literal::I64(from)], Literal::I64(to)))
    });
    let map = Map { name: "categories".to_owned(), keys: vec![Elem::I64], value: Elem::I64, rows: rows.collect() };
    let code = replay.b.lookup(replay.b.table(Table::Map(map)), &[*code]).or_else(-1_i64);
    relabelled(column, code, values, ordered)
}

/// `ordered=` where it is given.
fn order<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<Option<bool>, Unknown> {
    Ok(call.concrete(replay, "ordered")?.and_then(|ordered| ordered.truth()))
}

/// `column.cat.set_categories(training categories)`: whatever the categories were, these are they; another cell is missing.
fn set_categories<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let values = constants(replay, call, "new_categories")?;
    let ordered = order(replay, call)?;
    let rename = call.flag(replay, "rename", false)?;
    let column = column(replay, call)?;
    match column.cell.single() {
        Some((Kind::Str, _)) if !rename => {
            let categories = Rc::new(Categories { values, ordered: ordered.unwrap_or(false) });
            let cell = as_category(replay, &column.cell, categories, at)?;
            Ok(Value::Column(column.with(cell)))
        }
        Some((Kind::Category(old), code)) if rename && values.len() >= old.values.len() => {
            Ok(relabelled(&column, code, values, ordered.unwrap_or(old.ordered)))
        }
        Some((Kind::Category(old), code)) if !rename => {
            let (old, ordered) = (old.clone(), ordered.unwrap_or(old.ordered));
            Ok(moved(replay, &(column.clone(), old, code), values, ordered))
        }
        _ => Err(replay.unsupported(at, "`set_categories` of this")),
    }
}

/// The new ones come last. Of a text whose categories are not held nothing changes.
fn add_categories<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let new = constants(replay, call, "new_categories")?;
    let column = column(replay, call)?;
    if matches!(column.cell.single(), Some((Kind::Str, _))) && new.iter().all(|one| one.as_str().is_some()) {
        return Ok(Value::Column(column));
    }
    let (column, old, code) = coded(replay, call)?;
    let values = old.values.iter().cloned().chain(new).collect();
    Ok(relabelled(&column, code, values, old.ordered))
}

fn remove_categories<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let gone = constants(replay, call, "removals")?;
    let coded = coded(replay, call)?;
    let kept = coded.1.values.iter().filter(|one| !gone.iter().any(|other| crate::fold::same_key(one, other)));
    let kept = kept.cloned().collect();
    Ok(moved(replay, &coded, kept, coded.1.ordered))
}

/// New names in order, by a dict of those that change, or by a function.
fn rename_categories<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let at = call.span;
    let names = argument(replay, call, "new_categories")?;
    let (column, old, code) = coded(replay, call)?;
    let pairs = super::encode::concrete_pairs(replay, &names);
    let values: Option<Vec<record::Value>> = match (&names, pairs) {
        // What a function makes of the categories the run saw, whichever rows there were.
        (Value::Function(_) | Value::Path(_) | Value::Method(..), _) => match replay.recorded(at).tagged() {
            Some(record::Tagged::Series(series)) => series.dtype.categories.as_ref().map(record::Cells::values),
            _ => return Err(replay.not_recorded(at)),
        },
        (_, Some(pairs)) => {
            let renamed = |value: &record::Value| {
                let new = pairs.iter().find(|(name, _)| crate::fold::same_key(name, value));
                new.map_or_else(|| value.clone(), |(_, new)| new.clone())
            };
            Some(old.values.iter().map(renamed).collect())
        }
        _ => replay.concrete(&names).and_then(|names| names.items()),
    };
    freeze_all(replay, &names);
    match values.filter(|values| values.len() == old.values.len()) {
        Some(values) => Ok(relabelled(&column, code, values, old.ordered)),
        None => Err(replay.unsupported(at, "`rename_categories` with these names")),
    }
}

fn reorder_categories<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let values = constants(replay, call, "new_categories")?;
    let ordered = order(replay, call)?;
    let coded = coded(replay, call)?;
    let ordered = ordered.unwrap_or(coded.1.ordered);
    Ok(moved(replay, &coded, values, ordered))
}

/// Which categories occur, the rows being scored decide. Of a text whose categories are not held nothing changes.
fn remove_unused_categories<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let column = column(replay, call)?;
    if matches!(column.cell.single(), Some((Kind::Str, _))) {
        return Ok(Value::Column(column));
    }
    Err(replay.refuse(
        "python-batch-statistic",
        call.span,
        "`remove_unused_categories` keeps the categories that occur in these rows",
        "a single row has one category",
        "take them away by name, with .cat.remove_categories([...]), or set those of training with .cat.set_categories([...])",
    ))
}

fn as_ordered<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (column, old, code) = coded(replay, call)?;
    Ok(relabelled(&column, code, old.values.clone(), true))
}

fn as_unordered<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let column = column(replay, call)?;
    if matches!(column.cell.single(), Some((Kind::Str, _))) {
        return Ok(Value::Column(column));
    }
    let (column, old, code) = coded(replay, call)?;
    Ok(relabelled(&column, code, old.values.clone(), false))
}
