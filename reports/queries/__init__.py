"""What the reports read: every visit of a site in a range of days as plain facts, in a constant number of queries."""

from reports.queries.visits import LONGEST_RANGE, facts_of, visits_between

__all__ = ["LONGEST_RANGE", "facts_of", "visits_between"]
