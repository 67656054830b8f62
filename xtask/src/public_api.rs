//! `cargo xtask public-api`: every change of a library's public items is a change of its committed `public-api.txt`.

use std::{collections::BTreeSet, fs};

use anyhow::{Context, Result, ensure};
use xshell::{Shell, cmd};

use crate::{rustdoc, say, workspace, workspace::Workspace};

/// The versions that all lists were made with: others may write the same items in other words. `--bless` writes it.
const MADE_WITH: &str = "xtask/public-api-made-with.txt";

/// It needs headers that not every machine has, and chooses an implementation: it adds no item.
const LEFT_OUT: &str = "native-tls";

pub(crate) fn run(bless: bool) -> Result<()> {
    let workspace = Workspace::here()?;
    let (shell, mut changed) = (&workspace.shell, Vec::new());
    let (here, made_with) = (versions(shell)?, fs::read_to_string(workspace.root.join(MADE_WITH))?);
    ensure!(
        bless || here == made_with,
        "the lists were made with\n{made_with}and here is\n{here}use those, or make all lists anew with --bless"
    );
    document(&workspace)?;
    for member in workspace.members.iter().filter(|member| member.is_library) {
        let json = workspace::target().join(format!("doc/{}.json", member.name.replace('-', "_")));
        // What the compiler derives and what every type has says nothing.
        let items =
            cmd!(shell, "cargo public-api --rustdoc-json {json} -sss --color never").quiet().read()?;
        let items = each_once(&items);
        let file = workspace.root.join(&member.folder).join("public-api.txt");
        let committed = fs::read_to_string(&file).unwrap_or_default();
        if committed == items {
            continue;
        }
        for line in difference(&committed, &items) {
            say!("{}: {line}", member.name);
        }
        changed.push(member.name.as_str());
        if bless {
            fs::write(file, items)?;
        }
    }
    if bless {
        return Ok(fs::write(workspace.root.join(MADE_WITH), here)?);
    }
    let changed = changed.join(", ");
    ensure!(changed.is_empty(), "{changed} changed; if they should: cargo xtask public-api --bless");
    Ok(())
}

/// What makes the lists here; a patch of rustdoc changes nothing.
fn versions(shell: &Shell) -> Result<String> {
    let tool = cmd!(shell, "cargo public-api --version").quiet().ignore_stderr().read();
    let tool = tool.context("the tool is not installed: cargo install cargo-public-api --locked")?;
    let rustdoc = cmd!(shell, "rustdoc --version").quiet().read()?;
    let minor = rustdoc.split_whitespace().nth(1).and_then(|version| version.rsplit_once('.'));
    Ok(format!("rustdoc {}\n{tool}\n", minor.context("a version has three parts")?.0))
}

/// rustdoc's JSON of all packages, in one go and with what the other steps of `cargo xtask ci` have built.
fn document(workspace: &Workspace) -> Result<()> {
    let shell = &workspace.shell;
    let of_all = workspace.members.iter().flat_map(|member| {
        let own = member.features.iter().filter(|feature| *feature != LEFT_OUT);
        own.map(|feature| format!("{}/{feature}", member.name))
    });
    let features = of_all.collect::<Vec<_>>().join(",");
    for member in &workspace.members {
        // Cargo does not know this file, so it can't know whether it is of these sources.
        let json = workspace::target().join(format!("doc/{}.json", member.name.replace('-', "_")));
        let _ = fs::remove_file(json);
    }
    let _unstable = rustdoc::allow_unstable(shell)?;
    let _flags = shell.push_env("RUSTDOCFLAGS", "-Z unstable-options --output-format json --cap-lints allow");
    Ok(cmd!(shell, "cargo doc --quiet --workspace --no-deps --features {features}").quiet().run()?)
}

/// A type that a prelude has too is listed twice, with all its methods.
fn each_once(lines: &str) -> String {
    let mut seen = BTreeSet::new();
    lines.lines().filter(|line| seen.insert(*line)).map(|line| format!("{line}\n")).collect()
}

/// The lines that only one of the two has: first what went, then what came.
fn difference<'a>(old: &'a str, new: &'a str) -> impl Iterator<Item = String> + 'a {
    let only = |sign: &'static str, these: &'a str, those: &'a str| {
        let those: BTreeSet<_> = those.lines().collect();
        these.lines().filter(move |line| !those.contains(line)).map(move |line| format!("{sign} {line}"))
    };
    only("-", old, new).chain(only("+", new, old))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_has_what_went_and_what_came() {
        let (old, new) = ("pub fn a()\npub fn b()\n", each_once("pub fn b()\npub fn c()\npub fn b()"));
        assert_eq!(difference(old, &new).collect::<Vec<_>>(), ["- pub fn a()", "+ pub fn c()"]);
        assert_eq!(difference(old, old).count(), 0);
    }
}
