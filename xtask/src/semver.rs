//! `cargo xtask semver`: whether the version of a library promises what its public items keep.

use ::semver::Version;
use anyhow::anyhow;
use xshell::{Shell, cmd};

use crate::release::{
    say,
    version::{Step, is_breaking},
    workspace::{Member, Workspace, tag},
};

/// Runs cargo-semver-checks on each library against its last tag.
pub(crate) fn run() -> Result<(), String> {
    check().map_err(|error| format!("{error:#}"))
}

fn check() -> anyhow::Result<()> {
    let workspace = Workspace::here()?;
    if !is_installed(&workspace.shell, "semver-checks") {
        say!("skipped: cargo-semver-checks is not installed (cargo install --locked cargo-semver-checks)");
        return Ok(());
    }
    for member in workspace.members.iter().filter(|member| member.is_library) {
        let name = &member.name;
        let Some(tagged) = workspace.tagged(name)? else {
            say!("skipped: {name} has never been released");
            continue;
        };
        let baseline = tag(name, &tagged);
        if promises_a_break(member, &tagged) {
            say!("skipped: {name} is going to break with {baseline}, says its changelog");
            continue;
        }
        let arguments = ["--package", name, "--baseline-rev", &baseline, "--release-type", "minor"];
        let checked = cmd!(workspace.shell, "cargo semver-checks {arguments...}").run();
        checked.map_err(|_| {
            anyhow!("\n{name} breaks what {baseline} promised: mend it, or begin a changelog item with \"Breaking:\"")
        })?;
    }
    Ok(())
}

/// Whether the next release may break what the last one promised.
fn promises_a_break(member: &Member, tagged: &Version) -> bool {
    let next = member.newest.as_ref().filter(|section| section.version > *tagged || section.is_unreleased());
    next.is_some_and(|next| is_breaking(tagged, &next.version) || next.least_step() == Step::Breaking)
}

/// Whether cargo has such a command.
pub(crate) fn is_installed(shell: &Shell, command: &str) -> bool {
    let output = cmd!(shell, "cargo {command} --version").quiet().ignore_status().output();
    output.is_ok_and(|output| output.status.success())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::release::changelog::Section;

    #[test]
    fn a_break_is_promised_by_the_version_or_by_the_word() {
        for (version, date, text, promised) in [
            ("0.2.0", None, "- A.", true),
            ("0.2.0", Some("2026-11-30"), "- A.", true),
            ("0.1.1", None, "- Breaking: a.", true),
            ("0.1.1", None, "- A.", false),
            ("0.1.0", Some("2026-11-30"), "- Breaking: a, in the release before.", false),
        ] {
            let section = Section {
                version: version.parse().unwrap(),
                date: date.map(str::to_owned),
                text: text.to_owned(),
            };
            let member = Member::for_tests("acme", Version::new(0, 1, 0), Some(section));
            assert_eq!(promises_a_break(&member, &Version::new(0, 1, 0)), promised, "{version} {text}");
        }
    }
}
