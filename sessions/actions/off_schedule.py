"""A visit outside of its course's schedule: a prescriber's reason is kept beside it, or a task asks them for one before the dose (DOS-5)."""

from collections.abc import Sequence
from datetime import datetime

from clinic import audit
from clinic.actions.notices import raise_notice, resolve_notices
from clinic.models import Notice, User
from sessions.actions.deciding import Decider, keep_rhythm
from sessions.models import TreatmentSession
from sessions.queries.off_schedule import OFF_SCHEDULE, WORDS, against_standing
from sessions.rules.planning import Decision


def keep_or_ask(session: TreatmentSession, against: Sequence[Decision], decider: Decider, *, by: User, now: datetime) -> None:
    """Inside the booking's transaction and locks."""
    if not against:
        return
    if decider.decides:
        keep_rhythm(session, against, reason=decider.reason, by=by, now=now)
    else:
        raise_notice(session.site, OFF_SCHEDULE, "DOS-5", session, WORDS, now, due_at=session.starts_at)


def decide_standing(session: TreatmentSession, decider: Decider, *, by: User | None, now: datetime) -> None:
    """A prescriber's reason for a locked visit that stays where it stands. Twice has the effect of once."""
    against = against_standing(session, now) if decider.decides and by is not None else []
    if by is None or not against:
        return
    keep_rhythm(session, against, reason=decider.reason, by=by, now=now)
    resolve_notices(session.site, OFF_SCHEDULE, session, "A prescriber decided.", now)
    keys = [one.finding.key for one in against]
    audit.record(
        action="session.decided", target=session, by=by, now=now, site=session.site, patient_pk=session.patient_id,
        changes={"gate": "book", "rule": "DOS-5", "finding": ", ".join(dict.fromkeys(keys))},
    )  # fmt: skip


def ask_on(session: TreatmentSession, *, now: datetime) -> None:
    """A visit that got another time or dose of the same day: its task stays while anything of it is undecided, and is due by its new time."""
    asked = Notice.objects.filter(
        site_id=session.site_id, kind=OFF_SCHEDULE, target_kind="treatmentsession", target_pk=session.pk, resolved_at__isnull=True
    ).exists()
    if not asked:
        return
    if against_standing(session, now):
        raise_notice(session.site, OFF_SCHEDULE, "DOS-5", session, WORDS, now, due_at=session.starts_at)
    else:
        resolve_notices(session.site, OFF_SCHEDULE, session, "The visit has changed.", now)
