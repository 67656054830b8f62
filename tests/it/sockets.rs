//! Servers that break, hang or lie, over raw sockets: each gives its kind of error within the deadline.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use paystatus::{Configuration, Error, ErrorKind, StatusClient};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// What a server does with a connection once the request's headers are there.
#[derive(Clone)]
enum Script {
    /// Sends these bytes and closes.
    Send(Vec<u8>),
    /// Resets the connection after these bytes.
    Reset(Vec<u8>),
    /// Sends these bytes and then nothing more, without closing.
    Hang(Vec<u8>),
    /// Sends these bytes again and again.
    Flood(Vec<u8>),
    /// Sends the first bytes once and the others again and again.
    Endless(Vec<u8>, Vec<u8>),
    /// Sends these bytes one by one, with so much time between them.
    Trickle(Vec<u8>, Duration),
}

/// A server on loopback; it counts the connections, and it ends with the runtime of its test.
async fn serve(script: Script) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&connections);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(play(stream, script.clone()));
        }
    });
    (address, connections)
}

async fn play(mut stream: TcpStream, script: Script) -> std::io::Result<()> {
    let mut seen = Vec::new();
    while !seen.windows(4).any(|window| window == b"\r\n\r\n") {
        let mut buffer = [0; 4096];
        let read = stream.read(&mut buffer).await?;
        if read == 0 {
            return Ok(());
        }
        seen.extend_from_slice(&buffer[..read]);
    }
    match script {
        Script::Send(bytes) => {
            stream.write_all(&bytes).await?;
            stream.shutdown().await
        }
        Script::Reset(bytes) => {
            stream.write_all(&bytes).await?;
            stream.set_zero_linger()
        }
        Script::Hang(bytes) => {
            stream.write_all(&bytes).await?;
            std::future::pending().await
        }
        Script::Flood(bytes) => loop {
            stream.write_all(&bytes).await?;
        },
        Script::Endless(head, bytes) => {
            stream.write_all(&head).await?;
            loop {
                stream.write_all(&bytes).await?;
            }
        }
        Script::Trickle(bytes, pause) => {
            for byte in bytes {
                stream.write_all(&[byte]).await?;
                tokio::time::sleep(pause).await;
            }
            stream.shutdown().await
        }
    }
}

fn client(address: SocketAddr, timeout: &str) -> Box<dyn StatusClient> {
    let toml = format!(
        "[accounts.shop]\nprovider = 'bearer'\naccess_token = 'canary-token'\nbase_url = 'http://{address}'\n\
         max_attempts = 1\ntimeout = '{timeout}'\n"
    );
    Configuration::from_toml(&toml).unwrap().open("shop").unwrap()
}

async fn fails(script: Script, kind: ErrorKind) -> Error {
    let (address, _) = serve(script).await;
    // What is no timeout comes before one, however busy the machine is.
    let timeout = if kind == ErrorKind::Timeout { "500ms" } else { "60s" };
    let error = client(address, timeout).status(&"canary-id".into()).await.unwrap_err();
    assert_eq!(error.kind(), kind, "{error:?}");
    assert_eq!(error.is_retryable(), kind.is_retryable());
    let shown = format!("{error:?} {error}");
    assert!(!shown.contains("canary"), "{shown}");
    error
}

fn http(head: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {head}\r\n\r\n{body}").into_bytes()
}

const PAID: &str = r#"{"id":"canary-id","status":"succeeded","amount":5000,"currency":"USD"}"#;

#[tokio::test]
async fn a_whole_answer_is_read() {
    let (address, _) =
        serve(Script::Send(http(&format!("200 OK\r\ncontent-length: {}", PAID.len()), PAID))).await;
    assert!(client(address, "5s").status(&"canary-id".into()).await.unwrap().is_paid());
}

#[tokio::test]
async fn a_refused_connection_is_transport() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = client(address, "5s").status(&"x".into()).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Transport, 1));
}

