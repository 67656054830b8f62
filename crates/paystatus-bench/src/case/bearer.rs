use paystatus_core::BaseUrl;
use serde::Deserialize;

use crate::case::{Case, Provider};

const ACCESS_TOKEN: &str = "canary-access-token-of-28-ch";

/// The API with a bearer token: the id is a segment of the path.
#[derive(Debug)]
pub struct Bearer;

/// The reply; its amount is a whole number of minor units.
#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "only the reading is measured")]
pub struct Reply {
    id: String,
    status: String,
    amount: Option<i64>,
    currency: Option<String>,
    reference: Option<String>,
    updated_at: Option<String>,
}

impl Case for Bearer {
    type Account = paystatus_bearer::Bearer;
    type Reply = Reply;
    const PROVIDER: Provider = Provider::Bearer;
    const ID: &'static str = "pay_001";
    const BODY: &'static str = r#"{"id":"pay_001","status":"succeeded","amount":5000,"currency":"USD","reference":"order_12345","updated_at":"2025-09-18T20:42:00Z"}"#;

    fn account(base_url: BaseUrl) -> Self::Account {
        paystatus_bearer::Bearer::new(base_url, ACCESS_TOKEN)
    }

    fn by_hand(http: &reqwest::Client, base_url: &str, id: &str) -> reqwest::RequestBuilder {
        http.get(format!("{base_url}/v1/payments/{id}/status")).bearer_auth(ACCESS_TOKEN)
    }
}
