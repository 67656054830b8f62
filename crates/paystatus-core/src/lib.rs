#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod ask;
mod attempts;
mod base_url;
mod body;
mod calendar;
mod callback;
pub mod credential;
mod currency;
mod decimal;
mod error;
mod errors;
mod facts;
mod gate;
pub mod hex;
mod iso_4217;
pub mod json;
mod lookup;
mod money;
mod pace;
mod payment;
mod personal;
mod provider;
mod snapshot;
mod status;
mod table;
mod time;
mod verify;
mod visible;
mod wait_plan;

pub use ask::{Ask, Token};
pub use async_trait::async_trait;
pub use attempts::telling;
pub use base_url::{BaseUrl, Endpoint};
pub use body::Body;
pub use callback::{
    Callback, CallbackSecrets, Covers, NotGenuine, Notification, SignedCallback, SignsCallbacks,
};
pub use currency::Currency;
pub use decimal::Number;
pub use error::{Error, ErrorKind};
pub use errors::{ErrorRow, Said, Says, Stands};
pub use facts::{Facts, Tells};
pub use gate::{Answer, Check, Ids, Refusal, interpret};
pub use lookup::{By, Lookup};
pub use money::Money;
pub use pace::Pace;
pub use payment::Payment;
pub use personal::Personal;
pub use provider::{FetchesTokens, Provider, StatusClient};
pub use snapshot::Snapshot;
pub use status::{Finality, Funds, MayChargeAgain, Meaning, Pending, Returned, Status};
pub use table::{Because, Judgement, Row, Source, share};
pub use time::{Timestamp, Zone};
pub use verify::{Discrepancy, Expected, Field, Paid, Unverified};
pub use visible::visible;
pub use wait_plan::WaitPlan;

/// What users of a provider need, for provider crates to re-export: the model without the tools to build a provider.
pub mod prelude {
    /// The vocabulary of requests and replies, for whoever brings their own HTTP.
    #[doc(no_inline)]
    pub use http;

    #[doc(no_inline)]
    pub use crate::{
        Ask, BaseUrl, Because, Body, By, Callback, Check, Covers, Currency, Discrepancy, Error, ErrorKind,
        Expected, Facts, Field, Finality, Funds, Lookup, MayChargeAgain, Meaning, Money, NotGenuine,
        Notification, Number, Pace, Paid, Payment, Pending, Personal, Provider, Returned, SignedCallback,
        SignsCallbacks, Snapshot, Status, StatusClient, Tells, Timestamp, Unverified, WaitPlan, Zone,
        interpret, visible,
    };
}
