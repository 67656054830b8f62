use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use paystatus_sandbox::{Fault, NewPayment, Provider, Reply, Sandbox, seeded_id};
use serde_json::Value;

use crate::lab::{Got, HTML, JSON, Lab, sending};

const TOKEN: (&str, &str) = ("authorization", "Bearer your_access_token");
const PAID: &str = r#"{"id":"pay_001","status":"succeeded","amount":5000,"currency":"USD","reference":"order_12345","updated_at":"2025-09-18T20:42:00Z"}"#;

/// How a connection ended, and what came before that.
#[derive(Debug, PartialEq, Eq)]
enum Heard {
    Closed(String),
    Reset(String),
    Nothing,
}

fn ask(lab: &Lab, id: &str) -> Got {
    lab.get(&format!("/bearer/v1/payments/{id}/status"), &[TOKEN])
}

/// Asks over a connection of its own.
fn connect(sandbox: &Sandbox, id: &str) -> TcpStream {
    let mut stream = TcpStream::connect(sandbox.address()).unwrap();
    let path = format!("/bearer/v1/payments/{id}/status");
    let (name, value) = TOKEN;
    let head = format!("GET {path} HTTP/1.1\r\nhost: x\r\n{name}: {value}\r\nconnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    stream
}

fn hear(lab: &Lab, id: &str, patience: Duration) -> Heard {
    let mut stream = connect(&lab.sandbox, id);
    stream.set_read_timeout(Some(patience)).unwrap();
    let mut bytes = Vec::new();
    let end = stream.read_to_end(&mut bytes);
    let text = String::from_utf8(bytes).unwrap();
    match end.map_err(|error| error.kind()) {
        Ok(_) => Heard::Closed(text),
        Err(ErrorKind::ConnectionReset) => Heard::Reset(text),
        Err(ErrorKind::WouldBlock | ErrorKind::TimedOut) => Heard::Nothing,
        Err(other) => panic!("{other}"),
    }
}

fn listen(lab: &Lab) -> Heard {
    hear(lab, "pay_001", Duration::from_secs(10))
}

/// The fault by the library and by the control interface, of a payment and of its provider: each on its own sandbox.
#[track_caller]
fn check(fault: Fault, json: &str, check: impl Fn(&Lab)) {
    for id in [None, Some("pay_001")] {
        let lab = Lab::new();
        lab.sandbox.inject(Provider::BEARER, id, fault.clone()).unwrap();
        check(&lab);

        let lab = Lab::new();
        let path =
            id.map_or("/providers/bearer/faults".to_owned(), |id| format!("/payments/bearer/{id}/faults"));
        let got = lab.control("PUT", &path, json);
        assert_eq!((got.status, &*got.body), (204, ""));
        check(&lab);
        // What is there no more does nothing more.
        assert_eq!(lab.control("DELETE", &path, "").status, 204);
        ask(&lab, "pay_001").is(200, JSON, PAID);
    }
}

#[test]
fn a_delay() {
    check(Fault::delay(Duration::from_millis(60)), r#"{"delay_ms":60}"#, |lab| {
        for _ in 0..2 {
            let begun = Instant::now();
            ask(lab, "pay_001").is(200, JSON, PAID);
            assert!(begun.elapsed() >= Duration::from_millis(60));
        }
    });
}

#[test]
fn a_status_for_so_many_asks_and_until_it_is_cleared() {
    check(Fault::status(503).times(2), r#"{"status":503,"times":2}"#, |lab| {
        ask(lab, "pay_001").is_page(503);
        ask(lab, "pay_001").is_page(503);
        ask(lab, "pay_001").is(200, JSON, PAID);
    });
    check(Fault::status(401), r#"{"status":401}"#, |lab| {
        for _ in 0..3 {
            let refused = r#"{"error":"unauthorized","message":"Invalid or missing access token."}"#;
            ask(lab, "pay_001").is(401, JSON, refused);
        }
    });
}

#[test]
fn a_status_is_answered_by_every_provider_whatever_it_is_sent() {
    let lab = Lab::new();
    for &provider in Provider::ALL {
        for status in [400, 401, 403, 404, 409, 429, 500, 503] {
            lab.sandbox.inject(provider, None, Fault::status(status).times(1)).unwrap();
            let got = lab.get(&format!("/{provider}/anything"), &[]);
            assert_eq!(got.status, status, "{provider}");
        }
    }
}

