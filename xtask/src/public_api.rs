//! `cargo xtask public-api`: every change of a library's public items is a change of its committed `public-api.txt`.

use std::{collections::BTreeSet, fs};

use anyhow::{Context, Result, bail};
use clap::Args;
use xshell::cmd;

use crate::{
    release::{
        say,
        workspace::{Member, Workspace},
    },
    semver::is_installed,
};

const FILE: &str = "public-api.txt";

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Write the lists instead of comparing them
    #[arg(long)]
    bless: bool,
}

pub(crate) fn run(Arguments { bless }: Arguments) -> Result<(), String> {
    check(bless).map_err(|error| format!("{error:#}"))
}

fn check(bless: bool) -> Result<()> {
    let workspace = Workspace::here()?;
    if !is_installed(&workspace.shell, "public-api") {
        say!("skipped: cargo-public-api is not installed (cargo install --locked cargo-public-api)");
        return Ok(());
    }
    let mut differ = Vec::new();
    for member in workspace.members.iter().filter(|member| member.is_library) {
        let file = workspace.root.join(&member.folder).join(FILE);
        let items = items(&workspace, member)?;
        match fs::read_to_string(&file) {
            Ok(committed) if committed == items => continue,
            Ok(committed) => difference(&committed, &items).for_each(|line| say!("{}: {line}", member.name)),
            Err(_) => say!("{}: no {FILE} yet", member.name),
        }
        if bless {
            fs::write(&file, items)?;
        } else {
            differ.push(member.name.as_str());
        }
    }
    if !differ.is_empty() {
        bail!(
            "the public items of {} changed; if they should: cargo xtask public-api --bless",
            differ.join(", ")
        );
    }
    Ok(())
}

/// A library's public items with all its features, one a line.
fn items(workspace: &Workspace, member: &Member) -> Result<String> {
    let (shell, name) = (&workspace.shell, &member.name);
    // rustdoc's JSON is not stable, so a stable toolchain has to be told that we know; in a folder of its own, or
    // every other build would be stale after this one.
    let target = workspace.root.join("target/public-api");
    let _bootstrap = shell.push_env("RUSTC_BOOTSTRAP", "1");
    let what = ["--package", name, "--lib", "--all-features"];
    let how = ["-Z", "unstable-options", "--output-format", "json", "--cap-lints", "allow"];
    let command = cmd!(shell, "cargo rustdoc --quiet --locked {what...} --target-dir {target} -- {how...}");
    command.quiet().run()?;
    let json = target.join("doc").join(format!("{}.json", name.replace('-', "_")));
    // What the compiler derives and what every type has says nothing.
    let items = cmd!(shell, "cargo public-api --rustdoc-json {json} -sss --color never").quiet();
    let items = items.read().with_context(|| format!("could not list the items of {name}"))?;
    Ok(items + "\n")
}

/// The lines that only one of the two has: first what went, then what came.
fn difference(old: &str, new: &str) -> impl Iterator<Item = String> {
    let only = |sign: &str, these: &str, those: &str| -> Vec<String> {
        let those: BTreeSet<_> = those.lines().collect();
        these.lines().filter(|line| !those.contains(line)).map(|line| format!("{sign} {line}")).collect()
    };
    only("-", old, new).into_iter().chain(only("+", new, old))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_has_what_went_and_what_came() {
        let (old, new) = ("pub fn a()\npub fn b()\n", "pub fn b()\npub fn c()\n");
        assert_eq!(difference(old, new).collect::<Vec<_>>(), ["- pub fn a()", "+ pub fn c()"]);
        assert_eq!(difference(old, old).count(), 0);
    }
}
