//! One whole check over stored replies, as whoever brings their own HTTP would go through it.

use std::fmt::Debug;

use http::Request;
use paystatus_core::{Body, Check, Error, Provider, Token};

use crate::{
    Suite,
    case::{Reply, error_everywhere, hide},
    suite::{NONCE, now},
};

/// Every request of a check that ends with a paid payment: for a token, for the payment, perhaps a second one.
pub(crate) fn whole_check<P: Provider + Debug>(suite: &Suite<P>) -> Result<Vec<Request<Body>>, String> {
    let told = |error: Error| format!("{error:?}");
    let mut check = Check::new(&suite.provider, &suite.lookup);
    let mut requests = Vec::new();
    let replies = suite.replies()?;
    for (index, reply) in replies.iter().enumerate() {
        requests.push(check.next(now(), NONCE).map_err(told)?);
        match check.read(&reply.0).map_err(told)? {
            Some(payment) if index + 1 == replies.len() && payment.is_paid() => return Ok(requests),
            Some(payment) => return Err(format!("the check ends before its last reply: {payment:?}")),
            None => {}
        }
    }
    Err("the check asks for more after its last reply".into())
}

/// Has the provider read a reply to the request for a token; no error shows a canary.
pub(crate) fn read_token<P: Provider + Debug>(
    suite: &Suite<P>,
    reply: &Reply,
) -> Result<Result<Token, Error>, String> {
    let mut check = Check::new(&suite.provider, &suite.lookup);
    check.next(now(), NONCE).map_err(|error| format!("{error:?}"))?;
    match check.read(&reply.0) {
        Err(error) => {
            hide(suite.canaries(), &error_everywhere(&error))?;
            Ok(Err(error))
        }
        Ok(_) => match check.token() {
            Some(token) => {
                hide(suite.canaries(), &format!("{token:?} {check:?}"))?;
                Ok(Ok(token.clone()))
            }
            None => Err("the provider fetches no tokens".into()),
        },
    }
}
