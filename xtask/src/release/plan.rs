//! Which crates have to be released, and as what.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};
use semver::Version;

use super::{
    changelog::Section,
    say,
    version::{Step, after, is_breaking},
    workspace::{Workspace, tag},
};

/// The steps that the caller asks for, by crate.
pub(crate) type Bumps = BTreeMap<String, Step>;

/// A crate as the plan sees it.
#[derive(Clone, Debug)]
struct Facts {
    name: String,
    manifest: Version,
    tagged: Option<Version>,
    changes: Vec<String>,
    newest: Option<Section>,
    needs: BTreeSet<String>,
    is_library: bool,
}

/// A release to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Planned {
    pub(crate) name: String,
    pub(crate) from: Option<Version>,
    pub(crate) to: Version,
    pub(crate) why: String,
    pub(crate) text: String,
    /// Manifest and changelog say so already.
    pub(crate) is_prepared: bool,
}

/// Prints the plan.
pub(crate) fn run(bumps: &Bumps) -> Result<()> {
    let workspace = Workspace::here()?;
    let planned = plan(&workspace, bumps)?;
    show(&workspace, &planned);
    Ok(())
}

/// What to release, each crate after those that it needs.
pub(crate) fn plan(workspace: &Workspace, bumps: &Bumps) -> Result<Vec<Planned>> {
    let mut facts = Vec::new();
    for member in &workspace.members {
        let tagged = workspace.tagged(&member.name)?;
        let changes = match &tagged {
            Some(version) => workspace.changes(member, version)?,
            None => Vec::new(),
        };
        facts.push(Facts {
            name: member.name.clone(),
            manifest: member.version.clone(),
            tagged,
            changes,
            newest: member.newest.clone(),
            needs: member.needs.clone(),
            is_library: member.is_library,
        });
    }
    decide(&facts, bumps)
}

pub(crate) fn show(workspace: &Workspace, planned: &[Planned]) {
    for Planned { name, from, to, why, text, is_prepared } in planned {
        let from = from.as_ref().map_or("-".to_owned(), Version::to_string);
        let prepared = if *is_prepared { ", prepared" } else { "" };
        say!("{name} {from} -> {to} ({why}{prepared})");
        for line in text.lines() {
            say!("    {line}");
        }
    }
    let planned: BTreeSet<_> = planned.iter().map(|planned| &planned.name).collect();
    let stay = workspace.members.iter().filter(|member| !planned.contains(&member.name));
    let stay: Vec<_> = stay.map(|member| format!("{} {}", member.name, member.version)).collect();
    if !stay.is_empty() {
        say!("as they are: {}", stay.join(", "));
    }
}

/// The pure part of the plan; `crates` stand in the order of their publication.
fn decide(crates: &[Facts], bumps: &Bumps) -> Result<Vec<Planned>> {
    let mut problems = Vec::new();
    for name in bumps.keys().filter(|name| !crates.iter().any(|known| known.name == **name)) {
        problems.push(format!("--bump names {name}, which is no crate that is published"));
    }
    let mut planned: Vec<Planned> = Vec::new();
    for facts in crates {
        let forced = planned.iter().find(|earlier| {
            let breaks = earlier.from.as_ref().is_some_and(|from| is_breaking(from, &earlier.to));
            breaks && facts.needs.contains(&earlier.name)
        });
        match facts.decide(forced, bumps.get(&facts.name).copied()) {
            Ok(decided) => planned.extend(decided),
            Err(problem) => problems.push(problem),
        }
    }
    if !problems.is_empty() {
        bail!("{}", problems.join("\n"));
    }
    Ok(planned)
}

