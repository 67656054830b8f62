//! `cargo xtask public-api`: every change of a library's public items is a change of its committed `public-api.txt`.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use semver::Version;
use xshell::{Shell, cmd};

use crate::{
    release::{
        say,
        workspace::{Member, Workspace},
    },
    rustdoc, skip,
};

const FILE: &str = "public-api.txt";

/// The versions that all lists were made with, and the only place where they stand: `--bless` writes it.
///
/// Others may write the same items in other words, and that is no reason to fail.
const MADE_WITH: &str = "xtask/public-api-made-with.txt";

/// It needs headers that not every machine has, and chooses an implementation: it adds no item.
const LEFT_OUT: &str = "native-tls";

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Write the lists instead of comparing them
    #[arg(long)]
    bless: bool,
}

pub(crate) fn run(Arguments { bless }: Arguments) -> Result<(), String> {
    let checked = Workspace::here().and_then(|workspace| {
        if bless {
            return write(&workspace);
        }
        match obstacle(&workspace.shell) {
            Some(why) => skip::step("public items", &why).map_err(|why| anyhow!(why))?,
            None => compare(&workspace)?,
        }
        Ok(())
    });
    checked.map_err(|error| format!("{error:#}"))
}

/// Why the lists can't be compared here, and what would help.
pub(crate) fn obstacle(shell: &Shell) -> Option<String> {
    let made_with = fs::read_to_string(shell.current_dir().join(MADE_WITH)).ok()?;
    difference_of_tools(&made_with, installed(shell).as_deref())
}

fn difference_of_tools(made_with: &str, installed: Option<&str>) -> Option<String> {
    let (wanted, found) = (in_a_line(made_with), installed.map(in_a_line));
    let tool = made_with.lines().find_map(|line| line.strip_prefix("cargo-public-api ")).unwrap_or("VERSION");
    match found {
        None => Some(format!(
            "the tool is not installed: cargo install cargo-public-api --locked --version {tool}"
        )),
        Some(found) if found != wanted => Some(format!(
            "the lists were made with {wanted}, and here is {found}: use those, or make all lists anew: \
             cargo xtask public-api --bless"
        )),
        Some(_) => None,
    }
}

fn in_a_line(versions: &str) -> String {
    versions.lines().collect::<Vec<_>>().join(" and ")
}

/// What rustdoc and the tool call themselves, as it stands in `MADE_WITH`; nothing without the tool.
fn installed(shell: &Shell) -> Option<String> {
    let version = |output: Result<String, xshell::Error>| -> Option<Version> {
        output.ok()?.split_whitespace().nth(1)?.parse().ok()
    };
    let tool = version(cmd!(shell, "cargo public-api --version").quiet().ignore_stderr().read())?;
    let rustdoc = version(cmd!(shell, "rustdoc --version").quiet().ignore_stderr().read())?;
    Some(versions(&rustdoc, &tool))
}

/// A patch of rustdoc changes nothing here, and a nightly is another rustdoc every day.
fn versions(rustdoc: &Version, tool: &Version) -> String {
    let channel = if rustdoc.pre.is_empty() { String::new() } else { format!("-{}", rustdoc.pre) };
    format!("rustdoc {}.{}{channel}\ncargo-public-api {tool}\n", rustdoc.major, rustdoc.minor)
}

fn compare(workspace: &Workspace) -> Result<()> {
    let mut differ = Vec::new();
    for (member, items) in items(workspace)? {
        match fs::read_to_string(list(workspace, member)) {
            Ok(committed) if committed == items => continue,
            Ok(committed) => difference(&committed, &items).for_each(|line| say!("{}: {line}", member.name)),
            Err(_) => say!("{}: no {FILE} yet", member.name),
        }
        differ.push(member.name.as_str());
    }
    if !differ.is_empty() {
        bail!(
            "the public items of {} changed; if they should: cargo xtask public-api --bless",
            differ.join(", ")
        );
    }
    Ok(())
}

fn write(workspace: &Workspace) -> Result<()> {
    let made_with = installed(&workspace.shell)
        .context("cargo-public-api is not installed: cargo install cargo-public-api --locked")?;
    for (member, items) in items(workspace)? {
        let file = list(workspace, member);
        if fs::read_to_string(&file).ok().as_ref() != Some(&items) {
            fs::write(file, items)?;
            say!("{}: {FILE} written", member.name);
        }
    }
    Ok(fs::write(workspace.root.join(MADE_WITH), made_with)?)
}

