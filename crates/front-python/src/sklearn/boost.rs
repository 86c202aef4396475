//! Models of XGBoost, LightGBM and CatBoost, with scikit-learn's interface and without.
//!
//! The record has a model in its library's own text, which `front-boost` reads; here stands what a wrapper makes of a frame before the model
//! sees it, and of the model's answer. XGBoost and CatBoost cast each number to float32, LightGBM takes doubles; XGBoost answers in float32.

#![expect(clippy::wildcard_enum_match_arm, reason = "what a construct does not take is refused, whatever it is")]

use super::encode::position;
use super::fitted::{Whole, class_at, complement, estimator, numbers, numeric_kind, param_flag, param_text, refuse_rows};
use super::forest::too_large;
use crate::pandas;
use crate::record::{self, Estimator};
use crate::replay::{Call, On, Replay, Row};
use crate::value::{Column, Eval, Kind, Unknown, Value, Width};
use front_boost::{Fault, Feature, How, Model, Scores, Takes, Unseen};
use ir::{Elem, Literal, Reason, Reduce, Val};
use source::Span;
use std::ops::Range;

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Estimator, "catboost.CatBoost.predict", asked_of_catboost),
    Row::new(On::Estimator, "catboost.CatBoostClassifier.predict", asked_of_catboost),
    Row::new(On::Estimator, "catboost.CatBoostClassifier.predict_proba", shares_of_catboost),
    Row::new(On::Estimator, "catboost.CatBoostRanker.predict", asked_of_catboost),
    Row::new(On::Estimator, "catboost.CatBoostRegressor.predict", asked_of_catboost),
    Row::new(On::Function, "catboost.Pool", table),
    Row::new(On::Estimator, "lightgbm.Booster.predict", predicted),
    Row::new(On::Estimator, "lightgbm.LGBMClassifier.decision_function", margins),
    Row::new(On::Estimator, "lightgbm.LGBMClassifier.predict", class_of_lightgbm),
    Row::new(On::Estimator, "lightgbm.LGBMClassifier.predict_proba", shares_of_lightgbm),
    Row::new(On::Estimator, "lightgbm.LGBMRanker.predict", predicted),
    Row::new(On::Estimator, "lightgbm.LGBMRegressor.predict", predicted),
    Row::new(On::Function, "lightgbm.Dataset", table),
    Row::new(On::Function, "lightgbm.train", trained),
    Row::new(On::Estimator, "xgboost.Booster.inplace_predict", predicted),
    Row::new(On::Estimator, "xgboost.Booster.predict", predicted),
    Row::new(On::Estimator, "xgboost.XGBClassifier.predict", class_of_xgboost),
    Row::new(On::Estimator, "xgboost.XGBClassifier.predict_proba", shares_of_xgboost),
    Row::new(On::Estimator, "xgboost.XGBRFClassifier.predict", class_of_xgboost),
    Row::new(On::Estimator, "xgboost.XGBRFClassifier.predict_proba", shares_of_xgboost),
    Row::new(On::Estimator, "xgboost.XGBRFRegressor.predict", predicted),
    Row::new(On::Estimator, "xgboost.XGBRanker.predict", predicted),
    Row::new(On::Estimator, "xgboost.XGBRegressor.predict", predicted),
    Row::new(On::Function, "xgboost.DMatrix", table),
    Row::new(On::Function, "xgboost.train", trained),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Library {
    Catboost,
    Lightgbm,
    Xgboost,
}

impl Library {
    fn of(estimator: &Estimator) -> Library {
        match estimator.class.split('.').next() {
            Some("catboost") => Library::Catboost,
            Some("lightgbm") => Library::Lightgbm,
            _ => Library::Xgboost,
        }
    }
}

/// Arguments that change how fast an answer comes, and checks of what the recorded run has passed.
const OF_NO_MATTER: &[&str] =
    &["n_jobs", "nthread", "num_threads", "predict_disable_shape_check", "task_type", "thread_count", "validate_features", "verbose"];
