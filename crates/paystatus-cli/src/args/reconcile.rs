use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum};
use paystatus::Currency;
use paystatus_reconcile::{Columns, Error, Format, Standing};

use super::{currency, filled};

#[derive(Debug, ClapArgs)]
pub(crate) struct Reconcile {
    /// The ledger, or `-` for standard input
    pub(crate) ledger: PathBuf,

    /// How the ledger is laid out, where its extension does not say so
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<LedgerFormat>,

    /// Write every row with its finding to this file: CSV, or JSON lines for .jsonl, .ndjson and .json
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,

    /// Write a page for people to this file: HTML that needs nothing but a browser
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,

    /// Continue a run that was interrupted, or had rows that could not be asked about: what it had learned is not
    /// asked again
    #[arg(long)]
    pub(crate) resume: bool,

    /// Where the run is kept until it is over; if left out LEDGER.journal, and LEDGER.sandbox.journal with --sandbox
    #[arg(long, value_name = "FILE")]
    pub(crate) journal: Option<PathBuf>,

    /// Ask nothing if a row of the ledger can't be read
    #[arg(long)]
    pub(crate) strict: bool,

    /// Hand what is still open over to `paystatus watch`, until it is final
    #[arg(long)]
    pub(crate) watch_open: bool,

    /// Where watches are kept, as for `paystatus watch`
    #[arg(long, value_name = "STORE", requires = "watch_open", value_parser = filled)]
    pub(crate) store: Option<String>,

    /// What a column is called in this ledger, such as amount=Total; an empty NAME leaves the column out
    #[arg(long, value_name = "COLUMN=NAME", value_parser = pair)]
    map: Vec<(String, String)>,

    /// What a word in the status column means, such as bezahlt=paid
    #[arg(long, value_name = "WORD=STATUS", value_parser = word)]
    map_status: Vec<(String, Standing)>,

    /// Amounts are whole minor units: 5000 is 50.00 USD, and 5000 JPY
    #[arg(long)]
    minor_units: bool,

    /// The account of rows that name none
    #[arg(long, value_name = "NAME", value_parser = filled)]
    account: Option<String>,

    /// The currency of amounts that have none
    #[arg(long, value_name = "CODE", value_parser = currency)]
    currency: Option<Currency>,

    /// Every account numbers its orders for itself: one reference in two accounts is not paid twice
    #[arg(long)]
    references_per_account: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum LedgerFormat {
    /// A header, then a row a record, separated by commas, semicolons or tabs
    Csv,
    /// One JSON object a line
    Jsonl,
}

impl From<LedgerFormat> for Format {
    fn from(format: LedgerFormat) -> Self {
        match format {
            LedgerFormat::Csv => Self::Csv,
            LedgerFormat::Jsonl => Self::JsonLines,
        }
    }
}

impl Reconcile {
    pub(crate) fn is_standard_input(&self) -> bool {
        self.ledger.as_os_str() == "-"
    }

    /// How the ledger is to be read.
    pub(crate) fn columns(&self) -> Result<Columns, Error> {
        let mut columns = Columns::default();
        for (column, name) in &self.map {
            columns =
                if name.is_empty() { columns.without(column)? } else { columns.with_name(column, name)? };
        }
        for (word, standing) in &self.map_status {
            columns = columns.with_word(word, *standing);
        }
        if self.minor_units {
            columns = columns.with_minor_units();
        }
        if self.references_per_account {
            columns = columns.with_references_per_account();
        }
        if let Some(account) = &self.account {
            columns = columns.with_account(account);
        }
        if let Some(currency) = self.currency {
            columns = columns.with_currency(currency);
        }
        Ok(columns)
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (column, name) = text.split_once('=').ok_or("write COLUMN=NAME, such as amount=Total")?;
    Ok((column.trim().to_owned(), name.trim().to_owned()))
}

fn word(text: &str) -> Result<(String, Standing), String> {
    // The word is the ledger's own, and may have a `=`; the status has none.
    let read = text.rsplit_once('=').filter(|(word, _)| !word.trim().is_empty());
    let read = read.and_then(|(word, status)| Some((word.to_owned(), Standing::read(status)?)));
    read.ok_or_else(|| {
        "write WORD=STATUS, with one of paid, partly_paid, pending, authorized, failed, canceled, expired, refunded, \
         voided, reversed and charged_back, such as bezahlt=paid"
            .to_owned()
    })
}
