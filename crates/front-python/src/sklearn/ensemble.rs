//! Models that ask other models: votes, means, stacks, calibrations, one model a class or a target, and changed targets.
//!
//! Every member is called as the script would call it; here stands what is made of the answers.

use super::fitted::{
    Nan, Whole, class_at, complement, estimator, finite, in_single, interpolated, interpolated_in_single, not_fitted, param_flag,
    param_text, refuse_rows,
};
use super::linear::of_two;
use crate::ast::CompareOp;
use crate::pandas;
use crate::record::{self, Estimator, Tagged};
use crate::replay::{Call, On, Replay, Row};
use crate::value::{Cell, Column, Eval, Kind, Known, Unknown, Value};
use ir::{Elem, Reduce, Tensor, Val};
use source::Span;

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Estimator, "AdaBoostClassifier.decision_function", boosted_scores),
    Row::new(On::Estimator, "AdaBoostClassifier.predict", boosted_class),
    Row::new(On::Estimator, "AdaBoostClassifier.predict_proba", boosted_probabilities),
    Row::new(On::Estimator, "AdaBoostRegressor.predict", weighted_median),
    Row::new(On::Estimator, "imblearn.BalancedBaggingClassifier.predict", bagged_class),
    Row::new(On::Estimator, "imblearn.BalancedBaggingClassifier.predict_proba", bagged_probabilities),
    Row::new(On::Estimator, "imblearn.EasyEnsembleClassifier.predict", bagged_class),
    Row::new(On::Estimator, "imblearn.EasyEnsembleClassifier.predict_proba", bagged_probabilities),
    Row::new(On::Estimator, "imblearn.RUSBoostClassifier.decision_function", boosted_scores),
    Row::new(On::Estimator, "imblearn.RUSBoostClassifier.predict", boosted_class),
    Row::new(On::Estimator, "imblearn.RUSBoostClassifier.predict_proba", boosted_probabilities),
    Row::new(On::Estimator, "BaggingClassifier.decision_function", bagged),
    Row::new(On::Estimator, "BaggingClassifier.predict", bagged_class),
    Row::new(On::Estimator, "BaggingClassifier.predict_log_proba", bagged_logarithms),
    Row::new(On::Estimator, "BaggingClassifier.predict_proba", bagged_probabilities),
    Row::new(On::Estimator, "BaggingRegressor.predict", bagged),
    Row::new(On::Estimator, "CalibratedClassifierCV.predict", calibrated_class),
    Row::new(On::Estimator, "CalibratedClassifierCV.predict_proba", calibrated),
    Row::new(On::Estimator, "ClassifierChain.decision_function", chained),
    Row::new(On::Estimator, "ClassifierChain.predict", chained),
    Row::new(On::Estimator, "ClassifierChain.predict_proba", chained),
    Row::new(On::Estimator, "FixedThresholdClassifier.predict", cut_class),
    Row::new(On::Estimator, "IsotonicRegression.predict", isotonic),
    Row::new(On::Estimator, "IsotonicRegression.transform", isotonic),
    Row::new(On::Estimator, "MultiOutputClassifier.predict", each_target),
    Row::new(On::Estimator, "MultiOutputClassifier.predict_proba", shares_of_each_target),
    Row::new(On::Estimator, "MultiOutputRegressor.predict", each_target),
    Row::new(On::Estimator, "OneVsOneClassifier.decision_function", duel_scores),
    Row::new(On::Estimator, "OneVsOneClassifier.predict", duel_class),
    Row::new(On::Estimator, "OneVsRestClassifier.decision_function", class_scores),
    Row::new(On::Estimator, "OneVsRestClassifier.predict", best_class),
    Row::new(On::Estimator, "OneVsRestClassifier.predict_proba", class_shares),
    Row::new(On::Estimator, "OutputCodeClassifier.predict", coded_class),
    Row::new(On::Estimator, "RegressorChain.predict", chained),
    Row::new(On::Estimator, "StackingClassifier.decision_function", stacked),
    Row::new(On::Estimator, "StackingClassifier.predict", stacked_class),
    Row::new(On::Estimator, "StackingClassifier.predict_proba", stacked),
    Row::new(On::Estimator, "StackingClassifier.transform", stack_itself),
    Row::new(On::Estimator, "StackingRegressor.predict", stacked),
    Row::new(On::Estimator, "StackingRegressor.transform", stack_itself),
    Row::new(On::Estimator, "TransformedTargetRegressor.predict", changed_target),
    Row::new(On::Estimator, "TunedThresholdClassifierCV.predict", cut_class),
    Row::new(On::Estimator, "VotingClassifier.predict", voted_class),
    Row::new(On::Estimator, "VotingClassifier.predict_proba", voted_probabilities),
    Row::new(On::Estimator, "VotingRegressor.predict", voted),
    Row::new(On::Estimator, "VotingRegressor.transform", votes_themselves),
];

/// The model, its members, and the table that they are asked about.
struct Asked<'b> {
    known: Known,
    estimator: Estimator,
    members: Vec<Known>,
    x: Value<'b>,
    at: Span,
}

impl<'b> Asked<'b> {
    fn of(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<Asked<'b>, Unknown> {
        let (known, estimator) = estimator(replay, call)?;
        let x = call.need(replay, "X")?;
        let members = match estimator.fitted("estimators_").and_then(record::Value::items) {
            Some(members) => parts(&known, &members),
            None => Some(Vec::new()),
        };
        let Some(members) = members else { return Err(not_fitted(replay, &estimator, "estimators_", call.span)) };
        replay.freeze(&known);
        Ok(Asked { known, estimator, members, x, at: call.span })
    }

