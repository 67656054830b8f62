//! What every provider must do, for NOWPayments; and every row of its tables.

use paystatus_core::{ErrorKind, Finality::*, Funds, Lookup, Meaning, Pending, Returned, Status};
use paystatus_nowpayments::NowPayments;
use paystatus_testkit::{Outcome, Suite};

use crate::{ID, payment};

const FINISHED: &str = include_str!("../fixtures/finished.json");
const NOT_FOUND: &str = include_str!("../fixtures/not_found.json");
const PAID: Meaning = Meaning::new(Status::Paid, Final, Funds::Taken);
const IN_PART: Meaning = Meaning::new(Status::PartlyPaid, Provisional, Funds::Taken);
const UNKNOWN: Meaning = Meaning::UNKNOWN;
const CREATED: Meaning = Meaning::new(Status::Pending(Pending::Created), Open, Funds::NotTaken);
const PROCESSING: Meaning = Meaning::new(Status::Pending(Pending::Processing), Open, Funds::Unknown);
const FAILED: Meaning = Meaning::new(Status::Failed, Provisional, Funds::Unknown);
const REFUNDED: Meaning = Meaning::new(Status::Returned(Returned::Refunded), Final, Funds::Returned);
const EXPIRED: Meaning = Meaning::new(Status::Expired, Provisional, Funds::NotTaken);
const EXPIRED_WITH_MONEY: Meaning = Meaning::new(Status::Expired, Provisional, Funds::Unknown);
const CANCELED: Meaning = Meaning::new(Status::Canceled, Provisional, Funds::Taken);

fn error(status: u16, code: &str) -> String {
    NOT_FOUND.replace("404", &status.to_string()).replace("NOT_FOUND", code)
}

