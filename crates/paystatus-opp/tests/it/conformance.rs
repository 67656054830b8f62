//! What every provider must do, for Open Payment Platform; and every row of its tables.

use paystatus_core::{
    ErrorKind,
    Finality::{Final, Open, Provisional},
    Funds, Lookup, Meaning, Pending, Returned, Status,
};
use paystatus_opp::Opp;
use paystatus_testkit::Suite;

use crate::{CHECKOUT, ID, ORDER, linked, list, money, record, stated};

const PAID_RECORD: &str = include_str!("../fixtures/paid.json");
const NOT_FOUND: &str = include_str!("../fixtures/not_found.json");
const SUCCESS: &str = "000.000.000";
const UNKNOWN: Meaning = Meaning::UNKNOWN;

fn opp() -> Opp {
    Opp::new("canary-token", "8a8294174b7ecb28014b9699220015ca")
        .with_callback_secrets(["canary-webhook".into()])
}

fn returned(how: Returned, finality: paystatus_core::Finality, funds: Funds) -> Meaning {
    Meaning::new(Status::Returned(how), finality, funds)
}

fn suite() -> Suite<Opp> {
    let with = |own: String, linked: &[String]| list(&[&[own], linked].concat());
    let debit = || money(ID, "DB", SUCCESS, "92.00");
    let hold = || money(ID, "PA", SUCCESS, "92.00");
    let capture = || linked("p", "CP", "60.00", ID);
    let paid = Meaning::new(Status::Paid, Final, Funds::Taken);
    let paid_for_now = Meaning::new(Status::Paid, Provisional, Funds::Taken);
    let held = Meaning::new(Status::Authorized, Open, Funds::Held);
    let created = Meaning::new(Status::Pending(Pending::Created), Open, Funds::NotTaken);
    let processing = Meaning::new(Status::Pending(Pending::Processing), Open, Funds::Unknown);
    let canceled = Meaning::new(Status::Canceled, Final, Funds::NotTaken);
    let canceled_for_now = Meaning::new(Status::Canceled, Provisional, Funds::Unknown);
    let expired = Meaning::new(Status::Expired, Provisional, Funds::Unknown);
    let failed = Meaning::new(Status::Failed, Final, Funds::NotTaken);
    let failed_for_now = Meaning::new(Status::Failed, Provisional, Funds::Unknown);
    let checkout = || Lookup::payment(CHECKOUT);
    Suite::new(opp(), Lookup::payment(ID), PAID_RECORD, SUCCESS)
        .with_currency("SAR")
        .with_secrets(["canary-token", "canary-webhook"])
        .with_personal([
            "canary-bin",
            "canary-last",
            "canary-holder",
            "canary-name",
            "canary@example.invalid",
            "canary-ip",
            "canary-street",
            "canary-shipping",
            "canary-iban",
            "canary-wallet",
            "canary-note",
        ])
        .with_plain_id(ID)
        .except(["status_wrong_case"], "the words are numbers")
        .expecting(["amount_zero", "amount_negative_zero"], UNKNOWN, "a check of the card: nothing was paid")
        .with_state("debit", SUCCESS, paid)
        .with_state("debit_to_review", "000.400.000", paid_for_now)
        .with_state("review_pending", "000.400.050", processing)
        .with_state("risk_check_awaited", "000.400.070", processing)
        .with_state("risk_check_refused", "000.400.100", Meaning::new(Status::Unknown, Open, Funds::Taken))
        .with_state("failed_in_part", "000.400.030", UNKNOWN)
        .with_state("chargeback_code", "000.100.203", returned(Returned::ChargedBack, Provisional, Funds::Returned))
        .with_state("bank_takes_days", "800.400.500", processing)
        .with_state("in_process_already", "800.700.100", processing)
        .with_state("canceled", "100.396.101", canceled)
        .with_state("canceled_perhaps", "100.396.104", canceled_for_now)
        .with_state("timed_out", "900.300.600", expired)
        .with_state("reserved", "800.100.192", Meaning::new(Status::Failed, Provisional, Funds::Held))
        .with_state("outcome_unknown", "100.380.501", failed_for_now)
        .with_state("bank_error", "900.100.300", failed_for_now)
        .with_state("duplicate", "800.110.100", failed_for_now)
        .with_state("declined", "800.100.152", failed)
        .with_state("three_d_secure_passed", "000.400.110", UNKNOWN)
        .with_reply("card_check", &money(ID, "PA", SUCCESS, "0.00"), UNKNOWN)
        .with_reply("charged_back", &with(debit(), &[linked("b", "CB", "92.00", ID)]), returned(Returned::ChargedBack, Provisional, Funds::Returned))
        .with_reply("represented", &with(debit(), &[linked("b", "CB", "92.00", ID), linked("c", "CR", "92.00", ID)]), UNKNOWN)
        .with_reply("reversed", &with(debit(), &[linked("v", "RV", "92.00", ID)]), returned(Returned::Reversed, Final, Funds::Returned))
        .with_reply("voided", &with(hold(), &[linked("v", "RV", "92.00", ID)]), returned(Returned::Voided, Final, Funds::Returned))
        .with_reply("capture_reversed", &with(hold(), &[capture(), linked("v", "RV", "60.00", "p")]), returned(Returned::Reversed, Provisional, Funds::Unknown))
        .with_reply("refunded", &with(debit(), &[linked("r", "RF", "92.00", ID)]), returned(Returned::Refunded, Final, Funds::Returned))
        .with_reply("captured", &with(hold(), &[capture()]), paid)
        .with_reply("captured_to_review", &with(hold().replace(SUCCESS, "000.400.080"), &[capture()]), paid_for_now)
        .with_reply("held", &hold(), held)
        .with_snapshot(
            "partly_refunded",
            Lookup::payment(ID),
            &with(debit(), &[linked("r", "RF", "20.00", ID)]),
            r#"{"status":"paid","finality":"final","amount":"92.00","returned":"20.00","currency":"SAR","reference":"order-1","test_mode":null,"created_at":"2026-02-22T16:41:39Z"}"#,
        )
        .with_snapshot("test_money", Lookup::payment(ID), &money(ID, "DB", "000.100.110", "92.00"), r#"{"status":"paid","test_mode":true,"returned":null}"#)
        // Checkouts.
        .with_reply_to("checkout_created", checkout(), &stated("000.200.100"), created)
        .with_reply_to("checkout_deleted", checkout(), &stated("000.200.102"), canceled)
        .with_reply_to("checkout_pending", checkout(), &stated("000.200.000"), processing)
        .with_reply_to("checkout_paid", checkout(), &debit(), paid)
        // By reference.
        .with_reply_to("order_canceled", Lookup::order(ORDER), &list(&[money(ID, "DB", "100.396.101", "92.00")]), canceled_for_now)
        .with_reply_to("order_declined", Lookup::order(ORDER), &list(&[record(ID, "DB", "800.100.152", "")]), failed_for_now)
        .with_reply_to(
            "order_reserved",
            Lookup::order(ORDER),
            &list(&[record(ID, "DB", "800.100.192", "")]),
            failed_for_now,
        )
        .with_snapshot(
            "order_failed_then_paid",
            Lookup::order(ORDER),
            &list(&[money("a", "DB", "800.100.152", "92.00"), money("b", "DB", SUCCESS, "92.00")]),
            r#"{"payment_id":"b","status":"paid","amount":"92.00","returned":null,"attempts":[{"payment_id":"a","status":"failed"}]}"#,
        )
        // Errors.
        .with_answer("declined_400", 400, &record(ID, "DB", "800.100.152", ""), failed)
        .with_error("not_found", 404, NOT_FOUND, ErrorKind::NotFound)
        .with_error("nothing_listed", 200, &list(&[]), ErrorKind::NotFound)
        .with_error("session_over", 400, &stated("200.300.404"), ErrorKind::NotFound)
        .with_error("unauthorized", 401, &stated("800.900.300"), ErrorKind::Unauthorized)
        .with_error("throttled", 400, &stated("800.120.100"), ErrorKind::RateLimited)
        .with_error("bad_request", 400, &stated("200.100.101"), ErrorKind::Rejected)
        .with_error("platform_down", 400, &stated("800.800.800"), ErrorKind::Unavailable)
        .with_error("success_without_a_record", 200, &stated(SUCCESS), ErrorKind::InvalidReply)
}

paystatus_testkit::conformance!(
    suite,
    rows: [
        debit, debit_to_review, review_pending, risk_check_awaited, risk_check_refused, failed_in_part,
        chargeback_code, bank_takes_days, in_process_already, canceled, canceled_perhaps, timed_out, reserved,
        outcome_unknown, bank_error, duplicate, declined, three_d_secure_passed, card_check, charged_back, represented,
        reversed, voided, capture_reversed, refunded, captured, captured_to_review, held, partly_refunded, test_money,
        checkout_created, checkout_deleted, checkout_pending, checkout_paid, order_canceled, order_declined, order_reserved,
        order_failed_then_paid, declined_400, not_found, nothing_listed, session_over, unauthorized, throttled,
        bad_request, platform_down, success_without_a_record,
    ]
);
