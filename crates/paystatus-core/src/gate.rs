//! The gate that every reply passes, and the order in which requests are sent.

use std::time::SystemTime;

use http::{Request, Response, header::CONTENT_ENCODING};

use crate::{
    Ask, Body, By, Error, ErrorKind, Facts, FetchesTokens, Lookup, Payment, Provider, Said, Snapshot, Stands,
    Token, attempts, errors,
};

/// What a provider makes of the text of a reply.
///
/// ```
/// use paystatus_core::{Answer, Judgement, Snapshot};
///
/// let answer = Answer::Payment(Snapshot::new("pay_001", Judgement::UNKNOWN, "on hold"), "details");
/// assert!(matches!(answer, Answer::Payment(snapshot, _) if snapshot.id() == "pay_001"));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Answer<D> {
    /// One payment, with the provider's own reply.
    Payment(Snapshot, D),
    /// Every attempt to pay an order, the newest first: at least one. Which of them speaks is decided for all providers.
    Attempts(Vec<(Snapshot, D)>),
    /// One more request, because this reply alone can't be right: the provider is given this text with its reply.
    Another(Request<Body>),
}

/// Why the text of a success is no answer.
///
/// `?` turns an [`Error`] of reading into one, and `Err(said.into())` what the text states.
///
/// ```
/// use paystatus_core::{Refusal, Said, json};
///
/// fn read(text: &str) -> Result<u32, Refusal> {
///     #[derive(serde::Deserialize)]
///     struct Reply { paid: Option<u32>, error: Option<String> }
///
///     let reply: Reply = json::object(text)?;
///     reply.paid.ok_or_else(|| Said::new(reply.error, None).into())
/// }
/// assert!(matches!(read("{"), Err(Refusal::Unreadable(_))));
/// assert!(matches!(read(r#"{"error":"E42"}"#), Err(Refusal::Stated(said)) if said.code.as_deref() == Some("E42")));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Refusal {
    /// The provider states an error: its error table says which.
    Stated(Said),
    /// The text is not what is documented, or not about this payment.
    Unreadable(Error),
}

impl From<Said> for Refusal {
    fn from(said: Said) -> Self {
        Self::Stated(said)
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Unreadable(error)
    }
}

/// Reads one stored reply: what it says about the payment that was asked for.
///
/// This is the only way from a provider's bytes to a [`Payment`]. Only the whole text of a success reaches the provider,
/// and what a row of its error table names an answer; everything else is an error.
///
/// # Errors
/// Every kind that the provider's error table and the shared one name; [`ErrorKind::InvalidReply`] for a success
/// that can't be read, [`ErrorKind::Mismatch`] for one about another payment,
/// [`ErrorKind::Unsupported`] where the provider needs a second reply: use [`Check`].
///
/// ```
/// # mod acme { include!("../tests/it/acme.rs"); }
/// # use acme::Acme;
/// use paystatus_core::{Body, ErrorKind, Lookup, interpret};
///
/// let reply = http::Response::new(Body::from(r#"{"id":"pay_001","status":"settled"}"#));
/// assert!(interpret(&Acme::new("canary"), &Lookup::payment("pay_001"), &reply)?.is_paid());
/// let other = interpret(&Acme::new("canary"), &Lookup::payment("pay_002"), &reply).unwrap_err();
/// assert_eq!(other.kind(), ErrorKind::Mismatch);
/// # Ok::<(), paystatus_core::Error>(())
/// ```
pub fn interpret<'a, P: Provider + ?Sized>(
    provider: &P,
    ask: impl Into<Ask<'a>>,
    reply: &Response<Body>,
) -> Result<Payment<P::Details>, Error> {
    let ask = ask.into();
    let facts = provider.facts();
    if !facts.asked_by.contains(&ask.lookup().by()) {
        return Err(ask.lookup().unsupported().with_provider(facts.name));
    }
    let answer = answer(provider, &ask, reply).map_err(|failure| failure.error)?;
    match payment(provider, ask.lookup(), answer).map_err(|error| at(facts, reply, error))? {
        Ok(payment) => Ok(payment),
        Err(_) => Err(Error::new(
            ErrorKind::Unsupported,
            "this reply is only the first of two: both together tell whether the payment was paid",
        )
        .with_provider(facts.name)),
    }
}

