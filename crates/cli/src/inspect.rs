//! What `inspect` says of a scorer: for people, and the same as JSON.

use driver::{Columns, Conversion, Scorer, certificate, page};
use serde_json::{Value, json};

pub fn json(scorer: &Scorer) -> Value {
    let typed = |columns: &[plan::Column]| -> Value {
        columns.iter().map(|column| json!({"name": column.name, "type": column.ty.to_string(), "doc": column.doc})).collect()
    };
    let mut out = json!({
        "scorer": scorer.plan.name,
        "inputs": typed(&scorer.plan.inputs),
        "outputs": typed(&scorer.plan.outputs),
        "rejections": scorer.plan.rejections.iter().map(|rejection| rejection.reason.to_string()).collect::<Vec<_>>(),
        "files": scorer.inputs.iter().map(|input| input.name.as_str()).collect::<Vec<_>>(),
    });
    if let Some(conversion) = &scorer.conversion {
        out["script"] = json!({
            "score": conversion.score.0,
            "output": conversion.output,
            "frozen": conversion.frozen.iter().map(certificate::frozen).collect::<Vec<_>>(),
            "columns": columns(&conversion.columns),
            "statements": {
                "emitted": conversion.fates.emitted.len(),
                "frozen": conversion.fates.fitted.len(),
                "ignored": conversion.fates.ignored.len(),
            },
            "versions": conversion.record.versions,
        });
    }
    out
}

/// What is said on stdout of a script that is refused: what would convert without the columns that stand in the way.
pub fn refused_json(name: &str, part: Option<&Conversion>) -> Value {
    json!({"scorer": name, "refused": true, "script": {"columns": part.map(|part| columns(&part.columns))}})
}

/// As [`refused_json`], for people.
pub fn refused_text(name: &str, part: Option<&Conversion>) -> String {
    let Some(part) = part else { return format!("{name}\n  no output column converts\n") };
    let mut out = format!("{name}\n  {}; --partial leaves these out:\n", page::share(&part.columns));
    for column in &part.columns.blocked {
        let why = column.why.first().map_or("", |why| &why.message);
        out += &format!("  {}: {why}\n", column.name);
    }
    out
}

fn columns(columns: &Columns) -> Value {
    let all = columns.converted.len() + columns.blocked.len();
    let why = |column: &driver::Blocked| column.why.iter().map(|why| why.message.clone()).collect::<Vec<_>>();
    json!({
        "converted": columns.converted,
        "blocked": columns.blocked.iter().map(|column| json!({"name": column.name, "why": why(column)})).collect::<Vec<_>>(),
        "share": columns.converted.len() as f64 / all.max(1) as f64,
    })
}

pub fn text(scorer: &Scorer) -> String {
    let mut out = format!("{}\n", scorer.plan.name);
    if let Some(conversion) = &scorer.conversion {
        out += &format!("  scores the rows of {}, gives `{}`\n", conversion.score.0, conversion.output);
        out += &format!("  {}\n", page::share(&conversion.columns));
        let fates = &conversion.fates;
        let (emitted, fitted, ignored) = (fates.emitted.len(), fates.fitted.len(), fates.ignored.len());
        out += &format!("  {emitted} statements become code, {fitted} computed what is frozen, {ignored} are not needed for the output\n");
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
