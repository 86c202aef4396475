//! Pools: what a kernel sees where it stands becomes one number; and MaxUnpool, the way back.

use ir::{Elem, Literal, Reduce, Val};

use super::Row;
use super::sliding::{Image, Slide, bounded, kernel_axes, numbers, positive, seen, slides};
use crate::node::{OnnxNode, Translated};
use crate::tensor::{Data, ElementType};
use crate::value::{ELEMENT_LIMIT, PerRow, Value, constant, elem, element_count, ir_shape};

pub(super) const OPS: &[Row] = &[
    Row::new("AveragePool", average_pool),
    Row::new("GlobalAveragePool", global_average_pool),
    Row::new("GlobalLpPool", global_lp_pool),
    Row::new("GlobalMaxPool", global_max_pool),
    Row::new("LpPool", lp_pool),
    Row::new("MaxPool", max_pool),
    Row::new("MaxUnpool", max_unpool),
];

type Refusal = Box<source::Diagnostic>;

/// An image and how the kernel of `kernel_shape` slides over it.
fn pooled<'b>(node: &OnnxNode<'_, 'b>) -> Result<(Image<'b>, Vec<Slide>), Refusal> {
    let image = Image::input(node, 0)?;
    let slides = slides(node, &image.spatial, &positive(node, "kernel_shape", image.spatial.len())?)?;
    let misses = |slide: &Slide| (0..slide.count).any(|stand| (0..slide.kernel).all(|place| !slide.is_inside(stand, place)));
    // What a pool of nothing is differs from runtime to runtime.
    if slides.iter().any(misses) {
        return node.unsupported("its kernel stands where it sees padding only");
    }
    let skips = |slide: &Slide| (slide.count - 1) * slide.stride + slide.extent() < slide.length;
    if node.string("auto_pad").starts_with("SAME") && slides.iter().any(skips) {
        return node.unsupported("SAME with strides that are longer than the kernel, of which runtimes make different things");
    }
    Ok((image, slides))
}

fn floats(node: &OnnxNode<'_, '_>, image: &Image<'_>) -> Result<(), Refusal> {
    if image.row.elements.is_float() { Ok(()) } else { node.malformed(format!("its input holds {}", image.row.elements.name())) }
}

/// Of an image with a NaN runtimes make different things when they look for the greatest element.
fn leave_nan_open<'b>(node: &OnnxNode<'_, 'b>, image: &Image<'b>) {
    if image.row.elements.is_float() && image.row.count() > 0 {
        let nan = image.row.map(node.b, ir::Val::is_nan).vector(node.b).cast(ir::Elem::I32).reduce(Reduce::Max, [0]).ne(0_i64);
        node.leave_open(nan, format!("NaN in {}: runtimes pass over it or do not", node.input_name(0)));
    }
}

/// `y[n, c, o] = max over k of x[n, c, o stride + k dilation - before]`, the greatest of what is inside. A NaN is the greatest.
///
/// The second output says where it stands in `x` as a vector: in row-major order, or with `storage_order` 1 in column-major order within
/// the spatial axes. Of equal ones it is the first.
fn max_pool<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let (image, slides) = pooled(node)?;
    let least = match image.row.elements {
        ElementType::F16 | ElementType::BF16 | ElementType::F32 => Literal::F32(f32::NEG_INFINITY),
        ElementType::F64 => Literal::F64(f64::NEG_INFINITY),
        kind @ (ElementType::I8 | ElementType::U8) => Literal::I32(kind.range().0 as i32),
        other @ (ElementType::Bool
        | ElementType::I16
        | ElementType::U16
        | ElementType::I32
        | ElementType::U32
        | ElementType::I64
        | ElementType::U64
        | ElementType::Str) => return node.malformed(format!("its input holds {}", other.name())),
    };
    leave_nan_open(node, &image);
    let rank = slides.len();
    let seen = seen(node, &image, &slides, &least)?;
    let greatest = Value::PerRow(image.made(node, seen.reduce(Reduce::Max, kernel_axes(rank))));
    if node.output_name(1).is_empty() {
        return Ok(vec![greatest]);
    }
    if image.row.batch.is_some() {
        return node.mixes_rows("its second output counts the elements of a batch");
    }
    // `[N, C, o1, o2, ..., k1 k2 ...]`
    let order: Vec<u8> = [0, 1].into_iter().chain((0..rank as u8).map(|axis| 2 + 2 * axis)).chain(kernel_axes(rank)).collect();
    let kernel: usize = slides.iter().map(|slide| slide.kernel).product();
    let result = [vec![image.count, image.channels], slides.iter().map(|slide| slide.count).collect()].concat();
    let place = seen.transpose(order).reshape(ir_shape(&[result.as_slice(), &[kernel]].concat())).reduce(Reduce::ArgMax, [rank as u8 + 2]);
    let columns = node.int("storage_order") != 0;
    let area: usize = image.spatial.iter().product();
    let plane = super::index::numbers(node, &result, 0, area * image.channels) + super::index::numbers(node, &result, 1, area);
    // From the last axis to the first: the place within the kernel is taken apart, and the place in the plane put together.
    let (mut rest, mut at) = (place, plane);
    for (axis, slide) in slides.iter().enumerate().rev() {
        let along = rest.binary(ir::Binary::Rem, slide.kernel as i64);
        rest = rest.binary(ir::Binary::Div, slide.kernel as i64);
        let own = super::index::numbers(node, &result, 2 + axis, slide.stride) + along * slide.dilation as i64 - slide.before as i64;
        let others = if columns { image.spatial.get(..axis) } else { image.spatial.get(axis + 1..) };
        at = own * others.map_or(1, |others| others.iter().product::<usize>()) as i64 + at;
    }
    Ok(vec![greatest, Value::PerRow(PerRow::of(ElementType::I64, None, at))])
}

