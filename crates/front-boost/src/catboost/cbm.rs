//! The binary form: `CBM1`, a length, and a FlatBuffer (`model.fbs` of CatBoost). A small reader of our own takes the fields that score.
//!
//! It holds the hashes of categories and not their texts, so a model that asks for categories is refused here, and converts from JSON.

use super::{Float, Model, Next, Tree, class_border, json};
use crate::Fault;
use crate::document::{self, At, Precision};

/// The places of fields in their tables, in the order of the description.
mod field {
    pub(super) mod core {
        pub(crate) const TREES: u16 = 1;
        pub(crate) const INFO: u16 = 2;
    }
    pub(super) mod trees {
        pub(crate) const TARGETS: u16 = 0;
        pub(crate) const SPLITS: u16 = 1;
        pub(crate) const SIZES: u16 = 2;
        pub(crate) const CATEGORICAL: u16 = 4;
        pub(crate) const FLOATS: u16 = 5;
        pub(crate) const LEAF_VALUES: u16 = 8;
        pub(crate) const STEPS: u16 = 10;
        pub(crate) const LEAF_OF_NODE: u16 = 11;
        pub(crate) const TEXTS: u16 = 12;
        pub(crate) const SCALE: u16 = 14;
        pub(crate) const BIAS: u16 = 15;
        pub(crate) const BIAS_OF_TARGETS: u16 = 16;
        pub(crate) const EMBEDDINGS: u16 = 18;
    }
    pub(super) mod float {
        pub(crate) const HAS_NANS: u16 = 0;
        pub(crate) const INDEX: u16 = 1;
        pub(crate) const FLAT: u16 = 2;
        pub(crate) const BORDERS: u16 = 3;
        pub(crate) const NAME: u16 = 4;
        pub(crate) const NAN: u16 = 5;
    }
}

pub(crate) fn read(bytes: &[u8]) -> Result<Model, Fault> {
    let length = bytes.get(4..8).and_then(|four| four.try_into().ok()).map_or(0, u32::from_le_bytes) as usize;
    let buffer = bytes.get(8..).and_then(|rest| rest.get(..length)).ok_or_else(|| Fault::malformed("", "the file ends too early"))?;
    let core = Table::root(buffer).ok_or_else(damaged)?;
    let trees = core.table(field::core::TREES).ok_or_else(damaged)?;
    for (feature, what) in [(field::trees::TEXTS, "text"), (field::trees::EMBEDDINGS, "embedding")] {
        if !trees.tables(feature)?.is_empty() {
            return Err(Fault::unsupported("ModelTrees", format!("{what} features are not supported"))
                .help("train without them, or compute numbers from them before the model"));
        }
    }
    if !trees.tables(field::trees::CATEGORICAL)?.is_empty() {
        return Err(Fault::unsupported("ModelTrees", "this form holds hashes of categories and not the categories")
            .help("save the model with its training data: `model.save_model(\"model.json\", format=\"json\", pool=train_pool)`"));
    }
    let mut model = Model {
        targets: trees.number(field::trees::TARGETS, 0, i32::from_le_bytes).max(0) as usize,
        scale: trees.number(field::trees::SCALE, 1.0, f64::from_le_bytes),
        bias: trees.numbers(field::trees::BIAS_OF_TARGETS, f64::from_le_bytes)?,
        leaf_values: trees.numbers(field::trees::LEAF_VALUES, f64::from_le_bytes)?,
        ..Model::default()
    };
    if model.bias.is_empty() {
        model.bias = vec![trees.number(field::trees::BIAS, 0.0, f64::from_le_bytes)];
    }
    for (number, feature) in trees.tables(field::trees::FLOATS)?.iter().enumerate() {
        let flat = feature.number(field::float::FLAT, number as i32, i32::from_le_bytes).max(0) as usize;
        let has_nans = feature.number(field::float::HAS_NANS, 0, u8::from_le_bytes) != 0;
        let name = feature.text(field::float::NAME)?;
        /// `ENanValueTreatment::AsTrue`
        const AS_TRUE: u8 = 2;
        model.floats.push(Float {
            index: feature.number(field::float::INDEX, number as i32, i32::from_le_bytes).max(0) as usize,
            flat,
            name: if name.is_empty() { format!("f{flat}") } else { name.to_owned() },
            borders: feature.numbers(field::float::BORDERS, f32::from_le_bytes)?,
            nan_is_above: has_nans && feature.number(field::float::NAN, 0, u8::from_le_bytes) == AS_TRUE,
        });
    }
    model.trees = read_trees(&trees, &model)?;
    info(&core, &mut model)?;
    Ok(model)
}

