//! Expressions.
//!
//! The matches that spell an operation name every operation; those that look for one special shape end in a leftover arm.
#![expect(clippy::wildcard_enum_match_arm, reason = "leftover arms stand only where one special shape is looked for")]

use plan::{ArrayRef, Binary, Elem, Expr, ExprKind, Literal, LocalId, Storage, TextOp, Unary};

use crate::{Printer, quoted, snake};

/// How tightly an expression holds together (The Rust Reference, "Expression precedence"), loosest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// `if`, which needs parentheses as an operand.
    Loose,
    Or,
    And,
    Compare,
    BitOr,
    BitXor,
    BitAnd,
    Shift,
    Sum,
    Product,
    As,
    Unary,
    /// A call, a path, a literal.
    Tight,
}

/// Code and how tightly it holds together.
pub(crate) struct Code {
    pub(crate) text: String,
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
    /// An expression that stands alone. Text is owned or borrowed as [`Printer::is_owned`] says.
    pub(crate) fn expr(&self, expr: &Expr) -> String {
        self.code(expr).text
    }

    /// Text as `&str`.
    pub(crate) fn borrowed(&self, expr: &Expr) -> String {
        self.text_code(expr).text
    }

    fn text_code(&self, expr: &Expr) -> Code {
        if let ExprKind::Local(id) = expr.kind
            && self.owned[id.0 as usize]
        {
            return Code::new(format!("&{}", self.local(id)), Level::Unary);
        }
        let code = self.code(expr);
        if self.is_owned(expr) { Code::new(format!("&{}", code.at(Level::Unary)), Level::Unary) } else { code }
    }

    /// Text as `&str` also where nothing around turns a `&String` into one: in an arm, as the value of a variable, or to be ordered.
    pub(crate) fn sliced(&self, expr: &Expr) -> Code {
        let owned = if let ExprKind::Local(id) = expr.kind { self.owned[id.0 as usize] } else { self.is_owned(expr) };
        let code = self.code(expr);
        if owned { Code::tight(format!("{}.as_str()", code.at(Level::Tight))) } else { code }
    }

    /// Text as `String`.
    pub(crate) fn owned(&self, expr: &Expr) -> String {
        let code = self.code(expr);
        let owned = match expr.kind {
            ExprKind::Local(id) => self.owned[id.0 as usize],
            _ => self.is_owned(expr),
        };
        match (owned, &expr.kind) {
            (true, ExprKind::Local(_)) => format!("{}.clone()", code.text),
            (true, _) => code.text,
            (false, _) => format!("{}.to_string()", code.at(Level::Tight)),
        }
    }

