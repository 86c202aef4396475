//! Operators on text. White space and letters are those of the IR's text operations.

use std::collections::BTreeSet;
use std::rc::Rc;

use ir::{Elem, Literal, Module, Reduce, Val, Window};
use texts::automata::Automaton;
use texts::regex::{self, Dialect, Node, Pattern};
use texts::scan::{self, Runs};
use texts::terms::{self, Term};

use super::Row;
use super::shape::limited;
use crate::node::{OnnxNode, Translated};
use crate::tensor::{Data, ElementType, Tensor};
use crate::value::{Cut, PerRow, Tokens, Value, broadcast, elem, literals};

pub(super) const OPS: &[Row] = &[
    Row::new("RegexFullMatch", regex_full_match),
    Row::microsoft("Tokenizer", tokenizer),
    Row::new("StringConcat", string_concat),
    Row::new("StringNormalizer", string_normalizer).with_constants(),
    Row::new("StringSplit", string_split).with_constants(),
    Row::new("TfIdfVectorizer", tf_idf_vectorizer),
];

/// `a` followed by `b`.
fn string_concat<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    super::elementwise::spread(node, broadcast(node.b, node.input(0), node.input(1), |a, b| a.append(b)))
}

/// A pattern of RE2 that an attribute gives.
fn pattern_of(node: &OnnxNode<'_, '_>, text: &str) -> Result<Pattern, Box<source::Diagnostic>> {
    match regex::parse_as(Dialect::Re2, text, 0) {
        Some(pattern) => Ok(pattern),
        None => {
            not_taken(node, text, "flags but `i`, `m` and `s`, `\\B`, classes of Unicode, and repeats of what may be empty are not read")
        }
    }
}

fn not_taken<T>(node: &OnnxNode<'_, '_>, pattern: &str, why: &str) -> Result<T, Box<source::Diagnostic>> {
    let message = format!("the pattern {pattern:?} of `{}` is not supported", node.node.operator);
    Err(Box::new(node.error("onnx-regex", message).help(why)))
}

/// A text that a function reads: one that is too long for it is not scored.
fn within_reach<'b>(node: &OnnxNode<'_, 'b>, text: Val<'b>) {
    node.reject(text.len().gt(scan::LONGEST), format!("a text of more than {} code points in {}", scan::LONGEST, node.input_name(0)));
}

/// What functions, one after the other, make of a text.
fn read<'b>(node: &OnnxNode<'_, 'b>, text: Val<'b>, functions: &[Module]) -> Option<Val<'b>> {
    functions.iter().try_fold(text, |text, function| Some(node.b.call(node.b.import(function)?, &[text], 0)))
}

/// Whether a pattern of RE2 matches the whole of a text. Shape `x[...] -> y[...]`, text to bool.
///
/// ONNX `RegexFullMatch`, opset 20. Rows with a text of more than 4095 code points are rejected.
fn regex_full_match<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let x = node.row(0)?;
    if x.elements != ElementType::Str {
        return node.malformed("its input is no text");
    }
    let source = node.string("pattern");
    let pattern = pattern_of(node, source)?.whole();
    let marks = Automaton::new(&pattern).and_then(|automaton| node.b.import(&scan::marks(&automaton)?));
    let Some(marks) = marks else { return not_taken(node, source, "its automaton is too large") };
    Ok(vec![Value::PerRow(x.map_cells(|text| {
        within_reach(node, text);
        scan::begin(node.b.call(marks, &[text], 0), node.b.i64(0)).eq(0_i64)
    }))])
}

