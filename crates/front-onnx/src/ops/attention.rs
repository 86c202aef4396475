//! Attention and what goes with it: rotary positions and caches of keys and values.

use ir::{Reduce, Val};

use super::Row;
use super::activation::kept;
use crate::node::{OnnxNode, Translated};
use crate::tensor::{Data, ElementType};
use crate::value::{PerRow, Value, constant, narrow, normal_axis};

pub(super) const OPS: &[Row] =
    &[Row::new("Attention", attention), Row::new("RotaryEmbedding", rotary_embedding), Row::new("TensorScatter", tensor_scatter)];

type Refusal = Box<source::Diagnostic>;

/// `x[..., m, k]` times the transpose of `y[..., n, k]`.
fn by_transpose<'b>(x: Val<'b>, y: Val<'b>) -> Val<'b> {
    let (mut left, mut right) = (x.ty().shape, y.ty().shape);
    let rank = left.len();
    // What did not fit its operands has no axes, and is refused when its node is done.
    if rank < 2 || right.len() != rank {
        return x;
    }
    left.insert(rank - 1, 1);
    right.insert(rank - 2, 1);
    (x.reshape(left) * y.reshape(right)).reduce(Reduce::Sum, [rank as u8])
}

/// The last two axes exchanged.
fn turned(x: Val<'_>) -> Val<'_> {
    let rank = x.ty().shape.len() as u8;
    if rank < 2 {
        return x;
    }
    let mut order: Vec<u8> = (0..rank).collect();
    order.swap(usize::from(rank) - 1, usize::from(rank) - 2);
    x.transpose(order)
}

/// A tensor whose batch, if it has one, is the first axis, with that axis at length 1.
fn batch_first<'b>(node: &OnnxNode<'_, 'b>, index: usize) -> Result<(PerRow<'b>, Val<'b>), Refusal> {
    let row = node.row(index)?;
    match row.batch {
        None | Some(0) => {
            let whole = row.whole(node.b);
            Ok((row, whole))
        }
        Some(_) => node.mixes_rows("its batch is not the first axis"),
    }
}

/// `[batch, length, heads * size]` as `[batch, heads, length, size]`; what has four axes is so already.
fn by_head<'b>(node: &OnnxNode<'_, 'b>, x: Val<'b>, heads: u32) -> Result<Val<'b>, Refusal> {
    match x.ty().shape.as_slice() {
        [_, _, _, _] => Ok(x),
        [batch, length, hidden] if heads > 0 && hidden.is_multiple_of(heads) => {
            Ok(x.reshape([*batch, *length, heads, hidden / heads]).transpose([0, 2, 1, 3]))
        }
        other => node.malformed(format!("an input of the shape {other:?} for {heads} heads")),
    }
}

/// `0, 1, 2, ...` along an axis of so many.
fn counting<'b>(node: &OnnxNode<'_, 'b>, length: u32, shape: &[u32]) -> Val<'b> {
    node.b.tensor(ir::Tensor::i64("positions", shape, 0..i64::from(length)))
}

