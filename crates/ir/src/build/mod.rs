//! How modules are written: values with operators.
//!
//! ```
//! use ir::{Builder, Elem, Type};
//! let b = Builder::new("scaled");
//! let x = b.param("x", Type::scalar(Elem::F64));
//! b.result("z", (x - 3.5) / 2.0);
//! let module = b.finish().expect("every operation fits its operands");
//! assert_eq!(module.entry_function().map(|f| f.nodes.len()), Some(5));
//! ```
//!
//! A [`Val`] is a `Copy` handle into its [`Builder`]. An operation on operands that do not fit is remembered, and [`Builder::finish`]
//! reports all of them; until then it stands for a zero, so that building goes on. The sugar is in the files beside this one: it makes
//! nodes from operations that exist, and is never an operation itself.

mod number;
mod pairs;
mod possible;
mod tensor;
mod text;

use std::cell::RefCell;

use source::{Diagnostic, Place, Sources};

use crate::link::Import;
use crate::typing::Scope;
use crate::{
    Arena, Elem, Field, Function, Handle, Literal, Module, Node, Op, Origin, Output, Prediction, Reason, Rejection, Table, Type, Value,
    type_of,
};

pub use number::IntoVal;
pub use pairs::platt;

/// Writes one function, the entry of a new module.
pub struct Builder {
    state: RefCell<State>,
}

struct State {
    module: Module,
    function: Function,
    types: Vec<Type>,
    origin: Handle<Origin>,
    errors: Vec<Diagnostic>,
    /// Elements that all nodes so far compute.
    work: u64,
    /// Elements of the largest value that a node computes.
    largest: u64,
}

/// A value of a function that is being built.
#[derive(Clone, Copy)]
pub struct Val<'b> {
    builder: &'b Builder,
    value: Value,
}

impl Builder {
    /// A module and its entry, both called `name`.
    pub fn new(name: impl Into<String>) -> Builder {
        let mut module = Module { name: name.into(), ..Module::default() };
        let origin = module.origins.push(Origin::Made { by: "scorewright".into(), from: vec![] });
        let function = Function { name: module.name.clone(), ..Function::default() };
        Builder { state: RefCell::new(State { module, function, types: Vec::new(), origin, errors: Vec::new(), work: 0, largest: 0 }) }
    }

    /// Says what the function computes.
    pub fn doc(&self, doc: impl Into<String>) {
        self.state.borrow_mut().function.doc = doc.into();
    }

    /// The nodes made from here on come from this place.
    pub fn at(&self, place: &Place, sources: &Sources) {
        let origin = Origin::of(place, sources);
        let mut state = self.state.borrow_mut();
        if state.module.files.len() != sources.iter().count() {
            state.module.files = sources.iter().map(|(_, file)| file.name.clone()).collect();
        }
        if state.module.origins.get(state.origin) != Some(&origin) {
            state.origin = state.module.origins.push(origin);
        }
    }

    /// The origin that new nodes get. With [`Builder::return_to`] a front end leaves a place and comes back.
    pub fn origin(&self) -> Handle<Origin> {
        self.state.borrow().origin
    }

    pub fn return_to(&self, origin: Handle<Origin>) {
        self.state.borrow_mut().origin = origin;
    }

