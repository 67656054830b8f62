//! What every provider must do, for Paystack; and every row of its tables.

use paystatus_core::{ErrorKind, Finality::*, Funds, Lookup, Meaning, Pending, Returned, Status};
use paystatus_paystack::Paystack;
use paystatus_testkit::Suite;

use crate::{ID, REFERENCE, transaction};

const SUCCESS: &str = include_str!("../fixtures/success.json");
const NOT_FOUND: &str = include_str!("../fixtures/not_found.json");
const PAID: Meaning = Meaning::new(Status::Paid, Final, Funds::Taken);
const UNKNOWN: Meaning = Meaning::UNKNOWN;
const IN_PART: Meaning = Meaning::new(Status::PartlyPaid, Provisional, Funds::Taken);
const PROCESSING: Meaning = Meaning::new(Status::Pending(Pending::Processing), Open, Funds::Unknown);

fn error(message: &str, code: Option<&str>) -> String {
    let code = code.map(|code| format!(r#","type":"validation_error","code":"{code}""#)).unwrap_or_default();
    format!(r#"{{"status":false,"message":"{message}","meta":{{"nextStep":"Try again"}}{code}}}"#)
}

/// What holds however a transaction is asked for.
fn common(lookup: Lookup, success: &str) -> Suite<Paystack> {
    Suite::new(Paystack::new("sk_live_canary"), lookup, success, "success")
        .in_minor_units()
        .with_currency("NGN")
        .with_secrets(["sk_live_canary"])
        .with_personal([
            "canary-receipt",
            "canary-address",
            "canary-note",
            "canary-input",
            "canary-authorization",
            "canary-4081",
            "canary-account",
            "canary-name",
            "canary@example.com",
            "canary-phone",
        ])
        .expecting(["amount_25_digits"], ErrorKind::InvalidReply, "minor units are numbers of 64 bits")
        .expecting(
            ["amount_absent", "amount_null", "currency_absent", "currency_null"],
            ErrorKind::InvalidReply,
            "both stand in every transaction",
        )
        .expecting(["amount_zero", "amount_negative_zero"], UNKNOWN, "nothing was paid")
        .with_plain_id("4099260517")
}

/// Paystack's own number is a number in the reply, too.
fn by_payment() -> Suite<Paystack> {
    let success = SUCCESS
        .replace(r#""reference": {{id}}"#, r#""reference": "re4lyvq3s3""#)
        .replace(ID, "{{id:number}}");
    common(Lookup::payment(ID), &success)
        .with_state("success", "success", PAID)
        .expecting(
            ["echo_other_id", "echo_padded_id", "echo_empty"],
            ErrorKind::InvalidReply,
            "the id is a number",
        )
        .expecting(["echo_number"], ErrorKind::Mismatch, "the id is a number")
        .except(["echo_other_case"], "the id has no letters")
        .except(["every_row_is_shown"], "the suite by reference shows them")
}

#[test]
fn by_payment_the_same_holds() {
    assert_eq!(by_payment().failures(), []);
}

fn suite() -> Suite<Paystack> {
    let of = || Lookup::order(REFERENCE);
    common(of(), SUCCESS)
        .with_state("success", "success", PAID)
        .with_snapshot(
            "a_fee_on_top",
            of(),
            &transaction("success", "40333", r#","requested_amount":30050"#),
            r#"{"payment_id":"4099260516","status":"paid","finality":"final","amount":"403.33","currency":"NGN","returned":null,"reference":"re4lyvq3s3","test_mode":false,"reason":null,"created_at":"2024-08-22T09:14:24Z","updated_at":"2024-08-22T09:15:02Z"}"#,
        )
        .with_reply("as_requested", &transaction("success", "40333", r#","requested_amount":40333"#), PAID)
        .with_reply("nothing_told_of_the_request", &transaction("success", "40333", r#","requested_amount":null"#), PAID)
        .with_snapshot(
            "in_part",
            of(),
            &transaction("success", "40333", r#","requested_amount":"40334""#),
            r#"{"status":"partly_paid","finality":"provisional","funds":"taken","amount":"403.33"}"#,
        )
        .with_reply("in_part_by_a_unit", &transaction("success", "1", r#","requested_amount":2"#), IN_PART)
        .with_reply("for_nothing", &transaction("success", "0", ""), UNKNOWN)
        .with_reply("nothing_of_something", &transaction("success", "0", r#","requested_amount":100"#), UNKNOWN)
        .with_reply("abandoned", &transaction("abandoned", "40333", ""), Meaning::new(Status::Pending(Pending::Created), Open, Funds::NotTaken))
        .with_reply("ongoing", &transaction("ongoing", "40333", ""), Meaning::new(Status::Pending(Pending::ActionRequired), Open, Funds::Unknown))
        .with_reply("pending", &transaction("pending", "40333", ""), PROCESSING)
        .with_reply("processing", &transaction("processing", "40333", ""), PROCESSING)
        .with_reply("queued", &transaction("queued", "40333", ""), PROCESSING)
        .with_snapshot(
            "failed",
            of(),
            &transaction("failed", "40333", r#","gateway_response":"Declined","log":null"#),
            r#"{"status":"failed","finality":"provisional","funds":"unknown","reason":"Declined"}"#,
        )
        .with_snapshot(
            "reversed",
            of(),
            &transaction("reversed", "40333", ""),
            r#"{"status":"returned","detail":"reversed","finality":"provisional","funds":"unknown","returned":null}"#,
        )
        .with_reply("reversed_whatever_was_requested", &transaction("reversed", "40333", r#","requested_amount":50000"#), Meaning::new(Status::Returned(Returned::Reversed), Provisional, Funds::Unknown))
        .with_reply("a_word_of_another_request", &transaction("send_otp", "40333", ""), UNKNOWN)
        .with_reply("in_capitals", &transaction("Success", "40333", ""), UNKNOWN)
        // Errors.
        .with_error("not_found", 400, NOT_FOUND, ErrorKind::NotFound)
        .with_error("not_found_404", 404, NOT_FOUND, ErrorKind::NotFound)
        .with_error("not_found_by_another_code", 404, &error("nothing", Some("not_found")), ErrorKind::NotFound)
        .with_error("not_found_without_a_code", 400, &error("Transaction reference not found", None), ErrorKind::NotFound)
        .with_error("no_transaction", 400, &error("Transaction not found.", None), ErrorKind::NotFound)
        .with_error("no_entity", 404, &error("Entity not found", None), ErrorKind::NotFound)
        .with_error("unauthorized", 401, &error("Invalid key", Some("invalid_Key")), ErrorKind::Unauthorized)
        .with_error("unauthorized_400", 400, &error("Invalid key", None), ErrorKind::Unauthorized)
        .with_error("forbidden", 403, &error("Your IP address is not allowed", None), ErrorKind::Unauthorized)
        .with_error("unauthorized_and_not_found", 401, NOT_FOUND, ErrorKind::Unauthorized)
        .with_error("not_a_number", 400, &error("Transaction ID should be numeric.", Some("invalid_params")), ErrorKind::Rejected)
        .with_error("other_404", 404, r#"{"status":false,"message":"Route unknown"}"#, ErrorKind::Rejected)
        .with_error("refused_in_a_success", 200, NOT_FOUND, ErrorKind::Rejected)
        .with_error("refused_with_data", 200, &transaction("success", "40333", "").replacen("true", "false", 1), ErrorKind::Rejected)
        .with_error("no_data", 200, r#"{"status":true,"message":"Verification successful"}"#, ErrorKind::InvalidReply)
        .with_error("null_data", 200, r#"{"status":true,"message":"Verification successful","data":null}"#, ErrorKind::InvalidReply)
        .with_error("no_flag", 200, &transaction("success", "40333", "").replacen("true", r#""true""#, 1), ErrorKind::InvalidReply)
        .with_error("a_fraction", 200, &transaction("success", "40333.5", ""), ErrorKind::InvalidReply)
        .with_reply_to("by_payment", Lookup::payment(ID), &transaction("success", "40333", ""), PAID)
        .with_error("not_found_by_payment", 404, &error("Transaction not found", None), ErrorKind::NotFound)
}

paystatus_testkit::conformance!(
    suite,
    rows: [
        success, a_fee_on_top, as_requested, nothing_told_of_the_request, in_part, in_part_by_a_unit, for_nothing,
        nothing_of_something, abandoned, ongoing, pending, processing, queued, failed, reversed,
        reversed_whatever_was_requested, a_word_of_another_request, in_capitals, not_found, not_found_404,
        not_found_by_another_code, not_found_without_a_code, no_transaction, no_entity, unauthorized,
        unauthorized_400, forbidden, unauthorized_and_not_found, not_a_number, other_404, refused_in_a_success,
        refused_with_data, no_data, null_data, no_flag, a_fraction, by_payment,
        not_found_by_payment,
    ]
);