    /// With members, and the table as an array.
    fn of_array(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<Asked<'b>, Unknown> {
        let asked = Asked::of(replay, call)?;
        let columns = pandas::matrix(replay, &asked.x, asked.at)?;
        Ok(Asked { x: Value::Matrix(columns), ..asked })
    }

    /// Of a table in which nothing is missing nor infinite; the model refuses such a row whatever its members take.
    fn of_present(self, replay: &mut Replay<'_, 'b>, call: &Call<'b>) -> Result<Asked<'b>, Unknown> {
        let columns = pandas::matrix(replay, &self.x, self.at)?;
        let mut columns = super::fitted::numbers(replay, columns, self.at)?;
        finite(replay, &self.estimator, call, &mut columns, Nan::Refused);
        Ok(Asked { x: Value::Matrix(columns.into_iter().map(|(column, _)| column).collect()), ..self })
    }

    fn part(&self, replay: &mut Replay<'_, 'b>, name: &str) -> Result<Known, Unknown> {
        match self.estimator.fitted(name).and_then(|part| parts(&self.known, std::slice::from_ref(part))) {
            Some(parts) if parts.len() == 1 => Ok(parts[0].clone()),
            _ => Err(not_fitted(replay, &self.estimator, name, self.at)),
        }
    }

    fn classes(&self, replay: &mut Replay<'_, 'b>) -> Result<Vec<record::Value>, Unknown> {
        match self.estimator.fitted("classes_").and_then(record::Value::items) {
            // Of several targets each has a list.
            Some(classes) if classes.len() > 1 && classes.iter().all(|class| class.items().is_none()) => Ok(classes),
            _ => Err(replay.unsupported(self.at, format!("{} of these classes", self.estimator.class_name()))),
        }
    }

    /// What a member answers, as numbers.
    fn answer(&self, replay: &mut Replay<'_, 'b>, member: &Known, method: &str, x: &Value<'b>) -> Result<Answer<'b>, Unknown> {
        let value = replay.call_estimator(member, method, vec![x.clone()], Vec::new(), self.at)?;
        let columns = pandas::matrix(replay, &value, self.at)?;
        super::fitted::numbers(replay, columns, self.at)
    }

    /// What all members answer: as many numbers each.
    fn answers(&self, replay: &mut Replay<'_, 'b>, method: &str) -> Result<Vec<Answer<'b>>, Unknown> {
        let answers: Vec<Answer<'b>> =
            self.members.iter().map(|member| self.answer(replay, member, method, &self.x)).collect::<Result<_, _>>()?;
        let width = answers.first().map_or(0, Vec::len);
        if width == 0 || answers.iter().any(|answer| answer.len() != width) {
            return Err(not_fitted(replay, &self.estimator, "estimators_", self.at));
        }
        Ok(answers)
    }

    /// The weights of those members that are not left out; none for equal ones.
    fn weights(&self) -> Option<Vec<f64>> {
        let all = self.estimator.param("weights").and_then(record::Value::floats)?;
        let listed = self.estimator.param("estimators").and_then(record::Value::items).unwrap_or_default();
        let left_out = |at: usize| {
            let pair = listed.get(at).and_then(record::Value::items);
            pair.and_then(|pair| pair.get(1)?.as_str().map(|word| word == "drop")).unwrap_or(false)
        };
        Some(all.into_iter().enumerate().filter(|(at, _)| !left_out(*at)).map(|(_, weight)| weight).collect())
    }
}

/// A number a column.
type Answer<'b> = Vec<(Column<'b>, Val<'b>)>;

/// Fitted parts of an estimator, if they all are estimators.
fn parts(owner: &Known, values: &[record::Value]) -> Option<Vec<Known>> {
    let one = |value: &record::Value| match value.as_tagged() {
        Some(Tagged::Estimator(_)) => Some(owner.part(value.clone()).of(None)),
        _ => None,
    };
    values.iter().map(one).collect()
}

fn whole_of(answers: &[Answer<'_>]) -> Whole {
    Whole::of(&answers.concat())
}

/// One number a row, or several.
fn numbers<'b>(whole: &Whole, vals: Vec<Val<'b>>) -> Value<'b> {
    match vals.as_slice() {
        [only] => Value::Column(whole.float(*only)),
        _ => whole.floats(vals),
    }
}

fn sum<'b>(replay: &Replay<'_, 'b>, vals: &[Val<'b>]) -> Val<'b> {
    replay.b.pack(vals).reduce(Reduce::SumInOrder, [0])
}

/// The mean over members of each of their numbers, or their weighted mean: `sum(answer * weight) / sum(weight)`.
///
/// Answers that all are float32 have a mean in float32; weights lift it to 64 bits.
fn means<'b>(replay: &Replay<'_, 'b>, answers: &[Answer<'b>], weights: Option<&[f64]>) -> Vec<Val<'b>> {
    let mut answers = answers.to_vec();
    if weights.is_none() {
        all_in_single(&mut answers);
    }
    let width = answers.first().map_or(0, Vec::len);
    let total = weights.map_or(answers.len() as f64, |weights| weights.iter().sum());
    let mean = |column: usize| {
        let weighted = |(at, answer): (usize, &Answer<'b>)| weights.map_or(answer[column].1, |weights| answer[column].1 * weights[at]);
        let terms: Vec<Val<'b>> = answers.iter().enumerate().map(weighted).collect();
        sum(replay, &terms) / total
    };
    (0..width).map(mean).collect()
}

