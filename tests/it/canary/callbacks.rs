//! Callbacks: secrets, signatures and bodies are canaries too.

use super::*;

/// Callbacks of each provider that signs them: genuine, forged, late, cut, and with the secret in the body.
#[test]
fn callbacks_show_neither_secrets_nor_signatures_nor_bodies() {
    watch_every_credential();
    let base = || BaseUrl::parse("https://pay.example.com").unwrap();
    let secret = |provider: &str| [canary(provider, "callback_secret").into()];
    let accounts: [(&str, Signs, Signs); 3] = [
        (
            "akurateco",
            Box::new(Akurateco::new(base(), "k", canary("akurateco", "password"))),
            Box::new(Akurateco::new(base(), "k", "another")),
        ),
        (
            "commitup",
            Box::new(CommitUp::new(base(), "k", "s").with_callback_secrets(secret("commitup"))),
            Box::new(CommitUp::new(base(), "k", "s").with_callback_secrets(["another".into()])),
        ),
        (
            "resmic",
            Box::new(Resmic::new("k", "u").with_callback_secrets(secret("resmic"))),
            Box::new(Resmic::new("k", "u").with_callback_secrets([])),
        ),
    ];
    let echo: String = CREDENTIALS
        .iter()
        .flat_map(|(provider, keys)| keys.iter().map(|key| canary(provider, key)))
        .collect();
    for (provider, account, another) in accounts {
        let bodies = [
            json!({ "id": "pay-1", "session_id": "pay-1", "paymentId": "pay-1", "pan": watched(provider, "pan"), "customer": { "name": watched(provider, "customer_name") }, "note": echo }).to_string(),
            json!({ "id": [echo], "session_id": [echo], "paymentId": [echo] }).to_string(),
            json!({ "note": echo }).to_string(),
            format!("id=pay-1&card={}&note={echo}", watched(provider, "card")),
            format!("{{\"id\":\"{echo}"),
        ];
        for body in bodies {
            let now = SystemTime::now();
            let Ok(signed) = account.sign_callback(body.as_bytes(), now) else {
                error_hides(provider, &account.sign_callback(body.as_bytes(), now).unwrap_err());
                continue;
            };
            let signature = signed.headers.iter().map(|(_, value)| value).find(|value| value.len() == 64);
            signature.into_iter().for_each(|signature| forbid(signature));
            let mut headers = HeaderMap::new();
            for (name, value) in &signed.headers {
                headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
            }
            let mut forged = headers.clone();
            forged.insert("x-signature", HeaderValue::from_str(&echo).unwrap());
            forged.insert("x-request-signature", HeaderValue::from_str(&echo).unwrap());
            let cut = &signed.body[..signed.body.len() - 1];
            let late = now + Duration::from_secs(9999);
            for (headers, body, at) in [
                (&headers, &signed.body[..], now),
                (&headers, &signed.body, late),
                (&headers, cut, now),
                (&forged, &signed.body, now),
            ] {
                let callback = Callback::new(headers, body, at);
                hides_in_debug(provider, &callback);
                for verdict in [account.verify_callback(&callback), another.verify_callback(&callback)] {
                    hides_in_debug(provider, &verdict);
                    match verdict {
                        Ok(notification) => hides(provider, notification.deduplication_key()),
                        Err(why) => hides(provider, &why.to_string()),
                    }
                }
            }
        }
    }
    logs_hide_everything_but(CONTROL);
}

#[test]
fn a_signed_callback_shows_neither_its_signature_nor_its_body() {
    let account = CommitUp::new(BaseUrl::of_service("pay.example.com"), "k", "s")
        .with_callback_secrets([watched("commitup", "callback_secret").into()]);
    let body = json!({ "paymentId": "pay-1", "pan": watched("commitup", "signed_pan") }).to_string();
    let signed = account.sign_callback(body.as_bytes(), SystemTime::now()).unwrap();
    forbid(&signed.headers.iter().find(|(name, _)| name.ends_with("signature")).unwrap().1);
    hides_in_debug("a signed callback", &signed);
}
