//! What the command prints, and the exit code that goes with it.

use std::{
    cell::Cell,
    io::{self, Write},
    time::Duration,
};

use paystatus::{
    Discrepancy, Error, ErrorKind, Expected, Finality, Lookup, MayChargeAgain, Money, Payment, Snapshot,
    Status,
};
use serde::Serialize;
use serde_json::{Value, json};

use crate::args::Terms;

/// Whose answer it is: an account's, or a provider's that was stored.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) account: Option<&'a str>,
    pub(crate) provider: &'a str,
    pub(crate) allows_test_money: bool,
}

pub(crate) struct Output {
    pub(crate) json: bool,
    lost: Cell<bool>,
    closed: Cell<bool>,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Self { json, lost: Cell::new(false), closed: Cell::new(false) }
    }

    /// Prints a payment, and what is not as it should be.
    pub(crate) fn payment(&self, source: Source<'_>, payment: Payment<Value>, terms: &Terms) -> u8 {
        let (payment, found) = verified(payment, terms, source.allows_test_money);
        if self.json {
            self.line(&Line::new(source, &payment, found.as_deref()));
        } else {
            self.text(&described(source, &payment, found.as_deref(), terms.explain));
            if found.as_ref().is_some_and(|found| found.contains(&Discrepancy::TestMode)) {
                self.next_step(
                    "test money counts only with --allow-test, or with `allow_test = true` in the account",
                );
            }
        }
        code(&payment, found.as_deref())
    }

    /// Prints why the status could not be learned; a configuration error is left to the caller.
    pub(crate) fn error(
        &self,
        source: Source<'_>,
        lookup: Option<&Lookup>,
        error: Error,
    ) -> Result<u8, Error> {
        if error.kind() == ErrorKind::Config {
            let whose = source.account.map(|account| format!("account `{account}`: ")).unwrap_or_default();
            return Err(Error::new(ErrorKind::Config, format!("{whose}{}", error.message())));
        }
        if self.json {
            self.line(&error_object(source, lookup, &error));
        } else {
            let mut text = match (source.account, lookup) {
                (Some(account), Some(lookup)) => format!(
                    "paystatus: could not learn the status of {} at account `{}`: {error}",
                    clean(lookup.id()),
                    clean(account)
                ),
                _ => format!("paystatus: the reply does not tell the status: {error}"),
            };
            let mut cause = std::error::Error::source(&error);
            while let Some(source) = cause {
                text += &format!("\n  because: {}", clean(&source.to_string()));
                cause = source.source();
            }
            if let Some(seconds) = error.retry_after().map(whole_seconds) {
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

    /// Prints why something was refused or could not be done with watches, and gives the exit code.
    pub(crate) fn watch_error(&self, error: &paystatus_watch::Error) -> u8 {
        if self.json {
            self.line(&json!({ "error": { "kind": error.kind().as_str(), "message": error.to_string() } }));
        } else {
            complain(&format!("paystatus: {}", clean(&error.to_string())));
        }
        if error.kind() == paystatus_watch::ErrorKind::Unavailable { 4 } else { 2 }
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
                self.lose(&format!("the answer could not be written: {error}"));
            }
            Err(_) => self.closed.set(true),
            Ok(()) => {}
        }
    }

    /// Tells whether nobody reads what is printed any more.
    pub(crate) fn is_closed(&self) -> bool {
        self.closed.get()
    }

    /// Says that something could not be written.
    pub(crate) fn lose(&self, why: &str) {
        self.lost.set(true);
        complain(&format!("paystatus: {}", clean(why)));
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

/// What is not as expected; nothing where nothing was expected, and no test money is in the way.
fn verified(
    payment: Payment<Value>,
    terms: &Terms,
    allows_test_money: bool,
) -> (Payment<Value>, Option<Vec<Discrepancy>>) {
    let expected = terms.expectation.expected();
    let mut demanded = expected.clone().unwrap_or_else(Expected::paid);
    if allows_test_money || terms.expectation.allow_test {
        demanded = demanded.allowing_test_money();
    }
    let (payment, found) = match payment.verify(&demanded) {
        Ok(paid) => (paid.into_payment(), Vec::new()),
        Err(no) => {
            let found = no.discrepancies().to_vec();
            (no.into_payment(), found)
        }
    };
    let is_asked = expected.is_some();
    let counts = |one: &Discrepancy| is_asked || (payment.is_paid() && *one == Discrepancy::TestMode);
    let found: Vec<_> = found.into_iter().filter(counts).collect();
    let is_told = is_asked || !found.is_empty();
    (payment, is_told.then_some(found))
}

/// The exit code of an answer.
fn code(payment: &Payment<Value>, found: Option<&[Discrepancy]>) -> u8 {
    match (payment.status(), found) {
        (Status::Paid, None | Some([])) => 0,
        (Status::Paid, Some(_)) => 5,
        // Only what nobody has to ask about again may be taken for "not paid" by a script.
        (Status::Authorized | Status::PartlyPaid | Status::Unknown, _) => 3,
        _ if payment.is_final() => 1,
        _ => 3,
    }
}

/// The contract's object for a payment.
#[derive(Serialize)]
pub(crate) struct Line<'a> {
    account: Option<&'a str>,
    provider: &'a str,
    #[serde(flatten)]
    payment: &'a Payment<Value>,
    verdict: Option<Value>,
}

impl<'a> Line<'a> {
    pub(crate) fn new(
        source: Source<'a>,
        payment: &'a Payment<Value>,
        found: Option<&[Discrepancy]>,
    ) -> Self {
        let verdict = found.map(|found| match found {
            [] => json!({ "as_expected": true }),
            found => json!({ "as_expected": false, "discrepancies": found }),
        });
        Self { account: source.account, provider: source.provider, payment, verdict }
    }
}

/// The contract's object for an error.
pub(crate) fn error_object(source: Source<'_>, lookup: Option<&Lookup>, error: &Error) -> Value {
    json!({
        "account": source.account,
        "provider": source.provider,
        "asked_id": lookup.map(Lookup::id),
        "error": {
            "kind": error.kind(),
            "message": error.message(),
            "http_status": error.http_status(),
            "retryable": error.is_retryable(),
            "retry_after": error.retry_after().map(whole_seconds),
            "attempts": error.attempts(),
        },
    })
}

fn described(
    source: Source<'_>,
    payment: &Payment<Value>,
    found: Option<&[Discrepancy]>,
    explains: bool,
) -> String {
    let mut rows = vec![
        match source.account {
            Some(account) => ("account", format!("{account} ({})", source.provider)),
            None => ("provider", source.provider.to_owned()),
        },
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
    add("returned", payment.returned().map(|money| money.to_string()).as_deref());
    add("reference", payment.reference());
    add("reason", payment.reason());
    add("test money", payment.test_mode().map(|is_test| if is_test { "yes" } else { "no" }));
    add("created", payment.created_at().and_then(|time| time.to_utc()).as_deref());
    add("updated", payment.updated_at().and_then(|time| time.to_utc()).as_deref());
    if payment.is_about_another() {
        add("asked for", Some(payment.asked().id()));
    }
    for other in payment.attempts() {
        let (id, status) = (other.id(), headline(other));
        let attempt = format!("{id}  {status}  {}  {:?}", money(other.amount()), other.provider_status());
        rows.push(("other attempt", attempt));
    }
    match found {
        None => {}
        Some([]) => rows.push(("as expected", "yes".to_owned())),
        Some(found) => rows.extend(found.iter().map(|one| ("not as expected", one.to_string()))),
    }
    if explains {
        rows.push(("because", payment.explain()));
    }
    let mut text = format!("{}  {}  {}", clean(payment.id()), headline(payment), money(payment.amount()));
    for (name, value) in rows {
        text += &format!("\n  {name:<15}  {}", clean(&value));
    }
    text
}

/// The status in words, its detail included.
pub(crate) fn headline(payment: &Snapshot) -> String {
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

fn may_charge_again(answer: MayChargeAgain) -> &'static str {
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
    text.chars().map(paystatus::visible).collect()
}

fn whole_seconds(delay: Duration) -> u64 {
    delay.as_secs() + u64::from(delay.subsec_nanos() > 0)
}

/// Prints what is no answer to standard error.
pub(crate) fn complain(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use paystatus::{Funds, Meaning, Pending, Returned};

    use super::*;

    #[derive(Parser)]
    struct Only {
        #[command(flatten)]
        terms: Terms,
    }

    fn terms(options: &str) -> Terms {
        Only::parse_from(std::iter::once("test").chain(options.split_whitespace())).terms
    }

    fn usd(amount: &str) -> Option<Money> {
        Some(Money::parse(amount, "USD").unwrap())
    }

    fn snapshot(id: &str, status: Status, finality: Finality, funds: Funds) -> Snapshot {
        Snapshot::new(id, Meaning::new(status, finality, funds), "word").with_amount(usd("50.00"))
    }

    fn paid() -> Snapshot {
        snapshot("p-1", Status::Paid, Finality::Final, Funds::Taken)
    }

    fn payment(snapshot: Snapshot) -> Payment<Value> {
        Payment::new(&Lookup::payment("p-1"), snapshot, Value::Null)
    }

    const ACCOUNT: Source<'_> = Source { account: Some("shop"), provider: "acme", allows_test_money: false };

    /// The exit code, the verdict of the JSON object, and the last line that people see.
    #[track_caller]
    fn answers(payment: Payment<Value>, options: &str, expected_code: u8, verdict: &Value, last: &str) {
        let terms = terms(options);
        let (payment, found) = verified(payment, &terms, false);
        assert_eq!(code(&payment, found.as_deref()), expected_code, "{options}");
        assert_eq!(json!(Line::new(ACCOUNT, &payment, found.as_deref()))["verdict"], *verdict, "{options}");
        let text = described(ACCOUNT, &payment, found.as_deref(), terms.explain);
        assert_eq!(text.lines().last().unwrap().trim(), last, "{options}");
    }

    fn not_as_expected(discrepancies: &Value) -> Value {
        json!({ "as_expected": false, "discrepancies": discrepancies })
    }

    #[test]
    fn an_expectation_decides_what_a_paid_payment_is() {
        let (nothing, met) = (Value::Null, json!({ "as_expected": true }));
        let yes = "as expected      yes";
        answers(payment(paid()), "", 0, &nothing, "charge again     no");
        answers(payment(paid()), "--expect-amount 50 --expect-currency USD", 0, &met, yes);
        answers(payment(paid()), "--expect-at-least 49.99 --expect-currency USD", 0, &met, yes);
        answers(payment(paid()), "--expect-final", 0, &met, yes);
        let short = not_as_expected(&json!([{ "kind": "underpaid", "by": "0.01" }]));
        let options = "--expect-at-least 50.01 --expect-currency USD";
        answers(payment(paid()), options, 5, &short, "not as expected  underpaid by 0.01 USD");
        let settling = snapshot("p-1", Status::Paid, Finality::Provisional, Funds::Taken);
        answers(payment(settling.clone()), "", 0, &nothing, "charge again     no");
        let open = not_as_expected(&json!([{ "kind": "not_final" }]));
        answers(payment(settling), "--expect-final", 5, &open, "not as expected  paid, but not finally");
    }

    #[test]
    fn what_was_returned_is_shown_and_taken_off() {
        let back = || payment(paid().with_returned(usd("20.00")));
        let part = not_as_expected(&json!([{ "kind": "partly_returned", "by": "20.00" }]));
        let options = "--expect-amount 50 --expect-currency USD";
        answers(back(), options, 5, &part, "not as expected  20.00 USD of it returned");
        answers(back(), "", 0, &Value::Null, "returned         20.00 USD");
        answers(payment(paid().with_returned(usd("0.00"))), "", 0, &Value::Null, "returned         0.00 USD");
        let rest = "--expect-amount 30 --expect-currency USD";
        answers(back(), rest, 0, &json!({ "as_expected": true }), "as expected      yes");
    }

    #[test]
    fn an_order_that_was_paid_twice_is_not_as_expected() {
        let twice = || payment(paid().with_amount(usd("100.00"))).with_attempts(vec![paid()]);
        let last = "other attempt    p-1  paid  50.00 USD  \"word\"";
        answers(twice(), "", 0, &Value::Null, last);
        let found =
            not_as_expected(&json!([{ "kind": "overpaid", "by": "50.00" }, { "kind": "paid_twice" }]));
        let last = "not as expected  paid twice: several attempts of the order are paid";
        answers(twice(), "--expect-amount 50 --expect-currency USD", 5, &found, last);
        let object = json!(Line::new(ACCOUNT, &twice(), None));
        assert_eq!(object["attempts"][0]["amount"], "50.00");
        assert_eq!(object["attempts"][0].get("attempts"), None);
        assert_eq!(json!(Line::new(ACCOUNT, &payment(paid()), None))["attempts"], Value::Null);
    }

    #[test]
    fn test_money_is_no_money_unless_it_is_allowed() {
        let test = |is_test| payment(paid().with_test_mode(Some(is_test)));
        let found = not_as_expected(&json!([{ "kind": "test_mode" }]));
        for options in ["", "--expect-final", "--expect-amount 50 --expect-currency USD"] {
            answers(test(true), options, 5, &found, "not as expected  paid in test money");
        }
        answers(test(true), "--allow-test", 0, &Value::Null, "test money       yes");
        answers(test(false), "", 0, &Value::Null, "test money       no");
        let met = json!({ "as_expected": true });
        answers(test(true), "--allow-test --expect-final", 0, &met, "as expected      yes");
        let (allowed, found) = verified(test(true), &terms(""), true);
        assert_eq!((code(&allowed, found.as_deref()), found), (0, None), "the account allows it");
        // What is not paid is no money at all, whatever its kind.
        let declined = snapshot("p-1", Status::Failed, Finality::Final, Funds::NotTaken);
        let declined = payment(declined.with_test_mode(Some(true)));
        answers(declined, "", 1, &Value::Null, "test money       yes");
    }

    #[test]
    fn only_what_is_decided_for_good_and_not_paid_ends_with_1() {
        use Finality::{Final, Open, Provisional};
        for (status, finality, expected) in [
            (Status::Failed, Final, 1),
            (Status::Failed, Provisional, 3),
            (Status::Canceled, Final, 1),
            (Status::Expired, Open, 3),
            (Status::Returned(Returned::Refunded), Final, 1),
            (Status::Returned(Returned::ChargedBack), Provisional, 3),
            (Status::Authorized, Final, 3),
            (Status::PartlyPaid, Final, 3),
            (Status::PartlyPaid, Open, 3),
            (Status::Pending(Pending::Created), Open, 3),
            (Status::Unknown, Open, 3),
            (Status::Paid, Provisional, 0),
        ] {
            let payment = payment(snapshot("p-1", status, finality, Funds::Unknown));
            assert_eq!(code(&payment, None), expected, "{status:?} {finality:?}");
        }
    }

    #[test]
    fn an_explanation_names_the_row_that_judged() {
        let mut kept = json!(paid());
        kept["because"] =
            json!({ "evidence": "word", "source": "https://acme.example/docs", "read": "2026-11" });
        let judged: Snapshot = serde_json::from_value(kept).unwrap();
        let last = "because          the provider says \"word\", which fits the row: word \
                    (https://acme.example/docs, read 2026-11)";
        answers(payment(judged), "--explain", 0, &Value::Null, last);
    }
}
