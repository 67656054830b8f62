use std::{fmt, sync::Arc, time::Duration};

use http::Response;
use paystatus_core::{Body, Error, ErrorKind, Facts, Pace};

/// How one account is asked. The defaults are safe and bounded;
/// what is out of range is refused where the settings are put to use, by [`Client::with`](crate::Client::with).
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
/// // For a job at night: few requests, each with time and several attempts.
/// let patient = Settings::default()
///     .with_timeout(Duration::from_secs(30))
///     .with_max_attempts(5)
///     .with_max_in_flight(4)
///     .with_pace("5/s".parse()?);
/// assert_eq!(patient.timeout(), Duration::from_secs(30));
/// # Ok::<(), paystatus_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Settings {
    timeout: Duration,
    pub(crate) max_attempts: u32,
    pub(crate) max_body: usize,
    pub(crate) max_in_flight: usize,
    pace: PaceChoice,
    pub(crate) allows_test_money: bool,
    pub(crate) observer: Option<Observer>,
}

/// What is given every reply.
#[derive(Clone)]
pub(crate) struct Observer(Arc<See>);

type See = dyn Fn(&Response<Body>) + Send + Sync;

impl Observer {
    pub(crate) fn see(&self, reply: &Response<Body>) {
        (self.0)(reply);
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer")
    }
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
            allows_test_money: false,
            observer: None,
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

    /// Sets how many attempts one check may make: 1 means no retry, 20 is the most.
    ///
    /// An attempt is one request for most providers; another one goes on at the request that failed.
    #[must_use]
    pub fn with_max_attempts(self, max_attempts: u32) -> Self {
        Self { max_attempts, ..self }
    }

    /// Sets the largest body of a reply in bytes, up to 64 MiB.
    #[must_use]
    pub fn with_max_body(self, max_body: usize) -> Self {
        Self { max_body, ..self }
    }

    /// Sets how many requests may be in flight at once, up to 10,000.
    #[must_use]
    pub fn with_max_in_flight(self, max_in_flight: usize) -> Self {
        Self { max_in_flight, ..self }
    }

    /// Sets another pace than the provider's own.
    #[must_use]
    pub fn with_pace(self, pace: Pace) -> Self {
        Self { pace: PaceChoice::Fixed(pace), ..self }
    }

    /// Takes away the provider's own pace.
    #[must_use]
    pub fn without_pace(self) -> Self {
        Self { pace: PaceChoice::Unlimited, ..self }
    }

    /// Says that test money counts as money for this account: for tests of a shop, never for a shop.
    ///
    /// It changes no answer: whoever verifies a payment asks
    /// [`StatusClient::allows_test_money`](paystatus_core::StatusClient::allows_test_money).
    ///
    /// ```no_run
    /// # fn example<P: paystatus_core::Provider>(provider: P) -> Result<(), paystatus_core::Error> {
    /// use paystatus_client::{Client, Settings, Transport};
    /// use paystatus_core::StatusClient;
    ///
    /// let settings = Settings::default().allowing_test_money();
    /// assert!(Client::with(provider, settings, &Transport::new()?)?.allows_test_money());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn allowing_test_money(self) -> Self {
        Self { allows_test_money: true, ..self }
    }

    /// Shows every reply about a payment to a function, as it was received and before it is read: for recordings.
    ///
    /// A reply may hold personal data: mind where it goes. Replies with access tokens are not shown.
    ///
    /// ```
    /// use paystatus_client::Settings;
    ///
    /// let settings = Settings::default().observed_by(|reply| println!("HTTP {}", reply.status()));
    /// # drop(settings);
    /// ```
    #[must_use]
    pub fn observed_by(self, observer: impl Fn(&Response<Body>) + Send + Sync + 'static) -> Self {
        Self { observer: Some(Observer(Arc::new(observer))), ..self }
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

    pub(crate) fn pace(&self, facts: &Facts) -> Option<Pace> {
        match self.pace {
            PaceChoice::Providers => facts.pace,
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
        let [fifteen, five] = [15, 5].map(Pace::per_minute);
        let facts = Facts::new("acme", "Acme", &[], &[]).paced(fifteen);
        assert_eq!(Settings::default().pace(&facts), Some(fifteen));
        assert_eq!(Settings::default().with_pace(five).pace(&facts), Some(five));
        assert_eq!(Settings::default().without_pace().pace(&facts), None);
    }
}