impl Facts {
    fn decide(&self, forced: Option<&Planned>, bump: Option<Step>) -> Result<Option<Planned>, String> {
        let Self { name, manifest, tagged, changes, newest, .. } = self;
        let Some(tagged) = tagged else { return self.first(bump).map(Some) };
        let unreleased = newest.as_ref().filter(|section| section.is_unreleased());
        let done = newest.as_ref().filter(|section| !section.is_unreleased() && section.version > *tagged);
        if let Some(done) = done {
            if *manifest != done.version {
                return Err(format!(
                    "{name}: the changelog has released {}, the manifest says {manifest}",
                    done.version
                ));
            }
            let compatible = self.is_library && bump.is_none() && !is_breaking(tagged, manifest);
            if let Some(earlier) = forced.filter(|_| compatible) {
                return Err(format!(
                    "{name}: {manifest} is not breaking, but {} {} is",
                    earlier.name, earlier.to
                ));
            }
            return Ok(Some(self.planned(manifest.clone(), "changelog", done.text.clone(), true)));
        }
        if manifest != tagged {
            return Err(format!(
                "{name}: the manifest says {manifest}, and {} is the newest tag; \
                 leave versions to `cargo xtask release prepare`",
                tag(name, tagged)
            ));
        }

        let text = match (unreleased, forced) {
            (Some(section), _) if section.text.is_empty() => {
                return Err(format!(
                    "{name}: the unreleased section of its changelog is empty; write what users get"
                ));
            }
            (Some(section), _) => section.text.clone(),
            (None, Some(earlier)) => format!("- Needs {} {}.", earlier.name, earlier.to),
            (None, None) => "- Nothing that users notice.".to_owned(),
        };
        // Whoever shows the types of a crate breaks with it; a program shows none.
        let force = forced.map(|_| if self.is_library { Step::Breaking } else { Step::Fix });
        let version = match (bump, unreleased, force) {
            (Some(step), _, _) => after(tagged, step),
            (None, Some(section), _) => {
                let least = force.unwrap_or(Step::Fix).max(section.least_step());
                section.version.clone().max(after(tagged, least))
            }
            (None, None, Some(step)) => after(tagged, step),
            (None, None, None) if changes.is_empty() => return Ok(None),
            (None, None, None) => {
                return Err(format!(
                    "{name}: changed since {} ({}), and its changelog says nothing; begin a section \
                     `## {} (unreleased)`, or say `--bump {name}=fix` if users notice nothing",
                    tag(name, tagged),
                    changes.join(", "),
                    after(tagged, Step::Fix)
                ));
            }
        };
        let why = match (forced, bump, unreleased) {
            (Some(earlier), _, _) => format!("{} {} is breaking", earlier.name, earlier.to),
            (None, Some(_), _) => "--bump".to_owned(),
            (None, None, _) => "changelog".to_owned(),
        };
        Ok(Some(self.planned(version, &why, text, false)))
    }

    /// A first release has the version that the changelog begins with.
    fn first(&self, bump: Option<Step>) -> Result<Planned, String> {
        let Self { name, manifest, newest, .. } = self;
        let Some(section) = newest else {
            return Err(format!(
                "{name}: its changelog has no section; begin one: `## {manifest} (unreleased)`"
            ));
        };
        if bump.is_some() {
            return Err(format!(
                "{name}: never released, so there is nothing to --bump; its changelog has the version"
            ));
        }
        let is_prepared = !section.is_unreleased();
        if is_prepared && section.version != *manifest {
            return Err(format!(
                "{name}: the changelog has released {}, the manifest says {manifest}",
                section.version
            ));
        }
        Ok(self.planned(section.version.clone(), "never released", section.text.clone(), is_prepared))
    }

