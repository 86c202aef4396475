//! Branches and loops. A branch whose condition is known is taken here; of others both arms are computed and one is chosen. Loops are
//! written out turn by turn; a scan along the batch axis is no loop at all, but what happens to each row.

use std::rc::Rc;

use ir::Val;

use super::Row;
use super::elementwise::spread;
use super::shape::{joined, taken};
use crate::model::{Graph, PortDim, PortKind};
use crate::node::{Entry, OnnxNode, Translated};
use crate::tensor::{Data, Tensor};
use crate::value::{Axis, PerRow, Value, broadcast_all, data, elem};

pub(super) const OPS: &[Row] =
    &[Row::new("If", branch).with_constants(), Row::new("Loop", repeat).with_constants(), Row::new("Scan", scan).with_constants()];

/// Turns times nodes that a loop may be written out to.
const MOST_NODES: usize = 1 << 16;
/// The opset from which Scan has no batch of its own.
const SCAN_WITHOUT_BATCH: i64 = 9;

type Refusal = Box<source::Diagnostic>;

/// A truth value that is known.
fn known(value: &Value<'_>) -> Option<bool> {
    match value {
        Value::Constant(tensor) => {
            if let Data::Bool(items) = &tensor.data {
                items.first().copied()
            } else {
                None
            }
        }
        Value::Absent
        | Value::PerRow(_)
        | Value::Dims(_)
        | Value::Map(_)
        | Value::Sequence(_)
        | Value::Flat(..)
        | Value::Tokens(_)
        | Value::Refused(_) => None,
    }
}

fn is_refused(values: &[Value<'_>]) -> bool {
    values.iter().any(|value| matches!(value, Value::Refused(_)))
}

/// The one truth value of a tensor.
fn condition<'b>(node: &OnnxNode<'_, 'b>, value: &Value<'b>) -> Result<Val<'b>, Refusal> {
    if let Value::PerRow(row) = value
        && row.elements == crate::tensor::ElementType::Bool
        && let [only] = row.cells().as_slice()
    {
        return Ok(*only);
    }
    node.malformed("its condition is not one truth value")
}

/// The outputs of the branch that its condition picks; where it differs from row to row, both must have the same dims.
fn branch<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let (yes, no) = (node.graph("then_branch")?, node.graph("else_branch")?);
    if let Some(holds) = known(node.input(0)) {
        return Ok(node.bodies.run(if holds { &yes } else { &no }, Vec::new(), Entry::Always));
    }
    let holds = condition(node, node.input(0))?;
    let taken = node.bodies.run(&yes, Vec::new(), Entry::Where(holds));
    let other = node.bodies.run(&no, Vec::new(), Entry::Where(!holds));
    if is_refused(&taken) || is_refused(&other) {
        return Ok(taken.iter().map(|_| Value::Refused(None)).collect());
    }
    std::iter::zip(taken, other).map(|(yes, no)| chosen(node, holds, &yes, &no)).collect()
}

/// One of two values of the same dims.
fn chosen<'b>(node: &OnnxNode<'_, 'b>, holds: Val<'b>, yes: &Value<'b>, no: &Value<'b>) -> Result<Value<'b>, Refusal> {
    if let (Value::Constant(a), Value::Constant(b)) = (yes, no)
        && a == b
    {
        return Ok(yes.clone());
    }
    if super::shape::dims_of(yes) != super::shape::dims_of(no) {
        return node.unsupported("the dims of its result depend on the data");
    }
    let select = broadcast_all(node.b, &[yes, no], |values| match values {
        [yes, no] => holds.select(*yes, *no),
        _ => node.b.bool(false),
    });
    Ok(super::elementwise::one(spread(node, select)?))
}

