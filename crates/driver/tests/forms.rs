//! Rows get in and out of every form of file, and a damaged file is one error.
//!
//! The files in `data` are written by `data/make.py`.
#![allow(clippy::unwrap_used, clippy::panic, clippy::wildcard_enum_match_arm, reason = "a test fails by panicking")]

use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use driver::Problem;
use driver::data::{Form, load, written};
use plan::{Cell, Column, Elem, GoldenOutcome, Ident, Literal, Plan, Reason, Rejection, Routine, Type};

const FORMS: [(Form, &str); 4] = [(Form::Csv, "csv"), (Form::JsonLines, "jsonl"), (Form::Parquet, "parquet"), (Form::Npz, "npz")];

/// A column from its name and type: `age: f64?`.
fn column(text: &str) -> Column {
    let (name, ty) = text.split_once(": ").unwrap();
    let (ty, shape) = ty.split_once('[').map_or((ty, ""), |(ty, shape)| (ty, shape.trim_end_matches(']')));
    let elem = Elem::from_name(ty.trim_end_matches('?')).unwrap();
    let shape = shape.split(", ").filter(|dim| !dim.is_empty()).map(|dim| dim.parse().unwrap()).collect();
    Column { ident: Ident::new(name, "x"), name: name.into(), ty: Type { elem, nullable: ty.ends_with('?'), shape }, doc: String::new() }
}

/// A plan with the same columns on both sides.
fn plan(columns: &[&str]) -> Plan {
    let columns: Vec<Column> = columns.iter().map(|text| column(text)).collect();
    let ident = Ident::new("score", "score");
    Plan {
        predictions: Vec::new(),
        name: "score".into(),
        ident: ident.clone(),
        files: vec![],
        inputs: columns.clone(),
        outputs: columns,
        rejections: vec![],
        tensors: vec![],
        maps: vec![],
        forests: vec![],
        routines: vec![],
        entry: Routine { ident, doc: String::new(), params: 0, locals: vec![], body: vec![], results: vec![] },
    }
}

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

/// The rows of a file with these bytes, or what is wrong with it.
fn loaded(bytes: &[u8], ending: &str, plan: &Plan) -> Result<Vec<Vec<Cell>>, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(format!("rows.{ending}"));
    std::fs::write(&path, bytes).unwrap();
    from(&path, plan)
}

fn from(path: &Path, plan: &Plan) -> Result<Vec<Vec<Cell>>, String> {
    load(path, plan).map_err(|problem| match problem {
        Problem::Rows(why) => why.strip_prefix(&format!("{}: ", path.display())).unwrap().to_string(),
        other => panic!("{other:?}"),
    })
}

/// One column of a file of test data.
fn read(file: &str, text: &str) -> Result<Vec<Cell>, String> {
    from(&data(file), &plan(&[text])).map(|rows| rows.into_iter().flatten().collect())
}

fn scalars<const COUNT: usize>(literals: [Literal; COUNT]) -> Result<Vec<Cell>, String> {
    Ok(literals.into_iter().map(Cell::Scalar).collect())
}

const EVERYTHING: &[&str] = &[
    "flag: bool",
    "flag?: bool?",
    "i32: i32",
    "i64?: i64?",
    "f32: f32",
    "f64: f64",
    "f64?: f64?",
    "text: str",
    "text?: str?",
    "day: date",
    "day?: date?",
    "when: datetime",
    "when?: datetime?",
    "span: duration",
    "v: f64[2]",
    "m: i32[2, 2]",
    "t: str[2]",
    "../a.b\\c/: f64",
];

fn everything() -> Vec<Vec<Cell>> {
    let scalar = |literal: Literal| Cell::Scalar(literal);
    let first = vec![
        scalar(true.into()),
        scalar(false.into()),
        scalar(i32::MIN.into()),
        scalar(i64::MAX.into()),
        scalar(0.1_f32.into()),
        scalar(f64::NAN.into()),
        scalar((-0.0).into()),
        scalar("a,\"b\"\n𝄞".into()),
        scalar("ü".into()),
        scalar(Literal::Date(19_753)),
        scalar(Literal::Date(-1)),
        scalar(Literal::DateTime(-1)),
        scalar(Literal::DateTime(1_706_695_200_250_000)),
        scalar(Literal::Duration(-5)),
        Cell::Array(vec![1.5.into(), f64::INFINITY.into()]),
        Cell::Array(vec![1.into(), 2.into(), 3.into(), 4.into()]),
        Cell::Array(vec!["x".into(), "yy".into()]),
        scalar(1e300.into()),
    ];
    let null = |elem| Cell::Scalar(Literal::Null(elem));
    let mut second = first.clone();
    for (at, elem) in [(1, Elem::Bool), (3, Elem::I64), (6, Elem::F64), (8, Elem::Str), (10, Elem::Date), (12, Elem::DateTime)] {
        second[at] = null(elem);
    }
    vec![first, second]
}

