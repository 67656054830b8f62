use std::fmt;

use rust_decimal::Decimal;

use crate::{Currency, Error, ErrorKind, Number};

/// An exact amount in a currency; never negative when a provider reported it.
///
/// Equal means equal in value and currency: 1.5 USD is 1.50 USD.
///
/// ```
/// use paystatus_core::Money;
///
/// let price = Money::parse("50.00", "USD")?;
/// assert_eq!(price, Money::parse("50", "usd")?);
/// assert_eq!(price.to_minor(), Some(5000));
/// assert_eq!(price.to_string(), "50.00 USD");
/// # Ok::<(), paystatus_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Money {
    amount: Decimal,
    currency: Currency,
}

impl Money {
    /// Puts an amount in major units (50.00 for fifty dollars) and its currency together.
    ///
    /// ```
    /// use paystatus_core::{Number, Money};
    /// let amount = Number::parse("50.00").unwrap().value();
    /// assert_eq!(Money::new(amount, "USD".parse()?).to_string(), "50.00 USD");
    /// # Ok::<(), paystatus_core::Error>(())
    /// ```
    pub const fn new(amount: Decimal, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// Reads an amount in major units, in JSON's number grammar, and a currency of 3 to 6 letters.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] if either is not readable, or the amount has more than 28 digits.
    ///
    /// ```
    /// use paystatus_core::Money;
    /// assert_eq!(Money::parse("3.01", "qar")?.to_string(), "3.01 QAR");
    /// assert!(Money::parse("3,01", "QAR").is_err());
    /// # Ok::<(), paystatus_core::Error>(())
    /// ```
    pub fn parse(amount: &str, currency: &str) -> Result<Self, Error> {
        let currency = currency.parse()?;
        let amount = Number::parse(amount).ok_or_else(|| {
            Error::new(
                ErrorKind::Config,
                "an amount is a plain decimal number of at most 28 digits, such as 3.01",
            )
        })?;
        Ok(Self::new(amount.value(), currency))
    }

    /// For providers: what a reply says was charged, in major units;
    /// nothing unless both the amount and the currency are reported.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidReply`] if the amount is negative, which no charge is, or the currency is not a code.
    ///
    /// ```
    /// use paystatus_core::{Number, Money};
    /// assert_eq!(Money::charged(Number::parse("1.08"), Some("INR"))?.unwrap().to_string(), "1.08 INR");
    /// assert_eq!(Money::charged(Number::parse("1.08"), None)?, None);
    /// assert!(Money::charged(Number::parse("-1.08"), Some("INR")).is_err());
    /// assert!(Money::charged(Number::parse("1.08"), Some("Rs.")).is_err());
    /// # Ok::<(), paystatus_core::Error>(())
    /// ```
    pub fn charged(amount: Option<Number>, currency: Option<&str>) -> Result<Option<Self>, Error> {
        if amount.is_some_and(|amount| amount.value().is_sign_negative() && !amount.value().is_zero()) {
            return Err(Error::new(ErrorKind::InvalidReply, "the reply has a negative amount"));
        }
        let currency = replied(currency)?;
        Ok(amount.zip(currency).map(|(amount, currency)| Self::new(amount.value(), currency)))
    }

    /// For providers: what a reply says was charged, in minor units, of which `digits` tells how many decimals they are:
    /// by ISO 4217 that is [`Currency::minor_digits`].
    /// Nothing unless amount and currency are both reported and the currency has a minor unit.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidReply`] if the currency is not a code.
    ///
    /// ```
    /// use paystatus_core::{Currency, Money};
    /// let by_iso = Money::charged_in_minor(Some(5000), Some("isk"), Currency::minor_digits)?;
    /// assert_eq!(by_iso.unwrap().to_string(), "5000 ISK");
    /// let by_another_table = Money::charged_in_minor(Some(5000), Some("isk"), |_| Some(2))?;
    /// assert_eq!(by_another_table.unwrap().to_string(), "50.00 ISK");
    /// # Ok::<(), paystatus_core::Error>(())
    /// ```
    pub fn charged_in_minor(
        units: Option<u64>,
        currency: Option<&str>,
        digits: impl FnOnce(&Currency) -> Option<u32>,
    ) -> Result<Option<Self>, Error> {
        let Some((units, currency)) = units.zip(replied(currency)?) else { return Ok(None) };
        let amount = digits(&currency).and_then(|digits| Self::exact(units.into(), digits));
        Ok(amount.map(|amount| Self::new(amount, currency)))
    }

    /// Reads an amount in minor units by the currency's ISO 4217 exponent: 5000 USD is 50.00, 5000 JPY is 5000,
    /// 5000 KWD is 5.000; nothing for a currency without one.
    ///
    /// ```
    /// use paystatus_core::Money;
    /// assert_eq!(Money::from_minor(5000, "KWD".parse()?).unwrap().to_string(), "5.000 KWD");
    /// assert!(Money::from_minor(5000, "BTC".parse()?).is_none());
    /// # Ok::<(), paystatus_core::Error>(())
    /// ```
    pub fn from_minor(units: i128, currency: Currency) -> Option<Self> {
        Some(Self::new(Self::exact(units, currency.minor_digits()?)?, currency))
    }

    fn exact(units: i128, digits: u32) -> Option<Decimal> {
        Decimal::try_from_i128_with_scale(units, digits).ok()
    }

    /// The amount in whole minor units; nothing for a currency without an ISO 4217 exponent,
    /// or an amount finer than its minor unit.
    ///
    /// ```
    /// use paystatus_core::Money;
    /// assert_eq!(Money::parse("50.00", "USD")?.to_minor(), Some(5000));
    /// assert_eq!(Money::parse("0.001", "USD")?.to_minor(), None);
    /// assert_eq!(Money::parse("1", "BTC")?.to_minor(), None);
    /// # Ok::<(), paystatus_core::Error>(())
    /// ```
    pub fn to_minor(self) -> Option<i128> {
        if !self.fits_currency() {
            return None;
        }
        let digits = self.currency.minor_digits()?;
        let amount = self.amount.normalize();
        let missing = digits.checked_sub(amount.scale())?;
        amount.mantissa().checked_mul(10_i128.checked_pow(missing)?)
    }

    /// Tells whether the amount has no more decimals than the currency's minor unit, zeros aside;
    /// always true for a currency without an ISO 4217 exponent.
    ///
    /// ```
    /// use paystatus_core::Money;
    /// assert!(Money::parse("100.00", "JPY")?.fits_currency());
    /// assert!(!Money::parse("100.50", "JPY")?.fits_currency());
    /// # Ok::<(), paystatus_core::Error>(())
    /// ```
    pub fn fits_currency(self) -> bool {
        self.currency.minor_digits().is_none_or(|digits| self.amount.normalize().scale() <= digits)
    }

    /// The sum, if both are in one currency and it has no more than 28 digits.
    ///
    /// ```
    /// use paystatus_core::Money;
    /// let (half, whole) = (Money::parse("0.50", "EUR")?, Money::parse("50", "EUR")?);
    /// assert_eq!(whole.checked_add(half), Some(Money::parse("50.50", "EUR")?));
    /// assert_eq!(whole.checked_add(Money::parse("1", "USD")?), None);
    /// let much = Money::parse("1000000000000000000000000000", "EUR")?;
    /// assert_eq!(much.checked_add(Money::parse("0.01", "EUR")?), None); // and not rounded
    /// # Ok::<(), paystatus_core::Error>(())
    /// ```
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let sum = Number(self.amount).checked_add(Number(other.amount))?.0;
        (self.currency == other.currency).then(|| Self::new(sum, self.currency))
    }

