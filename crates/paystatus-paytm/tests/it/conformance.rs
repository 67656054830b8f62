//! What every provider must do, for Paytm; and every row of its tables.

use paystatus_core::{ErrorKind, Finality::*, Funds, Lookup, Meaning, Pending, Returned, Status};
use paystatus_paytm::Paytm;
use paystatus_testkit::Suite;

use crate::{MID, ORDER, described, outcome};

const SUCCESS: &str = include_str!("../fixtures/success.json");
const PAID: Meaning = Meaning::new(Status::Paid, Final, Funds::Taken);
const UNKNOWN: Meaning = Meaning::UNKNOWN;
const HELD: Meaning = Meaning::new(Status::Authorized, Open, Funds::Held);
const REFUNDED: Meaning = Meaning::new(Status::Returned(Returned::Refunded), Final, Funds::Returned);
const RELEASED: Meaning = Meaning::new(Status::Returned(Returned::Voided), Provisional, Funds::Unknown);
const PENDING: Meaning = Meaning::new(Status::Pending(Pending::Processing), Open, Funds::Unknown);
const FAILED: Meaning = Meaning::new(Status::Failed, Provisional, Funds::Unknown);

fn suite() -> Suite<Paytm> {
    let success = |more: &str| described("TXN_SUCCESS", "01", more);
    // The testkit changes replies, and signs none.
    let account = Paytm::new(MID, "canary-key-16byt").taking_unsigned_replies();
    Suite::new(account, Lookup::order(ORDER), SUCCESS, "TXN_SUCCESS")
        .with_plain_id(ORDER)
        .with_currency("INR")
        .lacking("{{currency}}", "all is in rupees")
        .with_secrets(["canary-key-16byt"])
        .with_personal(["canary-bank", "canary-card", "canary-index", "canary-mobile"])
        .expecting(["amount_absent", "amount_null"], ErrorKind::InvalidReply, "it stands in every success")
        .expecting(["amount_zero", "amount_negative_zero"], UNKNOWN, "nothing was charged, which nobody explains")
        .with_state("success", "TXN_SUCCESS", PAID)
        .with_state("another_word", "SUCCESS", UNKNOWN)
        .with_reply("another_word_without_an_order", &outcome("TXN_REVERSED", "01", "x"), UNKNOWN)
        .with_snapshot(
            "refund_not_told",
            Lookup::payment(ORDER),
            &described("TXN_SUCCESS", "1", r#","refundAmt":"","txnType":"","txnDate":"2019-02-20 12:35:20.0""#),
            r#"{"payment_id":"ORDERID_98765","status":"paid","amount":"100.00","currency":"INR","returned":null,"reference":"ORDERID_98765","created_at":"2019-02-20T07:05:20Z"}"#,
        )
        .with_snapshot(
            "no_refund",
            Lookup::order(ORDER),
            &success(r#","refundAmt":"0.00","preAuthId":"","blockedAmount":"0.00","subsId":null"#),
            r#"{"status":"paid","returned":"0.00"}"#,
        )
        .with_snapshot(
            "part",
            Lookup::order(ORDER),
            &success(r#","refundAmt":"99.99""#),
            r#"{"status":"paid","finality":"final","returned":"99.99"}"#,
        )
        .with_reply("all", &success(r#","refundAmt":"100.00","txnType":"CAPTURE""#), REFUNDED)
        .with_reply("more", &success(r#","refundAmt":"100.01""#), UNKNOWN)
        .with_reply("zero", &success("").replace("100.00", "0.00"), UNKNOWN)
        .with_reply("refunds_code", &described("TXN_SUCCESS", "10", ""), UNKNOWN)
        .with_reply("captured", &success(r#","txnType":"CAPTURE","preAuthId":"7","blockedAmount":"100.00""#), PAID)
        .with_reply("released", &success(r#","txnType":"RELEASE","preAuthId":"7""#), RELEASED)
        .with_reply("preauthorized", &success(r#","txnType":"PREAUTH""#), HELD)
        .with_reply("held", &success(r#","txnType":"SALE","preAuthId":"7""#), HELD)
        .with_reply("held_by_amount", &success(r#","blockedAmount":{"value":"100.00"}"#), HELD)
        .with_reply("debited", &success(r#","txnType":"SUBSCRIPTION_DEBIT","subsId":"7""#), PAID)
        .with_reply("mandate", &success(r#","subsId":7"#), UNKNOWN)
        .with_reply("captured_mandate", &success(r#","txnType":"CAPTURE","subsId":"7""#), UNKNOWN)
        .with_reply("withdrawn", &success(r#","txnType":"WITHDRAW""#), UNKNOWN)
        .with_reply("type_in_small_letters", &success(r#","txnType":"sale""#), UNKNOWN)
        .with_reply("pending", &described("PENDING", "402", ""), PENDING)
        .with_reply("pending_without_an_order", &outcome("PENDING", "400", "x"), PENDING)
        .with_reply("failed", &described("TXN_FAILURE", "227", ""), FAILED)
        // Errors.
        .with_error("no_record", 200, &outcome("NO_RECORD_FOUND", "999", "No Record Found"), ErrorKind::NotFound)
        .with_error("no_record_by_code", 200, &described("TXN_FAILURE", "331", ""), ErrorKind::NotFound)
        .with_error("no_order", 200, &outcome("TXN_FAILURE", "334", "Invalid Order ID"), ErrorKind::NotFound)
        .with_error("checksum", 200, &outcome("TXN_FAILURE", "330", "x"), ErrorKind::Unauthorized)
        .with_error("checksum_of_a_gateway", 200, &outcome("F", "2005", "Checksum provided is invalid"), ErrorKind::Unauthorized)
        .with_error("no_merchant", 200, &outcome("TXN_FAILURE", "335", "Mid is invalid"), ErrorKind::Unauthorized)
        .with_error("server_down", 200, &described("PENDING", "501", ""), ErrorKind::Unavailable)
        .with_error("system_error", 200, &outcome("U", "900", "System Error"), ErrorKind::Unavailable)
        .with_error("refused", 200, &described("F", "1001", ""), ErrorKind::Rejected)
        .with_error("unknown_outcome", 200, &described("U", "00000900", ""), ErrorKind::Rejected)
        .with_error("failure_of_nothing", 200, &outcome("TXN_FAILURE", "227", "x"), ErrorKind::Rejected)
        .with_error("success_of_nothing", 200, &outcome("TXN_SUCCESS", "01", "x"), ErrorKind::InvalidReply)
        .with_error("type_of_another_type", 200, &success(r#","txnType":7"#), ErrorKind::InvalidReply)
        .with_error("another_merchant", 200, &success("").replace(MID, "another"), ErrorKind::Mismatch)
}

paystatus_testkit::conformance!(
    suite,
    rows: [
        success, another_word, another_word_without_an_order, refund_not_told, no_refund, part, all, more, zero,
        refunds_code, captured, released, preauthorized, held, held_by_amount, debited, mandate, captured_mandate,
        withdrawn, type_in_small_letters, pending, pending_without_an_order, failed, no_record, no_record_by_code,
        no_order, checksum, checksum_of_a_gateway, no_merchant, server_down, system_error, refused, unknown_outcome,
        failure_of_nothing, success_of_nothing, type_of_another_type, another_merchant,
    ]
);
