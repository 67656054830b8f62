//! Programs outside the workspace that use what was published, as a stranger's would.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use xshell::{Shell, cmd};

use super::say;

/// A program: what it depends on, what it prints, and what must not be in its tree.
#[derive(Debug)]
pub(crate) struct Consumer {
    name: &'static str,
    /// What is given to `cargo add`, each a dependency.
    dependencies: &'static [&'static [&'static str]],
    source: &'static str,
    prints: &'static str,
    absent: &'static [&'static str],
}

pub(crate) const ONLY_A_PROVIDER: Consumer = Consumer {
    name: "only-a-provider",
    dependencies: &[&["paystatus-resmic"]],
    source: include_str!("consumers/only_a_provider.rs"),
    prints: "GET api.resmic.com\nPaid\nverified: true\na client can be built",
    absent: &["axum", "paystatus", "paystatus-bearer", "paystatus-sandbox", "toml"],
};

pub(crate) const TWO_FEATURES: Consumer = Consumer {
    name: "two-features",
    dependencies: &[&["paystatus", "--features", "commitup,upitranzact"]],
    source: include_str!("consumers/two_features.rs"),
    prints: "india: upitranzact\nturkey: commitup\na provider without its feature: Some(true)",
    absent: &["axum", "paystatus-akurateco", "paystatus-bearer", "paystatus-resmic", "paystatus-sandbox"],
};

pub(crate) const WITHOUT_CLIENT: Consumer = Consumer {
    name: "without-client",
    dependencies: &[&["http"], &["paystatus-akurateco", "--no-default-features"]],
    source: include_str!("consumers/without_client.rs"),
    prints: "POST https://checkout.example.com/api/v1/payment/status\nPaid",
    absent: &["hyper", "paystatus-client", "reqwest", "rustls", "tokio"],
};

impl Consumer {
    /// Writes, builds and runs the program in a folder of its own below `parent`.
    pub(crate) fn build_and_run(&self, shell: &Shell, parent: &Path) -> Result<()> {
        let folder = self.folder(parent);
        fs::create_dir_all(folder.join("src"))?;
        let name = self.name;
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n"
        );
        fs::write(folder.join("Cargo.toml"), manifest)?;
        fs::write(folder.join("src/main.rs"), self.source)?;
        let _folder = shell.push_dir(&folder);
        for &arguments in self.dependencies {
            cmd!(shell, "cargo add --quiet {arguments...}").quiet().run()?;
        }
        self.run(shell, parent)?;

        let (edges, package) = ("normal,build", "{p}");
        let tree = cmd!(shell, "cargo tree --locked --edges {edges} --prefix none --format {package}")
            .quiet()
            .read()?;
        let found = present(&tree, self.absent);
        ensure!(found.is_empty(), "{name} has {} in its tree", found.join(", "));
        say!("    {name}: runs; {} packages, none of them {}", packages(&tree), self.absent.join(", "));
        Ok(())
    }

    /// Runs the program again, and checks what it prints.
    pub(crate) fn run(&self, shell: &Shell, parent: &Path) -> Result<()> {
        let _folder = shell.push_dir(self.folder(parent));
        let printed = cmd!(shell, "cargo run --quiet").quiet().read();
        let printed = printed.with_context(|| format!("{} does not run", self.name))?;
        ensure!(printed == self.prints, "{} prints\n{printed}\nand not\n{}", self.name, self.prints);
        Ok(())
    }

    pub(crate) fn folder(&self, parent: &Path) -> PathBuf {
        parent.join(self.name)
    }
}

/// The names of those packages that are in the output of `cargo tree`.
fn present<'a>(tree: &str, names: &[&'a str]) -> Vec<&'a str> {
    let is_there = |name: &str| tree.lines().any(|line| line.split(' ').next() == Some(name));
    names.iter().copied().filter(|name| is_there(name)).collect()
}

fn packages(tree: &str) -> usize {
    let names = tree.lines().map(|line| line.trim_end_matches(" (*)")).filter(|line| !line.is_empty());
    names.collect::<std::collections::BTreeSet<_>>().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_a_tree_are_whole() {
        let tree = "app v0.0.0 (/tmp/app)\nhttp v1.0.0\ntokio-util v0.7.0\nhttp v1.0.0 (*)\n";
        assert_eq!(present(tree, &["tokio", "http", "app-http"]), ["http"]);
        assert_eq!(packages(tree), 3);
    }
}
