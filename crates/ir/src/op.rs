//! Every operation.

use crate::{Binary, Elem, Handle, Literal, Table, TextOp, Unary, Value, module::Function};

/// How an axis is folded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reduce {
    /// Eight lanes that start at 0: element `i` is added to lane `i % 8` in index order, then
    /// `((l0 + l1) + (l2 + l3)) + ((l4 + l5) + (l6 + l7))`. Elements are counted over all reduced axes in row-major order.
    Sum,
    /// In index order, starting at 0; the order in which forests add their trees.
    SumInOrder,
    /// In index order, starting at 1.
    Prod,
    /// The first greatest element; a NaN wins over everything. There must be an element.
    Max,
    /// The first least element; a NaN wins over everything. There must be an element.
    Min,
    /// The index of the first greatest element as `i64`, along one axis. A NaN is never greater, so it wins only in first place.
    ArgMax,
}

impl Reduce {
    pub const ALL: &[Reduce] = &[Reduce::Sum, Reduce::SumInOrder, Reduce::Prod, Reduce::Max, Reduce::Min, Reduce::ArgMax];

    /// The word of the text form.
    pub fn name(self) -> &'static str {
        match self {
            Reduce::Sum => "sum",
            Reduce::SumInOrder => "sum_in_order",
            Reduce::Prod => "prod",
            Reduce::Max => "max",
            Reduce::Min => "min",
            Reduce::ArgMax => "arg_max",
        }
    }

    pub fn from_name(name: &str) -> Option<Reduce> {
        Reduce::ALL.iter().copied().find(|how| how.name() == name)
    }
}

/// What a node computes. All operations are total and have no effect. Strict unless said otherwise: a null operand makes a null result.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Op {
    /// A parameter of the function.
    Param(u32),
    Const(Literal),
    /// A tensor, read whole.
    Table(Handle<Table>),
    /// Element by element.
    Unary(Unary, Value),
    /// Element by element; shapes broadcast as in numpy.
    Binary(Binary, Value, Value),
    /// Element by element. Integers to floats round to nearest; floats to integers cut toward zero, saturate, and NaN gives 0;
    /// wider integers wrap into narrower ones; anything to `bool` is `!= 0`; times to and from `i64` keep the number.
    Cast {
        x: Value,
        to: Elem,
    },
    /// On scalars.
    Text(TextOp, Vec<Value>),
    /// `yes` where `cond` holds, else `no`; null where `cond` is null. The other arm may be null. Shapes broadcast.
    Select {
        cond: Value,
        yes: Value,
        no: Value,
    },
    /// Never null.
    IsNull(Value),
    /// `x` where it is not null, else `default`.
    OrElse {
        x: Value,
        default: Value,
    },
    /// The value beside the keys, null when they are not there. A NaN key is never there.
    Lookup {
        keys: Vec<Value>,
        map: Handle<Table>,
    },
    /// The leaf that the row reaches in each tree: `i32[trees]`, counted over the whole forest.
    Walk {
        row: Value,
        forest: Handle<Table>,
    },
    /// Scalars of one kind as a vector.
    Pack(Vec<Value>),
    /// The same elements in row-major order.
    Reshape {
        x: Value,
        shape: Vec<u32>,
    },
    /// Axis `i` of the result is axis `order[i]` of `x`.
    Transpose {
        x: Value,
        order: Vec<u8>,
    },
    /// The elements `start, start + step, ...`, `count` of them, along an axis. All are inside.
    Slice {
        x: Value,
        axis: u8,
        start: u32,
        step: i32,
        count: u32,
    },
    Concat {
        parts: Vec<Value>,
        axis: u8,
    },
    /// An axis seen through a window that slides along it. The axis becomes two, as [`Window`] says.
    Window {
        x: Value,
        axis: u8,
        window: Window,
    },
    /// The elements at integer positions along an axis, whose place the shape of `at` takes. A position outside is clamped.
    Gather {
        x: Value,
        at: Value,
        axis: u8,
    },
    /// Folds the axes away.
    Reduce {
        how: Reduce,
        x: Value,
        axes: Vec<u8>,
    },
    /// The sum of products over pairs of axes, added as [`Reduce::Sum`]. Left are the axes of `a`, then those of `b`.
    Contract {
        a: Value,
        b: Value,
        over: Vec<(u8, u8)>,
    },
    /// One result of an earlier function of scalars. Arguments that are tensors go in element by element; shapes broadcast. Front ends
    /// call with scalars only: tensors are what [`Unary`] and [`Binary`] are for, and become calls with `math::expand`.
    Call {
        function: Handle<Function>,
        args: Vec<Value>,
        result: u32,
    },
    /// What the first argument becomes in so many turns, at least none and at most [`MOST_TURNS`]: in each it is replaced by the result of
    /// `function(args..., turn)`, where turns count from 0. Null where an operand is.
    Iterate {
        function: Handle<Function>,
        args: Vec<Value>,
        times: Value,
    },
}