/// One check, without the network: it says what to send, is given the reply, and ends with the payment.
///
/// It knows the order of things: a token where the provider needs one, the request, perhaps a second one,
/// and once a new token where a kept one was refused. The client goes through the same steps.
///
/// ```
/// # mod acme { include!("../tests/it/acme.rs"); }
/// # use acme::Acme;
/// use paystatus_core::{Body, Check, Error, Lookup};
/// use std::time::SystemTime;
///
/// // With any HTTP library: sends the bytes, and brings back status, headers and body as they came.
/// fn send(request: http::Request<Body>) -> Result<http::Response<Body>, Error> {
///     assert_eq!(request.uri().path(), "/payments/pay_001");
///     Ok(http::Response::new(Body::from(r#"{"id":"pay_001","status":"settled"}"#)))
/// }
///
/// let (provider, lookup) = (Acme::new("canary"), Lookup::payment("pay_001"));
/// let mut check = Check::new(&provider, &lookup);
/// let payment = loop {
///     let nonce = [7; 16]; // sixteen random bytes
///     let reply = send(check.next(SystemTime::now(), nonce)?)?;
///     if let Some(payment) = check.read(&reply)? {
///         break payment;
///     }
/// };
/// assert!(payment.is_paid());
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug)]
pub struct Check<'a, P: ?Sized> {
    provider: &'a P,
    lookup: &'a Lookup,
    now: SystemTime,
    nonce: [u8; 16],
    token: Option<Token>,
    /// Tells a token that was kept from an earlier check from one that was fetched in this one.
    is_kept: bool,
    refused: Option<Token>,
    /// The first of two replies, and the request that it led to, until it is sent for the first time.
    earlier: Option<(String, Request<Body>)>,
}

impl<'a, P: Provider + ?Sized> Check<'a, P> {
    /// Begins a check.
    pub fn new(provider: &'a P, lookup: &'a Lookup) -> Self {
        Self {
            provider,
            lookup,
            now: SystemTime::UNIX_EPOCH,
            nonce: [0; 16],
            token: None,
            is_kept: false,
            refused: None,
            earlier: None,
        }
    }

    /// Offers a token that an earlier check fetched; one that was refused in this check is not taken.
    pub fn offer(&mut self, kept: Option<Token>) {
        let kept = kept.filter(|kept| self.refused.as_ref().is_none_or(|refused| !refused.is(kept)));
        if let Some(kept) = kept {
            (self.token, self.is_kept) = (Some(kept), true);
        }
    }

    /// The token that this check uses, to be kept for later ones.
    pub fn token(&self) -> Option<&Token> {
        self.token.as_ref()
    }

    /// Tells whether the next request is for an access token.
    pub fn needs_token(&self, now: SystemTime) -> bool {
        let is_fresh = |token: &Token| !self.is_kept || token.is_fresh(now);
        self.provider.tokens().is_some() && !self.token.as_ref().is_some_and(is_fresh)
    }

    /// What to send next, or again: `nonce` is sixteen random bytes.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidLookup`] or [`ErrorKind::Unsupported`] for a lookup that can't be asked,
    /// [`ErrorKind::Config`] for unusable credentials.
    pub fn next(&mut self, now: SystemTime, nonce: [u8; 16]) -> Result<Request<Body>, Error> {
        (self.now, self.nonce) = (now, nonce);
        self.request().map_err(|error| error.with_provider(self.provider.facts().name))
    }

    fn request(&mut self) -> Result<Request<Body>, Error> {
        self.lookup.any_id()?;
        if self.needs_token(self.now) {
            self.token = None;
        }
        let (request, base_url) = match (&self.token, self.provider.tokens(), &self.earlier) {
            (None, Some(tokens), _) => (tokens.request(self.now)?, tokens.base_url()),
            (_, _, Some((_, second))) => (again(second), self.provider.base_url()),
            (_, _, None) => (self.provider.request(&self.ask())?, self.provider.base_url()),
        };
        if base_url.covers(request.uri()) {
            Ok(request)
        } else {
            Err(Error::new(ErrorKind::Config, "the provider asks outside of its base URL, which is a defect"))
        }
    }

