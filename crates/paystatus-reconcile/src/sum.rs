use std::fmt;

use paystatus::{Currency, Money};
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

/// An exact sum of amounts in one currency: 38 digits are enough for whatever a ledger holds, and what would not
/// fit is said to be unknown instead of being rounded.
///
/// ```
/// use paystatus::Money;
/// use paystatus_reconcile::Sum;
///
/// let mut sum = Sum::default();
/// for amount in ["0.10", "0.20", "1000000"] {
///     sum.add(Money::parse(amount, "USD")?);
/// }
/// assert_eq!(sum.to_string(), "1000000.30");
/// # Ok::<(), paystatus::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sum(Option<Exact>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Exact {
    units: i128,
    scale: u32,
}

impl Sum {
    /// Adds an amount; its currency is the caller's to keep apart.
    ///
    /// ```
    /// use paystatus::Money;
    /// use paystatus_reconcile::Sum;
    /// let mut sum = Sum::default();
    /// sum.add(Money::parse("2.50", "USD")?);
    /// assert_eq!(sum.to_string(), "2.50");
    /// # Ok::<(), paystatus::Error>(())
    /// ```
    pub fn add(&mut self, money: Money) {
        let amount = money.amount();
        let other = Exact { units: amount.mantissa(), scale: amount.scale() };
        self.0 = self.0.and_then(|sum| sum.plus(other));
    }

    /// The sum as money, if it has no more digits than that can have.
    pub(crate) fn to_money(self, currency: Currency) -> Option<Money> {
        let Exact { units, scale } = self.0?;
        let amount = Decimal::try_from_i128_with_scale(units, scale).ok()?;
        Some(Money::new(amount, currency))
    }

    /// Adds another sum of the same currency.
    pub(crate) fn add_sum(&mut self, other: Self) {
        self.0 = self.0.zip(other.0).and_then(|(sum, other)| sum.plus(other));
    }

    /// Tells whether it is nothing.
    ///
    /// ```
    /// assert!(paystatus_reconcile::Sum::default().is_zero());
    /// ```
    pub fn is_zero(&self) -> bool {
        self.0.is_some_and(|sum| sum.units == 0)
    }
}

impl Exact {
    fn plus(self, other: Self) -> Option<Self> {
        let scale = self.scale.max(other.scale);
        let at = |number: Self| number.units.checked_mul(10_i128.checked_pow(scale - number.scale)?);
        Some(Self { units: at(self)?.checked_add(at(other)?)?, scale })
    }
}

impl Default for Sum {
    fn default() -> Self {
        Self(Some(Exact { units: 0, scale: 0 }))
    }
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(Exact { units, scale }) = self.0 else { return f.pad("too large to add up") };
        let (sign, digits) = (if units < 0 { "-" } else { "" }, units.unsigned_abs().to_string());
        let scale = scale as usize;
        let digits = format!("{digits:0>width$}", width = scale + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        let point = if scale == 0 { "" } else { "." };
        f.pad(&format!("{sign}{whole}{point}{fraction}"))
    }
}

impl Serialize for Sum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Some(_) => serializer.collect_str(self),
            None => serializer.serialize_none(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn adds(amounts: &[&str], text: &str) {
        let mut sum = Sum::default();
        amounts.iter().for_each(|amount| sum.add(Money::parse(amount, "USD").unwrap()));
        assert_eq!(sum.to_string(), text);
    }

    #[test]
    fn sums_are_exact() {
        adds(&[], "0");
        adds(&["0.10", "0.2"], "0.30");
        adds(&["1", "0.00000001"], "1.00000001");
        adds(&["-0.05"], "-0.05");
        adds(&["-0.05", "0.05"], "0.00");
        // A decimal of 28 digits would round the cent away.
        adds(&["9999999999999999999999999999", "0.01"], "9999999999999999999999999999.01");
    }

    #[test]
    fn a_sum_that_does_not_fit_is_not_rounded() {
        let mut sum = Sum::default();
        sum.add(Money::parse("9999999999999999999999999999", "USD").unwrap());
        sum.add(Money::parse("0.0000000000000000000000000001", "USD").unwrap());
        assert_eq!(sum.to_string(), "too large to add up");
        assert_eq!(serde_json::to_value(sum).unwrap(), serde_json::Value::Null);
        assert!(!sum.is_zero());
    }
}
