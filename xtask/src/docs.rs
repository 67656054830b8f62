//! `cargo xtask docs`: each page as a stranger's project, with what its own `cargo add` lines bring and nothing else.

use std::{fs, path::Path, time::Instant};

use anyhow::{Context, Result, bail, ensure};
use clap::Parser;
use toml_edit::{DocumentMut, Item};
use xshell::{Shell, cmd};

use crate::{say, workspace};

/// The folders with pages, beside the README in the root.
const FOLDERS: [&str; 3] = ["docs", "docs/decisions", "docs/providers"];

/// Builds and runs every Rust block of every page.
pub(crate) fn run() -> Result<()> {
    let begun = Instant::now();
    let root = workspace::root();
    let shell = Shell::new()?;
    // The workspace's own folder: what it has built of the pages' dependencies need not be built again.
    let _target = shell.push_env("CARGO_TARGET_DIR", workspace::target());
    let elsewhere = tempfile::tempdir()?;
    let (mut checked, mut failed) = (0, Vec::new());
    for page in pages(&root)? {
        let text = fs::read_to_string(root.join(&page))?;
        if !text.contains("\n```rust") {
            continue;
        }
        checked += 1;
        let project = elsewhere.path().join(page.replace(['/', '.'], "-").to_lowercase());
        write(&root, &project, &page, &text).with_context(|| page.clone())?;
        let _project = shell.push_dir(&project);
        let command = cmd!(shell, "cargo test --quiet --doc").quiet().ignore_status();
        let output = command.output()?;
        if !output.status.success() {
            let said = [output.stderr, output.stdout].concat();
            say!("{}", String::from_utf8_lossy(&said));
            failed.push(page);
        }
    }
    ensure!(failed.is_empty(), "blocks fail in {}; their lines are above", failed.join(", "));
    say!("the blocks of {checked} pages build and run, {:.0} s", begun.elapsed().as_secs_f64());
    Ok(())
}

/// The pages by their paths from the root, in order.
fn pages(root: &Path) -> Result<Vec<String>> {
    let mut pages = vec!["README.md".to_owned()];
    for folder in FOLDERS {
        for entry in fs::read_dir(root.join(folder))? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if name.ends_with(".md") {
                pages.push(format!("{folder}/{name}"));
            }
        }
    }
    pages.sort();
    Ok(pages)
}

/// Writes a page's project, with the workspace's lock file: the same versions, and nothing new to fetch.
///
/// The page is the documentation of the project, so that rustdoc says what a block is.
fn write(root: &Path, project: &Path, page: &str, text: &str) -> Result<()> {
    let name = project.file_name().unwrap_or_default().to_string_lossy();
    let workspace = fs::read_to_string(root.join("Cargo.toml"))?.parse()?;
    let dependencies = dependencies(root, &workspace, text)?;
    fs::create_dir_all(project.join("src"))?;
    let profile = workspace.get("profile").and_then(|profiles| profiles.get("dev"));
    let profile = profile.map(Item::to_string).unwrap_or_default();
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n{dependencies}\n[profile.dev]\n{profile}"
    );
    fs::write(project.join("Cargo.toml"), manifest)?;
    fs::write(project.join("src/lib.rs"), format!("#![doc = include_str!({:?})]\n", root.join(page)))?;
    fs::copy(root.join("Cargo.lock"), project.join("Cargo.lock"))?;
    Ok(())
}

/// What a page gives to `cargo add`; whatever else that takes is refused until a page needs it.
#[derive(Debug, Parser)]
#[command(name = "cargo add", no_binary_name = true)]
struct Add {
    #[arg(required = true)]
    names: Vec<String>,
    #[arg(long, value_delimiter = ',')]
    features: Vec<String>,
    #[arg(long)]
    no_default_features: bool,
    #[arg(long)]
    dev: bool,
}

/// The tables that a page's `cargo add` lines make of a new manifest: our crates are this checkout's,
/// and all others have the workspace's version.
fn dependencies(root: &Path, workspace: &DocumentMut, page: &str) -> Result<String> {
    let known = workspace.get("workspace").and_then(|table| table.get("dependencies"));
    let (mut normal, mut dev) = (String::new(), String::new());
    for line in page.lines().filter_map(|line| line.strip_prefix("cargo add ")) {
        let arguments = line.split(" #").next().unwrap_or_default().split_whitespace();
        let add = Add::try_parse_from(arguments).with_context(|| line.to_owned())?;
        ensure!(add.names.len() == 1 || add.features.is_empty(), "{line}: whose features are these?");
        for name in &add.names {
            let Some(entry) = known.and_then(|known| known.get(name)) else {
                bail!("{line}: `{name}` is not in [workspace.dependencies], so that no version is known");
            };
            let from = match entry.get("path").and_then(Item::as_str) {
                Some(path) => format!("path = {:?}", root.join(path)),
                None => {
                    let version = entry.as_str().or_else(|| entry.get("version")?.as_str());
                    format!("version = {:?}", version.unwrap_or("*"))
                }
            };
            let table = if add.dev { &mut dev } else { &mut normal };
            let (default, features) = (!add.no_default_features, &add.features);
            *table +=
                &format!("{name} = {{ {from}, default-features = {default}, features = {features:?} }}\n");
        }
    }
    Ok(format!("[dependencies]\n{normal}\n[dev-dependencies]\n{dev}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn added(page: &str) -> Result<String> {
        let workspace =
            "[workspace.dependencies]\nours = { path = \"crates/ours\" }\ntheirs = { version = \"1\" }\n";
        dependencies(Path::new("/checkout"), &workspace.parse().unwrap(), page)
    }

    #[test]
    fn the_lines_of_a_page_are_the_dependencies() {
        let page = "cargo add ours --features a,b --no-default-features   # why\n`cargo add theirs`\ncargo add --dev theirs\n";
        assert_eq!(
            added(page).unwrap(),
            "[dependencies]\nours = { path = \"/checkout/crates/ours\", default-features = false, features = [\"a\", \"b\"] }\n\
             \n[dev-dependencies]\ntheirs = { version = \"1\", default-features = true, features = [] }\n"
        );
    }

    #[test]
    fn a_line_that_says_something_else_is_refused() {
        for line in [
            "cargo add ours --git x",
            "cargo add ours theirs --features a",
            "cargo add nobody",
            "cargo add --dev",
        ] {
            assert!(added(line).is_err(), "{line}");
        }
    }
}
