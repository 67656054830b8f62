use std::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use serde_json::value::RawValue;

/// How many digits a number may have, before and after the point together.
const MAX_DIGITS: usize = 28;
/// The first number that has more.
const LIMIT: i128 = 10_i128.pow(28);

/// An exact decimal as a provider wrote it: read from a JSON number or a JSON string, never through a float.
///
/// The grammar is JSON's number grammar for both; the sign and trailing zeros are kept.
/// It serializes as a string, because a JSON number would be read as a float by most programs.
///
/// ```
/// use paystatus_core::{Number, json};
///
/// assert_eq!(json::from_str::<Number>("100.50")?.to_string(), "100.50");
/// assert_eq!(json::from_str::<Number>("\"1e2\"")?.to_string(), "100");
/// assert!(json::from_str::<Number>("\"1_000\"").is_err());
/// # Ok::<(), paystatus_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Number(pub(crate) Decimal);

impl Number {
    /// Reads a number by JSON's grammar; nothing if the text is not one or has more than 28 digits.
    ///
    /// ```
    /// use paystatus_core::Number;
    /// assert_eq!(Number::parse("-0.10").unwrap().to_string(), "-0.10");
    /// for text in ["+5", ".5", "5.", "1_000", "0x10", "NaN", "", " 1", "01"] {
    ///     assert!(Number::parse(text).is_none(), "{text}");
    /// }
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let (plain, exponent) = match text.split_once(['e', 'E']) {
            Some((plain, exponent)) => (plain, exponent_of(exponent)?),
            None => (text, 0),
        };
        let unsigned = plain.strip_prefix('-').unwrap_or(plain);
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || (whole.len() > 1 && whole.starts_with('0')) || !digits(fraction) {
            return None;
        }
        let value = if exponent == 0 && unsigned.len() <= MAX_DIGITS {
            Decimal::from_str_exact(plain).ok()?
        } else {
            let fraction = unsigned[whole.len()..].trim_start_matches('.');
            let scale = i32::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
            scaled(plain.starts_with('-'), whole.bytes().chain(fraction.bytes()), scale)?
        };
        Some(Self(value))
    }

    /// The number itself.
    ///
    /// ```
    /// use paystatus_core::Number;
    /// assert_eq!(Number::parse("1.08").unwrap().value().scale(), 2);
    /// ```
    pub fn value(self) -> Decimal {
        self.0
    }

    /// Nothing, such as the sum of no numbers.
    ///
    /// ```
    /// use paystatus_core::Number;
    /// assert_eq!(Number::ZERO, Number::parse("0.00").unwrap());
    /// ```
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// The exact sum; nothing if it has more than 28 digits.
    ///
    /// ```
    /// use paystatus_core::Number;
    /// let [half, whole] = ["0.50", "50"].map(|text| Number::parse(text).unwrap());
    /// assert_eq!(half.checked_add(whole).unwrap().to_string(), "50.50");
    /// assert_eq!(Number::parse("1e27").unwrap().checked_add(half), None);
    /// ```
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.exactly(other, self.0.checked_add(other.0))
    }

    /// The exact difference, which may be negative; nothing if it has more than 28 digits.
    ///
    /// ```
    /// use paystatus_core::Number;
    /// let [half, whole] = ["0.50", "50"].map(|text| Number::parse(text).unwrap());
    /// assert_eq!(whole.checked_sub(half).unwrap().to_string(), "49.50");
    /// ```
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.exactly(other, self.0.checked_sub(other.0))
    }

    /// The result, unless its digits do not fit and it was rounded.
    fn exactly(self, other: Self, result: Option<Decimal>) -> Option<Self> {
        let scale = self.0.scale().max(other.0.scale());
        // Beside a zero, the other number may keep its own scale.
        let is_exact = |result: &Decimal| {
            self.0.is_zero()
                || other.0.is_zero()
                || result.scale() == scale && result.mantissa().abs() < LIMIT
        };
        result.filter(is_exact).map(Self)
    }
}

/// An exponent: an optional sign and digits. Anything beyond four digits can't give a number that fits.
fn exponent_of(text: &str) -> Option<i32> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let fits = !unsigned.is_empty() && unsigned.bytes().all(|byte| byte.is_ascii_digit());
    let significant = unsigned.trim_start_matches('0');
    if !fits || significant.len() > 4 {
        return None;
    }
    let size = if significant.is_empty() { 0 } else { significant.parse::<i32>().ok()? };
    Some(if text.starts_with('-') { -size } else { size })
}

