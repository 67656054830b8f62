//! Identifiers: none can change the request, and a reply about another one is no answer.

use std::fmt::Debug;

use http::{Request, header::CONTENT_TYPE};
use paystatus_core::{
    Body, Error,
    ErrorKind::{InvalidLookup, InvalidReply, Mismatch, Unsupported},
    Lookup, Provider,
};
use serde_json::Value;

use super::status::swapped;
use crate::{
    case::{Case, Outcome, Reply, Verdict},
    suite::string,
    template::{Edit, Place},
};

macro_rules! carried {
    ($($name:ident: $($id:expr),+;)*) => {$(
        pub(crate) fn $name<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
            [$($id),+].iter().try_for_each(|id| asks(case, id, Outcome::Asked).map_err(|why| format!("{id:?}: {why}")))
        }
    )*};
}

macro_rules! refused {
    ($($name:ident: $id:expr;)*) => {$(
        pub(crate) fn $name<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
            asks(case, &$id, InvalidLookup)
        }
    )*};
}

carried! {
    id_relative_path: "../x", "x/..", "./x", "..\\x";
    id_slash: "a/b", "/", "a/";
    id_double_slash: "//evil.example/x";
    id_question_mark: "a?b=c", "?";
    id_hash: "a#b", "#";
    id_ampersand: "a&b=c", "&";
    id_equals: "a=b", "=";
    id_encoded_dots: "%2e%2e", "%2E", "..%2fx";
    id_percent: "%", "%00", "%zz", "100%25";
    id_plus: "a+b";
    id_semicolon: "a;b=c";
    id_at: "user:password@evil.example";
    id_url: "https://evil.example/x";
    id_quote: "\"", "'", "a\"b";
    id_backslash: "\\", "a\\\"b", "\\u0022";
    id_json: "x\",\"paystatus_testkit\":\"y", "{}", "null";
    id_crlf: "a\r\nx-injected: 1", "\n";
    id_nul: "a\0b";
    id_space: "a b", " ";
    id_unicode: "\u{e9}\u{1f4b3}", "\u{ff0f}\u{2025}", "\u{202e}x";
    id_255_bytes: "x".repeat(255);
}

refused! {
    id_256_bytes: "x".repeat(256);
    id_256_bytes_of_unicode: "\u{fc}".repeat(128);
    id_empty: "";
    id_dot: ".";
    id_dot_dot: "..";
}

/// Makes a lookup of an id.
type Naming = fn(&str) -> Lookup;

/// The lookups that the provider can be asked by.
fn askable<P: Provider + Debug>(case: &Case<'_, P>) -> Result<Vec<Naming>, String> {
    let all: [Naming; 2] = [|id| Lookup::payment(id), |id| Lookup::order(id)];
    let mut askable = Vec::new();
    for lookup in all {
        match case.suite.request(&lookup(case.suite.plain_id())) {
            Ok(_) => askable.push(lookup),
            Err(error) if error.kind() == Unsupported => {}
            Err(error) => {
                return Err(format!(
                    "{:?} can't be asked about, so name an id with `with_plain_id`: {error:?}",
                    case.suite.plain_id()
                ));
            }
        }
    }
    if askable.is_empty() {
        Err("it can be asked neither by payment nor by order".into())
    } else {
        Ok(askable)
    }
}

/// Asks about an id: it is refused, or it stands whole in the place of the plain one and all else stays as it was.
fn asks<P: Provider + Debug>(case: &Case<'_, P>, id: &str, usual: impl Into<Outcome>) -> Verdict {
    let expected = case.expected(usual);
    let plain_id = case.suite.plain_id();
    for lookup in askable(case)? {
        let plain = case.suite.request(&lookup(plain_id)).map_err(|error| format!("{error:?}"))?;
        let asks = |id: &str| match (case.suite.request(&lookup(id)), &expected) {
            (Err(error), Outcome::Fails(kind)) if error.kind() == *kind => Ok(()),
            (Err(error), Outcome::Asked) if error.kind() == InvalidLookup && case.suite.ids_have_a_form() => {
                Ok(())
            }
            (Ok(request), Outcome::Asked) => {
                below(case, &request)?;
                Moves { plain_id, id, found: 0 }.request(&plain, &request)
            }
            (result, _) => Err(told(&result)),
        };
        asks(id)?;
        // Behind the plain one, which a form that looks only at the beginning lets through.
        if expected == Outcome::Asked && case.suite.ids_have_a_form() && plain_id.len() + id.len() <= 255 {
            asks(&format!("{plain_id}{id}"))?;
        }
    }
    Ok(())
}

