//! Estimators that hold others: pipelines, column transformers, unions, searches, and functions as transformers.
//!
//! A part is called as the script would call it, on what its owner gives it. The record has the fitted parts inside their owner.

#![expect(clippy::wildcard_enum_match_arm, reason = "what a construct does not take is refused, whatever it is")]

use super::fitted::{estimator, numeric_kind, param_flag};
use crate::pandas;
use crate::record::{self, Estimator, Tagged};
use crate::replay::{Call, On, Replay, Row};
use crate::value::{Cell, Column, Eval, Frame, Kind, Known, Unknown, Value};
use ir::Elem;
use source::Span;

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Estimator, "Pipeline.inverse_transform", pipeline_back),
    Row::new(On::Estimator, "ColumnTransformer.transform", column_transformer),
    Row::new(On::Estimator, "FeatureUnion.transform", feature_union),
    Row::new(On::Estimator, "FunctionTransformer.inverse_transform", function_back),
    Row::new(On::Estimator, "FunctionTransformer.transform", function_transformer),
    Row::new(On::Matrix, "toarray", dense),
    Row::new(On::Matrix, "todense", dense),
    Row::new(On::Matrix, "tocsr", dense),
    Row::new(On::Matrix, "tocsc", dense),
];

macro_rules! passed_on {
    ($($class:literal $run:ident: $($method:literal),+;)*) => {
        /// Methods that are those of a part.
        pub(crate) const PASSED_ON: &[Row] = &[$($(Row::new(On::Estimator, concat!($class, ".", $method), $run)),+),*];
    };
}
passed_on! {
    "FixedThresholdClassifier" inner: "decision_function", "predict_log_proba", "predict_proba";
    "FrozenEstimator" frozen: "decision_function", "inverse_transform", "predict", "predict_log_proba", "predict_proba", "score_samples", "transform";
    "GridSearchCV" best: "decision_function", "predict", "predict_log_proba", "predict_proba", "score_samples", "transform";
    "HalvingGridSearchCV" best: "decision_function", "predict", "predict_log_proba", "predict_proba", "score_samples", "transform";
    "HalvingRandomSearchCV" best: "decision_function", "predict", "predict_log_proba", "predict_proba", "score_samples", "transform";
    "Pipeline" pipeline: "decision_function", "predict", "predict_log_proba", "predict_proba", "score_samples", "transform";
    "imblearn.Pipeline" pipeline: "decision_function", "predict", "predict_log_proba", "predict_proba", "score_samples", "transform";
    "RANSACRegressor" inner: "predict";
    "RFE" chosen_first: "decision_function", "predict", "predict_log_proba", "predict_proba";
    "RFECV" chosen_first: "decision_function", "predict", "predict_log_proba", "predict_proba";
    "RandomizedSearchCV" best: "decision_function", "predict", "predict_log_proba", "predict_proba", "score_samples", "transform";
    "SelfTrainingClassifier" inner: "decision_function", "predict", "predict_log_proba", "predict_proba";
    "TunedThresholdClassifierCV" inner: "decision_function", "predict_log_proba", "predict_proba";
}

/// A fitted part of an estimator, or a word for what is done in its place.
enum Part {
    Estimator(Known),
    PassThrough,
    Drop,
}

impl Part {
    fn of(owner: &Known, value: &record::Value) -> Option<Part> {
        match (value.as_str(), value.as_tagged()) {
            (Some("passthrough"), _) => Some(Part::PassThrough),
            (Some("drop"), _) => Some(Part::Drop),
            (_, Some(Tagged::Estimator(_))) => Some(Part::Estimator(owner.part(value.clone()).of(None))),
            _ if *value == record::Value::NONE => Some(Part::PassThrough),
            _ => None,
        }
    }

    /// Whether it only draws other rows (`fit_resample`), which the pipeline of imbalanced-learn leaves out when it predicts.
    fn draws(&self) -> bool {
        let Part::Estimator(known) = self else { return false };
        let Some(Tagged::Estimator(estimator)) = known.tagged() else { return false };
        let packages = ["base", "combine", "over_sampling", "under_sampling"];
        estimator.class.strip_prefix("imblearn.").is_some_and(|rest| packages.iter().any(|package| rest.split('.').next() == Some(package)))
    }

