//! Encoders: labels, ordinals, one-hot columns and target means, by the categories that training saw.

#![expect(clippy::wildcard_enum_match_arm, reason = "what a construct does not take is refused, whatever it is")]

use super::fitted::{Nan, as_kind, dtype_kind, estimator, finite, not_fitted, numbers, param_flag, param_is, param_text};
use crate::pandas;
use crate::record::{self, Estimator, Tagged};
use crate::replay::{Call, On, Replay, Row};
use crate::sequence;
use crate::value::{Cell, Column, Eval, Guards, Kind, Unknown, Value};
use ir::{Elem, Literal, Map, Reason, Table, Val};
use source::Span;

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Estimator, "LabelEncoder.transform", label),
    Row::new(On::Estimator, "LabelEncoder.inverse_transform", label_back),
    Row::new(On::Estimator, "LabelBinarizer.transform", label_columns),
    Row::new(On::Estimator, "OrdinalEncoder.inverse_transform", ordinal_back),
    Row::new(On::Estimator, "OrdinalEncoder.transform", ordinal),
    Row::new(On::Estimator, "MultiLabelBinarizer.transform", several_labels),
    Row::new(On::Estimator, "OneHotEncoder.transform", one_hot),
    Row::new(On::Estimator, "TargetEncoder.transform", target_means),
    Row::new(On::Estimator, "TargetEncoder.fit_transform", cross_fitted),
    Row::new(On::Estimator, "DictVectorizer.transform", dictionary),
];

macro_rules! looked_up {
    ($($class:literal)*) => {
        /// Encoders of other libraries that look each cell up by itself.
        pub(crate) const LOOKED_UP: &[Row] = &[$(Row::new(On::Estimator, concat!($class, ".transform"), looked_up)),*];
    };
}
looked_up! {
    "category_encoders.BackwardDifferenceEncoder" "category_encoders.BaseNEncoder" "category_encoders.BinaryEncoder"
    "category_encoders.CatBoostEncoder" "category_encoders.CountEncoder" "category_encoders.GLMMEncoder" "category_encoders.GrayEncoder"
    "category_encoders.HelmertEncoder" "category_encoders.JamesSteinEncoder" "category_encoders.LeaveOneOutEncoder"
    "category_encoders.MEstimateEncoder" "category_encoders.OneHotEncoder" "category_encoders.OrdinalEncoder"
    "category_encoders.PolynomialEncoder" "category_encoders.QuantileEncoder" "category_encoders.RankHotEncoder"
    "category_encoders.SumEncoder" "category_encoders.TargetEncoder" "category_encoders.WOEEncoder"
    "feature_engine.CountFrequencyEncoder" "feature_engine.MeanEncoder" "feature_engine.OneHotEncoder" "feature_engine.OrdinalEncoder"
    "feature_engine.RareLabelEncoder" "feature_engine.WoEEncoder"
}

/// The position of a cell among categories, null where it is not among them.
pub(super) fn position<'b>(
    replay: &mut Replay<'_, 'b>,
    column: &Column<'b>,
    categories: &[record::Value],
    at: Span,
) -> Result<Val<'b>, Unknown> {
    let b = replay.b;
    let (kind, val) = match (column.cell.single(), super::fitted::with_holes(&column.cell)) {
        (Some((kind, val)), _) => (kind.clone(), val),
        (None, Some(val)) => (Kind::Float, val),
        _ => return Err(replay.unsupported(at, "categories of a column of several types")),
    };
    let kind = &kind;
    let is_missing = pandas::is_missing(kind, val);
    let values = match kind {
        Kind::Category(values) => pandas::category_values(replay, values, val),
        _ => Some((kind.clone(), val)),
    };
    let (elem, key) = match values {
        Some((Kind::Str, val)) => (Elem::Str, val),
        Some((Kind::Bool | Kind::Int(_), val)) => (Elem::I64, val.cast(Elem::I64)),
        Some((Kind::Float | Kind::Float32, val)) => (Elem::F64, val.cast(Elem::F64)),
        _ => return Err(replay.unsupported(at, "categories of this type")),
    };
    let missing = categories.iter().position(record::Value::is_missing);
    let rows = categories
        .iter()
        .enumerate()
        .filter(|(_, category)| !category.is_missing())
        .filter_map(|(at, category)| Some((vec![pandas::encode::literal(category, elem)?], Literal::I64(at as i64))))
        .collect();
    let name = column.name.clone().unwrap_or_else(|| "categories".to_owned());
    let table = b.table(Table::Map(Map { name, keys: vec![elem], value: Elem::I64, rows }));
    let found = b.lookup(table, &[key]);
    Ok(match missing {
        Some(at) => is_missing.select(b.i64(at as i64), found),
        // The code of a missing category finds what stands at zero.
        None if matches!(kind, Kind::Category(_)) => is_missing.select(b.null(Elem::I64), found),
        None => found,
    })
}

