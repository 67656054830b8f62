use std::{fmt, sync::Arc};

use async_trait::async_trait;
use serde::Serialize;
use serde_json::Value;

use crate::{BaseUrl, Body, Error, Limits, Lookup, Payment, WaitPlan};

/// One payment provider as pure functions: a lookup becomes a request, a reply becomes a payment.
///
/// An implementation never waits, retries, prints, panics, or reads a clock or the environment;
/// so the same code serves any HTTP library, stored replies, tests and fuzzing.
///
/// ```
/// use paystatus_core::*;
///
/// #[derive(Debug)]
/// struct Acme { base_url: BaseUrl }
///
/// impl Provider for Acme {
///     type Details = ();
///
///     fn name(&self) -> &'static str { "acme" }
///
///     fn base_url(&self) -> &BaseUrl { &self.base_url }
///
///     fn request(&self, lookup: &Lookup) -> Result<http::Request<Body>, Error> {
///         self.base_url.join("/payments").segment(lookup.payment_id()?)?.get()
///     }
///
///     fn interpret(&self, lookup: &Lookup, reply: &http::Response<Body>) -> Result<Payment<()>, Error> {
///         #[derive(serde::Deserialize)]
///         struct Reply<'a> { id: &'a str, status: &'a str }
///
///         if !reply.status().is_success() {
///             return Err(reply::error(reply, &[], &reply::Said::nothing()));
///         }
///         let Reply { id, status } = json::object(reply::text(reply)?)?;
///         lookup.confirm(id)?;
///         let meaning = match status {
///             "settled" => Meaning::new(Status::Paid, Finality::Final, Funds::Taken),
///             _ => Meaning::UNKNOWN,
///         };
///         Ok(Payment::new(lookup, id, meaning, status, ()))
///     }
/// }
///
/// let acme = Acme { base_url: BaseUrl::parse("https://api.example.com")? };
/// let request = acme.request(&"a/b".into())?;
/// assert_eq!(request.uri(), "https://api.example.com/payments/a%2Fb");
/// let reply = http::Response::new(Body::from(r#"{"id":"a/b","status":"settled"}"#));
/// assert!(acme.interpret(&"a/b".into(), &reply)?.is_paid());
/// # Ok::<(), Error>(())
/// ```
pub trait Provider: Send + Sync {
    /// The provider's own reply, typed; personal fields are [`Personal`](crate::Personal).
    type Details: Clone + fmt::Debug + Serialize + Send + Sync + 'static;

    /// The provider's one name: of its crate, its feature and its configuration value.
    fn name(&self) -> &'static str;

    /// Where its API is; every request must stay below it.
    fn base_url(&self) -> &BaseUrl;

    /// Builds the request that asks for a payment.
    ///
    /// # Errors
    /// `InvalidLookup` or `Unsupported` for a lookup that can't be asked, `Config` for unusable credentials.
    fn request(&self, lookup: &Lookup) -> Result<http::Request<Body>, Error>;

    /// Reads a reply.
    ///
    /// # Errors
    /// Every kind that the provider's error table and the shared one name.
    fn interpret(
        &self,
        lookup: &Lookup,
        reply: &http::Response<Body>,
    ) -> Result<Payment<Self::Details>, Error>;

    /// The pace that the provider is known to allow.
    fn limits(&self) -> Limits {
        Limits::none()
    }

    /// How to wait for one of its payments.
    fn wait_plan(&self) -> WaitPlan {
        WaitPlan::default()
    }
}

