//! Text to our own tree, by `ruff_python_parser`. The only file that knows that parser.
//!
//! ruff's tree marks every construct of Python; what [`crate::ast`] does not model becomes `Unsupported` with the construct's name.
//! A lone surrogate escape (`"\ud800"`) would silently become U+FFFD in ruff, so it is refused here.

use crate::ast::{
    BinaryOp, BoolOp, Clause, CompareOp, ComprehensionKind, Conversion, Expr, ExprKind, FStringPart, Function, Handler, Lambda, Literal,
    Parameter, Parameters, Stmt, StmtKind, UnaryOp,
};
use ruff_python_ast as ruff;
use ruff_text_size::{Ranged, TextRange};
use source::{Diagnostic, FileId, Span};

/// The statements of a script.
///
/// Errors: one diagnostic for each syntax error, at its place.
pub fn parse(file: FileId, text: &str) -> Result<Vec<Stmt>, Vec<Diagnostic>> {
    parsed(Adapter { file, text, at: None })
}

/// Parses a text that the script computes with: everything in it stands where that text does.
pub(crate) fn parse_at(text: &str, at: Span) -> Result<Vec<Stmt>, Vec<Diagnostic>> {
    parsed(Adapter { file: at.file, text, at: Some(at) })
}

fn parsed(adapter: Adapter<'_>) -> Result<Vec<Stmt>, Vec<Diagnostic>> {
    let parsed =
        ruff_python_parser::parse_unchecked(adapter.text, ruff_python_parser::ParseOptions::from(ruff_python_parser::Mode::Module));
    if !parsed.errors().is_empty() {
        return Err(parsed
            .errors()
            .iter()
            .map(|error| Diagnostic::error("python-syntax", "this is not Python").at(adapter.span(error.location), error.error.to_string()))
            .collect());
    }
    match parsed.into_syntax() {
        ruff::Mod::Module(module) => Ok(adapter.block(&module.body)),
        ruff::Mod::Expression(_) => Ok(Vec::new()),
    }
}

/// The first syntax error of a piece of code: its byte, and what the parser says.
pub(crate) fn syntax_error(text: &str) -> Option<(usize, String)> {
    let parsed = ruff_python_parser::parse_unchecked(text, ruff_python_parser::ParseOptions::from(ruff_python_parser::Mode::Module));
    parsed.errors().first().map(|error| (error.location.start().to_usize(), error.error.to_string()))
}

pub(crate) struct Adapter<'a> {
    file: FileId,
    text: &'a str,
    /// The place of all of it, where the text is not the file's own.
    at: Option<Span>,
}

