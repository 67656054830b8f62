use std::time::{Duration, SystemTime};

use http::{Request, header::AUTHORIZATION};
use paystatus_core::{
    BaseUrl, Body, Error, ErrorKind, FetchesTokens, Refusal, Said, Token, credential, json,
};
use secrecy::SecretString;
use serde::Deserialize;

use crate::{MPesa, error};

/// `GET /oauth/v1/generate` with the app's keys: a token for an hour.
impl FetchesTokens for MPesa {
    fn base_url(&self) -> &BaseUrl {
        &self.base_url
    }

    fn request(&self, _: SystemTime) -> Result<Request<Body>, Error> {
        let endpoint = self.base_url.join("/oauth/v1/generate").query("grant_type", "client_credentials");
        let mut request = endpoint.get()?;
        let secret = ("consumer_secret", &self.consumer_secret);
        let basic = credential::basic(("consumer_key", &self.consumer_key), Some(secret))?;
        request.headers_mut().insert(AUTHORIZATION, basic);
        Ok(request)
    }

    fn read(&self, now: SystemTime, text: &str) -> Result<Token, Refusal> {
        #[derive(Deserialize)]
        struct Reply {
            access_token: SecretString,
            /// Seconds, in a string.
            #[serde(default, deserialize_with = "json::text")]
            expires_in: Option<String>,
        }
        let reply: Reply = json::object(text).map_err(|why| error::said(text).or(why))?;
        let seconds = reply.expires_in.and_then(|text| text.parse::<u32>().ok());
        let end = seconds.and_then(|seconds| now.checked_add(Duration::from_secs(seconds.into())));
        let unreadable =
            || Error::new(ErrorKind::InvalidReply, "the reply does not say how long the token lasts");
        Ok(Token::new(reply.access_token).until(end.ok_or_else(unreadable)?))
    }

    fn said(&self, text: &str) -> Said {
        error::said(text)
    }
}
