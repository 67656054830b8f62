//! What every provider must do, for Cashfree; and every row of its tables.

use paystatus_cashfree::Cashfree;
use paystatus_core::{ErrorKind, Finality::*, Funds, Lookup, Meaning, Pending, Returned, Status};
use paystatus_testkit::Suite;

use crate::{ORDER, at, attempt, order};

const SUCCESS: &str = include_str!("../fixtures/success.json");
const NOT_FOUND: &str = include_str!("../fixtures/not_found.json");
const PAID: Meaning = Meaning::new(Status::Paid, Final, Funds::Taken);
const UNKNOWN: Meaning = Meaning::UNKNOWN;
const HELD: Meaning = Meaning::new(Status::Authorized, Open, Funds::Held);
const PROCESSING: Meaning = Meaning::new(Status::Pending(Pending::Processing), Open, Funds::Unknown);
const VOIDED: Meaning = Meaning::new(Status::Returned(Returned::Voided), Final, Funds::Returned);
const VOIDED_FOR_NOW: Meaning =
    Meaning::new(Status::Returned(Returned::Voided), Provisional, Funds::Returned);
const CANCELED: Meaning = Meaning::new(Status::Canceled, Provisional, Funds::Unknown);
const FAILED: Meaning = Meaning::new(Status::Failed, Provisional, Funds::Unknown);
const AT_THE_DOOR: Meaning = Meaning::new(Status::Pending(Pending::Created), Open, Funds::NotTaken);

fn error(code: &str, message: &str) -> String {
    NOT_FOUND.replace("order_not_found", code).replace("Order Reference Id does not exist", message)
}

