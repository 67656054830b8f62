mod processor;
mod program;
#[cfg(test)]
mod programs;
mod project;

use clap::ValueEnum;
use serde::Serialize;

use crate::{Failure, Options, Print, case::Provider, line, rounds::round, server::Server};
use project::Project;

/// Who does TLS for the programs that are built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Tls {
    /// rustls with aws-lc-rs: the default
    Rustls,
    /// The operating system's library
    NativeTls,
    /// rustls with ring
    RustlsRing,
}

impl Tls {
    /// The name that stands in the lines, and the feature that chooses it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rustls => "rustls",
            Self::NativeTls => "native-tls",
            Self::RustlsRing => "rustls-ring",
        }
    }
}

/// What is null was not measured: a quick run counts crates and builds nothing.
#[derive(Serialize)]
struct Line {
    bench: &'static str,
    provider: &'static str,
    tls: &'static str,
    crates: usize,
    hand_crates: usize,
    build_crates: usize,
    hand_build_crates: usize,
    build_cpu_s: Option<f64>,
    hand_build_cpu_s: Option<f64>,
    ratio: Option<f64>,
    stripped_bytes: Option<u64>,
    hand_stripped_bytes: Option<u64>,
}

pub(crate) fn run(options: &Options, print: Print<'_>) -> Result<(), Failure> {
    if !options.quick {
        project::fetch()?;
    }
    for &provider in Provider::value_variants().iter().filter(|provider| options.wants(**provider)) {
        for &tls in Tls::value_variants() {
            if options.tls.is_none_or(|only| only == tls) {
                print(line(&measure(options, provider, tls)?)?);
            }
        }
    }
    Ok(())
}

fn measure(options: &Options, provider: Provider, tls: Tls) -> Result<Line, Failure> {
    let ours = Project::create(&program::with_paystatus(provider, tls))?;
    let by_hand = Project::create(&program::by_hand(provider, tls))?;
    let (crates, hand_crates) = (ours.crates()?, by_hand.crates()?);
    let mut line = Line {
        bench: "build",
        provider: provider.name(),
        tls: tls.name(),
        crates: crates.in_program,
        hand_crates: hand_crates.in_program,
        build_crates: crates.in_build_scripts,
        hand_build_crates: hand_crates.in_build_scripts,
        build_cpu_s: None,
        hand_build_cpu_s: None,
        ratio: None,
        stripped_bytes: None,
        hand_stripped_bytes: None,
    };
    if !options.quick {
        let server = Server::start(provider.body())?;
        let (built, hand_built) = (ours.build()?, by_hand.build()?);
        for built in [&built, &hand_built] {
            built.asks(&server.url(), provider.id())?;
        }
        line.build_cpu_s = Some(round(built.cpu_s, 1));
        line.hand_build_cpu_s = Some(round(hand_built.cpu_s, 1));
        line.ratio = Some(round(built.cpu_s / hand_built.cpu_s, 3));
        line.stripped_bytes = Some(built.bytes()?);
        line.hand_stripped_bytes = Some(hand_built.bytes()?);
    }
    Ok(line)
}