#[tokio::test]
async fn a_connection_that_breaks_is_transport_wherever_it_breaks() {
    let cut = http("200 OK\r\ncontent-length: 1000", PAID);
    for bytes in [vec![], b"HTTP/1.1 200 OK\r\ncontent-le".to_vec(), cut.clone()] {
        fails(Script::Send(bytes.clone()), ErrorKind::Transport).await;
        fails(Script::Reset(bytes), ErrorKind::Transport).await;
    }
    fails(Script::Send(b"canary canary canary\r\n\r\n".to_vec()), ErrorKind::Transport).await;
    fails(Script::Flood(b"x-canary: canary\r\n".to_vec()), ErrorKind::Transport).await;
}

#[tokio::test]
async fn a_server_that_hangs_is_a_timeout() {
    fails(Script::Hang(vec![]), ErrorKind::Timeout).await;
    fails(Script::Hang(b"HTTP/1.1 200".to_vec()), ErrorKind::Timeout).await;
    fails(Script::Hang(http("200 OK\r\ncontent-length: 1000", PAID)), ErrorKind::Timeout).await;
}

#[tokio::test]
async fn a_body_over_the_limit_is_an_invalid_reply_and_only_so_much_is_read() {
    let large = "x".repeat(3 << 20);
    let head = format!("200 OK\r\ncontent-length: {}", large.len());
    fails(Script::Send(http(&head, &large)), ErrorKind::InvalidReply).await;
    let endless =
        format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n10000\r\n{}\r\n", "x".repeat(0x10000));
    fails(Script::Hang(http("200 OK\r\ncontent-length: 5000000", &large)), ErrorKind::InvalidReply).await;
    fails(Script::Send(endless.into_bytes()), ErrorKind::Transport).await;
    let down = http(&format!("503 Down\r\ncontent-length: {}", large.len()), &large);
    fails(Script::Send(down), ErrorKind::Unavailable).await;
}

#[tokio::test]
async fn a_length_that_lies_is_no_answer() {
    fails(Script::Send(http("200 OK\r\ncontent-length: 20", PAID)), ErrorKind::InvalidReply).await;
}

#[tokio::test]
async fn a_compressed_body_is_not_read() {
    let head = format!("200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}", PAID.len());
    fails(Script::Send(http(&head, PAID)), ErrorKind::InvalidReply).await;
}

#[tokio::test]
async fn a_redirect_is_never_followed() {
    let (elsewhere, connections) = serve(Script::Send(http("200 OK", PAID))).await;
    for status in [301, 302, 303, 307, 308] {
        let head = format!("{status} Go\r\nlocation: http://{elsewhere}/\r\ncontent-length: 0");
        fails(Script::Send(http(&head, "")), ErrorKind::Rejected).await;
    }
    assert_eq!(connections.load(Ordering::SeqCst), 0);
}

fn whole(body: &str) -> Vec<u8> {
    http(&format!("200 OK\r\ncontent-length: {}", body.len()), body)
}

#[tokio::test]
async fn one_byte_at_a_time_is_a_timeout_unless_all_come_in_time() {
    let slow = Duration::from_millis(200);
    fails(Script::Trickle(whole(PAID), slow), ErrorKind::Timeout).await;
    let endless = [http("200 OK\r\ncontent-length: 500", ""), vec![b' '; 100]].concat();
    fails(Script::Trickle(endless, slow), ErrorKind::Timeout).await;
    let (address, _) = serve(Script::Trickle(whole(PAID), Duration::from_micros(100))).await;
    assert!(client(address, "60s").status(&"canary-id".into()).await.unwrap().is_paid());
}

