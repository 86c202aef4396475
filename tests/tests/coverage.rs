//! What of Python converts, and which cases prove it: every call that a family registers, with the cases and corpus scripts that use it.
//! Those are compared with pandas and scikit-learn elsewhere; `BLESS=1` writes the tables anew.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test says what is wrong by stopping")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use front_python::Options;
use source::Sources;

/// A call's heading and name.
type Call = (&'static str, &'static str);

/// How many cases, and scripts of the corpus, use each call.
fn uses() -> BTreeMap<Call, [usize; 2]> {
    let mut uses: BTreeMap<Call, [usize; 2]> = front_python::calls().into_iter().map(|call| (call, [0; 2])).collect();
    let mut count =
        |calls: front_python::Calls, column: usize| calls.into_iter().for_each(|call| uses.get_mut(&call).unwrap()[column] += 1);
    for path in tests::python::files() {
        let case = tests::python::read(&std::fs::read_to_string(&path).unwrap());
        let record = serde_json::from_str(&std::fs::read_to_string(path.with_extension("state.json")).unwrap()).unwrap();
        let mut sources = Sources::new();
        let file = sources.add("case.py", tests::python::script(&case));
        if let Ok(conversion) = front_python::convert(file, &sources, &record, &Options::default()) {
            count(conversion.calls, 0);
        }
    }
    let corpus = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")).unwrap().map(|entry| entry.unwrap().path());
    for project in corpus.map(|folder| folder.join("scorewright.toml")).filter(|project| project.is_file()) {
        let scorer = driver::open(&project, &mut Sources::new()).unwrap_or_else(|problem| panic!("{}: {problem:?}", project.display()));
        count(scorer.conversion.unwrap().calls, 1);
    }
    uses
}

fn table(heading: &str, uses: &BTreeMap<Call, [usize; 2]>) -> String {
    let rows: Vec<_> = uses.iter().filter(|((own, _), _)| *own == heading).collect();
    let proven = rows.iter().filter(|(_, uses)| **uses != [0; 2]).count();
    let mut out = format!(
        "\n## {heading}\n\n{} calls convert, {proven} of them in cases.\n\n| call | cases | scripts |\n|---|--:|--:|\n",
        rows.len()
    );
    for ((_, name), [cases, scripts]) in rows {
        writeln!(out, "| `{name}` | {cases} | {scripts} |").unwrap();
    }
    out
}

/// One line a class: its methods, and how often it is used. Those of other libraries have these before their names.
fn classes(uses: &BTreeMap<Call, [usize; 2]>) -> String {
    let mut classes: BTreeMap<&str, (Vec<&str>, usize, usize)> = BTreeMap::new();
    for ((_, name), [cases, scripts]) in uses.iter().filter(|((heading, _), _)| *heading == "scikit-learn") {
        let (class, method) = name.rsplit_once('.').unwrap();
        let own = classes.entry(class).or_default();
        own.0.push(method);
        (own.1, own.2) = (own.1.max(*cases), own.2.max(*scripts));
    }
    let (others, own): (Vec<_>, Vec<_>) = classes.iter().partition(|(class, _)| class.contains('.'));
    let proven = own.iter().filter(|(_, (_, cases, scripts))| cases + scripts > 0).count();
    let mut out = format!(
        "# scikit-learn classes that convert\n\nMade by `BLESS=1 cargo test -p scorewright-tests --test coverage`. {} classes convert, {proven} of them in cases \
         that are compared with scikit-learn on data and boundary rows, and on every target.\n",
        own.len()
    );
    for (heading, some) in [("", own), ("\n## Classes of other libraries\n", others)] {
        write!(out, "{heading}\n| class | methods | cases | scripts |\n|---|---|--:|--:|\n").unwrap();
        for (class, (methods, cases, scripts)) in some {
            writeln!(out, "| {class} | {} | {cases} | {scripts} |", methods.join(", ")).unwrap();
        }
    }
    out
}

#[test]
fn the_tables_say_what_converts_and_what_proves_it() {
    let uses = uses();
    let mut headings: Vec<&str> = uses.keys().map(|(heading, _)| *heading).filter(|heading| *heading != "scikit-learn").collect();
    headings.dedup();
    let mut calls = "# Calls of Python that convert\n\nMade by `BLESS=1 cargo test -p scorewright-tests --test coverage`. Beside each call stand the cases in \
                     `tests/cases/python` and the scripts in `tests/corpus` that use it; scikit-learn has a table of its own.\n"
        .to_owned();
    headings.iter().for_each(|heading| calls.push_str(&table(heading, &uses)));
    for (name, text) in [("python.md", calls), ("scikit-learn.md", classes(&uses))] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("coverage").join(name);
        if std::env::var_os("BLESS").is_some() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &text).unwrap();
        }
        let known = std::fs::read_to_string(&path).unwrap_or_default();
        let count = text.split_once(" classes convert").map(|(before, _)| before.rsplit(' ').next().unwrap().to_owned());
        if let Some(count) = count {
            let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md")).unwrap();
            assert!(readme.contains(&format!("{count} scikit-learn classes")), "the README says another number than {count}");
        }
        assert!(known == text, "{} is not what converts now: run this test with BLESS=1 and read the difference", path.display());
    }
}

/// The table itself is tested beside the estimators, where there is a Python.
#[test]
fn the_readme_says_how_many_classes_are_fitted_on_real_data() {
    let read = |path: &str| std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    let (table, readme) = (read("coverage/estimators.md"), read("../README.md"));
    let number = |before: &str| table.split_once(before).unwrap().0.rsplit(' ').next().unwrap().to_owned();
    for figure in [format!("{} of the classes", number(" classes are fitted")), format!("{} values", number(" values for"))] {
        assert!(readme.contains(&figure), "the README does not say {figure}");
    }
}

/// The tables themselves are tested where there is a Python to make the suite with.
#[test]
fn the_readme_says_how_much_of_the_suites_of_onnx_passes() {
    let read = |path: &str| std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    let readme = read("../README.md").replace('\n', " ");
    let words = |text: &str, before: &str| -> Vec<String> {
        let line = text.split_once(before).unwrap().0.rsplit('\n').next().unwrap();
        let words: Vec<String> = line.split(|c: char| !c.is_ascii_digit()).filter(|word| !word.is_empty()).map(str::to_owned).collect();
        words[words.len() - 2..].to_vec()
    };
    let (suite, estimators) = (read("coverage/onnx.md"), read("coverage/onnx-estimators.md"));
    let (suite, estimators) = (words(&suite, " cases in scope"), words(&estimators, " graphs that skl2onnx exports"));
    for figure in
        [format!("{} of its {} cases", suite[0], suite[1]), format!("Of {} graphs", estimators[1]), format!("runs, {} give", estimators[0])]
    {
        assert!(readme.contains(&figure), "the README does not say {figure}");
    }
}
