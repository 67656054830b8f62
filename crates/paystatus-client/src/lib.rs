#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod account;
#[cfg(feature = "blocking")]
mod blocking;
mod client;
mod connections;
mod exchange;
mod pacer;
mod retry;
mod settings;
mod ticket;
mod tls;
mod tokens;
mod trace;
mod transport;
mod wait;

#[cfg(feature = "blocking")]
pub use blocking::BlockingClient;
pub use client::{Checked, Client};
pub use settings::Settings;
pub use ticket::WaitTicket;
pub use transport::{Transport, TransportBuilder};
pub use wait::{Wait, Waited, Waiting};
