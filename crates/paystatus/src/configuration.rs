use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use paystatus_client::{Client, Settings, Transport};
use paystatus_core::{Error, ErrorKind, Pace, Provider, SignsCallbacks, StatusClient};
use serde::{Deserialize, de::DeserializeOwned};
use toml::{Table, Value};

use crate::{
    Accounts,
    accounts::unknown_account,
    file,
    setting::{Section, listed, nearest},
};

/// The largest configuration that is read, in bytes.
const MAX_CONFIGURATION: u64 = 8 << 20;

/// The accounts that a configuration names, not yet opened: no secret is fetched before its account is.
///
/// Accounts with the same connect timeout share their connections, whether they are opened together or one by one.
///
/// ```
/// use paystatus::Configuration;
///
/// # #[cfg(feature = "resmic")] {
/// let configuration = Configuration::from_toml(r#"
///     [accounts.shop]
///     provider = "resmic"
///     api_key = "<api key>"
///     user_id = { env = "THIS_IS_NOT_SET" }
///     timeout = "5s"
/// "#)?;
/// assert_eq!(configuration.names().collect::<Vec<_>>(), ["shop"]);
///
/// let error = configuration.open("shop").err().unwrap();
/// assert_eq!(
///     error.to_string(),
///     "account `shop`: `user_id` is to come from the environment variable `THIS_IS_NOT_SET`, which is not set",
/// );
/// # }
/// # Ok::<(), paystatus::Error>(())
/// ```
pub struct Configuration {
    accounts: BTreeMap<String, Table>,
    folder: PathBuf,
    /// What the accounts that were opened so far connect with, by connect timeout.
    transports: Mutex<HashMap<Duration, Transport>>,
}

/// What can be made out of an account's own settings.
struct Provides {
    client: MakeClient,
    /// Nothing for a provider that signs no callbacks.
    callbacks: Option<MakeCallbacks>,
}

