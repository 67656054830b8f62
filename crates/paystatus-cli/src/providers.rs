use comfy_table::{ContentArrangement, Table, presets};
use paystatus::{By, Covers, Error, Facts, Tells};
use serde_json::json;

use crate::output::Output;

/// `paystatus providers`
pub(crate) fn run(output: &Output) -> Result<u8, Error> {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header([
        "provider",
        "needs",
        "may have",
        "asks by",
        "tells",
        "cannot tell",
        "a callback proves",
        "pace",
    ]);
    for facts in paystatus::providers() {
        let Facts { name, title, cannot_tell, callbacks, .. } = facts;
        let keys = paystatus::keys(name)?;
        let asked_by: Vec<_> = facts.asked_by.iter().map(|by| By::as_str(*by)).collect();
        let tells: Vec<_> = facts.tells.iter().map(|what| Tells::as_str(*what)).collect();
        let pace = facts.pace.map(|pace| pace.to_string());
        if output.json {
            let statuses = facts.statuses.iter().map(|row| {
                let (evidence, source) = (row.when.join(", "), &row.source);
                json!({ "evidence": evidence, "means": row.means, "source": source.place, "read": source.read })
            });
            let errors = facts.errors.iter().map(|row| {
                let (evidence, source) = (row.to_string(), &row.source);
                json!({ "evidence": evidence, "advice": row.advice, "source": source.place, "read": source.read })
            });
            output.line(&json!({
                "provider": name, "title": title, "keys": keys.required(), "options": keys.optional(),
                "asked_by": asked_by, "tells": tells, "cannot_tell": cannot_tell,
                "callbacks": callbacks.map(Covers::as_str), "pace": pace,
                "statuses": statuses.collect::<Vec<_>>(),
                "errors": errors.collect::<Vec<_>>(),
            }));
            continue;
        }
        table.add_row([
            format!("{name}: {title}"),
            keys.required().join(" "),
            keys.optional().join(" "),
            asked_by.join(", "),
            tells.join(", "),
            (*cannot_tell).to_owned(),
            callbacks.map_or_else(|| "it sends none".to_owned(), proof),
            pace.unwrap_or_else(|| "unknown".to_owned()),
        ]);
    }
    if !output.json {
        table.set_content_arrangement(ContentArrangement::Dynamic).set_width(160);
        output.text(&table.trim_fmt());
    }
    Ok(0)
}

/// What a callback proves, in words.
fn proof(covers: Covers) -> String {
    match covers {
        Covers::Body => "its whole body".to_owned(),
        Covers::Fields(fields) => fields.join(", "),
        _ => "nothing".to_owned(),
    }
}
