//! The providers of this build, each in one line.

use http::Response;
use paystatus_client::{Client, Settings, Transport};
use paystatus_core::{
    Answer, Ask, Body, Callback, Error, ErrorKind, Facts, Lookup, NotGenuine, Notification, Payment,
    Provider, SignedCallback, SignsCallbacks, StatusClient, interpret,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{
    config,
    form::{self, Keys},
    setting::{Section, listed, nearest},
};

/// Each line: the feature, which is also the name in a configuration, the crate and its type, and the module here.
macro_rules! providers {
    ($($feature:literal => $package:ident::$provider:ident as $module:ident,)*) => {
        $(
            #[cfg(feature = $feature)]
            #[doc(no_inline)]
            pub use $package as $module;
        )*

        /// All that there are, whether this build has them or not.
        const NAMES: &[&str] = &[$($feature),*];

        static FACTS: &[&Facts] = &[$(
            #[cfg(feature = $feature)]
            &$package::FACTS,
        )*];

        static COMPILED: &[Compiled] = &[$(
            #[cfg(feature = $feature)]
            Compiled::of::<$package::$provider>(&$package::FACTS),
        )*];
    };
}

providers! {
    "akurateco" => paystatus_akurateco::Akurateco as akurateco,
    "bearer" => paystatus_bearer::Bearer as bearer,
    "btcpay" => paystatus_btcpay::BtcPay as btcpay,
    "cashfree" => paystatus_cashfree::Cashfree as cashfree,
    "checkout" => paystatus_checkout::Checkout as checkout,
    "commitup" => paystatus_commitup::CommitUp as commitup,
    "craftgate" => paystatus_craftgate::Craftgate as craftgate,
    "flutterwave" => paystatus_flutterwave::Flutterwave as flutterwave,
    "gocardless" => paystatus_gocardless::GoCardless as gocardless,
    "iyzico" => paystatus_iyzico::Iyzico as iyzico,
    "klarna" => paystatus_klarna::Klarna as klarna,
    "mercadopago" => paystatus_mercadopago::MercadoPago as mercadopago,
    "midtrans" => paystatus_midtrans::Midtrans as midtrans,
    "mollie" => paystatus_mollie::Mollie as mollie,
    "mpesa" => paystatus_mpesa::MPesa as mpesa,
    "myfatoorah" => paystatus_myfatoorah::MyFatoorah as myfatoorah,
    "nowpayments" => paystatus_nowpayments::NowPayments as nowpayments,
    "opp" => paystatus_opp::Opp as opp,
    "paypal" => paystatus_paypal::Paypal as paypal,
    "paystack" => paystatus_paystack::Paystack as paystack,
    "paytm" => paystatus_paytm::Paytm as paytm,
    "paytr" => paystatus_paytr::PayTr as paytr,
    "payu" => paystatus_payu::PayU as payu,
    "phonepe" => paystatus_phonepe::PhonePe as phonepe,
    "razorpay" => paystatus_razorpay::Razorpay as razorpay,
    "resmic" => paystatus_resmic::Resmic as resmic,
    "square" => paystatus_square::Square as square,
    "stripe" => paystatus_stripe::Stripe as stripe,
    "tap" => paystatus_tap::Tap as tap,
    "toss" => paystatus_toss::Toss as toss,
    "upitranzact" => paystatus_upitranzact::UpiTranzact as upitranzact,
    "xendit" => paystatus_xendit::Xendit as xendit,
}

/// What is known about each provider of this build, in the order of their names.
///
/// ```
/// # #[cfg(feature = "resmic")] {
/// let resmic = paystatus::providers().iter().find(|facts| facts.name == "resmic").unwrap();
/// assert_eq!(resmic.pace.unwrap().to_string(), "15/min");
/// # }
/// ```
pub fn providers() -> &'static [&'static Facts] {
    FACTS
}

/// The keys that an account of a provider has in a configuration, beside those that every account has.
///
/// # Errors
/// [`ErrorKind::Config`] for a provider that there is not, or not in this build.
///
/// ```
/// # #[cfg(feature = "resmic")] {
/// let keys = paystatus::keys("resmic")?;
/// assert_eq!(keys.required(), ["api_key", "user_id"]);
/// assert!(paystatus::keys("resmik").unwrap_err().message().contains("did you mean `resmic`?"));
/// # }
/// # Ok::<(), paystatus::Error>(())
/// ```
pub fn keys(provider: &str) -> Result<Keys, Error> {
    Ok((find(provider)?.keys)())
}

/// Says what a stored reply of a provider means: without an account, and without asking anybody.
///
/// Without a lookup the reply is about the payment that it names, whichever that is.
///
/// # Errors
/// [`ErrorKind::Config`] for a provider that there is not, or not in this build;
/// every kind that [`interpret`] gives.
///
/// ```
/// # #[cfg(feature = "bearer")] {
/// use paystatus::{Body, ErrorKind, Lookup, http, judge};
///
/// let text = r#"{"id":"pay_001","status":"succeeded","amount":5000,"currency":"USD"}"#;
/// let reply = http::Response::new(Body::from(text));
/// let payment = judge("bearer", None, &reply)?;
/// assert!(payment.is_paid() && payment.id() == "pay_001");
/// assert!(payment.explain().contains("\"succeeded\", which fits the row"));
///
/// let other = judge("bearer", Some(&Lookup::payment("pay_002")), &reply).unwrap_err();
/// assert_eq!(other.kind(), ErrorKind::Mismatch);
/// # }
/// # Ok::<(), paystatus::Error>(())
/// ```
pub fn judge(
    provider: &str,
    asked: Option<&Lookup>,
    reply: &Response<Body>,
) -> Result<Payment<Value>, Error> {
    (find(provider)?.judge)(asked, reply)
}

