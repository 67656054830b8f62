//! What every provider must do, for MyFatoorah; and every row of its tables.

use paystatus_core::{ErrorKind, Finality::*, Funds, Lookup, Meaning, Pending, Returned, Status};
use paystatus_myfatoorah::MyFatoorah;
use paystatus_testkit::{Outcome, Suite};

use crate::{INVOICE, PAYMENT, invoice, transaction};

const PAID_INVOICE: &str = include_str!("../fixtures/paid.json");
const NOT_FOUND: &str = include_str!("../fixtures/not_found.json");
const PAID: Meaning = Meaning::new(Status::Paid, Final, Funds::Taken);
const UNKNOWN: Meaning = Meaning::UNKNOWN;
const HELD: Meaning = Meaning::new(Status::Authorized, Open, Funds::Held);
const RELEASED: Meaning = Meaning::new(Status::Returned(Returned::Voided), Provisional, Funds::Returned);
const FAILED: Meaning = Meaning::new(Status::Failed, Provisional, Funds::NotTaken);
const IN_PROGRESS: Meaning = Meaning::new(Status::Pending(Pending::ActionRequired), Open, Funds::Unknown);
const TO_PAY: Meaning = Meaning::new(Status::Pending(Pending::ActionRequired), Open, Funds::NotTaken);
const CANCELED: Meaning = Meaning::new(Status::Canceled, Final, Funds::NotTaken);
const CANCELED_FOR_NOW: Meaning = Meaning::new(Status::Canceled, Provisional, Funds::Unknown);

