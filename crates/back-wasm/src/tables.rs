//! Tensors, maps and forests in linear memory, and the code that reads them.

use std::borrow::Borrow;
use std::cmp::Ordering;

use plan::{Elem, Forest, Literal, Map, Tensor, Test};
use wasm_encoder::ValType;

use crate::asm::{Cell, Code, Expr, FunctionId, Local};
use crate::memory::Memory;
use crate::runtime::{Helper, Runtime};

/// How an element lies in memory.
pub(crate) fn cell(elem: Elem) -> Cell {
    match elem {
        Elem::Bool => Cell::U8,
        Elem::I32 => Cell::I32,
        Elem::F32 => Cell::F32,
        Elem::F64 => Cell::F64,
        Elem::I64 | Elem::Str | Elem::Date | Elem::DateTime | Elem::Duration => Cell::I64,
    }
}

/// What an element is on the stack.
pub(crate) fn stack(elem: Elem) -> ValType {
    match elem {
        Elem::Bool | Elem::I32 => ValType::I32,
        Elem::F32 => ValType::F32,
        Elem::F64 => ValType::F64,
        Elem::I64 | Elem::Str | Elem::Date | Elem::DateTime | Elem::Duration => ValType::I64,
    }
}

/// A constant; null has no meaning here and becomes a zero.
pub(crate) fn constant(memory: &mut Memory, literal: &Literal) -> Expr {
    match literal {
        Literal::Bool(x) => i32::from(*x).into(),
        Literal::I32(x) => (*x).into(),
        Literal::I64(x) | Literal::Date(x) | Literal::DateTime(x) | Literal::Duration(x) => (*x).into(),
        Literal::F32(x) => (*x).into(),
        Literal::F64(x) => (*x).into(),
        Literal::Str(x) => memory.text(x).into(),
        Literal::Null(elem) => constant(memory, &Literal::zero(*elem)),
    }
}

fn bytes(memory: &mut Memory, literal: &Literal) -> Vec<u8> {
    match literal {
        Literal::Bool(x) => vec![u8::from(*x)],
        Literal::I32(x) => x.to_le_bytes().into(),
        Literal::I64(x) | Literal::Date(x) | Literal::DateTime(x) | Literal::Duration(x) => x.to_le_bytes().into(),
        Literal::F32(x) => (if x.is_nan() { f32::NAN } else { *x }).to_le_bytes().into(),
        Literal::F64(x) => (if x.is_nan() { f64::NAN } else { *x }).to_le_bytes().into(),
        Literal::Str(x) => memory.text(x).to_le_bytes().into(),
        Literal::Null(elem) => bytes(memory, &Literal::zero(*elem)),
    }
}

/// Elements of one kind, one after the other; gives their address.
pub(crate) fn put(memory: &mut Memory, literals: impl IntoIterator<Item: Borrow<Literal>>) -> u32 {
    let all: Vec<u8> = literals.into_iter().flat_map(|literal| bytes(memory, literal.borrow())).collect();
    memory.put(&all)
}

/// Elements of one kind in memory.
#[derive(Clone, Copy)]
pub(crate) struct Row {
    pub(crate) address: u32,
    pub(crate) elem: Elem,
    pub(crate) count: u32,
}

impl Row {
    fn new(memory: &mut Memory, elem: Elem, values: impl IntoIterator<Item: Borrow<Literal>>) -> Row {
        let mut count = 0;
        let address = put(memory, values.into_iter().inspect(|_| count += 1));
        Row { address, elem, count }
    }

    pub(crate) fn tensor(memory: &mut Memory, tensor: &Tensor) -> Row {
        Row::new(memory, tensor.elem(), tensor.values.iter())
    }

    pub(crate) fn at(self, index: Expr) -> Expr {
        let cell = cell(self.elem);
        scaled(index, cell).load(cell, self.address)
    }
}

/// How many bytes an index is.
pub(crate) fn scaled(index: Expr, cell: Cell) -> Expr {
    match cell.size() {
        1 => index,
        size => index << size.trailing_zeros(),
    }
}

/// A map: a function from keys to the number of their row, and the values.
pub(crate) struct PlacedMap {
    pub(crate) find: FunctionId,
    pub(crate) values: Row,
}

