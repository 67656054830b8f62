//! The sandbox over its real socket, with nothing but an HTTP client.

#![expect(clippy::unwrap_used, reason = "a helper that cannot do its part fails its test")]

mod callbacks;
mod control;
mod faults;
mod lab;
mod server;
