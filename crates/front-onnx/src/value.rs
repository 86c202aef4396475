//! What stands on an edge of the graph while it is translated, with the batch axis tracked: the IR scores one row, ONNX a batch.
//!
//! A [`PerRow`] keeps its elements as one IR tensor or as separate scalars, whichever reads better in generated code: columns that come
//! in one by one and one-hot cells stay scalars until something (a forest, a dot product) needs a vector.

use std::rc::Rc;

use ir::{Builder, Elem, Literal, Val};

use crate::tensor::{Data, ElementType, Tensor};

/// With more cells than this, scalars are packed into a vector before element-wise work.
const SCALAR_LIMIT: usize = 32;

/// More elements than this in one row, or in one folded constant, are a mistake in a shape or an attack.
pub const ELEMENT_LIMIT: usize = 1 << 20;
/// Axis numbers of the IR are small; no exporter comes near.
pub const RANK_LIMIT: usize = 16;

#[derive(Clone)]
pub enum Value<'b> {
    /// An optional input that is not given.
    Absent,
    /// The same for every row; has no batch axis.
    Constant(Rc<Tensor>),
    PerRow(PerRow<'b>),
    /// A vector of dims (int64), one of which may be the batch size.
    Dims(Vec<Dim>),
    /// What ZipMap makes: class names and their values.
    Map(Vec<(String, Val<'b>)>),
    /// A sequence whose length is known.
    Sequence(Vec<Value<'b>>),
    /// A tensor one of whose axes is the batch together with others, in row-major order: as an exporter flattens rows before it works element
    /// by element, or joins columns along the batch. It holds the elements of the first, which has the batch as an axis of its own, in their
    /// order, and has these dims.
    Flat(PerRow<'b>, Vec<Dim>),
    Tokens(Rc<Tokens<'b>>),
    /// Could not be translated; what is said about it, unless it was said already.
    Refused(Option<Box<source::Diagnostic>>),
}

/// The tokens of one text a row, along a last axis whose length depends on the text, and in onnxruntime on the longest of a batch.
#[derive(Clone)]
pub struct Tokens<'b> {
    pub text: Val<'b>,
    /// The place of the batch axis.
    pub batch: Option<usize>,
    /// The axes before that of the tokens, without the batch: all of length 1.
    pub outer: Vec<usize>,
    pub cut: Rc<Cut>,
    /// Stands behind the tokens of the shorter texts of a batch.
    pub pad: String,
}

/// What is a token.
pub enum Cut {
    Runs(texts::scan::Runs),
    /// Each code point of these.
    Letters(texts::regex::Set),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dim {
    Known(usize),
    Batch,
    /// So many times the batch, with other axes in it.
    Rows(usize),
}

/// A tensor that differs from row to row; every row is computed from its own inputs only.
#[derive(Clone)]
pub struct PerRow<'b> {
    /// The place of the batch axis among the axes of the ONNX tensor. A graph whose dims are all fixed has none: it scores one row a run.
    pub batch: Option<usize>,
    pub elements: ElementType,
    /// The shape without the batch axis: that of the IR value.
    pub shape: Vec<usize>,
    cells: Cells<'b>,
}

#[derive(Clone)]
enum Cells<'b> {
    /// A tensor of exactly `shape`; a scalar where the shape is empty.
    Tensor(Val<'b>),
    /// Scalars in row-major order.
    Scalars(Vec<Val<'b>>),
}

/// An axis of an ONNX tensor, seen from one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Axis {
    Batch,
    /// An axis of the IR value.
    Inner(usize),
}

impl Value<'_> {
    /// A value that is the same for every row.
    pub fn known(tensor: Tensor) -> Self {
        Value::Constant(Rc::new(tensor))
    }
}

impl<'b> PerRow<'b> {
    /// From an IR value, whose type says shape and elements.
    pub fn tensor(batch: impl Into<Option<usize>>, value: Val<'b>) -> Self {
        PerRow::of(element_type(value.elem()), batch, value)
    }

    /// From an IR value that holds elements of this type.
    pub fn of(elements: ElementType, batch: impl Into<Option<usize>>, value: Val<'b>) -> Self {
        let shape = value.ty().shape.iter().map(|dim| *dim as usize).collect();
        PerRow { batch: batch.into(), elements, shape, cells: Cells::Tensor(value) }
    }

    /// From scalars in row-major order; as many as `shape` asks for.
    pub fn scalars(batch: impl Into<Option<usize>>, elements: ElementType, shape: Vec<usize>, cells: Vec<Val<'b>>) -> Self {
        PerRow { batch: batch.into(), elements, shape, cells: Cells::Scalars(cells) }
    }

    /// A constant, which has no batch axis.
    pub fn constant(b: &'b Builder, name: &str, tensor: &Tensor) -> Self {
        PerRow::of(tensor.elements, None, constant(b, name, &tensor.dims, &tensor.data))
    }

    /// From an IR value that has an axis of length 1 where the batch is, as [`PerRow::whole`] makes it.
    pub fn from_whole(elements: ElementType, batch: Option<usize>, value: Val<'b>) -> Self {
        let Some(place) = batch else { return PerRow::of(elements, None, value) };
        let mut shape = value.ty().shape;
        // What did not fit its operands has no axes, and is refused when its node is done.
        if place < shape.len() {
            shape.remove(place);
        }
        PerRow::of(elements, batch, value.reshape(shape))
    }

    /// The IR value with an axis of length 1 where the batch is: its axes are those of the ONNX tensor.
    pub fn whole(&self, b: &'b Builder) -> Val<'b> {
        self.value(b).reshape(ir_shape(&self.whole_shape()))
    }

    /// The shape with length 1 for the batch.
    pub fn whole_shape(&self) -> Vec<usize> {
        let mut shape = self.shape.clone();
        if let Some(place) = self.batch {
            shape.insert(place.min(shape.len()), 1);
        }
        shape
    }

    /// The same elements, taken for those of another type that is held as they are.
    pub fn with_elements(self, elements: ElementType) -> Self {
        PerRow { elements, ..self }
    }

    pub fn count(&self) -> usize {
        self.shape.iter().product()
    }

    /// The rank of the ONNX tensor.
    pub fn rank(&self) -> usize {
        self.shape.len() + usize::from(self.batch.is_some())
    }

    pub fn dims(&self) -> Vec<Dim> {
        let mut dims: Vec<Dim> = self.shape.iter().map(|dim| Dim::Known(*dim)).collect();
        if let Some(place) = self.batch {
            dims.insert(place.min(dims.len()), Dim::Batch);
        }
        dims
    }

    /// An axis number of the ONNX tensor, negative ones counted from the end. `None` when there is no such axis.
    pub fn axis(&self, axis: i64) -> Option<Axis> {
        let axis = normal_axis(axis, self.rank())?;
        Some(match self.batch {
            Some(batch) if axis == batch => Axis::Batch,
            Some(batch) if axis > batch => Axis::Inner(axis - 1),
            Some(_) | None => Axis::Inner(axis),
        })
    }

    /// The same elements under another shape and batch axis; the counts must agree.
    pub fn reshaped(&self, batch: impl Into<Option<usize>>, shape: Vec<usize>) -> Self {
        let cells = match &self.cells {
            Cells::Tensor(value) => Cells::Tensor(value.reshape(ir_shape(&shape))),
            Cells::Scalars(cells) => Cells::Scalars(cells.clone()),
        };
        PerRow { batch: batch.into(), elements: self.elements, shape, cells }
    }

    /// The IR value of exactly `shape`.
    pub fn value(&self, b: &'b Builder) -> Val<'b> {
        match &self.cells {
            Cells::Tensor(value) => *value,
            Cells::Scalars(cells) => match (cells.as_slice(), self.shape.is_empty()) {
                ([only], true) => *only,
                (cells, _) => b.pack(cells).reshape(ir_shape(&self.shape)),
            },
        }
    }

    /// All elements as a vector, whatever the shape.
    pub fn vector(&self, b: &'b Builder) -> Val<'b> {
        match &self.cells {
            Cells::Tensor(value) => value.reshape([self.count() as u32]),
            Cells::Scalars(cells) => b.pack(cells),
        }
    }

    /// All elements as scalars in row-major order.
    pub fn cells(&self) -> Vec<Val<'b>> {
        match &self.cells {
            Cells::Scalars(cells) => cells.clone(),
            Cells::Tensor(value) if self.shape.is_empty() => vec![*value],
            Cells::Tensor(value) => {
                let flat = value.reshape([self.count() as u32]);
                (0..self.count() as u32).map(|index| flat.at(index)).collect()
            }
        }
    }

    /// Gives the value the name of its edge, where it has no name yet.
    pub fn named(&self, name: &str) {
        match &self.cells {
            Cells::Tensor(value) => {
                value.named(name);
            }
            Cells::Scalars(cells) => {
                if let [only] = cells.as_slice() {
                    only.named(name);
                }
            }
        }
    }

    pub fn are_scalars(&self) -> bool {
        matches!(self.cells, Cells::Scalars(_))
    }

    /// Whether element-wise work should go cell by cell.
    fn prefers_scalars(&self) -> bool {
        self.are_scalars() && self.count() <= SCALAR_LIMIT
    }

    /// An element-wise operation. What comes out in the form that holds the elements is rounded or wrapped to their type.
    pub fn map(&self, b: &'b Builder, operation: impl Fn(Val<'b>) -> Val<'b>) -> Self {
        let stays = |cell: Val<'b>| if cell.elem() == elem(self.elements) { narrow(self.elements, cell) } else { cell };
        if self.prefers_scalars() {
            return self.map_cells(|cell| stays(operation(cell)));
        }
        let value = operation(self.value(b));
        let elements = if value.elem() == elem(self.elements) { self.elements } else { element_type(value.elem()) };
        PerRow::of(elements, self.batch, stays(value))
    }

    /// An operation on each element that the IR has only for scalars, such as a look-up.
    pub fn map_cells(&self, operation: impl Fn(Val<'b>) -> Val<'b>) -> Self {
        let cells: Vec<Val<'b>> = self.cells().into_iter().map(operation).collect();
        let held = cells.first().map_or(elem(self.elements), |cell| cell.elem());
        let elements = if held == elem(self.elements) { self.elements } else { element_type(held) };
        PerRow { batch: self.batch, elements, shape: self.shape.clone(), cells: Cells::Scalars(cells) }
    }

    /// As numbers of another type. Floats that do not fit into an integer type saturate, and NaN gives 0.
    pub fn cast(&self, b: &'b Builder, to: ElementType) -> Self {
        if self.elements == to {
            return self.clone();
        }
        let from = self.elements;
        let cast = |x: Val<'b>| match (from, to) {
            // Above the greatest int64, halves are converted with the bit that falls out kept, so that they round as the whole would.
            (ElementType::U64, to) if to.is_float() => {
                let half = x.binary(ir::Binary::Ushr, 1_i64).binary(ir::Binary::BitOr, x.binary(ir::Binary::BitAnd, 1_i64));
                x.lt(0_i64).select(half.cast(elem(to)) * 2.0, x.cast(elem(to)))
            }
            (from, ElementType::U64) if from.is_float() => {
                let middle = 9_223_372_036_854_775_808.0;
                let upper = (x - middle).cast(Elem::I64).binary(ir::Binary::BitXor, i64::MIN);
                x.ge(middle).select(upper, x.cast(Elem::I64))
            }
            (_, to) => x.cast(elem(to)),
        };
        let row = self.clone().with_elements(from.held());
        row.map(b, |x| narrow(to, cast(x))).with_elements(to)
    }

    /// Numbers in whose order the elements stand: an uint64 is held in another.
    pub fn ordered(&self, b: &'b Builder) -> Self {
        match self.elements {
            ElementType::U64 => self.map(b, |x| x.binary(ir::Binary::BitXor, i64::MIN)).with_elements(ElementType::I64),
            ElementType::Bool => self.cast(b, ElementType::I32),
            ElementType::F16 | ElementType::BF16 => self.clone().with_elements(ElementType::F32),
            ElementType::I8
            | ElementType::U8
            | ElementType::I16
            | ElementType::U16
            | ElementType::I32
            | ElementType::U32
            | ElementType::I64
            | ElementType::F32
            | ElementType::F64
            | ElementType::Str => self.clone(),
        }
    }

    /// The elements at these positions (row-major) under a new shape.
    pub fn picked(&self, b: &'b Builder, positions: &[usize], batch: impl Into<Option<usize>>, shape: Vec<usize>) -> Self {
        let batch = batch.into();
        match &self.cells {
            Cells::Scalars(cells) => {
                let chosen = positions.iter().filter_map(|position| cells.get(*position).copied()).collect();
                PerRow::scalars(batch, self.elements, shape, chosen)
            }
            Cells::Tensor(_)
                if positions.iter().enumerate().all(|(index, position)| index == *position) && positions.len() == self.count() =>
            {
                self.reshaped(batch, shape)
            }
            Cells::Tensor(_) => {
                let flat = self.vector(b);
                let run = positions.windows(2).all(|pair| pair[1] == pair[0] + 1);
                let picked = match positions.first() {
                    Some(start) if run => flat.slice(0, *start as u32, 1, positions.len() as u32),
                    Some(_) | None => {
                        let at = positions.iter().map(|position| *position as i64);
                        flat.gather(b.tensor(ir::Tensor::i64("positions", [positions.len() as u32], at)), 0)
                    }
                };
                PerRow::of(self.elements, batch, picked.reshape(ir_shape(&shape)))
            }
        }
    }
}

/// The value of a narrow type that a result in its wider form is rounded or wrapped to.
pub fn narrow<'b>(elements: ElementType, x: Val<'b>) -> Val<'b> {
    use ir::Binary::{BitAnd, Shl, Shr};
    match elements {
        ElementType::F16 => half(x),
        ElementType::BF16 => brain_half(x),
        ElementType::I8 | ElementType::I16 => {
            let free = 32 - i64::from(elements.bits());
            x.binary(Shl, free).binary(Shr, free)
        }
        ElementType::U8 | ElementType::U16 | ElementType::U32 => x.binary(BitAnd, elements.range().1),
        ElementType::Bool
        | ElementType::I32
        | ElementType::I64
        | ElementType::U64
        | ElementType::F32
        | ElementType::F64
        | ElementType::Str => x,
    }
}

/// The float16 next to a float32, ties to even. Below the least normal one, adding and taking away 0.5 leaves multiples of `2^-24`.
fn half(x: Val<'_>) -> Val<'_> {
    use ir::Binary::{BitAnd, Ushr};
    const LEAST_NORMAL: f64 = 6.103_515_625e-5;
    const TOO_GREAT: f64 = 65_520.0;
    let b = x.builder();
    let size = x.abs();
    let small = (size + 0.5) - 0.5;
    let bits = size.unary(ir::Unary::Bits);
    let odd = bits.binary(Ushr, 13_i64).binary(BitAnd, 1_i64);
    let normal = (bits + odd + 0xFFF_i64).binary(BitAnd, !0x1FFF_i64).unary(ir::Unary::FromBits);
    let rounded = size.lt(LEAST_NORMAL).select(small, size.ge(TOO_GREAT).select(b.f32(f32::INFINITY), normal));
    // Zero keeps its sign, and NaN is left alone.
    x.eq(0.0).select(x, x.is_nan().select(x, x.lt(0.0).select(-rounded, rounded)))
}

/// The bfloat16 next to a float32, ties to even: its upper half.
fn brain_half(x: Val<'_>) -> Val<'_> {
    use ir::Binary::{BitAnd, Ushr};
    let bits = x.unary(ir::Unary::Bits);
    let odd = bits.binary(Ushr, 16_i64).binary(BitAnd, 1_i64);
    let rounded = (bits + odd + 0x7FFF_i64).binary(BitAnd, !0xFFFF_i64).unary(ir::Unary::FromBits);
    x.is_nan().select(x, rounded)
}

/// Two operands aligned at their last axes; see [`broadcast_all`].
pub fn broadcast<'b>(
    b: &'b Builder,
    left: &Value<'b>,
    right: &Value<'b>,
    operation: impl Fn(Val<'b>, Val<'b>) -> Val<'b>,
) -> Result<Value<'b>, String> {
    broadcast_all(b, &[left, right], |values| match values {
        [x, y] => operation(*x, *y),
        _ => b.bool(false),
    })
}

/// Operands aligned at their last axes as numpy does, with the batch axes at one place.
///
/// A result in the form that holds the elements of an operand is rounded or wrapped to their type. The error says why the operands do
/// not go together: the batch axis of one would meet another axis of the other, which mixes rows.
pub fn broadcast_all<'b>(b: &'b Builder, operands: &[&Value<'b>], operation: impl Fn(&[Val<'b>]) -> Val<'b>) -> Result<Value<'b>, String> {
    let mut place = None;
    let mut rank = 0;
    for operand in operands {
        match operand {
            Value::PerRow(row) => {
                let from_end = row.batch.map(|batch| row.rank() - 1 - batch);
                if let (Some(place), Some(from_end)) = (place, from_end)
                    && place != from_end
                {
                    return Err("the batch axes of its operands do not meet, so that each row would see other rows".to_owned());
                }
                place = place.or(from_end);
                rank = rank.max(row.rank());
            }
            Value::Constant(tensor) => rank = rank.max(tensor.dims.len()),
            Value::Absent
            | Value::Dims(_)
            | Value::Map(_)
            | Value::Sequence(_)
            | Value::Flat(..)
            | Value::Tokens(_)
            | Value::Refused(_) => {
                return Err("its operands are not tensors".to_owned());
            }
        }
    }
    let batch = place.map(|place| rank - 1 - place);
    let sides = operands.iter().map(|operand| Operand::of(operand, place)).collect::<Result<Vec<_>, _>>()?;
    let mut shape = Vec::new();
    for side in &sides {
        shape = broadcast_shape(&shape, &side.shape).ok_or_else(|| format!("shapes {shape:?} and {:?} do not broadcast", side.shape))?;
    }
    let Some(count) = element_count(&shape) else { return Err(format!("its result of shape {shape:?} is too large")) };
    let of_result = |value: Val<'b>| {
        let held = value.elem();
        sides.iter().map(Operand::elements).find(|elements| elem(*elements) == held).unwrap_or(element_type(held))
    };
    let is_text = sides.iter().any(|side| side.elements() == ElementType::Str);
    if count <= SCALAR_LIMIT && (is_text || sides.iter().any(Operand::are_scalars) && sides.iter().all(Operand::prefers_scalars)) {
        let columns: Vec<Vec<Val<'b>>> = sides.iter().map(|side| side.cells(b)).collect();
        let cells: Vec<Val<'b>> = (0..count)
            .map(|index| {
                let values: Vec<Val<'b>> = std::iter::zip(&columns, &sides)
                    .filter_map(|(column, side)| column.get(source_index(index, &shape, &side.shape)).copied())
                    .collect();
                let value = operation(&values);
                narrow(of_result(value), value)
            })
            .collect();
        let elements = cells.first().map_or(ElementType::F32, |cell| of_result(*cell));
        return Ok(Value::PerRow(PerRow::scalars(batch, elements, shape, cells)));
    }
    let values: Vec<Val<'b>> = sides.iter().map(|side| side.value(b)).collect();
    let value = operation(&values);
    let elements = of_result(value);
    let value = narrow(elements, value);
    // An operand without elements leaves a shape that the operation does not see.
    Ok(Value::PerRow(PerRow::of(elements, batch, value).reshaped(batch, shape)))
}

