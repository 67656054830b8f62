//! Which registry cargo uses on this machine in place of crates.io, and how it gets there.

use std::{env, fs, path::Path};

use anyhow::{Context, Result, bail};
use serde_json::Value;
use toml_edit::{DocumentMut, Item, Table};
use xshell::Shell;

use super::index;
use crate::registry::Upstream;

/// Cargo's configuration files, the nearest first.
#[derive(Debug)]
pub(crate) struct Configuration(Vec<DocumentMut>);

impl Configuration {
    /// What holds in `folder`.
    pub(crate) fn read(folder: &Path) -> Result<Self> {
        let home = env::var_os("CARGO_HOME").map(Into::into);
        let home = home.or_else(|| env::home_dir().map(|home| home.join(".cargo")));
        let folders = folder.ancestors().map(|folder| folder.join(".cargo")).chain(home);
        let mut read = Vec::new();
        for file in folders.map(|folder| folder.join("config.toml")).filter(|file| file.is_file()) {
            let text = fs::read_to_string(&file)?;
            read.push(text.parse().with_context(|| format!("could not read {}", file.display()))?);
        }
        Ok(Self(read))
    }

    /// The registry behind crates.io, followed through source replacement.
    pub(crate) fn upstream(&self, shell: &Shell) -> Result<Upstream> {
        let index = self.index()?;
        let url = format!("{index}/config.json");
        let config = index::fetch(shell, &url)?.with_context(|| format!("there is nothing at {url}"))?;
        let config: Value = serde_json::from_str(&config).with_context(|| format!("could not read {url}"))?;
        let downloads = config["dl"].as_str().with_context(|| format!("{url} has no \"dl\""))?;
        Ok(Upstream { index, downloads: downloads.to_owned() })
    }

    /// A configuration with a registry in place of crates.io; how to reach the network stays as it is.
    pub(crate) fn with_registry(&self, name: &str, index: &str) -> String {
        let mut text = format!(
            "[source.crates-io]\nreplace-with = \"{name}\"\n\n[registries.{name}]\nindex = \"sparse+{index}\"\n"
        );
        for section in ["http", "net"] {
            let found = self.0.iter().find_map(|file| file.get(section)?.as_table());
            if let Some(table) = found.filter(|table| !table.is_empty()) {
                let mut document = DocumentMut::from(Table::new());
                document.insert(section, Item::Table(table.clone()));
                text += &format!("\n{document}");
            }
        }
        text
    }

    fn index(&self) -> Result<String> {
        let mut source = "crates-io".to_owned();
        // A chain of replacements is short; a circle is cargo's to complain about.
        for _ in 0..10 {
            match self.text(&["source", &source, "replace-with"]) {
                Some(next) => source = next.to_owned(),
                None => break,
            }
        }
        let found = self
            .text(&["source", &source, "registry"])
            .or_else(|| self.text(&["registries", &source, "index"]));
        let index = match found {
            Some(index) => index,
            None if source == "crates-io" => "sparse+https://index.crates.io/",
            None => {
                bail!("crates.io is replaced by \"{source}\", which is no registry; a rehearsal needs one")
            }
        };
        let sparse = index.strip_prefix("sparse+");
        let sparse = sparse.with_context(|| format!("a rehearsal needs a sparse index, not {index}"))?;
        Ok(sparse.trim_end_matches('/').to_owned())
    }

    fn text(&self, path: &[&str]) -> Option<&str> {
        let find = |file| path.iter().try_fold(file, |item: &Item, key| item.get(key))?.as_str();
        self.0.iter().map(DocumentMut::as_item).find_map(find)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn configuration(files: &[&str]) -> Configuration {
        Configuration(files.iter().map(|file| file.parse().unwrap()).collect())
    }

    #[track_caller]
    fn check(files: &[&str], index: Option<&str>) {
        assert_eq!(configuration(files).index().ok().as_deref(), index);
    }

    #[test]
    fn source_replacement_is_followed() {
        check(&[], Some("https://index.crates.io"));
        check(&["[net]\nretry = 3"], Some("https://index.crates.io"));
        let replaced = "[source.crates-io]\nreplace-with = \"mirror\"\n";
        let source = "[source.mirror]\nregistry = \"sparse+https://mirror.example.com/index/\"";
        check(&[replaced, source], Some("https://mirror.example.com/index"));
        check(
            &[replaced, "[registries.mirror]\nindex = \"sparse+https://example.com/\""],
            Some("https://example.com"),
        );
        let nearer = "[source.mirror]\nreplace-with = \"other\"\n\
                      [source.other]\nregistry = \"sparse+https://other.example.com/\"";
        check(&[nearer, replaced], Some("https://other.example.com"));
        check(&[replaced, "[source.mirror]\ndirectory = \"vendor\""], None);
        check(&[replaced, "[source.mirror]\nregistry = \"https://example.com/index.git\""], None);
    }

    #[test]
    fn the_way_to_the_network_is_kept() {
        let configuration = configuration(&[
            "[http]\nproxy = \"near\"\n[build]\njobs = 1",
            "[http]\nproxy = \"far\"\n[net]\nretry = 3",
        ]);
        let written: DocumentMut =
            configuration.with_registry("local", "http://127.0.0.1:1/").parse().unwrap();
        assert_eq!(written["source"]["crates-io"]["replace-with"].as_str(), Some("local"));
        assert_eq!(written["registries"]["local"]["index"].as_str(), Some("sparse+http://127.0.0.1:1/"));
        assert_eq!(written["http"]["proxy"].as_str(), Some("near"));
        assert_eq!(written["net"]["retry"].as_integer(), Some(3));
        assert!(!written.contains_key("build"));
    }
}
