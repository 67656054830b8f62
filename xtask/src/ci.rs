//! `cargo xtask ci`: everything that must be green, in an order in which cheap things and common mistakes come first.

use std::{collections::BTreeMap, env, time::Instant};

use anyhow::{Context, Result, ensure};
use xshell::cmd;

use crate::{rustdoc, say, workspace::Workspace};

/// The features that choose an implementation, with the tests of TLS and of proxies, which it goes through;
/// `rustls` is what all other steps have.
const OTHER_TLS: [&str; 2] = ["rustls-ring", "native-tls"];

pub(crate) fn run() -> Result<()> {
    let begun = Instant::now();
    let ci = Ci(Workspace::here()?);
    ci.step("format", "fmt --all --check")?;
    ci.step("tidy", "xtask tidy")?;
    ci.step("lints", "clippy --workspace --all-targets -- --deny warnings")?;
    ci.step("tests", "test --workspace")?;
    ci.without_client()?;
    for feature in OTHER_TLS {
        let packages = "--package paystatus-client --package paystatus-tests";
        let step = format!("test {packages} --no-default-features --features {feature} -- tls:: proxy::");
        ci.step(&format!("TLS by {feature}"), &step)?;
    }
    ci.each_feature_alone()?;
    ci.documentation()?;
    ci.step_with("public-api", "public items", "xtask public-api")?;
    match cmd!(ci.0.shell, "git tag --list paystatus*-v*").quiet().read()?.as_str() {
        "" => say!("\n=== what the last releases promised: nothing has been released, there is no tag"),
        _ => ci.step_with("semver-checks", "what the last releases promised", "xtask semver")?,
    }
    ci.step("the pages' blocks, as a stranger has them", "xtask docs")?;
    ci.step("a new provider of each kind", "xtask new-provider --check")?;
    let deny = "deny --log-level error check licenses bans sources";
    ci.step_with("deny", "licences, sources, duplicates", deny)?;
    // That they compile is what is looked at, which needs neither a nightly toolchain nor cargo-fuzz.
    ci.step("the fuzz targets", "check --manifest-path fuzz/Cargo.toml --locked")?;
    ci.step("a release, rehearsed", "xtask release rehearse")?;
    say!("all green, {:.0} s", begun.elapsed().as_secs_f64());
    Ok(())
}

struct Ci(Workspace);

impl Ci {
    fn step(&self, name: &str, arguments: &str) -> Result<()> {
        say!("\n=== {name}");
        let (begun, split) = (Instant::now(), arguments.split(' '));
        let run = cmd!(self.0.shell, "cargo {split...}").run();
        run.with_context(|| format!("\n{name} failed; to repeat it: cargo {arguments}"))?;
        say!("=== {name}: ok, {:.0} s", begun.elapsed().as_secs_f64());
        Ok(())
    }

    /// A step that needs a tool: without it the step is passed over, but not in CI, where nobody would read the line.
    fn step_with(&self, tool: &str, name: &str, arguments: &str) -> Result<()> {
        let version = cmd!(self.0.shell, "cargo {tool} --version").quiet().ignore_stdout().ignore_stderr();
        if version.run().is_ok() {
            return self.step(name, arguments);
        }
        let in_ci = env::var("CI").is_ok_and(|ci| ci == "true");
        ensure!(!in_ci, "{name} can't run, and CI passes nothing over: cargo install cargo-{tool} --locked");
        say!("\n=== {name}: SKIPPED, the tool is not installed: cargo install cargo-{tool} --locked");
        Ok(())
    }

    /// The provider crates without their client, in one build: no HTTP library may be needed.
    fn without_client(&self) -> Result<()> {
        let providers = self.0.members.iter().filter(|member| member.is_provider(&self.0.root));
        let packages: String = providers.map(|member| format!(" --package {}", member.name)).collect();
        self.step(
            "the providers without a client",
            &format!("test{packages} --no-default-features --lib --tests"),
        )
    }

    /// Each feature alone, in one build of all packages that have it: as many builds as features, however many packages.
    fn each_feature_alone(&self) -> Result<()> {
        let mut packages: BTreeMap<&str, String> = BTreeMap::new();
        for member in &self.0.members {
            for feature in &member.features {
                *packages.entry(feature).or_default() += &format!(" --package {}", member.name);
            }
        }
        packages.iter().try_for_each(|(feature, packages)| {
            let arguments = format!("clippy --quiet{packages} --no-default-features --features {feature}");
            self.step(&format!("the feature {feature} alone"), &format!("{arguments} -- --deny warnings"))
        })
    }

    /// The documentation as docs.rs makes it, feature badges included, with every warning an error.
    fn documentation(&self) -> Result<()> {
        let shell = &self.0.shell;
        let _unstable = rustdoc::allow_unstable(shell)?;
        let _flags = shell.push_env("RUSTDOCFLAGS", "--cfg docsrs --deny warnings");
        self.step("documentation", "doc --workspace --no-deps --features paystatus-client/blocking")
    }
}

#[cfg(test)]
mod tests {
    use crate::workspace::Workspace;

    #[test]
    fn what_the_steps_name_is_there() {
        let workspace = Workspace::here().unwrap();
        let modules = workspace.shell.read_file("tests/it/main.rs").unwrap();
        assert!(modules.contains("\nmod tls;\n") && modules.contains("\nmod proxy;\n"), "{modules}");
        let providers = workspace.members.iter().filter(|member| member.is_provider(&workspace.root));
        assert!(providers.count() >= 5);
    }
}
