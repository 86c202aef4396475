//! Bytes to a [`Model`]: decoded, in an order that can be computed, with every name resolved. Nothing here knows what an operator means.
//!
//! All findings of a file are collected. A model that comes out has opsets that the signature table knows, nodes whose operands stand before
//! them, and only nodes that an output needs; each node has its signature, and its attributes have the kinds that the signature asks for.

use std::collections::{BTreeMap, BTreeSet};
use std::mem::take;
use std::rc::Rc;

use bytes::Bytes;
use grammars::onnx::{self as signatures, Grammar, Kind, Signature};
use prost::Message;
use source::{Diagnostic, FileId, Place};

use crate::functions::{Functions, Piece};
use crate::proto::{AttributeProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, SparseTensorProto, TensorProto, TypeProto};
use crate::tensor::{Beside, Data, ElementType, Tensor, text};
use crate::value::element_count;

/// Protobuf itself cannot hold more.
const SIZE_LIMIT: usize = 1 << 31;
/// Before this opset of `ai.onnx` operators had attributes that only pointed out which inputs might be overwritten, and many another form. Those
/// that did not change up to it are taken from older files too.
const SETTLED_OPSET: i64 = 6;
/// `ai.onnx.ml` operators of files that forget to import the domain, as files of the booster converters do.
const UNDECLARED_ML_OPSET: i64 = 1;

/// A file that can be translated from front to back.
#[derive(Debug)]
pub struct Model {
    pub file: FileId,
    pub graph: Graph,
    /// What exporters note beside the graph, such as the names of features.
    pub metadata: BTreeMap<String, String>,
    /// The exporter's name for itself; empty where the file has none.
    pub producer: String,
}

/// Nodes in an order that can be computed. The body of a loop or a branch is one too.
#[derive(Debug)]
pub struct Graph {
    pub constants: BTreeMap<String, Rc<Tensor>>,
    pub inputs: Vec<Port>,
    pub outputs: Vec<Port>,
    pub nodes: Vec<Node>,
}

/// An input or output of the graph.
#[derive(Debug, Clone, PartialEq)]
pub struct Port {
    pub name: String,
    pub kind: PortKind,
}

