//! Random sound modules and rows, for tests in which everybody must agree. The same seed gives the same module, on every machine.

use ir::typing::Scope;
use ir::{
    Binary, Elem, Field, Forest, Function, Handle, Literal, Map, Module, Next, Node, Op, Origin, Output, Reason, Reduce, Rejection, Split,
    Table, Tensor, Test, TextOp, Type, Unary, Value, Window, type_of,
};
use plan::Cell;

/// Tensors have at most so many elements and axes: large enough for lanes and loops, small enough to compile by the dozen.
const LARGEST: usize = 100;
const MOST_AXES: usize = 3;

/// Text operations on text operations, at most: each can double or square a length.
const TEXT_DEPTH: u32 = 3;

/// Tables above these sizes lie in memory in other ways than small ones: a forest becomes a table where others become code, a tensor
/// becomes a file, a map is searched.
const LARGE_FOREST_SPLITS: usize = 300;
const LARGE_TENSOR: u32 = 1_100;
const LARGE_MAP_ROWS: usize = 100;

/// Numbers from a seed, by splitmix64.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// `0..bound`; 0 if there is nothing to choose from.
    fn below(&mut self, bound: usize) -> usize {
        (self.bits() % bound.max(1) as u64) as usize
    }

    fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())].clone()
    }

    /// An element: often one at which operations change their minds, else one of everyday size, else any bits.
    fn literal(&mut self, elem: Elem) -> Literal {
        match elem {
            Elem::Bool => Literal::Bool(self.percent(50)),
            Elem::I32 => Literal::I32(self.integer() as i32),
            Elem::I64 => Literal::I64(self.integer()),
            Elem::Date => Literal::Date(self.integer()),
            Elem::DateTime => Literal::DateTime(self.integer()),
            Elem::Duration => Literal::Duration(self.integer()),
            Elem::F32 => Literal::F32(self.single()),
            Elem::F64 => Literal::F64(self.double()),
            Elem::Str => Literal::Str(self.text()),
        }
    }

    fn integer(&mut self) -> i64 {
        const SPECIAL: [i64; 14] =
            [0, 1, -1, 2, 31, 32, 63, 64, i64::MAX, i64::MIN, i32::MAX as i64, i32::MIN as i64, (1 << 53) + 1, (1 << 24) + 1];
        match self.below(10) {
            0..5 => self.pick(&SPECIAL),
            5..9 => self.below(41) as i64 - 20,
            _ => self.bits() as i64,
        }
    }

    fn double(&mut self) -> f64 {
        const SPECIAL: [f64; 22] = [
            0.0,
            -0.0,
            1.0,
            -1.0,
            0.5,
            1.5,
            2.5,
            -2.5,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::NAN,
            f64::MAX,
            f64::MIN,
            f64::MIN_POSITIVE,
            5e-324,
            -5e-324,
            9_007_199_254_740_993.0,
            9_223_372_036_854_775_808.0,
            -9_223_372_036_854_775_808.0,
            2_147_483_648.0,
            709.782_712_893_384,
            16_777_217.0,
        ];
        match self.below(10) {
            0..4 => self.pick(&SPECIAL),
            4..9 => (self.below(2_001) as f64 - 1_000.0) / self.pick(&[1.0, 8.0, 10.0, 100.0, 3.0]),
            _ => f64::from_bits(self.bits()),
        }
    }

    fn single(&mut self) -> f32 {
        match self.below(10) {
            0 => f32::from_bits(self.bits() as u32),
            1 => self.pick(&[f32::MAX, f32::MIN_POSITIVE, 1e-45, -1e-45, 88.722_84, 3.402_823_5e38]),
            _ => self.double() as f32,
        }
    }

    fn text(&mut self) -> String {
        const PARTS: [&str; 24] = [
            "", "a", "b", "A", "ab", "Straße", "İ", "ß", "Σ", "ς", "ǅ", "日本", "𝕏", "e\u{301}", " ", "\t\n", "\u{1c}", "\u{a0}",
            "\u{2003}", "\\", "\"", "\u{0}", "42", "ﬃ",
        ];
        (0..self.below(4)).map(|_| self.pick(&PARTS)).collect()
    }

    fn elem(&mut self) -> Elem {
        // Doubles are what most scorers work on.
        if self.percent(25) { Elem::F64 } else { self.pick(Elem::ALL) }
    }

    fn shape(&mut self) -> Vec<u32> {
        const SHAPES: [&[u32]; 13] = [&[], &[1], &[2], &[3], &[4], &[9], &[17], &[36], &[2, 3], &[3, 2], &[1, 4], &[4, 1], &[2, 2, 2]];
        self.pick(&SHAPES).to_vec()
    }

    /// A name as columns have them: words, keywords, other scripts, code, nothing.
    fn name(&mut self, number: usize) -> String {
        const NAMES: [&str; 10] = ["age", "class", "Größe", "日本", "a b", "*/ x /*", "\"; System.exit(0); //", "fn", "_", "über-lang"];
        if self.percent(30) { format!("{}{number}", self.pick(&NAMES)) } else { format!("x{number}") }
    }
}

