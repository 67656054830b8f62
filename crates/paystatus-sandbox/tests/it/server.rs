use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use paystatus_sandbox::{Provider, Sandbox};

use crate::lab::Lab;

const ASK: &str = "GET /bearer/v1/payments/pay_001/status HTTP/1.1\r\nhost: x\r\nauthorization: Bearer your_access_token\r\n\r\n";

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream
}

/// Sends bytes as they are and reads until the server closes.
fn raw(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = connect(address);
    // The server may refuse and close before it has read everything.
    let _ = stream.write_all(bytes);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[track_caller]
fn check(address: SocketAddr, bytes: &[u8], expected: &str) {
    let answer = raw(address, bytes);
    assert!(answer.starts_with(expected), "{answer:?}");
}

#[test]
fn it_listens_on_loopback_only() {
    let lab = Lab::new();
    assert_eq!(lab.sandbox.address().ip().to_string(), "127.0.0.1");
    let other = SocketAddr::from(([127, 0, 0, 2], lab.sandbox.address().port()));
    assert!(TcpStream::connect(other).is_err());
}

#[test]
fn dropping_stops_it_and_frees_the_port() {
    let sandbox = Sandbox::start_blocking(0).unwrap();
    let address = sandbox.address();
    let mut kept = connect(address);
    kept.write_all(ASK.as_bytes()).unwrap();
    let mut first = [0; 15];
    kept.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"HTTP/1.1 200 OK");
    drop(sandbox);

    // The connection that was still open has ended, so that nothing answers on it.
    let mut rest = Vec::new();
    let _ = kept.read_to_end(&mut rest);
    assert!(kept.write_all(ASK.as_bytes()).and_then(|()| kept.read_exact(&mut first)).is_err());
    // Another test could take a port just as it is freed: not three times.
    let reused = (0..3).any(|_| {
        let port = Sandbox::start_blocking(0).unwrap().address().port();
        Sandbox::start_blocking(port).is_ok()
    });
    assert!(reused);
}

#[tokio::test]
async fn it_serves_several_runtimes_and_a_stopped_clock() {
    let sandbox = Sandbox::start().await.unwrap();
    let url = format!("{}/v1/payments/pay_001/status", sandbox.base_url(Provider::BEARER));
    tokio::time::pause();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let got = client.get(url).bearer_auth("your_access_token").send().await.unwrap();
    assert_eq!(got.status(), 200);
    assert!(Sandbox::start_on(sandbox.address().port()).await.is_err());
}

#[test]
fn sandboxes_do_not_share_state() {
    let (one, other) = (Lab::new(), Lab::new());
    one.sandbox.set_state(Provider::BEARER, "pay_001", "failed").unwrap();
    assert_eq!(other.sandbox.payment(Provider::BEARER, "pay_001").unwrap().state(), "succeeded");
}

#[test]
fn an_unknown_prefix_names_the_known_ones() {
    let lab = Lab::new();
    let got = lab.get("/nobody/v1", &[]);
    assert_eq!(got.status, 404);
    let names = Provider::ALL.iter().map(|provider| provider.name()).chain(["_sandbox"]);
    let names: Vec<_> = names.map(|name| format!("{name:?}")).collect();
    assert!(got.body.contains(&format!(r#""allowed":[{}]"#, names.join(","))), "{}", got.body);
}

#[test]
fn no_input_brings_it_down() {
    let lab = Lab::new();
    let address = lab.sandbox.address();
    let post = |path: &str, body: &str| {
        let length = body.len();
        let head = "content-type: application/json\r\nconnection: close";
        format!("POST {path} HTTP/1.1\r\nhost: {address}\r\n{head}\r\ncontent-length: {length}\r\n\r\n{body}")
    };
    check(address, b"\0\0\0\0\r\n\r\n", "HTTP/1.1 400");
    check(address, b"GET /\xff HTTP/1.1\r\nconnection: close\r\n\r\n", "HTTP/1.1 4");
    // A request that never ends is no reason to fail either.
    let mut unfinished = connect(address);
    unfinished.write_all(b"GET /bearer").unwrap();
    check(address, b"OPTIONS * HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n", "HTTP/1.1 404");
    check(address, b"CONNECT x:1 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n", "HTTP/1.1 4");
    for provider in Provider::ALL {
        let end =
            "HTTP/1.1\r\nhost: h\r\nauthorization: \u{ff}\r\nx-api-key: \u{ff}\r\nconnection: close\r\n\r\n";
        for path in [format!("/{provider}/%FF%zz%"), format!("http://h/{provider}/x")] {
            check(address, format!("GET {path} {end}").as_bytes(), "HTTP/1.1 4");
        }
        let nested = "[".repeat(60_000);
        check(address, post(&format!("/{provider}"), &nested).as_bytes(), "HTTP/1.1 4");
    }
    let token = "authorization: Bearer \u{ff}";
    check(
        address,
        ASK.replace("authorization: Bearer your_access_token", token)
            .replace("host: x", "connection: close")
            .as_bytes(),
        "HTTP/1.1 401",
    );
    let deep = format!("{}1{}", r#"{"data":"#.repeat(6_000), "}".repeat(6_000));
    let body = format!(r#"{{"provider":"bearer","id":"deep","state":"x","overrides":{deep}}}"#);
    check(address, post("/_sandbox/payments", &body).as_bytes(), "HTTP/1.1 201");
    let deep = ASK.replace("pay_001", "deep").replace("host: x", "connection: close");
    check(address, deep.as_bytes(), "HTTP/1.1 200");

    for (path, refused) in [("/bearer", "HTTP/1.1 404"), ("/_sandbox/payments", "HTTP/1.1 400")] {
        check(address, post(path, &" ".repeat(64 * 1024)).as_bytes(), refused);
        check(address, post(path, &" ".repeat(64 * 1024 + 1)).as_bytes(), "HTTP/1.1 413");
    }
    // Whatever that was, it still answers.
    check(address, ASK.replace("host: x", "connection: close").as_bytes(), "HTTP/1.1 200");
}

#[test]
fn canned_replies_of_every_status_are_sent() {
    let lab = Lab::new();
    for status in [200, 204, 205, 301, 304, 400, 418, 500, 599] {
        let body = format!(r#"{{"status":{status},"headers":{{"location":"/"}},"body":"odd"}}"#);
        assert_eq!(lab.control("PUT", "/providers/bearer/reply", &body).status, 204);
        let ask = b"GET /bearer/x HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
        let answer = raw(lab.sandbox.address(), ask);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
    }
}