    /// The difference, if both are in one currency; never below zero.
    ///
    /// ```
    /// use paystatus_core::Money;
    /// let (half, whole) = (Money::parse("0.50", "EUR")?, Money::parse("50", "EUR")?);
    /// assert_eq!(whole.saturating_sub(half), Some(Money::parse("49.50", "EUR")?));
    /// # Ok::<(), paystatus_core::Error>(())
    /// ```
    pub fn saturating_sub(self, other: Self) -> Option<Self> {
        let rest = Number(self.amount).checked_sub(Number(other.amount))?.0.max(Decimal::ZERO);
        (self.currency == other.currency).then(|| Self::new(rest, self.currency))
    }

    /// The amount in major units, with the decimals that were reported.
    ///
    /// ```
    /// use paystatus_core::Money;
    /// assert_eq!(Money::parse("50.00", "USD")?.amount().to_string(), "50.00");
    /// # Ok::<(), paystatus_core::Error>(())
    /// ```
    pub fn amount(self) -> Decimal {
        self.amount
    }

    /// The currency.
    ///
    /// ```
    /// use paystatus_core::Money;
    /// assert_eq!(Money::parse("50.00", "usd")?.currency().as_str(), "USD");
    /// # Ok::<(), paystatus_core::Error>(())
    /// ```
    pub fn currency(self) -> Currency {
        self.currency
    }
}

