//! What a reply that is no answer stands for: the rows of error tables, and those that all providers share.

use std::{fmt, ops::RangeInclusive, time::Duration};

use http::{
    Response,
    header::{DATE, RETRY_AFTER},
};

use crate::{Body, Error, ErrorKind, Facts, Refusal, Source, time};

/// One row of a provider's error table: evidence, what it stands for, advice, and where that was read.
///
/// The rows of a table are looked through in their order, and after them those that all providers share.
///
/// ```
/// use paystatus_core::{ErrorKind, ErrorRow, Says, Source};
///
/// const DOCS: Source = Source::new("https://example.com/docs/errors", "2026-11");
/// const ERRORS: &[ErrorRow] = &[
///     ErrorRow::new(404..=404, Says::Code("no_payment"), ErrorKind::NotFound, "there is no such payment", DOCS),
///     // Documented, and no error at all: the payment is still under way.
///     ErrorRow::answer(500..=500, Says::Code("busy"), DOCS),
/// ];
/// assert_eq!(ERRORS[0].source.read, "2026-11");
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ErrorRow {
    /// The HTTP statuses it is about, those of successes that state an error included.
    pub http: RangeInclusive<u16>,
    /// What the body must say.
    pub says: Says,
    /// What it then stands for.
    pub means: Stands,
    /// What happened and what to do, for the error's message.
    pub advice: &'static str,
    /// Where that was read.
    pub source: Source,
}

/// What a row of an error table stands for.
///
/// ```
/// use paystatus_core::{ErrorKind, ErrorRow, Says, Source, Stands};
///
/// const DOCS: Source = Source::new("https://example.com/docs/errors", "2026-11");
/// let row = ErrorRow::refused_token(404..=404, Says::Code("bad_token"), "the access token was refused", DOCS);
/// assert_eq!(row.means, Stands::RefusedToken); // and not for a payment that is not there
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stands {
    /// An error of this kind.
    Error(ErrorKind),
    /// A fetched access token that the provider does not take (any more): another one may be taken.
    RefusedToken,
    /// An answer: the one door through which a reply passes that is not a success.
    Answer,
}

/// What the body of an error must say for an [`ErrorRow`] to apply, compared without ASCII case.
///
/// A code may name several, with `|` between them; a code or a message may begin or end with `*`,
/// which stands for any text.
///
/// ```
/// use paystatus_core::{Said, Says};
///
/// let said = Said::new(Some("E42".to_owned()), Some("Bad Request - Invalid Id".to_owned()));
/// for applies in [
///     Says::Anything,
///     Says::Something,
///     Says::Code("e41|e42"),
///     Says::Code("e1*|e4*"),
///     Says::Code("e41|*42"),
///     Says::Message("*invalid id"),
///     Says::Both("E42", "Bad Request*"),
/// ] {
///     assert!(applies.is_said_by(&said), "{applies:?}");
/// }
/// assert!(!Says::Message("Invalid Id").is_said_by(&said));
/// assert!(!Says::Something.is_said_by(&Said::nothing())); // an empty body, a proxy's page
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Says {
    /// Anything, an HTML page included.
    Anything,
    /// Something in the provider's own form: a code or a message.
    Something,
    /// One of these codes.
    Code(&'static str),
    /// This message.
    Message(&'static str),
    /// One of these codes, and this message.
    Both(&'static str, &'static str),
    /// Anything, an empty body included, in a reply with the provider's own
    /// [request id](crate::Facts::with_request_id_header), which no proxy's page has.
    WithRequestId,
}

impl Says {
    /// Tells whether a body that says this is meant; of a [request id](Self::WithRequestId) no body tells.
    pub fn is_said_by(self, said: &Said) -> bool {
        let code = |codes: &str| {
            let said = said.code.as_deref().unwrap_or_default().trim();
            !said.is_empty() && codes.split('|').any(|code| fits(said, code))
        };
        let message = |pattern| said.message.as_deref().is_some_and(|text| fits(text.trim(), pattern));
        match self {
            Self::Anything => true,
            Self::Something => said.code.is_some() || said.message.is_some(),
            Self::Code(codes) => code(codes),
            Self::Message(pattern) => message(pattern),
            Self::Both(codes, pattern) => code(codes) && message(pattern),
            Self::WithRequestId => false,
        }
    }
}

/// Compares without ASCII case; `*` at an end of the pattern stands for any text.
fn fits(text: &str, pattern: &str) -> bool {
    let (text, pattern) = (text.to_ascii_lowercase(), pattern.to_ascii_lowercase());
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(_), Some(_)) => text.contains(pattern.trim_matches('*')),
        (Some(end), None) => text.ends_with(end),
        (None, Some(start)) => text.starts_with(start),
        (None, None) => text == pattern,
    }
}

