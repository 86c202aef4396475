//! Routines as WebAssembly functions: one arm a statement or expression.
//!
//! Scalars are locals. Arrays have fixed places in memory, since no routine calls itself. The entry takes the table of columns and the
//! number of a row; see [`crate::module`] for that table.

use std::collections::BTreeMap;

use plan::{ArrayRef, Binary, Elem, ExprKind, LocalId, Plan, ResultValue, Routine, Stmt, TextOp, Unary};
use wasm_encoder::{Instruction, ValType};

use crate::asm::{Cell, Code, Expr, FunctionId, Local, Steps};
use crate::runtime::{Helper, Runtime};
use crate::tables::{PlacedForest, PlacedMap, Row, cell, constant, scaled, stack};

/// Everything that routines refer to, in its place.
pub(crate) struct Placed {
    pub(crate) tensors: Vec<Row>,
    pub(crate) maps: Vec<PlacedMap>,
    pub(crate) forests: Vec<PlacedForest>,
    pub(crate) routines: Vec<FunctionId>,
}

/// A routine that is called: scalars in, scalars out.
pub(crate) fn routine(plan: &Plan, runtime: &mut Runtime, placed: &Placed, routine: &Routine) -> FunctionId {
    let params: Vec<ValType> = routine.locals[..routine.params].iter().map(|local| stack(local.elem)).collect();
    let results = result_types(routine);
    let mut body = Body::new(plan, runtime, placed, routine, Code::new(&params, &results));
    body.stmts(&routine.body);
    for result in &routine.results {
        // A routine that is called gives scalars that are never null.
        if let ResultValue::Scalar { value, .. } = result {
            let value = body.expr(value);
            body.code.push(value);
        }
    }
    let code = body.finish();
    runtime.functions.add(routine.ident.snake(), code)
}

fn result_types(routine: &Routine) -> Vec<ValType> {
    let scalar = |result: &ResultValue| match result {
        ResultValue::Scalar { value, .. } => Some(stack(value.elem)),
        ResultValue::Array(_) => None,
    };
    routine.results.iter().filter_map(scalar).collect()
}

/// The entry, `(columns, row)`: reads the row's inputs, writes its results and its status.
pub(crate) fn entry(plan: &Plan, runtime: &mut Runtime, placed: &Placed) -> FunctionId {
    let routine = &plan.entry;
    let mut body = Body::new(plan, runtime, placed, routine, Code::new(&[ValType::I32, ValType::I32], &[]));
    body.stmts(&routine.body);
    for (number, (result, column)) in routine.results.iter().zip(&plan.outputs).enumerate() {
        body.output(plan.inputs.len() + number, result, column.ty.elem, column.ty.count() as u32);
    }
    let status = body.status_address();
    body.code.store(Cell::I32, status, 0, 0);
    let code = body.finish();
    runtime.functions.add(format!("{}_row", plan.ident.snake()), code)
}

/// Where a local lives.
#[derive(Clone, Copy)]
enum Place {
    Scalar(Local),
    Array(Row),
}

struct Body<'a> {
    plan: &'a Plan,
    runtime: &'a mut Runtime,
    placed: &'a Placed,
    code: Code,
    locals: Vec<Place>,
    /// Inputs that were asked for; they are read before anything else.
    inputs: BTreeMap<(u32, Part), Local>,
    reads: Vec<Steps>,
    /// The leaf of the tree that the statements of a loop over trees are at, if it is known by now.
    walked: Option<Local>,
}

/// What the entry reads of an input.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    /// The address of its elements.
    Address,
    Value,
    IsNull,
}

