//! What every provider must do, for Checkout.com; and every row of its tables.

use paystatus_checkout::Checkout;
use paystatus_core::{BaseUrl, ErrorKind, Finality::*, Funds, Lookup, Meaning, Pending, Returned, Status};
use paystatus_testkit::Suite;

use crate::{ID, ORDER, balances, list, payment};

const CAPTURED: &str = include_str!("../fixtures/captured.json");
const PAID: Meaning = Meaning::new(Status::Paid, Final, Funds::Taken);
const PART: Meaning = Meaning::new(Status::PartlyPaid, Open, Funds::Taken);
const UNKNOWN: Meaning = Meaning::UNKNOWN;
const HELD: Meaning = Meaning::new(Status::Authorized, Open, Funds::Held);
const REFUNDED: Meaning = Meaning::new(Status::Returned(Returned::Refunded), Final, Funds::Returned);
const REFUNDED_SO_FAR: Meaning =
    Meaning::new(Status::Returned(Returned::Refunded), Provisional, Funds::Returned);

fn checkout() -> Checkout {
    Checkout::new(BaseUrl::parse("https://vkuhvk4v.api.checkout.com").unwrap(), "canary-secret-key")
        .with_callback_secrets(["canary-signature-key".into()])
        .with_callback_authorization("canary-authorization")
}

