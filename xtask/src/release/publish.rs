//! Publishes what is prepared, from wherever an earlier run stopped.

use std::{thread, time::Duration};

use anyhow::{Result, bail, ensure};
use xshell::cmd;

use super::plan;
use crate::{
    say,
    workspace::{Member, Workspace},
};

#[derive(Debug)]
pub(crate) struct Options<'a> {
    pub(crate) registry: &'a str,
    pub(crate) dry_run: bool,
    /// How long to wait where the registry takes no more for now.
    pub(crate) pause: Duration,
}

/// Tags first, then uploads, and gives the tags: an interrupted release goes on only from the commit that it began with.
pub(crate) fn publish(workspace: &Workspace, options: &Options<'_>) -> Result<Vec<String>> {
    let (shell, registry) = (&workspace.shell, options.registry);
    let changed = cmd!(shell, "git status --porcelain").quiet().read()?;
    ensure!(changed.is_empty(), "commit or stash these first: a release is what is committed\n{changed}");

    let (mut due, mut untagged, mut problems) = (Vec::new(), Vec::new(), Vec::new());
    let here = cmd!(shell, "git rev-parse HEAD").quiet().read()?;
    for member in &workspace.members {
        let (newest, tag) = (plan::newest(workspace, member)?, member.tag(&member.version));
        let commit = cmd!(shell, "git rev-list --max-count 1 {tag} --")
            .quiet()
            .ignore_stderr()
            .ignore_status()
            .read()?;
        let is_prepared = newest.is_released && newest.version == member.version;
        if commit.is_empty() && !is_prepared {
            problems.push(format!("{tag}: not prepared: run `cargo xtask release prepare`, and commit"));
        } else if !is_there(workspace, member, registry)? {
            if commit.is_empty() {
                untagged.push(tag);
            } else if commit != here {
                problems.push(format!(
                    "{tag} is another commit, and not in the registry: go on from that commit, or delete the tag"
                ));
            }
            due.push(member);
        } else if commit.is_empty() {
            problems
                .push(format!("{tag} is in the registry and no tag: tag the commit that it was made from"));
        }
    }
    ensure!(problems.is_empty(), "{}", problems.join("\n"));
    let tags: Vec<_> = due.iter().map(|member| member.tag(&member.version)).collect();
    if due.is_empty() {
        say!("nothing to publish: the registry has every version");
        return Ok(tags);
    }
    let packages = packages(&due);
    // Everything is built as it will be downloaded before anything is done; what has a tag was built before it got that.
    if options.dry_run || !untagged.is_empty() {
        let command =
            cmd!(shell, "cargo publish --quiet --dry-run --locked --registry {registry} {packages...}");
        command.quiet().run()?;
    }
    if options.dry_run {
        say!("to be published: {}", tags.join(" "));
        return Ok(tags);
    }
    for tag in untagged {
        cmd!(shell, "git tag --annotate {tag} --message {tag}").quiet().run()?;
    }
    upload(workspace, options, due)?;
    say!("published: {}", tags.join(" "));
    Ok(tags)
}

fn upload(workspace: &Workspace, options: &Options<'_>, mut due: Vec<&Member>) -> Result<()> {
    let (shell, registry) = (&workspace.shell, options.registry);
    while !due.is_empty() {
        let packages = packages(&due);
        let command = cmd!(shell, "cargo publish --no-verify --locked --registry {registry} {packages...}");
        let output = command.quiet().ignore_status().output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        if output.status.success() {
            return Ok(());
        }
        if !said.contains("429 Too Many Requests") {
            bail!("{said}\ninterrupted: what is uploaded stays; the same command goes on");
        }
        say!("the registry takes no more for now; on in {} minutes", options.pause.as_secs() / 60);
        thread::sleep(options.pause);
        let all = std::mem::take(&mut due);
        for member in all {
            if !is_there(workspace, member, registry)? {
                due.push(member);
            }
        }
    }
    Ok(())
}

fn packages(members: &[&Member]) -> Vec<String> {
    members.iter().flat_map(|member| ["--package".to_owned(), member.name.clone()]).collect()
}

fn is_there(workspace: &Workspace, member: &Member, registry: &str) -> Result<bool> {
    let package = format!("{}@{}", member.name, member.version);
    let command = cmd!(workspace.shell, "cargo info --quiet {package} --registry {registry}");
    let output = command.quiet().ignore_status().output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    let is_absent = said.contains("could not find");
    ensure!(output.status.success() || is_absent, "could not ask the registry about {package}: {said}");
    Ok(!is_absent)
}
