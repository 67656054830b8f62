use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, Response, StatusCode},
};
use serde::Serialize;

use crate::{Error, json::Object};

// They belong to the connection: the server writes them itself.
const CONNECTION_HEADERS: [&str; 6] =
    ["connection", "content-length", "keep-alive", "te", "transfer-encoding", "upgrade"];

/// A canned HTTP answer, sent as it is in place of a payment's or a provider's own.
///
/// ```
/// use paystatus_sandbox::{Provider, Reply, Sandbox};
///
/// let sandbox = Sandbox::start_blocking(0)?;
/// let page = Reply::new(502).with_header("content-type", "text/html").with_body("<h1>Bad Gateway</h1>");
/// assert!(sandbox.set_provider_reply(Provider::BEARER, page).is_ok());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Reply {
    /// An empty answer with an HTTP status from 200 to 599.
    ///
    /// ```
    /// use paystatus_sandbox::{Provider, Reply, Sandbox};
    ///
    /// let sandbox = Sandbox::start_blocking(0)?;
    /// let error = sandbox.set_provider_reply(Provider::BEARER, Reply::new(99)).unwrap_err();
    /// assert_eq!(error.field(), "status");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn new(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    /// Adds a header.
    ///
    /// Those of the connection itself, such as `content-length`, are refused when the reply is set.
    ///
    /// ```
    /// use paystatus_sandbox::{Provider, Reply, Sandbox};
    ///
    /// let sandbox = Sandbox::start_blocking(0)?;
    /// let reply = Reply::new(200).with_header("content-length", "3");
    /// assert_eq!(sandbox.set_provider_reply(Provider::BEARER, reply).unwrap_err().field(), "headers");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets the body, text or any other bytes.
    ///
    /// ```
    /// use paystatus_sandbox::Reply;
    ///
    /// assert_ne!(Reply::new(200).with_body("{\"cut"), Reply::new(200));
    /// ```
    pub fn with_body(self, body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..self }
    }

    pub(crate) fn of_content(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::new(status).with_header("content-type", content_type).with_body(body)
    }

    pub(crate) fn json(status: u16, body: &Object) -> Self {
        Self::of_content(status, "application/json", body.to_string())
    }

    /// The sandbox's own answers, which are ordinary serializable values.
    pub(crate) fn serialized(status: u16, value: &impl Serialize) -> Self {
        match serde_json::to_vec(value) {
            Ok(body) => Self::of_content(status, "application/json", body),
            Err(error) => Self::of_content(500, "text/plain", error.to_string()),
        }
    }

    pub(crate) fn status(&self) -> u16 {
        self.status
    }

    /// The value of a header, or nothing.
    #[cfg(test)]
    pub(crate) fn header(&self, name: &str) -> &str {
        let header = self.headers.iter().find(|(header, _)| header.eq_ignore_ascii_case(name));
        header.map_or("", |(_, value)| value)
    }

    pub(crate) fn take_body(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.body)
    }

    /// The first half of the body, which no JSON object survives.
    pub(crate) fn halved(mut self) -> Self {
        self.body.truncate(self.body.len() / 2);
        self
    }

    pub(crate) fn replacing_header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(header, _)| !header.eq_ignore_ascii_case(name));
        self.with_header(name, value)
    }

    /// Has the other header about the limit, where it is there, say the same as `Retry-After`.
    pub(crate) fn replacing_limit(self, seconds: &str) -> Self {
        let is_there = self.headers.iter().any(|(name, _)| name == "ratelimit-reset");
        if is_there { self.replacing_header("ratelimit-reset", seconds) } else { self }
    }

    /// Refuses what could not be sent.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if !(200..=599).contains(&self.status) {
            return Err(Error::invalid("status", "must be from 200 to 599"));
        }
        for (name, value) in &self.headers {
            if CONNECTION_HEADERS.contains(&name.to_ascii_lowercase().as_str()) {
                return Err(Error::invalid("headers", format!("{name:?} is written by the server itself")));
            }
            if HeaderName::try_from(name).is_err() || HeaderValue::try_from(value).is_err() {
                return Err(Error::invalid("headers", format!("{name:?} or its value is not valid in HTTP")));
            }
        }
        Ok(())
    }

    pub(crate) fn into_response(self) -> Response<Body> {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        for (name, value) in self.headers {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                response.headers_mut().append(name, value);
            }
        }
        response
    }
}
