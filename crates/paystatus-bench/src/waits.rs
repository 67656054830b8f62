use std::{future::IntoFuture, hint::black_box, time::Duration};

use paystatus_core::{Lookup, WaitPlan};
use serde::Serialize;
use tokio::runtime::Handle;

use crate::{
    Failure, Options, Print,
    case::{self, Bearer},
    line, resident, runtime,
    server::Server,
};

const PENDING: &str = r#"{"id":"pay_00000000","status":"pending","amount":5000,"currency":"USD","reference":"order_12345","updated_at":"2025-09-18T20:42:00Z"}"#;

#[derive(Serialize)]
struct Line {
    bench: &'static str,
    waits: u64,
    bytes_per_wait: u64,
}

/// Waits arrive a thousand at a time, as they would over a day: each is asked for once over HTTP,
/// is answered "pending", keeps that payment, and sleeps until its plan's next ask an hour later.
pub(crate) fn run(options: &Options, print: Print<'_>) -> Result<(), Failure> {
    let (waits, together) = (options.size(100_000_u64, 500), options.size(1_000, 100));
    let server = Server::echoing(PENDING, "pay_00000000", "/v1/payments/")?;
    let client = case::client::<Bearer>(&server.url())?;
    let hour = Duration::from_secs(3600);
    let plan = WaitPlan::new(hour, hour, 24 * hour);
    let id = |number: u64| Lookup::payment(format!("pay_{number:08}"));

    let bytes_per_wait = runtime()?.block_on(async {
        // Connections and buffers are there once, whatever the number of waits.
        let warm = futures_util::future::join_all((0..together).map(|number| client.status(id(number))));
        warm.await.into_iter().collect::<Result<Vec<_>, _>>()?;
        let (base, before) = (resident::bytes()?, server.answered());
        for first in (0..waits).step_by(usize::try_from(together)?) {
            for number in first..first + together {
                let outcome = client.wait(id(number)).with_plan(plan).into_future();
                // As a service does it: the task acts on the outcome itself, and nobody waits for the task.
                drop(tokio::spawn(async move { drop(black_box(outcome.await)) }));
            }
            while server.answered() < before + first + together {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
        tokio::time::sleep(Duration::from_millis(options.size(500, 50))).await;
        let alive = Handle::current().metrics().num_alive_tasks() as u64;
        if alive < waits {
            return Err(Failure::from(format!("only {alive} of {waits} waits are still waiting")));
        }
        Ok(resident::bytes()?.saturating_sub(base) / waits)
    })?;
    print(line(&Line { bench: "waits", waits, bytes_per_wait })?);
    Ok(())
}
