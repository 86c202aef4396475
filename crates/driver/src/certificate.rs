//! What a verification can say for itself: `equivalence.json` for machines, `junit.xml` for CI, `report.html` for people.

use equiv::{Coverage, Covered, OutputReport, Report, Verdict};
use front_python::Frozen;
use minijinja::context;
use plan::File;
use quick_xml::Writer;
use quick_xml::events::BytesText;
use serde_json::{Value, json};

use crate::load::Scorer;
use crate::original::Changes;
use crate::page::rendered;
use crate::verify::{Comparison, OriginalResult, Verification};

/// The three files.
pub fn files(scorer: &Scorer, verification: &Verification) -> Vec<File> {
    let statement = statement(scorer, verification);
    vec![
        File::text("equivalence.json", format!("{statement:#}\n")),
        File::text("junit.xml", junit(verification)),
        File::text("report.html", html(scorer, verification, &statement)),
    ]
}

/// One thing that was tested: in which suite, what it is called, and what is wrong.
struct Tested {
    suite: &'static str,
    name: String,
    failure: Option<String>,
}

fn tested(verification: &Verification) -> Vec<Tested> {
    let mut all: Vec<Tested> = verification
        .targets
        .iter()
        .map(|result| Tested {
            suite: "targets",
            name: format!("{} equals the interpreter bit for bit", result.target.name()),
            failure: result.difference.clone(),
        })
        .collect();
    if let OriginalResult::Ran(comparison) = &verification.original {
        for (leg, report) in comparison.legs() {
            for output in report.outputs.iter().filter(|output| !output.verdicts.is_empty()) {
                let failing: usize = output.verdicts.iter().filter(|(verdict, _)| verdict.fails()).map(|(_, count)| count).sum();
                let failures = comparison.failures.iter().filter(|failed| failed.leg == leg && failed.output == output.name);
                let text =
                    || format!("{failing} rows differ\n{}", failures.map(|failed| failed.text.as_str()).collect::<Vec<_>>().join("\n"));
                all.push(Tested {
                    suite: "original",
                    name: format!("{} equals {} on {}", output.name, comparison.runtime, leg.rows()),
                    failure: (failing > 0).then(text),
                });
            }
        }
    }
    all
}

/// What a reader must know though nothing failed.
fn warnings(verification: &Verification) -> Vec<String> {
    match &verification.original {
        OriginalResult::NotRun(why) => {
            vec![format!("the original was not run ({why}): targets were compared with the reference interpreter only")]
        }
        OriginalResult::Ran(comparison) => {
            let refused: usize = comparison.refused.values().sum();
            let mut all = Vec::new();
            if let Some(reason) = comparison.refused.keys().next() {
                let reasons = match comparison.refused.len() {
                    1 => reason.clone(),
                    count => format!("{count} reasons, the first: {reason}"),
                };
                all.push(format!("{refused} boundary rows have a score in the original and none here ({reasons})"));
            }
            for (reason, [data, boundary]) in &comparison.undetermined {
                all.push(format!(
                    "{data} data rows and {boundary} boundary rows were not compared: they have no score here, for in the original it is a matter of the \
                     machine ({reason})"
                ));
            }
            if comparison.beside_others > 0 {
                let text = "boundary rows have the same score in the original only apart from the odd ones among them: there, what a row gives depends on \
                            the rows beside it, for instance by the type that a column then has";
                all.push(format!("{} {text}", comparison.beside_others));
            }
            if let Some((places, changes)) = comparison.held {
                let changed = match changes {
                    Some(Changes { cells: 0, .. }) => "; its own output stays as it was".to_string(),
                    Some(Changes { cells, of }) => format!("; that changes {cells} of the {of} cells of its own output"),
                    None => String::new(),
                };
                let text = "what the original learns from the rows that it scores is part of the scorer as it was in the recorded run, and was held \
                            so when the original was run on other rows; so was their order";
                all.push(format!("{text} ({places} places){changed}"));
            }
            if let Some(example) = &comparison.read_otherwise {
                let text = "the script reads its scoring file with options of its own, and a scorer reads such a file without them";
                all.push(format!("{text}: {example}; give a scorer the rows as the script has them after reading"));
            }
            if comparison.dropped > 0 {
                all.push(format!(
                    "{} rows have a score here and none in the original, which drops them for columns that the scorer does not take",
                    comparison.dropped
                ));
            }
            if comparison.untested > 0 {
                all.push(format!("{} boundary rows were not run on the original", comparison.untested));
            }
            all
        }
    }
}