/// The number that these digits are with so many of them after the point; if less than none, with zeros added.
fn scaled(negative: bool, mut digits: impl Iterator<Item = u8>, scale: i32) -> Option<Decimal> {
    let number = digits
        .try_fold(0_i128, |number, digit| number.checked_mul(10)?.checked_add((digit - b'0').into()))?;
    if number == 0 {
        return Some(Decimal::ZERO);
    }
    let zeros = 10_i128.checked_pow(scale.min(0).unsigned_abs())?;
    let number = number.checked_mul(zeros).filter(|number| *number < LIMIT)?;
    let number = if negative { -number } else { number };
    Decimal::try_from_i128_with_scale(number, scale.max(0).unsigned_abs()).ok()
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        const UNREADABLE: &str = "paystatus: has an amount that is not an exact decimal number";
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        let parsed = match raw.as_bytes().first() {
            Some(b'"') => match raw[1..raw.len() - 1].contains('\\') {
                true => serde_json::from_str::<String>(raw).ok().and_then(|text| Self::parse(&text)),
                false => Self::parse(&raw[1..raw.len() - 1]),
            },
            Some(b'-' | b'0'..=b'9') => Self::parse(raw),
            _ => None,
        };
        parsed.ok_or_else(|| D::Error::custom(UNREADABLE))
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn reads(text: &str, plain: Option<&str>) {
        assert_eq!(Number::parse(text).map(|number| number.to_string()).as_deref(), plain, "{text}");
    }

    #[test]
    fn numbers_are_read_to_the_last_digit() {
        reads("0", Some("0"));
        reads("10.10", Some("10.10"));
        reads("-3.010", Some("-3.010"));
        reads("1234567890123456789012345", Some("1234567890123456789012345"));
        reads("1234567890123456789012345678", Some("1234567890123456789012345678"));
        reads("0.0000000000000000000000000001", Some("0.0000000000000000000000000001"));
        reads("12345678901234.56789012345678", Some("12345678901234.56789012345678"));
    }

    #[test]
    fn exponents_move_the_point() {
        reads("1e2", Some("100"));
        reads("1.5E+1", Some("15"));
        reads("1.50e1", Some("15.0"));
        reads("120e-2", Some("1.20"));
        reads("1e-3", Some("0.001"));
        reads("0.5e-2", Some("0.005"));
        reads("-12.5e1", Some("-125"));
        reads("1e27", Some("1000000000000000000000000000"));
        reads("0e9999", Some("0"));
        reads("7e00000000000000000001", Some("70"));
        reads("1e-28", Some("0.0000000000000000000000000001"));
        reads("-0.00123e5", Some("-123"));
        reads("0.000000000000000000000000000000000000000000012e45", Some("12"));
        reads("9999999999999999999999999999e-28", Some("0.9999999999999999999999999999"));
    }

    #[test]
    fn what_does_not_fit_is_refused_not_rounded() {
        reads("12345678901234567890123456789", None);
        reads("0.00000000000000000000000000001", None);
        reads("1e28", None);
        reads("10e27", None);
        reads("1.00000000000000000000000000000", None);
        reads("1e9999", None);
        reads(&format!("{}e-60", "1".repeat(60)), None);
        reads("1e-29", None);
        reads("1e99999999999999999999", None);
        reads("1e-99999999999999999999", None);
    }

    #[test]
    fn sums_are_exact_or_none() {
        for (one, other, sum, difference) in [
            ("0", "0.00", Some("0.00"), Some("0.00")),
            ("0.00", "50", Some("50.00"), Some("-50.00")),
            ("50", "0.00", Some("50.00"), Some("50.00")),
            ("0.1", "0.20", Some("0.30"), Some("-0.10")),
            ("-1", "1.00000000", Some("0.00000000"), Some("-2.00000000")),
            ("9999999999999999999999999999", "1", None, Some("9999999999999999999999999998")),
            ("1e27", "0.01", None, None),
        ] {
            let [left, right] = [one, other].map(|text| Number::parse(text).unwrap());
            let value = |text: Option<&str>| text.map(|text| Number::parse(text).unwrap().value());
            assert_eq!(left.checked_add(right).map(Number::value), value(sum), "{one} + {other}");
            assert_eq!(left.checked_sub(right).map(Number::value), value(difference), "{one} - {other}");
        }
    }

    #[test]
    fn only_jsons_grammar_is_a_number() {
        for text in [
            "", "-", "+1", ".5", "5.", "1_000", "1,000", "01", "-01", "1.2.3", "1e", "1e+", "e1", "--1",
            "0x1", "NaN", "Infinity", " 1", "1 ", "\u{661}", "1.e1", "1e1.0",
        ] {
            reads(text, None);
        }
    }

    #[test]
    fn strings_and_numbers_read_alike_and_nothing_else_does() {
        for (json, plain) in [("100.50", "100.50"), ("\"100.50\"", "100.50"), ("\"\\u0031\"", "1")] {
            assert_eq!(serde_json::from_str::<Number>(json).unwrap().to_string(), plain);
        }
        for json in ["true", "null", "[1]", "{}", "\"\"", "\"NaN\"", "\"1 \""] {
            assert!(serde_json::from_str::<Number>(json).is_err(), "{json}");
        }
        assert_eq!(serde_json::from_str::<Option<Number>>("null").unwrap(), None);
    }

    #[test]
    fn it_is_written_as_a_string() {
        assert_eq!(serde_json::to_string(&Number::parse("100.50").unwrap()).unwrap(), "\"100.50\"");
    }
}
