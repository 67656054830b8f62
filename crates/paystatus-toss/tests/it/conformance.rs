//! What every provider must do, for Toss Payments; and every row of its tables.

use paystatus_core::{ErrorKind, Finality::*, Funds, Lookup, Meaning, Pending, Returned, Status};
use paystatus_testkit::Suite;
use paystatus_toss::Toss;

use crate::{KEY, ORDER, VIRTUAL, canceled, payment};

const DONE: &str = include_str!("../fixtures/done.json");
const NOT_FOUND: &str = include_str!("../fixtures/not_found.json");
const PAID: Meaning = Meaning::new(Status::Paid, Final, Funds::Taken);
const PAID_FOR_NOW: Meaning = Meaning::new(Status::Paid, Provisional, Funds::Taken);
const UNKNOWN: Meaning = Meaning::UNKNOWN;
const CREATED: Meaning = Meaning::new(Status::Pending(Pending::Created), Open, Funds::NotTaken);
const PROCESSING: Meaning = Meaning::new(Status::Pending(Pending::Processing), Open, Funds::Unknown);
const WAITING: Meaning = Meaning::new(Status::Pending(Pending::ActionRequired), Open, Funds::NotTaken);
const CANCELED: Meaning = Meaning::new(Status::Canceled, Final, Funds::NotTaken);
const REFUNDED: Meaning = Meaning::new(Status::Returned(Returned::Refunded), Final, Funds::Returned);
const REFUNDED_BY_AND_BY: Meaning =
    Meaning::new(Status::Returned(Returned::Refunded), Provisional, Funds::Unknown);
const ABORTED: Meaning = Meaning::new(Status::Failed, Provisional, Funds::Unknown);
const EXPIRED: Meaning = Meaning::new(Status::Expired, Final, Funds::NotTaken);
const EXPIRED_FOR_NOW: Meaning = Meaning::new(Status::Expired, Provisional, Funds::Unknown);

fn error(code: &str) -> String {
    NOT_FOUND.replace("NOT_FOUND_PAYMENT", code)
}

