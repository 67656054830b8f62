//! Publishes what is prepared, from wherever an earlier run stopped.

use std::fs;

use anyhow::{Context, Result, bail, ensure};
use semver::Version;
use sha2::{Digest, Sha256};
use xshell::cmd;

use super::{
    index,
    pace::{Clock, Kind, Pace, Upload, try_again_after},
    say,
    workspace::{Member, Workspace, tag},
};

#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub(crate) dry_run: bool,
    pub(crate) test: bool,
    pub(crate) registry: String,
    pub(crate) index: String,
    pub(crate) verify: Verify,
}

/// Which packages cargo builds before it uploads them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verify {
    All,
    /// Those that no other crate of ours needs; building them builds the others, out of the registry.
    Last,
}

/// What a run has done.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) published: Vec<String>,
    pub(crate) already_there: Vec<String>,
}

pub(crate) fn publish<C: Clock>(
    workspace: &Workspace,
    options: &Options,
    pace: &mut Pace<C>,
) -> Result<Outcome> {
    let shell = &workspace.shell;
    let changed = cmd!(shell, "git status --porcelain").quiet().read()?;
    ensure!(changed.is_empty(), "commit or stash these first: a release is what is committed\n{changed}");

    // Everything is checked before anything is done.
    let mut problems = Vec::new();
    let mut due = Vec::new();
    for member in &workspace.members {
        match state(member, workspace.tagged(&member.name)?.as_ref()) {
            Ok(State::Released) => {}
            Ok(State::Due) => due.push(member),
            Err(problem) => problems.push(problem),
        }
    }
    ensure!(problems.is_empty(), "{}", problems.join("\n"));
    if due.is_empty() {
        say!("nothing to publish: every version has its tag");
        return Ok(Outcome::default());
    }
    if options.test {
        crate::ci::run().map_err(anyhow::Error::msg)?;
    }
    if options.dry_run {
        return dry_run(workspace, options, &due);
    }

    let mut outcome = Outcome::default();
    for member in due {
        let Member { name, version, .. } = member;
        let what = format!("{name} {version}");
        let there = index::versions(shell, &options.index, name)?;
        if let Some(checksum) = there.get(version) {
            is_this(workspace, options, member, checksum)?;
            say!("{what}: already in the registry");
            outcome.already_there.push(what);
        } else {
            let kind = if there.is_empty() { Kind::Crate } else { Kind::Version };
            pace.upload(&what, kind, || upload(workspace, options, member))?;
            say!("{what}: published");
            outcome.published.push(what);
        }
        let (tag, message) = (member.tag(), format!("{name} {version}"));
        cmd!(shell, "git tag --annotate {tag} --message {message}").quiet().run()?;
    }
    Ok(outcome)
}

fn upload(workspace: &Workspace, options: &Options, member: &Member) -> Upload {
    let (shell, name, registry) = (&workspace.shell, &member.name, &options.registry);
    let is_last = !workspace.members.iter().any(|other| other.needs.contains(name));
    let verify = (options.verify == Verify::Last && !is_last).then_some("--no-verify");
    let command =
        cmd!(shell, "cargo publish --quiet --locked --registry {registry} --package {name} {verify...}");
    match command.quiet().ignore_status().output() {
        Ok(output) if output.status.success() => Upload::Done,
        Ok(output) => failure(&String::from_utf8_lossy(&output.stderr)),
        Err(error) => Upload::Failed(error.to_string()),
    }
}

/// Whether what an earlier run has published is what stands here: a package contains the commit that it was made from.
fn is_this(workspace: &Workspace, options: &Options, member: &Member, checksum: &str) -> Result<()> {
    let (shell, registry, Member { name, version, .. }) = (&workspace.shell, &options.registry, member);
    let target = tempfile::tempdir()?;
    let folder = target.path();
    let arguments = ["--quiet", "--locked", "--no-verify", "--registry", registry, "--package", name];
    cmd!(shell, "cargo package {arguments...} --target-dir {folder}").quiet().ignore_stderr().run()?;
    let package = fs::read(folder.join(format!("package/{name}-{version}.crate")))?;
    let ours: String = Sha256::digest(&package).iter().map(|byte| format!("{byte:02x}")).collect();
    ensure!(
        ours == checksum,
        "{name} {version} is in the registry, but was made from another commit; go on from that one, \
         or tag it as {} by hand",
        member.tag()
    );
    Ok(())
}

/// What cargo's complaint means for the upload.
fn failure(error: &str) -> Upload {
    // The index was a moment behind.
    if error.contains("is already uploaded") || error.contains("already exists on") {
        return Upload::Done;
    }
    if error.contains("429 Too Many Requests") || error.contains("try again after") {
        return Upload::TooFast(try_again_after(error));
    }
    Upload::Failed(error.to_owned())
}

