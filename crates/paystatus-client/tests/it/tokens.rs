//! Providers that need an access token, or a second request.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use futures_util::{StreamExt, future::join_all, stream};
use httpmock::{HttpMockRequest, HttpMockResponse, MockServer};
use paystatus_client::{Client, Settings, Transport};
use paystatus_core::{
    Answer, Ask, BaseUrl, Body, Error, ErrorKind, ErrorRow, Facts, FetchesTokens, Finality, Funds, Lookup,
    Pace, Provider, Refusal, Row, Said, Says, Snapshot, Source, Status, Token, credential, json,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::{now, spans};

const DOCS: Source = Source::new("https://example.com/docs", "2026-11");
const STATUSES: &[Row] = &[Row::new(&["settled"], Status::Paid, Finality::Final, Funds::Taken, DOCS)];
const ERRORS: &[ErrorRow] =
    &[ErrorRow::refused_token(401..=401, Says::Code("stale"), "the access token was refused", DOCS)];
static FACTS: Facts = Facts::new("vault", "Vault Pay", STATUSES, ERRORS);

/// A provider that gives access tokens at one server and answers at another.
struct Vault {
    payments: BaseUrl,
    tokens: BaseUrl,
    secret: &'static str,
}

#[derive(serde::Deserialize)]
struct Reply {
    status: Option<String>,
    error: Option<String>,
    token: Option<String>,
    seconds: Option<u64>,
}

impl Provider for Vault {
    type Details = ();

    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn base_url(&self) -> &BaseUrl {
        &self.payments
    }

    fn request(&self, ask: &Ask<'_>) -> Result<http::Request<Body>, Error> {
        let mut request = self.payments.join("/payments").segment(ask.lookup().payment_id()?)?.get()?;
        if let Some(token) = ask.token() {
            let value = credential::header("token", "Bearer ", token.text())?;
            request.headers_mut().insert("authorization", value);
        }
        Ok(request)
    }

    fn read(&self, ask: &Ask<'_>, text: &str) -> Result<Answer<()>, Refusal> {
        let Reply { status, error, .. } = json::object(text)?;
        let Some(status) = status else { return Err(Said::new(error, None).into()) };
        if status == "more" {
            return Ok(Answer::Another(self.payments.join("/more").get()?));
        }
        let judgement = Row::judge(STATUSES, &[Some(&status)]);
        Ok(Answer::Payment(Snapshot::new(ask.lookup().id(), judgement, status), ()))
    }

    fn said(&self, text: &str) -> Said {
        json::object(text).map(|Reply { error, .. }| Said::new(error, None)).unwrap_or_default()
    }

    fn tokens(&self) -> Option<&dyn FetchesTokens> {
        Some(self)
    }
}

impl FetchesTokens for Vault {
    fn base_url(&self) -> &BaseUrl {
        &self.tokens
    }

    fn request(&self, _: SystemTime) -> Result<http::Request<Body>, Error> {
        let mut request = self.tokens.join("/token").post(Body::empty())?;
        request
            .headers_mut()
            .insert("authorization", credential::header("secret", "Basic ", &self.secret.into())?);
        Ok(request)
    }

    fn read(&self, now: SystemTime, text: &str) -> Result<Token, Refusal> {
        let Reply { token, seconds, .. } = json::object(text)?;
        let token =
            token.ok_or_else(|| Error::new(ErrorKind::InvalidReply, "there is no token in the reply"))?;
        let end = now + Duration::from_secs(seconds.unwrap_or(3600));
        Ok(Token::new(token).until(end))
    }
}

/// What the two servers do and have seen.
struct World {
    tokens: u32,
    asked: u32,
    /// Which token the provider takes, by number.
    valid: u32,
    seconds: u64,
    /// After so many answers the valid token is revoked.
    revoked_after: Option<u32>,
    /// What the server of tokens says instead of a token.
    refusal: Option<(u16, String)>,
    /// What the server of payments says for a path, once each.
    scripted: Vec<(&'static str, u16, &'static str)>,
}

/// The servers, and an account of theirs.
struct Vaults {
    world: Arc<Mutex<World>>,
    payments: MockServer,
    tokens: MockServer,
}

fn reply(http: u16, body: impl Into<String>) -> HttpMockResponse {
    let mut reply = http::Response::builder().status(http);
    if http == 429 {
        reply = reply.header("retry-after", "120");
    }
    if http == 302 {
        reply = reply.header("location", "/token");
    }
    reply.body(body.into()).unwrap().into()
}

impl World {
    fn token(&mut self) -> HttpMockResponse {
        self.tokens += 1;
        if let Some((http, body)) = &self.refusal {
            return reply(*http, body.clone());
        }
        self.valid = self.tokens;
        reply(200, format!(r#"{{"token":"canary-token-{}","seconds":{}}}"#, self.valid, self.seconds))
    }

    fn payment(&mut self, request: &HttpMockRequest) -> HttpMockResponse {
        let request: http::Request<String> = request.into();
        self.asked += 1;
        let path = request.uri().path();
        if let Some(index) = self.scripted.iter().position(|(scripted, ..)| path.starts_with(scripted)) {
            let (_, http, body) = self.scripted.remove(index);
            return reply(http, body);
        }
        let token = format!("Bearer canary-token-{}", self.valid);
        if request.headers().get("authorization").is_none_or(|sent| *sent != token) && path != "/more" {
            return reply(401, r#"{"error":"stale"}"#);
        }
        if self.revoked_after == Some(self.asked) {
            self.valid = 0;
        }
        reply(200, r#"{"status":"settled"}"#)
    }
}

impl Vaults {
    async fn start() -> Self {
        let world = World {
            tokens: 0,
            asked: 0,
            valid: 0,
            seconds: 3600,
            revoked_after: None,
            refusal: None,
            scripted: Vec::new(),
        };
        let world = Arc::new(Mutex::new(world));
        let (payments, tokens) = (MockServer::start_async().await, MockServer::start_async().await);
        let shared = Arc::clone(&world);
        payments
            .mock_async(move |when, then| {
                when.method("GET");
                then.respond_with(move |request| shared.lock().unwrap().payment(request));
            })
            .await;
        let shared = Arc::clone(&world);
        tokens
            .mock_async(move |when, then| {
                when.method("POST").path("/v2/token");
                then.respond_with(move |_| shared.lock().unwrap().token());
            })
            .await;
        Self { world, payments, tokens }
    }

    fn client(&self, settings: Settings) -> Client<Vault> {
        client(&self.payments.base_url(), &format!("{}/v2", self.tokens.base_url()), settings)
    }

    /// How many requests for a token and for a payment there were.
    fn seen(&self) -> (u32, u32) {
        let world = self.world.lock().unwrap();
        (world.tokens, world.asked)
    }

    fn change(&self, change: impl FnOnce(&mut World)) {
        change(&mut self.world.lock().unwrap());
    }
}

fn client(payments: &str, tokens: &str, settings: Settings) -> Client<Vault> {
    let [payments, tokens] = [payments, tokens].map(|url| BaseUrl::parse(url).unwrap());
    let vault = Vault { payments, tokens, secret: "canary-secret" };
    Client::with(vault, settings, &Transport::new().unwrap()).unwrap()
}

fn once() -> Settings {
    Settings::default().with_max_attempts(1)
}

#[tokio::test]
async fn two_hundred_checks_of_a_cold_account_share_one_token() {
    let vaults = Vaults::start().await;
    let client = vaults.client(Settings::default());
    let answers = join_all((0..200).map(|number| client.status(format!("p-{number}")))).await;
    assert!(answers.iter().all(|answer| answer.as_ref().is_ok_and(|payment| payment.is_paid())));
    assert_eq!(vaults.seen(), (1, 200));
}

#[tokio::test]
async fn a_token_is_kept_until_a_minute_before_its_end() {
    let vaults = Vaults::start().await;
    let client = vaults.client(once());
    for (seconds, fetched) in [(30, 1), (60, 2), (3600, 3), (3600, 3)] {
        vaults.change(|world| world.seconds = seconds);
        assert!(client.status("p").await.unwrap().is_paid());
        assert_eq!(vaults.seen().0, fetched);
    }
    assert!(client.clone().status("p").await.unwrap().is_paid());
    assert_eq!(vaults.seen().0, 3, "a clone has the account's token");
}

#[tokio::test]
async fn a_token_that_is_revoked_in_the_middle_costs_no_answer() {
    let vaults = Vaults::start().await;
    vaults.change(|world| world.revoked_after = Some(100));
    let client = vaults.client(once());
    let lookups = stream::iter(0..300).map(|number| Lookup::payment(format!("p-{number}")));
    let answers: Vec<_> = client.check_many(lookups).collect().await;
    assert_eq!(answers.len(), 300);
    for (lookup, answer) in answers {
        assert!(answer.as_ref().is_ok_and(|payment| payment.is_paid()), "{}: {answer:?}", lookup.id());
    }
    let (tokens, asked) = vaults.seen();
    assert_eq!(tokens, 2);
    assert!((301..=316).contains(&asked), "only what was in flight is asked again: {asked}");
}

#[tokio::test]
async fn who_waits_for_a_token_that_does_not_come_fails_with_it() {
    let vaults = Vaults::start().await;
    vaults.change(|world| world.refusal = Some((503, String::new())));
    // As many as `join_all` begins at one go, so that none of them comes after the answer.
    let client = vaults.client(once().with_max_in_flight(30));
    let checks = join_all((0..30).map(|number| client.status(format!("p-{number}"))));
    let errors: Vec<_> =
        tokio::task::unconstrained(checks).await.into_iter().map(Result::unwrap_err).collect();
    assert_eq!(vaults.seen(), (1, 0));
    for error in &errors {
        let told = (error.kind(), error.http_status(), error.provider());
        assert_eq!(told, (ErrorKind::Unavailable, Some(503), Some("vault")));
    }
    assert_eq!(errors.iter().map(Error::attempts).sum::<u32>(), 1, "each counts what it has sent itself");
    vaults.change(|world| world.refusal = None);
    assert!(client.status("p").await.unwrap().is_paid(), "a failure is not kept");
}

#[tokio::test]
async fn a_token_server_that_is_down_is_asked_no_more_often_than_there_are_attempts() {
    let vaults = Vaults::start().await;
    vaults.change(|world| world.refusal = Some((503, String::new())));
    let client = vaults.client(Settings::default().with_max_attempts(2));
    let answers = join_all((0..16).map(|number| client.status(format!("p-{number}")))).await;
    assert!(answers.iter().all(Result::is_err));
    let (tokens, asked) = vaults.seen();
    assert!((2..=32).contains(&tokens), "{tokens}");
    assert_eq!(asked, 0);
}

#[tokio::test]
async fn what_is_no_token_is_an_error_and_is_not_kept() {
    let vaults = Vaults::start().await;
    let client = vaults.client(once().with_max_body(1000));
    use ErrorKind::*;
    for (count, (http, body, kind)) in [
        (200, "", InvalidReply),
        (200, "<html>", InvalidReply),
        (200, "{}", InvalidReply),
        (200, r#"{"token":""}"#, InvalidReply),
        (200, r#"{"token":"canary-token two"}"#, InvalidReply),
        (200, r#"{"token":"canary-token\r\nhost: example.org"}"#, InvalidReply),
        (200, r#"{"token":"canary-token","token":"other"}"#, InvalidReply),
        (200, &"x".repeat(1001), InvalidReply),
        (204, "", InvalidReply),
        (302, "", Rejected),
        (400, "canary-token", Unauthorized),
        (401, "canary-secret", Unauthorized),
        (503, "", Unavailable),
    ]
    .into_iter()
    .enumerate()
    {
        vaults.change(|world| world.refusal = Some((http, body.to_owned())));
        let error = client.status("p").await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (kind, 1), "{http} {body}: {error}");
        assert!(!format!("{error} {error:?}").contains("canary"), "{error:?}");
        assert_eq!(vaults.seen(), (u32::try_from(count).unwrap() + 1, 0));
    }
    vaults.change(|world| world.refusal = None);
    assert!(client.status("p").await.unwrap().is_paid());
}

#[tokio::test]
async fn a_token_that_is_refused_twice_is_an_error_after_few_requests() {
    let vaults = Vaults::start().await;
    let stale = ("/payments", 401, r#"{"error":"stale"}"#);
    vaults.change(|world| world.scripted = vec![stale; 2]);
    let client = vaults.client(Settings::default());
    let error = client.status("p").await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Unauthorized, 4));
    assert_eq!(vaults.seen(), (2, 2));
    assert!(client.status("p").await.unwrap().is_paid(), "the account goes on");
}

#[tokio::test]
async fn fetching_a_token_takes_no_turn_and_is_no_way_round_the_pace() {
    let vaults = Vaults::start().await;
    vaults.change(|world| world.seconds = 30);
    let client = vaults.client(once().with_pace(Pace::per_hour(1)));
    assert!(client.status("p").await.unwrap().is_paid());
    let error = client.status("p").await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::RateLimited, 0));
    assert_eq!(vaults.seen(), (1, 1), "no token is fetched for what can't be sent");
}

#[tokio::test]
async fn a_token_server_that_asks_for_silence_gets_it() {
    let vaults = Vaults::start().await;
    vaults.change(|world| world.refusal = Some((429, String::new())));
    let client = vaults.client(Settings::default());
    let error = client.status("p").await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::RateLimited, 1));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(120)));
    let error = client.status("p").await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::RateLimited, 0));
    assert_eq!(vaults.seen(), (1, 0));
}

