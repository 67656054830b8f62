use std::{
    fmt,
    io::{self, BufWriter, Write},
};

use paystatus::{Money, Payment, Snapshot, visible};
use serde::Serialize;

use crate::{Checked, Finding, Format, Standing};

/// One cell of a row; nothing where there is nothing to say.
type Cell = fn(&Checked) -> Option<String>;

/// The columns, in their order.
const COLUMNS: &[(&str, Cell)] = &[
    ("row", |row| text(row.entry().row())),
    ("account", |row| text(row.entry().account())),
    ("provider", |row| row.provider().and_then(text)),
    ("asked_id", |row| text(row.entry().lookup().id())),
    ("asked_by", |row| text(row.entry().lookup().by().as_str())),
    ("asked_at", Checked::asked_at),
    ("finding", |row| text(row.finding().as_str())),
    ("further_findings", |row| {
        Some(row.further_findings().iter().map(|finding| finding.as_str()).collect::<Vec<_>>().join(" "))
    }),
    ("difference", |row| text(row.finding().difference()?.amount().abs())),
    ("direction", |row| {
        let is_less = row.finding().difference()?.amount().is_sign_negative();
        text(if is_less { "less" } else { "more" })
    }),
    ("other_row", |row| row.finding().other_row().and_then(text)),
    ("why", |row| text(row.finding().why()?.as_str())),
    ("value_at_risk", |row| amount(row.value_at_risk())),
    ("currency", |row| currency(row.value_at_risk().or(row.amount()))),
    ("action", |row| Some(row.action()).filter(|_| row.finding() != Finding::Match)),
    ("ledger_status", |row| text(row.entry().status()?.as_str())),
    ("ledger_amount", |row| amount(row.entry().amount())),
    ("ledger_currency", |row| row.entry().currency().and_then(text)),
    ("ledger_reference", |row| row.entry().reference().and_then(text)),
    ("as_of", |row| row.entry().as_of()),
    ("payment_id", |row| text(row.reported()?.id())),
    ("status", |row| text(row.reported_standing()?.as_str())),
    ("finality", |row| word(row.reported()?.finality())),
    ("funds", |row| word(row.reported()?.funds())),
    ("provider_status", |row| text(row.reported()?.provider_status())),
    ("amount", |row| amount(row.reported()?.amount())),
    ("amount_currency", |row| currency(row.reported()?.amount())),
    ("returned", |row| amount(row.reported()?.returned())),
    ("reference", |row| row.reported()?.reference().and_then(text)),
    ("reason", |row| row.reported()?.reason().and_then(text)),
    ("test_mode", |row| row.reported()?.test_mode().and_then(text)),
    ("attempts", |row| attempts(row.reported()?)),
    ("updated_at", |row| row.reported()?.updated_at()?.to_utc()),
    ("error", |row| text(&row.unanswered()?.message)),
];

fn text(value: impl fmt::Display) -> Option<String> {
    Some(value.to_string())
}

fn amount(money: Option<Money>) -> Option<String> {
    text(money?.amount())
}

fn currency(money: Option<Money>) -> Option<String> {
    text(money?.currency())
}

/// The word that JSON has for it.
fn word(value: impl Serialize) -> Option<String> {
    text(serde_json::to_value(value).ok()?.as_str()?)
}

/// The other attempts of an order, each with its status.
fn attempts(payment: &Payment<()>) -> Option<String> {
    let attempt = |other: &Snapshot| format!("{} {}", other.id(), Standing::from(other.status()).as_str());
    Some(payment.attempts().iter().map(attempt).collect::<Vec<_>>().join(", "))
}

/// Writes rows with their findings, as CSV or JSON lines: every row, those that match included.
///
/// JSON lines are [`Checked`] as it serializes, exact to the last character.
/// CSV has the same in flat columns, for a spreadsheet: what a spreadsheet would take for a formula gets an
/// apostrophe in front, what could hide or turn letters around is replaced by U+FFFD, and how much more or less was
/// charged stands without a sign beside a word for it.
///
/// ```
/// use paystatus::{Error, ErrorKind, Lookup, Payment};
/// use paystatus_reconcile::{Checked, Entry, FindingsWriter, Format};
///
/// let lost = Error::new(ErrorKind::NotFound, "there is no such payment");
/// let checked = Checked::of(Entry::new(2, "=1+1", Lookup::payment("pay_001")), "acme", Err::<Payment<()>, _>(lost));
///
/// let mut out = FindingsWriter::new(Vec::new(), Format::Csv)?;
/// out.write(&checked)?;
/// let csv = String::from_utf8(out.finish()?)?;
/// assert!(csv.starts_with("row,account,provider,asked_id,asked_by,asked_at,finding,"));
/// assert!(csv.contains("\n2,'=1+1,acme,pay_001,payment,"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct FindingsWriter<W: Write>(Rows<W>);

enum Rows<W: Write> {
    Csv(Box<csv::Writer<W>>),
    JsonLines(BufWriter<W>),
}

