//! How fast a registry takes uploads, and the only place where a release waits.

use std::{thread, time::Duration};

use anyhow::{Result, bail};
use jiff::{SignedDuration, Timestamp, fmt::rfc2822::DateTimeParser};

use super::say;

/// What time it is, and how to let it pass.
pub(crate) trait Clock {
    fn now(&self) -> Timestamp;
    fn sleep(&mut self, time: Duration);
}

#[derive(Debug)]
pub(crate) struct RealClock;

impl Clock for RealClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn sleep(&mut self, time: Duration) {
        thread::sleep(time);
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Crate,
    Version,
}

/// How an upload went.
#[derive(Debug)]
pub(crate) enum Upload {
    Done,
    /// The registry wants a pause, until a certain time if it said so.
    TooFast(Option<Timestamp>),
    Failed(String),
}

/// So many at once, then one each time that `every` has gone by.
#[derive(Debug)]
struct Allowance {
    at_once: u32,
    every: SignedDuration,
    left: u32,
    /// When `left` was last right.
    since: Timestamp,
}

impl Allowance {
    fn new(at_once: u32, every: SignedDuration, now: Timestamp) -> Self {
        Self { at_once, every, left: at_once, since: now }
    }

    /// Takes one and says from when on it may be used.
    fn take(&mut self, now: Timestamp) -> Timestamp {
        while self.left < self.at_once && self.since + self.every <= now {
            self.left += 1;
            self.since += self.every;
        }
        if self.left == self.at_once {
            self.since = now;
        }
        if self.left > 0 {
            self.left -= 1;
            return now;
        }
        self.since += self.every;
        self.since
    }
}

/// A registry's limits, over the time of one release.
#[derive(Debug)]
pub(crate) struct Pace<C> {
    clock: C,
    /// For new crates and for new versions; none where only the registry's own words count.
    allowances: Option<[Allowance; 2]>,
}

impl<C: Clock> Pace<C> {
    /// What crates.io documents: 5 new crates and then one in 10 minutes, 30 new versions and then one a minute.
    pub(crate) fn crates_io(clock: C) -> Self {
        let now = clock.now();
        let crates = Allowance::new(5, SignedDuration::from_mins(10), now);
        let versions = Allowance::new(30, SignedDuration::from_mins(1), now);
        Self { clock, allowances: Some([crates, versions]) }
    }

    pub(crate) fn unlimited(clock: C) -> Self {
        Self { clock, allowances: None }
    }

    /// Uploads in turn, and again as often as the registry asks for a pause.
    pub(crate) fn upload(
        &mut self,
        what: &str,
        kind: Kind,
        mut upload: impl FnMut() -> Upload,
    ) -> Result<()> {
        const ATTEMPTS: u32 = 10;
        if let Some([crates, versions]) = &mut self.allowances {
            let allowance = if kind == Kind::Crate { crates } else { versions };
            let turn = allowance.take(self.clock.now());
            self.wait_until(turn, what);
        }
        for _ in 0..ATTEMPTS {
            match upload() {
                Upload::Done => return Ok(()),
                Upload::Failed(error) => bail!("{what} was not published:\n{error}"),
                Upload::TooFast(until) => {
                    let minutes = if kind == Kind::Crate { 10 } else { 1 };
                    let now = self.clock.now();
                    let until = until.unwrap_or(now + SignedDuration::from_mins(minutes));
                    // It says "after", and in whole seconds; never in the past, or we would hammer at it.
                    let until = until.max(now) + SignedDuration::from_secs(1);
                    self.wait_until(until, what);
                }
            }
        }
        bail!(
            "{what} was not published: the registry asked for a pause {ATTEMPTS} times; run this again later"
        )
    }

    fn wait_until(&mut self, until: Timestamp, what: &str) {
        let left = until.duration_since(self.clock.now());
        let left = Duration::try_from(left).unwrap_or_default();
        if !left.is_zero() {
            say!("{what}: the registry's limit; waiting until {}", until.strftime("%H:%M:%S UTC"));
            self.clock.sleep(left);
        }
    }
}

