//! Recurrent layers, written out over their steps: RNN, GRU and LSTM. Start at [`Layer::of`]; each cell reads like the standard's formulas.
//!
//! A row's sequence is a row's own matter: the batch stands beside the steps, and the steps are an inner axis.

use ir::{Elem, Literal, Reduce, Val};

use super::Row;
use super::sliding::bounded;
use crate::node::{OnnxNode, Translated};
use crate::tensor::ElementType;
use crate::value::{PerRow, Value, elem};

pub(super) const OPS: &[Row] = &[Row::new("GRU", gru), Row::new("LSTM", lstm), Row::new("RNN", rnn)];

type Refusal = Box<source::Diagnostic>;

/// Each step is code of its own.
const MOST_STEPS: usize = 1 << 11;

/// What the three kinds have in common.
struct Layer<'n, 'b> {
    node: &'n OnnxNode<'n, 'b>,
    elements: ElementType,
    /// Whether the batch is open. Its place hangs on the layout.
    is_open: bool,
    /// Batch first: `[N, T, I]` rather than `[T, N, I]`.
    batch_first: bool,
    steps: usize,
    count: usize,
    hidden: usize,
    /// `[T, N, I]`
    x: Val<'b>,
    /// How many of the steps a sequence has, `[N, 1]`, if not all.
    lengths: Option<Val<'b>>,
    directions: Vec<Direction<'b>>,
}

/// One pass over the steps with weights of its own.
struct Direction<'b> {
    backward: bool,
    /// `[gates hidden, I]`
    w: Val<'b>,
    /// `[gates hidden, hidden]`
    r: Val<'b>,
    /// Of the input and of the state, `[gates hidden]` each.
    bias: Option<(Val<'b>, Val<'b>)>,
    activations: Vec<Activation>,
    /// Whether it is of several gates.
    gated: bool,
    /// Clips what goes into an activation.
    clip: Option<f64>,
}

/// An activation by name, with its numbers.
struct Activation {
    name: String,
    alpha: f64,
    beta: f64,
}

/// What the states were after each step, in the order of the steps, and the last ones.
struct Pass<'b> {
    states: Vec<Val<'b>>,
    last: Vec<Val<'b>>,
}

impl<'n, 'b> Layer<'n, 'b> {
    /// The inputs `X, W, R, B, sequence_lens` of a layer with so many gates, whose activations are these by default.
    fn of(node: &'n OnnxNode<'n, 'b>, gates: usize, activations: &[&str]) -> Result<Self, Refusal> {
        let batch_first = node.int("layout") != 0;
        let x = node.row(0)?;
        if x.batch.is_some_and(|batch| batch != usize::from(!batch_first)) {
            return node.mixes_rows(format!("its input has the dims {:?}, and its steps are those of the batch", x.dims()));
        }
        let [first, second, features] = x.whole_shape()[..] else {
            return node.malformed(format!("its input has the dims {:?}", x.dims()));
        };
        let (steps, count) = if batch_first { (second, first) } else { (first, second) };
        if !x.elements.is_float() || x.count() == 0 {
            return node.malformed(format!("its input is {} {:?}", x.elements.name(), x.dims()));
        }
        if steps > MOST_STEPS {
            return node.unsupported(format!("it has {steps} steps"));
        }
        let backward: &[bool] = match node.string("direction") {
            "forward" => &[false],
            "reverse" => &[true],
            "bidirectional" => &[false, true],
            other => return node.malformed(format!("its direction is {other}")),
        };
        let (w, r) = (node.row(1)?, node.row(2)?);
        let hidden = r.shape.last().copied().unwrap_or(0);
        let rows = gates * hidden;
        let fits = |row: &PerRow<'b>, shape: &[usize]| row.batch.is_none() && row.shape == shape && row.elements == x.elements;
        let ways = backward.len();
        if hidden == 0 || !fits(&w, &[ways, rows, features]) || !fits(&r, &[ways, rows, hidden]) {
            return node.malformed(format!("weights {:?} and {:?} for an input {:?}", w.dims(), r.dims(), x.dims()));
        }
        if node.is_given("hidden_size") && usize::try_from(node.int("hidden_size")) != Ok(hidden) {
            return node.malformed(format!("its `hidden_size` is {}", node.int("hidden_size")));
        }
        bounded(node, [steps, count, rows, features.max(hidden)])?;
        let bias = match node.optional(3) {
            None => None,
            Some(_) => Some(node.row(3)?),
        };
        if bias.as_ref().is_some_and(|bias| !fits(bias, &[ways, 2 * rows])) {
            return node.malformed("its bias has another shape");
        }
        let clip = node.is_given("clip").then(|| f64::from(node.float("clip")));
        let mut directions = Vec::new();
        for (way, activations) in std::iter::zip(0..ways, Activation::all(node, activations, ways)?) {
            let own = |row: &PerRow<'b>| one(row.value(node.b), way);
            let bias = bias.as_ref().map(own).map(|bias| (bias.slice(0, 0, 1, rows as u32), bias.slice(0, rows as u32, 1, rows as u32)));
            let backward = backward.get(way) == Some(&true);
            directions.push(Direction { backward, w: own(&w), r: own(&r), bias, activations, gated: gates > 1, clip });
        }
        let is_open = x.batch.is_some();
        let mut layer =
            Layer { node, elements: x.elements, is_open, batch_first, steps, count, hidden, x: x.value(node.b), lengths: None, directions };
        layer.x = layer.batch_second(x.whole(node.b));
        layer.lengths = layer.lengths()?;
        Ok(layer)
    }

