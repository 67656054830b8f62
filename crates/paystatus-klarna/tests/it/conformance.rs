//! What every provider must do, for Klarna; and every row of its tables.

use paystatus_core::{ErrorKind, Finality::*, Funds, Lookup, Meaning, Pending, Returned, Status};
use paystatus_klarna::Klarna;
use paystatus_testkit::Suite;

use crate::{ID, account, order};

const CAPTURED: &str = include_str!("../fixtures/captured.json");
const NOT_FOUND: &str = include_str!("../fixtures/not_found.json");
const PAID: Meaning = Meaning::new(Status::Paid, Final, Funds::Taken);
const IN_PART: Meaning = Meaning::new(Status::PartlyPaid, Open, Funds::Taken);
const IN_PART_FOR_GOOD: Meaning = Meaning::new(Status::PartlyPaid, Final, Funds::Taken);
const UNKNOWN: Meaning = Meaning::UNKNOWN;
const HELD: Meaning = Meaning::new(Status::Authorized, Open, Funds::Held);
const REVIEWED: Meaning = Meaning::new(Status::Pending(Pending::Processing), Open, Funds::Unknown);
const REJECTED: Meaning = Meaning::new(Status::Failed, Provisional, Funds::NotTaken);
const CANCELED: Meaning = Meaning::new(Status::Canceled, Final, Funds::NotTaken);
const CLOSED: Meaning = Meaning::new(Status::Canceled, Provisional, Funds::NotTaken);
const EXPIRED: Meaning = Meaning::new(Status::Expired, Final, Funds::NotTaken);
const REFUNDED: Meaning = Meaning::new(Status::Returned(Returned::Refunded), Final, Funds::Returned);
const REFUNDED_FOR_NOW: Meaning =
    Meaning::new(Status::Returned(Returned::Refunded), Provisional, Funds::Returned);

fn error(code: &str) -> String {
    NOT_FOUND.replace("NO_SUCH_ORDER", code)
}

