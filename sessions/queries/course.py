"""Which days of a course were dosed, and which order carries a session: what the patients' rules ask this room for."""

from collections.abc import Iterator
from datetime import date

from django.db.models import QuerySet, Sum

from clinic.findings import Finding, blocks
from patients.models import Course, Order
from patients.queries import order_facts, orders_in_force
from patients.queries.chart import position
from patients.rules.dosing import course_findings
from patients.rules.orders import order_findings
from sessions.models import BenefitReview, DeviceUse, TreatmentSession
from sessions.protocol import protocol_of
from sessions.rules.benefit import counting
from sessions.rules.planning.course import INTERVAL, gap_finding
from sessions.states import Status


def dosed_days(course: Course, *, besides: TreatmentSession | None = None) -> list[date]:
    """Site-local days on which a spray of this course was given here, earliest first; voided sessions don't count (DOS-7)."""
    rows = sprayed().filter(session__course=course)
    if besides is not None:
        rows = rows.exclude(session=besides)
    return list(rows.order_by("session__treatment_on").values_list("session__treatment_on", flat=True).distinct())


def sprayed() -> QuerySet[DeviceUse]:
    """Standing devices with a spray, of sessions that count."""
    return DeviceUse.objects.standing().filter(sprays__gt=0).exclude(session__status=Status.VOIDED)


def is_dosed_on(session: TreatmentSession) -> bool:
    """Whether the patient has had another dosed session on this session's day (DOS-7)."""
    return sprayed().filter(session__patient_id=session.patient_id, session__treatment_on=session.treatment_on).exclude(session=session).exists()


def is_started_beside(session: TreatmentSession) -> bool:
    """Whether another visit of the patient on this day has been started, its first device perhaps just being given (DOS-7)."""
    same_day = TreatmentSession.objects.filter(patient_id=session.patient_id, treatment_on=session.treatment_on, status=Status.DOSING)
    return same_day.exclude(pk=session.pk).exists()


def sessions_dosed_before(session: TreatmentSession) -> int:
    """How many sessions of the patient on earlier days had a spray, of whichever course (PMF-3)."""
    earlier = sprayed().filter(session__patient_id=session.patient_id, session__treatment_on__lt=session.treatment_on)
    return earlier.values("session_id").distinct().count()


def sessions_elsewhere(session: TreatmentSession) -> int:
    """How many sessions the patient has had at other settings, in this course or an earlier one: none of them lets this be the first (PMF-3)."""
    if session.course.earlier_sessions:
        return session.course.earlier_sessions
    before = Course.objects.filter(patient_id=session.patient_id, opened_at__lte=session.course.opened_at)
    return before.aggregate(all=Sum("earlier_sessions"))["all"] or 0


def order_of(session: TreatmentSession) -> Order | None:
    """The order that carries a session (DOS-8)."""
    return judged_order(session)[0]


def judged_order(session: TreatmentSession) -> tuple[Order | None, list[Finding]]:
    """The order of a session and what is said of it (DOS-8): its own while that carries it, else the first in force that does.

    A visit is booked on the order of that time; when its sessions are used up since, a newer order carries it.
    """
    on, dose_mg = session.treatment_on, session.planned_dose_mg
    judged: list[tuple[Order, list[Finding]]] = []
    for order in orders_for(session):
        used = used_sessions(order, besides=session)
        found = order_findings(order=order_facts(order, session.site), dose_mg=dose_mg, used_sessions=used, on=on)
        if not blocks(found):
            return order, found
        judged.append((order, found))
    return judged[0] if judged else (None, order_findings(order=None, dose_mg=dose_mg, used_sessions=0, on=on))


def orders_for(session: TreatmentSession) -> Iterator[Order]:
    """The session's own order, then those in force on its day: signed and of its dose before others."""
    own = session.order if session.order is not None and session.order.cancelled_at is None else None
    if own is not None:
        yield own
    orders = [order for order in orders_in_force(session.course, session.treatment_on) if own is None or order.pk != own.pk]
    yield from sorted(orders, key=lambda order: (order.signed_at is None, order.dose_mg != session.planned_dose_mg))


def used_sessions(order: Order, *, besides: TreatmentSession) -> int:
    """How many other dosed sessions an order has carried."""
    return sprayed().filter(session__order=order).exclude(session=besides).values("session_id").distinct().count()


def dose_findings(session: TreatmentSession, *, minimum_gap_days: int = 0) -> list[Finding]:
    """The order, the label and the site's own gap about this session's dose on its day (DOS-3…DOS-8)."""
    on, dose_mg = session.treatment_on, session.planned_dose_mg
    days = dosed_days(session.course, besides=session)
    found = judged_order(session)[1]
    protocol = protocol_of(session.protocol_code, session.protocol_version)
    where = position(session.course, days, on)
    said = course_findings(position=where, dose_mg=dose_mg, dosed_days=days, on=on, protocol=protocol)
    elsewhere = session.course.earlier_last_on
    gap = gap_finding([*days, elsewhere] if elsewhere else days, on, minimum_gap_days)
    if gap is not None and all(one.key != INTERVAL for one in said):
        said.append(gap)
    return found + [one for one in said if not (one.key.endswith(".benefit") and is_judged(session.course, where.began_on))]


def is_judged(course: Course, began_on: date | None) -> bool:
    """Whether a benefit review stands that counts (DOS-3, DOS-4): the reminder to judge has done its work."""
    days = BenefitReview.objects.standing().filter(course=course).values_list("reviewed_on", flat=True)
    return began_on is not None and bool(counting(days, began_on))