#[derive(Debug, Clone, PartialEq)]
pub enum PortKind {
    /// The rank is unknown where the file gives no shape.
    Tensor { elements: ElementType, dims: Option<Vec<PortDim>> },
    /// A sequence of maps, which is what `ZipMap` makes.
    Maps,
    /// One map, of values of this type by text or by whole numbers.
    Map(ElementType),
    /// Something else; named for the diagnostic.
    Other(String),
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum PortDim {
    Known(usize),
    Named(String),
    /// Neither a number nor a name.
    Open,
}

#[derive(Debug)]
pub struct Node {
    /// The node's own name, or `Op producing output` where it has none.
    pub name: String,
    pub domain: String,
    pub operator: String,
    pub opset: i64,
    pub signature: &'static Signature,
    pub inputs: Vec<String>,
    pub outputs: Vec<String>,
    pub attributes: BTreeMap<String, Attribute>,
    /// The first output of the graph that needs this node.
    pub needed_by: String,
}

#[derive(Debug, Clone)]
pub enum Attribute {
    Float(f32),
    Int(i64),
    String(String),
    Tensor(Tensor),
    Floats(Vec<f32>),
    Ints(Vec<i64>),
    Strings(Vec<String>),
    Graph(Rc<Graph>),
}

impl Node {
    pub fn place(&self, file: FileId) -> Place {
        node_place(file, &self.name, &self.needed_by)
    }
}

fn node_place(file: FileId, name: &str, needed_by: &str) -> Place {
    Place::Path { file, path: format!("node {name}, needed by output {needed_by}") }
}

/// Reads a model as far as it can be read, with everything that was found; only a model without findings is whole.
///
/// On failure there is no graph to speak of, and the findings are not empty.
pub fn decode(bytes: Bytes, file: FileId, beside: &dyn Beside) -> Result<(Model, Vec<Diagnostic>), Vec<Diagnostic>> {
    let whole = |name, message: String| vec![Diagnostic::error(name, message).at(Place::File(file), "")];
    if bytes.len() >= SIZE_LIMIT {
        return Err(whole("onnx-too-large", format!("the file has {} bytes; a protobuf message holds less than 2 GiB", bytes.len())));
    }
    let grammar =
        signatures::grammar().map_err(|error| whole("onnx-signature-table", format!("the operator table is damaged: {error}")))?;
    let length = bytes.len();
    let mut proto = ModelProto::decode(bytes).map_err(|error| {
        vec![
            Diagnostic::error("onnx-unreadable", "the file is not a readable ONNX model")
                .at(Place::File(file), error.to_string())
                .help("check that it was copied whole: `python -c \"import onnx; onnx.checker.check_model('model.onnx')\"`"),
        ]
    })?;
    let Some(graph) = &mut proto.graph else {
        return Err(vec![
            Diagnostic::error("onnx-unreadable", "the file holds no graph").at(Place::File(file), "not an ONNX model, or cut off"),
        ]);
    };
    let mut reader =
        Reader { file, grammar, beside, functions: Functions::of(&proto.functions, length), scopes: Vec::new(), found: Vec::new() };
    let opsets = Rc::new(reader.opsets(&proto.opset_import));
    // The greater part of most files; each is let go of when it is read.
    let constants = reader.constants(take(&mut graph.initializer), take(&mut graph.sparse_initializer));
    let graph = reader.graph(graph, constants, &opsets, None);
    if graph.outputs.is_empty() {
        reader.refuse(Diagnostic::error("onnx-unreadable", "the graph has no outputs").at(Place::File(file), ""));
    }
    let metadata = proto.metadata_props.into_iter().filter_map(|entry| Some((entry.key?, entry.value.unwrap_or_default()))).collect();
    Ok((Model { file, graph, metadata, producer: proto.producer_name.unwrap_or_default() }, reader.found))
}

/// The opset of each domain.
type Opsets = Rc<BTreeMap<String, i64>>;

struct Reader<'p> {
    file: FileId,
    grammar: &'static Grammar,
    beside: &'p dyn Beside,
    functions: Functions<'p>,
    /// The names that the graphs around the one being read make, from the outermost on.
    scopes: Vec<BTreeSet<String>>,
    found: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn refuse(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    /// A graph with its functions written out. `needed_by`: the output that needs the node whose body it is.
    fn graph(&mut self, proto: &GraphProto, constants: BTreeMap<String, Rc<Tensor>>, opsets: &Opsets, needed_by: Option<&str>) -> Graph {
        let inputs = self.inputs(proto, &constants);
        let outputs: Vec<Port> = proto.output.iter().map(|info| port(info.name.clone().unwrap_or_default(), info.kind.as_ref())).collect();
        let pieces = match self.functions.written_out(&proto.node, opsets) {
            Ok(pieces) => pieces,
            Err(why) => {
                self.refuse(
                    Diagnostic::error("onnx-local-function", format!("the functions of the model cannot be written out: {why}"))
                        .at(Place::File(self.file), ""),
                );
                Vec::new()
            }
        };
        let order = self.order(&pieces, &constants, &inputs, &outputs);
        let made = pieces.iter().flat_map(|piece| piece.node.output.iter().cloned());
        let given = constants.keys().cloned().chain(inputs.iter().map(|input| input.name.clone()));
        self.scopes.push(made.chain(given).collect());
        let nodes = order.into_iter().filter_map(|(piece, output)| self.node(piece, needed_by.map_or(output, str::to_owned))).collect();
        self.scopes.pop();
        Graph { constants, inputs, outputs, nodes }
    }

    /// `ai.onnx` and the empty domain are the same. Equal duplicates are what `skl2onnx` writes; contradicting ones have no meaning.
    fn opsets(&mut self, imports: &[OperatorSetIdProto]) -> BTreeMap<String, i64> {
        let mut opsets: BTreeMap<String, i64> = BTreeMap::new();
        for import in imports {
            let domain = plain_domain(import.domain.as_deref().unwrap_or(""));
            let version = import.version.unwrap_or(0);
            match opsets.get(domain) {
                Some(other) if *other != version => self.refuse(
                    Diagnostic::error(
                        "onnx-contradictory-opsets",
                        format!("the file imports the domain `{}` at opset {other} and at opset {version}", domain_name(domain)),
                    )
                    .at(Place::File(self.file), "one of the two has to go")
                    .help("export the model again with one `target_opset` for each domain"),
                ),
                Some(_) | None => {
                    opsets.insert(domain.to_owned(), version);
                }
            }
        }
        for (domain, newest) in &self.grammar.newest {
            match opsets.get(domain).copied() {
                Some(version) if version > *newest || version < 1 => self.found.push(
                    Diagnostic::error(
                        "onnx-unsupported-opset",
                        format!("the file uses opset {version} of `{}`; opsets 1 to {newest} are known", domain_name(domain)),
                    )
                    .at(Place::File(self.file), "")
                    .help(format!(
                        "export with a `target_opset` in that range, or convert with `onnx.version_converter`; {newest} is the newest"
                    )),
                ),
                Some(_) => {}
                None => {
                    opsets.insert(domain.clone(), if domain.is_empty() { *newest } else { UNDECLARED_ML_OPSET });
                }
            }
        }
        opsets
    }

    fn constants(&mut self, initializers: Vec<TensorProto>, sparse: Vec<SparseTensorProto>) -> BTreeMap<String, Rc<Tensor>> {
        let mut constants = BTreeMap::new();
        for proto in initializers {
            let name = proto.name.clone().unwrap_or_default();
            let external = !proto.external_data.is_empty();
            match Tensor::decode(proto, self.beside) {
                Ok(tensor) => {
                    if constants.insert(name.clone(), Rc::new(tensor)).is_some() {
                        self.refuse(
                            Diagnostic::error("onnx-duplicate-name", format!("two initializers are called `{name}`"))
                                .at(Place::File(self.file), ""),
                        );
                    }
                }
                Err(reason) => {
                    // It is there all the same: nodes that need it are not to be blamed.
                    constants.insert(name.clone(), Rc::new(Tensor::vector(Data::f32(Vec::new()))));
                    let mut diagnostic =
                        Diagnostic::error("onnx-unreadable-tensor", format!("the initializer `{name}` cannot be read: {reason}"))
                            .at(Place::Path { file: self.file, path: format!("initializer {name}") }, "");
                    if external {
                        diagnostic = diagnostic.help(
                            "save the model as one file: `onnx.save(onnx.load('model.onnx'), 'whole.onnx', save_as_external_data=False)`",
                        );
                    }
                    self.refuse(diagnostic);
                }
            }
        }
        for proto in sparse {
            let name = proto.values.as_ref().and_then(|values| values.name.clone()).unwrap_or_default();
            match dense(proto, self.beside) {
                Ok(tensor) => {
                    constants.insert(name, Rc::new(tensor));
                }
                Err(reason) => self.refuse(
                    Diagnostic::error("onnx-unreadable-tensor", format!("the sparse initializer `{name}` cannot be read: {reason}"))
                        .at(Place::Path { file: self.file, path: format!("initializer {name}") }, ""),
                ),
            }
        }
        constants
    }

    /// An initializer may also stand among the inputs (IR version 3); it is a constant all the same.
    fn inputs(&mut self, graph: &GraphProto, constants: &BTreeMap<String, Rc<Tensor>>) -> Vec<Port> {
        let mut seen = BTreeSet::new();
        let mut ports = Vec::new();
        for info in &graph.input {
            let name = info.name.clone().unwrap_or_default();
            if constants.contains_key(&name) {
                continue;
            }
            if !seen.insert(name.clone()) {
                self.refuse(
                    Diagnostic::error("onnx-duplicate-name", format!("two inputs are called `{name}`")).at(Place::File(self.file), ""),
                );
            }
            ports.push(port(name, info.kind.as_ref()));
        }
        ports
    }

    /// The nodes that some output needs, operands before users, each with the first output that needs it.
    ///
    /// The file's own order is kept where it is valid. Depth-first on an explicit stack, so that a long chain cannot overflow ours.
    fn order<'q>(
        &mut self,
        pieces: &'q [Piece<'q>],
        constants: &BTreeMap<String, Rc<Tensor>>,
        inputs: &[Port],
        outputs: &[Port],
    ) -> Vec<(&'q Piece<'q>, String)> {
        let given: BTreeSet<&str> = constants.keys().map(String::as_str).chain(inputs.iter().map(|input| input.name.as_str())).collect();
        let mut producer: BTreeMap<&str, usize> = BTreeMap::new();
        for (index, Piece { node, .. }) in pieces.iter().enumerate() {
            for output in node.output.iter().filter(|name| !name.is_empty()) {
                if producer.insert(output, index).is_some() || given.contains(output.as_str()) {
                    self.refuse(
                        Diagnostic::error("onnx-duplicate-name", format!("the value `{output}` is made twice"))
                            .at(Place::Path { file: self.file, path: format!("node {}", node_name(node)) }, "each name may be made once"),
                    );
                }
            }
        }
        let operands: Vec<Vec<&str>> = pieces.iter().map(|piece| operands(&piece.node)).collect();
        let mut states = vec![State::New; pieces.len()];
        let mut order = Vec::new();
        for output in outputs {
            let is_outer = self.scopes.iter().any(|names| names.contains(&output.name));
            if !given.contains(output.name.as_str()) && !producer.contains_key(output.name.as_str()) && !is_outer {
                self.refuse(
                    Diagnostic::error("onnx-missing-value", format!("no node makes the output `{}`", output.name))
                        .at(Place::Path { file: self.file, path: format!("output {}", output.name) }, ""),
                );
                continue;
            }
            let Some(root) = producer.get(output.name.as_str()) else { continue };
            self.visit(*root, pieces, &operands, &producer, &given, &mut states, &output.name, &mut order);
        }
        let mut order: Vec<(usize, String)> = order;
        if in_file_order_is_valid(&order, &operands, &producer) {
            order.sort_by_key(|(index, _)| *index);
        }
        order.into_iter().filter_map(|(index, needed_by)| pieces.get(index).map(|piece| (piece, needed_by))).collect()
    }

    #[expect(clippy::too_many_arguments, reason = "the one recursive step of `order`, written out as a loop")]
    fn visit(
        &mut self,
        root: usize,
        pieces: &[Piece<'_>],
        operands: &[Vec<&str>],
        producer: &BTreeMap<&str, usize>,
        given: &BTreeSet<&str>,
        states: &mut [State],
        output: &str,
        order: &mut Vec<(usize, String)>,
    ) {
        let mut stack = vec![(root, 0usize)];
        while let Some((index, next_input)) = stack.pop() {
            let (Some(Piece { node, .. }), Some(state)) = (pieces.get(index), states.get_mut(index)) else { continue };
            if *state == State::Done {
                continue;
            }
            *state = State::Open;
            let Some(input) = operands.get(index).and_then(|operands| operands.get(next_input)) else {
                *state = State::Done;
                order.push((index, output.to_owned()));
                continue;
            };
            stack.push((index, next_input + 1));
            if input.is_empty() || given.contains(input) {
                continue;
            }
            match producer.get(input) {
                None if self.scopes.iter().any(|names| names.contains(*input)) => {}
                None => self.refuse(
                    Diagnostic::error("onnx-missing-value", format!("nothing makes the value `{input}`"))
                        .at(node_place(self.file, &node_name(node), output), "this node needs it"),
                ),
                Some(operand) => match states.get(*operand) {
                    Some(State::Open) => {
                        self.refuse(
                            Diagnostic::error("onnx-cycle", format!("the value `{input}` depends on itself"))
                                .at(node_place(self.file, &node_name(node), output), "a graph may not have cycles"),
                        );
                        return;
                    }
                    Some(State::New) => stack.push((*operand, 0)),
                    Some(State::Done) | None => {}
                },
            }
        }
    }

    fn node(&mut self, Piece { node: proto, opsets }: &Piece<'_>, needed_by: String) -> Option<Node> {
        let name = node_name(proto);
        let place = node_place(self.file, &name, &needed_by);
        let operator = proto.op_type.clone().unwrap_or_default();
        let domain = plain_domain(proto.domain.as_deref().unwrap_or("")).to_owned();
        let opset = opsets.get(&domain).copied().unwrap_or(0);
        let Some(signature) = self.grammar.signature(&domain, &operator, opset) else {
            let why = if self.grammar.knows(&domain, &operator) {
                format!("`{operator}` does not exist at opset {opset} of `{}`", domain_name(&domain))
            } else {
                format!("`{operator}` is not an operator of `{}`", domain_name(&domain))
            };
            self.refuse(
                Diagnostic::error("onnx-unknown-op", why)
                    .at(place, "this node cannot be converted")
                    .help("export the model with standard operators only, or leave this step out and compute it before scoring"),
            );
            return None;
        };
        let settled = self.grammar.signature(&domain, &operator, opset.max(SETTLED_OPSET));
        if domain.is_empty() && settled.is_none_or(|settled| settled.since != signature.since) {
            self.refuse(
                Diagnostic::error("onnx-unsupported-opset", format!("`{operator}` of opset {opset} had another form"))
                    .at(place, format!("its form since opset {SETTLED_OPSET} is known"))
                    .help("convert the file with `onnx.version_converter`, or export it with a newer `target_opset`"),
            );
            return None;
        }
        let (least, greatest) = signature.input_count();
        let given = proto.input.len();
        if given < least || greatest.is_some_and(|greatest| given > greatest) {
            self.refuse(
                Diagnostic::error("onnx-wrong-arity", format!("`{operator}` has {given} inputs at opset {opset}"))
                    .at(place.clone(), format!("the standard asks for {}", range_text(least, greatest))),
            );
            return None;
        }
        let (_, greatest) = signature.output_count();
        if proto.output.is_empty() || greatest.is_some_and(|greatest| proto.output.len() > greatest) {
            self.refuse(
                Diagnostic::error("onnx-wrong-arity", format!("`{operator}` has {} outputs at opset {opset}", proto.output.len()))
                    .at(place, ""),
            );
            return None;
        }
        let before = self.found.len();
        let mut attributes = BTreeMap::new();
        for attribute in &proto.attribute {
            let attribute_name = attribute.name.clone().unwrap_or_default();
            match self.attribute(attribute, signature, opsets, &needed_by) {
                Ok(Some(value)) => {
                    attributes.insert(attribute_name, value);
                }
                Ok(None) => {}
                Err(reason) => self.refuse(
                    Diagnostic::error(
                        "onnx-unsupported-attribute",
                        format!("the attribute `{attribute_name}` of `{operator}` cannot be converted: {reason}"),
                    )
                    .at(place.clone(), ""),
                ),
            }
        }
        for rule in signature
            .attributes
            .iter()
            .filter(|rule| rule.required && !proto.attribute.iter().any(|given| given.name.as_deref() == Some(&rule.name)))
        {
            self.found.push(
                Diagnostic::error("onnx-missing-attribute", format!("`{operator}` lacks its required attribute `{}`", rule.name))
                    .at(place.clone(), ""),
            );
        }
        (self.found.len() == before).then(|| Node {
            name,
            domain,
            operator,
            opset,
            signature,
            inputs: proto.input.clone(),
            outputs: proto.output.clone(),
            attributes,
            needed_by,
        })
    }

    /// `None` for kinds that only operators without a translation have.
    fn attribute(
        &mut self,
        proto: &AttributeProto,
        signature: &Signature,
        opsets: &Opsets,
        needed_by: &str,
    ) -> Result<Option<Attribute>, String> {
        let name = proto.name.as_deref().unwrap_or("");
        let Some(rule) = signature.attribute(name) else {
            return Err("the operator has no such attribute at this opset".to_owned());
        };
        if proto.ref_attr_name.as_ref().is_some_and(|name| !name.is_empty()) {
            return Err("it refers to an attribute of a function".to_owned());
        }
        // Files written before IR version 3 have no type number; the signature says it then.
        if let Some(number) = proto.kind.filter(|number| *number != 0)
            && number != kind_number(rule.kind)
        {
            return Err(format!("it has the attribute type {number}, and the standard asks for {}", kind_number(rule.kind)));
        }
        Ok(match rule.kind {
            Kind::Float => Some(Attribute::Float(proto.f.unwrap_or(0.0))),
            Kind::Int => Some(Attribute::Int(proto.i.unwrap_or(0))),
            Kind::String => Some(Attribute::String(text(proto.s.as_ref().unwrap_or(&bytes::Bytes::new()))?)),
            Kind::Tensor => match &proto.t {
                Some(tensor) => Some(Attribute::Tensor(Tensor::decode(tensor.clone(), self.beside)?)),
                None => return Err("it holds no tensor".to_owned()),
            },
            Kind::Floats => Some(Attribute::Floats(proto.floats.clone())),
            Kind::Ints => Some(Attribute::Ints(proto.ints.clone())),
            Kind::Strings => {
                let texts: Result<Vec<String>, String> = proto.strings.iter().map(text).collect();
                Some(Attribute::Strings(texts?))
            }
            Kind::Graph => match &proto.g {
                Some(graph) => {
                    let constants = self.constants(graph.initializer.clone(), graph.sparse_initializer.clone());
                    Some(Attribute::Graph(Rc::new(self.graph(graph, constants, opsets, Some(needed_by)))))
                }
                None => return Err("it holds no graph".to_owned()),
            },
            Kind::SparseTensor => match &proto.sparse_tensor {
                Some(tensor) => Some(Attribute::Tensor(dense(tensor.clone(), self.beside)?)),
                None => return Err("it holds no tensor".to_owned()),
            },
            Kind::Graphs | Kind::SparseTensors | Kind::Tensors | Kind::Type | Kind::Types => None,
        })
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Done,
}

fn in_file_order_is_valid(order: &[(usize, String)], operands: &[Vec<&str>], producer: &BTreeMap<&str, usize>) -> bool {
    let stands = |index: &usize, input: &&str| producer.get(input).is_none_or(|operand| operand < index);
    order.iter().all(|(index, _)| operands.get(*index).is_some_and(|operands| operands.iter().all(|input| stands(index, input))))
}

/// The names that a node needs: its inputs, and what its bodies take from the graph around.
fn operands(node: &NodeProto) -> Vec<&str> {
    fn captured<'n>(node: &'n NodeProto, names: &mut Vec<&'n str>) {
        for graph in node.attribute.iter().filter_map(|attribute| attribute.g.as_ref()) {
            let inputs = graph.input.iter().filter_map(|info| info.name.as_deref());
            let constants = graph.initializer.iter().filter_map(|tensor| tensor.name.as_deref());
            let made = graph.node.iter().flat_map(|node| node.output.iter().map(String::as_str));
            let own: BTreeSet<&str> = inputs.chain(constants).chain(made).collect();
            let mut used: Vec<&str> = graph.output.iter().filter_map(|info| info.name.as_deref()).collect();
            for node in &graph.node {
                used.extend(node.input.iter().map(String::as_str));
                captured(node, &mut used);
            }
            names.extend(used.into_iter().filter(|name| !own.contains(name)));
        }
    }
    let mut names: Vec<&str> = node.input.iter().map(String::as_str).collect();
    captured(node, &mut names);
    names
}

