//! Do reference outcomes equal the interpreter's, and why not.

pub mod bound;
pub mod coverage;
pub mod reference;
pub mod report;
pub mod rows;
pub mod smallest;
pub mod verdict;

pub use bound::{Analyser, Analysis, Choice, Decision, Site, Worth};
pub use coverage::{Coverage, Covered, coverage};
pub use reference::{Accuracy, Arithmetic, LIBRARY, Library, Reference};
pub use report::{Explained, Failure, Histogram, OutputReport, Report, Step, report};
pub use rows::{Boundary, LeftOut, Purpose, Why, boundary};
pub use smallest::minimise;
pub use verdict::{Judged, Verdict, compare, ulps};
