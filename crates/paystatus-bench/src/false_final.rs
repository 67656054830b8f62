mod policy;
mod story;
mod world;

use std::time::Duration;

use futures_util::{StreamExt, stream};
use serde::Serialize;

use crate::{
    Failure, Options, Print, line,
    random::Random,
    rounds::{median, round},
};
use policy::Policy;
use story::{Story, Truth};
use world::World;

/// When the truth is told: what is not known by then is not known.
const END: Duration = Duration::from_secs(12 * 3600);
/// Every run tells the same stories.
const SEED: u64 = 20_261_120;
/// How many payments share one clock; each has a world of its own all the same.
const TOGETHER: usize = 1_000;

/// What a policy says of a payment in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Paid,
    Failed,
    /// Nothing: it gave up, broke off, or still asks.
    Nothing,
}

#[derive(Serialize)]
struct Line {
    bench: &'static str,
    policy: &'static str,
    payments: usize,
    false_paid: u32,
    false_failed: u32,
    missed_final: u32,
    calls: u64,
    median_s_to_final: f64,
}

pub(crate) fn run(options: &Options, print: Print<'_>) -> Result<(), Failure> {
    let payments = options.size(100_000, 300);
    let mut random = Random::new(SEED);
    let stories: Vec<Story> = (0..payments).map(|_| Story::draw(&mut random)).collect();
    for policy in Policy::ALL {
        print(line(&tell(policy, &stories)?)?);
    }
    Ok(())
}

/// One policy meets every payment, on a clock that jumps to the next thing that happens.
fn tell(policy: Policy, stories: &[Story]) -> Result<Line, Failure> {
    let mut line = Line {
        bench: "false_final",
        policy: policy.name(),
        payments: stories.len(),
        false_paid: 0,
        false_failed: 0,
        missed_final: 0,
        calls: 0,
        median_s_to_final: 0.0,
    };
    let mut to_final = Vec::new();
    for together in stories.chunks(TOGETHER) {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build()?;
        let ends = runtime.block_on(async {
            let met = stream::iter(together).map(async |story| {
                let world = World::begin(story);
                let verdict = policy.meet(&world).await?;
                Ok::<_, Failure>((story, verdict, world.elapsed(), world.calls()))
            });
            met.buffer_unordered(TOGETHER).collect::<Vec<_>>().await
        });
        for end in ends {
            let (story, verdict, elapsed, calls) = end?;
            line.calls += calls;
            match (verdict, story.truth()) {
                (Verdict::Paid, Truth::Paid) | (Verdict::Failed, Truth::Failed) => {
                    to_final.push(elapsed.as_secs_f64());
                }
                (Verdict::Paid, _) => line.false_paid += 1,
                (Verdict::Failed, _) => line.false_failed += 1,
                (Verdict::Nothing, _) => line.missed_final += u32::from(story.becomes_final()),
            }
        }
    }
    line.median_s_to_final = round(median(to_final), 1);
    Ok(line)
}
