//! How a kernel slides over the spatial axes of an image: what convolutions and pools share. Start at [`slides`] and [`seen`].

use ir::{Literal, Val, Window};

use crate::node::OnnxNode;
use crate::value::{ELEMENT_LIMIT, PerRow, ir_shape};

type Refusal = Box<source::Diagnostic>;

/// More places than this that a kernel looks at, over all elements of a result, are a mistake in a shape. They are written down by the
/// interpreter only, so that there may be more than elements of a result.
const SEEN_LIMIT: usize = 1 << 23;
/// Time, height, width, and one more.
const MOST_SPATIAL: usize = 4;

/// A tensor `[N, C, D1, D2, ...]` with the batch at its first axis, of length 1 if it is open. No axis is empty.
#[derive(Clone)]
pub(super) struct Image<'b> {
    pub row: PerRow<'b>,
    /// N
    pub count: usize,
    /// C
    pub channels: usize,
    pub spatial: Vec<usize>,
}

impl<'b> Image<'b> {
    pub fn input(node: &OnnxNode<'_, 'b>, index: usize) -> Result<Self, Refusal> {
        Image::of(node, node.row(index)?)
    }

    pub fn of(node: &OnnxNode<'_, 'b>, row: PerRow<'b>) -> Result<Self, Refusal> {
        if row.batch.is_some_and(|batch| batch > 0) {
            return node.mixes_rows(format!("its input has the dims {:?}, and rows are expected along the first axis", row.dims()));
        }
        match row.whole_shape().as_slice() {
            [count, channels, spatial @ ..] if (1..=MOST_SPATIAL).contains(&spatial.len()) && row.count() > 0 => {
                let (count, channels, spatial) = (*count, *channels, spatial.to_vec());
                Ok(Image { row, count, channels, spatial })
            }
            _ => node.malformed(format!("its input has the dims {:?}, and an image with channels is expected", row.dims())),
        }
    }

    /// A result for each of these images, `[N, ...]`, rounded to their elements.
    pub fn made(&self, node: &OnnxNode<'_, 'b>, value: Val<'b>) -> PerRow<'b> {
        PerRow::from_whole(self.row.elements, self.row.batch, value).map(node.b, |x| x)
    }
}

/// How a kernel slides along one axis.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slide {
    /// Of the axis.
    pub length: usize,
    /// Places that the kernel has.
    pub kernel: usize,
    pub stride: usize,
    pub dilation: usize,
    /// Padding in front of the axis and behind it.
    pub before: usize,
    pub after: usize,
    /// How often the kernel stands.
    pub count: usize,
}

impl Slide {
    /// How many elements the kernel spans.
    pub fn extent(&self) -> usize {
        (self.kernel - 1) * self.dilation + 1
    }

    /// The element of the padded axis that a place shows, padding counted.
    fn padded(&self, stand: usize, place: usize) -> usize {
        stand * self.stride + place * self.dilation
    }

    pub fn is_inside(&self, stand: usize, place: usize) -> bool {
        (self.before..self.before + self.length).contains(&self.padded(stand, place))
    }

    /// Whether a place shows an element or padding: in ceil mode the last kernels stand out beyond both.
    pub fn is_inside_padding(&self, stand: usize, place: usize) -> bool {
        self.padded(stand, place) < self.before + self.length + self.after
    }

    /// The axis as two: where the kernel stands, and its places.
    fn window<'b>(&self, x: Val<'b>, axis: usize, fill: &Literal) -> Val<'b> {
        if self.kernel == 1 && self.stride == 1 && self.before == 0 && self.count == self.length {
            let mut shape = x.ty().shape;
            shape.insert(axis + 1, 1);
            return x.reshape(shape);
        }
        let window = Window {
            count: self.count as u32,
            size: self.kernel as u32,
            stride: self.stride as u32,
            dilation: self.dilation as u32,
            before: self.before as u32,
            fill: fill.clone(),
        };
        x.window(axis as u8, window)
    }
}

/// A list attribute with a number for each axis, or `default` for all.
pub(super) fn numbers(node: &OnnxNode<'_, '_>, name: &str, count: usize, default: usize) -> Result<Vec<usize>, Refusal> {
    let given = node.ints(name);
    if given.is_empty() {
        return Ok(vec![default; count]);
    }
    let numbers: Option<Vec<usize>> =
        given.iter().map(|number| usize::try_from(*number).ok().filter(|number| *number <= ELEMENT_LIMIT)).collect();
    match numbers {
        Some(numbers) if numbers.len() == count => Ok(numbers),
        Some(_) => node.malformed(format!("its `{name}` has {} numbers, and {count} are expected", given.len())),
        None => node.unsupported(format!("its `{name}` is {given:?}")),
    }
}

