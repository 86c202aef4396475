//! What can be known before there is a row becomes a constant.
//!
//! Two things are known: an operation on constants, which the interpreter computes, so that nothing is said twice; and an operation that
//! gives an operand back whatever the row is. No such identity changes a bit of a float: `x + 0` and `x * 1` are none, since the
//! first has an answer of its own for `-0.0` and neither is worth the proof.

use check::{Checked, check};
use interp::{Datum, Interp, Outcome};
use ir::typing::Scope;
use ir::{Binary, Field, Function, Handle, Literal, Module, Node, Op, Origin, Output, Table, Tensor, Type, Unary, Value, type_of};
use source::bug;

use crate::{redirect, stand_in};

/// The longest tensor that is an operand or a result of folding. A longer one stays an operation on the tables that there are, since a
/// folded one is a table more. Sixteen holds the class scores of nearly all classifiers.
const LONGEST_TENSOR: usize = 16;

/// The longest text, in bytes, that is an operand of folding: repeated concatenation grows without end.
const LONGEST_TEXT: usize = 1_000;

/// The module with constants for known nodes, and operands for the identities on them.
///
/// Nodes keep their numbers; those that nobody uses any longer stay behind. Look-ups, forests and calls are not folded.
pub fn fold(checked: &Checked) -> Module {
    let mut module = checked.module().clone();
    for (handle, function) in checked.module().functions.iter() {
        let folded = Folding { checked, handle, function: function.clone(), module: &mut module }.run(function);
        if let Some(place) = module.functions.get_mut(handle) {
            *place = folded;
        }
    }
    module
}

/// What a node turned out to be.
enum Known {
    Scalar(Literal),
    Tensor(Tensor),
    Same(Value),
}

/// One function on its way.
struct Folding<'a> {
    checked: &'a Checked,
    handle: Handle<Function>,
    /// The new function, whose nodes are the old ones behind those that are done.
    function: Function,
    /// The new module, which takes folded tensors in.
    module: &'a mut Module,
}

