use std::{
    fmt,
    time::{Duration, SystemTime},
};

use crate::calendar::UnixTime;

/// A time as a provider wrote it, with what is known of its zone.
///
/// The text is always kept; the instant is there only where the zone is stated or inferred,
/// so that a local time is never taken for a point in time.
///
/// ```
/// use paystatus_core::{Timestamp, Zone};
///
/// let stated = Timestamp::stated("2025-09-18T22:42:00+0200");
/// assert_eq!(stated.to_utc().as_deref(), Some("2025-09-18T20:42:00Z"));
///
/// let inferred = Timestamp::inferred_utc("2022-07-05 09:45:03");
/// assert_eq!((inferred.zone(), inferred.to_utc().as_deref()), (Zone::Inferred, Some("2022-07-05T09:45:03Z")));
///
/// let local = Timestamp::stated("2022-07-05 09:45:03");
/// assert_eq!((local.zone(), local.to_utc(), local.raw()), (Zone::None, None, "2022-07-05 09:45:03"));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Timestamp {
    raw: Box<str>,
    /// What the text may be read as; it is read only when somebody asks.
    may_be: Zone,
    /// How far its clocks are ahead of UTC, in minutes.
    ahead: i16,
}

/// What is known of a [`Timestamp`]'s zone.
///
/// ```
/// use paystatus_core::{Timestamp, Zone};
/// assert_eq!(Timestamp::stated("2025-09-18T20:42:00Z").zone(), Zone::Stated);
/// assert_eq!(Timestamp::inferred_utc("2025-09-18 20:42:00").zone(), Zone::Inferred);
/// assert_eq!(Timestamp::opaque("yesterday").zone(), Zone::None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Zone {
    /// The text names it.
    Stated,
    /// The text does not; the provider's documents or habits say that it is UTC.
    Inferred,
    /// Nobody knows, or the text is not a time: it is only text.
    None,
}

impl Timestamp {
    /// Takes a time that should state its zone (`Z`, `+02:00`, `+0200`); without one it stays text.
    pub fn stated(raw: impl Into<String>) -> Self {
        Self { raw: raw.into().into(), may_be: Zone::Stated, ahead: 0 }
    }

    /// Takes a time that the provider means in UTC; a zone in the text goes first.
    pub fn inferred_utc(raw: impl Into<String>) -> Self {
        Self { raw: raw.into().into(), may_be: Zone::Inferred, ahead: 0 }
    }

    /// Takes a time that the provider means on clocks that are so many minutes ahead of UTC;
    /// a zone in the text goes first.
    ///
    /// ```
    /// use paystatus_core::{Timestamp, Zone};
    /// let in_jakarta = Timestamp::inferred_ahead("2020-01-09 18:27:19", 7 * 60);
    /// assert_eq!((in_jakarta.zone(), in_jakarta.to_utc().as_deref()), (Zone::Inferred, Some("2020-01-09T11:27:19Z")));
    /// assert_eq!(in_jakarta.raw(), "2020-01-09 18:27:19");
    /// ```
    pub fn inferred_ahead(raw: impl Into<String>, minutes: i16) -> Self {
        Self { ahead: minutes, ..Self::inferred_utc(raw) }
    }

    /// Takes a time that the provider counts in seconds since 1970 began in UTC; it is kept as RFC 3339 writes it.
    ///
    /// ```
    /// use paystatus_core::{Timestamp, Zone};
    /// let time = Timestamp::unix(1_680_800_504);
    /// assert_eq!((time.zone(), time.raw()), (Zone::Stated, "2023-04-06T17:01:44Z"));
    /// ```
    pub fn unix(seconds: i64) -> Self {
        UnixTime::of_seconds(seconds)
            .map_or_else(|| Self::opaque(seconds.to_string()), |time| Self::stated(time.to_string()))
    }

    /// As [`unix`](Self::unix), for a provider that counts milliseconds.
    ///
    /// ```
    /// use paystatus_core::Timestamp;
    /// assert_eq!(Timestamp::unix_millis(1_692_028_310_505).raw(), "2023-08-14T15:51:50.505Z");
    /// assert_eq!(Timestamp::unix_millis(-1).raw(), "1969-12-31T23:59:59.999Z");
    /// assert_eq!(Timestamp::unix_millis(i64::MAX).to_utc(), None);
    /// ```
    pub fn unix_millis(millis: i64) -> Self {
        UnixTime::of_millis(millis)
            .map_or_else(|| Self::opaque(millis.to_string()), |time| Self::stated(time.to_string()))
    }

    /// Keeps a text that must not be computed with.
    pub fn opaque(raw: impl Into<String>) -> Self {
        Self { raw: raw.into().into(), may_be: Zone::None, ahead: 0 }
    }

    /// The provider's own text.
    ///
    /// ```
    /// use paystatus_core::Timestamp;
    /// assert_eq!(Timestamp::stated("2025-09-18T22:42:00+0200").raw(), "2025-09-18T22:42:00+0200");
    /// ```
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// What is known of the zone.
    ///
    /// ```
    /// use paystatus_core::{Timestamp, Zone};
    /// assert_eq!(Timestamp::stated("2025-09-18T20:42:00").zone(), Zone::None);
    /// ```
    pub fn zone(&self) -> Zone {
        self.read().map_or(Zone::None, |(zone, _)| zone)
    }

    /// The point in time, where the zone is stated or inferred.
    ///
    /// ```
    /// use paystatus_core::Timestamp;
    /// use std::time::{Duration, SystemTime};
    /// let instant = Timestamp::stated("1970-01-01T01:00:30+01:00").instant();
    /// assert_eq!(instant, Some(SystemTime::UNIX_EPOCH + Duration::from_secs(30)));
    /// ```
    pub fn instant(&self) -> Option<SystemTime> {
        self.read()?.1.to_system_time()
    }