/// Answers that are float32 as float32, if they all are: so they stay in one array.
fn all_in_single(answers: &mut [Answer<'_>]) {
    let mut all = answers.concat();
    if in_single(&mut all) {
        let mut all = all.into_iter();
        answers.iter_mut().flatten().zip(all.by_ref()).for_each(|(answer, single)| *answer = single);
    }
}

fn first_greatest<'b>(replay: &mut Replay<'_, 'b>, vals: &[Val<'b>], classes: &[record::Value], whole: &Whole, at: Span) -> Eval<'b> {
    if vals.len() != classes.len() {
        return Err(replay.unsupported(at, "a model with another number of classes"));
    }
    let number = replay.b.pack(vals).reduce(Reduce::ArgMax, [0]);
    let cell = class_at(replay, classes, number, at)?;
    Ok(Value::Column(whole.cell(cell)))
}

// Votes -------------------------------------------------------------------------------------------------------------------

fn voted<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let asked = Asked::of(replay, call)?;
    let answers = asked.answers(replay, "predict")?;
    let means = means(replay, &answers, asked.weights().as_deref());
    Ok(numbers(&whole_of(&answers), means))
}

/// What each member says.
fn votes_themselves<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let asked = Asked::of(replay, call)?;
    let answers = asked.answers(replay, "predict")?;
    Ok(super::fitted::result(answers.concat()))
}

fn voted_probabilities<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let asked = Asked::of(replay, call)?;
    let answers = asked.answers(replay, "predict_proba")?;
    let means = means(replay, &answers, asked.weights().as_deref());
    Ok(whole_of(&answers).floats(means))
}

/// The class with the most (weighted) votes, or with the greatest mean probability; of several the first.
fn voted_class<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let asked = Asked::of(replay, call)?;
    let classes = asked.classes(replay)?;
    let weights = asked.weights();
    if param_text(&asked.estimator, "voting") == "soft" {
        let answers = asked.answers(replay, "predict_proba")?;
        let means = means(replay, &answers, weights.as_deref());
        return first_greatest(replay, &means, &classes, &whole_of(&answers), asked.at);
    }
    // Members are fitted on the numbers of the classes.
    let answers = asked.answers(replay, "predict")?;
    let votes = |class: usize| {
        let vote = |(at, answer): (usize, &Answer<'b>)| {
            let weight = weights.as_ref().map_or(1.0, |weights| weights[at]);
            answer[0].1.eq(class as f64).select(replay.b.f64(weight), 0.0)
        };
        let votes: Vec<Val<'b>> = answers.iter().enumerate().map(vote).collect();
        sum(replay, &votes)
    };
    let votes: Vec<Val<'b>> = (0..classes.len()).map(votes).collect();
    first_greatest(replay, &votes, &classes, &whole_of(&answers), asked.at)
}

// Bags --------------------------------------------------------------------------------------------------------------------

/// The columns that each member was fitted on.
fn drawn<'b>(replay: &mut Replay<'_, 'b>, asked: &Asked<'b>) -> Result<Vec<Value<'b>>, Unknown> {
    let columns = pandas::matrix(replay, &asked.x, asked.at)?;
    let lists = asked.estimator.fitted("estimators_features_").and_then(record::Value::items).unwrap_or_default();
    let one = |list: &record::Value| {
        let places = list.items()?;
        let chosen = places.iter().map(|place| columns.get(usize::try_from(place.as_int()?).ok()?).cloned());
        Some(Value::Matrix(chosen.collect::<Option<Vec<Column<'b>>>>()?))
    };
    match lists.iter().map(one).collect::<Option<Vec<Value<'b>>>>() {
        Some(tables) if tables.len() == asked.members.len() && !tables.is_empty() => Ok(tables),
        _ => Err(not_fitted(replay, &asked.estimator, "estimators_features_", asked.at)),
    }
}

fn bagged_answers<'b>(replay: &mut Replay<'_, 'b>, asked: &Asked<'b>, method: &str) -> Result<Vec<Answer<'b>>, Unknown> {
    let tables = drawn(replay, asked)?;
    asked.members.iter().zip(&tables).map(|(member, table)| asked.answer(replay, member, method, table)).collect()
}

fn bagged<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let asked = Asked::of_array(replay, call)?;
    let answers = bagged_answers(replay, &asked, &call.name)?;
    let means = means(replay, &answers, None);
    Ok(numbers(&whole_of(&answers), means))
}

/// What the members say of each class. A member that did not draw a class says nothing of it.
fn said_of_classes<'b>(replay: &mut Replay<'_, 'b>, asked: &Asked<'b>, method: &str) -> Result<(Vec<Vec<Val<'b>>>, Whole), Unknown> {
    let count = asked.classes(replay)?.len();
    let answers = bagged_answers(replay, asked, method)?;
    let whole = whole_of(&answers);
    let mut terms: Vec<Vec<Val<'b>>> = vec![Vec::new(); count];
    for (member, answer) in asked.members.iter().zip(&answers) {
        let own = match member.tagged() {
            Some(Tagged::Estimator(member)) => member.fitted("classes_").and_then(record::Value::floats).unwrap_or_default(),
            _ => Vec::new(),
        };
        for (class, terms) in terms.iter_mut().enumerate() {
            let place = if answer.len() == count { Some(class) } else { own.iter().position(|own| *own == class as f64) };
            match place {
                Some(place) if place < answer.len() => terms.push(answer[place].1),
                Some(_) => return Err(not_fitted(replay, &asked.estimator, "estimators_", asked.at)),
                None => {}
            }
        }
    }
    Ok((terms, whole))
}