#[test]
fn every_form_reads_back_what_it_wrote() {
    let plan = plan(EVERYTHING);
    let outcomes: Vec<GoldenOutcome> = everything().into_iter().map(GoldenOutcome::Scored).collect();
    for (form, ending) in FORMS {
        let bytes = written(&plan, &outcomes, form).unwrap();
        assert_eq!(loaded(&bytes, ending, &plan).unwrap(), everything(), "{ending}");
        assert_eq!(written(&plan, &outcomes, form).unwrap(), bytes, "{ending}: the same rows give the same bytes");
        assert_eq!(loaded(&written(&plan, &[], form).unwrap(), ending, &plan).unwrap(), Vec::<Vec<Cell>>::new(), "{ending}: no rows");
    }
}

#[test]
fn a_row_without_a_score_has_its_reason_in_status() {
    let mut plan = plan(&["score: f64", "count: i64", "v: f32[2]"]);
    plan.rejections = vec![Rejection { ident: Ident::new("r", "r"), reason: Reason::Filtered("load.py:9".into()) }];
    let scored =
        GoldenOutcome::Scored(vec![Cell::Scalar(0.5.into()), Cell::Scalar(7_i64.into()), Cell::Array(vec![1_f32.into(), 2_f32.into()])]);
    for form in [Form::Parquet, Form::Npz] {
        let bytes = written(&plan, &[scored.clone(), GoldenOutcome::Rejected(0)], form).unwrap();
        let ending = if form == Form::Npz { "npz" } else { "parquet" };
        let reader = self::plan(&["score: f64?", "count: i64?", "status: str"]);
        let null = |elem| Cell::Scalar(Literal::Null(elem));
        let rows = loaded(&bytes, ending, &reader).unwrap();
        assert_eq!(rows[0], [Cell::Scalar(0.5.into()), Cell::Scalar(7_i64.into()), Cell::Scalar("scored".into())]);
        assert_eq!(rows[1], [null(Elem::F64), null(Elem::I64), Cell::Scalar("filtered: load.py:9".into())]);
    }
}

#[test]
fn parquet_of_pandas_is_read_by_type() {
    let read = |text: &str| read("pandas.parquet", text);
    let null = Literal::Null;
    assert_eq!(read("flag: bool"), scalars([true, false, true].map(Literal::from)));
    assert_eq!(read("tiny: i32"), scalars([-128, 0, 127].map(Literal::from)));
    assert_eq!(read("tiny: f32"), scalars([-128.0_f32, 0.0, 127.0].map(Literal::from)));
    assert_eq!(read("small: i32"), scalars([0, 1, 65535].map(Literal::from)));
    assert_eq!(read("natural: i64"), scalars([0_i64, 1, 4_294_967_295].map(Literal::from)));
    assert_eq!(read("whole: f64"), scalars([-9_223_372_036_854_775_808.0, 0.0, 9_007_199_254_740_992.0].map(Literal::from)));
    assert_eq!(read("gaps: i64?"), scalars([1_i64.into(), null(Elem::I64), 3_i64.into()]));
    assert_eq!(read("gaps: f64"), scalars([1.0, f64::NAN, 3.0].map(Literal::from)));
    assert_eq!(read("holes: f64?"), scalars([1.0.into(), null(Elem::F64), 3.0.into()]));
    assert_eq!(read("holes: i64?"), scalars([1_i64.into(), null(Elem::I64), 3_i64.into()]));
    assert_eq!(read("single: f64"), scalars([0.5, -0.0, f64::INFINITY].map(Literal::from)));
    assert_eq!(read("double: f32"), scalars([0.1_f32, f32::NAN, f32::NEG_INFINITY].map(Literal::from)));
    assert_eq!(read("city: str?"), scalars(["Köln".into(), null(Elem::Str), "".into()]));
    assert_eq!(read("kind: str"), scalars(["a", "b", "a"].map(Literal::from)));
    assert_eq!(read("day: date"), scalars([19_753, 0, -1].map(Literal::Date)));
    assert_eq!(read("day: datetime"), scalars([19_753 * 86_400_000_000, 0, -86_400_000_000].map(Literal::DateTime)));
    for name in ["micros", "nanos"] {
        let times = scalars([Literal::DateTime(1_706_659_200_000_000), Literal::DateTime(-1), null(Elem::DateTime)]);
        assert_eq!(read(&format!("{name}: datetime?")), times);
    }
    assert_eq!(read("millis: datetime?").unwrap()[1], Cell::Scalar(Literal::DateTime(-1000)));
    assert_eq!(read("span: duration"), scalars([1_500_000, 0, -1].map(Literal::Duration)));
    let vector = |x: f64, y: f64| Cell::Array(vec![x.into(), y.into()]);
    assert_eq!(read("v: f64[2]").unwrap(), [vector(1.0, 2.0), vector(3.0, f64::NAN), vector(5.0, 6.0)]);
    assert_eq!(read("w: f64[2]").unwrap(), [vector(1.0, 4.0), vector(2.0, 5.0), vector(3.0, 6.0)]);
}