type MakeClient = fn(Section<'_>, Settings, &Transport) -> Result<Box<dyn StatusClient>, Error>;
type MakeCallbacks = fn(Section<'_>) -> Result<Box<dyn SignsCallbacks>, Error>;

/// One line of [`PROVIDERS`]: name and feature, whether it signs its callbacks, and its type.
macro_rules! provider {
    ($name:literal, $makes:ident, $provider:ty) => {{
        #[cfg(feature = $name)]
        const PROVIDES: Option<Provides> = Some($makes::<$provider>());
        #[cfg(not(feature = $name))]
        const PROVIDES: Option<Provides> = None;
        ($name, PROVIDES)
    }};
}

/// Every provider, and what this build makes of it, if it does.
const PROVIDERS: &[(&str, Option<Provides>)] = &[
    provider!("akurateco", signing, paystatus_akurateco::Akurateco),
    provider!("bearer", asking, paystatus_bearer::Bearer),
    provider!("commitup", signing, paystatus_commitup::CommitUp),
    provider!("resmic", signing, paystatus_resmic::Resmic),
    provider!("upitranzact", asking, paystatus_upitranzact::UpiTranzact),
];

/// An account's keys that are the client's, not the provider's.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClientKeys {
    timeout: Option<String>,
    connect_timeout: Option<String>,
    max_attempts: Option<u32>,
    max_body: Option<usize>,
    pace: Option<String>,
}

const CLIENT_KEYS: &[&str] = &["timeout", "connect_timeout", "max_attempts", "max_body", "pace"];

impl Configuration {
    /// Reads a configuration in TOML; relative secret files are looked for in the current folder.
    ///
    /// # Errors
    /// [`ErrorKind::Config`], with the line, if it is not TOML or has anything but accounts.
    ///
    /// ```
    /// use paystatus::Configuration;
    ///
    /// let error = Configuration::from_toml("[accounts.shop]\nprovider =").unwrap_err();
    /// assert_eq!(error.message(), "is not valid TOML in line 2");
    /// ```
    pub fn from_toml(text: &str) -> Result<Self, Error> {
        Self::read(text, PathBuf::new())
    }

    /// Reads a file; relative secret files are looked for in its folder.
    ///
    /// # Errors
    /// [`ErrorKind::Config`], naming the file, if it can't be read, and as [`from_toml`](Self::from_toml).
    ///
    /// ```
    /// use paystatus::{Configuration, ErrorKind};
    ///
    /// let error = Configuration::from_file("no-such-folder/paystatus.toml").unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Config);
    /// assert!(error.message().starts_with("the configuration no-such-folder/paystatus.toml: can't be read"));
    /// ```
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let refuse = |why: &dyn fmt::Display| config(format!("the configuration {}: {why}", path.display()));
        let text = file::read_text(path, MAX_CONFIGURATION).map_err(|why| refuse(&why))?;
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        Self::read(&text, folder).map_err(|error| refuse(&error.message()))
    }

    fn read(text: &str, folder: PathBuf) -> Result<Self, Error> {
        let mut root: Table = toml::from_str(text).map_err(|error| {
            // The error itself shows the line, which may hold a secret.
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            config(format!("is not valid TOML in line {}", before.matches('\n').count() + 1))
        })?;
        let accounts = root.remove("accounts").unwrap_or_else(|| Value::Table(Table::new()));
        if let Some(key) = root.keys().next() {
            return Err(config(format!(
                "unknown key `{key}`: did you mean `accounts`? every account is a table below it"
            )));
        }
        let Value::Table(accounts) = accounts else {
            return Err(config("every account is a table of its own, such as [accounts.shop]"));
        };
        let tables = accounts.into_iter().map(|(name, value)| match value {
            Value::Table(table) => Ok((name, table)),
            _ => Err(config(format!("account `{name}` is not a table: write it as [accounts.{name}]"))),
        });
        Ok(Self { accounts: tables.collect::<Result<_, _>>()?, folder, transports: Mutex::default() })
    }

    /// The accounts' names, in order.
    ///
    /// ```
    /// # #[cfg(feature = "bearer")] {
    /// use paystatus::Configuration;
    ///
    /// let configuration = Configuration::from_toml(r#"
    ///     [accounts.shop]
    ///     provider = "bearer"
    ///     base_url = "https://pay.example.com"
    ///     access_token = "<token>"
    /// "#)?;
    /// assert_eq!(configuration.names().collect::<Vec<_>>(), ["shop"]);
    /// # }
    /// # Ok::<(), paystatus::Error>(())
    /// ```
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.accounts.keys().map(String::as_str)
    }

    /// Opens one account: fetches its secrets and makes its client.
    ///
    /// # Errors
    /// [`ErrorKind::Config`], naming the account and the key.
    ///
    /// ```
    /// # #[cfg(feature = "bearer")] {
    /// use paystatus::Configuration;
    ///
    /// let configuration = Configuration::from_toml(r#"
    ///     [accounts.shop]
    ///     provider = "bearer"
    ///     base_url = "https://pay.example.com"
    ///     access_token = "<token>"
    /// "#)?;
    /// assert_eq!(configuration.open("shop")?.provider(), "bearer");
    /// assert!(configuration.open("shpo").is_err());
    /// # }
    /// # Ok::<(), paystatus::Error>(())
    /// ```
    pub fn open(&self, name: &str) -> Result<Box<dyn StatusClient>, Error> {
        self.open_table(self.table(name)?).map_err(|error| in_account(name, &error))
    }

    /// What verifies an account's callbacks; nothing if its provider signs none.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    ///
    /// ```
    /// # #[cfg(feature = "bearer")] {
    /// use paystatus::Configuration;
    ///
    /// let configuration = Configuration::from_toml(r#"
    ///     [accounts.shop]
    ///     provider = "bearer"
    ///     base_url = "https://pay.example.com"
    ///     access_token = "<token>"
    /// "#)?;
    /// assert!(configuration.callbacks("shop")?.is_none()); // this provider signs nothing
    /// # }
    /// # Ok::<(), paystatus::Error>(())
    /// ```
    pub fn callbacks(&self, name: &str) -> Result<Option<Box<dyn SignsCallbacks>>, Error> {
        let verifier = split(self.table(name)?).and_then(|(provides, own, _)| {
            let section = Section { table: &own, folder: &self.folder, also_known: CLIENT_KEYS };
            provides.callbacks.map(|callbacks| callbacks(section)).transpose()
        });
        verifier.map_err(|error| in_account(name, &error))
    }

    /// The provider of an account.
    ///
    /// # Errors
    /// As [`open`](Self::open), for the keys that name account and provider.
    ///
    /// ```
    /// # #[cfg(feature = "bearer")] {
    /// use paystatus::Configuration;
    ///
    /// let configuration = Configuration::from_toml(r#"
    ///     [accounts.shop]
    ///     provider = "bearer"
    ///     base_url = "https://pay.example.com"
    ///     access_token = "<token>"
    /// "#)?;
    /// assert_eq!(configuration.provider("shop")?, "bearer");
    /// # }
    /// # Ok::<(), paystatus::Error>(())
    /// ```
    pub fn provider(&self, name: &str) -> Result<&str, Error> {
        let table = self.table(name)?;
        split(table).map_err(|error| in_account(name, &error))?;
        Ok(table.get("provider").and_then(Value::as_str).unwrap_or_default())
    }

    /// Opens every account.
    ///
    /// # Errors
    /// As [`open`](Self::open), for the first account that is not usable.
    ///
    /// ```
    /// # #[cfg(feature = "bearer")] {
    /// use paystatus::Configuration;
    ///
    /// let configuration = Configuration::from_toml(r#"
    ///     [accounts.shop]
    ///     provider = "bearer"
    ///     base_url = "https://pay.example.com"
    ///     access_token = "<token>"
    /// "#)?;
    /// let accounts = configuration.open_all()?;
    /// assert!(accounts.get("shop").is_ok());
    /// # }
    /// # Ok::<(), paystatus::Error>(())
    /// ```
    pub fn open_all(&self) -> Result<Accounts, Error> {
        let mut accounts = Accounts::default();
        for name in self.names() {
            accounts.insert(name, self.open(name)?);
        }
        Ok(accounts)
    }

    fn table(&self, name: &str) -> Result<&Table, Error> {
        self.accounts.get(name).ok_or_else(|| unknown_account(name, self.names()))
    }

    fn open_table(&self, table: &Table) -> Result<Box<dyn StatusClient>, Error> {
        let (provides, own, clients) = split(table)?;
        let section = |table, also_known| Section { table, folder: &self.folder, also_known };
        let (settings, connect_timeout) = read_settings(section(&clients, &[]))?;
        let transport = self.transport(connect_timeout)?;
        (provides.client)(section(&own, CLIENT_KEYS), settings, &transport)
    }

    fn transport(&self, connect_timeout: Duration) -> Result<Transport, Error> {
        let mut transports = self.transports.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(transport) = transports.get(&connect_timeout) {
            return Ok(transport.clone());
        }
        let transport = Transport::builder().with_connect_timeout(connect_timeout).build()?;
        transports.insert(connect_timeout, transport.clone());
        Ok(transport)
    }
}

