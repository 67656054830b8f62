//! One payment in every state of every provider: the sandbox says it in the provider's words, the client in ours.

use paystatus::{Lookup, Payment};
use paystatus_sandbox::Sandbox;
use serde_json::Value;

use crate::{UNPACED, account};

/// The three axes in one line.
fn axes(payment: &Payment<Value>) -> String {
    let json = serde_json::to_value(payment).unwrap();
    let word = |key: &str| json[key].as_str().unwrap_or("-").to_owned();
    format!("{} {} {} {}", word("status"), word("detail"), word("finality"), word("funds"))
}

/// Asks for every payment by its id and tells how many were there.
async fn check(provider: &str, settings: &str, expected: &[(&str, &str)]) {
    let sandbox = Sandbox::start().await.unwrap();
    let client = account(&sandbox, provider, &format!("{UNPACED}\n{settings}"));
    for (id, axes_expected) in expected {
        let payment =
            client.status(&Lookup::payment(*id)).await.unwrap_or_else(|error| panic!("{id}: {error}"));
        assert_eq!(axes(&payment), *axes_expected, "{provider} {id}");
        assert_eq!(payment.asked().id(), *id);
    }
    let all = sandbox.payments();
    let seeded =
        all.iter().filter(|payment| payment.provider().name() == provider).map(|payment| payment.id());
    let missing: Vec<_> = seeded.filter(|id| !expected.iter().any(|(expected, _)| expected == id)).collect();
    let errors = ["sandbox-u4", "sandbox-u4-200"];
    assert!(
        missing.iter().all(|id| errors.contains(id)),
        "{provider} has payments that nothing asks for: {missing:?}"
    );
}

#[tokio::test]
async fn resmic() {
    check(
        "resmic",
        "",
        &[
            ("899e9dde-fda9-4386-9620-065756016805", "paid - final taken"),
            ("sandbox-completed", "paid - final taken"),
            ("sandbox-completed-coupon", "paid - final taken"),
            ("sandbox-failed", "failed - provisional unknown"),
            ("sandbox-initiated", "pending created open unknown"),
        ],
    )
    .await;
}

const UPITRANZACT: &[(&str, &str)] = &[
    ("sandbox-success", "paid - final taken"),
    ("sandbox-success-decimal", "paid - final taken"),
    ("uptz_2848129210ud13", "paid - final taken"),
    ("sandbox-u5", "pending indeterminate open unknown"),
    ("sandbox-pending", "pending processing open unknown"),
    ("sandbox-fail", "failed - provisional unknown"),
    ("sandbox-reject", "failed - provisional not_taken"),
];

const OLDER: &[&str] = &["sandbox-u1", "sandbox-u2", "utz_xxxxxxx", "bd79da4cc3ff1", "bd79da4cccff1"];

#[tokio::test]
async fn upitranzact_in_both_encodings() {
    for encoding in ["json", "form"] {
        let older = OLDER.iter().map(|id| (*id, "paid - final taken"));
        let expected: Vec<_> = UPITRANZACT.iter().copied().chain(older).collect();
        check("upitranzact", &format!("encoding = '{encoding}'"), &expected).await;
    }
}

#[tokio::test]
async fn upitranzact_strictly() {
    let older = OLDER.iter().map(|id| (*id, "unknown - open unknown"));
    let expected: Vec<_> = UPITRANZACT.iter().copied().chain(older).collect();
    check("upitranzact", "require_txn_status = true", &expected).await;
}

#[tokio::test]
async fn akurateco_with_both_digests() {
    for digest in ["md5", "sha256"] {
        check(
            "akurateco",
            &format!("digest = '{digest}'"),
            &[
                ("63c781cc-de3d-11eb-a1f1-0242ac130006", "paid - final taken"),
                ("24f7401c-fc47-11ec-8d07-0242ac120015", "paid - final taken"),
                ("dc66cdd8-d702-11ea-9a2f-0242c0a87002", "paid - final taken"),
                ("03e46e96-de42-11eb-aea7-0242ac140002", "failed - final not_taken"),
                ("sandbox-prepare", "pending indeterminate open unknown"),
                ("sandbox-3ds", "pending action_required open not_taken"),
                ("sandbox-redirect", "pending action_required open not_taken"),
                ("sandbox-pending", "authorized - open held"),
                ("sandbox-pending-btc", "pending processing open unknown"),
                ("sandbox-settled", "paid - final taken"),
                ("sandbox-settled-jpy", "paid - final taken"),
                ("sandbox-decline", "failed - final not_taken"),
                ("sandbox-refund", "returned refunded final returned"),
                ("sandbox-void", "returned voided final returned"),
                ("sandbox-reversal", "returned reversed final returned"),
                ("sandbox-chargeback", "returned charged_back provisional returned"),
                ("sandbox-attempt-1", "failed - final not_taken"),
                ("sandbox-attempt-2", "paid - final taken"),
            ],
        )
        .await;
    }
}

