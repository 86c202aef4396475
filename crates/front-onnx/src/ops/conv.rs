//! Convolutions: a kernel slides over an image, and what it sees is multiplied with its weights and summed.

use ir::{Elem, Literal, Reduce, Val};

use super::Row;
use super::sliding::{Image, Slide, bounded, interleaved, kernel_axes, numbers, positive, seen, slides, with_ones};
use crate::node::{OnnxNode, Translated};
use crate::tensor::ElementType;
use crate::value::{ELEMENT_LIMIT, PerRow, Value, elem, ir_shape, narrow};

pub(super) const OPS: &[Row] = &[
    Row::new("Col2Im", col2im),
    Row::new("Conv", conv),
    Row::new("ConvInteger", conv_integer),
    Row::new("ConvTranspose", conv_transpose),
    Row::new("QLinearConv", qlinear_conv),
];

type Refusal = Box<source::Diagnostic>;

/// `y[n, m, o] = b[m] + sum over c, k of x[n, c, o stride + k dilation - before] w[m, c, k]`
///
/// `o`, `k`: a number for each spatial axis. Outside of `x` is zero. With groups, both kinds of channels fall into so many parts, and each
/// part of the result sees its part of the input only.
fn conv<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let (image, weights) = (Image::input(node, 0)?, node.row(1)?);
    if !image.row.elements.is_float() || weights.elements != image.row.elements {
        return node.malformed(format!("a convolution of {} with {}", image.row.elements.name(), weights.elements.name()));
    }
    let sums = convolution(node, &image, &weights)?;
    Ok(vec![Value::PerRow(image.made(node, with_bias(node, sums, 2, image.row.elements)?))])
}

/// The sums of a convolution, `[N, M, o1, o2, ...]`, with weights `[M, C / groups, k1, k2, ...]` in the form that holds the elements.
fn convolution<'b>(node: &OnnxNode<'_, 'b>, image: &Image<'b>, weights: &PerRow<'b>) -> Result<Val<'b>, Refusal> {
    let rank = image.spatial.len();
    let (groups, out, each, kernel) = match (group_count(node)?, weights.batch, weights.shape.as_slice()) {
        (_, Some(_), _) => return node.mixes_rows("its weights are those of a row"),
        (groups, None, [out, each, kernel @ ..])
            if each * groups == image.channels && *out > 0 && out.is_multiple_of(groups) && kernel.len() == rank =>
        {
            (groups, *out, *each, kernel.to_vec())
        }
        (groups, None, shape) => {
            return node.malformed(format!("weights of the shape {shape:?} for {} channels in {groups} groups", image.channels));
        }
    };
    let slides = slides(node, &image.spatial, &kernel)?;
    let counts: Vec<usize> = slides.iter().map(|slide| slide.count).collect();
    let zero = Literal::zero(elem(image.row.elements));
    let seen = seen(node, image, &slides, &zero)?;
    let weights = weights.value(node.b);
    let shape = ir_shape(&[&[image.count, out], counts.as_slice()].concat());
    if groups == 1 {
        let over: Vec<(u8, u8)> = [(1, 1)].into_iter().chain((0..rank as u8).map(|axis| (2 + axis, 3 + 2 * axis))).collect();
        // `[M, N, o1, o2, ...]`
        let sums = weights.contract(seen, over);
        if image.count == 1 {
            return Ok(sums.reshape(shape));
        }
        let order: Vec<u8> = [1, 0].into_iter().chain(2..2 + rank as u8).collect();
        return Ok(sums.transpose(order));
    }
    bounded(node, [image.count, out, each].into_iter().chain(counts.iter().copied()).chain(kernel.iter().copied()))?;
    let seen = seen.reshape(interleaved(&[image.count, groups, 1, each], &counts, &kernel));
    let weights = weights.reshape(interleaved(&[groups, out / groups, each], &vec![1; rank], &kernel));
    let axes: Vec<u8> = [3].into_iter().chain((0..rank as u8).map(|axis| 5 + 2 * axis)).collect();
    Ok((seen * weights).reduce(Reduce::Sum, axes).reshape(shape))
}

fn group_count(node: &OnnxNode<'_, '_>) -> Result<usize, Refusal> {
    match usize::try_from(node.int("group").max(i64::from(!node.is_given("group")))) {
        Ok(groups) if groups > 0 && groups <= ELEMENT_LIMIT => Ok(groups),
        _ => node.malformed(format!("it has {} groups", node.int("group"))),
    }
}

