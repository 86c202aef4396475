//! What a value can be, where the operations that make it say so.

use std::cell::Cell;
use std::collections::HashSet;

use crate::{Elem, Literal, Op, Table, Val, Value};

/// Choices between choices are few around a label or a code; more nodes than this are not looked at.
const MOST_NODES: usize = 64;

impl Val<'_> {
    /// All values that a scalar can be but for null, in the order of the list that it is taken from; of two, the one that a condition gives
    /// comes second. `None` if that is not known, or if they are more than `most`.
    pub fn possible(self, most: usize) -> Option<Vec<Literal>> {
        self.possible_among(most, &Cell::new(MOST_NODES))
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "what other operations give is not known")]
    fn possible_among(self, most: usize, left: &Cell<usize>) -> Option<Vec<Literal>> {
        left.set(left.get().checked_sub(1)?);
        let b = self.builder;
        let of = |value: Value| b.value(value).possible_among(most, left);
        let mut all = match self.made_by() {
            Op::Const(literal) if literal.is_null() => vec![],
            Op::Const(literal) => vec![literal],
            Op::Table(table) => match b.state.borrow().module.tables.get(table)? {
                Table::Tensor(tensor) if tensor.values.len() <= most => tensor.values.iter().collect(),
                Table::Tensor(_) | Table::Map(_) | Table::Forest(_) => return None,
            },
            Op::Lookup { map, .. } => match b.state.borrow().module.tables.get(map)? {
                Table::Map(map) if map.rows.len() <= most => map.rows.iter().map(|(_, value)| value.clone()).collect(),
                Table::Tensor(_) | Table::Map(_) | Table::Forest(_) => return None,
            },
            Op::Select { cond: _, yes, no } => [of(no)?, of(yes)?].concat(),
            Op::OrElse { x, default } => [of(default)?, of(x)?].concat(),
            Op::Gather { x, .. } | Op::Reshape { x, .. } => of(x)?,
            Op::Cast { x, to: Elem::I64 } => match b.value(x).elem() {
                Elem::Bool => vec![Literal::I64(0), Literal::I64(1)],
                // Only those that no cast makes equal to others.
                Elem::I32 | Elem::I64 => of(x)?.iter().filter_map(Literal::as_i64).map(Literal::I64).collect(),
                _ => return None,
            },
            _ => return None,
        };
        let mut seen = HashSet::new();
        all.retain(|literal| seen.insert(literal.clone()));
        (all.len() <= most).then_some(all)
    }
}
