//! What every provider must do, for iyzico; and every row of its tables.

use paystatus_core::{ErrorKind, Finality::*, Funds, Lookup, Meaning, Pending, Returned, Status};
use paystatus_iyzico::Iyzico;
use paystatus_testkit::Suite;

use crate::{ID, ORDER, back, entry, report};

const REPORT: &str = include_str!("../fixtures/report.json");
const NOT_FOUND: &str = include_str!("../fixtures/not_found.json");
const PAID: Meaning = Meaning::new(Status::Paid, Final, Funds::Taken);
const UNKNOWN: Meaning = Meaning::UNKNOWN;
const HELD: Meaning = Meaning::new(Status::Authorized, Open, Funds::Held);
const REFUNDED: Meaning = Meaning::new(Status::Returned(Returned::Refunded), Final, Funds::Returned);
const VOIDED: Meaning = Meaning::new(Status::Returned(Returned::Voided), Final, Funds::Returned);
const FAILED: Meaning = Meaning::new(Status::Failed, Final, Funds::NotTaken);
const FAILED_FOR_NOW: Meaning = Meaning::new(Status::Failed, Provisional, Funds::NotTaken);
const REJECTED: Meaning = Meaning::new(Status::Failed, Provisional, Funds::Unknown);
const ACTION: Meaning = Meaning::new(Status::Pending(Pending::ActionRequired), Open, Funds::NotTaken);
const ACTION_SOMEWHERE: Meaning =
    Meaning::new(Status::Pending(Pending::ActionRequired), Open, Funds::Unknown);
const IN_REVIEW: Meaning = Meaning::new(Status::Pending(Pending::Processing), Open, Funds::Unknown);
const TO_COMPLETE: Meaning = Meaning::new(Status::Pending(Pending::Processing), Open, Funds::NotTaken);

