use std::{
    fmt,
    io::{self, BufWriter, Write},
};

use paystatus::Money;
use serde::Serialize;

use crate::{
    Checked, Finding, Format, Why,
    report::{REPLACED, visible},
};

/// The cells of a row, in their order.
const COLUMNS: [&str; 31] = [
    "row",
    "account",
    "provider",
    "asked_id",
    "asked_by",
    "asked_at",
    "finding",
    "further_findings",
    "difference",
    "direction",
    "other_row",
    "why",
    "value_at_risk",
    "currency",
    "action",
    "ledger_status",
    "ledger_amount",
    "ledger_currency",
    "ledger_reference",
    "as_of",
    "payment_id",
    "status",
    "finality",
    "funds",
    "provider_status",
    "amount",
    "amount_currency",
    "reference",
    "reason",
    "updated_at",
    "error",
];

/// Writes rows with their findings, as CSV or JSON lines: every row, those that match included.
///
/// JSON lines are [`Checked`] as it serializes, exact to the last character.
/// CSV has the same in flat columns, for a spreadsheet: what a spreadsheet would take for a formula gets an
/// apostrophe in front, what could hide or turn letters around is replaced by U+FFFD, and how much more or less was
/// charged stands without a sign beside a word for it.
///
/// ```
/// use paystatus::{Error, ErrorKind, Lookup};
/// use paystatus_reconcile::{Checked, Entry, FindingsWriter, Format};
///
/// let lost = Error::new(ErrorKind::NotFound, "there is no such payment");
/// let checked = Checked::of(Entry::new(2, "=1+1", Lookup::payment("pay_001")), "acme", Err(lost));
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
                csv.write_record(COLUMNS)?;
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
                csv.write_record(cells(checked).map(|cell| neutral(&cell))).map_err(io::Error::from)
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

/// A row's cells, in the order of [`COLUMNS`]; what is not known is empty.
fn cells(checked: &Checked) -> [String; COLUMNS.len()] {
    let (entry, said, finding) = (checked.entry(), checked.reported(), checked.finding());
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let amount = |money: Option<Money>| money.map(|money| money.amount().to_string()).unwrap_or_default();
    let currency = |money: Option<Money>| money.map(|money| money.currency().to_string()).unwrap_or_default();
    let difference = finding.difference().map(Money::amount);
    let further = checked.further_findings().iter().map(|finding| finding.as_str()).collect::<Vec<_>>();
    [
        entry.row().to_string(),
        entry.account().to_owned(),
        text(checked.provider()),
        entry.lookup().id().to_owned(),
        if entry.is_by_order() { "order" } else { "payment" }.to_owned(),
        checked.asked_at().unwrap_or_default(),
        finding.as_str().to_owned(),
        further.join(" "),
        difference.map(|by| by.abs().to_string()).unwrap_or_default(),
        text(difference.map(|by| if by.is_sign_negative() { "less" } else { "more" })),
        finding.other_row().map(|row| row.to_string()).unwrap_or_default(),
        text(finding.why().map(Why::as_str)),
        amount(checked.value_at_risk()),
        currency(checked.value_at_risk().or(checked.amount())),
        if finding == Finding::Match { String::new() } else { checked.action() },
        text(entry.status().map(|status| status.as_str())),
        amount(entry.amount()),
        entry.currency().map(|code| code.to_string()).unwrap_or_default(),
        text(entry.reference()),
        entry.as_of().unwrap_or_default(),
        text(said.map(|said| said.payment_id.as_str())),
        text(said.map(|said| said.status.as_str())),
        said.map(|said| word(said.finality)).unwrap_or_default(),
        said.map(|said| word(said.funds)).unwrap_or_default(),
        text(said.map(|said| said.provider_status.as_str())),
        amount(said.and_then(|said| said.amount)),
        currency(said.and_then(|said| said.amount)),
        text(said.and_then(|said| said.reference.as_deref())),
        text(said.and_then(|said| said.reason.as_deref())),
        text(said.and_then(|said| said.updated_at.as_deref())),
        text(checked.unanswered().map(|why| why.message.as_str())),
    ]
}

/// The word that JSON has for it.
fn word(value: impl Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
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
        || matches!(c, '"' | REPLACED | '\u{ad}' | '\u{180e}' | '\u{200c}' | '\u{200d}')
        || matches!(c, '\u{2061}'..='\u{2065}' | '\u{206a}'..='\u{206f}')
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use paystatus::{ErrorKind, Finality, Funds, Lookup};

    use super::*;
    use crate::{
        Entry, Standing,
        answer::{Answer, Reported, Unanswered},
    };

    fn reported(text: &str) -> Reported {
        Reported {
            payment_id: text.to_owned(),
            is_about_another: false,
            status: Standing::Paid,
            finality: Finality::Final,
            funds: Funds::Taken,
            provider_status: text.to_owned(),
            amount: Some(Money::parse("9.50", "USD").unwrap()),
            reference: Some(text.to_owned()),
            reason: Some(text.to_owned()),
            updated_at: Some(text.to_owned()),
        }
    }

    /// A row in which every text is this one, and what came of asking.
    fn checked(text: &str, answer: Answer) -> Checked {
        let entry = Entry::new(2, text, Lookup::payment(text))
            .with_amount(Money::parse("10.00", "USD").unwrap())
            .with_reference(text);
        Checked::new(entry, Some(text.to_owned()), Some(Timestamp::UNIX_EPOCH), Some(answer), None)
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
            for answer in [Answer::Payment(Box::new(reported(attack))), Answer::Nothing(refused)] {
                let cells = csv_of(&checked(attack, answer));
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
        let cells = csv_of(&checked("x", Answer::Payment(Box::new(reported("y")))));
        let expected = [
            ("row", "2"),
            ("account", "x"),
            ("provider", "x"),
            ("asked_id", "x"),
            ("asked_by", "payment"),
            ("asked_at", "1970-01-01T00:00:00.000Z"),
            ("finding", "amount_differs"),
            ("further_findings", "reference_differs"),
            ("difference", "0.50"),
            ("direction", "less"),
            ("other_row", ""),
            ("why", ""),
            ("value_at_risk", "0.50"),
            ("currency", "USD"),
            (
                "action",
                "less was charged than booked: find out who paid less and why, then collect the rest or \
                 correct the ledger",
            ),
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
            ("amount", "9.50"),
            ("amount_currency", "USD"),
            ("reference", "y"),
            ("reason", "y"),
            ("updated_at", "y"),
            ("error", ""),
        ];
        assert_eq!(cells, expected.map(|(name, cell)| (name.to_owned(), cell.to_owned())));
    }

    #[test]
    fn json_lines_are_exact() {
        let checked = checked("=\"\u{1}\n", Answer::Payment(Box::new(reported("=y"))));
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
            let answer = || Answer::Payment(Box::new(reported("y")));
            let written = (0..100).try_for_each(|_| out.write(&checked("x", answer())));
            let error = written.and_then(|()| out.finish().map(drop)).unwrap_err();
            assert_eq!(error.to_string(), "no space");
        }
    }
}
