//! Makes a provider of each kind in a copy of the workspace, and looks at what cargo and tidy say about them.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    time::Instant,
};

use clap::ValueEnum;
use xshell::{Shell, cmd};

use super::{Auth, FAILING, make};
use crate::tidy;

#[expect(clippy::print_stdout, reason = "this is a command")]
pub(super) fn run() -> Result<(), String> {
    let begun = Instant::now();
    let root = tidy::root().canonicalize().map_err(|error| error.to_string())?;
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |dir| root.join(dir));
    // Always at the same place, so that a second run finds what the first has built.
    let copy = target.join("xtask/new-provider");
    let _ = fs::remove_dir_all(&copy);
    copy_folder(&root, &copy).map_err(|error| format!("{}: {error}", copy.display()))?;

    let names: Vec<String> =
        Auth::value_variants().iter().map(|auth| format!("trial{auth:?}").to_lowercase()).collect();
    for (name, auth) in names.iter().zip(Auth::value_variants()) {
        make(&copy, name, None, *auth)?;
    }
    let shell = Shell::new().map_err(|error| error.to_string())?;
    shell.change_dir(&copy);
    let _target = shell.push_env("CARGO_TARGET_DIR", &target);
    let packages: Vec<String> =
        names.iter().flat_map(|name| ["--package".to_owned(), format!("paystatus-{name}")]).collect();

    let packages = packages.as_slice();
    let formatted =
        cmd!(shell, "cargo fmt {packages...} --package paystatus --package paystatus-cli --check")
            .quiet()
            .run();
    formatted.map_err(|_| "what is made is not formatted")?;
    let clippy = cmd!(
        shell,
        "cargo clippy --offline --quiet {packages...} --package paystatus-cli --all-targets -- --deny warnings"
    );
    clippy.quiet().run().map_err(|_| format!("what is made does not compile: see {}", copy.display()))?;

    let expected: BTreeMap<String, usize> =
        FAILING.iter().map(|test| (format!("conformance::{test}"), names.len())).collect();
    compare("the failing tests", &expected, &failing(&shell, packages)?)?;
    let left: BTreeMap<String, usize> = names.iter().flat_map(|name| left_to_the_author(name)).collect();
    compare("the untidy files", &left, &untidy(&copy)?)?;

    names.iter().try_for_each(|name| fill_in(&copy, name).map_err(|error| format!("{name}: {error}")))?;
    compare("the tests that fail once facts are filled in", &BTreeMap::new(), &failing(&shell, packages)?)?;
    compare("what is untidy once facts are filled in", &BTreeMap::new(), &untidy(&copy)?)?;
    println!(
        "{} made, built and tested in {:.0} s: before the facts are filled in these fail, and after it none:\n  {}",
        names.join(", "),
        begun.elapsed().as_secs_f64(),
        FAILING.join("\n  ")
    );
    Ok(())
}

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (name, kind) = (entry.file_name(), entry.file_type()?);
        if name == ".git" || name == "target" {
            continue;
        }
        let to: PathBuf = to.join(name);
        if kind.is_dir() {
            copy_folder(&entry.path(), &to)?;
        } else if kind.is_file() {
            fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}

/// The names of the tests that fail, and in how many crates.
fn failing(shell: &Shell, packages: &[String]) -> Result<BTreeMap<String, usize>, String> {
    let command = cmd!(shell, "cargo test --offline --no-fail-fast {packages...}");
    let output = command.quiet().ignore_status().output().map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stdout);
    let mut failing = BTreeMap::new();
    for name in said.lines().filter_map(|line| line.strip_prefix("test ")?.strip_suffix(" ... FAILED")) {
        *failing.entry(name.to_owned()).or_insert(0) += 1;
    }
    if failing.is_empty() && !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    Ok(failing)
}

fn untidy(copy: &Path) -> Result<BTreeMap<String, usize>, String> {
    let mut files = BTreeMap::new();
    for finding in tidy::check(copy)? {
        *files.entry(finding.file().to_owned()).or_insert(0) += 1;
    }
    Ok(files)
}

fn compare(
    what: &str,
    expected: &BTreeMap<String, usize>,
    found: &BTreeMap<String, usize>,
) -> Result<(), String> {
    if expected == found {
        return Ok(());
    }
    Err(format!("{what} are not those that the README announces:\nexpected {expected:#?}\nfound {found:#?}"))
}

/// The files of a new provider that are untidy until its author has written in them, and how often.
fn left_to_the_author(name: &str) -> [(String, usize); 4] {
    let of_crate = |file: &str, lines| (format!("crates/paystatus-{name}/{file}"), lines);
    [
        of_crate("README.md", 2),
        of_crate("src/status.rs", 1),
        of_crate("tests/it/conformance.rs", 4),
        (format!("docs/providers/{name}.md"), 1),
    ]
}

/// Puts in one fact, as an author would: a word, what it means, and where that was read.
fn fill_in(copy: &Path, name: &str) -> io::Result<()> {
    let replace = |file: &str, from: &str, to: &str| {
        let path = copy.join(format!("crates/paystatus-{name}/{file}"));
        let text = fs::read_to_string(&path)?;
        if !text.contains(from) {
            return Err(io::Error::other(format!("{file} lacks {from:?}")));
        }
        fs::write(&path, text.replace(from, to))
    };
    replace("src/status.rs", "use paystatus_core::{Meaning, Row};", "use paystatus_core::*;")?;
    replace(
        "src/status.rs",
        "&[Row<&str>] = &[];",
        "&[Row<&str>] = &[Row::new(\"settled\", Status::Paid, Finality::Final, Funds::Taken, DOCS)];\n\
         const DOCS: Source = Source::new(\"https://docs.example.com\", \"2026-11\");",
    )?;
    replace(
        "tests/it/conformance.rs",
        "const PAID_WORD: &str = \"FILL IN\";",
        "const PAID_WORD: &str = \"settled\";",
    )?;
    replace("README.md", "| anything |", "| `settled` | paid | final | taken |\n| anything else |")?;
    for (file, _) in left_to_the_author(name) {
        let text = fs::read_to_string(copy.join(&file))?;
        // A section ends its file, a line only itself.
        let text = text.split_once("\n## FILL IN").map_or(text.as_str(), |(before, _)| before);
        let done: Vec<&str> = text.lines().filter(|line| !line.contains("FILL IN")).collect();
        fs::write(copy.join(&file), done.join("\n") + "\n")?;
    }
    Ok(())
}
