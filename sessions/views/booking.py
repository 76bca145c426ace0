"""Booking, moving, giving up a visit; finding the patient by a POST, so that no name stands in an address."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from clinic.access import site_for
from clinic.findings import Finding, Level
from clinic.http import see_other
from clinic.models import Chair, Site
from clinic.queries import today_at
from clinic.roles import Permission, may
from patients.access import patient_for
from patients.models import Order, Patient
from patients.queries import found_patients, open_course, patients_of
from sessions.access import session_for
from sessions.actions import booking
from sessions.forms.arrival import ReasonForm
from sessions.forms.booking import AskedSlot, FindForm, SlotForm
from sessions.models import TreatmentSession
from sessions.queries.off_schedule import against_standing
from sessions.rules.booking import Free
from sessions.states import Status
from sessions.views.answers import is_kept, said_above, step_again, to_flowsheet
from sessions.views.forecast import forecast_context
from sessions.views.slots import slots_context

MOST_FOUND = 12


@require_http_methods(["GET", "POST"])
def session_book(request: HttpRequest, site: str) -> HttpResponse:
    """Without a patient: who is it? With one: chair, day, time and dose."""
    place = site_for(request, site, Permission.BOOK)
    if not request.GET.get("patient", "").isdecimal():
        return find_patient(request, place)
    patient = patient_for(request, int(request.GET["patient"][:18]), Permission.BOOK)
    ordered = doses_ordered(patient)
    initial = first_slot(request, place, ordered)
    form = SlotForm(request.POST or None, site=place, patient=patient, may_decide=may_decide(request), ordered=ordered, initial=initial)
    if request.method == "GET":
        return slot_page(request, form, "Book a visit", [], status=200)
    kept: list[TreatmentSession] = []
    free: list[Free] = []

    def act() -> None:
        with_offers(
            free, lambda: kept.append(booking.book(form.wish(), client_key=form.cleaned_data["client_key"], by=request.user, now=request.now))
        )

    if is_kept(form, act):
        return to_day(place, kept[0])
    return slot_page(request, form, "Book a visit", free, status=422)


def find_patient(request: HttpRequest, site: Site) -> HttpResponse:
    form = FindForm(request.POST or None)
    found: list[Patient] | None = None
    if request.method == "POST" and form.is_valid():
        rows = patients_of(site)
        pks = found_patients(rows, form.cleaned_data["who"], today_at(site, request.now))[:MOST_FOUND]
        by_pk = Patient.objects.filter(site=site).in_bulk(pks)
        found = [by_pk[pk] for pk in pks]
    slot = request.GET.copy()
    slot.pop("patient", None)
    context = {"form": form, "found": found, "slot": slot.urlencode(), "asked": AskedSlot(request.GET, site=site).known(), "site": site}
    return render(request, "sessions/book_find.html", context)


def doses_ordered(patient: Patient) -> list[int]:
    """The doses of the orders that stand, newest first."""
    orders = Order.objects.filter(course__patient=patient, course__ended_at__isnull=True, cancelled_at__isnull=True)
    return list(orders.order_by("-valid_from_on", "-pk").values_list("dose_mg", flat=True))


def first_slot(request: HttpRequest, site: Site, ordered: list[int]) -> dict[str, object]:
    """What the schedule said, or today; the dose of the newest order."""
    return {"client_key": uuid4(), "day": today_at(site, request.now).isoformat(), "dose_mg": ordered[0] if ordered else None, **asked_slot(request)}


def asked_slot(request: HttpRequest) -> dict[str, object]:
    """The slot that a link named."""
    return {name: request.GET[name] for name in ("day", "starts_at", "chair") if request.GET.get(name)}


def may_decide(request: HttpRequest) -> bool:
    return may(request.membership.role, Permission.DECIDE)


def with_offers(free: list[Free], act: Any) -> None:
    """Run a booking; when the slot can't be had, keep the nearest free ones for the page."""
    try:
        act()
    except booking.NotFree as refused:
        free += refused.free
        raise


def slot_page(
    request: HttpRequest, form: SlotForm, title: str, free: list[Free], *, status: int, session: TreatmentSession | None = None
) -> HttpResponse:
    told = {name: form[name].value() for name in ("day", "starts_at", "chair", "dose_mg")}
    shown = slots_context(request, form.site, form.patient, session=session, told=told)
    if request.htmx and request.method == "GET":  # type: ignore[attr-defined]
        return render(request, "sessions/_book_day.html", shown)
    can_wait, findings = may_wait(form), said_above(form)
    foreseen = forecast_context(request, form.site, form.patient, told, session.pk if session else None)
    context = {
        **foreseen, **shown, "against": [] if any(one.rule in SCHEDULE for one in findings) else foreseen["against"], "form": form, "title": title, "patient": form.patient, "offers": offers_of(form.site, free), "site": form.site, "session": session,
        "findings": findings, "may_wait": can_wait, "standing": standing(session, request.now), "course": open_course(form.patient),
    }  # fmt: skip
    return render(request, "sessions/book.html", context, status=status)


