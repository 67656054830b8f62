//! `cargo xtask release …`: every crate has its own version, and only what changed is released.

pub(crate) mod changelog;
mod consumers;
pub(crate) mod index;
mod pace;
mod plan;
mod prepare;
mod publish;
mod rehearse;
mod upstream;
pub(crate) mod version;
pub(crate) mod workspace;

use std::fmt;

use anyhow::Result;
use clap::{Args, Subcommand, ValueEnum};

use pace::{Pace, RealClock};
use plan::Bumps;
use publish::{Options, Verify};
use version::Step;
use workspace::Workspace;

/// Prints a line.
macro_rules! say {
    ($($text:tt)*) => { $crate::release::print(format_args!($($text)*)) };
}
pub(crate) use say;

#[derive(Debug, Subcommand)]
pub(crate) enum Release {
    /// What changed since its last tag, the version that it needs, and what its changelog says
    Plan(Steps),
    /// Writes the planned versions and today's date into manifests and changelogs
    Prepare(Steps),
    /// Publishes what is prepared and tags it; goes on where an earlier run stopped
    Publish(Publish),
    /// The whole release against a registry on this machine, and programs that use what was published
    Rehearse,
}

#[derive(Debug, Args)]
pub(crate) struct Steps {
    /// How much changed for users, where the changelog does not say: `paystatus-core=fix`
    #[arg(long, value_name = "CRATE=STEP", value_parser = bump)]
    bump: Vec<(String, Step)>,
}

#[derive(Debug, Args)]
pub(crate) struct Publish {
    /// Check everything, upload and tag nothing
    #[arg(long)]
    dry_run: bool,
    /// Leave out `cargo xtask ci`
    #[arg(long)]
    no_test: bool,
    /// A registry that cargo's configuration names, instead of crates.io
    #[arg(long, requires = "index")]
    registry: Option<String>,
    /// The URL of that registry's sparse index
    #[arg(long, requires = "registry", value_name = "URL")]
    index: Option<String>,
}

pub(crate) fn print(line: fmt::Arguments<'_>) {
    #[expect(clippy::print_stdout, reason = "this is a command")]
    {
        println!("{line}");
    }
}

fn bump(text: &str) -> Result<(String, Step), String> {
    let (name, step) = text.split_once('=').ok_or("write CRATE=STEP")?;
    Ok((name.to_owned(), Step::from_str(step, false)?))
}

pub(crate) fn run(command: Release) -> Result<(), String> {
    let bumps = |steps: Steps| steps.bump.into_iter().collect::<Bumps>();
    let result = match command {
        Release::Plan(steps) => plan::run(&bumps(steps)),
        Release::Prepare(steps) => prepare::run(&bumps(steps)),
        Release::Publish(arguments) => run_publish(arguments),
        Release::Rehearse => rehearse::run(),
    };
    result.map_err(|error| format!("{error:#}"))
}

fn run_publish(Publish { dry_run, no_test, registry, index }: Publish) -> Result<()> {
    let mut pace = match registry {
        Some(_) => Pace::unlimited(RealClock),
        None => Pace::crates_io(RealClock),
    };
    let registry = registry.unwrap_or_else(|| "crates-io".to_owned());
    let index = index.unwrap_or_else(|| "https://index.crates.io".to_owned());
    let options = Options { dry_run, test: !no_test, registry, index, verify: Verify::All };
    let workspace = Workspace::here()?;
    publish::publish(&workspace, &options, &mut pace)?;
    if !dry_run {
        publish::check(&workspace, &options)?;
        say!("{}", publish::push_hint(&workspace)?);
    }
    Ok(())
}
