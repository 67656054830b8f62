#![doc = include_str!("../README.md")]

mod accounts;
mod callback;
mod clock;
mod control;
mod delivery;
mod error;
mod fault;
mod json;
mod overrides;
mod payment;
mod plan;
mod protocol;
mod provider;
mod reply;
mod request;
mod sandbox;
mod seeds;
mod server;
mod store;
mod tokens;
mod wire;

pub use callback::SentCallback;
pub use error::Error;
pub use fault::Fault;
pub use overrides::Overrides;
pub use payment::{NewPayment, Payment, seeded_id};
pub use provider::Provider;
pub use reply::Reply;
pub use sandbox::Sandbox;
