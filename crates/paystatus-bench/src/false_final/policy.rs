use std::time::Duration;

use paystatus_client::{Wait, WaitTicket, Waited};
use paystatus_core::{Error, Payment, Status, StatusClient, WaitPlan};
use serde_json::Value;
use tokio::time::sleep;

use crate::{
    Failure,
    false_final::{END, Verdict, world::World},
};

const ID: &str = "pay_001";

/// How to learn what became of a payment.
#[derive(Clone, Copy, Debug)]
pub(super) enum Policy {
    Paystatus,
    FixedIntervalThenFailed,
    StopAtFirstError,
    LoopUntilNotPending,
}

impl Policy {
    pub(super) const ALL: [Self; 4] =
        [Self::Paystatus, Self::FixedIntervalThenFailed, Self::StopAtFirstError, Self::LoopUntilNotPending];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Paystatus => "paystatus",
            Self::FixedIntervalThenFailed => "fixed_interval_then_failed",
            Self::StopAtFirstError => "stop_at_first_error",
            Self::LoopUntilNotPending => "loop_until_not_pending",
        }
    }

    pub(super) async fn meet(self, world: &World<'_>) -> Result<Verdict, Failure> {
        match self {
            Self::Paystatus => paystatus(world).await,
            Self::FixedIntervalThenFailed => Ok(fixed_interval_then_failed(world).await),
            Self::StopAtFirstError => Ok(stop_at_first_error(world).await),
            Self::LoopUntilNotPending => Ok(loop_until_not_pending(world).await),
        }
    }
}

/// A wait until the payment is final, as the documentation tells: an error that ends it says nothing about the payment,
/// so it is saved as a ticket, somebody is told, and it is resumed ten minutes later; one that ran out
/// is begun anew when that is allowed.
async fn paystatus(world: &World<'_>) -> Result<Verdict, Failure> {
    const REPAIR: Duration = Duration::from_secs(600);
    let [first, longest, minutes, rarely, hour] = [2, 30, 300, 1_800, 3_600].map(Duration::from_secs);
    let plan = WaitPlan::new(first, longest, END)
        .with_tier(minutes, minutes)
        .with_tier(hour, rarely)
        .with_not_found_grace(minutes);
    let wait = || Wait::new(world, ID).with_plan(plan).until(|payment| payment.is_final());
    let mut waiting = wait().start();
    while world.elapsed() < END {
        let left = END.saturating_sub(world.elapsed());
        match tokio::time::timeout(left, waiting.finish()).await {
            Ok(Ok(Waited::Final(payment))) => return Ok(verdict(&payment)),
            Ok(Ok(Waited::TimedOut { next_allowed, .. })) => {
                sleep(next_allowed).await;
                waiting = wait().start();
            }
            Ok(Ok(other)) => {
                return Err(format!("a wait for a final payment ended otherwise: {other:?}").into());
            }
            Ok(Err(_)) => {
                let saved = serde_json::to_string(&waiting.ticket())?;
                sleep(REPAIR).await;
                waiting = wait().resume(&serde_json::from_str::<WaitTicket>(&saved)?)?;
            }
            Err(_) => break,
        }
    }
    Ok(Verdict::Nothing)
}

/// Asks every five seconds for three minutes, errors or not, and then takes the payment for failed
/// (<https://dev.gravitypayments.com/docs/polling-best-practice/>, read 2026-11, without its second queue).
async fn fixed_interval_then_failed(world: &World<'_>) -> Verdict {
    for _ in 0..36 {
        match ask(world).await.map(|payment| verdict(&payment)) {
            Ok(Verdict::Nothing) | Err(_) => sleep(Duration::from_secs(5)).await,
            Ok(known) => return known,
        }
    }
    Verdict::Failed
}

/// Asks every three seconds until the answer is yes or no; an error goes up to the caller, and that was it
/// (as <https://www.npmjs.com/package/p-wait-for> does by itself, read 2026-11).
async fn stop_at_first_error(world: &World<'_>) -> Verdict {
    while world.elapsed() < END {
        match ask(world).await.map(|payment| verdict(&payment)) {
            Ok(Verdict::Nothing) => sleep(Duration::from_secs(3)).await,
            Ok(known) => return known,
            Err(_) => break,
        }
    }
    Verdict::Nothing
}

/// Asks every ten seconds while the answer is "pending"
/// (<https://docs-v1.paystack.com/reference/check-pending-charge>, read 2026-11);
/// whatever else is answered, an error's body included, is paid or it is not.
async fn loop_until_not_pending(world: &World<'_>) -> Verdict {
    while world.elapsed() < END {
        match ask(world).await {
            Ok(payment) if matches!(payment.status(), Status::Pending(_)) => {}
            Ok(payment) if matches!(payment.status(), Status::Paid | Status::Authorized) => {
                return Verdict::Paid;
            }
            Err(error) if error.http_status().is_none() => {}
            Ok(_) | Err(_) => return Verdict::Failed,
        }
        sleep(Duration::from_secs(10)).await;
    }
    Verdict::Nothing
}

async fn ask(world: &World<'_>) -> Result<Payment<Value>, Error> {
    world.status(&ID.into()).await
}

/// What the words alone say: the naive policies know no finality.
fn verdict(payment: &Payment<Value>) -> Verdict {
    match payment.status() {
        Status::Paid => Verdict::Paid,
        Status::Failed | Status::Canceled | Status::Expired | Status::Returned(_) => Verdict::Failed,
        _ => Verdict::Nothing,
    }
}
