"""What pages, tasks and reports read about sessions, one file an idea."""
