//! Operators on text. White space and letters are those of the IR's text operations.

use ir::{Elem, Literal, Reduce, Val, Window};

use super::Row;
use super::shape::limited;
use crate::node::{OnnxNode, Translated};
use crate::tensor::{Data, ElementType, Tensor};
use crate::value::{PerRow, Value, broadcast, elem, literals};

pub(super) const OPS: &[Row] = &[
    Row::new("StringConcat", string_concat),
    Row::new("StringNormalizer", string_normalizer).with_constants(),
    Row::new("StringSplit", string_split).with_constants(),
    Row::new("TfIdfVectorizer", tf_idf_vectorizer),
];

/// `a` followed by `b`.
fn string_concat<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    super::elementwise::spread(node, broadcast(node.b, node.input(0), node.input(1), |a, b| a.append(b)))
}

/// Without stop words, and in one case. Stop words can be taken out of texts that are known only, for what is left decides the shape.
fn string_normalizer<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let action = node.string("case_change_action").to_owned();
    let is_exact = node.int("is_case_sensitive") != 0;
    let stop_words = node.strings("stopwords");
    if stop_words.is_empty() {
        return Ok(vec![Value::PerRow(node.row(0)?.map_cells(|x| match action.as_str() {
            "LOWER" => x.lower(),
            "UPPER" => x.upper(),
            _ => x,
        }))]);
    }
    let tensor = node.constant(0)?;
    let Data::Str(texts) = &tensor.data else { return node.malformed("its input is no text") };
    let stops = |text: &str| stop_words.iter().any(|word| if is_exact { word == text } else { word.to_lowercase() == text.to_lowercase() });
    let changed = |text: &str| match action.as_str() {
        "LOWER" => text.to_lowercase(),
        "UPPER" => text.to_uppercase(),
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
    let x = node.row(0)?;
    let pool = match node.strings("pool_strings") {
        [] => Data::i64(node.ints("pool_int64s").to_vec()),
        texts => Data::text(texts.to_vec()),
    };
    let fits = matches!((&pool, x.elements), (Data::Str(_), ElementType::Str) | (Data::I64(_), ElementType::I32 | ElementType::I64));
    let Some(last) = x.shape.len().checked_sub(1).filter(|_| fits && x.batch.is_none_or(|batch| batch + 1 < x.rank())) else {
        return node.unsupported(format!("a pool of {} for {:?} of {}", pool.element_type().name(), x.dims(), x.elements.name()));
    };
    let x = if x.elements == ElementType::I32 { x.cast(node.b, ElementType::I64) } else { x };
    let pool = literals(&pool);
    let length = x.shape.get(last).copied().unwrap_or(0);
    let (indexes, weights) = (node.ints("ngram_indexes"), node.floats("weights"));
    let (least, greatest, skips) = (node.int("min_gram_length"), node.int("max_gram_length"), node.int("max_skip_count"));
    let columns = indexes.iter().max().map_or(0, |index| usize::try_from(*index + 1).unwrap_or(0));
    let starts = node.ints("ngram_counts");
    let outer = x.shape.get(..last).unwrap_or_default().to_vec();
    limited(node, outer.iter().product::<usize>().saturating_mul(columns))?;
    let value = x.value(node.b);
    let mut counts: Vec<Option<Val<'b>>> = vec![None; columns];
    let mut number = 0;
    for (size, start) in (1usize..).zip(starts) {
        let end = starts.get(size).map_or(pool.len(), |end| usize::try_from(*end).unwrap_or(0));
        let grams = pool.get(usize::try_from(*start).unwrap_or(0)..end).unwrap_or_default();
        for gram in grams.chunks_exact(size) {
            let index = indexes.get(number).and_then(|index| usize::try_from(*index).ok());
            number += 1;
            if (size as i64) < least || size as i64 > greatest {
                continue;
            }
            let Some(index) = index.filter(|index| *index < columns) else { return node.malformed("an n-gram has no index") };
            for distance in 1..=(if size == 1 { 1 } else { usize::try_from(skips.saturating_add(1)).unwrap_or(1) }) {
                let reach = (size - 1) * distance;
                // No wider one fits, however far they may skip.
                if length <= reach {
                    break;
                }
                let found = occurrences(node, value, last as u8, gram, (length - reach) as u32, distance as u32);
                counts[index] = Some(counts[index].map_or(found, |count| count + found));
            }
        }
    }
    let zero = super::shape::stretched(node.b, node.b.f32(0.0).reshape(vec![1; outer.len()]), &outer);
    let mode = node.string("mode").to_owned();
    let column = |index: usize| {
        let count = counts.get(index).copied().flatten().unwrap_or(zero);
        let place = indexes.iter().position(|own| usize::try_from(*own) == Ok(index));
        let weight = place.and_then(|place| weights.get(place)).map_or(1.0, |weight| f64::from(*weight));
        let one = || super::elementwise::node_number(count, 1);
        let column = match mode.as_str() {
            "TF" => count,
            "IDF" => count.gt(0.0).select(one() * weight, 0.0),
            _ => count * weight,
        };
        column.reshape([column.ty().shape, vec![1]].concat())
    };
    if columns == 0 {
        return node.malformed("its pool is empty");
    }
    let all: Vec<Val<'b>> = (0..columns).map(column).collect();
    Ok(vec![Value::PerRow(PerRow::of(ElementType::F32, x.batch, node.b.concat(&all, last as u8)))])
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