impl<W: Write> FindingsWriter<W> {
    /// Begins to write; CSV begins with its header.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn new(out: W, format: Format) -> io::Result<Self> {
        Ok(Self(match format {
            Format::Csv => {
                let mut csv = csv::Writer::from_writer(out);
                csv.write_record(COLUMNS.iter().map(|(name, _)| name))?;
                Rows::Csv(Box::new(csv))
            }
            Format::JsonLines => Rows::JsonLines(BufWriter::new(out)),
        }))
    }

    /// Writes a row.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write(&mut self, checked: &Checked) -> io::Result<()> {
        match &mut self.0 {
            Rows::Csv(csv) => {
                let cells = COLUMNS.iter().map(|(_, cell)| neutral(&cell(checked).unwrap_or_default()));
                csv.write_record(cells).map_err(io::Error::from)
            }
            Rows::JsonLines(out) => serde_json::to_writer(&mut *out, checked)
                .map_err(io::Error::from)
                .and_then(|()| out.write_all(b"\n")),
        }
    }

    /// Writes what is left, and gives the writer back.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn finish(self) -> io::Result<W> {
        match self.0 {
            Rows::Csv(csv) => csv.into_inner().map_err(|error| error.into_error()),
            Rows::JsonLines(out) => out.into_inner().map_err(|error| error.into_error()),
        }
    }
}

impl<W: Write> fmt::Debug for FindingsWriter<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let format = match self.0 {
            Rows::Csv(_) => Format::Csv,
            Rows::JsonLines(_) => Format::JsonLines,
        };
        f.debug_struct("FindingsWriter").field("format", &format).finish_non_exhaustive()
    }
}

/// A cell that no spreadsheet takes for a formula, whoever wrote it, and in which every character can be seen.
///
/// An apostrophe goes before a sign that begins a formula, at the beginning of the cell and behind every semicolon:
/// a spreadsheet that separates cells by semicolons does not see our quotes, which then stand in the middle of a
/// cell, and begins another one there. No other separator is left.
fn neutral(cell: &str) -> String {
    let cell: String = cell.chars().map(visible).collect();
    let mut safe = String::with_capacity(cell.len());
    for part in cell.split_inclusive(';') {
        if part.trim_start_matches(is_passed_over).starts_with(FORMULA) {
            safe.push('\'');
        }
        safe.push_str(part);
    }
    safe
}

/// What a formula begins with, in the wide letters of East Asian keyboards too.
const FORMULA: [char; 8] = ['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// What a spreadsheet may drop before it looks whether a formula begins.
fn is_passed_over(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '"' | char::REPLACEMENT_CHARACTER | '\u{ad}' | '\u{180e}' | '\u{200c}' | '\u{200d}')
        || matches!(c, '\u{2061}'..='\u{2065}' | '\u{206a}'..='\u{206f}')
}

#[cfg(test)]
mod tests {
    use paystatus::{ErrorKind, Finality, Funds, Lookup, Meaning, Status, Timestamp};

    use super::*;
    use crate::{
        Entry,
        learned::{Learned, Unanswered},
    };

    /// What a provider says about a payment in which every text is this one.
    fn reported(text: &str) -> Learned {
        let (paid, declined) = (
            Meaning::new(Status::Paid, Finality::Final, Funds::Taken),
            Meaning::new(Status::Failed, Finality::Final, Funds::NotTaken),
        );
        let usd = |amount| Some(Money::parse(amount, "USD").unwrap());
        let telling = Snapshot::new(text, paid, text)
            .with_amount(usd("10.50"))
            .with_returned(usd("1.00"))
            .with_reference(Some(text.to_owned()))
            .with_reason(Some(text.to_owned()))
            .with_test_mode(Some(false))
            .with_updated_at(Some(Timestamp::stated("2026-11-20T10:00:00Z")));
        let attempts = vec![Snapshot::new(text, declined, text)];
        Ok(Payment::new(&Lookup::payment(text), telling, ()).with_attempts(attempts))
    }

    /// A row in which every text is this one, and what came of asking.
    fn checked(text: &str, learned: Learned) -> Checked {
        let entry = Entry::new(2, text, Lookup::payment(text))
            .with_amount(Money::parse("10.00", "USD").unwrap())
            .with_reference(text);
        Checked::new(entry, Some(text.to_owned()), Some(jiff::Timestamp::UNIX_EPOCH), Some(learned), None)
    }

    fn csv_of(checked: &Checked) -> Vec<(String, String)> {
        let mut out = FindingsWriter::new(Vec::new(), Format::Csv).unwrap();
        out.write(checked).unwrap();
        let bytes = out.finish().unwrap();
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let header = reader.headers().unwrap().clone();
        let row = reader.records().next().unwrap().unwrap();
        header.iter().zip(row.iter()).map(|(name, cell)| (name.to_owned(), cell.to_owned())).collect()
    }

    #[track_caller]
    fn neutralized(cell: &str, safe: &str) {
        assert_eq!(neutral(cell), safe, "{cell:?}");
    }

