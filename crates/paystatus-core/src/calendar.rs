use std::{
    fmt,
    ops::RangeInclusive,
    time::{Duration, SystemTime},
};

use crate::Zone;

const DAY: i64 = 86_400;
const MONTHS: &[u8; 36] = b"janfebmaraprmayjunjulaugsepoctnovdec";

/// The three forms of an HTTP date without its weekday (<https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7>).
///
/// The letters stand for fields: `d` for the day, `b` for the month's name, `Y` for a year of four digits
/// and `y` for one of two, `h`, `m` and `s` for hours, minutes and seconds.
/// A space stands for any number of spaces, and every other character for itself.
const HTTP: [&str; 3] = ["d b Y h:m:s GMT", "d-b-y h:m:s GMT", "b d h:m:s Y"];

/// A point in time: seconds since 1970 began in UTC, without leap seconds, and nanoseconds after that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct UnixTime {
    pub(crate) seconds: i64,
    nanos: u32,
}

impl UnixTime {
    /// From `-9999-01-02T01:59:59Z` to `9999-12-30T22:00:00Z`: times that have a year of four digits in every zone.
    fn new(seconds: i64, nanos: i64) -> Option<Self> {
        let nanos = u32::try_from(nanos).ok()?;
        (-377_705_023_201..=253_402_207_200).contains(&seconds).then_some(Self { seconds, nanos })
    }

    pub(crate) fn of_seconds(seconds: i64) -> Option<Self> {
        Self::new(seconds, 0)
    }

    pub(crate) fn of_millis(millis: i64) -> Option<Self> {
        Self::new(millis.div_euclid(1000), millis.rem_euclid(1000) * 1_000_000)
    }

    /// So many seconds before it.
    pub(crate) fn earlier(self, seconds: i64) -> Option<Self> {
        Self::new(self.seconds - seconds, self.nanos.into())
    }

    /// Reads RFC 3339 and most of ISO 8601's other ways to write it. Without a zone it takes the time to be in UTC.
    pub(crate) fn read(text: &str) -> Option<(Zone, Self)> {
        let mut scan = Scan(text.as_bytes());
        let year = match scan.sign() {
            Some(sign) => sign * scan.number(6, i64::from(sign < 0)..=9999)?,
            None => scan.number(4, 0..=9999)?,
        };
        let has_dashes = scan.takes(b"-");
        let month = scan.number(2, 1..=12)?;
        (scan.takes(b"-") == has_dashes).then_some(())?;
        let midnight = DAY * to_day(year, month, scan.number(2, 1..=31)?)?;
        if scan.0.is_empty() {
            return Some((Zone::Inferred, Self::new(midnight, 0)?));
        }
        scan.takes(b"Tt ").then_some(())?;
        let (time, nanos) = scan.clock(23, 60)?;
        let offset = match scan.sign() {
            Some(sign) => {
                let (offset, nanos) = scan.clock(25, 59)?;
                let rounded = offset + i64::from(nanos >= 500_000_000);
                Some((rounded < 26 * 3600).then_some(sign * rounded)?)
            }
            None => scan.takes(b"Zz").then_some(0),
        };
        let zone = if offset.is_some() { Zone::Stated } else { Zone::Inferred };
        scan.0.is_empty().then_some((zone, Self::new(midnight + time - offset.unwrap_or(0), nanos)?))
    }

    /// Reads an HTTP date. Its weekday says nothing that the date does not; the last form has no comma after it.
    pub(crate) fn read_http(text: &str) -> Option<Self> {
        let text = text.trim();
        let (_, text) = text.split_once(", ").or_else(|| text.split_once(' '))?;
        HTTP.iter().find_map(|form| {
            let mut scan = Scan(text.trim().as_bytes());
            let (mut year, mut month, mut day, mut time) = (0, 0, 0, 0);
            for field in form.bytes() {
                match field {
                    b' ' => scan.0 = scan.0.trim_ascii_start(),
                    b'Y' => year = scan.sign().unwrap_or(1) * scan.short_number(4, 0..=9999)?,
                    // 69 to 99 were in the last century.
                    b'y' => year = (scan.short_number(2, 0..=99)? + 31) % 100 + 1969,
                    b'b' => month = scan.month()?,
                    b'd' => day = scan.short_number(2, 1..=31)?,
                    b'h' => time += scan.short_number(2, 0..=23)? * 3600,
                    b'm' => time += scan.short_number(2, 0..=59)? * 60,
                    b's' => time += scan.short_number(2, 0..=60)?.min(59),
                    literal => scan.takes(&[literal]).then_some(())?,
                }
            }
            if scan.0.is_empty() { Self::new(DAY * to_day(year, month, day)? + time, 0) } else { None }
        })
    }

