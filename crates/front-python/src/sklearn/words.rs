//! Texts as counts of their words or letters, and what is made of such counts.
//!
//! A text is read once, letter by letter (`scan`), into one code point for each term of the vocabulary that it has; a column counts one of them.

use super::fitted::{Nan, Whole, as_kind, columns, dtype_kind, estimator, finite, needed, not_fitted, param_flag, param_text};
use crate::pandas;
use crate::record::{self, Estimator, Tagged};
use crate::regex::{self, Set};
use crate::replay::{Call, On, Replay, Row};
use crate::scan::{self, Runs};
use crate::value::{Column, Eval, Guards, Kind, Unknown, Value};
use ir::{Elem, Module, Reason, Reduce, Tensor, Val};
use source::Span;
use std::collections::BTreeSet;
use texts::terms::{self, MOST_TERMS, Term, code};

pub(crate) const ROWS: &[Row] = &[
    Row::new(On::Estimator, "CountVectorizer.transform", counts),
    Row::new(On::Estimator, "FeatureHasher.transform", hashed_features),
    Row::new(On::Estimator, "HashingVectorizer.transform", hashed_words),
    Row::new(On::Estimator, "TfidfTransformer.transform", weights_of_counts),
    Row::new(On::Estimator, "TfidfVectorizer.transform", weights_of_texts),
];

fn white() -> Set {
    regex::WHITE.to_vec()
}

/// The runs that a pattern of tokens finds, and whether it depends on what a letter is. None for a pattern that finds something else.
fn runs(pattern: &str) -> Option<(Runs, bool)> {
    let pattern = regex::parse(pattern.strip_prefix("(?u)").unwrap_or(pattern), 0)?;
    Some((terms::runs(&pattern)?, pattern.of_letters))
}

fn made<'b>(
    replay: &mut Replay<'_, 'b>,
    key: String,
    text: Val<'b>,
    at: Span,
    made: impl FnOnce() -> Option<Module>,
) -> Result<Val<'b>, Unknown> {
    match pandas::pattern::function(replay, key, made) {
        Some(function) => Ok(replay.b.call(function, &[text], 0)),
        None => Err(replay.unsupported(at, "this vocabulary")),
    }
}

/// The counts of the terms of the vocabulary, in its order, under the guards of the text.
struct Counted<'b> {
    column: Column<'b>,
    counts: Vec<Val<'b>>,
}

/// The text in the case that is asked for, without the rows that cannot be read.
fn document<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>, estimator: &Estimator) -> Result<(Column<'b>, Val<'b>), Unknown> {
    let at = call.span;
    let x = call.need(replay, "X")?;
    let class = estimator.class_name();
    let Value::Column(column) = x else {
        return Err(replay.unsupported(at, format!("{class} of anything but one column of texts")));
    };
    let text = match column.cell.single() {
        Some((Kind::Str, text)) => text,
        _ => return Err(replay.unsupported(at, format!("{class} of a column that is not of texts"))),
    };
    let mut guards = Guards::new();
    let mut refuse = |replay: &mut Replay<'_, 'b>, when: Val<'b>, reason: String| {
        guards.insert(replay.guard(when, Reason::Invalid(reason), at));
    };
    if text.is_nullable() {
        refuse(replay, text.is_null(), format!("a missing text, which {class} refuses"));
    }
    let mut text = text.or_else("");
    let place = replay.place_name(at);
    if param_flag(estimator, "lowercase") {
        refuse(replay, text.contains("Σ"), format!("a capital sigma, whose lower case depends on the word, at {place}"));
        text = text.lower();
    }
    refuse(replay, text.len().gt(scan::LONGEST), format!("a text is too long at {place}"));
    let cell = column.cell.clone().guarded(&guards);
    Ok((column.with(cell), text))
}

fn range(replay: &mut Replay<'_, '_>, estimator: &Estimator, at: Span) -> Result<(usize, usize), Unknown> {
    let bounds = estimator.param("ngram_range").and_then(record::Value::items).unwrap_or_default();
    let bounds: Vec<usize> = bounds.iter().filter_map(record::Value::as_int).filter_map(|bound| usize::try_from(bound).ok()).collect();
    match bounds.as_slice() {
        [least, most] if (1..=*most).contains(least) => Ok((*least, *most)),
        _ => Err(replay.not_recorded(at)),
    }
}