/// What the body of an error does say, in the provider's own form.
///
/// ```
/// use paystatus_core::{Said, json};
///
/// #[derive(serde::Deserialize)]
/// struct Reply { error: String }
///
/// let said = json::object(r#"{"error":"no_payment"}"#).map(|Reply { error }| Said::new(Some(error), None));
/// assert_eq!(said.unwrap_or_default().code.as_deref(), Some("no_payment"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Said {
    /// The provider's error code.
    pub code: Option<String>,
    /// The provider's error text.
    pub message: Option<String>,
    /// The HTTP status that the body states, where it goes before the reply's own.
    pub http: Option<u16>,
}

impl Said {
    /// Nothing in the provider's own form: an empty body, an HTML page.
    pub const fn nothing() -> Self {
        Self { code: None, message: None, http: None }
    }

    /// A code, a message, or both; a blank one says nothing.
    pub fn new(code: Option<String>, message: Option<String>) -> Self {
        let telling = |text: &String| !text.trim().is_empty();
        Self { code: code.filter(telling), message: message.filter(telling), http: None }
    }

    /// Says that the body states an HTTP status, which goes before the reply's own.
    #[must_use]
    pub fn as_http(self, status: u16) -> Self {
        Self { http: Some(status), ..self }
    }

    /// A refusal with what it says, or with this error if it says nothing.
    ///
    /// ```
    /// use paystatus_core::{Error, ErrorKind, Refusal, Said};
    ///
    /// let unreadable = || Error::new(ErrorKind::InvalidReply, "the reply is cut short");
    /// assert!(matches!(Said::nothing().or(unreadable()), Refusal::Unreadable(_)));
    /// assert!(matches!(Said::new(Some("E42".to_owned()), None).or(unreadable()), Refusal::Stated(_)));
    /// ```
    pub fn or(self, error: Error) -> Refusal {
        if self.code.is_none() && self.message.is_none() { error.into() } else { self.into() }
    }
}

impl ErrorRow {
    /// Writes a row for an error of this kind.
    pub const fn new(
        http: RangeInclusive<u16>,
        says: Says,
        kind: ErrorKind,
        advice: &'static str,
        source: Source,
    ) -> Self {
        Self { http, says, means: Stands::Error(kind), advice, source }
    }

    /// Writes a row for an access token that was refused: another one is fetched once.
    pub const fn refused_token(
        http: RangeInclusive<u16>,
        says: Says,
        advice: &'static str,
        source: Source,
    ) -> Self {
        Self { http, says, means: Stands::RefusedToken, advice, source }
    }

    /// Writes a row for a documented answer that is not a success of HTTP: its body is read like any other.
    pub const fn answer(http: RangeInclusive<u16>, says: Says, source: Source) -> Self {
        Self { http, says, means: Stands::Answer, advice: "", source }
    }

    /// Tells whether a reply of this HTTP status is meant, whose body says this,
    /// with the provider's own request id or without one.
    ///
    /// ```
    /// use paystatus_core::{ErrorKind, ErrorRow, Said, Says, Source};
    ///
    /// let source = Source::new("https://acme.example/docs/errors", "2026-11");
    /// let row = ErrorRow::new(404..=404, Says::WithRequestId, ErrorKind::NotFound, "check the id", source);
    /// assert!(row.applies(404, &Said::nothing(), Some("req_7")));
    /// assert!(!row.applies(404, &Said::nothing(), None)); // a proxy's
    /// ```
    pub fn applies(&self, http: u16, said: &Said, request_id: Option<&str>) -> bool {
        let is_numbered = self.says == Says::WithRequestId && request_id.is_some();
        self.http.contains(&http) && (is_numbered || self.says.is_said_by(said))
    }
}

