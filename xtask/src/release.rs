//! `cargo xtask release …`: every crate has its own version, and only what changed is released.

pub(crate) mod changelog;
pub(crate) mod plan;
mod publish;
mod registry;
mod rehearse;

use std::time::Duration;

use anyhow::Result;
use clap::Subcommand;

use crate::{say, workspace::Workspace};

#[derive(Debug, Subcommand)]
pub(crate) enum Release {
    /// What is to be released, as what, and what users get, as the changelogs say it
    Plan,
    /// Writes the planned versions and today's date into manifests and changelogs
    Prepare,
    /// Tags and uploads what is prepared; goes on where an earlier run stopped. Run `cargo xtask ci` before it
    Publish {
        /// Package and build everything as it would be uploaded; upload and tag nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// The whole release of what is committed against a registry on this machine, and programs that use it
    Rehearse,
}

pub(crate) fn run(command: Release) -> Result<()> {
    match command {
        Release::Plan => drop(plan::plan(&Workspace::here()?)?),
        Release::Prepare => {
            let planned = plan::prepare(&Workspace::here()?)?;
            let is_any = planned.iter().any(|planned| !planned.is_prepared);
            let next = "\nread the difference, commit it, then: cargo xtask release publish";
            say!("{}", if is_any { next } else { "nothing to prepare" });
        }
        Release::Publish { dry_run } => {
            // What crates.io documents for new crates: 5 at once, then one in 10 minutes.
            let pause = Duration::from_secs(10 * 60);
            let options = publish::Options { registry: "crates-io", dry_run, pause };
            let published = publish::publish(&Workspace::here()?, &options)?;
            if !dry_run && !published.is_empty() {
                say!("git push origin {}", published.join(" "));
            }
        }
        Release::Rehearse => rehearse::run()?,
    }
    Ok(())
}