fn damaged() -> Fault {
    Fault::malformed("", "an offset leads outside of the file")
}

/// Symmetric trees one after another, or the steps of all nodes of other ones.
fn read_trees(trees: &Table<'_>, model: &Model) -> Result<Vec<Tree>, Fault> {
    let wrong = |what: &str| Fault::malformed("ModelTrees", what);
    let splits = trees.numbers(field::trees::SPLITS, u32::from_le_bytes)?;
    let steps = trees.numbers(field::trees::STEPS, u32::from_le_bytes)?;
    let leaf_of_node = trees.numbers(field::trees::LEAF_OF_NODE, u32::from_le_bytes)?;
    let mut start = 0_usize;
    let mut leaves = 0_usize;
    let mut read = Vec::new();
    for size in trees.numbers(field::trees::SIZES, u32::from_le_bytes)? {
        let size = size as usize;
        let range = start..start.checked_add(size).ok_or_else(damaged)?;
        let own: Vec<usize> = splits.get(range.clone()).ok_or_else(damaged)?.iter().map(|split| *split as usize).collect();
        if steps.is_empty() {
            let count = 1_usize.checked_shl(size as u32).and_then(|count| count.checked_mul(model.targets)).ok_or_else(damaged)?;
            read.push(Tree::Symmetric { splits: own, leaves });
            leaves = leaves.checked_add(count).filter(|end| *end <= model.leaf_values.len()).ok_or_else(damaged)?;
        } else {
            let (steps, places) = steps.get(range.clone()).zip(leaf_of_node.get(range)).ok_or_else(damaged)?;
            read.push(steps_tree(&own, steps, places).ok_or_else(|| wrong("a step leads outside of its tree"))?);
        }
        start += size;
    }
    Ok(read)
}

/// A step is how far it is to the node for no, and in the upper half for yes; where it is 0, the node is the leaf.
fn steps_tree(splits: &[usize], steps: &[u32], leaves: &[u32]) -> Option<Tree> {
    let next = |node: usize, distance: u32| {
        let to = node + distance as usize;
        let is_leaf = distance == 0 || *steps.get(to)? == 0;
        Some(if is_leaf { Next::Leaf(*leaves.get(to)? as usize) } else { Next::Node(to) })
    };
    let node = |(node, (split, step)): (usize, (&usize, &u32))| Some((*split, next(node, step & 0xffff)?, next(node, step >> 16)?));
    let nodes = splits.iter().zip(steps).enumerate().map(node).collect::<Option<Vec<_>>>()?;
    let root = if *steps.first()? == 0 { Next::Leaf(*leaves.first()? as usize) } else { Next::Node(0) };
    Some(Tree::Steps { root, nodes })
}

/// Loss and classes, which stand as JSON among the notes of the model, and the threshold between two of them.
fn info(core: &Table<'_>, model: &mut Model) -> Result<(), Fault> {
    for entry in core.tables(field::core::INFO)? {
        let (key, text) = (entry.text(0)?, entry.text(1)?);
        let value = || document::json(text, Precision::Double).map_err(|why| Fault::malformed(key, why));
        match key {
            "params" => model.loss = json::loss(&At { value: &value()?, path: key.to_owned() })?,
            "class_params" => model.classes = json::class_names(&At { value: &value()?, path: key.to_owned() })?,
            json::THRESHOLD => model.class_border = class_border(At { value: &value()?, path: key.to_owned() }.number()?),
            _ => {}
        }
    }
    Ok(())
}

