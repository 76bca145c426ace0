"""The dull code of test_naive, second half: people, forms, leaving, the label's schedule, the course."""

from datetime import date, timedelta
from typing import Any

from clinic.models import Certification, DutyPeriod, Signature, Training
from patients.models import Enrolment
from sessions.models import Departure, DeviceUse, Discharge, FormSend, MonitoringForm, SessionEvent, TreatmentSession
from tests.reports.naive import MINUTE, Answers, Visit, standing

DAY = timedelta(days=1)


def people(v: Visit) -> Answers:
    if not v.is_dosed:
        return {}
    found: Answers = {"trained": (int(all(is_trained(pk, v) for pk in givers(v))), 1)}
    if v.one.setting == "outpatient":
        enrolments = standing([row for row in v.raw.every(Enrolment) if row.patient_id == v.one.patient_id])
        found["enrolled"] = (len([row for row in enrolments if row.submitted_on <= v.day][:1]), 1)
        events = [row for row in v.raw.every(Certification) if row.happened_on <= v.day]
        events.sort(key=lambda row: (row.happened_on, row.pk))
        found["certified"] = (int(len(events) > 0 and events[-1].kind != "ended"), 1)
    if v.is_over:
        stays = [
            (row.came_at, min(row.left_at or row.lapses_at, row.lapses_at)) for row in v.raw.every(DutyPeriod, beside="membership") if counts(row)
        ]
        minutes = [v.first + count * MINUTE for count in range(int((v.end - v.first) / MINUTE))]
        found["prescriber"] = (int(all(any(came <= at < left for came, left in stays) for at in minutes)), 1)
    return found


def givers(v: Visit) -> set[int]:
    return {pk for row in v.devices for pk in (row.recorded_by_id, row.observed_by_id) if pk is not None}


def is_trained(person: int, v: Visit) -> bool:
    spans = [row for row in v.raw.every(Training, beside="membership") if row.membership.user_id == person and row.kind == "rems"]
    return any(row.completed_on <= v.day and (row.expires_on is None or row.expires_on >= v.day) for row in spans)


def counts(row: DutyPeriod) -> bool:
    """A prescriber's stay by their own word."""
    return row.is_prescriber and (row.confirmed_at is not None or row.recorded_by_id == row.membership.user_id)


def forms(v: Visit) -> Answers:
    rows = sorted((row for row in v.raw.of(MonitoringForm, v.one) if row.status != "void"), key=lambda row: row.revision)
    if not rows:
        return {}
    found: Answers = {}
    owed = [float((v.today - row.treatment_on).days) for row in rows if row.status in ("owed", "complete", "sent")]
    if owed:
        found["owed_days"] = sorted(owed)
    if not v.is_dosed:
        return found
    sends = [row for row in v.raw.every(FormSend) if row.outcome == "proven" and row.form_id in [form.pk for form in rows]]
    days = sorted(row.sent_at.astimezone(v.site.zone).date() for row in sends)
    if days or v.today > v.day + 7 * DAY:
        found["filed"] = (int(len(days) > 0 and days[0] <= v.day + 7 * DAY), 1)
    if days:
        found["filing_days"] = [float((days[0] - v.day).days)]
    filed = [row.answers for row in rows if row.status == "filed"]
    return found | (outcomes(filed[-1]) if filed else {})


def outcomes(given: dict[str, Any]) -> Answers:
    found: Answers = {}
    for code in ("sedation", "sedation_resolved", "dissociation", "dissociation_resolved", "serious"):
        if given[code] in ("yes", "no"):
            found[code] = (int(given[code] == "yes"), 1)
    if given["acceptable_end"] in ("yes", "no"):
        found["raised_pressure"] = (int(given["acceptable_end"] == "no"), 1)
    if given["ready_minutes"] in ("120", "121", 121):
        found["not_ready"] = (int(int(given["ready_minutes"]) > 120), 1)
    return found


def leaving(v: Visit) -> Answers:
    found: Answers = {}
    early = len([row for row in v.raw.of(Discharge, v.one) if row.is_early])
    if v.is_over and v.one.status == "discharged":
        found |= {"left_early": (early, 1), "signed_out": (1 - early, 1)}
        ready = [row.observed_at for row in standing(v.raw.of(SessionEvent, v.one)) if row.kind == "clinically_ready" and row.observed_at <= v.end]
        if ready:
            found["ready_minutes"] = [(v.end - max(ready)) / MINUTE]
    if v.is_over and v.one.status == "left":
        found["signed_out"] = (0, 1)
    for row in standing(v.raw.of(Departure, v.one)):
        if row.kind != "left" or v.one.status == "voided":
            continue
        signed = [one.signed_at for one in v.raw.every(Signature) if one.target_kind == "departure" and one.target_pk == row.pk]
        if signed or v.today > v.day + DAY:
            found["departure_signed"] = (int(len(signed) > 0 and min(signed) <= row.observed_at + DAY), 1)
    return found


def course_days(v: Visit) -> list[tuple[date, int]]:
    """Each day of the course with a spray, and the first visit of that day that had one."""
    visits = [one for one in v.raw.every(TreatmentSession) if one.course_id == v.one.course_id and one.status != "voided"]
    found: dict[date, int] = {}
    for one in sorted(visits, key=lambda one: (one.treatment_on, one.starts_at, one.pk)):
        if [row for row in standing(v.raw.of(DeviceUse, one)) if row.sprays > 0]:
            found.setdefault(one.treatment_on, one.pk)
    return sorted(found.items())


def schedule(v: Visit) -> Answers:
    """Dose and interval against the label, written down once more (DOS-3…DOS-5)."""
    if not v.is_dosed:
        return {}
    course, dose = v.one.course, v.one.planned_dose_mg
    before = [day for day, _ in course_days(v) if day < v.day]
    is_trd = course.indication == "trd"
    wanted = []
    if dose not in (56, 84):
        wanted.append("DOS-5.dose")
    elif len(before) + course.earlier_sessions == 0 and dose != (56 if is_trd else 84):
        wanted.append("DOS-3.first_dose" if is_trd else "DOS-4.first_dose")
    begun = before + ([course.earlier_first_on] if course.earlier_first_on else [])
    if begun:
        is_induction = (v.day - min(begun)).days < 28
        if not is_induction and not is_trd:
            wanted.append("DOS-4.beyond")
        elsewhere = [course.earlier_last_on] if course.earlier_last_on and course.earlier_last_on < v.day else []
        gap = (v.day - max(before + elsewhere)).days
        near = [day for day in before if v.day - day < 7 * DAY]
        if (is_induction and (gap == 1 or len(near) > 1)) or (not is_induction and gap < 6):
            wanted.append("DOS-5.interval")
    taken = [row.finding for row in v.overrides]
    return {"off_schedule": (int(all(key in taken for key in wanted)), 1)} if wanted else {}


def induction(v: Visit) -> Answers:
    """By the first visit with a spray of a course that was begun here."""
    days = course_days(v)
    if not v.is_dosed or v.one.course.earlier_sessions or days[0][1] != v.one.pk:
        return {}
    so_far = [(day - v.day).days for day, _ in days if day <= v.today]
    found: Answers = {}
    if len(so_far) >= 8:
        found["days_to_eight"] = [float(so_far[7])]
    if v.today >= v.day + 28 * DAY:
        found["eight_at_all"] = (int(len(so_far) >= 8), 1)
        found["eight_in_time"] = (int(len(so_far) >= 8 and so_far[7] < 28), 1)
        found["adherence"] = (min(8, len([count for count in so_far if count < 28])), 8)
    return found


PARTS = [people, forms, leaving, schedule, induction]
