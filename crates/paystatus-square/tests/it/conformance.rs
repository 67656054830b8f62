//! What every provider must do, for Square; and every row of its tables.

use paystatus_core::{ErrorKind, Finality::*, Funds, Lookup, Meaning, Pending, Returned, Status};
use paystatus_square::Square;
use paystatus_testkit::Suite;

use crate::{ID, card, payment};

const COMPLETED: &str = include_str!("../fixtures/completed.json");
const NOT_FOUND: &str = include_str!("../fixtures/not_found.json");
const PAID: Meaning = Meaning::new(Status::Paid, Final, Funds::Taken);
const UNKNOWN: Meaning = Meaning::UNKNOWN;
const RECORDED: Meaning = Meaning::new(Status::Unknown, Provisional, Funds::Unknown);
const FREE: Meaning = Meaning::new(Status::Unknown, Provisional, Funds::NotTaken);
const REFUNDED: Meaning = Meaning::new(Status::Returned(Returned::Refunded), Final, Funds::Returned);
const HELD: Meaning = Meaning::new(Status::Authorized, Open, Funds::Held);

fn error(category: &str, code: &str) -> String {
    NOT_FOUND.replace("INVALID_REQUEST_ERROR", category).replace("NOT_FOUND", code)
}

fn square() -> Square {
    Square::new("canary-token")
        .with_callback_secrets(["canary-key".into()])
        .with_notification_url("https://shop.example/hook")
}

