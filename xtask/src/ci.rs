use xshell::{Shell, cmd};

/// One step: its name, its command, and environment variables for it.
type Step = (&'static str, &'static [&'static str], &'static [(&'static str, &'static str)]);

const STEPS: &[Step] = &[
    ("format", &["fmt", "--all", "--check"], &[]),
    ("lints", &["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"], &[]),
    ("tests", &["test", "--workspace", "--all-targets"], &[]),
    ("the blocking client", &["test", "--package", "paystatus-client", "--features", "blocking"], &[]),
    ("documentation tests", &["test", "--workspace", "--doc"], &[]),
    ("documentation", &["doc", "--workspace", "--no-deps"], &[("RUSTDOCFLAGS", "--deny warnings")]),
];

/// Runs every step, and each provider crate without its client, in order.
pub(crate) fn run() -> Result<(), String> {
    let shell = Shell::new().map_err(|error| error.to_string())?;
    shell.change_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    for (name, arguments, environment) in STEPS {
        step(&shell, name, arguments, environment)?;
    }
    for package in providers(&shell)? {
        let arguments = ["test", "--package", &package, "--no-default-features", "--lib", "--tests"];
        step(&shell, "a provider without its client", &arguments, &[])?;
    }
    Ok(())
}

/// The provider crates: whatever has a status table.
fn providers(shell: &Shell) -> Result<Vec<String>, String> {
    let crates = shell.read_dir("crates").map_err(|error| error.to_string())?;
    let with_table = crates.into_iter().filter(|folder| folder.join("src/status.rs").is_file());
    let names = with_table.filter_map(|folder| Some(folder.file_name()?.to_str()?.to_owned()));
    Ok(names.filter(|name| name != "paystatus-core").collect())
}

fn step(shell: &Shell, name: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Result<(), String> {
    let _variables: Vec<_> = environment.iter().map(|(name, value)| shell.push_env(name, value)).collect();
    let variables: String = environment.iter().map(|(name, value)| format!("{name}='{value}' ")).collect();
    cmd!(shell, "cargo {arguments...}")
        .run()
        .map_err(|_| format!("\n{name} failed; to repeat it: {variables}cargo {}", arguments.join(" ")))
}
