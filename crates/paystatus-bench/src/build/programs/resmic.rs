//! Asks Resmic about one session.

use std::env::var;

use paystatus_resmic::{BaseUrl, Client, Resmic};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let account = Resmic::new(var("KEY")?, var("SECRET")?).with_base_url(BaseUrl::parse(&var("BASE_URL")?)?);
    let payment = Client::new(account)?.status(var("ID")?).await?;
    println!("{}", payment.status().as_str());
    Ok(())
}