/// How a window slides along an axis: where the window stands for the `i`th time, its place number `k` shows the element
/// `i * stride + k * dilation - before`, or `fill` where the axis has no such element. The axis becomes `[count, size]`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Window {
    /// How often it stands.
    pub count: u32,
    /// How many places it shows.
    pub size: u32,
    pub stride: u32,
    pub dilation: u32,
    pub before: u32,
    /// Of the kind of the elements, and not null.
    pub fill: Literal,
}

impl Window {
    /// The element that a place shows, if an axis of this length has it.
    pub fn element(&self, stand: u32, place: u32, length: u32) -> Option<u32> {
        let at = u64::from(stand) * u64::from(self.stride) + u64::from(place) * u64::from(self.dilation);
        at.checked_sub(u64::from(self.before)).filter(|at| *at < u64::from(length)).map(|at| at as u32)
    }

    /// Whether every place shows an element of an axis of this length.
    pub fn is_inside(&self, length: u32) -> bool {
        let shows = |stand, place| self.element(stand, place, length).is_some();
        self.count == 0 || self.size == 0 || shows(0, 0) && shows(self.count - 1, self.size - 1)
    }
}

/// No iteration has more turns.
pub const MOST_TURNS: i64 = 1 << 20;

/// What an operation names outside its function.
pub enum Link<'a> {
    Table(&'a mut Handle<Table>),
    Function(&'a mut Handle<Function>),
}

impl Op {
    /// The table that it reads or the function that it calls, to be looked at or replaced.
    pub fn link(&mut self) -> Option<Link<'_>> {
        match self {
            Op::Table(table) | Op::Lookup { map: table, .. } | Op::Walk { forest: table, .. } => Some(Link::Table(table)),
            Op::Call { function, .. } | Op::Iterate { function, .. } => Some(Link::Function(function)),
            Op::Param(_)
            | Op::Const(_)
            | Op::Unary(..)
            | Op::Binary(..)
            | Op::Cast { .. }
            | Op::Text(..)
            | Op::Select { .. }
            | Op::IsNull(_)
            | Op::OrElse { .. }
            | Op::Pack(_)
            | Op::Reshape { .. }
            | Op::Transpose { .. }
            | Op::Slice { .. }
            | Op::Concat { .. }
            | Op::Window { .. }
            | Op::Gather { .. }
            | Op::Reduce { .. }
            | Op::Contract { .. } => None,
        }
    }

    /// All operands, in order.
    pub fn operands(&self) -> Vec<Value> {
        match self {
            Op::Param(_) | Op::Const(_) | Op::Table(_) => vec![],
            Op::Unary(_, x)
            | Op::Cast { x, .. }
            | Op::IsNull(x)
            | Op::Reshape { x, .. }
            | Op::Transpose { x, .. }
            | Op::Slice { x, .. }
            | Op::Window { x, .. }
            | Op::Reduce { x, .. } => vec![*x],
            Op::Binary(_, a, b) | Op::Contract { a, b, .. } => vec![*a, *b],
            Op::Text(_, args) | Op::Lookup { keys: args, .. } | Op::Pack(args) | Op::Concat { parts: args, .. } | Op::Call { args, .. } => {
                args.clone()
            }
            Op::Select { cond, yes, no } => vec![*cond, *yes, *no],
            Op::OrElse { x, default } => vec![*x, *default],
            Op::Walk { row, .. } => vec![*row],
            Op::Gather { x, at, .. } => vec![*x, *at],
            Op::Iterate { args, times, .. } => args.iter().chain([times]).copied().collect(),
        }
    }

    /// The same operation on other operands.
    pub fn map_operands(&self, mut to: impl FnMut(Value) -> Value) -> Op {
        let mut op = self.clone();
        match &mut op {
            Op::Param(_) | Op::Const(_) | Op::Table(_) => {}
            Op::Unary(_, x)
            | Op::Cast { x, .. }
            | Op::IsNull(x)
            | Op::Reshape { x, .. }
            | Op::Transpose { x, .. }
            | Op::Slice { x, .. }
            | Op::Window { x, .. }
            | Op::Reduce { x, .. } => *x = to(*x),
            Op::Binary(_, a, b) | Op::Contract { a, b, .. } => (*a, *b) = (to(*a), to(*b)),
            Op::Text(_, args) | Op::Lookup { keys: args, .. } | Op::Pack(args) | Op::Concat { parts: args, .. } | Op::Call { args, .. } => {
                args.iter_mut().for_each(|arg| *arg = to(*arg));
            }
            Op::Select { cond, yes, no } => (*cond, *yes, *no) = (to(*cond), to(*yes), to(*no)),
            Op::OrElse { x, default } => (*x, *default) = (to(*x), to(*default)),
            Op::Walk { row, .. } => *row = to(*row),
            Op::Gather { x, at, .. } => (*x, *at) = (to(*x), to(*at)),
            Op::Iterate { args, times, .. } => args.iter_mut().chain([times]).for_each(|operand| *operand = to(*operand)),
        }
        op
    }
}