    /// Whether text is made anew, a `String`, rather than found in the input, a table or the code.
    pub(crate) fn is_owned(&self, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Text(op, args) => match op {
                TextOp::Lower | TextOp::Upper | TextOp::LowerEach | TextOp::UpperEach => true,
                TextOp::Concat | TextOp::Replace | TextOp::Decimal => true,
                TextOp::Slice | TextOp::Strip | TextOp::LStrip | TextOp::RStrip => self.is_owned(&args[0]),
                TextOp::Len | TextOp::CodeAt | TextOp::Contains | TextOp::StartsWith | TextOp::EndsWith | TextOp::Find => false,
            },
            ExprKind::Select(_, yes, no) => expr.elem == Elem::Str && (self.is_owned(yes) || self.is_owned(no)),
            ExprKind::InputOr(_, otherwise) | ExprKind::MapGet { otherwise, .. } => expr.elem == Elem::Str && self.is_owned(otherwise),
            ExprKind::Call { .. } => expr.elem == Elem::Str,
            ExprKind::Local(_)
            | ExprKind::Const(_)
            | ExprKind::Input(_)
            | ExprKind::InputIsNull(_)
            | ExprKind::Element(..)
            | ExprKind::TensorElement(..)
            | ExprKind::Unary(..)
            | ExprKind::Binary(..)
            | ExprKind::Cast(_)
            | ExprKind::Clamp(..)
            | ExprKind::MapHas { .. }
            | ExprKind::Tree { .. } => false,
        }
    }

    fn local(&self, id: LocalId) -> String {
        snake(&self.routine.locals[id.0 as usize].ident)
    }

    fn input(&self, index: u32) -> String {
        format!("input.{}", snake(&self.plan.inputs[index as usize].ident))
    }

    /// Whether the elements of an array are texts that were made anew.
    pub(crate) fn has_owned_texts(&self, array: ArrayRef) -> bool {
        matches!(array, ArrayRef::Local(id) if self.owned[id.0 as usize])
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
            ExprKind::Local(id) if self.counters[id.0 as usize] => Code::new(format!("{} as i32", self.local(*id)), Level::As),
            ExprKind::Local(id) => Code::tight(self.local(*id)),
            ExprKind::Input(index) => {
                let column = &self.plan.inputs[*index as usize];
                Code::tight(if column.ty.nullable { format!("{}.unwrap_or_default()", self.input(*index)) } else { self.input(*index) })
            }
            ExprKind::InputIsNull(index) => Code::tight(format!("{}.is_none()", self.input(*index))),
            ExprKind::InputOr(index, otherwise) => Code::tight(self.or(&self.input(*index), expr, otherwise)),
            ExprKind::Element(array, index) => {
                let slice = if self.has_owned_texts(*array) { ".as_str()" } else { "" };
                Code::tight(format!("{}[{}]{slice}", self.array(*array), self.index(index)))
            }
            ExprKind::TensorElement(number, index) => {
                let tensor = &self.plan.tensors[*number];
                let at = self.index(index);
                Code::tight(match tensor.storage {
                    Storage::Source => format!("tables::{}[{at}]", tensor.ident.shouting()),
                    Storage::File => format!("tables::{}({at})", snake(&tensor.ident)),
                })
            }
            ExprKind::Unary(op, x) => self.unary(*op, x),
            ExprKind::Binary(op, a, b) => self.binary(*op, a, b),
            ExprKind::Cast(x) => self.cast(x, expr.elem),
            ExprKind::Select(cond, yes, no) => self.select(expr, cond, self.arm(expr, yes), no),
            ExprKind::Text(op, args) => self.text(*op, args),
            ExprKind::Clamp(x, last) => Code::new(format!("{}.clamp(0, {last}) as i32", self.receiver(x)), Level::As),
            ExprKind::MapGet { map, keys, otherwise } => Code::tight(self.or(&self.lookup(*map, keys), expr, otherwise)),
            ExprKind::MapHas { map, keys } => Code::tight(format!("{}.is_some()", self.lookup(*map, keys))),
            ExprKind::Tree { forest, tree, row } => {
                let forest = &self.plan.forests[*forest];
                Code::tight(format!("tables::{}({}, &{})", snake(&forest.ident), self.index(tree), self.array(*row)))
            }
            ExprKind::Call { routine, args, result } => {
                let callee = &self.plan.routines[*routine];
                let args: Vec<String> = args.iter().map(|arg| self.argument(arg)).collect();
                let part = if callee.results.len() > 1 { format!(".{result}") } else { String::new() };
                Code::tight(format!("kernels::{}({}){part}", snake(&callee.ident), args.join(", ")))
            }
        }
    }

    fn argument(&self, expr: &Expr) -> String {
        if expr.elem == Elem::Str { self.borrowed(expr) } else { self.expr(expr) }
    }

    /// An arm of a selection, all of whose arms are owned if one is.
    fn arm(&self, select: &Expr, arm: &Expr) -> String {
        match arm.elem {
            Elem::Str if self.is_owned(select) => self.owned(arm),
            Elem::Str => self.sliced(arm).text,
            _ => self.expr(arm),
        }
    }

    fn select(&self, expr: &Expr, cond: &Expr, yes: String, no: &Expr) -> Code {
        let no = match &no.kind {
            // `else if` is shorter than a block with an `if` in it.
            ExprKind::Select(..) if !self.is_owned(expr) || self.is_owned(no) => self.expr(no),
            _ => format!("{{ {} }}", self.arm(expr, no)),
        };
        Code::new(format!("if {} {{ {yes} }} else {no}", self.expr(cond)), Level::Loose)
    }

    /// An expression whose type Rust can tell where nothing around it says what is wanted: a method is called on it, it is converted, or
    /// the other operand says no more than it does.
    fn anchored(&self, expr: &Expr) -> Code {
        match &expr.kind {
            _ if !is_untyped(expr) => self.code(expr),
            ExprKind::Const(literal) => typed(literal),
            ExprKind::Select(cond, yes, no) => self.select(expr, cond, self.anchored(yes).text, no),
            ExprKind::Unary(_, x) => negative(self.anchored(x)),
            ExprKind::Cast(x) => self.anchored(x),
            _ => self.code(expr),
        }
    }

    /// An `Option` with a value to take its place.
    fn or(&self, option: &str, expr: &Expr, otherwise: &Expr) -> String {
        if expr.elem == Elem::Str && self.is_owned(otherwise) {
            return format!("{option}.map_or_else(|| {}, str::to_string)", self.owned(otherwise));
        }
        match otherwise.as_const() {
            Some(_) => format!("{option}.unwrap_or({})", self.argument(otherwise)),
            None => format!("{option}.unwrap_or_else(|| {})", self.argument(otherwise)),
        }
    }

    pub(crate) fn lookup(&self, map: usize, keys: &[Expr]) -> String {
        let keys: Vec<String> = keys.iter().map(|key| self.argument(key)).collect();
        format!("tables::{}({})", snake(&self.plan.maps[map].ident), keys.join(", "))
    }

    /// An index as `usize`.
    pub(crate) fn index(&self, expr: &Expr) -> String {
        self.index_code(expr).text
    }

    fn index_code(&self, expr: &Expr) -> Code {
        match &expr.kind {
            ExprKind::Const(literal) => Code::tight(literal.as_i64().unwrap_or(0).to_string()),
            ExprKind::Local(id) if self.counters[id.0 as usize] => Code::tight(self.local(*id)),
            ExprKind::Binary(op, a, b) => {
                let (sign, level) = match op {
                    Binary::Add => ("+", Level::Sum),
                    Binary::Sub => ("-", Level::Sum),
                    Binary::Mul => ("*", Level::Product),
                    Binary::Div => ("/", Level::Product),
                    Binary::Rem => ("%", Level::Product),
                    _ => return self.as_usize(expr),
                };
                let right = if level == Level::Sum { Level::Product } else { Level::As };
                Code::new(format!("{} {sign} {}", self.index_code(a).at(level), self.index_code(b).at(right)), level)
            }
            ExprKind::Clamp(x, last) => Code::new(format!("{}.clamp(0, {last}) as usize", self.receiver(x)), Level::As),
            _ => self.as_usize(expr),
        }
    }

    fn as_usize(&self, expr: &Expr) -> Code {
        Code::new(format!("{} as usize", self.converted(expr)), Level::As)
    }

    fn unary(&self, op: Unary, x: &Expr) -> Code {
        let method = |name: &str| Code::tight(format!("{}.{name}()", self.receiver(x)));
        let int = x.elem.is_int();
        match op {
            Unary::Neg if int => method("wrapping_neg"),
            Unary::Neg => negative(self.code(x)),
            Unary::Abs if int => method("wrapping_abs"),
            Unary::Abs => method("abs"),
            Unary::Not if matches!(x.kind, ExprKind::MapHas { .. }) => {
                let has = self.expr(x);
                Code::tight(format!("{}.is_none()", has.trim_end_matches(".is_some()")))
            }
            Unary::Not if matches!(x.kind, ExprKind::InputIsNull(_)) => {
                let is_null = self.expr(x);
                Code::tight(format!("{}.is_some()", is_null.trim_end_matches(".is_none()")))
            }
            Unary::Not => Code::new(format!("!{}", self.code(x).at(Level::Unary)), Level::Unary),
            Unary::Sqrt => method("sqrt"),
            Unary::Floor => method("floor"),
            Unary::Ceil => method("ceil"),
            Unary::Trunc => method("trunc"),
            Unary::RoundEven => method("round_ties_even"),
            Unary::IsNan => method("is_nan"),
            Unary::Bits => Code::tight(format!("support::bits_{}({})", x.elem, self.expr(x))),
            Unary::FromBits if x.elem == Elem::I32 => Code::tight(format!("f32::from_bits({} as u32)", self.converted(x))),
            Unary::FromBits => Code::tight(format!("f64::from_bits({} as u64)", self.converted(x))),
        }
    }

    /// What a method is called on.
    fn receiver(&self, x: &Expr) -> String {
        self.anchored(x).at(Level::Tight)
    }

    /// What is converted with `as`.
    fn converted(&self, x: &Expr) -> String {
        self.anchored(x).at(Level::As)
    }

    fn binary(&self, op: Binary, a: &Expr, b: &Expr) -> Code {
        let ordered_text = a.elem == Elem::Str && !matches!(op, Binary::Eq | Binary::Ne);
        let operand = |x: &Expr| if ordered_text { self.sliced(x) } else { self.operand(x) };
        let infix = |sign: &str, level: Level, left: Level, right: Level| {
            let first = if is_untyped(a) && is_untyped(b) { self.anchored(a) } else { operand(a) };
            Code::new(format!("{} {sign} {}", first.at(left), operand(b).at(right)), level)
        };
        let compare = |sign: &str| {
            // `a as i32 < b` would be read as the start of generic arguments.
            infix(sign, Level::Compare, Level::BitOr, Level::BitOr)
        };
        let method = |name: &str| Code::tight(format!("{}.{name}({})", self.receiver(a), self.expr(b)));
        let shift = |name: &str| Code::tight(format!("{}.{name}({} as u32)", self.receiver(a), self.converted(b)));
        let int = a.elem.is_int();
        let bits = if a.elem == Elem::I32 { 32 } else { 64 };
        let safe_divisor = b.as_const().and_then(Literal::as_i64).is_some_and(|b| b != 0 && b != -1);
        match op {
            Binary::Add if int => method("wrapping_add"),
            Binary::Sub if int => method("wrapping_sub"),
            Binary::Mul if int => method("wrapping_mul"),
            Binary::Div if int && !safe_divisor => Code::tight(format!("support::div_i{bits}({}, {})", self.expr(a), self.expr(b))),
            Binary::Rem if int && !safe_divisor => Code::tight(format!("support::rem_i{bits}({}, {})", self.expr(a), self.expr(b))),
            Binary::Add => infix("+", Level::Sum, Level::Sum, Level::Product),
            Binary::Sub => infix("-", Level::Sum, Level::Sum, Level::Product),
            Binary::Mul => infix("*", Level::Product, Level::Product, Level::As),
            Binary::Div => infix("/", Level::Product, Level::Product, Level::As),
            Binary::Rem => infix("%", Level::Product, Level::Product, Level::As),
            Binary::Eq => compare("=="),
            Binary::Ne => compare("!="),
            Binary::Lt => compare("<"),
            Binary::Le => compare("<="),
            Binary::Gt => compare(">"),
            Binary::Ge => compare(">="),
            Binary::And => infix("&&", Level::And, Level::And, Level::Compare),
            Binary::Or => infix("||", Level::Or, Level::Or, Level::And),
            Binary::BitAnd => infix("&", Level::BitAnd, Level::BitAnd, Level::Shift),
            Binary::BitOr => infix("|", Level::BitOr, Level::BitOr, Level::BitXor),
            Binary::BitXor => infix("^", Level::BitXor, Level::BitXor, Level::BitAnd),
            Binary::Shl => shift("wrapping_shl"),
            Binary::Shr => shift("wrapping_shr"),
            Binary::Ushr => {
                let (unsigned, signed) = if bits == 32 { ("u32", "i32") } else { ("u64", "i64") };
                let shifted = format!("({} as {unsigned}).wrapping_shr({} as u32)", self.converted(a), self.converted(b));
                Code::new(format!("{shifted} as {signed}"), Level::As)
            }
        }
    }

    fn operand(&self, expr: &Expr) -> Code {
        if expr.elem == Elem::Str {
            return self.text_code(expr);
        }
        let code = self.code(expr);
        if code.level == Level::As { Code::tight(format!("({})", code.text)) } else { code }
    }

    fn cast(&self, x: &Expr, to: Elem) -> Code {
        let from = x.elem;
        let into = |name: &str| Code::tight(format!("{name}::from({})", self.anchored(x).text));
        let as_ = |name: &str| Code::new(format!("{} as {name}", self.converted(x)), Level::As);
        let compared = || if is_untyped(x) { self.anchored(x) } else { self.operand(x) };
        match (from, to) {
            (from, to) if rust_type(from) == rust_type(to) => self.code(x),
            (_, Elem::Bool) if from.is_float() => Code::new(format!("{} != 0.0", compared().at(Level::BitOr)), Level::Compare),
            (_, Elem::Bool) => Code::new(format!("{} != 0", compared().at(Level::BitOr)), Level::Compare),
            (Elem::Bool, to) => into(rust_type(to)),
            (Elem::I32, Elem::I64) => into("i64"),
            (Elem::I32 | Elem::F32, Elem::F64) => into("f64"),
            (_, to) => as_(rust_type(to)),
        }
    }

    fn text(&self, op: TextOp, args: &[Expr]) -> Code {
        let text = |at: usize| self.borrowed(&args[at]);
        let tight = |at: usize| {
            let expr = &args[at];
            match expr.kind {
                // Methods reach through a reference, so `&` is not wanted here.
                ExprKind::Local(id) => self.local(id),
                _ => self.code(expr).at(Level::Tight),
            }
        };
        let number = |at: usize| self.expr(&args[at]);
        Code::tight(match op {
            TextOp::Concat => {
                let part = |at: usize| if args[at].as_const().is_some() { text(at) } else { format!("&*{}", tight(at)) };
                format!("[{}, {}].concat()", part(0), part(1))
            }
            TextOp::Len => return Code::new(format!("{}.chars().count() as i64", tight(0)), Level::As),
            TextOp::CodeAt => format!("support::code_at({}, {})", text(0), number(1)),
            TextOp::Slice if self.is_owned(&args[0]) => format!("support::slice({}, {}, {}).to_string()", text(0), number(1), number(2)),
            TextOp::Slice => format!("support::slice({}, {}, {})", text(0), number(1), number(2)),
            TextOp::Lower => format!("support::lower({})", text(0)),
            TextOp::Upper => format!("support::upper({})", text(0)),
            TextOp::LowerEach => format!("support::lower_each({})", text(0)),
            TextOp::UpperEach => format!("support::upper_each({})", text(0)),
            TextOp::Strip | TextOp::LStrip | TextOp::RStrip => {
                let method = match op {
                    TextOp::LStrip => "trim_start_matches",
                    TextOp::RStrip => "trim_end_matches",
                    _ => "trim_matches",
                };
                let owned = if self.is_owned(&args[0]) { ".to_string()" } else { "" };
                format!("{}.{method}(support::is_space){owned}", tight(0))
            }
            TextOp::Replace => format!("support::replace({}, {}, {})", text(0), text(1), text(2)),
            TextOp::Contains => format!("{}.contains({})", tight(0), text(1)),
            TextOp::StartsWith => format!("{}.starts_with({})", tight(0), text(1)),
            TextOp::EndsWith => format!("{}.ends_with({})", tight(0), text(1)),
            TextOp::Find => format!("support::find({}, {})", text(0), text(1)),
            TextOp::Decimal => format!("{}.to_string()", self.receiver(&args[0])),
        })
    }
}