    /// A new parameter, after those there are.
    pub fn param(&self, name: impl Into<String>, ty: Type) -> Val<'_> {
        self.param_field(Field::new(name, ty))
    }

    pub fn param_field(&self, field: Field) -> Val<'_> {
        let index = {
            let mut state = self.state.borrow_mut();
            state.function.params.push(field);
            state.function.params.len() as u32 - 1
        };
        let param = self.node(Op::Param(index));
        let name = self.state.borrow().function.params[index as usize].name.clone();
        param.named(name)
    }

    pub fn constant(&self, literal: impl Into<Literal>) -> Val<'_> {
        self.node(Op::Const(literal.into()))
    }

    pub fn f64(&self, x: f64) -> Val<'_> {
        self.constant(x)
    }

    pub fn f32(&self, x: f32) -> Val<'_> {
        self.constant(x)
    }

    pub fn i64(&self, x: i64) -> Val<'_> {
        self.constant(x)
    }

    pub fn bool(&self, x: bool) -> Val<'_> {
        self.constant(x)
    }

    pub fn str(&self, x: &str) -> Val<'_> {
        self.constant(x)
    }

    pub fn null(&self, elem: Elem) -> Val<'_> {
        self.constant(Literal::Null(elem))
    }

    /// Takes a table in.
    pub fn table(&self, table: Table) -> Handle<Table> {
        self.state.borrow_mut().module.tables.push(table)
    }

    /// A tensor as a value.
    pub fn tensor(&self, tensor: crate::Tensor) -> Val<'_> {
        let table = self.table(Table::Tensor(tensor));
        self.node(Op::Table(table))
    }

    /// The value beside `keys`, null when they are not there.
    pub fn lookup<'b>(&'b self, map: Handle<Table>, keys: &[Val<'b>]) -> Val<'b> {
        self.node(Op::Lookup { keys: keys.iter().map(|key| key.value).collect(), map })
    }

    /// The leaf that `row` reaches in each tree.
    pub fn walk<'b>(&'b self, row: Val<'b>, forest: Handle<Table>) -> Val<'b> {
        self.node(Op::Walk { row: row.value, forest })
    }

    /// Scalars as a vector.
    pub fn pack<'b>(&'b self, parts: &[Val<'b>]) -> Val<'b> {
        self.node(Op::Pack(parts.iter().map(|part| part.value).collect()))
    }

    pub fn concat<'b>(&'b self, parts: &[Val<'b>], axis: u8) -> Val<'b> {
        self.node(Op::Concat { parts: parts.iter().map(|part| part.value).collect(), axis })
    }

    /// The `result`-th result of a function taken in by [`Builder::import`].
    pub fn call<'b>(&'b self, function: Handle<Function>, args: &[Val<'b>], result: u32) -> Val<'b> {
        self.node(Op::Call { function, args: args.iter().map(|arg| arg.value).collect(), result })
    }

    /// What `args[0]` becomes when a function taken in by [`Builder::import`] gives its next value so many times: `function(args..., turn)`.
    pub fn iterate<'b>(&'b self, function: Handle<Function>, args: &[Val<'b>], times: Val<'b>) -> Val<'b> {
        self.node(Op::Iterate { function, args: args.iter().map(|arg| arg.value).collect(), times: times.value })
    }

    /// Takes the functions and tables of another module in, and gives its entry as a function to call.
    pub fn import(&self, other: &Module) -> Option<Handle<Function>> {
        let mut state = self.state.borrow_mut();
        Import::new(other).all(&mut state.module)
    }

    /// Writes the nodes of another module's entry here, with `args` for its parameters. Its rejections come along; its results are given.
    ///
    /// The files that its origins speak of must be those of this module: both come from one [`Sources`].
    pub fn inline<'b>(&'b self, other: &Module, args: &[Val<'b>]) -> Vec<Val<'b>> {
        let Some(entry) = other.entry_function() else { return vec![] };
        let mut import = Import::new(other);
        {
            let mut state = self.state.borrow_mut();
            import.tables_and_origins(&mut state.module);
            import.functions_before_entry(&mut state.module);
            if state.module.files.len() < other.files.len() {
                state.module.files.clone_from(&other.files);
            }
        }
        let back = self.origin();
        let mut values: Vec<Val<'b>> = Vec::with_capacity(entry.nodes.len());
        for (_, node) in entry.nodes.iter() {
            self.return_to(import.origin(node.origin));
            let value = if let Op::Param(index) = node.op {
                let missing = || self.type_error(format!("parameter {index} of {} is not given", other.name));
                args.get(index as usize).copied().unwrap_or_else(missing)
            } else {
                let made = self.node(import.op(&node.op).map_operands(|operand| values[operand.index()].value));
                if let Some(label) = &node.label { made.named(label) } else { made }
            };
            values.push(value);
        }
        for rejection in &entry.rejections {
            self.return_to(import.origin(rejection.origin));
            self.reject_if(values[rejection.when.index()], rejection.reason.clone());
        }
        self.return_to(back);
        entry.results.iter().map(|output| values[output.value.index()]).collect()
    }

    /// A row of which `when` holds is not scored, unless an earlier rejection applies. Null does not hold.
    pub fn reject_if(&self, when: Val<'_>, reason: Reason) {
        let mut state = self.state.borrow_mut();
        let origin = state.origin;
        state.function.rejections.push(Rejection { when: when.value, reason, origin });
    }

    /// A new result, after those there are.
    pub fn result(&self, name: impl Into<String>, value: Val<'_>) {
        self.result_field(Field::new(name, value.ty()), value);
    }

    /// Says that results, by their numbers, belong together.
    pub fn prediction(&self, prediction: Prediction) {
        self.state.borrow_mut().function.predictions.push(prediction);
    }

    pub fn result_field(&self, field: Field, value: Val<'_>) {
        self.state.borrow_mut().function.results.push(Output { field, value: value.value });
    }

    /// The value of an earlier node.
    pub fn value(&self, value: Value) -> Val<'_> {
        Val { builder: self, value }
    }

    /// Adds a node.
    pub fn node(&self, op: Op) -> Val<'_> {
        let ty = {
            let state = self.state.borrow();
            let scope = Scope {
                tables: &state.module.tables,
                functions: &state.module.functions,
                params: &state.function.params,
                types: &state.types,
            };
            type_of(&op, scope)
        };
        match ty {
            Ok(ty) => self.push(op, ty),
            Err(error) => self.type_error(error.0),
        }
    }

    fn push(&self, op: Op, ty: Type) -> Val<'_> {
        let mut state = self.state.borrow_mut();
        let origin = state.origin;
        // Constants and tables are there without any work.
        if !matches!(op, Op::Const(_) | Op::Table(_) | Op::Param(_)) {
            let count = ty.shape.iter().fold(1, |count: u64, dim| count.saturating_mul((*dim).into()));
            let mut terms: u64 = 1;
            if let Op::Contract { a, over, .. } = &op {
                let shape = state.types.get(a.index()).map_or(&[][..], |ty| &ty.shape);
                let length = |axis: &u8| shape.get(usize::from(*axis)).map_or(1, |dim| u64::from(*dim));
                terms = over.iter().fold(1, |terms: u64, (axis, _)| terms.saturating_mul(length(axis)));
            }
            state.work = state.work.saturating_add(count.saturating_mul(terms));
            state.largest = state.largest.max(count);
        }
        state.types.push(ty);
        let value = state.function.nodes.push(Node { op, origin, label: None });
        Val { builder: self, value }
    }

    fn type_error(&self, text: String) -> Val<'_> {
        {
            let mut state = self.state.borrow_mut();
            let mut diagnostic = Diagnostic::error("ir-type", text);
            if let Some(place) = state.module.place(state.origin) {
                diagnostic = diagnostic.at(place, "");
            }
            state.errors.push(diagnostic);
        }
        self.push(Op::Const(Literal::F64(0.0)), Type::scalar(Elem::F64))
    }

    /// The module. Errors: every operation that did not fit its operands, each with its origin.
    pub fn finish(self) -> Result<Module, Vec<Diagnostic>> {
        let State { mut module, function, errors, .. } = self.state.into_inner();
        if !errors.is_empty() {
            return Err(errors);
        }
        module.entry = Some(module.functions.push(function));
        Ok(module)
    }

    /// Elements that a row computes so far, with the pairs that contractions multiply; and those of the largest value among them.
    ///
    /// For front ends: a small file can ask for days of work.
    pub fn work(&self) -> (u64, u64) {
        let state = self.state.borrow();
        (state.work, state.largest)
    }

    /// What the first operation that did not fit its operands is said to be.
    pub fn breach(&self) -> Option<String> {
        self.state.borrow().errors.first().map(|first| first.message.clone())
    }

    /// The parameters there are.
    pub fn params(&self) -> Vec<Field> {
        self.state.borrow().function.params.clone()
    }

    /// The tables there are.
    pub fn tables(&self) -> Arena<Table> {
        self.state.borrow().module.tables.clone()
    }
}

