//! A provider is one word everywhere: folder, package, feature, configuration value; with the same files, and sources.

use toml_edit::{DocumentMut, Item};

use super::{Findings, Tree, line_at, line_of, manifests::at, rust};

/// The crates beside the facade that are no providers.
const OTHERS: [&str; 7] = ["bench", "cli", "client", "core", "reconcile", "sandbox", "testkit"];

/// What every provider crate has.
const FILES: [&str; 12] = [
    "Cargo.toml",
    "README.md",
    "CHANGELOG.md",
    "src/lib.rs",
    "src/provider.rs",
    "src/request.rs",
    "src/reply.rs",
    "src/status.rs",
    "src/error.rs",
    "tests/it/main.rs",
    "tests/it/conformance.rs",
    "tests/fixtures/README.md",
];

const FACADE: &str = "crates/paystatus/Cargo.toml";
const LIST: &str = "crates/paystatus/src/configuration.rs";
const EXPORTS: &str = "crates/paystatus/src/lib.rs";
const CLI: &str = "crates/paystatus-cli/Cargo.toml";
const CLI_LIST: &str = "crates/paystatus-cli/src/providers.rs";

/// The names of the providers among the folders of `crates`, in order.
pub(crate) fn provider_names<'a>(crates: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let names = crates.into_iter().filter_map(|folder| folder.strip_prefix("paystatus-"));
    let mut names: Vec<_> = names.filter(|name| !OTHERS.contains(name)).map(str::to_owned).collect();
    names.sort();
    names
}

pub(crate) fn check(tree: &Tree, findings: &mut Findings) {
    let names = provider_names(tree.crates());
    for name in &names {
        files(tree, name, findings);
        sources(tree, name, "status.rs", findings);
        sources(tree, name, "error.rs", findings);
        words(tree, name, findings);
        wired(tree, name, findings);
    }
    let listed = tree.get(LIST).unwrap_or_default();
    for (index, line) in listed.lines().enumerate() {
        let name = line.trim().strip_prefix("provider!(\"").and_then(|rest| rest.split('"').next());
        if let Some(name) = name.filter(|name| !names.iter().any(|known| known == name)) {
            let message =
                format!("there is no crate `paystatus-{name}`: folder, feature and name are one word");
            findings.add(LIST, index + 1, message);
        }
    }
}

fn files(tree: &Tree, name: &str, findings: &mut Findings) {
    for file in FILES {
        let path = format!("crates/paystatus-{name}/{file}");
        if tree.get(&path).is_none() {
            let message = "every provider crate has this file: `cargo xtask new-provider` writes one to copy; \
                           if the crate is no provider, name it in OTHERS of xtask/src/tidy/providers.rs";
            findings.add(&path, 1, message);
        }
    }
    let file = format!("crates/paystatus-{name}/src/provider.rs");
    if let Some(text) = tree.get(&file)
        && !text.contains(&format!("        \"{name}\"\n"))
    {
        let message = format!("`fn name` must give \"{name}\": folder, feature and name are one word");
        findings.add(&file, line_of(text, "fn name("), message);
    }
    let page = format!("docs/providers/{name}.md");
    if tree.get(&page).is_none() {
        findings.add(
            &page,
            1,
            "the provider's page is missing: its facts, each with where and when it was read",
        );
    }
}

/// Every row of a table names a source, and every source says what was read and in which month.
fn sources(tree: &Tree, name: &str, file: &str, findings: &mut Findings) {
    let path = format!("crates/paystatus-{name}/src/{file}");
    let Some(text) = tree.get(&path) else { return };
    let code = rust::code(text);
    let end = rust::tests_at(text).unwrap_or(text.len());
    let code = code.get(..end).unwrap_or(&code);
    for source in rust::calls(code, "Source::new(") {
        let line = line_at(code, source.at);
        let said: Vec<&str> =
            source.arguments.iter().flat_map(|range| rust::texts(text, code, range.clone())).collect();
        let [title, month] = said.as_slice() else {
            findings.add(
                &path,
                line,
                "a source is `Source::new(\"<address or title>\", \"<year>-<month>\")`",
            );
            continue;
        };
        if !(title.starts_with("https://") || title.contains(' ')) {
            let message = format!("{title:?} is no source: give the page's address, or its whole title");
            findings.add(&path, line, message);
        }
        if !is_month(month) {
            let message = format!("{month:?} is no month: say when it was read, such as \"2026-11\"");
            findings.add(&path, line, message);
        }
    }
    let rows = rust::calls(code, "Row::new(");
    if file == "status.rs" && rows.is_empty() {
        let message = "the status table has no row: without one, every answer is unknown";
        findings.add(&path, line_of(text, "STATUSES"), message);
    }
    for row in rows {
        let last = row.arguments.last().and_then(|range| code.get(range.clone())).unwrap_or_default();
        let is_named = code.contains(&format!("const {last}: Source ="));
        if row.arguments.len() != 5 || !(is_named || last.starts_with("Source::new(")) {
            let message = "the row has no source: end it with a `const …: Source` of this file, \
                           which says where the fact was read and when";
            findings.add(&path, line_at(code, row.at), message);
        }
    }
}

