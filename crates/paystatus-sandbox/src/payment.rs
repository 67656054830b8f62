use serde::Serialize;

use crate::{
    Error, Overrides, Provider,
    json::is_number,
    protocol::{self, Amount, Currency},
};

/// A payment that the sandbox answers about.
///
/// ```
/// use paystatus_sandbox::{Provider, Sandbox};
///
/// let sandbox = Sandbox::start_blocking(0)?;
/// let payment = sandbox.payment(Provider::Bearer, "pay_001").unwrap();
/// assert_eq!((payment.state(), payment.amount(), payment.currency()), ("succeeded", "5000", "USD"));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Payment {
    provider: Provider,
    id: String,
    pub(crate) state: String,
    amount: String,
    currency: String,
    reference: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cascades_to: Option<String>,
}

impl Payment {
    /// Whose payment it is.
    ///
    /// ```
    /// # let sandbox = paystatus_sandbox::Sandbox::start_blocking(0)?;
    /// use paystatus_sandbox::Provider;
    ///
    /// assert_eq!(sandbox.payments()[0].provider(), Provider::Resmic);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn provider(&self) -> Provider {
        self.provider
    }

    /// The id that one asks for: Resmic's session, UPITranzact's order, the others' payment.
    ///
    /// ```
    /// # let sandbox = paystatus_sandbox::Sandbox::start_blocking(0)?;
    /// assert_eq!(sandbox.payments()[0].id(), "899e9dde-fda9-4386-9620-065756016805");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The state, in the provider's own words; see [`Provider::states`].
    ///
    /// ```
    /// # let sandbox = paystatus_sandbox::Sandbox::start_blocking(0)?;
    /// assert_eq!(sandbox.payments()[0].state(), "Completed");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn state(&self) -> &str {
        &self.state
    }

    /// The amount as the provider writes it: the generic provider's is in minor units.
    ///
    /// ```
    /// # let sandbox = paystatus_sandbox::Sandbox::start_blocking(0)?;
    /// assert_eq!(sandbox.payments()[0].amount(), "100");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn amount(&self) -> &str {
        &self.amount
    }

    /// The currency code.
    ///
    /// ```
    /// # let sandbox = paystatus_sandbox::Sandbox::start_blocking(0)?;
    /// assert_eq!(sandbox.payments()[0].currency(), "USD");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn currency(&self) -> &str {
        &self.currency
    }

    /// The merchant's own reference or order number, if the provider reports one.
    ///
    /// ```
    /// # let sandbox = paystatus_sandbox::Sandbox::start_blocking(0)?;
    /// assert_eq!(sandbox.payments()[0].reference(), None);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn reference(&self) -> Option<&str> {
        self.reference.as_deref()
    }

    /// The payment that is answered instead of this one, if it cascaded.
    ///
    /// ```
    /// # let sandbox = paystatus_sandbox::Sandbox::start_blocking(0)?;
    /// use paystatus_sandbox::Provider;
    ///
    /// let asked = sandbox.payment(Provider::Akurateco, "63c781cc-de3d-11eb-a1f1-0242ac130006").unwrap();
    /// assert_eq!(asked.cascades_to(), Some("24f7401c-fc47-11ec-8d07-0242ac120015"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn cascades_to(&self) -> Option<&str> {
        self.cascades_to.as_deref()
    }
}

/// A payment to create; what is not said gets a plain value of the provider's.
///
/// ```
/// use paystatus_sandbox::{NewPayment, Provider, Sandbox};
///
/// let sandbox = Sandbox::start_blocking(0)?;
/// let payment = sandbox.create(
///     NewPayment::new(Provider::Akurateco, "pay-1", "settled")
///         .with_amount("100.00")
///         .with_currency("USD")
///         .with_reference("DEP-123"),
/// )?;
/// assert_eq!(payment.reference(), Some("DEP-123"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a payment exists once `Sandbox::create` has it"]
pub struct NewPayment {
    provider: Provider,
    id: String,
    state: String,
    amount: Option<String>,
    currency: Option<String>,
    reference: Option<String>,
    cascades_to: Option<String>,
    pub(crate) overrides: Overrides,
}

