//! `cargo xtask semver`: whether the next version of a library promises what its public items keep.

use anyhow::{Context, Result};
use xshell::cmd;

use crate::{
    release::plan::{is_breaking, newest},
    say,
    workspace::Workspace,
};

/// Runs cargo-semver-checks on each library that was released and whose changelog promises no break.
pub(crate) fn run() -> Result<()> {
    let workspace = Workspace::here()?;
    for member in workspace.members.iter().filter(|member| member.is_library) {
        let Some(tagged) = workspace.tagged(member)? else {
            say!("{} has never been released", member.name);
            continue;
        };
        let (name, baseline) = (&member.name, member.tag(&tagged));
        if is_breaking(&tagged, &newest(&workspace, member)?.version) {
            say!("{name} is going to break with {baseline}, says its changelog");
            continue;
        }
        let arguments = ["--package", name, "--baseline-rev", &baseline, "--release-type", "minor"];
        cmd!(workspace.shell, "cargo semver-checks {arguments...}").run().with_context(|| {
            format!("{name} breaks what {baseline} promised: mend it, or write a breaking version into its changelog")
        })?;
    }
    Ok(())
}
