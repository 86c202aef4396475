//! Elements written to positions of another tensor, over what is there or together with it.

use std::collections::BTreeMap;

use ir::{Elem, Reduce, Val};

use super::Row;
use super::index::{numbers, strides};
use super::shape::limited;
use crate::node::{OnnxNode, Translated};
use crate::value::{PerRow, Value, ir_shape, narrow, normal_axis};

pub(super) const OPS: &[Row] =
    &[Row::new("Scatter", scatter_elements), Row::new("ScatterElements", scatter_elements), Row::new("ScatterND", scatter_nd)];

type Refusal = Box<source::Diagnostic>;

/// What becomes of an element that something is written to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reduction {
    Replace,
    Add,
    Mul,
    Max,
    Min,
}

impl Reduction {
    fn of(node: &OnnxNode<'_, '_>) -> Result<Reduction, Refusal> {
        match node.string("reduction") {
            "" | "none" => Ok(Reduction::Replace),
            "add" => Ok(Reduction::Add),
            "mul" => Ok(Reduction::Mul),
            "max" => Ok(Reduction::Max),
            "min" => Ok(Reduction::Min),
            other => node.malformed(format!("its reduction is {other}")),
        }
    }

    fn apply<'b>(self, old: Val<'b>, new: Val<'b>) -> Val<'b> {
        match self {
            Reduction::Replace => new,
            Reduction::Add => old + new,
            Reduction::Mul => old * new,
            Reduction::Max if old.elem().is_float() => old.max(new),
            Reduction::Min if old.elem().is_float() => old.min(new),
            Reduction::Max => old.ge(new).select(old, new),
            Reduction::Min => old.le(new).select(old, new),
        }
    }
}

/// Where each update goes: its number among the slots of the result, which are `size` elements each.
enum Targets<'b> {
    Known(Vec<usize>),
    /// A vector of int64 of the row.
    OfRow(Val<'b>),
}

/// The tensor with the updates written to it, in their order. Slots are counted in the whole tensor, which has no batch.
fn written<'b>(
    node: &OnnxNode<'_, 'b>,
    x: &PerRow<'b>,
    updates: &PerRow<'b>,
    size: usize,
    targets: Targets<'b>,
) -> Result<PerRow<'b>, Refusal> {
    let reduction = Reduction::of(node)?;
    if matches!(reduction, Reduction::Max | Reduction::Min) && x.elements == crate::tensor::ElementType::U64 {
        return node.unsupported("the greatest or least of uint64");
    }
    let (count, slots) = (x.count(), x.count() / size.max(1));
    if count == 0 || updates.count() == 0 {
        return Ok(x.clone());
    }
    let old = x.vector(node.b).reshape(ir_shape(&[slots, size]));
    let new = updates.vector(node.b).reshape(ir_shape(&[updates.count() / size, size]));
    let done = match targets {
        Targets::Known(targets) => known(node, reduction, x, old, new, &targets)?,
        Targets::OfRow(targets) => of_row(node, reduction, old, new, targets)?,
    };
    Ok(PerRow::of(x.elements, x.batch, narrow(x.elements, done).reshape(ir_shape(&x.shape))))
}

/// In rounds: the first update of each slot, then the second, and so on.
fn known<'b>(
    node: &OnnxNode<'_, 'b>,
    reduction: Reduction,
    x: &PerRow<'b>,
    old: Val<'b>,
    new: Val<'b>,
    targets: &[usize],
) -> Result<Val<'b>, Refusal> {
    let mut by_slot: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (update, slot) in targets.iter().enumerate() {
        let updates = by_slot.entry(*slot).or_default();
        if reduction == Reduction::Replace {
            updates.clear();
        }
        updates.push(update);
    }
    let slots = old.ty().shape.first().copied().unwrap_or(0);
    let rounds = by_slot.values().map(Vec::len).max().unwrap_or(0);
    limited(node, rounds.saturating_mul(x.count()))?;
    let mut value = old;
    for round in 0..rounds {
        let update = |slot: u32| by_slot.get(&(slot as usize)).and_then(|updates| updates.get(round)).copied();
        let from = node.b.tensor(ir::Tensor::i64("updates", [slots], (0..slots).map(|slot| update(slot).unwrap_or(0) as i64)));
        let is_hit: Vec<bool> = (0..slots).map(|slot| update(slot).is_some()).collect();
        let hit = node.b.tensor(ir::Tensor::new("is written", [slots, 1], is_hit));
        value = hit.select(reduction.apply(value, new.gather(from, 0)), value);
    }
    Ok(value)
}

/// Each slot looks for the updates that go to it.
fn of_row<'b>(node: &OnnxNode<'_, 'b>, reduction: Reduction, old: Val<'b>, new: Val<'b>, targets: Val<'b>) -> Result<Val<'b>, Refusal> {
    let (slots, updates) = (old.ty().shape[0], new.ty().shape[0]);
    limited(node, (old.ty().count()).saturating_mul(updates as usize))?;
    let places = node.b.tensor(ir::Tensor::i64("positions", [slots, 1], 0..i64::from(slots)));
    let hits = targets.reshape([1, updates]).eq(places);
    if reduction == Reduction::Replace {
        let backwards = hits.slice(1, updates - 1, -1, updates).cast(Elem::I32);
        let last = node.b.i64(i64::from(updates) - 1) - backwards.reduce(Reduce::ArgMax, [1]);
        let any = backwards.reduce(Reduce::Max, [1]).ne(0_i64).reshape([slots, 1]);
        return Ok(any.select(new.gather(last, 0), old));
    }
    let mut value = old;
    for update in 0..updates {
        let hit = hits.slice(1, update, 1, 1);
        value = hit.select(reduction.apply(value, new.slice(0, update, 1, 1)), value);
    }
    Ok(value)
}

