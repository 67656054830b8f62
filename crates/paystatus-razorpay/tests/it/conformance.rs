//! What every provider must do, for Razorpay; and every row of its tables.

use paystatus_core::{ErrorKind, Finality::*, Funds, Lookup, Meaning, Pending, Returned, Status};
use paystatus_razorpay::Razorpay;
use paystatus_testkit::Suite;

use crate::{ID, ORDER, order, payment};

const CAPTURED: &str = include_str!("../fixtures/captured.json");
const NOT_FOUND: &str = include_str!("../fixtures/not_found.json");
const PAID: Meaning = Meaning::new(Status::Paid, Final, Funds::Taken);
const UNKNOWN: Meaning = Meaning::UNKNOWN;
const HELD: Meaning = Meaning::new(Status::Authorized, Open, Funds::Held);
const PROCESSING: Meaning = Meaning::new(Status::Pending(Pending::Processing), Open, Funds::Unknown);
const FAILED: Meaning = Meaning::new(Status::Failed, Provisional, Funds::Unknown);
const REFUNDED: Meaning = Meaning::new(Status::Returned(Returned::Refunded), Final, Funds::Returned);
const REFUNDED_FOR_NOW: Meaning =
    Meaning::new(Status::Returned(Returned::Refunded), Provisional, Funds::Returned);

fn error(description: &str) -> String {
    NOT_FOUND.replace("The id provided does not exist", description)
}

fn razorpay() -> Razorpay {
    Razorpay::new("canary-key-id", "canary-key-secret").with_callback_secrets(["canary-webhook".into()])
}