/// A table of a FlatBuffer: where it starts, and the places of its fields.
struct Table<'b> {
    buffer: &'b [u8],
    at: usize,
    /// The two-byte offsets of the fields from the start; 0 for one that has its default.
    fields: &'b [u8],
}

impl<'b> Table<'b> {
    fn root(buffer: &'b [u8]) -> Option<Table<'b>> {
        Table::new(buffer, unsigned(buffer, 0)?)
    }

    fn new(buffer: &'b [u8], at: usize) -> Option<Table<'b>> {
        let back = i32::from_le_bytes(bytes(buffer, at)?);
        let description = usize::try_from(i64::try_from(at).ok()? - i64::from(back)).ok()?;
        let length = u16::from_le_bytes(bytes(buffer, description)?) as usize;
        let fields = buffer.get(description.checked_add(4)?..description.checked_add(length)?)?;
        Some(Table { buffer, at, fields })
    }

    /// Where a field stands.
    fn field(&self, number: u16) -> Option<usize> {
        let offset = u16::from_le_bytes(bytes(self.fields, usize::from(number) * 2)?);
        (offset != 0).then(|| self.at + usize::from(offset))
    }

    fn number<const N: usize, T>(&self, field: u16, default: T, of: fn([u8; N]) -> T) -> T {
        self.field(field).and_then(|at| bytes(self.buffer, at)).map_or(default, of)
    }

    /// Where the elements of a vector start, and how many there are; all lie in the buffer.
    fn vector(&self, field: u16, size: usize) -> Result<(usize, usize), Fault> {
        let Some(at) = self.field(field) else { return Ok((0, 0)) };
        let found = || {
            let start = at.checked_add(unsigned(self.buffer, at)?)?;
            let count = unsigned(self.buffer, start)?;
            let first = start.checked_add(4)?;
            (count.checked_mul(size)?.checked_add(first)? <= self.buffer.len()).then_some((first, count))
        };
        found().ok_or_else(damaged)
    }

    fn numbers<const N: usize, T>(&self, field: u16, of: fn([u8; N]) -> T) -> Result<Vec<T>, Fault> {
        let (first, count) = self.vector(field, N)?;
        (0..count).map(|number| bytes(self.buffer, first + number * N).map(of).ok_or_else(damaged)).collect()
    }

    fn text(&self, field: u16) -> Result<&'b str, Fault> {
        let (first, count) = self.vector(field, 1)?;
        let bytes = self.buffer.get(first..first + count).ok_or_else(damaged)?;
        std::str::from_utf8(bytes).map_err(|_| Fault::malformed("", "a text is not UTF-8"))
    }

    fn table(&self, field: u16) -> Option<Table<'b>> {
        let at = self.field(field)?;
        Table::new(self.buffer, at.checked_add(unsigned(self.buffer, at)?)?)
    }

    fn tables(&self, field: u16) -> Result<Vec<Table<'b>>, Fault> {
        let (first, count) = self.vector(field, 4)?;
        let table = |number: usize| {
            let at = first + number * 4;
            Table::new(self.buffer, at.checked_add(unsigned(self.buffer, at)?)?)
        };
        (0..count).map(|number| table(number).ok_or_else(damaged)).collect()
    }
}

fn bytes<const N: usize>(buffer: &[u8], at: usize) -> Option<[u8; N]> {
    buffer.get(at..at.checked_add(N)?)?.try_into().ok()
}

fn unsigned(buffer: &[u8], at: usize) -> Option<usize> {
    bytes(buffer, at).map(|four| u32::from_le_bytes(four) as usize)
}
