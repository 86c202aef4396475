//! Elements of one kind, as many as there are: what tensors hold.

use std::sync::Arc;

use crate::{Elem, Literal};

/// Elements of one kind, none of them null. A clone shares them, so that a network's weights are in memory once.
///
/// Equality is that of [`Literal`]: of bits, with any NaN equal to itself.
#[derive(Debug, Clone)]
pub enum Elements {
    Bool(Arc<Vec<bool>>),
    I32(Arc<Vec<i32>>),
    I64(Arc<Vec<i64>>),
    F32(Arc<Vec<f32>>),
    F64(Arc<Vec<f64>>),
    Str(Arc<Vec<String>>),
    Date(Arc<Vec<i64>>),
    DateTime(Arc<Vec<i64>>),
    Duration(Arc<Vec<i64>>),
}

impl Elements {
    /// From literals of a kind. `None` if one of them is null or of another.
    pub fn of(elem: Elem, literals: impl IntoIterator<Item = Literal>) -> Option<Elements> {
        fn all<T>(literals: impl IntoIterator<Item = Literal>, item: impl Fn(Literal) -> Option<T>) -> Option<Arc<Vec<T>>> {
            literals.into_iter().map(item).collect::<Option<Vec<T>>>().map(Arc::new)
        }
        macro_rules! held {
            ($kind:ident) => {
                all(literals, |literal| if let Literal::$kind(x) = literal { Some(x) } else { None }).map(Elements::$kind)
            };
        }
        match elem {
            Elem::Bool => held!(Bool),
            Elem::I32 => held!(I32),
            Elem::I64 => held!(I64),
            Elem::F32 => held!(F32),
            Elem::F64 => held!(F64),
            Elem::Str => held!(Str),
            Elem::Date => held!(Date),
            Elem::DateTime => held!(DateTime),
            Elem::Duration => held!(Duration),
        }
    }

    pub fn elem(&self) -> Elem {
        match self {
            Elements::Bool(_) => Elem::Bool,
            Elements::I32(_) => Elem::I32,
            Elements::I64(_) => Elem::I64,
            Elements::F32(_) => Elem::F32,
            Elements::F64(_) => Elem::F64,
            Elements::Str(_) => Elem::Str,
            Elements::Date(_) => Elem::Date,
            Elements::DateTime(_) => Elem::DateTime,
            Elements::Duration(_) => Elem::Duration,
        }
    }

    pub fn len(&self) -> usize {
        match self {
            Elements::Bool(items) => items.len(),
            Elements::I32(items) => items.len(),
            Elements::F32(items) => items.len(),
            Elements::F64(items) => items.len(),
            Elements::Str(items) => items.len(),
            Elements::I64(items) | Elements::Date(items) | Elements::DateTime(items) | Elements::Duration(items) => items.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One element. `None` past the end.
    pub fn get(&self, at: usize) -> Option<Literal> {
        match self {
            Elements::Bool(items) => items.get(at).copied().map(Literal::Bool),
            Elements::I32(items) => items.get(at).copied().map(Literal::I32),
            Elements::I64(items) => items.get(at).copied().map(Literal::I64),
            Elements::F32(items) => items.get(at).copied().map(Literal::F32),
            Elements::F64(items) => items.get(at).copied().map(Literal::F64),
            Elements::Str(items) => items.get(at).cloned().map(Literal::Str),
            Elements::Date(items) => items.get(at).copied().map(Literal::Date),
            Elements::DateTime(items) => items.get(at).copied().map(Literal::DateTime),
            Elements::Duration(items) => items.get(at).copied().map(Literal::Duration),
        }
    }

    /// All elements, one literal after the other.
    pub fn iter(&self) -> impl Iterator<Item = Literal> + '_ {
        (0..self.len()).filter_map(|at| self.get(at))
    }
}

impl PartialEq for Elements {
    fn eq(&self, other: &Self) -> bool {
        fn same<T>(a: &Arc<Vec<T>>, b: &Arc<Vec<T>>, equal: impl Fn(&T, &T) -> bool) -> bool {
            Arc::ptr_eq(a, b) || (a.len() == b.len() && std::iter::zip(a.iter(), b.iter()).all(|(a, b)| equal(a, b)))
        }
        match (self, other) {
            (Elements::Bool(a), Elements::Bool(b)) => same(a, b, PartialEq::eq),
            (Elements::I32(a), Elements::I32(b)) => same(a, b, PartialEq::eq),
            (Elements::F32(a), Elements::F32(b)) => same(a, b, |a, b| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())),
            (Elements::F64(a), Elements::F64(b)) => same(a, b, |a, b| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())),
            (Elements::Str(a), Elements::Str(b)) => same(a, b, PartialEq::eq),
            (Elements::I64(a), Elements::I64(b))
            | (Elements::Date(a), Elements::Date(b))
            | (Elements::DateTime(a), Elements::DateTime(b))
            | (Elements::Duration(a), Elements::Duration(b)) => same(a, b, PartialEq::eq),
            // Of two kinds.
            (_, _) => false,
        }
    }
}

macro_rules! from {
    ($($from:ty => $variant:ident),*) => {$(
        impl From<Vec<$from>> for Elements {
            fn from(items: Vec<$from>) -> Self {
                Elements::$variant(Arc::new(items))
            }
        }
    )*};
}
from!(bool => Bool, i32 => I32, i64 => I64, f32 => F32, f64 => F64, String => Str);
