use std::error::Error as _;

use http::{Request, Response};
use paystatus_core::{Body, Error, ErrorKind};
use reqwest::Url;

/// Begins to send one request; the address is the base URL's with the request's own path and query.
///
/// # Errors
/// If the HTTP library would ask at another address than the provider wrote.
pub(crate) fn send(
    client: &reqwest::Client,
    base: &Url,
    request: Request<Body>,
) -> Result<impl Future<Output = Result<reqwest::Response, reqwest::Error>> + use<>, Error> {
    let (parts, body) = request.into_parts();
    let mut url = base.clone();
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
    Ok(client.execute(request))
}

/// Takes the whole reply, up to a size; bigger failures count by their HTTP status alone.
pub(crate) async fn whole(
    sending: impl Future<Output = Result<reqwest::Response, reqwest::Error>>,
    max_body: usize,
) -> Result<Response<Body>, Error> {
    let mut reply = sending.await.map_err(failure)?;
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

/// About the server's; what the server says of ours comes as an alert.
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
