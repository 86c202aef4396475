//! Images read between their elements, at places that come with each row: GridSample, RoiAlign, deformable convolutions. Start at
//! [`sampled`]: a place is a few elements along each axis, with weights.

use ir::{Elem, Reduce, Val};

use super::Row;
use super::elementwise::node_number;
use super::shape::limited;
use super::sliding::{Image, bounded, slides, with_ones};
use crate::node::{OnnxNode, Translated};
use crate::tensor::Data;
use crate::value::{ELEMENT_LIMIT, PerRow, Value, constant, elem, ir_shape};

pub(super) const OPS: &[Row] = &[
    Row::new("AffineGrid", affine_grid),
    Row::new("DeformConv", deform_conv),
    Row::new("GridSample", grid_sample),
    Row::new("RoiAlign", roi_align),
];

type Refusal = Box<source::Diagnostic>;

/// Images and boxes are read one by one, in code of their own.
const MOST_IMAGES: usize = 256;

/// One of the elements along an axis that a place is made of.
#[derive(Clone, Copy)]
struct Tap<'b> {
    /// Which element, inside the axis.
    at: Val<'b>,
    /// `None` where it is the only one.
    weight: Option<Val<'b>>,
    /// Where it does not hold, the element counts as zero.
    inside: Option<Val<'b>>,
}

/// For each combination of taps, one an axis, the elements of an image `[C, D1, D2, ...]` there, `[C, ...]`, and their weights.
fn tapped<'b>(image: Val<'b>, taps: &[Vec<Tap<'b>>]) -> Vec<(Val<'b>, Option<Val<'b>>)> {
    let shape = image.ty().shape;
    let (channels, spatial) = (shape.first().copied().unwrap_or(1), shape.get(1..).unwrap_or_default());
    let flat = image.reshape([channels, spatial.iter().product::<u32>()]);
    let both = |a: Option<Val<'b>>, b: Option<Val<'b>>, join: fn(Val<'b>, Val<'b>) -> Val<'b>| match (a, b) {
        (Some(a), Some(b)) => Some(join(a, b)),
        (a, b) => a.or(b),
    };
    let mut places: Vec<Tap<'b>> = Vec::new();
    for (axis, taps) in taps.iter().enumerate() {
        places = match axis {
            0 => taps.clone(),
            _ => {
                let length = spatial.get(axis).copied().unwrap_or(1);
                let joined = |place: &Tap<'b>, tap: &Tap<'b>| Tap {
                    at: place.at * i64::from(length) + tap.at,
                    weight: both(place.weight, tap.weight, |a, b| a * b),
                    inside: both(place.inside, tap.inside, |a, b| a & b),
                };
                places.iter().flat_map(|place| taps.iter().map(move |tap| joined(place, tap))).collect()
            }
        };
    }
    let shown = |place: Tap<'b>| {
        let found = flat.gather(place.at, 1);
        (place.inside.map_or(found, |inside| inside.select(found, node_number(found, 0))), place.weight)
    };
    places.into_iter().map(shown).collect()
}

/// What an image `[C, D1, D2, ...]` is worth at places, `[C, ...]`: the weighted sum of the elements that each is made of.
fn sampled<'b>(image: Val<'b>, taps: &[Vec<Tap<'b>>]) -> Val<'b> {
    let weighted = tapped(image, taps).into_iter().map(|(value, weight)| weight.map_or(value, |weight| value * weight));
    weighted.reduce(|sum, next| sum + next).unwrap_or(image)
}

/// The same, with the sums taken along one axis after the other, the last first, as onnxruntime does it for GridSample.
fn nested<'b>(image: Val<'b>, taps: &[Vec<Tap<'b>>], chosen: &mut Vec<Tap<'b>>) -> Val<'b> {
    let Some((axis, inner)) = taps.split_first() else {
        let single: Vec<Vec<Tap<'b>>> = chosen.iter().map(|tap| vec![Tap { weight: None, ..*tap }]).collect();
        return sampled(image, &single);
    };
    let mut sum: Option<Val<'b>> = None;
    for tap in axis {
        chosen.push(*tap);
        let value = nested(image, inner, chosen);
        chosen.pop();
        let value = tap.weight.map_or(value, |weight| value * weight);
        sum = Some(sum.map_or(value, |sum| sum + value));
    }
    sum.unwrap_or(image)
}

/// What a place beyond the ends of an axis is.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Padding {
    Zeros,
    Border,
    Reflection,
}

