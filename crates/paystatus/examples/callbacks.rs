//! A merchant's receiver of callbacks: verify, answer, ask, verify the amount, fulfil once.
//!
//! Run it with `cargo run -p paystatus --example callbacks --features akurateco,commitup,resmic`:
//! the sandbox plays the three providers, so it needs no account and no network.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

use axum::extract::{DefaultBodyLimit, Path, State};
use axum::{Router, body::Bytes, http::HeaderMap, http::StatusCode, routing::post};
use paystatus::{
    Callback, Configuration, Expected, Lookup, Money, NotGenuine, Paid, SignsCallbacks, StatusClient,
};
use paystatus_sandbox::{NewPayment, Provider, Sandbox};
use tokio::sync::mpsc;

type Result<T, E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;

struct Account {
    callbacks: Box<dyn SignsCallbacks>,
    client: Box<dyn StatusClient>,
}

/// What the shop noted down when it created a payment: nothing in a callback takes the place of it.
struct Order {
    number: &'static str,
    expected: Expected,
}

struct Shop {
    accounts: HashMap<&'static str, Account>,
    /// By account and payment id.
    orders: HashMap<(&'static str, &'static str), Order>,
    fulfilled: Mutex<HashSet<&'static str>>,
}

/// An account's name, and the payment to ask it about.
type Job = (String, Lookup);

/// Receives a callback. It takes raw bytes, because a body that was parsed and written again has another signature.
async fn receive(
    State((shop, jobs)): State<(Arc<Shop>, mpsc::Sender<Job>)>,
    Path(account): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, &'static str) {
    let Some(known) = shop.accounts.get(&*account) else { return (StatusCode::NOT_FOUND, "no such account") };
    let callback = Callback::new(&headers, &body, SystemTime::now());
    let notification = match known.callbacks.verify_callback(&callback) {
        Ok(notification) => notification,
        Err(NotGenuine::Malformed(_)) => return (StatusCode::BAD_REQUEST, "malformed"),
        // The configuration is at fault, not the callback: with a 5xx the provider tries again once it is mended.
        Err(NotGenuine::NoSecret) => return (StatusCode::INTERNAL_SERVER_ERROR, "not configured"),
        Err(_) => return (StatusCode::UNAUTHORIZED, "not genuine"),
    };
    // Providers wait for seconds only, so asking comes after the answer, and a full queue is honest: come again.
    // A real shop writes the job to its database before it answers, so that a crash can't lose it.
    for payment in notification.payments() {
        if jobs.try_send((account.clone(), payment.clone())).is_err() {
            return (StatusCode::SERVICE_UNAVAILABLE, "busy");
        }
    }
    (StatusCode::OK, "OK") // Akurateco wants this very word.
}

impl Shop {
    /// Acts on a genuine callback, which is a reason to ask and nothing more: its status may be old, or unsigned.
    async fn settle(&self, (account, lookup): &Job) -> String {
        let order = self.orders.get(&(account.as_str(), lookup.id()));
        let (Some(known), Some(order)) = (self.accounts.get(account.as_str()), order) else {
            return format!("{account} {}: no order waits for it", lookup.id());
        };
        let outcome = match known.client.status(lookup).await {
            Ok(payment) => match payment.verify(&order.expected) {
                Ok(paid) => self.fulfil(order, &paid),
                Err(no) if no.payment().is_paid() => format!("paid, but {no}: not fulfilled, a person looks"),
                Err(no) if no.payment().is_final() => format!("{}, for good", no.payment().status().as_str()),
                Err(no) => format!("{}: not yet, ask again later", no.payment().status().as_str()),
            },
            // Not knowing is not a failure: a real shop keeps the job and asks again.
            Err(error) => format!("could not find out, ask again later: {error}"),
        };
        format!("{account} {}: order {}: {outcome}", lookup.id(), order.number)
    }

    /// Hands the goods out, once for each order: only a verified payment gets here, whatever the caller believes.
    ///
    /// Looking and noting down are one step under one lock, since two callbacks can arrive at the same time.
    /// A real shop has a unique key on the order in its database, and commits it together with the shipment.
    fn fulfil<D>(&self, order: &Order, _: &Paid<D>) -> String {
        let is_first = self.fulfilled.lock().unwrap_or_else(PoisonError::into_inner).insert(order.number);
        if is_first { "fulfilled".to_owned() } else { "fulfilled before, nothing to do".to_owned() }
    }
}

fn named(provider: &str) -> Result<Provider> {
    Ok(Provider::named(provider).ok_or("the sandbox speaks no such protocol")?)
}

