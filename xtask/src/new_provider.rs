//! `cargo xtask new-provider NAME --auth …`: a provider crate that compiles, wired in, with its facts to be filled in.

mod check;
mod wire;

use std::{fs, path::Path};

use clap::ValueEnum;
use xshell::{Shell, cmd};

use crate::tidy;

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

/// The files of a crate; Acme stands for the provider, and `~~` for the kinds of authentication that a line is for.
const FILES: &[(&str, &str)] = &[
    ("Cargo.toml", include_str!("../templates/Cargo.toml")),
    ("README.md", include_str!("../templates/README.md")),
    ("CHANGELOG.md", include_str!("../templates/CHANGELOG.md")),
    ("src/lib.rs", include_str!("../templates/src/lib.rs")),
    ("src/provider.rs", include_str!("../templates/src/provider.rs")),
    ("src/request.rs", include_str!("../templates/src/request.rs")),
    ("src/reply.rs", include_str!("../templates/src/reply.rs")),
    ("src/status.rs", include_str!("../templates/src/status.rs")),
    ("src/error.rs", include_str!("../templates/src/error.rs")),
    ("tests/it/main.rs", include_str!("../templates/tests/it/main.rs")),
    ("tests/it/conformance.rs", include_str!("../templates/tests/it/conformance.rs")),
    ("tests/fixtures/README.md", include_str!("../templates/tests/fixtures/README.md")),
];
const SIGN: (&str, &str) = ("src/sign.rs", include_str!("../templates/src/sign.rs"));
const PAGE: &str = include_str!("../templates/page.md");

/// The conformance tests that fail until the status table has the word of a success: those about a payment that is paid.
const FAILING: &[&str] = &[
    "rows::paid",
    "success_is_read",
    "body_unknown_field_is_ignored",
    "body_white_space_is_ignored",
    "amount_number",
    "amount_string",
    "amount_exponent",
    "amount_fraction",
    "amount_25_digits",
    "amount_beyond_float",
    "amount_zero",
    "amount_negative_zero",
    "amount_null",
    "amount_absent",
    "currency_absent",
    "currency_null",
];

/// Makes one provider, or checks that every kind can be made.
#[expect(clippy::print_stdout, reason = "this is a command")]
pub(crate) fn run(arguments: Arguments) -> Result<(), String> {
    let (Some(name), Some(auth)) = (&arguments.name, arguments.auth) else { return check::run() };
    let root = tidy::root();
    make(&root, name, arguments.type_name.as_deref(), auth)?;
    println!(
        "crates/paystatus-{name} compiles and knows no fact yet: its README has the list of what to fill in.\n\
         Until then `cargo test --package paystatus-{name}` fails, in these conformance tests only:\n  {}",
        FAILING.join("\n  ")
    );
    Ok(())
}

/// Writes the crate into a workspace and wires it in.
fn make(root: &Path, name: &str, type_name: Option<&str>, auth: Auth) -> Result<(), String> {
    let is_word = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    if !is_word || tidy::provider_names([format!("paystatus-{name}").as_str()]).is_empty() {
        return Err(format!("{name:?} can't be a provider: give one free word of small letters and digits"));
    }
    let folder = root.join(format!("crates/paystatus-{name}"));
    if folder.exists() {
        return Err(format!("{} is there already", folder.display()));
    }
    let names = Names::new(name, type_name);
    let write = |path: &Path, text: &str| {
        let made = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(path, text));
        made.map_err(|error| format!("{}: {error}", path.display()))
    };
    for (file, template) in FILES.iter().chain((auth == Auth::Signed).then_some(&SIGN)) {
        write(&folder.join(file), &names.put_into(&of_kind(template, auth)))?;
    }
    for licence in ["LICENSE-APACHE", "LICENSE-MIT"] {
        let copied = fs::copy(root.join(licence), folder.join(licence));
        copied.map_err(|error| format!("{licence}: {error}"))?;
    }
    write(&root.join(format!("docs/providers/{name}.md")), &names.put_into(PAGE))?;
    wire::wire(root, name, &names.type_name, keys(auth))?;

    let shell = Shell::new().map_err(|error| error.to_string())?;
    shell.change_dir(root);
    let package = format!("paystatus-{name}");
    cmd!(shell, "cargo fmt --package {package}").quiet().run().map_err(|error| error.to_string())
}

/// The configuration keys that an account of the kind needs.
fn keys(auth: Auth) -> &'static [&'static str] {
    match auth {
        Auth::Bearer => &["base_url", "access_token"],
        Auth::Basic => &["base_url", "user", "password"],
        Auth::Headers => &["base_url", "api_key", "api_secret"],
        Auth::Signed => &["base_url", "api_key", "signing_secret"],
    }
}

/// The template's lines for one kind of authentication.
fn of_kind(template: &str, auth: Auth) -> String {
    let kind = format!("{auth:?}").to_lowercase();
    let lines = template.lines().filter_map(|line| match line.split_once("~~ ") {
        None => Some(line.to_owned()),
        Some((text, kinds)) if kinds.split_whitespace().any(|word| word == kind) => {
            let text = text.trim_end_matches("//").trim_end_matches('#').trim_end_matches("<!--");
            Some(text.trim_end().to_owned())
        }
        Some(_) => None,
    });
    lines.map(|line| line + "\n").collect()
}

struct Names {
    name: String,
    type_name: String,
}

impl Names {
    fn new(name: &str, type_name: Option<&str>) -> Self {
        let capital = || name[..1].to_uppercase() + &name[1..];
        Self { name: name.to_owned(), type_name: type_name.map_or_else(capital, str::to_owned) }
    }

    fn put_into(&self, template: &str) -> String {
        let failing: Vec<String> = FAILING.iter().map(|test| format!("`{test}`")).collect();
        template
            .replace("ACME", &self.name.to_uppercase())
            .replace("Acme", &self.type_name)
            .replace("acme", &self.name)
            .replace("<failing>", &failing.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_written_for_its_kinds_only() {
        let template =
            "always\nmod sign; //~~ signed\nhmac = 1 #~~ basic signed\n- [ ] item <!--~~ basic -->\n";
        assert_eq!(of_kind(template, Auth::Signed), "always\nmod sign;\nhmac = 1\n");
        assert_eq!(of_kind(template, Auth::Basic), "always\nhmac = 1\n- [ ] item\n");
        assert_eq!(of_kind(template, Auth::Bearer), "always\n");
    }

    #[test]
    fn names_that_can_be_no_provider_are_refused() {
        for name in ["", "Acme", "acme-pay", "1st", "core", "sandbox", "resmic", "acme pay", "é"] {
            assert!(make(&tidy::root(), name, None, Auth::Bearer).is_err(), "{name}");
        }
    }

    #[test]
    fn no_template_keeps_a_mark() {
        for (file, template) in FILES.iter().chain([&SIGN, &("page", PAGE)]) {
            for auth in Auth::value_variants() {
                let text = Names::new("other", Some("OtherPay")).put_into(&of_kind(template, *auth));
                for mark in ["~~", "acme", "Acme", "ACME", "<failing>"] {
                    assert!(!text.contains(mark), "{file} keeps {mark}");
                }
            }
        }
    }
}