fn unseen<'b>(replay: &mut Replay<'_, 'b>, column: &Column<'b>, when: Val<'b>, at: Span) -> Guards {
    let name = column.name.clone().unwrap_or_else(|| "a column".to_owned());
    let guard = replay.guard(when, Reason::Invalid(format!("unseen category in {name}")), at);
    let mut guards = column.cell.guards.clone();
    guards.insert(guard);
    guards
}

/// The column of labels that is encoded.
fn labels<'b>(
    replay: &mut Replay<'_, 'b>,
    call: &mut Call<'b>,
    estimator: &Estimator,
) -> Result<(Column<'b>, Vec<record::Value>), Unknown> {
    let x = match call.take("X").or_else(|| call.take("y")) {
        Some(x) => x,
        None => return Err(replay.unsupported(call.span, "`transform` of nothing")),
    };
    let Value::Column(column) = x else {
        return Err(replay.unsupported(call.span, format!("{} on this", estimator.class_name())));
    };
    match estimator.fitted("classes_").and_then(record::Value::items) {
        Some(classes) => Ok((column, classes)),
        None => Err(not_fitted(replay, estimator, "classes_", call.span)),
    }
}

/// The number of the class; an unseen one raises in scikit-learn.
fn label<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let (column, classes) = labels(replay, call, &estimator)?;
    replay.freeze(&known);
    let found = position(replay, &column, &classes, call.span)?;
    let guards = unseen(replay, &column, found.is_null(), call.span);
    let cell = Cell { guards, ..Cell::new(Kind::INT, found.or_else(0_i64)) };
    Ok(Value::Column(Column { array: true, ..column.with(cell) }))
}

/// The class of the number; one that is none raises in scikit-learn.
fn label_back<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let (column, classes) = labels(replay, call, &estimator)?;
    replay.freeze(&known);
    let Some((Kind::Int(_) | Kind::Bool, number)) = column.cell.single() else {
        return Err(replay.unsupported(call.span, "LabelEncoder.inverse_transform of numbers that are not whole"));
    };
    let number = number.cast(Elem::I64);
    let guards = unseen(replay, &column, number.lt(0_i64) | number.ge(classes.len() as i64), call.span);
    let cell = super::fitted::class_at(replay, &classes, number, call.span)?.guarded(&guards);
    Ok(Value::Column(Column { array: true, name: None, ..column.with(cell) }))
}

/// A column a class; of two classes one column, for the second. An unseen label has none.
fn label_columns<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let (column, classes) = labels(replay, call, &estimator)?;
    let word = |name: &str, default: i64| estimator.param(name).and_then(record::Value::as_int).unwrap_or(default);
    let (yes, no) = (word("pos_label", 1), word("neg_label", 0));
    let kind = column.cell.single().map(|(kind, _)| kind.clone());
    if !matches!(kind, Some(Kind::Str | Kind::Int(_) | Kind::Bool)) || classes.len() < 2 || param_flag(&estimator, "sparse_output") {
        return Err(replay.unsupported(call.span, "LabelBinarizer of labels that are no texts or whole numbers"));
    }
    replay.freeze(&known);
    let found = position(replay, &column, &classes, call.span)?;
    let missing = column.cell.single().map_or_else(|| replay.b.bool(false), |(kind, val)| pandas::is_missing(kind, val));
    let guard = replay.guard(missing, Reason::Invalid("a missing value, which LabelBinarizer refuses".to_owned()), call.span);
    let column = column.with(column.cell.clone().guarded(&Guards::from([guard])));
    let first = if classes.len() == 2 { 1 } else { 0 };
    let one = |at: usize| {
        let held = found.eq(at as i64).or_else(false);
        let cell = Cell::new(Kind::INT, held.select(replay.b.i64(yes), no)).guarded(&column.cell.guards);
        Column { array: true, ..column.with(cell) }
    };
    Ok(Value::Matrix((first..classes.len()).map(one).collect()))
}

