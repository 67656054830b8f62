//! Sends callbacks in the background: each is tried once, and a provider's own arrive in the order of their events.

use std::{
    error::Error as _,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::{Arc, LazyLock},
    time::Duration,
};

use reqwest::{Client, redirect::Policy};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

use crate::{Payment, SentCallback, protocol::Callback, store::Store};

const TIMEOUT: Duration = Duration::from_secs(5);

pub(crate) type Queue = UnboundedSender<Outgoing>;

/// A callback that is on its way.
pub(crate) struct Outgoing {
    pub(crate) payment: Payment,
    pub(crate) url: String,
    pub(crate) callback: Callback,
}

/// Delivers one provider's callbacks, for ever.
pub(crate) async fn deliver(mut queue: UnboundedReceiver<Outgoing>, store: Arc<Store>) {
    // Most sandboxes send nothing: only the first callback makes the client.
    let client = LazyLock::new(client);
    while let Some(Outgoing { payment, url, callback }) = queue.recv().await {
        let outcome = match &*client {
            Ok(client) => post(client, &url, callback).await,
            Err(error) => Err(describe(error)),
        };
        store.record(SentCallback::new(&payment, &url, outcome));
    }
}

async fn post(client: &Client, url: &str, callback: Callback) -> Result<u16, String> {
    let mut request = client.post(url).body(callback.body);
    for (name, value) in callback.headers {
        request = request.header(name, value);
    }
    match request.send().await {
        Ok(answer) => Ok(answer.status().as_u16()),
        Err(error) if error.is_timeout() => Err(format!("no answer within {} s", TIMEOUT.as_secs())),
        Err(error) => Err(describe(&error)),
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
    use tokio::{net::TcpListener, sync::mpsc};

    use super::*;
    use crate::{NewPayment, Provider};

    #[tokio::test(start_paused = true)]
    async fn a_receiver_that_never_answers_is_given_up() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let (payment, _) = NewPayment::new(Provider::Resmic, "s-1", "Completed").into_payment();
        let (queue, queued) = mpsc::unbounded_channel();
        let callback = Callback { headers: Vec::new(), body: "{}".to_owned() };
        assert!(queue.send(Outgoing { payment, url, callback }).is_ok());
        drop(queue);
        let store = Arc::new(Store::seeded().0);
        deliver(queued, Arc::clone(&store)).await;
        let sent = store.callbacks();
        assert_eq!((sent[0].status(), sent[0].error()), (None, Some("no answer within 5 s")));
    }
}
