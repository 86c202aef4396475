//! How exact the originals are: the one table of what a reference's library functions promise, and how it may do arithmetic.

use ir::Elem;

/// What is assumed of the program that the original runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reference {
    pub arithmetic: Arithmetic,
}

/// How a reference does `+ - * /`. Sums over an axis and products of matrices are in any order, fused or not, in both.
///
/// Scripts and ONNX models are for the first (all recorded answers of onnxruntime in `tests/cases` hold with it); regressions of PMML are
/// chains of additions that engines reorder, and need the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Arithmetic {
    /// One correctly rounded operation after the other, as numpy, pandas and elementwise ONNX operators do. Equal operands give equal bits,
    /// so a decision on such a result is certain.
    #[default]
    AsWritten,
    /// Products may be fused into sums, and chains of additions may be reordered, as compiled and BLAS-backed models do.
    Free,
}

/// An absolute bound: `ulps` units in the last place of the result, and `absolute` besides.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Accuracy {
    pub ulps: f64,
    pub absolute: f64,
}

/// What a reference promises of one function.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Library {
    /// The operation's word in the text form.
    pub function: &'static str,
    pub f32: Accuracy,
    pub f64: Accuracy,
    /// Who said or measured it, the least exact library first.
    pub source: &'static str,
}

const fn ulps(ulps: f64) -> Accuracy {
    Accuracy { ulps, absolute: 0.0 }
}

const SVML: &str = "numpy's SVML kernels are built for at most 4 ULP; glibc's are at most 2.1";

/// The least `f32` above zero.
const LEAST_F32: f64 = 1.401298464324817e-45;

/// One row a function that references compute by a library; the worst of the libraries that are in use.
pub const LIBRARY: &[Library] = &[
    Library {
        function: "exp",
        f32: ulps(3.0),
        f64: ulps(4.0),
        source: "f32: numpy 2.52 ULP (release notes 1.17), onnxruntime 1 (measured); f64: numpy SVML 4, glibc 0.51",
    },
    Library { function: "expm1", f32: ulps(4.0), f64: ulps(4.0), source: SVML },
    Library {
        function: "log",
        f32: ulps(4.0),
        f64: ulps(4.0),
        source: "f32: numpy 3.83 ULP (release notes 1.17), onnxruntime 2 (measured); f64: numpy SVML 4, glibc 0.52",
    },
    Library { function: "log1p", f32: ulps(4.0), f64: ulps(4.0), source: SVML },
    Library { function: "log2", f32: ulps(4.0), f64: ulps(4.0), source: SVML },
    Library { function: "log10", f32: ulps(4.0), f64: ulps(4.0), source: SVML },
    Library {
        function: "tanh",
        f32: Accuracy { ulps: 4.0, absolute: 64.0 * LEAST_F32 },
        f64: ulps(4.0),
        source: "f32: onnxruntime 4 ULP (measured), near the least normal number 28 of the least number (tests/cases/onnx/activations); \
                 f64: numpy SVML 4, glibc, Java and V8 2.06 (measured)",
    },
    Library {
        function: "sigmoid",
        f32: Accuracy { ulps: 4.0, absolute: 1.2e-7 },
        f64: Accuracy { ulps: 6.0, absolute: 2.3e-16 },
        source: "f32: onnxruntime up to 2850 ULP near zero, 1.2e-7 absolute (measured); f64: 1 / (1 + exp(-x)) with exp within 4 ULP, \
                 onnxruntime 1.1e-16 absolute near zero (tests/cases/onnx/activations)",
    },
    Library {
        function: "sin",
        f32: ulps(4.0),
        f64: ulps(4.0),
        source: "f32: numpy 1.49 ULP (release notes 1.17), onnxruntime 1 (measured); f64: numpy SVML 4, glibc 0.55",
    },
    Library { function: "cos", f32: ulps(4.0), f64: ulps(4.0), source: "as sin" },
    Library {
        function: "tan",
        f32: ulps(4.0),
        f64: ulps(4.0),
        source: "f32: numpy 2.96 ULP (measured); f64: numpy SVML 4, 0.56 measured, glibc 0.51 (measured)",
    },
    Library {
        function: "asin",
        f32: ulps(4.0),
        f64: ulps(4.0),
        source: "f32: numpy 2.78 ULP (measured); f64: numpy SVML 4, 0.79 measured, glibc 0.51 (measured)",
    },
    Library { function: "acos", f32: ulps(4.0), f64: ulps(4.0), source: "as asin" },
    Library { function: "atan", f32: ulps(4.0), f64: ulps(4.0), source: "as asin" },
    Library {
        function: "atan2",
        f32: ulps(4.0),
        f64: ulps(4.0),
        source: "f32: numpy 2.91 ULP (measured); f64: numpy SVML 4, 0.75 measured",
    },
    Library {
        function: "hypot",
        f32: ulps(1.0),
        f64: ulps(1.0),
        source: "glibc 1 (its manual), numpy 0.54 measured; Python's own is at most 1 (its source)",
    },
    Library {
        function: "sinh",
        f32: ulps(4.0),
        f64: ulps(4.0),
        source: "f32: numpy 1.26 ULP (measured); f64: numpy SVML 4, 0.65 measured, glibc 1.7 (measured)",
    },
    Library { function: "cosh", f32: ulps(4.0), f64: ulps(4.0), source: "as sinh" },
    Library { function: "asinh", f32: ulps(4.0), f64: ulps(4.0), source: SVML },
    Library { function: "acosh", f32: ulps(4.0), f64: ulps(4.0), source: SVML },
    Library { function: "atanh", f32: ulps(4.0), f64: ulps(4.0), source: SVML },
    Library { function: "erf", f32: ulps(4.0), f64: ulps(4.0), source: "onnxruntime 1 ULP in f32 (measured)" },
    Library { function: "pow", f32: ulps(4.0), f64: ulps(4.0), source: SVML },
];

/// What our kernels promise: 0.6 units of `f64` ([`ir::Accuracy::Kernel`]), narrowed once for `f32`.
pub(crate) fn own(elem: Elem) -> f64 {
    if elem == Elem::F32 { 0.51 } else { 0.6 }
}

impl Library {
    pub fn of(function: &str) -> Option<&'static Library> {
        LIBRARY.iter().find(|row| row.function == function)
    }

    /// For elements of a float kind.
    pub fn accuracy(&self, elem: Elem) -> Accuracy {
        if elem == Elem::F32 { self.f32 } else { self.f64 }
    }
}
