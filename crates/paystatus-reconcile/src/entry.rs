use std::fmt;

use jiff::Timestamp;
use paystatus::{By, Currency, Lookup, Money};
use serde::{Deserialize, Serialize};

use crate::Standing;

/// One row of a ledger: what the books say of a payment.
///
/// ```
/// use paystatus::{Lookup, Money};
/// use paystatus_reconcile::{Entry, Standing};
///
/// let entry = Entry::new(2, "shop", Lookup::payment("pay_001"))
///     .with_amount(Money::parse("50.00", "USD")?)
///     .with_reference("order-1")
///     .with_status(Standing::Paid);
/// assert_eq!((entry.row(), entry.account(), entry.lookup().id()), (2, "shop", "pay_001"));
/// # Ok::<(), paystatus::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    row: u64,
    account: String,
    lookup: Lookup,
    said: Said,
    allows_test_money: bool,
}

/// What the books say beside whom to ask about what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Written", try_from = "Written")]
pub(crate) struct Said {
    pub(crate) status: Option<Standing>,
    pub(crate) amount: Option<Money>,
    /// Named without an amount.
    pub(crate) currency: Option<Currency>,
    pub(crate) reference: Option<String>,
    pub(crate) as_of: Option<Timestamp>,
}

/// The same in JSON, in the journal and in findings.
#[derive(Serialize, Deserialize)]
struct Written {
    status: Option<Standing>,
    amount: Option<String>,
    currency: Option<Currency>,
    reference: Option<String>,
    as_of: Option<String>,
}

impl From<Said> for Written {
    fn from(said: Said) -> Self {
        Self {
            status: said.status,
            amount: said.amount.map(|amount| amount.amount().to_string()),
            currency: said.amount.map(Money::currency).or(said.currency),
            reference: said.reference,
            as_of: said.as_of.map(|instant| instant.to_string()),
        }
    }
}

impl TryFrom<Written> for Said {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let Written { status, amount, currency, reference, as_of } = written;
        let (amount, currency) = match (amount, currency) {
            (Some(amount), Some(currency)) => {
                (Some(Money::parse(&amount, currency.as_str()).map_err(|error| error.to_string())?), None)
            }
            (Some(_), None) => return Err("an amount needs a currency".to_owned()),
            (None, currency) => (None, currency),
        };
        let as_of = as_of.map(|text| text.parse()).transpose();
        Ok(Self {
            status,
            amount,
            currency,
            reference,
            as_of: as_of.map_err(|error: jiff::Error| error.to_string())?,
        })
    }
}

impl Entry {
    /// Says which row of the ledger asks which account about what.
    pub fn new(row: u64, account: impl Into<String>, lookup: Lookup) -> Self {
        Self::restored(row, account.into(), lookup, Said::default())
    }

    pub(crate) fn restored(row: u64, account: String, lookup: Lookup, said: Said) -> Self {
        Self { row, account, lookup, said, allows_test_money: false }
    }

    /// Adds the amount in the books.
    #[must_use]
    pub fn with_amount(mut self, amount: Money) -> Self {
        self.said.amount = Some(amount);
        self
    }

    /// Adds the currency of a row that names no amount.
    #[must_use]
    pub fn with_currency(mut self, currency: Currency) -> Self {
        self.said.currency = Some(currency);
        self
    }

    /// Adds the merchant's own reference, such as an order number.
    #[must_use]
    pub fn with_reference(mut self, reference: impl Into<String>) -> Self {
        self.said.reference = Some(reference.into());
        self
    }

    /// Adds where the payment stands in the books.
    #[must_use]
    pub fn with_status(mut self, status: Standing) -> Self {
        self.said.status = Some(status);
        self
    }