fn suite() -> Suite<Square> {
    let with = |more: &str| card("COMPLETED", "CAPTURED", more);
    let refunded = |units: u32| with(&format!(r#","refunded_money":{{"amount":{units},"currency":"USD"}}"#));
    let approved = |units: u32| format!(r#","approved_money":{{"amount":{units},"currency":"USD"}}"#);
    let of = |status: &str, source: &str| payment(status, &format!(r#","source_type":"{source}""#));
    let declined = r#","card_details":{"status":"FAILED","errors":[{"category":"PAYMENT_METHOD_ERROR","code":"INSUFFICIENT_FUNDS","detail":"canary"}]}"#;
    Suite::new(square(), Lookup::payment(ID), COMPLETED, "COMPLETED")
        .in_minor_units()
        .with_secrets(["canary-token", "canary-key"])
        .with_personal([
            "canary-last-4", "canary-fingerprint", "canary-holder", "canary-customer", "canary@example.invalid",
            "canary-street", "canary-note", "canary-receipt", "canary-url",
        ])
        .expecting(
            ["amount_string", "amount_exponent", "amount_25_digits", "amount_negative_zero"],
            ErrorKind::InvalidReply,
            "amounts are integers",
        )
        .expecting(
            ["amount_absent", "amount_null", "currency_absent", "currency_null"],
            ErrorKind::InvalidReply,
            "both stand in every sum",
        )
        .expecting(["amount_zero"], FREE, "nothing was paid")
        .with_state("completed", "COMPLETED", PAID)
        .with_snapshot(
            "with_a_tip",
            Lookup::payment(ID),
            &with(r#","tip_money":{"amount":200,"currency":"USD"}"#).replace(r#"_money":{"amount":1000"#, r#"_money":{"amount":1200"#),
            r#"{"status":"paid","finality":"final","amount":"12.00","returned":"0.00","currency":"USD","reference":"6735","test_mode":null,"created_at":"2021-10-13T19:34:33.524Z","updated_at":"2021-10-13T19:34:37.261Z"}"#,
        )
        .with_snapshot("approved_in_part", Lookup::payment(ID), &with(&approved(800)), r#"{"status":"paid","amount":"8.00"}"#)
        .with_snapshot("approved_for_more", Lookup::payment(ID), &with(&approved(1100)), r#"{"status":"paid","amount":"10.00"}"#)
        .with_reply("nothing_approved", &with(&approved(0)), UNKNOWN)
        .with_reply("approved_in_another_currency", &with(&approved(1000).replace("USD", "CAD")), UNKNOWN)
        .with_snapshot("partly_refunded", Lookup::payment(ID), &refunded(250), r#"{"status":"paid","finality":"final","amount":"10.00","returned":"2.50"}"#)
        .with_snapshot(
            "refunded",
            Lookup::payment(ID),
            &refunded(1000),
            r#"{"status":"returned","detail":"refunded","finality":"final","funds":"returned","returned":"10.00"}"#,
        )
        .with_reply("refunded_more_than_all", &refunded(1100), REFUNDED)
        .with_reply("refunded_in_another_currency", &refunded(250).replace(r#"250,"currency":"USD""#, r#"250,"currency":"CAD""#), UNKNOWN)
        .with_reply("for_nothing", &with("").replace("1000", "0"), FREE)
        .with_reply("cash", &of("COMPLETED", "CASH"), RECORDED)
        .with_reply("external", &of("COMPLETED", "EXTERNAL"), RECORDED)
        .with_reply("house_account", &of("COMPLETED", "SQUARE_ACCOUNT"), RECORDED)
        .with_reply("bank_account", &of("COMPLETED", "BANK_ACCOUNT"), PAID)
        .with_reply("wallet", &(payment("COMPLETED", r#","source_type":"WALLET","wallet_details":{"status":"CAPTURED"}"#)), PAID)
        .with_reply("wallet_not_captured", &(payment("COMPLETED", r#","source_type":"WALLET","wallet_details":{"status":"AUTHORIZED"}"#)), UNKNOWN)
        .with_reply("pay_later", &of("COMPLETED", "BUY_NOW_PAY_LATER"), PAID)
        .with_reply("another_source", &of("COMPLETED", "CRYPTO"), UNKNOWN)
        .with_reply("another_source_for_nothing", &of("COMPLETED", "CRYPTO").replace("1000", "0"), UNKNOWN)
        .with_reply("no_source", &payment("COMPLETED", ""), UNKNOWN)
        .with_reply("no_source_and_the_details_of_one", &payment("COMPLETED", r#","bank_account_details":{}"#), PAID)
        .with_reply("card_not_captured", &card("COMPLETED", "AUTHORIZED", ""), UNKNOWN)
        .with_reply("authorized", &card("APPROVED", "AUTHORIZED", ""), HELD)
        .with_reply("approved_cash", &of("APPROVED", "CASH"), UNKNOWN)
        .with_reply("approved_house_account", &of("APPROVED", "SQUARE_ACCOUNT"), UNKNOWN)
        .with_reply("pending", &of("PENDING", "BANK_ACCOUNT"), Meaning::new(Status::Pending(Pending::Processing), Open, Funds::Unknown))
        .with_reply("canceled", &card("CANCELED", "VOIDED", ""), Meaning::new(Status::Canceled, Final, Funds::NotTaken))
        .with_snapshot(
            "failed",
            Lookup::payment(ID),
            &payment("FAILED", &format!(r#","source_type":"CARD"{declined}"#)),
            r#"{"status":"failed","finality":"final","funds":"not_taken","reason":"INSUFFICIENT_FUNDS","returned":null}"#,
        )
        .with_reply("another_word", &card("REFUNDED", "CAPTURED", ""), UNKNOWN)
        // Errors.
        .with_error("unauthorized", 401, &error("AUTHENTICATION_ERROR", "UNAUTHORIZED"), ErrorKind::Unauthorized)
        .with_error("forbidden", 403, &error("AUTHENTICATION_ERROR", "INSUFFICIENT_SCOPES"), ErrorKind::Unauthorized)
        .with_error("not_found", 404, NOT_FOUND, ErrorKind::NotFound)
        .with_error("other_address", 404, &NOT_FOUND.replace("Could not find payment with id: x", "API endpoint for URL path `/v2/payment` and HTTP method `GET` is not found."), ErrorKind::Rejected)
        .with_error("other_not_found", 404, &error("INVALID_REQUEST_ERROR", "GONE"), ErrorKind::Rejected)
        .with_error("bad_request", 400, &error("INVALID_REQUEST_ERROR", "BAD_REQUEST"), ErrorKind::Rejected)
        .with_error("gone", 410, &error("INVALID_REQUEST_ERROR", "GONE"), ErrorKind::Rejected)
        .with_error("unprocessable", 422, &error("INVALID_REQUEST_ERROR", "UNPROCESSABLE_ENTITY"), ErrorKind::Rejected)
        .with_error("rate_limited", 429, &error("RATE_LIMIT_ERROR", "RATE_LIMITED"), ErrorKind::RateLimited)
        .with_error("errors_in_a_success", 200, NOT_FOUND, ErrorKind::Rejected)
        .with_error("nothing_in_a_success", 200, r#"{"errors":[]}"#, ErrorKind::InvalidReply)
}

paystatus_testkit::conformance!(
    suite,
    rows: [
        completed, with_a_tip, approved_in_part, approved_for_more, nothing_approved, approved_in_another_currency,
        partly_refunded, refunded, refunded_more_than_all, refunded_in_another_currency, for_nothing, cash, external,
        house_account, bank_account, wallet, wallet_not_captured, pay_later, another_source,
        another_source_for_nothing, no_source, no_source_and_the_details_of_one, card_not_captured, authorized,
        approved_cash, approved_house_account, pending, canceled, failed, another_word, unauthorized, forbidden,
        not_found, other_address, other_not_found, bad_request, gone, unprocessable, rate_limited,
        errors_in_a_success, nothing_in_a_success,
    ]
);
