//! Two cases, a plain GET and a signed POST: a stored reply, the account that asks for it, and the same thing written by hand.
//!
//! The code by hand is what a reader of the provider's documentation writes in an afternoon:
//! the address with `format!`, the headers one by one, a plain struct that owns its fields.

mod akurateco;
mod bearer;

use clap::ValueEnum;
use paystatus_client::{Client, Settings, Transport};
use paystatus_core::{BaseUrl, Lookup};
use serde::de::DeserializeOwned;

pub use akurateco::Akurateco;
pub use bearer::Bearer;

use crate::Failure;

/// How many checks may be in flight, on both sides.
pub(crate) const IN_FLIGHT: usize = 64;

/// A provider that is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "lower")]
#[expect(missing_docs, reason = "they are the providers' names")]
pub enum Provider {
    Akurateco,
    Bearer,
}

impl Provider {
    /// The name that stands in the lines.
    pub fn name(self) -> &'static str {
        match self {
            Self::Akurateco => "akurateco",
            Self::Bearer => "bearer",
        }
    }

    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Akurateco => Akurateco::ID,
            Self::Bearer => Bearer::ID,
        }
    }

    pub(crate) fn body(self) -> &'static str {
        match self {
            Self::Akurateco => Akurateco::BODY,
            Self::Bearer => Bearer::BODY,
        }
    }
}

/// One provider, asked through paystatus and by hand.
pub trait Case {
    /// The provider of paystatus.
    type Account: paystatus_core::Provider + 'static;
    /// The reply as a plain struct that owns the same fields.
    type Reply: DeserializeOwned + 'static;
    /// Which one it is.
    const PROVIDER: Provider;
    /// The payment that the stored reply is about.
    const ID: &'static str;
    /// The stored reply, without white space, as servers send it.
    const BODY: &'static str;

    /// The account at an address.
    fn account(base_url: BaseUrl) -> Self::Account;

    /// The request as it is written by hand.
    fn by_hand(http: &reqwest::Client, base_url: &str, id: &str) -> reqwest::RequestBuilder;

    /// What is asked for.
    fn lookup() -> Lookup {
        Lookup::payment(Self::ID)
    }
}

/// The client of paystatus for a case.
pub(crate) fn client<C: Case>(base_url: &str) -> Result<Client<C::Account>, Failure> {
    client_of(C::account(BaseUrl::parse(base_url)?))
}

/// The client of paystatus for an account.
pub(crate) fn client_of<P: paystatus_core::Provider>(account: P) -> Result<Client<P>, Failure> {
    let settings = Settings::default().without_pace().with_max_in_flight(IN_FLIGHT);
    Ok(Client::with(account, settings, &Transport::new()?)?)
}

/// reqwest with the settings that paystatus gives it, and no more.
pub(crate) fn http_by_hand() -> Result<reqwest::Client, Failure> {
    let builder = reqwest::Client::builder()
        .connect_timeout(std::time::Duration::from_secs(3))
        .http1_only()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .retry(reqwest::retry::never())
        .tcp_nodelay(true)
        .user_agent("paystatus/0.1.0");
    Ok(builder.build()?)
}

/// One check by hand.
pub(crate) async fn check_by_hand<C: Case>(
    http: &reqwest::Client,
    base_url: &str,
    id: &str,
) -> Result<C::Reply, Failure> {
    let reply = C::by_hand(http, base_url, id).send().await?.error_for_status()?;
    Ok(serde_json::from_slice(&reply.bytes().await?)?)
}

#[cfg(test)]
mod tests {
    use paystatus_core::{Ask, Body, Provider as _, interpret};

    use super::*;

    /// Both sides read the stored reply, and ask the same question.
    #[track_caller]
    fn agrees<C: Case>() {
        let base_url = "http://127.0.0.1:9";
        let account = C::account(BaseUrl::parse(base_url).unwrap());
        assert_eq!(account.facts().name, C::PROVIDER.name());
        let reply = http::Response::new(Body::from(C::BODY));
        assert!(interpret(&account, &C::lookup(), &reply).unwrap().is_paid());
        assert!(serde_json::from_str::<C::Reply>(C::BODY).is_ok());

        let ours = account.request(&Ask::about(&C::lookup())).unwrap();
        let by_hand = C::by_hand(&http_by_hand().unwrap(), base_url, C::ID).build().unwrap();
        assert_eq!((ours.method(), ours.uri().to_string()), (by_hand.method(), by_hand.url().to_string()));
        assert_eq!(ours.headers(), by_hand.headers());
        let json = |bytes: &[u8]| serde_json::from_slice::<serde_json::Value>(bytes).unwrap_or_default();
        let body = by_hand.body().and_then(reqwest::Body::as_bytes).unwrap_or_default();
        assert_eq!(json(ours.body().as_bytes()), json(body));
    }

    #[test]
    fn both_sides_ask_and_read_the_same() {
        agrees::<Akurateco>();
        agrees::<Bearer>();
    }
}
