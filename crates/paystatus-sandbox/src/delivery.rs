//! Sends callbacks in the background: each is tried once, and a provider's own arrive in the order of their events.

use std::{
    error::Error as _,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::LazyLock,
    time::Duration,
};

use reqwest::{Client, redirect::Policy};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::{Payment, SentCallback, protocol::Callback};

const TIMEOUT: Duration = Duration::from_secs(5);

/// A callback that is on its way.
pub(crate) struct Outgoing {
    pub(crate) payment: Payment,
    pub(crate) url: String,
    pub(crate) callback: Callback,
}

/// Delivers one provider's callbacks, for ever, and has it recorded what comes of them.
pub(crate) async fn deliver(mut queue: UnboundedReceiver<Outgoing>, record: impl Fn(SentCallback)) {
    // Most sandboxes send nothing: only the first callback makes the client.
    let client = LazyLock::new(client);
    while let Some(Outgoing { payment, url, callback }) = queue.recv().await {
        let outcome = match &*client {
            Ok(client) => post(client, &url, callback).await,
            Err(error) => Err(describe(error)),
        };
        record(SentCallback::new(&payment, &url, outcome));
    }
}

async fn post(client: &Client, url: &str, callback: Callback) -> Result<u16, String> {
    let mut request = client.post(with_query(url, &callback.query)).body(callback.body);
    for (name, value) in callback.headers {
        request = request.header(name, value);
    }
    match request.send().await {
        Ok(answer) => Ok(answer.status().as_u16()),
        Err(error) if error.is_timeout() => Err(format!("no answer within {} s", TIMEOUT.as_secs())),
        Err(error) => Err(describe(&error)),
    }
}

/// The URL with more parameters behind its own.
fn with_query(url: &str, query: &str) -> String {
    match query {
        "" => url.to_owned(),
        query => format!("{url}{}{query}", if url.contains('?') { '&' } else { '?' }),
    }
}

fn client() -> Result<Client, reqwest::Error> {
    // The name must stay on this machine whatever the system's resolver says; the port is the URL's.
    let localhost = [SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), SocketAddr::from((Ipv6Addr::LOCALHOST, 0))];
    Client::builder()
        .no_proxy()
        .pool_max_idle_per_host(0)
        .redirect(Policy::none())
        .resolve_to_addrs("localhost", &localhost)
        .timeout(TIMEOUT)
        .user_agent(concat!("paystatus-sandbox/", env!("CARGO_PKG_VERSION")))
        .build()
}

/// The error with its cause, such as a connection that was refused.
fn describe(error: &reqwest::Error) -> String {
    let mut cause = error.source();
    while let Some(deeper) = cause.and_then(|error| error.source()) {
        cause = Some(deeper);
    }
    let what = if error.is_connect() { "can't connect" } else { "can't be sent" };
    cause.map_or_else(|| what.to_owned(), |cause| format!("{what}: {cause}"))
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use tokio::{net::TcpListener, sync::mpsc};

    use super::*;
    use crate::{NewPayment, Provider};

    #[tokio::test(start_paused = true)]
    async fn a_receiver_that_never_answers_is_given_up() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let (payment, _) = NewPayment::new(Provider::BEARER, "s-1", "succeeded").into_payment();
        let (queue, queued) = mpsc::unbounded_channel();
        let callback = Callback { headers: Vec::new(), query: String::new(), body: "{}".to_owned() };
        assert!(queue.send(Outgoing { payment, url, callback }).is_ok());
        drop(queue);
        let sent = RefCell::new(Vec::new());
        deliver(queued, |outcome| sent.borrow_mut().push(outcome)).await;
        let sent = sent.into_inner();
        assert_eq!((sent[0].status(), sent[0].error()), (None, Some("no answer within 5 s")));
    }

    #[test]
    fn parameters_stand_behind_the_url() {
        for (query, expected) in [("", "http://h/?a=b"), ("c=d", "http://h/?a=b&c=d")] {
            assert_eq!(with_query("http://h/?a=b", query), expected);
        }
        assert_eq!(with_query("http://h/", "c=d"), "http://h/?c=d");
    }
}
