use std::{collections::BTreeMap, time::SystemTime};

use http::HeaderMap;
use paystatus_core::{
    Callback, Covers, Error, ErrorKind, Lookup, NotGenuine, Notification, SignedCallback, SignsCallbacks,
    json,
};
use serde::Deserialize;

use crate::{Paytm, reply, sign::Key};

/// The form's fields as a sample has them: the values of all are signed, and the names of none.
const OF_A_FORM: &[&str] = &["BANKTXNID", "CURRENCY", "MID", "ORDERID", "RESPCODE", "STATUS", "TXNAMOUNT"];

const CHECKSUM: &str = "CHECKSUMHASH";

/// Any four characters are salt.
const SALT: &str = "c2Fs";

/// Paytm calls back in two forms: JSON with a signature over the text of its `body` as it came, and a form with
/// `CHECKSUMHASH` over the values of the other fields, in the order of their names with `|` between them
/// (<https://developer.paytm.com/docs/checksum>, read 2026-11).
///
/// There is no time in either, so an old callback can be sent again; the deduplication key is the order and its status.
/// A form in which a value has a `|` is refused: it could be two values.
///
/// ```
/// use paystatus_paytm::{Callback, Covers, Paytm, SignsCallbacks};
/// use std::{collections::BTreeMap, time::SystemTime};
///
/// let account = Paytm::new("INTEGR00000000000001", "canarykey#123456");
/// let now = SystemTime::now();
/// let signed = account.sign_callback(br#"{"body":{"orderId":"ORDERID_98765","status":"TXN_SUCCESS"}}"#, now)?;
/// let headers = http::HeaderMap::new();
///
/// let notification = account.verify_callback(&Callback::new(&headers, &signed.body, now)).unwrap();
/// assert_eq!(notification.payments()[0].id(), "ORDERID_98765");
/// assert_eq!(notification.covers(), Covers::Body);
/// # Ok::<(), paystatus_paytm::Error>(())
/// ```
impl SignsCallbacks for Paytm {
    fn verify_callback(&self, callback: &Callback<'_>) -> Result<Notification, NotGenuine> {
        let Event { covers, text, signature, order, status } = Event::read(self, callback)?;
        if !Key::of(self).map_err(|_| NotGenuine::NoSecret)?.has_signed(&text, &signature) {
            return Err(NotGenuine::BadSignature);
        }
        let key = format!("{order} {status}");
        Notification::new([Lookup::order(order)], covers, 0, key)
    }

    fn sign_callback(&self, body: &[u8], at: SystemTime) -> Result<SignedCallback, Error> {
        let refuse = |why| Error::new(ErrorKind::Rejected, format!("the callback can't be signed: {why}"));
        let headers = HeaderMap::new();
        let Event { covers, text, .. } =
            Event::read(self, &Callback::new(&headers, body, at)).map_err(refuse)?;
        let signature = Key::of(self)?.sign(&text, SALT);
        if covers == Covers::Body {
            let text = format!(r#"{{"head":{{"signature":"{signature}"}},"body":{text}}}"#);
            return Ok(SignedCallback::new(
                vec![("content-type", "application/json".to_owned())],
                text.into(),
            ));
        }
        let checksum =
            form_urlencoded::Serializer::new(String::new()).append_pair(CHECKSUM, &signature).finish();
        let headers = vec![("content-type", "application/x-www-form-urlencoded".to_owned())];
        Ok(SignedCallback::new(headers, [body, b"&", checksum.as_bytes()].concat()))
    }

    fn signed_with(&self) -> &'static str {
        "`merchant_key`"
    }
}

/// A callback of either form, and the text that is signed.
struct Event {
    covers: Covers,
    text: String,
    signature: String,
    order: String,
    status: String,
}

impl Event {
    fn read(account: &Paytm, callback: &Callback<'_>) -> Result<Self, NotGenuine> {
        let text = callback.text()?;
        if text.trim_start().starts_with('{') {
            return Self::of_json(text)
                .map_err(|_| NotGenuine::Malformed("the body is no event about an order"));
        }
        let mut fields: BTreeMap<_, _> = callback.form()?.into_iter().collect();
        let signature = fields.remove(CHECKSUM).unwrap_or_default();
        if fields.get("MID") != Some(&account.merchant_id) || fields.values().any(|value| value.contains('|'))
        {
            return Err(NotGenuine::Malformed("it is about another merchant, or a value may be two"));
        }
        let value = |value: &String| if value == "null" { String::new() } else { value.clone() };
        let text = fields.values().map(value).collect::<Vec<_>>().join("|");
        let mut take = |name| fields.remove(name).unwrap_or_default();
        let (order, status) = (take("ORDERID"), take("STATUS"));
        Ok(Self { covers: Covers::Fields(OF_A_FORM), text, signature, order, status })
    }

    fn of_json(text: &str) -> Result<Self, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Named {
            order_id: String,
            #[serde(default)]
            status: String,
        }
        let (signature, body) = reply::parts(text)?;
        let Named { order_id: order, status } = json::object(body)?;
        let signature = signature.unwrap_or_default();
        Ok(Self { covers: Covers::Body, text: body.to_owned(), signature, order, status })
    }
}
