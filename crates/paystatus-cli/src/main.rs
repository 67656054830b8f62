//! The `paystatus` command.

mod args;
mod ask;
mod callback;
mod configuration;
mod demo;
mod output;
mod providers;
mod sandbox;

use std::process::ExitCode;

use args::{Args, Command};
use clap::{Parser, error::ErrorKind as Usage};
use output::Output;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(help) if matches!(help.kind(), Usage::DisplayHelp | Usage::DisplayVersion) => {
            // A reader that has gone away is no failure.
            let _ = help.print();
            return ExitCode::SUCCESS;
        }
        Err(usage) => {
            let wants_json = std::env::args_os().any(|arg| arg == "--json");
            return Output::new(wants_json).usage(&usage);
        }
    };
    let output = Output::new(args.json);
    let result = match &args.command {
        Command::Check(question) => ask::check(&args, question, &output).await,
        Command::Wait(wait) => ask::wait(&args, wait, &output).await,
        Command::Callback(callback) => callback::run(&args, callback, &output).await,
        Command::Demo => demo::run(&output).await,
        Command::Providers => providers::run(&output),
        Command::Sandbox { port, config_out } => sandbox::run(*port, config_out.as_deref(), &output).await,
    };
    result.unwrap_or_else(|error| output.config_error(&error))
}
