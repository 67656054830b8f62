//! The client over real HTTP, with a provider of its own and a mock server.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

#[cfg(feature = "blocking")]
mod blocking;
mod bulk;
mod spans;

use httpmock::{Method::GET, MockServer};
use paystatus_client::{Client, Settings, Transport};
use paystatus_core::{
    BaseUrl, Body, Error, ErrorKind, Finality, Funds, Lookup, Meaning, Payment, Provider, Status, json, reply,
};

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

    fn name(&self) -> &'static str {
        "acme"
    }

    fn base_url(&self) -> &BaseUrl {
        &self.base_url
    }

    fn request(&self, lookup: &Lookup) -> Result<http::Request<Body>, Error> {
        let base = self.elsewhere.as_ref().unwrap_or(&self.base_url);
        base.join("/payments").path(self.detour).segment(lookup.payment_id()?)?.get()
    }

    fn interpret(&self, lookup: &Lookup, reply: &http::Response<Body>) -> Result<Payment<()>, Error> {
        if !reply.status().is_success() {
            return Err(reply::error(reply, &[], &reply::Said::nothing()));
        }
        let word: &str = json::from_str(reply::text(reply)?)?;
        let meaning = match word {
            "settled" => Meaning::new(Status::Paid, Finality::Final, Funds::Taken),
            _ => Meaning::UNKNOWN,
        };
        Ok(Payment::new(lookup, lookup.id(), meaning, word, ()))
    }
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
    assert_eq!(client.provider().name(), "acme");
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
