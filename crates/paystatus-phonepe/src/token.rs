use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::{HeaderValue, Request, header::CONTENT_TYPE};
use paystatus_core::{
    BaseUrl, Body, Error, ErrorKind, FetchesTokens, Refusal, Said, Token, credential, json,
};
use secrecy::SecretString;
use serde::Deserialize;

use crate::{PhonePe, error};

/// `POST /v1/oauth/token` with the client's credentials in a form: a token for an hour or so.
impl FetchesTokens for PhonePe {
    fn base_url(&self) -> &BaseUrl {
        self.auth_base_url()
    }

    fn request(&self, _: SystemTime) -> Result<Request<Body>, Error> {
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("client_id", credential::text("client_id", &self.client_id)?)
            .append_pair("client_version", &self.client_version)
            .append_pair("client_secret", credential::text("client_secret", &self.client_secret)?)
            .append_pair("grant_type", "client_credentials")
            .finish();
        let mut request = self.auth_base_url().join("/v1/oauth/token").post(Body::from(form))?;
        let form = HeaderValue::from_static("application/x-www-form-urlencoded");
        request.headers_mut().insert(CONTENT_TYPE, form);
        Ok(request)
    }

    fn read(&self, _: SystemTime, text: &str) -> Result<Token, Refusal> {
        #[derive(Deserialize)]
        struct Reply {
            access_token: SecretString,
            /// Unix seconds; `expires_in` is documented as null.
            #[serde(default, deserialize_with = "json::text")]
            expires_at: Option<String>,
        }
        let reply: Reply = json::object(text).map_err(|why| error::said(text).or(why))?;
        let seconds = reply.expires_at.and_then(|text| text.parse::<u32>().ok());
        let end = seconds.and_then(|seconds| UNIX_EPOCH.checked_add(Duration::from_secs(seconds.into())));
        let unreadable = || Error::new(ErrorKind::InvalidReply, "the reply does not say when the token ends");
        Ok(Token::new(reply.access_token).until(end.ok_or_else(unreadable)?))
    }

    fn said(&self, text: &str) -> Said {
        error::said(text)
    }
}
