//! What the command prints for people.

use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width, presets};
use paystatus::Money;
use paystatus_reconcile::{BadRow, Checked, Finding, Outcome, Standing, Totals};

use crate::output::clean;

/// More rows than fit on a few screens are for a file.
const MOST_ROWS: usize = 50;

/// How many bad rows are named for people.
const MOST_BAD_ROWS: usize = 10;

/// How many bad rows are named for programs.
pub(super) const MOST_BAD_ROWS_IN_JSON: u32 = 1_000;

/// A ledger whose account column is wrong has as many totals as rows.
const MOST_TOTALS: usize = 100;

/// What is wider is cut.
const LONGEST_CELL: usize = 72;

const WIDTH: u16 = 150;

const ACTION_WIDTH: u16 = 50;

/// The rows that do not match, as far as they are shown, and how many there are of each kind.
#[derive(Default)]
pub(super) struct Shown {
    rows: Vec<[String; 7]>,
    matches: u64,
    differences: u64,
    undecided: u64,
}

impl Shown {
    pub(super) fn add(&mut self, checked: &Checked) {
        match checked.finding() {
            Finding::Match => {
                self.matches += 1;
                return;
            }
            finding if finding.is_difference() => self.differences += 1,
            _ => self.undecided += 1,
        }
        if self.rows.len() < MOST_ROWS {
            self.rows.push(row(checked));
        }
    }

    /// All of it; `is_kept` says that there is a file with every row.
    pub(super) fn text(&self, totals: &Totals, bad_rows: &[BadRow], is_kept: bool) -> String {
        let mut parts = Vec::new();
        parts.extend(bad(totals.bad_rows(), bad_rows));
        if !self.rows.is_empty() {
            let header =
                ["row", "account", "id", "finding", "the ledger says", "the provider says", "what to do"];
            let mut table = table(header, &self.rows);
            // Sentences want more room than ids.
            if let Some(column) = table.column_mut(header.len() - 1) {
                column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(ACTION_WIDTH)));
            }
            let mut text = table.trim_fmt();
            let more = self.count() - self.rows.len() as u64;
            if more > 0 {
                let where_else = if is_kept { "" } else { ": write them all with --out FILE" };
                text += &format!("\n… and {} more{where_else}", count(more));
            }
            parts.push(text);
        }
        parts.extend(totals_table(totals));
        parts.push(self.verdict(totals));
        parts.join("\n\n")
    }

    /// How many rows do not match.
    pub(super) fn count(&self) -> u64 {
        self.differences + self.undecided
    }

    fn verdict(&self, totals: &Totals) -> String {
        let Self { matches, differences, undecided, .. } = self;
        let all = matches + differences + undecided;
        let verdict = match totals.outcome() {
            Outcome::Unreadable => {
                let bad = rows(totals.bad_rows());
                format!(
                    "{bad} of the ledger could not be read: correct them, and reconcile again.\nOf the others, "
                )
            }
            Outcome::Match if all == 0 => {
                return "The ledger has no rows: there was nothing to compare.".to_owned();
            }
            Outcome::Match => return format!("{} agree with the providers.", all_of(all)),
            Outcome::Differences => "The ledger and the providers disagree: of all rows, ".to_owned(),
            _ => "No difference is known, but not everything is decided: of all rows, ".to_owned(),
        };
        let counts = [
            (matches, "agree", "agrees"),
            (differences, "differ", "differs"),
            (undecided, "are undecided", "is undecided"),
        ];
        let counts =
            counts.map(|(n, many, one)| format!("{} {}", count(*n), if *n == 1 { one } else { many }));
        let at_risk: Vec<_> =
            totals.value_at_risk().iter().map(|(currency, sum)| format!("{sum} {currency}")).collect();
        let at_risk = if at_risk.is_empty() {
            String::new()
        } else {
            format!("\nValue at risk: {}.", at_risk.join(", "))
        };
        format!("{verdict}{}, {} and {}.{at_risk}", counts[0], counts[1], counts[2])
    }
}

fn row(checked: &Checked) -> [String; 7] {
    let entry = checked.entry();
    let booked =
        said(entry.status().map_or("paid", |status| status.as_str()), entry.amount(), entry.reference());
    let provider = match (checked.reported(), checked.unanswered()) {
        (Some(reported), _) => {
            // The same reference twice is only in the way.
            let reference = reported.reference().filter(|&own| Some(own) != entry.reference());
            let standing = Standing::from(reported.status());
            let mut said = said(standing.as_str(), reported.amount(), reference);
            if let Some(returned) = reported.returned().filter(|returned| !returned.amount().is_zero()) {
                said += &format!(", {returned} given back");
            }
            if reported.test_mode() == Some(true) {
                said += ", test money";
            }
            if reported.is_about_another() {
                said += &format!(", about {}", reported.id());
            }
            said
        }
        (None, Some(why)) if why.kind.is_some() => why.message.clone(),
        _ => "not asked".to_owned(),
    };
    let findings =
        std::iter::once(checked.finding()).chain(checked.further_findings().iter().copied()).map(named);
    [
        entry.row().to_string(),
        cell(entry.account()),
        cell(entry.lookup().id()),
        findings.collect::<Vec<_>>().join("; "),
        cell(&booked),
        cell(&provider),
        clean(&checked.action()),
    ]
}

