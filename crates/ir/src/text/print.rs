//! A module as text. Same module, same bytes.

use std::fmt::{self, Display, Write};

use source::bug;

use super::VERSION;
use crate::{
    Elem, Field, Forest, Function, Handle, Literal, Map, Module, Next, Node, Op, Origin, Prediction, Reason, Rejection, Split, Table,
    Tensor, Test, Type, Value, Window,
};

/// At most so many elements of a tensor stand on a line.
const ELEMENTS_IN_A_LINE: usize = 16;

/// The module in the form that [`super::parse`] reads.
pub fn print(module: &Module) -> String {
    let mut out = String::new();
    match write_module(&mut out, module) {
        Ok(()) => out,
        Err(fmt::Error) => bug!("writing to a string failed"),
    }
}

fn write_module(out: &mut String, module: &Module) -> fmt::Result {
    writeln!(out, "scorewright-ir {VERSION}\nmodule {:?}", module.name)?;
    for (index, name) in module.files.iter().enumerate() {
        writeln!(out, "file {index} {name:?}")?;
    }
    for (handle, origin) in module.origins.iter() {
        write!(out, "origin !{} ", handle.index())?;
        write_origin(out, origin)?;
    }
    for (handle, table) in module.tables.iter() {
        match table {
            Table::Tensor(tensor) => write_tensor(out, handle, tensor)?,
            Table::Map(map) => write_map(out, handle, map)?,
            Table::Forest(forest) => write_forest(out, handle, forest)?,
        }
    }
    for (handle, function) in module.functions.iter() {
        write_function(out, handle, function)?;
    }
    match module.entry {
        Some(entry) => writeln!(out, "entry @{}", entry.index()),
        None => Ok(()),
    }
}

fn write_origin(out: &mut String, origin: &Origin) -> fmt::Result {
    match origin {
        Origin::Text { file, start, end, line, code } => {
            writeln!(out, "text file {} bytes {start} {end} {line} {code:?}", file.index())
        }
        Origin::Graph { file, path } => writeln!(out, "graph file {} {path:?}", file.index()),
        Origin::Made { by, from } => {
            write!(out, "made {by:?}")?;
            from.iter().try_for_each(|earlier| write!(out, " !{}", earlier.index()))?;
            writeln!(out)
        }
    }
}

fn write_tensor(out: &mut String, handle: Handle<Table>, tensor: &Tensor) -> fmt::Result {
    writeln!(out, "tensor #{} {:?} {} {{", handle.index(), tensor.name, Type::tensor(tensor.elem(), tensor.shape.clone()))?;
    let row = tensor.shape.last().map_or(1, |dim| *dim as usize).clamp(1, ELEMENTS_IN_A_LINE);
    for (at, value) in tensor.values.iter().enumerate() {
        let is_last = (at + 1).is_multiple_of(row) || at + 1 == tensor.values.len();
        let (before, after) = (if at.is_multiple_of(row) { " " } else { "" }, if is_last { "\n" } else { "" });
        write!(out, "{before} {}{after}", Held(&value, tensor.elem()))?;
    }
    writeln!(out, "}}")
}

fn write_map(out: &mut String, handle: Handle<Table>, map: &Map) -> fmt::Result {
    writeln!(out, "map #{} {:?} [{}] gives {} {{", handle.index(), map.name, Listed(&map.keys), map.value)?;
    for (keys, value) in &map.rows {
        // A row with more keys than there are kinds is unsound, and says the kind of each that is left over.
        let kinds = map.keys.iter().map(Some).chain(std::iter::repeat(None));
        write!(out, " ")?;
        for (key, kind) in keys.iter().zip(kinds) {
            match kind {
                Some(kind) => write!(out, " {}", Held(key, *kind))?,
                None => write!(out, " {}", Whole(key))?,
            }
        }
        writeln!(out, " : {}", Held(value, map.value))?;
    }
    writeln!(out, "}}")
}

fn write_forest(out: &mut String, handle: Handle<Table>, forest: &Forest) -> fmt::Result {
    writeln!(out, "forest #{} {:?} {}[{}] leaves {} {{", handle.index(), forest.name, forest.elem, forest.features, forest.leaves)?;
    for root in &forest.roots {
        writeln!(out, "  root {}", Way(*root))?;
    }
    for (index, Split { feature, test, yes, no, missing }) in forest.splits.iter().enumerate() {
        let sign = match test {
            Test::Less(_) => "<",
            Test::LessEq(_) => "<=",
            Test::Equal(_) => "==",
        };
        let threshold = test.threshold();
        writeln!(out, "  split {index} x[{feature}] {sign} {threshold:?} yes {} no {} nan {}", Way(*yes), Way(*no), Way(*missing))?;
    }
    writeln!(out, "}}")
}

