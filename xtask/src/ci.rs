//! `cargo xtask ci`: everything that must be green, in an order in which cheap things and common mistakes come first.

use std::time::Instant;

use xshell::{Shell, cmd};

use crate::{features, public_api, rustdoc, semver, skip, tidy};

/// What the step's command is given beside its arguments.
type Variables = &'static [(&'static str, &'static str)];

/// One step: its name, its command, and environment variables for it.
type Step = (&'static str, &'static [&'static str], Variables);

/// The blocking client is tested along with everything else: a build of its own would be another one of everything.
const BLOCKING: &str = "paystatus-client/blocking";

const STEPS: &[Step] = &[
    ("format", &["fmt", "--all", "--check"], &[]),
    ("tidy", &["xtask", "tidy"], &[]),
    (
        "lints",
        &["clippy", "--workspace", "--all-targets", "--features", BLOCKING, "--", "--deny", "warnings"],
        &[],
    ),
    ("tests", &["test", "--workspace", "--all-targets", "--features", BLOCKING], &[]),
    ("documentation tests", &["test", "--workspace", "--doc", "--features", BLOCKING], &[]),
    ("the pages' blocks, as a stranger has them", &["xtask", "docs"], &[]),
];

const AFTER_COMPARISONS: &[Step] = &[
    ("each feature alone", &["xtask", "features"], &[]),
    ("a new provider of each kind", &["xtask", "new-provider", "--check"], &[]),
];

/// Runs every step, in order, until one fails.
#[expect(clippy::print_stdout, reason = "this is a command")]
pub(crate) fn run() -> Result<(), String> {
    let begun = Instant::now();
    let shell = Shell::new().map_err(|error| error.to_string())?;
    shell.change_dir(tidy::root());
    run_all(&shell, STEPS)?;
    without_client(&shell)?;
    other_tls(&shell)?;
    documentation(&shell)?;
    public_items(&shell)?;
    promises(&shell)?;
    run_all(&shell, AFTER_COMPARISONS)?;
    supply_chain(&shell)?;
    fuzz_targets(&shell)?;
    step(&shell, "a release, rehearsed", &["xtask", "release", "rehearse"], &[])?;
    println!("all green, {:.0} s", begun.elapsed().as_secs_f64());
    Ok(())
}

fn run_all(shell: &Shell, steps: &[Step]) -> Result<(), String> {
    steps.iter().try_for_each(|(name, arguments, variables)| step(shell, name, arguments, variables))
}

/// The provider crates without their client, in one build: no HTTP library may be needed.
fn without_client(shell: &Shell) -> Result<(), String> {
    let providers = providers(shell)?;
    let packages = providers.iter().flat_map(|package| ["--package", package]);
    let arguments: Vec<&str> =
        ["test"].into_iter().chain(packages).chain(["--no-default-features", "--lib", "--tests"]).collect();
    step(shell, "the providers without a client", &arguments, &[])
}

/// The tests of TLS, and of proxies, which it goes through: the other tests have run them with `rustls`.
fn other_tls(shell: &Shell) -> Result<(), String> {
    for feature in ["rustls-ring", "native-tls"] {
        let name = format!("TLS by {feature}");
        if feature == "native-tls" && features::lacks_openssl(shell) {
            skip::step(&name, features::NO_OPENSSL)?;
            continue;
        }
        let packages = ["--package", "paystatus-client", "--package", "paystatus-tests"];
        let features = ["--no-default-features", "--features", feature, "--", "tls::", "proxy::"];
        step(shell, &name, &[["test"].as_slice(), &packages, &features].concat(), &[])?;
    }
    Ok(())
}

/// The provider crates, by their packages.
fn providers(shell: &Shell) -> Result<Vec<String>, String> {
    let crates = shell.read_dir("crates").map_err(|error| error.to_string())?;
    let folders: Vec<String> =
        crates.iter().filter_map(|folder| Some(folder.file_name()?.to_str()?.to_owned())).collect();
    let names = tidy::provider_names(folders.iter().map(String::as_str));
    Ok(names.into_iter().map(|name| format!("paystatus-{name}")).collect())
}

/// The documentation as docs.rs makes it, feature badges included, with every warning an error.
fn documentation(shell: &Shell) -> Result<(), String> {
    const VARIABLES: Variables =
        &[("RUSTC_BOOTSTRAP", "1"), ("RUSTDOCFLAGS", "--cfg docsrs --deny warnings")];
    let arguments = ["doc", "--workspace", "--no-deps", "--features", BLOCKING];
    let _unstable = rustdoc::allow_unstable(shell)?;
    let _flags = shell.push_env(VARIABLES[1].0, VARIABLES[1].1);
    announce("documentation");
    let begun = Instant::now();
    cmd!(shell, "cargo {arguments...}").run().map_err(|_| failed("documentation", &arguments, VARIABLES))?;
    took("documentation", begun);
    Ok(())
}

fn public_items(shell: &Shell) -> Result<(), String> {
    match public_api::obstacle(shell) {
        Some(why) => skip::step("public items", &why),
        None => step(shell, "public items", &["xtask", "public-api"], &[]),
    }
}

#[expect(clippy::print_stdout, reason = "this is a command")]
fn promises(shell: &Shell) -> Result<(), String> {
    let name = "what the last releases promised";
    if !semver::has_releases(shell) {
        announce(name);
        println!("nothing has been released: there is no tag");
        return Ok(());
    }
    match semver::obstacle(shell) {
        Some(why) => skip::step(name, &why),
        None => step(shell, name, &["xtask", "semver"], &[]),
    }
}

fn supply_chain(shell: &Shell) -> Result<(), String> {
    let has_deny = cmd!(shell, "cargo deny --version").quiet().ignore_stdout().ignore_stderr().run().is_ok();
    if !has_deny {
        let why = "the tool is not installed: cargo install cargo-deny --locked";
        return skip::step("licences, sources, duplicates", why);
    }
    step(
        shell,
        "licences, sources, duplicates",
        &["deny", "--log-level", "error", "check", "licenses", "bans", "sources"],
        &[],
    )
}

/// That they compile is what is looked at, which needs neither a nightly toolchain nor cargo-fuzz.
fn fuzz_targets(shell: &Shell) -> Result<(), String> {
    step(shell, "the fuzz targets", &["check", "--manifest-path", "fuzz/Cargo.toml", "--locked"], &[])
}

fn step(shell: &Shell, name: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Result<(), String> {
    let _variables: Vec<_> = variables.iter().map(|(name, value)| shell.push_env(name, value)).collect();
    announce(name);
    let begun = Instant::now();
    cmd!(shell, "cargo {arguments...}").run().map_err(|_| failed(name, arguments, variables))?;
    took(name, begun);
    Ok(())
}

fn failed(name: &str, arguments: &[&str], variables: &[(&str, &str)]) -> String {
    let variables: String = variables.iter().map(|(name, value)| format!("{name}='{value}' ")).collect();
    format!("\n{name} failed; to repeat it: {variables}cargo {}", arguments.join(" "))
}

#[expect(clippy::print_stdout, reason = "this is a command")]
fn announce(name: &str) {
    println!("\n=== {name}");
}

#[expect(clippy::print_stdout, reason = "this is a command")]
fn took(name: &str, begun: Instant) {
    println!("=== {name}: ok, {:.0} s", begun.elapsed().as_secs_f64());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_to_repeat_a_step_can_be_pasted() {
        let message = failed("documentation", &["doc", "--no-deps"], &[("RUSTDOCFLAGS", "--deny warnings")]);
        assert!(message.ends_with("to repeat it: RUSTDOCFLAGS='--deny warnings' cargo doc --no-deps"));
    }

    #[test]
    fn the_tests_of_tls_have_the_names_by_which_they_are_run() {
        let shell = Shell::new().unwrap();
        shell.change_dir(tidy::root());
        let modules = shell.read_file("tests/it/main.rs").unwrap();
        assert!(modules.contains("\nmod tls;\n") && modules.contains("\nmod proxy;\n"), "{modules}");
    }

    #[test]
    fn every_provider_is_tested_without_its_client() {
        let shell = Shell::new().unwrap();
        shell.change_dir(tidy::root());
        let providers = providers(&shell).unwrap();
        assert!(providers.contains(&"paystatus-resmic".to_owned()), "{providers:?}");
        assert!(!providers.contains(&"paystatus-core".to_owned()), "{providers:?}");
    }
}
