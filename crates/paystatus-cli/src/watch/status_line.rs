use std::{
    cell::{Cell, RefCell},
    io::{self, IsTerminal},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use paystatus_watch::Progress;

use crate::output::complain;

/// A log is told often enough to see that it goes on, if there is something new.
const TOLD_EVERY: Duration = Duration::from_secs(10);

/// How a worker does, on standard error: one line in a terminal, a line now and then anywhere else.
pub(super) struct StatusLine {
    bar: Option<ProgressBar>,
    told_at: Cell<Option<Instant>>,
    told: RefCell<String>,
    trouble: RefCell<Option<String>>,
}

impl StatusLine {
    pub(super) fn new() -> Self {
        let bar = io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            let style = ProgressStyle::with_template("{spinner} {wide_msg}");
            let bar = style.map_or(bar.clone(), |style| bar.with_style(style)).with_message("watching");
            bar.enable_steady_tick(Duration::from_millis(500));
            bar
        });
        Self { bar, told_at: Cell::default(), told: RefCell::default(), trouble: RefCell::default() }
    }

    pub(super) fn see(&self, progress: &Progress) {
        let trouble = progress.trouble.as_ref().map(ToString::to_string);
        if *self.trouble.borrow() != trouble {
            match &trouble {
                Some(trouble) => self.aside()(&format!("paystatus: {trouble}; going on when it is back")),
                None => self.aside()("paystatus: the store is back"),
            }
            *self.trouble.borrow_mut() = trouble;
        }
        if let Some(bar) = &self.bar {
            return bar.set_message(words(progress));
        }
        let words = words(progress);
        let is_time = self.told_at.get().is_none_or(|at| at.elapsed() >= TOLD_EVERY);
        if is_time && *self.told.borrow() != words {
            complain(&words);
            self.told_at.set(Some(Instant::now()));
            *self.told.borrow_mut() = words;
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

    /// Takes the line away, for what is to be said next.
    pub(super) fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn words(progress: &Progress) -> String {
    let Progress { asked, decided, changed, expired, failed, in_flight, .. } = progress;
    format!(
        "watching: {asked} asks, {in_flight} on their way, {decided} decided, {changed} changed, {expired} expired, \
         {failed} failed"
    )
}
