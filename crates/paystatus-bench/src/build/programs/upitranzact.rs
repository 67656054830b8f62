//! Asks UPITranzact about one order.

use std::env::var;

use paystatus_upitranzact::{BaseUrl, Client, UpiTranzact};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let account = UpiTranzact::new("UPTZ4821", var("KEY")?, var("SECRET")?)
        .with_base_url(BaseUrl::parse(&var("BASE_URL")?)?);
    let payment = Client::new(account)?.status(var("ID")?).await?;
    println!("{}", payment.status().as_str());
    Ok(())
}