/// The tokens of a text: the runs that `tokenexp` finds, those that stand between `separators`, or single code points.
///
/// com.microsoft `Tokenizer` 1, without `mark`. The longest text of a batch decides the shape, and shorter ones are filled up with `pad_value`;
/// so tokens are not a tensor here, and only `TfIdfVectorizer` takes them. Rows with a text of more than 4095 code points are rejected.
fn tokenizer<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let x = node.row(0)?;
    let cells = x.cells();
    let ([text], true, 0) = (cells.as_slice(), x.elements == ElementType::Str && x.batch.is_none_or(|at| at == 0), node.int("mark")) else {
        return node.unsupported(format!("{:?} of {}, marks {}", x.dims(), x.elements.name(), node.int("mark")));
    };
    let least = node.int("mincharnum");
    let cut = match node.strings("separators") {
        [] => tokens_of(node, node.string("tokenexp"), least)?,
        // No code point is longer than one.
        [only] if only.is_empty() => Cut::Letters(vec![(0, regex::LAST)]),
        separators => between(node, separators, least)?,
    };
    within_reach(node, *text);
    let dims = if x.batch.is_some() { vec![1; x.rank() - 1] } else { x.shape.clone() };
    let pad = node.string("pad_value").to_owned();
    Ok(vec![Value::Tokens(Rc::new(Tokens { text: *text, batch: x.batch, outer: dims, cut: Rc::new(cut), pad }))])
}

/// The tokens that a pattern finds: a run of one class of code points is one, or each of a class is.
fn tokens_of(node: &OnnxNode<'_, '_>, source: &str, least: i64) -> Result<Cut, Box<source::Diagnostic>> {
    // What this pattern finds is decided before it is read: every code point, of line ends too.
    if source == "." {
        return Ok(Cut::Letters(vec![(0, regex::LAST)]));
    }
    let pattern = pattern_of(node, source)?;
    match (&pattern.node, terms::runs(&pattern)) {
        (_, Some(runs)) => Ok(Cut::Runs(Runs { least: runs.least.max(least), ..runs })),
        (Node::Chars(set), None) if least <= 1 => Ok(Cut::Letters(set.clone())),
        (_, None) => not_taken(node, source, "tokens are read as runs of one class of letters, such as `[a-zA-Z0-9_]+` or `\\b\\w\\w+\\b`"),
    }
}

/// The tokens between separators, each of which is a class of code points or a run of them.
fn between(node: &OnnxNode<'_, '_>, separators: &[String], least: i64) -> Result<Cut, Box<source::Diagnostic>> {
    let mut outside = Vec::new();
    for source in separators {
        let pattern = pattern_of(node, source)?;
        match (&pattern.node, terms::runs(&pattern)) {
            (Node::Chars(set), _) => outside.extend(set.iter().copied()),
            (_, Some(runs)) if runs.least == 1 && runs.run == runs.inner => outside.extend(runs.run),
            (_, _) => return not_taken(node, source, "a separator may be a code point, a class of them, or a run of those"),
        }
    }
    let run = regex::negated(&regex::union(outside));
    Ok(Cut::Runs(Runs { inner: run.clone(), run, least }))
}

/// Stands for a letter that is not to be changed; it is a code point that no text has.
const HELD: &str = "\u{fdd1}";

/// Without stop words, and in one case. onnxruntime asks the system for the case, one code point to one: `İ` gives `i`, and `ß` stays.
/// Stop words can be taken out of texts that are known only, for what is left decides the shape.
fn string_normalizer<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let action = node.string("case_change_action").to_owned();
    let is_exact = node.int("is_case_sensitive") != 0;
    let stop_words = node.strings("stopwords");
    if stop_words.is_empty() {
        return Ok(vec![Value::PerRow(node.row(0)?.map_cells(|x| match action.as_str() {
            // The only letter whose lower case by the full mappings is two code points.
            "LOWER" => x.replace("İ", "I").lower(),
            "UPPER" => x.replace("ß", HELD).upper_each().replace(HELD, "ß"),
            _ => x,
        }))]);
    }
    let tensor = node.constant(0)?;
    let Data::Str(texts) = &tensor.data else { return node.malformed("its input is no text") };
    let stops = |text: &str| stop_words.iter().any(|word| if is_exact { word == text } else { word.to_lowercase() == text.to_lowercase() });
    let changed = |text: &str| match action.as_str() {
        "LOWER" => text.chars().filter_map(|letter| letter.to_lowercase().next()).collect(),
        "UPPER" => text
            .chars()
            .map(|letter| Some(letter.to_uppercase()).filter(|all| all.len() == 1).map_or(letter, |mut all| all.next().unwrap_or(letter)))
            .collect(),
        _ => text.to_owned(),
    };
    let mut left: Vec<String> = texts.iter().filter(|text| !stops(text)).map(|text| changed(text)).collect();
    if left.is_empty() {
        left.push(String::new());
    }
    let dims = if tensor.dims.len() == 2 { vec![1, left.len()] } else { vec![left.len()] };
    Ok(vec![Value::known(Tensor::new(dims, Data::text(left)))])
}