impl NewPayment {
    /// A payment of this provider, with this id, in this state.
    ///
    /// ```
    /// # let sandbox = paystatus_sandbox::Sandbox::start_blocking(0)?;
    /// use paystatus_sandbox::{NewPayment, Provider};
    ///
    /// let payment = sandbox.create(NewPayment::new(Provider::Upitranzact, "order/7 ü", "SUCCESS"))?;
    /// assert_eq!(payment.currency(), "INR");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(provider: Provider, id: impl Into<String>, state: impl Into<String>) -> Self {
        Self {
            provider,
            id: id.into(),
            state: state.into(),
            amount: None,
            currency: None,
            reference: None,
            cascades_to: None,
            overrides: Overrides::new(),
        }
    }

    /// Sets the amount, spelled as the provider spells it; see [`Payment::amount`].
    ///
    /// ```
    /// # let sandbox = paystatus_sandbox::Sandbox::start_blocking(0)?;
    /// use paystatus_sandbox::{NewPayment, Provider};
    ///
    /// let new = NewPayment::new(Provider::Commitup, "c-1", "SALE SUCCESS").with_amount("1.10");
    /// assert_eq!(sandbox.create(new)?.amount(), "1.10");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_amount(self, amount: impl Into<String>) -> Self {
        Self { amount: Some(amount.into()), ..self }
    }

    /// Sets the currency; Resmic's is always USD, UPITranzact's INR.
    ///
    /// ```
    /// # let sandbox = paystatus_sandbox::Sandbox::start_blocking(0)?;
    /// use paystatus_sandbox::{NewPayment, Provider};
    ///
    /// let new = NewPayment::new(Provider::Resmic, "s-1", "Completed").with_currency("EUR");
    /// assert_eq!(sandbox.create(new).unwrap_err().field(), "currency");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn with_currency(self, currency: impl Into<String>) -> Self {
        Self { currency: Some(currency.into()), ..self }
    }

    /// Sets the merchant's own reference or order number, for the providers that report one.
    ///
    /// ```
    /// # let sandbox = paystatus_sandbox::Sandbox::start_blocking(0)?;
    /// use paystatus_sandbox::{NewPayment, Provider};
    ///
    /// let new = NewPayment::new(Provider::Bearer, "pay_002", "pending").with_reference("order_2");
    /// assert_eq!(sandbox.create(new)?.reference(), Some("order_2"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_reference(self, reference: impl Into<String>) -> Self {
        Self { reference: Some(reference.into()), ..self }
    }

    /// Answers another, later payment of the same provider when this one is asked for.
    ///
    /// ```
    /// # let sandbox = paystatus_sandbox::Sandbox::start_blocking(0)?;
    /// use paystatus_sandbox::{NewPayment, Provider};
    ///
    /// let new = NewPayment::new(Provider::Akurateco, "first", "decline").cascading_to("sandbox-settled");
    /// assert_eq!(sandbox.create(new)?.cascades_to(), Some("sandbox-settled"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn cascading_to(self, id: impl Into<String>) -> Self {
        Self { cascades_to: Some(id.into()), ..self }
    }

    /// Merges raw fields over the reply.
    ///
    /// ```
    /// # let sandbox = paystatus_sandbox::Sandbox::start_blocking(0)?;
    /// use paystatus_sandbox::{NewPayment, Overrides, Provider};
    ///
    /// let odd = Overrides::from_json(r#"{"paymentDate": "soon"}"#)?;
    /// let new = NewPayment::new(Provider::Commitup, "c-2", "SUCCESS").with_overrides(odd);
    /// assert_eq!(sandbox.create(new)?.state(), "SUCCESS");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_overrides(self, overrides: impl Into<Overrides>) -> Self {
        Self { overrides: overrides.into(), ..self }
    }

    /// Fills in what was not said.
    pub(crate) fn into_payment(self) -> (Payment, Overrides) {
        let facts = protocol::of(self.provider);
        let (Currency::Fixed(currency) | Currency::Default(currency)) = facts.currency;
        let reference = self.reference.or_else(|| facts.has_reference.then(|| format!("order-{}", self.id)));
        let payment = Payment {
            provider: self.provider,
            id: self.id,
            state: self.state,
            amount: self.amount.unwrap_or_else(|| facts.default_amount.to_owned()),
            currency: self.currency.unwrap_or_else(|| currency.to_owned()),
            reference,
            cascades_to: self.cascades_to,
        };
        (payment, self.overrides)
    }

    /// Refuses what this provider could not answer.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let (provider, facts) = (self.provider, protocol::of(self.provider));
        if self.id.is_empty() {
            return Err(Error::invalid("id", "must not be empty"));
        }
        check_state(provider, &self.state)?;
        if let Some(amount) = &self.amount {
            let (fits, expected) = match facts.amount {
                Amount::Text => (true, ""),
                Amount::Number => (is_number(amount), "a JSON number such as 100.50"),
                Amount::MinorUnits => {
                    let integer = !amount.contains(['.', 'e', 'E']);
                    (integer && is_number(amount), "an integer of minor units such as 5000")
                }
            };
            if !fits {
                return Err(Error::invalid("amount", format!("{provider} writes {expected}")));
            }
        }
        if let (Some(currency), Currency::Fixed(fixed)) = (&self.currency, facts.currency)
            && currency != fixed
        {
            return Err(
                Error::invalid("currency", format!("{provider} knows one currency")).allowing([fixed])
            );
        }
        if self.reference.is_some() && !facts.has_reference {
            return Err(Error::invalid("reference", format!("{provider} reports no reference")));
        }
        Ok(())
    }
}

/// Refuses a state that is no word at all.
pub(crate) fn check_state(provider: Provider, state: &str) -> Result<(), Error> {
    if state.trim().is_empty() {
        let message = "must not be empty; any other word is allowed beside the known ones";
        return Err(Error::invalid("state", message).allowing(provider.states()));
    }
    Ok(())
}

/// The id of the seeded payment in a state: `sandbox-` and the state, lower-case, with hyphens.
///
/// ```
/// use paystatus_sandbox::seeded_id;
///
/// assert_eq!(seeded_id("Completed"), "sandbox-completed");
/// assert_eq!(seeded_id("3ds"), "sandbox-3ds");
/// assert_eq!(seeded_id("REFUND PENDING_APPROVAL"), "sandbox-refund-pending-approval");
/// ```
pub fn seeded_id(state: &str) -> String {
    let lower = state.to_lowercase();
    let words = lower.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.fold("sandbox".to_owned(), |id, word| id + "-" + word)
}
