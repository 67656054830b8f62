use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Error, ErrorKind};

/// How many tiers a plan may have.
const MAX_TIERS: usize = 4;
/// The shortest delay between two asks: a plan never asks without a pause.
const SHORTEST: Duration = Duration::from_millis(10);
/// The longest wait that a plan may name.
const LONGEST: Duration = Duration::from_secs(31 * 24 * 3600);

/// How to wait for a payment, as data: when to ask first, how the pauses grow, and when to stop.
///
/// The first ask is made at once unless [`starting_after`](Self::starting_after) says otherwise.
/// The pause after it is the first delay; every later one is half as long again, up to the longest.
/// A plan without a pause or without an end can't be made.
///
/// ```
/// use paystatus_core::WaitPlan;
/// use std::time::Duration;
///
/// let [five, minute, five_minutes] = [5, 60, 300].map(Duration::from_secs);
/// let plan = WaitPlan::new(five, minute, five_minutes)?;
/// let pauses: Vec<_> = (1..5).map(|asks| plan.pause(asks, Duration::ZERO).as_millis()).collect();
/// assert_eq!(pauses, [5_000, 7_500, 11_250, 16_875]);
///
/// // First after 90 s, then at most twice more, within two hours:
/// let hour = Duration::from_secs(3600);
/// let strict = WaitPlan::new(hour / 2, hour, 2 * hour)?.starting_after(Duration::from_secs(90))?.with_most_asks(3)?;
/// assert_eq!(strict.most_asks(), Some(3));
/// assert!(WaitPlan::new(Duration::ZERO, minute, minute).is_err());
/// # Ok::<(), paystatus_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Parts", into = "Parts")]
pub struct WaitPlan(Parts);

/// The plan as it is written down; lengths of time are in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parts {
    #[serde(with = "millis")]
    start: Duration,
    #[serde(with = "millis")]
    first: Duration,
    growth_percent: u32,
    #[serde(with = "millis")]
    longest: Duration,
    #[serde(with = "millis")]
    total: Duration,
    most_asks: Option<u32>,
    #[serde(with = "millis")]
    not_found_grace: Duration,
    tiers: [Option<Tier>; MAX_TIERS],
}

/// From a time of the wait on, the pause is this long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tier {
    #[serde(with = "millis")]
    from: Duration,
    #[serde(with = "millis")]
    every: Duration,
}

impl WaitPlan {
    /// Names the first pause, the longest pause (both at least 10 ms) and the whole wait
    /// (from the first pause to 31 days).
    ///
    /// # Errors
    /// [`ErrorKind::Config`] for a plan that would ask without a pause, without an end, or once only.
    ///
    /// ```
    /// use paystatus_core::WaitPlan;
    /// use std::time::Duration;
    /// let [five, minute, hour] = [5, 60, 3600].map(Duration::from_secs);
    /// assert_eq!(WaitPlan::new(five, minute, hour)?.total(), hour);
    /// assert!(WaitPlan::new(minute, five, hour).is_err()); // the longest pause is shorter than the first
    /// # Ok::<(), paystatus_core::Error>(())
    /// ```
    pub fn new(first: Duration, longest: Duration, total: Duration) -> Result<Self, Error> {
        Self::checked(Parts { first, longest, total, ..Self::default().0 })
    }

    /// Asks first after this long, not at once; at most the whole wait.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] if the wait would be over before the first ask.
    ///
    /// ```
    /// use paystatus_core::WaitPlan;
    /// use std::time::Duration;
    /// let plan = WaitPlan::default().starting_after(Duration::from_secs(90))?;
    /// assert_eq!(plan.start(), Duration::from_secs(90));
    /// # Ok::<(), paystatus_core::Error>(())
    /// ```
    pub fn starting_after(self, start: Duration) -> Result<Self, Error> {
        Self::checked(Parts { start, ..self.0 })
    }

    /// Lets each pause grow to this much of the one before it, in percent: from 100 (no growth) to 1000.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] outside of that range.
    ///
    /// ```
    /// use paystatus_core::WaitPlan;
    /// use std::time::Duration;
    /// let steady = WaitPlan::default().with_growth_percent(100)?;
    /// assert_eq!(steady.pause(1, Duration::ZERO), steady.pause(9, Duration::ZERO));
    /// # Ok::<(), paystatus_core::Error>(())
    /// ```
    pub fn with_growth_percent(self, growth_percent: u32) -> Result<Self, Error> {
        Self::checked(Parts { growth_percent, ..self.0 })
    }