/// Parts between delimiters, or between white space, and their number. How many parts there are decides the shape, so the texts must be known.
fn string_split<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let tensor = node.constant(0)?;
    let Data::Str(texts) = &tensor.data else { return node.malformed("its input is no text") };
    let delimiter = node.string("delimiter");
    let most = if node.is_given("maxsplit") { usize::try_from(node.int("maxsplit")).unwrap_or(usize::MAX) } else { usize::MAX };
    let split = |text: &String| -> Vec<String> {
        let mut parts: Vec<String> = Vec::new();
        let mut rest = text.as_str();
        if delimiter.is_empty() {
            rest = rest.trim_start();
            while !rest.is_empty() {
                if parts.len() == most {
                    parts.push(rest.to_owned());
                    break;
                }
                let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
                parts.push(rest[..end].to_owned());
                rest = rest[end..].trim_start();
            }
            return parts;
        }
        while parts.len() < most
            && let Some((part, after)) = rest.split_once(delimiter)
        {
            parts.push(part.to_owned());
            rest = after;
        }
        parts.push(rest.to_owned());
        parts
    };
    let parts: Vec<Vec<String>> = texts.iter().map(split).collect();
    let width = parts.iter().map(Vec::len).max().unwrap_or(0);
    let counts = Tensor::new(tensor.dims.clone(), Data::i64(parts.iter().map(|parts| parts.len() as i64).collect()));
    let padded = parts.into_iter().flat_map(|parts| parts.into_iter().chain(std::iter::repeat(String::new())).take(width)).collect();
    let dims = [tensor.dims.as_slice(), &[width]].concat();
    Ok(vec![Value::known(Tensor::new(dims, Data::text(padded))), Value::known(counts)])
}

/// How often the n-grams of a pool occur along the last axis, or whether they do, or either times a weight.
///
/// The elements of an n-gram stand side by side, or up to `max_skip_count` elements apart, all equally far.
fn tf_idf_vectorizer<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let pool = match node.strings("pool_strings") {
        [] => Data::i64(node.ints("pool_int64s").to_vec()),
        texts => Data::text(texts.to_vec()),
    };
    let grams = grams(node, &pool)?;
    if grams.columns == 0 {
        return node.malformed("its pool is empty");
    }
    if let Value::Tokens(tokens) = node.input(0) {
        let counts = occurrences_of_tokens(node, tokens, &pool, &grams)?;
        return Ok(vec![Value::PerRow(weighted(node, &grams, counts, tokens.batch, &tokens.outer)?)]);
    }
    let x = node.row(0)?;
    let fits = matches!((&pool, x.elements), (Data::Str(_), ElementType::Str) | (Data::I64(_), ElementType::I32 | ElementType::I64));
    let Some(last) = x.shape.len().checked_sub(1).filter(|_| fits && x.batch.is_none_or(|batch| batch + 1 < x.rank())) else {
        return node.unsupported(format!("a pool of {} for {:?} of {}", pool.element_type().name(), x.dims(), x.elements.name()));
    };
    let x = if x.elements == ElementType::I32 { x.cast(node.b, ElementType::I64) } else { x };
    let pool = literals(&pool);
    let length = x.shape.get(last).copied().unwrap_or(0);
    let skips = node.int("max_skip_count");
    let outer = x.shape.get(..last).unwrap_or_default().to_vec();
    limited(node, outer.iter().product::<usize>().saturating_mul(grams.columns))?;
    let value = x.value(node.b);
    let count = |Gram { start, size, .. }: &Gram| {
        let gram = pool.get(*start..start + size).unwrap_or_default();
        let distances = if *size == 1 { 1 } else { usize::try_from(skips.saturating_add(1)).unwrap_or(1) };
        // No wider one fits, however far they may skip.
        let reaches = (1..=distances).map(|distance| (distance, (size - 1) * distance)).take_while(|(_, reach)| *reach < length);
        let found = reaches.map(|(distance, reach)| occurrences(node, value, last as u8, gram, (length - reach) as u32, distance as u32));
        found.reduce(|count, found| count + found)
    };
    let counts = grams.of.iter().map(count).collect();
    Ok(vec![Value::PerRow(weighted(node, &grams, counts, x.batch, &outer)?)])
}

