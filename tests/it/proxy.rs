//! Proxies: loopback is never asked through one, and none learns a credential.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener},
    process::Command,
    sync::{Arc, Mutex},
    time::Duration,
};

use paystatus::{BaseUrl, Client, ErrorKind, Lookup, Settings, Transport, bearer::Bearer};

use crate::{
    server::{Server, reply, tunnel},
    tls::{Authority, trusting},
};

const TOKEN: &str = "canary-proxy-token";
const PAID: &str = r#"{"id":"pay-1","status":"succeeded","amount":5000,"currency":"USD"}"#;

/// Names the role of a test that runs itself once more with other environment variables, which belong to a process.
const ROLE: &str = "PAYSTATUS_TEST_ASKS";

const VARIABLES: [&str; 6] =
    ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// A proxy that refuses everything, and keeps what it was sent; it ends with the process.
fn refusing_proxy() -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&seen);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut buffer = [0; 4096];
            let read = stream.read(&mut buffer).unwrap_or(0);
            kept.lock().unwrap().push(String::from_utf8_lossy(&buffer[..read]).into_owned());
            let _ = stream.write_all(&reply("502 canary", PAID));
        }
    });
    (address, seen)
}

/// Runs one test of this program again, in a role and with a proxy in some variables.
fn run_again(test: &str, role: &str, variables: &[&str], proxy: &str) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]).env(ROLE, role);
    for name in VARIABLES.into_iter().chain(["NO_PROXY", "no_proxy", "REQUEST_METHOD"]) {
        command.env_remove(name);
    }
    command.envs(variables.iter().map(|name| (name, proxy)));
    let output = command.output().unwrap();
    assert!(output.status.success(), "{variables:?}: {}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"), "{test} was not there to be run");
}

fn client(base: &str, transport: &Transport) -> Client<Bearer> {
    let settings = Settings::default().with_timeout(Duration::from_secs(5)).with_max_attempts(1);
    Client::with(Bearer::new(BaseUrl::parse(base).unwrap(), TOKEN), settings, transport).unwrap()
}

/// Asks a server on loopback under each of its names.
async fn loopback_is_asked_directly(transport: &Transport) {
    let server = Server::start(|_| reply("200 OK", PAID)).await;
    let port = server.address.port();
    for host in ["127.0.0.1", "127.1", "2130706433", "localhost", "LOCALHOST"] {
        let base = format!("http://{host}:{port}");
        assert!(client(&base, transport).status("pay-1").await.unwrap().is_paid(), "{base}");
    }
    assert_eq!(server.requests().len(), 5);
}

#[tokio::test]
async fn loopback_is_asked_directly_whatever_the_environment_says() {
    if std::env::var_os(ROLE).is_some() {
        return loopback_is_asked_directly(&Transport::new().unwrap()).await;
    }
    let (proxy, seen) = refusing_proxy();
    let test = "proxy::loopback_is_asked_directly_whatever_the_environment_says";
    for names in VARIABLES.iter().map(std::slice::from_ref).chain([&VARIABLES[..]]) {
        for scheme in ["http://", "socks5://", ""] {
            run_again(test, "loopback", names, &format!("{scheme}{proxy}"));
        }
    }
    assert_eq!(*seen.lock().unwrap(), [""; 0]);
}

#[tokio::test]
async fn the_proxy_of_the_environment_learns_a_remote_hosts_name_and_nothing_else() {
    if std::env::var_os(ROLE).is_some() {
        let client = client("https://pay.example.invalid", &Transport::new().unwrap());
        let error = client.status("canary-id").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transport, "{error:?}");
        assert!(!format!("{error:?} {error}").contains("canary"));
        return;
    }
    let test = "proxy::the_proxy_of_the_environment_learns_a_remote_hosts_name_and_nothing_else";
    for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        let (proxy, seen) = refusing_proxy();
        run_again(test, "remote", &[name], &format!("http://{proxy}"));
        let seen = seen.lock().unwrap().concat();
        assert!(seen.starts_with("CONNECT pay.example.invalid:443 HTTP/1.1\r\n"), "{name}: {seen:?}");
        assert!(!seen.contains("canary"), "{seen}");
    }
}

