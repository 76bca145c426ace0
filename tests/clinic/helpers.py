"""The room's pages and posts with the arguments of their addresses, for tests over all of them."""

from datetime import timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clinic.models import Closure, Equipment, Invitation, Screen, SitePolicy
from tests.cast import NOW, TODAY, Cast
from tests.factories.clinic import ChairFactory

ALL_BUT_ADMIN = ("desk", "support", "nurse", "prescriber", "auditor")
# page: roles that may not open it
PAGES: dict[str, tuple[str, ...]] = {
    "staff": (),
    "invite": ALL_BUT_ADMIN,
    "staff_member": (),
    "duty": ("auditor",),
    "site_settings": ALL_BUT_ADMIN,
    "site_details": ALL_BUT_ADMIN,
    "certification": ALL_BUT_ADMIN,
    "representative": ALL_BUT_ADMIN,
    "chairs": ALL_BUT_ADMIN,
    "chair": ALL_BUT_ADMIN,
    "opening_hours": ALL_BUT_ADMIN,
    "closures": ALL_BUT_ADMIN,
    "equipment": ALL_BUT_ADMIN,
    "equipment_item": ALL_BUT_ADMIN,
    "screens": ALL_BUT_ADMIN,
    "policies": ALL_BUT_ADMIN,
    "new_policy": ALL_BUT_ADMIN,
    "audit": ("desk", "support", "nurse", "prescriber"),
}
# posts of administrators
FORMS = (
    "invite", "withdraw_invitation", "change_member", "record_training", "reset_factor", "end_membership", "site_details", "certification", "representative",
    "chairs", "chair", "opening_hours", "closures", "remove_closure", "equipment", "equipment_item", "equipment_check", "screens", "revoke_screen", "new_policy",
    "withdraw_policy",
)  # fmt: skip
ROW_PAGES = (
    "staff_member", "change_member", "record_training", "end_membership", "chair", "equipment_item", "equipment_check", "remove_closure",
    "withdraw_policy", "withdraw_invitation", "revoke_screen", "reset_factor",
)  # fmt: skip


def arguments(cast: Cast, name: str, *, other: bool = False) -> list[object]:
    """Riverside's address with a row of Riverside, or (`other`) of Hillcrest."""
    site = cast.hillcrest if other else cast.riverside
    member = cast.of(cast.stranger if other else cast.nurse)
    rows = {
        "staff_member": lambda: member,
        "change_member": lambda: member,
        "record_training": lambda: member,
        "end_membership": lambda: member,
        "reset_factor": lambda: member,
        "chair": lambda: ChairFactory(site=site, name="The chair"),
        "equipment_item": lambda: Equipment.objects.filter(site=site).first(),
        "equipment_check": lambda: Equipment.objects.filter(site=site).first(),
        "remove_closure": lambda: Closure.objects.create(site=site, closed_on=TODAY + timedelta(days=9), reason="Works"),
        "revoke_screen": lambda: enrolled(site, cast.admin),
        "withdraw_policy": lambda: SitePolicy.objects.create(site=site, effective_on=TODAY + timedelta(days=9), recorded_at=NOW),
        "withdraw_invitation": lambda: open_invitation(site),
    }
    return [cast.riverside.slug, *([rows[name]().pk] if name in rows else [])]


def enrolled(site, by) -> Screen:
    return Screen.objects.create(site=site, name="Corridor", kind="wall", token_sha256="0" * 64, enrolled_at=NOW, enrolled_by=by)


def open_invitation(site, **more) -> Invitation:
    values = {"email": "new@clinic.example", "printed_name": "New Person", "role": "support", "token_sha256": "0" * 64} | more
    return Invitation.objects.create(site=site, expires_at=NOW + timedelta(days=3), created_at=NOW, **values)


def queries_of(client: Client, url: str) -> int:
    """How many queries a page takes."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)
