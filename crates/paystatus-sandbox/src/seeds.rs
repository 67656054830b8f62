//! What a sandbox starts with: the payments of the providers' own samples, one payment in every state, and a
//! few that are worth having.

use crate::{NewPayment, Provider, json::Object, seeded_id};

pub(crate) fn all() -> impl Iterator<Item = NewPayment> {
    Provider::ALL.iter().flat_map(|&provider| {
        let states = provider.states().iter().map(move |state| in_state(provider, state));
        samples(provider).into_iter().chain(states).chain(extras(provider))
    })
}

fn in_state(provider: Provider, state: &str) -> NewPayment {
    NewPayment::new(provider, seeded_id(state), state)
}

/// The documented examples, value by value; only a payment address that could be somebody's is replaced.
fn samples(provider: Provider) -> Vec<NewPayment> {
    let new = |id: &str, state: &str| NewPayment::new(provider, id, state);
    match provider {
        Provider::Resmic => vec![
            new("899e9dde-fda9-4386-9620-065756016805", "Completed").with_overrides(
                Object::new().object(
                    "data",
                    &Object::new()
                        .text("created_at_utc", "2025-02-21T23:00:13.633Z")
                        .text("updated_at", "2025-02-22T04:31:08.132Z")
                        .text("wallet_address", "0x056397760b973BfB921Bc10Be9DA5034B1e921d7"),
                ),
            ),
        ],
        Provider::Upitranzact => vec![
            new("utz_xxxxxxx", "U1").with_amount("1"),
            new("bd79da4cc3ff1", "U1").with_amount("1"),
            new("bd79da4cccff1", "U1").with_amount("1"),
            new("uptz_2848129210ud13", "SUCCESS").with_amount("1.08"),
        ],
        Provider::Akurateco => {
            let settled = "24f7401c-fc47-11ec-8d07-0242ac120015";
            let order = "f0a51dfa-fc43-11ec-8128-0242ac120004-1";
            let gift = |id: &str, state: &str, date: &str, description: &str, email: &str| {
                let new =
                    new(id, state).with_amount("0.19").with_currency("QAR").with_reference("order-1234");
                new.with_overrides(akurateco(date, description, email))
            };
            vec![
                new("63c781cc-de3d-11eb-a1f1-0242ac130006", "decline")
                    .with_amount("3.01")
                    .with_currency("QAR")
                    .with_reference(order)
                    .cascading_to(settled),
                new(settled, "settled")
                    .with_amount("3.01")
                    .with_currency("QAR")
                    .with_reference(order)
                    .with_overrides(akurateco("2022-07-05 09:45:03", "bloodline", "success@gmail.com")),
                gift(
                    "dc66cdd8-d702-11ea-9a2f-0242c0a87002",
                    "settled",
                    "2020-08-05 07:41:10",
                    "Very important gift",
                    "payer@example.com",
                ),
                gift(
                    "03e46e96-de42-11eb-aea7-0242ac140002",
                    "decline",
                    "2021-07-06 10:07:47",
                    "Important gift",
                    "test@mail.com",
                ),
            ]
        }
        Provider::Commitup => {
            vec![new("123e4567-e89b-12d3-a456-426614174000", "SUCCESS").with_reference("ORD-12345")]
        }
        Provider::Bearer => vec![new("pay_001", "succeeded").with_reference("order_12345")],
    }
}

/// What the states alone do not show.
fn extras(provider: Provider) -> Vec<NewPayment> {
    let new = |id: &str, state: &str| NewPayment::new(provider, id, state);
    match provider {
        Provider::Resmic => vec![
            new("sandbox-completed-coupon", "Completed").with_overrides(
                Object::new().object(
                    "data",
                    &Object::new()
                        .flag("is_coupon_applied", true)
                        .text("coupon_code", "SANDBOX20")
                        .text("amount_after_coupon", "80"),
                ),
            ),
        ],
        Provider::Upitranzact => vec![new("sandbox-success-decimal", "SUCCESS").with_amount("1.08")],
        Provider::Akurateco => vec![
            new("sandbox-pending-btc", "pending").with_amount("0.00150000").with_currency("BTC"),
            new("sandbox-settled-jpy", "settled").with_currency("JPY"),
            new("sandbox-attempt-1", "decline").with_reference("sandbox-order"),
            new("sandbox-attempt-2", "settled").with_reference("sandbox-order"),
        ],
        Provider::Commitup => Vec::new(),
        Provider::Bearer => vec![new("sandbox-succeeded-kwd", "succeeded").with_currency("KWD")],
    }
}

fn akurateco(date: &str, description: &str, email: &str) -> Object {
    Object::new()
        .text("date", date)
        .object("order", &Object::new().text("description", description))
        .object("customer", &Object::new().text("email", email))
}