/// `y[n, c, o] = mean over k of x[n, c, o stride + k dilation - before]`, of what is inside, or with `count_include_pad` of padding too.
fn average_pool<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let (image, slides) = pooled(node)?;
    floats(node, &image)?;
    let rank = slides.len();
    let sums = seen(node, &image, &slides, &Literal::zero(elem(image.row.elements)))?.reduce(Reduce::Sum, kernel_axes(rank));
    let pads_count = node.int("count_include_pad") != 0;
    let counts = |slide: &Slide| -> Vec<usize> {
        let is_counted = |stand: usize, place: usize| match pads_count {
            true => slide.is_inside_padding(stand, place),
            false => slide.is_inside(stand, place),
        };
        (0..slide.count).map(|stand| (0..slide.kernel).filter(|place| is_counted(stand, *place)).count()).collect()
    };
    let mut count = vec![1.0_f64];
    for slide in &slides {
        let along = counts(slide);
        count = count.iter().flat_map(|outer| along.iter().map(move |own| outer * *own as f64)).collect();
    }
    let shape: Vec<usize> = slides.iter().map(|slide| slide.count).collect();
    let means = match count.first() {
        Some(first) if count.iter().all(|other| other == first) => sums / *first,
        _ => sums / constant(node.b, "counts", &shape, &Data::f64(count)).cast(elem(image.row.elements)),
    };
    Ok(vec![Value::PerRow(image.made(node, means))])
}

/// `y[n, c, o] = (sum over k of |x[n, c, o stride + k dilation - before]|^p)^(1 / p)`
fn lp_pool<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let (image, slides) = pooled(node)?;
    floats(node, &image)?;
    let seen = seen(node, &image, &slides, &Literal::zero(elem(image.row.elements)))?;
    let value = norm(node, seen, kernel_axes(slides.len()))?;
    Ok(vec![Value::PerRow(image.made(node, value))])
}

/// `(sum of |x|^p)^(1 / p)` over axes. Before opset 2, p was a float.
fn norm<'b>(node: &OnnxNode<'_, 'b>, x: Val<'b>, axes: Vec<u8>) -> Result<Val<'b>, Refusal> {
    let p = if node.node.opset < 2 && node.is_given("p") { f64::from(node.float("p")) } else { node.int("p") as f64 };
    Ok(match p {
        1.0 => x.abs().reduce(Reduce::Sum, axes),
        2.0 => (x * x).reduce(Reduce::Sum, axes).sqrt(),
        // A power of each element the kernel sees would be dear.
        3.0 => (x * x * x.abs()).reduce(Reduce::Sum, axes).pow(1.0 / 3.0),
        p if p > 0.0 => x.abs().pow(p).reduce(Reduce::Sum, axes).pow(1.0 / p),
        p => return node.malformed(format!("its p is {p}")),
    })
}