/// Plays the story, and tells what happened, event by event.
async fn run(mut tell: impl FnMut(&str, &str)) -> Result<()> {
    let sandbox = Sandbox::start().await?;
    let [resmic, commitup, akurateco] = [named("resmic")?, named("commitup")?, named("akurateco")?];
    let configuration = Configuration::from_toml(&sandbox.accounts_toml())?;
    let mut shop = Shop { accounts: HashMap::new(), orders: HashMap::new(), fulfilled: Mutex::default() };
    for name in ["akurateco", "commitup", "resmic"] {
        let callbacks = configuration.callbacks(name)?.ok_or("this provider signs nothing")?;
        shop.accounts.insert(name, Account { callbacks, client: configuration.open(name)? });
    }
    let expected = |amount, currency| Money::parse(amount, currency).map(Expected::new);
    let lira = |order| expected("100.50", "TRY").map(|expected| expected.with_reference(order));
    // Resmic reports no reference: there the session alone says which order it is.
    let orders = [
        ("resmic", "session-1", "1001", expected("35.10", "USD")?),
        ("commitup", "card-2", "1002", lira("1002")?),
        ("akurateco", "pay-3", "1003", expected("20.00", "EUR")?.with_reference("1003")),
        ("commitup", "card-4", "1004", lira("1004")?),
    ];
    shop.orders =
        orders.map(|(account, id, number, expected)| ((account, id), Order { number, expected })).into();
    let shop = Arc::new(shop);

    let (jobs, mut queued) = mpsc::channel(100);
    let router = Router::new().route("/callbacks/{account}", post(receive));
    let router = router.layer(DefaultBodyLimit::max(1 << 20)).with_state((Arc::clone(&shop), jobs));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/callbacks", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, router).await });
    for provider in [resmic, commitup, akurateco] {
        sandbox.set_callback_url(provider, format!("{url}/{provider}"))?;
    }
    // A service has a task for this loop; the story waits for each event, to be told in order.
    let mut settled =
        async || -> Result<String> { Ok(shop.settle(&queued.recv().await.ok_or("closed")?).await) };

    let session = NewPayment::new(resmic, "session-1", "initiated").with_amount("35.10");
    sandbox.create(session)?; // Resmic sends nothing yet.
    sandbox.set_state(resmic, "session-1", "Completed")?;
    tell("settled", &settled().await?);

    let card = |id, state, order: &str| NewPayment::new(commitup, id, state).with_reference(order);
    sandbox.create(card("card-2", "SALE ENROLLED", "1002"))?;
    tell("3-D Secure begins", &settled().await?);
    sandbox.set_state(commitup, "card-2", "SALE SUCCESS")?;
    tell("settled", &settled().await?);

    let declined = NewPayment::new(akurateco, "pay-3", "decline").with_amount("20.00");
    sandbox.create(declined.with_currency("EUR").with_reference("1003"))?;
    tell("failed", &settled().await?);

    sandbox.create(card("card-4", "SALE SUCCESS", "1004").with_amount("99.00"))?;
    tell("underpaid", &settled().await?);

    let http = reqwest::Client::builder().no_proxy().build()?;
    let asked = sandbox.requests(akurateco);
    let forged = "id=pay-3&order_number=1003&order_amount=20.00&order_currency=EUR&status=success&hash=00";
    let answer = http.post(format!("{url}/akurateco")).body(forged).send().await?.status();
    let asked = sandbox.requests(akurateco) - asked;
    tell("forged", &format!("akurateco pay-3: answered {answer}, and the provider was asked {asked} times"));

    // Resmic's callbacks have no time in them, so whoever saw one can send it for ever.
    let body = br#"{"session_id":"session-1","status":true}"#;
    let replay = shop.accounts["resmic"].callbacks.sign_callback(body, SystemTime::now())?;
    let again = http.post(format!("{url}/resmic")).body(replay.body);
    let again = replay.headers.into_iter().fold(again, |again, (name, value)| again.header(name, value));
    again.send().await?.error_for_status()?;
    tell("replayed", &settled().await?);
    Ok(())
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "this is a command")]
async fn main() -> Result<()> {
    run(|event, outcome| println!("{event:>18}  {outcome}")).await
}

#[cfg(test)]
#[tokio::test]
async fn the_story_ends_well() -> Result<()> {
    let mut told = Vec::new();
    run(|event, outcome| told.push(format!("{event}: {outcome}"))).await?;
    let expected = [
        "settled: resmic session-1: order 1001: fulfilled",
        "3-D Secure begins: commitup card-2: order 1002: pending: not yet, ask again later",
        "settled: commitup card-2: order 1002: fulfilled",
        "failed: akurateco pay-3: order 1003: failed, for good",
        "underpaid: commitup card-4: order 1004: paid, but underpaid by 1.50 TRY: not fulfilled, a person looks",
        "forged: akurateco pay-3: answered 401 Unauthorized, and the provider was asked 0 times",
        "replayed: resmic session-1: order 1001: fulfilled before, nothing to do",
    ];
    assert_eq!(told, expected);
    Ok(())
}
