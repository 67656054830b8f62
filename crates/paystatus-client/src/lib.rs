#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod client;
mod exchange;
mod pacer;
mod retry;
mod settings;
mod ticket;
mod trace;
mod transport;
mod wait;

pub use client::{Answer, Client};
pub use settings::Settings;
pub use ticket::WaitTicket;
pub use transport::{Transport, TransportBuilder};
pub use wait::{Wait, Waited, Waiting};
