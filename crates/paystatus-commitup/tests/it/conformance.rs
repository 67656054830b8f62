//! What every provider must do, for CommitUp.

use paystatus_commitup::CommitUp;
use paystatus_core::{BaseUrl, ErrorKind, Finality::*, Funds, Lookup, Meaning, Pending, Returned, Status};
use paystatus_testkit::Suite;

const ID: &str = "123e4567-e89b-12d3-a456-426614174000";
const SUCCESS: &str = r#"{
    "paymentId": {{id}},
    "orderId": "ORD-12345",
    "amount": {{amount}},
    "installmentCount": 1,
    "currency": {{currency}},
    "merchantCommission": 2.50,
    "status": {{status}},
    "transactionType": "SALE",
    "paymentDate": "2023-05-01T14:30:00Z",
    "cardHolderName": "canary-holder",
    "pan": "canary-pan",
    "domInt": "DOM",
    "cardScheme": "VISA",
    "cardType": "CREDIT",
    "loyaltyCode": "GOLD123",
    "externalTransactionId": "EXT123456789",
    "authCode": "AUTH987654",
    "resultCode": "SUCCESS",
    "resultMessage": "Successful",
    "customerId": "canary-customer"
}"#;
const PAID: Meaning = Meaning::new(Status::Paid, Final, Funds::Taken);

fn account() -> CommitUp {
    CommitUp::new(BaseUrl::of_service("pos.example.com"), "canary-key", "canary-secret")
        .with_callback_secrets(["canary-callback".into()])
}

/// A record of another type than the success's, or of none.
fn record(status: &str, transaction_type: &str) -> String {
    let kind = format!("\"transactionType\": {transaction_type}");
    SUCCESS
        .replace("{{id}}", &format!("{ID:?}"))
        .replace("{{status}}", &format!("{status:?}"))
        .replace("{{amount}}", "100.50")
        .replace("{{currency}}", "\"TRY\"")
        .replace("\"transactionType\": \"SALE\"", &kind)
}

/// The suite of an account to which a success of no type means this.
fn suite_of(account: CommitUp, untyped: Meaning) -> Suite<CommitUp> {
    let means = Meaning::new;
    let returned = |how| Status::Returned(how);
    let processing = Status::Pending(Pending::Processing);
    Suite::new(account, Lookup::payment(ID), SUCCESS, "SUCCESS")
        .with_currency("TRY")
        .with_secrets(["canary-key", "canary-secret", "canary-callback"])
        .with_personal(["canary-holder", "canary-pan", "canary-customer"])
        .with_state("success", "SUCCESS", PAID)
        .with_state("captured", "CAPTURED", PAID)
        .with_state(
            "enrolled",
            "ENROLLED",
            means(Status::Pending(Pending::ActionRequired), Open, Funds::NotTaken),
        )
        .with_state("failed", "FAILED", means(Status::Failed, Final, Funds::NotTaken))
        .with_state("cancelled", "CANCELLED", means(Status::Canceled, Final, Funds::Unknown))
        .with_reply("success_of_no_type", &record("SUCCESS", "null"), untyped)
        .with_reply(
            "refund",
            &record("SUCCESS", "\"REFUND\""),
            means(returned(Returned::Refunded), Final, Funds::Unknown),
        )
        .with_reply(
            "cancel",
            &record("SUCCESS", "\"CANCEL\""),
            means(returned(Returned::Voided), Final, Funds::Returned),
        )
        .with_reply("preauthorization", &record("SUCCESS", "\"PREAUTH\""), Meaning::UNKNOWN)
        .with_reply(
            "child_of_no_type",
            &record("SUCCESS", r#"null, "parentPaymentId": "another""#),
            Meaning::UNKNOWN,
        )
        .with_reply("captured_refund", &record("CAPTURED", "\"REFUND\""), Meaning::UNKNOWN)
        .with_reply("captured_cancel", &record("CAPTURED", "\"CANCEL\""), Meaning::UNKNOWN)
        .with_reply("captured_of_no_type", &record("CAPTURED", "null"), PAID)
        .with_reply(
            "refund_pending",
            &record("PENDING_APPROVAL", "\"REFUND\""),
            means(processing, Open, Funds::Taken),
        )
        .with_reply(
            "refund_rejected",
            &record("REJECTED", "\"REFUND\""),
            means(Status::Failed, Final, Funds::Taken),
        )
        .with_reply(
            "refund_failed",
            &record("FAILED", "\"REFUND\""),
            means(Status::Failed, Final, Funds::Taken),
        )
        .with_reply(
            "cancel_failed",
            &record("FAILED", "\"CANCEL\""),
            means(Status::Failed, Final, Funds::Taken),
        )
        .with_reply(
            "failed_of_no_type",
            &record("FAILED", "null"),
            means(Status::Failed, Final, Funds::NotTaken),
        )
        .with_reply("failed_of_another_type", &record("FAILED", "\"PREAUTH\""), Meaning::UNKNOWN)
        .with_reply(
            "cancelled_of_no_type",
            &record("CANCELLED", "null"),
            means(Status::Canceled, Final, Funds::Unknown),
        )
        .with_error("wrong_key", 401, r#"{"message":"Unauthorized"}"#, ErrorKind::Unauthorized)
        .with_error("no_payment", 404, r#"{"message":"Payment not found"}"#, ErrorKind::NotFound)
        .expecting(
            ["http_404_json"],
            ErrorKind::NotFound,
            "all that is documented of error bodies is a `message`, and this one has it",
        )
        .expecting(
            ["body_error_in_success"],
            ErrorKind::Rejected,
            "a `message` without a record is the documented form of an error",
        )
}

fn suite() -> Suite<CommitUp> {
    suite_of(account(), PAID)
}

paystatus_testkit::conformance!(
    suite,
    rows: [
        success,
        captured,
        enrolled,
        failed,
        cancelled,
        refund,
        cancel,
        preauthorization,
        child_of_no_type,
        captured_refund,
        captured_cancel,
        captured_of_no_type,
        refund_pending,
        refund_rejected,
        refund_failed,
        cancel_failed,
        failed_of_no_type,
        failed_of_another_type,
        cancelled_of_no_type,
        success_of_no_type,
        wrong_key,
        no_payment,
    ]
);

#[test]
fn an_account_that_requires_a_type_differs_in_one_row() {
    let strict = suite_of(account().requiring_transaction_type(), Meaning::UNKNOWN)
        .except(["every_row_is_shown"], "the row of a success of no type is for accounts that require none");
    assert_eq!(strict.failures(), []);
}
