//! Puts calls to kernels where a module has mathematical operations.

use std::collections::BTreeMap;

use check::{Checked, check};
use ir::{Elem, Function, Handle, Literal, Module, Node, Op, Origin, Table, Type, Value};
use source::bug;

use crate::Kernel;

/// Tensors up to this many elements become one call an element, each of them written out; greater ones are called on as a whole, in a loop.
///
/// Sixteen holds the class scores of nearly all classifiers. A layer of a network would make code as long as the layer is wide.
const UNROLLED: usize = 16;

/// The module with every mathematical operation replaced by a call of its kernel.
///
/// A kernel and its tables are added once, before the functions there are, and only if something uses it. What replaces a node keeps its
/// origin, and the last of it the label. Functions of `f32` are computed in `f64` and narrowed. Null stays null.
pub fn expand(checked: &Checked) -> Checked {
    let old = checked.module();
    let used = used_kernels(old);
    if used.is_empty() {
        return checked.clone();
    }
    let mut module = Module {
        name: old.name.clone(),
        files: old.files.clone(),
        tables: old.tables.clone(),
        origins: old.origins.clone(),
        ..Module::default()
    };
    let kernels: BTreeMap<&str, Handle<Function>> = used.values().map(|kernel| (kernel.name(), add(*kernel, &mut module))).collect();
    for (handle, function) in old.functions.iter() {
        let expanded = Expansion { checked, handle, kernels: &kernels, function: Function::default() }.run(function);
        module.functions.push(expanded);
    }
    module.entry = old.entry.map(|entry| moved(entry, kernels.len()));
    match check(module) {
        Ok(checked) => checked,
        Err(breaches) => bug!("expanding mathematical functions made an unsound module: {breaches:?}"),
    }
}

fn kernel_of(op: &Op) -> Option<Kernel> {
    if let Op::Unary(unary, _) = op {
        Kernel::of_unary(*unary)
    } else if let Op::Binary(binary, ..) = op {
        Kernel::of_binary(*binary)
    } else {
        None
    }
}

fn used_kernels(module: &Module) -> BTreeMap<&'static str, Kernel> {
    let nodes = module.functions.iter().flat_map(|(_, function)| function.nodes.iter());
    nodes.filter_map(|(_, node)| kernel_of(&node.op)).map(|kernel| (kernel.name(), kernel)).collect()
}

/// The place of a function behind the kernels.
fn moved(function: Handle<Function>, kernel_count: usize) -> Handle<Function> {
    Handle::new((function.index() + kernel_count) as u32)
}

/// Takes a kernel in. Kernels share tables: an equal one that is there is used.
fn add(kernel: Kernel, into: &mut Module) -> Handle<Function> {
    let from = kernel.module();
    let mut tables: BTreeMap<Handle<Table>, Handle<Table>> = BTreeMap::new();
    for (handle, table) in from.tables.iter() {
        let same = into.tables.iter().find(|(_, there)| *there == table).map(|(there, _)| there);
        tables.insert(handle, same.unwrap_or_else(|| into.tables.push(table.clone())));
    }
    let origin = into.origins.push(Origin::Made { by: format!("math {}", kernel.name()), from: vec![] });
    let Some(entry) = from.entry_function() else { bug!("the kernel {} has no entry", kernel.name()) };
    let mut function = entry.clone();
    for (_, node) in function.nodes.iter_mut() {
        node.origin = origin;
        if let Op::Table(table) = &mut node.op {
            *table = tables[table];
        }
    }
    into.functions.push(function)
}

/// One function on its way.
struct Expansion<'a> {
    checked: &'a Checked,
    handle: Handle<Function>,
    kernels: &'a BTreeMap<&'a str, Handle<Function>>,
    /// The new function as far as it is.
    function: Function,
}

