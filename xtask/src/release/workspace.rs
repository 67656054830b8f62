//! The crates that are published, and the git repository they are in.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use cargo_metadata::{DependencyKind, MetadataCommand, Package};
use semver::Version;
use toml_edit::DocumentMut;
use xshell::{Shell, cmd};

use super::changelog::{self, Section};

/// A crate that is published.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) version: Version,
    /// From the workspace's root.
    pub(crate) folder: PathBuf,
    pub(crate) is_library: bool,
    pub(crate) features: BTreeSet<String>,
    /// The crates of ours that must be in the registry before this one.
    pub(crate) needs: BTreeSet<String>,
    /// Everything it depends on, by name.
    dependencies: BTreeSet<String>,
    pub(crate) newest: Option<Section>,
}

impl Member {
    pub(crate) fn tag(&self) -> String {
        tag(&self.name, &self.version)
    }

    #[cfg(test)]
    pub(crate) fn for_tests(name: &str, version: Version, newest: Option<Section>) -> Self {
        Self {
            name: name.to_owned(),
            version,
            folder: PathBuf::new(),
            is_library: true,
            features: BTreeSet::new(),
            needs: BTreeSet::new(),
            dependencies: BTreeSet::new(),
            newest,
        }
    }
}

/// What a release of a crate is called in git.
pub(crate) fn tag(name: &str, version: &Version) -> String {
    format!("{name}-v{version}")
}

/// A workspace in a git repository.
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    /// Commands of this shell run in `root`.
    pub(crate) shell: Shell,
    /// Each crate after those that it needs.
    pub(crate) members: Vec<Member>,
}

impl Workspace {
    /// The workspace that xtask belongs to.
    pub(crate) fn here() -> Result<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask is in no workspace")?;
        Self::open(folder, Shell::new()?)
    }

    /// Reads a workspace; its commands get the shell's environment.
    pub(crate) fn open(root: &Path, shell: Shell) -> Result<Self> {
        shell.change_dir(root);
        let metadata = MetadataCommand::new().current_dir(root).no_deps().exec()?;
        let packages = metadata.workspace_packages().into_iter();
        let published = packages.filter(|package| package.publish.as_ref().is_none_or(|to| !to.is_empty()));
        let members: Result<Vec<_>> = published.map(|package| member(root, package)).collect();
        Ok(Self { root: root.to_owned(), shell, members: in_order(members?)? })
    }

    /// The newest version of a crate that has a tag.
    pub(crate) fn tagged(&self, name: &str) -> Result<Option<Version>> {
        let pattern = format!("{name}-v*");
        let tags = cmd!(self.shell, "git tag --merged HEAD --list {pattern}").quiet().read()?;
        Ok(newest_tagged(name, &tags))
    }

    /// What users of a crate would notice that is not in its last tag, in a few words each.
    pub(crate) fn changes(&self, member: &Member, tagged: &Version) -> Result<Vec<String>> {
        let (shell, tag, folder) = (&self.shell, tag(&member.name, tagged), &member.folder);
        let changed = cmd!(shell, "git diff --name-only --relative {tag} -- {folder}").quiet().read()?;
        let new = cmd!(shell, "git ls-files --others --exclude-standard -- {folder}").quiet().read()?;
        let files =
            changed.lines().chain(new.lines()).filter_map(|file| Path::new(file).strip_prefix(folder).ok());
        let mut changes: Vec<_> =
            files.filter(|file| concerns_users(file)).map(|file| file.display().to_string()).collect();

        let manifest = format!("{tag}:./Cargo.toml");
        let then = cmd!(shell, "git show {manifest}").quiet().read()?.parse()?;
        let now = fs::read_to_string(self.root.join("Cargo.toml"))?.parse()?;
        let ours: BTreeSet<_> = self.members.iter().map(|member| member.name.as_str()).collect();
        let theirs =
            changed_requirements(&then, &now).into_iter().filter(|name| !ours.contains(name.as_str()));
        changes.extend(
            theirs.filter(|name| member.dependencies.contains(name)).map(|name| format!("its {name}")),
        );
        Ok(changes)
    }
}

fn member(root: &Path, package: &Package) -> Result<Member> {
    let folder = package.manifest_path.parent().context("a manifest is in a folder")?;
    let changelog = fs::read_to_string(folder.join("CHANGELOG.md"))
        .with_context(|| format!("{} is published and needs a CHANGELOG.md", package.name))?;
    let newest =
        changelog::newest(&changelog).with_context(|| format!("the changelog of {}", package.name))?;
    let used =
        package.dependencies.iter().filter(|dependency| dependency.kind != DependencyKind::Development);
    // A dev-dependency of ours has no version, and cargo leaves it out; one with a version has to be published first.
    let published = |dependency: &&cargo_metadata::Dependency| {
        dependency.kind != DependencyKind::Development || !dependency.req.comparators.is_empty()
    };
    let ours = package.dependencies.iter().filter(|dependency| dependency.path.is_some()).filter(published);
    Ok(Member {
        name: package.name.to_string(),
        version: package.version.clone(),
        folder: folder.strip_prefix(root).context("a member lies outside the workspace")?.into(),
        is_library: package.targets.iter().any(|target| target.is_lib() || target.is_proc_macro()),
        features: package.features.keys().cloned().collect(),
        needs: ours.map(|dependency| dependency.name.clone()).collect(),
        dependencies: used.map(|dependency| dependency.name.clone()).collect(),
        newest,
    })
}

