//! Asks Resmic about one session, by hand.

use std::env::var;

use serde::Deserialize;

#[derive(Deserialize)]
struct Reply {
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    session_id: String,
    payment_status: String,
    amount: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let http = reqwest::Client::builder().timeout(std::time::Duration::from_secs(10)).build()?;
    let (base_url, id) = (var("BASE_URL")?, var("ID")?);
    let question = http
        .get(format!("{base_url}/api/v1/makepayment/payment-status?session_id={id}"))
        .header("x-api-key", var("KEY")?)
        .header("x-user-id", var("SECRET")?);
    let reply = question.send().await?.error_for_status()?;
    let Reply { data } = serde_json::from_slice(&reply.bytes().await?)?;
    println!("{} {} {}", data.payment_status, data.session_id, data.amount);
    Ok(())
}
