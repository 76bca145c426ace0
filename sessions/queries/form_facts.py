"""Gathers what stands about a session into the plain values that a monitoring form is proposed from (PMF-4)."""

from datetime import datetime

from clinic.models import Site, User
from patients.models import Enrolment
from patients.queries import medicines_on
from sessions.models import AdverseEvent, Discharge, Observation, SessionEvent, TreatmentSession
from sessions.picture import Picture
from sessions.queries.adverse import carried_by
from sessions.queries.course import sessions_dosed_before, sessions_elsewhere
from sessions.rules.form_facts import AskedFact, DeviceFact, EventFact, FormFacts, MedicineFact, PatientFact, PersonFact, Reading, SeriousFact
from sessions.rules.questions import standing_answers
from sessions.states import Status

PARTS = ("predose_checks", "devices", "observations", "events", "alerts")
ENDED = (Status.DISCHARGED, Status.LEFT, Status.TRANSFERRED)


def facts_of(picture: Picture, site: Site) -> FormFacts:
    """Everything in a handful of queries beyond the picture's own (`PARTS`)."""
    session = picture.session
    patient = session.patient
    discharge = Discharge.objects.filter(session=session).select_related("discharged_by").first()
    enrolment = Enrolment.objects.standing().filter(patient=patient).order_by("-submitted_on", "-pk").first()
    ended_at, ended_how = end_of(session, discharge)
    return FormFacts(
        zone=site.zone,
        patient=PatientFact(patient.first_name, patient.last_name, patient.birth_on, patient.sex, patient.middle_initial),
        site_name=site.name,
        site_address=site.address,
        treatment_on=session.treatment_on,
        given_mg=picture.given_mg,
        monitor=monitor_of(picture, discharge, site),
        devices=tuple(DeviceFact(device.number, device.observed_at, device.sprays, device.lot) for device in picture.devices),
        readings=tuple(reading_of(observation) for observation in picture.observations),
        events=tuple(event_of(event) for event in picture.events),
        alerts=tuple(f"{alert.raised_at.astimezone(site.zone):%H:%M} alert: {alert.text}" for alert in picture.alerts),
        asked=asked_of(picture),
        medicines=tuple(MedicineFact(row.name, row.medicine_class, row.dose) for row in medicines_on(patient, session.treatment_on)),
        ended_at=ended_at,
        ended_how=ended_how,
        checks_from_last=picture.clock_policy.checks_from_last,
        predose_systolic=(picture.standing.predose_systolic if picture.standing else None) or picture.policy.predose_systolic,
        predose_diastolic=(picture.standing.predose_diastolic if picture.standing else None) or picture.policy.predose_diastolic,
        earlier_here=sessions_dosed_before(session),
        earlier_elsewhere=sessions_elsewhere(session),
        enrolled_on=enrolment.submitted_on if enrolment else None,
        rems_id=enrolment.rems_id if enrolment else "",
        serious=tuple(serious_of(event, session) for event in carried_by(session)),
    )


def serious_of(event: AdverseEvent, session: TreatmentSession) -> SeriousFact:
    return SeriousFact(
        event.kind, event.observed_at, event.narrative, tuple(event.criteria), event.is_resolved, is_during=event.session_id == session.pk
    )


def end_of(session: TreatmentSession, discharge: Discharge | None) -> tuple[datetime | None, str]:
    """When monitoring ended, and how; nothing while the patient is here."""
    if discharge is not None:
        return discharge.discharged_at, "discharge signed"
    if session.status == Status.LEFT:
        return session.left_at, "left without sign-off"
    if session.status == Status.TRANSFERRED:
        return session.transferred_at, "transferred"
    return None, ""


def monitor_of(picture: Picture, discharge: Discharge | None, site: Site) -> PersonFact:
    """The provider who signed the discharge, else the session's monitor, else who recorded the last check."""
    if discharge is not None:
        return person(discharge.discharged_by, "signed the discharge", site)
    if picture.session.monitor is not None:
        return person(picture.session.monitor, "monitor of this session", site)
    last = picture.observations[-1].recorded_by if picture.observations else None
    return person(last, "recorded the last check", site) if last is not None else PersonFact()


def person(user: User, basis: str, site: Site) -> PersonFact:
    return PersonFact(user.printed_name, user.phone or site.phone, user.email, basis)


def reading_of(observation: Observation) -> Reading:
    return Reading(
        at=observation.observed_at,
        is_baseline=observation.kind == Observation.Kind.BASELINE,
        systolic=observation.systolic,
        diastolic=observation.diastolic,
        spo2=observation.spo2,
        sedation=observation.sedation,
        dissociation=observation.dissociation,
        breathing=observation.breathing,
        not_obtained=observation.not_obtained,
    )


def event_of(event: SessionEvent) -> EventFact:
    return EventFact(event.observed_at, event.kind, f"{event.what} {event.dose}".strip())


def asked_of(picture: Picture) -> AskedFact | None:
    checks = picture.predose_checks
    if not checks:
        return None
    answers = standing_answers([(check.observed_at, check.answers) for check in checks], None)
    by = checks[-1].recorded_by
    return AskedFact(checks[-1].observed_at, by.printed_name if by else "the patient", answers)
