//! The project's own commands: `cargo xtask demo`, `cargo xtask test` and `cargo xtask wheel`.
//!
//! They look for the toolchains first and say exactly what is missing and how to install it. They make a `.venv` with the originals
//! (pandas, scikit-learn, onnxruntime) that scorers are compared with, pinned in `requirements.txt` here.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

/// A program, its least version, and how to get it on Debian.
const TOOLS: &[(&str, &[&str], u32, &str)] = &[
    ("javac", &["-version"], 17, "apt-get install openjdk-17-jdk-headless"),
    ("node", &["--version"], 18, "apt-get install nodejs, version 18 or newer"),
    ("python3", &["--version"], 3, "apt-get install python3 python3-venv, version 3.11 or newer"),
];

/// What builds the Python package.
const MATURIN: &str = "maturin>=1.9,<2";

fn main() -> ExitCode {
    let task = std::env::args().nth(1);
    let done = match task.as_deref() {
        Some("demo") => tools().and_then(|()| python()).and_then(|python| demo(&python)),
        Some("test") => tools().and_then(|()| test()),
        Some("wheel") => wheel(),
        _ => Err("usage: cargo xtask demo | test | wheel\n  demo  build the German credit scorers in three languages and show the certificate\n  test  run all tests\n  wheel build the Python package into target/wheels".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf).unwrap_or_default()
}

/// Says everything that is missing, at once.
fn tools() -> Result<(), String> {
    let mut missing = Vec::new();
    for (name, arguments, least, how) in TOOLS {
        let version = Command::new(name).args(*arguments).output().ok().filter(|output| output.status.success());
        let text = version.map(|output| [output.stdout, output.stderr].concat()).unwrap_or_default();
        match first_number(&String::from_utf8_lossy(&text)) {
            Some(found) if found >= *least => {}
            Some(found) => missing.push(format!("{name} is version {found}; {least} or newer is needed: {how}")),
            None => missing.push(format!("{name} is not on this machine: {how}")),
        }
    }
    if missing.is_empty() { Ok(()) } else { Err(missing.join("\n")) }
}

fn first_number(text: &str) -> Option<u32> {
    let digits: String = text.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// The Python of `.venv` with what `requirements.txt` pins. Made if it is not there or pins something else.
fn python() -> Result<PathBuf, String> {
    let venv = root().join(".venv");
    let python = venv.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let wanted = root().join("xtask/requirements.txt");
    let text = std::fs::read(&wanted).map_err(|error| format!("{}: {error}", wanted.display()))?;
    let installed = venv.join("installed-requirements.txt");
    if python.is_file() && std::fs::read(&installed).is_ok_and(|there| there == text) {
        return Ok(python);
    }
    eprintln!("installing pandas, scikit-learn and onnxruntime into .venv");
    run(Command::new("python3").args(["-m", "venv"]).arg(&venv))
        .map_err(|why| format!("{why}: a virtual environment cannot be made (Debian: apt-get install python3-venv)"))?;
    run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]).arg(&wanted)).map_err(
        |why| {
            format!("{why}: the packages of {} cannot be installed; they need Python 3.11 or newer and a package index", wanted.display())
        },
    )?;
    std::fs::write(&installed, text).map_err(|error| format!("{}: {error}", installed.display()))?;
    Ok(python)
}

fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(root());
    command
}

fn run(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|error| error.to_string())?;
    if status.success() { Ok(()) } else { Err(format!("{:?} failed", command.get_program())) }
}

