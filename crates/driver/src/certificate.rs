//! What a build can say for itself: `equivalence.json`, `junit.xml`, `report.html` and `manifest.json`.

use plan::{File, GoldenOutcome};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::load::Input;
use crate::{Scorer, Target};

/// One target's part.
#[derive(Debug, Clone)]
pub struct TargetResult {
    pub target: Target,
    /// Of its outcomes on all rows; the interpreter's if no bit differs.
    pub digest: String,
    /// What its package weighs.
    pub bytes: usize,
}

/// What was compared, and that it was equal. There is no certificate of anything else.
#[derive(Debug, Clone)]
pub struct Certificate {
    pub name: String,
    pub data_rows: usize,
    pub boundary_rows: usize,
    pub rejected_rows: usize,
    pub digest: String,
    pub targets: Vec<TargetResult>,
}

impl Certificate {
    pub(crate) fn new(
        scorer: &Scorer,
        data_rows: usize,
        boundary_rows: usize,
        expected: &[GoldenOutcome],
        digest: String,
        targets: Vec<TargetResult>,
    ) -> Certificate {
        let rejected_rows = expected.iter().filter(|outcome| matches!(outcome, GoldenOutcome::Rejected(_))).count();
        Certificate { name: scorer.plan.name.clone(), data_rows, boundary_rows, rejected_rows, digest, targets }
    }

    /// The certificate's files, and the manifest of what went in (`inputs`) and what came out (`outputs`).
    pub(crate) fn files(&self, inputs: &[Input], outputs: &[File]) -> Vec<File> {
        let pretty = |value: &Value| format!("{value:#}\n");
        let went_in: Vec<Value> = inputs.iter().map(|input| json!({"name": input.name, "sha256": sha256(&input.bytes)})).collect();
        let mut files = vec![
            File::text("equivalence.json", pretty(&self.statement(&went_in))),
            File::text("junit.xml", self.junit()),
            File::text("report.html", self.html()),
        ];
        let came_out: Vec<Value> =
            outputs.iter().chain(&files).map(|file| json!({"path": file.path, "sha256": sha256(&file.contents)})).collect();
        let manifest = json!({
            "scorewright": env!("CARGO_PKG_VERSION"),
            "scorer": self.name,
            "inputs": went_in,
            "targets": self.targets.iter().map(|result| result.target.name()).collect::<Vec<_>>(),
            "files": came_out,
        });
        files.push(File::text("manifest.json", pretty(&manifest)));
        files
    }

    /// An in-toto statement with a test result.
    fn statement(&self, inputs: &[Value]) -> Value {
        let subjects: Vec<Value> =
            inputs.iter().map(|input| json!({"name": input["name"], "digest": {"sha256": input["sha256"]}})).collect();
        let passed: Vec<String> =
            self.targets.iter().map(|result| format!("{} equals the interpreter bit for bit", result.target.name())).collect();
        json!({
            "_type": "https://in-toto.io/Statement/v1",
            "subject": subjects,
            "predicateType": "https://in-toto.io/attestation/test-result/v0.1",
            "predicate": {
                "result": "PASSED",
                "configuration": [{"name": "scorewright", "version": env!("CARGO_PKG_VERSION")}],
                "passedTests": passed,
                "warnedTests": ["the original was not run: targets were compared with the reference interpreter only"],
                "failedTests": [],
                "rows": {"data": self.data_rows, "boundary": self.boundary_rows, "rejected": self.rejected_rows},
                "digest": {"interpreter": self.digest},
                "targets": self.targets.iter().map(|result| json!({
                    "target": result.target.name(), "digest": result.digest, "worstUlp": 0, "bytes": result.bytes,
                })).collect::<Vec<_>>(),
            },
        })
    }

    fn junit(&self) -> String {
        let mut out = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites tests=\"{count}\" failures=\"0\">\n  <testsuite name=\"{}\" tests=\"{count}\" failures=\"0\">\n",
            escaped(&self.name),
            count = self.targets.len()
        );
        for result in &self.targets {
            out.push_str(&format!("    <testcase classname=\"targets\" name=\"{} equals the interpreter\"/>\n", result.target.name()));
        }
        out + "  </testsuite>\n</testsuites>\n"
    }

    fn html(&self) -> String {
        let rows: String = self
            .targets
            .iter()
            .map(|result| {
                format!(
                    "<tr><td>{}</td><td>identical</td><td>0</td><td>{}</td><td><code>{}</code></td></tr>\n",
                    result.target.name(),
                    result.bytes,
                    &result.digest[..16]
                )
            })
            .collect();
        format!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{name}: equivalence</title>\n<style>body{{font:16px/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}}table{{border-collapse:collapse}}td,th{{border:1px solid #ccc;padding:.3rem .7rem;text-align:left}}.passed{{color:#06632e}}</style></head>\n<body>\n<h1>{name}</h1>\n<p class=\"passed\"><strong>Passed.</strong> Every program computes the same bits as the reference interpreter.</p>\n<p>Compared on {data} data rows and {boundary} boundary rows (special values in each column, both sides of each threshold); {rejected} of them are rejected, by all alike. The original was not run.</p>\n<table><tr><th>target</th><th>verdict</th><th>worst ULP</th><th>bytes</th><th>digest</th></tr>\n{rows}</table>\n</body></html>\n",
            name = escaped(&self.name),
            data = self.data_rows,
            boundary = self.boundary_rows,
            rejected = self.rejected_rows,
        )
    }

    /// A few lines for a terminal.
    pub fn summary(&self) -> String {
        let mut out = format!(
            "{}: {} data rows and {} boundary rows compared, {} rejected by all alike\n",
            self.name, self.data_rows, self.boundary_rows, self.rejected_rows
        );
        for result in &self.targets {
            out.push_str(&format!("  {:<5} identical, worst difference 0 ULP, {} bytes\n", result.target.name(), result.bytes));
        }
        out
    }
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
