use std::time::SystemTime;

use http::HeaderMap;
use paystatus_core::{
    Callback, Covers, Error, ErrorKind, Lookup, NotGenuine, Notification, SignedCallback, SignsCallbacks,
};

use crate::{PayTr, request, sign};

/// What the hash covers; the currency, the test mode and the reason of a failure are anybody's words.
pub(crate) const SIGNED: &[&str] = &["merchant_oid", "status", "total_amount"];

const CONTENT_TYPE: &str = "application/x-www-form-urlencoded";

/// The form's `hash` is the HMAC-SHA256 of `merchant_oid`, the salt, `status` and `total_amount` with nothing between
/// them, in base64, keyed with the account's key; the Link API puts its `callback_id` in front
/// (<https://dev.paytr.com/iframe-api/iframe-api-2-adim>, read 2026-11).
///
/// There is no time and no event's id in it, so an old callback can be sent again.
/// The receiver answers with the bare text `OK`: until then PayTR holds the order open, and sends it again.
///
/// ```
/// use paystatus_paytr::{Callback, Covers, PayTr, SignsCallbacks};
/// use std::time::SystemTime;
///
/// let account = PayTr::new("123456", "canary", "canary");
/// let now = SystemTime::now();
/// let signed = account.sign_callback(b"merchant_oid=ORD20261121&status=success&total_amount=16489", now)?;
/// let headers = http::HeaderMap::new();
///
/// let notification = account.verify_callback(&Callback::new(&headers, &signed.body, now)).unwrap();
/// assert_eq!(notification.payments()[0].id(), "ORD20261121");
/// assert!(matches!(notification.covers(), Covers::Fields(["merchant_oid", "status", "total_amount"])));
/// # Ok::<(), paystatus_paytr::Error>(())
/// ```
impl SignsCallbacks for PayTr {
    fn verify_callback(&self, callback: &Callback<'_>) -> Result<Notification, NotGenuine> {
        let Fields { callback_id, order, status, total, hash } = Fields::read(callback)?;
        let signed = sign::over(self, &format!("{callback_id}{order}"), &format!("{status}{total}"));
        if !signed.map_err(|_| NotGenuine::NoSecret)?.is(&hash) {
            return Err(NotGenuine::BadSignature);
        }
        // Else a character could be moved between two fields that are signed without anything between them.
        let is_word =
            !status.is_empty() && status.bytes().all(|letter| letter.is_ascii_alphabetic() || letter == b'_');
        if !is_word || !total.bytes().all(|letter| letter.is_ascii_digit()) || !request::is_order(&order) {
            return Err(NotGenuine::Malformed("a signed field is not written as documented"));
        }
        let key = format!("{order} {status}");
        Notification::new([Lookup::order(order)], Covers::Fields(SIGNED), 0, key)
    }

    fn sign_callback(&self, body: &[u8], at: SystemTime) -> Result<SignedCallback, Error> {
        let refuse =
            |why: &str| Error::new(ErrorKind::Rejected, format!("the callback can't be signed: {why}"));
        let headers = HeaderMap::new();
        let fields =
            Fields::read(&Callback::new(&headers, body, at)).map_err(|why| refuse(&why.to_string()))?;
        let Fields { callback_id, order, status, total, hash } = fields;
        if !hash.is_empty() {
            return Err(refuse("it has a `hash` already"));
        }
        let signed =
            sign::over(self, &format!("{callback_id}{order}"), &format!("{status}{total}"))?.to_base64();
        let hash = form_urlencoded::Serializer::new(String::new()).append_pair("hash", &signed).finish();
        let body = [body, b"&", hash.as_bytes()].concat();
        Ok(SignedCallback::new(vec![("content-type", CONTENT_TYPE.to_owned())], body))
    }

    fn signed_with(&self) -> &'static str {
        "`merchant_key` and `merchant_salt`"
    }
}

/// The fields that matter; empty where they are absent.
#[derive(Default)]
struct Fields {
    callback_id: String,
    order: String,
    status: String,
    total: String,
    hash: String,
}

impl Fields {
    fn read(callback: &Callback<'_>) -> Result<Self, NotGenuine> {
        let mut fields = Self::default();
        for (name, value) in callback.form()? {
            match name.as_str() {
                "callback_id" => fields.callback_id = value,
                "merchant_oid" => fields.order = value,
                "status" => fields.status = value,
                "total_amount" => fields.total = value,
                "hash" => fields.hash = value,
                _ => {}
            }
        }
        Ok(fields)
    }
}