fn told(result: &Result<Request<Body>, Error>) -> String {
    match result {
        Ok(request) => format!("it is asked about at {}", request.uri()),
        Err(error) => format!("it is refused with {error:?}"),
    }
}

fn below<P: Provider + Debug>(case: &Case<'_, P>, request: &Request<Body>) -> Verdict {
    if case.suite.provider.base_url().covers(request.uri()) {
        Ok(())
    } else {
        Err(format!("{} is not below {}", request.uri(), case.suite.provider.base_url()))
    }
}

/// Compares two requests part by part: the plain id may move over for another one.
struct Moves<'a> {
    plain_id: &'a str,
    id: &'a str,
    found: usize,
}

impl Moves<'_> {
    /// A value that depends on the id in another way, such as a hash, may differ in the query, the headers and the body.
    fn request(mut self, plain: &Request<Body>, request: &Request<Body>) -> Verdict {
        if plain.method() != request.method() {
            return Err("the method changes".into());
        }
        let (before, after) = (plain.uri().path(), request.uri().path());
        if before.split('/').count() != after.split('/').count() {
            return Err(format!("the path {after} has another number of segments"));
        }
        for (before, after) in before.split('/').zip(after.split('/')) {
            let (before, after) = (decoded(before), decoded(after));
            if before != after && !self.value(&before, &after)? {
                return Err(format!("the path has {after:?} in the place of {before:?}"));
            }
        }
        let pairs = |uri: &http::Uri| uri.query().map(form).unwrap_or_default();
        self.pairs("query", &pairs(plain.uri()), &pairs(request.uri()))?;
        let headers = |request: &Request<Body>| -> Vec<(String, String)> {
            let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
            request.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect()
        };
        self.pairs("headers", &headers(plain), &headers(request))?;
        self.body(plain, request)?;
        if self.found == 0 { Err("the request does not carry the id".into()) } else { Ok(()) }
    }

    /// Tells whether a value carried the plain id; if so, it must now carry the other one and nothing else.
    fn value(&mut self, before: &str, after: &str) -> Result<bool, String> {
        if !before.contains(self.plain_id) {
            return Ok(false);
        }
        self.found += 1;
        let is_moved = before.replace(self.plain_id, self.id) == after;
        if is_moved { Ok(true) } else { Err(format!("the id arrives as {after:?}")) }
    }

    fn pairs(&mut self, what: &str, before: &[(String, String)], after: &[(String, String)]) -> Verdict {
        let names =
            |pairs: &[(String, String)]| pairs.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        if names(before) != names(after) {
            return Err(format!("the {what} had {:?} and now has {:?}", names(before), names(after)));
        }
        before.iter().zip(after).try_for_each(|((_, before), (_, after))| self.value(before, after).map(drop))
    }

    fn body(&mut self, plain: &Request<Body>, request: &Request<Body>) -> Verdict {
        let (before, after) = (plain.body().as_bytes(), request.body().as_bytes());
        if before.is_empty() && after.is_empty() {
            return Ok(());
        }
        let kind = plain.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let text = |bytes| std::str::from_utf8(bytes).map_err(|_| "the body is not text".to_owned());
        if kind.starts_with("application/x-www-form-urlencoded") {
            return self.pairs("form", &form(text(before)?), &form(text(after)?));
        }
        let json = |bytes| -> Result<Value, String> {
            serde_json::from_slice(bytes)
                .map_err(|_| format!("the body is neither a form nor JSON, but {kind:?}"))
        };
        self.json(&json(before)?, &json(after)?)
    }

    fn json(&mut self, before: &Value, after: &Value) -> Verdict {
        match (before, after) {
            (Value::Object(before), Value::Object(after)) if before.keys().eq(after.keys()) => {
                before.values().zip(after.values()).try_for_each(|(before, after)| self.json(before, after))
            }
            (Value::Array(before), Value::Array(after)) if before.len() == after.len() => {
                before.iter().zip(after).try_for_each(|(before, after)| self.json(before, after))
            }
            (Value::String(before), Value::String(after)) => self.value(before, after).map(drop),
            _ if before == after => Ok(()),
            _ => Err("the body has other fields, or fields of another type".into()),
        }
    }
}