/// The mean of the members' probabilities.
fn bag<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<(Asked<'b>, Vec<Val<'b>>, Whole), Unknown> {
    let asked = Asked::of_array(replay, call)?;
    let (terms, whole) = said_of_classes(replay, &asked, "predict_proba")?;
    let means = terms.iter().map(|terms| sum(replay, terms) / asked.members.len() as f64).collect();
    Ok((asked, means, whole))
}

/// The members' probabilities added up as logarithms, less that of their number; or the logarithms of the mean, where members have none.
fn bagged_logarithms<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let asked = Asked::of_array(replay, call)?;
    let logs = asked.estimator.fitted("members_log").and_then(record::Value::as_bool);
    let Some(logs) = logs else { return Err(not_fitted(replay, &asked.estimator, "estimators_", asked.at)) };
    if !logs {
        let (_, means, whole) = bag(replay, call)?;
        return Ok(whole.floats(means.into_iter().map(Val::log)));
    }
    let (terms, whole) = said_of_classes(replay, &asked, "predict_log_proba")?;
    let count = (asked.members.len() as f64).ln();
    let none = replay.b.f64(f64::NEG_INFINITY);
    Ok(whole.floats(terms.into_iter().map(|terms| terms.into_iter().fold(none, log_add) - count)))
}

/// `log(exp(x) + exp(y))`, as numpy's `logaddexp` has it.
fn log_add<'b>(x: Val<'b>, y: Val<'b>) -> Val<'b> {
    let apart = (-(x - y).abs()).exp().log1p() + x.max(y);
    // Two infinities of one sign are not apart.
    x.eq(y).select(x + std::f64::consts::LN_2, apart)
}

fn bagged_probabilities<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (_, means, whole) = bag(replay, call)?;
    Ok(whole.floats(means))
}

fn bagged_class<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (asked, means, whole) = bag(replay, call)?;
    let classes = asked.classes(replay)?;
    first_greatest(replay, &means, &classes, &whole, asked.at)
}

// AdaBoost ----------------------------------------------------------------------------------------------------------------

/// For each class the sum over members of their weight where they say it and of `-weight / (classes - 1)` where not, over all weights.
/// Of two classes the second's less the first's.
fn boosted<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<(Asked<'b>, Vec<Val<'b>>, Whole), Unknown> {
    let asked = Asked::of_array(replay, call)?.of_present(replay, call)?;
    let classes = asked.classes(replay)?;
    let weights = asked.estimator.fitted("estimator_weights_").and_then(record::Value::floats).unwrap_or_default();
    if weights.len() < asked.members.len() || asked.members.is_empty() {
        return Err(not_fitted(replay, &asked.estimator, "estimator_weights_", asked.at));
    }
    let mut terms: Vec<Vec<Val<'b>>> = vec![Vec::new(); classes.len()];
    let mut guarded = Vec::new();
    for (member, weight) in asked.members.iter().zip(&weights) {
        let said = replay.call_estimator(member, "predict", vec![asked.x.clone()], Vec::new(), asked.at)?;
        for (class, terms) in classes.iter().zip(&mut terms) {
            let class = Value::Known(Known::constant(class.clone()));
            let same = replay.compare(CompareOp::Eq, &said, &class, asked.at)?;
            let columns = pandas::matrix(replay, &same, asked.at)?;
            let Some((Kind::Bool, held)) = columns.first().and_then(|column| column.cell.single()) else {
                return Err(replay.unsupported(asked.at, "classes of this type"));
            };
            let other = -1.0 / (classes.len() - 1) as f64 * weight;
            terms.push(held.select(replay.b.f64(*weight), other));
            guarded.extend(columns.into_iter().map(|column| (column, held)));
        }
    }
    let whole = Whole::of(&guarded);
    let total: f64 = weights.iter().sum();
    let scores: Vec<Val<'b>> = terms.iter().map(|terms| sum(replay, terms) / total).collect();
    let scores = match scores.as_slice() {
        [no, yes] => vec![-*no + *yes],
        _ => scores,
    };
    Ok((asked, scores, whole))
}

fn boosted_scores<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (_, scores, whole) = boosted(replay, call)?;
    Ok(numbers(&whole, scores))
}

fn boosted_class<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (asked, scores, whole) = boosted(replay, call)?;
    let classes = asked.classes(replay)?;
    match (scores.as_slice(), classes.as_slice()) {
        ([only], [no, yes]) => {
            let cell = of_two(replay, only.gt(0.0), no, yes, call)?;
            Ok(Value::Column(whole.cell(cell)))
        }
        _ => first_greatest(replay, &scores, &classes, &whole, asked.at),
    }
}