fn suite() -> Suite<NowPayments> {
    let account = NowPayments::new("canary-key").with_callback_secrets(["canary-ipn".into()]);
    let paid = |status: &str, more: &str| payment(status, "11.8", "12", more);
    Suite::new(account, Lookup::payment(ID), FINISHED, "finished")
        .with_plain_id("1")
        .with_secrets(["canary-key", "canary-ipn"])
        .with_personal([
            "canary-address", "canary-extra", "canary-description", "canary-payout", "canary-payin",
            "canary@example.invalid",
        ])
        .expecting(["echo_number"], ErrorKind::Mismatch, "ids are numbers")
        .except(["echo_other_case"], "ids have no letters")
        .except(["leak_unreadable_value"], "a price in what is no currency is no error")
        .expecting(
            ["currency_empty", "currency_symbol", "currency_too_long", "currency_number", "currency_object"],
            Outcome::Charged(None),
            "a price in what is no currency is not reported",
        )
        .with_state("waiting", "waiting", CREATED)
        .with_state("confirming", "confirming", PROCESSING)
        .with_state("confirmed", "confirmed", PROCESSING)
        .with_state("sending", "sending", PROCESSING)
        .with_state("finished", "finished", PAID)
        .with_state("partially_paid", "partially_paid", IN_PART)
        .with_state("failed", "failed", FAILED)
        .with_state("refunded", "refunded", REFUNDED)
        .with_state("expired_with_money", "expired", EXPIRED_WITH_MONEY)
        .with_state("cancelled", "cancelled", CANCELED)
        .with_state("canceled", "canceled", CANCELED)
        .with_state("wrong_asset", "wrong_asset_confirmed", UNKNOWN)
        .with_reply("a_child", &paid("finished", r#","parent_payment_id":5592161154,"origin_type":"REPEATED""#), IN_PART)
        .with_reply("a_child_without_its_origin", &paid("finished", r#","parent_payment_id":"5592161154""#), IN_PART)
        .with_reply("a_child_without_its_parent", &paid("finished", r#","parent_payment_id":null,"origin_type":"REPEATED""#), IN_PART)
        .with_reply("no_child", &paid("finished", r#","parent_payment_id":null,"origin_type":null"#), PAID)
        .with_reply("finished_with_nothing", &payment("finished", "11.8", "0.0", ""), UNKNOWN)
        .with_reply("finished_with_null", &payment("finished", "11.8", "null", ""), UNKNOWN)
        .with_reply("finished_and_not_told", &paid("finished", "").replace("actually_paid", "paid"), UNKNOWN)
        .with_reply("expired", &payment("expired", "11.8", "0", ""), EXPIRED)
        .with_reply("expired_and_not_told", &payment("expired", "11.8", "null", ""), EXPIRED)
        .with_snapshot(
            "the_quote_was_met",
            Lookup::payment(ID),
            &payment("finished", "11.8", "\"11.80\"", ""),
            r#"{"status":"paid","amount":"1","currency":"USD","returned":null,"reference":"order-1234","test_mode":null,"created_at":"2023-07-28T15:06:09.932Z","updated_at":"2023-07-28T15:09:40.535Z"}"#,
        )
        .with_snapshot("it_was_not_met", Lookup::payment(ID), &payment("finished", "11.8", "11.79", ""), r#"{"status":"paid","amount":null}"#)
        .with_snapshot("there_was_no_quote", Lookup::payment(ID), &payment("finished", "0", "12", ""), r#"{"status":"paid","amount":null}"#)
        .with_snapshot("the_quote_is_not_told", Lookup::payment(ID), &payment("finished", "null", "12", ""), r#"{"status":"paid","amount":null}"#)
        .with_snapshot("what_came_in_part", Lookup::payment(ID), &paid("partially_paid", ""), r#"{"status":"partly_paid","amount":null,"returned":null}"#)
        .with_snapshot("what_was_refunded", Lookup::payment(ID), &paid("refunded", ""), r#"{"status":"returned","amount":null,"returned":null}"#)
        .with_error("not_found", 404, NOT_FOUND, ErrorKind::NotFound)
        .with_error("not_found_without_words", 404, r#"{"status":false,"statusCode":404}"#, ErrorKind::NotFound)
        .with_error("no_such_address", 404, r#"{"message":"no Route matched with those values"}"#, ErrorKind::Rejected)
        .with_error("no_number", 400, &error(400, "INVALID_REQUEST_PARAMS"), ErrorKind::Rejected)
        .with_error("no_key", 401, &error(401, "AUTH_REQUIRED"), ErrorKind::Unauthorized)
        .with_error("wrong_key", 403, &error(403, "INVALID_API_KEY"), ErrorKind::Unauthorized)
        .with_error("too_many", 429, &error(429, "TOO_MANY_REQUESTS"), ErrorKind::RateLimited)
        .with_error("behind_the_proxy", 520, "<html>", ErrorKind::Unavailable)
        .with_error("not_found_in_a_success", 200, NOT_FOUND, ErrorKind::NotFound)
        .with_error("wrong_key_in_a_success", 201, &error(403, "INVALID_API_KEY"), ErrorKind::Unauthorized)
        .with_error("down_in_a_success", 200, &error(503, "INTERNAL_ERROR"), ErrorKind::Unavailable)
}

paystatus_testkit::conformance!(
    suite,
    rows: [
        waiting, confirming, confirmed, sending, finished, partially_paid, failed, refunded, expired_with_money,
        cancelled, canceled, wrong_asset, a_child, a_child_without_its_origin, a_child_without_its_parent, no_child,
        finished_with_nothing, finished_with_null, finished_and_not_told, expired, expired_and_not_told,
        the_quote_was_met, it_was_not_met, there_was_no_quote, the_quote_is_not_told, what_came_in_part,
        what_was_refunded, not_found, not_found_without_words, no_such_address, no_number, no_key, wrong_key, too_many,
        behind_the_proxy, not_found_in_a_success, wrong_key_in_a_success, down_in_a_success,
    ]
);
