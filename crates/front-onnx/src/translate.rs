//! Walks a resolved graph and gives each node to its operator's function. Start at [`module`].
//!
//! What one node refuses does not stop the others: its outputs become [`Value::Refused`], nodes that need them are passed over in
//! silence, and every finding of the file is reported together.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use interp::{Interp, Outcome};
use ir::{Builder, Module, Type, Val};
use source::{Diagnostic, FileId, Place, Sources};

use crate::classes::{Said, predictions};
use crate::model::{Attribute, Graph, Model, Node, Port, PortDim, PortKind};
use crate::node::{Bodies, Entry, OnnxNode, Translated};
use crate::ops;
use crate::tensor::{Data, ElementType, Tensor};
use crate::value::{Dim, PerRow, RANK_LIMIT, Value, data, elem, element_count, ir_shape};
use crate::{Options, Semantics};

/// More fields than this in one record is a mistake in a shape.
const FIELD_LIMIT: usize = 1 << 20;

/// Elements of all values of a row together; a small file could otherwise ask for days of work.
const TOTAL_LIMIT: usize = 1 << 25;

/// Steps that the interpreter may take on constants, a multiplication of a matrix product each: some seconds of work.
const FOLD_LIMIT: u64 = 1 << 27;

/// Nodes of bodies, each as often as it is walked: loops in loops multiply.
const WALK_LIMIT: usize = 1 << 18;

/// The module of a graph, if nothing was `found` in it before. On failure: everything that was found, never empty.
pub fn module(
    model: &Model,
    mut found: Vec<Diagnostic>,
    name: &str,
    sources: &Sources,
    options: &Options,
) -> Result<Module, Vec<Diagnostic>> {
    let is_whole = found.is_empty();
    found.append(&mut unsupported_operators(model));
    if !is_whole {
        return Err(found);
    }
    let b = Builder::new(name);
    {
        let walk = Walk {
            file: model.file,
            b: &b,
            sources,
            semantics: options.semantics,
            scopes: RefCell::new(Vec::new()),
            guards: RefCell::new(Vec::new()),
            sealed: RefCell::new(Vec::new()),
            found: RefCell::new(Vec::new()),
            written: Cell::new(0),
            walked: Cell::new(0),
            folding: Cell::new(0),
        };
        let inputs = walk.inputs(model, options);
        let outputs = walk.run(&model.graph, inputs, Entry::Always);
        walk.outputs(&model.graph, outputs);
        found.append(&mut walk.found.borrow_mut());
    }
    if found.is_empty() { b.finish() } else { Err(found) }
}

