//! A program with an HTTP library of its own: the provider's crate has none.

use paystatus_akurateco::{Akurateco, Ask, BaseUrl, Body, Lookup, Provider, interpret};

const REPLY: &str = r#"{"payment_id":"24f7401c-fc47-11ec-8d07-0242ac120015","date":"2022-07-05 09:45:03",
    "status":"settled","order":{"number":"order-1234","amount":"3.01","currency":"QAR"}}"#;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let account = Akurateco::new(BaseUrl::parse("https://checkout.example.com")?, "a-key", "a-password");
    let lookup = Lookup::payment("24f7401c-fc47-11ec-8d07-0242ac120015");
    let request = account.request(&Ask::about(&lookup))?;
    assert_eq!(request.uri(), "https://checkout.example.com/api/v1/payment/status");
    assert!(interpret(&account, &lookup, &http::Response::new(Body::from(REPLY)))?.is_paid());
    Ok(())
}
