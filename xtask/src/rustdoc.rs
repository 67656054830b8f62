//! rustdoc with what is not stable in it, on the toolchain that everything else is built with.

use std::path::PathBuf;

use xshell::{PushEnv, Shell};

/// The target folder of a workspace whose root the shell is in.
pub(crate) fn target(shell: &Shell) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
    shell.current_dir().join(target)
}

/// While the guard lives, the rustdoc that cargo calls takes unstable flags.
///
/// That needs `RUSTC_BOOTSTRAP=1`, but only rustdoc does: given to cargo it would build all dependencies again,
/// because their build scripts look at it. So rustdoc gets it from a script that stands in its place.
#[cfg(unix)]
pub(crate) fn allow_unstable(shell: &Shell) -> Result<PushEnv<'_>, String> {
    use std::os::unix::fs::PermissionsExt;

    let script = target(shell).join("xtask/rustdoc");
    let text = "#!/bin/sh\nRUSTC_BOOTSTRAP=1 exec rustdoc \"$@\"\n";
    shell.write_file(&script, text).map_err(|error| error.to_string())?;
    let executable = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(&script, executable).map_err(|error| error.to_string())?;
    Ok(shell.push_env("RUSTDOC", script))
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "a script is written elsewhere")]
pub(crate) fn allow_unstable(shell: &Shell) -> Result<PushEnv<'_>, String> {
    Ok(shell.push_env("RUSTC_BOOTSTRAP", "1"))
}