/// `softmax(q k' scale + bias) v`, by heads. Queries attend the keys that their mask, the causal order and the window leave; a query that is left
/// none attends nothing and gives zeros. Steps are rounded to the type of the queries.
fn attention<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let (query, q) = batch_first(node, 0)?;
    let (key, k) = batch_first(node, 1)?;
    let (_, v) = batch_first(node, 2)?;
    let kind = query.elements;
    let is_flat = q.ty().shape.len() == 3;
    let heads = |name: &str| u32::try_from(node.int(name)).unwrap_or(0);
    let (q, k, v) =
        (by_head(node, q, heads("q_num_heads"))?, by_head(node, k, heads("kv_num_heads"))?, by_head(node, v, heads("kv_num_heads"))?);
    let mut past_length = 0;
    let extended = |index: usize, now: Val<'b>| -> Result<Val<'b>, Refusal> {
        match node.optional(index) {
            Some(_) => Ok(node.b.concat(&[batch_first(node, index)?.1, now], 2)),
            None => Ok(now),
        }
    };
    if node.optional(4).is_some() {
        past_length = batch_first(node, 4)?.1.ty().shape.get(2).copied().unwrap_or(0);
    }
    let (present_key, present_value) = (extended(4, k)?, extended(5, v)?);
    let ([_, q_heads, q_length, size], [_, kv_heads, kv_length, _]) = (&q.ty().shape[..], &present_key.ty().shape[..]) else {
        return node.malformed("its inputs have other than three or four axes");
    };
    let (q_heads, q_length, size, kv_heads, kv_length) = (*q_heads, *q_length, *size, *kv_heads, *kv_length);
    if kv_heads == 0 || !q_heads.is_multiple_of(kv_heads) {
        return node.malformed(format!("{q_heads} heads of queries for {kv_heads} of keys"));
    }
    // Each head of keys and values serves a group of heads of queries.
    let shared = |x: Val<'b>| match q_heads / kv_heads {
        1 => x,
        group => {
            x.gather(node.b.tensor(ir::Tensor::i64("heads", [q_heads], (0..i64::from(q_heads)).map(|head| head / i64::from(group)))), 1)
        }
    };
    let scale = if node.is_given("scale") { f64::from(node.float("scale")) } else { 1.0 / f64::from(size).sqrt() };
    // The root of the scale in the type of the queries, on both sides.
    let root = narrow(kind, node.b.f64(scale.sqrt()).cast(q.elem()));
    let scores = narrow(kind, by_transpose(narrow(kind, q * root), narrow(kind, shared(present_key) * root)));
    let cap = f64::from(node.float("softcap"));
    let capped = if cap > 0.0 { narrow(kind, narrow(kind, narrow(kind, scores / cap).tanh()) * cap) } else { scores };
    let bias = bias(node, kind, q, [q_length, kv_length, past_length], key.batch)?;
    let biased = bias.map_or(capped, |bias| narrow(kind, capped + bias));
    let precision = if node.int("softmax_precision") == 1 { ElementType::F32 } else { kind };
    let greatest = kept(biased, Reduce::Max, 3);
    let no_key = greatest.eq(f64::NEG_INFINITY);
    let weight = narrow(precision, narrow(precision, biased - no_key.select(super::elementwise::node_number(greatest, 0), greatest)).exp());
    let total = narrow(precision, kept(weight, Reduce::Sum, 3));
    let total = total.eq(0.0).select(super::elementwise::node_number(total, 1), total);
    let mut shares = narrow(precision, weight / total);
    if let Some(bias) = bias {
        let nothing = kept(bias, Reduce::Max, bias.ty().shape.len() as u8 - 1).eq(f64::NEG_INFINITY);
        shares = nothing.select(super::elementwise::node_number(shares, 0), shares);
    }
    let shares = narrow(kind, shares);
    let result = narrow(kind, by_transpose(shares, turned(shared(present_value))));
    let result = match is_flat {
        true => {
            let [batch, heads, length, size] = result.ty().shape[..] else { return node.malformed("its result has other axes") };
            result.transpose([0, 2, 1, 3]).reshape([batch, length, heads * size])
        }
        false => result,
    };
    let shown = match node.int("qk_matmul_output_mode") {
        0 => scores,
        1 => capped,
        2 => biased,
        _ => shares,
    };
    let batch = query.batch.or(key.batch);
    let row = |value: Val<'b>| Value::PerRow(PerRow::from_whole(kind, batch, value));
    Ok(vec![row(result), row(present_key), row(present_value), row(shown)])
}

