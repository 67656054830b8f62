use comfy_table::{Table, presets};
use paystatus::Error;
use serde_json::json;

use crate::output::Output;

struct Provider {
    name: &'static str,
    keys: &'static [&'static str],
    options: &'static [&'static str],
    by_order: bool,
    tells: &'static str,
    cannot_tell: &'static str,
}

const PROVIDERS: &[Provider] = &[
    Provider {
        name: "akurateco",
        keys: &["base_url", "merchant_key", "password"],
        options: &["digest"],
        by_order: true,
        tells: "holds, captures, refunds, voids, chargebacks",
        cannot_tell: "an unknown payment from a wrong password; the reply may be about a later attempt of the order",
    },
    Provider {
        name: "bearer",
        keys: &["base_url", "access_token"],
        options: &["path"],
        by_order: false,
        tells: "paid, failed, canceled",
        cannot_tell: "refunds",
    },
    Provider {
        name: "commitup",
        keys: &["base_url", "api_key", "api_secret"],
        options: &["callback_secret", "require_transaction_type"],
        by_order: false,
        tells: "sales, and refunds and cancellations as records of their own",
        cannot_tell: "a pre-authorization from a sale, unless require_transaction_type is set",
    },
    Provider {
        name: "resmic",
        keys: &["api_key", "user_id"],
        options: &["base_url", "callback_secret"],
        by_order: false,
        tells: "the provider's word that a session was completed",
        cannot_tell: "the chain, test coins from money, what was charged after a coupon, a lasting failure",
    },
    Provider {
        name: "upitranzact",
        keys: &["merchant_id", "public_key", "secret_key"],
        options: &["base_url", "encoding", "require_txn_status"],
        by_order: true,
        tells: "paid, with the bank's reference",
        cannot_tell: "an unknown order from an unpaid one, a lasting failure, refunds",
    },
];

/// `paystatus providers`
#[expect(clippy::unnecessary_wraps, reason = "every command has the same form")]
pub(crate) fn run(output: &Output) -> Result<u8, Error> {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["provider", "needs", "may have", "by order", "tells", "cannot tell"]);
    for provider in PROVIDERS {
        let Provider { name, keys, options, by_order, tells, cannot_tell } = provider;
        if output.json {
            output.line(&json!({
                "provider": name, "keys": keys, "options": options, "by_order": by_order,
                "tells": tells, "cannot_tell": cannot_tell,
            }));
        }
        let by_order = if *by_order { "yes" } else { "no" };
        table.add_row([*name, &keys.join(" "), &options.join(" "), by_order, tells, cannot_tell]);
    }
    if !output.json {
        table.set_content_arrangement(comfy_table::ContentArrangement::Dynamic).set_width(130);
        output.text(&table.trim_fmt());
    }
    Ok(0)
}
