"""Presence beyond one's own press: staff write for a prescriber, who confirms, puts right, or hands over by name (SET-2)."""

from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from clinic import access
from clinic.actions import presence as acts
from clinic.findings import Refused
from clinic.forms.base import attempt
from clinic.forms.duty import COMING, CorrectDutyForm, HandOverDutyForm, RecordDutyForm
from clinic.models import DutyPeriod
from clinic.queries import prescribers_of
from clinic.roles import Permission
from clinic.rules.presence import OLDEST
from clinic.views.duty import back, duty_page, refused_words
from clinic.views.pages import done, page


@require_POST
def duty_record(request: HttpRequest, site: str) -> HttpResponse:
    """A prescriber has come, or has left, in the words of somebody else."""
    place = access.site_for(request, site, Permission.RECORD_DUTY)
    form = RecordDutyForm(request.POST, prescribers=prescribers_of(place))
    if not form.is_valid():
        return duty_page(request, refused_words(form), status=422)
    asked, now = form.cleaned_data, request.now  # type: ignore[attr-defined]
    act = acts.record_coming if asked["what"] == COMING else acts.record_leaving
    try:
        act(asked["member"], at=asked["at"] or now, by=request.user, now=now)  # type: ignore[arg-type]
    except Refused as refused:
        return duty_page(request, refused.findings, status=422)
    return back(request, f"Written down. {asked['member'].user.printed_name} confirms it.", site)


@require_POST
def duty_confirm(request: HttpRequest, site: str, pk: int) -> HttpResponse:
    """It was so: the prescriber's own word about what somebody wrote."""
    access.site_for(request, site, Permission.MOVE_DUTY)
    stay = access.row_for(request, DutyPeriod.objects.all(), pk, Permission.MOVE_DUTY, "dutyperiod")
    try:
        acts.confirm_presence(stay, by=request.user, now=request.now)  # type: ignore[attr-defined,arg-type]
    except Refused as refused:
        return duty_page(request, refused.findings, status=422)
    return back(request, "Confirmed.", site)


@require_POST
def duty_hand_over(request: HttpRequest, site: str) -> HttpResponse:
    """I go, and the named prescriber is here from now on."""
    place = access.site_for(request, site, Permission.MOVE_DUTY)
    form = HandOverDutyForm(request.POST, prescribers=prescribers_of(place))
    if not form.is_valid():
        return duty_page(request, refused_words(form), status=422)
    to = form.cleaned_data["to"]
    try:
        acts.hand_presence_to(request.membership, to=to, by=request.user, now=request.now)  # type: ignore[attr-defined,arg-type]
    except Refused as refused:
        return duty_page(request, refused.findings, status=422)
    return back(request, f"Handed over to {to.user.printed_name}.", site)


@require_http_methods(["GET", "HEAD", "POST"])
def duty_correct(request: HttpRequest, site: str) -> HttpResponse:
    """When I was really here, with the reason; both times stay on record."""
    access.site_for(request, site, Permission.MOVE_DUTY)
    member, now = request.membership, request.now  # type: ignore[attr-defined]
    stays = list(DutyPeriod.objects.filter(membership=member, came_at__gt=now - OLDEST).order_by("-came_at", "-pk")[:40])
    asked = request.GET.get("stay", "")
    chosen = next((stay for stay in stays if str(stay.pk) == asked), None)
    initial = {"stay": chosen, "came_at": chosen and chosen.came_at, "left_at": chosen and chosen.left_at, "client_key": uuid4()}
    form = CorrectDutyForm(request.POST or None, stays=stays, initial=initial)

    def act(**said: object) -> None:
        acts.correct_presence(member, period=said.pop("stay"), by=request.user, now=now, **said)  # type: ignore[arg-type]

    if request.method == "POST" and attempt(form, act):
        return done(request, "Put right. Both times stay on record.", "duty", site)
    return page(request, "clinic/duty_correct.html", {"form": form})
