//! What stands above the table: the verdict, the value at risk, the two charts and the totals.

use std::collections::BTreeMap;

use paystatus::Currency;

use super::{
    kind::Kind,
    text::{Text, count, number, rows, title},
};
use crate::{BadRow, FindingKind, Outcome, Sum, Totals};

/// No chart of more accounts can be read at a glance.
const MOST_BARS: usize = 12;
/// A ledger whose account column is wrong has as many accounts as rows.
const MOST_TOTALS: usize = 1_000;
const MOST_BAD_ROWS: usize = 100;

/// How many rows agree, differ, and are undecided.
#[derive(Clone, Copy, Default)]
struct Counts {
    matches: u64,
    differences: u64,
    undecided: u64,
}

impl Counts {
    fn add(&mut self, finding: FindingKind, rows: u64) {
        match Kind::of(finding) {
            Kind::Match => self.matches += rows,
            Kind::Difference => self.differences += rows,
            Kind::Undecided => self.undecided += rows,
        }
    }

    fn of(totals: &Totals) -> Self {
        let mut counts = Self::default();
        totals.by_finding().iter().for_each(|(finding, rows)| counts.add(*finding, *rows));
        counts
    }

    fn rows(self) -> u64 {
        self.matches + self.open()
    }

    fn open(self) -> u64 {
        self.differences + self.undecided
    }

    fn by_kind(self) -> [(Kind, u64); 3] {
        [(Kind::Match, self.matches), (Kind::Difference, self.differences), (Kind::Undecided, self.undecided)]
    }

    /// Such as “320 rows agree, 12 differ and 3 are undecided”.
    fn sentence(self) -> String {
        let [first, second, third] = self.by_kind().map(|(kind, n)| (count(n), kind.verb(n)));
        let noun = if self.matches == 1 { "row" } else { "rows" };
        let (first, second) =
            (format!("{} {noun} {}", first.0, first.1), format!("{} {}", second.0, second.1));
        format!("{first}, {second} and {} {}", third.0, third.1)
    }
}

/// The outcome in plain words.
pub(super) fn verdict(totals: &Totals, bad_rows: &[BadRow]) -> String {
    let counts = Counts::of(totals);
    let (all, open) = (counts.rows(), counts.open());
    let unread = unreadable(totals, bad_rows);
    let outcome = if unread > 0 { Outcome::Unreadable } else { totals.outcome() };
    let differ = counts.differences;
    let differing = format!("{} {} from what the providers say", rows(differ), Kind::Difference.verb(differ));
    let (class, mark, headline) = match outcome {
        Outcome::Unreadable if differ > 0 => {
            ("difference", "≠", format!("{differing}, and {} could not be read", count(unread)))
        }
        Outcome::Unreadable => {
            ("unreadable", "!", format!("{} of the ledger could not be read", rows(unread)))
        }
        Outcome::Match if all == 0 => ("undecided", "?", "There was nothing to compare".to_owned()),
        Outcome::Match if all == 1 => ("match", "✓", "The only row agrees with the provider".to_owned()),
        Outcome::Match => ("match", "✓", format!("All {} agree with the providers", rows(all))),
        Outcome::Differences => ("difference", "≠", differing),
        Outcome::Undecided => {
            let verb = Kind::Undecided.verb(open);
            ("undecided", "?", format!("No difference is known, but {} {verb}", rows(open)))
        }
    };
    let sentence = match outcome {
        Outcome::Unreadable if all == 0 => "Nothing else was compared.".to_owned(),
        Outcome::Unreadable => format!("Of those that could be read, {}.", counts.sentence()),
        _ if all == 0 => "The ledger has no rows.".to_owned(),
        Outcome::Match => {
            "The books are as the providers say, in everything that the ledger names.".to_owned()
        }
        _ => format!("Of {}, {}.", rows(all), counts.sentence()),
    };
    let picture = if all == 0 { String::new() } else { proportions(counts, unread) };
    format!(
        "<section class=\"verdict {class}\" aria-labelledby=\"verdict\">\n\
         <h2 id=\"verdict\"><span class=\"mark {class}\" aria-hidden=\"true\">{mark}</span><span>{headline}</span></h2>\n\
         <p>{sentence}</p>\n{picture}</section>\n"
    )
}

fn unreadable(totals: &Totals, bad_rows: &[BadRow]) -> u64 {
    totals.bad_rows().max(bad_rows.len() as u64)
}

