//! Images in another size. Sizes and scales are constants, so that for every place of the result it is known here which elements it is made
//! of, and with which weights.

use std::ops::{Add, Mul, Sub};

use ir::Val;

use super::Row;
use super::shape::{dims_of, limited, taken};
use crate::node::{OnnxNode, Translated};
use crate::tensor::Data;
use crate::value::{Axis, Dim, ELEMENT_LIMIT, PerRow, Value, constant, elem, normal_axis};

pub(super) const OPS: &[Row] = &[Row::new("Resize", resize), Row::new("Upsample", upsample)];

type Refusal = Box<source::Diagnostic>;

/// The opset from which Resize says where its coordinates are.
const BY_COORDINATES: i64 = 11;
/// The opset from which Upsample takes its scales as an input.
const SCALES_BY_INPUT: i64 = 9;
/// One place of a result is made of no more elements of an axis; a scale below a thousandth is a mistake.
const MOST_TAPS: usize = 1 << 12;

/// What becomes of one axis.
#[derive(Debug, Clone)]
struct Stretch {
    /// Of the ONNX tensor.
    axis: usize,
    from: usize,
    to: usize,
    scale: f32,
    /// After scaling, before it is cut to a whole number.
    length: f32,
    /// Start and end of the part that is looked at, in lengths of the axis.
    roi: (f32, f32),
}

/// How a place between elements is filled.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Mode {
    Nearest(Rounding),
    Linear,
    Cubic { a: f64 },
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Rounding {
    PreferFloor,
    PreferCeil,
    Floor,
    Ceil,
    /// Before opset 11, as onnxruntime does it: up where the axis becomes shorter, down where it becomes longer.
    BySize,
}

struct Filter<'n> {
    mode: Mode,
    coordinates: &'n str,
    antialias: bool,
    exclude_outside: bool,
}

/// The elements along an axis that a place is made of, with their weights.
type Taps = Vec<(usize, f64)>;

/// Each axis stretched by a scale or to a size; see [`Filter::coordinate`] for where a place of the result lies in the input.
///
/// Coordinates are float32 as in onnxruntime. Where an axis has a fractional length after scaling, `align_corners` puts its end there, as
/// the standard's reference does; onnxruntime takes the whole length.
fn resize<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    if node.node.opset < BY_COORDINATES {
        let scales = floats_input(node, 1)?.unwrap_or_default();
        let mode = mode_of(node, Rounding::BySize)?;
        return resized(
            node,
            scaled(node, &scales)?,
            &Filter { mode, coordinates: "asymmetric", antialias: false, exclude_outside: false },
        );
    }
    let rounding = match node.string("nearest_mode") {
        "round_prefer_floor" => Rounding::PreferFloor,
        "round_prefer_ceil" => Rounding::PreferCeil,
        "floor" => Rounding::Floor,
        "ceil" => Rounding::Ceil,
        other => return node.malformed(format!("its `nearest_mode` is {other}")),
    };
    let filter = Filter {
        mode: mode_of(node, rounding)?,
        coordinates: node.string("coordinate_transformation_mode"),
        antialias: node.int("antialias") != 0,
        exclude_outside: node.int("exclude_outside") != 0,
    };
    let mut stretches = match floats_input(node, 2)?.filter(|scales| !scales.is_empty()) {
        Some(scales) => scaled(node, &scales)?,
        None => sized(node)?,
    };
    if filter.coordinates == "tf_crop_and_resize" {
        let Some(roi) = floats_input(node, 1)?.filter(|roi| roi.len() == 2 * stretches.len()) else {
            return node.malformed("it has no `roi` for its axes");
        };
        let (starts, ends) = roi.split_at(stretches.len());
        for (stretch, roi) in std::iter::zip(&mut stretches, std::iter::zip(starts, ends)) {
            stretch.roi = (*roi.0, *roi.1);
        }
    }
    resized(node, stretches, &filter)
}

