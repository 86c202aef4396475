//! The text form: what is printed parses back to the same module, and what is refused is refused in words.

use std::collections::BTreeSet;

use ir::text::{parse, print};
use ir::*;
use source::{FileId, Line};

const GRAMMAR: &str = include_str!("../../../grammars/ir.md");
const HEAD: &str = "scorewright-ir 1\nmodule \"m\"\n";

fn round_trip(module: &Module) {
    let text = print(module);
    let back = parse(&text);
    assert!(back.as_ref() == Ok(module), "{text}\n--- came back as ---\n{back:?}");
}

/// The blocks of the grammar whose fence starts so: the rest of the fence, and the text.
fn samples(fence: &str) -> Vec<(&'static str, &'static str)> {
    let blocks = GRAMMAR.split("\n```").filter_map(|block| block.strip_prefix(fence));
    blocks.filter_map(|block| block.split_once('\n')).map(|(said, text)| (said.trim(), text)).collect()
}

fn whole(sample: &str) -> String {
    if sample.starts_with("scorewright-ir") { format!("{sample}\n") } else { format!("{HEAD}{sample}\n") }
}

#[test]
fn every_production_has_a_taken_and_a_refused_sample() {
    for section in GRAMMAR.split("\n## ").skip(1) {
        let title = section.lines().next().unwrap();
        for fence in ["\n```ebnf\n", "\n```taken\n", "\n```refused "] {
            assert!(section.contains(fence), "{title} has no {}", fence.trim());
        }
    }
}

#[test]
fn taken_samples_print_as_they_are() {
    for (_, sample) in samples("taken") {
        let text = whole(sample);
        let module = parse(&text).expect("a taken sample");
        assert_eq!(print(&module), text);
    }
}

#[test]
fn refused_samples_say_why() {
    let lines_before = HEAD.lines().count() as u32;
    for (said, sample) in samples("refused") {
        let mut error = parse(&whole(sample)).expect_err(sample);
        if !sample.starts_with("scorewright-ir") {
            error.at.line -= lines_before;
        }
        assert_eq!(error.to_string(), said, "{sample}");
    }
}

#[test]
fn no_two_operations_share_a_word() {
    let structural = "param const table cast select is_null or_else lookup walk pack reshape transpose slice concat gather contract call";
    let words = structural.split(' ').map(str::to_owned);
    let words: Vec<String> = words
        .chain(Unary::ALL.iter().map(|op| op.name().into()))
        .chain(Binary::ALL.iter().map(|op| op.name().into()))
        .chain(TextOp::ALL.iter().map(|op| op.name().into()))
        .chain(Reduce::ALL.iter().map(|op| op.name().into()))
        .collect();
    assert_eq!(words.iter().collect::<BTreeSet<_>>().len(), words.len());
}

/// Every operation, on operands that need not fit: the form is that of any module, sound or not.
fn every_op() -> Vec<Op> {
    let value = |index: u32| Value::new(index);
    let (x, y, z) = (value(0), value(1), value(4_000_000_000));
    let mut ops = vec![
        Op::Param(3),
        Op::Table(Handle::new(7)),
        Op::Select { cond: x, yes: y, no: z },
        Op::IsNull(x),
        Op::OrElse { x, default: y },
        Op::Lookup { keys: vec![x, y], map: Handle::new(1) },
        Op::Lookup { keys: vec![], map: Handle::new(1) },
        Op::Walk { row: x, forest: Handle::new(2) },
        Op::Pack(vec![x, y, z]),
        Op::Pack(vec![]),
        Op::Reshape { x, shape: vec![2, u32::MAX] },
        Op::Reshape { x, shape: vec![] },
        Op::Transpose { x, order: vec![1, 0, 255] },
        Op::Slice { x, axis: 1, start: 5, step: i32::MIN, count: 2 },
        Op::Concat { parts: vec![x, y], axis: 1 },
        Op::Window { x, axis: 1, window: Window { count: 3, size: 2, stride: 1, dilation: 4, before: 0, fill: Literal::F32(-0.5) } },
        Op::Gather { x, at: y, axis: 0 },
        Op::Contract { a: x, b: y, over: vec![(0, 1), (2, 3)] },
        Op::Contract { a: x, b: y, over: vec![] },
        Op::Call { function: Handle::new(0), args: vec![x, y], result: 1 },
        Op::Call { function: Handle::new(0), args: vec![], result: 0 },
        Op::Iterate { function: Handle::new(0), args: vec![x, y], times: z },
    ];
    ops.extend(Unary::ALL.iter().map(|op| Op::Unary(*op, x)));
    ops.extend(Binary::ALL.iter().map(|op| Op::Binary(*op, x, y)));
    ops.extend(TextOp::ALL.iter().map(|op| Op::Text(*op, vec![x, y, z])));
    ops.extend(Reduce::ALL.iter().map(|how| Op::Reduce { how: *how, x, axes: vec![0, 2] }));
    ops.extend(Elem::ALL.iter().map(|to| Op::Cast { x, to: *to }));
    ops.extend(literals().into_iter().map(Op::Const));
    ops
}

