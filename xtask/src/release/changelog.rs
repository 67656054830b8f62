//! The newest section of a crate's changelog: `## 0.2.0 (unreleased)` while it is written, `## 0.2.0 (2026-11-30)`
//! once it is released.

use anyhow::{Context, Result, bail};
use semver::Version;

use super::version::Step;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Section {
    pub(crate) version: Version,
    /// The day of the release; none as long as there was none.
    pub(crate) date: Option<String>,
    pub(crate) text: String,
}

impl Section {
    pub(crate) fn is_unreleased(&self) -> bool {
        self.date.is_none()
    }

    /// The least that the section's own words ask for: an item that begins with "Breaking" is taken at its word.
    pub(crate) fn least_step(&self) -> Step {
        let breaking = |line: &str| line.trim_start_matches(['-', '*', ' ']).starts_with("Breaking");
        if self.text.lines().any(breaking) { Step::Breaking } else { Step::Fix }
    }
}

/// The first section, or none where there is no section yet.
pub(crate) fn newest(changelog: &str) -> Result<Option<Section>> {
    let mut lines = changelog.lines();
    let Some(heading) = lines.by_ref().find(|line| line.starts_with("## ")) else { return Ok(None) };
    let (version, date) = parse(heading)?;
    let text: Vec<&str> = lines.take_while(|line| !line.starts_with("## ")).collect();
    Ok(Some(Section { version, date, text: text.join("\n").trim().to_owned() }))
}

/// The changelog with `version` released on `date`: the unreleased section gets both, and where there is none, a new
/// one is written with `text`.
pub(crate) fn release(changelog: &str, version: &Version, date: &str, text: &str) -> Result<String> {
    let heading = format!("## {version} ({date})");
    let old = changelog.lines().find(|line| line.starts_with("## "));
    let unreleased = newest(changelog)?.is_some_and(|section| section.is_unreleased());
    Ok(match old {
        Some(old) if unreleased => changelog.replacen(old, &heading, 1),
        Some(old) => changelog.replacen(old, &format!("{heading}\n\n{text}\n\n{old}"), 1),
        None => format!("{}\n\n{heading}\n\n{text}\n", changelog.trim_end()),
    })
}

fn parse(heading: &str) -> Result<(Version, Option<String>)> {
    let parts = heading.strip_prefix("## ").and_then(|rest| rest.strip_suffix(')')?.split_once(" ("));
    let Some((version, when)) = parts else {
        bail!("\"{heading}\" should be `## VERSION (unreleased)` or `## VERSION (YYYY-MM-DD)`");
    };
    let version = Version::parse(version).with_context(|| format!("\"{heading}\" names no version"))?;
    let digits = when.bytes().map(|byte| if byte.is_ascii_digit() { b'0' } else { byte });
    match when {
        "unreleased" => Ok((version, None)),
        _ if digits.eq(*b"0000-00-00") => Ok((version, Some(when.to_owned()))),
        _ => bail!("\"{heading}\": write `unreleased` or a date such as 2026-11-30 in the brackets"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRITTEN: &str =
        "# Changelog\n\n## 0.2.0 (unreleased)\n\n- Breaking: a.\n- b.\n\n## 0.1.0 (2026-11-30)\n\n- c.\n";

    #[test]
    fn the_newest_section_is_the_first() {
        let section = newest(WRITTEN).unwrap().unwrap();
        assert_eq!(section.version, Version::new(0, 2, 0));
        assert!(section.is_unreleased());
        assert_eq!(section.text, "- Breaking: a.\n- b.");
        assert_eq!(newest("# Changelog\n").unwrap(), None);
    }

    #[test]
    fn an_item_that_begins_with_breaking_is_breaking() {
        for (text, step) in [
            ("- Breaking: `a` is gone.", Step::Breaking),
            ("- Fewer breaking surprises.", Step::Fix),
            ("", Step::Fix),
        ] {
            let section = Section { version: Version::new(0, 1, 0), date: None, text: text.to_owned() };
            assert_eq!(section.least_step(), step, "{text}");
        }
    }

    #[test]
    fn headings_have_one_form() {
        for (heading, read) in [
            ("## 0.1.0 (unreleased)", Some(None)),
            ("## 0.1.0 (2026-11-30)", Some(Some("2026-11-30"))),
            ("## 0.1.0", None),
            ("## Unreleased", None),
            ("## 0.1 (unreleased)", None),
            ("## 0.1.0 (soon)", None),
            ("## 0.1.0 (30.11.2026)", None),
        ] {
            let parsed = parse(heading).ok().map(|(_, date)| date);
            assert_eq!(parsed, read.map(|date| date.map(str::to_owned)), "{heading}");
        }
    }

    #[test]
    fn releasing_dates_the_section_or_writes_one() {
        let (version, date) = (Version::new(0, 3, 0), "2026-12-24");
        let dated = release(WRITTEN, &version, date, "unused").unwrap();
        assert!(dated.starts_with("# Changelog\n\n## 0.3.0 (2026-12-24)\n\n- Breaking: a.\n"), "{dated}");
        assert_eq!(
            newest(&release(&dated, &Version::new(0, 3, 1), date, "- d.").unwrap()).unwrap().unwrap().text,
            "- d."
        );
        let first = release("# Changelog\n", &version, date, "- d.").unwrap();
        assert_eq!(first, "# Changelog\n\n## 0.3.0 (2026-12-24)\n\n- d.\n");
    }
}