/// Positions that come with each row, negative ones counted from the end. A row with one that is outside is not scored.
fn counted<'b>(node: &OnnxNode<'_, 'b>, at: Val<'b>, length: usize) -> Val<'b> {
    let at = at.cast(Elem::I64);
    let length = length as i64;
    let outside = (at.lt(-length) | at.ge(length)).cast(Elem::I32);
    let count = outside.ty().count() as u32;
    if count > 0 {
        node.reject(
            outside.reshape([count]).reduce(Reduce::Max, [0]).ne(0_i64),
            format!("a position of {} is outside", node.input_name(1)),
        );
    }
    at.lt(0_i64).select(at + length, at)
}

/// For each place of the updates, its element goes to the position along the axis and to the same place along the others.
fn scatter_elements<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let (x, at, updates) = (node.row(0)?, node.row(1)?, node.row(2)?);
    if at.dims() != updates.dims() || x.rank() != at.rank() || x.batch != at.batch {
        return node.unsupported(format!("positions {:?} for {:?}", at.dims(), x.dims()));
    }
    let axis = node.inner_axis(&x, node.int("axis"), "writes")?;
    let length = x.shape.get(axis).copied().unwrap_or(0);
    let strides = strides(&x.shape);
    let stride = |axis: usize| strides.get(axis).copied().unwrap_or(1);
    let others = || (0..at.shape.len()).filter(|other| *other != axis);
    let targets = if let Value::Constant(positions) = node.input(1) {
        let Some(positions) = positions.integers() else { return node.malformed("its positions are not whole numbers") };
        let own = super::index::strides(&at.shape);
        let mut targets = Vec::with_capacity(positions.len());
        for (number, position) in positions.iter().enumerate() {
            let Some(along) = normal_axis(*position, length) else { return node.malformed("a position is outside") };
            let place = |other: usize| number / own.get(other).copied().unwrap_or(1) % at.shape.get(other).copied().unwrap_or(1);
            targets.push(others().fold(along * stride(axis), |sum, other| sum + place(other) * stride(other)));
        }
        Targets::Known(targets)
    } else {
        let along = counted(node, at.value(node.b), length) * stride(axis) as i64;
        let place = others().fold(along, |place, other| place + numbers(node, &at.shape, other, stride(other)));
        Targets::OfRow(place.reshape([at.count() as u32]))
    };
    Ok(vec![Value::PerRow(written(node, &x, &updates, 1, targets)?)])
}

/// The slices at tuples of positions, which stand along the last axis of the positions.
fn scatter_nd<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let (x, at, updates) = (node.row(0)?, node.row(1)?, node.row(2)?);
    if x.batch.is_some() || at.batch.is_some() || updates.batch.is_some() {
        return node.mixes_rows("it writes to rows of the batch");
    }
    let Some(width) = at.shape.last().copied().filter(|width| *width <= x.shape.len()) else {
        return node.malformed(format!("positions {:?} for {:?}", at.dims(), x.dims()));
    };
    let (outer, inner) = x.shape.split_at(width);
    let size: usize = inner.iter().product();
    let strides = strides(outer);
    let stride = |axis: usize| strides.get(axis).copied().unwrap_or(1);
    let tuples = at.count() / width.max(1);
    if updates.count() != tuples * size {
        return node.malformed(format!("updates {:?} for positions {:?}", updates.dims(), at.dims()));
    }
    let targets = if let Value::Constant(positions) = node.input(1) {
        let Some(positions) = positions.integers() else { return node.malformed("its positions are not whole numbers") };
        let place = |tuple: &[i64]| {
            tuple
                .iter()
                .enumerate()
                .try_fold(0, |sum, (axis, at)| Some(sum + normal_axis(*at, outer.get(axis).copied().unwrap_or(0))? * stride(axis)))
        };
        let targets: Option<Vec<usize>> = positions.chunks(width.max(1)).map(place).collect();
        let Some(targets) = targets else { return node.malformed("a position is outside") };
        Targets::Known(targets)
    } else {
        let flat = at.value(node.b).reshape(ir_shape(&[tuples, width]));
        let mut place = node.b.tensor(ir::Tensor::i64("positions", [tuples as u32], std::iter::repeat_n(0, tuples)));
        for axis in 0..width {
            let along = flat.slice(1, axis as u32, 1, 1).reshape([tuples as u32]);
            place = place + counted(node, along, outer.get(axis).copied().unwrap_or(0)) * stride(axis) as i64;
        }
        Targets::OfRow(place)
    };
    Ok(vec![Value::PerRow(written(node, &x, &updates, size, targets)?)])
}
