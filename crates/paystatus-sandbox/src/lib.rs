#![doc = include_str!("../README.md")]

pub mod credentials;

mod accounts;
mod control;
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

pub use error::Error;
pub use overrides::Overrides;
pub use payment::{NewPayment, Payment, seeded_id};
pub use provider::Provider;
pub use reply::Reply;
pub use sandbox::Sandbox;
