"""Open and end a course of treatment (PAT-2, DOS-3, DOS-4)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from clinic import audit
from clinic.actions.merging import merged
from clinic.findings import refuse
from clinic.models import Membership, User
from clinic.roles import Permission, may
from patients.actions.authority import require_prescriber
from patients.actions.writing import locked, refuse_fields, set_changed, today_of
from patients.models import Course, LeftCourse, Patient
from patients.queries.standing import prescribers_of

EARLIER = ("earlier_first_on", "earlier_last_on")


@transaction.atomic
def open_course(patient: Patient, *, fields: Mapping[str, Any], by: Membership, now: datetime) -> Course:
    """Begin a course: indication, with an oral antidepressant or alone, prescriber, sessions elsewhere.

    What speaks against the indication (PAT-2) is a prescriber's decision at each session, so it doesn't stop this.
    Raises Refused for a non-prescriber, an open course, or sessions elsewhere that can't be.
    """
    require_prescriber(by, "PAT-2")
    row = locked(patient)
    refuse_fields("DOS-3", earlier_problems(fields, today_of(row.site, now)))
    require_one_of_ours(fields["prescriber"], row)
    try:
        with transaction.atomic():
            course = Course.objects.create(site=row.site, patient=row, opened_at=now, opened_by=by.user, **fields)
    except IntegrityError as error:
        raise refuse("PAT-2", "This patient already has an open course. End it first.", code="PAT-2.open") from error
    changes = {"indication": course.indication, "with_antidepressant": course.with_antidepressant, "earlier_sessions": course.earlier_sessions}
    audit.record(action="course.opened", target=course, by=by.user, now=now, site=row.site, patient_pk=row.pk, changes=changes)
    return course


def require_one_of_ours(prescriber: User, patient: Patient) -> None:
    if not prescribers_of(patient.site).filter(pk=prescriber.pk).exists():
        raise refuse("SET-10", "This person doesn't prescribe at this site.", field="prescriber")


def earlier_problems(fields: Mapping[str, Any], today: date) -> dict[str, str]:
    """What can't be about sessions elsewhere, by field (DOS-3): both dates with a count, neither without, none to come."""
    count = fields.get("earlier_sessions") or 0
    days = {name: fields.get(name) for name in EARLIER}
    if not count:
        return {name: "Without sessions elsewhere there is no date." for name, day in days.items() if day is not None}
    problems = {name: "Sessions elsewhere need this date." for name, day in days.items() if day is None}
    problems |= {name: "This date lies in the future." for name, day in days.items() if day is not None and day > today}
    first, last = days["earlier_first_on"], days["earlier_last_on"]
    if first is not None and last is not None and last < first:
        problems["earlier_last_on"] = "The last one lies before the first."
    elif first is not None and last is not None and (last - first).days + 1 < count:
        problems["earlier_sessions"] = "More sessions than days: never two on one day (DOS-7)."
    return problems


@transaction.atomic
def put_elsewhere_right(
    course: Course, *, fields: Mapping[str, Any], opened: Mapping[str, str] | None = None, by: Membership, now: datetime
) -> Course:
    """What was given at another setting in this course, once its records are here: numbering and phase follow (DOS-3, PMF-3).

    Raises Refused for a non-prescriber, an ended course, sessions that can't be; Changed when somebody else changed it meanwhile.
    """
    require_prescriber(by, "PAT-2")
    row = locked(course)
    if row.ended_at is not None:
        raise refuse("PAT-2", "This course has ended already.", code="PAT-2.ended")
    values = merged(row, fields, opened)
    refuse_fields("DOS-3", earlier_problems(values, today_of(row.site, now)))
    changed = set_changed(row, values)
    if changed:
        changes = {"fields": changed, "earlier_sessions": row.earlier_sessions}
        audit.record(action="course.elsewhere", target=row, by=by.user, now=now, site=row.site, patient_pk=row.patient_id, changes=changes)
    return row


@transaction.atomic
def change_prescriber(course: Course, *, prescriber: User, opened: Mapping[str, str] | None = None, by: Membership, now: datetime) -> Course:
    """Give an open course to another prescriber of the site; its visits and orders stay as they are. Who had it is kept: calendars follow it.

    Raises Refused for somebody who may not, an ended course, a person who doesn't prescribe here; Changed when somebody else changed it meanwhile.
    """
    if not (by.is_active and may(by.role, Permission.GIVE_COURSE)):
        raise refuse("SET-10", "A prescriber or an administrator gives a course to another prescriber.")
    row = locked(course)
    if row.ended_at is not None:
        raise refuse("PAT-2", "This course has ended already.", code="PAT-2.ended")
    values, before = merged(row, {"prescriber": prescriber}, opened), row.prescriber_id
    require_one_of_ours(values["prescriber"], row.patient)
    if set_changed(row, values):
        LeftCourse.objects.create(site_id=row.site_id, course=row, prescriber_id=before, left_at=now)
        changes = {"prescriber": [before, row.prescriber_id]}
        audit.record(action="course.given", target=row, by=by.user, now=now, site=row.site, patient_pk=row.patient_id, changes=changes)
    return row


@transaction.atomic
def end_course(course: Course, *, reason: str, by: Membership, now: datetime) -> Course:
    """End a course, with the reason. Its open orders are cancelled: nothing may be dosed on them. Raises Refused when it has ended."""
    require_prescriber(by, "PAT-2")
    row = locked(course)
    if row.ended_at is not None:
        raise refuse("PAT-2", "This course has ended already.", code="PAT-2.ended")
    if not reason:
        raise refuse("PAT-2", "Say why.", field="reason")
    row.ended_at, row.ended_by, row.end_reason = now, by.user, reason
    row.save(update_fields=["ended_at", "ended_by", "end_reason"])
    cancelled = row.orders.filter(cancelled_at__isnull=True).update(cancelled_at=now, cancelled_by=by.user)
    changes = {"orders_cancelled": cancelled}
    audit.record(action="course.ended", target=row, by=by.user, now=now, site=row.site, patient_pk=row.patient_id, changes=changes)
    return row
