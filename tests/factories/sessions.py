"""Rows of the sessions room, and `at_state`, which brings a session to any state by rows alone (no actions)."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import factory
from factory.django import DjangoModelFactory

from patients.models import Patient
from sessions import models
from sessions.models import TreatmentSession
from sessions.models.session import STAMP_OF_STATUS
from sessions.protocol import REMS_ESKETAMINE
from sessions.states import DOSED, Status
from tests.cast import NOW, Cast
from tests.factories.patients import ready_patient, signed_order

LOT = "LOT-2026A"
EXPIRY = date(2027, 6, 30)
EARLIER = (date(2026, 5, 28), date(2026, 6, 4))
IDENTIFIED = {"said_name": True, "said_birth_date": True}


def good_answers(now: datetime) -> dict[str, object]:
    """A pre-dose round with nothing to hold against the dose (sessions.rules.questions, schema 1)."""
    return {
        "last_food": (now - timedelta(hours=4)).isoformat(),
        "last_drink": (now - timedelta(hours=2)).isoformat(),
        "last_nasal": "none",
        "enrolment": "portal",
        "contraindications": [],
        "medicines": [],
        "event_since": "no",
        "suicide_risk": "negative",
    }


GOOD_VITALS = {
    "systolic": 122, "diastolic": 78, "pulse": 72, "spo2": 98, "breaths": 14, "breathing": "normal", "sedation": 5, "dissociation": "none", "nausea": "none",
}  # fmt: skip


class SessionFactory(DjangoModelFactory):
    """A booked session of today at NOW plus half an hour; give `patient` (of tests.factories.patients.ready_patient) and `chair`."""

    class Meta:
        model = TreatmentSession

    site = factory.SelfAttribute("patient.site")
    course = factory.LazyAttribute(lambda made: made.patient.courses.first())
    order = factory.LazyAttribute(lambda made: made.course.orders.filter(cancelled_at=None).first())
    protocol_code = REMS_ESKETAMINE.code
    protocol_version = REMS_ESKETAMINE.version
    planned_dose_mg = 56
    starts_at = NOW + timedelta(minutes=30)
    ends_at = factory.LazyAttribute(lambda made: made.starts_at + timedelta(minutes=150))
    treatment_on = factory.LazyAttribute(lambda made: made.starts_at.astimezone(made.patient.site.zone).date())
    booked_at = NOW - timedelta(days=7)
    booked_by = factory.SelfAttribute("course.prescriber")


class FactFactory(DjangoModelFactory):
    class Meta:
        abstract = True

    site = factory.SelfAttribute("session.site")
    observed_at = NOW
    recorded_at = factory.SelfAttribute("observed_at")
    recorded_by = factory.SelfAttribute("session.booked_by")


class IdentityCheckFactory(FactFactory):
    class Meta:
        model = models.IdentityCheck

    moment = models.IdentityCheck.Moment.ARRIVAL
    said_name = True
    said_birth_date = True


class PreDoseCheckFactory(FactFactory):
    class Meta:
        model = models.PreDoseCheck

    answers = factory.LazyAttribute(lambda made: good_answers(made.observed_at))


class ObservationFactory(FactFactory):
    class Meta:
        model = models.Observation

    kind = models.Observation.Kind.EXTRA
    systolic, diastolic, pulse, spo2 = 122, 78, 72, 98
    breaths, breathing, sedation = 14, "normal", 5
    dissociation, nausea = "none", "none"


class RoundFactory(FactFactory):
    class Meta:
        model = models.Round


class DeviceUseFactory(FactFactory):
    class Meta:
        model = models.DeviceUse

    number = 1
    route = "bulk"
    lot = LOT
    expires_on = EXPIRY
    observed_by = factory.SelfAttribute("recorded_by")


def at_state(status: str, cast: Cast, *, first_device_at: datetime | None = None, now: datetime = NOW, **fields: object) -> TreatmentSession:
    """A session of Riverside in any state, with the facts that belong to its way there, as rows.

    Dosed states have their devices from `first_device_at` on (default: an hour before `now`), five minutes apart: one in
    `dosing`, all of the dose afterwards. Further `fields` go to the session (patient, chair, planned_dose_mg, ...).
    """
    dose = int(str(fields.get("planned_dose_mg", 56)))
    fields.setdefault("patient", patient_for(cast, dose))
    fields.setdefault("chair", cast.chairs[TreatmentSession.objects.count() % len(cast.chairs)])
    first = first_device_at or now - timedelta(minutes=60)
    arrived = first - timedelta(minutes=30) if status in DOSED else now - timedelta(minutes=20)
    fields.setdefault("starts_at", arrived)
    stamps = {STAMP_OF_STATUS[status]: now} if status in STAMP_OF_STATUS else {}
    stamps |= {} if status in (Status.BOOKED, Status.CANCELLED, Status.MISSED) else {"arrived_at": arrived}
    stamps |= {"cleared_at": first - timedelta(minutes=5), "dosing_at": first} if status in DOSED else {}
    needs_monitoring = status in (Status.MONITORING, Status.DISCHARGED, Status.LEFT, Status.TRANSFERRED)
    stamps |= {"monitoring_at": first + timedelta(minutes=5)} if needs_monitoring else {}
    reason = "Because of a test" if status in (Status.HELD, Status.CANCELLED, Status.MISSED, Status.VOIDED, Status.LEFT, Status.WAITING) else ""
    session: TreatmentSession = SessionFactory(
        **(stamps | {"status": status, "status_reason": reason, "policy": cast.riverside.policies.first()} | fields)
    )
    for step in _facts_of(status):
        step(session, cast, arrived, first, dose)
    return session


def patient_for(cast: Cast, dose_mg: int) -> Patient:
    """A patient whom nothing keeps from this dose; beyond the label's first one they have had sessions elsewhere (DOS-3)."""
    patient = ready_patient(cast.riverside, cast.of(cast.prescriber))
    if dose_mg != 56:
        course = patient.courses.get()
        course.earlier_sessions, course.earlier_first_on, course.earlier_last_on, course.earlier_last_dose_mg = 3, *EARLIER, 56
        course.save(update_fields=["earlier_sessions", "earlier_first_on", "earlier_last_on", "earlier_last_dose_mg"])
        course.orders.update(cancelled_at=course.opened_at, cancelled_by=course.prescriber)
        signed_order(course=course, dose_mg=dose_mg)
    return patient