/// A sparse tensor with its zeros. Its indices are positions in row-major order, or one row of them an element.
fn dense(proto: SparseTensorProto, beside: &dyn Beside) -> Result<Tensor, String> {
    let (Some(values), Some(indices)) = (proto.values, proto.indices) else { return Err("it has no values".to_owned()) };
    let (values, indices) = (Tensor::decode(values, beside)?, Tensor::decode(indices, beside)?);
    let dims: Option<Vec<usize>> = proto.dims.iter().map(|dim| usize::try_from(*dim).ok()).collect();
    let Some((dims, count)) = dims.and_then(|dims| element_count(&dims).map(|count| (dims, count))) else {
        return Err(format!("its dims are {:?}", proto.dims));
    };
    let places = indices.integers().ok_or("its indices are no whole numbers")?;
    let width = if indices.dims.len() == 2 { dims.len() } else { 1 };
    let place = |row: &[i64]| {
        let along = |axis: usize| if width == 1 { count } else { dims.get(axis).copied().unwrap_or(1) };
        row.iter().enumerate().try_fold(0usize, |place, (axis, at)| {
            let at = usize::try_from(*at).ok().filter(|at| *at < along(axis))?;
            Some(if width == 1 { at } else { place * along(axis) + at })
        })
    };
    let places: Option<Vec<usize>> = places.chunks_exact(width.max(1)).map(place).collect();
    let Some(places) = places.filter(|places| places.len() == values.data.len()) else { return Err("its indices do not fit".to_owned()) };
    match &values.data {
        Data::F32(items) => Ok(Tensor::new(dims, Data::f32(spread(count, &places, items)))),
        Data::F64(items) => Ok(Tensor::new(dims, Data::f64(spread(count, &places, items)))),
        Data::I64(items) => Ok(Tensor::new(dims, Data::i64(spread(count, &places, items)))),
        Data::Bool(_) | Data::I32(_) | Data::Str(_) => Err(format!("it holds {}", values.elements.name())),
    }
}