impl<'a> Body<'a> {
    fn new(plan: &'a Plan, runtime: &'a mut Runtime, placed: &'a Placed, routine: &'a Routine, mut code: Code) -> Body<'a> {
        let locals = routine.locals.iter().enumerate().map(|(index, local)| match local.length {
            None if index < routine.params => Place::Scalar(code.param(index as u32)),
            None => Place::Scalar(code.local(stack(local.elem))),
            Some(length) => {
                let address = runtime.memory.room((length * cell(local.elem).size()) as usize);
                Place::Array(Row { address, elem: local.elem, count: length })
            }
        });
        let locals: Vec<Place> = locals.collect();
        for (place, local) in locals.iter().zip(&routine.locals) {
            if let Place::Scalar(scalar) = place {
                code.name(*scalar, local.ident.snake());
            }
        }
        Body { plan, runtime, placed, code, locals, inputs: BTreeMap::new(), reads: Vec::new(), walked: None }
    }

    fn finish(mut self) -> Code {
        self.code.prepend(self.reads);
        self.code
    }

    fn scalar(&self, id: LocalId) -> Local {
        match self.locals[id.0 as usize] {
            Place::Scalar(local) => local,
            // The plan reads a scalar only as a scalar; the validator would find a wrong type.
            Place::Array(_) => self.code.param(0),
        }
    }

    fn row(&self, id: LocalId) -> Row {
        match self.locals[id.0 as usize] {
            Place::Array(row) => row,
            Place::Scalar(_) => Row { address: 0, elem: Elem::F64, count: 0 },
        }
    }

    fn stmts(&mut self, stmts: &[Stmt]) {
        for stmt in stmts {
            self.stmt(stmt);
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Origin(_) => {}
            Stmt::Let { local, value } | Stmt::Set { local, value } => {
                let value = self.expr(value);
                self.code.set(self.scalar(*local), value);
            }
            Stmt::Array { local, elements } => {
                let row = self.row(*local);
                let cell = cell(row.elem);
                for (index, element) in elements.iter().enumerate() {
                    let value = self.expr(element);
                    self.code.store(cell, 0, row.address + index as u32 * cell.size(), value);
                }
            }
            Stmt::Zeros { local } => {
                let row = self.row(*local);
                self.code.clear(row.address, row.count * cell(row.elem).size());
            }
            Stmt::SetElement { local, index, value } => {
                let row = self.row(*local);
                let cell = cell(row.elem);
                let (index, value) = (self.expr(index), self.expr(value));
                self.code.store(cell, scaled(index, cell), row.address, value);
            }
            Stmt::Loop { index, count, body } => self.counted(*index, *count, body),
            Stmt::Turns { index, times, body } => self.turns(*index, times, body),
            Stmt::Reject { when, reason } => {
                let when = self.expr(when);
                let status = self.status_address();
                self.code.if_(when, |code| {
                    code.store(Cell::I32, status, 0, *reason as i32 + 1);
                    code.return_nothing();
                });
            }
        }
    }

    fn turns(&mut self, index: LocalId, times: &plan::Expr, body: &[Stmt]) {
        let counter = self.scalar(index);
        let times = self.expr(times);
        let last = self.code.local(ValType::I64);
        self.code.set(last, times);
        self.code.set(counter, 0_i64);
        self.code.begin_while(counter.get().lt(last));
        self.stmts(body);
        self.code.set(counter, counter + 1_i64);
        self.code.end_while();
    }

    fn counted(&mut self, index: LocalId, count: u32, body: &[Stmt]) {
        if count == 0 {
            return;
        }
        let counter = self.scalar(index);
        self.code.set(counter, 0);
        let mut left = count;
        if let Some(walk) = walk_over(body, index)
            && count >= ABREAST
        {
            left = count % ABREAST;
            self.code.begin_repeat();
            self.abreast(counter, walk, body);
            self.code.end_repeat(counter.get().lt(count - left));
        }
        if left > 0 {
            self.code.begin_repeat();
            self.stmts(body);
            self.code.end_repeat(counter.tee(counter + 1).lt(count));
        }
    }

    /// The next trees of a loop over trees, all walked first and then used one after the other, in the loop's order.
    fn abreast(&mut self, counter: Local, (forest, row): (usize, ArrayRef), body: &[Stmt]) {
        let row = self.array_address(row);
        let forest = &self.placed.forests[forest];
        let leaves: Vec<Local> = (0..ABREAST).map(|_| self.code.local(stack(forest.gives()))).collect();
        forest.walk_abreast(&mut self.code, counter, &row, &leaves);
        for leaf in leaves {
            self.walked = Some(leaf);
            self.stmts(body);
            self.code.set(counter, counter + 1);
        }
        self.walked = None;
    }

    /// Where a column of the entry stands for this row. Columns are numbered inputs first, then outputs, then the status.
    fn column_address(&self, column: usize, bytes_a_row: u32) -> Expr {
        let (columns, row) = (self.code.param(0), self.code.param(1));
        columns.get().load(Cell::I32, 8 * column as u32) + row * bytes_a_row
    }

    fn null_address(&self, column: usize) -> Expr {
        let (columns, row) = (self.code.param(0), self.code.param(1));
        columns.get().load(Cell::I32, 8 * column as u32 + 4) + row
    }

    fn status_address(&self) -> Expr {
        self.column_address(self.plan.inputs.len() + self.plan.outputs.len(), Cell::I32.size())
    }

    /// A local that holds a part of an input, read at the start of the entry.
    fn input(&mut self, number: u32, part: Part) -> Local {
        if let Some(local) = self.inputs.get(&(number, part)) {
            return *local;
        }
        let ty = &self.plan.inputs[number as usize].ty;
        let cell = cell(ty.elem);
        let address = self.column_address(number as usize, cell.size() * ty.count() as u32);
        let (kind, value) = match part {
            Part::Address => (ValType::I32, address),
            Part::Value => (stack(ty.elem), address.load(cell, 0)),
            Part::IsNull => (ValType::I32, self.null_address(number as usize).load(Cell::U8, 0)),
        };
        let local = self.code.local(kind);
        let suffix = match part {
            Part::Address => "_elements",
            Part::Value => "",
            Part::IsNull => "_is_null",
        };
        self.code.name(local, format!("input_{}{suffix}", self.plan.inputs[number as usize].ident.snake()));
        let read = self.code.aside(|code| code.set(local, value));
        self.reads.push(read);
        self.inputs.insert((number, part), local);
        local
    }

    /// Writes a result of the entry into its column.
    fn output(&mut self, column: usize, result: &ResultValue, elem: Elem, count: u32) {
        let cell = cell(elem);
        let address = self.column_address(column, cell.size() * count);
        match result {
            ResultValue::Scalar { value, missing } => {
                let value = self.expr(value);
                let value = self.canonical(value);
                self.code.store(cell, address, 0, value);
                if let Some(missing) = missing {
                    let missing = self.expr(missing);
                    let address = self.null_address(column);
                    self.code.store(Cell::U8, address, 0, missing);
                }
            }
            ResultValue::Array(array) if elem.is_float() => {
                let to = self.code.define(address);
                let index = self.code.local(ValType::I32);
                let value = self.element(*array, elem, index.get());
                let value = self.canonical(value);
                self.code.set(index, 0);
                self.code.while_(index.lt(count), |code| {
                    code.store(cell, to + scaled(index.get(), cell), 0, value);
                    code.set(index, index + 1);
                });
            }
            ResultValue::Array(array) => {
                let from = self.array_address(*array);
                self.code.copy(address, from, count * cell.size());
            }
        }
    }

    /// All NaNs leave as the same one.
    fn canonical(&mut self, value: Expr) -> Expr {
        let nan: Expr = if value.ty() == ValType::F64 {
            f64::NAN.into()
        } else if value.ty() == ValType::F32 {
            f32::NAN.into()
        } else {
            return value;
        };
        let x = self.code.local(value.ty());
        let kept = x.tee(value);
        // The value is below, NaN above it, then whether the value is one.
        kept.before(nan).before(x.eq(x)).then(Instruction::Select, x.get().ty())
    }

    fn array_address(&mut self, array: ArrayRef) -> Expr {
        match array {
            ArrayRef::Local(id) => self.row(id).address.into(),
            ArrayRef::Input(number) => self.input(number, Part::Address).get(),
        }
    }

    fn element(&mut self, array: ArrayRef, elem: Elem, index: Expr) -> Expr {
        match array {
            ArrayRef::Local(id) => self.row(id).at(index),
            ArrayRef::Input(number) => {
                let start = self.input(number, Part::Address);
                (start + scaled(index, cell(elem))).load(cell(elem), 0)
            }
        }
    }

    fn exprs(&mut self, exprs: &[plan::Expr]) -> Vec<Expr> {
        exprs.iter().map(|expr| self.expr(expr)).collect()
    }

    fn expr(&mut self, expr: &plan::Expr) -> Expr {
        match &expr.kind {
            ExprKind::Const(literal) => constant(&mut self.runtime.memory, literal),
            ExprKind::Local(id) => self.scalar(*id).get(),
            ExprKind::Input(number) => self.input(*number, Part::Value).get(),
            ExprKind::InputIsNull(number) => self.input(*number, Part::IsNull).get(),
            ExprKind::InputOr(number, default) => {
                let (value, is_null) = (self.input(*number, Part::Value), self.input(*number, Part::IsNull));
                let default = self.expr(default);
                choose(is_null.get(), default, value.get())
            }
            ExprKind::Element(array, index) => {
                let index = self.expr(index);
                self.element(*array, expr.elem, index)
            }
            ExprKind::TensorElement(tensor, index) => {
                let index = self.expr(index);
                self.placed.tensors[*tensor].at(index)
            }
            ExprKind::Unary(op, x) => self.unary(*op, x),
            ExprKind::Binary(op, a, b) => self.binary(*op, a, b),
            ExprKind::Cast(x) => {
                let value = self.expr(x);
                cast(value, x.elem, expr.elem)
            }
            ExprKind::Select(cond, yes, no) => {
                let (cond, yes, no) = (self.expr(cond), self.expr(yes), self.expr(no));
                choose(cond, yes, no)
            }
            ExprKind::Text(op, args) => self.text(*op, args),
            ExprKind::Clamp(x, greatest) => self.clamp(x, *greatest),
            ExprKind::MapGet { map, keys, otherwise } => {
                let keys = self.exprs(keys);
                let otherwise = self.expr(otherwise);
                let PlacedMap { find, values } = &self.placed.maps[*map];
                let row = self.code.local(ValType::I32);
                row.tee(find.call(ValType::I32, keys)).ge(0).if_else(values.at(row.get()), otherwise)
            }
            ExprKind::MapHas { map, keys } => {
                let keys = self.exprs(keys);
                self.placed.maps[*map].find.call(ValType::I32, keys).ge(0)
            }
            ExprKind::Tree { forest, tree, row } => {
                if let Some(leaf) = self.walked {
                    return leaf.get();
                }
                let tree = self.expr(tree);
                let row = self.array_address(*row);
                self.placed.forests[*forest].walk(&mut self.code, tree, row)
            }
            ExprKind::Call { routine, args, result } => self.call(*routine, args, *result as usize),
        }
    }

    /// One result of a call; the others are dropped.
    fn call(&mut self, routine: usize, args: &[plan::Expr], result: usize) -> Expr {
        let args = self.exprs(args);
        let types = result_types(&self.plan.routines[routine]);
        let call = self.placed.routines[routine].call(types[result], args);
        if types.len() == 1 {
            return call;
        }
        let kept = self.code.local(types[result]);
        let mut code = call.into_code();
        for index in (0..types.len()).rev() {
            code.push(if index == result { Instruction::LocalSet(kept.index()) } else { Instruction::Drop });
        }
        Expr::new(types[result], code).before(kept)
    }

    fn unary(&mut self, op: Unary, operand: &plan::Expr) -> Expr {
        let x = self.expr(operand);
        let ty = x.ty();
        let float = |double: Instruction<'static>, single: Instruction<'static>| if ty == ValType::F64 { double } else { single };
        match op {
            Unary::Neg if operand.elem.is_float() => x.then(float(Instruction::F64Neg, Instruction::F32Neg), ty),
            Unary::Neg => zero(ty) - x,
            Unary::Abs if operand.elem.is_float() => x.then(float(Instruction::F64Abs, Instruction::F32Abs), ty),
            Unary::Abs => {
                // With s = -1 for a negative x and 0 for another, (x ^ s) - s.
                let (size, sign) = (self.code.local(ty), self.code.local(ty));
                let width: Expr = if ty == ValType::I64 { 63_i64.into() } else { 31.into() };
                let flipped = size.tee(x).before(sign.tee(size >> width)).then(xor(ty), ty);
                flipped - sign
            }
            Unary::Not => x.eqz(),
            Unary::Sqrt => x.then(float(Instruction::F64Sqrt, Instruction::F32Sqrt), ty),
            Unary::Floor => x.then(float(Instruction::F64Floor, Instruction::F32Floor), ty),
            Unary::Ceil => x.then(float(Instruction::F64Ceil, Instruction::F32Ceil), ty),
            Unary::Trunc => x.then(float(Instruction::F64Trunc, Instruction::F32Trunc), ty),
            Unary::RoundEven => x.then(float(Instruction::F64Nearest, Instruction::F32Nearest), ty),
            Unary::IsNan => {
                let kept = self.code.local(ty);
                kept.tee(x).ne(kept)
            }
            Unary::Bits => {
                let x = self.canonical(x);
                if ty == ValType::F64 {
                    x.then(Instruction::I64ReinterpretF64, ValType::I64)
                } else {
                    x.then(Instruction::I32ReinterpretF32, ValType::I32)
                }
            }
            Unary::FromBits if ty == ValType::I64 => x.then(Instruction::F64ReinterpretI64, ValType::F64),
            Unary::FromBits => x.then(Instruction::F32ReinterpretI32, ValType::F32),
        }
    }

    fn binary(&mut self, op: Binary, left: &plan::Expr, right: &plan::Expr) -> Expr {
        let (a, b) = (self.expr(left), self.expr(right));
        if left.elem == Elem::Str {
            return self.text_comparison(op, a, b);
        }
        match op {
            Binary::Add => a + b,
            Binary::Sub => a - b,
            Binary::Mul => a * b,
            Binary::Div if left.elem.is_float() || divides_safely(right) => a / b,
            Binary::Div => self.integer(a, b, Helper::Div32, Helper::Div64),
            Binary::Rem if left.elem == Elem::F64 => self.runtime.helper(Helper::Fmod).call(ValType::F64, [a, b]),
            Binary::Rem if left.elem == Elem::F32 => {
                // The remainder of two singles is a single.
                let wide = |x: Expr| x.then(Instruction::F64PromoteF32, ValType::F64);
                let rest = self.runtime.helper(Helper::Fmod).call(ValType::F64, [wide(a), wide(b)]);
                rest.then(Instruction::F32DemoteF64, ValType::F32)
            }
            Binary::Rem if divides_safely(right) => a % b,
            Binary::Rem => self.integer(a, b, Helper::Rem32, Helper::Rem64),
            Binary::Eq => a.eq(b),
            Binary::Ne => a.ne(b),
            Binary::Lt => a.lt(b),
            Binary::Le => a.le(b),
            Binary::Gt => a.gt(b),
            Binary::Ge => a.ge(b),
            Binary::And | Binary::BitAnd => a & b,
            Binary::Or | Binary::BitOr => a | b,
            Binary::BitXor => a ^ b,
            Binary::Shl => a << b,
            Binary::Shr => a >> b,
            Binary::Ushr => a.shift_right_unsigned(b),
        }
    }

    fn integer(&mut self, a: Expr, b: Expr, single: Helper, double: Helper) -> Expr {
        let ty = a.ty();
        self.runtime.helper(if ty == ValType::I64 { double } else { single }).call(ty, [a, b])
    }

    fn text_comparison(&mut self, op: Binary, a: Expr, b: Expr) -> Expr {
        let mut ask = |helper: Helper| self.runtime.helper(helper).call(ValType::I32, [a.clone(), b.clone()]);
        match op {
            Binary::Eq => ask(Helper::Equal),
            Binary::Ne => ask(Helper::Equal).eqz(),
            Binary::Lt => ask(Helper::Compare).lt(0),
            Binary::Le => ask(Helper::Compare).le(0),
            Binary::Gt => ask(Helper::Compare).gt(0),
            Binary::Ge => ask(Helper::Compare).ge(0),
            Binary::Add
            | Binary::Sub
            | Binary::Mul
            | Binary::Div
            | Binary::Rem
            | Binary::And
            | Binary::Or
            | Binary::BitAnd
            | Binary::BitOr
            | Binary::BitXor
            | Binary::Shl
            | Binary::Shr
            | Binary::Ushr => ask(Helper::Compare),
        }
    }

    fn text(&mut self, op: TextOp, args: &[plan::Expr]) -> Expr {
        let args = self.exprs(args);
        let result = stack(op.signature().1);
        let mut ask = |helper: Helper, args: Vec<Expr>| self.runtime.helper(helper).call(result, args);
        match op {
            TextOp::Concat => ask(Helper::Concat, args),
            TextOp::Len => ask(Helper::Len, args),
            TextOp::CodeAt => ask(Helper::CodeAt, args),
            TextOp::Slice => ask(Helper::Slice, args),
            TextOp::Lower => ask(Helper::Lower, args),
            TextOp::Upper => ask(Helper::Upper, args),
            TextOp::LowerEach => ask(Helper::LowerEach, args),
            TextOp::UpperEach => ask(Helper::UpperEach, args),
            TextOp::Strip => {
                let left = ask(Helper::LStrip, args);
                ask(Helper::RStrip, vec![left])
            }
            TextOp::LStrip => ask(Helper::LStrip, args),
            TextOp::RStrip => ask(Helper::RStrip, args),
            TextOp::Replace => ask(Helper::Replace, args),
            TextOp::Contains => ask(Helper::FindByte, [args, vec![0.into()]].concat()).ge(0),
            TextOp::StartsWith => ask(Helper::StartsWith, args),
            TextOp::EndsWith => ask(Helper::EndsWith, args),
            TextOp::Find => ask(Helper::Find, args),
            TextOp::Decimal => ask(Helper::Decimal, args),
        }
    }

    /// An integer moved into `0..=greatest`, as an `i32`.
    fn clamp(&mut self, x: &plan::Expr, greatest: u32) -> Expr {
        let value = self.expr(x);
        let ty = value.ty();
        if is_masked(x, greatest) {
            return narrow(value);
        }
        let kept = self.code.local(ty);
        let greatest: Expr = if ty == ValType::I64 { i64::from(greatest).into() } else { greatest.into() };
        let steps = self.code.aside(|code| {
            code.set(kept, value);
            code.set(kept, kept.lt(greatest.clone()).select(kept, greatest));
        });
        let low = steps.before(kept.gt(zero(ty)).select(kept, zero(ty)));
        narrow(low)
    }
}

