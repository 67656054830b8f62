use std::sync::Arc;

use crate::{Error, ErrorKind};

/// The longest identifier that is asked about, in bytes.
const MAX_ID: usize = 255;

/// Which payment to ask about: by the provider's payment id or by the merchant's own order id.
///
/// Any text can be put in; it is checked when a provider takes it out again,
/// so that an identifier from a ledger or a browser can be passed on as it is.
///
/// ```
/// use paystatus_core::{ErrorKind, Lookup};
///
/// assert_eq!(Lookup::payment("pay_001").payment_id()?, "pay_001");
/// assert_eq!(Lookup::order("order-1234").id(), "order-1234");
/// assert_eq!(Lookup::payment("..").payment_id().unwrap_err().kind(), ErrorKind::InvalidLookup);
/// # Ok::<(), paystatus_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Lookup {
    by: By,
    /// Shared, because a lookup is kept by the wait, and by the payment that it led to.
    id: Arc<str>,
}

/// What the identifier of a [`Lookup`] names.
///
/// ```
/// use paystatus_core::{By, Lookup};
/// assert_eq!(Lookup::from("pay_001").by(), By::Payment);
/// assert_eq!(Lookup::order("order-1234").by(), By::Order);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum By {
    /// The payment, by the id that the provider gave it.
    Payment,
    /// The merchant's order, by the reference that the merchant gave it.
    Order,
}

impl By {
    /// The word for it in tables and messages: `"payment"` or `"order"`.
    ///
    /// ```
    /// assert_eq!(paystatus_core::By::Order.as_str(), "order");
    /// ```
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Payment => "payment",
            Self::Order => "order",
        }
    }
}

impl Lookup {
    /// Asks by the provider's own payment id (what `&str` and `String` convert to).
    ///
    /// ```
    /// use paystatus_core::Lookup;
    /// assert_eq!(Lookup::payment("pay_001"), "pay_001".into());
    /// ```
    pub fn payment(id: impl Into<String>) -> Self {
        Self { by: By::Payment, id: id.into().into() }
    }

    /// Asks by the merchant's order id, where the provider can.
    ///
    /// ```
    /// use paystatus_core::{By, Lookup};
    /// assert_eq!(Lookup::order("order-1234").by(), By::Order);
    /// ```
    pub fn order(id: impl Into<String>) -> Self {
        Self { by: By::Order, id: id.into().into() }
    }

    /// Tells what the identifier names.
    ///
    /// ```
    /// use paystatus_core::{By, Lookup};
    /// assert_eq!(Lookup::from("pay_001").by(), By::Payment);
    /// ```
    pub fn by(&self) -> By {
        self.by
    }

    /// The identifier as it was given, unchecked: for messages, never for a request.
    ///
    /// ```
    /// use paystatus_core::Lookup;
    /// assert_eq!(Lookup::order("order-1234").id(), "order-1234");
    /// ```
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The identifier, checked, for a provider whose payments have one name only.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidLookup`] if it is empty, `.`, `..` or longer than 255 bytes.
    pub fn any_id(&self) -> Result<&str, Error> {
        let refuse = |why: &str| {
            Err(Error::new(ErrorKind::InvalidLookup, format!("the {} id {why}", self.by.as_str())))
        };
        match &*self.id {
            "" => refuse("is empty: give the id that the provider or the order has"),
            // Every URL library folds these two, whatever their encoding, and so would ask about something else.
            "." | ".." => refuse("is a relative path segment (`.` or `..`), which no payment can have"),
            id if id.len() > MAX_ID => refuse("is longer than 255 bytes: is it really an id?"),
            id => Ok(id),
        }
    }

    /// The payment id, checked, for a provider that can only be asked by payment.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`] for a lookup by order, else as [`any_id`](Self::any_id).
    pub fn payment_id(&self) -> Result<&str, Error> {
        match self.by {
            By::Payment => self.any_id(),
            By::Order => Err(self.unsupported()),
        }
    }

    /// That the provider can't be asked so.
    pub(crate) fn unsupported(&self) -> Error {
        let why = match self.by {
            By::Payment => "this provider can only be asked by order, not by payment id",
            By::Order => "this provider can only be asked by payment id, not by order",
        };
        Error::new(ErrorKind::Unsupported, why)
    }

    pub(crate) fn shared_id(&self) -> &Arc<str> {
        &self.id
    }

    pub(crate) fn mismatch(&self) -> Error {
        let noun = self.by.as_str();
        Error::new(ErrorKind::Mismatch, format!("the reply is about another {noun} than the one asked for"))
    }
}

impl From<&str> for Lookup {
    fn from(id: &str) -> Self {
        Self::payment(id)
    }
}

impl From<String> for Lookup {
    fn from(id: String) -> Self {
        Self::payment(id)
    }
}

impl From<&Lookup> for Lookup {
    fn from(lookup: &Lookup) -> Self {
        lookup.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(id: &str) {
        assert_eq!(Lookup::payment(id).payment_id().unwrap_err().kind(), ErrorKind::InvalidLookup);
        assert_eq!(Lookup::order(id).any_id().unwrap_err().kind(), ErrorKind::InvalidLookup);
    }

    #[test]
    fn ids_that_cannot_name_a_payment_are_refused() {
        refused("");
        refused(".");
        refused("..");
        refused(&"x".repeat(256));
        refused(&"ü".repeat(128));
    }

    #[test]
    fn any_other_id_is_passed_on_as_it_is() {
        for id in ["...", "a/b", "%2e%2e", " ", "x\ny", &"x".repeat(255)] {
            assert_eq!(Lookup::payment(id).payment_id().unwrap(), id);
        }
    }

    #[test]
    fn an_order_is_not_a_payment() {
        assert_eq!(Lookup::order("o").payment_id().unwrap_err().kind(), ErrorKind::Unsupported);
    }
}
