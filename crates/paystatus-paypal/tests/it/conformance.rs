//! What every provider must do, for PayPal: once for orders, once for captures that are asked about by their own ids.

use paystatus_core::{ErrorKind, Finality::*, Funds, Lookup, Meaning, Pending, Returned, Status};
use paystatus_paypal::{Paypal, Resource};
use paystatus_testkit::Suite;

use crate::{CAPTURE_ID, ID};

/// The documented reply, with marks.
const ORDER: &str = include_str!("../fixtures/order.json");
const CAPTURE: &str = include_str!("../fixtures/capture.json");
const TOKEN: &str = r#"{"scope":"https://uri.paypal.com/services/payments/payment","access_token":{{token}},
    "token_type":"Bearer","app_id":"APP-80W284485P519543T","expires_in":{{lifetime}},"nonce":"2026-03-01T10:00:00Z"}"#;
const PAID: Meaning = Meaning::new(Status::Paid, Final, Funds::Taken);
const PARTLY_REFUNDED: Meaning = Meaning::new(Status::Paid, Provisional, Funds::Taken);
const PARTLY: Meaning = Meaning::new(Status::PartlyPaid, Open, Funds::Taken);
const REFUNDED: Meaning = Meaning::new(Status::Returned(Returned::Refunded), Final, Funds::Returned);
const REFUNDED_SO_FAR: Meaning =
    Meaning::new(Status::Returned(Returned::Refunded), Provisional, Funds::Returned);
const CHARGED_BACK: Meaning =
    Meaning::new(Status::Returned(Returned::ChargedBack), Provisional, Funds::Unknown);
const PROCESSING: Meaning = Meaning::new(Status::Pending(Pending::Processing), Open, Funds::Unknown);
const HELD: Meaning = Meaning::new(Status::Authorized, Open, Funds::Held);
const DOUBTFUL: Meaning = Meaning::new(Status::Failed, Provisional, Funds::Unknown);
const REFUSED: Meaning = Meaning::new(Status::Failed, Final, Funds::NotTaken);
const ACTION: Meaning = Meaning::new(Status::Pending(Pending::ActionRequired), Open, Funds::NotTaken);