fn suite() -> Suite<Klarna> {
    let by_id = || Lookup::payment(ID);
    let fraud = |status: &str, word: &str, captured| order(status, word, 10000, captured, 0, "");
    let sums =
        |status: &str, captured, refunded| order(status, r#""ACCEPTED""#, 10000, captured, refunded, "");
    let rest = r#","remaining_authorized_amount":4000"#;
    Suite::new(account(), by_id(), CAPTURED, "CAPTURED")
        .in_minor_units()
        .with_secrets(["canary-user", "canary-password", "Y2FuYXJ5LXVzZXI6Y2FuYXJ5LXBhc3N3b3Jk"])
        .with_personal([
            "canary-birth", "canary-national", "canary-given", "canary@example.invalid", "canary-family",
            "canary-line", "canary-data", "canary-capture", "canary-captured", "canary-tracking",
        ])
        .expecting(
            ["amount_string", "amount_exponent", "amount_25_digits", "amount_negative_zero"],
            ErrorKind::InvalidReply,
            "amounts are integers",
        )
        .expecting(["amount_absent", "amount_null", "amount_zero"], UNKNOWN, "nothing was captured")
        .with_state("captured", "CAPTURED", PAID)
        .with_reply("part_captured_and_all_of_it", &sums("PART_CAPTURED", 10000, 0), UNKNOWN)
        .with_state("authorized_and_captured", "AUTHORIZED", UNKNOWN)
        .with_state("cancelled_and_captured", "CANCELLED", UNKNOWN)
        .with_reply("captured_and_pending", &fraud("CAPTURED", r#""PENDING""#, 10000), UNKNOWN)
        .with_reply("captured_and_rejected", &fraud("PART_CAPTURED", r#""REJECTED""#, 4000), UNKNOWN)
        .with_reply("captured_and_stopped", &fraud("CAPTURED", r#""STOPPED""#, 10000), UNKNOWN)
        .with_reply("captured_without_a_verdict", &fraud("CAPTURED", "null", 10000), PAID)
        .with_reply("captured_nothing", &sums("CAPTURED", 0, 0), UNKNOWN)
        .with_reply("captured_less", &sums("CAPTURED", 6000, 5999), PAID)
        .with_reply("captured_of_no_order_amount", &order("CAPTURED", "null", 0, 1, 0, ""), PAID)
        .with_reply("part_captured", &sums("PART_CAPTURED", 4000, 1000), IN_PART)
        .with_reply("part_captured_nothing", &sums("PART_CAPTURED", 0, 0), UNKNOWN)
        .with_reply("part_captured_more", &sums("PART_CAPTURED", 10001, 0), UNKNOWN)
        .with_reply("refunded", &sums("CAPTURED", 6000, 6000), REFUNDED)
        .with_reply("refunded_more", &sums("CLOSED", 6000, 6001), REFUNDED)
        .with_reply("refunded_and_cancelled", &sums("CANCELLED", 6000, 6000), REFUNDED)
        .with_reply("refunded_before_the_rest", &order("EXPIRED", "null", 10000, 6000, 6000, rest), REFUNDED_FOR_NOW)
        .with_reply("part_captured_and_refunded", &sums("PART_CAPTURED", 4000, 4000), REFUNDED_FOR_NOW)
        .with_reply("refunded_and_pending", &order("CAPTURED", r#""PENDING""#, 10000, 10000, 10000, ""), UNKNOWN)
        .with_reply("refunded_under_another_word", &sums("REFUNDED", 10000, 10000), UNKNOWN)
        .with_reply("closed_and_captured", &sums("CLOSED", 10000, 0), PAID)
        .with_reply("expired_and_captured", &sums("EXPIRED", 10000, 9999), PAID)
        .with_reply("closed_and_part_captured", &sums("CLOSED", 4000, 0), IN_PART_FOR_GOOD)
        .with_reply("expired_and_part_captured", &sums("EXPIRED", 4000, 0), IN_PART_FOR_GOOD)
        .with_reply("closed_and_more_captured", &sums("CLOSED", 10001, 0), UNKNOWN)
        .with_reply("authorized", &sums("AUTHORIZED", 0, 0), HELD)
        .with_reply("authorized_without_a_verdict", &fraud("AUTHORIZED", "null", 0), HELD)
        .with_reply("authorized_and_pending", &fraud("AUTHORIZED", r#""PENDING""#, 0), REVIEWED)
        .with_reply("authorized_and_rejected", &fraud("AUTHORIZED", r#""REJECTED""#, 0), REJECTED)
        .with_reply("authorized_and_stopped", &fraud("AUTHORIZED", r#""STOPPED""#, 0), UNKNOWN)
        .with_reply("authorized_to_nothing", &order("AUTHORIZED", r#""ACCEPTED""#, 0, 0, 0, ""), UNKNOWN)
        .with_reply("cancelled", &fraud("CANCELLED", r#""REJECTED""#, 0), CANCELED)
        .with_reply("expired", &sums("EXPIRED", 0, 0), EXPIRED)
        .with_reply("closed", &sums("CLOSED", 0, 0), CLOSED)
        .with_snapshot(
            "part_refunded",
            by_id(),
            &sums("CAPTURED", 10000, 2500),
            r#"{"status":"paid","provider_status":"CAPTURED","amount":"100.00","returned":"25.00","currency":"EUR","reference":"order-1234","test_mode":null,"created_at":"2026-01-05T10:25:40Z"}"#,
        )
        .with_snapshot("less_was_captured", by_id(), &sums("CAPTURED", 6000, 0), r#"{"amount":"60.00","returned":"0.00"}"#)
        .with_snapshot("in_part", by_id(), &sums("PART_CAPTURED", 4000, 0), r#"{"status":"partly_paid","amount":"40.00"}"#)
        .with_snapshot("given_back", by_id(), &sums("CAPTURED", 6000, 6000), r#"{"status":"returned","amount":"60.00","returned":"60.00"}"#)
        .with_snapshot("held_is_no_charge", by_id(), &sums("AUTHORIZED", 0, 0), r#"{"status":"authorized","amount":null}"#)
        .with_snapshot(
            "sums_that_are_absent_are_zero",
            by_id(),
            &format!(r#"{{"order_id":"{ID}","status":"CAPTURED","captured_amount":1,"purchase_currency":"sek"}}"#),
            r#"{"status":"paid","amount":"0.01","currency":"SEK","returned":null}"#,
        )
        .with_snapshot(
            "the_verdict_is_a_word_too",
            by_id(),
            &fraud("AUTHORIZED", r#""REJECTED""#, 0),
            r#"{"status":"failed","provider_status":"AUTHORIZED/REJECTED"}"#,
        )
        .with_error("not_found", 404, NOT_FOUND, ErrorKind::NotFound)
        .with_error("not_found_otherwise", 404, &error("NOT_FOUND"), ErrorKind::NotFound)
        .with_error("no_such_address", 404, &error("NO_SUCH_ENDPOINT"), ErrorKind::Rejected)
        .with_error("unauthorized", 401, "", ErrorKind::Unauthorized)
        .with_error("not_allowed", 403, &error("NOT_ALLOWED"), ErrorKind::Unauthorized)
        .with_error("bad_value", 400, &error("BAD_VALUE"), ErrorKind::Rejected)
        .with_error("conflict", 409, &error("NO_SUCH_ORDER"), ErrorKind::Rejected)
        .with_error("too_many", 429, &error("TOO_MANY_REQUESTS"), ErrorKind::RateLimited)
        .with_error("refused_in_a_success", 200, NOT_FOUND, ErrorKind::Rejected)
        .with_error("neither_an_order_nor_an_error", 200, r#"{"correlation_id":"c-1"}"#, ErrorKind::InvalidReply)
        .with_error("their_own", 503, &error("NO_SUCH_ORDER"), ErrorKind::Unavailable)
}

paystatus_testkit::conformance!(
    suite,
    rows: [
        captured, part_captured_and_all_of_it, authorized_and_captured, cancelled_and_captured, captured_and_pending,
        captured_and_rejected, captured_and_stopped, captured_without_a_verdict, captured_nothing, captured_less,
        captured_of_no_order_amount, part_captured, part_captured_nothing, part_captured_more, refunded, refunded_more,
        refunded_and_cancelled, refunded_before_the_rest, part_captured_and_refunded, refunded_and_pending,
        refunded_under_another_word, closed_and_captured, expired_and_captured, closed_and_part_captured,
        expired_and_part_captured, closed_and_more_captured, authorized, authorized_without_a_verdict,
        authorized_and_pending, authorized_and_rejected, authorized_and_stopped, authorized_to_nothing, cancelled,
        expired, closed, part_refunded, less_was_captured, in_part, given_back, held_is_no_charge,
        sums_that_are_absent_are_zero, the_verdict_is_a_word_too, not_found, not_found_otherwise, no_such_address,
        unauthorized, not_allowed, bad_value, conflict, too_many, refused_in_a_success, neither_an_order_nor_an_error, their_own,
    ]
);
