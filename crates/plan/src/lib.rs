//! `Checked -> Plan`: everything that all targets must decide alike is decided here, once.
//!
//! A [`Plan`] is flat: routines of statements over typed locals. Order, sharing, names, loops, buffers, what null is and how tables lie
//! in memory are fixed; a back end only spells. There are no nulls left inside a routine: a nullable value has become a value and,
//! where it matters, a truth value that says it is missing. There are no tensors left either: arrays are filled in row-major loops.
//!
//! Start at [`Plan`], then [`Stmt`] and [`ExprKind`]; [`lower`] makes it all. Back ends know this crate and no other of ours.

mod lower;
pub mod names;
mod output;
mod tables;

pub use ir::{Elem, Elements, Literal, Reason, Test, TextOp, Type, unicode};
pub use lower::lower;
pub use names::Ident;
pub use output::{Cell, File, Golden, GoldenOutcome};
pub use tables::{
    Asks, FEATURE_MASK, Forest, ForestForm, MISSING_IS_YES, Map, PlannedSplit, Storage, TEST_SHIFT, Tensor, Tree, bytes, file_bytes,
};

/// A scorer, ready to be spelled.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What the scorer is called, by its author.
    pub name: String,
    pub ident: Ident,
    /// The files it was made from, for the head of the generated code.
    pub files: Vec<String>,
    pub inputs: Vec<Column>,
    pub outputs: Vec<Column>,
    /// What several outputs say together.
    pub predictions: Vec<Prediction>,
    /// Why a row may have no score, in the order of their numbers.
    pub rejections: Vec<Rejection>,
    pub tensors: Vec<Tensor>,
    pub maps: Vec<Map>,
    pub forests: Vec<Forest>,
    /// Functions that the scorer calls, callees before callers.
    pub routines: Vec<Routine>,
    /// One row in, one record out. Its parameters are the inputs.
    pub entry: Routine,
}

/// A reason with a name.
#[derive(Debug, Clone)]
pub struct Rejection {
    pub ident: Ident,
    pub reason: Reason,
}

/// A field of the input or the output record.
#[derive(Debug, Clone)]
pub struct Column {
    pub ident: Ident,
    /// As the user wrote it; any text at all, so never put into code unescaped.
    pub name: String,
    pub ty: Type,
    pub doc: String,
}

/// Outputs that say together of which class a row is.
#[derive(Debug, Clone)]
pub struct Prediction {
    /// `prediction`, with the name of the label before it where there are several.
    pub ident: Ident,
    /// Of the enumeration: `predicted_class`, likewise.
    pub class: Ident,
    /// The output that is the label. It is always one of the classes.
    pub label: usize,
    /// The classes, each a text or an `i64`, with the names of their variants.
    pub classes: Vec<(Ident, Literal)>,
    /// The outputs that are the scores of the classes, in their order; only one is a vector that holds all.
    pub scores: Vec<usize>,
}

impl Plan {
    /// A line of a README for each prediction; `call` spells how a target makes it of an `output`.
    pub fn prediction_lines(&self, call: impl Fn(&Prediction) -> String) -> String {
        let line = |one: &Prediction| {
            format!("- `{}` gives the class of a row as a `{}`, with the scores of all classes.\n", call(one), one.class.pascal())
        };
        self.predictions.iter().map(line).collect()
    }
}

impl Prediction {
    /// What the labels are: texts or whole numbers.
    pub fn is_text(&self) -> bool {
        self.classes.iter().any(|(_, class)| class.elem() == Elem::Str)
    }
}

/// A function: statements, then results.
#[derive(Debug, Clone)]
pub struct Routine {
    pub ident: Ident,
    pub doc: String,
    /// The first locals are the parameters, all scalars. The entry has none: it reads [`ExprKind::Input`].
    pub params: usize,
    pub locals: Vec<Local>,
    pub body: Vec<Stmt>,
    pub results: Vec<ResultValue>,
}

/// A variable of a routine.
#[derive(Debug, Clone)]
pub struct Local {
    pub ident: Ident,
    pub elem: Elem,
    /// The number of elements of an array; `None` for a scalar.
    pub length: Option<u32>,
    /// Whether it is written more than once.
    pub mutable: bool,
}

