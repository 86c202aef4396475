//! ONNX operator signatures by opset, read from `onnx.toml`. Start at [`grammar`].
//!
//! The table says which inputs, outputs and attributes each operator has from which opset on, and the attributes' defaults.
//! `make_onnx.py` beside it makes the table from the schemas of the Python packages `onnx` and, for `com.microsoft`, `onnxruntime`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

/// All signatures of the domains `""` (which is `ai.onnx`) and `ai.onnx.ml`, and those of `com.microsoft` that exporters write.
#[derive(Debug)]
pub struct Grammar {
    /// The newest opset that the table knows, by domain.
    pub newest: BTreeMap<String, i64>,
    signatures: BTreeMap<(String, String), Vec<Signature>>,
}

/// One operator from opset `since` up to its next signature.
#[derive(Debug, Clone)]
pub struct Signature {
    pub since: i64,
    pub deprecated: bool,
    pub inputs: Vec<Argument>,
    pub outputs: Vec<Argument>,
    pub attributes: Vec<Attribute>,
}

#[derive(Debug, Clone)]
pub struct Argument {
    pub name: String,
    pub arity: Arity,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arity {
    One,
    Optional,
    Many,
}

#[derive(Debug, Clone)]
pub struct Attribute {
    pub name: String,
    pub kind: Kind,
    pub required: bool,
    /// As written in the table; its kind says how to read it.
    pub default: Option<String>,
}

/// What an attribute holds. The names are those of `AttributeProto.AttributeType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Float,
    Int,
    String,
    Tensor,
    Graph,
    SparseTensor,
    Type,
    Floats,
    Ints,
    Strings,
    Tensors,
    Graphs,
    SparseTensors,
    Types,
}

impl Grammar {
    /// The signature that holds for an operator at an opset. `None` when the operator does not exist there.
    pub fn signature(&self, domain: &str, name: &str, opset: i64) -> Option<&Signature> {
        self.signatures.get(&(domain.to_owned(), name.to_owned()))?.iter().rev().find(|signature| signature.since <= opset)
    }

    /// Whether the standard has an operator of this name at any opset.
    pub fn knows(&self, domain: &str, name: &str) -> bool {
        self.signatures.contains_key(&(domain.to_owned(), name.to_owned()))
    }
}

impl Signature {
    /// The least and the greatest number of inputs; `None` when there is no greatest.
    pub fn input_count(&self) -> (usize, Option<usize>) {
        count(&self.inputs)
    }

    /// The least and the greatest number of outputs.
    pub fn output_count(&self) -> (usize, Option<usize>) {
        count(&self.outputs)
    }

    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }
}

fn count(arguments: &[Argument]) -> (usize, Option<usize>) {
    let least = arguments.iter().filter(|argument| argument.arity == Arity::One).count();
    let open = arguments.iter().any(|argument| argument.arity == Arity::Many);
    (least, (!open).then_some(arguments.len()))
}

/// The table, read once. An error means that `onnx.toml` itself is damaged.
pub fn grammar() -> Result<&'static Grammar, &'static str> {
    static GRAMMAR: OnceLock<Result<Grammar, String>> = OnceLock::new();
    GRAMMAR.get_or_init(|| parse(include_str!("../onnx.toml"))).as_ref().map_err(String::as_str)
}

#[derive(Deserialize)]
struct File {
    newest: BTreeMap<String, i64>,
    op: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    #[serde(default)]
    domain: String,
    name: String,
    since: i64,
    #[serde(default)]
    deprecated: bool,
    inputs: Vec<String>,
    outputs: Vec<String>,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
}

fn parse(text: &str) -> Result<Grammar, String> {
    let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
    let mut signatures: BTreeMap<(String, String), Vec<Signature>> = BTreeMap::new();
    for entry in file.op {
        let attributes = entry.attributes.iter().map(|(name, text)| attribute(name, text)).collect::<Result<_, _>>()?;
        signatures.entry((entry.domain, entry.name)).or_default().push(Signature {
            since: entry.since,
            deprecated: entry.deprecated,
            inputs: entry.inputs.iter().map(|text| argument(text)).collect(),
            outputs: entry.outputs.iter().map(|text| argument(text)).collect(),
            attributes,
        });
    }
    Ok(Grammar { newest: file.newest, signatures })
}

fn argument(text: &str) -> Argument {
    let (name, arity) = match (text.strip_suffix('?'), text.strip_suffix('*')) {
        (Some(name), _) => (name, Arity::Optional),
        (None, Some(name)) => (name, Arity::Many),
        (None, None) => (text, Arity::One),
    };
    Argument { name: name.to_owned(), arity }
}

fn attribute(name: &str, text: &str) -> Result<Attribute, String> {
    let (kind, default) = match text.split_once('=') {
        Some((kind, default)) => (kind, Some(default.to_owned())),
        None => (text, None),
    };
    let required = kind.ends_with('!');
    let kind = match kind.trim_end_matches('!') {
        "float" => Kind::Float,
        "int" => Kind::Int,
        "string" => Kind::String,
        "tensor" => Kind::Tensor,
        "graph" => Kind::Graph,
        "sparse_tensor" => Kind::SparseTensor,
        "type" => Kind::Type,
        "floats" => Kind::Floats,
        "ints" => Kind::Ints,
        "strings" => Kind::Strings,
        "tensors" => Kind::Tensors,
        "graphs" => Kind::Graphs,
        "sparse_tensors" => Kind::SparseTensors,
        "types" => Kind::Types,
        other => return Err(format!("attribute `{name}` has the unknown kind `{other}`")),
    };
    Ok(Attribute { name: name.to_owned(), kind, required, default })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_signature_at_or_below_the_opset_holds() {
        let grammar = grammar().unwrap();
        let old = grammar.signature("", "Clip", 6).unwrap();
        let new = grammar.signature("", "Clip", 22).unwrap();
        assert_eq!(old.input_count(), (1, Some(1)));
        assert_eq!(new.input_count(), (1, Some(3)));
        assert_eq!(old.attribute("max").unwrap().default.as_deref(), Some("3.40282347e+38"));
    }

    #[test]
    fn a_variadic_input_has_no_greatest_count() {
        let concat = grammar().unwrap().signature("", "Concat", 13).unwrap();
        assert_eq!(concat.input_count().1, None);
        assert!(concat.attribute("axis").unwrap().required);
    }
}
