use std::collections::BTreeMap;

use super::*;

#[test]
fn the_tree_is_tidy() {
    let findings = check(&workspace::root()).unwrap();
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

type Files = BTreeMap<String, String>;

/// A small tree in which everything is as it should be, with one provider.
fn tidy_tree() -> Files {
    const MANIFEST: &str = "[package]\nname = \"paystatus-acme\"\nedition.workspace = true\n\
        license.workspace = true\nrust-version.workspace = true\nreadme = \"README.md\"\nauthors.workspace = true\n\
        documentation = \"https://docs.rs/paystatus-acme\"\ncategories.workspace = true\nkeywords.workspace = true\n\
        include = [\"/src\", \"/CHANGELOG.md\", \"/LICENSE-*\", \"/README.md\"]\n\n\
        [features]\nclient = [\"dep:paystatus-client\"]\nblocking = [\"client\", \"paystatus-client?/blocking\"]\n\
        rustls = [\"paystatus-client?/rustls\"]\nrustls-ring = [\"paystatus-client?/rustls-ring\"]\n\
        native-tls = [\"paystatus-client?/native-tls\"]\n\n\
        [dependencies]\nhttp.workspace = true\n\n[dev-dependencies]\n\
        paystatus-testkit = { path = \"../paystatus-testkit\" }\n\n[package.metadata.docs.rs]\n\
        rustdoc-args = [\"--cfg\", \"docsrs\", \"--generate-link-to-definition\"]\n\n[lints]\nworkspace = true\n";
    let mut files = Files::new();
    for file in one_folder::FILES {
        files.insert(format!("crates/paystatus-acme/{file}"), String::new());
    }
    files.extend([
        ("crates/paystatus-acme/Cargo.toml".to_owned(), MANIFEST.to_owned()),
        ("crates/paystatus-sandbox/src/protocol/acme.rs".to_owned(), String::new()),
        (
            "docs/providers/acme.md".to_owned(),
            "411111****1111, +1 202 555 0100, canary@example.com\n".to_owned(),
        ),
    ]);
    for list in one_folder::LISTS {
        files.insert(list.to_owned(), "first\nacme\n".to_owned());
    }
    for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
        files.insert(format!("crates/paystatus-acme/{licence}"), format!("../../{licence}"));
    }
    files
}

/// Makes the tidy tree with one change and gives what is then found.
fn found(change: impl FnOnce(&mut Files)) -> Vec<String> {
    let mut files = tidy_tree();
    change(&mut files);
    let folder = tempfile::tempdir().unwrap();
    let shell = Shell::new().unwrap();
    shell.change_dir(folder.path());
    cmd!(shell, "git init --quiet").quiet().run().unwrap();
    for (file, text) in &files {
        // What is in a file is looked at, not whether it is a link.
        shell.write_file(file, text).unwrap();
    }
    check(folder.path()).unwrap()
}

#[track_caller]
fn finds_one(place: &str, message: &str, change: impl FnOnce(&mut Files)) {
    let found = found(change);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].starts_with(&format!("{place}: ")) && found[0].contains(message), "{found:#?}");
}

#[test]
fn nothing_is_found_in_a_tidy_tree() {
    assert_eq!(found(|_| {}), [""; 0]);
}

#[test]
fn a_wrong_line_of_a_manifest_is_found() {
    for (from, to, line, message) in [
        ("name = \"paystatus-acme\"", "name = \"acme\"", 1, "write `name = \"paystatus-acme\"`"),
        ("edition.workspace = true", "edition = \"2024\"", 1, "write `edition.workspace = true`"),
        ("[lints]\nworkspace = true", "[lints.rust]", 1, "write `[lints]` and below it `workspace = true`"),
        ("[\"/src\", ", "[\"/src\", \"/tests\", ", 1, "write `include = "),
        ("\"docsrs\", ", "", 1, "write `rustdoc-args = "),
        ("[\"paystatus-client?/rustls-ring\"]", "[]", 1, "write `rustls-ring = "),
        ("http.workspace = true", "http = \"1\"", 21, "write `http.workspace = true`"),
        (
            "{ path = \"../paystatus-testkit\" }",
            "{ workspace = true }",
            24,
            "write `paystatus-testkit = { path",
        ),
    ] {
        finds_one(&format!("crates/paystatus-acme/Cargo.toml:{line}"), message, |files| {
            let text = files.get_mut("crates/paystatus-acme/Cargo.toml").unwrap();
            assert!(text.contains(from), "{from}");
            *text = text.replacen(from, to, 1);
        });
    }
    finds_one(
        "crates/paystatus-acme/LICENSE-MIT:1",
        "run `ln -sf ../../LICENSE-MIT crates/paystatus-acme/`",
        |files| {
            files.insert("crates/paystatus-acme/LICENSE-MIT".into(), "a copy".into());
        },
    );
}

