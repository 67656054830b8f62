//! A program with one provider's crate, and no other of ours.

use paystatus_resmic::{Ask, Body, Client, Expected, Lookup, Money, Provider, Resmic, interpret};

const REPLY: &str = r#"{"status":200,"success":true,"data":{"session_id":"899e9dde-fda9-4386-9620-065756016805",
    "created_at_utc":"2025-02-21T23:00:13.633Z","amount":"100","payment_status":"Completed","is_coupon_applied":false}}"#;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let account = Resmic::new("an-api-key", "a-user-id");
    let lookup = Lookup::payment("899e9dde-fda9-4386-9620-065756016805");
    assert_eq!(account.request(&Ask::about(&lookup))?.uri().host(), Some("api.resmic.com"));
    let payment = interpret(&account, &lookup, &http::Response::new(Body::from(REPLY)))?;
    assert!(payment.verify(&Expected::new(Money::parse("100", "USD")?)).is_ok());
    Client::new(account)?;
    Ok(())
}
