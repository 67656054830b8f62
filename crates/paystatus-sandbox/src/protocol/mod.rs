//! One module a provider: what it reads from a request, and what it answers about a payment.
//!
//! A protocol is data and pure functions; it knows neither the other payments nor what the sandbox was told
//! to answer instead. Those steps, and faults, are the server's.

mod akurateco;
mod bearer;
mod commitup;
mod resmic;
mod sign;
mod upitranzact;
mod web;

use std::time::SystemTime;

use crate::{Digest, Payment, Provider, Reply, json::Object, request::Request};

/// What the sandbox has to know of a provider.
pub(crate) struct Protocol {
    /// The known states; see [`Provider::states`].
    pub(crate) states: &'static [&'static str],
    pub(crate) amount: Amount,
    pub(crate) default_amount: &'static str,
    pub(crate) currency: Currency,
    /// Whether replies carry the merchant's own reference.
    pub(crate) has_reference: bool,
    /// The content type of an answer about a payment.
    pub(crate) content_type: &'static str,
    /// Checks path, method, credentials and body: what is asked for, or the refusal.
    pub(crate) read: fn(&Request<'_>) -> Result<Asked, Reply>,
    pub(crate) answer: fn(&Payment) -> Answer,
    pub(crate) not_found: fn(&Asked) -> Reply,
    /// What the provider itself says with an HTTP status, if it is known to say something.
    error: fn(u16) -> Option<Reply>,
    /// What tells a merchant of an event, for the providers that sign that: nothing for an event they are silent about.
    pub(crate) callback: Option<fn(&Event<'_>) -> Option<Callback>>,
}

impl Protocol {
    /// An answer with this HTTP status: the provider's own, or else that of a server in front of it.
    pub(crate) fn error(&self, status: u16) -> Reply {
        (self.error)(status).unwrap_or_else(|| web::page(status))
    }
}

/// How a provider spells amounts.
pub(crate) enum Amount {
    /// A JSON string.
    Text,
    /// A JSON number.
    Number,
    /// A JSON integer of minor units.
    MinorUnits,
}

#[derive(Clone, Copy)]
pub(crate) enum Currency {
    /// The provider's only one, which its replies do not name.
    Fixed(&'static str),
    Default(&'static str),
}

/// What an accepted request asks for.
pub(crate) enum Asked {
    Payment(String),
    /// The most recent payment of an order.
    Order(String),
    /// A list of so many most recent payments of an order.
    Attempts(String, usize),
}

/// The answer about a payment, before overrides.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Object,
}

impl Answer {
    fn ok(body: Object) -> Self {
        Self { status: 200, body }
    }
}

/// A payment that was created or came to another state.
pub(crate) struct Event<'a> {
    pub(crate) payment: &'a Payment,
    /// What somebody who asks would be answered, overrides included.
    pub(crate) reply: &'a Object,
    /// The account's choice, where the provider has one.
    pub(crate) digest: Digest,
    pub(crate) at: SystemTime,
    /// Counts the events of a sandbox.
    pub(crate) number: u64,
}

/// A signed callback: what is posted.
pub(crate) struct Callback {
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

pub(crate) fn of(provider: Provider) -> &'static Protocol {
    match provider {
        Provider::Resmic => &resmic::PROTOCOL,
        Provider::Upitranzact => &upitranzact::PROTOCOL,
        Provider::Akurateco => &akurateco::PROTOCOL,
        Provider::Commitup => &commitup::PROTOCOL,
        Provider::Bearer => &bearer::PROTOCOL,
    }
}

pub(crate) use web::too_large;
