use std::time::{Duration, Instant};

use crate::Failure;

/// What a round's time is counted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Clock {
    /// The time on the wall, which is what a user waits for.
    #[default]
    Wall,
    /// The processor time of this process without its servers': it tells the same on a machine that others use too.
    Processor,
}

/// Measures two sides in alternating rounds, A B A B …, after one round each that does not count,
/// and gives the medians: what drifts on the machine meets both.
pub(crate) fn alternate(
    clock: Clock,
    rounds: usize,
    mut a: impl FnMut() -> Result<(), Failure>,
    mut b: impl FnMut() -> Result<(), Failure>,
) -> Result<(f64, f64), Failure> {
    a()?;
    b()?;
    let (mut of_a, mut of_b) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        of_a.push(seconds(clock, &mut a)?);
        of_b.push(seconds(clock, &mut b)?);
    }
    Ok((median(of_a), median(of_b)))
}

fn seconds(clock: Clock, run: &mut impl FnMut() -> Result<(), Failure>) -> Result<f64, Failure> {
    let (start, busy) = (Instant::now(), processor_time(clock)?);
    run()?;
    let time = match clock {
        Clock::Wall => start.elapsed(),
        Clock::Processor => processor_time(clock)?.saturating_sub(busy),
    };
    Ok(time.as_secs_f64())
}

/// The processor time so far of all threads but those of servers, where it is asked for.
fn processor_time(clock: Clock) -> Result<Duration, Failure> {
    match clock {
        Clock::Wall => Ok(Duration::ZERO),
        #[cfg(unix)]
        Clock::Processor => {
            let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
            let all = Duration::new(time.tv_sec.try_into()?, time.tv_nsec.try_into()?);
            Ok(all.saturating_sub(crate::server::processor_time()?))
        }
        #[cfg(not(unix))]
        Clock::Processor => Err("the processor time of a thread is known on Linux only".into()),
    }
}

/// The value in the middle; the mean of both where there are two.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => f64::NAN,
        length if length % 2 == 1 => values[middle],
        _ => f64::midpoint(values[middle - 1], values[middle]),
    }
}

/// Rounded to so many decimal places, so that a line shows no digits that mean nothing.
pub(crate) fn round(value: f64, places: i32) -> f64 {
    let shift = 10_f64.powi(places);
    (value * shift).round() / shift
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle() {
        assert!(median(vec![]).is_nan());
        for (values, middle) in [(vec![3.0, 1.0, 2.0], 2.0), (vec![4.0, 1.0, 2.0, 3.0], 2.5)] {
            assert!((median(values) - middle).abs() < f64::EPSILON);
        }
    }

    #[test]
    fn both_sides_have_their_turns() {
        let turns = std::cell::RefCell::new(String::new());
        let note = |side| {
            turns.borrow_mut().push(side);
            Ok(())
        };
        alternate(Clock::Processor, 2, || note('a'), || note('b')).unwrap();
        assert_eq!(turns.into_inner(), "ababab");
    }
}
