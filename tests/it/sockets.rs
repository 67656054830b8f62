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
    let start = Instant::now();
    let error = client(address, "500ms").status(&"canary-id".into()).await.unwrap_err();
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
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
