use std::{fmt, sync::Arc, time::SystemTime};

use async_trait::async_trait;
use serde::Serialize;
use serde_json::Value;

use crate::{
    Answer, Ask, BaseUrl, Body, Error, Facts, Lookup, Pace, Payment, Refusal, Said, SignsCallbacks, Token,
    WaitPlan,
};

/// One payment provider as data and pure functions: what is asked becomes a request, a reply becomes an answer.
///
/// An implementation never waits, retries, prints, panics, or reads a clock or the environment;
/// so the same code serves any HTTP library, stored replies, tests and fuzzing.
/// Which replies it is given to read, and what becomes of the others, is decided by [`interpret`](crate::interpret).
///
/// ```
/// use paystatus_core::*;
///
/// const DOCS: Source = Source::new("https://example.com/docs", "2026-11");
/// const STATUSES: &[Row] = &[Row::new(&["settled"], Status::Paid, Finality::Final, Funds::Taken, DOCS)];
/// static FACTS: Facts = Facts::new("acme", "Acme Pay", STATUSES, &[]);
///
/// #[derive(Debug)]
/// struct Acme { base_url: BaseUrl }
///
/// impl Provider for Acme {
///     type Details = ();
///
///     fn facts(&self) -> &'static Facts { &FACTS }
///
///     fn base_url(&self) -> &BaseUrl { &self.base_url }
///
///     fn request(&self, ask: &Ask<'_>) -> Result<http::Request<Body>, Error> {
///         self.base_url.join("/payments").segment(ask.lookup().payment_id()?)?.get()
///     }
///
///     fn read(&self, _: &Ask<'_>, text: &str) -> Result<Answer<()>, Refusal> {
///         #[derive(serde::Deserialize)]
///         struct Reply<'a> { id: &'a str, status: &'a str }
///
///         let Reply { id, status } = json::object(text)?;
///         Ok(Answer::Payment(Snapshot::new(id, Row::judge(STATUSES, &[Some(status)]), status), ()))
///     }
/// }
///
/// let acme = Acme { base_url: BaseUrl::parse("https://api.example.com")? };
/// let lookup = Lookup::payment("a/b");
/// let request = acme.request(&Ask::about(&lookup))?;
/// assert_eq!(request.uri(), "https://api.example.com/payments/a%2Fb");
/// let reply = http::Response::new(Body::from(r#"{"id":"a/b","status":"settled"}"#));
/// assert!(interpret(&acme, &lookup, &reply)?.is_paid());
/// # Ok::<(), Error>(())
/// ```
pub trait Provider: Send + Sync {
    /// The provider's own reply, typed; personal fields are [`Personal`](crate::Personal).
    type Details: Clone + fmt::Debug + Serialize + Send + Sync + 'static;

    /// What is known about the provider: its name, its tables, what it tells.
    fn facts(&self) -> &'static Facts;

    /// Where its API is; every request must stay below it.
    fn base_url(&self) -> &BaseUrl;

