//! WebAssembly in Node gives what the interpreter gives: every scalar operation, text, nulls, tables, forests, tensors.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use interp::Datum;
use ir::{Binary, Builder, Elem, Forest, Literal, Map, Next, Reason, Reduce, Split, Table, Tensor, Test, TextOp, Type, Unary, Val};
use support::{agrees, null};

const FLOATS: &[f64] = &[
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    -0.5,
    1.5,
    2.5,
    -2.5,
    3.7,
    -3.7,
    1e-310,
    5e-324,
    f64::MIN_POSITIVE,
    1e10,
    -1e10,
    1e19,
    -1e19,
    1e300,
    f64::MAX,
    f64::INFINITY,
    f64::NEG_INFINITY,
    f64::NAN,
    0.1,
    4_503_599_627_370_497.5,
    2_147_483_648.0,
];

const INTS: &[i64] = &[0, 1, -1, 2, -2, 7, -7, 63, 64, 100, i64::MAX, i64::MIN, 1 << 31, -(1 << 31), (1 << 53) + 1];

fn scalar(elem: Elem) -> Type {
    Type::scalar(elem)
}

fn pairs<T: Copy + Into<Literal>>(values: &[T]) -> Vec<Vec<Datum>> {
    values.iter().flat_map(|a| values.iter().map(|b| vec![Datum::from(*a), Datum::from(*b)])).collect()
}

/// Every unary and binary operation that fits an element kind, each a result.
fn all_operations(elem: Elem) -> Builder {
    let b = Builder::new("all operations");
    {
        let (x, y) = (b.param("x", scalar(elem)), b.param("y", scalar(elem)));
        for op in Unary::ALL.iter().filter(|op| op.domain().holds(elem)) {
            b.result(op.name(), x.unary(*op));
        }
        for op in Binary::ALL.iter().filter(|op| op.domain().holds(elem)) {
            b.result(op.name(), x.binary(*op, y));
        }
        for to in [Elem::Bool, Elem::I32, Elem::I64, Elem::F32, Elem::F64] {
            if elem.is_number() && elem != to {
                b.result(format!("to {to}"), x.cast(to));
            }
        }
    }
    b
}

#[test]
fn doubles() {
    agrees(all_operations(Elem::F64), &pairs(FLOATS));
}

#[test]
fn singles() {
    let singles: Vec<f32> = FLOATS.iter().map(|x| *x as f32).collect();
    agrees(all_operations(Elem::F32), &pairs(&singles));
}

#[test]
fn long_integers() {
    agrees(all_operations(Elem::I64), &pairs(INTS));
}

#[test]
fn short_integers() {
    let ints: Vec<i32> = [0, 1, -1, 2, -2, 7, -7, 31, 32, 100, i32::MAX, i32::MIN].into();
    agrees(all_operations(Elem::I32), &pairs(&ints));
}

#[test]
fn division_by_constants() {
    let b = Builder::new("division");
    let x = b.param("x", scalar(Elem::I64));
    for by in [0_i64, 1, -1, 3, -3] {
        b.result(format!("div {by}"), x / by);
        b.result(format!("rem {by}"), x % by);
        b.result(format!("floor div {by}"), x.floor_div(by));
        b.result(format!("floor mod {by}"), x.floor_mod(by));
    }
    agrees(b, &INTS.iter().map(|x| vec![Datum::from(*x)]).collect::<Vec<_>>());
}

const TEXTS: &[&str] = &[
    "",
    " ",
    "a",
    "A1",
    "  Radio/TV \t",
    "female div/dep/mar",
    "no checking",
    "aaa",
    "aa",
    "ÄRGER",
    "straße",
    "ŉ ﬁ ǆ",
    "İstanbul",
    "日本語",
    "日本",
    "🎉 x 🎉",
    "\u{85}\u{a0}x\u{2003}\u{3000}",
    "\u{1c}\u{1f}",
    "Ὀδυσσεύς ΐ",
    "\u{0}\u{7f}",
    "e\u{301}",
    "<0",
    "0<=X<200",
];

