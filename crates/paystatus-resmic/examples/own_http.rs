//! Asks Resmic over an HTTP library of one's own: here ureq, which blocks and has no runtime.
//!
//! `cargo run -p paystatus-resmic --no-default-features --example own_http`
//!
//! `Check` says what to send and reads what comes back; what lies between is yours to get right.

#![expect(clippy::print_stdout, reason = "an example shows its result")]

use std::{
    error::Error,
    time::{Duration, SystemTime},
};

use paystatus_resmic::{BaseUrl, Body, Check, Details, Lookup, Payment, Resmic, http};
use paystatus_sandbox::Sandbox;

fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start_blocking(0)?;
    let payment = ask(&account(&sandbox)?, "899e9dde-fda9-4386-9620-065756016805")?;
    println!("{}: {:?}, {:?}", payment.id(), payment.status(), payment.amount());
    Ok(())
}

fn account(sandbox: &Sandbox) -> Result<Resmic, Box<dyn Error>> {
    use paystatus_sandbox::Provider;
    let base_url = BaseUrl::parse(&sandbox.base_url(Provider::RESMIC))?;
    Ok(Resmic::new(Provider::RESMIC.setting("api_key"), Provider::RESMIC.setting("user_id"))
        .with_base_url(base_url))
}

/// One check without a retry: pace and retries are yours too.
fn ask(account: &Resmic, id: &str) -> Result<Payment<Details>, Box<dyn Error>> {
    // What paystatus-client promises has to be promised here: one deadline, no redirects (they would carry the
    // credentials elsewhere), no proxy for loopback, a bounded body, and every HTTP status left to the check.
    let config = ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(10)))
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .proxy(None);
    let agent: ureq::Agent = config.build().into();

    let lookup = Lookup::payment(id);
    let mut check = Check::new(account, &lookup);
    // Once for Resmic; other providers need an access token first, or a second reply.
    loop {
        let nonce = [0; 16]; // Resmic signs no request: where a provider does, these are sixteen random bytes
        let request = check.next(SystemTime::now(), nonce)?.map(|body| body.as_bytes().to_vec());
        let (head, mut body) = agent.run(request)?.into_parts();
        let bytes = body.with_config().limit(1 << 20).read_to_vec()?;
        if let Some(payment) = check.read(&http::Response::from_parts(head, Body::from(bytes)))? {
            return Ok(payment);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_answers_like_the_client() {
        let sandbox = Sandbox::start_blocking(0).unwrap();
        let account = account(&sandbox).unwrap();
        assert!(ask(&account, "sandbox-completed").unwrap().is_paid());
        let error = ask(&account, "no-such-session").unwrap_err();
        let error = error.downcast::<paystatus_resmic::Error>().unwrap();
        assert_eq!(error.kind(), paystatus_resmic::ErrorKind::NotFound);
    }
}
