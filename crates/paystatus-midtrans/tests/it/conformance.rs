//! What every provider must do, for Midtrans; and every row of its tables.

use paystatus_core::{ErrorKind, Finality::*, Funds, Lookup, Meaning, Money, Pending, Returned, Status};
use paystatus_midtrans::Midtrans;
use paystatus_testkit::{Outcome, Suite};

use crate::{ID, ORDER, error, transaction};

const SETTLEMENT: &str = include_str!("../fixtures/settlement.json");
const PAID: Meaning = Meaning::new(Status::Paid, Final, Funds::Taken);
const PAID_FOR_NOW: Meaning = Meaning::new(Status::Paid, Provisional, Funds::Taken);
const UNKNOWN: Meaning = Meaning::UNKNOWN;
const HELD: Meaning = Meaning::new(Status::Authorized, Open, Funds::Held);

fn over(status: Status) -> [Meaning; 2] {
    [Meaning::new(status, Final, Funds::NotTaken), Meaning::new(status, Provisional, Funds::Unknown)]
}

fn suite() -> Suite<Midtrans> {
    let by_id = || Lookup::payment(ID);
    let by_order = || Lookup::order(ORDER);
    let rupiahs = Money::parse("1200", "IDR").ok();
    let settled = |more: &str| transaction("settlement", "200", more);
    let accepted = r#","fraud_status":"accept""#;
    let [failed, failed_order] = over(Status::Failed);
    let [canceled, canceled_order] = over(Status::Canceled);
    let [expired, expired_order] = over(Status::Expired);
    Suite::new(Midtrans::new("canary-server-key"), by_id(), SETTLEMENT, "settlement")
        .with_currency("IDR")
        .with_secrets(["canary-server-key", "Y2FuYXJ5LXNlcnZlci1rZXk6", "canary-signature"])
        .with_personal([
            "canary-card", "canary-approval", "canary-account", "canary-name", "canary-note", "canary-token",
        ])
        .expecting(["currency_absent", "currency_null"], Outcome::Charged(rupiahs), "older replies have none, and mean rupiahs")
        .expecting(["amount_zero", "amount_negative_zero"], UNKNOWN, "nothing was charged, which nobody explains")
        .with_state("settlement", "settlement", PAID)
        .with_state("capture", "capture", PAID)
        .with_state("another_word", "settled", UNKNOWN)
        .with_reply("settlement_without_fraud_detection", &settled(r#","fraud_status":null"#), PAID)
        .with_reply("settlement_denied", &settled(r#","fraud_status":"deny""#), UNKNOWN)
        .with_reply("settlement_empty", &settled(r#","fraud_status":"""#), UNKNOWN)
        .with_reply("settlement_with_another_code", &transaction("settlement", "201", accepted), UNKNOWN)
        .with_reply("settlement_expired", &transaction("settlement", "407", accepted), UNKNOWN)
        .with_reply("capture_with_another_code", &transaction("capture", "202", accepted), UNKNOWN)
        .with_reply("settlement_partly_refunded", &settled(r#","refund_amount":"2500.00""#), PAID)
        .with_reply("settlement_wholly_refunded", &settled(r#","refund_amount":"10000.00""#), UNKNOWN)
        .with_reply("capture_of_which_more_is_refunded", &transaction("capture", "200", r#","fraud_status":"accept","refund_amount":"10000.01""#), UNKNOWN)
        .with_reply("settlement_of_zero", &settled(accepted).replace("10000.00", "0.00"), UNKNOWN)
        .with_reply("bill", &settled(r#","payment_type":"echannel""#), PAID_FOR_NOW)
        .with_reply("bill_denied", &settled(r#","payment_type":"echannel","fraud_status":"challenge""#), UNKNOWN)
        .with_reply("permata", &settled(r#","payment_type":"bank_transfer","permata_va_number":"1""#), PAID_FOR_NOW)
        .with_reply("another_bank", &settled(r#","payment_type":"bank_transfer","va_numbers":[]"#), PAID)
        .with_reply("indomaret", &settled(r#","payment_type":"cstore","store":"indomaret""#), PAID_FOR_NOW)
        .with_reply("some_store", &settled(r#","payment_type":"cstore""#), PAID_FOR_NOW)
        .with_reply("alfamart", &settled(r#","payment_type":"cstore","store":"alfamart""#), PAID)
        .with_reply("capture_challenged", &transaction("capture", "201", r#","fraud_status":"challenge""#), HELD)
        .with_reply("capture_without_fraud_detection", &transaction("capture", "200", ""), UNKNOWN)
        .with_reply("capture_denied", &transaction("capture", "200", r#","fraud_status":"deny""#), UNKNOWN)
        .with_reply("authorize", &transaction("authorize", "200", accepted), HELD)
        .with_reply(
            "pending",
            &transaction("pending", "201", accepted),
            Meaning::new(Status::Pending(Pending::ActionRequired), Open, Funds::NotTaken),
        )
        .with_reply("deny", &transaction("deny", "202", accepted), failed)
        .with_reply_to("deny_by_order", by_order(), &transaction("deny", "202", accepted), failed_order)
        .with_reply("cancel", &transaction("cancel", "200", accepted), canceled)
        .with_reply_to("cancel_by_order", by_order(), &transaction("cancel", "200", accepted), canceled_order)
        .with_reply("expire", &transaction("expire", "407", ""), expired)
        .with_reply_to("expire_by_order", by_order(), &transaction("expire", "407", ""), expired_order)
        .with_reply("failure", &transaction("failure", "202", ""), failed_order)
        .with_snapshot(
            "partial_refund",
            by_order(),
            &transaction("partial_refund", "200", r#","refund_amount":"2500.00","transaction_time":"2020-01-09 18:27:19""#),
            r#"{"payment_id":"57d5293c-e65f-4a29-95e4-5959c3fa335b","status":"paid","finality":"final","amount":"10000.00","returned":"2500.00","currency":"IDR","reference":"Postman-1578568851","created_at":"2020-01-09T11:27:19Z"}"#,
        )
        .with_reply("partial_refund_of_all", &transaction("partial_refund", "200", r#","refund_amount":"10000.00""#), UNKNOWN)
        .with_reply("partial_refund_of_none", &transaction("partial_refund", "200", r#","refund_amount":"0.00""#), UNKNOWN)
        .with_reply("partial_refund_not_told", &transaction("partial_refund", "200", ""), UNKNOWN)
        .with_reply("partial_refund_unreadable", &transaction("partial_refund", "200", r#","refund_amount":"x""#), UNKNOWN)
        .with_reply("partial_refund_negative", &transaction("partial_refund", "200", r#","refund_amount":"-1""#), UNKNOWN)
        .with_reply(
            "refund",
            &transaction("refund", "200", ""),
            Meaning::new(Status::Returned(Returned::Refunded), Final, Funds::Returned),
        )
        .with_reply("partial_chargeback", &transaction("partial_chargeback", "200", r#","refund_amount":1"#), PAID_FOR_NOW)
        .with_reply(
            "partial_chargeback_not_told",
            &transaction("partial_chargeback", "200", ""),
            Meaning::new(Status::Unknown, Open, Funds::Taken),
        )
        .with_reply(
            "chargeback",
            &transaction("chargeback", "200", ""),
            Meaning::new(Status::Returned(Returned::ChargedBack), Provisional, Funds::Returned),
        )
        // Errors: the body's code goes before what HTTP says.
        .with_error("not_found", 200, &error("404"), ErrorKind::NotFound)
        .with_error("not_found_404", 404, &error("404"), ErrorKind::NotFound)
        .with_error("no_address", 404, "<html>Ups</html>", ErrorKind::Rejected)
        .with_error("wrong_key", 200, &error("401"), ErrorKind::Unauthorized)
        .with_error("no_access", 200, &error("402"), ErrorKind::Unauthorized)
        .with_error("deactivated", 500, &error("410"), ErrorKind::Unauthorized)
        .with_error("too_many", 200, &error("429"), ErrorKind::RateLimited)
        .with_error("server_error", 200, &error("500"), ErrorKind::Unavailable)
        .with_error("server_error_that_is_not_listed", 200, &error("511"), ErrorKind::Unavailable)
        .with_error("system_error", 200, &error("900"), ErrorKind::Unavailable)
        .with_error("invalid", 200, &error("400"), ErrorKind::Rejected)
        .with_error("no_timeout", 408, &error("408"), ErrorKind::Rejected)
        .with_error("an_error_beside_a_status", 200, &transaction("settlement", "406", accepted), ErrorKind::Rejected)
        .with_error("no_status", 200, &error("200"), ErrorKind::InvalidReply)
}

paystatus_testkit::conformance!(
    suite,
    rows: [
        settlement, capture, another_word, settlement_without_fraud_detection, settlement_denied, settlement_empty,
        settlement_with_another_code, settlement_expired, capture_with_another_code, settlement_partly_refunded,
        settlement_wholly_refunded, capture_of_which_more_is_refunded, settlement_of_zero, bill,
        bill_denied, permata, another_bank, indomaret, some_store, alfamart, capture_challenged,
        capture_without_fraud_detection, capture_denied, authorize, pending, deny, deny_by_order, cancel,
        cancel_by_order, expire, expire_by_order, failure, partial_refund, partial_refund_of_all,
        partial_refund_of_none, partial_refund_not_told, partial_refund_unreadable, partial_refund_negative, refund,
        partial_chargeback, partial_chargeback_not_told, chargeback, not_found, not_found_404, no_address, wrong_key,
        no_access, deactivated, too_many, server_error, server_error_that_is_not_listed, system_error, invalid, no_timeout, an_error_beside_a_status,
        no_status,
    ]
);