impl Adapter<'_> {
    pub(crate) fn span(&self, range: TextRange) -> Span {
        self.at.unwrap_or(Span { file: self.file, start: range.start().to_u32(), end: range.end().to_u32() })
    }

    pub(crate) fn block(&self, body: &[ruff::Stmt]) -> Vec<Stmt> {
        let statements = |statement: &ruff::Stmt| {
            let cases = if let ruff::Stmt::Match(one) = statement { self.cases(one) } else { None };
            cases.unwrap_or_else(|| vec![self.statement(statement)])
        };
        body.iter().flat_map(statements).collect()
    }

    fn statement(&self, statement: &ruff::Stmt) -> Stmt {
        let kind = match statement {
            ruff::Stmt::FunctionDef(one) if one.is_async => {
                let span = self.span(one.range);
                let name = Expr { span, kind: ExprKind::Name(one.name.to_string()) };
                StmtKind::Assign { targets: vec![name], value: Expr { span, kind: ExprKind::Unsupported("an async function") } }
            }
            ruff::Stmt::FunctionDef(one) => StmtKind::Function(Function {
                name: one.name.to_string(),
                parameters: self.parameters(&one.parameters),
                body: self.block(&one.body),
                decorators: one.decorator_list.iter().map(|decorator| self.expr(&decorator.expression)).collect(),
            }),
            ruff::Stmt::ClassDef(one) => StmtKind::Class {
                name: one.name.to_string(),
                bases: one
                    .arguments
                    .as_ref()
                    .map(|arguments| arguments.args.iter().map(|base| self.expr(base)).collect())
                    .unwrap_or_default(),
                body: self.block(&one.body),
            },
            ruff::Stmt::Return(one) => StmtKind::Return(one.value.as_deref().map(|value| self.expr(value))),
            ruff::Stmt::Delete(one) => StmtKind::Delete(one.targets.iter().map(|target| self.expr(target)).collect()),
            ruff::Stmt::TypeAlias(_) => StmtKind::Pass,
            ruff::Stmt::Assign(one) => {
                StmtKind::Assign { targets: one.targets.iter().map(|target| self.expr(target)).collect(), value: self.expr(&one.value) }
            }
            ruff::Stmt::AugAssign(one) => {
                StmtKind::AugAssign { target: self.expr(&one.target), op: binary_op(one.op), value: self.expr(&one.value) }
            }
            ruff::Stmt::AnnAssign(one) => match &one.value {
                Some(value) => StmtKind::Assign { targets: vec![self.expr(&one.target)], value: self.expr(value) },
                None => StmtKind::Pass,
            },
            ruff::Stmt::For(one) if one.is_async => StmtKind::Unsupported("an async loop"),
            ruff::Stmt::For(one) => StmtKind::For {
                target: self.expr(&one.target),
                iter: self.expr(&one.iter),
                body: self.block(&one.body),
                otherwise: self.block(&one.orelse),
            },
            ruff::Stmt::While(one) => {
                StmtKind::While { test: self.expr(&one.test), body: self.block(&one.body), otherwise: self.block(&one.orelse) }
            }
            ruff::Stmt::If(one) => {
                let mut otherwise = Vec::new();
                for clause in one.elif_else_clauses.iter().rev() {
                    let body = self.block(&clause.body);
                    otherwise = match &clause.test {
                        None => body,
                        Some(test) => {
                            vec![Stmt { span: self.span(clause.range), kind: StmtKind::If { test: self.expr(test), body, otherwise } }]
                        }
                    };
                }
                StmtKind::If { test: self.expr(&one.test), body: self.block(&one.body), otherwise }
            }
            ruff::Stmt::With(one) if one.is_async => StmtKind::Unsupported("an async with"),
            ruff::Stmt::With(one) => StmtKind::With {
                items: one
                    .items
                    .iter()
                    .map(|item| (self.expr(&item.context_expr), item.optional_vars.as_deref().map(|name| self.expr(name))))
                    .collect(),
                body: self.block(&one.body),
            },
            ruff::Stmt::Match(_) => StmtKind::Unsupported("a match statement with such a pattern"),
            ruff::Stmt::Raise(_) => StmtKind::Raise,
            ruff::Stmt::Try(one) if one.is_star => StmtKind::Unsupported("except*"),
            ruff::Stmt::Try(one) => StmtKind::Try {
                body: self.block(&one.body),
                handlers: one
                    .handlers
                    .iter()
                    .map(|handler| match handler {
                        ruff::ExceptHandler::ExceptHandler(handler) => Handler {
                            kind: handler.type_.as_deref().map(|kind| self.expr(kind)),
                            name: handler.name.as_ref().map(ToString::to_string),
                            body: self.block(&handler.body),
                        },
                    })
                    .collect(),
                otherwise: self.block(&one.orelse),
                finally: self.block(&one.finalbody),
            },
            ruff::Stmt::Assert(one) => StmtKind::Assert(self.expr(&one.test)),
            ruff::Stmt::Import(one) => StmtKind::Import(
                one.names.iter().map(|alias| (alias.name.to_string(), alias.asname.as_ref().map(ToString::to_string))).collect(),
            ),
            ruff::Stmt::ImportFrom(one) => StmtKind::ImportFrom {
                module: one.module.as_ref().map(ToString::to_string).unwrap_or_default(),
                names: one.names.iter().map(|alias| (alias.name.to_string(), alias.asname.as_ref().map(ToString::to_string))).collect(),
                level: one.level,
            },
            ruff::Stmt::Global(one) => StmtKind::Global(one.names.iter().map(ToString::to_string).collect()),
            ruff::Stmt::Nonlocal(one) => StmtKind::Global(one.names.iter().map(ToString::to_string).collect()),
            ruff::Stmt::Expr(one) => StmtKind::Expr(self.expr(&one.value)),
            ruff::Stmt::Pass(_) => StmtKind::Pass,
            ruff::Stmt::Break(_) => StmtKind::Break,
            ruff::Stmt::Continue(_) => StmtKind::Continue,
            ruff::Stmt::IpyEscapeCommand(_) => StmtKind::Pass,
        };
        Stmt { span: self.span(statement.range()), kind }
    }

    fn parameters(&self, parameters: &ruff::Parameters) -> Parameters {
        let one = |parameter: &ruff::ParameterWithDefault, keyword_only| Parameter {
            name: parameter.parameter.name.to_string(),
            default: parameter.default.as_deref().map(|value| self.expr(value)),
            keyword_only,
        };
        let positional = parameters.posonlyargs.iter().chain(&parameters.args).map(|parameter| one(parameter, false));
        let named = positional.chain(parameters.kwonlyargs.iter().map(|parameter| one(parameter, true))).collect();
        Parameters {
            named,
            rest: parameters.vararg.as_ref().map(|parameter| parameter.name.to_string()),
            keywords: parameters.kwarg.as_ref().map(|parameter| parameter.name.to_string()),
        }
    }

    fn boxed(&self, expr: &ruff::Expr) -> Box<Expr> {
        Box::new(self.expr(expr))
    }

    fn list(&self, items: &[ruff::Expr]) -> Vec<Expr> {
        items.iter().map(|item| self.expr(item)).collect()
    }

    pub(crate) fn expr(&self, expr: &ruff::Expr) -> Expr {
        let kind = match expr {
            ruff::Expr::BoolOp(one) => ExprKind::Bool {
                op: match one.op {
                    ruff::BoolOp::And => BoolOp::And,
                    ruff::BoolOp::Or => BoolOp::Or,
                },
                operands: self.list(&one.values),
            },
            ruff::Expr::Named(one) => ExprKind::Walrus { target: self.boxed(&one.target), value: self.boxed(&one.value) },
            ruff::Expr::BinOp(one) => {
                ExprKind::Binary { left: self.boxed(&one.left), op: binary_op(one.op), right: self.boxed(&one.right) }
            }
            ruff::Expr::UnaryOp(one) => self.unary(one),
            ruff::Expr::Lambda(one) => ExprKind::Lambda(Box::new(Lambda {
                parameters: one.parameters.as_ref().map(|parameters| self.parameters(parameters)).unwrap_or_default(),
                body: self.expr(&one.body),
            })),
            ruff::Expr::If(one) => {
                ExprKind::IfElse { test: self.boxed(&one.test), then: self.boxed(&one.body), otherwise: self.boxed(&one.orelse) }
            }
            ruff::Expr::Dict(one) => {
                ExprKind::Dict(one.items.iter().map(|item| (item.key.as_ref().map(|key| self.expr(key)), self.expr(&item.value))).collect())
            }
            ruff::Expr::Set(one) => ExprKind::Set(self.list(&one.elts)),
            ruff::Expr::ListComp(one) => self.comprehension(ComprehensionKind::List, &one.elt, None, &one.generators),
            ruff::Expr::SetComp(one) => self.comprehension(ComprehensionKind::Set, &one.elt, None, &one.generators),
            ruff::Expr::DictComp(one) => match &one.key {
                Some(key) => self.comprehension(ComprehensionKind::Dict, key, Some(&one.value), &one.generators),
                None => ExprKind::Unsupported("a dict comprehension with **"),
            },
            ruff::Expr::Generator(one) => self.comprehension(ComprehensionKind::Generator, &one.elt, None, &one.generators),
            ruff::Expr::Await(_) => ExprKind::Unsupported("await"),
            ruff::Expr::Yield(_) | ruff::Expr::YieldFrom(_) => ExprKind::Unsupported("yield"),
            ruff::Expr::Compare(one) => ExprKind::Compare {
                left: self.boxed(&one.left),
                rest: one.ops.iter().zip(&one.comparators).map(|(op, right)| (compare_op(*op), self.expr(right))).collect(),
            },
            ruff::Expr::Call(one) => ExprKind::Call {
                callee: self.boxed(&one.func),
                args: self.list(&one.arguments.args),
                keywords: one
                    .arguments
                    .keywords
                    .iter()
                    .map(|keyword| (keyword.arg.as_ref().map(ToString::to_string), self.expr(&keyword.value)))
                    .collect(),
            },
            ruff::Expr::FString(one) => ExprKind::FString(self.f_string(&one.value)),
            ruff::Expr::TString(_) => ExprKind::Unsupported("a template string"),
            ruff::Expr::StringLiteral(one) => self.text_literal(one),
            ruff::Expr::BytesLiteral(_) => ExprKind::Unsupported("bytes"),
            ruff::Expr::NumberLiteral(one) => match &one.value {
                ruff::Number::Int(value) => {
                    ExprKind::Literal(value.as_i64().map_or_else(|| Literal::BigInt(value.to_string()), Literal::Int))
                }
                ruff::Number::Float(value) => ExprKind::Literal(Literal::Float(*value)),
                ruff::Number::Complex { .. } => ExprKind::Unsupported("a complex number"),
            },
            ruff::Expr::BooleanLiteral(one) => ExprKind::Literal(Literal::Bool(one.value)),
            ruff::Expr::NoneLiteral(_) => ExprKind::Literal(Literal::None),
            ruff::Expr::EllipsisLiteral(_) => ExprKind::Literal(Literal::Ellipsis),
            ruff::Expr::Attribute(one) => ExprKind::Attribute { value: self.boxed(&one.value), name: one.attr.to_string() },
            ruff::Expr::Subscript(one) => ExprKind::Subscript { value: self.boxed(&one.value), index: self.boxed(&one.slice) },
            ruff::Expr::Starred(one) => ExprKind::Starred(self.boxed(&one.value)),
            ruff::Expr::Name(one) => ExprKind::Name(one.id.to_string()),
            ruff::Expr::List(one) => ExprKind::List(self.list(&one.elts)),
            ruff::Expr::Tuple(one) => ExprKind::Tuple(self.list(&one.elts)),
            ruff::Expr::Slice(one) => {
                let part = |part: &Option<Box<ruff::Expr>>| part.as_deref().map(|part| self.boxed(part));
                ExprKind::Slice { lower: part(&one.lower), upper: part(&one.upper), step: part(&one.step) }
            }
            ruff::Expr::IpyEscapeCommand(_) => ExprKind::Unsupported("a notebook command"),
        };
        Expr { span: self.span(expr.range()), kind }
    }

    /// `-1` is the number, as everybody reads it.
    fn unary(&self, one: &ruff::ExprUnaryOp) -> ExprKind {
        let op = match one.op {
            ruff::UnaryOp::Not => UnaryOp::Not,
            ruff::UnaryOp::Invert => UnaryOp::Invert,
            ruff::UnaryOp::UAdd => UnaryOp::Plus,
            ruff::UnaryOp::USub => UnaryOp::Minus,
        };
        let operand = self.boxed(&one.operand);
        match (op, &operand.kind) {
            (UnaryOp::Minus, ExprKind::Literal(Literal::Int(value))) => ExprKind::Literal(Literal::Int(-value)),
            (UnaryOp::Minus, ExprKind::Literal(Literal::Float(value))) => ExprKind::Literal(Literal::Float(-value)),
            (UnaryOp::Plus, ExprKind::Literal(value @ (Literal::Int(_) | Literal::Float(_)))) => ExprKind::Literal(value.clone()),
            _ => ExprKind::Unary { op, operand },
        }
    }

    fn comprehension(
        &self,
        kind: ComprehensionKind,
        element: &ruff::Expr,
        value: Option<&ruff::Expr>,
        clauses: &[ruff::Comprehension],
    ) -> ExprKind {
        if clauses.iter().any(|clause| clause.is_async) {
            return ExprKind::Unsupported("an async comprehension");
        }
        ExprKind::Comprehension {
            kind,
            element: self.boxed(element),
            value: value.map(|value| self.boxed(value)),
            clauses: clauses
                .iter()
                .map(|clause| Clause { target: self.expr(&clause.target), iter: self.expr(&clause.iter), tests: self.list(&clause.ifs) })
                .collect(),
        }
    }

    fn text_literal(&self, one: &ruff::ExprStringLiteral) -> ExprKind {
        let written = self.text.get(one.range.start().to_usize()..one.range.end().to_usize()).unwrap_or_default();
        let value = one.value.to_str();
        if value.contains('\u{fffd}') && has_surrogate_escape(written) {
            return ExprKind::Unsupported("a text with a lone surrogate");
        }
        ExprKind::Literal(Literal::Str(value.to_owned()))
    }

    fn f_string(&self, value: &ruff::FStringValue) -> Vec<FStringPart> {
        let mut parts = Vec::new();
        for part in value.iter() {
            match part {
                ruff::FStringPart::Literal(literal) => parts.push(FStringPart::Text(literal.value.to_string())),
                ruff::FStringPart::FString(inner) => {
                    for element in &inner.elements {
                        parts.push(match element {
                            ruff::InterpolatedStringElement::Literal(literal) => FStringPart::Text(literal.value.to_string()),
                            ruff::InterpolatedStringElement::Interpolation(inner) => self.interpolation(inner),
                        });
                    }
                }
            }
        }
        parts
    }

    fn interpolation(&self, inner: &ruff::InterpolatedElement) -> FStringPart {
        if inner.debug_text.is_some() {
            return FStringPart::Unsupported("`=` in an f-string");
        }
        let conversion = match inner.conversion {
            ruff::ConversionFlag::None => Conversion::None,
            ruff::ConversionFlag::Str => Conversion::Str,
            ruff::ConversionFlag::Repr => Conversion::Repr,
            ruff::ConversionFlag::Ascii => Conversion::Ascii,
        };
        let mut format = None;
        if let Some(spec) = &inner.format_spec {
            let mut text = String::new();
            for element in &spec.elements {
                match element {
                    ruff::InterpolatedStringElement::Literal(literal) => text.push_str(&literal.value),
                    ruff::InterpolatedStringElement::Interpolation(_) => {
                        return FStringPart::Unsupported("a computed format specification");
                    }
                }
            }
            format = Some(text);
        }
        FStringPart::Value { value: self.expr(&inner.expression), conversion, format }
    }
}