/// The number of a local in its routine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LocalId(pub u32);

/// What a routine gives for one of its results. An array result is a local.
#[derive(Debug, Clone)]
pub enum ResultValue {
    /// `missing` says where a nullable result is null; `value` is then of no meaning.
    Scalar {
        value: Expr,
        missing: Option<Expr>,
    },
    Array(ArrayRef),
}

/// An array that can be indexed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArrayRef {
    Local(LocalId),
    /// A parameter of the entry with a shape, row-major.
    Input(u32),
}

#[derive(Debug, Clone)]
pub enum Stmt {
    /// What follows comes from here: `prepare.py:12: df["ratio"] = ...`. Any text; one line.
    Origin(String),
    /// A new scalar. If its value is a [`ExprKind::Select`], statements may be nicer than an expression.
    Let { local: LocalId, value: Expr },
    /// A new array with all its elements.
    Array { local: LocalId, elements: Vec<Expr> },
    /// A new array of zeros.
    Zeros { local: LocalId },
    /// `local = value`
    Set { local: LocalId, value: Expr },
    /// `local[index] = value`
    SetElement { local: LocalId, index: Expr, value: Expr },
    /// `index` (an `i32`, declared here) runs over `0..count`.
    Loop { index: LocalId, count: u32, body: Vec<Stmt> },
    /// `index` (an `i64`, declared here) runs over `0..times`.
    Turns { index: LocalId, times: Expr, body: Vec<Stmt> },
    /// The row is not scored where `when` holds, for the reason with that number; the routine ends.
    Reject { when: Expr, reason: u32 },
}

/// An expression: total and without effect.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    pub kind: ExprKind,
    /// The kind of its value.
    pub elem: Elem,
}

#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// Never null.
    Const(Literal),
    /// A scalar.
    Local(LocalId),
    /// A scalar input; of a nullable one the value, or its zero (`0`, `""`) where it is null.
    Input(u32),
    InputIsNull(u32),
    /// A nullable scalar input, or the other value where it is null.
    InputOr(u32, Box<Expr>),
    /// `array[index]`; the index is an `i32` inside the array.
    Element(ArrayRef, Box<Expr>),
    /// `tensors[.0].values[index]`
    TensorElement(usize, Box<Expr>),
    Unary(Unary, Box<Expr>),
    Binary(Binary, Box<Expr>, Box<Expr>),
    /// To [`Expr::elem`], which is another kind, as `ir::Op::Cast` says.
    Cast(Box<Expr>),
    /// Evaluates one arm only, where that saves time.
    Select(Box<Expr>, Box<Expr>, Box<Expr>),
    Text(TextOp, Vec<Expr>),
    /// The integer, at least 0 and at most the number, as an `i32`.
    Clamp(Box<Expr>, u32),
    /// `maps[.map]`'s value beside the keys, or `otherwise`.
    MapGet {
        map: usize,
        keys: Vec<Expr>,
        otherwise: Box<Expr>,
    },
    MapHas {
        map: usize,
        keys: Vec<Expr>,
    },
    /// Where `row` gets in tree number `tree`: the leaf, or the leaf's value if `forests[.forest]` has values.
    Tree {
        forest: usize,
        tree: Box<Expr>,
        row: ArrayRef,
    },
    /// The only result of `routines[.routine]`, or the one with that number.
    Call {
        routine: usize,
        args: Vec<Expr>,
        result: u32,
    },
}

