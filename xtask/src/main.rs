//! Automation for the workspace: `cargo xtask COMMAND`.

mod ci;
mod docs;
mod facts;
mod new_provider;
mod public_api;
mod release;
mod rustdoc;
mod semver;
mod tidy;
mod workspace;

use std::process::ExitCode;

use clap::Parser;

/// Prints a line.
macro_rules! say {
    ($($text:tt)*) => {{
        #[allow(clippy::print_stdout, reason = "this is a command; an expectation is not seen to be met in a macro")]
        {
            println!($($text)*)
        }
    }};
}
pub(crate) use say;

/// Automation for the paystatus workspace.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask")]
enum Command {
    /// Everything that must be green, in order; stops at the first failure
    Ci,
    /// Checks of the tree that no compiler makes; each message says how to mend it
    Tidy {
        /// Write the generated tables instead of comparing them
        #[arg(long)]
        bless: bool,
    },
    /// Every fact in the providers' tables by the age of its source, the oldest first
    Facts,
    /// The pages' Rust blocks, built and run as a stranger would, with each page's own `cargo add` lines
    Docs,
    /// Makes a provider crate, wired in, with its facts to be filled in
    NewProvider(new_provider::Arguments),
    /// Plans, prepares, publishes and rehearses releases
    #[command(subcommand)]
    Release(release::Release),
    /// Compares the libraries with their last releases: does a version promise more than it keeps?
    Semver,
    /// Compares the libraries' public items with the committed lists
    PublicApi {
        /// Write the lists instead of comparing them
        #[arg(long)]
        bless: bool,
    },
}

fn main() -> ExitCode {
    let result = match Command::parse() {
        Command::Ci => ci::run(),
        Command::Tidy { bless } => tidy::run(bless),
        Command::Facts => facts::run(),
        Command::Docs => docs::run(),
        Command::NewProvider(arguments) => new_provider::run(&arguments),
        Command::Release(command) => release::run(command),
        Command::Semver => semver::run(),
        Command::PublicApi { bless } => public_api::run(bless),
    };
    let Err(error) = result else { return ExitCode::SUCCESS };
    #[expect(clippy::print_stderr, reason = "this is a command")]
    {
        eprintln!("{error:#}");
    }
    ExitCode::FAILURE
}
