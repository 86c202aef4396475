//! ONNX models to modules. Start at [`read`]; one operator is one row and one function under `ops`.

pub mod model;
mod proto;
pub mod tensor;
