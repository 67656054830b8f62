//! What only PayPal does, over stored replies: no network, no clock.
#![expect(clippy::unwrap_used, reason = "a test's helper may fail the test")]

#[cfg(feature = "callbacks")]
mod callback;
mod conformance;

use std::time::{Duration, SystemTime};

use conformance::{one_capture, order};
use http::Response;
use paystatus_core::{
    Ask, BaseUrl, Body, Check, Error, ErrorKind, Lookup, Payment, Provider, Token, Zone, interpret,
};
use paystatus_paypal::{Details, Paypal, Resource};

const ID: &str = "5O190127TN364715T";
const CAPTURE_ID: &str = "3C679366HH908993F";

fn account() -> Paypal {
    Paypal::new("client-id", "canary-secret")
}

fn read(units: &[&str]) -> Result<Payment<Details>, Error> {
    let reply = Response::new(Body::from(order("COMPLETED", units)));
    interpret(&account(), &Lookup::payment(ID), &reply)
}

#[test]
fn the_token_is_asked_for_with_the_two_credentials() {
    let lookup = Lookup::payment(ID);
    let account = account().with_base_url(BaseUrl::parse("https://api-m.sandbox.paypal.com").unwrap());
    let request = Check::new(&account, &lookup).next(SystemTime::UNIX_EPOCH, [0; 16]).unwrap();
    assert_eq!(request.method(), "POST");
    assert_eq!(request.uri(), "https://api-m.sandbox.paypal.com/v1/oauth2/token");
    assert_eq!(request.headers()["authorization"], "Basic Y2xpZW50LWlkOmNhbmFyeS1zZWNyZXQ=");
    assert!(request.headers()["authorization"].is_sensitive());
    assert_eq!(request.headers()["content-type"], "application/x-www-form-urlencoded");
    assert_eq!(request.body().as_bytes(), b"grant_type=client_credentials");
}

#[test]
fn a_token_is_kept_until_a_minute_before_its_end() {
    let reply = r#"{"scope":"…","access_token":"A21AA","token_type":"Bearer","expires_in":31668}"#;
    let now = SystemTime::UNIX_EPOCH;
    let token = account().tokens().unwrap().read(now, reply).unwrap();
    assert!(token.is(&Token::new("A21AA")));
    assert!(
        token.is_fresh(now + Duration::from_secs(31_607))
            && !token.is_fresh(now + Duration::from_secs(31_608))
    );
}

