//! What may stand in no file: machine paths, switched-off tests, what is unfinished, files that tell many stories.

use super::{Findings, Tree, line_at, rust};

/// A source file without its tests may be this long.
const LONGEST: usize = 600;

pub(crate) fn check(tree: &Tree, findings: &mut Findings) {
    for (file, text) in tree.iter() {
        machine_paths(file, text, findings);
        if file.starts_with("crates/") || file.starts_with("docs/providers/") {
            left_to_the_author(file, text, findings);
        }
        if file.ends_with(".md") || file.ends_with(".rs") {
            ignored_blocks(file, text, findings);
        }
        if file.ends_with(".rs") && !file.starts_with("xtask/templates/") {
            unfinished(file, text, findings);
            if file.contains("/src/") && !file.ends_with("/tests.rs") {
                length(file, text, findings);
            }
        }
    }
}

fn machine_paths(file: &str, text: &str, findings: &mut Findings) {
    // In two pieces, so that this file has none.
    let paths =
        ["/ho me/", "/ro ot/", "/Us ers/", "/wo rk/", r"C:\Us ers\"].map(|path| path.replace(' ', ""));
    for (index, line) in text.lines().enumerate() {
        for path in paths.iter().filter(|path| begins_a_path(line, path)) {
            let message =
                format!("the path of one machine, `{path}…`: write a path from the root of the repository");
            findings.add(file, index + 1, message);
        }
    }
}

/// Tells whether the path stands alone, not inside of another such as `docs/work/`.
fn begins_a_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|before| before.is_alphanumeric() || "._-}".contains(before))
    })
}

/// A generated provider says where its author's facts belong; the pages about that have the words too.
fn left_to_the_author(file: &str, text: &str, findings: &mut Findings) {
    for (index, _) in text.lines().enumerate().filter(|(_, line)| line.contains("FILL IN")) {
        let message = "what `cargo xtask new-provider` left to its author: write what is asked for, and take FILL IN out";
        findings.add(file, index + 1, message);
    }
}

fn ignored_blocks(file: &str, text: &str, findings: &mut Findings) {
    for (index, line) in text.lines().enumerate() {
        let line = line.trim_start().trim_start_matches(['/', '!']).trim_start();
        if line.strip_prefix("```").is_some_and(|info| info.split(',').any(|word| word.trim() == "ignore")) {
            let message = "a code block that is never compiled: take `ignore` out, \
                           or write `no_run` if it needs a real network, or `text` if it is no code";
            findings.add(file, index + 1, message);
        }
    }
}

fn unfinished(file: &str, text: &str, findings: &mut Findings) {
    let code = rust::code(text);
    for (what, message) in [
        ("#[ignore", "a test that never runs: let it run, or delete it"),
        ("todo!", "unfinished code: finish it, or return an error that says what is not supported"),
        ("unimplemented!", "unfinished code: finish it, or return an error that says what is not supported"),
    ] {
        for (at, _) in code.match_indices(what) {
            findings.add(file, line_at(&code, at), format!("`{what}`: {message}"));
        }
    }
}

fn length(file: &str, text: &str, findings: &mut Findings) {
    let lines = rust::tests_at(text).map_or(text, |at| &text[..at]).lines().count();
    if lines > LONGEST {
        let message = format!(
            "{lines} lines without tests, more than {LONGEST}: split it where its second story begins"
        );
        findings.add(file, LONGEST + 1, message);
    }
}
