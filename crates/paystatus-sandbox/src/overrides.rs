use crate::{Error, json::Object};

/// Raw reply fields that are merged over what a payment would answer, and fields to leave out.
///
/// Objects are merged field by field, everything else is replaced; numbers keep their spelling.
/// What is given is the provider's whole reply: some have the amount under `data`.
///
/// ```
/// use paystatus_sandbox::{NewPayment, Overrides, Provider, Sandbox};
///
/// let sandbox = Sandbox::start_blocking(0)?;
/// let odd = Overrides::from_json(r#"{"amount": 5e3, "currency": null}"#)?.without("reference");
/// sandbox.create(NewPayment::new(Provider::BEARER, "odd", "succeeded").with_overrides(odd))?;
/// assert!(sandbox.payment(Provider::BEARER, "odd").is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    merged: Object,
    omitted: Vec<String>,
}

impl Overrides {
    /// Changes nothing.
    ///
    /// ```
    /// use paystatus_sandbox::Overrides;
    ///
    /// assert_eq!(Overrides::new(), Overrides::from_json("{}")?);
    /// # Ok::<(), paystatus_sandbox::Error>(())
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Merges the fields of a JSON object.
    ///
    /// # Errors
    /// The text is not one JSON object, or repeats a field.
    ///
    /// ```
    /// use paystatus_sandbox::Overrides;
    ///
    /// assert!(Overrides::from_json(r#"{"data": {"amount": "1.080"}}"#).is_ok());
    /// assert!(Overrides::from_json("7").is_err());
    /// ```
    pub fn from_json(object: &str) -> Result<Self, Error> {
        match Object::parse(object.as_bytes()) {
            Ok(merged) => Ok(Self { merged, omitted: Vec::new() }),
            Err(error) => Err(Error::invalid("overrides", format!("expected a JSON object: {error}"))),
        }
    }

    /// Leaves a field out, named by a dotted path such as `data.amount`.
    ///
    /// ```
    /// use paystatus_sandbox::Overrides;
    ///
    /// assert_ne!(Overrides::new().without("data.amount"), Overrides::new());
    /// ```
    #[must_use]
    pub fn without(mut self, path: impl Into<String>) -> Self {
        self.omitted.push(path.into());
        self
    }

    pub(crate) fn apply(&self, reply: &mut Object) {
        reply.merge(&self.merged);
        for path in &self.omitted {
            reply.remove(path);
        }
    }
}

impl From<Object> for Overrides {
    fn from(merged: Object) -> Self {
        Self { merged, omitted: Vec::new() }
    }
}