#[test]
fn too_many_requests_in_seconds_and_as_a_date() {
    let limited = Fault::status(429).with_retry_after(7);
    check(limited.clone(), r#"{"status":429,"retry_after":7}"#, |lab| {
        let got = ask(lab, "pay_001");
        assert_eq!((got.status, got.header("retry-after")), (429, "7"));
    });
    let dated = Fault::status(429).with_retry_after_date(90);
    check(dated, r#"{"status":429,"retry_after_date":90}"#, |lab| {
        let got = ask(lab, "pay_001");
        let (date, after) = (got.header("date"), got.header("retry-after"));
        let instant = |text: &str| {
            let parser = jiff::fmt::rfc2822::DateTimeParser::new();
            parser.parse_timestamp(text).unwrap().as_second()
        };
        assert_eq!(instant(after) - instant(date), 90);
        assert!(date.len() == 29 && after.len() == 29 && after.ends_with(" GMT"), "{after}");
        assert_eq!(got.headers.get_all("date").iter().count(), 1);
    });
}

#[test]
fn a_reply_and_no_payment() {
    let teapot = Reply::new(418).with_header("content-type", HTML).with_body("short and stout");
    let json = r#"{"reply":{"status":418,"headers":{"content-type":"text/html; charset=utf-8"},"body":"short and stout"},"times":1}"#;
    check(Fault::reply(teapot).times(1), json, |lab| {
        ask(lab, "pay_001").is(418, HTML, "short and stout");
        ask(lab, "pay_001").is(200, JSON, PAID);
    });
    check(Fault::not_found().times(2), r#"{"not_found":true,"times":2}"#, |lab| {
        let nobody = r#"{"error":"not_found","message":"Payment with ID pay_001 could not be found."}"#;
        ask(lab, "pay_001").is(404, JSON, nobody);
        ask(lab, "pay_001").is(404, JSON, nobody);
        ask(lab, "pay_001").is(200, JSON, PAID);
    });
}

#[test]
fn half_a_body_that_is_whole_by_its_length() {
    check(Fault::malformed(), r#"{"malformed":true}"#, |lab| {
        ask(lab, "pay_001").is(200, JSON, &PAID[..PAID.len() / 2]);
    });
}

#[test]
fn a_body_that_is_cut_or_reset() {
    let length = PAID.len();
    for (after, sent, announced) in [(10, 10, length), (0, 0, length), (1000, length, 1001)] {
        let is_cut = |text: &str| {
            let (head, body) = text.split_once("\r\n\r\n").unwrap();
            assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
            assert!(head.contains(&format!("content-length: {announced}\r\n")), "{head}");
            assert_eq!(body, &PAID[..sent]);
        };
        check(Fault::cut(after), &format!(r#"{{"cut_after":{after}}}"#), |lab| match listen(lab) {
            Heard::Closed(text) => is_cut(&text),
            other => panic!("{other:?}"),
        });
        check(Fault::reset_after(after), &format!(r#"{{"reset_after":{after}}}"#), |lab| match listen(lab) {
            Heard::Reset(text) => is_cut(&text),
            other => panic!("{other:?}"),
        });
    }
}

#[test]
fn a_large_body_is_cut_where_it_should_be() {
    let lab = Lab::new();
    let large = Reply::new(200).with_body(vec![b' '; 3 << 20]);
    lab.sandbox.inject(Provider::BEARER, None, Fault::reply(large).and(Fault::cut(2 << 20))).unwrap();
    let Heard::Closed(text) = listen(&lab) else { panic!("reset") };
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("content-length: 3145728\r\n"), "{head}");
    assert_eq!(body.len(), 2 << 20);
}

#[test]
fn a_reset_without_an_answer() {
    check(Fault::reset().times(1), r#"{"reset":true,"times":1}"#, |lab| {
        assert_eq!(listen(lab), Heard::Reset(String::new()));
        assert!(matches!(listen(lab), Heard::Closed(text) if text.ends_with(PAID)));
    });
}

#[test]
fn silence_disturbs_nobody_else_and_ends_with_the_sandbox() {
    check(Fault::hang(), r#"{"hang":true}"#, |lab| {
        assert_eq!(hear(lab, "pay_001", Duration::from_millis(50)), Heard::Nothing);
    });

    let lab = Lab::new();
    lab.sandbox.inject(Provider::BEARER, Some("pay_001"), Fault::hang()).unwrap();
    lab.sandbox.inject(Provider::BEARER, Some("sandbox-failed"), Fault::delay(Duration::MAX)).unwrap();
    lab.sandbox
        .inject(Provider::BEARER, Some("sandbox-canceled"), Fault::none().lasting(Duration::MAX))
        .unwrap();
    let mut silent = ["pay_001", "sandbox-failed"].map(|id| connect(&lab.sandbox, id));
    for id in ["sandbox-succeeded", "sandbox-canceled", "sandbox-pending"] {
        assert_eq!(ask(&lab, id).status, 200);
    }
    let begun = Instant::now();
    drop(lab);
    for stream in &mut silent {
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        // Closed or reset: in any case without an answer.
        assert_eq!(stream.read(&mut [0]).unwrap_or(0), 0);
    }
    assert!(begun.elapsed() < Duration::from_secs(60));
}