/// A client of any provider, as one object-safe trait: for collections of accounts, and for doubles in tests.
///
/// ```
/// use paystatus_core::{Error, ErrorKind, Lookup, Payment, StatusClient, WaitPlan, async_trait};
/// use serde_json::Value;
///
/// struct Down;
///
/// #[async_trait]
/// impl StatusClient for Down {
///     fn provider(&self) -> &'static str { "acme" }
///     async fn status(&self, _: &Lookup) -> Result<Payment<Value>, Error> {
///         Err(Error::new(ErrorKind::Unavailable, "down for the night"))
///     }
/// }
///
/// let accounts: Vec<Box<dyn StatusClient>> = vec![Box::new(Down)];
/// assert_eq!(accounts[0].provider(), "acme");
/// ```
#[async_trait]
pub trait StatusClient: Send + Sync {
    /// The name of the provider that is asked.
    ///
    /// ```no_run
    /// # async fn example(client: &dyn paystatus_core::StatusClient) -> Result<(), paystatus_core::Error> {
    /// assert_eq!(client.provider(), "acme"); // as in a configuration
    /// # Ok(())
    /// # }
    /// ```
    fn provider(&self) -> &'static str;

    /// Asks for a payment.
    ///
    /// # Errors
    /// Every [`ErrorKind`](crate::ErrorKind): none of them says that the payment failed.
    ///
    /// ```no_run
    /// # async fn example(client: &dyn paystatus_core::StatusClient) -> Result<(), paystatus_core::Error> {
    /// use paystatus_core::Lookup;
    ///
    /// match client.status(&Lookup::payment("pay_001")).await {
    ///     Ok(payment) => println!("{:?}, {:?}", payment.status(), payment.finality()),
    ///     Err(error) => println!("nothing is known: {error}"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    async fn status(&self, lookup: &Lookup) -> Result<Payment<Value>, Error>;

    /// Asks for a payment when the account's pace lets this check send its request, which is called its turn,
    /// and counts the timeout from then on: for many checks, and for those that can wait.
    ///
    /// # Errors
    /// As [`status`](Self::status); [`RateLimited`](crate::ErrorKind::RateLimited) at once
    /// if the provider asked for a longer silence than is worth waiting for.
    ///
    /// ```no_run
    /// # async fn example(client: &dyn paystatus_core::StatusClient) -> Result<(), paystatus_core::Error> {
    /// use paystatus_core::Lookup;
    ///
    /// for id in ["pay_001", "pay_002"] {
    ///     let payment = client.status_in_turn(&Lookup::payment(id)).await?;
    ///     assert_eq!(payment.asked().id(), id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    async fn status_in_turn(&self, lookup: &Lookup) -> Result<Payment<Value>, Error> {
        self.status(lookup).await
    }

    /// Which server is asked, such as the base URL: for people, and to tell staging's answers from production's.
    /// Nothing if there is none, as for a double in a test; never a credential.
    ///
    /// ```no_run
    /// # fn example(client: &dyn paystatus_core::StatusClient) {
    /// assert_eq!(client.server().as_deref(), Some("https://api.example.com/v2"));
    /// # }
    /// ```
    fn server(&self) -> Option<String> {
        None
    }

    /// How to wait for one of the provider's payments.
    ///
    /// ```no_run
    /// # async fn example(client: &dyn paystatus_core::StatusClient) -> Result<(), paystatus_core::Error> {
    /// use std::time::Duration;
    ///
    /// let plan = client.wait_plan();
    /// assert!(plan.pause(1, Duration::ZERO) <= plan.total());
    /// # Ok(())
    /// # }
    /// ```
    fn wait_plan(&self) -> WaitPlan {
        WaitPlan::default()
    }
}

macro_rules! forward {
    ($($pointer:ty),*) => {$(
        #[async_trait]
        impl<C: StatusClient + ?Sized> StatusClient for $pointer {
            fn provider(&self) -> &'static str {
                (**self).provider()
            }

            async fn status(&self, lookup: &Lookup) -> Result<Payment<Value>, Error> {
                (**self).status(lookup).await
            }

            async fn status_in_turn(&self, lookup: &Lookup) -> Result<Payment<Value>, Error> {
                (**self).status_in_turn(lookup).await
            }

            fn server(&self) -> Option<String> {
                (**self).server()
            }

            fn wait_plan(&self) -> WaitPlan {
                (**self).wait_plan()
            }
        }
    )*};
}

forward!(&C, Box<C>, Arc<C>);
