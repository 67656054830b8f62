//! The newest section of a changelog: `## 0.2.0 (unreleased)` while it is written, `## 0.2.0 (2026-11-30)` once released.

use anyhow::{Context, Result, bail, ensure};
use semver::Version;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Section {
    pub(crate) version: Version,
    pub(crate) is_released: bool,
    pub(crate) text: String,
}

pub(crate) fn newest(changelog: &str) -> Result<Section> {
    let mut lines = changelog.lines();
    let heading = lines.by_ref().find(|line| line.starts_with("## "));
    let heading = heading.context("no section yet; begin one: `## 0.1.0 (unreleased)`")?;
    let parts = heading.strip_prefix("## ").and_then(|rest| rest.strip_suffix(')')?.split_once(" ("));
    let Some((version, when)) = parts else {
        bail!("\"{heading}\" should be `## VERSION (unreleased)` or `## VERSION (YYYY-MM-DD)`");
    };
    let is_date = when.parse::<jiff::civil::Date>().is_ok();
    ensure!(is_date || when == "unreleased", "\"{heading}\": write `unreleased` or a date in the brackets");
    let text: Vec<&str> = lines.take_while(|line| !line.starts_with("## ")).collect();
    Ok(Section {
        version: version.parse().with_context(|| format!("\"{heading}\" names no version"))?,
        is_released: is_date,
        text: text.join("\n").trim().to_owned(),
    })
}

/// The changelog with `version` released on `date`: an unreleased section gets both, a released one a new one above it.
pub(crate) fn release(changelog: &str, version: &Version, date: &str, text: &str) -> Result<String> {
    let old = changelog.lines().find(|line| line.starts_with("## ")).unwrap_or_default();
    let heading = format!("## {version} ({date})");
    let new = if newest(changelog)?.is_released { format!("{heading}\n\n{text}\n\n{old}") } else { heading };
    Ok(changelog.replacen(old, &new, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRITTEN: &str =
        "# Changelog\n\n## 0.2.0 (unreleased)\n\n- Breaking: a.\n- b.\n\n## 0.1.0 (2026-11-30)\n\n- c.\n";

    #[test]
    fn the_newest_section_is_the_first() {
        let section = newest(WRITTEN).unwrap();
        assert_eq!((section.version, section.is_released), (Version::new(0, 2, 0), false));
        assert_eq!(section.text, "- Breaking: a.\n- b.");
    }

    #[test]
    fn headings_have_one_form() {
        for wrong in ["0.1.0", "Unreleased", "0.1 (unreleased)", "0.1.0 (soon)", "0.1.0 (30.11.2026)"] {
            assert!(newest(&format!("## {wrong}\n")).is_err(), "{wrong}");
        }
        assert!(newest("# Changelog\n").is_err());
    }

    #[test]
    fn releasing_dates_the_section_or_writes_one() {
        let dated = release(WRITTEN, &Version::new(0, 3, 0), "2026-12-24", "unused").unwrap();
        assert_eq!(dated, WRITTEN.replace("0.2.0 (unreleased)", "0.3.0 (2026-12-24)"));
        let again = release(&dated, &Version::new(0, 3, 1), "2026-12-31", "- d.").unwrap();
        assert!(again.contains("\n\n## 0.3.1 (2026-12-31)\n\n- d.\n\n## 0.3.0 (2026-12-24)\n\n"), "{again}");
    }
}