#[tokio::test]
async fn headers_without_an_end_are_not_kept_for_ever() {
    let start = b"HTTP/1.1 200 OK\r\n".to_vec();
    for endless in ["x-canary: canary\r\n", "canary", "x: ", " folded canary\r\n"] {
        fails(Script::Endless(start.clone(), endless.repeat(2000).into()), ErrorKind::Transport).await;
    }
    for endless in ["\r\n", "HTTP/1.1 200 "] {
        fails(Script::Flood(endless.repeat(2000).into()), ErrorKind::Transport).await;
    }
}

#[tokio::test]
async fn thousands_of_headers_and_one_of_a_megabyte_are_no_answer() {
    let many: String = (0..5000).map(|number| format!("x-{number}: canary\r\n")).collect();
    let long = format!("x-canary: {}\r\n", "canary".repeat(200_000));
    for headers in [many, long] {
        let bytes = format!("HTTP/1.1 200 OK\r\n{headers}content-length: {}\r\n\r\n{PAID}", PAID.len());
        fails(Script::Send(bytes.into_bytes()), ErrorKind::Transport).await;
    }
}

#[tokio::test]
async fn interim_answers_without_an_end_are_a_timeout() {
    for interim in ["100 Continue", "102 Processing", "103 Early Hints"] {
        fails(Script::Flood(http(interim, "")), ErrorKind::Timeout).await;
    }
}

#[tokio::test]
async fn a_switch_of_protocols_is_not_followed() {
    let switch = http("101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket", PAID);
    assert_eq!(fails(Script::Send(switch), ErrorKind::Rejected).await.http_status(), Some(101));
}

#[tokio::test]
async fn an_answer_of_http_1_0_is_read_to_its_end() {
    for bytes in [
        format!("HTTP/1.0 200 OK\r\n\r\n{PAID}"),
        format!("HTTP/1.0 200 OK\r\ncontent-length: {}\r\n\r\n{PAID}", PAID.len()),
        format!("HTTP/1.1 200\r\nconnection: close\r\n\r\n{PAID}"),
    ] {
        let (address, _) = serve(Script::Send(bytes.into_bytes())).await;
        assert!(client(address, "5s").status(&"canary-id".into()).await.unwrap().is_paid());
    }
    let cut = &PAID[..PAID.len() - 1];
    fails(Script::Send(format!("HTTP/1.0 200 OK\r\n\r\n{cut}").into_bytes()), ErrorKind::InvalidReply).await;
    fails(Script::Reset(format!("HTTP/1.0 200 OK\r\n\r\n{cut}").into_bytes()), ErrorKind::Transport).await;
}

#[tokio::test]
async fn other_protocols_are_no_answer() {
    for bytes in [
        format!("HTTP/2.0 200 OK\r\n\r\n{PAID}"),
        format!("HTTP/0.9 200 OK\r\n\r\n{PAID}"),
        format!("ICY 200 OK\r\n\r\n{PAID}"),
        format!("HTTP/1.1 9999 OK\r\n\r\n{PAID}"),
        "SSH-2.0-canary\r\n".to_owned(),
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(),
        PAID.to_owned(),
    ] {
        fails(Script::Send(bytes.into_bytes()), ErrorKind::Transport).await;
    }
}

#[tokio::test]
async fn chunks_that_are_none_are_transport() {
    let head = "200 OK\r\ntransfer-encoding: chunked";
    for chunks in [
        "canary",
        "zz\r\ncanary\r\n0\r\n\r\n",
        "-1\r\ncanary\r\n0\r\n\r\n",
        "FFFFFFFFFFFFFFFFFFFF\r\ncanary",
        "6\r\ncanaryX\r\n0\r\n\r\n",
        "6\r\ncanary\r\n",
        "6\r\ncana",
    ] {
        fails(Script::Send(http(head, chunks)), ErrorKind::Transport).await;
    }
    fails(Script::Endless(http(head, "1;x="), b"canary".to_vec()), ErrorKind::Transport).await;
    fails(Script::Endless(http(head, "0\r\n"), b"x-canary: canary\r\n".to_vec()), ErrorKind::Transport).await;
    let endless = format!("10000\r\n{}\r\n", "canary-x".repeat(0x2000)).into_bytes();
    fails(Script::Endless(http(head, ""), endless), ErrorKind::InvalidReply).await;
    let good = format!("{:x}\r\n{PAID}\r\n0\r\n\r\n", PAID.len());
    let (address, _) = serve(Script::Send(http(head, &good))).await;
    assert!(client(address, "60s").status(&"canary-id".into()).await.unwrap().is_paid());
}

