//! The arrows of `crates/README.md`: which crate may know which.
#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// What each crate may use of ours. Tests of a crate may use more.
const ARROWS: &[(&str, &[&str])] = &[
    ("source", &[]),
    ("grammars", &[]),
    ("ir", &["source"]),
    ("check", &["ir", "source"]),
    ("math", &["check", "ir", "source"]),
    ("texts", &["ir"]),
    ("interp", &["check", "ir", "math", "source"]),
    ("passes", &["check", "interp", "ir", "source"]),
    ("plan", &["check", "ir", "math", "source"]),
    // It judges outcomes and never runs a target.
    ("equiv", &["check", "interp", "ir", "math", "source"]),
    // A front end sees no back end.
    ("front-boost", &["ir", "source"]),
    ("front-onnx", &["check", "grammars", "interp", "ir", "source", "texts"]),
    ("front-pmml", &["grammars", "ir", "source"]),
    // A script may hold a model of a boosting library.
    ("front-python", &["front-boost", "grammars", "ir", "source", "texts"]),
    // A back end sees the plan only, so no operation of the IR.
    ("back-rust", &["plan"]),
    ("back-java", &["plan"]),
    ("back-wasm", &["plan"]),
    ("reference", &["front-python", "ir", "source"]),
    ("execute", &["back-java", "back-rust", "back-wasm", "interp", "plan", "source"]),
    (
        "driver",
        &[
            "back-java",
            "back-rust",
            "back-wasm",
            "check",
            "equiv",
            "execute",
            "front-boost",
            "front-onnx",
            "front-pmml",
            "front-python",
            "grammars",
            "interp",
            "ir",
            "math",
            "passes",
            "plan",
            "reference",
            "source",
        ],
    ),
    // Whatever else the terminal needs, the driver gives.
    ("cli", &["driver", "plan", "source"]),
    // The other face: it has the command line in it.
    ("python", &["cli", "driver", "source"]),
    // What tests of several crates share: reading cases, and running them on the targets.
    ("tests", &["check", "driver", "equiv", "execute", "front-python", "ir", "plan", "source"]),
    ("xtask", &["driver"]),
];

/// The crates of the workspace by the folders that they are in, and what each uses of the others.
fn used() -> BTreeMap<String, Vec<String>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["metadata", "--format-version", "1", "--no-deps", "--offline"]).current_dir(env!("CARGO_MANIFEST_DIR"));
    let output = command.output().expect("cargo runs");
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("metadata as JSON");
    let folder = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    let packages = metadata["packages"].as_array().expect("packages");
    let arrows = packages.iter().map(|package| {
        let dependencies = package["dependencies"].as_array().into_iter().flatten();
        // A dependency of ours has a path; one that is not for tests or build scripts only has no kind.
        let normal = dependencies.filter(|dependency| dependency["kind"].is_null());
        let ours = normal.filter_map(|dependency| dependency["path"].as_str().and_then(|path| folder(Path::new(path))));
        let manifest = Path::new(package["manifest_path"].as_str().expect("a manifest"));
        (manifest.parent().and_then(folder).expect("a folder"), ours.collect())
    });
    arrows.collect()
}

#[test]
fn no_crate_knows_more_than_the_map_allows() {
    let allowed: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    let mut forbidden = Vec::new();
    for (name, uses) in used() {
        match allowed.get(name.as_str()) {
            Some(allowed) => forbidden.extend(
                uses.iter()
                    .filter(|used| !allowed.contains(&used.as_str()))
                    .map(|used| format!("`{name}` must not use `{used}`; crates/README.md says what it may use")),
            ),
            None => forbidden.push(format!("`{name}` is in no row of the arrows: say in {} what it may use", file!())),
        }
    }
    assert!(forbidden.is_empty(), "{}", forbidden.join("\n"));
}

#[test]
fn every_crate_is_on_the_map() {
    let map = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/README.md")).expect("the map");
    let missing: Vec<String> =
        used().into_keys().filter(|name| !map.contains(&format!("`{name}`")) && !map.contains(&format!("`{name}/`"))).collect();
    assert!(missing.is_empty(), "crates/README.md does not speak of {}", missing.join(", "));
}