/// A random module called `name`.
pub fn module(random: &mut Random, name: &str) -> Module {
    let mut module = Module { name: name.into(), ..Module::default() };
    module.origins.push(Origin::Made { by: "random".into(), from: vec![] });
    let mut writer = Writer { random, module, function: Function::default(), types: Vec::new(), text_depth: Vec::new() };
    if writer.random.percent(60) {
        writer.helper();
        writer.step();
    }
    writer.entry();
    writer.module
}

/// Random rows for the parameters of a function.
pub fn rows(random: &mut Random, params: &[Field], count: usize) -> Vec<Vec<Cell>> {
    let mut cell = |ty: &Type| match ty.is_scalar() {
        true if ty.nullable && random.percent(25) => Cell::Scalar(Literal::Null(ty.elem)),
        true => Cell::Scalar(random.literal(ty.elem)),
        false => Cell::Array((0..ty.count()).map(|_| random.literal(ty.elem)).collect()),
    };
    (0..count).map(|_| params.iter().map(|param| cell(&param.ty)).collect()).collect()
}

/// Writes one function after the other.
struct Writer<'r> {
    random: &'r mut Random,
    module: Module,
    function: Function,
    /// The types of the function's nodes.
    types: Vec<Type>,
    /// How many text operations each node stands on.
    text_depth: Vec<u32>,
}

