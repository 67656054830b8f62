//! Callbacks: a genuine one by a vector that the official SDK agrees with, and every way of not being genuine.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderValue};
use paystatus_core::{Callback, Covers, Lookup, NotGenuine, Notification, SignsCallbacks};
use paystatus_mercadopago::MercadoPago;

use crate::{ID, account};

const SECRET: &str = "canary-webhook-secret";
const URL: &str = "https://shop.example/hook?data.id=3506756222&type=payment";
const BODY: &str = r#"{"id":112233,"live_mode":true,"type":"payment","action":"payment.updated","api_version":"v1","user_id":44444,"data":{"id":"3506756222"}}"#;
const V1: &str = "8d8b7a755a2973aa7c529375486d596e3d92c5c371d263ae86ade3cd61ba5621";
const REQUEST_ID: (&str, &str) = ("x-request-id", "bb56a2f1-6aae-46ac-982e-9dcd3581d08e");
const MILLIS: u64 = 1_742_505_638_683;

fn with(secrets: &[&str]) -> MercadoPago {
    account().with_callback_secrets(secrets.iter().map(|&secret| secret.into()))
}

/// As it arrives a minute after its time.
fn verify(
    account: &MercadoPago,
    headers: &[(&'static str, &str)],
    body: &str,
    url: Option<&str>,
) -> Result<Notification, NotGenuine> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(*name, HeaderValue::from_str(value).unwrap());
    }
    let now = SystemTime::UNIX_EPOCH + Duration::from_millis(MILLIS) + Duration::from_secs(60);
    let callback = Callback::new(&map, body.as_bytes(), now);
    account.verify_callback(&url.map_or(callback, |url| callback.at_url(url)))
}

fn genuine() -> String {
    format!("ts={MILLIS},v1={V1}")
}

/// What is said of a callback that is signed now, for this URL.
fn signed(body: &str, url: &str) -> Result<Notification, NotGenuine> {
    let at = SystemTime::UNIX_EPOCH + Duration::from_millis(MILLIS);
    let made = with(&[SECRET]).sign_callback(body.as_bytes(), at).unwrap();
    let headers: Vec<_> = made.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    verify(&with(&[SECRET]), &headers, body, Some(url))
}

#[test]
fn the_vector_is_genuine() {
    for header in
        [genuine(), format!(" ts={MILLIS} , v1={V1}"), format!("v2=00,v1={},ts={MILLIS}", V1.to_uppercase())]
    {
        let notification =
            verify(&with(&[SECRET]), &[("x-signature", &header), REQUEST_ID], BODY, Some(URL)).unwrap();
        assert_eq!(notification.payments(), [Lookup::payment(ID)]);
        assert_eq!(notification.covers(), Covers::Fields(&["data.id", "x-request-id", "ts"]));
        assert_eq!((notification.matched_secret(), notification.deduplication_key()), (0, "112233"));
    }
    let second = verify(&with(&["new", SECRET]), &[("x-signature", &genuine()), REQUEST_ID], BODY, Some(URL));
    assert_eq!(second.unwrap().matched_secret(), 1);
    assert_eq!(signed(BODY, URL).unwrap().payments(), [Lookup::payment(ID)]);
    // Letters are signed in lower case.
    let letters = BODY.replace(ID, "AB12");
    assert_eq!(signed(&letters, &URL.replace(ID, "AB12")).unwrap().payments(), [Lookup::payment("AB12")]);
}

