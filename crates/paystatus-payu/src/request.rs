use http::{HeaderValue, Request};
use paystatus_core::{Body, By, Error, ErrorKind, Lookup, credential, hex};

use crate::{PayU, sign};

/// Where payers pay: it answers nothing.
const NOT_TO_BE_ASKED: &str = "secure.payu.in";

/// `POST /merchant/postservice.php?form=2`, a form with a command, the id and the hash over both.
pub(crate) fn build(account: &PayU, lookup: &Lookup) -> Result<Request<Body>, Error> {
    let id = lookup.any_id()?;
    let refuse = |kind, why: &'static str| Err(Error::new(kind, why));
    let command = match lookup.by() {
        By::Order if id.contains('|') => {
            // It would ask about several orders, and shift what is hashed.
            return refuse(ErrorKind::InvalidLookup, "the order id has a bar (`|`), which no txnid can have");
        }
        By::Order => "verify_payment",
        _ if id.bytes().all(|byte| byte.is_ascii_digit()) => "check_payment",
        _ => {
            let why = "the payment id is not PayU's number (`mihpayid`): ask by order with the txnid";
            return refuse(ErrorKind::InvalidLookup, why);
        }
    };
    if account.base_url.host().to_string() == NOT_TO_BE_ASKED {
        return refuse(ErrorKind::Config, "`base_url` is where payers pay: give `https://info.payu.in`");
    }
    let key = credential::text("merchant_key", &account.merchant_key)?;
    let salt = credential::text("salt", &account.salt)?;
    let hash = hex::encode(&sign::sha512(&[key, command, id, salt]));
    let fields = [("key", key), ("command", command), ("var1", id), ("hash", &hash)];
    let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    // Without `form=2` the answer is in PHP's own form.
    let endpoint = account.base_url.join("/merchant/postservice.php").query("form", "2");
    let mut request = endpoint.post(Body::from(form))?;
    let form = HeaderValue::from_static("application/x-www-form-urlencoded");
    request.headers_mut().insert("content-type", form);
    Ok(request)
}
