//! What only Paytm does, over stored replies: no network, no clock.

#![expect(clippy::unwrap_used, reason = "a helper that cannot do its part fails its test")]

mod callback;
mod conformance;

use http::Response;
use paystatus_core::{Ask, BaseUrl, Body, Error, ErrorKind, Lookup, Payment, Provider, SignsCallbacks};
use paystatus_paytm::{Details, Paytm, interpret};

const MID: &str = "INTEGR00000000000001";
const ORDER: &str = "ORDERID_98765";
const KEY: &str = "canarykey#123456";

/// What tells of an outcome alone, of nobody's order.
fn outcome(status: &str, code: &str, message: &str) -> String {
    format!(
        r#"{{"body":{{"resultInfo":{{"resultStatus":"{status}","resultCode":"{code}","resultMsg":"{message}"}}}}}}"#
    )
}

/// The order of 100 rupees, with more behind.
fn described(status: &str, code: &str, more: &str) -> String {
    let order = format!(r#","orderId":"{ORDER}","mid":"{MID}","txnAmount":"100.00"{more}}}}}"#);
    outcome(status, code, "x").replacen("}}}", &format!("}}{order}"), 1)
}

/// The same reply with a signature in its head, by whoever has this key: a callback is signed as a reply is.
fn signed(key: &str, reply: &str) -> String {
    let signed = Paytm::new(MID, key).sign_callback(reply.as_bytes(), std::time::UNIX_EPOCH).unwrap();
    String::from_utf8(signed.body).unwrap()
}

fn ask_as(account: &Paytm, body: &str) -> Result<Payment<Details>, Error> {
    interpret(account, &Lookup::order(ORDER), &Response::new(Body::from(body.to_owned())))
}

fn ask(body: &str) -> Result<Payment<Details>, Error> {
    ask_as(&Paytm::new(MID, KEY), body)
}

#[test]
fn the_request_is_the_documented_one() {
    let account = Paytm::new(MID, KEY).with_base_url(BaseUrl::parse("https://pay.example.com/in").unwrap());
    for lookup in [Lookup::order(ORDER), Lookup::payment(ORDER)] {
        let request = account.request(&Ask::about(&lookup).with_nonce([0x1a; 16])).unwrap();
        assert_eq!(request.method(), "POST");
        assert_eq!(request.uri(), "https://pay.example.com/in/v3/order/status");
        assert_eq!(request.headers()["content-type"], "application/json");
        let text = std::str::from_utf8(request.body().as_bytes()).unwrap();
        let body = r#""},"body":{"mid":"INTEGR00000000000001","orderId":"ORDERID_98765"}}"#;
        assert!(text.starts_with(r#"{"head":{"signature":""#) && text.ends_with(body), "{text}");
        assert!(!format!("{request:?} {account:?}").contains("canary"));
        let again = account.request(&Ask::about(&lookup).with_nonce([0x2b; 16])).unwrap();
        assert_ne!(request.body().as_bytes(), again.body().as_bytes());
    }
}

#[test]
fn an_orders_id_is_of_letters_digits_and_four_signs() {
    let kind = |id: &str| {
        let request = Paytm::new(MID, KEY).request(&Ask::about(&Lookup::order(id)));
        request.map_err(|error| error.kind()).err()
    };
    for id in ["a/b", "a b", "a\"b", "é", &"x".repeat(51)] {
        assert_eq!(kind(id), Some(ErrorKind::InvalidLookup), "{id}");
    }
    assert_eq!((kind("aZ09@-_."), kind(&"x".repeat(50))), (None, None));
}

#[test]
fn a_key_has_16_bytes() {
    for key in ["", "canarykey#12345", "canarykey#1234567", "canarykey#1234é6"] {
        let error = Paytm::new(MID, key).request(&Ask::about(&Lookup::order(ORDER))).unwrap_err();
        assert!(error.kind() == ErrorKind::Config && error.message().contains("`merchant_key`"), "{error}");
        assert!(!format!("{error:?}").contains("canary"));
    }
    let error = Paytm::new(" ", KEY).request(&Ask::about(&Lookup::order(ORDER))).unwrap_err();
    assert!(error.message().contains("`merchant_id`"));
}

#[test]
fn a_success_is_signed_by_the_merchants_key() {
    let [success, pending, failed] =
        ["TXN_SUCCESS", "PENDING", "TXN_FAILURE"].map(|status| described(status, "01", ""));
    let open = Paytm::new(MID, KEY).taking_unsigned_replies();
    for reply in [&success, &pending, &failed] {
        let genuine = signed(KEY, reply);
        assert!(ask(&genuine).is_ok(), "{genuine}");
        // The signature is over the very text.
        for wrong in [
            genuine.replace(r#""100.00""#, r#""1.00""#),
            genuine.replace(r#""mid":"#, r#""mid": "#),
            signed("anotherkey#12345", reply),
            genuine.replace(r#""signature":""#, r#""signature":"A"#),
        ] {
            for account in [&Paytm::new(MID, KEY), &open] {
                assert_eq!(ask_as(account, &wrong).unwrap_err().kind(), ErrorKind::InvalidReply, "{wrong}");
            }
        }
    }
    for unsigned in [success.clone(), success.replacen('{', r#"{"head":{"signature":null},"#, 1)] {
        assert_eq!(ask(&unsigned).unwrap_err().kind(), ErrorKind::InvalidReply);
        assert!(ask_as(&open, &unsigned).unwrap().is_paid());
    }
    assert!(ask(&pending).is_ok() && ask(&failed).is_ok());
}

/// As where a stored reply is judged, of which texts that do not matter may have been taken out.
#[test]
fn without_an_account_nobody_can_tell_who_signed() {
    let nobody = Paytm::new("", "");
    let stored =
        signed(KEY, &described("TXN_SUCCESS", "01", "")).replacen("signature\":\"", "signature\":\"A", 1);
    assert!(ask_as(&nobody, &stored).unwrap().is_paid());
    // Such an account asks nobody.
    let error = nobody.request(&Ask::about(&Lookup::order(ORDER))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
}

#[test]
fn errors_are_told_whoever_signed_them() {
    let refused = outcome("TXN_FAILURE", "2005", "Checksum provided is invalid");
    let refused = refused.replacen('{', r#"{"head":{"signature":"AAAA"},"#, 1);
    let error = ask(&refused).unwrap_err();
    assert_eq!((error.kind(), error.provider_code()), (ErrorKind::Unauthorized, Some("2005")));
    assert!(!error.is_retryable() && ask(&outcome("U", "501", "Server Down")).unwrap_err().is_retryable());
}

#[test]
fn a_failure_is_not_the_end() {
    let payment = ask(&described("TXN_FAILURE", "227", "")).unwrap();
    assert!(!payment.is_final() && !payment.is_paid());
    assert_eq!(payment.reason(), Some("x"));
}

#[test]
fn it_is_its_own_configuration() {
    let read = |json: &str| serde_json::from_str::<Paytm>(json);
    let whole = r#"{"merchant_id":"INTEGR00000000000001","merchant_key":"canary","require_reply_signature":false,"base_url":"https://pay.example.com"}"#;
    assert!(!format!("{:?}", read(whole).unwrap()).contains("canary"));
    let short = r#"{"merchant_id":"INTEGR00000000000001","merchant_key":"canarykey#123456"}"#;
    let unsigned = described("TXN_SUCCESS", "01", "");
    assert!(ask_as(&read(short).unwrap(), &unsigned).is_err());
    assert!(read(&whole.replace("merchant_key", "key")).is_err());
}
