//! A provider is one folder: its name stands nowhere else but where it must, so that thirty are no more work than five.

use super::{Findings, Tree};

/// The files that every provider has, beside what `cargo` asks for.
pub(super) const FILES: [&str; 10] = [
    "README.md",
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

/// Manifests and what is generated may name providers as often as they like.
const FREE: [&str; 4] = ["Cargo.toml", "Cargo.lock", "crates/paystatus/Cargo.toml", "fuzz/Cargo.lock"];

/// The lists: one line for each provider.
pub(super) const LISTS: [&str; 3] =
    ["crates/paystatus/src/providers.rs", "crates/paystatus-sandbox/src/protocol/mod.rs", "docs/SUMMARY.md"];

/// What pages, examples, documentation comments, benchmarks and the tests of what all share show,
/// so that these are real crates: the first five, and no later one.
const MODELS: [&str; 5] = ["akurateco", "bearer", "commitup", "resmic", "upitranzact"];

/// Providers whose name is a word of the language, also of other providers' protocols:
/// of these only `paystatus-name` is seen, and `"name"` in a line about a provider.
const WORDS: [&str; 5] = ["bearer", "checkout", "square", "tap", "toss"];

const REMEDY: &str = "a provider is one folder; ask `Facts` for what this is about, or move it there";

pub(crate) fn check(tree: &Tree, findings: &mut Findings) {
    for name in tree.providers() {
        let own = [
            format!("crates/paystatus-{name}/"),
            format!("crates/paystatus-sandbox/src/protocol/{name}.rs"),
            format!("docs/providers/{name}.md"),
        ];
        let files = FILES.map(|file| format!("{}{file}", own[0]));
        for missing in files.iter().chain(&own[1..]).filter(|file| tree.get(file).is_none()) {
            let message = "every provider has this file: `cargo xtask new-provider` shows how it begins";
            findings.add(missing, 1, message);
        }
        let is_theirs = |file: &str| {
            // What is past is told as it was.
            let is_past = file.ends_with("/CHANGELOG.md") || file.starts_with("docs/decisions/");
            let is_free = is_past || file.ends_with("/public-api.txt");
            !is_free
                && !FREE.contains(&file)
                && !file.starts_with("xtask/src/tidy/")
                && !own.iter().any(|own| file.starts_with(own))
        };
        for (file, text) in tree.iter().filter(|(file, _)| is_theirs(file)) {
            let shows = ["examples/", "tests/", "xtask/src/release/", "crates/paystatus-bench/"]
                .iter()
                .any(|part| file.contains(part));
            let is_page = shows || file.ends_with(".md");
            let named = lines_with(text, name).filter(|(_, line)| {
                let line = line.trim_start();
                if is_page && !names(&without_addresses(line), name) {
                    return false;
                }
                !(MODELS.contains(&name) && (is_page || line.starts_with("///") || line.starts_with("//!")))
            });
            let allowed = usize::from(LISTS.contains(&file));
            let mut lines = named.map(|(line, _)| line).skip(allowed);
            let Some(line) = lines.next() else { continue };
            let message = match (allowed, lines.count()) {
                (1, _) => "one line of this list is enough".to_owned(),
                (_, 0) => format!("outside of {}: {REMEDY}", own[0]),
                (_, more) => format!("here, and in {more} lines more, outside of {}: {REMEDY}", own[0]),
            };
            findings.add(file, line, format!("`{name}`: {message}"));
        }
        for list in LISTS {
            if tree.get(list).is_some_and(|text| !text.to_ascii_lowercase().contains(name)) {
                findings.add(list, 1, format!("`{name}`: a line is missing in this list"));
            }
        }
    }
}

/// The lines that name a provider, from 1, without what is generated.
fn lines_with<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = (usize, &'a str)> {
    let mut is_generated = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        is_generated =
            (is_generated || line.starts_with("<!-- generated: ")) && line != "<!-- /generated -->";
        (!is_generated && names(line, name)).then_some((index + 1, line))
    })
}

/// A line without its web addresses: a page may name its sources.
fn without_addresses(line: &str) -> String {
    let ends = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '"' | '`');
    line.split(ends).filter(|word| !word.contains("://")).collect::<Vec<_>>().join(" ")
}

/// Whether a line has the name, in whatever case, as a word or as the beginning of a longer name such as `AcmeReply`.
fn names(line: &str, name: &str) -> bool {
    let lower = line.to_ascii_lowercase();
    lower.match_indices(name).any(|(at, _)| {
        let (before, after) = (&line[..at], &line[at + name.len()..]);
        if WORDS.contains(&name) {
            let is_crate = before.ends_with("paystatus-") || before.ends_with("paystatus_");
            let is_quoted = before.ends_with('"') && line[at..].starts_with(name) && after.starts_with('"');
            return is_crate || is_quoted && lower.contains("provider");
        }
        let goes_on = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        !before.ends_with(|c: char| c.is_ascii_alphanumeric()) && !after.starts_with(goes_on)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_word_or_begins_one() {
        for line in [
            "acme",
            "Acme's",
            "paystatus_acme::X",
            "struct AcmeReply;",
            "ACME_KEY",
            "\"acme\"",
            "fn acme_ask()",
        ] {
            assert!(names(line, "acme"), "{line}");
        }
        for line in ["acmes", "0xAcme", "racme", "acme2", "nothing"] {
            assert!(!names(line, "acme"), "{line}");
        }
    }

    #[test]
    fn a_word_of_the_language_counts_where_it_can_only_be_the_provider() {
        for line in ["paystatus-square", "use paystatus_square::X;", "provider = \"square\""] {
            assert!(names(line, "square"), "{line}");
        }
        for line in ["a square bracket", "Square", "\"a square\"", "\"Square\"", "[\"v2\", \"square\"]"] {
            assert!(!names(line, "square"), "{line}");
        }
    }

    #[test]
    fn what_is_generated_names_nobody() {
        let text = "<!-- generated: providers -->\nacme\n<!-- /generated -->\nacme\n";
        assert_eq!(lines_with(text, "acme").collect::<Vec<_>>(), [(4, "acme")]);
    }
}