    /// `[N, a, b]` as `[a, N, b]` if the batch is first.
    fn batch_second(&self, value: Val<'b>) -> Val<'b> {
        match (self.batch_first, value.ty().shape.as_slice()) {
            (true, [1, a, b]) => value.reshape([*a, 1, *b]),
            (true, _) => value.transpose([1, 0, 2]),
            (false, _) => value,
        }
    }

    /// `sequence_lens`: steps from a sequence's length on are not taken. Rows with a length that is outside are not scored.
    fn lengths(&self) -> Result<Option<Val<'b>>, Refusal> {
        let node = self.node;
        let whole = self.steps as i64;
        match node.input(4) {
            Value::Absent => return Ok(None),
            Value::Constant(lengths) => {
                let numbers = lengths.integers().unwrap_or_default();
                if numbers.len() != self.count || numbers.iter().any(|length| !(0..=whole).contains(length)) {
                    return node.malformed(format!("the lengths {numbers:?} for {} sequences of {whole} steps", self.count));
                }
                if numbers.iter().all(|length| *length == whole) {
                    return Ok(None);
                }
            }
            Value::PerRow(_)
            | Value::Dims(_)
            | Value::Map(_)
            | Value::Sequence(_)
            | Value::Flat(..)
            | Value::Tokens(_)
            | Value::Refused(_) => {}
        }
        let row = node.row(4)?;
        if !row.elements.is_integer() || row.whole_shape() != [self.count] || row.batch.is_some() && !self.is_open {
            return node.malformed(format!("the lengths {:?} for {} sequences", row.dims(), self.count));
        }
        let lengths = row.vector(node.b).cast(Elem::I64);
        let outside = lengths.lt(0_i64) | lengths.gt(whole);
        node.reject(outside.cast(Elem::I32).reduce(Reduce::Max, [0]).ne(0_i64), format!("a length of {} is outside", node.input_name(4)));
        Ok(Some(lengths.reshape([self.count as u32, 1])))
    }

