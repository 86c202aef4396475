//! ONNX files that nobody means well with, and small changes to good ones: a diagnostic or a sound scorer, fast, in bounded memory.
//!
//! `tests/onnx_hostile/make.py` writes the first, one idea a file; `mutate.py` beside it changes the models of `cases/onnx` and of ONNX's own
//! suite. `CASE=part_of_a_name` runs those, and says what became of each.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test says what is wrong by stopping")]

use std::fmt::Write as _;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use front_onnx::Options;
use interp::Interp;
use source::{Diagnostic, Sources};
use tests::random::{self, Random};

/// A model is answered in a second; builds without optimisation are some ten to twenty times as slow, and tests run beside each other.
const SLOWEST: Duration = Duration::from_secs(if cfg!(debug_assertions) { 20 } else { 1 });
/// Numbers that all values of a row come to, for the interpreter to run it.
const MOST_NUMBERS: usize = 1 << 18;
/// What a thread of this many bytes overflows is recursion along the file.
const STACK: usize = 8 << 20;

enum Became {
    Refused(Vec<Diagnostic>),
    Scorer,
}

/// The whole way of a model up to its plan, and one row on the interpreter. Panics where somebody does.
fn taken(path: &Path) -> Became {
    let bytes = fs::read(path).unwrap();
    let mut sources = Sources::new();
    let file = sources.add_binary("model.onnx");
    let options = Options { folder: path.parent().map(Path::to_path_buf), ..Options::default() };
    let module = match front_onnx::read(bytes, file, &sources, &options) {
        Ok(module) => module,
        Err(found) => {
            assert!(!found.is_empty(), "refused without a word");
            let breach = found.iter().find(|diagnostic| diagnostic.name.starts_with("ir-"));
            assert!(breach.is_none(), "a rule of the module is broken: {breach:?}");
            return Became::Refused(found);
        }
    };
    let checked = match check::check(module) {
        Ok(checked) => checked,
        Err(found) => panic!("unsound: {}", said(&found)),
    };
    let entry = checked.entry_function();
    let size: usize = entry.nodes.iter().map(|(value, _)| checked.type_of(checked.entry(), value).count()).sum();
    // The lowered plan is made of every model; a row of a large one would take the interpreter, which holds every number apart, minutes.
    let plan = plan::lower(&checked);
    drop(plan);
    if size > MOST_NUMBERS {
        return Became::Scorer;
    }
    let rows = random::rows(&mut Random::new(1), &checked.entry_function().params, 1);
    let outcomes = execute::interpreted(&Interp::new(&checked), &rows);
    assert_eq!(outcomes.len(), 1);
    Became::Scorer
}

fn said(found: &[Diagnostic]) -> String {
    found.first().map_or_else(String::new, |first| format!("{}: {}", first.name, first.message))
}

/// What is wrong with these models, each with the wish that it be refused or not.
fn faults(models: &[(String, PathBuf, bool)]) -> String {
    let asked = std::env::var("CASE").ok();
    let chosen = |name: &str| asked.as_ref().is_none_or(|part| name.contains(part.as_str()));
    let mut faults = String::new();
    let mut counts = [0, 0];
    for (name, path, must_refuse) in models.iter().filter(|(name, ..)| chosen(name)) {
        if asked.is_some() {
            println!("{name} ...");
        }
        let start = Instant::now();
        // Nobody sees what was half done when a panic comes out of here.
        match catch_unwind(AssertUnwindSafe(|| taken(path))) {
            Err(_) => writeln!(faults, "{name}: panics").unwrap(),
            Ok(Became::Scorer) => {
                counts[1] += 1;
                if *must_refuse {
                    writeln!(faults, "{name}: converts, and must be refused").unwrap();
                }
            }
            Ok(Became::Refused(found)) => {
                counts[0] += 1;
                if asked.is_some() {
                    println!("{name}: {}", said(&found));
                }
            }
        }
        let time = start.elapsed();
        if asked.is_some() {
            println!("{name}: {} ms", time.as_millis());
        }
        if time > SLOWEST {
            writeln!(faults, "{name}: takes {:.1} s", time.as_secs_f64()).unwrap();
        }
    }
    println!("{} refused, {} converted", counts[0], counts[1]);
    faults
}

/// The models in several threads, whose stacks are not larger than those that others give us.
fn faults_of(models: &[(String, PathBuf, bool)]) -> String {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let part = |part| std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, move || faults(part)).unwrap();
        let parts: Vec<_> = models.chunks(models.len().div_ceil(threads).max(1)).map(part).collect();
        parts.into_iter().map(|part| part.join().unwrap()).collect()
    })
}

#[test]
fn a_hostile_model_is_answered_fast_and_without_a_panic() {
    let Some(folder) = tests::python::made_by("onnx_hostile/make.py", "onnx-hostile", "onnx") else { return };
    let mut models = Vec::new();
    for (kind, must_refuse) in [("refused", true), ("either", false)] {
        for entry in fs::read_dir(folder.join(kind)).unwrap() {
            let path = entry.unwrap().path();
            models.push((path.file_name().unwrap().to_string_lossy().into_owned(), path.join("model.onnx"), must_refuse));
        }
    }
    models.sort();
    let faults = faults_of(&models);
    assert!(faults.is_empty(), "{faults}");
}

#[test]
fn a_model_with_a_small_change_is_refused_or_sound() {
    // The suite's models are among the seeds.
    let suite = tests::python::made_by("onnx_suite/export.py", "onnx-suite", "onnx");
    let (Some(_), Some(folder)) = (suite, tests::python::made_by("onnx_hostile/mutate.py", "onnx-mutants", "onnx")) else { return };
    let mut models = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "onnx") {
            models.push((path.file_stem().unwrap().to_string_lossy().into_owned(), path, false));
        }
    }
    models.sort();
    let faults = faults_of(&models);
    assert!(faults.is_empty(), "{faults}");
}