/// Folds all spatial axes, which stay with length 1.
fn over_all<'b>(node: &OnnxNode<'_, 'b>, fold: impl Fn(Val<'b>, Vec<u8>, usize) -> Result<Val<'b>, Refusal>) -> Translated<'b> {
    let image = Image::input(node, 0)?;
    floats(node, &image)?;
    let rank = image.spatial.len();
    let folded = fold(image.row.whole(node.b), (2..2 + rank as u8).collect(), image.spatial.iter().product())?;
    let shape = [vec![image.count, image.channels], vec![1; rank]].concat();
    Ok(vec![Value::PerRow(image.made(node, folded.reshape(ir_shape(&shape))))])
}

/// `y[n, c] = mean of x[n, c, ...]`
fn global_average_pool<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    over_all(node, |x, axes, count| Ok(x.reduce(Reduce::Sum, axes) / count as i64))
}

/// `y[n, c] = max of x[n, c, ...]`
fn global_max_pool<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    leave_nan_open(node, &Image::input(node, 0)?);
    over_all(node, |x, axes, _| Ok(x.reduce(Reduce::Max, axes)))
}

/// `y[n, c] = (sum of |x[n, c, ...]|^p)^(1 / p)`
fn global_lp_pool<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    over_all(node, |x, axes, _| norm(node, x, axes))
}

/// Each element at the place that the second output of MaxPool names, of elements that come to the same place the last; zero elsewhere.
///
/// The places count in a tensor of the shape that the pool is the size of: `(length - 1) stride - padding + kernel` along an axis. An
/// `output_shape` that is larger has zeros behind. (onnxruntime counts in the larger shape.)
fn max_unpool<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let (image, at) = (Image::input(node, 0)?, node.row(1)?);
    if image.row.batch.is_some() || at.batch.is_some() {
        return node.mixes_rows("its places count the elements of a batch");
    }
    if at.elements != ElementType::I64 || at.count() != image.row.count() {
        return node.malformed(format!("places {:?} for {:?}", at.dims(), image.row.dims()));
    }
    let rank = image.spatial.len();
    let (kernel, strides) = (positive(node, "kernel_shape", rank)?, positive(node, "strides", rank)?);
    let pads = numbers(node, "pads", 2 * rank, 0)?;
    let mut shape = vec![image.count, image.channels];
    for axis in 0..rank {
        let of = |list: &[usize], axis: usize| list.get(axis).copied().unwrap_or(0);
        let spanned = (of(&image.spatial, axis) - 1) * of(&strides, axis) + of(&kernel, axis);
        match spanned.checked_sub(of(&pads, axis) + of(&pads, axis + rank)) {
            Some(length) if length > 0 && length <= ELEMENT_LIMIT => shape.push(length),
            _ => return node.malformed("its pads leave nothing"),
        }
    }
    let Some(count) = element_count(&shape) else { return node.unsupported(format!("its result has the shape {shape:?}")) };
    let asked = match node.integers_input(2)? {
        Some(asked) => asked.iter().map(|dim| usize::try_from(*dim).unwrap_or(0)).collect(),
        None => shape.clone(),
    };
    if asked.len() != shape.len() || std::iter::zip(&asked, &shape).any(|(asked, own)| asked < own) || element_count(&asked).is_none() {
        return node.unsupported(format!("a result of {shape:?} in the shape {asked:?}"));
    }
    bounded(node, [count, image.row.count()])?;
    let b = node.b;
    let (x, at) = (image.row.vector(b), at.vector(b));
    let outside = at.lt(0_i64) | at.ge(count as i64);
    node.reject(outside.cast(Elem::I32).reduce(Reduce::Max, [0]).ne(0_i64), format!("a place of {} is outside", node.input_name(1)));
    // Which element comes here: `[places, elements]` folded over the elements.
    let here = super::index::numbers(node, &[count, 1], 0, 1);
    let own = super::index::numbers(node, &[image.row.count()], 0, 1);
    let last = here.eq(at).select(own, -1_i64).reduce(Reduce::Max, [1]);
    let found = last.lt(0_i64).select(super::elementwise::node_number(x, 0), x.gather(last, 0));
    let zero = Literal::zero(elem(image.row.elements));
    let mut value = found.reshape(ir_shape(&shape));
    for (axis, (asked, own)) in std::iter::zip(&asked, &shape).enumerate().filter(|(_, (asked, own))| asked != own) {
        let mut dims = value.ty().shape;
        let window = ir::Window { count: 1, size: *asked as u32, stride: 1, dilation: 1, before: 0, fill: zero.clone() };
        if let Some(dim) = dims.get_mut(axis) {
            *dim += (asked - own) as u32;
        }
        value = value.window(axis as u8, window).reshape(dims);
    }
    Ok(vec![Value::PerRow(PerRow::of(image.row.elements, None, value))])
}
