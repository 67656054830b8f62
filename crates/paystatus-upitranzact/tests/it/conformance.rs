//! What every provider must do, for UPITranzact.

use paystatus_core::{ErrorKind, Finality, Funds, Lookup, Meaning, Pending, Status};
use paystatus_testkit::Suite;
use paystatus_upitranzact::{Encoding, UpiTranzact};

/// Without a `UTR`, which would be evidence of its own where the word is absent.
const SUCCESS: &str = r#"{
    "status": true,
    "statusCode": 200,
    "txnStatus": {{status}},
    "msg": "Payment successful",
    "data": {
        "amount": {{amount}},
        "order_id": {{id}},
        "vpa": "canary-vpa@example.invalid",
        "transaction_id": "TXN123456789"
    }
}"#;
const PAID: Meaning = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);

fn account() -> UpiTranzact {
    UpiTranzact::new("canary-merchant", "canary-public", "canary-secret")
}

fn pending(detail: Pending) -> Meaning {
    Meaning::new(Status::Pending(detail), Finality::Open, Funds::Unknown)
}

/// The suite of an account to which older successes, without the word, mean this.
fn suite_of(account: UpiTranzact, older: Meaning) -> Suite<UpiTranzact> {
    let not_found = include_str!("../fixtures/not_found.json");
    let says = |code: u16| format!(r#"{{"status":false,"statusCode":{code},"msg":"Something went wrong"}}"#);
    Suite::new(account, Lookup::order("uptz_2848129210ud13"), SUCCESS, "SUCCESS")
        .with_currency("INR")
        .with_secrets(["canary-merchant", "canary-public", "canary-secret"])
        .with_personal(["canary-vpa@example.invalid"])
        .with_state("success", "SUCCESS", PAID)
        .with_state("pending", "PENDING", pending(Pending::Processing))
        .with_state("fail", "FAIL", Meaning::new(Status::Failed, Finality::Provisional, Funds::Unknown))
        .with_state("reject", "REJECT", Meaning::new(Status::Failed, Finality::Provisional, Funds::NotTaken))
        .with_reply(
            "pending_or_not_found",
            include_str!("../fixtures/pending.json"),
            pending(Pending::Indeterminate),
        )
        .with_reply_to(
            "success_with_utr",
            Lookup::payment("utz_xxxxxxx"),
            include_str!("../fixtures/success_with_utr.json"),
            older,
        )
        .with_reply_to(
            "success_with_status",
            Lookup::order("bd79da4cc3ff1"),
            include_str!("../fixtures/success_with_status.json"),
            older,
        )
        .with_reply(
            "success_in_a_failure",
            r#"{"status":false,"statusCode":200,"txnStatus":"SUCCESS","data":{"amount":1,"order_id":"uptz_2848129210ud13"}}"#,
            Meaning::UNKNOWN,
        )
        .with_error("invalid", 400, &says(400), ErrorKind::Rejected)
        .with_error("wrong_keys", 401, &says(401), ErrorKind::Unauthorized)
        .with_error("not_found", 404, not_found, ErrorKind::NotFound)
        .with_error("conflict", 409, &says(409), ErrorKind::Rejected)
        .with_error("broken", 500, &says(500), ErrorKind::Unavailable)
        .with_error("stated_invalid", 200, &says(400), ErrorKind::Rejected)
        .with_error("stated_wrong_keys", 200, &says(401), ErrorKind::Unauthorized)
        .with_error("stated_not_found", 200, not_found, ErrorKind::NotFound)
        .with_error("stated_conflict", 200, &says(409), ErrorKind::Rejected)
        .with_error("stated_too_many", 200, &says(429), ErrorKind::RateLimited)
        .with_error("stated_broken", 200, &says(503), ErrorKind::Unavailable)
        .expecting(
            ["status_absent"],
            Meaning::UNKNOWN,
            "older replies have no `txnStatus`: without another marker the word is unknown",
        )
        .expecting(
            ["amount_null", "amount_absent"],
            ErrorKind::InvalidReply,
            "a success must say its amount",
        )
        .lacking("{{currency}}", "the currency is not in the reply: it is always the rupee")
}

fn suite() -> Suite<UpiTranzact> {
    suite_of(account(), PAID)
}

paystatus_testkit::conformance!(
    suite,
    rows: [
        success,
        success_with_utr,
        success_with_status,
        success_in_a_failure,
        pending,
        pending_or_not_found,
        fail,
        reject,
        invalid,
        wrong_keys,
        not_found,
        conflict,
        broken,
        stated_invalid,
        stated_wrong_keys,
        stated_not_found,
        stated_conflict,
        stated_too_many,
        stated_broken,
    ]
);

#[test]
fn requests_as_forms_change_nothing() {
    assert_eq!(suite_of(account().with_encoding(Encoding::Form), PAID).failures(), []);
}

#[test]
fn an_account_that_requires_the_word_takes_older_successes_for_unknown() {
    let strict = suite_of(account().requiring_txn_status(), Meaning::UNKNOWN)
        .except(["every_row_is_shown"], "the rows of older successes are for accounts that take them");
    assert_eq!(strict.failures(), []);
}
