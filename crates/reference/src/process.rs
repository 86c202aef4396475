//! Starting Python, waiting with a limit, and reading the answer file. Knows nothing of what the jobs mean.

use serde_json::Value as Json;
use source::Diagnostic;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How much a run may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub time: Duration,
    /// Address space, where the system can limit it.
    pub memory_bytes: Option<u64>,
    /// Of the answer, and of what the script prints.
    pub output_bytes: u64,
}

impl Default for Limits {
    /// Ten minutes, no limit on memory, 512 MiB of output.
    fn default() -> Self {
        Limits { time: Duration::from_secs(600), memory_bytes: None, output_bytes: 512 << 20 }
    }
}

/// How long a running child is left alone between looks, at most.
const LONGEST_NAP: Duration = Duration::from_millis(20);
/// The end of stderr that is shown when Python dies without an answer.
const TAIL: usize = 2000;

/// Runs one job and gives its answer. The first of the programs is started, the others lie beside it. `folder` is the working directory;
/// without one a temporary folder is.
pub(crate) fn run(python: &Path, programs: &[(&str, &str)], job: &Json, folder: Option<&Path>, limits: Limits) -> Result<Json, Diagnostic> {
    let failed = |error: std::io::Error| Diagnostic::error("reference-folder", format!("the recorded run cannot be prepared: {error}"));
    let desk = tempfile::Builder::new().prefix("scorewright-run-").tempdir().map_err(failed)?;
    let (job_file, answer_file) = (desk.path().join("job.json"), desk.path().join("answer.json"));
    let talk_file = desk.path().join("talk.txt");
    for (name, text) in programs {
        fs::write(desk.path().join(name), text).map_err(failed)?;
    }
    fs::write(&job_file, job.to_string()).map_err(failed)?;
    let talk = File::create(&talk_file).map_err(failed)?;
    let talk_too = talk.try_clone().map_err(failed)?;
    let mut command = Command::new(python);
    command.args(["-X", "utf8"]).args(programs.first().map(|(name, _)| desk.path().join(name))).arg(&job_file).arg(&answer_file);
    // The order of sets is the order of hashes: a fixed seed makes two runs alike.
    command.env("PYTHONHASHSEED", "0").env("PYTHONDONTWRITEBYTECODE", "1").env("MPLBACKEND", "Agg").env_remove("PYTHONSTARTUP");
    command.current_dir(folder.unwrap_or(desk.path())).stdin(Stdio::null()).stdout(talk).stderr(talk_too);
    let mut child = command.spawn().map_err(|error| {
        Diagnostic::error("reference-environment", format!("Python cannot be started: {}: {error}", python.display()))
            .help("a script is converted by running it once in your own Python; name it with --python, or activate its virtual environment")
    })?;
    let started = Instant::now();
    let mut nap = Duration::from_millis(1);
    let status = loop {
        match child.try_wait().map_err(failed)? {
            Some(status) => break status,
            None => {
                let too_late = started.elapsed() > limits.time;
                let too_much =
                    [&talk_file, &answer_file].iter().any(|file| fs::metadata(file).is_ok_and(|data| data.len() > limits.output_bytes));
                if too_late || too_much {
                    let _ = child.kill();
                    let _ = child.wait();
                    return Err(if too_late {
                        Diagnostic::error(
                            "reference-time",
                            format!("the run took longer than {} seconds and was stopped", limits.time.as_secs()),
                        )
                        .help("raise the limit with --time-limit, or give the script less data to be recorded on")
                    } else {
                        Diagnostic::error(
                            "reference-output",
                            format!("the run wrote more than {} bytes and was stopped", limits.output_bytes),
                        )
                    });
                }
                thread::sleep(nap);
                nap = (nap * 2).min(LONGEST_NAP);
            }
        }
    };
    match fs::read(&answer_file) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| {
            Diagnostic::error("reference-answer", "the answer of the reference run cannot be read").help(error.to_string())
        }),
        Err(_) => {
            let talk = fs::read(&talk_file).unwrap_or_default();
            let text = String::from_utf8_lossy(&talk);
            let tail = text.trim().chars().rev().take(TAIL).collect::<Vec<_>>().into_iter().rev().collect::<String>();
            Err(Diagnostic::error("reference-died", format!("Python ended without an answer ({status})")).help(tail))
        }
    }
}