/// Takes one request, whatever it is.
async fn accept(listener: &TcpListener) -> TcpStream {
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        assert_ne!(stream.read_buf(&mut bytes).await.unwrap(), 0);
    }
    stream
}

#[tokio::test]
async fn a_check_that_is_dropped_while_it_fetches_leaves_that_to_the_next() {
    let vaults = Vaults::start().await;
    vaults.change(|world| world.valid = 1);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let tokens = format!("http://{}", listener.local_addr().unwrap());
    let client = client(&vaults.payments.base_url(), &tokens, once());

    let mut dropped = Box::pin(client.status("first"));
    let _silent = tokio::select! {
        result = &mut dropped => panic!("{result:?}"),
        stream = accept(&listener) => stream,
    };
    let mut waiting = Box::pin(client.status("second"));
    assert!(now(&mut waiting).is_pending());
    drop(dropped);
    let serving = async {
        let body = r#"{"token":"canary-token-1"}"#;
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
        let mut stream = accept(&listener).await;
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(body.as_bytes()).await.unwrap();
        stream
    };
    let (answer, _stream) = tokio::join!(waiting, serving);
    assert!(answer.unwrap().is_paid());
}

#[tokio::test]
async fn a_retry_goes_on_at_the_step_that_failed() {
    let vaults = Vaults::start().await;
    let scripted = vec![("/payments", 200, r#"{"status":"more"}"#), ("/more", 503, "")];
    vaults.change(|world| world.scripted = scripted);
    let client = vaults.client(Settings::default().with_max_attempts(2));
    assert!(client.status("p").await.unwrap().is_paid());
    assert_eq!(vaults.seen(), (1, 3), "the token and the first request are not asked for again");
}

#[tokio::test]
async fn each_request_of_a_check_takes_a_turn() {
    let vaults = Vaults::start().await;
    vaults.change(|world| world.scripted = vec![("/payments", 200, r#"{"status":"more"}"#)]);
    let client = vaults.client(once().with_pace(Pace::per_hour(1)));
    let error = client.status("p").await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::RateLimited, 2));
    assert_eq!(vaults.seen(), (1, 1));
}

#[tokio::test]
async fn no_token_and_no_credential_is_shown() {
    let vaults = Vaults::start().await;
    let client = vaults.client(once());
    spans::start_log();
    client.status("p").await.unwrap();
    vaults.change(|world| world.valid = 0);
    client.status("p").await.unwrap();
    vaults.change(|world| {
        world.valid = 0;
        world.refusal = Some((401, "canary-token canary-secret".to_owned()));
    });
    let error = client.status("p").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    let text = format!("{} {client:?} {error} {error:?}", spans::logged());
    assert!(text.contains("checked a payment's status"), "{text}");
    assert!(!text.contains("canary"), "{text}");
}
