// The README's example needs the client.
#![cfg_attr(any(feature = "client", not(doctest)), doc = include_str!("../README.md"))]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod callback;
mod error;
mod provider;
mod reply;
mod request;
mod status;
mod token;

pub use provider::{FACTS, PhonePe};
pub use reply::{Attempt, Details, ErrorContext, PaymentFlow};

#[doc(no_inline)]
pub use paystatus_core::prelude::*;

#[cfg(feature = "blocking")]
#[doc(no_inline)]
pub use paystatus_client::BlockingClient;
#[cfg(feature = "client")]
#[doc(no_inline)]
pub use paystatus_client::{Client, Settings, Transport, Wait, WaitTicket, Waited, Waiting};
