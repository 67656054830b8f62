//! One provider's protocol without a socket, for the tests beside each protocol; and what holds for all of them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::{
    body::Bytes,
    http::{HeaderMap, HeaderName, HeaderValue, Method},
};

use super::{Callback, Protocol, Tokens, sign};
use crate::{NewPayment, Payment, Provider, Reply, Sandbox, request::Request, seeded_id, server};

pub(super) const JSON: &str = "application/json";
pub(super) const HTML: &str = "text/html; charset=utf-8";

pub(super) type Headers<'a> = &'a [(&'a str, &'a str)];

/// A sandbox of which one provider is asked.
pub(super) struct Lab {
    pub(super) sandbox: Sandbox,
    pub(super) provider: Provider,
    /// The time at which requests arrive.
    pub(super) now: SystemTime,
}

#[derive(Debug)]
pub(super) struct Got {
    reply: Reply,
    pub(super) status: u16,
    pub(super) body: String,
}

impl Lab {
    /// It is the beginning of 2026, in UTC.
    pub(super) fn of(provider: Provider) -> Self {
        let now = UNIX_EPOCH + Duration::from_secs(1_767_225_600);
        Self { sandbox: Sandbox::start_blocking(0).unwrap(), provider, now }
    }

    /// Sends a request; the path follows the base URL.
    #[track_caller]
    pub(super) fn send(&self, method: &str, path: &str, headers: Headers<'_>, body: &str) -> Got {
        let (path, query) = match path.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (path, None),
        };
        let host = self.sandbox.address().to_string();
        let map: HeaderMap = [("host", &*host)]
            .iter()
            .chain(headers)
            .map(|(name, value)| {
                (HeaderName::try_from(*name).unwrap(), HeaderValue::from_bytes(value.as_bytes()).unwrap())
            })
            .collect();
        let request = Request {
            method: &Method::from_bytes(method.as_bytes()).unwrap(),
            prefix: self.provider.name(),
            path,
            query,
            headers: &map,
            body: &Bytes::from(body.to_owned()),
            at: self.now,
            tokens: Vec::new(),
        };
        let (mut reply, _) = server::reply(&self.sandbox.store, self.provider, request);
        let body = String::from_utf8(reply.take_body()).unwrap();
        Got { status: reply.status(), reply, body }
    }

    #[track_caller]
    pub(super) fn get(&self, path: &str, headers: Headers<'_>) -> Got {
        self.send("GET", path, headers, "")
    }

    /// Creates a payment.
    #[track_caller]
    pub(super) fn create(&self, new: NewPayment) -> Payment {
        self.sandbox.create(new).unwrap()
    }

    #[track_caller]
    pub(super) fn set_state(&self, id: &str, state: &str) {
        self.sandbox.set_state(self.provider, id, state).unwrap();
    }

    /// What is sent to `http://shop.example/hook` about a new payment, with the default digest.
    #[track_caller]
    pub(super) fn callback(&self, new: NewPayment) -> Option<Callback> {
        self.callback_with(self.provider.digests().first().copied().unwrap_or_default(), new)
    }

    #[track_caller]
    pub(super) fn callback_with(&self, digest: &str, new: NewPayment) -> Option<Callback> {
        new.check().unwrap();
        let (payment, overrides) = new.into_payment();
        self.provider.0.callback(&payment, &overrides, "http://shop.example/hook", digest, 1)
    }

    /// The ids of all payments, in order.
    pub(super) fn ids(&self) -> Vec<String> {
        let payments = self.sandbox.payments().into_iter();
        payments
            .filter(|payment| payment.provider() == self.provider)
            .map(|payment| payment.id().to_owned())
            .collect()
    }
}

impl Got {
    #[track_caller]
    pub(super) fn is(&self, status: u16, content_type: &str, body: &str) {
        assert_eq!((self.status, self.header("content-type"), &*self.body), (status, content_type, body));
    }

    /// The whole header, or nothing.
    pub(super) fn header(&self, name: &str) -> &str {
        self.reply.header(name)
    }

    /// A page of a web server, not a provider's own answer.
    #[track_caller]
    pub(super) fn is_page(&self, status: u16) {
        assert_eq!((self.status, self.header("content-type")), (status, HTML), "{}", self.body);
        assert!(self.body.contains(&format!("<title>{status} ")), "{}", self.body);
    }
}

impl Callback {
    /// The whole header, or nothing.
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(header, _)| *header == name).map_or("", |(_, value)| value)
    }
}

/// The form's fields, in order.
pub(super) fn form(body: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(body.as_bytes()).into_owned().collect()
}

