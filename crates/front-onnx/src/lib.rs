//! ONNX models to modules. Start at [`read`]; one operator is one row and one function under `ops`.
//!
//! `bytes -> Model -> Module`: [`model`] decodes and orders the graph and knows no operator; [`translate`] walks it; each operator's
//! function writes IR. The batch axis is tracked on every edge ([`value`]) and is gone in the IR, so an operator that would look across
//! rows is refused here. float32 stays float32 step by step, as onnxruntime computes it.

pub mod model;
mod node;
pub mod ops;
mod proto;
mod tensor;
mod translate;
mod value;

use ir::Module;
use source::{Diagnostic, FileId, Sources};

/// The scorer of an ONNX model.
///
/// Shape: an input `[N]` or `[N, 1]` is a scalar parameter, `[N, k]` a vector; outputs likewise, and a ZipMap output `p` is one scalar
/// `p_<class>` a class. Nulls: none; a missing float is NaN, as in the graph. Errors: everything that stands in the way, each with its
/// node and the output that needs it; never empty. Rows that onnxruntime fails on are rejections. The size of the file bounds memory.
pub fn read(bytes: &[u8], file: FileId, sources: &Sources) -> Result<Module, Vec<Diagnostic>> {
    let (model, found) = model::decode(bytes, file)?;
    let name = sources.name(file);
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    translate::module(&model, found, name.strip_suffix(".onnx").unwrap_or(name), sources)
}