/// The softmax of the scores: of two classes of `-score / 2` and `score / 2`, else of `score / (classes - 1)`.
fn boosted_probabilities<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (_, scores, whole) = boosted(replay, call)?;
    let scores: Vec<Val<'b>> = match scores.as_slice() {
        [only] => vec![-*only / 2.0, *only / 2.0],
        all => all.iter().map(|score| *score / (all.len() - 1) as f64).collect(),
    };
    let shares = replay.b.pack(&scores).softmax();
    Ok(whole.floats((0..scores.len()).map(|at| shares.at(at as u32)).collect::<Vec<_>>()))
}

/// The least answer at which the weights of all answers that are not above it come to half of all weights.
fn weighted_median<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let asked = Asked::of_array(replay, call)?.of_present(replay, call)?;
    let answers = asked.answers(replay, "predict")?;
    let weights = asked.estimator.fitted("estimator_weights_").and_then(record::Value::floats).unwrap_or_default();
    let count = answers.len();
    if weights.len() < count {
        return Err(not_fitted(replay, &asked.estimator, "estimator_weights_", asked.at));
    }
    let b = replay.b;
    let said = b.pack(&answers.iter().map(|answer| answer[0].1).collect::<Vec<_>>());
    let weight = b.tensor(Tensor::f64("weights", [count as u32], weights[..count].iter().copied()));
    let not_above = said.le(said.reshape([count as u32, 1])).cast(Elem::F64);
    let reached = not_above.contract(weight, [(1, 0)]).ge(weights[..count].iter().sum::<f64>() * 0.5);
    let median = reached.select(said, f64::INFINITY).reduce(Reduce::Min, [0]);
    Ok(Value::Column(whole_of(&answers).float(median)))
}

// One model a class, one model a target -------------------------------------------------------------------------------------

/// The score of each member, and whether it is a decision and no probability.
fn binary_scores<'b>(replay: &mut Replay<'_, 'b>, asked: &Asked<'b>) -> Result<(Vec<Answer<'b>>, bool), Unknown> {
    let Some(decides) = asked.estimator.fitted("members_decide").and_then(record::Value::as_bool) else {
        return Err(not_fitted(replay, &asked.estimator, "estimators_", asked.at));
    };
    if decides {
        return Ok((asked.answers(replay, "decision_function")?, true));
    }
    let answers = asked.answers(replay, "predict_proba")?;
    Ok((answers.into_iter().map(|answer| answer.into_iter().skip(1).take(1).collect()).collect(), false))
}

fn class_scores<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let asked = Asked::of(replay, call)?;
    let answers = asked.answers(replay, "decision_function")?;
    let whole = whole_of(&answers);
    Ok(numbers(&whole, answers.iter().map(|answer| answer[0].1).collect()))
}

/// The first class whose model scores highest; of two classes the second where its one model says so.
fn best_class<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let asked = Asked::of(replay, call)?;
    let classes = asked.classes(replay)?;
    let (answers, decides) = binary_scores(replay, &asked)?;
    let whole = whole_of(&answers);
    match (answers.as_slice(), classes.as_slice()) {
        ([only], [no, yes]) => {
            let cell = of_two(replay, only[0].1.gt(if decides { 0.0 } else { 0.5 }), no, yes, call)?;
            Ok(Value::Column(whole.cell(cell)))
        }
        _ => {
            let scores: Vec<Val<'b>> = answers.iter().map(|answer| answer[0].1).collect();
            first_greatest(replay, &scores, &classes, &whole, asked.at)
        }
    }
}

/// The probabilities of the models, over their sum where that is not zero.
fn class_shares<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let asked = Asked::of(replay, call)?;
    asked.classes(replay)?;
    let mut answers = asked.answers(replay, "predict_proba")?;
    all_in_single(&mut answers);
    let whole = whole_of(&answers);
    let mut shares: Vec<Val<'b>> = answers.iter().filter_map(|answer| answer.get(1)).map(|(_, val)| *val).collect();
    if let [only] = shares.as_slice() {
        shares = vec![complement(*only), *only];
    }
    let total = replay.b.pack(&shares).reduce(Reduce::Sum, [0]);
    let divisor = total.ne(0.0).select(total, 1.0);
    Ok(whole.floats(shares.into_iter().map(|share| share / divisor).collect::<Vec<_>>()))
}

/// Of each class how many of its duels it wins and, within a third of one, the sum of how clearly; and whether the members decide. A member
/// stands for two classes, the first with the second, the first with the third and so on, and is positive for the second of both.
fn duels<'b>(replay: &mut Replay<'_, 'b>, asked: &Asked<'b>) -> Result<(Vec<Val<'b>>, Whole, bool), Unknown> {
    let count = asked.classes(replay)?.len();
    let winners = asked.answers(replay, "predict")?;
    let (clear, decides) = binary_scores(replay, asked)?;
    if winners.len() != count * (count - 1) / 2 || clear.iter().any(Vec::is_empty) {
        return Err(not_fitted(replay, &asked.estimator, "estimators_", asked.at));
    }
    let b = replay.b;
    let (mut votes, mut sums) = (vec![b.f64(0.0); count], vec![b.f64(0.0); count]);
    let pairs = (0..count).flat_map(|first| (first + 1..count).map(move |second| (first, second)));
    for ((first, second), (winner, clear)) in pairs.zip(winners.iter().zip(&clear)) {
        let (won, clear) = (winner[0].1.eq(1.0), clear[0].1);
        sums[first] = sums[first] - clear;
        sums[second] = sums[second] + clear;
        votes[first] = votes[first] + won.select(b.f64(0.0), 1.0);
        votes[second] = votes[second] + won.select(b.f64(1.0), 0.0);
    }
    let scores = votes.into_iter().zip(sums).map(|(votes, sum)| votes + sum / ((sum.abs() + 1.0) * 3.0)).collect();
    Ok((scores, whole_of(&[winners, clear].concat()), decides))
}

