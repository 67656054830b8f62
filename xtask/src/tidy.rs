//! `cargo xtask tidy`: what no compiler checks about the tree. Every message says where, what, and how to mend it.

mod manifests;
mod personal;
mod providers;
mod rust;
mod text;

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
};

pub(crate) use providers::provider_names;

/// What is wrong, where, and what to do.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    file: String,
    line: usize,
    message: String,
}

impl Finding {
    /// The file's path from the root.
    pub(crate) fn file(&self) -> &str {
        &self.file
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.message)
    }
}

/// Checks the workspace and prints what is wrong with it.
pub(crate) fn run() -> Result<(), String> {
    let findings = check(&root())?;
    if findings.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = findings.iter().map(Finding::to_string).collect();
    Err(format!("{}\n\n{} things are not tidy", lines.join("\n"), lines.len()))
}

/// The workspace that xtask belongs to.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// All that is wrong with a tree, in order.
pub(crate) fn check(root: &Path) -> Result<Vec<Finding>, String> {
    let tree = Tree::read(root)?;
    let mut findings = Findings::default();
    manifests::check(&tree, &mut findings);
    providers::check(&tree, &mut findings);
    text::check(&tree, &mut findings);
    personal::check(&tree, &mut findings);
    findings.0.sort();
    findings.0.dedup();
    Ok(findings.0)
}

#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, file: &str, line: usize, message: impl Into<String>) {
        self.0.push(Finding { file: file.to_owned(), line, message: message.into() });
    }
}

/// Every text file of the tree, by its path with `/`, in order.
struct Tree(BTreeMap<String, String>);

impl Tree {
    fn read(root: &Path) -> Result<Self, String> {
        let mut tree = Self(BTreeMap::new());
        tree.read_folder(root, "").map_err(|error| format!("{}: {error}", root.display()))?;
        Ok(tree)
    }

    fn read_folder(&mut self, folder: &Path, prefix: &str) -> std::io::Result<()> {
        // What is built, and what fuzzing leaves behind.
        const SKIPPED: [&str; 6] = [".git", "target", "artifacts", "coverage", "book", "Cargo.lock"];
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = format!("{prefix}{name}");
            let kind = entry.file_type()?;
            if SKIPPED.contains(&name.as_str()) {
                continue;
            }
            if kind.is_dir() {
                self.read_folder(&entry.path(), &format!("{path}/"))?;
            } else if kind.is_file()
                && let Ok(text) = String::from_utf8(std::fs::read(entry.path())?)
            {
                self.0.insert(path, text);
            }
        }
        Ok(())
    }

    fn get(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }

    fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// The folders in `crates`.
    fn crates(&self) -> Vec<&str> {
        let manifests =
            self.0.keys().filter_map(|path| path.strip_prefix("crates/")?.strip_suffix("/Cargo.toml"));
        manifests.filter(|name| !name.contains('/')).collect()
    }
}

/// The first line with this in it, from 1.
fn line_of(text: &str, needle: &str) -> usize {
    text.lines().position(|line| line.contains(needle)).map_or(1, |index| index + 1)
}

/// The line of a byte, from 1.
fn line_at(text: &str, byte: usize) -> usize {
    text.get(..byte).unwrap_or_default().matches('\n').count() + 1
}

#[cfg(test)]
mod tests;