    /// Says that test money is as good as any other in this row's account.
    ///
    /// ```
    /// use paystatus::{Finality, Funds, Lookup, Meaning, Payment, Snapshot, Status};
    /// use paystatus_reconcile::{Checked, Entry, Finding};
    ///
    /// let asked = Lookup::payment("pay_001");
    /// let paid = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
    /// let test = || Payment::new(&asked, Snapshot::new("pay_001", paid, "settled").with_test_mode(Some(true)), ());
    /// let entry = Entry::new(2, "shop", asked.clone());
    /// assert_eq!(Checked::of(entry.clone(), "acme", Ok(test())).finding(), Finding::TestMode);
    /// assert_eq!(Checked::of(entry.allowing_test_money(), "acme", Ok(test())).finding(), Finding::Match);
    /// ```
    #[must_use]
    pub fn allowing_test_money(self) -> Self {
        Self { allows_test_money: true, ..self }
    }

    pub(crate) fn allows_test_money(&self) -> bool {
        self.allows_test_money
    }

    pub(crate) fn with_as_of(mut self, as_of: Timestamp) -> Self {
        self.said.as_of = Some(as_of);
        self
    }

    /// The row's line in the ledger, as an editor counts: the header is line 1.
    pub fn row(&self) -> u64 {
        self.row
    }

    /// The account's name in the configuration.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// What is asked.
    pub fn lookup(&self) -> &Lookup {
        &self.lookup
    }

    /// Tells whether the row has the merchant's order and not the provider's payment.
    pub fn is_by_order(&self) -> bool {
        self.lookup.by() == By::Order
    }

    /// The amount in the books.
    pub fn amount(&self) -> Option<Money> {
        self.said.amount
    }

    /// The currency in the books, with an amount or without one.
    pub fn currency(&self) -> Option<Currency> {
        self.said.amount.map(Money::currency).or(self.said.currency)
    }

    /// The reference in the books.
    pub fn reference(&self) -> Option<&str> {
        self.said.reference.as_deref()
    }

    /// Where the payment stands in the books; a row that does not say counts as paid.
    pub fn status(&self) -> Option<Standing> {
        self.said.status
    }

    /// When the row was right, in RFC 3339.
    pub fn as_of(&self) -> Option<String> {
        self.said.as_of.map(|instant| instant.to_string())
    }

    pub(crate) fn said(&self) -> &Said {
        &self.said
    }

    /// Where the payment stands in the books: a ledger lists what was paid, unless it says something else.
    pub(crate) fn standing(&self) -> Standing {
        self.said.status.unwrap_or(Standing::Paid)
    }
}

/// A row of a ledger that can't be used, and why.
///
/// ```
/// use paystatus_reconcile::{Columns, Format, Ledger};
///
/// let text = "account,payment_id,amount,currency\nshop,pay_001,3;50,USD\n";
/// let mut rows = Ledger::read(text.as_bytes(), Format::Csv, &Columns::default())?;
/// let bad = rows.next().unwrap()?.unwrap_err();
/// assert_eq!(bad.to_string(), "line 2: `amount` is \"3;50\": write a plain decimal number such as 3.01");
/// # Ok::<(), paystatus_reconcile::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BadRow {
    pub(crate) row: u64,
    pub(crate) why: String,
}

impl BadRow {
    /// The row's line in the ledger, as an editor counts.
    pub fn row(&self) -> u64 {
        self.row
    }

    /// The field and what to write instead.
    pub fn why(&self) -> &str {
        &self.why
    }
}

impl fmt::Display for BadRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.row, self.why)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_books_say_survives_the_journal() {
        let entry = Entry::new(7, "shop", Lookup::order("o-1"))
            .with_amount(Money::parse("0.10", "KWD").unwrap())
            .with_reference("r \"1\"")
            .with_status(Standing::ChargedBack)
            .with_as_of("2026-11-20T09:00:00Z".parse().unwrap());
        let bare = Entry::new(8, "shop", Lookup::payment("p")).with_currency("EUR".parse().unwrap());
        for said in [entry.said().clone(), bare.said().clone(), Said::default()] {
            let text = serde_json::to_string(&said).unwrap();
            assert_eq!(serde_json::from_str::<Said>(&text).unwrap(), said, "{text}");
        }
        for broken in [r#"{"amount":"1"}"#, r#"{"amount":"x","currency":"EUR"}"#, r#"{"as_of":"now"}"#] {
            assert!(serde_json::from_str::<Said>(broken).is_err(), "{broken}");
        }
    }
}
