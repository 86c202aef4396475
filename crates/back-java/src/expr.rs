//! Expressions.
//!
//! The matches that spell an operation name every operation; those that look for one special shape end in a leftover arm.
#![expect(clippy::wildcard_enum_match_arm, reason = "leftover arms stand only where one special shape is looked for")]

use plan::{ArrayRef, Binary, Elem, Expr, ExprKind, Literal, LocalId, Storage, TextOp, Unary};

use crate::{Printer, camel, quoted};

/// How tightly an expression holds together (JLS 17, chapter 15), loosest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Ternary,
    Or,
    And,
    BitOr,
    BitXor,
    BitAnd,
    Equality,
    Relational,
    Shift,
    Sum,
    Product,
    Unary,
    Tight,
}

/// Code and how tightly it holds together.
pub(crate) struct Code {
    text: String,
    level: Level,
}

impl Code {
    fn new(text: impl Into<String>, level: Level) -> Code {
        Code { text: text.into(), level }
    }

    fn tight(text: impl Into<String>) -> Code {
        Code::new(text, Level::Tight)
    }

    /// As an operand that must hold together at least so tightly.
    fn at(self, level: Level) -> String {
        if self.level < level { format!("({})", self.text) } else { self.text }
    }
}

impl Printer<'_> {
    pub(crate) fn expr(&self, expr: &Expr) -> String {
        self.code(expr).text
    }

    pub(crate) fn local(&self, id: LocalId) -> String {
        let name = camel(&self.routine.locals[id.0 as usize].ident);
        if self.is_field(id) { format!("steps.{name}") } else { name }
    }

    pub(crate) fn input(&self, index: u32) -> String {
        format!("input.{}()", camel(&self.plan.inputs[index as usize].ident))
    }

    pub(crate) fn array(&self, array: ArrayRef) -> String {
        match array {
            ArrayRef::Local(id) => self.local(id),
            ArrayRef::Input(index) => self.input(index),
        }
    }

    fn code(&self, expr: &Expr) -> Code {
        match &expr.kind {
            ExprKind::Const(literal) => constant(literal),
            ExprKind::Local(id) => Code::tight(self.local(*id)),
            ExprKind::Input(index) => {
                let input = self.input(*index);
                if !self.plan.inputs[*index as usize].ty.nullable {
                    return Code::tight(input);
                }
                let zero = constant(&Literal::zero(expr.elem)).text;
                Code::new(format!("{input} == null ? {zero} : {input}"), Level::Ternary)
            }
            ExprKind::InputIsNull(index) => Code::new(format!("{} == null", self.input(*index)), Level::Equality),
            ExprKind::InputOr(index, otherwise) => {
                let input = self.input(*index);
                Code::new(format!("{input} == null ? {} : {input}", self.code(otherwise).at(Level::Or)), Level::Ternary)
            }
            ExprKind::Element(array, index) => Code::tight(format!("{}[{}]", self.array(*array), self.expr(index))),
            ExprKind::TensorElement(number, index) => {
                let tensor = &self.plan.tensors[*number];
                let name = match tensor.storage {
                    Storage::Source | Storage::File => tensor.ident.shouting(),
                };
                Code::tight(format!("Tables.{name}[{}]", self.expr(index)))
            }
            ExprKind::Unary(op, x) => self.unary(*op, x),
            ExprKind::Binary(op, a, b) => self.binary(*op, a, b),
            ExprKind::Cast(x) => self.cast(x, expr.elem),
            ExprKind::Select(cond, yes, no) => {
                let text = format!("{} ? {} : {}", self.code(cond).at(Level::Or), self.code(yes).at(Level::Or), self.expr(no));
                Code::new(text, Level::Ternary)
            }
            ExprKind::Text(op, args) => self.text(*op, args),
            ExprKind::Clamp(x, last) => {
                let number = self.expr(x);
                if x.elem == Elem::I64 {
                    Code::new(format!("(int) Math.max(0, Math.min({last}, {number}))"), Level::Unary)
                } else {
                    Code::tight(format!("Math.max(0, Math.min({last}, {number}))"))
                }
            }
            ExprKind::MapGet { map, keys, otherwise } => {
                let mut args = self.all(keys);
                args.push(self.expr(otherwise));
                Code::tight(format!("Tables.{}({})", camel(&self.plan.maps[*map].ident), args.join(", ")))
            }
            ExprKind::MapHas { map, keys } => {
                Code::tight(format!("Tables.{}({})", crate::table::has_name(&self.plan.maps[*map]), self.all(keys).join(", ")))
            }
            ExprKind::Tree { forest, tree, row } => {
                let name = camel(&self.plan.forests[*forest].ident);
                Code::tight(format!("Tables.{name}({}, {})", self.expr(tree), self.array(*row)))
            }
            ExprKind::Call { routine, args, result } => {
                let callee = &self.plan.routines[*routine];
                let part = if callee.results.len() > 1 { format!(".result{result}()") } else { String::new() };
                Code::tight(format!("Kernels.{}({}){part}", camel(&callee.ident), self.all(args).join(", ")))
            }
        }
    }

    fn all(&self, exprs: &[Expr]) -> Vec<String> {
        exprs.iter().map(|expr| self.expr(expr)).collect()
    }

    fn unary(&self, op: Unary, x: &Expr) -> Code {
        let wide = |method: &str| {
            let call = format!("{method}({})", self.expr(x));
            if x.elem == Elem::F32 { Code::new(format!("(float) {call}"), Level::Unary) } else { Code::tight(call) }
        };
        match op {
            // A minus before a minus would be a decrement.
            Unary::Neg => {
                let operand = self.code(x).at(Level::Unary);
                Code::new(if operand.starts_with('-') { format!("-({operand})") } else { format!("-{operand}") }, Level::Unary)
            }
            Unary::Abs => Code::tight(format!("Math.abs({})", self.expr(x))),
            Unary::Not => {
                if let ExprKind::InputIsNull(index) = x.kind {
                    Code::new(format!("{} != null", self.input(index)), Level::Equality)
                } else {
                    Code::new(format!("!{}", self.code(x).at(Level::Unary)), Level::Unary)
                }
            }
            Unary::Sqrt => wide("Math.sqrt"),
            Unary::Floor => wide("Math.floor"),
            Unary::Ceil => wide("Math.ceil"),
            Unary::Trunc => wide("Support.trunc"),
            Unary::RoundEven => wide("Math.rint"),
            Unary::IsNan if x.elem == Elem::F32 => Code::tight(format!("Float.isNaN({})", self.expr(x))),
            Unary::IsNan => Code::tight(format!("Double.isNaN({})", self.expr(x))),
            // These give the canonical NaN, unlike their raw kin.
            Unary::Bits if x.elem == Elem::F32 => Code::tight(format!("Float.floatToIntBits({})", self.expr(x))),
            Unary::Bits => Code::tight(format!("Double.doubleToLongBits({})", self.expr(x))),
            Unary::FromBits if x.elem == Elem::I32 => Code::tight(format!("Float.intBitsToFloat({})", self.expr(x))),
            Unary::FromBits => Code::tight(format!("Double.longBitsToDouble({})", self.expr(x))),
        }
    }

    fn binary(&self, op: Binary, a: &Expr, b: &Expr) -> Code {
        let infix = |sign: &str, level: Level, right: Level| {
            Code::new(format!("{} {sign} {}", self.code(a).at(level), self.code(b).at(right)), level)
        };
        let shift = |sign: &str| {
            let count = if b.elem == Elem::I64 && b.as_const().is_none() {
                format!("(int) {}", self.code(b).at(Level::Unary))
            } else {
                self.code(b).at(Level::Sum)
            };
            Code::new(format!("{} {sign} {count}", self.code(a).at(Level::Shift)), Level::Shift)
        };
        let text = a.elem == Elem::Str;
        let equal = || format!("{}.equals({})", self.code(a).at(Level::Tight), self.expr(b));
        let order = |sign: &str| Code::new(format!("Support.compare({}, {}) {sign} 0", self.expr(a), self.expr(b)), Level::Relational);
        let safe_divisor = b.as_const().and_then(Literal::as_i64).is_some_and(|b| b != 0);
        let guarded = a.elem.is_int() && !safe_divisor;
        match op {
            Binary::Div if guarded => Code::tight(format!("Support.div({}, {})", self.expr(a), self.expr(b))),
            Binary::Rem if guarded => Code::tight(format!("Support.rem({}, {})", self.expr(a), self.expr(b))),
            Binary::Add => infix("+", Level::Sum, Level::Product),
            Binary::Sub => infix("-", Level::Sum, Level::Product),
            Binary::Mul => infix("*", Level::Product, Level::Unary),
            Binary::Div => infix("/", Level::Product, Level::Unary),
            Binary::Rem => infix("%", Level::Product, Level::Unary),
            Binary::Eq if text => Code::tight(equal()),
            Binary::Ne if text => Code::new(format!("!{}", equal()), Level::Unary),
            Binary::Lt if text => order("<"),
            Binary::Le if text => order("<="),
            Binary::Gt if text => order(">"),
            Binary::Ge if text => order(">="),
            Binary::Eq => infix("==", Level::Equality, Level::Relational),
            Binary::Ne => infix("!=", Level::Equality, Level::Relational),
            Binary::Lt => infix("<", Level::Relational, Level::Shift),
            Binary::Le => infix("<=", Level::Relational, Level::Shift),
            Binary::Gt => infix(">", Level::Relational, Level::Shift),
            Binary::Ge => infix(">=", Level::Relational, Level::Shift),
            Binary::And => infix("&&", Level::And, Level::BitOr),
            Binary::Or => infix("||", Level::Or, Level::And),
            Binary::BitAnd => infix("&", Level::BitAnd, Level::Equality),
            Binary::BitOr => infix("|", Level::BitOr, Level::BitXor),
            Binary::BitXor => infix("^", Level::BitXor, Level::BitAnd),
            Binary::Shl => shift("<<"),
            Binary::Shr => shift(">>"),
            Binary::Ushr => shift(">>>"),
        }
    }

    fn cast(&self, x: &Expr, to: Elem) -> Code {
        let (from, name) = (java_type(x.elem), java_type(to));
        if from == name {
            self.code(x)
        } else if to == Elem::Bool {
            Code::new(format!("{} != 0", self.code(x).at(Level::Relational)), Level::Equality)
        } else if x.elem == Elem::Bool {
            let suffix = match to {
                Elem::F64 => ".0",
                Elem::F32 => "f",
                Elem::I64 | Elem::Date | Elem::DateTime | Elem::Duration => "L",
                _ => "",
            };
            Code::new(format!("{} ? 1{suffix} : 0{suffix}", self.code(x).at(Level::Or)), Level::Ternary)
        } else {
            Code::new(format!("({name}) {}", self.operand_of_cast(x)), Level::Unary)
        }
    }

    /// `(int) -x` would be read as a subtraction.
    fn operand_of_cast(&self, x: &Expr) -> String {
        let operand = self.code(x).at(Level::Unary);
        if operand.starts_with('-') { format!("({operand})") } else { operand }
    }

    fn text(&self, op: TextOp, args: &[Expr]) -> Code {
        let tight = |at: usize| self.code(&args[at]).at(Level::Tight);
        let call = |name: &str| Code::tight(format!("Support.{name}({})", self.all(args).join(", ")));
        let method = |name: &str| Code::tight(format!("{}.{name}({})", tight(0), self.all(&args[1..]).join(", ")));
        match op {
            TextOp::Concat => Code::tight(format!("{}.concat({})", tight(0), self.expr(&args[1]))),
            TextOp::Len => Code::new(format!("(long) {x}.codePointCount(0, {x}.length())", x = tight(0)), Level::Unary),
            TextOp::CodeAt => call("codeAt"),
            TextOp::Slice => call("slice"),
            TextOp::Lower => call("lower"),
            TextOp::Upper => call("upper"),
            TextOp::LowerEach => call("lowerEach"),
            TextOp::UpperEach => call("upperEach"),
            TextOp::Strip => call("strip"),
            TextOp::LStrip => call("stripLeading"),
            TextOp::RStrip => call("stripTrailing"),
            TextOp::Replace => call("replace"),
            TextOp::Contains => method("contains"),
            TextOp::StartsWith => method("startsWith"),
            TextOp::EndsWith => method("endsWith"),
            TextOp::Find => call("find"),
            TextOp::Decimal => Code::tight(format!("Long.toString({})", self.expr(&args[0]))),
        }
    }
}