/// One bar that is all the rows, and what its parts are.
fn proportions(counts: Counts, unread: u64) -> String {
    let mut bar = String::new();
    let mut x = 0.0;
    for (kind, n) in counts.by_kind() {
        let width = percent(n, counts.rows());
        if n > 0 {
            bar += &format!(r#"<rect class="{}" x="{x:.2}" width="{width:.2}" height="10"/>"#, kind.as_str());
        }
        x += width;
    }
    let mut legend: String = counts
        .by_kind()
        .into_iter()
        .map(|(kind, n)| legend_item(kind.as_str(), kind.mark(), &count(n), kind.verb(n)))
        .collect();
    if unread > 0 {
        legend += &legend_item("unreadable", "!", &count(unread), "could not be read");
    }
    format!(
        "<svg class=\"parts\" role=\"img\" aria-label=\"{}\" viewBox=\"0 0 100 10\" \
         preserveAspectRatio=\"none\">{bar}</svg>\n<ul class=\"legend\">{legend}</ul>\n",
        counts.sentence()
    )
}

fn legend_item(class: &str, mark: &str, n: &str, verb: &str) -> String {
    format!(
        "<li class=\"{class}\"><span class=\"mark\" aria-hidden=\"true\">{mark}</span> <b>{n}</b> {verb}</li>"
    )
}

/// How wide a bar is; one row of a million is still seen.
fn percent(part: u64, whole: u64) -> f64 {
    if part == 0 || whole == 0 {
        return 0.0;
    }
    (part as f64 / whole as f64 * 100.0).max(0.4)
}

/// The value at risk in each currency, and how much of it is known to differ.
pub(super) fn value_at_risk(totals: &Totals) -> String {
    let mut by_currency = BTreeMap::<Currency, (Sum, Sum)>::new();
    for total in totals.by_finding_account_and_currency() {
        let Some(currency) = total.currency else { continue };
        let (differs, undecided) = by_currency.entry(currency).or_default();
        match Kind::of(total.finding) {
            Kind::Match => {}
            Kind::Difference => differs.add_sum(total.value_at_risk),
            Kind::Undecided => undecided.add_sum(total.value_at_risk),
        }
    }
    let mut cards = String::new();
    for (currency, sum) in totals.value_at_risk() {
        let (differs, undecided) = by_currency.get(&currency).copied().unwrap_or_default();
        let part = |kind: Kind, part: Sum, word: &str| {
            if part.is_zero() {
                return String::new();
            }
            let (class, mark, part) = (kind.as_str(), kind.mark(), number(&part.to_string()));
            format!("<p><span class=\"mark {class}\" aria-hidden=\"true\">{mark}</span> {part} {word}</p>")
        };
        cards += &format!(
            "<li><p class=\"sum\">{} <span class=\"currency\">{}</span></p>{}{}</li>\n",
            number(&sum.to_string()),
            Text(currency.as_str()),
            part(Kind::Difference, differs, "differs"),
            part(Kind::Undecided, undecided, "undecided"),
        );
    }
    if cards.is_empty() {
        return "<p>No money is at risk.</p>\n".to_owned();
    }
    format!("<ul class=\"risks\">\n{cards}</ul>\n")
}

/// Both charts; nothing where every row agrees.
pub(super) fn charts(totals: &Totals) -> String {
    let findings = by_finding(totals);
    if findings.is_empty() {
        return "<p>Every row agrees: there is nothing to draw.</p>\n".to_owned();
    }
    format!("<div class=\"charts\">\n{findings}{}</div>\n", by_account(totals))
}

fn by_finding(totals: &Totals) -> String {
    let mut found = totals.by_finding();
    found.retain(|(finding, _)| Kind::of(*finding) != Kind::Match);
    found.sort_by_key(|(_, rows)| std::cmp::Reverse(*rows));
    let most = found.first().map_or(0, |(_, rows)| *rows);
    let bars: String = found
        .iter()
        .map(|(finding, n)| {
            let kind = Kind::of(*finding);
            let name = format!(
                r#"<span class="mark {}" aria-hidden="true">{}</span> {}"#,
                kind.as_str(),
                kind.mark(),
                title(finding.as_str())
            );
            bar(&name, &[(kind, *n)], most, &count(*n))
        })
        .collect();
    if bars.is_empty() {
        return bars;
    }
    chart("Rows by finding", "Finding", "Rows", &bars)
}

fn by_account(totals: &Totals) -> String {
    let mut by_name = BTreeMap::<String, Counts>::new();
    for total in totals.by_finding_account_and_currency() {
        by_name.entry(total.account).or_default().add(total.finding, total.rows);
    }
    let mut accounts: Vec<(String, Counts)> = by_name.into_iter().collect();
    accounts.sort_by_key(|(_, counts)| std::cmp::Reverse(counts.open()));
    let others = accounts.split_off(accounts.len().min(MOST_BARS));
    let most = accounts.first().map_or(0, |(_, counts)| counts.open());
    let draw = |name: &str, counts: Counts| {
        let parts = [(Kind::Difference, counts.differences), (Kind::Undecided, counts.undecided)];
        let text = format!("{} of {}", count(counts.open()), count(counts.rows()));
        bar(name, &parts, most, &text)
    };
    let mut bars: String =
        accounts.iter().map(|(name, counts)| draw(&format!("<bdi>{}</bdi>", Text(name)), *counts)).collect();
    if !others.is_empty() {
        let open: u64 = others.iter().map(|(_, counts)| counts.open()).sum();
        let all: u64 = others.iter().map(|(_, counts)| counts.rows()).sum();
        bars += &format!(
            "<tr><th scope=\"row\">{} more accounts</th><td></td><td class=\"number\">{} of {}</td></tr>\n",
            count(others.len() as u64),
            count(open),
            count(all)
        );
    }
    chart("Rows that do not agree, by account", "Account", "Do not agree", &bars)
}

/// A bar chart that is a table: who does not see the bars reads the numbers.
fn chart(caption: &str, what: &str, value: &str, bars: &str) -> String {
    format!(
        "<div><table class=\"chart\">\n<caption>{caption}</caption>\n<thead class=\"unseen\"><tr><th scope=\"col\">{what}\
         </th><td></td><th scope=\"col\">{value}</th></tr></thead>\n<tbody>\n{bars}</tbody>\n</table></div>\n"
    )
}

fn bar(name: &str, parts: &[(Kind, u64)], most: u64, text: &str) -> String {
    let mut rects = String::new();
    let mut x = 0.0;
    for (kind, n) in parts.iter().filter(|(_, n)| *n > 0) {
        let width = percent(*n, most);
        rects += &format!(r#"<rect class="{}" x="{x:.2}" width="{width:.2}" height="10"/>"#, kind.as_str());
        x += width;
    }
    format!(
        "<tr><th scope=\"row\">{name}</th><td class=\"bar\"><svg aria-hidden=\"true\" viewBox=\"0 0 100 10\" \
         preserveAspectRatio=\"none\">{rects}</svg></td><td class=\"number\">{text}</td></tr>\n"
    )
}

/// Every total, the gravest findings first.
pub(super) fn totals_table(totals: &Totals) -> String {
    let mut lines = String::new();
    let mut left_out = 0_u64;
    for (at, total) in totals.by_finding_account_and_currency().enumerate() {
        if at >= MOST_TOTALS {
            left_out += 1;
            continue;
        }
        let kind = Kind::of(total.finding);
        lines += &format!(
            "<tr><th scope=\"row\"><span class=\"mark {}\" aria-hidden=\"true\">{}</span> {}</th>\
             <td><bdi>{}</bdi></td><td>{}</td><td class=\"number\">{}</td><td class=\"number\">{}</td>\
             <td class=\"number\">{}</td></tr>\n",
            kind.as_str(),
            kind.mark(),
            title(total.finding.as_str()),
            Text(&total.account),
            total.currency.map_or_else(|| "–".to_owned(), |currency| Text(currency.as_str()).to_string()),
            count(total.rows),
            total.currency.map_or_else(|| "–".to_owned(), |_| number(&total.amount.to_string())),
            if total.value_at_risk.is_zero() {
                "–".to_owned()
            } else {
                number(&total.value_at_risk.to_string())
            },
        );
    }
    if left_out > 0 {
        let left_out = count(left_out);
        lines += &format!("<tr><td colspan=\"6\">{left_out} more totals are in the summary.</td></tr>\n");
    }
    format!(
        "{lines}<tr class=\"all\"><th scope=\"row\">All</th><td></td><td></td>\
             <td class=\"number\">{}</td><td></td><td></td></tr>\n",
        count(totals.rows())
    )
}

/// The way to the rows that could not be read; nothing where all could.
pub(super) fn bad_rows_link(totals: &Totals, bad_rows: &[BadRow]) -> &'static str {
    if unreadable(totals, bad_rows) == 0 {
        return "";
    }
    "<li><a href=\"#unreadable\">Rows that could not be read</a></li>\n"
}

/// The rows that could not be read, and why; nothing where all could.
pub(super) fn bad_rows(totals: &Totals, bad_rows: &[BadRow]) -> String {
    let all = unreadable(totals, bad_rows);
    if all == 0 {
        return String::new();
    }
    let shown = &bad_rows[..bad_rows.len().min(MOST_BAD_ROWS)];
    let lines: String = shown
        .iter()
        .map(|bad| {
            let (row, why) = (bad.row(), Text(bad.why()));
            format!("<tr><th scope=\"row\">{row}</th><td><bdi>{why}</bdi></td></tr>\n")
        })
        .collect();
    let note = match all - shown.len() as u64 {
        0 => "Nothing is known about these payments.".to_owned(),
        _ => format!(
            "Nothing is known about these payments. These are the first {} of {}.",
            count(shown.len() as u64),
            count(all)
        ),
    };
    format!(
        "<section aria-labelledby=\"unreadable\">\n<h2 id=\"unreadable\">Rows that could not be read</h2>\n<p>{note}</p>\n\
         <table class=\"plain\">\n<caption class=\"unseen\">Rows of the ledger that could not be read</caption>\n\
         <thead><tr><th scope=\"col\">Line</th><th scope=\"col\">Why</th></tr></thead>\n\
         <tbody>\n{lines}</tbody>\n</table>\n</section>\n"
    )
}
