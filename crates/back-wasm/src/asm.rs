//! WebAssembly written as expressions and statements: `address + i * 8`, `code.set(local, value)`.
//!
//! An [`Expr`] is the instructions that leave one value. [`Code`] is the body of a function, [`Functions`] all of them. What does not
//! fit (an `i32` added to an `f64`) is found by the validator that every module goes through in tests.

use std::collections::BTreeMap;
use std::ops;

use wasm_encoder::{BlockType, Ieee32, Ieee64, Instruction, MemArg, MemArgTarget, ValType};

/// Instructions that leave one value of a type.
#[derive(Debug, Clone)]
pub(crate) struct Expr {
    code: Vec<Instruction<'static>>,
    ty: ValType,
}

/// Statements taken out of a function, to stand in an expression.
pub(crate) struct Steps(Vec<Instruction<'static>>);

impl Steps {
    /// Runs the steps, then gives the value.
    pub(crate) fn before(self, value: Expr) -> Expr {
        let mut code = self.0;
        code.extend(value.code);
        Expr { code, ty: value.ty }
    }
}

/// A variable of a function.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Local {
    index: u32,
    ty: ValType,
}

/// A variable of the module.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Global(pub u32);

/// The number of a function; all are ours, nothing is imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FunctionId(pub u32);

/// What lies in memory.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Cell {
    U8,
    I32,
    I64,
    F32,
    F64,
}

impl Cell {
    pub(crate) fn size(self) -> u32 {
        match self {
            Cell::U8 => 1,
            Cell::I32 | Cell::F32 => 4,
            Cell::I64 | Cell::F64 => 8,
        }
    }
}

impl Expr {
    pub(crate) fn new(ty: ValType, code: impl Into<Vec<Instruction<'static>>>) -> Expr {
        Expr { code: code.into(), ty }
    }

    pub(crate) fn ty(&self) -> ValType {
        self.ty
    }

    /// The same value by one more instruction.
    pub(crate) fn then(mut self, instruction: Instruction<'static>, ty: ValType) -> Expr {
        self.code.push(instruction);
        Expr { code: self.code, ty }
    }

    /// An instruction on this value and another.
    pub(crate) fn with(mut self, right: impl Into<Expr>, instruction: Instruction<'static>, ty: ValType) -> Expr {
        self.code.extend(right.into().code);
        self.then(instruction, ty)
    }

    /// Both values, one after the other; the type is that of the second.
    pub(crate) fn before(mut self, right: impl Into<Expr>) -> Expr {
        let right = right.into();
        self.code.extend(right.code);
        Expr { code: self.code, ty: right.ty }
    }

    /// How many instructions it is.
    pub(crate) fn len(&self) -> usize {
        self.code.len()
    }

    pub(crate) fn load(self, cell: Cell, offset: u32) -> Expr {
        let at = place(cell, offset);
        match cell {
            Cell::U8 => self.then(Instruction::I32Load8U(at), ValType::I32),
            Cell::I32 => self.then(Instruction::I32Load(at), ValType::I32),
            Cell::I64 => self.then(Instruction::I64Load(at), ValType::I64),
            Cell::F32 => self.then(Instruction::F32Load(at), ValType::F32),
            Cell::F64 => self.then(Instruction::F64Load(at), ValType::F64),
        }
    }

    /// `self ? yes : no`, both evaluated.
    pub(crate) fn select(self, yes: impl Into<Expr>, no: impl Into<Expr>) -> Expr {
        let yes = yes.into();
        let ty = yes.ty;
        yes.before(no).before(self).then(Instruction::Select, ty)
    }

    /// `self ? yes : no`, only one evaluated.
    pub(crate) fn if_else(self, yes: impl Into<Expr>, no: impl Into<Expr>) -> Expr {
        let yes = yes.into();
        let ty = yes.ty;
        let start = self.then(Instruction::If(BlockType::Result(ty)), ty);
        start.before(yes).then(Instruction::Else, ty).before(no).then(Instruction::End, ty)
    }

    pub(crate) fn eqz(self) -> Expr {
        let eqz = if self.ty == ValType::I64 { Instruction::I64Eqz } else { Instruction::I32Eqz };
        self.then(eqz, ValType::I32)
    }

