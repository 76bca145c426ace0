"""What the label, the REMS and the site decided about a session: pure functions over plain values, one file an idea."""
