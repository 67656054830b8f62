use paystatus_core::Paid;

fn main() {
    let _: Paid<()> = Default::default();
}
