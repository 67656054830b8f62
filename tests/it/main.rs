//! Behaviour across crates: every provider through the facade and the client, over real sockets.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

mod canary;
mod errors;
mod faults;
mod fuzz;
mod pages;
mod properties;
mod proxy;
mod report;
mod server;
mod sockets;
mod states;
mod targets;
mod tls;
mod watch;

use paystatus::{Configuration, StatusClient};
use paystatus_sandbox::Sandbox;

/// A sandbox's account, with more settings than it comes with.
fn account(sandbox: &Sandbox, name: &str, settings: &str) -> Box<dyn StatusClient> {
    let header = format!("[accounts.{name}]\n");
    let toml = sandbox.accounts_toml().replace(&header, &format!("{header}{settings}\n"));
    Configuration::from_toml(&toml).unwrap().open(name).unwrap()
}

/// Nothing here is about pace, so that tests need not wait for it.
const UNPACED: &str = "pace = 'unlimited'";