    /// The same point in time in the standard library's type, if the system can represent it.
    pub(crate) fn to_system_time(self) -> Option<SystemTime> {
        let (epoch, seconds) = (SystemTime::UNIX_EPOCH, Duration::from_secs(self.seconds.unsigned_abs()));
        let whole = if self.seconds < 0 { epoch.checked_sub(seconds) } else { epoch.checked_add(seconds) };
        whole?.checked_add(Duration::from_nanos(self.nanos.into()))
    }
}

/// RFC 3339 in UTC, with as many digits after the second as it takes.
impl fmt::Display for UnixTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = to_date(self.seconds.div_euclid(DAY));
        let time = self.seconds.rem_euclid(DAY);
        let (sign, digits) = if year < 0 { ("-", 6) } else { ("", 4) };
        write!(f, "{sign}{:0digits$}-{month:02}-{day:02}", year.abs())?;
        write!(f, "T{:02}:{:02}:{:02}", time / 3600, time / 60 % 60, time % 60)?;
        let fraction = format!(".{:09}", self.nanos);
        write!(f, "{}Z", fraction.trim_end_matches('0').trim_end_matches('.'))
    }
}

/// The days from 1970-01-01 to a date, if the calendar has it.
/// Years begin in March here, so that a leap day is a year's last; the first of them began 719,468 days before 1970.
fn to_day(year: i64, month: i64, day: i64) -> Option<i64> {
    let (from_march, months) = (year - i64::from(month < 3), (month + 9) % 12);
    let leap_days = from_march.div_euclid(4) - from_march.div_euclid(100) + from_march.div_euclid(400);
    let days = 365 * from_march + leap_days + (153 * months + 2) / 5 + day - 1 - 719_468;
    // 30 February comes back as a day in March.
    (to_date(days) == (year, month, day)).then_some(days)
}

/// The date so many days after 1970-01-01: any 400 years have 146,097 days.
fn to_date(days: i64) -> (i64, i64, i64) {
    let (era, days) = ((days + 719_468).div_euclid(146_097), (days + 719_468).rem_euclid(146_097));
    let year = (days - days / 1460 + days / 36_524 - days / 146_096) / 365;
    let days = days - (365 * year + year / 4 - year / 100);
    let months = (5 * days + 2) / 153;
    let month = (months + 2) % 12 + 1;
    (400 * era + year + i64::from(month < 3), month, days - (153 * months + 2) / 5 + 1)
}

/// The part of a text that is still to be read.
struct Scan<'a>(&'a [u8]);

impl Scan<'_> {
    fn takes(&mut self, any_of: &[u8]) -> bool {
        let is_there = self.0.first().is_some_and(|byte| any_of.contains(byte));
        self.0 = &self.0[usize::from(is_there)..];
        is_there
    }

    fn sign(&mut self) -> Option<i64> {
        if self.takes(b"-") { Some(-1) } else { self.takes(b"+").then_some(1) }
    }

    fn digits_ahead(&self, most: usize) -> usize {
        self.0.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count()
    }

    fn number(&mut self, digits: usize, range: RangeInclusive<i64>) -> Option<i64> {
        let (number, rest) = self.0.split_at_checked(digits)?;
        self.0 = rest;
        let digit = |byte: &u8| byte.is_ascii_digit().then(|| i64::from(byte - b'0'));
        let number = number.iter().try_fold(0, |number, byte| Some(10 * number + digit(byte)?))?;
        range.contains(&number).then_some(number)
    }

    /// A number that may have fewer digits, and spaces before it.
    fn short_number(&mut self, most: usize, range: RangeInclusive<i64>) -> Option<i64> {
        self.0 = self.0.trim_ascii_start();
        self.number(self.digits_ahead(most).max(1), range)
    }

    fn month(&mut self) -> Option<i64> {
        let (name, rest) = self.0.split_at_checked(3)?;
        self.0 = rest;
        let month = MONTHS.chunks(3).position(|month| month.eq_ignore_ascii_case(name))?;
        i64::try_from(month + 1).ok()
    }

    /// `HH`, `HH:MM`, `HH:MM:SS` or `HH:MM:SS.f`, all with or without colons, as seconds and nanoseconds.
    fn clock(&mut self, last_hour: i64, last_second: i64) -> Option<(i64, i64)> {
        let mut seconds = self.number(2, 0..=last_hour)? * 3600;
        let has_colons = self.0.starts_with(b":");
        let goes_on = |scan: &mut Self| if has_colons { scan.takes(b":") } else { scan.digits_ahead(2) == 2 };
        if goes_on(self) {
            seconds += self.number(2, 0..=59)? * 60;
            if goes_on(self) {
                // A leap second is read as the one before it.
                seconds += self.number(2, 0..=last_second)?.min(59);
                if self.takes(b".,") {
                    let digits = self.digits_ahead(9).max(1);
                    let fraction = self.number(digits, 0..=999_999_999)?;
                    return Some((seconds, (digits..9).fold(fraction, |nanos, _| 10 * nanos)));
                }
            }
        }
        Some((seconds, 0))
    }
}