/// The columns of the argument and the categories of each. An infinity is refused as scikit-learn does; NaN may be a category.
fn categorical<'b>(
    replay: &mut Replay<'_, 'b>,
    call: &mut Call<'b>,
    estimator: &Estimator,
) -> Result<Vec<(Column<'b>, Vec<record::Value>)>, Unknown> {
    let x = call.need(replay, "X")?;
    let mut columns = pandas::matrix(replay, &x, call.span)?;
    let lists: Option<Vec<Vec<record::Value>>> =
        estimator.fitted("categories_").and_then(record::Value::items).map(|lists| lists.iter().filter_map(record::Value::items).collect());
    let Some(lists) = lists.filter(|lists| lists.len() == columns.len()) else {
        return Err(not_fitted(replay, estimator, "categories_", call.span));
    };
    let is_float = |column: &Column<'b>| matches!(column.cell.single(), Some((Kind::Float | Kind::Float32, _)));
    let floats: Vec<Column<'b>> = columns.iter().filter(|column| is_float(column)).cloned().collect();
    let mut floats = numbers(replay, floats, call.span)?;
    finite(replay, estimator, call, &mut floats, Nan::Missing);
    let guards: Guards = floats.iter().flat_map(|(column, _)| column.cell.guards.iter().copied()).collect();
    columns.iter_mut().for_each(|column| column.cell.guards.extend(&guards));
    Ok(columns.into_iter().zip(lists).collect())
}

/// Whether rare categories are grouped.
fn groups_rare(estimator: &Estimator) -> bool {
    !param_is(estimator, "min_frequency", &record::Value::NONE) || !param_is(estimator, "max_categories", &record::Value::NONE)
}

/// The number of each category, the value for missing and the value for unseen ones.
fn ordinal<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let columns = categorical(replay, call, &estimator)?;
    if groups_rare(&estimator) {
        return Err(replay.refuse(
            "python-argument",
            call.span,
            "OrdinalEncoder with `min_frequency` or `max_categories` cannot be converted",
            "the output needs this value",
            "leave the argument out, or map rare categories to one before encoding",
        ));
    }
    let kind = dtype_kind(replay, &estimator, call.span)?;
    let lenient = param_text(&estimator, "handle_unknown") == "use_encoded_value";
    let unknown = estimator.param("unknown_value").and_then(record::Value::as_f64).unwrap_or(f64::NAN);
    let missing_value = estimator.param("encoded_missing_value").and_then(record::Value::as_f64).unwrap_or(f64::NAN);
    replay.freeze(&known);
    let mut out = Vec::new();
    for (column, list) in &columns {
        let found = position(replay, column, list, call.span)?;
        let number = found.cast(Elem::F64);
        let number = match list.iter().position(record::Value::is_missing) {
            Some(at) => found.eq(at as i64).or_else(false).select(replay.b.f64(missing_value), number),
            None => number,
        };
        let (guards, default) =
            if lenient { (column.cell.guards.clone(), unknown) } else { (unseen(replay, column, found.is_null(), call.span), 0.0) };
        let number = as_kind(number.or_else(default), &kind);
        out.push(Column { array: true, ..column.with(Cell { guards, ..Cell::new(kind.clone(), number) }) });
    }
    Ok(Value::Matrix(out))
}

