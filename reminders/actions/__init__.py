"""The verbs of the outbox: derive what should exist, claim it, send it."""
