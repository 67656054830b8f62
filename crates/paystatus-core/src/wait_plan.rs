use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Error, ErrorKind};

/// How many tiers a plan may have.
const MAX_TIERS: usize = 4;
/// The shortest delay between two asks: a plan never asks without a pause.
const SHORTEST_MS: u32 = 10;
/// The longest wait that a plan may name: 31 days.
const LONGEST_MS: u32 = 31 * 24 * 3600 * 1000;

/// How to wait for a payment, as data: when to ask first, how the pauses grow, and when to stop.
///
/// The first ask is made at once unless [`starting_after`](Self::starting_after) says otherwise.
/// The pause after it is the first delay; every later one is half as long again, up to the longest.
///
/// A plan without a pause or without an end is refused where it is to be used: by the wait, before it asks;
/// by [`Facts::waiting_by`](crate::Facts::waiting_by), when it is compiled; and when it is read from text.
/// Lengths of time are kept in whole milliseconds.
///
/// ```
/// use paystatus_core::WaitPlan;
/// use std::time::Duration;
///
/// let [five, minute, five_minutes] = [5, 60, 300].map(Duration::from_secs);
/// let plan = WaitPlan::new(five, minute, five_minutes);
/// let pauses: Vec<_> = (1..5).map(|asks| plan.pause(asks, Duration::ZERO).as_millis()).collect();
/// assert_eq!(pauses, [5_000, 7_500, 11_250, 16_875]);
///
/// // First after 90 s, then at most twice more, within two hours:
/// let hour = Duration::from_secs(3600);
/// let strict = WaitPlan::new(hour / 2, hour, 2 * hour).starting_after(Duration::from_secs(90)).with_most_asks(3);
/// assert!(strict.check().is_ok());
/// assert!(WaitPlan::new(Duration::ZERO, minute, minute).check().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Parts", into = "Parts")]
pub struct WaitPlan {
    start_ms: u32,
    first_ms: u32,
    longest_ms: u32,
    total_ms: u32,
    not_found_grace_ms: u32,
    most_asks: Option<u32>,
    tiers: [Tier; MAX_TIERS],
    growth_percent: u16,
    /// How many tiers were named, those included for which there is no room.
    named: u8,
}

/// The plan as it is written down.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parts {
    start_ms: u32,
    first_ms: u32,
    growth_percent: u16,
    longest_ms: u32,
    total_ms: u32,
    most_asks: Option<u32>,
    not_found_grace_ms: u32,
    tiers: Vec<Tier>,
}

/// From a time of the wait on, the pause is this long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tier {
    from_ms: u32,
    every_ms: u32,
}

impl WaitPlan {
    /// From 2 s growing to 30 s between asks, for five minutes; "not found" is an answer after one.
    pub const DEFAULT: Self = Self {
        start_ms: 0,
        first_ms: 2_000,
        longest_ms: 30_000,
        total_ms: 300_000,
        not_found_grace_ms: 60_000,
        growth_percent: 150,
        most_asks: None,
        tiers: [Tier { from_ms: 0, every_ms: 0 }; MAX_TIERS],
        named: 0,
    };

    /// Names the first pause, the longest pause (both at least 10 ms) and the whole wait
    /// (from the first pause to 31 days).
    ///
    /// ```
    /// use paystatus_core::WaitPlan;
    /// use std::time::Duration;
    /// let [five, minute, hour] = [5, 60, 3600].map(Duration::from_secs);
    /// assert_eq!(WaitPlan::new(five, minute, hour).total(), hour);
    /// assert!(WaitPlan::new(minute, five, hour).check().is_err()); // the longest pause is shorter than the first
    /// ```
    pub const fn new(first: Duration, longest: Duration, total: Duration) -> Self {
        Self {
            first_ms: millis(first),
            longest_ms: millis(longest),
            total_ms: millis(total),
            ..Self::DEFAULT
        }
    }

    /// As [`new`](Self::new), in whole seconds: for providers' facts.
    ///
    /// ```
    /// use paystatus_core::WaitPlan;
    /// use std::time::Duration;
    /// const PLAN: WaitPlan = WaitPlan::of_seconds(5, 60, 300).starting_after(Duration::from_secs(10));
    /// assert_eq!((PLAN.start(), PLAN.total()), (Duration::from_secs(10), Duration::from_secs(300)));
    /// ```
    pub const fn of_seconds(first: u64, longest: u64, total: u64) -> Self {
        Self::new(Duration::from_secs(first), Duration::from_secs(longest), Duration::from_secs(total))
    }

