"""What an audit binder reads: which sessions, what is on record of each, and the house around them."""

from reports.queries.binder.house import HousePapers, house_papers
from reports.queries.binder.scope import Scope, State, of_grant, of_patient, of_range, state_of
from reports.queries.binder.sessions import SessionPapers, papers_in_turn

__all__ = ["HousePapers", "Scope", "SessionPapers", "State", "house_papers", "of_grant", "of_patient", "of_range", "papers_in_turn", "state_of"]
