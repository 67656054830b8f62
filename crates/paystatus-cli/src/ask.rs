use paystatus::{Error, ErrorKind, Finality, Wait as Waiting, Waited};

use crate::{
    args::{Args, Question, Wait},
    bulk, configuration,
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
                output.next_step("not decided yet: ask again later, or `paystatus wait` for it");
            }
            Ok(code)
        }
        Err(error) => output.error(&account, &lookup, error),
    }
}

/// `paystatus wait`
pub(crate) async fn wait(args: &Args, wait: &Wait, output: &Output) -> Result<u8, Error> {
    let expected = wait.question.expected();
    let account = configuration::open(args, &wait.question.account).await?;
    let lookup = wait.question.lookup();
    let waiting = Waiting::new(&*account.client, &lookup);
    let waiting = match wait.timeout {
        Some(timeout) => waiting.with_timeout(timeout),
        None => waiting,
    };
    match waiting.await {
        Ok(Waited::Final(payment) | Waited::Provisional(payment) | Waited::Open(payment)) => {
            Ok(output.payment(&account, payment, expected.as_ref()))
        }
        Ok(Waited::TimedOut { last: Some(payment), .. }) => {
            let code = output.payment(&account, payment, expected.as_ref());
            output.next_step("the time ran out and nothing is decided: the payment is as it was last seen");
            Ok(code)
        }
        Ok(Waited::TimedOut { error, .. }) => {
            let ran_out = || Error::new(ErrorKind::Timeout, "the time ran out before anything was learned");
            output.error(&account, &lookup, error.unwrap_or_else(ran_out))
        }
        Ok(_) => Ok(3),
        Err(error) => output.error(&account, &lookup, error),
    }
}