/// What can be made out of an account's own settings, and without any.
pub(crate) struct Compiled {
    pub(crate) facts: &'static Facts,
    pub(crate) fields: fn() -> &'static [&'static str],
    pub(crate) client: MakeClient,
    pub(crate) callbacks: MakeCallbacks,
    keys: fn() -> Keys,
    judge: Judge,
}

type MakeClient = fn(Section<'_>, Settings, &Transport) -> Result<Box<dyn StatusClient>, Error>;
type MakeCallbacks = fn(Section<'_>) -> Result<Option<Box<dyn SignsCallbacks>>, Error>;
type Judge = fn(Option<&Lookup>, &Response<Body>) -> Result<Payment<Value>, Error>;

impl Compiled {
    #[allow(dead_code, reason = "a build may have no provider")]
    const fn of<P: Provider + DeserializeOwned + 'static>(facts: &'static Facts) -> Self {
        Self {
            facts,
            fields: form::fields::<P>,
            client: client::<P>,
            callbacks: callbacks::<P>,
            keys: Keys::of::<P>,
            judge: judged_by::<P>,
        }
    }
}

/// The provider of a name.
pub(crate) fn find(name: &str) -> Result<&'static Compiled, Error> {
    if let Some(compiled) = COMPILED.iter().find(|compiled| compiled.facts.name == name) {
        return Ok(compiled);
    }
    Err(config(match nearest(name, NAMES) {
        _ if NAMES.contains(&name) => format!("this build lacks the feature `{name}`"),
        Some(nearest) => format!("unknown provider {name:?}: did you mean `{nearest}`?"),
        None => format!("unknown provider {name:?}: there are {}", names()),
    }))
}

/// The names of all providers, for messages.
pub(crate) fn names() -> String {
    listed(NAMES)
}

fn read<P: DeserializeOwned>(section: Section<'_>) -> Result<P, Error> {
    P::deserialize(section).map_err(|wrong| config(wrong.to_string()))
}

fn client<P: Provider + DeserializeOwned + 'static>(
    section: Section<'_>,
    settings: Settings,
    transport: &Transport,
) -> Result<Box<dyn StatusClient>, Error> {
    Ok(Box::new(Client::with(read::<P>(section)?, settings, transport)?))
}

fn callbacks<P: Provider + DeserializeOwned + 'static>(
    section: Section<'_>,
) -> Result<Option<Box<dyn SignsCallbacks>>, Error> {
    let provider = read::<P>(section)?;
    Ok(match provider.callbacks() {
        Some(_) => Some(Box::new(Signing(provider))),
        None => None,
    })
}

/// A provider as what it signs its callbacks with.
struct Signing<P>(P);

impl<P: Provider> SignsCallbacks for Signing<P> {
    fn verify_callback(&self, callback: &Callback<'_>) -> Result<Notification, NotGenuine> {
        self.0.callbacks().ok_or(NotGenuine::Unsigned)?.verify_callback(callback)
    }

    fn sign_callback(&self, body: &[u8], at: std::time::SystemTime) -> Result<SignedCallback, Error> {
        let unsigned = || config(NotGenuine::Unsigned.to_string());
        self.0.callbacks().ok_or_else(unsigned)?.sign_callback(body, at)
    }

    fn signed_with(&self) -> &'static str {
        self.0.callbacks().map_or("", SignsCallbacks::signed_with)
    }
}

fn judged_by<P: Provider + DeserializeOwned>(
    asked: Option<&Lookup>,
    reply: &Response<Body>,
) -> Result<Payment<Value>, Error> {
    let (provider, _) = form::made_up::<P>().ok_or_else(|| {
        Error::new(ErrorKind::Unsupported, "this provider's replies need an account to be read")
    })?;
    let asked = asked.cloned().unwrap_or_else(|| named_in(&provider, reply));
    interpret(&provider, &asked, reply).map(Payment::erase)
}

/// The payment that a reply names, or the order if it lists several attempts to pay one.
fn named_in<P: Provider>(provider: &P, reply: &Response<Body>) -> Lookup {
    let nobody = Lookup::payment("-");
    let text = std::str::from_utf8(reply.body().as_bytes()).unwrap_or_default();
    match provider.read(&Ask::about(&nobody), text) {
        Ok(Answer::Payment(snapshot, _)) => Lookup::payment(snapshot.id()),
        Ok(Answer::Attempts(attempts)) => match attempts.as_slice() {
            [(only, _)] => Lookup::payment(only.id()),
            [(newest, _), ..] => newest.reference().map_or(nobody, Lookup::order),
            [] => nobody,
        },
        _ => nobody,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_has_one_name_and_the_list_is_in_order() {
        assert!(NAMES.is_sorted());
        assert!(FACTS.iter().map(|facts| facts.name).eq(COMPILED.iter().map(|compiled| compiled.facts.name)));
        assert!(FACTS.iter().all(|facts| NAMES.contains(&facts.name)));
        #[cfg(feature = "all")]
        assert!(FACTS.iter().map(|facts| facts.name).eq(NAMES.iter().copied()), "`all` lacks one");
    }
}
