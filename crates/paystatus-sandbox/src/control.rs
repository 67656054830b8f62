//! The sandbox's own JSON interface, under `/_sandbox/`.

mod faults;

use std::net::SocketAddr;

use axum::http::Method;
use reqwest::Url;
use serde_json::json;

use crate::{
    Error, Fault, NewPayment, Overrides, Provider, Reply, accounts,
    callback::leads_to_this_machine,
    json::{Object, unquote},
    request::Request,
    store::Store,
};

const ROUTES: [&str; 18] = [
    "GET /_sandbox/",
    "GET /_sandbox/accounts",
    "GET, POST /_sandbox/payments",
    "GET, PATCH /_sandbox/payments/{provider}/{id}",
    "PUT, DELETE /_sandbox/payments/{provider}/{id}/faults",
    "PUT, DELETE /_sandbox/payments/{provider}/{id}/reply",
    "PUT, DELETE /_sandbox/providers/{provider}/faults",
    "PUT, DELETE /_sandbox/providers/{provider}/reply",
    "PUT, DELETE /_sandbox/providers/{provider}/callback",
    "PUT, DELETE /_sandbox/providers/{provider}/tokens",
    "GET /_sandbox/callbacks",
    "POST fields: provider, id, state",
    "POST optional fields: amount, currency, reference (or order), cascades_to, overrides, omit",
    "PATCH fields: state, overrides, omit",
    "reply fields: status; optional headers, body",
    "faults: one or a list, in order; fields: status, retry_after, retry_after_date, reply, not_found, delay_ms, malformed, cut_after, reset, reset_after, hang, state, times, for_ms",
    "callback fields: url; optional digest, for providers that know several",
    "tokens fields: lifetime (seconds)",
];

const JSON: &str = "application/json";

pub(crate) fn reply(store: &Store, address: SocketAddr, request: &Request<'_>) -> Reply {
    if let Some(refusal) = of_a_foreign_page(address, request) {
        return refusal;
    }
    answer(store, address, request).unwrap_or_else(|error| refusal(&error))
}

pub(crate) fn refusal(error: &Error) -> Reply {
    refused(error.http_status(), error)
}

fn refused(status: u16, error: &Error) -> Reply {
    let body = json!({ "error": error.to_string(), "field": error.field(), "allowed": error.allowed() });
    Reply::serialized(status, &body)
}

/// The refusal of what a page of another site can have a browser on this machine send: a request under a name of
/// that site's own that leads here (DNS rebinding), or a body of a type for which browsers do not ask first.
fn of_a_foreign_page(address: SocketAddr, request: &Request<'_>) -> Option<Reply> {
    let host = request.header("host").unwrap_or_default();
    let is_own =
        |url: Url| leads_to_this_machine(&url) && url.port_or_known_default() == Some(address.port());
    if !Url::parse(&format!("http://{host}/")).is_ok_and(is_own) {
        let port = address.port();
        let error =
            Error::invalid("host", "the control interface answers under this machine's own names only");
        let own = ["127.0.0.1", "[::1]", "localhost"].map(|name| format!("{name}:{port}"));
        return Some(refused(403, &error.allowing(own)));
    }
    let has_body = matches!(*request.method, Method::POST | Method::PUT | Method::PATCH);
    if has_body && request.content_type().as_deref() != Some(JSON) {
        let error = Error::invalid("content-type", "the control interface reads JSON only").allowing([JSON]);
        return Some(refused(415, &error));
    }
    None
}