fn is_none(estimator: &Estimator, name: &str) -> bool {
    estimator.param(name).is_none_or(|value| *value == record::Value::NONE)
}

/// Nothing of the script's own is done to each text, which is given itself.
fn plain<'b>(replay: &mut Replay<'_, 'b>, call: &Call<'b>, estimator: &Estimator) -> Result<(), Unknown> {
    let (at, class) = (call.span, estimator.class_name());
    for own in ["preprocessor", "tokenizer", "strip_accents"] {
        if !is_none(estimator, own) {
            return Err(replay.refuse(
                "python-vectorizer",
                at,
                format!("{class} with a `{own}` cannot be converted"),
                "it is done by a function that the vectorizer calls on each text",
                "do it on the column first, as with .str.lower(), .str.replace() or .apply(), and leave it out here",
            ));
        }
    }
    if !matches!(param_text(estimator, "input"), "" | "content") {
        return Err(replay.unsupported(at, format!("{class} of files")));
    }
    Ok(())
}

fn counted<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>, estimator: &Estimator) -> Result<Counted<'b>, Unknown> {
    let at = call.span;
    let class = estimator.class_name();
    plain(replay, call, estimator)?;
    let Some(Tagged::Dict(vocabulary)) = estimator.fitted("vocabulary_").and_then(record::Value::as_tagged) else {
        return Err(not_fitted(replay, estimator, "vocabulary_", at));
    };
    let mut terms = vec![String::new(); vocabulary.len()];
    for (term, place) in vocabulary {
        let place = place.as_int().and_then(|place| terms.get_mut(usize::try_from(place).ok()?));
        if let (Some(term), Some(place)) = (term.as_str(), place) {
            term.clone_into(place);
        }
    }
    if terms.len() > MOST_TERMS {
        return Err(replay.refuse(
            "python-vectorizer",
            at,
            format!("a vocabulary of {} terms cannot be converted", terms.len()),
            format!("each is a column, and more than {MOST_TERMS} make the scorer too long"),
            "learn fewer, with max_features or min_df",
        ));
    }
    let bounds = range(replay, estimator, at)?;
    let (mut column, text) = document(replay, call, estimator)?;
    let codes = match param_text(estimator, "analyzer") {
        "word" => of_words(replay, estimator, &terms, bounds, (&mut column, text), at)?,
        "char" => {
            let spaced = made(replay, "spaced".to_owned(), text, at, || scan::spaced(&white()))?;
            let lengths = |term: &String| (bounds.0..=bounds.1).contains(&term.chars().count());
            of_letters(replay, &terms, lengths, spaced, at)?
        }
        "char_wb" => {
            let framed = made(replay, "framed".to_owned(), text, at, || scan::framed(&white()))?;
            // A word that is shorter than all parts counts as one.
            let lengths = |term: &String| {
                let length = term.chars().count();
                let word = length > 2 && term.starts_with(' ') && term.ends_with(' ');
                length <= bounds.1 && (length >= bounds.0 || word) && !term.contains("  ")
            };
            of_letters(replay, &terms, lengths, framed, at)?
        }
        _ => return Err(replay.unsupported(at, format!("{class} with an analyzer of its own"))),
    };
    let Some(occurrences) = pandas::pattern::function(replay, "occurrences".to_owned(), scan::occurrences) else {
        return Err(replay.unsupported(at, "this vocabulary"));
    };
    let b = replay.b;
    let binary = param_flag(estimator, "binary");
    let count = |number: usize| {
        let count = b.call(occurrences, &[codes, b.str(&code(number)?)], 0);
        Some(if binary { count.gt(0_i64).cast(Elem::I64) } else { count })
    };
    match (0..terms.len()).map(count).collect() {
        Some(counts) => Ok(Counted { column, counts }),
        None => Err(replay.unsupported(at, "this vocabulary")),
    }
}

