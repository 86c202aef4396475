//! The same operation on the same operands is one node.

use std::collections::HashMap;

use check::Checked;
use ir::{Module, Op, Value};

use crate::{redirect, stand_in};

/// The module in which everybody uses the first of equal nodes. The others stay behind, unused.
///
/// Equal is what [`ir::Literal`] calls equal, so `0.0` and `-0.0` stay two. `a + b` and `b + a` are not told to be the same.
pub fn share(checked: &Checked) -> Module {
    let mut module = checked.module().clone();
    for (_, function) in module.functions.iter_mut() {
        let mut firsts: HashMap<Op, Value> = HashMap::new();
        let mut values: Vec<Value> = Vec::with_capacity(function.nodes.len());
        for index in 0..function.nodes.len() as u32 {
            let value = Value::new(index);
            let op = function.nodes[value].op.map_operands(|operand| values[operand.index()]);
            let first = *firsts.entry(op.clone()).or_insert(value);
            if first != value {
                stand_in(function, value, first);
            }
            if let Some(node) = function.nodes.get_mut(value) {
                node.op = op;
            }
            values.push(first);
        }
        redirect(function, &values);
    }
    module
}