/// With a number added for each channel of `[N, M, ...]`, if there is such an input.
fn with_bias<'b>(node: &OnnxNode<'_, 'b>, sums: Val<'b>, input: usize, elements: ElementType) -> Result<Val<'b>, Refusal> {
    if node.optional(input).is_none() {
        return Ok(sums);
    }
    let bias = node.row(input)?;
    if bias.batch.is_some() || bias.elements != elements {
        return node.malformed(format!("its bias is {} {:?}", bias.elements.name(), bias.dims()));
    }
    Ok(sums + a_channel(node, &bias, &sums.ty().shape)?)
}

/// A number for each channel, or one for all, as what is spread over `[N, M, ...]`.
fn a_channel<'b>(node: &OnnxNode<'_, 'b>, numbers: &PerRow<'b>, shape: &[u32]) -> Result<Val<'b>, Refusal> {
    let channels = shape.get(1).map_or(0, |channels| *channels as usize);
    if numbers.batch.is_some() || numbers.count() != channels && numbers.count() != 1 {
        return node.malformed(format!("an input {:?} for {channels} channels", numbers.dims()));
    }
    Ok(with_ones(numbers.vector(node.b), shape.len().saturating_sub(2)))
}

/// The convolution of `x - x_zero_point` with `w - w_zero_point` in int32; the second may be one number for each channel of the result.
fn conv_integer<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let (image, weights) = (centred(node, 0, 2)?, centred(node, 1, 3)?);
    let image = Image::of(node, image)?;
    Ok(vec![Value::PerRow(image.made(node, convolution(node, &image, &weights)?))])
}

/// An input of short integers as int32, less its zero point. Of weights it may be one for each element of the first axis.
fn centred<'b>(node: &OnnxNode<'_, 'b>, input: usize, zero_point: usize) -> Result<PerRow<'b>, Refusal> {
    let x = node.row(input)?;
    if !matches!(x.elements, ElementType::I8 | ElementType::U8) {
        return node.malformed(format!("its input {input} holds {}", x.elements.name()));
    }
    let elements = x.elements;
    let x = x.with_elements(ElementType::I32);
    if node.optional(zero_point).is_none() {
        return Ok(x);
    }
    let zero = node.row(zero_point)?;
    if zero.elements != elements || zero.batch.is_some() {
        return node.malformed(format!("its zero point is {} {:?}", zero.elements.name(), zero.dims()));
    }
    let zero = if zero.count() == 1 {
        zero.vector(node.b).at(0)
    } else if x.batch.is_none() && x.shape.first() == Some(&zero.count()) {
        with_ones(zero.vector(node.b), x.shape.len() - 1)
    } else {
        return node.malformed(format!("a zero point {:?} for {:?}", zero.dims(), x.dims()));
    };
    Ok(x.map(node.b, |x| x - zero))
}

/// `saturate(round(sums x_scale w_scale / y_scale) + y_zero_point)` of the sums of [`conv_integer`], with a bias in int32.
///
/// onnxruntime rounds, ties to even, before the zero point is added; the reference of the standard rounds after. Here before.
fn qlinear_conv<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let (image, weights) = (Image::of(node, centred(node, 0, 2)?)?, centred(node, 3, 5)?);
    let sums = with_bias(node, convolution(node, &image, &weights)?, 8, ElementType::I32)?;
    let (x_scale, w_scale, y_scale, zero) = (node.row(1)?, node.row(4)?, node.row(6)?, node.row(7)?);
    if [&x_scale, &w_scale, &y_scale].iter().any(|scale| scale.elements != ElementType::F32)
        || !matches!(zero.elements, ElementType::I8 | ElementType::U8)
        || [&x_scale, &y_scale, &zero].iter().any(|scalar| scalar.count() != 1 || scalar.batch.is_some())
    {
        return node.malformed("its scales or zero points are of the wrong kind");
    }
    let one = |scalar: &PerRow<'b>| scalar.vector(node.b).at(0);
    let scale = one(&x_scale) * a_channel(node, &w_scale, &sums.ty().shape)? / one(&y_scale);
    let (least, greatest) = zero.elements.range();
    let zero_point = one(&zero).cast(Elem::F32);
    let scaled = (sums.cast(Elem::F32) * scale).unary(ir::Unary::RoundEven) + zero_point;
    let cut = scaled.max(least as f64).min(greatest as f64).cast(Elem::I32);
    Ok(vec![Value::PerRow(PerRow::from_whole(zero.elements, image.row.batch, narrow(zero.elements, cut)))])
}