/// An in-toto statement with a test result.
fn statement(scorer: &Scorer, verification: &Verification) -> Value {
    let subjects: Vec<Value> = scorer.inputs.iter().map(|input| json!({"name": input.name, "digest": {"sha256": input.sha256}})).collect();
    let tests = tested(verification);
    let named = |failed: bool| -> Vec<&str> {
        tests.iter().filter(|test| test.failure.is_some() == failed).map(|test| test.name.as_str()).collect()
    };
    let warned = warnings(verification);
    let result = match (named(true).is_empty(), &verification.original) {
        (false, _) => "FAILED",
        (true, OriginalResult::NotRun(_)) => "WARNED",
        (true, OriginalResult::Ran(comparison)) if comparison.nothing_determined(verification.data_rows) => "WARNED",
        (true, OriginalResult::Ran(_)) => "PASSED",
    };
    let original = match &verification.original {
        OriginalResult::NotRun(why) => json!({"notRun": why}),
        OriginalResult::Ran(comparison) => original(comparison),
    };
    let all_frozen: Vec<Value> = scorer.conversion.iter().flat_map(|conversion| &conversion.frozen).map(frozen).collect();
    json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": subjects,
        "predicateType": "https://in-toto.io/attestation/test-result/v0.1",
        "predicate": {
            "result": result,
            "configuration": [{"name": "scorewright", "version": env!("CARGO_PKG_VERSION")}],
            "passedTests": named(false),
            "warnedTests": warned,
            "failedTests": named(true),
            "scorer": verification.name,
            "rows": {
                "data": verification.data_rows,
                "boundary": verification.boundary_rows(),
                "rejected": verification.rejected_rows(),
            },
            "digest": {"interpreter": verification.digest},
            "targets": verification.targets.iter().map(|result| json!({
                "target": result.target.name(),
                "digest": result.digest,
                "identical": result.difference.is_none(),
            })).collect::<Vec<_>>(),
            "original": original,
            "coverage": coverage(verification),
            "frozen": all_frozen,
        },
    })
}

/// A frozen value as JSON: where it was learnt, from what, and what it is.
pub fn frozen(one: &Frozen) -> Value {
    let mut out = json!({"line": one.line.number, "expression": one.expression, "value": one.value});
    if let Some(cell) = one.line.cell {
        out["cell"] = json!(cell);
    }
    if let Some(module) = &one.module {
        out["file"] = json!(module);
    }
    out
}

