//! What training left behind: data that is never spelled out as code unless it is small. `plan` decides where it lives.

use source::bug;

use crate::{Elem, Elements, Literal};

/// Constant data of a module.
#[derive(Debug, Clone, PartialEq)]
pub enum Table {
    Tensor(Tensor),
    Map(Map),
    Forest(Forest),
}

/// Elements of one kind in row-major order. No nulls.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    /// What it is, for a reader: `coefficients`, `leaf values`.
    pub name: String,
    pub shape: Vec<u32>,
    pub values: Elements,
}

/// Distinct keys to values. Keys are `bool`, `i64`, `f64`, `str` or times; a float key is compared as a number, so NaN is none.
#[derive(Debug, Clone, PartialEq)]
pub struct Map {
    pub name: String,
    pub keys: Vec<Elem>,
    pub value: Elem,
    pub rows: Vec<(Vec<Literal>, Literal)>,
}

/// Trees over one row of floats. A split's children come after it, and nothing has two parents.
#[derive(Debug, Clone, PartialEq)]
pub struct Forest {
    pub name: String,
    /// The kind of the row's elements, `f32` or `f64`; thresholds are exact in it.
    pub elem: Elem,
    /// The length of the row.
    pub features: u32,
    /// One a tree.
    pub roots: Vec<Next>,
    pub splits: Vec<Split>,
    /// The number of leaves; they are counted over the whole forest.
    pub leaves: u32,
}

/// One question about one feature.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Split {
    pub feature: u32,
    pub test: Test,
    pub yes: Next,
    pub no: Next,
    /// Where NaN goes.
    pub missing: Next,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Next {
    Split(u32),
    Leaf(u32),
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Test {
    /// `x < t`
    Less(f64),
    /// `x <= t`
    LessEq(f64),
    /// `x == t`
    Equal(f64),
}

impl Test {
    pub fn threshold(self) -> f64 {
        match self {
            Test::Less(t) | Test::LessEq(t) | Test::Equal(t) => t,
        }
    }

    /// The answer for a value that is not NaN.
    pub fn holds(self, x: f64) -> bool {
        match self {
            Test::Less(t) => x < t,
            Test::LessEq(t) => x <= t,
            Test::Equal(t) => x == t,
        }
    }
}

impl Table {
    pub fn name(&self) -> &str {
        match self {
            Table::Tensor(tensor) => &tensor.name,
            Table::Map(map) => &map.name,
            Table::Forest(forest) => &forest.name,
        }
    }
}

impl Tensor {
    pub fn new(name: impl Into<String>, shape: impl Into<Vec<u32>>, values: impl Into<Elements>) -> Tensor {
        Tensor { name: name.into(), shape: shape.into(), values: values.into() }
    }

    pub fn f64(name: impl Into<String>, shape: impl Into<Vec<u32>>, values: impl IntoIterator<Item = f64>) -> Tensor {
        Tensor::new(name, shape, Vec::from_iter(values))
    }

    pub fn f32(name: impl Into<String>, shape: impl Into<Vec<u32>>, values: impl IntoIterator<Item = f32>) -> Tensor {
        Tensor::new(name, shape, Vec::from_iter(values))
    }

    pub fn i64(name: impl Into<String>, shape: impl Into<Vec<u32>>, values: impl IntoIterator<Item = i64>) -> Tensor {
        Tensor::new(name, shape, Vec::from_iter(values))
    }

    /// From literals, which are of this kind and none of them null.
    pub fn literals(name: impl Into<String>, elem: Elem, shape: impl Into<Vec<u32>>, values: impl IntoIterator<Item = Literal>) -> Tensor {
        let name = name.into();
        let Some(values) = Elements::of(elem, values) else { bug!("an element of the tensor {name:?} is not {elem}") };
        Tensor::new(name, shape, values)
    }

    /// The kind of its elements.
    pub fn elem(&self) -> Elem {
        self.values.elem()
    }

    pub fn count(&self) -> usize {
        self.shape.iter().map(|dim| *dim as usize).product()
    }
}

impl Forest {
    /// The leaf that a row reaches in one tree. NaN takes the `missing` way.
    pub fn leaf(&self, root: Next, feature: impl Fn(u32) -> f64) -> u32 {
        let mut at = root;
        loop {
            match at {
                Next::Leaf(leaf) => return leaf,
                Next::Split(index) => {
                    let split = &self.splits[index as usize];
                    let x = feature(split.feature);
                    at = if x.is_nan() {
                        split.missing
                    } else if split.test.holds(x) {
                        split.yes
                    } else {
                        split.no
                    };
                }
            }
        }
    }
}
