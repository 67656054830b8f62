use std::time::Duration;

use paystatus::{Error, ErrorKind, Finality, Wait, Waited, Waiting};
use serde_json::Value;

use crate::{
    args::{self, Args, Question},
    bulk, configuration,
    interrupt::interrupted,
    output::Output,
};

/// `paystatus check`
pub(crate) async fn check(args: &Args, question: &Question, output: &Output) -> Result<u8, Error> {
    let expected = question.expected();
    let account = configuration::open(args, &question.account).await?;
    if question.is_many() {
        return bulk::check(&account, question, output).await;
    }
    let lookup = question.lookup();
    match account.client.status(&lookup).await {
        Ok(payment) => {
            let hint = payment.finality() == Finality::Open;
            let code = output.payment(&account, payment, expected.as_ref());
            if hint {
                output.next_step("the payment is not decided yet: ask again later, or run `paystatus wait`");
            }
            Ok(code)
        }
        Err(error) => output.error(&account, &lookup, error),
    }
}

/// `paystatus wait`
pub(crate) async fn wait(args: &Args, options: &args::Wait, output: &Output) -> Result<u8, Error> {
    let expected = options.question.expected();
    let account = configuration::open(args, &options.question.account).await?;
    let lookup = options.question.lookup();
    let waiting = Wait::new(&*account.client, &lookup);
    let waiting = match options.timeout {
        Some(timeout) => waiting.with_timeout(timeout),
        None => waiting,
    };
    match ended(waiting.start(), interrupted()).await {
        Ok((Waited::Final(payment) | Waited::Provisional(payment) | Waited::Open(payment), _)) => {
            Ok(output.payment(&account, payment, expected.as_ref()))
        }
        Ok((Waited::TimedOut { last: Some(payment), .. }, why)) => {
            let code = output.payment(&account, payment, expected.as_ref());
            output.next_step(&format!("{why}, and nothing is decided: the payment is as it was last seen"));
            Ok(code)
        }
        Ok((Waited::TimedOut { error, .. }, why)) => {
            let nothing = || Error::new(ErrorKind::Timeout, format!("{why} before anything was learned"));
            output.error(&account, &lookup, error.unwrap_or_else(nothing))
        }
        Ok(_) => Ok(3),
        Err(error) => output.error(&account, &lookup, error),
    }
}

/// How a wait ended, and why, if it ended before the payment was decided; an interruption loses nothing that was seen.
async fn ended(
    mut waiting: Waiting<'_, Value>,
    interrupted: impl Future<Output = ()>,
) -> Result<(Waited<Value>, &'static str), Error> {
    tokio::select! {
        waited = waiting.finish() => Ok((waited?, "the time ran out")),
        () = interrupted => {
            let (last, asked) = (waiting.last().cloned(), waiting.asked());
            let so_far = Waited::TimedOut { last, error: None, asked, next_allowed: Duration::ZERO };
            Ok((so_far, "the wait was interrupted"))
        }
    }
}

#[cfg(test)]
mod tests {
    use paystatus::Lookup;
    use paystatus_testkit::FakeClient;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_interrupted_wait_tells_what_was_last_seen() {
        let client = FakeClient::new("acme").pending("pay_7").unavailable("pay_8");
        let interruption = || tokio::time::sleep(Duration::from_millis(1));
        let ended_of =
            async |lookup: &Lookup| ended(Wait::new(&client, lookup).start(), interruption()).await;

        let (waited, why) = ended_of(&Lookup::payment("pay_7")).await.unwrap();
        assert!(matches!(waited, Waited::TimedOut { last: Some(payment), .. } if payment.id() == "pay_7"));
        assert_eq!(why, "the wait was interrupted");
        let (waited, _) = ended_of(&Lookup::payment("pay_8")).await.unwrap();
        assert!(matches!(waited, Waited::TimedOut { last: None, asked: 1, .. }));
    }
}
