//! The command: `cargo run --release -p paystatus-bench -- NAME`.

use std::process::ExitCode;

use clap::Parser;
use paystatus_bench::{Bench, Clock, Options, Provider, Tls};

/// Measures what paystatus costs; prints one JSON object a line.
#[derive(Debug, Parser)]
struct Args {
    /// What to measure
    bench: Bench,

    /// Small sizes: shows that it runs, and measures nothing
    #[arg(long)]
    quick: bool,

    /// One provider only, where a bench has one line for each
    #[arg(long)]
    provider: Option<Provider>,

    /// One choice of TLS only, in `build`
    #[arg(long)]
    tls: Option<Tls>,

    /// Count processor time without the server's instead of the time on the wall, for a machine that others use too
    #[arg(long)]
    cpu: bool,

    /// An empty database of PostgreSQL, in `watch`, which is measured beside SQLite: postgres://USER@HOST/DATABASE
    #[arg(long)]
    store: Option<String>,
}

fn main() -> ExitCode {
    let Args { bench, quick, provider, tls, cpu, store } = Args::parse();
    let clock = if cpu { Clock::Processor } else { Clock::Wall };
    let options = Options { quick, provider, tls, clock, store };
    #[expect(clippy::print_stdout, reason = "the lines are what this command is for")]
    let mut print = |line: String| println!("{line}");
    match paystatus_bench::run(bench, &options, &mut print) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            #[expect(clippy::print_stderr, reason = "this is a command")]
            {
                eprintln!("{why}");
            }
            ExitCode::FAILURE
        }
    }
}
