//! Reads replies: the error table that all providers share, and the gate before every success.
//!
//! ```
//! use paystatus_core::{Body, ErrorKind, reply};
//! use std::time::Duration;
//!
//! let mut busy = http::Response::new(Body::from("<html>slow down</html>"));
//! *busy.status_mut() = http::StatusCode::TOO_MANY_REQUESTS;
//! busy.headers_mut().insert("retry-after", http::HeaderValue::from_static("59"));
//!
//! let error = reply::error(&busy, &[], &reply::Said::nothing());
//! assert_eq!(error.kind(), ErrorKind::RateLimited);
//! assert_eq!(error.retry_after(), Some(Duration::from_secs(59)));
//! ```

use std::{ops::RangeInclusive, time::Duration};

use http::{
    Response,
    header::{CONTENT_ENCODING, DATE, RETRY_AFTER},
};
use serde::Deserialize;

use crate::{Body, Error, ErrorKind, Source, json, time};

/// One row of an error table: evidence, kind, advice, and where that was read.
///
/// ```
/// use paystatus_core::{Body, ErrorKind, Source, reply::{self, ErrorRow, Said, Says}};
///
/// const DOCS: Source = Source::new("https://example.com/docs/errors", "2026-11");
/// const TABLE: &[ErrorRow] = &[ErrorRow::new(
///     404..=404,
///     Says::Code("no_payment"),
///     ErrorKind::NotFound,
///     "there is no such payment: check the id",
///     DOCS,
/// )];
///
/// let mut missing = http::Response::new(Body::empty());
/// *missing.status_mut() = http::StatusCode::NOT_FOUND;
/// let said = Said::new(Some("NO_PAYMENT".to_owned()), None);
/// assert_eq!(reply::error(&missing, TABLE, &said).kind(), ErrorKind::NotFound);
/// assert_eq!(reply::error(&missing, TABLE, &Said::nothing()).kind(), ErrorKind::Rejected); // a wrong base URL
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ErrorRow {
    /// The HTTP statuses it is about.
    pub http: RangeInclusive<u16>,
    /// What the body must say.
    pub says: Says,
    /// What it then means.
    pub kind: ErrorKind,
    /// What happened and what to do, for the error's message.
    pub advice: &'static str,
    /// Where that was read.
    pub source: Source,
}

