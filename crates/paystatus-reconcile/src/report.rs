use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use paystatus::Money;
use sha2::{Digest, Sha256};

use self::{
    kind::Kind,
    row::{COLUMNS, Row},
    text::{Text, count, rows, title},
};
use crate::{BadRow, Checked, Finding, FindingKind, Totals, learned};

mod kind;
mod row;
mod summary;
mod text;

/// The page without its values, each of which stands as `{{name}}`.
const PAGE: &str = include_str!("report/page.html");
const STYLE: &str = include_str!("report/style.css");
const SCRIPT: &str = include_str!("report/script.js");

/// A browser sorts and filters as many at once; a file of findings has them all.
const MOST_ROWS: usize = 5_000;

/// A reconciliation as one HTML page that needs nothing but a browser.
///
/// The page has the verdict in plain words, the value at risk, totals, and a table of everything that is not a match,
/// which can be sorted and filtered.
/// It loads nothing, neither from the network nor from a file, and its own policy forbids it to.
/// Whatever a ledger or a provider wrote stays text.
///
/// It keeps at most 5,000 rows, and no more than 500 characters of any value, so that it fits in memory;
/// the totals are of all rows.
///
/// ```
/// use paystatus_reconcile::{Report, Totals};
///
/// let mut page = Vec::new();
/// Report::new("ledger <2026>.csv").write(&mut page, &Totals::default(), &[])?;
/// assert!(String::from_utf8_lossy(&page).contains("<h1><bdi>ledger &lt;2026&gt;.csv</bdi></h1>"));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Report {
    title: String,
    rows: Vec<Row>,
    left_out: u64,
    /// The place of each account that has a row.
    accounts: BTreeMap<String, usize>,
}