/// What is added to the scores: nothing where a query may attend a key, else minus infinity, or what the mask says.
fn bias<'b>(
    node: &OnnxNode<'_, 'b>,
    kind: ElementType,
    like: Val<'b>,
    [q_length, kv_length, past_length]: [u32; 3],
    batch: Option<usize>,
) -> Result<Option<Val<'b>>, Refusal> {
    let zero = super::elementwise::node_number(like, 0);
    let never: Val<'b> = ir::build::IntoVal::into_val(f64::NEG_INFINITY, like);
    let mut bias: Option<Val<'b>> = None;
    let add = |bias: Option<Val<'b>>, more: Val<'b>| Some(bias.map_or(more, |bias| narrow(kind, bias + more)));
    if node.optional(3).is_some() {
        let mask = node.row(3)?;
        let value = match mask.batch {
            // A mask of all rows stands beside the first axis of the scores only with four axes.
            Some(0) if mask.rank() == 4 => mask.whole(node.b),
            Some(_) => return node.mixes_rows("its mask has the batch at another axis"),
            None => mask.value(node.b),
        };
        let mut value = if mask.elements == ElementType::Bool { value.select(zero, never) } else { value };
        // A short mask leaves the keys behind it out.
        let own = value.ty().shape;
        if let Some(last) = own.last().copied().filter(|last| *last < kv_length) {
            let fill = never.literal().unwrap_or(ir::Literal::zero(value.elem()));
            let window = ir::Window { count: kv_length, size: 1, stride: 1, dilation: 1, before: 0, fill };
            let mut shape = own.clone();
            if let Some(length) = shape.last_mut() {
                *length = kv_length;
            }
            if last > 0 {
                value = value.window(own.len() as u8 - 1, window).reshape(shape);
            }
        }
        bias = Some(value);
    }
    let (i, j) = (counting(node, q_length, &[q_length, 1]), counting(node, kv_length, &[1, kv_length]));
    // How many valid keys stand before the queries: those of the cache.
    let lengths = match node.optional(6) {
        Some(_) => {
            let lengths = node.row(6)?;
            if lengths.batch != batch && lengths.batch.is_some() {
                return node.mixes_rows("its lengths are of another batch");
            }
            let whole = lengths.whole(node.b).cast(ir::Elem::I64);
            let count = whole.ty().count() as u32;
            Some(whole.reshape([count, 1, 1, 1]))
        }
        None => None,
    };
    let before = match (node.optional(4), lengths) {
        (None, Some(lengths)) => lengths - i64::from(q_length),
        (_, _) => node.b.i64(i64::from(past_length)),
    };
    let place = i + before;
    if node.int("is_causal") != 0 {
        bias = add(bias, j.le(place).select(zero, never));
    }
    let window = |name: &str| if node.is_given(name) { node.int(name) } else { -1 };
    let (left, right) = (window("left_window_size"), window("right_window_size"));
    if left >= 0 {
        bias = add(bias, (place - j).le(left).select(zero, never));
    }
    if right >= 0 {
        bias = add(bias, (j - place).le(right).select(zero, never));
    }
    if let Some(lengths) = lengths {
        bias = add(bias, j.lt(lengths).select(zero, never));
    }
    // A bias of fewer axes stands for all queries.
    Ok(bias.map(|bias| {
        let own = bias.ty().shape;
        let missing = 4usize.saturating_sub(own.len());
        bias.reshape([vec![1; missing], own].concat())
    }))
}

/// Pairs of features turned by the angle of their position: `(x cos - y sin, x sin + y cos)`; features past `rotary_embedding_dim` stay.
fn rotary_embedding<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let (row, x) = batch_first(node, 0)?;
    let kind = row.elements;
    let whole = x.ty().shape;
    // As [batch, length, heads, size].
    let x = match whole.as_slice() {
        [_, _, _, _] => x.transpose([0, 2, 1, 3]),
        [batch, length, hidden] => match u32::try_from(node.int("num_heads")) {
            Ok(heads) if heads > 0 && hidden.is_multiple_of(heads) => x.reshape([*batch, *length, heads, hidden / heads]),
            _ => return node.malformed("its number of heads does not fit its input"),
        },
        _ => return node.malformed("its input has other than three or four axes"),
    };
    let [batch, length, heads, size] = x.ty().shape[..] else { return node.malformed("its input has other axes") };
    let turned = match u32::try_from(node.int("rotary_embedding_dim")) {
        Ok(0) | Err(_) => size,
        Ok(turned) => turned.min(size),
    };
    let half = turned / 2;
    let angles = |index: usize| -> Result<Val<'b>, Refusal> {
        let cache = node.row(index)?;
        let value = match node.optional(3) {
            Some(_) => {
                let (_, positions) = batch_first(node, 3)?;
                if cache.batch.is_some() || cache.shape.first() == Some(&0) {
                    return node.unsupported("a cache of angles that differs from row to row");
                }
                cache.value(node.b).gather(positions, 0)
            }
            None => batch_first(node, index)?.1,
        };
        match value.ty().shape[..] {
            [batch, length, own] if own == half => Ok(value.reshape([batch, length, 1, own])),
            ref other => node.malformed(format!("angles of the shape {other:?}")),
        }
    };
    let (cos, sin) = (angles(1)?, angles(2)?);
    let is_interleaved = node.int("interleaved") != 0;
    let (first, second) = match is_interleaved {
        true => (x.slice(3, 0, 2, half), x.slice(3, 1.min(size - 1), 2, half)),
        false => (x.slice(3, 0, 1, half), x.slice(3, half, 1, half)),
    };
    let times = |a: Val<'b>, b: Val<'b>| narrow(kind, a * b);
    let real = narrow(kind, times(cos, first) - times(sin, second));
    let imaginary = narrow(kind, times(sin, first) + times(cos, second));
    let mut result = match is_interleaved {
        true => {
            let pair = |x: Val<'b>| x.reshape([batch, length, heads, half, 1]);
            node.b.concat(&[pair(real), pair(imaginary)], 4).reshape([batch, length, heads, turned])
        }
        false => node.b.concat(&[real, imaginary], 3),
    };
    if turned < size {
        result = node.b.concat(&[result, x.slice(3, turned, 1, size - turned)], 3);
    }
    let result = if whole.len() == 4 { result.transpose([0, 2, 1, 3]) } else { result.reshape(whole) };
    Ok(vec![Value::PerRow(PerRow::from_whole(kind, row.batch, result))])
}

