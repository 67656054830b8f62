use paystatus_core::BaseUrl;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::case::{Case, Provider};

const MERCHANT_ID: &str = "UPTZ4821";
const PUBLIC_KEY: &str = "uptz_public";
const SECRET_KEY: &str = "uptz_secret";

/// UPITranzact: a `POST` of JSON with Basic credentials.
#[derive(Debug)]
pub struct UpiTranzact;

#[derive(Serialize)]
struct Question<'a> {
    mid: &'a str,
    order_id: &'a str,
}

/// The reply; its amount is a number with a point, kept as it was written.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "only the reading is measured")]
pub struct Reply {
    status: bool,
    status_code: Option<u16>,
    txn_status: Option<String>,
    msg: Option<String>,
    data: Option<Data>,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "only the reading is measured")]
struct Data {
    order_id: Option<String>,
    amount: Option<Box<RawValue>>,
    #[serde(rename = "UTR")]
    utr: Option<String>,
    status: Option<String>,
    transaction_id: Option<String>,
    vpa: Option<String>,
}

impl Case for UpiTranzact {
    type Account = paystatus_upitranzact::UpiTranzact;
    type Reply = Reply;
    const PROVIDER: Provider = Provider::UpiTranzact;
    const ID: &'static str = "uptz_2848129210ud13";
    const BODY: &'static str = r#"{"status":true,"statusCode":200,"txnStatus":"SUCCESS","msg":"Payment successful","data":{"amount":1.08,"UTR":"523504870405","order_id":"uptz_2848129210ud13"}}"#;

    fn account(base_url: BaseUrl) -> Self::Account {
        paystatus_upitranzact::UpiTranzact::new(MERCHANT_ID, PUBLIC_KEY, SECRET_KEY).with_base_url(base_url)
    }

    fn by_hand(http: &reqwest::Client, base_url: &str, id: &str) -> reqwest::RequestBuilder {
        let body = serde_json::to_vec(&Question { mid: MERCHANT_ID, order_id: id }).unwrap_or_default();
        http.post(format!("{base_url}/v1/payments/checkPaymentStatus"))
            .basic_auth(PUBLIC_KEY, Some(SECRET_KEY))
            .header("content-type", "application/json")
            .body(body)
    }
}
