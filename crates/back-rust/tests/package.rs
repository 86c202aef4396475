//! How a crate looks: a small scorer and what it became. That it computes the same is tested where all cases run.

const SCORER: &str = include_str!("../../../tests/cases/ir/loan.ir");

#[test]
fn a_small_scorer() {
    let module = ir::text::parse(SCORER).unwrap();
    let plan = plan::lower(&check::check(module).unwrap());
    let mut out = format!("loan.ir\n-------\n{SCORER}\n");
    for file in back_rust::print(&plan, &[]) {
        if matches!(file.path.as_str(), "src/lib.rs" | "src/tables.rs") {
            // The tables of the logarithm are the same in every scorer.
            let text = String::from_utf8(file.contents).unwrap();
            let own: Vec<&str> = text.split("\n\n").filter(|item| !item.contains("[f64; 128]")).collect();
            out.push_str(&format!("{}\n{}\n{}\n", file.path, "-".repeat(file.path.len()), own.join("\n\n")));
        }
    }
    insta::assert_snapshot!(out);
}
