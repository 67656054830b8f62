use httpmock::{Method::GET, MockServer};
use paystatus_client::{BlockingClient, Settings, Transport, Waited};
use paystatus_core::{ErrorKind, Lookup};

use crate::acme;

fn paid_server() -> MockServer {
    let server = MockServer::start();
    server.mock(|when, then| {
        when.method(GET).path_matches("^/payments/paid");
        then.status(200).body("\"settled\"");
    });
    server
}

#[test]
fn it_answers_like_the_asynchronous_client() {
    let server = paid_server();
    let client = BlockingClient::new(acme(&server)).unwrap();
    assert!(client.status("paid-1").unwrap().is_paid());
    assert_eq!(client.status("lost").unwrap_err().kind(), ErrorKind::Rejected);
    assert!(matches!(client.finish(client.client().wait("paid-1")), Ok(Waited::Final(_))));
    let ids = (0..50).map(|number| Lookup::payment(format!("paid-{number}")));
    let paid = client.check_many(ids).unwrap().filter(|(_, result)| result.is_ok()).count();
    assert_eq!(paid, 50);
}

#[test]
fn threads_share_it() {
    let server = paid_server();
    let client = BlockingClient::new(acme(&server)).unwrap();
    std::thread::scope(|scope| {
        let asks: Vec<_> = (0..4).map(|_| scope.spawn(|| client.status("paid-1").is_ok())).collect();
        assert!(asks.into_iter().all(|ask| ask.join().unwrap()));
    });
}

#[test]
fn clients_share_connections_whoever_opened_them() {
    let server = paid_server();
    let (once, transport) = (Settings::default().with_max_attempts(1), Transport::new().unwrap());
    let client = || BlockingClient::with(acme(&server), once.clone(), &transport).unwrap();
    let (one, other) = (client(), client());
    for client in [&one, &other, &one] {
        assert!(client.status("paid-1").unwrap().is_paid());
    }
    drop(one);
    assert!(other.status("paid-1").unwrap().is_paid());
}

#[tokio::test]
async fn inside_of_a_runtime_it_says_what_to_use_instead() {
    let server = MockServer::start_async().await;
    let client = BlockingClient::new(acme(&server)).unwrap();
    let error = client.status("paid-1").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.message().contains("`Client`"));
    assert!(client.check_many([]).is_err());
    drop(client);
}