fn suite() -> Suite<Cashfree> {
    let of = || Lookup::order(ORDER);
    let one = |status: &str, more: &str| order(&[attempt(status, more)]);
    let captured = r#""is_captured":true"#;
    let held = r#""is_captured":false,"authorization":null"#;
    let done = |action: &str, status: &str, flag: &str| {
        format!(
            r#""is_captured":{flag},"authorization":{{"action":"{action}","status":"{status}","captured_amount":1,"action_time":"2021-07-23T12:19:00"}}"#
        )
    };
    let cash = r#""is_captured":true,"payment_group":"cash_on_delivery""#;
    let paid = || attempt("SUCCESS", captured);
    let failed = || attempt("FAILED", r#""is_captured":false"#);
    let left = || attempt("USER_DROPPED", r#""is_captured":false"#);
    let voided = || attempt("VOID", r#""is_captured":false"#);
    let by_cash = || attempt("SUCCESS", cash);
    Suite::new(Cashfree::new("canary-id", "canary-secret"), of(), SUCCESS, "SUCCESS")
        .with_currency("INR")
        .with_secrets(["canary-id", "canary-secret"])
        .with_personal(["canary-bank-reference", "canary-auth-id", "canary@example"])
        .expecting(["amount_zero", "amount_negative_zero"], UNKNOWN, "nothing was paid")
        .expecting(["body_empty_array"], AT_THE_DOOR, "nobody tried to pay the order")
        .expecting(["body_error_in_success"], ErrorKind::Rejected, "it is in the provider's own form")
        .with_state("success", "SUCCESS", PAID)
        .with_snapshot(
            "by_payment_it_is_the_same",
            Lookup::payment(ORDER),
            &one("SUCCESS", captured),
            r#"{"payment_id":"order_8123","status":"paid","finality":"final","amount":"170.00","currency":"INR","returned":null,"reference":"order_8123","test_mode":null,"reason":null,"created_at":"2021-07-23T06:45:06Z"}"#,
        )
        .with_reply("for_nothing", &one("SUCCESS", captured).replace("170.00", "0.00"), UNKNOWN)
        .with_reply("held", &one("SUCCESS", held), HELD)
        .with_reply("held_without_an_action", &one("SUCCESS", r#""is_captured":false,"authorization":{"action":null,"status":null}"#), HELD)
        .with_snapshot("captured", of(), &one("SUCCESS", &done("CAPTURE", "SUCCESS", "true")), r#"{"status":"paid","finality":"final","amount":"1"}"#)
        .with_snapshot(
            "captured_and_no_sum",
            of(),
            &one("SUCCESS", &done("CAPTURE", "SUCCESS", "true").replace(r#""captured_amount":1,"#, "")),
            r#"{"status":"paid","amount":null}"#,
        )
        .with_reply("captured_for_nothing", &one("SUCCESS", &done("CAPTURE", "SUCCESS", "true").replace(":1,", ":0,")), UNKNOWN)
        .with_reply("capture_pending", &one("SUCCESS", &done("CAPTURE", "PENDING", "false")), HELD)
        .with_reply("void_pending", &one("SUCCESS", &done("VOID", "PENDING", "false")), HELD)
        .with_reply("capture_done_and_not_captured", &one("SUCCESS", &done("CAPTURE", "SUCCESS", "false")), UNKNOWN)
        .with_reply("another_action", &one("SUCCESS", &done("REVIEW", "SUCCESS", "true")), UNKNOWN)
        .with_reply("capture_of_another_word", &one("SUCCESS", &done("CAPTURE", "DONE", "true")), UNKNOWN)
        .with_reply("voided", &one("SUCCESS", &done("VOID", "SUCCESS", "false")), VOIDED)
        .with_reply("voided_and_captured", &one("SUCCESS", &done("VOID", "SUCCESS", "true")), UNKNOWN)
        .with_reply("void", &one("VOID", r#""is_captured":false"#), VOIDED)
        .with_reply("void_and_nothing_told", &one("VOID", r#""is_captured":null"#), VOIDED)
        .with_reply("void_and_captured", &one("VOID", captured), UNKNOWN)
        .with_reply("captured_is_null", &one("SUCCESS", r#""is_captured":null"#), UNKNOWN)
        .with_reply("captured_is_absent", &one("SUCCESS", r#""authorization":null"#), UNKNOWN)
        .with_reply("cash_on_delivery", &one("SUCCESS", cash), AT_THE_DOOR)
        .with_reply("flagged", &one("FLAGGED", captured), Meaning::new(Status::Pending(Pending::Processing), Open, Funds::Held))
        .with_reply("pending", &one("PENDING", r#""is_captured":false"#), PROCESSING)
        .with_reply("incomplete", &one("INCOMPLETE", r#""is_captured":false"#), PROCESSING)
        .with_reply("not_attempted", &one("NOT_ATTEMPTED", r#""is_captured":false"#), Meaning::new(Status::Pending(Pending::Created), Open, Funds::Unknown))
        .with_snapshot(
            "failed",
            of(),
            &one("FAILED", r#""is_captured":false,"payment_message":"failed","error_details":{"error_code":"TRANSACTION_DECLINED","error_description":"The bank declined it"}"#),
            r#"{"status":"failed","finality":"provisional","funds":"unknown","reason":"The bank declined it"}"#,
        )
        .with_snapshot(
            "failed_beside_a_number",
            of(),
            &one("FAILED", r#""payment_message":"failed","error_details":{"error_code":7,"error_description":"The bank declined it"}"#),
            r#"{"status":"failed","reason":"The bank declined it"}"#,
        )
        .with_snapshot("failed_with_a_message", of(), &one("FAILED", r#""payment_message":"failed""#), r#"{"status":"failed","reason":"failed"}"#)
        .with_reply("user_dropped", &order(&[left()]), CANCELED)
        .with_reply("cancelled", &one("CANCELLED", r#""is_captured":false"#), CANCELED)
        .with_reply("another_word", &one("REFUNDED", captured), UNKNOWN)
        // Orders.
        .with_reply("nobody_tried", "[]", AT_THE_DOOR)
        .with_reply("paid_at_last", &order(&[failed(), left(), paid()]), PAID)
        .with_snapshot(
            "paid_twice",
            of(),
            &order(&[paid(), failed(), at("2021-07-23T12:30:06+05:30", &paid())]),
            r#"{"status":"paid","finality":"final","amount":"340.00","attempts":[{"status":"paid","amount":"170.00"},{"status":"failed"}]}"#,
        )
        .with_snapshot("paid_in_two_currencies", of(), &order(&[paid(), paid().replace("INR", "USD")]), r#"{"status":"paid","amount":null}"#)
        .with_snapshot(
            "an_advance",
            of(),
            &order(&[by_cash(), paid()]),
            r#"{"status":"partly_paid","finality":"open","funds":"taken","amount":"170.00"}"#,
        )
        .with_snapshot(
            "a_captured_advance",
            of(),
            &order(&[attempt("SUCCESS", &done("CAPTURE", "SUCCESS", "true")), by_cash()]),
            r#"{"status":"partly_paid","finality":"open","amount":"1"}"#,
        )
        .with_snapshot("two_advances", of(), &order(&[paid(), by_cash(), paid()]), r#"{"status":"partly_paid","amount":"340.00"}"#)
        .with_reply("an_advance_and_a_failed_rest", &order(&[paid(), attempt("FAILED", cash)]), PAID)
        .with_reply("held_beside_others", &order(&[attempt("PENDING", r#""is_captured":false"#), failed(), attempt("SUCCESS", held)]), HELD)
        .with_reply("pending_beside_others", &order(&[failed(), attempt("ODD", captured), voided(), attempt("PENDING", held)]), PROCESSING)
        .with_reply("unknown_beside_others", &order(&[failed(), voided(), attempt("ODD", captured)]), UNKNOWN)
        .with_reply("voided_beside_a_failure", &order(&[voided(), failed()]), VOIDED_FOR_NOW)
        .with_reply("voided_beside_one_who_left", &order(&[left(), voided()]), VOIDED_FOR_NOW)
        .with_reply("voided_twice", &order(&[voided(), voided()]), VOIDED)
        .with_reply("failed_before_canceled", &order(&[failed(), at("2021-07-23T12:30:06+05:30", &left())]), FAILED)
        // Errors.
        .with_error("not_found", 404, NOT_FOUND, ErrorKind::NotFound)
        .with_error("payment_not_found", 404, &error("payment_not_found", "no payment"), ErrorKind::NotFound)
        .with_error("other_address", 404, &error("request_failed", "bad URL, please check API documentation"), ErrorKind::Rejected)
        .with_error("bad_request", 400, &error("request_failed", "bad URL, please check API documentation"), ErrorKind::Rejected)
        .with_error("no_version", 400, &error("version_missing", "version is missing in the request"), ErrorKind::Rejected)
        .with_error("not_found_with_another_status", 400, NOT_FOUND, ErrorKind::Rejected)
        .with_error("unauthorized", 401, &error("request_failed", "authentication Failed"), ErrorKind::Unauthorized)
        .with_error("too_many", 429, &error("request_failed", "Too many requests"), ErrorKind::RateLimited)
        .with_error("server_error", 500, &error("request_failed", "internal Server Error"), ErrorKind::Unavailable)
        .with_error("bad_gateway", 502, &error("bank_processing_failure", "bad gateway"), ErrorKind::Unavailable)
        .with_error("an_error_in_a_success", 200, NOT_FOUND, ErrorKind::Rejected)
        .with_error("no_list", 200, "{}", ErrorKind::InvalidReply)
        .with_error("null", 200, "null", ErrorKind::InvalidReply)
        .with_error("null_in_the_list", 200, "[null]", ErrorKind::InvalidReply)
}

paystatus_testkit::conformance!(
    suite,
    rows: [
        success, by_payment_it_is_the_same, for_nothing, held, held_without_an_action, captured, captured_and_no_sum,
        captured_for_nothing, capture_pending, void_pending, capture_done_and_not_captured, another_action,
        capture_of_another_word, voided, voided_and_captured, void, void_and_nothing_told, void_and_captured,
        captured_is_null, captured_is_absent, cash_on_delivery, flagged, pending, incomplete, not_attempted, failed,
        failed_beside_a_number, failed_with_a_message, user_dropped, cancelled, another_word, nobody_tried, paid_at_last, paid_twice,
        paid_in_two_currencies, an_advance, a_captured_advance, two_advances, an_advance_and_a_failed_rest,
        held_beside_others, pending_beside_others, unknown_beside_others, voided_beside_a_failure,
        voided_beside_one_who_left, voided_twice, failed_before_canceled, not_found, payment_not_found, other_address,
        bad_request, no_version, not_found_with_another_status, unauthorized, too_many, server_error, bad_gateway,
        an_error_in_a_success, no_list, null, null_in_the_list,
    ]
);
