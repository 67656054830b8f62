//! Points in time by the store's clock.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::Timestamp;

/// Microseconds since 1970 by the store's clock; also a length of time in microseconds.
pub(crate) type Micros = i64;

pub(crate) const SECOND: Micros = 1_000_000;

pub(crate) fn micros(duration: Duration) -> Micros {
    Micros::try_from(duration.as_micros()).unwrap_or(Micros::MAX)
}

pub(crate) fn duration(micros: Micros) -> Duration {
    Duration::from_micros(u64::try_from(micros).unwrap_or(0))
}

pub(crate) fn of_system_time(time: SystemTime) -> Micros {
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => micros(since),
        Err(before) => -micros(before.duration()),
    }
}

pub(crate) fn to_system_time(at: Micros) -> SystemTime {
    UNIX_EPOCH + duration(at)
}

/// In RFC 3339, UTC, to the millisecond.
pub(crate) fn written(at: Micros) -> String {
    Timestamp::from_microsecond(at).map_or_else(|_| String::new(), |time| format!("{time:.3}"))
}