#[test]
fn every_protocol_is_whole() {
    let mut before = "";
    for &provider in Provider::ALL {
        let Protocol { name, states, settings, content_type, .. } = *provider.0;
        assert!(name > before, "the list is in the order of the names: {name} follows {before}");
        before = name;
        assert!(name.bytes().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit()), "{name}");
        assert!(states.contains(&provider.paid_state()) && states.contains(&provider.open_state()), "{name}");
        assert!(!settings.is_empty() && !content_type.is_empty(), "{name}");
        assert!(provider.digests().is_empty() || provider.sends_callbacks(), "{name}");
    }
}

#[test]
fn every_state_has_a_payment_that_the_provider_could_have() {
    let lab = Lab::of(Provider::BEARER);
    for &provider in Provider::ALL {
        for state in provider.states() {
            (provider.0.seed)(provider, state).check().unwrap();
            let payment = lab.sandbox.payment(provider, &seeded_id(state)).unwrap();
            assert_eq!((payment.provider(), payment.state()), (provider, *state));
        }
        for sample in (provider.0.samples)() {
            sample.check().unwrap();
        }
    }
    let ids = lab.sandbox.payments().into_iter().flat_map(|payment| {
        let names = [Some(payment.id().to_owned()), payment.alias().map(str::to_owned)];
        names.into_iter().flatten().map(move |name| (payment.provider(), name))
    });
    let mut ids: Vec<_> = ids.collect();
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count, "an id or an alias is there twice");
}

#[test]
fn every_protocol_refuses_what_it_does_not_serve_and_whom_it_does_not_know() {
    for &provider in Provider::ALL {
        let lab = Lab::of(provider);
        for path in ["", "/", "/nowhere", "/%FF/%2F?a=%zz", "//"] {
            for method in ["GET", "POST", "DELETE"] {
                let got = lab.send(method, path, &[], "{");
                assert!((400..500).contains(&got.status), "{provider} {method} {path}: {got:?}");
            }
        }
        if let Some(Tokens { method, path, .. }) = provider.0.tokens {
            let refused = lab.send(method.as_str(), path, &[], "");
            assert!((400..500).contains(&refused.status), "{provider}: {refused:?}");
        }
        for status in 400..600 {
            assert_eq!(provider.0.error(status).status(), status, "{provider}");
        }
    }
}

/// A provider that exists in these tests only: it hands out tokens, its ids have a form, and it lists attempts.
static ACME: Protocol = Protocol {
    name: "acme",
    settings: &[("client_id", "acme-id"), ("client_secret", "acme-secret")],
    tokens: Some(&Tokens {
        method: Method::POST,
        path: "/oauth/token",
        read: |request| match request.basic() {
            Some((name, password)) if name == "acme-id" && password == "acme-secret" => Ok(()),
            _ => Err(super::web::page(401)),
        },
        reply: |issued| {
            let expires =
                issued.at.duration_since(UNIX_EPOCH).unwrap().as_secs() + u64::from(issued.lifetime);
            let body = super::Object::new()
                .text("access_token", &issued.token)
                .number("expires_in", &issued.lifetime.to_string())
                .number("expires_at", &expires.to_string());
            Reply::json(200, &body)
        },
        prefix: "acme-token-",
        lifetime: 3600,
    }),
    read: |request| {
        let token = request.authorization("Bearer").unwrap_or_default();
        if !request.takes(&token) {
            return Err(super::web::page(401));
        }
        match request.segments().iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["payments", id] => Ok(super::Asked::Payment(id.to_owned())),
            ["orders", id] => Ok(super::Asked::Attempts(id.to_owned(), usize::MAX)),
            ["payments", id, "refunds"] => Ok(super::Asked::Part("refunds", id.to_owned())),
            _ => Err(super::web::no_such_path()),
        }
    },
    answer: |asked, payment| match asked {
        super::Asked::Part(..) => {
            super::Answer { status: 200, body: super::Body::Text(format!("[{:?}]", payment.state())) }
        }
        _ => super::Answer::ok(super::Object::new().text("id", payment.id()).text("state", payment.state())),
    },
    list: |attempts| {
        let items = super::json::array(attempts.iter().map(|attempt| &attempt.reply));
        let states: Vec<_> = attempts.iter().map(|attempt| attempt.payment.state()).collect();
        super::Object::new().raw("items", items).text("states", &states.join(" ")).to_string()
    },
    ..Protocol::PLAIN
};

/// A lab of the provider that exists here only, and its token.
fn acme() -> (Lab, String) {
    let lab = Lab::of(Provider(&ACME));
    let basic = sign::basic("acme-id", "acme-secret");
    let got = lab.send("POST", "/oauth/token", &[("authorization", &basic)], "");
    assert_eq!(got.status, 200);
    let token = super::Object::parse(got.body.as_bytes()).unwrap().get_text("access_token").unwrap();
    (lab, format!("Bearer {token}"))
}

