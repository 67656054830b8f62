use std::fs;

use super::*;

#[test]
fn the_tree_is_tidy() {
    let findings = check(&root()).unwrap();
    let lines: Vec<String> = findings.iter().map(Finding::to_string).collect();
    assert!(lines.is_empty(), "{}", lines.join("\n"));
}

/// A small tree in which everything is as it should be.
const TIDY: &[(&str, &str)] = &[
    ("LICENSE-MIT", "MIT\n"),
    ("LICENSE-APACHE", "Apache\n"),
    (
        "Cargo.toml",
        "[workspace.dependencies]\n\
         http = \"1\"\n\
         paystatus = { path = \"crates/paystatus\", version = \"0.1.0\" }\n\
         paystatus-acme = { path = \"crates/paystatus-acme\", version = \"0.1.0\", default-features = false }\n",
    ),
    (
        "crates/paystatus/Cargo.toml",
        "[package]\nname = \"paystatus\"\n<head>\n\
         [features]\nacme = [\"dep:paystatus-acme\"]\n\n\
         [dependencies]\npaystatus-acme = { workspace = true, optional = true }\n\n<tail>",
    ),
    ("crates/paystatus/src/lib.rs", "#[cfg(feature = \"acme\")]\npub use paystatus_acme as acme;\n"),
    (
        "crates/paystatus/src/configuration.rs",
        "const PROVIDERS: &[P] = &[\n    provider!(\"acme\", asking, paystatus_acme::Acme),\n];\n",
    ),
    (
        "crates/paystatus-cli/Cargo.toml",
        "[package]\nname = \"paystatus-cli\"\n<head>\n\
         [dependencies]\npaystatus = { workspace = true, features = [\"acme\"] }\n\n[lints]\nworkspace = true\n",
    ),
    ("crates/paystatus-cli/src/providers.rs", "const PROVIDERS: &[P] = &[P { name: \"acme\", }];\n"),
    (
        "crates/paystatus-acme/Cargo.toml",
        "[package]\nname = \"paystatus-acme\"\n<head>\n\
         [dependencies]\nhttp.workspace = true\n\n\
         [dev-dependencies]\npaystatus-testkit = { path = \"../paystatus-testkit\" }\n\n<tail>\n\
         [features]\nrustls = [\"paystatus-client?/rustls\"]\n\
         rustls-ring = [\"paystatus-client?/rustls-ring\"]\nnative-tls = [\"paystatus-client?/native-tls\"]\n",
    ),
    ("crates/paystatus-acme/src/lib.rs", ""),
    (
        "crates/paystatus-acme/src/provider.rs",
        "    fn name(&self) -> &'static str {\n        \"acme\"\n    }\n",
    ),
    ("crates/paystatus-acme/src/request.rs", ""),
    ("crates/paystatus-acme/src/reply.rs", ""),
    (
        "crates/paystatus-acme/src/status.rs",
        "const DOCS: Source = Source::new(\"https://acme.example/docs\", \"2026-11\");\n\
         const STATUSES: &[Row<&str>] = &[\n    \
         // A comment, with a bracket (.\n    \
         Row::new(\"settled\", Status::Paid, Final, Funds::Taken, DOCS),\n];\n",
    ),
    (
        "crates/paystatus-acme/src/error.rs",
        "const DOCS: Source = Source::new(\"Acme's documentation, Errors\", \"2026-11\");\n\
         const ERRORS: &[ErrorRow] = &[\n    \
         ErrorRow::new(404..=404, Code(\"none\"), NotFound, \"no such payment (yet)\", DOCS),\n];\n",
    ),
    ("crates/paystatus-acme/tests/it/main.rs", ""),
    ("crates/paystatus-acme/tests/it/conformance.rs", ""),
    ("crates/paystatus-acme/tests/fixtures/README.md", ""),
    (
        "docs/providers/acme.md",
        "Masked: 411111****1111, +1 202 555 0100, canary@example.com, canary-vpa@example.\n",
    ),
];

const HEAD: &str = "version = \"0.1.0\"\ndocumentation = \"https://docs.rs/<name>\"\n\
                    readme = \"README.md\"\nauthors.workspace = true\n\
                    categories.workspace = true\nedition.workspace = true\n\
                    include = [\"/src\", \"/CHANGELOG.md\", \"/LICENSE-*\", \"/README.md\"]\n\
                    keywords.workspace = true\nlicense.workspace = true\nrust-version.workspace = true\n";
