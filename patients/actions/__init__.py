"""The verbs of the patients' room, one file an idea. Each locks, asks its rules, writes, and leaves an audit entry."""
