//! What every provider must do, for Stripe; and every row of its tables.

use paystatus_core::{ErrorKind, Finality::*, Funds, Lookup, Meaning, Pending, Returned, Status};
use paystatus_stripe::Stripe;
use paystatus_testkit::Suite;

const ID: &str = "pi_3MtwBwLkdIwHu7ix28a3tqPa";
const SESSION: &str = "cs_live_a1B2c3";
const SUCCEEDED: &str = include_str!("../fixtures/succeeded.json");
const NOT_FOUND: &str = include_str!("../fixtures/not_found.json");
const CHARGE: &str = r#"{"id":"ch_1","object":"charge","status":"succeeded","captured":true,"amount_captured":1099,"amount_refunded":0,"refunded":false,"disputed":false}"#;
const PAID: Meaning = Meaning::new(Status::Paid, Final, Funds::Taken);
const UNKNOWN: Meaning = Meaning::UNKNOWN;
const CREATED: Meaning = Meaning::new(Status::Pending(Pending::Created), Open, Funds::NotTaken);
const ACTION: Meaning = Meaning::new(Status::Pending(Pending::ActionRequired), Open, Funds::NotTaken);
const PROCESSING: Meaning = Meaning::new(Status::Pending(Pending::Processing), Open, Funds::Unknown);
const HELD: Meaning = Meaning::new(Status::Authorized, Open, Funds::Held);
const IN_PART: Meaning = Meaning::new(Status::PartlyPaid, Open, Funds::Taken);
const REFUNDED: Meaning = Meaning::new(Status::Returned(Returned::Refunded), Final, Funds::Returned);
const DISPUTED: Meaning = Meaning::new(Status::Returned(Returned::ChargedBack), Provisional, Funds::Unknown);
const CANCELED: Meaning = Meaning::new(Status::Canceled, Final, Funds::NotTaken);
const EXPIRED: Meaning = Meaning::new(Status::Expired, Final, Funds::NotTaken);
const FREE: Meaning = Meaning::new(Status::Unknown, Provisional, Funds::NotTaken);

/// A PaymentIntent with this word, with what was received, and with these fields beside.
fn intent(status: &str, received: u64, more: &str) -> String {
    format!(
        r#"{{"id":"{ID}","object":"payment_intent","status":"{status}","amount":10000,"amount_received":{received},
            "currency":"eur","created":1680800504,"livemode":true,"metadata":{{"order_id":"6735"}}{more}}}"#
    )
}

/// One that succeeded, with a charge that differs in these fields from one that is paid and nothing else.
fn charged(changes: &[(&str, &str)]) -> String {
    let charge = changes.iter().fold(CHARGE.to_owned(), |charge, (from, to)| {
        assert!(charge.contains(from), "{from}");
        charge.replace(from, to)
    });
    intent("succeeded", 1099, &format!(r#","latest_charge":{charge}"#))
}

/// A Checkout Session with these words and this PaymentIntent.
fn session(status: &str, payment_status: &str, intent: &str, more: &str) -> String {
    format!(
        r#"{{"id":"{SESSION}","object":"checkout.session","amount_total":1099,"currency":"eur","mode":"payment",
            "client_reference_id":"6735","status":"{status}","payment_status":"{payment_status}",
            "payment_intent":{intent},"livemode":true,"created":1680800500,"expires_at":1680886900{more}}}"#
    )
}