/// Each axis stretched by a scale, from its start on.
fn upsample<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let scales = match (node.node.opset < SCALES_BY_INPUT, node.is_given("height_scale")) {
        (false, _) => floats_input(node, 1)?.unwrap_or_default(),
        (true, false) => node.floats("scales").to_vec(),
        (true, true) => vec![1.0, 1.0, node.float("height_scale"), node.float("width_scale")],
    };
    let mode = mode_of(node, Rounding::BySize)?;
    resized(node, scaled(node, &scales)?, &Filter { mode, coordinates: "asymmetric", antialias: false, exclude_outside: false })
}

fn mode_of(node: &OnnxNode<'_, '_>, rounding: Rounding) -> Result<Mode, Refusal> {
    match node.string("mode") {
        "nearest" => Ok(Mode::Nearest(rounding)),
        "linear" | "bilinear" => Ok(Mode::Linear),
        "cubic" => Ok(Mode::Cubic { a: f64::from(node.float("cubic_coeff_a")) }),
        other => node.malformed(format!("its mode is {other}")),
    }
}

/// A constant input of floats; `None` when it is not given.
fn floats_input(node: &OnnxNode<'_, '_>, index: usize) -> Result<Option<Vec<f32>>, Refusal> {
    if node.optional(index).is_none() {
        return Ok(None);
    }
    match node.constant(index)?.doubles() {
        Some(numbers) => Ok(Some(numbers.into_iter().map(|number| number as f32).collect())),
        None => node.malformed(format!("its input {index} holds no floats")),
    }
}

/// The dims of the input and the axes that are stretched: all, or those of `axes`.
fn axes(node: &OnnxNode<'_, '_>) -> Result<(Vec<Dim>, Vec<usize>), Refusal> {
    let Some(dims) = dims_of(node.input(0)) else { return node.malformed("its input is no tensor") };
    let rank = dims.len();
    if !node.is_given("axes") {
        return Ok((dims, (0..rank).collect()));
    }
    let axes: Option<Vec<usize>> = node.ints("axes").iter().map(|axis| normal_axis(*axis, rank)).collect();
    match axes {
        Some(axes) if (0..rank).all(|axis| axes.iter().filter(|other| **other == axis).count() <= 1) => Ok((dims, axes)),
        _ => node.malformed("its axes are outside the rank of its input, or doubled"),
    }
}

/// The axes stretched by scales, each to `floor(scale length)`.
fn scaled(node: &OnnxNode<'_, '_>, scales: &[f32]) -> Result<Vec<Stretch>, Refusal> {
    let (dims, axes) = axes(node)?;
    if scales.len() != axes.len() || scales.iter().any(|scale| scale.is_nan() || *scale <= 0.0) {
        return node.malformed(format!("scales {scales:?} for {} axes", axes.len()));
    }
    let mut stretches = Vec::new();
    for (axis, scale) in std::iter::zip(axes, scales) {
        match dims.get(axis) {
            Some(Dim::Known(from)) => {
                let to = (scale * *from as f32).min(2.0 * ELEMENT_LIMIT as f32) as usize;
                stretches.push(Stretch { axis, from: *from, to, scale: *scale, length: scale * *from as f32, roi: (0.0, 1.0) });
            }
            _ if *scale == 1.0 => stretches.push(Stretch { axis, from: 1, to: 1, scale: 1.0, length: 1.0, roi: (0.0, 1.0) }),
            _ => return node.mixes_rows("it stretches the batch axis"),
        }
    }
    Ok(stretches)
}

