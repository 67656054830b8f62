//! Which crates have to be released and as what, and the manifests and changelogs that say so.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};
use semver::Version;
use toml_edit::{DocumentMut, Item};
use xshell::cmd;

use super::changelog::{self, Section};
use crate::{
    say,
    workspace::{Member, Workspace},
};

/// A release to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Planned {
    pub(crate) name: String,
    pub(crate) from: Option<Version>,
    pub(crate) to: Version,
    pub(crate) text: String,
    /// Manifest and changelog say so already.
    pub(crate) is_prepared: bool,
}

impl Planned {
    fn breaks(&self) -> bool {
        self.from.as_ref().is_some_and(|from| is_breaking(from, &self.to))
    }
}

/// Whether cargo would not take `new` where `old` is asked for.
pub(crate) fn is_breaking(old: &Version, new: &Version) -> bool {
    let line = |version: &Version| (version.major, if version.major == 0 { version.minor } else { 0 });
    line(old) != line(new)
}

/// What to release, each crate after those that it needs.
pub(crate) fn plan(workspace: &Workspace) -> Result<Vec<Planned>> {
    let mut planned = Vec::new();
    let mut problems = Vec::new();
    for member in &workspace.members {
        let decided = newest(workspace, member).and_then(|newest| {
            let tagged = workspace.tagged(member)?;
            let decided = decide(member, tagged.clone(), newest, &planned)?;
            if let (None, Some(tagged)) = (&decided, &tagged) {
                mention(workspace, member, &member.tag(tagged))?;
            }
            Ok(decided)
        });
        match decided {
            Ok(decided) => planned.extend(decided),
            Err(problem) => problems.push(format!("{}: {problem:#}", member.name)),
        }
    }
    ensure!(problems.is_empty(), "{}", problems.join("\n"));
    for Planned { name, from, to, text, is_prepared } in &planned {
        let from = from.as_ref().map_or("-".to_owned(), Version::to_string);
        say!("{name} {from} -> {to}{}", if *is_prepared { ", prepared" } else { "" });
        text.lines().for_each(|line| say!("    {line}"));
    }
    Ok(planned)
}

pub(crate) fn newest(workspace: &Workspace, member: &Member) -> Result<Section> {
    let changelog = fs::read_to_string(workspace.root.join(&member.folder).join("CHANGELOG.md"));
    changelog::newest(&changelog.context("a crate that is published needs a CHANGELOG.md")?)
}

/// Says what changed without a word in the changelog: perhaps users notice nothing, perhaps a section was forgotten.
fn mention(workspace: &Workspace, member: &Member, tag: &str) -> Result<()> {
    let (shell, folder) = (&workspace.shell, member.folder.display());
    let paths = ["src", "Cargo.toml", "README.md"].map(|path| format!("{folder}/{path}"));
    let changed = cmd!(shell, "git diff --name-only {tag} -- {paths...}").quiet().read()?;
    if !changed.is_empty() {
        let files = changed.lines().count();
        say!("{} stays as it is: {files} files differ from {tag}, no changelog section", member.name);
    }
    Ok(())
}

/// The changelog decides; who shows the types of a crate that breaks is released with it.
fn decide(
    member: &Member,
    tagged: Option<Version>,
    newest: Section,
    planned: &[Planned],
) -> Result<Option<Planned>> {
    let Member { name, version, .. } = member;
    let new =
        |to, text, is_prepared| Planned { name: name.clone(), from: tagged.clone(), to, text, is_prepared };
    if newest.is_released && tagged.as_ref() != Some(&newest.version) {
        let says = &newest.version;
        ensure!(says == version, "the changelog has released {says}, the manifest says {version}");
        return Ok(Some(new(newest.version, newest.text, true)));
    }
    let cause = planned.iter().find(|earlier| earlier.breaks() && member.needs.contains(&earlier.name));
    let Some(old) = &tagged else { return Ok(Some(new(newest.version, newest.text, false))) };
    ensure!(version == old, "the manifest says {version}, the newest tag {old}: leave versions to `prepare`");
    // A program shows nobody's types.
    let forced = cause.map(|_| match old {
        _ if !member.is_library => Version::new(old.major, old.minor, old.patch + 1),
        _ if old.major == 0 => Version::new(0, old.minor + 1, 0),
        _ => Version::new(old.major + 1, 0, 0),
    });
    if newest.is_released {
        let text = cause.map(|earlier| format!("- Needs {} {}.", earlier.name, earlier.to));
        return Ok(forced.zip(text).map(|(to, text)| new(to, text, false)));
    }
    ensure!(
        !newest.text.is_empty(),
        "the unreleased section of its changelog is empty; write what users get"
    );
    let to = newest.version.max(forced.unwrap_or(Version::new(0, 0, 0)));
    ensure!(to > *old, "{to} is planned, and {old} is released: write a higher version into the changelog");
    let says_breaking = newest.text.lines().any(|line| line.trim_start_matches("- ").starts_with("Breaking"));
    ensure!(!says_breaking || is_breaking(old, &to), "its changelog says \"Breaking\", and {to} does not");
    Ok(Some(new(to, newest.text, false)))
}

