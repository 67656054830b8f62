#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod accounts;
mod configuration;
mod file;
mod form;
mod providers;
mod setting;

pub use accounts::Accounts;
pub use configuration::Configuration;
pub use form::Keys;
pub use providers::*;

#[doc(no_inline)]
pub use paystatus_client::{Client, Settings, Transport, Wait, WaitTicket, Waited, Waiting};
#[doc(no_inline)]
pub use paystatus_core::{async_trait, prelude::*};

fn config(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Config, message)
}
