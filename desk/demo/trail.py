"""The audit entries of the past, in order of time, on the site's chain (append_many keeps it valid)."""

from datetime import datetime

from clinic import audit
from clinic.audit import Act
from desk.demo.charts import Chart
from desk.demo.house import House
from desk.demo.past import Story
from sessions.models import AdverseEvent, MonitoringForm
from sessions.states import Status


def write(house: House, charts: list[Chart], stories: list[Story], forms: list[MonitoringForm], events: list[AdverseEvent], more: list[Act]) -> None:
    acts = list(more)
    for chart in charts:
        acts += chart_acts(chart)
    for story in stories:
        acts += session_acts(story)
    for form in forms:
        acts += form_acts(form)
    for event in events:
        acts += event_acts(event)
    acts.sort(key=lambda act: act.now)
    audit.append_many(acts, site=house.site)


def chart_acts(chart: Chart) -> list[Act]:
    patient, course = chart.patient, chart.course
    acts = [
        act("patient.registered", "patient", patient.pk, patient.created_by_id, patient.created_at, patient.pk),
        act("course.opened", "course", course.pk, course.opened_by_id, course.opened_at, patient.pk),
    ]
    return acts + [act("order.signed", "order", order.pk, order.ordered_by_id, order.ordered_at, patient.pk) for order in chart.orders.values()]


def act(action: str, kind: str, pk: int, by_pk: int | None, at: datetime, patient_pk: int | None, changes: dict[str, object] | None = None) -> Act:
    return Act(action=action, target_kind=kind, target_pk=str(pk), by_pk=by_pk, now=at, patient_pk=patient_pk, changes=changes or {})


def session_acts(story: Story) -> list[Act]:
    """One act for each move of the session's life, as its actions would have written them."""
    session = story.session
    nurse, desk = session.monitor_id, session.booked_by_id
    moves = [
        (Status.ARRIVED, session.arrived_at, desk),
        (Status.CLEARED, session.cleared_at, nurse),
        (Status.DOSING, session.dosing_at, nurse),
        (Status.MONITORING, session.monitoring_at, nurse),
        (Status.HELD, session.held_at, nurse),
        (Status.CANCELLED, session.cancelled_at, desk),
        (Status.MISSED, session.missed_at, desk),
        (Status.DISCHARGED, session.discharged_at, nurse),
    ]
    acts = [act("session.booked", "treatmentsession", session.pk, desk, session.booked_at, session.patient_id)]
    before = str(Status.BOOKED)
    for status, at, by_pk in moves:
        if at is not None:
            changes: dict[str, object] = {"status": [before, str(status)]}
            acts.append(act(f"session.{status}", "treatmentsession", session.pk, by_pk, at, session.patient_id, changes))
            before = str(status)
    return acts


def form_acts(form: MonitoringForm) -> list[Act]:
    patient_pk = form.session.patient_id
    acts = [act("form.owed", "monitoringform", form.pk, form.session.monitor_id, form.owed_at, patient_pk)]
    if form.completed_at is not None:
        acts.append(act("form.confirmed", "monitoringform", form.pk, form.completed_by_id, form.completed_at, patient_pk))
    if form.filed_at is not None:
        acts.append(act("form.filed", "monitoringform", form.pk, form.completed_by_id, form.filed_at, patient_pk))
    return acts


def event_acts(event: AdverseEvent) -> list[Act]:
    """Recorded, then phoned an hour later."""
    told = act(
        "adverse_event.recorded",
        "adverseevent",
        event.pk,
        event.recorded_by_id,
        event.recorded_at,
        event.patient_id,
        {"session": 0, "is_serious": True},
    )
    return [
        told,
        *(
            act(
                "adverse_event.phoned",
                "adverseevent",
                event.pk,
                row.recorded_by_id,
                row.recorded_at,
                event.patient_id,
                {"report": row.pk, "to": row.to},
            )
            for row in event.reports.all()
        ),
    ]
