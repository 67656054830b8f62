use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde::Serialize;

use crate::{
    Failure, Options, Print,
    case::{Bearer, Case},
    line,
    rounds::{Clock, alternate, round},
    server::Server,
};

const ACCESS_TOKEN: &str = "canary-access-token-of-28-ch";

#[derive(Serialize)]
struct Line {
    bench: &'static str,
    ratio: f64,
}

/// One whole process of each kind in turn, for the same reply of the same server.
pub(crate) fn run(options: &Options, print: Print<'_>) -> Result<(), Failure> {
    let (server, folder) = (Server::start(Bearer::BODY)?, tempfile::tempdir()?);
    let configuration = folder.path().join("paystatus.toml");
    let url = server.url();
    std::fs::write(
        &configuration,
        format!(
            "[accounts.shop]\nprovider = \"bearer\"\nbase_url = \"{url}\"\naccess_token = \"{ACCESS_TOKEN}\"\n"
        ),
    )?;
    let mut paystatus = Command::new(executable(options)?);
    paystatus.arg("--config").arg(&configuration).args(["--json", "check", "shop", Bearer::ID]);
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--fail", "--noproxy", "*"])
        .args(["--header", &format!("authorization: Bearer {ACCESS_TOKEN}")])
        .arg(format!("{url}/v1/payments/{}/status", Bearer::ID));

    let (ours, curls) =
        alternate(Clock::Wall, options.size(101, 9), || answers(&mut paystatus), || answers(&mut curl))?;
    print(line(&Line { bench: "startup", ratio: round(ours / curls, 3) })?);
    Ok(())
}

/// Runs a process to its end; it must say that the payment succeeded.
fn answers(command: &mut Command) -> Result<(), Failure> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("{name} can't be run: {error}"))?;
    let says = String::from_utf8_lossy(&output.stdout).contains("succeeded");
    if output.status.success() && says { Ok(()) } else { Err(format!("{name} did not answer").into()) }
}

/// The command as it is released, built if it is not there; a quick run takes whatever was built last.
fn executable(options: &Options) -> Result<PathBuf, Failure> {
    let target = target()?;
    let name = format!("paystatus{}", std::env::consts::EXE_SUFFIX);
    let (release, debug) = (target.join("release").join(&name), target.join("debug").join(&name));
    if options.quick
        && let Some(built) = [&debug, &release].into_iter().find(|path| path.is_file())
    {
        return Ok(built.clone());
    }
    let (profile, path) = if options.quick { ("dev", debug) } else { ("release", release) };
    // Cargo looks whether it is as new as its source.
    let built = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["build", "--quiet", "--package", "paystatus-cli", "--profile", profile])
        .arg("--target-dir")
        .arg(target)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()?;
    if built.success() { Ok(path) } else { Err("the command could not be built".into()) }
}

/// Where cargo put this program: two folders up, three for a test.
fn target() -> Result<PathBuf, Failure> {
    let program = std::env::current_exe()?;
    let profile = program.ancestors().find(|folder| folder.ends_with("debug") || folder.ends_with("release"));
    Ok(profile.and_then(Path::parent).ok_or("this program is not in cargo's target folder")?.to_owned())
}