/// An n-gram: where it stands in the pool, the column that counts it, and what it counts for there.
struct Gram {
    start: usize,
    size: usize,
    index: usize,
    weight: f32,
}

struct Grams {
    of: Vec<Gram>,
    columns: usize,
}

/// The n-grams of a pool that are of a length that counts.
fn grams(node: &OnnxNode<'_, '_>, pool: &Data) -> Result<Grams, Box<source::Diagnostic>> {
    let (indexes, starts) = (node.ints("ngram_indexes"), node.ints("ngram_counts"));
    let (least, greatest) = (node.int("min_gram_length"), node.int("max_gram_length"));
    let weights = node.floats("weights");
    if !weights.is_empty() && weights.len() != indexes.len() {
        return node.malformed(format!("{} weights for {} n-grams", weights.len(), indexes.len()));
    }
    let columns = indexes.iter().max().map_or(0, |index| usize::try_from(*index + 1).unwrap_or(0));
    let mut of = Vec::new();
    let mut number = 0;
    for (size, start) in (1usize..).zip(starts) {
        let end = starts.get(size).map_or(pool.len(), |end| usize::try_from(*end).unwrap_or(0)).min(pool.len());
        let start = usize::try_from(*start).unwrap_or(0);
        for start in (start..).step_by(size).take_while(|start| start + size <= end) {
            let index = indexes.get(number).and_then(|index| usize::try_from(*index).ok()).filter(|index| *index < columns);
            let weight = weights.get(number).copied().unwrap_or(1.0);
            number += 1;
            let Some(index) = index else { return node.malformed("an n-gram has no index") };
            if (least..=greatest).contains(&(size as i64)) {
                of.push(Gram { start, size, index, weight });
            }
        }
    }
    Ok(Grams { of, columns })
}