impl Folding<'_> {
    fn run(mut self, old: &Function) -> Function {
        let keeps_null = self.keeps_null(old);
        let mut values: Vec<Value> = Vec::with_capacity(old.nodes.len());
        for (value, node) in old.nodes.iter() {
            let op = node.op.map_operands(|operand| values[operand.index()]);
            let known = self.identity(&op).or_else(|| self.evaluated(&op, node));
            let (op, stands) = match known.filter(|known| self.fits(known, value, &keeps_null)) {
                Some(Known::Scalar(literal)) => (Op::Const(literal), value),
                Some(Known::Tensor(tensor)) => (Op::Table(self.module.tables.push(Table::Tensor(tensor))), value),
                Some(Known::Same(same)) => (op, same),
                None => (op, value),
            };
            if stands != value {
                stand_in(&mut self.function, value, stands);
            }
            if let Some(node) = self.function.nodes.get_mut(value) {
                node.op = op;
            }
            values.push(stands);
        }
        redirect(&mut self.function, &values);
        self.function
    }

    fn ty(&self, value: Value) -> &Type {
        self.checked.type_of(self.handle, value)
    }

    fn op(&self, value: Value) -> &Op {
        &self.function.nodes[value].op
    }

    fn constant(&self, value: Value) -> Option<&Literal> {
        if let Op::Const(literal) = self.op(value) { Some(literal) } else { None }
    }

    /// The nodes whose null a result of a nullable type may show. They stay nullable, because results keep their types.
    fn keeps_null(&self, function: &Function) -> Vec<bool> {
        let mut keeps = vec![false; function.nodes.len()];
        function.results.iter().for_each(|output| keeps[output.value.index()] = output.field.ty.nullable);
        for (value, node) in function.nodes.iter().rev() {
            if keeps[value.index()] {
                node.op.operands().into_iter().for_each(|operand| keeps[operand.index()] |= self.ty(operand).nullable);
            }
        }
        keeps
    }

    /// Whether what is known can stand where the node stands.
    fn fits(&self, known: &Known, value: Value, keeps_null: &[bool]) -> bool {
        let (nullable, shape) = match known {
            Known::Scalar(literal) => (literal.is_null(), [].as_slice()),
            Known::Tensor(tensor) => (false, tensor.shape.as_slice()),
            Known::Same(same) => (self.ty(*same).nullable, self.ty(*same).shape.as_slice()),
        };
        let ty = self.ty(value);
        ty.shape == shape && (ty.nullable == nullable || !keeps_null[value.index()])
    }

    /// What an operation gives whatever the row is, if that is one of its operands or a truth value.
    fn identity(&self, op: &Op) -> Option<Known> {
        let same = |x: Value, holds: bool| holds.then_some(Known::Same(x));
        match op {
            Op::Table(table) => self.single(*table).map(Known::Scalar),
            Op::Unary(Unary::Not, x) => self.negated(*x).map(Known::Same),
            Op::Binary(Binary::And, a, b) => self.logic(*a, *b, true),
            Op::Binary(Binary::Or, a, b) => self.logic(*a, *b, false),
            Op::Cast { x, to } => same(*x, self.ty(*x).elem == *to),
            Op::Select { cond, yes, no } => self.select(*cond, *yes, *no),
            Op::IsNull(x) => (!self.ty(*x).nullable).then_some(Known::Scalar(Literal::Bool(false))),
            Op::OrElse { x, default } => self.or_else(*x, *default),
            Op::Reshape { x, shape } => same(*x, self.ty(*x).shape == *shape),
            Op::Transpose { x, order } => same(*x, order.is_sorted()),
            Op::Slice { x, axis, start: 0, step: 1, count } => same(*x, self.ty(*x).shape[usize::from(*axis)] == *count),
            Op::Concat { parts, .. } if parts.len() == 1 => Some(Known::Same(parts[0])),
            Op::Param(_)
            | Op::Const(_)
            | Op::Unary(..)
            | Op::Binary(..)
            | Op::Text(..)
            | Op::Lookup { .. }
            | Op::Walk { .. }
            | Op::Pack(_)
            | Op::Slice { .. }
            | Op::Concat { .. }
            | Op::Window { .. }
            | Op::Gather { .. }
            | Op::Reduce { .. }
            | Op::Contract { .. }
            | Op::Call { .. }
            | Op::Iterate { .. } => None,
        }
    }

    /// The element of a tensor without axes.
    fn single(&self, table: Handle<Table>) -> Option<Literal> {
        match &self.module.tables[table] {
            Table::Tensor(tensor) if tensor.shape.is_empty() => tensor.values.get(0),
            Table::Tensor(_) | Table::Map(_) | Table::Forest(_) => None,
        }
    }

    /// `y` of `not y`.
    fn negated(&self, x: Value) -> Option<Value> {
        if let Op::Unary(Unary::Not, y) = self.op(x) { Some(*y) } else { None }
    }

    /// `and`, whose neutral element is true, and `or`, whose neutral element is false. The other truth value decides.
    fn logic(&self, a: Value, b: Value, neutral: bool) -> Option<Known> {
        if a == b {
            return Some(Known::Same(a));
        }
        let beside = |x: Value, other: Value| match self.constant(x)?.as_bool()? {
            truth if truth == neutral => Some(Known::Same(other)),
            truth => Some(Known::Scalar(Literal::Bool(truth))),
        };
        beside(a, b).or_else(|| beside(b, a))
    }

    fn select(&self, cond: Value, yes: Value, no: Value) -> Option<Known> {
        let truth = |value: Value| self.constant(value).and_then(Literal::as_bool);
        match self.constant(cond) {
            Some(Literal::Bool(holds)) => Some(Known::Same(if *holds { yes } else { no })),
            Some(_) => Some(Known::Scalar(Literal::Null(self.ty(yes).elem))),
            None if yes == no && !self.ty(cond).nullable => Some(Known::Same(yes)),
            None if truth(yes) == Some(true) && truth(no) == Some(false) => Some(Known::Same(cond)),
            None => None,
        }
    }

    fn or_else(&self, x: Value, default: Value) -> Option<Known> {
        let null = |value: Value| self.constant(value).is_some_and(Literal::is_null);
        if null(x) {
            Some(Known::Same(default))
        } else if !self.ty(x).nullable || null(default) || x == default {
            Some(Known::Same(x))
        } else {
            None
        }
    }

    /// What an operation on constants gives: a module of its own that the interpreter runs.
    fn evaluated(&self, op: &Op, node: &Node) -> Option<Known> {
        if matches!(
            op,
            Op::Param(_) | Op::Const(_) | Op::Table(_) | Op::Lookup { .. } | Op::Walk { .. } | Op::Call { .. } | Op::Iterate { .. }
        ) {
            return None;
        }
        let mut module = Module::default();
        let mut alone = Function::default();
        let origin = module.origins.push(Origin::Made { by: "fold".into(), from: vec![] });
        for operand in op.operands() {
            let op = self.constant_operand(operand, &mut module)?;
            alone.nodes.push(Node { op, origin, label: None });
        }
        let mut operands = (0..).map(Value::new);
        let value = alone.nodes.push(Node { op: op.map_operands(|operand| operands.next().unwrap_or(operand)), origin, label: None });
        let mut types: Vec<Type> = Vec::new();
        for (_, node) in alone.nodes.iter() {
            let scope = Scope { tables: &module.tables, functions: &module.functions, params: &[], types: &types };
            types.push(type_of(&node.op, scope).ok()?);
        }
        let ty = types.pop().filter(|ty| ty.count() <= LONGEST_TENSOR)?;
        alone.results.push(Output { field: Field::new("result", ty.clone()), value });
        module.entry = Some(module.functions.push(alone));
        let checked = check(module).unwrap_or_else(|breaches| bug!("an operation that was sound is not sound alone: {breaches:?}"));
        match Interp::new(&checked).run(&[]) {
            Outcome::Scored(data) => data.into_iter().next().map(|datum| match datum {
                Datum::Scalar(literal) => Known::Scalar(literal),
                Datum::Tensor(values) => {
                    let name = node.label.clone().unwrap_or_else(|| "folded".into());
                    Known::Tensor(Tensor::literals(name, ty.elem, ty.shape, values))
                }
            }),
            Outcome::Rejected(_) => None,
        }
    }

    /// The operation of a constant that is short enough, for a module that holds it alone.
    fn constant_operand(&self, value: Value, module: &mut Module) -> Option<Op> {
        if let Op::Table(table) = self.op(value) {
            let short = self.ty(value).count() <= LONGEST_TENSOR;
            short.then(|| Op::Table(module.tables.push(self.module.tables[*table].clone())))
        } else {
            let literal = self.constant(value)?;
            let short = literal.as_str().is_none_or(|text| text.len() <= LONGEST_TEXT);
            short.then(|| Op::Const(literal.clone()))
        }
    }
}