/// The axes stretched to sizes, or by one scale so that none is larger than its size, or none smaller.
fn sized(node: &OnnxNode<'_, '_>) -> Result<Vec<Stretch>, Refusal> {
    let (dims, axes) = axes(node)?;
    let sizes: Vec<Dim> = if let Value::Dims(sizes) = node.input(3) {
        sizes.clone()
    } else {
        match node.integers_input(3)? {
            Some(sizes) => sizes.iter().map(|size| Dim::Known(usize::try_from(*size).unwrap_or(0))).collect(),
            None => return node.malformed("it has neither scales nor sizes"),
        }
    };
    if sizes.len() != axes.len() {
        return node.malformed(format!("{} sizes for {} axes", sizes.len(), axes.len()));
    }
    let mut stretches = Vec::new();
    for (axis, size) in std::iter::zip(axes, sizes) {
        match (dims.get(axis), size) {
            (Some(Dim::Known(from)), Dim::Known(to)) => {
                let to = to.min(2 * ELEMENT_LIMIT);
                stretches.push(Stretch { axis, from: *from, to, scale: to as f32 / *from as f32, length: to as f32, roi: (0.0, 1.0) });
            }
            (Some(Dim::Batch), Dim::Batch | Dim::Known(1)) => {
                stretches.push(Stretch { axis, from: 1, to: 1, scale: 1.0, length: 1.0, roi: (0.0, 1.0) });
            }
            _ => return node.mixes_rows("it stretches the batch axis"),
        }
    }
    let scales = stretches.iter().map(|stretch| stretch.scale);
    let common = match node.string("keep_aspect_ratio_policy") {
        "stretch" | "" => return Ok(stretches),
        "not_larger" => scales.fold(f32::INFINITY, f32::min),
        "not_smaller" => scales.fold(0.0, f32::max),
        other => return node.malformed(format!("its `keep_aspect_ratio_policy` is {other}")),
    };
    for stretch in &mut stretches {
        stretch.scale = common;
        stretch.length = common * stretch.from as f32;
        stretch.to = (common * stretch.from as f32 + 0.5).min(2.0 * ELEMENT_LIMIT as f32) as usize;
    }
    Ok(stretches)
}

fn resized<'b>(node: &OnnxNode<'_, 'b>, stretches: Vec<Stretch>, filter: &Filter<'_>) -> Translated<'b> {
    let mut x = node.row(0)?;
    let kind = x.elements;
    let mut outside = Vec::new();
    let mut between: Vec<(usize, Vec<Taps>)> = Vec::new();
    for stretch in stretches {
        let crops = filter.coordinates == "tf_crop_and_resize" && stretch.roi != (0.0, 1.0);
        if stretch.to == stretch.from && !crops && stretch.scale == 1.0 {
            continue;
        }
        if stretch.from == 0 || stretch.to == 0 {
            return node.unsupported("an axis is empty");
        }
        let Some(Axis::Inner(axis)) = x.axis(stretch.axis as i64) else { return node.mixes_rows("it stretches the batch axis") };
        // onnxruntime takes the axis whole, and counts in whole lengths.
        if crops && (stretch.scale == 1.0 || stretch.length != stretch.to as f32) {
            return node.unsupported("it crops an axis to a length of which runtimes make different things");
        }
        limited(node, stretch.to)?;
        let taps = filter.taps(node, &stretch)?;
        if filter.coordinates == "tf_crop_and_resize" {
            let is_outside = |at: usize| filter.coordinate(&stretch, at).is_some_and(|x| x < 0.0 || x > (stretch.from - 1) as f32);
            outside.push((axis, (0..stretch.to).map(is_outside).collect::<Vec<bool>>()));
        }
        x = match filter.mode {
            Mode::Nearest(_) => {
                let positions: Vec<usize> = taps.iter().filter_map(|taps| taps.first()).map(|tap| tap.0).collect();
                taken(node, &x, axis, &positions, &[positions.len()])?
            }
            Mode::Linear | Mode::Cubic { .. } if !kind.is_float() => {
                return node.unsupported(format!("{} between elements of {}", node.string("mode"), kind.name()));
            }
            Mode::Linear | Mode::Cubic { .. } => {
                between.push((axis, taps));
                continue;
            }
        };
    }
    x = blended(node, &x, between, filter)?;
    if outside.iter().any(|(_, outside)| outside.contains(&true)) {
        if !kind.is_float() {
            return node.unsupported("a value outside that is no float");
        }
        let extrapolated = f64::from(node.float("extrapolation_value"));
        let rank = x.shape.len();
        for (axis, outside) in outside {
            let shape: Vec<usize> = (0..rank).map(|at| if at == axis { outside.len() } else { 1 }).collect();
            let mask = constant(node.b, "is outside", &shape, &Data::bool(outside));
            let value = x.value(node.b);
            x = PerRow::of(kind, x.batch, mask.select(ir::build::IntoVal::into_val(extrapolated, value), value));
        }
    }
    Ok(vec![Value::PerRow(x.map(node.b, |x| x))])
}

