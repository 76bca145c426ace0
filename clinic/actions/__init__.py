"""The clinic room's verbs, one file an idea: each locks, asks its rules, writes and leaves an audit entry."""
