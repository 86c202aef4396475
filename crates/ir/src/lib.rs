//! The intermediate representation: one conversion as data.
//!
//! A [`Module`] holds tables, functions (DAGs of nodes, operands before users), an entry, and an [`Origin`] for every node. It knows
//! nothing of a source or target language, does no I/O and caches no derived facts. What an operation *means* is in the crate
//! `interp`; what makes a module sound is in the crate `check`.
//!
//! - [`op`] is the list of operations, [`scalar`] the table of scalar ones; [`typing`] says what each gives.
//! - [`build`] is how front ends write modules: `(x - mean) / scale` is Rust with operators.
//! - [`link`] puts one module into another; [`mod@text`] is the form that people read and that parses back.
//!
//! Two rules shape everything else. **A function scores one row**: the batch is not a dimension of the IR, so no operation can look at
//! another row. **Every operation is total**: what cannot be scored is an ordered list of [`Rejection`]s on the function, not a trap
//! inside an expression, so evaluation order can never change an answer.

pub mod arena;
pub mod build;
pub mod elements;
pub mod link;
pub mod literal;
pub mod module;
pub mod op;
pub mod scalar;
pub mod table;
pub mod text;
pub mod types;
pub mod typing;
pub mod unicode;

pub use arena::{Arena, Handle};
pub use build::{Builder, Val};
pub use elements::Elements;
pub use literal::Literal;
pub use module::{Field, Function, Module, Node, Origin, Output, Prediction, Reason, Rejection, Value};
pub use op::{Link, MOST_TURNS, Op, Reduce, Window};
pub use scalar::{Accuracy, Binary, TextOp, Unary};
pub use table::{Forest, Map, Next, Split, Table, Tensor, Test};
pub use types::{Elem, Type};
pub use typing::{TypeError, type_of};