/// The values of all turns, side by side along a new axis.
fn stacked<'b>(node: &OnnxNode<'_, 'b>, turns: Vec<Value<'b>>, axis: i64, body: &Graph, output: usize) -> Result<Value<'b>, Refusal> {
    if turns.is_empty() {
        return nothing(node, body, output);
    }
    let constants: Option<Vec<Rc<Tensor>>> =
        turns.iter().map(|turn| if let Value::Constant(tensor) = turn { Some(Rc::clone(tensor)) } else { None }).collect();
    let mut rows = Vec::new();
    for turn in &turns {
        let row = match turn {
            Value::PerRow(row) => row.clone(),
            Value::Constant(tensor) => PerRow::constant(node.b, node.output_name(output), tensor),
            Value::Absent
            | Value::Dims(_)
            | Value::Map(_)
            | Value::Sequence(_)
            | Value::Flat(..)
            | Value::Tokens(_)
            | Value::Refused(_) => {
                return node.unsupported("its turns give no tensors");
            }
        };
        rows.push(row);
    }
    let first = &rows[0];
    if rows.iter().any(|row| row.dims() != first.dims()) {
        return node.unsupported("the dims of its turns differ");
    }
    let Some(place) = crate::value::normal_axis(axis, first.rank() + 1) else { return node.malformed("an axis is outside") };
    if let (Some(constants), 0) = (constants, place) {
        // Known turns make a known result.
        let count: usize = first.count();
        let literals: Vec<ir::Literal> = constants.iter().flat_map(|tensor| crate::value::literals(&tensor.data)).collect();
        if let Some(data) = data(elem(first.elements), &literals) {
            let dims = [&[turns.len()], first.shape.as_slice()].concat();
            debug_assert_eq!(data.len(), count * turns.len());
            return Ok(Value::known(Tensor { dims, elements: first.elements, data }));
        }
    }
    let batch = first.batch.map(|batch| if batch >= place { batch + 1 } else { batch });
    let inner = place - usize::from(first.batch.is_some_and(|batch| batch < place));
    let parts: Vec<PerRow<'b>> = rows
        .iter()
        .map(|row| {
            let mut shape = row.shape.clone();
            shape.insert(inner, 1);
            row.reshaped(batch, shape)
        })
        .collect();
    Ok(Value::PerRow(joined(node.b, &parts, inner)))
}

/// No turns: a tensor without elements, whose other dims the body declares.
fn nothing<'b>(node: &OnnxNode<'_, 'b>, body: &Graph, output: usize) -> Result<Value<'b>, Refusal> {
    let Some(PortKind::Tensor { elements, dims }) = body.outputs.get(output).map(|port| &port.kind) else {
        return node.unsupported("it makes no turn, and its result has no type");
    };
    let known = |dim: &PortDim| if let PortDim::Known(size) = dim { Some(*size) } else { None };
    let inner: Option<Vec<usize>> = dims.as_ref().map_or(Some(Vec::new()), |dims| dims.iter().map(known).collect());
    match (inner, data(elem(*elements), &[])) {
        (Some(inner), Some(data)) => Ok(Value::known(Tensor { dims: [vec![0], inner].concat(), elements: *elements, data })),
        _ => node.unsupported("it makes no turn, and its result has no dims"),
    }
}

fn limited(node: &OnnxNode<'_, '_>, turns: usize, body: &Graph) -> Result<(), Refusal> {
    if turns.saturating_mul(body.nodes.len().max(1)) > MOST_NODES {
        return node.unsupported(format!("{turns} turns of {} nodes", body.nodes.len()));
    }
    Ok(())
}

/// As many turns as its count says, which must be known, and fewer where a condition ends it. After a condition that differs from row to row
/// the values stay as they are in rows where it failed.
fn repeat<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let body = node.graph("body")?;
    let counts = node.integers_input(0)?.and_then(|counts| counts.first().copied());
    let most = match counts {
        Some(count) => usize::try_from(count).unwrap_or(0),
        None => MOST_NODES / body.nodes.len().max(1),
    };
    let mut states: Vec<Value<'b>> = node.inputs.get(2..).unwrap_or_default().to_vec();
    let kept = states.len();
    let mut turns: Vec<Vec<Value<'b>>> = vec![Vec::new(); body.outputs.len().saturating_sub(kept + 1)];
    let mut holds = node.input(1).clone();
    let mut alive: Option<Val<'b>> = None;
    for turn in 0.. {
        let is_watched = !matches!(holds, Value::Absent);
        match known(&holds) {
            Some(false) if is_watched => break,
            None if is_watched => {
                if counts.is_none() || !turns.is_empty() {
                    return Err(Box::new(
                        node.error("onnx-unbounded-loop", "the number of turns of this `Loop` depends on the data")
                            .help("give it a trip count that is a constant, and no scan outputs beside a condition on the data"),
                    ));
                }
                let still = condition(node, &holds)?;
                alive = Some(alive.map_or(still, |alive| alive & still));
            }
            Some(_) | None => {}
        }
        if turn == most {
            if counts.is_none() {
                return node.unsupported("a loop without a trip count");
            }
            break;
        }
        limited(node, turn + 1, &body)?;
        let number = Value::known(Tensor::scalar(Data::i64(vec![turn as i64])));
        let given = if matches!(holds, Value::Absent) { Value::known(Tensor::scalar(Data::bool(vec![true]))) } else { holds.clone() };
        let inputs = [vec![number, given], states.clone()].concat();
        let mut outputs = node.bodies.run(&body, inputs, alive.map_or(Entry::Always, Entry::Where));
        if is_refused(&outputs) || outputs.len() < kept + 1 {
            return Ok(node.node.outputs.iter().map(|_| Value::Refused(None)).collect());
        }
        let made = outputs.split_off(kept + 1);
        std::iter::zip(&mut turns, made).for_each(|(turns, value)| turns.push(value));
        let next = outputs.split_off(1);
        // A condition that nobody watches: without one at the start only the count decides.
        holds = outputs.pop().filter(|_| !matches!(holds, Value::Absent)).unwrap_or(Value::Absent);
        states = match alive {
            None => next,
            Some(alive) => {
                std::iter::zip(&next, &states).map(|(new, old)| chosen(node, alive, new, old)).collect::<Result<_, Refusal>>()?
            }
        };
    }
    for (index, values) in turns.into_iter().enumerate() {
        states.push(stacked(node, values, 0, &body, kept + 1 + index)?);
    }
    Ok(states)
}

