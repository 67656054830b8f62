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
use md5::Md5;
use paystatus::{
    Accounts, BaseUrl, Callback, Client, Configuration, Error, ErrorKind, Expected, Lookup, Money, Payment,
    Provider, Settings, SignsCallbacks, Transport,
    akurateco::{Akurateco, Digest as Inner},
    bearer::Bearer,
    commitup::CommitUp,
    resmic::Resmic,
    upitranzact::{Encoding, UpiTranzact},
};
use paystatus_sandbox::{Overrides, Reply, Sandbox};
use serde_json::{Value, json};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;

use crate::{
    UNPACED, account,
    server::{Server, reply, tunnel},
    tls::{Authority, trusting},
    watch::{forbid, found_in, hides, hides_in_debug, logged, logs_hide_everything_but, who_logged},
};

/// Every credential of every provider, by its key in a configuration.
const CREDENTIALS: &[(&str, &[&str])] = &[
    ("akurateco", &["merchant_key", "password"]),
    ("bearer", &["access_token"]),
    ("commitup", &["api_key", "api_secret", "callback_secret"]),
    ("resmic", &["api_key", "user_id", "callback_secret"]),
    ("upitranzact", &["merchant_id", "public_key", "secret_key"]),
];

/// What the tests themselves log and say, to see that it would be found.
const CONTROL: &str = "canary-of-the-control";

fn canary(provider: &str, key: &str) -> String {
    format!("canary-of-{provider}-{}", key.replace('_', "-"))
}

/// A canary that is looked for from now on.
fn watched(provider: &str, key: &str) -> String {
    let canary = canary(provider, key);
    forbid(&canary);
    canary
}

