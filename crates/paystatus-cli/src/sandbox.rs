use std::path::Path;

use paystatus::{Error, ErrorKind};
use paystatus_sandbox::Sandbox;
use serde_json::json;

use crate::{files, interrupt::interrupted, output::Output};

/// The first line of a file that is written here, which a later sandbox may write anew.
const MARK: &str = "# Written by `paystatus sandbox`: its accounts, until it is interrupted.\n";

/// `paystatus sandbox`
pub(crate) async fn run(port: u16, config_out: Option<&Path>, output: &Output) -> Result<u8, Error> {
    let sandbox = Sandbox::start_on(port).await.map_err(|error| {
        let why =
            format!("the sandbox could not be started on port {port}: {error}: choose another with --port");
        Error::new(ErrorKind::Config, why)
    })?;
    let (address, accounts) = (sandbox.address(), sandbox.accounts_toml());
    if let Some(path) = config_out {
        files::write_own(path, MARK, &accounts).map_err(|why| {
            Error::new(ErrorKind::Config, format!("{} can't be written: {why}", path.display()))
        })?;
    }
    if output.json {
        output.line(&json!({ "address": format!("http://{address}"), "accounts_toml": accounts }));
    } else {
        output.text(&format!(
            "# The sandbox is at http://{address} until this command is interrupted.\n\
             # Its payments: http://{address}/_sandbox/payments\n\n{accounts}"
        ));
    }
    interrupted().await;
    Ok(0)
}
