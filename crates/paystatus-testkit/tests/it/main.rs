//! The suite against a provider that keeps the rules, and against one for each way to break them.

mod acme;
mod fake;

use acme::{Acme, Fault, suite_of};
use paystatus_core::{ErrorKind, Finality, Funds, Lookup, Meaning, Status};
use paystatus_testkit::{CASES, Outcome, Suite};

const SUCCESS: &str = r#"{
    "id": {{id}},
    "status": {{status}},
    "amount": {{amount}},
    "currency": {{currency}},
    "payer": "canary-name"
}"#;
const PAID: Meaning = Meaning::new(Status::Paid, Finality::Final, Funds::Taken);
const DECLINED: Meaning = Meaning::new(Status::Failed, Finality::Final, Funds::NotTaken);

fn suite() -> Suite<Acme> {
    suite_of(Acme::new("canary-key"))
}

fn suite_with_tokens(acme: Acme) -> Suite<Acme> {
    suite_of(acme)
        .with_token_reply(r#"{"access_token":{{token}},"expires_in":{{lifetime}}}"#, "3600")
        .with_token_error("wrong_key", 400, r#"{"error":"invalid_client"}"#, ErrorKind::Unauthorized)
}

/// As a provider's tests have it.
mod conformance {
    use super::suite;

    paystatus_testkit::conformance!(suite, rows: [settled, declined, no_payment]);
}

fn names<P: paystatus_core::Provider + std::fmt::Debug>(suite: &Suite<P>) -> Vec<String> {
    suite.failures().into_iter().map(|(name, _)| name).collect()
}

#[test]
fn every_fault_is_found_by_the_case_about_it() {
    use Fault::*;
    for (fault, cases) in [
        (UnknownIsFailed, &["status_unlisted_word", "status_empty_word", "status_long_word"][..]),
        (UnknownIsPaid, &["status_unlisted_word", "status_wrong_case", "status_padded_word"]),
        (NoRowSaysSo, &["success_is_read", "rows::declined", "every_row_is_shown"]),
        (NullIsUnknown, &["status_null", "status_absent"]),
        (CaseMeansNothing, &["status_wrong_case"]),
        (WordIsTidied, &["status_padded_word"]),
        (EveryErrorIsNotFound, &["http_401_json", "http_404_html", "http_503_empty", "http_429_with_date"]),
        (DoorIsWide, &["http_500_success", "http_any_other_success", "only_listed_answers_pass"]),
        (RowIsForgotten, &["every_row_is_shown"]),
        (IdIsTrusted, &["echo_other_id", "echo_other_case", "echo_padded_id", "echo_empty"]),
        (IdIsPasted, &["id_slash", "id_question_mark", "id_hash", "id_relative_path", "id_encoded_dots"]),
        (IdIsTrimmed, &["id_crlf", "id_space"]),
        (IdIsNotChecked, &["id_empty", "id_dot", "id_dot_dot", "id_256_bytes", "leak_refused_lookup"]),
        (RequestCounts, &["request_is_the_same_twice"]),
        (SecretInDebug, &["leak_provider_debug"]),
        (SecretInAddress, &["leak_request_line"]),
        (SecretInPlainHeader, &["leak_request_headers", "leak_request_debug"]),
        (PersonalIsPlain, &["leak_personal_data", "success_is_read"]),
        (PersonalIsPlainInJson, &["leak_personal_data", "success_is_read"]),
        (ErrorsQuote, &["leak_unreadable_value", "body_trailing_garbage"]),
        (AmountIsFloat, &["amount_beyond_float", "amount_25_digits", "amount_fraction"]),
        (AmountIsAbsolute, &["amount_negative", "amount_negative_string"]),
        (AbsentIsZero, &["amount_absent", "amount_null"]),
        (LastDuplicateWins, &["body_duplicate_status", "body_duplicate_id", "body_duplicate_amount"]),
        (PlainSerde, &["body_positional_array", "body_deep_unknown_field"]),
        (
            TextIsSearched,
            &["body_truncated_anywhere", "body_two_replies", "echo_other_id", "amount_negative"],
        ),
    ] {
        let failed = names(&suite_of(Acme::new("canary-key").with(fault)));
        for case in cases {
            assert!(failed.iter().any(|name| name == case), "{fault:?} passes {case}; it fails {failed:?}");
        }
    }
}

#[test]
fn every_fault_of_fetching_tokens_is_found_by_the_case_about_it() {
    use Fault::*;
    assert_eq!(suite_with_tokens(Acme::fetching_tokens("canary-key")).failures(), []);
    for (fault, cases) in [
        (TokenIsGuessed, &["token_null", "token_absent"][..]),
        (TokenLastsForEver, &["token_lifetime"]),
        (TokenErrorsQuote, &["token_error_body", "token_reply_is_none"]),
        (RefusedTokenIsKept, &["token_refused_twice"]),
        (SecretInAddress, &["leak_request_line"]),
        (SecretInPlainHeader, &["leak_request_headers"]),
    ] {
        let failed = names(&suite_with_tokens(Acme::fetching_tokens("canary-key").with(fault)));
        for case in cases {
            assert!(failed.iter().any(|name| name == case), "{fault:?} passes {case}; it fails {failed:?}");
        }
    }
    let silent = suite_of(Acme::fetching_tokens("canary-key"));
    fails(&silent, "token_is_read", "with_token_reply");
    fails(&suite_with_tokens(Acme::new("canary-key")), "token_is_read", "fetches no tokens");
}

/// A fault in one place is not seen everywhere: the cases tell it apart.
#[test]
fn a_small_fault_fails_few_cases() {
    for (fault, cases) in [
        (Fault::SecretInDebug, &["leak_provider_debug"][..]),
        (Fault::CaseMeansNothing, &["status_wrong_case"]),
        (Fault::RequestCounts, &["request_is_the_same_twice"]),
        (Fault::AmountIsAbsolute, &["amount_negative", "amount_negative_string"]),
    ] {
        assert_eq!(names(&suite_of(Acme::new("canary-key").with(fault))), cases, "{fault:?}");
    }
}

#[track_caller]
fn fails(suite: &Suite<Acme>, name: &str, why: &str) {
    let failures = suite.failures();
    let found = failures.iter().find(|(failed, _)| failed == name);
    assert!(found.is_some_and(|(_, said)| said.contains(why)), "{failures:?}");
}

#[test]
fn an_exception_is_about_a_case_that_exists_and_fails() {
    let broken = || suite_of(Acme::new("canary-key").with(Fault::CaseMeansNothing));
    assert_eq!(broken().except(["status_wrong_case"], "letters are letters").failures(), []);
    fails(
        &broken().except(["status_wrong_csae"], "a typo"),
        "declared_exceptions",
        "no case `status_wrong_csae`",
    );
    fails(&broken().except(["status_wrong_case"], " "), "declared_exceptions", "without a reason");
    fails(&suite().except(["status_wrong_case"], "stale"), "status_wrong_case", "take out its exception");
    let twice = broken().except(["status_wrong_case"], "a").except(["status_wrong_case"], "b");
    fails(&twice, "declared_exceptions", "twice");
}

#[test]
fn an_expectation_is_asserted_in_the_place_of_the_rule() {
    let broken = || suite_of(Acme::new("canary-key").with(Fault::NullIsUnknown));
    let both = ["status_absent", "status_null"];
    let rest = ["status_number", "status_bool", "status_array", "status_object", "leak_unreadable_value"];
    let excepted = |suite: Suite<Acme>| {
        rest.iter().fold(suite, |suite, case| {
            if names(&broken()).iter().any(|failed| failed == case) {
                suite.except([*case], "not about it")
            } else {
                suite
            }
        })
    };
    assert_eq!(excepted(broken().expecting(both, Meaning::UNKNOWN, "documented so")).failures(), []);
    fails(&broken().expecting(both, ErrorKind::Mismatch, "wrong"), "status_null", "Mismatch");
    fails(&suite().expecting(both, ErrorKind::InvalidReply, "stale"), "status_null", "is expected anyway");
    fails(
        &suite().expecting(["leak_provider_debug"], PAID, "useless"),
        "leak_provider_debug",
        "no expectation",
    );
    fails(&suite().expecting(["no_case"], PAID, "a typo"), "declared_exceptions", "no case `no_case`");
}

#[test]
fn no_expectation_is_above_the_law() {
    let paid = Outcome::Charged(Some(paystatus_core::Money::parse("1200", "USD").unwrap()));
    let broken = || suite_of(Acme::new("canary-key").with(Fault::DoorIsWide));
    fails(
        &broken().expecting(["http_500_success"], PAID, "they say so"),
        "http_500_success",
        "what no row lists",
    );
    fails(
        &broken().expecting(["http_500_success"], paid, "they say so"),
        "http_500_success",
        "what no row lists",
    );
    let broken = suite_of(Acme::new("canary-key").with(Fault::UnknownIsFailed));
    fails(
        &broken.expecting(["status_empty_word"], DECLINED, "they say so"),
        "status_empty_word",
        "what no row lists",
    );
}

#[test]
fn a_row_is_what_its_table_says() {
    fails(&suite().with_state("refunded", "refunded", PAID), "rows::refunded", "Means");
    fails(&suite().with_error("busy", 503, "", ErrorKind::RateLimited), "rows::busy", "RateLimited");
    fails(
        &suite().with_state("settled", "settled", PAID),
        "declared_exceptions",
        "two rows have the name `settled`",
    );
    let untested =
        std::panic::catch_unwind(|| paystatus_testkit::__check_declarations(&suite(), &["settled"]));
    assert!(untested.unwrap_err().downcast_ref::<String>().unwrap().contains("it is not tested"));
}

#[test]
fn what_a_reply_tells_is_compared_member_by_member() {
    let body = r#"{"id":"pay_001","status":"settled","amount":"9.90","currency":"EUR"}"#;
    let told = |told| suite().with_snapshot("euros", Lookup::payment("pay_001"), body, told);
    assert_eq!(told(r#"{"amount":"9.90","currency":"EUR","because":{"evidence":"settled"}}"#).failures(), []);
    fails(&told(r#"{"amount":"9.9"}"#), "rows::euros", r#"amount: "9.9" was expected, and it is "9.90""#);
    fails(&told(r#"{"attempts":[{}]}"#), "rows::euros", "attempts");
    fails(&told(r#"{"because":{"evidence":"paid"}}"#), "rows::euros", "because: evidence");
}

#[test]
fn a_place_that_the_success_has_not_is_declared_once() {
    let without = SUCCESS.replace(r#""currency": {{currency}},"#, "");
    let suite = || {
        Suite::new(Acme::new("canary-key"), Lookup::payment("pay_001"), &without, "settled")
            .with_secrets(["canary-key"])
            .with_personal(["canary-name"])
            .with_state("settled", "settled", PAID)
            .with_state("declined", "declined", DECLINED)
            .with_error("no_payment", 404, r#"{"error":"no_payment"}"#, ErrorKind::NotFound)
    };
    let about_currency = |name: &String| name.contains("currency");
    assert!(names(&suite()).iter().any(about_currency));
    let failed = names(&suite().lacking("{{currency}}", "it is always the dollar"));
    assert!(
        !failed.iter().any(about_currency) && !failed.contains(&"declared_exceptions".to_owned()),
        "{failed:?}"
    );
    for (mark, reason) in [("{{amount}}", "it has one"), ("{{price}}", "no mark"), ("{{currency}}", "")] {
        fails(&suite().lacking(mark, reason), "declared_exceptions", "the success has");
    }
}

#[test]
fn a_suite_that_proves_nothing_fails() {
    let bare = || Suite::new(Acme::new("canary-key"), Lookup::payment("pay_001"), SUCCESS, "settled");
    let all = bare().with_secrets(["canary-key"]).with_personal(["canary-name"]);
    fails(&all, "success_is_read", "add the row");
    fails(&bare().with_state("settled", "settled", PAID), "leak_provider_debug", "with_secrets");
    fails(&bare().with_state("settled", "settled", PAID), "leak_personal_data", "with_personal");
    fails(&suite().with_personal(["canary-nobody"]), "leak_personal_data", "is not in the success");
    let unreadable = SUCCESS.replace("\"currency\"", "\"currencies\"");
    let other = Suite::new(Acme::new("canary-key"), Lookup::payment("pay_001"), &unreadable, "settled");
    fails(&other.with_state("settled", "settled", PAID), "success_is_read", "was charged");
    let declined = Suite::new(Acme::new("canary-key"), Lookup::payment("pay_001"), SUCCESS, "declined");
    fails(&declined.with_state("declined", "declined", DECLINED), "success_is_read", "not the paid payment");
}

#[test]
fn a_row_may_be_shown_by_another_account() {
    let bare = || Suite::new(Acme::new("canary-key"), Lookup::payment("pay_001"), SUCCESS, "settled");
    let few = || {
        bare()
            .with_secrets(["canary-key"])
            .with_personal(["canary-name"])
            .with_state("settled", "settled", PAID)
    };
    fails(&few(), "every_row_is_shown", "no example shows");
    assert_eq!(few().beside(suite()).failures(), []);
    let wrong = suite().with_error("wrong", 404, r#"{"error":"no_payment"}"#, ErrorKind::Rejected);
    fails(&few().beside(wrong), "every_row_is_shown", "wrong, of another account");
}

#[test]
fn every_case_has_a_test_and_there_are_many() {
    assert!(CASES.len() >= 60);
    assert!(names(&suite()).is_empty());
}
