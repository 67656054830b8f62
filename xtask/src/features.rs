//! `cargo xtask features`: every package compiles, without a warning, with each of its features alone.

use std::time::Instant;

use toml_edit::{DocumentMut, Item};
use xshell::{Shell, cmd};

use crate::{skip, tidy};

/// One build: a package, and how cargo is told its features.
#[derive(Debug, PartialEq, Eq)]
struct Build {
    package: String,
    features: Vec<String>,
}

/// Why a build with `native-tls` is skipped.
pub(crate) const NO_OPENSSL: &str = "pkg-config finds no openssl: install its headers (libssl-dev)";

/// Checks the whole matrix and prints it.
#[expect(clippy::print_stdout, reason = "this is a command")]
pub(crate) fn run() -> Result<(), String> {
    let shell = Shell::new().map_err(|error| error.to_string())?;
    shell.change_dir(tidy::root());
    let lacks_openssl = lacks_openssl(&shell);
    let (mut skipped, begun) = (0, Instant::now());
    let builds = matrix(&shell)?;
    for Build { package, features } in &builds {
        let shown = format!("{package} {}", features.join(" "));
        if lacks_openssl
            && features.iter().any(|feature| feature.contains("native-tls") || feature == "--all-features")
        {
            skip::step(&shown, NO_OPENSSL)?;
            skipped += 1;
            continue;
        }
        let begun = Instant::now();
        let output = cmd!(shell, "cargo check --quiet --package {package} {features...}")
            .quiet()
            .ignore_status()
            .output();
        let output = output.map_err(|error| error.to_string())?;
        let said = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() || said.contains("warning:") {
            return Err(format!("{said}\n{shown} failed; to repeat it: cargo check --package {shown}"));
        }
        println!("{shown}: ok, {:.1} s", begun.elapsed().as_secs_f64());
    }
    println!("{} builds, {skipped} skipped, {:.0} s", builds.len(), begun.elapsed().as_secs_f64());
    Ok(())
}

/// Whether `native-tls` can't be built here: elsewhere than on Linux it needs nothing.
pub(crate) fn lacks_openssl(shell: &Shell) -> bool {
    cfg!(target_os = "linux")
        && cmd!(shell, "pkg-config --exists openssl").quiet().ignore_stderr().run().is_err()
}

/// All builds, those of one package together.
fn matrix(shell: &Shell) -> Result<Vec<Build>, String> {
    let mut builds = Vec::new();
    for folder in shell.read_dir("crates").map_err(|error| error.to_string())? {
        let text = shell.read_file(folder.join("Cargo.toml")).map_err(|error| error.to_string())?;
        let manifest =
            text.parse::<DocumentMut>().map_err(|error| format!("{}: {error}", folder.display()))?;
        let package = manifest.get("package");
        let name = package.and_then(|package| package.get("name")?.as_str()).unwrap_or_default();
        if package.is_some_and(|package| package.get("publish").is_none()) {
            builds.extend(of_package(name, &features(&manifest)));
        }
    }
    Ok(builds)
}

fn features(manifest: &DocumentMut) -> Vec<String> {
    let table = manifest.get("features").and_then(Item::as_table_like);
    let names = table.into_iter().flat_map(|table| table.iter().map(|(name, _)| name.to_owned()));
    names.filter(|name| name != "default").collect()
}

/// None, each alone, the default and all; of the facade each provider with the default choice of TLS too.
fn of_package(package: &str, features: &[String]) -> Vec<Build> {
    let build = |features: &[&str]| Build {
        package: package.to_owned(),
        features: features.iter().map(|&feature| feature.to_owned()).collect(),
    };
    let mut builds = vec![build(&[])];
    if features.is_empty() {
        return builds;
    }
    builds.push(build(&["--no-default-features"]));
    for feature in features {
        builds.push(build(&["--no-default-features", "--features", feature]));
    }
    if package == "paystatus" {
        let tls = ["rustls", "rustls-ring", "native-tls"];
        for provider in features.iter().filter(|name| !tls.contains(&name.as_str())) {
            builds.push(build(&["--features", provider]));
        }
    }
    builds.push(build(&["--all-features"]));
    builds
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(package: &str, features: &[&str]) -> Vec<String> {
        let features: Vec<String> = features.iter().map(|&feature| feature.to_owned()).collect();
        of_package(package, &features).iter().map(|build| build.features.join(" ")).collect()
    }

    #[test]
    fn each_feature_stands_alone_once() {
        assert_eq!(shown("paystatus-core", &[]), [""]);
        let own =
            ["", "--no-default-features", "--no-default-features --features blocking", "--all-features"];
        assert_eq!(shown("paystatus-client", &["blocking"]), own);
    }

    #[test]
    fn the_facade_is_built_with_each_provider_alone_with_and_without_tls() {
        let builds = shown("paystatus", &["acme", "rustls", "rustls-ring"]);
        assert!(builds.contains(&"--no-default-features --features acme".to_owned()), "{builds:?}");
        assert!(builds.contains(&"--features acme".to_owned()), "{builds:?}");
        assert!(builds.contains(&"--no-default-features --features rustls-ring".to_owned()), "{builds:?}");
        assert!(!builds.iter().any(|build| build.starts_with("--features rustls")), "{builds:?}");
    }

    #[test]
    fn the_matrix_has_every_published_crate() {
        let shell = Shell::new().unwrap();
        shell.change_dir(tidy::root());
        let builds = matrix(&shell).unwrap();
        for package in
            ["paystatus", "paystatus-cli", "paystatus-client", "paystatus-core", "paystatus-resmic"]
        {
            assert!(builds.iter().any(|build| build.package == package), "{package}");
        }
        assert!(!builds.iter().any(|build| build.package == "paystatus-bench"));
    }
}
