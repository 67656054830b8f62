use std::fmt;

use paystatus::Currency;

use crate::{Error, Standing};

/// How a ledger is written: what its columns are called, and what holds for all its rows.
///
/// ```
/// use paystatus_reconcile::{Columns, Format, Ledger, Standing};
///
/// let columns = Columns::default()
///     .with_name("payment_id", "Transaction")?
///     .with_name("amount", "Total")?
///     .with_name("status", "State")?
///     .with_account("shop")
///     .with_currency("JPY".parse()?)
///     .with_minor_units()
///     .with_word("bezahlt", Standing::Paid);
///
/// let text = "Transaction,Total,State\npay_001,5000,Bezahlt\n";
/// let entry = Ledger::read(text.as_bytes(), Format::Csv, &columns)?.next().unwrap()?.unwrap();
/// assert_eq!(entry.amount().unwrap().to_string(), "5000 JPY");
/// assert_eq!((entry.account(), entry.status()), ("shop", Some(Standing::Paid)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    names: [Option<String>; Column::ALL.len()],
    pub(crate) account: Option<String>,
    pub(crate) currency: Option<Currency>,
    pub(crate) minor_units: bool,
    pub(crate) references_per_account: bool,
    words: Vec<(String, Standing)>,
}

/// What a ledger may have a column for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    Account,
    PaymentId,
    OrderId,
    Amount,
    Currency,
    Reference,
    Status,
    AsOf,
}

impl Column {
    pub(crate) const ALL: [Self; 8] = [
        Self::Account,
        Self::PaymentId,
        Self::OrderId,
        Self::Amount,
        Self::Currency,
        Self::Reference,
        Self::Status,
        Self::AsOf,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::PaymentId => "payment_id",
            Self::OrderId => "order_id",
            Self::Amount => "amount",
            Self::Currency => "currency",
            Self::Reference => "reference",
            Self::Status => "status",
            Self::AsOf => "as_of",
        }
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Default for Columns {
    /// The columns have the names that the documentation has, and amounts are in major units.
    fn default() -> Self {
        Self {
            names: Column::ALL.map(|column| Some(column.name().to_owned())),
            account: None,
            currency: None,
            minor_units: false,
            references_per_account: false,
            words: Vec::new(),
        }
    }
}

impl Columns {
    /// Says what a column is called in this ledger, whatever its case.
    ///
    /// # Errors
    /// [`ErrorKind::Ledger`](crate::ErrorKind::Ledger), naming the columns that there are, for another `column`.
    ///
    /// ```
    /// use paystatus_reconcile::Columns;
    /// assert!(Columns::default().with_name("amount", "Total").is_ok());
    /// let error = Columns::default().with_name("amuont", "Total").unwrap_err();
    /// assert!(error.to_string().starts_with("a ledger has no column `amuont`: there are account, payment_id"));
    /// ```
    pub fn with_name(mut self, column: &str, name: impl Into<String>) -> Result<Self, Error> {
        let column = named(column)?;
        self.names[column as usize] = Some(name.into());
        Ok(self)
    }

    /// Leaves a column out, even if the ledger has it: what it says is not compared.
    ///
    /// # Errors
    /// [`ErrorKind::Ledger`](crate::ErrorKind::Ledger), naming the columns that there are, for another `column`.
    ///
    /// ```
    /// use paystatus_reconcile::{Columns, Format, Ledger};
    ///
    /// let columns = Columns::default().without("reference")?;
    /// let text = "account,payment_id,reference\nshop,pay_001,internal-7\n";
    /// let entry = Ledger::read(text.as_bytes(), Format::Csv, &columns)?.next().unwrap()?.unwrap();
    /// assert_eq!(entry.reference(), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn without(mut self, column: &str) -> Result<Self, Error> {
        let column = named(column)?;
        self.names[column as usize] = None;
        Ok(self)
    }

    /// The account of rows that name none.
    #[must_use]
    pub fn with_account(self, account: impl Into<String>) -> Self {
        Self { account: Some(account.into()), ..self }
    }

    /// The currency of amounts that have none.
    #[must_use]
    pub fn with_currency(self, currency: Currency) -> Self {
        Self { currency: Some(currency), ..self }
    }

    /// Amounts are whole minor units by the currency's ISO 4217 exponent: 5000 is 50.00 USD, and 5000 JPY.
    #[must_use]
    pub fn with_minor_units(self) -> Self {
        Self { minor_units: true, ..self }
    }

    /// Every account numbers its orders for itself: two payments with one reference were paid twice
    /// only if they are of one account.
    #[must_use]
    pub fn with_references_per_account(self) -> Self {
        Self { references_per_account: true, ..self }
    }

    /// Says what one more word in the status column means, whatever its case, and with a space, a hyphen, an underscore
    /// or nothing between its parts.
    #[must_use]
    pub fn with_word(mut self, word: impl Into<String>, means: Standing) -> Self {
        self.words.push((Standing::key(&word.into()), means));
        self
    }

    /// The column's name in the ledger; nothing if it is left out.
    pub(crate) fn name(&self, column: Column) -> Option<&str> {
        self.names[column as usize].as_deref()
    }

    /// The names to compare a ledger's with.
    pub(crate) fn names(&self) -> Names {
        Names(Column::ALL.map(|column| self.name(column).map(Names::key)))
    }

    /// Tells whether the ledger's own name for a column was given.
    pub(crate) fn is_renamed(&self, column: Column) -> bool {
        self.name(column).is_some_and(|name| name != column.name())
    }

    pub(crate) fn standing(&self, word: &str) -> Option<Standing> {
        let key = Standing::key(word);
        let own = self.words.iter().rev().find(|(known, _)| *known == key);
        own.map(|&(_, standing)| standing).or_else(|| Standing::read(word))
    }
}

/// What the columns are called, ready to be compared.
pub(crate) struct Names([Option<String>; Column::ALL.len()]);

impl Names {
    /// A name as it is compared: whatever its case, and the space around it.
    pub(crate) fn key(name: &str) -> String {
        name.trim().to_lowercase()
    }

    /// Tells whether this is the column's name. One name may be that of several columns.
    pub(crate) fn has(&self, column: Column, key: &str) -> bool {
        self.0[column as usize].as_deref() == Some(key)
    }
}

fn named(name: &str) -> Result<Column, Error> {
    Column::ALL.into_iter().find(|column| column.name() == name).ok_or_else(|| {
        let known = Column::ALL.map(Column::name).join(", ");
        Error::ledger(format!("a ledger has no column `{name}`: there are {known}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_compared_as_those_that_are_known() {
        let columns = Columns::default().with_word("Teil-weise  bezahlt", Standing::Paid);
        for word in ["teilweise bezahlt", "TEIL_WEISE_BEZAHLT", "Teil weise-bezahlt"] {
            assert_eq!(columns.standing(word), Some(Standing::Paid), "{word}");
        }
        let columns = columns.with_word("charged back", Standing::Reversed);
        assert_eq!(columns.standing("Charged_Back"), Some(Standing::Reversed));
        assert_eq!(columns.standing("refund"), Some(Standing::Refunded));
    }
}
