"""The verbs of the reports."""
