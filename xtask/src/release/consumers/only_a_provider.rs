//! A program with one dependency: a provider's crate.

use std::error::Error;

use paystatus_resmic::{Body, Client, Expected, Lookup, Money, Provider, Resmic};

const REPLY: &str = r#"{"status":200,"success":true,"data":{"session_id":"899e9dde-fda9-4386-9620-065756016805",
    "created_at_utc":"2025-02-21T23:00:13.633Z","amount":"100","payment_status":"Completed","is_coupon_applied":false}}"#;

fn main() -> Result<(), Box<dyn Error>> {
    let account = Resmic::new("an-api-key", "a-user-id");
    let lookup = Lookup::payment("899e9dde-fda9-4386-9620-065756016805");
    let request = account.request(&lookup)?;
    println!("{} {}", request.method(), request.uri().host().unwrap_or_default());

    let interpret = |reply: &_| account.interpret(&lookup, reply);
    let mut reply = empty(&interpret);
    *reply.body_mut() = Body::from(REPLY);
    let payment = interpret(&reply)?;
    println!("{:?}", payment.status());
    println!("verified: {}", payment.verify(&Expected::new(Money::parse("100", "USD")?)).is_ok());

    Client::new(account)?;
    println!("a client can be built");
    Ok(())
}

/// A reply of HTTP 200 without a body; its type is the argument's, whose crate this program does not name.
fn empty<R: Default, T>(_: &impl Fn(&R) -> T) -> R {
    R::default()
}
