//! Callbacks, which prove nothing but that somebody knows the hash.

use std::time::SystemTime;

use http::{HeaderMap, HeaderValue};
use paystatus_core::{Callback, Covers, Lookup, NotGenuine, Notification, SignsCallbacks};
use paystatus_flutterwave::Flutterwave;

const BODY: &str = r#"{"event":"charge.completed","data":{"id":288200108,"tx_ref":"LiveCardTest","status":"successful"},"event.type":"CARD_TRANSACTION"}"#;

fn account(hashes: &[&str]) -> Flutterwave {
    Flutterwave::new("canary-key").with_callback_secrets(hashes.iter().map(|&hash| hash.into()))
}

fn verify(
    account: &Flutterwave,
    headers: &[(&'static str, &str)],
    body: &str,
) -> Result<Notification, NotGenuine> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(*name, HeaderValue::from_str(value).unwrap());
    }
    account.verify_callback(&Callback::new(&map, body.as_bytes(), SystemTime::UNIX_EPOCH))
}

#[test]
fn whoever_knows_the_hash_is_believed_to_have_a_reason_to_ask() {
    let genuine = verify(&account(&["canary-hash"]), &[("verif-hash", "canary-hash")], BODY).unwrap();
    assert_eq!(genuine.payments(), [Lookup::payment("288200108")]);
    assert_eq!((genuine.covers(), genuine.matched_secret()), (Covers::Nothing, 0));
    assert_eq!(genuine.deduplication_key(), "288200108 successful");
    let older = verify(&account(&["new", "canary-hash"]), &[("verif-hash", "canary-hash")], BODY).unwrap();
    assert_eq!((older.matched_secret(), older.deduplication_key()), (1, genuine.deduplication_key()));
    let made = account(&["canary-hash"]).sign_callback(BODY.as_bytes(), SystemTime::UNIX_EPOCH).unwrap();
    assert_eq!(made.headers, [("verif-hash", "canary-hash".to_owned())]);
    assert_eq!(made.body, BODY.as_bytes());
}

#[test]
fn another_hash_is_refused() {
    let account_of_one = account(&["canary-hash"]);
    for hash in ["canary-hasH", "canary-has", "canary-hash2", "", "canary-key"] {
        let verdict = verify(&account_of_one, &[("verif-hash", hash)], BODY);
        assert_eq!(verdict, Err(NotGenuine::BadSignature), "{hash}");
    }
    let hash = ("verif-hash", "canary-hash");
    for headers in [vec![], vec![hash, hash], vec![("flutterwave-signature", "canary-hash")]] {
        assert!(matches!(verify(&account_of_one, &headers, BODY), Err(NotGenuine::Malformed(_))));
    }
    assert_eq!(verify(&account(&[]), &[hash], BODY), Err(NotGenuine::NoSecret));
    // A blank secret is none, so that a blank header matches nothing.
    assert_eq!(verify(&account(&[" "]), &[("verif-hash", "")], BODY), Err(NotGenuine::NoSecret));
}

#[test]
fn an_event_names_its_transaction_if_it_is_about_one() {
    let read = |body: &str| verify(&account(&["canary-hash"]), &[("verif-hash", "canary-hash")], body);
    for (body, about, key) in [
        (r#"{"data":{"id":"7","status":"failed"}}"#, Some(Lookup::payment("7")), "7 failed"),
        (
            r#"{"id":7,"txRef":"o-1","flwRef":"F","status":"successful"}"#,
            Some(Lookup::payment("7")),
            "7 successful",
        ),
        (r#"{"txRef":"o-1","status":"failed"}"#, Some(Lookup::order("o-1")), "o-1 failed"),
        (r#"{"data":{"id":"../7","tx_ref":"o-1"}}"#, Some(Lookup::order("o-1")), "o-1 "),
        (
            r#"{"event":"charge.completed","data":{"id":7,"tx_ref":"o-1","status":"failed"}}"#,
            Some(Lookup::payment("7")),
            "7 failed",
        ),
        (r#"{"event":"test_assess","data":{}}"#, None, " "),
        // Not about a transaction: the number of a transfer may be some transaction's, too.
        (
            r#"{"event":"test_assess","data":{"id":7,"tx_ref":"o-1","status":"successful"}}"#,
            None,
            " successful",
        ),
        (r#"{"event":"transfer.completed","data":{"id":7,"status":"SUCCESSFUL"}}"#, None, " SUCCESSFUL"),
        ("{}", None, " "),
    ] {
        let notification = read(body).unwrap();
        assert_eq!(notification.payments(), about.into_iter().collect::<Vec<_>>(), "{body}");
        assert_eq!(notification.deduplication_key(), key);
    }
    for body in ["", "[]", "id=7", r#"{"data":{"tx_ref":".."}}"#] {
        assert!(matches!(read(body), Err(NotGenuine::Malformed(_))), "{body}");
    }
}
