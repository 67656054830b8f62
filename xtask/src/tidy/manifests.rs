//! Manifests inherit what all crates share, and name each other so that `cargo package` works; packages carry their licences.

use super::{Findings, Tree};

/// The lines that every manifest below `crates` has.
const ALWAYS: [&str; 5] = [
    "name = \"<name>\"",
    "edition.workspace = true",
    "license.workspace = true",
    "rust-version.workspace = true",
    "[lints]\nworkspace = true",
];

/// And those of one that is published.
const PUBLISHED: [&str; 6] = [
    "documentation = \"https://docs.rs/<name>\"",
    "readme = \"README.md\"",
    "authors.workspace = true",
    "categories.workspace = true",
    "keywords.workspace = true",
    "include = [\"/src\", \"/CHANGELOG.md\", \"/LICENSE-*\", \"/README.md\"]",
];

/// And those of a library: without them docs.rs shows no feature badges.
const LIBRARY: [&str; 1] = ["rustdoc-args = [\"--cfg\", \"docsrs\", \"--generate-link-to-definition\"]"];

/// And those of a provider, which passes on the choice of a client and of TLS.
const PROVIDER: [&str; 5] = [
    "client = [\"dep:paystatus-client\"]",
    "blocking = [\"client\", \"paystatus-client?/blocking\"]",
    "rustls = [\"paystatus-client?/rustls\"]",
    "rustls-ring = [\"paystatus-client?/rustls-ring\"]",
    "native-tls = [\"paystatus-client?/native-tls\"]",
];

pub(crate) fn check(tree: &Tree, findings: &mut Findings) {
    for name in tree.crates_with("Cargo.toml") {
        let file = format!("crates/{name}/Cargo.toml");
        let manifest = tree.get(&file).unwrap_or_default();
        let has = |path: &str| tree.get(&format!("crates/{name}/{path}")).is_some();
        let is_published = !manifest.contains("\npublish = false\n");
        let wanted = [
            (true, ALWAYS.as_slice()),
            (is_published, &PUBLISHED),
            (is_published && has("src/lib.rs"), &LIBRARY),
            (tree.providers().any(|provider| name == format!("paystatus-{provider}")), &PROVIDER),
        ];
        for line in wanted.iter().filter(|(applies, _)| *applies).flat_map(|(_, lines)| *lines) {
            let line = line.replace("<name>", name);
            if !manifest.contains(&format!("\n{line}\n")) {
                findings.add(&file, 1, format!("write `{}`", line.replace('\n', "` and below it `")));
            }
        }
        dependencies(&file, manifest, is_published, findings);
        for licence in ["LICENSE-APACHE", "LICENSE-MIT"].iter().filter(|_| is_published) {
            let link = format!("crates/{name}/{licence}");
            if tree.get(&link) != Some(&format!("../../{licence}")) {
                let message = "a package carries the licences of the root by a link: run";
                findings.add(&link, 1, format!("{message} `ln -sf ../../{licence} crates/{name}/`"));
            }
        }
    }
}

fn dependencies(file: &str, manifest: &str, is_published: bool, findings: &mut Findings) {
    let mut section = "";
    for (index, line) in manifest.lines().enumerate() {
        if line.starts_with('[') {
            section = line;
        }
        let Some((key, value)) = line.split_once('=').filter(|_| section.ends_with("dependencies]")) else {
            continue;
        };
        let name = key.trim().trim_end_matches(".workspace");
        // A version would have to be published first, and two crates that test each other never could.
        let by_path = format!("{{ path = \"../{name}\" }}");
        let is_of_ours = section == "[dev-dependencies]" && name.starts_with("paystatus") && is_published;
        if is_of_ours && value.trim() != by_path {
            findings.add(
                file,
                index + 1,
                format!("a dev-dependency of ours has no version: write `{name} = {by_path}`"),
            );
        } else if !is_of_ours && !line.contains("workspace = true") {
            let message = "and its version in [workspace.dependencies] of the root manifest";
            findings.add(file, index + 1, format!("write `{name}.workspace = true`, {message}"));
        }
    }
}