/// Whether a literal's own text has an escape in U+D800..U+DFFF.
fn has_surrogate_escape(written: &str) -> bool {
    let lower = written.to_ascii_lowercase();
    lower.match_indices("\\u").any(|(at, _)| {
        let digits: String = lower[at + 2..].chars().take_while(char::is_ascii_hexdigit).take(8).collect();
        let code = digits.trim_start_matches('0');
        code.len() >= 4 && code.starts_with('d') && code.as_bytes().get(1).is_some_and(|digit| (b'8'..=b'f').contains(digit))
    })
}

fn binary_op(op: ruff::Operator) -> BinaryOp {
    match op {
        ruff::Operator::Add => BinaryOp::Add,
        ruff::Operator::Sub => BinaryOp::Sub,
        ruff::Operator::Mult => BinaryOp::Mul,
        ruff::Operator::MatMult => BinaryOp::MatMul,
        ruff::Operator::Div => BinaryOp::Div,
        ruff::Operator::Mod => BinaryOp::Mod,
        ruff::Operator::Pow => BinaryOp::Pow,
        ruff::Operator::LShift => BinaryOp::ShiftLeft,
        ruff::Operator::RShift => BinaryOp::ShiftRight,
        ruff::Operator::BitOr => BinaryOp::BitOr,
        ruff::Operator::BitXor => BinaryOp::BitXor,
        ruff::Operator::BitAnd => BinaryOp::BitAnd,
        ruff::Operator::FloorDiv => BinaryOp::FloorDiv,
    }
}

fn compare_op(op: ruff::CmpOp) -> CompareOp {
    match op {
        ruff::CmpOp::Eq => CompareOp::Eq,
        ruff::CmpOp::NotEq => CompareOp::NotEq,
        ruff::CmpOp::Lt => CompareOp::Lt,
        ruff::CmpOp::LtE => CompareOp::LtE,
        ruff::CmpOp::Gt => CompareOp::Gt,
        ruff::CmpOp::GtE => CompareOp::GtE,
        ruff::CmpOp::Is => CompareOp::Is,
        ruff::CmpOp::IsNot => CompareOp::IsNot,
        ruff::CmpOp::In => CompareOp::In,
        ruff::CmpOp::NotIn => CompareOp::NotIn,
    }
}
