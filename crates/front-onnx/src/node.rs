//! One node in the hands of its translation: inputs by number, attributes by name with the standard's defaults, and how to refuse.

use std::rc::Rc;

use ir::{Builder, Reason, Val};
use source::{Diagnostic, FileId};

use crate::Semantics;
use crate::model::{Attribute, Graph, Node};
use crate::tensor::{Data, ElementType, Tensor};
use crate::value::{Axis, PerRow, Value};

/// What a translation gives: one value an output, or why not.
pub type Translated<'b> = Result<Vec<Value<'b>>, Box<Diagnostic>>;

/// Whoever can translate the body of a branch or of a loop.
pub trait Bodies<'b> {
    /// The outputs of a body for these inputs. A body that cannot be translated has said so and gives [`Value::Refused`].
    fn run(&self, body: &Graph, inputs: Vec<Value<'b>>, entry: Entry<'b>) -> Vec<Value<'b>>;
}

/// When a body is entered.
#[derive(Clone, Copy)]
pub enum Entry<'b> {
    Always,
    /// Only rows in which this holds are rejected in it.
    Where(Val<'b>),
    /// Once for each row: the batch around it is not to be seen.
    ByRow,
}

pub struct OnnxNode<'n, 'b> {
    pub node: &'n Node,
    pub inputs: Vec<Value<'b>>,
    pub file: FileId,
    pub b: &'b Builder,
    pub bodies: &'n dyn Bodies<'b>,
    pub semantics: Semantics,
    /// Where it is known whether the node is reached at all: in a branch.
    pub guard: Option<Val<'b>>,
}

impl<'n, 'b> OnnxNode<'n, 'b> {
    /// A diagnostic at this node.
    pub fn error(&self, name: &'static str, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(name, message).at(self.node.place(self.file), "this node cannot be converted")
    }

    pub fn refuse<T>(&self, name: &'static str, message: impl Into<String>) -> Result<T, Box<Diagnostic>> {
        Err(Box::new(self.error(name, message)))
    }

    /// An operator looks across rows.
    pub fn mixes_rows<T>(&self, what: impl std::fmt::Display) -> Result<T, Box<Diagnostic>> {
        Err(Box::new(
            self.error("onnx-mixes-rows", format!("`{}` looks at several rows at once: {what}", self.node.operator))
                .help("a scorer sees one row at a time; compute this step before scoring and pass its result in as an input"),
        ))
    }

    /// Data that contradicts itself or the standard.
    pub fn malformed<T>(&self, what: impl std::fmt::Display) -> Result<T, Box<Diagnostic>> {
        self.refuse("onnx-malformed-node", format!("`{}` is malformed: {what}", self.node.operator))
    }

    pub fn unsupported<T>(&self, what: impl std::fmt::Display) -> Result<T, Box<Diagnostic>> {
        self.refuse("onnx-unsupported-form", format!("this form of `{}` is not supported: {what}", self.node.operator))
    }

