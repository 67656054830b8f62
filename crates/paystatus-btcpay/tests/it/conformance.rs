//! What every provider must do, for BTCPay Server: once by invoice, once by order.

use paystatus_btcpay::BtcPay;
use paystatus_core::{ErrorKind, Finality::*, Funds, Lookup, Meaning, Pending, Status};
use paystatus_testkit::Suite;

use crate::{ID, ORDER, invoice};

const INVOICE: &str = include_str!("../fixtures/invoice.json");
const PAID: Meaning = Meaning::new(Status::Paid, Final, Funds::Taken);
const CREATED: Meaning = Meaning::new(Status::Pending(Pending::Created), Open, Funds::NotTaken);
const PROCESSING: Meaning = Meaning::new(Status::Pending(Pending::Processing), Open, Funds::Unknown);
const EXPIRED: Meaning = Meaning::new(Status::Expired, Provisional, Funds::NotTaken);
const TAKEN_BACK: Meaning = Meaning::new(Status::Expired, Provisional, Funds::Unknown);
const LATE: Meaning = Meaning::new(Status::Expired, Provisional, Funds::Taken);
const FAILED: Meaning = Meaning::new(Status::Failed, Provisional, Funds::Unknown);

fn with_errors(suite: Suite<BtcPay>) -> Suite<BtcPay> {
    use ErrorKind::*;
    let missing = r#"{"code":"missing-permission","message":"Insufficient API Permissions.","missingPermission":"btcpay.store.canviewinvoices"}"#;
    let field = r#"[{"path":"invoiceId","message":"The invoice id is invalid"}]"#;
    suite
        .with_currency("EUR")
        .with_secrets(["canary-key", "canary-callback"])
        .with_personal(["canary-buyer"])
        .with_error(
            "unauthenticated",
            401,
            r#"{"code":"unauthenticated","message":"Authentication is required"}"#,
            Unauthorized,
        )
        .with_error("missing_permission", 403, missing, Unauthorized)
        .with_error("not_found", 404, include_str!("../fixtures/not_found.json"), NotFound)
        .with_error(
            "store_not_found",
            404,
            r#"{"code":"store-not-found","message":"The store was not found"}"#,
            Rejected,
        )
        .with_error("bad_request", 400, field, Rejected)
        .with_error("unprocessable", 422, field, Rejected)
        .with_error("proxy", 502, "<html>Bad Gateway</html>", Unavailable)
        .expecting(["body_error_in_success"], Rejected, "a `code` without an invoice is the form of an error")
        .expecting(
            ["amount_zero", "amount_negative_zero"],
            Meaning::UNKNOWN,
            "an invoice that settles without money is free, or marked by a person",
        )
}

/// Rows of the status table: name, both words, `paidAmount` (`-` where the server is too old to tell), meaning.
const STATES: &[(&str, &str, &str, &str, Meaning)] = &[
    ("settled_over", "Settled", "PaidOver", "11", PAID),
    ("settled_within_tolerance", "Settled", "None", "10.49", PAID),
    ("settled_on_an_older_server", "Settled", "None", "-", PAID),
    (
        "settled_by_a_person",
        "Settled",
        "Marked",
        "10.50",
        Meaning::new(Status::Paid, Provisional, Funds::Taken),
    ),
    ("settled_by_a_person_without_the_money", "Settled", "Marked", "10.49", Meaning::UNKNOWN),
    ("settled_by_a_person_untold", "Settled", "Marked", "-", Meaning::UNKNOWN),
    ("settled_for_free", "Settled", "None", "0.00", Meaning::UNKNOWN),
    ("settled_in_part", "Settled", "PaidPartial", "10.50", Meaning::UNKNOWN),
    ("settled_late", "Settled", "PaidLate", "10.50", Meaning::UNKNOWN),
    ("settled_invalid", "Settled", "Invalid", "10.50", Meaning::UNKNOWN),
    ("processing_over", "Processing", "PaidOver", "11", PROCESSING),
    ("processing_in_part", "Processing", "PaidPartial", "1", Meaning::UNKNOWN),
    ("new_in_part", "New", "PaidPartial", "1", Meaning::new(Status::PartlyPaid, Open, Funds::Taken)),
    ("new_in_part_untold", "New", "PaidPartial", "-", Meaning::new(Status::PartlyPaid, Open, Funds::Taken)),
    (
        "new_taken_back",
        "New",
        "PaidPartial",
        "0",
        Meaning::new(Status::Pending(Pending::Created), Open, Funds::Unknown),
    ),
    ("new_marked", "New", "Marked", "0", Meaning::UNKNOWN),
    (
        "expired_in_part",
        "Expired",
        "PaidPartial",
        "1",
        Meaning::new(Status::PartlyPaid, Provisional, Funds::Taken),
    ),
    ("expired_in_part_taken_back", "Expired", "PaidPartial", "0", TAKEN_BACK),
    ("expired_late", "Expired", "PaidLate", "10.50", LATE),
    ("expired_late_untold", "Expired", "PaidLate", "-", LATE),
    ("expired_late_taken_back", "Expired", "PaidLate", "0", TAKEN_BACK),
    ("expired_over", "Expired", "PaidOver", "11", LATE),
    ("expired_over_taken_back", "Expired", "PaidOver", "0", TAKEN_BACK),
    ("expired_marked", "Expired", "Marked", "0", Meaning::UNKNOWN),
    ("invalid_over", "Invalid", "PaidOver", "11", FAILED),
    ("invalid_late", "Invalid", "PaidLate", "10.50", FAILED),
    ("invalid_in_part", "Invalid", "PaidPartial", "1", FAILED),
    ("invalid_invalid", "Invalid", "Invalid", "10.50", FAILED),
    ("invalid_marked", "Invalid", "Marked", "10.50", FAILED),
    ("invalid_otherwise", "Invalid", "Other", "0", Meaning::UNKNOWN),
    ("another_case", "settled", "none", "10.50", Meaning::UNKNOWN),
];

