//! The sandbox over its real socket, with nothing but an HTTP client.

#![expect(clippy::unwrap_used, reason = "a helper that cannot do its part fails its test")]

mod akurateco;
mod bearer;
mod callbacks;
mod commitup;
mod control;
mod faults;
mod lab;
mod resmic;
mod server;
mod upitranzact;
