//! A package of its own outside of the workspace, with the workspace's lock file.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

use super::{processor, program::Program};
use crate::Failure;

const NAME: &str = "asks-once";
const WORKSPACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// Lives in a temporary folder, which goes away with it.
pub(super) struct Project {
    folder: TempDir,
}

/// How many crates there are, each version once, without the program itself.
pub(super) struct Crates {
    /// What is compiled into the program, and the macros with what is compiled into them.
    pub(super) in_program: usize,
    /// What only build scripts need.
    pub(super) in_build_scripts: usize,
}

/// A program that was built, and what it took.
pub(super) struct Built {
    program: PathBuf,
    /// Seconds of processor time, of cargo and of all that it ran.
    pub(super) cpu_s: f64,
}

/// Brings the sources of everything in the lock file here, so that no build waits for the network.
pub(super) fn fetch() -> Result<(), Failure> {
    run(cargo(Path::new(WORKSPACE)).args(["fetch", "--quiet", "--locked"])).map(drop)
}

impl Project {
    pub(super) fn create(program: &Program) -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        let manifest = format!(
            "[package]\nname = '{NAME}'\nversion = '0.0.0'\nedition = '2024'\n\n[dependencies]\n{}\n\n\
             [profile.release]\nstrip = true\n\n[workspace]\n",
            program.dependencies.join("\n")
        );
        let path = folder.path();
        fs::create_dir(path.join("src"))?;
        fs::write(path.join("Cargo.toml"), manifest)?;
        fs::write(path.join("src/main.rs"), &program.main)?;
        // The same versions as in the workspace; cargo takes out what is not needed.
        fs::copy(lock_of_workspace(), path.join("Cargo.lock"))?;
        Ok(Self { folder })
    }

    pub(super) fn crates(&self) -> Result<Crates, Failure> {
        let (program, all) = (self.tree("normal")?, self.tree("normal,build")?);
        let lock = fs::read_to_string(lock_of_workspace())?;
        for package in &all {
            if !is_in_lock(&lock, package) {
                return Err(format!("{package} is not what the workspace has").into());
            }
        }
        Ok(Crates { in_program: program.len(), in_build_scripts: all.len() - program.len() })
    }

    /// Not offline: a machine that has built nothing with this TLS yet lacks its sources.
    fn tree(&self, edges: &str) -> Result<BTreeSet<String>, Failure> {
        let mut tree = cargo(self.folder.path());
        tree.args(["tree", "--quiet", "--edges", edges]).args([
            "--no-dedupe",
            "--prefix",
            "none",
            "--format",
            "{p}",
        ]);
        let own = format!("{NAME} v");
        Ok(run(&mut tree)?.lines().filter(|line| !line.starts_with(&own)).map(str::to_owned).collect())
    }

    /// Builds for release with nothing built before.
    pub(super) fn build(&self) -> Result<Built, Failure> {
        let before = processor::seconds_of_children()?;
        run(cargo(self.folder.path()).args(["build", "--release", "--quiet", "--offline", "--jobs", "2"]))?;
        let cpu_s = processor::seconds_of_children()? - before;
        let program = format!("{NAME}{}", std::env::consts::EXE_SUFFIX);
        Ok(Built { program: self.folder.path().join("target/release").join(program), cpu_s })
    }
}

impl Built {
    pub(super) fn bytes(&self) -> Result<u64, Failure> {
        Ok(fs::metadata(&self.program)?.len())
    }

    /// Runs it once: what is measured is a program that works.
    pub(super) fn asks(&self, base_url: &str, id: &str) -> Result<(), Failure> {
        let mut program = Command::new(&self.program);
        program.envs([("BASE_URL", base_url), ("ID", id), ("KEY", "key"), ("SECRET", "secret")]);
        if run(&mut program)?.trim().is_empty() { Err("the program printed nothing".into()) } else { Ok(()) }
    }
}

fn lock_of_workspace() -> PathBuf {
    Path::new(WORKSPACE).join("Cargo.lock")
}

/// Looks for a package as `cargo tree` writes it: `name v1.2.3`, and more.
fn is_in_lock(lock: &str, package: &str) -> bool {
    let mut words = package.split(' ');
    let (name, version) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    lock.contains(&format!("name = \"{name}\"\nversion = \"{}\"\n", version.trim_start_matches('v')))
}

/// Cargo as it is without settings of its surroundings that change what is built, or where.
fn cargo(folder: &Path) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(folder);
    for setting in ["CARGO_ENCODED_RUSTFLAGS", "CARGO_TARGET_DIR", "CARGO_INCREMENTAL", "RUSTFLAGS"] {
        cargo.env_remove(setting);
    }
    // Nor may a cache of compiled crates stand in.
    cargo.env("RUSTC_WRAPPER", "").env("RUSTC_WORKSPACE_WRAPPER", "");
    cargo
}

/// Runs a process to its end and gives what it printed.
fn run(command: &mut Command) -> Result<String, Failure> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("{name} can't be run: {error}"))?;
    if output.status.success() {
        Ok(String::from_utf8(output.stdout)?)
    } else {
        Err(format!("{name} did not succeed").into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_in_the_lock_file_with_its_version() {
        let lock = "[[package]]\nname = \"url\"\nversion = \"2.5.8\"\nsource = \"registry\"\n";
        for (package, is_in) in [
            ("url v2.5.8", true),
            ("url v2.5.8 (proc-macro)", true),
            ("url v2.5.7", false),
            ("url v2.5", false),
            ("curl v2.5.8", false),
        ] {
            assert_eq!(is_in_lock(lock, package), is_in, "{package}");
        }
    }
}
