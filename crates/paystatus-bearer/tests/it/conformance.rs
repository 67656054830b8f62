//! What every provider must do, for a generic bearer-token API.

use paystatus_bearer::Bearer;
use paystatus_core::{ErrorKind, Finality, Funds, Lookup, Meaning, Pending, Status};
use paystatus_testkit::Suite;

const SUCCESS: &str = r#"{
    "id": {{id}},
    "status": {{status}},
    "amount": {{amount}},
    "currency": {{currency}},
    "reference": "order_12345",
    "updated_at": "2025-09-18T20:42:00Z"
}"#;
const PAID: Meaning = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);

fn suite_of(account: Bearer) -> Suite<Bearer> {
    Suite::new(account, Lookup::payment("pay_001"), SUCCESS, "succeeded")
        .in_minor_units()
        .with_secrets(["canary-token"])
        .with_state("succeeded", "succeeded", PAID)
        .with_state(
            "pending",
            "pending",
            Meaning::new(Status::Pending(Pending::Processing), Finality::Open, Funds::Unknown),
        )
        .with_state("failed", "failed", Meaning::new(Status::Failed, Finality::Final, Funds::NotTaken))
        .with_state("canceled", "canceled", Meaning::new(Status::Canceled, Finality::Final, Funds::NotTaken))
        .with_error(
            "unauthorized",
            401,
            r#"{"error":"unauthorized","message":"Token expired."}"#,
            ErrorKind::Unauthorized,
        )
        .with_error("not_found", 404, include_str!("../fixtures/not_found.json"), ErrorKind::NotFound)
        .with_error(
            "stated_in_a_success",
            200,
            include_str!("../fixtures/not_found.json"),
            ErrorKind::Rejected,
        )
        .expecting(
            ["body_error_in_success"],
            ErrorKind::Rejected,
            "an `error` in a success is the documented form of an error",
        )
        .expecting(
            ["currency_absent", "currency_null"],
            ErrorKind::InvalidReply,
            "minor units mean nothing without a currency",
        )
        .except(["leak_personal_data"], "the reply says nothing about a person")
}

fn suite() -> Suite<Bearer> {
    suite_of(Bearer::new(crate::base(), "canary-token"))
}

paystatus_testkit::conformance!(
    suite,
    rows: [succeeded, pending, failed, canceled, unauthorized, not_found, stated_in_a_success]
);

#[test]
fn another_path_and_a_source_of_tokens_change_nothing() {
    let other_path = Bearer::new(crate::base(), "canary-token").with_path("/{payment_id}/").unwrap();
    assert_eq!(suite_of(other_path).failures(), []);
    let source = Bearer::with_tokens(crate::base(), || Ok("canary-token".into()));
    assert_eq!(suite_of(source).failures(), []);
}
