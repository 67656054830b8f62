//! What the command prints, and the exit code that goes with it.

use std::{
    cell::Cell,
    io::{self, Write},
    time::Duration,
};

use paystatus::{Error, ErrorKind, Expected, Finality, Lookup, MayChargeAgain, Money, Payment, Status};
use serde::Serialize;
use serde_json::{Value, json};

use crate::configuration::Account;

pub(crate) struct Output {
    pub(crate) json: bool,
    lost: Cell<bool>,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Self { json, lost: Cell::new(false) }
    }

    /// Prints a payment; with an expectation also what is not as expected.
    pub(crate) fn payment(
        &self,
        account: &Account,
        payment: Payment<Value>,
        expected: Option<&Expected>,
    ) -> u8 {
        let (payment, discrepancies) = match expected.map(|expected| payment.clone().verify(expected)) {
            None => (payment, None),
            Some(Ok(paid)) => (paid.into_payment(), Some(vec![])),
            Some(Err(no)) => {
                let discrepancies = no.discrepancies().to_vec();
                (no.into_payment(), Some(discrepancies))
            }
        };
        if self.json {
            let verdict = discrepancies.as_ref().map(|found| match found.as_slice() {
                [] => json!({ "as_expected": true }),
                found => json!({ "as_expected": false, "discrepancies": found }),
            });
            self.line(&Line::new(account, &payment, verdict));
        } else {
            self.text(&described(account, &payment));
            match discrepancies.as_deref() {
                None => {}
                Some([]) => self.text("  as expected      yes"),
                Some(found) => found.iter().for_each(|discrepancy| {
                    self.text(&format!("  not as expected  {}", clean(&discrepancy.to_string())));
                }),
            }
        }
        match (payment.is_paid(), discrepancies) {
            (true, Some(found)) if !found.is_empty() => 5,
            (true, _) => 0,
            // Only what nobody has to ask about again may be taken for "not paid" by a script.
            (false, _) => match (payment.is_final(), payment.status()) {
                (false, _) | (_, Status::Authorized | Status::Unknown) => 3,
                _ => 1,
            },
        }
    }

    /// Prints why the status could not be learned; a configuration error is left to the caller.
    pub(crate) fn error(&self, account: &Account, lookup: &Lookup, error: Error) -> Result<u8, Error> {
        if error.kind() == ErrorKind::Config {
            let name = &account.name;
            return Err(Error::new(ErrorKind::Config, format!("account `{name}`: {}", error.message())));
        }
        let retry_after = error.retry_after().map(whole_seconds);
        if self.json {
            self.line(&json!({
                "account": account.name,
                "provider": account.client.provider(),
                "asked_id": lookup.id(),
                "error": {
                    "kind": error.kind(),
                    "message": error.message(),
                    "http_status": error.http_status(),
                    "retryable": error.is_retryable(),
                    "retry_after": retry_after,
                    "attempts": error.attempts(),
                },
            }));
        } else {
            let mut text = format!("paystatus: could not learn the status of {}", clean(lookup.id()));
            text += &format!(" at account `{}`: {error}", clean(&account.name));
            let mut cause = std::error::Error::source(&error);
            while let Some(source) = cause {
                text += &format!("\n  because: {}", clean(&source.to_string()));
                cause = source.source();
            }
            if let Some(seconds) = retry_after {
                text += &format!("\n  ask again in {seconds} s");
            } else if error.is_retryable() {
                text += "\n  this may go away by itself: ask again later";
            }
            text += "\n  this does not mean that the payment failed";
            complain(&text);
        }
        Ok(4)
    }

    /// Prints a configuration error.
    pub(crate) fn config_error(&self, error: &Error) -> u8 {
        self.refusal(error.message())
    }

    /// Prints a usage error.
    pub(crate) fn usage(&self, usage: &clap::Error) -> u8 {
        if self.json {
            let text = usage.to_string();
            let what: Vec<_> = text.lines().take_while(|line| !line.is_empty()).map(str::trim).collect();
            let what = what.join(" ");
            return self.refusal(what.strip_prefix("error: ").unwrap_or(&what));
        }
        let _ = usage.print();
        2
    }

    fn refusal(&self, message: &str) -> u8 {
        if self.json {
            self.line(&json!({ "error": { "kind": ErrorKind::Config, "message": message } }));
        } else {
            complain(&format!("paystatus: {}", clean(message)));
        }
        2
    }

    /// Prints a hint for people.
    pub(crate) fn next_step(&self, hint: &str) {
        if !self.json {
            complain(hint);
        }
    }

    /// Prints one JSON line.
    pub(crate) fn line(&self, value: &impl Serialize) {
        self.text(&serde_json::to_string(value).unwrap_or_default());
    }

    /// Prints bytes as they are; it is no failure if nobody reads them to their end, as with `| head`.
    pub(crate) fn bytes(&self, bytes: &[u8]) {
        let mut out = io::stdout().lock();
        match out.write_all(bytes).and_then(|()| out.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                self.lost.set(true);
                complain(&format!("paystatus: the answer could not be written: {error}"));
            }
            _ => {}
        }
    }

    /// Tells whether an answer could not be written: a full disk is no success.
    pub(crate) fn is_lost(&self) -> bool {
        self.lost.get()
    }

    /// Prints text.
    pub(crate) fn text(&self, text: &str) {
        self.bytes(format!("{text}\n").as_bytes());
    }
}