/// An order with this word and these payments in each of its units; `-` is a unit without any.
pub(crate) fn order(word: &str, units: &[&str]) -> String {
    let units: Vec<_> = units
        .iter()
        .map(|unit| match *unit {
            "-" => r#"{"reference_id":"default","custom_id":"6735"}"#.to_owned(),
            payments => {
                format!(
                    r#"{{"reference_id":"default","custom_id":"6735","payments":{{{}}}}}"#,
                    lists(payments)
                )
            }
        })
        .collect();
    format!(r#"{{"id":"{ID}","intent":"CAPTURE","status":"{word}","purchase_units":[{}]}}"#, units.join(","))
}

/// Payments by a short text: `c COMPLETED 80, c PENDING 20 ECHECK, a CREATED 100, r COMPLETED 5`.
fn lists(payments: &str) -> String {
    let mut lists = [("c", "captures", vec![]), ("a", "authorizations", vec![]), ("r", "refunds", vec![])];
    for (index, payment) in payments.split(", ").enumerate() {
        let parts: Vec<_> = payment.split(' ').collect();
        let amount = parts.get(2).map_or(String::new(), |value| {
            format!(r#","amount":{{"currency_code":"EUR","value":"{value}"}}"#)
        });
        let reason = parts
            .get(3)
            .map_or(String::new(), |reason| format!(r#","status_details":{{"reason":"{reason}"}}"#));
        let list = lists.iter_mut().find(|(letter, ..)| *letter == parts[0]).unwrap();
        list.2.push(format!(r#"{{"id":"part-{index}","status":"{}"{amount}{reason}}}"#, parts[1]));
    }
    let written = lists.iter().filter(|list| !list.2.is_empty());
    written.map(|(_, name, list)| format!(r#""{name}":[{}]"#, list.join(","))).collect::<Vec<_>>().join(",")
}

pub(crate) fn one_capture(payment: &str) -> String {
    let text = lists(payment).replacen(r#""captures":["#, "", 1).replace("part-0", CAPTURE_ID);
    text[..text.len() - 1].to_owned()
}

fn with_common(suite: Suite<Paypal>) -> Suite<Paypal> {
    use ErrorKind::*;
    let error = |name: &str| {
        format!(
            r#"{{"name":"{name}","message":"…","debug_id":"90957fca61718","details":[{{"issue":"SOME_ISSUE"}}],"links":[]}}"#
        )
    };
    suite
        .with_currency("EUR")
        .with_secrets(["canary-secret"])
        .with_token_reply(TOKEN, "31668")
        .with_token_error(
            "wrong_keys",
            401,
            r#"{"error":"invalid_client","error_description":"Client Authentication failed"}"#,
            Unauthorized,
        )
        .with_error("token_refused", 401, &error("AUTHENTICATION_FAILURE"), Unauthorized)
        .with_error(
            "token_invalid",
            401,
            r#"{"error":"invalid_token","error_description":"The token passed in was not found in the system"}"#,
            Unauthorized,
        )
        .with_error("not_authorized", 403, &error("NOT_AUTHORIZED"), Unauthorized)
        .with_error("permission_denied", 403, &error("PERMISSION_DENIED"), Unauthorized)
        .with_error("not_found", 404, include_str!("../fixtures/not_found.json"), NotFound)
        .with_error("invalid_request", 400, &error("INVALID_REQUEST"), Rejected)
        .with_error("unprocessable", 422, &error("UNPROCESSABLE_ENTITY"), Rejected)
        .with_error("rate_limit", 429, &error("RATE_LIMIT_REACHED"), RateLimited)
        .with_error("down", 503, &error("SERVICE_UNAVAILABLE"), Unavailable)
        .expecting(
            ["amount_exponent", "amount_negative_zero"],
            InvalidReply,
            "amounts are documented as plain decimals: digits, perhaps with a point",
        )
        .expecting(["body_error_in_success"], Rejected, "an `error` in a success is the form of a token's error")
}

pub(crate) fn captures_suite() -> Suite<Paypal> {
    let account = crate::account().asking_about(Resource::Capture);
    with_common(Suite::new(account, Lookup::payment(CAPTURE_ID), CAPTURE, "COMPLETED"))
        .with_state("completed", "COMPLETED", PAID)
        .with_state("partly_refunded", "PARTIALLY_REFUNDED", PARTLY_REFUNDED)
        .with_state("refunded", "REFUNDED", REFUNDED)
        .with_state("declined", "DECLINED", Meaning::new(Status::Failed, Provisional, Funds::NotTaken))
        .with_state("failed", "FAILED", DOUBTFUL)
        .with_state("pending", "PENDING", PROCESSING)
        .with_reply("echeck", &one_capture("c PENDING 100.00 ECHECK"), PROCESSING)
        .with_reply("charged_back", &one_capture("c PENDING 100.00 CHARGEBACK"), CHARGED_BACK)
        .with_snapshot(
            "what_was_refunded_is_not_told",
            Lookup::payment(CAPTURE_ID),
            &one_capture("c PARTIALLY_REFUNDED 100.00"),
            r#"{"status":"paid","amount":null,"returned":null}"#,
        )
        .except(["every_row_is_shown"], "the suite of orders shows the others")
        .except(["leak_personal_data"], "a capture says nothing about a person")
}

fn suite() -> Suite<Paypal> {
    let tells = |suite: Suite<Paypal>, name, body: &str, told: &str| {
        suite.with_snapshot(name, Lookup::payment(ID), body, told)
    };
    let refunded_unknown = Meaning::new(Status::Returned(Returned::Refunded), Provisional, Funds::Unknown);
    let suite = with_common(Suite::new(crate::account(), Lookup::payment(ID), ORDER, "COMPLETED"))
        .with_personal(["canary-payer", "canary-source"])
        .with_state("completed", "COMPLETED", PAID)
        .with_state("partly_refunded", "PARTIALLY_REFUNDED", PARTLY_REFUNDED)
        .with_state("refunded", "REFUNDED", REFUNDED)
        .with_state("pending", "PENDING", PROCESSING)
        .with_state("declined", "DECLINED", REFUSED)
        .with_state("failed", "FAILED", DOUBTFUL)
        .with_reply(
            "refunded_in_sum",
            &order("COMPLETED", &["c PARTIALLY_REFUNDED 9, r COMPLETED 4, r COMPLETED 5"]),
            REFUNDED,
        )
        .with_reply(
            "refunded_and_unpaid",
            &order("COMPLETED", &["c REFUNDED 9, r COMPLETED 9", "-"]),
            REFUNDED_SO_FAR,
        )
        .with_reply(
            "refunded_and_held",
            &order("COMPLETED", &["c REFUNDED 9, a PARTIALLY_CAPTURED 20"]),
            REFUNDED_SO_FAR,
        )
        .with_reply("two_units", &order("COMPLETED", &["c COMPLETED 9", "c COMPLETED 1"]), PAID)
        .with_reply("captured_hold", &order("COMPLETED", &["a CAPTURED 9, c COMPLETED 9"]), PAID)
        .with_reply("second_try", &order("COMPLETED", &["c DECLINED 9, c COMPLETED 9"]), PAID)
        .with_reply("one_of_two_units", &order("APPROVED", &["c COMPLETED 9", "-"]), PARTLY)
        .with_reply("one_unit_declined", &order("COMPLETED", &["c COMPLETED 9", "c DECLINED 1"]), PARTLY)
        .with_reply("more_is_held", &order("COMPLETED", &["c COMPLETED 9, a CREATED 9"]), PARTLY)
        .with_reply("more_is_pending", &order("COMPLETED", &["c COMPLETED 9, c PENDING 1 ECHECK"]), PARTLY)
        .with_reply("charged_back", &order("COMPLETED", &["c PENDING 9 CHARGEBACK"]), CHARGED_BACK)
        .with_reply("refund_pending", &order("COMPLETED", &["c PENDING 9 REFUNDED"]), refunded_unknown)
        .with_reply("echeck", &order("COMPLETED", &["c PENDING 9 ECHECK"]), PROCESSING)
        .with_reply("declined_and_held", &order("COMPLETED", &["c DECLINED 9, a CREATED 9"]), HELD)
        .with_reply("failed_and_held", &order("COMPLETED", &["c FAILED 9, a PENDING 9"]), HELD)
        .with_reply(
            "declined_and_captured",
            &order("COMPLETED", &["c DECLINED 9, a CAPTURED 9"]),
            Meaning::UNKNOWN,
        )
        .with_reply("declined_and_failed", &order("COMPLETED", &["c DECLINED 9, c FAILED 9"]), DOUBTFUL)
        .with_reply("declined_of_an_open_order", &order("APPROVED", &["c DECLINED 9"]), ACTION)
        .with_reply(
            "unlisted_beside_completed",
            &order("COMPLETED", &["c COMPLETED 9, c REVERSED 9"]),
            Meaning::UNKNOWN,
        )
        .with_reply(
            "unlisted_hold_beside_completed",
            &order("COMPLETED", &["c COMPLETED 9, a EXPIRED 9"]),
            Meaning::UNKNOWN,
        )
        .with_reply("held", &order("COMPLETED", &["a CREATED 9"]), HELD)
        .with_reply(
            "hold_pending",
            &order("COMPLETED", &["a PENDING 9"]),
            Meaning::new(Status::Pending(Pending::Processing), Open, Funds::Held),
        )
        .with_reply("hold_denied", &order("COMPLETED", &["a DENIED 9"]), REFUSED)
        .with_reply(
            "hold_voided",
            &order("COMPLETED", &["a VOIDED 9, a DENIED 9"]),
            Meaning::new(Status::Returned(Returned::Voided), Final, Funds::Returned),
        )
        .with_reply("hold_captured_without_capture", &order("COMPLETED", &["a CAPTURED 9"]), Meaning::UNKNOWN)
        .with_reply(
            "created",
            &order("CREATED", &["-"]),
            Meaning::new(Status::Pending(Pending::Created), Open, Funds::NotTaken),
        )
        .with_reply("payer_action_required", &order("PAYER_ACTION_REQUIRED", &["-"]), ACTION)
        .with_reply("approved", &order("APPROVED", &["-"]), ACTION)
        .with_reply(
            "saved",
            &order("SAVED", &["-"]),
            Meaning::new(Status::Pending(Pending::Processing), Open, Funds::NotTaken),
        )
        .with_reply(
            "voided",
            &order("VOIDED", &["-"]),
            Meaning::new(Status::Canceled, Final, Funds::NotTaken),
        )
        .with_reply("completed_without_payments", &order("COMPLETED", &["-"]), Meaning::UNKNOWN)
        .with_reply("unlisted_order", &order("PARTIALLY_COMPLETED", &["-"]), Meaning::UNKNOWN)
        .beside(captures_suite());
    let suite = tells(
        suite,
        "captures_add_up",
        &order(
            "COMPLETED",
            &[
                "c COMPLETED 80.50, c DECLINED 9",
                "c PARTIALLY_REFUNDED 20, r COMPLETED 5.00, r PENDING 1, r FAILED 2",
            ],
        ),
        r#"{"status":"paid","finality":"provisional","amount":"100.50","currency":"EUR","returned":"5.00",
            "provider_status":"PARTIALLY_REFUNDED","reference":"6735"}"#,
    );
    let suite = tells(
        suite,
        "nothing_was_refunded",
        &order("COMPLETED", &["c COMPLETED 9.00"]),
        r#"{"amount":"9.00","returned":"0.00","reason":null}"#,
    );
    let suite = tells(
        suite,
        "refunds_tell_less_than_the_words",
        &order("COMPLETED", &["c REFUNDED 9, r COMPLETED 4"]),
        r#"{"status":"returned","amount":null,"returned":null}"#,
    );
    let suite = tells(
        suite,
        "a_partly_refunded_capture_without_its_refund",
        &order("COMPLETED", &["c PARTIALLY_REFUNDED 9, c REFUNDED 4, r COMPLETED 4"]),
        r#"{"status":"paid","amount":null,"returned":null}"#,
    );
    tells(
        suite,
        "a_reason_is_told",
        &order("COMPLETED", &["c PENDING 9, c PENDING 9 PENDING_REVIEW"]),
        r#"{"detail":"processing","amount":null,"provider_status":"PENDING"}"#,
    )
}

paystatus_testkit::conformance!(
    suite,
    rows: [
        completed,
        partly_refunded,
        refunded,
        pending,
        declined,
        failed,
        refunded_in_sum,
        refunded_and_unpaid,
        refunded_and_held,
        two_units,
        captured_hold,
        second_try,
        one_of_two_units,
        one_unit_declined,
        more_is_held,
        more_is_pending,
        charged_back,
        refund_pending,
        echeck,
        declined_and_held,
        failed_and_held,
        declined_and_captured,
        declined_and_failed,
        declined_of_an_open_order,
        unlisted_beside_completed,
        unlisted_hold_beside_completed,
        held,
        hold_pending,
        hold_denied,
        hold_voided,
        hold_captured_without_capture,
        created,
        payer_action_required,
        approved,
        saved,
        voided,
        completed_without_payments,
        unlisted_order,
        captures_add_up,
        nothing_was_refunded,
        refunds_tell_less_than_the_words,
        a_partly_refunded_capture_without_its_refund,
        a_reason_is_told,
        wrong_keys,
        token_refused,
        token_invalid,
        not_authorized,
        permission_denied,
        not_found,
        invalid_request,
        unprocessable,
        rate_limit,
        down,
    ]
);

#[test]
fn captures_conform_too() {
    assert_eq!(captures_suite().failures(), []);
}
