use paystatus_core::{Finality, Funds, Lookup, Meaning, Paid, Payment, Snapshot, Status};

fn payment() -> Payment<()> {
    Payment::new(&Lookup::payment("p"), Snapshot::new("p", Meaning::new(Status::Paid, Finality::Final, Funds::Taken), "settled"), ())
}

fn main() {
    let _ = Paid(payment());
}
