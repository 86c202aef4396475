//! What a Python value is during replay.
//!
//! Known values are what the recorded run saw and do not depend on a scoring row. Cells, columns and frames are of the scoring row and
//! carry IR. The rest is plumbing of the language. Missing values: a float cell holds NaN; a text or time cell holds the IR's null; an
//! integer or truth value is never missing, and a column that mixes them with missing has two alternatives.

#![expect(clippy::wildcard_enum_match_arm, reason = "only columns are over rows")]

use crate::ast;
use crate::record::{self, Tagged};
use ir::Val;
use source::Span;
use std::cell::Cell as Flag;
use std::collections::BTreeSet;
use std::rc::Rc;

/// Why a value cannot be converted: numbers of blockers that replay keeps. Reported only if an output needs the value.
#[derive(Clone, Debug)]
pub(crate) struct Unknown(pub Rc<BTreeSet<usize>>);

impl Unknown {
    pub(crate) fn one(blocker: usize) -> Self {
        Unknown(Rc::new(BTreeSet::from([blocker])))
    }

    pub(crate) fn and(&self, other: &Unknown) -> Self {
        Unknown(Rc::new(self.0.union(&other.0).copied().collect()))
    }
}

pub(crate) type Eval<'b> = Result<Value<'b>, Unknown>;

