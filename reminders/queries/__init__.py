"""What the sweep, the sender and the pages read."""
