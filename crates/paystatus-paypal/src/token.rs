use std::time::{Duration, SystemTime};

use base64::{Engine, prelude::BASE64_STANDARD};
use http::{
    HeaderValue, Request,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use paystatus_core::{
    BaseUrl, Body, Error, ErrorKind, FetchesTokens, Refusal, Said, Token, credential, json,
};
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
        headers.insert(AUTHORIZATION, self.basic()?);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        Ok(request)
    }

    fn read(&self, now: SystemTime, text: &str) -> Result<Token, Refusal> {
        #[derive(Deserialize)]
        struct Reply {
            access_token: SecretString,
            #[serde(default)]
            expires_in: Option<u32>,
        }
        let reply: Reply = json::object(text).map_err(|why| error::said(text).or(why))?;
        if credential::header("access_token", "Bearer ", &reply.access_token).is_err() {
            return Err(Error::new(ErrorKind::InvalidReply, "the reply has an unusable access token").into());
        }
        let token = Token::new(reply.access_token);
        let end = reply.expires_in.and_then(|seconds| now.checked_add(Duration::from_secs(seconds.into())));
        Ok(end.map_or(token.clone(), |end| token.until(end)))
    }

    fn said(&self, text: &str) -> Said {
        error::said(text)
    }
}

impl Paypal {
    fn basic(&self) -> Result<HeaderValue, Error> {
        let client_id = credential::text("client_id", &self.client_id.as_str().into())?.to_owned();
        let client_secret = credential::text("client_secret", &self.client_secret)?;
        if client_id.contains(':') {
            let why = "`client_id` contains a colon, which would end it: give it without the secret";
            return Err(Error::new(ErrorKind::Config, why));
        }
        let encoded = BASE64_STANDARD.encode(format!("{client_id}:{client_secret}"));
        credential::header("client_secret", "Basic ", &encoded.into())
    }
}
