//! Do the outcomes of a reference equal the interpreter's, and if not, why not.
//!
//! A reference (pandas, onnxruntime, a PMML engine) is not a fixed number: its libraries are a few units in the last place off, its sums run
//! in an order that depends on the machine, and one unit is enough to fall to the other side of a threshold. A tolerance that forgives all
//! that forgives wrong weights too. So nothing here is a tolerance: what may differ is derived, for each row and each output.
//!
//! # The method
//!
//! 1. [`Analyser::analyse`] evaluates the module on the row beside the interpreter, and carries an absolute error with every float: how far
//!    another evaluation of the same formulas may be from ours, the rounding of both sides counted. Inputs are exact. So is what comes of
//!    exact operands by one correctly rounded operation, since both sides round it alike ([`Arithmetic`] says of which references that holds).
//!    A sum over an axis may be in any order and fused: `(n - 1) u` times the sum of magnitudes. A function of the library below costs what
//!    its row says. Errors go through operations by their slopes over the whole interval. Bounds are rounded up.
//! 2. A comparison, a rounding, a split, the place of the greatest element, a numeric key is a *decision*. If its margin is greater than the
//!    errors of what it compares, it is certain; else it is noted as unstable, and the bounds hold for references that decide as we do. Where
//!    the two arms of a selection meet (`max`, `min`, clipping), nothing is decided, and the bound covers both.
//! 3. [`compare`] gives a [`Verdict`] for each output. Beyond its bound a difference must have a reason: unstable decisions are flipped,
//!    one at a time and then several, and the reference must agree with what follows, on the whole row ([`Verdict::BranchExplained`]).
//!    Operations that ask the same question get the same answer, so a feature on a threshold flips in all trees at once. What is left may
//!    be the reference's own noise, if it was measured twice. The rest fails.
//! 4. [`report()`] counts verdicts, distances and ratios over all rows and keeps the first failures, each with the named values that fed
//!    it and the first node in doubt. [`minimise`] makes the row small.
//!
//! [`boundary`] makes the rows that a build is compared on besides the data, and [`coverage()`] says what rows reach. Nothing here knows a
//! target, a file or the terminal.
//!
//! # What references promise
//!
//! The one table is [`LIBRARY`]; errors are units in the last place of the result.
//!
//! | function | f32 | f64 | source |
//! |---|---|---|---|
//! | `+ - * /`, `sqrt`, conversions | 0.5 | 0.5 | IEEE 754; numpy and onnxruntime (`sqrt` measured exact) |
//! | `exp` | 3 | 4 | numpy 2.52 in f32 (its release notes 1.17), SVML 4 in f64; onnxruntime 1 (measured) |
//! | `log` | 4 | 4 | numpy 3.83 in f32, SVML 4 in f64; onnxruntime 2 (measured) |
//! | `tanh` | 4 | 4 | onnxruntime 4, glibc, Java and V8 2.06 (measured); SVML 4 |
//! | `sigmoid` | 4, and 1.2e-7 absolute | 6, and 2.3e-16 absolute | onnxruntime loses all digits near zero (measured) |
//! | `tan`, `asin`, `acos`, `atan`, `atan2` | 4 | 4 | numpy 2.96 in f32, 0.79 in f64 (measured); SVML 4 |
//! | `hypot` | 1 | 1 | glibc 1, numpy 0.54 (measured) |
//! | `expm1`, `log1p`, `log2`, `log10`, `pow`, `sinh`, `cosh`, `asinh`, `acosh`, `atanh`, `erf` | 4 | 4 | SVML 4, glibc 2.1 |
//! | ours | 0.51 | 0.6 | `math`, against MPFR |
//!
//! # What it does not do
//!
//! Bounds are worst cases, so in deep f32 networks they grow far beyond what is seen; a fault below them passes. A reference whose arithmetic
//! is not IEEE 754 (flush to zero, x87, a GPU) is out of scope. A path whose denominator may be zero, or whose logarithm may be of zero, has no
//! finite bound, and a difference there counts as unexplained unless our own value overflows.

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
pub use report::{Explained, Failure, Histogram, OutputReport, Report, Step, report, show};
pub use rows::{Boundary, LeftOut, Purpose, Why, boundary};
pub use smallest::minimise;
pub use verdict::{Judged, Verdict, compare, ulps};

#[cfg(test)]
mod tests {
    use super::*;

    /// A function that gets a kernel must get a row.
    #[test]
    fn every_library_function_has_a_stated_accuracy() {
        let unary = ir::Unary::ALL.iter().filter(|op| op.accuracy() == ir::Accuracy::Kernel).map(|op| op.name());
        let binary = ir::Binary::ALL.iter().filter(|op| op.accuracy() == ir::Accuracy::Kernel).map(|op| op.name());
        for name in unary.chain(binary) {
            assert!(Library::of(name).is_some(), "{name}");
        }
    }
}
