//! What every provider must do, for Flutterwave; and every row of its tables.

use paystatus_core::{ErrorKind, Finality::*, Funds, Lookup, Meaning, Pending, Status};
use paystatus_flutterwave::Flutterwave;
use paystatus_testkit::Suite;

use crate::{ID, TX_REF, transaction};

const SUCCESSFUL: &str = include_str!("../fixtures/successful.json");
const NOT_FOUND: &str = r#"{"status":"error","message":"No transaction was found for this id","data":null}"#;
const PAID: Meaning = Meaning::new(Status::Paid, Final, Funds::Taken);
const UNKNOWN: Meaning = Meaning::UNKNOWN;

fn error(message: &str) -> String {
    format!(r#"{{"status":"error","message":"{message}","data":null}}"#)
}

fn suite() -> Suite<Flutterwave> {
    let account = Flutterwave::new("canary-secret-key").with_callback_secrets(["canary-hash".into()]);
    let successful = |amounts: &str| transaction("successful", amounts);
    let meaning = Meaning::new;
    let action = meaning(Status::Pending(Pending::ActionRequired), Open, Funds::NotTaken);
    let part = meaning(Status::PartlyPaid, Open, Funds::Taken);
    Suite::new(account, Lookup::payment(ID), SUCCESSFUL, "successful")
        .with_plain_id("7")
        .with_secrets(["canary-secret-key", "canary-hash"])
        .with_personal([
            "canary-fingerprint", "canary-response", "canary-ip", "canary-narration", "canary-first", "canary-last",
            "canary-card-token", "canary-account", "canary-meta", "canary-name", "canary-phone",
            "canary@example.invalid",
        ])
        .expecting(["amount_zero", "amount_negative_zero"], UNKNOWN, "nothing was charged, whatever the word")
        .expecting(["amount_absent", "amount_null"], UNKNOWN, "neither amount tells of money")
        .expecting(["echo_number"], ErrorKind::Mismatch, "ids are numbers")
        .except(["echo_other_case"], "ids have no letters")
        .with_state("successful", "successful", PAID)
        .with_state("pending", "pending", meaning(Status::Pending(Pending::Processing), Open, Funds::Unknown))
        .with_state("awaiting_a_password", "success-pending-validation", action)
        .with_state("failed", "failed", meaning(Status::Failed, Provisional, Funds::Unknown))
        .with_state("word_of_the_envelope", "success", UNKNOWN)
        .with_state("word_of_a_redirect", "completed", UNKNOWN)
        .with_snapshot(
            "fee_on_top",
            Lookup::payment(ID),
            &successful(r#""amount":100,"charged_amount":101.4"#),
            r#"{"status":"paid","finality":"final","amount":"101.4","currency":"NGN","returned":null,"reference":"LiveCardTest","reason":null,"test_mode":null,"created_at":"2020-07-15T14:31:16Z"}"#,
        )
        .with_snapshot("charge_not_told", Lookup::payment(ID), &successful(r#""amount":100,"charged_amount":null"#), r#"{"status":"paid","amount":null}"#)
        .with_reply("nothing_asked_for", &successful(r#""charged_amount":100"#), PAID)
        .with_snapshot("short", Lookup::payment(ID), &successful(r#""amount":100,"charged_amount":99.99"#), r#"{"status":"partly_paid","finality":"open","amount":"99.99"}"#)
        .with_reply("short_as_text", &successful(r#""amount":"100","charged_amount":"50""#), part)
        .with_reply("nothing_charged", &successful(r#""amount":100,"charged_amount":0"#), UNKNOWN)
        .with_reply("no_money_anywhere", &successful(r#""amount":0"#), UNKNOWN)
        .with_reply("held", &successful(r#""amount":100,"charged_amount":100,"flw_ref":"FLW-PREAUTH-M03K-1""#), UNKNOWN)
        .with_reply("held_as_a_kind_of_charge", &successful(r#""amount":100,"charged_amount":50,"charge_type":"preauth""#), UNKNOWN)
        .with_reply("another_kind_of_charge", &successful(r#""amount":100,"charged_amount":100,"charge_type":"normal""#), PAID)
        .with_snapshot("test_money", Lookup::payment(ID), &successful(r#""amount":100,"charged_amount":100,"flw_ref":"FLW-MOCK-1""#), r#"{"status":"paid","test_mode":true}"#)
        .with_snapshot("test_money_of_mobile_payments", Lookup::payment(ID), &successful(r#""amount":100,"charged_amount":100,"flw_ref":"flwm3s4m0c1MockFLWRef-1""#), r#"{"status":"paid","test_mode":true}"#)
        .with_reply_to("by_reference", Lookup::order(TX_REF), &successful(r#""amount":100,"charged_amount":100"#), PAID)
        .with_error("not_found", 400, NOT_FOUND, ErrorKind::NotFound)
        .with_error("not_found_404", 404, NOT_FOUND, ErrorKind::NotFound)
        .with_error("not_found_200", 200, NOT_FOUND, ErrorKind::NotFound)
        .with_error("not_found_while_down", 502, NOT_FOUND, ErrorKind::Unavailable)
        .with_error("unauthorized", 401, &error("Authorization required"), ErrorKind::Unauthorized)
        .with_error("forbidden", 403, &error("Invalid authorization key"), ErrorKind::Unauthorized)
        .with_error("refused", 400, &error("tx_ref is required"), ErrorKind::Rejected)
        .with_error("refused_200", 200, &error("tx_ref is required"), ErrorKind::Rejected)
        .with_error("refused_without_words", 200, r#"{"status":"error","data":null}"#, ErrorKind::Rejected)
        .with_error("no_data", 200, r#"{"status":"success","message":"fetched","data":null}"#, ErrorKind::InvalidReply)
        .with_error("no_such_address", 404, "<html></html>", ErrorKind::Rejected)
}

paystatus_testkit::conformance!(
    suite,
    rows: [
        successful, pending, awaiting_a_password, failed, word_of_the_envelope, word_of_a_redirect, fee_on_top,
        charge_not_told, nothing_asked_for, short, short_as_text, nothing_charged, no_money_anywhere, held,
        held_as_a_kind_of_charge, another_kind_of_charge, test_money, test_money_of_mobile_payments, by_reference,
        not_found, not_found_404, not_found_200, not_found_while_down, unauthorized, forbidden, refused, refused_200,
        refused_without_words, no_data, no_such_address,
    ]
);
