//! What the providers' own `Facts` say, for the generated tables of the pages and for the age of their sources.

use std::fs;

use anyhow::{Context, Result, ensure};
use jiff::{ToSpan, civil::Date};
use serde_json::Value;
use xshell::{Shell, cmd};

use crate::{say, workspace};

/// The pages with generated blocks: each is between `<!-- generated: NAME -->` and `<!-- /generated -->`.
const PAGES: [&str; 2] = ["README.md", "docs/providers/README.md"];

const END: &str = "<!-- /generated -->";

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
        let generated = with_blocks(&text, page, &providers).with_context(|| page)?;
        if bless {
            fs::write(&file, generated)?;
        } else if let Some(line) = text.lines().zip(generated.lines()).position(|(old, new)| old != new) {
            findings
                .push(format!("{page}:{}: not what `Facts` say: run `cargo xtask tidy --bless`", line + 1));
        }
    }
    let year_ago = jiff::Zoned::now().date().checked_sub(1.year())?;
    for Fact { read, provider, row, source } in facts(&providers) {
        let place = format!("crates/paystatus-{provider}/src: the row {row}");
        if read.is_none() {
            findings.push(format!("{place}: say in which month its source was read, such as \"2026-11\""));
        } else if read < Some(year_ago) {
            say!("warning: {place}: read {}, look whether {source} still says so", month(read));
        }
        if !(source.starts_with("https://") || source.contains(' ')) {
            findings.push(format!(
                "{place}: {source:?} is no source: give the page's address, or its whole title"
            ));
        }
    }
    Ok(findings)
}

/// All facts of all providers, one JSON object each, as the command tells them.
fn providers() -> Result<Vec<Value>> {
    let shell = Shell::new()?;
    shell.change_dir(workspace::root());
    let lines =
        cmd!(shell, "cargo run --quiet --package paystatus-cli -- --json providers").quiet().read()?;
    Ok(lines.lines().map(serde_json::from_str).collect::<Result<_, _>>()?)
}

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

fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value[key].as_array().into_iter().flatten()
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}

/// The page with what its blocks should be.
fn with_blocks(page: &str, file: &str, providers: &[Value]) -> Result<String> {
    let (mut generated, mut rest) = (String::new(), page);
    while let Some((before, block)) = rest.split_once("<!-- generated: ") {
        let (name, block) = block.split_once(" -->\n").context("a block begins with a line of its own")?;
        let (_, after) = block.split_once(END).with_context(|| format!("the block {name} has no end"))?;
        ensure!(name == "providers", "nothing is generated for a block `{name}`");
        generated += &format!("{before}<!-- generated: {name} -->\n{}\n{END}", table(file, providers));
        rest = after;
    }
    Ok(generated + rest)
}

/// What each provider can be asked, tells and cannot tell.
fn table(file: &str, providers: &[Value]) -> String {
    let mut lines = vec![
        "| provider | crate | asks by | tells | cannot tell | a callback proves | pace |".to_owned(),
        "|---|---|---|---|---|---|---|".to_owned(),
    ];
    let is_in_root = !file.contains('/');
    let (pages, crates) = if is_in_root { ("docs/providers/", "crates/") } else { ("", "../../crates/") };
    for provider in providers {
        let text = |key| text(provider, key).replace('|', "\\|");
        let words = |key| list(provider, key).filter_map(Value::as_str).collect::<Vec<_>>().join(", ");
        let or = |text: String, otherwise: &str| if text.is_empty() { otherwise.to_owned() } else { text };
        let name = text("provider");
        lines.push(format!(
            "| [{}]({pages}{name}.md) | [`paystatus-{name}`]({crates}paystatus-{name}/README.md) | {} | {} | {} | {} | {} |",
            text("title"),
            words("asked_by"),
            words("tells"),
            text("cannot_tell"),
            or(text("callbacks").replace('_', " "), "it sends none"),
            or(text("pace"), "not documented"),
        ));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn acme() -> Value {
        json!({ "provider": "acme", "title": "Acme", "asked_by": ["payment", "order"], "tells": ["refunds"],
            "cannot_tell": "a | b", "callbacks": "body", "pace": null,
            "statuses": [{ "evidence": "paid", "source": "Acme's documentation", "read": "2026-11" }],
            "errors": [{ "evidence": "404", "source": "Acme's documentation", "read": "2025-02" }, { "read": "2026" }] })
    }

    #[test]
    fn a_block_is_written_between_its_marks_with_links_that_fit_the_page() {
        let page = "# Page\n<!-- generated: providers -->\nold\n<!-- /generated -->\nend\n";
        let generated = with_blocks(page, "README.md", &[acme()]).unwrap();
        let row = "| [Acme](docs/providers/acme.md) | [`paystatus-acme`](crates/paystatus-acme/README.md) \
                   | payment, order | refunds | a \\| b | body | not documented |";
        assert!(generated.contains(&format!("|\n{row}\n<!-- /generated -->\nend\n")), "{generated}");
        assert_eq!(with_blocks(&generated, "README.md", &[acme()]).unwrap(), generated);
        let other = with_blocks(page, "docs/providers/README.md", &[acme()]).unwrap();
        assert!(other.contains("| [Acme](acme.md) | [`paystatus-acme`](../../crates/"), "{other}");
        for wrong in ["<!-- generated: prices -->\n<!-- /generated -->", "<!-- generated: providers -->\n"] {
            assert!(with_blocks(wrong, "README.md", &[]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_oldest_fact_comes_first_and_one_without_a_month_before_it() {
        let rows: Vec<_> = facts(&[acme()]).into_iter().map(|fact| (fact.row, month(fact.read))).collect();
        let expected = [("", "no month"), ("404", "2025-02"), ("paid", "2026-11")];
        assert_eq!(rows, expected.map(|(row, month)| (row.to_owned(), month.to_owned())));
    }
}
