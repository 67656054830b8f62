//! No credential, request body, signature or personal datum is shown: not in `Debug`, `Display`, JSON,
//! an error's chain, a log or a panic, whatever a server does.

mod callbacks;
mod configuration;

use std::{
    collections::{HashMap, HashSet},
    error::Error as _,
    fmt::Debug,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, SystemTime},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use http::{HeaderMap, HeaderName, HeaderValue};
use paystatus::{
    Accounts, BaseUrl, Callback, Client, Configuration, Error, ErrorKind, Expected, Lookup, Money, Payment,
    Settings, Transport, bearer::Bearer,
};
use paystatus_sandbox::{Provider, Sandbox};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::{
    UNPACED, paid, replies,
    server::{Server, reply, tunnel},
    targets,
    tls::{Authority, trusting},
    unknown,
    watch::{forbid, found_in, hides, hides_in_debug, logged, logs_hide_everything_but, who_logged},
};

/// The credentials of a provider, by their keys in a configuration.
fn credentials(provider: Provider) -> impl Iterator<Item = &'static str> {
    provider.settings().iter().map(|(key, _)| *key)
}

/// What the tests themselves log and say, to see that it would be found.
const CONTROL: &str = "canary-of-the-control";

fn canary(provider: Provider, key: &str) -> String {
    let is_of_a_cipher = |(known, value): &(&str, &str)| *known == key && value.len() == 16;
    if provider.settings().iter().any(is_of_a_cipher) {
        // A key of AES has its length.
        return format!("{:.16}", format!("canary-{provider}-{}", key.replace('_', "-")));
    }
    format!("canary-of-{provider}-{}", key.replace('_', "-"))
}

/// A canary that is looked for from now on.
fn watched(provider: Provider, key: &str) -> String {
    let canary = canary(provider, key);
    forbid(&canary);
    canary
}

fn watch_every_credential() {
    for &provider in Provider::ALL {
        credentials(provider).for_each(|key| drop(watched(provider, key)));
    }
}

/// Checks everything that can be made visible of a payment.
#[track_caller]
fn payment_hides<D: Clone + Debug + serde::Serialize>(what: &str, payment: &Payment<D>) {
    hides_in_debug(what, payment);
    hides_in_debug(what, payment.details());
    hides(what, &serde_json::to_string(payment).unwrap());
    let erased = payment.clone().erase();
    hides_in_debug(what, &erased);
    hides(what, &serde_json::to_string_pretty(&erased).unwrap());
    hides(what, &erased.details().to_string());
    let zero = Expected::new(Money::parse("0", "XXX").unwrap());
    for expected in [zero, Expected::reference("another")] {
        let unverified = payment.clone().verify(&expected).unwrap_err();
        hides_in_debug(what, &unverified);
        hides(what, &unverified.to_string());
        hides(what, &serde_json::to_string(unverified.discrepancies()).unwrap());
    }
    let as_it_is = payment.amount().map(Expected::new);
    if let Some(Ok(paid)) = as_it_is.map(|expected| payment.clone().verify(&expected)) {
        hides_in_debug(what, &paid);
    }
}

/// Checks everything that can be made visible of an error, down to its first cause.
#[track_caller]
fn error_hides(what: &str, error: &Error) {
    hides_in_debug(what, error);
    hides(what, &error.to_string());
    hides(what, &format!("{error:#}"));
    hides(what, error.message());
    let mut source = error.source();
    while let Some(cause) = source {
        hides_in_debug(what, &cause);
        hides(what, &cause.to_string());
        source = cause.source();
    }
}

/// Every provider's account, at one address each.
fn accounts(address: &str) -> Accounts {
    let mut toml = String::new();
    for &provider in Provider::ALL {
        toml +=
            &format!("[accounts.{provider}]\nprovider = '{provider}'\nbase_url = '{address}/{provider}'\n");
        toml += &format!("{UNPACED}\nmax_attempts = 1\ntimeout = '300ms'\n");
        for key in credentials(provider) {
            toml += &format!("{key} = '{}'\n", watched(provider, key));
        }
    }
    hides_in_debug("the configuration", &Configuration::from_toml(&toml).unwrap());
    let accounts = Accounts::from_toml(&toml).unwrap();
    hides_in_debug("the accounts", &accounts.names().collect::<Vec<_>>());
    accounts
}

