use paystatus_core::{Covers, Lookup, Notification, Paid};

fn fulfil(_: Paid<()>) {}

fn main() {
    let notification = Notification::new([Lookup::payment("p")], Covers::Body, 0, "key").unwrap();
    fulfil(notification);
}