/// The labels and weights of training rows.
const OF_TRAINING: &[&str] =
    &["cat_features", "categorical_feature", "enable_categorical", "feature_name", "feature_names", "feature_types", "free_raw_data"];

/// What works for a model that is too large for a record.
const OWN_FILE: &str =
    "save it in its library's own file (save_model) and convert that with --model; the script converts up to the model's input";

/// A model's answer for the row.
struct Asked<'b> {
    estimator: Estimator,
    scores: Scores<'b>,
    whole: Whole,
}

impl<'b> Asked<'b> {
    fn of(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<Asked<'b>, Unknown> {
        let (known, estimator) = estimator(replay, call)?;
        let at = call.span;
        let x = match ["X", "data", "0"].iter().find_map(|name| call.take(name)) {
            Some(x) => x,
            None => return Err(replay.unsupported(at, format!("`{}` of nothing", call.name))),
        };
        OF_NO_MATTER.iter().for_each(|name| drop(call.take(name)));
        let library = Library::of(&estimator);
        let Some(text) = estimator.fitted("model").and_then(record::Value::as_str) else {
            return Err(too_large(replay, &estimator, at, OWN_FILE));
        };
        let model = Model::read(text.as_bytes()).map_err(|fault| refused(replay, &estimator, fault, at))?;
        let how = how(replay, call, &estimator, library)?;
        let table = Given::of(replay, &x, library, at)?;
        let flags: Vec<bool> = table.columns.iter().map(is_category).collect();
        let features = model.features(Some(&flags)).map_err(|fault| refused(replay, &estimator, fault, at))?;
        let wanted = features.iter().map(|feature| feature.place + 1).max().unwrap_or(0);
        if table.columns.len() < wanted || table.columns.len() > wanted && library != Library::Catboost {
            return Err(replay.unsupported(at, format!("{} of another number of columns", estimator.class_name())));
        }
        let missing = estimator.param("missing").and_then(record::Value::as_f64).filter(|missing| !missing.is_nan());
        if missing.is_some() && library == Library::Xgboost && flags.contains(&true) {
            return Err(replay.unsupported(at, "`missing` beside columns of categories"));
        }
        replay.freeze(&known);
        let mut columns: Vec<(Column<'b>, Val<'b>)> =
            features.iter().map(|feature| table.feature(replay, feature, at)).collect::<Result<_, _>>()?;
        if library == Library::Xgboost {
            columns.iter_mut().for_each(|(_, val)| *val = val.cast(Elem::F32));
            if !how.in_place {
                refuse_rows(replay, at, &mut columns, "an infinity as float32, which DMatrix refuses", |_, val| {
                    Some(val.abs().eq(f64::INFINITY))
                });
            }
            // What a sparse array does not store is missing.
            let unstored = estimator.fitted("sparse").is_some().then_some(0.0);
            for missing in missing.into_iter().chain(unstored) {
                let missing = replay.b.f32(missing as f32);
                columns.iter_mut().for_each(|(_, val)| *val = val.eq(missing).select(replay.b.f32(f32::NAN), *val));
            }
        }
        let vals: Vec<Val<'b>> = columns.iter().map(|(_, val)| *val).collect();
        let scores = model.scores(replay.b, &vals, &how).map_err(|fault| refused(replay, &estimator, fault, at))?;
        Ok(Asked { estimator, scores, whole: Whole::of(&columns) })
    }