/// `y[n, m, p] = b[m] + sum over c, i, k of x[n, c, i] w[c, m, k]` where `p = i stride + k dilation - before`
///
/// Each element of the input lays the kernel down, weighted. The result has `stride (length - 1) + extent + output_padding - padding`
/// elements along an axis, or `output_shape` says how many and the padding follows. Groups as in Conv.
fn conv_transpose<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let (image, weights) = (Image::input(node, 0)?, node.row(1)?);
    if !image.row.elements.is_float() || weights.elements != image.row.elements {
        return node.malformed(format!("a convolution of {} with {}", image.row.elements.name(), weights.elements.name()));
    }
    let (n, rank) = (image.count, image.spatial.len());
    let (groups, each, kernel) = match (group_count(node)?, weights.batch, weights.shape.as_slice()) {
        (_, Some(_), _) => return node.mixes_rows("its weights are those of a row"),
        (groups, None, [channels, each, kernel @ ..])
            if *channels == image.channels && channels.is_multiple_of(groups) && *each > 0 && kernel.len() == rank =>
        {
            (groups, *each, kernel.to_vec())
        }
        (groups, None, shape) => {
            return node.malformed(format!("weights of the shape {shape:?} for {} channels in {groups} groups", image.channels));
        }
    };
    let slides = laid(node, &image.spatial, &kernel)?;
    let places = || image.spatial.iter().copied().chain(kernel.iter().copied());
    bounded(node, places().chain([n, groups, each]))?;
    let (x, w) = (image.row.whole(node.b), weights.value(node.b));
    let part = image.channels / groups;
    // `[N, M, i1, k1, i2, k2, ...]`
    let products = if part > 1 || groups == 1 {
        let of_group = |group: usize| {
            let own = |value: Val<'b>, axis: u8| if groups == 1 { value } else { value.slice(axis, (group * part) as u32, 1, part as u32) };
            // `[M, k1, k2, ..., N, i1, i2, ...]`
            let products = own(w, 0).contract(own(x, 1), [(0, 1)]);
            let pairs = (0..rank as u8).flat_map(|axis| [2 + rank as u8 + axis, 1 + axis]);
            let order: Vec<u8> = [1 + rank as u8, 0].into_iter().chain(pairs).collect();
            products.transpose(order)
        };
        let products: Vec<Val<'b>> = (0..groups).map(of_group).collect();
        if let [only] = products.as_slice() { *only } else { node.b.concat(&products, 1) }
    } else {
        bounded(node, places().chain([n, image.channels, each]))?;
        let x = x.reshape(interleaved(&[n, groups, 1], &image.spatial, &vec![1; rank]));
        let w = w.reshape(interleaved(&[groups, each], &vec![1; rank], &kernel));
        (x * w).reshape(interleaved(&[n, groups * each], &image.spatial, &kernel))
    };
    let sums = summed(node, products, &slides)?;
    Ok(vec![Value::PerRow(image.made(node, with_bias(node, sums, 2, image.row.elements)?))])
}

/// How the kernel of a transposed convolution slides over its result: it stands once for each element of the input.
fn laid(node: &OnnxNode<'_, '_>, spatial: &[usize], kernel: &[usize]) -> Result<Vec<Slide>, Refusal> {
    let rank = spatial.len();
    let (strides, dilations) = (positive(node, "strides", rank)?, positive(node, "dilations", rank)?);
    let (pads, more) = (numbers(node, "pads", 2 * rank, 0)?, numbers(node, "output_padding", rank, 0)?);
    if kernel.iter().any(|size| *size == 0 || *size > ELEMENT_LIMIT) {
        return node.malformed(format!("a kernel {kernel:?}"));
    }
    let mode = node.string("auto_pad");
    if !matches!(mode, "SAME_UPPER" | "SAME_LOWER" | "VALID" | "NOTSET" | "") {
        return node.malformed(format!("its `auto_pad` is {mode}"));
    }
    let is_same = mode.starts_with("SAME");
    let asked = if node.is_given("output_shape") { Some(numbers(node, "output_shape", rank, 0)?) } else { None };
    let mut slides = Vec::new();
    for axis in 0..rank {
        let of = |list: &[usize]| list.get(axis).copied().unwrap_or(1);
        let (count, stride) = (of(spatial), of(&strides));
        let mut slide = Slide { length: 0, kernel: of(kernel), stride, dilation: of(&dilations), before: 0, after: 0, count };
        let spanned = stride * (count - 1) + slide.extent() + of(&more);
        if is_same && asked.is_none() && spanned < count * stride {
            return node.unsupported("SAME with strides that are longer than the kernel, of which runtimes make different lengths");
        }
        let asked = asked.as_ref().map(|asked| of(asked)).or(is_same.then_some(count * stride));
        match asked {
            Some(asked) => {
                let padding = spanned.saturating_sub(asked);
                slide.length = asked;
                slide.before = if mode == "SAME_UPPER" { padding / 2 } else { padding - padding / 2 };
            }
            None => {
                let (before, after) = if mode == "VALID" { (0, 0) } else { (of(&pads), pads.get(axis + rank).copied().unwrap_or(0)) };
                let Some(length) = spanned.checked_sub(before + after) else { return node.malformed("its pads leave nothing") };
                (slide.length, slide.before) = (length, before);
            }
        }
        if slide.length == 0 {
            return node.malformed("its result is empty");
        }
        slides.push(slide);
    }
    Ok(slides)
}

