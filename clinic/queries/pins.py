"""Which enrolled tablet this browser is, and who of the site may open it with a PIN."""

from django.db.models import OuterRef, QuerySet, Subquery

from clinic import scope
from clinic.models import Membership, PinDoor, Screen
from clinic.models.locking import MOST_WRONG_PINS
from clinic.roles import MAY, Permission
from clinic.tokens import token_digest

ON_THE_FLOOR = [role for role, may in MAY.items() if Permission.VIEW_FLOOR in may]


def tablet_of(token: str) -> Screen | None:
    """The staff tablet that holds this token, with its site; None for one that is guessed, revoked or of an archived site."""
    if not token:
        return None
    rows = Screen.objects.select_related("site").filter(token_sha256=token_digest(token), kind=Screen.Kind.TABLET, revoked_at__isnull=True)
    with scope.every():
        return rows.filter(site__is_archived=False).first()


def people_with_pin(tablet: Screen) -> QuerySet[Membership]:
    """Active staff of the tablet's site who have a PIN, by name; `wrong` are the wrong ones typed here, None before any."""
    doors = PinDoor.objects.filter(screen=tablet, membership_id=OuterRef("pk"))
    rows = Membership.objects.filter(site_id=tablet.site_id, is_active=True, user__is_active=True, role__in=ON_THE_FLOOR, pin__isnull=False)
    return rows.select_related("user", "pin").annotate(wrong=Subquery(doors.values("wrong")[:1])).order_by("user__printed_name", "pk")


def is_shut(member: Membership) -> bool:
    """Whether this person's PIN is off at the tablet; for rows of `people_with_pin`."""
    return (getattr(member, "wrong", None) or 0) >= MOST_WRONG_PINS
