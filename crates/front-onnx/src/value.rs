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
    /// Could not be translated; what is said about it, unless it was said already.
    Refused(Option<Box<source::Diagnostic>>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dim {
    Known(usize),
    Batch,
}

/// A tensor with a batch axis; every row is computed from its own inputs only.
#[derive(Clone)]
pub struct PerRow<'b> {
    /// The place of the batch axis among the axes of the ONNX tensor.
    pub batch: usize,
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
    pub fn tensor(batch: usize, value: Val<'b>) -> Self {
        let ty = value.ty();
        PerRow {
            batch,
            elements: element_type(ty.elem),
            shape: ty.shape.iter().map(|dim| *dim as usize).collect(),
            cells: Cells::Tensor(value),
        }
    }

    /// From scalars in row-major order; as many as `shape` asks for.
    pub fn scalars(batch: usize, elements: ElementType, shape: Vec<usize>, cells: Vec<Val<'b>>) -> Self {
        PerRow { batch, elements, shape, cells: Cells::Scalars(cells) }
    }

    pub fn count(&self) -> usize {
        self.shape.iter().product()
    }

    /// The rank of the ONNX tensor.
    pub fn rank(&self) -> usize {
        self.shape.len() + 1
    }

    pub fn dims(&self) -> Vec<Dim> {
        let mut dims: Vec<Dim> = self.shape.iter().map(|dim| Dim::Known(*dim)).collect();
        dims.insert(self.batch.min(dims.len()), Dim::Batch);
        dims
    }

    /// An axis number of the ONNX tensor, negative ones counted from the end. `None` when there is no such axis.
    pub fn axis(&self, axis: i64) -> Option<Axis> {
        let axis = normal_axis(axis, self.rank())?;
        Some(match axis.cmp(&self.batch) {
            std::cmp::Ordering::Less => Axis::Inner(axis),
            std::cmp::Ordering::Equal => Axis::Batch,
            std::cmp::Ordering::Greater => Axis::Inner(axis - 1),
        })
    }

    /// The same elements under another shape and batch axis; the counts must agree.
    pub fn reshaped(&self, batch: usize, shape: Vec<usize>) -> Self {
        let cells = match &self.cells {
            Cells::Tensor(value) => Cells::Tensor(value.reshape(ir_shape(&shape))),
            Cells::Scalars(cells) => Cells::Scalars(cells.clone()),
        };
        PerRow { batch, elements: self.elements, shape, cells }
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

    /// An element-wise operation.
    pub fn map(&self, b: &'b Builder, operation: impl Fn(Val<'b>) -> Val<'b>) -> Self {
        if self.prefers_scalars() {
            let cells: Vec<Val<'b>> = self.cells().into_iter().map(operation).collect();
            let elements = cells.first().map_or(self.elements, |cell| element_type(cell.elem()));
            PerRow { batch: self.batch, elements, shape: self.shape.clone(), cells: Cells::Scalars(cells) }
        } else {
            PerRow::tensor(self.batch, operation(self.value(b)))
        }
    }

    /// An operation on each element that the IR has only for scalars, such as a look-up.
    pub fn map_cells(&self, operation: impl Fn(Val<'b>) -> Val<'b>) -> Self {
        let cells: Vec<Val<'b>> = self.cells().into_iter().map(operation).collect();
        let elements = cells.first().map_or(self.elements, |cell| element_type(cell.elem()));
        PerRow { batch: self.batch, elements, shape: self.shape.clone(), cells: Cells::Scalars(cells) }
    }

    pub fn cast(&self, b: &'b Builder, to: ElementType) -> Self {
        if self.elements == to { self.clone() } else { self.map(b, |x| x.cast(elem(to))) }
    }

    /// The elements at these positions (row-major) under a new shape.
    pub fn picked(&self, b: &'b Builder, positions: &[usize], batch: usize, shape: Vec<usize>) -> Self {
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
                PerRow::tensor(batch, picked.reshape(ir_shape(&shape)))
            }
        }
    }
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