/// One side of a broadcast, without the batch axis.
struct Operand<'v, 'b> {
    value: &'v Value<'b>,
    shape: Vec<usize>,
}

impl<'v, 'b> Operand<'v, 'b> {
    /// What has no batch axis may have an axis where the batch is, if its length is 1.
    fn of(value: &'v Value<'b>, place: Option<usize>) -> Result<Self, String> {
        let beside = |dims: &[usize]| {
            let mut dims = dims.to_vec();
            if let Some(axis) = place.and_then(|place| dims.len().checked_sub(place + 1))
                && dims.remove(axis) != 1
            {
                return Err("an operand that is the same for all rows has a value for each row of a batch".to_owned());
            }
            Ok(dims)
        };
        let shape = match value {
            Value::PerRow(row) if row.batch.is_some() => row.shape.clone(),
            Value::PerRow(row) => beside(&row.shape)?,
            Value::Constant(tensor) => beside(&tensor.dims)?,
            Value::Absent
            | Value::Dims(_)
            | Value::Map(_)
            | Value::Sequence(_)
            | Value::Flat(..)
            | Value::Tokens(_)
            | Value::Refused(_) => {
                return Err("its operands are not tensors".to_owned());
            }
        };
        Ok(Operand { value, shape })
    }

    fn elements(&self) -> ElementType {
        match self.value {
            Value::PerRow(row) => row.elements,
            Value::Constant(tensor) => tensor.elements,
            Value::Absent
            | Value::Dims(_)
            | Value::Map(_)
            | Value::Sequence(_)
            | Value::Flat(..)
            | Value::Tokens(_)
            | Value::Refused(_) => ElementType::F32,
        }
    }