/// An account's provider, the provider's own keys, and the client's.
fn split(table: &Table) -> Result<(&'static Provides, Table, Table), Error> {
    let mut own = table.clone();
    let names = || PROVIDERS.iter().map(|(name, _)| *name).collect::<Vec<_>>();
    let Some(Value::String(provider)) = own.remove("provider") else {
        return Err(config(format!("the key `provider` is missing: one of {}", listed(&names()))));
    };
    let clients = CLIENT_KEYS.iter().filter_map(|key| own.remove_entry(*key)).collect();
    match PROVIDERS.iter().find(|(name, _)| *name == provider) {
        Some((_, Some(provides))) => Ok((provides, own, clients)),
        Some((name, None)) => Err(config(format!("`provider`: this build lacks the feature `{name}`"))),
        None => Err(config(match nearest(&provider, &names()) {
            Some(nearest) => format!("`provider`: unknown provider {provider:?}: did you mean `{nearest}`?"),
            None => format!("`provider`: unknown provider {provider:?}: there are {}", listed(&names())),
        })),
    }
}

/// A provider that is asked, and signs nothing.
#[allow(dead_code, reason = "a build may lack every such provider")]
const fn asking<P: Provider + DeserializeOwned + 'static>() -> Provides {
    Provides { client: client::<P>, callbacks: None }
}