#[test]
fn tokens_are_handed_out_counted_revoked_and_short_lived() {
    let (lab, token) = acme();
    let provider = lab.provider;
    assert_eq!(token, "Bearer acme-token-1");
    lab.create(NewPayment::new(provider, "a", "paid"));
    let ask = |token: &str| lab.get("/payments/a", &[("authorization", token)]).status;
    assert_eq!([ask(&token), ask("Bearer acme-token-2"), ask("Bearer ")], [200, 401, 401]);
    lab.get("/oauth/token", &[]).is_page(405);
    lab.send("POST", "/oauth/token", &[], "").is_page(401);
    assert_eq!((lab.sandbox.token_requests(provider), lab.sandbox.requests(provider)), (3, 3));

    lab.sandbox.revoke_tokens(provider).unwrap();
    assert_eq!(ask(&token), 401);
    lab.sandbox.set_token_lifetime(provider, 0).unwrap();
    let basic = sign::basic("acme-id", "acme-secret");
    let got = lab.send("POST", "/oauth/token", &[("authorization", &basic)], "");
    assert!(got.body.contains(r#""expires_in":0,"#), "{}", got.body);
    assert_eq!(ask("Bearer acme-token-2"), 401);

    let error = lab.sandbox.revoke_tokens(Provider::BEARER).unwrap_err();
    assert_eq!(error.field(), "provider");
    assert!(lab.sandbox.set_token_lifetime(Provider::BEARER, 1).is_err());
}

#[test]
fn a_providers_faults_meet_requests_for_tokens_too() {
    let (lab, token) = acme();
    lab.sandbox.inject(lab.provider, None, crate::Fault::status(503).times(2)).unwrap();
    let basic = sign::basic("acme-id", "acme-secret");
    let ask = || lab.send("POST", "/oauth/token", &[("authorization", &basic)], "").status;
    assert_eq!([ask(), lab.get("/payments/a", &[("authorization", &token)]).status, ask()], [503, 503, 200]);
}

#[test]
fn who_asks_for_the_alias_is_answered_about_it() {
    let (lab, token) = acme();
    let headers = [("authorization", &*token)];
    let new = NewPayment::new(lab.provider, "pay_1x7", "paid in part").with_alias(seeded_id("paid in part"));
    let payment = lab.create(new);
    assert_eq!((payment.id(), payment.alias()), ("pay_1x7", Some("sandbox-paid-in-part")));
    assert_eq!(payment.reference(), Some("order-sandbox-paid-in-part"));
    for id in ["pay_1x7", "sandbox-paid-in-part"] {
        let expected = format!(r#"{{"id":"{id}","state":"paid in part"}}"#);
        lab.get(&format!("/payments/{id}"), &headers).is(200, JSON, &expected);
    }
    lab.set_state("sandbox-paid-in-part", "paid");
    assert_eq!(lab.sandbox.payment(lab.provider, "pay_1x7").unwrap().state(), "paid");
    assert!(lab.sandbox.create(NewPayment::new(lab.provider, "sandbox-paid-in-part", "x")).is_err());
}

#[test]
fn a_protocol_writes_its_own_lists_and_parts() {
    let (lab, token) = acme();
    let headers = [("authorization", &*token)];
    for (id, state) in [("a", "failed"), ("b", "paid")] {
        lab.create(NewPayment::new(lab.provider, id, state).with_reference("o"));
    }
    let expected =
        r#"{"items":[{"id":"b","state":"paid"},{"id":"a","state":"failed"}],"states":"paid failed"}"#;
    lab.get("/orders/o", &headers).is(200, JSON, expected);
    lab.get("/payments/a/refunds", &headers).is(200, JSON, r#"["failed"]"#);
}

#[test]
fn a_part_is_of_the_payment_as_it_was_answered() {
    let (lab, token) = acme();
    let headers = [("authorization", &*token)];
    lab.create(NewPayment::new(lab.provider, "a", "new"));
    lab.sandbox.script(lab.provider, "a", ["failed", "paid", "refunded"]).unwrap();
    for state in ["failed", "paid", "refunded"] {
        let got = lab.get("/payments/a", &headers);
        assert!(got.body.contains(state), "{}", got.body);
        for _ in 0..2 {
            lab.get("/payments/a/refunds", &headers).is(200, JSON, &format!("[{state:?}]"));
        }
    }
    lab.set_state("a", "new");
    lab.get("/payments/a/refunds", &headers).is(200, JSON, r#"["new"]"#);
}

#[test]
fn the_whole_url_can_be_read() {
    let map: HeaderMap = [("host".parse().unwrap(), HeaderValue::from_static("h:80"))].into_iter().collect();
    let request = Request {
        method: &Method::GET,
        prefix: "acme",
        path: "/a%20b",
        query: Some("c=d"),
        headers: &map,
        body: &Bytes::new(),
        at: UNIX_EPOCH,
        tokens: Vec::new(),
    };
    assert_eq!(request.url(), "http://h:80/acme/a%20b?c=d");
}
