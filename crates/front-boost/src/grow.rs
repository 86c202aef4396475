//! Trees of a file to one [`ir::Forest`], and sets of categories to columns that a split can ask.
//!
//! Nothing here recurses, and no node is met twice: a hostile file may hold a chain of a million nodes, or lead back to itself.

use ir::{Elem, Forest, Literal, Next, Split, Tensor, Test, Val};

/// What a node of a file's tree is.
pub(crate) enum Found<L> {
    Leaf(L),
    Question(Question),
}

/// A split, with the nodes that its answers lead to.
pub(crate) struct Question {
    pub(crate) feature: u32,
    pub(crate) test: Test,
    pub(crate) yes: usize,
    pub(crate) no: usize,
    pub(crate) missing_is_yes: bool,
}

/// A forest that grows, and what stands in its leaves, by leaf number.
pub(crate) struct Growth<L> {
    pub(crate) forest: Forest,
    pub(crate) leaves: Vec<L>,
}

#[derive(Clone, Copy)]
enum Slot {
    Root(usize),
    Yes(usize),
    No(usize),
}

impl<L> Growth<L> {
    pub(crate) fn new(elem: Elem) -> Growth<L> {
        let forest = Forest { name: "trees".into(), elem, features: 0, roots: vec![], splits: vec![], leaves: 0 };
        Growth { forest, leaves: vec![] }
    }

    /// A tree that is one leaf.
    pub(crate) fn constant(&mut self, leaf: L) {
        self.forest.roots.push(Next::Leaf(self.leaves.len() as u32));
        self.leaves.push(leaf);
    }

    /// A tree from its root on; `count` is how many nodes the file has for it.
    pub(crate) fn tree(
        &mut self,
        root: usize,
        count: usize,
        look: &mut dyn FnMut(usize) -> Result<Found<L>, String>,
    ) -> Result<(), String> {
        let tree = self.forest.roots.len();
        self.forest.roots.push(Next::Leaf(0));
        let mut open = vec![(root, Slot::Root(tree))];
        let mut met = 0;
        while let Some((node, slot)) = open.pop() {
            met += 1;
            if met > count {
                return Err("the tree leads back to itself".into());
            }
            match look(node)? {
                Found::Leaf(leaf) => {
                    self.fill(slot, Next::Leaf(self.leaves.len() as u32));
                    self.leaves.push(leaf);
                }
                Found::Question(question) => {
                    let split = self.forest.splits.len();
                    let unset = Next::Leaf(0);
                    // Until both children are known, `missing` is a mark of its side.
                    let missing = Next::Split(if question.missing_is_yes { YES } else { NO });
                    self.forest.splits.push(Split { feature: question.feature, test: question.test, yes: unset, no: unset, missing });
                    self.fill(slot, Next::Split(split as u32));
                    open.push((question.no, Slot::No(split)));
                    open.push((question.yes, Slot::Yes(split)));
                }
            }
        }
        Ok(())
    }

    fn fill(&mut self, slot: Slot, next: Next) {
        match slot {
            Slot::Root(tree) => self.forest.roots[tree] = next,
            Slot::Yes(split) => self.forest.splits[split].yes = next,
            Slot::No(split) => self.forest.splits[split].no = next,
        }
    }

    /// The forest over a row of so many columns.
    pub(crate) fn finish(mut self, features: usize) -> (Forest, Vec<L>) {
        for split in &mut self.forest.splits {
            split.missing = if split.missing == Next::Split(YES) { split.yes } else { split.no };
        }
        self.forest.features = features as u32;
        self.forest.leaves = self.leaves.len() as u32;
        (self.forest, self.leaves)
    }
}

/// Marks of the side that NaN takes. No forest has as many splits.
const YES: u32 = u32::MAX;
const NO: u32 = u32::MAX - 1;

/// Sets of categories that splits ask for. Each becomes a column of the row: 0 for a category of the set, 1 for another one.
///
/// The columns stand behind the features, those of one feature together; until all are known a split holds the number of its set.
#[derive(Default)]
pub(crate) struct Sets {
    by_key: std::collections::HashMap<(usize, Vec<u32>), u32>,
    /// Feature and categories, by number.
    sets: Vec<(usize, Vec<u32>)>,
}

/// The greatest category of a set; the libraries count categories, and a file has few.
const GREATEST_CATEGORY: u32 = 1 << 20;
/// Cells of the tables that say which category is in which set.
const CELLS: usize = 1 << 26;

impl Sets {
    /// The number of a set. Errors: a category that no library writes.
    pub(crate) fn number(&mut self, feature: usize, mut categories: Vec<u32>) -> Result<u32, String> {
        categories.sort_unstable();
        categories.dedup();
        if categories.last().is_some_and(|last| *last > GREATEST_CATEGORY) {
            return Err(format!("a split over a category above {GREATEST_CATEGORY}"));
        }
        let next = self.sets.len() as u32;
        let key = (feature, categories);
        Ok(*self.by_key.entry(key).or_insert_with_key(|key| {
            self.sets.push(key.clone());
            next
        }))
    }

    pub(crate) fn len(&self) -> usize {
        self.sets.len()
    }

    /// Puts the columns of the sets behind `features` columns, and gives them: `code` is a feature's category as a number, where whatever
    /// is no category is negative; NaN stays NaN.
    pub(crate) fn columns<'b>(
        &self,
        forest: &mut Forest,
        features: usize,
        code: &dyn Fn(usize) -> Val<'b>,
    ) -> Result<Vec<Val<'b>>, String> {
        let mut order: Vec<usize> = (0..self.sets.len()).collect();
        order.sort_by_key(|number| self.sets[*number].0);
        let mut place = vec![0; order.len()];
        order.iter().enumerate().for_each(|(at, number)| place[*number] = (features + at) as u32);
        for split in &mut forest.splits {
            if split.feature as usize >= features {
                split.feature = place[split.feature as usize - features];
            }
        }
        let mut columns = Vec::new();
        let mut cells = 0;
        for group in order.chunk_by(|one, other| self.sets[*one].0 == self.sets[*other].0) {
            let feature = self.sets[group[0]].0;
            let greatest = group.iter().filter_map(|number| self.sets[*number].1.last()).max().copied().unwrap_or(0);
            // What is greater than all of them, or no category, is in the last row.
            let rows = greatest as usize + 2;
            cells += rows * group.len();
            if cells > CELLS {
                return Err("there are too many sets of categories".into());
            }
            let mut values = vec![1.0; rows * group.len()];
            for (at, number) in group.iter().enumerate() {
                self.sets[*number].1.iter().for_each(|category| values[*category as usize * group.len() + at] = 0.0);
            }
            let x = code(feature);
            let b = x.builder();
            let literal = |value: f64| if forest.elem == Elem::F32 { Literal::F32(value as f32) } else { Literal::F64(value) };
            let shape = [rows as u32, group.len() as u32];
            let table = b.tensor(Tensor::literals("sides of categories", forest.elem, shape, values.into_iter().map(literal)));
            let row = x.lt(0.0).select(b.i64(rows as i64 - 1), x.cast(Elem::I64));
            columns.push(x.is_nan().select(x, table.gather(row, 0)));
        }
        Ok(columns)
    }
}