fn literals() -> Vec<Literal> {
    let mut literals: Vec<Literal> = Elem::ALL.iter().flat_map(|elem| [Literal::Null(*elem), Literal::zero(*elem)]).collect();
    literals.push(Literal::Bool(true));
    literals.extend([i32::MIN, -1, i32::MAX].map(Literal::I32));
    for x in [i64::MIN, -1, i64::MAX] {
        literals.extend([Literal::I64(x), Literal::Date(x), Literal::DateTime(x), Literal::Duration(x)]);
    }
    let doubles = [0.1, -0.0, 1.0 / 3.0, f64::MIN_POSITIVE, 5e-324, f64::MAX, 1e16, 1e17, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    literals.extend(doubles.map(Literal::F64));
    let singles = [0.1, -0.0, 1.0 / 3.0, f32::MIN_POSITIVE, 1e-45, f32::MAX, 16_777_216.0, f32::INFINITY, f32::NEG_INFINITY, f32::NAN];
    literals.extend(singles.map(Literal::F32));
    let texts = [
        "a \"quoted\" \\ word",
        "line\nbreak\r\ttab\0\u{1b}\u{7f}",
        "Ärger ☕ 𝕏 \u{301}\u{202e}\u{feff}\u{10ffff}",
        "'",
        "\\u{41}",
        "}",
        " ",
    ];
    literals.extend(texts.map(Literal::from));
    literals
}

fn everything() -> Module {
    let mut module = Module { name: "every\nthing \"é\"".into(), files: vec!["a b.py".into(), String::new()], ..Module::default() };
    let text = Origin::Text {
        file: FileId::from_index(1),
        start: 0,
        end: u32::MAX,
        line: Line { cell: Some(3), number: 7 },
        code: "x = \"1\"\t# ½".into(),
    };
    let text = module.origins.push(text);
    let graph = module.origins.push(Origin::Graph { file: FileId::from_index(9), path: "node post/nms_1".into() });
    module.origins.push(Origin::Made { by: "fold".into(), from: vec![text, graph] });
    let made = module.origins.push(Origin::Made { by: String::new(), from: vec![] });
    let mut tables = vec![
        Table::Tensor(Tensor::f64("scalar", [], [1.5])),
        Table::Tensor(Tensor::f32("nothing", [0, 3], [])),
        Table::Tensor(Tensor::i64("long", [40], 0..40)),
        Table::Map(Map { name: "empty".into(), keys: vec![], value: Elem::Bool, rows: vec![(vec![], Literal::Bool(true))] }),
        Table::Map(Map {
            name: "mixed".into(),
            keys: vec![Elem::Str, Elem::Date],
            value: Elem::F64,
            rows: vec![(literals(), Literal::I32(1))],
        }),
    ];
    for elem in Elem::ALL {
        let values: Vec<Literal> = literals().into_iter().filter(|literal| literal.elem() == *elem).collect();
        let rows = values.iter().map(|value| (vec![value.clone()], value.clone())).collect();
        let given: Vec<Literal> = values.into_iter().filter(|value| !value.is_null()).collect();
        tables.push(Table::Tensor(Tensor::literals(elem.name(), *elem, [given.len() as u32, 1], given)));
        tables.push(Table::Map(Map { name: elem.name().into(), keys: vec![*elem], value: *elem, rows }));
    }
    let split = |test| Split { feature: 3, test, yes: Next::Split(4), no: Next::Leaf(0), missing: Next::Leaf(u32::MAX) };
    let tests = [0.1, -0.0, f64::INFINITY, 5e-324].into_iter().flat_map(|t| [Test::Less(t), Test::LessEq(t), Test::Equal(t)]);
    tables.push(Table::Forest(Forest {
        name: "trees".into(),
        elem: Elem::F32,
        features: 4,
        roots: vec![Next::Split(0), Next::Leaf(1)],
        splits: tests.map(split).collect(),
        leaves: 9,
    }));
    tables.into_iter().for_each(|table| _ = module.tables.push(table));
    let labels = [None, Some(String::new()), Some("fare \"log\"".into())];
    let nodes = every_op().into_iter().zip(labels.into_iter().cycle());
    let nullable_tensor = Type { elem: Elem::I32, nullable: true, shape: vec![2, 3] };
    module.functions.push(Function::default());
    let types = [Type::scalar(Elem::Bool), Type::nullable(Elem::Str), Type::tensor(Elem::F32, [28, 28]), nullable_tensor];
    let fields = types.map(|ty| Field { doc: "line\nline".into(), ..Field::new("a \"b\"\u{0}", ty) });
    let entry = module.functions.push(Function {
        name: "entry".into(),
        doc: "What it\nis.".into(),
        params: fields.to_vec(),
        nodes: nodes.map(|(op, label)| Node { op, origin: made, label }).collect(),
        rejections: vec![
            Rejection { when: Value::new(0), reason: Reason::Invalid("unseen \"x\"".into()), origin: text },
            Rejection { when: Value::new(9), reason: Reason::Filtered("load.py:9".into()), origin: graph },
        ],
        results: fields.map(|field| Output { field, value: Value::new(2) }).to_vec(),
        predictions: vec![
            Prediction { label: 7, classes: vec!["a \"b\"".to_owned(), String::new()].into(), scores: vec![0, u32::MAX] },
            Prediction { label: 0, classes: vec![i64::MIN, 0].into(), scores: vec![] },
        ],
    });
    module.entry = Some(entry);
    module
}

#[test]
fn a_module_with_everything_comes_back() {
    round_trip(&everything());
    round_trip(&Module::default());
}

#[test]
fn a_text_cut_anywhere_is_refused_or_a_module() {
    let text = print(&everything());
    for (end, _) in text.char_indices() {
        if let Ok(module) = parse(&text[..end]) {
            round_trip(&module);
        }
    }
}

#[test]
fn a_text_with_a_byte_changed_is_refused_or_a_module() {
    let text = print(&everything());
    for (at, c) in text.char_indices().step_by(7) {
        for other in ['"', '\\', '}', '9', '-', '\u{0}', 'é'] {
            let changed = [&text[..at], &other.to_string(), &text[at + c.len_utf8()..]].concat();
            if let Ok(module) = parse(&changed) {
                round_trip(&module);
            }
        }
    }
}

#[test]
fn a_claimed_size_takes_no_memory() {
    let text = format!(
        "{HEAD}tensor #0 \"t\" f64[4294967295, 4294967295] {{\n  0.5\n}}\nforest #1 \"f\" f64[4294967295] leaves 4294967295 {{\n}}\n"
    );
    let module = parse(&text).unwrap();
    assert_eq!(print(&module), text);
}

#[test]
fn nesting_is_no_way_to_the_end_of_the_stack() {
    let error = parse(&format!("{HEAD}{}", "fn @0 \"f\" { ".repeat(100_000))).unwrap_err();
    assert_eq!(error.to_string(), "3:13: expected `param`, a node such as `%0 = ...`, `reject`, `result`, `prediction` or `}`, found `fn`");
}

#[test]
fn an_error_is_a_diagnostic_with_its_place() {
    let error = parse(&format!("{HEAD}origin !0 made fold")).unwrap_err();
    let diagnostic = error.diagnostic(FileId::from_index(0));
    assert_eq!((diagnostic.name, diagnostic.message.as_str()), ("ir-syntax", "expected a text in quotes, found `fold`"));
    assert_eq!(error.at.to_string(), "3:16");
    let unclosed = parse(&format!("{HEAD}file 0 \"a.py\nfile 1")).unwrap_err();
    assert_eq!(unclosed.to_string(), "3:8: expected a text in quotes, found a text without its closing quote");
    let escape = parse(&format!("{HEAD}file 0 \"\\u{{d800}}\"")).unwrap_err();
    assert_eq!(escape.to_string(), "3:8: expected a text with the escapes \\\" \\\\ \\n \\r \\t \\0 \\u{...}, found `\"\\u{d800}\"`");
}

/// A forest as a large model has it: a million splits and leaves' values, there and back in a few seconds even without optimisation.
#[test]
fn a_million_splits_come_back() {
    let count = 1_000_000_u32;
    let split = |index: u32| Split {
        feature: index % 30,
        test: Test::LessEq(f64::from(index) * 0.1),
        yes: Next::Leaf(index),
        no: if index + 1 < count { Next::Split(index + 1) } else { Next::Leaf(count) },
        missing: Next::Leaf(index),
    };
    let mut module = Module::default();
    let name = "trees".to_string();
    let splits = (0..count).map(split).collect();
    module.tables.push(Table::Forest(Forest {
        name,
        elem: Elem::F64,
        features: 30,
        roots: vec![Next::Split(0)],
        splits,
        leaves: count + 1,
    }));
    module.tables.push(Table::Tensor(Tensor::f64("values", [count + 1], (0..=count).map(|index| f64::from(index) / 7.0))));
    let text = print(&module);
    assert!(parse(&text).unwrap() == module);
}
