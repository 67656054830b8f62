//! `cargo xtask new-provider NAME --auth …`: a provider crate that compiles, wired in, with its facts to be filled in.

use std::{fs, path::Path, time::Instant};

use anyhow::{Context, Result, ensure};
use clap::ValueEnum;
use xshell::{Shell, cmd};

use crate::{
    say, tidy, workspace,
    workspace::{Workspace, root},
};

/// What to make.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// One word in small letters: folder, feature and configuration value
    #[arg(required_unless_present = "check")]
    name: Option<String>,
    /// How the provider knows its customers
    #[arg(long, value_enum, required_unless_present = "check")]
    auth: Option<Auth>,
    /// The type's name, where it is not the name with a capital letter
    #[arg(long)]
    type_name: Option<String>,
    /// Make one of each kind in a copy of the workspace instead, build and test them
    #[arg(long, conflicts_with_all = ["name", "auth", "type_name"])]
    check: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Auth {
    /// `Authorization: Bearer …`
    Bearer,
    /// `Authorization: Basic …`
    Basic,
    /// Keys in headers of their own
    Headers,
    /// A key, and a signature over the request
    Signed,
}

macro_rules! templates {
    ($($to:literal from $file:literal),* $(,)?) => { &[$(($to, include_str!(concat!("../templates/", $file)))),*] };
}

/// The files; Acme stands for the provider, and `~~` for the kinds of authentication that a line is for.
const FILES: &[(&str, &str)] = templates![
    "crates/paystatus-acme/Cargo.toml" from "Cargo.toml",
    "crates/paystatus-acme/README.md" from "README.md",
    "crates/paystatus-acme/CHANGELOG.md" from "CHANGELOG.md",
    "crates/paystatus-acme/src/lib.rs" from "src/lib.rs",
    "crates/paystatus-acme/src/provider.rs" from "src/provider.rs",
    "crates/paystatus-acme/src/request.rs" from "src/request.rs",
    "crates/paystatus-acme/src/reply.rs" from "src/reply.rs",
    "crates/paystatus-acme/src/status.rs" from "src/status.rs",
    "crates/paystatus-acme/src/error.rs" from "src/error.rs",
    "crates/paystatus-acme/src/sign.rs" from "src/sign.rs",
    "crates/paystatus-acme/tests/it/main.rs" from "tests/it/main.rs",
    "crates/paystatus-acme/tests/it/conformance.rs" from "tests/it/conformance.rs",
    "crates/paystatus-acme/tests/fixtures/README.md" from "tests/fixtures/README.md",
    "crates/paystatus-sandbox/src/protocol/acme.rs" from "protocol.rs",
    "docs/providers/acme.md" from "page.md",
];

/// The lists: in which file, what their entries have in common, and the entry; the last line of an entry is its place.
const LISTS: [(&str, &str, &str); 6] = [
    (
        "Cargo.toml",
        "paystatus-",
        "paystatus-acme = { path = \"crates/paystatus-acme\", version = \"0.1.0\", default-features = false }\n",
    ),
    (
        "crates/paystatus/Cargo.toml",
        " = [\"dep:paystatus-",
        "## The Acme provider.\nacme = [\"dep:paystatus-acme\"]\n",
    ),
    (
        "crates/paystatus/Cargo.toml",
        ", optional = true }",
        "paystatus-acme = { workspace = true, optional = true }\n",
    ),
    (
        "crates/paystatus/src/providers.rs",
        "\" => paystatus_",
        "    \"acme\" => paystatus_acme::Acme as acme,\n",
    ),
    ("crates/paystatus-sandbox/src/protocol/mod.rs", "        mod ", "        mod acme;\n"),
    ("docs/SUMMARY.md", "](providers/", "  - [Acme](providers/acme.md)\n"),
];

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let (Some(name), Some(auth)) = (&arguments.name, arguments.auth) else { return check() };
    make(&root(), name, arguments.type_name.as_deref(), auth)?;
    say!("crates/paystatus-{name} compiles and knows no fact yet: `cargo xtask tidy` names every FILL IN");
    Ok(())
}

/// Writes the files into a workspace and the lines into its lists.
fn make(root: &Path, name: &str, type_name: Option<&str>, auth: Auth) -> Result<()> {
    let is_word = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    ensure!(is_word, "{name:?} can't be a provider: give one word of small letters and digits");
    let folder = root.join(format!("crates/paystatus-{name}"));
    ensure!(!folder.exists(), "{} is there already", folder.display());

    let type_name = type_name.map_or_else(|| name[..1].to_uppercase() + &name[1..], str::to_owned);
    let put_in = |text: &str| {
        let text = text.replace("ACME", &name.to_uppercase()).replace("Acme", &type_name);
        text.replace("acme", name)
    };
    for (file, template) in
        FILES.iter().filter(|(file, _)| auth == Auth::Signed || !file.ends_with("/sign.rs"))
    {
        let path = root.join(put_in(file));
        fs::create_dir_all(path.parent().context("a file is in a folder")?)?;
        fs::write(path, put_in(&of_kind(template, auth)))?;
    }
    for licence in ["LICENSE-APACHE", "LICENSE-MIT"] {
        #[cfg(unix)]
        std::os::unix::fs::symlink(format!("../../{licence}"), folder.join(licence))?;
        #[cfg(not(unix))]
        fs::copy(root.join(licence), folder.join(licence))?;
    }
    for (file, mark, entry) in LISTS {
        let path = root.join(file);
        let text = fs::read_to_string(&path)?;
        let text =
            with_entry(&text, mark, &put_in(entry)).with_context(|| format!("{file} lacks `{mark}`"))?;
        // The facade's feature for all providers is a list in a line.
        let all = text.lines().find(|line| line.starts_with("all = [") && file.ends_with(".toml"));
        let text = match all {
            Some(all) if !all.contains(&format!("\"{name}\"")) => text.replace(all, &in_order(all, name)),
            _ => text,
        };
        fs::write(path, text)?;
    }
    let shell = Shell::new()?;
    shell.change_dir(root);
    let package = format!("paystatus-{name}");
    Ok(cmd!(shell, "cargo fmt --package {package} --package paystatus-sandbox").quiet().run()?)
}