/// What the body of an error must say for an [`ErrorRow`] to apply.
///
/// ```
/// use paystatus_core::{Body, ErrorKind, Source, reply::{self, ErrorRow, Said, Says}};
///
/// const TABLE: &[ErrorRow] = &[ErrorRow::new(
///     400..=499,
///     Says::Message("unknown order"),
///     ErrorKind::NotFound,
///     "there is no such order",
///     Source::new("https://example.com/docs/errors", "2026-11"),
/// )];
/// let mut refused = http::Response::new(Body::empty());
/// *refused.status_mut() = http::StatusCode::BAD_REQUEST;
/// let said = |text: &str| Said::new(None, Some(text.to_owned()));
/// assert_eq!(reply::error(&refused, TABLE, &said("Unknown order")).kind(), ErrorKind::NotFound);
/// assert_eq!(reply::error(&refused, TABLE, &said("unknown merchant")).kind(), ErrorKind::Rejected);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Says {
    /// Anything, an HTML page included.
    Anything,
    /// Something in the provider's own form: a code or a message.
    Something,
    /// This code, compared without ASCII case.
    Code(&'static str),
    /// This message, compared without ASCII case.
    Message(&'static str),
}

/// What the body of an error did say, in the provider's own form.
///
/// ```
/// use paystatus_core::{Body, reply::{self, Said}};
///
/// #[derive(serde::Deserialize)]
/// struct Reply { error: String }
///
/// let reply = http::Response::new(Body::from(r#"{"error":"no_payment"}"#));
/// let said = reply::said(&reply).map(|Reply { error }| Said::new(Some(error), None)).unwrap_or_default();
/// assert_eq!(said.code.as_deref(), Some("no_payment"));
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Said {
    /// The provider's error code.
    pub code: Option<String>,
    /// The provider's error text.
    pub message: Option<String>,
}

impl Said {
    /// Nothing in the provider's own form: an empty body, an HTML page.
    pub const fn nothing() -> Self {
        Self { code: None, message: None }
    }

    /// A code, a message, or both; a blank one says nothing.
    pub fn new(code: Option<String>, message: Option<String>) -> Self {
        let telling = |text: &String| !text.trim().is_empty();
        Self { code: code.filter(telling), message: message.filter(telling) }
    }
}

impl ErrorRow {
    /// Writes a row.
    pub const fn new(
        http: RangeInclusive<u16>,
        says: Says,
        kind: ErrorKind,
        advice: &'static str,
        source: Source,
    ) -> Self {
        Self { http, says, kind, advice, source }
    }

    fn applies(&self, http: u16, said: &Said) -> bool {
        let is = |said: &Option<String>, word: &str| {
            said.as_ref().is_some_and(|text| text.trim().eq_ignore_ascii_case(word))
        };
        self.http.contains(&http)
            && match self.says {
                Says::Anything => true,
                Says::Something => said.code.is_some() || said.message.is_some(),
                Says::Code(code) => is(&said.code, code),
                Says::Message(message) => is(&said.message, message),
            }
    }
}

const HTTP: Source = Source::new("https://www.rfc-editor.org/rfc/rfc9110#section-15", "2026-11");

/// What every provider shares, unless its own table says otherwise; the first row that applies counts.
const SHARED: &[ErrorRow] = {
    use ErrorKind::*;
    use Says::Anything;
    &[
        ErrorRow::new(
            401..=401,
            Anything,
            Unauthorized,
            "the credentials were refused: check the account's keys",
            HTTP,
        ),
        ErrorRow::new(
            403..=403,
            Anything,
            Unauthorized,
            "the credentials are not allowed to do this: check the account's keys and their rights",
            HTTP,
        ),
        ErrorRow::new(
            404..=404,
            Anything,
            Rejected,
            "there is no such address, and the answer is not the provider's own \"not found\": check the base URL",
            HTTP,
        ),
        ErrorRow::new(408..=408, Anything, Timeout, "the provider waited too long for the request", HTTP),
        ErrorRow::new(429..=429, Anything, RateLimited, "too many requests: ask again later", HTTP),
        ErrorRow::new(
            500..=599,
            Anything,
            Unavailable,
            "the provider answered that it cannot answer now",
            HTTP,
        ),
        ErrorRow::new(
            300..=399,
            Anything,
            Rejected,
            "the answer is a redirect, which is never followed: check the base URL",
            HTTP,
        ),
        ErrorRow::new(0..=u16::MAX, Anything, Rejected, "the provider refused this request", HTTP),
    ]
};

/// The error that a reply stands for: by the provider's own table first, then by the shared one.
///
/// `Retry-After` is read in seconds, or as an HTTP date against the reply's own `Date`.
pub fn error(reply: &Response<Body>, table: &[ErrorRow], said: &Said) -> Error {
    error_as(reply.status().as_u16(), reply, table, said)
}

/// As [`error`], for a provider that states the HTTP status in the body instead.
pub fn error_as(http: u16, reply: &Response<Body>, table: &[ErrorRow], said: &Said) -> Error {
    let row = table.iter().chain(SHARED).find(|row| row.applies(http, said));
    let (kind, advice) =
        row.map_or((ErrorKind::Rejected, "the provider refused this request"), |row| (row.kind, row.advice));
    let error = Error::new(kind, advice)
        .with_http_status(reply.status().as_u16())
        .with_provider_words(said.code.as_deref(), said.message.as_deref());
    match retry_after(reply) {
        Some(delay) => error.with_retry_after(delay),
        None => error,
    }
}

/// The body as text, if it is whole, plain UTF-8 and not empty.
///
/// # Errors
/// [`ErrorKind::InvalidReply`] for a compressed, empty or non-UTF-8 body, or one with a byte-order mark.
pub fn text(reply: &Response<Body>) -> Result<&str, Error> {
    let refuse = |why: &'static str| {
        Err(Error::new(ErrorKind::InvalidReply, why).with_http_status(reply.status().as_u16()))
    };
    let encodings = reply.headers().get_all(CONTENT_ENCODING);
    if encodings.iter().any(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return refuse("the reply is compressed, which was not asked for");
    }
    match std::str::from_utf8(reply.body().as_bytes()) {
        Err(_) => refuse("the reply is not UTF-8 text"),
        Ok(text) if text.trim_ascii().is_empty() => refuse("the reply is empty"),
        Ok(text) if text.starts_with('\u{feff}') => refuse("the reply begins with a byte-order mark"),
        Ok(text) => Ok(text),
    }
}

/// The body of an error in the provider's own form, if it is that.
pub fn said<'a, T: Deserialize<'a>>(reply: &'a Response<Body>) -> Option<T> {
    json::object(text(reply).ok()?).ok()
}

