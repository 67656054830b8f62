//! Asks Akurateco about one payment, by hand.

use std::env::var;

use md5::Md5;
use serde::{Deserialize, Serialize};
use sha1::{Digest, Sha1};

#[derive(Serialize)]
struct Question {
    merchant_key: String,
    payment_id: String,
    hash: String,
}

#[derive(Deserialize)]
struct Reply {
    payment_id: String,
    status: String,
    order: Order,
}

#[derive(Deserialize)]
struct Order {
    amount: String,
    currency: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let http = reqwest::Client::builder().timeout(std::time::Duration::from_secs(10)).build()?;
    let (merchant_key, payment_id) = (var("KEY")?, var("ID")?);
    let inner = hex(&Md5::digest(format!("{payment_id}{}", var("SECRET")?).to_uppercase()));
    let question = Question { merchant_key, payment_id, hash: hex(&Sha1::digest(inner)) };
    let question = http
        .post(format!("{}/api/v1/payment/status", var("BASE_URL")?))
        .header("content-type", "application/json")
        .body(serde_json::to_vec(&question)?);
    let reply = question.send().await?.error_for_status()?;
    let reply: Reply = serde_json::from_slice(&reply.bytes().await?)?;
    println!("{} {} {} {}", reply.status, reply.payment_id, reply.order.amount, reply.order.currency);
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
