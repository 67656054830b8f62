use paystatus_sandbox::{NewPayment, Overrides, Provider, Reply};

use crate::lab::{Got, HTML, Headers, Lab};

const JSON: &str = "application/json; charset=utf-8";
const KEY: (&str, &str) = ("x-api-key", "11111111-2222-4333-8444-555555555555");
const USER: (&str, &str) = ("x-user-id", "ZAJ5_Bg");
const PATH: &str = "/resmic/api/v1/makepayment/payment-status?session_id=";

#[track_caller]
fn ask(lab: &Lab, id: &str) -> Got {
    lab.get(&format!("{PATH}{id}"), &[KEY, USER])
}

/// The reply about a seeded payment, with the data fields from the update time on.
#[track_caller]
fn check(lab: &Lab, id: &str, rest: &str) {
    let expected = format!(
        r#"{{"status":200,"success":true,"message":"Session reterived","data":{{"session_id":"{id}","created_at_utc":"2026-01-15T10:00:00.000Z","updated_at":{rest}}}}}"#
    );
    ask(lab, id).is(200, JSON, &expected);
}

#[track_caller]
fn refuses(lab: &Lab, headers: Headers<'_>, status: u16, error: &str) {
    let got = lab.get(&format!("{PATH}sandbox-completed"), headers);
    got.is(status, JSON, &format!(r#"{{"error":"{error}"}}"#));
}

#[track_caller]
fn cannot(lab: &Lab, method: &str, path: &str, line: &str) {
    let got = lab.send(method, path, &[KEY, USER], "");
    let page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Error</title>\n</head>\n<body>\n<pre>{line}</pre>\n</body>\n</html>\n"
    );
    got.is(404, HTML, &page);
    assert_eq!(got.header("x-content-type-options"), "nosniff");
}

#[test]
fn the_documented_sample() {
    ask(&Lab::new(), "899e9dde-fda9-4386-9620-065756016805").is(
        200,
        JSON,
        r#"{"status":200,"success":true,"message":"Session reterived","data":{"session_id":"899e9dde-fda9-4386-9620-065756016805","created_at_utc":"2025-02-21T23:00:13.633Z","updated_at":"2025-02-22T04:31:08.132Z","amount":"100","payment_status":"Completed","wallet_address":"0x056397760b973BfB921Bc10Be9DA5034B1e921d7","is_coupon_applied":false}}"#,
    );
}

#[test]
fn every_state() {
    let lab = Lab::new();
    let touched = |word: &str| {
        format!(
            r#""2026-01-15T15:31:00.000Z","amount":"100","payment_status":"{word}","wallet_address":"0x000000000000000000000000000000000000dEaD","is_coupon_applied":false"#
        )
    };
    check(&lab, "sandbox-completed", &touched("Completed"));
    check(&lab, "sandbox-failed", &touched("Failed"));
    check(
        &lab,
        "sandbox-initiated",
        r#"null,"amount":"100","payment_status":"initiated","wallet_address":"0x000000000000000000000000000000000000dEaD","is_coupon_applied":false"#,
    );
    check(
        &lab,
        "sandbox-completed-coupon",
        r#""2026-01-15T15:31:00.000Z","amount":"100","payment_status":"Completed","wallet_address":"0x000000000000000000000000000000000000dEaD","is_coupon_applied":true,"coupon_code":"SANDBOX20","amount_after_coupon":"80""#,
    );
    assert_eq!(lab.ids(Provider::Resmic).len(), 5);

    lab.sandbox.set_state(Provider::Resmic, "sandbox-failed", "completed").unwrap();
    check(&lab, "sandbox-failed", &touched("completed"));
}

#[test]
fn credentials() {
    let lab = Lab::new();
    let inactive = ("x-api-key", "99999999-2222-4333-8444-555555555555");
    refuses(&lab, &[], 401, "API key is missing");
    refuses(&lab, &[USER], 401, "API key is missing");
    refuses(&lab, &[("x-api-key", ""), USER], 401, "API key is missing");
    refuses(&lab, &[("x-api-key", "11111111"), USER], 403, "API KEY is wrong");
    refuses(&lab, &[inactive, USER], 403, "API is not active");
    refuses(&lab, &[KEY, ("x-user-id", "zaj5_bg")], 403, "Invalid User ID");
    refuses(&lab, &[KEY], 403, "Invalid User ID");
    assert_eq!(lab.sandbox.requests(Provider::Resmic), 7);
    assert_eq!(lab.sandbox.requests(Provider::Bearer), 0);
}

#[test]
fn an_unknown_session_is_404_around_400() {
    let lab = Lab::new();
    let body = r#"{"status":400,"success":false,"message":"Session not found"}"#;
    ask(&lab, "00000000-0000-4000-8000-000000000000").is(404, JSON, body);
    ask(&lab, "").is(404, JSON, body);
    lab.get("/resmic/api/v1/makepayment/payment-status", &[KEY, USER]).is(404, JSON, body);
}

#[test]
fn a_wrong_path_or_method_is_express_html() {
    let lab = Lab::new();
    cannot(&lab, "GET", "/resmic/api/v2/status?session_id=1", "Cannot GET /api/v2/status");
    cannot(&lab, "POST", &format!("{PATH}1"), "Cannot POST /api/v1/makepayment/payment-status");
    cannot(&lab, "GET", "/resmic", "Cannot GET /");
    cannot(&lab, "GET", "/resmic/a&b", "Cannot GET /a&amp;b");
}

#[test]
fn an_id_is_one_query_value() {
    let lab = Lab::new();
    lab.sandbox.create(NewPayment::new(Provider::Resmic, "a b&c=%ü", "Completed")).unwrap();
    for id in ["a%20b%26c%3D%25%C3%BC", "a+b%26c%3d%25%c3%bc"] {
        let got = ask(&lab, id);
        assert_eq!(got.status, 200, "{id}");
        assert!(got.body.contains(r#""session_id":"a b&c=%ü""#), "{}", got.body);
    }
}

#[test]
fn too_many_requests_and_a_server_error() {
    let lab = Lab::new();
    lab.sandbox.set_provider_reply(Provider::Resmic, Reply::rate_limited(59)).unwrap();
    let got = ask(&lab, "sandbox-completed");
    got.is(429, HTML, "Too many requests, please try again later.");
    let limits = ["retry-after", "ratelimit-limit", "ratelimit-remaining"].map(|name| got.header(name));
    assert_eq!(limits, ["59", "15", "0"]);

    let body = r#"{"status":500,"success":false,"message":"Something went wrong"}"#;
    let broken = Reply::new(500).with_header("content-type", JSON).with_body(body);
    lab.sandbox.clear_provider_reply(Provider::Resmic).unwrap();
    lab.sandbox.set_reply(Provider::Resmic, "sandbox-completed", broken).unwrap();
    ask(&lab, "sandbox-completed").is(500, JSON, body);
    assert_eq!(ask(&lab, "sandbox-failed").status, 200);

    // A payment's canned reply is for those who may ask.
    let got = lab.get(&format!("{PATH}sandbox-completed"), &[]);
    got.is(401, JSON, r#"{"error":"API key is missing"}"#);
    lab.sandbox.clear_reply(Provider::Resmic, "sandbox-completed").unwrap();
    assert_eq!(ask(&lab, "sandbox-completed").status, 200);
}

#[test]
fn overrides_reach_into_the_data() {
    let lab = Lab::new();
    let odd = Overrides::from_json(r#"{"success": "yes", "data": {"amount": 1.50}}"#).unwrap();
    let odd = odd.without("message").without("data.wallet_address");
    lab.sandbox.set_overrides(Provider::Resmic, "sandbox-initiated", odd).unwrap();
    ask(&lab, "sandbox-initiated").is(
        200,
        JSON,
        r#"{"status":200,"success":"yes","data":{"session_id":"sandbox-initiated","created_at_utc":"2026-01-15T10:00:00.000Z","updated_at":null,"amount":1.50,"payment_status":"initiated","is_coupon_applied":false}}"#,
    );
}