/// The ids that every account can be asked about.
fn ids(sandbox: &Sandbox) -> HashMap<&'static str, String> {
    Provider::ALL.iter().map(|&provider| (provider.name(), paid(sandbox, provider))).collect()
}

/// Asks every account for a payment.
async fn ask_all(
    accounts: &Accounts,
    ids: &HashMap<&str, String>,
) -> Vec<(String, Result<Payment<Value>, Error>)> {
    let mut answers = Vec::new();
    for name in accounts.names() {
        let answer = accounts.get(name).unwrap().status(&Lookup::payment(&ids[name])).await;
        answers.push((name.to_owned(), answer));
    }
    answers
}

/// Watches for what goes out beside the credentials themselves: hashes, encoded credentials, whole bodies.
fn watch_requests(requests: &[String]) {
    for request in requests {
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        let values = head.lines().skip(1).filter_map(|line| line.split_once(": "));
        let telling = ["authorization", "key", "secret", "sign", "token"];
        for (name, value) in values {
            if telling.iter().any(|part| name.to_ascii_lowercase().contains(part)) {
                forbid(value);
            }
        }
        if body.len() > 40 {
            forbid(body);
        }
        if let Ok(Value::Object(fields)) = serde_json::from_str(body) {
            fields.values().filter_map(Value::as_str).filter(|text| text.len() >= 20).for_each(forbid);
        }
    }
}

/// What stands where a server puts the whole request into its answer.
const ECHO: &str = "{echo}";

