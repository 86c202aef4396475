//! A module without what no result and no rejection needs: nodes, parameters, tables, functions, origins.
//!
//! Replay reads every column of the scoring file and computes columns that are dropped later; the scorer asks only for what it uses.

use ir::{Arena, Function, Handle, Link, Module, Node, Op, Origin, Output, Rejection, Value};
use std::collections::HashMap;

/// The same module without dead parts of its entry. What stays keeps its order.
pub(crate) fn prune(module: Module) -> Module {
    let Some(entry) = module.entry_function() else { return module };
    let mut live = vec![false; entry.nodes.len()];
    for value in entry.results.iter().map(|output| output.value).chain(entry.rejections.iter().map(|rejection| rejection.when)) {
        live[value.index()] = true;
    }
    let nodes: Vec<&Node> = entry.nodes.iter().map(|(_, node)| node).collect();
    for at in (0..nodes.len()).rev() {
        if live[at] {
            nodes[at].op.operands().iter().for_each(|operand| live[operand.index()] = true);
        }
    }
    let mut params = Vec::new();
    let mut param_number: HashMap<u32, u32> = HashMap::new();
    for at in (0..nodes.len()).filter(|at| live[*at]) {
        if let Op::Param(index) = nodes[at].op {
            param_number.entry(index).or_insert(0);
        }
    }
    for (index, field) in entry.params.iter().enumerate() {
        if let Some(number) = param_number.get_mut(&(index as u32)) {
            *number = params.len() as u32;
            params.push(field.clone());
        }
    }
    let mut out = Module { name: module.name.clone(), files: module.files.clone(), ..Module::default() };
    let mut kept = Kept { module: &module, out: &mut out, tables: HashMap::new(), functions: HashMap::new(), origins: HashMap::new() };
    let mut new_nodes: Arena<Node> = Arena::default();
    let mut number: HashMap<Value, Value> = HashMap::new();
    for (value, node) in entry.nodes.iter().filter(|(value, _)| live[value.index()]) {
        let op = node.op.map_operands(|operand| number.get(&operand).copied().unwrap_or(operand));
        let op = if let Op::Param(index) = op { Op::Param(param_number.get(&index).copied().unwrap_or(index)) } else { kept.op(op) };
        let origin = kept.origin(node.origin);
        number.insert(value, new_nodes.push(Node { op, origin, label: node.label.clone() }));
    }
    let moved = |value: Value| number.get(&value).copied().unwrap_or(value);
    let rejections = entry
        .rejections
        .iter()
        .map(|one| Rejection { when: moved(one.when), reason: one.reason.clone(), origin: kept.origin(one.origin) })
        .collect();
    let results = entry.results.iter().map(|one| Output { field: one.field.clone(), value: moved(one.value) }).collect();
    let function = Function {
        name: entry.name.clone(),
        doc: entry.doc.clone(),
        params,
        nodes: new_nodes,
        rejections,
        results,
        predictions: entry.predictions.clone(),
    };
    let entry = out.functions.push(function);
    out.entry = Some(entry);
    out
}

/// What was carried over so far.
struct Kept<'m> {
    module: &'m Module,
    out: &'m mut Module,
    tables: HashMap<Handle<ir::Table>, Handle<ir::Table>>,
    functions: HashMap<Handle<Function>, Handle<Function>>,
    origins: HashMap<Handle<Origin>, Handle<Origin>>,
}

impl Kept<'_> {
    fn table(&mut self, table: Handle<ir::Table>) -> Handle<ir::Table> {
        if let Some(new) = self.tables.get(&table) {
            return *new;
        }
        let Some(data) = self.module.tables.get(table) else { return table };
        let new = self.out.tables.push(data.clone());
        self.tables.insert(table, new);
        new
    }

    /// The operation with its tables and functions as they are numbered now.
    fn op(&mut self, mut op: Op) -> Op {
        match op.link() {
            Some(Link::Table(table)) => *table = self.table(*table),
            Some(Link::Function(function)) => *function = self.function(*function),
            None => {}
        }
        op
    }

    /// A function that is called, whole. Callees stand before their callers there, and so they do here.
    fn function(&mut self, function: Handle<Function>) -> Handle<Function> {
        if let Some(new) = self.functions.get(&function) {
            return *new;
        }
        let Some(data) = self.module.functions.get(function).cloned() else { return function };
        let mut nodes: Arena<Node> = Arena::default();
        for (_, node) in data.nodes.iter() {
            let op = self.op(node.op.clone());
            let origin = self.origin(node.origin);
            nodes.push(Node { op, origin, label: node.label.clone() });
        }
        let new = self.out.functions.push(Function { nodes, ..data });
        self.functions.insert(function, new);
        new
    }

    fn origin(&mut self, origin: Handle<Origin>) -> Handle<Origin> {
        if let Some(new) = self.origins.get(&origin) {
            return *new;
        }
        let Some(data) = self.module.origins.get(origin).cloned() else { return origin };
        let data = match data {
            Origin::Made { by, from } => Origin::Made { by, from: from.into_iter().map(|one| self.origin(one)).collect() },
            other @ (Origin::Text { .. } | Origin::Graph { .. }) => other,
        };
        let new = self.out.origins.push(data);
        self.origins.insert(origin, new);
        new
    }
}