/// A body on each slice of its scan inputs, with states carried along. Along the batch axis it happens to each row by itself, and states must
/// stay as they are.
fn scan<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let body = node.graph("body")?;
    let mut inputs: Vec<Value<'b>> = node.inputs.clone();
    let has_batch = node.node.opset < SCAN_WITHOUT_BATCH;
    if has_batch {
        if !matches!(inputs.first(), Some(Value::Absent)) {
            return node.unsupported("lengths of sequences");
        }
        inputs.remove(0);
        inputs = inputs.iter().enumerate().map(|(index, value)| without_batch(node, index + 1, value)).collect::<Result<_, Refusal>>()?;
    }
    let scanned = usize::try_from(node.int("num_scan_inputs")).unwrap_or(0);
    let Some(kept) = inputs.len().checked_sub(scanned).filter(|_| scanned > 0) else { return node.malformed("it has no scan inputs") };
    let sequences: Vec<PerRow<'b>> = std::iter::zip(kept.., inputs.split_off(kept))
        .map(|(index, value)| match value {
            Value::Constant(tensor) => Ok(PerRow::constant(node.b, node.input_name(index), &tensor)),
            Value::PerRow(row) => Ok(row),
            Value::Absent
            | Value::Dims(_)
            | Value::Map(_)
            | Value::Sequence(_)
            | Value::Flat(..)
            | Value::Tokens(_)
            | Value::Refused(_) => node.malformed("a scan input is no tensor"),
        })
        .collect::<Result<_, Refusal>>()?;
    let of = |name: &str, index: usize| node.ints(name).get(index).copied().unwrap_or(0);
    let (input_axes, directions) = if has_batch { ("", "directions") } else { ("scan_input_axes", "scan_input_directions") };
    let outputs_axis = |index: usize| of("scan_output_axes", index);
    let mut axes = Vec::new();
    for (index, row) in sequences.iter().enumerate() {
        match row.axis(of(input_axes, index)) {
            Some(axis) => axes.push(axis),
            None => return node.malformed("an axis is outside"),
        }
    }
    if axes.contains(&Axis::Batch) {
        if axes.iter().any(|axis| *axis != Axis::Batch) {
            return node.mixes_rows("it goes along the batch axis of some inputs and along another of others");
        }
        let rows = sequences.iter().map(|row| Value::PerRow(row.reshaped(None, row.shape.clone())));
        let made = node.bodies.run(&body, inputs.iter().cloned().chain(rows).collect(), Entry::ByRow);
        if is_refused(&made) {
            return Ok(made.iter().map(|_| Value::Refused(None)).collect());
        }
        let is_same =
            |(before, after): (&Value<'b>, &Value<'b>)| matches!((before, after), (Value::Constant(a), Value::Constant(b)) if a == b);
        if !std::iter::zip(&inputs, &made).all(is_same) {
            return node.mixes_rows("it carries a state from row to row");
        }
        let mut outputs = inputs;
        for (index, value) in made.into_iter().skip(kept).enumerate() {
            let row = match value {
                Value::PerRow(row) => row,
                Value::Constant(tensor) => PerRow::constant(node.b, node.output_name(kept + index), &tensor),
                Value::Absent
                | Value::Dims(_)
                | Value::Map(_)
                | Value::Sequence(_)
                | Value::Flat(..)
                | Value::Tokens(_)
                | Value::Refused(_) => {
                    return node.unsupported("its turns give no tensors");
                }
            };
            if row.batch.is_some() {
                return node.mixes_rows("what happens to each row gives a batch");
            }
            let Some(place) = crate::value::normal_axis(outputs_axis(index), row.rank() + 1) else {
                return node.malformed("an axis is outside");
            };
            outputs.push(Value::PerRow(row.reshaped(place, row.shape.clone())));
        }
        return Ok(outputs);
    }
    let along: Vec<usize> = axes.iter().map(|axis| if let Axis::Inner(axis) = axis { *axis } else { 0 }).collect();
    let lengths: Vec<usize> = std::iter::zip(&sequences, &along).map(|(row, axis)| row.shape.get(*axis).copied().unwrap_or(0)).collect();
    let length = lengths.first().copied().unwrap_or(0);
    if lengths.iter().any(|other| *other != length) {
        return node.malformed(format!("its sequences have the lengths {lengths:?}"));
    }
    limited(node, length, &body)?;
    let mut states = inputs;
    let mut turns: Vec<Vec<Value<'b>>> = vec![Vec::new(); body.outputs.len().saturating_sub(kept)];
    for turn in 0..length {
        let mut given = states.clone();
        for (index, (row, axis)) in std::iter::zip(&sequences, &along).enumerate() {
            let at = if of(directions, index) == 0 { turn } else { length - 1 - turn };
            given.push(Value::PerRow(taken(node, row, *axis, &[at], &[])?));
        }
        let mut outputs = node.bodies.run(&body, given, Entry::Always);
        if is_refused(&outputs) || outputs.len() < kept {
            return Ok(node.node.outputs.iter().map(|_| Value::Refused(None)).collect());
        }
        let made = outputs.split_off(kept);
        std::iter::zip(&mut turns, made).for_each(|(turns, value)| turns.push(value));
        states = outputs;
    }
    for (index, mut values) in turns.into_iter().enumerate() {
        if of("scan_output_directions", index) != 0 {
            values.reverse();
        }
        states.push(stacked(node, values, outputs_axis(index), &body, kept + index)?);
    }
    if has_batch {
        return states.into_iter().map(|value| with_batch(node, value)).collect();
    }
    Ok(states)
}