/// An axis with what lies beyond it.
#[derive(Debug, Clone, Copy)]
struct Edges {
    length: usize,
    padding: Padding,
    /// Whether it is reflected at its outer elements, or half an element further out.
    align_corners: bool,
}

impl Edges {
    /// `-1..1` to places among the elements of the axis. What is NaN or as far out as this is taken for -1, as in onnxruntime.
    fn place<'b>(&self, x: Val<'b>) -> Val<'b> {
        const FARTHEST: f64 = 4_611_686_018_427_387_904.0; // 2^62
        let length = self.length as f64;
        let place = if self.align_corners { (x + 1.0) / 2.0 * (length - 1.0) } else { ((x + 1.0) * length - 1.0) / 2.0 };
        place.abs().le(FARTHEST).select(place, self.ends().0)
    }

    fn ends(&self) -> (f64, f64) {
        let last = self.length as f64 - 1.0;
        if self.align_corners { (0.0, last) } else { (-0.5, last + 0.5) }
    }

    /// A place beyond the ends, to and fro until it is inside.
    fn reflected<'b>(&self, x: Val<'b>) -> Val<'b> {
        let (low, high) = self.ends();
        let range = high - low;
        if range <= 0.0 {
            return x * 0.0;
        }
        let beyond = x.lt(low).select(-x + low, x - high);
        let turns = (beyond / range).floor();
        let rest = beyond - turns * range;
        // An even number of turns ends at the side where the place is.
        let is_even = (turns - (turns / 2.0).floor() * 2.0).eq(0.0);
        let (up, down) = (rest + low, -rest + high);
        x.lt(low).select(is_even.select(up, down), x.gt(high).select(is_even.select(down, up), x))
    }

    /// A place that is beyond the ends moved inside, if the padding says so.
    fn moved<'b>(&self, x: Val<'b>) -> Val<'b> {
        let (low, high) = self.ends();
        match self.padding {
            Padding::Zeros => x,
            Padding::Border => (x.lt(low) | x.gt(high)).select(x.max(0.0).min(self.length as f64 - 1.0), x),
            Padding::Reflection => self.reflected(x),
        }
    }

    /// The element with a whole number, which may be beyond the ends.
    fn tap<'b>(&self, at: Val<'b>, weight: Option<Val<'b>>) -> Tap<'b> {
        let last = self.length as f64 - 1.0;
        let inside = (self.padding == Padding::Zeros).then(|| at.ge(0.0) & at.le(last));
        let at = if self.padding == Padding::Reflection { self.reflected(at) } else { at };
        Tap { at: at.max(0.0).min(last).cast(Elem::I64), weight, inside }
    }

    /// The two elements around a place.
    fn linear<'b>(&self, x: Val<'b>) -> Vec<Tap<'b>> {
        let floor = x.floor();
        let next = floor + 1.0;
        vec![self.tap(floor, Some(next - x)), self.tap(next, Some(x - floor))]
    }

    /// The four elements around a place, by the cubic convolution of Keys with a = -0.75.
    fn cubic<'b>(&self, x: Val<'b>) -> Vec<Tap<'b>> {
        const A: f64 = -0.75;
        let floor = x.floor();
        let ratio = (x - (floor - 1.0) - 1.0).abs();
        let near = |x: Val<'b>| (x * (A + 2.0) - (A + 3.0)) * x * x + 1.0;
        let far = |x: Val<'b>| ((x * A - 5.0 * A) * x + 8.0 * A) * x - 4.0 * A;
        let weights = [far(ratio + 1.0), near(ratio), near(-ratio + 1.0), far(-ratio + 2.0)];
        let at = [-1.0, 0.0, 1.0, 2.0];
        std::iter::zip(at, weights).map(|(at, weight)| self.tap(floor + at, Some(weight))).collect()
    }
}

/// The part of a number along the first axis, without that axis.
fn one(x: Val<'_>, index: usize) -> Val<'_> {
    let shape = x.ty().shape.get(1..).unwrap_or_default().to_vec();
    let part = if x.ty().shape.first() == Some(&1) { x } else { x.slice(0, index as u32, 1, 1) };
    part.reshape(shape)
}

fn separately(node: &OnnxNode<'_, '_>, count: usize) -> Result<(), Refusal> {
    if count > MOST_IMAGES { node.unsupported(format!("{count} of them, each with places of its own")) } else { Ok(()) }
}

/// Values of one image each as `[N, ...]`.
fn stacked<'b>(node: &OnnxNode<'_, 'b>, values: &[Val<'b>]) -> Val<'b> {
    let parts: Vec<Val<'b>> = values.iter().map(|value| value.reshape([vec![1], value.ty().shape].concat())).collect();
    if let [only] = parts.as_slice() { *only } else { node.b.concat(&parts, 0) }
}