#[test]
fn another_secret_time_request_or_query_is_refused() {
    let refused = |account: &MercadoPago, headers: &[(&'static str, &str)], url: &str| {
        verify(account, headers, BODY, Some(url)).unwrap_err()
    };
    let genuine = genuine();
    let right = [("x-signature", genuine.as_str()), REQUEST_ID];
    assert_eq!(refused(&with(&["other"]), &right, URL), NotGenuine::BadSignature);
    assert_eq!(refused(&with(&[]), &right, URL), NotGenuine::NoSecret);
    let of = |header: &str| refused(&with(&[SECRET]), &[("x-signature", header), REQUEST_ID], URL);
    for header in [
        genuine.replace("683,", "684,"),
        genuine.replace("v1=8", "v1=9"),
        genuine.replace("v1", "v2"),
        format!("ts={MILLIS}"),
        format!("ts={MILLIS},v1="),
    ] {
        assert_eq!(of(&header), NotGenuine::BadSignature, "{header}");
    }
    for header in [
        "",
        "v1=00",
        "ts=,v1=00",
        "ts=-1,v1=00",
        "ts=+7,v1=00",
        "ts=1,ts=2,v1=00",
        "ts=99999999999999999999,v1=00",
    ] {
        assert!(matches!(of(header), NotGenuine::Malformed(_)), "{header}");
    }
    let signature = right[0];
    assert_eq!(refused(&with(&[SECRET]), &[signature], URL), NotGenuine::BadSignature);
    assert_eq!(
        refused(&with(&[SECRET]), &[signature, ("x-request-id", "other")], URL),
        NotGenuine::BadSignature
    );
    assert_eq!(refused(&with(&[SECRET]), &right, &URL.replace(ID, "1")), NotGenuine::BadSignature);
    assert_eq!(refused(&with(&[SECRET]), &right, "https://shop.example/hook"), NotGenuine::BadSignature);
    for headers in [vec![REQUEST_ID], vec![signature, signature, REQUEST_ID]] {
        assert!(matches!(refused(&with(&[SECRET]), &headers, URL), NotGenuine::Malformed(_)));
    }
    assert!(matches!(
        refused(&with(&[SECRET]), &right, &format!("{URL}&data.id=1")),
        NotGenuine::Malformed(_)
    ));
    assert!(matches!(verify(&with(&[SECRET]), &right, BODY, None), Err(NotGenuine::Malformed(_))));
}

#[test]
fn the_body_is_not_signed_and_names_nothing() {
    let genuine = genuine();
    let of = |body: &str| verify(&with(&[SECRET]), &[("x-signature", &genuine), REQUEST_ID], body, Some(URL));
    for other in [BODY.replace(ID, "1"), BODY.replace(r#""3506756222""#, "1"), "[]".to_owned(), String::new()]
    {
        assert!(matches!(of(&other), Err(NotGenuine::Malformed(_))), "{other}");
    }
    let number = BODY.replace(r#""3506756222""#, ID);
    assert_eq!(of(&number).unwrap().payments(), [Lookup::payment(ID)]);
    assert_eq!(of(r#"{"type":"payment"}"#).unwrap().payments(), [Lookup::payment(ID)]);
    for other in ["chargebacks", "topic_claims_integration_wh", ""] {
        let body = BODY.replace(r#""type":"payment""#, &format!(r#""type":"{other}""#));
        assert_eq!(of(&body).unwrap().payments(), [], "{other}");
    }
    assert_eq!(signed(BODY, &URL.replace("=payment", "=order")).unwrap().payments(), []);
}

#[test]
fn an_old_one_is_told_from_a_wrong_one() {
    let at = |time: &str, seconds: u64| {
        let made = with(&[SECRET])
            .sign_callback(BODY.as_bytes(), SystemTime::UNIX_EPOCH + Duration::from_millis(MILLIS))
            .unwrap();
        assert_eq!(made.headers[0].1.split_once(',').unwrap().0, format!("ts={MILLIS}"), "{time}");
        let mut headers = HeaderMap::new();
        for (name, value) in &made.headers {
            headers.insert(*name, value.parse().unwrap());
        }
        let now = SystemTime::UNIX_EPOCH + Duration::from_millis(MILLIS) + Duration::from_secs(seconds);
        with(&[SECRET]).verify_callback(&Callback::new(&headers, &made.body, now).at_url(URL))
    };
    assert!(at("in time", 600).is_ok());
    let stale = at("late", 601).unwrap_err();
    assert!(
        matches!(&stale, NotGenuine::Stale { payments, .. } if payments == &[Lookup::payment(ID)]),
        "{stale}"
    );
}

#[test]
fn older_callbacks_count_seconds() {
    // The HMAC-SHA256 of `id:3506756222;request-id:bb56a2f1-6aae-46ac-982e-9dcd3581d08e;ts:1742505638;`, by openssl.
    let header = format!("ts=1742505638,v1={SECONDS}");
    let seconds = verify(&with(&[SECRET]), &[("x-signature", &header), REQUEST_ID], BODY, Some(URL));
    assert_eq!(seconds.unwrap().payments(), [Lookup::payment(ID)]);
}

#[test]
fn a_missing_pair_is_left_out_of_what_is_signed() {
    // That of `id:3506756222;ts:1742505638683;`, by openssl.
    let header = format!("ts={MILLIS},v1={WITHOUT_REQUEST}");
    assert!(verify(&with(&[SECRET]), &[("x-signature", &header)], BODY, Some(URL)).is_ok());
    // Without an id in the query there is no payment, and a body must not bring one.
    let nobody = BODY.replace(r#","data":{"id":"3506756222"}"#, "");
    assert_eq!(signed(&nobody, "https://shop.example/hook").unwrap().payments(), []);
}

const SECONDS: &str = "c6bc1693da4017505c53246d12dc86da4d10438c78f2f5c8a07ae6905d634a40";
const WITHOUT_REQUEST: &str = "c3140c45a2bb4d34d2232e93722add8dd33fd42e05a4e50f0d9be2da3a9670c1";