impl Writer<'_> {
    /// A function of scalars that the entry can call.
    fn helper(&mut self) {
        self.start("helper");
        for number in 0..1 + self.random.below(3) {
            let elem = self.random.elem();
            self.param(number, Type::scalar(elem));
        }
        self.body(8);
        let results: Vec<Value> = self.values(|ty| ty.is_scalar() && !ty.nullable);
        for value in results.into_iter().rev().take(2) {
            self.result(value);
        }
        self.finish();
    }

    /// The second function, which takes one value to the next of its kind.
    fn step(&mut self) {
        self.start("step");
        let state = self.random.elem();
        let other = self.random.elem();
        for (number, elem) in [state, other, Elem::I64].into_iter().enumerate() {
            self.param(number, Type::scalar(elem));
        }
        self.body(8);
        let next = self.values(|ty| *ty == Type::scalar(state)).pop();
        next.into_iter().for_each(|next| self.result(next));
        self.finish();
    }

    fn entry(&mut self) {
        self.start("entry");
        for number in 0..3 + self.random.below(6) {
            let elem = self.random.elem();
            let ty = match self.random.below(10) {
                0..4 => Type::scalar(elem),
                4..8 => Type::nullable(elem),
                _ => Type::tensor(elem, self.random.shape()),
            };
            self.param(number, ty);
        }
        let nodes = 20 + self.random.below(40);
        self.body(nodes);
        let truths = self.values(|ty| ty.is_scalar() && ty.elem == Elem::Bool);
        if !truths.is_empty() {
            for number in 0..self.random.below(3) {
                let why = format!("reason {number}");
                let reason = if self.random.percent(50) { Reason::Invalid(why) } else { Reason::Filtered(why) };
                let when = self.random.pick(&truths);
                self.function.rejections.push(Rejection { when, reason, origin: Handle::new(0) });
            }
        }
        // What nobody uses is a result, so that everything counts.
        let used: Vec<Value> = self.function.nodes.iter().flat_map(|(_, node)| node.op.operands()).collect();
        for value in self.values(|_| true) {
            if !used.contains(&value) || self.random.percent(5) {
                self.result(value);
            }
        }
        self.module.entry = Some(self.finish());
    }

    fn start(&mut self, name: &str) {
        self.function = Function { name: name.into(), ..Function::default() };
        self.types.clear();
        self.text_depth.clear();
    }

    fn param(&mut self, number: usize, ty: Type) {
        let name = self.random.name(number);
        self.function.params.push(Field::new(name, ty));
        self.add(Op::Param(number as u32));
    }

    fn result(&mut self, value: Value) {
        let name = format!("{} of {}", self.random.name(self.function.results.len()), value.index());
        let field = Field::new(name, self.ty(value).clone());
        self.function.results.push(Output { field, value });
    }

    fn finish(&mut self) -> Handle<Function> {
        self.module.functions.push(std::mem::take(&mut self.function))
    }

    /// Adds operations until there are `count` nodes more; many that are thought of do not fit.
    fn body(&mut self, count: usize) {
        let wanted = self.types.len() + count;
        for _ in 0..count * 50 {
            if self.types.len() >= wanted {
                return;
            }
            if let Some(op) = self.op() {
                self.add(op);
            }
        }
    }

    fn add(&mut self, op: Op) -> Option<Value> {
        let tables = &self.module.tables;
        let scope = Scope { tables, functions: &self.module.functions, params: &self.function.params, types: &self.types };
        let ty = type_of(&op, scope).ok().filter(|ty| ty.count() <= LARGEST && ty.shape.len() <= MOST_AXES)?;
        let grows = matches!(op, Op::Text(..));
        let below = op.operands().iter().map(|operand| self.text_depth[operand.index()]).max().unwrap_or(0);
        if grows && below >= TEXT_DEPTH {
            return None;
        }
        self.types.push(ty);
        self.text_depth.push(below + u32::from(grows));
        let label = self.random.percent(20).then(|| self.random.name(self.types.len()));
        Some(self.function.nodes.push(Node { op, origin: Handle::new(0), label }))
    }

    fn ty(&self, value: Value) -> &Type {
        &self.types[value.index()]
    }

    fn values(&self, fits: impl Fn(&Type) -> bool) -> Vec<Value> {
        (0..).zip(&self.types).filter(|(_, ty)| fits(ty)).map(|(index, _)| Value::new(index)).collect()
    }

    fn value(&mut self, fits: impl Fn(&Type) -> bool) -> Option<Value> {
        let values = self.values(fits);
        // Later ones are more often taken, so that chains grow long.
        let (a, b) = (self.random.below(values.len()), self.random.below(values.len()));
        values.get(a.max(b)).copied()
    }

    fn any(&mut self) -> Option<Value> {
        self.value(|_| true)
    }

    /// A value of the kind of another.
    fn like(&mut self, value: Value) -> Option<Value> {
        let elem = self.ty(value).elem;
        self.value(|ty| ty.elem == elem)
    }

    /// A scalar of a kind, made if there is none.
    fn scalar(&mut self, elem: Elem) -> Option<Value> {
        if self.random.percent(25) || self.values(|ty| ty.is_scalar() && ty.elem == elem).is_empty() {
            let literal = self.random.literal(elem);
            return self.add(Op::Const(literal));
        }
        self.value(|ty| ty.is_scalar() && ty.elem == elem)
    }

    /// A scalar of a kind that is never null.
    fn present(&mut self, elem: Elem) -> Option<Value> {
        let x = self.scalar(elem)?;
        if !self.ty(x).nullable {
            return Some(x);
        }
        let literal = self.random.literal(elem);
        let default = self.add(Op::Const(literal))?;
        self.add(Op::OrElse { x, default })
    }

    fn tensor(&mut self) -> Option<Value> {
        self.value(|ty| !ty.is_scalar())
    }

    fn axis(&mut self, value: Value) -> u8 {
        let rank = self.ty(value).shape.len();
        self.random.below(rank) as u8
    }

    /// An operation that may not fit.
    fn op(&mut self) -> Option<Op> {
        Some(match self.random.below(25) {
            0 if self.random.percent(15) => self.picked_from_many()?,
            0 => self.constant(),
            1 => self.table()?,
            2..5 => {
                let unary = self.random.pick(Unary::ALL);
                Op::Unary(unary, self.value(|ty| unary.domain().holds(ty.elem))?)
            }
            5..9 => {
                let binary = self.random.pick(Binary::ALL);
                let a = self.value(|ty| binary.domain().holds(ty.elem))?;
                Op::Binary(binary, a, self.like(a)?)
            }
            9 => Op::Cast { x: self.any()?, to: self.random.elem() },
            10 | 11 => {
                let text = self.random.pick(TextOp::ALL);
                Op::Text(text, text.signature().0.iter().map(|elem| self.scalar(*elem)).collect::<Option<_>>()?)
            }
            12 | 13 => {
                let yes = self.any()?;
                Op::Select { cond: self.value(|ty| ty.elem == Elem::Bool)?, yes, no: self.like(yes)? }
            }
            14 => Op::IsNull(self.value(Type::is_scalar)?),
            15 => {
                let x = self.value(|ty| ty.nullable)?;
                Op::OrElse { x, default: self.like(x)? }
            }
            16 => self.lookup()?,
            17 => self.walk()?,
            18 => {
                let elem = self.random.elem();
                let count = 1 + self.random.below(9);
                Op::Pack((0..count).map(|_| self.present(elem)).collect::<Option<_>>()?)
            }
            19 | 20 => self.rearranged()?,
            21 => {
                let x = self.value(|ty| ty.elem.is_number() && !ty.nullable && !ty.is_scalar())?;
                let axes = (0..self.ty(x).shape.len() as u8).filter(|_| self.random.percent(60)).collect();
                Op::Reduce { how: self.random.pick(Reduce::ALL), x, axes }
            }
            22 => self.contract()?,
            23 => self.iterate()?,
            _ => self.call()?,
        })
    }

    fn constant(&mut self) -> Op {
        let elem = self.random.elem();
        Op::Const(if self.random.percent(15) { Literal::Null(elem) } else { self.random.literal(elem) })
    }

    fn table(&mut self) -> Option<Op> {
        let (elem, shape) = (self.random.elem(), self.random.shape());
        Some(self.table_of(elem, shape))
    }

    fn table_of(&mut self, elem: Elem, shape: Vec<u32>) -> Op {
        let count = Type::tensor(elem, shape.clone()).count();
        let values: Vec<Literal> = (0..count).map(|_| self.random.literal(elem)).collect();
        let name = self.random.name(self.module.tables.len());
        Op::Table(self.module.tables.push(Table::Tensor(Tensor::literals(name, elem, shape, values))))
    }

    /// Elements of a tensor that is too large to be used in any other way.
    fn picked_from_many(&mut self) -> Option<Op> {
        let at = self.value(|ty| ty.elem.is_int() && !ty.nullable)?;
        let elem = self.random.elem();
        let x = self.large_table(elem, LARGE_TENSOR);
        Some(Op::Gather { x, at, axis: 0 })
    }

    /// A vector that may be longer than any other.
    fn large_table(&mut self, elem: Elem, length: u32) -> Value {
        let op = self.table_of(elem, vec![length]);
        self.types.push(Type::tensor(elem, [length]));
        self.text_depth.push(0);
        self.function.nodes.push(Node { op, origin: Handle::new(0), label: None })
    }

    fn lookup(&mut self) -> Option<Op> {
        const KEYS: [Elem; 7] = [Elem::Bool, Elem::I64, Elem::F64, Elem::Str, Elem::Str, Elem::Date, Elem::DateTime];
        let kinds: Vec<Elem> = (0..1 + self.random.below(2)).map(|_| self.random.pick(&KEYS)).collect();
        let keys = kinds.iter().map(|elem| self.scalar(*elem)).collect::<Option<_>>()?;
        let value = self.random.elem();
        let mut rows: Vec<(Vec<Literal>, Literal)> = Vec::new();
        let most = if self.random.percent(10) { LARGE_MAP_ROWS } else { 20 };
        for _ in 0..self.random.below(2 * most) {
            let row: Vec<Literal> = kinds.iter().map(|elem| self.random.literal(*elem)).collect();
            let taken =
                |other: &Vec<Literal>| other.iter().zip(&row).all(|(a, b)| a == b || a.as_f64() == Some(0.0) && b.as_f64() == Some(0.0));
            let nan = row.iter().any(|key| key.as_f64().is_some_and(f64::is_nan));
            if !nan && !rows.iter().any(|(other, _)| taken(other)) {
                rows.push((row, self.random.literal(value)));
            }
        }
        let name = self.random.name(self.module.tables.len());
        let map = self.module.tables.push(Table::Map(Map { name, keys: kinds, value, rows }));
        Some(Op::Lookup { keys, map })
    }

    fn walk(&mut self) -> Option<Op> {
        let elem = self.random.pick(&[Elem::F32, Elem::F64]);
        let features = 1 + self.random.below(4);
        let parts = (0..features).map(|_| self.present(elem)).collect::<Option<Vec<_>>>()?;
        let row = self.add(Op::Pack(parts))?;
        let name = self.random.name(self.module.tables.len());
        let mut forest = Forest { name, elem, features: features as u32, roots: vec![], splits: vec![], leaves: 0 };
        let large = self.random.percent(15);
        for _ in 0..1 + self.random.below(4) {
            let root = self.tree(&mut forest, if large { LARGE_FOREST_SPLITS } else { 8 });
            forest.roots.push(root);
        }
        let leaves = forest.leaves;
        let forest = self.module.tables.push(Table::Forest(forest));
        let walk = Op::Walk { row, forest };
        if self.random.percent(40) {
            return Some(walk);
        }
        // The values of leaves, which a plan puts into the forest.
        let at = self.add(walk)?;
        let elem = self.random.elem();
        let x = self.large_table(elem, leaves);
        Some(Op::Gather { x, at, axis: 0 })
    }

    /// A tree of at most `splits` splits.
    fn tree(&mut self, forest: &mut Forest, splits: usize) -> Next {
        if splits == 0 || self.random.percent(5) {
            forest.leaves += 1;
            return Next::Leaf(forest.leaves - 1);
        }
        let threshold = match self.random.double() {
            nan if nan.is_nan() => 0.0,
            x if forest.elem == Elem::F32 => f64::from(x as f32),
            x => x,
        };
        let test = self.random.pick(&[Test::Less, Test::LessEq, Test::Equal])(threshold);
        let index = forest.splits.len();
        let unknown = Next::Leaf(0);
        let feature = self.random.below(forest.features as usize) as u32;
        forest.splits.push(Split { feature, test, yes: unknown, no: unknown, missing: unknown });
        let below = self.random.below(splits);
        let (yes, no) = (self.tree(forest, below), self.tree(forest, splits - 1 - below));
        let missing = match self.random.below(8) {
            0..4 => yes,
            4..7 => no,
            _ => self.tree(forest, 1),
        };
        forest.splits[index] = Split { yes, no, missing, ..forest.splits[index] };
        Next::Split(index as u32)
    }

    /// Another arrangement of a tensor's elements.
    fn rearranged(&mut self) -> Option<Op> {
        let x = self.tensor()?;
        let shape = self.ty(x).shape.clone();
        let axis = self.axis(x);
        let length = shape[usize::from(axis)] as usize;
        Some(match self.random.below(6) {
            0 => {
                let shape = if self.random.percent(30) { vec![self.ty(x).count() as u32] } else { self.random.shape() };
                Op::Reshape { x, shape }
            }
            1 => {
                let mut order: Vec<u8> = (0..shape.len() as u8).collect();
                let with = self.random.below(order.len());
                order.swap(0, with);
                Op::Transpose { x, order }
            }
            2 => {
                let (start, count) = (self.random.below(length), self.random.below(length + 1));
                let step = self.random.pick(&[1, 1, 2, -1, -2]);
                Op::Slice { x, axis, start: start as u32, step, count: count as u32 }
            }
            3 => Op::Concat { parts: vec![x, self.like(x)?, x], axis },
            4 if length > 0 => {
                let few = |random: &mut Random| random.below(4) as u32;
                let (count, size, before) = (few(self.random), few(self.random), few(self.random));
                let (stride, dilation) = (few(self.random), few(self.random));
                let fill = Literal::zero(self.ty(x).elem);
                Op::Window { x, axis, window: Window { count, size, stride, dilation, before, fill } }
            }
            _ => Op::Gather { x, at: self.value(|ty| ty.elem.is_int() && !ty.nullable)?, axis },
        })
    }

    fn contract(&mut self) -> Option<Op> {
        let a = self.value(|ty| ty.elem.is_number() && !ty.nullable)?;
        let b = self.like(a)?;
        let mut over = Vec::new();
        if !self.ty(a).is_scalar() && !self.ty(b).is_scalar() && self.random.percent(85) {
            over.push((self.axis(a), self.axis(b)));
        }
        Some(Op::Contract { a, b, over })
    }

    fn call(&mut self) -> Option<Op> {
        let function: Handle<Function> = Handle::new(0);
        let kinds: Vec<Elem> = self.module.functions.get(function)?.params.iter().map(|param| param.ty.elem).collect();
        let args = kinds.into_iter().map(|elem| self.scalar(elem)).collect::<Option<_>>()?;
        Some(Op::Call { function, args, result: self.random.below(2) as u32 })
    }

    /// A few turns, for a text may double in each.
    fn iterate(&mut self) -> Option<Op> {
        let function: Handle<Function> = Handle::new(1);
        let [state, other, _] = &self.module.functions.get(function)?.params[..] else { return None };
        let (state, other) = (state.ty.elem, other.ty.elem);
        let args = vec![self.scalar(state)?, self.scalar(other)?];
        let (any, few) = (self.scalar(Elem::I64)?, self.add(Op::Const(Literal::I64(7)))?);
        let times = self.add(Op::Binary(Binary::Rem, any, few))?;
        Some(Op::Iterate { function, args, times })
    }
}