fn suite() -> Suite<Checkout> {
    let by_order = || Lookup::order(ORDER);
    let plain = |status: &str| payment(ID, status, "");
    let with = |status: &str, captured, capturable, refunded| {
        payment(ID, status, &balances(captured, capturable, refunded))
    };
    let one = |status: &str| list(1, &[payment("pay_1", status, "")]);
    let meaning = Meaning::new;
    let action = meaning(Status::Pending(Pending::ActionRequired), Open, Funds::NotTaken);
    let processing = meaning(Status::Pending(Pending::Processing), Open, Funds::Unknown);
    let retried = meaning(Status::Pending(Pending::Processing), Open, Funds::NotTaken);
    let voided = meaning(Status::Returned(Returned::Voided), Final, Funds::Returned);
    let payout = plain("Paid").replace("source", "destination");
    Suite::new(checkout(), Lookup::payment(ID), CAPTURED, "Captured")
        .in_minor_units()
        .with_plain_id("pay_n3gkyj5kbgmu7ctq2bpcpndvwe")
        .with_secrets(["canary-secret-key", "canary-signature-key", "canary-authorization"])
        .with_personal([
            "canary-name", "canary-last4", "canary-bin", "canary-fingerprint", "canary-street", "canary-phone",
            "canary-description", "canary@example.invalid", "canary-customer", "canary-ip", "canary-shipping",
            "canary-descriptor", "canary-metadata", "canary-link",
        ])
        .expecting(
            ["amount_string", "amount_exponent", "amount_25_digits", "amount_negative_zero"],
            ErrorKind::InvalidReply,
            "amounts are integers",
        )
        .expecting(["amount_zero"], UNKNOWN, "nothing was captured, whatever the word")
        .with_state("captured", "Captured", PAID)
        .with_state("partially_refunded", "Partially Refunded", PAID)
        .with_state("partially_captured_and_no_more_to_come", "Partially Captured", PAID)
        .with_state("refunded_and_nothing_returned", "Refunded", UNKNOWN)
        .with_state("payout_requested", "Requested", UNKNOWN)
        .with_state("authorized", "Authorized", HELD)
        .with_state("card_verified", "Card Verified", meaning(Status::Unknown, Provisional, Funds::NotTaken))
        .with_state("declined_and_captured", "Declined", UNKNOWN)
        .with_reply("payout", &payout, UNKNOWN)
        .with_reply("payout_by_any_word", &payout.replace("Paid", "Captured"), UNKNOWN)
        .with_reply("not_approved", &with("Captured", 6540, 0, 0).replace("true", "false"), UNKNOWN)
        .with_reply("nothing_captured", &with("Captured", 0, 0, 0), UNKNOWN)
        .with_reply("refunded_and_nothing_captured", &with("Refunded", 0, 0, 0), UNKNOWN)
        .with_snapshot(
            "partly_refunded",
            Lookup::payment(ID),
            &with("Partially Refunded", 6540, 0, 1540),
            r#"{"status":"paid","finality":"final","amount":"65.40","returned":"15.40","currency":"USD","reference":"ORD-5023-4E89","test_mode":null}"#,
        )
        .with_snapshot(
            "not_refunded",
            Lookup::payment(ID),
            &with("Captured", 6540, 0, 0),
            r#"{"status":"paid","amount":"65.40","returned":"0.00"}"#,
        )
        .with_reply("partially_captured", &with("Partially Captured", 4000, 2540, 0), PART)
        .with_reply("partially_captured_without_balances", &plain("Partially Captured"), PART)
        .with_snapshot(
            "refunded",
            Lookup::payment(ID),
            &with("Refunded", 6540, 0, 6540),
            r#"{"status":"returned","detail":"refunded","finality":"final","amount":"65.40","returned":"65.40"}"#,
        )
        .with_reply("refunded_in_part", &with("Refunded", 6540, 0, 1540), UNKNOWN)
        .with_reply("refunded_without_balances", &plain("Refunded"), REFUNDED)
        .with_reply("refunded_with_more_to_come_and_no_sum", &payment(ID, "Refunded", r#","balances":{"available_to_capture":1}"#), REFUNDED_SO_FAR)
        .with_reply("captured_and_all_returned", &with("Captured", 6540, 0, 6540), REFUNDED)
        .with_reply("more_than_all_returned", &with("Partially Refunded", 6540, 0, 6541), REFUNDED)
        .with_reply("all_returned_so_far", &with("Partially Captured", 4000, 2540, 4000), REFUNDED_SO_FAR)
        .with_reply("pending", &plain("Pending"), processing)
        .with_reply("pending_with_a_redirect", &payment(ID, "Pending", r#","approved":false,"_links":{"redirect":{"href":"https://canary"}}"#), action)
        .with_reply("pending_with_no_redirect", &payment(ID, "Pending", r#","_links":{"redirect":null}"#), processing)
        .with_reply("retry_scheduled", &plain("Retry Scheduled"), retried)
        .with_reply("voided", &with("Voided", 0, 0, 0), voided)
        .with_reply("declined", &plain("Declined"), meaning(Status::Failed, Final, Funds::NotTaken))
        .with_reply("canceled", &plain("Canceled"), meaning(Status::Canceled, Final, Funds::NotTaken))
        .with_reply("expired", &plain("Expired"), meaning(Status::Expired, Final, Funds::NotTaken))
        .with_reply("expired_voucher", &plain("Expired").replace("card", "multibanco"), meaning(Status::Expired, Provisional, Funds::NotTaken))
        // Orders: with a second request in `main.rs`.
        .with_reply_to("order_declined", by_order(), &one("Declined"), meaning(Status::Failed, Provisional, Funds::Unknown))
        .with_reply_to("order_canceled", by_order(), &one("Canceled"), meaning(Status::Canceled, Provisional, Funds::Unknown))
        .with_reply_to("order_expired", by_order(), &one("Expired"), meaning(Status::Expired, Provisional, Funds::Unknown))
        .with_reply_to("order_list_in_part", by_order(), &list(2, &[payment("pay_1", "Declined", "")]), UNKNOWN)
        // Errors.
        .with_error("a_list_for_a_payment", 200, r#"{"limit":100,"skip":0,"total_count":0,"data":[]}"#, ErrorKind::InvalidReply)
        .with_error("unauthorized", 401, "", ErrorKind::Unauthorized)
        .with_error("not_found", 404, "", ErrorKind::NotFound)
        .and_header("cko-request-id", "0HL80RJLS76I7")
        .with_error("not_found_with_a_body", 404, "<html>canary</html>", ErrorKind::NotFound)
        .and_header("cko-request-id", "0HL80RJLS76I7")
        .with_error("no_such_address", 404, r#"{"error_type":"not_found"}"#, ErrorKind::Rejected)
        .beside(by_order_suite())
}

/// The same account, asked by order, for the one row that only an order shows: `main.rs` has what lists are made of.
fn by_order_suite() -> Suite<Checkout> {
    let nothing = r#"{"limit":100,"skip":0,"total_count":0,"data":[]}"#;
    Suite::new(checkout(), Lookup::order(ORDER), &list(1, &[CAPTURED.to_owned()]), "Captured").with_error(
        "order_unknown",
        200,
        nothing,
        ErrorKind::NotFound,
    )
}

paystatus_testkit::conformance!(
    suite,
    rows: [
        captured, partially_refunded, partially_captured_and_no_more_to_come, refunded_and_nothing_returned,
        payout_requested, authorized, card_verified, declined_and_captured, payout, payout_by_any_word, not_approved,
        nothing_captured, refunded_and_nothing_captured, partly_refunded, not_refunded, partially_captured,
        partially_captured_without_balances, refunded, refunded_in_part, refunded_without_balances,
        refunded_with_more_to_come_and_no_sum, captured_and_all_returned, more_than_all_returned, all_returned_so_far,
        pending, pending_with_a_redirect, pending_with_no_redirect, retry_scheduled, voided, declined, canceled,
        expired, expired_voucher, order_declined, order_canceled, order_expired, order_list_in_part, a_list_for_a_payment,
        unauthorized, not_found, not_found_with_a_body, no_such_address,
    ]
);
