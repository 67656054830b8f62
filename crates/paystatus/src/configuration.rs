use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use paystatus_client::{Settings, Transport};
use paystatus_core::{Body, Error, Facts, Pace, SignsCallbacks, StatusClient};
use serde::Deserialize;
use toml::{Table, Value};

use crate::{
    Accounts,
    accounts::unknown_account,
    config, file, form,
    providers::{self, Compiled},
    setting::{self, Section},
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
    observer: Option<Observer>,
}

type Observer = Arc<dyn Fn(&http::Response<Body>) + Send + Sync>;

/// The keys that every account has, whatever its provider.
#[derive(Deserialize)]
struct Shared {
    timeout: Option<String>,
    connect_timeout: Option<String>,
    max_attempts: Option<u32>,
    max_body: Option<usize>,
    pace: Option<String>,
    #[serde(default)]
    allow_test: bool,
}

impl Configuration {
    /// Reads a configuration in TOML; relative secret files are looked for in the current folder.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](paystatus_core::ErrorKind::Config), with the line, if it is not TOML or has anything but accounts.
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
    /// [`ErrorKind::Config`](paystatus_core::ErrorKind::Config), naming the file, if it can't be read, and as [`from_toml`](Self::from_toml).
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
        Ok(Self {
            accounts: tables.collect::<Result<_, _>>()?,
            folder,
            transports: Mutex::default(),
            observer: None,
        })
    }

    /// Shows every reply about a payment to a function, as it was received and before it is read: for recordings.
    ///
    /// A reply may hold personal data: mind where it goes. It is for the accounts that are opened from now on.
    ///
    /// ```
    /// use paystatus::Configuration;
    ///
    /// let configuration = Configuration::from_toml("")?;
    /// let observed = configuration.observed_by(|reply| println!("HTTP {}", reply.status()));
    /// assert_eq!(observed.names().count(), 0);
    /// # Ok::<(), paystatus::Error>(())
    /// ```
    #[must_use]
    pub fn observed_by(self, observer: impl Fn(&http::Response<Body>) + Send + Sync + 'static) -> Self {
        Self { observer: Some(Arc::new(observer)), ..self }
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
    /// [`ErrorKind::Config`](paystatus_core::ErrorKind::Config), naming the account and the key.
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
        let (compiled, own, shared) = self.split(name)?;
        let opened = shared.settings().and_then(|settings| {
            let settings = match self.observer.clone() {
                Some(observer) => settings.observed_by(move |reply| observer(reply)),
                None => settings,
            };
            let transport = self.transport(shared.connect_timeout()?)?;
            (compiled.client)(self.section(&own), settings, &transport)
        });
        opened.map_err(|error| in_account(name, &error))
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
        let (compiled, own, _) = self.split(name)?;
        (compiled.callbacks)(self.section(&own)).map_err(|error| in_account(name, &error))
    }

    /// What is known about the provider of an account.
    ///
    /// # Errors
    /// As [`open`](Self::open), for the keys' names.
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
    /// assert_eq!(configuration.facts("shop")?.name, "bearer");
    /// # }
    /// # Ok::<(), paystatus::Error>(())
    /// ```
    pub fn facts(&self, name: &str) -> Result<&'static Facts, Error> {
        self.split(name).map(|(compiled, ..)| compiled.facts)
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

    /// An account's provider, the provider's own keys, and those that every account has.
    fn split(&self, name: &str) -> Result<(&'static Compiled, Table, Shared), Error> {
        split(self.table(name)?, &self.folder).map_err(|error| in_account(name, &error))
    }

    fn section<'a>(&'a self, table: &'a Table) -> Section<'a> {
        Section { table, folder: &self.folder }
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

fn split(table: &Table, folder: &Path) -> Result<(&'static Compiled, Table, Shared), Error> {
    let mut own = table.clone();
    let Some(Value::String(provider)) = own.remove("provider") else {
        return Err(config(format!("the key `provider` is missing: one of {}", providers::names())));
    };
    let compiled =
        providers::find(&provider).map_err(|error| config(format!("`provider`: {}", error.message())))?;
    let (own_keys, shared_keys) = ((compiled.fields)(), form::fields::<Shared>());
    let shared: Table = shared_keys.iter().filter_map(|key| own.remove_entry(*key)).collect();
    if let Some(unknown) = own.keys().find(|key| !own_keys.contains(&key.as_str())) {
        let known = [own_keys, shared_keys].concat();
        return Err(config(setting::unknown(unknown, &known)));
    }
    let shared = Shared::deserialize(Section { table: &shared, folder });
    Ok((compiled, own, shared.map_err(|wrong| config(wrong.to_string()))?))
}

impl Shared {
    fn settings(&self) -> Result<Settings, Error> {
        let mut settings = Settings::default();
        if let Some(timeout) = &self.timeout {
            settings = settings.with_timeout(duration("timeout", timeout)?);
        }
        if let Some(max_attempts) = self.max_attempts {
            settings = settings.with_max_attempts(max_attempts);
        }
        if let Some(max_body) = self.max_body {
            settings = settings.with_max_body(max_body);
        }
        if self.allow_test {
            settings = settings.allowing_test_money();
        }
        Ok(match self.pace.as_deref() {
            None => settings,
            Some("unlimited") => settings.without_pace(),
            Some(pace) => {
                let read = pace.parse::<Pace>();
                settings.with_pace(
                    read.map_err(|error| config(format!("`pace`: {} or `unlimited`", error.message())))?,
                )
            }
        })
    }

    fn connect_timeout(&self) -> Result<Duration, Error> {
        duration("connect_timeout", self.connect_timeout.as_deref().unwrap_or("3s"))
    }
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

impl fmt::Debug for Configuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.names()).finish()
    }
}

#[cfg(all(test, feature = "all"))]
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
