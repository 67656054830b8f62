use paystatus_core::{Finality::*, Funds, Judgement, Pending::*, Row, Source, Status};

use crate::{Details, UpiTranzact};

const OLDEST: Source = Source::new("UPITranzact documentation, Payment Status", "2026-11");
const NEWEST: Source = Source::new("https://upitranzact-docs.readme.io", "2026-11");
const ANDROID: Source = Source::new("https://github.com/upitranzact/android-sdk", "2026-11");
const NOT_FOUND: &str = "Transaction not found";

/// The status table. The words are case sensitive: `txnStatus`, `success` for a success of the envelope,
/// what else proves it (`UTR` of twelve digits, or `data.status`, which is documented as `SUCCESS` only), and `msg`.
pub(crate) const STATUSES: &[Row] = &[
    Row::new(&["SUCCESS", "success", "-|UTR|data.status"], Status::Paid, Final, Funds::Taken, NEWEST),
    Row::new(&["-", "success", "UTR"], Status::Paid, Final, Funds::Taken, OLDEST),
    // From the documentation's time between the oldest and the newest.
    Row::new(&["-", "success", "data.status"], Status::Paid, Final, Funds::Taken, NEWEST),
    // An unknown order, an unpaid one and one in flight are the same answer.
    Row::new(
        &["PENDING", "*", "-|UTR", NOT_FOUND],
        Status::Pending(Indeterminate),
        Open,
        Funds::Unknown,
        NEWEST,
    ),
    Row::new(&["PENDING", "*", "-|UTR"], Status::Pending(Processing), Open, Funds::Unknown, NEWEST),
    // A late credit happens on UPI: the payer's bank was debited and the answer got lost.
    Row::new(&["FAIL", "*", "-|UTR"], Status::Failed, Provisional, Funds::Unknown, ANDROID),
    // The payer declined; the same order can still be paid another way.
    Row::new(&["REJECT", "*", "-|UTR"], Status::Failed, Provisional, Funds::NotTaken, ANDROID),
];

pub(crate) fn judge(account: &UpiTranzact, reply: &Details) -> Judgement {
    let (word, data) = (reply.txn_status.as_deref(), reply.data.as_ref());
    let status = data.and_then(|data| data.status.as_deref());
    let utr = data.and_then(|data| data.utr.as_deref()).unwrap_or_default();
    let proof = match status {
        // Another than the documented one, or one beside another `txnStatus`, is no evidence.
        Some(status) if status != "SUCCESS" || word.unwrap_or(status) != status => Some("contradicted"),
        _ if account.require_txn_status && word.is_none() => Some("txnStatus required"),
        _ if utr.len() == 12 && utr.bytes().all(|byte| byte.is_ascii_digit()) => Some("UTR"),
        Some(_) => Some("data.status"),
        None => None,
    };
    Row::judge(STATUSES, &[word, is_success(reply).then_some("success"), proof, reply.msg.as_deref()])
}

/// Tells whether a reply is a success that says "paid" in one of its ways, and so must name the order and the amount.
pub(crate) fn claims_success(reply: &Details) -> bool {
    is_success(reply) && reply.txn_status.as_deref().is_none_or(|word| word == "SUCCESS")
}

fn is_success(reply: &Details) -> bool {
    reply.status && reply.status_code == Some(200)
}

#[cfg(test)]
mod tests {
    use paystatus_core::{Meaning, json};

    use super::*;

    const PAID: Meaning = Meaning::new(Status::Paid, Final, Funds::Taken);
    const UTR: &str = r#"{"UTR":"012345678901"}"#;
    const STATUS: &str = r#"{"status":"SUCCESS"}"#;

    fn account() -> UpiTranzact {
        UpiTranzact::new("m", "p", "s")
    }

    fn reply(fields: &str) -> Details {
        json::object(&format!("{{{fields}}}")).unwrap()
    }

    fn meaning(account: &UpiTranzact, reply: &Details) -> Meaning {
        judge(account, reply).meaning()
    }

    #[track_caller]
    fn check(fields: &str, expected: Meaning) {
        assert_eq!(meaning(&account(), &reply(fields)), expected, "{fields}");
    }