const TAIL: &str =
    "[package.metadata.docs.rs]\nrustdoc-args = [\"--cfg\", \"docsrs\"]\n\n[lints]\nworkspace = true\n";

/// Makes the tidy tree with one change and gives what is then found.
fn found(change: impl Fn(&mut BTreeMap<String, String>)) -> Vec<String> {
    let mut files: BTreeMap<String, String> = TIDY
        .iter()
        .map(|(path, text)| {
            let name = path.split('/').nth(1).unwrap_or_default();
            let text = text.replace("<head>\n", HEAD).replace("<tail>", TAIL).replace("<name>", name);
            (path.to_string(), text)
        })
        .collect();
    for name in ["paystatus", "paystatus-cli", "paystatus-acme"] {
        let front = if name == "paystatus-acme" { "| status |\n| `settled` |\n" } else { "" };
        files.insert(format!("crates/{name}/README.md"), front.into());
        for (file, text) in [("CHANGELOG.md", ""), ("LICENSE-MIT", "MIT\n"), ("LICENSE-APACHE", "Apache\n")] {
            files.insert(format!("crates/{name}/{file}"), text.into());
        }
    }
    change(&mut files);
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in &files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    check(folder.path()).unwrap().iter().map(Finding::to_string).collect()
}

#[track_caller]
fn finds_one(place: &str, message: &str, change: impl Fn(&mut BTreeMap<String, String>)) {
    let found = found(change);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].starts_with(&format!("{place}: ")) && found[0].contains(message), "{found:#?}");
}

#[test]
fn nothing_is_found_in_a_tidy_tree() {
    assert_eq!(found(|_| {}), [""; 0]);
}

#[test]
fn one_wrong_word_is_found() {
    const ACME: &str = "crates/paystatus-acme";
    for (file, from, to, line, message) in [
        // Manifests.
        (
            "Cargo.toml",
            "name = \"paystatus-acme\"",
            "name = \"acme\"",
            2,
            "the name of its folder, `paystatus-acme`",
        ),
        ("Cargo.toml", "version = \"0.1.0\"", "version.workspace = true", 3, "a version of its own"),
        (
            "Cargo.toml",
            "edition.workspace = true",
            "edition = \"2024\"",
            8,
            "write `edition.workspace = true`",
        ),
        ("Cargo.toml", "keywords.workspace = true", "keywords = []", 10, "write `keywords.workspace = true`"),
        ("Cargo.toml", "[lints]\nworkspace = true", "[lints.rust]", 22, "the lints are not inherited"),
        ("Cargo.toml", "http.workspace = true", "http = \"1\"", 14, "write `http.workspace = true`"),
        (
            "Cargo.toml",
            "{ path = \"../paystatus-testkit\" }",
            "{ workspace = true }",
            17,
            "could never be packaged",
        ),
        (
            "Cargo.toml",
            "{ path = \"../paystatus-testkit\" }",
            "{ path = \"../paystatus-testkit\", version = \"0.1\" }",
            17,
            "write `paystatus-testkit = { path = \"../paystatus-testkit\" }`",
        ),
        (
            "Cargo.toml",
            "[dev-dependencies]\n",
            "[dev-dependencies]\nserde = { version = \"1\" }\n",
            17,
            "write `serde.workspace = true`",
        ),
        (
            "Cargo.toml",
            "include = [\"/src\", ",
            "include = [\"/src\", \"/tests\", ",
            9,
            "packages carry sources",
        ),
        (
            "Cargo.toml",
            "documentation = \"https://docs.rs/paystatus-acme\"",
            "documentation = \"https://docs.rs/paystatus\"",
            4,
            "write `documentation = \"https://docs.rs/paystatus-acme\"`",
        ),
        ("Cargo.toml", "documentation = ", "docs = ", 1, "write `documentation = "),
        ("Cargo.toml", "readme = \"README.md\"", "readme = false", 5, "write `readme = \"README.md\"`"),
        ("Cargo.toml", "\"docsrs\"", "\"docs\"", 19, "no feature badges"),
        ("LICENSE-MIT", "MIT", "Mit", 1, "run `cp LICENSE-MIT crates/paystatus-acme/`"),
        // Providers.
        ("src/provider.rs", "\"acme\"", "\"Acme\"", 1, "`fn name` must give \"acme\""),
        ("src/status.rs", "https://acme.example/docs", "docs", 1, "\"docs\" is no source"),
        ("src/status.rs", "https://acme.example/docs", "FILL IN the page", 1, "take FILL IN out"),
        ("src/status.rs", "2026-11", "2026-13", 1, "\"2026-13\" is no month"),
        ("src/status.rs", ", \"2026-11\")", ")", 1, "a source is"),
        ("src/status.rs", ", DOCS)", ", SERVER)", 4, "the row has no source"),
        ("src/status.rs", ", DOCS)", ")", 4, "the row has no source"),
        (
            "src/status.rs",
            "Row::new(\"settled\", Status::Paid, Final, Funds::Taken, DOCS),",
            "",
            2,
            "the status table has no row",
        ),
        ("src/error.rs", ", DOCS)", ", SERVER)", 3, "the row has no source"),
        ("src/error.rs", "2026-11", "2026", 1, "\"2026\" is no month"),
        (
            "README.md",
            "`settled`",
            "settled",
            1,
            "`settled`, line 4 of src/status.rs, is missing in the table",
        ),
    ] {
        let place = format!("{ACME}/{file}:{line}");
        finds_one(&place, message, |files| {
            let text = files.get_mut(&format!("{ACME}/{file}")).unwrap();
            assert!(text.contains(from), "{file} lacks {from}");
            *text = text.replacen(from, to, 1);
        });
    }
}

