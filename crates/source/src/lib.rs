//! What everybody may know: files, places in them, and what is to be said about them.
//!
//! A [`Diagnostic`] is data: a readable kebab-case name, a sentence, a place and a way out. Front ends make them, the command line
//! renders them ([`render::human`], [`render::json`], [`render::sarif`]). Start reading at [`Diagnostic`].

mod diagnostic;
mod file;
pub mod render;

pub use diagnostic::{Diagnostic, Note, Severity};
pub use file::{FileId, LineColumn, Place, SourceFile, Sources, Span};
