"""The papers that belong to sessions: forms with their proof, orders, enrolment, calls, events, signatures; a query a kind for a whole stretch."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from clinic.models import Attachment, Signature, Site
from clinic.signatures import broken
from patients.models import Enrolment
from patients.signed_content import ORDER_KIND
from sessions.models import (
    Addendum,
    AdverseEvent,
    CallAttempt,
    Departure,
    Discharge,
    EventReport,
    FormSend,
    MonitoringForm,
    SafetyCall,
    TakeOver,
    TreatmentSession,
)
from sessions.queries.record import signatures_by_session


@dataclass
class Signed:
    """A signature with what it stands under; `broken` says why it no longer holds, empty where it does."""

    signature: Signature
    under: str
    broken: str = ""


@dataclass
class Papers:
    """What hangs on one session beside its picture."""

    forms: list[MonitoringForm] = field(default_factory=list)
    sends: list[FormSend] = field(default_factory=list)
    enrolments: list[Enrolment] = field(default_factory=list)
    calls: list[SafetyCall] = field(default_factory=list)
    attempts: list[CallAttempt] = field(default_factory=list)
    events: list[AdverseEvent] = field(default_factory=list)
    reports: list[EventReport] = field(default_factory=list)
    departures: list[Departure] = field(default_factory=list)
    addenda: list[Addendum] = field(default_factory=list)
    take_overs: list[TakeOver] = field(default_factory=list)
    signed: list[Signed] = field(default_factory=list)
    discharge: Discharge | None = None


UNDER = {
    "discharge": "Discharge",
    "addendum": "Addendum",
    "departure": "Departure",
    "deviceconfirmation": "Late device",
    "monitoringform": "Monitoring form",
    ORDER_KIND: "Order",
}


def papers_of(site: Site, sessions: Collection[TreatmentSession]) -> dict[int, Papers]:
    """By session."""
    keys = [session.pk for session in sessions]
    found = {key: Papers() for key in keys}
    lists: tuple[tuple[str, Iterable[Any]], ...] = (
        ("forms", MonitoringForm.objects.filter(session__in=keys).select_related("completed_by").order_by("revision", "pk")),
        ("calls", SafetyCall.objects.filter(session__in=keys).select_related("owner", "closed_by").order_by("raised_at", "pk")),
        ("events", AdverseEvent.objects.standing().filter(session__in=keys).select_related("recorded_by").order_by("observed_at", "pk")),
        ("departures", Departure.objects.standing().filter(session__in=keys).select_related("recorded_by", "observed_by").order_by("observed_at", "pk")),
        ("addenda", Addendum.objects.standing().filter(session__in=keys).select_related("recorded_by").order_by("recorded_at", "pk")),
        ("take_overs", TakeOver.objects.filter(session__in=keys).select_related("taken_by", "owner").order_by("taken_at", "pk")),
    )  # fmt: skip
    for name, rows in lists:
        for row in rows:
            getattr(found[row.session_id], name).append(row)
    for discharge in Discharge.objects.filter(session__in=keys).select_related("discharged_by", "second_signer"):
        found[discharge.session_id].discharge = discharge
    add_second_row(found)
    add_enrolments(found, sessions)
    add_signatures(site, found, sessions)
    return found


def add_second_row(found: dict[int, Papers]) -> None:
    """What hangs on a paper: sends of forms, tries of calls, reports of events."""
    sends = FormSend.objects.filter(form__session__in=found).select_related("form", "sent_by", "outcome_by").order_by("sent_at", "pk")
    files = Attachment.objects.defer("content").in_bulk({send.proof_file_id for send in sends if send.proof_file_id is not None})
    for send in sends:
        if send.proof_file_id is not None:
            send.proof_file = files[send.proof_file_id]
        found[send.form.session_id].sends.append(send)
    for attempt in CallAttempt.objects.standing().filter(call__session__in=found).select_related("call", "recorded_by").order_by("observed_at", "pk"):
        found[attempt.call.session_id].attempts.append(attempt)
    cases = {event.case: key for key, papers in found.items() for event in papers.events}
    for report in EventReport.objects.standing().filter(case__in=cases).select_related("recorded_by", "form").order_by("observed_at", "pk"):
        found[cases[report.case]].reports.append(report)


def add_enrolments(found: dict[int, Papers], sessions: Collection[TreatmentSession]) -> None:
    """Those submitted up to the session's day (PAT-1)."""
    by_patient: dict[int, list[Enrolment]] = defaultdict(list)
    rows = Enrolment.objects.standing().filter(patient__in={session.patient_id for session in sessions}).select_related("recorded_by")
    for row in rows.order_by("submitted_on", "pk"):
        by_patient[row.patient_id].append(row)
    for session in sessions:
        found[session.pk].enrolments = [row for row in by_patient[session.patient_id] if row.submitted_on <= session.treatment_on]


def add_signatures(site: Site, found: dict[int, Papers], sessions: Collection[TreatmentSession]) -> None:
    """Of the session, its forms and its order; each verified now, many at a time (OUT-2)."""
    rows = signatures_by_session(site.pk, list(found))
    theirs = {form.signature_id: key for key, papers in found.items() for form in papers.forms if form.signature_id is not None}
    orders: dict[int, list[int]] = defaultdict(list)
    for session in sessions:
        if session.order is not None and session.order.signature_id is not None:
            orders[session.order.signature_id].append(session.pk)
    for pk, signature in Signature.objects.in_bulk([*theirs, *orders]).items():
        for key in [theirs[pk]] if pk in theirs else orders[pk]:
            rows[key].append(signature)
    pks = {signature.pk for listed in rows.values() for signature in listed}
    reasons = {one.signature.pk: one.reason for one in broken(Signature.objects.filter(pk__in=pks))}
    for key, listed in rows.items():
        listed.sort(key=lambda signature: (signature.signed_at, signature.pk))
        found[key].signed = [Signed(one, UNDER.get(one.target_kind, one.target_kind), reasons.get(one.pk, "")) for one in listed]
