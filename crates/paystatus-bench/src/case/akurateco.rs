use md5::Md5;
use paystatus_core::BaseUrl;
use serde::{Deserialize, Serialize};
use sha1::{Digest, Sha1};

use crate::case::{Case, Provider};

const MERCHANT_KEY: &str = "3f1c2a76-0000-4000-8000-5a1d5e3b9c11";
const PASSWORD: &str = "test-password";

/// Akurateco: a `POST` of JSON with a hash over the id.
#[derive(Debug)]
pub struct Akurateco;

#[derive(Serialize)]
struct Question<'a> {
    merchant_key: &'a str,
    payment_id: &'a str,
    hash: String,
}

/// The reply; its amount is a text.
#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "only the reading is measured")]
pub struct Reply {
    payment_id: String,
    status: String,
    date: Option<String>,
    reason: Option<String>,
    order: Option<Order>,
    customer: Option<Customer>,
    recurring_token: Option<String>,
    digital_wallet: Option<String>,
    card_token: Option<String>,
    schedule_id: Option<String>,
    arn: Option<String>,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "only the reading is measured")]
struct Order {
    number: Option<String>,
    amount: Option<String>,
    currency: Option<String>,
    description: Option<String>,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "only the reading is measured")]
struct Customer {
    name: Option<String>,
    email: Option<String>,
}

impl Case for Akurateco {
    type Account = paystatus_akurateco::Akurateco;
    type Reply = Reply;
    const PROVIDER: Provider = Provider::Akurateco;
    const ID: &'static str = "24f7401c-fc47-11ec-8d07-0242ac120015";
    const BODY: &'static str = r#"{"payment_id":"24f7401c-fc47-11ec-8d07-0242ac120015","date":"2022-07-05 09:45:03","status":"settled","order":{"number":"f0a51dfa-fc43-11ec-8128-0242ac120004-1","amount":"3.01","currency":"QAR","description":"bloodline"},"customer":{"name":"John Doe","email":"john.doe@example.com"}}"#;

    fn account(base_url: BaseUrl) -> Self::Account {
        paystatus_akurateco::Akurateco::new(base_url, MERCHANT_KEY, PASSWORD)
    }

    fn by_hand(http: &reqwest::Client, base_url: &str, id: &str) -> reqwest::RequestBuilder {
        let inner = hex(&Md5::digest(format!("{id}{PASSWORD}").to_uppercase()));
        let question =
            Question { merchant_key: MERCHANT_KEY, payment_id: id, hash: hex(&Sha1::digest(inner)) };
        http.post(format!("{base_url}/api/v1/payment/status"))
            .header("content-type", "application/json")
            .body(serde_json::to_vec(&question).unwrap_or_default())
    }
}

fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from(b"0123456789abcdef"[usize::from(value)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
