//! Walks a resolved graph and gives each node to its operator's function. Start at [`module`].
//!
//! What one node refuses does not stop the others: its outputs become [`Value::Refused`], nodes that need them are passed over in
//! silence, and every finding of the file is reported together.

use std::collections::{BTreeMap, BTreeSet};

use ir::{Builder, Module, Type};
use source::{Diagnostic, Place, Sources};

use crate::model::{Model, Node, Port, PortDim, PortKind};
use crate::node::{OnnxNode, Translated};
use crate::ops;
use crate::value::{PerRow, RANK_LIMIT, Value, constant, elem, element_count, ir_shape};

/// More fields than this in one record is a mistake in a shape.
const FIELD_LIMIT: usize = 1 << 16;

/// Elements of all values of a row together; a small file could otherwise ask for days of work.
const TOTAL_LIMIT: usize = 1 << 24;

/// The module of a graph, if nothing was `found` in it before. On failure: everything that was found, never empty.
pub fn module(model: &Model, mut found: Vec<Diagnostic>, name: &str, sources: &Sources) -> Result<Module, Vec<Diagnostic>> {
    let is_whole = found.is_empty();
    found.append(&mut unsupported_operators(model));
    if !is_whole {
        return Err(found);
    }
    let b = Builder::new(name);
    {
        let mut walk = Walk { model, b: &b, sources, values: BTreeMap::new(), found: Vec::new(), written: 0 };
        walk.inputs();
        for node in &model.nodes {
            if ops::find(&node.domain, &node.operator).is_some() {
                walk.node(node);
            } else {
                walk.poison(node);
            }
        }
        walk.outputs();
        found.append(&mut walk.found);
    }
    if found.is_empty() { b.finish() } else { Err(found) }
}

/// Operators that have no row here; one diagnostic an operator, with the number of nodes.
fn unsupported_operators(model: &Model) -> Vec<Diagnostic> {
    let mut by_operator: BTreeMap<(&str, &str), Vec<&Node>> = BTreeMap::new();
    for node in &model.nodes {
        if ops::find(&node.domain, &node.operator).is_none() {
            by_operator.entry((&node.domain, &node.operator)).or_default().push(node);
        }
    }
    by_operator
        .into_iter()
        .filter_map(|((_, operator), nodes)| {
            let first = nodes.first()?;
            let label = match nodes.len() {
                1 => "the only such node".to_owned(),
                count => format!("the first of {count} such nodes"),
            };
            Some(
                Diagnostic::error("onnx-unsupported-op", format!("the operator `{operator}` is not supported"))
                    .at(first.place(model.file), label)
                    .help("leave this step out of the exported graph and compute it before scoring, or export the estimator without it"),
            )
        })
        .collect()
}

/// Outputs of a node whose ranks and sizes the next nodes can work with.
fn within_limits<'b>(node: &OnnxNode<'_, 'b>, outputs: Vec<Value<'b>>, written: &mut usize) -> Translated<'b> {
    for output in &outputs {
        *written += match output {
            Value::PerRow(row) => row.count(),
            Value::Constant(tensor) if node.node.operator != "Identity" => tensor.data.len(),
            Value::Constant(_) | Value::Absent | Value::Dims(_) | Value::Map(_) | Value::Refused(_) => 1,
        };
        if *written > TOTAL_LIMIT {
            return node.unsupported(format!("the graph has more than {TOTAL_LIMIT} elements a row in all"));
        }
        if let Value::PerRow(row) = output
            && (row.rank() > RANK_LIMIT || element_count(&row.shape).is_none())
        {
            return node.unsupported(format!("its result has the dims {:?}", row.dims()));
        }
    }
    Ok(outputs)
}

struct Walk<'m, 'b> {
    model: &'m Model,
    b: &'b Builder,
    sources: &'m Sources,
    values: BTreeMap<String, Value<'b>>,
    found: Vec<Diagnostic>,
    /// Elements of all values so far.
    written: usize,
}

