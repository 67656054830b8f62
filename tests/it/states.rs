//! Every payment of the sandbox, which is a second opinion on the providers' words, through the facade's client.

use std::collections::BTreeSet;

use paystatus::{
    By, ErrorKind, Expected, Finality, Funds, Lookup, MayChargeAgain, Meaning, Money, Status, Tells,
};
use paystatus_sandbox::{NewPayment, Provider, Sandbox};
use serde_json::Value;

use crate::{UNPACED, account, choices, facts, open, paid};

#[test]
fn the_facade_and_the_sandbox_have_the_same_providers() {
    let of_facade: Vec<_> = paystatus::providers().iter().map(|facts| facts.name).collect();
    let of_sandbox: Vec<_> = Provider::ALL.iter().map(|provider| provider.name()).collect();
    assert_eq!(of_facade, of_sandbox);
}

#[tokio::test]
async fn every_payment_is_judged_by_a_row_and_every_row_judges_a_payment() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut unmet = Vec::new();
    for &provider in Provider::ALL {
        let facts = facts(provider);
        let mut met = BTreeSet::new();
        for settings in choices(&sandbox, provider) {
            ask_all(&sandbox, provider, &settings, &mut met).await;
        }
        // A row about no word at all may be about no payment at all, such as an order that nobody has tried to pay.
        let rows = facts.statuses.iter().filter(|row| row.when[0] != "-").map(|row| row.when.join(", "));
        unmet.extend(rows.filter(|row| !met.contains(row)).map(|row| format!("{provider}: {row}")));
    }
    assert!(unmet.is_empty(), "the sandbox has no payment for {unmet:#?}");
}

/// Asks one account about everything that there is, and notes the rows that judged it.
async fn ask_all(sandbox: &Sandbox, provider: Provider, settings: &str, met: &mut BTreeSet<String>) {
    let facts = facts(provider);
    let client = account(sandbox, provider.name(), &format!("{UNPACED}\n{settings}"));
    let known = sandbox.payments().into_iter().filter(|known| known.provider() == provider);
    let known = known.flat_map(|known| [Some(known.id().to_owned()), known.reference().map(str::to_owned)]);
    // An answer may name more that can be asked about, such as an order's payments.
    let mut asked = BTreeSet::new();
    let mut to_ask: Vec<String> = known.flatten().collect();
    while let Some(id) = to_ask.pop() {
        if !asked.insert(id.clone()) {
            continue;
        }
        for &by in facts.asked_by {
            let lookup = if by == By::Order { Lookup::order(&id) } else { Lookup::payment(&id) };
            let payment = match client.status(&lookup).await {
                Ok(payment) => payment,
                // It is the other kind of id, which some providers answer all the same,
                // or a sample that is a refusal in the provider's own words.
                Err(error) => {
                    use ErrorKind::{InvalidLookup, Mismatch, NotFound, Rejected};
                    let kinds = [NotFound, Rejected, InvalidLookup, Mismatch];
                    assert!(kinds.contains(&error.kind()), "{provider} {lookup:?}: {error}");
                    continue;
                }
            };
            assert_eq!(payment.asked(), &lookup);
            to_ask.extend(ids_in(payment.details()));
            for said in payment.attempts().iter().chain([payment.snapshot()]) {
                to_ask.push(said.id().to_owned());
                let Some(because) = said.because() else {
                    assert_eq!(said.meaning(), Meaning::UNKNOWN, "{provider} {lookup:?}");
                    continue;
                };
                let row = facts.statuses.iter().find(|row| row.when.join(", ") == because.evidence());
                let means = row.unwrap_or_else(|| panic!("{provider} has no row {because}")).means;
                assert_eq!((said.status(), said.funds()), (means.status, means.funds), "{because}");
                met.insert(because.evidence().into_owned());
            }
        }
    }
}

#[tokio::test]
async fn what_is_paid_is_paid_and_what_is_open_stays_open() {
    let sandbox = Sandbox::start().await.unwrap();
    for &provider in Provider::ALL {
        let client = account(&sandbox, provider.name(), UNPACED);
        let payment = client.status(&paid(&sandbox, provider).into()).await.unwrap();
        assert_eq!(payment.may_charge_again(), MayChargeAgain::No, "{provider}");
        assert!(payment.verify(&Expected::paid().allowing_test_money()).is_ok(), "{provider}");
        let payment = client.status(&open(&sandbox, provider).into()).await.unwrap();
        assert_eq!((payment.finality(), payment.is_paid()), (Finality::Open, false), "{provider}");
        assert_eq!(payment.may_charge_again(), MayChargeAgain::No, "{provider}");
    }
}

#[tokio::test]
async fn amounts_arrive_exactly_or_not_at_all() {
    let sandbox = Sandbox::start().await.unwrap();
    for &provider in Provider::ALL {
        for spelled in ["750", "1", "900719925474099"] {
            let id = format!("{}{spelled}", paid(&sandbox, provider));
            let new = NewPayment::new(provider, id, provider.paid_state()).with_amount(spelled);
            let known = sandbox.create(new).unwrap();
            let payment =
                account(&sandbox, provider.name(), UNPACED).status(&known.id().into()).await.unwrap();
            let major = Money::parse(spelled, known.currency()).unwrap();
            let minor = Money::from_minor(spelled.parse().unwrap(), major.currency());
            match payment.amount() {
                Some(amount) => assert!(amount == major || Some(amount) == minor, "{provider}: {amount}"),
                None => assert!(!facts(provider).tells(Tells::Amount), "{provider} tells no amount"),
            }
        }
    }
}

#[tokio::test]
async fn an_unknown_word_is_kept_and_stays_open() {
    let sandbox = Sandbox::start().await.unwrap();
    for &provider in Provider::ALL {
        let id = paid(&sandbox, provider);
        let client = account(&sandbox, provider.name(), UNPACED);
        let mut kept = 0;
        for word in ["PENDING_REVIEW", "987654"] {
            sandbox.set_state(provider, &id, word).unwrap();
            let payment = match client.status(&id.as_str().into()).await {
                Ok(payment) => payment,
                // Some providers have numbers for words.
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::InvalidReply, "{provider}: {error}");
                    continue;
                }
            };
            let axes = (payment.status(), payment.finality(), payment.funds());
            assert_eq!(axes, (Status::Unknown, Finality::Open, Funds::Unknown), "{provider}");
            assert!(payment.provider_status().contains(word), "{provider}");
            kept += 1;
        }
        assert!(kept > 0, "{provider} knows no unknown word");
    }
}

/// What a reply calls an id, however deep.
fn ids_in(details: &Value) -> Vec<String> {
    match details {
        Value::Object(fields) => {
            let id = fields.get("id").and_then(Value::as_str).map(str::to_owned);
            id.into_iter().chain(fields.values().flat_map(ids_in)).collect()
        }
        Value::Array(items) => items.iter().flat_map(ids_in).collect(),
        _ => Vec::new(),
    }
}
