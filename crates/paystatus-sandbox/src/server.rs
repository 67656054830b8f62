use std::{net::SocketAddr, sync::Arc};

use axum::{
    body::{Body, to_bytes},
    extract::{ConnectInfo, State},
    http::Response,
};

use crate::{
    Error, Provider, Reply, control,
    fault::{Answer, Effect},
    protocol::{self, Asked, Protocol},
    request::Request,
    store::Store,
    wire::Wire,
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
    ConnectInfo(wire): ConnectInfo<Wire>,
    request: axum::extract::Request,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let (reply, effect) = match to_bytes(body, BODY_LIMIT).await {
        Ok(body) => {
            let (method, headers) = (&parts.method, &parts.headers);
            let (prefix, path) = split_prefix(parts.uri.path());
            server.reply(prefix, &Request { method, path, query: parts.uri.query(), headers, body: &body })
        }
        Err(_) => (protocol::too_large(), Effect::default()),
    };
    let reply = match effect.retry_after {
        Some(retry_after) => retry_after.put_on(reply),
        None => reply,
    };
    if !effect.delay.is_zero() {
        tokio::time::sleep(effect.delay).await;
    }
    wire.send(reply, effect.end).await
}

impl Server {
    fn reply(&self, prefix: &str, request: &Request<'_>) -> (Reply, Effect) {
        let reply = match (prefix, prefix.parse()) {
            ("_sandbox" | "", _) => control::reply(self, request),
            (_, Ok(provider)) => {
                let mut effect = self.store.enter(provider);
                let answer = self.answer(provider, request, &mut effect);
                return (answer.unwrap_or_else(|refusal| refusal), effect);
            }
            (_, Err(_)) => {
                let prefixes = Provider::ALL.iter().map(|provider| provider.name()).chain(["_sandbox"]);
                let error = Error::not_found("path", format!("nothing is served under {prefix:?}"));
                control::refusal(&error.allowing(prefixes))
            }
        };
        (reply, Effect::default())
    }

    /// The steps of an answer: what the provider's fault says goes unread, then the refusals, then the payment's fault.
    fn answer(&self, provider: Provider, request: &Request<'_>, effect: &mut Effect) -> Result<Reply, Reply> {
        let protocol = protocol::of(provider);
        if let Some(reply) = instead(effect, protocol) {
            return Ok(reply);
        }
        let asked = (protocol.read)(request)?;
        if effect.answer.is_some() {
            return Ok((protocol.not_found)(&asked));
        }
        let Some((payments, own)) = self.store.find(provider, &asked) else {
            return Ok((protocol.not_found)(&asked));
        };
        *effect = std::mem::take(effect).and(own);
        if let Some(reply) = instead(effect, protocol) {
            return Ok(reply);
        }
        if effect.answer.is_some() {
            return Ok((protocol.not_found)(&asked));
        }
        let answers = payments.iter().map(|(payment, overrides)| {
            let mut answer = (protocol.answer)(payment);
            overrides.apply(&mut answer.body);
            (answer.status, answer.body.to_string())
        });
        let (statuses, bodies): (Vec<_>, Vec<_>) = answers.unzip();
        let (status, body) = match &asked {
            Asked::Attempts(..) => (200, format!("[{}]", bodies.join(","))),
            Asked::Payment(_) | Asked::Order(_) => (statuses[0], bodies.concat()),
        };
        Ok(Reply::of_content(status, protocol.content_type, body))
    }
}

/// What a fault answers whatever is asked for.
fn instead(effect: &Effect, protocol: &Protocol) -> Option<Reply> {
    match effect.answer.as_ref()? {
        Answer::Reply(reply) => Some(reply.clone()),
        Answer::Status(status) => Some(protocol.error(*status)),
        Answer::NotFound => None,
    }
}

/// Splits `/resmic/api` into `resmic` and `/api`.
fn split_prefix(path: &str) -> (&str, &str) {
    let path = path.strip_prefix('/').unwrap_or(path);
    path.split_at(path.find('/').unwrap_or(path.len()))
}
