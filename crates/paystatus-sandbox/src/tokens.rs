use std::time::Duration;

use tokio::time::Instant;

/// The access tokens that a provider has handed out, and until when they are taken.
#[derive(Default)]
pub(crate) struct Tokens {
    issued: Vec<(String, Instant)>,
    count: u64,
    /// In seconds, where it was set.
    lifetime: Option<u32>,
}

impl Tokens {
    /// Hands a new token out; tells it and how many seconds it lives.
    pub(crate) fn issue(&mut self, prefix: &str, lifetime: u32) -> (String, u32) {
        self.count += 1;
        let lifetime = self.lifetime.unwrap_or(lifetime);
        let token = format!("{prefix}{}", self.count);
        let end = Instant::now() + Duration::from_secs(lifetime.into());
        self.issued.push((token.clone(), end));
        (token, lifetime)
    }

    /// The tokens that are taken now.
    pub(crate) fn valid(&self) -> Vec<String> {
        let now = Instant::now();
        self.issued.iter().filter(|(_, end)| now < *end).map(|(token, _)| token.clone()).collect()
    }

    pub(crate) fn revoke(&mut self) {
        self.issued.clear();
    }

    /// Sets the lifetime of the tokens that are handed out from now on.
    pub(crate) fn set_lifetime(&mut self, seconds: u32) {
        self.lifetime = Some(seconds);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_token_ends_with_its_time_or_when_it_is_revoked() {
        let mut tokens = Tokens::default();
        assert_eq!(tokens.issue("t-", 3600), ("t-1".to_owned(), 3600));
        tokens.set_lifetime(5);
        assert_eq!(tokens.issue("t-", 3600), ("t-2".to_owned(), 5));
        assert_eq!(tokens.valid(), ["t-1", "t-2"]);
        tokio::time::advance(Duration::from_secs(5)).await;
        assert_eq!(tokens.valid(), ["t-1"]);
        tokens.revoke();
        tokens.set_lifetime(0);
        tokens.issue("t-", 3600);
        assert!(tokens.valid().is_empty());
    }
}
