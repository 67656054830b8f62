//! What every provider must do, for Resmic.

use paystatus_core::{ErrorKind, Finality, Funds, Lookup, Meaning, Pending, Status};
use paystatus_resmic::Resmic;
use paystatus_testkit::Suite;

const ID: &str = "899e9dde-fda9-4386-9620-065756016805";
const SUCCESS: &str = r#"{
    "status": 200,
    "success": true,
    "message": "Session reterived",
    "data": {
        "session_id": {{id}},
        "created_at_utc": "2025-02-21T23:00:13.633Z",
        "updated_at": "2025-02-22T04:31:08.132Z",
        "amount": {{amount}},
        "payment_status": {{status}},
        "wallet_address": "0x056397760b973BfB921Bc10Be9DA5034B1e921d7",
        "is_coupon_applied": false
    }
}"#;
const PAID: Meaning = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);

fn suite() -> Suite<Resmic> {
    let upper_case = SUCCESS
        .replace("{{id}}", &format!("{:?}", ID.to_uppercase()))
        .replace("{{status}}", "\"Completed\"")
        .replace("{{amount}}", "\"100\"");
    Suite::new(
        Resmic::new("canary-key", "canary-user").with_callback_secrets(["canary-callback".into()]),
        Lookup::payment(ID),
        SUCCESS,
        "Completed",
    )
    .with_secrets(["canary-key", "canary-user", "canary-callback"])
    .with_state("completed", "Completed", PAID)
    .with_state("failed", "Failed", Meaning::new(Status::Failed, Finality::Provisional, Funds::Unknown))
    .with_state(
        "initiated",
        "initiated",
        Meaning::new(Status::Pending(Pending::Created), Finality::Open, Funds::Unknown),
    )
    .with_reply("completed_with_its_id_in_upper_case", &upper_case, PAID)
    .with_error("no_key", 401, r#"{"error":"API key is missing"}"#, ErrorKind::Unauthorized)
    .with_error("wrong_key", 403, r#"{"error":"API KEY is wrong"}"#, ErrorKind::Unauthorized)
    .with_error("wrong_user", 403, r#"{"error":"Invalid User ID"}"#, ErrorKind::Unauthorized)
    .with_error("inactive", 403, r#"{"error":"API is not active"}"#, ErrorKind::Unauthorized)
    .with_error(
        "no_session",
        404,
        r#"{"status":400,"success":false,"message":"Session not found"}"#,
        ErrorKind::NotFound,
    )
    .with_error(
        "expired",
        404,
        r#"{"status":400,"success":false,"message":"Session expired"}"#,
        ErrorKind::Rejected,
    )
    .with_error(
        "already_initiated",
        404,
        r#"{"status":400,"success":false,"message":"Session already initiated"}"#,
        ErrorKind::Rejected,
    )
    .with_error("no_route", 404, "<html><pre>Cannot GET /api</pre></html>", ErrorKind::Rejected)
    .with_error("too_many", 429, "Too many requests, please try again later.", ErrorKind::RateLimited)
    .lacking("{{currency}}", "the currency is not in the reply: it is always the US dollar")
    .except(["echo_other_case"], "a session's id is a UUID: its case means nothing, which a row asserts")
    .except(["leak_personal_data"], "the reply says nothing about a person")
}

paystatus_testkit::conformance!(
    suite,
    rows: [
        completed,
        failed,
        initiated,
        completed_with_its_id_in_upper_case,
        no_key,
        wrong_key,
        wrong_user,
        inactive,
        no_session,
        expired,
        already_initiated,
        no_route,
        too_many,
    ]
);