fn duel_scores<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let asked = Asked::of_array(replay, call)?;
    let (mut scores, whole, _) = duels(replay, &asked)?;
    if scores.len() == 2 {
        scores.remove(0);
    }
    Ok(numbers(&whole, scores))
}

/// The first class with the highest score; of two classes the second where its score is positive, or likely.
fn duel_class<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let asked = Asked::of_array(replay, call)?;
    let classes = asked.classes(replay)?;
    let (scores, whole, decides) = duels(replay, &asked)?;
    match (scores.as_slice(), classes.as_slice()) {
        ([_, score], [no, yes]) => {
            let cell = of_two(replay, score.gt(if decides { 0.0 } else { 0.5 }), no, yes, call)?;
            Ok(Value::Column(whole.cell(cell)))
        }
        _ => first_greatest(replay, &scores, &classes, &whole, asked.at),
    }
}

/// What each target's model says, side by side.
fn each_target<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let asked = Asked::of(replay, call)?;
    let mut out = Vec::new();
    for member in &asked.members {
        let value = replay.call_estimator(member, "predict", vec![asked.x.clone()], Vec::new(), asked.at)?;
        out.extend(pandas::matrix(replay, &value, asked.at)?);
    }
    if out.is_empty() {
        return Err(not_fitted(replay, &asked.estimator, "estimators_", asked.at));
    }
    Ok(Value::Matrix(super::compose::in_one_type(out)))
}

/// The probabilities of the classes of each target: a list of arrays.
fn shares_of_each_target<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let asked = Asked::of(replay, call)?;
    let shares = |member: &Known| replay.call_estimator(member, "predict_proba", vec![asked.x.clone()], Vec::new(), asked.at);
    Ok(Value::Tuple(asked.members.iter().map(shares).collect::<Result<_, _>>()?))
}

/// The class whose code is nearest to what the models say.
fn coded_class<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let asked = Asked::of(replay, call)?;
    let classes = asked.classes(replay)?;
    let (answers, _) = binary_scores(replay, &asked)?;
    let answers = answers.concat();
    let codes = super::fitted::matrix(replay, &asked.estimator, "code_book_", answers.len(), call)?;
    let mut whole = Whole::of(&answers);
    let number = super::neighbours::nearest_row(replay, &asked.estimator, codes, &answers, &mut whole, asked.at);
    let cell = class_at(replay, &classes, number, asked.at)?;
    Ok(Value::Column(whole.cell(cell)))
}

/// A model after the other, each on the columns and what those before it say; what they answer is in the order of the targets.
fn chained<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let asked = Asked::of(replay, call)?;
    let columns = pandas::matrix(replay, &asked.x, asked.at)?;
    let mut columns = super::fitted::numbers(replay, columns, asked.at)?;
    super::fitted::finite(replay, &asked.estimator, call, &mut columns, super::fitted::Nan::Refused);
    let order = asked.estimator.fitted("order_").and_then(record::Value::floats).unwrap_or_default();
    let link = asked.estimator.fitted("chain_method_").and_then(record::Value::as_str).unwrap_or("predict").to_owned();
    if order.len() != asked.members.len() {
        return Err(not_fitted(replay, &asked.estimator, "order_", asked.at));
    }
    let mut out = Vec::new();
    for (member, target) in asked.members.iter().zip(order) {
        let x = super::fitted::result(columns.clone());
        // Of two classes it is the second's probability.
        let one = |replay: &mut Replay<'_, 'b>, method: &str| match asked.answer(replay, member, method, &x)?.as_slice() {
            [only] if method != "predict_proba" => Ok(only.clone()),
            [_, second] if method == "predict_proba" => Ok(second.clone()),
            _ => Err(replay.unsupported(asked.at, format!("{} of more than two classes a target", asked.estimator.class_name()))),
        };
        out.push((target, one(replay, &call.name)?));
        columns.push(one(replay, &link)?);
    }
    out.sort_by(|(one, _), (other, _)| one.total_cmp(other));
    Ok(super::fitted::result(out.into_iter().map(|(_, answer)| answer).collect()))
}

// Stacks --------------------------------------------------------------------------------------------------------------------

/// The answers of the members (of two classes the second's probability), and with `passthrough` the table itself after them.
fn stack<'b>(replay: &mut Replay<'_, 'b>, asked: &Asked<'b>) -> Result<Value<'b>, Unknown> {
    let methods = asked.estimator.fitted("stack_method_").and_then(record::Value::items).unwrap_or_default();
    if methods.len() != asked.members.len() || asked.members.is_empty() {
        return Err(not_fitted(replay, &asked.estimator, "stack_method_", asked.at));
    }
    let two = asked.estimator.fitted("classes_").and_then(record::Value::items).is_some_and(|classes| classes.len() == 2);
    let mut columns = Vec::new();
    for (member, method) in asked.members.iter().zip(&methods) {
        let method = method.as_str().unwrap_or("predict");
        let value = replay.call_estimator(member, method, vec![asked.x.clone()], Vec::new(), asked.at)?;
        let answer = pandas::matrix(replay, &value, asked.at)?;
        columns.extend(answer.into_iter().skip(usize::from(two && method == "predict_proba")));
    }
    if param_flag(&asked.estimator, "passthrough") {
        columns.extend(pandas::matrix(replay, &asked.x, asked.at)?);
    }
    Ok(Value::Matrix(super::compose::in_one_type(columns)))
}

