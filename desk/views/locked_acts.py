"""What may be done at a locked page: open it with a PIN, one round or one silence with a PIN, an emergency with none (MON-3, MON-5, MON-6)."""

from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from clinic import audit
from clinic.findings import Refused, refuse
from clinic.locking import state
from clinic.locking.proof import Proof, pin_proof
from clinic.models import Membership
from clinic.queries.pins import is_shut
from clinic.roles import Permission, may
from desk.queries.locked import Door, door_of, member_named, session_on_card
from desk.views.locked import is_open, leave, locked_page, way_back
from desk.views.screens import key_of
from sessions.actions.alerts import acknowledge_all
from sessions.actions.emergency import press
from sessions.actions.watch import record_round
from sessions.models import TreatmentSession

OFF = "This PIN is off at this tablet. Sign in with your password: it works again from then on."


def proven(request: HttpRequest, door: Door) -> tuple[Membership | None, str]:
    """Who it is by name and PIN, or the sentence that says why not."""
    tablet, told = door.tablet, request.POST.get("who", "")
    member = member_named(tablet, told) if tablet is not None else None
    if tablet is None or member is None:
        return None, "Choose your name."
    if is_shut(member):
        return None, OFF
    proof = pin_proof(tablet, member, request.POST.get("pin", ""), now=request.now)  # type: ignore[attr-defined]
    if proof is Proof.RIGHT:
        return member, ""
    return None, OFF if proof is Proof.TOO_OFTEN else "That is not this person’s PIN."


@login_not_required
@require_POST
def unlock_pin(request: HttpRequest) -> HttpResponse:
    """The same person goes on where they were; another one lands on the board, and the sign-in of before is over."""
    back = way_back(request.POST.get("next", ""))
    door = door_of(request, back)
    if door is None or door.tablet is None or is_open(request):
        return leave(request, back)
    member, error = proven(request, door)
    if member is None:
        return locked_page(request, door, error=error, who=request.POST.get("who", ""))
    now = request.now  # type: ignore[attr-defined]
    audit.append(
        action="pin.signed_in", target_kind="screen", target_pk=str(door.tablet.pk), by=member.user, now=now, site=door.tablet.site, changes={}
    )
    if door.person is not None and door.person.pk == member.user_id:
        state.unlock(request.session, now=now, by_pin=True)
        return leave(request, back)
    logout(request)
    login(request, member.user, backend=settings.AUTHENTICATION_BACKENDS[0])
    state.begin(request.session, member.user, now=now, by_pin=True)
    request.was_signed_in = True  # type: ignore[attr-defined]
    return leave(request, reverse("board", args=[door.tablet.site.slug]))


@login_not_required
@require_POST
def locked_act(request: HttpRequest) -> HttpResponse:
    """One round, or silence for one chair's alarm, by whoever's PIN it is; the sign-in stays locked."""
    back = way_back(request.POST.get("next", ""))
    door = door_of(request, back)
    if door is None or door.tablet is None or is_open(request):
        return leave(request, back)
    act, on = request.POST.get("act", ""), request.POST.get("on", "")
    session = session_on_card(door.tablet.site, on)
    if session is None or act not in DOES:
        return locked_page(request, door, error="That chair has changed. Choose again.")
    member, error = proven(request, door)
    if member is not None:
        try:
            DOES[act](session, member, key_of(request.POST.get("client_key", "")), request.now)  # type: ignore[attr-defined]
        except Refused as refused:
            error = str(refused)
    if error or member is None:
        return locked_page(request, door, error=error, act=act, on=on, who=request.POST.get("who", ""))
    return leave(request, f"{reverse('locked')}?{urlencode({'did': act, 'on': on, 'next': back})}")


def round_by(session: TreatmentSession, member: Membership, key: UUID, now) -> None:  # type: ignore[no-untyped-def]
    require_bedside(member)
    record_round(session, observed_at=now, client_key=key, by=member.user, now=now)


def silence_by(session: TreatmentSession, member: Membership, key: UUID, now) -> None:  # type: ignore[no-untyped-def]
    require_bedside(member)
    acknowledge_all(session, by=member.user, now=now)


def require_bedside(member: Membership) -> None:
    if not may(member.role, Permission.TAKE_VITALS):
        raise refuse("SET-10", f"Your role, {member.get_role_display()}, may not do this.", code="SET-10.pin")


DOES = {"round": round_by, "silence": silence_by}


@login_not_required
@require_POST
def locked_emergency(request: HttpRequest) -> HttpResponse:
    """One press, no PIN, never refused: stamped, by the screen; the page says what to read to 911 (MON-5)."""
    back = way_back(request.POST.get("next", ""))
    door = door_of(request, back)
    if door is None or door.place is None:
        return leave(request, back)
    session = session_on_card(door.place, request.POST.get("on", ""))
    press(door.place, session=session, client_key=key_of(request.POST.get("client_key", "")), by=None, screen=door.tablet, now=request.now)  # type: ignore[attr-defined]
    return leave(request, f"{reverse('locked')}?{urlencode({'next': back})}")
