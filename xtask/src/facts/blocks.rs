//! The generated blocks of the pages: what the providers' `Facts` say, as tables and lists for people.

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::{list, text};

const END: &str = "<!-- /generated -->";

/// What a reply can tell, a column each, by the names in `Facts`.
const TELLS: [&str; 8] =
    ["holds", "part refunds", "refunds", "chargebacks", "attempts", "amount", "reference", "test mode"];

/// The mark for what is not there: short, and words in the legend above the table say what it means.
const NO: &str = "–";

/// The page with what its blocks should be: each is between `<!-- generated: NAME -->` and [`END`].
pub(super) fn filled_in(page: &str, providers: &[Value]) -> Result<String> {
    let (mut generated, mut rest) = (String::new(), page);
    while let Some((before, block)) = rest.split_once("<!-- generated: ") {
        let (name, block) = block.split_once(" -->\n").context("a block begins with a line of its own")?;
        let (_, after) = block.split_once(END).with_context(|| format!("the block {name} has no end"))?;
        let lines = match name {
            "providers" => crates(providers),
            "comparison" => comparison(providers),
            "cannot tell" => cannot_tell(providers),
            _ => bail!("nothing is generated for a block `{name}`"),
        };
        generated += &format!("{before}<!-- generated: {name} -->\n{}\n{END}", lines.join("\n"));
        rest = after;
    }
    Ok(generated + rest)
}

/// Which crate asks whom, for the README in the root.
fn crates(providers: &[Value]) -> Vec<String> {
    let row = |provider| {
        let (title, name) = (cell(provider, "title"), text(provider, "provider"));
        let page = format!("[{title}](docs/providers/{name}.md)");
        vec![page, format!("[`paystatus-{name}`](crates/paystatus-{name}/README.md)"), asked_by(provider)]
    };
    table(&["provider", "crate", "asks by"], providers.iter().map(row))
}

/// All that can be compared in a word or two, for the providers' own page.
fn comparison(providers: &[Value]) -> Vec<String> {
    let last = ["a callback proves", "late success", "pace", "sources read"];
    let header: Vec<_> = ["provider", "asks by"].into_iter().chain(TELLS).chain(last).collect();
    let row = |provider| {
        let tells =
            TELLS.map(|what| if list(provider, "tells").any(|told| told == what) { "yes" } else { NO });
        let mut cells = vec![link(provider), asked_by(provider)];
        cells.extend(tells.map(str::to_owned));
        cells.extend([
            proof(provider).to_owned(),
            late_success(provider).to_owned(),
            provider["pace"].as_str().unwrap_or(NO).to_owned(),
            months(provider),
        ]);
        cells
    };
    table(&header, providers.iter().map(row))
}

/// What no reply of a provider says, in its own crate's words.
fn cannot_tell(providers: &[Value]) -> Vec<String> {
    providers
        .iter()
        .map(|provider| format!("- {}: {}", link(provider), text(provider, "cannot_tell")))
        .collect()
}

fn proof(provider: &Value) -> &'static str {
    match provider["callbacks"].as_str() {
        None => "no callback",
        Some("body") => "whole body",
        Some("fields") => "some fields",
        Some(_) => "nothing",
    }
}

/// Whether a payment that did not come about may come about after all: its status table says so
/// where a row for such an end is not final.
fn late_success(provider: &Value) -> &'static str {
    let ends = ["failed", "canceled", "expired"];
    let mut ends = list(provider, "statuses")
        .map(|row| &row["means"])
        .filter(|means| ends.iter().any(|end| means["status"] == *end))
        .peekable();
    if ends.peek().is_none() {
        "no failure told"
    } else if ends.any(|means| means["finality"] != "final") {
        "yes"
    } else {
        NO
    }
}

/// The months in which its rows' sources were read.
fn months(provider: &Value) -> String {
    let rows = list(provider, "statuses").chain(list(provider, "errors"));
    let read = || rows.clone().map(|row| text(row, "read"));
    match (read().min().unwrap_or_default(), read().max().unwrap_or_default()) {
        (oldest, newest) if oldest == newest => newest,
        (oldest, newest) => format!("{oldest} to {newest}"),
    }
}