#[test]
fn what_is_not_wired_is_found() {
    for (file, from, to, line, message) in [
        (
            "crates/paystatus/Cargo.toml",
            "[\"dep:paystatus-acme\"]",
            "[]",
            13,
            "add `acme = [\"dep:paystatus-acme\"]`",
        ),
        (
            "crates/paystatus-acme/Cargo.toml",
            "[\"paystatus-client?/rustls-ring\"]",
            "[\"paystatus-client?/rustls\"]",
            25,
            "add `rustls-ring = [\"paystatus-client?/rustls-ring\"]`",
        ),
        ("crates/paystatus/Cargo.toml", ", optional = true", "", 16, "no optional dependency"),
        (
            "crates/paystatus/src/configuration.rs",
            "    provider!(\"acme\", asking, paystatus_acme::Acme),\n",
            "",
            1,
            "PROVIDERS lacks it",
        ),
        (
            "crates/paystatus/src/configuration.rs",
            "];",
            "    provider!(\"other\", asking, paystatus_other::Other),\n];",
            3,
            "there is no crate `paystatus-other`",
        ),
        ("crates/paystatus/src/lib.rs", "as acme", "as acme_inc", 2, "the crate is not re-exported"),
        ("crates/paystatus-cli/Cargo.toml", "[\"acme\"]", "[]", 14, "the command can't ask it"),
        (
            "crates/paystatus-cli/src/providers.rs",
            "acme",
            "other",
            1,
            "`paystatus providers` does not list it",
        ),
        ("Cargo.toml", ", default-features = false", "", 4, "needs `default-features = false`"),
        (
            "Cargo.toml",
            "crates/paystatus\", version = \"0.1.0\"",
            "crates/paystatus\"",
            3,
            "`paystatus` has no version",
        ),
        (
            "Cargo.toml",
            "crates/paystatus\", version = \"0.1.0\"",
            "crates/paystatus\", version = \"0.2.0\"",
            3,
            "write `version = \"0.1.0\"`",
        ),
    ] {
        finds_one(&format!("{file}:{line}"), message, |files| {
            let text = files.get_mut(file).unwrap();
            assert!(text.contains(from), "{file} lacks {from}");
            *text = text.replacen(from, to, 1);
        });
    }
    finds_one(
        "Cargo.toml:1",
        "add `paystatus-acme = { path = \"crates/paystatus-acme\", version = ",
        |files| {
            let text = files.get_mut("Cargo.toml").unwrap();
            *text = text
                .lines()
                .filter(|line| !line.starts_with("paystatus-acme"))
                .map(|line| format!("{line}\n"))
                .collect();
        },
    );
}

