//! What the outside world says, as data with typed readers: operator signatures, element tables, text grammars.
//!
//! Nothing here says what this project supports; the front ends do that, row by row.

pub mod onnx;
pub mod pmml;
pub mod python;
