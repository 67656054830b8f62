//! rustdoc with what is not stable in it, on the toolchain that everything else is built with.

use anyhow::Result;
use xshell::{PushEnv, Shell};

use crate::workspace;

/// While the guard lives, the rustdoc that cargo calls takes unstable flags.
///
/// That needs `RUSTC_BOOTSTRAP=1`, but only rustdoc does: given to cargo it would build all dependencies again,
/// because their build scripts look at it. So rustdoc gets it from a script that stands in its place.
#[cfg(unix)]
pub(crate) fn allow_unstable(shell: &Shell) -> Result<PushEnv<'_>> {
    use std::os::unix::fs::PermissionsExt;

    let script = workspace::target().join("xtask/rustdoc");
    shell.write_file(&script, "#!/bin/sh\nRUSTC_BOOTSTRAP=1 exec rustdoc \"$@\"\n")?;
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755))?;
    Ok(shell.push_env("RUSTDOC", script))
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "a script is written elsewhere")]
pub(crate) fn allow_unstable(shell: &Shell) -> Result<PushEnv<'_>> {
    Ok(shell.push_env("RUSTC_BOOTSTRAP", "1"))
}