    /// Shifts zeros in from the left.
    pub(crate) fn shift_right_unsigned(self, by: impl Into<Expr>) -> Expr {
        let ty = self.ty;
        self.with(by, if ty == ValType::I64 { Instruction::I64ShrU } else { Instruction::I32ShrU }, ty)
    }

    /// The low 32 bits of an `i64`.
    pub(crate) fn wrap(self) -> Expr {
        self.then(Instruction::I32WrapI64, ValType::I32)
    }

    /// An `i32` without sign as an `i64`.
    pub(crate) fn extend(self) -> Expr {
        self.then(Instruction::I64ExtendI32U, ValType::I64)
    }

    pub(crate) fn into_code(self) -> Vec<Instruction<'static>> {
        self.code
    }
}

fn place(cell: Cell, offset: u32) -> MemArg {
    MemArg { offset: u64::from(offset), align: cell.size().trailing_zeros(), target: MemArgTarget::Memory(0), ordering: None }
}

impl Local {
    pub(crate) fn index(self) -> u32 {
        self.index
    }

    pub(crate) fn get(self) -> Expr {
        Expr::new(self.ty, [Instruction::LocalGet(self.index)])
    }

    /// Writes the value and gives it.
    pub(crate) fn tee(self, value: impl Into<Expr>) -> Expr {
        value.into().then(Instruction::LocalTee(self.index), self.ty)
    }
}

impl Global {
    pub(crate) fn get(self) -> Expr {
        Expr::new(ValType::I32, [Instruction::GlobalGet(self.0)])
    }
}

impl From<Local> for Expr {
    fn from(local: Local) -> Expr {
        local.get()
    }
}
impl From<i32> for Expr {
    fn from(x: i32) -> Expr {
        Expr::new(ValType::I32, [Instruction::I32Const(x)])
    }
}
impl From<u32> for Expr {
    fn from(x: u32) -> Expr {
        Expr::from(x as i32)
    }
}
impl From<i64> for Expr {
    fn from(x: i64) -> Expr {
        Expr::new(ValType::I64, [Instruction::I64Const(x)])
    }
}
impl From<f32> for Expr {
    fn from(x: f32) -> Expr {
        let bits = if x.is_nan() { 0x7fc0_0000 } else { x.to_bits() };
        Expr::new(ValType::F32, [Instruction::F32Const(Ieee32::new(bits))])
    }
}
impl From<f64> for Expr {
    fn from(x: f64) -> Expr {
        let bits = if x.is_nan() { 0x7ff8_0000_0000_0000 } else { x.to_bits() };
        Expr::new(ValType::F64, [Instruction::F64Const(Ieee64::new(bits))])
    }
}

/// One arithmetic instruction for each type that has it; for others a wrong one, which the validator finds.
macro_rules! operators {
    ($($trait:ident $method:ident: $int32:ident $int64:ident $float32:ident $float64:ident;)*) => {$(
        impl<R: Into<Expr>> ops::$trait<R> for Expr {
            type Output = Expr;
            fn $method(self, right: R) -> Expr {
                let ty = self.ty;
                let instruction = if ty == ValType::I64 {
                    Instruction::$int64
                } else if ty == ValType::F64 {
                    Instruction::$float64
                } else if ty == ValType::F32 {
                    Instruction::$float32
                } else {
                    Instruction::$int32
                };
                self.with(right, instruction, ty)
            }
        }
        impl<R: Into<Expr>> ops::$trait<R> for Local {
            type Output = Expr;
            fn $method(self, right: R) -> Expr {
                ops::$trait::$method(self.get(), right)
            }
        }
    )*};
}
operators! {
    Add add: I32Add I64Add F32Add F64Add;
    Sub sub: I32Sub I64Sub F32Sub F64Sub;
    Mul mul: I32Mul I64Mul F32Mul F64Mul;
    Div div: I32DivS I64DivS F32Div F64Div;
    Rem rem: I32RemS I64RemS F32Copysign F64Copysign;
    BitAnd bitand: I32And I64And F32Copysign F64Copysign;
    BitOr bitor: I32Or I64Or F32Copysign F64Copysign;
    BitXor bitxor: I32Xor I64Xor F32Copysign F64Copysign;
    Shl shl: I32Shl I64Shl F32Copysign F64Copysign;
    Shr shr: I32ShrS I64ShrS F32Copysign F64Copysign;
}