/// The template's lines for one kind of authentication.
fn of_kind(template: &str, auth: Auth) -> String {
    let kind = format!("{auth:?}").to_lowercase();
    let lines = template.lines().filter_map(|line| match line.split_once("~~ ") {
        None => Some(line),
        Some((text, kinds)) if kinds.split_whitespace().any(|word| word == kind) => {
            Some(text.trim_end_matches(['/', '#']).trim_end())
        }
        Some(_) => None,
    });
    lines.map(|line| format!("{line}\n")).collect()
}

/// The text with one more entry in a list, before the first whose last line is greater; all have the mark.
fn with_entry(text: &str, mark: &str, entry: &str) -> Option<String> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let own = entry.split_inclusive('\n').next_back()?;
    let is_entry =
        |line: &&&str| line.contains(mark) && line.starts_with(&own[..own.len() - own.trim_start().len()]);
    let last = lines.iter().rposition(|line| is_entry(&line))?;
    let place = lines.iter().position(|line| is_entry(&line) && *line > own);
    let above = entry.matches('\n').count() - 1;
    let at = place.map_or(last + 1, |place| place - above);
    Some([&lines[..at].concat(), entry, &lines[at..].concat()].concat())
}

/// `all = ["…", …]` with one name more.
fn in_order(all: &str, name: &str) -> String {
    let mut names: Vec<&str> = all.split('"').skip(1).step_by(2).chain([name]).collect();
    names.sort_unstable();
    format!("all = {names:?}")
}

/// Makes a provider of each kind in a copy of the workspace, and looks at what cargo and tidy say about them.
fn check() -> Result<()> {
    let begun = Instant::now();
    // Always at the same place, so that a second run finds what the first has built.
    let copy = workspace::target().join("xtask/new-provider");
    let _ = fs::remove_dir_all(&copy);
    Workspace::here()?.copy_to(&copy)?;
    let shell = Shell::new()?;
    shell.change_dir(&copy);
    let _target = shell.push_env("CARGO_TARGET_DIR", workspace::target());
    cmd!(shell, "git init --quiet").quiet().run()?;
    let untidy = tidy::check(&copy)?;

    let mut packages = Vec::new();
    for auth in Auth::value_variants() {
        let name = format!("trial{auth:?}").to_lowercase();
        make(&copy, &name, None, *auth)?;
        packages.extend(["--package".to_owned(), format!("paystatus-{name}")]);
    }
    let packages = packages.as_slice();
    cmd!(shell, "cargo fmt --all --check").quiet().run().context("what is made is not formatted")?;
    let all = ["--package", "paystatus", "--package", "paystatus-sandbox", "--features", "paystatus/all"];
    cmd!(shell, "cargo clippy --quiet {packages...} {all...} -- --deny warnings").quiet().run()?;
    cmd!(shell, "cargo test --quiet {packages...}").quiet().run()?;
    for finding in tidy::check(&copy)?.iter().filter(|finding| !untidy.contains(finding)) {
        ensure!(finding.contains("FILL IN"), "untidy, and not by what is left to the author: {finding}");
    }
    say!("one of each kind made, built and tested in {:.0} s", begun.elapsed().as_secs_f64());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_written_for_its_kinds_only() {
        let template = "always\nmod sign; //~~ signed\nhmac = 1 #~~ basic signed\n";
        assert_eq!(of_kind(template, Auth::Signed), "always\nmod sign;\nhmac = 1\n");
        assert_eq!(of_kind(template, Auth::Basic), "always\nhmac = 1\n");
        assert_eq!(of_kind(template, Auth::Bearer), "always\n");
    }

    #[test]
    fn names_that_can_be_no_provider_are_refused() {
        for name in ["", "Acme", "acme-pay", "1st", "core", "sandbox", "acme pay", "é"] {
            assert!(make(&root(), name, None, Auth::Bearer).is_err(), "{name}");
        }
    }

    #[test]
    fn an_entry_comes_where_its_name_belongs() {
        let list = "[x]\n## B\nb = 1 !\n## D\nd = 1 !\nother\n";
        assert_eq!(
            with_entry(list, " !", "## C\nc = 1 !\n").unwrap(),
            "[x]\n## B\nb = 1 !\n## C\nc = 1 !\n## D\nd = 1 !\nother\n"
        );
        assert_eq!(
            with_entry(list, " !", "## E\ne = 1 !\n").unwrap(),
            "[x]\n## B\nb = 1 !\n## D\nd = 1 !\n## E\ne = 1 !\nother\n"
        );
        assert_eq!(with_entry(list, "no such mark", "c\n"), None);
        assert_eq!(in_order("all = [\"a\", \"c\"]", "b"), "all = [\"a\", \"b\", \"c\"]");
    }
}
