"""What would be sent in the next seven days: derived from the schedule as it stands, nothing written; the same few queries however many."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper

from clinic.models import Site
from patients.models import Patient
from reminders.models import OutboxMessage, SiteMessaging
from reminders.queries.fitting import AFTER_THE_CALL, may_write
from reminders.queries.sending import budget_for, counting_texts, hours_of
from reminders.queries.slots import slot_of, zone_of
from reminders.rules.governor import WEEK
from reminders.rules.kinds import UPCOMING, Kind, first_moments, window_of
from reminders.rules.moments import HORIZON, Hours
from reminders.rules.week import Ending, Patience, Planned, mail_end, text_ends
from sessions.models import SafetyCall, TreatmentSession
from sessions.states import Status

Channel, State = OutboxMessage.Channel, OutboxMessage.Status
# Reminders of the visit, and the words after it as if it took place.
DERIVED = (*UPCOMING, Kind.AFTER)
CALL_FIRST = "A clinician calls first."


@dataclass(frozen=True)
class Line:
    """One message that would go out, or `why` it would not."""

    at: datetime
    patient: Patient
    visit: TreatmentSession
    kind: str
    channel: str
    why: str

    @property
    def kind_label(self) -> str:
        return str(OutboxMessage.Kind(self.kind).label)

    @property
    def channel_label(self) -> str:
        return str(Channel(self.channel).label)


@dataclass(frozen=True)
class Draft:
    visit: TreatmentSession
    channel: str
    planned: Planned


@dataclass(frozen=True)
class Week:
    lines: list[Line]
    untold: list[TreatmentSession]


def week_of(site: Site, now: datetime) -> Week:
    """In order of time. `untold` are the visits of these days whose patient can't be written to."""
    messaging = SiteMessaging.objects.filter(site=site).first()
    hours, visits = hours_of(messaging), coming_visits(site, now)
    known = {(row.session_id, row.schedule_version, row.kind, row.channel): row for row in rows_of(site, visits, now)}
    by_patient: dict[int, list[Draft]] = defaultdict(list)
    for draft in [*drafts_of(visits, known, hours, now=now), *waiting(known.values(), now=now)]:
        by_patient[draft.visit.patient_id].append(draft)
    texted, called = texts_of(site, now), set(open_calls(site))
    reminders = reminders_of(visits)
    lines: list[Line] = []
    for pk, drafts in by_patient.items():
        patient = drafts[0].visit.patient
        allowed = Patience(zone_of(patient, site), hours, budget_for(patient, messaging))
        lines += lines_of(drafts, allowed, sent_at=texted[pk], reminders=reminders[pk], is_called=pk in called)
    lines = [line for line in lines if line.at <= now + WEEK]
    untold = [visit for visit in visits if visit.starts_at <= now + WEEK and not (visit.by_email or visit.by_text)]  # type: ignore[attr-defined]
    return Week(sorted(lines, key=lambda line: (line.at, line.visit.pk, line.kind, line.channel)), untold)


def coming_visits(site: Site, now: datetime) -> list[TreatmentSession]:
    asked: dict[str, Any] = {
        "by_email": ExpressionWrapper(may_write(Channel.EMAIL), output_field=BooleanField()),
        "by_text": ExpressionWrapper(may_write(Channel.TEXT), output_field=BooleanField()),
    }
    rows = TreatmentSession.objects.filter(site=site, status=Status.BOOKED, starts_at__gt=now, starts_at__lte=now + WEEK + HORIZON)
    return list(rows.select_related("site", "patient").annotate(**asked).order_by("starts_at", "pk"))


def rows_of(site: Site, visits: list[TreatmentSession], now: datetime) -> list[OutboxMessage]:
    """What the outbox holds of these visits, and what else waits in it for these days."""
    mine = OutboxMessage.objects.filter(site=site, contact_pk=0).select_related("patient", "session", "session__patient")
    # A visit's earliest message lies HORIZON before it, or at its booking: what isn't waiting matters for its key alone.
    of_visits = mine.filter(
        session__site=site, session__status=Status.BOOKED, session__starts_at__gt=now, session__starts_at__lte=now + WEEK + HORIZON
    )
    return list((of_visits | mine.filter(status=State.DUE, due_at__lte=now + WEEK)).order_by("pk")) if visits else list(mine.filter(status=State.DUE))


def drafts_of(visits: list[TreatmentSession], known: Any, hours: Hours, *, now: datetime) -> Iterator[Draft]:
    """What the sweep will write of these visits."""
    for visit in visits:
        channels = [Channel.EMAIL] * visit.by_email + [Channel.TEXT] * visit.by_text  # type: ignore[attr-defined]
        slot = slot_of(visit, hours)
        for kind in DERIVED if channels else ():
            window = window_of(kind, slot, now=now)
            if window is None or window.due_at > now + WEEK:
                continue
            for channel in channels:
                if (visit.pk, visit.schedule_version, kind, channel) not in known:
                    yield Draft(visit, channel, Planned(kind, window.due_at, window.useless_at))


def waiting(rows: Any, *, now: datetime) -> Iterator[Draft]:
    """What stands in the outbox already and waits for its time."""
    for row in rows:
        if row.status == State.DUE and row.session is not None:
            yield Draft(row.session, row.channel, Planned(Kind(row.kind), max(row.due_at, now), row.useless_at))


def lines_of(
    drafts: list[Draft], allowed: Patience, *, sent_at: list[datetime], reminders: list[tuple[Kind, datetime]], is_called: bool
) -> list[Line]:
    """One patient's messages, each with its end."""
    mails = [draft for draft in drafts if draft.channel == Channel.EMAIL]
    texts = [draft for draft in drafts if draft.channel == Channel.TEXT]
    ends = [mail_end(draft.planned, allowed=allowed) for draft in mails]
    ends += text_ends([draft.planned for draft in texts], allowed=allowed, sent_at=sent_at, reminders=reminders)
    return [line_of(draft, end, is_called=is_called) for draft, end in zip([*mails, *texts], ends, strict=True)]


def line_of(draft: Draft, end: Ending, *, is_called: bool) -> Line:
    why = end.why or (CALL_FIRST if is_called and draft.planned.kind in AFTER_THE_CALL else "")
    return Line(end.at, draft.visit.patient, draft.visit, draft.planned.kind, draft.channel, why)


def reminders_of(visits: list[TreatmentSession]) -> dict[int, list[tuple[Kind, datetime]]]:
    """The reminders that matter more than most, by patient, as the sender asks for them."""
    found: dict[int, list[tuple[Kind, datetime]]] = defaultdict(list)
    for visit in visits:
        found[visit.patient_id] += first_moments(visit.starts_at, zone_of(visit.patient, visit.site)).items()
    return found


def texts_of(site: Site, now: datetime) -> dict[int, list[datetime]]:
    """When each patient's texts of the last week went out, or may have."""
    found: dict[int, list[datetime]] = defaultdict(list)
    for pk, at in counting_texts(now).filter(site=site).order_by("pk").values_list("patient_id", "began_at"):
        found[pk] += [at] if at is not None else []
    return found


def open_calls(site: Site) -> Any:
    return SafetyCall.objects.filter(site=site, closed_at__isnull=True).order_by().values_list("session__patient_id", flat=True)