fn watch_every_credential() {
    for (provider, keys) in CREDENTIALS {
        for key in *keys {
            watched(provider, key);
        }
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

/// Every provider's account, in every form of its requests, at one address.
fn accounts(address: &str) -> Accounts {
    let mut toml = String::new();
    for (name, provider, setting) in [
        ("akurateco", "akurateco", ""),
        ("akurateco-sha256", "akurateco", "digest = 'sha256'"),
        ("bearer", "bearer", ""),
        ("commitup", "commitup", ""),
        ("resmic", "resmic", ""),
        ("upitranzact", "upitranzact", ""),
        ("upitranzact-form", "upitranzact", "encoding = 'form'"),
    ] {
        toml += &format!("[accounts.{name}]\nprovider = '{provider}'\nbase_url = '{address}'\n{setting}\n");
        toml += &format!("{UNPACED}\nmax_attempts = 1\ntimeout = '300ms'\n");
        for key in CREDENTIALS.iter().find(|(name, _)| *name == provider).unwrap().1 {
            toml += &format!("{key} = '{}'\n", watched(provider, key));
        }
    }
    hides_in_debug("the configuration", &Configuration::from_toml(&toml).unwrap());
    let accounts = Accounts::from_toml(&toml).unwrap();
    hides_in_debug("the accounts", &accounts.names().collect::<Vec<_>>());
    accounts
}

/// Asks every account for the same payment.
async fn ask_all(accounts: &Accounts) -> Vec<(String, Result<Payment<Value>, Error>)> {
    let mut answers = Vec::new();
    for name in accounts.names() {
        let answer = accounts.get(name).unwrap().status(&Lookup::payment("pay-1")).await;
        answers.push((name.to_owned(), answer));
    }
    answers
}

/// Watches for what goes out beside the credentials themselves: hashes, encoded credentials, whole bodies.
fn watch_requests(id: &str) {
    let password = canary("akurateco", "password");
    let text = format!("{id}{password}").to_uppercase();
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    for inner in [hex(&Md5::digest(&text)), hex(&Sha256::digest(&text))] {
        forbid(&hex(&Sha1::digest(&inner)));
        forbid(&inner);
    }
    let basic = [canary("upitranzact", "public_key"), canary("upitranzact", "secret_key")].join(":");
    forbid(&BASE64_STANDARD.encode(basic));
    forbid("\"merchant_key\":");
    forbid("\"mid\":");
    forbid("mid=canary");
}

/// An answer of a server that sends back what it was sent: `{echo}` is the whole request, in a form that fits.
struct Echo {
    head: &'static str,
    body: &'static str,
}

const ECHOES: &[Echo] = &[
    Echo { head: "x-echo: {echo}\r\ncontent-type: {echo}\r\nset-cookie: {echo}", body: "{echo}" },
    Echo { head: "content-type: text/html", body: "<html><h1>{echo}</h1></html>" },
    Echo {
        head: "retry-after: {echo}\r\ndate: {echo}",
        body: r#"{"error":{echo},"message":{echo},"msg":{echo},"error_code":{echo},"error_message":{echo},"errors":[{"error_code":{echo},"error_message":{echo}}]}"#,
    },
    Echo {
        head: "location: http://127.0.0.1:1/{echo}",
        body: r#"{"status":false,"statusCode":404,"msg":{echo}}"#,
    },
    Echo { head: "content-encoding: {echo}", body: "{}" },
    Echo { head: "x: y", body: r#"{"id":{echo},"paymentId":{echo},"payment_id":{echo},"status":{echo}}"# },
    Echo {
        head: "x: y",
        body: r#"{"id":"pay-1","paymentId":"pay-1","payment_id":"pay-1","status":[{echo}]}"#,
    },
    Echo {
        head: "x: y",
        body: r#"{"id":"pay-1","paymentId":"pay-1","payment_id":"pay-1","status":{{echo}:{echo}}}"#,
    },
    Echo {
        head: "x: y",
        body: r#"{"id":"pay-1","paymentId":"pay-1","status":"x","amount":{echo},"currency":{echo}}"#,
    },
    Echo {
        head: "x: y",
        body: r#"{"id":"pay-1","paymentId":"pay-1","status":"x","amount":5,"currency":{echo}}"#,
    },
    Echo {
        head: "x: y",
        body: r#"{"payment_id":"pay-1","status":"x","order":{"amount":{echo},"currency":{echo}}}"#,
    },
    Echo { head: "x: y", body: r#"{"payment_id":"pay-1","status":"x","order":{echo}}"# },
    Echo {
        head: "x: y",
        body: r#"{"status":200,"success":true,"data":{"session_id":{echo},"payment_status":"x"}}"#,
    },
    Echo { head: "x: y", body: r#"{"status":200,"success":{echo},"data":{echo}}"# },
    Echo {
        head: "x: y",
        body: r#"{"status":true,"statusCode":200,"txnStatus":{echo},"data":{"order_id":{echo}}}"#,
    },
    Echo {
        head: "x: y",
        body: r#"{"status":true,"statusCode":200,"txnStatus":"SUCCESS","data":{"amount":{echo}}}"#,
    },
    Echo { head: "x: y", body: r#"{"status":true,{echo}:1,{echo}:2,"id":{echo},"id":{echo}"# },
    Echo { head: "x: y", body: r#"[{echo},{echo}]"# },
    Echo { head: "x: y", body: r#"{echo}"# },
    Echo { head: "x: y", body: "\u{feff}{echo}" },
    Echo { head: "content-length: 5000", body: "{echo}" },
    Echo { head: "transfer-encoding: chunked", body: "{echo}" },
    Echo { head: "{echo}", body: "{echo}" },
    Echo { head: "x-{echo}: y", body: "{echo}" },
];

impl Echo {
    fn answer(&self, status: &str, request: &str) -> Vec<u8> {
        let line = request.replace(['\r', '\n'], " ");
        let quoted = serde_json::to_string(&line).unwrap();
        let echo = if self.body.starts_with(['{', '[']) && self.body != "{echo}" { &quoted } else { &line };
        let (head, body) = (self.head.replace("{echo}", &line), self.body.replace("{echo}", echo));
        let length = match head.contains("content-length") || head.contains("transfer-encoding") {
            true => String::new(),
            false => format!("\r\ncontent-length: {}", body.len()),
        };
        let status = status.replace("{echo}", &line);
        format!("HTTP/1.1 {status}\r\n{head}{length}\r\n\r\n{body}").into_bytes()
    }
}

const STATUSES: [&str; 8] =
    ["200 OK", "400 {echo}", "401 No", "403 No", "404 No", "409 No", "302 Go", "500 {echo}"];

#[tokio::test]
async fn a_server_that_echoes_the_request_puts_it_nowhere() {
    watch_every_credential();
    watch_requests("pay-1");
    let turn = Arc::new(AtomicUsize::new(0));
    let now = Arc::clone(&turn);
    let server = Server::start(move |request| {
        let turn = now.load(Ordering::SeqCst);
        ECHOES[turn % ECHOES.len()].answer(STATUSES[turn / ECHOES.len()], request)
    })
    .await;
    let accounts = accounts(&format!("http://{}/canary-path", server.address));
    let (mut kinds, mut answered) = (HashSet::new(), 0);
    for number in 0..STATUSES.len() * ECHOES.len() {
        turn.store(number, Ordering::SeqCst);
        for (name, answer) in ask_all(&accounts).await {
            let what = format!("{name}, answer {number}");
            match answer {
                // These hold the provider's own words for the status, which are shown as they came.
                Ok(payment) => {
                    assert!(!payment.is_paid() && !payment.is_final(), "{what}");
                    answered += 1;
                }
                Err(error) => {
                    kinds.insert(error.kind());
                    error_hides(&what, &error);
                }
            }
        }
    }
    use ErrorKind::*;
    for kind in [Unauthorized, NotFound, Rejected, Unavailable, InvalidReply, Mismatch, Transport] {
        assert!(kinds.contains(&kind), "no error was {kind:?}");
    }
    assert!(answered > 0, "no answer was one");
    assert!(server.requests().iter().all(|request| found_in(request).is_some()), "there was nothing to echo");
    logs_hide_everything_but(CONTROL);
    assert!(who_logged().contains("reqwest") && who_logged().contains("hyper_util"), "{:?}", who_logged());
}

#[tokio::test]
async fn connections_that_fail_put_the_request_nowhere() {
    watch_every_credential();
    watch_requests("pay-1");
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let refusing = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addresses = [silent.local_addr().unwrap(), refusing.local_addr().unwrap()];
    drop(refusing);
    for (address, kind) in addresses.into_iter().zip([ErrorKind::Timeout, ErrorKind::Transport]) {
        for (name, answer) in ask_all(&accounts(&format!("http://{address}"))).await {
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
        for (name, answer) in ask_all(&accounts(&format!("http://{}", server.address))).await {
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
    watch_requests("pay-1");
    let sandbox = Sandbox::start().await.unwrap();
    for (provider, keys) in CREDENTIALS {
        for wrong in *keys {
            let replaced = |line: &str| match line.starts_with(&format!("{wrong} =")) {
                true => format!("{wrong} = '{}'\n", watched(provider, wrong)),
                false => format!("{line}\n"),
            };
            let toml: String = sandbox.accounts_toml().lines().map(replaced).collect();
            let client = Configuration::from_toml(&toml).unwrap().open(provider).unwrap();
            for id in ["pay_001", "no-such-payment", ".."] {
                if let Err(error) = client.status(&id.into()).await {
                    error_hides(provider, &error);
                }
            }
        }
    }
    logs_hide_everything_but(CONTROL);
}

/// A success of each provider that has every personal field it knows, as given.
fn personal(provider: &str, value: impl Fn(&str) -> Value) -> Option<Value> {
    Some(match provider {
        "akurateco" => json!({
            "customer": { "name": value("customer_name"), "email": value("customer_email") },
            "card_token": value("card_token"),
            "recurring_token": value("recurring_token"),
        }),
        "commitup" => json!({
            "pan": value("pan"),
            "cardHolderName": value("card_holder_name"),
            "customerId": value("customer_id"),
        }),
        "upitranzact" => json!({ "data": { "vpa": value("vpa") } }),
        _ => return None,
    })
}

#[tokio::test]
async fn personal_fields_of_every_payment_in_the_sandbox_are_shown_nowhere() {
    let sandbox = Sandbox::start().await.unwrap();
    let number = 900_217_000_001_u64;
    forbid(&number.to_string());
    let shapes: [fn(String) -> Value; 5] = [
        Value::from,
        |canary| json!([canary]),
        |canary| json!({ "value": canary, "name": canary }),
        |canary| json!(format!("\u{0}\n\"{canary}\u{1f980}")),
        |_| json!(900_217_000_001_u64),
    ];
    let opened = |(provider, _): &(&'static str, _)| (*provider, account(&sandbox, provider, UNPACED));
    let clients: HashMap<_, _> = CREDENTIALS.iter().map(opened).collect();
    let mut shown = 0;
    for payment in sandbox.payments() {
        let provider = payment.provider();
        for shape in shapes {
            let Some(fields) = personal(provider.name(), |field| shape(watched(provider.name(), field)))
            else {
                continue;
            };
            let overrides = Overrides::from_json(&fields.to_string()).unwrap();
            sandbox.set_overrides(provider, payment.id(), overrides).unwrap();
            match clients[provider.name()].status(&payment.id().into()).await {
                Ok(answer) => {
                    payment_hides(payment.id(), &answer);
                    shown += usize::from(answer.details().to_string().contains("[redacted]"));
                }
                Err(error) => error_hides(payment.id(), &error),
            }
        }
    }
    assert!(shown > 50, "only {shown} payments had a personal field at all");
    logs_hide_everything_but(CONTROL);
}

#[tokio::test]
async fn personal_fields_of_replies_that_cannot_be_read_are_shown_nowhere() {
    let sandbox = Sandbox::start().await.unwrap();
    for (provider, _) in CREDENTIALS {
        let Some(fields) = personal(provider, |field| watched(provider, field).into()) else { continue };
        let whole = fields.to_string();
        let inside = whole.trim_matches(['{', '}']);
        let client = account(&sandbox, provider, &format!("{UNPACED}\nmax_attempts = 1"));
        let name = provider.parse().unwrap();
        for status in [200, 400, 404, 500] {
            for body in [
                whole.clone(),
                format!("[{whole},{whole}]"),
                whole.replace("\":\"", "\":\"\\ud800"),
                format!("{{{inside}"),
                format!("{{{inside},{inside}}}}}"),
                format!("<html>{whole}</html>"),
                format!("{{\"message\":{whole},\"msg\":{whole},\"error_message\":{whole}}}"),
            ] {
                let body = Reply::new(status).with_header("content-type", "application/json").with_body(body);
                sandbox.set_provider_reply(name, body).unwrap();
                let error = client.status(&"pay-1".into()).await.unwrap_err();
                error_hides(provider, &error);
            }
        }
    }
    logs_hide_everything_but(CONTROL);
}

/// Everything that a provider's own type, its request and its client show, and what an answer to it does.
async fn shows_nothing<P: Provider + Debug + Clone>(provider: P, transport: &Transport, body: &str) {
    let name = provider.name();
    hides_in_debug(name, &provider);
    let request = provider.request(&Lookup::payment("pay-1")).unwrap();
    hides_in_debug(name, &request);
    hides_in_debug(name, request.headers());
    hides(name, &request.uri().to_string());
    let settings = Settings::default().with_max_attempts(1);
    let client = Client::with(provider, settings, transport).unwrap();
    hides_in_debug(name, &client);
    let payment = client.status("pay-1").await.unwrap();
    payment_hides(name, &payment);
    assert!(payment.is_paid() && body.contains("pay-1"));
}

#[tokio::test]
async fn success_over_tls_through_a_proxy_shows_nothing_of_anybody() {
    watch_every_credential();
    watch_requests("pay-1");
    forbid("canary-of-the-proxy");
    forbid(&BASE64_STANDARD.encode("shop:canary-of-the-proxy"));
    let paid = |provider: &str| {
        let mut body = match provider {
            "akurateco" => {
                json!({ "payment_id": "pay-1", "status": "settled", "order": { "amount": "1.00", "currency": "USD" } })
            }
            "bearer" => json!({ "id": "pay-1", "status": "succeeded", "amount": 100, "currency": "USD" }),
            "commitup" => {
                json!({ "paymentId": "pay-1", "status": "SUCCESS", "amount": 1, "currency": "USD" })
            }
            "resmic" => {
                json!({ "status": 200, "success": true, "data": { "session_id": "pay-1", "payment_status": "Completed", "amount": "1" } })
            }
            _ => {
                json!({ "status": true, "statusCode": 200, "txnStatus": "SUCCESS", "data": { "order_id": "pay-1", "amount": 1 } })
            }
        };
        for (key, value) in personal(provider, |field| watched(provider, field).into())
            .iter()
            .flat_map(|fields| fields.as_object().unwrap())
        {
            match body.get_mut(key) {
                Some(Value::Object(inner)) => inner.extend(value.as_object().unwrap().clone()),
                _ => body[key] = value.clone(),
            }
        }
        body.to_string()
    };
    let authority = Authority::new();
    for host in ["localhost", "pay.example.invalid"] {
        for (provider, _) in CREDENTIALS {
            let body = paid(provider);
            let answer = body.clone();
            let server = Server::start_tls(authority.acceptor(host), move |_| reply("200 OK", &answer)).await;
            let (proxy, _) = tunnel(server.address).await;
            let (port, transport) = match host {
                "localhost" => (format!(":{}", server.address.port()), trusting(&authority)),
                _ => {
                    let proxy = format!("http://shop:canary-of-the-proxy@{proxy}");
                    let builder =
                        Transport::builder().with_proxy(proxy).with_root_certificates(authority.pem());
                    hides_in_debug("the builder", &builder);
                    (String::new(), builder.build().unwrap())
                }
            };
            hides_in_debug("the transport", &transport);
            let base = BaseUrl::parse(&format!("https://{host}{port}/canary-path")).unwrap();
            let key = |key| canary(provider, key);
            match *provider {
                "akurateco" => {
                    let account = Akurateco::new(base, key("merchant_key"), key("password"));
                    shows_nothing(account.clone(), &transport, &body).await;
                    shows_nothing(account.with_digest(Inner::Sha256), &transport, &body).await;
                }
                "bearer" => {
                    let token = key("access_token");
                    shows_nothing(Bearer::new(base.clone(), token.clone()), &transport, &body).await;
                    let source = move || Ok(token.clone().into());
                    shows_nothing(Bearer::with_tokens(base, source), &transport, &body).await;
                }
                "commitup" => {
                    let account = CommitUp::new(base, key("api_key"), key("api_secret"))
                        .with_callback_secrets([key("callback_secret").into()]);
                    shows_nothing(account, &transport, &body).await;
                }
                "resmic" => {
                    let account = Resmic::new(key("api_key"), key("user_id"))
                        .with_base_url(base)
                        .with_callback_secrets([key("callback_secret").into()]);
                    shows_nothing(account, &transport, &body).await;
                }
                _ => {
                    let account = UpiTranzact::new(key("merchant_id"), key("public_key"), key("secret_key"))
                        .with_base_url(base);
                    shows_nothing(account.clone(), &transport, &body).await;
                    shows_nothing(account.with_encoding(Encoding::Form), &transport, &body).await;
                }
            }
        }
    }
    logs_hide_everything_but(CONTROL);
    assert!(who_logged().contains("rustls"), "{:?}", who_logged());
}

type Signs = Box<dyn SignsCallbacks>;

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