/// The category at the whole part of the number, from the end if that is negative. The value for unseen ones gives none.
fn ordinal_back<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let at = call.span;
    let mut columns = super::fitted::columns(replay, call)?;
    let lists = estimator.fitted("categories_").and_then(record::Value::items).unwrap_or_default();
    let lists: Vec<Vec<record::Value>> = lists.iter().filter_map(record::Value::items).collect();
    if lists.len() != columns.len() {
        return Err(not_fitted(replay, &estimator, "categories_", at));
    }
    if groups_rare(&estimator) || lists.iter().flatten().any(|category| category.as_str().is_none()) {
        return Err(replay.unsupported(at, "OrdinalEncoder.inverse_transform of categories that are missing, rare or no texts"));
    }
    replay.freeze(&known);
    finite(replay, &estimator, call, &mut columns, Nan::Missing);
    let lenient = param_text(&estimator, "handle_unknown") == "use_encoded_value";
    let unknown = estimator.param("unknown_value").and_then(record::Value::as_f64).unwrap_or(f64::NAN);
    let mut out = Vec::new();
    for ((column, val), list) in columns.into_iter().zip(&lists) {
        let count = list.len() as f64;
        let is_unknown = match (lenient, unknown.is_nan()) {
            (false, _) => replay.b.bool(false),
            (true, true) => val.is_nan(),
            (true, false) => val.eq(unknown),
        };
        let whole = val.trunc();
        let place = whole.lt(0.0).select(whole + count, whole);
        let outside = !(place.ge(0.0) & place.lt(count)) & !is_unknown;
        let guards = unseen(replay, &column, outside, at);
        let cell = super::fitted::class_at(replay, list, place.max(0.0).min(count - 1.0).cast(Elem::I64), at)?;
        let cell = match crate::ops::constant(replay, &record::Value::NONE, None).filter(|_| lenient) {
            Some(none) => pandas::where_cell(replay, is_unknown, &none, &cell, at)?,
            None => cell,
        };
        out.push(Column { array: true, name: None, ..column.with(cell.guarded(&guards)) });
    }
    Ok(Value::Matrix(out))
}

/// How the categories of one column become columns.
struct Grouping {
    /// The column of each category, before one is dropped.
    of: Vec<usize>,
    count: usize,
    /// The column of the rare categories.
    rare: Option<usize>,
    dropped: Option<usize>,
}

/// The groups of each column, from the mappings that scikit-learn made in `fit`.
fn groupings<'b>(replay: &mut Replay<'_, 'b>, estimator: &Estimator, lists: &[usize], at: Span) -> Result<Vec<Grouping>, Unknown> {
    let items = |name: &str| estimator.fitted(name).and_then(record::Value::items);
    let rare = groups_rare(estimator);
    let (mappings, dropped) = (items("_default_to_infrequent_mappings"), items("_drop_idx_after_grouping"));
    let drops = estimator.param("drop").is_some_and(|drop| *drop != record::Value::NONE);
    let mut out = Vec::new();
    for (number, count) in lists.iter().enumerate() {
        let mapping = match mappings.as_ref().and_then(|mappings| mappings.get(number)) {
            Some(mapping) => mapping.items(),
            None if rare => return Err(not_fitted(replay, estimator, "infrequent_categories_", at)),
            None => None,
        };
        let of: Vec<usize> = match &mapping {
            Some(mapping) => mapping.iter().filter_map(record::Value::as_int).filter_map(|to| usize::try_from(to).ok()).collect(),
            None => (0..*count).collect(),
        };
        let columns = of.iter().max().map_or(0, |last| last + 1);
        // The rare ones come last, and they are several or were asked for.
        let rare = mapping.as_ref().map(|_| columns.saturating_sub(1));
        let dropped = match dropped.as_ref().and_then(|dropped| dropped.get(number)) {
            Some(value) => value.as_int().and_then(|dropped| usize::try_from(dropped).ok()),
            None if drops => dropped_by_rule(estimator, columns),
            None => None,
        };
        if of.len() != *count {
            return Err(not_fitted(replay, estimator, "categories_", at));
        }
        out.push(Grouping { of, count: columns, rare, dropped });
    }
    Ok(out)
}

