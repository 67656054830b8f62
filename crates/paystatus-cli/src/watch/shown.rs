//! What `paystatus watch` prints.

use paystatus_watch::{Added, Event, Progress, Watched};
use serde_json::{Value, json};

use crate::output::{Output, clean, complain, headline, money};

pub(super) fn added(added: &Added, output: &Output) {
    if output.json {
        return output.line(added);
    }
    let what = if added.is_new { "added" } else { "known already" };
    output.text(&format!("{}  {}  {what}", clean(&added.key), added.state));
}

pub(super) fn refused(why: &str, output: &Output) {
    if output.json {
        return output.line(&json!({ "error": { "kind": "refused", "message": why } }));
    }
    complain(&format!("paystatus: {}", clean(why)));
}

pub(super) fn done(done: &Progress, output: &Output) {
    let Progress { asked, decided, changed, expired, failed, .. } = *done;
    if output.json {
        return output.line(&json!({
            "asked": asked, "decided": decided, "changed": changed, "expired": expired, "failed": failed,
        }));
    }
    output.text(&format!(
        "{asked} asks: {decided} decided, {changed} changed, {expired} expired, {failed} failed"
    ));
}

pub(super) fn listed(watched: &Watched, output: &Output) {
    if output.json {
        return output.line(watched);
    }
    output.text(&line(watched));
}

fn line(watched: &Watched) -> String {
    let seen = match (watched.last(), watched.trouble()) {
        (Some(last), _) => format!("{}  {}", headline(last), money(last.amount())),
        (None, Some(trouble)) => trouble.to_owned(),
        (None, None) => "not asked yet".to_owned(),
    };
    let key = watched.key();
    clean(&format!("{key}  {}  {} {}  {seen}", watched.state(), watched.account(), watched.lookup().id()))
}

/// A watch with everything that is kept of it.
pub(super) fn whole(watched: &Watched, history: &[Event], output: &Output) {
    let mut object = json!(watched);
    if output.json {
        object["events"] = json!(history);
        return output.line(&object);
    }
    output.text(&line(watched));
    for name in ["asks", "added_at", "deadline", "next_at", "decided_at", "ended_at", "metadata"] {
        if !object[name].is_null() {
            let value = object[name].as_str().map_or_else(|| object[name].to_string(), ToOwned::to_owned);
            output.text(&format!("  {name:<12}  {}", clean(&value)));
        }
    }
    if let (Some(_), Some(trouble)) = (watched.last(), watched.trouble()) {
        output.text(&format!("  {:<12}  {}", "latest error", clean(trouble)));
    }
    for one in history {
        event(one, output);
    }
}

pub(super) fn event(event: &Event, output: &Output) {
    if output.json {
        return output.line(event);
    }
    let object = json!(event);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let whose = event.key().map_or_else(|| format!("account {}", event.account()), ToOwned::to_owned);
    let payment = &object["payment"];
    let mut what = text(&payment["status"]).replace('_', " ");
    if let (Some(amount), Some(currency)) = (payment["amount"].as_str(), payment["currency"].as_str()) {
        what += &format!("  {amount} {currency}");
    }
    if payment["verdict"]["as_expected"] == false {
        what += "  not as expected";
    }
    if event.payment().is_none() {
        what = text(&object["error"]["message"]);
    }
    let line =
        format!("{:>6}  {}  {:<17}  {whose}  {what}", event.cursor(), text(&object["at"]), event.kind());
    output.text(clean(&line).trim_end());
}
