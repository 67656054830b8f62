// The README's example needs the client.
#![cfg_attr(any(feature = "client", not(doctest)), doc = include_str!("../README.md"))]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "callbacks")]
mod callback;
mod error;
mod evidence;
mod provider;
mod reply;
mod request;
mod status;
mod token;

pub use provider::{FACTS, Paypal, Resource};
pub use reply::{Amount, Details, Order, Part, Payments, PurchaseUnit, StatusDetails};

#[doc(no_inline)]
pub use paystatus_core::prelude::*;

#[cfg(feature = "blocking")]
#[doc(no_inline)]
pub use paystatus_client::BlockingClient;
#[cfg(feature = "client")]
#[doc(no_inline)]
pub use paystatus_client::{Client, Settings, Transport, Wait, WaitTicket, Waited, Waiting};