fn stack_itself<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let asked = Asked::of(replay, call)?;
    stack(replay, &asked)
}

fn stacked<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let asked = Asked::of(replay, call)?;
    let last = asked.part(replay, "final_estimator_")?;
    let answers = stack(replay, &asked)?;
    replay.call_estimator(&last, &call.name, vec![answers], Vec::new(), asked.at)
}

/// The last model is fitted on the numbers of the classes.
fn stacked_class<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let asked = Asked::of(replay, call)?;
    let classes = asked.classes(replay)?;
    let last = asked.part(replay, "final_estimator_")?;
    let answers = stack(replay, &asked)?;
    let number = asked.answer(replay, &last, "predict", &answers)?;
    let whole = Whole::of(&number);
    let Some((_, number)) = number.first() else { return Err(not_fitted(replay, &asked.estimator, "final_estimator_", asked.at)) };
    let cell = class_at(replay, &classes, number.cast(Elem::I64), asked.at)?;
    Ok(Value::Column(whole.cell(cell)))
}

/// The class where what the model says for it comes to the threshold, else the other.
fn cut_class<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let asked = Asked::of(replay, call)?;
    let model = asked.part(replay, "estimator_")?;
    let cut = asked.estimator.fitted("cut").and_then(record::Value::items).unwrap_or_default();
    let [method, threshold, place, classes] = cut.as_slice() else {
        return Err(not_fitted(replay, &asked.estimator, "estimator_", asked.at));
    };
    let (method, threshold, classes) = (method.as_str(), threshold.as_f64(), classes.items().unwrap_or_default());
    let (Some(method), Some(threshold), [no, yes]) = (method, threshold, classes.as_slice()) else {
        return Err(not_fitted(replay, &asked.estimator, "best_threshold_", asked.at));
    };
    let is_first = place.as_int() == Some(0);
    let answer = asked.answer(replay, &model, method, &asked.x)?;
    let score = match answer.as_slice() {
        [first, second] => {
            if is_first {
                first.1
            } else {
                second.1
            }
        }
        // A decision is for the second class.
        [only] => {
            if is_first {
                -only.1
            } else {
                only.1
            }
        }
        _ => return Err(not_fitted(replay, &asked.estimator, "estimator_", asked.at)),
    };
    let reached = score.ge(threshold);
    let cell = of_two(replay, if is_first { !reached } else { reached }, no, yes, call)?;
    Ok(Value::Column(Whole::of(&answer).cell(cell)))
}

// Changed targets -----------------------------------------------------------------------------------------------------------

/// The prediction, changed back.
fn changed_target<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let asked = Asked::of(replay, call)?;
    let model = asked.part(replay, "regressor_")?;
    let back = asked.part(replay, "transformer_")?;
    let predicted = replay.call_estimator(&model, "predict", vec![asked.x.clone()], Vec::new(), asked.at)?;
    let columns = pandas::matrix(replay, &predicted, asked.at)?;
    let changed = replay.call_estimator(&back, "inverse_transform", vec![Value::Matrix(columns)], Vec::new(), asked.at)?;
    let mut columns = pandas::matrix(replay, &changed, asked.at)?;
    Ok(match (columns.len(), columns.pop()) {
        (1, Some(only)) => Value::Column(Column { array: true, name: None, ..only }),
        (_, Some(last)) => Value::Matrix(columns.into_iter().chain([last]).collect()),
        (_, None) => predicted,
    })
}

// Calibration ---------------------------------------------------------------------------------------------------------------

/// Linear between the thresholds. Outside it is constant, NaN or an error, as `out_of_bounds` says.
fn isotonic<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let asked = Asked::of_with(replay, call, &["X", "T"])?;
    let columns = pandas::matrix(replay, &asked.x, asked.at)?;
    let mut columns = super::fitted::numbers(replay, columns, asked.at)?;
    finite(replay, &asked.estimator, call, &mut columns, Nan::Refused);
    let steps = |name: &str| asked.estimator.fitted(name).and_then(record::Value::floats).filter(|steps| !steps.is_empty());
    let (Some(xs), Some(ys)) = (steps("X_thresholds_"), steps("y_thresholds_")) else {
        return Err(not_fitted(replay, &asked.estimator, "X_thresholds_", asked.at));
    };
    if columns.len() != 1 || xs.len() != ys.len() {
        return Err(not_fitted(replay, &asked.estimator, "X_thresholds_", asked.at));
    }
    let (low, high) = (xs[0], xs[xs.len() - 1]);
    // Thresholds of 32 bits bring everything to them.
    let is_single = matches!(asked.estimator.fitted("X_thresholds_").and_then(record::Value::as_tagged), Some(Tagged::Array(array)) if array.dtype == "float32");
    let x = if is_single { columns[0].1.cast(Elem::F32) } else { columns[0].1 };
    let val = if is_single {
        interpolated_in_single(replay, x.max(low).min(high), &xs, &ys)
    } else {
        interpolated(replay, x.max(low).min(high), &xs, &ys)
    };
    // One threshold says the same of all.
    let outside = (ys.len() > 1).then(|| x.lt(low) | x.gt(high));
    let val = match (param_text(&asked.estimator, "out_of_bounds"), outside) {
        ("nan", Some(outside)) => (!outside).select(val, f64::NAN),
        ("raise", Some(outside)) => {
            refuse_rows(
                replay,
                asked.at,
                &mut columns,
                "a number outside of those of training, which IsotonicRegression refuses",
                |_, _| Some(outside),
            );
            val
        }
        _ => val,
    };
    Ok(Value::Column(Whole::of(&columns).float(val)))
}

