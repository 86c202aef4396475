//! How a package looks: a small scorer with a null, a text, a rejection and a table, and what it became.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use ir::{Builder, Elem, Literal, Map, Reason, Table, Type};
use source::{Place, Sources, Span};

const SCRIPT: &str = r#"df["housing"] = df["housing"].str.strip().map({"own": 1.0, "rent": 0.5})
assert (df["income"] > 0).all()
df["ratio"] = df["debt"].fillna(0) / df["income"] * df["housing"]
"#;

fn scorer() -> Builder {
    let mut sources = Sources::default();
    let file = sources.add("prepare.py", SCRIPT);
    let place = |line: usize| {
        let start: usize = SCRIPT.lines().take(line - 1).map(|text| text.len() + 1).sum();
        let end = start + SCRIPT.lines().nth(line - 1).unwrap().len();
        Place::Text(Span { file, start: start as u32, end: end as u32 })
    };
    let b = Builder::new("debt ratio");
    let debt = b.param("debt", Type::nullable(Elem::F64));
    let income = b.param("income", Type::scalar(Elem::F64));
    let housing = b.param("housing", Type::scalar(Elem::Str));
    b.at(&place(1), &sources);
    let shares = b.table(Table::Map(Map {
        name: "housing shares".into(),
        keys: vec![Elem::Str],
        value: Elem::F64,
        rows: vec![(vec!["own".into()], Literal::F64(1.0)), (vec!["rent".into()], Literal::F64(0.5))],
    }));
    let share = b.lookup(shares, &[housing.strip()]).named("housing share");
    b.at(&place(2), &sources);
    b.reject_if(!income.gt(0.0), Reason::Invalid("income is not positive".into()));
    b.at(&place(3), &sources);
    b.result("ratio", debt.or_else(0.0) / income * share);
    b
}

#[test]
fn a_small_scorer() {
    let row = |debt: Option<f64>, income: f64, housing: &str| {
        vec![debt.map_or(support::null(Elem::F64), Into::into), income.into(), housing.into()]
    };
    let rows = [row(Some(3.0), 2.0, " own "), row(None, 2.0, "free"), row(Some(1.0), -1.0, "rent")];
    let files = support::package(scorer(), &rows);
    let mut out = format!("prepare.py\n----------\n{SCRIPT}\n");
    for file in &files {
        let text = match std::str::from_utf8(&file.contents) {
            _ if file.path == "scorer.wasm" => own_functions(&wasmprinter::print_bytes(&file.contents).unwrap()),
            Ok(text) => text.split("// How records and columns").next().unwrap().to_string(),
            Err(_) => continue,
        };
        if file.path != "test/golden.test.js" {
            out.push_str(&format!("{}\n{}\n{text}\n", file.path, "-".repeat(file.path.len())));
        }
    }
    insta::assert_snapshot!(out);
    support::agrees(scorer(), &rows);
}

/// The functions that were written for this scorer, without the runtime.
fn own_functions(module: &str) -> String {
    let mut out = String::new();
    for function in module.split("\n  (func ").skip(1) {
        if function.starts_with("$find_in") || function.starts_with("$debt_ratio") || function.starts_with("$score") {
            let end = function.find("\n  )").map_or(function.len(), |end| end + 4);
            out.push_str(&format!("(func {}\n", &function[..end]));
        }
    }
    out
}