#[tokio::test]
async fn http_to_a_host_that_was_allowed_it_shows_the_proxy_of_the_environment_no_credential() {
    if std::env::var_os(ROLE).is_some() {
        let host = "sandbox.invalid";
        let base = BaseUrl::parse_allowing_http(&format!("http://{host}:8080"), host).unwrap();
        let settings = Settings::default().with_timeout(Duration::from_secs(3)).with_max_attempts(1);
        let client = Client::with(Bearer::new(base, TOKEN), settings, &Transport::new().unwrap()).unwrap();
        assert!(client.status(Lookup::payment("pay-1")).await.is_err());
        return;
    }
    let test = "proxy::http_to_a_host_that_was_allowed_it_shows_the_proxy_of_the_environment_no_credential";
    for name in ["http_proxy", "HTTP_PROXY", "ALL_PROXY"] {
        let (proxy, seen) = refusing_proxy();
        run_again(test, "allowed", &[name], &format!("http://{proxy}"));
        let seen = seen.lock().unwrap().concat();
        assert!(!seen.contains(TOKEN), "{name} was shown the credential: {seen}");
    }
}

#[tokio::test]
async fn a_named_proxy_carries_a_tunnel_that_it_can_not_look_into() {
    let authority = Authority::new();
    let provider =
        Server::start_tls(authority.acceptor("pay.example.invalid"), |_| reply("200 OK", PAID)).await;
    let (proxy, seen) = tunnel(provider.address).await;
    let transport = Transport::builder()
        .with_root_certificates(authority.pem())
        .with_proxy(format!("http://shop:canary-proxy-password@{proxy}"))
        .build()
        .unwrap();
    assert!(!format!("{transport:?}").contains("canary"));
    let payment = client("https://pay.example.invalid", &transport).status("pay-1").await.unwrap();
    assert!(payment.is_paid());
    assert!(provider.requests()[0].contains(TOKEN), "the provider itself is shown the token");
    let request = provider.requests()[0].to_ascii_lowercase();
    assert!(!request.contains("proxy-authorization"), "the proxy's password is not: {request}");
    let seen = String::from_utf8_lossy(&seen.lock().unwrap()).into_owned();
    assert!(seen.starts_with("CONNECT pay.example.invalid:443 HTTP/1.1\r\n"), "{seen:?}");
    assert!(seen.to_ascii_lowercase().contains("proxy-authorization: basic "), "{seen:?}");
    assert!(!seen.contains(TOKEN) && !seen.contains("pay-1"));
}

#[tokio::test]
async fn a_named_proxy_is_not_used_for_loopback() {
    let (proxy, seen) = refusing_proxy();
    let transport = Transport::builder().with_proxy(format!("http://{proxy}")).build().unwrap();
    loopback_is_asked_directly(&transport).await;
    assert_eq!(*seen.lock().unwrap(), [""; 0]);
}

#[tokio::test]
async fn a_proxy_that_pretends_to_be_the_provider_is_found_out() {
    let (authority, other) = (Authority::new(), Authority::new());
    let pretender = Server::start_tls(other.acceptor("pay.example.invalid"), |_| reply("200 OK", PAID)).await;
    let (proxy, _) = tunnel(pretender.address).await;
    let transport = Transport::builder()
        .with_root_certificates(authority.pem())
        .with_proxy(format!("http://{proxy}"))
        .build()
        .unwrap();
    let error = client("https://pay.example.invalid", &transport).status("pay-1").await.unwrap_err();
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Transport, false), "{error:?}");
    assert_eq!(pretender.requests(), [""; 0]);
    // Without the proxy there is no such host.
    let error =
        client("https://pay.example.invalid", &trusting(&authority)).status("pay-1").await.unwrap_err();
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Transport, true), "{error:?}");
}

#[tokio::test]
async fn a_proxy_that_refuses_gives_no_answer_and_no_words() {
    for status in ["407 canary", "403 canary", "502 canary", "301 canary"] {
        let proxy = Server::start(move |request| reply(status, request)).await;
        let url = format!("http://shop:canary-proxy-password@{}", proxy.address);
        let transport = Transport::builder().with_proxy(url).build().unwrap();
        let error = client("https://pay.example.invalid", &transport).status("pay-1").await.unwrap_err();
        assert_eq!((error.kind(), error.http_status()), (ErrorKind::Transport, None), "{status}: {error:?}");
        assert!(!format!("{error:?} {error}").contains("canary"), "{error:?}");
        assert_eq!(proxy.requests().len(), 1);
    }
}
