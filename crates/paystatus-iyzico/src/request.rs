use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::Mac;
use http::{
    HeaderValue, Request,
    header::{ACCEPT, AUTHORIZATION},
};
use paystatus_core::{Ask, Body, By, Error, credential, hex};
use secrecy::SecretString;

use crate::{Iyzico, sign};

/// What is signed of the address: neither the base URL's own path nor the query.
const PATH: &str = "/v2/reporting/payment/details";

/// `GET` of the report about one payment, or about all of one conversation.
pub(crate) fn build(account: &Iyzico, ask: &Ask<'_>) -> Result<Request<Body>, Error> {
    let id = ask.lookup().any_id()?;
    let parameter = match ask.lookup().by() {
        By::Order => "paymentConversationId",
        _ => "paymentId",
    };
    let mut request = account.base_url.join(PATH).query(parameter, id).get()?;
    // As many letters as the longest that a known client sends.
    let mut random = hex::encode(&ask.nonce());
    random.truncate(22);
    let headers = request.headers_mut();
    let token = token(account, &random)?;
    headers.insert(AUTHORIZATION, credential::header("api_key", "IYZWSv2 ", &token)?);
    headers.insert("x-iyzi-rnd", credential::header("x-iyzi-rnd", "", &random.into())?);
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    Ok(request)
}

/// A request without a body signs nothing in its place.
fn token(account: &Iyzico, random: &str) -> Result<SecretString, Error> {
    let key = credential::text("api_key", &account.api_key)?;
    let secret = credential::text("secret_key", &account.secret_key)?;
    let signature = sign::mac(secret, &[random, PATH]).map(|mac| mac.finalize().into_bytes());
    let signature = hex::encode(&signature.unwrap_or_default());
    Ok(BASE64_STANDARD.encode(format!("apiKey:{key}&randomKey:{random}&signature:{signature}")).into())
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn the_token_is_that_of_the_vector() {
        let account = Iyzico::new("canary-api-key", "canary-secret-key");
        let vector = "YXBpS2V5OmNhbmFyeS1hcGkta2V5JnJhbmRvbUtleToxNzYzNzI4MDAwMTIzJnNpZ25hdHVyZTplNjczNzU3Mzk5MDMxM2IwOWUzOTI2ZjAyMDk0MjUxNGU1YTE4MjViNjZhZjljOGUyNThhYWI5NzdmNjVjYzUy";
        assert_eq!(token(&account, "1763728000123").unwrap().expose_secret(), vector);
    }

    #[test]
    fn a_body_would_be_signed_behind_the_path() {
        let texts = ["1763728000123", "/payment/detail", r#"{"locale":"en","paymentId":"25236546"}"#];
        let signature = sign::mac("canary-secret-key", &texts).unwrap().finalize().into_bytes();
        assert_eq!(
            hex::encode(&signature),
            "ec37806104b64c872746df050b2505374acf062b934ab61e598ef407f974b4a3"
        );
    }
}