/// `-x`; a minus before a minus looks like a decrement.
fn negative(x: Code) -> Code {
    let operand = x.at(Level::Unary);
    Code::new(if operand.starts_with('-') { format!("-({operand})") } else { format!("-{operand}") }, Level::Unary)
}

/// Whether an expression is made of bare numbers, whose type Rust tells from what stands around.
pub(crate) fn is_untyped(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Const(literal) => expr.elem != Elem::Str && expr.elem != Elem::Bool && !literal_text(literal).contains("::"),
        ExprKind::Select(_, yes, no) => is_untyped(yes) && is_untyped(no),
        ExprKind::Unary(Unary::Neg, x) => x.elem.is_float() && is_untyped(x),
        // A time is the number that it is held as.
        ExprKind::Cast(x) => rust_type(x.elem) == rust_type(expr.elem) && is_untyped(x),
        _ => false,
    }
}

/// The Rust type of a scalar; text is borrowed, times are their numbers.
pub(crate) fn rust_type(elem: Elem) -> &'static str {
    match elem {
        Elem::Bool => "bool",
        Elem::I32 => "i32",
        Elem::F32 => "f32",
        Elem::F64 => "f64",
        Elem::Str => "&str",
        Elem::I64 | Elem::Date | Elem::DateTime | Elem::Duration => "i64",
    }
}