    /// The method of the part on a value.
    fn call<'b>(&self, replay: &mut Replay<'_, 'b>, method: &str, x: Value<'b>, at: Span) -> Eval<'b> {
        match self {
            Part::Estimator(known) => replay.call_estimator(known, method, vec![x], Vec::new(), at),
            Part::PassThrough | Part::Drop => Ok(x),
        }
    }
}

/// The name, the part and what else a list of tuples says of each.
type Parts = Vec<(String, Part, Option<record::Value>)>;

fn parts<'b>(replay: &mut Replay<'_, 'b>, owner: &Known, list: Option<&record::Value>, at: Span) -> Result<Parts, Unknown> {
    let items = list.and_then(record::Value::items).unwrap_or_default();
    let one = |item: &record::Value| {
        let fields = item.items()?;
        let name = fields.first()?.as_str()?.to_owned();
        Some((name, Part::of(owner, fields.get(1)?)?, fields.get(2).cloned()))
    };
    match items.iter().map(one).collect::<Option<Parts>>() {
        Some(parts) if !parts.is_empty() => Ok(parts),
        _ => Err(replay.not_recorded(at)),
    }
}

/// Every step transforms; the last one does what is asked. What draws other rows in training does nothing here.
fn pipeline<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let mut x = call.need(replay, "X")?;
    let mut steps = parts(replay, &known, estimator.param("steps"), call.span)?;
    steps.retain(|(_, step, _)| !step.draws());
    replay.freeze(&known);
    let last = steps.len().saturating_sub(1);
    for (at, (_, step, _)) in steps.iter().enumerate() {
        let method = if at == last { call.name.clone() } else { "transform".to_owned() };
        x = step.call(replay, &method, x, call.span)?;
    }
    Ok(x)
}

/// The inverse of every step, from the last to the first.
fn pipeline_back<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let mut x = call.need(replay, "X")?;
    let steps = parts(replay, &known, estimator.param("steps"), call.span)?;
    replay.freeze(&known);
    for (_, step, _) in steps.iter().rev() {
        x = step.call(replay, "inverse_transform", x, call.span)?;
    }
    Ok(x)
}

/// The winner of a search, refitted.
fn best<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    of_part(replay, call, "best_estimator_")
}

/// The model that was fitted in the end.
fn inner<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    of_part(replay, call, "estimator_")
}

/// The estimator that is not fitted again.
fn frozen<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    of_part(replay, call, "estimator")
}

/// The model that was fitted in the end, on the columns that are left.
fn chosen_first<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, _) = estimator(replay, call)?;
    let x = call.need(replay, "X")?;
    let kept = replay.call_estimator(&known, "transform", vec![x], Vec::new(), call.span)?;
    passed_to(replay, call, "estimator_", kept)
}

fn of_part<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>, name: &str) -> Eval<'b> {
    let x = call.need(replay, "X")?;
    passed_to(replay, call, name, x)
}

/// The same method of a fitted part, or of one that is a parameter.
fn passed_to<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>, name: &str, x: Value<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let part = estimator.fitted(name).or_else(|| estimator.param(name));
    let Some(Part::Estimator(part)) = part.and_then(|part| Part::of(&known, part)) else {
        return Err(super::fitted::not_fitted(replay, &estimator, name, call.span));
    };
    replay.freeze(&known);
    let method = call.name.clone();
    replay.call_estimator(&part, &method, vec![x], Vec::new(), call.span)
}

/// Each part on its own columns, side by side in the order of the parts.
///
/// scikit-learn takes columns of a frame by the names that training had, and those of an array by position.
fn column_transformer<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let x = call.need(replay, "X")?;
    let at = call.span;
    let transformers = parts(replay, &known, estimator.fitted("transformers_"), at)?;
    let names = estimator.fitted("feature_names_in_").and_then(record::Value::items);
    let Some(Tagged::Dict(inputs)) = estimator.fitted("_transformer_to_input_indices").and_then(record::Value::as_tagged) else {
        return Err(super::fitted::not_fitted(replay, &estimator, "transformers_", at));
    };
    replay.freeze(&known);
    let mut out = Vec::new();
    for (name, part, wanted) in &transformers {
        let positions = inputs.iter().find(|(key, _)| key.as_str() == Some(name)).and_then(|(_, list)| list.items()).unwrap_or_default();
        let positions: Vec<usize> =
            positions.iter().filter_map(record::Value::as_int).filter_map(|position| usize::try_from(position).ok()).collect();
        if matches!(part, Part::Drop) || positions.is_empty() {
            continue;
        }
        let chosen = chosen(replay, &x, &positions, names.as_deref(), at)?;
        // One name by itself gives a series, as text vectorizers want it.
        let single = wanted.as_ref().is_some_and(|wanted| wanted.as_str().is_some() || wanted.as_int().is_some());
        let chosen = if single { pandas::matrix(replay, &chosen, at)?.pop().map_or(chosen, Value::Column) } else { chosen };
        out.push(part.call(replay, "transform", chosen, at)?);
    }
    beside(replay, out, at)
}