/// `y[n, c, o] = x[n, c, grid[n, o]]`: coordinates from -1 to 1 over an axis, the last axis of the image first.
fn grid_sample<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let (image, grid) = (Image::input(node, 0)?, node.row(1)?);
    let rank = image.spatial.len();
    if grid.batch.is_some_and(|batch| batch > 0) || grid.batch.is_some() && image.row.batch.is_none() && image.count > 1 {
        return node.mixes_rows("its places are of other rows than its images");
    }
    let dims = grid.whole_shape();
    let (count, places) = match dims.as_slice() {
        [count, places @ .., axes] if *axes == rank && places.len() == rank && grid.count() > 0 => (*count, places.to_vec()),
        _ => return node.malformed(format!("places {:?} in images {:?}", grid.dims(), image.row.dims())),
    };
    separately(node, count)?;
    if count != image.count || !image.row.elements.is_float() || !grid.elements.is_float() {
        return node.malformed(format!("places {:?} in images {:?}", grid.dims(), image.row.dims()));
    }
    let padding = match node.string("padding_mode") {
        "zeros" => Padding::Zeros,
        "border" => Padding::Border,
        "reflection" => Padding::Reflection,
        other => return node.malformed(format!("its `padding_mode` is {other}")),
    };
    let align_corners = node.int("align_corners") != 0;
    let mode = node.string("mode");
    if !matches!(mode, "nearest" | "linear" | "bilinear" | "cubic" | "bicubic") {
        return node.malformed(format!("its mode is {mode}"));
    }
    if matches!(mode, "cubic" | "bicubic") && rank > 2 {
        return node.unsupported("cubic in more than two dimensions");
    }
    bounded(node, [image.count, image.channels, if rank > 2 { 8 } else { 16 }].into_iter().chain(places.iter().copied()))?;
    let held = elem(image.row.elements);
    let (x, grid) = (image.row.whole(node.b), grid.whole(node.b));
    let one_image = |n: usize| {
        let own = one(grid, n);
        let along = |(axis, length): (usize, &usize)| {
            let edges = Edges { length: *length, padding, align_corners };
            let coordinate = own.slice(rank as u8, (rank - 1 - axis) as u32, 1, 1).reshape(ir_shape(&places)).cast(held);
            let place = edges.place(coordinate);
            match mode {
                "nearest" => vec![edges.tap(edges.moved(place.unary(ir::Unary::RoundEven)), None)],
                // Of what is beyond the ends each element is moved inside, and not the place.
                "linear" | "bilinear" => edges.linear(place),
                _ => edges.cubic(place),
            }
        };
        let taps: Vec<Vec<Tap<'b>>> = image.spatial.iter().enumerate().map(along).collect();
        // onnxruntime has a faster way for the commonest form.
        let at_once = matches!(mode, "linear" | "bilinear") && padding == Padding::Zeros && !align_corners && rank == 2;
        if at_once { sampled(one(x, n), &taps) } else { nested(one(x, n), &taps, &mut Vec::new()) }
    };
    let values: Vec<Val<'b>> = (0..image.count).map(one_image).collect();
    let batch = image.row.batch.or(if count == 1 { node.row(1)?.batch } else { None });
    let row = PerRow::from_whole(image.row.elements, batch, stacked(node, &values));
    Ok(vec![Value::PerRow(row.map(node.b, |x| x))])
}