/// How a text is cut into tokens, and those that are left out. A text with a letter that is not known here is refused by a guard.
fn tokens<'b>(
    replay: &mut Replay<'_, 'b>,
    estimator: &Estimator,
    most: usize,
    (column, text): (&mut Column<'b>, Val<'b>),
    at: Span,
) -> Result<(Runs, BTreeSet<String>), Unknown> {
    let pattern = param_text(estimator, "token_pattern");
    let Some((runs, of_letters)) =
        runs(pattern).filter(|(runs, _)| most == 1 || !runs.inner.iter().any(|(from, to)| (*from..=*to).contains(&32)))
    else {
        return Err(replay.refuse(
            "python-vectorizer",
            at,
            format!("the token pattern {pattern:?} cannot be converted"),
            "tokens are read as runs of one class of letters",
            "use the default pattern, or one like r\"\\b\\w+\\b\" or r\"[a-z]{3,}\"",
        ));
    };
    let Some(stop) = estimator.fitted("left_out").and_then(record::Value::items) else {
        return Err(not_fitted(replay, estimator, "get_stop_words", at));
    };
    if of_letters {
        let unclear = pandas::letters::has(replay, "unclear to Python".to_owned(), regex::unclear(), text, at)?;
        let reason = Reason::Invalid(format!("a letter that is not looked at at {}", replay.place_name(at)));
        column.cell.guards.insert(replay.guard(unclear, reason, at));
    }
    Ok((runs, stop.iter().filter_map(record::Value::as_str).map(str::to_owned).collect()))
}

/// The codes of the terms that are runs of tokens.
fn of_words<'b>(
    replay: &mut Replay<'_, 'b>,
    estimator: &Estimator,
    terms: &[String],
    (least, most): (usize, usize),
    (column, text): (&mut Column<'b>, Val<'b>),
    at: Span,
) -> Result<Val<'b>, Unknown> {
    let (runs, stop) = tokens(replay, estimator, most, (column, text), at)?;
    let split = |term: &String| if most == 1 { vec![term.clone()] } else { term.split(' ').map(str::to_owned).collect() };
    let split = terms.iter().map(split).enumerate().map(|(number, tokens)| Term { tokens, number });
    let wanted: Vec<Term> = split.filter(|term| (least..=most).contains(&term.tokens.len())).collect();
    let Some(functions) = terms::of_tokens(&runs, &wanted, &stop) else {
        return Err(replay.unsupported(at, "this vocabulary"));
    };
    let key = format!("{} {terms:?} {stop:?} {least} {most}", param_text(estimator, "token_pattern"));
    let mut read = text;
    for (number, function) in functions.into_iter().enumerate() {
        read = made(replay, format!("tokens {number} {key}"), read, at, || Some(function))?;
    }
    Ok(read)
}

/// The codes of the terms that are parts of a text.
fn of_letters<'b>(
    replay: &mut Replay<'_, 'b>,
    terms: &[String],
    lengths: impl Fn(&String) -> bool,
    text: Val<'b>,
    at: Span,
) -> Result<Val<'b>, Unknown> {
    let wanted = terms.iter().enumerate().filter(|(_, term)| lengths(term));
    let parts = wanted.map(|(number, term)| (term.clone(), number));
    made(replay, format!("parts {terms:?}"), text, at, || terms::of_parts(parts))
}

/// How often each term stands in the text, or whether it does.
fn counts<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let kind = dtype_kind(replay, &estimator, call.span)?;
    let Counted { column, counts } = counted(replay, call, &estimator)?;
    replay.freeze(&known);
    let whole = Whole::beside(&column);
    Ok(Value::Matrix(counts.into_iter().map(|count| whole.column(kind.clone(), as_kind(count.cast(Elem::F64), &kind))).collect()))
}

fn weights_of_texts<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    if dtype_kind(replay, &estimator, call.span)? != Kind::Float {
        return Err(replay.unsupported(call.span, "a TfidfVectorizer with another `dtype`"));
    }
    let Counted { column, counts } = counted(replay, call, &estimator)?;
    let counts: Vec<Val<'b>> = counts.into_iter().map(|count| count.cast(Elem::F64)).collect();
    let weights = weights(replay, call, &estimator, &counts)?;
    replay.freeze(&known);
    Ok(Whole::beside(&column).floats(weights))
}

