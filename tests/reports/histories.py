"""Random histories of a site, by rows alone: visits in any state, facts corrected and withdrawn, times exactly at a limit, nights of clock changes."""

import random
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models

from clinic.actions.screens import enrol_screen
from clinic.models import Certification, Chair, DutyPeriod, Screen, Site, SitePolicy, Training
from patients.models import Course, Enrolment, Patient, StandingParameters
from sessions.models import TreatmentSession
from tests.cast import NOW, Cast

# The nights of the clock change, the ends of months, of February and of the year.
DAYS = (date(2025, 11, 2), date(2025, 12, 31), date(2026, 2, 28), date(2026, 3, 8), date(2026, 3, 31), date(2026, 5, 31))
ZONES = ("America/New_York", "America/Denver", "Pacific/Honolulu", "America/St_Johns")
MINUTE = timedelta(minutes=1)
OVER = ("discharged", "left", "transferred")
STATES = (*OVER * 4, "discharged", "dosing", "monitoring", "voided", "voided", "missed", "held", "cancelled", "booked", "arrived", "cleared")
STAMPS = ("arrived", "cleared", "dosing", "monitoring")


@dataclass
class History:
    """Rows that are to be written, by model; their keys are given here, so that one may name another before it is there."""

    cast: Cast
    dice: random.Random
    zone: ZoneInfo
    screen: Screen
    policies: list[SitePolicy] = field(default_factory=list)
    rows: dict[type[models.Model], list[Any]] = field(default_factory=lambda: defaultdict(list))
    key: int = 10**7

    @property
    def site(self) -> Site:
        return self.cast.riverside

    def add(self, model: Any, **fields: Any) -> Any:
        self.key += 1
        row = model(pk=self.key, site=self.site, **fields)
        self.rows[model].append(row)
        return row

    def fact(self, model: Any, at: datetime, *, delay: int = 0, **fields: Any) -> Any:
        told = {"observed_at": at, "recorded_at": at + delay * MINUTE, "recorded_by": self.cast.nurse, "client_key": self.uuid()}
        return self.add(model, **told, **fields)

    def again(self, row: Any, **fields: Any) -> Any:
        """A correction or a withdrawal of a fact, an hour later."""
        kept = {one.attname: getattr(row, one.attname) for one in row._meta.concrete_fields if not one.primary_key and one.name != "site"}
        told = {"supersedes_id": row.pk, "reason": "Slip", "recorded_at": row.recorded_at + 60 * MINUTE, "client_key": self.uuid()}
        return self.add(type(row), **{**{name: value for name, value in kept.items() if name != "site_id"}, **told, **fields})

    def perhaps(self, share: float) -> bool:
        return self.dice.random() < share

    def one(self, *choices: Any) -> Any:
        return self.dice.choice(choices)

    def uuid(self) -> uuid.UUID:
        return uuid.UUID(int=self.dice.getrandbits(128))

    def at(self, day: date, hour: int, minute: int) -> datetime:
        """A moment on the site's wall, in UTC; of a skipped hour some moment near it."""
        return datetime.combine(day, time(hour, minute), self.zone).astimezone(UTC)

    def keep(self) -> None:
        for model, rows in self.rows.items():
            model._default_manager.bulk_create(rows)


def begin(cast: Cast, *, seed: int, zone: str) -> History:
    """A site with its policies, certification, trainings; nothing has happened yet."""
    cast.riverside.time_zone = zone
    cast.riverside.save(update_fields=["time_zone"])
    screen, _ = enrol_screen(cast.riverside, name="Tablet", kind="patient", chair=cast.chairs[0], by=cast.admin, now=NOW)
    made = History(cast, random.Random(seed), ZoneInfo(zone), screen)
    made.policies = list(SitePolicy.objects.filter(site=cast.riverside))
    return made


def house(made: History, day: date) -> None:
    """A second policy with everything otherwise, an end of the certification, trainings that lapse, around a day."""
    near = [day + timedelta(days=count) for count in (-1, 0, 1, 3)]
    if made.perhaps(0.6):
        told = {"check_minutes": [0, 30, 60, 130], "check_grace_minutes": 10, "final_check_minutes": 30, "late_entry_minutes": 5}
        told |= {"minimum_watch_minutes": 130, "predose_systolic": 135, "predose_diastolic": 85, "high_systolic": 140, "high_diastolic": 90}
        anchors = {name: made.one("first_device", "last_device") for name in ("gate_anchor", "check_anchor")}
        made.policies.append(made.add(SitePolicy, effective_on=made.one(*near), recorded_at=NOW, **told, **anchors))
    if made.perhaps(0.4):
        ended = made.one(*near)
        made.add(Certification, kind="ended", happened_on=ended, recorded_at=NOW, recorded_by=made.cast.admin)
        if made.perhaps(0.5):
            made.add(
                Certification, kind="recertified", happened_on=ended + timedelta(days=made.one(0, 2)), recorded_at=NOW, recorded_by=made.cast.admin
            )
    Training.objects.filter(site=made.site).update(completed_on=date(2025, 1, 5))
    for word in ("nurse", "second_nurse", "support"):
        place = made.cast.of(made.cast.person(word))
        if made.perhaps(0.5):
            Training.objects.filter(membership=place).update(expires_on=made.one(*near))
            if made.perhaps(0.3):
                made.add(Training, membership=place, kind="rems", completed_on=made.one(*near), recorded_at=NOW, recorded_by=made.cast.admin)
        elif made.perhaps(0.2):
            Training.objects.filter(membership=place).delete()


