"""Who is on site now; come and leave in one press (SET-2)."""

from zoneinfo import ZoneInfo

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from clinic import access
from clinic.actions import duty as acts
from clinic.findings import Finding, Level, Refused
from clinic.forms.duty import HandOverDutyForm, PlanLeavingForm, RecordDutyForm
from clinic.http import see_other
from clinic.models import DutyPeriod
from clinic.queries import awaiting_word, duty_now, prescribers_of, stays_over, today_at
from clinic.roles import Permission, may
from clinic.rules.opening import day_bounds
from clinic.views.pages import done, page


@require_safe
def duty(request: HttpRequest, site: str) -> HttpResponse:
    """On site now, and today's comings and goings."""
    access.site_for(request, site, Permission.VIEW_FLOOR)
    return duty_page(request)


@require_POST
def duty_come(request: HttpRequest, site: str) -> HttpResponse:
    access.site_for(request, site, Permission.MOVE_DUTY)
    acts.check_in(request.membership, by=request.user, now=request.now)  # type: ignore[attr-defined,arg-type]
    return back(request, "You are on site.", site)


@require_POST
def duty_leave(request: HttpRequest, site: str) -> HttpResponse:
    access.site_for(request, site, Permission.MOVE_DUTY)
    acts.check_out(request.membership, by=request.user, now=request.now)  # type: ignore[attr-defined,arg-type]
    return back(request, "You have left.", site)


@require_POST
def duty_stay(request: HttpRequest, site: str) -> HttpResponse:
    access.site_for(request, site, Permission.MOVE_DUTY)
    try:
        acts.stay_on(request.membership, by=request.user, now=request.now)  # type: ignore[attr-defined,arg-type]
    except Refused as refused:
        return duty_page(request, refused.findings, status=422)
    return back(request, "You stay on site until the end of the day.", site)


@require_POST
def duty_plan(request: HttpRequest, site: str) -> HttpResponse:
    """When I plan to leave: the latest first device is counted from it (DOS-9)."""
    place = access.site_for(request, site, Permission.MOVE_DUTY)
    form = PlanLeavingForm(request.POST)
    if not form.is_valid():
        return duty_page(request, refused_words(form), status=422)
    leaves_at = form.moment(place.zone, request.now)  # type: ignore[attr-defined]
    try:
        acts.plan_leaving(request.membership, leaves_at=leaves_at, by=request.user, now=request.now)  # type: ignore[attr-defined,arg-type]
    except Refused as refused:
        return duty_page(request, refused.findings, status=422)
    return back(request, "Noted. It counts for the latest start.", site)


def duty_page(request: HttpRequest, findings: object = (), status: int = 200) -> HttpResponse:
    """The whole page; a refused press stands over it in words."""
    place, member, now = request.site, request.membership, request.now  # type: ignore[attr-defined]
    start, end = day_bounds(today_at(place, now), place.zone)
    found = duty_now(place, member, now)
    prescribers = prescribers_of(place)
    others = [one for one in prescribers if one.pk != member.pk]
    response = page(request, "clinic/duty.html", {
        "duty": found,
        "stays": stays_over(place, start, end),
        "waiting": list(awaiting_word(place, now)),
        "may_move": may(member.role, Permission.MOVE_DUTY),
        "record": RecordDutyForm(prescribers=others) if others and may(member.role, Permission.RECORD_DUTY) else None,
        "hand_over": HandOverDutyForm(prescribers=others) if others and found.mine and found.mine.is_prescriber else None,
        "plan": plan_form(found.mine, place.zone) if found.mine and may(member.role, Permission.MOVE_DUTY) else None,
        "findings": findings,
    })  # fmt: skip
    response.status_code = status
    return response


def plan_form(mine: DutyPeriod, zone: ZoneInfo) -> PlanLeavingForm:
    return PlanLeavingForm(initial={"leaves_at": mine.leaves_at.astimezone(zone).time() if mine.leaves_at else None})


def refused_words(form: BaseForm) -> list[Finding]:
    """What was wrong with a small form, for the head of the page."""
    return [Finding("SET-2", Level.BLOCK, str(error)) for errors in form.errors.values() for error in errors]


def back(request: HttpRequest, words: str, site: str) -> HttpResponse:
    """To the page that the press came from; only to pages that hold the duty fragment."""
    if request.POST.get("back") == "board":
        return see_other("board", site)
    return done(request, words, "duty", site)
