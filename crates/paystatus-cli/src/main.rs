//! The `paystatus` command.

mod args;
mod ask;
mod bulk;
mod callback;
mod configuration;
mod demo;
mod files;
mod interrupt;
mod judge;
mod output;
mod providers;
mod reconcile;
mod recording;
mod redact;
mod sandbox;
mod watch;

use std::process::ExitCode;

use args::{Args, Command};
use clap::{Parser, error::ErrorKind as Usage};
use output::Output;
use paystatus::{Error, ErrorKind};

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(help) if matches!(help.kind(), Usage::DisplayHelp | Usage::DisplayVersion) => {
            // It is no failure if nobody reads the help to its end, as with `| head`.
            let _ = help.print();
            return ExitCode::SUCCESS;
        }
        Err(usage) => {
            let wants_json = std::env::args_os().any(|arg| arg == "--json");
            return Output::new(wants_json).usage(&usage).into();
        }
    };
    let output = Output::new(args.json || args.command.is_bulk());
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let why = format!("this machine does not let the command start: {error}");
            return output.config_error(&Error::new(ErrorKind::Config, why)).into();
        }
    };
    let code = runtime.block_on(run(&args, &output)).unwrap_or_else(|error| output.config_error(&error));
    // The answer is there: the command does not wait for a host name that is still being looked up.
    runtime.shutdown_background();
    if output.is_lost() { 4.into() } else { code.into() }
}

async fn run(args: &Args, output: &Output) -> Result<u8, Error> {
    match &args.command {
        Command::Check(check) => ask::check(args, check, output).await,
        Command::Wait(wait) => ask::wait(args, wait, output).await,
        Command::Judge(options) => judge::run(options, output),
        Command::Callback(callback) => callback::run(args, callback, output).await,
        Command::Reconcile(options) => reconcile::run(args, options, output).await,
        Command::Watch(options) => watch::run(args, options, output).await,
        Command::Demo { all } => demo::run(*all, output).await,
        Command::Providers => providers::run(output),
        Command::Sandbox { port, config_out } => sandbox::run(*port, config_out.as_deref(), output).await,
    }
}