impl<'b> Asked<'b> {
    /// With an argument of another name.
    fn of_with(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>, names: &[&str]) -> Result<Asked<'b>, Unknown> {
        let (known, estimator) = estimator(replay, call)?;
        let Some(x) = names.iter().find_map(|name| call.take(name)) else { return Err(replay.unsupported(call.span, "a call of nothing")) };
        replay.freeze(&known);
        Ok(Asked { known, estimator, members: Vec::new(), x, at: call.span })
    }
}

/// What one calibrated model says, a probability a class.
fn calibrated_once<'b>(replay: &mut Replay<'_, 'b>, asked: &Asked<'b>, entry: &record::Value, count: usize) -> Result<Answer<'b>, Unknown> {
    let b = replay.b;
    let fields = entry.items().unwrap_or_default();
    let model = fields.first().and_then(|model| parts(&asked.known, std::slice::from_ref(model))?.pop());
    let calibrators = fields.get(1).and_then(record::Value::items).and_then(|calibrators| parts(&asked.known, &calibrators));
    let places = fields.get(2).and_then(record::Value::floats);
    let decides = fields.get(3).and_then(record::Value::as_bool);
    let (Some(model), Some(calibrators), Some(places), Some(decides)) = (model, calibrators, places, decides) else {
        return Err(not_fitted(replay, &asked.estimator, "calibrated_classifiers_", asked.at));
    };
    let method = if decides { "decision_function" } else { "predict_proba" };
    let mut answer = asked.answer(replay, &model, method, &asked.x)?;
    let mut guarded = Whole::of(&answer);
    if count == 2 && !decides {
        answer.remove(0);
    }
    if answer.len() != calibrators.len() || places.len() < calibrators.len() || count == 2 && calibrators.len() != 1 {
        return Err(replay.unsupported(asked.at, "CalibratedClassifierCV of this method"));
    }
    let mut shares: Vec<Val<'b>> = vec![b.f64(0.0); count];
    for (((_, score), calibrator), place) in answer.iter().zip(&calibrators).zip(&places) {
        let place = if count == 2 { 1 } else { *place as usize };
        let Some(share) = shares.get_mut(place) else {
            return Err(not_fitted(replay, &asked.estimator, "calibrated_classifiers_", asked.at));
        };
        *share = match calibrator.tagged() {
            Some(Tagged::Estimator(sigmoid)) if sigmoid.class_name() == "_SigmoidCalibration" => {
                let number = |name: &str| sigmoid.fitted(name).and_then(record::Value::as_f64).unwrap_or(f64::NAN);
                (-(*score * number("a_") + number("b_"))).sigmoid()
            }
            _ => {
                let column = Value::Column(guarded.column(Kind::Float, *score));
                let said = asked.answer(replay, calibrator, "predict", &column)?;
                said.iter().flat_map(|(column, _)| column.cell.guards.iter()).for_each(|guard| guarded.guard(*guard));
                said.first().map_or(*score, |(_, val)| *val)
            }
        };
    }
    if count == 2 {
        shares[0] = b.f64(1.0) - shares[1];
    } else {
        let total = b.pack(&shares).reduce(Reduce::Sum, [0]);
        let nothing = total.eq(0.0);
        let divisor = nothing.select(b.f64(1.0), total);
        shares.iter_mut().for_each(|share| *share = nothing.select(b.f64(1.0 / count as f64), *share / divisor));
    }
    // A probability that is above 1 by rounding is 1.
    let cut = |share: Val<'b>| (share.gt(1.0) & share.le(1.0 + 1e-5)).select(b.f64(1.0), share);
    Ok(shares.into_iter().map(cut).map(|share| (guarded.cell(Cell::new(Kind::Float, share)), share)).collect())
}

fn calibrations<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Result<(Asked<'b>, Vec<Val<'b>>, Whole), Unknown> {
    let asked = Asked::of(replay, call)?;
    let count = asked.classes(replay)?.len();
    let entries = asked.estimator.fitted("calibrated").and_then(record::Value::items).unwrap_or_default();
    if entries.is_empty() {
        return Err(not_fitted(replay, &asked.estimator, "calibrated_classifiers_", asked.at));
    }
    let answers: Vec<Answer<'b>> = entries.iter().map(|entry| calibrated_once(replay, &asked, entry, count)).collect::<Result<_, _>>()?;
    let means = means(replay, &answers, None);
    Ok((asked, means, whole_of(&answers)))
}

fn calibrated<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (_, means, whole) = calibrations(replay, call)?;
    Ok(whole.floats(means))
}

fn calibrated_class<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (asked, means, whole) = calibrations(replay, call)?;
    let classes = asked.classes(replay)?;
    first_greatest(replay, &means, &classes, &whole, asked.at)
}
