//! Behaviour across crates: every provider through the facade and the client, over real sockets.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

mod canary;
mod errors;
mod faults;
mod fuzz;
mod pages;
mod properties;
mod proxy;
mod replies;
mod report;
mod server;
mod sockets;
mod states;
mod targets;
mod tls;
mod watch;

use paystatus::{Configuration, Facts, StatusClient};
use paystatus_sandbox::{Provider, Sandbox, seeded_id};

/// A sandbox's account, with more settings than it comes with.
fn account(sandbox: &Sandbox, name: &str, settings: &str) -> Box<dyn StatusClient> {
    let header = format!("[accounts.{name}]\n");
    let toml = sandbox.accounts_toml().replace(&header, &format!("{header}{settings}\n"));
    Configuration::from_toml(&toml).unwrap().open(name).unwrap()
}

/// Nothing here is about pace, so that tests need not wait for it.
const UNPACED: &str = "pace = 'unlimited'";

/// What is known about a provider of the sandbox.
fn facts(provider: Provider) -> &'static Facts {
    let known = paystatus::providers().iter().find(|facts| facts.name == provider.name());
    known.unwrap_or_else(|| panic!("the facade has no {provider}"))
}

/// The id of a payment that is paid in the sandbox.
fn paid(sandbox: &Sandbox, provider: Provider) -> String {
    id_of(sandbox, provider, provider.paid_state())
}

/// An id of the same form that nobody has: its last letters and digits are others.
fn unknown(id: &str) -> String {
    let mut left = 3;
    let other = |letter: char| {
        let (true, Ok(byte)) = (left > 0, u8::try_from(letter)) else { return letter };
        // Within 0 to 9 and within a to f, so that a number stays one, and a UUID, too.
        let base = match byte {
            b'0'..=b'9' => b'0',
            b'a'..=b'z' => b'a',
            b'A'..=b'Z' => b'A',
            _ => return letter,
        };
        left -= 1;
        char::from(((byte - base) ^ 1) + base)
    };
    let backwards: String = id.chars().rev().map(other).collect();
    backwards.chars().rev().collect()
}

/// The id of one that can still be paid.
fn open(sandbox: &Sandbox, provider: Provider) -> String {
    id_of(sandbox, provider, provider.open_state())
}

fn id_of(sandbox: &Sandbox, provider: Provider, state: &str) -> String {
    sandbox.payment(provider, &seeded_id(state)).unwrap().id().to_owned()
}

/// A provider's settings that take one of a few values, each with each of them: none first.
fn choices(sandbox: &Sandbox, provider: Provider) -> Vec<String> {
    let header = format!("[accounts.{provider}]\n");
    let refusal = |line: &str| {
        let toml = sandbox.accounts_toml().replace(&header, &format!("{header}{line}\n"));
        let opened = Configuration::from_toml(&toml).and_then(|read| read.open(provider.name()));
        opened.err().map(|error| error.message().to_owned()).unwrap_or_default()
    };
    let mut choices = vec![String::new()];
    for key in paystatus::keys(provider.name()).unwrap().optional() {
        let refusal = refusal(&format!("{key} = 'neither'"));
        if let Some((_, values)) = refusal.split_once(" must be one of ") {
            choices.extend(values.split('`').skip(1).step_by(2).map(|value| format!("{key} = '{value}'")));
        } else if refusal.ends_with(" must be true or false") {
            choices.extend(["true", "false"].map(|value| format!("{key} = {value}")));
        }
    }
    choices
}

#[tokio::test]
async fn the_choices_are_found() {
    let sandbox = Sandbox::start().await.unwrap();
    let all: Vec<_> = Provider::ALL.iter().flat_map(|&provider| choices(&sandbox, provider)).collect();
    assert!(all.iter().any(|choice| choice.ends_with("= true")), "{all:?}");
    assert!(all.iter().any(|choice| choice.ends_with('\'')), "{all:?}");
}
