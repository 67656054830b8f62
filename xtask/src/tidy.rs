//! `cargo xtask tidy`: what no compiler checks about the tree. Every message says where, what, and how to mend it.

mod manifests;
mod one_folder;
mod personal;
mod text;

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result, ensure};
use xshell::{Shell, cmd};

use crate::{facts, workspace};

pub(crate) fn run(bless: bool) -> Result<()> {
    let mut findings = check(&workspace::root())?;
    findings.extend(facts::check(bless)?);
    ensure!(findings.is_empty(), "{}\n\n{} things are not tidy", findings.join("\n"), findings.len());
    Ok(())
}

/// All that is wrong with the text of a tree, in order.
pub(crate) fn check(root: &Path) -> Result<Vec<String>> {
    let tree = Tree::read(root)?;
    let mut findings = Findings::default();
    manifests::check(&tree, &mut findings);
    one_folder::check(&tree, &mut findings);
    text::check(&tree, &mut findings);
    personal::check(&tree, &mut findings);
    findings.0.sort();
    findings.0.dedup();
    Ok(findings.0.into_iter().map(|(file, line, message)| format!("{file}:{line}: {message}")).collect())
}

/// Where, which line, and what is wrong and to be done.
#[derive(Default)]
struct Findings(Vec<(String, usize, String)>);

impl Findings {
    fn add(&mut self, file: &str, line: usize, message: impl Into<String>) {
        self.0.push((file.to_owned(), line, message.into()));
    }
}

/// Every text file that git knows or would add, by its path; a link's text is where it leads.
struct Tree(BTreeMap<String, String>);

impl Tree {
    fn read(root: &Path) -> Result<Self> {
        let shell = Shell::new()?;
        shell.change_dir(root);
        let files = cmd!(shell, "git ls-files -z --cached --others --exclude-standard").quiet().read();
        let mut tree = BTreeMap::new();
        for file in files.context("the files of a tree are those that git knows")?.split_terminator('\0') {
            let path = root.join(file);
            let text = match fs::read_link(&path) {
                Ok(link) => Some(link.to_string_lossy().into_owned()),
                Err(_) => fs::read(&path).ok().and_then(|bytes| String::from_utf8(bytes).ok()),
            };
            tree.extend(text.map(|text| (file.to_owned(), text)));
        }
        Ok(Self(tree))
    }

    fn get(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }

    fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// The folders in `crates` that have this file.
    fn crates_with<'a>(&'a self, file: &'a str) -> impl Iterator<Item = &'a str> {
        let folders = self
            .0
            .keys()
            .filter_map(move |path| path.strip_prefix("crates/")?.strip_suffix(file)?.strip_suffix('/'));
        folders.filter(|folder| !folder.contains('/'))
    }

    /// The names of the providers, by their folders: only a provider judges words; what they are judged as is core's.
    fn providers(&self) -> impl Iterator<Item = &str> {
        let folders = self.crates_with("src/status.rs").filter(|folder| *folder != "paystatus-core");
        folders.filter_map(|folder| folder.strip_prefix("paystatus-"))
    }
}

#[cfg(test)]
mod tests;
