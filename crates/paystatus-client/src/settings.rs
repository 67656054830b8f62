use std::time::Duration;

use paystatus_core::{Error, ErrorKind, Limits, Pace};

/// How one account is asked. The defaults are safe and bounded.
///
/// | setting | default |
/// |---|---|
/// | timeout of one whole check, retries included | 10 s |
/// | attempts | 3 |
/// | largest body of a reply | 1 MiB |
/// | requests in flight | 16 |
/// | pace | the provider's own |
///
/// ```
/// use paystatus_client::Settings;
/// use std::time::Duration;
///
/// let patient = Settings::default().with_timeout(Duration::from_secs(30)).with_max_attempts(5);
/// assert_eq!(patient.timeout(), Duration::from_secs(30));
/// ```
#[derive(Clone, Debug)]
pub struct Settings {
    timeout: Duration,
    pub(crate) max_attempts: u32,
    pub(crate) max_body: usize,
    pub(crate) max_in_flight: usize,
    pace: PaceChoice,
}

#[derive(Clone, Copy, Debug)]
enum PaceChoice {
    Providers,
    Fixed(Pace),
    Unlimited,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(10),
            max_attempts: 3,
            max_body: 1 << 20,
            max_in_flight: 16,
            pace: PaceChoice::Providers,
        }
    }
}

impl Settings {
    /// Sets how long one whole check may take, with the wait for the account's pace and all retries: up to an hour.
    ///
    /// ```
    /// use paystatus_client::Settings;
    /// use std::time::Duration;
    /// assert_eq!(Settings::default().with_timeout(Duration::from_secs(3)).timeout(), Duration::from_secs(3));
    /// ```
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// Sets how many requests one check may send: 1 means no retry, 20 is the most.
    ///
    /// ```
    /// use paystatus_client::Settings;
    /// let once = Settings::default().with_max_attempts(1);
    /// assert!(format!("{once:?}").contains("max_attempts: 1,"));
    /// ```
    #[must_use]
    pub fn with_max_attempts(self, max_attempts: u32) -> Self {
        Self { max_attempts, ..self }
    }

    /// Sets the largest body of a reply in bytes, up to 64 MiB.
    ///
    /// ```
    /// use paystatus_client::Settings;
    /// let small = Settings::default().with_max_body(64 << 10);
    /// assert!(format!("{small:?}").contains("max_body: 65536,"));
    /// ```
    #[must_use]
    pub fn with_max_body(self, max_body: usize) -> Self {
        Self { max_body, ..self }
    }

    /// Sets how many requests may be in flight at once, up to 10,000.
    ///
    /// ```
    /// use paystatus_client::Settings;
    /// let wide = Settings::default().with_max_in_flight(64);
    /// assert!(format!("{wide:?}").contains("max_in_flight: 64,"));
    /// ```
    #[must_use]
    pub fn with_max_in_flight(self, max_in_flight: usize) -> Self {
        Self { max_in_flight, ..self }
    }

    /// Sets another pace than the provider's own.
    ///
    /// ```
    /// use paystatus_client::Settings;
    /// let slow = Settings::default().with_pace("5/s".parse()?);
    /// assert!(format!("{slow:?}").contains("Fixed"));
    /// # Ok::<(), paystatus_core::Error>(())
    /// ```
    #[must_use]
    pub fn with_pace(self, pace: Pace) -> Self {
        Self { pace: PaceChoice::Fixed(pace), ..self }
    }

    /// Takes away the provider's own pace.
    ///
    /// ```
    /// use paystatus_client::Settings;
    /// let unlimited = Settings::default().without_pace();
    /// assert!(format!("{unlimited:?}").contains("Unlimited"));
    /// ```
    #[must_use]
    pub fn without_pace(self) -> Self {
        Self { pace: PaceChoice::Unlimited, ..self }
    }

    /// How long one whole check may take.
    ///
    /// ```
    /// use paystatus_client::Settings;
    /// assert_eq!(Settings::default().timeout().as_secs(), 10);
    /// ```
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    pub(crate) fn pace(&self, limits: Limits) -> Option<Pace> {
        match self.pace {
            PaceChoice::Providers => limits.pace(),
            PaceChoice::Fixed(pace) => Some(pace),
            PaceChoice::Unlimited => None,
        }
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        let refuse = |why: &'static str| Err(Error::new(ErrorKind::Config, why));
        if self.timeout < Duration::from_millis(1) || self.timeout > Duration::from_secs(3600) {
            return refuse("`timeout` must be from 1 ms to 1 h");
        }
        if !(1..=20).contains(&self.max_attempts) {
            return refuse("`max_attempts` must be from 1 (no retry) to 20");
        }
        if !(1..=64 << 20).contains(&self.max_body) {
            return refuse("`max_body` must be from 1 byte to 64 MiB");
        }
        if !(1..=10_000).contains(&self.max_in_flight) {
            return refuse("the number of requests in flight must be from 1 to 10000");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_without_a_bound_are_refused_by_name() {
        let base = Settings::default;
        assert!(base().check().is_ok());
        for (settings, name) in [
            (base().with_timeout(Duration::ZERO), "`timeout`"),
            (base().with_timeout(Duration::MAX), "`timeout`"),
            (base().with_max_attempts(0), "`max_attempts`"),
            (base().with_max_attempts(u32::MAX), "`max_attempts`"),
            (base().with_max_body(0), "`max_body`"),
            (base().with_max_body(usize::MAX), "`max_body`"),
            (base().with_max_in_flight(0), "in flight"),
        ] {
            let error = settings.check().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.message().contains(name), "{error}");
        }
    }

    #[test]
    fn the_pace_is_the_providers_unless_set() {
        let [fifteen, five] = [15, 5].map(|requests| Pace::per_minute(requests).unwrap());
        let limits = Limits::none().with_pace(fifteen);
        assert_eq!(Settings::default().pace(limits), Some(fifteen));
        assert_eq!(Settings::default().with_pace(five).pace(limits), Some(five));
        assert_eq!(Settings::default().without_pace().pace(limits), None);
    }
}
