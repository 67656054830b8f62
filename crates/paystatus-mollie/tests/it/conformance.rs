//! What every provider must do, for Mollie; and every row of its tables.

use paystatus_core::{ErrorKind, Finality::*, Funds, Lookup, Meaning, Pending, Returned, Status};
use paystatus_mollie::Mollie;
use paystatus_testkit::Suite;

use crate::{ID, payment};

const PAID_REPLY: &str = include_str!("../fixtures/paid.json");
const NOT_FOUND: &str = include_str!("../fixtures/not_found.json");
const PAID: Meaning = Meaning::new(Status::Paid, Final, Funds::Taken);
const UNKNOWN: Meaning = Meaning::UNKNOWN;
const REFUNDED: Meaning = Meaning::new(Status::Returned(Returned::Refunded), Final, Funds::Returned);
const CHARGED_BACK: Meaning =
    Meaning::new(Status::Returned(Returned::ChargedBack), Provisional, Funds::Returned);
const HELD: Meaning = Meaning::new(Status::Authorized, Open, Funds::Held);
const EXPIRED: Meaning = Meaning::new(Status::Expired, Final, Funds::NotTaken);

fn refunded(value: &str) -> String {
    format!(r#","amountRefunded":{{"value":"{value}","currency":"EUR"}}"#)
}

fn charged_back(value: &str) -> String {
    format!(r#","amountChargedBack":{{"value":"{value}","currency":"EUR"}}"#)
}

fn captured(value: &str) -> String {
    format!(r#","captureMode":"manual","amountCaptured":{{"value":"{value}","currency":"EUR"}}"#)
}

fn error(status: u16, title: &str) -> String {
    NOT_FOUND.replace("404", &status.to_string()).replace("Not Found", title)
}

fn mollie() -> Mollie {
    Mollie::new("canary-key").with_callback_secrets(["canary-secret".into()])
}

fn suite() -> Suite<Mollie> {
    let mandate = Meaning::new(Status::Unknown, Provisional, Funds::NotTaken);
    let by_bank = r#","method":"banktransfer""#;
    Suite::new(mollie(), Lookup::payment(ID), PAID_REPLY, "paid")
        .with_plain_id("tr_paystatustestkit0")
        .with_secrets(["canary-key", "canary-secret"])
        .with_personal([
            "canary-description", "canary-note", "canary-name", "canary-account", "canary-given-name",
            "canary@example.invalid", "canary-redirect", "canary-webhook", "canary-checkout",
        ])
        .expecting(
            ["amount_absent", "amount_null", "currency_absent", "currency_null"],
            UNKNOWN,
            "without an amount nobody knows how much of it came back",
        )
        .expecting(["amount_zero", "amount_negative_zero"], mandate, "a first payment for nothing sets up a mandate")
        .with_state("paid", "paid", PAID)
        .with_state("of_version_1", "paidout", UNKNOWN)
        .with_snapshot(
            "partly_refunded",
            Lookup::payment(ID),
            &payment("paid", &refunded("2.50")),
            r#"{"status":"paid","finality":"final","amount":"10.00","returned":"2.50","currency":"EUR","reference":"12345","test_mode":false,"created_at":"2024-03-20T09:13:37Z","updated_at":"2024-03-20T09:14:37Z"}"#,
        )
        .with_snapshot("nothing_refunded", Lookup::payment(ID), &payment("paid", ""), r#"{"status":"paid","returned":"0.00"}"#)
        .with_reply("refunded", &payment("paid", &refunded("10.00")), REFUNDED)
        .with_snapshot(
            "refunded_more_than_was_paid",
            Lookup::payment(ID),
            &payment("paid", &refunded("35.00")),
            r#"{"status":"returned","detail":"refunded","finality":"final","amount":"10.00","returned":"35.00"}"#,
        )
        .with_reply("refunded_in_another_currency", &payment("paid", &refunded("2.50").replace("EUR", "USD")), UNKNOWN)
        .with_snapshot(
            "partly_charged_back",
            Lookup::payment(ID),
            &payment("paid", &charged_back("4.00")),
            r#"{"status":"paid","finality":"provisional","funds":"taken","returned":"4.00"}"#,
        )
        .with_reply("charged_back", &payment("paid", &charged_back("10.00")), CHARGED_BACK)
        .with_reply("refunded_and_charged_back", &payment("paid", &(refunded("6.00") + &charged_back("4.00"))), CHARGED_BACK)
        .with_reply("refunded_and_no_chargeback", &payment("paid", &(refunded("10.00") + &charged_back("0.00"))), REFUNDED)
        .with_snapshot(
            "captured_in_part",
            Lookup::payment(ID),
            &payment("paid", &(captured("8.00") + r#","settlementAmount":{"value":"10.00","currency":"EUR"}"#)),
            r#"{"status":"paid","finality":"final","amount":"8.00","returned":"0.00"}"#,
        )
        .with_reply("captured_in_part_and_refunded", &payment("paid", &(captured("8.00") + &refunded("8.00"))), REFUNDED)
        .with_reply("captured_nothing", &payment("paid", &captured("0.00")), UNKNOWN)
        .with_reply("captured_in_another_currency", &payment("paid", &captured("8.00").replace("EUR", "USD")), UNKNOWN)
        .with_reply("mandate", &payment("paid", "").replace("10.00", "0.00"), mandate)
        .with_snapshot(
            "authorized",
            Lookup::payment(ID),
            &payment("authorized", &captured("0.00")),
            r#"{"status":"authorized","finality":"open","funds":"held","amount":"10.00","returned":null}"#,
        )
        .with_reply("authorized_and_nothing_told", &payment("authorized", ""), HELD)
        .with_snapshot(
            "authorized_and_captured_in_part",
            Lookup::payment(ID),
            &payment("authorized", &captured("4.00")),
            r#"{"status":"partly_paid","finality":"open","funds":"taken","amount":"4.00","returned":"0.00"}"#,
        )
        .with_reply("open", &payment("open", ""), Meaning::new(Status::Pending(Pending::ActionRequired), Open, Funds::NotTaken))
        .with_reply("pending", &payment("pending", ""), Meaning::new(Status::Pending(Pending::Processing), Open, Funds::Unknown))
        .with_reply("canceled", &payment("canceled", ""), Meaning::new(Status::Canceled, Final, Funds::NotTaken))
        .with_reply("canceled_and_captured", &payment("canceled", &captured("4.00")), UNKNOWN)
        .with_reply("expired", &payment("expired", ""), EXPIRED)
        .with_reply("expired_before_a_method_was_chosen", &payment("expired", r#","method":null"#), EXPIRED)
        .with_reply("expired_transfer", &payment("expired", by_bank), Meaning::new(Status::Expired, Provisional, Funds::Unknown))
        .with_reply("expired_and_captured", &payment("expired", &captured("4.00")), UNKNOWN)
        .with_snapshot(
            "failed",
            Lookup::payment(ID),
            &payment("failed", r#","statusReason":{"code":"insufficient_funds","message":"Not enough money"}"#),
            r#"{"status":"failed","finality":"final","funds":"not_taken","reason":"insufficient_funds","returned":null}"#,
        )
        .with_reply("failed_and_captured", &payment("failed", &captured("4.00")), UNKNOWN)
        // Errors.
        .with_error("unauthorized", 401, &error(401, "Unauthorized Request"), ErrorKind::Unauthorized)
        .with_error("forbidden", 403, &error(403, "Forbidden"), ErrorKind::Unauthorized)
        .with_error("not_found", 404, NOT_FOUND, ErrorKind::NotFound)
        .with_error("deleted", 410, &error(410, "Gone"), ErrorKind::NotFound)
        .with_error("bad_request", 400, &error(400, "Bad Request"), ErrorKind::Rejected)
        .with_error("unprocessable", 422, &error(422, "Unprocessable Entity"), ErrorKind::Rejected)
        .with_error("somebody_elses_not_found", 404, r#"{"title":"Not Found","status":404}"#, ErrorKind::Rejected)
}

paystatus_testkit::conformance!(
    suite,
    rows: [
        paid, of_version_1, partly_refunded, nothing_refunded, refunded, refunded_more_than_was_paid,
        refunded_in_another_currency, partly_charged_back, charged_back, refunded_and_charged_back,
        refunded_and_no_chargeback, captured_in_part, captured_in_part_and_refunded, captured_nothing,
        captured_in_another_currency, mandate, authorized, authorized_and_nothing_told,
        authorized_and_captured_in_part, open, pending, canceled, canceled_and_captured, expired,
        expired_before_a_method_was_chosen, expired_transfer, expired_and_captured, failed, failed_and_captured,
        unauthorized, forbidden, not_found, deleted, bad_request, unprocessable, somebody_elses_not_found,
    ]
);