/// Each place as the weighted sum of the elements that it is made of, in the order of onnxruntime: of linear places the weights are multiplied
/// first, the last axis in front, and all elements summed at once; of others the sums are taken along one axis after the other, the last first.
fn blended<'b>(
    node: &OnnxNode<'_, 'b>,
    x: &PerRow<'b>,
    mut between: Vec<(usize, Vec<Taps>)>,
    filter: &Filter<'_>,
) -> Result<PerRow<'b>, Refusal> {
    between.sort_by_key(|(axis, _)| std::cmp::Reverse(*axis));
    let at_once = filter.mode == Mode::Linear && !filter.antialias;
    let mut value = x.value(node.b);
    let mut weight: Option<Val<'b>> = None;
    let mut summed = Vec::new();
    for (axis, taps) in between {
        let (to, width) = (taps.len(), taps.first().map_or(0, Vec::len));
        let shape = value.ty().shape;
        let others = shape.iter().enumerate().filter(|(at, _)| *at != axis).map(|(_, dim)| *dim as usize);
        super::sliding::bounded(node, [to, width].into_iter().chain(others))?;
        let positions = taps.iter().flatten().map(|(at, _)| *at as i64);
        let table = node.b.tensor(ir::Tensor::i64("is made of", [to as u32, width as u32], positions));
        value = value.gather(table, axis as u8);
        let weights: Vec<f64> = taps.iter().flatten().map(|(_, weight)| *weight).collect();
        let weights = match elem(x.elements) == ir::Elem::F32 {
            true => Data::f32(weights.into_iter().map(|weight| weight as f32).collect()),
            false => Data::f64(weights),
        };
        let shape = [vec![to, width], vec![1; value.ty().shape.len() - axis - 2]].concat();
        let weights = constant(node.b, "weights", &shape, &weights);
        if at_once {
            weight = Some(weight.map_or(weights, |weight| weight * weights));
            // Behind this axis each of those that were stretched is two.
            summed.iter_mut().for_each(|at| *at += 1);
            summed.insert(0, axis as u8 + 1);
        } else {
            value = (value * weights).reduce(ir::Reduce::SumInOrder, [axis as u8 + 1]);
        }
    }
    if let Some(weight) = weight {
        value = (value * weight).reduce(ir::Reduce::SumInOrder, summed);
    }
    Ok(PerRow::of(x.elements, x.batch, value))
}