#[test]
fn a_provider_outside_of_its_folder_is_found() {
    for (file, text, message) in [
        (
            "crates/paystatus-core/src/lib.rs",
            "\nconst ACME: &str = \"\";\nacme\n",
            "and in 1 lines more, outside of crates/paystatus-acme/: a provider is one folder",
        ),
        ("xtask/Cargo.toml", "\nfeatures = [\"acme\"]\n", "outside of crates/paystatus-acme/"),
        ("docs/verify.md", "\nAcme tells nothing about refunds.\n", "ask `Facts`"),
        ("crates/paystatus/src/providers.rs", "acme\nacme again\n", "one line of this list is enough"),
    ] {
        finds_one(&format!("{file}:2"), message, |files| {
            files.insert(file.to_owned(), text.to_owned());
        });
    }
    finds_one("docs/SUMMARY.md:1", "`acme`: a line is missing in this list", |files| {
        files.insert("docs/SUMMARY.md".into(), "nobody\n".into());
    });
    for file in ["crates/paystatus-acme/src/error.rs", "docs/providers/acme.md"] {
        finds_one(&format!("{file}:1"), "every provider has this file", |files| {
            files.remove(file);
        });
    }
    finds_one("docs/verify.md:1", "ask `Facts`", |files| {
        files.insert("docs/verify.md".into(), "Acme's page (<https://docs.acme.example/verify>)\n".into());
    });
    let source = "Asks every ten seconds ([a description](https://docs.acme.example/acme)).\n";
    assert_eq!(found(|files| drop(files.insert("docs/verify.md".into(), source.into()))), [""; 0]);
    let allowed = ["Cargo.lock", "crates/paystatus/CHANGELOG.md", "crates/paystatus/public-api.txt"];
    assert_eq!(
        found(|files| files.extend(allowed.map(|file| (file.to_owned(), "acme\n".to_owned())))),
        [""; 0]
    );
}

#[test]
fn what_may_stand_in_no_file_is_found() {
    // In pieces, so that this file has none of them.
    let join = |pieces: &[&str]| pieces.concat();
    for (file, text, message) in [
        ("docs/providers/acme.md", "FILL IN: what it is.".to_owned(), "take FILL IN out"),
        ("docs/a.md", join(&["see /ho", "me/anna/notes"]), "write a path from the root"),
        ("a.rs", join(&["/// ```", "ignore\n/// ```"]), "a code block that is never compiled"),
        ("a.md", join(&["```rust,", "ignore\n```"]), "a code block that is never compiled"),
        ("a.rs", join(&["#[ig", "nore]\nfn f() {}"]), "a test that never runs"),
        ("a.json", join(&["{\"card\":\"4111", "111111111111\"}"]), "a card number"),
        ("a.md", join(&["paid with 5555-5555", "-5555-4444"]), "masked"),
        ("a.rs", join(&["// call +49 30", " 901820"]), "a phone number"),
        ("a.json", join(&["{\"mobile\":\"98765", "43210\"}"]), "a phone number"),
        ("a.json", join(&["{\"vpa\":\"anna", "@okaxis\"}"]), "a UPI address"),
        ("a.md", join(&["write to anna.b", "@gmail.com"]), "a mail address"),
        ("a.toml", join(&["key = \"sk_", "live_51HxAbCdEf0123456789\""]), "a live key"),
        ("a.toml", join(&["key = \"aB3dE6gH9jK2mN5p", "Q8rS1tU4vW7xY0zA\""]), "a live key"),
        ("a.pem", join(&["-----BEGIN PRIVATE ", "KEY-----"]), "a live key"),
        ("a.md", join(&["eyJhbGciOiJIUzI1NiJ9.", "eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl"]), "a live key"),
    ] {
        finds_one(&format!("{file}:1"), message, |files| {
            files.insert(file.to_owned(), text);
        });
    }
    finds_one("crates/paystatus/src/long.rs:601", "more than 600: split it", |files| {
        let text = format!("{}\n#[cfg(test)]\nmod tests {{}}\n", "fn f() {}\n".repeat(601));
        files.insert("crates/paystatus/src/long.rs".into(), text);
    });
}

#[test]
fn what_only_looks_like_it_is_left_alone() {
    let sample = ["somebody@mail", ".com"].concat();
    let text = format!(
        "2026-11-20 10:55:14 +00:00, 1700000000000, 00000000-0000-4000-8000-000000000000, 0.4111111111111111,\n\
         411111****1111, 4111-1111, +1 202 555 0147, name @ Some(_), user@host, a@b.example, canary@mail.example.com,\n\
         docs/wo{}notes, {}, {sample}\n",
        "rk/",
        "ab".repeat(32),
    );
    let found = found(|files| {
        files.insert("docs/a.md".into(), text);
        let source = format!("`{sample}` is the customer in Acme's documentation\n");
        files.insert("crates/paystatus-acme/tests/fixtures/README.md".into(), source);
    });
    assert_eq!(found, [""; 0]);
}
