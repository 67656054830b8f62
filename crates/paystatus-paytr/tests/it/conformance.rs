//! What every provider must do, for PayTR; and every row of its tables.

use paystatus_core::{ErrorKind, Finality::*, Funds, Lookup, Meaning, Pending, Returned, Status};
use paystatus_paytr::PayTr;
use paystatus_testkit::Suite;

use crate::{NO_SUCCESS, ORDER, refusal, success};

const SUCCESS: &str = include_str!("../fixtures/success.json");
const PAID: Meaning = Meaning::new(Status::Paid, Final, Funds::Taken);
const UNKNOWN: Meaning = Meaning::UNKNOWN;
const WAITING: Meaning = Meaning::new(Status::Pending(Pending::Indeterminate), Open, Funds::Unknown);
const REFUNDED: Meaning = Meaning::new(Status::Returned(Returned::Refunded), Final, Funds::Returned);
const UNDER_WAY: Meaning = Meaning::new(Status::Returned(Returned::Refunded), Provisional, Funds::Unknown);

fn suite() -> Suite<PayTr> {
    let returned = |entries: &str| success(&format!(r#""test_mode":"0","returns":{entries}"#));
    let done = r#""date_completed":"2026-01-02 10:01:00""#;
    Suite::new(PayTr::new("123456", "canary-key", "canary-salt"), Lookup::order(ORDER), SUCCESS, "success")
        .with_plain_id(ORDER)
        .lacking("{{id}}", "the reply does not name the order")
        .with_secrets(["canary-key", "canary-salt"])
        .with_personal(["canary-pan"])
        .expecting(["amount_absent", "amount_null"], ErrorKind::InvalidReply, "it stands in every success")
        .expecting(["amount_zero", "amount_negative_zero"], UNKNOWN, "nothing was charged, which nobody explains")
        .except(["amount_comma"], "the documentation writes `10,8`; a comma before three digits is refused")
        .with_state("success", "success", PAID)
        .with_state("another_word", "waiting", UNKNOWN)
        .with_state("failed_without_a_code", "failed", UNKNOWN)
        .with_reply("zero", &success(r#""returns":[]"#).replace("164.89", "0.00"), UNKNOWN)
        .with_reply("success_and_an_error", &success(r#""err_no":"009""#), UNKNOWN)
        .with_reply("success_and_a_numbered_error", &success(r#""err_no":0"#), UNKNOWN)
        .with_snapshot(
            "untold",
            Lookup::payment(ORDER),
            &returned(r#"[{"return_amount":"164.89",DONE},{"reference_no":"111"}]"#.replace("DONE", done).as_str()),
            r#"{"status":"paid","finality":"final","funds":"taken","amount":null,"returned":null}"#,
        )
        .with_snapshot(
            "untold_because_it_is_no_object",
            Lookup::order(ORDER),
            &returned(r#"["164.89"]"#),
            r#"{"status":"paid","amount":null,"returned":null}"#,
        )
        .with_snapshot(
            "part",
            Lookup::order(ORDER),
            &returned(r#"[{"return_amount":"50.00"},{"return_amount":10,"date_completed":""}]"#),
            r#"{"payment_id":"ORD20261121","status":"paid","finality":"final","amount":"164.89","returned":"60.00","currency":"TRY","reference":null,"test_mode":false}"#,
        )
        .with_reply("all", &returned(&format!(r#"[{{"return_amount":"100.00",{done}}},{{"return_amount":"64.89",{done}}}]"#)), REFUNDED)
        .with_reply("more", &returned(&format!(r#"{{"0":{{"return_amount":"200.00",{done}}}}}"#)), REFUNDED)
        .with_reply("one_entry", &returned(&format!(r#"{{"return_amount":"164.89",{done}}}"#)), REFUNDED)
        .with_reply("under_way", &returned(r#"[{"return_amount":"164.89","date_completed":""}]"#), UNDER_WAY)
        .with_snapshot(
            "test_money",
            Lookup::order(ORDER),
            &success(r#""test_mode":1,"returns":{}"#),
            r#"{"status":"paid","test_mode":true,"returned":"0.00"}"#,
        )
        .with_snapshot(
            "not_told",
            Lookup::order(ORDER),
            &success(r#""returns":null"#).replace(r#""currency":"TL","#, ""),
            r#"{"status":"paid","amount":null,"returned":null,"test_mode":null}"#,
        )
        // Errors, and the one that is an answer.
        .with_reply("no_success_yet", &refusal("004", NO_SUCCESS), WAITING)
        .with_reply("no_success_yet_by_number", &refusal("004", NO_SUCCESS).replace(r#""004""#, "4"), WAITING)
        .with_reply("no_success_yet_failed", &refusal("004", NO_SUCCESS).replace("error", "failed"), WAITING)
        .with_error("no_order", 200, &refusal("004", "merchant_oid ile islem bulunamadi"), ErrorKind::NotFound)
        .with_error("inactive", 200, &refusal("001", "Gecersiz istek"), ErrorKind::Unauthorized)
        .with_error("no_number", 200, &refusal("002", "merchant_oid gonderilmedi"), ErrorKind::Rejected)
        .with_error("wrong_token", 200, &refusal("003", "paytr_token gecersiz"), ErrorKind::Unauthorized)
        .with_error("failed_query", 200, &refusal("003", "x").replace("error", "failed"), ErrorKind::Unauthorized)
        .with_error("another_code", 200, &refusal("017", "x"), ErrorKind::Rejected)
        .with_error("no_code", 200, r#"{"status":"error","reason":"x"}"#, ErrorKind::Rejected)
}

paystatus_testkit::conformance!(
    suite,
    rows: [
        success, another_word, failed_without_a_code, zero, success_and_an_error, success_and_a_numbered_error, untold,
        untold_because_it_is_no_object, part, all, more, one_entry, under_way, test_money, not_told, no_success_yet,
        no_success_yet_by_number, no_success_yet_failed, no_order, inactive, no_number, wrong_token, failed_query,
        another_code, no_code,
    ]
);
