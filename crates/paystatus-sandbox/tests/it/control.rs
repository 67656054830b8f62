use paystatus_sandbox::{Provider, seeded_id};
use serde_json::{Value, json};

use crate::lab::{Got, JSON, Lab};

const TOKEN: &[(&str, &str)] = &[("authorization", "Bearer your_access_token")];

/// The refusal names the field, and lists what is allowed where that can be listed.
#[track_caller]
fn refuses(lab: &Lab, method: &str, path: &str, body: &str, status: u16, field: &str, allowed: Option<&str>) {
    let got = lab.control(method, path, body);
    let error = json(&got.body);
    assert_eq!((got.status, error["field"].as_str()), (status, Some(field)), "{}", got.body);
    assert!(error["error"].as_str().unwrap().starts_with(field), "{}", got.body);
    let listed = error["allowed"].as_array().unwrap();
    match allowed {
        Some(allowed) => assert!(listed.contains(&json!(allowed)), "{}", got.body),
        None => assert!(listed.is_empty(), "{}", got.body),
    }
}

#[track_caller]
fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn payments_are_listed_in_order() {
    let lab = Lab::new();
    let got = lab.control("GET", "/payments", "");
    assert_eq!((got.status, got.header("content-type")), (200, JSON));
    let list = json(&got.body);
    let documented = list.as_array().unwrap().iter().find(|payment| payment["id"] == "pay_001").unwrap();
    assert_eq!(
        *documented,
        json!({"provider": "bearer", "id": "pay_001", "state": "succeeded", "amount": "5000",
            "currency": "USD", "reference": "order_12345"})
    );
    assert_eq!(list.as_array().unwrap().len(), lab.sandbox.payments().len());
    for &provider in Provider::ALL {
        for state in provider.states() {
            let id = seeded_id(state);
            let got = lab.control("GET", &format!("/payments/{provider}/{id}"), "");
            assert_eq!(json(&got.body)["state"], *state, "{provider} {id}");
        }
    }
}