    pub fn input(&self, index: usize) -> &Value<'b> {
        self.inputs.get(index).unwrap_or(&Value::Absent)
    }

    /// An input that may be left out.
    pub fn optional(&self, index: usize) -> Option<&Value<'b>> {
        self.inputs.get(index).filter(|value| !matches!(value, Value::Absent))
    }

    pub fn input_name(&self, index: usize) -> &str {
        self.node.inputs.get(index).map_or("", String::as_str)
    }

    pub fn output_name(&self, index: usize) -> &str {
        self.node.outputs.get(index).map_or("", String::as_str)
    }

    /// A tensor that may differ from row to row.
    pub fn row(&self, index: usize) -> Result<PerRow<'b>, Box<Diagnostic>> {
        match self.input(index) {
            Value::PerRow(row) => Ok(row.clone()),
            Value::Constant(tensor) => Ok(PerRow::constant(self.b, self.input_name(index), tensor)),
            Value::Absent => self.malformed(format!("its input {index} is not given")),
            Value::Dims(_) => self.unsupported(format!("its input `{}` is the shape of a batch", self.input_name(index))),
            Value::Map(_) => self.malformed(format!("its input `{}` is a map", self.input_name(index))),
            Value::Flat(_, dims) => self.mixes_rows(format!("its input lays the rows of the batch out as {dims:?}")),
            Value::Sequence(_) => self.malformed(format!("its input `{}` is a sequence", self.input_name(index))),
            Value::Tokens(_) => self.unsupported(format!("how many tokens `{}` holds depends on the text", self.input_name(index))),
            Value::Refused(_) => self.unsupported("its input could not be converted"),
        }
    }

    /// An input of one row of features, `[N, features]` or `[N]`, as the classic operators take it.
    pub fn features(&self, index: usize) -> Result<PerRow<'b>, Box<Diagnostic>> {
        let row = self.row(index)?;
        if let (None, [1, ..]) = (row.batch, row.shape.as_slice())
            && row.shape.len() <= 2
        {
            // One row of features, whose batch is not open.
            return Ok(row.reshaped(0, row.shape.get(1..).unwrap_or_default().to_vec()));
        }
        if row.batch != Some(0) || row.shape.len() > 1 {
            return self.mixes_rows(format!("its input has the dims {:?}, and rows are expected along the first axis", row.dims()));
        }
        if row.shape.is_empty() {
            // A single row of N features to the standard; N rows of one feature to whoever scores a batch.
            return self
                .unsupported("its input has only a batch axis")
                .map_err(|diagnostic| Box::new(diagnostic.help("reshape it to `[N, 1]` before this node")));
        }
        Ok(row)
    }

    /// An input that must be known when converting, such as a target shape.
    pub fn constant(&self, index: usize) -> Result<&Tensor, Box<Diagnostic>> {
        match self.input(index) {
            Value::Constant(tensor) => Ok(tensor),
            Value::Absent => self.malformed(format!("its input {index} is not given")),
            Value::PerRow(_)
            | Value::Dims(_)
            | Value::Map(_)
            | Value::Sequence(_)
            | Value::Flat(..)
            | Value::Tokens(_)
            | Value::Refused(_) => Err(Box::new(
                self.error(
                    "onnx-not-constant",
                    format!("the input `{}` of `{}` depends on the data", self.input_name(index), self.node.operator),
                )
                .help("this input decides shapes and must be a constant of the model; run `onnxsim` or export with constant folding"),
            )),
        }
    }

    /// A constant input of whole numbers; `None` when it is not given.
    pub fn integers_input(&self, index: usize) -> Result<Option<Vec<i64>>, Box<Diagnostic>> {
        if matches!(self.input(index), Value::Absent) {
            return Ok(None);
        }
        match self.constant(index)?.integers() {
            Some(integers) => Ok(Some(integers)),
            None => self.malformed(format!("its input `{}` must hold whole numbers", self.input_name(index))),
        }
    }

    pub fn is_given(&self, name: &str) -> bool {
        self.node.attributes.contains_key(name)
    }

    fn default(&self, name: &str) -> Option<&str> {
        self.node.signature.attribute(name)?.default.as_deref()
    }

    /// An int attribute or the standard's default; 0 where there is none.
    pub fn int(&self, name: &str) -> i64 {
        if let Some(Attribute::Int(value)) = self.node.attributes.get(name) {
            return *value;
        }
        self.default(name).and_then(|text| text.parse().ok()).unwrap_or(0)
    }

    /// A float attribute or the standard's default; 0 where there is none.
    pub fn float(&self, name: &str) -> f32 {
        if let Some(Attribute::Float(value)) = self.node.attributes.get(name) {
            return *value;
        }
        self.default(name).and_then(|text| text.parse().ok()).unwrap_or(0.0)
    }

    pub fn string(&self, name: &str) -> &str {
        if let Some(Attribute::String(value)) = self.node.attributes.get(name) { value } else { self.default(name).unwrap_or("") }
    }

    pub fn ints(&self, name: &str) -> &[i64] {
        if let Some(Attribute::Ints(values)) = self.node.attributes.get(name) { values } else { &[] }
    }

    pub fn floats(&self, name: &str) -> &[f32] {
        if let Some(Attribute::Floats(values)) = self.node.attributes.get(name) { values } else { &[] }
    }

    pub fn strings(&self, name: &str) -> &[String] {
        if let Some(Attribute::Strings(values)) = self.node.attributes.get(name) { values } else { &[] }
    }

    pub fn graph(&self, name: &str) -> Result<Rc<Graph>, Box<Diagnostic>> {
        match self.node.attributes.get(name) {
            Some(Attribute::Graph(graph)) => Ok(Rc::clone(graph)),
            Some(_) | None => self.malformed(format!("it has no `{name}`")),
        }
    }

    /// The axis of the IR value that an attribute names; `what` happens along it.
    pub fn inner_axis(&self, row: &PerRow<'b>, axis: i64, what: &str) -> Result<usize, Box<Diagnostic>> {
        match row.axis(axis) {
            Some(Axis::Inner(axis)) => Ok(axis),
            Some(Axis::Batch) => self.mixes_rows(format!("it {what} along the batch axis")),
            None => self.malformed(format!("axis {axis} is outside the rank of its input")),
        }
    }

    pub fn tensor(&self, name: &str) -> Option<&Tensor> {
        if let Some(Attribute::Tensor(value)) = self.node.attributes.get(name) { Some(value) } else { None }
    }

    /// Values of an attribute that comes as float32 or, as `name_as_tensor`, in double. The second says which it was.
    pub fn reals(&self, name: &str) -> Result<(Vec<f64>, ElementType), Box<Diagnostic>> {
        match self.tensor(&format!("{name}_as_tensor")) {
            Some(tensor) => match tensor.doubles() {
                Some(doubles) => Ok((doubles, tensor.data.element_type())),
                None => self.malformed(format!("`{name}_as_tensor` must hold floats")),
            },
            None => Ok((self.floats(name).iter().map(|value| f64::from(*value)).collect(), ElementType::F32)),
        }
    }

    /// Class labels, given as text under one name or as whole numbers under another.
    pub fn labels(&self, strings: &str, integers: &str) -> Data {
        match self.strings(strings) {
            [] => Data::i64(self.ints(integers).to_vec()),
            texts => Data::text(texts.to_vec()),
        }
    }

    /// A row on which the reference runtime fails is not scored.
    pub fn reject(&self, when: Val<'b>, why: impl Into<String>) {
        let when = self.guard.map_or(when, |reached| reached & when);
        self.b.reject_if(when, Reason::Invalid(why.into()));
    }

    /// A row whose result the standard leaves open, and of which runtimes make different things, is not scored.
    pub fn leave_open(&self, when: Val<'b>, why: impl Into<String>) {
        let when = self.guard.map_or(when, |reached| reached & when);
        self.b.reject_if(when, Reason::Undetermined(why.into()));
    }
}