fn weights_of_counts<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let mut columns = columns(replay, call)?;
    finite(replay, &estimator, call, &mut columns, Nan::Refused);
    let counts: Vec<Val<'b>> = columns.iter().map(|(_, val)| *val).collect();
    let weights = weights(replay, call, &estimator, &counts)?;
    replay.freeze(&known);
    Ok(Whole::of(&columns).floats(weights))
}

/// `count * idf` or `(1 + ln(count)) * idf`, divided by its norm over the row unless that is 0.
fn weights<'b>(replay: &mut Replay<'_, 'b>, call: &Call<'b>, estimator: &Estimator, counts: &[Val<'b>]) -> Result<Vec<Val<'b>>, Unknown> {
    let b = replay.b;
    let mut row = b.pack(counts);
    if param_flag(estimator, "sublinear_tf") {
        row = row.ne(0.0).select(row.log() + 1.0, 0.0);
    }
    if param_flag(estimator, "use_idf") {
        let idf = needed(replay, estimator, "idf_", counts.len(), call)?;
        row = row * b.tensor(Tensor::f64("idf", [counts.len() as u32], idf));
    }
    let row = normed(replay, call, estimator, row)?;
    Ok((0..counts.len() as u32).map(|place| row.at(place)).collect())
}

/// The row over its norm, unless that is 0.
fn normed<'b>(replay: &mut Replay<'_, 'b>, call: &Call<'b>, estimator: &Estimator, row: Val<'b>) -> Result<Val<'b>, Unknown> {
    let norm = match estimator.param("norm").and_then(record::Value::as_str) {
        None => None,
        Some("l1") => Some(row.abs().reduce(Reduce::SumInOrder, [0])),
        Some("l2") => Some((row * row).reduce(Reduce::SumInOrder, [0]).sqrt()),
        Some(other) => return Err(replay.unsupported(call.span, format!("the norm `{other}` here"))),
    };
    Ok(match norm {
        Some(norm) => row / norm.eq(0.0).select(replay.b.f64(1.0), norm),
        None => row,
    })
}

/// More places than this would make the scorer long.
const MOST_PLACES: usize = 4096;

/// How many places there are; each is a column.
fn places(replay: &mut Replay<'_, '_>, estimator: &Estimator, at: Span) -> Result<usize, Unknown> {
    let places = estimator.param("n_features").and_then(record::Value::as_int).and_then(|places| usize::try_from(places).ok());
    match places {
        Some(places) if (1..=MOST_PLACES).contains(&places) => Ok(places),
        Some(places) => Err(replay.refuse(
            "python-vectorizer",
            at,
            format!("{} with {places} places cannot be converted", estimator.class_name()),
            format!("each is a column, and more than {MOST_PLACES} make the scorer too long"),
            "choose fewer with n_features, or a CountVectorizer or TfidfVectorizer with max_features",
        )),
        None => Err(replay.not_recorded(at)),
    }
}

/// At the place of each word how often it stands there, negative where its hash is, over the norm of the row.
fn hashed_words<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let at = call.span;
    plain(replay, call, &estimator)?;
    let places = places(replay, &estimator, at)?;
    if param_text(&estimator, "analyzer") != "word" || range(replay, &estimator, at)? != (1, 1) {
        return Err(replay.unsupported(at, "a HashingVectorizer of anything but single words"));
    }
    if dtype_kind(replay, &estimator, at)? != Kind::Float {
        return Err(replay.unsupported(at, "a HashingVectorizer with another `dtype`"));
    }
    let (mut column, text) = document(replay, call, &estimator)?;
    let (runs, stop) = tokens(replay, &estimator, 1, (&mut column, text), at)?;
    let stop: Vec<String> = stop.into_iter().collect();
    let codes: Option<Vec<String>> = (0..2 * places).map(code).collect();
    let (Some(codes), Some(occurrences)) = (codes, pandas::pattern::function(replay, "occurrences".to_owned(), scan::occurrences)) else {
        return Err(replay.unsupported(at, "these places"));
    };
    let key = format!("hashed {places} {} {stop:?}", param_text(&estimator, "token_pattern"));
    let read = made(replay, key, text, at, || scan::hashed(&runs, &stop, &codes))?;
    replay.freeze(&known);
    let b = replay.b;
    let (signed, binary) = (param_flag(&estimator, "alternate_sign"), param_flag(&estimator, "binary"));
    let count = |code: &String| b.call(occurrences, &[read, b.str(code)], 0);
    let value = |codes: &[String]| {
        let (positive, negative) = (count(&codes[0]), count(&codes[1]));
        // What cancels out still stands there.
        let value = match (binary, signed) {
            (true, true | false) => (positive + negative).gt(0_i64).cast(Elem::I64),
            (false, true) => positive - negative,
            (false, false) => positive + negative,
        };
        value.cast(Elem::F64)
    };
    let row = b.pack(&codes.chunks(2).map(value).collect::<Vec<_>>());
    let row = normed(replay, call, &estimator, row)?;
    Ok(Whole::beside(&column).floats((0..places as u32).map(|place| row.at(place))))
}

