//! What only this provider does, over stored replies: no network, no clock.

#![expect(clippy::unwrap_used, reason = "a helper that cannot do its part fails its test")]

mod callback;
mod conformance;

use http::Response;
use paystatus_core::{
    BaseUrl, Body, Discrepancy, Error, ErrorKind, Expected, Lookup, Money, Payment, Provider,
};
use paystatus_flutterwave::{Ask, Details, Flutterwave, interpret};

const ID: &str = "288200108";
const TX_REF: &str = "LiveCardTest";

/// A transaction in its fewest words, with these fields beside.
fn transaction(status: &str, more: &str) -> String {
    format!(
        r#"{{"status":"success","message":"Transaction fetched successfully","data":{{"id":{ID},"tx_ref":"{TX_REF}",
            "currency":"NGN","status":"{status}","created_at":"2020-07-15T14:31:16.000Z",{more}}}}}"#
    )
}

fn ask(lookup: Lookup, body: &str) -> Result<Payment<Details>, Error> {
    interpret(&Flutterwave::new("canary"), &lookup, &Response::new(Body::from(body.to_owned())))
}

#[test]
fn the_requests_are_the_documented_ones() {
    let base_url = BaseUrl::parse("https://pay.example.com/flw").unwrap();
    let account = Flutterwave::new("FLWSECK-canary-X").with_base_url(base_url);
    for (lookup, url) in [
        (Lookup::payment(ID), "https://pay.example.com/flw/v3/transactions/288200108/verify"),
        (
            Lookup::order("a&tx_ref=b #/é"),
            "https://pay.example.com/flw/v3/transactions/verify_by_reference?tx_ref=a%26tx_ref%3Db%20%23%2F%C3%A9",
        ),
    ] {
        let request = account.request(&Ask::about(&lookup)).unwrap();
        assert_eq!((request.method().as_str(), request.body().as_bytes()), ("GET", &b""[..]));
        assert_eq!(request.uri().to_string(), url);
        assert_eq!(request.headers()["authorization"], "Bearer FLWSECK-canary-X");
        assert!(request.headers().values().all(|value| value.is_sensitive()));
    }
    for id in ["12a", "-1", "1.0", " 1", "\u{661}", "FLW275407301"] {
        let error = account.request(&Ask::about(&Lookup::payment(id))).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidLookup, "{id}");
    }
}

#[test]
fn the_id_and_the_reference_are_those_that_were_asked_for() {
    let body = transaction("successful", r#""amount":100,"charged_amount":100"#);
    for lookup in [Lookup::payment(ID), Lookup::order(TX_REF)] {
        let payment = ask(lookup, &body).unwrap();
        assert_eq!((payment.id(), payment.reference()), (ID, Some(TX_REF)));
    }
    // As lists write it.
    assert!(ask(Lookup::payment(ID), &body.replace(ID, &format!("\"{ID}\""))).unwrap().is_paid());
    for lookup in [
        Lookup::payment("288200109"),
        Lookup::payment("0288200108"),
        Lookup::order("livecardtest"),
        // An order that is called like another's transaction.
        Lookup::order(ID),
    ] {
        assert_eq!(ask(lookup.clone(), &body).unwrap_err().kind(), ErrorKind::Mismatch, "{lookup:?}");
    }
}

#[test]
fn what_decides_is_read_strictly() {
    let body = transaction(
        "successful",
        r#""amount":100,"charged_amount":100,"flw_ref":"FLW1","charge_type":"normal""#,
    );
    assert!(ask(Lookup::payment(ID), &body).unwrap().is_paid());
    for (from, to) in [
        (r#""status":"success","#, ""),
        (r#""status":"success","#, r#""status":null,"#),
        (r#""status":"success","message":"#, r#""status":"error","message":"x","message":"#),
        (r#""tx_ref":"LiveCardTest","#, ""),
        (r#""tx_ref":"LiveCardTest","#, r#""tx_ref":null,"#),
        (r#""id":288200108,"#, ""),
        (r#""id":288200108,"#, r#""id":true,"#),
        (r#""status":"successful","#, r#""status":7,"#),
        (r#""amount":100,"#, r#""amount":-100,"#),
        (r#""charged_amount":100"#, r#""charged_amount":"1,000""#),
        (r#""charged_amount":100"#, r#""charged_amount":-1"#),
        (r#""flw_ref":"FLW1""#, r#""flw_ref":["PREAUTH"]"#),
        (r#""charge_type":"normal""#, r#""charge_type":{"is":"preauth"}"#),
        (r#""currency":"NGN""#, r#""currency":"₦""#),
    ] {
        let changed = body.replacen(from, to, 1);
        assert_ne!(changed, body);
        assert_eq!(ask(Lookup::payment(ID), &changed).unwrap_err().kind(), ErrorKind::InvalidReply, "{to}");
    }
}

#[test]
fn a_fee_on_top_is_why_at_least_exists() {
    let body = transaction("successful", r#""amount":100,"charged_amount":101.4"#);
    let asked = Money::parse("100", "NGN").unwrap();
    let verdict = |expected: &Expected| ask(Lookup::payment(ID), &body).unwrap().verify(expected);
    let refused = verdict(&Expected::new(asked)).unwrap_err();
    assert!(matches!(refused.discrepancies(), [Discrepancy::Overpaid { .. }]));
    assert!(verdict(&Expected::at_least(asked).with_reference(TX_REF)).is_ok());
}

#[test]
fn it_is_its_own_configuration() {
    let read = |json: &str| serde_json::from_str::<Flutterwave>(json);
    for name in ["webhook_hash", "callback_secret"] {
        let account = read(&format!(
            r#"{{"secret_key":"canary","{name}":["canary"],"base_url":"https://pay.example.com"}}"#
        ));
        assert!(!format!("{:?}", account.unwrap()).contains("canary"));
    }
    assert!(read(r#"{"secret_key":"canary"}"#).is_ok());
    assert!(read(r#"{"webhook_hash":"canary"}"#).is_err());
    assert!(read(r#"{"secret_key":"canary","public_key":"canary"}"#).is_err());
}