/// What `drop="first"` and `"if_binary"` mean, for records that do not say it.
fn dropped_by_rule(estimator: &Estimator, columns: usize) -> Option<usize> {
    match param_text(estimator, "drop") {
        "first" => Some(0),
        "if_binary" if columns == 2 => Some(0),
        _ => None,
    }
}

/// A column for each category or group of rare ones; an unseen category gives zeros, or counts as rare, or raises.
fn one_hot<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let columns = categorical(replay, call, &estimator)?;
    let handling = param_text(&estimator, "handle_unknown");
    let lenient = matches!(handling, "ignore" | "warn" | "infrequent_if_exist");
    if estimator.param("drop").and_then(record::Value::as_tagged).is_some() && estimator.fitted("_drop_idx_after_grouping").is_none() {
        return Err(not_fitted(replay, &estimator, "drop_idx_", call.span));
    }
    let kind = dtype_kind(replay, &estimator, call.span)?;
    let counts: Vec<usize> = columns.iter().map(|(_, list)| list.len()).collect();
    let groupings = groupings(replay, &estimator, &counts, call.span)?;
    replay.freeze(&known);
    let mut out = Vec::new();
    for ((column, list), grouping) in columns.iter().zip(groupings) {
        let found = position(replay, column, list, call.span)?;
        let guards = if lenient { column.cell.guards.clone() } else { unseen(replay, column, found.is_null(), call.span) };
        for at in (0..grouping.count).filter(|at| Some(*at) != grouping.dropped) {
            let members = grouping.of.iter().enumerate().filter(|(_, to)| **to == at).map(|(category, _)| category);
            let unseen_too = grouping.rare == Some(at) && matches!(handling, "infrequent_if_exist" | "warn");
            let is_one = |category: usize| found.eq(category as i64).or_else(false);
            let held = members.map(is_one).reduce(|any, one| any | one).unwrap_or_else(|| replay.b.bool(false));
            let held = if unseen_too { held | found.is_null() } else { held };
            let cell = Cell { guards: guards.clone(), ..Cell::new(kind.clone(), as_kind(held.cast(Elem::F64), &kind)) };
            let category = grouping.of.iter().position(|to| *to == at).and_then(|category| list.get(category));
            let name = column.name.as_ref().zip(category).map(|(name, category)| format!("{name}_{}", pandas::column_name(category)));
            out.push(Column { cell, name, space: column.space, array: true });
        }
    }
    Ok(Value::Matrix(out))
}

/// The smoothed mean of the target over the category; an unseen one has the mean over all. Of several classes a column each.
fn target_means<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let columns = categorical(replay, call, &estimator)?;
    let encodings: Option<Vec<Vec<f64>>> =
        estimator.fitted("encodings_").and_then(record::Value::items).and_then(|lists| lists.iter().map(record::Value::floats).collect());
    let means = estimator.fitted("target_mean_").and_then(|mean| mean.as_f64().map(|mean| vec![mean]).or_else(|| mean.floats()));
    let (Some(encodings), Some(means)) = (encodings, means) else {
        return Err(not_fitted(replay, &estimator, "encodings_", call.span));
    };
    if encodings.len() != columns.len() * means.len() {
        return Err(not_fitted(replay, &estimator, "encodings_", call.span));
    }
    replay.freeze(&known);
    let mut out = Vec::new();
    for ((column, list), encodings) in columns.iter().zip(encodings.chunks(means.len())) {
        let found = position(replay, column, list, call.span)?;
        for (encoding, mean) in encodings.iter().zip(&means) {
            let rows = encoding.iter().zip(0..).map(|(value, code)| (vec![Literal::I64(code)], Literal::F64(*value))).collect();
            let map = Map { name: "target means".to_owned(), keys: vec![Elem::I64], value: Elem::F64, rows };
            let table = replay.b.table(Table::Map(map));
            let val = replay.b.lookup(table, &[found]).or_else(*mean);
            out.push(Column { array: true, ..column.with(Cell::new(Kind::Float, val).guarded(&column.cell.guards)) });
        }
    }
    Ok(Value::Matrix(out))
}