fn failure(code: &str) -> String {
    NOT_FOUND.replace(r#""5087""#, code)
}

fn suite() -> Suite<Iyzico> {
    use ErrorKind::*;
    let by_id = || Lookup::payment(ID);
    let by_order = || Lookup::order(ORDER);
    let one = |status: &str, more: &str| report(&[entry(ID, status, more)]);
    let auth = |more: &str| one("1", &format!(r#""phase":"AUTH","fraudStatus":1,{more}"#));
    let word = |word: &str| format!(r#""paymentRefundStatus":"{word}""#);
    let refund = |word: &str, price: &str| {
        format!(
            r#""paymentRefundStatus":"{word}","itemTransactions":[{{"refunds":[{}]}}]"#,
            back(price, "1", "TRY")
        )
    };
    let cancel = |word: &str, price: &str| {
        format!(r#""paymentRefundStatus":"{word}","cancels":[{}]"#, back(price, "1", "TRY"))
    };
    let good = r#""phase":"AUTH","fraudStatus":1,"paymentRefundStatus":"NOT_REFUNDED""#;
    let attempts = |all: &[(&str, &str, &str)]| {
        report(&all.iter().map(|(id, status, more)| entry(id, status, more)).collect::<Vec<_>>())
    };
    Suite::new(crate::account(), by_id(), REPORT, "1")
        .with_currency("TRY")
        .with_secrets(["canary-api-key", "canary-secret-key", crate::TOKEN])
        .with_personal([
            "canary-bin", "canary-digits", "canary-token", "canary-user-key", "canary@example.invalid", "canary-gsm",
        ])
        .expecting(
            ["status_empty_word", "status_long_word", "status_padded_word", "status_unlisted_word"],
            InvalidReply,
            "a status is a whole number",
        )
        .expecting(["status_number"], UNKNOWN, "it is a number as often as a text")
        .except(["status_wrong_case"], "a number has no letters")
        .except(["echo_other_case"], "an id has no letters")
        .expecting(["echo_number"], Mismatch, "an id is a number, also where it comes as a text")
        .expecting(["amount_zero", "amount_negative_zero"], UNKNOWN, "nothing was charged")
        .with_state("paid", "1", PAID)
        .with_state("failed", "0", FAILED)
        .with_state("with_the_bank", "2", ACTION)
        .with_state("to_be_completed", "3", TO_COMPLETE)
        .with_state("in_another_app", "4", ACTION_SOMEWHERE)
        .with_state("pecco", "5", ACTION_SOMEWHERE)
        .with_state("another_method", "6", ACTION_SOMEWHERE)
        .with_state("contactless", "9", ACTION_SOMEWHERE)
        .with_state("bank_transfer", "8", ACTION)
        .with_state("seven", "7", UNKNOWN)
        .with_state("unlisted", "10", UNKNOWN)
        .with_reply("charged_nothing", &one("1", r#""phase":"AUTH","fraudStatus":1,"paidPrice":"0E-8""#), UNKNOWN)
        .with_reply("post_auth", &one("1", r#""phase":"POST_AUTH","fraudStatus":"1""#), PAID)
        .with_snapshot(
            "partly_refunded",
            by_id(),
            &auth(&refund("PARTIALLY_REFUNDED", "20")),
            r#"{"payment_id":"25236546","status":"paid","finality":"final","funds":"taken","provider_status":"1","amount":"50","returned":"20","currency":"TRY","reference":"order-1","test_mode":null,"created_at":"2025-08-28T15:19:03Z"}"#,
        )
        .with_snapshot("refunds_not_told", by_id(), &auth(r#""cancels":null"#), r#"{"status":"paid","amount":"50","returned":null}"#)
        .with_snapshot("partly_refunded_unlisted", by_id(), &auth(&word("PARTIALLY_REFUNDED")), r#"{"status":"paid","amount":null,"returned":null}"#)
        .with_reply("refunded", &auth(&word("TOTALLY_REFUNDED ")), REFUNDED)
        .with_reply("refunded_in_another_word", &auth(&word("REFUNDED")), REFUNDED)
        .with_reply("refunded_whatever_the_word", &auth(&refund("PARTIALLY_REFUNDED", "50.00")), REFUNDED)
        .with_reply("refunded_more", &auth(&refund("NOT_REFUNDED", "50.01")), REFUNDED)
        .with_reply("refunded_before_a_capture", &one("1", &format!(r#""phase":"PRE_AUTH","fraudStatus":-1,{}"#, word("REFUNDED"))), REFUNDED)
        .with_reply("cancelled", &auth(&cancel("TOTALLY_REFUNDED", "50")), VOIDED)
        .with_reply("cancelled_whatever_the_word", &auth(&cancel("NOT_REFUNDED", "50")), VOIDED)
        .with_reply("cancelled_in_a_word", &auth(&word("CANCELED")), VOIDED)
        .with_reply("held", &one("1", r#""phase":"PRE_AUTH","fraudStatus":0"#), HELD)
        .with_reply("held_and_partly_refunded", &one("1", &format!(r#""phase":"PRE_AUTH","fraudStatus":1,{}"#, refund("PARTIALLY_REFUNDED", "1"))), UNKNOWN)
        .with_reply("held_and_rejected", &one("1", r#""phase":"PRE_AUTH","fraudStatus":-1"#), REJECTED)
        .with_reply("in_review", &one("1", r#""phase":"AUTH","fraudStatus":0"#), IN_REVIEW)
        .with_reply("rejected_in_review", &one("1", r#""phase":"AUTH","fraudStatus":"-1""#), REJECTED)
        .with_reply("another_review", &one("1", r#""phase":"AUTH","fraudStatus":2"#), UNKNOWN)
        .with_reply("no_review", &one("1", r#""phase":"AUTH""#), UNKNOWN)
        .with_reply("another_phase", &one("1", r#""phase":"CAPTURE","fraudStatus":1"#), UNKNOWN)
        .with_reply("no_phase", &one("1", r#""fraudStatus":1"#), UNKNOWN)
        .with_reply("another_refund_word", &auth(&word("ON_HOLD")), UNKNOWN)
        // Conversations.
        .with_reply_to("order_failed", by_order(), &attempts(&[("1", "0", ""), ("2", "0", "")]), FAILED_FOR_NOW)
        .with_reply_to("order_paid", by_order(), &attempts(&[("1", "0", ""), ("2", "1", good)]), PAID)
        .with_snapshot(
            "order_paid_twice",
            by_order(),
            &attempts(&[("1", "1", good), ("2", "1", &good.replace("NOT_", ""))]).replace(r#""REFUNDED""#, r#""NOT_REFUNDED""#),
            r#"{"payment_id":"1","status":"paid","amount":"100","returned":"0","attempts":[{"payment_id":"2"}]}"#,
        )
        .with_reply_to("order_retried", by_order(), &attempts(&[("1", "0", ""), ("2", "2", "")]), ACTION)
        // Errors.
        .with_error("not_found", 200, NOT_FOUND, NotFound)
        .with_error("not_found_422", 422, NOT_FOUND, NotFound)
        .with_error("not_found_as_a_number", 404, &failure("5087"), NotFound)
        .with_error("empty_report", 200, r#"{"status":"success","payments":[]}"#, NotFound)
        .with_error("report_missing", 200, r#"{"status":"success"}"#, InvalidReply)
        .with_error("report_null", 200, r#"{"status":"success","payments":null}"#, InvalidReply)
        .with_error("bad_signature", 200, &failure("1000"), Unauthorized)
        .with_error("unknown_key", 422, &failure(r#""1001""#), Unauthorized)
        .with_error("key_1007", 200, &failure(r#""1007""#), Unauthorized)
        .with_error("key_1009", 200, &failure(r#""1009""#), Unauthorized)
        .with_error(
            "authentication_failed",
            200,
            r#"{"status":401,"errorCode":"5","errorMessage":"Authentication failed!","systemTime":1753183509796,"locale":"tr"}"#,
            Unauthorized,
        )
        .with_error("too_many", 200, &failure("50000"), RateLimited)
        .with_error("too_many_429", 429, &failure("50000"), RateLimited)
        .with_error("system_error", 200, &failure(r#""1""#), Unavailable)
        .with_error("another_system_error", 422, &failure("2"), Unavailable)
        .with_error("invalid_request", 422, &failure(r#""11""#), Rejected)
        .with_error("another_failure", 200, &failure(r#""10051""#), Rejected)
        .with_error("failure_without_a_code", 200, r#"{"status":"failure"}"#, Rejected)
        .with_error("down", 503, NOT_FOUND, Unavailable)
}

paystatus_testkit::conformance!(
    suite,
    rows: [
        paid, failed, with_the_bank, to_be_completed, in_another_app, pecco, another_method, contactless, bank_transfer,
        seven, unlisted, charged_nothing, post_auth, partly_refunded, refunds_not_told, partly_refunded_unlisted,
        refunded, refunded_in_another_word, refunded_whatever_the_word, refunded_more, refunded_before_a_capture,
        cancelled, cancelled_whatever_the_word, cancelled_in_a_word, held, held_and_partly_refunded, held_and_rejected,
        in_review, rejected_in_review, another_review, no_review, another_phase, no_phase, another_refund_word,
        order_failed, order_paid, order_paid_twice, order_retried, not_found, not_found_422, not_found_as_a_number,
        empty_report, report_missing, report_null, bad_signature, unknown_key, key_1007, key_1009,
        authentication_failed, too_many, too_many_429, system_error, another_system_error, invalid_request,
        another_failure, failure_without_a_code, down,
    ]
);
