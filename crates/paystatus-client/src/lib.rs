#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod client;
mod exchange;
mod pacer;
mod retry;
mod settings;
mod transport;
mod wait;

pub use client::Client;
pub use settings::Settings;
pub use transport::{Transport, TransportBuilder};
pub use wait::{Waited, wait};