/// A cache with an update written along an axis from a position on, which goes round at the end in circular mode.
fn tensor_scatter<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let ((cache, x), (_, update)) = (batch_first(node, 0)?, batch_first(node, 1)?);
    let shape = x.ty().shape;
    let Some(axis) = normal_axis(if node.is_given("axis") { node.int("axis") } else { -2 }, shape.len()).filter(|axis| *axis > 0) else {
        return node.malformed("its axis is outside");
    };
    let parts = update.ty().shape;
    if parts.len() != shape.len() {
        return node.malformed(format!("an update of {} axes for a cache of {}", parts.len(), shape.len()));
    }
    let (length, count) = (i64::from(shape[axis]), i64::from(parts[axis]));
    if count == 0 || length == 0 {
        return Ok(vec![Value::PerRow(cache)]);
    }
    let starts = match node.optional(2) {
        Some(_) => batch_first(node, 2)?.1.cast(ir::Elem::I64),
        None => constant(node.b, "starts", &[shape[0] as usize], &Data::i64(vec![0; shape[0] as usize])),
    };
    let mut along = vec![1; shape.len()];
    along[0] = starts.ty().count() as u32;
    let starts = starts.reshape(along);
    let mut places = vec![1; shape.len()];
    places[axis] = shape[axis];
    let position = counting(node, shape[axis], &places);
    // The number of the update that belongs at a position, if there is one.
    let offset = position - starts;
    let offset = if node.string("mode") == "circular" { offset.floor_mod(length) } else { offset };
    let written = offset.ge(0_i64) & offset.lt(count);
    let flat = flat_positions(node, &update.ty().shape, axis, offset, &shape);
    let new = update.reshape([update.ty().count() as u32]).gather(flat, 0).reshape(shape.clone());
    let written = stretched_to(node, written, &shape);
    Ok(vec![Value::PerRow(PerRow::from_whole(cache.elements, cache.batch, written.select(new, x)))])
}

fn stretched_to<'b>(node: &OnnxNode<'_, 'b>, value: Val<'b>, shape: &[u32]) -> Val<'b> {
    super::shape::stretched(node.b, value, &shape.iter().map(|dim| *dim as usize).collect::<Vec<_>>())
}

/// For each place of `shape`, the number of the element of a tensor that has `own` along one axis and agrees in the others.
fn flat_positions<'b>(node: &OnnxNode<'_, 'b>, own: &[u32], axis: usize, along: Val<'b>, shape: &[u32]) -> Val<'b> {
    let sizes: Vec<usize> = own.iter().map(|dim| *dim as usize).collect();
    let strides = super::index::strides(&sizes);
    let stride = |axis: usize| strides.get(axis).copied().unwrap_or(1);
    let whole: Vec<usize> = shape.iter().map(|dim| *dim as usize).collect();
    let others = (0..shape.len()).filter(|other| *other != axis);
    let place = others.fold(along * stride(axis) as i64, |place, other| place + super::index::numbers(node, &whole, other, stride(other)));
    stretched_to(node, place, shape).reshape([shape.iter().product::<u32>()])
}