impl Filter<'_> {
    /// Where the place of a result lies among the elements of the input, whose first one is at 0. `None` for a mode that is not known.
    fn coordinate(&self, stretch: &Stretch, at: usize) -> Option<f32> {
        let (place, scale) = (at as f32, stretch.scale);
        let last = (stretch.from - 1) as f32;
        let half_pixel = (place + 0.5) / scale - 0.5;
        Some(match self.coordinates {
            "half_pixel" => half_pixel,
            "pytorch_half_pixel" => {
                if stretch.to > 1 {
                    half_pixel
                } else {
                    0.0
                }
            }
            "half_pixel_symmetric" => {
                let shift = stretch.from as f32 / 2.0 * (1.0 - stretch.to as f32 / stretch.length);
                (f64::from(shift) + (f64::from(place) + 0.5) / f64::from(scale) - 0.5) as f32
            }
            "tf_half_pixel_for_nn" => (place + 0.5) / scale,
            "align_corners" => {
                if stretch.length == 1.0 {
                    0.0
                } else {
                    place * last / (stretch.length - 1.0)
                }
            }
            "asymmetric" => place / scale,
            "tf_crop_and_resize" => {
                let (start, end) = stretch.roi;
                match stretch.to > 1 {
                    true => start * last + place * (end - start) * last / (stretch.length - 1.0),
                    false => 0.5 * (start + end) * last,
                }
            }
            _ => return None,
        })
    }

    /// For each place of the result the elements that it is made of, with weights that sum to 1; as many for each place.
    fn taps(&self, node: &OnnxNode<'_, '_>, stretch: &Stretch) -> Result<Vec<Taps>, Refusal> {
        // A filter that lets elements between two places count has to be as wide as they are apart.
        let narrow = if self.antialias { f64::from(stretch.scale.min(1.0)) } else { 1.0 };
        let reach = match self.mode {
            Mode::Nearest(_) => 1.0,
            Mode::Linear => 1.0 / narrow,
            Mode::Cubic { .. } => 2.0 / narrow,
        };
        if reach > MOST_TAPS as f64 {
            return node.unsupported(format!("a scale of {}", stretch.scale));
        }
        let first = (-reach).floor() as i64 + 1;
        super::sliding::bounded(node, [stretch.to, (2 - 2 * first) as usize])?;
        let mut all = Vec::new();
        for at in 0..stretch.to {
            let Some(x) = self.coordinate(stretch, at) else {
                return node.malformed(format!("its `coordinate_transformation_mode` is {}", self.coordinates));
            };
            let inside = |at: i64| at.clamp(0, stretch.from as i64 - 1) as usize;
            if let Mode::Nearest(rounding) = self.mode {
                let apart = (x - x.floor() - 0.5).abs();
                if matches!(rounding, Rounding::PreferFloor | Rounding::PreferCeil) && apart != 0.0 && apart <= 4.0 * f32::EPSILON * x.abs()
                {
                    return node.unsupported("a place is so near to the middle of two elements that runtimes pick either");
                }
                all.push(vec![(inside(rounding.of(x, stretch.scale)), 1.0)]);
                continue;
            }
            let last = (stretch.from - 1) as f32;
            let at_ends = self.mode == Mode::Linear && !self.antialias && !self.exclude_outside;
            let x = if at_ends { x.clamp(0.0, last) } else { x };
            if at_ends && x == last {
                // Half of the last element and half of it again, as in onnxruntime: another is not looked at, be it infinite.
                let half = (stretch.from - 1, 0.5);
                all.push(vec![half, half]);
                continue;
            }
            let floor = x.floor();
            let ratio = f64::from(x - floor);
            let weight = |tap: i64| {
                let distance = ((tap as f64 - ratio) * narrow).abs();
                match self.mode {
                    // In float32, as onnxruntime has it: where it differs from the true weight, so do all results.
                    Mode::Cubic { a } if !self.antialias => f64::from(cubic(distance as f32, a as f32)),
                    Mode::Cubic { a } => cubic(distance, a),
                    Mode::Linear | Mode::Nearest(_) => (1.0 - distance).max(0.0),
                }
            };
            let at = |tap: i64| (floor as i64).saturating_add(tap);
            let counts = |tap: i64| !self.exclude_outside || (0..stretch.from as i64).contains(&at(tap));
            let weights: Vec<(usize, f64)> =
                (first..=1 - first).map(|tap| (inside(at(tap)), if counts(tap) { weight(tap) } else { 0.0 })).collect();
            let sum: f64 = weights.iter().map(|(_, weight)| weight).sum();
            let whole = if self.antialias || self.exclude_outside { sum } else { 1.0 };
            if whole == 0.0 {
                return node.unsupported("a place of its result is made of no element");
            }
            all.push(weights.into_iter().map(|(at, weight)| (at, weight / whole)).collect());
        }
        Ok(all)
    }
}

impl Rounding {
    fn of(self, x: f32, scale: f32) -> i64 {
        let rounded = match self {
            // `round` has halves away from zero.
            Rounding::PreferFloor => {
                if x == x.floor() + 0.5 {
                    x.floor()
                } else {
                    x.round()
                }
            }
            Rounding::PreferCeil => {
                if x == x.floor() + 0.5 {
                    x.ceil()
                } else {
                    x.round()
                }
            }
            Rounding::Floor => x.floor(),
            Rounding::Ceil => x.ceil(),
            Rounding::BySize => {
                if scale < 1.0 {
                    x.ceil()
                } else {
                    x.trunc()
                }
            }
        };
        rounded as i64
    }
}

/// The cubic convolution of Keys at a distance.
fn cubic<T: Float>(x: T, a: T) -> T {
    let number = |number: u8| T::from(number);
    match x {
        x if x <= number(1) => ((a + number(2)) * x - (a + number(3))) * x * x + number(1),
        x if x < number(2) => ((a * x - number(5) * a) * x + number(8) * a) * x - number(4) * a,
        _ => number(0),
    }
}

/// A float of either width.
trait Float: Copy + PartialOrd + From<u8> + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> {}

impl Float for f32 {}
impl Float for f64 {}
