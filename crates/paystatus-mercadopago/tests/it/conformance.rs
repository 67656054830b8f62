//! What every provider must do, for Mercado Pago; and every row of its tables.

use paystatus_core::{ErrorKind, Finality::*, Funds, Lookup, Meaning, Pending, Returned, Status};
use paystatus_mercadopago::MercadoPago;
use paystatus_testkit::Suite;

use crate::{ID, ORDER, approved, found, payment};

const APPROVED: &str = include_str!("../fixtures/approved.json");
const NOT_FOUND: &str = include_str!("../fixtures/not_found.json");
const UNKNOWN: Meaning = Meaning::UNKNOWN;
const PAID: Meaning = Meaning::new(Status::Paid, Final, Funds::Taken);
const HELD: Meaning = Meaning::new(Status::Authorized, Open, Funds::Held);
const ACTION: Meaning = Meaning::new(Status::Pending(Pending::ActionRequired), Open, Funds::NotTaken);
const PROCESSING: Meaning = Meaning::new(Status::Pending(Pending::Processing), Open, Funds::Unknown);
const CARD_CHECK: Meaning = Meaning::new(Status::Unknown, Open, Funds::NotTaken);
const REFUNDED: Meaning = Meaning::new(Status::Returned(Returned::Refunded), Final, Funds::Returned);