/// Operators that have no row here; one diagnostic an operator, with the number of nodes.
fn unsupported_operators<'m>(model: &'m Model) -> Vec<Diagnostic> {
    let mut by_operator: BTreeMap<(&str, &str), Vec<&Node>> = BTreeMap::new();
    let mut graphs: Vec<&Graph> = vec![&model.graph];
    while let Some(graph) = graphs.pop() {
        for node in &graph.nodes {
            if ops::find(&node.domain, &node.operator).is_none() {
                by_operator.entry((&node.domain, &node.operator)).or_default().push(node);
            }
            let body = |attribute: &'m Attribute| if let Attribute::Graph(body) = attribute { Some(body.as_ref()) } else { None };
            graphs.extend(node.attributes.values().filter_map(body));
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

struct Walk<'m, 'b> {
    file: FileId,
    b: &'b Builder,
    sources: &'m Sources,
    semantics: Semantics,
    /// The values of the graph being walked, and of those around it, from the outermost on.
    scopes: RefCell<Vec<BTreeMap<String, Value<'b>>>>,
    /// Where the branches being walked are reached.
    guards: RefCell<Vec<Val<'b>>>,
    /// The scopes, by number, that see no batch around them.
    sealed: RefCell<Vec<usize>>,
    found: RefCell<Vec<Diagnostic>>,
    /// Elements of all values so far.
    written: Cell<usize>,
    /// Nodes of bodies so far, each as often as it was walked.
    walked: Cell<usize>,
    /// Steps that were spent on constants so far.
    folding: Cell<u64>,
}

impl<'b> Bodies<'b> for Walk<'_, 'b> {
    fn run(&self, graph: &Graph, inputs: Vec<Value<'b>>, entry: Entry<'b>) -> Vec<Value<'b>> {
        let known = graph.constants.iter().map(|(name, tensor)| (name.clone(), Value::Constant(Rc::clone(tensor))));
        let given = std::iter::zip(&graph.inputs, inputs).map(|(port, value)| (port.name.clone(), value));
        if !self.scopes.borrow().is_empty() {
            self.walked.set(self.walked.get().saturating_add(graph.nodes.len() + 1));
        }
        match entry {
            Entry::Always => {}
            Entry::Where(holds) => {
                let reached = self.guards.borrow().last().map_or(holds, |outer| *outer & holds);
                self.guards.borrow_mut().push(reached);
            }
            Entry::ByRow => self.sealed.borrow_mut().push(self.scopes.borrow().len()),
        }
        self.scopes.borrow_mut().push(known.chain(given).collect());
        for node in &graph.nodes {
            self.node(node);
        }
        let outputs = graph.outputs.iter().map(|port| self.value(&port.name)).collect();
        self.scopes.borrow_mut().pop();
        match entry {
            Entry::Always => {}
            Entry::Where(_) => {
                self.guards.borrow_mut().pop();
            }
            Entry::ByRow => {
                self.sealed.borrow_mut().pop();
            }
        }
        outputs
    }
}

/// Bodies of nodes whose inputs are all constants: such nodes walk them with everybody else.
struct NoBodies;

impl<'b> Bodies<'b> for NoBodies {
    fn run(&self, body: &Graph, _: Vec<Value<'b>>, _: Entry<'b>) -> Vec<Value<'b>> {
        body.outputs.iter().map(|_| Value::Refused(None)).collect()
    }
}

impl<'b> Walk<'_, 'b> {
    fn value(&self, name: &str) -> Value<'b> {
        if name.is_empty() {
            return Value::Absent;
        }
        let scopes = self.scopes.borrow();
        let found = scopes.iter().enumerate().rev().find_map(|(number, scope)| scope.get(name).map(|value| (number, value.clone())));
        let Some((number, value)) = found else { return Value::Absent };
        let sealed = self.sealed.borrow().last().is_some_and(|sealed| number < *sealed);
        let has_batch = matches!(&value, Value::PerRow(row) if row.batch.is_some())
            || matches!(&value, Value::Tokens(tokens) if tokens.batch.is_some())
            || matches!(value, Value::Flat(..) | Value::Dims(_));
        if sealed && has_batch {
            return Value::Refused(Some(Box::new(
                Diagnostic::error("onnx-mixes-rows", format!("what happens to each row reads `{name}` of all rows"))
                    .at(self.port_place("value", name), "")
                    .help("a scorer sees one row at a time; compute this step before scoring and pass its result in as an input"),
            )));
        }
        value
    }

    fn set(&self, name: &str, value: Value<'b>) {
        if let Some(scope) = self.scopes.borrow_mut().last_mut().filter(|_| !name.is_empty()) {
            scope.insert(name.to_owned(), value);
        }
    }

    fn port_place(&self, what: &str, name: &str) -> Place {
        Place::Path { file: self.file, path: format!("{what} {name}") }
    }

    fn inputs(&self, model: &Model, options: &Options) -> Vec<Value<'b>> {
        let graph = &model.graph;
        let batch = Batch::of(graph, options);
        let features = self.features(model, options);
        graph
            .inputs
            .iter()
            .map(|port| {
                let place = self.port_place("input", &port.name);
                self.b.at(&place, self.sources);
                if let Some(tensor) = options.constants.get(&port.name) {
                    return Value::Constant(Rc::clone(tensor));
                }
                let made = if let PortKind::Map(elements) = port.kind {
                    self.map(graph, port, elements)
                } else {
                    self.input(port, &batch, options, &features)
                };
                match made {
                    Ok(value) => value,
                    Err(diagnostic) => {
                        self.found.borrow_mut().push(diagnostic.at(place, ""));
                        Value::Refused(None)
                    }
                }
            })
            .collect()
    }

    /// Names for the columns of the only input: those that were given, or that exporters note under one of these keys, as a JSON list or with
    /// commas between. What does not fit the input is an error if it was given, and else nothing.
    fn features(&self, model: &Model, options: &Options) -> Vec<String> {
        const KEYS: [&str; 4] = ["feature_names", "feature_names_in", "features", "input_features"];
        let known = KEYS.iter().find_map(|key| model.metadata.get(*key)).map(|text| names(text)).unwrap_or_default();
        let names = if options.features.is_empty() { known } else { options.features.clone() };
        let mut ports = model.graph.inputs.iter().filter(|port| !options.constants.contains_key(&port.name));
        let (port, others) = (ports.next(), ports.count());
        let width = port.filter(|_| others == 0).and_then(|port| match &port.kind {
            PortKind::Tensor { dims: Some(dims), .. } => match dims.as_slice() {
                [_, width] => known_length(width, options),
                _ => None,
            },
            PortKind::Tensor { dims: None, .. } | PortKind::Maps | PortKind::Map(_) | PortKind::Other(_) => None,
        });
        let is_once = names.iter().collect::<BTreeSet<_>>().len() == names.len();
        if width == Some(names.len()) && is_once {
            return names;
        }
        if !options.features.is_empty() {
            let what = match width {
                Some(width) => format!(
                    "{} different names are given for the {width} columns of the input",
                    options.features.iter().collect::<BTreeSet<_>>().len()
                ),
                None => "names of columns are given, and the model has no single input of columns".to_owned(),
            };
            self.found.borrow_mut().push(Diagnostic::error("onnx-feature-names", what).at(Place::File(self.file), ""));
        }
        Vec::new()
    }

    /// A field of the record. Axes of length 1 in front, and the batch, are not part of its shape; one element is a scalar.
    fn input(&self, port: &Port, batch: &Batch, options: &Options, features: &[String]) -> Result<Value<'b>, Box<Diagnostic>> {
        let refuse =
            |name, what: String, help: &str| Err(Box::new(Diagnostic::error(name, format!("the input `{}` {what}", port.name)).help(help)));
        let (elements, dims) = match &port.kind {
            PortKind::Tensor { elements, dims: Some(dims) } => (*elements, dims),
            PortKind::Tensor { dims: None, .. } => {
                let help = "give the input a shape such as `[None, columns]` when exporting";
                return refuse("onnx-unknown-shape", "has no shape".to_owned(), help);
            }
            PortKind::Maps => {
                return refuse("onnx-unsupported-input", "is a sequence of maps".to_owned(), "export with one tensor input a column");
            }
            PortKind::Map(_) => return refuse("onnx-unsupported-input", "is a map".to_owned(), "export with one tensor input a column"),
            PortKind::Other(kind) => {
                let help = "inputs may be tensors of float, double, float16, bfloat16, integers, bool or string";
                return refuse("onnx-unsupported-input", format!("is {kind}"), help);
            }
        };
        if dims.len() > RANK_LIMIT {
            return refuse("onnx-input-size", format!("has {} axes", dims.len()), "the axes of an input are few");
        }
        let place = batch.place(dims, options);
        let mut shape = Vec::new();
        for (axis, dim) in dims.iter().enumerate().filter(|(axis, _)| Some(*axis) != place) {
            match known_length(dim, options) {
                Some(size) => shape.push(size),
                None => {
                    let (what, help) = match dim {
                        PortDim::Named(name) => {
                            (format!("has an open dimension `{name}`"), format!("say how long it is: `--dim {name}=LENGTH`"))
                        }
                        PortDim::Known(_) | PortDim::Open => {
                            (format!("has an open dimension, its axis {axis}"), "give it a number or a name when exporting".to_owned())
                        }
                    };
                    return refuse("onnx-unknown-width", what, &help);
                }
            }
        }
        match element_count(&shape) {
            // Nothing comes in.
            Some(0) => {
                let nothing = data(elem(elements), &[]).map(|data| Tensor { dims: shape.clone(), elements, data });
                match (nothing, place) {
                    (Some(nothing), None) => Ok(Value::known(nothing)),
                    _ => refuse("onnx-input-size", format!("has the shape {shape:?}"), "leave the input out"),
                }
            }
            Some(count) if !features.is_empty() && count == features.len() => {
                let field = |name: &String| self.b.param(name.clone(), Type::scalar(elem(elements)));
                let row = PerRow::scalars(place, elements, shape, features.iter().map(field).collect());
                Ok(Value::PerRow(self.inside(port, row)))
            }
            Some(count) if count <= FIELD_LIMIT => {
                // A column is a scalar; images of one channel are what they are.
                let is_column = place.is_none() || shape.iter().all(|size| *size == 1);
                let outer = if is_column { shape.iter().take_while(|size| **size == 1).count() } else { 0 };
                let own = shape.get(outer..).unwrap_or_default();
                let field = self.b.param(port.name.clone(), Type::tensor(elem(elements), ir_shape(own)));
                let row = match own {
                    [] => PerRow::scalars(place, elements, shape, vec![field]),
                    _ => PerRow::of(elements, place, field.reshape(ir_shape(&shape))),
                };
                Ok(Value::PerRow(self.inside(port, row)))
            }
            Some(_) | None => {
                let help = format!("an input has at most {FIELD_LIMIT} elements a row");
                refuse("onnx-input-size", format!("has the shape {shape:?}"), &help)
            }
        }
    }

    /// A field for each key that the node which takes the map says; a missing one is null.
    fn map(&self, graph: &Graph, port: &Port, elements: ElementType) -> Result<Value<'b>, Box<Diagnostic>> {
        let taker = graph.nodes.iter().find(|node| node.inputs.first() == Some(&port.name));
        let Some(keys) = taker.and_then(ops::encode::keys_of) else {
            let what = format!("the input `{}` is a map, and no node says which keys it has", port.name);
            return Err(Box::new(Diagnostic::error("onnx-unsupported-input", what).help("export with one tensor input a column")));
        };
        let field = |key: &String| self.b.param(format!("{}_{key}", port.name), Type::nullable(elem(elements)));
        Ok(Value::Map(keys.iter().map(|key| (key.clone(), field(key))).collect()))
    }

    /// A field whose type holds more than the graph's: integers outside are not scored, floats are rounded.
    fn inside(&self, port: &Port, row: PerRow<'b>) -> PerRow<'b> {
        if row.elements == row.elements.held() || row.elements == ElementType::U64 {
            return row;
        }
        if row.elements.is_float() {
            return row.map(self.b, |x| x);
        }
        let (least, greatest) = row.elements.range();
        let outside = row.map(self.b, |x| x.lt(least) | x.gt(greatest)).vector(self.b);
        let any = outside.cast(ir::Elem::I32).reduce(ir::Reduce::Max, [0]).ne(0_i64);
        self.b.reject_if(any, ir::Reason::Invalid(format!("{} holds what is no {}", port.name, row.elements.name())));
        row
    }

    fn poison(&self, node: &Node) {
        for output in &node.outputs {
            self.set(output, Value::Refused(None));
        }
    }

    fn node(&self, node: &Node) {
        let Some(row) = ops::find(&node.domain, &node.operator) else { return self.poison(node) };
        let inputs: Vec<Value<'b>> = node.inputs.iter().map(|name| self.value(name)).collect();
        let mut refused = false;
        for input in &inputs {
            if let Value::Refused(why) = input {
                refused = true;
                self.report(why.as_deref());
            }
        }
        if refused {
            return self.poison(node);
        }
        self.b.at(&Place::Path { file: self.file, path: format!("node {}", node.name) }, self.sources);
        let is_known = !inputs.is_empty() && inputs.iter().all(|input| matches!(input, Value::Constant(_) | Value::Absent));
        let guard = self.guards.borrow().last().copied();
        let call = OnnxNode { node, inputs, file: self.file, b: self.b, bodies: self, semantics: self.semantics, guard };
        let translated = match is_known && !row.takes_constants {
            true => self.folded(&call, row),
            false => translated(&call, row),
        };
        match translated.and_then(|outputs| self.within_limits(&call, outputs)) {
            Ok(outputs) => {
                for (index, name) in node.outputs.iter().enumerate() {
                    let value = outputs.get(index).cloned().unwrap_or(Value::Absent);
                    if let Value::PerRow(row) = &value {
                        row.named(name);
                    }
                    self.set(name, value);
                }
            }
            Err(diagnostic) => {
                self.found.borrow_mut().push(*diagnostic);
                self.poison(node);
            }
        }
    }

    /// What a node makes of constants: a module of its own, run by the interpreter.
    fn folded(&self, call: &OnnxNode<'_, 'b>, row: &ops::Row) -> Translated<'b> {
        let alone = Builder::new("constants");
        let mut places = Vec::new();
        {
            let known =
                |value: &Value<'b>| if let Value::Constant(tensor) = value { Value::Constant(Rc::clone(tensor)) } else { Value::Absent };
            let inputs = call.inputs.iter().map(known).collect();
            let node =
                OnnxNode { node: call.node, inputs, file: call.file, b: &alone, bodies: &NoBodies, semantics: self.semantics, guard: None };
            for (index, output) in translated(&node, row)?.into_iter().enumerate() {
                places.push(match output {
                    Value::Constant(tensor) => Folded::Known(tensor),
                    Value::PerRow(row) if row.count() == 0 => match data(elem(row.elements), &[]) {
                        Some(data) => Folded::Known(Rc::new(Tensor { dims: row.whole_shape(), elements: row.elements, data })),
                        None => return call.unsupported("its result is empty"),
                    },
                    Value::PerRow(row) => {
                        alone.result(format!("{index}"), row.whole(&alone));
                        Folded::Result(row.elements, row.whole_shape())
                    }
                    Value::Absent => Folded::Absent,
                    Value::Sequence(_) | Value::Flat(..) | Value::Tokens(_) | Value::Dims(_) | Value::Map(_) | Value::Refused(_) => {
                        return call.unsupported("its inputs are constants");
                    }
                });
            }
        }
        let mut results = Vec::new();
        if places.iter().any(|place| matches!(place, Folded::Result(..))) {
            let (work, _) = alone.work();
            self.folding.set(self.folding.get().saturating_add(work));
            if self.folding.get() > FOLD_LIMIT {
                return call.unsupported(format!("its constants and those before it ask for {} steps", self.folding.get()));
            }
            let unsound = |found: Vec<Diagnostic>| {
                let why = found.first().map_or_else(String::new, |first| first.message.clone());
                Box::new(call.error("onnx-malformed-node", format!("`{}` is malformed: {why}", call.node.operator)))
            };
            let checked = alone.finish().and_then(check::check).map_err(unsound)?;
            let interp = Interp::new(&checked);
            results = match interp.run(&[]) {
                Outcome::Scored(results) => results,
                Outcome::Rejected(rejection) => return call.unsupported(interp.reason(rejection).to_string()),
            };
        }
        let mut results = results.into_iter();
        let mut outputs = Vec::new();
        for place in places {
            outputs.push(match place {
                Folded::Absent => Value::Absent,
                Folded::Known(tensor) => Value::Constant(tensor),
                Folded::Result(elements, dims) => match results.next().and_then(|result| data(elem(elements), result.elements())) {
                    Some(data) => Value::known(Tensor { dims, elements, data }),
                    None => return call.unsupported("its inputs are constants"),
                },
            });
        }
        Ok(outputs)
    }

    /// Outputs of a node whose ranks and sizes the next nodes can work with.
    fn within_limits(&self, node: &OnnxNode<'_, 'b>, outputs: Vec<Value<'b>>) -> Translated<'b> {
        if let Some(why) = self.b.breach() {
            return node.malformed(why);
        }
        let (_, largest) = self.b.work();
        if largest > TOTAL_LIMIT as u64 {
            return node.unsupported(format!("it computes {largest} elements a row at once"));
        }
        if self.walked.get() > WALK_LIMIT {
            return node.unsupported(format!("the loops of the graph come to more than {WALK_LIMIT} nodes"));
        }
        for output in &outputs {
            let more = match output {
                Value::PerRow(row) => row.count(),
                Value::Constant(tensor) if node.node.operator != "Identity" => match &tensor.data {
                    Data::Str(texts) => texts.iter().fold(texts.len(), |sum, text| sum.saturating_add(text.len())),
                    Data::Bool(_) | Data::I32(_) | Data::I64(_) | Data::F32(_) | Data::F64(_) => tensor.data.len(),
                },
                Value::Constant(_)
                | Value::Absent
                | Value::Dims(_)
                | Value::Map(_)
                | Value::Sequence(_)
                | Value::Flat(..)
                | Value::Tokens(_)
                | Value::Refused(_) => 1,
            };
            self.written.set(self.written.get().saturating_add(more));
            if self.written.get() > TOTAL_LIMIT {
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

    /// Says once what is to be said about a value.
    fn report(&self, why: Option<&Diagnostic>) {
        let mut found = self.found.borrow_mut();
        if let Some(why) = why.filter(|why| !found.contains(why)) {
            found.push(why.clone());
        }
    }

    fn outputs(&self, graph: &Graph, values: Vec<Value<'b>>) {
        let mut names = BTreeSet::new();
        let mut said: Vec<Said<'b>> = Vec::new();
        for (port, value) in std::iter::zip(&graph.outputs, values) {
            let place = self.port_place("output", &port.name);
            self.b.at(&place, self.sources);
            let keys = if let Value::Map(classes) = &value { Some(classes.iter().map(|(class, _)| class.clone()).collect()) } else { None };
            let first = said.iter().map(|said| said.fields.len()).sum();
            let fields = self.fields(&port.name, value, &place);
            for (name, value) in &fields {
                if !names.insert(name.clone()) {
                    self.found.borrow_mut().push(
                        Diagnostic::error("onnx-duplicate-name", format!("two output fields are called `{name}`"))
                            .at(place.clone(), "ZipMap fields are named output, underscore, class"),
                    );
                }
                self.b.result(name, *value);
            }
            said.push(Said { first, fields, keys });
        }
        predictions(graph, &said).into_iter().for_each(|prediction| self.b.prediction(prediction));
    }

    /// The fields of one output: one, or with ZipMap one a class, or one an element of a sequence.
    fn fields(&self, name: &str, value: Value<'b>, place: &Place) -> Vec<(String, Val<'b>)> {
        let refuse = |message: String, label: &str| {
            self.found.borrow_mut().push(Diagnostic::error("onnx-unsupported-output", message).at(place.clone(), label));
            Vec::new()
        };
        match value {
            Value::PerRow(row) if row.count() == 1 => row.cells().first().map(|cell| (name.to_owned(), *cell)).into_iter().collect(),
            Value::PerRow(row) if row.batch == Some(0) && row.count() > 0 => vec![(name.to_owned(), row.value(self.b))],
            Value::PerRow(row) if row.batch.is_none() => {
                let outer = row.shape.iter().take_while(|size| **size == 1).count();
                let own = ir_shape(row.shape.get(outer..).unwrap_or_default());
                vec![(name.to_owned(), row.value(self.b).reshape(own))]
            }
            Value::PerRow(row) => refuse(format!("the output `{name}` has the dims {:?}", row.dims()), "the batch must be the first axis"),
            Value::Tokens(_) => {
                refuse(format!("how many tokens the output `{name}` holds depends on the text"), "only counts of them convert")
            }
            Value::Flat(_, dims) => {
                refuse(format!("the output `{name}` has the dims {dims:?}"), "the batch must be the first axis, and nothing else in it")
            }
            Value::Map(classes) => classes.into_iter().map(|(class, value)| (format!("{name}_{class}"), value)).collect(),
            Value::Sequence(items) => {
                let named = items.into_iter().enumerate().map(|(index, item)| (format!("{name}_{index}"), item));
                named.flat_map(|(name, item)| self.fields(&name, item, place)).collect()
            }
            Value::Constant(tensor) => self.fields(name, Value::PerRow(PerRow::constant(self.b, name, &tensor)), place),
            Value::Refused(why) => {
                self.report(why.as_deref());
                Vec::new()
            }
            Value::Dims(_) | Value::Absent => {
                refuse(format!("the output `{name}` does not depend on a row"), "take it out of the graph's outputs")
            }
        }
    }
}

/// The outputs of a node: of each row in turn, where the operator works on one and the batch has a known length.
fn translated<'b>(call: &OnnxNode<'_, 'b>, row: &ops::Row) -> Translated<'b> {
    if row.by_element && call.inputs.iter().any(|input| matches!(input, Value::Flat(..))) {
        return flat(call, row);
    }
    if !row.by_row {
        return (row.translate)(call);
    }
    let x = call.row(0)?;
    let (None, [count, width]) = (x.batch, x.shape.as_slice()) else { return (row.translate)(call) };
    if *count < 2 {
        return (row.translate)(call);
    }
    let mut outputs: Vec<Vec<PerRow<'b>>> = Vec::new();
    for at in 0..*count {
        let one = ops::shape::taken(call, &x, 0, &[at], &[1])?.reshaped(0, vec![*width]);
        let mut inputs = call.inputs.clone();
        if let Some(first) = inputs.first_mut() {
            *first = Value::PerRow(one);
        }
        let single = OnnxNode {
            node: call.node,
            inputs,
            file: call.file,
            b: call.b,
            bodies: call.bodies,
            semantics: call.semantics,
            guard: call.guard,
        };
        for (index, output) in (row.translate)(&single)?.into_iter().enumerate() {
            let Value::PerRow(made) = output else { return call.unsupported("several rows at once") };
            let Some(place) = made.batch else { return call.unsupported("several rows at once") };
            let mut shape = made.shape.clone();
            shape.insert(place, 1);
            if outputs.len() == index {
                outputs.push(Vec::new());
            }
            outputs[index].push(made.reshaped(None, shape));
        }
    }
    // Rows are the first axis of everything that such an operator makes.
    Ok(outputs.iter().map(|rows| Value::PerRow(ops::shape::joined(call.b, rows, 0))).collect())
}

/// The outputs of an operator that works element by element, on rows that were laid out along one axis: it does not matter how.
fn flat<'b>(call: &OnnxNode<'_, 'b>, row: &ops::Row) -> Translated<'b> {
    let mut laid: Option<(&PerRow<'b>, &Vec<Dim>)> = None;
    let mut rank = 0;
    let mut inputs = Vec::new();
    for input in &call.inputs {
        inputs.push(match input {
            Value::Flat(own, dims) => {
                // Either may have axes of length 1 in front that the other lacks.
                let core = |dims: &[Dim]| dims.iter().copied().skip_while(|dim| *dim == Dim::Known(1)).collect::<Vec<_>>();
                match laid {
                    Some((other, others)) if other.dims() != own.dims() || core(others) != core(dims) => {
                        return call.mixes_rows(format!("it meets rows laid out as {others:?} with {dims:?}"));
                    }
                    Some((_, others)) if others.len() >= dims.len() => {}
                    Some(_) | None => laid = Some((own, dims)),
                }
                Value::PerRow(own.clone())
            }
            Value::Constant(tensor) if tensor.data.len() == 1 => {
                rank = rank.max(tensor.dims.len());
                Value::Constant(Rc::new(tensor.reshaped(Vec::new())))
            }
            Value::Absent => Value::Absent,
            Value::Constant(_)
            | Value::PerRow(_)
            | Value::Dims(_)
            | Value::Map(_)
            | Value::Sequence(_)
            | Value::Tokens(_)
            | Value::Refused(_) => {
                return call.mixes_rows("it meets rows laid out along one axis with what is not one number");
            }
        });
    }
    let Some((_, dims)) = laid else { return (row.translate)(call) };
    let single =
        OnnxNode { node: call.node, inputs, file: call.file, b: call.b, bodies: call.bodies, semantics: call.semantics, guard: call.guard };
    let outputs = (row.translate)(&single)?;
    let mut dims = dims.clone();
    dims.splice(0..0, std::iter::repeat_n(Dim::Known(1), rank.saturating_sub(dims.len())));
    let wrapped = |output| if let Value::PerRow(row) = output { Value::Flat(row, dims.clone()) } else { output };
    Ok(outputs.into_iter().map(wrapped).collect())
}

enum Folded {
    Absent,
    Known(Rc<Tensor>),
    /// The next result, of these elements and dims.
    Result(ElementType, Vec<usize>),
}

/// Which open dimension of the inputs counts the rows.
enum Batch {
    /// All dimensions have a length: a run scores one row.
    None,
    /// The first one, whatever it is called.
    First,
    Named(String),
}

/// Names as a JSON list of texts, or with commas between.
fn names(text: &str) -> Vec<String> {
    let text = text.trim();
    let inner = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    let plain = |name: &str| name.trim().trim_matches(['"', '\'']).to_owned();
    inner.unwrap_or(text).split(',').map(plain).filter(|name| !name.is_empty()).collect()
}

/// The length of a dimension, from the file or from whoever builds the scorer.
fn known_length(dim: &PortDim, options: &Options) -> Option<usize> {
    match dim {
        PortDim::Known(size) => Some(*size),
        PortDim::Named(name) => options.dims.get(name).copied(),
        PortDim::Open => None,
    }
}

impl Batch {
    /// What all outputs have first, if an input has it; an open first dimension of an input; or else the only open dimension that there is.
    fn of(graph: &Graph, options: &Options) -> Batch {
        let tensors = graph.inputs.iter().filter(|port| !options.constants.contains_key(&port.name));
        let dims = || {
            tensors.clone().filter_map(|port| if let PortKind::Tensor { dims: Some(dims), .. } = &port.kind { Some(dims) } else { None })
        };
        let is_open = |dim: &&PortDim| known_length(dim, options).is_none();
        let first = |port: &Port| if let PortKind::Tensor { dims: Some(dims), .. } = &port.kind { dims.first().cloned() } else { None };
        let firsts: BTreeSet<Option<PortDim>> = graph.outputs.iter().map(first).collect();
        if let [Some(PortDim::Named(name))] = firsts.into_iter().collect::<Vec<_>>().as_slice()
            && !options.dims.contains_key(name)
            && dims().all(|dims| dims.iter().any(|dim| matches!(dim, PortDim::Named(own) if own == name)))
        {
            return Batch::Named(name.clone());
        }
        if dims().any(|dims| dims.first().as_ref().is_some_and(is_open)) {
            return Batch::First;
        }
        let names: BTreeSet<&PortDim> = dims().flatten().filter(is_open).collect();
        match names.into_iter().collect::<Vec<_>>().as_slice() {
            [PortDim::Named(name)] => Batch::Named(name.clone()),
            _ => Batch::None,
        }
    }

    /// Its place among the dims of an input.
    fn place(&self, dims: &[PortDim], options: &Options) -> Option<usize> {
        match self {
            Batch::None => None,
            Batch::First => dims.first().filter(|dim| known_length(dim, options).is_none()).map(|_| 0),
            Batch::Named(name) => dims.iter().position(|dim| matches!(dim, PortDim::Named(own) if own == name)),
        }
    }
}
