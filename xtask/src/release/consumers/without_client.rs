//! A program with an HTTP library of its own: the provider's crate has none.

use std::error::Error;

use paystatus_akurateco::{Akurateco, BaseUrl, Body, Lookup, Provider};

const REPLY: &str = r#"{"payment_id":"24f7401c-fc47-11ec-8d07-0242ac120015","date":"2022-07-05 09:45:03",
    "status":"settled","order":{"number":"order-1234","amount":"3.01","currency":"QAR"}}"#;

fn main() -> Result<(), Box<dyn Error>> {
    let account = Akurateco::new(BaseUrl::parse("https://checkout.example.com")?, "a-key", "a-password");
    let lookup = Lookup::order("order-1234");
    let request = account.request(&lookup)?;
    println!("{} {}", request.method(), request.uri());
    let payment = account.interpret(&lookup, &http::Response::new(Body::from(REPLY)))?;
    println!("{:?}", payment.status());
    Ok(())
}
