//! What every provider must do, for Xendit; and every row of its tables.

use paystatus_core::{ErrorKind, Finality::*, Funds, Lookup, Meaning, Pending, Returned, Status};
use paystatus_testkit::Suite;
use paystatus_xendit::{Version, Xendit};

use crate::{INVOICE, ORDER, REQUEST, invoice, list, request};

const PAID_INVOICE: &str = include_str!("../fixtures/paid.json");
const SUCCEEDED_V2: &str = include_str!("../fixtures/request_v2.json");
const UNKNOWN: Meaning = Meaning::UNKNOWN;
const PAID: Meaning = Meaning::new(Status::Paid, Final, Funds::Taken);
const ACTION: Meaning = Meaning::new(Status::Pending(Pending::ActionRequired), Open, Funds::NotTaken);
const HELD: Meaning = Meaning::new(Status::Authorized, Open, Funds::Held);
const FAILED: Meaning = Meaning::new(Status::Failed, Provisional, Funds::Unknown);
const CANCELED: Meaning = Meaning::new(Status::Canceled, Final, Funds::NotTaken);
const EXPIRED: Meaning = Meaning::new(Status::Expired, Provisional, Funds::Unknown);

const ENCODED: &str = "eG5kX3Byb2R1Y3Rpb25fY2FuYXJ5LWtleTo=";

fn xendit() -> Xendit {
    Xendit::new("xnd_production_canary-key").with_callback_secrets(["canary-verification".into()])
}

