use std::{collections::BTreeMap, time::SystemTime};

use paystatus_core::{
    Callback, CallbackSecrets, Covers, Error, ErrorKind, Lookup, NotGenuine, Notification, SignedCallback,
    SignsCallbacks, json,
};
use serde::Deserialize;
use serde_json::value::{RawValue, to_raw_value};
use subtle::ConstantTimeEq;

use crate::Toss;

/// Nothing is signed: a callback carries the `secret` of its payment, which the merchant was given on approval
/// (<https://docs.tosspayments.com/guides/webhook>, read 2026-11).
///
/// So the secret is another one for each payment: keep it with the order (it stands in [`Details`](crate::Details)),
/// find the order by the callback's own words, and verify with an account that has this one secret.
/// Whoever saw one callback about a payment can send another about it: the words prove nothing, ask.
///
/// ```
/// use paystatus_toss::{Callback, Covers, SignsCallbacks, Toss};
/// use std::time::SystemTime;
///
/// let account = Toss::new("<secret key>");
/// let kept = "ps_canary"; // of the order that the callback names
/// let body = br#"{"secret":"ps_canary","status":"DONE","transactionKey":"key-1","orderId":"order-1234"}"#;
/// let headers = http::HeaderMap::new();
/// let callback = Callback::new(&headers, body, SystemTime::now());
///
/// let notification = account.clone().with_callback_secrets([kept.into()]).verify_callback(&callback).unwrap();
/// assert_eq!(notification.payments()[0].id(), "order-1234");
/// assert_eq!(notification.covers(), Covers::Nothing);
/// assert!(account.with_callback_secrets(["ps_other".into()]).verify_callback(&callback).is_err());
/// ```
impl SignsCallbacks for Toss {
    fn verify_callback(&self, callback: &Callback<'_>) -> Result<Notification, NotGenuine> {
        let event: Event = json::object(callback.text()?)
            .map_err(|_| NotGenuine::Malformed("the body is not an event about a payment"))?;
        let about = event.data.unwrap_or(event.about);
        let stated = about.secret.unwrap_or_default();
        let matched =
            self.callback_secret.matching(|secret| secret.as_bytes().ct_eq(stated.as_bytes()).into())?;
        let payment = match (about.payment_key, about.order_id) {
            (Some(key), _) => Lookup::payment(key),
            (None, Some(order)) => Lookup::order(order),
            (None, None) => {
                return Err(NotGenuine::Malformed("the body names neither a payment nor an order"));
            }
        };
        let transaction = about.last_transaction_key.or(about.transaction_key);
        let transaction = transaction.as_deref().unwrap_or(payment.id());
        let key = format!("{transaction}:{}", about.status.as_deref().unwrap_or_default());
        Notification::new([payment], Covers::Nothing, matched, key)
    }

    /// Puts the secret into the body, where it has none.
    fn sign_callback(&self, body: &[u8], _: SystemTime) -> Result<SignedCallback, Error> {
        let secret = self.callback_secret.newest()?;
        let text = std::str::from_utf8(body).unwrap_or_default();
        let signed = signed(text, secret).ok_or_else(|| {
            Error::new(
                ErrorKind::Rejected,
                "the callback can't be signed: it is no event, or it has a `secret`",
            )
        })?;
        let content_type = ("content-type", "application/json".to_owned());
        Ok(SignedCallback::new(vec![content_type], signed.into_bytes()))
    }

    fn signed_with(&self) -> &'static str {
        "`callback_secret`, the payment's own `secret`,"
    }
}

fn signed(text: &str, secret: &str) -> Option<String> {
    let event: Event = json::object(text).ok()?;
    let mut fields: BTreeMap<String, Box<RawValue>> = serde_json::from_str(text).ok()?;
    match event.data {
        Some(about) if about.secret.is_none() => {
            let mut data: BTreeMap<String, Box<RawValue>> =
                serde_json::from_str(fields.get("data")?.get()).ok()?;
            data.insert("secret".to_owned(), to_raw_value(secret).ok()?);
            fields.insert("data".to_owned(), to_raw_value(&data).ok()?);
        }
        None if event.about.secret.is_none() => {
            fields.insert("secret".to_owned(), to_raw_value(secret).ok()?);
        }
        _ => return None,
    }
    serde_json::to_string(&fields).ok()
}

/// A changed status has the whole payment under `data`; a deposit, or a deposit that was taken back, stands alone.
#[derive(Deserialize)]
struct Event {
    #[serde(default, deserialize_with = "json::optional")]
    data: Option<About>,
    #[serde(flatten)]
    about: About,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct About {
    secret: Option<String>,
    payment_key: Option<String>,
    order_id: Option<String>,
    status: Option<String>,
    last_transaction_key: Option<String>,
    transaction_key: Option<String>,
}

impl Toss {
    /// Sets the secret of the payment that a callback is about, or several of which any may be it.
    ///
    /// ```
    /// use paystatus_toss::{SignsCallbacks, Toss};
    /// use std::time::SystemTime;
    ///
    /// let account = Toss::new("<secret key>");
    /// assert!(account.sign_callback(b"{}", SystemTime::now()).is_err()); // nothing to sign with yet
    /// assert!(account.with_callback_secrets(["ps_1".into()]).sign_callback(b"{}", SystemTime::now()).is_ok());
    /// ```
    #[must_use]
    pub fn with_callback_secrets(self, secrets: impl IntoIterator<Item = secrecy::SecretString>) -> Self {
        Self { callback_secret: CallbackSecrets::new(secrets), ..self }
    }
}
