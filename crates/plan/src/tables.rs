//! How tables lie in memory.

use std::borrow::Borrow;

use ir::{Elem, Elements, Literal, Next, Split, Test};

use crate::Ident;

/// Where a table's numbers stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Storage {
    /// In the source, as literals.
    Source,
    /// In a file of bytes beside it, little-endian.
    File,
}

/// Above so many numbers a table is a file: compilers are slow on long lists, and javac refuses them.
const SOURCE_LENGTH: usize = 1024;

impl Storage {
    fn of(length: usize) -> Storage {
        if length > SOURCE_LENGTH { Storage::File } else { Storage::Source }
    }
}

#[derive(Debug, Clone)]
pub struct Tensor {
    pub ident: Ident,
    /// What it is, for a reader.
    pub name: String,
    pub values: Elements,
    pub storage: Storage,
}

#[derive(Debug, Clone)]
pub struct Map {
    pub ident: Ident,
    pub name: String,
    pub keys: Vec<Elem>,
    pub value: Elem,
    pub rows: Vec<(Vec<Literal>, Literal)>,
}

/// How a forest is spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForestForm {
    /// As nested conditions, which people can read.
    Code,
    /// As tables in files beside the source, and one loop.
    Table,
}

/// A forest is code up to so many splits, and only if no tree is deeper than [`CODE_DEPTH`].
///
/// Measured: above a few hundred splits tables are faster, and compile in any size.
const CODE_SPLITS: usize = 256;
const CODE_DEPTH: u32 = 12;

#[derive(Debug, Clone)]
pub struct Forest {
    pub ident: Ident,
    pub name: String,
    /// The kind of the row's elements and thresholds.
    pub elem: Elem,
    pub features: u32,
    pub form: ForestForm,
    /// What a leaf gives instead of its number, if all uses of the forest ask for the same table.
    pub values: Option<Elements>,
    /// How many leaves there are.
    pub leaves: u32,
    /// For the table form: where each tree starts. A number is that of a split, or `!leaf` (negative) for a leaf.
    pub roots: Vec<i32>,
    pub splits: Vec<PlannedSplit>,
    /// For the code form.
    pub trees: Vec<Tree>,
}

/// What the splits of a forest ask, so that a loop need not look where all ask the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    Less,
    LessEq,
    /// Bits [`TEST_SHIFT`] and up of a split's feature word say: 0 `<`, 1 `<=`, 2 `==`.
    Mixed,
}

/// In a split's feature word, the bit that sends NaN with `yes`.
pub const MISSING_IS_YES: u32 = 1 << 28;
/// In a split's feature word, where the test's number starts.
pub const TEST_SHIFT: u32 = 29;
/// The part of a split's feature word that is the feature.
pub const FEATURE_MASK: u32 = MISSING_IS_YES - 1;

impl Forest {
    /// The splits as bytes, little-endian: the threshold (4 or 8 bytes), the feature word, `yes` and `no` (4 bytes each).
    pub fn split_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.splits.len() * self.split_size());
        for split in &self.splits {
            let (test, threshold) = match split.test {
                Test::Less(t) => (0, t),
                Test::LessEq(t) => (1, t),
                Test::Equal(t) => (2, t),
            };
            if self.elem == Elem::F32 {
                bytes.extend((threshold as f32).to_le_bytes());
            } else {
                bytes.extend(threshold.to_le_bytes());
            }
            let missing = if split.missing_is_yes { MISSING_IS_YES } else { 0 };
            bytes.extend((split.feature | missing | test << TEST_SHIFT).to_le_bytes());
            bytes.extend(split.yes.to_le_bytes());
            bytes.extend(split.no.to_le_bytes());
        }
        bytes
    }

    /// The number of bytes of one split.
    pub fn split_size(&self) -> usize {
        if self.elem == Elem::F32 { 16 } else { 20 }
    }

    pub fn root_bytes(&self) -> Vec<u8> {
        self.roots.iter().flat_map(|root| root.to_le_bytes()).collect()
    }

    pub fn asks(&self) -> Asks {
        if self.splits.iter().all(|split| matches!(split.test, Test::LessEq(_))) {
            Asks::LessEq
        } else if self.splits.iter().all(|split| matches!(split.test, Test::Less(_))) {
            Asks::Less
        } else {
            Asks::Mixed
        }
    }

    /// Whether NaN goes with `yes` anywhere; if not, every comparison sends it to `no` by itself.
    pub fn minds_missing(&self) -> bool {
        self.splits.iter().any(|split| split.missing_is_yes)
    }

    /// The kind of what a walk gives: the leaf's value, or its number.
    pub fn gives(&self) -> Elem {
        self.values.as_ref().map_or(Elem::I32, Elements::elem)
    }
}

/// Elements of one numeric kind as bytes, little-endian; a truth value is one byte. Texts have none.
pub fn bytes(values: impl IntoIterator<Item: Borrow<Literal>>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for value in values {
        match value.borrow() {
            Literal::Bool(x) => bytes.push(u8::from(*x)),
            Literal::I32(x) => bytes.extend(x.to_le_bytes()),
            Literal::I64(x) | Literal::Date(x) | Literal::DateTime(x) | Literal::Duration(x) => bytes.extend(x.to_le_bytes()),
            Literal::F32(x) => bytes.extend(x.to_le_bytes()),
            Literal::F64(x) => bytes.extend(x.to_le_bytes()),
            Literal::Null(_) | Literal::Str(_) => {}
        }
    }
    bytes
}