/// How many trees are walked at once.
const ABREAST: u32 = 8;

/// The forest and row of a loop that does nothing but use one leaf of tree number `index`: a sum over trees, or their list.
fn walk_over(body: &[Stmt], index: LocalId) -> Option<(usize, ArrayRef)> {
    let value = match body {
        [Stmt::Set { value, .. } | Stmt::SetElement { value, .. }] => value,
        _ => return None,
    };
    let leaf = if let ExprKind::Binary(Binary::Add, sum, leaf) = &value.kind
        && matches!(sum.kind, ExprKind::Local(_))
    {
        leaf
    } else {
        value
    };
    if let ExprKind::Tree { forest, tree, row } = &leaf.kind
        && tree.kind == ExprKind::Local(index)
    {
        Some((*forest, *row))
    } else {
        None
    }
}

/// Arms of up to this many instructions are both evaluated: that is cheaper than a branch.
const CHEAP: usize = 3;

fn choose(cond: Expr, yes: Expr, no: Expr) -> Expr {
    if yes.len() <= CHEAP && no.len() <= CHEAP { cond.select(yes, no) } else { cond.if_else(yes, no) }
}

fn zero(ty: ValType) -> Expr {
    if ty == ValType::I64 { 0_i64.into() } else { 0.into() }
}