    fn are_scalars(&self) -> bool {
        matches!(self.value, Value::PerRow(row) if row.are_scalars())
    }

    fn prefers_scalars(&self) -> bool {
        match self.value {
            Value::PerRow(row) => row.prefers_scalars(),
            Value::Constant(tensor) => tensor.data.len() <= SCALAR_LIMIT,
            Value::Absent
            | Value::Dims(_)
            | Value::Map(_)
            | Value::Sequence(_)
            | Value::Flat(..)
            | Value::Tokens(_)
            | Value::Refused(_) => false,
        }
    }

    fn cells(&self, b: &'b Builder) -> Vec<Val<'b>> {
        match self.value {
            Value::PerRow(row) => row.cells(),
            Value::Constant(tensor) => literals(&tensor.data).into_iter().map(|literal| b.constant(literal)).collect(),
            Value::Absent
            | Value::Dims(_)
            | Value::Map(_)
            | Value::Sequence(_)
            | Value::Flat(..)
            | Value::Tokens(_)
            | Value::Refused(_) => Vec::new(),
        }
    }

    fn value(&self, b: &'b Builder) -> Val<'b> {
        match self.value {
            Value::PerRow(row) => row.value(b).reshape(ir_shape(&self.shape)),
            Value::Constant(tensor) => constant(b, "constant", &self.shape, &tensor.data),
            Value::Absent
            | Value::Dims(_)
            | Value::Map(_)
            | Value::Sequence(_)
            | Value::Flat(..)
            | Value::Tokens(_)
            | Value::Refused(_) => b.f32(0.0),
        }
    }
}

pub fn broadcast_shape(a: &[usize], b: &[usize]) -> Option<Vec<usize>> {
    let rank = a.len().max(b.len());
    let dim = |shape: &[usize], axis: usize| (axis + shape.len()).checked_sub(rank).and_then(|at| shape.get(at)).copied().unwrap_or(1);
    (0..rank)
        .map(|axis| match (dim(a, axis), dim(b, axis)) {
            (x, y) if x == y => Some(x),
            (1, y) => Some(y),
            (x, 1) => Some(x),
            _ => None,
        })
        .collect()
}

/// Where an element of a broadcast result comes from in an operand of shape `from`.
pub fn source_index(index: usize, shape: &[usize], from: &[usize]) -> usize {
    let mut rest = index;
    let mut source = 0;
    let mut stride = 1;
    for (from_end, dim) in shape.iter().rev().enumerate() {
        let at = rest % dim.max(&1);
        rest /= dim.max(&1);
        if let Some(own) = from.len().checked_sub(from_end + 1).and_then(|axis| from.get(axis)) {
            if *own != 1 {
                source += at * stride;
            }
            stride *= own;
        }
    }
    source
}

/// The sum of lengths that a file gives; the greatest number there is where they come to more.
pub fn total(lengths: &[usize]) -> usize {
    lengths.iter().fold(0, |sum: usize, length| sum.saturating_add(*length))
}

/// The number of elements of a shape, if it is within [`ELEMENT_LIMIT`].
pub fn element_count(shape: &[usize]) -> Option<usize> {
    shape.iter().try_fold(1usize, |count, dim| count.checked_mul(*dim)).filter(|count| *count <= ELEMENT_LIMIT)
}

/// An axis number with negative ones counted from the end.
pub fn normal_axis(axis: i64, rank: usize) -> Option<usize> {
    let rank_number = i64::try_from(rank).ok()?;
    let axis = if axis < 0 { axis + rank_number } else { axis };
    usize::try_from(axis).ok().filter(|axis| *axis < rank)
}

pub fn ir_shape(shape: &[usize]) -> Vec<u32> {
    shape.iter().map(|dim| *dim as u32).collect()
}

/// What holds elements of a type in the IR; see [`ElementType::held`].
pub fn elem(elements: ElementType) -> Elem {
    match elements {
        ElementType::Bool => Elem::Bool,
        ElementType::I8 | ElementType::U8 | ElementType::I16 | ElementType::U16 | ElementType::I32 => Elem::I32,
        ElementType::U32 | ElementType::I64 | ElementType::U64 => Elem::I64,
        ElementType::F16 | ElementType::BF16 | ElementType::F32 => Elem::F32,
        ElementType::F64 => Elem::F64,
        ElementType::Str => Elem::Str,
    }
}

/// The ONNX type of an IR element. Times do not occur in graphs; they are whole numbers.
pub fn element_type(elem: Elem) -> ElementType {
    match elem {
        Elem::Bool => ElementType::Bool,
        Elem::I32 => ElementType::I32,
        Elem::F32 => ElementType::F32,
        Elem::F64 => ElementType::F64,
        Elem::Str => ElementType::Str,
        Elem::I64 | Elem::Date | Elem::DateTime | Elem::Duration => ElementType::I64,
    }
}

/// What literals of one kind are as data; `None` for others.
pub fn data(elem: Elem, literals: &[Literal]) -> Option<Data> {
    fn all<T>(literals: &[Literal], of: impl Fn(&Literal) -> Option<T>) -> Option<Vec<T>> {
        literals.iter().map(of).collect()
    }
    match elem {
        Elem::Bool => all(literals, Literal::as_bool).map(Data::bool),
        Elem::I32 => all(literals, |x| if let Literal::I32(x) = x { Some(*x) } else { None }).map(Data::i32),
        Elem::I64 => all(literals, |x| if let Literal::I64(x) = x { Some(*x) } else { None }).map(Data::i64),
        Elem::F32 => all(literals, |x| if let Literal::F32(x) = x { Some(*x) } else { None }).map(Data::f32),
        Elem::F64 => all(literals, |x| if let Literal::F64(x) = x { Some(*x) } else { None }).map(Data::f64),
        Elem::Str => all(literals, |x| x.as_str().map(str::to_owned)).map(Data::text),
        Elem::Date | Elem::DateTime | Elem::Duration => None,
    }
}

/// Elements as literals of the kind that holds them.
pub fn literals(data: &Data) -> Vec<Literal> {
    data.elements().iter().collect()
}

/// Constant data as an IR value; a scalar literal where the shape is empty.
pub fn constant<'b>(b: &'b Builder, name: &str, shape: &[usize], data: &Data) -> Val<'b> {
    let values = data.elements();
    match values.get(0) {
        Some(only) if shape.is_empty() && values.len() == 1 => b.constant(only),
        Some(_) | None => b.tensor(ir::Tensor::new(name, ir_shape(shape), values)),
    }
}