fn suite() -> Suite<BtcPay> {
    let suite = with_errors(Suite::new(crate::account(), Lookup::payment(ID), INVOICE, "Settled"))
        .with_state("settled", "Settled", PAID)
        .with_state("processing", "Processing", PROCESSING)
        .with_state("new", "New", CREATED)
        .with_state("expired", "Expired", EXPIRED)
        .with_state("invalid", "Invalid", FAILED);
    let shown = STATES.iter().fold(suite, |suite, (name, status, additional, paid, means)| {
        suite.with_reply(name, &invoice(status, additional, paid), *means)
    });
    let tells = |suite: Suite<BtcPay>, name, body: &str, told: &str| {
        suite.with_snapshot(name, Lookup::payment(ID), body, told)
    };
    let suite = tells(
        shown,
        "late_money_is_told",
        &invoice("Expired", "PaidLate", "10.50"),
        r#"{"status":"expired","amount":"10.50","currency":"EUR","returned":null,"test_mode":null,
            "provider_status":"Expired/PaidLate","reference":"order-1234","created_at":"2026-01-01T00:00:00Z",
            "updated_at":null,"may_charge_again":"no"}"#,
    );
    let suite = tells(
        suite,
        "what_was_asked_is_not_what_was_paid",
        &invoice("Settled", "None", "-"),
        r#"{"status":"paid","amount":null}"#,
    );
    let suite = tells(
        suite,
        "money_that_is_not_confirmed_is_not_told",
        &invoice("Processing", "None", "10.50"),
        r#"{"status":"pending","amount":null}"#,
    );
    suite.beside(by_order())
}

/// An order's invoices are its attempts.
fn by_order() -> Suite<BtcPay> {
    let by_order = Lookup::order(ORDER);
    let list = format!("[{INVOICE}]").replace("{{id}}", &format!("{ID:?}"));
    with_errors(Suite::new(
        crate::account(),
        by_order.clone(),
        &list.replace(r#""order-1234""#, "{{id}}"),
        "Settled",
    ))
    .with_state("settled", "Settled", PAID)
    .with_error("no_invoices", 200, "[]", ErrorKind::NotFound)
    .expecting(["body_empty_array"], ErrorKind::NotFound, "an empty list is an order without an invoice")
    .expecting(
        ["echo_absent", "echo_null", "echo_number", "echo_bool", "echo_array", "echo_object"],
        ErrorKind::Mismatch,
        "an invoice that names no order, or not by a text, is not this order's",
    )
    .except(["every_row_is_shown"], "the suite by invoice shows the others")
}

paystatus_testkit::conformance!(
    suite,
    rows: [
        settled,
        processing,
        new,
        expired,
        invalid,
        settled_over,
        settled_within_tolerance,
        settled_on_an_older_server,
        settled_by_a_person,
        settled_by_a_person_without_the_money,
        settled_by_a_person_untold,
        settled_for_free,
        settled_in_part,
        settled_late,
        settled_invalid,
        processing_over,
        processing_in_part,
        new_in_part,
        new_in_part_untold,
        new_taken_back,
        new_marked,
        expired_in_part,
        expired_in_part_taken_back,
        expired_late,
        expired_late_untold,
        expired_late_taken_back,
        expired_over,
        expired_over_taken_back,
        expired_marked,
        invalid_over,
        invalid_late,
        invalid_in_part,
        invalid_invalid,
        invalid_marked,
        invalid_otherwise,
        another_case,
        late_money_is_told,
        what_was_asked_is_not_what_was_paid,
        money_that_is_not_confirmed_is_not_told,
        unauthenticated,
        missing_permission,
        not_found,
        store_not_found,
        bad_request,
        unprocessable,
        proxy,
    ]
);

#[test]
fn an_order_conforms_too() {
    assert_eq!(by_order().failures(), []);
}
