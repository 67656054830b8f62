use std::time::{Duration, SystemTime};

use http::{
    HeaderValue, Request,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use paystatus_core::{BaseUrl, Body, Error, FetchesTokens, Refusal, Said, Token, credential, json};
use secrecy::SecretString;
use serde::Deserialize;

use crate::{Paypal, error};

/// `POST /v1/oauth2/token` with the client's credentials: a token for about nine hours.
impl FetchesTokens for Paypal {
    fn base_url(&self) -> &BaseUrl {
        &self.base_url
    }

    fn request(&self, _: SystemTime) -> Result<Request<Body>, Error> {
        let body = Body::from("grant_type=client_credentials");
        let mut request = self.base_url.join("/v1/oauth2/token").post(body)?;
        let headers = request.headers_mut();
        let client_id = self.client_id.as_str().into();
        let secret = ("client_secret", &self.client_secret);
        headers.insert(AUTHORIZATION, credential::basic(("client_id", &client_id), Some(secret))?);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        Ok(request)
    }

    fn read(&self, now: SystemTime, text: &str) -> Result<Token, Refusal> {
        #[derive(Deserialize)]
        struct Reply {
            access_token: SecretString,
            expires_in: Option<u32>,
        }
        let reply: Reply = json::object(text).map_err(|why| error::said(text).or(why))?;
        let end = reply.expires_in.and_then(|seconds| now.checked_add(Duration::from_secs(seconds.into())));
        Ok(Token::new(reply.access_token).until(end))
    }

    fn said(&self, text: &str) -> Said {
        error::said(text)
    }
}
