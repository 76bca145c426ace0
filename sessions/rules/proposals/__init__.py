"""What a monitoring form proposes for each field, and by which evidence; the provider confirms or changes it (PMF-4)."""

from sessions.rules.proposals import dosing, events, history, identity, reactions, vitals
from sessions.rules.proposals.core import NOT_OBTAINED, SOURCES, Proposal, Raw, propose

__all__ = ["NOT_OBTAINED", "SOURCES", "Proposal", "Raw", "dosing", "events", "history", "identity", "propose", "reactions", "vitals"]
