//! Python scripts to IR: a partial evaluator directed by a recorded run.
//!
//! [`parse`] makes our own tree, [`record`] is what a run in the user's Python told, `replay` walks the one with the other. Every value
//! is constant, frozen from the training data, computed from one scoring row (and then emitted as IR), or dependent on other scoring
//! rows. What is not understood is an unknown with a reason and a place, and matters only if an output needs it.
//! Touches no disk and starts nothing: the crate `reference` makes the records. Start reading at [`convert`].

pub mod ast;
pub mod parse;
pub mod record;
