"""Book a whole plan in one transaction, or nothing: chairs, then the patient are locked in key order, then every visit is judged (DOS-3…DOS-9)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.db import transaction

from clinic import audit
from clinic.findings import Refused, blocks, decisions, refuse
from clinic.models import Chair, User
from clinic.queries import today_at
from patients.models import Course, Order, Patient
from patients.queries import open_course
from sessions.actions.deciding import Decider, keep_decision
from sessions.models import CoursePlan, TreatmentSession
from sessions.protocol import REMS_ESKETAMINE
from sessions.queries.planning import course_facts, house_of
from sessions.rules.booking import FURTHEST
from sessions.rules.planning import Checked, Chosen, Wishes, check_plan

MOST_VISITS = 80


class PlanRefused(Refused):
    """The plan can't be booked as it is; `checked` says what speaks against which visit. Nothing was written."""

    def __init__(self, checked: Sequence[Checked], findings: Sequence[object]) -> None:
        super().__init__(findings)  # type: ignore[arg-type]
        self.checked = list(checked)


@transaction.atomic
def book_plan(
    patient: Patient, wishes: Wishes, chosen: Sequence[Chosen], *, decider: Decider, client_key: UUID, by: User, now: datetime
) -> CoursePlan:
    """Book all chosen visits and keep the wishes; the page's key has one effect.

    Raises PlanRefused when anything speaks against any visit: a slot that was taken meanwhile, a rule (DOS-7, DOS-9), or what only a
    prescriber may decide, with a reason (DOS-5). Then nothing is booked.
    """
    row = lock_places(patient, chosen)
    earlier = CoursePlan.objects.filter(client_key=client_key).select_related("course").first()
    if earlier is not None and earlier.course.patient_id != row.pk:
        raise refuse("BOOK", "This page is out of date. Begin the plan again.", code="client_key")
    if earlier is not None:
        return earlier
    course = open_course(row)
    if course is None:
        raise refuse("DOS-8", "This patient has no open course. A prescriber opens one first.", code="DOS-8.course")
    if not 1 <= len(chosen) <= MOST_VISITS:
        raise refuse("BOOK", f"Choose at least one visit, and {MOST_VISITS} at most.", code="BOOK.none")
    checked = checked_now(row, course, chosen, now=now)
    require_all(checked, decider)
    plan = keep_wishes(course, wishes, len(chosen), client_key=client_key, by=by, now=now)
    orders = list(Order.objects.filter(course=course, cancelled_at__isnull=True, signed_at__isnull=False).order_by("-valid_from_on", "-pk"))
    for one in checked:
        book_one(plan, row, one, orders, decider, by=by, now=now)
    audit.record(
        action="course.planned", target=plan, by=by, now=now, site=row.site, patient_pk=row.pk,
        changes={"visits": len(checked), "start_on": wishes.start, "phases": [str(phase) for phase in wishes.phases]},
    )  # fmt: skip
    return plan


def lock_places(patient: Patient, chosen: Sequence[Chosen]) -> Patient:
    """The chairs, then the patient, each in key order as any booking does. Raises Refused for a chair of another site."""
    wanted = {one.chair_pk for one in chosen}
    chairs = list(Chair.objects.select_for_update().filter(pk__in=wanted).order_by("pk"))
    row = Patient.objects.select_for_update(of=("self",)).select_related("site").get(pk=patient.pk)
    if {chair.pk for chair in chairs if chair.site_id == row.site_id} != wanted:
        raise refuse("BOOK", "Chair and patient belong to different sites.", code="BOOK.site")
    return row


def checked_now(patient: Patient, course: Course, chosen: Sequence[Chosen], *, now: datetime) -> list[Checked]:
    """Every visit judged against what stands at this moment. Reads only; the caller holds the locks where it matters."""
    days = [one.starts_at.astimezone(patient.site.zone).date() for one in chosen]
    today = today_at(patient.site, now)
    last = min(max(days), today + FURTHEST) + timedelta(days=7)
    house = house_of(patient.site, today, max(today, last), now=now, patient=patient)
    return check_plan(chosen, house=house, course=course_facts(course, now=now), patient_status=patient.status)


def require_all(checked: Sequence[Checked], decider: Decider) -> None:
    """Blocks can't be passed; decisions can, by a prescriber with a reason. One visit that can't be had refuses all."""
    found = [finding for one in checked for finding in one.findings]
    in_the_way = blocks(found) + ([] if decider.decides else decisions(found))
    if in_the_way:
        raise PlanRefused(checked, in_the_way)


def keep_wishes(course: Course, wishes: Wishes, visits: int, *, client_key: UUID, by: User, now: datetime) -> CoursePlan:
    return CoursePlan.objects.create(
        site=course.site, course=course, start_on=wishes.start, usual=[[one.weekday, f"{one.wall:%H:%M}"] for one in wishes.usual],
        chair_id=wishes.chair_pk, phases=[str(phase) for phase in wishes.phases], dose_mg=wishes.dose_mg or REMS_ESKETAMINE.first_dose(course.indication),
        every_weeks=wishes.every_weeks, until_on=wishes.until, visits=visits, observed_at=now, recorded_at=now, recorded_by=by, client_key=client_key,
    )  # fmt: skip


def book_one(plan: CoursePlan, patient: Patient, one: Checked, orders: list[Order], decider: Decider, *, by: User, now: datetime) -> None:
    """One visit of the plan, with its audit entry and a prescriber's reason beside each finding that it passes."""
    slot, dose_mg = one.slot, one.chosen.dose_mg
    carrying = (order for order in orders if order.valid_from_on <= slot.day <= order.valid_until_on and order.dose_mg == dose_mg)
    session = TreatmentSession.objects.create(
        uid=uuid5(plan.client_key, slot.starts_at.isoformat()), site=patient.site, patient=patient, course=plan.course, order=next(carrying, None),
        chair_id=slot.chair_pk, protocol_code=REMS_ESKETAMINE.code, protocol_version=REMS_ESKETAMINE.version, setting=patient.site.default_setting,
        planned_dose_mg=dose_mg, treatment_on=slot.day, starts_at=slot.starts_at, ends_at=slot.ends_at, booked_at=now, booked_by=by,
    )  # fmt: skip
    for finding in decisions(one.findings):
        keep_decision(session, finding, reason=decider.reason, by=by, now=now)
    audit.record(
        action="session.booked", target=session, by=by, now=now, site=patient.site, patient_pk=patient.pk,
        changes={"starts_at": slot.starts_at, "chair": slot.chair_pk, "dose_mg": dose_mg, "plan": plan.pk},
    )  # fmt: skip
