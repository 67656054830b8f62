//! Reads a registry's sparse index.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use semver::Version;
use serde_json::Value;
use xshell::{Shell, cmd};

/// Where a crate's file is in an index.
pub(crate) fn path(name: &str) -> String {
    let name = name.to_lowercase();
    match name.len() {
        0..=2 => format!("{}/{name}", name.len()),
        3 => format!("3/{}/{name}", &name[..1]),
        _ => format!("{}/{}/{name}", &name[..2], &name[2..4]),
    }
}

/// The versions of a crate that are in the index, with their checksums; none if it has never been published.
pub(crate) fn versions(shell: &Shell, index: &str, name: &str) -> Result<BTreeMap<Version, String>> {
    let url = format!("{}/{}", index.trim_end_matches('/'), path(name));
    let file = fetch(shell, &url)?;
    file.map_or(Ok(BTreeMap::new()), |file| parse(&file).with_context(|| format!("could not read {url}")))
}

fn parse(file: &str) -> Result<BTreeMap<Version, String>> {
    let rows = file.lines().filter(|line| !line.trim().is_empty());
    rows.map(|row| {
        let row: Value = serde_json::from_str(row)?;
        let text =
            |key| row.get(key).and_then(Value::as_str).with_context(|| format!("a row without \"{key}\""));
        Ok((text("vers")?.parse()?, text("cksum")?.to_owned()))
    })
    .collect()
}

/// What is at a URL, none if nothing is there. curl brings TLS and the machine's proxy settings along.
pub(crate) fn fetch(shell: &Shell, url: &str) -> Result<Option<String>> {
    let status = "\n%{http_code}";
    let output =
        cmd!(shell, "curl --silent --show-error --location --max-time 60 --write-out {status} {url}");
    let output = output.quiet().read().with_context(|| format!("could not fetch {url}"))?;
    let (body, status) = output.rsplit_once('\n').context("curl tells the status on a line of its own")?;
    match status {
        "200" => Ok(Some(body.to_owned())),
        // What cargo takes for "there is no such crate".
        "404" | "410" | "451" => Ok(None),
        _ => bail!("{url} answered {status}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_has_one_place_in_the_index() {
        for (name, expected) in [
            ("a", "1/a"),
            ("ab", "2/ab"),
            ("abc", "3/a/abc"),
            ("abcd", "ab/cd/abcd"),
            ("paystatus-core", "pa/ys/paystatus-core"),
            ("Inflector", "in/fl/inflector"),
        ] {
            assert_eq!(path(name), expected);
        }
    }

    #[test]
    fn versions_are_read_from_rows() {
        let file = "{\"vers\":\"0.1.0\",\"cksum\":\"a\"}\n\n{\"vers\":\"0.1.1\",\"cksum\":\"b\"}\n";
        let (first, second) = (Version::new(0, 1, 0), Version::new(0, 1, 1));
        assert_eq!(parse(file).unwrap(), [(first, "a".to_owned()), (second, "b".to_owned())].into());
        assert!(parse("{}").is_err());
        assert!(parse("<html>").is_err());
    }
}