macro_rules! subset {
    ($(#[$doc:meta])* $name:ident of $from:ty { $($variant:ident),* $(,)? } else $($rest:ident),*) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $($variant),* }

        impl $name {
            /// The operation, unless it has become a call by now.
            pub(crate) fn of(op: $from) -> Option<$name> {
                match op {
                    $(<$from>::$variant => Some($name::$variant),)*
                    $(<$from>::$rest)|* => None,
                }
            }
        }
    };
}

subset! {
    /// Operations on one element that every target has; `ir::Unary` says what they mean. Those that it lacks are calls.
    Unary of ir::Unary { Neg, Abs, Not, Sqrt, Floor, Ceil, Trunc, RoundEven, IsNan, Bits, FromBits }
    else Exp, Expm1, Log, Log1p, Log2, Log10, Sin, Cos, Tan, Asin, Acos, Atan, Sinh, Cosh, Tanh, Asinh, Acosh, Atanh, Erf, Sigmoid
}

subset! {
    /// Operations on two elements; the kind of the operands is that of the first. `And` and `Or` are of two values.
    Binary of ir::Binary { Add, Sub, Mul, Div, Rem, Eq, Ne, Lt, Le, Gt, Ge, And, Or, BitAnd, BitOr, BitXor, Shl, Shr, Ushr }
    else Pow, Atan2, Hypot
}

impl Expr {
    pub fn constant(literal: impl Into<Literal>) -> Expr {
        let literal = literal.into();
        Expr { elem: literal.elem(), kind: ExprKind::Const(literal) }
    }

    /// The constant that it is, if it is one.
    pub fn as_const(&self) -> Option<&Literal> {
        if let ExprKind::Const(literal) = &self.kind { Some(literal) } else { None }
    }

    fn is(&self, truth: bool) -> bool {
        self.as_const() == Some(&Literal::Bool(truth))
    }

    /// As another kind, or itself if it is of that kind.
    pub(crate) fn cast(self, to: Elem) -> Expr {
        if self.elem == to { self } else { Expr { kind: ExprKind::Cast(Box::new(self)), elem: to } }
    }

    /// `!self`, simplified.
    pub(crate) fn negated(self) -> Expr {
        if let ExprKind::Const(Literal::Bool(x)) = self.kind {
            Expr::constant(!x)
        } else if let ExprKind::Unary(Unary::Not, inner) = self.kind {
            *inner
        } else {
            Expr { kind: ExprKind::Unary(Unary::Not, Box::new(self)), elem: Elem::Bool }
        }
    }

    /// `self && other`, simplified.
    pub(crate) fn and(self, other: Expr) -> Expr {
        if self.is(false) || other.is(true) {
            self
        } else if self.is(true) || other.is(false) {
            other
        } else {
            Expr { kind: ExprKind::Binary(Binary::And, Box::new(self), Box::new(other)), elem: Elem::Bool }
        }
    }

    /// `self || other`, simplified.
    pub(crate) fn or(self, other: Expr) -> Expr {
        if self.is(true) || other.is(false) {
            self
        } else if self.is(false) || other.is(true) {
            other
        } else {
            Expr { kind: ExprKind::Binary(Binary::Or, Box::new(self), Box::new(other)), elem: Elem::Bool }
        }
    }

    /// `if cond { yes } else { no }`, simplified: an arm knows what `cond` is, and truth values need no choice.
    pub(crate) fn select(cond: Expr, yes: Expr, no: Expr) -> Expr {
        let (yes, no) = (yes.knowing(&cond, true), no.knowing(&cond, false));
        if cond.is(true) || yes == no {
            yes
        } else if cond.is(false) {
            no
        } else if let ExprKind::Unary(Unary::Not, positive) = cond.kind {
            Expr::select(*positive, no, yes)
        } else if no.is(false) {
            cond.and(yes)
        } else if yes.is(true) {
            cond.or(no)
        } else if yes.is(false) {
            cond.negated().and(no)
        } else if no.is(true) {
            cond.negated().or(yes)
        } else {
            let elem = yes.elem;
            Expr { kind: ExprKind::Select(Box::new(cond), Box::new(yes), Box::new(no)), elem }
        }
    }

    /// The expression where `cond` is known to be `truth`. Looks through choices and conversions, where nested defaults stand.
    fn knowing(self, cond: &Expr, truth: bool) -> Expr {
        if self == *cond {
            return Expr::constant(truth);
        }
        let Expr { kind, elem } = self;
        if let ExprKind::Select(inner, yes, no) = kind {
            let inner = inner.knowing(cond, truth);
            Expr::select(inner, yes.knowing(cond, truth), no.knowing(cond, truth))
        } else if let ExprKind::Cast(x) = kind {
            Expr { kind: ExprKind::Cast(Box::new(x.knowing(cond, truth))), elem }
        } else {
            Expr { kind, elem }
        }
    }
}
