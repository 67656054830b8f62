//! What every provider must do, for PhonePe; and every row of its tables.

use paystatus_core::{ErrorKind, Finality::*, Funds, Lookup, Meaning, Pending, Status};
use paystatus_phonepe::PhonePe;
use paystatus_testkit::Suite;

use crate::{ID, attempts, order};

const ORDER: &str = include_str!("../fixtures/order.json");
const NOT_FOUND: &str = include_str!("../fixtures/not_found.json");
const TOKEN: &str = r#"{"access_token":{{token}},"expires_in":null,"issued_at":1706073005,"expires_at":{{lifetime}},"token_type":"O-Bearer"}"#;
const PAID: Meaning = Meaning::new(Status::Paid, Final, Funds::Taken);
const UNKNOWN: Meaning = Meaning::UNKNOWN;
const CREATED: Meaning = Meaning::new(Status::Pending(Pending::Created), Open, Funds::NotTaken);
const ACTION: Meaning = Meaning::new(Status::Pending(Pending::ActionRequired), Open, Funds::NotTaken);
const PROCESSING: Meaning = Meaning::new(Status::Pending(Pending::Processing), Open, Funds::Unknown);
const FAILED: Meaning = Meaning::new(Status::Failed, Final, Funds::NotTaken);
const FAILED_FOR_NOW: Meaning = Meaning::new(Status::Failed, Provisional, Funds::Unknown);

fn error(code: &str) -> String {
    NOT_FOUND.replace("INVALID_MERCHANT_ORDER_ID", code)
}

