use std::{fmt, io::Read, path::Path};

use self::{cells::entry, csv::Csv, json::cells};
use crate::{BadRow, Columns, Entry, Error, columns::Names, source::Source};

mod cells;
mod csv;
mod json;

/// How a ledger is laid out.
///
/// ```
/// use paystatus_reconcile::Format;
/// assert_eq!(Format::of("books/2026-11.csv".as_ref()), Some(Format::Csv));
/// assert_eq!(Format::of("books/2026-11.JSONL".as_ref()), Some(Format::JsonLines));
/// assert_eq!(Format::of("books/2026-11.xlsx".as_ref()), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// A header, then a row a record, separated by commas, semicolons or tabs.
    Csv,
    /// One JSON object a line.
    JsonLines,
}

impl Format {
    /// The format that a file's extension stands for.
    pub fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_lowercase().as_str() {
            "csv" | "tsv" | "txt" => Some(Self::Csv),
            "jsonl" | "ndjson" | "json" => Some(Self::JsonLines),
            _ => None,
        }
    }
}

/// A ledger, read row by row: memory does not grow with its length.
///
/// ```
/// use paystatus_reconcile::{Columns, Format, Ledger};
///
/// let text = r#"{"account":"shop","payment_id":"pay_001","amount":50.10,"currency":"USD"}"#;
/// let mut rows = Ledger::read(text.as_bytes(), Format::JsonLines, &Columns::default())?;
/// let entry = rows.next().unwrap()?.unwrap();
/// assert_eq!(entry.amount().unwrap().to_string(), "50.10 USD");
/// assert!(rows.next().is_none());
/// # Ok::<(), paystatus_reconcile::Error>(())
/// ```
///
/// A row that can't be used takes no other with it, not even where a quote is not closed:
///
/// ```
/// # use paystatus_reconcile::{Columns, Format, Ledger};
/// let text = "account,payment_id,reference\nshop,pay_001,\"order-1\nshop,pay_002,order-2\n";
/// let mut rows = Ledger::read(text.as_bytes(), Format::Csv, &Columns::default())?;
/// assert_eq!(rows.next().unwrap()?.unwrap_err().row(), 2);
/// assert_eq!(rows.next().unwrap()?.unwrap().lookup().id(), "pay_002");
/// # Ok::<(), paystatus_reconcile::Error>(())
/// ```
pub struct Ledger<R> {
    columns: Columns,
    source: Source<R>,
    layout: Layout,
    has_failed: bool,
}

enum Layout {
    Csv(Box<Csv>),
    JsonLines(Box<Names>),
}

impl<R: Read> Ledger<R> {
    /// Begins to read a ledger.
    ///
    /// # Errors
    /// [`ErrorKind::Ledger`](crate::ErrorKind::Ledger) if it can't be read, is not UTF-8, or lacks a column that
    /// there must be.
    pub fn read(ledger: R, format: Format, columns: &Columns) -> Result<Self, Error> {
        let mut source = Source::new(ledger)?;
        let layout = match format {
            Format::JsonLines => Layout::JsonLines(Box::new(columns.names())),
            Format::Csv => Layout::Csv(Box::new(Csv::begin(&mut source, columns)?)),
        };
        Ok(Self { columns: columns.clone(), source, layout, has_failed: false })
    }

    /// What tells this ledger, and how it is read, from any other: only known once all of it was read.
    pub(crate) fn digest(&self) -> String {
        let layout = match self.layout {
            Layout::Csv(_) => "csv",
            Layout::JsonLines(_) => "jsonl",
        };
        self.source.digest(&format!("{layout} {:?}", self.columns))
    }

    pub(crate) fn columns(&self) -> &Columns {
        &self.columns
    }

    /// The next row that is not empty.
    fn next_row(&mut self) -> Result<Option<Result<Entry, BadRow>>, Error> {
        while self.source.next_row()? {
            let row = self.source.first();
            let cells = match &mut self.layout {
                Layout::Csv(csv) => csv.cells(&mut self.source)?,
                Layout::JsonLines(names) => cells(self.source.newest_line(), names),
            };
            let Some(cells) = cells.transpose() else { continue };
            let entry = cells.and_then(|cells| entry(row, &cells, &self.columns));
            return Ok(Some(entry.map_err(|why| BadRow { row, why })));
        }
        Ok(None)
    }
}

impl<R: Read> Iterator for Ledger<R> {
    /// A row, or what is wrong with it; an error, and then no more, if the ledger itself can't be read further.
    type Item = Result<Result<Entry, BadRow>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.has_failed {
            return None;
        }
        let next = self.next_row();
        self.has_failed = next.is_err();
        next.transpose()
    }
}

impl<R> fmt::Debug for Ledger<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ledger").field("columns", &self.columns).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
