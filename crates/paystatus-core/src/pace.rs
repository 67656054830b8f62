use std::{fmt, str::FromStr, time::Duration};

use crate::{Error, ErrorKind};

/// How many requests an account may make in any period of a given length.
///
/// A pace out of range is refused where it is to be used: by the client; by [`Facts::paced`](crate::Facts::paced),
/// when it is compiled; and when it is read from text.
///
/// ```
/// use paystatus_core::Pace;
/// use std::time::Duration;
///
/// let pace: Pace = "15/min".parse()?;
/// assert_eq!((pace.requests(), pace.period()), (15, Duration::from_secs(60)));
/// assert_eq!(pace.to_string(), "15/min");
/// assert!(Pace::per_second(0).check().is_err()); // a pace is from 1 to 100,000 requests
/// # Ok::<(), paystatus_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Pace {
    requests: u32,
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

    /// At most so many requests in any second.
    ///
    /// ```
    /// use paystatus_core::Pace;
    /// assert_eq!(Pace::per_second(5).to_string(), "5/s");
    /// ```
    pub const fn per_second(requests: u32) -> Self {
        Self { requests, period: Period::Second }
    }

    /// At most so many requests in any minute.
    ///
    /// ```
    /// use paystatus_core::Pace;
    /// assert_eq!(Pace::per_minute(15).to_string(), "15/min");
    /// ```
    pub const fn per_minute(requests: u32) -> Self {
        Self { requests, period: Period::Minute }
    }

    /// At most so many requests in any hour.
    ///
    /// ```
    /// use paystatus_core::Pace;
    /// assert_eq!(Pace::per_hour(1000).to_string(), "1000/h");
    /// ```
    pub const fn per_hour(requests: u32) -> Self {
        Self { requests, period: Period::Hour }
    }

    /// How many requests.
    pub const fn requests(self) -> u32 {
        self.requests
    }

    /// In how long a time.
    pub const fn period(self) -> Duration {
        Duration::from_secs(match self.period {
            Period::Second => 1,
            Period::Minute => 60,
            Period::Hour => 3600,
        })
    }

    /// Tells whether it can be used: whoever is given a pace looks before the first request.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] for no request at all, and for more than 100,000.
    pub fn check(self) -> Result<(), Error> {
        match self.fault() {
            Some(why) => Err(Error::new(ErrorKind::Config, why)),
            None => Ok(()),
        }
    }

    /// What is wrong with it, if something is.
    pub(crate) const fn fault(self) -> Option<&'static str> {
        match self.requests {
            1..=Self::MAX_REQUESTS => None,
            _ => Some("a pace is written as `15/min`, `5/s` or `1000/h`, from 1 to 100000 requests"),
        }
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
            Some(Self { requests: requests.trim().parse().ok()?, period })
        };
        // What can't be read is refused like what is out of range.
        let pace = read().unwrap_or(Self::per_second(0));
        pace.check().map(|()| pace)
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