    /// Stops after so many asks, even if time is left: at least 1.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] for none.
    ///
    /// ```
    /// use paystatus_core::WaitPlan;
    /// assert_eq!(WaitPlan::default().with_most_asks(3)?.most_asks(), Some(3));
    /// assert!(WaitPlan::default().with_most_asks(0).is_err());
    /// # Ok::<(), paystatus_core::Error>(())
    /// ```
    pub fn with_most_asks(self, most_asks: u32) -> Result<Self, Error> {
        Self::checked(Parts { most_asks: Some(most_asks), ..self.0 })
    }

    /// Sets the grace for "not found": only after so much of the wait does it count as an answer,
    /// because a provider may not know a new payment at once.
    ///
    /// # Errors
    /// None for now.
    ///
    /// ```
    /// use paystatus_core::WaitPlan;
    /// use std::time::Duration;
    /// let patient = WaitPlan::default().with_not_found_grace(Duration::from_secs(120))?;
    /// assert_eq!(patient.not_found_grace(), Duration::from_secs(120));
    /// # Ok::<(), paystatus_core::Error>(())
    /// ```
    pub fn with_not_found_grace(self, not_found_grace: Duration) -> Result<Self, Error> {
        Self::checked(Parts { not_found_grace, ..self.0 })
    }

    /// From this time of the wait on, pauses this long and lets the pauses grow no more; at most four such tiers,
    /// each later than the one before.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] for a pause under 10 ms, a fifth tier, or one that is not later.
    ///
    /// ```
    /// use paystatus_core::WaitPlan;
    /// use std::time::Duration;
    /// let [minute, ten] = [1, 10].map(|minutes| Duration::from_secs(60 * minutes));
    /// let plan = WaitPlan::default().with_tier(2 * minute, ten)?;
    /// assert_eq!(plan.pause(1, minute), Duration::from_secs(2));
    /// assert_eq!(plan.pause(30, 3 * minute), ten);
    /// # Ok::<(), paystatus_core::Error>(())
    /// ```
    pub fn with_tier(self, from: Duration, every: Duration) -> Result<Self, Error> {
        let mut tiers = self.0.tiers;
        let Some(free) = tiers.iter_mut().find(|tier| tier.is_none()) else {
            return refuse("a wait's plan has at most four tiers");
        };
        *free = Some(Tier { from, every });
        Self::checked(Parts { tiers, ..self.0 })
    }

    /// How long to wait before the first ask.
    pub fn start(self) -> Duration {
        self.0.start
    }

    /// How long to pause after so many asks, when so much of the wait is over.
    pub fn pause(self, asks: u32, elapsed: Duration) -> Duration {
        let mut tiers = self.0.tiers.iter().flatten();
        if let Some(tier) = tiers.rfind(|tier| tier.from <= elapsed) {
            return tier.every;
        }
        let mut pause = self.0.first;
        for _ in 1..asks {
            if pause >= self.0.longest || self.0.growth_percent == 100 {
                break;
            }
            pause = pause.saturating_mul(self.0.growth_percent) / 100;
        }
        pause.min(self.0.longest)
    }

    /// How long to wait in all, if the caller does not say.
    pub fn total(self) -> Duration {
        self.0.total
    }

    /// How many asks to make at most.
    pub fn most_asks(self) -> Option<u32> {
        self.0.most_asks
    }

    /// How much of the wait must be over before "not found" is taken for an answer.
    pub fn not_found_grace(self) -> Duration {
        self.0.not_found_grace
    }

    fn checked(parts: Parts) -> Result<Self, Error> {
        let Parts { start, first, growth_percent, longest, total, most_asks, tiers, not_found_grace: _ } =
            parts;
        if first < SHORTEST {
            return refuse("a wait's first pause must be at least 10 ms");
        }
        if longest < first {
            return refuse("a wait's longest pause must not be shorter than its first one");
        }
        if total < first || total > LONGEST {
            return refuse("a wait's total time must be from its first pause to 31 days");
        }
        if start > total {
            return refuse("a wait must not be over before its first ask");
        }
        if !(100..=1000).contains(&growth_percent) {
            return refuse("a wait's pauses must grow by 100 to 1000 percent");
        }
        if most_asks == Some(0) {
            return refuse("a wait must ask at least once");
        }
        let named: Vec<_> = tiers.iter().flatten().collect();
        if named.iter().any(|tier| tier.every < SHORTEST) {
            return refuse("a tier's pause must be at least 10 ms");
        }
        if !named.is_sorted_by(|one, next| one.from < next.from)
            || tiers.iter().take(named.len()).any(Option::is_none)
        {
            return refuse("each tier of a wait must begin later than the one before");
        }
        Ok(Self(parts))
    }
}

