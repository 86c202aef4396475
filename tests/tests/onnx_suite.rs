//! ONNX's own backend suite, as the package `onnx` makes it: every case on the interpreter and on every target, with the suite's tolerance.
//! The blessed table says how many cases of each operator pass, and for each case that does not, why. `BLESS=1` writes it anew;
//! `CASE=part_of_a_name` runs those cases on the interpreter and shows what is wrong.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test says what is wrong by stopping")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use check::Checked;
use execute::Job;
use front_onnx::{Data, ElementType, Options, Tensor, literals};
use interp::Interp;
use ir::Literal;
use plan::{Cell, GoldenOutcome, Plan};
use source::{Diagnostic, Sources};
use tests::targets::outcomes;

struct Case {
    name: String,
    folder: PathBuf,
    operators: Vec<String>,
    inputs: Vec<String>,
    outputs: Vec<String>,
    rtol: f64,
    atol: f64,
}

/// What of a case could not be left to the row, because it decides shapes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Baked {
    Nothing,
    Some,
    Everything,
}

enum Read {
    Scorer { checked: Box<Checked>, row: Vec<Cell>, baked: Baked },
    Refused(String),
}

/// The cases in scope, and how many are out of it, by reason.
fn cases(folder: &Path) -> (Vec<Case>, BTreeMap<String, usize>) {
    let index: serde_json::Value = serde_json::from_slice(&fs::read(folder.join("index.json")).unwrap()).unwrap();
    let (mut cases, mut out) = (Vec::new(), BTreeMap::new());
    for entry in index["cases"].as_array().unwrap() {
        let texts = |key: &str| entry[key].as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect();
        let name = entry["name"].as_str().unwrap().to_owned();
        match entry["out_of_scope"].as_str() {
            Some(why) => *out.entry(why.to_owned()).or_default() += 1,
            None => cases.push(Case {
                folder: folder.join(&name),
                name,
                operators: texts("operators"),
                inputs: texts("inputs"),
                outputs: texts("outputs"),
                rtol: entry["rtol"].as_f64().unwrap(),
                atol: entry["atol"].as_f64().unwrap(),
            }),
        }
    }
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    (cases, out)
}

fn tensors(case: &Case, what: &str, names: &[String]) -> BTreeMap<String, Rc<Tensor>> {
    let read = |(number, name): (usize, &String)| {
        let bytes = fs::read(case.folder.join(format!("{what}_{number}.pb"))).ok()?;
        front_onnx::tensor(&bytes).ok().map(|tensor| (name.clone(), Rc::new(tensor)))
    };
    names.iter().enumerate().filter_map(read).collect()
}

/// Whether an input of this name and tensor is baked in.
type Bakes<'a> = &'a dyn Fn(&str, &Tensor) -> bool;

/// Compiles a case. What decides shapes is a constant of most models and an input in the suite: it is baked in, and no more than is needed.
fn read(case: &Case, number: usize, inputs: &BTreeMap<String, Rc<Tensor>>) -> Read {
    let bytes = fs::read(case.folder.join("model.onnx")).unwrap();
    let whole = |tensor: &Tensor| matches!(tensor.data, Data::I32(_) | Data::I64(_) | Data::Bool(_));
    let steps: [Bakes<'_>; 6] = [
        &|_, _| false,
        &|name, tensor| whole(tensor) && tensor.dims.len() <= 1 && case.inputs.first().is_none_or(|first| first != name),
        &|name, tensor| whole(tensor) && case.inputs.first().is_none_or(|first| first != name),
        &|_, tensor| whole(tensor),
        &|name, _| case.inputs.first().is_none_or(|first| first != name),
        &|_, _| true,
    ];
    let mut refusal = String::new();
    for (step, bakes) in steps.into_iter().enumerate() {
        let constants: BTreeMap<String, Rc<Tensor>> =
            inputs.iter().filter(|(name, tensor)| bakes(name, tensor)).map(|(name, tensor)| (name.clone(), Rc::clone(tensor))).collect();
        if step > 0 && constants.is_empty() {
            continue;
        }
        let mut sources = Sources::new();
        // All cases live in one program, so each has a name of its own.
        let file = sources.add_binary(format!("suite {number}.onnx"));
        let baked = match constants.len() {
            0 => Baked::Nothing,
            count if count == inputs.len() => Baked::Everything,
            _ => Baked::Some,
        };
        let options = Options { constants, ..Options::default() };
        match front_onnx::read(bytes.clone(), file, &sources, &options).and_then(check::check) {
            Ok(checked) => {
                let cell = |field: &ir::Field| {
                    let mut all = literals(&inputs.get(&field.name).unwrap_or_else(|| panic!("{}: {}", case.name, field.name)).data);
                    if field.ty.shape.is_empty() { Cell::Scalar(all.remove(0)) } else { Cell::Array(all) }
                };
                let row = checked.entry_function().params.iter().map(cell).collect();
                return Read::Scorer { checked: Box::new(checked), row, baked };
            }
            Err(found) => {
                if step == 0 || refusal.is_empty() {
                    refusal = said(&found);
                }
                // An operator that is not there is not there for constants either.
                if found.iter().any(|found| found.name == "onnx-unsupported-op") {
                    return Read::Refused(said(&found));
                }
                if step == 5 {
                    refusal = said(&found);
                }
            }
        }
    }
    Read::Refused(refusal)
}

