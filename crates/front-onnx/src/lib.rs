//! ONNX models to modules. Start at [`read`]; one operator is one row and one function under `ops`.
//!
//! `bytes -> Model -> Module`: [`model`] decodes and orders the graph and knows no operator; [`translate`] walks it; each operator's
//! function writes IR. The batch axis is tracked on every edge ([`value`]) and is gone in the IR, so an operator that would look across
//! rows is refused here. A graph whose dims are all fixed has no batch: it scores one row a run. What depends on constants only is
//! computed here, by the interpreter on what the same functions write. float32 stays float32 step by step, and narrower types are
//! rounded or wrapped after each step.

mod beside;
mod classes;
mod exports;
mod functions;
pub mod model;
mod node;
pub mod ops;
mod proto;
mod tensor;
mod translate;
mod value;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::rc::Rc;

use bytes::Bytes;
use ir::Module;
use prost::Message;
use source::{Diagnostic, FileId, Sources};

pub use tensor::{Data, ElementType, Tensor};
pub use value::literals;

/// Whose meaning an operator has where the standard and onnxruntime disagree.
///
/// They do so here: `Normalizer` with `MAX` divides by the greatest magnitude in the standard, and by the greatest element with its sign in
/// onnxruntime. float16 is rounded after each operator, as the standard has it; onnxruntime computes on in float between operators on a
/// CPU, and there is no way to ask for that here. Where the standard leaves something open, such as casts of numbers that do not fit or the
/// order of NaN, a row is not scored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Semantics {
    #[default]
    Standard,
    Onnxruntime,
}

/// What the file leaves open.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Lengths of open dimensions by name.
    pub dims: BTreeMap<String, usize>,
    /// Names of the columns of the only input; those in the file's metadata if there are none.
    pub features: Vec<String>,
    /// Inputs that are the same for all rows, by name.
    pub constants: BTreeMap<String, Rc<Tensor>>,
    pub semantics: Semantics,
    /// Where the model lies: its external data is looked for there and nowhere else.
    pub folder: Option<PathBuf>,
}

/// The scorer of an ONNX model.
///
/// Names: the columns of an only input `[N, k]` are fields of their own where their names are known, from the options or the file's
/// metadata. Shape: an input `[N]` or `[N, 1]` is a scalar parameter, `[N, k]` a vector; outputs likewise, and a ZipMap output `p` is one
/// scalar `p_<class>` a class; a label with the scores of its classes is an [`ir::Prediction`]. Where no dim is open, an input is a
/// parameter of its whole shape without the ones in front. Nulls: none; a missing float is NaN, as in the graph. Errors: everything that
/// stands in the way, each with its node and the output that needs it; never empty. Rows that onnxruntime fails on are rejections. The size
/// of the file bounds memory.
pub fn read(bytes: impl Into<Bytes>, file: FileId, sources: &Sources, options: &Options) -> Result<Module, Vec<Diagnostic>> {
    read_with_notes(bytes, file, sources, options).map(|(module, _)| module)
}

/// As [`read`], with what the user should know of the export, though it converts.
pub fn read_with_notes(
    bytes: impl Into<Bytes>,
    file: FileId,
    sources: &Sources,
    options: &Options,
) -> Result<(Module, Vec<Diagnostic>), Vec<Diagnostic>> {
    let (model, found) = model::decode(bytes.into(), file, &beside::Folder::new(options.folder.as_deref()))?;
    let name = sources.name(file);
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let module = translate::module(&model, found, name.strip_suffix(".onnx").unwrap_or(name), sources, options)?;
    Ok((module, exports::notes(&model)))
}

/// A tensor in a file of its own, as test data for models is kept. The error says why it is none.
pub fn tensor(bytes: &[u8]) -> Result<Tensor, String> {
    let proto = proto::TensorProto::decode(bytes).map_err(|error| error.to_string())?;
    Tensor::decode(proto, &beside::Folder::new(None))
}