/// What the encoder gave for each category, for a missing one and for one that training did not see; it was asked for all of them when the
/// run was recorded. Other columns stay.
fn looked_up<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let x = call.need(replay, "X")?;
    let at = call.span;
    let lists = estimator.fitted("looked_up").and_then(record::Value::items).unwrap_or_default();
    let lists: Option<Vec<Vec<record::Value>>> = lists.iter().map(record::Value::items).collect();
    let Some([names, encoded, given]) = lists.as_deref() else {
        return Err(replay.unsupported(at, format!("{} that does not look each cell up by itself", estimator.class_name())));
    };
    replay.freeze(&known);
    let positions: Vec<usize> = (0..names.len()).collect();
    let table = super::compose::chosen(replay, &x, &positions, Some(names), at)?;
    let columns = pandas::matrix(replay, &table, at)?;
    let place = |value: &record::Value| value.as_int().and_then(|place| usize::try_from(place).ok()).filter(|place| *place < columns.len());
    let mut codes: Vec<Option<(Val<'b>, Guards)>> = vec![None; columns.len()];
    for one in encoded {
        let fields = one.items().unwrap_or_default();
        let (Some(place), Some(categories), Some(raises)) =
            (fields.first().and_then(place), fields.get(1).and_then(record::Value::items), fields.get(2).and_then(record::Value::items))
        else {
            return Err(not_fitted(replay, &estimator, "mapping", at));
        };
        let column = &columns[place];
        let found = position(replay, column, &categories, at)?;
        let missing = column.cell.single().map_or_else(|| replay.b.bool(false), |(kind, val)| pandas::is_missing(kind, val));
        let count = categories.len() as i64;
        let code = missing.select(replay.b.i64(count), found.or_else(count + 1));
        let mut guards = column.cell.guards.clone();
        for (number, when) in [(0, missing), (1, code.eq(count + 1))] {
            if raises.get(number).and_then(record::Value::as_bool) == Some(true) {
                guards.extend(unseen(replay, column, when, at));
            }
        }
        codes[place] = Some((code, guards));
    }
    let mut out = Vec::new();
    for one in given {
        let fields = one.items().unwrap_or_default();
        let (Some(name), Some(place), Some(values)) = (fields.first(), fields.get(1).and_then(place), fields.get(2)) else {
            return Err(not_fitted(replay, &estimator, "mapping", at));
        };
        let column = match (values.items(), &codes[place]) {
            (Some(values), Some((code, guards))) => columns[place].with(answer_at(replay, &estimator, &values, *code, at)?.guarded(guards)),
            _ => columns[place].clone(),
        };
        out.push((pandas::column_name(name), column));
    }
    // What raises for one column does so for the row.
    let guards: Guards = codes.iter().flatten().flat_map(|(_, guards)| guards.iter().copied()).collect();
    out.iter_mut().for_each(|(_, column)| column.cell.guards.extend(&guards));
    Ok(super::compose::framed(replay, out.into_iter()))
}

/// One of the answers by its number: a whole number if all are, a number, or a text.
fn answer_at<'b>(
    replay: &mut Replay<'_, 'b>,
    estimator: &Estimator,
    answers: &[record::Value],
    code: Val<'b>,
    at: Span,
) -> Result<Cell<'b>, Unknown> {
    // Where it raises stands `None`, and the row has no score.
    let given = |answer: &&record::Value| **answer != record::Value::NONE;
    if let Some(first) = answers.iter().find(given)
        && answers.iter().filter(given).all(|answer| answer.as_str().is_some())
    {
        let texts: Vec<record::Value> = answers.iter().map(|answer| if given(&answer) { answer } else { first }.clone()).collect();
        return super::fitted::class_at(replay, &texts, code, at);
    }
    let number = |answer: &record::Value| if *answer == record::Value::NONE { Some(0.0) } else { answer.as_f64() };
    let Some(numbers) = answers.iter().map(number).collect::<Option<Vec<f64>>>() else {
        return Err(replay.unsupported(at, format!("{} that gives texts and numbers", estimator.class_name())));
    };
    let whole = answers.iter().all(|answer| answer.as_int().is_some() || *answer == record::Value::NONE);
    let val = replay.b.tensor(ir::Tensor::f64("encoded", [numbers.len() as u32], numbers)).gather(code, 0);
    Ok(if whole { Cell::new(Kind::INT, val.cast(Elem::I64)) } else { Cell::new(Kind::Float, val) })
}

