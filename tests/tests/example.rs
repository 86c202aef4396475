//! The German credit example: equal to onnxruntime on the rows that were held out.

use std::path::Path;

use driver::{Executor, Tools, data};
use plan::{Cell, GoldenOutcome};
use source::Sources;

/// onnxruntime adds 120 trees in single precision in an order of its own; raw scores stay below 4, so the sums differ by less than
/// 120 * 4 * 2^-24, and a probability by a quarter of that.
const BOUND: f64 = 120.0 * 4.0 / 16_777_216.0 / 4.0;

/// Needs no Python: the record of the script's run is there, and so is what pandas and onnxruntime gave.
#[test]
fn the_credit_scorer_equals_pandas_and_onnxruntime_on_held_out_rows() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/german-credit");
    let scorer = driver::open(&folder.join("scorewright.toml"), &mut Sources::new()).unwrap();
    let rows = data::load(&folder.join("score.csv"), &scorer.plan).unwrap();
    let outcomes = driver::run(&scorer, None, Executor::Interpreter, &rows, &Tools::default()).unwrap();
    let expected = std::fs::read_to_string(folder.join("expected.csv")).unwrap();
    assert_eq!(outcomes.len(), 300);
    for (number, (outcome, line)) in outcomes.iter().zip(expected.lines().skip(1)).enumerate() {
        let GoldenOutcome::Scored(cells) = outcome else { panic!("row {number} was rejected") };
        let wanted: Vec<&str> = line.split(',').collect();
        let scalar = |at: usize| if let Cell::Scalar(literal) = &cells[at] { literal.clone() } else { panic!("a vector") };
        assert_eq!(scalar(0).as_str(), Some(wanted[0]), "row {number}");
        for at in [1, 2] {
            let difference = (scalar(at).as_f64().unwrap() - wanted[at].parse::<f64>().unwrap()).abs();
            assert!(difference <= BOUND, "row {number}: {difference:e}");
        }
    }
}
