use std::time::Duration;

use paystatus::{Error, ErrorKind, Finality, Wait, Waited, Waiting};
use serde_json::Value;

use crate::{
    args::{self, Args, Check},
    bulk,
    configuration::{self, Account},
    files::config,
    interrupt::interrupted,
    output::Output,
    recording::Recorder,
};

/// `paystatus check`
pub(crate) async fn check(args: &Args, options: &Check, output: &Output) -> Result<u8, Error> {
    let question = &options.question;
    let (configuration, _sandbox) = configuration::read(args).await?;
    let recorder = options.record.as_deref().map(Recorder::new).transpose()?;
    let configuration = match &recorder {
        Some(recorder) => configuration.observed_by(recorder.observer()),
        None => configuration,
    };
    let account = Account::open(&configuration, &question.account)?;
    if question.is_many() {
        if recorder.is_some() {
            return Err(config("a recording is of one payment: give its id instead of `-`".to_owned()));
        }
        return bulk::check(&account, question, output).await;
    }
    let lookup = question.lookup();
    let answer = account.client.status(&lookup).await;
    let code = match answer {
        Ok(payment) => {
            let hint = payment.finality() == Finality::Open;
            let code = output.payment(account.source(), payment, &question.terms);
            if hint {
                output.next_step("the payment is not decided yet: ask again later, or run `paystatus wait`");
            }
            code
        }
        Err(error) => output.error(account.source(), Some(&lookup), error)?,
    };
    if let Some(recorder) = recorder {
        match recorder.write(configuration.facts(&account.name)?, &lookup) {
            Ok(true) => {}
            Ok(false) => output.next_step("no reply came, so there is nothing to record"),
            Err(error) => output.lose(error.message()),
        }
    }
    Ok(code)
}

/// `paystatus wait`
pub(crate) async fn wait(args: &Args, options: &args::Wait, output: &Output) -> Result<u8, Error> {
    let terms = &options.question.terms;
    let (configuration, _sandbox) = configuration::read(args).await?;
    let account = Account::open(&configuration, &options.question.account)?;
    let lookup = options.question.lookup();
    let waiting = Wait::new(&*account.client, &lookup);
    let waiting = match options.timeout {
        Some(timeout) => waiting.with_timeout(timeout),
        None => waiting,
    };
    match ended(waiting.start(), interrupted()).await {
        Ok((Waited::Final(payment) | Waited::Provisional(payment) | Waited::Open(payment), _)) => {
            Ok(output.payment(account.source(), payment, terms))
        }
        Ok((Waited::TimedOut { last: Some(payment), .. }, why)) => {
            let code = output.payment(account.source(), payment, terms);
            output.next_step(&format!("{why}, and nothing is decided: the payment is as it was last seen"));
            Ok(code)
        }
        Ok((Waited::TimedOut { error, .. }, why)) => {
            let nothing = || Error::new(ErrorKind::Timeout, format!("{why} before anything was learned"));
            output.error(account.source(), Some(&lookup), error.unwrap_or_else(nothing))
        }
        Ok(_) => Ok(3),
        Err(error) => output.error(account.source(), Some(&lookup), error),
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
