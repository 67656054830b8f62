use std::{collections::BTreeMap, fmt};

use paystatus_core::{Error, StatusClient};

use crate::{Configuration, config, setting::nearest};

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
    /// [`ErrorKind::Config`](paystatus_core::ErrorKind::Config), naming the account and the key, for the first account that is not usable.
    ///
    /// ```
    /// # #[cfg(feature = "bearer")] {
    /// use paystatus::Accounts;
    ///
    /// let accounts = Accounts::from_toml(r#"
    ///     [accounts.shop]
    ///     provider = "bearer"
    ///     base_url = "https://pay.example.com"
    ///     access_token = "<token>"
    /// "#)?;
    /// assert_eq!(accounts.get("shop")?.provider(), "bearer");
    /// # }
    /// # Ok::<(), paystatus::Error>(())
    /// ```
    pub fn from_toml(text: &str) -> Result<Self, Error> {
        Configuration::from_toml(text)?.open_all()
    }

    /// Adds an account, or replaces the one of that name: a third-party provider, or a double in a test.
    ///
    /// ```
    /// use paystatus::{Accounts, Error, ErrorKind, Lookup, Payment, StatusClient, async_trait};
    ///
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
    /// accounts.insert("corner-shop", Own); // takes the place of the first
    /// assert_eq!(accounts.names().count(), 1);
    /// ```
    pub fn insert(&mut self, name: impl Into<String>, client: impl StatusClient + 'static) {
        self.clients.insert(name.into(), Box::new(client));
    }

    /// The client of an account.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](paystatus_core::ErrorKind::Config), naming the nearest account, if there is none of that name.
    ///
    /// ```
    /// # #[cfg(feature = "bearer")] {
    /// use paystatus::Accounts;
    ///
    /// let accounts = Accounts::from_toml(r#"
    ///     [accounts.shop]
    ///     provider = "bearer"
    ///     base_url = "https://pay.example.com"
    ///     access_token = "<token>"
    /// "#)?;
    /// assert!(accounts.get("shop").is_ok());
    /// let error = accounts.get("shpo").err().unwrap();
    /// assert_eq!(error.message(), "there is no account \"shpo\": did you mean `shop`?");
    /// # }
    /// # Ok::<(), paystatus::Error>(())
    /// ```
    pub fn get(&self, name: &str) -> Result<&dyn StatusClient, Error> {
        self.clients.get(name).map(AsRef::as_ref).ok_or_else(|| unknown_account(name, self.names()))
    }

    /// The accounts' names, in order.
    ///
    /// ```
    /// # #[cfg(feature = "bearer")] {
    /// use paystatus::Accounts;
    ///
    /// let accounts = Accounts::from_toml(r#"
    ///     [accounts.shop]
    ///     provider = "bearer"
    ///     base_url = "https://pay.example.com"
    ///     access_token = "<token>"
    /// "#)?;
    /// assert_eq!(accounts.names().collect::<Vec<_>>(), ["shop"]);
    /// # }
    /// # Ok::<(), paystatus::Error>(())
    /// ```
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
    config(format!("there is no account {name:?}: {hint}"))
}

impl fmt::Debug for Accounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.clients.iter().map(|(name, client)| (name, client.provider()))).finish()
    }
}