    /// Builds the request that asks for a payment.
    ///
    /// # Errors
    /// `InvalidLookup` or `Unsupported` for a lookup that can't be asked, `Config` for unusable credentials.
    fn request(&self, ask: &Ask<'_>) -> Result<http::Request<Body>, Error>;

    /// Reads the whole text of a success, or of what a row of the error table names an answer.
    ///
    /// # Errors
    /// [`Refusal`]: an error that the text states, or why it can't be read.
    fn read(&self, ask: &Ask<'_>, text: &str) -> Result<Answer<Self::Details>, Refusal>;

    /// What the text of an error says in the provider's own form, for its error table.
    fn said(&self, text: &str) -> Said {
        let _ = text;
        Said::nothing()
    }

    /// How an access token is fetched, for a provider that needs one.
    fn tokens(&self) -> Option<&dyn FetchesTokens> {
        None
    }

    /// How its callbacks are verified, for a provider that signs them.
    fn callbacks(&self) -> Option<&dyn SignsCallbacks> {
        None
    }
}

/// A provider whose requests need an access token that must be fetched first: pure functions, too.
///
/// Tokens are kept in memory only, by whoever asks: the client keeps one for an account.
pub trait FetchesTokens: Send + Sync {
    /// Where tokens are fetched: often the provider's own base URL.
    fn base_url(&self) -> &BaseUrl;

    /// Builds the request for a token.
    ///
    /// # Errors
    /// `Config` for unusable credentials.
    fn request(&self, now: SystemTime) -> Result<http::Request<Body>, Error>;

    /// Reads the whole text of a success: the token and when it ends.
    ///
    /// # Errors
    /// [`Refusal`]: an error that the text states, or why it can't be read.
    fn read(&self, now: SystemTime, text: &str) -> Result<Token, Refusal>;

    /// What the text of an error says in the provider's own form, for its error table.
    fn said(&self, text: &str) -> Said {
        let _ = text;
        Said::nothing()
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

    /// Asks for a payment with one attempt, without retries of its own: for whoever keeps an account's pace elsewhere,
    /// such as over several machines, and asks again later anyway.
    ///
    /// # Errors
    /// As [`status_in_turn`](Self::status_in_turn).
    ///
    /// ```no_run
    /// # async fn example(client: &dyn paystatus_core::StatusClient) {
    /// use paystatus_core::Lookup;
    ///
    /// if let Err(error) = client.status_once(&Lookup::payment("pay_001")).await {
    ///     println!("nothing is known so far: {error}"); // it was not tried again
    /// }
    /// # }
    /// ```
    async fn status_once(&self, lookup: &Lookup) -> Result<Payment<Value>, Error> {
        self.status_in_turn(lookup).await
    }

    /// Tells whether the provider can be asked that way at all, as far as that is known without asking.
    ///
    /// # Errors
    /// [`InvalidLookup`](crate::ErrorKind::InvalidLookup) and [`Unsupported`](crate::ErrorKind::Unsupported).
    ///
    /// ```no_run
    /// # fn example(client: &dyn paystatus_core::StatusClient) {
    /// use paystatus_core::{ErrorKind, Lookup};
    ///
    /// let empty = client.can_ask(&Lookup::payment("")).unwrap_err();
    /// assert_eq!(empty.kind(), ErrorKind::InvalidLookup);
    /// # }
    /// ```
    fn can_ask(&self, lookup: &Lookup) -> Result<(), Error> {
        lookup.any_id().map(drop)
    }

    /// How many requests the account may make; nothing if that is not known, or not limited.
    ///
    /// ```no_run
    /// # fn example(client: &dyn paystatus_core::StatusClient) {
    /// assert_eq!(client.pace().map(|pace| pace.to_string()).as_deref(), Some("15/min"));
    /// # }
    /// ```
    fn pace(&self) -> Option<Pace> {
        None
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

    /// Tells whether test money counts as money for this account, which only whoever configured it can say.
    ///
    /// ```no_run
    /// # async fn example(client: &dyn paystatus_core::StatusClient) -> Result<(), paystatus_core::Error> {
    /// use paystatus_core::{Expected, Money};
    ///
    /// let mut expected = Expected::new(Money::parse("50.00", "USD")?);
    /// if client.allows_test_money() {
    ///     expected = expected.allowing_test_money();
    /// }
    /// # Ok(())
    /// # }
    /// ```
    fn allows_test_money(&self) -> bool {
        false
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

            async fn status_once(&self, lookup: &Lookup) -> Result<Payment<Value>, Error> {
                (**self).status_once(lookup).await
            }

            fn can_ask(&self, lookup: &Lookup) -> Result<(), Error> {
                (**self).can_ask(lookup)
            }

            fn pace(&self) -> Option<Pace> {
                (**self).pace()
            }

            fn server(&self) -> Option<String> {
                (**self).server()
            }

            fn wait_plan(&self) -> WaitPlan {
                (**self).wait_plan()
            }

            fn allows_test_money(&self) -> bool {
                (**self).allows_test_money()
            }
        }
    )*};
}

forward!(&C, Box<C>, Arc<C>);
