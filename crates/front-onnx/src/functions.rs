//! Functions that a model defines for itself, written out where they are called.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use crate::proto::{AttributeProto, FunctionProto, GraphProto, NodeProto};

/// Functions that call functions, at most so deep.
const DEEPEST: usize = 32;
/// Nodes that all calls of a graph may come to.
const MOST_NODES: usize = 1 << 20;

/// A node of the file, or of a function that was written out, with the opsets that hold for it.
#[derive(Clone)]
pub struct Piece {
    pub node: NodeProto,
    pub opsets: Rc<BTreeMap<String, i64>>,
}

/// The functions by domain, name and overload.
pub struct Functions<'p>(HashMap<(&'p str, &'p str, &'p str), &'p FunctionProto>);

fn domain(name: Option<&str>) -> &str {
    match name {
        Some("ai.onnx") | None => "",
        Some(name) => name,
    }
}

impl<'p> Functions<'p> {
    pub fn of(functions: &'p [FunctionProto]) -> Functions<'p> {
        let key = |function: &'p FunctionProto| {
            (domain(function.domain.as_deref()), function.name.as_deref().unwrap_or(""), function.overload.as_deref().unwrap_or(""))
        };
        Functions(functions.iter().map(|function| (key(function), function)).collect())
    }

    fn called(&self, node: &NodeProto) -> Option<&'p FunctionProto> {
        let overload = node.overload.as_deref().unwrap_or("");
        self.0.get(&(domain(node.domain.as_deref()), node.op_type.as_deref().unwrap_or(""), overload)).copied()
    }

    /// The nodes with every call replaced by the nodes of its function, whose values get names of their own.
    ///
    /// Errors: functions that call each other without end, or come to too many nodes.
    pub fn written_out(&self, nodes: &[NodeProto], opsets: &Rc<BTreeMap<String, i64>>) -> Result<Vec<Piece>, String> {
        let mut pieces = Vec::with_capacity(nodes.len());
        for node in nodes {
            self.write_out(Piece { node: node.clone(), opsets: Rc::clone(opsets) }, 0, &mut pieces)?;
        }
        Ok(pieces)
    }

    fn write_out(&self, piece: Piece, depth: usize, pieces: &mut Vec<Piece>) -> Result<(), String> {
        let Some(function) = self.called(&piece.node) else {
            pieces.push(piece);
            return Ok(());
        };
        let name = function.name.as_deref().unwrap_or("");
        if depth == DEEPEST {
            return Err(format!("`{name}` is called {DEEPEST} calls deep"));
        }
        let mut opsets = BTreeMap::clone(&piece.opsets);
        opsets
            .extend(function.opset_import.iter().map(|import| (domain(import.domain.as_deref()).to_owned(), import.version.unwrap_or(0))));
        let opsets = Rc::new(opsets);
        let call = Call::new(function, &piece.node, pieces.len());
        for node in &function.node {
            if pieces.len() >= MOST_NODES {
                return Err(format!("`{name}` and the others come to more than {MOST_NODES} nodes"));
            }
            let piece = Piece { node: call.node(node, &BTreeSet::new()), opsets: Rc::clone(&opsets) };
            self.write_out(piece, depth + 1, pieces)?;
        }
        Ok(())
    }
}

/// One call: what the names and attributes of its function stand for.
struct Call<'c> {
    values: HashMap<&'c str, &'c str>,
    attributes: HashMap<&'c str, &'c AttributeProto>,
    /// What stands before the names that only the function knows.
    prefix: String,
}

impl<'c> Call<'c> {
    fn new(function: &'c FunctionProto, caller: &'c NodeProto, number: usize) -> Call<'c> {
        let inputs = function.input.iter().enumerate().map(|(at, name)| (name.as_str(), caller.input.get(at).map_or("", String::as_str)));
        let outputs = std::iter::zip(&function.output, &caller.output).map(|(name, given)| (name.as_str(), given.as_str()));
        // An output that nobody asks for keeps its own name.
        let outputs = outputs.filter(|(_, given)| !given.is_empty());
        let named = |attribute: &'c AttributeProto| (attribute.name.as_deref().unwrap_or(""), attribute);
        let attributes = function.attribute_proto.iter().map(named).chain(caller.attribute.iter().map(named)).collect();
        let prefix = format!("{}#{number}/", function.name.as_deref().unwrap_or(""));
        Call { values: inputs.chain(outputs).collect(), attributes, prefix }
    }

    /// The name outside for a name inside; `own` are the names of a body, which nobody outside sees.
    fn name(&self, name: &str, own: &BTreeSet<&str>) -> String {
        if name.is_empty() || own.contains(name) {
            return name.to_owned();
        }
        self.values.get(name).map_or_else(|| format!("{}{name}", self.prefix), |given| (*given).to_owned())
    }

    fn node(&self, node: &NodeProto, own: &BTreeSet<&str>) -> NodeProto {
        NodeProto {
            input: node.input.iter().map(|name| self.name(name, own)).collect(),
            output: node.output.iter().map(|name| self.name(name, own)).collect(),
            name: node.name.as_ref().filter(|name| !name.is_empty()).map(|name| format!("{}{name}", self.prefix)),
            attribute: node.attribute.iter().filter_map(|attribute| self.attribute(attribute, own)).collect(),
            ..node.clone()
        }
    }

    /// An attribute with the caller's value where it refers to one. One that nobody gives is left out.
    fn attribute(&self, attribute: &AttributeProto, own: &BTreeSet<&str>) -> Option<AttributeProto> {
        match attribute.ref_attr_name.as_deref() {
            Some(asked) if !asked.is_empty() => {
                self.attributes.get(asked).map(|given| AttributeProto { name: attribute.name.clone(), ..(*given).clone() })
            }
            Some(_) | None => Some(AttributeProto { g: attribute.g.as_ref().map(|graph| self.body(graph, own)), ..attribute.clone() }),
        }
    }

    /// A body keeps the names that it makes; those of the function around it change.
    fn body(&self, graph: &GraphProto, own: &BTreeSet<&str>) -> GraphProto {
        let inputs = graph.input.iter().filter_map(|info| info.name.as_deref());
        let constants = graph.initializer.iter().filter_map(|tensor| tensor.name.as_deref());
        let made = graph.node.iter().flat_map(|node| node.output.iter().map(String::as_str));
        let own: BTreeSet<&str> = own.iter().copied().chain(inputs).chain(constants).chain(made).collect();
        let mut body = GraphProto { node: graph.node.iter().map(|node| self.node(node, &own)).collect(), ..graph.clone() };
        for output in &mut body.output {
            output.name = output.name.as_deref().map(|name| self.name(name, &own));
        }
        body
    }
}