fn constant(literal: &Literal) -> Code {
    let text = literal_text(literal);
    let level = if text.starts_with('-') { Level::Unary } else { Level::Tight };
    Code::new(text, level)
}

/// A literal with its type, for a method to be called on.
fn typed(literal: &Literal) -> Code {
    let Code { text, level } = constant(literal);
    if text.contains("::") { Code::new(text, level) } else { Code::new(format!("{text}_{}", rust_type(literal.elem())), level) }
}

/// A literal. Floats print as the shortest decimal that reads back to the same bits.
pub(crate) fn literal_text(literal: &Literal) -> String {
    match literal {
        Literal::Null(_) => "None".into(),
        Literal::Bool(x) => x.to_string(),
        Literal::I32(x) => x.to_string(),
        Literal::I64(x) | Literal::Date(x) | Literal::DateTime(x) | Literal::Duration(x) => x.to_string(),
        Literal::F32(x) => special(f64::from(*x), "f32").unwrap_or_else(|| format!("{x:?}")),
        Literal::F64(x) => special(*x, "f64").unwrap_or_else(|| format!("{x:?}")),
        Literal::Str(x) => quoted(x),
    }
}

fn special(x: f64, ty: &str) -> Option<String> {
    if x.is_nan() {
        Some(format!("{ty}::NAN"))
    } else if x == f64::INFINITY {
        Some(format!("{ty}::INFINITY"))
    } else if x == f64::NEG_INFINITY {
        Some(format!("{ty}::NEG_INFINITY"))
    } else {
        None
    }
}
