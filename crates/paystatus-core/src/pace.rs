use std::{fmt, num::NonZeroU32, str::FromStr, time::Duration};

use crate::{Error, ErrorKind};

/// How many requests an account may make in any period of a given length.
///
/// ```
/// use paystatus_core::Pace;
/// use std::time::Duration;
///
/// let pace: Pace = "15/min".parse()?;
/// assert_eq!((pace.requests(), pace.period()), (15, Duration::from_secs(60)));
/// assert_eq!(pace.to_string(), "15/min");
/// # Ok::<(), paystatus_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Pace {
    requests: NonZeroU32,
    period: Period,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Period {
    Second,
    Minute,
    Hour,
}

impl Pace {
    /// The most requests that a pace can name: beyond it, name a shorter period.
    const MAX_REQUESTS: u32 = 100_000;

    const fn new(requests: u32, period: Period) -> Option<Self> {
        match NonZeroU32::new(requests) {
            Some(requests) if requests.get() <= Self::MAX_REQUESTS => Some(Self { requests, period }),
            _ => None,
        }
    }

    /// At most so many requests in any second; nothing for zero or more than 100,000.
    ///
    /// ```
    /// use paystatus_core::Pace;
    /// assert_eq!(Pace::per_second(5).unwrap().to_string(), "5/s");
    /// assert!(Pace::per_second(0).is_none());
    /// ```
    pub const fn per_second(requests: u32) -> Option<Self> {
        Self::new(requests, Period::Second)
    }

    /// At most so many requests in any minute; nothing for zero or more than 100,000.
    ///
    /// ```
    /// use paystatus_core::Pace;
    /// assert_eq!(Pace::per_minute(15).unwrap().to_string(), "15/min");
    /// ```
    pub const fn per_minute(requests: u32) -> Option<Self> {
        Self::new(requests, Period::Minute)
    }

    /// At most so many requests in any hour; nothing for zero or more than 100,000.
    ///
    /// ```
    /// use paystatus_core::Pace;
    /// assert_eq!(Pace::per_hour(1000).unwrap().to_string(), "1000/h");
    /// ```
    pub const fn per_hour(requests: u32) -> Option<Self> {
        Self::new(requests, Period::Hour)
    }

    /// How many requests.
    pub const fn requests(self) -> u32 {
        self.requests.get()
    }

    /// In how long a time.
    pub const fn period(self) -> Duration {
        Duration::from_secs(match self.period {
            Period::Second => 1,
            Period::Minute => 60,
            Period::Hour => 3600,
        })
    }
}

impl FromStr for Pace {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let read = || {
            let (requests, period) = text.split_once('/')?;
            let period = match period.trim() {
                "s" | "sec" | "second" => Period::Second,
                "min" | "minute" => Period::Minute,
                "h" | "hour" => Period::Hour,
                _ => return None,
            };
            Self::new(requests.trim().parse().ok()?, period)
        };
        read().ok_or_else(|| {
            Error::new(
                ErrorKind::Config,
                "a pace is written as `15/min`, `5/s` or `1000/h`, from 1 to 100000 requests",
            )
        })
    }
}

impl fmt::Display for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let period = match self.period {
            Period::Second => "s",
            Period::Minute => "min",
            Period::Hour => "h",
        };
        write!(f, "{}/{period}", self.requests)
    }
}

/// What a provider is known to allow, as data; no limit unless its facts name one.
///
/// ```
/// use paystatus_core::{Limits, Pace};
/// assert_eq!(Limits::none().pace(), None);
/// assert_eq!(Limits::none().with_pace(Pace::per_minute(15).unwrap()).pace().unwrap().requests(), 15);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    pace: Option<Pace>,
}

impl Limits {
    /// No limit is known.
    pub const fn none() -> Self {
        Self { pace: None }
    }

    /// Sets the pace that one account must keep.
    pub const fn with_pace(self, pace: Pace) -> Self {
        Self { pace: Some(pace) }
    }

    /// The pace that one account must keep.
    pub const fn pace(self) -> Option<Pace> {
        self.pace
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paces_are_read_and_written() {
        for (text, requests, seconds) in [("15/min", 15, 60), ("5/s", 5, 1), ("1000/h", 1000, 3600)] {
            let pace: Pace = text.parse().unwrap();
            assert_eq!((pace.requests(), pace.period().as_secs()), (requests, seconds));
            assert_eq!(pace.to_string(), text);
        }
        for bad in ["", "15", "0/min", "-1/s", "1/day", "1.5/s", "100001/s", "/s"] {
            assert_eq!(bad.parse::<Pace>().unwrap_err().kind(), ErrorKind::Config, "{bad}");
        }
    }
}
