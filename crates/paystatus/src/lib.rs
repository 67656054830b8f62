#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod accounts;
mod configuration;
mod file;
mod setting;

pub use accounts::Accounts;
pub use configuration::Configuration;

#[doc(no_inline)]
pub use paystatus_client::{Client, Settings, Transport, Wait, WaitTicket, Waited, Waiting};
#[doc(no_inline)]
pub use paystatus_core::{async_trait, prelude::*};

#[cfg(feature = "akurateco")]
#[doc(no_inline)]
pub use paystatus_akurateco as akurateco;
#[cfg(feature = "bearer")]
#[doc(no_inline)]
pub use paystatus_bearer as bearer;
#[cfg(feature = "commitup")]
#[doc(no_inline)]
pub use paystatus_commitup as commitup;
#[cfg(feature = "resmic")]
#[doc(no_inline)]
pub use paystatus_resmic as resmic;
#[cfg(feature = "upitranzact")]
#[doc(no_inline)]
pub use paystatus_upitranzact as upitranzact;
