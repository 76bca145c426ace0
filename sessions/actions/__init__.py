"""The verbs of a treatment session, one file an idea; each locks, asks the rules, writes and audits in one transaction."""
