use std::{collections::BTreeMap, fmt};

use paystatus_core::{Error, ErrorKind, StatusClient};

use crate::{Configuration, setting::nearest};

/// Accounts by name, whatever their providers, ready to be asked.
///
/// ```
/// use paystatus::{Accounts, Error, ErrorKind, Lookup, Payment, StatusClient, async_trait};
///
/// /// A provider of one's own stands beside the configured ones.
/// struct Own;
///
/// #[async_trait]
/// impl StatusClient for Own {
///     fn provider(&self) -> &'static str { "own" }
///     async fn status(&self, _: &Lookup) -> Result<Payment<serde_json::Value>, Error> {
///         Err(Error::new(ErrorKind::Unavailable, "closed on Sundays"))
///     }
/// }
///
/// let mut accounts = Accounts::default();
/// accounts.insert("corner-shop", Own);
/// assert_eq!(accounts.get("corner-shop")?.provider(), "own");
/// assert!(accounts.get("corner-shpo").err().unwrap().to_string().contains("`corner-shop`"));
/// # Ok::<(), Error>(())
/// ```
#[derive(Default)]
pub struct Accounts {
    clients: BTreeMap<String, Box<dyn StatusClient>>,
}

impl Accounts {
    /// Opens every account of a configuration in TOML; relative secret files are looked for in the current folder.
    ///
    /// # Errors
    /// [`ErrorKind::Config`], naming the account and the key, for the first account that is not usable.
    pub fn from_toml(text: &str) -> Result<Self, Error> {
        Configuration::from_toml(text)?.open_all()
    }

    /// Adds an account, or replaces the one of that name: a third-party provider, or a double in a test.
    pub fn insert(&mut self, name: impl Into<String>, client: impl StatusClient + 'static) {
        self.clients.insert(name.into(), Box::new(client));
    }

    /// The client of an account.
    ///
    /// # Errors
    /// [`ErrorKind::Config`], naming the nearest account, if there is none of that name.
    pub fn get(&self, name: &str) -> Result<&dyn StatusClient, Error> {
        self.clients.get(name).map(AsRef::as_ref).ok_or_else(|| unknown_account(name, self.names()))
    }

    /// The accounts' names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.clients.keys().map(String::as_str)
    }
}

pub(crate) fn unknown_account<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Error {
    let known: Vec<_> = known.collect();
    let hint = match (nearest(name, &known), known.as_slice()) {
        (Some(nearest), _) => format!("did you mean `{nearest}`?"),
        (None, []) => "the configuration has no accounts".to_owned(),
        (None, known) => format!("there are: {}", known.join(", ")),
    };
    Error::new(ErrorKind::Config, format!("there is no account {name:?}: {hint}"))
}

impl fmt::Debug for Accounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.clients.iter().map(|(name, client)| (name, client.provider()))).finish()
    }
}