fn said(found: &[Diagnostic]) -> String {
    found.first().map_or_else(String::new, |first| format!("{}: {}", first.name, first.message))
}

fn near(got: f64, wanted: f64, rtol: f64, atol: f64) -> bool {
    got == wanted || got.is_nan() && wanted.is_nan() || (got - wanted).abs() <= atol + rtol * wanted.abs()
}

fn same(got: &Literal, wanted: &Literal, rtol: f64, atol: f64) -> bool {
    match (got, wanted) {
        (Literal::F32(got), Literal::F32(wanted)) => near((*got).into(), (*wanted).into(), rtol, atol),
        (Literal::F64(got), Literal::F64(wanted)) => near(*got, *wanted, rtol, atol),
        (got, wanted) => got == wanted,
    }
}

/// What is wrong with an outcome.
fn fault(case: &Case, checked: &Checked, outcome: &GoldenOutcome, expected: &BTreeMap<String, Rc<Tensor>>) -> Option<String> {
    let GoldenOutcome::Scored(cells) = outcome else {
        let GoldenOutcome::Rejected(number) = outcome else { return None };
        return Some(format!("the row is rejected: {}", checked.entry_function().rejections[*number as usize].reason));
    };
    let fields = &checked.entry_function().results;
    if fields.len() != case.outputs.iter().filter(|name| !name.is_empty()).count() {
        return Some(format!("{} outputs", fields.len()));
    }
    for (cell, field) in cells.iter().zip(fields) {
        let field = &field.field;
        let Some(wanted) = expected.get(&field.name) else { return Some(format!("nobody says what {} is", field.name)) };
        let got = match cell {
            Cell::Scalar(literal) => vec![literal.clone()],
            Cell::Array(literals) => literals.clone(),
        };
        let own = |dims: Vec<usize>| dims.into_iter().skip_while(|dim| *dim == 1).collect::<Vec<_>>();
        let (shape, dims) = (own(field.ty.shape.iter().map(|dim| *dim as usize).collect()), own(wanted.dims.clone()));
        if shape != dims {
            return Some(format!("{} has the shape {shape:?}, and {dims:?} is expected", field.name));
        }
        // The suite's runner allows two units in the last place of a bfloat16.
        let rtol = if wanted.elements == ElementType::BF16 { case.rtol.max(0.015_625) } else { case.rtol };
        let wanted = literals(&wanted.data);
        if let Some(at) = (0..wanted.len()).find(|at| !same(&got[*at], &wanted[*at], rtol, case.atol)) {
            return Some(format!("{}[{at}] is {:?}, and {:?} is expected", field.name, got[at], wanted[at]));
        }
    }
    None
}

/// The number of a verdict, its scorer with the row, and the interpreter's answer.
type Scorer = (usize, Box<Checked>, Vec<Vec<Cell>>, GoldenOutcome);

struct Verdict<'c> {
    case: &'c Case,
    baked: Baked,
    /// On the interpreter, then on each target; `None` is a pass.
    faults: Vec<Option<String>>,
}

