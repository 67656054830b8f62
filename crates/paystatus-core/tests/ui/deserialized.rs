use paystatus_core::Paid;

fn main() {
    let _: Paid<()> = serde_json::from_str("{}").unwrap();
}
