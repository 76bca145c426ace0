"""The patient list with its search, and the chart: what the patients' room and the sessions room know of a person."""

from datetime import date, datetime

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET, require_http_methods

from clinic.access import site_for
from clinic.findings import Finding, Level
from clinic.http import row_urls
from clinic.models import Site
from clinic.queries import today_at
from clinic.roles import Permission, may
from desk.queries import visits
from patients.access import patient_for
from patients.models import Course, Patient
from patients.queries import Chart, by_name, chart, found_patients, patients_of, position
from patients.queries.authorisations import authorisations_of, transfers_of
from patients.queries.intake import line_of_chart
from patients.rules.intake import RECORDED
from patients.rules.seeking import LONGEST
from patients.views.intake_ways import next_of
from reminders.queries.chart import last_messages, ways_of
from sessions.queries.adverse import events_of
from sessions.queries.auditing import seen_by, sessions_within
from sessions.queries.authorisations import burns
from sessions.queries.benefit import response_of
from sessions.queries.next_step import undecided_of
from sessions.queries.safety_calls import calls_of
from sessions.response_table import response_context

PAGE = 50
VISITS_PAGE = 8
MESSAGES = 3
# What a row shows; a phone number alone costs more to read than the rest.
COLUMNS = ("first_name", "last_name", "birth_on", "mrn", "status", "uid", "site")
STATUSES = [("", "Under treatment"), ("active", "Active"), ("paused", "Paused"), ("ended", "Ended"), ("deceased", "Deceased"), ("all", "All")]