fn refuse<T>(why: &'static str) -> Result<T, Error> {
    Err(Error::new(ErrorKind::Config, why))
}

impl Default for WaitPlan {
    /// From 2 s growing to 30 s between asks, for five minutes; "not found" is an answer after one.
    fn default() -> Self {
        Self(Parts {
            start: Duration::ZERO,
            first: Duration::from_secs(2),
            growth_percent: 150,
            longest: Duration::from_secs(30),
            total: Duration::from_secs(300),
            most_asks: None,
            not_found_grace: Duration::from_secs(60),
            tiers: [None; MAX_TIERS],
        })
    }
}

impl TryFrom<Parts> for WaitPlan {
    type Error = Error;

    fn try_from(parts: Parts) -> Result<Self, Error> {
        Self::checked(parts)
    }
}

impl From<WaitPlan> for Parts {
    fn from(plan: WaitPlan) -> Self {
        plan.0
    }
}

/// Lengths of time as whole milliseconds.
mod millis {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_millis)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(number: u64) -> Duration {
        Duration::from_secs(number)
    }

    #[test]
    fn pauses_grow_to_the_longest_and_stay_there() {
        let plan = WaitPlan::default();
        let pauses: Vec<_> = (1..40).map(|asks| plan.pause(asks, Duration::ZERO)).collect();
        assert!(pauses.is_sorted());
        assert_eq!((pauses[0], pauses[1], pauses[38]), (seconds(2), seconds(3), seconds(30)));
        assert_eq!(plan.pause(u32::MAX, Duration::ZERO), seconds(30));
        let steady = plan.with_growth_percent(100).unwrap();
        assert_eq!(steady.pause(u32::MAX, Duration::ZERO), seconds(2));
    }

    #[test]
    fn a_tier_takes_over_when_its_time_has_come() {
        let plan = WaitPlan::default().with_tier(seconds(60), seconds(20)).unwrap();
        let plan = plan.with_tier(seconds(120), seconds(90)).unwrap();
        for (elapsed, pause) in [(59, 2), (60, 20), (119, 20), (120, 90), (9999, 90)] {
            assert_eq!(plan.pause(1, seconds(elapsed)), seconds(pause), "{elapsed}");
        }
    }

    #[test]
    fn a_plan_without_a_pause_or_an_end_is_refused() {
        let plan = WaitPlan::default();
        for refused in [
            WaitPlan::new(Duration::ZERO, seconds(1), seconds(1)),
            WaitPlan::new(seconds(2), seconds(1), seconds(9)),
            WaitPlan::new(seconds(2), seconds(2), seconds(1)),
            WaitPlan::new(seconds(2), seconds(2), Duration::MAX),
            plan.starting_after(seconds(301)),
            plan.with_growth_percent(99),
            plan.with_growth_percent(1001),
            plan.with_most_asks(0),
            plan.with_tier(seconds(1), Duration::ZERO),
            plan.with_tier(seconds(1), seconds(1)).and_then(|plan| plan.with_tier(seconds(1), seconds(1))),
            (1..6).try_fold(plan, |plan, from| plan.with_tier(seconds(from), seconds(1))),
        ] {
            assert_eq!(refused.unwrap_err().kind(), ErrorKind::Config);
        }
    }

    #[test]
    fn a_plan_survives_being_written_down_and_a_bad_one_does_not() {
        let plan =
            WaitPlan::default().with_tier(seconds(60), seconds(20)).unwrap().with_most_asks(7).unwrap();
        let text = serde_json::to_string(&plan).unwrap();
        assert_eq!(serde_json::from_str::<WaitPlan>(&text).unwrap(), plan);
        for (from, to) in [
            (r#""first":2000"#, r#""first":0"#),
            (r#""total":300000"#, r#""total":18446744073709551615"#),
            (r#""growth_percent":150"#, r#""growth_percent":1"#),
            (r#""most_asks":7"#, r#""most_asks":0"#),
            (r#""every":20000"#, r#""every":1"#),
            (r#"[{"from""#, r#"[null,{"from""#),
            (r#""first""#, r#""frist""#),
        ] {
            assert!(text.contains(from), "{text}");
            assert!(serde_json::from_str::<WaitPlan>(&text.replace(from, to)).is_err(), "{to}");
        }
    }
}
