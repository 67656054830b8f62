use std::{net::SocketAddr, sync::Arc, time::SystemTime};

use axum::{
    body::{Body, to_bytes},
    extract::{ConnectInfo, State},
    http::Response,
};

use crate::{
    Error, Provider, Reply, control,
    fault::{Answer, Effect},
    protocol::{self, Asked, Attempt, Body as ReplyBody, Protocol},
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
            let (query, at) = (parts.uri.query(), SystemTime::now());
            server.reply(Request {
                method,
                prefix,
                path,
                query,
                headers,
                body: &body,
                at,
                tokens: Vec::new(),
            })
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
    fn reply(&self, request: Request<'_>) -> (Reply, Effect) {
        let reply = match (request.prefix, request.prefix.parse()) {
            ("_sandbox" | "", _) => control::reply(&self.store, self.address, &request),
            (_, Ok(provider)) => return reply(&self.store, provider, request),
            (prefix, Err(_)) => {
                let prefixes = Provider::ALL.iter().map(|provider| provider.name()).chain(["_sandbox"]);
                let error = Error::not_found("path", format!("nothing is served under {prefix:?}"));
                control::refusal(&error.allowing(prefixes))
            }
        };
        (reply, Effect::default())
    }
}

/// What a provider answers, and what goes wrong with the answer.
pub(crate) fn reply(store: &Store, provider: Provider, mut request: Request<'_>) -> (Reply, Effect) {
    let tokens = provider.0.tokens.filter(|tokens| tokens.path == request.path);
    let mut effect = store.enter(provider, tokens.is_some());
    let answer = match (instead(&effect, provider.0), tokens) {
        // What the provider's fault says goes unread.
        (Some(reply), _) => Ok(reply),
        (None, Some(tokens)) => protocol::check_method(&request, &tokens.method)
            .and_then(|()| (tokens.read)(&request))
            .map(|()| (tokens.reply)(&store.issue(provider, tokens.prefix, tokens.lifetime))),
        (None, None) => {
            request.tokens = store.tokens(provider);
            answer(store, provider, &request, &mut effect)
        }
    };
    (answer.unwrap_or_else(|refusal| refusal), effect)
}

/// The steps of an answer about a payment: first the refusals, then the payment's fault.
fn answer(
    store: &Store,
    provider: Provider,
    request: &Request<'_>,
    effect: &mut Effect,
) -> Result<Reply, Reply> {
    let protocol = provider.0;
    let asked = (protocol.read)(request)?;
    if effect.answer.is_some() {
        return Ok((protocol.not_found)(&asked));
    }
    let Some((payments, own)) = store.find(provider, &asked) else {
        return Ok((protocol.not_found)(&asked));
    };
    *effect = std::mem::take(effect).and(own);
    if let Some(reply) = instead(effect, protocol) {
        return Ok(reply);
    }
    if effect.answer.is_some() {
        return Ok((protocol.not_found)(&asked));
    }
    let answered = payments.into_iter().map(|(payment, overrides)| {
        let answer = protocol.answer(&asked, &payment, &overrides);
        (payment, answer)
    });
    let (status, body) = if let Asked::Attempts(..) = asked {
        let attempts: Vec<_> = answered
            .filter_map(|(payment, answer)| match answer.body {
                ReplyBody::Object(reply) => Some(Attempt { payment, reply }),
                ReplyBody::Text(_) => None,
            })
            .collect();
        (200, (protocol.list)(&attempts))
    } else {
        let mut answered = answered.map(|(_, answer)| (answer.status, answer.text()));
        answered.next().unwrap_or_default()
    };
    Ok(Reply::of_content(status, protocol.content_type, body))
}

/// What a fault answers whatever is asked for.
fn instead(effect: &Effect, protocol: &Protocol) -> Option<Reply> {
    match effect.answer.as_ref()? {
        Answer::Reply(reply) => Some(reply.clone()),
        Answer::Status(status) => Some(protocol.error(*status)),
        Answer::NotFound => None,
    }
}

/// Splits `/bearer/v1` into `bearer` and `/v1`.
fn split_prefix(path: &str) -> (&str, &str) {
    let path = path.strip_prefix('/').unwrap_or(path);
    path.split_at(path.find('/').unwrap_or(path.len()))
}
