"""Plan a course: wishes, the proposal on a calendar, single visits moved, all booked with one press or none. Works without JavaScript."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from clinic.access import site_for
from clinic.findings import Finding, Level, Refused, decisions
from clinic.http import see_other
from clinic.models import Site
from clinic.queries import today_at
from clinic.roles import Permission, may
from patients.access import patient_for
from patients.models import Course, Patient
from patients.rules.course import Phase
from sessions.actions.deciding import Decider
from sessions.actions.planning import PlanRefused, book_plan
from sessions.forms.planning import BookPlanForm, PlanLine, WishesForm, lines_of, text_of
from sessions.queries import plan_page
from sessions.queries.planning import course_facts, house_of, kept_visits, plan_of
from sessions.rules.booking import FURTHEST
from sessions.rules.planning import Change, Chosen, CourseFacts, House, Proposal, Wishes, check_plan, mended, propose_around
from sessions.views.plan_acts import changed_lines

BEYOND_THE_LAST = timedelta(days=21)
WEEKLY_FITS = timedelta(days=100)
WISHED = ("start", "day_1", "time_1", "day_2", "time_2", "chair", "dose", "phases", "every", "until")


@dataclass
class Planning:
    """What every part of the page is about."""

    request: HttpRequest
    site: Site
    patient: Patient
    course: Course
    facts: CourseFacts
    house: House
    form: WishesForm

    @property
    def may_decide(self) -> bool:
        return may(self.request.membership.role, Permission.DECIDE)  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
def course_plan(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """GET proposes, or shows the visits that its address carries; POST moves one of them, or books all."""
    place = site_for(request, site, Permission.BOOK)
    patient = patient_for(request, pk, Permission.BOOK)
    planning = planning_of(request, place, patient)
    if planning is None:
        return render(
            request, "sessions/plan.html", {"site": place, "patient": patient, "course": None}, status=422 if request.method == "POST" else 200
        )
    if not planning.form.is_valid():
        return page(planning, [], status=422 if request.method == "POST" else 200)
    if request.method != "POST":
        return shown(planning)
    lines = with_doses(lines_of(request.POST.getlist("visit"), place), request.POST.getlist("dose_mg"))
    act = request.POST.get("do", "")
    if act == "book":
        return booked(planning, lines)
    if act.startswith("times-"):
        return to_lines(planning, lines, asked=asked_of(act.removeprefix("times-")))
    return to_lines(planning, changed_lines(act, lines, request.POST, planning.house, planning.facts), asked=asked_of(request.POST.get("times")))


def asked_of(text: str | None) -> int | None:
    """Beside which visit other times were asked for, by its place in the plan."""
    return int(text[:3]) if text and text.isascii() and text.isdecimal() else None


def planning_of(request: HttpRequest, site: Site, patient: Patient) -> Planning | None:
    """None without an open course."""
    course, plan = plan_of(patient)
    if course is None:
        return None
    course.site, course.patient = site, patient
    today = today_at(site, request.now)  # type: ignore[attr-defined]
    facts = course_facts(course, now=request.now)  # type: ignore[attr-defined]
    ordered = plan_page.doses_of(course)
    sent = request.POST if request.method == "POST" else request.GET
    house = house_of(site, today, last_day(sent, today), now=request.now, patient=patient)  # type: ignore[attr-defined]
    said = sent if "start" in sent else as_query(plan_page.first_wishes(course, plan, house=house, facts=facts, ordered=ordered))
    doses = [*ordered, *([facts.last_dose_mg] if facts.last_dose_mg else [])]
    form = WishesForm(said, site=site, indication=course.indication, doses=doses, today=today)
    return Planning(request, site, patient, course, facts, house, form)


def last_day(sent: QueryDict, today: date) -> date:
    """How far the house must be known: beyond the last day that is asked about; of a start, so much that weekly visits fit."""
    asked = [today + WEEKLY_FITS]
    asked += [day + WEEKLY_FITS for day in days_in(sent.getlist("start"), today)]
    asked += [day + BEYOND_THE_LAST for day in days_in([*sent.getlist("until"), *sent.getlist("visit")], today)]
    return max(asked)


def days_in(texts: Sequence[str], today: date) -> list[date]:
    """The days that can be read, none too far away."""
    found = []
    for text in texts:
        try:
            found.append(min(date.fromisoformat(text[:10]), today + FURTHEST))
        except ValueError:
            continue
    return found


def as_query(values: dict[str, object]) -> QueryDict:
    query = QueryDict(mutable=True)
    for name, value in values.items():
        query.setlist(name, value if isinstance(value, list) else [str(value)])  # type: ignore[arg-type]
    return query


def with_doses(lines: Sequence[PlanLine], doses: Sequence[str]) -> list[PlanLine]:
    """The doses stand in fields of their own, one a visit in the order of the page."""
    if len(doses) != len(lines):
        return list(lines)
    told = [int(dose) if dose.isdecimal() and len(dose) < 4 and int(dose) else line.chosen.dose_mg for dose, line in zip(doses, lines, strict=True)]
    return [
        PlanLine(Chosen(starts_at=line.chosen.starts_at, chair_pk=line.chosen.chair_pk, dose_mg=dose), line.is_moved)
        for line, dose in zip(lines, told, strict=True)
    ]


def shown(planning: Planning) -> HttpResponse:
    """The visits of the address as they are, or a new proposal around those that were moved by hand."""
    request, wishes = planning.request, planning.form.wishes()
    lines = lines_of(request.GET.getlist("visit"), planning.site)
    if (lines or request.GET.get("do") == "none") and request.GET.get("do") != "propose":
        again = proposal_around(planning, wishes, [line for line in lines if line.is_moved], lines)
        return page(planning, lines, reasons=plan_page.reasons_of(again))
    kept = [line for line in lines if line.is_moved]
    proposal = proposal_around(planning, wishes, kept, lines)
    new = [Chosen(starts_at=one.slot.starts_at, chair_pk=one.slot.chair_pk, dose_mg=one.dose_mg) for one in proposal.visits]
    return page(planning, [*kept, *(PlanLine(one, False) for one in new)], proposal=proposal, reasons=plan_page.reasons_of(proposal))


def proposal_around(planning: Planning, wishes: Wishes, kept: Sequence[PlanLine], lines: Sequence[PlanLine]) -> Proposal:
    begins = bool(lines) and lines[0].is_moved
    return propose_around(wishes, [line.chosen for line in kept], begins_with_kept=begins, house=planning.house, course=planning.facts)


def booked(planning: Planning, lines: Sequence[PlanLine]) -> HttpResponse:
    """303 to the chart; 422 with the plan as it could be had now and what changed."""
    request, book_form = planning.request, BookPlanForm(planning.request.POST)
    if not book_form.is_valid():
        return page(planning, lines, book_form=book_form, status=422)
    decider = Decider(reason=book_form.cleaned_data["reason"], may_decide=planning.may_decide)
    key = book_form.cleaned_data["client_key"]
    try:
        plan = book_plan(
            planning.patient, planning.form.wishes(), [line.chosen for line in lines], decider=decider, client_key=key, by=request.user, now=request.now  # type: ignore[arg-type, attr-defined]
        )  # fmt: skip
    except PlanRefused:
        whole, changes = mended([line.chosen for line in lines], house=planning.house, course=planning.facts)
        moved = {line.chosen: line.is_moved for line in lines}
        return page(planning, [PlanLine(one, moved.get(one, False)) for one in whole], changes=changes, book_form=book_form, status=422)
    except Refused as refused:
        return page(planning, lines, findings=refused.findings, book_form=book_form, status=422)
    messages.success(request, f"{plan.visits} visit{'' if plan.visits == 1 else 's'} booked.")
    return see_other("patient_chart", planning.site.slug, planning.patient.pk)


def to_lines(planning: Planning, lines: Sequence[PlanLine], *, asked: int | None) -> HttpResponse:
    """The page again, its address carrying the wishes and every visit, and beside which of them other times are shown."""
    query = QueryDict(mutable=True)
    for name in WISHED:
        query.setlist(name, planning.request.POST.getlist(name))
    query.setlist("visit", [text_of(line.chosen, planning.site, is_moved=line.is_moved) for line in lines])
    if not lines:
        query["do"] = "none"
    if asked is not None:
        query["times"] = str(asked)
    at = f"visit-{asked}" if planning.request.POST.get("do", "").startswith("times-") else "visits"
    response = see_other("course_plan", planning.site.slug, planning.patient.pk)
    response["Location"] += f"?{query.urlencode(safe='@:')}#{at}"
    return response


def page(
    planning: Planning, lines: Sequence[PlanLine], *, proposal: Proposal | None = None, reasons: dict[Chosen, str] | None = None,
    changes: Sequence[Change] = (), findings: Sequence[Finding] = (), book_form: BookPlanForm | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    house, facts, site = planning.house, planning.facts, planning.site
    checked = check_plan([line.chosen for line in lines], house=house, course=facts, patient_status=planning.patient.status)
    values = {line.chosen: (text_of(line.chosen, site, is_moved=line.is_moved), line.is_moved) for line in lines}
    doses = [int(value) for value, _ in planning.form.fields["dose"].choices]  # type: ignore[attr-defined]
    asked = asked_of((planning.request.POST if planning.request.method == "POST" else planning.request.GET).get("times"))
    chosen = plan_page.rows_of(checked, house=house, course=facts, reasons=reasons or {}, values=values, doses=doses, asked=asked)
    kept = plan_page.kept_rows(kept_visits(planning.patient, now=house.now), facts, [one.slot.day for one in checked])
    rows = sorted([*chosen, *kept], key=lambda row: row.starts_at)
    needs_decision = any(decisions(one.findings) for one in checked)
    context = {
        "site": site, "patient": planning.patient, "course": planning.course, "form": planning.form, "rows": rows, "chosen": chosen, "kept": kept,
        "months": plan_page.months_of(rows, site=site, house=house), "holes": proposal.holes if proposal else (), "changes": said_changes(changes, house), "times": asked,
        "findings": list(findings), "book_form": book_form or BookPlanForm(initial={"client_key": uuid4()}), "needs_decision": needs_decision,
        "may_decide": planning.may_decide, "is_blocked": any(row.is_blocked for row in chosen), "wished": wished(planning.form),
        "has_open_end": any(str(phase) in dict(planning.form.fields["phases"].choices) for phase in (Phase.MAINTENANCE, Phase.BEYOND)),  # type: ignore[attr-defined]
        "url": reverse("course_plan", args=[site.slug, planning.patient.pk]), "blocking": Level.BLOCK,
    }  # fmt: skip
    return render(planning.request, "sessions/plan.html", context, status=status)


def wished(form: WishesForm) -> list[tuple[str, str]]:
    """The wishes as hidden fields of the form that moves and books."""
    return [(name, value) for name in WISHED for value in form.data.getlist(name)]


def said_changes(changes: Sequence[Change], house: House) -> list[dict[str, object]]:
    """What became of each visit that could not stay."""
    return [{"was": one.was.starts_at, "offer": one.offer, "chair": house.name_of(one.was.chair_pk)} for one in changes]