    /// What the model predicts, number by number.
    fn predictions(&self, replay: &Replay<'_, 'b>) -> Vec<Val<'b>> {
        let val = self.scores.prediction(replay.b);
        let count = val.ty().count() as u32;
        if val.ty().is_scalar() { vec![val] } else { (0..count).map(|place| val.at(place)).collect() }
    }

    /// A number a row, or several.
    fn numbers(&self, vals: Vec<Val<'b>>) -> Value<'b> {
        match vals.as_slice() {
            [only] => Value::Column(self.whole.float(*only)),
            _ => self.whole.floats(vals),
        }
    }

    /// `1 - p` and `p`.
    fn both(&self, p: Val<'b>) -> Value<'b> {
        self.whole.floats([complement(p), p])
    }

    fn classes(&self) -> Vec<record::Value> {
        self.estimator.fitted("classes_").and_then(record::Value::items).unwrap_or_default()
    }

    fn class(&self, replay: &mut Replay<'_, 'b>, number: Val<'b>, at: Span) -> Result<Column<'b>, Unknown> {
        let cell = class_at(replay, &self.classes(), number, at)?;
        Ok(self.whole.cell(cell))
    }
}

/// The columns that a library is given.
struct Given<'b> {
    columns: Vec<Column<'b>>,
    library: Library,
    /// LightGBM makes float32 of an array of whole numbers.
    through_single: bool,
}

impl<'b> Given<'b> {
    fn of(replay: &mut Replay<'_, 'b>, x: &Value<'b>, library: Library, at: Span) -> Result<Given<'b>, Unknown> {
        let columns = pandas::matrix(replay, x, at)?;
        let is_array = matches!(x, Value::Matrix(_)) && columns.iter().all(|column| column.array);
        let columns = if is_array { super::compose::in_one_type(columns) } else { columns };
        let through_single = is_array && library == Library::Lightgbm && matches!(numeric_kind(&columns), Some(Kind::Int(_) | Kind::Bool));
        Ok(Given { columns, library, through_single })
    }

    /// The column of a feature, as the model takes it.
    fn feature(&self, replay: &mut Replay<'_, 'b>, feature: &Feature, at: Span) -> Result<(Column<'b>, Val<'b>), Unknown> {
        let column = self.columns[feature.place].clone();
        match &feature.takes {
            Takes::Number => self.number(replay, column, at),
            Takes::Category { categories, unseen } => category(replay, column, categories, *unseen, at),
            Takes::Text => text(replay, column, at),
        }
    }

    fn number(&self, replay: &mut Replay<'_, 'b>, column: Column<'b>, at: Span) -> Result<(Column<'b>, Val<'b>), Unknown> {
        let b = replay.b;
        match column.cell.single() {
            Some((Kind::Category(_), code)) => {
                let val = code.lt(0_i64).select(b.f64(f64::NAN), code.cast(Elem::F64));
                Ok((column, val))
            }
            Some((Kind::Str, _)) => Err(replay.refuse(
                "python-batch-statistic",
                at,
                "this model takes the numbers of categories, which are numbered anew in each frame",
                "its file has no names of categories",
                "give both frames the training categories: df[c] = pd.Categorical(df[c], categories=sorted(train[c].dropna().unique()))",
            )),
            // A whole number is rounded once.
            Some((Kind::Int(_), val)) if self.library != Library::Lightgbm => Ok((column, val.cast(Elem::F32))),
            _ => {
                let Some((column, val)) = numbers(replay, vec![column], at)?.pop() else { return Err(replay.unsupported(at, "no column")) };
                let val = if self.through_single { val.cast(Elem::F32).cast(Elem::F64) } else { val };
                Ok((column, val))
            }
        }
    }
}

/// Texts in a frame that a library took were categories.
fn is_category(column: &Column<'_>) -> bool {
    matches!(column.cell.single(), Some((Kind::Category(_) | Kind::Str, _)))
}

/// The number of a category among those of training, by its value.
fn category<'b>(
    replay: &mut Replay<'_, 'b>,
    column: Column<'b>,
    categories: &[Literal],
    unseen: Unseen,
    at: Span,
) -> Result<(Column<'b>, Val<'b>), Unknown> {
    let known: Option<Vec<record::Value>> = categories.iter().map(recorded).collect();
    let Some(known) = known else { return Err(replay.unsupported(at, "categories of this type")) };
    let code = position(replay, &column, &known, at)?;
    let val = code.cast(Elem::F64).or_else(f64::NAN);
    let Unseen::Raises(library) = unseen else { return Ok((column, val)) };
    let Some((kind, own)) = column.cell.single() else { return Err(replay.unsupported(at, "categories of a column of several types")) };
    let is_unseen = code.is_null() & !pandas::is_missing(kind, own);
    let name = column.name.clone().unwrap_or_else(|| "a column".to_owned());
    // Which category it is taken for is a matter of what else is in the column.
    let guard = replay.guard(is_unseen, Reason::Undetermined(format!("a category in {name} that {library} has not seen")), at);
    let cell = column.cell.clone().guarded(&[guard].into());
    Ok((column.with(cell), val))
}

fn recorded(literal: &Literal) -> Option<record::Value> {
    match (literal.as_str(), literal.as_i64(), literal.as_f64(), literal.as_bool()) {
        (Some(text), ..) => Some(record::Value::Str(text.to_owned())),
        (_, Some(number), ..) => Some(record::Value::Int(number)),
        (_, _, Some(number), _) => Some(record::Value::float(number)),
        (.., truth) => truth.map(record::Value::Bool),
    }
}

/// The text of a category of CatBoost: of a whole number its digits. It raises on a missing one.
fn text<'b>(replay: &mut Replay<'_, 'b>, column: Column<'b>, at: Span) -> Result<(Column<'b>, Val<'b>), Unknown> {
    let of_category = match column.cell.single() {
        Some((Kind::Category(categories), code)) => pandas::category_values(replay, categories, code),
        _ => None,
    };
    let (is_missing, val) = match (column.cell.single(), of_category) {
        (Some((kind, val)), None) => match kind {
            Kind::Str => (pandas::is_missing(kind, val), val.or_else("")),
            Kind::Int(_) => return Ok((column.clone(), val.decimal())),
            _ => return Err(replay.unsupported(at, "a category of CatBoost of this type")),
        },
        (Some((kind, code)), Some((Kind::Str, val))) => (pandas::is_missing(kind, code), val.or_else("")),
        (Some((kind, code)), Some((Kind::Int(_), val))) => (pandas::is_missing(kind, code), val.decimal()),
        _ => return Err(replay.unsupported(at, "a category of CatBoost of this type")),
    };
    let name = column.name.clone().unwrap_or_else(|| "a column".to_owned());
    let guard = replay.guard(is_missing, Reason::Invalid(format!("a missing category in {name}, which CatBoost refuses")), at);
    let cell = column.cell.clone().guarded(&[guard].into());
    Ok((column.with(cell), val))
}