    #[test]
    fn pending_fail_and_reject_do_not_need_the_envelope() {
        for (row, word) in STATUSES[4..].iter().zip(["PENDING", "FAIL", "REJECT"]) {
            for envelope in [
                r#""status":true,"statusCode":200"#,
                r#""status":true"#,
                r#""status":false,"statusCode":404"#,
                r#""status":false,"statusCode":null"#,
            ] {
                check(&format!(r#"{envelope},"txnStatus":"{word}""#), row.means);
            }
        }
    }

    #[test]
    fn a_success_is_one_in_all_its_parts() {
        for envelope in [
            r#""status":false,"statusCode":200"#,
            r#""status":true"#,
            r#""status":true,"statusCode":null"#,
            r#""status":true,"statusCode":201"#,
            r#""status":true,"statusCode":"200""#,
            r#""status":true,"statusCode":200.0"#,
            r#""status":true,"statusCode":65736"#,
        ] {
            check(&format!(r#"{envelope},"txnStatus":"SUCCESS","data":{UTR}"#), Meaning::UNKNOWN);
            check(&format!(r#"{envelope},"data":{UTR}"#), Meaning::UNKNOWN);
            check(&format!(r#"{envelope},"data":{STATUS}"#), Meaning::UNKNOWN);
        }
    }

    #[test]
    fn an_old_success_needs_a_marker() {
        for data in [
            "null",
            "{}",
            r#"{"status":null}"#,
            r#"{"UTR":null}"#,
            r#"{"UTR":""}"#,
            r#"{"UTR":"50200247250"}"#,
            r#"{"UTR":"5020024725041"}"#,
            r#"{"UTR":"50200247250x"}"#,
            r#"{"UTR":" 50200247250"}"#,
            r#"{"UTR":"٠١٢٣٤٥"}"#,
            r#"{"UTR":502002472504}"#,
            r#"{"UTR":"502002472504","status":"PENDING"}"#,
        ] {
            check(&format!(r#""status":true,"statusCode":200,"data":{data}"#), Meaning::UNKNOWN);
        }
        check(r#""status":true,"statusCode":200,"data":{"UTR":"x","status":"SUCCESS"}"#, PAID);
    }

    #[test]
    fn strict_accounts_know_the_newest_success_only() {
        let strict = account().requiring_txn_status();
        let success = r#""status":true,"statusCode":200"#;
        for data in [UTR, STATUS] {
            let old = reply(&format!(r#"{success},"data":{data}"#));
            assert_eq!((meaning(&account(), &old), meaning(&strict, &old)), (PAID, Meaning::UNKNOWN));
        }
        assert_eq!(meaning(&strict, &reply(&format!(r#"{success},"txnStatus":"SUCCESS""#))), PAID);
    }

    #[test]
    fn a_data_status_that_is_not_success_is_no_evidence_whatever_the_word() {
        for word in ["SUCCESS", "PENDING", "FAIL", "REJECT"] {
            for status in
                [r#""success""#, r#""FAIL""#, r#""PENDING""#, r#""""#, "true", "1", "{}", "[\"SUCCESS\"]"]
            {
                check(
                    &format!(
                        r#""status":true,"statusCode":200,"txnStatus":"{word}","data":{{"status":{status}}}"#
                    ),
                    Meaning::UNKNOWN,
                );
            }
        }
        for word in ["PENDING", "FAIL", "REJECT"] {
            check(
                &format!(r#""status":true,"statusCode":200,"txnStatus":"{word}","data":{STATUS}"#),
                Meaning::UNKNOWN,
            );
        }
        check(&format!(r#""status":true,"statusCode":200,"txnStatus":"SUCCESS","data":{STATUS}"#), PAID);
    }

    #[test]
    fn any_other_word_is_unknown_another_case_included() {
        for word in ["", "success", "Success", " SUCCESS", "FAILED", "fail", "REJECTED", "pending", "EXPIRED"]
        {
            for success in [true, false] {
                check(
                    &format!(r#""status":{success},"statusCode":200,"txnStatus":"{word}","data":{UTR}"#),
                    Meaning::UNKNOWN,
                );
            }
        }
        check(r#""status":false,"statusCode":200"#, Meaning::UNKNOWN);
        check(&format!(r#""status":false,"statusCode":200,"data":{UTR}"#), Meaning::UNKNOWN);
    }
}
