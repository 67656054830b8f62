use std::time::{Duration, SystemTime};

use base64::{Engine, prelude::BASE64_STANDARD};
use http::Uri;
use paystatus_core::{
    Callback, Covers, Error, ErrorKind, Lookup, NotGenuine, Notification, SignedCallback, SignsCallbacks,
    Timestamp, json,
};
use rustls_pki_types::{CertificateDer, pem::PemObject};
use serde_json::Value;
use webpki::{EndEntityCert, ring::RSA_PKCS1_2048_8192_SHA256};

use crate::{Paypal, Resource};

/// PayPal signs `{transmission id}|{transmission time}|{webhook id}|{CRC-32 of the body}` by RSA with SHA-256
/// (<https://github.com/paypal/paypal-rest-api-specifications>, `notifications_webhooks_v1.json`, read 2026-11).
///
/// The key is that of a certificate, which the caller fetches, checks up to its root, keeps, and
/// [brings along](Callback::with_certificate); [`Paypal::certificate_url`] says from where.
///
/// ```
/// use paystatus_paypal::{Callback, NotGenuine, Paypal, SignsCallbacks};
/// use std::time::SystemTime;
///
/// let account = Paypal::new("<client id>", "<client secret>").with_webhook_id("1JE4291016473214C");
/// let headers = http::HeaderMap::new();
/// let forged = account.verify_callback(&Callback::new(&headers, b"{}", SystemTime::now()));
/// assert!(matches!(forged, Err(NotGenuine::Malformed(_))));
/// ```
impl SignsCallbacks for Paypal {
    fn verify_callback(&self, callback: &Callback<'_>) -> Result<Notification, NotGenuine> {
        let body = callback.bounded_body()?;
        let id = callback.header("paypal-transmission-id", "it needs one header `PAYPAL-TRANSMISSION-ID`")?;
        let time =
            callback.header("paypal-transmission-time", "it needs one header `PAYPAL-TRANSMISSION-TIME`")?;
        let stated = Timestamp::stated(time)
            .instant()
            .ok_or(NotGenuine::Malformed("`PAYPAL-TRANSMISSION-TIME` is not a time in RFC 3339"))?;
        let signature =
            callback.header("paypal-transmission-sig", "it needs one header `PAYPAL-TRANSMISSION-SIG`")?;
        if callback.header("paypal-auth-algo", "it needs one header `PAYPAL-AUTH-ALGO`")? != "SHA256withRSA" {
            return Err(NotGenuine::Malformed("`PAYPAL-AUTH-ALGO` is another one than `SHA256withRSA`"));
        }
        let webhook_id = self.webhook_id.as_deref().filter(|id| !id.trim().is_empty());
        let webhook_id = webhook_id.ok_or(NotGenuine::NoSecret)?;
        let certificate = certificate(callback).ok_or(NotGenuine::NoSecret)?;
        let key = EndEntityCert::try_from(&certificate).map_err(|_| NotGenuine::NoSecret)?;
        let signature = BASE64_STANDARD.decode(signature).map_err(|_| NotGenuine::BadSignature)?;
        let signed = format!("{id}|{time}|{webhook_id}|{}", crc_32(body));
        key.verify_signature(RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &signature)
            .map_err(|_| NotGenuine::BadSignature)?;
        let notification = self.notification(callback.text()?)?;
        notification.unless_stale(stated, callback.received_at(), self.callback_tolerance)
    }

    fn sign_callback(&self, _: &[u8], _: SystemTime) -> Result<SignedCallback, Error> {
        let why = "the callback can't be signed: only PayPal has the key of its certificate";
        Err(Error::new(ErrorKind::Unsupported, why))
    }

    fn signed_with(&self) -> &'static str {
        "`webhook_id` and PayPal's certificate"
    }
}

impl Paypal {
    /// Sets the id of the webhook's subscription, which is signed along: not the id of an event.
    #[must_use]
    pub fn with_webhook_id(self, webhook_id: impl Into<String>) -> Self {
        Self { webhook_id: Some(webhook_id.into()), ..self }
    }

