use serde::Serialize;

use crate::{
    Error, Overrides, Provider,
    json::is_number,
    protocol::{Amount, Currency, Protocol},
};

/// A payment that the sandbox answers about.
///
/// ```
/// use paystatus_sandbox::{Provider, Sandbox};
///
/// let sandbox = Sandbox::start_blocking(0)?;
/// let payment = sandbox.payment(Provider::BEARER, "pay_001").unwrap();
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
    #[serde(skip_serializing_if = "Option::is_none")]
    alias: Option<String>,
}

impl Payment {
    /// Whose payment it is.
    ///
    /// ```
    /// # let sandbox = paystatus_sandbox::Sandbox::start_blocking(0)?;
    /// use paystatus_sandbox::Provider;
    ///
    /// assert_eq!(sandbox.payments()[0].provider(), Provider::ALL[0]);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn provider(&self) -> Provider {
        self.provider
    }

    /// The id that one asks for: of a payment, a session or an order, as the provider has it.
    ///
    /// ```
    /// # let sandbox = paystatus_sandbox::Sandbox::start_blocking(0)?;
    /// # use paystatus_sandbox::Provider;
    /// assert_eq!(sandbox.payment(Provider::BEARER, "pay_001").unwrap().id(), "pay_001");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The state, in the provider's own words; see [`Provider::states`].
    ///
    /// ```
    /// # let sandbox = paystatus_sandbox::Sandbox::start_blocking(0)?;
    /// # use paystatus_sandbox::Provider;
    /// assert_eq!(sandbox.payment(Provider::BEARER, "pay_001").unwrap().state(), "succeeded");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn state(&self) -> &str {
        &self.state
    }

    /// The amount as the provider writes it: the generic provider's is in minor units.
    ///
    /// ```
    /// # let sandbox = paystatus_sandbox::Sandbox::start_blocking(0)?;
    /// # use paystatus_sandbox::Provider;
    /// assert_eq!(sandbox.payment(Provider::BEARER, "pay_001").unwrap().amount(), "5000");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn amount(&self) -> &str {
        &self.amount
    }

    /// The currency code.
    ///
    /// ```
    /// # let sandbox = paystatus_sandbox::Sandbox::start_blocking(0)?;
    /// # use paystatus_sandbox::Provider;
    /// assert_eq!(sandbox.payment(Provider::BEARER, "pay_001").unwrap().currency(), "USD");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn currency(&self) -> &str {
        &self.currency
    }

    /// The merchant's own reference or order number, if the provider reports one.
    ///
    /// ```
    /// # let sandbox = paystatus_sandbox::Sandbox::start_blocking(0)?;
    /// # use paystatus_sandbox::Provider;
    /// assert_eq!(sandbox.payment(Provider::BEARER, "pay_001").unwrap().reference(), Some("order_12345"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn reference(&self) -> Option<&str> {
        self.reference.as_deref()
    }

    /// The payment that is answered instead of this one, if it cascaded.
    ///
    /// ```
    /// # let sandbox = paystatus_sandbox::Sandbox::start_blocking(0)?;
    /// use paystatus_sandbox::{NewPayment, Provider};
    ///
    /// let first = NewPayment::new(Provider::BEARER, "first", "failed").cascading_to("pay_001");
    /// assert_eq!(sandbox.create(first)?.cascades_to(), Some("pay_001"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn cascades_to(&self) -> Option<&str> {
        self.cascades_to.as_deref()
    }

    /// The plain name of a seeded payment whose id has the provider's own form: [`seeded_id`] of its state.
    ///
    /// Everything takes the alias in the place of the id, and who asks for it is answered about it.
    ///
    /// ```
    /// # let sandbox = paystatus_sandbox::Sandbox::start_blocking(0)?;
    /// # use paystatus_sandbox::Provider;
    /// assert_eq!(sandbox.payment(Provider::BEARER, "pay_001").unwrap().alias(), None);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn alias(&self) -> Option<&str> {
        self.alias.as_deref()
    }

    /// What stands in the state before the first `key=value`: `captured` of `captured refunded=20.00`.
    #[allow(dead_code, reason = "few states say more than a word")]
    pub(crate) fn word(&self) -> &str {
        let parts = self.state.split(' ');
        let length = parts.take_while(|part| !part.contains('=')).map(|part| part.len() + 1).sum::<usize>();
        self.state.get(..length.saturating_sub(1)).unwrap_or(&self.state)
    }

    /// What the state says beside its word: `20.00` for the key `refunded` of `captured refunded=20.00`.
    #[allow(dead_code, reason = "few states say more than a word")]
    pub(crate) fn extra(&self, key: &str) -> Option<&str> {
        let pairs = self.state.split(' ').filter_map(|part| part.split_once('='));
        pairs.filter(|(name, _)| *name == key).map(|(_, value)| value).next()
    }

    /// The payment as somebody sees it who asked for it under this name.
    pub(crate) fn under(mut self, name: &str) -> Self {
        if self.alias() == Some(name) {
            name.clone_into(&mut self.id);
        }
        self
    }
}

