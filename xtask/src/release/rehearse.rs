//! The whole release of what is committed, in a clone without tags, against a registry on this machine.

use std::{fs, path::PathBuf, time::Duration};

use anyhow::{Context, Result, ensure};
use xshell::{Shell, cmd};

use super::{
    plan,
    publish::{self, Options},
    registry::{Fault, Registry},
};
use crate::{
    say,
    workspace::{self, Workspace},
};

/// The provider that is patched in the end, with what the first consumer prints.
const PATCHED: &str = "paystatus-resmic";

/// Programs outside the workspace: a name, what each is given to `cargo add`, what must not be in its tree, its source.
const CONSUMERS: [(&str, &[&str], &[&str], &str); 3] = [
    (
        "only-a-provider",
        &["http", PATCHED],
        &["axum", "paystatus", "paystatus-bearer", "paystatus-sandbox", "toml"],
        include_str!("consumers/only_a_provider.rs"),
    ),
    (
        "two-features",
        &["paystatus --features akurateco,resmic"],
        &["axum", "paystatus-bearer", "paystatus-sandbox"],
        include_str!("consumers/two_features.rs"),
    ),
    (
        "without-client",
        &["http", "paystatus-akurateco --no-default-features"],
        &["hyper", "paystatus-client", "reqwest", "rustls", "tokio"],
        include_str!("consumers/without_client.rs"),
    ),
];

struct Rehearsal {
    registry: Registry,
    workspace: PathBuf,
    consumers: PathBuf,
    home: PathBuf,
    target: PathBuf,
}

pub(crate) fn run() -> Result<()> {
    let temporary = tempfile::tempdir()?;
    let folder = |name: &str| temporary.path().join(name);
    let shell = Shell::new()?;
    let url = Registry::upstream();
    let registry = Registry::start(&cmd!(shell, "curl --silent --show-error --fail {url}").quiet().read()?)?;
    let rehearsal = Rehearsal {
        registry,
        workspace: folder("workspace"),
        consumers: folder("consumers"),
        home: folder("home"),
        target: folder("target"),
    };
    rehearsal.set_up()?;
    rehearsal.release_with_interruptions()?;
    for (name, dependencies, absent, source) in CONSUMERS {
        rehearsal.consume(name, dependencies, absent, source).with_context(|| name)?;
    }
    rehearsal.patch()
}

impl Rehearsal {
    /// A shell with what cargo needs for the registry; its builds are nobody's to debug.
    fn shell(&self) -> Result<Shell> {
        let shell = Shell::new()?;
        shell.set_var("CARGO_HOME", &self.home);
        shell.set_var("CARGO_TARGET_DIR", &self.target);
        shell.set_var("CARGO_REGISTRIES_REHEARSAL_TOKEN", "any");
        shell.set_var("CARGO_PROFILE_DEV_DEBUG", "none");
        Ok(shell)
    }

    fn open(&self) -> Result<Workspace> {
        Workspace::open(self.workspace.clone(), self.shell()?)
    }

    fn set_up(&self) -> Result<()> {
        fs::create_dir_all(&self.home)?;
        let source = "[source.crates-io]\nreplace-with = \"rehearsal\"\n\n[registries.rehearsal]\nindex = ";
        fs::write(self.home.join("config.toml"), format!("{source}\"sparse+{}/\"\n", self.registry.address))?;
        let (shell, root, workspace) = (self.shell()?, workspace::root(), &self.workspace);
        cmd!(shell, "git clone --quiet --no-tags {root} {workspace}").quiet().run()?;
        shell.change_dir(workspace);
        for (key, value) in [
            ("user.name", "rehearsal"),
            ("user.email", "rehearsal@example.com"),
            ("core.hooksPath", "/dev/null"),
        ] {
            cmd!(shell, "git config {key} {value}").quiet().run()?;
        }
        Ok(())
    }

    /// Prepares, commits, and gives the tags that are then due.
    fn prepare(&self) -> Result<Vec<String>> {
        let planned = plan::prepare(&self.open()?)?;
        let shell = self.open()?.shell;
        cmd!(shell, "git commit --quiet --all --message Release").quiet().run()?;
        Ok(planned.iter().map(|planned| format!("{}-v{}", planned.name, planned.to)).collect())
    }