fn error(code: &str) -> String {
    format!(r#"{{"error_code":"{code}","message":"in words"}}"#)
}

/// An account that asks the older Payments API.
fn older() -> Suite<Xendit> {
    let in_process = Meaning::new(Status::Pending(Pending::Processing), Open, Funds::Unknown);
    let voided = Meaning::new(Status::Returned(Returned::Voided), Final, Funds::Returned);
    Suite::new(
        xendit().with_payment_requests(Version::V2),
        Lookup::payment(REQUEST),
        SUCCEEDED_V2,
        "SUCCEEDED",
    )
    .with_currency("IDR")
    .with_plain_id(REQUEST)
    .with_secrets(["canary-key", "canary-verification", ENCODED])
    .with_personal(["canary-number"])
    .with_state("v2_succeeded", "SUCCEEDED", PAID)
    .with_state("v2_awaiting_capture", "AWAITING_CAPTURE", HELD)
    .with_state("v2_requires_action", "REQUIRES_ACTION", ACTION)
    .with_state("v2_pending", "PENDING", in_process)
    .with_state("v2_failed", "FAILED", FAILED)
    .with_state("v2_canceled", "CANCELED", CANCELED)
    .with_state("v2_expired", "EXPIRED", EXPIRED)
    .with_state("v2_voided", "VOIDED", voided)
    .with_state("v2_unknown", "UNKNOWN", UNKNOWN)
}

fn suite() -> Suite<Xendit> {
    let by_request = || Lookup::payment(REQUEST);
    let part = Meaning::new(Status::PartlyPaid, Open, Funds::Taken);
    let reusable = Meaning::new(Status::Pending(Pending::ActionRequired), Open, Funds::Unknown);
    Suite::new(xendit(), Lookup::payment(INVOICE), PAID_INVOICE, "PAID")
        .with_currency("IDR")
        .with_plain_id(INVOICE)
        .with_secrets(["canary-key", "canary-verification", ENCODED])
        .with_personal([
            "canary@example.invalid",
            "canary-description",
            "canary-name",
            "canary-number",
            "canary-city",
            "canary-note",
            "canary-method",
            "canary-destination",
        ])
        .expecting(["amount_zero", "amount_negative_zero"], UNKNOWN, "nothing was paid")
        .with_state("paid", "PAID", PAID)
        .with_state("settled", "SETTLED", PAID)
        .with_state("expired", "EXPIRED", EXPIRED)
        .with_state("unpaid", "UNPAID", UNKNOWN)
        .with_reply("pending", &invoice(INVOICE, "PENDING", ""), ACTION)
        .with_reply("paid_in_part", &invoice(INVOICE, "PAID", r#""paid_amount":5000,"#), part)
        .with_reply("paid_nothing", &invoice(INVOICE, "SETTLED", r#""paid_amount":0,"#), UNKNOWN)
        .with_snapshot(
            "paid_amount_not_told",
            Lookup::payment(INVOICE),
            &invoice(INVOICE, "PAID", ""),
            r#"{"status":"paid","amount":null,"returned":null,"reference":"order-1234","created_at":"2020-01-13T02:32:49.827Z"}"#,
        )
        // Payment requests.
        .with_snapshot(
            "succeeded",
            by_request(),
            &request("SUCCEEDED", ""),
            r#"{"status":"paid","finality":"final","amount":"10000.01","currency":"IDR","returned":null,"reference":"order-1234","test_mode":null}"#,
        )
        .with_reply_to("authorized", by_request(), &request("AUTHORIZED", r#""capture_method":"MANUAL","#), HELD)
        .with_reply_to("requires_action", by_request(), &request("REQUIRES_ACTION", ""), ACTION)
        .with_reply_to("reusable", by_request(), &request("ACCEPTING_PAYMENTS", ""), reusable)
        .with_snapshot(
            "failed",
            by_request(),
            &request("FAILED", r#""failure_code":"INSUFFICIENT_BALANCE","#),
            r#"{"status":"failed","finality":"provisional","funds":"unknown","reason":"INSUFFICIENT_BALANCE","amount":null}"#,
        )
        .with_reply_to("canceled", by_request(), &request("CANCELED", ""), CANCELED)
        .with_reply_to("request_expired", by_request(), &request("EXPIRED", ""), EXPIRED)
        .with_reply_to("word_of_the_older_version", by_request(), &request("VOIDED", ""), UNKNOWN)
        // By reference.
        .with_snapshot(
            "order_expired_then_paid",
            Lookup::order(ORDER),
            &list(&[invoice(INVOICE, "PAID", r#""paid_amount":10000.01,"#), invoice("a", "EXPIRED", "")]),
            r#"{"payment_id":"62efe4c33e45294d63f585f2","status":"paid","amount":"10000.01","attempts":[{"payment_id":"a","status":"expired"}]}"#,
        )
        // Errors.
        .with_error("no_invoice", 404, &error("INVOICE_NOT_FOUND_ERROR"), ErrorKind::NotFound)
        .with_error("no_request", 404, &error("DATA_NOT_FOUND"), ErrorKind::NotFound)
        .with_error("no_address", 404, &error("ROUTE_UNKNOWN"), ErrorKind::Rejected)
        .with_error("wrong_key", 401, &error("INVALID_API_KEY"), ErrorKind::Unauthorized)
        .with_error("no_right", 403, &error("REQUEST_FORBIDDEN_ERROR"), ErrorKind::Unauthorized)
        .with_error("suspended", 403, &error("ACCESS_SUSPENDED"), ErrorKind::Unauthorized)
        .with_error("too_many", 429, &error("RATE_LIMIT_EXCEEDED"), ErrorKind::RateLimited)
        .with_error("invalid", 400, &error("API_VALIDATION_ERROR"), ErrorKind::Rejected)
        .with_error("stated_in_a_success", 200, &error("DATA_NOT_FOUND"), ErrorKind::Rejected)
        .with_error("server_error", 500, &error("SERVER_ERROR"), ErrorKind::Unavailable)
        .beside(older())
}

#[test]
fn the_older_payments_api_keeps_the_same_rules() {
    let mut failures = older().failures();
    // The suite beside this one shows the rows that it does not.
    failures.retain(|(case, _)| *case != "every_row_is_shown");
    assert_eq!(failures, []);
}

#[test]
fn an_empty_list_is_no_payment() {
    let none = crate::ask(Lookup::order(ORDER), "[]").unwrap_err();
    assert_eq!(none.kind(), ErrorKind::NotFound);
}

paystatus_testkit::conformance!(
    suite,
    rows: [
        paid, settled, expired, unpaid, pending, paid_in_part, paid_nothing, paid_amount_not_told, succeeded,
        authorized, requires_action, reusable, failed, canceled, request_expired, word_of_the_older_version,
        order_expired_then_paid, no_invoice, no_request, no_address, wrong_key, no_right, suspended, too_many,
        invalid, stated_in_a_success, server_error,
    ]
);
