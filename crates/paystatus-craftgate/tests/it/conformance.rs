//! What every provider must do, for Craftgate; and every row of its tables.

use paystatus_core::{ErrorKind, Finality::*, Funds, Lookup, Meaning, Pending, Returned, Status};
use paystatus_craftgate::Craftgate;
use paystatus_testkit::Suite;

use crate::{ID, ORDER, list, one, payment, refund};

const PAYMENT: &str = include_str!("../fixtures/payment.json");
const PAID: Meaning = Meaning::new(Status::Paid, Final, Funds::Taken);
const UNKNOWN: Meaning = Meaning::UNKNOWN;
const HELD: Meaning = Meaning::new(Status::Authorized, Open, Funds::Held);
const REFUNDED: Meaning = Meaning::new(Status::Returned(Returned::Refunded), Final, Funds::Returned);
const REFUNDED_FOR_NOW: Meaning =
    Meaning::new(Status::Returned(Returned::Refunded), Provisional, Funds::Returned);
const VOIDED: Meaning = Meaning::new(Status::Returned(Returned::Voided), Final, Funds::Returned);
const FAILED: Meaning = Meaning::new(Status::Failed, Final, Funds::NotTaken);
const FAILED_FOR_NOW: Meaning = Meaning::new(Status::Failed, Provisional, Funds::NotTaken);
const ACTION: Meaning = Meaning::new(Status::Pending(Pending::ActionRequired), Open, Funds::NotTaken);
const TO_COMPLETE: Meaning = Meaning::new(Status::Pending(Pending::Processing), Open, Funds::NotTaken);
const WAITING: Meaning = Meaning::new(Status::Pending(Pending::Processing), Open, Funds::Unknown);

fn error(code: &str, group: &str) -> String {
    format!(
        r#"{{"errors":{{"errorCode":"{code}","errorDescription":"İşlem reddedildi","errorGroup":"{group}"}}}}"#
    )
}

