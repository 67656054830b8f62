use base64::{Engine, prelude::BASE64_STANDARD};
use http::{
    HeaderValue, Request,
    header::{ACCEPT, CONTENT_TYPE},
};
use paystatus_core::{Ask, Body, By, Error, credential, hex};
use percent_encoding::percent_decode_str;
use secrecy::SecretString;
use sha2::{Digest, Sha256};

use crate::{Craftgate, OrderBy};

/// How many payments of an order are listed; the page is named because the two together are one form of the search.
pub(crate) const PAGE: u64 = 25;

/// `GET` of one payment's report, or a search for those of one order.
pub(crate) fn build(account: &Craftgate, ask: &Ask<'_>) -> Result<Request<Body>, Error> {
    let id = ask.lookup().any_id()?;
    let payments = account.base_url.join("/payment-reporting/v1/payments");
    let parameter = if account.order_by == OrderBy::ExternalId { "externalId" } else { "conversationId" };
    let endpoint = match ask.lookup().by() {
        By::Order => payments.query(parameter, id).query("page", "0").query("size", &PAGE.to_string()),
        _ => payments.segment(id)?,
    };
    let mut request = endpoint.get()?;
    let random = hex::encode(&ask.nonce());
    let signature = signature(account, &request.uri().to_string(), &random)?;
    let headers = request.headers_mut();
    headers.insert("x-api-key", credential::header("api_key", "", &account.api_key)?);
    headers.insert("x-rnd-key", credential::header("x-rnd-key", "", &random.into())?);
    headers.insert("x-auth-version", HeaderValue::from_static("v1"));
    headers.insert("x-client-version", HeaderValue::from_static("paystatus"));
    headers.insert("x-signature", credential::header("x-signature", "", &signature)?);
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(request)
}

/// The SHA-256 of the whole decoded URL, both keys and the random text, with nothing between them.
fn signature(account: &Craftgate, url: &str, random: &str) -> Result<SecretString, Error> {
    let key = credential::text("api_key", &account.api_key)?;
    let secret = credential::text("secret_key", &account.secret_key)?;
    let url = percent_decode_str(url).decode_utf8_lossy();
    Ok(BASE64_STANDARD.encode(Sha256::digest(format!("{url}{key}{secret}{random}"))).into())
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[track_caller]
    fn check(keys: [&str; 2], url: &str, vector: &str) {
        let account = Craftgate::new(keys[0], keys[1]);
        assert_eq!(signature(&account, url, "rand-2010").unwrap().expose_secret(), vector);
    }

    #[test]
    fn signatures_are_those_of_the_vectors() {
        let canaries = ["canary-api-key", "canary-secret-key"];
        let payments = "https://api.craftgate.io/payment-reporting/v1/payments";
        // The vendor's own.
        check(
            ["api-key", "secret-key"],
            "http://api.craftgate.io/onboarding/v1/members",
            "lecLrGZXo5u+Oq3V33vIqtbLU2fopbiH78kq6wjWNDQ=",
        );
        check(canaries, &format!("{payments}/5"), "Lz08nhHl6lXyWK8aikg2K62ifOb5/Z7K09xEcPZ/37Q=");
        check(
            canaries,
            &format!("{payments}?conversationId=order%201%2F%C3%A4&page=0&size=25"),
            "Kzd2Ac1QLB0E4xbY4ioTsP5NuV2o19cvrHsiAoKIXOU=",
        );
    }
}