/// The columns of the counts of n-grams: `None` for one that does not fit in.
///
/// Where a column counts several, TFIDF adds their weights up; with IDF the one that stands last in the input decides, which is refused.
fn weighted<'b>(
    node: &OnnxNode<'_, 'b>,
    grams: &Grams,
    counts: Vec<Option<Val<'b>>>,
    batch: Option<usize>,
    outer: &[usize],
) -> Result<PerRow<'b>, Box<source::Diagnostic>> {
    let zero = super::shape::stretched(node.b, node.b.f32(0.0).reshape(vec![1; outer.len()]), outer);
    let mode = node.string("mode").to_owned();
    let mut columns: Vec<Vec<(Val<'b>, f32)>> = vec![Vec::new(); grams.columns];
    for (gram, count) in std::iter::zip(&grams.of, counts) {
        columns[gram.index].extend(count.map(|count| (count, gram.weight)));
    }
    let differ = |column: &Vec<(Val<'b>, f32)>| column.iter().any(|(_, weight)| Some(*weight) != column.first().map(|(_, first)| *first));
    if mode == "IDF" && columns.iter().any(differ) {
        return node.unsupported("n-grams of one column with different weights");
    }
    let sum = |column: &[Val<'b>]| column.iter().copied().reduce(|sum, one| sum + one).unwrap_or(zero);
    let column = |column: &Vec<(Val<'b>, f32)>| {
        let counts: Vec<Val<'b>> = column.iter().map(|(count, _)| *count).collect();
        let weight = column.first().map_or(1.0, |(_, weight)| f64::from(*weight));
        let column = match mode.as_str() {
            "TF" => sum(&counts),
            "IDF" => sum(&counts).gt(0.0).select(super::elementwise::node_number(zero, 1) * weight, 0.0),
            _ if differ(column) => sum(&column.iter().map(|(count, weight)| *count * f64::from(*weight)).collect::<Vec<_>>()),
            _ => sum(&counts) * weight,
        };
        column.reshape([column.ty().shape, vec![1]].concat())
    };
    let all: Vec<Val<'b>> = columns.iter().map(column).collect();
    Ok(PerRow::of(ElementType::F32, batch, node.b.concat(&all, outer.len() as u8)))
}

/// How often each n-gram stands among the tokens of a text: it is read once, into one code point for each of them.
fn occurrences_of_tokens<'b>(
    node: &OnnxNode<'_, 'b>,
    tokens: &Tokens<'b>,
    pool: &Data,
    grams: &Grams,
) -> Result<Vec<Option<Val<'b>>>, Box<source::Diagnostic>> {
    let Data::Str(pool) = pool else { return node.malformed("its pool holds no texts") };
    if grams.of.len() > terms::MOST_TERMS {
        let message = format!("a vocabulary of {} terms is not supported", grams.of.len());
        let help = format!(
            "each is a column, and more than {} make the scorer too long; learn fewer, with `max_features` or `min_df`",
            terms::MOST_TERMS
        );
        return Err(Box::new(node.error("onnx-vocabulary", message).help(help)));
    }
    if tokens.outer.len() > 1 || node.int("max_skip_count") != 0 && grams.of.iter().any(|gram| gram.size > 1) {
        return node.unsupported("tokens of a text that skip others, or along several axes");
    }
    let tokens_of = |gram: &Gram| pool.get(gram.start..gram.start + gram.size).unwrap_or_default().to_vec();
    let terms: Vec<Term> = grams.of.iter().enumerate().map(|(number, gram)| Term { tokens: tokens_of(gram), number }).collect();
    if terms.iter().any(|term| term.tokens.contains(&tokens.pad)) {
        return node.mixes_rows(format!("its pool holds {:?}, with which shorter texts of a batch are filled up", tokens.pad));
    }
    if terms.iter().map(|term| &term.tokens).collect::<BTreeSet<_>>().len() < terms.len() {
        return node.malformed("its pool holds an n-gram twice");
    }
    let functions = match &*tokens.cut {
        Cut::Runs(runs) => terms::of_tokens(runs, &terms, &BTreeSet::new()),
        Cut::Letters(set) => {
            // A token of several code points is never found.
            let single = terms.iter().filter(|term| term.tokens.iter().all(|token| token.chars().count() == 1));
            let parts = terms::of_parts(single.map(|term| (term.tokens.concat(), term.number)));
            parts.and_then(|parts| Some(vec![terms::letters(set)?, parts]))
        }
    };
    let made = functions.and_then(|functions| {
        let occurrences = node.b.import(&scan::occurrences()?)?;
        let codes = read(node, tokens.text, &functions)?;
        let count = |number: usize| {
            let count = node.b.call(occurrences, &[codes, node.b.str(&terms::code(number)?)], 0).cast(Elem::F32);
            Some(Some(count.reshape(vec![1; tokens.outer.len()])))
        };
        (0..terms.len()).map(count).collect()
    });
    match made {
        Some(counts) => Ok(counts),
        None => node.unsupported(format!("a pool of {} texts", pool.len())),
    }
}

/// How often an n-gram stands along an axis, as a float.
fn occurrences<'b>(node: &OnnxNode<'_, 'b>, value: Val<'b>, axis: u8, gram: &[Literal], count: u32, distance: u32) -> Val<'b> {
    let fill = Literal::zero(value.elem());
    let windows = value.window(axis, Window { count, size: gram.len() as u32, stride: 1, dilation: distance, before: 0, fill });
    let gram = node.b.tensor(ir::Tensor::literals("n-gram", elem_of(gram), [gram.len() as u32], gram.iter().cloned()));
    let hits = windows.eq(gram).cast(Elem::I32).reduce(Reduce::Min, [axis + 1]);
    hits.reduce(Reduce::Sum, [axis]).cast(Elem::F32)
}

fn elem_of(gram: &[Literal]) -> Elem {
    gram.first().map_or(elem(ElementType::I64), Literal::elem)
}