@require_http_methods(["GET", "HEAD", "POST"])
def patient_list(request: HttpRequest, site: str) -> HttpResponse:
    """Searching is a POST, so that no name stands in an address or a log."""
    place = site_for(request, site, Permission.VIEW_RECORD)
    asked = request.POST if request.method == "POST" else request.GET
    text, status = request.POST.get("q", "")[:LONGEST].replace("\x00", ""), asked.get("status", "")
    page = page_of(place, text, status, asked.get("page", ""), request.now)
    today, url = today_at(place, request.now), row_urls("patient_chart", place.slug)
    context = {
        "rows": visits.rows_of(page.object_list, url=url, today=today, now=request.now), "page": page, "q": text, "status": status, "statuses": STATUSES,
        "may_break": may(request.membership.role, Permission.BREAK_GLASS), "may_register": may(request.membership.role, Permission.REGISTER_PATIENT),
        "may_export": may(request.membership.role, Permission.EXPORT),
    }  # fmt: skip
    response = render(request, "desk/_patient_rows.html" if request.htmx else "desk/patient_list.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def page_of(site: Site, text: str, status: str, number: str, now: datetime):  # type: ignore[no-untyped-def]
    """One page of patients: by name, or the best hits first."""
    rows = patients_of(site, status).only(*COLUMNS)
    listed = found_patients(rows, text, today_at(site, now)) if text.strip() else by_name(rows)
    page = Paginator(listed, PAGE).get_page(number)
    if isinstance(listed, list):
        hits = Patient.objects.only(*COLUMNS).in_bulk(list(page.object_list))
        page.object_list = [hits[pk] for pk in page.object_list if pk in hits]
    return page


@require_GET
def patient_chart(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """The whole chart; reading it leaves one audit entry per person and quarter of an hour."""
    place = site_for(request, site, Permission.VIEW_RECORD)
    patient = patient_for(request, pk, Permission.VIEW_RECORD)
    today = today_at(place, request.now)
    record = chart(patient, today)
    dosed = visits.dosed_by_course(patient)
    grant = getattr(request, "grant", None)
    seen = visits.visits_of(patient) if grant is None else visits.visits_of(patient).filter(pk__in=sessions_within(grant).values("pk"))
    is_seen, following = seen_by(grant, patient), visits.next_visit(patient, request.now)
    page = Paginator(seen, VISITS_PAGE).get_page(request.GET.get("page"))
    rights = {word: may(request.membership.role, permission) for word, permission in MAY.items()}
    context = {
        "patient": patient, "chart": record, "todo": todo(record, place.slug, rights), "today": today, "page": page,
        "visits": visits.numbered(page.object_list, record.courses, dosed),
        "next_visit": following if following is not None and is_seen(following.pk) else None,
        "position": position(record.course, dosed.get(record.course.pk, []), today) if record.course is not None else None,
        **ways_in_and_out(record, place, dosed, request), "may": rights, "may_follow": grant is None, "now": request.now,
        "safety_calls": [call for call in calls_of(patient) if is_seen(call.session_id)], "undecided": [one for one in undecided_of(patient) if is_seen(one.pk)],
        "adverse": [event for event in events_of(patient) if is_seen(event.session_id)],
        **response_context(response_of(patient, course_shown(record), today), today), "ways": ways_of(patient), "last_messages": last_messages(patient, MESSAGES),
    }  # fmt: skip
    return render(request, "desk/patient_chart.html", context)


def ways_in_and_out(record: Chart, place: Site, dosed: dict[int, list[date]], request: HttpRequest) -> dict[str, object]:
    """Intake, authorisations and moves, from the chart that is read already: four queries more."""
    granted, moves = authorisations_of(record.patient), transfers_of(record.patient)
    line = line_of_chart(record, granted, place)
    days = sorted({day for listed in dosed.values() for day in listed})
    return {
        "intake": line, "intake_next": next_of(line, place.slug, request.membership.role) if line is not None else None,  # type: ignore[attr-defined]
        "shows_intake": line is not None or not days, "recorded_kinds": RECORDED, "burns": burns(granted, {record.patient.pk: days}), "moves": moves,
        "move_is_open": any(move.told_at is None and move.cancelled_at is None for move in moves),
    }  # fmt: skip


def course_shown(record: Chart) -> Course | None:
    """The open course, else the last one."""
    return record.course or next(iter(record.courses), None)


def todo(record: Chart, slug: str, rights: dict[str, bool]) -> list[dict[str, object]]:
    """What stands in the way of a dose, weightiest first, each with the page that mends it for whoever may."""
    found = [finding for finding in (*record.findings, *record.plan_findings) if finding.level > Level.NOTE]
    return [{"finding": finding, **_way(finding, record, slug, rights)} for finding in sorted(found, key=lambda finding: -finding.level)]


def _way(finding: Finding, record: Chart, slug: str, rights: dict[str, bool]) -> dict[str, str]:
    """Where to: the form for a missing thing, else the section that shows it."""
    name, label, right = WAYS.get(finding.key, ("", "", ""))
    if name and rights[right]:
        pks = {"order_new": record.course, "enrolment_proof": record.enrolment}
        target = pks.get(name) or record.patient
        return {"url": reverse(name, args=[slug, target.pk]), "label": label}
    return {"url": f"#{finding.field}", "label": "Look"} if finding.field else {"url": "", "label": ""}


# finding: (page, what it does, who may)
WAYS = {
    "PAT-1.missing": ("enrolment_new", "Record the enrolment", "register"),
    "PAT-1.proof": ("enrolment_proof", "Add the proof", "register"),
    "PAT-3.missing": ("screening_new", "Screen", "clinical"),
    "PAT-5.missing": ("consent_new", "Record the consent", "clinical"),
    "PAT-2.trials": ("trial_new", "Add a trial", "clinical"),
    "PAT-2.course": ("course_new", "Open a course", "prescribe"),
    "DOS-8.missing": ("order_new", "Order doses", "prescribe"),
}
MAY = {
    "register": Permission.REGISTER_PATIENT,
    "intake": Permission.MANAGE_INTAKE,
    "clinical": Permission.CLINICAL_CHART,
    "prescribe": Permission.PRESCRIBE,
    "book": Permission.BOOK,
    "give": Permission.GIVE_COURSE,
    "call": Permission.SAFETY_CALL,
    "score": Permission.SCORE,
    "risk": Permission.ANSWER_RISK,
    "review": Permission.REVIEW_BENEFIT,
    "export": Permission.EXPORT,
    "audit": Permission.VIEW_AUDIT,
}
