//! A scorer with one small fault must be told from the right one. Each fault here is one that a hand-written port could have.
#![allow(clippy::unwrap_used, clippy::panic, clippy::wildcard_enum_match_arm, reason = "a test says what is wrong by stopping")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use driver::{Project, Scorer, Target, Tools, data, verify};
use execute::{Job, interpreted};
use interp::Interp;
use ir::{Elem, Elements, Literal, Module, Op, Table, Test};
use source::Sources;

/// A forest on raw features, so that boundary rows stand exactly on its thresholds.
const FOREST: &str = "cases/onnx/random_forest_classifier";
const CREDIT: &str = "../examples/german-credit";

fn path(folder: &str, file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join(file)
}

/// A case's model, or the credit script with one of its models, from the stored record of the script's run.
fn right(folder: &str, model: &str) -> Scorer {
    let mut sources = Sources::new();
    if folder != CREDIT {
        return driver::open(&path(folder, model), &mut sources).unwrap();
    }
    let project = Project::open(&path(folder, "scorewright.toml"), &mut sources).unwrap();
    let project = project.overridden_by(Project { model: Some(path(folder, model)), ..Project::default() });
    driver::load(&project, &mut sources, &mut |_| ()).unwrap()
}

/// A scorer with a fault.
fn faulty(folder: &str, model: &str, name: &str, spoil: impl FnOnce(&mut Module)) -> Scorer {
    let mut scorer = right(folder, model);
    let mut module = scorer.checked.into_module();
    let right = module.clone();
    spoil(&mut module);
    assert_ne!(module, right, "{name} spoils something");
    module.name = name.into();
    scorer.checked = check::check(module).unwrap();
    scorer.plan = plan::lower(&scorer.checked);
    scorer
}

fn forest(module: &mut Module) -> &mut ir::Forest {
    module.tables.iter_mut().find_map(|(_, table)| if let Table::Forest(forest) = table { Some(forest) } else { None }).unwrap()
}

/// Moves the first threshold by one unit in the last place.
fn nudge(module: &mut Module) {
    let split = &mut forest(module).splits[0];
    let nudged = |t: f64| f64::from((t as f32).next_up());
    split.test = match split.test {
        Test::Less(t) => Test::Less(nudged(t)),
        Test::LessEq(t) => Test::LessEq(nudged(t)),
        Test::Equal(t) => Test::Equal(nudged(t)),
    };
}

#[test]
fn one_fault_anywhere_is_found() {
    let threshold = faulty(FOREST, "model.onnx", "one threshold", nudge);
    let strictness = faulty(FOREST, "model.onnx", "less for less or equal", |module| {
        for split in &mut forest(module).splits {
            split.test = Test::Less(split.test.threshold());
        }
    });
    let weight = faulty(CREDIT, "logistic.onnx", "one weight", |module| {
        let weights = module.tables.iter_mut().filter_map(|(_, table)| if let Table::Tensor(tensor) = table { Some(tensor) } else { None });
        let largest = weights.filter(|tensor| tensor.elem() == Elem::F32).max_by_key(|tensor| tensor.values.len()).unwrap();
        let Elements::F32(weights) = &mut largest.values else { panic!("a weight is a float") };
        let x = &mut Arc::make_mut(weights)[0];
        *x = x.next_up().next_up().next_up().next_up();
    });
    let category = faulty(CREDIT, "logistic.onnx", "one category", |module| {
        let entry = module.entry.unwrap();
        let text = module.functions.get_mut(entry).unwrap().nodes.iter_mut().find_map(|(_, node)| match &mut node.op {
            Op::Const(Literal::Str(text)) if !text.is_empty() => Some(text),
            _ => None,
        });
        match text {
            Some(text) => text.push('x'),
            None => {
                let map =
                    module.tables.iter_mut().find_map(|(_, table)| if let Table::Map(map) = table { Some(map) } else { None }).unwrap();
                map.rows[0].0[0] = Literal::from("another category");
            }
        }
    });
    let faults = [
        (FOREST, "model.onnx", "rows.csv", threshold),
        (FOREST, "model.onnx", "rows.csv", strictness),
        (CREDIT, "logistic.onnx", "score.csv", weight),
        (CREDIT, "logistic.onnx", "score.csv", category),
    ];
    let mut compared = Vec::new();
    for (folder, model, file, fault) in &faults {
        let right = right(folder, model);
        let mut all = data::load(&path(folder, file), &right.plan).unwrap();
        let boundary = verify::boundary(&right.checked, &all);
        all.extend(boundary);
        let expected = interpreted(&Interp::new(&right.checked), &all);
        compared.push((fault, all, expected));
    }
    let jobs: Vec<Job> = compared.iter().map(|(fault, rows, _)| Job::new(&fault.plan, rows)).collect();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("broken");
    let outcomes = execute::run(Target::Rust, &jobs, &folder, &Tools::of_environment()).unwrap();
    for ((fault, _, expected), outcomes) in compared.iter().zip(outcomes) {
        let different = expected.iter().zip(&outcomes).filter(|(wanted, got)| wanted != got).count();
        assert!(different > 0, "{} went unseen", fault.plan.name);
    }
}
