//! Takes the parts of one module into another and keeps track of their new numbers.

use std::collections::HashMap;

use crate::op::Link;
use crate::{Function, Handle, Module, Op, Origin, Table};

/// The new handles of another module's parts.
pub struct Import<'a> {
    from: &'a Module,
    tables: HashMap<Handle<Table>, Handle<Table>>,
    origins: HashMap<Handle<Origin>, Handle<Origin>>,
    functions: HashMap<Handle<Function>, Handle<Function>>,
}

impl<'a> Import<'a> {
    pub fn new(from: &'a Module) -> Self {
        Import { from, tables: HashMap::new(), origins: HashMap::new(), functions: HashMap::new() }
    }

    /// Takes everything in; gives the new handle of the entry.
    pub fn all(mut self, into: &mut Module) -> Option<Handle<Function>> {
        self.tables_and_origins(into);
        self.functions_before_entry(into);
        let entry = self.from.entry?;
        let copy = self.function(self.from.functions.get(entry)?);
        Some(into.functions.push(copy))
    }

    pub fn tables_and_origins(&mut self, into: &mut Module) {
        for (handle, table) in self.from.tables.iter() {
            let new = into.tables.push(table.clone());
            self.tables.insert(handle, new);
        }
        for (handle, origin) in self.from.origins.iter() {
            let copy = match origin {
                Origin::Made { by, from } => {
                    Origin::Made { by: by.clone(), from: from.iter().map(|earlier| self.origin(*earlier)).collect() }
                }
                Origin::Text { .. } | Origin::Graph { .. } => origin.clone(),
            };
            let new = into.origins.push(copy);
            self.origins.insert(handle, new);
        }
    }

    pub fn functions_before_entry(&mut self, into: &mut Module) {
        for (handle, function) in self.from.functions.iter() {
            if Some(handle) != self.from.entry {
                let copy = self.function(function);
                let new = into.functions.push(copy);
                self.functions.insert(handle, new);
            }
        }
    }

    /// The function with its tables, origins and callees renumbered.
    pub fn function(&self, function: &Function) -> Function {
        let mut copy = function.clone();
        for (_, node) in copy.nodes.iter_mut() {
            node.origin = self.origin(node.origin);
            node.op = self.op(&node.op);
        }
        for rejection in &mut copy.rejections {
            rejection.origin = self.origin(rejection.origin);
        }
        copy
    }

    /// The operation with its tables and callees renumbered; operands stay as they are.
    pub fn op(&self, op: &Op) -> Op {
        let mut op = op.clone();
        match op.link() {
            Some(Link::Table(table)) => *table = self.tables.get(table).copied().unwrap_or(*table),
            Some(Link::Function(function)) => *function = self.functions.get(function).copied().unwrap_or(*function),
            None => {}
        }
        op
    }

    /// The new handle of an origin; an origin that was not taken in keeps its number.
    pub fn origin(&self, origin: Handle<Origin>) -> Handle<Origin> {
        self.origins.get(&origin).copied().unwrap_or(origin)
    }
}
