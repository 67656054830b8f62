//! What every provider must do, for GoCardless; and every row of its tables.

use paystatus_core::{ErrorKind, Finality::*, Funds, Lookup, Meaning, Pending, Returned, Status};
use paystatus_gocardless::GoCardless;
use paystatus_testkit::Suite;

use crate::{ID, payment};

const PAID_OUT: &str = include_str!("../fixtures/paid_out.json");
const NOT_FOUND: &str = include_str!("../fixtures/not_found.json");
const PAID: Meaning = Meaning::new(Status::Paid, Final, Funds::Taken);
const CONFIRMED: Meaning = Meaning::new(Status::Paid, Provisional, Funds::Taken);
const UNKNOWN: Meaning = Meaning::UNKNOWN;
const APPROVAL: Meaning = Meaning::new(Status::Pending(Pending::ActionRequired), Open, Funds::NotTaken);
const CREATED: Meaning = Meaning::new(Status::Pending(Pending::Created), Open, Funds::NotTaken);
const SUBMITTED: Meaning = Meaning::new(Status::Pending(Pending::Processing), Open, Funds::Unknown);
const FAILED: Meaning = Meaning::new(Status::Failed, Provisional, Funds::NotTaken);
const DENIED: Meaning = Meaning::new(Status::Failed, Final, Funds::NotTaken);
const CANCELED: Meaning = Meaning::new(Status::Canceled, Final, Funds::NotTaken);
const REFUNDED: Meaning = Meaning::new(Status::Returned(Returned::Refunded), Provisional, Funds::Returned);
const CHARGED_BACK: Meaning =
    Meaning::new(Status::Returned(Returned::ChargedBack), Provisional, Funds::Returned);

/// The error with this type, and with this reason.
fn error(kind: &str, reason: &str) -> String {
    NOT_FOUND.replace("invalid_api_usage", kind).replace("resource_not_found", reason)
}

fn suite() -> Suite<GoCardless> {
    let account = GoCardless::new("canary-token").with_callback_secrets(["canary-webhook".into()]);
    let by_id = || Lookup::payment(ID);
    let refunded = |status: &str, units: &str| payment(status, &format!(r#""amount_refunded":{units}"#));
    Suite::new(account, by_id(), PAID_OUT, "paid_out")
        .in_minor_units()
        .with_plain_id("PM1")
        .with_currency("GBP")
        .with_secrets(["canary-token", "canary-webhook"])
        .with_personal(["canary-description", "canary-metadata"])
        .expecting(
            ["amount_string", "amount_exponent", "amount_25_digits", "amount_negative_zero"],
            ErrorKind::InvalidReply,
            "amounts are integers",
        )
        .expecting(["amount_absent", "amount_null"], ErrorKind::InvalidReply, "what is paid has an amount")
        .expecting(["amount_zero"], UNKNOWN, "nothing was paid")
        .with_state("pending_customer_approval", "pending_customer_approval", APPROVAL)
        .with_state("pending_submission", "pending_submission", CREATED)
        .with_state("submitted", "submitted", SUBMITTED)
        .with_state("confirmed", "confirmed", CONFIRMED)
        .with_state("paid_out", "paid_out", PAID)
        .with_state("failed", "failed", FAILED)
        .with_state("cancelled", "cancelled", CANCELED)
        .with_state("customer_approval_denied", "customer_approval_denied", DENIED)
        .with_state("charged_back", "charged_back", CHARGED_BACK)
        .with_reply("nothing_was_asked", &payment("confirmed", r#""amount_refunded":5"#).replace("1050", "0"), UNKNOWN)
        .with_reply("all_refunded", &refunded("confirmed", "1050"), REFUNDED)
        .with_reply("more_than_all_refunded", &refunded("paid_out", "1051"), REFUNDED)
        .with_reply("part_refunded_and_confirmed", &refunded("confirmed", "1049"), CONFIRMED)
        .with_reply("refunds_are_null", &refunded("paid_out", "null"), PAID)
        .with_snapshot(
            "part_refunded",
            by_id(),
            &refunded("paid_out", "200"),
            r#"{"status":"paid","finality":"final","amount":"10.50","returned":"2.00","currency":"GBP","reference":"WINEBOX001","reason":null,"test_mode":null,"created_at":"2026-01-05T10:00:00.123Z"}"#,
        )
        .with_snapshot("refunded", by_id(), &refunded("paid_out", "1050"), r#"{"status":"returned","detail":"refunded","amount":"10.50","returned":"10.50"}"#)
        .with_snapshot("no_refund_is_told", by_id(), &refunded("confirmed", "0"), r#"{"status":"paid","returned":"0.00"}"#)
        .with_snapshot("refunds_are_not_told", by_id(), &payment("paid_out", r#""scheme":null"#), r#"{"status":"paid","returned":null}"#)
        .with_snapshot("refunded_and_failed", by_id(), &refunded("failed", "200"), r#"{"status":"failed","finality":"provisional","amount":null,"returned":"2.00"}"#)
        .with_snapshot("asked_and_not_charged", by_id(), &refunded("submitted", "0"), r#"{"status":"pending","amount":null,"returned":"0.00"}"#)
        .with_snapshot("charged_back_in_full", by_id(), &refunded("charged_back", "0"), r#"{"status":"returned","detail":"charged_back","amount":"10.50"}"#)
        .with_error("not_found", 404, NOT_FOUND, ErrorKind::NotFound)
        .with_error("not_found_otherwise", 404, &error("invalid_api_usage", "not_here"), ErrorKind::Rejected)
        .with_error("not_found_in_plain_words", 404, r#"{"error":"resource_not_found"}"#, ErrorKind::Rejected)
        .with_error("unauthorized", 401, &error("invalid_api_usage", "resource_not_found"), ErrorKind::Unauthorized)
        .with_error("forbidden", 403, &error("invalid_api_usage", "forbidden"), ErrorKind::Unauthorized)
        .with_error("no_version", 400, &error("invalid_api_usage", "missing_version_header"), ErrorKind::Rejected)
        .with_error("invalid_state", 409, &error("invalid_state", "invalid_state"), ErrorKind::Rejected)
        .with_error("validation_failed", 422, &error("validation_failed", "x"), ErrorKind::Rejected)
        .with_error("too_many", 429, &error("invalid_api_usage", "rate_limit_exceeded"), ErrorKind::RateLimited)
        .with_error("their_own", 500, &error("gocardless", "resource_not_found"), ErrorKind::Unavailable)
}

paystatus_testkit::conformance!(
    suite,
    rows: [
        pending_customer_approval, pending_submission, submitted, confirmed, paid_out, failed, cancelled,
        customer_approval_denied, charged_back, nothing_was_asked, all_refunded, more_than_all_refunded,
        part_refunded_and_confirmed, refunds_are_null, part_refunded, refunded, no_refund_is_told,
        refunds_are_not_told, refunded_and_failed, asked_and_not_charged, charged_back_in_full, not_found,
        not_found_otherwise, not_found_in_plain_words, unauthorized, forbidden, no_version, invalid_state,
        validation_failed, too_many, their_own,
    ]
);
