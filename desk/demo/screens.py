"""The demonstration's enrolled screens, PINs and a chair's calendar feed: at addresses and with digits that everybody knows."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.urls import reverse

from clinic.actions.pins import set_pin
from clinic.actions.screens import enrol_screen
from clinic.models import Membership, Screen, Site
from clinic.queries.pins import ON_THE_FLOOR
from clinic.roles import Role
from sessions.actions.feeds import make_feed

# Known to everybody on purpose: the mode that makes them refuses to run in production.
SCREENS = (
    ("Corridor", "wall", ""),
    ("Door of room 1", "room", "Room 1"),
    ("Tablet of room 1", "patient", "Room 1"),
    ("Tablet of room 4", "patient", "Room 4"),
)


def token_of(slug: str, name: str) -> str:
    return f"demo-{slug}-{name.lower().replace(' ', '-')}"


def enrol(*, now: datetime) -> None:
    """Riverside's screens, where they aren't enrolled yet."""
    site = Site.objects.get(slug="riverside")
    if Screen.objects.filter(site=site).exists():
        return
    admin = Membership.objects.filter(site=site, role=Role.ADMINISTRATOR, is_active=True).select_related("user").order_by("pk")[0].user
    for name, kind, chair in SCREENS:
        place = site.chairs.get(name=chair) if chair else None
        enrol_screen(site, name=name, kind=kind, chair=place, by=admin, now=now, token=token_of(site.slug, name))
    give_pins(site, now)
    room = site.chairs.get(name="Room 1")
    make_feed(site, name="Room 1 in a calendar", user=None, chair=room, scope="site", by=admin, now=now, token=token_of(site.slug, "calendar"))


def give_pins(site: Site, now: datetime) -> None:
    """Everybody of the floor has the one PIN that the locked page tells: whoever enrols a tablet can try it at once."""
    hashed = make_password(settings.VIGIL_DEMONSTRATION_PIN)
    for member in Membership.objects.filter(site=site, is_active=True, role__in=ON_THE_FLOOR).select_related("user").order_by("pk"):
        set_pin(member, hashed=hashed, by=member.user, now=now)


def told() -> list[str]:
    """For the launcher: what hangs where, and its address."""
    shown = [(name, token_of("riverside", name)) for name, _, _ in SCREENS if name in ("Corridor", "Tablet of room 1")]
    return [f"Screen without sign-in, {name.lower()}: {settings.VIGIL_ORIGIN}{reverse('screen', args=[token])}" for name, token in shown]