fn retry_after(reply: &Response<Body>) -> Option<Duration> {
    let header = |name| reply.headers().get(name)?.to_str().ok();
    let value = header(RETRY_AFTER)?.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // A delay too long for the type is still a delay.
        return Some(Duration::from_secs(
            value.parse().unwrap_or(u64::from(u32::MAX)).min(u64::from(u32::MAX)),
        ));
    }
    time::http_dates_apart(header(DATE)?, value)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn reply(status: u16, headers: &[(&'static str, &'static str)], body: &'static [u8]) -> Response<Body> {
        let mut reply = Response::new(Body::from(body));
        *reply.status_mut() = http::StatusCode::from_u16(status).unwrap();
        for (name, value) in headers {
            reply.headers_mut().append(*name, HeaderValue::from_static(value));
        }
        reply
    }

    #[test]
    fn the_shared_table_row_by_row() {
        use ErrorKind::*;
        for (status, kind, retryable) in [
            (401, Unauthorized, false),
            (403, Unauthorized, false),
            (404, Rejected, false),
            (408, Timeout, true),
            (429, RateLimited, true),
            (500, Unavailable, true),
            (503, Unavailable, true),
            (599, Unavailable, true),
            (301, Rejected, false),
            (304, Rejected, false),
            (400, Rejected, false),
            (409, Rejected, false),
            (418, Rejected, false),
            (200, Rejected, false),
            (999, Rejected, false),
        ] {
            let error = error(&reply(status, &[], b"<html>canary</html>"), &[], &Said::nothing());
            assert_eq!((error.kind(), error.is_retryable()), (kind, retryable), "{status}");
            assert_eq!(error.http_status(), Some(status));
            assert!(!format!("{error:?}").contains("canary"));
        }
    }

    #[test]
    fn a_providers_own_row_goes_first() {
        let own =
            [ErrorRow::new(404..=404, Says::Code("not_found"), ErrorKind::NotFound, "no such payment", HTTP)];
        let kind = |code: Option<&str>| {
            error(&reply(404, &[], b""), &own, &Said::new(code.map(str::to_owned), None)).kind()
        };
        assert_eq!(kind(Some("NOT_FOUND")), ErrorKind::NotFound);
        assert_eq!(kind(Some("gone")), ErrorKind::Rejected);
        assert_eq!(kind(None), ErrorKind::Rejected);
    }

    #[test]
    fn blank_words_say_nothing() {
        let own = [ErrorRow::new(404..=404, Says::Something, ErrorKind::NotFound, "no such payment", HTTP)];
        for (code, message, kind) in [
            (Some(""), Some(" "), ErrorKind::Rejected),
            (Some("7"), Some(""), ErrorKind::NotFound),
            (None, Some("gone"), ErrorKind::NotFound),
        ] {
            let said = Said::new(code.map(str::to_owned), message.map(str::to_owned));
            assert_eq!(error(&reply(404, &[], b""), &own, &said).kind(), kind, "{said:?}");
        }
    }

    #[test]
    fn retry_after_is_read_in_seconds_and_as_a_date() {
        let date = ("date", "Fri, 20 Nov 2026 09:00:00 GMT");
        for (headers, seconds) in [
            (vec![("retry-after", "59")], Some(59)),
            (vec![("retry-after", " 0 ")], Some(0)),
            (vec![("retry-after", "99999999999999999999999")], Some(u64::from(u32::MAX))),
            (vec![("retry-after", "Fri, 20 Nov 2026 09:02:00 GMT"), date], Some(120)),
            (vec![("retry-after", "Fri, 20 Nov 2026 08:00:00 GMT"), date], Some(0)),
            (vec![("retry-after", "Fri, 20 Nov 2026 09:02:00 GMT")], None),
            (vec![("retry-after", "-5")], None),
            (vec![("retry-after", "1.5")], None),
            (vec![("retry-after", "")], None),
            (vec![], None),
        ] {
            let error = error(&reply(429, &headers, b""), &[], &Said::nothing());
            assert_eq!(error.retry_after(), seconds.map(Duration::from_secs), "{headers:?}");
        }
    }

    #[test]
    fn only_plain_whole_text_is_read() {
        assert_eq!(text(&reply(200, &[("content-encoding", "identity")], b"{}")).unwrap(), "{}");
        for (headers, body) in [
            (vec![("content-encoding", "gzip")], &b"{}"[..]),
            (vec![("content-encoding", "identity"), ("content-encoding", "br")], b"{}"),
            (vec![], b""),
            (vec![], b" \r\n"),
            (vec![], b"\xff{}"),
            (vec![], b"\xef\xbb\xbf{}"),
        ] {
            let error = text(&reply(200, &headers, body)).unwrap_err();
            assert_eq!((error.kind(), error.http_status()), (ErrorKind::InvalidReply, Some(200)));
        }
    }
}
