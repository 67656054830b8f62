//! Manifests inherit what all crates share, and name each other so that `cargo package` works.

use toml_edit::{DocumentMut, Item, TableLike};

use super::{Findings, Tree, line_of};

pub(crate) fn check(tree: &Tree, findings: &mut Findings) {
    let root = "Cargo.toml";
    let Some(workspace) = read(tree, root, findings) else { return };
    for name in tree.crates() {
        let file = format!("crates/{name}/Cargo.toml");
        let Some(manifest) = read(tree, &file, findings) else { continue };
        let text = tree.get(&file).unwrap_or_default();
        let begins_with = |needle: &str| text.lines().position(|line| line.starts_with(needle));
        let mut add = |needle: &str, message: String| {
            // A name like `http` is in other lines too.
            let line = begins_with(needle).map_or_else(|| line_of(text, needle), |index| index + 1);
            findings.add(&file, line, message);
        };
        let is_published = at(&manifest, &["package", "publish"]).is_none();
        if at(&manifest, &["package", "name"]).and_then(Item::as_str) != Some(name) {
            add("name =", format!("the package must have the name of its folder, `{name}`"));
        }
        inherits(&manifest, is_published, &mut add);
        dependencies(&manifest, is_published, &mut add);
        if is_published {
            published(tree, name, &manifest, findings);
            in_workspace(tree, name, &manifest, &workspace, findings);
        }
    }
}

fn read(tree: &Tree, file: &str, findings: &mut Findings) -> Option<DocumentMut> {
    let text = tree.get(file)?;
    match text.parse() {
        Ok(manifest) => Some(manifest),
        Err(error) => {
            findings.add(file, 1, format!("not TOML: {error}"));
            None
        }
    }
}

/// What is at the end of these keys.
pub(crate) fn at<'a>(manifest: &'a DocumentMut, keys: &[&str]) -> Option<&'a Item> {
    keys.iter().try_fold(manifest.as_item(), |item, key| item.get(key))
}

fn is_inherited(item: &Item) -> bool {
    item.get("workspace").and_then(Item::as_bool) == Some(true)
}

fn inherits(manifest: &DocumentMut, is_published: bool, add: &mut impl FnMut(&str, String)) {
    let always = ["edition", "license", "rust-version"].as_slice();
    let published = ["authors", "keywords", "categories"].as_slice();
    for key in always.iter().chain(published.iter().filter(|_| is_published)) {
        if !at(manifest, &["package", key]).is_some_and(is_inherited) {
            add(key, format!("`{key}` is not inherited: write `{key}.workspace = true`"));
        }
    }
    if at(manifest, &["package", "version"]).and_then(Item::as_str).is_none() {
        let message =
            "every crate has a version of its own: write `version = \"…\"` instead of inheriting it";
        add("version", message.into());
    }
    if !at(manifest, &["lints"]).is_some_and(is_inherited) {
        add("[lints", "the lints are not inherited: write `[lints]` and below it `workspace = true`".into());
    }
}

fn dependencies(manifest: &DocumentMut, is_published: bool, add: &mut impl FnMut(&str, String)) {
    let empty = DocumentMut::new();
    let table = |key: &str| at(manifest, &[key]).and_then(Item::as_table_like);
    let nothing = empty.as_table() as &dyn TableLike;
    for (name, item) in table("dependencies").unwrap_or(nothing).iter() {
        if !is_inherited(item) {
            add(
                name,
                format!(
                    "the dependency `{name}` is not inherited: write `{name}.workspace = true`, \
                     and its version in [workspace.dependencies] of the root manifest"
                ),
            );
        }
    }
    for (name, item) in table("dev-dependencies").unwrap_or(nothing).iter() {
        let needle = format!("{name} = {{");
        let is_path_only = item.get("path").is_some() && item.get("version").is_none() && !is_inherited(item);
        if name.starts_with("paystatus") {
            if is_published && !is_path_only {
                add(
                    &needle,
                    format!(
                        "the dev-dependency `{name}` brings a version along, and two crates that test each other \
                         could never be packaged: write `{name} = {{ path = \"../{name}\" }}`"
                    ),
                );
            }
        } else if !is_inherited(item) {
            let message =
                format!("the dev-dependency `{name}` is not inherited: write `{name}.workspace = true`");
            add(&needle, message);
        }
    }
}