impl<'b> Val<'b> {
    pub fn builder(self) -> &'b Builder {
        self.builder
    }

    /// The node.
    pub fn value(self) -> Value {
        self.value
    }

    pub fn ty(self) -> Type {
        self.builder.state.borrow().types[self.value.index()].clone()
    }

    pub fn elem(self) -> Elem {
        self.builder.state.borrow().types[self.value.index()].elem
    }

    pub fn is_nullable(self) -> bool {
        self.builder.state.borrow().types[self.value.index()].nullable
    }

    /// The constant that the value is, if it is one.
    pub fn literal(self) -> Option<Literal> {
        let state = self.builder.state.borrow();
        if let Op::Const(literal) = &state.function.nodes[self.value].op { Some(literal.clone()) } else { None }
    }

    /// The operation that makes the value.
    pub fn made_by(self) -> Op {
        self.builder.state.borrow().function.nodes[self.value].op.clone()
    }

    /// Where the value came from, for [`Builder::return_to`].
    pub fn origin(self) -> Handle<Origin> {
        let state = self.builder.state.borrow();
        state.function.nodes[self.value].origin
    }

    /// Gives the value the user's name for it; the first name stays.
    pub fn named(self, label: impl Into<String>) -> Val<'b> {
        let mut state = self.builder.state.borrow_mut();
        if let Some(node) = state.function.nodes.get_mut(self.value) {
            node.label.get_or_insert_with(|| label.into());
        }
        self
    }

    fn op(self, make: impl FnOnce(Value) -> Op) -> Val<'b> {
        self.builder.node(make(self.value))
    }

    pub fn is_null(self) -> Val<'b> {
        self.op(Op::IsNull)
    }

    /// This value where it is not null, else the default.
    pub fn or_else(self, default: impl IntoVal<'b>) -> Val<'b> {
        let default = default.into_val(self);
        self.op(|x| Op::OrElse { x, default: default.value })
    }

    /// `yes` where this truth value holds, else `no`.
    pub fn select(self, yes: Val<'b>, no: impl IntoVal<'b>) -> Val<'b> {
        let no = no.into_val(yes);
        self.op(|cond| Op::Select { cond, yes: yes.value, no: no.value })
    }

    pub fn cast(self, to: Elem) -> Val<'b> {
        if self.elem() == to { self } else { self.op(|x| Op::Cast { x, to }) }
    }
}
