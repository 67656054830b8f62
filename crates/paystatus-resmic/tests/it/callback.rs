//! Callbacks: genuine ones by the documented vector, and every way of not being genuine.

use std::time::SystemTime;

use http::{HeaderMap, HeaderValue};
use paystatus_core::{Callback, Covers, NotGenuine, Notification, SignsCallbacks};
use paystatus_resmic::Resmic;

const SECRET: &str = "11111111-2222-4333-8444-555555555555";
const BODY: &str = r#"{"session_id":"591abe63-aa61-411d-a419-0b546729bbd0","amount":"20","blockchain":"Sepolia","token":"DAI","from_wallet_address":"0x056397760b973BfB921Bc10Be9DA5034B1e921d7","transaction_hash":"0xa43df332c8d376fc14ffc992c4b87e04a5707a3bc7a92ec4eef7b90c66388db2","txTime":"Mar 5, 2025, 03:36","status":true}"#;
const SIGNATURE: &str = "cc01241c8e50087b638196b3ab87f72b8c4fa2e9ac21c2e436201f853d58f8ec";

fn account(secrets: &[&str]) -> Resmic {
    Resmic::new("key", "user").with_callback_secrets(secrets.iter().map(|&secret| secret.into()))
}

fn verify(account: &Resmic, signatures: &[&str], body: &[u8]) -> Result<Notification, NotGenuine> {
    let mut headers = HeaderMap::new();
    for signature in signatures {
        headers.append("X-Signature", HeaderValue::from_str(signature).unwrap());
    }
    account.verify_callback(&Callback::new(&headers, body, SystemTime::UNIX_EPOCH))
}

#[test]
fn the_documented_vector_is_genuine_in_either_case() {
    for signature in [SIGNATURE.to_owned(), SIGNATURE.to_uppercase()] {
        let notification = verify(&account(&[SECRET]), &[&signature], BODY.as_bytes()).unwrap();
        assert_eq!(notification.payments()[0].id(), "591abe63-aa61-411d-a419-0b546729bbd0");
        assert_eq!((notification.covers(), notification.matched_secret()), (Covers::Body, 0));
    }
}

#[test]
fn the_secret_that_matched_is_told() {
    let matched = |secrets: &[&str]| {
        verify(&account(secrets), &[SIGNATURE], BODY.as_bytes())
            .map(|notification| notification.matched_secret())
    };
    assert_eq!(matched(&["new", SECRET, "older"]), Ok(1));
    assert_eq!(matched(&[SECRET, SECRET]), Ok(0));
    assert_eq!(matched(&["", "canary\n", SECRET]), Ok(2));
    assert_eq!(matched(&["new", "older"]), Err(NotGenuine::BadSignature));
    assert_eq!(matched(&[]), Err(NotGenuine::NoSecret));
    assert_eq!(matched(&[""]), Err(NotGenuine::NoSecret));
}

#[test]
fn any_flipped_bit_fails() {
    let account = account(&[SECRET]);
    for index in 0..BODY.len() * 8 {
        let mut body = BODY.as_bytes().to_vec();
        body[index / 8] ^= 1 << (index % 8);
        assert_eq!(verify(&account, &[SIGNATURE], &body), Err(NotGenuine::BadSignature), "bit {index}");
    }
    let signature = paystatus_core::hex::decode(SIGNATURE).unwrap();
    for index in 0..signature.len() * 8 {
        let mut flipped = signature.clone();
        flipped[index / 8] ^= 1 << (index % 8);
        let flipped = paystatus_core::hex::encode(&flipped);
        assert_eq!(
            verify(&account, &[&flipped], BODY.as_bytes()),
            Err(NotGenuine::BadSignature),
            "bit {index}"
        );
    }
}

#[test]
fn a_signature_that_is_none_fails() {
    let account = account(&[SECRET]);
    for signature in
        ["", "0", &SIGNATURE[..62], &SIGNATURE[1..], "zz", &format!("{SIGNATURE}00"), "sha256=cc01"]
    {
        assert_eq!(
            verify(&account, &[signature], BODY.as_bytes()),
            Err(NotGenuine::BadSignature),
            "{signature}"
        );
    }
    for signatures in [&[][..], &[SIGNATURE, SIGNATURE]] {
        assert!(matches!(verify(&account, signatures, BODY.as_bytes()), Err(NotGenuine::Malformed(_))));
    }
}

#[test]
fn a_genuine_body_of_another_form_is_malformed() {
    let account = account(&[SECRET]);
    for body in
        [&b""[..], b"[]", b"{}", br#"{"session_id":1}"#, br#"{"session_id":"a","session_id":"b"}"#, b"\xff"]
    {
        let signed = account.sign_callback(body, SystemTime::UNIX_EPOCH).unwrap();
        let verdict = verify(&account, &[&signed.headers[0].1], body);
        assert!(matches!(verdict, Err(NotGenuine::Malformed(_))), "{body:?}: {verdict:?}");
    }
    let large = vec![b' '; 1_100_000];
    assert!(matches!(verify(&account, &[SIGNATURE], &large), Err(NotGenuine::Malformed(_))));
}

#[test]
fn the_deduplication_key_is_made_of_what_was_signed() {
    let account = account(&[SECRET]);
    let key = |body: &str| {
        let signed = account.sign_callback(body.as_bytes(), SystemTime::UNIX_EPOCH).unwrap();
        verify(&account, &[&signed.headers[0].1], body.as_bytes()).unwrap().deduplication_key().to_owned()
    };
    let failed = r#"{"session_id":"s","txTime":"24:36","status":false}"#;
    assert_eq!(key(BODY), key(BODY));
    assert_ne!(key(BODY), key(failed));
}

#[test]
fn a_redirect_tells_whom_to_ask_about_and_nothing_else() {
    let id = "591abe63-aa61-411d-a419-0b546729bbd0";
    for url in [
        format!("https://shop.example/ok?session_id={id}"),
        format!("https://shop.example/ok?order=7?session_id={id}"),
        format!("session_id=x&session_id={id}"),
    ] {
        assert_eq!(Resmic::redirected_session(&url).unwrap().id(), id);
    }
    for url in [
        "https://shop.example/ok".to_owned(),
        "https://shop.example/ok?session_id=".to_owned(),
        format!("https://shop.example/ok?session_id={id}&paid=1"),
        format!("https://shop.example/ok?session_id={id}#x"),
        format!("https://shop.example/ok?session_id={}", id.replace('-', "")),
        format!("https://shop.example/ok?session_id={}", id.replace('5', "g")),
        format!("https://shop.example/ok?session_id={id}?session_id=../../x"),
    ] {
        assert_eq!(Resmic::redirected_session(&url), None, "{url}");
    }
}

#[test]
fn an_id_that_nobody_can_be_asked_about_is_malformed_however_it_is_signed() {
    let account = account(&["s"]);
    for id in ["", ".", "..", &"x".repeat(256)] {
        let body = format!(r#"{{"session_id":"{id}","status":true}}"#);
        let signed = account.sign_callback(body.as_bytes(), SystemTime::UNIX_EPOCH).unwrap();
        let verdict = verify(&account, &[&signed.headers[0].1], &signed.body);
        assert!(matches!(verdict, Err(NotGenuine::Malformed(_))), "{body}: {verdict:?}");
    }
}