    /// Reads the reply to what was sent: the payment, or nothing where another request is [next](Self::next).
    ///
    /// # Errors
    /// As [`interpret`]; of the token's reply too. After an error that may go away the same request is next again.
    pub fn read(&mut self, reply: &Response<Body>) -> Result<Option<Payment<P::Details>>, Error> {
        if let (None, Some(tokens)) = (&self.token, self.provider.tokens()) {
            let token = fetched(self.provider.facts(), tokens, self.now, reply)?;
            (self.token, self.is_kept) = (Some(token), false);
            return Ok(None);
        }
        let facts = self.provider.facts();
        match answer(self.provider, &self.ask(), reply) {
            Ok(answer) => {
                let read =
                    payment(self.provider, self.lookup, answer).map_err(|error| at(facts, reply, error))?;
                let another = match read {
                    Ok(payment) => return Ok(Some(payment)),
                    Err(another) => another,
                };
                if self.earlier.is_some() {
                    let why = "the provider asks for a third request, which is a defect";
                    return Err(at(facts, reply, Error::new(ErrorKind::InvalidReply, why)));
                }
                let text = std::str::from_utf8(reply.body().as_bytes()).unwrap_or_default();
                self.earlier = Some((text.to_owned(), another));
                Ok(None)
            }
            Err(Failure { refused_token: true, .. })
                if self.is_kept && self.refused.is_none() && self.provider.tokens().is_some() =>
            {
                self.refused = self.token.take();
                Ok(None)
            }
            Err(failure) => Err(failure.error),
        }
    }

    fn ask(&self) -> Ask<'_> {
        let earlier = self.earlier.as_ref().map(|(text, _)| text.as_str());
        let ask = Ask::about(self.lookup).at(self.now).with_nonce(self.nonce);
        ask.with_token(self.token.as_ref()).after(earlier)
    }
}

/// The same request once more: extensions, which no provider sets, are left out.
fn again(request: &Request<Body>) -> Request<Body> {
    let mut copy = Request::new(request.body().clone());
    *copy.method_mut() = request.method().clone();
    *copy.uri_mut() = request.uri().clone();
    *copy.headers_mut() = request.headers().clone();
    copy
}

/// A reply that is no answer.
struct Failure {
    error: Error,
    refused_token: bool,
}

/// The one place where an error learns from whom it is and with which HTTP status it came.
fn at(facts: &Facts, reply: &Response<Body>, error: Error) -> Error {
    error.in_reply(facts.name, reply)
}

fn answer<P: Provider + ?Sized>(
    provider: &P,
    ask: &Ask<'_>,
    reply: &Response<Body>,
) -> Result<Answer<P::Details>, Failure> {
    pass(provider.facts(), reply, |text| provider.said(text), |text| provider.read(ask, text))
}

fn fetched(
    facts: &Facts,
    tokens: &dyn FetchesTokens,
    now: SystemTime,
    reply: &Response<Body>,
) -> Result<Token, Error> {
    let read = |text: &str| {
        let token = tokens.read(now, text)?;
        // Kept, any other would fail every check until its end.
        if token.is_one_word() {
            return Ok(token);
        }
        Err(Error::new(ErrorKind::InvalidReply, "the access token is not one word of ASCII characters")
            .into())
    };
    let read = pass(facts, reply, |text| tokens.said(text), read);
    read.map_err(|Failure { error, .. }| match error.kind() {
        // Whatever words a refused request for a token has: the account's credentials are what it was about.
        ErrorKind::NotFound | ErrorKind::Rejected if error.http_status() == Some(400) => error.of_kind(
            ErrorKind::Unauthorized,
            "the provider gives no access token for these credentials: check the account's keys",
        ),
        _ => error,
    })
}

/// Lets the text of a success through, and of what the error table names an answer; all else is an error.
fn pass<T>(
    facts: &Facts,
    reply: &Response<Body>,
    said: impl Fn(&str) -> Said,
    read: impl FnOnce(&str) -> Result<T, Refusal>,
) -> Result<T, Failure> {
    let text = whole(facts, reply, &said)?;
    read(text).map_err(|refusal| refused(facts, reply, refusal))
}

/// The whole text of a reply that may be read.
fn whole<'a>(
    facts: &Facts,
    reply: &'a Response<Body>,
    said: &dyn Fn(&str) -> Said,
) -> Result<&'a str, Failure> {
    let http = reply.status().as_u16();
    let text = text(reply);
    if !reply.status().is_success() {
        let said = text.as_ref().map_or(Said::nothing(), |text| said(text));
        let is_answer = errors::judge(facts, reply, &said).is_some_and(|row| row.means == Stands::Answer);
        if !is_answer {
            return Err(refused(facts, reply, Refusal::Stated(said)));
        }
    } else if !facts.answers.contains(&http) {
        let why = "the reply is a success of another HTTP status than that of an answer";
        return Err(refused(facts, reply, Error::new(ErrorKind::InvalidReply, why).into()));
    }
    text.map_err(|error| refused(facts, reply, error.into()))
}