macro_rules! comparisons {
    ($($method:ident: $int32:ident $int64:ident $float32:ident $float64:ident;)*) => {
        impl Expr {$(
            pub(crate) fn $method(self, right: impl Into<Expr>) -> Expr {
                let instruction = if self.ty == ValType::I64 {
                    Instruction::$int64
                } else if self.ty == ValType::F64 {
                    Instruction::$float64
                } else if self.ty == ValType::F32 {
                    Instruction::$float32
                } else {
                    Instruction::$int32
                };
                self.with(right, instruction, ValType::I32)
            }
        )*}
        impl Local {$(
            #[allow(dead_code, reason = "each comparison is there for both")]
            pub(crate) fn $method(self, right: impl Into<Expr>) -> Expr {
                self.get().$method(right)
            }
        )*}
    };
}
comparisons! {
    eq: I32Eq I64Eq F32Eq F64Eq;
    ne: I32Ne I64Ne F32Ne F64Ne;
    lt: I32LtS I64LtS F32Lt F64Lt;
    le: I32LeS I64LeS F32Le F64Le;
    gt: I32GtS I64GtS F32Gt F64Gt;
    ge: I32GeS I64GeS F32Ge F64Ge;
}

/// The body of a function.
pub(crate) struct Code {
    params: Vec<ValType>,
    results: Vec<ValType>,
    locals: Vec<ValType>,
    /// Names of locals, which debuggers show.
    names: BTreeMap<u32, String>,
    body: Vec<Instruction<'static>>,
}

impl Code {
    pub(crate) fn new(params: &[ValType], results: &[ValType]) -> Code {
        Code { params: params.into(), results: results.into(), locals: vec![], names: BTreeMap::new(), body: vec![] }
    }

    pub(crate) fn param(&self, index: u32) -> Local {
        Local { index, ty: self.params[index as usize] }
    }

    pub(crate) fn local(&mut self, ty: ValType) -> Local {
        self.locals.push(ty);
        Local { index: (self.params.len() + self.locals.len() - 1) as u32, ty }
    }

    pub(crate) fn name(&mut self, local: Local, name: String) {
        self.names.insert(local.index, name);
    }

    /// A new variable with a value.
    pub(crate) fn define(&mut self, value: impl Into<Expr>) -> Local {
        let value = value.into();
        let local = self.local(value.ty);
        self.set(local, value);
        local
    }

    pub(crate) fn set(&mut self, local: Local, value: impl Into<Expr>) {
        self.body.extend(value.into().code);
        self.body.push(Instruction::LocalSet(local.index));
    }

    pub(crate) fn set_global(&mut self, global: Global, value: impl Into<Expr>) {
        self.body.extend(value.into().code);
        self.body.push(Instruction::GlobalSet(global.0));
    }

    pub(crate) fn store(&mut self, cell: Cell, address: impl Into<Expr>, offset: u32, value: impl Into<Expr>) {
        self.body.extend(address.into().code);
        self.body.extend(value.into().code);
        let at = place(cell, offset);
        self.body.push(match cell {
            Cell::U8 => Instruction::I32Store8(at),
            Cell::I32 => Instruction::I32Store(at),
            Cell::I64 => Instruction::I64Store(at),
            Cell::F32 => Instruction::F32Store(at),
            Cell::F64 => Instruction::F64Store(at),
        });
    }

    /// `length` bytes from `source` to `target`.
    pub(crate) fn copy(&mut self, target: impl Into<Expr>, source: impl Into<Expr>, length: impl Into<Expr>) {
        self.body.extend(target.into().before(source).before(length).code);
        self.body.push(Instruction::MemoryCopy { src_mem: 0, dst_mem: 0 });
    }

    /// `length` zero bytes at `target`.
    pub(crate) fn clear(&mut self, target: impl Into<Expr>, length: impl Into<Expr>) {
        self.body.extend(target.into().before(0).before(length).code);
        self.body.push(Instruction::MemoryFill(0));
    }

    pub(crate) fn if_(&mut self, condition: impl Into<Expr>, then: impl FnOnce(&mut Code)) {
        self.body.extend(condition.into().code);
        self.body.push(Instruction::If(BlockType::Empty));
        then(self);
        self.body.push(Instruction::End);
    }