/// Gzip, pages of version 2, integers as deltas: what pyarrow writes when it is asked to.
#[test]
fn parquet_of_other_encodings_is_read() {
    let rows = from(&data("arrow.parquet"), &plan(&["i: i64", "j: i32?"])).unwrap();
    assert_eq!(rows.len(), 300);
    assert_eq!(rows[298], [Cell::Scalar(894_i64.into()), Cell::Scalar(5.into())]);
    assert_eq!(rows[297], [Cell::Scalar(891_i64.into()), Cell::Scalar(Literal::Null(Elem::I32))]);
    let unit = read("arrow.parquet", "i: duration").unwrap_err();
    assert!(unit.starts_with("column \"i\": the file does not say in what unit its durations are"), "{unit}");
}

#[test]
fn parquet_says_what_does_not_fit() {
    for (text, why) in [
        ("gaps: i64", "row 2, column \"gaps\": the value is missing, and i64 has no missing values here"),
        ("city: str", "row 2, column \"city\": the value is missing, and str has no missing values here"),
        ("natural: i32", "row 3, column \"natural\": 4294967295 is not i32"),
        ("natural: f32", "row 3, column \"natural\": 4294967295 is not f32"),
        ("single: i64", "row 1, column \"single\": 0.5 is not i64"),
        ("flag: f64", "row 1, column \"flag\": true is not f64"),
        ("city: f64", "row 1, column \"city\": \"Köln\" is not f64"),
        ("fine: datetime", "row 1, column \"fine\": a time of 1 Nanos since 1970 is not datetime: it is finer than a microsecond"),
        (
            "zoned: datetime",
            "column \"zoned\": its times have a time zone, which the scorer's have not; take it away first (`dt.tz_localize(None)`)",
        ),
        ("ragged: f64[2]", "row 2, column \"ragged\": 1 elements are not f64[2]"),
        ("v: f64[3]", "row 1, column \"v\": 2 elements are not f64[3]"),
        ("v: f64", "column \"v\" holds lists or structures, which are not f64"),
        ("v: f64[1]", "column \"v\": 6 values are not 1 in each of 3 rows"),
    ] {
        assert_eq!(read("pandas.parquet", text).unwrap_err(), why, "{text}");
    }
    let missing = read("pandas.parquet", "age: f64").unwrap_err();
    assert!(missing.starts_with("there is no column \"age\"; the file has \"flag\", "), "{missing}");
}

#[test]
fn npz_of_numpy_is_read_by_type() {
    let read = |text: &str| read("numpy.npz", text);
    assert_eq!(read("flag: bool"), scalars([true, false, true].map(Literal::from)));
    assert_eq!(read("tiny: f64"), scalars([-128.0, 0.0, 127.0].map(Literal::from)));
    assert_eq!(read("big: i64"), scalars([-2_i64, 0, 1 << 40].map(Literal::from)));
    assert_eq!(read("single: f32?"), scalars([0.5_f32.into(), Literal::Null(Elem::F32), f32::INFINITY.into()]));
    assert_eq!(read("double: f64"), scalars([0.1, f64::NAN, f64::NEG_INFINITY].map(Literal::from)));
    assert_eq!(read("city: str"), scalars(["Köln", "", "𝄞b"].map(Literal::from)));
    let row = |x: f64, y: f64| Cell::Array(vec![x.into(), y.into()]);
    assert_eq!(read("matrix: f64[2]").unwrap(), [row(0.0, 1.0), row(2.0, 3.0), row(4.0, 5.0)]);
    let block = |row: i32| Cell::Array((row * 6..row * 6 + 6).map(Literal::from).collect());
    assert_eq!(read("cube: i32[2, 3]").unwrap(), [block(0), block(1), block(2)]);
    assert_eq!(read("day: date?"), scalars([Literal::Date(19_753), Literal::Date(0), Literal::Null(Elem::Date)]));
    let times = scalars([Literal::DateTime(1_706_695_200_250_000), Literal::Null(Elem::DateTime), Literal::DateTime(0)]);
    assert_eq!(read("when: datetime?"), times);
    assert_eq!(read("span: duration"), scalars([1_500_000, 0, -1000].map(Literal::Duration)));
    assert_eq!(read("gaps: i64?"), scalars([1_i64.into(), Literal::Null(Elem::I64), 3_i64.into()]));
}

