//! Automation for the workspace: `cargo xtask COMMAND`.

mod ci;

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
}

fn main() -> ExitCode {
    let Args { command } = Args::parse();
    let result = match command {
        Command::Ci => ci::run(),
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
