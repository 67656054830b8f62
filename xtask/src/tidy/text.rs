//! What may stand in no file: machine paths, switched-off tests, what is unfinished, files that tell many stories.

use super::{Findings, Tree};

/// A source file without its tests may be this long.
const LONGEST: usize = 600;

pub(crate) fn check(tree: &Tree, findings: &mut Findings) {
    // In two pieces, so that this file has none.
    let paths =
        ["/ho me/", "/ro ot/", "/Us ers/", "/wo rk/", r"C:\Us ers\"].map(|path| path.replace(' ', ""));
    for (file, text) in tree.iter() {
        for (index, line) in text.lines().enumerate() {
            if let Some(path) = paths.iter().find(|path| begins_a_path(line, path)) {
                let message = "write a path from the root of the repository";
                findings.add(file, index + 1, format!("the path of one machine, `{path}…`: {message}"));
            }
            if line.contains("FILL IN")
                && (file.starts_with("crates/") || file.starts_with("docs/providers/"))
            {
                let message = "what `cargo xtask new-provider` left to its author: write what is asked for, and take FILL IN out";
                findings.add(file, index + 1, message);
            }
            let code = line.trim_start().trim_start_matches(['/', '!']).trim_start();
            let is_ignored = |info: &str| info.split(',').any(|word| word.trim() == "ignore");
            if code.strip_prefix("```").is_some_and(is_ignored) {
                let message = "a code block that is never compiled: take `ignore` out, \
                               or write `no_run` if it needs a real network, or `text` if it is no code";
                findings.add(file, index + 1, message);
            }
            if line.trim_start().starts_with("#[ignore") && file.ends_with(".rs") {
                findings.add(file, index + 1, "a test that never runs: let it run, or delete it");
            }
        }
        if file.ends_with(".rs") && file.contains("/src/") && !file.ends_with("/tests.rs") {
            let tests = text.find("\n#[cfg(test)]\nmod ").unwrap_or(text.len());
            let lines = text[..tests].lines().count();
            if lines > LONGEST {
                let message = "split it where its second story begins";
                findings.add(
                    file,
                    LONGEST + 1,
                    format!("{lines} lines without tests, more than {LONGEST}: {message}"),
                );
            }
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
