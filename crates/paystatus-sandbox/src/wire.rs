//! The connection under HTTP, which some faults need: it can be cut in the middle of an answer, and reset.

use std::{
    future, io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use axum::{
    body::{Body, Bytes},
    extract::connect_info::Connected,
    http::{HeaderValue, Response, header::CONTENT_LENGTH},
    serve::IncomingStream,
};
use futures_util::{StreamExt, stream};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::Notify,
};

use crate::{Reply, fault::End};

/// Accepts connections that can be reset.
pub(crate) struct Listener(pub(crate) TcpListener);

/// A connection as the server sees it.
pub(crate) struct Socket {
    stream: TcpStream,
    wire: Wire,
}

/// A connection as an answer sees it.
#[derive(Clone, Default)]
pub(crate) struct Wire(Arc<Shared>);

#[derive(Default)]
struct Shared {
    is_reset: AtomicBool,
    flushed: Notify,
}

impl Wire {
    /// What is to be sent, broken as it was asked for.
    pub(crate) async fn send(&self, reply: Reply, end: Option<End>) -> Response<Body> {
        match end {
            None => reply.into_response(),
            Some(End::Malformed) => reply.halved().into_response(),
            Some(End::Cut(after)) => self.broken(reply, after, false),
            Some(End::ResetAfter(after)) => self.broken(reply, after, true),
            Some(End::Reset) => {
                self.reset();
                reply.into_response()
            }
            // The server drops this as soon as the other side is gone.
            Some(End::Hang) => future::pending().await,
        }
    }

    /// Announces more than it sends.
    fn broken(&self, mut reply: Reply, after: u32, is_reset: bool) -> Response<Body> {
        let mut body = reply.take_body();
        let announced = (body.len() as u64).max(u64::from(after) + 1);
        body.truncate(after as usize);
        let wire = self.clone();
        let breaking = async move {
            // Only what has left this process reaches the other side.
            wire.0.flushed.notified().await;
            if is_reset {
                wire.reset();
            }
            Err(io::Error::other("broken on request"))
        };
        let mut response = reply.into_response();
        response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(announced));
        let sent = stream::iter([Ok(Bytes::from(body))]);
        *response.body_mut() = Body::from_stream(sent.chain(stream::once(breaking)));
        response
    }

    /// From now on nothing is sent, and the end of the connection is a reset.
    fn reset(&self) {
        self.0.is_reset.store(true, Ordering::Relaxed);
    }

    fn check(&self) -> io::Result<()> {
        let is_reset = self.0.is_reset.load(Ordering::Relaxed);
        if is_reset { Err(io::ErrorKind::ConnectionReset.into()) } else { Ok(()) }
    }
}

impl axum::serve::Listener for Listener {
    type Io = Socket;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Socket, SocketAddr) {
        let (stream, address) = axum::serve::Listener::accept(&mut self.0).await;
        // Small answers must not wait for an acknowledgement; if the option fails they are only slower.
        drop(stream.set_nodelay(true));
        (Socket { stream, wire: Wire::default() }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

impl Connected<IncomingStream<'_, Listener>> for Wire {
    fn connect_info(stream: IncomingStream<'_, Listener>) -> Self {
        stream.io().wire.clone()
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if self.wire.check().is_err() {
            // If the option fails the connection is closed all the same.
            drop(self.stream.set_zero_linger());
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.wire.check()?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.wire.check()?;
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// The server flushes only once it has nothing left to write.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        if flushed.is_ready() {
            self.wire.0.flushed.notify_waiters();
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.wire.check()?;
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
