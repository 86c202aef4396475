//! `Plan -> an npm package`: the scorer as WebAssembly with an ES module around it, types, golden tests.
//!
//! This back end spells what the plan decided. The module imports nothing and calls no host function, so that its numbers are the same
//! in every engine; it uses WebAssembly 1.0 with sign extension, saturating conversions, bulk memory and several results.
//!
//! [`spell`] turns routines into functions, [`tables`] puts what training left behind into memory, [`runtime`] holds the functions that
//! WebAssembly lacks (text above all), [`module`] puts it together and says how rows get in and out, [`package`] writes the files. [`asm`]
//! is how all of them write instructions: as expressions and statements.

mod asm;
mod harness;
mod memory;
mod module;
mod package;
mod runtime;
mod spell;
mod tables;

pub use harness::harness;
pub use package::print;
