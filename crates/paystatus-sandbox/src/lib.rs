#![doc = include_str!("../README.md")]

pub mod credentials;

mod accounts;
mod callback;
mod control;
mod delivery;
mod error;
mod json;
mod overrides;
mod payment;
mod protocol;
mod provider;
mod reply;
mod request;
mod sandbox;
mod seeds;
mod server;
mod store;

pub use callback::{Digest, SentCallback};
pub use error::Error;
pub use overrides::Overrides;
pub use payment::{NewPayment, Payment, seeded_id};
pub use provider::Provider;
pub use reply::Reply;
pub use sandbox::Sandbox;