/// Zeros with these items in their places.
fn spread<T: Copy + Default>(count: usize, places: &[usize], items: &[T]) -> Vec<T> {
    let mut all = vec![T::default(); count];
    for (place, item) in std::iter::zip(places, items) {
        if let Some(held) = all.get_mut(*place) {
            *held = *item;
        }
    }
    all
}

/// The number of `AttributeProto.AttributeType`.
fn kind_number(kind: Kind) -> i32 {
    match kind {
        Kind::Float => 1,
        Kind::Int => 2,
        Kind::String => 3,
        Kind::Tensor => 4,
        Kind::Graph => 5,
        Kind::Floats => 6,
        Kind::Ints => 7,
        Kind::Strings => 8,
        Kind::Tensors => 9,
        Kind::Graphs => 10,
        Kind::SparseTensor => 11,
        Kind::SparseTensors => 12,
        Kind::Type => 13,
        Kind::Types => 14,
    }
}

fn port(name: String, kind: Option<&TypeProto>) -> Port {
    let kind = match kind {
        None => PortKind::Other("a value of unknown type".to_owned()),
        Some(kind) => port_kind(kind),
    };
    Port { name, kind }
}

fn port_kind(kind: &TypeProto) -> PortKind {
    if let Some(tensor) = &kind.tensor_type {
        return match ElementType::from_number(tensor.elem_type.unwrap_or(0)) {
            Err(name) => PortKind::Other(format!("a tensor of {name}")),
            Ok(elements) => PortKind::Tensor {
                elements,
                dims: tensor.shape.as_ref().map(|shape| {
                    let known = |dim: &crate::proto::DimensionProto| match (dim.dim_value, &dim.dim_param) {
                        (Some(value), _) => usize::try_from(value).map_or(PortDim::Open, PortDim::Known),
                        (None, Some(name)) if !name.is_empty() => PortDim::Named(name.clone()),
                        (None, _) => PortDim::Open,
                    };
                    shape.dim.iter().map(known).collect()
                }),
            },
        };
    }
    if let Some(map) = &kind.map_type {
        return match port_kind(map.value_type.as_deref().unwrap_or(&TypeProto::default())) {
            PortKind::Tensor { elements, .. } => PortKind::Map(elements),
            PortKind::Maps | PortKind::Map(_) | PortKind::Other(_) => PortKind::Other("a map of what are no tensors".to_owned()),
        };
    }
    match &kind.sequence_type {
        Some(sequence) if sequence.elem_type.as_ref().is_some_and(|element| element.map_type.is_some()) => PortKind::Maps,
        Some(_) => PortKind::Other("a sequence".to_owned()),
        None => PortKind::Other("a value that is neither a tensor nor a sequence".to_owned()),
    }
}

fn node_name(proto: &NodeProto) -> String {
    match proto.name.as_deref() {
        Some(name) if !name.is_empty() => name.to_owned(),
        Some(_) | None => {
            let operator = proto.op_type.as_deref().unwrap_or("?");
            let output = proto.output.first().map_or("", String::as_str);
            format!("{operator} making {output}")
        }
    }
}

fn plain_domain(domain: &str) -> &str {
    if domain == "ai.onnx" { "" } else { domain }
}

fn domain_name(domain: &str) -> &str {
    if domain.is_empty() { "ai.onnx" } else { domain }
}

fn range_text(least: usize, greatest: Option<usize>) -> String {
    match greatest {
        None => format!("{least} or more"),
        Some(greatest) if greatest == least => least.to_string(),
        Some(greatest) => format!("{least} to {greatest}"),
    }
}