fn subscription(total: &str) -> String {
    let body = session("complete", "paid", "null", "");
    body.replace(r#""payment""#, r#""subscription""#).replace(r#""amount_total":1099,"#, total)
}

fn stripe() -> Stripe {
    Stripe::new("canary-key").with_callback_secrets(["canary-secret".into()])
}

fn suite() -> Suite<Stripe> {
    let of = || Lookup::payment(SESSION);
    let declined = r#","last_payment_error":{"code":"card_declined","decline_code":"insufficient_funds","type":"card_error"}"#;
    let transfer = |remaining: &str| {
        format!(
            r#","next_action":{{"type":"display_bank_transfer_instructions","display_bank_transfer_instructions":{{"amount_remaining":{remaining}}}}}"#
        )
    };
    let recovery = |enabled: bool| {
        format!(
            r#","after_expiration":{{"recovery":{{"enabled":{enabled},"url":"https://pay.example.com/canary-url"}}}}"#
        )
    };
    let waiting = intent("requires_payment_method", 0, "");
    let paid = charged(&[]);
    let failed = Meaning::new(Status::Failed, Provisional, Funds::NotTaken);
    let recoverable = Meaning::new(Status::Expired, Provisional, Funds::NotTaken);
    let subscribed = Meaning::new(Status::Paid, Provisional, Funds::Taken);
    Suite::new(stripe(), Lookup::payment(ID), SUCCEEDED, "succeeded")
        .in_minor_units()
        .with_plain_id("pi_paystatustestkit0")
        .with_secrets(["canary-key", "canary-secret", "canary-url"])
        .with_personal([
            "canary-client-secret", "canary-description", "canary@example.invalid", "canary-name", "canary-4242",
            "canary-receipt", "canary-note",
        ])
        .expecting(
            ["amount_string", "amount_exponent", "amount_25_digits", "amount_negative_zero"],
            ErrorKind::InvalidReply,
            "amounts are integers",
        )
        .expecting(["amount_absent", "amount_null", "amount_zero"], UNKNOWN, "nothing is paid where nothing is told to be received")
        .expecting(
            ["http_409_json", "http_409_html", "http_409_empty", "http_409_success"],
            ErrorKind::Unavailable,
            "a conflict between requests goes away",
        )
        .with_state("succeeded", "succeeded", PAID)
        .with_snapshot(
            "partly_refunded",
            Lookup::payment(ID),
            &charged(&[(r#""amount_refunded":0"#, r#""amount_refunded":200"#)]),
            r#"{"status":"paid","finality":"final","amount":"10.99","returned":"2.00","currency":"EUR","reference":"6735","test_mode":false,"created_at":"2023-04-06T17:01:44Z"}"#,
        )
        .with_snapshot(
            "refunded",
            Lookup::payment(ID),
            &charged(&[(r#""amount_refunded":0"#, r#""amount_refunded":1099"#), (r#""refunded":false"#, r#""refunded":true"#)]),
            r#"{"status":"returned","detail":"refunded","finality":"final","funds":"returned","amount":"10.99","returned":"10.99"}"#,
        )
        .with_reply("refunded_by_its_flag", &charged(&[(r#""refunded":false"#, r#""refunded":true"#)]), REFUNDED)
        .with_reply("disputed", &charged(&[(r#""disputed":false"#, r#""disputed":true"#)]), DISPUTED)
        .with_reply("charge_pending", &charged(&[("succeeded", "pending")]), UNKNOWN)
        .with_reply("charge_failed", &charged(&[("succeeded", "failed")]), UNKNOWN)
        .with_reply("charge_not_captured", &charged(&[(r#""captured":true"#, r#""captured":false"#)]), UNKNOWN)
        .with_reply("charge_all_refunded_without_its_flag", &charged(&[(r#""amount_refunded":0"#, r#""amount_refunded":1099"#)]), UNKNOWN)
        .with_reply("charge_null", &intent("succeeded", 1099, r#","latest_charge":null"#), UNKNOWN)
        .with_reply("charge_not_expanded", &intent("succeeded", 1099, r#","latest_charge":"ch_1""#), UNKNOWN)
        .with_reply("succeeded_and_nothing_received", &paid.replace(r#""amount_received":1099"#, r#""amount_received":0"#), UNKNOWN)
        .with_reply("requires_capture", &intent("requires_capture", 0, ""), HELD)
        .with_snapshot(
            "requires_capture_of_the_rest",
            Lookup::payment(ID),
            &intent("requires_capture", 500, ""),
            r#"{"status":"partly_paid","finality":"open","funds":"taken","amount":"5.00"}"#,
        )
        .with_reply("processing", &intent("processing", 0, ""), PROCESSING)
        .with_snapshot(
            "bank_transfer_in_part",
            Lookup::payment(ID),
            &intent("requires_action", 0, &transfer("7000")),
            r#"{"status":"partly_paid","finality":"open","funds":"taken","amount":"30.00"}"#,
        )
        .with_reply("bank_transfer", &intent("requires_action", 0, &transfer("10000")), ACTION)
        .with_reply("bank_transfer_null", &intent("requires_action", 0, &transfer("null")), ACTION)
        .with_reply("requires_action", &intent("requires_action", 0, r#","next_action":{"type":"redirect_to_url"}"#), ACTION)
        .with_snapshot(
            "declined_attempt",
            Lookup::payment(ID),
            &intent("requires_payment_method", 0, declined),
            r#"{"status":"pending","detail":"action_required","funds":"not_taken","reason":"card_declined","amount":null}"#,
        )
        .with_reply("requires_payment_method", &waiting, CREATED)
        .with_reply("requires_confirmation", &intent("requires_confirmation", 0, ""), CREATED)
        .with_reply("canceled", &intent("canceled", 0, r#","cancellation_reason":"abandoned""#), CANCELED)
        .with_reply(
            "released_hold",
            &charged(&[(r#""refunded":false"#, r#""refunded":true"#)])
                .replacen("succeeded", "canceled", 1)
                .replace(r#""amount_received":1099"#, r#""amount_received":0"#),
            CANCELED,
        )
        .with_reply("expired", &intent("canceled", 0, r#","cancellation_reason":"expired""#), EXPIRED)
        .with_reply("canceled_after_a_capture", &intent("canceled", 1099, ""), UNKNOWN)
        .with_reply("old_word", &intent("requires_source", 0, ""), UNKNOWN)
        // Sessions.
        .with_snapshot(
            "session_paid",
            of(),
            &session("complete", "paid", &paid, ""),
            r#"{"payment_id":"cs_live_a1B2c3","status":"paid","finality":"final","amount":"10.99","returned":"0.00","reference":"6735","test_mode":false,"provider_status":"complete, paid, succeeded"}"#,
        )
        .with_reply_to("session_refunded", of(), &session("complete", "paid", &charged(&[(r#""refunded":false"#, r#""refunded":true"#)]), ""), REFUNDED)
        .with_reply_to("session_not_expanded", of(), &session("complete", "paid", r#""pi_1""#, ""), UNKNOWN)
        .with_reply_to("session_open", of(), &session("open", "unpaid", "null", ""), ACTION)
        .with_reply_to("session_open_after_a_decline", of(), &session("open", "unpaid", &intent("requires_payment_method", 0, declined), ""), ACTION)
        .with_reply_to("session_expired", of(), &session("expired", "unpaid", "null", ",\"after_expiration\":null"), EXPIRED)
        .with_reply_to("session_expired_and_canceled", of(), &session("expired", "unpaid", &intent("canceled", 0, ""), &recovery(false)), EXPIRED)
        .with_reply_to("session_expired_with_recovery", of(), &session("expired", "unpaid", "null", &recovery(true)), recoverable)
        .with_reply_to("session_of_a_delayed_method_that_failed", of(), &session("complete", "unpaid", &waiting, ""), failed)
        .with_reply_to("session_complete_and_unpaid", of(), &session("complete", "unpaid", "null", ""), PROCESSING)
        .with_reply_to("session_processing", of(), &session("complete", "unpaid", &intent("processing", 0, ""), ""), PROCESSING)
        .with_reply_to("session_held", of(), &session("complete", "unpaid", &intent("requires_capture", 0, ""), ""), HELD)
        .with_reply_to("session_of_a_transfer_in_part", of(), &session("complete", "unpaid", &intent("requires_action", 0, &transfer("7000")), ""), IN_PART)
        .with_reply_to("session_free", of(), &session("complete", "no_payment_required", "null", ""), FREE)
        .with_reply_to("session_subscribed", of(), &subscription(r#""amount_total":1099,"#), subscribed)
        .with_reply_to("session_subscribed_for_nothing_yet", of(), &subscription(r#""amount_total":0,"#), FREE)
        .with_reply_to("session_subscribed_without_a_total", of(), &subscription(""), UNKNOWN)
        .with_reply_to("session_paid_without_an_intent", of(), &session("complete", "paid", "null", ""), UNKNOWN)
        .with_reply_to("session_paid_and_the_intent_is_not", of(), &session("complete", "paid", &intent("processing", 0, ""), ""), UNKNOWN)
        .with_reply_to("session_expired_after_money_came", of(), &session("expired", "unpaid", &intent("canceled", 1099, ""), ""), UNKNOWN)
        .with_reply_to("session_of_another_word", of(), &session("closed", "unpaid", &paid, ""), UNKNOWN)
        .with_reply_to("session_of_another_payment_status", of(), &session("complete", "settled", &paid, ""), UNKNOWN)
        // Errors.
        .with_error("unauthorized", 401, r#"{"error":{"message":"Invalid API Key provided: sk_test_***","type":"invalid_request_error"}}"#, ErrorKind::Unauthorized)
        .with_error("restricted_key", 403, r#"{"error":{"message":"The provided key 'rk_***' does not have the required permissions.","type":"invalid_request_error"}}"#, ErrorKind::Unauthorized)
        .with_error("not_found", 404, NOT_FOUND, ErrorKind::NotFound)
        .with_error("other_address", 404, r#"{"error":{"message":"Unrecognized request URL","type":"invalid_request_error"}}"#, ErrorKind::Rejected)
        .with_error("rate_limit", 429, r#"{"error":{"code":"rate_limit","message":"Too many requests","type":"invalid_request_error"}}"#, ErrorKind::RateLimited)
        .with_error("rate_limit_400", 400, r#"{"error":{"code":"rate_limit","message":"Too many requests","type":"invalid_request_error"}}"#, ErrorKind::RateLimited)
        .with_error("lock_timeout", 409, r#"{"error":{"code":"lock_timeout","message":"This object cannot be accessed right now","type":"invalid_request_error"}}"#, ErrorKind::Unavailable)
}

paystatus_testkit::conformance!(
    suite,
    rows: [
        succeeded, partly_refunded, refunded, refunded_by_its_flag, disputed, charge_pending, charge_failed,
        charge_not_captured, charge_all_refunded_without_its_flag, charge_null, charge_not_expanded,
        succeeded_and_nothing_received, requires_capture, requires_capture_of_the_rest, processing,
        bank_transfer_in_part, bank_transfer, bank_transfer_null, requires_action, declined_attempt,
        requires_payment_method, requires_confirmation, canceled, released_hold, expired, canceled_after_a_capture,
        old_word, session_paid, session_refunded, session_not_expanded, session_open, session_open_after_a_decline,
        session_expired, session_expired_and_canceled, session_expired_with_recovery,
        session_of_a_delayed_method_that_failed, session_complete_and_unpaid, session_processing, session_held,
        session_of_a_transfer_in_part, session_free, session_subscribed, session_subscribed_for_nothing_yet,
        session_subscribed_without_a_total, session_paid_without_an_intent, session_paid_and_the_intent_is_not,
        session_expired_after_money_came, session_of_another_word, session_of_another_payment_status, unauthorized,
        restricted_key, not_found, other_address, rate_limit, rate_limit_400, lock_timeout,
    ]
);