/// A reply's currency.
fn replied(currency: Option<&str>) -> Result<Option<Currency>, Error> {
    let unreadable = |_: Error| Error::new(ErrorKind::InvalidReply, "the reply has an unreadable currency");
    currency.map(str::parse).transpose().map_err(unreadable)
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{} {}", self.amount, self.currency))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn minor_units_follow_the_currency() {
        for (units, code, text) in [
            (5000, "USD", "50.00 USD"),
            (1, "USD", "0.01 USD"),
            (5000, "JPY", "5000 JPY"),
            (5000, "KWD", "5.000 KWD"),
            (0, "TRY", "0.00 TRY"),
        ] {
            let money = Money::from_minor(units, code.parse().unwrap()).unwrap();
            assert_eq!(money.to_string(), text);
            assert_eq!(money.to_minor(), Some(units));
        }
        assert_eq!(Money::from_minor(i128::MAX, "USD".parse().unwrap()), None);
    }

    #[test]
    fn a_reply_in_minor_units_is_money_only_with_a_currency_that_has_them() {
        let charged = |units, code| {
            let charged = Money::charged_in_minor(units, code, Currency::minor_digits).unwrap();
            charged.map(|money| money.to_string())
        };
        assert_eq!(charged(Some(u64::MAX), Some("kwd")).as_deref(), Some("18446744073709551.615 KWD"));
        assert_eq!(charged(Some(1), None), None);
        assert_eq!(charged(None, Some("EUR")), None);
        assert_eq!(charged(Some(1), Some("BTC")), None);
        let unreadable = Money::charged_in_minor(None, Some("E1"), Currency::minor_digits).unwrap_err();
        assert_eq!(unreadable.kind(), ErrorKind::InvalidReply);
    }

    #[test]
    fn an_amount_finer_than_the_minor_unit_has_no_minor_units() {
        assert_eq!(Money::parse("0.001", "USD").unwrap().to_minor(), None);
        assert_eq!(Money::parse("0.010", "USD").unwrap().to_minor(), Some(1));
        assert_eq!(Money::parse("1e2", "JPY").unwrap().to_minor(), Some(100));
    }

    #[test]
    fn value_decides_equality() {
        assert_eq!(Money::parse("1.5", "USD").unwrap(), Money::parse("1.500", "USD").unwrap());
        assert_ne!(Money::parse("1.5", "USD").unwrap(), Money::parse("1.5", "EUR").unwrap());
    }

    proptest! {
        #[test]
        fn minor_units_survive_a_round_trip(units in 0..i128::from(i64::MAX), code in "USD|JPY|KWD|CLF|INR") {
            let money = Money::from_minor(units, code.parse().unwrap()).unwrap();
            prop_assert_eq!(money.to_minor(), Some(units));
            let (amount, currency) = (money.amount().to_string(), money.currency());
            prop_assert_eq!(Money::parse(&amount, currency.as_str()).unwrap(), money);
        }
    }
}
