//! What everybody may know: files, places in them, and what is to be said about them.
//!
//! A [`Diagnostic`] is data: a readable kebab-case name, a sentence, a place and a way out. Front ends make them, the command line
//! renders them ([`render::human`], [`render::json`], [`render::sarif`]). Start reading at [`Diagnostic`].

mod diagnostic;
mod file;
pub mod render;

pub use diagnostic::{Diagnostic, Note, Severity};
pub use file::{FileId, Line, LineColumn, Place, SourceFile, Sources, Span};

/// Stops because *we* are wrong: a state that no input can reach was reached.
///
/// Never for input that cannot be translated (that is a [`Diagnostic`]) nor for a row that cannot be scored (that is data).
#[macro_export]
macro_rules! bug {
    ($($what:tt)*) => {{
        #[expect(clippy::panic, reason = "the one place where a defect of ours surfaces")]
        {
            panic!("defect in scorewright: {}", format_args!($($what)*))
        }
    }};
}