    #[test]
    fn what_begins_a_formula_is_neutralized() {
        for sign in FORMULA {
            neutralized(&format!("{sign}1"), &format!("'{sign}1"));
            neutralized(&format!(" \u{200d}\"{sign}1"), &format!("' \u{200d}\"{sign}1"));
            neutralized(&format!("a{sign}1"), &format!("a{sign}1"));
            neutralized(&format!("a; {sign}1"), &format!("a;' {sign}1"));
            // Some reader may still drop what stands for the hidden character.
            neutralized(&format!("\u{feff}{sign}1"), &format!("'\u{fffd}{sign}1"));
            neutralized(&format!("\t{sign}1"), &format!("'\u{fffd}{sign}1"));
            neutralized(&format!("\n{sign}1"), &format!("' {sign}1"));
        }
        neutralized("a;\"=1;-2", "a;'\"=1;'-2");
        for harmless in ["", "x", "2026-11-20", "50.00", "a, =b", "it's", "order-1", "a;b"] {
            neutralized(harmless, harmless);
        }
    }

    #[test]
    fn what_hides_or_turns_letters_around_is_replaced() {
        neutralized("a\u{202e}b\u{2066}c\u{1b}[2J\0", "a\u{fffd}b\u{fffd}c\u{fffd}[2J\u{fffd}");
        neutralized("two\nlines\tand\rmore", "two lines\u{fffd}and\u{fffd}more");
        neutralized("تجربة 支付", "تجربة 支付");
    }

    #[test]
    fn no_column_lets_a_formula_through() {
        for attack in
            ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\u{feff}=1", "a;=1", "a;\n=1"]
        {
            let refused = Unanswered {
                kind: Some(ErrorKind::Unauthorized),
                message: attack.to_owned(),
                is_retryable: false,
            };
            for learned in [reported(attack), Err(refused)] {
                let cells = csv_of(&checked(attack, learned));
                let dangerous = |cell: &str| cell.trim_start_matches(is_passed_over).starts_with(FORMULA);
                for (name, cell) in &cells {
                    assert!(!cell.split([';', '\t', '\n', '\r']).any(dangerous), "{name}: {cell:?}");
                }
                // The attack is in as many cells as there are texts from outside.
                let attacked = cells.iter().filter(|(_, cell)| *cell == neutral(attack)).count();
                assert!(attacked >= 5, "{attack:?}: {attacked}");
            }
        }
    }

    #[test]
    fn every_column_has_its_value() {
        let cells = csv_of(&checked("x", reported("y")));
        let expected = [
            ("row", "2"),
            ("account", "x"),
            ("provider", "x"),
            ("asked_id", "x"),
            ("asked_by", "payment"),
            ("asked_at", "1970-01-01T00:00:00.000Z"),
            ("finding", "partly_returned"),
            ("further_findings", "reference_differs"),
            ("difference", "0.50"),
            ("direction", "less"),
            ("other_row", ""),
            ("why", ""),
            ("value_at_risk", "0.50"),
            ("currency", "USD"),
            ("action", "book what was given back, or find out why it was"),
            ("ledger_status", ""),
            ("ledger_amount", "10.00"),
            ("ledger_currency", "USD"),
            ("ledger_reference", "x"),
            ("as_of", ""),
            ("payment_id", "y"),
            ("status", "paid"),
            ("finality", "final"),
            ("funds", "taken"),
            ("provider_status", "y"),
            ("amount", "10.50"),
            ("amount_currency", "USD"),
            ("returned", "1.00"),
            ("reference", "y"),
            ("reason", "y"),
            ("test_mode", "false"),
            ("attempts", "y failed"),
            ("updated_at", "2026-11-20T10:00:00Z"),
            ("error", ""),
        ];
        assert_eq!(cells, expected.map(|(name, cell)| (name.to_owned(), cell.to_owned())));
    }

    #[test]
    fn json_lines_are_exact() {
        let checked = checked("=\"\u{1}\n", reported("=y"));
        let mut out = FindingsWriter::new(Vec::new(), Format::JsonLines).unwrap();
        out.write(&checked).unwrap();
        out.write(&checked).unwrap();
        let text = String::from_utf8(out.finish().unwrap()).unwrap();
        assert_eq!(text.lines().count(), 2);
        for line in text.lines() {
            let value: serde_json::Value = serde_json::from_str(line).unwrap();
            assert_eq!(value, serde_json::to_value(&checked).unwrap());
            assert_eq!((&value["account"], &value["difference"]), (&"=\"\u{1}\n".into(), &"-0.50".into()));
        }
    }

    #[test]
    fn a_writer_that_fails_is_an_error() {
        struct Full;

        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::Error::new(io::ErrorKind::StorageFull, "no space"))
            }

            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }

        for format in [Format::Csv, Format::JsonLines] {
            let mut out = FindingsWriter::new(Full, format).unwrap();
            let written = (0..100).try_for_each(|_| out.write(&checked("x", reported("y"))));
            let error = written.and_then(|()| out.finish().map(drop)).unwrap_err();
            assert_eq!(error.to_string(), "no space");
        }
    }
}
