"""What a locked page stands on: whose sign-in it hides, which tablet it is, whose floor it shows; and what a PIN may do from it."""

from dataclasses import dataclass

from django.http import HttpRequest

from clinic import scope
from clinic.locking.tablet import tablet_here
from clinic.models import Membership, Screen, Site, User
from clinic.queries import sites_of
from clinic.queries.pins import is_shut, people_with_pin
from clinic.roles import Permission, may
from sessions.models import TreatmentSession
from sessions.states import PRESENT, Status

WATCHED = (Status.DOSING, Status.MONITORING)


@dataclass(frozen=True)
class Door:
    """`person` is who locked it, None at a tablet where nobody is signed in; `place` is the site whose floor is shown."""

    person: User | None
    tablet: Screen | None
    place: Site | None
    back: str


def door_of(request: HttpRequest, back: str) -> Door | None:
    """None where there is nothing to open: nobody is signed in, and no administrator has enrolled this browser."""
    tablet = tablet_here(request)
    person: User | None = request.user if request.user.is_authenticated else None  # type: ignore[assignment]
    if tablet is not None:
        scope.name_site(tablet.site_id)
        return Door(person, tablet, tablet.site, back)
    return Door(person, None, place_of(person, back), back) if person is not None else None


def place_of(user: User, back: str) -> Site | None:
    """The site of the page that was left, else the person's first; none for whoever doesn't see its floor."""
    slug = back.strip("/").split("/")[0]
    places = [place.site for place in sites_of(user) if may(place.role, Permission.VIEW_FLOOR)]
    return next((site for site in places if site.slug == slug), places[0] if places else None)


def people_at(tablet: Screen | None, permission: Permission = Permission.VIEW_FLOOR) -> list[dict[str, object]]:
    """Whose name stands on the tablet: of those with a PIN, whoever may do what is wanted."""
    if tablet is None:
        return []
    members = [member for member in people_with_pin(tablet) if may(member.role, permission)]
    return [{"member": member, "pk": member.pk, "name": member.user.printed_name, "is_shut": is_shut(member)} for member in members]


def member_named(tablet: Screen, told: str) -> Membership | None:
    """The person that was chosen, of those who have a PIN at the tablet's site."""
    return next((member for member in people_with_pin(tablet) if str(member.pk) == told), None)


def session_on_card(place: Site, key: str) -> TreatmentSession | None:
    """The session of a card by its key (`s12`), if its patient is in the house."""
    digits = key.removeprefix("s")
    if key == digits or not (digits.isascii() and digits.isdigit() and len(digits) <= 18):
        return None
    return TreatmentSession.objects.select_related("site", "chair").filter(site=place, pk=int(digits), status__in=PRESENT).first()


def acts_of(card: dict[str, object]) -> dict[str, object]:
    """What a PIN may do at this chair: a round while it is watched, silence where an alert is heard."""
    is_taken = str(card["key"]).startswith("s")
    return card | {"may_round": card["phase"] in WATCHED, "may_silence": bool(card["alert"]), "may_press": is_taken}
