//! A server on loopback that answers as a test tells it to, in the clear or over TLS, and keeps what it was sent.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Notify,
};
use tokio_rustls::TlsAcceptor;

/// It ends with the runtime of its test.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
    came: Arc<Notify>,
}

impl Server {
    /// Answers every request with what is made of it: the head, and the body.
    pub(crate) async fn start(answer: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self::serve(None, answer).await
    }

    /// The same over TLS.
    pub(crate) async fn start_tls(
        tls: TlsAcceptor,
        answer: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static,
    ) -> Self {
        Self::serve(Some(tls), answer).await
    }

    async fn serve(
        tls: Option<TlsAcceptor>,
        answer: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (requests, answer) = (Arc::new(Mutex::new(Vec::new())), Arc::new(answer));
        let came = Arc::new(Notify::new());
        let (kept, told) = (Arc::clone(&requests), Arc::clone(&came));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (tls, kept, answer) = (tls.clone(), Arc::clone(&kept), Arc::clone(&answer));
                let told = Arc::clone(&told);
                tokio::spawn(async move {
                    let answered = match tls {
                        None => answer_one(stream, &kept, &*answer).await,
                        Some(tls) => match tls.accept(stream).await {
                            Ok(stream) => answer_one(stream, &kept, &*answer).await,
                            Err(_) => Ok(()),
                        },
                    };
                    told.notify_one();
                    answered
                });
            }
        });
        Self { address, requests, came }
    }

    /// Waits until so many requests have come.
    pub(crate) async fn wait_for(&self, requests: usize) {
        while self.requests().len() < requests {
            self.came.notified().await;
        }
    }

    /// Everything that came, whole requests or not.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

async fn answer_one(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    kept: &Mutex<Vec<String>>,
    answer: &(impl Fn(&str) -> Vec<u8> + ?Sized),
) -> std::io::Result<()> {
    let request = read_request(&mut stream).await?;
    if !request.is_empty() {
        kept.lock().unwrap().push(request.clone());
    }
    stream.write_all(&answer(&request)).await?;
    stream.shutdown().await
}

/// A request's head and body, or as much of it as comes.
pub(crate) async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> std::io::Result<String> {
    let mut seen = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&seen).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let head = head.to_ascii_lowercase();
            let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
            if body.len() >= length.and_then(|length| length.trim().parse().ok()).unwrap_or(0) {
                return Ok(text);
            }
        }
        let mut buffer = [0; 4096];
        let read = stream.read(&mut buffer).await?;
        if read == 0 {
            return Ok(text);
        }
        seen.extend_from_slice(&buffer[..read]);
    }
}

/// A proxy that lets a tunnel through to one address, and keeps every byte that clients send it.
pub(crate) async fn tunnel(to: SocketAddr) -> (SocketAddr, Arc<Mutex<Vec<u8>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&seen);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(forward(stream, to, Arc::clone(&kept)));
        }
    });
    (address, seen)
}

async fn forward(mut client: TcpStream, to: SocketAddr, seen: Arc<Mutex<Vec<u8>>>) -> std::io::Result<()> {
    let head = read_request(&mut client).await?;
    seen.lock().unwrap().extend_from_slice(head.as_bytes());
    let mut server = TcpStream::connect(to).await?;
    client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    let sent = async {
        let mut buffer = [0; 4096];
        loop {
            let read = from_client.read(&mut buffer).await?;
            seen.lock().unwrap().extend_from_slice(&buffer[..read]);
            if read == 0 {
                return to_server.shutdown().await;
            }
            to_server.write_all(&buffer[..read]).await?;
        }
    };
    let answered = async { tokio::io::copy(&mut from_server, &mut to_client).await.map(drop) };
    tokio::try_join!(sent, answered).map(drop)
}

/// A reply with the status and the body, and a length that is right.
pub(crate) fn reply(status: &str, body: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
        .into_bytes()
}