/// Maps up to this many rows are compared one after the other; greater ones are searched by halves.
const LINEAR: usize = 8;

impl PlacedMap {
    pub(crate) fn new(runtime: &mut Runtime, map: &Map) -> PlacedMap {
        let mut rows: Vec<_> = map.rows.iter().collect();
        rows.sort_by(|(a, _), (b, _)| a.iter().zip(b).map(|(a, b)| order(a, b)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal));
        let values = Row::new(&mut runtime.memory, map.value, rows.iter().map(|(_, value)| value));
        let keys: Vec<Vec<Literal>> = rows.iter().map(|(keys, _)| keys.clone()).collect();
        let code = if rows.len() <= LINEAR { linear(runtime, map, &keys) } else { by_halves(runtime, map, &keys) };
        let find = runtime.functions.add(format!("find_in_{}", map.ident.snake()), code);
        PlacedMap { find, values }
    }
}

/// The order of two keys of one kind. NaN is no key.
fn order(a: &Literal, b: &Literal) -> Ordering {
    match (a, b) {
        (Literal::F64(a), Literal::F64(b)) => a.partial_cmp(b),
        (Literal::F32(a), Literal::F32(b)) => a.partial_cmp(b),
        (Literal::Str(a), Literal::Str(b)) => a.partial_cmp(b),
        (Literal::Bool(a), Literal::Bool(b)) => a.partial_cmp(b),
        (a, b) => a.as_i64().partial_cmp(&b.as_i64()),
    }
    .unwrap_or(Ordering::Equal)
}

/// Whether a key is a constant.
fn same(runtime: &mut Runtime, elem: Elem, key: Local, constant: Expr) -> Expr {
    match elem {
        Elem::Str => runtime.helper(Helper::Equal).call(ValType::I32, [key.get(), constant]),
        Elem::Bool | Elem::I32 | Elem::I64 | Elem::F32 | Elem::F64 | Elem::Date | Elem::DateTime | Elem::Duration => key.eq(constant),
    }
}

/// `keys -> row`, or -1.
fn linear(runtime: &mut Runtime, map: &Map, rows: &[Vec<Literal>]) -> Code {
    let params: Vec<ValType> = map.keys.iter().map(|elem| stack(*elem)).collect();
    let mut code = Code::new(&params, &[ValType::I32]);
    for (number, keys) in rows.iter().enumerate() {
        let mut all: Option<Expr> = None;
        for (index, (key, elem)) in keys.iter().zip(&map.keys).enumerate() {
            let constant = constant(&mut runtime.memory, key);
            let one = same(runtime, *elem, code.param(index as u32), constant);
            all = Some(all.map_or(one.clone(), |so_far| so_far & one));
        }
        code.if_(all.unwrap_or(Expr::from(1)), |code| code.return_(number as i32));
    }
    code.push((-1).into());
    code
}

/// `keys -> row`, or -1, by halves of the sorted rows.
fn by_halves(runtime: &mut Runtime, map: &Map, rows: &[Vec<Literal>]) -> Code {
    let params: Vec<ValType> = map.keys.iter().map(|elem| stack(*elem)).collect();
    let mut code = Code::new(&params, &[ValType::I32]);
    let columns: Vec<Row> = map
        .keys
        .iter()
        .enumerate()
        .map(|(index, elem)| Row::new(&mut runtime.memory, *elem, rows.iter().map(|keys| &keys[index])))
        .collect();
    // NaN has no place in an order.
    for (index, _) in map.keys.iter().enumerate().filter(|(_, elem)| elem.is_float()) {
        let key = code.param(index as u32);
        code.if_(key.ne(key), |code| code.return_(-1));
    }
    let (low, middle, order) = (code.local(ValType::I32), code.local(ValType::I32), code.local(ValType::I32));
    let high = code.define(rows.len() as i32);
    code.while_(low.lt(high), |code| {
        code.set(middle, (low + high) >> 1);
        // The first key that differs decides.
        let mut decided: Option<Expr> = None;
        for (index, column) in columns.iter().enumerate().rev() {
            let key = code.param(index as u32);
            let there = column.at(middle.get());
            let one = match column.elem {
                Elem::Str => runtime.helper(Helper::Compare).call(ValType::I32, [key.get(), there]),
                Elem::Bool | Elem::I32 | Elem::I64 | Elem::F32 | Elem::F64 | Elem::Date | Elem::DateTime | Elem::Duration => {
                    key.gt(there.clone()) - key.lt(there)
                }
            };
            decided = Some(match decided {
                None => one,
                Some(rest) => order.tee(one).if_else(order.get(), rest),
            });
        }
        code.set(order, decided.unwrap_or(Expr::from(0)));
        code.if_(order.get().eqz(), |code| code.return_(middle));
        code.if_else(order.lt(0), |code| code.set(high, middle), |code| code.set(low, middle + 1));
    });
    code.push((-1).into());
    code
}

