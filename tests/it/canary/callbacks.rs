//! Callbacks: secrets, signatures and bodies are canaries too.

use super::*;
use crate::watch::CANARY;

/// Callbacks of each provider that signs them: genuine, forged, late, cut, and with the secret in the body.
#[tokio::test]
async fn callbacks_show_neither_secrets_nor_signatures_nor_bodies() {
    watch_every_credential();
    let sandbox = Sandbox::start().await.unwrap();
    let canaries = Provider::ALL.iter().flat_map(|&of| credentials(of).map(move |key| canary(of, key)));
    let echo: String = canaries.collect();
    for (provider, _) in targets::SIGNING.iter() {
        let secret = watched(Provider::named(provider).unwrap(), "callback_secret");
        let account = targets::signs(provider, &secret).unwrap();
        let another = targets::signs(provider, "another").unwrap();
        let sent = replies::callbacks(&sandbox, Provider::named(provider).unwrap()).await;
        let sent = sent.iter().filter_map(|callback| callback.split_once("\r\n\r\n")).map(|(_, body)| body);
        let mut bodies = vec![json!({ "note": echo }).to_string(), format!("id=pay-1&note={echo}")];
        for (number, body) in sent.take(10).enumerate() {
            if number == 0 {
                bodies.extend(replies::with_each_value(body, &Value::from(echo.as_str())));
            }
            bodies.push(body.to_owned());
        }
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
            for (name, _) in &signed.headers {
                forged.insert(HeaderName::from_static(name), HeaderValue::from_str(&echo).unwrap());
            }
            hides_in_debug("a signed callback", &signed);
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
                    match verdict {
                        // Ids and keys are what the provider signed, which here may be the echo itself.
                        Ok(_) if String::from_utf8_lossy(body).contains(CANARY) => {}
                        Ok(notification) => hides_in_debug(provider, &notification),
                        Err(why) => {
                            hides_in_debug(provider, &why);
                            hides(provider, &why.to_string());
                        }
                    }
                }
            }
        }
    }
    logs_hide_everything_but(CONTROL);
}