fn suite() -> Suite<Craftgate> {
    use ErrorKind::*;
    let by_id = || Lookup::payment(ID);
    let by_order = || Lookup::order(ORDER);
    let auth = |more: &str| one("SUCCESS", &format!(r#""paymentPhase":"AUTH",{more}"#));
    let held = |more: &str| one("SUCCESS", &format!(r#""paymentPhase":"PRE_AUTH",{more}"#));
    let word = |word: &str| format!(r#""refundStatus":"{word}""#);
    let refunded = |word: &str, price: &str| {
        format!(r#""refundStatus":"{word}","refunds":[{}]"#, refund(price, "SUCCESS"))
    };
    let good = |id| payment(id, "SUCCESS", r#""paymentPhase":"AUTH","refundStatus":"NO_REFUND""#);
    let back = |id| payment(id, "SUCCESS", r#""paymentPhase":"AUTH","refundStatus":"FULLY_REFUNDED""#);
    let failed = |id| payment(id, "FAILURE", "");
    Suite::new(crate::account(), by_id(), PAYMENT, "SUCCESS")
        .with_currency("TRY")
        .with_secrets(["canary-api-key", "canary-secret-key", "canary-hook-key"])
        .with_personal([
            "canary-bin", "canary-digits", "canary-holder", "canary-bank-holder", "canary-token", "canary-user-key",
            "canary-buyer", "canary@example.invalid",
        ])
        .except(["echo_other_case"], "an id has no letters")
        .expecting(["echo_number"], Mismatch, "an id is a number")
        .expecting(["amount_zero", "amount_negative_zero"], UNKNOWN, "nothing was paid")
        .with_state("paid", "SUCCESS", PAID)
        .with_state("failed", "FAILURE", FAILED)
        .with_state("with_the_bank", "INIT_THREEDS", ACTION)
        .with_state("to_be_completed", "CALLBACK_THREEDS", TO_COMPLETE)
        .with_state("waiting", "WAITING", WAITING)
        .with_state("unlisted", "REVIEW", UNKNOWN)
        .with_reply("charged_nothing", &auth(r#""paidPrice":0E-8"#), UNKNOWN)
        .with_reply("held", &held(&word("NO_REFUND")), HELD)
        .with_reply("held_without_a_word", &held(r#""refundStatus":null"#), HELD)
        .with_reply("held_and_partly_refunded", &held(&refunded("PARTIAL_REFUNDED", "30")), HELD)
        .with_reply("held_and_released", &held(&word("FULLY_REFUNDED")), VOIDED)
        .with_reply("held_in_another_word", &held(&word("ON_HOLD")), UNKNOWN)
        .with_reply("post_auth", &one("SUCCESS", r#""paymentPhase":"POST_AUTH","refundStatus":"NOT_REFUNDED""#), PAID)
        .with_snapshot(
            "partly_refunded",
            by_id(),
            &auth(&refunded("PARTIAL_REFUNDED", "30.00000000")),
            r#"{"payment_id":"5","status":"paid","finality":"final","funds":"taken","provider_status":"SUCCESS","amount":"110.00000000","returned":"30.00000000","currency":"TRY","reference":"order-1","test_mode":null,"created_at":null}"#,
        )
        .with_snapshot(
            "partly_refunded_by_what_is_left",
            by_id(),
            &auth(r#""refundStatus":"PARTIAL_REFUNDED","refundablePrice":80"#),
            r#"{"status":"paid","amount":"110.00000000","returned":"30.00000000"}"#,
        )
        .with_snapshot("partly_refunded_unlisted", by_id(), &auth(r#""refundStatus":"PARTIAL_REFUNDED","refunds":[]"#), r#"{"status":"paid","amount":null,"returned":null}"#)
        .with_snapshot("refunds_not_told", by_id(), &auth(r#""refundStatus":null"#), r#"{"status":"paid","amount":"110.00000000","returned":null}"#)
        .with_snapshot("nothing_refunded", by_id(), &auth(&word("NOT_REFUNDED")), r#"{"status":"paid","returned":"0"}"#)
        .with_reply("refunded", &auth(&word("FULLY_REFUNDED")), REFUNDED)
        .with_reply("refunded_whatever_the_word", &auth(&refunded("NO_REFUND", "110")), REFUNDED)
        .with_reply("refunded_more", &auth(&refunded("ON_HOLD", "110.01")), REFUNDED)
        .with_reply("refunded_by_what_is_left", &auth(r#""refundStatus":"PARTIAL_REFUNDED","refundablePrice":0"#), REFUNDED)
        .with_reply("refunded_in_another_word", &auth(&word("ON_HOLD")), UNKNOWN)
        .with_reply("no_phase", &one("SUCCESS", r#""refundStatus":"NO_REFUND""#), UNKNOWN)
        .with_reply("another_phase", &one("SUCCESS", r#""paymentPhase":"auth""#), UNKNOWN)
        .with_snapshot(
            "failed_with_a_reason",
            by_id(),
            &one("FAILURE", r#""paymentError":{"errorCode":"10051","errorDescription":"Limit yetersiz","errorGroup":"NOT_SUFFICIENT_FUNDS"}"#),
            r#"{"status":"failed","reason":"Limit yetersiz"}"#,
        )
        // Orders.
        .with_reply_to("order_failed", by_order(), &list(&[failed("1"), failed("2")], 2), FAILED_FOR_NOW)
        .with_reply_to("order_paid", by_order(), &list(&[failed("1"), good("2")], 2), PAID)
        .with_snapshot(
            "order_paid_in_parts",
            by_order(),
            &list(&[good("9"), failed("11"), good("10")], 3),
            r#"{"payment_id":"10","status":"paid","amount":"220.00000000","returned":"0","attempts":[{"payment_id":"11"},{"payment_id":"9"}]}"#,
        )
        .with_reply_to("order_refunded", by_order(), &list(&[back("2")], 1), REFUNDED)
        .with_reply_to("order_list_in_part", by_order(), &list(&[failed("1"), back("2")], 3), REFUNDED_FOR_NOW)
        .with_reply_to("order_list_in_part_and_refunded", by_order(), &list(&[back("2")], 2), REFUNDED_FOR_NOW)
        .with_reply_to("order_list_in_part_and_paid", by_order(), &list(&[good("2")], 2), PAID)
        // Errors.
        .with_error("not_found", 404, &error("2", "NOT_FOUND"), NotFound)
        .with_error("no_such_address", 404, r#"{"message":"not found"}"#, Rejected)
        .with_error("unauthorized", 401, &error("0", "AUTHENTICATION"), Unauthorized)
        .with_error("forbidden", 403, &error("0", "AUTHENTICATION"), Unauthorized)
        .with_error("validation", 422, &error("1", "VALIDATION"), Rejected)
        .with_error("error_in_a_success", 200, &error("10051", "NOT_SUFFICIENT_FUNDS"), Rejected)
        .with_error("error_beside_a_payment", 200, &auth("").replacen('{', r#"{"errors":{"errorCode":"1"},"#, 1), Rejected)
        .with_error("no_data", 200, r#"{"data":null}"#, InvalidReply)
        .with_error("neither", 200, r#"{"errors":null}"#, InvalidReply)
        .with_error("too_many", 429, "", RateLimited)
        .with_error("down", 500, &error("3", "SYSTEM_ERROR"), Unavailable)
}

paystatus_testkit::conformance!(
    suite,
    rows: [
        paid, failed, with_the_bank, to_be_completed, waiting, unlisted, charged_nothing, held, held_without_a_word,
        held_and_partly_refunded, held_and_released, held_in_another_word, post_auth, partly_refunded,
        partly_refunded_by_what_is_left, partly_refunded_unlisted, refunds_not_told, nothing_refunded, refunded,
        refunded_whatever_the_word, refunded_more, refunded_by_what_is_left, refunded_in_another_word, no_phase,
        another_phase, failed_with_a_reason, order_failed, order_paid, order_paid_in_parts, order_refunded,
        order_list_in_part, order_list_in_part_and_refunded, order_list_in_part_and_paid, not_found, no_such_address,
        unauthorized, forbidden, validation, error_in_a_success, error_beside_a_payment, no_data, neither, too_many,
        down,
    ]
);
