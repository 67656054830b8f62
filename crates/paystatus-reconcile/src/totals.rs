use std::collections::BTreeMap;

use paystatus::Currency;
use serde::Serialize;

use crate::{Checked, FindingKind, Sum};

/// How many rows came to what, by finding, account and currency, with exact sums.
///
/// ```
/// use paystatus_reconcile::{Columns, FindingKind, Format, Ledger, Outcome, Reconciliation};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// let text = "account,payment_id,amount,currency\nshop,pay_001,50.00,USD\nshop,pay_002,0.10,USD\n";
/// let ledger = Ledger::read(text.as_bytes(), Format::Csv, &Columns::default())?;
/// let run = Reconciliation::begin(&folder.path().join("ledger.journal"), ledger)?;
/// let totals = run.compare(|_| Ok(()))?; // before anybody was asked
/// assert_eq!(totals.by_finding(), [(FindingKind::Unverifiable, 2)]);
/// assert_eq!(totals.value_at_risk()[&"USD".parse()?].to_string(), "50.10");
/// assert_eq!(totals.outcome(), Outcome::Undecided);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Totals {
    lines: BTreeMap<(FindingKind, String, Option<Currency>), Counted>,
    bad_rows: u64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Counted {
    rows: u64,
    amount: Sum,
    value_at_risk: Sum,
}

/// The total of the rows that have one finding, account and currency in common.
///
/// ```
/// use paystatus_reconcile::{Columns, FindingKind, Format, Ledger, Reconciliation};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// let text = "account,payment_id,amount,currency\nshop,pay_001,50.00,USD\nshop,pay_002,0.10,USD\n";
/// let ledger = Ledger::read(text.as_bytes(), Format::Csv, &Columns::default())?;
/// let run = Reconciliation::begin(&folder.path().join("ledger.journal"), ledger)?;
/// let totals = run.compare(|_| Ok(()))?; // before anybody was asked
/// let total = totals.by_finding_account_and_currency().next().unwrap();
/// assert_eq!((total.finding, total.account.as_str(), total.rows), (FindingKind::Unverifiable, "shop", 2));
/// assert_eq!(total.amount.to_string(), "50.10");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Total {
    /// What was found.
    pub finding: FindingKind,
    /// The account's name.
    pub account: String,
    /// The currency; nothing for rows without an amount.
    pub currency: Option<Currency>,
    /// How many rows.
    pub rows: u64,
    /// The sum of their amounts: those in the books, or reported where the books have none.
    pub amount: Sum,
    /// The sum of their values at risk.
    pub value_at_risk: Sum,
}

/// What a reconciliation comes to, as an exit code tells it.
///
/// ```
/// use paystatus_reconcile::{Outcome, Totals};
/// assert_eq!(Totals::default().outcome(), Outcome::Match);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// Every row matches.
    Match,
    /// The books and the providers are known to disagree.
    Differences,
    /// No difference is known, and some rows are open or could not be verified.
    Undecided,
    /// Some rows of the ledger could not be read, whatever else was found.
    Unreadable,
}

impl Outcome {
    /// Its name in snake case.
    ///
    /// ```
    /// assert_eq!(paystatus_reconcile::Outcome::Differences.as_str(), "differences");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::Differences => "differences",
            Self::Undecided => "undecided",
            Self::Unreadable => "unreadable",
        }
    }
}

impl Totals {
    pub(crate) fn new(bad_rows: u64) -> Self {
        Self { bad_rows, ..Self::default() }
    }

    pub(crate) fn add(&mut self, checked: &Checked) {
        let (amount, value_at_risk) = (checked.amount(), checked.value_at_risk());
        let currency = value_at_risk.or(amount).map(|money| money.currency());
        let key = (checked.finding().kind(), checked.entry().account().to_owned(), currency);
        let counted = self.lines.entry(key).or_default();
        counted.rows += 1;
        amount.into_iter().for_each(|amount| counted.amount.add(amount));
        value_at_risk.into_iter().for_each(|value| counted.value_at_risk.add(value));
    }

    /// Every total, the gravest findings first.
    pub fn by_finding_account_and_currency(&self) -> impl Iterator<Item = Total> {
        self.lines.iter().map(|((finding, account, currency), counted)| Total {
            finding: *finding,
            account: account.clone(),
            currency: *currency,
            rows: counted.rows,
            amount: counted.amount,
            value_at_risk: counted.value_at_risk,
        })
    }

    /// How many rows have each finding, the gravest first.
    pub fn by_finding(&self) -> Vec<(FindingKind, u64)> {
        let mut counts: Vec<(FindingKind, u64)> = Vec::new();
        for ((finding, ..), counted) in &self.lines {
            match counts.iter_mut().find(|(known, _)| known == finding) {
                Some((_, rows)) => *rows += counted.rows,
                None => counts.push((*finding, counted.rows)),
            }
        }
        counts
    }

    /// The value at risk in each currency.
    pub fn value_at_risk(&self) -> BTreeMap<Currency, Sum> {
        let mut values = BTreeMap::<_, Sum>::new();
        for ((.., currency), counted) in &self.lines {
            if let Some(currency) = currency
                && !counted.value_at_risk.is_zero()
            {
                values.entry(*currency).or_default().add_sum(counted.value_at_risk);
            }
        }
        values
    }

    /// How many rows were compared.
    pub fn rows(&self) -> u64 {
        self.lines.values().map(|counted| counted.rows).sum()
    }

    /// How many rows of the ledger could not be read.
    pub fn bad_rows(&self) -> u64 {
        self.bad_rows
    }

    /// What it all comes to.
    pub fn outcome(&self) -> Outcome {
        if self.bad_rows > 0 {
            return Outcome::Unreadable;
        }
        let mut kinds = self.lines.keys().map(|(finding, ..)| *finding);
        if kinds.clone().any(FindingKind::is_difference) {
            return Outcome::Differences;
        }
        if kinds.all(|finding| finding == FindingKind::Match) { Outcome::Match } else { Outcome::Undecided }
    }
}
