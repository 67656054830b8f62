//! What every provider must do, for Akurateco.

use paystatus_akurateco::{Akurateco, Digest};
use paystatus_core::{BaseUrl, ErrorKind, Finality::*, Funds, Lookup, Meaning, Pending, Returned, Status};
use paystatus_testkit::{Outcome, Suite};

const ID: &str = "24f7401c-fc47-11ec-8d07-0242ac120015";
const SUCCESS: &str = r#"{
    "payment_id": {{id}},
    "date": "2022-07-05 09:45:03",
    "status": {{status}},
    "order": {
        "number": "order-1234",
        "amount": {{amount}},
        "currency": {{currency}},
        "description": "bloodline"
    },
    "customer": {
        "name": "canary-name",
        "email": "canary@example.invalid"
    },
    "recurring_token": "canary-recurring",
    "card_token": "canary-card"
}"#;
const PAID: Meaning = Meaning::new(Status::Paid, Final, Funds::Taken);

fn account() -> Akurateco {
    Akurateco::new(BaseUrl::of_service("checkout.example.com"), "canary-key", "canary-password")
}

/// An attempt in its fewest words.
fn attempt(id: &str, status: &str, currency: &str) -> String {
    format!(
        r#"{{"payment_id":"{id}","status":"{status}","order":{{"number":"order-1234","amount":"1","currency":"{currency}"}}}}"#
    )
}

fn suite_of(account: Akurateco) -> Suite<Akurateco> {
    let means = Meaning::new;
    let pending = |detail, funds| means(Status::Pending(detail), Open, funds);
    let returned = |how, finality| means(Status::Returned(how), finality, Funds::Returned);
    let declined_for_now = means(Status::Failed, Provisional, Funds::Unknown);
    let order = || Lookup::order("order-1234");
    let (declined, settled) = (attempt(ID, "decline", "QAR"), attempt(ID, "settled", "QAR"));
    Suite::new(account, Lookup::payment(ID), SUCCESS, "settled")
        .with_currency("QAR")
        .with_secrets(["canary-key", "canary-password"])
        .with_personal(["canary-name", "canary@example.invalid", "canary-recurring", "canary-card"])
        .with_state("settled", "settled", PAID)
        .with_state("prepare", "prepare", pending(Pending::Indeterminate, Funds::Unknown))
        .with_state("three_ds", "3ds", pending(Pending::ActionRequired, Funds::NotTaken))
        .with_state("redirect", "redirect", pending(Pending::ActionRequired, Funds::NotTaken))
        .with_state("pending", "pending", means(Status::Authorized, Open, Funds::Held))
        .with_state("decline", "decline", means(Status::Failed, Final, Funds::NotTaken))
        .with_state("refund", "refund", returned(Returned::Refunded, Final))
        .with_state("void", "void", returned(Returned::Voided, Final))
        .with_state("reversal", "reversal", returned(Returned::Reversed, Final))
        .with_state("chargeback", "chargeback", returned(Returned::ChargedBack, Provisional))
        .with_state("settled_in_capitals", "SETTLED", PAID)
        .with_state("decline_in_capitals", "DECLINE", means(Status::Failed, Final, Funds::NotTaken))
        .with_reply(
            "pending_in_crypto",
            &attempt(ID, "pending", "USDT"),
            pending(Pending::Processing, Funds::Unknown),
        )
        .with_reply("decline_of_another_attempt", &attempt("p-2", "decline", "QAR"), declined_for_now)
        .with_reply_to("decline_by_order", order(), &declined, declined_for_now)
        .with_reply_to("settled_by_order", order(), &settled, PAID)
        .with_reply_to(
            "a_settled_attempt_among_others",
            order(),
            &format!("[{},{settled}]", attempt("p-2", "decline", "QAR")),
            PAID,
        )
        .with_error("hash", 400, include_str!("../fixtures/invalid_hash.json"), ErrorKind::Rejected)
        .with_error(
            "hash_in_a_success",
            200,
            include_str!("../fixtures/invalid_hash.json"),
            ErrorKind::Rejected,
        )
        .with_error(
            "invalid_data",
            400,
            r#"{"error_code":0,"error_message":"Request data is invalid.","errors":[]}"#,
            ErrorKind::Rejected,
        )
        .except(["status_wrong_case"], "the case of a word means nothing, which rows in capitals assert")
        .expecting(
            [
                "echo_other_id",
                "echo_longer_id",
                "echo_shorter_id",
                "echo_padded_id",
                "echo_other_case",
                "echo_empty",
            ],
            Outcome::AnotherPayment,
            "cascading: the reply may be about a later payment of the same order, and says which",
        )
}

fn suite() -> Suite<Akurateco> {
    suite_of(account())
}

paystatus_testkit::conformance!(
    suite,
    rows: [
        settled,
        prepare,
        three_ds,
        redirect,
        pending,
        decline,
        refund,
        void,
        reversal,
        chargeback,
        settled_in_capitals,
        decline_in_capitals,
        pending_in_crypto,
        decline_of_another_attempt,
        decline_by_order,
        settled_by_order,
        a_settled_attempt_among_others,
        hash,
        hash_in_a_success,
        invalid_data,
    ]
);

#[test]
fn another_digest_changes_nothing() {
    assert_eq!(suite_of(account().with_digest(Digest::Sha256)).failures(), []);
}
