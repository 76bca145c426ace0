"""Adverse events: those of a patient or session, what the record suggests, and which serious ones nobody has reported yet (PMF-6)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from clinic.models import Site
from clinic.models.site import Setting
from clinic.rules.opening import local_day
from patients.models import Patient
from patients.rules.people import age_on
from sessions.models import AdverseEvent, Departure, Emergency, EventReport, MonitoringForm, SessionEvent, TreatmentSession
from sessions.picture import Picture
from sessions.queries.story import story_of
from sessions.rules import adverse as rules
from sessions.rules.narrative import draft
from sessions.rules.questions import standing_answers
from sessions.states import PRESENT, FormStatus, Status

OPEN_FORMS = (FormStatus.OWED,)
NOTICE = "serious_event"
WORDS = {
    rules.Way.PHONE: "A serious event is to be phoned to the REMS or the maker today.",
    rules.Way.THIS_FORM: "A serious event goes with this session's monitoring form.",
    rules.Way.NEXT_FORM: "A serious event goes with the next monitoring form.",
}


def reports_standing() -> QuerySet[EventReport]:
    """Reports that count: a form that became void has carried nothing."""
    rows: QuerySet[EventReport] = EventReport.objects.standing()
    return rows.exclude(form__status=FormStatus.VOID)


def events_of(patient: Patient) -> QuerySet[AdverseEvent]:
    """Standing events of a patient, the newest first, each with `is_reported`."""
    return with_reported(AdverseEvent.objects.standing().filter(patient=patient)).select_related("session", "recorded_by")


def with_reported(rows: QuerySet[AdverseEvent]) -> QuerySet[AdverseEvent]:
    return rows.annotate(is_reported=Exists(reports_standing().filter(case=OuterRef("case"))))


def unreported(site: Site) -> QuerySet[AdverseEvent]:
    """Serious events of a site that have reached nobody yet."""
    rows = AdverseEvent.objects.standing().filter(site=site, is_serious=True)
    return (
        rows.exclude(Exists(reports_standing().filter(case=OuterRef("case"))))
        .select_related("site", "patient", "session")
        .order_by("observed_at", "pk")
    )


@dataclass(frozen=True)
class Owed:
    """A serious event with its way, and by when it is to be phoned."""

    event: AdverseEvent
    way: rules.Way
    due_at: datetime | None

    def is_late(self, now: datetime) -> bool:
        return self.due_at is not None and now > self.due_at


def owed_events(site: Site, now: datetime, events: Iterable[AdverseEvent] | None = None) -> list[Owed]:
    """How each unreported serious event is to be reported: three queries whatever their number."""
    listed = list(unreported(site) if events is None else events)
    if not listed:
        return []
    patients = {event.patient_id for event in listed}
    forms = list(MonitoringForm.objects.filter(site=site, session__patient_id__in=patients, status__in=OPEN_FORMS).select_related("session", "site"))
    is_coming = Q(status=Status.BOOKED, starts_at__gte=now) | Q(status__in=PRESENT)
    coming = TreatmentSession.objects.filter(is_coming, site=site, patient_id__in=patients)
    visits = set(coming.values_list("patient_id", flat=True))
    return [owed(event, forms, visits, site) for event in listed]


def owed(event: AdverseEvent, forms: list[MonitoringForm], visits: set[int], site: Site) -> Owed:
    mine = [form for form in forms if form.session.patient_id == event.patient_id]
    setting = event.session.setting if event.session is not None else site.default_setting
    way = rules.way_of(
        is_reported=bool(getattr(event, "is_reported", False)), is_outpatient=setting == Setting.OUTPATIENT,
        has_open_form=any(form.session_id == event.session_id for form in mine),
        has_later_form=any(form.session_id != event.session_id and may_carry(form, event) for form in mine), has_next_visit=event.patient_id in visits,
    )  # fmt: skip
    return Owed(event, way, rules.phone_due_at(event.recorded_at, site.zone) if way is rules.Way.PHONE else None)


def may_carry(form: MonitoringForm, event: AdverseEvent) -> bool:
    """Whether an open form of another session is of a day that isn't before the event."""
    return form.treatment_on >= local_day(event.observed_at, form.site.zone)


def carried_by(session: TreatmentSession) -> list[AdverseEvent]:
    """What a session's form must tell: its own serious events, and those since the last session that no other form has told (PMF-2).

    One that was phoned is told all the same: the form asks what happened, not what was reported.
    """
    elsewhere = reports_standing().filter(way=EventReport.Way.FORM).exclude(form__session_id=session.pk)
    rows = AdverseEvent.objects.standing().filter(patient_id=session.patient_id, is_serious=True)
    rows = rows.annotate(is_told=Exists(elsewhere.filter(case=OuterRef("case"))))
    before = Q(session__isnull=True) | Q(session__treatment_on__lt=session.treatment_on)
    ended_at = session.discharged_at or session.left_at or session.transferred_at
    since = before & Q(is_told=False) & (Q(observed_at__lte=ended_at) if ended_at else Q())
    return list(rows.filter(Q(session=session) | since).order_by("observed_at", "pk"))


def signs_of(picture: Picture) -> rules.Signs:
    """What of a session's record may speak for a serious event."""
    session, zone = picture.session, picture.session.site.zone

    def line(at: datetime, text: str) -> str:
        return f"{at.astimezone(zone):%H:%M} {text}"

    emergencies = list(Emergency.objects.filter(session=session).exclude(outcome=Emergency.Outcome.FALSE_ALARM))
    gone = Departure.objects.standing().filter(session=session, kind=Departure.Kind.TRANSFERRED)
    return rules.Signs(
        critical=tuple(line(alert.raised_at, alert.text) for alert in picture.alerts if alert.tier == "critical"),
        measures=tuple(line(event.observed_at, f"given: {event.what}") for event in picture.events if event.kind == SessionEvent.Kind.MEASURE_GIVEN),
        transfers=tuple(line(row.observed_at, f"taken to {row.destination}") for row in gone)
        + tuple(line(row.ended_at or row.pressed_at, "taken to hospital") for row in emergencies if row.outcome == Emergency.Outcome.TRANSFERRED),
        emergencies=tuple(line(row.pressed_at, "emergency called") for row in emergencies),
        deaths=tuple(line(row.ended_at or row.pressed_at, "the patient died") for row in emergencies if row.outcome == Emergency.Outcome.DIED),
        told=told_since(picture),
    )


def told_since(picture: Picture) -> tuple[str, ...]:
    answers = standing_answers([(check.observed_at, check.answers) for check in picture.predose_checks], None)
    return ("said yes to “anything serious since the last session”",) if answers.get("event_since") == "yes" else ()


def narrative_of(picture: Picture, site: Site) -> str:
    """The draft that a person edits: age, sex, dose, then the record's lines."""
    session, patient = picture.session, picture.session.patient
    age = age_on(patient.birth_on, session.treatment_on)
    given = f"esketamine nasal spray {picture.given_mg} mg" if picture.given_mg else "no device given"
    head = f"{session.treatment_on:%d %b %Y}. {patient.get_sex_display()}, {age} years; {given}."
    return draft(head, story_of(picture), zone=site.zone, longest=rules.LONGEST)
