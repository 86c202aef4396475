//! The module as a whole.
//!
//! Exports: `memory`; `alloc(bytes) -> address` and `reset(address)`, which frees all from an address on; `score(count, columns)`.
//!
//! `columns` is the address of a table with 8 bytes for each input, then each output, then the status: the address of the column's
//! elements, and that of its nulls, one byte a row, which only nullable columns have. Elements are `u8` for `bool`, `i32`, `i64`, `f32`,
//! `f64`; times are `i64`; a text is its address and its length in bytes, 4 bytes each. A column with a shape has that many elements a row.
//! The status is an `i32`: 0 for a row that was scored, else the number of its rejection plus 1; then the outputs are left as they were.

use plan::Plan;
use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, ExportKind, ExportSection, FunctionSection, GlobalSection, GlobalType, IndirectNameMap,
    MemorySection, MemoryType, Module, NameMap, NameSection, TypeSection, ValType,
};

use crate::asm::{Code, FunctionId};
use crate::runtime::{HEAP, Helper, Runtime};
use crate::spell::{self, Placed};
use crate::tables::{PlacedForest, PlacedMap, Row};

/// The bytes of the module.
pub(crate) fn module(plan: &Plan) -> Vec<u8> {
    let mut runtime = Runtime::new();
    let mut placed = Placed {
        tensors: plan.tensors.iter().map(|tensor| Row::tensor(&mut runtime.memory, tensor)).collect(),
        maps: plan.maps.iter().map(|map| PlacedMap::new(&mut runtime, map)).collect(),
        forests: plan.forests.iter().map(|forest| PlacedForest::new(&mut runtime.memory, forest)).collect(),
        routines: Vec::with_capacity(plan.routines.len()),
    };
    for routine in &plan.routines {
        let id = spell::routine(plan, &mut runtime, &placed, routine);
        placed.routines.push(id);
    }
    let entry = spell::entry(plan, &mut runtime, &placed);
    let exports = Exports {
        alloc: runtime.helper(Helper::Alloc),
        reset: runtime.functions.add("reset", reset()),
        score: runtime.functions.add("score", score(entry)),
    };
    encode(plan, runtime, &exports)
}

struct Exports {
    alloc: FunctionId,
    reset: FunctionId,
    score: FunctionId,
}

fn reset() -> Code {
    let mut code = Code::new(&[ValType::I32], &[]);
    code.set_global(HEAP, code.param(0));
    code
}

fn score(entry: FunctionId) -> Code {
    let mut code = Code::new(&[ValType::I32, ValType::I32], &[]);
    let (count, columns) = (code.param(0), code.param(1));
    let row = code.local(ValType::I32);
    code.while_(row.lt(count), |code| {
        code.push(entry.call(ValType::I32, [columns.get(), row.get()]));
        code.set(row, row + 1);
    });
    code
}

fn encode(plan: &Plan, runtime: Runtime, exports: &Exports) -> Vec<u8> {
    let (mut types, mut functions, mut bodies) = (TypeSection::new(), FunctionSection::new(), CodeSection::new());
    let (mut names, mut local_names, mut signatures) = (NameMap::new(), IndirectNameMap::new(), Vec::new());
    for (number, finished) in runtime.functions.finish().enumerate() {
        let signature = (finished.params, finished.results);
        let known = signatures.iter().position(|other| *other == signature);
        let index = known.unwrap_or_else(|| {
            types.ty().function(signature.0.iter().copied(), signature.1.iter().copied());
            signatures.push(signature);
            signatures.len() - 1
        });
        functions.function(index as u32);
        bodies.function(&finished.body);
        names.append(number as u32, &finished.name);
        let mut locals = NameMap::new();
        finished.locals.iter().for_each(|(local, name)| locals.append(*local, name));
        local_names.append(number as u32, &locals);
    }
    let end = runtime.memory.end();
    let mut memories = MemorySection::new();
    const PAGE: u32 = 1 << 16;
    memories.memory(MemoryType { minimum: u64::from(end / PAGE + 1), maximum: None, memory64: false, shared: false, page_size_log2: None });
    let mut globals = GlobalSection::new();
    globals.global(GlobalType { val_type: ValType::I32, mutable: true, shared: false }, &ConstExpr::i32_const(end as i32));
    let mut exported = ExportSection::new();
    exported.export("memory", ExportKind::Memory, 0);
    for (name, id) in [("alloc", exports.alloc), ("reset", exports.reset), ("score", exports.score)] {
        exported.export(name, ExportKind::Func, id.0);
    }
    let mut data = DataSection::new();
    for (address, bytes) in runtime.memory.segments() {
        data.active(0, &ConstExpr::i32_const(address as i32), bytes.iter().copied());
    }
    let mut name_section = NameSection::new();
    name_section.module(&plan.ident.snake());
    name_section.functions(&names);
    name_section.locals(&local_names);
    let mut module = Module::new();
    module.section(&types).section(&functions).section(&memories).section(&globals).section(&exported).section(&bodies);
    module.section(&data).section(&name_section);
    module.finish()
}