/// `fit_transform` encodes each training row by the folds that do not hold it.
fn cross_fitted<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    call.rest();
    Err(replay.refuse(
        "python-estimator",
        call.span,
        "`TargetEncoder.fit_transform` encodes a row by the other folds",
        "a scoring row belongs to no fold",
        "fit on the training rows, and call transform on the rows to score",
    ))
}

/// A column for each label: whether it is among the pieces of the row. Labels that training did not see are left out.
fn several_labels<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let at = call.span;
    let x = call.need(replay, "X")?;
    let classes = estimator.fitted("classes_").and_then(record::Value::items).unwrap_or_default();
    let Some(classes) = classes.iter().map(record::Value::as_str).collect::<Option<Vec<&str>>>().filter(|classes| !classes.is_empty())
    else {
        return Err(replay.unsupported(at, "a MultiLabelBinarizer of other labels than texts"));
    };
    replay.freeze(&known);
    let held = match &x {
        Value::Pieces(pieces) => pandas::pieces::among(replay, pieces, &classes, at)?,
        Value::Column(column) => crate::literals::among(replay, column, &classes, at)?,
        Value::Objects(objects) => sequence::among(replay, objects, &classes, at)?,
        _ => return Err(super::refuse(replay, &estimator, "transform", at)),
    };
    let one = |column: Column<'b>| {
        let val = column.cell.single().map_or_else(|| replay.b.i64(0), |(_, val)| val.cast(Elem::I64));
        let guards = column.cell.guards.clone();
        Column { name: None, array: true, ..column.with(Cell::new(Kind::INT, val).guarded(&guards)) }
    };
    Ok(Value::Matrix(held.into_iter().map(one).collect()))
}

/// A column a number, and one for each text of a column: `name=text`. What training did not see is left out.
fn dictionary<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let at = call.span;
    let x = call.need(replay, "X")?;
    let Value::Part(frame, part) = &x else { return Err(replay.unsupported(at, "DictVectorizer of this")) };
    if part != crate::row_turns::RECORDS {
        return Err(replay.unsupported(at, "DictVectorizer of this"));
    }
    let columns = pandas::matrix(replay, frame, at)?;
    let names = match estimator.fitted("feature_names_").and_then(record::Value::as_tagged) {
        Some(Tagged::List(names)) => names.clone(),
        _ => return Err(not_fitted(replay, &estimator, "feature_names_", at)),
    };
    let separator = estimator.param("separator").and_then(record::Value::as_str).unwrap_or("=");
    let kind = dtype_kind(replay, &estimator, at)?;
    let guards: Guards = columns.iter().flat_map(|column| column.cell.guards.iter().copied()).collect();
    let space = columns.first().map_or(0, |column| column.space);
    replay.freeze(&known);
    let mut out = Vec::new();
    for feature in names.iter().filter_map(record::Value::as_str) {
        let mut val = replay.b.f64(0.0);
        for column in &columns {
            let name = column.name.as_deref().unwrap_or_default();
            match column.cell.single() {
                Some((Kind::Str, text)) => {
                    if feature == name {
                        val = text.is_null().select(replay.b.f64(f64::NAN), val);
                    } else if let Some(value) = feature.strip_prefix(name).and_then(|rest| rest.strip_prefix(separator)) {
                        val = text.eq(value).or_else(false).select(replay.b.f64(1.0), val);
                    }
                }
                _ if feature == name => val = pandas::table::number(replay, column, at)?,
                _ => {}
            }
        }
        let cell = Cell::new(kind.clone(), as_kind(val, &kind)).guarded(&guards);
        out.push(Column { cell, name: None, space, array: true });
    }
    Ok(Value::Matrix(out))
}
