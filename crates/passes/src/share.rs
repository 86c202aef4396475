//! The same operation on the same operands is one node, and the same table is one table.

use std::collections::HashMap;

use check::Checked;
use ir::op::Link;
use ir::{Handle, Module, Op, Table, Value};

use crate::{redirect, stand_in};

/// The module in which everybody uses the first of equal nodes and tables. The others stay behind, unused.
///
/// Equal is what [`ir::Literal`] calls equal, so `0.0` and `-0.0` stay two. `a + b` and `b + a` are not told to be the same.
pub fn share(checked: &Checked) -> Module {
    let mut module = checked.module().clone();
    let tables = first_tables(&module);
    for (_, function) in module.functions.iter_mut() {
        for (_, node) in function.nodes.iter_mut() {
            if let Some(Link::Table(table)) = node.op.link() {
                *table = tables[table.index()];
            }
        }
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

/// For each table the first one that equals it.
fn first_tables(module: &Module) -> Vec<Handle<Table>> {
    let mut firsts: Vec<(Handle<Table>, &Table)> = Vec::new();
    let first = |(handle, table)| {
        let known = firsts.iter().find(|(_, first)| *first == table);
        known.map(|(first, _)| *first).unwrap_or_else(|| {
            firsts.push((handle, table));
            handle
        })
    };
    module.tables.iter().map(first).collect()
}