fn suite() -> Suite<MercadoPago> {
    let is = |status: &str, detail: &str| payment(ID, status, detail, "");
    let with = |detail: &str, more: &str| payment(ID, "approved", detail, more);
    let by_order = || Lookup::order(ORDER);
    let for_now = |status| Meaning::new(status, Provisional, Funds::Unknown);
    let for_good = |status| Meaning::new(status, Final, Funds::NotTaken);
    let charged_back = Status::Returned(Returned::ChargedBack);
    let not_found_in_words = r#"{"message":"Payment not found","status":404,"cause":{"code":"2000"}}"#;
    let text_as_cause = r#"{"message":"Payment not found","error":"not_found","status":404,"cause":"none"}"#;
    Suite::new(
        MercadoPago::new("canary-token").with_callback_secrets(["canary-webhook".into()]),
        Lookup::payment(ID),
        APPROVED,
        "approved",
    )
    .with_currency("ARS")
    .with_plain_id(ID)
    .expecting(["body_error_in_success"], ErrorKind::Rejected, "it is in the provider's own form")
    .with_secrets(["canary-token", "canary-webhook"])
    .with_personal([
        "canary-authorization",
        "canary@example.invalid",
        "canary-name",
        "canary-number",
        "canary-last",
        "canary-holder",
        "canary-ip",
        "canary-qr",
        "canary-note",
    ])
    .expecting(["echo_number"], ErrorKind::Mismatch, "ids are numbers")
    .except(["echo_other_case"], "ids have no letters")
    .expecting(["amount_zero", "amount_negative_zero"], CARD_CHECK, "no money was asked for")
    .with_state("approved", "approved", PAID)
    .with_state("authorized", "authorized", HELD)
    .with_state("processed_of_another_api", "processed", UNKNOWN)
    .with_reply("card_check", &with("accredited", r#""operation_type":"card_validation","#), CARD_CHECK)
    .with_reply("pending_capture", &with("pending_capture", ""), HELD)
    .with_reply("not_captured", &with("accredited", r#""captured":false,"#), HELD)
    .with_reply("wholly_refunded", &with("accredited", r#""transaction_amount_refunded":3500,"#), REFUNDED)
    .with_reply("refund_not_told", &with("partially_refunded", r#""transaction_amount_refunded":0,"#), PAID)
    .with_snapshot(
        "partly_refunded",
        Lookup::payment(ID),
        &with("partially_refunded", r#""transaction_amount_refunded":700,"#),
        r#"{"status":"paid","finality":"final","amount":"3500","returned":"700","currency":"ARS","reference":"order-1234","reason":null,"created_at":"2018-03-05T14:06:54Z"}"#,
    )
    .with_reply("waiting_for_payment", &is("pending", "pending_waiting_payment"), ACTION)
    .with_reply("waiting_for_transfer", &is("pending", "pending_waiting_transfer"), ACTION)
    .with_reply("challenge", &is("pending", "pending_challenge"), ACTION)
    .with_reply("pending", &is("pending", "pending_contingency"), PROCESSING)
    .with_reply("in_process", &is("in_process", "pending_review_manual"), PROCESSING)
    .with_reply("in_mediation", &is("in_mediation", "pending"), Meaning::new(Status::Unknown, Open, Funds::Taken))
    .with_snapshot(
        "rejected",
        Lookup::payment(ID),
        &is("rejected", "cc_rejected_insufficient_amount"),
        r#"{"status":"failed","finality":"final","funds":"not_taken","reason":"cc_rejected_insufficient_amount"}"#,
    )
    .with_reply("expired", &is("cancelled", "expired"), for_good(Status::Expired))
    .with_reply("expired_in_the_other_spelling", &is("canceled", "expired"), for_good(Status::Expired))
    .with_reply("canceled", &is("cancelled", "by_collector"), for_good(Status::Canceled))
    .with_reply("canceled_in_the_other_spelling", &is("canceled", "by_payer"), for_good(Status::Canceled))
    .with_reply("refunded", &is("refunded", "by_admin"), REFUNDED)
    .with_reply("refunded_in_other_words", &is("refunded", "by_nobody"), UNKNOWN)
    .with_reply("charged_back", &is("charged_back", "settled"), Meaning::new(charged_back, Final, Funds::Returned))
    .with_reply("charged_back_for_now", &is("charged_back", "reimbursed"), for_now(charged_back))
    // By reference.
    .with_reply_to("order_rejected", by_order(), &found(&[is("rejected", "x")]), for_now(Status::Failed))
    .with_reply_to("order_expired", by_order(), &found(&[is("cancelled", "expired")]), for_now(Status::Expired))
    .with_reply_to("order_canceled", by_order(), &found(&[is("canceled", "by_payer")]), for_now(Status::Canceled))
    .with_snapshot(
        "order_rejected_then_paid",
        by_order(),
        &found(&[approved("2"), payment("\"1\"", "rejected", "x", "")]),
        r#"{"payment_id":"2","status":"paid","amount":"3500","returned":"0","attempts":[{"payment_id":"1","status":"failed"}]}"#,
    )
    // Errors.
    .with_error("not_found", 404, NOT_FOUND, ErrorKind::NotFound)
    .with_error("not_found_by_its_number", 404, not_found_in_words, ErrorKind::NotFound)
    .with_error("not_found_with_a_text_as_cause", 404, text_as_cause, ErrorKind::NotFound)
    .with_error("wrong_token", 401, r#"{"message":"invalid access token","error":"unauthorized","status":401}"#, ErrorKind::Unauthorized)
    .with_error("live_credentials", 401, r#"{"message":"Unauthorized use of live credentials","cause":[{"code":7}]}"#, ErrorKind::Unauthorized)
    .with_error("another_seller", 403, r#"{"message":"The caller is not authorized","error":"forbidden","cause":[{"code":4}]}"#, ErrorKind::Unauthorized)
    .with_error("locked", 423, r#"{"message":"locked","error":"locked"}"#, ErrorKind::Unavailable)
    .with_error("failed_dependency", 424, "", ErrorKind::Unavailable)
    .with_error("too_many", 429, r#"{"message":"too many","error":"too_many_requests"}"#, ErrorKind::RateLimited)
    .with_error("bad_request", 400, r#"{"message":"Invalid","error":"bad_request","cause":[{"code":1}]}"#, ErrorKind::Rejected)
    .with_error("refused_in_a_success", 200, NOT_FOUND, ErrorKind::Rejected)
}

paystatus_testkit::conformance!(
    suite,
    rows: [
        approved, authorized, processed_of_another_api, card_check, pending_capture, not_captured, wholly_refunded,
        refund_not_told, partly_refunded, waiting_for_payment, waiting_for_transfer, challenge, pending, in_process,
        in_mediation, rejected, expired, expired_in_the_other_spelling, canceled, canceled_in_the_other_spelling,
        refunded, refunded_in_other_words, charged_back, charged_back_for_now, order_rejected, order_expired,
        order_canceled, order_rejected_then_paid, not_found, not_found_by_its_number, not_found_with_a_text_as_cause,
        wrong_token, live_credentials, another_seller, locked, failed_dependency, too_many, bad_request,
        refused_in_a_success,
    ]
);
