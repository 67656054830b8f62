//! The workspace, its crates that are published, and the git repository that they are in.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use cargo_metadata::{DependencyKind, MetadataCommand, Package};
use semver::Version;
use xshell::{Shell, cmd};

/// A crate that is published.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) version: Version,
    /// From the workspace's root.
    pub(crate) folder: PathBuf,
    pub(crate) is_library: bool,
    pub(crate) features: Vec<String>,
    /// The crates of ours that must be in the registry before this one.
    pub(crate) needs: Vec<String>,
}

impl Member {
    /// What the release of a version is called in git.
    pub(crate) fn tag(&self, version: &Version) -> String {
        format!("{}-v{version}", self.name)
    }

    /// Whether this is one provider's crate: only those judge words; what they are judged as is core's.
    pub(crate) fn is_provider(&self, root: &Path) -> bool {
        self.name != "paystatus-core" && root.join(&self.folder).join("src/status.rs").exists()
    }
}

pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    /// Commands of this shell run in `root`.
    pub(crate) shell: Shell,
    /// Each crate after those that it needs.
    pub(crate) members: Vec<Member>,
}

/// The root of the workspace that xtask belongs to.
pub(crate) fn root() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    folder.parent().unwrap_or(folder).to_owned()
}

/// The folder for what is built.
pub(crate) fn target() -> PathBuf {
    root().join(env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}

impl Workspace {
    pub(crate) fn here() -> Result<Self> {
        Self::open(root(), Shell::new()?)
    }

    /// Reads a workspace; its commands get the shell's environment.
    pub(crate) fn open(root: PathBuf, shell: Shell) -> Result<Self> {
        shell.change_dir(&root);
        let metadata = MetadataCommand::new().current_dir(&root).no_deps().exec()?;
        let packages = metadata.workspace_packages().into_iter();
        let published = packages.filter(|package| package.publish.as_ref().is_none_or(|to| !to.is_empty()));
        let members: Result<Vec<_>> = published.map(|package| member(&root, package)).collect();
        Ok(Self { members: in_order(members?)?, root, shell })
    }

    /// The newest version of a crate that has a tag.
    pub(crate) fn tagged(&self, member: &Member) -> Result<Option<Version>> {
        let prefix = format!("{}-v", member.name);
        let tags = cmd!(self.shell, "git tag --merged HEAD --list {prefix}*").quiet().read()?;
        Ok(tags.lines().filter_map(|tag| tag.strip_prefix(&prefix)?.parse().ok()).max())
    }

    /// Copies the files that git knows or would add, links as links.
    pub(crate) fn copy_to(&self, to: &Path) -> Result<()> {
        let listed =
            cmd!(self.shell, "git ls-files -z --cached --others --exclude-standard").quiet().read()?;
        for file in listed.split_terminator('\0') {
            let (from, to) = (self.root.join(file), to.join(file));
            fs::create_dir_all(to.parent().context("a file is in a folder")?)?;
            match fs::read_link(&from) {
                #[cfg(unix)]
                Ok(link) => std::os::unix::fs::symlink(link, to)?,
                // What was deleted and is not committed is listed all the same.
                _ if from.exists() => drop(fs::copy(from, to)?),
                _ => {}
            }
        }
        Ok(())
    }
}

fn member(root: &Path, package: &Package) -> Result<Member> {
    let folder = package.manifest_path.parent().context("a manifest is in a folder")?;
    // A dev-dependency of ours has no version, and cargo leaves it out.
    let ours = package
        .dependencies
        .iter()
        .filter(|other| other.path.is_some() && other.kind != DependencyKind::Development);
    Ok(Member {
        name: package.name.to_string(),
        version: package.version.clone(),
        folder: folder.strip_prefix(root).context("a member lies outside the workspace")?.into(),
        is_library: package.targets.iter().any(|target| target.is_lib() || target.is_proc_macro()),
        features: package.features.keys().filter(|name| *name != "default").cloned().collect(),
        needs: ours.map(|dependency| dependency.name.clone()).collect(),
    })
}

/// Each crate after those that it needs, otherwise by name.
fn in_order(mut left: Vec<Member>) -> Result<Vec<Member>> {
    left.sort_by(|one, other| one.name.cmp(&other.name));
    let mut order = Vec::new();
    while !left.is_empty() {
        let is_left = |name: &String| left.iter().any(|member| member.name == *name);
        let next = left.iter().position(|member| !member.needs.iter().any(is_left));
        let names = || left.iter().map(|member| member.name.as_str()).collect::<Vec<_>>().join(", ");
        ensure!(next.is_some(), "none of these can be published first, they need each other: {}", names());
        order.extend(next.map(|next| left.remove(next)));
    }
    Ok(order)
}

#[cfg(test)]
pub(crate) fn for_tests(name: &str, needs: &[&str]) -> Member {
    Member {
        name: name.to_owned(),
        version: Version::new(0, 1, 0),
        folder: PathBuf::new(),
        is_library: true,
        features: Vec::new(),
        needs: needs.iter().map(|&name| name.to_owned()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crates_come_after_what_they_need_and_a_circle_is_named() {
        let all = [for_tests("all", &["core", "acme"]), for_tests("acme", &["core"]), for_tests("core", &[])];
        let names = in_order(all.to_vec()).unwrap().into_iter().map(|member| member.name);
        assert_eq!(names.collect::<Vec<_>>(), ["core", "acme", "all"]);
        let circle = in_order([all.to_vec(), vec![for_tests("core", &["all"])]].concat()).unwrap_err();
        assert!(circle.to_string().contains("need each other: acme, all, core"), "{circle}");
    }
}