/// The states that the next asks are answered; none where that is no payment.
fn states<const N: usize>(lab: &Lab, id: &str) -> [String; N] {
    [(); N].map(|()| {
        let body = serde_json::from_str::<Value>(&ask(lab, id).body).unwrap_or_default();
        body["status"].as_str().unwrap_or("none").to_owned()
    })
}

#[test]
fn states_by_ask() {
    let late = |lab: &Lab| {
        assert_eq!(states(lab, "sandbox-pending"), ["failed", "failed", "succeeded", "succeeded"]);
        assert_eq!(lab.sandbox.payment(Provider::BEARER, "sandbox-pending").unwrap().state(), "succeeded");
        assert_eq!(states(lab, "pay_001"), ["succeeded"]);
    };
    let lab = Lab::new();
    lab.sandbox.script(Provider::BEARER, "sandbox-pending", ["failed", "failed", "succeeded"]).unwrap();
    late(&lab);
    let lab = Lab::new();
    let json = r#"[{"state":"failed","times":2},{"state":"succeeded"}]"#;
    assert_eq!(lab.control("PUT", "/payments/bearer/sandbox-pending/faults", json).status, 204);
    late(&lab);

    let lab = Lab::new();
    let json = r#"[{"times":3},{"state":"succeeded"},{"status":500,"times":1}]"#;
    assert_eq!(lab.control("PUT", "/payments/bearer/sandbox-pending/faults", json).status, 204);
    let expected = ["pending", "pending", "pending", "none", "succeeded"];
    assert_eq!(states(&lab, "sandbox-pending"), expected);
}

#[test]
fn a_state_by_time_which_is_told_without_an_ask() {
    let (lab, provider) = (Lab::new(), sending());
    // Nobody listens there.
    lab.sandbox.set_callback_url(provider, "http://127.0.0.1:1/").unwrap();
    let id = seeded_id(provider.open_state());
    let json = format!(r#"[{{"times":9,"for_ms":30}},{{"state":"{}"}}]"#, provider.paid_state());
    let begun = Instant::now();
    assert_eq!(lab.control("PUT", &format!("/payments/{provider}/{id}/faults"), &json).status, 204);
    while lab.sandbox.callbacks().is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(60));
        std::thread::yield_now();
    }
    assert!(begun.elapsed() >= Duration::from_millis(30));
    let told = &lab.sandbox.callbacks()[0];
    let payment = lab.sandbox.payment(provider, &id).unwrap();
    assert_eq!((told.payment_id(), told.state()), (payment.id(), provider.paid_state()));
    assert_eq!(payment.state(), provider.paid_state());
}

#[test]
fn a_provider_and_a_payment_go_wrong_together() {
    let lab = Lab::new();
    lab.sandbox.create(NewPayment::new(Provider::BEARER, "new", "pending")).unwrap();
    lab.sandbox.inject(Provider::BEARER, None, Fault::status(502).times(1)).unwrap();
    lab.sandbox.inject(Provider::BEARER, None, Fault::delay(Duration::from_millis(20))).unwrap();
    lab.sandbox.script(Provider::BEARER, "new", ["failed", "succeeded"]).unwrap();
    lab.sandbox.inject(Provider::BEARER, Some("new"), Fault::delay(Duration::from_millis(20))).unwrap();
    // What the provider answers unread is no ask for the payment.
    assert_eq!(states(&lab, "new"), ["none", "failed", "succeeded"]);
    let begun = Instant::now();
    assert_eq!(states(&lab, "new"), ["succeeded"]);
    assert!(begun.elapsed() >= Duration::from_millis(40));

    // A payment's faults are for those who may ask.
    lab.sandbox.clear_faults(Provider::BEARER, Some("new")).unwrap();
    lab.sandbox.inject(Provider::BEARER, Some("new"), Fault::status(503).times(1)).unwrap();
    assert_eq!(lab.get("/bearer/v1/payments/new/status", &[]).status, 401);
    assert_eq!(ask(&lab, "new").status, 503);
    // Other providers go on.
    lab.sandbox.clear_faults(Provider::BEARER, None).unwrap();
    lab.sandbox.inject(Provider::BEARER, None, Fault::status(503)).unwrap();
    for provider in Provider::ALL.iter().filter(|provider| **provider != Provider::BEARER) {
        let status = lab.get(&format!("/{provider}/nowhere"), &[]).status;
        assert!((400..500).contains(&status), "{provider}: {status}");
    }
}