/// The only element of the batch that Scan had of its own before opset 9.
fn without_batch<'b>(node: &OnnxNode<'_, 'b>, index: usize, value: &Value<'b>) -> Result<Value<'b>, Refusal> {
    let row = match value {
        Value::PerRow(row) => row.clone(),
        Value::Constant(tensor) => PerRow::constant(node.b, node.input_name(index), tensor),
        Value::Absent | Value::Dims(_) | Value::Map(_) | Value::Sequence(_) | Value::Flat(..) | Value::Tokens(_) | Value::Refused(_) => {
            return node.malformed("an input is no tensor");
        }
    };
    match (row.batch, row.shape.split_first()) {
        (Some(0), _) => Ok(Value::PerRow(row.reshaped(None, row.shape.clone()))),
        (None, Some((1, rest))) => Ok(Value::PerRow(row.reshaped(None, rest.to_vec()))),
        _ => node.unsupported("a batch of its own with several elements"),
    }
}

fn with_batch<'b>(node: &OnnxNode<'_, 'b>, value: Value<'b>) -> Result<Value<'b>, Refusal> {
    match value {
        Value::PerRow(row) if row.batch.is_none() => Ok(Value::PerRow(row.reshaped(None, [vec![1], row.shape.clone()].concat()))),
        Value::Constant(tensor) => Ok(Value::known(tensor.reshaped([vec![1], tensor.dims.clone()].concat()))),
        Value::PerRow(_)
        | Value::Absent
        | Value::Dims(_)
        | Value::Map(_)
        | Value::Sequence(_)
        | Value::Flat(..)
        | Value::Tokens(_)
        | Value::Refused(_) => node.unsupported("its result is no tensor"),
    }
}
