//! One file a provider: what it reads from a request, and what it answers about a payment.
//!
//! A protocol is data and pure functions; it knows neither the other payments nor what the sandbox was told
//! to answer instead. Those steps, and faults, are the server's.
//! `README.md` beside this file says how one is written.

#[allow(dead_code, reason = "few providers' ids have a form")]
mod ids;
#[cfg(test)]
mod lab;
mod sign;
mod web;

use std::time::SystemTime;

use crate::{
    NewPayment, Overrides, Payment, Provider, Reply,
    json::{self, Object},
    request::Request,
    seeded_id,
};

pub(crate) use web::{check_method, too_large};

/// Makes modules of the files and [`Provider::ALL`] of the modules.
///
/// It is called `cfg_if` because `rustfmt` looks into no other macro for modules to format.
macro_rules! cfg_if {
    (if #[cfg(all())] { $(mod $name:ident;)* }) => {
        $(mod $name;)*

        impl Provider {
            /// Every provider, in the order of their names.
            ///
            /// ```
            /// use paystatus_sandbox::{Provider, Sandbox};
            ///
            /// let sandbox = Sandbox::start_blocking(0)?;
            /// for &provider in Provider::ALL {
            ///     assert!(sandbox.base_url(provider).ends_with(provider.name()));
            /// }
            /// # Ok::<(), std::io::Error>(())
            /// ```
            pub const ALL: &'static [Self] = &[$(Self(&$name::PROTOCOL)),*];
        }
    };
}

// The list of all providers: one line each, in the order of their names.
cfg_if! {
    if #[cfg(all())] {
        mod akurateco;
        mod bearer;
        mod btcpay;
        mod cashfree;
        mod checkout;
        mod commitup;
        mod craftgate;
        mod flutterwave;
        mod gocardless;
        mod iyzico;
        mod klarna;
        mod mercadopago;
        mod midtrans;
        mod mollie;
        mod mpesa;
        mod myfatoorah;
        mod nowpayments;
        mod opp;
        mod paypal;
        mod paystack;
        mod paytm;
        mod paytr;
        mod payu;
        mod phonepe;
        mod razorpay;
        mod resmic;
        mod square;
        mod stripe;
        mod tap;
        mod toss;
        mod upitranzact;
        mod xendit;
    }
}

/// What the sandbox has to know of a provider; what a protocol does not say is as in [`PLAIN`](Self::PLAIN).
pub(crate) struct Protocol {
    /// One word, as in the name of the provider's crate.
    pub(crate) name: &'static str,
    /// The known states; see [`Provider::states`]. A state may say more than a word: `captured refunded=20.00`.
    pub(crate) states: &'static [&'static str],
    /// The state of a payment that was plainly paid.
    pub(crate) paid: &'static str,
    /// The state of a payment that can still be paid.
    pub(crate) open: &'static str,
    /// The payment to begin with in a state: with another id than the alias where the provider's ids have a form.
    pub(crate) seed: fn(Provider, &str) -> NewPayment,
    /// More payments to begin with: the provider's own samples, attempts of one order, and what states do not show.
    pub(crate) samples: fn() -> Vec<NewPayment>,
    pub(crate) amount: Amount,
    pub(crate) default_amount: &'static str,
    pub(crate) currency: Currency,
    /// Whether replies carry the merchant's own reference.
    pub(crate) has_reference: bool,
    /// Whether only an order's name can be asked for: a payment is then the attempt of an order of the same name,
    /// unless another is said.
    pub(crate) is_named_by_order: bool,
    /// The keys and values of the ready account, beside `provider` and `base_url`.
    pub(crate) settings: &'static [(&'static str, &'static str)],
    /// Where access tokens are handed out, if they must be fetched.
    pub(crate) tokens: Option<&'static Tokens>,
    /// Checks path, method, credentials and body: what is asked for, or the refusal.
    pub(crate) read: fn(&Request<'_>) -> Result<Asked, Reply>,
    pub(crate) answer: fn(&Asked, &Payment) -> Answer,
    /// Signs an answer about a payment, where the provider signs what it answers: the last that is done to it.
    pub(crate) seal: fn(&mut Object),
    /// The body of an answer about several attempts, newest first.
    pub(crate) list: fn(&[Attempt]) -> String,
    pub(crate) not_found: fn(&Asked) -> Reply,
    /// What the provider itself says with an HTTP status, if it is known to say something.
    pub(crate) error: fn(u16) -> Option<Reply>,
    /// The content type of an answer about a payment.
    pub(crate) content_type: &'static str,
    /// What tells a merchant of an event: nothing for an event that the provider is silent about.
    pub(crate) callback: Option<fn(&Event<'_>) -> Option<Callback>>,
    /// The names of the digests to choose among for callbacks, the default first.
    pub(crate) digests: &'static [&'static str],
}

impl Protocol {
    /// What most providers have in common; the tests of the list refuse what must not stay so.
    pub(crate) const PLAIN: Self = Self {
        name: "",
        states: &[],
        paid: "",
        open: "",
        seed: |provider, state| NewPayment::new(provider, seeded_id(state), state),
        samples: Vec::new,
        amount: Amount::Text,
        default_amount: "100.00",
        currency: Currency::Default("USD"),
        has_reference: true,
        is_named_by_order: false,
        settings: &[],
        tokens: None,
        read: |_| Err(web::no_such_path()),
        answer: |_, _| Answer::ok(Object::new()),
        seal: |_| {},
        list: |attempts| json::array(attempts.iter().map(|attempt| &attempt.reply)),
        not_found: |_| web::page(404),
        error: |_| None,
        content_type: "application/json",
        callback: None,
        digests: &[],
    };

