use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::Path,
};

use paystatus::{Error, ErrorKind};
use paystatus_sandbox::Sandbox;
use serde_json::json;

use crate::{interrupt::interrupted, output::Output};

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
        write(path, &accounts).map_err(|why| {
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

/// Writes the accounts to a new file, or in the place of what an earlier sandbox wrote; any other file stays as it is.
fn write(path: &Path, accounts: &str) -> io::Result<()> {
    let refuse = || {
        io::Error::other("it is there already, and no sandbox wrote it: name a new file, or remove this one")
    };
    let mut file = match File::create_new(path) {
        // Opening what is no ordinary file may wait without end, or do something.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            if !fs::metadata(path)?.is_file() {
                return Err(refuse());
            }
            let mut start = Vec::new();
            File::open(path)?.take(MARK.len() as u64).read_to_end(&mut start)?;
            if !start.is_empty() && start != MARK.as_bytes() {
                return Err(refuse());
            }
            File::create(path)?
        }
        created => created?,
    };
    file.write_all(format!("{MARK}{accounts}").as_bytes())
}
