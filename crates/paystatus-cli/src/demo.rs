use comfy_table::{Table, presets};
use paystatus::{Error, Finality, Funds, Lookup, MayChargeAgain, Meaning, Payment, Status};
use paystatus_sandbox::{Provider, seeded_id};
use serde_json::{Value, json};

use crate::{
    configuration::{Account, start_sandbox},
    output::{Line, Output, clean, error_object, headline, may_charge_again, money, snake},
};

/// `paystatus demo`: one payment of each provider, each with another lesson while there are some, or all of them.
pub(crate) async fn run(shows_all: bool, output: &Output) -> Result<u8, Error> {
    let (configuration, sandbox) = start_sandbox().await?;
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header([
        "provider",
        "it says",
        "paid?",
        "so the payment is",
        "amount",
        "funds",
        "charge again",
        "what to do",
    ]);
    let (mut seen, mut example) = (Vec::new(), None);
    for &provider in Provider::ALL {
        let account = Account::open(&configuration, provider.name())?;
        let mut shown = Vec::new();
        let (paid, others): (Vec<_>, Vec<_>) =
            provider.states().iter().partition(|state| **state == provider.paid_state());
        for state in paid.into_iter().chain(others) {
            // In the provider's own form, where its ids have one.
            let payment = sandbox.payment(provider, &seeded_id(state));
            let lookup =
                Lookup::payment(payment.map_or_else(|| seeded_id(state), |payment| payment.id().to_owned()));
            let answer = account.client.status_in_turn(&lookup).await;
            let is_new = !seen.contains(&lesson(&answer));
            if answer.as_ref().is_ok_and(|payment| payment.is_paid()) {
                example.get_or_insert_with(|| format!("{provider} {}", lookup.id()));
            }
            if is_new && !shows_all {
                shown = vec![(lookup, answer)];
                break;
            }
            shown.push((lookup, answer));
        }
        if !shows_all {
            // One that taught something new, or else nothing did.
            shown.truncate(1);
        }
        for (lookup, answer) in shown {
            seen.push(lesson(&answer));
            if output.json {
                output.line(&match &answer {
                    Ok(payment) => json!(Line::new(account.source(), payment, None)),
                    Err(error) => error_object(account.source(), Some(&lookup), error),
                });
            }
            table.add_row(row(provider, &answer));
        }
    }
    if !output.json {
        output.text(&format!(
            "Has this payment been paid? {} providers, asked over HTTP in a sandbox on this machine:\n",
            Provider::ALL.len()
        ));
        output.text(&table.trim_fmt());
        output.text(&format!(
            "\nAsk yourself: paystatus --sandbox check {}\n\
             See every payment: paystatus demo --all, or paystatus sandbox",
            example.unwrap_or_default()
        ));
    }
    Ok(0)
}

type Answer = Result<Payment<Value>, Error>;

fn row(provider: Provider, answer: &Answer) -> [String; 8] {
    let [says, paid, status, amount, funds, again] = match answer {
        Ok(payment) => [
            clean(payment.provider_status()),
            is_paid(payment).to_owned(),
            headline(payment),
            money(payment.amount()),
            snake(json!(payment.funds())),
            may_charge_again(payment.may_charge_again()).to_owned(),
        ],
        Err(error) => {
            let http = error.http_status().map(|status| format!("HTTP {status}")).unwrap_or_default();
            let nothing = String::new;
            [http, "can't tell".to_owned(), snake(json!(error.kind())), nothing(), nothing(), nothing()]
        }
    };
    [provider.to_string(), says, paid, status, amount, funds, again, lesson(answer).to_owned()]
}

/// The answer to the question whether the payment has been paid.
fn is_paid(payment: &Payment<Value>) -> &'static str {
    match (payment.status(), payment.finality()) {
        (Status::Paid, _) => "yes",
        (Status::Unknown, _) => "can't tell",
        (_, Finality::Open) => "not yet",
        _ => "no",
    }
}

/// What to do.
fn lesson(answer: &Answer) -> &'static str {
    let payment = match answer {
        Ok(payment) => payment,
        Err(_) => return "nothing was learned, which says nothing about the payment: ask again later",
    };
    let Meaning { status, finality, funds, .. } = payment.meaning();
    match (status, finality, funds) {
        (Status::Paid, Finality::Final, _) => "hand out the goods, once amount and reference are verified",
        (Status::Paid, ..) => "it is paid, and the provider may change its mind: ask again later",
        (Status::PartlyPaid, ..) => "some of the money came: wait for the rest",
        (Status::Authorized, ..) => "money is reserved, not taken: capture it",
        (Status::Pending(_), ..) => "nothing is decided: keep asking",
        (Status::Returned(_), Finality::Final, _) => "the money went back: do not hand out the goods",
        (Status::Returned(_), ..) => "the money went back, for now: ask again later",
        (_, _, Funds::Taken) => "this was refused, and the payment stands: do not charge again",
        (_, Finality::Final, _) if payment.may_charge_again() == MayChargeAgain::Yes => {
            "nothing was taken: the customer may try again"
        }
        (Status::Unknown, ..) => "these words decide nothing: keep asking",
        (_, Finality::Final, _) => "nobody knows where the money is: look before charging again",
        _ => "it may still be paid: ask again later",
    }
}