#[derive(Clone)]
pub(crate) enum Value<'b> {
    Known(Known),
    /// One scalar of the scoring row, inside a function on cells.
    Cell(Cell<'b>),
    /// A series, or a one-dimensional array, over the scoring rows.
    Column(Column<'b>),
    Frame(FrameId),
    /// A two-dimensional array over the scoring rows.
    Matrix(Vec<Column<'b>>),
    /// `zip` of columns: a tuple of cells for each row.
    Zipped(Vec<Column<'b>>),
    /// A series of tuples or lists, one a scoring row.
    Objects(Box<Objects<'b>>),
    /// A series with labels of its own, inside a function on cells.
    Labelled(Vec<(String, Value<'b>)>),
    List(ListId),
    Tuple(Vec<Value<'b>>),
    Dict(DictId),
    Function(Rc<Function<'b>>),
    Class(Rc<Class>),
    Object(ObjectId),
    /// A method, before its call.
    Method(Box<Value<'b>>, String),
    /// Something in a module, by its full path.
    Path(String),
    /// `.str` of a column, and what the run says about it.
    Texts(Column<'b>, Known),
    /// `.dt`, `.cat`, `.loc`, `.iloc` and their like, of a column or frame.
    Part(Box<Value<'b>>, String),
    Group(Rc<Group<'b>>),
    /// One scoring row of a frame, inside a function on rows.
    Row(FrameId),
    Slice(Option<Box<Value<'b>>>, Option<Box<Value<'b>>>, Option<Box<Value<'b>>>),
    /// What `split` makes of a text.
    Pieces(Rc<crate::pandas::pieces::Pieces<'b>>),
    /// A list whose length depends on the row.
    Sequence(crate::sequence::Items<'b>),
    /// The different ones among the items of such a list, in no order.
    Set(crate::sequence::Items<'b>),
    /// The different ones among the pieces of a text.
    SetOfPieces(Rc<crate::pandas::pieces::Pieces<'b>>),
    /// A part of a list or dict that was read from a text.
    Entry(Rc<crate::literals::Entry<'b>>),
    /// An item of a list that is there on some rows only.
    Sometimes(Box<crate::sequence::Item<'b>>),
    /// A match of a pattern, or None.
    Match(Rc<crate::pandas::pattern::Match<'b>>),
    Unknown(Unknown),
}

macro_rules! ids {
    ($($name:ident)*) => {$(
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) struct $name(pub usize);
    )*};
}
ids!(FrameId ListId DictId ObjectId ScopeId);

/// A value of the recorded run. Looking at it marks the record's entry as needed.
#[derive(Clone)]
pub(crate) struct Known {
    /// None where the run did not come by or the record was pruned: nobody may need it.
    value: Option<Rc<record::Value>>,
    used: Rc<Flag<bool>>,
    /// It was computed from training data: the list of frozen values shows it.
    pub fit: bool,
    /// It tells which columns the scoring rows of the run happened to make.
    pub batch_columns: bool,
    /// The expression that it is the value of.
    pub at: Option<Span>,
}

impl Known {
    pub(crate) fn seen(seen: crate::log::Seen, at: Span) -> Self {
        Known { value: seen.value, used: seen.used, fit: false, batch_columns: false, at: Some(at) }
    }

    pub(crate) fn constant(value: record::Value) -> Self {
        Known { value: Some(Rc::new(value)), used: Rc::default(), fit: false, batch_columns: false, at: None }
    }

    /// What the run has a value for only where it is used.
    pub(crate) fn unseen() -> Self {
        Known { value: None, used: Rc::default(), fit: false, batch_columns: false, at: None }
    }

    pub(crate) fn is_recorded(&self) -> bool {
        self.value.is_some()
    }

    /// The value, which is needed from now on.
    pub(crate) fn look(&self) -> Option<&record::Value> {
        self.used.set(true);
        self.value.as_deref()
    }

    /// A part of the value, as much known as the whole.
    pub(crate) fn part(&self, value: record::Value) -> Self {
        Known { value: Some(Rc::new(value)), ..self.clone() }
    }

    pub(crate) fn with(mut self, fit: bool, batch_columns: bool) -> Self {
        self.fit |= fit;
        self.batch_columns |= batch_columns;
        self
    }

    /// The value of the expression there.
    pub(crate) fn of(mut self, at: Option<Span>) -> Self {
        self.at = at;
        self
    }

    pub(crate) fn tagged(&self) -> Option<&Tagged> {
        self.look()?.as_tagged()
    }
}

/// What a cell holds, by pandas' dtype or Python's type.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    /// `bool`
    Bool,
    /// `i64`, wrapped to the width after each operation.
    Int(Width),
    /// `f64`, NaN where missing.
    Float,
    /// `f32`, NaN where missing.
    Float32,
    /// `str?`, null where missing.
    Str,
    /// `i64?`: microseconds since 1970, null for NaT.
    DateTime,
    /// A moment with a time zone, `i64?`: microseconds of UTC since 1970, null for NaT.
    Zoned(Rc<crate::pandas::zones::Zone>),
    /// `i64?`: microseconds, null for NaT.
    Timedelta,
    /// A day by itself, as `.dt.date` and `.date()` give it, `i64?`: the microseconds of its midnight, null for NaT.
    Date,
    /// `i64`: the code, -1 where missing.
    Category(Rc<Categories>),
    /// None or NaN by itself; the value is a placeholder.
    Missing,
    /// `str`: a list or dict that was read from a text, in the form of `literals`.
    Document,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Width {
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
}

#[derive(Debug, PartialEq)]
pub(crate) struct Categories {
    pub values: Vec<record::Value>,
    pub ordered: bool,
}

impl Kind {
    pub(crate) const INT: Kind = Kind::Int(Width::I64);

    pub(crate) fn is_number(&self) -> bool {
        matches!(self, Kind::Bool | Kind::Int(_) | Kind::Float | Kind::Float32)
    }

    /// pandas' word for a column of this kind.
    pub(crate) fn dtype(&self) -> &'static str {
        match self {
            Kind::Bool => "bool",
            Kind::Int(width) => width.dtype(),
            Kind::Float => "float64",
            Kind::Float32 => "float32",
            Kind::Str => "str",
            Kind::DateTime => "datetime64[us]",
            Kind::Zoned(_) => "datetime64 with a time zone",
            Kind::Timedelta => "timedelta64[us]",
            Kind::Category(_) => "category",
            Kind::Date | Kind::Missing | Kind::Document => "object",
        }
    }

    /// The kind of a column of that dtype, if it has one without its values.
    pub(crate) fn of_dtype(name: &str) -> Option<Kind> {
        Some(match name {
            "bool" => Kind::Bool,
            "int8" => Kind::Int(Width::I8),
            "int16" => Kind::Int(Width::I16),
            "int32" => Kind::Int(Width::I32),
            "int64" | "int" => Kind::INT,
            "uint8" => Kind::Int(Width::U8),
            "uint16" => Kind::Int(Width::U16),
            "uint32" => Kind::Int(Width::U32),
            "float64" | "float" => Kind::Float,
            "float32" => Kind::Float32,
            "str" | "string" => Kind::Str,
            _ if name.starts_with("datetime64[") && !name.contains(',') => Kind::DateTime,
            _ if name.starts_with("timedelta64[") => Kind::Timedelta,
            _ => return None,
        })
    }
}

impl Width {
    pub(crate) fn dtype(self) -> &'static str {
        match self {
            Width::I8 => "int8",
            Width::I16 => "int16",
            Width::I32 => "int32",
            Width::I64 => "int64",
            Width::U8 => "uint8",
            Width::U16 => "uint16",
            Width::U32 => "uint32",
        }
    }

    pub(crate) fn bits(self) -> u32 {
        match self {
            Width::I8 | Width::U8 => 8,
            Width::I16 | Width::U16 => 16,
            Width::I32 | Width::U32 => 32,
            Width::I64 => 64,
        }
    }

    pub(crate) fn is_signed(self) -> bool {
        matches!(self, Width::I8 | Width::I16 | Width::I32 | Width::I64)
    }

    /// The width of a result of two, as numpy promotes.
    pub(crate) fn join(self, other: Width) -> Width {
        if self == other {
            return self;
        }
        let (wide, narrow) = if self.bits() >= other.bits() { (self, other) } else { (other, self) };
        if wide.is_signed() == narrow.is_signed() || wide.is_signed() && wide.bits() > narrow.bits() {
            return wide;
        }
        match wide.bits() {
            8 => Width::I16,
            16 => Width::I32,
            _ => Width::I64,
        }
    }
}

/// One way a cell can be. Of several the first whose condition holds is taken; the last has none.
#[derive(Clone)]
pub(crate) struct Alternative<'b> {
    pub when: Option<Val<'b>>,
    pub kind: Kind,
    pub val: Val<'b>,
}

/// Numbers of the guards that a value stands under: rows on which the script would have raised.
pub(crate) type Guards = BTreeSet<usize>;

/// A scalar of the scoring row.
#[derive(Clone)]
pub(crate) struct Cell<'b> {
    pub alternatives: Vec<Alternative<'b>>,
    pub guards: Guards,
}

impl<'b> Cell<'b> {
    pub(crate) fn new(kind: Kind, val: Val<'b>) -> Self {
        Cell { alternatives: vec![Alternative { when: None, kind, val }], guards: Guards::new() }
    }

    pub(crate) fn guarded(mut self, guards: &Guards) -> Self {
        self.guards.extend(guards);
        self
    }

    /// Kind and value of a cell that can be only one way.
    pub(crate) fn single(&self) -> Option<(&Kind, Val<'b>)> {
        match self.alternatives.as_slice() {
            [only] => Some((&only.kind, only.val)),
            _ => None,
        }
    }
}

/// A series over the scoring rows.
#[derive(Clone)]
pub(crate) struct Column<'b> {
    pub cell: Cell<'b>,
    pub name: Option<String>,
    /// The rows it is about: a filter makes another space.
    pub space: usize,
    /// It is a numpy array, without an index.
    pub array: bool,
}

impl<'b> Column<'b> {
    pub(crate) fn with(&self, cell: Cell<'b>) -> Self {
        Column { cell, ..self.clone() }
    }

    /// `.to_numpy()`
    pub(crate) fn as_array(&self) -> Value<'b> {
        Value::Column(Column { array: true, name: None, ..self.clone() })
    }
}

/// A series of what a function on cells made of each row, where that is a tuple or list.
#[derive(Clone)]
pub(crate) struct Objects<'b> {
    /// What one row has, as a function on cells sees it.
    pub value: Value<'b>,
    /// Rows that have NaN instead, if there may be any.
    pub missing: Option<Val<'b>>,
    /// The rows. Its cell only holds the guards.
    pub like: Column<'b>,
}

/// A frame over the scoring rows. Frames are shared by reference, as in Python.
#[derive(Clone, Default)]
pub(crate) struct Frame<'b> {
    /// Columns in order: a `Column` or an `Unknown`.
    pub columns: indexmap::IndexMap<String, Value<'b>>,
    pub space: usize,
    /// The index, if it has a name.
    pub index: Option<Column<'b>>,
    /// Columns of which the scoring rows decide whether they exist.
    pub families: Vec<Rc<Family<'b>>>,
    /// The column by which the script put the rows in order.
    pub ordered_by: Option<String>,
}

/// What `get_dummies` makes of one column of the scoring rows: a column for each category that happens to occur.
pub(crate) struct Family<'b> {
    pub prefix: String,
    pub source: Column<'b>,
    /// What stands between the categories of a text that may have several.
    pub separator: Option<String>,
    /// The columns of the recorded run.
    pub recorded: Vec<String>,
    pub at: Span,
    pub kind: Kind,
}

impl<'b> Family<'b> {
    /// The same columns, with something before their names.
    pub(crate) fn with_prefix(&self, prefix: &str) -> Self {
        Family {
            prefix: format!("{prefix}{}", self.prefix),
            source: self.source.clone(),
            separator: self.separator.clone(),
            recorded: self.recorded.iter().map(|name| format!("{prefix}{name}")).collect(),
            at: self.at,
            kind: self.kind.clone(),
        }
    }
}

#[derive(Clone)]
pub(crate) struct Function<'b> {
    pub name: String,
    pub parameters: ast::Parameters,
    /// Values of the defaults, by position of the parameter.
    pub defaults: Vec<Option<Value<'b>>>,
    pub body: Body,
    pub scope: Option<ScopeId>,
}

#[derive(Clone)]
pub(crate) enum Body {
    Block(Rc<Vec<ast::Stmt>>),
    Expr(Rc<ast::Expr>),
}

pub(crate) struct Class {
    /// Its own methods, and behind them those of the classes of the script that it extends: the first of a name is the one that is called.
    pub methods: Vec<Method>,
    /// The classes of libraries that it extends, itself or through a class of the script.
    pub bases: Vec<String>,
    /// What its body assigns, where that is data and no method sets an attribute of that name.
    pub constants: Vec<(String, record::Value)>,
    pub scope: Option<ScopeId>,
}

#[derive(Clone)]
pub(crate) struct Method {
    pub name: String,
    pub definition: Rc<ast::Function>,
    pub scope: Option<ScopeId>,
}

impl Class {
    pub(crate) fn method(&self, name: &str) -> Option<&Method> {
        self.methods.iter().find(|method| method.name == name)
    }
}

pub(crate) struct Group<'b> {
    pub frame: FrameId,
    pub keys: Vec<String>,
    /// The one that was chosen.
    pub column: Option<String>,
    pub marker: std::marker::PhantomData<&'b ()>,
}

impl<'b> Value<'b> {
    /// A column of whatever it holds, over other rows.
    pub(crate) fn move_to(&mut self, space: usize) {
        match self {
            Value::Column(column) => column.space = space,
            Value::Objects(objects) => objects.like.space = space,
            Value::Pieces(pieces) => *pieces = pieces.over(space),
            _ => {}
        }
    }
}

impl Known {
    /// The value without marking it as needed: for questions that a pruned record answers the same way.
    pub(crate) fn clone_unused(&self) -> Option<&record::Value> {
        self.value.as_deref()
    }
}