/// Writes the planned versions and today's date into manifests and changelogs.
pub(crate) fn prepare(workspace: &Workspace) -> Result<Vec<Planned>> {
    let planned = plan(workspace)?;
    let today = jiff::Zoned::now().date().to_string();
    for Planned { name, to, text, .. } in planned.iter().filter(|planned| !planned.is_prepared) {
        let member = workspace.members.iter().find(|member| member.name == *name);
        let folder = workspace.root.join(&member.context("planned is what is a member")?.folder);
        edit(&folder.join("Cargo.toml"), |text| with_version(text, &["package"], to))?;
        edit(&folder.join("CHANGELOG.md"), |old| changelog::release(old, to, &today, text))?;
        let dependency = ["workspace", "dependencies", name.as_str()];
        edit(&workspace.root.join("Cargo.toml"), |text| with_version(text, &dependency, to))?;
    }
    // Only the versions of our own crates change in the lock file.
    cmd!(workspace.shell, "cargo update --workspace --quiet").quiet().run()?;
    Ok(planned)
}

fn edit(file: &Path, change: impl FnOnce(&str) -> Result<String>) -> Result<()> {
    let edited = fs::read_to_string(file).map_err(Into::into).and_then(|text| change(&text));
    Ok(fs::write(file, edited.with_context(|| format!("could not edit {}", file.display()))?)?)
}

/// The manifest with another `version` in one of its tables, if that has one; nothing else moves.
fn with_version(manifest: &str, table: &[&str], version: &Version) -> Result<String> {
    let mut manifest: DocumentMut = manifest.parse()?;
    let mut item = Some(manifest.as_item_mut());
    for key in table.iter().chain(&["version"]) {
        item = item.and_then(|item| item.as_table_like_mut()?.get_mut(key));
    }
    if let Some(Item::Value(old)) = item {
        let around = old.decor().clone();
        *old = version.to_string().into();
        *old.decor_mut() = around;
    }
    Ok(manifest.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::for_tests;

    fn v(version: &str) -> Version {
        version.parse().unwrap()
    }

    fn section(version: &str, is_released: bool, text: &str) -> Section {
        Section { version: v(version), is_released, text: text.to_owned() }
    }

    /// What is decided about `acme`, which needs `core`, with `core` planned from 0.1.0 to another version.
    fn decided(tagged: Option<&str>, newest: Section, core: &str) -> Result<String> {
        let member = for_tests("acme", &["core"]);
        let core = Planned {
            name: "core".to_owned(),
            from: Some(v("0.1.0")),
            to: v(core),
            text: String::new(),
            is_prepared: false,
        };
        let decided = decide(&member, tagged.map(v), newest, &[core])?;
        Ok(decided.map_or(String::new(), |planned| {
            format!("{} {}{}", planned.to, planned.text, if planned.is_prepared { " (prepared)" } else { "" })
        }))
    }

    #[test]
    fn the_changelog_and_what_breaks_decide() {
        let first = Some("0.1.0");
        for (tagged, newest, core, expected) in [
            (first, section("0.1.0", true, "- a"), "0.1.1", ""),
            (first, section("0.1.1", false, "- a"), "0.1.1", "0.1.1 - a"),
            (first, section("0.1.0", true, "- a"), "0.2.0", "0.2.0 - Needs core 0.2.0."),
            (first, section("0.1.1", false, "- a"), "0.2.0", "0.2.0 - a"),
            (None, section("0.1.0", false, "- a"), "0.2.0", "0.1.0 - a"),
            (None, section("0.1.0", true, "- a"), "0.2.0", "0.1.0 - a (prepared)"),
        ] {
            assert_eq!(decided(tagged, newest.clone(), core).unwrap(), expected, "{newest:?}");
        }
    }

    #[test]
    fn what_contradicts_itself_is_a_problem() {
        let first = Some("0.1.0");
        for (tagged, newest, words) in [
            (
                first,
                section("0.1.1", true, "- a"),
                "the changelog has released 0.1.1, the manifest says 0.1.0",
            ),
            (Some("0.0.9"), section("0.1.1", false, "- a"), "leave versions to `prepare`"),
            (first, section("0.1.1", false, ""), "is empty"),
            (first, section("0.1.0", false, "- a"), "write a higher version"),
            (first, section("0.1.1", false, "- Breaking: a"), "\"Breaking\", and 0.1.1 does not"),
        ] {
            let problem = decided(tagged, newest, "0.1.1").unwrap_err().to_string();
            assert!(problem.contains(words), "{problem}");
        }
    }

    #[test]
    fn breaking_is_what_cargo_takes_for_it() {
        for (old, new) in [
            ("0.1.0", "0.1.9"),
            ("0.1.9", "0.2.0"),
            ("0.9.0", "1.0.0"),
            ("1.0.0", "1.7.0"),
            ("1.7.0", "2.0.0"),
        ] {
            let cargo = semver::VersionReq::parse(old).unwrap();
            assert_eq!(cargo.matches(&v(new)), !is_breaking(&v(old), &v(new)), "{old} {new}");
        }
    }

    #[test]
    fn a_version_changes_and_nothing_else() {
        let manifest = "[package]\nname = \"acme\" # ours\nversion = \"0.1.0\" # theirs\n\n\
                        [workspace.dependencies]\nall = { path = \"all\", version = \"0.1.0\", features = [] }\n";
        let edited = with_version(manifest, &["package"], &v("0.2.0")).unwrap();
        assert_eq!(edited, manifest.replacen("0.1.0", "0.2.0", 1));
        let table = ["workspace", "dependencies", "all"];
        let edited = with_version(manifest, &table, &v("0.2.0")).unwrap();
        assert_eq!(edited, manifest.replace("version = \"0.1.0\",", "version = \"0.2.0\","));
        assert_eq!(
            with_version(manifest, &["workspace", "dependencies", "acme"], &v("9.0.0")).unwrap(),
            manifest
        );
    }
}
