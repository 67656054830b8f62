//! What the providers' own `Facts` say, for the generated blocks of the pages and for the age of their sources.

mod blocks;

use std::fs;

use anyhow::{Context, Result};
use jiff::{ToSpan, civil::Date};
use serde_json::Value;
use xshell::{Shell, cmd};

use crate::{say, workspace};

/// The pages with generated blocks.
const PAGES: [&str; 2] = ["README.md", "docs/providers/README.md"];

/// A fact about a provider: where it was read, and in which month.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Fact {
    read: Option<Date>,
    provider: String,
    /// The row, by its evidence.
    row: String,
    source: String,
}

/// `cargo xtask facts`
pub(crate) fn run() -> Result<()> {
    for Fact { read, provider, row, source } in facts(&providers()?) {
        say!("{}  {provider}: {row}: {source}", month(read));
    }
    Ok(())
}

/// What is wrong with the tables; what has grown old is only mentioned.
pub(crate) fn check(bless: bool) -> Result<Vec<String>> {
    let providers = providers()?;
    let mut findings = Vec::new();
    for page in PAGES {
        let file = workspace::root().join(page);
        let text = fs::read_to_string(&file)?;
        let generated = blocks::filled_in(&text, &providers).with_context(|| page)?;
        if bless {
            fs::write(&file, generated)?;
        } else if let Some(line) = text.lines().zip(generated.lines()).position(|(old, new)| old != new) {
            findings
                .push(format!("{page}:{}: not what `Facts` say: run `cargo xtask tidy --bless`", line + 1));
        }
    }
    let sources = Sources::seen(&providers, jiff::Zoned::now().date())?;
    for warning in sources.old {
        say!("warning: {warning}");
    }
    findings.extend(sources.wrong);
    Ok(findings)
}

/// What there is to say about the sources of the providers' rows.
#[derive(Debug, Default)]
struct Sources {
    /// What is no source, or has no month: that is not tidy.
    wrong: Vec<String>,
    /// What was read more than a year ago: somebody should look again, and nothing fails until then.
    old: Vec<String>,
}

impl Sources {
    fn seen(providers: &[Value], today: Date) -> Result<Self> {
        let year_ago = today.checked_sub(1.year())?;
        let mut sources = Self::default();
        for Fact { read, provider, row, source } in facts(providers) {
            let place = format!("crates/paystatus-{provider}/src: the row {row}");
            match read {
                None => sources
                    .wrong
                    .push(format!("{place}: say in which month its source was read, such as \"2026-11\"")),
                // It may have been read on the last day of its month.
                Some(month) if month.last_of_month() < year_ago => sources.old.push(format!(
                    "{place}: read {}, look whether {source} still says so",
                    self::month(read)
                )),
                Some(_) => {}
            }
            if !(source.starts_with("https://") || source.contains(' ')) {
                sources.wrong.push(format!(
                    "{place}: {source:?} is no source: give the page's address, or its whole title"
                ));
            }
        }
        Ok(sources)
    }
}

/// All facts of all providers, one JSON object each, as the command tells them.
fn providers() -> Result<Vec<Value>> {
    let shell = Shell::new()?;
    shell.change_dir(workspace::root());
    let lines =
        cmd!(shell, "cargo run --quiet --package paystatus-cli -- --json providers").quiet().read()?;
    Ok(lines.lines().map(serde_json::from_str).collect::<Result<_, _>>()?)
}

/// Every row of every table, that with the oldest source first.
fn facts(providers: &[Value]) -> Vec<Fact> {
    let mut facts = Vec::new();
    for provider in providers {
        let rows = ["statuses", "errors"].into_iter().flat_map(|table| list(provider, table));
        facts.extend(rows.map(|row| Fact {
            read: format!("{}-01", text(row, "read")).parse().ok(),
            provider: text(provider, "provider"),
            row: text(row, "evidence"),
            source: text(row, "source"),
        }));
    }
    facts.sort();
    facts
}

fn month(date: Option<Date>) -> String {
    date.map_or("no month".to_owned(), |date| date.strftime("%Y-%m").to_string())
}

fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> + Clone {
    value[key].as_array().into_iter().flatten()
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::json;

    use super::*;

    fn acme() -> Value {
        json!({ "provider": "acme",
            "statuses": [{ "evidence": "paid", "source": "Acme's documentation", "read": "2026-11" }],
            "errors": [
                { "evidence": "404", "source": "https://acme.example/errors", "read": "2025-02" },
                { "evidence": "401", "source": "hearsay", "read": "2026" },
            ] })
    }

    #[test]
    fn the_oldest_fact_comes_first_and_one_without_a_month_before_it() {
        let rows: Vec<_> = facts(&[acme()]).into_iter().map(|fact| (fact.row, month(fact.read))).collect();
        let expected = [("401", "no month"), ("404", "2025-02"), ("paid", "2026-11")];
        assert_eq!(rows, expected.map(|(row, month)| (row.to_owned(), month.to_owned())));
    }

    #[test]
    fn what_was_read_more_than_a_year_ago_is_a_warning_and_no_finding() {
        let old = "crates/paystatus-acme/src: the row 404: read 2025-02, look whether https://acme.example/errors \
                   still says so";
        for (today, expected) in
            [(date(2026, 2, 28), vec![]), (date(2026, 3, 1), vec![old]), (date(2027, 11, 30), vec![old])]
        {
            let sources = Sources::seen(&[acme()], today).unwrap();
            assert_eq!(sources.old, expected, "{today}");
            // Whatever the day: only what is no source fails.
            let wrong = ["say in which month its source was read", "\"hearsay\" is no source"];
            assert_eq!(sources.wrong.len(), wrong.len(), "{:?}", sources.wrong);
            for (found, wrong) in sources.wrong.iter().zip(wrong) {
                assert!(
                    found.starts_with("crates/paystatus-acme/src: the row 401: ") && found.contains(wrong)
                );
            }
        }
        let later = Sources::seen(&[acme()], date(2027, 12, 1)).unwrap();
        assert_eq!((later.old.len(), later.wrong.len()), (2, 2), "{later:?}");
    }
}