/// Which trees score: those that the call names, else those up to the best iteration where there is one.
fn how<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>, estimator: &Estimator, library: Library) -> Result<How, Unknown> {
    let number = |name: &str| estimator.fitted(name).and_then(record::Value::as_int).and_then(|number| usize::try_from(number).ok());
    let best = number("best_iteration");
    let rounds: Option<Range<usize>> = match library {
        Library::Xgboost => {
            let asked = call.concrete(replay, "iteration_range")?.and_then(|range| range.floats());
            match asked.as_deref() {
                Some([start, end]) if *end != 0.0 => Some(*start as usize..*end as usize),
                Some([_, _]) | None => best.map(|best| 0..best.saturating_add(1)),
                Some(_) => return Err(replay.unsupported(call.span, "this `iteration_range`")),
            }
        }
        Library::Lightgbm => {
            if param_flag(estimator, "pred_early_stop") {
                return Err(replay.unsupported(call.span, "`pred_early_stop`"));
            }
            let asked = |number: i64| usize::try_from(number).ok();
            let start = call.int(replay, "start_iteration")?.and_then(asked).unwrap_or(0);
            match call.int(replay, "num_iteration")? {
                None if start == 0 => best.map(|best| 0..best),
                Some(count) if count > 0 => Some(start..start.saturating_add(asked(count).unwrap_or_default())),
                Some(_) | None => Some(start..usize::MAX),
            }
        }
        Library::Catboost => {
            call.only(replay, "ntree_start", &[record::Value::Int(0)])?;
            let end = call.int(replay, "ntree_end")?.and_then(|end| usize::try_from(end).ok());
            end.filter(|end| *end > 0).map(|end| 0..end)
        }
    };
    let in_place = call.name == "inplace_predict" || estimator.fitted("in_place").and_then(record::Value::as_bool).unwrap_or(false);
    Ok(How { rounds, in_place })
}

