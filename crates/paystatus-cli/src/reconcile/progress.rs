use std::{
    collections::BTreeMap,
    io::{self, IsTerminal},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use paystatus_reconcile::Progress;

use super::shown::{count, words};
use crate::output::complain;

/// A terminal is drawn often enough to look alive.
const DRAWN_EVERY: Duration = Duration::from_millis(100);

/// A log is told often enough to see that it goes on.
const TOLD_EVERY: Duration = Duration::from_secs(10);

/// How far it is, on standard error: a bar in a terminal, a line now and then anywhere else.
pub(super) struct Watch {
    bar: Option<ProgressBar>,
    began: Instant,
    /// How many rows earlier runs had finished.
    before: u64,
    next: Instant,
}

impl Watch {
    pub(super) fn new(rows: u64, finished: u64) -> Self {
        let bar = io::stderr().is_terminal().then(|| bar(rows));
        let began = Instant::now();
        let next = if bar.is_some() { began } else { began + TOLD_EVERY };
        Self { bar, began, before: finished, next }
    }

    /// Is called at every answer, so it does next to nothing most of the time.
    pub(super) fn see(&mut self, progress: &Progress<'_>) {
        let now = Instant::now();
        if now < self.next {
            return;
        }
        let seen = Seen {
            rows: progress.rows,
            finished: progress.finished,
            asked: progress.finished.saturating_sub(self.before),
            took: now - self.began,
        };
        match &self.bar {
            Some(bar) => {
                bar.set_position(seen.finished);
                bar.set_prefix(seen.pace());
                bar.set_message(findings(progress.findings));
                self.next = now + DRAWN_EVERY;
            }
            None => {
                let findings = findings(progress.findings);
                let separator = if findings.is_empty() { "" } else { "; " };
                complain(&format!("{}{}{separator}{findings}", seen.so_far(), seen.pace()));
                self.next = now + TOLD_EVERY;
            }
        }
    }

    /// What says something while this is on the screen.
    pub(super) fn aside(&self) -> impl Fn(&str) + use<> {
        let bar = self.bar.clone();
        move |text| match &bar {
            Some(bar) => bar.suspend(|| complain(text)),
            None => complain(text),
        }
    }

    /// Takes the bar away, for what is to be said next.
    pub(super) fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn bar(rows: u64) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(rows), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{bar:24} {human_pos} of {human_len} rows{prefix}\n{wide_msg}");
    style.map_or(bar.clone(), |style| bar.with_style(style))
}

struct Seen {
    rows: u64,
    finished: u64,
    /// How many of them in this run.
    asked: u64,
    took: Duration,
}

impl Seen {
    fn so_far(&self) -> String {
        format!("reconciling: {} of {} rows", count(self.finished), count(self.rows))
    }

    /// The rate and the time left, once there is something to tell them from.
    fn pace(&self) -> String {
        let took = self.took.as_secs_f64();
        if self.asked == 0 || took <= 0.0 {
            return String::new();
        }
        let rate = self.asked as f64 / took;
        let left = self.rows.saturating_sub(self.finished) as f64 / rate;
        // No ledger has so many rows that this would be out of bounds; if one had, the cast stops at the bound.
        let shown = if rate < 1.0 { (rate * 60.0, "min") } else { (rate, "s") };
        format!(", {} rows/{}, {} left", count(shown.0.round() as u64), shown.1, length(left.ceil() as u64))
    }
}

/// A length of time as a person says it: two units at most.
fn length(seconds: u64) -> String {
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, minutes, _) => format!("{} h {minutes} min", count(hours)),
    }
}

fn findings(findings: &BTreeMap<&'static str, u64>) -> String {
    let shown: Vec<_> =
        findings.iter().map(|(finding, rows)| format!("{} {}", words(finding), count(*rows))).collect();
    shown.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn tells(seen: (u64, u64, u64, u64), line: &str) {
        let (rows, finished, asked, seconds) = seen;
        let seen = Seen { rows, finished, asked, took: Duration::from_secs(seconds) };
        assert_eq!(seen.so_far() + &seen.pace(), line);
    }

    #[test]
    fn a_line_tells_how_far_it_is_how_fast_and_how_long_it_will_take() {
        tells((10_000, 4_096, 4_096, 13), "reconciling: 4,096 of 10,000 rows, 315 rows/s, 19 s left");
        tells((100, 0, 0, 10), "reconciling: 0 of 100 rows");
        tells((1_000, 505, 5, 20), "reconciling: 505 of 1,000 rows, 15 rows/min, 33 min 0 s left");
        tells((1_000_000, 100, 100, 100), "reconciling: 100 of 1,000,000 rows, 1 rows/s, 277 h 45 min left");
        tells((7, 7, 7, 1), "reconciling: 7 of 7 rows, 7 rows/s, 0 s left");
    }

    #[test]
    fn findings_are_counted_in_words() {
        let counts = BTreeMap::from([("match", 4_000), ("status_differs", 96)]);
        assert_eq!(findings(&counts), "match 4,000, status differs 96");
        assert_eq!(findings(&BTreeMap::new()), "");
    }
}
