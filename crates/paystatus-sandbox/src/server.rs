use std::{net::SocketAddr, sync::Arc};

use axum::{
    body::{Body, to_bytes},
    extract::State,
    http::Response,
};

use crate::{
    Error, Provider, Reply, control, protocol,
    request::Request,
    store::{Found, Store},
};

// No provider's request needs more than a few hundred bytes.
const BODY_LIMIT: usize = 64 * 1024;

/// What every request is answered from.
pub(crate) struct Server {
    pub(crate) store: Arc<Store>,
    pub(crate) address: SocketAddr,
}

pub(crate) async fn handle(
    State(server): State<Arc<Server>>,
    request: axum::extract::Request,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let reply = match to_bytes(body, BODY_LIMIT).await {
        Ok(body) => {
            let (method, headers) = (&parts.method, &parts.headers);
            let (prefix, path) = split_prefix(parts.uri.path());
            server.reply(prefix, &Request { method, path, query: parts.uri.query(), headers, body: &body })
        }
        Err(_) => protocol::too_large(),
    };
    reply.into_response()
}

impl Server {
    fn reply(&self, prefix: &str, request: &Request<'_>) -> Reply {
        match (prefix, prefix.parse()) {
            ("_sandbox" | "", _) => control::reply(self, request),
            (_, Ok(provider)) => self.provider_reply(provider, request),
            (_, Err(_)) => {
                let prefixes = Provider::ALL.iter().map(|provider| provider.name()).chain(["_sandbox"]);
                let error = Error::not_found("path", format!("nothing is served under {prefix:?}"));
                control::refusal(&error.allowing(prefixes))
            }
        }
    }

    /// The steps of an answer; each of them is a place where it can be made to go wrong.
    fn provider_reply(&self, provider: Provider, request: &Request<'_>) -> Reply {
        let protocol = protocol::of(provider);
        if let Some(canned) = self.store.enter(provider) {
            return canned;
        }
        let asked = match (protocol.read)(request) {
            Ok(asked) => asked,
            Err(refusal) => return refusal,
        };
        match self.store.find(provider, &asked) {
            Found::Nothing => (protocol.not_found)(&asked),
            Found::Canned(reply) => reply,
            Found::Payment(payment, overrides) => {
                let mut answer = (protocol.answer)(&payment);
                overrides.apply(&mut answer.body);
                Reply::of_content(answer.status, protocol.content_type, answer.body.to_string())
            }
        }
    }
}

/// Splits `/resmic/api` into `resmic` and `/api`.
fn split_prefix(path: &str) -> (&str, &str) {
    let path = path.strip_prefix('/').unwrap_or(path);
    path.split_at(path.find('/').unwrap_or(path.len()))
}