#[test]
fn text() {
    let b = Builder::new("text");
    let (x, y, at, to) = (
        b.param("x", scalar(Elem::Str)),
        b.param("y", scalar(Elem::Str)),
        b.param("at", scalar(Elem::I64)),
        b.param("to", scalar(Elem::I64)),
    );
    for op in [TextOp::Lower, TextOp::Upper, TextOp::LowerEach, TextOp::UpperEach, TextOp::Len] {
        b.result(op.name(), text_op(op, &[x]));
    }
    for op in [TextOp::Strip, TextOp::LStrip, TextOp::RStrip] {
        b.result(op.name(), text_op(op, &[x]));
    }
    for op in [TextOp::Concat, TextOp::Contains, TextOp::StartsWith, TextOp::EndsWith, TextOp::Find] {
        b.result(op.name(), text_op(op, &[x, y]));
    }
    b.result("replace", x.replace(y, "<>"));
    b.result("remove", x.replace("a", y));
    b.result("code at", x.code_at(at));
    b.result("slice", x.slice_text(at, to));
    b.result("decimal", at.decimal());
    for op in [Binary::Eq, Binary::Ne, Binary::Lt, Binary::Le, Binary::Gt, Binary::Ge] {
        b.result(op.name(), x.binary(op, y));
    }
    let positions = [0, 1, 2, -1, 5, i64::MAX, i64::MIN];
    let mut rows = Vec::new();
    for (i, x) in TEXTS.iter().enumerate() {
        for (j, y) in TEXTS.iter().enumerate() {
            let (at, to) = (positions[(i + j) % 7], positions[(i * 3 + j) % 7]);
            rows.push(vec![Datum::from(*x), Datum::from(*y), at.into(), to.into()]);
        }
    }
    agrees(b, &rows);
}

fn text_op<'b>(op: TextOp, args: &[Val<'b>]) -> Val<'b> {
    args[0].builder().node(ir::Op::Text(op, args.iter().map(|arg| arg.value()).collect()))
}

/// All of Unicode, in pieces, through the case mappings.
#[test]
fn every_code_point_changes_case() {
    let b = Builder::new("case");
    let x = b.param("x", scalar(Elem::Str));
    b.result("lower", x.lower());
    b.result("upper", x.upper());
    b.result("lower each", x.lower_each());
    b.result("upper each", x.upper_each());
    b.result("stripped", x.strip());
    b.result("len", x.len());
    let all: Vec<char> = (0..=0x10ffff).filter_map(char::from_u32).filter(|c| *c < '\u{1f000}').collect();
    let rows: Vec<Vec<Datum>> = all.chunks(512).map(|piece| vec![Datum::from(piece.iter().collect::<String>().as_str())]).collect();
    agrees(b, &rows);
}

#[test]
fn nulls_and_rejections() {
    let b = Builder::new("class");
    let (x, city, flag) = (
        b.param("x", Type::nullable(Elem::F64)),
        b.param("城市", Type::nullable(Elem::Str)),
        b.param("\"; } //", Type::nullable(Elem::Bool)),
    );
    let (n, day) = (b.param("n", Type::nullable(Elem::I64)), b.param("day", Type::nullable(Elem::Date)));
    b.reject_if(x.lt(0.0), Reason::Invalid("x is \"negative\"\n".into()));
    b.reject_if(city.eq("nowhere"), Reason::Filtered("load.py:9".into()));
    b.result("x", x + 1.0);
    b.result("filled", x.or_else(f64::NAN) * 2.0);
    b.result("missing", x.is_null() | city.is_null());
    b.result("three-valued", flag & x.gt(1.0));
    b.result("either", flag | x.gt(1.0));
    b.result("lower", city.lower());
    b.result("city", city.or_else("unknown").append("!"));
    b.result("n", n * 2_i64);
    b.result("later", day.cast(Elem::I64) + 1_i64);
    b.result("chosen", flag.select(x, n.cast(Elem::F64)));
    let xs = [null(Elem::F64), 2.0.into(), 0.5.into(), Datum::from(-1.0), f64::NAN.into()];
    let cities = [null(Elem::Str), "Rome".into(), "nowhere".into(), "".into()];
    let flags = [null(Elem::Bool), true.into(), false.into()];
    let days = [null(Elem::Date), Datum::Scalar(Literal::Date(-3))];
    let mut rows = Vec::new();
    for (i, x) in xs.iter().enumerate() {
        for (j, city) in cities.iter().enumerate() {
            for flag in &flags {
                let n = if (i + j) % 2 == 0 { null(Elem::I64) } else { i64::MAX.into() };
                rows.push(vec![x.clone(), city.clone(), flag.clone(), n, days[j % 2].clone()]);
            }
        }
    }
    agrees(b, &rows);
}