#[test]
fn a_missing_file_is_found() {
    for file in [
        "src/lib.rs",
        "src/provider.rs",
        "src/request.rs",
        "src/reply.rs",
        "src/status.rs",
        "src/error.rs",
        "tests/it/main.rs",
        "tests/it/conformance.rs",
        "tests/fixtures/README.md",
    ] {
        let file = format!("crates/paystatus-acme/{file}");
        finds_one(&format!("{file}:1"), "every provider crate has this file", |files| {
            files.remove(&file);
        });
    }
    for (file, message) in [
        ("docs/providers/acme.md", "the provider's page is missing"),
        ("crates/paystatus/README.md", "every package has one"),
        ("crates/paystatus/CHANGELOG.md", "every package has one"),
        ("crates/paystatus/LICENSE-APACHE", "run `cp LICENSE-APACHE crates/paystatus/`"),
    ] {
        finds_one(&format!("{file}:1"), message, |files| {
            files.remove(file);
        });
    }
}

#[test]
fn what_may_stand_in_no_file_is_found() {
    let long = "fn f() {}\n".repeat(601);
    // In pieces, so that this file has none of them.
    for (file, text, message) in [
        ("docs/providers/acme.md", "FILL IN: what it is.".to_owned(), "take FILL IN out"),
        ("crates/paystatus-acme/tests/it/conformance.rs", "// FILL IN: a row".to_owned(), "take FILL IN out"),
        ("docs/a.md", format!("see {}me/anna/notes", "/ho"), "the path of one machine"),
        ("a.rs", format!("const A: &str = \"{}ers/anna\";", "/Us"), "write a path from the root"),
        ("a.rs", format!("/// ```{}\n/// ```", "ignore"), "a code block that is never compiled"),
        ("a.md", format!("```rust,{}\n```", "ignore"), "a code block that is never compiled"),
        ("a.rs", format!("{}]\nfn f() {{}}", "#[ignore"), "a test that never runs"),
        ("a.rs", format!("{}!()", "todo"), "unfinished code"),
        ("a.rs", format!("{}!()", "unimplemented"), "unfinished code"),
        (
            "a.json",
            format!(
                "{{\"card\":\"{}\"}}",
                "4111".repeat(4).replace("41114111", "41111111").replace("11114111", "11111111")
            ),
            "a card number",
        ),
        ("a.md", format!("paid with {}-{}", "5555-5555", "5555-4444"), "masked"),
        ("a.rs", format!("// call +49 {} 901820", "30"), "a phone number"),
        ("a.json", format!("{{\"mobile\":\"98765{}\"}}", "43210"), "a phone number"),
        ("a.json", format!("{{\"vpa\":\"anna{}\"}}", "@okaxis"), "a UPI address"),
        ("a.md", format!("write to anna.b{}", "@gmail.com"), "a mail address"),
        ("a.toml", format!("key = \"sk_{}_{}\"", "live", "51HxAbCdEf0123456789"), "a live key"),
        ("a.toml", format!("key = \"{}{}\"", "aB3dE6gH9jK2mN5p", "Q8rS1tU4vW7xY0zA"), "a live key"),
        ("a.pem", format!("-----BEGIN PRIVATE {}", "KEY-----"), "a live key"),
        (
            "a.md",
            format!("{}.{}.{}", "eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiIxMjM0In0", "c2lnbmF0dXJl"),
            "a live key",
        ),
    ] {
        let (line, place) = (text.clone(), format!("{file}:1"));
        finds_one(&place, message, |files| {
            files.insert(file.to_owned(), line.clone());
        });
    }
    finds_one("crates/paystatus/src/long.rs:601", "more than 600: split it", |files| {
        files
            .insert("crates/paystatus/src/long.rs".into(), format!("{long}\n#[cfg(test)]\nmod tests {{}}\n"));
    });
}

#[test]
fn what_only_looks_like_it_is_left_alone() {
    let text = format!(
        "2026-11-20 10:55:14 +00:00, 1700000000000, 00000000-0000-4000-8000-000000000000, 0.4111111111111111,\n\
         411111****1111, 4111-1111, +1 202 555 0147, name @ Some(_), user@host, a@b.example, canary@mail.example.com,\n\
         docs/wo{}notes, {}\n",
        "rk/",
        "ab".repeat(32),
    );
    let source = "// todo! later\nconst A: &str = \"#[ignore] todo!()\";\nconst B: char = '\"';\nfn f() {}\n";
    assert_eq!(
        found(|files| {
            files.insert("docs/a.md".into(), text.clone());
            files.insert("a.rs".into(), source.into());
            let rows = "\n#[cfg(test)]\nmod tests {\n    const X: Row = Row::new(1);\n}\n";
            files.get_mut("crates/paystatus-acme/src/status.rs").unwrap().push_str(rows);
        }),
        [""; 0]
    );
}