/// A forest: nodes of one size one after the other, roots, and the values of leaves.
///
/// A node is its threshold, a word, and the two children, `no` first. The word is the feature's place in the row in bytes; where splits
/// differ in that, bit 0 says that NaN goes with `yes` and bit 1 that the test is `==`. A child is the place of a node in bytes, or,
/// negative, what `!child` makes of a leaf: its number, or the place of its value in bytes.
pub(crate) struct PlacedForest {
    elem: Elem,
    nodes: u32,
    roots: u32,
    values: Option<Row>,
    missing: Missing,
    /// Whether some test is `==`.
    has_equal: bool,
    /// Whether words have flags.
    flagged: bool,
}

/// Where NaN goes in a forest.
#[derive(Clone, Copy, PartialEq)]
enum Missing {
    AlwaysYes,
    AlwaysNo,
    Mixed,
}

const MISSING_IS_YES: i32 = 1;
const TEST_IS_EQUAL: i32 = 2;
const FLAGS: i32 = 3;

impl PlacedForest {
    pub(crate) fn new(memory: &mut Memory, forest: &Forest) -> PlacedForest {
        let size = node_size(forest.elem) as i32;
        let leaf_size = forest.values.as_ref().map_or(1, |values| cell(values.elem()).size() as i32);
        let child = |next: i32| if next < 0 { !(!next * leaf_size) } else { next * size };
        let (mut to_yes, mut to_no) = (false, false);
        for split in &forest.splits {
            // What is not above NaN would go with `yes`, so a test that never holds needs a flag.
            to_yes |= split.missing_is_yes;
            to_no |= !split.missing_is_yes || threshold_f64(split.test).is_nan();
        }
        let missing = match (to_yes, to_no) {
            (false, _) => Missing::AlwaysNo,
            (true, false) => Missing::AlwaysYes,
            (true, true) => Missing::Mixed,
        };
        let has_equal = forest.splits.iter().any(|split| matches!(split.test, Test::Equal(_)));
        let flagged = has_equal || missing == Missing::Mixed;
        let mut nodes = Vec::with_capacity(forest.splits.len() * size as usize);
        for split in &forest.splits {
            let equal = matches!(split.test, Test::Equal(_));
            let flags = if flagged { i32::from(split.missing_is_yes) * MISSING_IS_YES + i32::from(equal) * TEST_IS_EQUAL } else { 0 };
            let place = split.feature as i32 * cell(forest.elem).size() as i32;
            if forest.elem == Elem::F32 {
                nodes.extend(threshold_f32(split.test).to_le_bytes());
            } else {
                nodes.extend(threshold_f64(split.test).to_le_bytes());
            }
            [place | flags, child(split.no), child(split.yes)].iter().for_each(|word| nodes.extend(word.to_le_bytes()));
            nodes.resize(nodes.len().next_multiple_of(8), 0);
        }
        let roots: Vec<u8> = forest.roots.iter().flat_map(|root| child(*root).to_le_bytes()).collect();
        PlacedForest {
            elem: forest.elem,
            nodes: memory.put(&nodes),
            roots: memory.put(&roots),
            values: forest.values.as_ref().map(|values| Row::new(memory, values.elem(), values.iter())),
            missing,
            flagged,
            has_equal,
        }
    }