/// A list attribute of positive numbers, one for each axis.
pub(super) fn positive(node: &OnnxNode<'_, '_>, name: &str, count: usize) -> Result<Vec<usize>, Refusal> {
    let numbers = numbers(node, name, count, 1)?;
    if numbers.contains(&0) { node.malformed(format!("its `{name}` has a zero")) } else { Ok(numbers) }
}

/// How a kernel of these lengths slides over these axes, by `strides`, `dilations`, `pads`, `auto_pad` and `ceil_mode`.
///
/// The kernel stands `(length + before + after - extent) / stride + 1` times, rounded down, or up in ceil mode, where one that would
/// stand wholly in the padding behind is left out. With SAME it stands `length / stride` times, rounded up, and an odd element of
/// padding is behind for UPPER and in front for LOWER.
pub(super) fn slides(node: &OnnxNode<'_, '_>, spatial: &[usize], kernel: &[usize]) -> Result<Vec<Slide>, Refusal> {
    let rank = spatial.len();
    let (strides, dilations) = (positive(node, "strides", rank)?, positive(node, "dilations", rank)?);
    if kernel.len() != rank || kernel.iter().any(|size| *size == 0 || *size > ELEMENT_LIMIT) {
        return node.malformed(format!("a kernel {kernel:?} over the axes {spatial:?}"));
    }
    let pads = numbers(node, "pads", 2 * rank, 0)?;
    let (mode, ceil) = (node.string("auto_pad"), node.int("ceil_mode") != 0);
    let mut slides = Vec::new();
    for axis in 0..rank {
        let of = |list: &[usize]| list.get(axis).copied().unwrap_or(1);
        let (length, stride) = (of(spatial), of(&strides));
        let mut slide = Slide { length, kernel: of(kernel), stride, dilation: of(&dilations), before: 0, after: 0, count: 0 };
        match mode {
            "SAME_UPPER" | "SAME_LOWER" => {
                slide.count = length.div_ceil(stride);
                let padding = ((slide.count - 1) * stride + slide.extent()).saturating_sub(length);
                let less = padding / 2;
                (slide.before, slide.after) = if mode == "SAME_UPPER" { (less, padding - less) } else { (padding - less, less) };
            }
            "VALID" | "NOTSET" | "" => {
                if mode != "VALID" {
                    slide.before = pads.get(axis).copied().unwrap_or(0);
                    slide.after = pads.get(axis + rank).copied().unwrap_or(0);
                }
                let Some(rest) = (length + slide.before + slide.after).checked_sub(slide.extent()) else {
                    return node.malformed(format!("a kernel of {} elements does not fit an axis of {length}", slide.extent()));
                };
                slide.count = if ceil { rest.div_ceil(stride) } else { rest / stride } + 1;
                if ceil && (slide.count - 1) * stride >= length + slide.before {
                    slide.count -= 1;
                }
            }
            other => return node.malformed(format!("its `auto_pad` is {other}")),
        }
        bounded(node, [slide.count, slide.kernel])?;
        slides.push(slide);
    }
    Ok(slides)
}

/// An image `[N, C, D1, D2, ...]` as `[N, C, o1, k1, o2, k2, ...]`: what the places of the kernel show where it stands.
pub(super) fn seen<'b>(node: &OnnxNode<'_, 'b>, image: &Image<'b>, slides: &[Slide], fill: &Literal) -> Result<Val<'b>, Refusal> {
    let places = slides.iter().map(|slide| slide.count.saturating_mul(slide.kernel));
    bounded(node, places.chain([image.count, image.channels]))?;
    let whole = image.row.whole(node.b);
    Ok(slides.iter().enumerate().fold(whole, |x, (at, slide)| slide.window(x, 2 + 2 * at, fill)))
}

/// Refuses what would be looked at too often, as the product of these numbers.
pub(super) fn bounded(node: &OnnxNode<'_, '_>, factors: impl IntoIterator<Item = usize>) -> Result<(), Refusal> {
    let count = factors.into_iter().fold(1usize, usize::saturating_mul);
    if count > SEEN_LIMIT { node.unsupported(format!("it would look at {count} elements a row")) } else { Ok(()) }
}

/// The axes `k1, k2, ...` of what [`seen`] gives.
pub(super) fn kernel_axes(rank: usize) -> Vec<u8> {
    (0..rank).map(|axis| 3 + 2 * axis as u8).collect()
}

/// With more axes of length 1 at the end.
pub(super) fn with_ones<'b>(value: Val<'b>, more: usize) -> Val<'b> {
    let shape = [value.ty().shape, vec![1; more]].concat();
    value.reshape(shape)
}

/// A shape of alternating lengths, after some in front.
pub(super) fn interleaved(front: &[usize], first: &[usize], second: &[usize]) -> Vec<u32> {
    let pairs = std::iter::zip(first, second).flat_map(|(a, b)| [*a, *b]);
    ir_shape(&front.iter().copied().chain(pairs).collect::<Vec<_>>())
}