/// The sums of what kernels lay down: `[N, M, i1, k1, i2, k2, ...]`, a kernel's place for each time that it stands, to
/// `[N, M, p1, p2, ...]`.
fn summed<'b>(node: &OnnxNode<'_, 'b>, laid: Val<'b>, slides: &[Slide]) -> Result<Val<'b>, Refusal> {
    let front = laid.ty().shape.iter().take(2).map(|dim| *dim as usize).collect::<Vec<_>>();
    bounded(node, slides.iter().map(|slide| slide.length.saturating_mul(slide.kernel)).chain(front))?;
    let zero = Literal::zero(laid.elem());
    let mut value = laid;
    for (at, slide) in slides.iter().enumerate() {
        let axis = 2 + 2 * at;
        let held = slide.count * slide.kernel;
        let mut shape = value.ty().shape;
        shape.splice(axis..axis + 2, [held as u32]);
        // Behind the last one stands a zero, for places that no kernel reaches.
        let window = ir::Window { count: 1, size: held as u32 + 1, stride: 1, dilation: 1, before: 0, fill: zero.clone() };
        let padded = value.reshape(shape.clone()).window(axis as u8, window);
        shape.splice(axis..=axis, [held as u32 + 1]);
        let place = |place: usize, to: usize| {
            let stand = (to + slide.before).checked_sub(place * slide.dilation).filter(|at| at.is_multiple_of(slide.stride));
            stand.map(|at| at / slide.stride).filter(|stand| *stand < slide.count).map_or(held, |stand| stand * slide.kernel + place)
        };
        let places = (0..slide.length).flat_map(|to| (0..slide.kernel).map(move |at| (at, to))).map(|(at, to)| place(at, to) as i64);
        let table = node.b.tensor(ir::Tensor::i64("laid here", [slide.length as u32, slide.kernel as u32], places));
        value = padded.reshape(shape).gather(table, axis as u8);
    }
    Ok(value.reduce(Reduce::Sum, kernel_axes(slides.len())))
}

/// Columns `[N, C k1 k2 ..., L]`, what a kernel saw where it stood, summed back into an image `[N, C, p1, p2, ...]`.
fn col2im<'b>(node: &OnnxNode<'_, 'b>) -> Translated<'b> {
    let x = node.row(0)?;
    let lengths = |input: usize| -> Result<Vec<usize>, Refusal> {
        let numbers = node.integers_input(input)?.unwrap_or_default();
        let numbers: Option<Vec<usize>> = numbers.iter().map(|number| usize::try_from(*number).ok().filter(|n| *n > 0)).collect();
        match numbers {
            Some(numbers) if !numbers.is_empty() && numbers.len() <= 4 && numbers.iter().all(|size| *size <= ELEMENT_LIMIT) => Ok(numbers),
            _ => node.malformed("its shapes are not of positive numbers"),
        }
    };
    let (spatial, kernel) = (lengths(1)?, lengths(2)?);
    if x.batch.is_some_and(|batch| batch > 0) {
        return node.mixes_rows("its batch is not the first axis");
    }
    let slides = slides(node, &spatial, &kernel)?;
    let rank = slides.len();
    let block: usize = kernel.iter().fold(1, |count, size| count.saturating_mul(*size));
    let stands: usize = slides.iter().fold(1, |count, slide| count.saturating_mul(slide.count));
    let whole = x.whole_shape();
    let (n, channels) = match whole.as_slice() {
        [n, columns, length] if columns.is_multiple_of(block) && *length == stands && x.count() > 0 => (*n, columns / block),
        shape => return node.malformed(format!("columns {shape:?} for {stands} blocks of {block}")),
    };
    let counts: Vec<usize> = slides.iter().map(|slide| slide.count).collect();
    let shape = ir_shape(&[&[n, channels], kernel.as_slice(), &counts].concat());
    let pairs = (0..rank as u8).flat_map(|axis| [2 + rank as u8 + axis, 2 + axis]);
    let order: Vec<u8> = [0, 1].into_iter().chain(pairs).collect();
    let laid = x.whole(node.b).reshape(shape).transpose(order);
    Ok(vec![Value::PerRow(PerRow::from_whole(x.elements, x.batch, summed(node, laid, &slides)?).map(node.b, |x| x))])
}
