"""What the label, the REMS and good practice decide about a patient: pure functions over plain values, one file an idea."""
