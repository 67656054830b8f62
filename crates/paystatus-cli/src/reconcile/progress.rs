use std::{
    collections::BTreeMap,
    io::{self, IsTerminal},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use paystatus_reconcile::{FindingKind, Progress};

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
        let bar = io::stderr().is_terminal().then(|| bar(rows, finished));
        Self::at(Instant::now(), bar, finished)
    }

    fn at(began: Instant, bar: Option<ProgressBar>, finished: u64) -> Self {
        let next = if bar.is_some() { began } else { began + TOLD_EVERY };
        Self { bar, began, before: finished, next }
    }

    /// Is called whenever answers are kept, and every second, so it does next to nothing most of the time.
    pub(super) fn see(&mut self, progress: &Progress<'_>) {
        let now = Instant::now();
        if let Some(took) = self.due(now) {
            let seen = Seen {
                rows: progress.rows,
                finished: progress.finished,
                asked: progress.finished.saturating_sub(self.before),
                took,
                left: progress.time_left,
            };
            self.show(&seen, progress.findings);
        }
    }

    /// How long it took so far, if it is time to say something.
    fn due(&mut self, now: Instant) -> Option<Duration> {
        if now < self.next {
            return None;
        }
        self.next = now + if self.bar.is_some() { DRAWN_EVERY } else { TOLD_EVERY };
        Some(now - self.began)
    }

    fn show(&self, seen: &Seen, counts: &BTreeMap<FindingKind, u64>) {
        let findings = findings(counts);
        if let Some(bar) = &self.bar {
            bar.set_position(seen.finished);
            bar.set_prefix(seen.pace());
            bar.set_message(findings);
            // Nothing of this needs to have changed, and a bar that stands still for long looks dead.
            bar.tick();
            return;
        }
        let separator = if findings.is_empty() { "" } else { "; " };
        complain(&format!("{}{}{separator}{findings}", seen.so_far(), seen.pace()));
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

/// A bar that is on the screen from the start: the first answer may take long.
fn bar(rows: u64, finished: u64) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(rows), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template(
        "{bar:24} {human_pos} of {human_len} rows{prefix}, {elapsed} so far\n{wide_msg}",
    );
    let bar = style.map_or(bar.clone(), |style| bar.with_style(style)).with_position(finished);
    bar.tick();
    bar
}

struct Seen {
    rows: u64,
    finished: u64,
    /// How many of them in this run.
    asked: u64,
    took: Duration,
    /// How long the slowest account will take.
    left: Option<Duration>,
}

impl Seen {
    fn so_far(&self) -> String {
        format!("reconciling: {} of {} rows", count(self.finished), count(self.rows))
    }

    /// The rate and the time left, once they are known.
    fn pace(&self) -> String {
        let took = self.took.as_secs_f64();
        let mut text = String::new();
        if self.asked > 0 && took > 0.0 {
            let rate = self.asked as f64 / took;
            let (rate, unit) = if rate < 1.0 { (rate * 60.0, "min") } else { (rate, "s") };
            // No ledger has so many rows that this would be out of bounds; if one had, the cast stops at the bound.
            text += &format!(", {} rows/{unit}", count(rate.round() as u64));
        }
        if let Some(left) = self.left {
            text += &format!(", {} left", length(left.as_secs() + u64::from(left.subsec_nanos() > 0)));
        }
        text
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

fn findings(findings: &BTreeMap<FindingKind, u64>) -> String {
    let shown: Vec<_> = findings
        .iter()
        .map(|(finding, rows)| format!("{} {}", words(finding.as_str()), count(*rows)))
        .collect();
    shown.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn tells(seen: (u64, u64, u64, u64, Option<u64>), line: &str) {
        let (rows, finished, asked, seconds, left) = seen;
        let left = left.map(Duration::from_millis);
        let seen = Seen { rows, finished, asked, took: Duration::from_secs(seconds), left };
        assert_eq!(seen.so_far() + &seen.pace(), line);
    }

    #[test]
    fn a_line_tells_how_far_it_is_how_fast_and_how_long_it_will_take() {
        tells(
            (10_000, 4_096, 4_096, 13, Some(18_200)),
            "reconciling: 4,096 of 10,000 rows, 315 rows/s, 19 s left",
        );
        tells((100, 0, 0, 10, None), "reconciling: 0 of 100 rows");
        tells((100, 50, 50, 10, None), "reconciling: 50 of 100 rows, 5 rows/s");
        tells(
            (1_000, 505, 5, 20, Some(1_980_000)),
            "reconciling: 505 of 1,000 rows, 15 rows/min, 33 min 0 s left",
        );
        let slow = Some(1_000_000_000);
        // Most rows are of a quick account, and one is not.
        tells(
            (1_000_000, 999_100, 999_100, 100, slow),
            "reconciling: 999,100 of 1,000,000 rows, 9,991 rows/s, 277 h 46 min left",
        );
        tells((7, 7, 7, 1, Some(0)), "reconciling: 7 of 7 rows, 7 rows/s, 0 s left");
    }

    #[test]
    fn a_log_is_told_every_ten_seconds_and_a_terminal_at_once() {
        let began = Instant::now();
        let after = |tenths: u64| began + Duration::from_millis(tenths * 100);
        let told = |bar| {
            let mut watch = Watch::at(began, bar, 0);
            (0..=300).filter(|&tenths| watch.due(after(tenths)).is_some()).collect::<Vec<_>>()
        };
        assert_eq!(told(None), [100, 200, 300]);
        assert_eq!(told(Some(ProgressBar::hidden())), (0..=300).collect::<Vec<_>>());
    }

    #[test]
    fn a_bar_begins_where_earlier_runs_ended() {
        let bar = bar(100, 40);
        assert_eq!((bar.position(), bar.length()), (40, Some(100)));
    }

    #[test]
    fn findings_are_counted_in_words() {
        let counts = BTreeMap::from([(FindingKind::Match, 4_000), (FindingKind::StatusDiffers, 96)]);
        assert_eq!(findings(&counts), "status differs 96, match 4,000");
        assert_eq!(findings(&BTreeMap::new()), "");
    }
}