#[tokio::test]
async fn a_chunk_size_without_an_end_is_a_timeout_however_many_are_in_flight() {
    for (first, endless) in [("", "0"), ("1", " ")] {
        let head = http("200 OK\r\ntransfer-encoding: chunked", first);
        let (address, _) = serve(Script::Endless(head, endless.repeat(0x10000).into())).await;
        let (client, begun) = (client(address, "500ms"), Instant::now());
        let id = "canary-id".into();
        let checks = futures_util::future::join_all((0..16).map(|_| client.status(&id)));
        for result in checks.await {
            assert_eq!(result.unwrap_err().kind(), ErrorKind::Timeout);
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
    }
}

#[tokio::test]
async fn lengths_that_contradict_each_other_are_no_answer() {
    let length = PAID.len();
    for lengths in [
        format!("content-length: {length}\r\ncontent-length: 20"),
        format!("content-length: {length}, 20"),
        "content-length: -1".to_owned(),
        "content-length: canary".to_owned(),
        "content-length: 99999999999999999999999".to_owned(),
    ] {
        fails(Script::Send(http(&format!("200 OK\r\n{lengths}"), PAID)), ErrorKind::Transport).await;
    }
}

#[tokio::test]
async fn a_connection_that_the_server_closes_between_requests_is_replaced() {
    let (address, connections) = serve(Script::Send(whole(PAID))).await;
    let client = client(address, "5s");
    for count in 1..=3 {
        assert!(client.status(&"canary-id".into()).await.unwrap().is_paid());
        assert_eq!(connections.load(Ordering::SeqCst), count);
    }
}

#[tokio::test]
async fn what_follows_an_answer_is_not_taken_for_the_next_one() {
    let paid_for_nothing = whole(PAID);
    let other = whole(r#"{"id":"canary-id","status":"failed"}"#);
    let (address, connections) = serve(Script::Hang([other, paid_for_nothing].concat())).await;
    let client = client(address, "2s");
    for count in 1..=2 {
        let payment = client.status(&"canary-id".into()).await.unwrap();
        assert!(!payment.is_paid() && payment.is_final());
        assert_eq!(connections.load(Ordering::SeqCst), count, "a connection that says too much is given up");
    }
}

#[tokio::test]
async fn retries_end_at_the_deadline_too() {
    let scripts = [
        (Script::Hang(vec![]), ErrorKind::Timeout),
        (Script::Reset(vec![]), ErrorKind::Transport),
        (Script::Send(http("503 Down\r\ncontent-length: 0", "")), ErrorKind::Unavailable),
    ];
    let ends = scripts.map(|(script, kind)| async move {
        let (address, connections) = serve(script).await;
        let toml = format!(
            "[accounts.shop]\nprovider = 'bearer'\naccess_token = 'canary-token'\n\
             base_url = 'http://{address}'\nmax_attempts = 20\ntimeout = '3s'\n"
        );
        let client = Configuration::from_toml(&toml).unwrap().open("shop").unwrap();
        let begun = Instant::now();
        let error = client.status(&"canary-id".into()).await.unwrap_err();
        // Twenty attempts would take more than a minute by their pauses alone.
        assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
        // The last attempt may be the one that the deadline meets.
        assert!([kind, ErrorKind::Timeout].contains(&error.kind()), "{error}");
        assert_eq!(error.attempts() as usize, connections.load(Ordering::SeqCst));
    });
    futures_util::future::join_all(ends).await;
}
