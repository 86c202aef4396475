//! The greatest or least elements in order, and selections whose length hangs on the data, which must be known.

use ir::{Elem, Literal, Reduce, Val};

use super::Row;
use super::index::{numbers, strides};
use super::shape::{limited, taken};
use crate::node::{OnnxNode, Translated};
use crate::tensor::{Data, ElementType, Tensor};
use crate::value::{PerRow, Value, elem, ir_shape, literals, normal_axis};

pub(super) const OPS: &[Row] = &[
    Row::new("Compress", compress),
    Row::new("NonZero", non_zero).with_constants(),
    Row::new("TopK", top_k),
    Row::new("Unique", unique).with_constants(),
];

type Refusal = Box<source::Diagnostic>;

/// Whole numbers in whose order the elements stand, the greatest or the least first; both zeros are one.
fn sort_key<'b>(node: &OnnxNode<'_, 'b>, x: &PerRow<'b>, largest: bool) -> Val<'b> {
    let ordered = x.ordered(node.b);
    let value = ordered.value(node.b);
    let key = match value.elem().is_float() {
        // The bits of a float without its sign rise with it; those of a negative one fall.
        true => {
            let bits = (value + 0.0).bits().cast(Elem::I64);
            let mask = if value.elem() == Elem::F32 { i64::from(i32::MAX) } else { i64::MAX };
            bits.lt(0_i64).select(bits.binary(ir::Binary::BitXor, mask), bits)
        }
        false => value.cast(Elem::I64),
    };
    if largest { key } else { key.binary(ir::Binary::BitXor, -1_i64) }
}

/// The `k` greatest elements along an axis, or the least, in order, and their positions. Of equal ones the first comes first. A row with
/// NaN has no such order, and is not scored.
fn top_k<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let x = node.row(0)?;
    let k = match node.integers_input(1)? {
        Some(k) => k.first().copied().unwrap_or(0),
        None => node.int("k"),
    };
    let axis = node.inner_axis(&x, node.int("axis"), "sorts")?;
    let length = x.shape.get(axis).copied().unwrap_or(0);
    let Some(k) = usize::try_from(k).ok().filter(|k| *k <= length) else { return node.malformed(format!("{k} out of {length}")) };
    if x.elements == ElementType::Str {
        return node.malformed("an input of strings");
    }
    if x.elements.is_float() && x.count() > 0 {
        let nan = x.map(node.b, Val::is_nan).vector(node.b).cast(Elem::I32).reduce(Reduce::Max, [0]).ne(0_i64);
        node.leave_open(nan, format!("NaN in {} has no place in an order", node.input_name(0)));
    }
    let largest = !node.is_given("largest") || node.int("largest") != 0;
    // One after the other: the first greatest of what is left. Elements that are out count as the least number, which others may be too.
    let key = sort_key(node, &x, largest);
    let least = super::elementwise::node_number(key, i64::MIN);
    let mut is_left = key.ge(i64::MIN);
    let mut kept = ir_shape(&x.shape);
    kept[axis] = 1;
    let along = numbers(node, &x.shape, axis, 1);
    limited(node, k.saturating_mul(x.count()))?;
    let mut found = Vec::new();
    for _ in 0..k {
        let greatest = is_left.select(key, least).reduce(Reduce::Max, [axis as u8]).reshape(kept.clone());
        let is_next = is_left & key.eq(greatest);
        let place = is_next.cast(Elem::I32).reduce(Reduce::ArgMax, [axis as u8]).reshape(kept.clone());
        is_left = is_left & along.ne(place);
        found.push(place);
    }
    if found.is_empty() {
        return node.unsupported("nothing is asked for");
    }
    let at = node.b.concat(&found, axis as u8);
    let shape: Vec<usize> = x.shape.iter().enumerate().map(|(other, dim)| if other == axis { k } else { *dim }).collect();
    let strides = strides(&x.shape);
    let stride = |axis: usize| strides.get(axis).copied().unwrap_or(1);
    let place = (0..shape.len())
        .filter(|other| *other != axis)
        .fold(at * stride(axis) as i64, |place, other| place + numbers(node, &shape, other, stride(other)));
    let count = shape.iter().product::<usize>() as u32;
    let values = x.vector(node.b).gather(place.reshape([count]), 0).reshape(ir_shape(&shape));
    let row = |elements: ElementType, value: Val<'b>| Value::PerRow(PerRow::of(elements, x.batch, value));
    Ok(vec![row(x.elements, values), row(ElementType::I64, at)])
}

/// The slices along an axis, or the elements of the flattened tensor, where a condition holds; it must be known.
fn compress<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let mut x = node.row(0)?;
    let Data::Bool(holds) = &node.constant(1)?.data else { return node.malformed("its condition is not of truth values") };
    let axis = match node.is_given("axis") {
        true => node.inner_axis(&x, node.int("axis"), "selects")?,
        false if x.batch.is_some() => return node.mixes_rows("it selects elements of the batch"),
        false => {
            x = x.reshaped(None, vec![x.count()]);
            0
        }
    };
    let length = x.shape.get(axis).copied().unwrap_or(0);
    let positions: Vec<usize> = holds.iter().take(length).enumerate().filter(|(_, holds)| **holds).map(|(at, _)| at).collect();
    Ok(vec![Value::PerRow(taken(node, &x, axis, &positions, &[positions.len()])?)])
}