/// A provider that is asked, and signs its callbacks.
#[allow(dead_code, reason = "a build may lack every such provider")]
const fn signing<P: Provider + SignsCallbacks + DeserializeOwned + 'static>() -> Provides {
    Provides { client: client::<P>, callbacks: Some(callbacks::<P>) }
}

fn client<P: Provider + DeserializeOwned + 'static>(
    section: Section<'_>,
    settings: Settings,
    transport: &Transport,
) -> Result<Box<dyn StatusClient>, Error> {
    let provider = P::deserialize(section).map_err(|wrong| config(wrong.to_string()))?;
    Ok(Box::new(Client::with(provider, settings, transport)?))
}

fn callbacks<P: SignsCallbacks + DeserializeOwned + 'static>(
    section: Section<'_>,
) -> Result<Box<dyn SignsCallbacks>, Error> {
    Ok(Box::new(P::deserialize(section).map_err(|wrong| config(wrong.to_string()))?))
}

fn read_settings(section: Section<'_>) -> Result<(Settings, Duration), Error> {
    let keys = ClientKeys::deserialize(section).map_err(|wrong| config(wrong.to_string()))?;
    let mut settings = Settings::default();
    if let Some(timeout) = &keys.timeout {
        settings = settings.with_timeout(duration("timeout", timeout)?);
    }
    if let Some(max_attempts) = keys.max_attempts {
        settings = settings.with_max_attempts(max_attempts);
    }
    if let Some(max_body) = keys.max_body {
        settings = settings.with_max_body(max_body);
    }
    settings = match keys.pace.as_deref() {
        None => settings,
        Some("unlimited") => settings.without_pace(),
        Some(pace) => {
            let read = pace.parse::<Pace>();
            settings.with_pace(
                read.map_err(|error| config(format!("`pace`: {} or `unlimited`", error.message())))?,
            )
        }
    };
    let connect_timeout = keys.connect_timeout.as_deref().unwrap_or("3s");
    Ok((settings, duration("connect_timeout", connect_timeout)?))
}

/// A length of time such as `10s`, `500ms`, `5m` or `1h 30m`.
fn duration(key: &str, text: &str) -> Result<Duration, Error> {
    let read = text.parse::<jiff::SignedDuration>().ok().and_then(|signed| Duration::try_from(signed).ok());
    read.filter(|duration| !duration.is_zero())
        .ok_or_else(|| config(format!("`{key}` must be a length of time, such as `10s`, `500ms` or `5m`")))
}

fn in_account(name: &str, error: &Error) -> Error {
    config(format!("account `{name}`: {}", error.message()))
}

fn config(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Config, message)
}

impl fmt::Debug for Configuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.names()).finish()
    }
}

#[cfg(all(test, feature = "bearer"))]
mod tests {
    use super::*;

    #[test]
    fn accounts_share_a_transport_whichever_way_they_are_opened() {
        let account = |name: &str| {
            format!(
                "[accounts.{name}]\nprovider = 'bearer'\nbase_url = 'https://pay.example.com'\naccess_token = 't'\n"
            )
        };
        let text = [account("one"), account("two"), account("hasty") + "connect_timeout = '1s'"].concat();
        let configuration = Configuration::from_toml(&text).unwrap();
        let built = || configuration.transports.lock().unwrap().len();
        for (name, expected) in [("one", 1), ("two", 1), ("one", 1), ("hasty", 2)] {
            assert!(configuration.open(name).is_ok());
            assert_eq!(built(), expected, "{name}");
        }
        configuration.open_all().unwrap();
        assert_eq!(built(), 2);
    }
}