/// `grid[n, o] = theta[n] (o, 1)`, where `o` goes from -1 to 1 over each axis of a size, and has the last axis first.
fn affine_grid<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let theta = node.row(0)?;
    let size: Vec<usize> = if let Value::Dims(dims) = node.input(1) {
        dims.iter().map(|dim| if let crate::value::Dim::Known(size) = dim { *size } else { 1 }).collect()
    } else {
        node.integers_input(1)?.unwrap_or_default().iter().map(|size| usize::try_from(*size).unwrap_or(0)).collect()
    };
    let Some(spatial) = size.get(2..).filter(|spatial| (2..=3).contains(&spatial.len()) && !spatial.contains(&0)) else {
        return node.malformed(format!("its size is {size:?}"));
    };
    let rank = spatial.len();
    let whole = theta.whole_shape();
    let count = whole.first().copied().unwrap_or(0);
    let fits = matches!(theta.batch, None | Some(0)) && whole == [count, rank, rank + 1] && count > 0;
    if !fits || !theta.elements.is_float() || size.first() != Some(&count) && theta.batch.is_none() {
        return node.malformed(format!("theta {:?} for a size of {size:?}", theta.dims()));
    }
    let area = spatial.iter().fold(1usize, |count, dim| count.saturating_mul(*dim));
    limited(node, area.saturating_mul(rank + 1).saturating_mul(count))?;
    let align = node.int("align_corners") != 0;
    if align && spatial.contains(&1) {
        return node.unsupported("corners that are aligned on an axis of length 1");
    }
    let along = |at: usize, length: usize| match align {
        true => 2.0 * at as f64 / (length as f64 - 1.0) - 1.0,
        false => (2.0 * at as f64 + 1.0) / length as f64 - 1.0,
    };
    let strides = super::index::strides(spatial);
    let place = |number: usize| {
        let axes = std::iter::zip(&strides, spatial).rev();
        axes.map(|(stride, length)| along(number / stride % length, *length)).chain([1.0]).collect::<Vec<f64>>()
    };
    let places: Vec<f64> = (0..area).flat_map(place).collect();
    let table = constant(node.b, "places", &[area, rank + 1], &Data::f64(places)).cast(elem(theta.elements));
    // `[N, axes, area]` to `[N, o, axes]`
    let grid = theta.whole(node.b).contract(table, [(2, 1)]).transpose([0, 2, 1]);
    let shape = [&[count], spatial, &[rank]].concat();
    let row = PerRow::from_whole(theta.elements, theta.batch, grid.reshape(ir_shape(&shape)));
    Ok(vec![Value::PerRow(row.map(node.b, |x| x))])
}