    fn planned(&self, to: Version, why: &str, text: String, is_prepared: bool) -> Planned {
        Planned {
            name: self.name.clone(),
            from: self.tagged.clone(),
            to,
            why: why.to_owned(),
            text,
            is_prepared,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A crate at a tagged 0.1.0, not changed since.
    fn at_rest(name: &str, needs: &[&str]) -> Facts {
        Facts {
            name: name.to_owned(),
            manifest: Version::new(0, 1, 0),
            tagged: Some(Version::new(0, 1, 0)),
            changes: Vec::new(),
            newest: section("0.1.0", Some("2026-11-30"), "- First."),
            needs: needs.iter().map(|&name| name.to_owned()).collect(),
            is_library: true,
        }
    }

    fn section(version: &str, date: Option<&str>, text: &str) -> Option<Section> {
        let version = Version::parse(version).unwrap();
        Some(Section { version, date: date.map(str::to_owned), text: text.to_owned() })
    }

    /// core <- acme <- all <- command
    fn crates() -> [Facts; 4] {
        let command = Facts { is_library: false, ..at_rest("command", &["all"]) };
        [at_rest("core", &[]), at_rest("acme", &["core"]), at_rest("all", &["core", "acme"]), command]
    }

    fn decided(crates: &[Facts], bumps: &[(&str, Step)]) -> Result<Vec<String>> {
        let bumps = bumps.iter().map(|&(name, step)| (name.to_owned(), step)).collect();
        let planned = decide(crates, &bumps)?;
        Ok(planned.iter().map(|planned| format!("{} {}", planned.name, planned.to)).collect())
    }

    #[track_caller]
    fn check(crates: &[Facts], bumps: &[(&str, Step)], expected: &[&str]) {
        assert_eq!(decided(crates, bumps).unwrap(), expected);
    }

    #[track_caller]
    fn refused(crates: &[Facts], bumps: &[(&str, Step)], words: &str) {
        let error = decided(crates, bumps).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }

    #[test]
    fn nothing_changed_is_nothing_to_release() {
        check(&crates(), &[], &[]);
    }

    #[test]
    fn a_crate_without_a_tag_is_released_as_its_changelog_says() {
        let mut crates = crates();
        crates[0].tagged = None;
        crates[1].tagged = None;
        crates[1].newest = section("0.3.0", None, "- First.");
        check(&crates, &[], &["core 0.1.0", "acme 0.3.0"]);
        refused(&crates, &[("core", Step::Fix)], "nothing to --bump");
        crates[0].newest = None;
        refused(&crates, &[], "`## 0.1.0 (unreleased)`");
        crates[0].newest = section("0.2.0", Some("2026-11-30"), "- First.");
        refused(&crates, &[], "the changelog has released 0.2.0, the manifest says 0.1.0");
    }

    #[test]
    fn a_patch_of_one_leaves_the_others_alone() {
        let mut crates = crates();
        crates[1].changes = vec!["src/status.rs".to_owned()];
        crates[1].newest = section("0.1.1", None, "- A new word.");
        check(&crates, &[], &["acme 0.1.1"]);
    }

    #[test]
    fn a_change_that_the_changelog_does_not_tell_is_a_problem_unless_its_step_is_named() {
        let mut crates = crates();
        crates[1].changes = vec!["src/status.rs".to_owned()];
        refused(&crates, &[], "acme: changed since acme-v0.1.0 (src/status.rs)");
        check(&crates, &[("acme", Step::Fix)], &["acme 0.1.1"]);
        refused(&crates, &[("acme", Step::Fix), ("acne", Step::Fix)], "--bump names acne");
    }

    #[test]
    fn a_breaking_release_goes_through_to_all_that_show_its_types() {
        let mut crates = crates();
        crates[0].newest = section("0.2.0", None, "- Breaking: a.");
        crates[1].newest = section("0.1.1", None, "- A new word.");
        check(&crates, &[], &["core 0.2.0", "acme 0.2.0", "all 0.2.0", "command 0.1.1"]);
        // Whoever knows that a crate shows none of them says so.
        check(&crates, &[("all", Step::Fix)], &["core 0.2.0", "acme 0.2.0", "all 0.1.1"]);
        let planned = decide(&crates, &Bumps::new()).unwrap();
        assert_eq!(planned[2].text, "- Needs core 0.2.0.");
        assert_eq!(planned[2].why, "core 0.2.0 is breaking");
    }

    #[test]
    fn the_word_breaking_raises_a_version_that_is_too_low() {
        let mut crates = crates();
        crates[2].newest = section("0.1.1", None, "- Breaking: a.");
        check(&crates, &[], &["all 0.2.0", "command 0.1.1"]);
    }

    #[test]
    fn an_addition_to_the_core_forces_nobody() {
        let mut crates = crates();
        crates[0].newest = section("0.1.1", None, "- More.");
        check(&crates, &[], &["core 0.1.1"]);
    }

    #[test]
    fn what_is_prepared_stays_planned_until_it_is_tagged() {
        let mut crates = crates();
        crates[0].newest = section("0.2.0", Some("2026-12-24"), "- Breaking: a.");
        refused(&crates, &[], "the changelog has released 0.2.0, the manifest says 0.1.0");
        crates[0].manifest = Version::new(0, 2, 0);
        check(&crates, &[], &["core 0.2.0", "acme 0.2.0", "all 0.2.0", "command 0.1.1"]);
        crates[1].newest = section("0.1.1", Some("2026-12-24"), "- A.");
        crates[1].manifest = Version::new(0, 1, 1);
        refused(&crates, &[], "acme: 0.1.1 is not breaking, but core 0.2.0 is");
        let acme = ("acme", Step::Fix);
        check(&crates, &[acme], &["core 0.2.0", "acme 0.1.1", "all 0.2.0", "command 0.1.1"]);
    }

    #[test]
    fn a_version_bumped_by_hand_or_an_empty_section_is_a_problem() {
        let mut crates = crates();
        crates[0].manifest = Version::new(0, 1, 1);
        refused(&crates, &[], "leave versions to");
        crates[0] = at_rest("core", &[]);
        crates[0].newest = section("0.1.1", None, "");
        refused(&crates, &[], "is empty");
    }
}