/// What a table's file holds: [`bytes`] of numbers; of texts, the positions in the file where each starts and where the last ends, as
/// `u32`, and then the texts in UTF-8. The first position also tells how many there are.
pub fn file_bytes(values: &Elements) -> Vec<u8> {
    let Elements::Str(texts) = values else { return bytes(values.iter()) };
    let mut at = 4 * (texts.len() as u32 + 1);
    let mut file = at.to_le_bytes().to_vec();
    for text in texts.iter() {
        at += text.len() as u32;
        file.extend(at.to_le_bytes());
    }
    file.extend(texts.concat().as_bytes());
    file
}

/// A split of the table form.
#[derive(Debug, Clone, Copy)]
pub struct PlannedSplit {
    pub feature: u32,
    pub test: Test,
    pub yes: i32,
    pub no: i32,
    /// Whether NaN goes with `yes`; otherwise with `no`.
    pub missing_is_yes: bool,
}

/// A tree of the code form.
#[derive(Debug, Clone)]
pub enum Tree {
    Leaf(u32),
    Split { feature: u32, test: Test, yes: Box<Tree>, no: Box<Tree>, missing_is_yes: bool },
}

impl Tensor {
    pub fn elem(&self) -> Elem {
        self.values.elem()
    }

    pub(crate) fn new(ident: Ident, table: &ir::Tensor) -> Tensor {
        Tensor { ident, name: table.name.clone(), values: table.values.clone(), storage: Storage::of(table.values.len()) }
    }
}

impl Map {
    pub(crate) fn new(ident: Ident, map: &ir::Map) -> Map {
        Map { ident, name: map.name.clone(), keys: map.keys.clone(), value: map.value, rows: map.rows.clone() }
    }
}

impl Forest {
    pub(crate) fn new(ident: Ident, forest: &ir::Forest, values: Option<Elements>) -> Forest {
        let small = forest.splits.len() <= CODE_SPLITS && forest.roots.iter().all(|root| depth(forest, *root) <= CODE_DEPTH);
        let mut table = Lowered { forest, splits: Vec::new() };
        let roots: Vec<i32> = forest.roots.iter().map(|root| table.next(*root)).collect();
        Forest {
            ident,
            name: forest.name.clone(),
            elem: forest.elem,
            features: forest.features,
            form: if small { ForestForm::Code } else { ForestForm::Table },
            leaves: forest.leaves,
            values,
            trees: if small { roots.iter().map(|root| tree(&table.splits, *root)).collect() } else { vec![] },
            roots,
            splits: table.splits,
        }
    }
}

/// The number of splits on the longest way. Children stand after their parents, so one backward pass is enough.
fn depth(forest: &ir::Forest, root: Next) -> u32 {
    let mut stack = vec![(root, 0)];
    let mut deepest = 0;
    while let Some((next, level)) = stack.pop() {
        deepest = deepest.max(level);
        if let Next::Split(index) = next {
            let split = &forest.splits[index as usize];
            stack.extend([split.yes, split.no].map(|child| (child, level + 1)));
        }
    }
    deepest
}

/// Writes splits in the order in which a walk meets them, so that a tree lies together in memory.
struct Lowered<'a> {
    forest: &'a ir::Forest,
    splits: Vec<PlannedSplit>,
}

impl Lowered<'_> {
    fn next(&mut self, root: Next) -> i32 {
        // (where to go on, which split waits for the number, as yes or as no)
        let mut stack: Vec<(Next, Option<(usize, bool)>)> = vec![(root, None)];
        let mut first = 0;
        while let Some((next, waiting)) = stack.pop() {
            let number = match next {
                Next::Leaf(leaf) => !(leaf as i32),
                Next::Split(index) => self.split(self.forest.splits[index as usize], &mut stack),
            };
            match waiting {
                Some((parent, true)) => self.splits[parent].yes = number,
                Some((parent, false)) => self.splits[parent].no = number,
                None => first = number,
            }
        }
        first
    }

    fn split(&mut self, split: Split, stack: &mut Vec<(Next, Option<(usize, bool)>)>) -> i32 {
        let at = self.splits.len();
        let missing_is_yes = split.missing == split.yes;
        self.splits.push(PlannedSplit { feature: split.feature, test: split.test, yes: 0, no: 0, missing_is_yes });
        let own_way = split.missing != split.yes && split.missing != split.no;
        if own_way {
            // A third way for NaN is a second split: `x == x` parts NaN from the rest.
            self.splits[at].test = Test::LessEq(f64::INFINITY);
            stack.push((split.missing, Some((at, false))));
            let rest = Split { missing: split.no, ..split };
            let number = self.split(rest, stack);
            self.splits[at].yes = number;
        } else {
            stack.push((split.no, Some((at, false))));
            stack.push((split.yes, Some((at, true))));
        }
        at as i32
    }
}

/// The tree that hangs at a number of the table form. Its depth was limited.
fn tree(splits: &[PlannedSplit], at: i32) -> Tree {
    match usize::try_from(at) {
        Err(_) => Tree::Leaf(!at as u32),
        Ok(index) => {
            let PlannedSplit { feature, test, yes, no, missing_is_yes } = splits[index];
            Tree::Split { feature, test, yes: Box::new(tree(splits, yes)), no: Box::new(tree(splits, no)), missing_is_yes }
        }
    }
}