def person(made: History, day: date) -> Course:
    """A patient with a course: enrolled in time or not, with limits of their own or not, begun elsewhere or not."""
    patient = made.add(
        Patient, mrn=f"R{made.key}", first_name="Ash", last_name="Wren", birth_on=date(1980, 1, 1), created_at=NOW, created_by=made.cast.desk
    )
    near = [day + timedelta(days=count) for count in (-9, -1, 0, 1, 2)]
    for _ in range(made.one(0, 1, 1, 2)):
        on = made.one(*near)
        told = {"patient_signed_on": on, "prescriber_signed_on": on, "submitted_on": on, "method": "fax"}
        enrolment = made.fact(Enrolment, made.at(on, 12, 0), patient=patient, **told)
        if made.perhaps(0.3):
            made.again(enrolment, is_withdrawn=made.perhaps(0.5), submitted_on=made.one(*near))
    for _ in range(made.one(0, 0, 1, 2)):
        ended = {"ended_at": NOW, "ended_by": made.cast.prescriber} if made.perhaps(0.2) else {}
        own = {"predose_systolic": made.one(None, 150), "predose_diastolic": made.one(None, 95), "minimum_watch_minutes": made.one(None, 125, 180)}
        days = {"from_on": made.one(*near[:3]), "until_on": made.one(*near[2:])}
        made.add(StandingParameters, patient=patient, reason="Known", set_at=NOW, set_by=made.cast.prescriber, **own, **days, **ended)
    course = {"indication": made.one("trd", "mdsi"), "prescriber": made.cast.prescriber, "opened_at": NOW, "opened_by": made.cast.prescriber}
    if made.perhaps(0.25):
        first, last = day - timedelta(days=made.one(20, 40)), day - timedelta(days=made.one(1, 2, 5, 9))
        course |= {"earlier_sessions": made.one(1, 7), "earlier_first_on": first, "earlier_last_on": last}
    return made.add(Course, patient=patient, **course)  # type: ignore[no-any-return]


def visit(made: History, course: Course, day: date, *, status: str | None = None) -> TreatmentSession:
    """The bare visit; its `dosing_at` is the first device's moment, whatever became of it."""
    start = made.at(day, made.one(0, 1, 2, 8, 15, 22, 23), made.dice.randrange(60))
    state = status or made.one(*STATES)
    end = start + made.one(20, 34, 35, 119, 120, 125, 129, 130, 131, 150, 190) * MINUTE
    stamps = {f"{name}_at": start for name in STAMPS} if state in (*OVER, "dosing", "monitoring", "voided") else {}
    stamps |= {f"{state}_at": end} if state in (*OVER, "voided", "missed", "held", "cancelled", "cleared") else {}
    if made.perhaps(0.9) and state not in ("booked", "missed", "cancelled"):
        stamps["arrived_at"] = start - made.one(-30, 0, 30, 45) * MINUTE
    return made.add(  # type: ignore[no-any-return]
        TreatmentSession, patient=course.patient, course=course, chair=chair(made), policy=made.one(None, *made.policies), protocol_code="rems-esketamine",
        setting=made.one("outpatient", "outpatient", "inpatient"), planned_dose_mg=made.one(56, 56, 84, 28), treatment_on=day, starts_at=start - 30 * MINUTE,
        ends_at=start + 200 * MINUTE, status=state, status_reason="Test", booked_at=NOW, booked_by=made.cast.desk, **{"arrived_at": start, **stamps},
    )  # fmt: skip


def chair(made: History) -> Chair:
    return made.one(*made.cast.chairs)  # type: ignore[no-any-return]


def presence(made: History, start: datetime, end: datetime) -> None:
    """Prescribers' stays around a watch: whole, in two parts, with a gap, unconfirmed, past closing."""
    cast = made.cast
    middle = start + (end - start) // 2
    middle -= timedelta(seconds=middle.second, microseconds=middle.microsecond)
    spans = made.one([], [(start, end)], [(start - 60 * MINUTE, end + 5 * MINUTE)], [(start, middle), (middle, end)], [(start, middle), (middle + MINUTE, end)], [(start, end - MINUTE)])  # fmt: skip
    for came, left in spans:
        who = made.one(cast.prescriber, cast.second_prescriber)
        by = made.one(who, who, cast.desk)
        word = {"confirmed_at": NOW, "confirmed_by": who} if by is not who and made.perhaps(0.4) else {}
        told = {
            "came_at": came,
            "left_at": left,
            "lapses_at": made.one(left, left + 60 * MINUTE, left - MINUTE),
            "recorded_at": came,
            "recorded_by": by,
        }
        if told["lapses_at"] > came:
            made.add(DutyPeriod, membership=cast.of(who), is_prescriber=made.perhaps(0.9), **told, **word)
