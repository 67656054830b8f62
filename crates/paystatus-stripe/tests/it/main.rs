//! What only this provider does, over stored replies: no network, no clock.

#![expect(clippy::unwrap_used, reason = "a helper that cannot do its part fails its test")]

mod callback;
mod conformance;

use http::{Response, StatusCode};
use paystatus_core::{
    BaseUrl, Body, Discrepancy, Error, ErrorKind, Expected, Lookup, Money, Payment, Provider,
};
use paystatus_stripe::{Ask, Details, Stripe, interpret};

const ID: &str = "pi_3MtwBwLkdIwHu7ix28a3tqPa";

fn account() -> Stripe {
    Stripe::new("canary-key")
}

fn reply(http: u16, body: &str) -> Response<Body> {
    let mut reply = Response::new(Body::from(body.to_owned()));
    *reply.status_mut() = StatusCode::from_u16(http).unwrap();
    reply
}

/// A payment that succeeded, in its fewest words, with this amount, currency, and sum of refunds.
fn succeeded(received: u64, currency: &str, refunded: u64) -> String {
    format!(
        r#"{{"id":"{ID}","object":"payment_intent","status":"succeeded","amount":999999,"amount_received":{received},
            "currency":"{currency}","livemode":true,"latest_charge":{{"id":"ch_1","object":"charge",
            "status":"succeeded","captured":true,"amount_captured":{received},"amount_refunded":{refunded},
            "refunded":false,"disputed":false}}}}"#
    )
}

fn ask(body: &str) -> Result<Payment<Details>, Error> {
    interpret(&account(), &Lookup::payment(ID), &reply(200, body))
}

#[test]
fn the_request_is_the_documented_one() {
    let account = account().with_base_url(BaseUrl::parse("https://pay.example.com/v2").unwrap());
    let request = account.request(&Ask::about(&Lookup::from(ID))).unwrap();
    assert_eq!(request.method(), "GET");
    assert_eq!(
        request.uri().to_string(),
        format!("https://pay.example.com/v2/v1/payment_intents/{ID}?expand%5B%5D=latest_charge")
    );
    assert_eq!(request.headers()["authorization"], "Bearer canary-key");
    assert_eq!(request.headers()["stripe-version"], "2026-10-28.endive");
    assert!(request.headers().get("stripe-account").is_none());
    assert!(!format!("{request:?} {account:?}").contains("canary"));
    let session = account.request(&Ask::about(&Lookup::from("cs_test_a1"))).unwrap();
    assert_eq!(
        session.uri().to_string(),
        "https://pay.example.com/v2/v1/checkout/sessions/cs_test_a1?expand%5B%5D=payment_intent.latest_charge"
    );
    let connected = account.with_stripe_account("acct_1").request(&Ask::about(&Lookup::from(ID))).unwrap();
    assert_eq!(connected.headers()["stripe-account"], "acct_1");
}