#[cfg(test)]
mod tests {
    use jiff::{civil, fmt::temporal::Pieces, tz::TimeZone};
    use proptest::prelude::*;

    use super::*;

    type Told = Option<(Zone, String, Option<SystemTime>)>;

    fn told_by_us(text: &str) -> Told {
        let (zone, time) = UnixTime::read(text)?;
        Some((zone, time.to_string(), time.to_system_time()))
    }

    fn told_by_jiff(text: &str) -> Told {
        let pieces = Pieces::parse(text).ok()?;
        let (zone, time) = if pieces.offset().is_some() {
            (Zone::Stated, text.parse().ok()?)
        } else {
            (Zone::Inferred, in_utc(text.parse().ok()?)?)
        };
        Some((zone, time.to_string(), Some(SystemTime::from(time))))
    }

    fn in_utc(time: civil::DateTime) -> Option<jiff::Timestamp> {
        Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp())
    }

    fn http_by_jiff(text: &str) -> Option<i64> {
        let text = text.trim();
        let (_, text) = text.split_once(", ").or_else(|| text.split_once(' '))?;
        let forms = ["%d %b %Y %H:%M:%S GMT", "%d-%b-%y %H:%M:%S GMT", "%b %e %H:%M:%S %Y"];
        let read = |form| civil::DateTime::strptime(form, text.trim()).ok();
        Some(in_utc(forms.into_iter().find_map(read)?)?.as_second())
    }

    /// A text, and the same with one character dropped, put in or exchanged.
    fn with_a_slip(text: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
        let slip = (0..40_usize, 0..=1_usize, "[-+:.,0-9TtZz GM\t\u{e9}]{0,1}");
        (text, proptest::option::of(slip)).prop_map(|(text, slip)| {
            let Some((at, dropped, put)) = slip else { return text };
            let (before, after) = text.split_at(at.min(text.len()));
            format!("{before}{put}{}", after.get(dropped..).unwrap_or_default())
        })
    }

    /// Years, months and days about where calendars go wrong, and some where there are none.
    fn iso_date() -> impl Strategy<Value = String> {
        let year =
            "(000[0-4]|999[0-9]|19[0-9]{2}|20[0-9]{2}|[0-9]{2}00|[0-9]{4}|[+-]00[0-9]{4}|[+-]00(0000|9999))";
        let date =
            "(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])|02-(28|29|30)|12-3[01]|01-0[1-3]|[01][0-9]-[0-3][0-9]";
        (year, date).prop_map(|(year, date)| format!("{year}-{date}"))
    }

    fn clock() -> impl Strategy<Value = String> {
        "(([01][0-9]|2[0-3])|2[0-4]|00|23)(:([0-5][0-9]|59|60)(:([0-5][0-9]|59|60|61)([.,][0-9]{0,12})?)?)?"
    }

    fn iso_time() -> impl Strategy<Value = String> {
        let zone =
            "(|Z|z|[+-](0[0-9]|1[0-9]|2[0-6])(:?([0-5][0-9]|59|60))?|[+-]2[35]:59(:59([.,][4-6]0{0,3})?)?)";
        (iso_date(), "[Tt ]", clock(), zone, 0..4_u8).prop_map(|(date, between, clock, zone, form)| {
            let whole = format!("{date}{between}{clock}{zone}");
            match form {
                0 => date,
                1 => format!("{}{between}{}{zone}", date.replace('-', ""), clock.replace(':', "")),
                _ => whole,
            }
        })
    }

    fn http_date() -> impl Strategy<Value = String> {
        let day = "0[1-9]|[12][0-9]|3[01]|[1-9]|28|29|30|00";
        let month = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|feb|DEC|Foo";
        let year = "[0-9]{4}|20[0-9]{2}|[0-9]{2}00|9999|-?[0-9]{1,3}";
        let clock = "([01][0-9]|2[0-3]|[0-9]|24):([0-5][0-9]|59|60):([0-5][0-9]|59|60|61)";
        (day, month, year, "6[89]|[0-9]{2}", clock, 0..3_u8).prop_map(
            |(day, month, year, short_year, clock, form)| match form {
                0 => format!("Fri, {day} {month} {year} {clock} GMT"),
                1 => format!("Friday, {day}-{month}-{short_year} {clock} GMT"),
                _ => format!("Fri {month} {day:>2} {clock} {year}"),
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn jiff_reads_and_writes_the_same(text in with_a_slip(iso_time())) {
            prop_assert_eq!(told_by_us(&text), told_by_jiff(&text), "{}", text);
        }

        #[test]
        fn jiff_reads_the_same_http_dates(text in with_a_slip(http_date())) {
            prop_assert_eq!(UnixTime::read_http(&text).map(|time| time.seconds), http_by_jiff(&text), "{}", text);
        }

        #[test]
        fn jiff_writes_every_instant_the_same(seconds in -377_705_023_201..=253_402_207_200_i64, nanos in 0..1_000_000_000) {
            let by_jiff = jiff::Timestamp::new(seconds, nanos);
            let time = UnixTime::new(seconds, nanos.into());
            prop_assert_eq!(time.map(|time| time.to_string()), by_jiff.ok().map(|time| time.to_string()));
        }

        #[test]
        fn anything_can_be_read(text in "\\PC{0,40}|[-+:.,0-9TtZz ]{0,30}|[A-Z][a-z]{2}, ?\\PC{0,30}") {
            prop_assert_eq!(told_by_us(&text), told_by_jiff(&text));
            prop_assert_eq!(UnixTime::read_http(&text).map(|time| time.seconds), http_by_jiff(&text));
        }
    }

    #[test]
    fn jiff_has_the_same_days() {
        for year in (-9999..=-9990).chain(-5..=5).chain(1595..=2405).chain(9990..=9999) {
            for (month, day) in (1..=12_i8).flat_map(|month| (1..=31_i8).map(move |day| (month, day))) {
                let epoch = civil::date(1970, 1, 1);
                let by_jiff = civil::Date::new(year, month, day)
                    .ok()
                    .map(|date| date.duration_since(epoch).as_hours() / 24);
                let date = (i64::from(year), i64::from(month), i64::from(day));
                assert_eq!(to_day(date.0, date.1, date.2), by_jiff, "{date:?}");
                assert!(by_jiff.is_none_or(|days| to_date(days) == date), "{date:?}");
            }
        }
    }

    #[track_caller]
    fn reads(text: &str, expected: Option<(Zone, &str)>) {
        let told = told_by_us(text);
        assert_eq!(told.as_ref().map(|(zone, utc, _)| (*zone, utc.as_str())), expected, "{text}");
    }

    #[test]
    fn the_calendars_edges() {
        reads("9999-12-30T22:00:00.999999999Z", Some((Zone::Stated, "9999-12-30T22:00:00.999999999Z")));
        reads("9999-12-30T22:00:01Z", None);
        reads("0000-01-01T00:00:00+00:01", Some((Zone::Stated, "-000001-12-31T23:59:00Z")));
        reads("-009999-01-02T01:59:59Z", Some((Zone::Stated, "-009999-01-02T01:59:59Z")));
        reads("-009999-01-02T01:59:58.9Z", None);
        reads("1900-02-29", None);
        reads("2000-02-29", Some((Zone::Inferred, "2000-02-29T00:00:00Z")));
        reads("1969-12-31T23:59:59.000000001Z", Some((Zone::Stated, "1969-12-31T23:59:59.000000001Z")));
    }

    #[test]
    fn a_zone_that_leads_out_of_the_calendar_is_not_overlooked() {
        reads("9999-12-30T20:00:00", Some((Zone::Inferred, "9999-12-30T20:00:00Z")));
        reads("9999-12-30T20:00:00-05:00", None);
    }

    #[test]
    fn names_of_zones_are_not_read() {
        reads("2025-09-18T20:42:00+02:00[Europe/Berlin]", None);
        reads("2025-09-18T20:42:00[Europe/Berlin]", None);
    }
}