fn refused(replay: &mut Replay<'_, '_>, estimator: &Estimator, fault: Fault, at: Span) -> Unknown {
    let what = format!("this {} cannot be converted: {}", estimator.class_name(), fault.message);
    let help = fault.help.unwrap_or_else(|| "train with another setting, or compute this column before scoring and pass it in".to_owned());
    replay.refuse("python-estimator", at, what, "what the model stands on is in its library's own text", &help)
}

// What is given to the libraries ------------------------------------------------------------------------------------------

/// `DMatrix`, `Dataset` and `Pool` hold the table that they are given.
fn table<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let Some(x) = call.take("data").or_else(|| call.take("0")) else { return Err(replay.unsupported(call.span, "a table of nothing")) };
    for name in
        ["1", "label", "weight", "group", "group_id", "qid", "reference", "params", "silent"].iter().chain(OF_TRAINING).chain(OF_NO_MATTER)
    {
        call.take(name);
    }
    let missing = call.concrete(replay, "missing")?.and_then(|missing| missing.as_f64());
    if missing.is_some_and(|missing| !missing.is_nan()) {
        return Err(replay.refuse(
            "python-argument",
            call.span,
            "the argument `missing` of `DMatrix` cannot be converted",
            "the model's answer depends on it",
            "replace that value in the frame: X.replace(value, np.nan)",
        ));
    }
    Ok(x)
}

/// A model that is trained on scoring rows: in a script of one frame that of the recorded run.
fn trained<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    call.rest();
    if replay.subject_freezes(call.span) {
        return Ok(Value::Known(replay.recorded(call.span).with(true, false)));
    }
    Err(replay.fitted_on_rows(call.span))
}

// What the wrappers make of the answer ------------------------------------------------------------------------------------

/// The prediction, or with `output_margin` or `raw_score` the margins.
fn predicted<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let raw = is_raw(replay, call)?;
    let asked = Asked::of(replay, call)?;
    Ok(asked.numbers(if raw { asked.scores.margins.clone() } else { asked.predictions(replay) }))
}

fn margins<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let asked = Asked::of(replay, call)?;
    Ok(asked.numbers(asked.scores.margins.clone()))
}

fn is_raw<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<bool, Unknown> {
    let raw = call.flag(replay, "output_margin", false)? | call.flag(replay, "raw_score", false)?;
    Ok(raw || call.text(replay, "predict_type")?.is_some_and(|kind| kind == "margin"))
}

/// The first class with the greatest probability, of two the second where its probability is above 0.5.
fn class_of_xgboost<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let raw = is_raw(replay, call)?;
    let asked = Asked::of(replay, call)?;
    if raw {
        return Ok(asked.numbers(asked.scores.margins.clone()));
    }
    let predictions = asked.predictions(replay);
    let number = match predictions.as_slice() {
        [only] if param_text(&asked.estimator, "objective") == "multi:softmax" => {
            return Ok(Value::Column(asked.whole.column(Kind::Int(Width::I32), only.cast(Elem::I64))));
        }
        [only] => only.gt(0.5).cast(Elem::I64),
        // Several labels, each of them by itself.
        all if asked.classes().len() == 2 => {
            let labels = all.iter().map(|p| asked.whole.column(Kind::Float, p.gt(0.5).cast(Elem::F64)));
            return Ok(Value::Matrix(labels.collect()));
        }
        all => replay.b.pack(all).reduce(Reduce::ArgMax, [0]),
    };
    asked.class(replay, number, call.span).map(Value::Column)
}

