//! Asks UPITranzact about one order, by hand.

use std::env::var;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

#[derive(Serialize)]
struct Question {
    mid: &'static str,
    order_id: String,
}

#[derive(Deserialize)]
struct Reply {
    #[serde(rename = "txnStatus")]
    status: String,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    order_id: String,
    amount: Box<RawValue>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let http = reqwest::Client::builder().timeout(std::time::Duration::from_secs(10)).build()?;
    let question = http
        .post(format!("{}/v1/payments/checkPaymentStatus", var("BASE_URL")?))
        .basic_auth(var("KEY")?, Some(var("SECRET")?))
        .header("content-type", "application/json")
        .body(serde_json::to_vec(&Question { mid: "UPTZ4821", order_id: var("ID")? })?);
    let reply = question.send().await?.error_for_status()?;
    let Reply { status, data } = serde_json::from_slice(&reply.bytes().await?)?;
    println!("{status} {} {}", data.order_id, data.amount);
    Ok(())
}