/// A payment to create; what is not said gets a plain value of the provider's.
///
/// ```
/// use paystatus_sandbox::{NewPayment, Provider, Sandbox};
///
/// let sandbox = Sandbox::start_blocking(0)?;
/// let payment = sandbox.create(
///     NewPayment::new(Provider::BEARER, "pay-1", "succeeded")
///         .with_amount("10000")
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
    alias: Option<String>,
    overrides: Overrides,
}

impl NewPayment {
    /// A payment of this provider, with this id, in this state.
    ///
    /// ```
    /// # let sandbox = paystatus_sandbox::Sandbox::start_blocking(0)?;
    /// use paystatus_sandbox::{NewPayment, Provider};
    ///
    /// let payment = sandbox.create(NewPayment::new(Provider::BEARER, "order/7 ü", "succeeded"))?;
    /// assert_eq!(payment.currency(), "USD");
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
            alias: None,
            overrides: Overrides::new(),
        }
    }

    /// Sets the amount, spelled as the provider spells it; see [`Payment::amount`].
    ///
    /// ```
    /// # let sandbox = paystatus_sandbox::Sandbox::start_blocking(0)?;
    /// use paystatus_sandbox::{NewPayment, Provider};
    ///
    /// let new = NewPayment::new(Provider::BEARER, "c-1", "succeeded").with_amount("110");
    /// assert_eq!(sandbox.create(new)?.amount(), "110");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_amount(self, amount: impl Into<String>) -> Self {
        Self { amount: Some(amount.into()), ..self }
    }

    /// Sets the currency, for the providers that have more than one.
    ///
    /// ```
    /// # let sandbox = paystatus_sandbox::Sandbox::start_blocking(0)?;
    /// use paystatus_sandbox::{NewPayment, Provider};
    ///
    /// let new = NewPayment::new(Provider::BEARER, "s-1", "succeeded").with_currency("EUR");
    /// assert_eq!(sandbox.create(new)?.currency(), "EUR");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
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
    /// let new = NewPayment::new(Provider::BEARER, "pay_002", "pending").with_reference("order_2");
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
    /// let new = NewPayment::new(Provider::BEARER, "first", "failed").cascading_to("sandbox-succeeded");
    /// assert_eq!(sandbox.create(new)?.cascades_to(), Some("sandbox-succeeded"));
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
    /// let odd = Overrides::from_json(r#"{"updated_at": "soon"}"#)?;
    /// let new = NewPayment::new(Provider::BEARER, "c-2", "succeeded").with_overrides(odd);
    /// assert_eq!(sandbox.create(new)?.state(), "succeeded");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_overrides(self, overrides: impl Into<Overrides>) -> Self {
        Self { overrides: overrides.into(), ..self }
    }

    /// Names the payment plainly, too, unless that is its id.
    pub(crate) fn with_alias(self, alias: String) -> Self {
        let alias = Some(alias).filter(|alias| *alias != self.id);
        Self { alias, ..self }
    }

    /// Fills in what was not said.
    pub(crate) fn into_payment(self) -> (Payment, Overrides) {
        let facts = self.provider.0;
        let (Currency::Fixed(currency) | Currency::Default(currency)) = facts.currency;
        let name = self.alias.as_ref().unwrap_or(&self.id);
        let reference = self.reference.or_else(|| match facts {
            Protocol { is_named_by_order: true, .. } => Some(name.clone()),
            Protocol { has_reference, .. } => has_reference.then(|| format!("order-{name}")),
        });
        let payment = Payment {
            provider: self.provider,
            id: self.id,
            state: self.state,
            amount: self.amount.unwrap_or_else(|| facts.default_amount.to_owned()),
            currency: self.currency.unwrap_or_else(|| currency.to_owned()),
            reference,
            cascades_to: self.cascades_to,
            alias: self.alias,
        };
        (payment, self.overrides)
    }

    /// Refuses what this provider could not answer.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let (provider, facts) = (self.provider, self.provider.0);
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

/// The id or [alias](Payment::alias) of the seeded payment in a state: `sandbox-` and the state, lower-case, with hyphens.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(state: &str, word: &str, refunded: Option<&str>) {
        let (payment, _) = NewPayment::new(Provider::BEARER, "x", state).into_payment();
        assert_eq!((payment.word(), payment.extra("refunded")), (word, refunded), "{state}");
    }

    #[test]
    fn a_payment_that_is_named_by_its_order_is_of_an_order_of_its_name() {
        static NAMED: Protocol = Protocol { name: "named", is_named_by_order: true, ..Protocol::PLAIN };
        let new = || NewPayment::new(Provider(&NAMED), "order-1", "paid");
        assert_eq!(new().into_payment().0.reference(), Some("order-1"));
        assert_eq!(new().with_reference("order-2").into_payment().0.reference(), Some("order-2"));
    }

    #[test]
    fn a_state_is_words_and_more() {
        check("captured", "captured", None);
        check("captured refunded=20.00", "captured", Some("20.00"));
        check("Partially Refunded total=3 refunded=1", "Partially Refunded", Some("1"));
        check("refunded=1", "", Some("1"));
        check("ünknown fee=2", "ünknown", None);
        check("captured refunded=", "captured", Some(""));
    }
}
