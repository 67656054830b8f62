//! The scripted client, as its users use it.

use paystatus_core::{
    Error, ErrorKind, Expected, Finality, Funds, Lookup, MayChargeAgain, Money, Status, StatusClient,
    WaitPlan,
};
use paystatus_testkit::FakeClient;
use std::time::Duration;

#[tokio::test]
async fn answers_come_in_order_and_the_last_stays() {
    let price = Money::parse("3.01", "QAR").unwrap();
    let client = FakeClient::new("acme").not_found("p").pending("p").failed("p").paid("p", price);
    let lookup = Lookup::payment("p");

    let error = client.status(&lookup).await.unwrap_err();
    assert_eq!((error.kind(), error.provider(), error.attempts()), (ErrorKind::NotFound, Some("acme"), 1));
    assert_eq!(client.status(&lookup).await.unwrap().finality(), Finality::Open);
    let failed = client.status(&lookup).await.unwrap();
    assert_eq!((failed.status(), failed.funds()), (Status::Failed, Funds::Unknown));
    assert_eq!(failed.may_charge_again(), MayChargeAgain::Unknown);
    for _ in 0..2 {
        assert!(client.status(&lookup).await.unwrap().verify(&Expected::new(price)).is_ok());
    }
    assert_eq!(client.asked(), vec![lookup; 5]);
}

#[tokio::test]
async fn payments_and_orders_have_their_own_scripts() {
    let price = Money::parse("1", "USD").unwrap();
    let client = FakeClient::new("acme").paid(Lookup::order("x"), price).unavailable("x");
    assert!(client.status(&Lookup::order("x")).await.unwrap().is_paid());
    assert!(client.status(&"x".into()).await.unwrap_err().is_retryable());
    assert_eq!(client.status(&"y".into()).await.unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(client.asked(), [Lookup::order("x"), "x".into(), "y".into()]);
}

#[tokio::test]
async fn it_stands_in_for_any_client() {
    let second = Duration::from_secs(1);
    let plan = WaitPlan::new(second, second, second);
    let fake =
        FakeClient::new("acme").with_wait_plan(plan).failing("x", || Error::new(ErrorKind::Timeout, "slow"));
    let client: Box<dyn StatusClient> = Box::new(fake);
    assert_eq!((client.provider(), client.wait_plan()), ("acme", plan));
    assert_eq!(client.status(&"x".into()).await.unwrap_err().kind(), ErrorKind::Timeout);
}