/// Columns of a frame by the names that training had, those of an array by position.
pub(super) fn chosen<'b>(
    replay: &mut Replay<'_, 'b>,
    x: &Value<'b>,
    positions: &[usize],
    names: Option<&[record::Value]>,
    at: Span,
) -> Eval<'b> {
    if let (Value::Frame(id), Some(names)) = (x, names) {
        let names: Vec<String> = positions.iter().filter_map(|position| names.get(*position)).map(pandas::column_name).collect();
        return pandas::select(replay, *id, &names, at, false);
    }
    let columns = pandas::matrix(replay, x, at)?;
    let columns: Option<Vec<Column<'b>>> = positions.iter().map(|position| columns.get(*position).cloned()).collect();
    match columns {
        Some(columns) => Ok(Value::Matrix(columns)),
        None => Err(replay.unsupported(at, "a ColumnTransformer of another number of columns")),
    }
}

/// Every part on all columns.
fn feature_union<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let x = call.need(replay, "X")?;
    let at = call.span;
    let members = parts(replay, &known, estimator.param("transformer_list"), at)?;
    let weights = match estimator.param("transformer_weights").and_then(record::Value::as_tagged) {
        Some(Tagged::Dict(pairs)) => pairs.clone(),
        _ => Vec::new(),
    };
    replay.freeze(&known);
    let mut out = Vec::new();
    for (name, part, _) in &members {
        if matches!(part, Part::Drop) {
            continue;
        }
        let mut value = part.call(replay, "transform", x.clone(), at)?;
        if let Some((_, weight)) = weights.iter().find(|(key, _)| key.as_str() == Some(name)) {
            let weight = Value::Known(Known::constant(weight.clone()));
            value = replay.binary(crate::ast::BinaryOp::Mul, &value, &weight, at)?;
        }
        out.push(value);
    }
    beside(replay, out, at)
}

/// Tables side by side: frames stay columns of their own types, arrays meet in one type (`np.hstack`).
fn beside<'b>(replay: &mut Replay<'_, 'b>, tables: Vec<Value<'b>>, at: Span) -> Eval<'b> {
    let frames = tables.iter().all(|table| matches!(table, Value::Frame(_)));
    let mut columns = Vec::new();
    for table in &tables {
        columns.extend(pandas::matrix(replay, table, at)?);
    }
    if columns.is_empty() {
        return Err(replay.unsupported(at, "a transformer that keeps no column"));
    }
    if columns.iter().any(|column| column.space != columns[0].space) {
        return Err(replay.unsupported(at, "a transformer that drops rows"));
    }
    if frames {
        return Ok(Value::Matrix(columns));
    }
    Ok(Value::Matrix(in_one_type(columns)))
}

/// Columns of one array: numbers become the widest of their kinds. Beside texts each stays the object that it is.
pub(crate) fn in_one_type(columns: Vec<Column<'_>>) -> Vec<Column<'_>> {
    let kind = numeric_kind(&columns);
    columns
        .into_iter()
        .map(|column| {
            let cell = match (&kind, column.cell.single()) {
                (Some(kind @ (Kind::Float | Kind::Int(_))), Some((own, val))) if own != kind => {
                    let elem = if *kind == Kind::Float { Elem::F64 } else { Elem::I64 };
                    Cell::new(kind.clone(), val.cast(elem)).guarded(&column.cell.guards)
                }
                (Some(Kind::Float), None) => match super::fitted::with_holes(&column.cell) {
                    Some(val) => Cell::new(Kind::Float, val).guarded(&column.cell.guards),
                    None => column.cell.clone(),
                },
                _ => column.cell.clone(),
            };
            Column { array: true, ..column.with(cell) }
        })
        .collect()
}

/// A function of the script or of numpy, on the table as it is.
fn function_transformer<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    function_of(replay, call, "func", "kw_args")
}

