"""The demonstration's downtime packets: a passphrase that everybody knows, so that the worker makes them."""

from datetime import datetime

from clinic.models import Membership, Site
from clinic.roles import Role
from reports.actions.downtime import set_passphrase
from reports.models import DowntimeKit

# Known to everybody on purpose: the mode that makes it refuses to run in production.
PASSPHRASE = "five-birds-over-albany"  # noqa: S105


def lock(*, now: datetime) -> None:
    """Riverside's, where none is set yet."""
    site = Site.objects.get(slug="riverside")
    if DowntimeKit.objects.filter(site=site).exists():
        return
    admin = Membership.objects.filter(site=site, role=Role.ADMINISTRATOR, is_active=True).select_related("user").order_by("pk")[0].user
    set_passphrase(site, passphrase=PASSPHRASE, by=admin, now=now)