/// The contract's object for a payment.
#[derive(Serialize)]
pub(crate) struct Line<'a> {
    account: &'a str,
    provider: &'static str,
    #[serde(flatten)]
    payment: &'a Payment<Value>,
    verdict: Option<Value>,
}

impl<'a> Line<'a> {
    pub(crate) fn new(account: &'a Account, payment: &'a Payment<Value>, verdict: Option<Value>) -> Self {
        Self { account: &account.name, provider: account.client.provider(), payment, verdict }
    }
}

fn described(account: &Account, payment: &Payment<Value>) -> String {
    let mut rows = vec![
        ("account", format!("{} ({})", account.name, account.client.provider())),
        ("provider says", format!("{:?}", payment.provider_status())),
        ("can change", can_change(payment.finality()).to_owned()),
        ("funds", snake(json!(payment.funds()))),
        ("charge again", may_charge_again(payment.may_charge_again()).to_owned()),
    ];
    let mut add = |name, value: Option<&str>| {
        if let Some(value) = value {
            rows.push((name, value.to_owned()));
        }
    };
    add("reference", payment.reference());
    add("reason", payment.reason());
    add("created", payment.created_at().and_then(|time| time.to_utc()).as_deref());
    add("updated", payment.updated_at().and_then(|time| time.to_utc()).as_deref());
    if payment.is_about_another() {
        add("asked for", Some(payment.asked().id()));
    }
    let mut text = format!("{}  {}  {}", clean(payment.id()), headline(payment), money(payment.amount()));
    for (name, value) in rows {
        text += &format!("\n  {name:<15}  {}", clean(&value));
    }
    text
}

/// The status in words, its detail included.
pub(crate) fn headline(payment: &Payment<Value>) -> String {
    let status = payment.status();
    let words = match status.detail() {
        Some(detail) => format!("{} ({})", status.as_str(), detail),
        None => status.as_str().to_owned(),
    };
    words.replace('_', " ")
}

pub(crate) fn money(amount: Option<Money>) -> String {
    amount.map_or_else(|| "amount not reported".to_owned(), |money| money.to_string())
}

pub(crate) fn may_charge_again(answer: MayChargeAgain) -> &'static str {
    match answer {
        MayChargeAgain::Yes => "yes",
        MayChargeAgain::No => "no",
        _ => "unknown: look at the payment first",
    }
}

fn can_change(finality: Finality) -> &'static str {
    match finality {
        Finality::Open => "yes: keep asking",
        Finality::Provisional => "perhaps: this provider can change its mind, ask again later",
        _ => "no: final",
    }
}

pub(crate) fn snake(value: Value) -> String {
    value.as_str().unwrap_or_default().replace('_', " ")
}

/// Remote text without what could move a terminal's cursor, turn its letters around or hide among them.
pub(crate) fn clean(text: &str) -> String {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}')
            || matches!(c, '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    text.chars()
        .map(|c| if hidden(c) && c != '\n' { '\u{fffd}' } else { c })
        .collect::<String>()
        .replace('\n', " ")
}

fn whole_seconds(delay: Duration) -> u64 {
    delay.as_secs() + u64::from(delay.subsec_nanos() > 0)
}

/// Prints what is no answer to standard error.
pub(crate) fn complain(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}