    /// The point in time in RFC 3339 and UTC, where the zone is stated or inferred.
    ///
    /// ```
    /// use paystatus_core::Timestamp;
    /// assert_eq!(Timestamp::stated("2025-09-18T22:42:00+0200").to_utc().as_deref(), Some("2025-09-18T20:42:00Z"));
    /// assert_eq!(Timestamp::stated("2025-09-18 22:42:00").to_utc(), None);
    /// ```
    pub fn to_utc(&self) -> Option<String> {
        self.read().map(|(_, instant)| instant.to_string())
    }

    fn read(&self) -> Option<(Zone, UnixTime)> {
        let (zone, instant) = UnixTime::read(self.raw.trim())?;
        match (self.may_be, zone) {
            (Zone::Inferred, Zone::Inferred) => Some((zone, instant.earlier(60 * i64::from(self.ahead))?)),
            (Zone::Stated, Zone::Stated) | (Zone::Inferred, _) => Some((zone, instant)),
            _ => None,
        }
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} ({:?})", self.raw, self.zone())
    }
}

/// How long after `now` an HTTP header's date is, in any of its three forms
/// (<https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7>); nothing if either is unreadable.
pub(crate) fn http_dates_apart(now: &str, later: &str) -> Option<Duration> {
    let (now, later) = (UnixTime::read_http(now)?, UnixTime::read_http(later)?);
    Some(Duration::from_secs(u64::try_from(later.seconds - now.seconds).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn reads(time: Timestamp, zone: Zone, utc: Option<&str>) {
        assert_eq!((time.zone(), time.to_utc().as_deref()), (zone, utc), "{time:?}");
        assert_eq!(time.instant().is_some(), utc.is_some());
    }

    #[test]
    fn a_stated_zone_gives_an_instant() {
        reads(Timestamp::stated("2025-09-18T20:42:00Z"), Zone::Stated, Some("2025-09-18T20:42:00Z"));
        reads(Timestamp::stated("2025-02-21T23:00:13.633Z"), Zone::Stated, Some("2025-02-21T23:00:13.633Z"));
        reads(Timestamp::stated("2025-09-18T20:42:00+02:00"), Zone::Stated, Some("2025-09-18T18:42:00Z"));
        reads(Timestamp::stated("2025-09-18T20:42:00+0200"), Zone::Stated, Some("2025-09-18T18:42:00Z"));
        reads(Timestamp::stated("2025-09-18 20:42:00 Z"), Zone::None, None);
        reads(Timestamp::stated("2016-12-31T23:59:60Z"), Zone::Stated, Some("2016-12-31T23:59:59Z"));
    }

    #[test]
    fn without_a_zone_there_is_no_instant_unless_the_provider_means_utc() {
        reads(Timestamp::stated("2025-09-18T20:42:00"), Zone::None, None);
        reads(
            Timestamp::inferred_utc("2025-09-18T20:42:00.5"),
            Zone::Inferred,
            Some("2025-09-18T20:42:00.5Z"),
        );
        reads(
            Timestamp::inferred_utc("2025-09-18T20:42:00-01:00"),
            Zone::Stated,
            Some("2025-09-18T21:42:00Z"),
        );
        reads(Timestamp::opaque("2025-09-18T20:42:00Z"), Zone::None, None);
        let in_delhi = |text| Timestamp::inferred_ahead(text, 330);
        reads(in_delhi("2019-02-20 12:35:20.5"), Zone::Inferred, Some("2019-02-20T07:05:20.5Z"));
        reads(in_delhi("2019-02-20 12:35:20Z"), Zone::Stated, Some("2019-02-20T12:35:20Z"));
        reads(in_delhi("9999-12-30T22:00:00"), Zone::Inferred, Some("9999-12-30T16:30:00Z"));
        reads(Timestamp::inferred_ahead("9999-12-30T22:00:00", -330), Zone::None, None);
    }

    #[test]
    fn nonsense_stays_text() {
        for text in ["", "yesterday", "2025-13-01 00:00:00", "2025-02-30T00:00:00Z", "1758228120"] {
            reads(Timestamp::stated(text), Zone::None, None);
            assert_eq!(Timestamp::stated(text).raw(), text);
        }
        reads(Timestamp::inferred_utc("0000-00-00 00:00:00"), Zone::None, None);
        reads(Timestamp::unix(i64::MAX), Zone::None, None);
    }

    #[test]
    fn http_dates_count_from_the_replys_own_date() {
        let now = "Fri, 20 Nov 2026 09:00:00 GMT";
        assert_eq!(http_dates_apart(now, "Fri, 20 Nov 2026 09:01:30 GMT"), Some(Duration::from_secs(90)));
        assert_eq!(http_dates_apart(now, "Fri, 20 Nov 2026 08:00:00 GMT"), Some(Duration::ZERO));
        for later in
            ["Friday, 20-Nov-26 09:01:30 GMT", "Fri Nov 20 09:01:30 2026", "Mon, 20 Nov 2026 09:01:30 GMT"]
        {
            assert_eq!(http_dates_apart(now, later), Some(Duration::from_secs(90)), "{later}");
        }
        assert_eq!(http_dates_apart(now, "Sun Dec  6 09:00:00 2026"), Some(Duration::from_secs(16 * 86400)));
        assert_eq!(http_dates_apart(now, "soon"), None);
        assert_eq!(http_dates_apart("", now), None);
    }
}