/// A provider's title, which leads to its page in the same folder.
fn link(provider: &Value) -> String {
    format!("[{}]({}.md)", cell(provider, "title"), text(provider, "provider"))
}

fn asked_by(provider: &Value) -> String {
    list(provider, "asked_by").filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
}

/// A text of a provider, as it may stand in a table.
fn cell(provider: &Value, key: &str) -> String {
    text(provider, key).replace('|', "\\|")
}

fn table(header: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Vec<String> {
    let mut lines = vec![format!("| {} |", header.join(" | ")), format!("|{}", "---|".repeat(header.len()))];
    lines.extend(rows.map(|cells| format!("| {} |", cells.join(" | "))));
    lines
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn acme() -> Value {
        json!({
            "provider": "acme", "title": "Acme | Pay", "asked_by": ["payment", "order"], "pace": "15/min",
            "tells": ["refunds", "test mode"], "cannot_tell": "chargebacks", "callbacks": "fields",
            "statuses": [{ "means": { "status": "failed", "finality": "final" }, "read": "2026-11" }],
            "errors": [{ "read": "2026-02" }],
        })
    }

    #[test]
    fn a_block_is_written_between_its_marks_and_a_strange_one_is_refused() {
        let page = "# Page\n<!-- generated: providers -->\nold\n<!-- /generated -->\nmiddle\n\
                    <!-- generated: cannot tell -->\n<!-- /generated -->\nend\n";
        let generated = filled_in(page, &[acme()]).unwrap();
        assert_eq!(
            generated,
            "# Page\n<!-- generated: providers -->\n| provider | crate | asks by |\n|---|---|---|\n\
             | [Acme \\| Pay](docs/providers/acme.md) | [`paystatus-acme`](crates/paystatus-acme/README.md) | payment, order |\n\
             <!-- /generated -->\nmiddle\n<!-- generated: cannot tell -->\n\
             - [Acme \\| Pay](acme.md): chargebacks\n<!-- /generated -->\nend\n"
        );
        assert_eq!(filled_in(&generated, &[acme()]).unwrap(), generated);
        for wrong in ["<!-- generated: prices -->\n<!-- /generated -->", "<!-- generated: providers -->\n"] {
            assert!(filled_in(wrong, &[]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_comparison_has_a_column_for_all_that_a_reply_can_tell() {
        let lines = comparison(&[acme()]);
        assert_eq!(
            lines[0],
            "| provider | asks by | holds | part refunds | refunds | chargebacks | attempts | amount | reference \
             | test mode | a callback proves | late success | pace | sources read |"
        );
        assert_eq!(lines[1].matches('|').count(), lines[0].matches('|').count());
        assert_eq!(
            lines[2],
            "| [Acme \\| Pay](acme.md) | payment, order | – | – | yes | – | – | – | – | yes | some fields | – \
             | 15/min | 2026-02 to 2026-11 |"
        );
        let silent = json!({ "provider": "acme", "title": "Acme", "asked_by": ["order"] });
        assert!(comparison(&[silent])[2].ends_with("| – | – | no callback | no failure told | – |  |"));
    }

    #[test]
    fn a_success_may_come_late_where_an_end_is_not_final() {
        for (ends, expected) in [
            (vec![("failed", "final"), ("expired", "final")], "–"),
            (vec![("failed", "final"), ("expired", "provisional")], "yes"),
            (vec![("canceled", "provisional")], "yes"),
            (vec![("failed", "open")], "yes"),
            (vec![("paid", "provisional"), ("pending", "open")], "no failure told"),
        ] {
            let means = |(status, finality)| json!({ "means": { "status": status, "finality": finality } });
            let rows: Vec<_> = ends.iter().copied().map(means).collect();
            assert_eq!(late_success(&json!({ "statuses": rows })), expected, "{ends:?}");
        }
    }
}