fn refused(facts: &Facts, reply: &Response<Body>, refusal: Refusal) -> Failure {
    match refusal {
        Refusal::Unreadable(error) => Failure { error: at(facts, reply, error), refused_token: false },
        Refusal::Stated(said) => {
            let row = errors::judge(facts, reply, &said);
            Failure {
                error: at(facts, reply, errors::error(facts, row, reply, &said)),
                refused_token: row.is_some_and(|row| row.means == Stands::RefusedToken),
            }
        }
    }
}

/// The body as text, if it is whole, plain UTF-8 and not empty.
fn text(reply: &Response<Body>) -> Result<&str, Error> {
    let refuse = |why: &'static str| Err(Error::new(ErrorKind::InvalidReply, why));
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

/// The payment that an answer is, or the request that it asks for.
fn payment<P: Provider + ?Sized>(
    provider: &P,
    lookup: &Lookup,
    answer: Answer<P::Details>,
) -> Result<Result<Payment<P::Details>, Request<Body>>, Error> {
    let facts = provider.facts();
    let (telling, details, others) = match answer {
        Answer::Another(request) => return Ok(Err(request)),
        Answer::Payment(snapshot, details) => (snapshot, details, Vec::new()),
        Answer::Attempts(attempts) if attempts.is_empty() => {
            return Err(Error::new(ErrorKind::InvalidReply, "the reply is a list of no attempts"));
        }
        Answer::Attempts(mut attempts) if attempts.len() == 1 => {
            let (snapshot, details) = attempts.remove(0);
            (snapshot, details, Vec::new())
        }
        Answer::Attempts(attempts) => {
            let (snapshots, mut details): (Vec<_>, Vec<_>) = attempts.into_iter().unzip();
            for other in &snapshots {
                about(facts, lookup, other)?;
            }
            let (telling, snapshot, others) = attempts::choose(snapshots);
            (snapshot, details.swap_remove(telling), others)
        }
    };
    let about = about(facts, lookup, &telling)?;
    let payment = Payment::new(lookup, telling, details).with_attempts(others);
    Ok(Ok(match about {
        About::TheAsked => payment,
        About::Another => payment.about_another(),
    }))
}

/// Which payment a snapshot is about.
enum About {
    TheAsked,
    /// Another one of the same order, perhaps.
    Another,
}

/// Law 3: an answer carries the id that was asked for.
fn about(facts: &Facts, lookup: &Lookup, snapshot: &Snapshot) -> Result<About, Error> {
    if snapshot.id().trim().is_empty() {
        return Err(lookup.mismatch());
    }
    let is_asked = |answered: &str| facts.ids.are_same(lookup.id(), answered);
    match (lookup.by(), snapshot.reference()) {
        // A payment's id proves nothing of an order where the order is told.
        (By::Order, Some(reference)) if is_asked(reference) => Ok(About::TheAsked),
        (By::Order, Some(_)) => Err(lookup.mismatch()),
        (_, _) if is_asked(snapshot.id()) => Ok(About::TheAsked),
        (By::Order, None) => Ok(About::Another),
        (By::Payment, _) if facts.ids == Ids::Cascading => Ok(About::Another),
        (By::Payment, _) if facts.ids.is_session(lookup.id()) => Ok(About::TheAsked),
        _ => Err(lookup.mismatch()),
    }
}

/// How the id in an answer is compared with the one that was asked for.
///
/// ```
/// use paystatus_core::{Facts, Ids};
/// static FACTS: Facts = Facts::new("acme", "Acme Pay", &[], &[]).with_ids(Ids::IgnoringCase);
/// assert_eq!(FACTS.ids, Ids::IgnoringCase);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ids {
    /// To the letter.
    Exact,
    /// Without ASCII case: they are UUIDs.
    IgnoringCase,
    /// To the letter; and another one is an answer about a later payment of the same order,
    /// which verifies only by its reference.
    Cascading,
    /// To the letter; but an id with this text in it is a session's, and the answer is the payment that was made in it.
    BesideSessions(&'static str),
}

impl Ids {
    fn are_same(self, asked: &str, answered: &str) -> bool {
        match self {
            Self::IgnoringCase => asked.eq_ignore_ascii_case(answered),
            Self::Exact | Self::Cascading | Self::BesideSessions(_) => asked == answered,
        }
    }

    fn is_session(self, asked: &str) -> bool {
        matches!(self, Self::BesideSessions(mark) if asked.contains(mark))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::HeaderValue;
    use secrecy::ExposeSecret;

    use super::*;
    use crate::{BaseUrl, ErrorRow, Finality, Funds, Row, Says, Source, Status, json};

    const DOCS: Source = Source::new("docs", "2026-11");
    const STATUSES: &[Row] = &[
        Row::new(&["settled"], Status::Paid, Finality::Final, Funds::Taken, DOCS),
        Row::new(&["declined"], Status::Failed, Finality::Final, Funds::NotTaken, DOCS),
    ];
    const ERRORS: &[ErrorRow] = &[
        ErrorRow::answer(500..=500, Says::Both("E5", "still working"), DOCS),
        ErrorRow::refused_token(404..=404, Says::Code("E-TOKEN"), "the token was refused", DOCS),
        ErrorRow::new(404..=404, Says::Code("E4"), ErrorKind::NotFound, "there is none", DOCS),
        ErrorRow::new(200..=200, Says::Code("E429"), ErrorKind::RateLimited, "too many", DOCS),
    ];
    static FACTS: Facts = Facts::new("acme", "Acme", STATUSES, ERRORS);

    /// Answers `{"id", "status"}`, needs a token, and asks once more where the status is `more`.
    struct Acme(BaseUrl);

    #[derive(serde::Deserialize)]
    struct Reply {
        #[serde(default, deserialize_with = "json::text")]
        id: Option<String>,
        #[serde(default, deserialize_with = "json::text")]
        status: Option<String>,
        #[serde(default, deserialize_with = "json::text")]
        error: Option<String>,
        #[serde(default, deserialize_with = "json::text")]
        message: Option<String>,
    }

    impl Provider for Acme {
        type Details = ();

        fn facts(&self) -> &'static Facts {
            &FACTS
        }

        fn base_url(&self) -> &BaseUrl {
            &self.0
        }

        fn request(&self, ask: &Ask<'_>) -> Result<Request<Body>, Error> {
            let mut request = self.0.join("/payments").segment(ask.lookup().any_id()?)?.get()?;
            if let Some(token) = ask.token() {
                let value = HeaderValue::from_str(token.text().expose_secret()).unwrap();
                request.headers_mut().insert("authorization", value);
            }
            Ok(request)
        }

        fn read(&self, ask: &Ask<'_>, text: &str) -> Result<Answer<()>, Refusal> {
            let Reply { id, status, error, message } = json::object(text)?;
            if error.as_deref() == Some("E5") {
                return Ok(Answer::Payment(
                    Snapshot::new(ask.lookup().id(), Row::judge(STATUSES, &[None]), "E5"),
                    (),
                ));
            }
            let Some(status) = status else { return Err(Said::new(error, message).into()) };
            if status == "more" {
                return Ok(Answer::Another(self.0.join("/more").get()?));
            }
            let id = id.unwrap_or_else(|| ask.earlier().map(str::len).unwrap_or_default().to_string());
            Ok(Answer::Payment(Snapshot::new(id, Row::judge(STATUSES, &[Some(&status)]), status.clone()), ()))
        }

        fn said(&self, text: &str) -> Said {
            let read = |Reply { error, message, .. }| Said::new(error, message);
            json::object(text).map(read).unwrap_or_default()
        }

        fn tokens(&self) -> Option<&dyn FetchesTokens> {
            Some(self)
        }
    }

    impl FetchesTokens for Acme {
        fn base_url(&self) -> &BaseUrl {
            &self.0
        }

        fn request(&self, _: SystemTime) -> Result<Request<Body>, Error> {
            self.0.join("/token").post(Body::empty())
        }

        fn read(&self, now: SystemTime, text: &str) -> Result<Token, Refusal> {
            let Reply { id, .. } = json::object(text)?;
            let id = id.ok_or_else(|| Error::new(ErrorKind::InvalidReply, "no token"))?;
            Ok(Token::new(id).until(now + Duration::from_secs(3600)))
        }
    }

    const NOW: SystemTime = SystemTime::UNIX_EPOCH;

    fn acme() -> Acme {
        Acme(BaseUrl::of_service("api.example.com"))
    }

    fn reply(http: u16, body: &str) -> Response<Body> {
        let mut reply = Response::new(Body::from(body.to_owned()));
        *reply.status_mut() = http::StatusCode::from_u16(http).unwrap();
        reply
    }

    #[track_caller]
    fn fails(http: u16, body: &str, kind: ErrorKind) {
        let error = interpret(&acme(), &Lookup::payment("p"), &reply(http, body)).unwrap_err();
        assert_eq!((error.kind(), error.http_status(), error.provider()), (kind, Some(http), Some("acme")));
    }

    #[test]
    fn only_the_whole_text_of_a_success_is_read() {
        let settled = r#"{"id":"p","status":"settled"}"#;
        assert!(interpret(&acme(), &Lookup::payment("p"), &reply(200, settled)).unwrap().is_paid());
        for (http, kind) in [
            (100, ErrorKind::Rejected),
            (302, ErrorKind::Rejected),
            (400, ErrorKind::Rejected),
            (401, ErrorKind::Unauthorized),
            (404, ErrorKind::Rejected),
            (500, ErrorKind::Unavailable),
        ] {
            fails(http, settled, kind);
        }
        for body in ["", " ", "\u{feff}{}", "<html>", "[]", r#"{"id":"p","id":"p","status":"settled"}"#] {
            fails(200, body, ErrorKind::InvalidReply);
        }
        let mut packed = reply(200, settled);
        packed.headers_mut().insert("content-encoding", HeaderValue::from_static("gzip"));
        let error = interpret(&acme(), &Lookup::payment("p"), &packed).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidReply);
        fails(200, r#"{"id":"q","status":"settled"}"#, ErrorKind::Mismatch);
    }

    #[test]
    fn the_error_table_rules_in_a_success_too_and_has_one_door_for_answers() {
        fails(404, r#"{"error":"E4"}"#, ErrorKind::NotFound);
        fails(200, r#"{"error":"E429"}"#, ErrorKind::RateLimited);
        fails(200, r#"{"error":"other"}"#, ErrorKind::Rejected);
        let working = r#"{"error":"E5","message":"still working"}"#;
        let payment = interpret(&acme(), &Lookup::payment("p"), &reply(500, working)).unwrap();
        assert_eq!((payment.id(), payment.status()), ("p", Status::Unknown));
        fails(400, working, ErrorKind::Rejected);
        fails(503, working, ErrorKind::Unavailable);
        fails(500, r#"{"error":"E5","message":"wrong key"}"#, ErrorKind::Unavailable);
    }

    #[test]
    fn a_check_fetches_a_token_and_once_another_where_a_kept_one_is_refused() {
        let (acme, lookup) = (acme(), Lookup::payment("p"));
        let path = |request: Request<Body>| request.uri().path().to_owned();
        let mut check = Check::new(&acme, &lookup);
        check.offer(Some(Token::new("old").until(NOW + Duration::from_secs(900))));
        assert_eq!(path(check.next(NOW, [0; 16]).unwrap()), "/payments/p");
        assert!(check.read(&reply(404, r#"{"error":"E-TOKEN"}"#)).unwrap().is_none());
        check.offer(Some(Token::new("old"))); // it is the refused one
        assert!(check.needs_token(NOW));
        assert_eq!(path(check.next(NOW, [0; 16]).unwrap()), "/token");
        assert_eq!(check.read(&reply(503, "")).unwrap_err().kind(), ErrorKind::Unavailable);
        assert_eq!(path(check.next(NOW, [0; 16]).unwrap()), "/token");
        assert!(check.read(&reply(200, r#"{"id":"new"}"#)).unwrap().is_none());
        let request = check.next(NOW, [0; 16]).unwrap();
        assert_eq!(request.headers()["authorization"], "new");
        let error = check.read(&reply(404, r#"{"error":"E-TOKEN"}"#)).unwrap_err();
        assert_eq!((error.kind(), error.provider()), (ErrorKind::Unauthorized, Some("acme")));
    }

    #[test]
    fn a_token_that_ends_soon_is_not_taken_and_a_refused_request_for_one_is_about_credentials() {
        let (acme, lookup) = (acme(), Lookup::payment("p"));
        let mut check = Check::new(&acme, &lookup);
        check.offer(Some(Token::new("old").until(NOW + Duration::from_secs(59))));
        assert_eq!(check.next(NOW, [0; 16]).unwrap().uri().path(), "/token");
        for (http, kind) in [(400, ErrorKind::Unauthorized), (401, ErrorKind::Unauthorized)] {
            assert_eq!(check.read(&reply(http, "")).unwrap_err().kind(), kind, "{http}");
        }
        for body in
            ["{}", r#"{"id":""}"#, r#"{"id":"two words"}"#, r#"{"id":"a\r\nb"}"#, r#"{"id":"\u00e9"}"#]
        {
            assert_eq!(check.read(&reply(200, body)).unwrap_err().kind(), ErrorKind::InvalidReply, "{body}");
        }
    }

    #[test]
    fn a_second_request_is_given_the_first_reply_and_there_is_no_third() {
        let (acme, lookup) = (acme(), Lookup::payment("17"));
        let mut check = Check::new(&acme, &lookup);
        check.offer(Some(Token::new("kept")));
        check.next(NOW, [0; 16]).unwrap();
        assert!(check.read(&reply(200, r#"{"status":"more"}"#)).unwrap().is_none());
        assert_eq!(check.next(NOW, [0; 16]).unwrap().uri().path(), "/more");
        assert_eq!(check.read(&reply(503, "")).unwrap_err().kind(), ErrorKind::Unavailable);
        assert_eq!(check.next(NOW, [0; 16]).unwrap().uri().path(), "/more");
        let third = check.read(&reply(200, r#"{"status":"more"}"#)).unwrap_err();
        assert_eq!(third.kind(), ErrorKind::InvalidReply);
        assert!(check.read(&reply(200, r#"{"status":"settled"}"#)).unwrap().unwrap().is_paid());
        let alone = interpret(&acme, &lookup, &reply(200, r#"{"status":"more"}"#)).unwrap_err();
        assert_eq!(alone.kind(), ErrorKind::Unsupported);
        let by_order = Lookup::order("p");
        let settled = reply(200, r#"{"id":"p","status":"settled"}"#);
        let never_asked = interpret(&acme, &by_order, &settled).unwrap_err();
        assert_eq!(never_asked.kind(), ErrorKind::Unsupported);
    }

    #[test]
    fn another_payment_is_a_mismatch_unless_the_provider_is_known_to_cascade() {
        static CASCADING: Facts = Facts::new("acme", "Acme", &[], &[]).with_ids(Ids::Cascading);
        static UUIDS: Facts = Facts::new("acme", "Acme", &[], &[]).with_ids(Ids::IgnoringCase);
        let answered = |reference: Option<&str>| {
            Snapshot::new("a", Row::judge(&[], &[]), "w").with_reference(reference.map(str::to_owned))
        };
        let is = |facts, lookup: Lookup, reference| match about(facts, &lookup, &answered(reference)) {
            Ok(About::TheAsked) => "asked",
            Ok(About::Another) => "another",
            Err(_) => "mismatch",
        };
        assert_eq!(is(&FACTS, Lookup::payment("a"), None), "asked");
        assert_eq!(is(&FACTS, Lookup::payment("A"), Some("A")), "mismatch");
        assert_eq!(is(&UUIDS, Lookup::payment("A"), None), "asked");
        assert_eq!(is(&CASCADING, Lookup::payment("b"), Some("o")), "another");
        assert_eq!(is(&FACTS, Lookup::order("o"), Some("o")), "asked");
        assert_eq!(is(&CASCADING, Lookup::order("o"), Some("p")), "mismatch");
        assert_eq!(is(&FACTS, Lookup::order("a"), Some("p")), "mismatch");
        assert_eq!(is(&FACTS, Lookup::order("a"), None), "asked");
        assert_eq!(is(&FACTS, Lookup::order("o"), None), "another");
        static SESSIONS: Facts = Facts::new("acme", "Acme", &[], &[]).with_ids(Ids::BesideSessions("s."));
        assert_eq!(is(&SESSIONS, Lookup::payment("s.1"), None), "asked");
        assert_eq!(is(&SESSIONS, Lookup::payment("b"), None), "mismatch");
        assert_eq!(is(&SESSIONS, Lookup::order("s.1"), Some("o")), "mismatch");
        let nobody = Snapshot::new(" ", Row::judge(&[], &[]), "w");
        for facts in [&FACTS, &CASCADING] {
            assert!(about(facts, &Lookup::order("o"), &nobody).is_err(), "an empty id names nobody");
            assert!(about(facts, &Lookup::payment("p"), &nobody).is_err());
        }
    }
}