    fn publish(&self) -> Result<Vec<String>> {
        let options = Options { registry: "rehearsal", dry_run: false, pause: Duration::ZERO };
        publish::publish(&self.open()?, &options)
    }

    fn uploads(&self) -> Vec<String> {
        self.registry.kept(|kept| kept.uploads.clone())
    }

    /// The registry asks for a pause once, and once it hangs up after it has taken a crate.
    fn release_with_interruptions(&self) -> Result<()> {
        let mut due = self.prepare()?;
        let middle = due.len() / 2;
        self.registry.kept(|kept| kept.faults = [(1, Fault::TooFast), (middle, Fault::HangUp)].into());
        let interruption = self.publish().err().context("the release was to be interrupted")?;
        ensure!(interruption.to_string().contains("the same command goes on"), interruption);
        ensure!(self.uploads().len() == middle + 1, "not interrupted in the middle: {:?}", self.uploads());
        say!("interrupted, on purpose, after {} of {}", middle + 1, due.len());

        let shell = self.open()?.shell;
        cmd!(shell, "git commit --quiet --allow-empty --message Another").quiet().run()?;
        let refusal = self.publish().err().map(|error| error.to_string()).unwrap_or_default();
        ensure!(refusal.contains("is another commit"), "another commit was to be refused: {refusal}");
        cmd!(shell, "git reset --quiet --hard HEAD~1").quiet().run()?;

        self.publish()?;
        let mut uploads = self.uploads();
        uploads.sort();
        due.sort();
        ensure!(uploads == due, "not each once: {uploads:?}");
        ensure!(self.publish()?.is_empty(), "there was something left");
        let tags = cmd!(shell, "git tag --list").quiet().read()?;
        ensure!(tags.lines().count() == due.len(), "not one tag each: {tags}");
        say!("resumed: all {} are published, each once, and tagged", due.len());
        Ok(())
    }

    fn consume(&self, name: &str, dependencies: &[&str], absent: &[&str], source: &str) -> Result<()> {
        let (folder, shell) = (self.consumers.join(name), self.shell()?);
        cmd!(shell, "cargo new --quiet --vcs none {folder}").quiet().run()?;
        fs::write(folder.join("src/main.rs"), source)?;
        shell.change_dir(folder);
        for dependency in dependencies {
            let arguments = dependency.split(' ');
            cmd!(shell, "cargo add --quiet {arguments...}").quiet().run()?;
        }
        cmd!(shell, "cargo run --quiet").quiet().run()?;
        let format = ["--edges", "normal,build", "--prefix", "none", "--format", "{lib}"];
        let tree = cmd!(shell, "cargo tree {format...}").quiet().read()?;
        for name in absent {
            ensure!(!tree.lines().any(|line| line == name.replace('-', "_")), "{name} is in its tree");
        }
        say!("{name}: runs, without {}", absent.join(", "));
        Ok(())
    }

    /// Releases a patch of one provider: nothing else is released, and its user gets it by `cargo update`.
    fn patch(&self) -> Result<()> {
        let file = self.workspace.join("crates").join(PATCHED).join("CHANGELOG.md");
        let changelog = fs::read_to_string(&file)?;
        let version = super::changelog::newest(&changelog)?.version;
        let next = semver::Version::new(version.major, version.minor, version.patch + 1);
        let section = format!("## {next} (unreleased)\n\n- A patch.\n\n## ");
        fs::write(&file, changelog.replacen("## ", &section, 1))?;
        self.prepare()?;
        let tag = format!("{PATCHED}-v{next}");
        ensure!(self.publish()? == [tag.clone()], "not one patch: {:?}", self.uploads());

        let shell = self.shell()?;
        shell.change_dir(self.consumers.join(CONSUMERS[0].0));
        let lock = || fs::read_to_string(shell.current_dir().join("Cargo.lock"));
        let before = lock()?;
        cmd!(shell, "cargo update --quiet").quiet().run()?;
        let changed = before.lines().zip(lock()?.lines()).filter(|(old, new)| old != new).count();
        ensure!(changed == 2, "an update should change one version and its checksum, not {changed} lines");
        cmd!(shell, "cargo run --quiet").quiet().run()?;
        say!("{tag} is published, and nothing else; its consumer has it after `cargo update`");
        Ok(())
    }
}