fn dry_run(workspace: &Workspace, options: &Options, due: &[&Member]) -> Result<Outcome> {
    let shell = &workspace.shell;
    let mut missing = Vec::new();
    for Member { name, version, .. } in due {
        let is_there = index::versions(shell, &options.index, name)?.contains_key(version);
        say!(
            "{name} {version}: {}",
            if is_there { "already in the registry, needs its tag" } else { "to be published" }
        );
        if !is_there {
            missing.extend(["--package", name]);
        }
    }
    if !missing.is_empty() {
        let registry = &options.registry;
        cmd!(shell, "cargo publish --dry-run --locked --registry {registry} {missing...}").run()?;
    }
    Ok(Outcome::default())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Released,
    Due,
}

/// Whether a version is released, by its tag; an error if manifest, changelog and tag disagree.
fn state(member: &Member, tagged: Option<&Version>) -> Result<State, String> {
    let Member { name, version, newest, .. } = member;
    let newest = newest.as_ref().ok_or_else(|| format!("{name}: its changelog has no section"))?;
    let is_tagged = tagged == Some(version);
    let problem = match tagged {
        Some(tagged) if version < tagged => format!("the manifest is behind {}", tag(name, tagged)),
        _ if is_tagged && (newest.is_unreleased() || newest.version == *version) => {
            return Ok(State::Released);
        }
        _ if newest.is_unreleased() => {
            "not prepared: run `cargo xtask release prepare`, and commit".to_owned()
        }
        _ if newest.version == *version => return Ok(State::Due),
        _ => format!("the newest release in the changelog is {}", newest.version),
    };
    Err(format!("{name} {version}: {problem}"))
}

/// After a release: whatever has a tag is in the registry.
pub(crate) fn check(workspace: &Workspace, options: &Options) -> Result<()> {
    for Member { name, version, .. } in &workspace.members {
        let there = index::versions(&workspace.shell, &options.index, name)?;
        if workspace.tagged(name)?.as_ref() == Some(version) && !there.contains_key(version) {
            bail!("{} is a tag, but the registry does not have that version", tag(name, version));
        }
    }
    Ok(())
}

/// How to make the tags of a release known to others.
pub(crate) fn push_hint(workspace: &Workspace) -> Result<String> {
    let tags =
        cmd!(workspace.shell, "git tag --points-at HEAD").quiet().read().context("could not list tags")?;
    Ok(format!("git push origin {}", tags.lines().collect::<Vec<_>>().join(" ")))
}

#[cfg(test)]
mod tests {
    use super::{super::changelog::Section, *};

    fn member(version: &str, newest: &str, date: Option<&str>) -> Member {
        let newest = Section {
            version: newest.parse().unwrap(),
            date: date.map(str::to_owned),
            text: "- A.".to_owned(),
        };
        Member::for_tests("acme", version.parse().unwrap(), Some(newest))
    }

    #[test]
    fn manifest_changelog_and_tag_agree_or_nothing_happens() {
        const DAY: Option<&str> = Some("2026-11-30");
        for (version, newest, date, tagged, expected) in [
            ("0.1.0", "0.1.0", DAY, None, Ok(State::Due)),
            ("0.1.1", "0.1.1", DAY, Some("0.1.0"), Ok(State::Due)),
            ("0.1.0", "0.1.0", DAY, Some("0.1.0"), Ok(State::Released)),
            ("0.1.0", "0.2.0", None, Some("0.1.0"), Ok(State::Released)),
            ("0.1.0", "0.1.0", None, None, Err("not prepared")),
            ("0.1.1", "0.1.1", None, Some("0.1.0"), Err("not prepared")),
            ("0.1.1", "0.1.0", DAY, Some("0.1.0"), Err("the newest release in the changelog is 0.1.0")),
            ("0.1.0", "0.1.1", DAY, Some("0.1.0"), Err("the newest release in the changelog is 0.1.1")),
            ("0.1.0", "0.1.0", DAY, Some("0.2.0"), Err("behind acme-v0.2.0")),
        ] {
            let tagged = tagged.map(|tagged| tagged.parse().unwrap());
            match (state(&member(version, newest, date), tagged.as_ref()), expected) {
                (Ok(state), Ok(expected)) => assert_eq!(state, expected),
                (Err(problem), Err(words)) => assert!(problem.contains(words), "{problem}"),
                (state, expected) => panic!("{version} {newest} {tagged:?}: {state:?}, not {expected:?}"),
            }
        }
    }

    #[test]
    fn a_complaint_is_a_pause_a_success_or_a_failure() {
        let busy = "the remote server responded with an error (status 429 Too Many Requests): \
                    Please try again after Fri, 20 Nov 2026 10:00:00 GMT";
        assert!(matches!(failure(busy), Upload::TooFast(Some(_))));
        assert!(matches!(failure("(status 429 Too Many Requests): slow down"), Upload::TooFast(None)));
        assert!(matches!(failure("crate version `0.1.0` is already uploaded"), Upload::Done));
        assert!(matches!(failure("crate acme@0.1.0 already exists on crates.io index"), Upload::Done));
        assert!(matches!(failure("error: no token found"), Upload::Failed(_)));
    }
}