fn list(workspace: &Workspace, member: &Member) -> PathBuf {
    workspace.root.join(&member.folder).join(FILE)
}

/// The libraries, and the public items of each, one a line.
fn items(workspace: &Workspace) -> Result<Vec<(&Member, String)>> {
    let libraries = workspace.members.iter().filter(|member| member.is_library);
    let libraries: Vec<_> = libraries
        .map(|member| {
            let json = format!("doc/{}.json", member.name.replace('-', "_"));
            (member, rustdoc::target(&workspace.shell).join(json))
        })
        .collect();
    for (_, json) in &libraries {
        // Cargo does not know this file, so it can't know whether it is of these sources.
        let _ = fs::remove_file(json);
    }
    document(workspace)?;
    let listed = libraries.into_iter().map(|(member, json)| Ok((member, listed(&workspace.shell, &json)?)));
    listed.collect()
}

/// rustdoc's JSON of all packages, in one go and with what the other steps of `cargo xtask ci` have built.
fn document(workspace: &Workspace) -> Result<()> {
    let shell = &workspace.shell;
    let features = workspace.members.iter().flat_map(|member| {
        let own = member.features.iter().filter(|feature| feature.as_str() != LEFT_OUT);
        own.map(|feature| format!("{}/{feature}", member.name))
    });
    let features = features.collect::<Vec<_>>().join(",");
    let _unstable = rustdoc::allow_unstable(shell).map_err(|error| anyhow!(error))?;
    let _flags = shell.push_env("RUSTDOCFLAGS", "-Z unstable-options --output-format json --cap-lints allow");
    Ok(cmd!(shell, "cargo doc --quiet --workspace --no-deps --features {features}").quiet().run()?)
}

fn listed(shell: &Shell, json: &Path) -> Result<String> {
    if !json.exists() {
        bail!("rustdoc did not write {}: cargo clean --doc helps", json.display());
    }
    // What the compiler derives and what every type has says nothing.
    let items = cmd!(shell, "cargo public-api --rustdoc-json {json} -sss --color never").quiet();
    let items = items.read().with_context(|| format!("could not list the items in {}", json.display()))?;
    Ok(each_once(&items))
}

/// A type that a prelude has too is listed twice, with all its methods.
fn each_once(lines: &str) -> String {
    let mut seen = BTreeSet::new();
    lines.lines().filter(|line| seen.insert(*line)).map(|line| format!("{line}\n")).collect()
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

    #[test]
    fn what_is_listed_twice_stays_where_it_is_first() {
        assert_eq!(each_once("pub fn b()\npub fn a()\npub fn b()"), "pub fn b()\npub fn a()\n");
    }

    #[test]
    fn a_patch_of_rustdoc_is_the_same_and_a_nightly_is_not() {
        let versions =
            |rustdoc: &str, tool: &str| versions(&rustdoc.parse().unwrap(), &tool.parse().unwrap());
        assert_eq!(versions("1.95.0", "0.52.0"), "rustdoc 1.95\ncargo-public-api 0.52.0\n");
        assert_eq!(versions("1.95.1", "0.52.0"), versions("1.95.0", "0.52.0"));
        assert_ne!(versions("1.95.0-nightly", "0.52.0"), versions("1.95.0", "0.52.0"));
        assert_ne!(versions("1.95.0", "0.52.1"), versions("1.95.0", "0.52.0"));
    }

    #[test]
    fn other_tools_are_no_failure_but_a_reason() {
        let made_with = "rustdoc 1.95\ncargo-public-api 0.52.0\n";
        assert_eq!(difference_of_tools(made_with, Some(made_with)), None);
        let why = difference_of_tools(made_with, None).unwrap();
        assert!(why.ends_with("cargo install cargo-public-api --locked --version 0.52.0"), "{why}");
        let why = difference_of_tools(made_with, Some("rustdoc 1.96\ncargo-public-api 0.52.0\n")).unwrap();
        assert!(
            why.contains("made with rustdoc 1.95 and cargo-public-api 0.52.0, and here is rustdoc 1.96 and")
        );
    }
}