/// The kinds of things that rows can reach.
pub(crate) fn kinds(covered: &Covered) -> [(&'static str, &Coverage); 5] {
    [
        ("leaves", &covered.leaves),
        ("arms", &covered.arms),
        ("keys", &covered.keys),
        ("missing", &covered.missing),
        ("rejections", &covered.rejections),
    ]
}

fn coverage(verification: &Verification) -> Value {
    let kind = |(name, coverage): (&str, &Coverage)| {
        (name.to_string(), json!({"reached": coverage.reached, "total": coverage.total, "notReached": coverage.missed}))
    };
    let mut out: serde_json::Map<String, Value> = kinds(&verification.covered).into_iter().map(kind).collect();
    let left: Vec<Value> = verification.left_out.iter().map(|left| json!({"why": left.why.to_string(), "count": left.count})).collect();
    out.insert("leftOut".into(), json!(left));
    out.insert("shareOfLeavesAndArms".into(), json!(verification.reached()));
    Value::Object(out)
}

fn original(comparison: &Comparison) -> Value {
    json!({
        "runtime": comparison.runtime,
        "versions": comparison.versions.iter().map(|(name, version)| (name.clone(), json!(version))).collect::<serde_json::Map<_, _>>(),
        "worstUlpOnData": comparison.worst_ulps(),
        "greatestRatioToBound": number(comparison.greatest_ratio()),
        "onData": leg(&comparison.on_data),
        "onBoundary": leg(&comparison.on_boundary),
        "onDataReversed": leg(&comparison.on_reversed),
        "refused": comparison.refused,
        "undetermined": comparison.undetermined.iter().map(|(reason, [data, boundary])| {
            (reason.clone(), json!({"data": data, "boundary": boundary}))
        }).collect::<serde_json::Map<_, _>>(),
        "untested": comparison.untested,
        "droppedByOriginal": comparison.dropped,
        "besideOthers": comparison.beside_others,
    })
}

fn leg(report: &Report) -> Value {
    json!({
        "rows": report.rows,
        "unstableRows": report.unstable_rows,
        "outputs": report.outputs.iter().map(output).collect::<Vec<_>>(),
        "explained": report.explained.iter().map(|explained| json!({
            "row": explained.row + 1,
            "decisions": explained.decisions.iter().map(|(what, margin, bound)| json!({
                "decision": what, "margin": number(*margin), "bound": number(*bound),
            })).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
    })
}

fn output(output: &OutputReport) -> Value {
    let histogram: Vec<Value> =
        output.histogram.classes().iter().map(|(first, last, count)| json!({"from": first, "to": last, "count": count})).collect();
    json!({
        "name": output.name,
        "verdicts": output.verdicts.iter().map(|(verdict, count)| (verdict.name().to_string(), json!(count))).collect::<serde_json::Map<_, _>>(),
        "ulpHistogram": histogram,
        "worstUlp": output.worst.map(|(ulps, _)| ulps),
        "greatestRatioToBound": number(output.greatest_ratio),
        "p99RatioToBound": number(output.p99_ratio),
    })
}

/// JSON has no infinity.
fn number(x: f64) -> Value {
    if x.is_finite() { json!(x) } else { json!(x.to_string()) }
}

fn junit(verification: &Verification) -> String {
    let tests = tested(verification);
    let count = |tests: &[&Tested]| (tests.len().to_string(), tests.iter().filter(|test| test.failure.is_some()).count().to_string());
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    let all: Vec<&Tested> = tests.iter().collect();
    let (total, failed) = count(&all);
    // Writing to memory does not fail.
    let _ = writer
        .create_element("testsuites")
        .with_attributes([("name", verification.name.as_str()), ("tests", &total), ("failures", &failed)])
        .write_inner_content(|writer| {
            for suite in ["targets", "original"] {
                let tests: Vec<&Tested> = tests.iter().filter(|test| test.suite == suite).collect();
                let (total, failed) = count(&tests);
                writer
                    .create_element("testsuite")
                    .with_attributes([("name", suite), ("tests", total.as_str()), ("failures", failed.as_str())])
                    .write_inner_content(|writer| tests.iter().try_for_each(|test| test_case(writer, test)))?;
            }
            Ok(())
        });
    let xml = String::from_utf8(writer.into_inner()).unwrap_or_default();
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{xml}\n")
}

fn test_case(writer: &mut Writer<Vec<u8>>, test: &Tested) -> std::io::Result<()> {
    let case = writer.create_element("testcase").with_attributes([("classname", test.suite), ("name", printable(&test.name).as_str())]);
    match &test.failure {
        None => case.write_empty().map(|_| ()),
        Some(text) => case
            .write_inner_content(|writer| {
                let text = printable(text);
                let first = text.lines().next().unwrap_or_default();
                writer.create_element("failure").with_attribute(("message", first)).write_text_content(BytesText::new(&text))?;
                Ok(())
            })
            .map(|_| ()),
    }
}

/// XML 1.0 has no control characters.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' && c != '\t' { '\u{fffd}' } else { c }).collect()
}

fn html(scorer: &Scorer, verification: &Verification, statement: &Value) -> String {
    let predicate = &statement["predicate"];
    let legs: Vec<minijinja::Value> = match &verification.original {
        OriginalResult::NotRun(_) => vec![],
        OriginalResult::Ran(comparison) => comparison
            .legs()
            .into_iter()
            .filter(|(_, report)| report.rows > 0)
            .map(|(leg, report)| {
                context! { name => leg.rows(), rows => report.rows, unstable => report.unstable_rows, outputs => rows_of(report) }
            })
            .collect(),
    };
    let page = context! {
        name => verification.name.clone(),
        result => predicate["result"].as_str(),
        predicate => minijinja::Value::from(minijinja::value::Serde(predicate)),
        legs,
        inputs => scorer.plan.inputs.len(),
        outputs => scorer.plan.outputs.len(),
        reasons => scorer.plan.rejections.iter().map(|rejection| rejection.reason.to_string()).collect::<Vec<_>>(),
        version => env!("CARGO_PKG_VERSION"),
    };
    rendered("report.html", include_str!("report.html"), page)
}

fn rows_of(report: &Report) -> Vec<minijinja::Value> {
    let count = |output: &OutputReport, verdict: Verdict| output.verdicts.get(&verdict).copied().unwrap_or(0);
    report
        .outputs
        .iter()
        .map(|output| {
            context! {
                name => output.name.clone(),
                counts => Verdict::ALL.map(|verdict| count(output, verdict)).to_vec(),
                fails => output.verdicts.keys().any(|verdict| verdict.fails()),
                worst => output.worst.map(|(ulps, _)| ulps),
                ratio => format!("{:.3}", output.greatest_ratio),
            }
        })
        .collect()
}

/// A few lines for a terminal.
pub fn summary(scorer: &Scorer, verification: &Verification, sizes: &[(crate::Target, usize)]) -> String {
    let mut out = format!(
        "{}: {} data rows and {} boundary rows compared, {} rejected by all alike\n",
        verification.name,
        verification.data_rows,
        verification.boundary_rows(),
        verification.rejected_rows()
    );
    match &verification.original {
        OriginalResult::NotRun(why) => out += &format!("  the original was not run ({why})\n"),
        OriginalResult::Ran(comparison) => {
            let legs = comparison.legs();
            let rows: usize = legs.iter().map(|(_, report)| report.rows).sum();
            let total = |verdict: Verdict| -> usize {
                legs.iter().flat_map(|(_, report)| &report.outputs).filter_map(|output| output.verdicts.get(&verdict)).sum()
            };
            let counts: Vec<String> = Verdict::ALL
                .iter()
                .map(|verdict| (verdict, total(*verdict)))
                .filter(|(_, count)| *count > 0)
                .map(|(verdict, count)| format!("{count} {}", verdict.name()))
                .collect();
            out += &format!(
                "  {} on {rows} rows: {} values; worst difference on data rows {} ULP, on all rows {:.2} of the derived bound\n",
                comparison.runtime,
                counts.join(", "),
                comparison.worst_ulps(),
                comparison.greatest_ratio()
            );
            for warning in warnings(verification) {
                out += &format!("  note: {warning}\n");
            }
        }
    }
    for result in &verification.targets {
        let size = sizes.iter().find(|(target, _)| *target == result.target).map_or(String::new(), |(_, bytes)| format!(", {bytes} bytes"));
        let verdict = if result.difference.is_none() { "identical to the interpreter, 0 ULP" } else { "DIFFERS from the interpreter" };
        out += &format!("  {:<5} {verdict}{size}\n", result.target.name());
    }
    let reached = kinds(&verification.covered).into_iter().filter(|(_, coverage)| coverage.total > 0);
    let reached: Vec<String> = reached.map(|(name, coverage)| format!("{} of {} {name}", coverage.reached, coverage.total)).collect();
    if !reached.is_empty() {
        out += &format!("  reached by these rows: {}\n", reached.join(", "));
    }
    if let Some(conversion) = &scorer.conversion {
        let frozen: Vec<String> = conversion.frozen.iter().map(|one| format!("{} = {}", one.expression, one.value)).collect();
        out += &format!("  frozen from training: {}\n", if frozen.is_empty() { "nothing".into() } else { frozen.join(", ") });
    }
    out
}