    /// An initial state `[directions, N, hidden]`, one `[N, hidden]` a direction; zeros if it is not given.
    fn initial(&self, index: usize) -> Result<Vec<Val<'b>>, Refusal> {
        let node = self.node;
        if node.optional(index).is_none() {
            let zeros = self.zeros(&[self.count, self.hidden]);
            return Ok(self.directions.iter().map(|_| zeros).collect());
        }
        let row = node.row(index)?;
        let (ways, place) = (self.directions.len(), usize::from(!self.batch_first));
        let mut dims = vec![ways, self.hidden];
        dims.insert(place, self.count);
        if row.batch.is_some_and(|batch| batch != place || !self.is_open) || row.whole_shape() != dims || row.elements != self.elements {
            return node.malformed(format!("an initial state {:?}, and {dims:?} is expected", row.dims()));
        }
        let states = self.batch_second(row.whole(node.b));
        Ok((0..ways).map(|way| one(states, way)).collect())
    }

    fn zeros(&self, shape: &[usize]) -> Val<'b> {
        let zero = self.node.b.constant(Literal::zero(elem(self.elements)));
        super::shape::stretched(self.node.b, zero.reshape(vec![1; shape.len()]), shape)
    }

    /// What the input adds to the gates at each step, `[T, N, gates hidden]`, with the bias of the state too, where `whole`.
    fn of_input(&self, direction: &Direction<'b>, whole: impl Fn(Val<'b>) -> Val<'b>) -> Val<'b> {
        let products = self.x.contract(direction.w, [(2, 1)]);
        match direction.bias {
            Some((input, state)) => products + (input + whole(state)),
            None => products,
        }
    }

    /// Passes over the steps; `step` makes the next states, the first of which is the output, from the number of a step and the states
    /// before it. A sequence that is over keeps its states, and its output is zero.
    fn pass(&self, backward: bool, first: Vec<Val<'b>>, step: impl Fn(u32, &[Val<'b>]) -> Vec<Val<'b>>) -> Pass<'b> {
        let mut now = first;
        let mut states = Vec::new();
        for turn in 0..self.steps {
            let at = if backward { self.steps - 1 - turn } else { turn };
            let next = step(at as u32, &now);
            let Some(lengths) = self.lengths else {
                states.extend(next.first().copied());
                now = next;
                continue;
            };
            let goes_on = lengths.gt(at as i64);
            states.extend(next.first().map(|output| goes_on.select(*output, super::elementwise::node_number(*output, 0))));
            now = std::iter::zip(next, now).map(|(next, now)| goes_on.select(next, now)).collect();
        }
        if backward {
            states.reverse();
        }
        // The last state of a sequence without steps is zero.
        let last = match self.lengths {
            Some(lengths) => now.iter().map(|x| lengths.gt(0_i64).select(*x, super::elementwise::node_number(*x, 0))).collect(),
            None => now,
        };
        Pass { states, last }
    }

    /// The outputs: `Y [T, directions, N, hidden]` and a last state `[directions, N, hidden]` each, or with the batch first.
    fn outputs(&self, passes: &[Pass<'b>]) -> Vec<Value<'b>> {
        let (b, open) = (self.node.b, self.is_open);
        let (count, hidden) = (self.count as u32, self.hidden as u32);
        let beside = |values: Vec<Val<'b>>, axis: u8| if let [only] = values.as_slice() { *only } else { b.concat(&values, axis) };
        let made =
            |value: Val<'b>, batch: usize| Value::PerRow(PerRow::from_whole(self.elements, open.then_some(batch), value).map(b, |x| x));
        let steps = passes.iter().map(|pass| {
            let states = pass.states.iter().map(|state| state.reshape([1, 1, count, hidden])).collect();
            beside(states, 0)
        });
        let all = beside(steps.collect(), 1);
        let mut outputs = vec![if self.batch_first { made(all.transpose([2, 0, 1, 3]), 0) } else { made(all, 2) }];
        for state in 0..passes.first().map_or(0, |pass| pass.last.len()) {
            let last = passes.iter().filter_map(|pass| pass.last.get(state)).map(|state| state.reshape([1, count, hidden])).collect();
            let last = beside(last, 0);
            outputs.push(if self.batch_first { made(last.transpose([1, 0, 2]), 0) } else { made(last, 1) });
        }
        outputs
    }

    /// A gate of `[N, gates hidden]`.
    fn gate(&self, gates: Val<'b>, number: usize) -> Val<'b> {
        gates.slice(1, (number * self.hidden) as u32, 1, self.hidden as u32)
    }

    /// The rows of a gate of `[gates hidden, ...]`.
    fn gate_rows(&self, weights: Val<'b>, first: usize, count: usize) -> Val<'b> {
        weights.slice(0, (first * self.hidden) as u32, 1, (count * self.hidden) as u32)
    }
}

/// The part of a number along the first axis, without that axis.
fn one(x: Val<'_>, index: usize) -> Val<'_> {
    let shape = x.ty().shape.get(1..).unwrap_or_default().to_vec();
    let part = if x.ty().shape.first() == Some(&1) { x } else { x.slice(0, index as u32, 1, 1) };
    part.reshape(shape)
}

/// The step of a number of `[T, N, ...]`.
fn at_step(x: Val<'_>, step: u32) -> Val<'_> {
    one(x, step as usize)
}

impl<'b> Direction<'b> {
    /// `f(x)` of the activation with a number, clipped before.
    ///
    /// Where gates have a bias, onnxruntime clips them even without `clip`, at the greatest float, and so that a NaN counts as above it.
    fn activated(&self, number: usize, x: Val<'b>) -> Val<'b> {
        let (limit, takes_nan) = match (self.clip, self.bias) {
            (clip, Some(_)) if self.gated => (clip.unwrap_or(f64::from(f32::MAX)), true),
            (Some(clip), _) => (clip, false),
            (None, _) => return self.unclipped(number, x),
        };
        let least = x.lt(-limit).select(super::elementwise::node_number(x, 0) - limit, x);
        let clipped = if takes_nan {
            least.le(limit).select(least, limit)
        } else {
            least.gt(limit).select(super::elementwise::node_number(x, 0) + limit, least)
        };
        self.unclipped(number, clipped)
    }

    fn unclipped(&self, number: usize, x: Val<'b>) -> Val<'b> {
        self.activations.get(number).map_or(x, |activation| activation.of(x))
    }
}

impl Activation {
    /// Those of each direction; what takes an alpha or a beta takes the next of its list.
    fn all(node: &OnnxNode<'_, '_>, default: &[&str], ways: usize) -> Result<Vec<Vec<Activation>>, Refusal> {
        let given: Vec<String> = match node.strings("activations") {
            [] => (0..ways).flat_map(|_| default.iter().map(|name| (*name).to_owned())).collect(),
            given => given.to_vec(),
        };
        if given.len() != ways * default.len() {
            return node.malformed(format!("its activations are {given:?}"));
        }
        let (mut alphas, mut betas) = (node.floats("activation_alpha").iter(), node.floats("activation_beta").iter());
        let mut activations = Vec::new();
        for name in given {
            let name = name.to_lowercase();
            // What each takes, with the default. Where there is none, onnxruntime takes 0 and the standard 1.
            let (takes_alpha, takes_beta) = match name.as_str() {
                "relu" | "tanh" | "sigmoid" | "softsign" | "softplus" => (None, None),
                "affine" | "scaledtanh" => (Some(None), Some(None)),
                "thresholdedrelu" => (Some(None), None),
                "leakyrelu" => (Some(Some(0.01)), None),
                "elu" => (Some(Some(1.0)), None),
                "hardsigmoid" => (Some(Some(0.2)), Some(Some(0.5))),
                _ => return node.unsupported(format!("its activation `{name}`")),
            };
            let next = |takes: Option<Option<f32>>, list: &mut std::slice::Iter<'_, f32>| match takes {
                Some(default) => list.next().copied().or(default),
                None => Some(0.0),
            };
            match (next(takes_alpha, &mut alphas), next(takes_beta, &mut betas)) {
                (Some(alpha), Some(beta)) => activations.push(Activation { name, alpha: alpha.into(), beta: beta.into() }),
                _ => return node.unsupported(format!("its activation `{name}` has no alpha or beta")),
            }
        }
        let mut activations = activations.into_iter();
        Ok((0..ways).map(|_| activations.by_ref().take(default.len()).collect()).collect())
    }

    fn of<'b>(&self, x: Val<'b>) -> Val<'b> {
        let (alpha, beta) = (self.alpha, self.beta);
        match self.name.as_str() {
            // Of NaN zero, unlike the operator.
            "relu" => x.gt(0.0).select(x, 0.0),
            "sigmoid" => x.sigmoid(),
            "softsign" => x / (x.abs() + 1.0),
            "softplus" => x.max(0.0) + (-x.abs()).exp().log1p(),
            "affine" => x * alpha + beta,
            "leakyrelu" => x.lt(0.0).select(x * alpha, x),
            "thresholdedrelu" => x.gt(alpha).select(x, 0.0),
            "elu" => x.lt(0.0).select(x.expm1() * alpha, x),
            "scaledtanh" => (x * beta).tanh() * alpha,
            "hardsigmoid" => (x * alpha + beta).max(0.0).min(1.0),
            _ => x.tanh(),
        }
    }
}

/// `h[t] = f(x[t] W' + h[t - 1] R' + Wb + Rb)`
fn rnn<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let layer = Layer::of(node, 1, &["Tanh"])?;
    let passes: Vec<Pass<'b>> = std::iter::zip(&layer.directions, layer.initial(5)?)
        .map(|(way, first)| {
            let of_input = layer.of_input(way, |bias| bias);
            layer.pass(way.backward, vec![first], |step, states| {
                states.iter().map(|h| way.activated(0, at_step(of_input, step) + h.contract(way.r, [(1, 1)]))).collect()
            })
        })
        .collect();
    Ok(layer.outputs(&passes))
}

/// `h[t] = (1 - z) n + z h[t - 1]` with `z, r = f(x[t] W' + h[t - 1] R' + Wb + Rb)` and
/// `n = g(x[t] W' + (r h[t - 1]) R' + Rb + Wb)`, or `g(x[t] W' + r (h[t - 1] R' + Rb) + Wb)` with `linear_before_reset`.
fn gru<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let layer = Layer::of(node, 3, &["Sigmoid", "Tanh"])?;
    let linear = node.int("linear_before_reset") != 0;
    let passes: Vec<Pass<'b>> = std::iter::zip(&layer.directions, layer.initial(5)?)
        .map(|(way, first)| {
            let inner_bias = way.bias.filter(|_| linear).map(|(_, state)| layer.gate_rows(state, 2, 1));
            // What is added within the parentheses is not added to the input.
            let of_input = layer.of_input(way, |bias| match inner_bias {
                Some(_) => node.b.concat(&[layer.gate_rows(bias, 0, 2), layer.zeros(&[layer.hidden])], 0),
                None => bias,
            });
            let (gates, candidate) = (layer.gate_rows(way.r, 0, 2), layer.gate_rows(way.r, 2, 1));
            layer.pass(way.backward, vec![first], |step, states| {
                states
                    .iter()
                    .map(|h| {
                        let x = at_step(of_input, step);
                        let of_state = h.contract(gates, [(1, 1)]);
                        let [z, r] = [0, 1].map(|gate| way.activated(0, layer.gate(x, gate) + layer.gate(of_state, gate)));
                        let inner = if linear { *h } else { r * *h }.contract(candidate, [(1, 1)]);
                        let inner = inner_bias.map_or(inner, |bias| inner + bias);
                        let n = way.activated(1, layer.gate(x, 2) + if linear { r * inner } else { inner });
                        (-z + 1.0) * n + z * *h
                    })
                    .collect()
            })
        })
        .collect();
    Ok(layer.outputs(&passes))
}

/// `c[t] = f c[t - 1] + i n`, `h[t] = o h(c[t])` with `i, f = f(x[t] W' + h[t - 1] R' + P c[t - 1] + Wb + Rb)`,
/// `n = g(x[t] W' + h[t - 1] R' + Wb + Rb)` and `o = f(x[t] W' + h[t - 1] R' + P c[t] + Wb + Rb)`.
///
/// The gates stand in the order i, o, f, n. With `input_forget`, f is 1 - i. As in onnxruntime, `clip` does not hold for `h(c[t])`.
fn lstm<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let layer = Layer::of(node, 4, &["Sigmoid", "Tanh", "Tanh"])?;
    let coupled = node.int("input_forget") != 0;
    let peepholes = match node.optional(7) {
        None => None,
        Some(_) => Some(node.row(7)?),
    };
    let ways = layer.directions.len();
    if peepholes.as_ref().is_some_and(|p| p.batch.is_some() || p.shape != [ways, 3 * layer.hidden] || p.elements != layer.elements) {
        return node.malformed("its peepholes have another shape");
    }
    let first = std::iter::zip(layer.initial(5)?, layer.initial(6)?);
    let passes: Vec<Pass<'b>> = std::iter::zip(layer.directions.iter().enumerate(), first)
        .map(|((number, way), (h, c))| {
            let of_input = layer.of_input(way, |bias| bias);
            let peephole = peepholes.as_ref().map(|peepholes| one(peepholes.value(node.b), number));
            // In the order i, o, f.
            let peeped = |x: Val<'b>, gate: usize, c: Val<'b>| peephole.map_or(x, |p| x + layer.gate_rows(p, gate, 1) * c);
            layer.pass(way.backward, vec![h, c], |step, states| {
                let [h, c] = states else { return states.to_vec() };
                let gates = at_step(of_input, step) + h.contract(way.r, [(1, 1)]);
                let i = way.activated(0, peeped(layer.gate(gates, 0), 0, *c));
                let f = if coupled { -i + 1.0 } else { way.activated(0, peeped(layer.gate(gates, 2), 2, *c)) };
                let n = way.activated(1, layer.gate(gates, 3));
                let c = f * *c + i * n;
                let o = way.activated(0, peeped(layer.gate(gates, 1), 1, c));
                vec![o * way.unclipped(2, c), c]
            })
        })
        .collect();
    Ok(layer.outputs(&passes))
}
