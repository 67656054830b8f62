//! What every provider must do, for Tap Payments; and every row of its tables.

use paystatus_core::{ErrorKind, Finality::*, Funds, Lookup, Meaning, Pending, Returned, Status};
use paystatus_tap::Tap;
use paystatus_testkit::Suite;

use crate::{AUTH, ID, object};

const CAPTURED: &str = include_str!("../fixtures/captured.json");
const NOT_FOUND: &str = r#"{"errors":[{"code":"1121","description":"Charge not found"}]}"#;
const UNKNOWN: Meaning = Meaning::UNKNOWN;

fn suite() -> Suite<Tap> {
    let meaning = Meaning::new;
    let captured = |more: &str| object(ID, "charge", "CAPTURED", more);
    let authorize = |word: &str| object(AUTH, "authorize", word, "");
    let by_authorization = || Lookup::payment(AUTH);
    let held = meaning(Status::Authorized, Open, Funds::Held);
    Suite::new(Tap::new("canary-secret-key"), Lookup::payment(ID), CAPTURED, "CAPTURED")
        .with_secrets(["canary-secret-key"])
        .with_personal([
            "canary-description", "canary-receipt", "canary-first", "canary-last", "canarycustomer", "canary-name",
            "canary@example.invalid", "canary-phone", "canarytoken",
        ])
        .expecting(["amount_zero", "amount_negative_zero"], UNKNOWN, "nothing was captured, whatever the word")
        .with_state("captured", "CAPTURED", meaning(Status::Paid, Final, Funds::Taken))
        .with_state("authorized", "AUTHORIZED", held)
        .with_state("void", "VOID", meaning(Status::Returned(Returned::Voided), Final, Funds::Returned))
        .with_state("initiated", "INITIATED", meaning(Status::Pending(Pending::ActionRequired), Open, Funds::NotTaken))
        .with_state("in_progress", "IN_PROGRESS", meaning(Status::Pending(Pending::Processing), Open, Funds::Unknown))
        .with_state("abandoned", "ABANDONED", meaning(Status::Expired, Provisional, Funds::Unknown))
        .with_state("cancelled", "CANCELLED", meaning(Status::Canceled, Final, Funds::NotTaken))
        .with_state("declined", "DECLINED", meaning(Status::Failed, Final, Funds::NotTaken))
        .with_state("timed_out", "TIMEDOUT", meaning(Status::Failed, Provisional, Funds::Unknown))
        .with_state("unknown_to_tap", "UNKNOWN", UNKNOWN)
        .with_state("word_of_a_refund", "REFUNDED", UNKNOWN)
        .with_reply("reversed", &captured(r#","auto_reversed":true"#), meaning(Status::Returned(Returned::Reversed), Provisional, Funds::Unknown))
        .with_reply("another_object", &object(ID, "refund", "CAPTURED", ""), UNKNOWN)
        .with_reply("an_authorization_in_the_place_of_a_charge", &object(ID, "authorize", "CAPTURED", ""), UNKNOWN)
        .with_reply("amount_of_nothing", &captured("").replace("10.0", "0.00"), UNKNOWN)
        .with_reply("another_code", &captured(r#","response":{"code":"100"}"#), UNKNOWN)
        .with_snapshot(
            "captured_as_told",
            Lookup::payment(ID),
            &captured(r#","live_mode":false,"response":{"code":null,"message":"Captured"},"transaction":{"created":1692028310505}"#),
            r#"{"status":"paid","finality":"final","amount":"10.0","currency":"AED","returned":null,"reference":"ord_0001","reason":null,"test_mode":true,"created_at":"2023-08-14T15:51:50.505Z"}"#,
        )
        .with_snapshot(
            "declined_as_told",
            Lookup::payment(ID),
            &object(ID, "charge", "DECLINED", r#","live_mode":true,"response":{"code":"507","message":"Declined"}"#),
            r#"{"status":"failed","reason":"Declined","test_mode":false}"#,
        )
        .with_reply_to("authorization_held", by_authorization(), &authorize("AUTHORIZED"), held)
        .with_snapshot(
            "authorization_captured",
            by_authorization(),
            &authorize("CAPTURED"),
            r#"{"status":"paid","finality":"final","amount":null,"currency":null,"returned":null}"#,
        )
        .with_reply_to("a_charge_in_the_place_of_an_authorization", by_authorization(), &object(AUTH, "charge", "CAPTURED", ""), UNKNOWN)
        .with_error("bad_request", 400, NOT_FOUND, ErrorKind::Rejected)
        .with_error("unauthorized", 401, NOT_FOUND, ErrorKind::Unauthorized)
        .with_error("payment_required", 402, NOT_FOUND, ErrorKind::Rejected)
        .with_error("not_found", 404, NOT_FOUND, ErrorKind::NotFound)
        .with_error("not_found_without_a_code", 404, r#"{"errors":[{"description":"Charge not found"}]}"#, ErrorKind::NotFound)
        .with_error("no_such_address", 404, r#"{"message":"no route"}"#, ErrorKind::Rejected)
        .with_error("errors_in_a_success", 200, NOT_FOUND, ErrorKind::Rejected)
        .with_error("errors_beside_a_charge", 200, &captured(r#","errors":[{"description":"odd"}]"#), ErrorKind::Rejected)
        .with_error("errors_of_another_form", 200, &captured(r#","errors":"odd""#), ErrorKind::Rejected)
        .with_reply("no_errors", &captured(r#","errors":[]"#), meaning(Status::Paid, Final, Funds::Taken))
}

paystatus_testkit::conformance!(
    suite,
    rows: [
        captured, authorized, void, initiated, in_progress, abandoned, cancelled, declined, timed_out, unknown_to_tap,
        word_of_a_refund, reversed, another_object, an_authorization_in_the_place_of_a_charge, amount_of_nothing,
        another_code, captured_as_told, declined_as_told, authorization_held, authorization_captured,
        a_charge_in_the_place_of_an_authorization, bad_request, unauthorized, payment_required, not_found,
        not_found_without_a_code, no_such_address, errors_in_a_success, errors_beside_a_charge, errors_of_another_form,
        no_errors,
    ]
);
