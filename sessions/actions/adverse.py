"""Recording an adverse event, correcting it, and reporting it by phone or with a form (PMF-6)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from clinic import audit
from clinic.actions.notices import raise_notice, resolve_notices
from clinic.findings import Refused, refuse
from clinic.models import Site, User
from clinic.queries import open_notices
from patients.models import Patient
from sessions.actions.facts import out_of_date, require_reason
from sessions.models import AdverseEvent, EventReport, MonitoringForm, TreatmentSession
from sessions.queries.adverse import NOTICE, WORDS, Owed, carried_by, owed_events
from sessions.rules.adverse import Way, event_findings, report_findings


@dataclass(frozen=True, kw_only=True)
class Told:
    """An adverse event as somebody posts it; `criteria` are codes of sessions.rules.adverse."""

    kind: str
    began_at: datetime
    ended_at: datetime | None
    is_serious: bool
    criteria: tuple[str, ...]
    narrative: str
    outcome: str = ""

    def columns(self) -> dict[str, object]:
        return {
            "kind": self.kind.strip(), "observed_at": self.began_at, "ended_at": self.ended_at, "is_serious": self.is_serious,
            "criteria": list(self.criteria) if self.is_serious else [], "narrative": self.narrative.strip(), "outcome": self.outcome.strip(),
        }  # fmt: skip

    def require_whole(self, now: datetime) -> None:
        found = event_findings(
            kind=self.kind, began_at=self.began_at, ended_at=self.ended_at, is_serious=self.is_serious, criteria=self.criteria,
            narrative=self.narrative, now=now,
        )  # fmt: skip
        if found:
            raise Refused(found)


def locked_patient(patient_pk: int) -> Patient:
    return Patient.objects.select_for_update(of=("self",)).select_related("site").get(pk=patient_pk)


def same_event(client_key: UUID, patient: Patient) -> AdverseEvent | None:
    row = AdverseEvent.objects.filter(client_key=client_key).first()
    if row is not None and row.patient_id != patient.pk:
        raise out_of_date()
    return row


@transaction.atomic
def record_adverse(patient: Patient, *, session: TreatmentSession | None, told: Told, client_key: UUID, by: User, now: datetime) -> AdverseEvent:
    """Keep an adverse event, during a session or at home; a serious one is owed to the REMS or the maker from now on (PMF-6).

    A repeated key returns the earlier row. Raises Refused with every field that is missing or impossible.
    """
    owner = locked_patient(patient.pk)
    if earlier := same_event(client_key, owner):
        return earlier
    told.require_whole(now)
    made = AdverseEvent.objects.create(
        site=owner.site, patient=owner, session=session, recorded_at=now, recorded_by=by, client_key=client_key, **told.columns()
    )
    audit.record(
        action="adverse_event.recorded", target=made, by=by, now=now, site=owner.site, patient_pk=owner.pk,
        changes={"session": made.session_id or 0, "is_serious": made.is_serious},
    )  # fmt: skip
    tell_about(made, now=now)
    return made


@transaction.atomic
def correct_adverse(event: AdverseEvent, *, told: Told, reason: str, client_key: UUID, by: User, now: datetime) -> AdverseEvent:
    """A new row of the same case in the place of the old one, with the reason (MON-7). What was reported stays reported."""
    owner = locked_patient(event.patient_id)
    if earlier := same_event(client_key, owner):
        return earlier
    require_reason(reason)
    require_standing(event)
    told.require_whole(now)
    made = AdverseEvent.objects.create(
        site=owner.site, patient=owner, session_id=event.session_id, case=event.case, recorded_at=now, recorded_by=by, client_key=client_key,
        supersedes=event, reason=reason.strip(), **told.columns(),
    )  # fmt: skip
    audit.record(
        action="adverse_event.corrected", target=made, by=by, now=now, site=owner.site, patient_pk=owner.pk,
        changes={"supersedes": event.pk, "is_serious": [event.is_serious, made.is_serious]},
    )  # fmt: skip
    resolve_notices(owner.site, NOTICE, event, "Corrected.", now)
    tell_about(made, now=now)
    return made


def require_standing(event: AdverseEvent) -> None:
    if AdverseEvent.objects.filter(supersedes=event).exists():
        raise refuse("MON-7", "Somebody has changed this event since you opened it. Look at it again.", code="MON-7.changed")


@transaction.atomic
def report_by_phone(
    event: AdverseEvent,
    *,
    to: str,
    number: str,
    phoned_at: datetime,
    client_key: UUID,
    by: User,
    now: datetime,
    spoke_with: str = "",
    reference: str = "",
) -> EventReport:
    """Somebody phoned the REMS or the maker: when, which number, with whom, their case number (PMF-6, SET-6)."""
    owner = locked_patient(event.patient_id)
    earlier = EventReport.objects.filter(client_key=client_key).first()
    if earlier is not None and earlier.event_id != event.pk:
        raise out_of_date()
    if earlier is not None:
        return earlier
    if found := report_findings(phoned_at=phoned_at, began_at=event.observed_at, number=number, now=now):
        raise Refused(found)
    made = EventReport.objects.create(
        site=owner.site, event=event, case=event.case, way=EventReport.Way.PHONE, to=to, number=number.strip(), spoke_with=spoke_with.strip(),
        reference=reference.strip(), observed_at=phoned_at, recorded_at=now, recorded_by=by, client_key=client_key,
    )  # fmt: skip
    audit.record(
        action="adverse_event.phoned", target=event, by=by, now=now, site=owner.site, patient_pk=owner.pk, changes={"report": made.pk, "to": to}
    )
    resolve_notices(owner.site, NOTICE, event, "Phoned.", now)
    return made


def report_with_form(form: MonitoringForm, *, by: User, now: datetime) -> list[EventReport]:
    """A confirmed form that says yes tells the events that it carries; inside the confirming transaction (PMF-6)."""
    if form.answers.get("serious") != "yes":
        return []
    made = []
    for event in carried_by(form.session):
        report = {"case": event.case, "form": form, "observed_at": now, "recorded_at": now, "recorded_by": by, "client_key": uuid4()}
        made.append(EventReport.objects.create(site_id=form.site_id, event=event, way=EventReport.Way.FORM, **report))
        resolve_notices(form.site, NOTICE, event, "On a confirmed monitoring form.", now)
    return made


def tell_about(event: AdverseEvent, *, now: datetime) -> None:
    """Open the task of a serious event."""
    for owed in owed_events(event.site, now, [event]) if event.is_serious else []:
        raise_task(owed, now)


def raise_task(owed: Owed, now: datetime) -> None:
    """The task with its words and due time as they are now: a visit that is cancelled turns "the next form" into a call."""
    if owed.way is not Way.REPORTED:
        raise_notice(owed.event.site, NOTICE, "PMF-6", owed.event, WORDS[owed.way], now, due_at=owed.due_at)


def watch_events(site: Site, *, now: datetime) -> int:
    """The watchman's part: a task for each serious event that has reached nobody, and none for the others; how many stand."""
    standing = owed_events(site, now)
    for owed in standing:
        raise_task(owed, now)
    known = {owed.event.pk for owed in standing}
    for notice in open_notices(site, NOTICE):
        if notice.target_pk not in known:
            resolve_notices(site, NOTICE, AdverseEvent(pk=notice.target_pk), "Reported, corrected or taken back.", now)
    return len(standing)
