//! Text as a module. The text may come from anywhere: nothing here recurses, and nothing is allocated by a size that the text claims.

use std::str::FromStr;

use source::{FileId, Line, LineColumn};

use super::token::{Kind, Token, unquote};
use super::{TextError, VERSION};
use crate::{
    Arena, Binary, Elem, Elements, Field, Forest, Function, Handle, Literal, Map, Module, Next, Node, Op, Origin, Output, Prediction,
    Reason, Reduce, Rejection, Split, Table, Tensor, Test, TextOp, Type, Unary, Value, Window,
};

type Parsed<T> = Result<T, TextError>;

/// The module that a text in the form of [`super::print`] says. It may be unsound; `check` is next.
///
/// Errors: the first place that the grammar does not allow.
pub fn parse(text: &str) -> Parsed<Module> {
    Parser { text, token: Token::at(text, 0) }.module()
}

struct Parser<'t> {
    text: &'t str,
    /// The next token.
    token: Token<'t>,
}

/// The items of a module, its functions and their operations.
impl Parser<'_> {
    fn module(&mut self) -> Parsed<Module> {
        self.fixed("scorewright-ir")?;
        let version = self.token;
        if self.number::<u32>("a version")? != VERSION {
            return Err(self.error(version, format!("version {VERSION}")));
        }
        self.fixed("module")?;
        let mut module = Module { name: self.quoted()?, ..Module::default() };
        while self.token.kind != Kind::End {
            self.item(&mut module)?;
        }
        Ok(module)
    }

    fn item(&mut self, module: &mut Module) -> Parsed<()> {
        match self.token.text {
            "file" => {
                self.advance();
                self.counted("", module.files.len())?;
                module.files.push(self.quoted()?);
                Ok(())
            }
            "entry" if module.entry.is_none() => {
                self.advance();
                module.entry = Some(self.handle("@")?);
                Ok(())
            }
            "origin" => self.numbered("!", &mut module.origins, Self::origin),
            "tensor" => self.numbered("#", &mut module.tables, |parser| parser.tensor().map(Table::Tensor)),
            "map" => self.numbered("#", &mut module.tables, |parser| parser.map().map(Table::Map)),
            "forest" => self.numbered("#", &mut module.tables, |parser| parser.forest().map(Table::Forest)),
            "fn" => self.numbered("@", &mut module.functions, Self::function),
            _ if module.entry.is_some() => self.expected("`file`, `origin`, `tensor`, `map`, `forest` or `fn`"),
            _ => self.expected("`file`, `origin`, `tensor`, `map`, `forest`, `fn` or `entry`"),
        }
    }

    /// An item of an arena: its keyword, the next number of the arena, and what `rest` reads.
    fn numbered<T>(&mut self, sigil: &str, arena: &mut Arena<T>, rest: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<()> {
        self.advance();
        self.counted(sigil, arena.len())?;
        arena.push(rest(self)?);
        Ok(())
    }

    fn origin(&mut self) -> Parsed<Origin> {
        if self.accept("text") {
            let file = self.file()?;
            let (start, end) = (self.labelled("bytes")?, self.number("the byte after the last")?);
            let cell = if self.token.text == "cell" { Some(self.labelled("cell")?) } else { None };
            Ok(Origin::Text { file, start, end, line: Line { cell, number: self.labelled("line")? }, code: self.quoted()? })
        } else if self.accept("graph") {
            Ok(Origin::Graph { file: self.file()?, path: self.quoted()? })
        } else if self.accept("made") {
            let by = self.quoted()?;
            let mut from = Vec::new();
            while self.token.text == "!" {
                from.push(self.handle("!")?);
            }
            Ok(Origin::Made { by, from })
        } else {
            self.expected("`text`, `graph` or `made`")
        }
    }

    fn file(&mut self) -> Parsed<FileId> {
        self.labelled("file").map(FileId::from_index)
    }

    fn tensor(&mut self) -> Parsed<Tensor> {
        let name = self.quoted()?;
        let elem = self.elem()?;
        let shape = self.shape()?;
        Ok(Tensor::new(name, shape, self.elements(elem)?))
    }

    fn elements(&mut self, elem: Elem) -> Parsed<Elements> {
        self.fixed("{")?;
        let mut values = Vec::new();
        let mut other = None;
        while !self.accept("}") {
            let word = self.token;
            let value = self.literal_of(elem)?;
            other = other.or_else(|| (value.is_null() || value.elem() != elem).then_some(word));
            values.push(value);
        }
        Elements::of(elem, values).ok_or_else(|| self.error(other.unwrap_or(self.token), format!("an element that is {elem} and not null")))
    }

    fn map(&mut self) -> Parsed<Map> {
        let name = self.quoted()?;
        let keys = self.list(Self::elem)?;
        self.fixed("gives")?;
        let value = self.elem()?;
        self.fixed("{")?;
        let mut rows = Vec::new();
        while !self.accept("}") {
            let mut row = Vec::new();
            while !self.accept(":") {
                row.push(match keys.get(row.len()) {
                    Some(kind) => self.literal_of(*kind)?,
                    None => self.literal()?,
                });
            }
            rows.push((row, self.literal_of(value)?));
        }
        Ok(Map { name, keys, value, rows })
    }

    fn forest(&mut self) -> Parsed<Forest> {
        let name = self.quoted()?;
        let elem = self.elem()?;
        self.fixed("[")?;
        let features = self.number("the number of features")?;
        self.fixed("]")?;
        let leaves = self.labelled("leaves")?;
        self.fixed("{")?;
        let mut forest = Forest { name, elem, features, leaves, roots: Vec::new(), splits: Vec::new() };
        while !self.accept("}") {
            if self.accept("root") {
                forest.roots.push(self.way()?);
            } else if self.accept("split") {
                self.counted("", forest.splits.len())?;
                forest.splits.push(self.split()?);
            } else {
                return self.expected("`root`, `split` or `}`");
            }
        }
        Ok(forest)
    }

    fn split(&mut self) -> Parsed<Split> {
        self.fixed("x")?;
        self.fixed("[")?;
        let feature = self.number("a feature")?;
        self.fixed("]")?;
        let test = match self.token.text {
            "<" => Test::Less,
            "<=" => Test::LessEq,
            "==" => Test::Equal,
            _ => return self.expected("`<`, `<=` or `==`"),
        };
        self.advance();
        let test = test(self.f64()?);
        let mut way = |word| self.fixed(word).and_then(|()| self.way());
        Ok(Split { feature, test, yes: way("yes")?, no: way("no")?, missing: way("nan")? })
    }

    fn way(&mut self) -> Parsed<Next> {
        if self.accept("split") {
            self.number("a split").map(Next::Split)
        } else if self.accept("leaf") {
            self.number("a leaf").map(Next::Leaf)
        } else {
            self.expected("`split` or `leaf`")
        }
    }

    fn function(&mut self) -> Parsed<Function> {
        let mut function = Function { name: self.quoted()?, doc: self.doc()?, ..Function::default() };
        self.fixed("{")?;
        loop {
            if self.token.text == "%" {
                self.counted("%", function.nodes.len())?;
                self.fixed("=")?;
                let (op, origin) = (self.op()?, self.handle("!")?);
                let label = if self.at_text() { Some(self.quoted()?) } else { None };
                function.nodes.push(Node { op, origin, label });
            } else if self.accept("param") {
                self.counted("", function.params.len())?;
                function.params.push(self.field()?);
            } else if self.accept("reject") {
                let when = self.handle("%")?;
                function.rejections.push(Rejection { when, reason: self.reason()?, origin: self.handle("!")? });
            } else if self.accept("result") {
                let value = self.handle("%")?;
                function.results.push(Output { value, field: self.field()? });
            } else if self.accept("prediction") {
                let label = self.number("the number of a result")?;
                let elem = self.elem()?;
                let classes = self.elements(elem)?;
                self.fixed("scores")?;
                function.predictions.push(Prediction {
                    label,
                    classes,
                    scores: self.list(|parser| parser.number("the number of a result"))?,
                });
            } else if self.accept("}") {
                return Ok(function);
            } else {
                return self.expected("`param`, a node such as `%0 = ...`, `reject`, `result`, `prediction` or `}`");
            }
        }
    }

    fn reason(&mut self) -> Parsed<Reason> {
        if self.accept("invalid") {
            self.quoted().map(Reason::Invalid)
        } else if self.accept("filtered") {
            self.quoted().map(Reason::Filtered)
        } else if self.accept("undetermined") {
            self.quoted().map(Reason::Undetermined)
        } else {
            self.expected("`invalid`, `filtered` or `undetermined`")
        }
    }

    fn field(&mut self) -> Parsed<Field> {
        Ok(Field { name: self.quoted()?, ty: self.ty()?, doc: self.doc()? })
    }

    fn doc(&mut self) -> Parsed<String> {
        if self.accept("doc") { self.quoted() } else { Ok(String::new()) }
    }

    fn ty(&mut self) -> Parsed<Type> {
        let elem = self.elem()?;
        let nullable = self.accept("?");
        Ok(Type { elem, nullable, shape: self.shape()? })
    }

    /// The lengths of the axes; a scalar has none.
    fn shape(&mut self) -> Parsed<Vec<u32>> {
        if self.token.text == "[" { self.lengths() } else { Ok(Vec::new()) }
    }

    fn lengths(&mut self) -> Parsed<Vec<u32>> {
        self.list(|parser| parser.number("a length"))
    }

    fn op(&mut self) -> Parsed<Op> {
        let word = self.token;
        if word.kind != Kind::Word {
            return self.expected("an operation");
        }
        self.advance();
        if let Some(unary) = Unary::from_name(word.text) {
            return Ok(Op::Unary(unary, self.value()?));
        }
        if let Some(binary) = Binary::from_name(word.text) {
            return Ok(Op::Binary(binary, self.value()?, self.value()?));
        }
        if let Some(text) = TextOp::from_name(word.text) {
            return Ok(Op::Text(text, self.values()?));
        }
        if let Some(how) = Reduce::from_name(word.text) {
            return Ok(Op::Reduce { how, x: self.value()?, axes: self.axes()? });
        }
        Ok(match word.text {
            "param" => Op::Param(self.number("the number of a parameter")?),
            "const" => Op::Const(self.literal()?),
            "table" => Op::Table(self.handle("#")?),
            "cast" => Op::Cast { x: self.value()?, to: self.elem()? },
            "select" => Op::Select { cond: self.value()?, yes: self.value()?, no: self.value()? },
            "is_null" => Op::IsNull(self.value()?),
            "or_else" => Op::OrElse { x: self.value()?, default: self.value()? },
            "lookup" => Op::Lookup { map: self.handle("#")?, keys: self.values()? },
            "walk" => Op::Walk { forest: self.handle("#")?, row: self.value()? },
            "pack" => Op::Pack(self.values()?),
            "reshape" => Op::Reshape { x: self.value()?, shape: self.lengths()? },
            "transpose" => Op::Transpose { x: self.value()?, order: self.axes()? },
            "slice" => Op::Slice {
                x: self.value()?,
                axis: self.labelled("axis")?,
                start: self.labelled("start")?,
                step: self.labelled("step")?,
                count: self.labelled("count")?,
            },
            "concat" => Op::Concat { parts: self.values()?, axis: self.labelled("axis")? },
            "window" => Op::Window {
                x: self.value()?,
                axis: self.labelled("axis")?,
                window: Window {
                    count: self.labelled("count")?,
                    size: self.labelled("size")?,
                    stride: self.labelled("stride")?,
                    dilation: self.labelled("dilation")?,
                    before: self.labelled("before")?,
                    fill: {
                        self.fixed("fill")?;
                        self.literal()?
                    },
                },
            },
            "gather" => Op::Gather { x: self.value()?, at: self.value()?, axis: self.labelled("axis")? },
            "contract" => Op::Contract { a: self.value()?, b: self.value()?, over: self.list(Self::pair)? },
            "call" => Op::Call { function: self.handle("@")?, args: self.values()?, result: self.labelled("result")? },
            "iterate" => Op::Iterate {
                function: self.handle("@")?,
                args: self.values()?,
                times: {
                    self.fixed("times")?;
                    self.value()?
                },
            },
            _ => return Err(self.error(word, "an operation")),
        })
    }

    fn value(&mut self) -> Parsed<Value> {
        self.handle("%")
    }

    /// As many values as stand here.
    fn values(&mut self) -> Parsed<Vec<Value>> {
        let mut values = Vec::new();
        while self.token.text == "%" {
            values.push(self.value()?);
        }
        Ok(values)
    }

    fn axes(&mut self) -> Parsed<Vec<u8>> {
        self.list(|parser| parser.number("an axis"))
    }

    /// `0:1`
    fn pair(&mut self) -> Parsed<(u8, u8)> {
        let left = self.number("an axis")?;
        self.fixed(":")?;
        Ok((left, self.number("an axis")?))
    }
}