    /// Asks first after this long, not at once; at most the whole wait.
    ///
    /// ```
    /// use paystatus_core::WaitPlan;
    /// use std::time::Duration;
    /// let plan = WaitPlan::default().starting_after(Duration::from_secs(90));
    /// assert_eq!(plan.start(), Duration::from_secs(90));
    /// ```
    #[must_use]
    pub const fn starting_after(self, start: Duration) -> Self {
        Self { start_ms: millis(start), ..self }
    }

    /// Lets each pause grow to this much of the one before it, in percent: from 100 (no growth) to 1000.
    ///
    /// ```
    /// use paystatus_core::WaitPlan;
    /// use std::time::Duration;
    /// let steady = WaitPlan::default().with_growth_percent(100);
    /// assert_eq!(steady.pause(1, Duration::ZERO), steady.pause(9, Duration::ZERO));
    /// ```
    #[must_use]
    pub const fn with_growth_percent(self, growth_percent: u16) -> Self {
        Self { growth_percent, ..self }
    }

    /// Stops after so many asks, even if time is left: at least 1.
    ///
    /// ```
    /// use paystatus_core::WaitPlan;
    /// assert_eq!(WaitPlan::default().with_most_asks(3).most_asks(), Some(3));
    /// assert!(WaitPlan::default().with_most_asks(0).check().is_err());
    /// ```
    #[must_use]
    pub const fn with_most_asks(self, most_asks: u32) -> Self {
        Self { most_asks: Some(most_asks), ..self }
    }

    /// Sets the grace for "not found": only after so much of the wait does it count as an answer,
    /// because a provider may not know a new payment at once.
    ///
    /// ```
    /// use paystatus_core::WaitPlan;
    /// use std::time::Duration;
    /// let patient = WaitPlan::default().with_not_found_grace(Duration::from_secs(120));
    /// assert_eq!(patient.not_found_grace(), Duration::from_secs(120));
    /// ```
    #[must_use]
    pub const fn with_not_found_grace(self, not_found_grace: Duration) -> Self {
        Self { not_found_grace_ms: millis(not_found_grace), ..self }
    }

    /// From this time of the wait on, pauses this long (at least 10 ms) and lets the pauses grow no more;
    /// at most four such tiers, each later than the one before.
    ///
    /// ```
    /// use paystatus_core::WaitPlan;
    /// use std::time::Duration;
    /// let [minute, ten] = [1, 10].map(|minutes| Duration::from_secs(60 * minutes));
    /// let plan = WaitPlan::default().with_tier(2 * minute, ten);
    /// assert_eq!(plan.pause(1, minute), Duration::from_secs(2));
    /// assert_eq!(plan.pause(30, 3 * minute), ten);
    /// ```
    #[must_use]
    pub const fn with_tier(mut self, from: Duration, every: Duration) -> Self {
        if (self.named as usize) < MAX_TIERS {
            self.tiers[self.named as usize] = Tier { from_ms: millis(from), every_ms: millis(every) };
        }
        self.named = self.named.saturating_add(1);
        self
    }

    /// How long to wait before the first ask.
    pub const fn start(&self) -> Duration {
        duration(self.start_ms)
    }

    /// How long to pause after so many asks, when so much of the wait is over.
    pub fn pause(&self, asks: u32, elapsed: Duration) -> Duration {
        let mut tiers = self.tiers.iter().take(self.named as usize);
        if let Some(tier) = tiers.rfind(|tier| duration(tier.from_ms) <= elapsed) {
            return duration(tier.every_ms);
        }
        let (mut pause, longest) = (duration(self.first_ms), duration(self.longest_ms));
        for _ in 1..asks {
            if pause >= longest || self.growth_percent == 100 {
                break;
            }
            pause = pause.saturating_mul(self.growth_percent.into()) / 100;
        }
        pause.min(longest)
    }

    /// How long to wait in all, if the caller does not say.
    pub const fn total(&self) -> Duration {
        duration(self.total_ms)
    }

    /// How many asks to make at most.
    pub const fn most_asks(&self) -> Option<u32> {
        self.most_asks
    }

    /// How much of the wait must be over before "not found" is taken for an answer.
    pub const fn not_found_grace(&self) -> Duration {
        duration(self.not_found_grace_ms)
    }

    /// Tells whether it can be used: whoever is given a plan looks before the first ask.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] for a plan that would ask without a pause, without an end, or never.
    pub fn check(&self) -> Result<(), Error> {
        match self.fault() {
            Some(why) => Err(Error::new(ErrorKind::Config, why)),
            None => Ok(()),
        }
    }

