//! What the providers of the sandbox send, byte for byte: replies and callbacks.

use std::sync::{Arc, Mutex};

use paystatus::{By, Configuration, Lookup};
use paystatus_sandbox::{NewPayment, Provider, Sandbox};
use serde_json::Value;

use crate::{UNPACED, facts, server};

/// The bodies of a provider's replies to these lookups, in the order in which they came.
pub(crate) async fn of(
    sandbox: &Sandbox,
    provider: Provider,
    lookups: impl IntoIterator<Item = Lookup>,
) -> Vec<Vec<u8>> {
    let bodies = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&bodies);
    let header = format!("[accounts.{provider}]\n");
    let toml = sandbox.accounts_toml().replace(&header, &format!("{header}{UNPACED}\n"));
    let configuration = Configuration::from_toml(&toml).unwrap();
    let configuration =
        configuration.observed_by(move |reply| kept.lock().unwrap().push(reply.body().as_bytes().to_vec()));
    let client = configuration.open(provider.name()).unwrap();
    for lookup in lookups {
        // What the client makes of it is not looked at here.
        let _ = client.status(&lookup).await;
    }
    let bodies = bodies.lock().unwrap();
    bodies.clone()
}

/// The bodies of the replies to every lookup that there is a payment for.
pub(crate) async fn all(sandbox: &Sandbox, provider: Provider) -> Vec<Vec<u8>> {
    let known: Vec<_> = sandbox.payments().into_iter().filter(|known| known.provider() == provider).collect();
    let payments = known.iter().map(|known| Lookup::payment(known.id()));
    let by_order = facts(provider).asked_by.contains(&By::Order);
    let orders = known.iter().filter(|_| by_order).filter_map(|known| known.reference()).map(Lookup::order);
    of(sandbox, provider, payments.chain(orders)).await
}

/// A provider's callbacks, as its headers in lines, an empty line, and the body: one at least for each state.
pub(crate) async fn callbacks(sandbox: &Sandbox, provider: Provider) -> Vec<String> {
    let receiver = server::Server::start(|_| server::reply("200 OK", "")).await;
    sandbox.set_callback_url(provider, format!("http://{}/hook", receiver.address)).unwrap();
    for (number, state) in provider.states().iter().enumerate() {
        let id = format!("pay-{number}");
        sandbox.create(NewPayment::new(provider, &id, *state)).unwrap();
        for next in [provider.paid_state(), provider.open_state(), state] {
            sandbox.set_state(provider, &id, next).unwrap();
        }
    }
    // Of every payment it is told at least once that it was paid.
    receiver.wait_for(provider.states().len()).await;
    sandbox.clear_callback_url(provider);
    let without_path = |request: String| request.split_once("\r\n").map(|(_, rest)| rest.to_owned());
    receiver.requests().into_iter().filter_map(without_path).collect()
}

/// A JSON text once for each value in it, with that value replaced; nothing for what is no JSON.
pub(crate) fn with_each_value(text: &str, replaced: &Value) -> Vec<String> {
    let Ok(whole) = serde_json::from_str::<Value>(text) else { return Vec::new() };
    let mut places = Vec::new();
    find(&whole, String::new(), &mut places);
    let with = |place: &String| {
        let mut changed = whole.clone();
        if let Some(value) = changed.pointer_mut(place) {
            *value = replaced.clone();
        }
        changed.to_string()
    };
    places.iter().map(with).collect()
}

/// The places of all values, as JSON pointers.
fn find(value: &Value, place: String, places: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                find(field, format!("{place}/{}", name.replace('~', "~0").replace('/', "~1")), places);
            }
        }
        Value::Array(items) => {
            for (number, item) in items.iter().enumerate() {
                find(item, format!("{place}/{number}"), places);
            }
        }
        _ => {}
    }
    places.push(place);
}
