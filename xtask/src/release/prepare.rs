//! Writes the planned versions and dates into manifests and changelogs.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use semver::Version;
use toml_edit::{DocumentMut, Item, value};
use xshell::cmd;

use super::{
    changelog,
    plan::{Bumps, Planned, plan, show},
    say,
    workspace::Workspace,
};

pub(crate) fn run(bumps: &Bumps) -> Result<()> {
    let workspace = Workspace::here()?;
    let planned = prepare(&workspace, bumps)?;
    show(&workspace, &planned);
    if planned.is_empty() {
        say!("nothing to release");
    } else {
        say!("\nread the difference, commit it, then: cargo xtask release publish");
    }
    Ok(())
}

/// Prepares what is planned and touches nothing else.
pub(crate) fn prepare(workspace: &Workspace, bumps: &Bumps) -> Result<Vec<Planned>> {
    let planned = plan(workspace, bumps)?;
    let today = &jiff::Timestamp::now().to_string()[..10];
    for planned in planned.iter().filter(|planned| !planned.is_prepared) {
        let member = workspace.members.iter().find(|member| member.name == planned.name);
        let folder = workspace.root.join(&member.context("planned is what is a member")?.folder);
        edit(&folder.join("Cargo.toml"), |text| with_version(text, &planned.to))?;
        edit(&folder.join("CHANGELOG.md"), |text| {
            changelog::release(text, &planned.to, today, &planned.text)
        })?;
        edit(&workspace.root.join("Cargo.toml"), |text| with_requirement(text, &planned.name, &planned.to))?;
    }
    // Only the versions of our own crates change in the lock file.
    cmd!(workspace.shell, "cargo update --workspace --quiet").quiet().run()?;
    Ok(planned)
}

fn edit(file: &Path, change: impl FnOnce(&str) -> Result<String>) -> Result<()> {
    let edited = fs::read_to_string(file).map_err(Into::into).and_then(|text| change(&text));
    let edited = edited.with_context(|| format!("could not edit {}", file.display()))?;
    Ok(fs::write(file, edited)?)
}

fn with_version(manifest: &str, version: &Version) -> Result<String> {
    let mut manifest: DocumentMut = manifest.parse()?;
    let old = manifest.get_mut("package").and_then(|package| package.as_table_like_mut()?.get_mut("version"));
    set(old.context("there is no version of its own")?, version);
    Ok(manifest.to_string())
}

/// The workspace's manifest with another version for a dependency, if anything depends on it.
fn with_requirement(manifest: &str, name: &str, version: &Version) -> Result<String> {
    let mut manifest: DocumentMut = manifest.parse()?;
    let workspace = manifest.get_mut("workspace").and_then(Item::as_table_like_mut);
    let dependencies = workspace.and_then(|workspace| workspace.get_mut("dependencies")?.as_table_like_mut());
    if let Some(dependency) = dependencies.and_then(|dependencies| dependencies.get_mut(name)) {
        let old = dependency.as_table_like_mut().and_then(|dependency| dependency.get_mut("version"));
        set(old.with_context(|| format!("{name} has no version"))?, version);
    }
    Ok(manifest.to_string())
}

/// Sets the value and keeps the spaces around it.
fn set(old: &mut Item, version: &Version) {
    let around = old.as_value().map(|value| value.decor().clone());
    *old = value(version.to_string());
    if let (Some(new), Some(around)) = (old.as_value_mut(), around) {
        *new.decor_mut() = around;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_changes_and_nothing_else() {
        let manifest = "[package]\nname = \"acme\" # ours\nversion = \"0.1.0\" # theirs\n\n\
                        [dependencies]\nversion = \"1\"\n";
        let edited = with_version(manifest, &Version::new(0, 2, 0)).unwrap();
        assert_eq!(edited, manifest.replace("0.1.0", "0.2.0"));
        assert!(with_version("[package]\nname = \"acme\"\n", &Version::new(0, 2, 0)).is_err());
    }

    #[test]
    fn a_requirement_changes_and_nothing_else() {
        let manifest = "[workspace.dependencies]\n# Ours.\n\
                        acme = { path = \"acme\", version = \"0.1.0\", features = [] }\n\
                        all = { path = \"all\", version = \"0.1.0\" }\n";
        let edited = with_requirement(manifest, "acme", &Version::new(0, 1, 1)).unwrap();
        assert_eq!(edited, manifest.replacen("0.1.0", "0.1.1", 1));
        assert_eq!(with_requirement(manifest, "command", &Version::new(0, 1, 1)).unwrap(), manifest);
    }
}
