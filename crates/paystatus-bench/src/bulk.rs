use std::{cell::Cell, hint::black_box};

use futures_util::{StreamExt, stream};
use paystatus_client::Client;
use paystatus_core::{Lookup, Provider};
use serde::Serialize;

use crate::{
    Failure, Options, Print,
    case::{self, Bearer},
    line, resident,
    rounds::{alternate, round},
    runtime,
    server::Server,
};

const PAID: &str = r#"{"id":"pay_00000000","status":"succeeded","amount":5000,"currency":"USD","reference":"order_12345","updated_at":"2025-09-18T20:42:00Z"}"#;

/// How often memory is looked at, in items.
const LOOK_EVERY: u32 = 1_000;

#[derive(Serialize)]
struct Line {
    bench: &'static str,
    items: u32,
    ratio: f64,
    rss_mb: f64,
}

/// The memory is the most that this process had while `check_many` ran; the smaller size comes first,
/// because memory that was once used may stay with the process.
pub(crate) fn run(options: &Options, print: Print<'_>) -> Result<(), Failure> {
    for items in options.size([10_000, 200_000], [100, 300]) {
        print(line(&measure(options, items)?)?);
    }
    Ok(())
}

fn measure(options: &Options, items: u32) -> Result<Line, Failure> {
    let (runtime, server) = (runtime()?, Server::echoing(PAID, "pay_00000000", "/v1/payments/")?);
    let (client, http, url) = (case::client::<Bearer>(&server.url())?, case::http_by_hand()?, server.url());
    let (http, url) = (&http, url.as_str());
    let most = Cell::new(0);
    let (ours, by_hand) = alternate(
        options.clock,
        options.size(9, 3),
        || {
            runtime.block_on(check_many(&client, items, |seen| {
                if seen % LOOK_EVERY == 0 || seen == items {
                    most.set(most.get().max(resident::bytes()?));
                }
                Ok(())
            }))
        },
        || {
            runtime.block_on(async {
                let check = async |id: String| {
                    let result = case::check_by_hand::<Bearer>(http, url, &id).await;
                    (id, result)
                };
                let mut answers = stream::iter(0..items).map(id).map(check).buffer_unordered(case::IN_FLIGHT);
                let mut seen = 0;
                while let Some((id, result)) = answers.next().await {
                    black_box((id, result?));
                    seen += 1;
                }
                all(seen, items)
            })
        },
    )?;
    #[expect(clippy::cast_precision_loss, reason = "a figure for people")]
    let rss_mb = round(most.get() as f64 / f64::from(1 << 20), 1);
    Ok(Line { bench: "bulk", items, ratio: round(by_hand / ours, 3), rss_mb })
}

/// The id of one of many payments; each is as long as the next.
pub(crate) fn id(number: u32) -> String {
    format!("pay_{number:08}")
}

/// Asks for so many payments by `check_many`, and tells after each how many answers there are.
pub(crate) async fn check_many<P: Provider>(
    client: &Client<P>,
    items: u32,
    mut after: impl FnMut(u32) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let lookups = stream::iter(0..items).map(|number| Lookup::payment(id(number)));
    let mut answers = std::pin::pin!(client.check_many(lookups));
    let mut seen = 0;
    while let Some((lookup, result)) = answers.next().await {
        black_box((lookup, result?));
        seen += 1;
        after(seen)?;
    }
    all(seen, items)
}

pub(crate) fn all(seen: u32, items: u32) -> Result<(), Failure> {
    if seen == items { Ok(()) } else { Err(format!("{seen} of {items} were answered").into()) }
}