fn suite() -> Suite<Razorpay> {
    let by_id = || Lookup::payment(ID);
    let by_order = || Lookup::order(ORDER);
    let part = r#""captured":true,"amount_refunded":700,"refund_status":"partial""#;
    let whole = r#""captured":true,"amount_refunded":2100,"refund_status":"full""#;
    let captured = |id| payment(id, "captured", r#""captured":true,"amount_refunded":0"#);
    let refunded = payment("pay_2", "refunded", whole);
    let failed = |id| payment(id, "failed", r#""captured":false,"amount_refunded":0"#);
    let authorized = payment("pay_3", "authorized", r#""captured":false"#);
    let created = payment("pay_4", "created", r#""captured":false"#);
    let odd = payment("pay_5", "on_hold", r#""captured":false"#);
    let not_yet = Meaning::new(Status::Pending(Pending::Created), Open, Funds::Unknown);
    let on_delivery = Meaning::new(Status::Pending(Pending::Created), Open, Funds::NotTaken);
    Suite::new(razorpay(), by_id(), CAPTURED, "captured")
        .in_minor_units()
        .with_currency("INR")
        .with_secrets([
            "canary-key-id",
            "canary-key-secret",
            "canary-webhook",
            "Y2FuYXJ5LWtleS1pZDpjYW5hcnkta2V5LXNlY3JldA==",
        ])
        .with_personal([
            "canary-description", "canary@vpa", "canary@example.invalid", "canary-contact", "canary-customer",
            "canary-token", "canary-note", "canary-rrn",
        ])
        .expecting(
            ["amount_string", "amount_exponent", "amount_25_digits", "amount_negative_zero"],
            ErrorKind::InvalidReply,
            "amounts are integers",
        )
        .expecting(
            ["amount_absent", "amount_null", "currency_absent", "currency_null"],
            ErrorKind::InvalidReply,
            "both stand in every payment",
        )
        .expecting(["amount_zero"], UNKNOWN, "a mandate: nothing was paid")
        .with_state("captured", "captured", PAID)
        .with_state("authorized_whatever_the_flag", "authorized", HELD)
        .with_state("created", "created", PROCESSING)
        .with_state("failed", "failed", FAILED)
        .with_state("refunded_less_than_all", "refunded", UNKNOWN)
        .with_state("pending_without_cash", "pending", UNKNOWN)
        .with_reply("mandate", &payment(ID, "captured", whole).replace("2100", "0"), UNKNOWN)
        .with_reply("not_captured", &payment(ID, "captured", r#""captured":false,"amount_refunded":0"#), UNKNOWN)
        .with_reply("full_and_less", &payment(ID, "captured", r#""captured":true,"amount_refunded":700,"refund_status":"full""#), UNKNOWN)
        .with_reply("full_and_none", &payment(ID, "captured", r#""captured":true,"amount_refunded":0,"refund_status":"full""#), UNKNOWN)
        .with_reply("full_and_not_told", &payment(ID, "captured", r#""captured":true,"refund_status":"full""#), UNKNOWN)
        .with_reply("partial_and_none", &payment(ID, "captured", r#""captured":true,"amount_refunded":0,"refund_status":"partial""#), UNKNOWN)
        .with_reply("partial_and_not_told", &payment(ID, "captured", r#""captured":true,"refund_status":"partial""#), UNKNOWN)
        .with_snapshot(
            "partly_refunded",
            by_id(),
            &payment(ID, "captured", part),
            r#"{"status":"paid","finality":"final","amount":"21.00","returned":"7.00","currency":"INR","reference":"order_MT47xgV5ApouIB","test_mode":null,"created_at":"2023-08-22T09:31:59Z"}"#,
        )
        .with_snapshot("refunds_not_told", by_id(), &payment(ID, "captured", r#""captured":null"#), r#"{"status":"paid","returned":null}"#)
        .with_reply("captured_and_all_returned", &payment(ID, "captured", whole), REFUNDED)
        .with_snapshot(
            "refunded",
            by_id(),
            &payment(ID, "refunded", whole),
            r#"{"status":"returned","detail":"refunded","finality":"final","funds":"returned","returned":"21.00"}"#,
        )
        .with_reply("refunded_and_not_told", &payment(ID, "refunded", r#""captured":true"#), REFUNDED)
        .with_reply("more_than_all", &payment(ID, "captured", r#""captured":true,"amount_refunded":2101"#), UNKNOWN)
        .with_reply("failed_and_more_than_all", &payment(ID, "failed", r#""captured":false,"amount_refunded":2101"#), UNKNOWN)
        .with_reply("cash_on_delivery", &payment(ID, "pending", r#""captured":false,"method":"cod""#), on_delivery)
        // Orders.
        .with_reply_to("order_paid", by_order(), &order(2, &[failed("pay_1"), captured("pay_2")]), PAID)
        .with_snapshot(
            "order_paid_twice",
            by_order(),
            &order(3, &[captured("pay_1"), failed("pay_2"), payment("pay_3", "captured", part).replace("1692696719", "1692696720")]),
            r#"{"payment_id":"pay_3","status":"paid","amount":"42.00","returned":"7.00","attempts":[{"payment_id":"pay_2"},{"payment_id":"pay_1"}]}"#,
        )
        .with_snapshot(
            "order_paid_in_two_currencies",
            by_order(),
            &order(2, &[captured("pay_1"), captured("pay_2").replace("INR", "USD")]),
            r#"{"status":"paid","amount":null}"#,
        )
        .with_reply_to("order_authorized", by_order(), &order(4, &[created.clone(), odd.clone(), authorized, failed("pay_1")]), HELD)
        .with_reply_to("order_pending", by_order(), &order(3, &[odd.clone(), created, failed("pay_1")]), PROCESSING)
        .with_reply_to("order_unknown", by_order(), &order(3, &[odd, refunded.clone(), failed("pay_1")]), UNKNOWN)
        .with_reply_to("order_refunded", by_order(), &order(2, &[failed("pay_1"), refunded]), REFUNDED_FOR_NOW)
        .with_reply_to("order_captured_and_all_returned", by_order(), &order(1, &[payment("pay_1", "captured", whole)]), REFUNDED_FOR_NOW)
        .with_reply_to("order_failed", by_order(), &order(2, &[failed("pay_1"), failed("pay_2")]), FAILED)
        .with_reply_to("order_nobody_tried", by_order(), &order(0, &[]), not_yet)
        .with_reply_to("order_list_in_part", by_order(), &order(3, &[failed("pay_1"), failed("pay_2")]), UNKNOWN)
        .with_reply_to("order_list_in_part_and_paid", by_order(), &order(3, &[failed("pay_1"), captured("pay_2")]), PAID)
        .with_reply_to("order_list_missing", by_order(), &order(1, &[]), UNKNOWN)
        // Errors.
        .with_error("not_found", 400, NOT_FOUND, ErrorKind::NotFound)
        .with_error("not_found_with_a_full_stop", 400, &error("The id provided does not exist."), ErrorKind::NotFound)
        .with_error("no_id", 400, &error("x is not a valid id"), ErrorKind::Rejected)
        .with_error("unauthorized", 401, &error("Authentication failed"), ErrorKind::Unauthorized)
        .with_error("unauthorized_400", 400, &error("Authentication failed"), ErrorKind::Unauthorized)
        .with_error("unauthorized_key", 400, &error("The api key provided is invalid"), ErrorKind::Unauthorized)
        .with_error("other_address", 400, &error("The requested URL was not found on the server."), ErrorKind::Rejected)
        .with_error("other_address_404", 404, &error("The requested URL was not found on the server."), ErrorKind::Rejected)
        .with_error("other_host", 404, r#"{"message":"no Route matched with those values"}"#, ErrorKind::Rejected)
        .with_error("too_many", 429, &error("Request failed"), ErrorKind::RateLimited)
        .with_error("server_error", 500, r#"{"error":{"code":"SERVER_ERROR","description":"We are facing some trouble completing your request at the moment."}}"#, ErrorKind::Unavailable)
        .with_error("gateway_error", 502, r#"{"error":{"code":"GATEWAY_ERROR","description":"Payment processing failed"}}"#, ErrorKind::Unavailable)
}

paystatus_testkit::conformance!(
    suite,
    rows: [
        captured, authorized_whatever_the_flag, created, failed, refunded_less_than_all, pending_without_cash, mandate,
        not_captured, full_and_less, full_and_none, full_and_not_told, partial_and_none, partial_and_not_told,
        partly_refunded, refunds_not_told, captured_and_all_returned, refunded, refunded_and_not_told, more_than_all,
        failed_and_more_than_all, cash_on_delivery, order_paid, order_paid_twice, order_paid_in_two_currencies,
        order_authorized, order_pending, order_unknown, order_refunded, order_captured_and_all_returned, order_failed,
        order_nobody_tried, order_list_in_part, order_list_in_part_and_paid, order_list_missing, not_found,
        not_found_with_a_full_stop, no_id, unauthorized, unauthorized_400, unauthorized_key, other_address,
        other_address_404, other_host, too_many, server_error, gateway_error,
    ]
);