    /// An answer with this HTTP status: the provider's own, or else that of a server in front of it.
    pub(crate) fn error(&self, status: u16) -> Reply {
        (self.error)(status).unwrap_or_else(|| web::page(status))
    }

    /// The answer about one payment, with what was told to be different.
    pub(crate) fn answer(&self, asked: &Asked, payment: &Payment, overrides: &Overrides) -> Answer {
        let mut answer = (self.answer)(asked, payment);
        if let (Body::Object(body), false) = (&mut answer.body, matches!(asked, Asked::Part(..))) {
            overrides.apply(body);
            (self.seal)(body);
        }
        answer
    }

    /// What tells a merchant that a payment has come to its state; with the number of the event.
    pub(crate) fn callback(
        &self,
        payment: &Payment,
        overrides: &Overrides,
        url: &str,
        digest: &str,
        number: u64,
    ) -> Option<Callback> {
        let sign = self.callback?;
        let asked = Asked::Payment(payment.id().to_owned());
        let Body::Object(reply) = self.answer(&asked, payment, overrides).body else { return None };
        sign(&Event { payment, reply: &reply, digest, url, at: SystemTime::now(), number })
    }
}

/// Where a provider hands out access tokens.
pub(crate) struct Tokens {
    pub(crate) method: axum::http::Method,
    /// The path after the base URL.
    pub(crate) path: &'static str,
    /// Refuses wrong credentials and parameters.
    pub(crate) read: fn(&Request<'_>) -> Result<(), Reply>,
    pub(crate) reply: fn(&Issued) -> Reply,
    /// What a token begins with; a number follows.
    pub(crate) prefix: &'static str,
    /// How many seconds a token lives, where the sandbox was not told otherwise.
    pub(crate) lifetime: u32,
}

/// An access token that is handed out.
#[allow(dead_code, reason = "few providers hand tokens out")]
pub(crate) struct Issued {
    pub(crate) token: String,
    /// In seconds.
    pub(crate) lifetime: u32,
    pub(crate) at: SystemTime,
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
    /// The provider's only one.
    Fixed(&'static str),
    Default(&'static str),
}

/// What an accepted request asks for.
pub(crate) enum Asked {
    Payment(String),
    /// The most recent payment of an order.
    Order(String),
    /// A payment by its id, or else the most recent one of an order: where one path serves both.
    #[allow(dead_code, reason = "few providers take either name in one place")]
    Either(String),
    /// A list of so many most recent payments of an order.
    Attempts(String, usize),
    /// One part of what is known of a payment, where a provider tells it under another path; the protocol names it.
    #[allow(dead_code, reason = "only providers that are asked twice need it")]
    Part(&'static str, String),
}

impl Asked {
    /// What was asked for, a payment's id or an order's.
    pub(crate) fn id(&self) -> &str {
        let (Self::Payment(id)
        | Self::Order(id)
        | Self::Either(id)
        | Self::Attempts(id, _)
        | Self::Part(_, id)) = self;
        id
    }
}

/// The answer about a payment.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Body,
}

pub(crate) enum Body {
    /// The sandbox can be told to answer other fields.
    Object(Object),
    /// Other JSON, such as a list.
    #[allow(dead_code, reason = "few answers are no object")]
    Text(String),
}

impl Answer {
    fn ok(body: Object) -> Self {
        Self::of(200, body)
    }

    /// An answer that has another HTTP status.
    fn of(status: u16, body: Object) -> Self {
        Self { status, body: Body::Object(body) }
    }

    pub(crate) fn text(&self) -> String {
        match &self.body {
            Body::Object(object) => object.to_string(),
            Body::Text(text) => text.clone(),
        }
    }
}

/// One attempt of an order, and what is answered about it alone.
pub(crate) struct Attempt {
    #[allow(dead_code, reason = "few lists are more than their items")]
    pub(crate) payment: Payment,
    pub(crate) reply: Object,
}

/// A payment that was created or came to another state.
pub(crate) struct Event<'a> {
    pub(crate) payment: &'a Payment,
    /// What somebody who asks would be answered, overrides included.
    pub(crate) reply: &'a Object,
    /// The account's choice among the protocol's digests, empty where there is none.
    pub(crate) digest: &'a str,
    /// Where the callback goes, as it was set.
    #[allow(dead_code, reason = "few providers sign it")]
    pub(crate) url: &'a str,
    pub(crate) at: SystemTime,
    /// Counts the events of a sandbox.
    pub(crate) number: u64,
}

/// A signed callback: what is posted.
pub(crate) struct Callback {
    pub(crate) headers: Vec<(&'static str, String)>,
    /// Put behind the URL that was set, if not empty.
    pub(crate) query: String,
    pub(crate) body: String,
}

impl Callback {
    fn json(body: String) -> Self {
        let headers = vec![("content-type", "application/json".to_owned())];
        Self { headers, query: String::new(), body }
    }

    fn form<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let content_type = "application/x-www-form-urlencoded; charset=utf-8".to_owned();
        Self { headers: vec![("content-type", content_type)], query: String::new(), body }
    }

    fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}