/// Builds the Python package with maturin, which is installed into a virtual environment of its own if it is not on the path.
fn wheel() -> Result<(), String> {
    let on_path = Command::new("maturin").arg("--version").output().is_ok_and(|output| output.status.success());
    let venv = root().join("target/maturin-venv");
    let own = venv.join(if cfg!(windows) { "Scripts/maturin.exe" } else { "bin/maturin" });
    if !on_path && !own.is_file() {
        eprintln!("installing maturin into {}", venv.display());
        let python = venv.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
        run(Command::new("python3").args(["-m", "venv"]).arg(&venv))?;
        run(Command::new(python).args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", MATURIN]))
            .map_err(|why| format!("{why}: maturin cannot be installed; it needs a package index"))?;
    }
    let maturin = if on_path { PathBuf::from("maturin") } else { own };
    let wheels = root().join("target/wheels");
    let mut build = Command::new(maturin);
    build.args(["build", "--release", "--strip", "--locked", "--out"]).arg(&wheels);
    run(build.current_dir(root().join("crates/python")))?;
    println!("the wheel is in {}; install it with `pip install`", wheels.display());
    Ok(())
}

fn demo(python: &Path) -> Result<(), String> {
    let example = root().join("examples/german-credit");
    run(cargo(&["build", "--quiet", "--package", "scorewright"]).stdin(Stdio::null()))?;
    let scorewright = |arguments: &[&str]| {
        let mut command = Command::new(root().join("target/debug/scorewright"));
        command.args(arguments).current_dir(&example).env("SCOREWRIGHT_PYTHON", python);
        command
    };
    run(&mut scorewright(&["build", "scorewright.toml"]))?;
    let scratch = root().join("target/demo");
    std::fs::create_dir_all(&scratch).map_err(|error| error.to_string())?;
    let mut files = Vec::new();
    for on in ["interp", "rust", "java", "wasm"] {
        let out = scratch.join(format!("{on}.csv"));
        run(scorewright(&["run", "scorewright.toml", "--on", on, "--in", "score.csv", "--out"]).arg(&out))?;
        files.push(std::fs::read(&out).map_err(|error| error.to_string())?);
    }
    if files.windows(2).any(|pair| pair[0] != pair[1]) {
        return Err("the executors wrote different files".into());
    }
    eprintln!("interpreter, Rust, Java and WebAssembly wrote the same file for the 300 rows of score.csv");
    let certificate = std::fs::read_to_string(example.join("scorer/equivalence.json")).map_err(|error| error.to_string())?;
    println!("{certificate}");
    Ok(())
}

/// Rules of the house that clippy and rustfmt hold. Without them installed, their rules are not held here, and that is said.
fn lints() -> Result<(), String> {
    let there =
        |tool: &str| cargo(&[tool, "--version"]).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success());
    for (tool, arguments) in [
        ("fmt", ["fmt", "--all", "--check"].as_slice()),
        ("clippy", &["clippy", "--quiet", "--workspace", "--all-targets", "--", "--deny", "warnings"]),
    ] {
        if there(tool) {
            run(cargo(arguments).stdin(Stdio::null())).map_err(|why| format!("{why}: cargo {}", arguments.join(" ")))?;
            println!("cargo {tool}: nothing to say");
        } else {
            eprintln!(
                "cargo {tool} is not installed (rustup component add {}), so its rules are not held",
                if tool == "fmt" { "rustfmt" } else { tool }
            );
        }
    }
    Ok(())
}

/// Runs the tests and ends with their totals on a line of their own.
fn test() -> Result<(), String> {
    lints()?;
    let mut tests = cargo(&["test", "--workspace", "--no-fail-fast"]);
    match python() {
        Ok(python) => _ = tests.env("SCOREWRIGHT_PYTHON", python),
        Err(why) => eprintln!("{why}\nwithout them, results are compared with stored ones only"),
    }
    let output = tests.stdin(Stdio::null()).stderr(Stdio::inherit()).output().map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout);
    print!("{text}");
    let total = |word: &str| -> u32 {
        let results = text.lines().filter(|line| line.starts_with("test result:"));
        results.filter_map(|line| line.split(word).next()?.trim_end().rsplit(' ').next()?.parse::<u32>().ok()).sum()
    };
    println!("{} passed, {} failed", total(" passed"), total(" failed"));
    if output.status.success() { Ok(()) } else { Err("some tests failed".into()) }
}