    /// What is wrong with it, if something is.
    pub(crate) const fn fault(&self) -> Option<&'static str> {
        if self.first_ms < SHORTEST_MS {
            return Some("a wait's first pause must be at least 10 ms");
        }
        if self.longest_ms < self.first_ms {
            return Some("a wait's longest pause must not be shorter than its first one");
        }
        if self.total_ms < self.first_ms || self.total_ms > LONGEST_MS {
            return Some("a wait's total time must be from its first pause to 31 days");
        }
        if self.start_ms > self.total_ms {
            return Some("a wait must not be over before its first ask");
        }
        if self.growth_percent < 100 || self.growth_percent > 1000 {
            return Some("a wait's pauses must grow by 100 to 1000 percent");
        }
        if let Some(0) = self.most_asks {
            return Some("a wait must ask at least once");
        }
        if self.named as usize > MAX_TIERS {
            return Some("a wait's plan has at most four tiers");
        }
        let mut index = 0;
        while index < self.named as usize {
            if self.tiers[index].every_ms < SHORTEST_MS {
                return Some("a tier's pause must be at least 10 ms");
            }
            if index > 0 && self.tiers[index].from_ms <= self.tiers[index - 1].from_ms {
                return Some("each tier of a wait must begin later than the one before");
            }
            index += 1;
        }
        None
    }
}

/// Whole milliseconds; what is too long for them is longer than any wait.
const fn millis(duration: Duration) -> u32 {
    let millis = duration.as_millis();
    if millis > u32::MAX as u128 { u32::MAX } else { millis as u32 }
}

const fn duration(millis: u32) -> Duration {
    Duration::from_millis(millis as u64)
}

impl Default for WaitPlan {
    /// [`WaitPlan::DEFAULT`].
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl TryFrom<Parts> for WaitPlan {
    type Error = Error;

    fn try_from(parts: Parts) -> Result<Self, Error> {
        let Parts {
            start_ms,
            first_ms,
            growth_percent,
            longest_ms,
            total_ms,
            most_asks,
            not_found_grace_ms,
            tiers,
        } = parts;
        let plan = Self {
            start_ms,
            first_ms,
            growth_percent,
            longest_ms,
            total_ms,
            most_asks,
            not_found_grace_ms,
            ..Self::DEFAULT
        };
        let plan = tiers.into_iter().fold(plan, |plan, Tier { from_ms, every_ms }| {
            plan.with_tier(duration(from_ms), duration(every_ms))
        });
        plan.check().map(|()| plan)
    }
}

impl From<WaitPlan> for Parts {
    fn from(plan: WaitPlan) -> Self {
        let WaitPlan {
            start_ms,
            first_ms,
            growth_percent,
            longest_ms,
            total_ms,
            most_asks,
            not_found_grace_ms,
            tiers,
            named,
        } = plan;
        let tiers = tiers.into_iter().take(named as usize).collect();
        Self {
            start_ms,
            first_ms,
            growth_percent,
            longest_ms,
            total_ms,
            most_asks,
            not_found_grace_ms,
            tiers,
        }
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
        let steady = plan.with_growth_percent(100);
        assert_eq!(steady.pause(u32::MAX, Duration::ZERO), seconds(2));
    }

    #[test]
    fn a_tier_takes_over_when_its_time_has_come() {
        let plan = WaitPlan::default().with_tier(seconds(60), seconds(20));
        let plan = plan.with_tier(seconds(120), seconds(90));
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
            plan.with_tier(seconds(1), seconds(1)).with_tier(seconds(1), seconds(1)),
            (1..6).fold(plan, |plan, from| plan.with_tier(seconds(from), seconds(1))),
        ] {
            assert_eq!(refused.check().unwrap_err().kind(), ErrorKind::Config);
        }
    }

    #[test]
    fn a_plan_survives_being_written_down_and_a_bad_one_does_not() {
        let plan = WaitPlan::default().with_tier(seconds(60), seconds(20)).with_most_asks(7);
        let text = serde_json::to_string(&plan).unwrap();
        assert_eq!(serde_json::from_str::<WaitPlan>(&text).unwrap(), plan);
        for (from, to) in [
            (r#""first_ms":2000"#, r#""first_ms":0"#),
            (r#""total_ms":300000"#, r#""total_ms":18446744073709551615"#),
            (r#""growth_percent":150"#, r#""growth_percent":1"#),
            (r#""most_asks":7"#, r#""most_asks":0"#),
            (r#""every_ms":20000"#, r#""every_ms":1"#),
            (r#"[{"from_ms""#, r#"[null,{"from_ms""#),
            (r#""first_ms""#, r#""frist_ms""#),
        ] {
            assert!(text.contains(from), "{text}");
            assert!(serde_json::from_str::<WaitPlan>(&text.replace(from, to)).is_err(), "{to}");
        }
    }
}