/// The evidence, in words.
///
/// ```
/// use paystatus_core::{ErrorKind, ErrorRow, Says, Source};
///
/// let source = Source::new("https://acme.example/docs/errors", "2026-11");
/// let row = ErrorRow::new(400..=404, Says::Code("no_payment"), ErrorKind::NotFound, "check the id", source);
/// assert_eq!(row.to_string(), "HTTP 400 to 404, code \"no_payment\"");
/// ```
impl fmt::Display for ErrorRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HTTP {}", self.http.start())?;
        if self.http.start() != self.http.end() {
            write!(f, " to {}", self.http.end())?;
        }
        match self.says {
            Says::Anything => Ok(()),
            Says::Something => write!(f, ", in the provider's own form"),
            Says::Code(code) => write!(f, ", code {code:?}"),
            Says::Message(message) => write!(f, ", message {message:?}"),
            Says::Both(code, message) => write!(f, ", code {code:?}, message {message:?}"),
            Says::WithRequestId => write!(f, ", with the provider's request id"),
        }
    }
}

const HTTP: Source = Source::new("https://www.rfc-editor.org/rfc/rfc9110#section-15", "2026-11");

/// What every provider shares, unless its own table says otherwise; the first row that applies counts.
const SHARED: &[ErrorRow] = {
    use ErrorKind::*;
    use Says::Anything;
    &[
        ErrorRow::refused_token(
            401..=401,
            Anything,
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

/// What a reply stands for that is no answer by itself: the provider's own rows go first.
pub(crate) fn judge<'a>(facts: &'a Facts, reply: &Response<Body>, said: &Said) -> Option<&'a ErrorRow> {
    let http = said.http.unwrap_or(reply.status().as_u16());
    let request_id = request_id(facts, reply);
    facts.errors.iter().chain(SHARED).find(|row| row.applies(http, said, request_id))
}

/// The error that a row makes of a reply.
///
/// `Retry-After` is read in seconds, or as an HTTP date against the reply's own `Date`.
pub(crate) fn error(facts: &Facts, row: Option<&ErrorRow>, reply: &Response<Body>, said: &Said) -> Error {
    let (kind, advice) = match row {
        Some(ErrorRow { means: Stands::Error(kind), advice, .. }) => (*kind, *advice),
        Some(ErrorRow { means: Stands::RefusedToken, advice, .. }) => (ErrorKind::Unauthorized, *advice),
        Some(ErrorRow { means: Stands::Answer, .. }) | None => {
            (ErrorKind::Rejected, "the provider refused this request")
        }
    };
    let error = Error::new(kind, advice)
        .with_provider_words(said.code.as_deref(), said.message.as_deref())
        .with_request_id(request_id(facts, reply));
    let error = if is_forbidden_to_retry(facts, reply) { error.permanent() } else { error };
    match retry_after(facts, reply) {
        Some(delay) => error.with_retry_after(delay),
        None => error,
    }
}

fn header<'a>(reply: &'a Response<Body>, name: &str) -> Option<&'a str> {
    Some(reply.headers().get(name)?.to_str().ok()?.trim())
}

/// The provider's own number of a request; a blank one is none.
fn request_id<'a>(facts: &Facts, reply: &'a Response<Body>) -> Option<&'a str> {
    header(reply, facts.request_id_header?).filter(|id| !id.is_empty())
}

fn is_forbidden_to_retry(facts: &Facts, reply: &Response<Body>) -> bool {
    facts.no_retry_header.is_some_and(|(name, value)| header(reply, name) == Some(value))
}

fn retry_after(facts: &Facts, reply: &Response<Body>) -> Option<Duration> {
    let header = |name| header(reply, name);
    let own = facts.retry_header.and_then(header).and_then(seconds);
    own.or_else(|| {
        let value = header(RETRY_AFTER.as_str())?;
        seconds(value).or_else(|| time::http_dates_apart(header(DATE.as_str())?, value))
    })
}