#[test]
fn maps_small_and_great_with_one_key_and_two() {
    for count in [0_i64, 3, 100] {
        let b = Builder::new("maps");
        let (city, n, x) = (b.param("city", scalar(Elem::Str)), b.param("n", scalar(Elem::I64)), b.param("x", scalar(Elem::F64)));
        let map = |name: &str, keys: Vec<Elem>, value: Elem, row: &dyn Fn(i64) -> (Vec<Literal>, Literal)| {
            b.table(Table::Map(Map { name: name.into(), keys, value, rows: (0..count).map(row).collect() }))
        };
        let by_city = map("by city", vec![Elem::Str], Elem::F64, &|i| (vec![format!("city {i}").as_str().into()], (i as f64 * 0.1).into()));
        let by_number = map("by number", vec![Elem::I64], Elem::Str, &|i| (vec![(i * i - 50).into()], format!("{i}").as_str().into()));
        let by_both = map("by both", vec![Elem::Str, Elem::I64], Elem::I64, &|i| {
            (vec![format!("city {}", i / 2).as_str().into(), i.into()], i.into())
        });
        let by_float = map("by float", vec![Elem::F64], Elem::Bool, &|i| (vec![(i as f64 - 1.0).into()], (i % 2 == 0).into()));
        b.result("by city", b.lookup(by_city, &[city]));
        b.result("or else", b.lookup(by_city, &[city]).or_else(-1.0));
        b.result("known", b.lookup(by_city, &[city]).is_null());
        b.result("by number", b.lookup(by_number, &[n]));
        b.result("by both", b.lookup(by_both, &[city, n]));
        b.result("by float", b.lookup(by_float, &[x]));
        let mut rows = Vec::new();
        for city in ["city 0", "city 1", "city 99", "city 50", "city", "", "zzz", "日本"] {
            for (n, x) in [(-50_i64, 0.0), (0, -0.0), (1, 1.0), (2, f64::NAN), (99, 98.0), (100, 0.5), (9751, f64::INFINITY), (-51, -1.0)] {
                rows.push(vec![city.into(), n.into(), x.into()]);
            }
        }
        agrees(b, &rows);
    }
}

/// Enough for trees that are walked abreast and some that are left over; the last is a lone leaf, the others have eight.
const TREES: u32 = 20;
const LEAVES: u32 = 8 * (TREES - 1) + 1;

/// A forest whose trees ask with every test and send NaN every way.
fn forest(elem: Elem, tests: &[fn(f64) -> Test], nan_goes_with_yes: impl Fn(u32, u32) -> bool) -> Forest {
    let mut splits = Vec::new();
    let mut roots = Vec::new();
    for tree in 0..TREES - 1 {
        let base = splits.len() as u32;
        roots.push(Next::Split(base));
        // A complete tree of depth 3: splits 0..7, leaves 0..8.
        for at in 0..7_u32 {
            let next = |child: u32| if child < 7 { Next::Split(base + child) } else { Next::Leaf(tree * 8 + child - 7) };
            let threshold = [0.0, -1.0, 1.5, f64::NEG_INFINITY, 2.0, -0.0, f64::INFINITY][((at + tree) % 7) as usize];
            let (yes, no) = (next(2 * at + 1), next(2 * at + 2));
            let missing = if nan_goes_with_yes(tree, at) { yes } else { no };
            splits.push(Split { feature: (at + tree) % 3, test: tests[((at + tree) as usize) % tests.len()](threshold), yes, no, missing });
        }
    }
    roots.push(Next::Leaf(LEAVES - 1));
    Forest { name: "forest".into(), elem, features: 3, roots, splits, leaves: LEAVES }
}