/// The time in an error like "… Please try again after Fri, 20 Nov 2026 10:00:00 GMT and see …".
pub(crate) fn try_again_after(error: &str) -> Option<Timestamp> {
    let (_, rest) = error.split_once("try again after ")?;
    // Registries whose servers speak RFC 3339 write one word.
    let word = rest.split_whitespace().next()?.trim_end_matches(['.', ',']);
    if let Ok(time) = word.parse() {
        return Some(time);
    }
    let (date, _) = rest.split_once("GMT")?;
    DateTimeParser::new().parse_timestamp(format!("{date}GMT")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct TestClock(Timestamp);

    impl Clock for TestClock {
        fn now(&self) -> Timestamp {
            self.0
        }

        fn sleep(&mut self, time: Duration) {
            self.0 += time;
        }
    }

    fn clock() -> TestClock {
        TestClock("2026-11-20T10:00:00Z".parse().unwrap())
    }

    fn minutes<C: Clock>(pace: &Pace<C>) -> i64 {
        pace.clock.now().duration_since(clock().now()).as_mins()
    }

    /// The minutes at which so many uploads happen.
    fn uploads(kind: Kind, count: usize) -> Vec<i64> {
        let mut pace = Pace::crates_io(clock());
        let upload = |_| {
            pace.upload("acme 0.1.0", kind, || Upload::Done).unwrap();
            minutes(&pace)
        };
        (0..count).map(upload).collect()
    }

    #[test]
    fn new_crates_are_five_and_then_one_in_ten_minutes() {
        assert_eq!(uploads(Kind::Crate, 11), [0, 0, 0, 0, 0, 10, 20, 30, 40, 50, 60]);
    }

    #[test]
    fn new_versions_are_thirty_and_then_one_a_minute() {
        let mut expected = vec![0; 30];
        expected.extend([1, 2, 3]);
        assert_eq!(uploads(Kind::Version, 33), expected);
    }

    #[test]
    fn time_that_passes_anyway_counts() {
        let mut pace = Pace::crates_io(clock());
        let mut at = Vec::new();
        for _ in 0..8 {
            pace.upload("acme 0.1.0", Kind::Crate, || Upload::Done).unwrap();
            at.push(minutes(&pace));
            pace.clock.sleep(Duration::from_secs(6 * 60));
        }
        // Every second of them finds what has come back by then: no wait but the last.
        assert_eq!(at, [0, 6, 12, 18, 24, 30, 36, 42]);
        let mut allowance = Allowance::new(2, SignedDuration::from_mins(10), clock().0);
        let at = |minutes| clock().0 + SignedDuration::from_mins(minutes);
        let asked_and_given = [(0, 0), (0, 0), (5, 10), (11, 20), (60, 60), (60, 60), (60, 70)];
        for (asked, given) in asked_and_given {
            assert_eq!(allowance.take(at(asked)), at(given), "asked at {asked}");
        }
    }

    #[test]
    fn the_registrys_own_word_is_honoured() {
        let mut pace = Pace::unlimited(clock());
        let later = pace.clock.now() + SignedDuration::from_mins(7);
        let mut answers = [Upload::TooFast(None), Upload::TooFast(Some(later)), Upload::Done].into_iter();
        pace.upload("acme 0.1.0", Kind::Version, || answers.next().unwrap()).unwrap();
        assert_eq!(pace.clock.now(), later + SignedDuration::from_secs(1));

        let error = pace.upload("acme 0.1.0", Kind::Version, || Upload::TooFast(None)).unwrap_err();
        assert!(error.to_string().contains("run this again later"), "{error}");
        let failed = || Upload::Failed("no such token".to_owned());
        let error = pace.upload("acme 0.1.0", Kind::Version, failed).unwrap_err();
        assert!(error.to_string().contains("no such token"), "{error}");
    }

    #[test]
    fn the_time_is_read_from_the_error() {
        for (error, time) in [
            (
                "(status 429 Too Many Requests): You have published too many new crates in a short period of time. \
                 Please try again after Fri, 20 Nov 2026 10:15:30 GMT and see https://crates.io/docs/rate-limits",
                Some("2026-11-20T10:15:30Z"),
            ),
            ("please try again after 2026-11-20T10:15:30Z.", Some("2026-11-20T10:15:30Z")),
            ("please try again after lunch", None),
            ("no", None),
        ] {
            assert_eq!(try_again_after(error), time.map(|time| time.parse().unwrap()), "{error}");
        }
    }
}