fn shares_of_xgboost<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let asked = Asked::of(replay, call)?;
    if param_text(&asked.estimator, "objective") == "multi:softmax" {
        // scipy's softmax of the margins.
        let margins = replay.b.pack(&asked.scores.margins);
        let weights = (margins - margins.reduce(Reduce::Max, [0])).exp();
        let shares = weights / weights.reduce(Reduce::Sum, [0]);
        return Ok(asked.whole.floats((0..asked.scores.margins.len()).map(|place| shares.at(place as u32))));
    }
    match asked.predictions(replay).as_slice() {
        [only] => Ok(asked.both(*only)),
        all => Ok(asked.whole.floats(all.iter().copied())),
    }
}

/// What an objective of the user's own gives is not a probability: LightGBM gives it as it is.
fn is_own_objective(asked: &Asked<'_>) -> bool {
    asked.estimator.fitted("own_objective").and_then(record::Value::as_bool) == Some(true)
}

/// The first class with the greatest probability.
fn class_of_lightgbm<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let raw = is_raw(replay, call)?;
    let asked = Asked::of(replay, call)?;
    if raw || is_own_objective(&asked) {
        return Ok(asked.numbers(asked.scores.margins.clone()));
    }
    let number = match asked.predictions(replay).as_slice() {
        [only] => only.gt(replay.b.f64(1.0) - *only).cast(Elem::I64),
        all => replay.b.pack(all).reduce(Reduce::ArgMax, [0]),
    };
    asked.class(replay, number, call.span).map(Value::Column)
}

fn shares_of_lightgbm<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let raw = is_raw(replay, call)?;
    let asked = Asked::of(replay, call)?;
    if raw || is_own_objective(&asked) {
        return Ok(asked.numbers(asked.scores.margins.clone()));
    }
    match asked.predictions(replay).as_slice() {
        [only] => Ok(asked.both(*only)),
        all => Ok(asked.whole.floats(all.iter().copied())),
    }
}

/// What CatBoost is asked for: of a classifier the class, of others what their loss predicts.
fn asked_of_catboost<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let wanted = match call.text(replay, "prediction_type")? {
        Some(wanted) => Some(wanted),
        None => call.text(replay, "1")?,
    };
    let asked = Asked::of(replay, call)?;
    let usual = match asked.estimator.class_name() {
        "CatBoostClassifier" => "Class",
        "CatBoostRegressor" => "",
        _ => "RawFormulaVal",
    };
    match wanted.as_deref().unwrap_or(usual) {
        "Class" => class_of_catboost(replay, &asked, call.span),
        "Probability" => Ok(shares(replay, &asked)),
        "RawFormulaVal" => Ok(asked.numbers(asked.scores.margins.clone())),
        "" => Ok(asked.numbers(asked.predictions(replay))),
        "Exponent" => Ok(asked.numbers(asked.scores.margins.iter().map(|margin| margin.exp()).collect())),
        other => Err(replay.unsupported(call.span, format!("`prediction_type=\"{other}\"`"))),
    }
}

fn shares_of_catboost<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let asked = Asked::of(replay, call)?;
    Ok(shares(replay, &asked))
}

fn shares<'b>(replay: &Replay<'_, 'b>, asked: &Asked<'b>) -> Value<'b> {
    match asked.predictions(replay).as_slice() {
        [only] => asked.both(*only),
        all => asked.whole.floats(all.iter().copied()),
    }
}

/// The second class where the margin is above the border; of several the first with the greatest margin, in a table of one column.
fn class_of_catboost<'b>(replay: &mut Replay<'_, 'b>, asked: &Asked<'b>, at: Span) -> Eval<'b> {
    let margins = &asked.scores.margins;
    match margins.as_slice() {
        [only] => asked.class(replay, only.gt(asked.scores.border).cast(Elem::I64), at).map(Value::Column),
        all if asked.classes().len() == all.len() => {
            let number = replay.b.pack(all).reduce(Reduce::ArgMax, [0]);
            Ok(Value::Matrix(vec![asked.class(replay, number, at)?]))
        }
        _ => Err(replay.unsupported(at, "CatBoostClassifier of several labels a row")),
    }
}