fn answer(store: &Store, address: SocketAddr, request: &Request<'_>) -> Result<Reply, Error> {
    let segments = request.segments();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let method = request.method;
    match segments[..] {
        [""] => match *method {
            Method::GET => Ok(help(store, address)),
            _ => Ok(not_allowed("GET")),
        },
        ["accounts"] => match *method {
            Method::GET => Ok(Reply::of_content(200, "application/toml", accounts::toml(address))),
            _ => Ok(not_allowed("GET")),
        },
        ["payments"] => match *method {
            Method::GET => Ok(Reply::serialized(200, &store.payments())),
            Method::POST => Ok(Reply::serialized(201, &create(store, request)?)),
            _ => Ok(not_allowed("GET, POST")),
        },
        ["payments", provider, id] => match *method {
            Method::GET => Ok(Reply::serialized(200, &store.payment(existing(provider)?, id)?)),
            Method::PATCH => Ok(Reply::serialized(200, &change(store, existing(provider)?, id, request)?)),
            _ => Ok(not_allowed("GET, PATCH")),
        },
        ["payments", provider, id, what @ ("faults" | "reply")] => {
            set_faults(store, existing(provider)?, Some(id), what, request)
        }
        ["providers", provider, what @ ("faults" | "reply")] => {
            set_faults(store, existing(provider)?, None, what, request)
        }
        ["providers", provider, "callback"] => match *method {
            Method::PUT => set_callback(store, existing(provider)?, request).map(|()| Reply::new(204)),
            Method::DELETE => {
                store.clear_callback(existing(provider)?);
                Ok(Reply::new(204))
            }
            _ => Ok(not_allowed("PUT, DELETE")),
        },
        ["providers", provider, "tokens"] => match *method {
            Method::PUT => {
                let lifetime = token_lifetime(request)?;
                store.set_token_lifetime(existing(provider)?, lifetime).map(|()| Reply::new(204))
            }
            Method::DELETE => store.revoke_tokens(existing(provider)?).map(|()| Reply::new(204)),
            _ => Ok(not_allowed("PUT, DELETE")),
        },
        ["callbacks"] => match *method {
            Method::GET => Ok(Reply::serialized(200, &store.callbacks())),
            _ => Ok(not_allowed("GET")),
        },
        _ => Err(Error::not_found("path", "the sandbox has no such page").allowing(ROUTES)),
    }
}

fn help(store: &Store, address: SocketAddr) -> Reply {
    let providers: serde_json::Map<_, _> = Provider::ALL
        .iter()
        .map(|&provider| {
            let facts = json!({
                "base_url": accounts::base_url(address, provider),
                "requests": store.requests(provider),
                "token_requests": store.token_requests(provider),
                "states": provider.states(),
            });
            (provider.name().to_owned(), facts)
        })
        .collect();
    let about = "payment providers' status protocols, for tests; nothing here is real money";
    Reply::serialized(200, &json!({ "about": about, "providers": providers, "usage": ROUTES }))
}

fn not_allowed(allowed: &str) -> Reply {
    let error = Error::invalid("method", "not allowed here").allowing(allowed.split(", "));
    refused(405, &error).with_header("allow", allowed)
}

/// A provider named in a path: an unknown one is a page that does not exist.
fn existing(provider: &str) -> Result<Provider, Error> {
    provider.parse().map_err(|_| {
        Error::not_found("provider", format!("unknown provider {provider:?}")).allowing(Provider::ALL)
    })
}

fn create(store: &Store, request: &Request<'_>) -> Result<crate::Payment, Error> {
    let fields = ["provider", "id", "state", "amount", "currency", "reference", "order", "cascades_to"];
    let body = body(request, &[&fields[..], &["overrides", "omit"]].concat())?;
    let mut new = NewPayment::new(
        required(&body, "provider")?.parse()?,
        required(&body, "id")?,
        required(&body, "state")?,
    );
    if let Some(amount) = text(&body, "amount")? {
        new = new.with_amount(amount);
    }
    if let Some(currency) = text(&body, "currency")? {
        new = new.with_currency(currency);
    }
    match (text(&body, "reference")?, text(&body, "order")?) {
        (Some(_), Some(_)) => {
            return Err(Error::invalid("order", "is another name of the reference: give one"));
        }
        (Some(reference), None) | (None, Some(reference)) => new = new.with_reference(reference),
        (None, None) => {}
    }
    if let Some(target) = text(&body, "cascades_to")? {
        new = new.cascading_to(target);
    }
    store.create(new.with_overrides(overrides(&body)?.unwrap_or_default()))
}

fn change(
    store: &Store,
    provider: Provider,
    id: &str,
    request: &Request<'_>,
) -> Result<crate::Payment, Error> {
    let body = body(request, &["state", "overrides", "omit"])?;
    store.change(provider, id, text(&body, "state")?, overrides(&body)?)
}

fn set_callback(store: &Store, provider: Provider, request: &Request<'_>) -> Result<(), Error> {
    let body = body(request, &["url", "digest"])?;
    store.set_callback(provider, required(&body, "url")?, text(&body, "digest")?.as_deref())
}