/// Literals, numbers and single tokens.
impl Parser<'_> {
    /// A literal that says its kind.
    fn literal(&mut self) -> Parsed<Literal> {
        let elem = self.elem()?;
        self.bare(elem)
    }

    /// A literal where one of a kind is expected; one of another kind says so.
    fn literal_of(&mut self, elem: Elem) -> Parsed<Literal> {
        if Elem::from_name(self.token.text).is_some() { self.literal() } else { self.bare(elem) }
    }

    fn bare(&mut self, elem: Elem) -> Parsed<Literal> {
        if self.accept("null") {
            return Ok(Literal::Null(elem));
        }
        Ok(match elem {
            Elem::Bool if self.accept("true") => Literal::Bool(true),
            Elem::Bool if self.accept("false") => Literal::Bool(false),
            Elem::Bool => return self.expected("`true` or `false`"),
            Elem::I32 => Literal::I32(self.number("an i32")?),
            Elem::I64 => Literal::I64(self.number("an i64")?),
            Elem::F32 => {
                let word = self.token;
                let x: f32 = self.number("an f32")?;
                Literal::F32(self.in_range(word, x, x.is_infinite())?)
            }
            Elem::F64 => Literal::F64(self.f64()?),
            Elem::Str => Literal::Str(self.quoted()?),
            Elem::Date => Literal::Date(self.number("a number of days")?),
            Elem::DateTime => Literal::DateTime(self.number("a number of microseconds")?),
            Elem::Duration => Literal::Duration(self.number("a number of microseconds")?),
        })
    }

    fn f64(&mut self) -> Parsed<f64> {
        let word = self.token;
        let x: f64 = self.number("an f64")?;
        self.in_range(word, x, x.is_infinite())
    }

    /// Digits that are too great do not become an infinity behind the writer's back.
    fn in_range<T>(&self, word: Token<'_>, x: T, infinite: bool) -> Parsed<T> {
        let said = || word.text.chars().all(|c| c.is_ascii_alphabetic() || c == '-' || c == '+');
        if infinite && !said() { Err(self.error(word, "a number in the range of its kind, or `inf`")) } else { Ok(x) }
    }

    fn elem(&mut self) -> Parsed<Elem> {
        match Elem::from_name(self.token.text) {
            Some(elem) => {
                self.advance();
                Ok(elem)
            }
            None => self.expected("a kind such as `f64`"),
        }
    }

    fn number<T: FromStr>(&mut self, what: &str) -> Parsed<T> {
        match self.token.text.parse() {
            Ok(number) if self.token.kind == Kind::Word => {
                self.advance();
                Ok(number)
            }
            Ok(_) | Err(_) => self.expected(what),
        }
    }

    /// `axis 0`
    fn labelled<T: FromStr>(&mut self, label: &str) -> Parsed<T> {
        self.fixed(label)?;
        self.number("a number")
    }

    /// `%3`: a sign and the number of an element.
    fn handle<T>(&mut self, sigil: &str) -> Parsed<Handle<T>> {
        if !self.accept(sigil) {
            return self.expected(&format!("`{sigil}` and a number"));
        }
        self.number("a number").map(Handle::new)
    }

    /// The number of the element that comes next, so that a reader need not count and a slip is seen.
    fn counted(&mut self, sigil: &str, next: usize) -> Parsed<()> {
        let wanted = format!("`{sigil}{next}`, the next number");
        if !(sigil.is_empty() || self.accept(sigil)) {
            return self.expected(&wanted);
        }
        let word = self.token;
        if self.number::<usize>(&wanted)? == next { Ok(()) } else { Err(self.error(word, wanted)) }
    }

    /// `[a, b, c]`
    fn list<T>(&mut self, item: impl Fn(&mut Self) -> Parsed<T>) -> Parsed<Vec<T>> {
        self.fixed("[")?;
        let mut items = Vec::new();
        if self.accept("]") {
            return Ok(items);
        }
        loop {
            items.push(item(self)?);
            if self.accept("]") {
                return Ok(items);
            }
            if !self.accept(",") {
                return self.expected("`,` or `]`");
            }
        }
    }

    fn at_text(&self) -> bool {
        matches!(self.token.kind, Kind::Quoted | Kind::Unclosed)
    }

    fn quoted(&mut self) -> Parsed<String> {
        match (self.token.kind, unquote(self.token.text)) {
            (Kind::Quoted, Some(text)) => {
                self.advance();
                Ok(text)
            }
            (Kind::Quoted, None) => self.expected(r#"a text with the escapes \" \\ \n \r \t \0 \u{...}"#),
            (Kind::Word | Kind::Unclosed | Kind::Sign | Kind::End, _) => self.expected("a text in quotes"),
        }
    }

    /// A keyword or a sign.
    fn fixed(&mut self, word: &str) -> Parsed<()> {
        if self.accept(word) { Ok(()) } else { self.expected(&format!("`{word}`")) }
    }

    /// Whether the next token is this one, which is then taken. No text in quotes is equal to a word.
    fn accept(&mut self, text: &str) -> bool {
        let here = self.token.text == text;
        if here {
            self.advance();
        }
        here
    }

    fn advance(&mut self) {
        self.token = Token::at(self.text, self.token.end());
    }

    fn expected<T>(&self, what: &str) -> Parsed<T> {
        Err(self.error(self.token, what))
    }

    fn error(&self, token: Token<'_>, expected: impl Into<String>) -> TextError {
        let before = &self.text[..token.start];
        let line = before.matches('\n').count() as u32 + 1;
        let column = before.rsplit('\n').next().map_or(0, |start| start.chars().count()) as u32 + 1;
        let found = match token.kind {
            Kind::End => "the end of the text".into(),
            Kind::Unclosed => "a text without its closing quote".into(),
            Kind::Word | Kind::Quoted | Kind::Sign => format!("`{}`", shortened(token.text)),
        };
        let byte = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        TextError { at: LineColumn { line, column }, expected: expected.into(), found, start: byte(token.start), end: byte(token.end()) }
    }
}

/// The longest token that an error repeats whole.
const FOUND_LENGTH: usize = 40;

fn shortened(token: &str) -> String {
    match token.char_indices().nth(FOUND_LENGTH) {
        Some((end, _)) => format!("{}...", &token[..end]),
        None => token.into(),
    }
}
