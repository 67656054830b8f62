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
        .with_snapshot(
            "settled_beside_declined",
            order(),
            &format!("[{},{settled}]", attempt("p-2", "decline", "QAR")),
            &format!(
                r#"{{"payment_id":"{ID}","status":"paid","finality":"final","amount":"1","currency":"QAR",
                    "attempts":[{{"payment_id":"p-2","status":"failed"}}]}}"#
            ),
        )
        .with_snapshot(
            "paid_twice_adds_up",
            order(),
            &format!("[{},{settled}]", attempt("p-2", "settled", "QAR")),
            r#"{"payment_id":"p-2","status":"paid","amount":"2","currency":"QAR","attempts":[{"amount":"1"}]}"#,
        )
        .with_snapshot(
            "paid_twice_in_two_currencies",
            order(),
            &format!("[{},{settled}]", attempt("p-2", "settled", "USD")),
            r#"{"status":"paid","amount":null,"attempts":[{"status":"paid"}]}"#,
        )
        .with_snapshot(
            "declined_beside_one_that_may_be_paid",
            order(),
            &format!("[{},{}]", attempt("p-2", "decline", "QAR"), attempt(ID, "3ds", "QAR")),
            r#"{"status":"pending","finality":"open","attempts":[{"status":"failed"}]}"#,
        )
        .with_error("hash", 400, include_str!("../fixtures/invalid_hash.json"), ErrorKind::Rejected)
        .with_error(
            "hash_in_a_success",
            200,
            include_str!("../fixtures/invalid_hash.json"),
            ErrorKind::Rejected,
        )
        .with_error("its_own_404", 404, r#"{"error_code":0,"error_message":"Not found."}"#, ErrorKind::Rejected)
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
        settled_beside_declined,
        paid_twice_adds_up,
        paid_twice_in_two_currencies,
        declined_beside_one_that_may_be_paid,
        hash,
        hash_in_a_success,
        its_own_404,
        invalid_data,
    ]
);

#[test]
fn another_digest_changes_nothing() {
    assert_eq!(suite_of(account().with_digest(Digest::Sha256)).failures(), []);
}
