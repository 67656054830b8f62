use std::error::Error as _;

use http::{Request, Response};
use paystatus_core::{Body, Error, ErrorKind};

/// Sends one request and takes the whole reply, up to a size; bigger failures count by their HTTP status alone.
pub(crate) async fn exchange(
    client: &reqwest::Client,
    request: Request<Body>,
    max_body: usize,
) -> Result<Response<Body>, Error> {
    let request = reqwest::Request::try_from(request.map(|body| reqwest::Body::from(body.into_bytes())))
        .map_err(|_| {
            Error::new(ErrorKind::Config, "the request's address is not usable: check the base URL")
        })?;
    let mut reply = client.execute(request).await.map_err(failure)?;
    let mut whole = Response::new(Body::empty());
    *whole.status_mut() = reply.status();
    *whole.headers_mut() = std::mem::take(reply.headers_mut());

    let (mut chunks, mut size) = (Vec::new(), 0);
    while let Some(chunk) = reply.chunk().await.map_err(failure)? {
        size += chunk.len();
        if size > max_body && whole.status().is_success() {
            let why = format!("the reply is larger than {max_body} bytes");
            return Err(Error::new(ErrorKind::InvalidReply, why).with_http_status(whole.status().as_u16()));
        }
        if size > max_body {
            return Ok(whole);
        }
        chunks.push(chunk);
    }
    let body: bytes::Bytes =
        if chunks.len() > 1 { chunks.concat().into() } else { chunks.pop().unwrap_or_default() };
    *whole.body_mut() = Body::from(body);
    Ok(whole)
}

/// What kept a whole answer from coming.
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

fn is_about_a_certificate(error: &reqwest::Error) -> bool {
    let mut source = error.source();
    while let Some(cause) = source {
        if cause.to_string().contains("certificate") {
            return true;
        }
        source = cause.source();
    }
    false
}
