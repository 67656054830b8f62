//! Automation for the workspace: `cargo xtask COMMAND`.

mod ci;
mod docs;
mod features;
mod new_provider;
mod public_api;
mod registry;
mod release;
mod rustdoc;
mod semver;
mod skip;
mod tidy;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Automation for the paystatus workspace.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask")]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Everything that must be green, in order; stops at the first failure
    Ci,
    /// Checks of the tree that no compiler makes; each message says how to mend it
    Tidy,
    /// The pages' Rust blocks, built and run as a stranger would, with each page's own `cargo add` lines
    Docs,
    /// Each package with each of its features alone
    Features,
    /// Makes a provider crate, wired in, with its facts to be filled in
    NewProvider(new_provider::Arguments),
    /// Plans, prepares, publishes and rehearses releases
    #[command(subcommand)]
    Release(release::Release),
    /// Compares the libraries with their last releases: does a version promise more than it keeps?
    Semver,
    /// Compares the libraries' public items with the committed lists
    PublicApi(public_api::Arguments),
}

fn main() -> ExitCode {
    let Args { command } = Args::parse();
    let result = match command {
        Command::Ci => ci::run(),
        Command::Tidy => tidy::run(),
        Command::Docs => docs::run(),
        Command::Features => features::run(),
        Command::NewProvider(arguments) => new_provider::run(arguments),
        Command::Release(command) => release::run(command),
        Command::Semver => semver::run(),
        Command::PublicApi(arguments) => public_api::run(arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            #[expect(clippy::print_stderr, reason = "this is a command")]
            {
                eprintln!("{message}");
            }
            ExitCode::FAILURE
        }
    }
}