/// A constant, or a refusal that says why it must be one.
fn known<'n>(node: &'n OnnxNode<'_, '_>) -> Result<&'n Tensor, Refusal> {
    node.constant(0)
}

/// Where elements are not zero: one column a place, one row an axis. The tensor must be known.
fn non_zero<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let x = known(node)?;
    let zero = Literal::zero(elem(x.elements));
    let is_zero = |literal: &Literal| *literal == zero || literal.as_f64() == Some(0.0) || *literal == Literal::Str(String::new());
    let places: Vec<usize> = literals(&x.data).iter().enumerate().filter(|(_, literal)| !is_zero(literal)).map(|(at, _)| at).collect();
    let strides = strides(&x.dims);
    let along = |axis: usize, place: usize| place / strides[axis] % x.dims[axis];
    let rows: Vec<i64> = (0..x.dims.len())
        .flat_map(|axis| places.iter().map(move |place| (axis, *place)))
        .map(|(axis, place)| along(axis, place) as i64)
        .collect();
    Ok(vec![Value::known(Tensor::new(vec![x.dims.len(), places.len()], Data::i64(rows)))])
}

/// Elements, or slices along an axis, each once, with the first place of each, the number of each element among them, and how often each
/// occurs. The tensor must be known.
fn unique<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let x = known(node)?;
    let (axis, dims) = match node.is_given("axis") {
        true => match normal_axis(node.int("axis"), x.dims.len()) {
            Some(axis) => (axis, x.dims.clone()),
            None => return node.malformed("its axis is outside"),
        },
        false => (0, vec![x.data.len()]),
    };
    let length = dims.get(axis).copied().unwrap_or(0);
    let (outer, inner): (usize, usize) = (dims.iter().take(axis).product(), dims.iter().skip(axis + 1).product());
    let all = literals(&x.data);
    let slice = |at: usize| -> Vec<Literal> {
        (0..outer)
            .flat_map(|block| (0..inner).map(move |rest| (block * length + at) * inner + rest))
            .filter_map(|place| all.get(place).cloned())
            .collect()
    };
    let slices: Vec<Vec<Literal>> = (0..length).map(slice).collect();
    // NaN is one value like others, and the last.
    let order = |a: &Literal, b: &Literal| match (a, b) {
        (Literal::Str(a), Literal::Str(b)) => a.cmp(b),
        _ => match (a.as_f64(), b.as_f64()) {
            (Some(a), Some(b)) => a.partial_cmp(&b).unwrap_or(a.is_nan().cmp(&b.is_nan())),
            _ => a.as_i64().or(a.as_bool().map(i64::from)).cmp(&b.as_i64().or(b.as_bool().map(i64::from))),
        },
    };
    let compare = |a: &[Literal], b: &[Literal]| {
        std::iter::zip(a, b).map(|(a, b)| order(a, b)).find(|order| order.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
    };
    let mut firsts: Vec<usize> = Vec::new();
    let mut numbers = vec![0usize; length];
    for at in 0..length {
        match firsts.iter().position(|first| compare(&slices[*first], &slices[at]).is_eq()) {
            Some(number) => numbers[at] = number,
            None => {
                numbers[at] = firsts.len();
                firsts.push(at);
            }
        }
    }
    let mut ranks: Vec<usize> = (0..firsts.len()).collect();
    if node.int("sorted") != 0 {
        ranks.sort_by(|a, b| compare(&slices[firsts[*a]], &slices[firsts[*b]]));
    }
    let place_of = |number: usize| ranks.iter().position(|rank| *rank == number).unwrap_or(0);
    let chosen: Vec<usize> = ranks.iter().map(|rank| firsts[*rank]).collect();
    let positions: Vec<usize> = (0..outer)
        .flat_map(|block| chosen.iter().flat_map(move |at| (0..inner).map(move |rest| (block * length + at) * inner + rest)))
        .collect();
    let mut shape = dims.clone();
    if let Some(dim) = shape.get_mut(axis) {
        *dim = chosen.len();
    }
    let values = Tensor { dims: shape, elements: x.elements, data: x.data.pick(positions.iter().copied()) };
    let list = |items: Vec<usize>| Value::known(Tensor::vector(Data::i64(items.into_iter().map(|item| item as i64).collect())));
    let counts = ranks.iter().map(|rank| numbers.iter().filter(|number| *number == rank).count()).collect();
    Ok(vec![Value::known(values), list(chosen.clone()), list(numbers.iter().map(|number| place_of(*number)).collect()), list(counts)])
}
