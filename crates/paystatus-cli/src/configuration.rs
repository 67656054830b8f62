use std::path::PathBuf;

use paystatus::{Configuration, Error, ErrorKind, StatusClient};
use paystatus_sandbox::Sandbox;

use crate::{args::Args, output::Source};

/// An open account.
pub(crate) struct Account {
    pub(crate) name: String,
    pub(crate) client: Box<dyn StatusClient>,
}

impl Account {
    /// Opens an account; no other account's secrets are touched.
    pub(crate) fn open(configuration: &Configuration, name: &str) -> Result<Self, Error> {
        Ok(Self { name: name.to_owned(), client: configuration.open(name)? })
    }

    /// Whose its answers are.
    pub(crate) fn source(&self) -> Source<'_> {
        let (provider, allows_test_money) = (self.client.provider(), self.client.allows_test_money());
        Source { account: Some(&self.name), provider, allows_test_money }
    }
}

/// The configuration that the arguments name, and the sandbox that it may be about.
pub(crate) async fn read(args: &Args) -> Result<(Configuration, Option<Sandbox>), Error> {
    if args.sandbox {
        let (configuration, sandbox) = start_sandbox().await?;
        return Ok((configuration, Some(sandbox)));
    }
    Ok((Configuration::from_file(find(args.config.as_ref())?)?, None))
}

/// A sandbox on a free port, and its accounts.
pub(crate) async fn start_sandbox() -> Result<(Configuration, Sandbox), Error> {
    let sandbox = Sandbox::start().await.map_err(|error| {
        Error::new(ErrorKind::Config, format!("the sandbox could not be started on this machine: {error}"))
    })?;
    Ok((Configuration::from_toml(&sandbox.accounts_toml())?, sandbox))
}

/// Where the configuration is: named, in the environment, here, or in the user's own folder.
fn find(named: Option<&PathBuf>) -> Result<PathBuf, Error> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(path) = named.cloned().or_else(|| variable("PAYSTATUS_CONFIG")) {
        return Ok(path);
    }
    let users = variable("XDG_CONFIG_HOME")
        .or_else(|| variable("APPDATA"))
        .or_else(|| variable("HOME").map(|home| home.join(".config")))
        .map(|folder| folder.join("paystatus").join("paystatus.toml"));
    let candidates = [Some(PathBuf::from("paystatus.toml")), users];
    candidates.iter().flatten().find(|path| path.is_file()).cloned().ok_or_else(|| {
        let looked = candidates.iter().flatten().map(|path| path.display().to_string()).collect::<Vec<_>>();
        let why = format!(
            "there is no configuration: write one of {}, name one with --config or $PAYSTATUS_CONFIG, \
             or try it without one: paystatus --sandbox",
            looked.join(", ")
        );
        Error::new(ErrorKind::Config, why)
    })
}