fn suite() -> Suite<Toss> {
    let account = Toss::new("canary-key").with_callback_secrets(["canary-callback".into()]);
    let by_key = || Lookup::payment(KEY);
    let by_order = || Lookup::order(ORDER);
    let back = |refund: &str| {
        let refund = VIRTUAL.replace("NONE", refund);
        canceled(&[(r#""virtualAccount": null"#, refund.trim_start_matches(','))])
    };
    let none = r#","virtualAccount":null"#;
    let part = |more: &str| payment("PARTIAL_CANCELED", 15000, &format!(r#","balanceAmount":10000{more}"#));
    Suite::new(account, by_key(), DONE, "DONE")
        .with_currency("KRW")
        .with_secrets(["canary-key", "Y2FuYXJ5LWtleTo=", "canary-callback"])
        .with_personal([
            "canary-name", "canary-card", "canary-phone", "canary-bank", "canary-receipt", "canary-metadata",
            "canary-payment-secret",
        ])
        .expecting(
            ["amount_absent", "amount_null", "amount_zero", "amount_negative_zero"],
            UNKNOWN,
            "what is done without an amount contradicts itself",
        )
        .with_state("done", "DONE", PAID)
        .with_state("ready", "READY", CREATED)
        .with_state("in_progress", "IN_PROGRESS", PROCESSING)
        .with_state("waiting", "WAITING_FOR_DEPOSIT", WAITING)
        .with_state("partly_canceled_and_nothing_more", "PARTIAL_CANCELED", UNKNOWN)
        .with_state("canceled_and_nothing_more", "CANCELED", REFUNDED_BY_AND_BY)
        .with_state("aborted", "ABORTED", ABORTED)
        .with_state("expired", "EXPIRED", EXPIRED)
        .with_reply("done_virtually", &payment("DONE", 15000, VIRTUAL), PAID_FOR_NOW)
        .with_reply("done_and_less_is_left", &payment("DONE", 15000, r#","balanceAmount":14999"#), UNKNOWN)
        .with_reply("done_and_more_is_left", &payment("DONE", 15000, r#","balanceAmount":15001"#), UNKNOWN)
        .with_reply("done_and_nothing_is_left", &payment("DONE", 15000, r#","balanceAmount":0"#), UNKNOWN)
        .with_reply("done_unapproved", &payment("DONE", 15000, none).replace(r#""2022-01-01T11:31:51+09:00""#, "null"), UNKNOWN)
        .with_reply("done_and_approval_not_told", &payment("DONE", 15000, none).replace("approvedAt", "approved"), UNKNOWN)
        .with_reply("done_and_approval_blank", &payment("DONE", 15000, none).replace("2022-01-01T11:31:51+09:00", " "), UNKNOWN)
        .with_reply("waiting_in_vain", &payment("WAITING_FOR_DEPOSIT", 15000, &VIRTUAL.replace("false", "true")), WAITING)
        .with_reply("partly_canceled", &part(""), PAID)
        .with_reply("partly_canceled_virtually", &part(VIRTUAL), PAID_FOR_NOW)
        .with_reply("partly_canceled_of_nothing", &payment("PARTIAL_CANCELED", 15000, r#","balanceAmount":15000"#), UNKNOWN)
        .with_reply("partly_canceled_wholly", &payment("PARTIAL_CANCELED", 15000, r#","balanceAmount":0"#), UNKNOWN)
        .with_reply("canceled_before_any_deposit", &canceled(&[(r#""2022-01-01T11:31:51+09:00""#, "null")]), CANCELED)
        .with_reply("canceled_and_approval_not_told", &canceled(&[("approvedAt", "approved")]), UNKNOWN)
        .with_reply("canceled", &canceled(&[]), REFUNDED)
        .with_reply("canceled_and_balance_not_told", &canceled(&[(r#""balanceAmount": 0"#, r#""balanceAmount": null"#)]), REFUNDED)
        .with_reply("canceled_and_something_is_left", &canceled(&[(r#""balanceAmount": 0"#, r#""balanceAmount": 1"#)]), REFUNDED_BY_AND_BY)
        .with_reply("canceling", &canceled(&[(r#""DONE""#, r#""IN_PROGRESS""#)]), REFUNDED_BY_AND_BY)
        .with_reply("canceling_and_not_told", &canceled(&[(r#""DONE""#, "null")]), REFUNDED_BY_AND_BY)
        .with_reply("one_of_two_is_canceled", &canceled(&[(r#""cancels": ["#, r#""cancels": [{"cancelStatus":"ABORTED"},"#)]), REFUNDED_BY_AND_BY)
        .with_reply("paid_back_virtually", &back("COMPLETED"), REFUNDED)
        .with_reply("never_to_be_paid_back_virtually", &back("NONE"), REFUNDED)
        .with_reply("being_paid_back_virtually", &back("PENDING"), REFUNDED_BY_AND_BY)
        .with_reply("not_paid_back_virtually", &back("FAILED"), REFUNDED_BY_AND_BY)
        .with_reply("partly_paid_back_virtually", &back("PARTIAL_FAILED"), REFUNDED_BY_AND_BY)
        .with_reply("paid_back_virtually_in_other_words", &back("UNHEARD_OF"), REFUNDED_BY_AND_BY)
        .with_reply_to("expired_by_order", by_order(), &payment("EXPIRED", 15000, ""), EXPIRED_FOR_NOW)
        .with_reply_to("done_by_order", by_order(), &payment("DONE", 15000, ""), PAID)
        .with_snapshot(
            "nothing_was_returned",
            by_key(),
            &payment("DONE", 15000, r#","balanceAmount":15000"#),
            r#"{"status":"paid","amount":"15000","returned":"0","currency":"KRW","reference":"a4CWyWY5m89PNh7xJwhk1","test_mode":null,"created_at":"2022-01-01T02:31:29Z"}"#,
        )
        .with_snapshot("what_is_left_is_not_told", by_key(), &payment("DONE", 15000, ""), r#"{"status":"paid","returned":null}"#)
        .with_snapshot("part_was_returned", by_key(), &part(""), r#"{"status":"paid","amount":"15000","returned":"5000"}"#)
        .with_snapshot("all_was_returned", by_key(), &canceled(&[]), r#"{"status":"returned","amount":"15000","returned":"15000"}"#)
        .with_snapshot("nobody_knows_what_was_returned", by_key(), &back("PENDING"), r#"{"status":"returned","funds":"unknown","returned":null}"#)
        .with_snapshot(
            "why_it_was_aborted",
            by_key(),
            &payment("ABORTED", 15000, r#","failure":{"code":"COMMON_ERROR","message":"x"}"#),
            r#"{"status":"failed","reason":"COMMON_ERROR"}"#,
        )
        .with_snapshot(
            "millionths_of_a_dollar",
            by_key(),
            &payment("PARTIAL_CANCELED", 181_560_001, r#","balanceAmount":81560001"#).replace("KRW", "MUSD"),
            r#"{"status":"paid","amount":"181.560001","returned":"100.000000","currency":"USD"}"#,
        )
        .with_error("not_found", 404, NOT_FOUND, ErrorKind::NotFound)
        .with_error("not_found_otherwise", 404, &error("NOT_FOUND"), ErrorKind::NotFound)
        .with_error("not_found_in_a_newer_form", 404, &format!(r#"{{"version":"2022-11-16","error":{NOT_FOUND}}}"#), ErrorKind::NotFound)
        .with_error("no_such_address", 404, &error("NOT_SUPPORTED_METHOD"), ErrorKind::Rejected)
        .with_error("unauthorized", 401, &error("UNAUTHORIZED_KEY"), ErrorKind::Unauthorized)
        .with_error("no_api_key", 400, &error("INVALID_API_KEY"), ErrorKind::Unauthorized)
        .with_error("no_colon", 403, &error("INCORRECT_BASIC_AUTH_FORMAT"), ErrorKind::Unauthorized)
        .with_error("forbidden", 403, &error("FORBIDDEN_REQUEST"), ErrorKind::Unauthorized)
        .with_error("too_soon", 403, &error("FORBIDDEN_CONSECUTIVE_REQUEST"), ErrorKind::RateLimited)
        .with_error("rejected", 400, &error("COMMON_ERROR"), ErrorKind::Rejected)
        .with_error("refused_in_a_success", 200, NOT_FOUND, ErrorKind::Rejected)
        .with_error("refused_in_a_success_in_a_newer_form", 200, &format!(r#"{{"version":"2022-11-16","error":{NOT_FOUND}}}"#), ErrorKind::Rejected)
        .with_error("their_own", 500, &error("FAILED_PAYMENT_INTERNAL_SYSTEM_PROCESSING"), ErrorKind::Unavailable)
}

paystatus_testkit::conformance!(
    suite,
    rows: [
        done, ready, in_progress, waiting, partly_canceled_and_nothing_more, canceled_and_nothing_more, aborted,
        expired, done_virtually, done_and_less_is_left, done_and_more_is_left, done_and_nothing_is_left,
        done_unapproved, done_and_approval_not_told, done_and_approval_blank, waiting_in_vain, partly_canceled,
        partly_canceled_virtually, partly_canceled_of_nothing, partly_canceled_wholly, canceled_before_any_deposit,
        canceled_and_approval_not_told, canceled, canceled_and_balance_not_told, canceled_and_something_is_left,
        canceling, canceling_and_not_told, one_of_two_is_canceled, paid_back_virtually,
        never_to_be_paid_back_virtually, being_paid_back_virtually, not_paid_back_virtually,
        partly_paid_back_virtually, paid_back_virtually_in_other_words, expired_by_order, done_by_order,
        nothing_was_returned, what_is_left_is_not_told, part_was_returned, all_was_returned,
        nobody_knows_what_was_returned, why_it_was_aborted, millionths_of_a_dollar, not_found, not_found_otherwise,
        not_found_in_a_newer_form, no_such_address, unauthorized, no_api_key, no_colon, forbidden, too_soon, rejected,
        refused_in_a_success, refused_in_a_success_in_a_newer_form, their_own,
    ]
);