fn suite() -> Suite<MyFatoorah> {
    let by_invoice = || Lookup::payment(INVOICE);
    let by_payment = || Lookup::payment(PAYMENT);
    let by_order = || Lookup::order("order_1");
    // The first was at 13:27, each later one a minute after it; the last has the id that is asked for.
    let of = |status: &str, words: &[&str]| {
        let transactions = words.iter().enumerate().map(|(minute, word)| {
            let id = if minute + 1 == words.len() { PAYMENT } else { "100202120965960000" };
            transaction(word, id, 27 + minute)
        });
        invoice(status, &transactions.collect::<Vec<_>>())
    };
    let account = MyFatoorah::new("canary-token").with_callback_secrets(["canary-webhook".into()]);
    Suite::new(account, by_invoice(), PAID_INVOICE, "Paid")
        .with_plain_id(INVOICE)
        .with_secrets(["canary-token", "canary-webhook"])
        .with_personal(["canary-name", "canary-mobile", "canary@example.com", "canary-field", "canary-ip", "canary-card"])
        .expecting(["amount_zero", "amount_negative_zero"], UNKNOWN, "nothing was charged, which nobody explains")
        .expecting(
            ["currency_empty", "currency_symbol", "currency_too_long", "currency_number", "currency_object"],
            Outcome::Charged(None),
            "the provider's labels are its own, and of one that is not known nothing is charged",
        )
        .expecting(["http_403_html"], ErrorKind::Rejected, "the front gateway blocks the address")
        .expecting(["echo_number"], ErrorKind::Mismatch, "ids are numbers")
        .except(["echo_other_case"], "ids are numbers")
        .except(["leak_unreadable_value"], "a currency's label that is not known is kept as it is")
        .except(["amount_comma"], "commas stand between thousands: `1,000` is, and `12,00` is not")
        .with_state("paid", "Paid", PAID)
        .with_state("expired_is_the_librarys_own_word", "Expired", UNKNOWN)
        .with_state("in_capitals", "PAID", UNKNOWN)
        .with_reply("spelt_right", &of("Paid", &["Success"]), PAID)
        .with_reply("paid_at_last", &of("Paid", &["Failed", "InProgress", "Succss", "Failed"]), PAID)
        .with_reply_to("paid_by_a_failed_payment", by_payment(), &of("Paid", &["Succss", "Failed"]), PAID)
        .with_snapshot(
            "paid_twice",
            by_order(),
            &of("DuplicatePayment", &["Succss", "Succss"]),
            r#"{"payment_id":"915102","status":"paid","amount":"24690.000","currency":"KWD","returned":null,"reference":"order_1"}"#,
        )
        .with_reply("paid_and_an_unlisted_word", &of("Paid", &["Succss", "Refunded"]), UNKNOWN)
        .with_reply("paid_and_zero", &of("Paid", &["Succss"]).replace("12,345.000", "0.000"), UNKNOWN)
        .with_reply("paid_by_none", &of("Paid", &[]), UNKNOWN)
        .with_reply("paid_by_a_hold", &of("DuplicatePayment", &["Authorize"]), UNKNOWN)
        .with_reply("pending_and_paid", &of("Pending", &["Succss"]), UNKNOWN)
        .with_reply("held", &of("Pending", &["Failed", "Authorize"]), HELD)
        .with_reply("released", &of("Pending", &["Authorize", "Canceled"]), RELEASED)
        .with_reply("held_again", &of("Pending", &["Authorize", "Canceled", "Authorize"]), HELD)
        .with_reply("canceled_before", &of("Pending", &["Canceled", "Authorize"]), HELD)
        .with_reply_to("released_by_payment", by_payment(), &of("Pending", &["Authorize", "Canceled"]), RELEASED)
        .with_reply_to("failed_by_payment", by_payment(), &of("Pending", &["InProgress", "Failed"]), FAILED)
        .with_reply_to("canceled_by_payment", by_payment(), &of("Pending", &["Canceled"]), FAILED)
        .with_reply_to("in_progress_by_payment", by_payment(), &of("Pending", &["Failed", "InProgress"]), IN_PROGRESS)
        .with_reply("in_progress", &of("Pending", &["Failed", "InProgress"]), IN_PROGRESS)
        .with_reply("all_failed", &of("Pending", &["Failed", "Canceled"]), TO_PAY)
        .with_reply("nobody_tried", &of("Pending", &[]), TO_PAY)
        .with_reply("pending_and_an_unlisted_word", &of("Pending", &["Failed", "Refunded"]), UNKNOWN)
        .with_reply("canceled", &of("Canceled", &["Failed", "Canceled"]), CANCELED)
        .with_reply_to("canceled_by_order", by_order(), &of("Canceled", &[]), CANCELED_FOR_NOW)
        .with_reply("canceled_and_paid", &of("Canceled", &["Succss"]), UNKNOWN)
        .with_reply("canceled_and_released", &of("Canceled", &["Authorize", "Canceled"]), UNKNOWN)
        .with_reply_to("canceled_and_in_progress", by_payment(), &of("Canceled", &["InProgress", "Failed"]), UNKNOWN)
        // Errors.
        .with_error("not_found", 400, NOT_FOUND, ErrorKind::NotFound)
        .with_error("not_found_in_a_success", 200, NOT_FOUND, ErrorKind::NotFound)
        .with_error("invalid", 400, r#"{"IsSuccess":false,"Message":"Invalid data","ValidationErrors":[{"Name":"Key","Error":"The Key field is required."}],"Data":null}"#, ErrorKind::Rejected)
        .with_error("refused_in_a_success", 200, r#"{"IsSuccess":false,"Message":"Invalid data"}"#, ErrorKind::Rejected)
        .with_error("wrong_token", 401, r#""Unauthorized""#, ErrorKind::Unauthorized)
        .with_error("no_rights", 403, r#"{"IsSuccess":false,"Message":"Forbidden"}"#, ErrorKind::Unauthorized)
        .with_error("blocked", 403, "<html>blocked</html>", ErrorKind::Rejected)
        .with_error("too_many", 429, "", ErrorKind::RateLimited)
        .with_error("no_data", 200, r#"{"IsSuccess":true,"Message":"","ValidationErrors":null,"Data":null}"#, ErrorKind::InvalidReply)
        .with_error("no_word_of_a_transaction", 200, &of("Paid", &["Succss"]).replace(r#""Succss""#, "null"), ErrorKind::InvalidReply)
}

paystatus_testkit::conformance!(
    suite,
    rows: [
        paid, expired_is_the_librarys_own_word, in_capitals, spelt_right, paid_at_last, paid_by_a_failed_payment,
        paid_twice, paid_and_an_unlisted_word, paid_and_zero, paid_by_none, paid_by_a_hold, pending_and_paid, held,
        released, held_again, canceled_before, released_by_payment, failed_by_payment, canceled_by_payment,
        in_progress_by_payment, in_progress, all_failed, nobody_tried, pending_and_an_unlisted_word, canceled,
        canceled_by_order, canceled_and_paid, canceled_and_released, canceled_and_in_progress, not_found,
        not_found_in_a_success, invalid, refused_in_a_success, wrong_token, no_rights, blocked, too_many, no_data,
        no_word_of_a_transaction,
    ]
);
