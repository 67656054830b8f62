use paystatus_core::BaseUrl;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::case::{Case, Provider};

const API_KEY: &str = "7d0f3c8e51";
const API_SECRET: &str = "b1946ac92492d2347c6235b4d2611184";

/// CommitUp: the longest reply, of twenty fields.
#[derive(Debug)]
pub struct CommitUp;

/// The reply; its amounts are numbers with a point, kept as they were written.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "only the reading is measured")]
pub struct Reply {
    payment_id: String,
    status: String,
    transaction_type: Option<String>,
    parent_payment_id: Option<String>,
    order_id: Option<String>,
    amount: Option<Box<RawValue>>,
    currency: Option<String>,
    installment_count: Option<u32>,
    merchant_commission: Option<Box<RawValue>>,
    payment_date: Option<String>,
    card_holder_name: Option<String>,
    pan: Option<String>,
    dom_int: Option<String>,
    card_scheme: Option<String>,
    card_type: Option<String>,
    card_sub_type: Option<String>,
    loyalty_code: Option<String>,
    external_transaction_id: Option<String>,
    auth_code: Option<String>,
    result_code: Option<String>,
    result_message: Option<String>,
    customer_id: Option<String>,
}

impl Case for CommitUp {
    type Account = paystatus_commitup::CommitUp;
    type Reply = Reply;
    const PROVIDER: Provider = Provider::CommitUp;
    const ID: &'static str = "123e4567-e89b-12d3-a456-426614174000";
    const BODY: &'static str = r#"{"paymentId":"123e4567-e89b-12d3-a456-426614174000","orderId":"ORD-12345","amount":100.50,"installmentCount":1,"currency":"TRY","merchantCommission":2.50,"status":"SUCCESS","paymentDate":"2023-05-01T14:30:00Z","cardHolderName":"John Doe","pan":"411111******1111","domInt":"DOM","cardScheme":"VISA","cardType":"CREDIT","loyaltyCode":"GOLD123","externalTransactionId":"EXT123456789","authCode":"AUTH987654","resultCode":"SUCCESS","resultMessage":"Successful","customerId":"CUST-12345"}"#;

    fn account(base_url: BaseUrl) -> Self::Account {
        paystatus_commitup::CommitUp::new(base_url, API_KEY, API_SECRET)
    }

    fn by_hand(http: &reqwest::Client, base_url: &str, id: &str) -> reqwest::RequestBuilder {
        http.get(format!("{base_url}/api/payment/{id}"))
            .header("x-api-key", API_KEY)
            .header("x-api-secret", API_SECRET)
    }
}