fn suite() -> Suite<PhonePe> {
    use ErrorKind::*;
    let id = || Lookup::order(ID);
    let tried = |state: &str, states: &[&str]| order(state, &attempts(states));
    Suite::new(crate::account(), Lookup::payment(ID), ORDER, "COMPLETED")
        .in_minor_units()
        .with_currency("INR")
        .with_secrets(["canary-client", "canary-secret", "canary-hook"])
        .with_personal([
            "canary-udf", "canary-utr", "canary-upi", "canary-vpa", "canary-account", "canary-holder",
        ])
        .lacking("{{id}}", "the documented replies don't repeat the merchant's own id")
        .expecting(["amount_25_digits"], InvalidReply, "a count of paise has 64 bits")
        .lacking("{{currency}}", "it is always rupees")
        .with_token_reply(TOKEN, "1798761600")
        .with_token_error("wrong_client", 401, &error("INVALID_CLIENT"), Unauthorized)
        .with_token_error("wrong_client_400", 400, &error("INVALID_CLIENT"), Unauthorized)
        .with_token_error("token_down", 500, &error("INTERNAL_SERVER_ERROR"), Unavailable)
        .expecting(["amount_zero", "amount_negative_zero"], UNKNOWN, "nothing was paid")
        .with_state("paid", "COMPLETED", PAID)
        .with_state("notification_in_progress", "NOTIFICATION_IN_PROGRESS", PROCESSING)
        .with_state("notified", "NOTIFIED", PROCESSING)
        .with_state("unlisted", "EXPIRED", UNKNOWN)
        .with_reply("paid_without_attempts", &tried("COMPLETED", &[]), PAID)
        .with_reply("paid_without_a_word_of_attempts", &order("COMPLETED", r#""paymentDetails":null"#), PAID)
        .with_reply("paid_at_last", &tried("COMPLETED", &["FAILED", "COMPLETED", "PENDING"]), PAID)
        .with_reply("completed_and_failed", &tried("COMPLETED", &["FAILED"]), UNKNOWN)
        .with_reply("completed_and_pending", &tried("COMPLETED", &["PENDING", "-"]), UNKNOWN)
        .with_reply("completed_for_nothing", &order("COMPLETED", r#""amount":0"#), UNKNOWN)
        .with_reply("ordered_for_nothing", &order("COMPLETED", &format!(r#""amount":0,{}"#, attempts(&["COMPLETED"]))), UNKNOWN)
        .with_reply("penny_drop", &order("COMPLETED", r#""paymentFlow":{"type":"SUBSCRIPTION_SETUP","authWorkflowType":"PENNY_DROP"}"#), UNKNOWN)
        .with_reply("another_flow", &order("COMPLETED", r#""paymentFlow":{"authWorkflowType":"TRANSACTION"}"#), PAID)
        .with_reply("nobody_tried", &tried("PENDING", &[]), CREATED)
        .with_reply("to_try_again", &tried("PENDING", &["FAILED", "FAILED"]), ACTION)
        .with_reply("under_way", &tried("PENDING", &["FAILED", "PENDING"]), PROCESSING)
        .with_reply("pending_and_completed", &tried("PENDING", &["COMPLETED"]), PROCESSING)
        .with_reply("pending_without_a_state", &tried("PENDING", &["-"]), PROCESSING)
        .with_reply("expired", &tried("FAILED", &[]), FAILED)
        .with_snapshot(
            "failed",
            id(),
            &tried("FAILED", &["FAILED", "FAILED"]).replacen('{', r#"{"errorCode":"INVALID_MPIN","errorContext":{"source":"CUSTOMER","description":"Wrong MPIN was entered"},"#, 1),
            r#"{"status":"failed","finality":"final","funds":"not_taken","reason":"Wrong MPIN was entered","amount":"10.00"}"#,
        )
        .with_snapshot(
            "failed_beside_a_number",
            id(),
            &order("FAILED", r#""errorCode":"INVALID_MPIN","errorContext":{"source":null,"description":"Wrong MPIN was entered","step":3}"#),
            r#"{"status":"failed","reason":"Wrong MPIN was entered"}"#,
        )
        .with_snapshot("failed_in_a_word", id(), &order("FAILED", r#""errorCode":"TXN_CANCELLED""#), r#"{"status":"failed","reason":"TXN_CANCELLED"}"#)
        .with_reply("failed_and_pending", &tried("FAILED", &["FAILED", "PENDING"]), FAILED_FOR_NOW)
        .with_reply("failed_and_completed", &tried("FAILED", &["COMPLETED", "PENDING"]), UNKNOWN)
        .with_reply("failed_and_odd", &tried("FAILED", &["FAILED", "REVERSED"]), UNKNOWN)
        .with_reply("failed_without_a_state", &tried("FAILED", &["FAILED", "-"]), UNKNOWN)
        .with_snapshot(
            "documented",
            id(),
            &tried("COMPLETED", &["COMPLETED"]),
            r#"{"payment_id":"order-1234","status":"paid","finality":"final","funds":"taken","provider_status":"COMPLETED","amount":"10.00","currency":"INR","returned":null,"reference":"order-1234","test_mode":null,"created_at":"2024-03-29T06:44:22.542Z"}"#,
        )
        // Errors.
        .with_error("not_found", 400, NOT_FOUND, NotFound)
        .with_error("not_found_417", 417, NOT_FOUND, NotFound)
        .with_error("not_found_404", 404, NOT_FOUND, NotFound)
        .with_error("not_found_in_a_success", 200, NOT_FOUND, NotFound)
        .with_error("not_found_beside_a_state", 200, &order("COMPLETED", r#""code":"INVALID_MERCHANT_ORDER_ID""#), NotFound)
        .with_error("no_mapping", 400, &error("MERCHANT_ORDER_MAPPING_NOT_FOUND"), NotFound)
        .with_error("no_mapping_as_error_code", 400, r#"{"errorCode":"MERCHANT_ORDER_MAPPING_NOT_FOUND"}"#, NotFound)
        .with_error("no_such_address", 404, r#"{"code":"404","message":"Not Found"}"#, Rejected)
        .with_error("unauthorized", 401, &error("AUTHORIZATION_FAILED"), Unauthorized)
        .with_error("forbidden", 403, &error("FORBIDDEN"), Unauthorized)
        .with_error("bad_request", 400, &error("BAD_REQUEST"), Rejected)
        .with_error("bad_request_in_a_success", 200, &error("BAD_REQUEST"), Rejected)
        .with_error("bad_id", 400, &error("INVALID_TRANSACTION_ID"), Rejected)
        .with_error("too_many", 429, &error("TOO_MANY_REQUESTS"), RateLimited)
        .with_error("down", 500, &error("INTERNAL_SERVER_ERROR"), Unavailable)
        .with_error("down_and_not_found", 503, NOT_FOUND, Unavailable)
        .with_error(
            "older_api",
            200,
            r#"{"success":true,"code":"PAYMENT_SUCCESS","data":{"merchantTransactionId":"order-1234","state":"COMPLETED","amount":1000}}"#,
            InvalidReply,
        )
}

paystatus_testkit::conformance!(
    suite,
    rows: [
        wrong_client, wrong_client_400, token_down, paid, notification_in_progress, notified, unlisted,
        paid_without_attempts, paid_without_a_word_of_attempts, paid_at_last, completed_and_failed,
        completed_and_pending, completed_for_nothing, ordered_for_nothing, penny_drop, another_flow, nobody_tried,
        to_try_again, under_way, pending_and_completed, pending_without_a_state, expired, failed,
        failed_beside_a_number, failed_in_a_word, failed_and_pending, failed_and_completed, failed_and_odd,
        failed_without_a_state, documented, not_found, not_found_417, not_found_404, not_found_in_a_success,
        not_found_beside_a_state, no_mapping, no_mapping_as_error_code, no_such_address, unauthorized, forbidden,
        bad_request, bad_request_in_a_success, bad_id, too_many, down, down_and_not_found, older_api,
    ]
);