/// The pairs of a form or a query, decoded.
fn form(text: &str) -> Vec<(String, String)> {
    let plain = |text: &str| decoded(&text.replace('+', " "));
    let pair =
        |pair: &str| pair.split_once('=').map_or((plain(pair), String::new()), |(n, v)| (plain(n), plain(v)));
    text.split(['&', ';']).map(pair).collect()
}

/// What a server sees in a part of an address.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let hex = (first == b'%').then(|| after.get(..2)).flatten();
        let byte = hex.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        bytes.push(byte.unwrap_or(first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

pub(crate) fn request_is_the_same_twice<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    let once = || {
        let (parts, body) =
            case.suite.request(&case.suite.lookup).map_err(|error| format!("{error:?}"))?.into_parts();
        Ok::<_, String>((parts.method, parts.uri, parts.headers, body))
    };
    if once()? == once()? {
        Ok(())
    } else {
        Err("the same question is asked in two ways: by a clock, or by chance".into())
    }
}

pub(crate) fn request_is_below_the_base_url<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    below(case, &case.suite.request(&case.suite.lookup).map_err(|error| format!("{error:?}"))?)
}

pub(crate) fn echo_other_id<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    another(case, "paystatus-testkit-another")
}

pub(crate) fn echo_longer_id<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    another(case, &format!("{}0", case.suite.lookup.id()))
}

pub(crate) fn echo_shorter_id<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    let mut id = case.suite.lookup.id().to_owned();
    id.pop();
    another(case, &id)
}

pub(crate) fn echo_padded_id<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    let id = case.suite.lookup.id();
    [format!(" {id}"), format!("{id} "), format!("{id}\n")].iter().try_for_each(|id| another(case, id))
}

pub(crate) fn echo_other_case<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    let id = swapped(case.suite.lookup.id());
    if id == case.suite.lookup.id() {
        return Err("the suite's id has no letters: give one that has".into());
    }
    another(case, &id)
}

pub(crate) fn echo_empty<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    another(case, "")
}

/// A mismatch; or, only where that was declared, a payment that says it is another.
fn another<P: Provider + Debug>(case: &Case<'_, P>, id: &str) -> Verdict {
    let reply = Reply::ok(case.suite.write(Edit::Put(Place::Id, &string(id)))?);
    match case.expected(Mismatch) {
        Outcome::AnotherPayment => case.listed(&reply, Mismatch),
        _ => case.unlisted(&reply, Mismatch),
    }
}

pub(crate) fn echo_absent<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    case.unlisted(&Reply::ok(case.suite.write(Edit::Drop(Place::Id))?), InvalidReply)
}

pub(crate) fn echo_null<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    no_id(case, &["null"])
}

pub(crate) fn echo_number<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    no_id(case, &["1", "0"])
}

pub(crate) fn echo_bool<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    no_id(case, &["true", "false"])
}

pub(crate) fn echo_array<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    no_id(case, &["[]", &format!("[{}]", string(case.suite.lookup.id()))])
}

pub(crate) fn echo_object<P: Provider + Debug>(case: &Case<'_, P>) -> Verdict {
    no_id(case, &["{}", &format!(r#"{{"id":{}}}"#, string(case.suite.lookup.id()))])
}

fn no_id<P: Provider + Debug>(case: &Case<'_, P>, values: &[&str]) -> Verdict {
    values.iter().try_for_each(|json| {
        case.unlisted(&Reply::ok(case.suite.write(Edit::Put(Place::Id, json))?), InvalidReply)
            .map_err(|why| format!("{json}: {why}"))
    })
}
