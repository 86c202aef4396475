//! What `inspect` says of a scorer: for people, and the same as JSON.

use driver::{Scorer, certificate};
use serde_json::{Value, json};

pub fn json(scorer: &Scorer) -> Value {
    let columns = |columns: &[plan::Column]| -> Value {
        columns.iter().map(|column| json!({"name": column.name, "type": column.ty.to_string(), "doc": column.doc})).collect()
    };
    let mut out = json!({
        "scorer": scorer.plan.name,
        "inputs": columns(&scorer.plan.inputs),
        "outputs": columns(&scorer.plan.outputs),
        "rejections": scorer.plan.rejections.iter().map(|rejection| rejection.reason.to_string()).collect::<Vec<_>>(),
        "files": scorer.inputs.iter().map(|input| input.name.as_str()).collect::<Vec<_>>(),
    });
    if let Some(conversion) = &scorer.conversion {
        out["script"] = json!({
            "score": conversion.score.0,
            "output": conversion.output,
            "frozen": conversion.frozen.iter().map(certificate::frozen).collect::<Vec<_>>(),
            "statements": {"emitted": conversion.emitted.len(), "ignored": conversion.ignored.len()},
            "versions": conversion.record.versions,
        });
    }
    out
}

pub fn text(scorer: &Scorer) -> String {
    let mut out = format!("{}\n", scorer.plan.name);
    if let Some(conversion) = &scorer.conversion {
        out += &format!("  scores the rows of {}, gives `{}`\n", conversion.score.0, conversion.output);
        out +=
            &format!("  {} statements become code, {} are not needed for the output\n", conversion.emitted.len(), conversion.ignored.len());
    }
    for (what, columns) in [("takes", &scorer.plan.inputs), ("gives", &scorer.plan.outputs)] {
        out += &format!("{what}\n");
        out += &table(columns.iter().map(|column| [column.name.clone(), column.ty.to_string()]));
    }
    if let Some(conversion) = scorer.conversion.as_ref().filter(|conversion| !conversion.frozen.is_empty()) {
        out += "frozen from training\n";
        out += &table(conversion.frozen.iter().map(|one| [format!("{}  {}", one.place(), one.expression), one.value.clone()]));
    }
    if !scorer.plan.rejections.is_empty() {
        out += "has no score for a row that is\n";
        for rejection in &scorer.plan.rejections {
            out += &format!("  {}\n", rejection.reason);
        }
    }
    out
}

/// Two columns, the second aligned.
fn table(rows: impl Iterator<Item = [String; 2]>) -> String {
    const WIDEST: usize = 60;
    let rows: Vec<[String; 2]> = rows.collect();
    let width = rows.iter().map(|[first, _]| first.chars().count()).max().unwrap_or(0).min(WIDEST);
    rows.iter().map(|[first, second]| format!("  {first:<width$}  {second}\n")).collect()
}
