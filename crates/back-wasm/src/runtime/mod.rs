//! The functions that WebAssembly lacks and generated code needs: text, total integer division, the remainder of floats, memory.
//!
//! A [`Helper`] is written into the module when something asks for it, so that a scorer without text carries none of this.

mod number;
mod text;

use std::collections::BTreeMap;

use wasm_encoder::ValType;

use crate::asm::{Code, FunctionId, Functions, Global};
use crate::memory::Memory;

/// The first address of free memory. Grows while rows are scored, and goes back with `reset`.
pub(crate) const HEAP: Global = Global(0);

/// A function of the runtime.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Helper {
    /// `(bytes: i32) -> i32`: fresh memory at a multiple of 8.
    Alloc,
    /// `(a: i32, b: i32, length: i32) -> i32`: whether the bytes at two addresses are the same.
    SameBytes,
    /// `(a, b) -> i32`: 1 if two texts are the same.
    Equal,
    /// `(a, b) -> i32`: negative, 0 or positive. The order of UTF-8 bytes is that of code points.
    Compare,
    Concat,
    Len,
    /// `(x, at: i64) -> i32`: how many bytes the first `at` code points take, all if there are fewer.
    Offset,
    /// `(address: i32) -> i32`: the code point there.
    Decode,
    /// `(code: i32) -> i32`: how many bytes a code point takes.
    Width,
    /// `(address: i32, code: i32) -> i32`: writes a code point; the address behind it.
    Encode,
    CodeAt,
    Slice,
    /// `(code: i32) -> i32`
    IsSpace,
    LStrip,
    RStrip,
    /// `(x, part, from: i32) -> i32`: the first byte at or behind `from` where `part` stands, or -1.
    FindByte,
    Find,
    StartsWith,
    EndsWith,
    Replace,
    Lower,
    Upper,
    LowerEach,
    UpperEach,
    Decimal,
    /// Toward zero; by zero gives 0; the least number by -1 is itself.
    Div32,
    Rem32,
    Div64,
    Rem64,
    /// C `fmod`, exact.
    Fmod,
}

/// What a module is made of while it grows.
pub(crate) struct Runtime {
    pub(crate) functions: Functions,
    pub(crate) memory: Memory,
    helpers: BTreeMap<Helper, FunctionId>,
}

impl Runtime {
    pub(crate) fn new() -> Runtime {
        Runtime { functions: Functions::default(), memory: Memory::new(), helpers: BTreeMap::new() }
    }

    /// The number of a helper, which is in the module from now on.
    pub(crate) fn helper(&mut self, helper: Helper) -> FunctionId {
        if let Some(id) = self.helpers.get(&helper) {
            return *id;
        }
        let id = self.functions.declare();
        self.helpers.insert(helper, id);
        let code = self.write(helper);
        self.functions.define(id, helper.name(), code);
        id
    }

    fn write(&mut self, helper: Helper) -> Code {
        match helper {
            Helper::Alloc => alloc(),
            Helper::SameBytes => text::same_bytes(),
            Helper::Equal => text::equal(self),
            Helper::Compare => text::compare(),
            Helper::Concat => text::concat(self),
            Helper::Len => text::len(),
            Helper::Offset => text::offset(),
            Helper::Decode => text::decode(),
            Helper::Width => text::width(),
            Helper::Encode => text::encode(),
            Helper::CodeAt => text::code_at(self),
            Helper::Slice => text::slice(self),
            Helper::IsSpace => text::is_space(),
            Helper::LStrip => text::lstrip(self),
            Helper::RStrip => text::rstrip(self),
            Helper::FindByte => text::find_byte(self),
            Helper::Find => text::find(self),
            Helper::StartsWith => text::starts_with(self),
            Helper::EndsWith => text::ends_with(self),
            Helper::Replace => text::replace(self),
            Helper::Lower => text::map_case(self, &plan::unicode::LOWER),
            Helper::Upper => text::map_case(self, &plan::unicode::UPPER),
            Helper::LowerEach => text::map_case(self, &plan::unicode::LOWER_EACH),
            Helper::UpperEach => text::map_case(self, &plan::unicode::UPPER_EACH),
            Helper::Decimal => text::decimal(self),
            Helper::Div32 => number::div(ValType::I32),
            Helper::Rem32 => number::rem(ValType::I32),
            Helper::Div64 => number::div(ValType::I64),
            Helper::Rem64 => number::rem(ValType::I64),
            Helper::Fmod => number::fmod(),
        }
    }
}

impl Helper {
    /// The name in the module's name section, which debuggers show.
    fn name(self) -> &'static str {
        match self {
            Helper::Alloc => "alloc",
            Helper::SameBytes => "same_bytes",
            Helper::Equal => "text_equal",
            Helper::Compare => "text_compare",
            Helper::Concat => "text_concat",
            Helper::Len => "text_len",
            Helper::Offset => "text_offset",
            Helper::Decode => "decode",
            Helper::Width => "width",
            Helper::Encode => "encode",
            Helper::CodeAt => "text_code_at",
            Helper::Slice => "text_slice",
            Helper::IsSpace => "is_space",
            Helper::LStrip => "text_lstrip",
            Helper::RStrip => "text_rstrip",
            Helper::FindByte => "text_find_byte",
            Helper::Find => "text_find",
            Helper::StartsWith => "text_starts_with",
            Helper::EndsWith => "text_ends_with",
            Helper::Replace => "text_replace",
            Helper::Lower => "text_lower",
            Helper::Upper => "text_upper",
            Helper::LowerEach => "text_lower_each",
            Helper::UpperEach => "text_upper_each",
            Helper::Decimal => "text_decimal",
            Helper::Div32 => "div_i32",
            Helper::Rem32 => "rem_i32",
            Helper::Div64 => "div_i64",
            Helper::Rem64 => "rem_i64",
            Helper::Fmod => "fmod",
        }
    }
}

/// Takes memory from the end, and more pages where there is no more. Traps if the host gives none: the machine is out of memory.
fn alloc() -> Code {
    const PAGE_BITS: i32 = 16;
    let mut code = Code::new(&[ValType::I32], &[ValType::I32]);
    let start = code.define((HEAP.get() + 7) & -8);
    let end = code.define(start + code.param(0));
    let pages = || crate::asm::Expr::new(ValType::I32, [wasm_encoder::Instruction::MemorySize(0)]);
    let needed = code.define(((end + 0xffff).shift_right_unsigned(PAGE_BITS)) - pages());
    code.if_(needed.gt(0), |code| {
        let grown = needed.get().then(wasm_encoder::Instruction::MemoryGrow(0), ValType::I32);
        code.if_(grown.eq(-1), Code::unreachable);
    });
    code.set_global(HEAP, end);
    code.push(start.get());
    code
}
