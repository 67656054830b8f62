use xshell::{Shell, cmd};

/// One step: its name, its command, and environment variables for it.
type Step = (&'static str, &'static [&'static str], &'static [(&'static str, &'static str)]);

const STEPS: &[Step] = &[
    ("format", &["fmt", "--all", "--check"], &[]),
    ("lints", &["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"], &[]),
    ("tests", &["test", "--workspace", "--all-targets"], &[]),
    ("documentation tests", &["test", "--workspace", "--doc"], &[]),
    ("documentation", &["doc", "--workspace", "--no-deps"], &[("RUSTDOCFLAGS", "--deny warnings")]),
];

/// Runs every step, and each provider crate without its client, in order.
pub(crate) fn run() -> Result<(), String> {
    let shell = Shell::new().map_err(|error| error.to_string())?;
    for (name, arguments, environment) in STEPS {
        step(&shell, name, arguments, environment)?;
    }
    for provider in ["akurateco", "bearer", "commitup", "resmic", "upitranzact"] {
        let package = format!("paystatus-{provider}");
        let arguments = ["test", "--package", &package, "--no-default-features", "--lib", "--tests"];
        step(&shell, "a provider without its client", &arguments, &[])?;
    }
    Ok(())
}

fn step(shell: &Shell, name: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Result<(), String> {
    let _variables: Vec<_> = environment.iter().map(|(name, value)| shell.push_env(name, value)).collect();
    let variables: String = environment.iter().map(|(name, value)| format!("{name}='{value}' ")).collect();
    cmd!(shell, "cargo {arguments...}")
        .run()
        .map_err(|_| format!("\n{name} failed; to repeat it: {variables}cargo {}", arguments.join(" ")))
}