impl<'b> Walk<'_, 'b> {
    fn port_place(&self, what: &str, name: &str) -> Place {
        Place::Path { file: self.model.file, path: format!("{what} {name}") }
    }

    fn inputs(&mut self) {
        for (name, tensor) in &self.model.constants {
            self.values.insert(name.clone(), Value::Constant(std::rc::Rc::clone(tensor)));
        }
        for port in &self.model.inputs {
            let place = self.port_place("input", &port.name);
            self.b.at(&place, self.sources);
            let value = match self.input(port) {
                Ok(row) => Value::PerRow(row),
                Err(diagnostic) => {
                    self.found.push(diagnostic.at(place, ""));
                    Value::Refused(None)
                }
            };
            self.values.insert(port.name.clone(), value);
        }
    }

    /// `[N]` and `[N, 1]` are a scalar field, `[N, k]` is a vector field.
    fn input(&self, port: &Port) -> Result<PerRow<'b>, Box<Diagnostic>> {
        const SHAPES: &str = "give the input the shape `[None]`, `[None, 1]` or `[None, columns]` when exporting";
        let refuse =
            |name, what: String, help: &str| Err(Box::new(Diagnostic::error(name, format!("the input `{}` {what}", port.name)).help(help)));
        let (elements, dims) = match &port.kind {
            PortKind::Tensor { elements, dims: Some(dims) } => (*elements, dims),
            PortKind::Tensor { dims: None, .. } => return refuse("onnx-unknown-shape", "has no shape".to_owned(), SHAPES),
            PortKind::Maps => {
                return refuse("onnx-unsupported-input", "is a sequence of maps".to_owned(), "export with one tensor input a column");
            }
            PortKind::Other(kind) => {
                let help = "inputs may be tensors of float, double, int32, int64, bool or string";
                return refuse("onnx-unsupported-input", format!("is {kind}"), help);
            }
        };
        let Some((batch, columns)) = dims.split_first() else {
            return refuse("onnx-no-batch", "has no batch axis".to_owned(), SHAPES);
        };
        if let PortDim::Known(rows) = batch
            && *rows != 1
        {
            let help = "export with an open first dimension; a scorer sees one row at a time";
            return refuse("onnx-fixed-batch", format!("takes {rows} rows at once"), help);
        }
        if dims.len() > RANK_LIMIT {
            return refuse("onnx-input-size", format!("has {} axes", dims.len()), SHAPES);
        }
        let known = |dim: &PortDim| if let PortDim::Known(size) = dim { Some(*size) } else { None };
        let Some(shape) = columns.iter().map(known).collect::<Option<Vec<usize>>>() else {
            return refuse("onnx-unknown-width", "has an open number of columns".to_owned(), SHAPES);
        };
        match element_count(&shape) {
            Some(1) => {
                let field = self.b.param(port.name.clone(), Type::scalar(elem(elements)));
                Ok(PerRow::scalars(0, elements, shape, vec![field]))
            }
            Some(count) if (1..=FIELD_LIMIT).contains(&count) => {
                let field = self.b.param(port.name.clone(), Type::tensor(elem(elements), ir_shape(&shape)));
                Ok(PerRow::tensor(0, field))
            }
            Some(_) | None => {
                let help = format!("an input has 1 to {FIELD_LIMIT} columns");
                refuse("onnx-input-size", format!("has the shape {shape:?}"), &help)
            }
        }
    }

    fn poison(&mut self, node: &Node) {
        for output in &node.outputs {
            self.values.insert(output.clone(), Value::Refused(None));
        }
    }

    fn node(&mut self, node: &Node) {
        let Some(row) = ops::find(&node.domain, &node.operator) else { return };
        let inputs: Vec<Value<'b>> = node
            .inputs
            .iter()
            .map(|name| if name.is_empty() { Value::Absent } else { self.values.get(name).cloned().unwrap_or(Value::Absent) })
            .collect();
        let mut refused = false;
        for input in &inputs {
            if let Value::Refused(why) = input {
                refused = true;
                self.report(why.as_deref());
            }
        }
        if refused {
            self.poison(node);
            return;
        }
        self.b.at(&Place::Path { file: self.model.file, path: format!("node {}", node.name) }, self.sources);
        let call = OnnxNode { node, inputs, file: self.model.file, b: self.b };
        let translated = (row.translate)(&call).and_then(|outputs| within_limits(&call, outputs, &mut self.written));
        match translated {
            Ok(outputs) => {
                for (index, name) in node.outputs.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
                    let value = outputs.get(index).cloned().unwrap_or(Value::Absent);
                    if let Value::PerRow(row) = &value {
                        row.named(name);
                    }
                    self.values.insert(name.clone(), value);
                }
            }
            Err(diagnostic) => {
                self.found.push(*diagnostic);
                self.poison(node);
            }
        }
    }

    /// Says once what is to be said about a value.
    fn report(&mut self, why: Option<&Diagnostic>) {
        if let Some(why) = why.filter(|why| !self.found.contains(why)) {
            self.found.push(why.clone());
        }
    }

    fn outputs(&mut self) {
        let mut names = BTreeSet::new();
        for port in &self.model.outputs {
            let place = self.port_place("output", &port.name);
            self.b.at(&place, self.sources);
            let value = self.values.get(&port.name).cloned().unwrap_or(Value::Absent);
            for (name, value) in self.fields(port, value, &place) {
                if !names.insert(name.clone()) {
                    self.found.push(
                        Diagnostic::error("onnx-duplicate-name", format!("two output fields are called `{name}`"))
                            .at(place.clone(), "ZipMap fields are named output, underscore, class"),
                    );
                }
                self.b.result(name, value);
            }
        }
    }

    /// The fields of one output: one, or with ZipMap one a class.
    fn fields(&mut self, port: &Port, value: Value<'b>, place: &Place) -> Vec<(String, ir::Val<'b>)> {
        match value {
            Value::PerRow(row) if row.count() == 1 => row.cells().first().map(|cell| (port.name.clone(), *cell)).into_iter().collect(),
            Value::PerRow(row) if row.batch == 0 && row.count() > 0 => vec![(port.name.clone(), row.value(self.b))],
            Value::PerRow(row) => {
                self.found.push(
                    Diagnostic::error("onnx-unsupported-output", format!("the output `{}` has the dims {:?}", port.name, row.dims()))
                        .at(place.clone(), "the batch must be the first axis"),
                );
                Vec::new()
            }
            Value::Map(classes) => classes.into_iter().map(|(class, value)| (format!("{}_{class}", port.name), value)).collect(),
            Value::Constant(tensor) if tensor.data.len() == 1 => {
                vec![(port.name.clone(), constant(self.b, &port.name, &[], &tensor.data))]
            }
            Value::Refused(why) => {
                self.report(why.as_deref());
                Vec::new()
            }
            Value::Constant(_) | Value::Dims(_) | Value::Absent => {
                self.found.push(
                    Diagnostic::error("onnx-unsupported-output", format!("the output `{}` does not depend on a row", port.name))
                        .at(place.clone(), "")
                        .help("take it out of the graph's outputs"),
                );
                Vec::new()
            }
        }
    }
}
