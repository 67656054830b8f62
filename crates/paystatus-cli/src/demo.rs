use comfy_table::{Table, presets};
use paystatus::{Error, Finality, Lookup, Payment, Status};
use serde_json::{Value, json};

use crate::{
    configuration::{Account, start_sandbox},
    output::{Line, Output, clean, headline, may_charge_again, money, snake},
};

/// One telling payment of each provider, and what it teaches.
const TELLING: &[(&str, &str, &str)] = &[
    (
        "resmic",
        "899e9dde-fda9-4386-9620-065756016805",
        "hand out the goods, once amount and reference are verified",
    ),
    ("upitranzact", "sandbox-u5", "an unknown order and an unpaid one get the same answer: keep asking"),
    ("akurateco", "sandbox-pending", "money is reserved, not taken: capture it"),
    (
        "commitup",
        "sandbox-refund-rejected",
        "the refund was refused, the payment stands: do not charge again",
    ),
    ("bearer", "sandbox-failed", "nothing was taken: the customer may try again"),
];

/// `paystatus demo`
pub(crate) async fn run(output: &Output) -> Result<u8, Error> {
    let (configuration, _sandbox) = start_sandbox().await?;
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
    let mut code = 0;
    for &(provider, id, lesson) in TELLING {
        let account = Account::new(provider, configuration.open(provider)?);
        let lookup = Lookup::payment(id);
        let payment = match account.client.status(&lookup).await {
            Ok(payment) => payment,
            Err(error) => {
                code = output.error(&account, &lookup, error)?;
                continue;
            }
        };
        if output.json {
            output.line(&Line::new(&account, &payment, None));
        }
        table.add_row([
            provider.to_owned(),
            clean(payment.provider_status()),
            answer(&payment).to_owned(),
            headline(&payment),
            money(payment.amount()),
            snake(json!(payment.funds())),
            may_charge_again(payment.may_charge_again()).to_owned(),
            lesson.to_owned(),
        ]);
    }
    if !output.json {
        output.text(
            "Has this payment been paid? Five providers, asked over HTTP in a sandbox on this machine:\n",
        );
        output.text(&table.trim_fmt());
        output.text(
            "\nAsk yourself: paystatus --sandbox check akurateco sandbox-settled\n\
             See every payment: paystatus sandbox",
        );
    }
    Ok(code)
}

/// The answer to the question whether the payment has been paid.
fn answer(payment: &Payment<Value>) -> &'static str {
    match (payment.status(), payment.finality()) {
        (Status::Paid, _) => "yes",
        (Status::Unknown, _) => "can't tell",
        (_, Finality::Open) => "not yet",
        _ => "no",
    }
}
