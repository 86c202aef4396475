//! How a project looks: a small scorer and what it became. That it computes the same is tested where all cases run.

const SCORER: &str = include_str!("../../../tests/cases/ir/loan.ir");

#[test]
fn a_small_scorer() {
    let module = ir::text::parse(SCORER).unwrap();
    let plan = plan::lower(&check::check(module).unwrap());
    let mut out = format!("loan.ir\n-------\n{SCORER}\n");
    for file in back_java::print(&plan, &[]) {
        if file.path.ends_with("/Loan.java") || file.path.ends_with("/Tables.java") {
            // The tables of the logarithm are the same in every scorer.
            let text = String::from_utf8(file.contents).unwrap();
            let own: Vec<&str> = text.split("\n\n").filter(|item| !item.contains("final double[]")).collect();
            out.push_str(&format!("{}\n{}\n{}\n", file.path, "-".repeat(file.path.len()), own.join("\n\n")));
        }
    }
    insta::assert_snapshot!(out);
}