#[test]
fn an_order_or_a_capture_is_asked_for_with_the_token() {
    let (lookup, token) = (Lookup::payment("a/b"), Token::new("A21AA"));
    for (resource, path) in
        [(Resource::Order, "/v2/checkout/orders/a%2Fb"), (Resource::Capture, "/v2/payments/captures/a%2Fb")]
    {
        let account = account().asking_about(resource);
        let request = account.request(&Ask::about(&lookup).with_token(Some(&token))).unwrap();
        assert_eq!((request.method().as_str(), request.uri().path()), ("GET", path));
        assert_eq!(request.headers()["authorization"], "Bearer A21AA");
        assert!(request.headers()["authorization"].is_sensitive() && request.headers().len() == 1);
        let error = account.request(&Ask::about(&lookup)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        let order = Lookup::order("6735");
        let error = account.request(&Ask::about(&order).with_token(Some(&token))).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
    }
}

#[test]
fn a_client_id_with_a_colon_is_refused_by_name() {
    for (id, secret, field) in
        [("a:b", "s", "`client_id`"), (" ", "s", "`client_id`"), ("a", "", "`client_secret`")]
    {
        let account = Paypal::new(id, secret);
        let error = account.tokens().unwrap().request(SystemTime::UNIX_EPOCH).unwrap_err();
        assert!(error.kind() == ErrorKind::Config && error.message().contains(field), "{error}");
    }
}

#[test]
fn the_configuration_form_has_the_same_settings() {
    let read = |more: &str| {
        serde_json::from_str::<Paypal>(&format!(r#"{{"client_id":"i","client_secret":"canary"{more}}}"#))
    };
    let base = |more| read(more).unwrap().base_url().to_string();
    assert_eq!(base(""), "https://api-m.paypal.com");
    let url = r#","base_url":"https://api-m.sandbox.paypal.com","resource":"capture","webhook_id":"1JE""#;
    assert_eq!(base(url), "https://api-m.sandbox.paypal.com");
    for (more, named) in [(r#","resource":"payment""#, "order"), (r#","client":"x""#, "`client`")] {
        let error = read(more).unwrap_err().to_string();
        assert!(error.contains(named) && !error.contains("canary"), "{error}");
    }
}

#[test]
fn sums_are_in_one_currency_or_not_at_all() {
    let text = |units: &[&str]| {
        let payment = read(units).unwrap();
        assert!(payment.is_paid());
        (payment.amount().map(|money| money.to_string()), payment.returned().map(|money| money.to_string()))
    };
    let told = |amount: &str, returned: &str| (Some(amount.to_owned()), Some(returned.to_owned()));
    assert_eq!(text(&["c COMPLETED 80.10, c COMPLETED 9.90"]), told("90.00 EUR", "0.00 EUR"));
    assert_eq!(text(&["c COMPLETED 500, r PENDING 500"]), told("500 EUR", "0 EUR"));
    assert_eq!(text(&["c COMPLETED 80, c COMPLETED"]), (None, None));
    assert_eq!(text(&["c COMPLETED 80, r COMPLETED"]), (None, None));
    let mixed = order("COMPLETED", &["c COMPLETED 80, c COMPLETED 9.90"]).replacen("EUR", "USD", 1);
    let payment = interpret(&account(), &Lookup::payment(ID), &Response::new(Body::from(mixed))).unwrap();
    assert!(payment.is_paid() && payment.amount().is_none() && payment.returned().is_none());
}

#[test]
fn the_ordered_amount_is_not_what_was_charged() {
    let reply = order("COMPLETED", &["c COMPLETED 80.10"])
        .replace(r#""reference_id""#, r#""amount":{"currency_code":"EUR","value":"100.00"},"reference_id""#);
    let payment = interpret(&account(), &Lookup::payment(ID), &Response::new(Body::from(reply))).unwrap();
    assert_eq!(payment.amount().unwrap().to_string(), "80.10 EUR");
}

#[test]
fn a_reference_falls_back_to_the_invoice() {
    for (reply, told) in [
        (r#""custom_id":"6735""#, Some("6735")),
        (r#""custom_id":"6735","invoice_id":"INV""#, Some("6735")),
        (r#""custom_id":" ","invoice_id":"INV""#, Some("INV")),
        (r#""invoice_id":"INV""#, Some("INV")),
        (r#""reference_id":"default""#, None),
    ] {
        let body = order("CREATED", &["-"])
            .replace(r#""custom_id":"6735""#, reply)
            .replace(r#""reference_id":"default","reference_id""#, r#""reference_id""#);
        let payment = interpret(&account(), &Lookup::payment(ID), &Response::new(Body::from(body))).unwrap();
        assert_eq!(payment.reference(), told);
    }
}

#[test]
fn the_reason_that_decides_is_told() {
    for (units, reason) in [
        ("c PENDING 9, c PENDING 9 CHARGEBACK, c PENDING 9 ECHECK", Some("CHARGEBACK")),
        ("c PENDING 9 ECHECK, c PENDING 9 CHARGEBACK", Some("CHARGEBACK")),
        ("c PENDING 9 ECHECK", Some("ECHECK")),
        ("c DECLINED 9, c DECLINED 9 BUYER_COMPLAINT", Some("BUYER_COMPLAINT")),
        ("c COMPLETED 9", None),
        ("a PENDING 9", None),
    ] {
        assert_eq!(read(&[units]).unwrap().reason(), reason, "{units}");
    }
}

#[test]
fn times_and_parts_are_told() {
    let reply = order("CREATED", &["-"]).replace(
        r#""intent":"CAPTURE""#,
        r#""intent":"CAPTURE","create_time":"2026-03-01T10:00:00Z","update_time":"2026-03-01T10:05:00Z""#,
    );
    let payment = interpret(&account(), &Lookup::payment(ID), &Response::new(Body::from(reply))).unwrap();
    assert_eq!(payment.created_at().map(|time| time.zone()), Some(Zone::Stated));
    assert_eq!(payment.updated_at().unwrap().to_utc().as_deref(), Some("2026-03-01T10:05:00Z"));
    let account = account().asking_about(Resource::Capture);
    let reply = Response::new(Body::from(one_capture("c COMPLETED 9.00")));
    let payment = interpret(&account, &Lookup::payment(CAPTURE_ID), &reply).unwrap();
    let Details::Capture(capture) = payment.details() else { panic!("a capture was asked for") };
    assert_eq!(
        (capture.id.as_str(), payment.returned().unwrap().to_string().as_str()),
        (CAPTURE_ID, "0.00 EUR")
    );
}

#[test]
fn lists_of_lists_are_no_payments() {
    let paid = order("COMPLETED", &["c COMPLETED 80.10"]);
    for (object, list) in [
        (
            r#"{"id":"part-0","status":"COMPLETED","amount":{"currency_code":"EUR","value":"80.10"}}"#,
            r#"["part-0","COMPLETED"]"#,
        ),
        (r#"{"currency_code":"EUR","value":"80.10"}"#, r#"["EUR","80.10"]"#),
    ] {
        assert!(paid.contains(object));
        let reply = Response::new(Body::from(paid.replace(object, list)));
        let error = interpret(&account(), &Lookup::payment(ID), &reply).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidReply, "{list}");
    }
}
