//! Asks CommitUp about one payment, by hand.

use std::env::var;

use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reply {
    payment_id: String,
    status: String,
    amount: Box<RawValue>,
    currency: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let http = reqwest::Client::builder().timeout(std::time::Duration::from_secs(10)).build()?;
    let question = http
        .get(format!("{}/api/payment/{}", var("BASE_URL")?, var("ID")?))
        .header("x-api-key", var("KEY")?)
        .header("x-api-secret", var("SECRET")?);
    let reply = question.send().await?.error_for_status()?;
    let reply: Reply = serde_json::from_slice(&reply.bytes().await?)?;
    println!("{} {} {} {}", reply.status, reply.payment_id, reply.amount, reply.currency);
    Ok(())
}