Step = Callable[[TreatmentSession, Cast, datetime, datetime, int], None]


def _facts_of(status: str) -> list[Step]:
    if status in (Status.BOOKED, Status.CANCELLED, Status.MISSED):
        return []
    if status == Status.CLEARED:
        return [_identify, _prepare]
    if status in DOSED:
        return [_identify, _prepare, _dose_one if status == Status.DOSING else _dose_all]
    return [_identify]


def _identify(session: TreatmentSession, cast: Cast, arrived: datetime, first: datetime, dose: int) -> None:
    IdentityCheckFactory(session=session, observed_at=arrived, recorded_by=cast.nurse)
    session.way_home = session.way_home or "driver"
    session.save(update_fields=["way_home"])


def _prepare(session: TreatmentSession, cast: Cast, arrived: datetime, first: datetime, dose: int) -> None:
    at = arrived + timedelta(minutes=10)
    PreDoseCheckFactory(session=session, observed_at=at, recorded_by=cast.nurse)
    ObservationFactory(session=session, observed_at=at, recorded_by=cast.nurse, kind="baseline", planned_minute=0)


def _dose_one(session: TreatmentSession, cast: Cast, arrived: datetime, first: datetime, dose: int) -> None:
    IdentityCheckFactory(session=session, moment="dose", observed_at=first, recorded_by=cast.nurse)
    DeviceUseFactory(session=session, observed_at=first, recorded_by=cast.nurse)


def _dose_all(session: TreatmentSession, cast: Cast, arrived: datetime, first: datetime, dose: int) -> None:
    _dose_one(session, cast, arrived, first, dose)
    for number in range(2, REMS_ESKETAMINE.devices_for(dose) + 1):
        DeviceUseFactory(session=session, number=number, observed_at=first + timedelta(minutes=5 * (number - 1)), recorded_by=cast.nurse)
