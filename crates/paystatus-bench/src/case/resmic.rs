use paystatus_core::BaseUrl;
use serde::Deserialize;

use crate::case::{Case, Provider};

const API_KEY: &str = "0b8f6d0c9a";
const USER_ID: &str = "65f1c2";

/// Resmic: a `GET` with two headers.
#[derive(Debug)]
pub struct Resmic;

/// The reply; its amount is a text.
#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "only the reading is measured")]
pub struct Reply {
    status: i64,
    success: bool,
    data: Data,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "only the reading is measured")]
struct Data {
    session_id: String,
    payment_status: String,
    amount: Option<String>,
    is_coupon_applied: Option<bool>,
    created_at_utc: Option<String>,
    updated_at: Option<String>,
    wallet_address: Option<String>,
}

impl Case for Resmic {
    type Account = paystatus_resmic::Resmic;
    type Reply = Reply;
    const PROVIDER: Provider = Provider::Resmic;
    const ID: &'static str = "899e9dde-fda9-4386-9620-065756016805";
    const BODY: &'static str = r#"{"status":200,"success":true,"message":"Session reterived","data":{"session_id":"899e9dde-fda9-4386-9620-065756016805","created_at_utc":"2025-02-21T23:00:13.633Z","updated_at":"2025-02-22T04:31:08.132Z","amount":"100","payment_status":"Completed","wallet_address":"0x056397760b973BfB921Bc10Be9DA5034B1e921d7","is_coupon_applied":false}}"#;

    fn account(base_url: BaseUrl) -> Self::Account {
        paystatus_resmic::Resmic::new(API_KEY, USER_ID).with_base_url(base_url)
    }

    fn by_hand(http: &reqwest::Client, base_url: &str, id: &str) -> reqwest::RequestBuilder {
        http.get(format!("{base_url}/api/v1/makepayment/payment-status?session_id={id}"))
            .header("x-api-key", API_KEY)
            .header("x-user-id", USER_ID)
    }
}
