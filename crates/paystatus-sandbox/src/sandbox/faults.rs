use super::Sandbox;
use crate::{Error, Fault, Provider, Reply};

/// What goes wrong on request.
impl Sandbox {
    /// Lets something go wrong with a payment, or without an id with everything that a provider is sent.
    ///
    /// The fault begins when those that were injected before it are over; each lasts for as many requests, or as long,
    /// as it says.
    /// A provider's fault comes first; where it leaves the answer alone the payment's own applies as well.
    /// A payment's faults meet only requests that the provider would answer; a provider's status or reply meets all.
    ///
    /// # Errors
    /// There is no such payment; the fault is impossible (an HTTP status that does not exist, for no request at all,
    /// a state for a whole provider); or a fault that was injected before stays until it is cleared.
    ///
    /// ```
    /// # let sandbox = paystatus_sandbox::Sandbox::start_blocking(0)?;
    /// use paystatus_sandbox::{Fault, Provider};
    ///
    /// sandbox.inject(Provider::BEARER, Some("pay_001"), Fault::status(503).times(2))?;
    /// sandbox.inject(Provider::BEARER, Some("pay_001"), Fault::hang())?;
    /// let error = sandbox.inject(Provider::BEARER, Some("pay_001"), Fault::reset()).unwrap_err();
    /// assert_eq!(error.field(), "times");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn inject(&self, provider: Provider, id: Option<&str>, fault: Fault) -> Result<(), Error> {
        self.store.inject(provider, id, vec![fault])
    }

    /// Moves a payment through these states, one state for each request, and leaves it in the last one.
    ///
    /// The payment is in the first state at once.
    ///
    /// This is an [`inject`](Self::inject) of each of them.
    ///
    /// # Errors
    /// There is no such payment, a state is empty, or a fault that was injected before stays until it is cleared.
    ///
    /// ```
    /// # let sandbox = paystatus_sandbox::Sandbox::start_blocking(0)?;
    /// use paystatus_sandbox::Provider;
    ///
    /// let late_success = ["failed", "failed", "succeeded"];
    /// sandbox.script(Provider::BEARER, "sandbox-pending", late_success)?;
    /// assert_eq!(sandbox.payment(Provider::BEARER, "sandbox-pending").unwrap().state(), "failed");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn script<S: Into<String>>(
        &self,
        provider: Provider,
        id: &str,
        states: impl IntoIterator<Item = S>,
    ) -> Result<(), Error> {
        let faults = states.into_iter().map(|state| Fault::state(state).times(1)).collect();
        self.store.inject(provider, Some(id), faults)
    }

    /// Lets nothing more go wrong with a payment, or with a provider as a whole.
    ///
    /// A payment stays in the state that a fault moved it to.
    ///
    /// # Errors
    /// There is no such payment.
    ///
    /// ```
    /// # let sandbox = paystatus_sandbox::Sandbox::start_blocking(0)?;
    /// use paystatus_sandbox::{Fault, Provider};
    ///
    /// sandbox.inject(Provider::BEARER, None, Fault::hang())?;
    /// assert!(sandbox.clear_faults(Provider::BEARER, None).is_ok());
    /// assert!(sandbox.clear_faults(Provider::BEARER, Some("pay_999")).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn clear_faults(&self, provider: Provider, id: Option<&str>) -> Result<(), Error> {
        self.store.set_faults(provider, id, Vec::new())
    }

    /// Answers a well-formed, authorized request for this payment with a canned reply from now on, in place of every fault that it has.
    ///
    /// # Errors
    /// There is no such payment, or the reply could not be sent.
    ///
    /// ```
    /// # let sandbox = paystatus_sandbox::Sandbox::start_blocking(0)?;
    /// use paystatus_sandbox::{Provider, Reply};
    ///
    /// let cut = Reply::new(200).with_body(r#"{"id":"pay_001","sta"#);
    /// assert!(sandbox.set_reply(Provider::BEARER, "pay_001", cut).is_ok());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn set_reply(&self, provider: Provider, id: &str, reply: Reply) -> Result<(), Error> {
        self.store.set_faults(provider, Some(id), vec![Fault::reply(reply)])
    }

    /// Takes a payment's canned reply back, as [`clear_faults`](Self::clear_faults) does.
    ///
    /// # Errors
    /// There is no such payment.
    ///
    /// ```
    /// # let sandbox = paystatus_sandbox::Sandbox::start_blocking(0)?;
    /// use paystatus_sandbox::Provider;
    ///
    /// assert!(sandbox.clear_reply(Provider::BEARER, "pay_001").is_ok());
    /// assert!(sandbox.clear_reply(Provider::BEARER, "pay_999").is_err());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn clear_reply(&self, provider: Provider, id: &str) -> Result<(), Error> {
        self.clear_faults(provider, Some(id))
    }

    /// Answers every request to a provider with a canned reply from now on, unread, in place of every fault that it has.
    ///
    /// # Errors
    /// The reply could not be sent.
    ///
    /// ```
    /// # let sandbox = paystatus_sandbox::Sandbox::start_blocking(0)?;
    /// use paystatus_sandbox::{Provider, Reply};
    ///
    /// assert!(sandbox.set_provider_reply(Provider::BEARER, Reply::new(429)).is_ok());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn set_provider_reply(&self, provider: Provider, reply: Reply) -> Result<(), Error> {
        self.store.set_faults(provider, None, vec![Fault::reply(reply)])
    }

    /// Takes a provider's canned reply back, as [`clear_faults`](Self::clear_faults) does.
    ///
    /// # Errors
    /// None today.
    ///
    /// ```
    /// # let sandbox = paystatus_sandbox::Sandbox::start_blocking(0)?;
    /// use paystatus_sandbox::Provider;
    ///
    /// assert!(sandbox.clear_provider_reply(Provider::BEARER).is_ok());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn clear_provider_reply(&self, provider: Provider) -> Result<(), Error> {
        self.clear_faults(provider, None)
    }
}