/// Each crate after those that it needs, otherwise by name.
fn in_order(members: Vec<Member>) -> Result<Vec<Member>> {
    let mut left: BTreeMap<_, _> = members.into_iter().map(|member| (member.name.clone(), member)).collect();
    let mut order = Vec::new();
    while !left.is_empty() {
        let next = left.values().find(|member| !member.needs.iter().any(|name| left.contains_key(name)));
        let Some(next) = next.map(|member| member.name.clone()) else {
            // Whatever only waits for the circle is no part of it.
            while let Some(waits) =
                left.keys().find(|name| !left.values().any(|other| other.needs.contains(*name)))
            {
                left.remove(&waits.clone());
            }
            let names: Vec<_> = left.into_keys().collect();
            bail!(
                "these need each other, so none can be published first: {}; \
                 a dev-dependency of ours must have a path and no version",
                names.join(", ")
            );
        };
        order.extend(left.remove(&next));
    }
    Ok(order)
}

fn newest_tagged(name: &str, tags: &str) -> Option<Version> {
    let versions = tags.lines().filter_map(|tag| tag.strip_prefix(name)?.strip_prefix("-v"));
    versions.filter_map(|version| Version::parse(version).ok()).max()
}

/// Tests, benchmarks and examples are for us, and the changelog tells about changes.
fn concerns_users(file: &Path) -> bool {
    let first = file.components().next().map(|first| first.as_os_str());
    !["CHANGELOG.md", "benches", "examples", "public-api.txt", "tests"]
        .iter()
        .any(|name| first == Some(name.as_ref()))
}

/// The names of the inherited dependencies whose line in the workspace's manifest is another one now.
fn changed_requirements(then: &DocumentMut, now: &DocumentMut) -> BTreeSet<String> {
    let table = |manifest: &DocumentMut| -> BTreeMap<String, String> {
        let table =
            manifest.get("workspace").and_then(|workspace| workspace.get("dependencies")?.as_table_like());
        let entries = table.into_iter().flat_map(|table| table.iter());
        entries.map(|(name, value)| (name.to_owned(), value.to_string().trim().to_owned())).collect()
    };
    let then = table(then);
    table(now)
        .into_iter()
        .filter(|(name, value)| then.get(name) != Some(value))
        .map(|(name, _)| name)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(name: &str, needs: &[&str]) -> Member {
        let needs = needs.iter().map(|&name| name.to_owned()).collect();
        Member { needs, ..Member::for_tests(name, Version::new(0, 1, 0), None) }
    }

    #[test]
    fn crates_come_after_what_they_need() {
        let members = [
            ("acme", vec!["core"]),
            ("all", vec!["core", "acme", "zeta"]),
            ("core", vec![]),
            ("zeta", vec!["core"]),
        ];
        let members = members.map(|(name, needs)| member(name, &needs));
        let order: Vec<_> =
            in_order(members.to_vec()).unwrap().into_iter().map(|member| member.name).collect();
        assert_eq!(order, ["core", "acme", "zeta", "all"]);
    }

    #[test]
    fn a_circle_is_named() {
        let members =
            [("core", vec![]), ("acme", vec!["core", "kit"]), ("kit", vec!["acme"]), ("all", vec!["acme"])];
        let members = members.map(|(name, needs)| member(name, &needs)).to_vec();
        let error = in_order(members).unwrap_err().to_string();
        assert!(error.contains(": acme, kit;"), "{error}");
    }

    #[test]
    fn the_newest_tag_is_the_highest_version() {
        let tags = "acme-v0.1.0\nacme-v0.10.0\nacme-v0.9.0\nacme-very-old\nacme-v1";
        assert_eq!(newest_tagged("acme", tags), Some(Version::new(0, 10, 0)));
        assert_eq!(newest_tagged("acme", "acme-pay-v0.1.0"), None);
        assert_eq!(newest_tagged("acme", ""), None);
    }

    #[test]
    fn tests_and_the_changelog_are_no_change_for_users() {
        for (file, concerns) in [
            ("src/lib.rs", true),
            ("Cargo.toml", true),
            ("README.md", true),
            ("src/tests/mod.rs", true),
            ("CHANGELOG.md", false),
            ("tests/it/main.rs", false),
            ("benches/micro.rs", false),
            ("examples/own_http.rs", false),
            ("public-api.txt", false),
        ] {
            assert_eq!(concerns_users(Path::new(file)), concerns, "{file}");
        }
    }

    #[test]
    fn a_changed_requirement_is_found() {
        let manifest = |text: &str| format!("[workspace.dependencies]\n{text}").parse().unwrap();
        let then = manifest("same = \"1\"\nolder = \"1\"\nbare = { version = \"2\" }\ngone = \"1\"\n");
        let now = manifest(
            "same   =   \"1\"\nolder = \"2\"\nbare = { version = \"2\", features = [\"std\"] }\nnew = \"1\"\n",
        );
        let changed: Vec<_> = changed_requirements(&then, &now).into_iter().collect();
        assert_eq!(changed, ["bare", "new", "older"]);
    }
}