#[test]
fn forests() {
    let less: fn(f64) -> Test = Test::Less;
    let less_equal: fn(f64) -> Test = Test::LessEq;
    let equal: fn(f64) -> Test = Test::Equal;
    let values = [-1.0, -0.0, 0.0, 0.25, 1.5, 2.0, 3.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 5e-324, -5e-324];
    for elem in [Elem::F64, Elem::F32] {
        for tests in [vec![less], vec![less_equal], vec![less, less_equal, equal]] {
            for ways in 0..3_u32 {
                let b = Builder::new("forests");
                let row = b.param("row", Type::tensor(elem, [3]));
                let table = b.table(Table::Forest(forest(elem, &tests, |tree, at| (tree + at) % 3 < ways)));
                let leaves = b.walk(row, table);
                b.result("leaves", leaves);
                let other = b.table(Table::Forest(forest(elem, &tests, |_, _| ways == 2)));
                let values_table = b.tensor(Tensor::f64("values", [LEAVES], (0..LEAVES).map(|i| f64::from(i) * 0.1)));
                b.result("sum", values_table.gather(b.walk(row, other), 0).reduce(Reduce::SumInOrder, [0]));
                let mut rows = Vec::new();
                for (i, x) in values.iter().enumerate() {
                    for (j, y) in values.iter().enumerate() {
                        let z = values[(i * 5 + j) % values.len()];
                        let literal = |x: f64| if elem == Elem::F32 { Literal::F32(x as f32) } else { Literal::F64(x) };
                        rows.push(vec![Datum::Tensor(vec![literal(*x), literal(*y), literal(z)])]);
                    }
                }
                agrees(b, &rows);
            }
        }
    }
}

#[test]
fn tensors() {
    let b = Builder::new("tensors");
    let x = b.param("x", Type::tensor(Elem::F64, [2, 3]));
    let s = b.param("s", scalar(Elem::F64));
    let weights = b.tensor(Tensor::f64("weights", [3, 4], (0..12).map(|i| f64::from(i) - 5.5)));
    let dense = x.contract(weights, [(1, 0)]);
    b.result("dense", dense);
    b.result("softmax", dense.softmax());
    b.result("sigmoid", dense.sigmoid());
    b.result("scaled", x * s + 1.0);
    b.result("transposed", x.transpose([1, 0]));
    b.result("sum", dense.reduce(Reduce::Sum, [0, 1]));
    b.result("greatest", x.reduce(Reduce::Max, [1]));
    b.result("least", x.reduce(Reduce::Min, [0]));
    b.result("where", x.reshape([6]).reduce(Reduce::ArgMax, [0]));
    b.result("joined", b.concat(&[x, x.slice(1, 2, -1, 2)], 1));
    b.result("names", b.tensor(Tensor::literals("names", Elem::Str, [2], ["ja".into(), "nein".into()])).gather(s.cast(Elem::I64), 0));
    b.result("both", b.pack(&[s.gt(0.0), s.is_nan()]));
    b.result("texts", b.pack(&[b.str("a"), b.str("日本")]));
    let rows: Vec<Vec<Datum>> = [0.0, 1.0, -1.0, f64::NAN, 1e308]
        .iter()
        .map(|s| vec![Datum::Tensor((0..6).map(|i| Literal::F64(f64::from(i) * s - 0.3)).collect()), Datum::from(*s)])
        .collect();
    agrees(b, &rows);
}

#[test]
fn a_scorer_without_inputs() {
    let b = Builder::new("");
    b.result("", b.f64(1.0).exp());
    agrees(b, &[vec![]]);
}