/// An answer that sends back what was sent: its headers, and its body if that is not a provider's own.
const ECHOES: &[(&str, Option<&str>)] = &[
    ("x-echo: {echo}\r\ncontent-type: {echo}\r\nset-cookie: {echo}", Some(ECHO)),
    ("content-type: text/html", Some("<html><h1>{echo}</h1></html>")),
    ("location: http://127.0.0.1:1/{echo}\r\nretry-after: {echo}\r\ndate: {echo}", None),
    ("content-encoding: {echo}", Some("{}")),
    ("x: y", Some(r#"{"status":true,{echo}:1,{echo}:2,"id":{echo},"id":{echo}"#)),
    ("x: y", Some("[{echo},{echo}]")),
    ("x: y", Some("\u{feff}{echo}")),
    ("content-length: 5000", Some(ECHO)),
    ("transfer-encoding: chunked", Some(ECHO)),
    ("{echo}", Some(ECHO)),
    ("x-{echo}: y", Some(ECHO)),
];

fn echo(status: &str, head: &str, body: &str, request: &str) -> Vec<u8> {
    let line = request.replace(['\r', '\n'], " ");
    let quoted = serde_json::to_string(&line).unwrap();
    let (head, body) = (
        head.replace(ECHO, &line),
        match body.starts_with(['{', '[']) && body != ECHO {
            true => body.replace("\"{echo}\"", &quoted).replace(ECHO, &quoted),
            false => body.replace(ECHO, &line),
        },
    );
    let length = match head.contains("content-length") || head.contains("transfer-encoding") {
        true => String::new(),
        false => format!("\r\ncontent-length: {}", body.len()),
    };
    let status = status.replace(ECHO, &line);
    format!("HTTP/1.1 {status}\r\n{head}{length}\r\n\r\n{body}").into_bytes()
}

/// A provider's own bodies, with the echo in each of their values: of a payment that is not found, and of an answer.
async fn echoing_bodies(sandbox: &Sandbox, provider: Provider) -> Vec<String> {
    let id = paid(sandbox, provider);
    let lookups = [Lookup::payment(unknown(&id)), Lookup::payment(&id)];
    let bodies = replies::of(sandbox, provider, lookups).await;
    let bodies = bodies.iter().map(|body| std::str::from_utf8(body).unwrap());
    let mut echoing = vec![r#"{"message":{echo},"error":{echo}}"#.to_owned()];
    echoing.extend(bodies.flat_map(|body| replies::with_each_value(body, &ECHO.into())));
    echoing
}

const STATUSES: [&str; 8] =
    ["200 OK", "400 {echo}", "401 No", "403 No", "404 No", "409 No", "302 Go", "500 {echo}"];

#[tokio::test]
async fn a_server_that_echoes_the_request_puts_it_nowhere() {
    watch_every_credential();
    let sandbox = Sandbox::start().await.unwrap();
    let mut bodies = HashMap::new();
    for &provider in Provider::ALL {
        bodies.insert(provider.name(), echoing_bodies(&sandbox, provider).await);
    }
    let most = bodies.values().map(Vec::len).max().unwrap();
    // A success may hold the echo in each of its values; an error's body has few of them.
    let (turns, few) = (ECHOES.len() + most, 2 * ECHOES.len());
    let turn = Arc::new(AtomicUsize::new(0));
    let now = Arc::clone(&turn);
    let server = Server::start(move |request| {
        let number = now.load(Ordering::SeqCst);
        let (status, turn) = match number.checked_sub(turns) {
            None => (0, number),
            Some(number) => (1 + number / few, number % few),
        };
        let provider = request.split('/').nth(2).and_then(|name| bodies.get(name)).unwrap();
        let own = provider[turn % provider.len()].as_str();
        let (head, body) = ECHOES.get(turn).copied().unwrap_or(("x: y", None));
        echo(STATUSES[status], head, body.unwrap_or(own), request)
    })
    .await;
    let accounts = accounts(&format!("http://{}/canary-path", server.address));
    let ids = ids(&sandbox);
    ask_all(&accounts, &ids).await;
    watch_requests(&server.requests());
    let mut kinds = HashSet::new();
    for number in 0..turns + (STATUSES.len() - 1) * few {
        turn.store(number, Ordering::SeqCst);
        for (name, answer) in ask_all(&accounts, &ids).await {
            // A payment holds the provider's own words, which are shown as they came.
            let Err(error) = answer else { continue };
            kinds.insert(error.kind());
            error_hides(&format!("{name}, answer {number}"), &error);
        }
    }
    use ErrorKind::*;
    for kind in [Unauthorized, NotFound, Rejected, Unavailable, InvalidReply, Mismatch, Transport] {
        assert!(kinds.contains(&kind), "no error was {kind:?}");
    }
    assert!(server.requests().iter().all(|request| found_in(request).is_some()), "there was nothing to echo");
    logs_hide_everything_but(CONTROL);
    assert!(who_logged().contains("reqwest") && who_logged().contains("hyper_util"), "{:?}", who_logged());
}

#[tokio::test]
async fn connections_that_fail_put_the_request_nowhere() {
    watch_every_credential();
    let ids = ids(&Sandbox::start().await.unwrap());
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let refusing = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addresses = [silent.local_addr().unwrap(), refusing.local_addr().unwrap()];
    drop(refusing);
    for (address, kind) in addresses.into_iter().zip([ErrorKind::Timeout, ErrorKind::Transport]) {
        for (name, answer) in ask_all(&accounts(&format!("http://{address}")), &ids).await {
            let error = answer.unwrap_err();
            assert_eq!(error.kind(), kind, "{name}");
            error_hides(&name, &error);
        }
    }
    let answers: [fn(&str) -> Vec<u8>; 4] = [
        |request| request.as_bytes().to_vec(),
        |request| [b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n", request.as_bytes()].concat(),
        |request| [b"HTTP/1.1 200 OK\r\n\r\n\xff\xfe", request.as_bytes()].concat(),
        |request| reply("200 OK", &request.repeat(6000)),
    ];
    for answer in answers {
        let server = Server::start(answer).await;
        for (name, answer) in ask_all(&accounts(&format!("http://{}", server.address)), &ids).await {
            let error = answer.unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Transport | ErrorKind::InvalidReply), "{error}");
            error_hides(&name, &error);
        }
    }
    logs_hide_everything_but(CONTROL);
}

#[tokio::test]
async fn the_sandbox_refuses_every_wrong_credential_without_showing_it() {
    watch_every_credential();
    let sandbox = Sandbox::start().await.unwrap();
    for &provider in Provider::ALL {
        for (wrong, right) in provider.settings() {
            let replaced = format!("{wrong} = '{}'", watched(provider, wrong));
            let toml = sandbox.accounts_toml().replace(&format!("{wrong} = \"{right}\""), &replaced);
            let opened = Configuration::from_toml(&toml).unwrap().open(provider.name());
            let client = match opened {
                Ok(client) => client,
                Err(error) => {
                    error_hides(provider.name(), &error);
                    continue;
                }
            };
            for id in [paid(&sandbox, provider).as_str(), "no-such-payment", ".."] {
                match client.status(&id.into()).await {
                    Ok(payment) => payment_hides(provider.name(), &payment),
                    Err(error) => error_hides(provider.name(), &error),
                }
            }
        }
    }
    logs_hide_everything_but(CONTROL);
}

#[tokio::test]
async fn success_over_tls_through_a_proxy_shows_nothing_of_anybody() {
    let token = "canary-of-the-token";
    forbid(token);
    forbid("canary-of-the-proxy");
    forbid(&BASE64_STANDARD.encode("shop:canary-of-the-proxy"));
    let authority = Authority::new();
    for host in ["localhost", "pay.example.invalid"] {
        let body =
            json!({ "id": "pay-1", "status": "succeeded", "amount": 100, "currency": "USD" }).to_string();
        let server = Server::start_tls(authority.acceptor(host), move |_| reply("200 OK", &body)).await;
        let (proxy, _) = tunnel(server.address).await;
        let (port, transport) = match host {
            "localhost" => (format!(":{}", server.address.port()), trusting(&authority)),
            _ => {
                let proxy = format!("http://shop:canary-of-the-proxy@{proxy}");
                let builder = Transport::builder().with_proxy(proxy).with_root_certificates(authority.pem());
                hides_in_debug("the builder", &builder);
                (String::new(), builder.build().unwrap())
            }
        };
        hides_in_debug("the transport", &transport);
        let base = BaseUrl::parse(&format!("https://{host}{port}/canary-path")).unwrap();
        let settings = Settings::default().with_max_attempts(1);
        let client = Client::with(Bearer::new(base, token), settings, &transport).unwrap();
        hides_in_debug("the client", &client);
        let payment = client.status("pay-1").await.unwrap();
        payment_hides("the payment", &payment);
        assert!(payment.is_paid());
    }
    logs_hide_everything_but(CONTROL);
    assert!(who_logged().contains("rustls"), "{:?}", who_logged());
}

#[test]
fn a_leak_is_found_in_any_form() {
    forbid(CONTROL);
    let bytes = CONTROL.as_bytes();
    for leak in [
        format!("key={CONTROL}"),
        CONTROL.to_uppercase(),
        format!("{:?}", format!("\"{CONTROL}\"")),
        format!("{bytes:?}"),
        format!("{bytes:#?}"),
        bytes.iter().map(|byte| format!("{byte:02X}")).collect(),
        BASE64_STANDARD.encode(CONTROL),
        BASE64_STANDARD.encode(format!("a:{CONTROL}")),
        BASE64_STANDARD.encode(format!("ab:{CONTROL}.")),
        format!("{:?}", paystatus::Lookup::payment(CONTROL)),
    ] {
        assert_eq!(found_in(&leak).as_deref(), Some(CONTROL), "{}", leak.len());
    }
    assert_eq!(found_in("canary-of-nobody"), None);
    for make in [
        || Error::new(ErrorKind::Rejected, format!("the password {CONTROL} was refused")),
        || Error::new(ErrorKind::Transport, "cut").with_source(std::io::Error::other(CONTROL)),
    ] {
        assert!(std::panic::catch_unwind(|| error_hides("an error with a secret", &make())).is_err());
    }
}

#[test]
fn a_leak_is_found_in_logs_and_panics() {
    forbid(CONTROL);
    log::trace!("as a line {CONTROL}");
    tracing::trace!(field = CONTROL, "as a field");
    drop(tracing::trace_span!("a span", name = CONTROL).entered());
    assert!(std::panic::catch_unwind(|| panic!("in a panic: {CONTROL}")).is_err());
    let lines = logged(CONTROL);
    for part in ["as a line", "as a field", "a span", "in a panic"] {
        assert!(lines.iter().any(|line| line.contains(part)), "{part} went unseen");
    }
    assert!(std::panic::catch_unwind(|| logs_hide_everything_but("nothing")).is_err());
}
