//! `cargo xtask semver`: whether the version of a library promises what its public items keep.

use ::semver::Version;
use anyhow::anyhow;
use xshell::{Shell, cmd};

use crate::{
    release::{
        say,
        version::{Step, is_breaking},
        workspace::{Member, Workspace, tag},
    },
    skip,
};

/// Runs cargo-semver-checks on each library against its last tag.
pub(crate) fn run() -> Result<(), String> {
    check().map_err(|error| format!("{error:#}"))
}

/// Whether there is anything to compare with: a tag of a release.
pub(crate) fn has_releases(shell: &Shell) -> bool {
    let tags = cmd!(shell, "git tag --merged HEAD --list paystatus*-v*").quiet().ignore_stderr().read();
    !tags.unwrap_or_default().is_empty()
}

/// Why nothing can be compared here, and what would help.
pub(crate) fn obstacle(shell: &Shell) -> Option<String> {
    let is_installed = cmd!(shell, "cargo semver-checks --version").quiet().ignore_stdout().ignore_stderr();
    let why = "the tool is not installed: cargo install cargo-semver-checks --locked";
    is_installed.run().is_err().then(|| why.to_owned())
}

fn check() -> anyhow::Result<()> {
    let workspace = Workspace::here()?;
    if !has_releases(&workspace.shell) {
        say!("nothing has been released: there is no tag");
        return Ok(());
    }
    if let Some(why) = obstacle(&workspace.shell) {
        return skip::step("semver", &why).map_err(|why| anyhow!(why));
    }
    for member in workspace.members.iter().filter(|member| member.is_library) {
        let name = &member.name;
        let Some(tagged) = workspace.tagged(name)? else {
            say!("SKIPPED, {name} has never been released");
            continue;
        };
        let baseline = tag(name, &tagged);
        if promises_a_break(member, &tagged) {
            say!("SKIPPED, {name} is going to break with {baseline}, says its changelog");
            continue;
        }
        if workspace.changes(member, &tagged)?.is_empty() {
            say!("{name} is what it was in {baseline}");
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
