#![doc = include_str!("../README.md")]

mod build;
mod bulk;
pub mod case;
mod decode;
mod false_final;
mod overhead;
mod random;
mod reconcile;
mod resident;
mod rounds;
mod server;
mod startup;
mod waits;
mod watch;

use std::error::Error;

use clap::ValueEnum;
use serde::Serialize;

pub use build::Tls;
pub use case::Provider;
pub use rounds::Clock;

/// What kept a bench from its end.
pub type Failure = Box<dyn Error + Send + Sync>;

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Bench {
    /// Checks per second, against reqwest and serde_json by hand
    Overhead,
    /// Reading a stored reply, against serde_json into a plain struct
    Decode,
    /// Memory of waits that sleep
    Waits,
    /// Many ids as a stream, against a buffered stream by hand
    Bulk,
    /// What policies make of payments with a known end, under scripted faults
    FalseFinal,
    /// The whole process, against curl
    Startup,
    /// What a program costs to build that asks once, against the same by hand
    Build,
    /// A ledger through a reconciliation, against the same checks as a stream
    Reconcile,
    /// Watches in a store, against `check_many` without one
    Watch,
    /// No bench: serves one provider's reply until interrupted, to measure the server itself
    Server,
}

/// How to measure.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Small sizes: the lines have their form, and their figures mean nothing.
    pub quick: bool,
    /// One provider only.
    pub provider: Option<Provider>,
    /// One choice of TLS only, in `build`.
    pub tls: Option<Tls>,
    /// What time is counted by in `overhead`, `decode`, `bulk` and `reconcile`.
    pub clock: Clock,
    /// An empty database for `watch`: `postgres:URL`.
    pub store: Option<String>,
}

impl Options {
    /// One of two sizes.
    fn size<T>(&self, full: T, quick: T) -> T {
        if self.quick { quick } else { full }
    }

    fn wants(&self, provider: Provider) -> bool {
        self.provider.is_none_or(|only| only == provider)
    }
}

/// Takes the lines as they come.
pub type Print<'a> = &'a mut dyn FnMut(String);

/// Runs one bench and hands out its lines.
///
/// # Errors
/// Whatever kept it from measuring: an answer that is not the expected one, a tool that is missing.
pub fn run(bench: Bench, options: &Options, print: Print<'_>) -> Result<(), Failure> {
    match bench {
        Bench::Overhead => overhead::run(options, print),
        Bench::Decode => decode::run(options, print),
        Bench::Waits => waits::run(options, print),
        Bench::Bulk => bulk::run(options, print),
        Bench::FalseFinal => false_final::run(options, print),
        Bench::Startup => startup::run(options, print),
        Bench::Build => build::run(options, print),
        Bench::Reconcile => reconcile::run(options, print),
        Bench::Watch => watch::run(options, print),
        Bench::Server => server::serve(options, print),
    }
}

fn line(fields: &impl Serialize) -> Result<String, Failure> {
    Ok(serde_json::to_string(fields)?)
}

/// A runtime as most services have it, on one thread, so that both sides pay the same.
fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}