impl Report {
    /// Begins a page with a title, such as the ledger's name.
    ///
    /// ```
    /// use paystatus_reconcile::{Report, Totals};
    ///
    /// let mut page = Vec::new();
    /// Report::new("november.csv").write(&mut page, &Totals::default(), &[])?;
    /// assert!(page.starts_with(b"<!doctype html>"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), rows: Vec::new(), left_out: 0, accounts: BTreeMap::new() }
    }

    /// Adds a row; those that match are in the totals only, and so is what is beyond the first 5,000 others.
    ///
    /// ```
    /// use paystatus::{Error, ErrorKind, Lookup, Payment};
    /// use paystatus_reconcile::{Checked, Entry, Report, Totals};
    ///
    /// let lost = Error::new(ErrorKind::NotFound, "there is no such payment");
    /// let mut report = Report::new("november.csv");
    /// let entry = Entry::new(2, "shop", Lookup::payment("pay_001"));
    /// report.add(&Checked::of(entry, "acme", Err::<Payment<()>, _>(lost)));
    ///
    /// let mut page = Vec::new();
    /// report.write(&mut page, &Totals::default(), &[])?;
    /// assert!(String::from_utf8_lossy(&page).contains("the provider does not know the payment"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn add(&mut self, checked: &Checked) {
        if checked.finding() == Finding::Match {
            return;
        }
        if self.rows.len() == MOST_ROWS {
            self.left_out += 1;
            return;
        }
        let next = self.accounts.len();
        let account = *self.accounts.entry(checked.entry().account().to_owned()).or_insert(next);
        self.rows.push(Row::new(checked, account));
    }

    /// How many rows that do not match are in the totals only, because they are beyond the first 5,000.
    ///
    /// ```
    /// use paystatus_reconcile::Report;
    /// assert_eq!(Report::new("empty.csv").left_out(), 0);
    /// ```
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// Writes the page, with the totals of all rows and those that could not be read, of which it shows 100.
    ///
    /// # Errors
    /// Those of the writer.
    ///
    /// ```
    /// use paystatus_reconcile::{Report, Totals};
    ///
    /// let mut page = Vec::new();
    /// Report::new("empty.csv").write(&mut page, &Totals::default(), &[])?;
    /// assert!(String::from_utf8_lossy(&page).contains("The ledger has no rows."));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn write(&self, out: &mut impl Write, totals: &Totals, bad_rows: &[BadRow]) -> io::Result<()> {
        // A checkout on Windows may have other line ends, which a browser reads as these before it hashes.
        let (style, script) = (STYLE.replace('\r', ""), SCRIPT.replace('\r', ""));
        let mut parts = PAGE.split("{{");
        out.write_all(parts.next().unwrap_or_default().as_bytes())?;
        for part in parts {
            let (name, rest) = part.split_once("}}").unwrap_or_default();
            match name {
                "title" => write!(out, "{}", Text(&self.title))?,
                "policy" => out.write_all(policy(&style, &script).as_bytes())?,
                "style" => out.write_all(style.as_bytes())?,
                "script" => out.write_all(script.as_bytes())?,
                "made" => out.write_all(made().as_bytes())?,
                "verdict" => out.write_all(summary::verdict(totals, bad_rows).as_bytes())?,
                "risk" => out.write_all(summary::value_at_risk(totals).as_bytes())?,
                "charts" => out.write_all(summary::charts(totals).as_bytes())?,
                "totals" => out.write_all(summary::totals_table(totals).as_bytes())?,
                "rows" => self.write_rows(out)?,
                "bad_rows_link" => out.write_all(summary::bad_rows_link(totals, bad_rows).as_bytes())?,
                "bad_rows" => out.write_all(summary::bad_rows(totals, bad_rows).as_bytes())?,
                other => return Err(io::Error::other(format!("the page has no value `{other}`"))),
            }
            out.write_all(rest.as_bytes())?;
        }
        Ok(())
    }

    fn write_rows(&self, out: &mut impl Write) -> io::Result<()> {
        if self.rows.is_empty() {
            return writeln!(out, "<p>There is none.</p>");
        }
        if self.left_out > 0 {
            let (shown, all) = (self.rows.len() as u64, self.rows.len() as u64 + self.left_out);
            let (shown, all) = (count(shown), count(all));
            writeln!(
                out,
                "<p class=\"note\">These are the first {shown} of {all}; <code>--out FILE</code> writes every row.</p>"
            )?;
        }
        self.write_controls(out)?;
        writeln!(
            out,
            "<table id=\"rows\" role=\"table\">\n<caption class=\"unseen\">Every row that does not agree</caption>"
        )?;
        writeln!(out, "<thead role=\"rowgroup\"><tr role=\"row\">")?;
        for (class, name, sort) in COLUMNS {
            let sort = sort.map_or_else(String::new, |sort| format!(" data-sort=\"{sort}\""));
            writeln!(out, "<th scope=\"col\" role=\"columnheader\" class=\"{class}\"{sort}>{name}</th>")?;
        }
        writeln!(out, "</tr></thead>\n<tbody role=\"rowgroup\">")?;
        for (row, rank) in self.rows.iter().zip(ranks(&self.rows)) {
            out.write_all(row.html(rank).as_bytes())?;
        }
        writeln!(out, "</tbody>\n</table>")
    }

    /// What only the script can do is hidden until it runs.
    fn write_controls(&self, out: &mut impl Write) -> io::Result<()> {
        let mut findings: Vec<(Kind, FindingKind)> =
            self.rows.iter().map(|row| (row.kind, row.finding)).collect();
        findings.sort_unstable();
        findings.dedup();
        let option = |value: &str, name: &str| format!("<option value=\"{value}\">{name}</option>");
        let mut choices = option("", "All findings");
        for (kind, name) in [(Kind::Difference, "All that differ"), (Kind::Undecided, "All undecided")] {
            if findings.iter().any(|(other, _)| *other == kind) {
                choices += &option(kind.as_str(), name);
            }
        }
        choices
            .extend(findings.iter().map(|(_, finding)| option(finding.as_str(), &title(finding.as_str()))));
        let mut accounts = option("", "All accounts");
        for (name, place) in &self.accounts {
            accounts += &option(&place.to_string(), &Text(name).to_string());
        }
        writeln!(
            out,
            "<div id=\"controls\" role=\"search\" aria-label=\"Filter the rows\" hidden>\n\
             <p><label for=\"text\">Text</label><input id=\"text\" type=\"search\" autocomplete=\"off\" \
             spellcheck=\"false\" placeholder=\"id, reference, amount\"></p>\n\
             <p><label for=\"finding\">Finding</label><select id=\"finding\">{choices}</select></p>\n\
             <p><label for=\"account\">Account</label><select id=\"account\">{accounts}</select></p>\n\
             <p><button id=\"clear\" type=\"button\">Clear</button></p>\n\
             <p id=\"count\" role=\"status\" aria-live=\"polite\"></p>\n</div>\n\
             <noscript><p class=\"note\">{} in the order of the ledger; sorting and filtering need JavaScript.</p></noscript>",
            rows(self.rows.len() as u64)
        )
    }
}

/// Lets the page's own style and script run, by their hashes, and nothing else: a second lock behind the escaping.
fn policy(style: &str, script: &str) -> String {
    let hash = |text: &str| BASE64_STANDARD.encode(Sha256::digest(text));
    format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; img-src data:; \
         base-uri 'none'; form-action 'none'",
        hash(script),
        hash(style)
    )
}

fn made() -> String {
    let now = learned::now().to_string();
    let seconds = now.split('.').next().unwrap_or_default().trim_end_matches('Z');
    format!("<time datetime=\"{now}\">{seconds}Z</time>")
}

/// Each row's place by its value at risk among those in the same currency; equal values share one.
fn ranks(rows: &[Row]) -> Vec<usize> {
    let key = |risk: Money| (risk.currency(), risk.amount());
    let mut order: Vec<(usize, Money)> =
        rows.iter().enumerate().filter_map(|(at, row)| Some((at, row.risk?))).collect();
    order.sort_by_key(|(_, risk)| key(*risk));
    let mut ranks = vec![0; rows.len()];
    let mut before: Option<Money> = None;
    let mut rank = 0;
    for (at, risk) in order {
        rank += usize::from(before.is_none_or(|before| key(before) != key(risk)));
        before = Some(risk);
        ranks[at] = rank;
    }
    ranks
}

#[cfg(test)]
mod tests;