fn token_lifetime(request: &Request<'_>) -> Result<u32, Error> {
    let body = body(request, &["lifetime"])?;
    let seconds = body.get("lifetime").ok_or_else(|| Error::invalid("lifetime", "is missing"))?;
    serde_json::from_str(seconds)
        .map_err(|_| Error::invalid("lifetime", "must be a whole number of seconds from 0 to 4294967295"))
}

/// Sets or clears faults; a canned reply is one of them.
fn set_faults(
    store: &Store,
    provider: Provider,
    id: Option<&str>,
    what: &str,
    request: &Request<'_>,
) -> Result<Reply, Error> {
    let faults = match (request.method, what) {
        (&Method::PUT, "reply") => vec![Fault::reply(canned_reply(&body(request, &REPLY_FIELDS)?)?)],
        (&Method::PUT, _) => faults::read(request)?,
        (&Method::DELETE, _) => Vec::new(),
        _ => return Ok(not_allowed("PUT, DELETE")),
    };
    store.set_faults(provider, id, faults).map(|()| Reply::new(204))
}

const REPLY_FIELDS: [&str; 3] = ["status", "headers", "body"];

fn canned_reply(body: &Object) -> Result<Reply, Error> {
    let status = body.get("status").ok_or_else(|| Error::invalid("status", "is missing"))?;
    let status = serde_json::from_str(status)
        .map_err(|_| Error::invalid("status", "must be a number from 200 to 599"))?;
    let mut reply = Reply::new(status);
    let mut is_typed = false;
    if let Some(headers) = body.get("headers") {
        let headers = Object::parse(headers.as_bytes())
            .map_err(|_| Error::invalid("headers", "must be an object of strings"))?;
        for (name, value) in headers.fields() {
            let value = unquote(value)
                .ok_or_else(|| Error::invalid("headers", format!("{name:?} must be a string")))?;
            is_typed |= name.eq_ignore_ascii_case("content-type");
            reply = reply.with_header(name, value);
        }
    }
    // A string is sent as text, any other value as the JSON that it is.
    match body.get("body").map(|json| (json, unquote(json))) {
        Some((_, Some(text))) => reply = reply.with_body(text),
        Some((json, None)) => {
            reply = reply.with_body(json);
            if !is_typed {
                reply = reply.with_header("content-type", JSON);
            }
        }
        None => {}
    }
    Ok(reply)
}

/// The request's JSON object; other fields than these are refused, so that no typing error is overlooked.
fn body(request: &Request<'_>, allowed: &[&str]) -> Result<Object, Error> {
    let body = Object::parse(request.body)
        .map_err(|error| Error::invalid("body", format!("expected a JSON object: {error}")))?;
    check_fields(&body, allowed)?;
    Ok(body)
}

fn check_fields(body: &Object, allowed: &[&str]) -> Result<(), Error> {
    match body.fields().find(|(name, _)| !allowed.contains(name)) {
        Some((name, _)) => Err(Error::invalid(name, "unknown field").allowing(allowed)),
        None => Ok(()),
    }
}

fn required(body: &Object, name: &str) -> Result<String, Error> {
    text(body, name)?.ok_or_else(|| {
        let error = Error::invalid(name, "is missing");
        if name == "provider" { error.allowing(Provider::ALL) } else { error }
    })
}

/// A string; null is as good as absent.
fn text(body: &Object, name: &str) -> Result<Option<String>, Error> {
    match body.get(name) {
        None | Some("null") => Ok(None),
        Some(json) => unquote(json).map(Some).ok_or_else(|| Error::invalid(name, "must be a string")),
    }
}

/// The overrides, if either of their two fields is there.
fn overrides(body: &Object) -> Result<Option<Overrides>, Error> {
    let (merged, omitted) = (body.get("overrides"), body.get("omit"));
    if merged.is_none() && omitted.is_none() {
        return Ok(None);
    }
    let overrides = Overrides::from_json(merged.unwrap_or("{}"))?;
    let omitted: Vec<String> = serde_json::from_str(omitted.unwrap_or("[]"))
        .map_err(|_| Error::invalid("omit", "must be a list of field names such as \"data.amount\""))?;
    Ok(Some(omitted.into_iter().fold(overrides, Overrides::without)))
}