def may_wait(form: SlotForm) -> bool:
    """Whether nothing but the schedule speaks against it: then it can be booked for a prescriber to decide (DOS-5)."""
    found: list[Finding] = [one for one in getattr(form, "findings", []) if one.level is not Level.NOTE]
    return bool(found) and all(one.level is Level.DECISION and one.rule in SCHEDULE for one in found)


def standing(session: TreatmentSession | None, now: datetime) -> dict[str, Any] | None:
    """What a prescriber is asked about a visit that stands outside of the schedule, and how a form says that it stays."""
    if session is None or session.status != Status.BOOKED:
        return None
    against = against_standing(session, now)
    return {"findings": [one.finding for one in against], "hidden": slot_of(session)} if against else None


def offers_of(site: Site, free: list[Free]) -> list[dict[str, object]]:
    names = dict(Chair.objects.filter(site=site, is_active=True).values_list("pk", "name")) if free else {}
    return [
        {"value": f"{option.chair_pk}@{option.starts_at.isoformat()}", "at": option.starts_at, "chair": names[option.chair_pk]} for option in free
    ]


def to_day(site: Site, session: TreatmentSession, *, told: QueryDict | None = None) -> HttpResponse:
    """The schedule with the visit in it: the week or one chair, where the page that posted showed that."""
    kept = {"view": "week"} if told and told.get("view") == "week" else {}
    if told and told.get("only", "").isdecimal():
        kept["chair"] = told["only"]
    response = see_other("schedule", site.slug)
    response["Location"] += f"?{urlencode({'day': session.treatment_on.isoformat(), **kept})}#session-{session.pk}"
    return response


@require_http_methods(["GET", "POST"])
def session_move(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """Another day, time, chair or dose for a booked visit."""
    place = site_for(request, site, Permission.BOOK)
    session = session_for(request, pk, Permission.BOOK)
    ordered = [session.planned_dose_mg, *doses_ordered(session.patient)]
    form = SlotForm(
        request.POST or None,
        site=place,
        patient=session.patient,
        may_decide=may_decide(request),
        ordered=ordered,
        initial={**slot_of(session), **asked_slot(request)},
    )
    if request.method == "GET":
        return slot_page(request, form, "Move the visit", [], status=200, session=session)
    free: list[Free] = []
    moved: list[TreatmentSession] = []

    def act() -> None:
        with_offers(
            free,
            lambda: moved.append(
                booking.move_visit(session, form.wish(), seen_version=form.cleaned_data["opened"], by=request.user, now=request.now)
            ),
        )

    if is_kept(form, act):
        return to_day(place, moved[0], told=request.POST)
    if request.htmx:  # type: ignore[attr-defined]
        return move_refused(request, form, free, session)
    return slot_page(request, form, "Move the visit", free, status=422, session=session)


def move_refused(request: HttpRequest, form: SlotForm, free: list[Free], session: TreatmentSession) -> HttpResponse:
    """For the calendar, on which the visit went back to its place: why, what is free instead, and the reason that a prescriber may give."""
    context = {
        "session": session, "site": form.site, "form": form, "offers": offers_of(form.site, free), "findings": getattr(form, "findings", []),
        "asks_reason": form.may_decide and any(finding.level is Level.DECISION for finding in getattr(form, "findings", [])),
        "may_wait": may_wait(form), "hidden": [(name, form[name].value()) for name in ASKED], "view": request.POST.get("view", ""), "only": request.POST.get("only", ""),
    }  # fmt: skip
    response = render(request, "sessions/_move_refused.html", context, status=422)
    response["HX-Retarget"], response["HX-Reswap"] = "#move-answer", "innerHTML"
    return response


SCHEDULE = ("DOS-3", "DOS-4", "DOS-5")
ASKED = ("client_key", "day", "starts_at", "chair", "dose_mg", "opened")


def slot_of(session: TreatmentSession) -> dict[str, object]:
    local = session.starts_at.astimezone(session.site.zone)
    return {
        "client_key": uuid4(), "day": local.date().isoformat(), "starts_at": f"{local:%H:%M}", "chair": session.chair_id, "dose_mg": session.planned_dose_mg,
        "opened": session.schedule_version, "setting": session.setting,
    }  # fmt: skip


@require_POST
def session_cancel(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    return with_reason(request, site, pk, booking.cancel)


@require_POST
def session_miss(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    return with_reason(request, site, pk, booking.mark_missed)


@require_POST
def session_rebook(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """A cancelled or missed visit comes back on its own day."""
    return with_reason(request, site, pk, booking.rebook)


def with_reason(request: HttpRequest, site: str, pk: int, act: Any) -> HttpResponse:
    site_for(request, site, Permission.BOOK)
    session = session_for(request, pk, Permission.BOOK)
    form = ReasonForm(request.POST)
    if is_kept(form, lambda: act(session, reason=form.cleaned_data["reason"], by=request.user, now=request.now)):
        return to_flowsheet(session)
    return step_again(request, session, "arrive", form)