/// `y[n, m, o] = b[m] + sum over c, k of x[n, c, o stride + k dilation - before + offset[n, k, o]] w[m, c, k] mask[n, k, o]`
///
/// Of two spatial axes. Between elements it is linear, outside zero. Channels fall into `offset_group` parts with offsets of their own.
fn deform_conv<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let (image, weights, offset) = (Image::input(node, 0)?, node.row(1)?, node.row(2)?);
    let kind = image.row.elements;
    let of_kind = |row: &PerRow<'b>| row.elements == kind;
    separately(node, image.count)?;
    if image.spatial.len() != 2 {
        return node.unsupported(format!("an image with {} axes", image.spatial.len()));
    }
    let number = |name: &str| usize::try_from(node.int(name).max(i64::from(!node.is_given(name)))).unwrap_or(0);
    let (groups, offset_groups) = (number("group"), number("offset_group"));
    let (out, each, kernel) = match (weights.batch, weights.shape.as_slice()) {
        (None, [out, each, kernel @ ..])
            if groups > 0
                && groups <= ELEMENT_LIMIT
                && each * groups == image.channels
                && out.is_multiple_of(groups)
                && *out > 0
                && kernel.len() == 2 =>
        {
            (*out, *each, kernel.to_vec())
        }
        (Some(_), _) => return node.mixes_rows("its weights are those of a row"),
        (None, shape) => return node.malformed(format!("weights {shape:?} for {} channels in {groups} groups", image.channels)),
    };
    if !kind.is_float() || !of_kind(&weights) || !of_kind(&offset) || offset_groups == 0 || !image.channels.is_multiple_of(offset_groups) {
        return node.malformed("its inputs do not fit each other");
    }
    let slides = slides(node, &image.spatial, &kernel)?;
    let counts: Vec<usize> = slides.iter().map(|slide| slide.count).collect();
    let places: usize = kernel.iter().product();
    let area: usize = counts.iter().product();
    bounded(node, [image.count, out, each, places, area])?;
    bounded(node, [image.count, image.channels, places, area])?;
    // What is given for each image, place and group of offsets: `[N, groups, k, ..., o1, o2]`.
    let given = |row: &PerRow<'b>, axes: usize| {
        let dims = [image.count, offset_groups * places * axes, counts.first().copied().unwrap_or(1), counts.get(1).copied().unwrap_or(1)];
        match row.batch == image.row.batch && row.whole_shape() == dims && of_kind(row) {
            true => Ok(row.whole(node.b).reshape(ir_shape(&[&[image.count, offset_groups, places, axes], counts.as_slice()].concat()))),
            false => node.malformed(format!("an input {:?}, and {dims:?} is expected", row.dims())),
        }
    };
    let offsets = given(&offset, 2)?;
    let mask = match node.optional(4) {
        Some(_) => Some(given(&node.row(4)?, 1)?),
        None => None,
    };
    let x = image.row.whole(node.b);
    let part = image.channels / offset_groups;
    let held = elem(kind);
    let mut images = Vec::new();
    for n in 0..image.count {
        let mut parts = Vec::new();
        for group in 0..offset_groups {
            // `[k, 2, o1, o2]`
            let own = one(one(offsets, n), group);
            let along = |axis: usize| {
                let slide = slides.get(axis)?;
                let base: Vec<f64> = (0..places)
                    .flat_map(|place| {
                        let place = if axis == 0 {
                            place / kernel.get(1).copied().unwrap_or(1)
                        } else {
                            place % kernel.get(1).copied().unwrap_or(1)
                        };
                        (0..slide.count).map(move |stand| (stand * slide.stride + place * slide.dilation) as f64 - slide.before as f64)
                    })
                    .collect();
                let shape = if axis == 0 { [places, slide.count, 1] } else { [places, 1, slide.count] };
                let base = constant(node.b, "places", &shape, &Data::f64(base)).cast(held);
                let shift = own.slice(1, axis as u32, 1, 1).reshape(ir_shape(&[&[places], counts.as_slice()].concat()));
                Some(Edges { length: slide.length, padding: Padding::Zeros, align_corners: true }.linear(base + shift))
            };
            let taps: Vec<Vec<Tap<'b>>> = (0..2).filter_map(along).collect();
            // `[C, k, o1, o2]`
            let seen = sampled(one(x, n).slice(0, (group * part) as u32, 1, part as u32), &taps);
            parts.push(match mask {
                Some(mask) => seen * one(one(mask, n), group).reshape(ir_shape(&[&[places], counts.as_slice()].concat())),
                None => seen,
            });
        }
        let seen = if let [only] = parts.as_slice() { *only } else { node.b.concat(&parts, 0) };
        // `[groups, 1, each, k, o1 o2]` times `[groups, M / groups, each, k, 1]`
        let seen = seen.reshape(ir_shape(&[groups, 1, each, places, area]));
        let weights = weights.value(node.b).reshape(ir_shape(&[groups, out / groups, each, places, 1]));
        images.push((seen * weights).reduce(Reduce::Sum, [2, 3]).reshape(ir_shape(&[&[out], counts.as_slice()].concat())));
    }
    let sums = stacked(node, &images);
    let value = match node.optional(3) {
        None => sums,
        Some(_) => {
            let bias = node.row(3)?;
            if bias.batch.is_some() || bias.count() != out || !of_kind(&bias) {
                return node.malformed(format!("its bias is {:?}", bias.dims()));
            }
            sums + with_ones(bias.vector(node.b), 2)
        }
    };
    Ok(vec![Value::PerRow(image.made(node, value))])
}