/// At the place of each feature its value, negative where the hash is: of a dict a number under its name and 1 for `name=text`, of an
/// array of texts 1 for each.
fn hashed_features<'b>(replay: &mut Replay<'_, 'b>, call: &mut Call<'b>) -> Eval<'b> {
    let (known, estimator) = estimator(replay, call)?;
    let at = call.span;
    let places = places(replay, &estimator, at)?;
    if dtype_kind(replay, &estimator, at)? != Kind::Float {
        return Err(replay.unsupported(at, "a FeatureHasher with another `dtype`"));
    }
    let x = call.need(replay, "X")?;
    let (columns, named) = match (&x, param_text(&estimator, "input_type")) {
        (Value::Part(frame, part), "dict") if part == crate::row_turns::RECORDS => (pandas::matrix(replay, frame, at)?, true),
        (Value::Matrix(columns), "string") => (columns.clone(), false),
        _ => return Err(replay.unsupported(at, "a FeatureHasher of this")),
    };
    let Some(hashed) = pandas::pattern::function(replay, format!("place {places}"), || crate::hash::place(places as i64)) else {
        return Err(replay.unsupported(at, "these places"));
    };
    replay.freeze(&known);
    let b = replay.b;
    let signed = param_flag(&estimator, "alternate_sign");
    let mut features = Vec::new();
    let mut guards = Guards::new();
    for column in &columns {
        guards.extend(&column.cell.guards);
        let name = column.name.as_deref().unwrap_or_default();
        let (feature, value) = match (column.cell.single(), named) {
            (Some((Kind::Str, text)), false) => {
                if text.is_nullable() {
                    let reason = Reason::Invalid("a missing text, which FeatureHasher refuses".to_owned());
                    guards.insert(replay.guard(text.is_null(), reason, at));
                }
                (text.or_else(""), b.f64(1.0))
            }
            // A missing text is NaN, which is a number under the name.
            (Some((Kind::Str, text)), true) => {
                let feature = b.str(&format!("{name}=")).append(text).or_else(name);
                (feature, text.is_null().select(b.f64(f64::NAN), 1.0))
            }
            (Some((kind, _)), true) if kind.is_number() => (b.str(name), pandas::table::number(replay, column, at)?),
            (_, true | false) => return Err(replay.unsupported(at, "a FeatureHasher of this column")),
        };
        let place = b.call(hashed, &[feature], 0);
        let negative = place.binary(ir::Binary::Rem, 2_i64).eq(1_i64);
        features.push((place / 2_i64, if signed { negative.select(-value, value) } else { value }));
    }
    let Some(first) = columns.first() else { return Err(replay.unsupported(at, "a FeatureHasher of no column")) };
    let whole = Whole::beside(&first.with(first.cell.clone().guarded(&guards)));
    let value = |number: i64| {
        let parts: Vec<Val<'b>> = features.iter().map(|(place, value)| place.eq(number).select(*value, 0.0)).collect();
        b.pack(&parts).reduce(Reduce::SumInOrder, [0])
    };
    Ok(whole.floats((0..places as i64).map(value)))
}