#[test]
fn npz_says_what_does_not_fit() {
    for (text, why) in [
        ("natural: i64", "row 3, column \"natural\": 18446744073709551615 is not i64"),
        ("matrix: f64[3]", "array \"matrix\": its shape is [3, 2], and f64[3] needs [rows] and [3]"),
        ("matrix: f64", "array \"matrix\": its shape is [3, 2], and f64 needs [rows] or [rows, 1]"),
        ("day: date", "row 3, column \"day\": the value is missing, and date has no missing values here"),
        (
            "objects: str",
            "array \"objects\": it is an array of Python objects, a pickle, which is a program and is never run; save it with a type such as \
             float64 or str",
        ),
    ] {
        assert_eq!(read("numpy.npz", text).unwrap_err(), why, "{text}");
    }
    let unequal = from(&data("numpy.npz"), &plan(&["double: f64", "short: f64"])).unwrap_err();
    assert_eq!(unequal, "array \"short\": it has 2 rows, and the array \"double\" 3");
}

#[test]
fn times_in_text_are_iso() {
    let plan = plan(&["day: date", "when: datetime?"]);
    let moments = |day, when| vec![Cell::Scalar(Literal::Date(day)), Cell::Scalar(when)];
    let csv = "day,when\n2024-01-31,2024-01-31T10:00:00.25\n19753,\n2024-01-31,-1\n";
    let rows = loaded(csv.as_bytes(), "csv", &plan).unwrap();
    let when = Literal::DateTime(1_706_695_200_250_000);
    assert_eq!(rows, [moments(19_753, when), moments(19_753, Literal::Null(Elem::DateTime)), moments(19_753, Literal::DateTime(-1))]);
    let outcomes: Vec<GoldenOutcome> = rows.into_iter().map(GoldenOutcome::Scored).collect();
    let text = String::from_utf8(written(&plan, &outcomes, Form::Csv).unwrap()).unwrap();
    assert_eq!(text, "day,when\n2024-01-31,2024-01-31 10:00:00.250\n2024-01-31,\n2024-01-31,1969-12-31 23:59:59.999999\n");
    let text = String::from_utf8(written(&plan, &outcomes[..1], Form::JsonLines).unwrap()).unwrap();
    assert_eq!(text, "{\"day\":\"2024-01-31\",\"when\":\"2024-01-31 10:00:00.250\"}\n");

    let wrong = loaded(b"day,when\n2024-02-30,\n", "csv", &plan).unwrap_err();
    assert_eq!(wrong, "line 2, column \"day\": \"2024-02-30\" is not date: the calendar has no such day");
    let wrong = loaded(b"{\"day\": 1, \"when\": \"2024-01-31T10:00:00Z\"}\n", "jsonl", &plan).unwrap_err();
    let zone = "line 1: column \"when\": \"2024-01-31T10:00:00Z\" is not datetime: it has a time zone, which the column has not";
    assert_eq!(wrong, zone);
}

#[test]
fn a_date_too_far_for_parquet_is_an_error() {
    let outcomes = [GoldenOutcome::Scored(vec![Cell::Scalar(Literal::Date(i64::MAX))])];
    assert!(matches!(written(&plan(&["day: date"]), &outcomes, Form::Parquet), Err(Problem::Rows(_))));
}

/// Files with types of their own, with the plan that reads them.
fn binary_files() -> Vec<(&'static str, Vec<u8>, Plan)> {
    let every = plan(EVERYTHING);
    let outcomes: Vec<GoldenOutcome> = everything().into_iter().cycle().take(50).map(GoldenOutcome::Scored).collect();
    let of_pandas = plan(&["flag: bool", "gaps: f64", "city: str?", "v: f64[2]", "w: i64[2]", "span: duration", "nanos: datetime?"]);
    let of_numpy = plan(&["flag: bool", "city: str", "cube: i32[2, 3]", "when: datetime?", "gaps: i64?"]);
    let of_arrow = plan(&["i: i64", "j: i32?"]);
    vec![
        ("parquet", written(&every, &outcomes, Form::Parquet).unwrap(), every.clone()),
        ("npz", written(&every, &outcomes, Form::Npz).unwrap(), every),
        ("parquet", std::fs::read(data("pandas.parquet")).unwrap(), of_pandas),
        ("parquet", std::fs::read(data("arrow.parquet")).unwrap(), of_arrow),
        ("npz", std::fs::read(data("numpy.npz")).unwrap(), of_numpy),
    ]
}

