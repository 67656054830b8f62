//! What every provider must do, for Acme.

use paystatus_acme::Acme;
use paystatus_core::{Finality, Funds, Lookup, Meaning, Status};
use paystatus_testkit::Suite;

// FILL IN: the documented success, whole, with canaries in the place of personal data.
const SUCCESS: &str = r#"{
    "id": {{id}},
    "status": {{status}},
    "amount": {{amount}},
    "currency": {{currency}}
}"#;
// FILL IN: the documented word for a payment that was paid.
const PAID_WORD: &str = "FILL IN";
const PAID: Meaning = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);

fn suite() -> Suite<Acme> {
    Suite::new(crate::account(), Lookup::payment("pay_001"), SUCCESS, PAID_WORD)
        .with_secrets(["canary-token"]) //~~ bearer
        .with_secrets(["canary-user", "canary-password"]) //~~ basic
        .with_secrets(["canary-key", "canary-secret"]) //~~ headers signed
        .with_state("paid", PAID_WORD, PAID)
        // FILL IN: a row for each line of both tables; then name them in `rows` below.
        .except(["leak_personal_data"], "the reply says nothing about a person")
}

paystatus_testkit::conformance!(suite, rows: [paid]);