fn function_back<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    function_of(replay, call, "inverse_func", "inv_kw_args")
}

fn function_of<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>, function: &str, arguments: &str) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let x = call.need(replay, "X")?;
    let at = call.span;
    replay.freeze(&known);
    let x = if param_flag(&estimator, "validate") {
        let columns = pandas::matrix(replay, &x, at)?;
        let mut columns = super::fitted::numbers(replay, columns, at)?;
        super::fitted::finite(replay, &estimator, call, &mut columns, super::fitted::Nan::Refused);
        super::fitted::in_single(&mut columns);
        super::fitted::result(columns)
    } else {
        x
    };
    let named = match estimator.param(arguments).and_then(record::Value::as_tagged) {
        Some(Tagged::Dict(pairs)) => pairs
            .iter()
            .filter_map(|(key, value)| Some((key.as_str()?.to_owned(), Value::Known(known.part(value.clone()).of(None)))))
            .collect(),
        _ => Vec::new(),
    };
    let function = match estimator.param(function) {
        None | Some(record::Value::None(())) => return Ok(x),
        Some(function) => match function.as_tagged() {
            Some(Tagged::Function(path)) if path.starts_with("__main__.") => replay.remembered_function(path),
            Some(Tagged::Function(path)) => Some(Value::Path(public_path(path))),
            _ => None,
        },
    };
    let Some(function) = function else {
        return Err(replay.refuse(
            "python-function-transformer",
            at,
            "the function of a FunctionTransformer is not found in the script",
            "it is a partial, a method, or one of several lambdas in a line",
            "give it a `def` of its own",
        ));
    };
    // A library calls it, so nothing inside was recorded.
    let outer = replay.activation.take();
    let result = replay.apply(function, None, vec![x], named, at);
    replay.activation = outer;
    match result? {
        table @ (Value::Frame(_) | Value::Matrix(_) | Value::Column(_)) => Ok(table),
        Value::Unknown(why) => Err(why),
        _ => Err(replay.unsupported(at, "a FunctionTransformer that does not give a table")),
    }
}

/// `numpy.log1p` of a path as a library spells it: `numpy.core._multiarray_umath.log1p` and the like.
fn public_path(path: &str) -> String {
    match (path.split_once('.'), path.rsplit_once('.')) {
        (Some(("numpy", _)), Some((_, name))) => format!("numpy.{name}"),
        _ => path.to_owned(),
    }
}

/// What `set_output` or the global configuration makes of a transformed array: a frame with the estimator's own names.
pub(crate) fn in_container<'b>(replay: &mut Replay<'_, 'b>, estimator: &Estimator, method: &str, value: Value<'b>, at: Span) -> Eval<'b> {
    if !matches!(method, "transform" | "fit_transform")
        || PASSED_ON.iter().any(|row| row.name == format!("{}.transform", estimator.class_name()))
    {
        return Ok(value);
    }
    match estimator.fitted("set_output").and_then(record::Value::as_str) {
        None => return Ok(value),
        Some("pandas") => {}
        Some(other) => return Err(replay.unsupported(at, format!("set_output(transform=\"{other}\")"))),
    }
    let names = estimator.fitted("feature_names_out").and_then(record::Value::items);
    let names = match (names, &value) {
        (Some(names), _) => names.iter().map(pandas::column_name).collect::<Vec<String>>(),
        // A function gives its own names.
        (None, Value::Frame(_)) => return Ok(value),
        (None, _) => return Err(super::fitted::not_fitted(replay, estimator, "get_feature_names_out", at)),
    };
    let columns = pandas::matrix(replay, &value, at)?;
    if names.len() != columns.len() {
        return Err(replay.unsupported(at, format!("{} with another number of names", estimator.class_name())));
    }
    Ok(framed(replay, names.into_iter().zip(columns)))
}

/// A frame of columns with these names.
pub(super) fn framed<'b>(replay: &mut Replay<'_, 'b>, columns: impl Iterator<Item = (String, Column<'b>)>) -> Value<'b> {
    let mut frame = Frame::default();
    for (name, column) in columns {
        frame.space = column.space;
        let column = Column { name: Some(name.clone()), array: false, ..column };
        frame.columns.insert(name, Value::Column(column));
    }
    replay.frame(frame)
}

/// A sparse array holds the same numbers.
fn dense<'b>(_: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    Ok(call.receiver.clone())
}
