//! The client over real HTTP, with a provider of its own and a mock server.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

#[cfg(feature = "blocking")]
mod blocking;
mod bulk;
mod spans;
mod tokens;

use httpmock::{Method::GET, MockServer};
use paystatus_client::{Client, Settings, Transport};
use paystatus_core::{
    Answer, Ask, BaseUrl, Body, Error, ErrorKind, Facts, Finality, Funds, Lookup, Provider, Refusal, Row,
    Snapshot, Source, Status, StatusClient, json,
};

const STATUSES: &[Row] = &[Row::new(
    &["settled"],
    Status::Paid,
    Finality::Final,
    Funds::Taken,
    Source::new("https://example.com/docs", "2026-11"),
)];
static FACTS: Facts = Facts::new("acme", "Acme Pay", STATUSES, &[]);

/// A provider that is asked at `/payments/{id}` and answers with a status word.
#[derive(Debug)]
struct Acme {
    base_url: BaseUrl,
    /// Where it asks, if not below its base URL.
    elsewhere: Option<BaseUrl>,
    /// What it puts in front of the id, if it does what no provider should.
    detour: &'static str,
}

impl Provider for Acme {
    type Details = ();

    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn base_url(&self) -> &BaseUrl {
        &self.base_url
    }

    fn request(&self, ask: &Ask<'_>) -> Result<http::Request<Body>, Error> {
        let base = self.elsewhere.as_ref().unwrap_or(&self.base_url);
        base.join("/payments").path(self.detour).segment(ask.lookup().payment_id()?)?.get()
    }

    fn read(&self, ask: &Ask<'_>, text: &str) -> Result<Answer<()>, Refusal> {
        let word: &str = json::from_str(text)?;
        let snapshot = Snapshot::new(ask.lookup().id(), Row::judge(STATUSES, &[Some(word)]), word);
        Ok(Answer::Payment(snapshot, ()))
    }
}

/// Polls once.
fn now<F: Future + Unpin>(mut future: F) -> std::task::Poll<F::Output> {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    std::pin::Pin::new(&mut future).poll(&mut context)
}

fn acme(server: &MockServer) -> Acme {
    Acme { base_url: BaseUrl::parse(&server.base_url()).unwrap(), elsewhere: None, detour: "" }
}

/// Answers for ids that begin with `paid`, and with 404 for all others.
async fn server() -> MockServer {
    let server = MockServer::start_async().await;
    server
        .mock_async(|when, then| {
            when.method(GET).path_matches("^/payments/paid").header_prefix("user-agent", "paystatus/");
            then.status(200).body("\"settled\"");
        })
        .await;
    server
}

#[tokio::test]
async fn a_check_is_one_request() {
    let server = server().await;
    let client = Client::new(acme(&server)).unwrap();
    let payment = client.clone().status("paid-1").await.unwrap();
    assert!(payment.is_paid());
    assert_eq!(client.provider().facts().name, "acme");
    assert!(format!("{client:?}").contains("acme"));
    let error = client.status("other").await.unwrap_err();
    assert_eq!((error.kind(), error.attempts(), error.provider()), (ErrorKind::Rejected, 1, Some("acme")));
}

#[tokio::test]
async fn retries_stop_when_one_succeeds() {
    let server = server().await;
    let down = server.mock_async(|when, then| {
        when.method(GET).path("/payments/down");
        then.status(503);
    });
    let down = down.await;
    let transport = Transport::new().unwrap();
    for (attempts, expected) in [(1, 1), (2, 2)] {
        let settings = Settings::default().with_max_attempts(attempts);
        let client = Client::with(acme(&server), settings, &transport).unwrap();
        let error = client.status("down").await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Unavailable, expected));
    }
    assert_eq!(down.calls_async().await, 3);
}

#[tokio::test]
async fn who_keeps_the_pace_elsewhere_asks_once_and_knows_what_can_be_asked() {
    let server = MockServer::start_async().await;
    let down = server.mock_async(|when, then| drop((when.method(GET), then.status(503)))).await;
    let client = Client::new(acme(&server)).unwrap();
    let client: &dyn StatusClient = &client;
    let error = client.status_once(&Lookup::payment("p")).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Unavailable, 1));
    assert_eq!(down.calls_async().await, 1);

    assert_eq!(client.pace(), None);
    assert!(client.can_ask(&Lookup::payment("p")).is_ok());
    for (lookup, kind) in
        [(Lookup::payment(""), ErrorKind::InvalidLookup), (Lookup::order("o"), ErrorKind::Unsupported)]
    {
        assert_eq!(client.can_ask(&lookup).unwrap_err().kind(), kind);
    }
    let paced = Settings::default().with_pace("5/s".parse().unwrap());
    let paced = Client::with(acme(&server), paced, &Transport::new().unwrap()).unwrap();
    assert_eq!(StatusClient::pace(&paced).unwrap().to_string(), "5/s");
}

#[tokio::test]
async fn a_provider_that_asks_outside_its_base_url_is_stopped() {
    let server = server().await;
    let elsewhere = MockServer::start_async().await;
    let any = elsewhere.mock_async(|_, then| {
        then.status(200);
    });
    let any = any.await;
    let base_url = BaseUrl::parse(&elsewhere.base_url()).unwrap();
    let client = Client::new(Acme { elsewhere: Some(base_url), ..acme(&server) }).unwrap();
    let error = client.status("paid-1").await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Config, 0));
    assert_eq!(any.calls_async().await, 0);
}

#[tokio::test]
async fn an_address_that_would_be_folded_into_another_is_not_asked() {
    let server = MockServer::start_async().await;
    let any = server.mock_async(|_, then| {
        then.status(200).body("\"settled\"");
    });
    let any = any.await;
    for detour in ["/..", "/.", "/%2E%2e", "/x/../.."] {
        let client = Client::new(Acme { detour, ..acme(&server) }).unwrap();
        let error = client.status("paid-1").await.unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Config, 0), "{detour}: {error}");
    }
    assert_eq!(any.calls_async().await, 0);
}

#[tokio::test]
async fn an_unusable_id_of_any_provider_sends_nothing() {
    let server = server().await;
    let client = Client::new(acme(&server)).unwrap();
    for id in ["", ".", ".."] {
        for result in [client.status(id).await, client.status_in_turn(id).await] {
            let error = result.unwrap_err();
            assert_eq!(
                (error.kind(), error.provider(), error.attempts()),
                (ErrorKind::InvalidLookup, Some("acme"), 0)
            );
        }
    }
}
