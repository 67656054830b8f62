// The README's example needs the client.
#![cfg_attr(any(feature = "client", not(doctest)), doc = include_str!("../README.md"))]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod callback;
mod error;
mod provider;
mod reply;
mod request;
mod status;

pub use provider::{FACTS, NowPayments};
pub use reply::Details;

#[doc(no_inline)]
pub use paystatus_core::prelude::*;

#[cfg(feature = "blocking")]
#[doc(no_inline)]
pub use paystatus_client::BlockingClient;
#[cfg(feature = "client")]
#[doc(no_inline)]
pub use paystatus_client::{Client, Settings, Transport, Wait, WaitTicket, Waited, Waiting};
