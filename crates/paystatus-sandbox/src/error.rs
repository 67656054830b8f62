use std::fmt;

/// Says which input the sandbox could not use, and what it would have accepted.
///
/// ```
/// use paystatus_sandbox::{Provider, Sandbox};
///
/// let sandbox = Sandbox::start_blocking(0)?;
/// let error = sandbox.set_state(Provider::BEARER, "nobody", "failed").unwrap_err();
/// assert!(error.is_not_found());
/// assert_eq!(error.field(), "id");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    kind: Kind,
    field: String,
    message: String,
    allowed: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Invalid,
    NotFound,
    Exists,
}

impl Error {
    pub(crate) fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self { kind: Kind::Invalid, field: field.to_owned(), message: message.into(), allowed: Vec::new() }
    }

    pub(crate) fn not_found(field: &str, message: impl Into<String>) -> Self {
        Self { kind: Kind::NotFound, ..Self::invalid(field, message) }
    }

    pub(crate) fn exists(field: &str, message: impl Into<String>) -> Self {
        Self { kind: Kind::Exists, ..Self::invalid(field, message) }
    }

    pub(crate) fn allowing<S: ToString>(mut self, allowed: impl IntoIterator<Item = S>) -> Self {
        self.allowed = allowed.into_iter().map(|value| value.to_string()).collect();
        self
    }

    /// The name of the input that was refused.
    ///
    /// ```
    /// use paystatus_sandbox::Overrides;
    ///
    /// assert_eq!(Overrides::from_json("[]").unwrap_err().field(), "overrides");
    /// ```
    pub fn field(&self) -> &str {
        &self.field
    }

    /// What would have been accepted, where that can be listed.
    ///
    /// ```
    /// use paystatus_sandbox::Provider;
    ///
    /// let error = "beerer".parse::<Provider>().unwrap_err();
    /// assert!(error.allowed().contains(&"bearer".to_owned()));
    /// ```
    pub fn allowed(&self) -> &[String] {
        &self.allowed
    }

    /// Tells whether the input names something that does not exist.
    ///
    /// ```
    /// use paystatus_sandbox::Provider;
    ///
    /// assert!(!"beerer".parse::<Provider>().unwrap_err().is_not_found());
    /// ```
    pub fn is_not_found(&self) -> bool {
        self.kind == Kind::NotFound
    }

    /// Tells whether the input names something that exists already.
    ///
    /// ```
    /// use paystatus_sandbox::{NewPayment, Provider, Sandbox};
    ///
    /// let sandbox = Sandbox::start_blocking(0)?;
    /// let again = NewPayment::new(Provider::BEARER, "pay_001", "failed");
    /// assert!(sandbox.create(again).unwrap_err().is_conflict());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn is_conflict(&self) -> bool {
        self.kind == Kind::Exists
    }

    pub(crate) fn http_status(&self) -> u16 {
        match self.kind {
            Kind::Invalid => 400,
            Kind::NotFound => 404,
            Kind::Exists => 409,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.message)?;
        if !self.allowed.is_empty() {
            write!(f, " (allowed: {})", self.allowed.join(", "))?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}