#[test]
fn a_truncated_file_is_an_error() {
    for (ending, bytes, plan) in binary_files() {
        assert!(loaded(&bytes, ending, &plan).is_ok());
        for length in (0..bytes.len()).step_by(bytes.len() / 300 + 1) {
            assert!(loaded(&bytes[..length], ending, &plan).is_err(), "{ending} of {length} bytes");
        }
        assert!(loaded(b"these are no rows at all", ending, &plan).is_err());
    }
}

/// The length of a text that leaves less of the page than the next length needs: the decoder itself stops there.
#[test]
fn damage_inside_of_a_page_is_an_error() {
    let mut bytes = std::fs::read(data("plain.parquet")).unwrap();
    let plan = plan(&["x: str"]);
    assert_eq!(loaded(&bytes, "parquet", &plan).unwrap().len(), 2);
    let length = bytes.windows(7).position(|window| window == b"\x03\0\0\0abc").unwrap();
    bytes[length] = 8;
    assert_eq!(loaded(&bytes, "parquet", &plan).unwrap_err(), "the file is damaged");
}

/// A changed byte may be a changed value; what it may not be is a panic or a huge file in memory.
#[test]
fn a_damaged_file_is_no_panic() {
    for (ending, bytes, plan) in binary_files() {
        // A prime, so that every kind of byte gets its turn.
        for at in (0..bytes.len()).step_by(37) {
            for change in [0x01, 0xff] {
                let mut damaged = bytes.clone();
                damaged[at] ^= change;
                drop(loaded(&damaged, ending, &plan));
            }
        }
    }
}

/// An `.npz` of one array `x` with this header and these bytes.
fn npz(header: &str, values: &[u8]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    zip.start_file("x.npy", options).unwrap();
    zip.write_all(&[b"\x93NUMPY\x03\x00", &(header.len() as u32).to_le_bytes()[..], header.as_bytes(), values].concat()).unwrap();
    zip.finish().unwrap().into_inner()
}

#[test]
fn what_an_array_claims_is_not_believed() {
    let said = |header: &str, values: &[u8]| loaded(&npz(header, values), "npz", &plan(&["x: f64"])).map(|rows| rows.len());
    let array = |descr: &str, shape: &str| format!("{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}\n");
    let wrong = |why: &str| Err(format!("array \"x\": {why}"));
    assert_eq!(said(&array("'<f8'", "(2,)"), &[0; 16]), Ok(2));
    let large = "its values take more than 2147483648 bytes";
    assert_eq!(said(&array("'<f8'", "(1000000000000,)"), &[0; 16]), wrong(large));
    assert_eq!(said(&array("'<f8'", "(1000000000000, 0)"), &[]), wrong(large));
    assert_eq!(said(&array("'<U0'", "(1000000000000,)"), &[]), wrong(large));
    assert_eq!(said(&array("'<f8'", "(4294967296, 4294967296)"), &[]), wrong("its shape is too large"));
    assert!(said(&array("'<f8'", "(99999999999999999999,)"), &[]).is_err());
    assert!(said(&array("'<U9999999999999999999'", "(1,)"), &[]).is_err());
    // A bomb: little to store, much to unpack, and one row asked for.
    assert_eq!(said(&array("'<f8'", "(1,)"), &vec![0; 100 << 20]), wrong("its shape needs 8 bytes, and it has more"));
    assert_eq!(said(&array("'<f8'", "(200000000,)"), &[0; 16]), wrong("its shape needs 1600000000 bytes, and it has 16"));
    assert_eq!(said(&array("[('a', '<f8')]", "(1,)"), &[0; 8]), wrong("it is an array of records; each input needs an array of its own"));
    assert_eq!(
        said(&array("'<c8'", "(1,)"), &[0; 8]),
        wrong("its type \"<c8\" is not read; bool, integers, f4, f8, datetime64, timedelta64 and texts (`<U`) are")
    );
    assert_eq!(said(&array("'<f8'", "()"), &[0; 8]), wrong("its shape is [], and f64 needs [rows] or [rows, 1]"));
    assert_eq!(said("{}", &[]), wrong("its header is malformed: \"{}\""));
    assert_eq!(said(&" ".repeat(1 << 17), &[]), wrong("its header claims 131072 bytes; a plain array's are fewer than 65536"));
}