impl Expansion<'_> {
    fn run(mut self, old: &Function) -> Function {
        let mut values: Vec<Value> = Vec::with_capacity(old.nodes.len());
        for (value, node) in old.nodes.iter() {
            let new = match kernel_of(&node.op) {
                Some(kernel) => self.apply(kernel, value, node, &values),
                None => self.copy(node, &values),
            };
            if let (Some(label), Some(made)) = (&node.label, self.function.nodes.get_mut(new)) {
                made.label = Some(label.clone());
            }
            values.push(new);
        }
        let mut function = Function { nodes: self.function.nodes, ..old.clone() };
        function.rejections.iter_mut().for_each(|rejection| rejection.when = values[rejection.when.index()]);
        function.results.iter_mut().for_each(|output| output.value = values[output.value.index()]);
        function
    }

    fn push(&mut self, op: Op, origin: Handle<Origin>) -> Value {
        self.function.nodes.push(Node { op, origin, label: None })
    }

    fn copy(&mut self, node: &Node, values: &[Value]) -> Value {
        let mut op = node.op.map_operands(|operand| values[operand.index()]);
        if let Op::Call { function, .. } | Op::Iterate { function, .. } = &mut op {
            *function = moved(*function, self.kernels.len());
        }
        self.push(op, node.origin)
    }

    /// The nodes of one mathematical operation.
    fn apply(&mut self, kernel: Kernel, value: Value, node: &Node, values: &[Value]) -> Value {
        let ty = self.checked.type_of(self.handle, value).clone();
        let operands: Vec<(Value, Type)> = node
            .op
            .operands()
            .iter()
            .map(|operand| {
                let wide = self.cast(values[operand.index()], ty.elem, Elem::F64, node.origin);
                (wide, self.checked.type_of(self.handle, *operand).clone())
            })
            .collect();
        let call = self.kernels[kernel.name()];
        let wide = if !ty.is_scalar() && (1..=UNROLLED).contains(&ty.count()) {
            self.element_by_element(call, &operands, &ty, node.origin)
        } else {
            let args = operands.iter().map(|(operand, _)| *operand).collect();
            self.push(Op::Call { function: call, args, result: 0 }, node.origin)
        };
        self.cast(wide, Elem::F64, ty.elem, node.origin)
    }

    fn cast(&mut self, x: Value, from: Elem, to: Elem, origin: Handle<Origin>) -> Value {
        if from == to { x } else { self.push(Op::Cast { x, to }, origin) }
    }

    fn element_by_element(&mut self, call: Handle<Function>, operands: &[(Value, Type)], ty: &Type, origin: Handle<Origin>) -> Value {
        let flat: Vec<Value> = operands
            .iter()
            .map(|(operand, own)| match own.shape.len() {
                0 | 1 => *operand,
                _ => self.push(Op::Reshape { x: *operand, shape: vec![own.count() as u32] }, origin),
            })
            .collect();
        let mut results = Vec::with_capacity(ty.count());
        for number in 0..ty.count() {
            let mut args = Vec::with_capacity(operands.len());
            for ((_, own), flat) in operands.iter().zip(&flat) {
                args.push(if own.is_scalar() {
                    *flat
                } else {
                    let at = self.push(Op::Const(Literal::I64(position(number, &ty.shape, &own.shape) as i64)), origin);
                    self.push(Op::Gather { x: *flat, at, axis: 0 }, origin)
                });
            }
            results.push(self.push(Op::Call { function: call, args, result: 0 }, origin));
        }
        let packed = self.push(Op::Pack(results), origin);
        if ty.shape.len() == 1 { packed } else { self.push(Op::Reshape { x: packed, shape: ty.shape.clone() }, origin) }
    }
}

/// The row-major number, in a tensor of shape `own` that broadcasts to `shape`, of the element that stands at `number` of that shape.
fn position(mut number: usize, shape: &[u32], own: &[u32]) -> usize {
    let (mut result, mut stride) = (0, 1);
    let padded = own.iter().rev().map(|dim| *dim as usize).chain(std::iter::repeat(1));
    for (dim, own) in shape.iter().rev().map(|dim| *dim as usize).zip(padded) {
        let at = number % dim;
        number /= dim;
        result += if own == 1 { 0 } else { at * stride };
        stride *= own;
    }
    result
}
