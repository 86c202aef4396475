//! What is being done, for whoever waits: a moving line on a terminal, a line a stage elsewhere, and the time of each at the end.

use std::time::{Duration, Instant};

use driver::Stage;
use indicatif::{ProgressBar, ProgressDrawTarget};

pub struct Progress {
    bar: ProgressBar,
    stages: Vec<(Stage, Instant)>,
}

impl Progress {
    pub fn new() -> Progress {
        let bar = ProgressBar::new_spinner();
        bar.set_draw_target(ProgressDrawTarget::stderr());
        Progress { bar, stages: Vec::new() }
    }

    pub fn start(&mut self, stage: Stage) {
        self.stages.push((stage, Instant::now()));
        if self.bar.is_hidden() {
            super::talk(&format!("{stage} ..."));
        } else {
            self.bar.set_message(stage.to_string());
            self.bar.enable_steady_tick(Duration::from_millis(100));
        }
    }

    /// Stops the moving line. Gives the time of each stage: `convert 0.1 s, java 2.0 s`.
    pub fn end(&mut self) -> String {
        self.bar.finish_and_clear();
        let ends = self.stages.iter().skip(1).map(|(_, start)| *start).chain([Instant::now()]);
        let times = self.stages.iter().zip(ends).map(|((stage, start), end)| format!("{stage} {:.1} s", (end - *start).as_secs_f64()));
        times.collect::<Vec<_>>().join(", ")
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
