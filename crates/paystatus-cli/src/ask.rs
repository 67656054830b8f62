use std::process::ExitCode;

use paystatus::{Error, Finality, Waited};

use crate::{
    args::{Args, Question, Wait},
    configuration,
    output::Output,
};

/// `paystatus check`
pub(crate) async fn check(args: &Args, question: &Question, output: &Output) -> Result<ExitCode, Error> {
    let expected = question.expected();
    let account = configuration::open(args, &question.account).await?;
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
pub(crate) async fn wait(args: &Args, wait: &Wait, output: &Output) -> Result<ExitCode, Error> {
    let expected = wait.question.expected();
    let account = configuration::open(args, &wait.question.account).await?;
    let lookup = wait.question.lookup();
    let timeout = wait.timeout.unwrap_or_else(|| account.client.wait_plan().total());
    match paystatus::wait(&*account.client, &lookup, timeout).await {
        Ok(Waited::Settled(payment)) => Ok(output.payment(&account, payment, expected.as_ref())),
        Ok(Waited::RanOut(payment)) => {
            let code = output.payment(&account, payment, expected.as_ref());
            output.next_step("the time ran out and nothing is decided: the payment is as it was last seen");
            Ok(code)
        }
        Ok(_) => Ok(ExitCode::from(3)),
        Err(error) => output.error(&account, &lookup, error),
    }
}