/// The Java type of a scalar that is there; times are their numbers.
pub(crate) fn java_type(elem: Elem) -> &'static str {
    match elem {
        Elem::Bool => "boolean",
        Elem::I32 => "int",
        Elem::F32 => "float",
        Elem::F64 => "double",
        Elem::Str => "String",
        Elem::I64 | Elem::Date | Elem::DateTime | Elem::Duration => "long",
    }
}

/// The Java type of a scalar that may be missing.
pub(crate) fn boxed_type(elem: Elem) -> &'static str {
    match elem {
        Elem::Bool => "Boolean",
        Elem::I32 => "Integer",
        Elem::F32 => "Float",
        Elem::F64 => "Double",
        Elem::Str => "String",
        Elem::I64 | Elem::Date | Elem::DateTime | Elem::Duration => "Long",
    }
}

fn constant(literal: &Literal) -> Code {
    let text = literal_text(literal);
    let level = if text.starts_with('-') { Level::Unary } else { Level::Tight };
    Code::new(text, level)
}

/// A literal. Floats print as the shortest decimal that reads back to the same bits.
pub(crate) fn literal_text(literal: &Literal) -> String {
    match literal {
        Literal::Null(_) => "null".into(),
        Literal::Bool(x) => x.to_string(),
        Literal::I32(x) => x.to_string(),
        Literal::I64(x) | Literal::Date(x) | Literal::DateTime(x) | Literal::Duration(x) => format!("{x}L"),
        Literal::F32(x) => special(f64::from(*x), "Float").unwrap_or_else(|| format!("{x:?}f")),
        Literal::F64(x) => special(*x, "Double").unwrap_or_else(|| format!("{x:?}")),
        Literal::Str(x) => quoted(x),
    }
}

fn special(x: f64, class: &str) -> Option<String> {
    if x.is_nan() {
        Some(format!("{class}.NaN"))
    } else if x == f64::INFINITY {
        Some(format!("{class}.POSITIVE_INFINITY"))
    } else if x == f64::NEG_INFINITY {
        Some(format!("{class}.NEGATIVE_INFINITY"))
    } else {
        None
    }
}