fn xor(ty: ValType) -> Instruction<'static> {
    if ty == ValType::I64 { Instruction::I64Xor } else { Instruction::I32Xor }
}

/// An integer that fits as an `i32`.
fn narrow(x: Expr) -> Expr {
    if x.ty() == ValType::I64 { x.wrap() } else { x }
}

/// Whether a divisor is a constant with which WebAssembly's division neither traps nor wraps.
fn divides_safely(divisor: &plan::Expr) -> bool {
    divisor.as_const().and_then(plan::Literal::as_i64).is_some_and(|by| by != 0 && by != -1)
}

/// Whether an integer is `x & mask` with a mask in `0..=greatest`, so that it is in that range without being moved.
fn is_masked(x: &plan::Expr, greatest: u32) -> bool {
    let within = |mask: &plan::Expr| {
        let mask = mask.as_const().and_then(plan::Literal::as_i64);
        mask.is_some_and(|mask| (0..=i64::from(greatest)).contains(&mask))
    };
    matches!(&x.kind, ExprKind::Binary(Binary::BitAnd, a, b) if within(a) || within(b))
}

/// The conversion of `ir::Op::Cast`.
fn cast(x: Expr, from: Elem, to: Elem) -> Expr {
    if x.ty() == stack(to) && to != Elem::Bool {
        return x;
    }
    let ty = x.ty();
    let unsigned = from == Elem::Bool;
    match to {
        Elem::Bool if from == Elem::Bool => x,
        Elem::Bool if ty == ValType::F64 => x.ne(0.0),
        Elem::Bool if ty == ValType::F32 => x.ne(0.0_f32),
        Elem::Bool if ty == ValType::I64 => x.ne(0_i64),
        Elem::Bool => x.ne(0),
        Elem::I32 if ty == ValType::F64 => x.then(Instruction::I32TruncSatF64S, ValType::I32),
        Elem::I32 if ty == ValType::F32 => x.then(Instruction::I32TruncSatF32S, ValType::I32),
        Elem::I32 => x.wrap(),
        Elem::I64 if ty == ValType::F64 => x.then(Instruction::I64TruncSatF64S, ValType::I64),
        Elem::I64 if ty == ValType::F32 => x.then(Instruction::I64TruncSatF32S, ValType::I64),
        Elem::I64 | Elem::Date | Elem::DateTime | Elem::Duration | Elem::Str if unsigned => x.extend(),
        Elem::I64 | Elem::Date | Elem::DateTime | Elem::Duration | Elem::Str => x.then(Instruction::I64ExtendI32S, ValType::I64),
        Elem::F32 if ty == ValType::F64 => x.then(Instruction::F32DemoteF64, ValType::F32),
        Elem::F32 if ty == ValType::I64 => x.then(Instruction::F32ConvertI64S, ValType::F32),
        Elem::F32 => x.then(Instruction::F32ConvertI32S, ValType::F32),
        Elem::F64 if ty == ValType::F32 => x.then(Instruction::F64PromoteF32, ValType::F64),
        Elem::F64 if ty == ValType::I64 => x.then(Instruction::F64ConvertI64S, ValType::F64),
        Elem::F64 => x.then(Instruction::F64ConvertI32S, ValType::F64),
    }
}