fn is_month(text: &str) -> bool {
    let Some((year, month)) = text.split_once('-') else { return false };
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    year.len() == 4
        && month.len() == 2
        && is_number(year)
        && is_number(month)
        && ("01"..="12").contains(&month)
}

/// A word that a status row lists stands in the README's table too.
fn words(tree: &Tree, name: &str, findings: &mut Findings) {
    let (status, readme) =
        (format!("crates/paystatus-{name}/src/status.rs"), format!("crates/paystatus-{name}/README.md"));
    let (Some(text), Some(front)) = (tree.get(&status), tree.get(&readme)) else { return };
    let code = rust::code(text);
    let end = rust::tests_at(text).unwrap_or(text.len());
    for row in rust::calls(code.get(..end).unwrap_or(&code), "Row::new(") {
        let first = row.arguments.first().cloned().unwrap_or_default();
        for word in rust::texts(text, &code, first) {
            if !front.contains(&format!("`{word}`")) {
                let message = format!(
                    "`{word}`, line {} of src/status.rs, is missing in the table of what {name} can and cannot tell",
                    line_at(text, row.at)
                );
                findings.add(&readme, line_of(front, "| status |"), message);
            }
        }
    }
}

/// The facade, the command and the workspace know the provider.
fn wired(tree: &Tree, name: &str, findings: &mut Findings) {
    let package = format!("paystatus-{name}");
    let mut demand = |file: &str, needle: &str, is_there: bool, message: String| {
        if let Some(text) = tree.get(file)
            && !is_there
        {
            findings.add(file, line_of(text, needle), message);
        }
    };
    let parsed =
        |file: &str| -> DocumentMut { tree.get(file).and_then(|text| text.parse().ok()).unwrap_or_default() };
    let has = |file: &str, line: &str| tree.get(file).is_some_and(|text| text.contains(line));

    let own = format!("crates/{package}/Cargo.toml");
    let features = parsed(&own);
    for tls in ["rustls", "rustls-ring", "native-tls"] {
        let passed_on = format!("paystatus-client?/{tls}");
        let feature = at(&features, &["features", tls]).and_then(Item::as_array);
        demand(
            &own,
            "[features]",
            feature.is_some_and(|list| list.iter().any(|value| value.as_str() == Some(passed_on.as_str()))),
            format!("the choice of TLS is not passed on: add `{tls} = [\"{passed_on}\"]`"),
        );
    }
    let facade = parsed(FACADE);
    let feature = at(&facade, &["features", name]).and_then(Item::as_array);
    let turns_on = feature.is_some_and(|list| {
        list.iter().any(|value| value.as_str() == Some(format!("dep:{package}").as_str()))
    });
    demand(
        FACADE,
        "[features]",
        turns_on,
        format!("the provider is no feature: add `{name} = [\"dep:{package}\"]`"),
    );
    let is_optional = at(&facade, &["dependencies", &package, "optional"]).and_then(Item::as_bool);
    demand(
        FACADE,
        "[dependencies]",
        is_optional == Some(true),
        format!(
            "the provider is no optional dependency: add `{package} = {{ workspace = true, optional = true }}`"
        ),
    );
    demand(
        LIST,
        "const PROVIDERS",
        has(LIST, &format!("provider!(\"{name}\", ")),
        format!("PROVIDERS lacks it: add `provider!(\"{name}\", asking, paystatus_{name}::…),`"),
    );
    demand(
        EXPORTS,
        "pub use",
        has(EXPORTS, &format!("pub use paystatus_{name} as {name};")),
        format!("the crate is not re-exported: add `pub use paystatus_{name} as {name};` under its feature"),
    );
    let cli = parsed(CLI);
    let features = at(&cli, &["dependencies", "paystatus", "features"]).and_then(Item::as_array);
    demand(
        CLI,
        "paystatus = {",
        features.is_some_and(|list| list.iter().any(|value| value.as_str() == Some(name))),
        format!("the command can't ask it: add \"{name}\" to the features of `paystatus`"),
    );
    demand(
        CLI_LIST,
        "const PROVIDERS",
        has(CLI_LIST, &format!("name: \"{name}\",")),
        format!("`paystatus providers` does not list it: add a `Provider {{ name: \"{name}\", … }}`"),
    );
    let root = parsed("Cargo.toml");
    let bare =
        at(&root, &["workspace", "dependencies", &package, "default-features"]).and_then(Item::as_bool);
    let is_known = at(&root, &["workspace", "dependencies", &package]).is_some();
    demand(
        "Cargo.toml",
        &format!("{package} ="),
        bare == Some(false) || !is_known,
        format!("`{package}` needs `default-features = false`: the choice of TLS is its user's"),
    );
}