#[test]
fn a_canned_reply_is_a_fault_that_stays() {
    let lab = Lab::new();
    lab.sandbox.inject(Provider::BEARER, Some("pay_001"), Fault::hang()).unwrap();
    lab.sandbox.set_reply(Provider::BEARER, "pay_001", Reply::new(204)).unwrap();
    assert_eq!(ask(&lab, "pay_001").status, 204);
    lab.sandbox.set_reply(Provider::BEARER, "pay_001", Reply::new(500)).unwrap();
    assert_eq!([ask(&lab, "pay_001").status, ask(&lab, "pay_001").status], [500, 500]);
    lab.sandbox.clear_faults(Provider::BEARER, Some("pay_001")).unwrap();
    assert_eq!(ask(&lab, "pay_001").status, 200);
}

#[test]
fn what_cannot_be_is_named() {
    let lab = Lab::new();
    let payment = "/payments/bearer/pay_001/faults";
    let refused = |path: &str, json: &str, status: u16, field: &str, allowed: &str| {
        let got = lab.control("PUT", path, json);
        let error: Value = serde_json::from_str(&got.body).unwrap();
        assert_eq!((got.status, error["field"].as_str()), (status, Some(field)), "{json} {}", got.body);
        assert!(got.body.contains(allowed), "{}", got.body);
    };
    for (json, field, allowed) in [
        ("", "body", "a JSON object or a list"),
        ("{}", "body", r#""hang""#),
        ("7", "body", ""),
        (r#"[{"hang":true},7]"#, "body", ""),
        (r#"{"hang":true,"hang":true}"#, "body", "repeated"),
        (r#"{"hangs":true}"#, "hangs", r#""hang""#),
        (r#"{"hang":false}"#, "hang", r#"["true"]"#),
        (r#"{"hang":true,"reset":true}"#, "hang", r#""reset_after""#),
        (r#"{"status":500,"not_found":true}"#, "not_found", r#"["status","reply","not_found"]"#),
        (r#"{"retry_after":1,"retry_after_date":1}"#, "retry_after_date", "retry_after"),
        (r#"{"status":"500"}"#, "status", "from 200 to 599"),
        (r#"{"status":199}"#, "status", "from 200 to 599"),
        (r#"{"status":204,"cut_after":1}"#, "cut_after", "no body"),
        (r#"{"reply":7}"#, "reply", "an object"),
        (r#"{"reply":{}}"#, "status", "missing"),
        (r#"{"reply":{"status":200,"bdy":""}}"#, "bdy", r#""headers""#),
        (r#"{"reply":{"status":200,"headers":{"a b":""}}}"#, "headers", "valid"),
        (r#"{"delay_ms":-1}"#, "delay_ms", "whole number"),
        (r#"{"delay_ms":1.5}"#, "delay_ms", "whole number"),
        (r#"{"cut_after":4294967296}"#, "cut_after", "4294967295"),
        (r#"{"hang":true,"times":0}"#, "times", "at least 1"),
        (r#"{"hang":true,"for_ms":0}"#, "for_ms", "at least 1"),
        (r#"{"state":""}"#, "state", r#""succeeded""#),
        (r#"{"state":7}"#, "state", "a string"),
        (r#"[{"hang":true},{"state":"failed"}]"#, "times", "never come"),
    ] {
        refused(payment, json, 400, field, allowed);
    }
    refused("/providers/bearer/faults", r#"{"state":"failed"}"#, 400, "state", "provider");
    refused("/payments/bearer/nobody/faults", r#"{"hang":true}"#, 404, "id", "");
    refused("/providers/nobody/faults", r#"{"hang":true}"#, 404, "provider", r#""bearer""#);
    assert_eq!(lab.control("POST", payment, "{}").header("allow"), "PUT, DELETE");
    assert_eq!(lab.control("DELETE", "/payments/bearer/nobody/faults", "").status, 404);
    // Nothing of a list is taken if one of it is refused.
    refused(payment, r#"[{"status":500,"times":1},{"status":1}]"#, 400, "status", "");
    ask(&lab, "pay_001").is(200, JSON, PAID);
    let nobody = lab.sandbox.script(Provider::BEARER, "nobody", ["failed"]).unwrap_err();
    assert!(nobody.is_not_found());
}