    /// Sets how far the time of a callback may be from its arrival, in either direction; five minutes unless set.
    ///
    /// PayPal sends a callback again for days: a late one is [`NotGenuine::Stale`] and names whom to ask about.
    #[must_use]
    pub fn with_callback_tolerance(self, callback_tolerance: Duration) -> Self {
        Self { callback_tolerance, ..self }
    }

    /// From where to fetch the certificate of a callback, if that is PayPal's.
    ///
    /// Anybody can write the header: only an HTTPS address of a host under `paypal.com` passes.
    /// Keep what was fetched by its address, and check the certificate's chain and its name.
    ///
    /// # Errors
    /// [`NotGenuine::Malformed`] for any other address, or none.
    ///
    /// ```
    /// use paystatus_paypal::{Callback, Paypal};
    /// use std::time::SystemTime;
    ///
    /// let mut headers = http::HeaderMap::new();
    /// headers.insert("paypal-cert-url", "https://api.paypal.com/v1/notifications/certs/CERT-360caa42".parse().unwrap());
    /// let callback = Callback::new(&headers, b"{}", SystemTime::now());
    /// assert!(Paypal::certificate_url(&callback).is_ok());
    /// headers.insert("paypal-cert-url", "https://api.paypal.com.evil.example/certs".parse().unwrap());
    /// let callback = Callback::new(&headers, b"{}", SystemTime::now());
    /// assert!(Paypal::certificate_url(&callback).is_err());
    /// ```
    pub fn certificate_url<'a>(callback: &Callback<'a>) -> Result<&'a str, NotGenuine> {
        let url = callback.header("paypal-cert-url", "it needs one header `PAYPAL-CERT-URL`")?;
        let uri = url.parse::<Uri>().ok();
        // The whole authority, so that neither a user name nor a port can hide another host.
        let host = uri.as_ref().filter(|uri| uri.scheme_str() == Some("https")).and_then(Uri::authority);
        match host.is_some_and(|host| host.as_str().ends_with(".paypal.com") && !host.as_str().contains('@'))
        {
            true => Ok(url),
            false => Err(NotGenuine::Malformed("`PAYPAL-CERT-URL` is not an HTTPS address under paypal.com")),
        }
    }

    /// What an event is about: its id, and the order or the capture that the account asks about.
    fn notification(&self, text: &str) -> Result<Notification, NotGenuine> {
        let malformed = NotGenuine::Malformed("the body is not an event with an `id`");
        let event: Value = json::object(text).map_err(|_| malformed.clone())?;
        let id = event["id"].as_str().ok_or(malformed)?;
        let resource = &event["resource"];
        let related = &resource["supplementary_data"]["related_ids"];
        let payment = match (self.resource, event["resource_type"].as_str()) {
            (Resource::Order, Some("checkout-order")) | (Resource::Capture, Some("capture")) => {
                &resource["id"]
            }
            (Resource::Order, Some("capture" | "authorization" | "refund")) => &related["order_id"],
            (Resource::Capture, Some("refund")) => &related["capture_id"],
            _ => &Value::Null,
        };
        Notification::new(payment.as_str().map(Lookup::payment), Covers::Body, 0, id)
    }
}

/// The caller's certificate, in PEM or DER; of a chain its first.
fn certificate<'a>(callback: &Callback<'a>) -> Option<CertificateDer<'a>> {
    let bytes = callback.certificate()?;
    if bytes.trim_ascii_start().starts_with(b"-----BEGIN") {
        return CertificateDer::from_pem_slice(bytes).ok();
    }
    Some(CertificateDer::from(bytes))
}

/// The checksum of ISO 3309, as gzip has it: bit by bit, for a body of a few kilobytes.
fn crc_32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & 0_u32.wrapping_sub(crc & 1)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_the_vector() {
        assert_eq!(crc_32(b"123456789"), 0xcbf4_3926);
        let body = r#"{"id":"WH-Canary-1","event_type":"PAYMENT.CAPTURE.COMPLETED","resource_type":"capture","resource":{"id":"3C679366HH908993F","supplementary_data":{"related_ids":{"order_id":"5O190127TN364715T"}}}}"#;
        assert_eq!(crc_32(body.as_bytes()), 804_849_414);
    }
}
