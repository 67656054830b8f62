//! Asks CommitUp about one payment.

use std::env::var;

use paystatus_commitup::{BaseUrl, Client, CommitUp};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let account = CommitUp::new(BaseUrl::parse(&var("BASE_URL")?)?, var("KEY")?, var("SECRET")?);
    let payment = Client::new(account)?.status(var("ID")?).await?;
    println!("{}", payment.status().as_str());
    Ok(())
}