/// What a package carries.
fn published(tree: &Tree, name: &str, manifest: &DocumentMut, findings: &mut Findings) {
    const INCLUDE: [&str; 4] = ["/src", "/CHANGELOG.md", "/LICENSE-*", "/README.md"];
    let file = format!("crates/{name}/Cargo.toml");
    let text = tree.get(&file).unwrap_or_default();
    let included = at(manifest, &["package", "include"]).and_then(Item::as_array);
    let included: Vec<&str> =
        included.map(|list| list.iter().filter_map(|value| value.as_str()).collect()).unwrap_or_default();
    if included != INCLUDE {
        let message = format!("packages carry sources, no tests: write `include = {INCLUDE:?}`");
        findings.add(&file, line_of(text, "include"), message);
    }
    if at(manifest, &["package", "readme"]).and_then(Item::as_str) != Some("README.md") {
        findings.add(&file, line_of(text, "readme"), "write `readme = \"README.md\"`");
    }
    let documentation = format!("https://docs.rs/{name}");
    if at(manifest, &["package", "documentation"]).and_then(Item::as_str) != Some(documentation.as_str()) {
        let message = format!(
            "no way from a registry to the documentation: write `documentation = \"{documentation}\"`"
        );
        findings.add(&file, line_of(text, "documentation"), message);
    }
    let is_library = tree.get(&format!("crates/{name}/src/lib.rs")).is_some();
    let docs_rs =
        at(manifest, &["package", "metadata", "docs", "rs", "rustdoc-args"]).and_then(Item::as_array);
    let has_cfg = docs_rs.is_some_and(|list| list.iter().any(|value| value.as_str() == Some("docsrs")));
    if is_library && !has_cfg {
        let message =
            "docs.rs shows no feature badges: write [package.metadata.docs.rs] as the other crates have it";
        findings.add(&file, line_of(text, "metadata.docs.rs"), message);
    }
    for wanted in ["CHANGELOG.md", "README.md"] {
        if tree.get(&format!("crates/{name}/{wanted}")).is_none() {
            findings.add(&format!("crates/{name}/{wanted}"), 1, "the file is missing: every package has one");
        }
    }
    for licence in ["LICENSE-APACHE", "LICENSE-MIT"] {
        let copy = format!("crates/{name}/{licence}");
        match (tree.get(licence), tree.get(&copy)) {
            (None, _) => findings.add(licence, 1, "the licence is missing in the root"),
            (Some(root), Some(copy)) if root == copy => {}
            _ => findings.add(
                &copy,
                1,
                format!("a package carries its licences: run `cp {licence} crates/{name}/`"),
            ),
        }
    }
}

/// The one line by which other crates depend on this one.
fn in_workspace(
    tree: &Tree,
    name: &str,
    manifest: &DocumentMut,
    workspace: &DocumentMut,
    findings: &mut Findings,
) {
    let text = tree.get("Cargo.toml").unwrap_or_default();
    let line = line_of(text, &format!("\n{name} = ").replace('\n', ""));
    let Some(entry) = at(workspace, &["workspace", "dependencies", name]) else {
        if tree.get(&format!("crates/{name}/src/lib.rs")).is_some() {
            let message = format!(
                "`{name}` is missing in [workspace.dependencies]: \
                 add `{name} = {{ path = \"crates/{name}\", version = \"…\" }}`"
            );
            findings.add("Cargo.toml", line_of(text, "[workspace.dependencies]"), message);
        }
        return;
    };
    let own = at(manifest, &["package", "version"]).and_then(Item::as_str).unwrap_or_default();
    match entry.get("version").and_then(Item::as_str) {
        None => findings.add(
            "Cargo.toml",
            line,
            format!(
                "`{name}` has no version: add `version = \"{own}\"`, or what depends on it can't be published"
            ),
        ),
        Some(version) if !own.is_empty() && !fits(version, own) => findings.add(
            "Cargo.toml",
            line,
            format!(
                "`{name}` is asked for as {version}, and the crate is {own}: write `version = \"{own}\"`"
            ),
        ),
        Some(_) => {}
    }
}

fn fits(wanted: &str, own: &str) -> bool {
    let (wanted, own) = (wanted.parse::<semver::VersionReq>(), own.parse::<semver::Version>());
    matches!((wanted, own), (Ok(wanted), Ok(own)) if wanted.matches(&own))
}
