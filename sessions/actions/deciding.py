"""What only a prescriber may decide, at booking: who may, with which reason, and how it is kept beside the visit (DOS-5, DOS-9)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from clinic.findings import Finding
from clinic.models import User
from sessions.models import Override, TreatmentSession
from sessions.models.exceptions import Gate
from sessions.rules.deciding import is_of_the_day, is_of_the_dose
from sessions.rules.planning import Decision
from sessions.states import Status


@dataclass(frozen=True, kw_only=True)
class Decider:
    """Who books: `may_decide` is a prescriber, whose `reason` passes what is off the label or outside of hours (DOS-5, DOS-9)."""

    reason: str = ""
    may_decide: bool = False

    @property
    def decides(self) -> bool:
        return self.may_decide and bool(self.reason.strip())


NOBODY = Decider()


def keep_decision(session: TreatmentSession, finding: Finding, *, reason: str, by: User, now: datetime) -> None:
    """A prescriber's reason beside the finding that it passes; it holds for that session alone, on that day, until its first device."""
    Override.objects.create(
        site_id=session.site_id, session=session, gate=Gate.BOOK, rule=finding.rule, finding=finding.key, text=finding.text[:300],
        reason=reason.strip()[:300], for_day=session.treatment_on if is_of_the_day(finding) else None,
        for_dose_mg=session.planned_dose_mg if is_of_the_dose(finding) else None, decided_at=now, decided_by=by, client_key=uuid4(),
    )  # fmt: skip


def keep_rhythm(session: TreatmentSession, decisions: Iterable[Decision], *, reason: str, by: User, now: datetime) -> None:
    """The same for what a new place does to the rhythm: beside the visit, and beside the booked one that comes too soon after it (DOS-5)."""
    for decision in decisions:
        keep_decision(session, decision.finding, reason=reason, by=by, now=now)
        later = TreatmentSession.objects.filter(patient_id=session.patient_id, treatment_on=decision.day, status=Status.BOOKED).exclude(pk=session.pk)
        for one in later.order_by("pk"):
            keep_decision(one, decision.finding, reason=reason, by=by, now=now)