#[test]
fn the_backend_suite_passes_as_the_table_says() {
    let Some(folder) = tests::python::made_by("onnx_suite/export.py", "onnx-suite", "onnx") else { return };
    let (cases, out) = cases(&folder);
    let asked = std::env::var("CASE").ok();
    let asked_for: Vec<&Case> = cases.iter().filter(|case| asked.as_ref().is_none_or(|part| case.name.contains(part.as_str()))).collect();
    let mut verdicts = Vec::new();
    let mut scorers: Vec<Scorer> = Vec::new();
    for case in asked_for {
        let (inputs, expected) = (tensors(case, "input", &case.inputs), tensors(case, "output", &case.outputs));
        match read(case, verdicts.len(), &inputs) {
            Read::Refused(why) => verdicts.push(Verdict { case, baked: Baked::Nothing, faults: vec![Some(format!("refused: {why}"))] }),
            Read::Scorer { checked, row, baked } => {
                let rows = vec![row];
                let outcome = execute::interpreted(&Interp::new(&checked), &rows).remove(0);
                let fault = fault(case, &checked, &outcome, &expected);
                if fault.is_none() {
                    scorers.push((verdicts.len(), checked, rows, outcome));
                }
                verdicts.push(Verdict { case, baked, faults: vec![fault] });
            }
        }
    }
    if asked.is_some() {
        let mut passed = 0;
        for verdict in &verdicts {
            match &verdict.faults[0] {
                Some(fault) => println!("{}: {fault}", verdict.case.name),
                None => passed += 1,
            }
        }
        println!("{passed} of {} pass on the interpreter", verdicts.len());
        return;
    }
    let plans: Vec<Plan> = scorers.iter().map(|(_, checked, ..)| plan::lower(checked)).collect();
    let jobs: Vec<Job<'_>> = scorers.iter().zip(&plans).map(|((_, _, rows, _), plan)| Job::new(plan, rows)).collect();
    for (target, outcomes) in outcomes(&Path::new(env!("CARGO_TARGET_TMPDIR")).join("onnx-suite-run"), &jobs) {
        for ((number, _, _, wanted), got) in scorers.iter().zip(&outcomes) {
            // The interpreter's answer is within the tolerance; a target gives the same bits.
            let fault = (got[0] != *wanted).then(|| format!("{} differs from the interpreter", target.name()));
            verdicts[*number].faults.push(fault);
        }
    }
    let table = table(&verdicts, &out);
    println!("{}", table.lines().take_while(|line| !line.starts_with("## ")).collect::<Vec<_>>().join("\n"));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("coverage/onnx.md");
    if std::env::var_os("BLESS").is_some() {
        fs::write(path, table).unwrap();
    } else {
        assert!(fs::read_to_string(path).unwrap() == table, "the table has changed: BLESS=1 writes it anew");
    }
    let wrong: Vec<&str> = verdicts.iter().filter(|verdict| is_wrong(verdict)).map(|verdict| verdict.case.name.as_str()).collect();
    assert!(wrong.is_empty(), "wrong: {wrong:?}");
}

/// Neither right nor refused.
fn is_wrong(verdict: &Verdict<'_>) -> bool {
    verdict.faults.iter().flatten().any(|fault| !fault.starts_with("refused"))
}

fn passes(verdict: &Verdict<'_>) -> bool {
    verdict.faults.iter().all(Option::is_none)
}

fn table(verdicts: &[Verdict<'_>], out: &BTreeMap<String, usize>) -> String {
    let passed = verdicts.iter().filter(|verdict| passes(verdict)).count();
    let count = |baked: Baked| verdicts.iter().filter(|verdict| passes(verdict) && verdict.baked == baked).count();
    let mut text = format!(
        "# ONNX's backend suite\n\nMade by `BLESS=1 cargo test -p scorewright-tests --test onnx_suite` from the cases of the package `onnx`, at the suite's own \
         tolerance.\n\n{passed} of {} cases in scope ({:.1} %) pass on the interpreter, in Rust, in Java and in WebAssembly; the others are refused by name. \
         Of those that pass, {} are compiled as they are, {} with inputs that decide shapes baked in, and {} with all their inputs, for their \
         result's shape hangs on every one.\n\nOut of scope: ",
        verdicts.len(),
        100.0 * passed as f64 / verdicts.len() as f64,
        count(Baked::Nothing),
        count(Baked::Some),
        count(Baked::Everything),
    );
    let reasons: Vec<String> = out.iter().map(|(why, count)| format!("{why} ({count})")).collect();
    writeln!(text, "{}.\n\n## By operator\n\n| operator | cases | pass |\n|---|--:|--:|", reasons.join(", ")).unwrap();
    let mut operators: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    for verdict in verdicts {
        for operator in &verdict.case.operators {
            let counts = operators.entry(operator).or_default();
            counts[0] += 1;
            counts[1] += usize::from(passes(verdict));
        }
    }
    for (operator, [cases, pass]) in operators {
        writeln!(text, "| {operator} | {cases} | {pass} |").unwrap();
    }
    text.push_str("\n## Not passed\n\n");
    for verdict in verdicts.iter().filter(|verdict| !passes(verdict)) {
        writeln!(text, "- `{}`: {}", verdict.case.name, verdict.faults.iter().flatten().next().unwrap()).unwrap();
    }
    text
}