fn write_function(out: &mut String, handle: Handle<Function>, function: &Function) -> fmt::Result {
    write!(out, "fn @{} {:?}", handle.index(), function.name)?;
    write_doc(out, &function.doc)?;
    writeln!(out, " {{")?;
    for (index, param) in function.params.iter().enumerate() {
        write!(out, "  param {index} ")?;
        write_field(out, param)?;
        writeln!(out)?;
    }
    for (value, Node { op, origin, label }) in function.nodes.iter() {
        write!(out, "  %{} = ", value.index())?;
        write_op(out, op)?;
        write!(out, " !{}", origin.index())?;
        match label {
            Some(label) => writeln!(out, " {label:?}")?,
            None => writeln!(out)?,
        }
    }
    for Rejection { when, reason, origin } in &function.rejections {
        let (word, text) = match reason {
            Reason::Invalid(why) => ("invalid", why),
            Reason::Filtered(at) => ("filtered", at),
            Reason::Undetermined(why) => ("undetermined", why),
        };
        writeln!(out, "  reject %{} {word} {text:?} !{}", when.index(), origin.index())?;
    }
    for output in &function.results {
        write!(out, "  result %{} ", output.value.index())?;
        write_field(out, &output.field)?;
        writeln!(out)?;
    }
    for Prediction { label, classes, scores } in &function.predictions {
        write!(out, "  prediction {label} {} {{", classes.elem())?;
        classes.iter().try_for_each(|class| write!(out, " {}", Bare(&class)))?;
        writeln!(out, " }} scores [{}]", Listed(scores))?;
    }
    writeln!(out, "}}")
}

fn write_field(out: &mut String, field: &Field) -> fmt::Result {
    write!(out, "{:?} {}", field.name, field.ty)?;
    write_doc(out, &field.doc)
}

fn write_doc(out: &mut String, doc: &str) -> fmt::Result {
    if doc.is_empty() { Ok(()) } else { write!(out, " doc {doc:?}") }
}

/// The operation's word, then its operands, then what else it needs.
fn write_op(out: &mut String, op: &Op) -> fmt::Result {
    let of = |value: &Value| format!("%{}", value.index());
    let all = |values: &[Value]| values.iter().map(|value| format!(" %{}", value.index())).collect::<String>();
    match op {
        Op::Param(index) => write!(out, "param {index}"),
        Op::Const(literal) => write!(out, "const {}", Whole(literal)),
        Op::Table(table) => write!(out, "table #{}", table.index()),
        Op::Unary(unary, x) => write!(out, "{} {}", unary.name(), of(x)),
        Op::Binary(binary, a, b) => write!(out, "{} {} {}", binary.name(), of(a), of(b)),
        Op::Cast { x, to } => write!(out, "cast {} {to}", of(x)),
        Op::Text(text, args) => write!(out, "{}{}", text.name(), all(args)),
        Op::Select { cond, yes, no } => write!(out, "select {} {} {}", of(cond), of(yes), of(no)),
        Op::IsNull(x) => write!(out, "is_null {}", of(x)),
        Op::OrElse { x, default } => write!(out, "or_else {} {}", of(x), of(default)),
        Op::Lookup { keys, map } => write!(out, "lookup #{}{}", map.index(), all(keys)),
        Op::Walk { row, forest } => write!(out, "walk #{} {}", forest.index(), of(row)),
        Op::Pack(parts) => write!(out, "pack{}", all(parts)),
        Op::Reshape { x, shape } => write!(out, "reshape {} [{}]", of(x), Listed(shape)),
        Op::Transpose { x, order } => write!(out, "transpose {} [{}]", of(x), Listed(order)),
        Op::Slice { x, axis, start, step, count } => write!(out, "slice {} axis {axis} start {start} step {step} count {count}", of(x)),
        Op::Concat { parts, axis } => write!(out, "concat{} axis {axis}", all(parts)),
        Op::Window { x, axis, window } => {
            let Window { count, size, stride, dilation, before, fill } = window;
            write!(
                out,
                "window {} axis {axis} count {count} size {size} stride {stride} dilation {dilation} before {before} fill ",
                of(x)
            )?;
            write!(out, "{}", Whole(fill))
        }
        Op::Gather { x, at, axis } => write!(out, "gather {} {} axis {axis}", of(x), of(at)),
        Op::Reduce { how, x, axes } => write!(out, "{} {} [{}]", how.name(), of(x), Listed(axes)),
        Op::Contract { a, b, over } => {
            let pairs: Vec<String> = over.iter().map(|(left, right)| format!("{left}:{right}")).collect();
            write!(out, "contract {} {} [{}]", of(a), of(b), Listed(&pairs))
        }
        Op::Call { function, args, result } => write!(out, "call @{}{} result {result}", function.index(), all(args)),
        Op::Iterate { function, args, times } => write!(out, "iterate @{}{} times {}", function.index(), all(args), of(times)),
    }
}

/// A literal without its kind.
struct Bare<'a>(&'a Literal);

impl Display for Bare<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Literal::Null(_) => f.write_str("null"),
            Literal::Bool(x) => write!(f, "{x}"),
            Literal::I32(x) => write!(f, "{x}"),
            Literal::I64(x) | Literal::Date(x) | Literal::DateTime(x) | Literal::Duration(x) => write!(f, "{x}"),
            Literal::F32(x) => write!(f, "{x:?}"),
            Literal::F64(x) => write!(f, "{x:?}"),
            Literal::Str(x) => write!(f, "{x:?}"),
        }
    }
}

/// A literal with its kind.
struct Whole<'a>(&'a Literal);

impl Display for Whole<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0.elem(), Bare(self.0))
    }
}

/// A literal where one of a kind is expected; it says its kind only when it is of another.
struct Held<'a>(&'a Literal, Elem);

impl Display for Held<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.elem() == self.1 { Bare(self.0).fmt(f) } else { Whole(self.0).fmt(f) }
    }
}

/// `split 4`, `leaf 0`
struct Way(Next);

impl Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Next::Split(index) => write!(f, "split {index}"),
            Next::Leaf(index) => write!(f, "leaf {index}"),
        }
    }
}

/// `a, b, c`
struct Listed<'a, T>(&'a [T]);

impl<T: Display> Display for Listed<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, item) in self.0.iter().enumerate() {
            write!(f, "{}{item}", if index == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}
