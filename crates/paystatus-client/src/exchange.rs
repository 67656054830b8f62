use std::{error::Error as _, pin::pin, sync::Arc};

use bytes::Bytes;
use futures_util::{Stream, TryStreamExt, stream};
use http::{Request, Response};
use paystatus_core::{BaseUrl, Body, Error, ErrorKind};
use reqwest::Url;

use crate::connections::Connections;

/// The way to one base URL.
pub(crate) struct Route {
    client: reqwest::Client,
    base: Url,
    connections: Arc<Connections>,
}

impl Route {
    pub(crate) fn new(
        client: reqwest::Client,
        base_url: &BaseUrl,
        connections: Arc<Connections>,
    ) -> Result<Self, Error> {
        let base = Url::parse(&base_url.to_string())
            .map_err(|_| Error::new(ErrorKind::Config, "`base_url` is not usable as a URL"))?;
        Ok(Self { client, base, connections })
    }

    /// Turns a request into the HTTP library's; its address is the base URL's with the request's own path and query.
    ///
    /// # Errors
    /// If the HTTP library would ask at another address than the provider wrote.
    pub(crate) fn address(&self, request: Request<Body>) -> Result<reqwest::Request, Error> {
        let (parts, body) = request.into_parts();
        let mut url = self.base.clone();
        url.set_path(parts.uri.path());
        url.set_query(parts.uri.query());
        if (url.path(), url.query()) != (parts.uri.path(), parts.uri.query()) {
            return Err(Error::new(ErrorKind::Config, "the request's address is not in its canonical form"));
        }
        let mut request = reqwest::Request::new(parts.method, url);
        *request.headers_mut() = parts.headers;
        if !body.as_bytes().is_empty() {
            *request.body_mut() = Some(reqwest::Body::from(body.into_bytes()));
        }
        Ok(request)
    }

    /// Sends a request, and reads the whole reply.
    pub(crate) async fn send(
        &self,
        request: reqwest::Request,
        max_body: usize,
    ) -> Result<Response<Body>, Error> {
        self.connections.run(whole(self.client.execute(request), max_body)).await?
    }
}

/// Reads the whole reply, with a body of at most so many bytes.
///
/// A success with a larger body is an error.
/// Of an error reply with a larger body, the HTTP status and the headers are enough.
async fn whole(
    sending: impl Future<Output = Result<reqwest::Response, reqwest::Error>>,
    max_body: usize,
) -> Result<Response<Body>, Error> {
    let mut reply = sending.await.map_err(failure)?;
    let mut whole = Response::new(Body::empty());
    *whole.status_mut() = reply.status();
    *whole.headers_mut() = std::mem::take(reply.headers_mut());

    let chunks = stream::try_unfold(reply, |mut reply| async move {
        Ok(reply.chunk().await.map_err(failure)?.map(|chunk| (chunk, reply)))
    });
    match joined(chunks, max_body).await? {
        Some(body) => *whole.body_mut() = Body::from(body),
        None if whole.status().is_success() => {
            let why = format!("the reply is larger than {max_body} bytes");
            return Err(Error::new(ErrorKind::InvalidReply, why).with_http_status(whole.status().as_u16()));
        }
        None => {}
    }
    Ok(whole)
}

/// The bytes of all chunks, or nothing if they are more than the limit.
///
/// No chunk is kept: it would hold the whole buffer that it was read into, even for a single byte.
async fn joined(
    chunks: impl Stream<Item = Result<Bytes, Error>>,
    limit: usize,
) -> Result<Option<Vec<u8>>, Error> {
    let (mut chunks, mut body) = (pin!(chunks), Vec::new());
    while let Some(chunk) = chunks.try_next().await? {
        if chunk.len() > limit - body.len() {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}

/// The error for what kept a whole reply from coming.
fn failure(error: reqwest::Error) -> Error {
    // The URL contains the payment's id.
    let error = error.without_url();
    let (kind, what) = if error.is_timeout() {
        (ErrorKind::Timeout, "no answer came in time while connecting")
    } else if is_about_a_certificate(&error) {
        (
            ErrorKind::Transport,
            "the server's certificate does not prove that it is the provider: no request was sent",
        )
    } else if error.is_connect() {
        (ErrorKind::Transport, "the provider could not be reached: check the base URL, the network and TLS")
    } else if error.is_body() || error.is_decode() {
        (ErrorKind::Transport, "the connection broke in the middle of the answer")
    } else if error.is_builder() {
        (ErrorKind::Config, "the request could not be built: check the base URL")
    } else {
        (ErrorKind::Transport, "the connection broke before a whole answer came, or what came was not HTTP")
    };
    let certificate = is_about_a_certificate(&error);
    let error = Error::new(kind, what).with_source(error);
    if certificate { error.permanent() } else { error }
}

/// Tells whether the server's certificate is what failed.
///
/// What the server says about our own certificate comes as a TLS alert, and that is another error.
fn is_about_a_certificate(error: &reqwest::Error) -> bool {
    let mut source = error.source();
    while let Some(cause) = source {
        let said = cause.to_string();
        if said.contains("certificate") && !said.contains("alert") {
            return true;
        }
        source = cause.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use futures_util::StreamExt;

    use super::*;

    /// A chunk that tells how many of its kind are alive.
    struct Counted(Arc<AtomicUsize>);

    impl Counted {
        fn chunk(alive: &Arc<AtomicUsize>) -> Bytes {
            alive.fetch_add(1, Ordering::Relaxed);
            Bytes::from_owner(Self(Arc::clone(alive)))
        }
    }

    impl AsRef<[u8]> for Counted {
        fn as_ref(&self) -> &[u8] {
            b"x"
        }
    }

    impl Drop for Counted {
        fn drop(&mut self) {
            self.0.fetch_sub(1, Ordering::Relaxed);
        }
    }

    #[tokio::test]
    async fn a_body_in_many_chunks_takes_no_more_room_than_its_bytes() {
        let alive = Arc::new(AtomicUsize::new(0));
        let chunks = stream::iter(0..10_000).map(|_| {
            assert_eq!(alive.load(Ordering::Relaxed), 0, "a chunk that was read is still kept");
            Ok(Counted::chunk(&alive))
        });
        let body = joined(chunks, 10_000).await.unwrap().unwrap();
        assert_eq!(body, [b'x'; 10_000]);
        assert!(body.capacity() <= 2 * body.len(), "{}", body.capacity());
    }

    #[tokio::test]
    async fn no_more_is_taken_than_the_limit_and_one_chunk() {
        let alive = Arc::new(AtomicUsize::new(0));
        let mut sent = 0;
        let endless = stream::repeat_with(|| {
            sent += 1;
            Ok(Counted::chunk(&alive))
        });
        assert_eq!(joined(endless, 100).await.unwrap(), None);
        assert_eq!(sent, 101);
    }
}
