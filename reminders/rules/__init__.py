"""What is said when, how often, and what an attempt's end means: pure functions over plain values."""
