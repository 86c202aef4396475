//! Whole scripts: what pandas gives and what the conversion gives are the same, cell by cell.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test says what is wrong by stopping")]

mod support;

use front_python::Options;
use std::path::Path;

/// `SCRIPT=path/to/script.py cargo test -p scorewright-reference --test scripts -- --ignored --nocapture one_script` shows one conversion.
#[test]
#[ignore = "shows the script that SCRIPT names; says nothing without one"]
fn one_script() {
    let (Some(script), Some(reference)) = (std::env::var_os("SCRIPT"), support::python()) else { return };
    let options = Options { output: std::env::var("OUTPUT").ok(), ..Options::default() };
    match support::compare(&reference, Path::new(&script), &options, 2) {
        Ok((conversion, differences)) => {
            let function = conversion.module.entry_function().unwrap();
            println!(
                "output {}: {} parameters, {} nodes, {} results, {} rejections",
                conversion.output,
                function.params.len(),
                function.nodes.len(),
                function.results.len(),
                function.rejections.len()
            );
            for frozen in &conversion.frozen {
                println!("frozen, {}: {} = {}", frozen.place(), frozen.expression, frozen.value);
            }
            for note in &conversion.notes {
                println!("{}: {}", note.name, note.message);
            }
            println!(
                "{} statements emitted, {} ignored, record {} bytes",
                conversion.fates.emitted.len(),
                conversion.fates.ignored.len(),
                serde_json::to_string(&conversion.record).unwrap().len()
            );
            differences.iter().take(20).for_each(|line| println!("{line}"));
            assert!(differences.is_empty(), "{} cells differ", differences.len());
        }
        Err(text) => panic!("\n{text}"),
    }
}