/// Boxes of an image as images of one size: each place is the mean, or the greatest, of a few places in its part of the box.
///
/// How many is `sampling_ratio` along each axis, or as many as there are elements, where the boxes are constants. Of the greatest it is
/// the elements weighted one by one that are compared, as the standard's reference and onnxruntime do.
fn roi_align<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let (image, boxes, of_image) = (Image::input(node, 0)?, node.row(1)?, node.row(2)?);
    if image.row.batch.is_some() || boxes.batch != of_image.batch || boxes.batch.is_some_and(|batch| batch > 0) {
        return node.mixes_rows("its boxes name images of the batch");
    }
    let [height, width] = image.spatial[..] else { return node.malformed("its image has other than two axes") };
    let count = match boxes.whole_shape().as_slice() {
        [count, 4] if of_image.whole_shape() == [*count] && of_image.elements.is_integer() && *count > 0 => *count,
        _ => return node.malformed(format!("boxes {:?} of {:?}", boxes.dims(), of_image.dims())),
    };
    if !image.row.elements.is_float() || boxes.elements != image.row.elements {
        return node.malformed("its inputs are of the wrong kind");
    }
    separately(node, count)?;
    let positive = |name: &str| usize::try_from(node.int(name)).ok().filter(|size| (1..=ELEMENT_LIMIT).contains(size));
    let (Some(rows), Some(columns)) = (positive("output_height"), positive("output_width")) else {
        return node.malformed("its output is empty");
    };
    let scale = f64::from(node.float("spatial_scale"));
    // From opset 16 boxes may lie half an element further in; before they do not.
    let half_pixel = node.string("coordinate_transformation_mode") == "half_pixel";
    let ratio = node.int("sampling_ratio");
    let known: Option<Vec<f64>> = match (ratio > 0, node.input(1)) {
        (true, _) => None,
        (false, _) => node.constant(1)?.doubles(),
    };
    let greatest = match node.string("mode") {
        "avg" => false,
        "max" => true,
        other => return node.malformed(format!("its mode is {other}")),
    };
    let (b, held) = (node.b, elem(image.row.elements));
    let (images, numbers, boxes_value) = (image.row.value(b), of_image.vector(b).cast(Elem::I64), boxes.whole(b));
    let outside = numbers.lt(0_i64) | numbers.ge(image.count as i64);
    node.reject(outside.cast(Elem::I32).reduce(Reduce::Max, [0]).ne(0_i64), format!("an image of {} is outside", node.input_name(2)));
    let mut made = Vec::new();
    for number in 0..count {
        let own = one(images.gather(numbers.slice(0, number as u32, 1, 1), 0), 0);
        let corner = |at: u32| {
            let corner = boxes_value.slice(0, number as u32, 1, 1).reshape([4]).at(at) * scale;
            if half_pixel { corner - 0.5 } else { corner }
        };
        // Along an axis: the places `[parts, grid]` and how many of them are in a part.
        let along = |low: usize, parts: usize, length: usize| -> Result<(Vec<Tap<'b>>, usize), Refusal> {
            let (start, end) = (corner(low as u32), corner(low as u32 + 2));
            let size = if half_pixel { end - start } else { (end - start).max(1.0) };
            let grid = match &known {
                None => usize::try_from(ratio).unwrap_or(0),
                Some(known) => {
                    let at = |index: usize| known.get(number * 4 + index).copied().unwrap_or(0.0) as f32 * scale as f32;
                    let size = at(low + 2) - at(low);
                    let size = if half_pixel { size } else { size.max(1.0) };
                    (size / parts as f32).ceil().max(0.0) as usize
                }
            };
            if grid == 0 {
                return node.unsupported("a box without size");
            }
            bounded(node, [rows, columns, grid, grid, image.channels, count])?;
            let part = size / parts as f64;
            let centres: Vec<f64> = (0..grid).map(|at| at as f64 + 0.5).collect();
            let centres = constant(b, "centres", &[1, grid], &Data::f64(centres)).cast(held);
            let starts = constant(b, "parts", &[parts, 1], &Data::f64((0..parts).map(|at| at as f64).collect())).cast(held);
            let place = starts * part + start + centres * part / grid as f64;
            Ok((aligned(place, length), grid))
        };
        let (vertical, down) = along(1, rows, height)?;
        let (horizontal, across) = along(0, columns, width)?;
        let spread = |taps: Vec<Tap<'b>>, shape: [usize; 4]| -> Vec<Tap<'b>> {
            let to = |value: Val<'b>| value.reshape(ir_shape(&shape));
            taps.into_iter().map(|tap| Tap { at: to(tap.at), weight: tap.weight.map(to), inside: tap.inside.map(to) }).collect()
        };
        let taps = [spread(vertical, [rows, down, 1, 1]), spread(horizontal, [1, 1, columns, across])];
        // `[C, rows, down, columns, across]`
        made.push(if greatest {
            let weighted = tapped(own, &taps).into_iter().map(|(value, weight)| weight.map_or(value, |weight| value * weight));
            weighted.reduce(Val::max).unwrap_or(own).reduce(Reduce::Max, [2, 4])
        } else {
            sampled(own, &taps).reduce(Reduce::Sum, [2, 4]) / (down * across) as i64
        });
    }
    let value = PerRow::from_whole(image.row.elements, boxes.batch, stacked(node, &made));
    Ok(vec![Value::PerRow(value.map(b, |x| x))])
}

/// The two elements around a place as RoiAlign has it: up to one element outside it is the outer one, and beyond that zero.
fn aligned<'b>(place: Val<'b>, length: usize) -> Vec<Tap<'b>> {
    let last = length as f64 - 1.0;
    let inside = place.ge(-1.0) & place.le(length as f64);
    let x = place.max(0.0).min(last);
    let floor = x.floor();
    let ratio = x - floor;
    let tap = |at: Val<'b>, weight: Val<'b>| Tap { at: at.min(last).cast(Elem::I64), weight: Some(weight), inside: Some(inside) };
    vec![tap(floor, -ratio + 1.0), tap(floor + 1.0, ratio)]
}
