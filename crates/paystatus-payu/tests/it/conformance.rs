//! What every provider must do, for PayU India; and every row of its tables.

use paystatus_core::{ErrorKind, Finality::*, Funds, Lookup, Meaning, Pending, Returned, Status};
use paystatus_payu::PayU;
use paystatus_testkit::Suite;

use crate::{ID, TXNID, VERIFIED, by_order, details, flat};

const CAPTURED: &str = include_str!("../fixtures/captured.json");
const UNKNOWN: Meaning = Meaning::UNKNOWN;
const PAID: Meaning = Meaning::new(Status::Paid, Final, Funds::Taken);
const FAILED: Meaning = Meaning::new(Status::Failed, Provisional, Funds::Unknown);

fn error(msg: &str) -> String {
    format!(r#"{{"status":0,"msg":"{msg}"}}"#)
}

fn suite() -> Suite<PayU> {
    let of = |status: &str, unmapped: &str| flat(&details(status, unmapped, r#""net_amount_debit":"10.00""#));
    let captured = |amounts: &str| flat(&details("success", r#""captured""#, amounts));
    let meaning = Meaning::new;
    let pending = |pending| meaning(Status::Pending(pending), Open, Funds::Unknown);
    let canceled = meaning(Status::Canceled, Provisional, Funds::Unknown);
    let not_there = |outer: u8| {
        format!(
            r#"{{"status":{outer},"msg":"0 out of 1 Transactions Fetched Successfully",
                "transaction_details":{{"{TXNID}":{{"mihpayid":"Not Found","status":"Not Found"}}}}}}"#
        )
    };
    let nothing_by_order = Suite::new(payu(), Lookup::order(TXNID), &by_order("{{status}}"), "success")
        .with_error("not_found", 200, &not_there(0), ErrorKind::NotFound)
        .with_error("not_found_and_one", 200, &not_there(1), ErrorKind::NotFound);
    Suite::new(payu(), Lookup::payment(ID), CAPTURED, "success")
        .with_currency("INR")
        .lacking("{{currency}}", "it is always INR")
        .with_plain_id("25779819010")
        .with_secrets(["canary-merchant-key", "canary-salt"])
        .with_personal([
            "canary-bank-reference", "canary-product", "canary-name", "canary@example.invalid", "canary-phone",
            "canary-udf", "canary-field", "canary-card", "canary-on-card", "canary-hash-of-card", "canary-token",
        ])
        .expecting(["echo_number"], ErrorKind::Mismatch, "ids are numbers")
        .except(["echo_other_case"], "ids have no letters")
        .expecting(["amount_zero", "amount_negative_zero"], UNKNOWN, "nothing was debited, whatever the words")
        .expecting(["amount_absent", "amount_null"], ErrorKind::InvalidReply, "no success is without an amount")
        .with_state("success_captured", "success", PAID)
        .with_state("other_word", "successful", UNKNOWN)
        .with_snapshot(
            "captured_as_told",
            Lookup::payment(ID),
            &captured(r#""net_amount_debit":9900.00,"amt":"9900.00","transaction_amount":"10000.00","disc":"100.00","additional_charges":"5.00""#),
            r#"{"status":"paid","finality":"final","provider_status":"success/captured","amount":"9900.00","currency":"INR","returned":null,"reference":"7fa6c478","reason":null,"test_mode":null,"created_at":null}"#,
        )
        .with_snapshot("nothing_told_of_the_debit", Lookup::payment(ID), &captured(r#""net_amount_debit":"","amt":"10.00""#), r#"{"status":"paid","amount":"10.00"}"#)
        .with_reply("nothing_debited", &captured(r#""net_amount_debit":"0.00","amt":"10.00""#), UNKNOWN)
        .with_reply("nothing_to_debit", &captured(r#""net_amount_debit":null,"amt":"0.00""#), UNKNOWN)
        .with_error("success_without_an_amount", 200, &captured(r#""transaction_amount":"10.00""#), ErrorKind::InvalidReply)
        .with_reply("held", &of("success", r#""auth""#), meaning(Status::Authorized, Open, Funds::Held))
        .with_reply("success_of_another_kind", &of("success", r#""settled""#), UNKNOWN)
        .with_reply("success_of_no_kind", &of("success", "null"), UNKNOWN)
        .with_reply("success_of_another_case", &of("success", r#""Captured""#), UNKNOWN)
        .with_reply("initiated", &of("pending", r#""initiated""#), pending(Pending::Created))
        .with_reply("in_progress", &of("pending", r#""in progress""#), pending(Pending::Processing))
        .with_reply("pending_of_no_kind", &of("pending", "null"), pending(Pending::Processing))
        .with_reply("refunded_by_itself", &of("failure", r#""autoRefund""#), meaning(Status::Returned(Returned::Reversed), Provisional, Funds::Unknown))
        .with_reply("bounced", &of("failure", r#""bounced""#), canceled)
        .with_reply("user_cancelled", &of("failure", r#""userCancelled""#), canceled)
        .with_snapshot(
            "dropped",
            Lookup::payment(ID),
            &flat(&details("failure", r#""dropped""#, r#""net_amount_debit":"0.00","field9":"OTP page expired","error_Message":"Bank was unable to authenticate.""#)),
            r#"{"status":"failed","finality":"provisional","funds":"unknown","provider_status":"failure/dropped","reason":"OTP page expired"}"#,
        )
        .with_reply("failed", &of("failure", r#""failed""#), FAILED)
        .with_reply("failure_of_no_kind", &flat(&details("failure", "null", r#""amt":null"#)), FAILED)
        .with_reply_to("by_order", Lookup::order(TXNID), VERIFIED, PAID)
        .with_error("invalid_hash", 200, &error("Invalid Hash."), ErrorKind::Unauthorized)
        .with_error("invalid_hash_in_small_letters", 200, &error("invalid hash."), ErrorKind::Unauthorized)
        .with_error("no_transaction", 200, &error("Transaction not exists"), ErrorKind::NotFound)
        .with_error("no_txn_id", 200, &error("Invalid TXN ID"), ErrorKind::NotFound)
        .with_error("too_many", 200, &error("Requests limit reached"), ErrorKind::RateLimited)
        .with_error("parameter_missing", 200, &error("Parameter missing"), ErrorKind::Rejected)
        .with_error("in_php", 200, "a:2:{s:6:\"status\";i:0;}", ErrorKind::InvalidReply)
        .with_error("nothing_said", 200, r#"{"status":0}"#, ErrorKind::InvalidReply)
        .with_error("nothing_told", 200, r#"{"status":1,"msg":"Transaction Fetched Successfully"}"#, ErrorKind::InvalidReply)
        .beside(nothing_by_order)
}

fn payu() -> PayU {
    PayU::new("canary-merchant-key", "canary-salt")
}

paystatus_testkit::conformance!(
    suite,
    rows: [
        success_captured, other_word, captured_as_told, nothing_told_of_the_debit, nothing_debited, nothing_to_debit,
        success_without_an_amount, held, success_of_another_kind, success_of_no_kind, success_of_another_case,
        initiated, in_progress, pending_of_no_kind, refunded_by_itself, bounced, user_cancelled, dropped, failed,
        failure_of_no_kind, by_order, invalid_hash, invalid_hash_in_small_letters, no_transaction, no_txn_id, too_many,
        parameter_missing, in_php, nothing_said, nothing_told,
    ]
);