#[test]
fn other_objects_and_orders_are_not_asked_about() {
    for id in ["ch_3Mtw", "in_1", "py_1", "sub_1", "seti_1", "PI_1", "6735", " pi_1", "cs-1"] {
        let error = account().request(&Ask::about(&Lookup::from(id))).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidLookup, "{id}");
    }
    let error = account().request(&Ask::about(&Lookup::order("pi_1"))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

#[test]
fn amounts_are_in_its_own_minor_units() {
    for (units, currency, amount) in [
        (1099, "eur", "10.99 EUR"),
        (100, "isk", "1.00 ISK"),
        (100, "ugx", "1.00 UGX"),
        (100, "mga", "100 MGA"),
        (100, "jpy", "100 JPY"),
        (100, "krw", "100 KRW"),
        (1230, "kwd", "1.230 KWD"),
        (1230, "tnd", "1.230 TND"),
        (1230, "iqd", "12.30 IQD"),
        (u64::MAX, "usd", "184467440737095516.15 USD"),
    ] {
        let payment = ask(&succeeded(units, currency, 0)).unwrap();
        assert_eq!(payment.amount().unwrap().to_string(), amount);
    }
    for body in [r#""amount_received":10.99"#, r#""amount_received":-1"#, r#""amount_received":"1099""#] {
        let body = succeeded(1099, "eur", 0).replace(r#""amount_received":1099"#, body);
        assert_eq!(ask(&body).unwrap_err().kind(), ErrorKind::InvalidReply, "{body}");
    }
}

#[test]
fn a_refund_is_taken_off_before_anything_verifies() {
    let expected = Expected::new(Money::parse("10.99", "EUR").unwrap());
    let whole = ask(&succeeded(1099, "eur", 0)).unwrap();
    assert_eq!(whole.returned(), Some(Money::parse("0.00", "EUR").unwrap()));
    assert!(whole.verify(&expected).is_ok());
    let part = ask(&succeeded(1099, "eur", 200)).unwrap().verify(&expected).unwrap_err();
    assert!(
        matches!(part.discrepancies(), [Discrepancy::PartlyReturned { .. }]),
        "{:?}",
        part.discrepancies()
    );
}

#[test]
fn test_money_never_verifies_unless_it_is_welcome() {
    let body = succeeded(1099, "eur", 0).replace(r#""livemode":true"#, r#""livemode":false"#);
    let expected = Expected::new(Money::parse("10.99", "EUR").unwrap());
    assert_eq!(ask(&body).unwrap().test_mode(), Some(true));
    assert!(ask(&body).unwrap().verify(&expected).is_err());
    assert!(ask(&body).unwrap().verify(&expected.allowing_test_money()).is_ok());
}

#[test]
fn a_session_is_test_money_where_it_or_its_intent_says_so() {
    for (own, intents, is_test) in [
        (r#","livemode":true"#, "true", Some(false)),
        (r#","livemode":true"#, "false", Some(true)),
        (r#","livemode":false"#, "true", Some(true)),
        ("", "false", Some(true)),
        ("", "true", Some(false)),
        ("", "null", None),
    ] {
        let intent =
            succeeded(1099, "eur", 0).replace(r#""livemode":true"#, &format!(r#""livemode":{intents}"#));
        let session = format!(
            r#"{{"id":"cs_live_a1","object":"checkout.session","status":"complete","payment_status":"paid",
                "payment_intent":{intent}{own}}}"#
        );
        let payment = interpret(&account(), &Lookup::payment("cs_live_a1"), &reply(200, &session)).unwrap();
        assert_eq!(payment.test_mode(), is_test, "{session}");
        assert!(payment.is_paid());
    }
}

#[test]
fn every_field_that_paid_rests_on_must_be_there() {
    let whole = succeeded(1099, "eur", 0);
    for field in [
        r#""amount_received":1099,"#,
        r#""status":"succeeded","captured""#,
        r#","captured":true"#,
        r#","amount_captured":1099"#,
        r#","amount_refunded":0"#,
        r#""refunded":false,"#,
        r#","disputed":false"#,
    ] {
        let replacement = if field.ends_with(r#""captured""#) { r#""captured""# } else { "" };
        let body = whole.replacen(field, replacement, 1);
        assert_ne!(body, whole, "{field}");
        let payment = ask(&body).unwrap();
        assert!(!payment.is_paid() && !payment.is_final(), "{body}");
    }
}

#[test]
fn a_list_is_not_taken_for_an_object_by_its_order() {
    let whole = succeeded(1099, "eur", 0);
    let (rest, charge) = whole.split_once(r#""latest_charge":"#).unwrap();
    let charge = &charge[..charge.len() - 1];
    for listed in [r#"["ch_1","succeeded",true,1099,0,false,false]"#, "[]", "7", "true"] {
        let body = whole.replace(charge, listed);
        assert_ne!(body, whole);
        assert_eq!(ask(&body).unwrap_err().kind(), ErrorKind::InvalidReply, "{body}");
    }
    let declined = format!(r#"{rest}"last_payment_error":["card_declined","insufficient_funds"]}}"#);
    assert_eq!(ask(&declined).unwrap_err().kind(), ErrorKind::InvalidReply, "{declined}");
    let session = r#"{"id":"cs_live_a1","object":"checkout.session","status":"complete","payment_status":"paid",
        "payment_intent":["pi_1","succeeded"]}"#;
    let read = interpret(&account(), &Lookup::payment("cs_live_a1"), &reply(200, session));
    assert_eq!(read.unwrap_err().kind(), ErrorKind::InvalidReply);
}

#[test]
fn what_is_inside_of_an_object_is_read_as_strictly_as_the_object() {
    let transfer = |remaining: &str| {
        ask(&format!(
            r#"{{"id":"{ID}","object":"payment_intent","status":"requires_action","amount":10000,"currency":"eur",
                "next_action":{{"display_bank_transfer_instructions":{{{remaining}}}}}}}"#
        ))
    };
    let part = transfer(r#""amount_remaining":7000"#).unwrap();
    assert_eq!(part.amount().map(|money| money.to_string()).as_deref(), Some("30.00 EUR"));
    for unreadable in [
        r#""amount_remaining":7000,"amount_remaining":10000"#,
        r#""amount_remaining":-7000"#,
        r#""amount_remaining":70.5"#,
        r#""amount_remaining":"7000""#,
    ] {
        assert_eq!(transfer(unreadable).unwrap_err().kind(), ErrorKind::InvalidReply, "{unreadable}");
    }
    let expired = |recovery: &str| {
        let session = format!(
            r#"{{"id":"cs_live_a1","object":"checkout.session","status":"expired","payment_status":"unpaid",
                "after_expiration":{{"recovery":{{{recovery}}}}}}}"#
        );
        interpret(&account(), &Lookup::payment("cs_live_a1"), &reply(200, &session))
    };
    assert!(!expired(r#""enabled":true"#).unwrap().is_final());
    assert!(expired(r#""enabled":false"#).unwrap().is_final());
    for unreadable in [r#""enabled":true,"enabled":false"#, r#""enabled":"true""#] {
        assert_eq!(expired(unreadable).unwrap_err().kind(), ErrorKind::InvalidReply, "{unreadable}");
    }
}

#[test]
fn a_header_forbids_to_ask_again() {
    let mut unavailable = reply(503, "");
    assert!(interpret(&account(), &Lookup::from(ID), &unavailable).unwrap_err().is_retryable());
    unavailable.headers_mut().insert("stripe-should-retry", "false".parse().unwrap());
    assert!(!interpret(&account(), &Lookup::from(ID), &unavailable).unwrap_err().is_retryable());
}

#[test]
fn it_is_its_own_configuration() {
    let read = |json: &str| serde_json::from_str::<Stripe>(json);
    let account = read(
        r#"{"secret_key":"canary","stripe_account":"acct_1","reference_metadata_key":"invoice",
            "callback_secret":["canary","canary"],"base_url":"https://pay.example.com"}"#,
    )
    .unwrap();
    assert!(!format!("{account:?}").contains("canary"));
    assert!(read(r#"{"secret_key":"canary"}"#).is_ok());
    assert!(read(r#"{"secret_key":"canary","secretkey":"canary"}"#).is_err());
    assert!(read("{}").is_err());
}
