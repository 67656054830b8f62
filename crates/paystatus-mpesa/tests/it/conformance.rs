//! What every provider must do, for M-Pesa Express.

use paystatus_core::{ErrorKind, Finality::*, Funds, Lookup, Meaning, Pending, Status};
use paystatus_mpesa::MPesa;
use paystatus_testkit::Suite;

use crate::{BEING_PROCESSED, ID, NOT_FOUND};

const QUERY: &str = include_str!("../fixtures/query.json");
const TOKEN: &str = r#"{"access_token":{{token}},"expires_in":{{lifetime}}}"#;
const PROCESSING: Meaning = Meaning::new(Status::Pending(Pending::Processing), Open, Funds::Unknown);

pub(crate) fn error(code: &str, message: &str) -> String {
    format!(r#"{{"requestId":"11728-2929992-1","errorCode":"{code}","errorMessage":"{message}"}}"#)
}

fn fault(code: &str) -> String {
    format!(
        r#"{{"fault":{{"faultstring":"Rate limit violated","detail":{{"errorcode":"policies.ratelimit.{code}"}}}}}}"#
    )
}

fn suite() -> Suite<MPesa> {
    use ErrorKind::*;
    let refused = Meaning::new(Status::Failed, Final, Funds::NotTaken);
    let not_sent = Meaning::new(Status::Failed, Provisional, Funds::NotTaken);
    let busy = Meaning::new(Status::Failed, Provisional, Funds::Unknown);
    let expired = Meaning::new(Status::Expired, Provisional, Funds::Unknown);
    Suite::new(crate::account(), Lookup::payment(ID), QUERY, "0")
        .with_secrets(["canary-key", "canary-secret", "canary-passkey"])
        .lacking("{{amount}}", "no amount is ever reported")
        .lacking("{{currency}}", "no currency is ever reported")
        .with_token_reply(TOKEN, r#""3599""#)
        .with_token_error(
            "wrong_keys",
            400,
            &error("400.008.01", "Invalid Authentication passed"),
            Unauthorized,
        )
        .with_token_error("wrong_keys_without_a_word", 400, "", Unauthorized)
        .with_state("paid", "0", Meaning::new(Status::Paid, Final, Funds::Taken))
        .with_state("processing", "4999", PROCESSING)
        .with_answer("being_processed", 500, BEING_PROCESSED, PROCESSING)
        .with_state("cancelled", "1032", Meaning::new(Status::Canceled, Provisional, Funds::NotTaken))
        .with_state("balance_too_low", "1", refused)
        .with_state("wrong_pin", "2001", refused)
        .with_state("no_answer", "1037", expired)
        .with_state("expired", "1019", expired)
        .with_state("another_session", "1001", not_sent)
        .with_state("prompt_not_sent", "1025", not_sent)
        .with_state("prompt_failed", "9999", not_sent)
        .with_state("receiver_busy", "17", busy)
        .with_state("system_busy", "26", busy)
        .with_state("unlisted", "2028", Meaning::UNKNOWN)
        .with_error("no_such_prompt", 400, NOT_FOUND, NotFound)
        .with_error("no_such_prompt_either", 400, &error("400.002.03", "Invalid CheckoutRequestID"), NotFound)
        .with_error(
            "invalid_timestamp",
            400,
            &error("400.002.02", "Bad Request - Invalid Timestamp"),
            Rejected,
        )
        .with_error("token_refused", 404, &error("404.001.03", "Invalid Access Token"), Unauthorized)
        .with_error("token_refused_as_400", 400, &error("400.003.01", "Invalid Access Token"), Unauthorized)
        .with_error(
            "header_refused",
            404,
            &error("404.001.04", "Invalid Authentication Header"),
            Unauthorized,
        )
        .with_error("refused_without_a_word", 401, "", Unauthorized)
        .with_error("forbidden", 403, "", Unauthorized)
        .with_error(
            "wrong_passkey",
            500,
            &error("500.001.1001", "[MerchantValidate] - Wrong credentials"),
            Unauthorized,
        )
        .with_error("no_such_merchant", 500, &error("500.001.1001", "Merchant does not exist"), Unauthorized)
        .with_error("another_500", 500, &error("500.001.1001", "Unable to lock subscriber"), Unavailable)
        .with_error(
            "spike_arrest",
            500,
            &error("500.003.02", "Error Occured: Spike Arrest Violation"),
            RateLimited,
        )
        .with_error("quota", 500, &error("500.003.03", "Error Occured: Quota Violation"), RateLimited)
        .with_error("spike_arrest_of_the_gateway", 500, &fault("SpikeArrestViolation"), RateLimited)
        .with_error("too_many", 429, "", RateLimited)
        .with_error("down", 503, "", Unavailable)
        .with_error("no_such_address", 404, "", Rejected)
        .with_error("refused", 400, "", Rejected)
        .with_error(
            "query_refused",
            200,
            &QUERY.replacen("\"0\"", "\"1\"", 1).replace("{{id}}", "\"x\"").replace("{{status}}", "\"0\""),
            Rejected,
        )
        .expecting(
            ["status_empty_word", "status_long_word", "status_padded_word", "status_unlisted_word"],
            InvalidReply,
            "a result is a number",
        )
        .expecting(
            ["status_number"],
            Meaning::UNKNOWN,
            "new results appear unannounced, as text or as a number",
        )
        .except(["status_wrong_case"], "a number has no letters")
        .except(
            ["leak_personal_data"],
            "the reply says nothing about a person but in the id that was asked about",
        )
}

paystatus_testkit::conformance!(
    suite,
    rows: [
        wrong_keys,
        wrong_keys_without_a_word,
        paid,
        processing,
        being_processed,
        cancelled,
        balance_too_low,
        wrong_pin,
        no_answer,
        expired,
        another_session,
        prompt_not_sent,
        prompt_failed,
        receiver_busy,
        system_busy,
        unlisted,
        no_such_prompt,
        no_such_prompt_either,
        invalid_timestamp,
        token_refused,
        token_refused_as_400,
        header_refused,
        refused_without_a_word,
        forbidden,
        wrong_passkey,
        no_such_merchant,
        another_500,
        spike_arrest,
        quota,
        spike_arrest_of_the_gateway,
        too_many,
        down,
        no_such_address,
        refused,
        query_refused,
    ]
);