/// Operands aligned at their last axes as numpy does, with the batch axes at one place; one at least differs from row to row.
///
/// The error says why they cannot be: the batch axis of one would meet another axis of the other, which mixes rows.
pub fn broadcast_all<'b>(b: &'b Builder, operands: &[&Value<'b>], operation: impl Fn(&[Val<'b>]) -> Val<'b>) -> Result<Value<'b>, String> {
    let mut place = None;
    let mut rank = 0;
    for operand in operands {
        match operand {
            Value::PerRow(row) => {
                let from_end = row.rank() - 1 - row.batch;
                if place.is_some_and(|place| place != from_end) {
                    return Err("the batch axes of its operands do not meet, so that each row would see other rows".to_owned());
                }
                place = Some(from_end);
                rank = rank.max(row.rank());
            }
            Value::Constant(tensor) => rank = rank.max(tensor.dims.len()),
            Value::Absent | Value::Dims(_) | Value::Map(_) | Value::Refused(_) => return Err("its operands are not tensors".to_owned()),
        }
    }
    let Some(place) = place else { return Err("all of its inputs are constants".to_owned()) };
    let batch = rank - 1 - place;
    let sides = operands.iter().map(|operand| Operand::of(operand, place)).collect::<Result<Vec<_>, _>>()?;
    let mut shape = Vec::new();
    for side in &sides {
        shape = broadcast_shape(&shape, &side.shape).ok_or_else(|| format!("shapes {shape:?} and {:?} do not broadcast", side.shape))?;
    }
    let Some(count) = element_count(&shape) else { return Err(format!("its result of shape {shape:?} is too large")) };
    if count <= SCALAR_LIMIT && sides.iter().all(Operand::prefers_scalars) {
        let columns: Vec<Vec<Val<'b>>> = sides.iter().map(|side| side.cells(b)).collect();
        let cells: Vec<Val<'b>> = (0..count)
            .map(|index| {
                let values: Vec<Val<'b>> = std::iter::zip(&columns, &sides)
                    .filter_map(|(column, side)| column.get(source_index(index, &shape, &side.shape)).copied())
                    .collect();
                operation(&values)
            })
            .collect();
        let elements = cells.first().map_or(ElementType::F32, |cell| element_type(cell.elem()));
        return Ok(Value::PerRow(PerRow::scalars(batch, elements, shape, cells)));
    }
    let values: Vec<Val<'b>> = sides.iter().map(|side| side.value(b)).collect();
    Ok(Value::PerRow(PerRow::tensor(batch, operation(&values)).reshaped(batch, shape)))
}

/// One side of a broadcast, without the batch axis.
struct Operand<'v, 'b> {
    value: &'v Value<'b>,
    shape: Vec<usize>,
}

impl<'v, 'b> Operand<'v, 'b> {
    /// A constant may have an axis where the batch is, if its length is 1.
    fn of(value: &'v Value<'b>, place: usize) -> Result<Self, String> {
        let shape = match value {
            Value::PerRow(row) => row.shape.clone(),
            Value::Constant(tensor) => {
                let mut dims = tensor.dims.clone();
                if let Some(axis) = dims.len().checked_sub(place + 1)
                    && dims.remove(axis) != 1
                {
                    return Err(format!("a constant of shape {:?} has a value for each row of a batch", tensor.dims));
                }
                dims
            }
            Value::Absent | Value::Dims(_) | Value::Map(_) | Value::Refused(_) => return Err("its operands are not tensors".to_owned()),
        };
        Ok(Operand { value, shape })
    }

    fn prefers_scalars(&self) -> bool {
        match self.value {
            Value::PerRow(row) => row.prefers_scalars(),
            Value::Constant(tensor) => tensor.data.len() <= SCALAR_LIMIT,
            Value::Absent | Value::Dims(_) | Value::Map(_) | Value::Refused(_) => false,
        }
    }

    fn cells(&self, b: &'b Builder) -> Vec<Val<'b>> {
        match self.value {
            Value::PerRow(row) => row.cells(),
            Value::Constant(tensor) => literals(&tensor.data).into_iter().map(|literal| b.constant(literal)).collect(),
            Value::Absent | Value::Dims(_) | Value::Map(_) | Value::Refused(_) => Vec::new(),
        }
    }

    fn value(&self, b: &'b Builder) -> Val<'b> {
        match self.value {
            Value::PerRow(row) => row.value(b),
            Value::Constant(tensor) => constant(b, "constant", &self.shape, &tensor.data),
            Value::Absent | Value::Dims(_) | Value::Map(_) | Value::Refused(_) => b.f32(0.0),
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

pub fn elem(elements: ElementType) -> Elem {
    match elements {
        ElementType::Bool => Elem::Bool,
        ElementType::I32 => Elem::I32,
        ElementType::I64 => Elem::I64,
        ElementType::F32 => Elem::F32,
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

pub fn literals(data: &Data) -> Vec<Literal> {
    match data {
        Data::Bool(items) => items.iter().map(|item| Literal::Bool(*item)).collect(),
        Data::I32(items) => items.iter().map(|item| Literal::I32(*item)).collect(),
        Data::I64(items) => items.iter().map(|item| Literal::I64(*item)).collect(),
        Data::F32(items) => items.iter().map(|item| Literal::F32(*item)).collect(),
        Data::F64(items) => items.iter().map(|item| Literal::F64(*item)).collect(),
        Data::Str(items) => items.iter().map(|item| Literal::Str(item.clone())).collect(),
    }
}

/// Constant data as an IR value; a scalar literal where the shape is empty.
pub fn constant<'b>(b: &'b Builder, name: &str, shape: &[usize], data: &Data) -> Val<'b> {
    let mut values = literals(data);
    match (shape.is_empty(), values.len()) {
        (true, 1) => b.constant(values.remove(0)),
        _ => b.tensor(ir::Tensor { name: name.to_owned(), elem: elem(data.element_type()), shape: ir_shape(shape), values }),
    }
}
