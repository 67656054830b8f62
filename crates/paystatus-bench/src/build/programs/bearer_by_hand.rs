//! Asks an API with a bearer token about one payment, by hand.

use std::env::var;

use serde::Deserialize;

#[derive(Deserialize)]
struct Reply {
    id: String,
    status: String,
    amount: i64,
    currency: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let http = reqwest::Client::builder().timeout(std::time::Duration::from_secs(10)).build()?;
    let url = format!("{}/v1/payments/{}/status", var("BASE_URL")?, var("ID")?);
    let reply = http.get(url).bearer_auth(var("KEY")?).send().await?.error_for_status()?;
    let reply: Reply = serde_json::from_slice(&reply.bytes().await?)?;
    println!("{} {} {} {}", reply.status, reply.id, reply.amount, reply.currency);
    Ok(())
}