    /// The leaf of a tree that the row at an address reaches, or the leaf's value.
    pub(crate) fn walk(&self, code: &mut Code, tree: Expr, row: Expr) -> Expr {
        let walker = self.walker(code, row);
        let steps = code.aside(|code| {
            code.set(walker.node, self.root(tree));
            code.while_(walker.node.ge(0), |code| self.step(code, &walker));
        });
        steps.before(self.leaf(walker.node))
    }

    /// What [`PlacedForest::walk`] gives for as many trees as there are `results`, from tree number `first` on.
    ///
    /// The trees take their steps in turn: a step waits for memory, and while one tree waits the others go on.
    pub(crate) fn walk_abreast(&self, code: &mut Code, first: Local, row: &Expr, results: &[Local]) {
        let walkers: Vec<Walker> = results.iter().map(|_| self.walker(code, row.clone())).collect();
        for (number, walker) in walkers.iter().enumerate() {
            code.set(walker.node, self.root(first + number as i32));
        }
        code.repeat(|code| {
            for walker in &walkers {
                code.if_(walker.node.ge(0), |code| self.step(code, walker));
            }
            // All have arrived when all are negative.
            let all = walkers.iter().map(|walker| walker.node.get()).reduce(|all, node| all & node);
            all.unwrap_or(Expr::from(-1)).ge(0)
        });
        for (walker, result) in walkers.iter().zip(results) {
            code.set(*result, self.leaf(walker.node));
        }
    }

    /// What the leaves give.
    pub(crate) fn gives(&self) -> Elem {
        self.values.map_or(Elem::I32, |values| values.elem)
    }

    fn walker(&self, code: &mut Code, row: Expr) -> Walker {
        Walker { node: code.local(ValType::I32), word: code.local(ValType::I32), x: code.local(stack(self.elem)), row }
    }

    fn root(&self, tree: Expr) -> Expr {
        scaled(tree, Cell::I32).load(Cell::I32, self.roots)
    }

    fn leaf(&self, node: Local) -> Expr {
        let leaf = node ^ -1;
        match self.values {
            Some(values) => leaf.load(cell(values.elem), values.address),
            None => leaf,
        }
    }

    /// Goes from a split to its child.
    fn step(&self, code: &mut Code, walker: &Walker) {
        let Walker { node, word, x, row } = walker.clone();
        let cell = cell(self.elem);
        let after_threshold = self.nodes + cell.size();
        let stored = node.get().load(Cell::I32, after_threshold);
        let place = if self.flagged { word.tee(stored) & !FLAGS } else { stored };
        code.set(x, (row + place).load(cell, 0));
        let threshold = || node.get().load(cell, self.nodes);
        let mut yes = match self.missing {
            Missing::AlwaysNo | Missing::Mixed => x.le(threshold()),
            Missing::AlwaysYes => x.gt(threshold()).eqz(),
        };
        if self.has_equal {
            yes = (word & TEST_IS_EQUAL).if_else(x.eq(threshold()), yes);
        }
        if self.flagged {
            yes = yes | (x.ne(x) & word & MISSING_IS_YES);
        }
        code.set(node, (node + (yes << 2)).load(Cell::I32, after_threshold + 4));
    }
}

/// Where a walk is.
#[derive(Clone)]
struct Walker {
    node: Local,
    /// The place of the feature and the flags, where there are flags.
    word: Local,
    x: Local,
    /// The address of the row.
    row: Expr,
}

fn node_size(elem: Elem) -> u32 {
    (cell(elem).size() + 12).next_multiple_of(8)
}

/// The `t` for which `x <= t` is what the test asks; `x < t` is `x <= t'` for the next lower `t'`. Nothing is below minus infinity.
fn threshold_f64(test: Test) -> f64 {
    match test {
        Test::LessEq(t) | Test::Equal(t) => t,
        Test::Less(t) if t == f64::NEG_INFINITY => f64::NAN,
        Test::Less(t) => t.next_down(),
    }
}

/// The same in `f32`, in which thresholds of such a forest are exact.
fn threshold_f32(test: Test) -> f32 {
    match test {
        Test::LessEq(t) | Test::Equal(t) => t as f32,
        Test::Less(t) if t == f64::NEG_INFINITY => f32::NAN,
        Test::Less(t) => (t as f32).next_down(),
    }
}
