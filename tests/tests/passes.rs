//! Optimised modules against the modules they were made from: the same reason or the same bits for every row of every case.

use interp::{Datum, Interp, Outcome};
use ir::{Module, Reason};
use plan::Cell;
use rayon::prelude::*;
use tests::scorers::cases;

fn outcomes(interp: &Interp, rows: &[Vec<Cell>]) -> Vec<Result<Vec<Datum>, Reason>> {
    let outcome = |row: &Vec<Cell>| match interp.run(&row.iter().map(execute::datum).collect::<Vec<_>>()) {
        Outcome::Scored(data) => Ok(data),
        Outcome::Rejected(number) => Err(interp.reason(number).clone()),
    };
    rows.iter().map(outcome).collect()
}

fn node_count(module: &Module) -> usize {
    module.functions.iter().map(|(_, function)| function.nodes.len()).sum()
}

#[test]
fn optimising_changes_no_outcome_of_any_case() {
    let counts = cases().into_par_iter().map(|case| {
        let optimised = passes::optimise(&case.checked);
        let expected = outcomes(&Interp::new(&case.checked), &case.rows);
        assert_eq!(outcomes(&Interp::new(&optimised), &case.rows), expected, "{}", case.name);
        assert_eq!(passes::optimise(&optimised).module(), optimised.module(), "{}: there is more to do", case.name);
        (node_count(case.checked.module()), node_count(optimised.module()))
    });
    let (before, after) = counts.reduce(|| (0, 0), |(before, after), one| (before + one.0, after + one.1));
    println!("{before} nodes became {after}");
    assert!(after < before);
}
