use std::time::Duration;

use futures_util::{StreamExt, stream};
use httpmock::Method::GET;
use paystatus_client::{Client, Settings, Transport};
use paystatus_core::{ErrorKind, Lookup, Pace};

use crate::{acme, now, server};

fn lookups(count: usize) -> Vec<Lookup> {
    (0..count)
        .map(|number| Lookup::payment(format!("{}-{number}", if number % 7 == 0 { "lost" } else { "paid" })))
        .collect()
}

#[tokio::test]
async fn every_id_has_its_own_outcome() {
    let server = server().await;
    let client = Client::new(acme(&server)).unwrap();
    let mut answers: Vec<_> = client
        .check_many(stream::iter(lookups(300)))
        .map(|(lookup, result)| (lookup.id().to_owned(), result.is_ok_and(|payment| payment.is_paid())))
        .collect()
        .await;
    answers.sort();
    let mut expected: Vec<_> =
        lookups(300).iter().map(|lookup| (lookup.id().to_owned(), lookup.id().starts_with("paid"))).collect();
    expected.sort();
    assert_eq!(answers, expected);
}

#[tokio::test]
async fn the_order_can_be_kept() {
    let server = server().await;
    let client = Client::new(acme(&server)).unwrap();
    let answered: Vec<_> =
        client.check_many_in_order(stream::iter(lookups(100))).map(|(lookup, _)| lookup).collect().await;
    assert_eq!(answered, lookups(100));
}

#[tokio::test]
async fn what_waits_for_its_turn_does_not_time_out() {
    let server = server().await;
    // Four at once and then no more for a second: the last of twenty waits longer than its own timeout.
    let settings = Settings::default().with_pace(Pace::per_second(4)).with_timeout(Duration::from_secs(3));
    let client = Client::with(acme(&server), settings, &Transport::new().unwrap()).unwrap();
    let paid = (0..20).map(|number| Lookup::payment(format!("paid-{number}")));
    let answers: Vec<_> = client.check_many(stream::iter(paid)).collect().await;
    assert_eq!(answers.len(), 20);
    for (lookup, result) in answers {
        assert!(result.is_ok(), "{}: {result:?}", lookup.id());
    }
}

#[tokio::test]
async fn dropping_the_stream_asks_no_more() {
    let server = server().await;
    let client = Client::new(acme(&server)).unwrap();
    let mut taken = 0;
    let endless = stream::iter(0..).map(|number| {
        taken += 1;
        Lookup::payment(format!("paid-{number}"))
    });
    {
        let mut answers = Box::pin(client.check_many(endless));
        assert!(answers.next().await.unwrap().1.is_ok());
    }
    assert!(taken <= 17, "{taken} ids were taken for one answer");
    assert!(client.status("paid-again").await.is_ok(), "places in flight are free again");
}

#[tokio::test]
async fn a_single_check_beside_a_slow_bulk_learns_at_once_that_it_is_limited() {
    let server = server().await;
    let settings = Settings::default().with_pace(Pace::per_hour(1)).with_max_in_flight(2);
    let client = Client::with(acme(&server), settings, &Transport::new().unwrap()).unwrap();
    let mut bulk = Box::pin(client.check_many(stream::iter(lookups(9)).skip(1)));
    assert!(bulk.next().await.unwrap().1.is_ok());
    assert!(now(bulk.next()).is_pending(), "the others hold every place until their turns");
    let error = client.status("paid-1").await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::RateLimited, 0));
    assert!(error.retry_after().unwrap() > Duration::from_secs(3600));
}

#[tokio::test]
async fn a_silence_too_long_to_wait_for_is_told_to_every_check() {
    let server = server().await;
    server
        .mock_async(|when, then| {
            when.method(GET).path("/payments/limited");
            then.status(429).header("retry-after", "3153600000"); // a century
        })
        .await;
    let client = Client::new(acme(&server)).unwrap();
    let error = client.status_in_turn("limited").await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::RateLimited, 1));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3_153_600_000)));

    let answers: Vec<_> = client.check_many(stream::iter(lookups(40))).collect().await;
    assert_eq!(answers.len(), 40);
    for (lookup, result) in answers {
        let error = result.unwrap_err();
        let told = (error.kind(), error.provider(), error.attempts());
        assert_eq!(told, (ErrorKind::RateLimited, Some("acme"), 0), "{}", lookup.id());
        assert!(error.retry_after().unwrap() > Duration::from_secs(300), "{error:?}");
    }
}
