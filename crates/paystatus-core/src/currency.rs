use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::{Error, ErrorKind, iso_4217};

/// A currency code: three to six letters, upper case; ISO 4217 or a crypto currency's ticker.
///
/// ```
/// use paystatus_core::Currency;
///
/// let riyal: Currency = "qar".parse()?;
/// assert_eq!(riyal.as_str(), "QAR");
/// assert_eq!(riyal.minor_digits(), Some(2));
/// assert_eq!("USDT".parse::<Currency>()?.minor_digits(), None);
/// assert!("US$".parse::<Currency>().is_err());
/// # Ok::<(), paystatus_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency {
    // Upper-case ASCII letters, padded with zeros; kept inline so that money stays `Copy`.
    letters: [u8; 6],
}

impl Currency {
    /// The code, in upper case.
    ///
    /// ```
    /// use paystatus_core::Currency;
    /// assert_eq!("usdt".parse::<Currency>()?.as_str(), "USDT");
    /// # Ok::<(), paystatus_core::Error>(())
    /// ```
    pub fn as_str(&self) -> &str {
        let end = self.letters.iter().position(|&letter| letter == 0).unwrap_or(self.letters.len());
        std::str::from_utf8(&self.letters[..end]).unwrap_or_default()
    }

    /// How many decimal digits the minor unit has by ISO 4217 (2 for USD, 0 for JPY, 3 for KWD);
    /// nothing for a code that the standard does not list or gives no minor unit.
    ///
    /// ```
    /// use paystatus_core::Currency;
    /// assert_eq!("JPY".parse::<Currency>()?.minor_digits(), Some(0));
    /// assert_eq!("BTC".parse::<Currency>()?.minor_digits(), None);
    /// # Ok::<(), paystatus_core::Error>(())
    /// ```
    pub fn minor_digits(&self) -> Option<u32> {
        self.iso()?.map(u32::from)
    }

    /// Tells whether ISO 4217 lists the code.
    ///
    /// ```
    /// use paystatus_core::Currency;
    /// assert!("KWD".parse::<Currency>()?.is_iso_4217());
    /// assert!(!"USDT".parse::<Currency>()?.is_iso_4217());
    /// # Ok::<(), paystatus_core::Error>(())
    /// ```
    pub fn is_iso_4217(&self) -> bool {
        self.iso().is_some()
    }

    fn iso(&self) -> Option<Option<u8>> {
        match self.letters {
            [a, b, c, 0, 0, 0] => iso_4217::minor_digits(&[a, b, c]),
            _ => None,
        }
    }
}

impl FromStr for Currency {
    type Err = Error;

    fn from_str(code: &str) -> Result<Self, Error> {
        if !(3..=6).contains(&code.len()) || !code.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            return Err(Error::new(
                ErrorKind::Config,
                "a currency is written with 3 to 6 letters, such as USD or USDT",
            ));
        }
        let mut letters = [0; 6];
        letters[..code.len()].copy_from_slice(code.as_bytes());
        letters.make_ascii_uppercase();
        Ok(Self { letters })
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponents_are_those_of_iso_4217() {
        for (code, digits) in [
            ("USD", Some(2)),
            ("JPY", Some(0)),
            ("KRW", Some(0)),
            ("CLP", Some(0)),
            ("UGX", Some(0)),
            ("KWD", Some(3)),
            ("BHD", Some(3)),
            ("CLF", Some(4)),
            ("TRY", Some(2)),
            ("INR", Some(2)),
            ("XAU", None),
            ("BTC", None),
        ] {
            assert_eq!(code.parse::<Currency>().unwrap().minor_digits(), digits, "{code}");
        }
    }

    #[test]
    fn codes_are_three_to_six_letters() {
        for bad in ["", "US", "USDUSDT", "U5D", "ÜSD", "US D", " USD"] {
            assert!(bad.parse::<Currency>().is_err(), "{bad:?}");
        }
        assert_eq!("MATICX".parse::<Currency>().unwrap().as_str(), "MATICX");
        assert!(!"BTC".parse::<Currency>().unwrap().is_iso_4217());
    }

    #[test]
    fn a_code_is_read_back() {
        let usd: Currency = "USD".parse().unwrap();
        assert_eq!(serde_json::from_str::<Currency>(&serde_json::to_string(&usd).unwrap()).unwrap(), usd);
        assert!(serde_json::from_str::<Currency>("\"US\"").is_err());
    }
}
