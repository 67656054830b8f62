//! Asks an API with a bearer token about one payment.

use std::env::var;

use paystatus_bearer::{BaseUrl, Bearer, Client};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let account = Bearer::new(BaseUrl::parse(&var("BASE_URL")?)?, var("KEY")?);
    let payment = Client::new(account)?.status(var("ID")?).await?;
    println!("{}", payment.status().as_str());
    Ok(())
}