    pub(crate) fn if_else(&mut self, condition: impl Into<Expr>, then: impl FnOnce(&mut Code), otherwise: impl FnOnce(&mut Code)) {
        self.body.extend(condition.into().code);
        self.body.push(Instruction::If(BlockType::Empty));
        then(self);
        self.body.push(Instruction::Else);
        otherwise(self);
        self.body.push(Instruction::End);
    }

    pub(crate) fn while_(&mut self, condition: impl Into<Expr>, each: impl FnOnce(&mut Code)) {
        self.begin_while(condition);
        each(self);
        self.end_while();
    }

    /// Runs once or more, as long as `again` holds afterwards.
    pub(crate) fn repeat(&mut self, each: impl FnOnce(&mut Code) -> Expr) {
        self.begin_repeat();
        let again = each(self);
        self.end_repeat(again);
    }

    pub(crate) fn begin_while(&mut self, condition: impl Into<Expr>) {
        self.body.extend([Instruction::Block(BlockType::Empty), Instruction::Loop(BlockType::Empty)]);
        self.body.extend(condition.into().eqz().code);
        self.body.push(Instruction::BrIf(1));
    }

    pub(crate) fn end_while(&mut self) {
        self.body.extend([Instruction::Br(0), Instruction::End, Instruction::End]);
    }

    pub(crate) fn begin_repeat(&mut self) {
        self.body.push(Instruction::Loop(BlockType::Empty));
    }

    pub(crate) fn end_repeat(&mut self, again: Expr) {
        self.body.extend(again.code);
        self.body.extend([Instruction::BrIf(0), Instruction::End]);
    }

    /// What `write` adds, but not added.
    pub(crate) fn aside(&mut self, write: impl FnOnce(&mut Code)) -> Steps {
        let start = self.body.len();
        write(self);
        Steps(self.body.split_off(start))
    }

    /// Puts steps before everything there is.
    pub(crate) fn prepend(&mut self, steps: Vec<Steps>) {
        let mut all: Vec<Instruction<'static>> = steps.into_iter().flat_map(|steps| steps.0).collect();
        all.append(&mut self.body);
        self.body = all;
    }

    /// Runs a call, or another expression, and leaves all its results.
    pub(crate) fn push(&mut self, code: Expr) {
        self.body.extend(code.code);
    }

    pub(crate) fn return_(&mut self, value: impl Into<Expr>) {
        self.body.extend(value.into().code);
        self.body.push(Instruction::Return);
    }

    pub(crate) fn return_nothing(&mut self) {
        self.body.push(Instruction::Return);
    }

    pub(crate) fn unreachable(&mut self) {
        self.body.push(Instruction::Unreachable);
    }
}

/// All functions of a module, in the order of their numbers.
#[derive(Default)]
pub(crate) struct Functions {
    list: Vec<Option<(String, Code)>>,
}

impl Functions {
    /// A number for a function that is written later.
    pub(crate) fn declare(&mut self) -> FunctionId {
        self.list.push(None);
        FunctionId(self.list.len() as u32 - 1)
    }

    pub(crate) fn define(&mut self, id: FunctionId, name: impl Into<String>, code: Code) {
        self.list[id.0 as usize] = Some((name.into(), code));
    }

    pub(crate) fn add(&mut self, name: impl Into<String>, code: Code) -> FunctionId {
        let id = self.declare();
        self.define(id, name, code);
        id
    }

    pub(crate) fn finish(self) -> impl Iterator<Item = Finished> {
        self.list.into_iter().flatten().map(|(name, code)| {
            let mut body = wasm_encoder::Function::new_with_locals_types(code.locals);
            for instruction in &code.body {
                body.instruction(instruction);
            }
            body.instruction(&Instruction::End);
            Finished { name, params: code.params, results: code.results, locals: code.names, body }
        })
    }
}

/// A function as it stands in the module.
pub(crate) struct Finished {
    pub(crate) name: String,
    pub(crate) params: Vec<ValType>,
    pub(crate) results: Vec<ValType>,
    /// The locals that have a name.
    pub(crate) locals: BTreeMap<u32, String>,
    pub(crate) body: wasm_encoder::Function,
}

impl FunctionId {
    /// A call that gives one value.
    pub(crate) fn call(self, ty: ValType, args: impl IntoIterator<Item = Expr>) -> Expr {
        let mut code: Vec<Instruction<'static>> = args.into_iter().flat_map(Expr::into_code).collect();
        code.push(Instruction::Call(self.0));
        Expr::new(ty, code)
    }
}
