"""What the operator asks of a running installation: its parts, its numbers, its configuration, one request in its log."""