#[tokio::test]
async fn akurateco_by_order_and_cascading() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = account(&sandbox, "akurateco", UNPACED);
    let by_order = client.status(&Lookup::order("order-1234")).await.unwrap();
    // An earlier attempt is settled, the latest one is declined.
    assert_eq!(by_order.id(), "dc66cdd8-d702-11ea-9a2f-0242c0a87002");
    assert_eq!(axes(&by_order), "paid - final taken");
    let declined = client.status(&Lookup::order("order-sandbox-decline")).await.unwrap();
    assert_eq!(axes(&declined), "failed - provisional unknown");
    let by_order = client.status(&Lookup::order("sandbox-order")).await.unwrap();
    assert_eq!((by_order.id(), by_order.is_paid()), ("sandbox-attempt-2", true));
    let cascaded = client.status(&"63c781cc-de3d-11eb-a1f1-0242ac130006".into()).await.unwrap();
    assert_eq!(cascaded.id(), "24f7401c-fc47-11ec-8d07-0242ac120015");
    assert!(cascaded.is_about_another());
    assert_eq!(cascaded.reference(), Some("f0a51dfa-fc43-11ec-8128-0242ac120004-1"));
}

const COMMITUP: &[(&str, &str)] = &[
    ("sandbox-sale-success", "paid - final taken"),
    ("sandbox-sale-captured", "paid - final taken"),
    ("sandbox-sale-enrolled", "pending action_required open not_taken"),
    ("sandbox-sale-failed", "failed - final not_taken"),
    ("sandbox-sale-cancelled", "canceled - final unknown"),
    ("sandbox-enrolled", "pending action_required open not_taken"),
    ("sandbox-captured", "paid - final taken"),
    ("sandbox-failed", "failed - final not_taken"),
    ("sandbox-cancelled", "canceled - final unknown"),
    ("sandbox-pre-auth-success", "unknown - open unknown"),
    ("sandbox-pre-auth-captured", "paid - final taken"),
    ("sandbox-refund-success", "returned refunded final unknown"),
    ("sandbox-refund-captured", "unknown - open unknown"),
    ("sandbox-refund-failed", "failed - final taken"),
    ("sandbox-refund-pending-approval", "pending processing open taken"),
    ("sandbox-refund-rejected", "failed - final taken"),
    ("sandbox-cancel-success", "returned voided final returned"),
    ("sandbox-cancel-captured", "unknown - open unknown"),
    ("sandbox-cancel-failed", "failed - final taken"),
    ("sandbox-untyped-success", "unknown - open unknown"),
];

#[tokio::test]
async fn commitup() {
    let untyped = ["sandbox-success", "123e4567-e89b-12d3-a456-426614174000"];
    for (settings, axes) in
        [("", "paid - final taken"), ("require_transaction_type = true", "unknown - open unknown")]
    {
        let expected: Vec<_> = COMMITUP.iter().copied().chain(untyped.map(|id| (id, axes))).collect();
        check("commitup", settings, &expected).await;
    }
}

#[tokio::test]
async fn bearer() {
    check(
        "bearer",
        "",
        &[
            ("pay_001", "paid - final taken"),
            ("sandbox-pending", "pending processing open unknown"),
            ("sandbox-succeeded", "paid - final taken"),
            ("sandbox-succeeded-kwd", "paid - final taken"),
            ("sandbox-failed", "failed - final not_taken"),
            ("sandbox-canceled", "canceled - final not_taken"),
        ],
    )
    .await;
}

#[tokio::test]
async fn amounts_arrive_exactly() {
    let sandbox = Sandbox::start().await.unwrap();
    for (provider, id, amount) in [
        ("resmic", "899e9dde-fda9-4386-9620-065756016805", Some("100 USD")),
        ("resmic", "sandbox-completed-coupon", None),
        ("upitranzact", "uptz_2848129210ud13", Some("1.08 INR")),
        ("upitranzact", "bd79da4cc3ff1", Some("1 INR")),
        ("akurateco", "63c781cc-de3d-11eb-a1f1-0242ac130006", Some("3.01 QAR")),
        ("akurateco", "sandbox-settled-jpy", Some("100.00 JPY")),
        ("akurateco", "sandbox-pending-btc", Some("0.00150000 BTC")),
        ("commitup", "123e4567-e89b-12d3-a456-426614174000", Some("100.50 TRY")),
        ("commitup", "sandbox-sale-captured", None),
        ("bearer", "pay_001", Some("50.00 USD")),
        ("bearer", "sandbox-succeeded-kwd", Some("5.000 KWD")),
    ] {
        let payment = account(&sandbox, provider, UNPACED).status(&id.into()).await.unwrap();
        assert_eq!(payment.amount().map(|money| money.to_string()).as_deref(), amount, "{provider} {id}");
    }
}

#[tokio::test]
async fn an_unknown_word_is_kept_and_stays_open() {
    let sandbox = Sandbox::start().await.unwrap();
    for (provider, id) in [
        ("resmic", "sandbox-completed"),
        ("upitranzact", "sandbox-success"),
        ("akurateco", "sandbox-settled"),
        ("commitup", "sandbox-sale-success"),
        ("bearer", "sandbox-succeeded"),
    ] {
        sandbox.set_state(provider.parse().unwrap(), id, "PENDING_REVIEW").unwrap();
        let payment = account(&sandbox, provider, UNPACED).status(&id.into()).await.unwrap();
        assert_eq!(axes(&payment), "unknown - open unknown", "{provider}");
        assert_eq!(payment.provider_status(), "PENDING_REVIEW", "{provider}");
    }
}
