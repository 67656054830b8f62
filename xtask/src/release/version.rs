//! What a step from one version to the next promises.

use clap::ValueEnum;
use semver::Version;

/// How much changed for users, from least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Step {
    /// Nothing to use that was not there before
    Fix,
    /// Something new; whatever compiled still does
    Addition,
    /// Something that compiled may no longer do so
    Breaking,
}

/// The next version by a step; below 1.0 a fix and an addition look the same.
pub(crate) fn after(version: &Version, step: Step) -> Version {
    let (major, minor, patch) = (version.major, version.minor, version.patch);
    match step {
        Step::Breaking if major == 0 => Version::new(0, minor + 1, 0),
        Step::Breaking => Version::new(major + 1, 0, 0),
        Step::Addition if major > 0 => Version::new(major, minor + 1, 0),
        Step::Addition | Step::Fix => Version::new(major, minor, patch + 1),
    }
}

/// Whether cargo would not take `new` where `old` is asked for.
pub(crate) fn is_breaking(old: &Version, new: &Version) -> bool {
    if old.major == 0 && new.major == 0 { old.minor != new.minor } else { old.major != new.major }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(old: &str, step: Step, new: &str) {
        assert_eq!(after(&Version::parse(old).unwrap(), step).to_string(), new, "{old} {step:?}");
    }

    #[test]
    fn a_step_gives_the_next_version() {
        check("0.1.0", Step::Fix, "0.1.1");
        check("0.1.3", Step::Addition, "0.1.4");
        check("0.1.3", Step::Breaking, "0.2.0");
        check("1.2.3", Step::Fix, "1.2.4");
        check("1.2.3", Step::Addition, "1.3.0");
        check("1.2.3", Step::Breaking, "2.0.0");
    }

    #[test]
    fn breaking_is_what_cargo_takes_for_it() {
        for (old, new, breaking) in [
            ("0.1.0", "0.1.9", false),
            ("0.1.9", "0.2.0", true),
            ("0.9.0", "1.0.0", true),
            ("1.0.0", "1.7.0", false),
            ("1.7.0", "2.0.0", true),
        ] {
            let (old, new) = (Version::parse(old).unwrap(), Version::parse(new).unwrap());
            assert_eq!(is_breaking(&old, &new), breaking, "{old} {new}");
            let cargo = semver::VersionReq::parse(&old.to_string()).unwrap();
            assert_eq!(cargo.matches(&new), !breaking, "{old} {new}");
        }
    }
}