#[test]
fn payments_are_created_and_moved() {
    let lab = Lab::new();
    let got = lab.control(
        "POST",
        "/payments",
        r#"{"provider":"bearer","id":"a/b","state":"pending","amount":"1999","currency":"EUR","order":"o-1","overrides":{"updated_at":null,"fee":0.10}}"#,
    );
    let created = r#"{"provider":"bearer","id":"a/b","state":"pending","amount":"1999","currency":"EUR","reference":"o-1"}"#;
    got.is(201, JSON, created);
    let path = "/bearer/v1/payments/a%2Fb/status";
    lab.get(path, TOKEN).is(
        200,
        JSON,
        r#"{"id":"a/b","status":"pending","amount":1999,"currency":"EUR","reference":"o-1","updated_at":null,"fee":0.10}"#,
    );

    let got = lab.control("PATCH", "/payments/bearer/a%2Fb", r#"{"state":"succeeded"}"#);
    got.is(200, JSON, &created.replace("pending", "succeeded"));
    assert_eq!(json(&lab.get(path, TOKEN).body)["fee"], 0.10);

    // New overrides take the place of the earlier ones.
    let body = r#"{"overrides":{"amount":"1999"},"omit":["reference","updated_at"]}"#;
    assert_eq!(lab.control("PATCH", "/payments/bearer/a%2Fb", body).status, 200);
    let changed = r#"{"id":"a/b","status":"succeeded","amount":"1999","currency":"EUR"}"#;
    lab.get(path, TOKEN).is(200, JSON, changed);

    let twice = r#"{"provider":"bearer","id":"a/b","state":"failed"}"#;
    assert_eq!(lab.control("POST", "/payments", twice).status, 409);
    lab.get(path, TOKEN).is(200, JSON, changed);
}

#[test]
fn a_payment_can_cascade() {
    let lab = Lab::new();
    let body = r#"{"provider":"bearer","id":"first","state":"failed","cascades_to":"pay_001"}"#;
    let got = lab.control("POST", "/payments", body);
    assert_eq!(json(&got.body)["cascades_to"], "pay_001");
    let got = lab.get("/bearer/v1/payments/first/status", TOKEN);
    assert_eq!(json(&got.body)["id"], "pay_001");
}

#[test]
fn bad_input_is_named() {
    let lab = Lab::new();
    let before = lab.sandbox.payments();
    refuses(&lab, "POST", "/payments", "", 400, "body", None);
    refuses(&lab, "POST", "/payments", "[]", 400, "body", None);
    refuses(&lab, "POST", "/payments", r#"{"id":"x","id":"y"}"#, 400, "body", None);
    refuses(&lab, "POST", "/payments", r#"{"state":"x","id":"x"}"#, 400, "provider", Some("bearer"));
    refuses(
        &lab,
        "POST",
        "/payments",
        r#"{"provider":"beerer","id":"x","state":"x"}"#,
        400,
        "provider",
        Some("bearer"),
    );
    refuses(&lab, "POST", "/payments", r#"{"provider":"bearer","state":"x"}"#, 400, "id", None);
    refuses(&lab, "POST", "/payments", r#"{"provider":"bearer","id":"","state":"x"}"#, 400, "id", None);
    refuses(&lab, "POST", "/payments", r#"{"provider":"bearer","id":7,"state":"x"}"#, 400, "id", None);
    refuses(&lab, "POST", "/payments", r#"{"provider":"bearer","id":"x"}"#, 400, "state", None);
    refuses(
        &lab,
        "POST",
        "/payments",
        r#"{"provider":"bearer","id":"x","state":" "}"#,
        400,
        "state",
        Some("pending"),
    );
    refuses(
        &lab,
        "POST",
        "/payments",
        r#"{"provider":"bearer","id":"x","state":"x","colour":"red"}"#,
        400,
        "colour",
        Some("currency"),
    );
    refuses(
        &lab,
        "POST",
        "/payments",
        r#"{"provider":"bearer","id":"x","state":"x","amount":100}"#,
        400,
        "amount",
        None,
    );
    refuses(
        &lab,
        "POST",
        "/payments",
        r#"{"provider":"bearer","id":"x","state":"x","amount":"50.00"}"#,
        400,
        "amount",
        None,
    );
    refuses(
        &lab,
        "POST",
        "/payments",
        r#"{"provider":"bearer","id":"x","state":"x","reference":"r","order":"r"}"#,
        400,
        "order",
        None,
    );
    refuses(
        &lab,
        "POST",
        "/payments",
        r#"{"provider":"bearer","id":"x","state":"x","cascades_to":"y"}"#,
        400,
        "cascades_to",
        None,
    );
    refuses(
        &lab,
        "POST",
        "/payments",
        r#"{"provider":"bearer","id":"x","state":"x","overrides":[]}"#,
        400,
        "overrides",
        None,
    );
    refuses(
        &lab,
        "POST",
        "/payments",
        r#"{"provider":"bearer","id":"x","state":"x","omit":"amount"}"#,
        400,
        "omit",
        None,
    );

    refuses(&lab, "PATCH", "/payments/bearer/nobody", r#"{"state":"failed"}"#, 404, "id", None);
    refuses(
        &lab,
        "PATCH",
        "/payments/bearr/pay_001",
        r#"{"state":"failed"}"#,
        404,
        "provider",
        Some("bearer"),
    );
    refuses(&lab, "PATCH", "/payments/bearer/pay_001", r#"{"state":""}"#, 400, "state", Some("succeeded"));
    refuses(&lab, "PATCH", "/payments/bearer/pay_001", r#"{"amount":"1"}"#, 400, "amount", Some("overrides"));
    refuses(&lab, "GET", "/payments/bearer/nobody", "", 404, "id", None);

    let reply = "/payments/bearer/pay_001/reply";
    refuses(&lab, "PUT", reply, "{}", 400, "status", None);
    refuses(&lab, "PUT", reply, r#"{"status":"429"}"#, 400, "status", None);
    refuses(&lab, "PUT", reply, r#"{"status":100}"#, 400, "status", None);
    refuses(&lab, "PUT", reply, r#"{"status":200,"headers":[]}"#, 400, "headers", None);
    refuses(&lab, "PUT", reply, r#"{"status":200,"headers":{"a":1}}"#, 400, "headers", None);
    refuses(&lab, "PUT", reply, r#"{"status":200,"headers":{"a b":"1"}}"#, 400, "headers", None);
    refuses(&lab, "PUT", reply, r#"{"status":200,"headers":{"a":"1\n2"}}"#, 400, "headers", None);
    refuses(&lab, "PUT", reply, r#"{"status":200,"headers":{"Content-Length":"9"}}"#, 400, "headers", None);
    refuses(&lab, "PUT", reply, r#"{"status":200,"delay":9}"#, 400, "delay", Some("body"));
    refuses(&lab, "PUT", "/payments/bearer/nobody/reply", r#"{"status":200}"#, 404, "id", None);
    refuses(&lab, "DELETE", "/payments/bearer/nobody/reply", "", 404, "id", None);
    refuses(&lab, "PUT", "/providers/nobody/reply", r#"{"status":200}"#, 404, "provider", Some("bearer"));

    refuses(&lab, "GET", "/nothing", "", 404, "path", Some("GET /_sandbox/accounts"));
    refuses(&lab, "DELETE", "/payments", "", 405, "method", Some("POST"));
    refuses(&lab, "POST", "/accounts", "", 405, "method", Some("GET"));
    refuses(&lab, "POST", reply, "", 405, "method", Some("PUT"));
    assert_eq!(lab.sandbox.payments(), before);
}

#[test]
fn canned_replies() {
    let lab = Lab::new();
    let path = "/bearer/v1/payments/pay_001/status";
    let body = r#"{"status":429,"headers":{"retry-after":"59","content-type":"text/html"},"body":"Too many requests, please try again later."}"#;
    assert_eq!(lab.control("PUT", "/payments/bearer/pay_001/reply", body).status, 204);
    let got = lab.get(path, TOKEN);
    got.is(429, "text/html", "Too many requests, please try again later.");
    assert_eq!(got.header("retry-after"), "59");
    assert_eq!(lab.get("/bearer/v1/payments/sandbox-failed/status", TOKEN).status, 200);

    // JSON that is not a string is sent as it is spelled.
    let body = r#"{"status":200,"body":{"amount":1.50, "a":1, "a":2}}"#;
    assert_eq!(lab.control("PUT", "/providers/bearer/reply", body).status, 204);
    lab.get("/bearer/anything", &[]).is(200, JSON, r#"{"amount":1.50, "a":1, "a":2}"#);

    assert_eq!(lab.control("DELETE", "/providers/bearer/reply", "").status, 204);
    assert_eq!(lab.get(path, TOKEN).status, 429);
    assert_eq!(lab.control("DELETE", "/payments/bearer/pay_001/reply", "").status, 204);
    assert_eq!(lab.get(path, TOKEN).status, 200);
    assert_eq!(lab.control("DELETE", "/payments/bearer/pay_001/reply", "").status, 204);
}

#[test]
fn accounts_are_ready_to_use() {
    let lab = Lab::new();
    let accounts = lab.sandbox.accounts_toml();
    lab.control("GET", "/accounts", "").is(200, "application/toml", &accounts);
    let accounts: Vec<_> = accounts.trim_end().split("\n\n").collect();
    assert_eq!(accounts.len(), Provider::ALL.len());
    for (account, &provider) in accounts.iter().zip(Provider::ALL) {
        let base_url = lab.sandbox.base_url(provider);
        assert_eq!(base_url, format!("http://{}/{provider}", lab.sandbox.address()));
        let mut expected =
            format!("[accounts.{provider}]\nprovider = \"{provider}\"\nbase_url = \"{base_url}\"");
        for (key, value) in provider.settings() {
            assert_eq!(provider.setting(key), *value);
            expected += &format!("\n{key} = {}", json!(value));
        }
        assert_eq!(*account, expected);
    }
}

#[test]
fn what_a_provider_does_not_have_is_refused() {
    let lab = Lab::new();
    let mut refused = [0; 3];
    for &provider in Provider::ALL {
        let create = |field: &str, value: &str| {
            let body = format!(
                r#"{{"provider":"{provider}","id":"{field}{value}","state":"x","{field}":"{value}"}}"#
            );
            let got = lab.control("POST", "/payments", &body);
            if got.status == 201 {
                return 0;
            }
            assert_eq!((got.status, json(&got.body)["field"].as_str()), (400, Some(field)), "{provider}");
            1
        };
        // Some write numbers, some have one currency only, some report no reference.
        refused[0] += create("amount", "1,50");
        refused[1] += create("currency", "XTS");
        refused[2] += create("reference", "r");
        assert_eq!(create("amount", "100"), 0, "{provider}");
    }
    assert!(refused.iter().all(|count| (1..Provider::ALL.len()).contains(count)), "{refused:?}");
}

#[test]
fn tokens_belong_to_those_who_hand_them_out() {
    let lab = Lab::new();
    for &provider in Provider::ALL {
        let path = format!("/providers/{provider}/tokens");
        let status = if provider.issues_tokens() { 204 } else { 400 };
        assert_eq!(lab.control("PUT", &path, r#"{"lifetime":5}"#).status, status, "{provider}");
        assert_eq!(lab.control("DELETE", &path, "").status, status, "{provider}");
    }
    let path = "/providers/bearer/tokens";
    refuses(&lab, "PUT", path, "{}", 400, "lifetime", None);
    refuses(&lab, "PUT", path, r#"{"lifetime":"5"}"#, 400, "lifetime", None);
    refuses(&lab, "PUT", path, r#"{"seconds":5}"#, 400, "seconds", Some("lifetime"));
    refuses(&lab, "PUT", "/providers/nobody/tokens", r#"{"lifetime":5}"#, 404, "provider", Some("bearer"));
    assert_eq!(lab.control("GET", path, "").header("allow"), "PUT, DELETE");
}

#[test]
fn help_tells_addresses_and_counts() {
    let lab = Lab::new();
    lab.get("/bearer/v1/payments/pay_001/status", TOKEN);
    lab.get("/bearer/nowhere", &[]);
    for path in ["/_sandbox/", "/_sandbox", "/"] {
        let help = json(&lab.get(path, &[]).body);
        let bearer = &help["providers"]["bearer"];
        assert_eq!(bearer["base_url"], lab.sandbox.base_url(Provider::BEARER), "{path}");
        assert_eq!(bearer["requests"], 2, "{path}");
        for provider in Provider::ALL.iter().filter(|provider| **provider != Provider::BEARER) {
            assert_eq!(help["providers"][provider.name()]["requests"], 0, "{path} {provider}");
            assert_eq!(help["providers"][provider.name()]["token_requests"], 0, "{path} {provider}");
        }
        assert_eq!(bearer["states"], json!(["pending", "succeeded", "failed", "canceled"]), "{path}");
    }
}

/// Sends a request to the control interface under this `Host`.
#[track_caller]
fn under(lab: &Lab, host: &str, method: &str, path: &str, body: &str) -> Got {
    lab.send(method, &format!("/_sandbox{path}"), &[("host", host), ("content-type", JSON)], body)
}

#[test]
fn only_this_machines_names_and_addresses_reach_it() {
    let lab = Lab::new();
    let port = lab.sandbox.address().port();
    for host in ["localhost", "LOCALHOST", "127.0.0.1", "127.8.9.1", "[::1]"] {
        let got = under(&lab, &format!("{host}:{port}"), "GET", "/payments", "");
        assert_eq!(got.status, 200, "{host}: {}", got.body);
    }
    let other = port ^ 1;
    for host in [
        // A name that a page has pointed at this machine.
        format!("rebound.example:{port}"),
        "rebound.example".to_owned(),
        format!("localhost.rebound.example:{port}"),
        format!("127.0.0.1.rebound.example:{port}"),
        format!("127.0.0.1@rebound.example:{port}"),
        format!("192.0.2.1:{port}"),
        format!("[2001:db8::1]:{port}"),
        format!("0.0.0.0:{port}"),
        format!("127.0.0.1:{other}"),
        "127.0.0.1".to_owned(),
        "127.0.0.1:".to_owned(),
        ":".to_owned(),
        String::new(),
    ] {
        let before = lab.sandbox.payments();
        for (method, path, body) in [
            ("GET", "/payments", ""),
            ("GET", "", ""),
            ("PATCH", "/payments/bearer/pay_001", r#"{"state":"failed"}"#),
            ("DELETE", "/providers/bearer/faults", ""),
        ] {
            let got = under(&lab, &host, method, path, body);
            assert_eq!(
                (got.status, json(&got.body)["field"].as_str()),
                (403, Some("host")),
                "{host:?} {method}"
            );
        }
        assert_eq!(lab.sandbox.payments(), before, "{host:?}");
    }
    // A page at the root is the same interface, and a provider is asked under any name.
    let got = lab.send("GET", "/", &[("host", "rebound.example")], "");
    assert_eq!(got.status, 403);
    let path = "/bearer/v1/payments/pay_001/status";
    assert_eq!(lab.get(path, &[TOKEN[0], ("host", "api.example.com")]).status, 200);
}

#[test]
fn only_json_changes_anything() {
    let lab = Lab::new();
    let before = lab.sandbox.payments();
    for (method, path, body) in [
        ("POST", "/payments", r#"{"provider":"bearer","id":"x","state":"failed"}"#),
        ("PATCH", "/payments/bearer/pay_001", r#"{"state":"failed"}"#),
        ("PUT", "/payments/bearer/pay_001/faults", r#"{"status":503}"#),
        ("PUT", "/payments/bearer/pay_001/reply", r#"{"status":503}"#),
        ("PUT", "/providers/bearer/faults", r#"{"status":503}"#),
        ("PUT", "/providers/bearer/callback", r#"{"url":"http://127.0.0.1:9/"}"#),
    ] {
        // What a page of any site may send without asking, and nothing at all.
        for content_type in [
            &[][..],
            &[("content-type", "text/plain")],
            &[("content-type", "application/x-www-form-urlencoded")],
            &[("content-type", "text/plain; application/json")],
            &[("content-type", "application/jsonp")],
        ] {
            let got = lab.send(method, &format!("/_sandbox{path}"), content_type, body);
            let error = json(&got.body);
            assert_eq!(
                (got.status, error["field"].as_str(), &error["allowed"]),
                (415, Some("content-type"), &json!([JSON])),
                "{method} {path} {content_type:?}"
            );
        }
    }
    assert_eq!(lab.sandbox.payments(), before);
    assert_eq!(lab.get("/bearer/v1/payments/pay_001/status", TOKEN).status, 200);
    let with_charset = [("content-type", "Application/JSON; charset=utf-8")];
    let got = lab.send("PATCH", "/_sandbox/payments/bearer/pay_001", &with_charset, r#"{"state":"failed"}"#);
    assert_eq!(got.status, 200, "{}", got.body);
}