/// A finding by its name, with what the rest of its row does not show.
fn named(finding: Finding) -> String {
    let name = words(finding.as_str());
    match finding {
        Finding::DuplicateInLedger { row } | Finding::PaidTwice { row: Some(row) } => {
            format!("{name} (row {row})")
        }
        Finding::Unverifiable(why) => format!("{name} ({})", words(why.as_str())),
        _ => name,
    }
}

/// One side in short, such as `paid, 50.00 USD, order-1`.
fn said(status: &str, amount: Option<Money>, reference: Option<&str>) -> String {
    let amount = amount.map(|money| money.to_string());
    let parts = [Some(words(status)), amount, reference.map(str::to_owned)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn bad(all: u64, bad_rows: &[BadRow]) -> Option<String> {
    let mut text = format!("{} of the ledger can't be read:", rows((all > 0).then_some(all)?));
    for bad in bad_rows.iter().take(MOST_BAD_ROWS) {
        text += &format!("\n  {}", clean(&bad.to_string()));
    }
    let more = all.saturating_sub(MOST_BAD_ROWS as u64);
    if more > 0 {
        let most = u64::from(MOST_BAD_ROWS_IN_JSON);
        let named = if all > most { format!("the first {}", count(most)) } else { "all".to_owned() };
        text += &format!("\n  … and {} more: --json names {named}", count(more));
    }
    Some(text)
}

fn totals_table(totals: &Totals) -> Option<String> {
    let all: Vec<_> = totals.by_finding_account_and_currency().collect();
    let shown: Vec<[String; 6]> = all
        .iter()
        .take(MOST_TOTALS)
        .map(|total| {
            let money = |sum: &paystatus_reconcile::Sum| match total.currency {
                Some(_) => sum.to_string(),
                None => String::new(),
            };
            [
                words(total.finding.as_str()),
                cell(&total.account),
                count(total.rows),
                total.currency.map(|currency| currency.to_string()).unwrap_or_default(),
                money(&total.amount),
                if total.value_at_risk.is_zero() { String::new() } else { money(&total.value_at_risk) },
            ]
        })
        .collect();
    if shown.is_empty() {
        return None;
    }
    let mut text =
        table(["finding", "account", "rows", "currency", "amount", "value at risk"], &shown).trim_fmt();
    if all.len() > shown.len() {
        text += &format!("\n… and {} more", count((all.len() - shown.len()) as u64));
    }
    Some(text)
}

fn table<const N: usize>(header: [&str; N], rows: &[[String; N]]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(header);
    table.add_rows(rows);
    table.set_content_arrangement(ContentArrangement::Dynamic).set_width(WIDTH);
    table
}

/// Somebody else's text, as a terminal and a table can take it.
fn cell(text: &str) -> String {
    let text = clean(text);
    match text.char_indices().nth(LONGEST_CELL) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// A name in snake case as words.
pub(super) fn words(name: &str) -> String {
    name.replace('_', " ")
}

/// A number with its digits in threes.
pub(super) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// So many rows.
pub(super) fn rows(number: u64) -> String {
    format!("{} {}", count(number), if number == 1 { "row" } else { "rows" })
}

fn all_of(number: u64) -> String {
    if number == 1 { "The only row does".to_owned() } else { format!("All {}", rows(number)) }
}

#[cfg(test)]
mod tests {
    use paystatus::{Error, ErrorKind, Lookup, Payment};
    use paystatus_reconcile::Entry;

    use super::*;

    #[test]
    fn numbers_have_their_digits_in_threes() {
        let shown = [0, 7, 999, 1_000, 1_234_567].map(count);
        assert_eq!(shown, ["0", "7", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn no_text_of_a_ledger_moves_the_terminal() {
        let hostile = "\u{1b}[2J\u{202e}\npaid".repeat(20);
        let entry = Entry::new(2, &*hostile, Lookup::payment(&*hostile)).with_reference(&*hostile);
        let error = Error::new(ErrorKind::NotFound, hostile.clone());
        let mut shown = Shown::default();
        shown.add(&Checked::of(entry, "acme", Err::<Payment<()>, _>(error)));
        let text = shown.text(&Totals::default(), &[], false);
        assert!(!text.contains(['\u{1b}', '\u{202e}']) && text.contains('…'), "{text}");
    }

    #[test]
    fn rows_beyond_the_first_are_counted() {
        let mut shown = Shown::default();
        for row in 2..=61 {
            let error = Error::new(ErrorKind::NotFound, "there is none");
            shown.add(&Checked::of(
                Entry::new(row, "shop", Lookup::payment("p")),
                "acme",
                Err::<Payment<()>, _>(error),
            ));
        }
        let text = shown.text(&Totals::default(), &[], false);
        assert!(text.contains("\n… and 10 more: write them all with --out FILE\n"), "{text}");
        assert!(shown.text(&Totals::default(), &[], true).contains("\n… and 10 more\n"));
    }
}
