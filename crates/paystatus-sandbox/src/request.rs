use std::{borrow::Cow, time::SystemTime};

use axum::{
    body::Bytes,
    http::{HeaderMap, Method},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use percent_encoding::percent_decode_str;

use crate::json::Object;

/// A whole request as one part of the sandbox sees it: the path is what follows that part's prefix.
pub(crate) struct Request<'a> {
    pub(crate) method: &'a Method,
    /// The first segment, without slashes: the part's name.
    pub(crate) prefix: &'a str,
    /// Still percent-encoded; empty, or from a slash on.
    pub(crate) path: &'a str,
    pub(crate) query: Option<&'a str>,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a Bytes,
    #[allow(dead_code, reason = "few providers check the time")]
    pub(crate) at: SystemTime,
    /// The access tokens that are taken now.
    pub(crate) tokens: Vec<String>,
}

impl Request<'_> {
    /// The path's segments, each decoded by itself, so that an encoded slash stays within its segment.
    pub(crate) fn segments(&self) -> Vec<String> {
        let path = self.path.strip_prefix('/').unwrap_or(self.path);
        path.split('/').map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned()).collect()
    }

    /// The first value of a query parameter.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        form_field(self.query?.as_bytes(), name)
    }

    /// The whole URL as the merchant's client wrote it, for the signatures that cover it.
    #[allow(dead_code, reason = "few providers sign it")]
    pub(crate) fn url(&self) -> String {
        let host = self.header("host").unwrap_or_default();
        let query = self.query.map(|query| format!("?{query}")).unwrap_or_default();
        format!("http://{host}/{}{}{query}", self.prefix, self.path)
    }

    /// The body as a JSON object; an empty one if it is none.
    pub(crate) fn json(&self) -> Object {
        Object::parse(self.body).unwrap_or_default()
    }

    /// The first value of a field of a form-encoded body.
    pub(crate) fn field(&self, name: &str) -> Option<String> {
        form_field(self.body, name)
    }

    pub(crate) fn header(&self, name: &str) -> Option<Cow<'_, str>> {
        self.headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()))
    }

    /// The media type of the body, lower-case and without parameters.
    pub(crate) fn content_type(&self) -> Option<String> {
        let header = self.header("content-type")?;
        Some(header.split(';').next()?.trim().to_ascii_lowercase())
    }

    /// The credentials of an `Authorization` header of this scheme.
    pub(crate) fn authorization(&self, scheme: &str) -> Option<String> {
        let header = self.header("authorization")?;
        let (given, credentials) = header.split_once(' ')?;
        given.eq_ignore_ascii_case(scheme).then(|| credentials.trim().to_owned())
    }

    /// The name and the password of Basic credentials.
    pub(crate) fn basic(&self) -> Option<(String, String)> {
        let decoded = BASE64_STANDARD.decode(self.authorization("Basic")?).ok()?;
        let (name, password) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
        Some((name.to_owned(), password.to_owned()))
    }

    /// Tells whether an access token is one that was handed out, has not expired and was not revoked.
    #[allow(dead_code, reason = "few providers hand tokens out")]
    pub(crate) fn takes(&self, token: &str) -> bool {
        self.tokens.iter().any(|taken| taken == token)
    }
}

/// The first value of a field in form-encoded text.
fn form_field(form: &[u8], name: &str) -> Option<String> {
    form_urlencoded::parse(form).find(|(field, _)| field == name).map(|(_, value)| value.into_owned())
}
