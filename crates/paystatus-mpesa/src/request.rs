use std::time::{SystemTime, UNIX_EPOCH};

use base64::{Engine, prelude::BASE64_STANDARD};
use http::{
    HeaderValue, Request,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use paystatus_core::{Ask, Body, Error, ErrorKind, Timestamp, credential};
use serde_json::json;

use crate::MPesa;

/// Kenya's clocks are three hours ahead of UTC, summer and winter.
const NAIROBI: u64 = 3 * 3600;

/// `POST /mpesa/stkpushquery/v1/query` with the time and a password that is made of it.
pub(crate) fn build(account: &MPesa, ask: &Ask<'_>) -> Result<Request<Body>, Error> {
    let checkout = ask.lookup().payment_id()?;
    let short_code = account.short_code.as_str();
    if !(5..=7).contains(&short_code.len()) || !short_code.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Error::new(ErrorKind::Config, "`short_code` is not a number of 5 to 7 digits"));
    }
    let timestamp = timestamp(ask.now());
    let password = password(short_code, credential::text("passkey", &account.passkey)?, &timestamp);
    let body = json!({
        "BusinessShortCode": short_code, "Password": password, "Timestamp": timestamp, "CheckoutRequestID": checkout,
    });
    let token = ask.token().ok_or_else(|| {
        let why = "the request needs an access token: go through `Check`, which fetches one";
        Error::new(ErrorKind::Config, why)
    })?;
    let mut request =
        account.base_url.join("/mpesa/stkpushquery/v1/query").post(Body::from(body.to_string()))?;
    let headers = request.headers_mut();
    headers.insert(AUTHORIZATION, credential::header("access_token", "Bearer ", token.text())?);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(request)
}

/// `YYYYMMDDHHmmss` in Nairobi.
fn timestamp(now: SystemTime) -> String {
    let seconds = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs().saturating_add(NAIROBI);
    let time = Timestamp::unix(i64::try_from(seconds).unwrap_or(i64::MAX));
    time.raw().chars().filter(char::is_ascii_digit).collect()
}

/// The passkey in the clear, for everybody who sees it.
fn password(short_code: &str, passkey: &str, timestamp: &str) -> String {
    BASE64_STANDARD.encode(format!("{short_code}{passkey}{timestamp}"))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_password_is_that_of_the_vector() {
        assert_eq!(
            password("174379", "canary-mpesa-passkey", "20260101120000"),
            "MTc0Mzc5Y2FuYXJ5LW1wZXNhLXBhc3NrZXkyMDI2MDEwMTEyMDAwMA=="
        );
    }

    #[test]
    fn the_time_is_nairobis() {
        for (seconds, text) in [
            (1_767_258_000, "20260101120000"),
            (1_767_214_799, "20251231235959"),
            (1_767_214_800, "20260101000000"),
            (0, "19700101030000"),
        ] {
            assert_eq!(timestamp(UNIX_EPOCH + Duration::from_secs(seconds)), text);
        }
        // A fraction of a second is cut off.
        assert_eq!(timestamp(UNIX_EPOCH + Duration::from_millis(999)), "19700101030000");
    }
}
