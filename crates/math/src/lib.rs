//! The mathematical functions, written once as IR, so that every target computes the same bits.
//!
//! A [`Kernel`] is a function from doubles to a double made of `+ - * /`, comparisons, selections, exact conversions, integer operations
//! on bit patterns and tables: no fused multiply-add, no host library, no loops. Its error is at most 0.6 units in the last place (0.519
//! is the greatest seen), special values are those of C99 annex F. [`expand`] puts calls to kernels where a module has mathematical operations;
//! functions of `f32` are computed in `f64` and narrowed.
//!
//! To add a function: a row in [`Kernel::of_unary`] or [`Kernel::of_binary`], a formula in the file of its family, and true values from
//! `tests/fixtures/make.py`. `exp.rs` is the place to start reading. Constants are written by `tables/tables.py`.

mod erf;
mod exp;
mod expand;
mod hyperbolic;
mod hypot;
mod inverse;
mod log;
mod logistic;
mod pieces;
mod pow;
#[rustfmt::skip]
mod tables;
mod trig;

use ir::{Binary, Builder, Elem, Module, Origin, Type, Unary, Val};
use source::bug;

pub use expand::expand;

/// How one function is computed.
#[derive(Clone, Copy)]
pub struct Kernel {
    name: &'static str,
    doc: &'static str,
    formula: Formula,
}

#[derive(Clone, Copy)]
enum Formula {
    OfOne(for<'b> fn(Val<'b>) -> Val<'b>),
    OfTwo(for<'b> fn(Val<'b>, Val<'b>) -> Val<'b>),
}

impl Kernel {
    /// The kernel of an operation; none for those that every target has.
    pub fn of_unary(op: Unary) -> Option<Kernel> {
        let (doc, formula): (_, for<'b> fn(Val<'b>) -> Val<'b>) = match op {
            Unary::Exp => ("e to the power x.", exp::exp),
            Unary::Expm1 => ("e to the power x, minus 1.", exp::expm1),
            Unary::Log => ("The natural logarithm.", log::log),
            Unary::Log1p => ("The natural logarithm of 1 + x.", log::log1p),
            Unary::Log2 => ("The logarithm to base 2.", log::log2),
            Unary::Log10 => ("The logarithm to base 10.", log::log10),
            Unary::Sin => ("The sine of an angle in radians.", trig::sin),
            Unary::Cos => ("The cosine of an angle in radians.", trig::cos),
            Unary::Tan => ("The tangent of an angle in radians.", trig::tan),
            Unary::Asin => ("The angle in radians that has this sine.", inverse::asin),
            Unary::Acos => ("The angle in radians that has this cosine.", inverse::acos),
            Unary::Atan => ("The angle in radians that has this tangent.", inverse::atan),
            Unary::Sinh => ("The hyperbolic sine.", hyperbolic::sinh),
            Unary::Cosh => ("The hyperbolic cosine.", hyperbolic::cosh),
            Unary::Asinh => ("The inverse hyperbolic sine.", hyperbolic::asinh),
            Unary::Acosh => ("The inverse hyperbolic cosine.", hyperbolic::acosh),
            Unary::Atanh => ("The inverse hyperbolic tangent.", hyperbolic::atanh),
            Unary::Erf => ("The error function.", erf::erf),
            Unary::Tanh => ("The hyperbolic tangent.", logistic::tanh),
            Unary::Sigmoid => ("The logistic function 1 / (1 + exp(-x)).", logistic::sigmoid),
            Unary::Neg
            | Unary::Abs
            | Unary::Not
            | Unary::Sqrt
            | Unary::Floor
            | Unary::Ceil
            | Unary::Trunc
            | Unary::RoundEven
            | Unary::IsNan
            | Unary::Bits
            | Unary::FromBits => return None,
        };
        Some(Kernel { name: op.name(), doc, formula: Formula::OfOne(formula) })
    }

    /// The kernel of an operation; none for those that every target has.
    pub fn of_binary(op: Binary) -> Option<Kernel> {
        let (doc, formula): (_, for<'b> fn(Val<'b>, Val<'b>) -> Val<'b>) = match op {
            Binary::Pow => ("x to the power y.", pow::pow),
            Binary::Atan2 => ("The angle in radians of the point whose ordinate is x and whose abscissa is y.", inverse::atan2),
            Binary::Hypot => ("The length of the hypotenuse, sqrt(x^2 + y^2).", hypot::hypot),
            Binary::Add
            | Binary::Sub
            | Binary::Mul
            | Binary::Div
            | Binary::Rem
            | Binary::Eq
            | Binary::Ne
            | Binary::Lt
            | Binary::Le
            | Binary::Gt
            | Binary::Ge
            | Binary::And
            | Binary::Or
            | Binary::BitAnd
            | Binary::BitOr
            | Binary::BitXor
            | Binary::Shl
            | Binary::Shr
            | Binary::Ushr => return None,
        };
        Some(Kernel { name: op.name(), doc, formula: Formula::OfTwo(formula) })
    }

    /// The word of the operation in the text form.
    pub fn name(self) -> &'static str {
        self.name
    }

    /// The kernel as a module of one function of `x`, or of `x` and `y`, with the tables that it uses.
    pub fn module(self) -> Module {
        let b = Builder::new(self.name);
        b.doc(format!("{} Computed alike on every target, within 0.6 units in the last place.", self.doc));
        let x = b.param("x", Type::scalar(Elem::F64));
        let result = match self.formula {
            Formula::OfOne(formula) => formula(x),
            Formula::OfTwo(formula) => formula(x, b.param("y", Type::scalar(Elem::F64))),
        };
        b.result("result", result);
        match b.finish() {
            Ok(mut module) => {
                for (_, origin) in module.origins.iter_mut() {
                    *origin = Origin::Made { by: format!("math {}", self.name), from: vec![] };
                }
                module
            }
            Err(errors) => bug!("the kernel {} does not fit: {errors:?}", self.name),
        }
    }
}
