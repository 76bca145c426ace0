"""Adverse events as somebody tells them."""

from datetime import timedelta
from uuid import uuid4

from sessions.actions import adverse
from sessions.models import AdverseEvent, TreatmentSession
from tests.cast import NOW, Cast

FAINTED = {
    "kind": "Loss of consciousness", "began_at": NOW - timedelta(hours=1), "ended_at": NOW - timedelta(minutes=50), "is_serious": True,
    "criteria": ("hospitalization", "intervention"), "narrative": "Fainted on standing.", "outcome": "Recovered",
}  # fmt: skip


def told(**changes: object) -> adverse.Told:
    return adverse.Told(**(FAINTED | changes))  # type: ignore[arg-type]


def serious(cast: Cast, session: TreatmentSession, *, at_home: bool = False, now=NOW, **changes: object) -> AdverseEvent:  # type: ignore[no-untyped-def]
    return adverse.record_adverse(
        session.patient, session=None if at_home else session, told=told(**changes), client_key=uuid4(), by=cast.nurse, now=now
    )
