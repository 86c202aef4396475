//! Functions that a model defines for itself, written out where they are called.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use prost::Message;

use crate::proto::{AttributeProto, FunctionProto, GraphProto, NodeProto};

/// Functions that call functions, at most so deep.
const DEEPEST: usize = 32;
/// Bytes that all calls may be written out to: what a file of any size may ask for, and how many times its own size. Functions that call two
/// others each would otherwise double without end.
const MOST_BYTES: usize = 1 << 25;
const MOST_TIMES: usize = 4;
/// What a call or node costs beside its own bytes.
const NODE_BYTES: usize = 64;

/// A node of the file, or of a function that was written out, with the opsets that hold for it.
pub struct Piece<'n> {
    pub node: Cow<'n, NodeProto>,
    pub opsets: Rc<BTreeMap<String, i64>>,
}

/// The functions by domain, name and overload.
pub struct Functions<'p> {
    by_name: HashMap<(&'p str, &'p str, &'p str), &'p FunctionProto>,
    /// Bytes that calls may still be written out to.
    left: Cell<usize>,
}

fn domain(name: Option<&str>) -> &str {
    match name {
        Some("ai.onnx") | None => "",
        Some(name) => name,
    }
}

impl<'p> Functions<'p> {
    /// Of a file of this many bytes.
    pub fn of(functions: &'p [FunctionProto], size: usize) -> Functions<'p> {
        let key = |function: &'p FunctionProto| {
            (domain(function.domain.as_deref()), function.name.as_deref().unwrap_or(""), function.overload.as_deref().unwrap_or(""))
        };
        let by_name = functions.iter().map(|function| (key(function), function)).collect();
        Functions { by_name, left: Cell::new(MOST_BYTES.max(size.saturating_mul(MOST_TIMES))) }
    }

    fn called(&self, node: &NodeProto) -> Option<&'p FunctionProto> {
        let overload = node.overload.as_deref().unwrap_or("");
        self.by_name.get(&(domain(node.domain.as_deref()), node.op_type.as_deref().unwrap_or(""), overload)).copied()
    }

    /// The nodes with every call replaced by the nodes of its function, whose values get names of their own.
    ///
    /// Errors: functions that call each other without end, or come to too much.
    pub fn written_out<'n>(&self, nodes: &'n [NodeProto], opsets: &Rc<BTreeMap<String, i64>>) -> Result<Vec<Piece<'n>>, String> {
        let mut pieces = Vec::with_capacity(nodes.len());
        for node in nodes {
            self.write_out(Piece { node: Cow::Borrowed(node), opsets: Rc::clone(opsets) }, 0, &mut pieces)?;
        }
        Ok(pieces)
    }

    fn write_out<'n>(&self, piece: Piece<'n>, depth: usize, pieces: &mut Vec<Piece<'n>>) -> Result<(), String> {
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
        let call = Call::new(function, &piece.node, pieces.len(), depth);
        for node in &function.node {
            self.spend(call.cost(node))?;
            let piece = Piece { node: Cow::Owned(call.node(node, &BTreeSet::new())), opsets: Rc::clone(&opsets) };
            self.write_out(piece, depth + 1, pieces)?;
        }
        Ok(())
    }

    fn spend(&self, bytes: usize) -> Result<(), String> {
        match self.left.get().checked_sub(bytes) {
            Some(left) => {
                self.left.set(left);
                Ok(())
            }
            None => Err("all calls together come to far more than the file".to_owned()),
        }
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
    /// `number` and `depth` tell it from other calls.
    fn new(function: &'c FunctionProto, caller: &'c NodeProto, number: usize, depth: usize) -> Call<'c> {
        let inputs = function.input.iter().enumerate().map(|(at, name)| (name.as_str(), caller.input.get(at).map_or("", String::as_str)));
        let outputs = std::iter::zip(&function.output, &caller.output).map(|(name, given)| (name.as_str(), given.as_str()));
        // An output that nobody asks for keeps its own name.
        let outputs = outputs.filter(|(_, given)| !given.is_empty());
        let named = |attribute: &'c AttributeProto| (attribute.name.as_deref().unwrap_or(""), attribute);
        let attributes = function.attribute_proto.iter().map(named).chain(caller.attribute.iter().map(named)).collect();
        let prefix = format!("{}#{number}.{depth}/", function.name.as_deref().unwrap_or(""));
        Call { values: inputs.chain(outputs).collect(), attributes, prefix }
    }

    /// At least the bytes of a node when it is written out: every name may get the prefix, and every attribute may be the caller's.
    fn cost(&self, node: &NodeProto) -> usize {
        fn names(node: &NodeProto) -> usize {
            let bodies = node.attribute.iter().filter_map(|attribute| attribute.g.as_ref()).flat_map(|graph| &graph.node);
            node.input.len() + node.output.len() + 1 + bodies.map(names).sum::<usize>()
        }
        fn asked<'n>(node: &'n NodeProto, all: &mut Vec<&'n str>) {
            for attribute in &node.attribute {
                all.extend(attribute.ref_attr_name.as_deref());
                attribute.g.iter().flat_map(|graph| &graph.node).for_each(|node| asked(node, all));
            }
        }
        let mut all = Vec::new();
        asked(node, &mut all);
        let given = all.iter().filter_map(|name| self.attributes.get(name)).map(|attribute| attribute.encoded_len());
        NODE_BYTES + node.encoded_len() + names(node) * self.prefix.len() + given.sum::<usize>()
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