/// Whole seconds; a delay too long for the type is still a delay.
fn seconds(text: &str) -> Option<Duration> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let longest = u64::from(u32::MAX);
    is_number.then(|| Duration::from_secs(text.parse().unwrap_or(longest).min(longest)))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    static FACTS: Facts = Facts::new("acme", "Acme", &[], &[]);

    fn read(own: &'static [ErrorRow], reply: &Response<Body>, said: &Said) -> Error {
        let facts = Facts::new("acme", "Acme", &[], own);
        error(&facts, judge(&facts, reply, said), reply, said)
    }

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
            let error = read(&[], &reply(status, &[], b"<html>canary</html>"), &Said::nothing());
            assert_eq!((error.kind(), error.is_retryable()), (kind, retryable), "{status}");
            assert!(!format!("{error:?}").contains("canary"));
        }
    }

    #[test]
    fn a_providers_own_row_goes_first() {
        const OWN: &[ErrorRow] = &[ErrorRow::new(
            404..=404,
            Says::Code("not_found"),
            ErrorKind::NotFound,
            "no such payment",
            HTTP,
        )];
        let kind = |code: Option<&str>| {
            read(OWN, &reply(404, &[], b""), &Said::new(code.map(str::to_owned), None)).kind()
        };
        assert_eq!(kind(Some("NOT_FOUND")), ErrorKind::NotFound);
        assert_eq!(kind(Some("gone")), ErrorKind::Rejected);
        assert_eq!(kind(None), ErrorKind::Rejected);
    }

    #[test]
    fn a_request_id_tells_the_providers_own_not_found_from_a_proxys() {
        const OWN: &[ErrorRow] =
            &[ErrorRow::new(404..=404, Says::WithRequestId, ErrorKind::NotFound, "no such payment", HTTP)];
        let facts = Facts::new("acme", "Acme", &[], OWN).with_request_id_header("acme-id");
        let read = |headers: &[(&'static str, &'static str)]| {
            let (reply, said) = (reply(404, headers, b"<html>"), Said::nothing());
            error(&facts, judge(&facts, &reply, &said), &reply, &said)
        };
        for (headers, kind, id) in [
            (&[("acme-id", "req-7")][..], ErrorKind::NotFound, Some("req-7")),
            (&[("acme-id", " ")], ErrorKind::Rejected, None),
            (&[("other-id", "req-7")], ErrorKind::Rejected, None),
            (&[], ErrorKind::Rejected, None),
        ] {
            let error = read(headers);
            assert_eq!((error.kind(), error.request_id()), (kind, id), "{headers:?}");
            assert!(!format!("{error:?} {error}").contains("req-7"));
        }
        // Without the fact no header is looked at.
        assert_eq!(read_without_fact(OWN), ErrorKind::Rejected);
    }

    fn read_without_fact(own: &'static [ErrorRow]) -> ErrorKind {
        read(own, &reply(404, &[("acme-id", "req-7")], b""), &Said::nothing()).kind()
    }

    #[test]
    fn blank_words_say_nothing() {
        const OWN: &[ErrorRow] =
            &[ErrorRow::new(404..=404, Says::Something, ErrorKind::NotFound, "no such payment", HTTP)];
        for (code, message, kind) in [
            (Some(""), Some(" "), ErrorKind::Rejected),
            (Some("7"), Some(""), ErrorKind::NotFound),
            (None, Some("gone"), ErrorKind::NotFound),
        ] {
            let said = Said::new(code.map(str::to_owned), message.map(str::to_owned));
            assert_eq!(read(OWN, &reply(404, &[], b""), &said).kind(), kind, "{said:?}");
        }
    }

    #[test]
    fn a_provider_may_forbid_to_ask_again() {
        let strict = Facts::new("acme", "Acme", &[], &[]).with_no_retry_header("x-should-retry", "false");
        for (facts, headers, retryable) in [
            (&strict, vec![("x-should-retry", "false")], false),
            (&strict, vec![("x-should-retry", "true")], true),
            (&strict, vec![], true),
            (&FACTS, vec![("x-should-retry", "false")], true),
        ] {
            let reply = reply(503, &headers, b"");
            let said = Said::nothing();
            let error = error(facts, judge(facts, &reply, &said), &reply, &said);
            assert_eq!(
                (error.kind(), error.is_retryable()),
                (ErrorKind::Unavailable, retryable),
                "{headers:?}"
            );
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
            let error = read(&[], &reply(429, &headers, b""), &Said::nothing());
            assert_eq!(error.retry_after(), seconds.map(Duration::from_secs), "{headers:?}");
        }
    }

    #[test]
    fn a_providers_own_retry_header_goes_first() {
        static FACTS: Facts = Facts::new("acme", "Acme", &[], &[]).with_retry_header("x-wait");
        let reply = reply(429, &[("x-wait", "7"), ("retry-after", "59")], b"");
        let error = error(&FACTS, None, &reply, &Said::nothing());
        assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    }

    #[test]
    fn the_status_that_a_body_states_goes_first() {
        let said = Said::new(None, Some("down".to_owned())).as_http(503);
        let row = judge(&FACTS, &reply(200, &[], b""), &said);
        assert_eq!(row.map(|row| row.means), Some(Stands::Error(ErrorKind::Unavailable)));
    }
}
